package api_test

import (
	"fmt"
	"testing"
)

// TestTwoSchemesStandSideBySide: B24 beside B01, 120,800,000 together, and never netted.
func TestTwoSchemesStandSideBySide(t *testing.T) {
	t.Parallel()
	there := homeland
	there.terms = object{"wage_base_policy": "declared", "declared_wage_amount": 1_100_000}
	w := billing.in(t, there)
	w.clockTo("2024-11-28 09:00")
	incident := w.kpu.post("/v1/incidents", w.death(w.ids["officer_id"])).must(t, 201).id(t)
	claim := name(w.claimOf(w.kpu, incident))
	payee := w.names(w.kpu, incident, budi())
	view := func(by caller) string {
		t.Helper()
		both := by.get("/v1/incidents/"+incident+"/benefits").must(t, 200).object(t)
		return fmt.Sprint(whole(both["insurance_amount"]), " + ", whole(both["ex_gratia_amount"]), " = ", whole(both["total_amount"]), ", paid ", whole(both["paid_amount"]))
	}
	same(t, "before a gift", view(w.kpu), "74800000 + 0 = 74800000, paid 0")
	money := w.kpu.post("/v1/ex-gratia-funds", fund(2024)).must(t, 201).id(t)
	given := w.kpu.pay("/v1/ex-gratia-grants", object{"fund_id": money, "incident_id": incident, "payee_id": payee}).must(t, 201)
	steps := given.object(t)["steps"].([]any)
	same(t, "the last step is the amount", whole(steps[len(steps)-1].(object)["step_amount"]), whole(given.object(t)["grant_amount"]))
	same(t, "granted", view(w.kpu), "74800000 + 46000000 = 120800000, paid 0")
	w.submits(claim)
	w.grants(claim)
	w.pays(claim)
	same(t, "the one is paid", view(w.nation), "74800000 + 46000000 = 120800000, paid 74800000")
	out := "/v1/ex-gratia-grants/" + given.id(t) + "/disburse"
	same(t, "by whoever granted", w.kpu.pay(out, bodies["disburse"]).must(t, 403).code(t), "maker_is_checker")
	w.kpu.another().pay(out, bodies["disburse"]).must(t, 200)
	same(t, "the other too", view(w.kpu), "74800000 + 46000000 = 120800000, paid 120800000")
	w.government.get("/v1/incidents/"+incident+"/benefits").must(t, 404)
	office := w.branch.get("/v1/incidents/"+incident+"/benefits").must(t, 200).object(t)
	same(t, "its own to the office", fmt.Sprint(whole(office["insurance_amount"]), " ", whole(office["paid_amount"])), "74800000 74800000")
	for _, hidden := range []string{"grants", "ex_gratia_amount", "total_amount"} {
		if v, shown := office[hidden]; shown {
			t.Errorf("the office sees %s: %v", hidden, v)
		}
	}
	same(t, "twice", w.kpu.pay("/v1/ex-gratia-grants", object{"fund_id": money, "incident_id": incident, "payee_id": payee}).must(t, 409).code(t), "grant_taken")
	for verb, body := range map[string]any{"disburse": bodies["disburse"], "cancel": object{"reason": "other"}} {
		got := w.kpu.another().pay("/v1/ex-gratia-grants/"+given.id(t)+"/"+verb, body).must(t, 409)
		same(t, verb, got.code(t), "grant_wrong_status")
	}
}

