package claims_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
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
	ministry           access.Actor    // once it has corrected the tariff
	agreement          cover.Agreement // for PU
}

// given is a world in a zone. It is Friday, 29 November 2024.
func given(t *testing.T, zone string) *world {
	t.Helper()
	t.Parallel()
	// What is set up here was recorded before anything happens: checks of cover ask
	// when something became known.
	w := &world{t, &place{now: instant("2015-07-01T00:00:00Z")}}
	url := pgtest.NewFrom(t, pgtest.Template{Key: "reference", Prepare: loadReference})
	var err error
	w.store, err = openStore(t.Context(), url, func() time.Time { return w.now })
	w.must(err)
	t.Cleanup(w.store.Close)
	w.db, err = pgx.Connect(t.Context(), url)
	w.must(err)
	t.Cleanup(func() { w.must(w.db.Close(context.Background())) })
	w.must(w.store.Refresh(t.Context()))
	w.kpu = w.organisation(cover.KPU, regency, "35.15", zone)
	w.branch = w.organisation(cover.BPJSOffice, regency, "35.15", zone)
	w.payer = w.organisation(cover.RegionalGovernment, regency, "35.15", zone)
	w.agreement = w.agree(cover.PU, w.kpu, w.branch)
	w.now = instant("2024-11-29T02:00:00Z")
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
	w.sql(`insert into enrolments values ($1, $2, 1, 0, '[]', 0, $3)`, enrolment, a.ID, w.now)
	w.sql(`insert into coverage_periods (id, officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, segment, wage_base,
			jkk, jkm, schedule, activated_on, version, created_at, updated_at)
		select $1, id, person_id, $2, $3, term_from, term_to, $4, $5, 1000, 1000, 'test', nullif($6, '')::date, 1, $8, $8
		from officers where id = $7`, id, a.ID, enrolment, a.Segment, base, activated, o.ID, w.now)
	return id
}

// paid is an invoice of a month that bills one period 2000, of which so much is
// paid.
func (w *world) paid(period uuid.UUID, month string, amount cover.Rupiah) {
	w.Helper()
	id, first := uuid.New(), month+"-01"
	w.sql(`insert into invoices (id, agreement_id, organiser_id, branch_id, month, due_on, officers, jkk, jkm, groups, version,
			created_at, updated_at)
		select $1, a.id, a.organiser_id, a.branch_id, $2::text::date, $2::text::date, 1, 1000, 1000, '[]', 1, $4, $4
		from coverage_periods c join agreements a on a.id = c.agreement_id where c.id = $3`, id, first, period, w.now)
	w.sql(`insert into invoice_lines (invoice_id, coverage_period_id, officer_id, person_id, month, position, role, wage_base,
			jkk, jkm, schedule)
		select $1, id, officer_id, person_id, $2::text::date, 'pps', 'member', wage_base, jkk, jkm, schedule
		from coverage_periods where id = $3`, id, first, period)
	w.sql(`update invoices set issued_on = $2::text::date, number = $1::text, paid = $3 where id = $1::text::uuid`, id.String(), first, amount)
	payment := uuid.New()
	w.sql(`insert into payments (id, branch_id, paid_on, amount, reference, allocated, version, created_at, updated_at)
		values ($1, $2, $3::text::date, $4, $5, $4, 1, $6, $6)`, payment, w.branch.OrganisationID, first, amount, payment.String(), w.now)
	w.sql(`insert into payment_allocations (payment_id, ordinal, invoice_id, amount, allocated_at) values ($1, 0, $2, $3, $4)`,
		payment, id, amount, w.now)
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

// asked is what a claim asks for.
type asked func(*cover.Opening)

func losses(lost ...cover.Loss) asked { return func(in *cover.Opening) { in.Losses = lost } }

func (w *world) open(who access.Actor, i cover.Incident, p cover.Programme, ask ...asked) (cover.Claim, error) {
	in := cover.Opening{IncidentID: i.ID, Programme: p}
	for _, a := range ask {
		a(&in)
	}
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Claim, error) { return claims.Open(tx, in) })
}

// claimOf is the claim of an incident that was opened last.
func (w *world) claimOf(i cover.Incident) cover.Claim {
	w.Helper()
	found, err := w.store.Read(w.Context(), w.kpu).ClaimsOf(i.ID)
	if w.must(err); len(found) == 0 {
		w.Fatal("no claim was opened")
	}
	return found[len(found)-1]
}

