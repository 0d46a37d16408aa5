package billing_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// active counts the periods that became active on a day.
func active(w *world, on cover.Date) int {
	w.t.Helper()
	return one[int](w, `select count(*) from coverage_periods where activated_on = $1`, on.String())
}

func TestCoverBecomesActiveOnceAnInvoiceIsPaidInFull(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	w.paid(i.ID, 76_000, "SP2D-1", today.Add(-1))
	part, err := w.st.Read(t.Context(), w.kpu).Invoice(i.ID)
	w.must(err)
	if part.StatusOn(today) != cover.InvoicePartiallyPaid || part.Outstanding() != 680 || part.Version != 3 {
		t.Errorf("%s, %d outstanding", part.StatusOn(today), part.Outstanding())
	}
	if n := one[int](w, `select count(*) from coverage_periods where activated_on is not null`); n != 0 {
		t.Errorf("%d periods are active although something is owed", n)
	}
	w.paid(i.ID, 680, "SP2D-2", today)
	full, err := w.st.Read(t.Context(), w.kpu).Invoice(i.ID)
	w.must(err)
	if full.StatusOn(today) != cover.InvoicePaid || full.Outstanding() != 0 {
		t.Errorf("%s, %d outstanding", full.StatusOn(today), full.Outstanding())
	}
	if n := active(w, today); n != 12 {
		t.Errorf("%d periods are active, want 12", n)
	}
	_, err = w.void(w.branch, i.ID)
	refused(t, err, "", cover.InvoicePaidOn)
}

// Payments may be recorded in another order than they were made. Cover is active
// from the day of the money that completed the first invoice.
func TestTheOrderOfRecordingDoesNotMatter(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	nov, dec := w.issued(a, november), w.issued(a, december)
	w.paid(dec.ID, dec.Total(), "SP2D-3", today)
	w.paid(nov.ID, nov.Total()-1, "SP2D-2", today.Add(-3))
	w.paid(nov.ID, 1, "SP2D-1", today.Add(-9))
	if n := active(w, today.Add(-3)); n != 12 {
		t.Errorf("%d periods are active from the third day before today, want 12", n)
	}
}

func TestOnePaymentSettlesSeveralInvoices(t *testing.T) {
	t.Parallel()
	w := given(t)
	a, b := w.signed(), w.agreement(cover.PU, w.elsewhere, w.payer, w.branch)
	w.people(b, member)
	first, second := w.issued(a, november), w.issued(b, november)
	p, err := w.pay(w.branch, payment(first.Total()+20_000, " SP2D-1 ", today,
		cover.Allocation{InvoiceID: second.ID, Amount: 10_000}, cover.Allocation{InvoiceID: first.ID, Amount: first.Total()}))
	w.must(err)
	if p.Unallocated() != 10_000 || p.PayerID.UUID != w.payer.OrganisationID || p.Reference != "SP2D-1" {
		t.Errorf("payment %+v", p)
	}
	r := w.st.Read(t.Context(), w.payer)
	read, err := r.Payment(p.ID)
	w.must(err)
	if len(read.Allocations) != 2 || read.Allocations[0].InvoiceID != second.ID || read.Unallocated() != 10_000 {
		t.Errorf("read back as %+v", read)
	}
	listed, err := r.Payments(store.PaymentFilter{InvoiceID: first.ID, PayerID: w.payer.OrganisationID}, store.Page{Limit: 50})
	w.must(err)
	if len(listed.Items) != 1 || len(listed.Items[0].Allocations) != 2 {
		t.Errorf("listed as %+v", listed.Items)
	}
	if n := active(w, today); n != 12 {
		t.Errorf("%d periods are active, want those of the invoice that is paid in full", n)
	}
}

