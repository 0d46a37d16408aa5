package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Draft makes the invoice of an agreement for a month: one line for everybody
// whose cover touches it, at the price their cover was frozen with. Refuses an
// agreement that the actor does not see (agreement_unknown), a second invoice for
// the month (invoice_taken), one that bills nobody (invoice_empty), and what
// cover.Bill refuses.
func Draft(tx *store.Tx, rates *tariff.Tariff, holiday tariff.Holiday, agreement uuid.UUID, month cover.Month) (cover.Invoice, error) {
	a, err := lockAgreement(tx, agreement)
	if err != nil {
		return cover.Invoice{}, err
	}
	i, err := cover.Bill(a, tx.Actor().OrganisationID, month, rates.DueOn(a.Segment, month, holiday))
	if err != nil {
		return i, err
	}
	if err := refuseSecondInvoice(tx, i); err != nil {
		return i, err
	}
	if err := tx.InsertInvoice(&i); err != nil {
		return i, err
	}
	if i.Officers == 0 {
		return i, cover.Refuse(cover.Conflict, cover.InvoiceEmpty, nil)
	}
	return i, tx.Record(cover.Event{Type: cover.InvoiceDrafted, ResourceID: i.ID, OrganisationID: i.OrganiserID, After: i})
}

// lockAgreement makes drafts and enrolments under one agreement take turns.
func lockAgreement(tx *store.Tx, id uuid.UUID) (cover.Agreement, error) {
	a, err := tx.LockAgreement(id, 0)
	return a, cover.Unseen(err, "/agreement_id", cover.AgreementUnknown)
}

func refuseSecondInvoice(tx *store.Tx, i cover.Invoice) error {
	other, err := tx.StandingInvoice(i.AgreementID, i.Month)
	if err != nil || other == nil {
		return err
	}
	return cover.RefuseAt("/month", cover.InvoiceTaken, cover.Params{"invoice_id": *other})
}
