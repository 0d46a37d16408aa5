package tariff

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"naungan/internal/cover"
)

// The rules of steps. A benefit that is paid as one sum is a rule by its own name;
// these are the others.
const (
	RuleTotal                    = "total"
	RuleMinimum                  = "minimum"
	RuleLimit                    = "limit"
	RuleWaiting                  = "waiting_period"
	RuleNobodyInherits           = "nobody_inherits"
	RulePaidBefore               = "paid_before"
	RuleDisabilityPart           = "disability_part"
	RuleDisabilitySum            = "disability_sum"
	RuleDisabilityShare          = "disability_share"
	RuleScholarshipWhole         = "scholarship_whole"
	RuleScholarshipYears         = "scholarship_years"
	RuleScholarshipAge           = "scholarship_age"
	RuleScholarshipChildren      = "scholarship_children"
	RuleScholarshipContributions = "scholarship_contributions"
)

// Rules lists the rules of steps, all of which have words in both languages.
var Rules = append(kindRules(), RuleTotal, RuleMinimum, RuleLimit, RuleWaiting, RuleNobodyInherits, RulePaidBefore, RuleDisabilityPart, RuleDisabilitySum, RuleDisabilityShare,
	RuleScholarshipWhole, RuleScholarshipYears, RuleScholarshipAge, RuleScholarshipChildren, RuleScholarshipContributions)

func kindRules() (rules []string) {
	for _, kind := range cover.BenefitKinds {
		rules = append(rules, string(kind))
	}
	return rules
}

// Basis says by which law a part of a schedule holds, and how we know, where that is
// not the schedule's own.
type Basis struct {
	Law       string    `yaml:"law" json:"law,omitempty"`
	Certainty Certainty `yaml:"certainty" json:"certainty,omitempty"`
}

// or fills what a basis does not say from another.
func (b Basis) or(o Basis) Basis {
	return Basis{cmp.Or(b.Law, o.Law), cmp.Or(b.Certainty, o.Certainty)}
}

func (v Validity) basis() Basis { return Basis{v.Law, v.Certainty} }

// BenefitSchedule is one version of what a programme pays. What it does not speak of
// it does not pay.
type BenefitSchedule struct {
	Name      string          `yaml:"name" json:"name"`
	Revision  int             `yaml:"-" json:"-"`
	Programme cover.Programme `yaml:"programme" json:"programme,omitempty"`
	Validity  `yaml:",inline"`

	Items       []BenefitItem `yaml:"items" json:"items,omitempty"`     // that a death pays
	Waiting     *Waiting      `yaml:"waiting" json:"waiting,omitempty"` // nil: everything is paid from the first day
	Costs       []Cost        `yaml:"costs" json:"costs,omitempty"`     // that are paid back
	Incapacity  *Incapacity   `yaml:"incapacity" json:"incapacity,omitempty"`
	Disability  *Disability   `yaml:"disability" json:"disability,omitempty"`
	Scholarship *Scholarship  `yaml:"scholarship" json:"scholarship,omitempty"`
	Late        *Late         `yaml:"late" json:"late,omitempty"`
}

// Version names this revision of the schedule.
func (s BenefitSchedule) Version() string { return Version(s.Name, s.Revision) }

// BenefitItem is one part of what an event pays: so many times an amount, or so many
// times the monthly base, at least the minimum. Amounts are in rupiah.
type BenefitItem struct {
	Kind             cover.BenefitKind `yaml:"kind" json:"kind,omitempty"`
	Times            int64             `yaml:"times" json:"times,omitempty"`
	Amount           cover.Rupiah      `yaml:"amount" json:"amount,omitempty"`
	OfBase           bool              `yaml:"of_base" json:"of_base,omitempty"` // then Amount is the query's base
	Minimum          cover.Rupiah      `yaml:"minimum" json:"minimum,omitempty"`
	MinimumCertainty Certainty         `yaml:"minimum_certainty" json:"minimum_certainty,omitempty"` // of the minimum, where the schedule's is another
}

// Benefit is what an event pays, in whole rupiah, and how it came about.
type Benefit struct {
	Total    cover.Rupiah
	Items    []cover.BenefitItem // sum to Total, one of each kind
	Steps    []cover.BenefitStep // in order; the last yields Total
	Schedule string              // the version it was rated with, such as "jkk-2019-12"
}

// With is two benefits of one schedule together, explained to a single total.
func (b Benefit) With(o Benefit) Benefit {
	switch {
	case len(b.Steps) == 0:
		return o
	case len(o.Steps) == 0:
		return b
	}
	last := len(b.Steps) - 1
	a := account{Benefit: Benefit{Schedule: b.Schedule}, basis: Basis{b.Steps[last].Law, Certainty(b.Steps[last].Certainty)}}
	a.Steps = slices.Concat(b.Steps[:last], o.Steps[:len(o.Steps)-1])
	for _, item := range slices.Concat(b.Items, o.Items) {
		a.pay(item.Kind, item.Amount)
	}
	return a.close()
}

