package api_test

import (
	"fmt"
	"testing"
)

// TestEveryReasonHasARemedy: whatever a claim is returned, rejected, reopened or appealed
// for is told with what to do next, in both languages.
func TestEveryReasonHasARemedy(t *testing.T) {
	t.Parallel()
	w := busy(t)
	claim := w.ids["short_claim_id"]
	path := "/v1/claims/" + claim
	reasons := func(schema string) (all []string) {
		for _, reason := range document().Components.Schemas[schema].Value.Enum {
			all = append(all, fmt.Sprint(reason))
		}
		return all
	}
	because := func(reason string) object { return object{"reason": reason, "note": "Lihat surat."} }
	for _, reason := range reasons("ReturnReason") {
		one := altered(because(reason), object{"document_kind": "care_receipt"})
		w.branch.post(path+"/return", object{"reasons": []object{one}}).must(t, 200)
		w.kpu.post(path+"/submit", nil).must(t, 200)
	}
	appeals, reopenings := reasons("AppealReason"), reasons("ReopeningReason")
	for n, reason := range reasons("RejectionReason") {
		w.branch.another().post(path+"/reject", because(reason)).must(t, 200)
		w.kpu.post(path+"/appeal", because(appeals[n%len(appeals)])).must(t, 200)
	}
	for _, reason := range reopenings {
		w.branch.another().post(path+"/reject", because("untrue")).must(t, 200)
		w.branch.another().post(path+"/reopen", because(reason)).must(t, 200)
	}
	told := map[string]map[string]string{}
	for _, language := range []string{"id", "en"} {
		for _, step := range w.kpu.send(get(path).under("Accept-Language", language)).must(t, 200).object(t)["history"].([]any) {
			for _, r := range step.(object)["reasons"].([]any) {
				reason := r.(object)
				code := fmt.Sprint(reason["code"])
				if told[code] == nil {
					told[code] = map[string]string{}
				}
				told[code][language] = fmt.Sprint(reason["title"], " ", reason["remedy"])
			}
		}
	}
	for code, words := range told {
		if len(words["id"]) < 20 || len(words["en"]) < 20 || words["id"] == words["en"] {
			t.Errorf("%s: %v", code, words)
		}
	}
	same(t, "reasons", len(told), len(reasons("ReturnReason"))+len(reasons("RejectionReason"))+len(appeals)+len(reopenings))
}

// TestASuspectedAccidentIsGrantedOnceItIsGuaranteed, and an officer has no crowd of heirs.
func TestASuspectedAccidentIsGrantedOnceItIsGuaranteed(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-28 09:00")
	in := altered(w.death(w.ids["officer_id"]), object{"suspected": true})
	incident := w.kpu.post("/v1/incidents", in).must(t, 201).id(t)
	claim := name(w.claimOf(w.kpu, incident))
	w.submits(claim)
	w.branch.another().post("/v1/claims/"+claim+"/verify", nil).must(t, 200)
	same(t, "too early", w.branch.post("/v1/claims/"+claim+"/approve", nil).must(t, 409).code(t), "guarantee_open")
	w.branch.post("/v1/incidents/"+incident+"/guarantee", object{"decision": "guaranteed"}).must(t, 200)
	w.branch.post("/v1/claims/"+claim+"/approve", nil).must(t, 200)
	for n := 1; ; n++ {
		got := w.kpu.post("/v1/incidents/"+incident+"/heirs", budi(object{"nik": nil, "relation": "sibling", "full_name": fmt.Sprint("Budi Contoh ", n)}))
		if got.StatusCode == 409 {
			same(t, "a crowd", got.code(t), "too_many_heirs")
			break
		}
		if got.must(t, 201); n == 200 {
			t.Fatal("there is no end to heirs")
		}
	}
}
