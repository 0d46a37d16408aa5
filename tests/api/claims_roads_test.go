package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestALateReportIsPaidByTheBodyFirst, which claims it back: no claim of JKK is submitted
// without saying so (Permenaker 1/2025, art. 8(2a) and (2b)).
func TestALateReportIsPaidByTheBodyFirst(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-30 02:41")
	told := w.kpu.post("/v1/incidents", w.death(w.ids["officer_id"])).must(t, 201)
	same(t, "told at once", fmt.Sprint(told.warnings(t)), "[/occurred_at report_late /reimbursement report_was_late]")
	same(t, "its clock", w.clocks(w.branch, told.id(t))["incident_report"]["late"], true)
	claim := name(w.claimOf(w.kpu, told.id(t)))
	path := "/v1/claims/" + claim
	w.complete(claim)
	w.refuse(t, "as if it were in time", w.kpu.post(path+"/submit", nil), 422, "/reimbursement report_was_late")
	w.kpu.patch(path, "*", object{"reimbursement": true}).must(t, 200)
	w.refuse(t, "without proof of it", w.kpu.post(path+"/submit", nil), 422, "/requirements requirement_unmet")
	w.attach(w.kpu, claim)
	same(t, "as paid first", w.kpu.post(path+"/submit", nil).must(t, 200).object(t)["status"], "submitted")
	w.grants(claim)
	same(t, "claimed back", fmt.Sprint(w.pays(claim)["status"]), "paid")
}

// TestAClaimSaysEverythingItLacks at once, and each paper that is sent is one fewer.
func TestAClaimSaysEverythingItLacks(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	path := w.fill("/v1/claims/{claim_id}")
	submit := func() answer { return w.kpu.post(path+"/submit", nil) }
	faults := strings.Join(submit().must(t, 422).faults(t), "\n")
	for _, want := range []string{"/incident_id incident_not_concluded", "/payee_id payee_missing", "/requirements requirement_unmet"} {
		if !strings.Contains(faults, want) {
			t.Errorf("%s is not among\n%s", want, faults)
		}
	}
	w.concludes(w.kpu, w.ids["incident_id"], "died")
	w.kpu.patch(path, "*", object{"payee_id": w.ids["heir_id"]}).must(t, 200)
	missing := w.needs(w.kpu, w.ids["claim_id"])
	if len(missing) < 8 {
		t.Fatalf("%d papers are missing", len(missing))
	}
	for n, need := range missing {
		rest := make([]string, len(missing)-n)
		for i := range rest {
			rest[i] = "/requirements requirement_unmet"
		}
		w.refuse(t, fmt.Sprint(n, " papers sent"), submit(), 422, rest...)
		w.kpu.send(sheet(w.ids["incident_id"], need)).must(t, 201)
	}
	w.kpu.post(path+"/submit?dry_run=true", nil).must(t, 200)
	// A paper that was rejected is as good as none; another of its kind does.
	papers := w.kpu.get("/v1/documents?kind=heirs_letter&incident_id="+w.ids["incident_id"]).must(t, 200).items(t)
	w.branch.post("/v1/documents/"+name(papers[0])+"/reject", object{"reason": "illegible"}).must(t, 200)
	w.refuse(t, "an illegible paper", submit(), 422, "/requirements requirement_unmet")
	another := w.paper(aPDF("Terang")).of("heirs_letter")
	w.kpu.send(another.asking("heir_id="+w.ids["heir_id"])).must(t, 201)
	w.refuse(t, "one of an heir, where none is named", submit(), 422, "/requirements requirement_unmet")
	w.kpu.send(another).must(t, 201)
	submit().must(t, 200)
}

// TestAcceptedPapersPayNobodyElse: the person they were accepted of stays, and so another
// account needs a proof of its own.
func TestAcceptedPapersPayNobodyElse(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	claim, heir := "/v1/claims/"+w.ids["claim_id"], w.fill("/v1/incidents/{incident_id}/heirs/{heir_id}")
	w.kpu.post(w.fill("/v1/ex-gratia-grants/{grant_id}/cancel"), object{"reason": "mistake"}).must(t, 200)
	w.submits(w.ids["claim_id"])
	for _, paper := range w.kpu.get("/v1/documents?limit=50&incident_id="+w.ids["incident_id"]).must(t, 200).items(t) {
		w.branch.post("/v1/documents/"+name(paper)+"/accept", nil).must(t, 200)
	}
	w.branch.another().post(claim+"/verify", nil).must(t, 200)
	w.branch.post(claim+"/return", object{"reasons": []object{{"reason": "account_unclear", "note": "Rekening keliru."}}}).must(t, 200)
	for member, other := range map[string]any{"full_name": "Joko Contoh", "nik": "9906010508870016", "born_on": "1987-08-05"} {
		same(t, member, w.kpu.patch(heir, "*", object{member: other}).must(t, 409).code(t), "heir_claimed")
	}
	proof := func() object {
		return w.kpu.get("/v1/documents?kind=bank_account_proof&heir_id="+w.ids["heir_id"]).must(t, 200).items(t)[0]
	}
	same(t, "it proves", proof()["outdated_at"], nil)
	w.tick()
	w.kpu.patch(heir, "*", object{"bank_account_number": "7700112299"}).must(t, 200)
	if proof()["outdated_at"] == nil {
		t.Error("the proof of another account stands")
	}
	w.refuse(t, "the proof of another account", w.kpu.post(claim+"/submit", nil), 422, "/requirements requirement_unmet")
	need := object{"document_kind": "bank_account_proof", "heir_id": w.ids["heir_id"]}
	w.kpu.send(sheet(w.ids["incident_id"], need)).must(t, 201) // the same bytes, of what they are said to prove now
	w.kpu.post(claim+"/submit", nil).must(t, 200)
}

