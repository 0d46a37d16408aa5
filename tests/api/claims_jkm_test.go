package api_test

import (
	"fmt"
	"testing"
)

// TestAWholeDeathUnderJKM from the night of an illness to a payment that comes two days
// late: in every zone by its own clock, with what the lateness adds.
func TestAWholeDeathUnderJKM(t *testing.T) {
	t.Parallel()
	for zone, there := range zones {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			w := billing.in(t, there)
			w.clockTo("2024-11-28 09:00")
			in := altered(w.death(w.ids["officer_id"]), object{"kind": "illness", "occurred_at": w.local("2024-11-28 00:10:00")})
			told := w.kpu.post("/v1/incidents", in).must(t, 201)
			i, incident := told.object(t), told.id(t)
			same(t, "no accident", fmt.Sprint(i["guarantee"], " ", i["report_due_at"], " ", i["covered"]), "none <nil> true")
			same(t, "no clock of accidents", len(w.clocks(w.branch, incident)), 0)
			period := w.kpu.get("/v1/coverage-periods/"+w.ids["coverage_period_id"]).must(t, 200).object(t)
			same(t, "cover ends on the day of the zone", period["to_on"], "2024-11-28")
			claim := w.claimOf(w.kpu, incident)
			path := "/v1/claims/" + name(claim)
			same(t, "claim", fmt.Sprint(claim["programme"], " ", whole(claim["claim_amount"])), "jkm 42000000")

			w.names(w.kpu, incident, budi())
			w.complete(name(claim))
			same(t, "to be paid by", w.kpu.post(path+"/submit", nil).must(t, 200).object(t)["pay_due_on"], "2024-12-03") // three working days
			w.runs(t, incident, "jkm_payment", "running", "2024-12-03 23:59:59.999999")
			w.grants(name(claim))
			w.clockTo("2024-12-03 23:59")
			w.keepTime()
			w.runs(t, incident, "jkm_payment", "running", "2024-12-03 23:59:59.999999")
			w.clockTo("2024-12-04 00:00")
			w.keepTime()
			w.runs(t, incident, "jkm_payment", "breached", "2024-12-03 23:59:59.999999")
			breached := w.clocks(w.kpu, incident)["jkm_payment"]
			same(t, "told of the breach", w.events("deadline_breached", name(breached)), 1)

			w.clockTo("2024-12-05 10:00")
			paid := w.pays(name(claim))
			same(t, "one per cent a day", whole(paid["compensation_amount"]), whole(840_000.0))
			same(t, "the benefit stays", whole(paid["claim_amount"]), whole(42_000_000.0))
			met := w.clocks(w.branch, incident)["jkm_payment"]
			same(t, "paid late", fmt.Sprint(met["status"], " ", met["late"], " ", met["breached_at"] != nil), "met true true")
			both := w.kpu.get("/v1/incidents/"+incident+"/benefits").must(t, 200).object(t)
			same(t, "with what is late", whole(both["paid_amount"]), whole(42_840_000.0))
		})
	}
}

// TestCareThatIsRefusedBecomesADeathUnderJKM: the claim of JKK is void, another is open,
// by the rule and the clock of JKM; and an appeal brings the first back once the second
// is withdrawn.
func TestCareThatIsRefusedBecomesADeathUnderJKM(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	incident, first := w.ids["incident_id"], w.ids["claim_id"]
	w.submits(first)
	refused := w.branch.post("/v1/incidents/"+incident+"/guarantee", object{"decision": "refused", "reference": "S-12"}).must(t, 200).object(t)
	same(t, "status", fmt.Sprint(refused["status"], " ", refused["guarantee"]), "refused refused")
	void := w.kpu.get("/v1/claims/"+first).must(t, 200).object(t)
	same(t, "JKK", fmt.Sprint(void["status"], " ", void["rejection_reason"]), "rejected not_work_related")
	last := void["history"].([]any)
	reason := last[len(last)-1].(object)["reasons"].([]any)[0].(object)
	same(t, "with the next road", reason["code"], "rejected_not_work_related")
	same(t, "its clock", w.clocks(w.branch, incident)["jkk_payment"]["status"], "cancelled")

	second := w.claimOf(w.kpu, incident)
	same(t, "JKM", fmt.Sprint(second["programme"], " ", second["status"], " ", whole(second["claim_amount"])), "jkm draft 42000000")
	same(t, "no second of either", w.kpu.post("/v1/claims", object{"incident_id": incident, "programme": "jkm"}).must(t, 409).code(t), "claim_taken")
	appeal := object{"reason": "facts_disputed"}
	same(t, "an appeal beside it", w.kpu.post("/v1/claims/"+first+"/appeal", appeal).must(t, 409).code(t), "claim_taken")
	w.kpu.post("/v1/claims/"+name(second)+"/withdraw", nil).must(t, 200)
	appealed := w.kpu.post("/v1/claims/"+first+"/appeal", appeal).must(t, 200).object(t)
	same(t, "in place of it", appealed["status"], "submitted")
	same(t, "whether the work did it is open again", w.kpu.get("/v1/incidents/"+incident).must(t, 200).object(t)["guarantee"], "waiting")
	// Whoever refused it decides no second time.
	same(t, "by the same", w.branch.post("/v1/claims/"+first+"/reject", object{"reason": "untrue"}).must(t, 403).code(t), "maker_is_checker")
	w.branch.another().post("/v1/claims/"+first+"/verify", nil).must(t, 200)
	third := w.branch.another()
	third.post("/v1/claims/"+first+"/approve", nil).must(t, 200)
	w.pays(first)
}

// TestARejectionForTheWorkOpensJKM at once, whoever has verified before.
func TestARejectionForTheWorkOpensJKM(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	w.submits(w.ids["claim_id"])
	w.branch.another().post("/v1/claims/"+w.ids["claim_id"]+"/verify", nil).must(t, 200)
	w.branch.post("/v1/claims/"+w.ids["claim_id"]+"/reject", object{"reason": "not_work_related"}).must(t, 200)
	jkm := w.claimOf(w.kpu, w.ids["incident_id"])
	same(t, "programme", jkm["programme"], "jkm")
	w.submits(name(jkm))
	w.grants(name(jkm))
	same(t, "paid", w.pays(name(jkm))["status"], "paid")
	both := w.kpu.get("/v1/incidents/"+w.ids["incident_id"]+"/benefits").must(t, 200).object(t)
	same(t, "one of the two", len(both["claims"].([]any)), 1)
	same(t, "never both", whole(both["insurance_amount"]), whole(42_000_000.0))
}
