package tariff_test

import (
	"testing"
	"testing/quick"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

// The contributions of November 2024 are due on 16 December for PU, on 15 November
// for BPU.
func TestWhatIsPaidLateCosts(t *testing.T) {
	all := rates(t)
	for name, tt := range map[string]struct {
		segment  cover.Segment
		employer cover.OrganisationKind
		owed     cover.Rupiah
		charged  int
		on       string
		fine     cover.Rupiah
		months   int
	}{
		"nothing on the due day":                     {cover.PU, cover.OtherOrganisation, 1_000_000, 0, "2024-12-16", 0, 0},
		"two in a hundred from the day after":        {cover.PU, cover.OtherOrganisation, 1_000_000, 0, "2024-12-17", 20_000, 1},
		"the same on the day a month later":          {cover.PU, cover.OtherOrganisation, 1_000_000, 0, "2025-01-16", 20_000, 1},
		"twice that once a second month has begun":   {cover.PU, cover.OtherOrganisation, 1_000_000, 0, "2025-01-17", 40_000, 2},
		"but for what was charged before":            {cover.PU, cover.OtherOrganisation, 1_000_000, 1, "2025-01-17", 20_000, 2},
		"nothing that was charged wholly":            {cover.PU, cover.OtherOrganisation, 1_000_000, 2, "2025-01-17", 0, 2},
		"nothing if more was charged than has begun": {cover.PU, cover.OtherOrganisation, 1_000_000, 3, "2025-01-17", 0, 2},
		"a half rupiah counts as a whole one":        {cover.PU, cover.OtherOrganisation, 25, 0, "2024-12-17", 1, 1},
		"less than half a rupiah as none":            {cover.PU, cover.OtherOrganisation, 24, 0, "2024-12-17", 0, 1},
		"nothing where nothing is owed":              {cover.PU, cover.OtherOrganisation, 0, 0, "2025-01-17", 0, 2},
		"C20: nothing to a state organiser":          {cover.PU, cover.KPU, 13_148_730, 0, "2025-01-17", 0, 0},
		"nothing to Bawaslu either":                  {cover.PU, cover.Bawaslu, 13_148_730, 0, "2025-01-17", 0, 0},
		"nothing for BPU":                            {cover.BPU, cover.OtherOrganisation, 1_000_000, 0, "2025-01-17", 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			fine, _, months := all.FineFor(tt.segment, month("2024-11"), tt.employer, tt.owed, all.DueOn(tt.segment, month("2024-11")), tt.charged, day(tt.on))
			if fine != tt.fine || months != tt.months {
				t.Errorf("%d for %d months, want %d for %d", fine, months, tt.fine, tt.months)
			}
		})
	}
	if fine, _, _ := all.FineFor(cover.PU, month("2010-01"), cover.OtherOrganisation, 1_000_000, day("2010-02-15"), 0, day("2010-06-01")); fine != 0 {
		t.Errorf("%d before the law", fine)
	}
}

// Whoever is charged month by month pays what they would at once, but for the
// rounding of each.
func TestAFineInPartsIsAFineAtOnce(t *testing.T) {
	all := rates(t)
	adds := func(owed uint32, months, days uint16) bool {
		due := all.DueOn(cover.PU, month("2020-01"))
		at := due.Add(int(days) % 2000)
		whole, rate, begun := all.FineFor(cover.PU, month("2020-01"), cover.OtherOrganisation, cover.Rupiah(owed), due, 0, at)
		charged := int(months) % (begun + 1)
		rest, _, _ := all.FineFor(cover.PU, month("2020-01"), cover.OtherOrganisation, cover.Rupiah(owed), due, charged, at)
		part := cover.Rupiah(owed).Share(rate*int64(charged), 10_000)
		off := whole - rest - part
		return off >= -1 && off <= 1 && rest >= 0 && rest <= whole
	}
	if err := quick.Check(adds, nil); err != nil {
		t.Error(err)
	}
}

// What is owed is the sum of both programmes, each rounded by itself: PU never a
// rupiah off the share of both together, BPU exactly its tier's.
func TestAContributionIsTheSumOfItsProgrammes(t *testing.T) {
	all := rates(t)
	adds := func(wage uint32, after uint16) bool {
		income, in := cover.Rupiah(wage)+1, month("2015-07").Add(int(after)%300)
		earner, other := pu(income), bpu(income)
		earner.Month, other.Month, other.FundingSource = in, in, "apbd"
		a, b := owed(t, all, earner), owed(t, all, other)
		off := a.Total() - income.Share(54, 10_000)
		return a.Total() == a.JKK+a.JKM && off >= -1 && off <= 1 && b.Total() == b.Base/100+6_800
	}
	if err := quick.Check(adds, nil); err != nil {
		t.Error(err)
	}
}

// Half a rupiah is rounded up: an amount n is owed from exactly the income at which
// the share reaches n − ½.
func TestAShareIsRoundedHalfUp(t *testing.T) {
	half := func(amount uint32, rate uint16) bool {
		r := int64(rate)%10_000 + 1
		got := int64(cover.Rupiah(amount).Share(r, 10_000))
		exact := int64(amount) * r // in ten-thousandths
		return 10_000*got-5_000 <= exact && exact < 10_000*got+5_000
	}
	if err := quick.Check(half, nil); err != nil {
		t.Error(err)
	}
	for income, want := range map[cover.Rupiah]cover.Rupiah{208: 0, 209: 1, 624: 1, 625: 2} { // 0.24 % reaches ½ at 208⅓
		if got := income.Share(24, 10_000); got != want {
			t.Errorf("%d: %d, want %d", income, got, want)
		}
	}
}

// Every tier begins with its own lower bound: a rupiah less belongs to the one below.
func TestEveryTierBeginsWithItsLowerBound(t *testing.T) {
	all := rates(t)
	for i, tier := range tiers[1:] {
		if got := owed(t, all, bpu(tier.lower-1)); got.Base != tiers[i].base || got.Total() != tiers[i].total {
			t.Errorf("a rupiah below %d: %+v", tier.lower, got)
		}
		if got := owed(t, all, bpu(tier.lower)); got.Base != tier.base || got.Total() != tier.total {
			t.Errorf("at %d: %+v", tier.lower, got)
		}
	}
}

// A wage earner's relief lowers what is owed as everybody else's does.
func TestAReliefOfPUHolds(t *testing.T) {
	rules, err := tariff.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	rule, err := tariff.NewRule(tariff.OfRelief, "pp49-2020", 1, tariff.Relief{
		Name: "pp49-2020", Segment: cover.PU, Sector: tariff.SectorOther, Percent: 99, ExcludedFunding: []cover.FundingSource{"apbn"},
		Validity: tariff.Validity{From: day("2020-08-01"), To: day("2021-01-31"), Law: "PP 49/2020", Certainty: tariff.Reported},
	})
	if err != nil {
		t.Fatal(err)
	}
	all, err := tariff.From(append(rules, rule), nil)
	if err != nil {
		t.Fatal(err)
	}
	q := pu(2_500_000)
	q.Month, q.FundingSource = month("2020-08"), "apbd"
	if c := owed(t, all, q); c.JKK != 60 || c.JKM != 75 || c.Relief != "pp49-2020" {
		t.Errorf("%+v", c)
	}
	q.FundingSource = "apbn"
	if c := owed(t, all, q); c.Total() != 13_500 || c.Relief != "" {
		t.Errorf("%+v of excluded money", c)
	}
}
