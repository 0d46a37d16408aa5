package billing_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/billing"
	"naungan/internal/cover"
)

// run bills what is due, and returns what was done.
func (w *world) run(only ...cover.Month) billing.Ran {
	w.t.Helper()
	var month cover.Month
	if len(only) > 0 {
		month = only[0]
	}
	ran, err := billing.Run(w.t.Context(), w.st, month)
	w.must(err)
	return ran
}

func TestWhatIsDueIsBilledOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	a, b := w.signed(), w.agreement(cover.BPU, w.kpu, w.payer, w.branch)
	w.people(b, seat{"ppk", cover.RoleStaff, 1_000_000, 10_000, 6_800, 3})
	if got := w.run(); got != (billing.Ran{Issued: 3, Officers: 12 + 2*3}) {
		t.Errorf("on 2 December: %+v; want November for PU, November and December for BPU", got)
	}
	if got := w.run(); got != (billing.Ran{}) {
		t.Errorf("again: %+v", got)
	}
	for agreement, want := range map[uuid.UUID]int{a: 1, b: 2} {
		if got := one[int](w, `select count(*) from invoices where agreement_id = $1 and issued_on is not null`, agreement); got != want {
			t.Errorf("%d invoices, want %d", got, want)
		}
	}
}

func TestMissedMonthsAreCaughtUpInOrder(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	w.now = time.Date(2025, time.March, 3, 9, 0, 0, 0, time.UTC)
	if got := w.run(); got.Issued != 2 {
		t.Fatalf("%+v, want November and December, and nothing for January, which nobody's cover touches", got)
	}
	numbers := one[[]string](w, `select array_agg(number order by month) from invoices where agreement_id = $1`, a)
	if numbers[0] != "2025/000001" || numbers[1] != "2025/000002" {
		t.Errorf("numbers %v", numbers)
	}
}

func TestOneMonthAloneIsBilled(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.signed()
	w.now = time.Date(2025, time.March, 3, 9, 0, 0, 0, time.UTC)
	if got := w.run(december); got.Issued != 1 {
		t.Errorf("%+v", got)
	}
	if month := one[cover.Month](w, `select month from invoices`); month != december {
		t.Errorf("billed %s", month)
	}
}

