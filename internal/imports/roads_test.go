package imports_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/imports"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// This file holds the road of many officers to that of one: the sets of store/plan
// and store/merge to registry.Appoint and registry.AmendOfficer.

// How many rosters are tried, and in how many worlds beside each other.
const (
	createRosters = 180
	upsertRosters = 120
	roadWorlds    = 4
)

// TestManyAreAppointedAsOneIs sends the same rows as a file and one by one.
func TestManyAreAppointedAsOneIs(t *testing.T) {
	t.Parallel()
	roads(t, cover.CreateOnly, createRosters)
}

// TestManyAreAmendedAsOneIs sends the same rows as an upsert, and one by one: as an
// amendment where there is an officer with that key.
func TestManyAreAmendedAsOneIs(t *testing.T) {
	t.Parallel()
	roads(t, cover.Upsert, upsertRosters)
}

// TestWhoEndedEarlyMayServeAgainUnderAnotherKey: the term that was not served keeps
// nobody from correcting either duty.
func TestWhoEndedEarlyMayServeAgainUnderAnotherKey(t *testing.T) {
	t.Parallel()
	w := given(t)
	r := &road{world: w, agreement: w.agree("pps"), seen: map[string]int{}}
	former, again := anyone(1), anyone(1)
	again.ExternalID, again.TermFrom = "S-again", cover.NewDate(2024, time.September, 1)
	for name, row := range map[string]cover.Appointment{"the former": former, "the later": again} {
		row.DecreeNumber = "46/2024"
		r.compare(cover.Upsert, name, roster{
			before: []cover.Appointment{former, again}, ended: map[int]cover.Date{0: cover.NewDate(2024, time.August, 1)},
			rows: []cover.Appointment{row},
		})
		if got := r.officers()[row.ExternalID].DecreeNumber; got != "46/2024" {
			t.Errorf("%s has the decree %q", name, got)
		}
	}
}

func roads(t *testing.T, mode cover.ImportMode, rosters int) {
	t.Helper()
	for n := range roadWorlds {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := given(t)
			r := &road{world: w, agreement: w.agree("pps"), seen: map[string]int{}}
			for _, in := range somewhereElse() {
				_, _, err := w.appoint(w.bawaslu, in)
				w.must(err)
			}
			for seed := n; seed < rosters && !t.Failed(); seed += roadWorlds {
				r.compare(mode, fmt.Sprintf("seed %d", seed), newGenerator(uint64(seed)).roster(mode))
			}
			t.Log(r.seen)
		})
	}
}

// road is a world in which rosters are sent on both roads, one after the other.
type road struct {
	*world
	agreement uuid.UUID
	seen      map[string]int // what happened, to see that the rosters try something
}

// roster is what the register begins with, and what is sent.
type roster struct {
	before  []cover.Appointment
	ended   map[int]cover.Date // of before
	covered bool
	rows    []cover.Appointment
}

// state is all that either road may leave behind.
type state struct{ officers, personal, events []string }

func (r *road) compare(mode cover.ImportMode, name string, s roster) {
	r.t.Helper()
	complain := func(format string, args ...any) {
		r.t.Helper()
		r.t.Errorf("%s, %s: %s", mode, name, fmt.Sprintf(format, args...))
	}

	r.begin(s)
	i := r.run(r.send(terms(mode), s.rows))
	rows, bulk := r.rows(i), r.state()
	if !slices.Contains([]cover.ImportStatus{cover.ImportCommitted, cover.ImportPartiallyCommitted, cover.ImportRejected}, i.Status) {
		complain("the import is %s", i.Status)
	}
	if int64(len(s.rows)) != i.Counts.Rows || len(s.rows) != len(rows) {
		complain("%d rows became %d, and %d", len(s.rows), i.Counts.Rows, len(rows))
		return
	}

	r.begin(s)
	known := r.officers()
	now := maps.Clone(known)
	for n, in := range s.rows {
		row := rows[int64(n+1)]
		r.seen["rows"]++
		if why := r.wanted(mode, row, rows, known, s.rows); why != "" {
			r.seen["wanted: "+why]++
			continue // as if its sender had left it out, because that is what the file does
		}
		r.one(mode, in, row, now, complain)
	}
	single := r.state()
	for what, pair := range map[string][2][]string{
		"officers":      {bulk.officers, single.officers},
		"personal data": {bulk.personal, single.personal},
		"events":        {bulk.events, single.events},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			complain("other %s\nonly of the file:\n%s\nonly one by one:\n%s", what, without(pair[0], pair[1]), without(pair[1], pair[0]))
		}
	}
	if r.t.Failed() {
		r.t.Logf("the file:\n%s", ndjson(s.rows))
	}
}

