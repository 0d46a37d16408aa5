package tariff

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"naungan/internal/cover"
)

// Sector is the line of work, which decides when a relief holds.
type Sector string

// The sectors that PP 50/2025 tells apart. Election officers are "other".
const (
	SectorOther     Sector = "other"
	SectorTransport Sector = "transport"
)

// Sectors lists every sector.
var Sectors = []Sector{SectorOther, SectorTransport}

// AnyClass is the class of the rate of a schedule that does not tell classes of risk apart.
const AnyClass cover.RiskClass = "any"

// ContributionSchedule is one version of what a segment owes a month. Rates are
// in ten-thousandths of the base.
type ContributionSchedule struct {
	Name     string        `yaml:"name" json:"name"`
	Revision int           `yaml:"-" json:"-"`
	Segment  cover.Segment `yaml:"segment" json:"segment"`
	Validity `yaml:",inline"`

	JKKRates map[cover.RiskClass]int64 `yaml:"jkk_rates" json:"jkk_rates"` // by class of risk, or "any"
	JKMRate  int64                     `yaml:"jkm_rate" json:"jkm_rate,omitempty"`
	JKMFlat  cover.Rupiah              `yaml:"jkm_flat" json:"jkm_flat,omitempty"` // a month, whatever the base
	Tiers    []Tier                    `yaml:"tiers" json:"tiers,omitempty"`       // ascending; none: the base is the wage itself
	Due      Due                       `yaml:"due" json:"due"`
	Fine     Fine                      `yaml:"fine" json:"fine,omitzero"`
	Arrears  Arrears                   `yaml:"arrears" json:"arrears,omitzero"`
	AgeBelow int                       `yaml:"age_below" json:"age_below,omitempty"` // in years when cover begins, exclusive; 0 is no limit
}

// Version names this revision of the schedule.
func (s ContributionSchedule) Version() string { return Version(s.Name, s.Revision) }

// Tier gives every income from its lower bound (inclusive) to the next tier's
// (exclusive) one base, in rupiah a month.
type Tier struct {
	FromIncome cover.Rupiah `yaml:"from_income" json:"from_income"`
	Base       cover.Rupiah `yaml:"base" json:"base"`
}

// Due is the day by which a month's contribution is to be paid: a day of the
// month so many months after it.
type Due struct {
	Day         int `yaml:"day" json:"day"`
	MonthsAfter int `yaml:"months_after" json:"months_after"`
}

// Fine is what a contribution costs that is paid late: a rate of it, in
// ten-thousandths, for each month begun after the due day, unless the employer is
// of an exempt kind.
type Fine struct {
	Rate      int64                    `yaml:"rate" json:"rate"`
	Exempt    []cover.OrganisationKind `yaml:"exempt" json:"exempt"`
	Law       string                   `yaml:"law" json:"law"`
	Certainty Certainty                `yaml:"certainty" json:"certainty"`
}

// Arrears says what unpaid contributions do to cover, up to so many months begun
// since the oldest was due, and beyond.
type Arrears struct {
	Months    int                 `yaml:"months" json:"months"`
	Within    cover.ArrearsEffect `yaml:"within" json:"within"`
	Beyond    cover.ArrearsEffect `yaml:"beyond" json:"beyond"`
	Law       string              `yaml:"law" json:"law"`
	Certainty Certainty           `yaml:"certainty" json:"certainty"`
}

// Relief lowers the contributions of a sector for some months, unless the money
// comes from an excluded source.
type Relief struct {
	Name     string        `yaml:"name" json:"name"`
	Revision int           `yaml:"-" json:"-"`
	Segment  cover.Segment `yaml:"segment" json:"segment"`
	Sector   Sector        `yaml:"sector" json:"sector"`
	Validity `yaml:",inline"`

	Percent         int64                 `yaml:"percent" json:"percent"` // of the contribution that is not owed
	ExcludedFunding []cover.FundingSource `yaml:"excluded_funding" json:"excluded_funding"`
}

// Version names this revision of the relief.
func (r Relief) Version() string { return Version(r.Name, r.Revision) }

// ContributionQuery asks what one person owes for one month.
type ContributionQuery struct {
	Segment       cover.Segment
	Month         cover.Month
	Income        cover.Rupiah        // PU: the wage a month; BPU: the income a month that picks the tier
	RiskClass     cover.RiskClass     // PU only
	FundingSource cover.FundingSource // it may rule out a relief; BPU cannot do without
	Sector        Sector              // empty is SectorOther
}

// Contribution is what one person owes for one month, in whole rupiah.
type Contribution struct {
	Base     cover.Rupiah // that benefits are computed from as well: the wage, or the tier's base
	JKK      cover.Rupiah // after relief
	JKM      cover.Rupiah // after relief
	Schedule string       // the version it was rated with, such as "pu-2015-07"
	Relief   string       // the relief it was lowered by; empty without one
}

