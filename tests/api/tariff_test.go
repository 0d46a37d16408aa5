package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"
)

const (
	schedules = "/v1/contribution-schedules"
	benefits  = "/v1/benefit-schedules"
	reliefs   = "/v1/reliefs"
	holidays  = "/v1/holidays"
)

// input is what the answer of a rule would be corrected with.
func (a answer) input(t *testing.T, changes object) object {
	t.Helper()
	o := a.object(t)
	for _, name := range []string{"name", "revision", "version_name", "warnings", "dry_run"} {
		delete(o, name)
	}
	maps.Copy(o, changes)
	return o
}

// schedule is the correction of one that stands.
func (w *world) schedule(name string, changes object) object {
	w.t.Helper()
	o := w.admin.get(schedules+"/"+name).must(w.t, 200).input(w.t, changes)
	delete(o, "segment")
	return o
}

// benefit is the correction of what deaths pay.
func (w *world) benefit(name string, changes object) object {
	w.t.Helper()
	o := w.admin.get(benefits+"/"+name).must(w.t, 200).input(w.t, changes)
	delete(o, "programme")
	return o
}

func (w *world) relief(name string, changes object) object {
	w.t.Helper()
	return w.admin.get(reliefs+"/"+name).must(w.t, 200).input(w.t, changes)
}

// newSchedule raises the rate of JKM for wage earners from 2027 on.
func newSchedule(name string, changes ...object) object {
	s := object{
		"from": "2027-01-01", "law": "PP 99/2026, pasal 3", "certainty": "verified", "jkm_rate": 60, "due_day": 15, "due_months_after": 1,
		"jkk_rates": []object{
			{"risk_class": "i", "rate": 24},
			{"risk_class": "ii", "rate": 54},
			{"risk_class": "iii", "rate": 89},
			{"risk_class": "iv", "rate": 127},
			{"risk_class": "v", "rate": 174},
		},
	}
	for _, change := range changes {
		maps.Copy(s, change)
	}
	return object{"name": name, "segment": "pu", "schedule": s}
}

func newRelief(name string, changes ...object) object {
	r := object{
		"segment": "bpu", "sector": "other", "from": "2028-01-01", "to": "2028-06-30", "law": "PP 99/2027", "certainty": "verified",
		"percent": 25, "excluded_funding": []string{"apbn"},
	}
	for _, change := range changes {
		maps.Copy(r, change)
	}
	return object{"name": name, "relief": r}
}

func newHoliday(day string) object {
	return object{"day": day, "name_id": "Cuti bersama", "name_en": "Collective leave", "certainty": "verified"}
}

// put writes the whole of a rule in the version given.
func (c caller) put(path, version string, body any) answer {
	c.t.Helper()
	return c.send(call{method: "PUT", path: path, body: body, header: map[string]string{"If-Match": version}})
}

func rulesOf(t *testing.T, a answer) (names []string) {
	t.Helper()
	for _, item := range a.must(t, 200).items(t) {
		names = append(names, fmt.Sprint(item["version_name"]))
	}
	return names
}

