package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// refusal is a call and what comes of it: the status, the code, and each fault as
// "place pointer code".
type refusal struct {
	call
	status int
	code   string
	faults []string
}

// raw is an appointment with some text put in place of a member's value.
func raw(member, value string) call {
	written := `{"external_id":"S-1","nik":"9906014508890001","full_name":"Siti","born_on":"1989-08-05","position":"pps",` +
		`"area_code":"61.06.01.1001","term_from":"2024-05-26","term_to":"2025-01-27"`
	return call{method: "POST", path: "/v1/officers", body: written + fmt.Sprintf(`,"%s":%s}`, member, value)}
}

func get(path string) call { return call{method: "GET", path: path} }

func post(path string, body any) call { return call{method: "POST", path: path, body: body} }

func appoint(change object) call { return post("/v1/officers", siti(1, change)) }

// broken are faults against the contract.
func broken(c call, faults ...string) refusal {
	return refusal{c, http.StatusBadRequest, "malformed_request", faults}
}

// TestRequestsThatBreakTheContractAreRefused: the same status, codes and places in
// both languages, other words in each, and never a failure of ours.
func TestRequestsThatBreakTheContractAreRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	officer := "/v1/officers/" + w.kpu.post("/v1/officers", siti(1)).must(t, 201).id(t)
	patch := func(body any, header ...string) call {
		return call{method: "PATCH", path: officer, body: body, header: map[string]string{"If-Match": "*"}}
	}
	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	someone := uuid.NewString()
	for name, tt := range map[string]refusal{
		"malformed JSON":              broken(post("/v1/officers", `{"nik": 12,}`), "body  json_invalid"),
		"half a body":                 broken(post("/v1/officers", `{"nik": "99`), "body  json_invalid"),
		"no body":                     broken(post("/v1/officers", ``), "body  json_invalid"),
		"trailing garbage":            broken(post("/v1/officers", `{} {}`), "body  json_invalid"),
		"no object":                   broken(post("/v1/officers", `[]`), "body  wrong_type"),
		"null for a body":             broken(post("/v1/officers", `null`), "body  null_not_allowed"),
		"a byte of zero, escaped":     broken(raw("decree_number", `"a\u0000b"`), "body  nul_character"),
		"a byte of zero in a name":    broken(raw(`decree\u0000`, `"a"`), "body  nul_character"),
		"a byte of zero as it is":     broken(raw("decree_number", "\"a\x00b\""), "body  json_invalid"),
		"100,000 lists in each other": broken(post("/v1/officers", strings.Repeat("[", 100_000)), "body  json_invalid"),
		"100,000 lists, all closed":   broken(post("/v1/officers", strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)), "body  json_invalid"),
		"9,000 objects in each other": broken(raw("decree_number", strings.Repeat(`{"a":`, 9000)+"1"+strings.Repeat("}", 9000)), "body  too_many_values"),

		"a misspelt field":               broken(appoint(object{"full_nam": "Siti"}), "body /full_nam unknown_field"),
		"a field that nobody can name":   broken(raw(`9906014508890001`, `1`), "body /? unknown_field"),
		"a misspelt field of a patch":    broken(patch(object{"phon": nil}), "body /phon unknown_field"),
		"the position in a patch":        broken(patch(object{"position": "ppk"}), "body /position unknown_field"),
		"a misspelt field deep inside":   broken(post("/v1/agreements", w.agreement(object{"positions": []object{{"position": "pps", "head_count": 3, "headcount": 3}}})), "body /positions/0/head_count unknown_field"),
		"a field that is missing":        broken(appoint(object{"nik": nil}), "body /nik required"),
		"a parameter misspelt":           broken(get("/v1/officers?statuss=active"), "query statuss unknown_parameter"),
		"a parameter without a name":     broken(get("/v1/officers?%00=1"), "query ? unknown_parameter"),
		"a parameter of another list":    broken(get("/v1/officers?due_on_gte=2024-01-01"), "query due_on_gte unknown_parameter"),
		"a parameter where none is":      broken(get(officer+"?fields=id"), "query fields unknown_parameter"),
		"a dry run of a reading":         broken(get("/v1/officers?dry_run=true"), "query dry_run unknown_parameter"),
		"a number for a text":            broken(appoint(object{"decree_number": 45}), "body /decree_number wrong_type"),
		"a text for a number":            broken(appoint(object{"monthly_honorarium_amount": "1300000"}), "body /monthly_honorarium_amount wrong_type"),
		"a fraction of a rupiah":         broken(appoint(object{"monthly_honorarium_amount": 1300000.5}), "body /monthly_honorarium_amount wrong_type"),
		"null where it is not allowed":   broken(raw("sex", "null"), "body /sex null_not_allowed"),
		"null in a patch":                broken(patch(object{"full_name": nil}), "body /full_name null_not_allowed"),
		"a number beyond 64 bits":        broken(raw("monthly_honorarium_amount", "9223372036854775808"), "body /monthly_honorarium_amount wrong_type"),
		"a number far beyond 64 bits":    broken(raw("monthly_honorarium_amount", "1"+strings.Repeat("0", 40)), "body /monthly_honorarium_amount wrong_format"),
		"a number beyond floating":       broken(raw("monthly_honorarium_amount", "1e400"), "body  json_invalid"),
		"a number beyond 32 bits":        broken(post("/v1/agreements", w.agreement(object{"positions": []object{{"position": "pps", "headcount": 3_000_000_000}}})), "body /positions/0/headcount too_large", "body /positions/0/headcount wrong_format"),
		"a day that does not exist":      broken(appoint(object{"born_on": "2024-02-30"}), "body /born_on wrong_format"),
		"a day of no year":               broken(appoint(object{"term_from": "0000-01-01"}), "body /term_from wrong_format"),
		"a day of the far future":        broken(appoint(object{"term_to": "9999-12-31"}), "body /term_to wrong_format"),
		"a day written otherwise":        broken(appoint(object{"born_on": "05-08-1989"}), "body /born_on wrong_format"),
		"an instant that does not be":    broken(post("/v1/incidents", object{"officer_id": someone, "kind": "illness", "outcome": "died", "occurred_at": "2024-02-30T00:00:00Z", "place": "x", "narrative": "x", "notifier_name": "x", "notifier_phone": "x"}), "body /occurred_at wrong_format"),
		"an instant without its zone":    broken(post("/v1/incidents", object{"officer_id": someone, "kind": "illness", "outcome": "died", "occurred_at": "2024-02-20T00:00:00", "place": "x", "narrative": "x", "notifier_name": "x", "notifier_phone": "x"}), "body /occurred_at wrong_format"),
		"a month of no year":             broken(post("/v1/invoices", object{"agreement_id": someone, "month": "0000-01"}), "body /month wrong_format"),
		"a thirteenth month":             broken(get("/v1/invoices?month=2024-13"), "query month wrong_format"),
		"a day in the query":             broken(get("/v1/invoices?due_on_gte=2024-02-30"), "query due_on_gte wrong_format"),
		"no UUID in the path":            broken(get("/v1/officers/1"), "path officer_id wrong_format"),
		"a UUID in braces in the path":   broken(get("/v1/officers/%7B"+someone+"%7D"), "path officer_id wrong_format"),
		"bytes that are no text":         broken(get("/v1/officers/%ff%fe"), "path officer_id wrong_format"),
		"no UUID in the query":           broken(get("/v1/officers?organisation_id=kpu"), "query organisation_id wrong_format"),
		"no UUID in the body":            broken(post("/v1/claims", object{"incident_id": "x", "programme": "jkk"}), "body /incident_id wrong_format"),
		"an area that is no code":        broken(get("/v1/areas/kapuas"), "path area_code wrong_format"),
		"an area cut off in the middle":  broken(get("/v1/officers?area_code=61.0"), "query area_code wrong_format"),
		"a name too long":                broken(appoint(object{"full_name": strings.Repeat("a", 201)}), "body /full_name too_long"),
		"a name of nothing":              broken(appoint(object{"full_name": ""}), "body /full_name too_short"),
		"a role that is none":            broken(appoint(object{"role": "boss"}), "body /role not_listed"),
		"a status that is none":          broken(get("/v1/officers?status=active,asleep"), "query status/1 not_listed"),
		"a sorting that is none":         broken(get("/v1/officers?sort=full_name"), "query sort not_listed"),
		"a purpose that is none":         broken(get(officer).under("Purpose", "curiosity"), "header Purpose not_listed"),
		"a limit of nothing":             broken(get("/v1/officers?limit=0"), "query limit too_small"),
		"a limit of too much":            broken(get("/v1/officers?limit=1001"), "query limit too_large"),
		"a limit without a value":        broken(get("/v1/officers?limit="), "query limit empty_parameter"),
		"a limit twice, one empty":       broken(get("/v1/officers?limit=&limit=1"), "query limit repeated_parameter"),
		"a dry run without a value":      broken(call{method: "POST", path: "/v1/officers?dry_run=", body: siti(9)}, "query dry_run empty_parameter"),
		"a status twice in one filter":   broken(get("/v1/officers?status=active,active"), "query status repeated_item"),
		"more values than anybody needs": broken(raw("decree_number", "["+strings.Repeat("1,", 5000)+"1]"), "body  too_many_values"),
		"a limit that is no number":      broken(get("/v1/officers?limit=all"), "query limit wrong_type"),
		"a dry run, perhaps":             broken(call{method: "POST", path: "/v1/officers?dry_run=maybe", body: siti(9)}, "query dry_run wrong_type"),
		"a filter without a value":       broken(get("/v1/officers?status="), "query status empty_parameter"),
		"a filter twice":                 broken(get("/v1/officers?status=active&status=ended"), "query status repeated_parameter"),
		"a filter that is cut off":       broken(get("/v1/officers?status=active%zz"), "query  wrong_format"),
		"a filter with a semicolon":      broken(get("/v1/officers?status=active;limit=1"), "query  wrong_format"),
		"too many items":                 broken(post("/v1/officers/search", object{"external_ids": many}), "body /external_ids too_many_items"),
		"a list of nothing":              broken(post("/v1/officers/search", object{"niks": []string{}}), "body /niks too_few_items"),
		"a search for nothing":           broken(post("/v1/officers/search", object{}), "body  too_few_members"),
		"a scope twice":                  broken(post("/v1/api-clients", object{"organisation_id": someone, "name": "x", "scopes": []string{"officers:read", "officers:read"}}), "body /scopes repeated_item"),
		"an e-mail that is none":         broken(appoint(object{"email": "siti at contoh"}), "body /email wrong_format"),
		"an e-mail with a name":          broken(appoint(object{"email": "Siti <siti@contoh.example>"}), "body /email wrong_format"),
		"a version without its quotes":   broken(patch(object{"decree_number": "1"}).under("If-Match", "1"), "header If-Match etag_invalid"),
		"a version that is weak":         broken(patch(object{"decree_number": "1"}).under("If-Match", `W/"1"`), "header If-Match etag_invalid"),
		"a key of another alphabet":      broken(appoint(nil).under("Idempotency-Key", "kunci-\xe9"), "header Idempotency-Key wrong_format"),
		"a cursor that is none":          {get("/v1/officers?cursor=abc"), 400, "cursor_invalid", []string{"query cursor cursor_invalid"}},
		"everything at once": broken(call{method: "POST", path: "/v1/officers?dryrun=true", body: object{"nik": 1, "full_name": nil, "sex": "x", "nick": "y"}},
			"query dryrun unknown_parameter", "body /area_code required", "body /born_on required", "body /external_id required", "body /full_name null_not_allowed",
			"body /nick unknown_field", "body /nik wrong_type", "body /position required", "body /sex not_listed", "body /term_from required", "body /term_to required"),

		"a version that is missing":        {call{method: "PATCH", path: officer, body: object{}}, 428, "version_missing", []string{"header If-Match required"}},
		"an address that is none":          {get("/v1/oficers"), 404, "route_unknown", nil},
		"an address with a slash too many": {get("/v1/officers/"), 404, "route_unknown", nil},
		"the root":                         {get("/"), 404, "route_unknown", nil},
		"a method that is not answered":    {call{method: "DELETE", path: officer}, 405, "method_not_allowed", nil},
		"a form for JSON":                  {post("/v1/officers", "a=b").under("Content-Type", "application/x-www-form-urlencoded"), 415, "media_type_unsupported", nil},
		"no type for the body":             {post("/v1/officers", "{}").under("Content-Type", ""), 415, "media_type_unsupported", nil},
		"a type that is nonsense":          {post("/v1/officers", "{}").under("Content-Type", "///;;"), 415, "media_type_unsupported", nil},
		"JSON for a merge patch":           {patch(object{}).under("Content-Type", "application/json"), 415, "media_type_unsupported", nil},
		"a merge patch for JSON":           {post("/v1/officers", "{}").under("Content-Type", "application/merge-patch+json"), 415, "media_type_unsupported", nil},
		"an answer in XML":                 {get(officer).under("Accept", "application/xml"), 406, "not_acceptable", nil},
		"an answer of weight nothing":      {get(officer).under("Accept", "application/json;q=0"), 406, "not_acceptable", nil},
		"a body just too large":            {post("/v1/officers", strings.Repeat(" ", 1<<20+1)), 413, "body_too_large", nil},
	} {
		t.Run(name, func(t *testing.T) {
			words := map[string]string{}
			for _, language := range []string{"id", "en"} {
				got := w.kpu.send(tt.under("Accept-Language", language))
				if got.StatusCode != tt.status || got.code(t) != tt.code || !slices.Equal(got.places(t), slices.Sorted(slices.Values(tt.faults))) {
					t.Fatalf("%d %s %q, want %d %s %q", got.StatusCode, got.code(t), got.places(t), tt.status, tt.code, tt.faults)
				}
				words[language] = fmt.Sprint(got.object(t)["title"], got.object(t)["detail"], got.details(t))
			}
			if words["id"] == words["en"] {
				t.Errorf("both languages say %s", words["id"])
			}
		})
	}
}

