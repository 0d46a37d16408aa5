package api_test

import (
	"fmt"
	"testing"
	"time"
)

// quotation asks for one, and returns its two options.
func (c caller) quotation(t *testing.T, in object) (whole, pu, bpu object) {
	t.Helper()
	whole = c.post("/v1/quotations", in).must(t, 200).object(t)
	options, _ := whole["options"].([]any)
	if len(options) != 2 {
		t.Fatalf("%d options", len(options))
	}
	pu, bpu = options[0].(object), options[1].(object)
	same(t, "segments", fmt.Sprint(pu["segment"], bpu["segment"]), "pubpu")
	return whole, pu, bpu
}

// heads are positions with their head-counts.
func heads(counts ...any) (list []object) {
	for i := 0; i < len(counts); i += 2 {
		list = append(list, object{"position": counts[i], "headcount": counts[i+1]})
	}
	return list
}

// linesOf tells what an option says of each position and role.
func linesOf(option object, members ...string) map[string]string {
	all := map[string]string{}
	lines, _ := option["lines"].([]any)
	for _, l := range lines {
		line, _ := l.(object)
		text := ""
		for _, m := range members {
			if amount, ok := line[m].(float64); ok {
				text += fmt.Sprintf("%d ", int64(amount))
			} else {
				text += fmt.Sprint(line[m], " ")
			}
		}
		all[fmt.Sprint(line["position"], " ", line["role"])] = text[:len(text)-1]
	}
	return all
}

// amount reads one of an object.
func amount(o object, name string) int64 {
	v, _ := o[name].(float64)
	return int64(v)
}

// TestWhatItCostsToCoverOurKPPS is one call: Sumatera Selatan has 92,295 members of
// 13,185 polling stations.
func TestWhatItCostsToCoverOurKPPS(t *testing.T) {
	t.Parallel()
	w := settle(t)
	whole, pu, bpu := w.government.quotation(t, object{
		"election_code": "pilkada_2024", "positions": heads("kpps", 92_295), "funding_source": "nphd",
	})
	same(t, "officers", amount(whole, "officers"), int64(92_295))
	same(t, "doubts", whole["warnings"], nil)
	same(t, "lines", fmt.Sprint(linesOf(pu, "officers", "wage_base_amount", "jkk_amount", "jkm_amount", "monthly_amount", "term_amount", "contributions")),
		"map[kpps chair:13185 900000 2160 2700 64079100 128158200 2 kpps member:79110 850000 2040 2550 363114900 726229800 2]")
	same(t, "PU a month", amount(pu, "monthly_amount"), int64(427_194_000))
	same(t, "PU for the term", amount(pu, "term_amount"), int64(854_388_000))
	same(t, "BPU a month", amount(bpu, "monthly_amount"), int64(92_295*16_800))
	same(t, "BPU for the term", amount(bpu, "term_amount"), int64(2*92_295*16_800))
	same(t, "months of PU", fmt.Sprint(pu["months"]), "[map[due_on:2024-12-16 month:2024-11 month_amount:4.27194e+08 officers:92295] "+
		"map[due_on:2025-01-15 month:2024-12 month_amount:4.27194e+08 officers:92295]]")
	same(t, "months of BPU", fmt.Sprint(bpu["months"].([]any)[0].(object)["due_on"]), "2024-11-15")
	same(t, "rated by", fmt.Sprint(pu["schedules"], bpu["schedules"], bpu["reliefs"]), "[pu-2015-07] [bpu-2015-07] []")
	same(t, "bases", fmt.Sprint(pu["wage_base_policy"], " ", bpu["wage_base_policy"]), "honorarium bpu_tier")
	benefits, _ := pu["lines"].([]any)[0].(object)["benefits"].(object)
	same(t, "a chair's death at work", amount(benefits, "jkk_death_amount"), int64(48*900_000+22_000_000))
	same(t, "another death", amount(benefits, "jkm_death_amount"), int64(42_000_000))
	tiered, _ := bpu["lines"].([]any)[1].(object)["benefits"].(object)
	same(t, "a member's death at work, BPU", amount(tiered, "jkk_death_amount"), int64(48*1_000_000+22_000_000))
}