// Less is a benefit of which so much was paid before: at least a rupiah less than all of
// it. What was paid is taken off its last parts.
func (b Benefit) Less(paid cover.Rupiah) Benefit {
	last := b.Steps[len(b.Steps)-1]
	out := Benefit{Total: b.Total - paid, Schedule: b.Schedule, Steps: append(slices.Clone(b.Steps), cover.BenefitStep{
		Rule: RulePaidBefore, Law: last.Law, Certainty: last.Certainty, Inputs: cover.Params{"whole": int64(b.Total), "paid": int64(paid)},
		Expression: fmt.Sprintf("%d - %d", b.Total, paid), Amount: b.Total - paid,
	})}
	left := out.Total
	for _, item := range b.Items {
		if item.Amount = min(item.Amount, left); item.Amount > 0 {
			out.Items, left = append(out.Items, item), left-item.Amount
		}
	}
	return out
}

// account is a benefit while it is reckoned.
type account struct {
	Benefit
	basis Basis // of the schedule
}

// open begins an account by a schedule.
func open(schedule string, v Validity) *account {
	return &account{Benefit: Benefit{Schedule: schedule}, basis: v.basis()}
}

// explain adds a step. A step that pays nothing says why.
func (a *account) explain(rule string, b Basis, inputs cover.Params, expression string, amount cover.Rupiah) {
	b = b.or(a.basis)
	a.Steps = append(a.Steps, cover.BenefitStep{
		Rule: rule, Law: b.Law, Certainty: string(b.Certainty), Inputs: inputs, Expression: expression, Amount: amount,
	})
}

// pay adds an amount to what is paid of a kind.
func (a *account) pay(kind cover.BenefitKind, amount cover.Rupiah) {
	a.Total += amount
	for n := range a.Items {
		if a.Items[n].Kind == kind {
			a.Items[n].Amount += amount
			return
		}
	}
	a.Items = append(a.Items, cover.BenefitItem{Kind: kind, Amount: amount})
}

// item pays one part and explains it.
func (a *account) item(i BenefitItem, base cover.Rupiah) {
	each := i.Amount
	if i.OfBase {
		each = base
	}
	amount := each * cover.Rupiah(i.Times)
	a.explain(string(i.Kind), Basis{}, cover.Params{"times": i.Times, "each": int64(each)}, product(i.Times, each), amount)
	if amount < i.Minimum {
		inputs := cover.Params{"reached": int64(amount), "minimum": int64(i.Minimum)}
		a.explain(RuleMinimum, Basis{Certainty: i.MinimumCertainty}, inputs, fmt.Sprintf("max(%d, %d)", amount, i.Minimum), i.Minimum)
		amount = i.Minimum
	}
	a.pay(i.Kind, amount)
}

// close adds up.
func (a *account) close() Benefit {
	amounts := []string{"0"}
	if len(a.Items) > 0 {
		amounts = amounts[:0]
	}
	for _, item := range a.Items {
		amounts = append(amounts, strconv.FormatInt(int64(item.Amount), 10))
	}
	a.explain(RuleTotal, Basis{}, cover.Params{"benefits": int64(len(a.Items))}, strings.Join(amounts, " + "), a.Total)
	return a.Benefit
}

// BenefitSchedule finds a revision of what a programme pays by its name; 0 is the one
// that stands.
func (t *Tariff) BenefitSchedule(name string, revision int) (BenefitSchedule, bool) {
	if revision == 0 {
		return first(t.Benefits, func(s BenefitSchedule) bool { return s.Name == name })
	}
	return first(t.pastBenefits, func(s BenefitSchedule) bool { return s.Name == name && s.Revision == revision })
}

// BenefitDays lists the days of the schedules of a programme that stand, in their order.
func (t *Tariff) BenefitDays(programme cover.Programme) (days []Validity) {
	for _, s := range t.Benefits {
		if s.Programme == programme {
			days = append(days, s.Validity)
		}
	}
	return days
}

// benefitOn finds the schedule of a day, or refuses it (tariff_schedule_missing).
func (t *Tariff) benefitOn(programme cover.Programme, day cover.Date) (BenefitSchedule, error) {
	s, ok := first(t.Benefits, func(s BenefitSchedule) bool { return s.Programme == programme && s.Holds(day) })
	if !ok {
		return s, missing(cover.Params{"programme": programme, "day": day})
	}
	return s, nil
}

// portion is numerator/denominator of an amount in whole rupiah, a half rounded up,
// however large the product on the way. None of the three is negative.
func portion(amount cover.Rupiah, numerator, denominator int64) cover.Rupiah {
	high, low := bits.Mul64(uint64(amount), uint64(numerator))
	low, carry := bits.Add64(low, uint64(denominator)/2, 0)
	quotient, _ := bits.Div64(high+carry, low, uint64(denominator))
	return cover.Rupiah(quotient)
}

func product(times int64, each cover.Rupiah) string {
	if times == 1 {
		return strconv.FormatInt(int64(each), 10)
	}
	return fmt.Sprintf("%d × %d", times, each)
}

// percentage prints a share in millionths: "4.5%".
func percentage(millionths int64) string {
	text := fmt.Sprintf("%d.%04d", millionths/10_000, millionths%10_000)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "%"
}

// plus joins amounts that are added.
func plus(amounts []cover.Rupiah) string {
	words := make([]string, len(amounts))
	for n, amount := range amounts {
		words[n] = strconv.FormatInt(int64(amount), 10)
	}
	return strings.Join(words, " + ")
}