// TestTheRightHeirIsPaid: by the order of the law, with proof that those before are none;
// a child by a guardian; and nobody of whom the bank knows nothing.
func TestTheRightHeirIsPaid(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	incident, path := w.ids["incident_id"], w.fill("/v1/claims/{claim_id}")
	brother := w.names(w.kpu, incident, budi(object{"relation": "sibling", "nik": "9906010508870016"}))
	w.kpu.patch(path, "*", object{"payee_id": brother}).must(t, 200)
	w.complete(w.ids["claim_id"])
	refuse := func(what string, faults ...string) {
		t.Helper()
		w.refuse(t, what, w.kpu.post(path+"/submit", nil), 422, faults...)
	}
	refuse("a brother before the widower", "/payee_id heir_outranked")
	orphan := w.names(w.kpu, incident, lestari(object{"guardian": nil, "bank_account_number": nil}))
	w.kpu.patch(path, "*", object{"payee_id": orphan}).must(t, 200)
	w.attach(w.kpu, w.ids["claim_id"])
	refuse("a child alone", "/payee_id account_missing", "/payee_id guardian_missing")
	w.kpu.patch("/v1/incidents/"+incident+"/heirs/"+orphan, "*", object{
		"bank_account_number": "7700112244", "guardian": lestari()["guardian"],
	}).must(t, 200)
	refuse("by papers of no account and nobody's hand", "/requirements requirement_unmet", "/requirements requirement_unmet")
	w.attach(w.kpu, w.ids["claim_id"])
	w.kpu.post(path+"/submit?dry_run=true", nil).must(t, 200)
	w.kpu.post("/v1/incidents/"+incident+"/heirs/"+orphan+"/strike?dry_run=true", nil).must(t, 409) // as long as a claim names her

	// They turn out to be no family; so the brother it is, once that is shown of each rank before his.
	w.kpu.patch(path, "*", object{"payee_id": brother}).must(t, 200)
	w.kpu.post(w.fill("/v1/ex-gratia-grants/{grant_id}/cancel"), object{"reason": "untrue"}).must(t, 200)
	for _, none := range []string{orphan, w.ids["heir_id"]} {
		w.kpu.post("/v1/incidents/"+incident+"/heirs/"+none+"/strike", nil).must(t, 200)
	}
	same(t, "struck twice", w.kpu.post("/v1/incidents/"+incident+"/heirs/"+orphan+"/strike", nil).must(t, 409).code(t), "heir_struck")
	papers := w.kpu.get("/v1/documents?kind=no_heirs_statement&incident_id="+incident).must(t, 200).items(t)
	same(t, "statements of two ranks", len(papers), 2)
	w.kpu.post("/v1/documents/"+name(papers[1])+"/withdraw", nil).must(t, 200)
	refuse("one statement of two", "/requirements requirement_unmet")
	w.attach(w.kpu, w.ids["claim_id"])
	w.kpu.post(path+"/submit", nil).must(t, 200)
	w.grants(w.ids["claim_id"])
	w.pays(w.ids["claim_id"])
}

// TestFiveYearsLaterTheElectionBodyStillGives: JKK is claimed no more, to the day, and its
// own scheme knows no such end.
func TestFiveYearsLaterTheElectionBodyStillGives(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-28 09:00")
	incident := w.harmed()
	w.clockTo("2029-11-27 23:59")
	w.kpu.post("/v1/claims?dry_run=true", w.injury(incident)).must(t, 201)
	w.clockTo("2029-11-28 00:00")
	w.keepTime()
	same(t, "its clock", w.clocks(w.kpu, incident)["jkk_claim"]["status"], "breached")
	w.refuse(t, "a minute later", w.kpu.post("/v1/claims", w.injury(incident)), 422, "/incident_id claim_expired")
	money := w.kpu.post("/v1/ex-gratia-funds", fund(2029)).must(t, 201).id(t)
	gift := w.kpu.pay("/v1/ex-gratia-grants", object{"fund_id": money, "incident_id": incident, "inpatient_days": 3}).must(t, 201).object(t)
	same(t, "of its own", whole(gift["grant_amount"]), whole(8_250_000.0))
}

