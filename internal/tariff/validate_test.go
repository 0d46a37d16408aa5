package tariff

import (
	"slices"
	"testing"

	"naungan/internal/cover"
)

func TestRatesAreRefused(t *testing.T) {
	of := func(t *Tariff, segment cover.Segment) *ContributionSchedule {
		return &t.Contributions[slices.IndexFunc(t.Contributions, func(s ContributionSchedule) bool { return s.Segment == segment })]
	}
	first := func(t *Tariff) *ContributionSchedule { return of(t, cover.PU) }
	last := func(t *Tariff) *DeathSchedule { return &t.Deaths[len(t.Deaths)-1] }
	for name, spoil := range map[string]func(*Tariff){
		"when two versions overlap":            func(t *Tariff) { last(t).From = last(t).From.Add(-1) },
		"when versions leave a gap":            func(t *Tariff) { last(t).From = last(t).From.Add(1) },
		"when a version ends before it begins": func(t *Tariff) { last(t).To = last(t).From.Add(-1) },
		"when two reliefs overlap":             func(t *Tariff) { t.Reliefs = append(t.Reliefs, t.Reliefs[0]) },
		"when a relief never ends":             func(t *Tariff) { t.Reliefs[0].To = cover.Date{} },
		"when a schedule begins mid-month":     func(t *Tariff) { first(t).From = first(t).From.Add(1) },
		"when tiers do not ascend":             func(t *Tariff) { of(t, cover.BPU).Tiers[2].FromIncome = 0 },
		"when no law is named":                 func(t *Tariff) { t.Clocks[0].Law = "" },
		"when nobody says how sure it is":      func(t *Tariff) { t.Clocks[0].Certainty = "" },
		"when a clock has two units":           func(t *Tariff) { t.Clocks[0].Years = 1 },
		"when an item pays nothing":            func(t *Tariff) { last(t).Items[0].Amount = 0 },
		"when an item is of amount and base":   func(t *Tariff) { last(t).Items[0].OfBase = true },
		"when a class of risk is unknown":      func(t *Tariff) { first(t).JKKRates["vi"] = 200 },
		"when JKM is both rate and flat":       func(t *Tariff) { first(t).JKMFlat = 6_800 },
		"when a waiting rule pays for flowers": func(t *Tariff) { last(t).Waiting.Pays = []ItemKind{"flowers"} },
		"when a relief excludes gold":          func(t *Tariff) { t.Reliefs[0].ExcludedFunding[0] = "gold" },
		"when a fine exempts nobody we know":   func(t *Tariff) { first(t).Fine.Exempt = []cover.OrganisationKind{"bank"} },
		"when arrears do something unheard of": func(t *Tariff) { first(t).Arrears.Beyond = "nothing" },
		"when a waiting rule has no law":       func(t *Tariff) { last(t).Waiting.Law = "" },
	} {
		t.Run(name, func(t *testing.T) {
			all, err := Load()
			if err != nil {
				t.Fatal(err)
			}
			spoil(all)
			if all.validate() == nil {
				t.Error("accepted")
			}
		})
	}
}
