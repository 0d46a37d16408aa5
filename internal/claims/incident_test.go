package claims_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// described is a report of a person by whoever cannot name an officer.
func described(nik cover.NIK, body cover.OrganisationKind, position, area string, outcome cover.IncidentOutcome, at string) cover.Report {
	in := told(cover.Officer{}, cover.Accident, outcome, at)
	in.Person, in.Relation = &cover.Person{NIK: nik, FullName: "Budi Contoh"}, "health_facility"
	in.Body, in.Position, in.AreaCode = body, position, area
	return in
}

const (
	nobody  = cover.NIK("3515010508890999") // on no roster
	village = "35.15.01.2001"
)

// A hospital tells of two people in the same words. One is on a roster and covered, the
// other on none: the hospital learns of neither which, though the body does.
func TestAStrangerLearnsOfNobodyWhetherTheyAreOnARoster(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	hospital := w.organisation("other", regency, "35.78", "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	w.sql(`update officers set area_code = '35.15.02.2001' where id = $1`, o.ID) // told of by another village
	const at, later = "2024-11-28T02:40:00+07:00", "2024-11-28T03:40:00+07:00"
	var seen [2]cover.Incident
	for n, nik := range []cover.NIK{o.Personal.NIK, nobody} {
		in := described(nik, cover.KPU, "pps", village, cover.Injured, at)
		i, doubts, err := w.report(hospital, in)
		if w.must(err); len(doubts) > 0 || i.Inside || i.Status() != cover.IncidentNotified {
			t.Errorf("told %v of %+v", doubts, i)
		}
		if i.Position != "pps" || i.AreaCode != village || i.Account.Person == nil {
			t.Errorf("shown %+v, not what was told", i)
		}
		death := described(nik, cover.KPU, "pps", village, cover.Died, later)
		for range 2 {
			_, _, err = w.report(hospital, in)
			refused(t, err, cover.Conflict, cover.IncidentTaken, "/occurred_at")
			w.must(thirdOf(w.report(hospital, death)))
			death.OccurredAt = death.OccurredAt.Add(time.Minute)
		}
		for _, rule := range []cover.DeadlineRule{"incident_report", "jkk_claim"} {
			if found := w.deadlines(hospital, rule); len(found) > 0 {
				t.Errorf("%d clocks of %s are shown", len(found), rule)
			}
		}
		seen[n] = i
	}
	for _, i := range seen {
		w.must(thirdOf(w.confirm(w.kpu, i)))
	}
	if own := w.incident(seen[0].ID); !own.Covered() || own.OfficerID.UUID != o.ID || !own.Inside {
		t.Errorf("the body is told %+v", own)
	}
	if own := w.incident(seen[1].ID); own.Covered() || own.OfficerID.Valid || own.UncoveredReason != cover.UncoveredNotOnRoster {
		t.Errorf("the body is told %+v", own)
	}
	named := accident(o, at)
	_, _, err := w.report(hospital, named) // by an id that it should not know
	refused(t, err, cover.Invalid, cover.OfficerUnknown, "/officer_id")
	covered, officer := true, o.ID
	for name, f := range map[string]store.IncidentFilter{
		"who is covered": {Covered: &covered}, "of whom": {OfficerID: officer}, "what is guaranteed": {Guarantees: []cover.Guarantee{cover.GuaranteeWaits}},
	} {
		if listed, err := w.store.Read(t.Context(), hospital).Incidents(f, store.Page{Limit: 50}); err != nil || len(listed.Items) > 0 {
			t.Errorf("a list says %s: %d (%v)", name, len(listed.Items), err)
		}
	}
	if _, err := w.name(hospital, seen[0], heir(cover.HeirSpouse)); cover.KindOf(err) != cover.Forbidden {
		t.Errorf("a reporter names heirs: %v", err)
	}
}

func thirdOf[A, B any](_ A, _ B, err error) error { return err }

// Of somebody on no roster it is known only where they served: the nearest body of the
// kind has it, or those above it see it, until one is registered.
func TestTheBodyOfAPersonOnNoRosterIsFoundByArea(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	hospital := w.organisation("other", regency, "35.78", "Asia/Jakarta")
	above := w.organisation(cover.KPU, province, "35", "Asia/Jakarta")
	bawaslu := w.organisation(cover.Bawaslu, regency, "35.15", "Asia/Jakarta")
	for name, tt := range map[string]struct {
		body     cover.OrganisationKind
		position string
		area     string
		want     uuid.UUID
		sees     access.Actor
	}{
		"the body of the regency":                 {cover.KPU, "pps", village, w.kpu.OrganisationID, w.kpu},
		"of another regency that of its province": {cover.KPU, "pps", "35.16.01.2001", above.OrganisationID, above},
		"the other body, if it is of the other":   {cover.Bawaslu, "ptps", village, bawaslu.OrganisationID, bawaslu},
		"where none is registered it is nobody's": {cover.KPU, "pps", "53.71.01.1001", uuid.Nil, hospital},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			i, _, err := w.report(hospital, described(nobody, tt.body, tt.position, tt.area, cover.Injured, w.minute()))
			w.must(err)
			if i.OrganisationID.UUID != tt.want || i.Owner() == uuid.Nil {
				t.Errorf("it is %s's, want %s", i.OrganisationID.UUID, tt.want)
			}
			w.sees(tt.sees, i, true)
		})
	}
	nation := w.organisation(cover.KPU, cover.National, "", "Asia/Jakarta")
	i, _, err := w.report(hospital, described(nobody, cover.KPU, "pps", "53.71.01.1001", cover.Injured, w.minute()))
	w.must(err)
	if i.OrganisationID.UUID != nation.OrganisationID {
		t.Errorf("once the nation's body is registered it is %s's", i.OrganisationID.UUID)
	}
}

