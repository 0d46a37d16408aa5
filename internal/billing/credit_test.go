package billing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

func (w *world) credit(who access.Actor, in cover.Crediting) (cover.CreditNote, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.CreditNote, error) { return billing.CreditInvoice(tx, in) })
}

func (w *world) credited(in cover.Crediting) cover.CreditNote {
	w.t.Helper()
	n, err := w.credit(w.branch, in)
	w.must(err)
	return n
}

func (w *world) allocateCredit(who access.Actor, id uuid.UUID, to ...cover.Allocation) (cover.CreditNote, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.CreditNote, error) {
		return billing.AllocateCredit(tx, id, 0, to)
	})
}

func (w *world) allocate(who access.Actor, id uuid.UUID, to ...cover.Allocation) (cover.Payment, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.Payment, error) {
		return billing.AllocatePayment(tx, id, 0, to)
	})
}

// lines are the periods that an invoice bills.
func (w *world) lines(invoice uuid.UUID) (ids []uuid.UUID) {
	w.t.Helper()
	listed, err := w.st.Read(w.t.Context(), w.branch).InvoiceLines(invoice, nil, store.Page{Limit: 100})
	w.must(err)
	for _, l := range listed.Items {
		ids = append(ids, l.CoveragePeriodID)
	}
	return ids
}

// premium is what a line asks for.
func (w *world) premium(period uuid.UUID) cover.Rupiah {
	w.t.Helper()
	return cover.Rupiah(one[int64](w, `select jkk + jkm from invoice_lines where coverage_period_id = $1 order by month limit 1`, period))
}

func (w *world) invoice(id uuid.UUID) cover.Invoice {
	w.t.Helper()
	i, err := w.st.Read(w.t.Context(), w.branch).Invoice(id)
	w.must(err)
	return i
}

func TestACreditNoteLowersWhatIsOutstanding(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	lines := w.lines(i.ID)
	n := w.credited(cover.Crediting{InvoiceID: i.ID, Periods: lines[:2], Reason: " Berhenti lebih dahulu "})
	want := w.premium(lines[0]) + w.premium(lines[1])
	if n.Number != "K2024/000001" || n.Total() != want || n.Applied != want || n.Unallocated() != 0 || n.Reason != "Berhenti lebih dahulu" {
		t.Errorf("note %+v", n)
	}
	after := w.invoice(i.ID)
	if after.Credited != want || after.Outstanding() != i.Total()-want || after.Total() != i.Total() || after.Digest != i.Digest {
		t.Errorf("invoice %+v", after)
	}
	// The others are covered once the rest is paid, those taken back are not.
	w.paid(i.ID, after.Outstanding(), "SP2D-1", today)
	if n := active(w, today); n != 10 {
		t.Errorf("%d periods are active, want 10", n)
	}
	read, err := w.st.Read(t.Context(), w.kpu).CreditNote(n.ID)
	w.must(err)
	if len(read.Periods) != 2 || read.Number != n.Number {
		t.Errorf("read back as %+v", read)
	}
}

// What was paid too much already is credit, and cover that it made active stays.
func TestWhatWasPaidAlreadyIsCredit(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	nov, dec := w.issued(a, november), w.issued(a, december)
	lines := w.lines(nov.ID)
	w.paid(nov.ID, nov.Total()-1_000, "SP2D-1", today)
	n := w.credited(cover.Crediting{InvoiceID: nov.ID, Periods: lines[:1], Reason: "Keliru"})
	left := w.premium(lines[0]) - 1_000
	if n.Applied != 1_000 || n.Unallocated() != left {
		t.Errorf("note %+v", n)
	}
	before := active(w, today)
	if before != 11 {
		t.Errorf("%d periods are active, want 11", before)
	}
	n, err := w.allocateCredit(w.branch, n.ID, cover.Allocation{InvoiceID: dec.ID, Amount: left - 100})
	w.must(err)
	n, err = w.allocateCredit(w.branch, n.ID, cover.Allocation{InvoiceID: dec.ID, Amount: 100})
	w.must(err)
	if n.Unallocated() != 0 || len(n.Allocations) != 2 || n.Version != 3 {
		t.Errorf("allocated %+v", n)
	}
	if paid := w.invoice(dec.ID).Paid; paid != left {
		t.Errorf("%d are paid on the other, want %d", paid, left)
	}
	w.paid(dec.ID, dec.Total()-left, "SP2D-2", today)
	if w.invoice(dec.ID).StatusOn(today) != cover.InvoicePaid || active(w, today) != 12 {
		t.Errorf("%s, %d active", w.invoice(dec.ID).StatusOn(today), active(w, today))
	}
	_, err = w.allocateCredit(w.branch, n.ID, cover.Allocation{InvoiceID: dec.ID, Amount: 1})
	refused(t, err, "", cover.NothingUnallocated)
}

