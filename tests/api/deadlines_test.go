package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"naungan/internal/claims"
)

// deadline is the only one that somebody sees by a filter.
func (w *world) deadline(by caller, filter string) object {
	w.t.Helper()
	items := by.get("/v1/deadlines?"+filter).must(w.t, 200).items(w.t)
	if len(items) != 1 {
		w.t.Fatalf("%d deadlines by %s", len(items), filter)
	}
	return items[0]
}

// keepTime is a round of what the server does every minute.
func (w *world) keepTime() {
	w.t.Helper()
	if _, err := claims.KeepTime(w.t.Context(), w.store); err != nil {
		w.t.Fatal(err)
	}
}

// TestTheClocksOfADeathAtWorkAreThereToBeRead, each to the minute, with who owes it and
// what is left.
func TestTheClocksOfADeathAtWorkAreThereToBeRead(t *testing.T) {
	t.Parallel()
	w := bereaved(t) // on Thursday, 28 November, 09:00; it happened at 02:40
	of := func(by caller, rule string) object {
		t.Helper()
		return w.deadline(by, "incident_id="+w.ids["incident_id"]+"&rule="+rule)
	}
	report := of(w.kpu, "incident_report")
	same(t, "status", report["status"], "met")
	same(t, "late", report["late"], false)
	same(t, "owed by", report["organisation_id"], any(w.organisations["kpu"]))
	same(t, "due", report["due_at"], "2024-11-30T02:40:00+07:00")
	same(t, "near", report["near_at"], "2024-11-29T14:40:00+07:00")
	same(t, "met", report["met_at"], "2024-11-28T09:00:00+07:00")
	same(t, "law", report["law"], "Permenaker 1/2025, art. 8(1)")
	same(t, "a day", report["due_on"], nil)
	same(t, "left", report["remaining"], nil)
	claim := of(w.kpu, "jkk_claim")
	same(t, "status", claim["status"], "running")
	same(t, "due", claim["due_at"], "2029-11-28T23:59:59.999999+07:00")
	same(t, "due on", claim["due_on"], "2029-11-28")
	same(t, "clock", claim["clock"], "jkk_claim-2019-12")
	same(t, "days left", claim["remaining"], 1826.0)

	submitted := w.submits(w.ids["claim_id"])
	same(t, "claimed", of(w.kpu, "jkk_claim")["status"], "met")
	payment := of(w.branch, "jkk_payment")
	same(t, "owed by", payment["organisation_id"], any(w.organisations["branch"]))
	same(t, "about", payment["claim_id"], any(w.ids["claim_id"]))
	same(t, "due on, as the claim says", payment["due_on"], submitted["pay_due_on"])
	same(t, "due", payment["due_at"], "2024-12-09T23:59:59.999999+07:00")
	same(t, "counted in", payment["unit"], "working_days")
	same(t, "left", payment["remaining"], 7.0)
	path := "/v1/deadlines/" + fmt.Sprint(payment["id"])
	read := w.branch.get(path).must(t, 200)
	same(t, "read alone", fmt.Sprint(read.object(t)), fmt.Sprint(payment))
	w.branch.send(get(path).under("If-None-Match", read.Header.Get("ETag"))).must(t, 304)

	w.grants(w.ids["claim_id"])
	w.at(time.Date(2024, 12, 9, 23, 59, 0, 0, wib))
	same(t, "on the last day", w.branch.get(path).object(t)["remaining"], 0.0)
	w.at(time.Date(2024, 12, 10, 0, 0, 0, 0, wib))
	over := w.kpu.get(path).must(t, 200).object(t)
	same(t, "a minute later", over["status"], "breached")
	same(t, "breached", over["breached_at"], over["due_at"])
	w.branch.pay(w.fill("/v1/claims/{claim_id}/pay"), object{"paid_on": "2024-12-10", "reference": "TRF-1"}).must(t, 200)
	paid := w.kpu.get(path).must(t, 200).object(t)
	same(t, "at last", paid["status"], "met")
	same(t, "late", paid["late"], true)
	same(t, "breached still", paid["breached_at"], over["due_at"])

	w.keepTime() // which notices only now
	history := w.kpu.get(w.fill("/v1/officers/{officer_id}/history")).must(t, 200).items(t)
	breach := slices.IndexFunc(history, func(e object) bool { return e["type"] == "deadline_breached" && e["resource_id"] == payment["id"] })
	if breach < 0 {
		t.Fatalf("no breach in %v", happened(history))
	}
	same(t, "breached at its last instant", history[breach]["occurred_at"], "2024-12-09T16:59:59.999999Z")
	same(t, "met after that", fmt.Sprint(happened(history[breach+1:])), "[deadline_met claim_paid]")
}