// minute is another minute of 28 November each time.
func (w *world) minute() string {
	w.people++
	return instant("2024-11-28T02:40:00+07:00").Add(time.Duration(w.people) * time.Minute).Format(time.RFC3339)
}

// The officer's own body that describes a person of its area reports it itself.
func TestABodyReportsAPersonOfItsAreaItself(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, doubts, err := w.report(w.kpu, described(nobody, cover.KPU, "pps", village, cover.Died, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	if i.ConfirmedAt == nil || i.OrganisationID.UUID != w.kpu.OrganisationID || !has(doubts, "/officer_id", cover.OfficerNotCovered) {
		t.Errorf("%+v with %v", i, doubts)
	}
	if found, err := w.store.Read(t.Context(), w.kpu).ClaimsOf(i.ID); err != nil || len(found) > 0 {
		t.Errorf("%d claims (%v)", len(found), err)
	}
}

func TestAReportNamesAnOfficerOrDescribesAPerson(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	neither := accident(cover.Officer{}, "2024-11-28T02:40:00+07:00")
	_, _, err := w.report(w.kpu, neither)
	refused(t, err, cover.Invalid, cover.OfficerOrPerson, "/officer_id")
	both := described(nobody, cover.KPU, "ptps", "99", cover.Injured, "2024-11-28T02:40:00+07:00")
	both.OfficerID, both.Person.NIK, both.Person.FullName = w.officer("2024-05-26", "2025-01-27").ID, "351", " "
	_, _, err = w.report(w.kpu, both)
	refused(t, err, cover.Invalid, cover.OfficerOrPerson, "/officer_id")
	refused(t, err, cover.Invalid, cover.NIKInvalid, "/person/nik")
	refused(t, err, cover.Invalid, cover.Blank, "/person/full_name")
	refused(t, err, cover.Invalid, cover.PositionOfOtherBody, "/person/position")
	refused(t, err, cover.Invalid, cover.AreaUnknown, "/person/area_code")
}

// A family tells of a death in the night; the body says in the morning that it is so.
func TestABodyConfirmsWhatOthersToldOf(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	family := w.organisation("other", regency, "35.15", "Asia/Jakarta")
	for name, tt := range map[string]struct {
		now  string
		late bool
	}{
		"in time, to the instant": {"2024-11-30T02:40:00+07:00", false},
		"late, by a second":       {"2024-11-30T02:40:01+07:00", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = instant("2024-11-28T04:00:00+07:00")
			o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
			i, _, err := w.report(family, described(o.Personal.NIK, cover.KPU, "pps", village, cover.Died, "2024-11-28T02:40:00+07:00"))
			w.must(err)
			if found, _ := w.store.Read(t.Context(), w.kpu).ClaimsOf(i.ID); len(found) > 0 || w.officerNow(o).EndReason != "" {
				t.Error("a notice alone ends duty or opens a claim")
			}
			w.now = instant(tt.now)
			_, _, err = w.confirm(family, i)
			refused(t, err, cover.Forbidden, cover.PartyRoleRequired)
			_, _, err = w.confirm(w.branch, i) // which is told of cover with the confirmation
			refused(t, err, cover.NotFound, cover.ResourceUnknown)
			_, _, err = w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: cover.Died, StatedAt: w.now})
			refused(t, err, cover.Conflict, cover.IncidentNotConfirmed)
			confirmed, doubts, err := w.confirm(w.kpu, i)
			w.must(err)
			if confirmed.Status() != cover.IncidentIsReport || confirmed.Late(w.now) != tt.late || has(doubts, "/occurred_at", cover.ReportLate) != tt.late {
				t.Errorf("late is %v with %v", confirmed.Late(w.now), doubts)
			}
			if d := w.deadlineOf(i, "incident_report"); !d.MetAt.Equal(w.now) || d.Late() != tt.late {
				t.Errorf("%+v", d)
			}
			if ended := w.officerNow(o); ended.EndedOn != day("2024-11-28") || ended.EndReason != cover.EndDied {
				t.Errorf("duty ended on %s (%s)", ended.EndedOn, ended.EndReason)
			}
			if c := w.claimOf(i); c.Programme != cover.JKK || c.Status != cover.ClaimDraft || c.Amount != 84_400_000 {
				t.Errorf("opened %+v", c)
			}
			_, _, err = w.confirm(w.kpu, i)
			refused(t, err, cover.Conflict, cover.IncidentIsConfirmed)
			w.happened(i.ID, cover.IncidentReported, cover.IncidentConfirmed)
		})
	}
}