func without(all, others []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(others, s) }), "\n")
}

// begin empties the register, and fills it with what a roster begins with.
func (r *road) begin(s roster) {
	r.t.Helper()
	for _, sql := range []string{
		`delete from coverage_periods`, `delete from enrolments`, `delete from events`, `delete from import_plan`, `delete from import_rows`,
		`delete from imports`, `delete from river_job`,
		`delete from officers where organisation_id = '` + r.kpu.OrganisationID.String() + `'`,
	} {
		_, err := r.st.Pool().Exec(r.t.Context(), sql)
		r.must(err)
	}
	for n, in := range s.before {
		o, _, err := r.appoint(r.kpu, in)
		if err == nil && !s.ended[n].Zero() {
			r.end(o.ID, s.ended[n])
		} else if cover.KindOf(err) == cover.Internal && err != nil {
			r.must(err)
		}
	}
	if s.covered {
		r.enrol(r.agreement)
	}
}

func (r *road) state() (s state) {
	r.t.Helper()
	mine := r.kpu.OrganisationID
	s.officers = r.texts(`select (to_jsonb(o) - 'id' - 'created_at' - 'updated_at' - 'personal' - 'import_id')::text from officers o
		where organisation_id = $1 order by external_id`, mine)
	for key, o := range r.officers() {
		s.personal = append(s.personal, fmt.Sprint(key, o.Personal))
	}
	slices.Sort(s.personal)
	s.events = r.texts(`select concat_ws(' ', o.external_id, e.type, e.before_digest, e.after_digest, e.organisation_id, e.client_id, e.actor_id,
			e.request_id, e.purpose)
		from events e join officers o on o.id = e.resource_id and o.organisation_id = $1`, mine)
	slices.Sort(s.events)
	return s
}

// wanted says why a row may be rejected though one by one it would not be; nothing,
// if it may not. Each is a promise that a file makes and single calls cannot.
func (r *road) wanted(mode cover.ImportMode, row cover.ImportRow, rows map[int64]cover.ImportRow, known map[string]cover.Officer, sent []cover.Appointment) string {
	if row.Outcome != cover.RowRejected || len(row.Faults) != 1 {
		return ""
	}
	fault := row.Faults[0]
	switch fault.Code {
	case cover.DuplicateInFile:
		// Two rows with one key: which of them is meant, nobody knows. One by one, the
		// second amends the first.
		if mode == cover.Upsert {
			return "a key twice"
		}
		if r.earlier(fault, row, rows).Outcome == cover.RowRejected {
			return "a key of a row that was rejected"
		}
	case cover.PersonTwiceInFile:
		// Of two rows of one person the first was rejected because of the register, or of
		// yet another row. Which of them is right, nobody knows.
		if r.earlier(fault, row, rows).Outcome == cover.RowRejected {
			return "a twin of a row that was rejected"
		}
	case cover.OfficerTaken:
		// The file is held against the register as it is, and not as the file itself
		// will leave it: the order of rows means nothing.
		for n, in := range sent[:row.Row-1] {
			if o, there := known[in.ExternalID]; there && rows[int64(n+1)].OfficerID.Valid && rows[int64(n+1)].Outcome == cover.RowUpdated {
				if other := known[o.ExternalID]; r.duty(other, sent[row.Row-1]) {
					return "a duty that an earlier row moves"
				}
			}
		}
	default:
	}
	return ""
}

// earlier is the row that a fault names.
func (r *road) earlier(fault cover.Fault, row cover.ImportRow, rows map[int64]cover.ImportRow) cover.ImportRow {
	r.t.Helper()
	first, ok := fault.Params["row"].(int64)
	if !ok || first >= row.Row {
		r.t.Errorf("row %d: %s names row %v", row.Row, fault.Code, fault.Params["row"])
	}
	return rows[first]
}

// duty reports whether an officer keeps a row from being one.
func (r *road) duty(o cover.Officer, in cover.Appointment) bool {
	return o.Personal.NIK == cover.NIK(strings.TrimSpace(string(in.Personal.NIK))) && o.Position == in.Position &&
		!o.TermFrom.After(in.TermTo) && !o.LastDay().Before(in.TermFrom)
}

