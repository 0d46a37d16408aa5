package claims_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/reference"
	"naungan/internal/store"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// documentOnce is the key document of every database here, for a store refuses one
// that was written with other keys.
var documentOnce = sync.OnceValues(keys.Generate)

func openStore(ctx context.Context, url string, now func() time.Time) (*store.Store, error) {
	document, err := documentOnce()
	if err != nil {
		return nil, err
	}
	k, err := keys.Load(document)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, url, k, now)
}

func loadReference(ctx context.Context, url string) error {
	st, err := openStore(ctx, url, time.Now)
	if err != nil {
		return err
	}
	defer st.Close()
	return reference.Load(ctx, st)
}

// world is a KPU whose officers a branch covers and a regency pays for, and a
// clock to set.
type world struct {
	*testing.T
	*place
}

// place is what the parts of a test share.
type place struct {
	store  *store.Store
	db     *pgx.Conn
	now    time.Time
	people int

	kpu, branch, payer access.Actor
	agreement          cover.Agreement // for PU
}

// given is a world in a zone. It is Friday, 29 November 2024.
func given(t *testing.T, zone string) *world {
	t.Helper()
	t.Parallel()
	w := &world{t, &place{now: instant("2024-11-29T02:00:00Z")}}
	url := pgtest.NewWith(t, "reference", loadReference)
	var err error
	w.store, err = openStore(t.Context(), url, func() time.Time { return w.now })
	w.must(err)
	t.Cleanup(w.store.Close)
	w.db, err = pgx.Connect(t.Context(), url)
	w.must(err)
	t.Cleanup(func() { w.must(w.db.Close(context.Background())) })
	w.kpu = w.organisation(cover.KPU, regency, "35.15", zone)
	w.branch = w.organisation(cover.BPJSOffice, regency, "35.15", zone)
	w.payer = w.organisation(cover.RegionalGovernment, regency, "35.15", zone)
	w.agreement = w.agree(cover.PU, w.kpu, w.branch)
	return w
}

const (
	regency  = cover.OrganisationLevel(cover.Regency)
	province = cover.OrganisationLevel(cover.Province)
)

// in is the same world for a part of the test.
func (w *world) in(t *testing.T) *world { return &world{t, w.place} }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// organisation registers a body and returns one of its clients.
func (w *world) organisation(kind cover.OrganisationKind, level cover.OrganisationLevel, area, zone string) access.Actor {
	w.Helper()
	o := cover.Organisation{Kind: kind, Level: level, AreaCode: area, Name: string(kind), TimeZone: zone, Version: 1}
	w.do(access.Actor{}, func(tx *store.Tx) error { return tx.InsertOrganisation(&o) })
	return access.Actor{
		ClientID: uuid.New(), OrganisationID: o.ID, Kind: kind, Level: level, AreaCode: area, TimeZone: zone, RequestID: "test",
	}
}

// colleague is another client of the same organisation.
func colleague(who access.Actor) access.Actor {
	who.ClientID = uuid.New()
	return who
}

// agree signs an agreement that runs from 2015 to 2030, so that days are chosen by
// what a test is about.
func (w *world) agree(segment cover.Segment, organiser, branch access.Actor) cover.Agreement {
	w.Helper()
	parties := []cover.Party{{OrganisationID: organiser.OrganisationID, Role: cover.Organiser}}
	if branch.OrganisationID != organiser.OrganisationID {
		parties = append(parties, cover.Party{OrganisationID: branch.OrganisationID, Role: cover.Branch},
			cover.Party{OrganisationID: w.payer.OrganisationID, Role: cover.Payer})
	}
	a := cover.Agreement{
		AgreementTerms: cover.AgreementTerms{
			Title: "PKS", Parties: parties, Positions: []cover.AgreementPosition{{Position: "pps", Included: true}},
			Segment: segment, RiskClass: "i", WageBasePolicy: cover.BaseHonorarium, FundingSource: "apbd",
			StartsOn: day("2015-07-01"), EndsOn: day("2030-12-31"), LegalBases: []string{},
			MonthRule: cover.MonthsByCalendar, Billing: cover.BilledManually,
		},
		OrganiserID: organiser.OrganisationID, BranchID: branch.OrganisationID, SignedOn: day("2015-07-01"), Version: 1,
	}
	if len(parties) > 1 {
		a.PayerID = uuid.NullUUID{UUID: w.payer.OrganisationID, Valid: true}
	}
	w.do(organiser, func(tx *store.Tx) error { return tx.InsertAgreement(&a) })
	return a
}

// officer is a new one of the KPU on duty from one day to another.
func (w *world) officer(from, to string) cover.Officer {
	w.Helper()
	w.people++
	o := cover.Officer{
		OrganisationID: w.kpu.OrganisationID, ExternalID: fmt.Sprint(w.people), FullName: "Budi Contoh", BornOn: day("1989-08-05"),
		Personal: cover.Personal{NIK: cover.NIK(fmt.Sprintf("351501050889%04d", w.people))}, Sex: "male", Position: "pps",
		Role: cover.RoleMember, AreaCode: "35.15.01.2001", TermFrom: day(from), TermTo: day(to), Version: 1,
	}
	w.do(w.kpu, func(tx *store.Tx) error { return tx.InsertOfficer(&o) })
	return o
}

