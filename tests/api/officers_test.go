package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestEveryFaultOfAnAppointmentIsToldAtOnce: rules of the business, each with its
// place, and no officer made.
func TestEveryFaultOfAnAppointmentIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for name, tt := range map[string]struct {
		change object
		faults []string
	}{
		"everything at once": {object{
			"full_name": "  ", "external_id": " ", "phone": "021-555", "nik": "1234", "born_on": "2020-01-01", "term_to": "2023-01-01",
			"monthly_honorarium_amount": -1, "position": "ptps", "area_code": "61.06.99.1001", "role": "staff",
		}, []string{
			"/area_code area_unknown", "/born_on birth_date_implausible", "/external_id blank", "/full_name blank",
			"/monthly_honorarium_amount amount_implausible", "/nik nik_invalid", "/phone phone_invalid", "/polling_station polling_station_missing",
			"/position position_of_other_body", "/role role_unknown", "/term_to ends_before_start",
		}},
		"a NIK with a day that is none":     {object{"nik": "9906013213890001"}, []string{"/nik nik_invalid"}},
		"a NIK of fifteen digits":           {object{"nik": "990601450889000"}, []string{"/nik nik_invalid"}},
		"a NIK as a spreadsheet left it":    {object{"nik": "9.90601E+15"}, []string{"/nik nik_invalid"}},
		"a NIK with the serial of nobody":   {object{"nik": "9906014508890000"}, []string{"/nik nik_invalid"}},
		"somebody of a hundred and one":     {object{"born_on": "1923-05-25"}, []string{"/born_on birth_date_implausible"}},
		"somebody of fourteen":              {object{"born_on": "2009-05-27"}, []string{"/born_on birth_date_implausible"}},
		"a term of more than three years":   {object{"term_to": "2027-05-26"}, []string{"/term_to period_too_long"}},
		"an honorarium beyond belief":       {object{"monthly_honorarium_amount": 100_000_001}, []string{"/monthly_honorarium_amount amount_implausible"}},
		"a position that nobody knows":      {object{"position": "kapten"}, []string{"/position position_unknown"}},
		"a district for a village body":     {object{"area_code": district}, []string{"/area_code area_level_wrong"}},
		"a village of another regency":      {object{"area_code": "61.07.01.2001"}, []string{"/area_code area_outside_organisation"}},
		"a polling station of a village":    {object{"polling_station": "1"}, []string{"/polling_station polling_station_not_expected"}},
		"a polling officer without station": {object{"position": "kpps"}, []string{"/polling_station polling_station_missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.kpu.post("/v1/officers", siti(1, tt.change)).must(t, 422)
			same(t, "code", got.code(t), "rule_broken")
			if faults := got.faults(t); !slices.Equal(faults, tt.faults) {
				t.Errorf("%q\nwant %q", faults, tt.faults)
			}
		})
	}
	same(t, "officers", one[int](w.server, `select count(*) from officers`), 0)
}