// What others told of and is none is dismissed, by them or by the body, once; nothing
// comes of it any more, and it keeps nobody from telling of what is one.
func TestANoticeThatIsNoneIsDismissed(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	hospital := w.organisation("other", regency, "35.78", "Asia/Jakarta")
	in := described(w.covered(1_300_000, "2024-05-26", "2025-01-27").Personal.NIK, cover.KPU, "pps", village, cover.Died, "2024-11-28T02:40:00+07:00")
	for name, who := range map[string]access.Actor{"the body": w.kpu, "whoever told of it": hospital} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			i, _, err := w.report(hospital, in)
			w.must(err)
			_, _, err = w.report(hospital, in)
			refused(t, err, cover.Conflict, cover.IncidentTaken, "/occurred_at")
			refused(t, errOf(w.dismiss(w.branch, i, "told_twice")), cover.NotFound, cover.ResourceUnknown)
			i, err = w.dismiss(who, i, "told_twice")
			w.must(err)
			if i.Status() != cover.IncidentDismissed || i.Dismissal != "told_twice" || !i.DismissedAt.Equal(w.now) {
				t.Errorf("%+v", i)
			}
			refused(t, errOf(w.dismiss(who, i, "told_twice")), cover.Conflict, cover.IncidentIsDismissed)
			_, _, err = w.confirm(w.kpu, i)
			refused(t, err, cover.Conflict, cover.IncidentIsDismissed)
			if d := w.deadlineOf(i, "incident_report"); d.StatusAt(w.now) != cover.DeadlineCancelled {
				t.Errorf("the clock is %s", d.StatusAt(w.now))
			}
			w.happened(i.ID, cover.IncidentReported, cover.IncidentWasDismissed)
		})
	}
	i, _, err := w.report(hospital, in)
	w.must(err)
	_, _, err = w.confirm(w.kpu, i)
	w.must(err)
	refused(t, errOf(w.dismiss(w.kpu, i, "told_twice")), cover.Conflict, cover.IncidentIsConfirmed)
}

