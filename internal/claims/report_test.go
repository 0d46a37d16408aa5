package claims_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// refused fails unless an error is a refusal of a kind, with a code of its own or,
// where pointers are named, of its faults there. It returns the params of the code.
func refused(t *testing.T, err error, kind cover.Kind, code cover.Code, pointers ...string) cover.Params {
	t.Helper()
	e, ours := errors.AsType[*cover.Error](err)
	if !ours || e.Kind != kind {
		t.Fatalf("got %v, want a refusal with %s", err, code)
	}
	if len(pointers) == 0 && e.Code != code {
		t.Errorf("refused with %s, want %s", e.Code, code)
	}
	params := e.Params
	for _, p := range pointers {
		if !has(e.Faults, p, code) {
			t.Errorf("no %s at %s in %v", code, p, e.Faults)
			continue
		}
		params = e.Faults[slices.IndexFunc(e.Faults, at(p, code))].Params
	}
	return params
}

func at(pointer string, code cover.Code) func(cover.Fault) bool {
	return func(f cover.Fault) bool { return f.Pointer == pointer && f.Code == code }
}

func has(faults cover.Faults, pointer string, code cover.Code) bool {
	return slices.ContainsFunc(faults, at(pointer, code))
}

// The clock runs in hours from the minute of the event: neither the zone of the
// officer nor that of the report moves it.
func TestTheFirstReportIsDueWithinTwiceTwentyFourHours(t *testing.T) {
	t.Parallel()
	type report struct {
		now  string
		late bool
	}
	for zone, tt := range map[string]struct {
		occurred string
		reports  []report
	}{
		"Asia/Jakarta": {"2024-02-14T23:30:00+07:00", []report{ // B26
			{"2024-02-16T23:29:00+07:00", false}, {"2024-02-16T23:30:00+07:00", false}, {"2024-02-16T23:31:00+07:00", true},
		}},
		"Asia/Makassar": {"2024-02-14T23:30:00+08:00", []report{
			{"2024-02-16T23:29:00+08:00", false}, {"2024-02-16T23:31:00+08:00", true}, {"2024-02-16T22:31:00+07:00", true},
		}},
		"Asia/Jayapura": {"2024-02-14T23:30:00+09:00", []report{
			{"2024-02-16T23:29:00+09:00", false}, {"2024-02-16T21:29:00+07:00", false}, {"2024-02-16T14:31:00Z", true},
		}},
	} {
		t.Run(zone, func(t *testing.T) {
			w := given(t, zone)
			for _, r := range tt.reports {
				o := w.covered(1_100_000, "2024-01-25", "2024-02-25")
				w.now = instant(r.now)
				i, doubts, err := w.report(w.kpu, accident(o, tt.occurred))
				w.must(err)
				if i.Late(w.now) != r.late || has(doubts, "/occurred_at", cover.ReportLate) != r.late {
					t.Errorf("%s: late is %v with doubts %v (due %s)", r.now, i.Late(w.now), doubts, i.ReportDueAt)
				}
			}
		})
	}
}

// Cover begins at midnight where the officer serves, wherever the report is
// written: half past midnight in Papua is still the day before in Jakarta.
func TestTheDayOfAnEventIsThatOfTheOfficersOrganisation(t *testing.T) {
	for zone, covered := range map[string]bool{"Asia/Jayapura": true, "Asia/Jakarta": false} {
		t.Run(zone, func(t *testing.T) {
			w := given(t, zone)
			o := w.covered(1_100_000, "2024-11-07", "2024-12-08")
			i := w.reported(accident(o, "2024-11-06T22:30:00+07:00"))
			if i.Covered() != covered {
				t.Errorf("covered is %v", i.Covered())
			}
		})
	}
}

