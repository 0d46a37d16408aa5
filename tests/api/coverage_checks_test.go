package api_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

const checks = "/v1/coverage-checks"

// recall is a coverage check that was answered, to be asked again.
type recall struct {
	by       caller
	language string
	body     object
	raw      []byte
}

// memory is what was answered so far.
type memory struct {
	*world
	kept []recall
}

// ask has cover checked as of now in both languages, and remembers the answers; it
// returns the one in English.
func (m *memory) ask(by caller, officer, at string) object {
	m.t.Helper()
	known := m.store.Now().UTC().Format(time.RFC3339Nano)
	return m.askKnowing(by, officer, at, known)
}

func (m *memory) askKnowing(by caller, officer, at, known string) object {
	m.t.Helper()
	body := object{"officer_id": officer, "at": at, "known_at": known}
	var got answer
	for _, language := range []string{"id", "en"} {
		got = by.send(post(checks, body).under("Accept-Language", language)).must(m.t, 200)
		m.kept = append(m.kept, recall{by, language, body, got.raw})
	}
	return got.object(m.t)
}

// again asks everything once more: each answer is the same, byte for byte.
func (m *memory) again() {
	m.t.Helper()
	for _, k := range m.kept {
		got := k.by.send(post(checks, k.body).under("Accept-Language", k.language)).must(m.t, 200)
		if !bytes.Equal(got.raw, k.raw) {
			m.t.Fatalf("%v answered\n%s\nand now\n%s", k.body, k.raw, got.raw)
		}
	}
}

// extents tells the reason and how far each programme covers.
func extents(check object) string {
	out := fmt.Sprint(check["covered"])
	if reason, is := check["reason"]; is {
		out = fmt.Sprint(reason)
	}
	programmes, _ := check["programmes"].([]any)
	for _, p := range programmes {
		out += fmt.Sprint(" ", p.(object)["programme"], " ", p.(object)["covered"])
	}
	return out
}

// linked is a link of the chain; the last of its kind.
func linked(check object, kind string) (found object) {
	chain, _ := check["chain"].([]any)
	for _, l := range chain {
		if l.(object)["link"] == kind {
			found = l.(object)
		}
	}
	return found
}

// lacking lists the links that do not hold, with their reasons.
func lacking(check object) string {
	var out []string
	chain, _ := check["chain"].([]any)
	for _, l := range chain {
		if link := l.(object); link["holds"] == false {
			out = append(out, fmt.Sprint(link["link"], " ", strings.TrimPrefix(fmt.Sprint(link["reason"]), "uncovered_")))
		}
	}
	return strings.Join(out, ", ")
}

func roadsOf(check object) (roads []string) {
	listed, _ := check["roads"].([]any)
	for _, r := range listed {
		roads = append(roads, fmt.Sprint(r.(object)["road"]))
	}
	return roads
}

const (
	full = " jkk full jkm full"
	none = " jkk none jkm none"
)