// TestAReportIsInTimeToTheMinute: B26, an accident on 14 February 2024 at 23:30, told
// by the branch or by the officer's own side.
func TestAReportIsInTimeToTheMinute(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	officer := w.kpu.post("/v1/officers", siti(8, object{"term_from": "2024-01-24"})).must(t, 201).id(t)
	for minute, late := range map[int]bool{29: false, 30: false, 31: true} {
		in := w.death(officer)
		in["occurred_at"], in["kind"], in["outcome"] = fmt.Sprintf("2024-02-14T23:30:00.0000%02d+07:00", minute), "accident", "injured"
		w.at(time.Date(2024, 2, 16, 23, minute, 0, 0, wib))
		incident := w.kpu.post("/v1/incidents", in).must(t, 201)
		d := w.deadline(w.kpu, "rule=incident_report&incident_id="+incident.id(t))
		same(t, fmt.Sprint("late at 23:", minute), d["late"], late)
		same(t, "as the incident says", incident.object(t)["reported_late"], late)
		same(t, "breached", d["breached_at"] != nil, late)
	}
}

// TestAClockIsStartedByHand by whoever owes it, seen and met by nobody else.
func TestAClockIsStartedByHand(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	made := w.government.post("/v1/deadlines", duty("12/PDP-2024")).must(t, 201)
	d, path := made.object(t), made.Header.Get("Location")
	same(t, "owed by", d["organisation_id"], any(w.organisations["government"]))
	same(t, "due", d["due_at"], "2024-12-01T08:15:00+07:00")
	same(t, "hours left", d["remaining"], 71.0)
	same(t, "the only one they see", len(w.government.get("/v1/deadlines").must(t, 200).items(t)), 1)
	for _, c := range []caller{w.kpu, w.nation, w.branch, w.admin} {
		c.get(path).must(t, 404)
		c.post(path+"/meet", object{"met_at": "2024-11-28T09:00:00+07:00"}).must(t, 404)
	}
	taken := w.government.post("/v1/deadlines", duty("12/PDP-2024")).must(t, 409)
	same(t, "again", taken.faults(t)[0], "/note_reference deadline_taken")
	w.government.post("/v1/deadlines", object{"rule": "data_change", "started_at": "2024-11-27T08:15:00+07:00", "note_reference": "12/PDP-2024"}).must(t, 201)

	early := w.government.post(path+"/meet", object{"met_at": "2024-11-28T08:14:59+07:00"}).must(t, 422)
	same(t, "before it began", early.faults(t)[0], "/met_at before_start")
	ahead := w.government.post(path+"/meet", object{"met_at": "2024-11-28T09:01:00+07:00"}).must(t, 422)
	same(t, "still to come", ahead.faults(t)[0], "/met_at in_the_future")
	w.government.send(post(path+"/meet", object{"met_at": "2024-11-28T08:55:00+07:00"}).under("If-Match", `"7"`)).must(t, 412)
	met := w.government.post(path+"/meet", object{"met_at": "2024-11-28T08:55:00+07:00"}).must(t, 200).object(t)
	same(t, "status", met["status"], "met")
	same(t, "late", met["late"], false)
	again := w.government.post(path+"/meet", object{"met_at": "2024-11-28T08:56:00+07:00"}).must(t, 409)
	same(t, "twice", again.code(t), "deadline_wrong_status")
	claim := w.fill("/v1/deadlines/{deadline_id}/meet")
	same(t, "of an incident", w.kpu.post(claim, object{"met_at": "2024-11-28T08:55:00+07:00"}).must(t, 409).code(t), "deadline_not_manual")
}

// TestWhatIsStartedByHandNamesNobody: a reference is a number of papers, not of people,
// and the clocks of incidents and claims are nobody's to start.
func TestWhatIsStartedByHandNamesNobody(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	for reference, code := range map[string]string{
		"INS-2024/007": "", "12/PDP.7/2024": "", "A1_B2": "", "20241128": "",
		"9906014508890001": "wrong_format", "081234567890": "wrong_format", "Siti Contoh": "wrong_format", "": "too_short",
		strings.Repeat("A", 61): "too_long",
	} {
		got := w.kpu.post("/v1/deadlines", duty(reference))
		if code == "" {
			got.must(t, 201)
		} else {
			same(t, reference, got.must(t, 400).faults(t)[0], "/note_reference "+code)
		}
	}
	in := duty("1")
	in["rule"] = "jkk_payment"
	same(t, "a clock of claims", w.kpu.post("/v1/deadlines", in).must(t, 400).faults(t)[0], "/rule not_listed")
	in = duty("1")
	in["started_at"] = "2042-11-28T08:15:00+07:00"
	same(t, "still to come", w.kpu.post("/v1/deadlines", in).must(t, 422).faults(t)[0], "/started_at in_the_future")
}

