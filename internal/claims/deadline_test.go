package claims_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// deadlines are those that somebody sees of a rule; of all rules for none.
func (w *world) deadlines(who access.Actor, rules ...cover.DeadlineRule) []cover.Deadline {
	w.Helper()
	listed, err := w.store.Read(w.Context(), who).Deadlines(store.DeadlineFilter{Rules: rules}, store.Page{Limit: 1000})
	w.must(err)
	return listed.Items
}

// deadline is the only one of a rule that somebody sees.
func (w *world) deadline(who access.Actor, rule cover.DeadlineRule) cover.Deadline {
	w.Helper()
	found := w.deadlines(who, rule)
	if len(found) != 1 {
		w.Fatalf("%d deadlines of %s", len(found), rule)
	}
	return found[0]
}

// is fails unless a deadline is owed by somebody, until an instant.
func (w *world) is(d cover.Deadline, owner access.Actor, due string, status cover.DeadlineStatus) {
	w.Helper()
	if d.OrganisationID != owner.OrganisationID || !d.DueAt.Equal(instant(due)) || d.StatusAt(w.now) != status {
		w.Errorf("%s: %s owes it until %s (%s); want %s until %s (%s)",
			d.Rule, d.OrganisationID, d.DueAt, d.StatusAt(w.now), owner.OrganisationID, due, status)
	}
}

// keepTime is a round of it.
func (w *world) keepTime() claims.Kept {
	w.Helper()
	done, err := claims.KeepTime(w.Context(), w.store)
	w.must(err)
	return done
}

// told counts what was told of a deadline.
func (w *world) toldOf(d cover.Deadline) (out [2]int) {
	w.Helper()
	w.must(w.db.QueryRow(w.Context(), `select count(*) filter (where type = 'deadline_near'), count(*) filter (where type = 'deadline_breached')
		from events where resource_id = $1`, d.ID).Scan(&out[0], &out[1]))
	return out
}

// holiday is entered, or taken back.
func (w *world) holiday(on string, works bool) {
	w.Helper()
	w.do(w.kpu, func(tx *store.Tx) error {
		return tx.PutHoliday(&cover.Holiday{Day: day(on), NameID: "Cuti", NameEN: "Leave", Certainty: "V", Works: works}, 0)
	})
}

// Each clock of a death at work, to the minute, in every zone: who owes it, and until
// when.
func TestTheClocksOfADeathAtWork(t *testing.T) {
	for zone, offset := range map[string]string{"Asia/Jakarta": "+07:00", "Asia/Makassar": "+08:00", "Asia/Jayapura": "+09:00"} {
		t.Run(zone, func(t *testing.T) {
			w := given(t, zone)
			w.now = instant("2024-11-29T09:00:00" + offset)
			o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
			i := w.reported(told(o, cover.SuddenDeath, cover.Died, "2024-11-28T23:40:00"+offset))
			report := w.deadline(w.kpu, "incident_report")
			w.is(report, w.kpu, "2024-11-30T23:40:00"+offset, cover.DeadlineMet)
			if !report.MetAt.Equal(w.now) || report.Late() || !report.DueAt.Equal(*i.ReportDueAt) {
				t.Errorf("reported at %s, late %v; the incident says %s", report.MetAt, report.Late(), i.ReportDueAt)
			}
			claim := w.deadline(w.kpu, "jkk_claim")
			w.is(claim, w.kpu, "2029-11-28T23:59:59.999999"+offset, cover.DeadlineRunning)

			w.now = instant("2024-12-20T23:59:00" + offset) // Friday
			c, err := w.submit(w.kpu, w.ready(i))
			w.must(err)
			w.is(w.deadline(w.kpu, "jkk_claim"), w.kpu, "2029-11-28T23:59:59.999999"+offset, cover.DeadlineMet)
			payment := w.deadline(w.branch, "jkk_payment")
			// 23, 24, 27, 30, 31 December and 2, 3 January: Christmas and New Year are free.
			w.is(payment, w.branch, "2025-01-03T23:59:59.999999"+offset, cover.DeadlineRunning)
			if payment.DueOn != c.PayDueOn || payment.TimeZone != zone || payment.Clock != "jkk_payment-2015-07" {
				t.Errorf("%+v of a claim to be paid on %s", payment, c.PayDueOn)
			}
			c = w.granted(c)
			w.now = instant("2025-01-04T00:30:00" + offset)
			w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2025-01-03T23:59:59.999999"+offset, cover.DeadlineBreached)
			w.must(errOf(w.pay(w.branch, c, "2025-01-03"))) // the day before, written down after midnight
			payment = w.deadline(w.branch, "jkk_payment")
			if w.is(payment, w.branch, "2025-01-03T23:59:59.999999"+offset, cover.DeadlineMet); payment.Late() {
				t.Errorf("paid at %s is late", payment.MetAt)
			}
		})
	}
}

