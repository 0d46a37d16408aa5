package tariff

import (
	"fmt"

	"naungan/internal/cover"
)

// ExGratiaSchedule is one version of what an election body gives of its own
// (santunan), beside JKK and JKM and never netted with them.
type ExGratiaSchedule struct {
	Name     string                 `yaml:"name" json:"name"`
	Revision int                    `yaml:"-" json:"-"`
	Body     cover.OrganisationKind `yaml:"body" json:"body,omitempty"` // that gives it
	Validity `yaml:",inline"`

	Items      []BenefitItem      `yaml:"items" json:"items,omitempty"` // that a death pays
	Disability ExGratiaDisability `yaml:"disability" json:"disability"`
	Grades     []CareGrade        `yaml:"grades" json:"grades,omitempty"` // of injury and illness
}

// Version names this revision of the schedule.
func (s ExGratiaSchedule) Version() string { return Version(s.Name, s.Revision) }

// ExGratiaDisability pays by percent of what is lost for good, up to the most.
type ExGratiaDisability struct {
	Most  cover.Rupiah `yaml:"most" json:"most"`
	Basis `yaml:",inline"`
}

// CareGrade pays a percentage of the most of its grade from so many days in hospital
// on, up to those of the next.
type CareGrade struct {
	Grade   string       `yaml:"grade" json:"grade"`
	Days    int          `yaml:"days" json:"days"`
	Percent int64        `yaml:"percent" json:"percent"`
	Most    cover.Rupiah `yaml:"most" json:"most"`
	Basis   `yaml:",inline"`
}

// CareGrades lists the grades, the gravest first.
var CareGrades = []string{"serious", "moderate"}

// Outcome is what became of an officer.
type Outcome string

// The outcomes.
const (
	Died     Outcome = "died"
	Disabled Outcome = "disabled" // for good
	Injured  Outcome = "injured"  // or ill
)

// Outcomes lists every outcome.
var Outcomes = []Outcome{Died, Disabled, Injured}

// ExGratiaQuery asks what a body gives of its own.
type ExGratiaQuery struct {
	Body    cover.OrganisationKind
	On      cover.Date // of the event
	Outcome Outcome
	Percent int64 // of what is lost, where somebody is disabled
	Days    int   // in hospital, where somebody is injured; 0 is an outpatient

	NobodyInherits bool // of a death: whoever arranged the funeral is given its aid alone
}

// ExGratia returns what a body gives of its own by the schedule of the day of the event
// (KPU: Keputusan KPU 59/2023). It refuses a day, or a body, without a known schedule
// (tariff_schedule_missing), and says all that is wrong with the query.
func (t *Tariff) ExGratia(q ExGratiaQuery) (Benefit, error) {
	s, ok := first(t.ExGratias, func(s ExGratiaSchedule) bool { return s.Body == q.Body && s.Holds(q.On) })
	if !ok {
		return Benefit{}, missing(cover.Params{"body": q.Body, "day": q.On})
	}
	if err := q.faults().Err(); err != nil {
		return Benefit{}, err
	}
	a := open(s.Version(), s.Validity)
	switch q.Outcome {
	case Died:
		a.death(s.Items, q.NobodyInherits)
	case Disabled:
		amount := portion(s.Disability.Most, q.Percent, 100)
		a.explain(RuleDisabilityShare, s.Disability.Basis, cover.Params{"percent": q.Percent, "most": int64(s.Disability.Most)},
			fmt.Sprintf("%d%% × %d", q.Percent, s.Disability.Most), amount)
		a.pay(cover.BenefitDisability, amount)
	default:
		a.injury(s.grade(q.Days), q.Days)
	}
	return a.close(), nil
}

// death gives what a death does. That whoever arranged the funeral inherits nothing follows
// from the order of JKK and JKM, by which heirs are named.
func (a *account) death(items []BenefitItem, nobodyInherits bool) {
	for _, item := range items {
		if !nobodyInherits || item.Kind == cover.BenefitFuneral {
			a.item(item, 0)
		}
	}
	if nobodyInherits {
		a.explain(RuleNobodyInherits, Basis{nobodyInheritsLaw, Derived}, cover.Params{}, "0", 0)
	}
}

func (a *account) injury(g CareGrade, days int) {
	amount := portion(g.Most, g.Percent, 100)
	a.explain(string(cover.BenefitInjury), g.Basis, cover.Params{
		"grade": g.Grade, "days": int64(days), "percent": g.Percent, "most": int64(g.Most),
	}, fmt.Sprintf("%d%% × %d", g.Percent, g.Most), amount)
	a.pay(cover.BenefitInjury, amount)
}

// grade finds the one of so many days. Grades descend to no day at all.
func (s ExGratiaSchedule) grade(days int) CareGrade {
	g, _ := first(s.Grades, func(g CareGrade) bool { return days >= g.Days })
	return g
}

func (q ExGratiaQuery) faults() (f cover.Faults) {
	for _, m := range []struct {
		name   string
		given  bool
		of     Outcome
		needed bool
	}{
		{"loss_percent", q.Percent != 0, Disabled, true},
		{"inpatient_days", q.Days != 0, Injured, false},
	} {
		params := cover.Params{"name": m.name, "of": q.Outcome}
		f.Check(m.given || !m.needed || q.Outcome != m.of, "/"+m.name, cover.MemberMissing, params)
		f.Check(!m.given || q.Outcome == m.of, "/"+m.name, cover.MemberNotExpected, params)
	}
	f.Check(q.Percent >= 0 && q.Percent <= 100, "/loss_percent", cover.RateOutsideRange, cover.Params{"least": 1, "most": 100})
	f.Check(q.Days >= 0 && q.Days <= 366, "/inpatient_days", cover.RateOutsideRange, cover.Params{"least": 0, "most": 366})
	return f
}

// ExGratiaSchedule finds a revision of what a body gives by its name; 0 is the one
// that stands.
func (t *Tariff) ExGratiaSchedule(name string, revision int) (ExGratiaSchedule, bool) {
	if revision == 0 {
		return first(t.ExGratias, func(s ExGratiaSchedule) bool { return s.Name == name })
	}
	return first(t.pastExGratias, func(s ExGratiaSchedule) bool { return s.Name == name && s.Revision == revision })
}

// ExGratiaDays lists the days of the schedules of a body that stand, in their order.
func (t *Tariff) ExGratiaDays(body cover.OrganisationKind) (days []Validity) {
	for _, s := range t.ExGratias {
		if s.Body == body {
			days = append(days, s.Validity)
		}
	}
	return days
}