// TestMalangIsQuoted: 33 districts, 390 villages and 4,042 polling stations, with
// secretariats and Linmas.
func TestMalangIsQuoted(t *testing.T) {
	t.Parallel()
	w := settle(t)
	whole, pu, _ := w.kpu.quotation(t, object{"election_code": "pilkada_2024", "positions": heads(
		"ppk", 33*5, "sek_ppk", 33*3, "pps", 390*3, "sek_pps", 390*3, "kpps", 4042*7, "linmas", 4042*2)})
	same(t, "officers", amount(whole, "officers"), int64(38_982))
	same(t, "doubts", whole["warnings"], nil)
	same(t, "roles", fmt.Sprint(linesOf(pu, "officers")), "map[kpps chair:4042 kpps member:24252 linmas member:8084 ppk chair:33 ppk member:132 "+
		"pps chair:390 pps member:780 sek_ppk secretary:33 sek_ppk staff:66 sek_pps secretary:390 sek_pps staff:780]")
	// 33 districts, 390 villages and 4,042 stations at what each body costs a month.
	want := int64(33*(13_500+4*11_880+9_990+2*7_020) + 390*(8_100+2*7_020+6_210+2*5_670) + 4042*(4_860+6*4_590+2*3_510))
	same(t, "a month", amount(pu, "monthly_amount"), want)
	// PPK and PPS serve nine months, the stations two.
	months := pu["months"].([]any)
	same(t, "months", len(months), 9)
	first, last := months[0].(object), months[8].(object)
	same(t, "May", fmt.Sprint(first["month"], first["officers"], last["month"]), "2024-0526042025-01")
	same(t, "November", amount(months[6].(object), "month_amount"), want)
}

// kapuasHulu is 23 districts and 282 villages from the day of the agreement.
var kapuasHulu = object{
	"election_code": "pilkada_2024", "from_on": "2024-08-26", "to_on": "2025-01-27", "funding_source": "nphd",
	"positions": heads("ppk", 115, "sek_ppk", 69, "pps", 846, "sek_pps", 846),
}

// TestKapuasHuluIsQuoted: 1,876 officers for six months.
func TestKapuasHuluIsQuoted(t *testing.T) {
	t.Parallel()
	w := settle(t)
	whole, pu, bpu := w.kpu.quotation(t, kapuasHulu)
	same(t, "officers", amount(whole, "officers"), int64(1_876))
	same(t, "a month", amount(pu, "monthly_amount"), int64(13_148_730))
	same(t, "for the term", amount(pu, "term_amount"), int64(78_892_380))
	same(t, "months", len(pu["months"].([]any)), 6)
	same(t, "BPU a month", amount(bpu, "monthly_amount"),
		int64(23*(32_800+4*28_800+24_800+2*20_800)+282*(22_800+2*20_800+18_800+2*16_800)))
}

// TestAnOddHeadcountIsDoubted and quoted all the same: who is left over is a member.
func TestAnOddHeadcountIsDoubted(t *testing.T) {
	t.Parallel()
	w := settle(t)
	quoted := w.kpu.post("/v1/quotations", object{"election_code": "pilkada_2024", "positions": heads("kpps", 4579)}).must(t, 200)
	same(t, "doubts", fmt.Sprint(quoted.warnings(t)), "[/positions/0/headcount headcount_implausible]")
	_, pu, _ := w.kpu.quotation(t, object{"election_code": "pilkada_2024", "positions": heads("kpps", 4579)})
	same(t, "roles", fmt.Sprint(linesOf(pu, "officers")), "map[kpps chair:654 kpps member:3925]")
	params, _ := quoted.object(t)["warnings"].([]any)[0].(object)["params"].(object)
	same(t, "nearest", params["nearest"], 4578.0)
	named := object{"election_code": "pilkada_2024", "positions": []object{{"position": "kpps", "role": "chair", "headcount": 3}}}
	whole, pu, _ := w.kpu.quotation(t, named)
	same(t, "with a role", fmt.Sprint(linesOf(pu, "officers"), whole["warnings"]), "map[kpps chair:3] <nil>")
}

