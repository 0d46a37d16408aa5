package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Amend fills in what the treasury says of an invoice: how its budget calls it, and
// with which papers it was paid. Refuses whoever is not its payer, or its organiser
// where officers pay themselves (party_role_required), and a void one
// (invoice_void). Nothing else of the invoice changes.
func Amend(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.Invoice)) (cover.Invoice, error) {
	before, err := tx.LockInvoice(id, v)
	if err != nil {
		return before, err
	}
	if err := before.MayAmend(tx.Actor().OrganisationID); err != nil {
		return before, err
	}
	after := before
	amend(&after)
	if err := tx.UpdateInvoice(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.InvoiceAmended, ResourceID: id, OrganisationID: after.OrganiserID, Before: before, After: after,
	})
}