// Where nobody is registered for a place, whoever is its body later, and sees what was
// told of it, takes it as its own.
func TestABodyThatIsRegisteredLaterConfirms(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	hospital := w.organisation("other", regency, "35.78", "Asia/Jakarta")
	i, _, err := w.report(hospital, described(nobody, cover.KPU, "pps", "53.71.01.1001", cover.Injured, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	later := w.organisation(cover.KPU, regency, "53.71", "Asia/Makassar")
	i, doubts, err := w.confirm(later, i)
	w.must(err)
	if i.OrganisationID.UUID != later.OrganisationID || i.Status() != cover.IncidentIsReport || !has(doubts, "/officer_id", cover.OfficerNotCovered) {
		t.Errorf("%+v with %v", i, doubts)
	}
}

// Whoever presses twice confirms once, and claims once.
func TestOfManyWhoConfirmAtOnceOneConfirms(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i, _, err := w.report(w.branch, told(o, cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	var errs [8]error
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() { _, _, errs[n] = w.confirm(w.kpu, i) })
	}
	all.Wait()
	confirmed := 0
	for _, err := range errs {
		if err == nil {
			confirmed++
			continue
		}
		refused(t, err, cover.Conflict, cover.IncidentIsConfirmed)
	}
	found, err := w.store.Read(t.Context(), w.kpu).ClaimsOf(i.ID)
	if w.must(err); confirmed != 1 || len(found) != 1 {
		t.Errorf("confirmed %d times, %d claims", confirmed, len(found))
	}
	w.happened(i.ID, cover.IncidentReported, cover.IncidentConfirmed)
	w.happened(o.ID, cover.OfficerWasEnded)
}

// deadlineOf is the only one of a rule for an incident, or for a claim of it.
func (w *world) deadlineOf(i cover.Incident, rule cover.DeadlineRule) cover.Deadline {
	w.Helper()
	var found []cover.Deadline
	for _, d := range w.deadlines(w.kpu, rule) {
		if d.IncidentID.UUID == i.ID {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		w.Fatalf("%d deadlines of %s", len(found), rule)
	}
	return found[0]
}

func (w *world) officerNow(o cover.Officer) cover.Officer {
	w.Helper()
	o, err := w.store.Read(w.Context(), w.kpu).Officer(o.ID)
	w.must(err)
	return o
}

// lastCovered is the last day of an officer's cover.
func (w *world) lastCovered(o cover.Officer) (last cover.Date) {
	w.Helper()
	w.must(w.db.QueryRow(w.Context(), `select to_on::text from coverage_periods where officer_id = $1`, o.ID).Scan(dateText{&last}))
	return last
}

type dateText struct{ to *cover.Date }

// Scan reads a day.
func (d dateText) Scan(from any) (err error) {
	*d.to, err = cover.ParseDate(from.(string))
	return err
}

func TestADeathEndsDutyAndCoverAndOpensTheClaimOnce(t *testing.T) {
	w := given(t, "Asia/Jayapura")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i := w.reported(told(o, cover.SuddenDeath, cover.Died, "2024-11-28T23:30:00+07:00")) // past midnight in Papua
	if ended := w.officerNow(o); ended.EndedOn != day("2024-11-29") || w.lastCovered(o) != day("2024-11-29") {
		t.Errorf("duty ends on %s, cover on %s", ended.EndedOn, w.lastCovered(o))
	}
	w.happened(o.ID, cover.OfficerWasEnded)
	c := w.claimOf(i)
	concluded, err := w.conclude(w.kpu, i, cover.Died)
	w.must(err)
	if found, err := w.store.Read(t.Context(), w.kpu).ClaimsOf(i.ID); err != nil || len(found) != 1 || found[0].ID != c.ID {
		t.Errorf("%d claims (%v)", len(found), err)
	}
	w.happened(o.ID, cover.OfficerWasEnded)
	w.happened(i.ID, cover.IncidentReported, cover.IncidentWasConcluded)
	if concluded.Status() != cover.IncidentConcluded || !concluded.Covered() {
		t.Errorf("%+v", concluded)
	}
}

// What is guaranteed provisionally is concluded within 30 days of the first report.
func TestAProvisionalGuaranteeIsConcludedWithinThirtyDays(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i := w.reported(accident(o, "2024-11-28T02:40:00+07:00"))
	if i.Guaranteed() != cover.GuaranteeWaits {
		t.Errorf("it is %s", i.Guaranteed())
	}
	refused(t, errOf(w.guarantee(w.kpu, i, cover.Guaranteed)), cover.Forbidden, cover.PartyRoleRequired)
	w.must(errOf(w.guarantee(w.branch, i, cover.GuaranteeProvisional)))
	d := w.deadlineOf(i, "guarantee_conclusion")
	w.is(d, w.branch, "2024-12-29T23:59:59.999999+07:00", cover.DeadlineRunning)
	refused(t, errOf(w.guarantee(w.branch, i, cover.GuaranteeProvisional)), cover.Conflict, cover.GuaranteeDecided)
	w.now = instant("2024-12-30T00:00:00+07:00")
	w.is(w.deadlineOf(i, "guarantee_conclusion"), w.branch, "2024-12-29T23:59:59.999999+07:00", cover.DeadlineBreached)
	i, err := w.guarantee(w.branch, i, cover.Guaranteed)
	w.must(err)
	if d := w.deadlineOf(i, "guarantee_conclusion"); !d.Late() || i.Guaranteed() != cover.Guaranteed || i.GuaranteeReference != "JMN-2024-1" {
		t.Errorf("%+v of %+v", d, i)
	}
	refused(t, errOf(w.guarantee(w.branch, i, cover.GuaranteeRefused)), cover.Conflict, cover.GuaranteeDecided)
	w.happened(i.ID, cover.IncidentReported, cover.IncidentGuaranteed, cover.IncidentGuaranteed)
}

func TestThereIsNothingToGuaranteeOfAnIllnessOrWithoutCover(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	ill := w.reported(told(o, cover.Illness, cover.Injured, "2024-11-28T02:40:00+07:00"))
	refused(t, errOf(w.guarantee(w.branch, ill, cover.Guaranteed)), cover.Conflict, cover.GuaranteeNotExpected)
	bare := w.reported(accident(w.officer("2024-05-26", "2025-01-27"), "2024-11-28T02:40:00+07:00"))
	refused(t, errOf(w.guarantee(w.branch, bare, cover.Guaranteed)), cover.NotFound, cover.ResourceUnknown)
}

// Whose care is refused had no work accident: what is claimed as JKK is void, and a
// death is claimed as JKM. What a claim was verified on is not turned round.
func TestARefusedGuaranteeVoidsJKKAndOpensJKM(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for name, claim := range map[string]func(*world) cover.Claim{
		"a draft":   func(w *world) cover.Claim { return w.claimOf(w.died()) },
		"submitted": (*world).submitted,
		"returned": func(w *world) cover.Claim {
			c, err := w.returns(w.branch, w.submitted())
			w.must(err)
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			c := claim(w)
			i, err := w.guarantee(w.branch, cover.Incident{ID: c.IncidentID}, cover.GuaranteeRefused)
			w.must(err)
			void, jkm := w.read(c), w.claimOf(i)
			if void.Status != cover.ClaimRejected || void.RejectionReason != cover.NotWorkRelated || !void.PayDueOn.Zero() {
				t.Errorf("%+v is not void", void)
			}
			if jkm.Programme != cover.JKM || jkm.Status != cover.ClaimDraft || jkm.Amount != 42_000_000 {
				t.Errorf("opened %+v", jkm)
			}
			if i.Status() != cover.IncidentRefused || !i.Covered() || i.AtWork() {
				t.Errorf("%+v", i)
			}
		})
	}
	for name, claim := range map[string]func(*world) cover.Claim{
		"verified": (*world).verified,
		"approved": func(w *world) cover.Claim { return w.granted(w.submitted()) },
		"paid": func(w *world) cover.Claim {
			c, err := w.pay(w.branch, w.granted(w.submitted()), "2024-11-29")
			w.must(err)
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			c := claim(w)
			_, err := w.guarantee(w.branch, cover.Incident{ID: c.IncidentID}, cover.GuaranteeRefused)
			refused(t, err, cover.Conflict, cover.GuaranteeDecided)
			if got := w.claimOf(cover.Incident{ID: c.IncidentID}); got.ID != c.ID || got.Status != c.Status || got.Version != c.Version {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// JKM is paid by the rules, and the cover, of the day of the death; JKK by those of the
// accident.
func TestWhoDiesLaterIsRatedByTheDayThatCounts(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for name, tt := range map[string]struct {
		segment  cover.Segment
		to       string // the last day of cover
		refused  bool
		want     cover.Rupiah // 0: nothing is claimed
		schedule string
	}{
		"JKK by the day of the accident":               {cover.BPU, "2025-07-31", false, 84_400_000, "jkk-2019-12"},
		"JKK, though cover ended before the death":     {cover.BPU, "2024-12-31", false, 84_400_000, "jkk-2019-12"},
		"JKM by the day of the death: BPU waits since": {cover.BPU, "2025-07-31", true, 10_000_000, "jkm-2025-02"},
		"JKM of PU does not":                           {cover.PU, "2025-07-31", true, 42_000_000, "jkm-2025-02"},
		"no JKM, if cover ended before the death":      {cover.PU, "2024-12-31", true, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = instant("2024-11-29T02:00:00Z")
			o := w.officer("2024-05-26", tt.to)
			w.period(o, w.agree(tt.segment, w.kpu, w.branch), 1_300_000, "2024-05-26")
			i := w.reported(accident(o, "2024-11-28T02:40:00+07:00"))
			w.now = instant("2025-03-15T09:00:00+07:00")
			if tt.refused {
				w.must(errOf(w.guarantee(w.branch, i, cover.GuaranteeRefused)))
			}
			died := instant("2025-03-14T22:00:00+07:00")
			i, doubts, err := w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: cover.Died, StatedAt: w.now, DiedAt: &died})
			w.must(err)
			if len(doubts) > 0 {
				t.Errorf("doubts %v", doubts)
			}
			inTerm := tt.to == "2025-07-31"
			if ended := w.officerNow(o); (ended.EndedOn == day("2025-03-14")) != inTerm || inTerm && w.lastCovered(o) != ended.EndedOn {
				t.Errorf("duty ended on %s, cover on %s", ended.EndedOn, w.lastCovered(o))
			}
			if tt.want == 0 {
				found, err := w.store.Read(t.Context(), w.kpu).ClaimsOf(i.ID)
				if w.must(err); len(found) > 0 || i.Covered() {
					t.Errorf("claimed %+v", found)
				}
				return
			}
			if c := w.claimOf(i); c.Amount != tt.want || c.Schedule != tt.schedule {
				t.Errorf("%d by %s, want %d by %s", c.Amount, c.Schedule, tt.want, tt.schedule)
			}
		})
	}
}

// A branch that refuses the care of somebody who died after their cover ended leaves
// nothing to claim; it can still go back on it.
func TestARefusalThatLeavesNothingCanBeTakenBack(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2024-12-08")
	i := w.reported(accident(o, "2024-11-28T02:40:00+07:00"))
	w.now = instant("2024-12-20T09:00:00+07:00")
	died := instant("2024-12-19T09:00:00+07:00")
	i, _, err := w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: cover.Died, StatedAt: w.now, DiedAt: &died})
	w.must(err)
	i, err = w.guarantee(w.branch, i, cover.GuaranteeRefused)
	w.must(err)
	if c := w.claimOf(i); i.Covered() || c.Programme != cover.JKK || c.Status != cover.ClaimRejected {
		t.Errorf("covered %v, %+v", i.Covered(), c)
	}
	c, err := w.reopen(w.branch, w.claimOf(i))
	w.must(err)
	if c.Status != cover.ClaimDraft || !w.incident(i.ID).Covered() || w.incident(i.ID).Guaranteed() != cover.GuaranteeWaits {
		t.Errorf("%+v of %+v", c, w.incident(i.ID))
	}
}

// An illness that is survived is claimed under nothing; who dies of it later is JKM of
// that day, and no stage has a clock.
func TestWhoDiesOfAnIllnessLaterIsJKM(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i := w.reported(told(o, cover.Illness, cover.Injured, "2024-11-20T02:40:00+07:00"))
	if i.ReportDueAt != nil || i.Late(w.now) {
		t.Errorf("an illness is late: %+v", i)
	}
	i, err := w.conclude(w.kpu, i, cover.Died)
	w.must(err)
	if c := w.claimOf(i); c.Programme != cover.JKM || c.Amount != 42_000_000 || !i.DiedAt.Equal(w.now) {
		t.Errorf("%+v of %+v", c, i)
	}
	if found := w.deadlines(w.kpu); len(found) > 0 || w.officerNow(o).EndedOn != day("2024-11-29") {
		t.Errorf("%d clocks, duty ends on %s", len(found), w.officerNow(o).EndedOn)
	}
}

// A death that has ended duty and cover may be told to the minute later; on another day
// nothing would be left to cover it.
func TestADeathKeepsItsDay(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i := w.reported(told(o, cover.Illness, cover.Died, "2024-11-28T02:40:00+07:00"))
	next, same := instant("2024-11-29T00:00:00+07:00"), instant("2024-11-28T23:59:59+07:00")
	_, _, err := w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: cover.Died, StatedAt: w.now, DiedAt: &next})
	refused(t, err, cover.Conflict, cover.OfficerEndedAlready, "/died_at")
	i, _, err = w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: cover.Died, StatedAt: w.now, DiedAt: &same})
	if w.must(err); !i.DiedAt.Equal(same) || !i.Covered() || w.claimOf(i).Amount != 42_000_000 {
		t.Errorf("%+v", i)
	}
}

func TestHowAnIncidentEndedIsReportedOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	for name, tt := range map[string]struct {
		stated string
		late   bool
		due    string
	}{
		"in time":           {"2024-11-27T09:00:00+07:00", false, "2024-11-29T09:00:00+07:00"},
		"a second too late": {"2024-11-27T08:59:59+07:00", true, "2024-11-29T08:59:59+07:00"},
	} {
		for _, outcome := range []cover.IncidentOutcome{cover.Recovered, cover.Disabled} {
			t.Run(name+", "+string(outcome), func(t *testing.T) {
				w := w.in(t)
				at := instant("2024-11-26T02:40:00+07:00").Add(-time.Duration(w.people) * time.Minute)
				w.people++
				i := w.reported(accident(o, at.Format(time.RFC3339)))
				_, _, err := w.concludeWith(w.branch, i, cover.Conclusion{Outcome: outcome, StatedAt: instant(tt.stated)})
				refused(t, err, cover.Forbidden, cover.PartyRoleRequired)
				got, doubts, err := w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: outcome, StatedAt: instant(tt.stated).Add(999)})
				w.must(err)
				if got.Outcome != outcome || got.Status() != cover.IncidentConcluded || has(doubts, "/stated_at", cover.ReportLate) != tt.late {
					t.Errorf("%+v with %v", got, doubts)
				}
				if kept := w.incident(i.ID); !kept.StatedAt.Equal(*got.StatedAt) || kept.Version != got.Version {
					t.Errorf("answered %s, kept %s", got.StatedAt, kept.StatedAt)
				}
				w.is(w.deadlineOf(i, "incident_conclusion"), w.kpu, tt.due, cover.DeadlineMet)
				_, _, err = w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: outcome, StatedAt: instant(tt.stated)})
				refused(t, err, cover.Conflict, cover.IncidentIsConcluded)
				err = w.amendIncident(w.kpu, i, func(i *cover.Incident) { i.Place = "Jalan" })
				refused(t, err, cover.Conflict, cover.IncidentIsConcluded)
				w.happened(i.ID, cover.IncidentReported, cover.IncidentWasConcluded)
			})
		}
	}
}

