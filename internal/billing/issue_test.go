package billing_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

func TestIssuingNumbersAndFreezes(t *testing.T) {
	t.Parallel()
	w := given(t)
	draft := w.drafted(w.signed(), november)
	i, err := w.issue(w.branch, draft.ID)
	w.must(err)
	if i.Number != "2024/000001" || i.IssuedOn != today || len(i.PaymentCode) != 12 || i.Version != 2 {
		t.Errorf("issued %+v", i)
	}
	_, err = w.issue(w.branch, i.ID)
	refused(t, err, "", cover.InvoiceNotDraft)
}

func TestOnlyTheBranchIssuesAndVoids(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.drafted(w.signed(), november)
	_, err := w.issue(w.kpu, i.ID)
	refused(t, err, "", cover.PartyRoleRequired)
	_, err = w.void(w.payer, i.ID)
	refused(t, err, "", cover.PartyRoleRequired)
	_, err = w.issue(w.otherBranch, i.ID)
	refused(t, err, "", cover.ResourceUnknown)
}

func TestAStaleVersionIsRefused(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	_, err := store.Do(t.Context(), w.st, w.branch, func(tx *store.Tx) (cover.Invoice, error) {
		return billing.Void(tx, i.ID, 1, "Keliru")
	})
	refused(t, err, "", cover.VersionStale)
}

