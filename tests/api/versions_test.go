package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestNoChangeIsLost: every PATCH wants to know which version it is meant for, every
// transition heeds it when told, and a stale one is told the current.
func TestNoChangeIsLost(t *testing.T) {
	t.Parallel()
	w := busy(t)
	writes := w.writes()
	tried := 0
	for _, o := range operations() {
		if !o.takes("If-Match") {
			continue
		}
		tried++
		write := writes[o.OperationID]
		t.Run(o.OperationID, func(t *testing.T) {
			do := write.call
			if o.needs("Idempotency-Key") {
				do = do.keyed()
			}
			if o.needs("If-Match") {
				without := call{method: do.method, path: do.path, body: do.body}
				if got := write.by.send(without); got.StatusCode != 428 || got.code(t) != "version_missing" {
					t.Errorf("without a version: %d %s", got.StatusCode, got.raw)
				}
			}
			stale := write.by.send(do.under("If-Match", `"99"`)).must(t, 412)
			same(t, "code", stale.code(t), "version_stale")
			current := stale.Header.Get("ETag")
			for _, odd := range []string{`W/` + current, "1", `"0"`, `"-1"`, `"x"`, `"01"`, `""`, `"-en"`, `"1-id"`, current + "," + current} {
				if got := write.by.send(do.under("If-Match", odd)); got.StatusCode != 400 || got.faults(t)[0] != "If-Match etag_invalid" {
					t.Errorf("%s: %d %s", odd, got.StatusCode, got.raw)
				}
			}
			if o.takes("Accept-Language") {
				told := write.by.send(do.under("If-Match", `"99"`).under("Accept-Language", "en")).must(t, 412)
				same(t, "version in English", told.Header.Get("ETag"), strings.TrimSuffix(current, `"`)+`-en"`)
				do = do.under("If-Match", told.Header.Get("ETag"))
			} else {
				do = do.under("If-Match", current)
			}
			done := write.by.send(do)
			if done.StatusCode >= 300 {
				t.Fatalf("in the version it is in: %d %s", done.StatusCode, done.raw)
			}
			if next := done.Header.Get("ETag"); next == current || next == "" {
				t.Errorf("ETag %s after %s", next, current)
			}
			again := write.by.send(call{method: do.method, path: do.path, body: do.body}.keyed().under("If-Match", current)).must(t, 412)
			same(t, "current ETag", again.Header.Get("ETag"), done.Header.Get("ETag"))
		})
	}
	if tried < 15 {
		t.Errorf("%d operations take If-Match", tried)
	}
}

// TestOfManyWritersOneWins: of those who change one version at once.
func TestOfManyWritersOneWins(t *testing.T) {
	t.Parallel()
	w := busy(t)
	for path, body := range map[string]func(int) object{
		"/v1/officers/" + w.ids["officer_id"]:                func(n int) object { return object{"decree_number": fmt.Sprint(n)} },
		"/v1/agreements/" + w.ids["draft_agreement_id"]:      func(n int) object { return object{"title": fmt.Sprint("Perjanjian ", n)} },
		"/v1/organisations/" + w.organisations["kpu"]:        func(n int) object { return object{"name": fmt.Sprint("KPU ", n)} },
		"/v1/organisations/" + w.organisations["government"]: nil,
	} {
		if body == nil {
			same(t, "somebody else's", w.kpu.patch(path, "*", object{"name": "x"}).must(t, 403).code(t), "not_allowed")
			continue
		}
		current := w.kpu.get(path).must(t, 200).Header.Get("ETag")
		calls := make([]func() answer, 10)
		for n := range calls {
			req := w.kpu.request(call{method: "PATCH", path: path, body: body(n), header: map[string]string{"If-Match": current}})
			calls[n] = func() answer { return serve(w.handler, req) }
		}
		won := 0
		for _, a := range together(calls...) {
			switch {
			case a.StatusCode == 200:
				won++
			case a.StatusCode != 412 || a.Header.Get("ETag") == "" || a.Header.Get("ETag") == current:
				t.Errorf("%s: %d %v %s", path, a.StatusCode, a.Header, a.raw)
			}
		}
		if won != 1 {
			t.Errorf("%s: %d writers won", path, won)
		}
	}
}

