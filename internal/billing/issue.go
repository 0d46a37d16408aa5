package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Issue gives a draft the next number of its branch and year, and freezes it.
// code is what it is paid with, as the branch made it; it may be empty.
func Issue(tx *store.Tx, id uuid.UUID, v store.Version, code string) (cover.Invoice, error) {
	before, err := tx.LockInvoice(id, v)
	if err != nil {
		return before, err
	}
	if err := before.MayIssue(tx.Actor().OrganisationID); err != nil {
		return before, err
	}
	after, today := before, tx.Today()
	n, err := tx.NextInvoiceNumber(after.BranchID, today.Year())
	if err != nil {
		return before, err
	}
	after.Number, after.IssuedOn, after.PaymentCode = cover.InvoiceNumber(today.Year(), n), today, code
	if err := tx.UpdateInvoice(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.InvoiceWasIssued, ResourceID: id, OrganisationID: after.OrganiserID, Before: before, After: after,
	})
}