// TestWhoseLineIsTakenBackMayBeBilledAgain, but only where a draft says so: neither a
// run nor a bill for others does.
func TestWhoseLineIsTakenBackMayBeBilledAgain(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	i := w.issued(a, november)
	lines := w.lines(i.ID)
	w.credited(cover.Crediting{InvoiceID: i.ID, Periods: lines[:3], Reason: "Upah keliru"})
	w.exec(`update enrolments set completed_at = $1`, w.now.Add(time.Minute))
	if ran := w.run(); ran != (billing.Ran{}) {
		t.Errorf("a run billed them: %+v", ran)
	}
	draft := func(rebill bool) (cover.Invoice, error) {
		return store.Do(t.Context(), w.st, w.branch, func(tx *store.Tx) (cover.Invoice, error) {
			return billing.Draft(tx, billing.Drafting{AgreementID: a, Month: november, Supplementary: true, RebillCredited: rebill})
		})
	}
	_, err := draft(false)
	refused(t, err, "", cover.InvoiceEmpty)
	again, err := draft(true)
	w.must(err)
	if again.Officers != 3 || again.Sequence != 1 {
		t.Errorf("billed again: %+v", again)
	}
	billed, err := w.st.Read(t.Context(), w.branch).Billed(lines...)
	w.must(err)
	if len(billed) != 12 {
		t.Errorf("%d are billed", len(billed))
	}
}

func TestFinesAreTakenBackUpToWhatTheyAre(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	d := w.drafted(a, november)
	w.exec(`update invoices set fine = 500 where id = $1`, d.ID)
	i, err := w.issue(w.branch, d.ID)
	w.must(err)
	_, err = w.credit(w.branch, cover.Crediting{InvoiceID: i.ID, Fine: 501, Reason: "x"})
	refused(t, err, "/fine_amount", cover.FineExceeded)
	n := w.credited(cover.Crediting{InvoiceID: i.ID, Fine: 300, Reason: "x"})
	if n.Total() != 300 || n.Applied != 300 {
		t.Errorf("note %+v", n)
	}
	_, err = w.credit(w.branch, cover.Crediting{InvoiceID: i.ID, Fine: 201, Reason: "x"})
	if params := refused(t, err, "/fine_amount", cover.FineExceeded); params["left"] != cover.Rupiah(200) {
		t.Errorf("params %v", params)
	}
	w.credited(cover.Crediting{InvoiceID: i.ID, Fine: 200, Reason: "x", Periods: w.lines(i.ID)})
	if after := w.invoice(i.ID); after.Outstanding() != 0 || after.Paid != 0 || active(w, today) != 0 {
		t.Errorf("%+v, %d active", after, active(w, today))
	}
	_, err = w.void(w.branch, i.ID)
	refused(t, err, "", cover.InvoicePaidOn)
}