func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := given(t)
	const invoices = 20
	ids := make([]uuid.UUID, invoices)
	for i := range ids {
		a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
		w.people(a, roster[0])
		ids[i] = w.drafted(a, november).ID
	}
	// What is undone takes no number.
	undone := errors.New("undone")
	err := w.st.InTx(t.Context(), w.branch, func(tx *store.Tx) error {
		_, err := billing.Issue(tx, ids[0], 0, "")
		return errors.Join(err, undone)
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	numbers := make([]string, invoices)
	for _, err := range together(invoices, func(n int) error {
		i, err := w.issue(w.branch, ids[n])
		numbers[n] = i.Number
		return err
	}) {
		w.must(err)
	}
	slices.Sort(numbers)
	for i, got := range numbers {
		if want := fmt.Sprintf("2024/%06d", i+1); got != want {
			t.Errorf("number %d is %s, want %s", i, got, want)
		}
	}
}

func TestTheDatabaseKeepsWhatWasIssued(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	i := w.issued(a, november)
	w.paid(i.ID, 1_000, "SP2D-1", today)
	voided := w.drafted(a, december)
	_, err := w.void(w.branch, voided.ID)
	w.must(err)
	for _, sql := range []string{
		`update invoices set jkk = jkk + 1 where id = $1`,
		`update invoices set number = '2024/000009' where id = $1`,
		`update invoices set due_on = due_on + 30 where id = $1`,
		`update invoices set issued_on = null, number = '' where id = $1`,
		`update invoices set groups = '[]' where id = $1`,
		`delete from invoices where id = $1`,
		`update invoice_lines set jkm = jkm - 1 where invoice_id = $1`,
		`update invoice_lines set person_id = officer_id where invoice_id = $1`,
		`delete from invoice_lines where invoice_id = $1`,
		`insert into invoice_lines select invoice_id, (select id from coverage_periods c where not exists (
				select from invoice_lines l where l.coverage_period_id = c.id and l.invoice_id = $1) limit 1),
			officer_id, gen_random_uuid(), month, voided, position, role, wage_base, jkk, jkm, schedule
			from invoice_lines where invoice_id = $1 limit 1`,
		`update payments set amount = amount + 1 where id in (select payment_id from payment_allocations where invoice_id = $1)`,
		`delete from payment_allocations where invoice_id = $1`,
	} {
		w.people(a, roster[0]) // somebody for the late line
		refusedByTrigger(t, w, sql, i.ID)
	}
	refusedByTrigger(t, w, `update invoices set voided_on = null where id = $1`, voided.ID)
	refusedByTrigger(t, w, `update invoices set issued_on = '2024-12-02', number = '2024/000002' where id = $1`, voided.ID)
	// Whether a line is void follows its invoice and nothing else.
	if _, err := w.db.Exec(t.Context(), `update invoice_lines set voided = true where invoice_id = $1`, i.ID); err == nil {
		t.Error("a line was voided alone")
	}
}

// restrictViolation is how a trigger of the schema refuses.
const restrictViolation = "23001"

func refusedByTrigger(t *testing.T, w *world, sql string, id uuid.UUID) {
	t.Helper()
	_, err := w.db.Exec(t.Context(), sql, id)
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != restrictViolation {
		t.Errorf("%s: %v", sql, err)
	}
}

func TestStrangersSeeNothing(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	w.paid(i.ID, 1_000, "SP2D-1", today)
	id := one[uuid.UUID](w, `select id from payments`)
	for who, sees := range map[*store.Reader][2]bool{ // the invoice, the payment
		w.st.Read(t.Context(), w.branch):      {true, true},
		w.st.Read(t.Context(), w.payer):       {true, true},
		w.st.Read(t.Context(), w.kpu):         {true, false},
		w.st.Read(t.Context(), w.witness):     {},
		w.st.Read(t.Context(), w.elsewhere):   {},
		w.st.Read(t.Context(), w.otherBranch): {},
	} {
		kind, area := who.Actor().Kind, who.Actor().AreaCode
		_, errInvoice := who.Invoice(i.ID)
		_, errLines := who.InvoiceLines(i.ID, nil, store.Page{Limit: 50})
		_, errPayment := who.Payment(id)
		invoices, err := who.Invoices(store.InvoiceFilter{}, store.Page{Limit: 50})
		w.must(err)
		payments, err := who.Payments(store.PaymentFilter{}, store.Page{Limit: 50})
		w.must(err)
		if (errInvoice == nil) != sees[0] || (errLines == nil) != sees[0] || (len(invoices.Items) == 1) != sees[0] {
			t.Errorf("%s of %s: invoice %v, lines %v, %d listed", kind, area, errInvoice, errLines, len(invoices.Items))
		}
		if (errPayment == nil) != sees[1] || (len(payments.Items) == 1) != sees[1] {
			t.Errorf("%s of %s: payment %v, %d listed", kind, area, errPayment, len(payments.Items))
		}
	}
}

// The filter by status must say in SQL what StatusOn says in Go, for whatever can
// happen to an invoice.
func TestTheStatusFilterAgreesWithTheRule(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	month, seen := november, 0
	for _, issued := range []bool{false, true} {
		for _, voided := range []bool{false, true} {
			for _, paid := range []cover.Rupiah{0, 1, 10} {
				for _, due := range []cover.Date{today.Add(-1), today, today.Add(1)} {
					for _, total := range []cover.Rupiah{0, 10} {
						if paid > total || voided && paid > 0 {
							continue // the schema refuses it
						}
						seen++
						month = month.Add(1)
						w.exec(`insert into invoices (id, agreement_id, organiser_id, payer_id, branch_id, month, number, issued_on,
								due_on, officers, jkk, jkm, paid, groups, voided_on, version, created_at, updated_at)
							select gen_random_uuid(), id, organiser_id, payer_id, branch_id, $2::date, case when $3 then $2::text else '' end,
								case when $3 then $4::date end, $5::date, 1, $6, 0, $7, '[]', case when $8 then $4::date end, 1, now(), now()
							from agreements where id = $1`,
							a, month.First().String(), issued, today.String(), due.String(), total, paid, voided)
					}
				}
			}
		}
	}
	r := w.st.Read(t.Context(), w.branch)
	all, err := r.Invoices(store.InvoiceFilter{}, store.Page{Limit: 1000})
	w.must(err)
	if len(all.Items) != seen {
		t.Fatalf("%d invoices, want %d", len(all.Items), seen)
	}
	for chosen := range 1 << len(cover.InvoiceStatuses) {
		var statuses []cover.InvoiceStatus
		for n, s := range cover.InvoiceStatuses {
			if chosen&(1<<n) != 0 {
				statuses = append(statuses, s)
			}
		}
		var want []uuid.UUID
		for _, i := range all.Items {
			if len(statuses) == 0 || slices.Contains(statuses, i.StatusOn(today)) {
				want = append(want, i.ID)
			}
		}
		found, err := r.Invoices(store.InvoiceFilter{Statuses: statuses}, store.Page{Limit: 1000})
		w.must(err)
		var got []uuid.UUID
		for _, i := range found.Items {
			got = append(got, i.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %d found, want %d", statuses, len(got), len(want))
		}
	}
}

func TestInvoicesAreListedByTheDayTheyAreDue(t *testing.T) {
	t.Parallel()
	w := given(t)
	a, b := w.signed(), w.agreement(cover.BPU, w.kpu, w.payer, w.branch)
	w.people(b, member)
	ids := []uuid.UUID{w.drafted(a, december).ID, w.drafted(b, november).ID, w.drafted(a, november).ID, w.drafted(b, december).ID}
	want := []uuid.UUID{ids[1], ids[2], ids[3], ids[0]} // 15 November, 16 December twice, 15 January
	r := w.st.Read(t.Context(), w.kpu)
	for _, desc := range []bool{false, true} {
		var got []uuid.UUID
		for page := (store.Page{Limit: 1, By: "due_on", Desc: desc}); ; {
			listed, err := r.Invoices(store.InvoiceFilter{}, page)
			w.must(err)
			for _, i := range listed.Items {
				got = append(got, i.ID)
			}
			if page.After = listed.Next; page.After == nil {
				break
			}
		}
		if desc {
			slices.Reverse(got)
		}
		if !slices.Equal(got, want) {
			t.Errorf("desc %t: %v, want %v", desc, got, want)
		}
	}
	for name, tt := range map[string]struct {
		filter store.InvoiceFilter
		want   int
	}{
		"an agreement":      {store.InvoiceFilter{AgreementID: a}, 2},
		"a payer":           {store.InvoiceFilter{PayerID: w.payer.OrganisationID}, 4},
		"another payer":     {store.InvoiceFilter{PayerID: w.branch.OrganisationID}, 0},
		"a month":           {store.InvoiceFilter{Month: november}, 2},
		"the province":      {store.InvoiceFilter{AreaCode: "35"}, 4},
		"another province":  {store.InvoiceFilter{AreaCode: "32"}, 0},
		"due from a day on": {store.InvoiceFilter{DueFrom: cover.NewDate(2024, time.December, 16)}, 3},
		"due up to a day":   {store.InvoiceFilter{DueTo: cover.NewDate(2024, time.December, 16)}, 3},
	} {
		for _, how := range []store.Count{store.CountExactly, store.CountEstimated} {
			listed, err := r.Invoices(tt.filter, store.Page{Limit: 50, Count: how})
			w.must(err)
			if len(listed.Items) != tt.want || how == store.CountExactly && *listed.Total != int64(tt.want) {
				t.Errorf("%s: %d of %d, want %d", name, len(listed.Items), *listed.Total, tt.want)
			}
		}
	}
}
