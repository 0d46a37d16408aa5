package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/registry"
	"naungan/internal/store"
)

// skipped tells how many officers an enrolment left out, by reason.
func skipped(enrolment object) string {
	list, _ := enrolment["skipped"].([]any)
	counts := map[string]any{}
	for _, s := range list {
		o, _ := s.(object)
		counts[fmt.Sprint(o["reason"])] = o["officers"]
	}
	return fmt.Sprint(counts)
}

// sign makes an agreement of the world's three parties and signs it.
func (w *world) sign(t *testing.T, change object, on string) string {
	t.Helper()
	id := w.kpu.post("/v1/agreements", w.agreement(change)).must(t, 201).id(t)
	w.signs(id, on)
	return id
}

func (w *world) enrol(t *testing.T, by caller, agreement string) answer {
	t.Helper()
	return by.post("/v1/agreements/"+agreement+"/enrolments", object{})
}

// TestAnImplausibleHeadcountIsAWarning: it is a doubt and keeps nobody out.
func TestAnImplausibleHeadcountIsAWarning(t *testing.T) {
	t.Parallel()
	w := settle(t)
	made := w.kpu.post("/v1/agreements", w.agreement(object{"positions": []object{{"position": "kpps", "headcount": 4579}, {"position": "pps", "headcount": 3}}})).must(t, 201)
	same(t, "warnings", fmt.Sprint(made.warnings(t)), "[/positions/0/headcount headcount_implausible]")
	params, _ := made.object(t)["warnings"].([]any)[0].(object)["params"].(object)
	same(t, "nearest", params["nearest"], 4578.0) // 654 × 7
}

// TestAnAgreementLivesByItsDays: signed, active, expired; and terminated before.
func TestAnAgreementLivesByItsDays(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id := w.sign(t, object{"starts_on": "2024-09-01"}, "2024-08-26")
	status := func(at time.Time) any {
		w.at(at)
		return w.government.get("/v1/agreements/" + id).object(t)["status"]
	}
	same(t, "before", status(time.Date(2024, 8, 31, 23, 59, 59, 0, wib)), "signed")
	same(t, "on the first day", status(time.Date(2024, 9, 1, 0, 0, 0, 0, wib)), "active")
	same(t, "on the last day", status(time.Date(2025, 1, 27, 23, 59, 59, 0, wib)), "active")
	same(t, "after", status(time.Date(2025, 1, 28, 0, 0, 0, 0, wib)), "expired")
	for _, verb := range []string{"terminate", "enrolments"} {
		body := object{"terminated_on": "2025-01-01", "reason": "x"}
		if verb == "enrolments" {
			body = object{}
		}
		same(t, verb, w.branch.post("/v1/agreements/"+id+"/"+verb, body).must(t, 409).code(t), "agreement_not_in_force")
	}
	w.at(today)
	w.kpu.post("/v1/agreements/"+id+"/terminate", object{"terminated_on": "2024-12-31", "reason": "Selesai"}).must(t, 200)
	same(t, "terminated, on its last day", status(time.Date(2024, 12, 31, 9, 0, 0, 0, wib)), "active")
	same(t, "terminated, a day later", status(time.Date(2025, 1, 1, 9, 0, 0, 0, wib)), "terminated")
	w.at(today)
	same(t, "twice", w.kpu.post("/v1/agreements/"+id+"/terminate", object{"terminated_on": "2024-12-30", "reason": "x"}).must(t, 409).code(t), "agreement_not_in_force")
}

// TestTheEndOfAnAgreementIsTheEndOfItsCover.
func TestTheEndOfAnAgreementIsTheEndOfItsCover(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	w.branch.post("/v1/agreements/"+w.ids["agreement_id"]+"/terminate", object{"terminated_on": "2024-10-31", "reason": "Selesai"}).must(t, 200)
	for _, period := range w.kpu.get("/v1/coverage-periods").items(t) {
		same(t, "last day", period["to_on"], "2024-10-31")
	}
	w.at(time.Date(2024, 12, 2, 9, 0, 0, 0, wib))
	late := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-11"}).must(t, 422)
	same(t, "an invoice afterwards", late.faults(t)[0], "/month outside_agreement")
}

