package api_test

import (
	"fmt"
	"maps"
	"testing"
)

const (
	estimates    = "/v1/benefit-estimates"
	gifts        = "/v1/ex-gratia-schedules"
	requirements = "/v1/document-requirements"
	clocks       = "/v1/clocks"
)

// asking is an estimate of a death at work of a member of a KPPS.
func asking(changes object) object {
	o := object{"occurred_on": "2024-02-15", "outcome": "died", "programmes": []string{"jkk"}, "segment": "pu", "wage_base_amount": 1_100_000}
	for name, value := range changes {
		if value == nil {
			delete(o, name)
			continue
		}
		o[name] = value
	}
	return o
}

// injured is an estimate of an injury at work.
func injured(losses ...object) object {
	return asking(object{"outcome": "injured", "losses": losses})
}

func disabled(losses ...object) object {
	return asking(object{"outcome": "disabled", "losses": losses})
}

func whole(v any) int64 {
	f, _ := v.(float64)
	return int64(f)
}

// explained fails unless the items of a part of an estimate add up to its amount, and its
// last step says so.
func explained(t *testing.T, part object, amount string) int64 {
	t.Helper()
	var sum int64
	items, _ := part["items"].([]any)
	for _, item := range items {
		sum += whole(item.(object)["benefit_amount"])
	}
	steps, _ := part["steps"].([]any)
	if len(steps) == 0 {
		t.Fatalf("no steps in %v", part)
	}
	for _, s := range steps {
		if step := s.(object); step["explanation"] == "" || step["explanation"] == step["expression"] {
			t.Errorf("%v is not put into words", step)
		}
	}
	last := whole(steps[len(steps)-1].(object)["step_amount"])
	if total := whole(part[amount]); total != sum || total != last {
		t.Errorf("%d, of items of %d and a last step of %d", total, sum, last)
	}
	return sum
}

// TestAnEventIsEstimated by the rules of its day.
func TestAnEventIsEstimated(t *testing.T) {
	t.Parallel()
	w := settle(t)
	jkm := func(segment, on string, months int) object {
		return asking(object{
			"programmes": []string{"jkm"}, "segment": segment, "occurred_on": on, "consecutive_months": months, "wage_base_amount": nil,
		})
	}
	young := object{"level": "kindergarten", "age_years": 5}
	children := func(n int) []object {
		list := make([]object, n)
		for i := range list {
			list[i] = young
		}
		return list
	}
	for name, tt := range map[string]struct {
		in   object
		want int64
	}{
		"B01: a member of a KPPS":             {asking(nil), 74_800_000},
		"B01: by the honorarium of one":       {asking(object{"wage_base_amount": nil, "honorarium": object{"election_code": "pemilu_2024", "position": "kpps", "role": "member"}}), 74_800_000},
		"B02: the chair of one":               {asking(object{"wage_base_amount": 1_200_000}), 79_600_000},
		"the same on a tier of BPU":           {asking(object{"segment": "bpu", "wage_base_amount": nil, "honorarium": object{"election_code": "pemilu_2024", "position": "kpps", "role": "member"}}), 79_600_000},
		"B05: disabled wholly":                {disabled(object{"kind": "disability", "total": true}), 73_600_000},
		"B06: the right arm":                  {asking(object{"outcome": "disabled", "wage_base_amount": 1_500_000, "losses": []object{{"kind": "disability", "part": "arm_from_shoulder", "side": "right"}}}), 48_000_000},
		"B08: the left index finger":          {asking(object{"outcome": "disabled", "segment": "bpu", "wage_base_amount": 1_000_000, "losses": []object{{"kind": "disability", "part": "index_finger", "side": "left"}}}), 5_600_000},
		"B09: fourteen months unable to work": {asking(object{"outcome": "injured", "wage_base_amount": 1_000_000, "losses": []object{{"kind": "temporary_incapacity", "months": 14}}}), 13_000_000},
		"B11: by air":                         {injured(object{"kind": "transport", "mode": "air", "cost_amount": 4_500_000}), 4_500_000},
		"B12: care at home":                   {injured(object{"kind": "home_care", "cost_amount": 25_000_000, "months": 12}), 20_000_000},
		"B14: JKM before the wait":            {jkm("bpu", "2024-02-15", 1), 42_000_000},
		"B15: JKM within the wait":            {jkm("bpu", "2025-03-15", 1), 10_000_000},
		"B16: JKM after the wait":             {jkm("bpu", "2025-06-15", 3), 42_000_000},
		"B19: JKM on 1 December 2019":         {jkm("pu", "2019-12-01", 1), 24_000_000},
		"B19: JKM on 2 December 2019":         {jkm("pu", "2019-12-02", 1), 42_000_000},
		"B22: two children":                   {asking(object{"children": children(2), "whole_schooling": true}), 74_800_000 + 174_000_000},
		"B22: three are still two":            {asking(object{"children": children(3), "whole_schooling": true}), 74_800_000 + 174_000_000},
		"a school year of a child":            {asking(object{"children": []object{{"level": "primary", "school_years": 2, "paid_years": 1}}}), 74_800_000 + 3_000_000},
		"a child after a total disability": {
			asking(object{"outcome": "disabled", "losses": []object{{"kind": "disability", "total": true}}, "children": children(1)}), 73_600_000 + 1_500_000,
		},
		"a child of JKM without its years": {asking(object{"programmes": []string{"jkm"}, "contributed_months": 35, "children": children(1)}), 42_000_000},
		"a child of JKM with its years":    {asking(object{"programmes": []string{"jkm"}, "contributed_months": 36, "children": children(1)}), 43_500_000},
		"care before a death":              {asking(object{"losses": []object{{"kind": "medical_care", "cost_amount": 7_000_000}}}), 81_800_000},
		"a left-handed thumb": {
			asking(object{"outcome": "disabled", "left_handed": true, "wage_base_amount": 1_000_000, "losses": []object{{"kind": "disability", "part": "thumb", "side": "left"}}}), 12_000_000,
		},
		"care that asks for no base": {asking(object{"outcome": "injured", "wage_base_amount": nil, "losses": []object{{"kind": "medical_care", "cost_amount": 1}}}), 1},
	} {
		t.Run(name, func(t *testing.T) {
			options, _ := w.government.post(estimates, tt.in).must(t, 200).object(t)["options"].([]any)
			if len(options) != 1 {
				t.Fatalf("%d options", len(options))
			}
			option := options[0].(object)
			same(t, "amount", explained(t, option, "programme_amount"), tt.want)
			same(t, "with nothing beside it", whole(option["total_amount"]), tt.want)
		})
	}
	same(t, "events", one[int](w.server, `select count(*) from events where type like 'claim%'`), 0)
}