// Total returns what is owed for both programmes.
func (c Contribution) Total() cover.Rupiah { return c.JKK + c.JKM }

// Contribution returns what is owed for both programmes by the schedule of the
// month (PP 44/2015, arts 16 and 18, annex II; relief by PP 50/2025), each
// rounded half up to whole rupiah. It refuses a month for which no rate is known
// (tariff_schedule_missing) and an income that is negative, beyond reason or, for
// PU, nothing (income_out_of_range); any other error is a word it does not know.
func (t *Tariff) Contribution(q ContributionQuery) (Contribution, error) {
	s, ok := t.schedule(q.Segment, q.Month)
	if !ok {
		return Contribution{}, missing(cover.Params{"segment": q.Segment, "month": q.Month})
	}
	if err := checkIncome(q.Income, s.leastIncome()); err != nil {
		return Contribution{}, err
	}
	rate, err := s.jkkRate(q.RiskClass)
	if err != nil {
		return Contribution{}, err
	}
	return t.relieve(s.rate(s.base(q.Income), rate), q)
}

func (s ContributionSchedule) rate(base cover.Rupiah, jkk int64) Contribution {
	return Contribution{
		Base:     base,
		JKK:      base.Share(jkk, 10_000),
		JKM:      s.JKMFlat + base.Share(s.JKMRate, 10_000),
		Schedule: s.Version(),
	}
}

// ContributionOn returns what is owed for a month on a base that was settled
// before, so that no tier picks another. It refuses what Contribution refuses.
func (t *Tariff) ContributionOn(base cover.Rupiah, q ContributionQuery) (Contribution, error) {
	q.Income = base
	c, err := t.Contribution(q)
	if err != nil || c.Base == base {
		return c, err
	}
	s, _ := t.schedule(q.Segment, q.Month)
	rate, err := s.jkkRate(q.RiskClass)
	if err != nil {
		return Contribution{}, err
	}
	return t.relieve(s.rate(base, rate), q)
}

// FineFor returns what a contribution of a month costs in fines that was still
// owed on a day, in whole rupiah: the rate, in ten-thousandths, for each month begun
// after the due day, but for those charged before. Nothing is owed by employers of
// an exempt kind, or where no fine is known.
func (t *Tariff) FineFor(
	segment cover.Segment, month cover.Month, employer cover.OrganisationKind, owed cover.Rupiah, due cover.Date, charged int, on cover.Date,
) (fine cover.Rupiah, rate int64, months int) {
	s, ok := t.schedule(segment, month)
	if !ok || slices.Contains(s.Fine.Exempt, employer) {
		return 0, 0, 0
	}
	months = monthsBegun(due, on)
	return owed.Share(s.Fine.Rate*int64(max(months-charged, 0)), 10_000), s.Fine.Rate, months
}

// ArrearsOn returns what a contribution of a month does to cover that was still owed
// on a day, how many months had begun since it was due, and by which law. Before the
// due day, and where no rule is known, cover is whole.
func (t *Tariff) ArrearsOn(segment cover.Segment, month cover.Month, due, on cover.Date) (effect cover.ArrearsEffect, months int, law string) {
	s, ok := t.schedule(segment, month)
	if !ok {
		return cover.ArrearsCovered, 0, ""
	}
	months = monthsBegun(due, on)
	switch {
	case months == 0 || s.Arrears.Months == 0:
		return cover.ArrearsCovered, months, s.Arrears.Law
	case months <= s.Arrears.Months:
		return s.Arrears.Within, months, s.Arrears.Law
	default:
		return s.Arrears.Beyond, months, s.Arrears.Law
	}
}

// monthsBegun counts the months begun after a day, up to another: none on the day
// itself, one from the day after.
func monthsBegun(after, on cover.Date) (n int) {
	for after.AddMonths(n).Before(on) {
		n++
	}
	return n
}

// ContributionBy returns what was owed for a month on a base by the versions of a
// schedule and, if there was one, a relief, whatever holds today; false if there are
// none of these names, or not for that month.
func (t *Tariff) ContributionBy(
	schedule, relief string, base cover.Rupiah, class cover.RiskClass, month cover.Month,
) (Contribution, bool) {
	s, known := t.Revision(schedule)
	if !known || !s.Holds(month.First()) {
		return Contribution{}, false
	}
	rate, err := s.jkkRate(class)
	if err != nil {
		return Contribution{}, false
	}
	c := s.rate(base, rate)
	if relief == "" {
		return c, true
	}
	r, known := first(t.pastReliefs, func(r Relief) bool { return r.Version() == relief && r.Holds(month.First()) })
	return c.less(r), known
}

