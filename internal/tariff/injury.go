package tariff

import (
	"fmt"
	"slices"
	"strings"

	"naungan/internal/cover"
)

// Cost is a kind of cost that is paid back: with a markup in percent if it is a price,
// up to the most, for at most so many months. Nothing says that there is no limit.
type Cost struct {
	Kind   cover.BenefitKind   `yaml:"kind" json:"kind"`
	Mode   cover.TransportMode `yaml:"mode" json:"mode,omitempty"` // of transport, each with a limit of its own
	Most   cover.Rupiah        `yaml:"most" json:"most,omitempty"`
	Months int                 `yaml:"months" json:"months,omitempty"`
	Markup int64               `yaml:"markup" json:"markup,omitempty"`
	Basis  `yaml:",inline"`
}

// costKinds are the benefits that may be paid as a cost.
var costKinds = []cover.BenefitKind{
	cover.BenefitMedicalCare, cover.BenefitTransport, cover.BenefitProsthesis, cover.BenefitDenture, cover.BenefitHearingAid,
	cover.BenefitSpectacles, cover.BenefitHomeCare,
}

// Incapacity pays shares of the base while somebody cannot work (STMB), in tiers of
// months; a day is one part of a month in Divisor.
type Incapacity struct {
	Divisor          int64            `yaml:"divisor" json:"divisor"`
	DivisorCertainty Certainty        `yaml:"divisor_certainty" json:"divisor_certainty,omitempty"` // where it counts, and is another
	Tiers            []IncapacityTier `yaml:"tiers" json:"tiers"`
	Basis            `yaml:",inline"`
}

// IncapacityTier is so many months at so many percent; the last has no end.
type IncapacityTier struct {
	Months  int64 `yaml:"months" json:"months,omitempty"`
	Percent int64 `yaml:"percent" json:"percent"`
}

// Disability pays shares of so many times the base for what is lost for good. Shares
// of several parts are added, up to the most. Total loss pays items of its own.
// Shares are in ten-thousandths.
type Disability struct {
	Multiple int64            `yaml:"multiple" json:"multiple"`
	Most     int64            `yaml:"most" json:"most"`
	Total    []BenefitItem    `yaml:"total" json:"total"`
	Parts    []DisabilityPart `yaml:"parts" json:"parts"`
	Basis    `yaml:",inline"`
}

// DisabilityPart says what the loss of a part counts: one share, or one for each side
// of a right-handed person, or a share for each of some units, or one that the doctor
// assesses between Rate and Most.
type DisabilityPart struct {
	Part  string `yaml:"part" json:"part"`
	Rate  int64  `yaml:"rate" json:"rate,omitempty"`
	Right int64  `yaml:"right" json:"right,omitempty"`
	Left  int64  `yaml:"left" json:"left,omitempty"`
	Most  int64  `yaml:"most" json:"most,omitempty"`
	Per   string `yaml:"per" json:"per,omitempty"` // what a unit is, such as "10_db"

	// Count is how many of it a person can lose, on each side where it has sides; 0 is one.
	Count int `yaml:"count" json:"count,omitempty"`
}

// loss is one as the tariff looks at it.
type loss cover.Loss

// InjuryQuery asks what an injury at work pays.
type InjuryQuery struct {
	On         cover.Date   // the accident or diagnosis
	Base       cover.Rupiah // the monthly base frozen on the coverage; costs do without
	LeftHanded bool         // right and left change places
	Losses     []cover.Loss
}

// most keep an entry within reason, and sums far from overflow.
const (
	mostIncapacityYears = 50
	mostUnits           = 100
)

// Injury returns what an injury at work pays by the schedule of its day (PP 44/2015,
// art. 25 and annex III; PP 82/2019, annex III): costs up to their limits, shares of the
// base while unable to work, and for what is lost for good. In what order losses are
// named, or how one is divided, changes nothing. It refuses a day without a known
// schedule (tariff_schedule_missing), a base that is nothing or beyond reason where
// shares of it are paid (income_out_of_range), and says all that is wrong with losses.
func (t *Tariff) Injury(q InjuryQuery) (Benefit, error) {
	s, err := t.benefitOn(cover.JKK, q.On)
	if err != nil {
		return Benefit{}, err
	}
	if err := s.lossFaults(q).Err(); err != nil {
		return Benefit{}, err
	}
	if q.NeedsBase() {
		if err := checkIncome(q.Base, 1); err != nil {
			return Benefit{}, err
		}
	}
	a := open(s.Version(), s.Validity)
	for _, cost := range s.Costs {
		a.refund(cost, q.Losses)
	}
	if s.Incapacity != nil {
		a.incapacity(s.Incapacity, q)
	}
	if s.Disability != nil {
		a.disability(s.Disability, q)
	}
	return a.close(), nil
}

