package tariff

import (
	"errors"
	"fmt"
	"slices"

	"naungan/internal/cover"
)

// What an administrator enters comes through a form that bounds its numbers, and is
// held against Faults, which tell them what else is wrong. validate holds rules of any
// origin against both.

func (b Basis) validate(at string) error {
	return want(b.Certainty == "" || slices.Contains(Certainties, b.Certainty), "%s: certainty %q", at, b.Certainty)
}

// told makes errors of faults.
func told(name string, faults cover.Faults) (errs []error) {
	for _, f := range faults {
		errs = append(errs, fmt.Errorf("%s: %s at %s", name, f.Code, f.Pointer))
	}
	return errs
}

// Faults says what is wrong with a benefit schedule that an administrator may have
// entered, beyond what its form allows. It may begin on any day.
func (s BenefitSchedule) Faults() (f cover.Faults) {
	s.faults(&f)
	itemFaults(&f, "/items", s.Items)
	if s.Waiting != nil {
		checkText(&f, "/waiting/law", s.Waiting.Law)
	}
	s.costRuleFaults(&f)
	if s.Incapacity != nil {
		for n, tier := range s.Incapacity.Tiers {
			last := n == len(s.Incapacity.Tiers)-1
			f.Check((tier.Months == 0) == last, fmt.Sprintf("/incapacity/tiers/%d", n), cover.TiersNotOpen, nil)
		}
	}
	if s.Disability != nil {
		s.Disability.faults(&f)
	}
	if s.Scholarship != nil {
		s.Scholarship.faults(&f)
	}
	return f
}

func itemFaults(f *cover.Faults, at string, items []BenefitItem) {
	for n, i := range items {
		at := fmt.Sprintf("%s/%d", at, n)
		f.Check((i.Amount != 0) != i.OfBase, at, cover.AmountOrBase, nil)
		checkPaid(f, at+"/each_amount", i.Amount)
		checkPaid(f, at+"/minimum_amount", i.Minimum)
	}
}

// costRuleFaults wants each cost once, and a way of transport where there is transport
// alone.
func (s BenefitSchedule) costRuleFaults(f *cover.Faults) {
	for n, c := range s.Costs {
		at := fmt.Sprintf("/costs/%d", n)
		checkPaid(f, at+"/most_amount", c.Most)
		transport, params := c.Kind == cover.BenefitTransport, cover.Params{"name": "mode", "of": c.Kind}
		f.Check(!transport || c.Mode != "", at+"/mode", cover.MemberMissing, params)
		f.Check(transport || c.Mode == "", at+"/mode", cover.MemberNotExpected, params)
		twice := slices.ContainsFunc(s.Costs[:n], func(o Cost) bool { return o.Kind == c.Kind && o.Mode == c.Mode })
		f.Check(!twice, at, cover.RepeatedItem, nil)
	}
}

// faults wants each part once, with one way to tell its share.
func (d *Disability) faults(f *cover.Faults) {
	itemFaults(f, "/disability/total", d.Total)
	for n, p := range d.Parts {
		at := fmt.Sprintf("/disability/parts/%d", n)
		twice := slices.ContainsFunc(d.Parts[:n], func(o DisabilityPart) bool { return o.Part == p.Part })
		f.Check(!twice, at+"/part", cover.RepeatedItem, nil)
		sided := p.Right > 0 && p.Left > 0 && p.Rate == 0 && p.Most == 0 && p.Per == ""
		whole := p.Rate > 0 && p.Right == 0 && p.Left == 0 && (p.Most == 0 || p.Most > p.Rate && p.Per == "")
		f.Check(sided || whole, at, cover.PartRatesUnclear, nil)
	}
}

func (s *Scholarship) faults(f *cover.Faults) {
	for n, l := range s.Levels {
		at := fmt.Sprintf("/scholarship/levels/%d", n)
		checkAmount(f, at+"/year_amount", l.Amount, 1)
		f.Check(s.from(l.Level) == n, at+"/level", cover.RepeatedItem, nil)
	}
}

