package api_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// change is how a member of a merge patch is tried out: a value that it may have,
// with what must go with it, and what null comes to.
type change struct {
	at    string // another thing than the others are tried at
	value any
	with  object // other members that the value needs
	shown any    // how the value is shown; the value itself unless told
	clear object // other members that null needs
	null  any    // what is shown after null; nothing unless told
	fault string // with which null is refused by a rule, if it is
}

// changes are those of one merge patch, and who makes them.
type changes struct {
	by      caller
	path    string
	members map[string]change
}

// patches has a change for every member of every merge patch.
func (w *world) patches() map[string]changes {
	of := func(path string, members map[string]change) changes { return changes{w.kpu, path, members} }
	parties := w.agreement()["parties"].([]object)
	reference := map[string]any{"skpd_code": "8.01", "stage": "nphd_2", "account_code": "5.1.02.02.01.0075"}
	return map[string]changes{
		"BudgetPatch": {w.government, "/v1/budgets/" + w.ids["budget_id"], map[string]change{
			"reference": {value: "900/13/NPHD/2024"}, "ceiling_amount": {value: 20_000_000.0}, "agreement_ids": {value: []any{w.ids["agreement_id"]}},
		}},
		"InvoicePatch": {w.government, "/v1/invoices/" + w.ids["open_invoice_id"], map[string]change{
			"budget_reference": {value: reference, null: map[string]any{}},
			"disbursement":     {value: map[string]any{"sp2d_number": "SP2D-1", "sp2d_on": "2024-11-27"}, null: map[string]any{}},
		}},
		"OrganisationPatch": of("/v1/organisations/"+w.organisations["kpu"], map[string]change{
			"name": {value: "KPU Kabupaten Kapuas Hulu"}, "npp": {value: "AB123456"}, "npwp": {value: "012345678901234"},
			"time_zone": {value: "Asia/Makassar"}, "external_id": {value: "KPU-6106"},
		}),
		"AgreementPatch": of("/v1/agreements/"+w.ids["changing_agreement_id"], map[string]change{
			"title": {value: "Perjanjian kedua"}, "election_code": {value: "pemilu_2024"}, "risk_class": {value: "ii"},
			"segment":              {value: "bpu", with: object{"wage_base_policy": "bpu_tier"}},
			"wage_base_policy":     {value: "minimum_wage", with: object{"declared_wage_amount": 3_000_000, "segment": "pu"}},
			"declared_wage_amount": {value: 2_500_000.0, with: object{"wage_base_policy": "declared", "segment": "pu"}, clear: object{"wage_base_policy": "honorarium"}},
			"funding_source":       {value: "apbd"}, "starts_on": {value: "2024-09-01"}, "ends_on": {value: "2025-01-31"},
			"legal_bases": {value: []any{"Inpres 2/2021", "Perda 1/2024"}}, "month_rule": {value: "anniversary"}, "billing": {value: "manual"},
			"contributions_per_term": {value: 2.0},
			"parties": {value: []object{parties[0], parties[2]}, shown: []any{
				object{"organisation_id": w.organisations["kpu"], "role": "organiser", "number": "12/PKS/2024"},
				object{"organisation_id": w.organisations["branch"], "role": "branch", "number": "PER/88/082024"},
			}},
			"positions": {value: []object{{"position": "pps", "headcount": 6}}, shown: []any{object{"position": "pps", "headcount": 6.0, "included": true}}},
		}),
		"FundPatch": of(w.fill("/v1/ex-gratia-funds/{fund_id}"), map[string]change{
			"ceiling_amount": {value: 920_000_000.0}, "reference": {value: "DIPA-076.02/2024"},
		}),
		"IncidentPatch": of(w.fill("/v1/incidents/{changing_incident_id}"), map[string]change{
			"place": {value: "TPS 5"}, "traffic": {value: true}, "narrative": {value: "Pingsan di jalan."},
			"witnesses":   {value: []any{object{"full_name": "Joko Contoh", "phone": "081200000002"}}},
			"care":        {value: object{"facility": "RSUD Rahasia", "in_network": false, "admitted_on": "2024-11-27", "discharged_on": "2024-11-28"}},
			"kind":        {at: w.fill("/v1/incidents/{unclear_incident_id}"), value: "violence"},
			"outcome":     {at: w.fill("/v1/incidents/{unclear_incident_id}"), value: "died"},
			"occurred_at": {at: w.fill("/v1/incidents/{unclear_incident_id}"), value: "2024-11-27T11:00:00+07:00", shown: "2024-11-27T04:00:00Z"},
			"disease": {at: w.fill("/v1/incidents/{disease_incident_id}"), value: object{
				"job": "Pantarlih", "tenure_months": 3.0, "exposure": "Debu", "diagnosis": "Asma",
			}, fault: "/disease disease_missing"},
		}),
		"HeirPatch": of(w.fill("/v1/incidents/{incident_id}/heirs/{unclaimed_heir_id}"), map[string]change{
			"full_name": {value: "Endah Contoh"}, "nik": {value: "9906015203140024"}, "born_on": {value: "2014-03-12"}, "phone": {value: "081200000016"},
			"bank_account_number": {value: "7700112255"}, "bank_account_name": {value: "Endah Contoh"}, "bank_account_bank": {value: "Bank Waris Desa"},
			"guardian": {value: object{"full_name": "Joko Contoh", "nik": "9906014101590017", "phone": "081200000017"}},
		}),
		"ClaimPatch": of(w.fill("/v1/claims/{changing_death_claim_id}"), map[string]change{
			"losses":      {value: []any{object{"kind": "medical_care", "cost_amount": 1_000_000.0}}},
			"left_handed": {value: true}, "payee_id": {value: w.ids["changing_payee_id"]}, "reimbursement": {value: true},
			"pupils": {at: w.fill("/v1/claims/{scholarship_id}"), value: []any{object{
				"heir_id": w.ids["changing_heir_id"], "level": "junior_secondary", "unmarried": true, "not_working": true,
			}}},
		}),
		"OfficerPatch": of("/v1/officers/"+w.ids["polling_officer_id"], map[string]change{
			"external_id": {value: "S-9999"}, "nik": {value: "9906014508890777"}, "full_name": {value: "Rini Contoh"}, "born_on": {value: "1989-08-06"},
			"sex": {value: "male"}, "role": {value: "chair"}, "area_code": {value: "61.06.01.2004"}, "decree_number": {value: "46/2024"},
			"polling_station": {value: "12", fault: "/polling_station polling_station_missing"},
			"term_from":       {value: "2024-11-08"}, "term_to": {value: "2024-12-07"},
			"monthly_honorarium_amount": {value: 800_000.0, null: 850_000.0}, // the election's
			"phone":                     {value: "0811-1111-111", shown: "+628111111111"}, "email": {value: "rini@contoh.example"}, "kpj": {value: "12345678901"},
		}),
	}
}

