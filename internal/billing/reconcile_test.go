package billing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

func (w *world) reconcile(who access.Actor, lines ...string) (cover.BankStatement, error) {
	file := "tanggal;jumlah;referensi;keterangan\n" + strings.Join(lines, "\n") + "\n"
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.BankStatement, error) {
		return billing.ReconcileStatement(tx, []byte(file))
	})
}

func (w *world) reconciled(lines ...string) cover.BankStatement {
	w.t.Helper()
	s, err := w.reconcile(w.branch, lines...)
	w.must(err)
	return s
}

// matches are the payments of a branch by their references.
func (w *world) payments() map[string]cover.Payment {
	w.t.Helper()
	listed, err := w.st.Read(w.t.Context(), w.branch).Payments(store.PaymentFilter{}, store.Page{Limit: 100})
	w.must(err)
	out := map[string]cover.Payment{}
	for _, p := range listed.Items {
		out[p.Reference] = p
	}
	return out
}

func line(amount cover.Rupiah, reference, description string) string {
	return fmt.Sprintf("02/12/2024;%d;%s;%s", amount, reference, description)
}

// several issues invoices of one person each, for 13,500 each.
func (w *world) several(n int) (invoices []cover.Invoice) {
	w.t.Helper()
	for range n {
		a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
		w.people(a, roster[0])
		invoices = append(invoices, w.issued(a, november))
	}
	return invoices
}

func TestAStatementSettlesWhatItNames(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.several(7)
	a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	w.people(a, roster[1]) // 8,100: the only one of that amount
	alone := w.issued(a, november)
	w.paid(i[5].ID, 13_500, "BY-HAND", today)
	_, err := w.void(w.branch, i[6].ID)
	w.must(err)
	s := w.reconciled(
		line(13_500, "T-1", "iuran "+i[0].PaymentCode),
		line(10_000, "T-2/"+i[1].PaymentCode+"/x", ""),            // a part
		line(20_000, "T-3", "INV."+i[2].Number+" November"),       // too much
		line(8_100, "T-4", "setoran tunai"),                       // fits one alone
		line(13_500, "T-5", "setoran tunai"),                      // fits two that are still open
		line(13_500, "T-6", i[5].PaymentCode),                     // paid before
		line(13_500, "T-7", i[6].Number),                          // void
		line(77, "T-8", "bunga"),                                  // nobody's
		line(1, "T-9", i[0].PaymentCode),                          // paid by the first line
		line(3_500, "T-10", "KODE-"+i[1].PaymentCode),             // the rest
		line(1, "T-11", i[3].PaymentCode+" "+i[4].PaymentCode),    // which of the two?
		line(13_500, "T-12", "K"+i[3].Number+" "+i[4].Number[:9]), // a credit note's number, and half of one
		line(1, "BY-HAND", "sudah dicatat"),
	)
	if s.Lines != 13 || s.Matched != 5 || s.Unmatched != 7 || s.Known != 1 || len(s.SHA256) != 64 {
		t.Errorf("statement %+v", s)
	}
	got := w.payments()
	for reference, want := range map[string]struct {
		reason      cover.MatchReason
		unallocated cover.Rupiah
		candidates  []uuid.UUID
	}{
		"T-1":                            {cover.MatchedPaymentCode, 0, []uuid.UUID{i[0].ID}},
		"T-2/" + i[1].PaymentCode + "/x": {cover.MatchedPaymentCode, 0, []uuid.UUID{i[1].ID}},
		"T-3":                            {cover.MatchedInvoiceNumber, 6_500, []uuid.UUID{i[2].ID}},
		"T-4":                            {cover.MatchedAmount, 0, []uuid.UUID{alone.ID}},
		"T-5":                            {cover.MatchAmbiguous, 13_500, []uuid.UUID{i[3].ID, i[4].ID}},
		"T-6":                            {cover.MatchClosed, 13_500, []uuid.UUID{i[5].ID}},
		"T-7":                            {cover.MatchClosed, 13_500, []uuid.UUID{i[6].ID}},
		"T-8":                            {cover.MatchNone, 77, nil},
		"T-9":                            {cover.MatchClosed, 1, []uuid.UUID{i[0].ID}},
		"T-10":                           {cover.MatchedPaymentCode, 0, []uuid.UUID{i[1].ID}},
		"T-11":                           {cover.MatchAmbiguous, 1, []uuid.UUID{i[3].ID, i[4].ID}},
		"T-12":                           {cover.MatchAmbiguous, 13_500, []uuid.UUID{i[3].ID, i[4].ID}},
	} {
		p := got[reference]
		if p.Match.Reason != want.reason || p.Unallocated() != want.unallocated || !slices.Equal(p.Match.Candidates, want.candidates) {
			t.Errorf("%s: %+v, %d left", reference, p.Match, p.Unallocated())
		}
		if matched := p.Allocated > 0; matched != (p.PayerID.UUID == w.payer.OrganisationID) || p.StatementID.UUID != s.ID {
			t.Errorf("%s: payer %v, statement %v", reference, p.PayerID, p.StatementID)
		}
	}
	if got["BY-HAND"].Amount != 13_500 || got["BY-HAND"].StatementID.Valid {
		t.Errorf("the known one became %+v", got["BY-HAND"])
	}
	for n, open := range []cover.Rupiah{0, 0, 0, 13_500, 13_500, 0, 0} {
		if o := w.invoice(i[n].ID).Outstanding(); o != open {
			t.Errorf("invoice %d: %d outstanding, want %d", n, o, open)
		}
	}
	if n := active(w, today); n != 5 {
		t.Errorf("%d periods are active, want 5", n)
	}
	if n := one[int](w, `select count(*) from events where type = 'payment_recorded'`); n != 13 {
		t.Errorf("%d payments were told of", n)
	}
	read, err := w.st.Read(t.Context(), w.branch).Statement(s.ID)
	w.must(err)
	if read.Matched != 5 || read.Unmatched != 7 || read.Known != 1 {
		t.Errorf("read back as %+v", read)
	}
	// The queue is worked by hand.
	_, err = w.allocate(w.branch, got["T-5"].ID, cover.Allocation{InvoiceID: i[3].ID, Amount: 13_500})
	w.must(err)
}

