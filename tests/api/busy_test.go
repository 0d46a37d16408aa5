package api_test

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// district is that of village.
const district = "61.06.01"

// work leaves something waiting for every verb: each write of writes can be done, in
// any order.
func (w *world) work() {
	w.t.Helper()
	w.keepBooks()
	w.draftInvoices()
	w.gatherOfficers()
	w.draftAgreements()
	w.openClaims()
	w.reportIncidents()
	w.sendRosters()
	w.ids["open_deadline_id"] = w.kpu.post("/v1/deadlines", duty("INS-2024/001")).must(w.t, 201).id(w.t)
	w.sendPapers()
	for _, name := range []string{"rotating_client_id", "leaving_client_id"} {
		made := w.kpu.post("/v1/api-clients", object{
			"organisation_id": w.organisations["kpu"], "name": name, "scopes": []string{"officers:read"},
		}).must(w.t, 201).object(w.t)
		w.ids[name], _ = made["client_id"].(string)
	}
	w.ids["client_id"] = w.ids["rotating_client_id"]
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

// harmed reports what an officer survived, and returns its id.
func (w *world) harmed() string {
	w.t.Helper()
	return w.kpu.post("/v1/incidents", w.accident()).must(w.t, 201).id(w.t)
}

// openClaims opens a claim for each thing that is done with one. The first dead officer's
// waits to be submitted.
func (w *world) openClaims() {
	w.t.Helper()
	w.ids["draft_claim_id"] = w.ids["claim_id"]
	w.complete(w.ids["draft_claim_id"])
	w.ids["unclaimed_incident_id"] = w.harmed()
	verify := func(claim string) { w.branch.another().post("/v1/claims/"+claim+"/verify", nil).must(w.t, 200) }
	reject := func(claim string) {
		w.branch.another().post("/v1/claims/"+claim+"/reject", object{"reason": "untrue"}).must(w.t, 200)
	}
	for name, then := range map[string]func(string){
		"short_claim_id": nil, "told_claim_id": nil, "untrue_claim_id": nil, "granted_claim_id": verify, "appealed_claim_id": reject,
		"owed_claim_id": func(claim string) { w.grants(claim) }, "doubted_claim_id": func(claim string) { w.grants(claim) },
	} {
		w.ids[name] = w.kpu.post("/v1/claims", w.injury(w.harmed())).must(w.t, 201).id(w.t)
		w.submits(w.ids[name])
		if then != nil {
			then(w.ids[name])
		}
	}
	for _, name := range []string{"changing_claim_id", "leaving_claim_id"} {
		w.ids[name] = w.kpu.post("/v1/claims", w.injury(w.harmed())).must(w.t, 201).id(w.t)
	}
}

// reportIncidents reports one for each thing that is done with one, names heirs of the
// first, and grants what may be paid or cancelled.
func (w *world) reportIncidents() {
	w.t.Helper()
	for _, name := range []string{"notified_incident_id", "false_incident_id"} {
		w.ids[name] = w.branch.post("/v1/incidents", w.accident()).must(w.t, 201).id(w.t)
	}
	w.ids["unclear_incident_id"] = w.kpu.post("/v1/incidents", altered(w.accident(), object{"officer_id": nil, "person": object{
		"nik": "9906010508890031", "full_name": "Agus Contoh", "body": "bawaslu", "position": "ptps", "area_code": w.village,
	}})).must(w.t, 201).id(w.t)
	for _, name := range []string{"waiting_incident_id", "open_incident_id", "changing_incident_id", "gifted_incident_id"} {
		w.ids[name] = w.harmed()
	}
	w.ids["changing_heir_id"] = w.names(w.kpu, w.ids["incident_id"], lestari())
	w.ids["false_heir_id"] = w.names(w.kpu, w.ids["incident_id"], budi(object{"relation": "sibling", "nik": "9906010508870016"}))
	w.ids["leaving_grant_id"] = w.kpu.pay("/v1/ex-gratia-grants", w.gift(w.harmed(), 0)).must(w.t, 201).id(w.t)
}

// endClaims does to claims, incidents and grants what there is to be done, until there is
// one of every status.
func (w *world) endClaims() {
	w.t.Helper()
	w.branch.post(w.fill("/v1/claims/{short_claim_id}/return"), bodies["return"]).must(w.t, 200)
	w.kpu.post(w.fill("/v1/claims/{leaving_claim_id}/withdraw"), nil).must(w.t, 200)
	w.pays(w.ids["owed_claim_id"])
	w.kpu.pay(w.fill("/v1/ex-gratia-grants/{grant_id}/disburse"), bodies["disburse"]).must(w.t, 200)
	w.kpu.post(w.fill("/v1/ex-gratia-grants/{leaving_grant_id}/cancel"), object{"reason": "untrue"}).must(w.t, 200)
	w.kpu.post(w.fill("/v1/incidents/{false_incident_id}/dismiss"), bodies["dismiss"]).must(w.t, 200)
	care := object{"facility": "RSUD Rahasia", "in_network": true, "admitted_on": "2024-11-27"}
	w.kpu.patch(w.fill("/v1/incidents/{changing_incident_id}"), "*", object{"care": care}).must(w.t, 200)
	w.branch.post(w.fill("/v1/incidents/{waiting_incident_id}/guarantee"), object{"decision": "refused"}).must(w.t, 200)
}

// gift asks for what an injury is given, after some days in hospital.
func (w *world) gift(incident string, days int) object {
	return object{"fund_id": w.ids["fund_id"], "incident_id": incident, "inpatient_days": days}
}

// sendRosters sends a file for each thing that is done with an import.
func (w *world) sendRosters() {
	w.t.Helper()
	w.ids["import_id"] = w.bring(w.kpu, "", inCSV(ratna(71), ratna(72), ratna(73, object{"area_code": "61.06.99.1001"}))).id()
	w.ids["waiting_import_id"] = w.bring(w.kpu, "?commit=manual", inCSV(ratna(74))).id()
	w.ids["finished_import_id"] = w.bring(w.kpu, "", inCSV(ratna(75))).id()
	w.ids["leaving_import_id"] = w.kpu.send(upload("", "").under("Upload-Complete", "?0")).must(w.t, 201).id(w.t)
}

// sendPapers sends a document for each thing that is done with one.
func (w *world) sendPapers() {
	w.t.Helper()
	w.tick() // no claim rests on them
	for _, name := range []string{"document_id", "good_document_id", "bad_document_id"} {
		w.ids[name] = w.sends(aPDF(name)).must(w.t, 201).id(w.t)
	}
	w.ids["leaving_document_id"] = w.kpu.send(paperOf(w.ids["open_incident_id"], aPDF("leaving"))).must(w.t, 201).id(w.t)
	w.ids["link_id"] = w.kpu.post(w.fill("/v1/documents/{document_id}/links"), object{"purpose": "audit"}).must(w.t, 201).id(w.t)
}

// judgePapers does to documents what there is to be done, until there is one of every
// status.
func (w *world) judgePapers() {
	w.t.Helper()
	w.branch.post(w.fill("/v1/documents/{good_document_id}/accept"), nil).must(w.t, 200)
	w.branch.post(w.fill("/v1/documents/{bad_document_id}/reject"), object{"reason": "illegible"}).must(w.t, 200)
	w.kpu.post(w.fill("/v1/documents/{leaving_document_id}/withdraw"), nil).must(w.t, 200)
	for _, status := range []string{"scanning", "quarantined"} { // as a scanner has it
		w.exec(`update documents set status = $1 where id = $2`, status, w.sends(aPDF(status)).must(w.t, 201).id(w.t))
	}
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
	return object{"incident_id": incident, "programme": "jkk", "losses": []object{
		{"kind": "medical_care", "cost_amount": 4250000}, {"kind": "transport", "cost_amount": 500000, "mode": "land"},
	}}
}

// duty is a clock that somebody starts by hand.
func duty(reference string) object {
	return object{"rule": "personal_data_breach", "started_at": "2024-11-28T08:15:00+07:00", "note_reference": reference}
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
		"createClient":                post(w.kpu, "/v1/api-clients", client, object{"organisation_id": w.organisations["kpu"], "name": "SIAKBA 2", "scopes": []string{"officers:read"}}),
		"rotateClient":                post(w.kpu, "/v1/api-clients/{rotating_client_id}/rotate", object{"grace_hours": 2}, object{"grace_hours": 3}),
		"revokeClient":                post(w.kpu, "/v1/api-clients/{leaving_client_id}/revoke", nil, nil),
		"registerOrganisation":        post(w.kpu, "/v1/organisations", below, object{"kind": "kpu", "level": "district", "area_code": "61.06.02", "name": "Sekretariat", "time_zone": "Asia/Jakarta"}),
		"amendOrganisation":           patch(w.kpu, "/v1/organisations/{organisation_id}", object{"npp": "AB123456"}),
		"draftAgreement":              post(w.kpu, "/v1/agreements", w.agreement(), w.agreement(object{"title": "Lain"})),
		"amendAgreement":              patch(w.kpu, "/v1/agreements/{changing_agreement_id}", object{"title": "Perjanjian yang diperbaiki"}),
		"signAgreement":               post(w.branch, "/v1/agreements/{draft_agreement_id}/sign", object{"signed_on": "2024-11-28"}, object{"signed_on": "2024-11-27"}),
		"terminateAgreement":          post(w.branch, "/v1/agreements/{ending_agreement_id}/terminate", object{"terminated_on": "2024-12-31", "reason": "Selesai"}, object{"terminated_on": "2024-12-30", "reason": "Selesai"}),
		"enrolOfficers":               post(w.kpu, "/v1/agreements/{agreement_id}/enrolments", object{"positions": []string{"pps"}}, object{}),
		"appointOfficer":              post(w.kpu, "/v1/officers", siti(20), siti(21)),
		"amendOfficer":                patch(w.kpu, "/v1/officers/{moving_officer_id}", object{"decree_number": "46/2024"}),
		"endOfficer":                  post(w.kpu, "/v1/officers/{leaving_officer_id}/end", object{"ended_on": "2024-11-28", "reason": "resigned"}, object{"ended_on": "2024-11-28", "reason": "replaced"}),
		"cancelCoveragePeriod":        post(w.branch, "/v1/coverage-periods/{wrong_period_id}/cancel", nil, nil),
		"draftInvoice":                post(w.branch, "/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-12"}, object{"agreement_id": w.ids["agreement_id"], "month": "2025-01"}),
		"issueInvoice":                post(w.branch, "/v1/invoices/{draft_invoice_id}/issue", object{"payment_code": "24090000001"}, object{}),
		"voidInvoice":                 post(w.branch, "/v1/invoices/{wrong_invoice_id}/void", object{"reason": "Keliru"}, object{"reason": "Salah"}),
		"amendInvoice":                patch(w.government, "/v1/invoices/{draft_invoice_id}", object{"disbursement": object{"sp2d_number": "0912/SP2D/2024"}}),
		"recordPayment":               post(w.branch, "/v1/payments", payment("SP2D-2"), payment("SP2D-3")),
		"allocatePayment":             post(w.branch, "/v1/payments/{waiting_payment_id}/allocate", object{"allocations": on(100)}, object{"allocations": on(200)}),
		"creditInvoice":               post(w.branch, "/v1/credit-notes", w.credit(w.lines[1]), w.credit(w.lines[2])),
		"allocateCredit":              post(w.branch, "/v1/credit-notes/{credit_note_id}/allocate", object{"allocations": on(100)}, object{"allocations": on(200)}),
		"setBudget":                   post(w.government, "/v1/budgets", w.budget("nphd_2"), w.budget("apbd")),
		"amendBudget":                 patch(w.government, "/v1/budgets/{budget_id}", object{"ceiling_amount": 200_000_000}),
		"reportIncident":              post(w.kpu, "/v1/incidents", w.accident(), w.death(w.ids["officer_id"])),
		"amendIncident":               patch(w.kpu, "/v1/incidents/{changing_incident_id}", object{"place": "TPS 4"}),
		"confirmIncident":             post(w.kpu, "/v1/incidents/{notified_incident_id}/confirm", nil, nil),
		"dismissIncident":             post(w.kpu, "/v1/incidents/{false_incident_id}/dismiss", object{"reason": "told_twice"}, object{"reason": "untrue"}),
		"guaranteeIncident":           post(w.branch, "/v1/incidents/{waiting_incident_id}/guarantee", object{"decision": "provisional"}, object{"decision": "guaranteed"}),
		"concludeIncident":            post(w.kpu, "/v1/incidents/{open_incident_id}/conclude", object{"outcome": "recovered", "stated_at": "2024-11-28T08:00:00+07:00"}, object{"outcome": "disabled", "stated_at": "2024-11-28T08:00:00+07:00"}),
		"nameHeir":                    post(w.kpu, "/v1/incidents/{incident_id}/heirs", budi(object{"relation": "parent", "nik": "9906010101580022"}), budi(object{"relation": "grandparent", "nik": "9906010101380023"})),
		"amendHeir":                   patch(w.kpu, "/v1/incidents/{incident_id}/heirs/{changing_heir_id}", object{"bank_account_bank": "Bank Desa"}),
		"strikeHeir":                  post(w.kpu, "/v1/incidents/{incident_id}/heirs/{false_heir_id}/strike", nil, nil),
		"openClaim":                   post(w.kpu, "/v1/claims", w.injury(w.ids["unclaimed_incident_id"]), object{"incident_id": w.ids["unclaimed_incident_id"], "programme": "jkm"}),
		"amendClaim":                  patch(w.kpu, "/v1/claims/{changing_claim_id}", object{"left_handed": true}),
		"submitClaim":                 post(w.kpu, "/v1/claims/{draft_claim_id}/submit", nil, nil),
		"returnClaim":                 post(w.branch, "/v1/claims/{short_claim_id}/return", object{"reasons": []object{{"reason": "document_missing", "document_kind": "care_receipt"}}}, object{"reasons": []object{{"reason": "facts_unclear"}}}),
		"verifyClaim":                 post(w.branch, "/v1/claims/{told_claim_id}/verify", nil, nil),
		"approveClaim":                post(w.branch, "/v1/claims/{granted_claim_id}/approve", nil, nil),
		"rejectClaim":                 post(w.branch, "/v1/claims/{untrue_claim_id}/reject", object{"reason": "untrue"}, object{"reason": "other", "note": "Lihat surat."}),
		"reopenClaim":                 post(w.branch, "/v1/claims/{doubted_claim_id}/reopen", object{"reason": "mistake"}, object{"reason": "new_evidence"}),
		"appealClaim":                 post(w.kpu, "/v1/claims/{appealed_claim_id}/appeal", object{"reason": "facts_disputed"}, object{"reason": "rule_disputed"}),
		"withdrawClaim":               post(w.kpu, "/v1/claims/{leaving_claim_id}/withdraw", nil, nil),
		"setFund":                     post(w.kpu, "/v1/ex-gratia-funds", fund(2025), fund(2026)),
		"amendFund":                   patch(w.kpu, "/v1/ex-gratia-funds/{fund_id}", object{"ceiling_amount": 920_000_000}),
		"grant":                       post(w.kpu, "/v1/ex-gratia-grants", w.gift(w.ids["gifted_incident_id"], 0), w.gift(w.ids["gifted_incident_id"], 3)),
		"disburseGrant":               post(w.kpu, "/v1/ex-gratia-grants/{grant_id}/disburse", object{"disbursed_on": "2024-11-28", "reference": "SP2D-9"}, object{"disbursed_on": "2024-11-28", "reference": "SP2D-10"}),
		"cancelGrant":                 post(w.kpu, "/v1/ex-gratia-grants/{leaving_grant_id}/cancel", object{"reason": "untrue"}, object{"reason": "mistake"}),
		"startDeadline":               post(w.kpu, "/v1/deadlines", duty("INS-2024/002"), duty("INS-2024/003")),
		"meetDeadline":                post(w.kpu, "/v1/deadlines/{open_deadline_id}/meet", object{"met_at": "2024-11-28T08:55:00+07:00"}, object{"met_at": "2024-11-28T08:56:00+07:00"}),
		"uploadDocument":              {by: w.kpu, other: aPDF("lain"), call: w.paper(aPDF("baru"))},
		"acceptDocument":              post(w.branch, "/v1/documents/{good_document_id}/accept", nil, nil),
		"rejectDocument":              post(w.branch, "/v1/documents/{bad_document_id}/reject", object{"reason": "illegible"}, object{"reason": "other", "note": "Lihat hal. 2."}),
		"withdrawDocument":            post(w.kpu, "/v1/documents/{leaving_document_id}/withdraw", nil, nil),
		"linkDocument":                post(w.kpu, "/v1/documents/{document_id}/links", object{"purpose": "verification"}, object{"purpose": "audit"}),
		"withdrawDocumentLink":        post(w.kpu, "/v1/documents/{document_id}/links/{link_id}/withdraw", nil, nil),
		"receiveImport":               {by: w.kpu, other: inCSV(ratna(81)), call: upload("?commit=manual", inCSV(ratna(80)))},
		"commitImport":                post(w.kpu, "/v1/imports/{waiting_import_id}/commit", object{"plan_digest": plan}, object{"plan_digest": "another"}),
		"cancelImport":                post(w.kpu, "/v1/imports/{leaving_import_id}/cancel", nil, nil),
		"reverseImport":               post(w.kpu, "/v1/imports/{finished_import_id}/reversal", nil, nil),
		"correctSIPPProfile":          {by: w.admin, call: call{method: "PUT", path: "/v1/sipp-profiles/data_tk_na", body: profile}},
		"enterSchedule":               post(w.admin, "/v1/contribution-schedules", newSchedule("pu-2027-01"), newSchedule("pu-2027-02")),
		"correctSchedule":             put(w.admin, "/v1/contribution-schedules/bpu-2015-07", w.schedule("bpu-2015-07", object{"law": "PP 44/2015, Lampiran II"})),
		"enterRelief":                 post(w.admin, "/v1/reliefs", newRelief("pp99-2028"), newRelief("pp99-2029")),
		"correctRelief":               put(w.admin, "/v1/reliefs/pp50-2025-other", w.relief("pp50-2025-other", object{"percent": 40})),
		"enterHoliday":                post(w.admin, "/v1/holidays", newHoliday("2027-12-24"), newHoliday("2027-12-27")),
		"correctHoliday":              put(w.admin, "/v1/holidays/2024-12-25", object{"name_id": "Natal", "name_en": "Christmas", "certainty": "verified"}),
		"payClaim":                    post(w.branch, "/v1/claims/{owed_claim_id}/pay", object{"paid_on": "2024-11-28", "reference": "TRF-2"}, object{"paid_on": "2024-11-28", "reference": "TRF-3"}),
		"correctExGratiaSchedule":     put(w.admin, gifts+"/kpu-2023-02", w.correction(gifts+"/kpu-2023-02", object{"law": "Keputusan KPU 1/2027"})),
		"correctDocumentRequirements": put(w.admin, requirements+"/documents-2015-07", w.correction(requirements+"/documents-2015-07", object{"law": "Permenaker 9/2026"})),
		"correctClock":                put(w.admin, clocks+"/jkk_claim-2019-12", w.correction(clocks+"/jkk_claim-2019-12", object{"years": 6})),
		"correctBenefitSchedule": put(
			w.admin, benefits+"/jkm-2025-02", w.benefit("jkm-2025-02", object{"law": "PP 82/2019, pasal 34"}),
		),
	}
	needed := map[string]bool{}
	for _, o := range operations() {
		needed[o.OperationID] = o.needs("If-Match")
	}
	for name, one := range all {
		one.path = w.fill(one.path)
		switch {
		case name == "confirmIncident": // as it was read
			one.call = one.under("If-Match", w.kpu.get(w.fill("/v1/incidents/{notified_incident_id}")).must(w.t, 200).Header.Get("ETag"))
		case needed[name]:
			one.call = one.under("If-Match", "*")
		}
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
