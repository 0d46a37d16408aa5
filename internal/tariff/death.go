package tariff

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"naungan/internal/cover"
)

// ItemKind says what a part of a benefit is for.
type ItemKind string

// The parts of a death benefit.
const (
	LumpSum  ItemKind = "lump_sum" // santunan sekaligus
	Periodic ItemKind = "periodic" // santunan berkala, paid at once
	Funeral  ItemKind = "funeral"  // biaya pemakaman
)

// ItemKinds lists every part.
var ItemKinds = []ItemKind{LumpSum, Periodic, Funeral}

// The rules of a step that are not parts.
const (
	RuleMinimum = "minimum"
	RuleWaiting = "waiting_period"
	RuleTotal   = "total"
)

// DeathSchedule is one version of what a death pays.
type DeathSchedule struct {
	Name      string          `yaml:"name" json:"name"`
	Revision  int             `yaml:"-" json:"-"`
	Programme cover.Programme `yaml:"programme" json:"programme,omitempty"`
	Validity  `yaml:",inline"`

	Items   []DeathItem `yaml:"items" json:"items,omitempty"`
	Waiting *Waiting    `yaml:"waiting" json:"waiting,omitempty"` // nil: everything is paid from the first day
}

// Version names this revision of the schedule.
func (s DeathSchedule) Version() string { return Version(s.Name, s.Revision) }

// DeathItem is one part: so many times an amount, or so many times the monthly
// base, at least the minimum. Amounts are in rupiah.
type DeathItem struct {
	Kind             ItemKind     `yaml:"kind" json:"kind,omitempty"`
	Times            int64        `yaml:"times" json:"times,omitempty"`
	Amount           cover.Rupiah `yaml:"amount" json:"amount,omitempty"`
	OfBase           bool         `yaml:"of_base" json:"of_base,omitempty"` // then Amount is the query's base
	Minimum          cover.Rupiah `yaml:"minimum" json:"minimum,omitempty"`
	MinimumCertainty Certainty    `yaml:"minimum_certainty" json:"minimum_certainty,omitempty"` // of the minimum, where the schedule's is another
}

// Waiting lets only some parts be paid to people of some segments who have
// contributed for fewer consecutive months.
type Waiting struct {
	Segments  []cover.Segment `yaml:"segments" json:"segments,omitempty"`
	Months    int             `yaml:"months" json:"months,omitempty"`
	Pays      []ItemKind      `yaml:"pays" json:"pays,omitempty"`
	Law       string          `yaml:"law" json:"law,omitempty"`
	Certainty Certainty       `yaml:"certainty" json:"certainty,omitempty"`
}

// DeathQuery asks what one death pays.
type DeathQuery struct {
	Programme         cover.Programme
	Segment           cover.Segment
	On                cover.Date   // JKK: the accident or diagnosis; JKM: the death
	Base              cover.Rupiah // JKK: the monthly base frozen on the coverage
	ConsecutiveMonths int          // contributed without a break up to the death; JKM asks
}

// Benefit is what an event pays, in whole rupiah, and how it came about.
type Benefit struct {
	Total    cover.Rupiah
	Items    []Item // sum to Total
	Steps    []Step // in order; the last yields Total
	Schedule string // the version it was rated with, such as "jkk-2019-12"
}

// Item is one part of a benefit.
type Item struct {
	Kind   ItemKind
	Amount cover.Rupiah
}

// Step is one line of an explanation: a rule, where it stands, how sure of it we
// are, the sum as it was done ("48 × 1300000") and what it gave in rupiah.
type Step struct {
	Rule       string
	Law        string
	Certainty  Certainty
	Expression string
	Amount     cover.Rupiah
}

