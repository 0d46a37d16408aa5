package tariff

import (
	"errors"
	"fmt"
	"slices"

	"naungan/internal/cover"
)

// version is one entry of a series of versions, which share a key.
type version struct {
	key string
	Validity
}

// validate says all that is wrong with the rules of a tariff.
func (t *Tariff) validate() error {
	var contributions, reliefs, deaths, clocks []version
	var faults []error
	for _, s := range t.Contributions {
		contributions = append(contributions, version{string(s.Segment), s.Validity})
		faults = append(faults, s.validate())
	}
	for _, r := range t.Reliefs {
		reliefs = append(reliefs, version{string(r.Segment) + " " + string(r.Sector), r.Validity})
		faults = append(faults, r.validate())
	}
	for _, s := range t.Deaths {
		deaths = append(deaths, version{string(s.Programme), s.Validity})
		faults = append(faults, s.validate())
	}
	for _, c := range t.Clocks {
		clocks = append(clocks, version{c.Name, c.Validity})
		faults = append(faults, c.validate())
	}
	return errors.Join(append(faults,
		follow(contributions, true), follow(reliefs, false), follow(deaths, true), follow(clocks, true))...)
}

// follow checks that the versions of each key stand in order and do not overlap
// and, where they must be seamless, that none leaves a gap.
func follow(versions []version, seamless bool) error {
	var faults []error
	last := map[string]version{}
	for _, v := range versions {
		faults = append(faults, v.validate())
		if before, ok := last[v.key]; ok {
			next := before.To.Add(1)
			follows := !before.To.Zero() && !v.From.Before(next) && !(seamless && v.From.After(next))
			faults = append(faults, want(follows, "%s: version of %s overlaps or leaves a gap", v.key, v.From))
		}
		last[v.key] = v
	}
	return errors.Join(faults...)
}

func (v version) validate() error {
	return errors.Join(
		want(!v.From.Zero(), "%s: no from", v.key),
		want(v.To.Zero() || !v.To.Before(v.From), "%s: to lies before from %s", v.key, v.From),
		want(v.Law != "", "%s: no law", v.key),
		want(slices.Contains(Certainties, v.Certainty), "%s: certainty %q", v.key, v.Certainty),
	)
}

func (s ContributionSchedule) validate() error {
	faults := []error{
		want(slices.Contains(cover.Segments, s.Segment), "%s: segment %q", s.Name, s.Segment),
		want(len(s.JKKRates) > 0, "%s: no jkk rate", s.Name),
		want(s.Due.Day >= 1 && s.Due.Day <= 28, "%s: due on day %d", s.Name, s.Due.Day),
	}
	for class, rate := range s.JKKRates {
		known := class == anyClass || slices.Contains(cover.RiskClasses, class)
		faults = append(faults, want(known && rate > 0, "%s: jkk rate %d of class %q", s.Name, rate, class))
	}
	for _, f := range s.Faults() {
		faults = append(faults, fmt.Errorf("%s: %s at %s", s.Name, f.Code, f.Pointer))
	}
	if s.Fine.Rate != 0 {
		known := s.Fine.Rate > 0 && s.Fine.Law != "" && slices.Contains(Certainties, s.Fine.Certainty)
		faults = append(faults, want(known && within(s.Fine.Exempt, cover.OrganisationKinds), "%s: fine is incomplete or unknown", s.Name))
	}
	if s.Arrears.Months != 0 {
		known := s.Arrears.Months > 0 && s.Arrears.Law != "" && slices.Contains(Certainties, s.Arrears.Certainty) &&
			within([]cover.ArrearsEffect{s.Arrears.Within, s.Arrears.Beyond}, cover.ArrearsEffects)
		faults = append(faults, want(known, "%s: arrears rule is incomplete or unknown", s.Name))
	}
	return errors.Join(faults...)
}

// Faults says what is wrong with a schedule that an administrator may have
// entered, beyond what its form allows.
func (s ContributionSchedule) Faults() (f cover.Faults) {
	f.Check(s.whole(), "/from", cover.NotWholeMonths, nil)
	f.Check((s.JKMRate > 0) != (s.JKMFlat > 0), "/jkm_rate", cover.JKMRateOrFlat, nil)
	for i, tier := range s.Tiers[min(1, len(s.Tiers)):] {
		below := s.Tiers[i]
		ascends := tier.FromIncome > below.FromIncome && tier.Base > below.Base
		f.Check(ascends, fmt.Sprintf("/tiers/%d", i+1), cover.TiersNotAscending, nil)
	}
	f.Check(len(s.Tiers) == 0 || s.Tiers[0].FromIncome == 0, "/tiers/0", cover.TiersNotAscending, nil)
	return f
}

// Faults says what is wrong with a relief that an administrator may have entered.
func (r Relief) Faults() (f cover.Faults) {
	f.Check(r.whole(), "/from", cover.NotWholeMonths, nil)
	return f
}

func (r Relief) validate() error {
	faults := []error{
		want(slices.Contains(cover.Segments, r.Segment), "%s: segment %q", r.Name, r.Segment),
		want(slices.Contains(Sectors, r.Sector), "%s: sector %q", r.Name, r.Sector),
		want(r.Percent > 0 && r.Percent <= 100, "%s: %d percent", r.Name, r.Percent),
		want(!r.To.Zero(), "%s: a relief ends", r.Name),
		want(r.whole(), "%s: contributions are owed for whole months", r.Name),
	}
	excluded := within(r.ExcludedFunding, cover.FundingSources)
	return errors.Join(append(faults, want(excluded, "%s: excluded funding %q", r.Name, r.ExcludedFunding))...)
}

func (s DeathSchedule) validate() error {
	faults := []error{
		want(slices.Contains(cover.Programmes, s.Programme), "%s: programme %q", s.Name, s.Programme),
		want(len(s.Items) > 0, "%s: no items", s.Name),
	}
	for _, i := range s.Items {
		faults = append(faults,
			want(slices.Contains(ItemKinds, i.Kind), "%s: item %q", s.Name, i.Kind),
			want(i.Times > 0 && (i.Amount > 0) != i.OfBase, "%s: %s is of an amount or of the base", s.Name, i.Kind),
		)
	}
	if s.Waiting != nil {
		faults = append(faults, want(s.Waiting.complete(), "%s: waiting rule is incomplete or unknown", s.Name))
	}
	return errors.Join(faults...)
}

func (w *Waiting) complete() bool {
	return w.Months > 0 && w.Law != "" && slices.Contains(Certainties, w.Certainty) &&
		within(w.Segments, cover.Segments) && within(w.Pays, ItemKinds)
}

func (c Clock) validate() error {
	units := 0
	for _, n := range []int{c.Hours, c.WorkingDays, c.Years} {
		if n > 0 {
			units++
		}
	}
	return want(units == 1, "%s: %d units of time, not one", c.Name, units)
}

// within reports whether there are words and all of them are known.
func within[T comparable](words, known []T) bool {
	unknown := func(w T) bool { return !slices.Contains(known, w) }
	return len(words) > 0 && !slices.ContainsFunc(words, unknown)
}

// whole reports whether a rule holds for whole months, as contributions are owed.
func (v Validity) whole() bool {
	return v.From == v.From.Month().First() && (v.To.Zero() || v.To == v.To.Month().Last())
}

func want(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}
