package tariff

import (
	"fmt"
	"slices"

	"naungan/internal/cover"
)

// Waiting lets only some parts be paid to people of some segments who have
// contributed for fewer consecutive months.
type Waiting struct {
	Segments  []cover.Segment     `yaml:"segments" json:"segments,omitempty"`
	Months    int                 `yaml:"months" json:"months,omitempty"`
	Pays      []cover.BenefitKind `yaml:"pays" json:"pays,omitempty"`
	Law       string              `yaml:"law" json:"law,omitempty"`
	Certainty Certainty           `yaml:"certainty" json:"certainty,omitempty"`
}

// DeathQuery asks what one death pays.
type DeathQuery struct {
	Programme         cover.Programme
	Segment           cover.Segment
	On                cover.Date   // JKK: the accident or diagnosis; JKM: the death
	Base              cover.Rupiah // JKK: the monthly base frozen on the coverage
	ConsecutiveMonths int          // contributed without a break up to the death; JKM asks
	NobodyInherits    bool         // whoever arranged the funeral is paid its cost, and the rest stays in the fund
}

// Death returns what a death pays by the schedule of the day of the event. JKK:
// 48 months of the base, at least the minimum, funeral and 24 months of support
// (PP 82/2019, annex III). JKM: fixed sums (art. 34), of which BPU below three
// consecutive months get the funeral alone since 24 February 2025 (Permenaker
// 1/2025). It refuses a day without a known schedule (tariff_schedule_missing)
// and, for JKK, a base that is nothing or beyond reason (income_out_of_range).
func (t *Tariff) Death(q DeathQuery) (Benefit, error) {
	s, err := t.benefitOn(q.Programme, q.On)
	if err != nil {
		return Benefit{}, err
	}
	if slices.ContainsFunc(s.Items, func(i BenefitItem) bool { return i.OfBase }) {
		if err := checkIncome(q.Base, 1); err != nil {
			return Benefit{}, err
		}
	}
	a := open(s.Version(), s.Validity)
	waits := s.Waiting != nil && s.Waiting.holds(q)
	if waits {
		a.wait(s.Waiting, q.ConsecutiveMonths)
	}
	for _, item := range s.Items {
		if q.pays(item.Kind) && (!waits || slices.Contains(s.Waiting.Pays, item.Kind)) {
			a.item(item, q.Base)
		}
	}
	if q.NobodyInherits {
		a.explain(RuleNobodyInherits, Basis{nobodyInheritsLaw, Read}, cover.Params{}, "0", 0)
	}
	return a.close(), nil
}

// nobodyInheritsLaw says what becomes of a benefit without heirs.
const nobodyInheritsLaw = "PP 44/2015, arts 37 and 40"

// pays reports whether a part goes to anybody.
func (q DeathQuery) pays(kind cover.BenefitKind) bool {
	return !q.NobodyInherits || kind == cover.BenefitFuneral
}

func (w *Waiting) holds(q DeathQuery) bool {
	return slices.Contains(w.Segments, q.Segment) && q.ConsecutiveMonths < w.Months
}

// wait says why parts are missing.
func (a *account) wait(w *Waiting, months int) {
	inputs := cover.Params{"months": int64(months), "needed": int64(w.Months)}
	a.explain(RuleWaiting, Basis{w.Law, w.Certainty}, inputs, fmt.Sprintf("%d < %d", months, w.Months), 0)
}

// Owed is how many months are contributed for cover in a row, and its last day.
type Owed struct {
	Months int
	To     cover.Date
}

// WaitingDoubts says where JKM would not pay in full however regularly people of a
// segment contribute: how many months the terms fall short of which most are lacking.
func (t *Tariff) WaitingDoubts(segment cover.Segment, terms []Owed) (doubts cover.Faults) {
	most, months, needed := 0, 0, 0
	for _, o := range terms {
		if wait := t.WaitingMonths(segment, o.To); wait-o.Months > most {
			most, months, needed = wait-o.Months, o.Months, wait
		}
	}
	if most > 0 {
		doubts.Add("", cover.JKMWaitingPeriod, cover.Params{"months": months, "needed": needed})
	}
	return doubts
}

// WaitingMonths returns how many consecutive months a person of a segment must
// have contributed for a JKM death on a day to pay in full; nothing where there
// is no such rule (Permenaker 1/2025).
func (t *Tariff) WaitingMonths(segment cover.Segment, day cover.Date) int {
	s, err := t.benefitOn(cover.JKM, day)
	if err != nil || s.Waiting == nil || !slices.Contains(s.Waiting.Segments, segment) {
		return 0
	}
	return s.Waiting.Months
}
