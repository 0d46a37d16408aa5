package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// district is that of village.
const district = "61.06.01"

// busy is a world in which something waits for every verb: each write of writes
// can be done, in any order.
func busy(t *testing.T) *world {
	t.Helper()
	w := bereaved(t)
	w.keepBooks()
	w.draftInvoices()
	w.gatherOfficers()
	w.draftAgreements()
	w.openClaims()
	w.sendRosters()
	for _, name := range []string{"rotating_client_id", "leaving_client_id"} {
		made := w.kpu.post("/v1/api-clients", object{
			"organisation_id": w.organisations["kpu"], "name": name, "scopes": []string{"officers:read"},
		}).must(t, 201).object(t)
		w.ids[name], _ = made["client_id"].(string)
	}
	w.ids["client_id"] = w.ids["rotating_client_id"]
	return w
}

func (w *world) draftInvoices() {
	w.t.Helper()
	for name, month := range map[string]string{"draft_invoice_id": "2024-09", "wrong_invoice_id": "2024-10", "open_invoice_id": "2024-11"} {
		w.ids[name] = w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": month}).must(w.t, 201).id(w.t)
	}
	w.branch.pay("/v1/invoices/"+w.ids["open_invoice_id"]+"/issue", object{}).must(w.t, 200)
}

func (w *world) gatherOfficers() {
	w.t.Helper()
	w.ids["leaving_officer_id"] = w.kpu.post("/v1/officers", siti(4)).must(w.t, 201).id(w.t)
	w.ids["moving_officer_id"] = w.kpu.post("/v1/officers", siti(5)).must(w.t, 201).id(w.t)
	ppk := siti(6, object{"position": "ppk", "area_code": district})
	w.ids["district_officer_id"] = w.kpu.post("/v1/officers", ppk).must(w.t, 201).id(w.t)
	other := w.signed(w.agreement(object{"positions": []object{{"position": "ppk", "headcount": 5}}}))
	w.kpu.post("/v1/agreements/"+other+"/enrolments", object{}).must(w.t, 201)
	periods := w.kpu.get("/v1/coverage-periods?agreement_id="+other).must(w.t, 200).items(w.t)
	if len(periods) != 1 {
		w.t.Fatalf("%d periods of one officer", len(periods))
	}
	w.ids["wrong_period_id"], _ = periods[0]["id"].(string)
}

// signed is the id of an agreement that was drafted and signed.
func (w *world) signed(terms object) string {
	w.t.Helper()
	id := w.kpu.post("/v1/agreements", terms).must(w.t, 201).id(w.t)
	w.signs(id, "2024-08-26")
	return id
}

func (w *world) draftAgreements() {
	w.t.Helper()
	for _, name := range []string{"draft_agreement_id", "changing_agreement_id"} {
		w.ids[name] = w.kpu.post("/v1/agreements", w.agreement()).must(w.t, 201).id(w.t)
	}
	w.ids["ending_agreement_id"] = w.signed(w.agreement(object{"positions": []object{{"position": "sek_pps", "headcount": 3}}}))
}

// accident is what a covered officer of a billed world survived, another each time.
func (w *world) accident() object {
	w.accidents++
	first := w.kpu.post("/v1/officers/search", object{"external_ids": []string{"S-0001"}}).must(w.t, 200).items(w.t)
	return object{
		"officer_id": first[0]["id"], "kind": "accident", "outcome": "injured", "occurred_at": fmt.Sprintf("2024-11-27T10:%02d:00+07:00", w.accidents), "place": "TPS 3",
		"narrative": "Pingsan di tangga.", "notifier_name": "Wati Contoh", "notifier_phone": "081200000001",
	}
}

func (w *world) openClaims() {
	w.t.Helper()
	w.ids["draft_claim_id"] = w.ids["claim_id"]
	w.ids["unclaimed_incident_id"] = w.kpu.post("/v1/incidents", w.accident()).must(w.t, 201).id(w.t)
	for _, name := range []string{"granted_claim_id", "untrue_claim_id", "owed_claim_id"} {
		incident := w.kpu.post("/v1/incidents", w.accident()).must(w.t, 201).id(w.t)
		w.ids[name] = w.kpu.post("/v1/claims", w.injury(incident)).must(w.t, 201).id(w.t)
		w.kpu.post("/v1/claims/"+w.ids[name]+"/submit", nil).must(w.t, 200)
	}
	w.branch.post("/v1/claims/"+w.ids["owed_claim_id"]+"/approve", nil).must(w.t, 200)
}