func TestCreditRefuses(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	i, draft := w.issued(a, november), w.drafted(a, december)
	lines := w.lines(i.ID)
	w.credited(cover.Crediting{InvoiceID: i.ID, Periods: lines[:1], Reason: "x"})
	for name, tt := range map[string]struct {
		who     access.Actor
		in      cover.Crediting
		pointer string
		code    cover.Code
	}{
		"the payer":      {w.payer, cover.Crediting{InvoiceID: i.ID, Periods: lines[1:2], Reason: "x"}, "", cover.PartyRoleRequired},
		"another branch": {w.otherBranch, cover.Crediting{InvoiceID: i.ID, Periods: lines[1:2], Reason: "x"}, "/invoice_id", cover.InvoiceUnknown},
		"a draft":        {w.branch, cover.Crediting{InvoiceID: draft.ID, Periods: lines[1:2], Reason: "x"}, "", cover.InvoiceNotPayable},
		"nobody's line":  {w.branch, cover.Crediting{InvoiceID: i.ID, Periods: []uuid.UUID{lines[1], uuid.New()}, Reason: "x"}, "/coverage_period_ids/1", cover.LineUnknown},
		"a line again":   {w.branch, cover.Crediting{InvoiceID: i.ID, Periods: lines[:2], Reason: "x"}, "/coverage_period_ids/0", cover.LineCredited},
		"nothing":        {w.branch, cover.Crediting{InvoiceID: i.ID, Reason: "x"}, "/coverage_period_ids", cover.NothingCredited},
		"less than none": {w.branch, cover.Crediting{InvoiceID: i.ID, Periods: lines[1:2], Fine: -1, Reason: "x"}, "/fine_amount", cover.AmountNotPositive},
		"no reason":      {w.branch, cover.Crediting{InvoiceID: i.ID, Periods: lines[1:2], Reason: " "}, "/reason", cover.Blank},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.credit(tt.who, tt.in)
			refused(t, err, tt.pointer, tt.code)
		})
	}
}

// Credit belongs to whoever owed the invoice: another payer's invoices, or those of
// officers who pay themselves, are none of it.
func TestCreditStaysWithItsPayer(t *testing.T) {
	t.Parallel()
	w := given(t)
	own := func(organiser access.Actor) cover.Invoice {
		a := w.agreement(cover.PU, organiser, w.payer, w.branch)
		w.exec(`update agreements set payer_id = null where id = $1`, a)
		w.people(a, member)
		return w.issued(a, november)
	}
	theirs, others := own(w.kpu), own(w.elsewhere)
	governments := w.issued(w.signed(), november)
	spare := func(i cover.Invoice, reference string) cover.CreditNote {
		w.paid(i.ID, i.Total(), reference, today)
		return w.credited(cover.Crediting{InvoiceID: i.ID, Periods: w.lines(i.ID)[:1], Reason: "x"})
	}
	officers := spare(theirs, "R-1")
	for _, i := range []cover.Invoice{governments, others} {
		_, err := w.allocateCredit(w.branch, officers.ID, cover.Allocation{InvoiceID: i.ID, Amount: 1})
		refused(t, err, "/allocations/0/invoice_id", cover.InvoiceOfOtherPayer)
	}
	government := spare(governments, "R-2")
	_, err := w.allocateCredit(w.branch, government.ID, cover.Allocation{InvoiceID: others.ID, Amount: 1})
	refused(t, err, "/allocations/0/invoice_id", cover.InvoiceOfOtherPayer)
	_, err = w.allocateCredit(w.branch, government.ID, cover.Allocation{InvoiceID: others.ID, Amount: government.Total() + 1})
	refused(t, err, "/allocations/0/allocated_amount", cover.AllocatedTooMuch)
	_, err = w.allocateCredit(w.payer, government.ID, cover.Allocation{InvoiceID: others.ID, Amount: 1})
	refused(t, err, "", cover.PartyRoleRequired)
	_, err = w.allocateCredit(w.otherBranch, government.ID, cover.Allocation{InvoiceID: others.ID, Amount: 1})
	refused(t, err, "", cover.ResourceUnknown)
}