// NeedsBase reports whether shares of the base are asked for.
func (q InjuryQuery) NeedsBase() bool {
	return slices.ContainsFunc(q.Losses, func(l cover.Loss) bool { return l.Kind == cover.BenefitIncapacity || l.Kind == cover.BenefitDisability })
}

// Totally reports whether somebody is disabled for good and wholly.
func (q InjuryQuery) Totally() bool {
	return slices.ContainsFunc(q.Losses, func(l cover.Loss) bool { return l.Total })
}

// refund pays costs of one kind, all of them together, up to the most.
func (a *account) refund(c Cost, losses []cover.Loss) {
	var spent []cover.Rupiah
	var sum cover.Rupiah
	for _, l := range losses {
		l := loss(l)
		if l.Kind == c.Kind && l.Mode == c.Mode {
			spent = append(spent, l.Cost)
			sum += l.Cost
		}
	}
	if len(spent) == 0 {
		return
	}
	inputs, expression := cover.Params{"cost": int64(sum), "mode": string(c.Mode), "markup": c.Markup}, plus(spent)
	if c.Markup > 0 {
		expression = fmt.Sprintf("%d%% × %d", 100+c.Markup, sum)
		sum = portion(sum, 100+c.Markup, 100)
	}
	a.explain(string(c.Kind), c.Basis, inputs, expression, sum)
	if c.Most > 0 && sum > c.Most {
		a.explain(RuleLimit, c.Basis, cover.Params{"reached": int64(sum), "most": int64(c.Most)}, fmt.Sprintf("min(%d, %d)", sum, c.Most), c.Most)
		sum = c.Most
	}
	a.pay(c.Kind, sum)
}

// incapacity pays the months and days of all stretches, one after another, tier by
// tier.
func (a *account) incapacity(i *Incapacity, q InjuryQuery) {
	var left int64 // in days of which Divisor make a month
	for _, l := range q.Losses {
		l := loss(l)
		if l.Kind == cover.BenefitIncapacity {
			months, days := l.length()
			left += months*i.Divisor + days
		}
	}
	for _, tier := range i.Tiers {
		days := left
		if tier.Months > 0 {
			days = min(left, tier.Months*i.Divisor)
		}
		if days == 0 {
			return
		}
		amount := portion(q.Base*cover.Rupiah(tier.Percent), days, i.Divisor*100)
		length, basis := fmt.Sprint(days/i.Divisor), i.Basis
		if rest := days % i.Divisor; rest > 0 {
			length = fmt.Sprintf("(%s + %d/%d)", length, rest, i.Divisor)
			basis = Basis{Certainty: i.DivisorCertainty}.or(basis)
		}
		a.explain(string(cover.BenefitIncapacity), basis, cover.Params{
			"months": days / i.Divisor, "days": days % i.Divisor, "percent": tier.Percent, "base": int64(q.Base),
		}, fmt.Sprintf("%s × %d%% × %d", length, tier.Percent, q.Base), amount)
		a.pay(cover.BenefitIncapacity, amount)
		left -= days
	}
}

// length is how long a stretch is, in whole months and the days after them.
func (l loss) length() (months, days int64) {
	if l.From.Zero() {
		return l.Months, l.Days
	}
	after := l.To.Add(1)
	for !l.From.AddMonths(int(months) + 1).After(after) {
		months++
	}
	return months, int64(after.DaysSince(l.From.AddMonths(int(months))))
}

// disability pays for what is lost for good.
func (a *account) disability(d *Disability, q InjuryQuery) {
	if q.Totally() {
		for _, item := range d.Total {
			a.item(item, q.Base)
		}
		return
	}
	var shares []string
	var sum, amount int64 // sum in millionths: a share in ten-thousandths of a percentage
	base := q.Base * cover.Rupiah(d.Multiple)
	for _, l := range q.Losses {
		l := loss(l)
		if l.Kind != cover.BenefitDisability {
			continue
		}
		part, _ := d.part(l.Part)
		rate := part.rate(l, q.LeftHanded)
		percent, units := l.share()
		share := rate * percent * units
		sum, shares = sum+share, append(shares, percentage(share))
		amount = int64(portion(base, share, 1_000_000))
		a.explain(RuleDisabilityPart, d.Basis, cover.Params{
			"part": l.Part, "side": string(l.Side), "rate": rate, "percent": percent, "units": units, "multiple": d.Multiple, "base": int64(q.Base),
		}, factors(rate, percent, units)+fmt.Sprintf(" × %d × %d", d.Multiple, q.Base), cover.Rupiah(amount))
	}
	if len(shares) == 0 {
		return
	}
	most := d.Most * 100
	if len(shares) > 1 || sum > most {
		added := strings.Join(shares, " + ")
		if sum > most {
			added = fmt.Sprintf("min(%s, %s)", added, percentage(most))
		} else {
			added = "(" + added + ")"
		}
		sum = min(sum, most)
		amount = int64(portion(base, sum, 1_000_000))
		a.explain(RuleDisabilitySum, d.Basis, cover.Params{
			"parts": int64(len(shares)), "share": sum, "most": d.Most, "multiple": d.Multiple, "base": int64(q.Base),
		}, fmt.Sprintf("%s × %d × %d", added, d.Multiple, q.Base), cover.Rupiah(amount))
	}
	a.pay(cover.BenefitDisability, cover.Rupiah(amount))
}

