package cover

import "strings"

// Rupiah is an amount of money in whole rupiah, the only unit there is here.
type Rupiah int64

// Share returns numerator/denominator of r in whole rupiah, a half rounded away
// from nothing ("half up" for amounts that are owed). No statute says how to
// round; the rule is ours, per person and programme.
func (r Rupiah) Share(numerator, denominator int64) Rupiah {
	n := int64(r) * numerator
	if n < 0 {
		return Rupiah((n - denominator/2) / denominator)
	}
	return Rupiah((n + denominator/2) / denominator)
}

// Words says an amount in Indonesian, as receipts do (terbilang): "seribu dua ratus
// rupiah".
func (r Rupiah) Words() string {
	if r < 0 {
		return "minus " + (-r).Words()
	}
	if r == 0 {
		return "nol rupiah"
	}
	return strings.Join(append(spell(int64(r)), "rupiah"), " ")
}

var units = []string{"", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"}

var powers = []struct {
	of   int64
	name string
}{
	{1_000_000_000_000_000_000, "kuintiliun"},
	{1_000_000_000_000_000, "kuadriliun"},
	{1_000_000_000_000, "triliun"},
	{1_000_000_000, "miliar"},
	{1_000_000, "juta"},
	{1_000, "ribu"},
	{100, "ratus"},
}

// spell says a positive number; of a single hundred or thousand it says "se-".
func spell(n int64) (words []string) {
	for _, p := range powers {
		switch many := n / p.of; {
		case many == 1 && p.of <= 1_000:
			words = append(words, "se"+p.name)
		case many > 0:
			words = append(append(words, spell(many)...), p.name)
		}
		n %= p.of
	}
	switch {
	case n >= 20:
		words = append(words, units[n/10], "puluh")
		n %= 10
	case n >= 12:
		return append(words, units[n-10], "belas")
	}
	if n > 0 {
		words = append(words, units[n])
	}
	return words
}
