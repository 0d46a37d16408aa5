package tariff

import (
	"time"

	"naungan/internal/cover"
)

// The names of the clocks.
const (
	IncidentReport         = "incident_report"
	IncidentConclusion     = "incident_conclusion"
	GuaranteeConclusion    = "guarantee_conclusion"
	JKKClaim               = "jkk_claim"
	JKKPayment             = "jkk_payment"
	JKMPayment             = "jkm_payment"
	PersonalDataBreach     = "personal_data_breach"
	PersonalDataAccess     = "personal_data_access"
	PersonalDataCorrection = "personal_data_correction"
	DataChange             = "data_change"
)

// Clock is one version of a time limit. Exactly one of its units is set.
type Clock struct {
	Name     string `yaml:"name" json:"name,omitempty"` // of the limit, whatever its version
	Rule     string `yaml:"-" json:"-"`                 // the name of this version, such as "jkk_claim-2019-12"
	Revision int    `yaml:"-" json:"-"`
	Validity `yaml:",inline"`
	Span     `yaml:",inline"`

	// Near is how long before its end it is told that the time runs out: so many hours
	// before the last instant, or from the first instant of so many days before the
	// last day.
	Near Span `yaml:"near" json:"near"`
}

// endOnDays are clocks whose last day counts, whatever the hour: for claims that expire,
// and for what is owed for each day that a payment is late.
var endOnDays = []string{JKKClaim, JKKPayment, JKMPayment}

// Span is a length of time in one unit.
type Span struct {
	Hours       int `yaml:"hours" json:"hours,omitempty"`               // clock hours, day and night
	Days        int `yaml:"days" json:"days,omitempty"`                 // of the calendar
	WorkingDays int `yaml:"working_days" json:"working_days,omitempty"` // without Saturdays, Sundays and holidays
	Years       int `yaml:"years" json:"years,omitempty"`
}

// units counts those that are set.
func (s Span) units() (n int) {
	for _, set := range []int{s.Hours, s.Days, s.WorkingDays, s.Years} {
		if set > 0 {
			n++
		}
	}
	return n
}

// ruleName is the name under which this version is kept.
func (c Clock) ruleName() string { return c.Name + "-" + c.From.Month().String() }

// Clock returns the version of a clock that starts on a day; the oldest one for
// a day before all versions, because a limit is owed even then. False means that
// there is no clock of that name.
func (t *Tariff) Clock(name string, day cover.Date) (Clock, bool) {
	named := func(c Clock) bool { return c.Name == name }
	if c, ok := first(t.Clocks, func(c Clock) bool { return named(c) && c.Holds(day) }); ok {
		return c, true
	}
	return first(t.Clocks, named)
}

// DueOn returns the day, inclusive, by which the contribution of a month is to
// be paid: for PU the 15th of the month after, for BPU the 15th of the month
// itself, or the next working day after it (PP 44/2015, art. 21(3)). It is no day
// where no schedule is known.
func (t *Tariff) DueOn(segment cover.Segment, month cover.Month) cover.Date {
	s, ok := t.schedule(segment, month)
	if !ok {
		return cover.Date{}
	}
	return t.workingDay(month.Add(s.Due.MonthsAfter).Day(s.Due.Day))
}

// ClaimExpiresOn returns the last day, inclusive, on which a work accident or
// diagnosis of a day may be claimed: five years later, two for events before 2
// December 2019 (PP 82/2019, art. 26). For JKM no limit is known.
func (t *Tariff) ClaimExpiresOn(event cover.Date) cover.Date {
	due, _ := t.Due(JKKClaim, event.Start(time.UTC), time.UTC) // a clock that there always is
	return due.DueOn
}

// workingDay returns the first working day from a day on.
func (t *Tariff) workingDay(day cover.Date) cover.Date {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || t.Holidays[day] {
		day = day.Add(1)
	}
	return day
}
