package billing

import (
	"slices"

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
	if err := holdAdded(tx, id, amend); err != nil {
		return cover.Budget{}, err
	}
	before, err := tx.LockBudget(id, v)
	if err != nil {
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

// holdAdded holds the agreements that a budget is to pay for besides, before the budget
// is held, as those do who bill them. It refuses anybody but whoever set the budget.
func holdAdded(tx *store.Tx, id uuid.UUID, amend func(*cover.Budget)) error {
	before, err := tx.Budget(id)
	if err != nil {
		return err
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, before.OrganisationID, cover.Payer); err != nil {
		return err
	}
	after := before
	amend(&after)
	added := slices.DeleteFunc(slices.Clone(after.AgreementIDs), func(a uuid.UUID) bool { return slices.Contains(before.AgreementIDs, a) })
	return tx.HoldAgreements(added)
}

func checkBudget(tx *store.Tx, b *cover.Budget) error {
	seen, err := tx.SeenAgreements(b.AgreementIDs)
	if err != nil {
		return err
	}
	return b.Check(seen)
}