// sendRosters sends a file for each thing that is done with an import.
func (w *world) sendRosters() {
	w.t.Helper()
	w.ids["import_id"] = w.bring(w.kpu, "", inCSV(ratna(71), ratna(72), ratna(73, object{"area_code": "61.06.99.1001"}))).id()
	w.ids["waiting_import_id"] = w.bring(w.kpu, "?commit=manual", inCSV(ratna(74))).id()
	w.ids["finished_import_id"] = w.bring(w.kpu, "", inCSV(ratna(75))).id()
	w.ids["leaving_import_id"] = w.kpu.send(upload("", "").under("Upload-Complete", "?0")).must(w.t, 201).id(w.t)
}

// sendEveryStatus sends files until there is an import of every status.
func (w *world) sendEveryStatus() {
	w.t.Helper()
	received := w.kpu.send(upload("", inCSV(ratna(90)))).must(w.t, 202).id(w.t)
	staging := w.kpu.send(upload("", inCSV(ratna(91)))).must(w.t, 202).id(w.t)
	w.exec(`update imports set status = 'staging', phase = 'staging' where id = $1`, staging) // as a process leaves it that dies
	w.bring(w.kpu, "", inCSV(ratna(92, object{"nik": "1"})))
	w.kpu.post("/v1/imports/"+received+"/cancel", nil).must(w.t, 200)
	w.kpu.send(upload("", inCSV(ratna(93)))).must(w.t, 202)
	reversing := w.bring(w.kpu, "", inCSV(ratna(94))).id()
	w.kpu.post("/v1/imports/"+reversing+"/reversal", nil).must(w.t, 202)
	w.take(w.bring(w.kpu, "", inCSV(ratna(95))), "reversal")
	committing := w.bring(w.kpu, "?commit=manual", inCSV(ratna(96)))
	w.kpu.pay("/v1/imports/"+committing.id()+"/commit", object{"plan_digest": committing.object["plan_digest"]}).must(w.t, 202)
}

func (w *world) injury(incident string) object {
	return object{"incident_id": incident, "programme": "jkk", "items": []object{
		{"kind": "medical_care", "benefit_amount": 4250000}, {"kind": "transport", "benefit_amount": 500000},
	}}
}

// write is a call that changes something, and who may make it.
type write struct {
	by    caller
	other any // another body for the same address; nil if there is none to send
	call
}