func errOf[T any](_ T, err error) error { return err }

// The days of a payment are those of the branch, wherever the claim was submitted.
func TestAPaymentIsReckonedWhereTheBranchIs(t *testing.T) {
	w := given(t, "Asia/Jayapura")
	w.branch = w.organisation(cover.BPJSOffice, province, "35", "Asia/Jakarta")
	w.agreement = w.agree(cover.PU, w.kpu, w.branch)
	w.now = instant("2024-12-03T00:30:00+09:00") // Monday, 22:30 in Jakarta
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	c, err := w.submit(w.kpu, w.ready(w.reported(told(o, cover.Illness, cover.Died, "2024-11-28T02:40:00+09:00"))))
	w.must(err)
	w.is(w.deadline(w.branch, "jkm_payment"), w.branch, "2024-12-05T23:59:59.999999+07:00", cover.DeadlineRunning)
	if c.PayDueOn != day("2024-12-05") {
		t.Errorf("to be paid on %s", c.PayDueOn)
	}
}

// Whoever tells of an accident, the officer's side owes the report; an illness is no
// accident, and what was not covered is not claimed.
func TestWhichClocksAReportStarts(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	_, _, err := w.report(w.branch, accident(o, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	w.is(w.deadline(w.kpu, "incident_report"), w.kpu, "2024-11-30T02:40:00+07:00", cover.DeadlineRunning)
	w.reported(told(o, cover.Illness, cover.Injured, "2024-11-28T03:40:00+07:00"))
	w.reported(accident(w.officer("2024-05-26", "2025-01-27"), "2024-11-26T02:40:00+07:00"))
	found := w.deadlines(w.kpu)
	if len(found) != 3 {
		t.Fatalf("%d deadlines", len(found))
	}
	if d := found[2]; d.Rule != "incident_report" || !d.Late() {
		t.Errorf("without cover: %+v", d)
	}
}

func TestWhatHappensToAClaimTurnsItsClock(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted() // Friday, 29 November, 09:00
	turn := func(at string, verb func(*store.Tx, cover.Claim) error) {
		w.Helper()
		w.now = instant(at)
		w.do(w.branch, func(tx *store.Tx) error { return verb(tx, c) })
	}
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-10T23:59:59.999999+07:00", cover.DeadlineRunning)
	turn("2024-11-30T10:00:00+07:00", claims.StartPayment) // the first one stays
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-10T23:59:59.999999+07:00", cover.DeadlineRunning)
	turn("2024-12-02T10:00:00+07:00", claims.ResumeDeadline) // it runs
	turn("2024-12-03T10:00:00+07:00", claims.PauseDeadline)  // two days are used
	turn("2024-12-04T10:00:00+07:00", claims.PauseDeadline)  // the first one stays
	d := w.deadline(w.branch, "jkk_payment")
	if w.is(d, w.branch, "2024-12-10T23:59:59.999999+07:00", cover.DeadlinePaused); !d.PausedAt.Equal(instant("2024-12-03T10:00:00+07:00")) {
		t.Errorf("paused at %s", d.PausedAt)
	}
	turn("2024-12-16T10:00:00+07:00", claims.ResumeDeadline) // five are left
	d = w.deadline(w.branch, "jkk_payment")
	w.is(d, w.branch, "2024-12-23T23:59:59.999999+07:00", cover.DeadlineRunning)
	if len(d.Pauses) != 1 || d.PausedAt != nil || d.Version != 3 {
		t.Errorf("%+v", d)
	}
	w.do(w.branch, func(tx *store.Tx) error {
		if on, err := claims.PayDueOn(tx, c); err != nil || on != day("2024-12-23") {
			t.Errorf("to be paid on %s (%v)", on, err)
		}
		return nil
	})
	_, err := w.reject(w.branch, c)
	w.must(err)
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-23T23:59:59.999999+07:00", cover.DeadlineCancelled)
	turn("2024-12-17T10:00:00+07:00", claims.ResumeDeadline) // nothing is left to turn
	turn("2024-12-18T10:00:00+07:00", claims.CancelClock)
	turn("2024-12-18T10:00:00+07:00", claims.StartPayment) // a cancelled one makes room
	found := w.deadlines(w.branch, "jkk_payment")
	if len(found) != 2 {
		t.Fatalf("%d deadlines", len(found))
	}
	turn("2024-12-19T10:00:00+07:00", claims.PauseDeadline)
	turn("2025-03-19T10:00:00+07:00", func(tx *store.Tx, c cover.Claim) error { return claims.MeetPayment(tx, c, day("2025-03-19")) })
	found = w.deadlines(w.branch, "jkk_payment")
	if w.is(found[1], w.branch, "2024-12-31T23:59:59.999999+07:00", cover.DeadlineMet); found[1].Late() {
		t.Error("what was done while the clock stood is late")
	}
	var told []string
	w.must(w.db.QueryRow(t.Context(), `select array_agg(type order by id) from events where resource_id = $1`, d.ID).Scan(&told))
	if want := []string{"deadline_started", "deadline_paused", "deadline_resumed", "deadline_cancelled"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

// A breach stays: neither a rejection nor a pause takes it back.
func TestWhatWasBreachedStaysBreached(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	w.now = instant("2024-12-11T00:00:00+07:00")
	w.do(w.branch, func(tx *store.Tx) error {
		return errors.Join(claims.PauseDeadline(tx, c), claims.ResumeDeadline(tx, c), claims.CancelClock(tx, c))
	})
	_, err := w.reject(w.branch, c)
	w.must(err)
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-10T23:59:59.999999+07:00", cover.DeadlineBreached)
}

func (w *world) start(who access.Actor, rule cover.DeadlineRule, reference, at string) (cover.Deadline, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Deadline, error) {
		return claims.Start(tx, cover.Starting{Rule: rule, StartedAt: instant(at), NoteReference: reference})
	})
}

func (w *world) meet(who access.Actor, d cover.Deadline, at string) (cover.Deadline, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Deadline, error) {
		return claims.Meet(tx, d.ID, store.Version(d.Version), instant(at))
	})
}