func TestARunLeavesAlone(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(w *world, a uuid.UUID){
		"agreements that are billed by hand": func(w *world, a uuid.UUID) {
			w.exec(`update agreements set billing = 'manual' where id = $1`, a)
		},
		"agreements that are not signed": func(w *world, a uuid.UUID) {
			w.exec(`update agreements set signed_on = null where id = $1`, a)
		},
		"a month that was voided": func(w *world, a uuid.UUID) {
			_, err := w.void(w.branch, w.drafted(a, november).ID)
			w.must(err)
		},
		"months without cover": func(w *world, _ uuid.UUID) {
			w.exec(`update coverage_periods set cancelled_on = '2024-12-01'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := given(t)
			set(w, w.signed())
			if got := w.run(); got != (billing.Ran{}) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestADraftThatWaitsIsIssued(t *testing.T) {
	t.Parallel()
	w := given(t)
	draft := w.drafted(w.signed(), november)
	if got := w.run(); got != (billing.Ran{}) {
		t.Errorf("somebody's own draft is left to them: %+v", got)
	}
	w.exec(`update invoices set by_run = true`)
	if got := w.run(); got.Issued != 1 {
		t.Errorf("%+v", got)
	}
	if number := one[string](w, `select number from invoices where id = $1`, draft.ID); number == "" {
		t.Error("the draft waits still")
	}
}

// TestADraftWhoseCoverChangedIsMadeAnew: what waited for room is not issued for
// people whose cover is gone meanwhile.
func TestADraftWhoseCoverChangedIsMadeAnew(t *testing.T) {
	t.Parallel()
	w := given(t)
	draft := w.drafted(w.signed(), november)
	w.exec(`update invoices set by_run = true`)
	w.exec(`update coverage_periods set cancelled_on = '2024-12-01' where id = (select coverage_period_id from invoice_lines limit 1)`)
	if got := w.run(); got != (billing.Ran{Issued: 1, Officers: 11}) {
		t.Errorf("%+v", got)
	}
	if voided := one[bool](w, `select voided from invoices where id = $1`, draft.ID); !voided {
		t.Error("the old draft stands")
	}
}

// TestASupplementThatWasVoidedWaitsForSomebody, as every month does.
func TestASupplementThatWasVoidedWaitsForSomebody(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	w.run()
	w.people(a, member)
	w.exec(`update enrolments set completed_at = now()`)
	if got := w.run(); got.Issued != 1 {
		t.Fatalf("%+v", got)
	}
	_, err := w.void(w.branch, one[uuid.UUID](w, `select id from invoices where sequence = 1`))
	w.must(err)
	if got := w.run(); got != (billing.Ran{}) {
		t.Errorf("%+v", got)
	}
}

func TestWhoeverCameLaterIsBilledByASupplement(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	w.run()
	w.people(a, member)
	w.exec(`update enrolments set completed_at = $1 where agreement_id = $2`, w.now.Add(time.Minute), a)
	if got := w.run(); got != (billing.Ran{Issued: 1, Officers: 6}) {
		t.Fatalf("%+v", got)
	}
	if got := one[int](w, `select sequence from invoices where officers = 6`); got != 1 {
		t.Errorf("sequence %d", got)
	}
	if got := w.run(); got != (billing.Ran{}) {
		t.Errorf("again: %+v", got)
	}
	if twice := one[int](w, `select count(*) - count(distinct (person_id, month)) from invoice_lines`); twice != 0 {
		t.Errorf("%d people are billed twice", twice)
	}
}

func TestWhatNoBudgetHasRoomForStaysADraft(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	budget := uuid.New()
	w.exec(`insert into budgets (id, organisation_id, fiscal_year, stage, funding_source, reference, ceiling, agreement_ids, version,
			created_at, updated_at) values ($1, $2, 2024, 'nphd_1', 'nphd', 'NPHD', 76679, jsonb_build_array($3::text), 1, now(), now())`, budget, w.payer.OrganisationID, a)
	w.exec(`insert into budget_agreements (budget_id, agreement_id) values ($1, $2)`, budget, a)
	if got := w.run(); got != (billing.Ran{Drafted: 1}) {
		t.Fatalf("%+v", got)
	}
	w.exec(`update budgets set ceiling = 76680`)
	if got := w.run(); got != (billing.Ran{Issued: 1, Officers: 12}) {
		t.Errorf("with room: %+v", got)
	}
	if charged := one[uuid.UUID](w, `select budget_id from invoices`); charged != budget {
		t.Errorf("charged to %s", charged)
	}
}

// Two processes, and people who bill by hand at the same time.
func TestManyRunsAtOnceBillOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	var agreements []uuid.UUID
	for range 8 {
		agreements = append(agreements, w.signed())
	}
	w.now = time.Date(2025, time.March, 3, 9, 0, 0, 0, time.UTC)
	issued := make([]int64, 4)
	errs := together(6, func(n int) error {
		if n >= len(issued) {
			for _, a := range agreements {
				if _, err := w.draft(w.branch, a, november); err != nil && cover.KindOf(err) != cover.Conflict {
					return err
				}
			}
			return nil
		}
		ran, err := billing.Run(t.Context(), w.st, cover.Month{})
		issued[n] = ran.Issued
		return err
	})
	w.must(errors.Join(errs...))
	if got := one[int](w, `select count(*) from invoices`); got != 16 {
		t.Errorf("%d invoices of 16", got)
	}
	if got := one[int](w, `select count(*) from invoices where (issued_on is null) = by_run`); got != 0 {
		t.Errorf("%d are issued that were drafted by hand, or are not although a run drafted them", got)
	}
	if gaps := one[int](w, `select max(substr(number, 6)::int) - count(*) from invoices where number <> ''`); gaps != 0 {
		t.Errorf("%d numbers are missing", gaps)
	}
	if lines := one[int](w, `select count(*) from invoice_lines`); lines != 8*12*2 {
		t.Errorf("%d lines", lines)
	}
}