// read is a claim as it stands.
func (w *world) read(c cover.Claim) cover.Claim {
	w.Helper()
	c, err := w.store.Read(w.Context(), w.kpu).Claim(c.ID)
	w.must(err)
	return c
}

// incident is one as it stands.
func (w *world) incident(id uuid.UUID) cover.Incident {
	w.Helper()
	i, err := w.store.Read(w.Context(), w.kpu).Incident(id)
	w.must(err)
	return i
}

// act is a verb that one actor does on a claim.
func (w *world) act(who access.Actor, verb func(*store.Tx) (cover.Claim, error)) (cover.Claim, error) {
	return store.Do(w.Context(), w.store, who, verb)
}

func (w *world) submit(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) { return claims.Submit(tx, c.ID, store.Version(c.Version)) })
}

func (w *world) returns(who access.Actor, c cover.Claim) (cover.Claim, error) {
	why := []cover.ClaimReason{{Reason: "document_illegible", DocumentKind: cover.FamilyCard, Note: "Buram."}}
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) { return claims.Return(tx, c.ID, 0, why) })
}

func (w *world) verify(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) { return claims.Verify(tx, c.ID, 0) })
}

func (w *world) approve(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) { return claims.Approve(tx, c.ID, 0) })
}

func (w *world) reject(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return w.rejectFor(who, c, "documents_incomplete")
}

func (w *world) rejectFor(who access.Actor, c cover.Claim, why cover.RejectionReason) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) {
		return claims.Reject(tx, c.ID, 0, why, "Surat keterangan ahli waris belum ada.")
	})
}

func (w *world) reopen(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) {
		return claims.Reopen(tx, c.ID, 0, cover.ClaimReason{Reason: "mistake"})
	})
}

func (w *world) appeal(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) {
		return claims.Appeal(tx, c.ID, 0, cover.ClaimReason{Reason: "facts_disputed"})
	})
}

func (w *world) withdraw(who access.Actor, c cover.Claim) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) { return claims.Withdraw(tx, c.ID, 0) })
}

func (w *world) amend(who access.Actor, c cover.Claim, change func(*cover.Asked)) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) { return claims.AmendClaim(tx, c.ID, 0, change) })
}

func (w *world) pay(who access.Actor, c cover.Claim, on string) (cover.Claim, error) {
	return w.act(who, func(tx *store.Tx) (cover.Claim, error) {
		return claims.Pay(tx, c.ID, 0, cover.Payout{PaidOn: day(on), Reference: "TRF-20241206-77"})
	})
}

func (w *world) confirm(who access.Actor, i cover.Incident) (got cover.Incident, doubts cover.Faults, err error) {
	err = w.store.InTx(w.Context(), who, func(tx *store.Tx) error {
		got, err = claims.Confirm(tx, i.ID, 0)
		doubts = tx.Doubts
		return err
	})
	return got, doubts, err
}

func (w *world) dismiss(who access.Actor, i cover.Incident, reason cover.DismissalReason) (cover.Incident, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Incident, error) { return claims.Dismiss(tx, i.ID, 0, reason) })
}

func (w *world) guarantee(who access.Actor, i cover.Incident, decision cover.Guarantee) (cover.Incident, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Incident, error) {
		return claims.Guarantee(tx, i.ID, 0, decision, "JMN-2024-1")
	})
}

// conclude says how an incident ended, by a doctor's letter of now.
func (w *world) conclude(who access.Actor, i cover.Incident, outcome cover.IncidentOutcome) (cover.Incident, error) {
	in := cover.Conclusion{Outcome: outcome, StatedAt: w.now}
	if outcome == cover.Died && i.DiedAt == nil {
		in.DiedAt = &in.StatedAt
	}
	got, _, err := w.concludeWith(who, i, in)
	return got, err
}

func (w *world) concludeWith(who access.Actor, i cover.Incident, in cover.Conclusion) (got cover.Incident, doubts cover.Faults, err error) {
	err = w.store.InTx(w.Context(), who, func(tx *store.Tx) error {
		got, err = claims.Conclude(tx, i.ID, 0, in)
		doubts = tx.Doubts
		return err
	})
	return got, doubts, err
}

// heirs counts those made, each of whom has another name.
var heirs atomic.Int64

// heir is somebody of age with an account.
func heir(relation cover.HeirRelation) cover.Heir {
	return cover.Heir{Relation: relation, Kin: cover.Kin{
		FullName: fmt.Sprintf("Sari Contoh %d", heirs.Add(1)), BornOn: day("1990-01-05"), Account: cover.BankAccount{Number: "1", Name: "Sari Contoh", Bank: "BRI"},
	}}
}

