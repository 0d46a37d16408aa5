package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// happened lists what a history tells, in its order.
func happened(entries []object) (all []string) {
	for _, e := range entries {
		all = append(all, fmt.Sprint(e["type"]))
	}
	return all
}

// TestAnOfficersHistoryShowsItAll in the order in which it happened, and no readings.
func TestAnOfficersHistoryShowsItAll(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	officer := "/v1/officers/" + w.ids["officer_id"]
	w.at(time.Date(2024, 11, 29, 9, 0, 0, 0, wib))
	w.kpu.send(get(officer).under("Purpose", "verification")).must(t, 200)
	w.submits(w.ids["claim_id"])
	w.at(time.Date(2024, 11, 30, 9, 0, 0, 0, wib))
	w.grants(w.ids["claim_id"])
	want := []string{
		"officer_appointed", "officers_enrolled",
		"deadline_started", "deadline_met", "deadline_started", "incident_reported", "officer_ended", "claim_opened",
		"heir_named", "ex_gratia_granted", "deadline_started", "deadline_met", "incident_concluded", "claim_amended",
		"document_uploaded", "deadline_met", "deadline_started", "claim_submitted", "claim_verified", "claim_approved",
	}
	given := func(event string) bool { return event == "ex_gratia_granted" } // no business of the branch
	for name, c := range map[string]caller{"kpu": w.kpu, "branch": w.branch, "nation": w.nation} {
		entries := c.get(officer+"/history").must(t, 200).items(t)
		sees := want
		if name == "branch" {
			sees = slices.DeleteFunc(slices.Clone(want), given)
		}
		same(t, name, fmt.Sprint(slices.Compact(happened(entries))), fmt.Sprint(sees)) // the papers in one
		first, last := entries[0], entries[len(entries)-1]
		same(t, "of", fmt.Sprint(first["resource"], first["resource_id"]), "officer"+w.ids["officer_id"])
		same(t, "by", first["organisation_id"], any(w.organisations["kpu"]))
		same(t, "of", fmt.Sprint(last["resource"], last["resource_id"]), "claim"+w.ids["claim_id"])
		same(t, "by", last["organisation_id"], any(w.organisations["branch"]))
		same(t, "at", last["occurred_at"], "2024-11-30T02:00:00Z")
	}

	var paged []object
	for path := officer + "/history?limit=2&sort=-occurred_at"; path != ""; {
		a := w.kpu.send(get(path).under("Prefer", "count=exact")).must(t, 200)
		same(t, "total", a.object(t)["total"], float64(len(want)+11)) // twelve papers
		paged = append(paged, a.items(t)...)
		path = ""
		if next, more := a.object(t)["next_cursor"]; more {
			path = fmt.Sprint(officer, "/history?limit=2&sort=-occurred_at&cursor=", next)
		}
	}
	slices.Reverse(want)
	same(t, "page by page, the latest first", fmt.Sprint(slices.Compact(happened(paged))), fmt.Sprint(want))

	same(t, "of another", w.kpu.get("/v1/officers/"+w.ids["agreement_id"]+"/history").must(t, 404).code(t), "resource_unknown")
	w.government.get(officer+"/history").must(t, 404)
}

// TestAHistoryTellsNobodyOfCoverTheyDoNotSee: a branch that covers an officer later learns
// nothing of what another branch covered before.
func TestAHistoryTellsNobodyOfCoverTheyDoNotSee(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	other := w.join(w.admin, "other", object{"kind": "bpjs_office", "level": "regency", "area_code": "61.07", "name": "BPJS Lain"})
	w.kpu.post("/v1/officers/"+w.ids["officer_id"]+"/end", object{"ended_on": "2024-12-10", "reason": "resigned"}).must(t, 200)
	second := w.kpu.post("/v1/officers", siti(3, object{"role": "chair", "external_id": "S-9", "term_from": "2024-12-11"})).must(t, 201).id(t)
	w.ids["agreement_id"] = w.kpu.post("/v1/agreements", w.agreement(object{"parties": []object{
		{"organisation_id": w.organisations["kpu"], "role": "organiser"},
		{"organisation_id": w.organisations["other"], "role": "branch"},
	}})).must(t, 201).id(t)
	other.send(post("/v1/agreements/"+w.ids["agreement_id"]+"/sign", object{"signed_on": "2024-11-28"}).under("If-Match", "*")).must(t, 200)
	w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201)
	same(t, "its own", fmt.Sprint(happened(other.get("/v1/officers/"+second+"/history").must(t, 200).items(t))), "[officer_appointed officers_enrolled]")
	other.get("/v1/officers/"+w.ids["officer_id"]+"/history").must(t, 404)
	w.branch.get("/v1/officers/"+second+"/history").must(t, 404)
}