// TestTheTariffIsThereToRead, by whoever may read reference data.
func TestTheTariffIsThereToRead(t *testing.T) {
	t.Parallel()
	w := settle(t)
	same(t, "all", fmt.Sprint(rulesOf(t, w.kpu.get(schedules))), "[bpu-2015-07 pu-2015-07]")
	same(t, "of a segment", fmt.Sprint(rulesOf(t, w.kpu.get(schedules+"?segment=bpu"))), "[bpu-2015-07]")
	same(t, "of a month before all", len(rulesOf(t, w.kpu.get(schedules+"?month=2015-06"))), 0)
	same(t, "of the first month", len(rulesOf(t, w.kpu.get(schedules+"?month=2015-07"))), 2)
	same(t, "reliefs", fmt.Sprint(rulesOf(t, w.kpu.get(reliefs))), "[pp50-2025-transport pp50-2025-other]")
	pu := w.kpu.get(schedules+"/pu-2015-07").must(t, 200).object(t)
	same(t, "class i", fmt.Sprint(pu["jkk_rates"].([]any)[0]), "map[rate:24 risk_class:i]")
	same(t, "how sure", pu["certainty"], "secondary")
	bpu := w.kpu.get(schedules+"/bpu-2015-07").must(t, 200).object(t)
	same(t, "tiers", len(bpu["tiers"].([]any)), 33)
	same(t, "any class", fmt.Sprint(bpu["jkk_rates"]), "[map[rate:100 risk_class:any]]")
	same(t, "an unknown one", w.kpu.get(schedules+"/pu-1999-01").must(t, 404).code(t), "resource_unknown")
	same(t, "a revision to come", w.kpu.get(schedules+"/pu-2015-07?revision=2").must(t, 404).code(t), "resource_unknown")
	same(t, "an unknown relief", w.kpu.get(reliefs+"/pp1-1999").must(t, 404).code(t), "resource_unknown")
	same(t, "no holiday", w.kpu.get(holidays+"/2024-12-23").must(t, 404).code(t), "resource_unknown")
	christmas := w.kpu.get(holidays+"/2024-12-25").must(t, 200).object(t)
	same(t, "Christmas", fmt.Sprint(christmas["name_en"], christmas["works"]), fmt.Sprint("Christmas Day", false))
	all, one := w.kpu.get(holidays).must(t, 200).items(t), w.kpu.get(holidays+"?year=2024").must(t, 200).items(t)
	if len(one) == 0 || len(one) >= len(all) {
		t.Errorf("%d holidays of %d are of 2024", len(one), len(all))
	}
}

// TestOnlyANationalMinistryCorrectsTheTariff: everybody else may read it.
func TestOnlyANationalMinistryCorrectsTheTariff(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for who, by := range map[string]caller{"KPU RI": w.nation, "a KPU": w.kpu, "whoever pays": w.government, "BPJS": w.branch} {
		for what, a := range map[string]answer{
			"a new schedule":  by.post(schedules, newSchedule("pu-2027-01")),
			"a correction":    by.put(schedules+"/pu-2015-07", "*", w.schedule("pu-2015-07", nil)),
			"what dying pays": by.put(benefits+"/jkm-2025-02", "*", w.benefit("jkm-2025-02", nil)),
			"a new relief":    by.post(reliefs, newRelief("pp99-2028")),
			"a relief":        by.put(reliefs+"/pp50-2025-other", "*", w.relief("pp50-2025-other", nil)),
			"a new holiday":   by.post(holidays, newHoliday("2027-12-24")),
			"a holiday":       by.put(holidays+"/2024-12-25", "*", object{"name_id": "x", "name_en": "x", "certainty": "verified"}),
		} {
			if a.StatusCode != 403 || a.code(t) != "not_allowed" {
				t.Errorf("%s enters %s: %d %s", who, what, a.StatusCode, a.raw)
			}
		}
	}
	same(t, "rules", one[int](w.server, `select count(*) from tariff_rules where recorded_by is not null`), 0)
}

// TestANewScheduleFollowsTheOldOne: that one ends the day before, and stays to be
// read as it was.
func TestANewScheduleFollowsTheOldOne(t *testing.T) {
	t.Parallel()
	w := settle(t)
	made := w.admin.post(schedules, newSchedule("pu-2027-01")).must(t, 201)
	same(t, "Location", made.Header.Get("Location"), schedules+"/pu-2027-01")
	same(t, "read again", string(w.kpu.get(made.Header.Get("Location")).must(t, 200).raw), string(made.raw))
	old := w.kpu.get(schedules+"/pu-2015-07").must(t, 200)
	same(t, "its last day", old.object(t)["to"], "2026-12-31")
	same(t, "its version", fmt.Sprint(old.object(t)["version_name"], old.Header.Get("ETag")), `pu-2015-07.2"2"`)
	first := w.kpu.get(schedules+"/pu-2015-07?revision=1").must(t, 200)
	same(t, "as it was", fmt.Sprint(first.object(t)["to"], first.object(t)["version_name"]), fmt.Sprint(nil, "pu-2015-07"))
	same(t, "December 2026", fmt.Sprint(rulesOf(t, w.kpu.get(schedules+"?segment=pu&month=2026-12"))), "[pu-2015-07.2]")
	same(t, "January 2027", fmt.Sprint(rulesOf(t, w.kpu.get(schedules+"?segment=pu&month=2027-01"))), "[pu-2027-01]")
	same(t, "events", one[int](w.server, `select count(*) from events where type = 'tariff_corrected'`), 1)
}