// TestADoubtNeverCostsAnybodyTheirCover: each is a warning, in both languages, and
// the officer is appointed all the same.
func TestADoubtNeverCostsAnybodyTheirCover(t *testing.T) {
	t.Parallel()
	w := settle(t)
	n := 0
	for name, tt := range map[string]struct {
		change   object
		warnings []string
	}{
		"nothing is doubtful":                {nil, []string{}},
		"another day of birth in the NIK":    {object{"born_on": "1989-08-06"}, []string{"/born_on nik_birth_date_mismatch"}},
		"another sex in the NIK":             {object{"sex": "male"}, []string{"/sex nik_sex_mismatch"}},
		"somebody of sixteen":                {object{"born_on": "2008-01-01"}, []string{"/born_on age_outside_rule", "/born_on nik_birth_date_mismatch"}},
		"a term beyond the election's":       {object{"term_to": "2025-02-27"}, []string{"/term_from term_outside_election"}},
		"a term of no election":              {object{"term_from": "2025-06-01", "term_to": "2025-12-31"}, []string{"/monthly_honorarium_amount honorarium_unknown", "/term_from term_of_no_election"}},
		"an honorarium of its own":           {object{"monthly_honorarium_amount": 1_250_000}, []string{"/monthly_honorarium_amount honorarium_differs"}},
		"an honorarium of its own, nowhere":  {object{"term_from": "2025-06-01", "term_to": "2025-12-31", "monthly_honorarium_amount": 1}, []string{"/term_from term_of_no_election"}},
		"somebody of 56 at a polling place":  {object{"position": "kpps", "polling_station": "3", "born_on": "1968-01-01", "term_from": "2024-11-07", "term_to": "2024-12-08"}, []string{"/born_on age_outside_rule", "/born_on nik_birth_date_mismatch"}},
		"the term of whoever came after all": {object{"term_from": "2024-12-01"}, []string{}},
	} {
		n++
		t.Run(name, func(t *testing.T) {
			var words []any
			for i, language := range []string{"id", "en"} {
				c := post("/v1/officers", siti(2*n+i, tt.change)).under("Accept-Language", language)
				got := w.kpu.send(c).must(t, 201)
				if warnings := got.warnings(t); !slices.Equal(warnings, tt.warnings) {
					t.Errorf("%q\nwant %q", warnings, tt.warnings)
				}
				words = append(words, fmt.Sprint(got.object(t)["warnings"]))
			}
			if words[0] == words[1] && len(tt.warnings) > 0 {
				t.Errorf("both languages say %s", words[0])
			}
		})
	}
}

// TestAnOfficerIsShownAsWrittenDown and cleaned of what people leave around values.
func TestAnOfficerIsShownAsWrittenDown(t *testing.T) {
	t.Parallel()
	w := settle(t)
	made := w.kpu.post("/v1/officers", siti(1, object{"full_name": "  Siti   Contoh ", "nik": " 9906014508890001 ", "kpj": "12345678901"})).must(t, 201)
	location := made.Header.Get("Location")
	read := w.kpu.get(location).must(t, 200)
	if !slices.Equal(read.raw, made.raw) {
		t.Errorf("made:\n%s\nread:\n%s", made.raw, read.raw)
	}
	same(t, "ETag", read.Header.Get("ETag"), `"1"`)
	o := read.object(t)
	for field, want := range map[string]any{
		"full_name": "Siti Contoh", "nik": "990601******0001", "phone": "+6281******890", "kpj": "********901", "email": nil, "born_on": nil,
		"sex": "female", "role": "member", "monthly_honorarium_amount": 1_300_000.0, "status": "active", "personal_data": "masked", "ended_on": nil,
	} {
		same(t, field, o[field], want)
	}
}

// TestAPersonIsAppointedOnce to one position at one time; another position, time or
// body is another duty.
func TestAPersonIsAppointedOnce(t *testing.T) {
	t.Parallel()
	w := settle(t)
	bawaslu := w.join(w.admin, "bawaslu", object{"kind": "bawaslu", "level": "regency", "area_code": "61.06", "name": "Bawaslu Kapuas Hulu"})
	first := w.kpu.post("/v1/officers", siti(1)).must(t, 201).id(t)

	again := w.kpu.post("/v1/officers", siti(1, object{"external_id": "S-2", "term_from": "2025-01-27", "term_to": "2025-06-30"})).must(t, 409)
	same(t, "code", again.code(t), "officer_taken")
	same(t, "fault", again.faults(t)[0], "/nik officer_taken")
	same(t, "officer", again.object(t)["errors"].([]any)[0].(object)["params"].(object)["officer_id"], any(first))

	key := w.kpu.post("/v1/officers", siti(2, object{"external_id": "S-0001"})).must(t, 409)
	same(t, "code", key.code(t), "external_id_taken")
	same(t, "fault", key.faults(t)[0], "/external_id external_id_taken")

	w.kpu.post("/v1/officers", siti(1, object{"external_id": "S-2", "term_from": "2025-01-28", "term_to": "2025-06-30"})).must(t, 201)
	w.kpu.post("/v1/officers", siti(1, object{"external_id": "S-3", "position": "sek_pps", "role": "staff"})).must(t, 201)
	bawaslu.post("/v1/officers", siti(1, object{"position": "pkd"})).must(t, 201) // under the same key of its own

	w.kpu.post("/v1/officers/"+first+"/end", object{"ended_on": "2024-08-31", "reason": "replaced"}).must(t, 200)
	w.kpu.post("/v1/officers", siti(1, object{"external_id": "S-4", "term_from": "2024-09-01"})).must(t, 201)
	third := w.kpu.post("/v1/officers", siti(3)).must(t, 201).id(t)
	amended := w.kpu.patch("/v1/officers/"+third, "*", object{"nik": siti(1)["nik"], "term_from": "2025-01-01"}).must(t, 409)
	same(t, "code", amended.code(t), "officer_taken")
}