func TestTheSameFileTwiceIsNothingNew(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.several(3)
	var lines []string
	for n, i := range i {
		lines = append(lines, line(13_500, fmt.Sprint("T-", n), i.PaymentCode))
	}
	first := w.reconciled(lines...)
	second := w.reconciled(lines...)
	if first.Matched != 3 || second.Known != 3 || second.Matched+second.Unmatched != 0 || first.SHA256 != second.SHA256 {
		t.Errorf("%+v\n%+v", first, second)
	}
	if n := one[int](w, `select count(*) from payments`); n != 3 {
		t.Errorf("%d payments", n)
	}
}

// The same file ten times at once, forwards and backwards, beside the notices of its
// payments: each reference is recorded once, and no invoice is paid too much.
func TestFilesAndNoticesAtOnceAreRecordedOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.several(6)
	var lines []string
	for n, i := range i {
		lines = append(lines, line(13_500, fmt.Sprint("T-", n), i.PaymentCode))
	}
	backwards := slices.Clone(lines)
	slices.Reverse(backwards)
	errs := together(16, func(n int) error {
		switch {
		case n < 5:
			_, err := w.reconcile(w.branch, lines...)
			return err
		case n < 10:
			_, err := w.reconcile(w.branch, backwards...)
			return err
		default:
			n -= 10
			_, err := w.pay(w.branch, payment(13_500, fmt.Sprint("T-", n), today, cover.Allocation{InvoiceID: i[n].ID, Amount: 13_500}))
			return err
		}
	})
	for n, err := range errs {
		if err != nil && n >= 10 {
			refused(t, err, "/reference", cover.PaymentReferenceTaken)
		} else {
			w.must(err)
		}
	}
	if n := one[int](w, `select count(*) from payments`); n != 6 {
		t.Errorf("%d payments", n)
	}
	if paid := one[int64](w, `select sum(paid) from invoices`); paid != 6*13_500 {
		t.Errorf("%d paid", paid)
	}
}

