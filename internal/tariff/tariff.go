// Package tariff knows what cover costs and what it pays, on any day.
//
// It owns the rates: effective-dated data with the law each comes from, in
// rates/*.yaml, and exact arithmetic on them. It does not own agreements or
// claims: whoever bills or pays keeps a copy of the result and the name of the
// schedule it came from, so that a later rate never changes what was settled.
//
// A schedule is one version of a rule. A contribution is rated with the schedule
// of its month, a death with that of the day of the event.
//
// Amounts are whole rupiah and are rounded half up per person and programme; no
// statute says how to round.
package tariff

import (
	"bytes"
	"embed"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"naungan/internal/cover"
)

//go:embed rates/*.yaml
var rates embed.FS

// Tariff is every rate we know, oldest version first. It is read-only and safe
// for use by many goroutines.
type Tariff struct {
	Contributions []ContributionSchedule
	Reliefs       []Relief
	Deaths        []DeathSchedule
	Clocks        []Clock
}

// Certainty says how we know a rule.
type Certainty string

// The degrees of certainty.
const (
	Read      Certainty = "V"  // in the regulation's own text
	Reported  Certainty = "V2" // in secondary text that states or cites the rule
	Derived   Certainty = "D"  // worked out from facts that were read
	Knowledge Certainty = "K"  // not verified
)

// Certainties lists every degree, the surest first.
var Certainties = []Certainty{Read, Reported, Derived, Knowledge}

// Validity says from when to when a rule holds, both days inclusive, by which
// law, and how we know. Without To it still holds.
type Validity struct {
	From      cover.Date `yaml:"from"`
	To        cover.Date `yaml:"to"`
	Law       string     `yaml:"law"`
	Certainty Certainty  `yaml:"certainty"`
}

// Holds reports whether the rule is in force on a day.
func (v Validity) Holds(day cover.Date) bool {
	return !day.Before(v.From) && (v.To.Zero() || !day.After(v.To))
}

// maxIncome, in rupiah a month, keeps products with a rate far from overflow.
// The law knows no ceiling.
const maxIncome cover.Rupiah = 1_000_000_000_000

// Load reads the embedded rates. It refuses data in which versions overlap or
// leave a gap, tiers do not ascend, or a law or certainty is missing.
func Load() (*Tariff, error) {
	t := &Tariff{}
	for name, into := range map[string]any{
		"contributions": &t.Contributions,
		"reliefs":       &t.Reliefs,
		"deaths":        &t.Deaths,
		"clocks":        &t.Clocks,
	} {
		if err := read(name, into); err != nil {
			return nil, fmt.Errorf("tariff: %s: %w", name, err)
		}
	}
	if err := t.validate(); err != nil {
		return nil, fmt.Errorf("tariff: %w", err)
	}
	return t, nil
}

func read(name string, into any) error {
	b, err := rates.ReadFile("rates/" + name + ".yaml")
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true) // a misspelt field would be a rate of nothing
	return d.Decode(into)
}

// first returns the entry that suits.
func first[T any](entries []T, suits func(T) bool) (T, bool) {
	i := slices.IndexFunc(entries, suits)
	if i < 0 {
		var none T
		return none, false
	}
	return entries[i], true
}

func missing(params cover.Params) error {
	return cover.Refuse(cover.Invalid, cover.TariffScheduleMissing, params)
}

func checkIncome(income, least cover.Rupiah) error {
	if income < least || income > maxIncome {
		return cover.Refuse(cover.Invalid, cover.IncomeOutOfRange, cover.Params{"least": least, "most": maxIncome})
	}
	return nil
}
