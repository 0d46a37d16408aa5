package api_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	published "naungan/api"
	"naungan/internal/portal"
)

// TestTheContractIsServedAsItWasReleased, byte for byte in YAML and with the same
// content in JSON.
func TestTheContractIsServedAsItWasReleased(t *testing.T) {
	t.Parallel()
	s := start(t)
	nobody := caller{server: s}
	inYAML := nobody.get("/openapi.yaml").must(t, 200)
	if !bytes.Equal(inYAML.raw, published.Contract) {
		t.Error("the YAML is not the contract that was built in")
	}
	same(t, "type", inYAML.Header.Get("Content-Type"), "application/yaml")
	inJSON := nobody.get("/openapi.json").must(t, 200)
	var fromYAML, fromJSON any
	if err := yaml.Unmarshal(published.Contract, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(inJSON.raw, &fromJSON); err != nil {
		t.Fatal(err)
	}
	if differ := difference("", plain(fromYAML), fromJSON); differ != "" {
		t.Errorf("the JSON differs at %s", differ)
	}
}

// plain is a value of YAML as JSON would have it. YAML makes instants of unquoted
// days; the contract means the text.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

// difference says where two values differ.
func difference(at string, a, b any) string {
	switch a := a.(type) {
	case object:
		o, _ := b.(object)
		if len(a) != len(o) {
			return at + ": other members"
		}
		for name, member := range a {
			if d := difference(at+"/"+name, member, o[name]); d != "" {
				return d
			}
		}
		return ""
	case []any:
		list, _ := b.([]any)
		if len(a) != len(list) {
			return at + ": other items"
		}
		for i := range a {
			if d := difference(fmt.Sprint(at, "/", i), a[i], list[i]); d != "" {
				return d
			}
		}
		return ""
	case string:
		if text, ok := b.(string); ok && strings.HasPrefix(a, text) && strings.HasSuffix(a, "T00:00:00Z") {
			return ""
		}
	}
	if !reflect.DeepEqual(a, b) {
		return fmt.Sprintf("%s: %v and %v", at, a, b)
	}
	return ""
}

// TestEveryProblemIsExplained: the list and each entry of it, in both languages.
func TestEveryProblemIsExplained(t *testing.T) {
	t.Parallel()
	s := start(t)
	nobody := caller{server: s}
	list := nobody.get("/v1/problems").must(t, 200).items(t)
	if len(list) < 120 {
		t.Errorf("%d problems", len(list))
	}
	for _, p := range list {
		one := nobody.get(fmt.Sprint("/v1/problems/", p["code"])).must(t, 200).object(t)
		if !reflect.DeepEqual(one, p) {
			t.Errorf("%s: %v in the list, %v by itself", p["code"], p, one)
		}
		for _, part := range []string{"title", "cause", "remedy"} {
			words, _ := one[part].(object)
			if words["id"] == "" || words["en"] == "" || words["id"] == words["en"] {
				t.Errorf("%s: %s %v", p["code"], part, words)
			}
		}
	}
}

// TestReferenceDataIsThere: areas, positions and elections, as the rules know them.
func TestReferenceDataIsThere(t *testing.T) {
	t.Parallel()
	w := settle(t)
	area := w.kpu.get("/v1/areas/61.06").must(t, 200)
	same(t, "name", area.object(t)["name"], "Kabupaten Kapuas Hulu")
	same(t, "parent", area.object(t)["parent_code"], "61")
	same(t, "cache", area.Header.Get("Cache-Control"), "private, max-age=3600")
	same(t, "a village", w.kpu.get("/v1/areas/"+village).must(t, 200).object(t)["level"], "village")
	same(t, "a province's parent", w.kpu.get("/v1/areas/61").must(t, 200).object(t)["parent_code"], nil)
	provinces := w.kpu.get("/v1/areas?level=province&limit=1000").must(t, 200).items(t)
	same(t, "provinces", len(provinces), 38)
	positions := w.kpu.get("/v1/positions").must(t, 200).items(t)
	known := map[any]object{}
	for _, p := range positions {
		known[p["code"]] = p
	}
	same(t, "seats of KPPS", known["kpps"]["per_unit"], 7.0)
	same(t, "oldest of KPPS", known["kpps"]["max_age"], 55.0)
	same(t, "organiser of PTPS", known["ptps"]["organiser"], "bawaslu")
	found := false
	for _, e := range w.kpu.get("/v1/elections").must(t, 200).items(t) {
		if e["code"] != "pilkada_2024" {
			continue
		}
		for _, term := range e["terms"].([]any) {
			o := term.(object)
			if o["position"] == "pps" && o["role"] == "member" {
				found = true
				same(t, "honorarium", o["monthly_honorarium_amount"], 1_300_000.0)
				same(t, "certainty", o["certainty"], "secondary")
			}
		}
	}
	same(t, "the term of PPS", found, true)
}

// TestThePublishedKeysVerifyOurTokens with nothing but the standard library.
func TestThePublishedKeysVerifyOurTokens(t *testing.T) {
	t.Parallel()
	w := settle(t)
	nobody := caller{server: w.server}
	set, _ := nobody.get("/.well-known/jwks.json").must(t, 200).object(t)["keys"].([]any)
	parts := strings.Split(w.kpu.token, ".")
	number := func(s any) *big.Int {
		raw, err := base64.RawURLEncoding.DecodeString(fmt.Sprint(s))
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(raw)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature := number(parts[2]).FillBytes(make([]byte, 64))
	verified := false
	for _, k := range set {
		key := k.(object)
		if _, private := key["d"]; private {
			t.Error("the private key is published")
		}
		point := append([]byte{4}, number(key["x"]).FillBytes(make([]byte, 32))...) // uncompressed
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(point, number(key["y"]).FillBytes(make([]byte, 32))...))
		if err != nil {
			t.Fatal(err)
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		verified = verified || ecdsa.Verify(public, digest[:], r, s)
	}
	same(t, "verified", verified, true)

	server := nobody.get("/.well-known/oauth-authorization-server").must(t, 200).object(t)
	same(t, "token endpoint", strings.HasSuffix(fmt.Sprint(server["token_endpoint"]), "://example.com/oauth/token"), true)
	same(t, "scopes", len(server["scopes_supported"].([]any)), len(scopes()))
}

// TestTheServerSaysWhenItIsReady, and when it is not: stopping, or without its
// database.
func TestTheServerSaysWhenItIsReady(t *testing.T) {
	t.Parallel()
	s := start(t)
	nobody := caller{server: s}
	nobody.get("/livez").must(t, 200)
	nobody.get("/readyz").must(t, 200)
	s.door.Stop()
	got := nobody.get("/readyz").must(t, 503)
	same(t, "code", got.code(t), "service_unavailable")
	same(t, "Retry-After", got.Header.Get("Retry-After"), "1")
	nobody.get("/livez").must(t, 200)

	other := start(t)
	other.store.Close()
	caller{server: other}.get("/readyz").must(t, 503)
	caller{server: other}.get("/livez").must(t, 200)
}

// TestThePortalIsServed with its files, and nothing else below it.
func TestThePortalIsServed(t *testing.T) {
	t.Parallel()
	s := start(t)
	nobody := caller{server: s}
	page := nobody.get("/docs").must(t, 200)
	same(t, "type", page.Header.Get("Content-Type"), "text/html; charset=utf-8")
	same(t, "policy", page.Header.Get("Content-Security-Policy") != "", true)
	if len(portal.Paths()) < 5 {
		t.Errorf("only %v", portal.Paths())
	}
	for _, path := range portal.Paths() {
		for _, method := range []string{"GET", "HEAD"} {
			got := nobody.send(call{method: method, path: path}).must(t, 200)
			if (len(got.raw) > 0) != (method == "GET") {
				t.Errorf("%s %s: %d bytes", method, path, len(got.raw))
			}
		}
		same(t, path, nobody.send(call{method: "POST", path: path}).must(t, 405).code(t), "method_not_allowed")
	}
	same(t, "no file", nobody.get("/docs/assets/x.js").must(t, 404).code(t), "route_unknown")
}