// places are the faults of an answer with where they are: "body /nik nik_invalid".
func (a answer) places(t *testing.T) []string {
	t.Helper()
	list, _ := a.object(t)["errors"].([]any)
	var out []string
	for _, f := range list {
		o, _ := f.(object)
		out = append(out, fmt.Sprint(o["location"], " ", o["pointer"], " ", o["code"]))
	}
	slices.Sort(out)
	return out
}

// details are what an answer says of its faults.
func (a answer) details(t *testing.T) (out []string) {
	t.Helper()
	list, _ := a.object(t)["errors"].([]any)
	for _, f := range list {
		o, _ := f.(object)
		out = append(out, fmt.Sprint(o["detail"]))
	}
	return out
}

// TestWhatIsNearlyRefusedIsNot: the last thing that is allowed.
func TestWhatIsNearlyRefusedIsNot(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for name, c := range map[string]call{
		"a body of just a megabyte":            post("/v1/officers", func() string { b := raw("sex", `"female"`).body.(string); return b + strings.Repeat(" ", 1<<20-len(b)) }()),
		"a backslash before the word u0000":    appoint(object{"nik": "9906014508890009", "external_id": "S-9", "decree_number": `a\u0000b`}),
		"a year of the range's ends":           get("/v1/invoices?due_on_gte=1900-01-01&due_on_lte=2199-12-31"),
		"a type with its character set":        appoint(object{"nik": "9906014508890007", "external_id": "S-7"}).under("Content-Type", "application/json; charset=utf-8"),
		"anything that is acceptable":          get("/v1/officers").under("Accept", "text/html, */*;q=0.1"),
		"JSON of any kind":                     get("/v1/officers").under("Accept", "application/*"),
		"a preference that nobody knows":       get("/v1/officers").under("Prefer", "wait=20, respond-async"),
		"a language that nobody speaks":        get("/v1/officers").under("Accept-Language", "xx, ;;q=,,"),
		"a limit of the most":                  get("/v1/officers?limit=1000"),
		"a version of what nobody holds":       get("/v1/organisations/"+w.organisations["kpu"]).under("If-None-Match", "W/,,\""),
		"a name of the most, in other letters": appoint(object{"nik": "9906014508890008", "external_id": "S-8", "full_name": strings.Repeat("é", 200)}),
		"an unknown header":                    get("/v1/officers").under("X-Anything", "x"),
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.kpu.send(c); got.StatusCode >= 300 {
				t.Errorf("%d %s", got.StatusCode, got.raw)
			}
		})
	}
}