// TestTwentyAtOnceAppointOnePerson: one of them does, the others are told who.
func TestTwentyAtOnceAppointOnePerson(t *testing.T) {
	t.Parallel()
	w := settle(t)
	calls := make([]func() answer, 20)
	for i := range calls {
		req := w.kpu.request(post("/v1/officers", siti(1, object{"external_id": fmt.Sprint("S-", i)})))
		calls[i] = func() answer { return serve(w.handler, req) }
	}
	made := 0
	for _, a := range together(calls...) {
		switch {
		case a.StatusCode == 201:
			made++
		case a.StatusCode != 409 || a.code(t) != "officer_taken":
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "made", made, 1)
	same(t, "officers", one[int](w.server, `select count(*) from officers`), 1)
}

// TestWhoeverIsNoElectionBodyAppointsNobody, and whoever is not the officer's own
// body writes nothing of them.
func TestWhoeverIsNoElectionBodyAppointsNobody(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	officer := "/v1/officers/" + w.ids["officer_id"]
	for name, c := range map[string]caller{"a government": w.government, "a branch": w.branch, "a ministry": w.admin} {
		got := c.post("/v1/officers", siti(9)).must(t, 403)
		same(t, name, got.code(t), "not_allowed")
	}
	for name, c := range map[string]caller{"the body above": w.nation, "the branch": w.branch} {
		same(t, name, c.patch(officer, "*", object{"decree_number": "1"}).must(t, 403).code(t), "party_role_required")
		same(t, name, c.post(officer+"/end", object{"ended_on": "2024-09-01", "reason": "resigned"}).must(t, 403).code(t), "party_role_required")
	}
}

// TestADutyEndsOnce within its term; and nobody's NIK changes under cover.
func TestADutyEndsOnce(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	officer := "/v1/officers/" + w.ids["officer_id"]
	frozen := w.kpu.patch(officer, "*", object{"nik": "9906014508890099"}).must(t, 409)
	same(t, "code", frozen.code(t), "nik_frozen")
	same(t, "fault", frozen.faults(t)[0], "/nik nik_frozen")
	end := func(day string) answer {
		return w.kpu.post(officer+"/end", object{"ended_on": day, "reason": "resigned"})
	}
	same(t, "before the term", end("2024-05-25").must(t, 422).faults(t)[0], "/ended_on outside_term")
	same(t, "after the term", end("2025-01-28").must(t, 422).faults(t)[0], "/ended_on outside_term")
	ended := end("2024-09-30").must(t, 200).object(t)
	same(t, "status", ended["status"], "active")
	same(t, "twice", end("2024-09-29").must(t, 409).code(t), "officer_ended")
	same(t, "cover", w.kpu.get("/v1/coverage-periods/" + w.ids["coverage_period_id"]).object(t)["to_on"], "2024-09-30")
	w.at(time.Date(2024, 10, 1, 0, 0, 0, 0, wib))
	o := w.kpu.get(officer).object(t)
	same(t, "status the day after", o["status"], "ended")
	same(t, "reason", o["end_reason"], "resigned")
}

// TestADutyThatEndsBeforeItsCoverBeganLeavesNone.
func TestADutyThatEndsBeforeItsCoverBeganLeavesNone(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	w.kpu.post("/v1/officers/"+w.ids["officer_id"]+"/end", object{"ended_on": "2024-08-25", "reason": "resigned"}).must(t, 200)
	same(t, "cover", w.kpu.get("/v1/coverage-periods/" + w.ids["coverage_period_id"]).object(t)["status"], "cancelled")
}

// TestOfficersAreFoundByWhatOneKnows: exact matches of what one may see, and
// nothing of what one may not.
func TestOfficersAreFoundByWhatOneKnows(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	other := w.join(w.admin, "other", object{"kind": "kpu", "level": "regency", "area_code": "61.07", "name": "KPU Bengkayang"})
	find := func(c caller, by object) (found []string) {
		for _, o := range c.send(post("/v1/officers/search", by).under("Purpose", "verification")).must(t, 200).items(t) {
			found = append(found, fmt.Sprint(o["external_id"]))
		}
		return found
	}
	nik := func(n int) string { return siti(n)["nik"].(string) }
	for name, tt := range map[string]struct {
		by   caller
		in   object
		want []string
	}{
		"by NIK":                      {w.kpu, object{"niks": []string{nik(1)}}, []string{"S-0001"}},
		"by many NIKs":                {w.kpu, object{"niks": []string{nik(3), nik(1), nik(9)}}, []string{"S-0001", "S-0003"}},
		"by their own keys":           {w.kpu, object{"external_ids": []string{"S-0002", "S-0002", "X"}}, []string{"S-0002"}},
		"by any of both":              {w.kpu, object{"niks": []string{nik(1), nik(2)}, "external_ids": []string{"S-0002", "S-0003"}}, []string{"S-0001", "S-0002", "S-0003"}},
		"by a NIK with spaces around": {w.kpu, object{"niks": []string{" " + nik(1) + " "}}, []string{"S-0001"}},
		"by what is no NIK":           {w.kpu, object{"niks": []string{"x", ""}}, nil},
		"by the branch, under cover":  {w.branch, object{"niks": []string{nik(1)}}, []string{"S-0001"}},
		"by another body":             {other, object{"niks": []string{nik(1)}}, nil},
		"by whoever pays":             {w.government, object{"niks": []string{nik(1)}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := find(tt.by, tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestEachUnmaskedReadingIsOneRow, whichever way it is read; a masked one is none.
func TestEachUnmaskedReadingIsOneRow(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	w.kpu.send(post("/v1/officers", siti(4)))
	few := w.as(w.kpu.get("/v1/organisations/"+w.organisations["kpu"]).object(t), "officers:read", "officers:write", "incidents:read", "incidents:write")
	rows := func() int { return one[int](w.server, `select count(*) from events where type = 'personal_data_read'`) }
	officer := "/v1/officers/" + w.ids["officer_id"]
	for name, tt := range map[string]struct {
		by   caller
		call call
		rows int
	}{
		"one officer":               {w.kpu, get(officer), 1},
		"a list of four":            {w.kpu, get("/v1/officers"), 4},
		"a page of two":             {w.kpu, get("/v1/officers?limit=2"), 2},
		"a list of nobody":          {w.kpu, get("/v1/officers?area_code=11"), 0},
		"a search that finds two":   {w.kpu, post("/v1/officers/search", object{"external_ids": []string{"S-0001", "S-0002"}}), 2},
		"a search that finds none":  {w.kpu, post("/v1/officers/search", object{"external_ids": []string{"X"}}), 0},
		"an officer appointed, dry": {w.kpu, post("/v1/officers", siti(30)).dry(), 0},
		"an officer amended, dry":   {w.kpu, call{method: "PATCH", path: officer, body: object{}, header: map[string]string{"If-Match": "*"}}.dry(), 0},
		"an incident reported, dry": {w.kpu, post("/v1/incidents", w.accident()).dry(), 0},
		"an officer amended":        {w.kpu, call{method: "PATCH", path: officer, body: object{"decree_number": "1"}, header: map[string]string{"If-Match": "*"}}, 1},
		"an incident":               {w.kpu, get("/v1/incidents/" + w.ids["incident_id"]), 1},
		"an incident reported":      {w.kpu, post("/v1/incidents", nil), 1},
		"an officer of the branch":  {w.branch, get(officer), 1},
		"nobody's to see":           {w.government, get(officer), 0},
		"somebody who is not":       {w.kpu, get("/v1/officers/" + uuid.NewString()), 0},
	} {
		t.Run(name, func(t *testing.T) {
			fresh := func() call {
				if tt.call.path == "/v1/incidents" {
					tt.call.body = w.accident()
				}
				return tt.call
			}
			before := rows()
			masked := tt.by.send(fresh())
			same(t, "rows without a purpose", rows()-before, 0)
			same(t, "rows without the scope", rowsOf(rows, func() { few.send(fresh().under("Purpose", "audit")) }), 0)
			got := tt.by.send(fresh().under("Purpose", "verification"))
			same(t, "rows", rows()-before, tt.rows)
			if shown := secretValues.Match(got.raw); shown != (tt.rows > 0) || secretValues.Match(masked.raw) {
				t.Errorf("%d rows, and the answers are\n%s\n%s", tt.rows, masked.raw, got.raw)
			}
		})
	}
	last := one[string](w.server, `select purpose from events where type = 'personal_data_read' order by id desc limit 1`)
	same(t, "purpose", last, "verification")
}

func rowsOf(rows func() int, do func()) int {
	before := rows()
	do()
	return rows() - before
}

// TestWhoeverHasScopeAndPurposeSeesThePerson in full, and says in the audit who it
// was.
func TestWhoeverHasScopeAndPurposeSeesThePerson(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	c := get("/v1/officers/"+w.ids["officer_id"]).under("Purpose", "benefit_payment").under("X-Request-Id", "reading-0001")
	o := w.branch.send(c).must(t, 200).object(t)
	for field, want := range map[string]any{
		"nik": "9906014508890003", "born_on": "1989-08-05", "phone": "+6281234567890", "email": "siti@contoh.example", "personal_data": "shown",
	} {
		same(t, field, o[field], want)
	}
	same(t, "row", one[string](w.server, `select concat_ws(' ', type, purpose, request_id, actor_id) from events where resource_id = $1
		order by id desc limit 1`, w.ids["officer_id"]), "personal_data_read benefit_payment reading-0001 "+w.organisations["branch"])
	incident := w.kpu.post("/v1/officers", siti(8)).must(t, 201)
	if incident.object(t)["personal_data"] != "masked" {
		t.Error("a write without a purpose shows the person")
	}
}

// TestAnUnmaskedAnswerIsNoMaskedOne: what a caller holds under an
// ETag may be the masked form.
func TestAnUnmaskedAnswerIsNoMaskedOne(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	path := "/v1/officers/" + w.ids["officer_id"]
	masked := w.kpu.get(path).must(t, 200)
	got := w.kpu.send(get(path).under("If-None-Match", masked.Header.Get("ETag")).under("Purpose", "audit"))
	if got.StatusCode != 200 || got.object(t)["personal_data"] != "shown" {
		t.Errorf("%d %s: who holds the masked form asked for the other", got.StatusCode, got.raw)
	}
}

// TestAKeyDoesNotUnmaskWhatItsTokenMayNotSee: the answer that is kept was given to
// somebody with scope and purpose, and is not given to whoever lacks them.
func TestAKeyDoesNotUnmaskWhatItsTokenMayNotSee(t *testing.T) {
	t.Parallel()
	w := settle(t)
	do := post("/v1/officers", siti(1)).under("Idempotency-Key", "k")
	w.kpu.send(do.under("Purpose", "registration")).must(t, 201)
	few := w.as(w.kpu.get("/v1/organisations/"+w.organisations["kpu"]).object(t), "officers:write")
	for name, got := range map[string]answer{
		"without a purpose": w.kpu.send(do), "without the scope": few.send(do.under("Purpose", "registration")),
	} {
		if secretValues.Match(got.raw) {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.raw)
		}
	}
}

// TestWhoeverSearchesByNIKNeedsAPurpose: a masked NIK and some guesses would tell
// the rest.
func TestWhoeverSearchesByNIKNeedsAPurpose(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	find := post("/v1/officers/search", object{"niks": []string{siti(1)["nik"].(string)}})
	few := w.as(w.kpu.get("/v1/organisations/"+w.organisations["kpu"]).object(t), "officers:read")
	same(t, "without a purpose", w.kpu.send(find).must(t, 403).code(t), "purpose_missing")
	same(t, "without the scope", few.send(find.under("Purpose", "audit")).must(t, 403).code(t), "scope_missing")
	few.post("/v1/officers/search", object{"external_ids": []string{"S-0001"}}).must(t, 200)
}