// TestBPUIsWeakerThanPeopleThink for a term of one or two months since February 2025.
func TestBPUIsWeakerThanPeopleThink(t *testing.T) {
	t.Parallel()
	w := settle(t)
	kpps := func(from, to string) object {
		return object{"from_on": from, "to_on": to, "positions": []object{{"position": "kpps", "headcount": 7, "monthly_wage_amount": 1_100_000}}}
	}
	_, pu, bpu := w.kpu.quotation(t, kpps("2025-11-07", "2025-12-08"))
	same(t, "PU", fmt.Sprint(told(pu["warnings"])), "[]")
	same(t, "BPU", fmt.Sprint(told(bpu["warnings"])), "[jkm_waiting_period]")
	params, _ := bpu["warnings"].([]any)[0].(object)["params"].(object)
	same(t, "months", fmt.Sprint(params["months"], params["needed"]), "2 3")
	benefits, _ := bpu["lines"].([]any)[0].(object)["benefits"].(object)
	same(t, "JKM", amount(benefits, "jkm_death_amount"), int64(10_000_000))
	same(t, "full after", amount(benefits, "jkm_full_after_months"), int64(3))
	_, _, bpu = w.kpu.quotation(t, kpps("2025-11-07", "2026-01-08"))
	same(t, "three months", fmt.Sprint(told(bpu["warnings"])), "[]")
	_, _, bpu = w.kpu.quotation(t, kpps("2024-11-07", "2024-11-30"))
	same(t, "before the rule", fmt.Sprint(told(bpu["warnings"])), "[]")
}

// TestEachMonthIsQuotedAtItsOwnRates: a relief that ends, and a schedule that begins,
// within the term.
func TestEachMonthIsQuotedAtItsOwnRates(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.admin.post(schedules, newSchedule("pu-2027-01")).must(t, 201)
	in := object{
		"from_on": "2026-11-15", "to_on": "2027-01-20", "funding_source": "self",
		"positions": []object{{"position": "pkd", "headcount": 10, "monthly_wage_amount": 1_000_000}},
	}
	amounts := func(option object) (list []int64) {
		for _, m := range option["months"].([]any) {
			list = append(list, amount(m.(object), "month_amount"))
		}
		return list
	}
	_, pu, bpu := w.kpu.quotation(t, in)
	same(t, "PU", fmt.Sprint(amounts(pu)), "[54000 54000 84000]")
	same(t, "PU for the term", amount(pu, "term_amount"), int64(192_000))
	same(t, "PU rated by", fmt.Sprint(pu["schedules"]), "[pu-2015-07.2 pu-2027-01]")
	same(t, "BPU", fmt.Sprint(amounts(bpu)), "[84000 84000 168000]")
	same(t, "BPU lowered by", fmt.Sprint(bpu["reliefs"]), "[pp50-2025-other]")
	in["funding_source"] = "apbd"
	_, _, bpu = w.kpu.quotation(t, in)
	same(t, "BPU on public money", fmt.Sprint(amounts(bpu), bpu["reliefs"]), "[168000 168000 168000] []")
	delete(in, "funding_source")
	_, _, bpu = w.kpu.quotation(t, in)
	same(t, "BPU on money of nobody knows whom", fmt.Sprint(bpu["reliefs"]), "[]")
	in["month_rule"], in["contributions_per_term"] = "anniversary", 1
	_, pu, _ = w.kpu.quotation(t, in)
	same(t, "one for the term", fmt.Sprint(amounts(pu)), "[54000]")
}