// TestCoverIsCheckedToTheMinute with every reason there is, and every step shown.
func TestCoverIsCheckedToTheMinute(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	m := &memory{world: w}
	covered := w.ids["officer_id"]
	gone := w.kpu.post("/v1/officers", siti(4)).must(t, 201).id(t)
	w.kpu.post("/v1/officers/"+gone+"/end", object{"ended_on": "2024-11-20", "reason": "resigned"}).must(t, 200)
	unpaid := w.kpu.post("/v1/officers", siti(6)).must(t, 201).id(t)
	w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201)
	free := w.kpu.post("/v1/officers", siti(7)).must(t, 201).id(t)
	kpps := w.kpu.post("/v1/officers", siti(8, object{"position": "kpps", "polling_station": "1"})).must(t, 201).id(t)
	w.kpu.post("/v1/agreements", w.agreement(object{"starts_on": "2024-07-01", "ends_on": "2024-07-31"})).must(t, 201)
	for name, tt := range map[string]struct {
		officer, at, want, broken string
	}{
		"under cover":                      {covered, "2024-11-28T02:40:00+07:00", "true" + full, ""},
		"a minute after it was paid":       {covered, "2024-09-02T00:00:00+07:00", "true" + full, ""},
		"a minute before":                  {covered, "2024-09-01T23:59:00+07:00", "uncovered_unpaid" + none, "payment unpaid"},
		"that minute told in another zone": {covered, "2024-09-02T02:00:00+09:00", "true" + full, ""},
		"to the last minute of the term":   {covered, "2025-01-27T23:59:00+07:00", "true" + full, ""},
		"after it": {
			covered, "2025-01-28T00:00:00+07:00", "uncovered_outside_term" + none,
			"decree outside_term, agreement no_agreement, enrolment outside_term, coverage_period outside_term, invoice unpaid, payment unpaid",
		},
		"before any agreement": {
			covered, "2024-08-25T12:00:00+07:00", "uncovered_no_agreement" + none,
			"agreement no_agreement, enrolment no_agreement, coverage_period no_agreement, invoice unpaid, payment unpaid",
		},
		"while there was a draft, and no money": {
			covered, "2024-07-10T12:00:00+07:00", "uncovered_no_budget" + none,
			"agreement no_budget, enrolment no_budget, coverage_period no_budget, invoice unpaid, payment unpaid",
		},
		"after the duty had ended": {
			gone, "2024-11-21T00:00:00+07:00", "uncovered_outside_term" + none,
			"decree outside_term, enrolment outside_term, coverage_period outside_term, invoice unpaid, payment unpaid",
		},
		"enrolled and not yet billed": {unpaid, "2024-11-27T12:00:00+07:00", "uncovered_unpaid" + none, "invoice unpaid, payment unpaid"},
		"on the roster, and not enrolled": {
			free, "2024-11-27T12:00:00+07:00", "uncovered_not_enrolled" + none,
			"enrolment not_enrolled, coverage_period not_enrolled, invoice unpaid, payment unpaid",
		},
		"in a position that was left out": {
			kpps, "2024-11-27T12:00:00+07:00", "uncovered_position_excluded" + none,
			"agreement position_excluded, enrolment position_excluded, coverage_period position_excluded, invoice unpaid, payment unpaid",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := m.ask(w.kpu, tt.officer, tt.at)
			same(t, "answer", extents(got), tt.want)
			same(t, "missing", lacking(got), tt.broken)
			same(t, "roads", len(roadsOf(got)) > 0, got["covered"] == false)
		})
	}

	early := m.askKnowing(w.kpu, covered, "2024-11-28T02:40:00+07:00", "2024-08-01T00:00:00+07:00")
	same(t, "before the officer was known", extents(early), "uncovered_not_recorded"+none)
	same(t, "before it was paid", extents(m.askKnowing(w.kpu, covered, "2024-11-28T02:40:00+07:00", "2024-09-02T08:59:59+07:00")), "uncovered_unpaid"+none)

	whole := m.ask(w.branch, covered, "2024-11-28T02:40:00+07:00")
	for kind, id := range map[string]string{
		"decree": "officer_id", "agreement": "agreement_id", "enrolment": "enrolment_id", "coverage_period": "coverage_period_id",
		"invoice": "invoice_id", "payment": "payment_id",
	} {
		same(t, kind, linked(whole, kind)["id"], any(w.ids[id]))
	}
	same(t, "number", linked(whole, "invoice")["reference"], "2024/000001")
	same(t, "reference", linked(whole, "payment")["reference"], "SP2D-1")
	same(t, "paper", linked(whole, "agreement")["reference"], "12/PKS/2024")
	same(t, "rule", linked(whole, "rule_version")["reference"], "jkm-2019-12")
	same(t, "day", whole["day"], "2024-11-28")
	own := m.ask(w.kpu, covered, "2024-11-28T02:40:00+07:00")
	same(t, "a payment that the organiser does not see", linked(own, "payment")["id"], nil)
	same(t, "its day", linked(own, "payment")["on"], "2024-09-02")

	now := w.kpu.post(checks, object{"officer_id": covered, "at": "2024-11-28T02:40:00+07:00"}).must(t, 200)
	same(t, "now is named", now.object(t)["known_at"], "2024-11-28T02:00:00Z")
	future := w.kpu.post(checks, object{"officer_id": covered, "at": "2024-11-28T02:40:00+07:00", "known_at": "2024-11-28T09:00:01+07:00"})
	same(t, "the future", future.must(t, 422).faults(t)[0], "/known_at in_the_future")
	for name, o := range map[string]object{
		"another KPU":    {"kind": "kpu", "level": "regency", "area_code": "61.07"},
		"another branch": {"kind": "bpjs_office", "level": "regency", "area_code": "61.06"},
	} {
		o["name"] = name
		w.join(w.admin, name, o).post(checks, object{"officer_id": covered, "at": "2024-11-28T02:40:00+07:00"}).must(t, 404)
	}
	w.government.post(checks, object{"officer_id": covered, "at": "2024-11-28T02:40:00+07:00"}).must(t, 404)

	w.at(time.Date(2025, 11, 28, 9, 0, 0, 0, wib))
	m.again()
}