// TestTheBodysOwnSchemeStandsBesideTheProgramme and is netted with none: B24, 46,000,000
// beside 74,800,000.
func TestTheBodysOwnSchemeStandsBesideTheProgramme(t *testing.T) {
	t.Parallel()
	w := settle(t)
	e := w.kpu.post(estimates, asking(object{"programmes": nil, "consecutive_months": 1, "ex_gratia": object{"body": "kpu"}})).must(t, 200).object(t)
	gift := e["ex_gratia"].(object)
	same(t, "of its own", explained(t, gift, "ex_gratia_amount"), int64(46_000_000))
	same(t, "by", fmt.Sprint(gift["body"], gift["schedule"]), "kpukpu-2023-02")
	options := e["options"].([]any)
	jkk, jkm := options[0].(object), options[1].(object)
	same(t, "programmes", fmt.Sprint(jkk["programme"], jkm["programme"]), "jkkjkm")
	same(t, "JKK", fmt.Sprint(whole(jkk["programme_amount"]), whole(jkk["total_amount"])), "74800000 120800000")
	same(t, "JKM", fmt.Sprint(whole(jkm["programme_amount"]), whole(jkm["total_amount"])), "42000000 88000000")
	for days, want := range map[int]int64{0: 2_062_500, 2: 4_125_000, 3: 8_250_000, 5: 8_250_000, 10: 16_500_000} {
		in := injured(object{"kind": "medical_care", "cost_amount": 5_000_000})
		in["ex_gratia"] = object{"body": "kpu", "inpatient_days": days}
		e := w.kpu.post(estimates, in).must(t, 200).object(t)
		same(t, fmt.Sprint(days, " days"), explained(t, e["ex_gratia"].(object), "ex_gratia_amount"), want)
		same(t, "together", whole(e["options"].([]any)[0].(object)["total_amount"]), 5_000_000+want)
	}
	in := disabled(object{"kind": "disability", "part": "both_feet"})
	in["ex_gratia"] = object{"body": "kpu", "loss_percent": 100}
	e = w.kpu.post(estimates, in).must(t, 200).object(t)
	same(t, "both feet", explained(t, e["ex_gratia"].(object), "ex_gratia_amount"), int64(30_800_000))
}