// TestABodyTooLargeIsRefusedWhateverItsLength: told beforehand or not.
func TestABodyTooLargeIsRefusedWhateverItsLength(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for name, length := range map[string]int64{"with its length told": 1<<20 + 1, "with its length not told": -1, "with a length that lies": 10} {
		t.Run(name, func(t *testing.T) {
			body := io.MultiReader(strings.NewReader(`{"external_id":"`), bytes.NewReader(bytes.Repeat([]byte("a"), 1<<20)))
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/officers", body)
			req.ContentLength = length
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+w.kpu.token)
			got := w.kpu.do(req).must(t, 413)
			same(t, "code", got.code(t), "body_too_large")
		})
	}
}

// TestADryRunIsDryHoweverItIsWritten: only a plain no is none.
func TestADryRunIsDryHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for written, stays := range map[string]bool{
		"?dry_run=true": false, "?dry_run=1": false, "?dry_run=TRUE": false, "?dry_run=t": false,
		"?dry_run=false": true, "?dry_run=0": true, "": true,
	} {
		before := one[int](w.server, `select count(*) from officers`)
		got := w.kpu.post("/v1/officers"+written, siti(before+1)).must(t, 201).object(t)
		after := one[int](w.server, `select count(*) from officers`)
		if kept := after > before; kept != stays || (got["dry_run"] == true) == stays {
			t.Errorf("%q: kept %v, want %v; the answer says %v", written, kept, stays, got["dry_run"])
		}
	}
}