// TestWhatADeathPaysIsThereToRead, and to correct: enrolments are warned, and
// quotations reckoned, by the new wait at once, and the old one can be read.
func TestWhatADeathPaysIsThereToRead(t *testing.T) {
	t.Parallel()
	w := settle(t)
	all := w.kpu.get(benefits).must(t, 200)
	same(t, "all", fmt.Sprint(rulesOf(t, all)), "[jkk-2015-07 jkm-2015-07 jkk-2019-12 jkm-2019-12 jkm-2025-02]")
	same(t, "of JKK", fmt.Sprint(rulesOf(t, w.kpu.get(benefits+"?programme=jkk"))), "[jkk-2015-07 jkk-2019-12]")
	w.kpu.send(call{method: "GET", path: benefits}.under("If-None-Match", all.Header.Get("ETag"))).must(t, 304)
	jkk := w.kpu.get(benefits+"/jkk-2019-12").must(t, 200).object(t)
	same(t, "of the base", fmt.Sprint(jkk["items"].([]any)[0]),
		"map[kind:death minimum_amount:2e+07 minimum_certainty:unconfirmed of_base:true times:48]")
	same(t, "no wait", jkk["waiting"], nil)
	same(t, "an unknown one", w.kpu.get(benefits+"/jkm-1999-01").must(t, 404).code(t), "resource_unknown")

	path := benefits + "/jkm-2025-02"
	was := w.kpu.get(path).must(t, 200)
	wait := was.object(t)["waiting"].(object)
	same(t, "the wait", fmt.Sprint(wait), "map[certainty:secondary law:Permenaker 1/2025 months:3 pays:[funeral] segments:[bpu]]")
	kpps := object{"from_on": "2025-11-07", "to_on": "2026-01-08", "positions": []object{{"position": "kpps", "headcount": 7, "monthly_wage_amount": 1_100_000}}}
	_, _, bpu := w.kpu.quotation(t, kpps)
	same(t, "three months of three", fmt.Sprint(told(bpu["warnings"])), "[]")

	wait["months"] = 4
	longer := w.benefit("jkm-2025-02", object{"waiting": wait})
	fix := call{method: "PUT", path: path, body: longer}.under("If-Match", `"1"`)
	same(t, "tried", w.admin.send(fix.dry()).must(t, 200).object(t)["dry_run"], any(true))
	done := w.admin.send(fix).must(t, 200)
	same(t, "version", fmt.Sprint(done.object(t)["version_name"], done.Header.Get("ETag")), `jkm-2025-02.2"2"`)
	same(t, "programme", done.object(t)["programme"], "jkm")
	same(t, "of one that was read before", w.admin.send(fix).must(t, 412).code(t), "version_stale")
	same(t, "read again", string(w.kpu.get(path).must(t, 200).raw), string(done.raw))
	same(t, "as it was", string(w.kpu.get(path+"?revision=1").must(t, 200).raw), string(was.raw))
	w.kpu.get(path+"?revision=3").must(t, 404)
	_, _, bpu = w.kpu.quotation(t, kpps)
	same(t, "three months of four", fmt.Sprint(told(bpu["warnings"])), "[jkm_waiting_period]")

	delete(longer, "waiting")
	w.admin.put(path, `"2"`, longer).must(t, 200)
	_, _, bpu = w.kpu.quotation(t, kpps)
	same(t, "no wait at all", fmt.Sprint(told(bpu["warnings"])), "[]")
	same(t, "events", one[int](w.server, `select count(*) from events where type = 'tariff_corrected'`), 2)
}