func (s BenefitSchedule) validate() error {
	faults := append(told(s.Name, s.Faults()),
		want(slices.Contains(cover.Programmes, s.Programme), "%s: programme %q", s.Name, s.Programme),
		want(len(s.Items) > 0, "%s: no items", s.Name),
		validateItems(s.Name, s.Items),
	)
	if s.Waiting != nil {
		faults = append(faults, want(s.Waiting.complete(), "%s: waiting rule is incomplete or unknown", s.Name))
	}
	for _, c := range s.Costs {
		known := slices.Contains(costKinds, c.Kind) && (c.Mode == "" || slices.Contains(cover.TransportModes, c.Mode))
		faults = append(faults, c.validate(s.Name),
			want(known && c.Months >= 0 && c.Markup >= 0 && c.Markup <= 1000, "%s: cost of %q by %q", s.Name, c.Kind, c.Mode))
	}
	if i := s.Incapacity; i != nil {
		faults = append(faults, i.validate(s.Name), want(i.Divisor > 0 && len(i.Tiers) > 0, "%s: incapacity is incomplete", s.Name))
		for _, tier := range i.Tiers {
			faults = append(faults, want(tier.Percent > 0 && tier.Percent <= 100 && tier.Months >= 0, "%s: a tier of %d percent", s.Name, tier.Percent))
		}
	}
	if s.Disability != nil {
		faults = append(faults, s.Disability.validate(s.Name))
	}
	if s.Scholarship != nil {
		faults = append(faults, s.Scholarship.validate(s.Name))
	}
	if l := s.Late; l != nil {
		faults = append(faults, l.validate(s.Name), want(l.Rate > 0 && l.Rate <= 10_000, "%s: %d a day for paying late", s.Name, l.Rate))
	}
	return errors.Join(faults...)
}

func validateItems(name string, items []BenefitItem) error {
	var faults []error
	for _, i := range items {
		faults = append(faults,
			want(slices.Contains(cover.BenefitKinds, i.Kind), "%s: item %q", name, i.Kind),
			want(i.Times > 0 && i.Times <= 120, "%s: %s is paid %d times", name, i.Kind, i.Times),
		)
	}
	return errors.Join(faults...)
}

func (d *Disability) validate(name string) error {
	faults := []error{
		d.Basis.validate(name), validateItems(name, d.Total),
		want(d.Multiple > 0 && d.Multiple <= 120, "%s: %d times the base", name, d.Multiple),
		want(share(d.Most), "%s: at most %d", name, d.Most),
		want(len(d.Total) > 0 && len(d.Parts) > 0, "%s: disability is incomplete", name),
	}
	for _, p := range d.Parts {
		shares := share(p.Rate+p.Right) && share(max(p.Rate, p.Right, p.Left, p.Most))
		faults = append(faults, want(p.Part != "" && shares, "%s: part %q has no share, or too great a one", name, p.Part))
	}
	return errors.Join(faults...)
}

// share reports whether a rate is a share of something.
func share(rate int64) bool { return rate > 0 && rate <= 10_000 }

func (s *Scholarship) validate(name string) error {
	faults := []error{
		s.Basis.validate(name),
		want(s.Children > 0 && s.AgeBelow > 0 && s.Months >= 0 && s.AtOnce > 0 && len(s.Levels) > 0, "%s: scholarship is incomplete", name),
	}
	for n, l := range s.Levels {
		place := slices.Index(cover.EducationLevels, l.Level)
		ascends := n == 0 || place > slices.Index(cover.EducationLevels, s.Levels[n-1].Level)
		faults = append(faults, want(place >= 0 && ascends && l.Years > 0, "%s: level %q of %d years", name, l.Level, l.Years))
	}
	return errors.Join(faults...)
}

func (w *Waiting) complete() bool {
	return w.Months > 0 && w.Law != "" && slices.Contains(Certainties, w.Certainty) &&
		within(w.Segments, cover.Segments) && within(w.Pays, cover.BenefitKinds)
}

