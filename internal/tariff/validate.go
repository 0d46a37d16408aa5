package tariff

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"naungan/internal/cover"
)

// version is one entry of a series of versions, which share a key.
type version struct {
	key string
	Validity
}

// validate says all that is wrong with the rules of a tariff.
func (t *Tariff) validate() error {
	var contributions, reliefs, benefits, exGratias, requirements, clocks []version
	var faults []error
	for _, s := range t.Contributions {
		contributions = append(contributions, version{string(s.Segment), s.Validity})
		faults = append(faults, s.validate())
	}
	for _, r := range t.Reliefs {
		reliefs = append(reliefs, version{string(r.Segment) + " " + string(r.Sector), r.Validity})
		faults = append(faults, r.validate())
	}
	for _, s := range t.Benefits {
		benefits = append(benefits, version{string(s.Programme), s.Validity})
		faults = append(faults, s.validate())
	}
	for _, s := range t.ExGratias {
		exGratias = append(exGratias, version{string(s.Body), s.Validity})
		faults = append(faults, s.validate())
	}
	for _, l := range t.RequirementLists {
		requirements = append(requirements, version{string(OfRequirement), l.Validity})
		faults = append(faults, l.validate())
	}
	for _, c := range t.Clocks {
		clocks = append(clocks, version{c.Name, c.Validity})
		faults = append(faults, c.validate())
	}
	return errors.Join(append(faults,
		follow(contributions, true), follow(reliefs, false), follow(benefits, true), follow(exGratias, true), follow(requirements, true),
		follow(clocks, true))...)
}

// ErrNotSeamless says that versions of a rule overlap, or leave days between them
// for which there is no rule.
var ErrNotSeamless = errors.New("overlaps or leaves a gap")

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
			if !follows {
				faults = append(faults, fmt.Errorf("%s: version of %s %w", v.key, v.From, ErrNotSeamless))
			}
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
		want(s.Due.Day >= 1 && s.Due.Day <= 28, "%s: due on day %d", s.Name, s.Due.Day),
	}
	for _, f := range s.Faults() {
		faults = append(faults, fmt.Errorf("%s: %s at %s", s.Name, f.Code, f.Pointer))
	}
	if s.Fine.Rate != 0 {
		known := s.Fine.Rate > 0 && s.Fine.Law != "" && slices.Contains(Certainties, s.Fine.Certainty)
		exempt := len(s.Fine.Exempt) == 0 || within(s.Fine.Exempt, cover.OrganisationKinds)
		faults = append(faults, want(known && exempt, "%s: fine is incomplete or unknown", s.Name))
	}
	if s.Arrears.Months != 0 {
		known := s.Arrears.Months > 0 && s.Arrears.Law != "" && slices.Contains(Certainties, s.Arrears.Certainty) &&
			within([]cover.ArrearsEffect{s.Arrears.Within, s.Arrears.Beyond}, cover.ArrearsEffects)
		faults = append(faults, want(known, "%s: arrears rule is incomplete or unknown", s.Name))
	}
	return errors.Join(faults...)
}

// mostAmount, in rupiah, is beyond any base, flat contribution or part of a benefit. It keeps
// what the officers of the whole nation owe for years far from overflow.
const mostAmount cover.Rupiah = 1_000_000_000

// Faults says what is wrong with a schedule that an administrator may have
// entered, beyond what its form allows.
func (s ContributionSchedule) Faults() (f cover.Faults) {
	s.monthFaults(&f)
	f.Check(s.ratesEveryClass(), "/jkk_rates", cover.RiskClassesIncomplete, nil)
	f.Check((s.JKMRate > 0) != (s.JKMFlat > 0), "/jkm_rate", cover.JKMRateOrFlat, nil)
	checkAmount(&f, "/jkm_flat_amount", s.JKMFlat, 0)
	s.tierFaults(&f)
	if s.Fine.Rate != 0 {
		checkText(&f, "/fine/law", s.Fine.Law)
	}
	if s.Arrears.Months != 0 {
		checkText(&f, "/arrears/law", s.Arrears.Law)
	}
	return f
}

