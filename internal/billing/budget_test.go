package billing_test

import (
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

func (w *world) setBudget(who access.Actor, b cover.Budget) (cover.Budget, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.Budget, error) { return billing.SetBudget(tx, b) })
}

func (w *world) amendBudget(who access.Actor, id uuid.UUID, amend func(*cover.Budget)) (cover.Budget, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.Budget, error) {
		return billing.AmendBudget(tx, id, 0, amend)
	})
}

// budget is one of 2024 that the payer sets.
func (w *world) budget(stage cover.BudgetStage, ceiling cover.Rupiah, agreements ...uuid.UUID) cover.Budget {
	w.t.Helper()
	b, err := w.setBudget(w.payer, paper(stage, ceiling, agreements...))
	w.must(err)
	return b
}

func paper(stage cover.BudgetStage, ceiling cover.Rupiah, agreements ...uuid.UUID) cover.Budget {
	return cover.Budget{
		FiscalYear: 2024, Stage: stage, FundingSource: "nphd", Reference: "900/12/NPHD/2024", Ceiling: ceiling, AgreementIDs: agreements,
	}
}

// worth makes a draft ask for an amount.
func (w *world) worth(draft uuid.UUID, amount cover.Rupiah) {
	w.t.Helper()
	w.exec(`update invoices set jkk = $2, jkm = 0 where id = $1`, draft, amount)
}

// TestInvoicesAreChargedStageByStage is example N06: 29,286,275,000 in 40/60.
func TestInvoicesAreChargedStageByStage(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	second := w.budget(cover.StageNPHD2, 17_571_765_000, a)
	first := w.budget(cover.StageNPHD1, 11_714_510_000, a)
	if first.Ceiling+second.Ceiling != 29_286_275_000 {
		t.Fatal(first.Ceiling + second.Ceiling)
	}
	nov, dec := w.drafted(a, november), w.drafted(a, december)
	w.worth(nov.ID, 11_714_510_000)
	w.worth(dec.ID, 17_571_765_001)
	i, err := w.issue(w.branch, nov.ID)
	w.must(err)
	if i.BudgetID.UUID != first.ID {
		t.Errorf("charged to %v, want the first stage", i.BudgetID)
	}
	_, err = w.issue(w.branch, dec.ID)
	params := refused(t, err, "", cover.BudgetExceeded)
	if params["remaining"] != cover.Rupiah(17_571_765_000) || params["total"] != cover.Rupiah(17_571_765_001) {
		t.Errorf("params %v", params)
	}
	w.worth(dec.ID, 17_571_765_000)
	i, err = w.issue(w.branch, dec.ID)
	w.must(err)
	if i.BudgetID.UUID != second.ID {
		t.Errorf("charged to %v, want the second stage", i.BudgetID)
	}
	listed, err := w.st.Read(t.Context(), w.kpu).Budgets(store.BudgetFilter{AgreementID: a}, store.Page{Limit: 50})
	w.must(err)
	for _, b := range listed.Items {
		if b.Remaining() != 0 {
			t.Errorf("%s still has %d", b.Stage, b.Remaining())
		}
	}
	if len(listed.Items) != 2 {
		t.Errorf("%d budgets", len(listed.Items))
	}
}

// Ten invoices of one rupiah each are issued at once, and the budget has four.
func TestTwoInvoicesDoNotTakeTheSameRoom(t *testing.T) {
	t.Parallel()
	w := given(t)
	var drafts, agreements []uuid.UUID
	for range 10 {
		a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
		w.people(a, roster[0])
		d := w.drafted(a, november).ID
		w.worth(d, 1)
		drafts, agreements = append(drafts, d), append(agreements, a)
	}
	b := w.budget(cover.StageAPBD, 4, agreements...)
	var issued atomic.Int32
	for _, err := range together(10, func(n int) error { _, err := w.issue(w.branch, drafts[n]); return err }) {
		if err == nil {
			issued.Add(1)
			continue
		}
		refused(t, err, "", cover.BudgetExceeded)
	}
	read, err := w.st.Read(t.Context(), w.payer).Budget(b.ID)
	w.must(err)
	if issued.Load() != 4 || read.Remaining() != 0 {
		t.Errorf("%d issued, %d remain", issued.Load(), read.Remaining())
	}
}

// An agreement is taken out of its budget while its invoice is issued: one of them
// comes first, and the other sees it.
func TestNothingIsChargedToABudgetThatLetGo(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	i := w.drafted(a, november)
	b := w.budget(cover.StageAPBD, 1_000_000, a)
	errs := together(2, func(n int) error {
		if n == 0 {
			_, err := w.issue(w.branch, i.ID)
			return err
		}
		_, err := w.amendBudget(w.payer, b.ID, func(b *cover.Budget) { b.AgreementIDs = nil })
		return err
	})
	w.must(errs[0])
	charged := one[int](w, `select count(*) from invoices where budget_id is not null`)
	if (charged == 1) != (errs[1] != nil) {
		t.Errorf("%d invoices are charged, amending: %v", charged, errs[1])
	}
}

