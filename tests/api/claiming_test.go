package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// budi is the widower, whom the law pays first and the bank can reach.
func budi(changes ...object) object {
	o := object{
		"relation": "spouse", "full_name": "Budi Contoh", "nik": "9906010508850013", "born_on": "1985-08-05", "phone": "081200000013",
		"bank_account_number": "7700112233", "bank_account_name": "Budi Contoh", "bank_account_bank": "Bank Waris",
	}
	return altered(o, changes...)
}

// lestari is a daughter of eleven, for whom her grandmother receives.
func lestari(changes ...object) object {
	o := object{
		"relation": "child", "full_name": "Lestari Contoh", "nik": "9906015203130014", "born_on": "2013-03-12",
		"bank_account_number": "7700112244", "bank_account_name": "Lestari Contoh", "bank_account_bank": "Bank Waris",
		"guardian": object{"full_name": "Endah Contoh", "nik": "9906014101580015", "phone": "081200000015"},
	}
	return altered(o, changes...)
}

// altered is an object with members put in the place of others; nil takes one out.
func altered(o object, changes ...object) object {
	for _, change := range changes {
		for k, v := range change {
			if v == nil {
				delete(o, k)
				continue
			}
			o[k] = v
		}
	}
	return o
}

// now is the clock as a call writes it.
func (w *world) now() string { return w.store.Now().Format(time.RFC3339) }

// clockTo puts the clock to what it shows in the zone of the world.
func (w *world) clockTo(shows string) {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", shows, w.location())
	if err != nil {
		w.t.Fatal(err)
	}
	w.at(at)
}

// local is an instant of the zone of the world as the contract writes it.
func (w *world) local(shows string) string {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999999", shows, w.location())
	if err != nil {
		w.t.Fatal(err)
	}
	return at.Format(time.RFC3339Nano)
}

// today is the day in the zone of the world.
func (w *world) today() string { return w.store.Now().In(w.location()).Format(time.DateOnly) }

func (w *world) location() *time.Location {
	w.t.Helper()
	zone, err := time.LoadLocation(w.zone)
	if err != nil {
		w.t.Fatal(err)
	}
	return zone
}

// names has a body name an heir, and returns their id.
func (w *world) names(by caller, incident string, heir object) string {
	w.t.Helper()
	return by.post("/v1/incidents/"+incident+"/heirs", heir).must(w.t, 201).id(w.t)
}

// concludes has a body report stage II of an incident, as a doctor states it now.
func (w *world) concludes(by caller, incident, outcome string) {
	w.t.Helper()
	by.post("/v1/incidents/"+incident+"/conclude", object{"outcome": outcome, "stated_at": w.now()}).must(w.t, 200)
}

// claimOf is the only claim of an incident that is on its way.
func (w *world) claimOf(by caller, incident string) object {
	w.t.Helper()
	found := by.get("/v1/claims?status=draft,submitted,incomplete,verified,approved&incident_id="+incident).must(w.t, 200).items(w.t)
	if len(found) != 1 {
		w.t.Fatalf("%d claims of an incident are on their way", len(found))
	}
	return found[0]
}

// sheet is a call that sends a paper for what a requirement asks.
func sheet(incident string, need object) call {
	path := fmt.Sprint("/v1/documents?incident_id=", incident, "&kind=", need["document_kind"])
	for _, of := range []string{"heir_id", "rank", "school_year"} {
		if need[of] != nil {
			path += fmt.Sprint("&", of, "=", need[of])
		}
	}
	return call{method: "POST", path: path, body: aPDF(path), header: map[string]string{"Content-Type": "application/pdf"}}
}

// confirms has the KPU confirm what others told of, as it stands.
func (w *world) confirms(incident string) answer {
	w.t.Helper()
	read := w.kpu.get("/v1/incidents/"+incident).must(w.t, 200)
	return w.kpu.send(post("/v1/incidents/"+incident+"/confirm", nil).under("If-Match", read.Header.Get("ETag")))
}

