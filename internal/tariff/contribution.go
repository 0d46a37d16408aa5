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

// anyClass is the rate of a schedule that does not tell classes of risk apart.
const anyClass cover.RiskClass = "any"

// ContributionSchedule is one version of what a segment owes a month. Rates are
// in ten-thousandths of the base.
type ContributionSchedule struct {
	Name     string        `yaml:"name"`
	Segment  cover.Segment `yaml:"segment"`
	Validity `yaml:",inline"`

	JKKRates map[cover.RiskClass]int64 `yaml:"jkk_rates"` // by class of risk, or "any"
	JKMRate  int64                     `yaml:"jkm_rate"`
	JKMFlat  cover.Rupiah              `yaml:"jkm_flat"` // a month, whatever the base
	Tiers    []Tier                    `yaml:"tiers"`    // ascending; none: the base is the wage itself
	Due      Due                       `yaml:"due"`
	AgeBelow int                       `yaml:"age_below"` // in years when cover begins, exclusive; 0 is no limit
}

// Tier gives every income from its lower bound (inclusive) to the next tier's
// (exclusive) one base, in rupiah a month.
type Tier struct {
	FromIncome cover.Rupiah `yaml:"from_income"`
	Base       cover.Rupiah `yaml:"base"`
}

// Due is the day by which a month's contribution is to be paid: a day of the
// month so many months after it.
type Due struct {
	Day         int `yaml:"day"`
	MonthsAfter int `yaml:"months_after"`
}

// Relief lowers the contributions of a sector for some months, unless the money
// comes from an excluded source.
type Relief struct {
	Name     string        `yaml:"name"`
	Segment  cover.Segment `yaml:"segment"`
	Sector   Sector        `yaml:"sector"`
	Validity `yaml:",inline"`

	Percent         int64                 `yaml:"percent"` // of the contribution that is not owed
	ExcludedFunding []cover.FundingSource `yaml:"excluded_funding"`
}

// ContributionQuery asks what one person owes for one month.
type ContributionQuery struct {
	Segment       cover.Segment
	Month         cover.Month
	Income        cover.Rupiah        // PU: the wage a month; BPU: the income a month that picks the tier
	RiskClass     cover.RiskClass     // PU only
	FundingSource cover.FundingSource // BPU only: it may rule out a relief
	Sector        Sector              // BPU only; empty is SectorOther
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
	base := s.base(q.Income)
	c := Contribution{
		Base:     base,
		JKK:      base.Share(rate, 10_000),
		JKM:      s.JKMFlat + base.Share(s.JKMRate, 10_000),
		Schedule: s.Name,
	}
	return t.relieve(c, q)
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
	if rate, ok := s.JKKRates[anyClass]; ok {
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
	if q.Segment != cover.BPU {
		return c, nil
	}
	sector := cmp.Or(q.Sector, SectorOther)
	if !slices.Contains(Sectors, sector) || !slices.Contains(cover.FundingSources, q.FundingSource) {
		return Contribution{}, fmt.Errorf("tariff: unknown sector %q or funding source %q", sector, q.FundingSource)
	}
	r, ok := first(t.Reliefs, func(r Relief) bool {
		return r.Segment == q.Segment && r.Sector == sector && r.Holds(q.Month.First())
	})
	if !ok || slices.Contains(r.ExcludedFunding, q.FundingSource) {
		return c, nil
	}
	c.JKK = c.JKK.Share(100-r.Percent, 100)
	c.JKM = c.JKM.Share(100-r.Percent, 100)
	c.Relief = r.Name
	return c, nil
}
