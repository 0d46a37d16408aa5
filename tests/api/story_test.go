package api_test

import (
	"fmt"
	"testing"
	"time"
)

// TestAnOfficersWholeLife goes the road of the demonstration in small, with every
// number worked out by hand.
func TestAnOfficersWholeLife(t *testing.T) {
	t.Parallel()
	w := bereaved(t)

	enrolment := w.kpu.get("/v1/enrolments/"+w.ids["enrolment_id"]).must(t, 200).object(t)
	same(t, "enrolled", enrolment["enrolled"], 3.0)
	// 2 × 7,020 + 8,100: PPS members on 1,300,000 and their chair on 1,500,000.
	same(t, "premium", enrolment["monthly_premium_amount"], 22140.0)

	invoice := w.government.get("/v1/invoices/"+w.ids["invoice_id"]).must(t, 200).object(t)
	same(t, "invoice", invoice["total_amount"], 22140.0)
	same(t, "number", invoice["number"], "2024/000001")
	same(t, "due", invoice["due_on"], "2024-09-17")
	same(t, "status", invoice["status"], "paid")

	claim := w.kpu.get("/v1/claims/"+w.ids["claim_id"]).must(t, 200).object(t)
	// 48 × 1,500,000 + 12,000,000 + 10,000,000: the one who died chaired the body.
	same(t, "benefit", claim["claim_amount"], 94000000.0)

	w.submits(w.ids["claim_id"])
	w.grants(w.ids["claim_id"])
	paid := w.branch.pay("/v1/claims/"+w.ids["claim_id"]+"/pay", object{"paid_on": "2024-11-28", "reference": "TRF-1"}).must(t, 200).object(t)
	same(t, "status", paid["status"], "paid")

	officer := w.kpu.get("/v1/officers/"+w.ids["officer_id"]).must(t, 200).object(t)
	same(t, "ended by the report of the death", fmt.Sprint(officer["ended_on"], " ", officer["end_reason"]), "2024-11-28 died")
	w.at(time.Date(2024, 11, 29, 9, 0, 0, 0, wib))
	period := w.kpu.get("/v1/coverage-periods/"+w.ids["coverage_period_id"]).must(t, 200).object(t)
	same(t, "cover after death", period["status"], "ended")
	gap := w.kpu.get("/v1/agreements/"+w.ids["agreement_id"]+"/coverage-gap").must(t, 200).object(t)
	same(t, "covered", gap["covered"], 2.0)
	same(t, "uncovered", gap["uncovered"], 4585.0) // 5 + 1 + 4,579
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
