package api_test

import (
	"fmt"
	"testing"
	"time"
)

// TestNobodyHarmedGoesUnrecorded: with cover or without, in time or late.
func TestNobodyHarmedGoesUnrecorded(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	covered := w.ids["officer_id"]
	newcomer := w.kpu.post("/v1/officers", siti(4)).must(t, 201).id(t)
	ahead := w.kpu.post("/v1/officers", siti(5, object{"term_from": "2024-11-28"})).must(t, 201).id(t)
	unpaid := w.kpu.post("/v1/officers", siti(6)).must(t, 201).id(t)
	w.kpu.post("/v1/officers/"+newcomer+"/end", object{"ended_on": "2024-11-20", "reason": "resigned"}).must(t, 200)
	w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201)
	free := w.kpu.post("/v1/officers", siti(7)).must(t, 201).id(t)
	for name, tt := range map[string]struct {
		officer, at string
		reason      any
		late        bool
		warnings    string
	}{
		"under cover":                     {covered, "2024-11-28T02:40:00+07:00", nil, false, "[]"},
		"on the last minute of two days":  {covered, "2024-11-26T09:00:00+07:00", nil, false, "[]"},
		"a second later":                  {covered, "2024-11-26T08:59:59+07:00", nil, true, "[/occurred_at report_late]"},
		"on the day cover became active":  {covered, "2024-09-02T00:00:00+07:00", nil, true, "[/occurred_at report_late]"},
		"before the first contribution":   {covered, "2024-09-01T23:59:59+07:00", "uncovered_unpaid", true, "[/occurred_at report_late /officer_id officer_not_covered]"},
		"before cover began":              {covered, "2024-08-25T12:00:00+07:00", "uncovered_no_agreement", true, "[/occurred_at report_late /officer_id officer_not_covered]"},
		"told in another zone":            {covered, "2024-09-02T02:00:01+09:00", nil, true, "[/occurred_at report_late]"}, // midnight in Kapuas Hulu
		"after the duty had ended":        {newcomer, "2024-11-27T12:00:00+07:00", "uncovered_outside_term", false, "[/officer_id officer_not_covered]"},
		"before the term":                 {ahead, "2024-11-27T12:00:00+07:00", "uncovered_outside_term", false, "[/officer_id officer_not_covered]"},
		"enrolled and not yet paid for":   {unpaid, "2024-11-27T12:00:00+07:00", "uncovered_unpaid", false, "[/officer_id officer_not_covered]"},
		"on the roster, and not enrolled": {free, "2024-11-27T12:00:00+07:00", "uncovered_not_enrolled", false, "[/officer_id officer_not_covered]"},
	} {
		t.Run(name, func(t *testing.T) {
			in := w.death(tt.officer)
			in["occurred_at"], in["kind"], in["outcome"] = tt.at, "accident", "injured"
			made := w.kpu.post("/v1/incidents", in).must(t, 201)
			o := made.object(t)
			same(t, "covered", o["covered"], tt.reason == nil)
			same(t, "reason", o["uncovered_reason"], tt.reason)
			same(t, "late", o["reported_late"], tt.late)
			same(t, "warnings", fmt.Sprint(made.warnings(t)), tt.warnings)
			delete(o, "warnings")
			same(t, "read again", fmt.Sprint(w.kpu.get(made.Header.Get("Location")).must(t, 200).object(t)), fmt.Sprint(o))
			claim := w.kpu.post("/v1/claims", w.injury(fmt.Sprint(o["id"])))
			if tt.reason == nil {
				claim.must(t, 201)
			} else {
				same(t, "its claim", claim.must(t, 409).code(t), "not_covered")
			}
			w.exec(`update incidents set occurred_at = occurred_at - interval '9 years' where id = $1`, o["id"]) // the next is not similar to it
		})
	}
	shown := w.branch.send(get("/v1/incidents/"+w.branch.get("/v1/incidents?limit=1").items(t)[0]["id"].(string)).under("Purpose", "benefit_payment"))
	same(t, "narrative", shown.must(t, 200).object(t)["narrative"], "Pingsan saat rekapitulasi.")
}

// TestTheBranchReportsToo.
func TestTheBranchReportsToo(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	made := w.branch.post("/v1/incidents", w.death(w.ids["officer_id"])).must(t, 201)
	same(t, "organisation", made.object(t)["organisation_id"], any(w.organisations["kpu"]))
	w.kpu.get(made.Header.Get("Location")).must(t, 200)
}

// TestNobodyIsBuriedUnderNotices: a body has two hundred of one reporter before it, and
// what it dismisses makes room.
func TestNobodyIsBuriedUnderNotices(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	first := w.branch.post("/v1/incidents", w.accident()).must(t, 201).id(t)
	w.exec(`insert into incidents select (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(),
		'occurred_at', i.occurred_at - n * interval '1 second'))).* from incidents i, generate_series(1, 199) n where i.id = $1`, first)
	same(t, "one more", w.branch.post("/v1/incidents", w.accident()).must(t, 409).code(t), "too_many_notices")
	w.kpu.post("/v1/incidents/"+first+"/dismiss", object{"reason": "told_twice"}).must(t, 200)
	w.branch.post("/v1/incidents", w.accident()).must(t, 201)
}

