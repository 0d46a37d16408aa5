package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Submit hands a draft to the branch, which starts the clock of its payment.
// Refuses whoever is not the organiser (party_role_required) and what is no draft
// (claim_wrong_status).
func Submit(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Claim, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Claim{}, err
	}
	return change(tx, id, v, cover.ClaimWasSubmitted, func(c *cover.Claim) error {
		return c.Submit(tx.Actor().Claimant(), tx.Now, rates.PayDueOn(c.Programme, tx.Today()))
	})
}

// change locks a claim, puts it to a rule, and writes what came of it. Of two who
// change it at once the second meets what the first made of it.
func change(tx *store.Tx, id uuid.UUID, v store.Version, what cover.EventType, rule func(*cover.Claim) error) (cover.Claim, error) {
	before, err := tx.LockClaim(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := rule(&after); err != nil {
		return before, err
	}
	if err := tx.UpdateClaim(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: what, ResourceID: id, OrganisationID: after.OrganiserID, Before: before, After: after,
	})
}
