package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// covered is a world with an agreement signed, and nobody under cover yet.
func covered(t *testing.T) *world {
	t.Helper()
	w := settle(t)
	w.ids["agreement_id"] = w.signed(w.agreement())
	return w
}

// insure puts everybody under cover whom the agreement includes.
func (w *world) insure() object {
	w.t.Helper()
	return w.kpu.post("/v1/agreements/"+w.ids["agreement_id"]+"/enrolments", object{}).must(w.t, 201).object(w.t)
}

// TestAnImportOfFiveThousandIsTakenBack: whoever was touched since is kept, and whoever
// something rests on stays; the rows say who they are.
func TestAnImportOfFiveThousandIsTakenBack(t *testing.T) {
	t.Parallel()
	w := covered(t)
	first := w.bring(w.kpu, "", inCSV(several(1, 5000)...)).expect("committed", "5000 rows: 5000 created")
	same(t, "enrolled", w.insure()["enrolled"], 5000.0)
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	want := map[string]string{}
	page := "/v1/imports/" + first.id() + "/rows?limit=50"
	for n, row := range w.kpu.get(page).must(t, 200).items(t)[:43] {
		id := fmt.Sprint(row["officer_id"])
		if n < 40 {
			w.kpu.patch("/v1/officers/"+id, "*", object{"decree_number": "46/2024"}).must(t, 200)
			want[id] = "kept touched_since"
			continue
		}
		hurt := altered(w.death(id), object{"kind": "accident", "outcome": "injured"}) // a death would end the duty
		w.kpu.post("/v1/incidents", hurt).must(t, 201)
		want[id] = "blocked incident_rests"
	}
	back := w.take(first, "reversal").expect("reversed", "5000 rows: 5000 created")
	same(t, "reversal", fmt.Sprint(back.object["reversal"]), "map[blocked:3 kept:40 reversed:4957]")
	for _, row := range w.kpu.get(page).must(t, 200).items(t) {
		id := fmt.Sprint(row["officer_id"])
		got := strings.TrimSpace(fmt.Sprint(row["reversal"], " ", row["reversal_code"]))
		if want[id] == "" {
			want[id] = "reversed <nil>"
		}
		if got != want[id] {
			t.Errorf("%s: %s, want %s", id, got, want[id])
		}
	}
	same(t, "officers", w.officers(), 43)
	same(t, "cover", one[int](w.server, `select count(*) from coverage_periods`), 43)
	same(t, "withdrawn", one[int](w.server, `select count(*) from events where type = 'officer_withdrawn'`), 4957)
	same(t, "twice", w.kpu.post("/v1/imports/"+back.id()+"/reversal", nil).must(t, 409).code(t), "import_not_committed")
	w.bring(w.kpu, "", inCSV(ratna(50))).expect("committed", "1 rows: 1 created")
}

// TestRowsAreForgottenAfterNinetyDays, and cannot be mended or taken back then.
func TestRowsAreForgottenAfterNinetyDays(t *testing.T) {
	t.Parallel()
	w := settle(t)
	b := w.bring(w.kpu, "", inCSV(ratna(1), ratna(2, object{"nik": "1"})))
	w.at(w.store.Now().AddDate(0, 0, 91))
	w.sweep()
	same(t, "reversal", w.kpu.post("/v1/imports/"+b.id()+"/reversal", nil).must(t, 409).code(t), "import_forgotten")
	same(t, "amends", w.kpu.send(upload("?amends="+b.id(), inCSV(ratna(2, object{mends: 3})))).must(t, 409).code(t), "import_forgotten")
	same(t, "rows", len(b.rows("")), 0)
	b.again().expect("partially_committed", "2 rows: 1 created, 1 rejected")
}

// TestWhatNobodyCommitsIsCancelledAfterNinetyDays: as its sender would have, and its
// rows go with it, ninety days after they were read.
func TestWhatNobodyCommitsIsCancelledAfterNinetyDays(t *testing.T) {
	t.Parallel()
	w := settle(t)
	waits := w.bring(w.kpu, "?commit=manual", inCSV(ratna(1), ratna(2)))
	trial := w.bring(w.kpu, "?commit=manual", inCSV(ratna(3)))
	begun := w.store.Now()
	w.at(begun.AddDate(0, 0, 89))
	w.sweep()
	waits.again().expect("validated", "2 rows: 2 created")
	w.kpu.post("/v1/imports/"+trial.id()+"/cancel", nil).must(t, 200)
	w.at(begun.AddDate(0, 0, 91))
	w.sweep()
	waits.again().expect("cancelled", "2 rows: 2 cancelled")
	same(t, "rows", len(waits.rows(""))+len(trial.rows("")), 0)
	same(t, "events", one[int](w.server, `select count(*) from events where type = 'import_cancelled'`), 2)
}

