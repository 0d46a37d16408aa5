package documents

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Accept takes a paper for proof. Refuses whoever is not the branch that covers
// (party_role_required), and what is not there to be judged
// (document_wrong_status).
func Accept(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Document, error) {
	return change(tx, id, v, cover.DocumentWasAccepted, func(d *cover.Document) error {
		return d.Accept(tx.Actor().OrganisationID, tx.Now)
	})
}

// Reject says why a paper is not taken for proof. It refuses what Accept refuses.
func Reject(tx *store.Tx, id uuid.UUID, v store.Version, flaw cover.DocumentFlaw, note string) (cover.Document, error) {
	return change(tx, id, v, cover.DocumentWasRejected, func(d *cover.Document) error {
		return d.Reject(tx.Actor().OrganisationID, flaw, note, tx.Now)
	})
}

// Withdraw takes a paper back; Destroy is to follow. Refuses anybody but who sent it
// (uploader_required), and what was accepted (document_wrong_status).
func Withdraw(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Document, error) {
	return change(tx, id, v, cover.DocumentWasWithdrawn, func(d *cover.Document) error {
		return d.Withdraw(tx.Actor().OrganisationID)
	})
}

func change(tx *store.Tx, id uuid.UUID, v store.Version, what cover.EventType, do func(*cover.Document) error) (cover.Document, error) {
	seen, err := tx.Document(id)
	if err != nil {
		return seen, err
	}
	if err := tx.HoldIncident(seen.IncidentID); err != nil { // whoever claims with it waits
		return seen, err
	}
	d, err := tx.LockDocument(id, v)
	if err != nil {
		return d, err
	}
	before := d
	if err := do(&d); err != nil {
		return d, err
	}
	if err := tx.UpdateDocument(&d); err != nil {
		return d, err
	}
	event := happened(what, d)
	event.Before = before
	return d, tx.Record(event)
}
