package billing_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// today is a Monday.
var today = cover.NewDate(2024, time.December, 2)

var november, december = cover.NewMonth(2024, time.November), cover.NewMonth(2024, time.December)

// world is a database with an election body, who pays for it, its BPJS office and
// some who have nothing to do with it.
type world struct {
	t  *testing.T
	st *store.Store
	db *pgx.Conn

	kpu, payer, branch, witness, elsewhere, otherBranch access.Actor
}

var keysOnce = sync.OnceValues(keys.Generate)

func given(t *testing.T) *world {
	t.Helper()
	url := pgtest.New(t)
	w := &world{t: t}
	document, err := keysOnce()
	w.must(err)
	k, err := keys.Load(document)
	w.must(err)
	now := time.Date(2024, time.December, 2, 9, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	w.st, err = store.Open(t.Context(), url, k, func() time.Time { return now })
	w.must(err)
	t.Cleanup(w.st.Close)
	rules, err := tariff.Embedded()
	w.must(err)
	w.must(w.st.LoadTariff(t.Context(), rules))
	w.db, err = pgx.Connect(t.Context(), url)
	w.must(err)
	t.Cleanup(func() { _ = w.db.Close(context.Background()) })
	w.kpu = w.organisation(cover.KPU, "35.07")
	w.payer = w.organisation(cover.RegionalGovernment, "35.07")
	w.branch = w.organisation(cover.BPJSOffice, "35.07")
	w.witness = w.organisation(cover.OtherOrganisation, "35.07")
	w.elsewhere = w.organisation(cover.KPU, "32.01")
	w.otherBranch = w.organisation(cover.BPJSOffice, "32.01")
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(w.t.Context(), sql, args...)
	w.must(err)
}

// one reads a single value.
func one[T any](w *world, sql string, args ...any) (v T) {
	w.t.Helper()
	w.must(w.db.QueryRow(w.t.Context(), sql, args...).Scan(&v))
	return v
}

func (w *world) organisation(kind cover.OrganisationKind, area string) access.Actor {
	w.t.Helper()
	id := uuid.Must(uuid.NewV7())
	w.exec(`insert into organisations (id, kind, level, area_code, name, time_zone, registered_by, version, created_at, updated_at)
		values ($1, $2, 'regency', $3, $2, 'Asia/Jakarta', $1, 1, now(), now())`, id, kind, area)
	return access.Actor{
		ClientID: uuid.Must(uuid.NewV7()), OrganisationID: id, Kind: kind, Level: "regency", AreaCode: area, TimeZone: "Asia/Jakarta",
	}
}

// agreement signs one for November 2024 to January 2025.
func (w *world) agreement(segment cover.Segment, organiser, payer, branch access.Actor) uuid.UUID {
	w.t.Helper()
	id, enrolment := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	w.exec(`insert into agreements (id, title, positions, segment, risk_class, wage_base_policy, funding_source, starts_on, ends_on,
			legal_bases, organiser_id, payer_id, branch_id, signed_on, version, created_at, updated_at)
		values ($1, 'PKS', '[]', $2, 'i', 'honorarium', 'apbd', '2024-11-07', '2025-01-27', '[]', $3, $4, $5, '2024-11-01', 1, now(), now())`,
		id, segment, organiser.OrganisationID, payer.OrganisationID, branch.OrganisationID)
	for i, party := range []struct {
		who  access.Actor
		role cover.PartyRole
	}{{organiser, cover.Organiser}, {payer, cover.Payer}, {branch, cover.Branch}, {w.witness, cover.Witness}} {
		w.exec(`insert into agreement_parties (agreement_id, ordinal, organisation_id, role) values ($1, $2, $3, $4)`,
			id, i, party.who.OrganisationID, party.role)
	}
	w.exec(`insert into enrolments (id, agreement_id, enrolled, already_enrolled, skipped, monthly_premium, created_at)
		values ($1, $2, 0, 0, '[]', 0, now())`, enrolment, id)
	return id
}

// seat is a position and role with what a month of its cover costs.
type seat struct {
	position  string
	role      cover.Role
	wage      cover.Rupiah
	jkk, jkm  cover.Rupiah
	headcount int
}

// The seats of examples C01 to C07: the chairs of a district and a village
// committee, a voter registrar, and one polling station with its guards.
var (
	member = seat{"kpps", cover.RoleMember, 1_100_000, 2_640, 3_300, 6}
	roster = []seat{
		{"ppk", cover.RoleChair, 2_500_000, 6_000, 7_500, 1},
		{"pps", cover.RoleChair, 1_500_000, 3_600, 4_500, 1},
		{"pantarlih", cover.RoleMember, 1_000_000, 2_400, 3_000, 1},
		{"kpps", cover.RoleChair, 1_200_000, 2_880, 3_600, 1},
		member,
		{"linmas", cover.RoleMember, 700_000, 1_680, 2_100, 2},
	}
)

// covered puts somebody on a seat under an agreement, and returns the period.
func (w *world) covered(agreement, person uuid.UUID, s seat, from, to string) uuid.UUID {
	w.t.Helper()
	officer, period := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	w.exec(`insert into officers (id, organisation_id, person_id, personal, digest, external_id, full_name, born_on, sex, position, role,
			area_code, term_from, term_to, honorarium, version, created_at, updated_at)
		select $1::uuid, organiser_id, $2, '', gen_random_uuid(), $1::text, 'Siti', '1990-01-01', 'female', $3, $4, '35.07.03.2001', $5::date, $6, $7, 1, now(), now()
		from agreements where id = $8`, officer, person, s.position, s.role, from, to, s.wage, agreement)
	w.exec(`insert into coverage_periods (id, officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, segment, wage_base,
			jkk, jkm, schedule, version, created_at, updated_at)
		select $1, $2, $3, a.id, e.id, $4::date, $5, a.segment, $6, $7, $8, 'pu-2015-07', 1, now(), now()
		from agreements a join enrolments e on e.agreement_id = a.id where a.id = $9`,
		period, officer, person, from, to, s.wage, s.jkk, s.jkm, agreement)
	return period
}

// people covers everybody on some seats from 7 November to 8 December.
func (w *world) people(agreement uuid.UUID, seats ...seat) {
	w.t.Helper()
	for _, s := range seats {
		for range s.headcount {
			w.covered(agreement, uuid.New(), s, "2024-11-07", "2024-12-08")
		}
	}
}

// signed is an agreement with the whole roster under it.
func (w *world) signed() uuid.UUID {
	w.t.Helper()
	a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	w.people(a, roster...)
	return a
}

func (w *world) draft(who access.Actor, agreement uuid.UUID, month cover.Month) (cover.Invoice, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.Invoice, error) {
		return billing.Draft(tx, billing.Drafting{AgreementID: agreement, Month: month})
	})
}

