package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// SetBudget sets money of the actor aside for agreements that it pays for. Refuses
// what cover.Budget's Check refuses, and the same paper for the same year and stage
// twice (budget_taken).
func SetBudget(tx *store.Tx, in cover.Budget) (cover.Budget, error) {
	in.OrganisationID, in.Version = tx.Actor().OrganisationID, 1
	if err := checkBudget(tx, &in); err != nil {
		return in, err
	}
	if err := tx.InsertBudget(&in); err != nil {
		return in, err
	}
	return in, tx.Record(cover.Event{Type: cover.BudgetWasSet, ResourceID: in.ID, OrganisationID: in.OrganisationID, After: in})
}

// AmendBudget changes a budget's paper, ceiling or agreements. Refuses anybody but
// whoever set it (party_role_required), to go below what is committed
// (budget_committed), and what SetBudget refuses.
func AmendBudget(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.Budget)) (cover.Budget, error) {
	before, err := tx.LockBudget(id, v)
	if err != nil {
		return before, err
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, before.OrganisationID, cover.Payer); err != nil {
		return before, err
	}
	after := before
	amend(&after)
	if err := checkBudget(tx, &after); err != nil {
		return before, err
	}
	charged, err := tx.ChargedAgreements(id)
	if err != nil {
		return before, err
	}
	if err := before.MayBecome(after, charged); err != nil {
		return before, err
	}
	if err := tx.UpdateBudget(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.BudgetAmended, ResourceID: id, OrganisationID: after.OrganisationID, Before: before, After: after,
	})
}

func checkBudget(tx *store.Tx, b *cover.Budget) error {
	seen, err := tx.SeenAgreements(b.AgreementIDs)
	if err != nil {
		return err
	}
	return b.Check(seen)
}