// TestAbsentNullAndAValueAreThreeThings for every member of every merge patch of
// the contract: a value is taken over, absence leaves it, null empties it where
// the contract lets it, and is refused where it does not.
func TestAbsentNullAndAValueAreThreeThings(t *testing.T) {
	t.Parallel()
	w := busy(t)
	polling := siti(70, object{"position": "kpps", "polling_station": "3", "term_from": "2024-11-07", "term_to": "2024-12-08"})
	w.ids["polling_officer_id"] = w.kpu.post("/v1/officers", polling).must(t, 201).id(t)
	w.schooling()
	patches := w.patches()
	for _, o := range operations() {
		if o.method != "PATCH" {
			continue
		}
		schema := o.RequestBody.Value.Content["application/merge-patch+json"].Schema
		name := schema.Ref[len("#/components/schemas/"):]
		t.Run(name, func(t *testing.T) {
			patch, known := patches[name]
			if !known {
				t.Fatal("no path to try it at")
			}
			for _, member := range slices.Sorted(maps.Keys(schema.Value.Properties)) {
				c, known := patch.members[member]
				if !known {
					t.Errorf("no value for %s", member)
					continue
				}
				w.tryMember(t, patch, member, c, schema.Value.Properties[member].Value)
			}
			before := patch.by.get(patch.path).object(t)
			empty := patch.by.patch(patch.path, "*", object{}).must(t, 200).object(t)
			for _, own := range []string{"version", "updated_at", "warnings"} {
				delete(before, own)
				delete(empty, own)
			}
			same(t, "after an empty patch", fmt.Sprint(empty), fmt.Sprint(before))
			for _, own := range []string{"id", "version", "status", "created_at", "actions"} {
				got := patch.by.patch(patch.path, "*", object{own: "x"}).must(t, 400)
				same(t, own, got.faults(t)[0], "/"+own+" unknown_field")
			}
			as := patch.by.send(call{method: "PATCH", path: patch.path, body: object{}, header: map[string]string{"If-Match": "*", "Content-Type": "application/json"}})
			same(t, "as plain JSON", as.must(t, 415).code(t), "media_type_unsupported")
		})
	}
}