// TestTheDayOfACheckIsThatOfTheOrganisation in each of the three zones, to the minute,
// and as its zone was known.
func TestTheDayOfACheckIsThatOfTheOrganisation(t *testing.T) {
	t.Parallel()
	w := billed(t)
	m := &memory{world: w}
	for n, tt := range []struct{ zone, before, from string }{
		{"Asia/Jakarta", "2024-09-01T16:59:00Z", "2024-09-01T17:00:00Z"},
		{"Asia/Makassar", "2024-09-01T15:59:00Z", "2024-09-01T16:00:00Z"},
		{"Asia/Jayapura", "2024-09-01T14:59:00Z", "2024-09-01T15:00:00Z"},
	} {
		w.at(time.Date(2024, 9, 3+n, 9, 0, 0, 0, wib))
		if n > 0 {
			w.kpu.patch("/v1/organisations/"+w.organisations["kpu"], "*", object{"time_zone": tt.zone}).must(t, 200)
		}
		same(t, tt.zone+", a minute before midnight", extents(m.ask(w.kpu, w.ids["officer_id"], tt.before)), "uncovered_unpaid"+none)
		same(t, tt.zone+", at midnight", extents(m.ask(w.kpu, w.ids["officer_id"], tt.from)), "true"+full)
	}
	m.again()
}

// TestMoneySetAsideLaterWasNotThereBefore: of two drafts' days the reason is the money
// until a budget is attached, and the signatures from then on.
func TestMoneySetAsideLaterWasNotThereBefore(t *testing.T) {
	t.Parallel()
	w := billed(t)
	m := &memory{world: w}
	draft := w.kpu.post("/v1/agreements", w.agreement(object{"starts_on": "2024-07-01", "ends_on": "2024-07-31"})).must(t, 201).id(t)
	const then = "2024-07-10T12:00:00+07:00"
	w.at(time.Date(2024, 9, 3, 9, 0, 0, 0, wib))
	same(t, "no budget", extents(m.ask(w.kpu, w.ids["officer_id"], then)), "uncovered_no_budget"+none)
	w.at(time.Date(2024, 9, 4, 9, 0, 0, 0, wib))
	in := w.budget("nphd_1")
	in["agreement_ids"] = []string{draft}
	budget := w.government.post("/v1/budgets", in).must(t, 201).id(t)
	got := m.ask(w.kpu, w.ids["officer_id"], then)
	same(t, "a budget", extents(got), "uncovered_no_agreement"+none)
	same(t, "the draft", linked(got, "agreement")["id"], any(draft))
	w.at(time.Date(2024, 9, 5, 9, 0, 0, 0, wib))
	w.government.patch("/v1/budgets/"+budget, "*", object{"agreement_ids": []string{w.ids["agreement_id"]}}).must(t, 200)
	same(t, "the money went elsewhere", extents(m.ask(w.kpu, w.ids["officer_id"], then)), "uncovered_no_budget"+none)
	w.at(time.Date(2024, 9, 6, 9, 0, 0, 0, wib))
	w.signs(draft, "2024-07-01")
	same(t, "signed", extents(m.ask(w.kpu, w.ids["officer_id"], then)), "uncovered_not_enrolled"+none)
	m.again()
}