func TestOnlyAnOfficeReconciles(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.several(1)[0]
	_, err := w.reconcile(w.payer, line(1, "T-1", ""))
	refused(t, err, "", cover.PartyRoleRequired)
	// The code of an invoice of another office is no code here.
	s, err := w.reconcile(w.otherBranch, line(13_500, "T-1", i.PaymentCode))
	w.must(err)
	if s.Unmatched != 1 || w.invoice(i.ID).Paid != 0 {
		t.Errorf("%+v", s)
	}
	if _, err := w.st.Read(t.Context(), w.branch).Statement(s.ID); err == nil {
		t.Error("another office's statement is seen")
	}
}

func TestMoneyOfAFileThatCameBeforeItsInvoiceIsDoubted(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.several(1)[0]
	w.must(w.st.InTx(t.Context(), w.branch, func(tx *store.Tx) error {
		file := "saldo;tanggal;jumlah;referensi\n0;01/12/2024;13.500;" + i.PaymentCode + "\n"
		_, err := billing.ReconcileStatement(tx, []byte(file))
		if len(tx.Doubts) != 2 || tx.Doubts[0].Code != cover.ColumnIgnored || tx.Doubts[1].Pointer != "/lines/2/paid_on" ||
			tx.Doubts[1].Code != cover.PaymentBackdated {
			t.Errorf("doubts %+v", tx.Doubts)
		}
		return err
	}))
}

// TestAKnownReferenceThatSaysSomethingElseIsDoubted, and left alone.
func TestAKnownReferenceThatSaysSomethingElseIsDoubted(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.reconciled(line(100, "T-1", ""), line(100, "T-2", ""), line(100, "T-3", ""))
	w.must(w.st.InTx(t.Context(), w.branch, func(tx *store.Tx) error {
		file := "tanggal;jumlah;referensi\n02/12/2024;100;T-1\n02/12/2024;101;T-2\n01/12/2024;100;T-3\n"
		s, err := billing.ReconcileStatement(tx, []byte(file))
		if s.Known != 3 || len(tx.Doubts) != 2 {
			t.Fatalf("%+v, doubts %+v", s, tx.Doubts)
		}
		for n, at := range []string{"/lines/3/reference", "/lines/4/reference"} {
			d := tx.Doubts[n]
			if d.Code != cover.PaymentDiffers || d.Pointer != at || d.Params["paid_amount"] != cover.Rupiah(100) {
				t.Errorf("doubt %+v", d)
			}
		}
		return err
	}))
}

// The longest file there may be, half of it named, is one transaction of few questions.
func TestTheLongestStatement(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.several(1)[0]
	w.exec(`insert into invoices (id, agreement_id, organiser_id, payer_id, branch_id, month, number, payment_code, issued_on, due_on, officers,
			jkk, jkm, groups, version, created_at, updated_at)
		select gen_random_uuid(), agreement_id, organiser_id, payer_id, branch_id, month + make_interval(months => n), '2023/' || lpad(n::text, 6, '0'),
			'77' || lpad(n::text, 10, '0'), issued_on, due_on, 1, 1000 + n, 0, '[]', 1, now(), now()
		from invoices, generate_series(1, 5000) n where id = $1`, i.ID)
	var lines []string
	for n := range billing.MostStatementLines {
		lines = append(lines, line(cover.Rupiah(1000+n), fmt.Sprint("T-", n), fmt.Sprintf("iuran 77%010d", n)))
	}
	s := w.reconciled(lines...)
	if s.Matched != 5000 || s.Unmatched != 5000 {
		t.Errorf("%+v", s)
	}
	if open := one[int](w, `select count(*) from invoices where paid < total`); open != 1 {
		t.Errorf("%d invoices are open", open)
	}
}