// TestABrokenBenefitIsRefused whole: nothing of it is kept.
func TestABrokenBenefitIsRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	jkm := func(changes object) object { return w.benefit("jkm-2025-02", changes) }
	items := func(item object) object { return jkm(object{"items": []object{item}}) }
	waiting := func(changes object) object {
		o := jkm(nil)
		maps.Copy(o["waiting"].(object), changes)
		return o
	}
	rules := one[int](w.server, `select count(*) from tariff_rules`)
	for name, tt := range map[string]struct {
		schedule string
		body     object
		status   int
		fault    string
	}{
		"a last one that ends":       {"jkm-2025-02", jkm(object{"to": "2026-12-31"}), 422, "/to schedule_not_seamless"},
		"one that begins a day late": {"jkm-2025-02", jkm(object{"from": "2025-02-25"}), 422, "/from schedule_not_seamless"},
		"one that overlaps":          {"jkm-2019-12", w.benefit("jkm-2019-12", object{"to": "2025-02-24"}), 422, "/from schedule_not_seamless"},
		"a first one that is late":   {"jkk-2015-07", w.benefit("jkk-2015-07", object{"from": "2015-07-02"}), 422, "/from schedule_not_seamless"},
		"one that ends before":       {"jkm-2025-02", jkm(object{"to": "2025-02-23"}), 422, "/to ends_before_start"},
		"a law of nothing":           {"jkm-2025-02", jkm(object{"law": " "}), 422, "/law blank"},
		"a wait of no law":           {"jkm-2025-02", waiting(object{"law": " "}), 422, "/waiting/law blank"},
		"a wait of no months":        {"jkm-2025-02", waiting(object{"months": 0}), 400, ""},
		"a wait of nobody":           {"jkm-2025-02", waiting(object{"segments": []string{}}), 400, ""},
		"no items":                   {"jkm-2025-02", jkm(object{"items": []object{}}), 400, ""},
		"an amount of the base":      {"jkm-2025-02", items(object{"kind": "death", "times": 1, "each_amount": 1, "of_base": true}), 422, "/items/0 amount_or_base"},
		"neither":                    {"jkm-2025-02", items(object{"kind": "death", "times": 1}), 422, "/items/0 amount_or_base"},
		"less than nothing":          {"jkm-2025-02", items(object{"kind": "funeral", "times": 1, "each_amount": -1}), 422, "/items/0/each_amount amount_not_positive"},
		"a fortune":                  {"jkm-2025-02", items(object{"kind": "funeral", "times": 1, "each_amount": 1_000_000_001}), 422, "/items/0/each_amount amount_implausible"},
		"a minimum below nothing":    {"jkk-2019-12", items(object{"kind": "death", "times": 1, "of_base": true, "minimum_amount": -1}), 422, "/items/0/minimum_amount amount_not_positive"},
		"a minimum of a fortune":     {"jkm-2025-02", items(object{"kind": "death", "times": 1, "of_base": true, "minimum_amount": 1_000_000_001}), 422, "/items/0/minimum_amount amount_implausible"},
		"what is unknown":            {"jkm-1999-01", jkm(nil), 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.admin.put(benefits+"/"+tt.schedule, "*", tt.body).must(t, tt.status)
			if want := fmt.Sprintf("[%s]", tt.fault); tt.fault != "" && fmt.Sprint(got.faults(t)) != want {
				t.Errorf("%v, want %s", got.faults(t), want)
			}
		})
	}
	same(t, "rules", one[int](w.server, `select count(*) from tariff_rules`), rules)
}

// TestAReliefIsReadAsItWas by its revision.
func TestAReliefIsReadAsItWas(t *testing.T) {
	t.Parallel()
	w := settle(t)
	path := reliefs + "/pp50-2025-other"
	was := w.kpu.get(path).must(t, 200)
	w.admin.put(path, "*", was.input(t, object{"percent": 40})).must(t, 200)
	same(t, "as it was", string(w.kpu.get(path+"?revision=1").must(t, 200).raw), string(was.raw))
	same(t, "as it is", w.kpu.get(path+"?revision=2").must(t, 200).object(t)["percent"], any(40.0))
	w.kpu.get(path+"?revision=3").must(t, 404)
}