// writes are the calls of a busy world that succeed, by their operations.
func (w *world) writes() map[string]write {
	w.t.Helper()
	post := func(by caller, path string, body, other any) write {
		return write{by: by, other: other, call: call{method: "POST", path: path, body: body}}
	}
	patch := func(by caller, path string, body object) write {
		return write{by: by, call: call{method: "PATCH", path: path, body: body, header: map[string]string{"If-Match": "*"}}}
	}
	put := func(by caller, path string, body object) write {
		return write{by: by, call: call{method: "PUT", path: path, body: body}}
	}
	on := func(amount int) []object {
		return []object{{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": amount}}
	}
	payment := func(reference string) object {
		return object{"paid_on": "2024-11-28", "paid_amount": 30000, "reference": reference, "allocations": on(1000)}
	}
	client := object{"organisation_id": w.organisations["kpu"], "name": "SIAKBA", "scopes": []string{"officers:read", "officers:write"}}
	below := object{"kind": "kpu", "level": "district", "area_code": district, "name": "Sekretariat", "time_zone": "Asia/Jakarta"}
	plan := w.kpu.get("/v1/imports/"+w.ids["waiting_import_id"]).must(w.t, 200).object(w.t)["plan_digest"]
	profile := object{"source": "Template SIPP 2026", "columns": []object{{"header": "KPJ", "value": "kpj"}, {"header": "JENIS", "text": "NA"}}}
	all := map[string]write{
		"createClient":         post(w.kpu, "/v1/api-clients", client, object{"organisation_id": w.organisations["kpu"], "name": "SIAKBA 2", "scopes": []string{"officers:read"}}),
		"rotateClient":         post(w.kpu, "/v1/api-clients/{rotating_client_id}/rotate", object{"grace_hours": 2}, object{"grace_hours": 3}),
		"revokeClient":         post(w.kpu, "/v1/api-clients/{leaving_client_id}/revoke", nil, nil),
		"registerOrganisation": post(w.kpu, "/v1/organisations", below, object{"kind": "kpu", "level": "district", "area_code": "61.06.02", "name": "Sekretariat", "time_zone": "Asia/Jakarta"}),
		"amendOrganisation":    patch(w.kpu, "/v1/organisations/{organisation_id}", object{"npp": "AB123456"}),
		"draftAgreement":       post(w.kpu, "/v1/agreements", w.agreement(), w.agreement(object{"title": "Lain"})),
		"amendAgreement":       patch(w.kpu, "/v1/agreements/{changing_agreement_id}", object{"title": "Perjanjian yang diperbaiki"}),
		"signAgreement":        post(w.branch, "/v1/agreements/{draft_agreement_id}/sign", object{"signed_on": "2024-11-28"}, object{"signed_on": "2024-11-27"}),
		"terminateAgreement":   post(w.branch, "/v1/agreements/{ending_agreement_id}/terminate", object{"terminated_on": "2024-12-31", "reason": "Selesai"}, object{"terminated_on": "2024-12-30", "reason": "Selesai"}),
		"enrolOfficers":        post(w.kpu, "/v1/agreements/{agreement_id}/enrolments", object{"positions": []string{"pps"}}, object{}),
		"appointOfficer":       post(w.kpu, "/v1/officers", siti(20), siti(21)),
		"amendOfficer":         patch(w.kpu, "/v1/officers/{moving_officer_id}", object{"decree_number": "46/2024"}),
		"endOfficer":           post(w.kpu, "/v1/officers/{leaving_officer_id}/end", object{"ended_on": "2024-11-28", "reason": "resigned"}, object{"ended_on": "2024-11-28", "reason": "replaced"}),
		"cancelCoveragePeriod": post(w.branch, "/v1/coverage-periods/{wrong_period_id}/cancel", nil, nil),
		"draftInvoice":         post(w.branch, "/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-12"}, object{"agreement_id": w.ids["agreement_id"], "month": "2025-01"}),
		"issueInvoice":         post(w.branch, "/v1/invoices/{draft_invoice_id}/issue", object{"payment_code": "24090000001"}, object{}),
		"voidInvoice":          post(w.branch, "/v1/invoices/{wrong_invoice_id}/void", object{"reason": "Keliru"}, object{"reason": "Salah"}),
		"amendInvoice":         patch(w.government, "/v1/invoices/{draft_invoice_id}", object{"disbursement": object{"sp2d_number": "0912/SP2D/2024"}}),
		"recordPayment":        post(w.branch, "/v1/payments", payment("SP2D-2"), payment("SP2D-3")),
		"allocatePayment":      post(w.branch, "/v1/payments/{waiting_payment_id}/allocate", object{"allocations": on(100)}, object{"allocations": on(200)}),
		"creditInvoice":        post(w.branch, "/v1/credit-notes", w.credit(w.lines[1]), w.credit(w.lines[2])),
		"allocateCredit":       post(w.branch, "/v1/credit-notes/{credit_note_id}/allocate", object{"allocations": on(100)}, object{"allocations": on(200)}),
		"setBudget":            post(w.government, "/v1/budgets", w.budget("nphd_2"), w.budget("apbd")),
		"amendBudget":          patch(w.government, "/v1/budgets/{budget_id}", object{"ceiling_amount": 200_000_000}),
		"reportIncident":       post(w.kpu, "/v1/incidents", w.accident(), w.death(w.ids["officer_id"])),
		"openClaim":            post(w.kpu, "/v1/claims", w.injury(w.ids["unclaimed_incident_id"]), object{"incident_id": w.ids["unclaimed_incident_id"], "programme": "jkm"}),
		"submitClaim":          post(w.kpu, "/v1/claims/{draft_claim_id}/submit", nil, nil),
		"approveClaim":         post(w.branch, "/v1/claims/{granted_claim_id}/approve", nil, nil),
		"rejectClaim":          post(w.branch, "/v1/claims/{untrue_claim_id}/reject", object{"reason": "untrue"}, object{"reason": "other", "note": "Lihat surat."}),
		"receiveImport":        {by: w.kpu, other: inCSV(ratna(81)), call: upload("?commit=manual", inCSV(ratna(80)))},
		"commitImport":         post(w.kpu, "/v1/imports/{waiting_import_id}/commit", object{"plan_digest": plan}, object{"plan_digest": "another"}),
		"cancelImport":         post(w.kpu, "/v1/imports/{leaving_import_id}/cancel", nil, nil),
		"reverseImport":        post(w.kpu, "/v1/imports/{finished_import_id}/reversal", nil, nil),
		"correctSIPPProfile":   {by: w.admin, call: call{method: "PUT", path: "/v1/sipp-profiles/data_tk_na", body: profile}},
		"enterSchedule":        post(w.admin, "/v1/contribution-schedules", newSchedule("pu-2027-01"), newSchedule("pu-2027-02")),
		"correctSchedule":      put(w.admin, "/v1/contribution-schedules/bpu-2015-07", w.schedule("bpu-2015-07", object{"law": "PP 44/2015, Lampiran II"})),
		"enterRelief":          post(w.admin, "/v1/reliefs", newRelief("pp99-2028"), newRelief("pp99-2029")),
		"correctRelief":        put(w.admin, "/v1/reliefs/pp50-2025-other", w.relief("pp50-2025-other", object{"percent": 40})),
		"enterHoliday":         post(w.admin, "/v1/holidays", newHoliday("2027-12-24"), newHoliday("2027-12-27")),
		"correctHoliday":       put(w.admin, "/v1/holidays/2024-12-25", object{"name_id": "Natal", "name_en": "Christmas", "certainty": "verified"}),
		"payClaim":             post(w.branch, "/v1/claims/{owed_claim_id}/pay", object{"paid_on": "2024-11-28", "reference": "TRF-2"}, object{"paid_on": "2024-11-28", "reference": "TRF-3"}),
		"correctBenefitSchedule": put(
			w.admin, benefits+"/jkm-2025-02", w.benefit("jkm-2025-02", object{"law": "PP 82/2019, pasal 34"}),
		),
	}
	needed := map[string]bool{}
	for _, o := range operations() {
		needed[o.OperationID] = o.needs("If-Match")
	}
	for name, one := range all {
		if needed[name] {
			one.call = one.under("If-Match", "*")
		}
		one.path = w.fill(one.path)
		all[name] = one
	}
	for _, o := range operations() {
		if _, known := all[o.OperationID]; !known && o.writes() {
			w.t.Fatalf("writes has no call for %s", o.OperationID)
		}
	}
	return all
}

// fill puts the ids of the world into a path.
func (w *world) fill(path string) string {
	w.t.Helper()
	for _, name := range parameters(path) {
		id, known := w.ids[name]
		if !known {
			w.t.Fatalf("no %s in the world", name)
		}
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	return path
}

// writes reports whether an operation changes anything.
func (o operation) writes() bool {
	return o.method != "GET" && o.Extensions["x-not-idempotent"] == nil
}

// takes reports whether an operation has a header.
func (o operation) takes(header string) bool {
	return o.Parameters.GetByInAndName("header", header) != nil
}

// needs reports whether an operation cannot do without a header.
func (o operation) needs(header string) bool {
	p := o.Parameters.GetByInAndName("header", header)
	return p != nil && p.Required
}

// under is the call with a header more.
func (c call) under(name, value string) call {
	header := map[string]string{name: value}
	for k, v := range c.header {
		if k != name {
			header[k] = v
		}
	}
	c.header = header
	return c
}

// keyed is the call under a fresh Idempotency-Key.
func (c call) keyed() call { return c.under("Idempotency-Key", uuid.NewString()) }

// dry is the call as a dry run.
func (c call) dry() call { return c.asking("dry_run=true") }

// asking is the call with a parameter more in its query.
func (c call) asking(parameter string) call {
	if strings.Contains(c.path, "?") {
		c.path += "&" + parameter
	} else {
		c.path += "?" + parameter
	}
	return c
}

func (w write) String() string { return fmt.Sprint(w.method, " ", w.path) }