// factors prints what a share is the product of: "50% × 32%".
func factors(rate, percent, units int64) string {
	text := percentage(rate * 100)
	if units != 1 {
		text = fmt.Sprintf("%d × %s", units, text)
	}
	if percent != 100 {
		text = fmt.Sprintf("%d%% × %s", percent, text)
	}
	return text
}

// share is how much of a part is lost: its use in percent, and how many units of it.
func (l loss) share() (percent, units int64) {
	percent, units = l.Percent, l.Units
	if percent == 0 {
		percent = 100
	}
	return percent, max(units, 1)
}

func (d *Disability) part(name string) (DisabilityPart, bool) {
	return first(d.Parts, func(p DisabilityPart) bool { return p.Part == name })
}

// lostAlready reports whether all there are of a part, on its side, are lost before.
func (d *Disability) lostAlready(l loss, before []cover.Loss) bool {
	p, known := d.part(l.Part)
	lost := 0
	for _, o := range before {
		if o.Part == l.Part && o.Side == l.Side {
			lost++
		}
	}
	return known && lost >= max(p.Count, 1)
}

func (p DisabilityPart) sided() bool { return p.Right > 0 }

// rate is what a part counts. The hand that somebody writes with counts as the right
// one.
func (p DisabilityPart) rate(l loss, leftHanded bool) int64 {
	switch {
	case p.Most > 0:
		return l.Rate
	case !p.sided():
		return p.Rate
	case (l.Side == cover.Right) != leftHanded:
		return p.Right
	default:
		return p.Left
	}
}

// lossFaults says all that is wrong with losses.
func (s BenefitSchedule) lossFaults(q InjuryQuery) (f cover.Faults) {
	disabilities, spent := 0, cover.Rupiah(0)
	for n, l := range q.Losses {
		l := loss(l)
		at := fmt.Sprintf("/losses/%d", n)
		if l.Kind == cover.BenefitDisability {
			disabilities++
		}
		if !s.knows(l) {
			f.Add(at+"/kind", cover.BenefitNotKnown, cover.Params{"kind": l.Kind, "schedule": s.Version()})
			continue
		}
		l.memberFaults(&f, at, s)
		switch l.Kind {
		case cover.BenefitIncapacity:
			l.stretchFaults(&f, at, q, n)
		case cover.BenefitDisability:
			l.partFaults(&f, at, s.Disability)
			f.Check(!s.Disability.lostAlready(l, q.Losses[:n]), at+"/part", cover.RepeatedItem, nil)
		default:
			s.costFaults(&f, at, l)
			spent += min(l.Cost, maxIncome) // what is more is told where it stands
		}
	}
	f.Check(spent <= maxIncome || len(f) > 0, "/losses", cover.AmountImplausible, cover.Params{"min": 1, "max": int64(maxIncome)})
	f.Check(!q.Totally() || disabilities == 1, "/losses", cover.DisabilityNotAlone, nil)
	return f
}

// knows reports whether a schedule pays for a kind of loss.
func (s BenefitSchedule) knows(l loss) bool {
	switch l.Kind {
	case cover.BenefitIncapacity:
		return s.Incapacity != nil
	case cover.BenefitDisability:
		return s.Disability != nil
	default:
		_, known := s.cost(l)
		return known || l.Kind == cover.BenefitTransport && l.Mode == ""
	}
}

func (s BenefitSchedule) cost(l loss) (Cost, bool) {
	return first(s.Costs, func(c Cost) bool { return c.Kind == l.Kind && c.Mode == l.Mode })
}

