package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Void takes an invoice back on which nothing is paid. Its number stays used; its
// people may be billed for the month again.
func Void(tx *store.Tx, id uuid.UUID, v store.Version, reason string) (cover.Invoice, error) {
	before, err := tx.LockInvoice(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := after.Void(tx.Actor().OrganisationID, reason, tx.Today()); err != nil {
		return before, err
	}
	if err := tx.UpdateInvoice(&after); err != nil {
		return before, err
	}
	if err := tx.VoidFines(id); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.InvoiceWasVoided, ResourceID: id, OrganisationID: after.OrganiserID, Before: before, After: after,
	})
}
