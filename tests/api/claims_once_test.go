package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// decisions counts what was done to a claim by its history.
func (w *world) decisions(t *testing.T, claim, decision string) (n int) {
	t.Helper()
	for _, step := range w.branch.get("/v1/claims/"+claim).must(t, 200).object(t)["history"].([]any) {
		if step.(object)["decision"] == decision {
			n++
		}
	}
	return n
}

// TestOfTwoWhoDecideAtOnceOneDecides: the other meets what the first made of it.
func TestOfTwoWhoDecideAtOnceOneDecides(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	claim := w.ids["claim_id"]
	w.submits(claim)
	w.branch.another().post("/v1/claims/"+claim+"/verify", nil).must(t, 200)
	var calls []func() answer
	for n := range 20 {
		by, do := w.branch.another(), post("/v1/claims/"+claim+"/approve", nil)
		if n%2 == 1 {
			do = post("/v1/claims/"+claim+"/reject", object{"reason": "untrue"})
		}
		req := by.request(do)
		calls = append(calls, func() answer { return serve(w.handler, req) })
	}
	won := 0
	for _, a := range together(calls...) {
		switch {
		case a.StatusCode == 200:
			won++
		case a.StatusCode != 409 || a.code(t) != "claim_wrong_status":
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "decided", won, 1)
	same(t, "decisions that are kept", w.decisions(t, claim, "approved")+w.decisions(t, claim, "rejected"), 1)
	same(t, "that are told", w.events("claim_approved", claim)+w.events("claim_rejected", claim), 1)
}

// TestAClaimIsPaidOnce: sent twice under one key it is one payment and one answer; under
// two keys, or at once, the second is refused; and without a key nothing is paid.
func TestAClaimIsPaidOnce(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	claim := w.ids["claim_id"]
	w.submits(claim)
	w.grants(claim)
	path := "/v1/claims/" + claim + "/pay"
	out := object{"paid_on": "2024-11-28", "reference": "TRF-1"}
	same(t, "without a key", w.branch.post(path, out).must(t, 400).code(t), "idempotency_key_missing")
	do := post(path, out).under("Idempotency-Key", uuid.NewString())
	won := 0
	for _, a := range w.branch.atOnce(10, do) {
		switch {
		case a.StatusCode == 200 && a.Header.Get("Idempotency-Replayed") == "":
			won++
		case a.StatusCode != 200 && a.code(t) != "request_in_progress":
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "paid at once under one key", won, 1)
	same(t, "and again", w.branch.send(do).must(t, 200).Header.Get("Idempotency-Replayed"), "true")
	for n := range 5 {
		again := w.branch.another().pay(path, object{"paid_on": "2024-11-28", "reference": fmt.Sprint("TRF-", n)}).must(t, 409)
		same(t, "under another", again.code(t), "claim_wrong_status")
	}
	same(t, "payments", w.decisions(t, claim, "paid"), 1)
	same(t, "events", w.events("claim_paid", claim), 1)
	paid := w.branch.get("/v1/claims/"+claim).must(t, 200).object(t)
	same(t, "reference", paid["payment_reference"], "TRF-1")
}

// TestARuleThatIsCorrectedCountsFromTheDayOfTheEvent: between the estimate and the decision
// the rule of that day is put right, and the decision is by the right one; what is changed
// of other days changes nothing, and what is decided stays.
func TestARuleThatIsCorrectedCountsFromTheDayOfTheEvent(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	claim := w.ids["claim_id"]
	in := asking(object{"occurred_on": "2024-11-28", "wage_base_amount": 1_500_000})
	estimate := w.kpu.post(estimates, in).must(t, 200).object(t)["options"].([]any)[0].(object)
	same(t, "estimated", whole(estimate["programme_amount"]), whole(94_000_000.0))
	w.submits(claim)
	w.branch.another().post("/v1/claims/"+claim+"/verify", nil).must(t, 200)

	correct := func(rule string, times float64) {
		t.Helper()
		body := w.correction(benefits+"/"+rule, nil)
		for _, item := range body["items"].([]any) {
			if one := item.(object); one["kind"] == "death" {
				one["times"] = times
			}
		}
		w.admin.put(benefits+"/"+rule, "*", body).must(t, 200)
	}
	correct("jkk-2015-07", 96)
	dry := func() int64 {
		t.Helper()
		return whole(w.branch.post("/v1/claims/"+claim+"/approve?dry_run=true", nil).must(t, 200).object(t)["claim_amount"])
	}
	same(t, "after another day's rule", dry(), whole(94_000_000.0))
	correct("jkk-2019-12", 50)
	same(t, "after its own", dry(), whole(97_000_000.0))
	approved := w.branch.post("/v1/claims/"+claim+"/approve", nil).must(t, 200).object(t)
	same(t, "decided", whole(approved["claim_amount"]), whole(97_000_000.0))
	same(t, "by the rule of the day", approved["schedule"], "jkk-2019-12.2")
	correct("jkk-2019-12", 60)
	w.pays(claim)
	paid := w.kpu.get("/v1/claims/"+claim).must(t, 200).object(t)
	same(t, "what is decided stays", whole(paid["claim_amount"]), whole(97_000_000.0))

	// What it paid too little by the last correction is another claim, once.
	more := w.kpu.post("/v1/claims", object{"incident_id": w.ids["incident_id"], "programme": "jkk", "reopens_id": claim, "payee_id": w.ids["heir_id"]}).must(t, 201)
	same(t, "the difference", whole(more.object(t)["claim_amount"]), whole(15_000_000.0))
	w.submits(more.id(t))
	w.grants(more.id(t))
	w.pays(more.id(t))
	same(t, "nothing more", w.kpu.post("/v1/claims", object{
		"incident_id": w.ids["incident_id"], "programme": "jkk", "reopens_id": more.id(t), "payee_id": w.ids["heir_id"],
	}).must(t, 409).faults(t)[0], "/reopens_id nothing_more_to_pay")
}

// TestADecisionIsTakenBackBeforeItIsPaid, and a rejection is decided by somebody else.
func TestADecisionIsTakenBackBeforeItIsPaid(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	claim := w.ids["claim_id"]
	path := "/v1/claims/" + claim
	w.submits(claim)
	w.grants(claim)
	same(t, "by the organiser", w.kpu.post(path+"/reopen", object{"reason": "mistake"}).must(t, 403).code(t), "party_role_required")
	reopened := w.branch.post(path+"/reopen", object{"reason": "new_evidence", "note": "Surat dokter."}).must(t, 200).object(t)
	same(t, "waits again", fmt.Sprint(reopened["status"], " ", reopened["decided_at"]), "submitted <nil>")
	judge := w.branch.another()
	judge.post(path+"/reject", object{"reason": "untrue"}).must(t, 200)
	same(t, "its clock", w.clocks(w.branch, w.ids["incident_id"])["jkk_payment"]["status"], "cancelled")
	w.at(time.Date(2024, 12, 2, 9, 0, 0, 0, wib))
	same(t, "by the branch", w.branch.post(path+"/appeal", object{"reason": "facts_disputed"}).must(t, 403).code(t), "party_role_required")
	appealed := w.kpu.post(path+"/appeal", object{"reason": "facts_disputed"}).must(t, 200).object(t)
	same(t, "a clock of its own", fmt.Sprint(appealed["status"], " ", appealed["pay_due_on"]), "submitted 2024-12-11")
	w.branch.another().post(path+"/verify", nil).must(t, 200)
	for _, verb := range []string{"approve", "reject"} {
		same(t, "by the same", judge.post(path+"/"+verb, bodies[verb]).must(t, 403).code(t), "maker_is_checker")
	}
	w.branch.another().post(path+"/approve", nil).must(t, 200)
	w.pays(claim)
	same(t, "reopened once paid", w.branch.post(path+"/reopen", object{"reason": "mistake"}).must(t, 409).code(t), "claim_wrong_status")
	var all []any
	for _, step := range w.kpu.get(path).must(t, 200).object(t)["history"].([]any) {
		all = append(all, step.(object)["decision"])
	}
	same(t, "history", fmt.Sprint(all), "[submitted verified approved reopened rejected appealed verified approved paid]")
}

// TestChildrenGoToSchoolYearAfterYear: two of them, each year anew, whatever is asked for
// besides.
func TestChildrenGoToSchoolYearAfterYear(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	incident := w.ids["incident_id"]
	child := w.names(w.kpu, incident, lestari())
	second := w.names(w.kpu, incident, lestari(object{"nik": "9906015203150019", "born_on": "2015-03-12"}))
	third := w.names(w.kpu, incident, lestari(object{"nik": "9906015203170020", "born_on": "2017-03-12"}))
	grown := w.names(w.kpu, incident, lestari(object{"nik": "9906015203000021", "born_on": "2000-03-12", "guardian": nil}))
	pupil := func(id, level string) object {
		return object{"heir_id": id, "level": level, "unmarried": true, "not_working": true}
	}
	claim := func(year int, pupils ...object) answer {
		return w.kpu.post("/v1/claims", object{"incident_id": incident, "programme": "scholarship", "school_year": year, "pupils": pupils})
	}
	w.refuse(t, "before the claim is approved", claim(2024, pupil(child, "primary")), 409, "/incident_id scholarship_not_earned")
	w.submits(w.ids["claim_id"])
	w.grants(w.ids["claim_id"])
	w.pays(w.ids["claim_id"])
	w.refuse(t, "of a year to come", claim(2025, pupil(child, "primary")), 422, "/school_year school_year_over")
	w.refuse(t, "of a grown child", claim(2024, pupil(grown, "higher")), 422, "/pupils/0/heir_id pupil_ineligible")
	w.refuse(t, "of a widower", claim(2024, pupil(w.ids["heir_id"], "higher")), 422, "/pupils/0/heir_id pupil_ineligible")
	worker := pupil(child, "primary")
	worker["not_working"] = false
	w.refuse(t, "of one who works", claim(2024, worker), 422, "/pupils/0/not_working pupil_ineligible")

	year := func(start, sum int, pupils ...object) {
		t.Helper()
		opened := claim(start, pupils...).must(t, 201)
		same(t, fmt.Sprint("sum of ", start), whole(opened.object(t)["claim_amount"]), int64(sum))
		same(t, "no clock", w.submits(opened.id(t))["pay_due_on"], nil)
		w.grants(opened.id(t))
		w.pays(opened.id(t))
		same(t, "twice", claim(start, pupils...).must(t, 422).faults(t)[0], "/pupils/0/heir_id pupil_taken")
	}
	year(2024, 3_000_000, pupil(child, "primary"), pupil(second, "primary"))
	w.clockTo("2025-07-15 09:00")
	w.refuse(t, "of a third child", claim(2025, pupil(child, "junior_secondary"), pupil(third, "primary")), 422, "/pupils too_many_pupils")
	year(2025, 3_500_000, pupil(child, "junior_secondary"), pupil(second, "primary"))
	both := w.kpu.get("/v1/incidents/"+incident+"/benefits").must(t, 200).object(t)
	same(t, "in all", whole(both["paid_amount"]), whole(100_500_000.0))
}

// TestADayWithoutWorkIsPaidOnce, whichever of two accidents it was lost to.
func TestADayWithoutWorkIsPaidOnce(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	claim := func(from, to string) answer {
		incident := w.harmed()
		w.kpu.post("/v1/incidents/"+incident+"/conclude", object{"outcome": "recovered", "stated_at": "2024-11-28T08:00:00+07:00"}).must(t, 200)
		return w.kpu.post("/v1/claims", object{"incident_id": incident, "programme": "jkk", "losses": []object{
			{"kind": "temporary_incapacity", "from_on": from, "to_on": to},
		}})
	}
	first := claim("2024-11-27", "2024-11-27").must(t, 201).id(t)
	w.refuse(t, "the same day", claim("2024-11-27", "2024-11-28"), 422, "/losses/0/from_on days_claimed")
	claim("2024-11-28", "2024-11-28").must(t, 201)
	w.at(time.Date(2024, 11, 30, 9, 0, 0, 0, wib))
	w.refuse(t, "after the doctor's letter", claim("2024-11-28", "2024-11-29"), 422, "/losses/0/from_on days_claimed", "/losses/0/to_on after_end")
	w.kpu.post("/v1/claims/"+first+"/withdraw", nil).must(t, 200)
	claim("2024-11-27", "2024-11-27").must(t, 201)
}

// TestADeathIsClaimedOnce, though the dead had two duties and each was told of.
func TestADeathIsClaimedOnce(t *testing.T) {
	t.Parallel()
	w := billed(t)
	duty := func(change object) string { return w.kpu.post("/v1/officers", siti(8, change)).must(t, 201).id(t) }
	spring := duty(object{"external_id": "S-0801", "term_to": "2024-11-15"})
	autumn := duty(object{"external_id": "S-0802", "term_from": "2024-11-16"})
	w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201)
	w.at(time.Date(2024, 11, 4, 9, 0, 0, 0, wib))
	w.bills("2024-11", "SP2D-2") // once for both
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	died := func(officer, at string) answer {
		return w.kpu.post("/v1/incidents", altered(w.death(officer), object{"kind": "illness", "occurred_at": at})).must(t, 201)
	}
	first := died(spring, "2024-11-15T02:40:00+07:00").id(t)
	told := died(autumn, "2024-11-28T02:40:00+07:00")
	if !slices.Contains(told.warnings(t), "/outcome death_taken") {
		t.Errorf("warned of %v", told.warnings(t))
	}
	second := object{"incident_id": told.id(t), "programme": "jkm"}
	w.refuse(t, "the second death", w.kpu.post("/v1/claims", second), 409, "/incident_id death_taken")
	w.kpu.post("/v1/claims/"+name(w.claimOf(w.kpu, first))+"/withdraw", nil).must(t, 200)
	w.kpu.post("/v1/claims", second).must(t, 201)
}

// TestAClaimRestsOnOneCover: on what it was opened on, with its base and its office, until
// it is withdrawn or rejected.
func TestAClaimRestsOnOneCover(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	claim := w.ids["claim_id"]
	w.submits(claim)
	w.branch.another().post("/v1/claims/"+claim+"/verify", nil).must(t, 200)
	w.exec(`update coverage_periods set cancelled_on = from_on where id = $1`, w.ids["coverage_period_id"]) // after its line was taken back
	w.exec(`insert into coverage_periods (id, officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, month_rule, agreed, segment, wage_base,
			jkk, jkm, schedule, activated_on, version, created_at, updated_at)
		select uuid_v7(now()), officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, month_rule, agreed, segment, wage_base * 2,
			jkk, jkm, schedule, activated_on, 1, created_at, updated_at from coverage_periods where id = $1`, w.ids["coverage_period_id"])
	approve := post("/v1/claims/"+claim+"/approve", nil)
	same(t, "approved", w.branch.another().send(approve).must(t, 409).code(t), "cover_replaced")
	w.branch.another().post("/v1/claims/"+claim+"/reject", object{"reason": "untrue"}).must(t, 200)
	anew := w.kpu.post("/v1/claims", object{"incident_id": w.ids["incident_id"], "programme": "jkk", "payee_id": w.ids["heir_id"]}).must(t, 201).object(t)
	same(t, "on the base of", anew["wage_base_amount"], 3_000_000.0)
}