// TestAClaimGoesThroughItsLife with the clocks of the law, and a rejection makes
// room for another.
func TestAClaimGoesThroughItsLife(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	path := "/v1/claims/" + w.ids["claim_id"]
	submitted := w.submits(w.ids["claim_id"])
	same(t, "status", submitted["status"], "submitted")
	same(t, "to be paid by", submitted["pay_due_on"], "2024-12-09") // seven working days after Thursday 28 November
	rejected := w.branch.post(path+"/reject", object{"reason": "untrue", "note": " Lihat surat. "}).must(t, 200).object(t)
	same(t, "reason", rejected["rejection_reason"], "untrue")
	same(t, "note", rejected["rejection_note"], "Lihat surat.")
	for verb, body := range map[string]any{
		"submit": nil, "return": bodies["return"], "verify": nil, "approve": nil, "reject": object{"reason": "untrue"}, "pay": bodies["pay"], "withdraw": nil,
	} {
		by := w.branch
		if verb == "submit" || verb == "withdraw" {
			by = w.kpu
		}
		same(t, verb, by.pay(path+"/"+verb, body).must(t, 409).code(t), "claim_wrong_status")
	}
	again := w.kpu.post("/v1/claims", object{"incident_id": w.ids["incident_id"], "programme": "jkk"}).must(t, 201).id(t)
	path = "/v1/claims/" + again
	w.submits(again)
	w.grants(again)
	paid := w.branch.pay(path+"/pay", object{"paid_on": "2024-11-28", "reference": " TRF-1 "}).must(t, 200).object(t)
	same(t, "status", paid["status"], "paid")
	same(t, "reference", paid["payment_reference"], "TRF-1")
	same(t, "paid twice", w.branch.pay(path+"/pay", object{"paid_on": "2024-11-28", "reference": "TRF-2"}).must(t, 409).code(t), "claim_wrong_status")
}

// TestADeathByIllnessIsClaimedAsJKM.
func TestADeathByIllnessIsClaimedAsJKM(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	in := w.death(w.ids["officer_id"])
	in["kind"] = "illness"
	incident := w.kpu.post("/v1/incidents", in).must(t, 201).id(t)
	same(t, "as JKK", w.kpu.post("/v1/claims", object{"incident_id": incident, "programme": "jkk"}).must(t, 422).faults(t)[0], "/programme programme_of_other_kind")
	claim := w.claimOf(w.kpu, incident)
	same(t, "programme", claim["programme"], "jkm")
	same(t, "benefit", claim["claim_amount"], 42_000_000.0) // 20 + 12 + 10 million
	submitted := w.submits(name(claim))
	same(t, "to be paid by", submitted["pay_due_on"], "2024-12-03") // three working days
}

// TestAClaimExpiresAfterFiveYears, and not a day before.
func TestAClaimExpiresAfterFiveYears(t *testing.T) {
	t.Parallel()
	w := busy(t)
	claim := w.injury(w.ids["unclaimed_incident_id"])
	w.at(time.Date(2029, 11, 28, 9, 0, 0, 0, wib))
	same(t, "a day late", w.kpu.post("/v1/claims", claim).must(t, 422).faults(t)[0], "/incident_id claim_expired")
	w.at(time.Date(2029, 11, 27, 9, 0, 0, 0, wib))
	w.kpu.post("/v1/claims", claim).must(t, 201)
}

// TestTwentyClaimsAtOnceAreOne.
func TestTwentyClaimsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	w := busy(t)
	made := 0
	for _, a := range w.kpu.atOnce(20, post("/v1/claims", w.injury(w.ids["unclaimed_incident_id"]))) {
		switch {
		case a.StatusCode == 201:
			made++
		case a.StatusCode != 409 || a.code(t) != "claim_taken":
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "claims", made, 1)
}

// TestACoverThatIsFoundToHaveEndedBeforeCarriesNoClaim.
func TestACoverThatIsFoundToHaveEndedBeforeCarriesNoClaim(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	in := w.accident()
	incident := w.kpu.post("/v1/incidents", in).must(t, 201).id(t)
	w.kpu.post(fmt.Sprint("/v1/officers/", in["officer_id"], "/end"), object{"ended_on": "2024-11-26", "reason": "resigned"}).must(t, 200)
	got := w.kpu.post("/v1/claims", w.injury(incident)).must(t, 409)
	same(t, "code", got.code(t), "not_covered")
}

// TestNobodyDecidesWhatTheySubmitted: organiser and branch are two bodies, and a
// client that acts for both is one all the same.
func TestNobodyDecidesWhatTheySubmitted(t *testing.T) {
	t.Parallel()
	w := busy(t)
	maker := w.branch.by(clientOf(w.organisations["kpu"]))
	for _, verb := range []string{"approve", "reject"} {
		got := maker.post(w.fill("/v1/claims/{granted_claim_id}/")+verb, bodies[verb]).must(t, 403)
		same(t, verb, got.code(t), "maker_is_checker")
	}
}

// TestAnEventIsReportedOnce, and nobody dies twice.
func TestAnEventIsReportedOnce(t *testing.T) {
	t.Parallel()
	w := busy(t)
	in := w.accident()
	w.kpu.post("/v1/incidents", in).must(t, 201)
	w.branch.post("/v1/incidents", in).must(t, 201) // a notice, which tells nobody what others told
	same(t, "a notice twice", w.branch.post("/v1/incidents", in).must(t, 409).code(t), "incident_taken")
	again := w.kpu.post("/v1/incidents", in).must(t, 409)
	same(t, "code", again.code(t), "incident_taken")
	same(t, "fault", again.faults(t)[0], "/occurred_at incident_taken")
	death := w.death(w.ids["officer_id"])
	death["occurred_at"] = "2024-11-28T03:00:00+07:00"
	same(t, "a second death", w.kpu.post("/v1/incidents", death).must(t, 409).faults(t)[0], "/outcome incident_taken")
}