// Has reports whether there is a version of a schedule that holds in a month.
func (t *Tariff) Has(schedule string, month cover.Month) bool {
	s, known := t.Revision(schedule)
	return known && s.Holds(month.First())
}

// BillableThrough returns the last month whose contributions are due to be billed on
// a day: from the month on in which they are to be paid.
func (t *Tariff) BillableThrough(segment cover.Segment, day cover.Date) cover.Month {
	s, _ := t.schedule(segment, day.Month())
	return day.Month().Add(-s.Due.MonthsAfter)
}

// Revision finds any revision of a schedule there ever was by the name of its
// version, so that what it settled can be worked out again.
func (t *Tariff) Revision(version string) (ContributionSchedule, bool) {
	return first(t.past, func(s ContributionSchedule) bool { return s.Version() == version })
}

// Schedule finds a revision of a schedule by its name; 0 is the one that
// stands.
func (t *Tariff) Schedule(name string, revision int) (ContributionSchedule, bool) {
	if revision == 0 {
		return first(t.Contributions, func(s ContributionSchedule) bool { return s.Name == name })
	}
	return t.Revision(Version(name, revision))
}

// ScheduleDays lists the days of the schedules of a segment that stand, in their order.
func (t *Tariff) ScheduleDays(segment cover.Segment) (days []Validity) {
	for _, s := range t.Contributions {
		if s.Segment == segment {
			days = append(days, s.Validity)
		}
	}
	return days
}

// OpenSchedule finds the schedule of a segment that has no end.
func (t *Tariff) OpenSchedule(segment cover.Segment) (ContributionSchedule, bool) {
	return first(t.Contributions, func(s ContributionSchedule) bool { return s.Segment == segment && s.To.Zero() })
}

// Relief finds a revision of a relief by its name; 0 is the one that stands.
func (t *Tariff) Relief(name string, revision int) (Relief, bool) {
	if revision == 0 {
		return first(t.Reliefs, func(r Relief) bool { return r.Name == name })
	}
	return first(t.pastReliefs, func(r Relief) bool { return r.Name == name && r.Revision == revision })
}

// AgeBelow returns the age, in years and exclusive, at which cover of a segment can
// no longer begin on a day; 0 where there is no limit.
func (t *Tariff) AgeBelow(segment cover.Segment, day cover.Date) int {
	s, _ := t.schedule(segment, day.Month())
	return s.AgeBelow
}

func (t *Tariff) schedule(segment cover.Segment, month cover.Month) (ContributionSchedule, bool) {
	return first(t.Contributions, func(s ContributionSchedule) bool {
		return s.Segment == segment && s.Holds(month.First())
	})
}

// leastIncome is nothing where a tier takes it in, one rupiah where contributions
// are a share of the wage.
func (s ContributionSchedule) leastIncome() cover.Rupiah {
	if len(s.Tiers) > 0 {
		return s.Tiers[0].FromIncome
	}
	return 1
}

func (s ContributionSchedule) jkkRate(class cover.RiskClass) (int64, error) {
	if rate, ok := s.JKKRates[AnyClass]; ok {
		return rate, nil
	}
	if rate, ok := s.JKKRates[class]; ok {
		return rate, nil
	}
	return 0, fmt.Errorf("tariff: schedule %s has no risk class %q", s.Name, class)
}

func (s ContributionSchedule) base(income cover.Rupiah) cover.Rupiah {
	if len(s.Tiers) == 0 {
		return income
	}
	above := sort.Search(len(s.Tiers), func(i int) bool { return s.Tiers[i].FromIncome > income })
	return s.Tiers[above-1].Base
}

func (t *Tariff) relieve(c Contribution, q ContributionQuery) (Contribution, error) {
	sector := cmp.Or(q.Sector, SectorOther)
	known := slices.Contains(Sectors, sector) && slices.Contains(cover.FundingSources, q.FundingSource)
	if q.Segment == cover.BPU && !known {
		return Contribution{}, fmt.Errorf("tariff: unknown sector %q or funding source %q", sector, q.FundingSource)
	}
	r, ok := first(t.Reliefs, func(r Relief) bool {
		return r.Segment == q.Segment && r.Sector == sector && r.Holds(q.Month.First())
	})
	if !ok || slices.Contains(r.ExcludedFunding, q.FundingSource) {
		return c, nil
	}
	return c.less(r), nil
}

// less is a contribution of which a relief takes its share.
func (c Contribution) less(r Relief) Contribution {
	c.JKK = c.JKK.Share(100-r.Percent, 100)
	c.JKM = c.JKM.Share(100-r.Percent, 100)
	c.Relief = r.Version()
	return c
}
