package billing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// Ran counts what a billing run did.
type Ran struct {
	Drafted int64 // and left so: no budget had room for them
	Issued  int64
	Officers,
	Failed int64 // months that could not be billed for another reason; each is logged
}

// Run bills what is due to be billed now under agreements that are billed
// automatically: every month that is due and has no invoice yet, drafts of a run that
// wait, and a supplementary invoice for those who came under cover after a month was
// issued. A month of which an invoice was voided waits for somebody. A month is due to be
// billed from the month on in which it is to be paid. only narrows it to one month;
// the zero Month to none.
//
// Each invoice is a transaction of its own, so that a run may stop anywhere and be
// begun again, also by two processes at once: no month is billed twice.
func Run(ctx context.Context, st *store.Store, only cover.Month) (ran Ran, err error) {
	today := cover.DateOf(st.Now(), access.Actor{TimeZone: cover.TimeZones[0]}.Zone())
	rates, err := st.Read(ctx, access.Actor{}).Tariff()
	if err != nil {
		return ran, err
	}
	due, err := st.Billable(ctx, store.Billing{
		Only: only, PU: rates.BillableThrough(cover.PU, today), BPU: rates.BillableThrough(cover.BPU, today),
	})
	if err != nil {
		return ran, err
	}
	var failures []error
	for _, b := range due {
		if err := ctx.Err(); err != nil || len(failures) >= mostFailures {
			return ran, errors.Join(append(failures, err)...)
		}
		i, err := bill(ctx, st, b)
		switch {
		case err != nil && cover.KindOf(err) == cover.Internal:
			// One agreement that cannot be billed must not keep the others from it.
			ran.Failed++
			failures = append(failures, fmt.Errorf("bill %s for %s: %w", b.AgreementID, b.Month, err))
		case done(err):
		case err != nil:
			ran.Failed++
			slog.WarnContext(ctx, "month not billed", "agreement", b.AgreementID, "month", b.Month.String(), "error", err)
		case i.IssuedOn.Zero():
			ran.Drafted++
		default:
			ran.Issued++
			ran.Officers += i.Officers
		}
	}
	return ran, errors.Join(failures...)
}

// mostFailures of our own end a run: something is wrong with more than one agreement.
const mostFailures = 10

// done reports whether somebody else billed a month meanwhile.
func done(err error) bool {
	refused, ours := err.(*cover.Error) //nolint:errorlint // verbs give theirs bare
	return ours && (refused.Code == cover.InvoiceTaken || refused.Code == cover.InvoiceEmpty ||
		refused.Code == cover.SupplementTooEarly || refused.Code == cover.InvoiceNotDraft)
}

// bill drafts and issues one invoice as its branch. A draft that no budget has room
// for stays, for people to see, and is issued by a later run.
func bill(ctx context.Context, st *store.Store, b store.Billable) (i cover.Invoice, err error) {
	draftAndIssue := func(tx *store.Tx) (cover.Invoice, error) {
		i, err := waiting(tx, b)
		if err != nil {
			return i, err
		}
		return Issue(tx, i.ID, 0, "")
	}
	i, err = store.Do(ctx, st, b.Branch, draftAndIssue)
	if refused, ours := err.(*cover.Error); !ours || refused.Code != cover.BudgetExceeded { //nolint:errorlint // see done
		return i, err
	}
	slog.WarnContext(ctx, "no budget has room for an invoice", "agreement", b.AgreementID, "month", b.Month.String())
	return store.Do(ctx, st, b.Branch, func(tx *store.Tx) (cover.Invoice, error) { return waiting(tx, b) })
}

// waiting is the draft that waits to be issued, or a new one. One that bills cover
// which no longer owes the month is void, and made anew.
func waiting(tx *store.Tx, b store.Billable) (cover.Invoice, error) {
	if b.DraftID != uuid.Nil {
		stands, err := tx.DraftStands(b.DraftID)
		if err != nil {
			return cover.Invoice{}, err
		}
		if stands {
			return tx.Invoice(b.DraftID)
		}
		if _, err := Void(tx, b.DraftID, 0, "Pelindungan petugas berubah"); err != nil {
			return cover.Invoice{}, err
		}
	}
	return Draft(tx, Drafting{AgreementID: b.AgreementID, Month: b.Month, Supplementary: b.Supplementary, ByRun: true})
}