func TestAClockIsStartedAndMetByHand(t *testing.T) {
	w := given(t, "Asia/Makassar")
	d, err := w.start(w.kpu, "personal_data_breach", " INS-7 ", "2024-11-28T22:10:30+08:00")
	w.must(err)
	w.is(d, w.kpu, "2024-12-01T22:10:30+08:00", cover.DeadlineRunning)
	change, err := w.start(w.payer, "data_change", "INS-7", "2024-11-28T22:10:30+08:00")
	w.must(err)
	w.is(change, w.payer, "2024-12-09T23:59:59.999999+08:00", cover.DeadlineRunning)
	refused(t, errOf(w.start(w.kpu, "personal_data_breach", "INS-7", "2024-11-29T02:00:00Z")), cover.Conflict, cover.DeadlineTaken, "/note_reference")
	w.must(errOf(w.start(w.kpu, "personal_data_access", "INS-7", "2024-11-29T02:00:00Z")))
	refused(t, errOf(w.start(w.kpu, "data_change", " ", "2024-11-29T02:00:01Z")), cover.Invalid, cover.Blank, "/note_reference")
	refused(t, errOf(w.start(w.kpu, "data_change", "1", "2024-11-29T02:00:01Z")), cover.Invalid, cover.InTheFuture, "/started_at")

	refused(t, errOf(w.meet(w.branch, d, "2024-11-29T02:00:00Z")), cover.NotFound, cover.ResourceUnknown)
	refused(t, errOf(w.meet(w.kpu, d, "2024-11-28T22:10:29+08:00")), cover.Invalid, cover.BeforeStart, "/met_at")
	refused(t, errOf(w.meet(w.kpu, d, "2024-11-29T02:00:01Z")), cover.Invalid, cover.InTheFuture, "/met_at")
	w.submitted()
	w.now = instant("2024-12-03T02:00:00Z")
	met, err := w.meet(w.kpu, d, "2024-12-01T22:10:31+08:00") // a second late
	w.must(err)
	if w.is(met, w.kpu, "2024-12-01T22:10:30+08:00", cover.DeadlineMet); !met.Late() || met.Version != 2 {
		t.Errorf("%+v", met)
	}
	refused(t, errOf(w.meet(w.kpu, d, "2024-12-01T22:10:31+08:00")), cover.Stale, cover.VersionStale)
	refused(t, errOf(w.meet(w.kpu, met, "2024-12-01T22:10:31+08:00")), cover.Conflict, cover.DeadlineWrongStatus)
	claim := w.deadline(w.kpu, "jkk_payment")
	refused(t, errOf(w.meet(w.branch, claim, "2024-12-03T02:00:00Z")), cover.Conflict, cover.DeadlineNotManual)
}