// TestABrokenTariffIsRefused whole: nothing of it is kept.
func TestABrokenTariffIsRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.admin.post(schedules, newSchedule("pu-2027-01")).must(t, 201)
	flat := w.schedule("bpu-2015-07", nil)
	tiers := func(list ...object) object { return w.schedule("bpu-2015-07", object{"tiers": list}) }
	tier := func(from, base int64) object { return object{"from_income_amount": from, "base_amount": base} }
	pu, relief := w.schedule("pu-2015-07", nil), w.relief("pp50-2025-other", nil)
	with := func(o object, changes object) object {
		o = maps.Clone(o)
		maps.Copy(o, changes)
		return o
	}
	rules := one[int](w.server, `select count(*) from tariff_rules`)
	fix := func(name string, body object) call {
		return call{method: "PUT", path: schedules + "/" + name, body: body}.under("If-Match", "*")
	}
	relieve := func(body object) call {
		return call{method: "PUT", path: reliefs + "/pp50-2025-other", body: body}.under("If-Match", "*")
	}
	for name, tt := range map[string]struct {
		call
		status int
		fault  string
	}{
		"a name that is taken":            {post(schedules, newSchedule("pu-2015-07", object{"from": "2028-01-01"})), 409, "/name schedule_taken"},
		"a relief's name that is taken":   {post(reliefs, newRelief("pp50-2025-other")), 409, "/name schedule_taken"},
		"a day that is known":             {post(holidays, newHoliday("2024-12-25")), 409, "/day holiday_taken"},
		"a last schedule that ends":       {fix("pu-2027-01", w.schedule("pu-2027-01", object{"to": "2027-12-31"})), 422, "/to schedule_not_seamless"},
		"a new schedule that ends":        {post(schedules, newSchedule("pu-2028-01", object{"from": "2028-01-01", "to": "2028-12-31"})), 422, "/schedule/to schedule_not_seamless"},
		"a first schedule that is late":   {fix("bpu-2015-07", w.schedule("bpu-2015-07", object{"from": "2016-01-01"})), 422, "/from schedule_not_seamless"},
		"a schedule before the open one":  {post(schedules, newSchedule("pu-2026-01", object{"from": "2026-01-01"})), 422, "/schedule/from schedule_not_seamless"},
		"a schedule beside the open one":  {post(schedules, newSchedule("pu-2027-02", object{"from": "2027-01-01"})), 422, "/schedule/from schedule_not_seamless"},
		"a correction that leaves a gap":  {fix("pu-2015-07", with(pu, object{"to": "2026-11-30"})), 422, "/from schedule_not_seamless"},
		"a correction that overlaps":      {fix("pu-2027-01", w.schedule("pu-2027-01", object{"from": "2026-12-01"})), 422, "/from schedule_not_seamless"},
		"a correction without an end":     {fix("pu-2015-07", func() object { o := maps.Clone(pu); delete(o, "to"); return o }()), 422, "/from schedule_not_seamless"},
		"reliefs that overlap":            {post(reliefs, newRelief("pp99-2026", object{"from": "2026-12-01", "to": "2027-01-31"})), 422, "/relief/from schedule_not_seamless"},
		"a schedule from mid-month":       {post(schedules, newSchedule("pu-2028-01", object{"from": "2028-01-15"})), 422, "/schedule/from not_whole_months"},
		"a schedule to mid-month":         {fix("pu-2027-01", w.schedule("pu-2027-01", object{"to": "2028-01-15"})), 422, "/to not_whole_months"},
		"a schedule that ends before":     {fix("pu-2027-01", w.schedule("pu-2027-01", object{"to": "2026-12-31"})), 422, "/to ends_before_start"},
		"a relief to mid-month":           {relieve(with(relief, object{"to": "2026-12-30"})), 422, "/to not_whole_months"},
		"a law of nothing":                {relieve(with(relief, object{"law": " "})), 422, "/law blank"},
		"a holiday of no name":            {call{method: "PUT", path: holidays + "/2024-12-25", body: object{"name_id": " ", "name_en": "x", "certainty": "verified"}}.under("If-Match", "*"), 422, "/name_id blank"},
		"JKM both as a rate and flat":     {fix("bpu-2015-07", with(flat, object{"jkm_rate": 30})), 422, "/jkm_rate jkm_rate_or_flat"},
		"JKM for nothing":                 {fix("pu-2015-07", func() object { o := maps.Clone(pu); delete(o, "jkm_rate"); return o }()), 422, "/jkm_rate jkm_rate_or_flat"},
		"JKM of a fortune":                {fix("bpu-2015-07", with(flat, object{"jkm_flat_amount": 1_000_000_001})), 422, "/jkm_flat_amount amount_implausible"},
		"tiers that begin above nothing":  {fix("bpu-2015-07", tiers(tier(1, 1_000_000))), 422, "/tiers/0 tiers_not_ascending"},
		"tiers that descend":              {fix("bpu-2015-07", tiers(tier(0, 1_000_000), tier(1_100_000, 900_000))), 422, "/tiers/1 tiers_not_ascending"},
		"a tier with no base":             {fix("bpu-2015-07", tiers(tier(0, 0))), 422, "/tiers/0/base_amount amount_implausible"},
		"a class without a rate":          {fix("pu-2015-07", with(pu, object{"jkk_rates": []object{{"risk_class": "i", "rate": 24}}})), 422, "/jkk_rates risk_classes_incomplete"},
		"a class beside any":              {fix("bpu-2015-07", with(flat, object{"jkk_rates": []object{{"risk_class": "i", "rate": 24}, {"risk_class": "any", "rate": 24}}})), 422, "/jkk_rates risk_classes_incomplete"},
		"any class twice":                 {fix("bpu-2015-07", with(flat, object{"jkk_rates": []object{{"risk_class": "any", "rate": 24}, {"risk_class": "any", "rate": 25}}})), 422, "/jkk_rates risk_classes_incomplete"},
		"a correction of what is unknown": {fix("pu-1999-01", pu), 404, ""},
		"an unknown relief":               {call{method: "PUT", path: reliefs + "/pp1-1999", body: relief}.under("If-Match", "*"), 404, ""},
		"an unknown holiday":              {call{method: "PUT", path: holidays + "/2024-12-23", body: object{"name_id": "x", "name_en": "x", "certainty": "verified"}}.under("If-Match", "*"), 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.admin.send(tt.call).must(t, tt.status)
			if want := fmt.Sprintf("[%s]", tt.fault); tt.fault != "" && fmt.Sprint(got.faults(t)) != want {
				t.Errorf("%v, want %s", got.faults(t), want)
			}
		})
	}
	same(t, "rules", one[int](w.server, `select count(*) from tariff_rules`), rules)
}

