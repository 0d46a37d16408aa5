package tariff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"naungan/internal/cover"
)

// Kind says what a rule is about.
type Kind string

// The kinds of rule.
const (
	OfContribution Kind = "contribution"
	OfRelief       Kind = "relief"
	OfBenefit      Kind = "benefit"
	OfExGratia     Kind = "ex_gratia"
	OfRequirement  Kind = "requirement"
	OfClock        Kind = "clock"
)

// Kinds lists every kind.
var Kinds = []Kind{OfContribution, OfRelief, OfBenefit, OfExGratia, OfRequirement, OfClock}

// Rule is one revision of a rule as it is kept. A correction is a further
// revision, under the same name.
type Rule struct {
	Kind     Kind
	Name     string
	Revision int // from 1
	Body     json.RawMessage
}

// Version names a revision: "pu-2015-07", and "pu-2015-07.2" once corrected.
func Version(name string, revision int) string {
	if revision < 2 {
		return name
	}
	return fmt.Sprintf("%s.%d", name, revision)
}

// embedded reads the rules of a kind that come with the program.
func (k Kind) embedded() ([]Rule, error) {
	switch k {
	case OfContribution:
		return read(k, func(s ContributionSchedule) string { return s.Name })
	case OfRelief:
		return read(k, func(r Relief) string { return r.Name })
	case OfBenefit:
		return read(k, func(s BenefitSchedule) string { return s.Name })
	case OfExGratia:
		return read(k, func(s ExGratiaSchedule) string { return s.Name })
	case OfRequirement:
		return read(k, func(l RequirementList) string { return l.Name })
	default:
		return read(k, func(c Clock) string { return c.ruleName() })
	}
}

func read[T any](k Kind, name func(T) string) ([]Rule, error) {
	b, err := rates.ReadFile("rates/" + string(k) + "s.yaml")
	if err != nil {
		return nil, err
	}
	var entries []T
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true) // a misspelt field would be a rate of nothing
	if err := d.Decode(&entries); err != nil {
		return nil, err
	}
	rules := make([]Rule, len(entries))
	for i, e := range entries {
		if rules[i], err = NewRule(k, name(e), 1, e); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// NewRule writes an entry down as a rule.
func NewRule(k Kind, name string, revision int, entry any) (Rule, error) {
	body, err := json.Marshal(entry)
	return Rule{k, name, revision, body}, err
}

// From makes a tariff of rules, of which the last revision of each name holds, and
// of holidays. Refuses rules in which versions overlap or leave a gap, tiers do
// not ascend, or a law or certainty is missing.
func From(rules []Rule, holidays map[cover.Date]bool) (*Tariff, error) {
	t := &Tariff{Holidays: holidays}
	rules = slices.SortedFunc(slices.Values(rules), func(a, b Rule) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Name, b.Name), b.Revision-a.Revision)
	})
	for i, r := range rules {
		current := i == 0 || rules[i-1].Kind != r.Kind || rules[i-1].Name != r.Name
		if err := t.take(r, current); err != nil {
			return nil, fmt.Errorf("tariff: %s %s: %w", r.Kind, Version(r.Name, r.Revision), err)
		}
	}
	t.sort()
	if err := t.validate(); err != nil {
		return nil, fmt.Errorf("tariff: %w", err)
	}
	return t, nil
}

func (t *Tariff) take(r Rule, current bool) error {
	switch r.Kind {
	case OfContribution:
		return take(&t.Contributions, &t.past, r, current, func(e *ContributionSchedule) { e.Revision = r.Revision })
	case OfRelief:
		return take(&t.Reliefs, &t.pastReliefs, r, current, func(e *Relief) { e.Revision = r.Revision })
	case OfBenefit:
		return take(&t.Benefits, &t.pastBenefits, r, current, func(e *BenefitSchedule) { e.Revision = r.Revision })
	case OfExGratia:
		return take(&t.ExGratias, &t.pastExGratias, r, current, func(e *ExGratiaSchedule) { e.Revision = r.Revision })
	case OfRequirement:
		return take(&t.RequirementLists, &t.pastRequirementLists, r, current, func(e *RequirementList) { e.Revision = r.Revision })
	default:
		return take(&t.Clocks, &t.pastClocks, r, current, func(e *Clock) { e.Rule, e.Revision = r.Name, r.Revision })
	}
}

// take reads a revision into those there ever were and, if it stands, into those that do.
func take[T any](stand, all *[]T, r Rule, current bool, finish func(*T)) error {
	var entry T
	if err := json.Unmarshal(r.Body, &entry); err != nil {
		return err
	}
	finish(&entry)
	*all = append(*all, entry)
	if current {
		*stand = append(*stand, entry)
	}
	return nil
}

func (t *Tariff) sort() {
	slices.SortStableFunc(t.Contributions, func(a, b ContributionSchedule) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.Reliefs, func(a, b Relief) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.Benefits, func(a, b BenefitSchedule) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.ExGratias, func(a, b ExGratiaSchedule) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.RequirementLists, func(a, b RequirementList) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.Clocks, func(a, b Clock) int { return a.compare(b.Validity) })
}

func (v Validity) compare(o Validity) int { return v.From.DaysSince(o.From) }
