package tariff

import (
	"fmt"
	"slices"
	"strings"

	"naungan/internal/cover"
)

// Scholarship pays the school years of an officer's children after a death or a
// total permanent disability (PP 82/2019).
type Scholarship struct {
	Levels   []ScholarshipLevel `yaml:"levels" json:"levels"`
	Children int                `yaml:"children" json:"children"`           // at most
	AgeBelow int                `yaml:"age_below" json:"age_below"`         // in years, exclusive
	Months   int                `yaml:"months" json:"months,omitempty"`     // contributed, at least
	AtOnce   int                `yaml:"years_at_once" json:"years_at_once"` // school years that are paid back together
	Basis    `yaml:",inline"`
}

// ScholarshipLevel is what a school year costs there, and how many are paid.
type ScholarshipLevel struct {
	Level  cover.EducationLevel `yaml:"level" json:"level"`
	Amount cover.Rupiah         `yaml:"amount" json:"amount"`
	Years  int                  `yaml:"years" json:"years"`
}

// ScholarshipQuery asks what the children of an officer get. The caller names them in
// the order in which they are to be paid: no law says which of three go without.
type ScholarshipQuery struct {
	Programme         cover.Programme
	On                cover.Date // as for a death
	ContributedMonths int        // in all; JKM asks
	Children          []Child
	Whole             bool // everything that may be paid from their levels on; otherwise the years asked for
}

// Child is a child at school.
type Child struct {
	Level     cover.EducationLevel
	Age       int // in years
	Years     int // school years asked for at this level; 0 is one
	PaidYears int // of this level, before
}

// Scholarship returns what the children get by the schedule of the day of the event:
// at most two, younger than 23, and under JKM after three years of contributions.
// Where a condition fails a step says so, and nothing is paid. It refuses a day without
// a known schedule (tariff_schedule_missing), and one that knows no scholarship or not
// the level (benefit_not_known).
func (t *Tariff) Scholarship(q ScholarshipQuery) (Benefit, error) {
	schedule, err := t.benefitOn(q.Programme, q.On)
	if err != nil {
		return Benefit{}, err
	}
	var f cover.Faults
	unknown := cover.Params{"kind": cover.BenefitScholarship, "schedule": schedule.Version()}
	s := schedule.Scholarship
	if s == nil {
		f.Add("/children", cover.BenefitNotKnown, unknown)
		return Benefit{}, f.Err()
	}
	for n, child := range q.Children {
		f.Check(s.from(child.Level) >= 0, fmt.Sprintf("/children/%d/level", n), cover.BenefitNotKnown, unknown)
	}
	if err := f.Err(); err != nil {
		return Benefit{}, err
	}
	a := open(schedule.Version(), schedule.Validity)
	if q.ContributedMonths < s.Months {
		inputs := cover.Params{"months": int64(q.ContributedMonths), "needed": int64(s.Months)}
		a.explain(RuleScholarshipContributions, s.Basis, inputs, fmt.Sprintf("%d < %d", q.ContributedMonths, s.Months), 0)
		return a.close(), nil
	}
	a.children(s, q)
	return a.close(), nil
}

// ScholarshipOn is what a programme pays to children by the schedule of a day; false if
// it pays nothing to them, or no schedule is known.
func (t *Tariff) ScholarshipOn(programme cover.Programme, day cover.Date) (Scholarship, bool) {
	s, err := t.benefitOn(programme, day)
	if err != nil || s.Scholarship == nil {
		return Scholarship{}, false
	}
	return *s.Scholarship, true
}

// children pays the first of those who are young enough.
func (a *account) children(s *Scholarship, q ScholarshipQuery) {
	young := 0
	for n, child := range q.Children {
		if child.Age >= s.AgeBelow {
			inputs := cover.Params{"child": int64(n + 1), "age": int64(child.Age), "age_below": int64(s.AgeBelow)}
			a.explain(RuleScholarshipAge, s.Basis, inputs, fmt.Sprintf("%d ≥ %d", child.Age, s.AgeBelow), 0)
			continue
		}
		young++
		switch {
		case young > s.Children:
		case q.Whole:
			a.wholeSchool(s, child, n+1)
		default:
			a.schoolYears(s, child, n+1)
		}
	}
	if young > s.Children {
		inputs := cover.Params{"children": int64(young), "most": int64(s.Children)}
		a.explain(RuleScholarshipChildren, s.Basis, inputs, fmt.Sprintf("min(%d, %d)", young, s.Children), 0)
	}
}

// schoolYears pays the years asked for, no more than are paid at once or left of the
// level.
func (a *account) schoolYears(s *Scholarship, c Child, number int) {
	level := s.Levels[s.from(c.Level)]
	asked, left := max(c.Years, 1), level.left(c)
	years := min(asked, s.AtOnce, left)
	if years < asked {
		inputs := cover.Params{"child": int64(number), "asked": int64(asked), "at_once": int64(s.AtOnce), "left": int64(left)}
		a.explain(RuleScholarshipYears, s.Basis, inputs, fmt.Sprintf("min(%d, %d, %d)", asked, s.AtOnce, left), 0)
	}
	if years == 0 {
		return
	}
	amount := level.Amount * cover.Rupiah(years)
	a.explain(string(cover.BenefitScholarship), s.Basis, cover.Params{
		"child": int64(number), "level": string(c.Level), "years": int64(years), "each": int64(level.Amount),
	}, product(int64(years), level.Amount), amount)
	a.pay(cover.BenefitScholarship, amount)
}

// wholeSchool pays every year from the child's level on.
func (a *account) wholeSchool(s *Scholarship, c Child, number int) {
	var amount cover.Rupiah
	var years int
	var products []string
	for n, level := range s.Levels[s.from(c.Level):] {
		of := level.Years
		if n == 0 {
			of = level.left(c)
		}
		if of == 0 {
			continue
		}
		amount, years = amount+level.Amount*cover.Rupiah(of), years+of
		products = append(products, product(int64(of), level.Amount))
	}
	if years == 0 {
		return
	}
	inputs := cover.Params{"child": int64(number), "level": string(c.Level), "years": int64(years)}
	a.explain(RuleScholarshipWhole, s.Basis, inputs, strings.Join(products, " + "), amount)
	a.pay(cover.BenefitScholarship, amount)
}

// from is the place of a level; less than nothing if it is not paid.
func (s *Scholarship) from(level cover.EducationLevel) int {
	return slices.IndexFunc(s.Levels, func(l ScholarshipLevel) bool { return l.Level == level })
}

// left is how many years of a level are not paid yet.
func (l ScholarshipLevel) left(c Child) int { return max(l.Years-c.PaidYears, 0) }