// one sends one row by itself, to officers who are there now, and compares what is
// said of it with what was said in the file.
func (r *road) one(mode cover.ImportMode, in cover.Appointment, row cover.ImportRow, now map[string]cover.Officer, complain func(string, ...any)) {
	r.t.Helper()
	var o cover.Officer
	var doubts cover.Faults
	var err error
	before, known := now[in.ExternalID]
	switch {
	case mode == cover.Upsert && known && row.Outcome == cover.RowUnchanged:
		r.seen["unchanged"]++
		return // an amendment that says what is there already makes a new version
	case mode == cover.Upsert && known && before.Position != in.Position:
		// No amendment can say that: a key stays with its position.
		if row.Outcome != cover.RowRejected {
			complain("row %d moves %s to another position", row.Row, in.ExternalID)
		}
		return
	case mode == cover.Upsert && known:
		o, doubts, err = r.amend(before.ID, func(a *cover.Appointment) { *a = in })
	default:
		o, doubts, err = r.appoint(r.kpu, in)
	}
	if err != nil {
		r.refused(err, in, row, known, complain)
		return
	}
	r.seen["accepted"]++
	now[in.ExternalID] = o
	if row.Outcome != cover.RowCreated && row.Outcome != cover.RowUpdated || known != (row.Outcome == cover.RowUpdated) {
		complain("row %d is %s, and taken by itself: %v", row.Row, row.Outcome, row.Faults)
	}
	// That somebody has ended is news to whoever sends a file; who amends them knows.
	told := slices.DeleteFunc(slices.Clone(row.Doubts), func(f cover.Fault) bool { return f.Code == cover.OfficerHasEnded })
	if spelt(told) != spelt(doubts) {
		complain("row %d has the doubts %s, and by itself %s", row.Row, spelt(told), spelt(doubts))
	}
}

// refused compares a row with how it is refused by itself.
func (r *road) refused(err error, in cover.Appointment, row cover.ImportRow, known bool, complain func(string, ...any)) {
	r.t.Helper()
	refusal, ours := err.(*cover.Error) //nolint:errorlint // the verbs return nothing else
	if !ours {
		r.must(err)
	}
	r.seen["refused: "+string(refusal.Faults[0].Code)]++
	if row.Outcome == cover.RowUnchanged && known {
		return // the same row again does no harm in a file, and is refused by itself
	}
	if row.Outcome != cover.RowRejected {
		complain("row %d (%s) is %s, and by itself it is refused: %s", row.Row, in.ExternalID, row.Outcome, spelt(refusal.Faults))
		return
	}
	for _, f := range refusal.Faults {
		// A file is also told what is wrong with the area of an unknown position.
		if refusal.Kind == cover.Invalid && f.Code != cover.OutsideTerm && !strings.Contains(spelt(row.Faults), spelt(cover.Faults{f})) {
			complain("row %d has the faults %s, and by itself %s", row.Row, spelt(row.Faults), spelt(refusal.Faults))
		}
	}
	if (refusal.Kind == cover.Conflict || refusal.Faults[0].Code == cover.OutsideTerm) && !conflicts(refusal.Faults[0], row.Faults) {
		complain("row %d has the faults %s, and by itself conflicts: %s", row.Row, spelt(row.Faults), spelt(refusal.Faults))
	}
}

// conflicts reports whether a file tells of a conflict. It may tell of the row that
// causes it, and finds the key first where a single call finds the person.
func conflicts(single cover.Fault, bulk cover.Faults) bool {
	return slices.ContainsFunc(bulk, func(f cover.Fault) bool {
		switch f.Code {
		case cover.DuplicateInFile, cover.ExternalIDTaken:
			return f.Pointer == "/external_id" && single.Code != cover.NIKFrozen
		case cover.PersonTwiceInFile, cover.OfficerTaken:
			return f.Pointer == "/nik" && single.Code != cover.NIKFrozen
		default:
			return f.Code == single.Code && f.Pointer == single.Pointer
		}
	})
}

// spelt writes faults down, with their params.
func spelt(faults cover.Faults) string {
	var all []string
	for _, f := range faults {
		text, err := json.Marshal(f)
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// generator makes rosters over so few keys, people and terms that they collide.
type generator struct {
	*rand.Rand
	keys, people int
}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 6106))}
	g.keys, g.people = 15+g.IntN(60), 10+g.IntN(50)
	return g
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// sometimes is true once in so many times.
func (g *generator) sometimes(n int) bool { return g.IntN(n) == 0 }

