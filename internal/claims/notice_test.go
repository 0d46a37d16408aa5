package claims_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/store"
)

// Nothing is claimed, granted or guaranteed, and nobody inherits, for what only others
// told of, or for what was none.
func TestNothingHangsOnANotice(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(1_000_000_000)
	i, _, err := w.report(w.branch, told(w.covered(1_300_000, "2024-05-26", "2025-01-27"), cover.Illness, cover.Died, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	if !i.Covered() {
		t.Fatalf("the branch, which sees the officer, is told of no cover: %s", i.UncoveredReason)
	}
	all := func(want cover.Code) {
		t.Helper()
		refused(t, errOf(w.open(w.kpu, i, cover.JKM)), cover.Conflict, want)
		refused(t, errOf(w.grant(w.kpu, claims.Granting{FundID: f.ID, IncidentID: i.ID})), cover.Conflict, want)
		refused(t, errOf(w.name(w.kpu, i, heir(cover.HeirSpouse))), cover.Conflict, want)
		refused(t, errOf(w.guarantee(w.branch, i, cover.GuaranteeRefused)), cover.Conflict, want)
	}
	all(cover.IncidentNotConfirmed)
	refused(t, w.amendIncident(w.kpu, i, func(i *cover.Incident) { i.Place = "Kantor desa" }), cover.Conflict, cover.IncidentNotConfirmed)
	w.must(errOf(w.dismiss(w.kpu, i, "untrue")))
	all(cover.IncidentIsDismissed)
}

// A notice told again is refused alike, whether or not the person turned out to be on the
// roster when the body confirmed it; and whoever told it reads no more of it.
func TestWhoToldLearnsNothingByTellingAgain(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	hospital := w.organisation("other", regency, "35.78", "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	for name, nik := range map[string]cover.NIK{"on the roster": o.Personal.NIK, "on none": nobody} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			in := described(nik, cover.KPU, "pps", village, cover.Injured, "2024-11-28T02:40:00+07:00")
			i, _, err := w.report(hospital, in)
			w.must(err)
			_, _, err = w.confirm(w.kpu, i)
			w.must(err)
			_, _, err = w.report(hospital, in)
			refused(t, err, cover.Conflict, cover.IncidentTaken, "/occurred_at")
			seen, err := w.store.Read(t.Context(), hospital).Incident(i.ID)
			if w.must(err); seen.Told() || seen.Inside {
				t.Errorf("the hospital still reads what the body may have written: %+v", seen)
			}
		})
	}
}

// A body may have so many notices of one reporter before it; what is confirmed or
// dismissed makes room.
func TestNoticesOfOneReporterHaveAnEnd(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	hospital := w.organisation("other", regency, "35.78", "Asia/Jakarta")
	first, _, err := w.report(hospital, described(nobody, cover.KPU, "pps", village, cover.Injured, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	w.sql(`insert into incidents select (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(), 'occurred_at', i.occurred_at - n * interval '1 second'))).*
		from incidents i, generate_series(1, 199) n where i.id = $1`, first.ID)
	another := described(nobody, cover.KPU, "pps", village, cover.Injured, "2024-11-28T03:40:00+07:00")
	_, _, err = w.report(hospital, another)
	if params := refused(t, err, cover.Conflict, cover.TooManyNotices); params["limit"] != 200 {
		t.Errorf("told of %v", params)
	}
	w.must(errOf(w.dismiss(hospital, first, "told_twice")))
	_, _, err = w.report(hospital, another)
	w.must(err)
}

// A false notice leaves no breach on the body's record, however long ago it says that it
// happened.
func TestAFalseNoticeBreachesNothing(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	hospital := w.organisation("other", regency, "35.78", "Asia/Jakarta")
	i, _, err := w.report(hospital, described(nobody, cover.KPU, "pps", village, cover.Injured, "2024-06-28T02:40:00+07:00"))
	w.must(err)
	w.is(w.deadlineOf(i, "incident_report"), w.kpu, "2024-06-30T02:40:00+07:00", cover.DeadlineBreached)
	w.must(errOf(w.dismiss(w.kpu, i, "untrue")))
	w.is(w.deadlineOf(i, "incident_report"), w.kpu, "2024-06-30T02:40:00+07:00", cover.DeadlineCancelled)
}

// Those above tell of a regency's officer to the regency, which alone knows its roster.
func TestThoseAboveTellTheBodyItself(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	above := w.organisation(cover.KPU, province, "35", "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i, _, err := w.report(above, described(o.Personal.NIK, cover.KPU, "pps", village, cover.Injured, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	if i.OrganisationID.UUID != w.kpu.OrganisationID || i.Status() != cover.IncidentNotified {
		t.Errorf("%+v", i)
	}
	i, _, err = w.confirm(w.kpu, i)
	w.must(err)
	if !i.Covered() || i.OfficerID.UUID != o.ID {
		t.Errorf("%+v", i)
	}
}

// Two tellings of one event by two clerks are both kept, and the second is warned of the
// first, also when it is claimed.
func TestASimilarEventIsWarnedOf(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	first := w.reported(accident(o, "2024-11-28T02:40:00+07:00"))
	second, doubts, err := w.report(w.kpu, accident(o, "2024-11-28T02:46:00+07:00"))
	w.must(err)
	at := func(doubts cover.Faults, pointer string) any {
		for _, d := range doubts {
			if d.Pointer == pointer && d.Code == cover.IncidentSimilar {
				return d.Params["incident_id"]
			}
		}
		return nil
	}
	if at(doubts, "/occurred_at") != first.ID {
		t.Errorf("warned of %v", doubts)
	}
	w.must(w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
		_, err := claims.Open(tx, cover.Opening{IncidentID: second.ID, Programme: cover.JKK, Asked: cover.Asked{Losses: []cover.Loss{{Kind: "medical_care", Cost: 1}}}})
		if at(tx.Doubts, "/incident_id") != first.ID {
			t.Errorf("the claim is warned of %v", tx.Doubts)
		}
		return err
	}))
	_, doubts, err = w.report(w.kpu, accident(o, "2024-11-25T02:39:00+07:00"))
	if w.must(err); has(doubts, "/occurred_at", cover.IncidentSimilar) {
		t.Errorf("three days before is warned of: %v", doubts)
	}
}