func TestBudgetsAreOfThoseWhoPay(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	self := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	w.exec(`update agreements set payer_id = null where id = $1`, self)
	strangers := w.agreement(cover.PU, w.elsewhere, w.organisation(cover.RegionalGovernment, "32.01"), w.otherBranch)
	_, err := w.setBudget(w.kpu, paper(cover.StageOther, 1, self))
	w.must(err)
	for name, tt := range map[string]struct {
		who     access.Actor
		budget  cover.Budget
		pointer string
		code    cover.Code
	}{
		"the organiser of what another pays": {w.kpu, paper("apbd", 1, self, a), "/agreement_ids/1", cover.PartyRoleRequired},
		"the payer of others' own money":     {w.payer, paper("apbd", 1, a, self), "/agreement_ids/1", cover.PartyRoleRequired},
		"an agreement one does not see":      {w.payer, paper("apbd", 1, strangers), "/agreement_ids/0", cover.AgreementUnknown},
		"no money":                           {w.payer, paper("apbd", 0, a), "/ceiling_amount", cover.AmountNotPositive},
		"too many noughts":                   {w.payer, paper("apbd", cover.MostPaid+1, a), "/ceiling_amount", cover.AmountImplausible},
		"a blank paper":                      {w.payer, cover.Budget{FiscalYear: 2024, Stage: "apbd", Reference: " ", Ceiling: 1}, "/reference", cover.Blank},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.setBudget(tt.who, tt.budget)
			refused(t, err, tt.pointer, tt.code)
		})
	}
	b := w.budget(cover.StageNPHD1, 100, a)
	_, err = w.setBudget(w.payer, paper(cover.StageNPHD1, 200))
	refused(t, err, "/reference", cover.BudgetTaken)
	_, err = w.amendBudget(w.kpu, b.ID, func(*cover.Budget) {})
	refused(t, err, "", cover.PartyRoleRequired)
	for who, sees := range map[*access.Actor]bool{
		&w.payer: true, &w.kpu: true, &w.branch: true, &w.witness: true, &w.elsewhere: false, &w.otherBranch: false,
	} {
		_, err := w.st.Read(t.Context(), *who).Budget(b.ID)
		if (err == nil) != sees {
			t.Errorf("%s of %s: %v", who.Kind, who.AreaCode, err)
		}
	}
}

func TestABudgetKeepsWhatIsCommitted(t *testing.T) {
	t.Parallel()
	w := given(t)
	a, other := w.signed(), w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	b := w.budget(cover.StageAPBD, 100_000, a, other)
	i := w.issued(a, november)
	_, err := w.amendBudget(w.payer, b.ID, func(b *cover.Budget) { b.Ceiling = i.Total() - 1 })
	if params := refused(t, err, "/ceiling_amount", cover.BudgetCommitted); params["committed"] != i.Total() {
		t.Errorf("params %v", params)
	}
	_, err = w.amendBudget(w.payer, b.ID, func(b *cover.Budget) { b.AgreementIDs = []uuid.UUID{other} })
	refused(t, err, "/agreement_ids", cover.BudgetCommitted)
	after, err := w.amendBudget(w.payer, b.ID, func(b *cover.Budget) { b.Ceiling, b.AgreementIDs = i.Total(), []uuid.UUID{a} })
	w.must(err)
	if after.Remaining() != 0 || after.Version != 2 {
		t.Errorf("amended %+v", after)
	}
	read, err := w.st.Read(t.Context(), w.payer).Budget(b.ID)
	w.must(err)
	if read.Committed != i.Total() || len(read.AgreementIDs) != 1 {
		t.Errorf("read back as %+v", read)
	}
	// What is taken back gives room again, and a void invoice all of it.
	lines := w.lines(i.ID)
	w.credited(cover.Crediting{InvoiceID: i.ID, Periods: lines[:1], Reason: "Keliru"})
	read, err = w.st.Read(t.Context(), w.payer).Budget(b.ID)
	w.must(err)
	if want := w.premium(lines[0]); read.Remaining() != want {
		t.Errorf("%d remain, want %d", read.Remaining(), want)
	}
}

func TestADraftThatNoBudgetHasRoomForIsDoubted(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	doubts := func(month cover.Month) (found cover.Faults) {
		w.must(w.st.InTx(t.Context(), w.branch, func(tx *store.Tx) error {
			_, err := billing.Draft(tx, billing.Drafting{AgreementID: a, Month: month})
			found = tx.Doubts
			return err
		}))
		return found
	}
	if found := doubts(december); len(found) != 0 {
		t.Errorf("without budgets: %v", found)
	}
	w.budget(cover.StageAPBD, 76_679, a)
	found := doubts(november)
	if len(found) != 1 || found[0].Code != cover.BudgetShort || found[0].Params["remaining"] != cover.Rupiah(76_679) {
		t.Errorf("doubts %v", found)
	}
}