// TestEnrolmentIsSafeToRepeat, and takes in whoever came since.
func TestEnrolmentIsSafeToRepeat(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	again := w.enrol(t, w.branch, w.ids["agreement_id"]).must(t, 201).object(t)
	same(t, "enrolled again", again["enrolled"], 0.0)
	same(t, "already", again["already_enrolled"], 3.0)
	late := w.kpu.post("/v1/officers", siti(4, object{"term_from": "2024-12-01"})).must(t, 201).id(t)
	w.kpu.post("/v1/officers", siti(5, object{"term_from": "2023-01-17", "term_to": "2024-04-04"})).must(t, 201) // over before
	w.kpu.post("/v1/officers", siti(6, object{"term_from": "2026-06-01", "term_to": "2026-12-31"})).must(t, 201) // long after
	third := w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201)
	same(t, "enrolled", third.object(t)["enrolled"], 1.0)
	same(t, "read again", string(w.kpu.get(third.Header.Get("Location")).must(t, 200).raw), string(third.raw))
	period := w.kpu.get("/v1/coverage-periods?officer_id=" + late).items(t)[0]
	same(t, "from", period["from_on"], "2024-12-01")
	same(t, "to", period["to_on"], "2025-01-27")
}

// TestTwentyAtOnceEnrolEverybodyOnce.
func TestTwentyAtOnceEnrolEverybodyOnce(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id := w.sign(t, nil, "2024-08-26")
	for n := range 5 {
		w.kpu.post("/v1/officers", siti(n+1)).must(t, 201)
	}
	sum := 0.0
	for _, a := range w.kpu.atOnce(20, post("/v1/agreements/"+id+"/enrolments", object{})) {
		sum += a.must(t, 201).object(t)["enrolled"].(float64)
	}
	same(t, "enrolled in all", sum, 5.0)
	same(t, "periods", one[int](w.server, `select count(*) from coverage_periods`), 5)
}

// TestCoverThatBeganInAnEarlierMonthIsDoubted.
func TestCoverThatBeganInAnEarlierMonthIsDoubted(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	w.at(time.Date(2024, 9, 1, 9, 0, 0, 0, wib))
	same(t, "of nobody", fmt.Sprint(w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201).warnings(t)), "[]")
	w.kpu.post("/v1/officers", siti(4)).must(t, 201)
	same(t, "warnings", fmt.Sprint(w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201).warnings(t)), "[cover_backdated]")
}

// TestBPUCoverWarnsOfItsWaitAndLeavesOutWhoIsTooOld (PP 44/2015; Permenaker 1/2025).
func TestBPUCoverWarnsOfItsWaitAndLeavesOutWhoIsTooOld(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.at(time.Date(2025, 3, 3, 9, 0, 0, 0, wib))
	term := object{"term_from": "2025-03-10", "term_to": "2025-04-30", "monthly_honorarium_amount": 1_300_000}
	for n, born := range []string{"1960-03-10", "1960-03-11", "1989-08-05"} { // 65 on the first day, and a day younger
		w.kpu.post("/v1/officers", siti(n+1, term, object{"born_on": born})).must(t, 201)
	}
	w.kpu.post("/v1/officers", siti(4, term, object{"monthly_honorarium_amount": nil})).must(t, 201)
	id := w.sign(t, object{
		"segment": "bpu", "wage_base_policy": "bpu_tier", "election_code": "pilkada_2024", "starts_on": "2025-03-10", "ends_on": "2025-04-30",
	}, "2025-03-03")
	made := w.enrol(t, w.kpu, id).must(t, 201)
	same(t, "warnings", fmt.Sprint(made.warnings(t)), "[jkm_waiting_period]")
	same(t, "enrolled", made.object(t)["enrolled"], 2.0)
	same(t, "left out", skipped(made.object(t)), "map[no_wage_base:1 too_old_for_bpu:1]")
	// 1 % of the tier of 1,400,000, and 6,800: each, a month.
	same(t, "premium", made.object(t)["monthly_premium_amount"], 41_600.0)
}