// Faults says what is wrong with what a body gives of its own, as an administrator may
// have entered it.
func (s ExGratiaSchedule) Faults() (f cover.Faults) {
	s.faults(&f)
	itemFaults(&f, "/items", s.Items)
	for n, i := range s.Items {
		f.Check(!i.OfBase, fmt.Sprintf("/items/%d/of_base", n), cover.MemberNotExpected, cover.Params{"name": "of_base", "of": cover.StreamExGratia})
	}
	checkAmount(&f, "/disability/most_amount", s.Disability.Most, 1)
	for n, g := range s.Grades {
		at := fmt.Sprintf("/grades/%d", n)
		checkAmount(&f, at+"/most_amount", g.Most, 1)
		descends := n == 0 || g.Days < s.Grades[n-1].Days
		f.Check(descends && (g.Days == 0) == (n == len(s.Grades)-1), at+"/inpatient_days", cover.GradesNotDescending, nil)
	}
	return f
}

func (s ExGratiaSchedule) validate() error {
	faults := append(told(s.Name, s.Faults()),
		want(slices.Contains(cover.OrganisationKinds, s.Body), "%s: body %q", s.Name, s.Body),
		want(len(s.Items) > 0 && len(s.Grades) > 0, "%s: nothing is given", s.Name),
		validateItems(s.Name, s.Items), s.Disability.validate(s.Name),
	)
	for _, g := range s.Grades {
		known := slices.Contains(CareGrades, g.Grade) && g.Percent > 0 && g.Percent <= 100 && g.Days >= 0
		faults = append(faults, g.validate(s.Name), want(known, "%s: grade %q of %d percent", s.Name, g.Grade, g.Percent))
	}
	return errors.Join(faults...)
}

// Faults says what is wrong with a list of documents that an administrator may have
// entered: each is asked for once in a case and stream.
func (l RequirementList) Faults() (f cover.Faults) {
	l.faults(&f)
	for n, r := range l.Entries {
		twice := slices.ContainsFunc(l.Entries[:n], func(o Requirement) bool {
			both := func(s cover.Stream) bool { return slices.Contains(o.Streams, s) }
			return o.Document == r.Document && o.When == r.When && slices.ContainsFunc(r.Streams, both)
		})
		f.Check(!twice, fmt.Sprintf("/entries/%d", n), cover.RepeatedItem, nil)
	}
	return f
}

func (l RequirementList) validate() error {
	faults := append(told(l.Name, l.Faults()), want(len(l.Entries) > 0, "%s: no documents", l.Name))
	for _, r := range l.Entries {
		known := slices.Contains(cover.DocumentKinds, r.Document) && within(r.Streams, cover.Streams) && slices.Contains(Cases, r.When)
		faults = append(faults, r.validate(l.Name), want(known, "%s: %q of %v when %q", l.Name, r.Document, r.Streams, r.When))
	}
	return errors.Join(faults...)
}

// Version names this revision of the clock.
func (c Clock) Version() string { return Version(c.Rule, c.Revision) }

// Faults says what is wrong with a clock that an administrator may have entered: it
// has one unit of time, and is told of in the same: hours of hours, days of days.
func (c Clock) Faults() (f cover.Faults) {
	c.faults(&f)
	f.Check(c.units() == 1 && (c.Hours == 0 || !slices.Contains(endOnDays, c.Name)), "", cover.ClockUnits, nil)
	f.Check(c.Near.units() == 1 && c.Near.Years == 0 && (c.Hours > 0) == (c.Near.Hours > 0), "/near", cover.ClockUnits, nil)
	return f
}

// ClockVersion finds a revision of a version of a clock by its name; 0 is the one that
// stands.
func (t *Tariff) ClockVersion(rule string, revision int) (Clock, bool) {
	if revision == 0 {
		return first(t.Clocks, func(c Clock) bool { return c.Rule == rule })
	}
	return first(t.pastClocks, func(c Clock) bool { return c.Rule == rule && c.Revision == revision })
}

// ClockDays lists the days of the versions of a clock that stand, in their order.
func (t *Tariff) ClockDays(name string) (days []Validity) {
	for _, c := range t.Clocks {
		if c.Name == name {
			days = append(days, c.Validity)
		}
	}
	return days
}
