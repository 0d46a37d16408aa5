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
	last := func(t *Tariff) *BenefitSchedule { return &t.Benefits[len(t.Benefits)-1] }
	jkk := func(t *Tariff) *BenefitSchedule {
		return &t.Benefits[slices.IndexFunc(t.Benefits, func(s BenefitSchedule) bool { return s.Name == "jkk-2019-12" })]
	}
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
		"when a waiting rule pays for flowers": func(t *Tariff) { last(t).Waiting.Pays = []cover.BenefitKind{"flowers"} },
		"when a relief excludes gold":          func(t *Tariff) { t.Reliefs[0].ExcludedFunding[0] = "gold" },
		"when a fine exempts nobody we know":   func(t *Tariff) { first(t).Fine.Exempt = []cover.OrganisationKind{"bank"} },
		"when arrears do something unheard of": func(t *Tariff) { first(t).Arrears.Beyond = "nothing" },
		"when a waiting rule has no law":       func(t *Tariff) { last(t).Waiting.Law = "" },
		"when an item is a kind of nothing":    func(t *Tariff) { last(t).Items[0].Kind = "flowers" },
		"when a cost is of no kind we know":    func(t *Tariff) { jkk(t).Costs[0].Kind = cover.BenefitDeath },
		"when a cost is named twice":           func(t *Tariff) { jkk(t).Costs[1] = jkk(t).Costs[2] },
		"when transport goes by no way":        func(t *Tariff) { jkk(t).Costs[1].Mode = "" },
		"when care goes by sea":                func(t *Tariff) { jkk(t).Costs[0].Mode = "sea" },
		"when a limit is below nothing":        func(t *Tariff) { jkk(t).Costs[1].Most = -1 },
		"when a cost is as sure as a rumour":   func(t *Tariff) { jkk(t).Costs[0].Certainty = "R" },
		"when a tier before the last is open":  func(t *Tariff) { jkk(t).Incapacity.Tiers[0].Months = 0 },
		"when the last tier ends":              func(t *Tariff) { jkk(t).Incapacity.Tiers[1].Months = 6 },
		"when a tier pays twice the base":      func(t *Tariff) { jkk(t).Incapacity.Tiers[0].Percent = 200 },
		"when a month has no days":             func(t *Tariff) { jkk(t).Incapacity.Divisor = 0 },
		"when a part is named twice":           func(t *Tariff) { jkk(t).Disability.Parts[0].Part = "thumb" },
		"when a part has one side only":        func(t *Tariff) { jkk(t).Disability.Parts[0].Left = 0 },
		"when a part is more than everything":  func(t *Tariff) { jkk(t).Disability.Parts[0].Right = 10_001 },
		"when a range ends where it begins":    func(t *Tariff) { p := partOf(t, "scalp"); p.Most = p.Rate },
		"when disability counts no months":     func(t *Tariff) { jkk(t).Disability.Multiple = 0 },
		"when total disability pays nothing":   func(t *Tariff) { jkk(t).Disability.Total = nil },
		"when a school year costs nothing":     func(t *Tariff) { jkk(t).Scholarship.Levels[0].Amount = 0 },
		"when a level is named twice":          func(t *Tariff) { jkk(t).Scholarship.Levels[1].Level = "kindergarten" },
		"when levels do not ascend":            func(t *Tariff) { slices.Reverse(jkk(t).Scholarship.Levels) },
		"when no child may be paid":            func(t *Tariff) { jkk(t).Scholarship.Children = 0 },
		"when paying late costs nothing":       func(t *Tariff) { jkk(t).Late.Rate = 0 },
		"when a body gives of a base":          func(t *Tariff) { t.ExGratias[0].Items[0] = BenefitItem{Kind: "death", Times: 1, OfBase: true} },
		"when a body is none":                  func(t *Tariff) { t.ExGratias[0].Body = "bank" },
		"when grades do not descend":           func(t *Tariff) { t.ExGratias[0].Grades[1].Days = 10 },
		"when an outpatient finds no grade":    func(t *Tariff) { t.ExGratias[0].Grades = t.ExGratias[0].Grades[:4] },
		"when a grade is unheard of":           func(t *Tariff) { t.ExGratias[0].Grades[0].Grade = "fatal" },
		"when a disability gives nothing":      func(t *Tariff) { t.ExGratias[0].Disability.Most = 0 },
		"when a document is asked for twice":   func(t *Tariff) { t.RequirementLists[0].Entries[1] = t.RequirementLists[0].Entries[0] },
		"when a document is unheard of":        func(t *Tariff) { t.RequirementLists[0].Entries[0].Document = "horoscope" },
		"when a document is for no stream":     func(t *Tariff) { t.RequirementLists[0].Entries[0].Streams = nil },
		"when a document is for no case":       func(t *Tariff) { t.RequirementLists[0].Entries[0].When = "often" },
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

func partOf(t *Tariff, name string) *DisabilityPart {
	for n := range t.Benefits {
		if d := t.Benefits[n].Disability; d != nil && t.Benefits[n].To.Zero() {
			return &d.Parts[slices.IndexFunc(d.Parts, func(p DisabilityPart) bool { return p.Part == name })]
		}
	}
	return nil
}