// child is one born on a day, with a guardian where it needs one.
func child(born string) cover.Heir {
	h := heir(cover.HeirChild)
	h.Kin.BornOn = day(born)
	return h
}

func guarded(h cover.Heir) cover.Heir {
	h.Kin.Guardian = &cover.Guardian{FullName: "Tuti Contoh", NIK: "3515014508900001", Phone: "081200000002"}
	return h
}

func (w *world) name(who access.Actor, i cover.Incident, h cover.Heir) (cover.Heir, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Heir, error) { return claims.NameHeir(tx, i.ID, h) })
}

func (w *world) named(i cover.Incident, h cover.Heir) cover.Heir {
	w.Helper()
	h, err := w.name(w.kpu, i, h)
	w.must(err)
	return h
}

func (w *world) strike(who access.Actor, h cover.Heir) error {
	return w.store.InTx(w.Context(), who, func(tx *store.Tx) error {
		_, err := claims.StrikeHeir(tx, h.IncidentID, h.ID, 0)
		return err
	})
}

// paper is one of an incident, in a state.
func (w *world) paper(incident uuid.UUID, r cover.Requirement, status cover.DocumentStatus) cover.Document {
	w.Helper()
	digest := uuid.New()
	d := cover.Document{
		IncidentID: incident, HeirID: r.HeirID, Rank: r.Rank, SchoolYear: r.SchoolYear, OrganisationID: w.kpu.OrganisationID, UploadedBy: w.kpu.OrganisationID,
		ClientID: w.kpu.ClientID, RequestID: "test", Kind: r.DocumentKind, MediaType: "application/pdf", Size: 1, SHA256: digest[:],
		Shelf: "database", Status: status,
	}
	w.do(w.kpu, func(tx *store.Tx) error { return tx.InsertDocument(&d) })
	return d
}

// needed are the papers of a claim, and how they stand.
func (w *world) needed(c cover.Claim) []cover.Requirement {
	w.Helper()
	found, err := claims.RequirementsOf(w.store.Read(w.Context(), w.kpu), c)
	w.must(err)
	return found
}

// prove sends every paper that a claim still needs.
func (w *world) prove(c cover.Claim) {
	w.Helper()
	for _, r := range w.needed(c) {
		if r.Mandatory && (r.Status == cover.RequirementMissing || r.Status == cover.RequirementRejected) {
			w.paper(c.IncidentID, r, cover.DocumentReceived)
		}
	}
}

// paidTo names whoever is to receive what a claim pays.
func (w *world) paidTo(c cover.Claim, h cover.Heir) cover.Claim {
	w.Helper()
	c, err := w.amend(w.kpu, c, func(a *cover.Asked) { a.PayeeID = uuid.NullUUID{UUID: h.ID, Valid: true} })
	w.must(err)
	return c
}

// ready is the claim of a death that lacks nothing: concluded, with an heir and papers.
func (w *world) ready(i cover.Incident) cover.Claim {
	w.Helper()
	if i.ConcludedAt == nil {
		concluded, err := w.conclude(w.kpu, i, cover.Died)
		w.must(err)
		i = concluded
	}
	c := w.paidTo(w.claimOf(i), w.named(i, heir(cover.HeirSpouse)))
	w.prove(c)
	return c
}

// died is a death at work of an officer under cover, as their body reports it.
func (w *world) died() cover.Incident {
	w.Helper()
	return w.reported(told(w.covered(1_300_000, "2024-05-26", "2025-01-27"), cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00"))
}

// submitted is a claim for a death at work that the branch is to decide.
func (w *world) submitted() cover.Claim {
	w.Helper()
	c, err := w.submit(w.kpu, w.ready(w.died()))
	w.must(err)
	return c
}

// verified is the same claim, a step further: by another client than the others.
func (w *world) verified() cover.Claim {
	w.Helper()
	return w.checked(w.submitted())
}

// checked has a submitted claim verified.
func (w *world) checked(c cover.Claim) cover.Claim {
	w.Helper()
	c, err := w.verify(colleague(w.branch), c)
	w.must(err)
	return c
}

// granted has a submitted claim verified and approved.
func (w *world) granted(c cover.Claim) cover.Claim {
	w.Helper()
	c, err := w.approve(w.branch, w.checked(c))
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
