package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// RecordPayment enters money that the actor, a BPJS office, received, and settles
// invoices with it. Cover that they bill becomes active once they are paid in
// full. Refuses whoever is no such office (party_role_required), a reference it
// used before (payment_reference_taken), and what cover.Payment's Check and
// Settle refuse.
func RecordPayment(tx *store.Tx, in cover.Payment) (cover.Payment, error) {
	if tx.Actor().Kind != cover.BPJSOffice {
		return in, cover.Refuse(cover.Forbidden, cover.PartyRoleRequired, cover.Params{"role": cover.Branch})
	}
	in.BranchID, in.Version = tx.Actor().OrganisationID, 1
	if err := in.Check(tx.Today()); err != nil {
		return in, err
	}
	invoices, err := tx.LockOwnInvoices(invoicesOf(in))
	if err != nil {
		return in, err
	}
	// Asked behind the lock, where a payment that was sent twice finds the first.
	if err := refuseSecondPayment(tx, in); err != nil {
		return in, err
	}
	if err := in.Settle(invoices); err != nil {
		return in, err
	}
	tx.Doubt(in.Doubts(invoices)...)
	if err := tx.InsertPayment(&in); err != nil {
		return in, err
	}
	if err := updateInvoices(tx, invoices); err != nil {
		return in, err
	}
	if err := tx.ActivateCover(in.ID); err != nil {
		return in, err
	}
	return in, tx.Record(cover.Event{Type: cover.PaymentRecorded, ResourceID: in.ID, OrganisationID: in.BranchID, After: in})
}

func invoicesOf(p cover.Payment) []uuid.UUID {
	ids := make([]uuid.UUID, len(p.Allocations))
	for i, a := range p.Allocations {
		ids[i] = a.InvoiceID
	}
	return ids
}

func refuseSecondPayment(tx *store.Tx, p cover.Payment) error {
	other, err := tx.OwnPayment(p.Reference)
	if err != nil || other == nil {
		return err
	}
	return cover.RefuseAt("/reference", cover.PaymentReferenceTaken, cover.Params{"payment_id": *other})
}

func updateInvoices(tx *store.Tx, invoices []cover.Invoice) error {
	for n := range invoices {
		if err := tx.UpdateInvoice(&invoices[n]); err != nil {
			return err
		}
	}
	return nil
}
