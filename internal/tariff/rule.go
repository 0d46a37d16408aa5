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
	OfDeath        Kind = "death"
	OfClock        Kind = "clock"
)

// Kinds lists every kind.
var Kinds = []Kind{OfContribution, OfRelief, OfDeath, OfClock}

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
	case OfDeath:
		return read(k, func(s DeathSchedule) string { return s.Name })
	default:
		return read(k, func(c Clock) string { return c.Name + "-" + c.From.Month().String() })
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
	switch {
	case r.Kind == OfContribution:
		var s ContributionSchedule
		if err := json.Unmarshal(r.Body, &s); err != nil {
			return err
		}
		s.Revision = r.Revision
		t.past = append(t.past, s)
		if current {
			t.Contributions = append(t.Contributions, s)
		}
		return nil
	case r.Kind == OfRelief:
		if err := add(&t.pastReliefs, r, func(e *Relief) { e.Revision = r.Revision }); err != nil || !current {
			return err
		}
		t.Reliefs = append(t.Reliefs, t.pastReliefs[len(t.pastReliefs)-1])
		return nil
	case r.Kind == OfDeath:
		if err := add(&t.pastDeaths, r, func(e *DeathSchedule) { e.Revision = r.Revision }); err != nil || !current {
			return err
		}
		t.Deaths = append(t.Deaths, t.pastDeaths[len(t.pastDeaths)-1])
		return nil
	case !current:
		return nil
	default:
		return add(&t.Clocks, r, func(*Clock) {})
	}
}

func add[T any](to *[]T, r Rule, finish func(*T)) error {
	var entry T
	if err := json.Unmarshal(r.Body, &entry); err != nil {
		return err
	}
	finish(&entry)
	*to = append(*to, entry)
	return nil
}

func (t *Tariff) sort() {
	slices.SortStableFunc(t.Contributions, func(a, b ContributionSchedule) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.Reliefs, func(a, b Relief) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.Deaths, func(a, b DeathSchedule) int { return a.compare(b.Validity) })
	slices.SortStableFunc(t.Clocks, func(a, b Clock) int { return a.compare(b.Validity) })
}

func (v Validity) compare(o Validity) int { return v.From.DaysSince(o.From) }
