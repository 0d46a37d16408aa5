package billing_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

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
		&w.payer: true, &w.kpu: true, &w.branch: true, &w.witness: false, &w.elsewhere: false, &w.otherBranch: false,
	} {
		_, err := w.st.Read(t.Context(), *who).Budget(b.ID)
		if (err == nil) != sees {
			t.Errorf("%s of %s: %v", who.Kind, who.AreaCode, err)
		}
	}
}

// TestOthersAreToldOfTheAgreementsThatTheySee, and no more of them.
func TestOthersAreToldOfTheAgreementsThatTheySee(t *testing.T) {
	t.Parallel()
	w := given(t)
	mine, theirs := w.signed(), w.agreement(cover.PU, w.elsewhere, w.payer, w.otherBranch)
	b := w.budget(cover.StageAPBD, 100, mine, theirs)
	for who, want := range map[*access.Actor][]uuid.UUID{&w.payer: {mine, theirs}, &w.kpu: {mine}, &w.otherBranch: {theirs}} {
		r := w.st.Read(t.Context(), *who)
		read, err := r.Budget(b.ID)
		w.must(err)
		listed, err := r.Budgets(store.BudgetFilter{}, store.Page{Limit: 10})
		w.must(err)
		if !slices.Equal(read.AgreementIDs, want) || len(listed.Items) != 1 || !slices.Equal(listed.Items[0].AgreementIDs, want) {
			t.Errorf("%s: %v, %v, want %v", who.Kind, read.AgreementIDs, listed.Items, want)
		}
		for agreement, told := range map[uuid.UUID]bool{mine: slices.Contains(want, mine), theirs: slices.Contains(want, theirs)} {
			found, err := r.Budgets(store.BudgetFilter{AgreementID: agreement}, store.Page{Limit: 10})
			w.must(err)
			if (len(found.Items) == 1) != told {
				t.Errorf("%s asks for %s: %d budgets", who.Kind, agreement, len(found.Items))
			}
		}
	}
	listed, err := w.st.Read(t.Context(), w.witness).Budgets(store.BudgetFilter{}, store.Page{Limit: 10})
	w.must(err)
	if len(listed.Items) != 0 {
		t.Errorf("a witness is told %v", listed.Items)
	}
}

// TestACeilingIsRaisedWhileAnAgreementIsBilled: whoever bills holds the agreement, and
// asks for the budget afterwards.
func TestACeilingIsRaisedWhileAnAgreementIsBilled(t *testing.T) {
	t.Parallel()
	w := given(t)
	a, other := w.signed(), w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	b := w.budget(cover.StageAPBD, 100, a)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	amend := func(amend func(*cover.Budget)) error {
		return w.st.InTx(ctx, w.payer, func(tx *store.Tx) error { _, err := billing.AmendBudget(tx, b.ID, 0, amend); return err })
	}
	added := make(chan error, 1)
	w.must(w.st.InTx(ctx, w.branch, func(tx *store.Tx) error {
		for _, id := range []uuid.UUID{a, other} {
			if _, err := tx.LockAgreement(id, 0); err != nil {
				return err
			}
		}
		w.must(amend(func(b *cover.Budget) { b.Ceiling = 200 }))
		go func() { added <- amend(func(b *cover.Budget) { b.AgreementIDs = append(b.AgreementIDs, other) }) }()
		time.Sleep(300 * time.Millisecond) // it waits for the agreement, and holds no budget
		_, err := tx.LockBudgets(a, 2024)
		return err
	}))
	w.must(<-added)
	read, err := w.st.Read(t.Context(), w.kpu).Budget(b.ID)
	w.must(err)
	if read.Ceiling != 200 || !slices.Equal(read.AgreementIDs, []uuid.UUID{a, other}) {
		t.Errorf("%+v", read)
	}
	paying, err := w.st.Read(t.Context(), w.kpu).BudgetsFor(other, 2024)
	w.must(err)
	if len(paying) != 1 {
		t.Errorf("%d budgets pay for what was added", len(paying))
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