func TestRecordPaymentRefuses(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	issued, draft := w.issued(a, november), w.drafted(a, december)
	otherPayer := w.agreement(cover.PU, w.kpu, w.elsewhere, w.branch)
	w.exec(`update agreements set payer_id = null where id = $1`, otherPayer)
	w.people(otherPayer, member)
	others := w.issued(otherPayer, november)
	on := func(i cover.Invoice, amount cover.Rupiah) cover.Allocation {
		return cover.Allocation{InvoiceID: i.ID, Amount: amount}
	}
	for name, tt := range map[string]struct {
		who     access.Actor
		payment cover.Payment
		pointer string
		code    cover.Code
	}{
		"the payer": {w.payer, payment(10, "R", today, on(issued, 10)), "", cover.PartyRoleRequired},
		"another branch": {
			w.otherBranch, payment(10, "R", today, on(issued, 10)), "/allocations/0/invoice_id", cover.InvoiceUnknown,
		},
		"no such invoice": {
			w.branch, payment(10, "R", today, on(issued, 5), cover.Allocation{InvoiceID: uuid.New(), Amount: 5}),
			"/allocations/1/invoice_id", cover.InvoiceUnknown,
		},
		"a draft": {w.branch, payment(10, "R", today, on(draft, 10)), "/allocations/0/invoice_id", cover.InvoiceNotPayable},
		"invoices of two payers": {
			w.branch, payment(10, "R", today, on(issued, 5), on(others, 5)), "/allocations/1/invoice_id", cover.InvoiceOfOtherPayer,
		},
		"more than outstanding": {
			w.branch, payment(80_000, "R", today, on(issued, 76_681)), "/allocations/0/allocated_amount", cover.OutstandingExceeded,
		},
		"more than received": {w.branch, payment(10, "R", today, on(issued, 11)), "/allocations/0/allocated_amount", cover.AllocatedTooMuch},
		"an invoice twice": {
			w.branch, payment(10, "R", today, on(issued, 5), on(issued, 5)), "/allocations/1/invoice_id", cover.InvoiceTwice,
		},
		"tomorrow's money":  {w.branch, payment(10, "R", today.Add(1), on(issued, 10)), "/paid_on", cover.InTheFuture},
		"a blank reference": {w.branch, payment(10, "  ", today, on(issued, 10)), "/reference", cover.Blank},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.pay(tt.who, tt.payment)
			params := refused(t, err, tt.pointer, tt.code)
			if tt.code == cover.OutstandingExceeded && params["outstanding"] != cover.Rupiah(76_680) {
				t.Errorf("params %v", params)
			}
		})
	}
	if n := one[int](w, `select count(*) from payments`); n != 0 {
		t.Errorf("%d payments were left behind", n)
	}
}

func TestAPaymentIsRecordedOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	p := payment(i.Total(), "SP2D-0912/2024", today, cover.Allocation{InvoiceID: i.ID, Amount: i.Total()})
	made := 0
	for _, err := range together(20, func(int) error { _, err := w.pay(w.branch, p); return err }) {
		if err == nil {
			made++
			continue
		}
		refused(t, err, "/reference", cover.PaymentReferenceTaken)
	}
	if paid := one[int64](w, `select paid from invoices`); made != 1 || paid != 76_680 {
		t.Errorf("%d were made, %d rupiah are paid", made, paid)
	}
}

// Twenty payments of a tenth each come at once: ten find room.
func TestAnInvoiceIsNeverPaidTwice(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	part := i.Total() / 10
	made := 0
	for _, err := range together(20, func(n int) error {
		_, err := w.pay(w.branch, payment(part, fmt.Sprintf("SP2D-%d", n), today,
			cover.Allocation{InvoiceID: i.ID, Amount: part}))
		return err
	}) {
		if err == nil {
			made++
			continue
		}
		refused(t, err, "/allocations/0/allocated_amount", cover.OutstandingExceeded)
	}
	if n := active(w, today); made != 10 || n != 12 {
		t.Errorf("%d were made, %d periods are active", made, n)
	}
}

// Invoices of the same cover are paid at once; both make the same periods active.
func TestInvoicesOfTheSameCoverMayBePaidAtOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	invoices := []cover.Invoice{w.issued(a, november), w.issued(a, december)}
	for _, err := range together(2, func(n int) error {
		i := invoices[n]
		_, err := w.pay(w.branch, payment(i.Total(), i.Number, today, cover.Allocation{InvoiceID: i.ID, Amount: i.Total()}))
		return err
	}) {
		w.must(err)
	}
	if n := active(w, today); n != 12 {
		t.Errorf("%d periods are active", n)
	}
}

// What was paid too much stays credit of the payer, waits in the queue, and settles
// other invoices later.
func TestOverPaymentIsCreditThatSettlesLater(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	nov, dec := w.issued(a, november), w.issued(a, december)
	p, err := w.pay(w.branch, payment(nov.Total()+50_000, "SP2D-1", today, cover.Allocation{InvoiceID: nov.ID, Amount: nov.Total()}))
	w.must(err)
	queue := func() int {
		listed, err := w.st.Read(t.Context(), w.branch).Payments(store.PaymentFilter{Unallocated: true}, store.Page{Limit: 50})
		w.must(err)
		return len(listed.Items)
	}
	if p.Unallocated() != 50_000 || queue() != 1 {
		t.Errorf("%d left, %d wait", p.Unallocated(), queue())
	}
	p, err = w.allocate(w.branch, p.ID, cover.Allocation{InvoiceID: dec.ID, Amount: 20_000})
	w.must(err)
	p, err = w.allocate(w.branch, p.ID, cover.Allocation{InvoiceID: dec.ID, Amount: 30_000})
	w.must(err)
	if paid := w.invoice(dec.ID).Paid; paid != 50_000 || queue() != 0 || len(p.Allocations) != 3 || p.Version != 3 {
		t.Errorf("%d paid, %d wait, %+v", paid, queue(), p)
	}
	_, err = w.allocate(w.branch, p.ID, cover.Allocation{InvoiceID: dec.ID, Amount: 1})
	refused(t, err, "", cover.NothingUnallocated)
}

