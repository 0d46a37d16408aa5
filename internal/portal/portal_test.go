package portal_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"naungan/internal/portal"
)

func get(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	portal.Handler().ServeHTTP(w, r)
	return w.Result()
}

func read(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFileMayBeKeptButReachesNobodyElse(t *testing.T) {
	t.Parallel()
	for _, path := range portal.Paths() {
		res := get(t, path)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		for name, want := range map[string]string{
			"ETag":                   `^"[0-9a-f]{24}"$`, // strong: no W/
			"Cache-Control":          `^(no-cache|public, max-age=\d+)$`,
			"Content-Type":           `^(text|image)/`,
			"X-Content-Type-Options": `^nosniff$`,
			"Referrer-Policy":        `^no-referrer$`,
			// No scheme and no host may appear, only keywords and data.
			"Content-Security-Policy": `^default-src 'none';( [a-z-]+( 'self'| 'none'| 'unsafe-inline'| data:| blob:)+;?)+$`,
		} {
			if got := res.Header.Get(name); !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
	if csp := get(t, "/docs").Header.Get("Content-Security-Policy"); strings.Contains(csp, "script-src 'self' 'unsafe") {
		t.Errorf("inline scripts would run: %s", csp)
	}
}

// What we wrote ourselves names no other host at all. The renderer does, in links
// and in its namespaces; the policy above is what keeps it at home.
func TestThePageNamesNoOutsideHost(t *testing.T) {
	t.Parallel()
	outside := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9-]+\.[a-z]{2,}`)
	namespace := []byte("http://www.w3.org/2000/svg") // a name, never fetched
	for _, path := range portal.Paths() {
		if strings.Contains(path, "scalar") {
			continue
		}
		body := bytes.ReplaceAll(read(t, get(t, path).Body), namespace, nil)
		if found := outside.Find(body); found != nil {
			t.Errorf("%s names %s", path, found)
		}
	}
}

func TestThePageLoadsOnlyFilesThatAreServed(t *testing.T) {
	t.Parallel()
	page := read(t, get(t, "/docs").Body)
	for _, match := range regexp.MustCompile(`(?:src|href)="(docs/[^"]+)"`).FindAllSubmatch(page, -1) {
		if path := "/" + string(match[1]); !slices.Contains(portal.Paths(), path) {
			t.Errorf("%s is not served", path)
		}
	}
	if regexp.MustCompile(`<script(>| [^>]*[^"]>)|\son[a-z]+=`).Match(page) {
		t.Error("the page has an inline script, which the policy refuses")
	}
}

func TestTheTitleIsInBothLanguages(t *testing.T) {
	t.Parallel()
	if page := read(t, get(t, "/docs").Body); !bytes.Contains(page, []byte("<title>Naungan – Referensi API · API reference</title>")) {
		t.Error("the title is missing")
	}
}

func TestTheRendererIsPackedForWhoeverCanUnpackIt(t *testing.T) {
	t.Parallel()
	const path = "/docs/assets/scalar.js"
	packed := get(t, path, "Accept-Encoding", "br, gzip")
	plain := get(t, path)
	if got := packed.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding is %q", got)
	}
	if packed.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Error("two different bodies share a strong ETag")
	}
	if packed.Header.Get("Vary") != "Accept-Encoding" || plain.Header.Get("Vary") != "Accept-Encoding" {
		t.Error("a cache would not know that the answer depends on Accept-Encoding")
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, z), read(t, plain.Body)) {
		t.Error("the packed and the plain form differ")
	}
}

func TestAcceptEncodingIsObeyed(t *testing.T) {
	t.Parallel()
	for offer, want := range map[string]string{
		"":                    "",
		"gzip":                "gzip",
		"GZip;Q=0.5":          "gzip",
		"*":                   "gzip",
		"br":                  "",
		"gzip;q=0":            "",
		"gzip; q=0.000":       "",
		"*, gzip;q=0":         "",
		"identity, *;q=0":     "",
		"deflate, gzip;q=1.0": "gzip",
	} {
		if got := get(t, "/docs/assets/scalar.js", "Accept-Encoding", offer).Header.Get("Content-Encoding"); got != want {
			t.Errorf("%q: got %q, want %q", offer, got, want)
		}
	}
}

func TestWhoHoldsTheFileIsToldSo(t *testing.T) {
	t.Parallel()
	for _, path := range portal.Paths() {
		first := get(t, path, "Accept-Encoding", "gzip")
		again := get(t, path, "Accept-Encoding", "gzip", "If-None-Match", first.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || len(read(t, again.Body)) > 0 {
			t.Errorf("%s: %d", path, again.StatusCode)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/docs/", "/docs/assets/", "/docs/assets/scalar.js.gz", "/docs/assets/../portal.go"} {
		if res := get(t, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	w := httptest.NewRecorder()
	portal.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/docs", http.NoBody))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}