// TestAReversalIsNotForgottenHalfWay: the rows stay until what they tell is undone.
func TestAReversalIsNotForgottenHalfWay(t *testing.T) {
	t.Parallel()
	w := settle(t)
	b := w.bring(w.kpu, "", inCSV(ratna(1)))
	w.kpu.post("/v1/imports/"+b.id()+"/reversal", nil).must(t, 202)
	w.at(w.store.Now().AddDate(0, 0, 91))
	w.sweep()
	if err := w.driver().Run(t.Context(), uuid.MustParse(b.id())); err != nil {
		t.Fatal(err)
	}
	same(t, "officers", w.officers(), 0)
}

// sweep forgets what is over.
func (w *world) sweep() {
	w.t.Helper()
	if err := w.driver().Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// TestWhatWasInvoicedIsNotTakenBack.
func TestWhatWasInvoicedIsNotTakenBack(t *testing.T) {
	t.Parallel()
	w := covered(t)
	first := w.bring(w.kpu, "", inCSV(several(1, 3)...))
	w.insure()
	w.at(time.Date(2024, 9, 2, 9, 0, 0, 0, wib))
	w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-08"}).must(t, 201)
	back := w.take(first, "reversal")
	same(t, "reversal", fmt.Sprint(back.object["reversal"]), "map[blocked:3 kept:0 reversed:0]")
	same(t, "row", fate(back.rows("")[0]), "2 created cover_billed")
	same(t, "officers", w.officers(), 3)
}

// TestTakingBackRestoresWhatWas: amended officers are as they were, and ended ones
// serve again, under the cover they had.
func TestTakingBackRestoresWhatWas(t *testing.T) {
	t.Parallel()
	w := covered(t)
	w.bring(w.kpu, "", inCSV(several(1, 4)...))
	w.insure()
	shown := func() (all string) {
		for n := 1; n <= 4; n++ {
			o := w.officer(w.kpu, fmt.Sprintf("R-%06d", n))
			for _, own := range []string{"version", "updated_at"} {
				delete(o, own)
			}
			all += fmt.Sprintln(o)
		}
		for _, p := range w.branch.get("/v1/coverage-periods").must(w.t, 200).items(w.t) {
			all += fmt.Sprintln(p["officer_id"], p["from_on"], p["to_on"], p["status"])
		}
		return all
	}
	before := shown()
	uncovered := ratna(8, object{"term_from": "2024-09-01"})
	w.bring(w.kpu, "", inCSV(uncovered))
	appointed := w.officer(w.kpu, "R-000008")
	changed := ratna(8, object{"full_name": "Ratna Baru", "phone": "081200000002", "term_to": "2025-01-20"})
	done := w.bring(w.kpu, "?mode=snapshot&position=pps&area_code="+village+"&removals=2", inCSV(ratna(1), ratna(2), changed, ratna(9)))
	done.expect("committed", "4 rows: 1 created, 1 updated, 2 unchanged, 2 ended")
	same(t, "changed", w.officer(w.kpu, "R-000008")["full_name"], "Ratna Baru")
	if shown() == before {
		t.Error("nothing changed")
	}
	back := w.take(done, "reversal")
	same(t, "reversal", fmt.Sprint(back.object["reversal"]), "map[blocked:0 kept:0 reversed:4]")
	same(t, "afterwards", shown(), before)
	same(t, "officers", w.officers(), 5)
	restored := w.officer(w.kpu, "R-000008")
	for _, field := range []string{"full_name", "phone", "term_from", "term_to", "nik", "born_on"} {
		same(t, field, restored[field], appointed[field])
	}
}

// TestWhoIsCoveredElsewhereByNowIsNotGivenTheirCoverBack: nobody is covered twice, and
// one of them does not keep the others from being taken back.
func TestWhoIsCoveredElsewhereByNowIsNotGivenTheirCoverBack(t *testing.T) {
	t.Parallel()
	w := covered(t)
	bawaslu := w.join(w.admin, "bawaslu", object{"kind": "bawaslu", "level": "regency", "area_code": "61.06", "name": "Bawaslu Kapuas Hulu"})
	w.bring(w.kpu, "", inCSV(several(1, 4)...))
	w.insure()
	done := w.bring(w.kpu, "?mode=snapshot&position=pps&area_code="+village+"&removals=2", inCSV(several(1, 2)...))
	done.expect("committed", "2 rows: 2 unchanged, 2 ended")
	w.at(time.Date(2024, 9, 2, 9, 0, 0, 0, wib))
	agreement := bawaslu.post("/v1/agreements", w.agreement(object{
		"parties": []object{
			{"organisation_id": w.organisations["bawaslu"], "role": "organiser"},
			{"organisation_id": w.organisations["government"], "role": "payer"},
			{"organisation_id": w.organisations["branch"], "role": "branch"},
		},
		"positions": []object{{"position": "pkd", "headcount": 1}}, "starts_on": "2024-09-02",
	})).must(t, 201).id(t)
	w.signs(agreement, "2024-09-02")
	bawaslu.post("/v1/officers", ratna(3, object{"external_id": "B-3", "position": "pkd", "term_from": "2024-09-02", "monthly_honorarium_amount": 1_100_000})).must(t, 201)
	same(t, "enrolled", bawaslu.post("/v1/agreements/"+agreement+"/enrolments", object{}).must(t, 201).object(t)["enrolled"], 1.0)
	back := w.take(done, "reversal")
	same(t, "status", back.object["status"], "reversed")
	same(t, "reversal", fmt.Sprint(back.object["reversal"]), "map[blocked:0 kept:1 reversed:1]")
	fates := back.fates()
	slices.Sort(fates)
	alike(t, "rows", fates, []string{"2 unchanged", "3 unchanged", "ended", "ended cover_overlaps"})
	same(t, "who has their duty back", w.officer(w.kpu, "R-000004")["ended_on"], nil)
	same(t, "who has not", w.officer(w.kpu, "R-000003")["ended_on"], "2024-08-26")
}

// TestWhatWasMendedIsOpenAgainOnceTheMendIsTakenBack, unless yet another import stands
// for it.
func TestWhatWasMendedIsOpenAgainOnceTheMendIsTakenBack(t *testing.T) {
	t.Parallel()
	w := settle(t)
	mended := func(n int, changes ...object) object { return ratna(n, append(changes, object{mends: n + 1})...) }
	first := w.bring(w.kpu, "", inCSV(ratna(1), ratna(2, object{"nik": "1"}), ratna(3, object{"nik": "1"})))
	none := w.bring(w.kpu, "", inCSV(ratna(8, object{"nik": "1"}))).expect("rejected", "1 rows: 1 rejected")
	second := w.bring(w.kpu, "?amends="+first.id(), inCSV(mended(2), mended(3, object{"nik": "2"})))
	third := w.bring(w.kpu, "?amends="+second.id(), inCSV(mended(3))).expect("committed", "1 rows: 1 created")
	first.again().expect("committed", "3 rows: 1 created, 2 amended")
	second.again().expect("committed", "2 rows: 1 created, 1 amended")
	w.take(third, "reversal").expect("reversed", "1 rows: 1 created")
	first.again().expect("partially_committed", "3 rows: 1 created, 1 rejected, 1 amended")
	second.again().expect("partially_committed", "2 rows: 1 created, 1 rejected")
	alike(t, "rows", first.fates(), []string{"2 created", "3 amended nik nik_invalid", "4 rejected nik nik_invalid"})
	same(t, "officer", first.rows("")[2]["officer_id"], nil)

	// The row that the second mended is mended once more, and that is taken back.
	fourth := w.bring(w.kpu, "?amends="+first.id(), inCSV(mended(2, object{"decree_number": "46/2024"}), mended(3)))
	first.again().expect("committed", "3 rows: 1 created, 2 amended")
	w.take(fourth, "reversal").expect("reversed", "2 rows: 1 created, 1 updated")
	first.again().expect("partially_committed", "3 rows: 1 created, 1 rejected, 1 amended")
	w.bring(w.kpu, "?amends="+first.id(), inCSV(mended(3))).expect("committed", "1 rows: 1 created")
	first.again().expect("committed", "3 rows: 1 created, 2 amended")

	only := w.bring(w.kpu, "?amends="+none.id(), inCSV(ratna(8, object{mends: 2})))
	none.again().expect("committed", "1 rows: 1 amended")
	w.take(only, "reversal")
	none.again().expect("rejected", "1 rows: 1 rejected")
}

// TestOneMayServeInTwoBodies: both are warned, and neither is told where.
func TestOneMayServeInTwoBodies(t *testing.T) {
	t.Parallel()
	w := settle(t)
	bawaslu := w.join(w.admin, "bawaslu", object{"kind": "bawaslu", "level": "regency", "area_code": "61.06", "name": "Bawaslu Kapuas Hulu"})
	w.bring(w.kpu, "", inCSV(several(1, 2)...))
	other := func(n int) object { return ratna(n, object{"external_id": fmt.Sprint("B-", n), "position": "pkd"}) }
	b := w.bring(bawaslu, "?commit=manual", inCSV(other(1), other(5))).expect("validated", "2 rows: 2 created")
	same(t, "conflicts", b.object["effects"].(object)["conflicts"], 1.0)
	for n, row := range b.fates() {
		same(t, row, strings.Contains(row, "nik serves_elsewhere"), n == 0)
	}
	for _, answer := range []answer{bawaslu.get("/v1/imports/" + b.id()), bawaslu.get("/v1/imports/" + b.id() + "/rows")} {
		for _, secret := range []string{"R-00000", w.organisations["kpu"], `"kpu"`, "pps"} {
			if strings.Contains(string(answer.raw), secret) {
				t.Errorf("%s is told of the other body: %s", secret, answer.raw)
			}
		}
	}
	w.commit(b).expect("committed", "2 rows: 2 created")
	same(t, "one by one", slices.Contains(bawaslu.post("/v1/officers", other(2)).must(t, 201).warnings(t), "/nik serves_elsewhere"), true)
	same(t, "one by one", strings.Join(w.kpu.post("/v1/officers", ratna(5)).must(t, 201).warnings(t), ", "), "/nik serves_elsewhere")
	same(t, "the term after", len(w.kpu.post("/v1/officers", ratna(5, object{
		"external_id": "R-9", "term_from": "2025-01-28", "term_to": "2025-06-30", "monthly_honorarium_amount": 1_300_000,
	})).must(t, 201).warnings(t)), 1) // no election
}

// TestAnImportIsItsOwnBodys: the body above looks on, masked; nobody else knows of it.
func TestAnImportIsItsOwnBodys(t *testing.T) {
	t.Parallel()
	w := settle(t)
	stranger := w.join(w.admin, "other", object{"kind": "kpu", "level": "regency", "area_code": "61.07", "name": "KPU Bengkayang"})
	b := w.bring(w.kpu, "?commit=manual", inCSV(ratna(1), ratna(2, object{"nik": "1"})))
	path := "/v1/imports/" + b.id()
	workbookOf := call{method: "POST", path: path + "/sipp-rejections?profile=data_tk_na", body: "x", header: map[string]string{"Content-Type": workbook}}
	part := call{method: "POST", path: path + "/content", body: "x", header: map[string]string{"Content-Type": "application/octet-stream", "Upload-Offset": "0"}}
	reads := []call{get(path), get(path + "/rows"), get(path + "/progress"), get(path).under("Prefer", "wait=20")}
	writes := []call{
		post(path+"/commit", b.plan()).keyed(), post(path+"/cancel", nil), post(path+"/reversal", nil), workbookOf, part,
	}
	for name, c := range map[string]caller{"a stranger": stranger, "who pays": w.government, "the branch": w.branch, "a ministry": w.admin} {
		for _, do := range append(append([]call{get(path+"/sipp?profile=data_tk_baru").under("Purpose", "registration")}, reads...), writes...) {
			if got := c.send(do); got.StatusCode != 404 {
				t.Errorf("%s, %s %s: %d %s", name, do.method, do.path, got.StatusCode, got.raw)
			}
		}
		same(t, name, len(c.get("/v1/imports").must(t, 200).items(t)), 0)
	}
	for _, c := range []caller{w.government, w.branch, w.admin} {
		same(t, "who sends", c.send(upload("", inCSV(ratna(1)))).must(t, 403).code(t), "not_allowed")
	}
	for _, do := range reads {
		w.nation.send(do).must(t, 200)
	}
	same(t, "masked", w.nation.get(path+"/rows").must(t, 200).items(t)[0]["personal_data"], "masked")
	for _, do := range writes {
		same(t, do.path, w.nation.send(do).must(t, 403).code(t), "party_role_required")
	}
	few := w.as(w.kpu.get("/v1/organisations/"+w.organisations["kpu"]).object(t), "imports:write", "imports:read")
	same(t, "auto", few.send(upload("", inCSV(ratna(1)))).must(t, 403).code(t), "scope_missing")
	same(t, "commit", few.pay(path+"/commit", b.plan()).must(t, 403).code(t), "scope_missing")
	few.send(upload("?commit=manual", inCSV(ratna(1)))).must(t, 202)
	same(t, "amended by a stranger", strings.Join(stranger.send(upload("?amends="+b.id(), inCSV(ratna(1)))).must(t, 422).faults(t), ", "), "amends import_unknown")
}

// TestThePremiumForetoldIsThatOfTheEnrolment: of those whom the agreement includes,
// in whatever role, and whose term it meets.
func TestThePremiumForetoldIsThatOfTheEnrolment(t *testing.T) {
	t.Parallel()
	w := covered(t)
	file := append(several(1, 20), ratna(21, object{"role": "chair"}), ratna(22, object{"monthly_honorarium_amount": 1_450_000}),
		ratna(23, object{"position": "kpps", "polling_station": "1", "term_from": "2024-11-07", "term_to": "2024-12-08"}),
		ratna(24, object{"position": "ppk", "area_code": district}), ratna(25, object{"nik": "1"}),
		ratna(26, object{"term_from": "2025-02-01", "term_to": "2025-06-30", "monthly_honorarium_amount": 1_300_000}))
	b := w.bring(w.kpu, "?agreement_id="+w.ids["agreement_id"], inCSV(file...)).expect("partially_committed", "26 rows: 25 created, 1 rejected")
	effects := b.object["effects"].(object)
	same(t, "added", effects["monthly_premium_added_amount"], w.insure()["monthly_premium_amount"])
	fewer := w.bring(w.kpu, "?mode=snapshot&position=pps&area_code="+village+"&agreement_id="+w.ids["agreement_id"], inCSV(file[:18]...))
	fewer.expect("validated", "18 rows: 18 unchanged, 5 ended")
	// 3 × 7,020 less two members on 1,300,000, their chair on 1,500,000 and one on 1,450,000.
	same(t, "removed", fewer.object["effects"].(object)["monthly_premium_removed_amount"], 2*7020.0+8100+7830)
	same(t, "added again", fewer.object["effects"].(object)["monthly_premium_added_amount"], 0.0)
}

// TestAnImportNamesWhoOfItsPeopleIsShown: an unmasked page of n officers is n+1
// readings, a masked one none.
func TestAnImportNamesWhoOfItsPeopleIsShown(t *testing.T) {
	t.Parallel()
	w := settle(t)
	b := w.bring(w.kpu, "", inCSV(append(several(1, 5, object{"kpj": "12345678901"}), ratna(6, object{"area_code": "61.06.99.1001"}))...))
	rows := func() int { return one[int](w.server, `select count(*) from events where type = 'personal_data_read'`) }
	path := "/v1/imports/" + b.id() + "/rows"
	few := w.as(w.kpu.get("/v1/organisations/"+w.organisations["kpu"]).object(t), "imports:read")
	for name, tt := range map[string]struct {
		call call
		rows int
	}{
		"a page of all": {get(path), 6}, "a page of two": {get(path + "?limit=2"), 3}, "the rejected": {get(path + "?outcome=rejected"), 1},
		"as CSV": {get(path).under("Accept", "text/csv"), 6}, "as NDJSON": {get(path).under("Accept", "application/x-ndjson"), 6},
		"as a workbook": {get(path).under("Accept", workbook), 6},
	} {
		for _, masked := range []answer{w.kpu.send(tt.call).must(t, 200), few.send(tt.call.under("Purpose", "audit")).must(t, 200)} {
			for _, secret := range []string{"1990-08-05", "12345678901"} {
				if strings.Contains(string(masked.raw), secret) {
					t.Errorf("%s shows %s", name, secret)
				}
			}
		}
		before := rows()
		w.kpu.send(tt.call).must(t, 200)
		same(t, name+", masked", rows()-before, 0)
		shown := w.kpu.send(tt.call.under("Purpose", "verification")).must(t, 200)
		same(t, name, rows()-before, tt.rows)
		if !strings.Contains(name, "workbook") && !strings.Contains(string(shown.raw), "1990-08-05") {
			t.Errorf("%s does not show the person: %s", name, shown.raw)
		}
	}
	dump := w.dump()
	for _, secret := range []string{fmt.Sprint(ratna(1)["nik"]), fmt.Sprint(ratna(6)["nik"]), "81234567890", "siti@contoh.example", "12345678901"} {
		if strings.Contains(dump, secret) {
			t.Errorf("%s rests in the database as it is", secret)
		}
	}
	w.kpu.send(get("/v1/imports/"+uuid.NewString()+"/rows")).must(t, 404)
}