// TestOfTwoWhoCorrectAtOnceOneIsTold: the other gets 412 and the version there is.
func TestOfTwoWhoCorrectAtOnceOneIsTold(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for path, body := range map[string]object{
		schedules + "/pu-2015-07":        w.schedule("pu-2015-07", object{"law": "PP 44/2015"}),
		reliefs + "/pp50-2025-other":     w.relief("pp50-2025-other", object{"percent": 40}),
		benefits + "/jkm-2025-02":        w.benefit("jkm-2025-02", object{"law": "PP 82/2019, pasal 34"}),
		holidays + "/2024-12-25":         {"name_id": "Natal", "name_en": "Christmas", "certainty": "verified"},
		schedules + "/bpu-2015-07":       w.schedule("bpu-2015-07", object{"age_below": 70}),
		reliefs + "/pp50-2025-transport": w.relief("pp50-2025-transport", object{"law": "PP 50/2025, pasal 1"}),
	} {
		won, told := 0, 0
		for _, a := range w.admin.atOnce(6, call{method: "PUT", path: path, body: body}.under("If-Match", `"1"`)) {
			switch {
			case a.StatusCode == 200 && a.Header.Get("ETag") == `"2"`:
				won++
			case a.StatusCode == 412 && a.code(t) == "version_stale" && a.Header.Get("ETag") == `"2"`:
				told++
			default:
				t.Errorf("%s: %d %v %s", path, a.StatusCode, a.Header, a.raw)
			}
		}
		if won != 1 || told != 5 {
			t.Errorf("%s: %d won, %d were told", path, won, told)
		}
		same(t, "stands", w.kpu.get(path).must(t, 200).Header.Get("ETag"), `"2"`)
	}
}

