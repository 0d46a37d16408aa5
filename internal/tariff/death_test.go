package tariff_test

import (
	"reflect"
	"testing"
	"testing/quick"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

func accident(on string, base cover.Rupiah) tariff.DeathQuery {
	return tariff.DeathQuery{Programme: cover.JKK, Segment: cover.PU, On: day(on), Base: base}
}

func death(segment cover.Segment, on string, months int) tariff.DeathQuery {
	return tariff.DeathQuery{Programme: cover.JKM, Segment: segment, On: day(on), ConsecutiveMonths: months}
}

func paid(t testing.TB, all *tariff.Tariff, q tariff.DeathQuery) tariff.Benefit {
	t.Helper()
	b, err := all.Death(q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return b
}

func TestADeathPays(t *testing.T) {
	all := rates(t)
	for name, tt := range map[string]struct {
		query    tariff.DeathQuery
		want     cover.Rupiah
		schedule string
	}{
		"B01: JKK of a KPPS member":                 {accident("2024-02-15", 1_100_000), 74_800_000, "jkk-2019-12"},
		"B02: JKK of a KPPS chair":                  {accident("2024-02-15", 1_200_000), 79_600_000, "jkk-2019-12"},
		"JKK of a Linmas on the wage of Madiun":     {accident("2024-02-15", 2_187_500), 127_000_000, "jkk-2019-12"},
		"JKK of a small base pays the minimum":      {accident("2024-02-15", 416_666), 42_000_000, "jkk-2019-12"},
		"JKK of the first base above the minimum":   {accident("2024-02-15", 416_667), 42_000_016, "jkk-2019-12"},
		"JKK the day before PP 82/2019":             {accident("2019-12-01", 1_000_000), 55_800_000, "jkk-2015-07"},
		"B14: JKM, BPU, a month, before waiting":    {death(cover.BPU, "2024-02-15", 1), 42_000_000, "jkm-2019-12"},
		"B15: JKM, BPU, a month, since waiting":     {death(cover.BPU, "2025-03-15", 1), 10_000_000, "jkm-2025-02"},
		"B16: JKM, BPU, three months":               {death(cover.BPU, "2025-06-15", 3), 42_000_000, "jkm-2025-02"},
		"JKM, BPU, two months are too few":          {death(cover.BPU, "2025-06-15", 2), 10_000_000, "jkm-2025-02"},
		"JKM, BPU, a month, last day of no waiting": {death(cover.BPU, "2025-02-23", 1), 42_000_000, "jkm-2019-12"},
		"JKM, BPU, a month, first day of waiting":   {death(cover.BPU, "2025-02-24", 1), 10_000_000, "jkm-2025-02"},
		"JKM, PU never waits":                       {death(cover.PU, "2025-06-15", 0), 42_000_000, "jkm-2025-02"},
		"B19: JKM on 1 December 2019":               {death(cover.PU, "2019-12-01", 1), 24_000_000, "jkm-2015-07"},
		"B19: JKM on 2 December 2019":               {death(cover.PU, "2019-12-02", 1), 42_000_000, "jkm-2019-12"},
	} {
		t.Run(name, func(t *testing.T) {
			got := paid(t, all, tt.query)
			if got.Total != tt.want || got.Schedule != tt.schedule {
				t.Errorf("%d by %s, want %d by %s", got.Total, got.Schedule, tt.want, tt.schedule)
			}
		})
	}
}

func step(rule, law, certainty string, inputs cover.Params, expression string, amount cover.Rupiah) cover.BenefitStep {
	return cover.BenefitStep{Rule: rule, Law: law, Certainty: certainty, Inputs: inputs, Expression: expression, Amount: amount}
}

func TestABenefitIsExplained(t *testing.T) {
	all := rates(t)
	const annex, art34 = "PP 82/2019, annex III", "PP 82/2019, art. 34"
	for name, tt := range map[string]struct {
		query tariff.DeathQuery
		want  []cover.BenefitStep
	}{
		"JKK": {accident("2024-02-15", 1_300_000), []cover.BenefitStep{
			step("death", annex, "V2", cover.Params{"times": int64(48), "each": int64(1300000)}, "48 × 1300000", 62_400_000),
			step("funeral", annex, "V2", cover.Params{"times": int64(1), "each": int64(10000000)}, "10000000", 10_000_000),
			step("periodic", annex, "V2", cover.Params{"times": int64(24), "each": int64(500000)}, "24 × 500000", 12_000_000),
			step("total", annex, "V2", cover.Params{"benefits": int64(3)}, "62400000 + 10000000 + 12000000", 84_400_000),
		}},
		"JKK at the minimum": {accident("2024-02-15", 400_000), []cover.BenefitStep{
			step("death", annex, "V2", cover.Params{"times": int64(48), "each": int64(400000)}, "48 × 400000", 19_200_000),
			step("minimum", annex, "K", cover.Params{"reached": int64(19200000), "minimum": int64(20000000)}, "max(19200000, 20000000)", 20_000_000),
			step("funeral", annex, "V2", cover.Params{"times": int64(1), "each": int64(10000000)}, "10000000", 10_000_000),
			step("periodic", annex, "V2", cover.Params{"times": int64(24), "each": int64(500000)}, "24 × 500000", 12_000_000),
			step("total", annex, "V2", cover.Params{"benefits": int64(3)}, "20000000 + 10000000 + 12000000", 42_000_000),
		}},
		"JKM that waits": {death(cover.BPU, "2025-03-15", 1), []cover.BenefitStep{
			step("waiting_period", "Permenaker 1/2025", "V2", cover.Params{"months": int64(1), "needed": int64(3)}, "1 < 3", 0),
			step("funeral", art34, "V2", cover.Params{"times": int64(1), "each": int64(10000000)}, "10000000", 10_000_000),
			step("total", art34, "V2", cover.Params{"benefits": int64(1)}, "10000000", 10_000_000),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := paid(t, all, tt.query); !reflect.DeepEqual(got.Steps, tt.want) {
				t.Errorf("got  %v\nwant %v", got.Steps, tt.want)
			}
		})
	}
}

func TestABenefitIsTheSumOfItsParts(t *testing.T) {
	all := rates(t)
	first, last := day("2015-07-01"), 6_000
	adds := func(base uint32, after uint16, months uint8, jkm, bpu bool) bool {
		q := tariff.DeathQuery{Programme: cover.JKK, Segment: cover.PU, On: first.Add(int(after) % last)}
		q.Base, q.ConsecutiveMonths = cover.Rupiah(base)+1, int(months)
		if jkm {
			q.Programme = cover.JKM
		}
		if bpu {
			q.Segment = cover.BPU
		}
		b := paid(t, all, q)
		var sum cover.Rupiah
		for _, item := range b.Items {
			sum += item.Amount
		}
		return sum == b.Total && b.Steps[len(b.Steps)-1].Amount == b.Total && b.Total > 0
	}
	if err := quick.Check(adds, nil); err != nil {
		t.Error(err)
	}
}

func TestAHigherBaseNeverPaysLess(t *testing.T) {
	all := rates(t)
	grows := func(a, b uint32) bool {
		less, more := cover.Rupiah(min(a, b))+1, cover.Rupiah(max(a, b))+1
		return paid(t, all, accident("2024-02-15", less)).Total <= paid(t, all, accident("2024-02-15", more)).Total
	}
	if err := quick.Check(grows, nil); err != nil {
		t.Error(err)
	}
}

func TestADeathIsRefused(t *testing.T) {
	all := rates(t)
	for name, q := range map[string]tariff.DeathQuery{
		"before the law":                       death(cover.PU, "2015-06-30", 1),
		"of no programme":                      {On: day("2024-02-15")},
		"by accident, with no base":            accident("2024-02-15", 0),
		"by accident, of a base beyond reason": accident("2024-02-15", 1_000_000_000_001),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := all.Death(q); cover.KindOf(err) != cover.Invalid || err == nil {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestWhoMustWait(t *testing.T) {
	all := rates(t)
	for name, tt := range map[string]struct {
		segment cover.Segment
		on      string
		want    int
	}{
		"BPU since 24 February 2025": {cover.BPU, "2025-02-24", 3},
		"BPU not before":             {cover.BPU, "2025-02-23", 0},
		"PU never":                   {cover.PU, "2025-02-24", 0},
		"nobody before the law":      {cover.BPU, "2015-01-01", 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := all.WaitingMonths(tt.segment, day(tt.on)); got != tt.want {
				t.Errorf("%d months, want %d", got, tt.want)
			}
		})
	}
}
