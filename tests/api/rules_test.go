package api_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/uuid"
)

// ruled is a call of somebody that breaks a rule of the business, and what comes
// of it.
type ruled struct {
	by     caller
	call   call
	status int
	code   string
	faults []string
}

// TestTheRulesOfTheBusinessAreKept: each refusal with its status, code and place,
// in both languages, and nothing of it kept.
func TestTheRulesOfTheBusinessAreKept(t *testing.T) {
	t.Parallel()
	w := busy(t)
	bawaslu := w.join(w.admin, "bawaslu", object{"kind": "bawaslu", "level": "regency", "area_code": "61.06", "name": "Bawaslu Kapuas Hulu"})
	other := w.join(w.admin, "other branch", object{"kind": "bpjs_office", "level": "regency", "area_code": "61.06", "name": "BPJS lain"})
	w.kpu.post("/v1/incidents", w.death(w.ids["district_officer_id"])).must(t, 201)
	bare := w.kpu.get("/v1/incidents?covered=false").items(t)[0]["id"]
	w.ids["ready_claim_id"] = w.kpu.post("/v1/claims", w.injury(w.harmed())).must(t, 201).id(t)
	w.kpu.patch(w.fill("/v1/claims/{ready_claim_id}"), "*", object{"reimbursement": true}).must(t, 200)
	w.complete(w.ids["ready_claim_id"])
	ill := altered(w.accident(), object{"kind": "illness"})
	w.ids["ill_incident_id"] = w.kpu.post("/v1/incidents", ill).must(t, 201).id(t)
	before := w.contents()
	for name, tt := range w.brokenRules(t, bawaslu, other, bare) {
		t.Run(name, func(t *testing.T) {
			var words []string
			for _, language := range []string{"id", "en"} {
				got := tt.by.send(matched(tt.call).keyed().under("Accept-Language", language))
				slices.Sort(tt.faults)
				if got.StatusCode != tt.status || got.code(t) != tt.code || !slices.Equal(got.faults(t), tt.faults) && (len(tt.faults) > 0 || len(got.faults(t)) > 0) {
					t.Fatalf("%d %s %q, want %d %s %q", got.StatusCode, got.code(t), got.faults(t), tt.status, tt.code, tt.faults)
				}
				words = append(words, fmt.Sprint(got.object(t)["title"], got.object(t)["detail"], got.details(t)))
			}
			if words[0] == words[1] {
				t.Errorf("both languages say %s", words[0])
			}
		})
	}
	if tables := changed(before, w.contents()); len(tables) > 0 {
		t.Errorf("refusals changed %v", tables)
	}
}

// matched is a call that is meant for any version, where it changes something.
func matched(c call) call {
	if c.method == "GET" {
		return c
	}
	return c.under("If-Match", "*")
}