// bpu is a world in which one officer of the BPU segment is under cover from a day on,
// and the first month is paid.
func bpu(t *testing.T, from, to, month string, issued time.Time) *world {
	t.Helper()
	w := settle(t)
	w.at(issued)
	w.ids["officer_id"] = w.kpu.post("/v1/officers", siti(1, object{"term_from": from, "term_to": to, "monthly_honorarium_amount": 1_000_000})).must(t, 201).id(t)
	w.ids["agreement_id"] = w.signed(w.agreement(object{
		"segment": "bpu", "wage_base_policy": "bpu_tier", "starts_on": from, "ends_on": to, "election_code": "pilkada_2024",
	}))
	w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201)
	w.settleMonth(month, true)
	return w
}

// settleMonth issues the invoice of a month, and pays it.
func (w *world) settleMonth(month string, pay bool) string {
	w.t.Helper()
	id := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": month}).must(w.t, 201).id(w.t)
	invoice := w.branch.pay("/v1/invoices/"+id+"/issue", object{}).must(w.t, 200).object(w.t)
	if pay {
		w.payFor(id, invoice["total_amount"])
	}
	return id
}

func (w *world) payFor(invoice string, amount any) answer {
	w.t.Helper()
	return w.branch.pay("/v1/payments", object{
		"paid_on": w.store.Now().In(wib).Format(time.DateOnly), "paid_amount": amount, "reference": uuid.NewString(),
		"allocations": []object{{"invoice_id": invoice, "allocated_amount": amount}},
	})
}

// TestArrearsEndCoverOfBPU beyond three months, whatever is paid afterwards, and not a day
// before.
func TestArrearsEndCoverOfBPU(t *testing.T) {
	t.Parallel()
	w := bpu(t, "2024-08-26", "2025-06-30", "2024-08", today)
	m := &memory{world: w}
	w.at(time.Date(2024, 9, 2, 9, 0, 0, 0, wib))
	late := w.settleMonth("2024-09", false) // due on Tuesday 17 September, after a Sunday and a holiday
	due := w.branch.get("/v1/invoices/"+late).must(t, 200).object(t)["due_on"]
	w.at(time.Date(2025, 1, 20, 9, 0, 0, 0, wib))
	day, err := time.ParseInLocation(time.DateOnly, fmt.Sprint(due), wib)
	if err != nil {
		t.Fatal(err)
	}
	last := day.AddDate(0, 3, 0).Add(24*time.Hour - time.Minute)
	check := func(at time.Time) object { return m.ask(w.kpu, w.ids["officer_id"], at.Format(time.RFC3339)) }
	same(t, "in the last minute", extents(check(last)), "true"+full)
	same(t, "which is told", linked(check(last), "arrears")["holds"], true)
	over := check(last.Add(time.Minute))
	same(t, "a minute later", extents(over), "uncovered_arrears"+none)
	same(t, "because of", linked(over, "arrears")["id"], any(late))
	same(t, "by which text", over["programmes"].([]any)[0].(object)["law"], "BPJS Ketenagakerjaan handbook")
	total := w.branch.get("/v1/invoices/"+late).must(t, 200).object(t)["total_amount"]
	w.payFor(late, total).must(t, 201)
	w.at(time.Date(2025, 1, 21, 9, 0, 0, 0, wib))
	same(t, "what was paid later was owed then", extents(check(last.Add(time.Minute))), "uncovered_arrears"+none)
	same(t, "and today it is not", extents(check(w.store.Now())), "true"+full)
	m.again()
}

// TestArrearsOfPUAreTheEmployers: the officer is covered, and it is told who pays first.
func TestArrearsOfPUAreTheEmployers(t *testing.T) {
	t.Parallel()
	w := billed(t)
	m := &memory{world: w}
	w.at(time.Date(2024, 10, 1, 9, 0, 0, 0, wib))
	w.settleMonth("2024-09", false)
	w.at(time.Date(2025, 1, 20, 9, 0, 0, 0, wib))
	got := m.ask(w.branch, w.ids["officer_id"], "2025-01-20T08:00:00+07:00")
	same(t, "covered", extents(got), "true"+full)
	same(t, "and told", linked(got, "arrears")["reason"], "employer_pays_first")
	m.again()
}

