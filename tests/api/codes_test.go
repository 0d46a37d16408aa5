package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// catalogued are the codes of /v1/problems with the status each comes with, 0 for
// faults and doubts; met are those that an answer held.
var (
	catalogued     = map[string]int{}
	cataloguedOnce sync.Once
	met            sync.Map
)

func readCatalogue(h http.Handler) {
	cataloguedOnce.Do(func() {
		a := serve(h, httptest.NewRequest(http.MethodGet, "/v1/problems", nil))
		var list struct {
			Items []struct {
				Code   string
				Status int
			}
		}
		if err := json.Unmarshal(a.raw, &list); err != nil {
			panic(err)
		}
		for _, p := range list.Items {
			catalogued[p.Code] = p.Status
		}
	})
}

// checkCodes holds every code of an answer against the catalogue.
func (c caller) checkCodes(req *http.Request, res *http.Response, raw []byte) {
	c.t.Helper()
	var value any
	if !strings.HasSuffix(res.Header.Get("Content-Type"), "json") || strings.Contains(req.URL.Path, "problems") ||
		strings.HasPrefix(req.URL.Path, "/openapi") || json.Unmarshal(raw, &value) != nil {
		return
	}
	for _, code := range codesOf(value) {
		met.Store(code, true)
		if _, known := catalogued[code]; !known {
			c.t.Errorf("%s %s: the catalogue does not know %q", req.Method, req.URL.Path, code)
		}
	}
	if res.StatusCode < 400 {
		return
	}
	code, _ := value.(object)["code"].(string)
	if status := catalogued[code]; status != res.StatusCode {
		c.t.Errorf("%s %s: %s answers %d, its catalogue says %d", req.Method, req.URL.Path, code, res.StatusCode, status)
	}
}

// codesOf collects the codes of problems, faults, warnings, skips and blocked
// actions.
func codesOf(value any) (codes []string) {
	text := func(v any) {
		if s, ok := v.(string); ok {
			codes = append(codes, s)
		}
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			codes = append(codes, codesOf(item)...)
		}
	case object:
		_, told := v["detail"]
		_, reason := v["remedy"] // of a decision on a claim
		if told || reason {
			text(v["code"])
		}
		text(v["uncovered_reason"])
		text(v["reversal_code"])
		if _, skip := v["officers"]; skip {
			text(v["reason"])
		}
		_, link := v["holds"]
		_, extent := v["covered"]
		if link || extent { // of a coverage check
			text(v["reason"])
		}
		if blocks, ok := v["blocked_by"].([]any); ok {
			for _, b := range blocks {
				text(b)
			}
		}
		for _, member := range v {
			codes = append(codes, codesOf(member)...)
		}
	}
	return codes
}

// neverMet are the codes that no call to a healthy server can bring about, and
// why.
var neverMet = map[string]string{
	"internal":            "a mistake of ours, which these tests exist to rule out",
	"contract_broken":     "what kin-openapi finds under no keyword that the contract uses",
	"income_out_of_range": "the last defence of the tariff, behind the bounds of wages",
}

// reportCodes says which codes of the catalogue no test has met.
func reportCodes() int {
	var missing []string
	for _, code := range slices.Sorted(maps.Keys(catalogued)) {
		if _, seen := met.Load(code); !seen && neverMet[code] == "" {
			missing = append(missing, code)
		}
	}
	fmt.Printf("codes of the catalogue met by tests: %d of %d\n", len(catalogued)-len(missing)-len(neverMet), len(catalogued))
	if len(missing) > 0 {
		fmt.Println("  never met:", strings.Join(missing, ", "))
	}
	if len(missing) > 0 && !partial() {
		fmt.Println("FAIL: every code but those of neverMet is to be met")
		return 1
	}
	return 0
}

// secretValues are the personal values that the fixtures of these tests use: the
// NIK and the telephone number in any form, the e-mail, what happened, who told, who saw
// it, where an officer lies, who inherits, who receives for a child, and where they bank.
// The last two are those of the contract's own examples.
var secretValues = regexp.MustCompile(`990601[0-9]{10}|8123456789|812000000[0-9]|0812-3456|siti@contoh|Pingsan|Wati Contoh|Joko Contoh|RSUD Rahasia|` +
	`Budi Contoh|Lestari Contoh|Endah Contoh|77001122|Bank Waris|"1234567890"|Bank Contoh`)

// secretTraces are found in whatever has a secret value, and far faster.
var secretTraces = traces("990601", "8123456789", "812000000", "0812-3456", "siti@contoh", "Pingsan", "Contoh", "RSUD Rahasia", "77001122", "Bank Waris", `"1234567890"`)

// named are names of people, which masked officers show and problems do not.
var named = traces("Siti", "Contoh")

// traces finds any of some texts.
func traces(texts ...string) func([]byte) bool {
	return func(in []byte) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return bytes.Contains(in, []byte(text)) })
	}
}

// secret reports whether personal values show.
func secret(in []byte) bool { return secretTraces(in) && secretValues.Match(in) }

// checkPrivacy looks for personal values where they may not be: in any problem,
// and in any answer to a request without a purpose.
func (c caller) checkPrivacy(req *http.Request, res *http.Response, raw []byte) {
	c.t.Helper()
	if strings.HasPrefix(req.URL.Path, "/openapi") || strings.HasPrefix(req.URL.Path, "/v1/problems") || strings.HasPrefix(req.URL.Path, "/docs") {
		return
	}
	refused := res.StatusCode >= 400
	if refused && named(raw) || (refused || req.Header.Get("Purpose") == "") && secret(raw) {
		c.t.Errorf("%s %s: %d shows personal values: %s", req.Method, req.URL.Path, res.StatusCode, raw)
	}
}