// Nobody harmed goes unrecorded, and what was not covered is never paid.
func TestWhoeverIsNotCoveredIsReportedAndNotClaimed(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	const from, to, event = "2024-11-07", "2024-12-08", "2024-11-28T02:40:00+07:00"
	for name, tt := range map[string]struct {
		term  [2]string
		cover func(*world, cover.Officer)
		want  cover.Code
	}{
		"before the term": {[2]string{"2024-11-29", to}, nil, cover.UncoveredOutsideTerm},
		"after the term":  {[2]string{from, "2024-11-27"}, nil, cover.UncoveredOutsideTerm},
		"never enrolled":  {[2]string{from, to}, nil, cover.UncoveredNotEnrolled},
		"enrolled by mistake": {[2]string{from, to}, func(w *world, o cover.Officer) {
			w.sql(`update coverage_periods set cancelled_on = '2024-11-08' where id = $1`, w.period(o, w.agreement, 1_100_000, from))
		}, cover.UncoveredNotEnrolled},
		"never paid": {[2]string{from, to}, func(w *world, o cover.Officer) {
			w.period(o, w.agreement, 1_100_000, "")
		}, cover.UncoveredUnpaid},
		"paid the day after": {[2]string{from, to}, func(w *world, o cover.Officer) {
			w.period(o, w.agreement, 1_100_000, "2024-11-29")
		}, cover.UncoveredUnpaid},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			o := w.officer(tt.term[0], tt.term[1])
			if tt.cover != nil {
				tt.cover(w, o)
			}
			i, doubts, err := w.report(w.kpu, told(o, cover.SuddenDeath, cover.Died, event))
			w.must(err)
			if i.Covered() || i.UncoveredReason != tt.want {
				t.Errorf("covered is %v because of %q, want %s", i.Covered(), i.UncoveredReason, tt.want)
			}
			if !has(doubts, "/officer_id", cover.OfficerNotCovered) {
				t.Errorf("nobody was warned: %v", doubts)
			}
			_, err = w.open(w.kpu, i, cover.JKK)
			if params := refused(t, err, cover.Conflict, cover.NotCovered); params["reason"] != tt.want {
				t.Errorf("told %v", params)
			}
		})
	}
}

func TestTheLastDayOfCoverAndTheDayItWasPaidAreCovered(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for _, o := range []cover.Officer{
		w.covered(1_100_000, "2024-11-07", "2024-11-28"),
		w.covered(1_100_000, "2024-11-28", "2024-12-08"),
	} {
		if i := w.reported(accident(o, "2024-11-28T23:59:59+07:00")); !i.Covered() {
			t.Errorf("%s to %s: %s", o.TermFrom, o.TermTo, i.UncoveredReason)
		}
	}
}

func TestAReportIsRefusedWithAllItsFaults(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_100_000, "2024-05-26", "2025-01-27")
	in := told(o, cover.SuddenDeath, cover.Injured, "2024-12-01T00:00:00+07:00")
	in.Place, in.Account = " ", cover.Account{Narrative: "\n"}
	_, _, err := w.report(w.kpu, in)
	refused(t, err, cover.Invalid, cover.Blank, "/place", "/narrative", "/notifier_name", "/notifier_phone")
	refused(t, err, cover.Invalid, cover.InTheFuture, "/occurred_at")
	refused(t, err, cover.Invalid, cover.OutcomeOfOtherKind, "/outcome")

	in.OfficerID = uuid.New()
	_, _, err = w.report(w.kpu, in)
	refused(t, err, cover.Invalid, cover.OfficerUnknown, "/officer_id")
}

func TestTheBranchReportsAsWell(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_100_000, "2024-05-26", "2025-01-27")
	i, _, err := w.report(w.branch, accident(o, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	if i.OrganisationID.UUID != w.kpu.OrganisationID || i.ConfirmedAt != nil || i.Status() != cover.IncidentNotified {
		t.Error("the incident is not the officer's organisation's")
	}
	w.sees(w.kpu, i, true)
	w.sees(w.branch, i, true)
}

// The account is sealed to its row, and comes back whole.
func TestAnAccountIsSealed(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_100_000, "2024-05-26", "2025-01-27")
	in := accident(o, "2024-11-28T02:40:00+07:00")
	one, other := w.reported(in), w.reported(accident(o, "2024-11-29T02:40:00+07:00"))

	var sealed []byte
	w.must(w.db.QueryRow(t.Context(), `select account from incidents where id = $1`, one.ID).Scan(&sealed))
	for _, word := range []string{in.Account.Narrative, in.Account.NotifierName, in.Account.NotifierPhone} {
		if bytes.Contains(sealed, []byte(word)) {
			t.Errorf("%q lies open", word)
		}
	}
	read, err := w.store.Read(t.Context(), w.kpu).Incident(one.ID)
	w.must(err)
	if !reflect.DeepEqual(read.Account, in.Account) || !read.OccurredAt.Equal(one.OccurredAt) || !read.ReportDueAt.Equal(*one.ReportDueAt) {
		t.Errorf("read back %+v", read)
	}

	w.sql(`update incidents set account = $1 where id = $2`, sealed, other.ID)
	if _, err := w.store.Read(t.Context(), w.kpu).Incident(other.ID); err == nil {
		t.Error("the account of another incident was opened")
	}
}