func (g *generator) roster(mode cover.ImportMode) roster {
	s := roster{ended: map[int]cover.Date{}, covered: mode == cover.Upsert && g.sometimes(3)}
	for n := range g.IntN(12) {
		in := g.row()
		s.before = append(s.before, in)
		if g.sometimes(4) && !in.TermTo.Before(in.TermFrom) {
			s.ended[n] = in.TermFrom.Add(g.IntN(60))
			if s.ended[n].After(in.TermTo) {
				s.ended[n] = in.TermTo
			}
		}
	}
	for range 10 + g.IntN(35) {
		switch in := g.row(); {
		case len(s.before) > 0 && g.sometimes(3):
			s.rows = append(s.rows, g.changed(pick(g, s.before...)))
		case len(s.rows) > 0 && g.sometimes(10):
			s.rows = append(s.rows, pick(g, s.rows...))
		default:
			s.rows = append(s.rows, in)
		}
	}
	return s
}

var someTerms = [][2]cover.Date{
	{begins, lasts},
	{begins, lasts},
	{begins, cover.NewDate(2024, time.July, 31)},
	{cover.NewDate(2024, time.August, 1), lasts},
	{cover.NewDate(2024, time.November, 7), cover.NewDate(2024, time.December, 8)},
	{cover.NewDate(2023, time.January, 17), cover.NewDate(2024, time.April, 4)},
}

// row is anybody on any duty; once in ten times something is wrong with it.
func (g *generator) row() cover.Appointment {
	term, who := pick(g, someTerms...), g.IntN(g.people)
	in := somebody(who)
	in.ExternalID = fmt.Sprintf("S-%02d", g.IntN(g.keys))
	in.TermFrom, in.TermTo = term[0], term[1]
	in.Position = pick(g, "pps", "pps", "pps", "sek_pps", "ppk", "kpps")
	switch in.Position {
	case "ppk":
		in.AreaCode, in.Role = "61.06.01", pick(g, "", cover.RoleChair, cover.RoleMember)
	case "kpps":
		in.PollingStation, in.Role = pick(g, "001", "002"), pick(g, "", cover.RoleChair)
	case "sek_pps":
		in.Role = pick(g, "", cover.RoleSecretary, cover.RoleStaff)
	}
	in.Sex = pick(g, "", "", cover.Female, cover.Male)
	in.Honorarium = pick[cover.Rupiah](g, 0, 0, 1_300_000, 900_000)
	in.DecreeNumber = pick(g, "", "", "45/2024")
	in.Personal.Phone = pick(g, "", "0812-0000-0001", "+6281200000001", "62812 0000 0002")
	in.Personal.Email = pick(g, "", "", "rini@contoh.example")
	in.Personal.KPJ = pick(g, "", "", "24012345678")
	if g.sometimes(8) {
		g.spoil(&in)
	}
	return in
}

// changed is what was said of an officer, with a change or none.
func (g *generator) changed(in cover.Appointment) cover.Appointment {
	for range g.IntN(3) {
		switch other := g.row(); g.IntN(8) {
		case 0:
			in.FullName = other.FullName
		case 1:
			in.Personal, in.BornOn, in.Sex = other.Personal, other.BornOn, other.Sex
		case 2:
			in.TermFrom, in.TermTo = other.TermFrom, other.TermTo
		case 3:
			in.Honorarium, in.DecreeNumber = other.Honorarium, other.DecreeNumber
		case 4:
			in.ExternalID = other.ExternalID
		case 5:
			in.Position, in.Role, in.AreaCode, in.PollingStation = other.Position, other.Role, other.AreaCode, other.PollingStation
		case 6:
			in.Personal.Phone = pick(g, "0812-0000-0001", "+6281200000001")
		case 7:
			g.spoil(&in)
		}
	}
	return in
}

// spoil breaks a rule, and leaves the shape that the contract wants.
func (g *generator) spoil(in *cover.Appointment) {
	switch g.IntN(16) {
	case 0:
		in.Personal.NIK = "9900014508890001" // no area
	case 1:
		in.Personal.NIK = "9906013902890001" // no day
	case 2:
		in.Personal.NIK = " " + in.Personal.NIK // is trimmed
	case 3:
		in.FullName = " "
	case 4:
		in.ExternalID = " "
	case 5:
		in.Position = "wizard"
	case 6:
		in.Position = "pkd" // of Bawaslu
	case 7:
		in.AreaCode = "61.07.01.2001"
	case 8:
		in.AreaCode = "61.06.01.9999"
	case 9:
		in.AreaCode = "61.06"
	case 10:
		in.TermFrom, in.TermTo = in.TermTo, in.TermFrom
	case 11:
		in.TermTo = in.TermFrom.AddYears(4)
	case 12:
		in.Honorarium = pick[cover.Rupiah](g, -1, 200_000_000)
	case 13:
		in.Personal.Phone = "123"
	case 14:
		in.BornOn = cover.NewDate(2014, time.January, 1)
	case 15:
		in.Role, in.PollingStation = cover.RoleStaff, "009"
	}
}