// TestJKMWaits for BPU since 24 February 2025, by the months that were known to be paid.
func TestJKMWaits(t *testing.T) {
	t.Parallel()
	w := bpu(t, "2025-03-01", "2025-08-31", "2025-03", time.Date(2025, 3, 3, 9, 0, 0, 0, wib))
	m := &memory{world: w}
	const partly = "true jkk full jkm partly"
	got := m.ask(w.kpu, w.ids["officer_id"], "2025-03-10T08:00:00+07:00")
	same(t, "one month", extents(got), partly)
	same(t, "where else", fmt.Sprint(roadsOf(got)), "[election_body_scheme bpjs_branch regional_government social_assistance]")
	for n, month := range []string{"2025-04", "2025-05"} {
		w.at(time.Date(2025, time.Month(4+n), 2, 9, 0, 0, 0, wib))
		w.settleMonth(month, true)
	}
	same(t, "three months", extents(m.ask(w.kpu, w.ids["officer_id"], "2025-05-10T08:00:00+07:00")), "true"+full)
	same(t, "before the third was known", extents(m.askKnowing(w.kpu, w.ids["officer_id"], "2025-05-10T08:00:00+07:00", "2025-05-01T00:00:00Z")), partly)
	m.again()
	// A ministry takes the wait back; what was known before stays.
	w.at(time.Date(2025, 6, 2, 9, 0, 0, 0, wib))
	schedule := w.benefit("jkm-2025-02", nil)
	delete(schedule, "waiting")
	w.admin.put(benefits+"/jkm-2025-02", `"1"`, schedule).must(t, 200)
	now := m.ask(w.kpu, w.ids["officer_id"], "2025-03-10T08:00:00+07:00")
	same(t, "without the wait", extents(now), "true"+full)
	same(t, "by the correction", linked(now, "rule_version")["reference"], "jkm-2025-02.2")
	m.again()
}

// TestTheFileThatBroughtAnOfficerIsRemembered when its rows are forgotten.
func TestTheFileThatBroughtAnOfficerIsRemembered(t *testing.T) {
	t.Parallel()
	w := covered(t)
	m := &memory{world: w}
	brought := w.bring(w.kpu, "", inCSV(several(1, 3)...)).expect("committed", "3 rows: 3 created")
	w.insure()
	officer := fmt.Sprint(w.kpu.get("/v1/officers?limit=1").must(t, 200).items(t)[0]["id"])
	got := m.ask(w.kpu, officer, "2024-08-27T08:00:00+07:00")
	same(t, "import", linked(got, "import")["id"], any(brought.id()))
	same(t, "to the branch it is no business", linked(m.ask(w.branch, officer, "2024-08-27T08:00:00+07:00"), "import")["id"], nil)
	w.at(time.Date(2025, 8, 26, 9, 0, 0, 0, wib))
	w.sweep()
	m.again()
}

// TestWhoWasWithdrawnIsNotChecked: an officer who came with a file that was taken back was
// never there.
func TestWhoWasWithdrawnIsNotChecked(t *testing.T) {
	t.Parallel()
	w := covered(t)
	brought := w.bring(w.kpu, "", inCSV(several(1, 3)...)).expect("committed", "3 rows: 3 created")
	in := object{"officer_id": w.kpu.get("/v1/officers?limit=1").must(t, 200).items(t)[0]["id"], "at": "2024-08-27T08:00:00+07:00"}
	w.kpu.post(checks, in).must(t, 200)
	w.take(brought, "reversal").expect("reversed", "3 rows: 3 created")
	same(t, "code", w.kpu.post(checks, in).must(t, 404).code(t), "resource_unknown")
}

