package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// CreditInvoice takes a part of an issued invoice back, on a paper with the next
// number of its branch and year. The invoice is lowered by what it still lacks; the
// rest is credit of its payer. Cover that it made active stays so. Refuses an invoice
// that the actor does not see (invoice_unknown), and what cover.Invoice's MayCredit and
// Credit refuse.
func CreditInvoice(tx *store.Tx, in cover.Crediting) (cover.CreditNote, error) {
	before, err := tx.LockInvoice(in.InvoiceID, 0)
	if err != nil {
		return cover.CreditNote{}, cover.Unseen(err, "/invoice_id", cover.InvoiceUnknown)
	}
	if err := before.MayCredit(tx.Actor().OrganisationID); err != nil {
		return cover.CreditNote{}, err
	}
	after := []cover.Invoice{before}
	note, err := credit(tx, &after[0], in)
	if err != nil {
		return note, err
	}
	number, err := tx.NextCreditNumber(note.BranchID, note.IssuedOn.Year())
	if err != nil {
		return note, err
	}
	note.Number = cover.CreditNumber(note.IssuedOn.Year(), number)
	if err := tx.InsertCreditNote(&note); err != nil {
		return note, err
	}
	if err := settle(tx, after); err != nil {
		return note, err
	}
	return note, tx.Record(cover.Event{
		Type: cover.InvoiceWasCredited, ResourceID: before.ID, OrganisationID: before.OrganiserID, Before: before, After: after[0],
	})
}

func credit(tx *store.Tx, i *cover.Invoice, in cover.Crediting) (cover.CreditNote, error) {
	lines, err := tx.BilledLines(i.ID, in.Periods)
	if err != nil {
		return cover.CreditNote{}, err
	}
	fineLeft, err := tx.FineLeft(*i)
	if err != nil {
		return cover.CreditNote{}, err
	}
	return i.Credit(in, lines, fineLeft, tx.Today())
}

// AllocateCredit settles other invoices with what is left of a credit note. Refuses one
// of which nothing is left (nothing_unallocated), and what cover.CreditNote's Allocate
// refuses.
func AllocateCredit(tx *store.Tx, id uuid.UUID, v store.Version, to []cover.Allocation) (cover.CreditNote, error) {
	before, err := tx.LockCreditNote(id, v)
	if err != nil {
		return before, err
	}
	if err := before.MayAllocate(tx.Actor().OrganisationID); err != nil {
		return before, err
	}
	from, err := tx.Invoice(before.InvoiceID)
	if err != nil {
		return before, err
	}
	invoices, err := tx.LockOwnInvoices(named(to))
	if err != nil {
		return before, err
	}
	after := before
	if err := after.Allocate(to, invoices, from); err != nil {
		return before, err
	}
	if err := tx.InsertCreditAllocations(&after, len(before.Allocations)); err != nil {
		return before, err
	}
	if err := settle(tx, invoices); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.CreditAllocated, ResourceID: id, OrganisationID: after.BranchID, Before: before, After: after,
	})
}