// TestDeadlinesAreFoundByWhenTheyAreDue, to the instant, and by what they are about.
func TestDeadlinesAreFoundByWhenTheyAreDue(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	w.submits(w.ids["claim_id"])
	w.kpu.post("/v1/deadlines", duty("1")).must(t, 201)
	for filter, want := range map[string]string{
		"sort=due_at":  "[incident_report incident_conclusion personal_data_breach jkk_payment jkk_claim]",
		"sort=-due_at": "[jkk_claim jkk_payment personal_data_breach incident_conclusion incident_report]",
		"sort=due_at&due_at_gte=2024-12-01T01:15:00Z":                                               "[personal_data_breach jkk_payment jkk_claim]",
		"sort=due_at&due_at_gte=2024-12-01T01:15:00.000001Z":                                        "[jkk_payment jkk_claim]",
		"sort=due_at&due_at_lte=2024-12-01T01:15:00Z":                                               "[incident_report incident_conclusion personal_data_breach]",
		"sort=due_at&due_at_lte=" + url.QueryEscape("2024-12-01T08:14:59+07:00"):                    "[incident_report incident_conclusion]",
		"sort=due_at&due_at_gte=2024-12-09T16:59:59.999999Z&due_at_lte=2024-12-09T16:59:59.999999Z": "[jkk_payment]",
		"sort=due_at&status=running&due_at_lte=2024-12-31T00:00:00Z":                                "[personal_data_breach jkk_payment]",
		"sort=due_at&organisation_id=" + w.organisations["branch"]:                                  "[jkk_payment]",
		"sort=due_at&claim_id=" + w.ids["claim_id"]:                                                 "[jkk_payment]",
		"sort=due_at&incident_id=" + w.ids["incident_id"]:                                           "[incident_report incident_conclusion jkk_payment jkk_claim]",
		"sort=due_at&rule=jkk_claim,incident_report":                                                "[incident_report jkk_claim]",
	} {
		var rules []any
		for _, d := range w.kpu.get("/v1/deadlines?"+filter).must(t, 200).items(t) {
			rules = append(rules, d["rule"])
		}
		same(t, filter, fmt.Sprint(rules), want)
	}
	w.kpu.get("/v1/deadlines?due_at_lte=2024-12-01").must(t, 400)
}

// TestAnEndIsToldOnce before it comes and once when it has passed, at whatever moments
// time is kept.
func TestAnEndIsToldOnce(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	w.submits(w.ids["claim_id"])
	payment := fmt.Sprint(w.deadline(w.branch, "rule=jkk_payment")["id"])
	for _, round := range []struct {
		at             time.Time
		near, breached int
	}{
		{time.Date(2024, 12, 5, 23, 59, 0, 0, wib), 0, 0},
		{time.Date(2024, 12, 6, 0, 0, 0, 0, wib), 1, 0}, // Friday, the working day before Monday
		{time.Date(2024, 12, 6, 0, 1, 0, 0, wib), 1, 0},
		{time.Date(2024, 12, 9, 23, 59, 0, 0, wib), 1, 0},
		{time.Date(2024, 12, 10, 0, 0, 0, 0, wib), 1, 1},
		{time.Date(2024, 12, 10, 0, 1, 0, 0, wib), 1, 1},
	} {
		w.at(round.at)
		w.keepTime()
		same(t, fmt.Sprint("near by ", round.at), w.events("deadline_near", payment), round.near)
		same(t, fmt.Sprint("breached by ", round.at), w.events("deadline_breached", payment), round.breached)
	}
	tag := w.branch.get("/v1/deadlines/"+payment).must(t, 200).Header.Get("ETag")
	same(t, "the version, which no telling changes", tag, `"1"`)
}

// TestAMinistryMovesDeadlinesWithAHoliday that it enters while they run.
func TestAMinistryMovesDeadlinesWithAHoliday(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	w.submits(w.ids["claim_id"])
	before := w.kpu.get(w.fill("/v1/claims/{claim_id}")).must(t, 200)
	w.admin.post("/v1/holidays", newHoliday("2024-12-09")).must(t, 201)
	w.keepTime()
	d := w.deadline(w.branch, "rule=jkk_payment")
	same(t, "due", d["due_at"], "2024-12-10T23:59:59.999999+07:00")
	after := w.kpu.get(w.fill("/v1/claims/{claim_id}")).must(t, 200)
	same(t, "the claim is to be paid by", after.object(t)["pay_due_on"], d["due_on"])
	if before.Header.Get("ETag") == after.Header.Get("ETag") {
		t.Error("a claim that moved has the same ETag")
	}
}

// TestAServerKeepsTime from its start on.
func TestAServerKeepsTime(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	d := w.kpu.post("/v1/deadlines", duty("1")).must(t, 201).id(t)
	w.at(time.Date(2024, 12, 1, 8, 15, 1, 0, wib))
	w.working(t)
	for tries := 0; w.events("deadline_breached", d) == 0; tries++ {
		if tries == 200 {
			t.Fatal("nobody was told")
		}
		time.Sleep(100 * time.Millisecond)
	}
	same(t, "told", w.events("deadline_breached", d), 1)
}