// TestNobodyIsCoveredTwice: not by KPU and Bawaslu, and neither learns of the other.
func TestNobodyIsCoveredTwice(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	bawaslu := w.join(w.admin, "bawaslu", object{"kind": "bawaslu", "level": "regency", "area_code": "61.06", "name": "Bawaslu Kapuas Hulu"})
	duty := object{"position": "pkd", "role": "member", "term_from": "2024-06-02", "term_to": "2025-01-27", "monthly_honorarium_amount": 1_100_000}
	bawaslu.post("/v1/officers", siti(1, duty)).must(t, 201)
	bawaslu.post("/v1/officers", siti(50, duty)).must(t, 201)
	terms := w.agreement(object{
		"parties": []object{
			{"organisation_id": w.organisations["bawaslu"], "role": "organiser"}, {"organisation_id": w.organisations["branch"], "role": "branch"},
		},
		"positions": []object{{"position": "pkd", "headcount": 2}},
	})
	id := bawaslu.post("/v1/agreements", terms).must(t, 201).id(t)
	w.signs(id, "2024-08-26")
	made := w.enrol(t, bawaslu, id).must(t, 201)
	same(t, "enrolled", made.object(t)["enrolled"], 1.0)
	same(t, "left out", skipped(made.object(t)), "map[covered_elsewhere:1]")
	for what, secret := range map[string]string{"officer": w.ids["officer_id"], "agreement": w.ids["agreement_id"], "organisation": w.organisations["kpu"]} {
		if raw := string(made.raw); containsText(raw, secret) {
			t.Errorf("the answer tells the other's %s: %s", what, raw)
		}
	}
	same(t, "periods of Bawaslu", len(bawaslu.get("/v1/coverage-periods").items(t)), 1)

	// When the other cover ends, the same enrolment takes the rest.
	first := w.kpu.post("/v1/officers/search", object{"external_ids": []string{"S-0001"}}).items(t)[0]["id"]
	w.kpu.post(fmt.Sprint("/v1/officers/", first, "/end"), object{"ended_on": "2024-08-25", "reason": "resigned"}).must(t, 200)
	same(t, "afterwards", w.enrol(t, bawaslu, id).must(t, 201).object(t)["enrolled"], 1.0)
}

// TestCoverThatWasCancelledLeavesRoom for the same person again.
func TestCoverThatWasCancelledLeavesRoom(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	path := "/v1/coverage-periods/" + w.ids["coverage_period_id"]
	cancelled := w.branch.post(path+"/cancel", nil).must(t, 200).object(t)
	same(t, "status", cancelled["status"], "cancelled")
	same(t, "twice", w.kpu.post(path+"/cancel", nil).must(t, 409).code(t), "cover_cancelled")
	same(t, "enrolled again", w.enrol(t, w.kpu, w.ids["agreement_id"]).must(t, 201).object(t)["enrolled"], 1.0)
	w.kpu.post("/v1/agreements/"+w.ids["agreement_id"]+"/enrolments", object{"positions": []string{"ppk"}}).must(t, 201)
}

// TestATariffThatIsNotKnownIsSaid: there is none before the first schedule, and a
// wage that nobody has is not even drafted.
func TestATariffThatIsNotKnownIsSaid(t *testing.T) {
	t.Parallel()
	w := settle(t)
	old := w.sign(t, object{"starts_on": "2014-01-01", "ends_on": "2014-12-31", "wage_base_policy": "declared", "declared_wage_amount": 1_000_000}, "2014-01-01")
	rich := w.kpu.post("/v1/agreements", w.agreement(object{"wage_base_policy": "declared", "declared_wage_amount": 100_000_001})).must(t, 422)
	same(t, "a wage beyond belief", rich.faults(t)[0], "/declared_wage_amount amount_implausible")
	w.kpu.post("/v1/officers", siti(1, object{"term_from": "2013-01-01", "term_to": "2014-12-31"})).must(t, 201)
	w.kpu.post("/v1/officers", siti(2)).must(t, 201)
	w.at(time.Date(2014, 6, 1, 9, 0, 0, 0, wib)) // their tokens were checked in better days
	same(t, "an old agreement", w.enrol(t, w.kpu, old).must(t, 422).code(t), "tariff_schedule_missing")
	w.at(today)
	late := w.branch.post("/v1/invoices", object{"agreement_id": old, "month": "2014-05"}).must(t, 422)
	same(t, "its invoice", late.faults(t)[0], "/month tariff_schedule_missing")
}