// TestABodyGivesOnceForADeath, though the dead had two duties and each was told of; the
// family of nobody is given the funeral alone.
func TestABodyGivesOnceForADeath(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-28 09:00")
	money := w.kpu.post("/v1/ex-gratia-funds", fund(2024)).must(t, 201).id(t)
	duty := func(change object) object {
		officer := w.kpu.post("/v1/officers", siti(8, change)).must(t, 201).id(t)
		incident := w.kpu.post("/v1/incidents", w.death(officer)).must(t, 201).id(t)
		arranger := w.names(w.kpu, incident, budi(object{"relation": "funeral_arranger"}))
		return object{"fund_id": money, "incident_id": incident, "payee_id": arranger}
	}
	first, second := duty(object{"external_id": "S-0801"}), duty(object{"external_id": "S-0802", "position": "kpps", "polling_station": "3", "term_from": "2024-11-07", "term_to": "2024-12-08"})
	granted := w.kpu.pay("/v1/ex-gratia-grants", first).must(t, 201)
	same(t, "the funeral alone", whole(granted.object(t)["grant_amount"]), whole(10_000_000.0))
	w.refuse(t, "the second death", w.kpu.pay("/v1/ex-gratia-grants", second), 409, "/incident_id death_taken")
	w.kpu.post("/v1/ex-gratia-grants/"+granted.id(t)+"/cancel", object{"reason": "mistake"}).must(t, 200)
	w.kpu.pay("/v1/ex-gratia-grants", second).must(t, 201)
}

// TestAFundGivesNoMoreThanItHas, to the rupiah, also to twenty who ask at once; what is
// cancelled is free again.
func TestAFundGivesNoMoreThanItHas(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-28 09:00")
	in := fund(2024)
	in["ceiling_amount"] = 3*8_250_000 + 8_249_999
	made := w.kpu.post("/v1/ex-gratia-funds", in).must(t, 201)
	w.ids["fund_id"] = made.id(t)
	same(t, "a second of the year", w.kpu.post("/v1/ex-gratia-funds", in).must(t, 409).code(t), "fund_taken")
	same(t, "of the branch", w.branch.post("/v1/ex-gratia-funds", in).must(t, 403).code(t), "not_allowed")
	var calls []func() answer
	for range 20 {
		req := w.kpu.request(post("/v1/ex-gratia-grants", w.gift(w.harmed(), 3)).keyed())
		calls = append(calls, func() answer { return serve(w.handler, req) })
	}
	var granted string
	won := 0
	for _, a := range together(calls...) {
		if a.StatusCode == 201 {
			won++
			granted = a.id(t)
		} else {
			w.refuse(t, "one too many", a, 409, "/fund_id fund_exceeded")
		}
	}
	same(t, "granted", won, 3)
	path := "/v1/ex-gratia-funds/" + w.ids["fund_id"]
	same(t, "left", whole(w.kpu.get(path).must(t, 200).object(t)["remaining_amount"]), whole(8_249_999.0))
	next := w.harmed()
	w.refuse(t, "one more", w.kpu.pay("/v1/ex-gratia-grants", w.gift(next, 3)), 409, "/fund_id fund_exceeded")
	w.refuse(t, "less than is granted", w.kpu.patch(path, "*", object{"ceiling_amount": 3*8_250_000 - 1}), 422, "/ceiling_amount fund_granted")
	w.kpu.post("/v1/ex-gratia-grants/"+granted+"/cancel", object{"reason": "mistake"}).must(t, 200)
	w.kpu.pay("/v1/ex-gratia-grants", w.gift(next, 3)).must(t, 201)

	// Of other years, other bodies, and events that are none of the scheme's.
	old := w.kpu.post("/v1/ex-gratia-funds", fund(2023)).must(t, 201).id(t)
	someone := w.harmed()
	ask := func(changes object) answer {
		return w.kpu.pay("/v1/ex-gratia-grants", altered(w.gift(someone, 0), changes))
	}
	w.refuse(t, "of another year", ask(object{"fund_id": old}), 422, "/fund_id fund_of_other_year")
	w.refuse(t, "of no fund", ask(object{"fund_id": w.ids["officer_id"]}), 422, "/fund_id fund_unknown")
	w.refuse(t, "for no incident", ask(object{"incident_id": w.ids["officer_id"]}), 422, "/incident_id incident_unknown")
	early := w.kpu.post("/v1/incidents", altered(w.accident(), object{"occurred_at": "2024-05-25T23:59:00+07:00"})).must(t, 201).id(t)
	w.refuse(t, "before the term", ask(object{"incident_id": early}), 422, "/incident_id uncovered_outside_term")
	same(t, "by the branch", w.branch.pay("/v1/ex-gratia-grants", w.gift(someone, 0)).must(t, 403).code(t), "party_role_required")
}