// needs are the papers without which a claim is not submitted, and which are not there.
func (w *world) needs(by caller, claim string) (missing []object) {
	w.t.Helper()
	all, _ := by.get("/v1/claims/"+claim).must(w.t, 200).object(w.t)["requirements"].([]any)
	for _, one := range all {
		need := one.(object)
		if need["mandatory"] == true && (need["status"] == "missing" || need["status"] == "rejected") {
			missing = append(missing, need)
		}
	}
	return missing
}

// attach sends every paper that a claim lacks.
func (w *world) attach(by caller, claim string) {
	w.t.Helper()
	incident := fmt.Sprint(by.get("/v1/claims/"+claim).must(w.t, 200).object(w.t)["incident_id"])
	for _, need := range w.needs(by, claim) {
		by.send(sheet(incident, need)).must(w.t, 201)
	}
}

// complete gives a claim of the KPU whatever it lacks to be submitted: the report of
// stage II, somebody to pay, and every paper.
func (w *world) complete(claim string) {
	w.t.Helper()
	c := w.kpu.get("/v1/claims/"+claim).must(w.t, 200).object(w.t)
	incident := fmt.Sprint(c["incident_id"])
	i := w.kpu.get("/v1/incidents/"+incident).must(w.t, 200).object(w.t)
	died := i["outcome"] == "died"
	if c["programme"] == "jkk" && i["concluded_at"] == nil {
		outcome := "recovered"
		if died {
			outcome = "died"
		}
		w.concludes(w.kpu, incident, outcome)
	}
	if died && c["payee_id"] == nil && c["programme"] != "scholarship" {
		heirs := w.kpu.get("/v1/incidents/"+incident+"/heirs").must(w.t, 200).items(w.t)
		payee := ""
		if len(heirs) > 0 {
			payee = fmt.Sprint(heirs[0]["id"])
		} else {
			payee = w.names(w.kpu, incident, budi())
		}
		w.kpu.patch("/v1/claims/"+claim, "*", object{"payee_id": payee}).must(w.t, 200)
	}
	w.attach(w.kpu, claim)
}

// submits completes and submits a claim of the KPU.
func (w *world) submits(claim string) object {
	w.t.Helper()
	w.complete(claim)
	return w.kpu.post("/v1/claims/"+claim+"/submit", nil).must(w.t, 200).object(w.t)
}

// grants has the branch verify a claim, by another of its clients, and approve it.
func (w *world) grants(claim string) object {
	w.t.Helper()
	w.branch.another().post("/v1/claims/"+claim+"/verify", nil).must(w.t, 200)
	return w.branch.post("/v1/claims/"+claim+"/approve", nil).must(w.t, 200).object(w.t)
}

// pays has the branch pay a claim today.
func (w *world) pays(claim string) object {
	w.t.Helper()
	return w.branch.pay("/v1/claims/"+claim+"/pay", object{"paid_on": w.today(), "reference": "TRF-1"}).must(w.t, 200).object(w.t)
}

// refuse holds an answer to its code, and the code to its remedy in both languages.
func (w *world) refuse(t *testing.T, what string, got answer, status int, faults ...string) {
	t.Helper()
	if got.StatusCode != status {
		t.Fatalf("%s: %d, want %d\n%s", what, got.StatusCode, status, got.raw)
	}
	same(t, what, fmt.Sprint(got.faults(t)), fmt.Sprint(faults))
	codes := []string{got.code(t)}
	for _, f := range got.object(t)["errors"].([]any) {
		codes = append(codes, fmt.Sprint(f.(object)["code"]))
	}
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		remedy, _ := w.kpu.get("/v1/problems/"+code).must(t, 200).object(t)["remedy"].(object)
		if id, en := fmt.Sprint(remedy["id"]), fmt.Sprint(remedy["en"]); len(id) < 10 || len(en) < 10 || id == en {
			t.Errorf("%s: the remedy of %s is %v", what, code, remedy)
		}
	}
}
