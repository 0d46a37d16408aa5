package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// bodies are what the verbs of actions want, by their names; those that are missing
// want nothing.
var bodies = map[string]any{
	"rotate": object{}, "append": "", "sign": object{"signed_on": "2024-11-28"}, "enrol": object{}, "issue": object{}, "void": object{"reason": "x"},
	"terminate": object{"terminated_on": "2024-12-01", "reason": "x"}, "end": object{"ended_on": "2024-11-28", "reason": "resigned"},
	"reject": object{"reason": "untrue"}, "pay": object{"paid_on": "2024-11-28", "reference": "x"},
	"conclude": object{"outcome": "recovered", "stated_at": "2024-11-28T08:30:00+07:00"}, "guarantee": object{"decision": "guaranteed"}, "dismiss": object{"reason": "untrue"},
	"return": object{"reasons": []object{{"reason": "facts_unclear"}}}, "reopen": object{"reason": "mistake"}, "appeal": object{"reason": "facts_disputed"},
	"disburse": object{"disbursed_on": "2024-11-28", "reference": "x"},
	"meet":     object{"met_at": "2024-11-28T08:55:00+07:00"},
}

// TestActionsTellTheTruth: of every thing, to everybody who sees it, with all scopes
// and with few: what is offered can be done, what is blocked is refused with the
// code that was named, and the status is the one foretold.
func TestActionsTellTheTruth(t *testing.T) {
	t.Parallel()
	w := busy(t)
	w.ids["revoked_client_id"], _ = w.kpu.post("/v1/api-clients", object{
		"organisation_id": w.organisations["kpu"], "name": "gone", "scopes": []string{"officers:read"},
	}).must(t, 201).object(t)["client_id"].(string)
	w.kpu.post("/v1/api-clients/"+w.ids["revoked_client_id"]+"/revoke", nil).must(t, 200)
	w.kpu.send(post(w.fill("/v1/officers/{leaving_officer_id}/end"), object{"ended_on": "2024-11-28", "reason": "resigned"})).must(t, 200)
	w.branch.pay(w.fill("/v1/claims/{owed_claim_id}/pay"), bodies["pay"]).must(t, 200)

	for _, draft := range w.kpu.get("/v1/claims?status=draft").must(t, 200).items(t) {
		w.complete(name(draft))
	}
	everybody := map[string]caller{"nation": w.nation, "kpu": w.kpu, "government": w.government, "branch": w.branch, "administrator": w.admin}
	for _, name := range []string{"kpu", "branch"} {
		o := w.admin.get("/v1/organisations/" + w.organisations[name]).object(t)
		everybody[name+" that only reads"] = w.as(o, "officers:read", "agreements:read", "coverage:read", "invoices:read", "payments:read", "claims:read", "imports:read", "deadlines:read", "documents:read", "clients:admin", "incidents:read", "ex_gratia:read")
	}
	offered, blocked := map[string]int{}, map[string]int{}
	for _, resource := range []string{"agreements", "officers", "coverage-periods", "invoices", "payments", "incidents", "claims", "ex-gratia-grants", "api-clients", "imports", "deadlines", "documents"} {
		for who, c := range everybody {
			for _, item := range c.get("/v1/"+resource+"?limit=1000").must(t, 200).items(t) {
				actions, _ := item["actions"].([]any)
				if len(actions) == 0 {
					t.Errorf("%s of %s has no actions", name(item), resource)
				}
				for _, a := range actions {
					act := a.(object)
					what := fmt.Sprint(resource, "/", act["action"])
					w.tryAction(t, who+" "+what+" "+fmt.Sprint(item["status"]), c, item, act)
					if len(act["blocked_by"].([]any)) == 0 {
						offered[what]++
					} else {
						blocked[what]++
					}
				}
			}
		}
	}
	for what := range blocked {
		if offered[what] == 0 {
			t.Errorf("%s was offered to nobody", what)
		}
	}
	if len(blocked) < 12 {
		t.Errorf("only %d actions", len(blocked))
	}
}

// tryAction does an action as a dry run, but for the part of a file, which knows
// none.
func (w *world) tryAction(t *testing.T, what string, c caller, item, act object) {
	t.Helper()
	verb := fmt.Sprint(act["action"])
	do := call{method: fmt.Sprint(act["method"]), path: fmt.Sprint(act["href"]), body: bodies[verb]}.keyed().under("If-Match", "*")
	if verb == "allocate" {
		do.body = object{"allocations": []object{{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": 1}}}
	}
	if verb == "reject" && strings.Contains(what, "documents") {
		do.body = object{"reason": "illegible"}
	}
	if verb == "cancel" && strings.Contains(what, "ex-gratia-grants") {
		do.body = object{"reason": "other"}
	}
	if verb == "conclude" && (item["outcome"] == "died" || item["concluded_at"] != nil) { // dies of it later
		do.body = object{"outcome": "died", "stated_at": "2024-11-28T09:00:00+07:00", "died_at": "2024-11-28T09:00:00+07:00"}
	}
	if verb == "commit" {
		do.body = object{"plan_digest": fmt.Sprint(item["plan_digest"])}
	}
	if verb == "confirm" {
		do = do.under("If-Match", fmt.Sprintf(`"%v"`, item["version"]))
	}
	if verb == "append" {
		do = do.under("Content-Type", "application/octet-stream").under("Upload-Offset", fmt.Sprint(item["received_bytes"]))
	} else {
		do = do.dry()
	}
	got := c.send(do)
	blocks, _ := act["blocked_by"].([]any)
	switch {
	case len(blocks) > 0:
		if got.StatusCode < 400 || !slices.Contains(blocks, any(got.code(t))) {
			t.Errorf("%s is blocked by %v: %d %s", what, blocks, got.StatusCode, got.raw)
		}
	case got.StatusCode >= http.StatusMultipleChoices:
		t.Errorf("%s is offered: %d %s", what, got.StatusCode, got.raw)
	default:
		o := got.object(t)
		if client, ok := o["client"].(object); ok {
			o = client
		}
		if o["id"] != item["id"] { // what came of it is another thing, such as an enrolment
			return
		}
		if status, shown := o["status"]; shown && !foretold(fmt.Sprint(act["resulting_status"]), fmt.Sprint(status)) {
			t.Errorf("%s becomes %v, foretold was %v", what, status, act["resulting_status"])
		}
	}
}

// foretold reports whether a status is the one that was foretold, or what the day
// makes of it.
func foretold(want, got string) bool {
	also := map[string][]string{
		"signed": {"active", "expired"}, "issued": {"overdue", "paid"}, "terminated": {"signed", "active"}, "ended": {"active", "appointed"},
		"reversed": {"reversing"},
	}
	return want == got || slices.Contains(also[want], got)
}