// tierFaults says what is wrong with tiers: they take in every income, and a higher
// one has a higher base.
func (s ContributionSchedule) tierFaults(f *cover.Faults) {
	for i, tier := range s.Tiers {
		at := fmt.Sprintf("/tiers/%d", i)
		checkAmount(f, at+"/from_income_amount", tier.FromIncome, 0)
		checkAmount(f, at+"/base_amount", tier.Base, 1)
		ascends := tier.FromIncome == 0
		if i > 0 {
			ascends = tier.FromIncome > s.Tiers[i-1].FromIncome && tier.Base > s.Tiers[i-1].Base
		}
		f.Check(ascends, at, cover.TiersNotAscending, nil)
	}
}

// ratesEveryClass reports whether each class of risk has a rate, or all of them the
// same.
func (s ContributionSchedule) ratesEveryClass() bool {
	if rate, ok := s.JKKRates[AnyClass]; ok {
		return rate > 0 && len(s.JKKRates) == 1
	}
	rated := func(class cover.RiskClass) bool { return s.JKKRates[class] > 0 }
	return len(s.JKKRates) == len(cover.RiskClasses) && !slices.ContainsFunc(cover.RiskClasses, func(c cover.RiskClass) bool { return !rated(c) })
}

// Faults says what is wrong with a relief that an administrator may have entered.
func (r Relief) Faults() (f cover.Faults) {
	r.monthFaults(&f)
	return f
}

// checkPaid lets an amount be absent, which is nothing.
func checkPaid(f *cover.Faults, at string, amount cover.Rupiah) {
	f.Check(amount >= 0, at, cover.AmountNotPositive, nil)
	f.Check(amount <= mostAmount, at, cover.AmountImplausible, cover.Params{"min": 1, "max": int64(mostAmount)})
}

// monthFaults says what is wrong with the days of a rule of contributions, which are
// owed for whole months, and with its law.
func (v Validity) monthFaults(f *cover.Faults) {
	f.Check(v.From == v.From.Month().First(), "/from", cover.NotWholeMonths, nil)
	f.Check(v.To.Zero() || v.To == v.To.Month().Last(), "/to", cover.NotWholeMonths, nil)
	v.faults(f)
}

// faults says what is wrong with the days of any rule, and with its law.
func (v Validity) faults(f *cover.Faults) {
	f.Check(v.To.Zero() || !v.To.Before(v.From), "/to", cover.EndsBeforeStart, nil)
	checkText(f, "/law", v.Law)
}

func checkText(f *cover.Faults, at, text string) {
	f.Check(strings.TrimSpace(text) != "", at, cover.Blank, nil)
}

func checkAmount(f *cover.Faults, at string, amount, least cover.Rupiah) {
	f.Check(amount >= least && amount <= mostAmount, at, cover.AmountImplausible,
		cover.Params{"min": int64(least), "max": int64(mostAmount)})
}

func (r Relief) validate() error {
	faults := []error{
		want(slices.Contains(cover.Segments, r.Segment), "%s: segment %q", r.Name, r.Segment),
		want(slices.Contains(Sectors, r.Sector), "%s: sector %q", r.Name, r.Sector),
		want(r.Percent > 0 && r.Percent <= 100, "%s: %d percent", r.Name, r.Percent),
		want(!r.To.Zero(), "%s: a relief ends", r.Name),
	}
	for _, f := range r.Faults() {
		faults = append(faults, fmt.Errorf("%s: %s at %s", r.Name, f.Code, f.Pointer))
	}
	excluded := within(r.ExcludedFunding, cover.FundingSources)
	return errors.Join(append(faults, want(excluded, "%s: excluded funding %q", r.Name, r.ExcludedFunding))...)
}

func (c Clock) validate() error {
	var faults []error
	for _, f := range c.Faults() {
		faults = append(faults, fmt.Errorf("%s: %s at %s", c.Rule, f.Code, f.Pointer))
	}
	return errors.Join(faults...)
}

// within reports whether there are words and all of them are known.
func within[T comparable](words, known []T) bool {
	unknown := func(w T) bool { return !slices.Contains(known, w) }
	return len(words) > 0 && !slices.ContainsFunc(words, unknown)
}

func want(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}