func (w *world) issue(who access.Actor, id uuid.UUID) (cover.Invoice, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.Invoice, error) {
		return billing.Issue(tx, id, 0, "")
	})
}

func (w *world) void(who access.Actor, id uuid.UUID) (cover.Invoice, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.Invoice, error) {
		return billing.Void(tx, id, 0, "Daftar belum lengkap")
	})
}

func (w *world) pay(who access.Actor, p cover.Payment) (cover.Payment, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (cover.Payment, error) {
		return billing.RecordPayment(tx, p)
	})
}

// drafted drafts the invoice of an agreement and month as its branch.
func (w *world) drafted(agreement uuid.UUID, month cover.Month) cover.Invoice {
	w.t.Helper()
	i, err := w.draft(w.branch, agreement, month)
	w.must(err)
	return i
}

// issued drafts and issues the invoice of an agreement and month.
func (w *world) issued(agreement uuid.UUID, month cover.Month) cover.Invoice {
	w.t.Helper()
	i, err := w.issue(w.branch, w.drafted(agreement, month).ID)
	w.must(err)
	return i
}

// paid records money for one invoice.
func (w *world) paid(invoice uuid.UUID, amount cover.Rupiah, reference string, on cover.Date) {
	w.t.Helper()
	_, err := w.pay(w.branch, payment(amount, reference, on, cover.Allocation{InvoiceID: invoice, Amount: amount}))
	w.must(err)
}

func payment(amount cover.Rupiah, reference string, on cover.Date, allocations ...cover.Allocation) cover.Payment {
	return cover.Payment{PaidOn: on, Amount: amount, Reference: reference, Allocations: allocations}
}

// refused holds an error against a code, or the code of its only fault and its
// place.
func refused(t *testing.T, err error, pointer string, code cover.Code) cover.Params {
	t.Helper()
	e, ok := errors.AsType[*cover.Error](err)
	switch {
	case !ok:
		t.Fatalf("got %v, want %s", err, code)
	case pointer == "" && e.Code == code:
		return e.Params
	case len(e.Faults) == 1 && e.Faults[0].Pointer == pointer && e.Faults[0].Code == code:
		return e.Faults[0].Params
	}
	t.Fatalf("got %v %+v, want %s at %q", e, e.Faults, code, pointer)
	return nil
}

// together runs n at once and returns their errors.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}
