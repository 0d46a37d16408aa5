package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// RecordPayment enters money that the actor, a BPJS office, received, and settles
// invoices with it, if it says which. Cover that they bill becomes active once they
// are paid in full. Refuses whoever is no such office (party_role_required), a payer that
// it does not see (organisation_unknown), a reference it used before
// (payment_reference_taken), and what cover.Payment's Check and
// Settle refuse.
func RecordPayment(tx *store.Tx, in cover.Payment) (cover.Payment, error) {
	if tx.Actor().Kind != cover.BPJSOffice {
		return in, cover.Refuse(cover.Forbidden, cover.PartyRoleRequired, cover.Params{"role": cover.Branch})
	}
	in.BranchID, in.Version = tx.Actor().OrganisationID, 1
	if err := in.Check(tx.Today()); err != nil {
		return in, err
	}
	if in.PayerID.Valid {
		if _, err := tx.Organisation(in.PayerID.UUID); err != nil {
			return in, cover.Unseen(err, "/payer_id", cover.OrganisationUnknown)
		}
	}
	invoices, err := tx.LockOwnInvoices(named(in.Allocations))
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
	if err := settle(tx, invoices); err != nil {
		return in, err
	}
	return in, tx.Record(cover.Event{Type: cover.PaymentRecorded, ResourceID: in.ID, OrganisationID: in.BranchID, After: in})
}

// named are the invoices that allocations name.
func named(allocations []cover.Allocation) []uuid.UUID {
	ids := make([]uuid.UUID, len(allocations))
	for i, a := range allocations {
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

// AllocatePayment settles invoices with what is left of a payment. Refuses one of
// which nothing is left (nothing_unallocated), and what cover.Payment's Allocate
// refuses.
func AllocatePayment(tx *store.Tx, id uuid.UUID, v store.Version, to []cover.Allocation) (cover.Payment, error) {
	before, err := tx.LockPayment(id, v)
	if err != nil {
		return before, err
	}
	if err := before.MayAllocate(tx.Actor().OrganisationID); err != nil {
		return before, err
	}
	after := before
	invoices, err := tx.LockOwnInvoices(named(to))
	if err != nil {
		return before, err
	}
	if err := after.Allocate(to, invoices); err != nil {
		return before, err
	}
	if err := tx.InsertAllocations(&after, len(before.Allocations)); err != nil {
		return before, err
	}
	if err := settle(tx, invoices); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.PaymentAllocated, ResourceID: id, OrganisationID: after.BranchID, Before: before, After: after,
	})
}

// settle writes what became of invoices, and makes cover active that they bill.
func settle(tx *store.Tx, invoices []cover.Invoice) error {
	if len(invoices) == 0 {
		return nil
	}
	if err := tx.SettleInvoices(invoices); err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(invoices))
	for n, i := range invoices {
		ids[n] = i.ID
	}
	return tx.ActivateCover(ids)
}