// What cover.Deadline.StatusAt says in Go and the condition of a list in SQL are one
// rule: for whatever happened, at whatever instant.
func TestTheStatusInSQLIsTheStatusInGo(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	due := instant("2024-12-10T12:00:00Z")
	all := []*time.Time{nil, at12(-time.Hour), at12(0), at12(time.Microsecond), at12(time.Hour)}
	n := 0
	for _, paused := range all {
		for _, met := range all {
			for _, cancelled := range all {
				n++
				d := cover.Deadline{
					Rule: "data_change", OrganisationID: w.kpu.OrganisationID, NoteReference: fmt.Sprint(n), StartedAt: due, TimeZone: "Asia/Jakarta",
					Due:    cover.Due{Clock: "data_change-2015-07", Law: "law", Unit: cover.InHours, DueAt: due, NearAt: due},
					Pauses: []cover.Pause{}, PausedAt: paused, MetAt: met, CancelledAt: cancelled, Version: 1,
				}
				w.do(w.kpu, func(tx *store.Tx) error { return tx.InsertDeadline(&d) })
			}
		}
	}
	for _, now := range all[1:] {
		counted := 0
		for _, status := range cover.DeadlineStatuses {
			f := store.DeadlineFilter{Statuses: []cover.DeadlineStatus{status}, Now: *now}
			listed, err := w.store.Read(t.Context(), w.kpu).Deadlines(f, store.Page{Limit: 1000})
			w.must(err)
			counted += len(listed.Items)
			for _, d := range listed.Items {
				if got := d.StatusAt(*now); got != status {
					t.Errorf("at %s: %s in SQL, %s in Go: %+v", now, status, got, d)
				}
			}
		}
		if counted != n {
			t.Errorf("at %s: %d of %d have a status", now, counted, n)
		}
	}
}

func at12(offset time.Duration) *time.Time {
	t := instant("2024-12-10T12:00:00Z").Add(offset)
	return &t
}

// Whoever owes it, and whoever sees what it is about.
func TestWhoSeesADeadline(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	w.submitted()
	mine, err := w.start(w.payer, "personal_data_breach", "1", "2024-11-28T12:00:00Z")
	w.must(err)
	nation := w.organisation(cover.KPU, cover.National, "", "Asia/Jakarta")
	other := w.organisation(cover.KPU, regency, "35.16", "Asia/Jakarta")
	bawaslu := w.organisation(cover.Bawaslu, regency, "35.15", "Asia/Jakarta")
	for name, tt := range map[string]struct {
		who  access.Actor
		want int
	}{
		"the organiser": {w.kpu, 4}, "those above it": {nation, 4}, "the branch": {w.branch, 4},
		"the payer sees its own": {w.payer, 1}, "another KPU": {other, 0}, "Bawaslu": {bawaslu, 0},
	} {
		if got := len(w.deadlines(tt.who)); got != tt.want {
			t.Errorf("%s sees %d, want %d", name, got, tt.want)
		}
	}
	if _, err := w.store.Read(t.Context(), w.kpu).Deadline(mine.ID); cover.KindOf(err) != cover.NotFound {
		t.Errorf("a stranger's deadline: %v", err)
	}
}