// TestWhatIsHeldIsNotSentAgain: every reading that takes If-None-Match, of every
// thing.
func TestWhatIsHeldIsNotSentAgain(t *testing.T) {
	t.Parallel()
	w := busy(t)
	tried := 0
	for _, o := range operations() {
		if !o.takes("If-None-Match") {
			continue
		}
		tried++
		read := func(held string) answer {
			c := o.call(t, w.ids)
			if held != "" {
				c = c.under("If-None-Match", held)
			}
			return w.kpu.send(c)
		}
		first := read("").must(t, http.StatusOK)
		tag := first.Header.Get("ETag")
		for held, status := range map[string]int{
			tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, tag[1:]: 200,
		} {
			got := read(held)
			if got.StatusCode != status || got.Header.Get("ETag") != tag || status == 304 && (len(got.raw) > 0 || got.Header.Get("Content-Type") != "") {
				t.Errorf("%s with %s: %d %v %s", o.OperationID, held, got.StatusCode, got.Header, got.raw)
			}
		}
		same(t, o.OperationID+" again", read("").Header.Get("ETag"), tag)
	}
	if tried < 10 {
		t.Errorf("%d operations take If-None-Match", tried)
	}
	gone := call{method: "GET", path: "/v1/officers/01a1fc7c-060b-7c33-9f14-6648137d9cfb"}.under("If-None-Match", "*")
	w.kpu.send(gone).must(t, 404)
	before := w.kpu.get("/v1/officers/" + w.ids["officer_id"]).Header.Get("ETag")
	w.kpu.patch("/v1/officers/"+w.ids["officer_id"], "*", object{"decree_number": "9"}).must(t, 200)
	w.kpu.send(get("/v1/officers/"+w.ids["officer_id"]).under("If-None-Match", before)).must(t, 200)
}

// TestEachLanguageHasItsOwnTag: what differs from one language to the other is not held in
// both under one name, and either names the version.
func TestEachLanguageHasItsOwnTag(t *testing.T) {
	t.Parallel()
	w := busy(t)
	tried := 0
	for _, o := range operations() {
		if !o.takes("If-None-Match") {
			continue
		}
		read := func(language, held string) answer {
			c := o.call(t, w.ids).under("Accept-Language", language)
			if held != "" {
				c = c.under("If-None-Match", held)
			}
			return w.kpu.send(c)
		}
		ours := read("id", "").must(t, 200).Header.Get("ETag")
		theirs := read("en", "").must(t, 200).Header.Get("ETag")
		if !o.takes("Accept-Language") {
			same(t, o.OperationID+" in any language", theirs, ours)
			continue
		}
		tried++
		same(t, o.OperationID+" in English", theirs, strings.TrimSuffix(ours, `"`)+`-en"`)
		same(t, "held in English", read("en", theirs).must(t, 304).Header.Get("ETag"), theirs)
		read("en", ours).must(t, 200)
		read("id", theirs).must(t, 200)
	}
	if tried < 3 {
		t.Errorf("%d readings speak", tried)
	}
	key := post("/v1/claims/"+w.ids["claim_id"]+"/withdraw", nil).under("Idempotency-Key", "language")
	first := w.kpu.send(key.under("Accept-Language", "en"))
	again := w.kpu.send(key.under("Accept-Language", "id"))
	same(t, "replayed", again.Header.Get("Idempotency-Replayed"), "true")
	same(t, "the tag of what is told again", again.Header.Get("ETag"), first.Header.Get("ETag"))
	same(t, "what is told again", string(again.raw), string(first.raw))
}