// somebody is the n-th person there is.
func somebody(n int) cover.Appointment {
	in := anyone(300 * n)
	in.AreaCode = "61.06.01.1001"
	if n%2 == 1 {
		in.AreaCode = "61.06.01.1002"
	}
	return in
}

// somewhereElse are people who also serve Bawaslu.
func somewhereElse() (all []cover.Appointment) {
	for n := 0; n < 60; n += 7 {
		in := somebody(n)
		in.Position, in.Role, in.ExternalID = "pkd", cover.RoleMember, fmt.Sprintf("B-%02d", n)
		in.TermFrom = cover.NewDate(2024, time.August, 20)
		all = append(all, in)
	}
	return all
}

// TestAReviewedPlanLosesTheRowsThatSomebodyOvertook: what was reviewed is done, or
// not done, but nothing else is.
func TestAReviewedPlanLosesTheRowsThatSomebodyOvertook(t *testing.T) {
	t.Parallel()
	w := given(t)
	before := map[string]cover.Officer{}
	for n := range 4 {
		o, _, err := w.appoint(w.kpu, anyone(n))
		w.must(err)
		before[o.ExternalID] = o
	}
	rows := people(0, 8) // 0 to 3 are there
	for n := range 3 {
		rows[n].DecreeNumber = "46/2024"
	}
	rows[5].ExternalID = "S-50"
	manual := func(in *cover.ImportTerms) { in.CommitMode = cover.CommitManual }
	i := w.run(w.send(terms(cover.Upsert, manual), rows))
	if c := i.Counts; i.Status != cover.ImportValidated || c.Created != 4 || c.Updated != 3 || c.Unchanged != 1 {
		t.Fatalf("%s %+v", i.Status, c)
	}

	_, _, err := w.amend(before["S-0"].ID, func(a *cover.Appointment) { a.FullName = "Rini Perbaikan" })
	w.must(err)
	w.end(before["S-1"].ID, cover.NewDate(2024, time.August, 20))
	taken := anyone(4)
	taken.ExternalID = "elsewhere" // the person of row 5
	_, _, err = w.appoint(w.kpu, taken)
	w.must(err)
	_, _, err = w.appoint(w.kpu, anyone(6)) // just as row 7 has it
	w.must(err)
	third, _, err := w.amend(before["S-3"].ID, func(a *cover.Appointment) { a.FullName = "Rini Tanpa Baris" })
	w.must(err)

	w.commit(i, nil)
	i = w.run(i.ID)
	want := map[int64]cover.RowOutcome{
		1: cover.RowRejected, 2: cover.RowRejected, 3: cover.RowUpdated, 4: cover.RowRejected,
		5: cover.RowRejected, 6: cover.RowCreated, 7: cover.RowRejected, 8: cover.RowCreated,
	}
	for no, row := range w.rows(i) {
		if row.Outcome != want[no] {
			t.Errorf("row %d is %s, want %s", no, row.Outcome, want[no])
		}
		if row.Outcome == cover.RowRejected && (len(row.Faults) != 1 || row.Faults[0].Code != cover.ChangedSinceValidation) {
			t.Errorf("row %d: %v", no, row.Faults)
		}
	}
	if c := i.Counts; i.Status != cover.ImportPartiallyCommitted || c.Created != 2 || c.Updated != 1 || c.Rejected != 5 {
		t.Errorf("%s %+v", i.Status, c)
	}
	now := w.officers()
	if o := now["S-0"]; o.FullName != "Rini Perbaikan" || o.DecreeNumber != "" || o.Version != 2 {
		t.Errorf("the amendment was lost: %+v", o)
	}
	if o := now["S-1"]; o.EndedOn.Zero() || o.DecreeNumber != "" {
		t.Errorf("the end was lost: %+v", o)
	}
	if o := now["S-3"]; o.FullName != third.FullName || o.Version != third.Version {
		t.Errorf("an amendment was undone: %+v", o)
	}
	if len(now) != 8 {
		t.Errorf("%d officers", len(now))
	}
}