// again has a person serve once more.
func (w *world) again(o cover.Officer, from, to string) cover.Officer {
	w.Helper()
	w.people++
	o.ExternalID, o.TermFrom, o.TermTo, o.EndedOn, o.EndReason, o.Version = uuid.NewString(), day(from), day(to), cover.Date{}, "", 1
	w.do(w.kpu, func(tx *store.Tx) error { return tx.InsertOfficer(&o) })
	w.period(o, w.agreement, 1_300_000, from)
	return o
}

// A person dies once, whatever duties they had: a second death is kept, claimed by nobody,
// and can be once the first proved a mistake.
func TestNobodyDiesTwice(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	w.now = instant("2024-05-26T09:00:00+07:00")
	o := w.covered(1_300_000, "2024-05-26", "2024-10-31")
	w.now = instant("2024-10-02T09:00:00+07:00")
	first := w.reported(told(o, cover.Illness, cover.Died, "2024-10-01T02:40:00+07:00"))
	once := w.again(o, "2024-10-02", "2025-01-27")
	w.now = instant("2024-11-28T09:00:00+07:00")
	second, doubts, err := w.report(w.kpu, told(once, cover.Illness, cover.Died, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	if !has(doubts, "/outcome", cover.DeathTaken) || !second.Covered() {
		t.Errorf("warned of %v", doubts)
	}
	refused(t, errOf(w.open(w.kpu, second, cover.JKM)), cover.Conflict, cover.DeathTaken, "/incident_id")
	w.must(errOf(w.withdraw(w.kpu, w.claimOf(first))))
	c, err := w.open(w.kpu, second, cover.JKM)
	w.must(err)
	if c.Amount != 42_000_000 {
		t.Errorf("%+v", c)
	}
	refused(t, errOf(w.open(w.kpu, first, cover.JKM)), cover.Conflict, cover.DeathTaken, "/incident_id")
}

// A refusal of the guarantee that is taken back leaves everything as it was, with its
// clocks.
func TestARefusalTakenBackStartsTheClocksAgain(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.reported(accident(w.covered(1_300_000, "2024-05-26", "2025-01-27"), "2024-11-28T02:40:00+07:00"))
	w.must(errOf(w.guarantee(w.branch, i, cover.GuaranteeRefused)))
	if d := w.deadlineOf(i, "jkk_claim"); d.StatusAt(w.now) != cover.DeadlineCancelled {
		t.Errorf("the clock of a claim that cannot be is %s", d.StatusAt(w.now))
	}
	w.now = w.now.Add(time.Hour)
	w.must(errOf(w.guarantee(w.branch, i, cover.Guaranteed)))
	if running := w.deadlines(w.kpu, "jkk_claim"); len(running) != 2 || running[1].StatusAt(w.now) != cover.DeadlineRunning && running[0].StatusAt(w.now) != cover.DeadlineRunning {
		t.Errorf("%+v", running)
	}
}

// A paper that a claim rests on stays until the claim comes back, and for good once it was
// paid; what is sent later rests in nothing.
func TestAPaperInAClaimIsNotWithdrawn(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	withdraw := func(d uuid.UUID) error {
		return w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error { return errOf(documents.Withdraw(tx, d, 0)) })
	}
	c := w.ready(w.died())
	paper := func() uuid.UUID {
		all, err := w.store.Read(t.Context(), w.kpu).DocumentsOf(c.IncidentID)
		w.must(err)
		return all[len(all)-1].ID
	}
	w.must(withdraw(paper()))
	w.prove(c)
	c, err := w.submit(w.kpu, c)
	w.must(err)
	refused(t, withdraw(paper()), cover.Conflict, cover.DocumentInClaim)
	back, err := w.returns(w.branch, c)
	w.must(err)
	w.must(withdraw(paper()))
	w.prove(back)
	c, err = w.submit(w.kpu, back)
	w.must(err)
	proof := paper()
	c, err = w.pay(w.branch, w.granted(c), "2024-11-29")
	w.must(err)
	refused(t, withdraw(proof), cover.Conflict, cover.DocumentInClaim)
	w.now = w.now.Add(time.Hour)
	later := w.paper(c.IncidentID, cover.Requirement{DocumentKind: cover.FamilyCard}, cover.DocumentReceived)
	w.must(withdraw(later.ID))
}