// TestAWholeTariffIsKeptHoweverManyChangeIt at once: those that would break it
// together do not both get in.
func TestAWholeTariffIsKeptHoweverManyChangeIt(t *testing.T) {
	t.Parallel()
	w := settle(t)
	var calls []func() answer
	for n := range 6 {
		req := w.admin.request(post(schedules, newSchedule(fmt.Sprint("pu-2027-0", n), object{"from": fmt.Sprintf("2027-0%d-01", n+1)})))
		calls = append(calls, func() answer { return serve(w.handler, req) })
	}
	entered := 0
	for _, a := range together(calls...) {
		switch {
		case a.StatusCode == 201:
			entered++
		case a.StatusCode != 422 || a.faults(t)[0] != "/schedule/from schedule_not_seamless":
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	found := w.kpu.get(schedules+"?segment=pu").must(t, 200).items(t)
	same(t, "schedules", len(found), entered+1)
	for month := 1; month <= 8; month++ {
		if got := rulesOf(t, w.kpu.get(fmt.Sprintf("%s?segment=pu&month=2027-%02d", schedules, month))); len(got) != 1 {
			t.Errorf("2027-%02d has %v", month, got)
		}
	}
}

// TestAHolidayMovesTheDueDay of what is drafted after it was entered, and no other;
// taken back it moves nothing any more.
func TestAHolidayMovesTheDueDay(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	due := func(month string) any {
		draft := post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": month})
		return w.branch.send(draft.dry()).must(t, 201).object(t)["due_on"]
	}
	same(t, "before", due("2024-09"), "2024-10-15")
	before := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-09"}).must(t, 201).object(t)
	w.admin.post(holidays, newHoliday("2024-11-15")).must(t, 201)
	w.admin.post(holidays, newHoliday("2024-10-15")).must(t, 201)
	same(t, "after", due("2024-10"), "2024-11-18") // a Monday
	same(t, "the older draft", w.branch.get("/v1/invoices/" + before["id"].(string)).object(t)["due_on"], "2024-10-15")
	back := w.admin.put(holidays+"/2024-11-15", `"1"`, object{"name_id": "x", "name_en": "x", "certainty": "verified", "works": true}).must(t, 200)
	same(t, "works", back.object(t)["works"], true)
	same(t, "taken back", due("2024-10"), "2024-11-15")
	same(t, "entered again", w.admin.post(holidays, newHoliday("2024-11-15")).must(t, 409).code(t), "holiday_taken")
	for _, h := range w.kpu.get(holidays + "?year=2024").items(t) {
		if h["day"] == "2024-11-15" {
			t.Error("a day on which people work is listed as a holiday")
		}
	}
}

// TestAFineAppearsOnceAMinistrySaysThatOrganisersPayThem: fines of election bodies
// are exempt until then, and appear on the next invoice for one that is overdue.
func TestAFineAppearsOnceAMinistrySaysThatOrganisersPayThem(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	late := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-08"}).must(t, 201).object(t)
	w.branch.pay(fmt.Sprint("/v1/invoices/", late["id"], "/issue"), object{}).must(t, 200)
	w.at(time.Date(2024, 10, 20, 9, 0, 0, 0, wib)) // due on 17 September: two months have begun
	draft := post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-09"})
	exempt := w.branch.send(draft.dry()).must(t, 201).object(t)
	same(t, "fine", exempt["fine_amount"], 0.0)
	same(t, "fines", len(exempt["fines"].([]any)), 0)

	fine := w.schedule("pu-2015-07", nil)["fine"].(object)
	for name, kinds := range map[string][]string{"all but KPU": {"bawaslu", "ministry"}, "nobody": {}} {
		fine["exempt"] = kinds
		w.admin.put(schedules+"/pu-2015-07", "*", w.schedule("pu-2015-07", object{"fine": fine})).must(t, 200)
		owed := int64(late["total_amount"].(float64))
		fined := w.branch.send(draft.dry()).must(t, 201).object(t)
		list, _ := fined["fines"].([]any)
		if len(list) != 1 {
			t.Fatalf("%s exempt: %d fines", name, len(list))
		}
		got, _ := json.Marshal(list[0])
		want, _ := json.Marshal(object{
			"late_invoice_id": late["id"], "from_month": 1, "to_month": 2, "rate": 200, "owed_amount": owed, "fine_amount": (owed*400 + 5_000) / 10_000,
		})
		same(t, name+" exempt", string(got), string(want))
		same(t, "total", fined["total_amount"], exempt["total_amount"].(float64)+fined["fine_amount"].(float64))
	}
	w.branch.send(draft).must(t, 201)
	later := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-10"}).must(t, 201).object(t)
	same(t, "charged once", later["fine_amount"], 0.0)
}
