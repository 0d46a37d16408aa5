package cover

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