// TestACancelledCoverCanStillBeChecked by the branch that answered for it.
func TestACancelledCoverCanStillBeChecked(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	m := &memory{world: w}
	m.ask(w.branch, w.ids["officer_id"], "2024-08-27T08:00:00+07:00")
	w.at(time.Date(2024, 8, 27, 9, 0, 0, 0, wib))
	w.branch.post("/v1/coverage-periods/"+w.ids["coverage_period_id"]+"/cancel", nil).must(t, 200)
	w.branch.get("/v1/officers/"+w.ids["officer_id"]).must(t, 404)
	same(t, "since", extents(m.ask(w.branch, w.ids["officer_id"], "2024-08-27T08:00:00+07:00")), "uncovered_not_enrolled"+none)
	m.again()
}

// TestThePastIsKeptWithoutPersonalData: what is kept of changed rows is listed here, and a
// column more is a decision to be argued for.
func TestThePastIsKeptWithoutPersonalData(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	kept := one[string](w.server, `select string_agg(tgrelid::regclass || ': ' || replace(encode(tgargs, 'escape'), '\000', ' '), e'\n'
		order by tgrelid::regclass::text) from pg_trigger where tgfoid = 'keep_past'::regproc`)
	same(t, "columns", kept, strings.Join([]string{
		"agreements: positions segment starts_on ends_on signed_on terminated_on payer_id ",
		"budgets: agreement_ids ",
		"coverage_periods: from_on to_on activated_on cancelled_on ",
		"invoices: number issued_on due_on jkk jkm fine paid credited voided_on ",
		"officers: term_from term_to ended_on decree_number ",
		"organisations: time_zone ",
	}, "\n"))
	before := one[int](w.server, "select count(*) from past")
	w.kpu.patch("/v1/officers/"+w.ids["officer_id"], "*", object{"phone": "0812-3456-7899"}).must(t, 200)
	same(t, "what no check asks for", one[int](w.server, "select count(*) from past"), before)
	w.kpu.patch("/v1/officers/"+w.ids["officer_id"], "*", object{"decree_number": "46/2024"}).must(t, 200)
	same(t, "what one does", one[int](w.server, "select count(*) from past"), before+1)
}

// TestNoChangeReachesBack is the promise of known_at: whatever is done in whatever order, what
// was answered once is answered again, byte for byte.
func TestNoChangeReachesBack(t *testing.T) {
	t.Parallel()
	did := map[string]int{}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := billed(t)
			w.t = t
			life := &life{memory: &memory{world: w}, chance: rand.New(rand.NewPCG(seed, 6)), now: w.store.Now(), people: 100, did: did}
			for range 70 {
				life.step()
			}
			life.at(life.now.AddDate(1, 0, 0))
			life.again()
			life.agreesWithReports()
			for name := range life.things() {
				did[name] += 0
			}
		})
	}
	for name, n := range did {
		if n == 0 {
			t.Errorf("%s: never went through, so nothing is known of it", name)
		}
	}
}

// life is a world in which things happen by chance, on a clock that moves.
type life struct {
	*memory
	chance *rand.Rand
	now    time.Time
	people int
	did    map[string]int // how often each thing went through
}

// step does one thing, and asks of several officers and days what is known now.
func (l *life) step() {
	l.t.Helper()
	l.now = l.now.Add(time.Duration(1+l.chance.IntN(6*24*60)) * time.Minute)
	l.at(l.now)
	things := l.things()
	names := make([]string, 0, len(things))
	for name := range things {
		names = append(names, name)
	}
	slices.Sort(names)
	for range 2 { // money is seen to most
		names = append(names, "draft", "draft", "issue", "pay", "pay a part", "credit", "settle with credit", "appoint", "enrol", "cancel")
	}
	name := names[l.chance.IntN(len(names))]
	if things[name]().StatusCode < 300 {
		l.did[name]++
	}
	for _, o := range l.some("/v1/officers", 3) {
		at := time.Date(2024, 8, 1, 0, 0, 0, 0, wib).Add(time.Duration(l.chance.IntN(200*24*60)) * time.Minute)
		by := l.kpu
		if l.branch.get("/v1/officers/"+fmt.Sprint(o["id"])).StatusCode == 200 && l.chance.IntN(2) == 0 {
			by = l.branch
		}
		l.ask(by, fmt.Sprint(o["id"]), at.Format(time.RFC3339))
	}
}

