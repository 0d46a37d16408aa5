// Package tariff knows what cover costs and what it pays, on any day.
//
// It owns the rules: effective-dated data with the law each comes from, and exact
// arithmetic on them. It does not own where they are kept (store): those in
// rates/*.yaml come with the program, and an administrator may correct them. Nor
// does it own agreements or claims: whoever bills or pays keeps a copy of the
// result and the version it came from, so that a later rate never changes what
// was settled.
//
// A schedule is one version of a rule. A contribution is rated with the schedule
// of its month, a benefit with that of the day of the event.
//
// Amounts are whole rupiah and are rounded half up per person and programme; no
// statute says how to round.
package tariff

import (
	"embed"
	"fmt"
	"slices"

	"naungan/internal/cover"
)

//go:embed rates/*.yaml
var rates embed.FS

// Tariff is every rule we know, in the order of their days, as one edition of it
// says. It is read-only and safe for use by many goroutines.
type Tariff struct {
	Contributions    []ContributionSchedule
	Reliefs          []Relief
	Benefits         []BenefitSchedule
	ExGratias        []ExGratiaSchedule
	RequirementLists []RequirementList
	Clocks           []Clock
	Holidays         map[cover.Date]bool // on which nobody works; weekends are none
	Edition          int64               // grows with each correction; set by whoever keeps it

	past                 []ContributionSchedule // every revision there ever was
	pastReliefs          []Relief               // likewise
	pastBenefits         []BenefitSchedule      // likewise
	pastExGratias        []ExGratiaSchedule     // likewise
	pastRequirementLists []RequirementList      // likewise
	pastClocks           []Clock                // likewise
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
	From      cover.Date `yaml:"from" json:"from"`
	To        cover.Date `yaml:"to" json:"to,omitzero"`
	Law       string     `yaml:"law" json:"law"`
	Certainty Certainty  `yaml:"certainty" json:"certainty"`
}

// Holds reports whether the rule is in force on a day.
func (v Validity) Holds(day cover.Date) bool {
	return !day.Before(v.From) && (v.To.Zero() || !day.After(v.To))
}

// maxIncome, in rupiah a month, keeps products with a rate far from overflow.
// The law knows no ceiling.
const maxIncome cover.Rupiah = 1_000_000_000_000

// Embedded reads the rules that come with the program.
func Embedded() ([]Rule, error) {
	var rules []Rule
	for _, kind := range Kinds {
		found, err := kind.embedded()
		if err != nil {
			return nil, fmt.Errorf("tariff: %s: %w", kind, err)
		}
		rules = append(rules, found...)
	}
	return rules, nil
}

// Load makes a tariff of the rules that come with the program, without holidays.
func Load() (*Tariff, error) {
	rules, err := Embedded()
	if err != nil {
		return nil, err
	}
	return From(rules, nil)
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