// period is cover for the whole of an officer's term, active from a day on; never,
// if that is empty.
func (w *world) period(o cover.Officer, a cover.Agreement, base cover.Rupiah, activated string) uuid.UUID {
	w.Helper()
	enrolment, id := uuid.New(), uuid.New()
	w.sql(`insert into enrolments values ($1, $2, 1, 0, '[]', 0, now())`, enrolment, a.ID)
	w.sql(`insert into coverage_periods (id, officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, segment, wage_base,
			jkk, jkm, schedule, activated_on, version, created_at, updated_at)
		select $1, id, person_id, $2, $3, term_from, term_to, $4, $5, 1000, 1000, 'test', nullif($6, '')::date, 1, now(), now()
		from officers where id = $7`, id, a.ID, enrolment, a.Segment, base, activated, o.ID)
	return id
}

// paid is an invoice of a month that bills one period 2000, of which so much is
// paid.
func (w *world) paid(period uuid.UUID, month string, amount cover.Rupiah) {
	w.Helper()
	id, first := uuid.New(), month+"-01"
	w.sql(`insert into invoices (id, agreement_id, organiser_id, branch_id, month, due_on, officers, jkk, jkm, groups, version,
			created_at, updated_at)
		select $1, a.id, a.organiser_id, a.branch_id, $2::text::date, $2::text::date, 1, 1000, 1000, '[]', 1, now(), now()
		from coverage_periods c join agreements a on a.id = c.agreement_id where c.id = $3`, id, first, period)
	w.sql(`insert into invoice_lines (invoice_id, coverage_period_id, officer_id, person_id, month, position, role, wage_base,
			jkk, jkm, schedule)
		select $1, id, officer_id, person_id, $2::text::date, 'pps', 'member', wage_base, jkk, jkm, schedule
		from coverage_periods where id = $3`, id, first, period)
	w.sql(`update invoices set issued_on = $2::text::date, number = $1::text, paid = $3 where id = $1::text::uuid`, id.String(), first, amount)
}

// covered is an officer on duty and under active cover from one day to another.
func (w *world) covered(base cover.Rupiah, from, to string) cover.Officer {
	w.Helper()
	o := w.officer(from, to)
	w.period(o, w.agreement, base, from)
	return o
}

func (w *world) sql(statement string, args ...any) {
	w.Helper()
	_, err := w.db.Exec(w.Context(), statement, args...)
	w.must(err)
}

func (w *world) do(who access.Actor, verb func(*store.Tx) error) {
	w.Helper()
	w.must(w.store.InTx(w.Context(), who, verb))
}

// told is a report by which an officer died, or was injured, at an instant.
func told(o cover.Officer, kind cover.IncidentKind, outcome cover.IncidentOutcome, at string) cover.Report {
	return cover.Report{
		OfficerID: o.ID, Kind: kind, Outcome: outcome, OccurredAt: instant(at), Place: "Balai desa",
		Account: cover.Account{Narrative: "Pingsan saat rekapitulasi.", NotifierName: "Wati Contoh", NotifierPhone: "081200000001"},
	}
}

// report has an incident reported, and returns what the reporter was warned of.
func (w *world) report(who access.Actor, in cover.Report) (i cover.Incident, doubts cover.Faults, err error) {
	err = w.store.InTx(w.Context(), who, func(tx *store.Tx) error {
		i, err = claims.Report(tx, in)
		doubts = tx.Doubts
		return err
	})
	return i, doubts, err
}

func (w *world) reported(in cover.Report) cover.Incident {
	w.Helper()
	i, _, err := w.report(w.kpu, in)
	w.must(err)
	return i
}

func (w *world) open(who access.Actor, i cover.Incident, p cover.Programme, items ...cover.BenefitItem) (cover.Claim, error) {
	in := cover.Opening{IncidentID: i.ID, Programme: p, Items: items}
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Claim, error) { return claims.Open(tx, in) })
}

func (w *world) submit(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Claim, error) {
		return claims.Submit(tx, c.ID, store.Version(c.Version))
	})
}

func (w *world) approve(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Claim, error) { return claims.Approve(tx, c.ID, 0) })
}

func (w *world) reject(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Claim, error) {
		return claims.Reject(tx, c.ID, 0, "documents_incomplete", "Surat keterangan ahli waris belum ada.")
	})
}

func (w *world) pay(who access.Actor, c cover.Claim, on string) (cover.Claim, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Claim, error) {
		return claims.Pay(tx, c.ID, 0, day(on), "TRF-20241206-77")
	})
}

// submitted is a claim for a death at work that the branch is to decide.
func (w *world) submitted() cover.Claim {
	w.Helper()
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	c, err := w.open(w.kpu, w.reported(told(o, cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00")), cover.JKK)
	w.must(err)
	c, err = w.submit(w.kpu, c)
	w.must(err)
	return c
}

func day(s string) cover.Date {
	d, err := cover.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func instant(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return at
}