// TestAnEstimateIsToldInTheLanguageAskedFor, and says the same in both.
func TestAnEstimateIsToldInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	w := settle(t)
	told := func(language string) (first object) {
		a := w.kpu.send(post(estimates, asking(nil)).under("Accept-Language", language)).must(t, 200).object(t)
		return a["options"].([]any)[0].(object)["steps"].([]any)[0].(object)
	}
	id, en := told("id"), told("en")
	same(t, "in Indonesian", id["explanation"], "Santunan kematian: 48 × Rp1.100.000 = Rp52.800.000.")
	same(t, "in English", en["explanation"], "Death benefit: 48 × Rp1,100,000 = Rp52,800,000.")
	same(t, "inputs", fmt.Sprint(en["inputs"]), "map[each:1.1e+06 times:48]")
	same(t, "how sure", en["certainty"], "secondary")
	delete(id, "explanation")
	delete(en, "explanation")
	same(t, "the rest", fmt.Sprint(id), fmt.Sprint(en))
}

// TestAnEstimateIsWhatAClaimWouldPay: the claim of the same death, on the same base.
func TestAnEstimateIsWhatAClaimWouldPay(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	claim := w.kpu.get("/v1/claims/"+w.ids["claim_id"]).must(t, 200).object(t)
	in := asking(object{"occurred_on": "2024-11-28", "wage_base_amount": whole(claim["wage_base_amount"])})
	option := w.kpu.post(estimates, in).must(t, 200).object(t)["options"].([]any)[0].(object)
	same(t, "amount", whole(option["programme_amount"]), whole(claim["claim_amount"]))
	same(t, "items", fmt.Sprint(option["items"]), fmt.Sprint(claim["items"]))
	same(t, "steps", fmt.Sprint(option["steps"]), fmt.Sprint(claim["steps"]))
}

func TestAnEstimateIsRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	kin := []object{{"level": "primary"}}
	stretch := func(from, to string) object {
		return object{"kind": "temporary_incapacity", "from_on": from, "to_on": to}
	}
	for name, tt := range map[string]struct {
		in     object
		status int
		faults []string
	}{
		"before the law":              {asking(object{"occurred_on": "2015-06-30"}), 422, nil},
		"of a body without a scheme":  {asking(object{"ex_gratia": object{"body": "bawaslu"}}), 422, nil},
		"without a base":              {asking(object{"wage_base_amount": nil}), 422, []string{"/wage_base_amount member_missing"}},
		"of two bases":                {asking(object{"honorarium": object{"election_code": "pemilu_2024", "position": "kpps", "role": "member"}}), 422, []string{"/wage_base_amount member_not_expected"}},
		"of a base below nothing":     {asking(object{"wage_base_amount": -1}), 422, []string{"/wage_base_amount amount_not_positive"}},
		"of a fortune":                {asking(object{"wage_base_amount": 100_000_001}), 422, []string{"/wage_base_amount amount_implausible"}},
		"of an unknown honorarium":    {asking(object{"wage_base_amount": nil, "honorarium": object{"election_code": "pemilu_1955", "position": "rt", "role": "chair"}}), 422, []string{"/honorarium/election_code election_unknown", "/honorarium/position position_unknown"}},
		"of a role that is none":      {asking(object{"wage_base_amount": nil, "honorarium": object{"election_code": "pemilu_2024", "position": "kpps", "role": "secretary"}}), 422, []string{"/honorarium/role role_unknown"}},
		"of an injury under JKM":      {asking(object{"outcome": "injured", "programmes": []string{"jkm"}}), 422, []string{"/programmes/0 programme_of_other_kind"}},
		"of an injury without losses": {asking(object{"outcome": "injured"}), 422, []string{"/losses member_missing"}},
		"of a death that disables":    {asking(object{"losses": []object{{"kind": "disability", "part": "nose"}}}), 422, []string{"/losses/0/kind member_not_expected"}},
		"of children of the injured":  {asking(object{"outcome": "injured", "losses": []object{{"kind": "medical_care", "cost_amount": 1}}, "children": kin}), 422, []string{"/children member_not_expected"}},
		"of children in 2018":         {asking(object{"occurred_on": "2018-03-02", "children": kin}), 422, []string{"/children benefit_not_known"}},
		"of spectacles in 2018":       {asking(object{"occurred_on": "2018-03-02", "outcome": "injured", "losses": []object{{"kind": "spectacles", "cost_amount": 1}}}), 422, []string{"/losses/0/kind benefit_not_known"}},
		"of a part nobody has":        {disabled(object{"kind": "disability", "part": "tail"}), 422, []string{"/losses/0/part part_unknown"}},
		"of a scalp too dear":         {disabled(object{"kind": "disability", "part": "scalp", "assessed_rate": 3_001}), 422, []string{"/losses/0/assessed_rate rate_outside_range"}},
		"of care for years":           {injured(object{"kind": "home_care", "cost_amount": 1, "months": 13}), 422, []string{"/losses/0/months care_too_long"}},
		"of everything and an eye":    {disabled(object{"kind": "disability", "total": true}, object{"kind": "disability", "part": "one_eye"}), 422, []string{"/losses disability_not_alone"}},
		"of days named twice":         {injured(stretch("2024-03-01", "2024-03-31"), stretch("2024-03-31", "2024-04-01")), 422, []string{"/losses/1 stretches_overlap"}},
		"of days before it happened":  {injured(stretch("2024-02-14", "2024-03-31")), 422, []string{"/losses/0/from_on before_event"}},
		"of a death in hospital":      {asking(object{"ex_gratia": object{"body": "kpu", "inpatient_days": 3}}), 422, []string{"/ex_gratia/inpatient_days member_not_expected"}},
		"of all faults at once": {asking(object{
			"outcome": "disabled", "losses": []object{{"kind": "transport", "cost_amount": 1}}, "children": kin, "ex_gratia": object{"body": "kpu"},
		}), 422, []string{"/children member_not_expected", "/ex_gratia/loss_percent member_missing", "/losses/0/mode member_missing"}},
		"of one fault of both programmes": {asking(object{"programmes": nil, "occurred_on": "2018-03-02", "children": kin}), 422, []string{"/children benefit_not_known"}},
		"of nothing known":                {asking(object{"outcome": "lost"}), 400, []string{"/outcome not_listed"}},
		"of no day":                       {asking(object{"occurred_on": nil}), 400, []string{"/occurred_on required"}},
		"of a misspelt word":              {asking(object{"left_handled": true}), 400, []string{"/left_handled unknown_field"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, language := range []string{"id", "en"} {
				got := w.government.send(post(estimates, tt.in).under("Accept-Language", language)).must(t, tt.status)
				if fmt.Sprint(got.faults(t)) != fmt.Sprint(tt.faults) {
					t.Errorf("%v, want %v", got.faults(t), tt.faults)
				}
				if tt.faults == nil {
					same(t, "code", got.code(t), "tariff_schedule_missing")
				}
			}
		})
	}
}

// correction is a rule of any kind as it would be corrected.
func (w *world) correction(path string, changes object) object {
	w.t.Helper()
	o := w.admin.get(path).must(w.t, 200).input(w.t, changes)
	for _, fixed := range []string{"programme", "body", "clock"} {
		delete(o, fixed)
	}
	return o
}