// TestARosterIsQuotedAsItIsBilled: on the wages of those who serve, for the months
// they owe.
func TestARosterIsQuotedAsItIsBilled(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	in := object{"agreement_id": w.ids["agreement_id"]}
	whole, pu, bpu := w.government.quotation(t, in)
	same(t, "officers", amount(whole, "officers"), int64(3))
	same(t, "lines", fmt.Sprint(linesOf(pu, "officers", "wage_amount", "from_on", "to_on", "contributions", "term_amount")),
		"map[pps chair:1 1500000 2024-08-26 2025-01-27 6 48600 pps member:2 1300000 2024-08-26 2025-01-27 6 84240]")
	same(t, "BPU a month", amount(bpu, "monthly_amount"), int64(22_800+2*20_800))
	var billed int64
	w.at(time.Date(2025, 2, 3, 9, 0, 0, 0, wib))
	for n, month := range []string{"2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01"} {
		invoice := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": month}).must(t, 201).object(t)
		billed += amount(invoice, "total_amount")
		quoted, _ := pu["months"].([]any)[n].(object)
		same(t, month, fmt.Sprint(amount(quoted, "month_amount"), quoted["due_on"]), fmt.Sprint(amount(invoice, "total_amount"), invoice["due_on"]))
	}
	same(t, "for the term", amount(pu, "term_amount"), billed)
	_, pu, _ = w.kpu.quotation(t, object{"agreement_id": w.ids["agreement_id"], "to_on": "2024-09-30"})
	same(t, "of two months", amount(pu, "term_amount"), int64(2*(8_100+2*7_020)))
}

// TestARosterIsQuotedOnTheWageOfItsAgreement: a declared wage is the base of PU, the
// honorarium still picks the tier of BPU; whoever has neither is left out.
func TestARosterIsQuotedOnTheWageOfItsAgreement(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	declared := w.sign(t, object{"wage_base_policy": "minimum_wage", "declared_wage_amount": 2_900_000}, "2024-08-26")
	_, pu, bpu := w.branch.quotation(t, object{"agreement_id": declared})
	same(t, "PU", fmt.Sprint(pu["wage_base_policy"], linesOf(pu, "wage_base_amount")), "minimum_wagemap[pps chair:2900000 pps member:2900000]")
	same(t, "BPU", fmt.Sprint(bpu["wage_base_policy"], linesOf(bpu, "wage_base_amount")), "bpu_tiermap[pps chair:1600000 pps member:1400000]")
	w.exec(`update officers set honorarium = 0 where role = 'chair'`)
	left := w.branch.post("/v1/quotations", object{"agreement_id": w.ids["agreement_id"]}).must(t, 200)
	same(t, "doubts", fmt.Sprint(left.warnings(t)), "[/agreement_id honorarium_unknown]")
	same(t, "officers", amount(left.object(t), "officers"), int64(2))
	nobody := w.sign(t, object{"positions": []object{{"position": "linmas", "headcount": 2}}}, "2024-08-26")
	whole, _, _ := w.branch.quotation(t, object{"agreement_id": nobody})
	same(t, "nobody", amount(whole, "officers"), int64(0))
}

