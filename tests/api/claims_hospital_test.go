package api_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestAHospitalTellsAndLearnsNothing: it describes a person whom it cannot name, and what
// it is answered is the same whether they are an officer under cover, one without, or
// nobody on a roster; then their body confirms.
func TestAHospitalTellsAndLearnsNothing(t *testing.T) {
	t.Parallel()
	w := billed(t)
	w.clockTo("2024-11-28 09:00")
	w.kpu.post("/v1/officers", siti(9)).must(t, 201)
	hospital := w.join(w.admin, "hospital", object{"kind": "other", "level": "national", "name": "RSUD Umum"})
	tells := func(n int) answer {
		return hospital.post("/v1/incidents", altered(w.death(""), object{
			"officer_id": nil, "kind": "accident", "notifier_relation": "health_facility", "person": object{
				"nik": fmt.Sprintf("990601450889%04d", n), "full_name": "Siti Contoh", "body": "kpu", "position": "pps", "area_code": village,
			},
		}))
	}
	var kinds []string
	incidents := map[string]string{}
	for what, n := range map[string]int{"an officer under cover": 1, "one without": 9, "nobody on a roster": 99} {
		told := tells(n).must(t, 201)
		incident := told.id(t)
		incidents[what] = incident
		o := told.object(t)
		for _, hidden := range []string{
			"officer_id", "organisation_id", "covered", "uncovered_reason", "coverage_period_id", "roads", "guarantee", "warnings",
		} {
			if v, shown := o[hidden]; shown {
				t.Errorf("%s: a hospital is told %s: %v", what, hidden, v)
			}
		}
		members := []string{}
		for member := range o {
			members = append(members, member)
		}
		slices.Sort(members)
		kinds = append(kinds, fmt.Sprint(members, o["status"], o["body"], o["position"], o["area_code"], o["actions"] == nil, told.Header.Get("ETag")))
		same(t, what+": told twice", tells(n).must(t, 409).code(t), "incident_taken")
		for _, path := range []string{"/heirs", "/benefits"} {
			hospital.get("/v1/incidents/"+incident+path).must(t, 404)
		}
		hospital.post("/v1/incidents/"+incident+"/heirs", budi()).must(t, 403)
		for _, verb := range []string{"confirm", "conclude", "guarantee"} {
			same(t, what+": "+verb, hospital.send(post("/v1/incidents/"+incident+"/"+verb, bodies[verb]).under("If-Match", told.Header.Get("ETag"))).must(t, 403).code(t), "party_role_required")
		}
		w.refuse(t, what+": a claim", hospital.post("/v1/claims", object{"incident_id": incident, "programme": "jkk"}), 422, "/incident_id incident_unknown")
		for _, list := range []string{"claims", "deadlines", "documents", "officers"} {
			same(t, what+": "+list, len(hospital.get("/v1/"+list).must(t, 200).items(t)), 0)
		}
		shown := hospital.send(get("/v1/incidents/"+incident).under("Purpose", "verification")).must(t, 200).object(t)
		same(t, what+": what it said itself", shown["person"].(object)["full_name"], "Siti Contoh")
	}
	for _, kind := range kinds[1:] {
		same(t, "the same of all", kind, kinds[0])
	}
	same(t, "what it told", len(hospital.get("/v1/incidents").must(t, 200).items(t)), 3)
	for _, filter := range []string{"covered=true", "covered=false", "guarantee=waiting,none"} {
		same(t, filter, len(hospital.get("/v1/incidents?"+filter).must(t, 200).items(t)), 0)
	}

	// Its own paper it sees; the body's it does not.
	for _, incident := range incidents {
		w.kpu.send(sheet(incident, object{"document_kind": "medical_report"})).must(t, 201)
		own := hospital.send(sheet(incident, object{"document_kind": "care_receipt"})).must(t, 201).id(t)
		same(t, "papers", fmt.Sprint(names(hospital.get("/v1/documents?incident_id="+incident).must(t, 200).items(t))), "["+own+"]")
	}

	// The body confirms what was told: stage I, of which a notice of others does not free it.
	covered := incidents["an officer under cover"]
	waiting := w.kpu.get("/v1/incidents/"+covered).must(t, 200).object(t)
	same(t, "until then nobody knows", fmt.Sprint(waiting["status"], " ", waiting["uncovered_reason"]), "notified uncovered_unconfirmed")
	w.branch.get("/v1/incidents/"+covered).must(t, 404)
	d := w.clocks(w.kpu, covered)["incident_report"]
	same(t, "owed meanwhile", fmt.Sprint(d["status"], " ", d["due_at"]), "running 2024-11-30T02:40:00+07:00")
	w.clockTo("2024-11-30 02:40")
	unread := w.kpu.send(post("/v1/incidents/"+covered+"/confirm", nil).under("If-Match", "*")).must(t, 400)
	same(t, "what nobody read", fmt.Sprint(unread.faults(t)), "[If-Match etag_invalid]")
	confirmed := w.confirms(covered).must(t, 200).object(t)
	same(t, "in time", fmt.Sprint(confirmed["status"], " ", confirmed["reported_late"], " ", confirmed["covered"]), "reported false true")
	w.runs(t, covered, "incident_report", "met", "2024-11-30 02:40:00")
	other := w.confirms(incidents["nobody on a roster"]).must(t, 200).object(t)
	same(t, "somebody else", fmt.Sprint(other["covered"], " ", other["uncovered_reason"]), "false uncovered_not_on_roster")
	same(t, "a death ends the duty", w.kpu.get(fmt.Sprint("/v1/officers/", confirmed["officer_id"])).must(t, 200).object(t)["end_reason"], "died")
	same(t, "and opens the claim", w.claimOf(w.kpu, covered)["programme"], "jkk")
	same(t, "twice", w.confirms(covered).must(t, 409).code(t), "incident_confirmed")
	hospital.get("/v1/claims/"+name(w.claimOf(w.kpu, covered))).must(t, 404)
	same(t, "still nothing", hospital.get("/v1/incidents/"+covered).must(t, 200).object(t)["covered"], nil)
}

// TestWhatIsPersonalIsSealed: of who told, who saw it, who inherits, who receives for a
// child and where they bank, no table and no event holds a word that can be read.
func TestWhatIsPersonalIsSealed(t *testing.T) {
	t.Parallel()
	w := busy(t)
	w.endClaims()
	w.kpu.send(call{method: "PATCH", path: w.fill("/v1/incidents/{incident_id}/heirs/{changing_heir_id}"), body: object{"phone": "081200000016"}}.
		under("If-Match", "*").under("Purpose", "verification").keyed()).must(t, 200)
	for _, table := range []string{
		"events", "past", "idempotency_keys", "incidents", "heirs", "claims", "claim_steps", "documents", "deadlines", "ex_gratia_funds", "ex_gratia_grants",
	} {
		if one[int](w.server, "select count(*) from "+table) == 0 && table != "past" {
			t.Errorf("%s is empty, which proves nothing", table)
		}
		found := one[int](w.server, "select count(*) from "+table+" t where t::text ~ $1", secretValues.String())
		same(t, table+" with personal values", found, 0)
	}
}