// TestWhoIsNotCoveredIsToldWhereElseToTurn, and the road that is told of is open.
func TestWhoIsNotCoveredIsToldWhereElseToTurn(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-28 09:00")
	officer := w.kpu.post("/v1/officers", siti(9)).must(t, 201).id(t)
	told := w.kpu.post("/v1/incidents", w.death(officer)).must(t, 201)
	incident := told.id(t)
	same(t, "reason", told.object(t)["uncovered_reason"], "uncovered_not_enrolled")
	words := map[string]string{}
	for _, language := range []string{"id", "en"} {
		roads, _ := w.kpu.send(get("/v1/incidents/"+incident).under("Accept-Language", language)).must(t, 200).object(t)["roads"].([]any)
		var all []any
		for _, r := range roads {
			all = append(all, r.(object)["road"])
		}
		same(t, "roads", fmt.Sprint(all), "[election_body_scheme employer_liability bpjs_branch regional_government labour_office social_assistance jkn]")
		words[language] = fmt.Sprint(roads)
	}
	if words["id"] == words["en"] {
		t.Error("both languages say the same")
	}
	same(t, "no claim was opened", len(w.kpu.get("/v1/claims?incident_id="+incident).must(t, 200).items(t)), 0)
	got := w.kpu.post("/v1/claims", object{"incident_id": incident, "programme": "jkk"})
	w.refuse(t, "a claim", got, 409, "/incident_id not_covered")
	params := got.object(t)["errors"].([]any)[0].(object)["params"].(object)
	same(t, "roads in the refusal", params["roads"].([]any)[0], "election_body_scheme")
	same(t, "its duty ended all the same", w.kpu.get("/v1/officers/"+officer).must(t, 200).object(t)["end_reason"], "died")

	money := w.kpu.post("/v1/ex-gratia-funds", fund(2024)).must(t, 201).id(t)
	payee := w.names(w.kpu, incident, budi())
	gift := w.kpu.pay("/v1/ex-gratia-grants", object{"fund_id": money, "incident_id": incident, "payee_id": payee}).must(t, 201).object(t)
	same(t, "the road is open", whole(gift["grant_amount"]), whole(46_000_000.0))
	both := w.kpu.get("/v1/incidents/"+incident+"/benefits").must(t, 200).object(t)
	same(t, "both schemes", fmt.Sprint(whole(both["insurance_amount"]), " ", whole(both["total_amount"])), "0 46000000")
}

// TestSomebodyOnNoRosterIsHeard, by the body of their area; it has no claim, and no gift
// of the election body, whose officer they are not.
func TestSomebodyOnNoRosterIsHeard(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-28 09:00")
	in := altered(w.death(""), object{"officer_id": nil, "person": object{
		"nik": "9906014508890999", "full_name": "Siti Contoh", "body": "kpu", "position": "pps", "area_code": village,
	}})
	told := w.kpu.post("/v1/incidents", in).must(t, 201)
	i, incident := told.object(t), told.id(t)
	same(t, "reason", fmt.Sprint(i["covered"], " ", i["uncovered_reason"], " ", i["organisation_id"] == w.organisations["kpu"]), "false uncovered_not_on_roster true")
	same(t, "twice", w.kpu.post("/v1/incidents", in).must(t, 409).code(t), "incident_taken")
	same(t, "a claim", w.kpu.post("/v1/claims", object{"incident_id": incident, "programme": "jkk"}).must(t, 409).code(t), "not_covered")
	money := w.kpu.post("/v1/ex-gratia-funds", fund(2024)).must(t, 201).id(t)
	payee := w.names(w.kpu, incident, budi())
	w.refuse(t, "a gift", w.kpu.pay("/v1/ex-gratia-grants", object{"fund_id": money, "incident_id": incident, "payee_id": payee}), 422, "/incident_id uncovered_not_on_roster")
	shown := w.kpu.send(get("/v1/incidents/"+incident).under("Purpose", "verification")).must(t, 200).object(t)
	same(t, "as described", shown["person"].(object)["nik"], "9906014508890999")
	w.nation.get("/v1/incidents/"+incident).must(t, 200)
	w.branch.get("/v1/incidents/"+incident).must(t, 404)
	neither := altered(w.death(""), object{"officer_id": nil})
	w.refuse(t, "nobody at all", w.kpu.post("/v1/incidents", neither), 422, "/officer_id officer_or_person")
}