// Death returns what a death pays by the schedule of the day of the event. JKK:
// 48 months of the base, at least the minimum, funeral and 24 months of support
// (PP 82/2019, annex III). JKM: fixed sums (art. 34), of which BPU below three
// consecutive months get the funeral alone since 24 February 2025 (Permenaker
// 1/2025). It refuses a day without a known schedule (tariff_schedule_missing)
// and, for JKK, a base that is nothing or beyond reason (income_out_of_range).
func (t *Tariff) Death(q DeathQuery) (Benefit, error) {
	s, ok := t.deathOn(q.Programme, q.On)
	if !ok {
		return Benefit{}, missing(cover.Params{"programme": q.Programme, "day": q.On})
	}
	if s.needsBase() {
		if err := checkIncome(q.Base, 1); err != nil {
			return Benefit{}, err
		}
	}
	return s.pay(q), nil
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
	s, ok := t.deathOn(cover.JKM, day)
	if !ok || s.Waiting == nil || !slices.Contains(s.Waiting.Segments, segment) {
		return 0
	}
	return s.Waiting.Months
}

// DeathSchedule finds a revision of what deaths pay by its name; 0 is the one that
// stands.
func (t *Tariff) DeathSchedule(name string, revision int) (DeathSchedule, bool) {
	if revision == 0 {
		return first(t.Deaths, func(s DeathSchedule) bool { return s.Name == name })
	}
	return first(t.pastDeaths, func(s DeathSchedule) bool { return s.Name == name && s.Revision == revision })
}

// DeathDays lists the days of the schedules of a programme that stand, in their order.
func (t *Tariff) DeathDays(programme cover.Programme) (days []Validity) {
	for _, s := range t.Deaths {
		if s.Programme == programme {
			days = append(days, s.Validity)
		}
	}
	return days
}

func (t *Tariff) deathOn(programme cover.Programme, day cover.Date) (DeathSchedule, bool) {
	return first(t.Deaths, func(s DeathSchedule) bool {
		return s.Programme == programme && s.Holds(day)
	})
}

func (s DeathSchedule) needsBase() bool {
	return slices.ContainsFunc(s.Items, func(i DeathItem) bool { return i.OfBase })
}

func (s DeathSchedule) pay(q DeathQuery) Benefit {
	b := Benefit{Schedule: s.Version()}
	waits := s.Waiting != nil && s.Waiting.holds(q)
	if waits {
		b.Steps = append(b.Steps, s.Waiting.step(q))
	}
	for _, item := range s.Items {
		if waits && !slices.Contains(s.Waiting.Pays, item.Kind) {
			continue
		}
		steps := s.itemSteps(item, q.Base)
		amount := steps[len(steps)-1].Amount
		b.Steps = append(b.Steps, steps...)
		b.Items = append(b.Items, Item{item.Kind, amount})
		b.Total += amount
	}
	b.Steps = append(b.Steps, s.totalStep(b))
	return b
}

// itemSteps explains one part; its last step yields the amount.
func (s DeathSchedule) itemSteps(item DeathItem, base cover.Rupiah) []Step {
	each := item.Amount
	if item.OfBase {
		each = base
	}
	amount := each * cover.Rupiah(item.Times)
	steps := []Step{{string(item.Kind), s.Law, s.Certainty, product(item.Times, each), amount}}
	if amount < item.Minimum {
		sure := cmp.Or(item.MinimumCertainty, s.Certainty)
		comparison := fmt.Sprintf("max(%d, %d)", amount, item.Minimum)
		steps = append(steps, Step{RuleMinimum, s.Law, sure, comparison, item.Minimum})
	}
	return steps
}

func (s DeathSchedule) totalStep(b Benefit) Step {
	amounts := make([]string, len(b.Items))
	for i, item := range b.Items {
		amounts[i] = strconv.FormatInt(int64(item.Amount), 10)
	}
	return Step{RuleTotal, s.Law, s.Certainty, strings.Join(amounts, " + "), b.Total}
}

func (w *Waiting) holds(q DeathQuery) bool {
	return slices.Contains(w.Segments, q.Segment) && q.ConsecutiveMonths < w.Months
}

// step says why parts are missing; it yields nothing by itself.
func (w *Waiting) step(q DeathQuery) Step {
	comparison := fmt.Sprintf("%d < %d", q.ConsecutiveMonths, w.Months)
	return Step{RuleWaiting, w.Law, w.Certainty, comparison, 0}
}

func product(times int64, each cover.Rupiah) string {
	if times == 1 {
		return strconv.FormatInt(int64(each), 10)
	}
	return fmt.Sprintf("%d × %d", times, each)
}
