package billing

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Issue gives a draft the next number of its branch and year, charges it to a
// budget of its payer if there are any, and freezes it. code is what it is paid
// with, as the branch made it; an invoice that is given none gets one of ours.
// Refuses what no budget has room for (budget_exceeded).
func Issue(tx *store.Tx, id uuid.UUID, v store.Version, code string) (cover.Invoice, error) {
	before, err := tx.LockInvoice(id, v)
	if err != nil {
		return before, err
	}
	if err := before.MayIssue(tx.Actor().OrganisationID); err != nil {
		return before, err
	}
	after, today := before, tx.Today()
	if after.BudgetID, err = charge(tx, after); err != nil {
		return before, err
	}
	if after.PaymentCode = code; code == "" {
		if after.PaymentCode, err = newPaymentCode(); err != nil {
			return before, err
		}
	}
	n, err := tx.NextInvoiceNumber(after.BranchID, today.Year())
	if err != nil {
		return before, err
	}
	after.Number, after.IssuedOn = cover.InvoiceNumber(today.Year(), n), today
	if err := tx.UpdateInvoice(&after); err != nil {
		return before, err
	}
	if after.Outstanding() == 0 { // a relief may leave nothing to pay
		if err := tx.ActivateCover([]uuid.UUID{id}); err != nil {
			return before, err
		}
	}
	return after, tx.Record(cover.Event{
		Type: cover.InvoiceWasIssued, ResourceID: id, OrganisationID: after.OrganiserID, Before: before, After: after,
	})
}

// charge finds the first budget of the agreement and year that has room for an
// invoice, in the order of their stages. Without budgets nothing is charged. The
// budgets are held, so that two invoices do not take the same room.
func charge(tx *store.Tx, i cover.Invoice) (uuid.NullUUID, error) {
	budgets, err := tx.LockBudgets(i.AgreementID, i.Month.Year())
	if err != nil {
		return uuid.NullUUID{}, err
	}
	id, most, short := cover.Room(budgets, i.Total())
	if short {
		return id, cover.Refuse(cover.Invalid, cover.BudgetExceeded, shortage(i, most))
	}
	return id, nil
}

// shortage says what an invoice asks for, and what of it the budgets still have.
func shortage(i cover.Invoice, remaining cover.Rupiah) cover.Params {
	return cover.Params{"total": i.Total(), "remaining": remaining, "fiscal_year": i.Month.Year()}
}

// newPaymentCode makes a code of twelve digits that nobody guesses.
func newPaymentCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprint(n.Int64() + 100_000_000_000), nil
}
