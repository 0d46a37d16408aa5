package api_test

import (
	"fmt"
	"testing"
)

// zones are a regency in each zone of the country.
var zones = map[string]place{
	"WIB":  homeland,
	"WITA": {"53.71", "53.71.01.1001", "Asia/Makassar", nil},
	"WIT":  {"91.03", "91.03.01.1001", "Asia/Jayapura", nil},
}

// clocks are those of an incident that somebody sees, by their rules.
func (w *world) clocks(by caller, incident string) map[string]object {
	w.t.Helper()
	found := map[string]object{}
	for _, d := range by.get("/v1/deadlines?incident_id="+incident).must(w.t, 200).items(w.t) {
		found[fmt.Sprint(d["rule"])] = d
	}
	return found
}

// runs holds a clock to its status and to the minute in which it ends.
func (w *world) runs(t *testing.T, incident, rule, status, due string) {
	t.Helper()
	d := w.clocks(w.branch, incident)[rule]
	same(t, rule+" ends", d["due_at"], any(w.local(due)))
	same(t, rule+" is", d["status"], any(status))
}

// TestAWholeDeathUnderJKK from the night of the accident to the payment: told a minute
// before the first report was due, just after midnight of a day that had not yet begun in
// the capital, and in every zone by its own clock.
func TestAWholeDeathUnderJKK(t *testing.T) {
	t.Parallel()
	for zone, there := range zones {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			w := billing.in(t, there)
			w.clockTo("2024-11-30 00:09")
			in := altered(w.death(w.ids["officer_id"]), object{
				"kind": "accident", "outcome": "injured", "occurred_at": w.local("2024-11-28 00:10:00"), "suspected": true,
				"care": object{"facility": "RSUD Rahasia", "in_network": true, "admitted_on": "2024-11-28"},
			})
			told := w.kpu.post("/v1/incidents", in).must(t, 201)
			i := told.object(t)
			incident := told.id(t)
			same(t, "doubts", fmt.Sprint(told.warnings(t)), "[]")
			same(t, "status", fmt.Sprint(i["status"], " ", i["covered"], " ", i["guarantee"], " ", i["reported_late"]), "under_care true waiting false")
			w.runs(t, incident, "incident_report", "met", "2024-11-30 00:10:00")
			w.runs(t, incident, "jkk_claim", "running", "2029-11-28 23:59:59.999999")

			w.clockTo("2024-11-30 08:00")
			provisional := w.branch.post("/v1/incidents/"+incident+"/guarantee", object{"decision": "provisional"}).must(t, 200).object(t)
			same(t, "guarantee", provisional["guarantee"], "provisional")
			w.runs(t, incident, "guarantee_conclusion", "running", "2024-12-30 23:59:59.999999") // thirty days after stage I
			same(t, "owed by the branch", w.clocks(w.branch, incident)["guarantee_conclusion"]["organisation_id"], any(w.organisations["branch"]))

			w.clockTo("2024-12-03 04:59")
			concluded := w.kpu.post("/v1/incidents/"+incident+"/conclude", object{
				"outcome": "died", "stated_at": w.local("2024-12-01 05:00:00"), "died_at": w.local("2024-12-01 04:00:00"),
			}).must(t, 200)
			same(t, "doubts of stage II", fmt.Sprint(concluded.warnings(t)), "[]")
			same(t, "status", concluded.object(t)["status"], "concluded")
			w.runs(t, incident, "incident_conclusion", "met", "2024-12-03 05:00:00")
			w.branch.post("/v1/incidents/"+incident+"/guarantee", object{"decision": "guaranteed", "reference": "JKK/88"}).must(t, 200)
			w.runs(t, incident, "guarantee_conclusion", "met", "2024-12-30 23:59:59.999999")
			officer := w.kpu.get("/v1/officers/"+w.ids["officer_id"]).must(t, 200).object(t)
			same(t, "duty ended", fmt.Sprint(officer["ended_on"], " ", officer["end_reason"]), "2024-12-01 died")
			period := w.kpu.get("/v1/coverage-periods/"+w.ids["coverage_period_id"]).must(t, 200).object(t)
			same(t, "cover ended", fmt.Sprint(period["to_on"], " ", period["status"]), "2024-12-01 ended")

			claim := name(w.claimOf(w.kpu, incident))
			path := "/v1/claims/" + claim
			opened := w.kpu.get(path).must(t, 200).object(t)
			same(t, "claim", fmt.Sprint(opened["programme"], " ", opened["status"], " ", whole(opened["claim_amount"])), "jkk draft 94000000")
			refused := w.kpu.post(path+"/submit", nil).must(t, 422)
			same(t, "payee", refused.faults(t)[0], "/payee_id payee_missing")

			w.clockTo("2024-12-04 10:00")
			payee := w.names(w.kpu, incident, budi())
			w.kpu.patch(path, "*", object{"payee_id": payee}).must(t, 200)
			w.attach(w.kpu, claim)
			submitted := w.kpu.post(path+"/submit", nil).must(t, 200).object(t)
			same(t, "to be paid by", submitted["pay_due_on"], "2024-12-13") // seven working days after a Wednesday
			w.runs(t, incident, "jkk_claim", "met", "2029-11-28 23:59:59.999999")
			w.runs(t, incident, "jkk_payment", "running", "2024-12-13 23:59:59.999999")

			w.clockTo("2024-12-05 16:00")
			returned := w.branch.post(path+"/return", object{"reasons": []object{
				{"reason": "document_illegible", "document_kind": "chronology", "note": "Halaman dua gelap."},
			}}).must(t, 200).object(t)
			same(t, "no day while the clock stands", returned["pay_due_on"], nil)
			same(t, "the clock", w.clocks(w.branch, incident)["jkk_payment"]["status"], "paused")
			for language, remedy := range map[string]string{"id": "indonesian", "en": "english"} {
				history := w.kpu.send(get(path).under("Accept-Language", language)).must(t, 200).object(t)["history"].([]any)
				reason := history[len(history)-1].(object)["reasons"].([]any)[0].(object)
				same(t, "code", reason["code"], "returned_document_illegible")
				if text := fmt.Sprint(reason["remedy"]); len(text) < 10 {
					t.Errorf("the remedy in %s is %q", remedy, text)
				}
			}
			w.clockTo("2024-12-10 09:00") // Tuesday
			w.kpu.send(paperOf(incident, aPDF("Terang")).of("chronology")).must(t, 201)
			again := w.kpu.post(path+"/submit", nil).must(t, 200).object(t)
			same(t, "to be paid by", again["pay_due_on"], "2024-12-18")
			w.runs(t, incident, "jkk_payment", "running", "2024-12-18 23:59:59.999999")

			verifier := w.branch.another()
			verifier.post(path+"/verify", nil).must(t, 200)
			same(t, "by one alone", verifier.post(path+"/approve", nil).must(t, 403).code(t), "maker_is_checker")
			approved := w.branch.post(path+"/approve", nil).must(t, 200).object(t)
			same(t, "approved", whole(approved["claim_amount"]), whole(opened["claim_amount"]))
			w.clockTo("2024-12-18 23:59")
			w.keepTime()
			w.runs(t, incident, "jkk_payment", "running", "2024-12-18 23:59:59.999999")
			paid := w.pays(claim)
			same(t, "paid", fmt.Sprint(paid["status"], " ", paid["paid_on"], " ", paid["compensation_amount"]), "paid 2024-12-18 <nil>")
			w.runs(t, incident, "jkk_payment", "met", "2024-12-18 23:59:59.999999")
			var steps []any
			for _, step := range paid["history"].([]any) {
				steps = append(steps, step.(object)["decision"])
			}
			same(t, "history", fmt.Sprint(steps), "[submitted returned submitted verified approved paid]")
			both := w.kpu.get("/v1/incidents/"+incident+"/benefits").must(t, 200).object(t)
			same(t, "paid in all", whole(both["paid_amount"]), whole(opened["claim_amount"]))
			for rule, d := range w.clocks(w.branch, incident) {
				same(t, rule+" at last", fmt.Sprint(d["status"], " ", d["late"]), "met false")
			}
		})
	}
}