// TestEveryKindOfRuleIsThereToReadAndToCorrect: a correction is a further revision, those
// before stay to be read, and only a national ministry makes one.
func TestEveryKindOfRuleIsThereToReadAndToCorrect(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for list, tt := range map[string]struct {
		names, filter, filtered, name string
		changes                       object
	}{
		benefits: {
			"[jkk-2015-07 jkm-2015-07 jkk-2019-12 jkm-2019-12 jkm-2025-02]", "programme=jkk", "[jkk-2015-07 jkk-2019-12]", "jkk-2019-12",
			object{"late_payment": object{"day_rate": 200}},
		},
		gifts:        {"[kpu-2023-02]", "body=bawaslu", "[]", "kpu-2023-02", object{"disability": object{"most_amount": 40_000_000}}},
		requirements: {"[documents-2015-07]", "day=2015-06-30", "[]", "documents-2015-07", object{"law": "Permenaker 9/2026"}},
		clocks: {
			"[data_change-2015-07 incident_conclusion-2015-07 incident_report-2015-07 jkk_claim-2015-07 jkk_payment-2015-07 jkm_payment-2015-07 " +
				"jkk_claim-2019-12 personal_data_access-2022-10 personal_data_breach-2022-10 personal_data_correction-2022-10 guarantee_conclusion-2023-10]",
			"clock=jkk_claim", "[jkk_claim-2015-07 jkk_claim-2019-12]", "jkk_claim-2019-12",
			object{"years": 6},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := w.kpu.get(list)
			same(t, "all", fmt.Sprint(rulesOf(t, all)), tt.names)
			w.kpu.send(call{method: "GET", path: list}.under("If-None-Match", all.Header.Get("ETag"))).must(t, 304)
			same(t, "some", fmt.Sprint(rulesOf(t, w.kpu.get(list+"?"+tt.filter))), tt.filtered)
			path := list + "/" + tt.name
			was := w.kpu.get(path).must(t, 200)
			w.kpu.send(call{method: "GET", path: path}.under("If-None-Match", was.Header.Get("ETag"))).must(t, 304)
			same(t, "an unknown one", w.kpu.get(list+"/no-such-rule").must(t, 404).code(t), "resource_unknown")
			same(t, "of an unknown one", w.admin.put(list+"/no-such-rule", "*", w.correction(path, nil)).must(t, 404).code(t), "resource_unknown")

			fix := call{method: "PUT", path: path, body: w.correction(path, tt.changes)}.under("If-Match", `"1"`)
			for name, by := range map[string]caller{"KPU RI": w.nation, "a KPU": w.kpu, "BPJS": w.branch} {
				same(t, name, by.send(fix).must(t, 403).code(t), "not_allowed")
			}
			same(t, "tried", w.admin.send(fix.dry()).must(t, 200).object(t)["dry_run"], any(true))
			done := w.admin.send(fix).must(t, 200)
			same(t, "version", fmt.Sprint(done.object(t)["version_name"], done.Header.Get("ETag")), tt.name+`.2"2"`)
			same(t, "of one that was read before", w.admin.send(fix).must(t, 412).code(t), "version_stale")
			same(t, "read again", string(w.kpu.get(path).must(t, 200).raw), string(done.raw))
			same(t, "as it was", string(w.kpu.get(path+"?revision=1").must(t, 200).raw), string(was.raw))
			w.kpu.get(path+"?revision=3").must(t, 404)
			again := w.admin.put(path, `"2"`, w.correction(path, nil)).must(t, 200).object(t)
			now := done.object(t)
			for _, o := range []object{again, now} {
				delete(o, "revision")
				delete(o, "version_name")
			}
			same(t, "nothing is lost on the way", fmt.Sprint(again), fmt.Sprint(now))
		})
	}
	same(t, "events", one[int](w.server, `select count(*) from events where type = 'tariff_corrected'`), 8)
}

// TestAnEstimateFollowsACorrectionAtOnce, and tells which revision it was rated with.
func TestAnEstimateFollowsACorrectionAtOnce(t *testing.T) {
	t.Parallel()
	w := settle(t)
	ask := asking(object{"outcome": "disabled", "losses": []object{{"kind": "disability", "part": "one_eye"}}})
	option := func() object {
		return w.kpu.post(estimates, ask).must(t, 200).object(t)["options"].([]any)[0].(object)
	}
	before := option()
	body := w.correction(benefits+"/jkk-2019-12", nil)
	for _, p := range body["disability"].(object)["parts"].([]any) {
		if part := p.(object); part["part"] == "one_eye" {
			part["rate"] = 4_000
		}
	}
	w.admin.put(benefits+"/jkk-2019-12", "*", body).must(t, 200)
	after := option()
	same(t, "before", fmt.Sprintln(before["schedule"], whole(before["programme_amount"])), "jkk-2019-12 30800000\n")
	same(t, "after", fmt.Sprintln(after["schedule"], whole(after["programme_amount"])), "jkk-2019-12.2 35200000\n")
}