// TestARefusalHelpsToMendTheRequest: with what it names besides the code.
func TestARefusalHelpsToMendTheRequest(t *testing.T) {
	t.Parallel()
	w := settle(t)
	params := func(a answer) object {
		list, _ := a.object(t)["errors"].([]any)
		if len(list) != 1 {
			t.Fatalf("%d faults: %s", len(list), a.raw)
		}
		p, _ := list[0].(object)["params"].(object)
		return p
	}
	same(t, "the field meant", params(w.kpu.send(appoint(object{"full_nam": "x"})))["nearest"], "full_name")
	same(t, "the parameter meant", params(w.kpu.get("/v1/officers?statuss=active"))["nearest"], "status")
	same(t, "nothing near", params(w.kpu.get("/v1/officers?qqqqqqqqqqqq=1"))["nearest"], nil)
	same(t, "the most", params(w.kpu.get("/v1/officers?limit=1001"))["max"], 1000.0)
	same(t, "the roles", fmt.Sprint(params(w.kpu.send(appoint(object{"role": "boss"})))["allowed"]), "[chair member secretary staff]")
	same(t, "the types", strings.Contains(string(w.kpu.send(post("/v1/officers", "").under("Content-Type", "text/plain")).raw), "application/json"), true)
	same(t, "Allow", w.kpu.send(call{method: "PUT", path: "/v1/officers"}).must(t, 405).Header.Get("Allow"), "GET, POST")
	same(t, "Allow", w.kpu.send(call{method: "GET", path: "/oauth/token"}).must(t, 405).Header.Get("Allow"), "POST")
	got := w.kpu.send(get("/v1/officers?limit=0").under("X-Request-Id", "mine-0001"))
	same(t, "the request", got.object(t)["request_id"], "mine-0001")
	same(t, "the request", got.Header.Get("X-Request-Id"), "mine-0001")
	same(t, "the type", got.object(t)["type"], "/v1/problems/malformed_request")
	same(t, "the instance", got.object(t)["instance"], "/v1/officers")
	same(t, "the cache", got.Header.Get("Cache-Control"), "no-store")
	evil := w.kpu.send(get("/v1/officers?limit=0").under("X-Request-Id", "a\"b c"))
	if evil.Header.Get("X-Request-Id") == "a\"b c" {
		t.Error("a request id that is none was taken over")
	}
}

// TestEveryOperationRefusesWhatItDoesNotKnow: a parameter, and a form of answer.
func TestEveryOperationRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for _, o := range operations() {
		if o.OperationID != "requestToken" {
			if got := w.kpu.send(o.call(t, w.ids).asking("nonsense=1")); got.StatusCode != 400 || !slices.Contains(got.places(t), "query nonsense unknown_parameter") {
				t.Errorf("%s with nonsense: %d %s", o.OperationID, got.StatusCode, got.raw)
			}
		}
		if got := w.kpu.send(o.call(t, w.ids).under("Accept", "audio/ogg")); got.StatusCode != 406 || got.code(t) != "not_acceptable" {
			t.Errorf("%s as a sound: %d %s", o.OperationID, got.StatusCode, got.raw)
		}
	}
}