// TestADeclaredWageIsTheBaseOfEverybody.
func TestADeclaredWageIsTheBaseOfEverybody(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.kpu.post("/v1/officers", siti(1)).must(t, 201)
	id := w.sign(t, object{"wage_base_policy": "minimum_wage", "declared_wage_amount": 2_702_616}, "2024-08-26")
	w.enrol(t, w.kpu, id).must(t, 201)
	period := w.kpu.get("/v1/coverage-periods").items(t)[0]
	same(t, "base", period["wage_base_amount"], 2_702_616.0)
	same(t, "JKK", period["jkk_amount"], 6_486.0) // 0.24 % of it, 6,486.28
	same(t, "JKM", period["jkm_amount"], 8_108.0) // 0.30 %, 8,107.85
}

// TestAnOrganisationIsRegisteredBelowItsOwn, kept by those above, and amended by
// those who keep it.
func TestAnOrganisationIsRegisteredBelowItsOwn(t *testing.T) {
	t.Parallel()
	w := settle(t)
	province := w.join(w.nation, "province", object{"kind": "kpu", "level": "province", "area_code": "61", "name": "KPU Kalimantan Barat", "external_id": "61"})
	w.join(w.nation, "abroad", object{"kind": "kpu", "level": "overseas", "name": "PPLN Kuala Lumpur"})
	w.join(province, "below", object{"kind": "kpu", "level": "regency", "area_code": "61.07", "name": "KPU Bengkayang"})
	twice := w.nation.post("/v1/organisations", object{"kind": "kpu", "level": "province", "area_code": "62", "name": "x", "time_zone": "Asia/Jakarta", "external_id": "61"}).must(t, 409)
	same(t, "a key twice", twice.faults(t)[0], "/external_id external_id_taken")
	below := "/v1/organisations/" + w.organisations["below"]
	province.patch(below, `"1"`, object{"npp": "AB123456"}).must(t, 200)
	same(t, "a stranger's", w.kpu.patch(below, "*", object{"name": "x"}).must(t, 404).code(t), "resource_unknown")
	same(t, "what one sees but does not keep", w.kpu.patch("/v1/organisations/"+w.organisations["branch"], "*", object{"name": "x"}).must(t, 403).code(t), "not_allowed")
	w.admin.patch("/v1/organisations/"+w.organisations["branch"], "*", object{"name": "BPJS Putussibau"}).must(t, 200)
	blank := w.admin.patch("/v1/organisations/"+w.organisations["branch"], "*", object{"name": "  "}).must(t, 422)
	same(t, "a blank name", blank.faults(t)[0], "/name blank")
}

// TestAnEnrolmentMayGoOnAfterItsAnswer: who asks for it is answered at once, and reads
// what came of it.
func TestAnEnrolmentMayGoOnAfterItsAnswer(t *testing.T) {
	t.Parallel()
	w := covered(t)
	w.kpu.post("/v1/officers", ratna(1)).must(t, 201)
	asked := w.kpu.send(post("/v1/agreements/"+w.ids["agreement_id"]+"/enrolments", object{}).under("Prefer", "respond-async")).must(t, 202)
	same(t, "applied", asked.Header.Get("Preference-Applied"), "respond-async")
	same(t, "status", asked.object(t)["status"], "running")
	same(t, "read again", w.kpu.get(asked.Header.Get("Location")).object(t)["status"], "running")
	again := w.enrol(t, w.branch, w.ids["agreement_id"]).must(t, 409)
	same(t, "again", again.code(t), "enrolment_running")
	id := uuid.MustParse(asked.id(t))
	who, err := w.store.Asker(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.InTx(t.Context(), who, func(tx *store.Tx) error { return registry.CompleteEnrolment(tx, id) }); err != nil {
		t.Fatal(err)
	}
	done := w.kpu.get(asked.Header.Get("Location")).must(t, 200).object(t)
	same(t, "status", done["status"], "completed")
	same(t, "enrolled", done["enrolled"], 1.0)
}
