package tariff_test

import (
	"fmt"
	"testing"
	"testing/quick"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

func rates(t testing.TB) *tariff.Tariff {
	t.Helper()
	all, err := tariff.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func day(s string) cover.Date {
	d, err := cover.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func month(s string) cover.Month { return day(s + "-01").Month() }

func pu(income cover.Rupiah) tariff.ContributionQuery {
	return tariff.ContributionQuery{Segment: cover.PU, Month: month("2024-02"), RiskClass: "i", Income: income}
}

func bpu(income cover.Rupiah) tariff.ContributionQuery {
	return tariff.ContributionQuery{Segment: cover.BPU, Month: month("2024-02"), FundingSource: "self", Income: income}
}

// relieved asks about an income of a million in a month in which relief may hold.
func relieved(in string, sector tariff.Sector, source cover.FundingSource) tariff.ContributionQuery {
	q := bpu(1_000_000)
	q.Month, q.Sector, q.FundingSource = month(in), sector, source
	return q
}

func owed(t testing.TB, all *tariff.Tariff, q tariff.ContributionQuery) tariff.Contribution {
	t.Helper()
	c, err := all.Contribution(q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return c
}

func TestAContributionIsOwed(t *testing.T) {
	all := rates(t)
	classFive := pu(3_333_333)
	classFive.RiskClass = "v"
	for name, tt := range map[string]struct {
		query    tariff.ContributionQuery
		jkk, jkm cover.Rupiah
	}{
		"C01: PU, chair of a PPK":                           {pu(2_500_000), 6_000, 7_500},
		"C02: PU, chair of a PPS":                           {pu(1_500_000), 3_600, 4_500},
		"C03: PU, chair of a KPPS":                          {pu(1_200_000), 2_880, 3_600},
		"C04: PU, member of a KPPS":                         {pu(1_100_000), 2_640, 3_300},
		"C05: PU, Pantarlih":                                {pu(1_000_000), 2_400, 3_000},
		"C06: PU, Linmas":                                   {pu(700_000), 1_680, 2_100},
		"C08: BPU, an income below the lowest base":         {bpu(850_000), 10_000, 6_800},
		"C09: BPU, a rupiah below the second tier":          {bpu(1_099_999), 10_000, 6_800},
		"C09: BPU, the second tier begins":                  {bpu(1_100_000), 12_000, 6_800},
		"C12: BPU, a rupiah below the tier of 8.2 million":  {bpu(8_199_999), 79_500, 6_800},
		"C12: BPU, the tier of 8.2 million begins":          {bpu(8_200_000), 87_000, 6_800},
		"BPU, between what two printed brackets say":        {bpu(1_099_500), 10_000, 6_800},
		"BPU, no income at all":                             {bpu(0), 10_000, 6_800},
		"C14: BPU, other sector in May 2026, self-paid":     {relieved("2026-05", "other", "self"), 5_000, 3_400},
		"C15: the same paid from the APBD":                  {relieved("2026-05", "other", "apbd"), 10_000, 6_800},
		"no sector is the other sector":                     {relieved("2026-05", "", "self"), 5_000, 3_400},
		"relief for others has not begun in March 2026":     {relieved("2026-03", "other", "self"), 10_000, 6_800},
		"relief for others begins in April 2026":            {relieved("2026-04", "other", "self"), 5_000, 3_400},
		"relief for others ends with December 2026":         {relieved("2026-12", "other", "self"), 5_000, 3_400},
		"relief for others is over in January 2027":         {relieved("2027-01", "other", "self"), 10_000, 6_800},
		"relief for transport has not begun in December 25": {relieved("2025-12", "transport", "self"), 10_000, 6_800},
		"relief for transport begins in January 2026":       {relieved("2026-01", "transport", "self"), 5_000, 3_400},
		"relief for transport ends with March 2027":         {relieved("2027-03", "transport", "self"), 5_000, 3_400},
		"relief for transport is over in April 2027":        {relieved("2027-04", "transport", "self"), 10_000, 6_800},
		"C21: PU, class V, rounded half up":                 {classFive, 58_000, 10_000},
	} {
		t.Run(name, func(t *testing.T) {
			got := owed(t, all, tt.query)
			if got.JKK != tt.jkk || got.JKM != tt.jkm || got.Total() != tt.jkk+tt.jkm {
				t.Errorf("JKK %d, JKM %d, total %d; want %d and %d", got.JKK, got.JKM, got.Total(), tt.jkk, tt.jkm)
			}
		})
	}
}

func TestPublicMoneyEarnsNoRelief(t *testing.T) {
	all := rates(t)
	for _, source := range cover.FundingSources {
		want := cover.Rupiah(16_800)
		switch source {
		case "self", "csr", "apbdes":
			want = 8_400
		}
		if got := owed(t, all, relieved("2026-05", "other", source)); got.Total() != want {
			t.Errorf("%s: %d, want %d", source, got.Total(), want)
		}
	}
}

func TestAReliefIsNamed(t *testing.T) {
	all := rates(t)
	got := owed(t, all, relieved("2026-05", "transport", "self"))
	if got.Schedule != "bpu-2015-07" || got.Relief != "pp50-2025-transport" || got.Base != 1_000_000 {
		t.Errorf("got %+v", got)
	}
	if got := owed(t, all, pu(1_000_000)); got.Schedule != "pu-2015-07" || got.Relief != "" {
		t.Errorf("got %+v", got)
	}
}

func TestContributionsOfManyAddUp(t *testing.T) {
	all := rates(t)
	total := func(q tariff.ContributionQuery) cover.Rupiah { return owed(t, all, q).Total() }
	chair, member, guard := total(pu(1_200_000)), total(pu(1_100_000)), total(pu(700_000))
	lowest := total(bpu(850_000))
	for name, tt := range map[string]struct{ got, want cover.Rupiah }{
		"C07: one polling station":                  {chair + 6*member, 42_120},
		"C07: with two Linmas":                      {chair + 6*member + 2*guard, 49_680},
		"C17: 5,387 people of the lowest tier":      {5_387 * lowest, 90_501_600},
		"C17: and for five months, as Blitar spent": {5 * 5_387 * lowest, 452_508_000},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("%d, want %d", tt.got, tt.want)
			}
		})
	}
}

// The premiums of reference table 1.7: class I of PU on the honoraria of 2024,
// and BPU for the same income.
func TestEveryPositionCostsWhatTheTableSays(t *testing.T) {
	all := rates(t)
	for name, tt := range map[string]struct{ honorarium, jkk, jkm, pu, bpu cover.Rupiah }{
		"PPK chair":                {2_500_000, 6_000, 7_500, 13_500, 32_800},
		"PPK member":               {2_200_000, 5_280, 6_600, 11_880, 28_800},
		"PPK secretary":            {1_850_000, 4_440, 5_550, 9_990, 24_800},
		"PPK staff":                {1_300_000, 3_120, 3_900, 7_020, 20_800},
		"PPS chair":                {1_500_000, 3_600, 4_500, 8_100, 22_800},
		"PPS member":               {1_300_000, 3_120, 3_900, 7_020, 20_800},
		"PPS secretary":            {1_150_000, 2_760, 3_450, 6_210, 18_800},
		"PPS staff":                {1_050_000, 2_520, 3_150, 5_670, 16_800},
		"Pantarlih":                {1_000_000, 2_400, 3_000, 5_400, 16_800},
		"KPPS chair, Pemilu":       {1_200_000, 2_880, 3_600, 6_480, 18_800},
		"KPPS member, Pemilu":      {1_100_000, 2_640, 3_300, 5_940, 18_800},
		"Linmas, Pemilu":           {700_000, 1_680, 2_100, 3_780, 16_800},
		"KPPS chair, Pilkada":      {900_000, 2_160, 2_700, 4_860, 16_800},
		"KPPS member, Pilkada":     {850_000, 2_040, 2_550, 4_590, 16_800},
		"Linmas, Pilkada":          {650_000, 1_560, 1_950, 3_510, 16_800},
		"Panwascam chair":          {2_200_000, 5_280, 6_600, 11_880, 28_800},
		"Panwascam member":         {1_900_000, 4_560, 5_700, 10_260, 26_800},
		"Panwascam head of office": {1_550_000, 3_720, 4_650, 8_370, 22_800},
		"PKD":                      {1_100_000, 2_640, 3_300, 5_940, 18_800},
		"PTPS, Pemilu":             {1_000_000, 2_400, 3_000, 5_400, 16_800},
		"PTPS, Pilkada":            {800_000, 1_920, 2_400, 4_320, 16_800},
		"PPLN chair":               {8_400_000, 20_160, 25_200, 45_360, 93_800},
		"KPPSLN chair":             {6_500_000, 15_600, 19_500, 35_100, 71_300},
	} {
		t.Run(name, func(t *testing.T) {
			got := owed(t, all, pu(tt.honorarium))
			if got.JKK != tt.jkk || got.JKM != tt.jkm || got.Total() != tt.pu {
				t.Errorf("PU %+v, want %d + %d = %d", got, tt.jkk, tt.jkm, tt.pu)
			}
			if got := owed(t, all, bpu(tt.honorarium)); got.Total() != tt.bpu {
				t.Errorf("BPU %+v, want %d", got, tt.bpu)
			}
		})
	}
}

// The table of PP 44/2015, annex II, as printed in reference table 1.2.
var tiers = [33]struct{ lower, base, jkk, total cover.Rupiah }{
	{0, 1_000_000, 10_000, 16_800},
	{1_100_000, 1_200_000, 12_000, 18_800},
	{1_300_000, 1_400_000, 14_000, 20_800},
	{1_500_000, 1_600_000, 16_000, 22_800},
	{1_700_000, 1_800_000, 18_000, 24_800},
	{1_900_000, 2_000_000, 20_000, 26_800},
	{2_100_000, 2_200_000, 22_000, 28_800},
	{2_300_000, 2_400_000, 24_000, 30_800},
	{2_500_000, 2_600_000, 26_000, 32_800},
	{2_700_000, 2_950_000, 29_500, 36_300},
	{3_200_000, 3_450_000, 34_500, 41_300},
	{3_700_000, 3_950_000, 39_500, 46_300},
	{4_200_000, 4_450_000, 44_500, 51_300},
	{4_700_000, 4_950_000, 49_500, 56_300},
	{5_200_000, 5_450_000, 54_500, 61_300},
	{5_700_000, 5_950_000, 59_500, 66_300},
	{6_200_000, 6_450_000, 64_500, 71_300},
	{6_700_000, 6_950_000, 69_500, 76_300},
	{7_200_000, 7_450_000, 74_500, 81_300},
	{7_700_000, 7_950_000, 79_500, 86_300},
	{8_200_000, 8_700_000, 87_000, 93_800},
	{9_200_000, 9_700_000, 97_000, 103_800},
	{10_200_000, 10_700_000, 107_000, 113_800},
	{11_200_000, 11_700_000, 117_000, 123_800},
	{12_200_000, 12_700_000, 127_000, 133_800},
	{13_200_000, 13_700_000, 137_000, 143_800},
	{14_200_000, 14_700_000, 147_000, 153_800},
	{15_200_000, 15_700_000, 157_000, 163_800},
	{16_200_000, 16_700_000, 167_000, 173_800},
	{17_200_000, 17_700_000, 177_000, 183_800},
	{18_200_000, 18_700_000, 187_000, 193_800},
	{19_200_000, 19_700_000, 197_000, 203_800},
	{20_200_000, 20_700_000, 207_000, 213_800},
}

func TestEveryTierOfBPU(t *testing.T) {
	all := rates(t)
	for i, tier := range tiers {
		t.Run(fmt.Sprintf("tier %d", i+1), func(t *testing.T) {
			last := tier.lower + 100_000_000
			if i+1 < len(tiers) {
				last = tiers[i+1].lower - 1
			}
			for _, income := range []cover.Rupiah{tier.lower, (tier.lower + last) / 2, last} {
				got := owed(t, all, bpu(income))
				if got.Base != tier.base || got.JKK != tier.jkk || got.JKM != 6_800 || got.Total() != tier.total {
					t.Errorf("income %d: %+v, want %+v", income, got, tier)
				}
			}
		})
	}
}

func TestTheTiersOfBPUFollowTheirGenerator(t *testing.T) {
	var loaded []tariff.Tier
	for _, s := range rates(t).Contributions {
		if s.Segment == cover.BPU {
			loaded = s.Tiers
		}
	}
	want := []tariff.Tier{{FromIncome: 0, Base: 1_000_000}}
	lower := cover.Rupiah(1_100_000)
	for _, run := range []struct {
		tiers int
		step  cover.Rupiah
	}{{8, 200_000}, {11, 500_000}, {13, 1_000_000}} {
		for range run.tiers {
			want = append(want, tariff.Tier{FromIncome: lower, Base: lower + run.step/2})
			lower += run.step
		}
	}
	if fmt.Sprint(loaded) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", loaded, want)
	}
}