// Of each deadline it is told once that it runs out, and once that it was breached,
// whenever time is kept, and however often.
func TestEachEndIsToldOnce(t *testing.T) {
	const met, paused = "met", "paused"
	for name, tt := range map[string]struct {
		rule   cover.DeadlineRule
		what   string // happens on 29 November at noon
		rounds []string
		want   [2]int
	}{
		"every minute of it":              {"personal_data_breach", "", []string{"2024-11-30T22:09:00Z", "2024-11-30T22:10:00Z", "2024-11-30T22:11:00Z", "2024-12-01T10:10:00Z", "2024-12-01T10:10:01Z", "2024-12-01T10:11:00Z", "2024-12-09T00:00:00Z"}, [2]int{1, 1}},
		"not before twelve hours before":  {"personal_data_breach", "", []string{"2024-11-30T22:09:59Z"}, [2]int{0, 0}},
		"twelve hours before":             {"personal_data_breach", "", []string{"2024-11-30T22:10:00Z"}, [2]int{1, 0}},
		"not breached at the instant":     {"personal_data_breach", "", []string{"2024-12-01T10:10:00Z"}, [2]int{1, 0}},
		"nobody kept time for days":       {"personal_data_breach", "", []string{"2024-12-09T00:00:00Z", "2024-12-10T00:00:00Z"}, [2]int{0, 1}},
		"what is met before is left":      {"personal_data_breach", met, []string{"2024-11-30T22:10:00Z", "2024-12-09T00:00:00Z"}, [2]int{0, 0}},
		"what is paused is left":          {"personal_data_breach", paused, []string{"2024-11-30T22:10:00Z", "2024-12-09T00:00:00Z"}, [2]int{0, 0}},
		"the working day before the last": {"data_change", "", []string{"2024-12-05T16:59:59Z", "2024-12-05T17:00:00Z", "2024-12-09T16:59:59Z"}, [2]int{1, 0}},
		"when the last day is over":       {"data_change", "", []string{"2024-12-06T16:59:59Z", "2024-12-09T17:00:00Z"}, [2]int{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			w := given(t, "Asia/Jakarta")
			d, err := w.start(w.kpu, tt.rule, "1", "2024-11-28T10:10:00Z")
			w.must(err)
			if tt.what != "" {
				w.sql(fmt.Sprintf(`update deadlines set %s_at = '2024-11-29T05:00:00Z'`, tt.what))
			}
			for _, now := range tt.rounds {
				w.now = instant(now)
				w.keepTime()
			}
			if got := w.toldOf(d); got != tt.want {
				t.Errorf("told %v, want %v", got, tt.want)
			}
		})
	}
}

// A report that comes late tells of the breach, whether time was kept before it or not.
func TestALateReportIsABreach(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	w.reported(accident(o, "2024-11-26T02:40:00+07:00"))
	late := w.deadline(w.kpu, "incident_report")
	w.keepTime()
	w.keepTime()
	if got := w.toldOf(late); got != [2]int{0, 1} {
		t.Errorf("told %v", got)
	}
}