// schooling lets a busy world claim a scholarship for the first who died, and the death of
// another; and somebody fall ill from their work.
func (w *world) schooling() {
	w.t.Helper()
	w.kpu.post(w.fill("/v1/claims/{draft_claim_id}/submit"), nil).must(w.t, 200)
	w.grants(w.ids["draft_claim_id"])
	w.ids["scholarship_id"] = w.kpu.post("/v1/claims", object{
		"incident_id": w.ids["incident_id"], "programme": "scholarship", "school_year": 2024, "pupils": []object{{
			"heir_id": w.ids["changing_heir_id"], "level": "primary", "unmarried": true, "not_working": true,
		}},
	}).must(w.t, 201).id(w.t)
	w.ids["unclaimed_heir_id"] = w.names(w.kpu, w.ids["incident_id"], lestari(object{"nik": "9906015203140018"}))
	ill := w.accident()
	ill["kind"], ill["disease"] = "occupational_disease", object{"job": "Pantarlih", "tenure_months": 2, "exposure": "Debu", "diagnosis": "Asma"}
	w.ids["disease_incident_id"] = w.kpu.post("/v1/incidents", ill).must(w.t, 201).id(w.t)
	second := w.kpu.post("/v1/officers/search", object{"external_ids": []string{"S-0002"}}).must(w.t, 200).items(w.t)
	death := w.kpu.post("/v1/incidents", w.death(name(second[0]))).must(w.t, 201).id(w.t)
	w.ids["changing_death_claim_id"] = name(w.claimOf(w.kpu, death))
	w.ids["changing_payee_id"] = w.names(w.kpu, death, budi())
}

func (w *world) tryMember(t *testing.T, of changes, member string, c change, schema *openapi3.Schema) {
	t.Helper()
	if c.at != "" {
		of.path = c.at
	}
	shown := func() any {
		return of.by.send(get(of.path).under("Purpose", "verification")).must(t, 200).object(t)[member]
	}
	body := object{member: c.value}
	maps.Copy(body, c.with)
	of.by.patch(of.path, "*", body).must(t, 200)
	want := c.shown
	if want == nil {
		want = c.value
	}
	same(t, member+" with a value", fmt.Sprint(shown()), fmt.Sprint(want))
	of.by.patch(of.path, "*", object{}).must(t, 200)
	same(t, member+" after a patch without it", fmt.Sprint(shown()), fmt.Sprint(want))

	body = object{member: nil}
	maps.Copy(body, c.clear)
	got := of.by.patch(of.path, "*", body)
	switch {
	case !schema.Nullable:
		same(t, member+" null", got.must(t, 400).faults(t)[0], "/"+member+" null_not_allowed")
		same(t, member+" after null was refused", fmt.Sprint(shown()), fmt.Sprint(want))
	case c.fault != "":
		same(t, member+" null", got.must(t, 422).faults(t)[0], c.fault)
	default:
		got.must(t, 200)
		same(t, member+" after null", fmt.Sprint(shown()), fmt.Sprint(c.null))
	}
}
