package cover_test

import (
	"strings"
	"testing"
	"testing/quick"

	"naungan/internal/cover"
)

func TestAnAmountInWords(t *testing.T) {
	for amount, want := range map[cover.Rupiah]string{
		0:                 "nol rupiah",
		1:                 "satu rupiah",
		10:                "sepuluh rupiah",
		11:                "sebelas rupiah",
		12:                "dua belas rupiah",
		19:                "sembilan belas rupiah",
		20:                "dua puluh rupiah",
		21:                "dua puluh satu rupiah",
		100:               "seratus rupiah",
		111:               "seratus sebelas rupiah",
		200:               "dua ratus rupiah",
		1_000:             "seribu rupiah",
		1_001:             "seribu satu rupiah",
		1_100:             "seribu seratus rupiah",
		2_000:             "dua ribu rupiah",
		11_000:            "sebelas ribu rupiah",
		16_800:            "enam belas ribu delapan ratus rupiah",
		21_000:            "dua puluh satu ribu rupiah",
		101_000:           "seratus satu ribu rupiah",
		1_000_000:         "satu juta rupiah",
		1_001_000:         "satu juta seribu rupiah",
		13_148_730:        "tiga belas juta seratus empat puluh delapan ribu tujuh ratus tiga puluh rupiah",
		1_000_000_000:     "satu miliar rupiah",
		1_001_000_000_000: "satu triliun satu miliar rupiah",
		-5_940:            "minus lima ribu sembilan ratus empat puluh rupiah",
	} {
		if got := amount.Words(); got != want {
			t.Errorf("%d: %q, want %q", amount, got, want)
		}
	}
}

// value reads what Words wrote.
func value(words string) (total int64) {
	small := map[string]int64{
		"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10, "sebelas": 11,
	}
	powers := map[string]int64{"ribu": 1e3, "juta": 1e6, "miliar": 1e9, "triliun": 1e12, "kuadriliun": 1e15, "kuintiliun": 1e18}
	var group, digit int64
	for word := range strings.FieldsSeq(strings.TrimSuffix(words, " rupiah")) {
		switch word {
		case "seratus":
			group += 100
		case "seribu":
			total += 1_000
		case "belas":
			digit += 10
		case "puluh":
			group, digit = group+digit*10, 0
		case "ratus":
			group, digit = group+digit*100, 0
		default:
			if power := powers[word]; power > 0 {
				total, group, digit = total+(group+digit)*power, 0, 0
				continue
			}
			digit += small[word]
		}
	}
	return total + group + digit
}

// What was said is what was meant, whatever the amount.
func TestWordsMeanTheirAmount(t *testing.T) {
	means := func(n uint64) bool {
		amount := int64(n >> 1)
		for amount > 0 {
			if value(cover.Rupiah(amount).Words()) != amount {
				t.Logf("%d: %s", amount, cover.Rupiah(amount).Words())
				return false
			}
			amount /= 1_000
		}
		return true
	}
	if err := quick.Check(means, &quick.Config{MaxCount: 2_000}); err != nil {
		t.Error(err)
	}
}

func TestMonthsLater(t *testing.T) {
	for name, tt := range map[string]struct {
		from   cover.Date
		months int
		want   string
	}{
		"the same day":                      {cover.NewDate(2024, 11, 7), 1, "2024-12-07"},
		"across a year":                     {cover.NewDate(2024, 11, 7), 2, "2025-01-07"},
		"the last day, where none is alike": {cover.NewDate(2024, 1, 31), 1, "2024-02-29"},
		"and not the day after it":          {cover.NewDate(2023, 1, 31), 1, "2023-02-28"},
		"no month at all":                   {cover.NewDate(2023, 1, 31), 0, "2023-01-31"},
	} {
		if got := tt.from.AddMonths(tt.months); got.String() != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