// many starts more deadlines than one transaction tells of.
func (w *world) many() int {
	w.Helper()
	n := 2*claims.Batch + 17
	w.do(w.kpu, func(tx *store.Tx) error {
		for i := range n {
			if _, err := claims.Start(tx, cover.Starting{Rule: "data_change", StartedAt: instant("2024-11-28T02:00:00Z"), NoteReference: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	return n
}

// doubled counts the events of a type, and the deadlines that they are about.
func (w *world) doubled(what cover.EventType) (events, about int) {
	w.Helper()
	w.must(w.db.QueryRow(w.Context(), `select count(*), count(distinct resource_id) from events where type = $1`, what).Scan(&events, &about))
	return events, about
}

// Several processes keep time at once, some die on the way: still each once.
func TestTimeIsKeptByManyAtOnceAndAfterADeath(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	n := w.many()
	w.now = instant("2024-12-10T00:00:00+07:00") // the last day is over
	for after := range 3 {
		ctx, die := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() { _, _ = claims.KeepTime(ctx, w.store) }) // it dies with its context
		}
		time.AfterFunc(time.Duration(after*15)*time.Millisecond, die)
		wait.Wait()
		die()
		if events, about := w.doubled(cover.DeadlineWasBreached); events != about {
			t.Fatalf("%d events of %d deadlines", events, about)
		}
	}
	w.keepTime()
	if events, about := w.doubled(cover.DeadlineWasBreached); events != n || about != n {
		t.Errorf("%d events of %d deadlines, want %d", events, about, n)
	}
	if done := w.keepTime(); done != (claims.Kept{}) {
		t.Errorf("told again: %+v", done)
	}
}

// A holiday that is entered while a clock runs moves its end, and the day by which the
// claim is to be paid. That the end is near is told again, because it is another end.
func TestAHolidayThatIsEnteredLaterMovesWhatStillRuns(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	d := w.deadline(w.branch, "jkk_payment")
	by := func(on, status string) {
		w.Helper()
		w.is(w.deadline(w.branch, "jkk_payment"), w.branch, on+"T23:59:59.999999+07:00", cover.DeadlineStatus(status))
		read, err := w.store.Read(w.Context(), w.branch).Claim(c.ID)
		if w.must(err); read.PayDueOn != day(on) {
			w.Errorf("the claim says %s, its deadline %s", read.PayDueOn, on)
		}
	}
	by("2024-12-10", "running")
	w.now = instant("2024-12-09T10:00:00+07:00")
	if done := w.keepTime(); done.Near != 1 || done.Moved != 0 {
		t.Errorf("%+v", done)
	}
	w.holiday("2024-12-10", false) // today is still the working day before the last
	if done := w.keepTime(); done != (claims.Kept{Moved: 1, Near: 1}) {
		t.Errorf("%+v", done)
	}
	by("2024-12-11", "running")
	if now := w.deadline(w.branch, "jkk_payment"); now.Version != d.Version+1 || now.Edition == d.Edition {
		t.Errorf("%+v", now)
	}
	w.now = instant("2024-12-11T00:00:00+07:00")
	w.holiday("2024-12-10", true) // people worked after all: nobody has broken what was not owed yet
	if done := w.keepTime(); done != (claims.Kept{}) {
		t.Errorf("%+v", done)
	}
	by("2024-12-11", "running")
	w.now = instant("2024-12-12T00:00:00+07:00")
	if done := w.keepTime(); done != (claims.Kept{Breached: 1}) {
		t.Errorf("%+v", done)
	}
	w.holiday("2024-12-11", false) // too late
	if done := w.keepTime(); done != (claims.Kept{}) {
		t.Errorf("%+v", done)
	}
	by("2024-12-11", "breached")
	if got := w.toldOf(d); got != [2]int{2, 1} {
		t.Errorf("told %v", got)
	}
}

// Whoever works on a claim is not waited for, nor kept from it: its deadline moves in
// the next round.
func TestAClaimThatSomebodyWorksOnIsMovedInTheNextRound(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	n := w.many()
	w.holiday("2024-12-04", false)
	w.do(w.branch, func(tx *store.Tx) error {
		if _, err := tx.LockClaim(c.ID, 0); err != nil {
			return err
		}
		if done := w.keepTime(); done.Moved != n {
			t.Errorf("%+v, want %d", done, n)
		}
		return nil
	})
	if done := w.keepTime(); done.Moved != 1 {
		t.Errorf("%+v", done)
	}
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-11T23:59:59.999999+07:00", cover.DeadlineRunning)
}

// A clock that is paused while the tariff changes goes on by the tariff of that day.
func TestAPausedClockLearnsOfHolidaysWhenItGoesOn(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	w.do(w.branch, func(tx *store.Tx) error { return claims.PauseDeadline(tx, c) })
	w.holiday("2024-12-10", false)
	if done := w.keepTime(); done != (claims.Kept{}) {
		t.Errorf("%+v", done)
	}
	w.do(w.branch, func(tx *store.Tx) error { return claims.ResumeDeadline(tx, c) })
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-11T23:59:59.999999+07:00", cover.DeadlineRunning)
}

// What happens to incidents has clocks of its own, one of a rule for each.
func TestOneClockOfARuleRunsForAnIncident(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	for n, at := range []string{"2024-11-28T02:40:00+07:00", "2024-11-28T03:40:00+07:00"} {
		i := w.reported(accident(o, at))
		for range 2 {
			w.do(w.kpu, func(tx *store.Tx) error { return claims.StartConclusion(tx, i.ID, w.kpu.OrganisationID) })
		}
		if got := len(w.deadlines(w.kpu, "incident_conclusion")); got != n+1 {
			t.Errorf("%d deadlines of %d incidents", got, n+1)
		}
	}
	other := cover.Deadline{
		Rule: "incident_conclusion", OrganisationID: w.kpu.OrganisationID, IncidentID: w.deadlines(w.kpu)[0].IncidentID, StartedAt: w.now,
		TimeZone: "Asia/Jakarta", Due: cover.Due{Unit: cover.InHours, DueAt: w.now, NearAt: w.now}, Pauses: []cover.Pause{}, Version: 1,
	}
	err := w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error { return tx.InsertDeadline(&other) })
	refused(t, err, cover.Conflict, cover.DeadlineTaken)
	if other.ID == uuid.Nil {
		t.Error("it was never tried")
	}
}