// Payments and credit notes come at once: what is put on the invoice is never more
// than it asks for, what is taken back is never lost, and numbers have no gaps.
func TestPaymentsAndCreditNotesAtOnceNeverOvershoot(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	lines := w.lines(i.ID)
	for n, err := range together(24, func(n int) error {
		if n%2 == 0 {
			_, err := w.credit(w.branch, cover.Crediting{InvoiceID: i.ID, Periods: lines[n/2 : n/2+1], Reason: "x"})
			return err
		}
		_, err := w.pay(w.branch, payment(i.Total()/6, fmt.Sprint("R-", n), today, cover.Allocation{InvoiceID: i.ID, Amount: i.Total() / 6}))
		return err
	}) {
		switch {
		case n%2 == 0:
			w.must(err)
		case err != nil:
			refused(t, err, "/allocations/0/allocated_amount", cover.OutstandingExceeded)
		}
	}
	after := w.invoice(i.ID)
	applied := one[int64](w, `select sum(applied) from credit_notes`)
	taken := one[int64](w, `select sum(jkk + jkm + fine) from credit_notes`)
	if after.Paid+after.Credited > after.Total() || int64(after.Credited) != applied || taken != int64(i.Total()) {
		t.Errorf("%d paid, %d credited of %d; %d applied of %d", after.Paid, after.Credited, after.Total(), applied, taken)
	}
	if last := one[string](w, `select max(number) from credit_notes`); last != "K2024/000012" {
		t.Errorf("the last number is %s", last)
	}
}

// Of those who take the same line back at once, one does.
func TestALineIsTakenBackOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	lines, made := w.lines(i.ID), 0
	for _, err := range together(10, func(int) error {
		_, err := w.credit(w.branch, cover.Crediting{InvoiceID: i.ID, Periods: lines[:1], Reason: "x"})
		return err
	}) {
		if err == nil {
			made++
			continue
		}
		refused(t, err, "/coverage_period_ids/0", cover.LineCredited)
	}
	if made != 1 {
		t.Errorf("%d notes", made)
	}
}

// Credit is spent once, whoever spends it.
func TestCreditIsSpentOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	nov, dec := w.issued(a, november), w.issued(a, december)
	w.paid(nov.ID, nov.Total(), "R", today)
	n := w.credited(cover.Crediting{InvoiceID: nov.ID, Periods: w.lines(nov.ID)[:1], Reason: "x"})
	made := 0
	for _, err := range together(10, func(int) error {
		_, err := w.allocateCredit(w.branch, n.ID, cover.Allocation{InvoiceID: dec.ID, Amount: n.Total()})
		return err
	}) {
		if err == nil {
			made++
			continue
		}
		refused(t, err, "", cover.NothingUnallocated)
	}
	if paid := w.invoice(dec.ID).Paid; made != 1 || paid != n.Total() {
		t.Errorf("%d allocated it, %d are paid", made, paid)
	}
}

func TestTheDatabaseKeepsWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	nov, dec := w.issued(a, november), w.issued(a, december)
	w.paid(nov.ID, nov.Total(), "R", today)
	n := w.credited(cover.Crediting{InvoiceID: nov.ID, Periods: w.lines(nov.ID)[:1], Reason: "x"})
	_, err := w.allocateCredit(w.branch, n.ID, cover.Allocation{InvoiceID: dec.ID, Amount: 100})
	w.must(err)
	for _, sql := range []string{
		`update credit_notes set jkk = jkk + 1 where id = $1`,
		`update credit_notes set applied = applied + 1 where id = $1`,
		`update credit_notes set allocated = allocated - 1 where id = $1`,
		`update credit_notes set number = 'K2024/000009' where id = $1`,
		`update credit_notes set reason = '' where id = $1`,
		`delete from credit_notes where id = $1`,
		`update credit_note_lines set coverage_period_id = gen_random_uuid() where credit_note_id = $1`,
		`delete from credit_note_lines where credit_note_id = $1`,
		`update credit_allocations set amount = 1 where credit_note_id = $1`,
		`delete from credit_allocations where credit_note_id = $1`,
	} {
		refusedByTrigger(t, w, sql, n.ID)
	}
}

// A late invoice whose wrong lines are taken back owes fines for the right ones alone,
// and cover is active from the day these were paid.
func TestWhatIsTakenBackWasNeverOwed(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	line := w.lines(i.ID)[0]
	w.paid(i.ID, i.Total()-w.premium(line), "R", today)
	w.credited(cover.Crediting{InvoiceID: i.ID, Periods: []uuid.UUID{line}, Reason: "x"})
	late, err := w.st.Read(t.Context(), w.branch).LateInvoices(i.AgreementID, cover.NewDate(2025, 3, 1))
	w.must(err)
	if len(late) != 0 || active(w, today) != 11 {
		t.Errorf("late %+v, %d active", late, active(w, today))
	}
}
