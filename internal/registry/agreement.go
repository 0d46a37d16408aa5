package registry

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Draft writes down what the parties want to agree on. Its organiser does, because
// it is their officers who are to be covered: nobody else may bind them
// (party_role_required). Doubts go to the transaction.
func Draft(tx *store.Tx, in cover.AgreementTerms) (cover.Agreement, error) {
	a, err := checked(tx, in)
	if err != nil {
		return a, err
	}
	if err := tx.InsertAgreement(&a); err != nil {
		return a, err
	}
	return a, tx.Record(agreementEvent(cover.AgreementDrafted, nil, a))
}

// AmendAgreement changes a draft.
func AmendAgreement(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.AgreementTerms)) (cover.Agreement, error) {
	before, err := tx.LockAgreement(id, v)
	if err != nil {
		return before, err
	}
	if err := before.MayAmend(); err != nil {
		return before, err
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, before.OrganiserID, cover.Organiser); err != nil {
		return before, err
	}
	terms := before.AgreementTerms
	amend(&terms)
	after, err := checked(tx, terms)
	if err != nil {
		return before, err
	}
	after.ID, after.Version, after.CreatedAt = before.ID, before.Version, before.CreatedAt
	if err := tx.UpdateAgreement(&after); err != nil {
		return before, err
	}
	return after, tx.Record(agreementEvent(cover.AgreementAmended, before, after))
}

// Sign records that the parties signed a draft.
func Sign(tx *store.Tx, id uuid.UUID, v store.Version, on cover.Date) (cover.Agreement, error) {
	return change(tx, id, v, cover.AgreementWasSigned, func(a *cover.Agreement) error {
		return a.Sign(tx.Actor().OrganisationID, on, tx.Today())
	})
}

// Terminate ends an agreement before its time, and the cover under it with the
// same day.
func Terminate(tx *store.Tx, id uuid.UUID, v store.Version, last cover.Date, reason string) (cover.Agreement, error) {
	a, err := change(tx, id, v, cover.AgreementWasTerminated, func(a *cover.Agreement) error {
		return a.Terminate(tx.Actor().OrganisationID, last, reason, tx.Today())
	})
	if err != nil {
		return a, err
	}
	return a, tx.EndCoverUnder(id, last)
}

func change(tx *store.Tx, id uuid.UUID, v store.Version, what cover.EventType, do func(*cover.Agreement) error) (cover.Agreement, error) {
	before, err := tx.LockAgreement(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := do(&after); err != nil {
		return before, err
	}
	if err := tx.UpdateAgreement(&after); err != nil {
		return before, err
	}
	return after, tx.Record(agreementEvent(what, before, after))
}

// checked makes an agreement of its terms, or says all that is wrong.
func checked(tx *store.Tx, in cover.AgreementTerms) (cover.Agreement, error) {
	ids := make([]uuid.UUID, len(in.Parties))
	for i, p := range in.Parties {
		ids[i] = p.OrganisationID
	}
	kinds, err := tx.OrganisationKinds(ids)
	if err != nil {
		return cover.Agreement{}, err
	}
	a, doubts, err := cover.Draft(in, kinds, tx.Reference())
	tx.Doubt(doubts...)
	if err != nil {
		return a, err
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, a.OrganiserID, cover.Organiser); err != nil {
		return a, err
	}
	if in.RenewsID.Valid {
		if _, err := tx.Agreement(in.RenewsID.UUID); err != nil {
			return a, cover.Unseen(err, "/renews_id", cover.AgreementUnknown)
		}
	}
	return a, nil
}

func agreementEvent(what cover.EventType, before any, after cover.Agreement) cover.Event {
	return cover.Event{Type: what, ResourceID: after.ID, OrganisationID: after.OrganiserID, Before: before, After: after}
}