func TestAllocateRefuses(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	nov, draft := w.issued(a, november), w.drafted(a, december)
	own := w.agreement(cover.PU, w.elsewhere, w.payer, w.branch)
	w.exec(`update agreements set payer_id = null where id = $1`, own)
	w.people(own, member)
	others := w.issued(own, november)
	part, err := w.pay(w.branch, payment(50_000, "R-1", today, cover.Allocation{InvoiceID: nov.ID, Amount: 1}))
	w.must(err)
	officers, err := w.pay(w.branch, payment(50_000, "R-2", today, cover.Allocation{InvoiceID: others.ID, Amount: 1}))
	w.must(err)
	for name, tt := range map[string]struct {
		who     access.Actor
		id      uuid.UUID
		to      cover.Allocation
		pointer string
		code    cover.Code
	}{
		"the payer":         {w.payer, part.ID, cover.Allocation{InvoiceID: nov.ID, Amount: 1}, "", cover.PartyRoleRequired},
		"another branch":    {w.otherBranch, part.ID, cover.Allocation{InvoiceID: nov.ID, Amount: 1}, "", cover.ResourceUnknown},
		"more than is left": {w.branch, part.ID, cover.Allocation{InvoiceID: nov.ID, Amount: 50_000}, "/allocations/0/allocated_amount", cover.AllocatedTooMuch},
		"nothing":           {w.branch, part.ID, cover.Allocation{InvoiceID: nov.ID}, "/allocations/0/allocated_amount", cover.AmountNotPositive},
		"a draft":           {w.branch, part.ID, cover.Allocation{InvoiceID: draft.ID, Amount: 1}, "/allocations/0/invoice_id", cover.InvoiceNotPayable},
		"nobody's":          {w.branch, part.ID, cover.Allocation{InvoiceID: uuid.New(), Amount: 1}, "/allocations/0/invoice_id", cover.InvoiceUnknown},
		"another payer's":   {w.branch, part.ID, cover.Allocation{InvoiceID: others.ID, Amount: 1}, "/allocations/0/invoice_id", cover.InvoiceOfOtherPayer},
		// The officers' own money has no payer, and is known to be theirs once it settled something.
		"officers' own money": {w.branch, officers.ID, cover.Allocation{InvoiceID: nov.ID, Amount: 1}, "/allocations/0/invoice_id", cover.InvoiceOfOtherPayer},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.allocate(tt.who, tt.id, tt.to)
			refused(t, err, tt.pointer, tt.code)
		})
	}
}

// TestAPayerSeesItsMoneyBeforeItSettlesAnything, if it is known whose it is.
func TestAPayerSeesItsMoneyBeforeItSettlesAnything(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.several(1)[0]
	whose := func(id uuid.UUID, reference string, to ...cover.Allocation) cover.Payment {
		p := payment(13_500, reference, today, to...)
		p.PayerID = uuid.NullUUID{UUID: id, Valid: true}
		return p
	}
	p, err := w.pay(w.branch, whose(w.payer.OrganisationID, "OWN"))
	w.must(err)
	if _, err := w.st.Read(t.Context(), w.payer).Payment(p.ID); err != nil {
		t.Errorf("the payer: %v", err)
	}
	_, err = w.pay(w.branch, whose(uuid.New(), "NOBODY"))
	refused(t, err, "/payer_id", cover.OrganisationUnknown)
	other := w.organisation(cover.RegionalGovernment, "32.01").OrganisationID
	to := cover.Allocation{InvoiceID: i.ID, Amount: 100}
	_, err = w.pay(w.branch, whose(other, "OTHER", to))
	refused(t, err, "/allocations/0/invoice_id", cover.InvoiceOfOtherPayer)
	waits, err := w.pay(w.branch, whose(other, "OTHER"))
	w.must(err)
	allocate := func(id uuid.UUID) error {
		return w.st.InTx(t.Context(), w.branch, func(tx *store.Tx) error {
			_, err := billing.AllocatePayment(tx, id, 0, []cover.Allocation{to})
			return err
		})
	}
	refused(t, allocate(waits.ID), "/allocations/0/invoice_id", cover.InvoiceOfOtherPayer)
	w.must(allocate(p.ID))
}