// commit commits what was reviewed.
func (w *world) commit(i cover.Import, removals *int64) {
	w.t.Helper()
	_, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Import, error) {
		return imports.Commit(tx, i.ID, 0, cover.PlanName(i.PlanDigest.UUID), removals)
	})
	w.must(err)
}

// overtaken runs an import, and lets somebody change the register when it is
// validated and not yet committed.
func (w *world) overtaken(id uuid.UUID, change func(tx *store.Tx) error) cover.Import {
	w.t.Helper()
	held, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- w.st.InTx(w.t.Context(), w.kpu, func(tx *store.Tx) error {
			_, err := tx.HoldRoster(w.kpu.OrganisationID)
			close(held)
			if err != nil {
				return err
			}
			for w.number(`select count(*) from imports where id = $1 and status = 'committing'`, id) == 0 {
				time.Sleep(time.Millisecond)
			}
			return change(tx)
		})
	}()
	<-held
	i := w.run(id)
	w.must(<-ended)
	return i
}

// TestAPlanThatNobodyReviewedIsMadeAnew: it does what it would have done, had it come
// a moment later.
func TestAPlanThatNobodyReviewedIsMadeAnew(t *testing.T) {
	t.Parallel()
	w := given(t)
	first, _, err := w.appoint(w.kpu, anyone(0))
	w.must(err)
	rows := people(0, 6)
	rows[0].DecreeNumber = "46/2024"
	i := w.overtaken(w.send(terms(cover.Upsert), rows), func(tx *store.Tx) error {
		_, err := registry.AmendOfficer(tx, first.ID, 0, func(a *cover.Appointment) { a.FullName = "Rini Perbaikan" })
		if err != nil {
			return err
		}
		known := anyone(1)
		known.DecreeNumber = "1/2024"
		if _, err = registry.Appoint(tx, known); err != nil { // row 2, said otherwise
			return err
		}
		if _, err = registry.Appoint(tx, anyone(2)); err != nil { // row 3
			return err
		}
		other := anyone(3)
		other.ExternalID = "elsewhere" // the person of row 4
		_, err = registry.Appoint(tx, other)
		return err
	})
	want := map[int64]cover.RowOutcome{
		1: cover.RowUpdated, 2: cover.RowUpdated, 3: cover.RowUnchanged, 4: cover.RowRejected, 5: cover.RowCreated, 6: cover.RowCreated,
	}
	for no, row := range w.rows(i) {
		if row.Outcome != want[no] {
			t.Errorf("row %d is %s, want %s", no, row.Outcome, want[no])
		}
	}
	now := w.officers()
	if o := now["S-0"]; o.FullName != rows[0].FullName || o.DecreeNumber != "46/2024" || o.Version != 3 {
		t.Errorf("row 1: %+v", o)
	}
	if o := now["S-1"]; o.DecreeNumber != "" || o.Version != 2 || len(now) != 6 {
		t.Errorf("row 2: %+v of %d", o, len(now))
	}
	if c := i.Counts; i.Status != cover.ImportPartiallyCommitted || c.Created != 2 || c.Updated != 2 || c.Unchanged != 1 || c.Rejected != 1 {
		t.Errorf("%s %+v", i.Status, c)
	}
}

func TestAllOrNothingIsNothingWhenSomebodyOvertakesARow(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.driver.ChunkRows = 2
	all := func(in *cover.ImportTerms) { in.OnError = cover.RejectAll }
	i := w.overtaken(w.send(terms(cover.Upsert, all), people(0, 10)), func(tx *store.Tx) error {
		_, err := registry.Appoint(tx, anyone(7))
		return err
	})
	if i.Status != cover.ImportRejected || len(i.Faults) != 1 || i.Faults[0].Code != cover.RowsRejected || i.Counts.Rejected != 1 {
		t.Errorf("%s %v %+v", i.Status, i.Faults, i.Counts)
	}
	if now := w.officers(); len(now) != 1 {
		t.Errorf("%d officers", len(now))
	}
	// The same file, against the register as it is now, is sound.
	again := w.run(w.send(terms(cover.Upsert, all), people(0, 10)))
	if c := again.Counts; again.Status != cover.ImportCommitted || c.Created != 9 || c.Unchanged != 1 || len(w.officers()) != 10 {
		t.Errorf("%s %+v", again.Status, c)
	}
}