// some are a few things of a list, by chance.
func (l *life) some(path string, n int) []object {
	l.t.Helper()
	by := l.branch
	if strings.HasSuffix(path, "officers") {
		by = l.kpu
	}
	listed := by.get(path)
	items := listed.must(l.t, 200).items(l.t)
	l.chance.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items[:min(n, len(items))]
}

// one is something of a list, by chance; an id of nothing, if the list is empty.
func (l *life) one(path string) string {
	for _, o := range l.some(path, 1) {
		return fmt.Sprint(o["id"])
	}
	return uuid.NewString()
}

// things are what may happen; many are refused, as they should be.
func (l *life) things() map[string]func() answer {
	day := func() string { return l.now.In(wib).AddDate(0, 0, l.chance.IntN(20)-10).Format(time.DateOnly) }
	return map[string]func() answer{
		"appoint": func() answer { l.people++; return l.kpu.post("/v1/officers", siti(l.people)) },
		"amend the term": func() answer {
			return l.kpu.patch("/v1/officers/"+l.one("/v1/officers"), "*", object{"term_to": day(), "decree_number": uuid.NewString()[:8]})
		},
		"end": func() answer {
			return l.kpu.post("/v1/officers/"+l.one("/v1/officers")+"/end", object{"ended_on": day(), "reason": "resigned"})
		},
		"enrol": func() answer { return l.kpu.post("/v1/agreements/"+l.ids["agreement_id"]+"/enrolments", object{}) },
		"cancel": func() answer {
			return l.branch.post("/v1/coverage-periods/"+l.one("/v1/coverage-periods?status=pending_payment")+"/cancel", nil)
		},
		"draft": func() answer {
			month := fmt.Sprintf("2024-%02d", 9+l.chance.IntN(4))
			drafted := l.branch.post("/v1/invoices", object{"agreement_id": l.ids["agreement_id"], "month": month, "supplementary": l.chance.IntN(3) == 0})
			if drafted.StatusCode != 201 || l.chance.IntN(3) == 0 {
				return drafted
			}
			return l.branch.pay("/v1/invoices/"+drafted.id(l.t)+"/issue", object{})
		},
		"issue": func() answer {
			return l.branch.pay("/v1/invoices/"+l.one("/v1/invoices?status=draft")+"/issue", object{})
		},
		"void": func() answer {
			return l.branch.post("/v1/invoices/"+l.one("/v1/invoices?status=issued,overdue")+"/void", object{"reason": "Keliru"})
		},
		"pay": func() answer {
			for _, i := range l.some("/v1/invoices?status=issued,overdue,partially_paid", 1) {
				return l.payFor(fmt.Sprint(i["id"]), i["outstanding_amount"])
			}
			return l.branch.get("/v1/payments/" + uuid.NewString())
		},
		"pay a part": func() answer { return l.payFor(l.one("/v1/invoices?status=issued,overdue"), 1+l.chance.IntN(2000)) },
		"credit": func() answer {
			invoice := l.one("/v1/invoices?status=paid,partially_paid,issued,overdue")
			for _, line := range l.branch.get("/v1/invoices/" + invoice + "/lines").items(l.t) {
				return l.branch.pay("/v1/credit-notes", object{"invoice_id": invoice, "coverage_period_ids": []any{line["coverage_period_id"]}, "reason": "Keliru"})
			}
			return l.branch.get("/v1/credit-notes/" + uuid.NewString())
		},
		"settle with credit": func() answer {
			return l.branch.pay("/v1/credit-notes/"+l.one("/v1/credit-notes?unallocated=true")+"/allocate",
				object{"allocations": []object{{"invoice_id": l.one("/v1/invoices?status=issued,overdue,partially_paid"), "allocated_amount": 100}}})
		},
		"correct what deaths pay": func() answer {
			a := l.admin.get(benefits+"/jkm-2019-12").must(l.t, 200)
			in := l.benefit("jkm-2019-12", object{"law": "PP 82/2019, pasal " + fmt.Sprint(l.chance.IntN(40))})
			return l.admin.put(benefits+"/jkm-2019-12", a.Header.Get("ETag"), in)
		},
		"correct the arrears": func() answer {
			a := l.admin.get(schedules+"/pu-2015-07").must(l.t, 200)
			return l.admin.put(schedules+"/pu-2015-07", a.Header.Get("ETag"), l.schedule("pu-2015-07", object{"law": "PP " + fmt.Sprint(l.chance.IntN(99)) + "/2024"}))
		},
		"move the zone": func() answer {
			zone := []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}[l.chance.IntN(3)]
			return l.kpu.patch("/v1/organisations/"+l.organisations["kpu"], "*", object{"time_zone": zone})
		},
		"draft an agreement": func() answer {
			return l.kpu.post("/v1/agreements", l.agreement(object{"starts_on": "2024-08-01", "ends_on": "2024-08-20"}))
		},
		"sign an agreement": func() answer {
			draft := l.one("/v1/agreements?status=draft")
			return l.branch.send(post("/v1/agreements/"+draft+"/sign", object{"signed_on": "2024-08-26"}).under("If-Match", "*"))
		},
		"set money aside": func() answer {
			in := l.budget("btt")
			in["reference"], in["agreement_ids"] = uuid.NewString(), []string{l.one("/v1/agreements")}
			return l.government.post("/v1/budgets", in)
		},
	}
}