func TestIncidentsAreListedWithoutTheirAccounts(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	safe := w.covered(1_100_000, "2024-05-26", "2025-01-27")
	bare := w.officer("2024-05-26", "2025-01-27")
	injured := w.reported(accident(safe, "2024-11-28T02:40:00+07:00"))
	died := w.reported(told(bare, cover.Illness, cover.Died, "2024-11-28T02:40:00+07:00"))
	yes, no := true, false
	for name, tt := range map[string]struct {
		filter store.IncidentFilter
		want   []uuid.UUID
	}{
		"all":                 {store.IncidentFilter{}, []uuid.UUID{injured.ID, died.ID}},
		"of one officer":      {store.IncidentFilter{OfficerID: bare.ID}, []uuid.UUID{died.ID}},
		"with cover":          {store.IncidentFilter{Covered: &yes}, []uuid.UUID{injured.ID}},
		"without cover":       {store.IncidentFilter{Covered: &no}, []uuid.UUID{died.ID}},
		"by how they ended":   {store.IncidentFilter{Outcomes: []cover.IncidentOutcome{cover.Injured}}, []uuid.UUID{injured.ID}},
		"of nobody like that": {store.IncidentFilter{OfficerID: safe.ID, Covered: &no}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			page := store.Page{Limit: 50, Count: store.CountExactly}
			listed, err := w.store.Read(t.Context(), w.kpu).Incidents(tt.filter, page)
			w.must(err)
			if len(listed.Items) != len(tt.want) || *listed.Total != int64(len(tt.want)) {
				t.Fatalf("%d of %d, want %d", len(listed.Items), *listed.Total, len(tt.want))
			}
			for n, i := range listed.Items {
				if i.ID != tt.want[n] || !reflect.DeepEqual(i.Account, cover.Account{}) {
					t.Errorf("item %d is %+v", n, i)
				}
			}
		})
	}
}

// accident is a report by which an officer was injured at an instant.
func accident(o cover.Officer, at string) cover.Report {
	return told(o, cover.Accident, cover.Injured, at)
}

// sees fails unless an actor can, or cannot, read and list an incident.
func (w *world) sees(who access.Actor, i cover.Incident, want bool) {
	w.Helper()
	r := w.store.Read(w.Context(), who)
	_, err := r.Incident(i.ID)
	listed, listErr := r.Incidents(store.IncidentFilter{}, store.Page{Limit: 50})
	w.must(listErr)
	if (err == nil) != want || (len(listed.Items) > 0) != want {
		w.Errorf("%s reads it: %v, and lists %d", who.Kind, err, len(listed.Items))
	}
	if !want && cover.KindOf(err) != cover.NotFound {
		w.Errorf("%s is told of it: %v", who.Kind, err)
	}
}

// One event is reported once, and nobody dies twice: otherwise it would be paid
// twice.
func TestAnEventIsReportedOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_100_000, "2024-05-26", "2025-01-27")
	in := accident(o, "2024-11-27T02:40:00+07:00")
	w.reported(in)
	_, _, err := w.report(w.kpu, in)
	refused(t, err, cover.Conflict, cover.IncidentTaken, "/occurred_at")
	notice, _, err := w.report(w.branch, in) // may be of anything, until its body says what
	w.must(err)
	_, _, err = w.confirm(w.kpu, notice)
	refused(t, err, cover.Conflict, cover.IncidentTaken, "/occurred_at")

	death := in
	death.Outcome, death.OccurredAt = cover.Died, in.OccurredAt.Add(time.Hour)
	w.reported(death)
	death.OccurredAt = death.OccurredAt.Add(time.Hour)
	_, _, err = w.report(w.kpu, death)
	refused(t, err, cover.Conflict, cover.IncidentTaken, "/outcome")
}