// TestWhoeverAppointsWhileAFileIsCommittedHarmsNobody: a file of many chunks, and
// officers of it, and others, who are appointed one by one between them.
func TestWhoeverAppointsWhileAFileIsCommittedHarmsNobody(t *testing.T) {
	t.Parallel()
	const inFile, others, clerks = 3_000, 120, 4
	w := given(t)
	w.driver.ChunkRows = 150
	id := w.send(terms(cover.CreateOnly), people(0, inFile))
	var appointed, refused, between atomic.Int64
	var group sync.WaitGroup
	for clerk := range clerks {
		group.Go(func() {
			for w.imported(id).Status != cover.ImportCommitting {
				time.Sleep(time.Millisecond)
			}
			for n := clerk; n < others || w.inTheMiddle(id); n += clerks {
				in, begun := anyone(n*31%(inFile+500)), w.inTheMiddle(id) // most are in the file
				if n%3 == 0 {
					in.ExternalID = fmt.Sprintf("single-%d", n) // the same person under another key
				}
				switch _, _, err := w.appoint(w.kpu, in); {
				case err == nil:
					appointed.Add(1)
					if begun && w.inTheMiddle(id) {
						between.Add(1)
					}
				case cover.KindOf(err) == cover.Conflict:
					refused.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	i := w.run(id)
	group.Wait()
	c := i.Counts
	t.Logf("%d appointed, %d of them between two chunks, %d refused; the file: %+v", appointed.Load(), between.Load(), refused.Load(), c)
	if between.Load() == 0 {
		t.Error("nobody was appointed between two chunks")
	}
	if c.Rows != inFile || c.Created+c.Rejected+c.Unchanged != inFile {
		t.Errorf("%+v", c)
	}
	now := w.officers()
	if int64(len(now)) != c.Created+appointed.Load() {
		t.Errorf("%d officers, want %d of the file and %d others", len(now), c.Created, appointed.Load())
	}
	held := map[cover.NIK]string{}
	for key, o := range now {
		if other, twice := held[o.Personal.NIK]; twice {
			t.Errorf("%s and %s are one person", key, other)
		}
		held[o.Personal.NIK] = key
	}
	for n := range inFile {
		if _, there := held[anyone(n).Personal.NIK]; !there {
			t.Errorf("the person of row %d is lost", n+1)
		}
	}
	created := w.number(`select count(*) from import_plan p join officers o on o.id = p.officer_id where p.import_id = $1 and p.outcome = 'created'`, id)
	events := w.number(`select count(distinct resource_id) from events where type = 'officer_appointed'`)
	twice := w.number(`select count(*) from events where type = 'officer_appointed'`)
	if created != c.Created || events != int64(len(now)) || twice != events {
		t.Errorf("%d rows with an officer, %d events of %d officers", created, twice, events)
	}
}

// inTheMiddle reports whether some chunks of an import are committed, and others are
// not.
func (w *world) inTheMiddle(id uuid.UUID) bool {
	i := w.imported(id)
	return i.Status == cover.ImportCommitting && i.CommittedRow > store.BeforeAllRows
}

// TestAnImportThatIsCutOffAnywhereGoesOn cuts the work off at moments that fall into
// every stage, and has it taken up again.
func TestAnImportThatIsCutOffAnywhereGoesOn(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.driver.ChunkRows = 40
	chance := rand.New(rand.NewPCG(6106, 1))
	cuts := map[cover.ImportPhase]int{}
	missed := func() bool { return cuts[cover.PhaseStaging] == 0 || cuts[cover.PhaseCommitting] == 0 }
	for round := 0; round < 6 || round < 40 && missed(); round++ {
		rows := people(round*500, round*500+400)
		rows[7].Personal.NIK, rows[300].FullName = "9900014508890001", " "
		id := w.send(terms(cover.Upsert), rows)
		for tries := 1; w.imported(id).Status.Moves(); tries++ {
			// Later ones get further, or a slow machine would stay where it is for ever.
			ctx, cut := context.WithTimeout(t.Context(), time.Duration(chance.IntN(20_000*tries))*time.Microsecond)
			err := w.driver.Run(ctx, id)
			cut()
			switch {
			case err == nil:
			case errors.Is(err, imports.ErrBusy):
				time.Sleep(time.Millisecond) // the database has not noticed yet that the last one is gone
			case ctx.Err() == nil:
				t.Fatal(err)
			default:
				cuts[w.imported(id).Phase]++
			}
		}
		i := w.imported(id)
		if c := i.Counts; i.Status != cover.ImportPartiallyCommitted || c.Created != 398 || c.Rejected != 2 || c.Rows != 400 {
			t.Errorf("round %d: %s %+v", round, i.Status, c)
		}
		if n := w.number(`select count(*) from officers where organisation_id = $1`, w.kpu.OrganisationID); n != int64(398*(round+1)) {
			t.Errorf("round %d: %d officers", round, n)
		}
	}
	t.Log(cuts)
	if missed() {
		t.Error("no cut fell into the staging, or none into the commit")
	}
	if n := w.number(`select count(*) from import_parts`); n > 0 {
		t.Errorf("%d parts are left", n)
	}
	if n := w.number(`select count(*) - count(distinct resource_id) from events where type = 'officer_appointed'`); n > 0 {
		t.Errorf("%d events too many", n)
	}
}

// TestASnapshotEndsAsOneIsEnded holds the officers whom a full roster leaves out to
// registry.End.
func TestASnapshotEndsAsOneIsEnded(t *testing.T) {
	t.Parallel()
	w := given(t)
	agreement := w.agree("pps")
	r := &road{world: w, agreement: agreement}
	s := roster{covered: true}
	for n, term := range someTerms {
		in := anyone(n)
		in.TermFrom, in.TermTo = term[0], term[1]
		s.before = append(s.before, in)
	}
	s.before = append(s.before, anyone(90), anyone(91))
	left := func() []string {
		return r.texts(`select concat_ws(' ', o.external_id, c.from_on, c.to_on, c.cancelled_on, c.version)
			from coverage_periods c join officers o on o.id = c.officer_id order by o.external_id`)
	}

	r.begin(s)
	i := r.run(r.send(terms(cover.Snapshot, func(in *cover.ImportTerms) {
		in.CommitMode, in.Position, in.AreaCode = cover.CommitManual, "pps", "61.06.01"
	}), []cover.Appointment{anyone(90), anyone(91)}))
	r.commit(i, &i.Counts.Ended)
	i = r.run(i.ID)
	bulk, bulkCover := r.state(), left()

	r.begin(s)
	day := cover.DateOf(today, today.Location())
	ended := int64(0)
	for key, o := range r.officers() {
		if key == "S-90" || key == "S-91" || o.TermTo.Before(day) { // whose term is over, nobody ends
			continue
		}
		_, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Officer, error) {
			// Who has not begun yet ends with the first day: there is none before it.
			last := day
			if o.TermFrom.After(day) {
				last = o.TermFrom
			}
			return registry.End(tx, o.ID, 0, last, cover.EndRemoved)
		})
		w.must(err)
		ended++
	}
	single, singleCover := r.state(), left()
	if i.Status != cover.ImportCommitted || i.Counts.Ended != ended || ended == 0 {
		t.Errorf("%s %+v, want %d ended", i.Status, i.Counts, ended)
	}
	for what, pair := range map[string][2][]string{
		"officers": {bulk.officers, single.officers}, "events": {bulk.events, single.events}, "cover": {bulkCover, singleCover},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("other %s\nonly of the file:\n%s\nonly one by one:\n%s", what, without(pair[0], pair[1]), without(pair[1], pair[0]))
		}
	}
}

// TestASnapshotKeepsWhomARefusedRowMeans: a person whose key was changed is on the
// roster all the same, and the officer whom the refusal names serves on.
func TestASnapshotKeepsWhomARefusedRowMeans(t *testing.T) {
	t.Parallel()
	w := given(t)
	before := map[string]cover.Officer{}
	for n := range 3 {
		o, _, err := w.appoint(w.kpu, anyone(n))
		w.must(err)
		before[o.ExternalID] = o
	}
	renumbered, removals := anyone(1), int64(1)
	renumbered.ExternalID = "S-renumbered"
	i := w.run(w.send(terms(cover.Snapshot, func(in *cover.ImportTerms) {
		in.Position, in.AreaCode, in.Removals = "pps", "61.06.01", &removals
	}), []cover.Appointment{anyone(0), renumbered}))
	if c := i.Counts; i.Status != cover.ImportPartiallyCommitted || c.Unchanged != 1 || c.Rejected != 1 || c.Ended != 1 {
		t.Errorf("%s %+v", i.Status, c)
	}
	refused := w.rows(i)[2]
	if len(refused.Faults) != 1 || refused.Faults[0].Code != cover.OfficerTaken || refused.Faults[0].Params["officer_id"] != before["S-1"].ID.String() {
		t.Errorf("row 2: %v", refused.Faults)
	}
	for key, o := range w.officers() {
		if ended := !o.EndedOn.Zero(); ended != (key == "S-2") {
			t.Errorf("%s has ended: %v", key, ended)
		}
	}
}