// memberFaults wants of a loss what its kind asks for, and nothing else.
func (l loss) memberFaults(f *cover.Faults, at string, s BenefitSchedule) {
	needs, takes := l.members(s)
	for _, m := range []struct {
		name  string
		given bool
	}{
		{"cost_amount", l.Cost != 0},
		{"mode", l.Mode != ""},
		{"from_on", !l.From.Zero()},
		{"to_on", !l.To.Zero()},
		{"months", l.Months != 0},
		{"days", l.Days != 0},
		{"part", l.Part != ""},
		{"side", l.Side != ""},
		{"assessed_rate", l.Rate != 0},
		{"units", l.Units != 0},
		{"loss_percent", l.Percent != 0},
		{"total", l.Total},
	} {
		needed, taken := slices.Contains(needs, m.name), slices.Contains(takes, m.name)
		params := cover.Params{"name": m.name, "of": l.Kind}
		f.Check(m.given || !needed, at+"/"+m.name, cover.MemberMissing, params)
		f.Check(!m.given || needed || taken, at+"/"+m.name, cover.MemberNotExpected, params)
	}
}

// members are what a loss of a kind must and may say.
func (l loss) members(s BenefitSchedule) (needs, takes []string) {
	switch l.Kind {
	case cover.BenefitTransport:
		return []string{"cost_amount", "mode"}, nil
	case cover.BenefitHomeCare:
		return []string{"cost_amount", "months"}, nil
	case cover.BenefitIncapacity:
		if l.From.Zero() && l.To.Zero() {
			if l.Days > 0 {
				return nil, []string{"months", "days"}
			}
			return []string{"months"}, nil
		}
		return []string{"from_on", "to_on"}, nil
	case cover.BenefitDisability:
		if l.Total {
			return nil, []string{"total"}
		}
		needs, takes = []string{"part"}, []string{"loss_percent"}
		part, known := s.Disability.part(l.Part)
		switch {
		case !known:
			return needs, []string{"side", "assessed_rate", "units", "loss_percent"} // nobody can tell
		case part.sided():
			needs = append(needs, "side")
		case part.Most > 0:
			needs = append(needs, "assessed_rate")
		case part.Per != "":
			needs = append(needs, "units")
		}
		return needs, takes
	default:
		return []string{"cost_amount"}, nil
	}
}

// stretchFaults wants stretches that follow each other, after the event.
func (l loss) stretchFaults(f *cover.Faults, at string, q InjuryQuery, n int) {
	f.Check(l.Months >= 0 && l.Months <= 12*mostIncapacityYears, at+"/months", cover.PeriodTooLong, cover.Params{"years": mostIncapacityYears})
	f.Check(l.Days >= 0 && l.Days <= 366*mostIncapacityYears, at+"/days", cover.PeriodTooLong, cover.Params{"years": mostIncapacityYears})
	if l.From.Zero() || l.To.Zero() {
		return
	}
	f.Check(!l.From.Before(q.On), at+"/from_on", cover.BeforeEvent, cover.Params{"day": q.On})
	f.Check(!l.To.Before(l.From), at+"/to_on", cover.EndsBeforeStart, nil)
	f.Check(l.To.Before(l.From.AddYears(mostIncapacityYears)), at+"/to_on", cover.PeriodTooLong, cover.Params{"years": mostIncapacityYears})
	overlaps := slices.ContainsFunc(q.Losses[:n], func(o cover.Loss) bool {
		return o.Kind == l.Kind && !o.From.Zero() && !o.To.Zero() && !l.From.After(o.To) && !l.To.Before(o.From)
	})
	f.Check(!overlaps, at, cover.StretchesOverlap, nil)
}

func (l loss) partFaults(f *cover.Faults, at string, d *Disability) {
	if l.Part == "" {
		return
	}
	part, known := d.part(l.Part)
	if !known {
		f.Add(at+"/part", cover.PartUnknown, nil)
		return
	}
	if part.Most > 0 && l.Rate != 0 {
		f.Check(l.Rate >= part.Rate && l.Rate <= part.Most, at+"/assessed_rate", cover.RateOutsideRange,
			cover.Params{"least": part.Rate, "most": part.Most})
	}
	f.Check(l.Units >= 0 && l.Units <= mostUnits, at+"/units", cover.RateOutsideRange, cover.Params{"least": 1, "most": mostUnits})
	f.Check(l.Percent >= 0 && l.Percent <= 100, at+"/loss_percent", cover.RateOutsideRange, cover.Params{"least": 1, "most": 100})
}

func (s BenefitSchedule) costFaults(f *cover.Faults, at string, l loss) {
	if l.Cost != 0 {
		f.Check(l.Cost > 0, at+"/cost_amount", cover.AmountNotPositive, nil)
		f.Check(l.Cost <= maxIncome, at+"/cost_amount", cover.AmountImplausible, cover.Params{"min": 1, "max": int64(maxIncome)})
	}
	if cost, known := s.cost(l); known && cost.Months > 0 {
		f.Check(l.Months <= int64(cost.Months), at+"/months", cover.CareTooLong, cover.Params{"most": cost.Months})
	}
}