func (w *world) amendIncident(who access.Actor, i cover.Incident, change func(*cover.Incident)) error {
	return w.store.InTx(w.Context(), who, func(tx *store.Tx) error {
		return errOf(claims.AmendIncident(tx, i.ID, 0, change))
	})
}

func TestAConclusionIsRefusedWithAllItsFaults(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.died()
	before, after := instant("2024-11-27T00:00:00+07:00"), instant("2024-11-30T00:00:00+07:00")
	for name, tt := range map[string]struct {
		in       cover.Conclusion
		pointers map[string]cover.Code
	}{
		"who died lives, by a letter to come": {
			cover.Conclusion{Outcome: cover.Recovered, StatedAt: after},
			map[string]cover.Code{"/outcome": cover.OutcomeOfOtherKind, "/stated_at": cover.InTheFuture},
		},
		"before it happened": {
			cover.Conclusion{Outcome: cover.Died, StatedAt: before, DiedAt: &before},
			map[string]cover.Code{"/stated_at": cover.BeforeIncident, "/died_at": cover.BeforeIncident},
		},
		"dead after the letter says so": {
			cover.Conclusion{Outcome: cover.Died, StatedAt: w.now, DiedAt: &after},
			map[string]cover.Code{"/died_at": cover.AfterStatement},
		},
		"the day of a death that there was none of": {
			cover.Conclusion{Outcome: cover.Recovered, StatedAt: w.now, DiedAt: &w.now},
			map[string]cover.Code{"/outcome": cover.OutcomeOfOtherKind, "/died_at": cover.MemberNotExpected},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.concludeWith(w.kpu, i, tt.in)
			for pointer, code := range tt.pointers {
				refused(t, err, cover.Invalid, code, pointer)
			}
		})
	}
	if got := w.incident(i.ID); got.ConcludedAt != nil || got.Version != i.Version {
		t.Errorf("half concluded: %+v", got)
	}
	if found := w.deadlines(w.kpu, "incident_conclusion"); len(found) > 0 {
		t.Errorf("%d clocks run", len(found))
	}
}

