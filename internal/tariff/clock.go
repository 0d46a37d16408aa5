package tariff

import (
	"time"

	"naungan/internal/cover"
)

// The names of the clocks.
const (
	IncidentReport = "incident_report"
	JKKClaim       = "jkk_claim"
	JKKPayment     = "jkk_payment"
	JKMPayment     = "jkm_payment"
)

// Clock is one version of a time limit. Exactly one of its units is set.
type Clock struct {
	Name     string `yaml:"name" json:"name,omitempty"`
	Validity `yaml:",inline"`

	Hours       int `yaml:"hours" json:"hours,omitempty"`               // clock hours, day and night
	WorkingDays int `yaml:"working_days" json:"working_days,omitempty"` // without Saturdays, Sundays and holidays
	Years       int `yaml:"years" json:"years,omitempty"`
}

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

// ReportDueAt returns the instant, inclusive, by which an accident or diagnosis
// at an instant is to be reported: 2 × 24 clock hours (Permenaker 1/2025, art.
// 8(1)).
func (t *Tariff) ReportDueAt(at time.Time) time.Time {
	c, _ := t.Clock(IncidentReport, cover.DateOf(at, at.Location()))
	return at.Add(time.Duration(c.Hours) * time.Hour)
}

// ClaimExpiresOn returns the last day, inclusive, on which a work accident or
// diagnosis of a day may be claimed: five years later, two for events before 2
// December 2019 (PP 82/2019, art. 26). For JKM no limit is known.
func (t *Tariff) ClaimExpiresOn(event cover.Date) cover.Date {
	c, _ := t.Clock(JKKClaim, event)
	return event.AddYears(c.Years)
}

// PayDueOn returns the day, inclusive, by which a claim that was complete on a
// day is to be paid: seven working days after it for JKK, three for JKM (PP
// 44/2015, arts 37 and 40). It is no day for another programme.
func (t *Tariff) PayDueOn(programme cover.Programme, complete cover.Date) cover.Date {
	c, ok := t.Clock(string(programme)+"_payment", complete)
	if !ok {
		return cover.Date{}
	}
	day := complete
	for range c.WorkingDays {
		day = t.workingDay(day.Add(1))
	}
	return day
}

// workingDay returns the first working day from a day on.
func (t *Tariff) workingDay(day cover.Date) cover.Date {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || t.Holidays[day] {
		day = day.Add(1)
	}
	return day
}