// TestABrokenRuleIsRefused whole: nothing of it is kept.
func TestABrokenRuleIsRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	jkk := func(changes object) object { return w.correction(benefits+"/jkk-2019-12", changes) }
	gift := func(changes object) object { return w.correction(gifts+"/kpu-2023-02", changes) }
	parts := func(list ...object) object {
		o := jkk(nil)
		o["disability"].(object)["parts"] = list
		return o
	}
	schooling := func(changes object) object {
		o := jkk(nil)
		maps.Copy(o["scholarship"].(object), changes)
		return o
	}
	grades := func(list ...object) object { return gift(object{"grades": list}) }
	grade := func(days int) object {
		return object{"grade": "moderate", "inpatient_days": days, "percent": 25, "most_amount": 1}
	}
	entry := object{"document": "testament", "streams": []string{"jkk", "jkm"}, "when": "heir", "mandatory": false}
	rules := one[int](w.server, `select count(*) from tariff_rules`)
	const last = benefits + "/jkk-2019-12"
	for name, tt := range map[string]struct {
		path   string
		body   object
		status int
		fault  string
	}{
		"a cost that is named twice":         {last, jkk(object{"costs": []object{{"kind": "denture"}, {"kind": "denture"}}}), 422, "/costs/1 repeated_item"},
		"transport by no way":                {last, jkk(object{"costs": []object{{"kind": "transport"}}}), 422, "/costs/0/mode member_missing"},
		"dentures by sea":                    {last, jkk(object{"costs": []object{{"kind": "denture", "mode": "sea"}}}), 422, "/costs/0/mode member_not_expected"},
		"a limit below nothing":              {last, jkk(object{"costs": []object{{"kind": "denture", "most_amount": -1}}}), 422, "/costs/0/most_amount amount_not_positive"},
		"a cost that is none":                {last, jkk(object{"costs": []object{{"kind": "funeral"}}}), 400, "/costs/0/kind not_listed"},
		"a last tier that ends":              {last, jkk(object{"incapacity": object{"days_in_month": 30, "tiers": []object{{"percent": 100, "months": 12}}}}), 422, "/incapacity/tiers/0 tiers_not_open"},
		"a part that is named twice":         {last, parts(object{"part": "nose", "rate": 1}, object{"part": "nose", "rate": 2}), 422, "/disability/parts/1/part repeated_item"},
		"a part with one side":               {last, parts(object{"part": "thumb", "right_rate": 1}), 422, "/disability/parts/0 part_rates_unclear"},
		"a range that is none":               {last, parts(object{"part": "scalp", "rate": 2, "most_rate": 2}), 422, "/disability/parts/0 part_rates_unclear"},
		"a level that is named twice":        {last, schooling(object{"levels": []object{{"level": "primary", "year_amount": 1, "years": 1}, {"level": "primary", "year_amount": 1, "years": 1}}}), 422, "/scholarship/levels/1/level repeated_item"},
		"a school year of nothing":           {last, schooling(object{"levels": []object{{"level": "primary", "year_amount": 0, "years": 1}}}), 422, "/scholarship/levels/0/year_amount amount_implausible"},
		"a gift of a base":                   {gifts + "/kpu-2023-02", gift(object{"items": []object{{"kind": "death", "times": 1, "of_base": true}}}), 422, "/items/0/of_base member_not_expected"},
		"grades that rise":                   {gifts + "/kpu-2023-02", grades(grade(1), grade(2), grade(0)), 422, "/grades/1/inpatient_days grades_not_descending"},
		"no grade for outpatients":           {gifts + "/kpu-2023-02", grades(grade(2), grade(1)), 422, "/grades/1/inpatient_days grades_not_descending"},
		"a gift that ends":                   {gifts + "/kpu-2023-02", gift(object{"to": "2030-12-31"}), 422, "/to schedule_not_seamless"},
		"a document that is asked for twice": {requirements + "/documents-2015-07", w.correction(requirements+"/documents-2015-07", object{"entries": []object{entry, entry}}), 422, "/entries/1 repeated_item"},
		"a list that begins late":            {requirements + "/documents-2015-07", w.correction(requirements+"/documents-2015-07", object{"from": "2016-01-01"}), 422, "/from schedule_not_seamless"},
		"a clock of two units":               {clocks + "/jkk_claim-2019-12", w.correction(clocks+"/jkk_claim-2019-12", object{"hours": 48, "near": object{"days": 30, "hours": 1}}), 422, "/near clock_units clock_units"},
		"a clock of none":                    {clocks + "/jkk_claim-2019-12", object{"from": "2019-12-02", "law": "PP 82/2019", "certainty": "secondary", "near": object{"days": 30}}, 422, "clock_units"},
		"a clock that leaves a gap":          {clocks + "/jkk_claim-2019-12", w.correction(clocks+"/jkk_claim-2019-12", object{"from": "2019-12-03"}), 422, "/from schedule_not_seamless"},
		"a clock of no law":                  {clocks + "/jkk_claim-2019-12", w.correction(clocks+"/jkk_claim-2019-12", object{"law": " "}), 422, "/law blank"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.admin.put(tt.path, "*", tt.body).must(t, tt.status)
			if want := fmt.Sprintf("[%s]", tt.fault); fmt.Sprint(got.faults(t)) != want {
				t.Errorf("%v, want %s", got.faults(t), want)
			}
		})
	}
	same(t, "rules", one[int](w.server, `select count(*) from tariff_rules`), rules)
}