// agreesWithReports: a check of now and a report of now say the same of whether there was
// cover; the check says more of why not.
func (l *life) agreesWithReports() {
	l.t.Helper()
	told := map[string]string{
		"uncovered_no_agreement": "uncovered_not_enrolled", "uncovered_position_excluded": "uncovered_not_enrolled",
		"uncovered_no_budget": "uncovered_not_enrolled",
	}
	for n, o := range l.some("/v1/officers", 20) {
		at := time.Date(2024, 8, 10, 12, n, 0, 0, wib).AddDate(0, 0, 9*n).Format(time.RFC3339)
		in := l.death(fmt.Sprint(o["id"]))
		in["occurred_at"], in["kind"], in["outcome"] = at, "accident", "injured"
		reported := l.kpu.post("/v1/incidents", in).must(l.t, 201).object(l.t)
		got := l.kpu.post(checks, object{"officer_id": o["id"], "at": at}).must(l.t, 200).object(l.t)
		reason := fmt.Sprint(got["reason"])
		if plain, finer := told[reason]; finer && reported["uncovered_reason"] == plain {
			reason = plain
		}
		same(l.t, "covered", got["covered"], reported["covered"])
		same(l.t, "reason", reason, fmt.Sprint(reported["uncovered_reason"]))
	}
}

// TestOneContributionPaysForEveryDutyOfAMonth: who goes from one duty to another owes one,
// and is covered in both, whether it was paid before they were appointed again or after.
func TestOneContributionPaysForEveryDutyOfAMonth(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 4, 9, 0, 0, 0, wib))
	for n, also := range []int{11, 12} {
		w.kpu.post("/v1/officers", siti(also, object{"external_id": fmt.Sprint("first-", n), "term_to": "2024-11-15"})).must(t, 201)
	}
	again := func(n int) string {
		o := siti(n+11, object{"external_id": fmt.Sprint("second-", n), "term_from": "2024-11-16", "role": "chair"})
		id := w.kpu.post("/v1/officers", o).must(t, 201).id(t)
		w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201)
		return id
	}
	early := again(0)
	invoice, payment := w.bills("2024-11", "SP2D-2")
	late := again(1)
	w.at(time.Date(2024, 12, 2, 9, 0, 0, 0, wib))
	for name, officer := range map[string]string{"enrolled before": early, "enrolled after": late} {
		check := w.branch.post("/v1/coverage-checks", object{"officer_id": officer, "at": "2024-11-20T02:40:00+07:00"}).must(t, 200).object(t)
		same(t, name, extents(check), "true"+full)
		same(t, name+": invoice", linked(check, "invoice")["id"], any(invoice))
		same(t, name+": payment", linked(check, "payment")["id"], any(payment))
	}
	w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-12"}).must(t, 201)
}
