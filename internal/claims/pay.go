package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Pay records that the branch paid an approved claim, and what its lateness adds (PP
// 44/2015, arts 37 and 40). Refuses whoever is not the branch (party_role_required),
// what is not approved or is paid already (claim_wrong_status), a day that lies ahead
// (in_the_future), one before the decision (before_decision), and what no longer stands
// as it was approved: a nearer heir, a paper that was rejected, a right to a scholarship
// that was taken back. The approval is then to be reopened.
func Pay(tx *store.Tx, id uuid.UUID, v store.Version, in cover.Payout) (cover.Claim, error) {
	did := deed{cover.ClaimWasPaid, cover.DecidedPaid, nil}
	return decide(tx, id, v, did, func(d decision, c *cover.Claim) error {
		decided := tx.Today()
		if c.DecidedAt != nil {
			decided = cover.DateOf(*c.DecidedAt, tx.Actor().Zone())
		}
		if err := c.Pay(tx.Actor().Claimant(), in, decided, tx.Today()); err != nil {
			return err
		}
		if err := d.checkStanding(*c); err != nil {
			return err
		}
		if err := d.compensate(c); err != nil {
			return err
		}
		return meetPayment(tx, *c, c.PaidOn)
	})
}

// compensate adds what is owed for paying late, without the days on which the claim lay
// with the claimant.
func (d decision) compensate(c *cover.Claim) error {
	if c.PayDueOn.Zero() || !c.PaidOn.After(c.PayDueOn) {
		return nil
	}
	steps, err := d.tx.ClaimSteps(c.ID)
	if err != nil {
		return err
	}
	b, err := d.rates.Compensation(tariff.LateQuery{
		Programme: c.Programme, Amount: c.Amount, DueOn: c.PayDueOn, PaidOn: c.PaidOn,
		Away: cover.DaysAway(steps, c.PayDueOn, c.PaidOn, d.tx.Actor().Zone()),
	})
	c.Compensation = b.Total
	return err
}