// Who told of it may mend what they told, and its body; nobody else.
func TestWhatWasToldIsAmended(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	family := w.organisation("other", regency, "35.15", "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i, _, err := w.report(family, described(o.Personal.NIK, cover.KPU, "pps", village, cover.Injured, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	care := func(i *cover.Incident) { i.Account.Care = &cover.Care{Facility: "RSUD", AdmittedOn: day("2024-11-28")} }
	w.must(w.amendIncident(family, i, care))
	read := w.incident(i.ID)
	for _, change := range []func(*cover.Incident){care, func(*cover.Incident) {}, func(i *cover.Incident) {
		i.Place += " "
		i.OccurredAt = i.OccurredAt.In(time.FixedZone("WIT", 9*3600))
		i.Account.Witnesses = []cover.Eyewitness{}
	}} {
		w.must(w.amendIncident(family, i, change))
	}
	if got := w.incident(i.ID); got.Version != read.Version {
		t.Errorf("version %d after nothing changed, was %d", got.Version, read.Version)
	}
	_, _, err = w.confirm(w.kpu, i)
	w.must(err)
	if got := w.incident(i.ID); got.Status() != cover.IncidentUnderCare || !got.InCare {
		t.Errorf("%+v", got)
	}
	refused(t, w.amendIncident(w.branch, i, care), cover.Forbidden, cover.PartyRoleRequired)
	refused(t, w.amendIncident(w.payer, i, care), cover.NotFound, cover.ResourceUnknown)
	err = w.amendIncident(w.kpu, i, func(i *cover.Incident) {
		i.Place, i.Account.Disease = " ", &cover.Disease{Job: " ", Exposure: "x", Diagnosis: "x"}
		i.Account.Care = &cover.Care{Facility: "RSUD", AdmittedOn: day("2024-11-28"), DischargedOn: day("2024-11-27")}
	})
	refused(t, err, cover.Invalid, cover.Blank, "/place", "/disease/job")
	refused(t, err, cover.Invalid, cover.DiseaseNotExpected, "/disease")
	refused(t, err, cover.Invalid, cover.EndsBeforeStart, "/care/discharged_on")
	if got := w.incident(i.ID); !reflect.DeepEqual(got.Account.Care, &cover.Care{Facility: "RSUD", AdmittedOn: day("2024-11-28")}) {
		t.Errorf("half amended: %+v", got.Account)
	}
	w.happened(i.ID, cover.IncidentReported, cover.IncidentAmended, cover.IncidentConfirmed)
}

// What goes wrong in the middle of a verb leaves nothing of it behind: here the claim
// that a death opens cannot be written, and so nobody has died.
func TestNothingIsHalfDone(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	var events [2]int
	count := func(n int) {
		w.must(w.db.QueryRow(t.Context(), `select count(*) from events`).Scan(&events[n]))
	}
	count(0)
	w.sql(`alter table claims add constraint claims_broken check (wage_base < 0)`)
	if _, _, err := w.report(w.kpu, told(o, cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00")); err == nil {
		t.Fatal("it was reported")
	}
	count(1)
	var incidents int
	w.must(w.db.QueryRow(t.Context(), `select count(*) from incidents`).Scan(&incidents))
	if events[0] != events[1] || incidents != 0 || w.officerNow(o).EndReason != "" || len(w.deadlines(w.kpu)) > 0 ||
		w.lastCovered(o) != day("2025-01-27") {
		t.Errorf("%d incidents, %d events, %+v", incidents, events[1]-events[0], w.officerNow(o))
	}
}
