package cover

// IncidentBenefits is what one incident pays: what its claims ask for under JKK or JKM,
// and beside it, never netted, what the election body gives of its own.
type IncidentBenefits struct {
	Claims    []Claim // that stand
	Grants    []Grant // that stand
	Insurance Rupiah  // theirs, with what lateness adds
	ExGratia  Rupiah
	Paid      Rupiah // of both
}

// Total is both streams together.
func (b IncidentBenefits) Total() Rupiah { return b.Insurance + b.ExGratia }

// Benefits adds up what the claims and the grants of an incident pay. What was rejected,
// withdrawn or cancelled pays nothing.
func Benefits(claims []Claim, grants []Grant) (b IncidentBenefits) {
	for _, c := range claims {
		if c.Stands() {
			b.Claims = append(b.Claims, c)
			b.Insurance += c.Amount + c.Compensation
			b.Paid += c.Paid()
		}
	}
	for _, g := range grants {
		if g.Status != GrantCancelled {
			b.Grants = append(b.Grants, g)
			b.ExGratia += g.Amount
			b.Paid += g.Paid()
		}
	}
	return b
}

// Paid is what was handed over of a grant.
func (g Grant) Paid() Rupiah {
	if g.Status != GrantDisbursed {
		return 0
	}
	return g.Amount
}