func TestMoreIncomeNeverCostsLess(t *testing.T) {
	all := rates(t)
	for name, query := range map[string]func(cover.Rupiah) tariff.ContributionQuery{"PU": pu, "BPU": bpu} {
		t.Run(name, func(t *testing.T) {
			grows := func(a, b uint32) bool {
				less, more := cover.Rupiah(min(a, b))+1, cover.Rupiah(max(a, b))+1
				x, y := owed(t, all, query(less)), owed(t, all, query(more))
				return x.JKK <= y.JKK && x.JKM <= y.JKM && x.Base <= y.Base
			}
			if err := quick.Check(grows, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// Half-up rounding is never more than half a rupiah away from the exact share.
func TestAPUContributionIsItsShareWithinHalfARupiah(t *testing.T) {
	all := rates(t)
	exact := func(n uint32) bool {
		income := cover.Rupiah(n) + 1
		c := owed(t, all, pu(income))
		near := func(amount cover.Rupiah, rate int64) bool {
			off := 2 * (int64(amount)*10_000 - int64(income)*rate)
			return -10_000 < off && off <= 10_000
		}
		return near(c.JKK, 24) && near(c.JKM, 30) && c.Base == income
	}
	if err := quick.Check(exact, nil); err != nil {
		t.Error(err)
	}
}

func TestReliefHalvesWhatEachTierOwes(t *testing.T) {
	all := rates(t)
	for _, tier := range tiers {
		q := relieved("2026-05", "other", "self")
		q.Income = tier.lower
		got := owed(t, all, q)
		if 2*got.JKK != tier.jkk || 2*got.JKM != 6_800 || got.Base != tier.base {
			t.Errorf("income %d: %+v, want half of %d and the same base", tier.lower, got, tier.total)
		}
	}
}

func TestAContributionIsRefused(t *testing.T) {
	all := rates(t)
	early, noSegment, classSix, byAir, unfunded := pu(1), pu(1), pu(1), bpu(1), bpu(1)
	early.Month, noSegment.Segment, classSix.RiskClass = month("2015-06"), "", "vi"
	byAir.Sector, unfunded.FundingSource = "air", ""
	for name, tt := range map[string]struct {
		query tariff.ContributionQuery
		kind  cover.Kind
	}{
		"for a month before the law":          {early, cover.Invalid},
		"for a wage of nothing":               {pu(0), cover.Invalid},
		"for a negative income":               {bpu(-1), cover.Invalid},
		"for an income beyond reason":         {bpu(1_000_000_000_001), cover.Invalid},
		"for no segment":                      {noSegment, cover.Invalid},
		"for an unknown class of risk":        {classSix, cover.Internal},
		"for an unknown sector":               {byAir, cover.Internal},
		"for BPU without a source of funding": {unfunded, cover.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := all.Contribution(tt.query); err == nil || cover.KindOf(err) != tt.kind {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func BenchmarkContribution(b *testing.B) {
	all := rates(b)
	for b.Loop() {
		owed(b, all, bpu(1_100_000))
	}
}