func (w *world) brokenRules(t *testing.T, bawaslu, other caller, bare any) map[string]ruled {
	t.Helper()
	rule := func(by caller, c call, faults ...string) ruled { return ruled{by, c, 422, "rule_broken", faults} }
	no := func(by caller, c call, status int, code string, faults ...string) ruled {
		return ruled{by, c, status, code, faults}
	}
	at := func(path string, body any) call { return post(w.fill(path), body) }
	party := func(name, role string) object {
		return object{"organisation_id": w.organisations[name], "role": role}
	}
	draft := func(change object) call { return post("/v1/agreements", w.agreement(change)) }
	office := func(o object) call {
		o["name"], o["time_zone"] = "Baru", "Asia/Jakarta"
		return post("/v1/organisations", o)
	}
	pay := func(change object) call {
		o := object{"paid_on": "2024-11-28", "paid_amount": 5000, "reference": "R-1", "allocations": []object{
			{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": 5000},
		}}
		for k, v := range change {
			o[k] = v
		}
		return post("/v1/payments", o)
	}
	part := func(invoice any, amount int) object { return object{"invoice_id": invoice, "allocated_amount": amount} }
	report := func(change object) call {
		o := w.death(w.ids["officer_id"])
		for k, v := range change {
			o[k] = v
		}
		return post("/v1/incidents", o)
	}
	claim := func(change object) call {
		o := w.injury(w.ids["unclaimed_incident_id"])
		for k, v := range change {
			o[k] = v
			if v == nil {
				delete(o, k)
			}
		}
		return post("/v1/claims", o)
	}
	client := func(organisation string, scopes ...string) call {
		return post("/v1/api-clients", object{"organisation_id": organisation, "name": "x", "scopes": scopes})
	}
	month := func(agreement, month string) call {
		return post("/v1/invoices", object{"agreement_id": agreement, "month": month})
	}
	few := w.as(object{"id": w.organisations["kpu"], "kind": "kpu", "level": "regency", "area_code": "61.06", "time_zone": "Asia/Jakarta"}, "clients:admin")
	main, someone := w.ids["agreement_id"], uuid.NewString()
	return map[string]ruled{
		"a name of spaces":                       rule(w.admin, post("/v1/organisations", object{"kind": "other", "level": "national", "name": " ", "time_zone": "Asia/Jakarta"}), "/name blank"),
		"a national body with an area":           rule(w.admin, office(object{"kind": "other", "level": "national", "area_code": "61"}), "/area_code area_not_expected"),
		"a regency's body without its area":      rule(w.admin, office(object{"kind": "kpu", "level": "regency"}), "/area_code area_missing"),
		"a body of no area":                      rule(w.admin, office(object{"kind": "kpu", "level": "regency", "area_code": "99.99"}), "/area_code area_unknown"),
		"a regency's body for a province":        rule(w.admin, office(object{"kind": "kpu", "level": "regency", "area_code": "61"}), "/area_code area_level_wrong"),
		"a second KPU of an area":                no(w.admin, office(object{"kind": "kpu", "level": "regency", "area_code": "61.06"}), 409, "organisation_taken", "/area_code organisation_taken"),
		"a body of another kind":                 no(w.kpu, office(object{"kind": "bawaslu", "level": "district", "area_code": district}), 403, "not_allowed"),
		"a body of another area":                 no(w.kpu, office(object{"kind": "kpu", "level": "regency", "area_code": "61.07"}), 403, "not_allowed"),
		"a body by whoever pays":                 no(w.government, office(object{"kind": "regional_agency", "level": "regency", "area_code": "61.06"}), 403, "not_allowed"),
		"a blank title":                          rule(w.kpu, draft(object{"title": "  "}), "/title blank"),
		"an end before the start":                rule(w.kpu, draft(object{"ends_on": "2024-08-25"}), "/ends_on ends_before_start"),
		"an agreement of six years and more":     rule(w.kpu, draft(object{"ends_on": "2030-08-26"}), "/ends_on period_too_long"),
		"an election that nobody knows":          rule(w.kpu, draft(object{"election_code": "pemilu_1955"}), "/election_code election_unknown"),
		"a declared wage that is missing":        rule(w.kpu, draft(object{"wage_base_policy": "declared"}), "/declared_wage_amount wage_missing"),
		"a declared wage that nobody wants":      rule(w.kpu, draft(object{"declared_wage_amount": 1}), "/declared_wage_amount wage_not_expected"),
		"a BPU tier for PU":                      rule(w.kpu, draft(object{"wage_base_policy": "bpu_tier"}), "/wage_base_policy policy_of_other_segment"),
		"a party that nobody sees":               rule(w.kpu, draft(object{"parties": []object{party("kpu", "organiser"), {"organisation_id": someone, "role": "branch"}}}), "/parties/1/organisation_id organisation_unknown"),
		"a party twice":                          rule(w.kpu, draft(object{"parties": []object{party("kpu", "organiser"), party("branch", "branch"), party("kpu", "witness")}}), "/parties/2/organisation_id party_twice"),
		"a government that organises":            rule(w.kpu, draft(object{"parties": []object{party("government", "organiser"), party("branch", "branch"), party("kpu", "witness")}}), "/parties/0/role role_of_other_kind"),
		"a branch that pays":                     rule(w.kpu, draft(object{"parties": []object{party("kpu", "organiser"), party("branch", "branch"), party("other branch", "payer")}}), "/parties/2/role role_of_other_kind"),
		"two branches":                           rule(w.kpu, draft(object{"parties": []object{party("kpu", "organiser"), party("branch", "branch"), party("other branch", "branch")}}), "/parties/2/role role_taken_twice"),
		"nobody to organise":                     rule(w.kpu, draft(object{"parties": []object{party("kpu", "payer"), party("government", "witness")}}), "/parties role_missing", "/parties role_missing"),
		"an agreement of others":                 rule(w.kpu, draft(object{"parties": []object{{"organisation_id": w.organisations["kpu"], "role": "witness"}, party("branch", "branch"), party("government", "payer")}}), "/parties role_missing"),
		"an agreement without whoever drafts it": no(w.nation, draft(nil), 403, "party_role_required"),
		"an agreement drafted by who pays":       no(w.government, draft(nil), 403, "party_role_required"),
		"an agreement that renews none":          rule(w.kpu, draft(object{"renews_id": someone}), "/renews_id agreement_unknown"),
		"a position twice":                       rule(w.kpu, draft(object{"positions": []object{{"position": "pps", "headcount": 3}, {"position": "pps", "headcount": 3}}}), "/positions/1/position position_twice"),
		"a position that nobody knows":           rule(w.kpu, draft(object{"positions": []object{{"position": "kapten", "headcount": 3}}}), "/positions/0/position position_unknown"),
		"a position of Bawaslu":                  rule(w.kpu, draft(object{"positions": []object{{"position": "ptps", "headcount": 3}}}), "/positions/0/position position_of_other_body"),
		"nobody covered":                         rule(w.kpu, draft(object{"positions": []object{{"position": "pps", "headcount": 3, "included": false}}}), "/positions nothing_included"),
		"everything wrong with an agreement at once": rule(w.kpu, draft(object{"title": " ", "ends_on": "2024-01-01", "wage_base_policy": "declared", "election_code": "x_1", "positions": []object{{"position": "ptps", "headcount": 1, "included": false}}}),
			"/title blank", "/ends_on ends_before_start", "/declared_wage_amount wage_missing", "/election_code election_unknown", "/positions/0/position position_of_other_body", "/positions nothing_included"),
		"a draft amended by who is no party": no(w.nation, call{method: "PATCH", path: w.fill("/v1/agreements/{changing_agreement_id}"), body: object{"title": "x"}, header: map[string]string{"If-Match": "*"}}, 403, "party_role_required"),
		"a signed agreement amended":         no(w.kpu, call{method: "PATCH", path: w.fill("/v1/agreements/{agreement_id}"), body: object{"title": "x"}, header: map[string]string{"If-Match": "*"}}, 409, "agreement_not_draft"),
		"a signature by the organiser":       no(w.kpu, at("/v1/agreements/{draft_agreement_id}/sign", object{"signed_on": "2024-11-28"}), 403, "party_role_required"),
		"a signature of tomorrow":            rule(w.branch, at("/v1/agreements/{draft_agreement_id}/sign", object{"signed_on": "2024-11-29"}), "/signed_on in_the_future"),
		"a second signature":                 no(w.branch, at("/v1/agreements/{agreement_id}/sign", object{"signed_on": "2024-11-28"}), 409, "agreement_not_draft"),
		"an end by whoever pays":             no(w.government, at("/v1/agreements/{agreement_id}/terminate", object{"terminated_on": "2024-12-01", "reason": "x"}), 403, "party_role_required"),
		"an end of a draft":                  no(w.branch, at("/v1/agreements/{draft_agreement_id}/terminate", object{"terminated_on": "2024-12-01", "reason": "x"}), 409, "agreement_not_in_force"),
		"an end before the start, for no reason": rule(w.branch, at("/v1/agreements/{agreement_id}/terminate", object{"terminated_on": "2024-08-25", "reason": " "}),
			"/terminated_on outside_agreement", "/terminated_on in_the_past", "/reason blank"),
		"an end of yesterday":             rule(w.branch, at("/v1/agreements/{agreement_id}/terminate", object{"terminated_on": "2024-11-27", "reason": "x"}), "/terminated_on in_the_past"),
		"an end on the last day":          rule(w.branch, at("/v1/agreements/{agreement_id}/terminate", object{"terminated_on": "2025-01-27", "reason": "x"}), "/terminated_on outside_agreement"),
		"an enrolment by whoever pays":    no(w.government, at("/v1/agreements/{agreement_id}/enrolments", object{}), 403, "party_role_required"),
		"an enrolment under a draft":      no(w.kpu, at("/v1/agreements/{draft_agreement_id}/enrolments", object{}), 409, "agreement_not_in_force"),
		"an enrolment of who is left out": rule(w.kpu, at("/v1/agreements/{agreement_id}/enrolments", object{"positions": []string{"pps", "kpps"}}), "/positions/1 position_not_included"),
		"billed cover cancelled":          no(w.kpu, at("/v1/coverage-periods/{coverage_period_id}/cancel", nil), 409, "cover_billed"),
		"cover cancelled from above":      no(w.nation, at("/v1/coverage-periods/{wrong_period_id}/cancel", nil), 403, "party_role_required"),

		"an invoice of no agreement":         rule(w.branch, month(someone, "2024-12"), "/agreement_id agreement_unknown"),
		"an invoice by who is above":         no(w.nation, month(main, "2024-12"), 403, "party_role_required"),
		"an invoice of a draft":              no(w.branch, month(w.ids["draft_agreement_id"], "2024-12"), 409, "agreement_not_in_force"),
		"an invoice of a month before":       rule(w.branch, month(main, "2024-07"), "/month outside_agreement"),
		"a second invoice of a month":        no(w.branch, month(main, "2024-09"), 409, "invoice_taken", "/month invoice_taken"),
		"an invoice of nobody":               no(w.branch, month(w.ids["ending_agreement_id"], "2024-12"), 409, "invoice_empty"),
		"an invoice issued by the organiser": no(w.kpu, at("/v1/invoices/{draft_invoice_id}/issue", object{}), 403, "party_role_required"),
		"an invoice issued twice":            no(w.branch, at("/v1/invoices/{open_invoice_id}/issue", object{}), 409, "invoice_not_draft"),
		"an invoice voided by who pays":      no(w.government, at("/v1/invoices/{open_invoice_id}/void", object{"reason": "x"}), 403, "party_role_required"),
		"an invoice voided for no reason":    rule(w.branch, at("/v1/invoices/{open_invoice_id}/void", object{"reason": " "}), "/reason blank"),
		"a paid invoice voided":              no(w.branch, at("/v1/invoices/{invoice_id}/void", object{"reason": "x"}), 409, "invoice_paid_on"),

		"a payment by whoever pays":        no(w.government, pay(nil), 403, "party_role_required"),
		"a payment of tomorrow":            rule(w.branch, pay(object{"paid_on": "2024-11-29"}), "/paid_on in_the_future"),
		"a payment of nothing":             rule(w.branch, pay(object{"paid_amount": 0, "reference": " "}), "/paid_amount amount_not_positive", "/reference blank", "/allocations/0/allocated_amount allocated_too_much"),
		"a payment that takes money":       rule(w.branch, pay(object{"allocations": []object{part(w.ids["open_invoice_id"], -1)}}), "/allocations/0/allocated_amount amount_not_positive"),
		"more allocated than was paid":     rule(w.branch, pay(object{"allocations": []object{part(w.ids["open_invoice_id"], 5001)}}), "/allocations/0/allocated_amount allocated_too_much"),
		"parts that overflow together":     rule(w.branch, pay(object{"paid_amount": math.MaxInt64 / 2, "allocations": []object{part(w.ids["open_invoice_id"], math.MaxInt64/2), part(w.ids["draft_invoice_id"], math.MaxInt64/2), part(someone, math.MaxInt64/2)}}), "/paid_amount amount_implausible", "/allocations/1/allocated_amount allocated_too_much", "/allocations/2/allocated_amount allocated_too_much"),
		"more than is outstanding":         rule(w.branch, pay(object{"paid_amount": 1_000_000, "allocations": []object{part(w.ids["open_invoice_id"], 1_000_000)}}), "/allocations/0/allocated_amount outstanding_exceeded"),
		"an invoice twice in a payment":    rule(w.branch, pay(object{"allocations": []object{part(w.ids["open_invoice_id"], 1), part(w.ids["open_invoice_id"], 1)}}), "/allocations/1/invoice_id invoice_twice"),
		"a payment of no invoice":          rule(w.branch, pay(object{"allocations": []object{part(someone, 5000)}}), "/allocations/0/invoice_id invoice_unknown"),
		"another branch's invoice":         rule(other, pay(nil), "/allocations/0/invoice_id invoice_unknown"),
		"a payment of a draft":             no(w.branch, pay(object{"allocations": []object{part(w.ids["draft_invoice_id"], 1)}}), 409, "invoice_not_payable", "/allocations/0/invoice_id invoice_not_payable"),
		"a payment under a used reference": no(w.branch, pay(object{"reference": "SP2D-1"}), 409, "payment_reference_taken", "/reference payment_reference_taken"),

		"an incident to nobody":            rule(w.kpu, report(object{"officer_id": someone}), "/officer_id officer_unknown"),
		"an incident to another's officer": rule(bawaslu, report(nil), "/officer_id officer_unknown"),
		"an incident by whoever pays":      rule(w.government, report(nil), "/officer_id officer_unknown"),
		"an incident of tomorrow":          rule(w.kpu, report(object{"occurred_at": "2024-11-28T09:01:00+07:00"}), "/occurred_at in_the_future"),
		"a sudden death that was survived": rule(w.kpu, report(object{"outcome": "injured"}), "/outcome outcome_of_other_kind"),
		"an incident without words":        rule(w.kpu, report(object{"place": " ", "narrative": "\t", "notifier_name": " ", "notifier_phone": " "}), "/place blank", "/narrative blank", "/notifier_name blank", "/notifier_phone blank"),

		"a claim of no incident":              rule(w.kpu, claim(object{"incident_id": someone}), "/incident_id incident_unknown"),
		"a claim by the branch":               no(w.branch, claim(nil), 403, "party_role_required"),
		"a claim without cover":               no(w.kpu, claim(object{"incident_id": bare, "losses": nil}), 409, "not_covered", "/incident_id not_covered"),
		"a second claim":                      no(w.kpu, claim(object{"incident_id": w.ids["incident_id"], "losses": nil}), 409, "claim_taken", "/incident_id claim_taken"),
		"an accident as JKM":                  rule(w.kpu, claim(object{"programme": "jkm", "losses": nil}), "/programme programme_of_other_kind"),
		"an injury without what it cost":      rule(w.kpu, claim(object{"losses": nil}), "/losses losses_missing"),
		"a disability that no doctor states":  rule(w.kpu, claim(object{"losses": []object{{"kind": "disability", "part": "nose"}}}), "/losses/0/kind losses_not_expected"),
		"an injury that costs nothing":        rule(w.kpu, claim(object{"losses": []object{{"kind": "transport", "mode": "land", "cost_amount": -1}}}), "/losses/0/cost_amount amount_not_positive"),
		"an injury that costs a trillion":     rule(w.kpu, claim(object{"losses": []object{{"kind": "transport", "mode": "land", "cost_amount": 1_000_000_000_001}}}), "/losses/0/cost_amount amount_implausible"),
		"an injury that pays an heir":         rule(w.kpu, claim(object{"payee_id": w.ids["heir_id"]}), "/payee_id payee_not_expected"),
		"an injury of a school year":          rule(w.kpu, claim(object{"school_year": 2024, "pupils": []object{{"heir_id": w.ids["changing_heir_id"], "level": "primary", "unmarried": true, "not_working": true}}}), "/pupils pupils_not_expected", "/school_year pupils_not_expected"),
		"a claim submitted by the branch":     no(w.branch, at("/v1/claims/{draft_claim_id}/submit", nil), 403, "party_role_required"),
		"a claim submitted twice":             no(w.kpu, at("/v1/claims/{granted_claim_id}/submit", nil), 409, "claim_wrong_status"),
		"a claim approved by the organiser":   no(w.kpu, at("/v1/claims/{granted_claim_id}/approve", nil), 403, "party_role_required"),
		"a draft approved":                    no(w.branch, at("/v1/claims/{draft_claim_id}/approve", nil), 409, "claim_wrong_status"),
		"a scholarship without its year":      rule(w.kpu, claim(object{"incident_id": w.ids["incident_id"], "programme": "scholarship", "losses": nil}), "/pupils pupils_missing", "/school_year pupils_missing"),
		"a claim that reopens none":           no(w.kpu, claim(object{"reopens_id": someone}), 409, "claim_not_reopened", "/reopens_id claim_not_reopened"),
		"a claim paid first though in time":   rule(w.kpu, at("/v1/claims/{ready_claim_id}/submit", nil), "/reimbursement report_was_in_time"),
		"a disease that is an accident":       rule(w.kpu, report(object{"kind": "accident", "outcome": "injured", "disease": object{"job": "x", "tenure_months": 1, "exposure": "x", "diagnosis": "x"}}), "/disease disease_not_expected"),
		"an end stated before the event":      rule(w.kpu, at("/v1/incidents/{open_incident_id}/conclude", object{"outcome": "recovered", "stated_at": "2024-11-26T08:00:00+07:00"}), "/stated_at before_incident"),
		"a death after it was stated":         rule(w.kpu, at("/v1/incidents/{open_incident_id}/conclude", object{"outcome": "died", "stated_at": "2024-11-28T08:00:00+07:00", "died_at": "2024-11-28T08:00:01+07:00"}), "/died_at after_statement"),
		"facts changed once they are known":   rule(w.kpu, call{method: "PATCH", path: w.fill("/v1/incidents/{open_incident_id}"), body: object{"kind": "violence", "occurred_at": "2024-11-27T09:59:00+07:00"}}, "/kind incident_facts_confirmed", "/occurred_at incident_facts_confirmed"),
		"a paper of an heir of nobody":        rule(w.kpu, w.paper(aPDF("x")).of("identity_card").asking("heir_id="+someone), "heir_id heir_unknown"),
		"care where there is no cover":        no(w.branch, at("/v1/incidents/{ill_incident_id}/guarantee", object{"decision": "guaranteed"}), 409, "guarantee_not_expected"),
		"an heir of somebody who lives":       no(w.kpu, at("/v1/incidents/{open_incident_id}/heirs", budi()), 409, "officer_lives"),
		"a guardian of who is of age":         rule(w.kpu, at("/v1/incidents/{incident_id}/heirs", budi(object{"nik": nil, "guardian": lestari()["guardian"]})), "/guardian guardian_not_expected"),
		"a statement of no rank":              rule(w.kpu, w.paper(aPDF("x")).of("no_heirs_statement"), "rank rank_missing"),
		"a rank of a medical report":          rule(w.kpu, w.paper(aPDF("x")).asking("rank=1"), "rank rank_not_expected"),
		"one's own client that decides":       no(w.branch, client(w.organisations["branch"], "claims:decide"), 403, "duties_not_separated"),
		"a claim rejected without a word":     rule(w.branch, at("/v1/claims/{untrue_claim_id}/reject", object{"reason": "other"}), "/note member_missing"),
		"a draft rejected":                    no(w.branch, at("/v1/claims/{draft_claim_id}/reject", object{"reason": "untrue"}), 409, "claim_wrong_status"),
		"a claim paid that is not approved":   no(w.branch, at("/v1/claims/{granted_claim_id}/pay", object{"paid_on": "2024-11-28", "reference": "x"}), 409, "claim_wrong_status"),
		"a claim paid by the organiser":       no(w.kpu, at("/v1/claims/{owed_claim_id}/pay", object{"paid_on": "2024-11-28", "reference": "x"}), 403, "party_role_required"),
		"a claim paid tomorrow, under spaces": rule(w.branch, at("/v1/claims/{owed_claim_id}/pay", object{"paid_on": "2024-11-29", "reference": " "}), "/paid_on in_the_future", "/reference blank"),

		"a claim paid before its decision":     rule(w.branch, at("/v1/claims/{owed_claim_id}/pay", object{"paid_on": "2024-11-27", "reference": "x"}), "/paid_on before_decision"),
		"a client rotated beyond one's scopes": no(few, at("/v1/api-clients/{rotating_client_id}/rotate", object{}), 403, "scope_not_held"),
		"a client of nobody":                   rule(w.kpu, client(someone, "officers:read"), "/organisation_id organisation_unknown"),
		"a client of another body":             rule(w.kpu, client(w.organisations["branch"], "officers:read"), "/organisation_id organisation_unknown"),
		"a scope that is none":                 rule(w.kpu, client(w.organisations["kpu"], "officers:burn"), "/scopes scope_unknown"),
		"a scope that one lacks":               rule(few, client(w.organisations["kpu"], "officers:read"), "/scopes scope_not_held"),
		"a thing that is not there":            no(w.kpu, get("/v1/officers/"+someone), 404, "resource_unknown"),
		"a problem that there is not":          no(w.kpu, get("/v1/problems/no_such_code"), 404, "resource_unknown"),
		"an area that there is not":            no(w.kpu, get("/v1/areas/99"), 404, "resource_unknown"),
		"the enrolments of no agreement":       no(w.kpu, get("/v1/agreements/"+someone+"/enrolments"), 404, "resource_unknown"),
		"the gap of no agreement":              no(w.kpu, get("/v1/agreements/"+someone+"/coverage-gap"), 404, "resource_unknown"),
		"the lines of no invoice":              no(w.kpu, get("/v1/invoices/"+someone+"/lines"), 404, "resource_unknown"),
		"an agreement amended that is not":     no(w.kpu, call{method: "PATCH", path: "/v1/agreements/" + someone, body: object{}, header: map[string]string{"If-Match": "*"}}, 404, "resource_unknown"),
		"an organisation amended not there":    no(w.kpu, call{method: "PATCH", path: "/v1/organisations/" + someone, body: object{}, header: map[string]string{"If-Match": "*"}}, 404, "resource_unknown"),
		"an agreement's month of the future":   rule(w.branch, month(main, "2025-02"), "/month outside_agreement"),
	}
}