// TestAQuotationIsRefused where nobody could answer it, and each gap at its place.
func TestAQuotationIsRefused(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	draft := w.kpu.post("/v1/agreements", w.agreement()).must(t, 201).id(t)
	quote := func(o object) call { return post("/v1/quotations", o) }
	kpps := heads("kpps", 7)
	for name, tt := range map[string]refusal{
		"of nothing":                  {quote(object{}), 422, "rule_broken", []string{"body /positions quotation_incomplete"}},
		"of a roster and head-counts": {quote(object{"agreement_id": w.ids["agreement_id"], "positions": kpps}), 422, "rule_broken", []string{"body /positions headcount_or_roster"}},
		"of a roster and an election": {quote(object{"agreement_id": w.ids["agreement_id"], "election_code": "pilkada_2024"}), 422, "rule_broken", []string{"body /election_code headcount_or_roster"}},
		"of an unknown agreement":     {quote(object{"agreement_id": w.ids["officer_id"]}), 422, "rule_broken", []string{"body /agreement_id agreement_unknown"}},
		"of no term and no wage":      {quote(object{"positions": kpps}), 422, "rule_broken", []string{"body /positions/0/monthly_wage_amount no_honorarium_known", "body /positions/0/position no_term_known"}},
		"of a term without its end":   {quote(object{"election_code": "pilkada_2024", "positions": heads("pkd", 1)}), 422, "rule_broken", []string{"body /positions/0/position no_term_known"}},
		"of an unknown election":      {quote(object{"election_code": "pilkada_1924", "positions": kpps, "from_on": "2024-11-07", "to_on": "2024-12-08"}), 422, "rule_broken", []string{"body /election_code election_unknown", "body /positions/0/monthly_wage_amount no_honorarium_known"}},
		"of an unknown position":      {quote(object{"election_code": "pilkada_2024", "positions": heads("kpps", 7, "kapal", 1)}), 422, "rule_broken", []string{"body /positions/1/position position_unknown"}},
		"of an unknown role":          {quote(object{"election_code": "pilkada_2024", "positions": []object{{"position": "kpps", "role": "staff", "headcount": 7}}}), 422, "rule_broken", []string{"body /positions/0/role role_unknown"}},
		"of a wage of nothing":        {quote(object{"election_code": "pilkada_2024", "positions": []object{{"position": "kpps", "headcount": 7, "monthly_wage_amount": 0}}}), 422, "rule_broken", []string{"body /positions/0/monthly_wage_amount amount_implausible"}},
		"of a wage of a fortune":      {quote(object{"election_code": "pilkada_2024", "positions": []object{{"position": "kpps", "headcount": 7, "monthly_wage_amount": 100_000_001}}}), 422, "rule_broken", []string{"body /positions/0/monthly_wage_amount amount_implausible"}},
		"of days the wrong way round": {quote(object{"election_code": "pilkada_2024", "positions": kpps, "from_on": "2025-01-01"}), 422, "rule_broken", []string{"body /to_on ends_before_start"}},
		"of more than six years":      {quote(object{"election_code": "pilkada_2024", "positions": kpps, "to_on": "2031-01-01"}), 422, "rule_broken", []string{"body /to_on period_too_long"}},
		"of more than there are":      {quote(object{"election_code": "pilkada_2024", "positions": heads("kpps", 7_000_000, "linmas", 4_000_000)}), 422, "rule_broken", []string{"body /positions/1/headcount too_large"}},
		"of a roster's days":          {quote(object{"agreement_id": w.ids["agreement_id"], "from_on": "2025-02-01"}), 422, "rule_broken", []string{"body /to_on ends_before_start"}},
		"of days before the law":      {quote(object{"election_code": "pilkada_2024", "positions": kpps, "from_on": "2014-01-01", "to_on": "2014-12-31"}), 422, "tariff_schedule_missing", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.government.send(tt.call)
			if got.StatusCode != tt.status || got.code(t) != tt.code || fmt.Sprint(got.places(t)) != fmt.Sprint(tt.faults) {
				t.Errorf("%d %s %v, want %d %s %v", got.StatusCode, got.code(t), got.places(t), tt.status, tt.code, tt.faults)
			}
		})
	}
	same(t, "a draft, to whoever pays", w.government.send(quote(object{"agreement_id": draft})).must(t, 403).code(t), "party_role_required")
	w.kpu.send(quote(object{"agreement_id": draft})).must(t, 200)
	stranger := w.join(w.admin, "stranger", object{"kind": "kpu", "level": "regency", "area_code": "61.07", "name": "KPU lain"})
	same(t, "a stranger", stranger.send(quote(object{"agreement_id": w.ids["agreement_id"]})).must(t, 422).places(t)[0], "body /agreement_id agreement_unknown")
}
