package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// ask asks for a token.
func (s *server) ask(id, secret, form string) answer {
	s.t.Helper()
	req := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/oauth/token", strings.NewReader(form))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if id != "" {
		req.SetBasicAuth(id, secret)
	}
	return caller{server: s}.do(req)
}

const credentialsGrant = "grant_type=client_credentials"

// client makes a client of the KPU and returns its id and secret.
func (w *world) client(t *testing.T, scopes ...string) (id, secret string) {
	t.Helper()
	made := w.kpu.post("/v1/api-clients", object{"organisation_id": w.organisations["kpu"], "name": "SIAKBA", "scopes": scopes}).must(t, 201).object(t)
	return made["client_id"].(string), made["client_secret"].(string)
}

// TestATokenOpensWhatItsScopesSay, all of the client's or those asked for, for
// fifteen minutes.
func TestATokenOpensWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id, secret := w.client(t, "officers:read", "organisations:read")
	whole := w.ask(id, secret, credentialsGrant).must(t, 200)
	same(t, "Cache-Control", whole.Header.Get("Cache-Control"), "no-store")
	token := whole.object(t)
	same(t, "scope", token["scope"], "officers:read organisations:read")
	same(t, "type", token["token_type"], "Bearer")
	same(t, "life", token["expires_in"], 900.0)
	c := caller{server: w.server, token: token["access_token"].(string)}
	c.get("/v1/officers").must(t, 200)
	c.get("/v1/organisations").must(t, 200)
	same(t, "a scope it lacks", c.get("/v1/claims").must(t, 403).code(t), "scope_missing")

	w.ask(id, secret, credentialsGrant+"&audience=x").must(t, 200) // RFC 6749, section 3.2: what is unknown is ignored
	narrow := w.ask(id, secret, credentialsGrant+"&scope=officers%3Aread").must(t, 200).object(t)
	same(t, "scope", narrow["scope"], "officers:read")
	few := caller{server: w.server, token: narrow["access_token"].(string)}
	few.get("/v1/officers").must(t, 200)
	refused := few.get("/v1/organisations").must(t, 403)
	same(t, "told", strings.Contains(refused.Header.Get("WWW-Authenticate"), `scope="organisations:read"`), true)

	w.at(today.Add(15*time.Minute - time.Second))
	c.get("/v1/officers").must(t, 200)
	w.at(today.Add(16 * time.Minute))
	same(t, "a token of yesterday", c.get("/v1/officers").must(t, 401).code(t), "token_invalid")
}

// TestTheTokenEndpointRefusesAlike whatever is wrong with a client, with the words
// of RFC 6749 besides ours.
func TestTheTokenEndpointRefusesAlike(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id, secret := w.client(t, "officers:read")
	gone, goneSecret := w.client(t, "officers:read")
	w.kpu.post("/v1/api-clients/"+gone+"/revoke", nil).must(t, 200)
	for name, tt := range map[string]struct {
		id, secret, form, oauth, code string
		status                        int
	}{
		"a wrong secret":         {id, secret + "x", credentialsGrant, "invalid_client", "client_unknown", 401},
		"no secret":              {id, "", credentialsGrant, "invalid_client", "client_unknown", 401},
		"no client":              {"", "", credentialsGrant, "invalid_client", "client_unknown", 401},
		"a client that is no id": {"SIAKBA", secret, credentialsGrant, "invalid_client", "client_unknown", 401},
		"a client of nobody":     {uuid.NewString(), secret, credentialsGrant, "invalid_client", "client_unknown", 401},
		"a client that is gone":  {gone, goneSecret, credentialsGrant, "invalid_client", "client_unknown", 401},
		"another's secret":       {id, goneSecret, credentialsGrant, "invalid_client", "client_unknown", 401},
		"a scope it lacks":       {id, secret, credentialsGrant + "&scope=officers:read+claims:decide", "invalid_scope", "scope_not_granted", 400},
		"a scope of other bytes": {id, secret, credentialsGrant + "&scope=%ff", "invalid_scope", "scope_not_granted", 400},
		"another grant":          {id, secret, "grant_type=password", "unsupported_grant_type", "grant_unsupported", 400},
		"no grant":               {id, secret, "scope=officers:read", "invalid_request", "malformed_request", 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.ask(tt.id, tt.secret, tt.form)
			o := got.object(t)
			if got.StatusCode != tt.status || o["code"] != tt.code || o["error"] != tt.oauth || o["error_description"] != o["detail"] {
				t.Errorf("%d %s, want %d %s %s", got.StatusCode, got.raw, tt.status, tt.code, tt.oauth)
			}
			if asks := strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Basic"); asks != (tt.status == 401) {
				t.Errorf("WWW-Authenticate %q", got.Header.Get("WWW-Authenticate"))
			}
		})
	}
}

// TestASecretIsRotatedWithoutAnOutage: both live for the hours of grace, then the
// new alone; without grace the old ends at once; two live at most.
func TestASecretIsRotatedWithoutAnOutage(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id, first := w.client(t, "officers:read")
	path := "/v1/api-clients/" + id
	rotate := func(body object) string {
		return w.kpu.post(path+"/rotate", body).must(t, 200).object(t)["client_secret"].(string)
	}
	live := func(secrets ...string) (states string) {
		for _, s := range secrets {
			states += fmt.Sprint(w.ask(id, s, credentialsGrant).StatusCode, " ")
		}
		return strings.TrimSpace(states)
	}
	second := rotate(object{"grace_hours": 2})
	same(t, "in grace", live(first, second), "200 200")
	same(t, "secrets", len(w.kpu.get(path).object(t)["secrets"].([]any)), 2)
	w.at(today.Add(2*time.Hour - time.Second))
	same(t, "at its end", live(first, second), "200 200")
	w.at(today.Add(2 * time.Hour))
	same(t, "after it", live(first, second), "401 200")
	third := rotate(object{})
	fourth := rotate(object{"grace_hours": 720})
	same(t, "two at most", live(second, third, fourth), "401 200 200")
	fifth := rotate(object{"grace_hours": 0})
	same(t, "after a leak", live(third, fourth, fifth), "401 401 200")
	used, _ := w.kpu.get(path).object(t)["secrets"].([]any)[0].(object)["last_used_at"].(string)
	same(t, "last used", used != "", true)

	w.kpu.post(path+"/revoke", nil).must(t, 200)
	same(t, "revoked", live(fifth), "401")
	same(t, "status", w.kpu.get(path).object(t)["status"], "revoked")
	for _, verb := range []string{"rotate", "revoke"} {
		var body any
		if verb == "rotate" {
			body = object{}
		}
		same(t, verb, w.kpu.post(path+"/"+verb, body).must(t, 409).code(t), "client_revoked")
	}
	shown := w.kpu.get(path)
	for _, secret := range []string{first, second, fifth} {
		if containsText(string(shown.raw), secret) {
			t.Errorf("a secret is shown again: %s", shown.raw)
		}
	}
}

// TestNobodyGetsTheSecretOfTheirChecker: a client that keeps clients rotates itself and
// the clerks beside it, but none beside it that decides on money; those above do.
func TestNobodyGetsTheSecretOfTheirChecker(t *testing.T) {
	t.Parallel()
	w := settle(t)
	makes := func(scopes ...string) (string, caller) {
		made := w.admin.post("/v1/api-clients", object{"organisation_id": w.organisations["branch"], "name": "Kantor", "scopes": scopes}).must(t, 201).object(t)
		id := name(made["client"].(object))
		return "/v1/api-clients/" + id, w.branch.by(uuid.MustParse(id))
	}
	own, keeper := makes("clients:admin", "claims:decide")
	decider, _ := makes("claims:decide")
	giver, _ := makes("ex_gratia:write")
	clerk, _ := makes("claims:write")
	for path, want := range map[string][]any{own: {}, decider: {"duties_not_separated"}, giver: {"duties_not_separated"}, clerk: {}} {
		actions := keeper.get(path).object(t)["actions"].([]any)
		same(t, "rotate is blocked by", fmt.Sprint(actions[0].(object)["blocked_by"]), fmt.Sprint(want))
		if got := keeper.post(path+"/rotate", object{}); len(want) > 0 {
			same(t, "a checker", got.must(t, 403).code(t), "duties_not_separated")
		} else {
			got.must(t, 200)
		}
	}
	w.admin.post(decider+"/rotate", object{}).must(t, 200)
	same(t, "rotated once", w.events("client_rotated", strings.TrimPrefix(decider, "/v1/api-clients/")), 1)
}

// TestTokensOfOthersOpenNothing: of another key, another algorithm, or none.
func TestTokensOfOthersOpenNothing(t *testing.T) {
	t.Parallel()
	w := settle(t)
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	parts := strings.Split(w.kpu.token, ".")
	forged := part(fmt.Sprintf(`{"iss":"naungan","aud":"naungan","exp":99999999999,"organisation":%q,"kind":"kpu","scope":"officers:read"}`, w.organisations["kpu"]))
	for name, tt := range map[string]struct{ header, code string }{
		"no header":              {"", "token_missing"},
		"basic credentials":      {"Basic YTpi", "token_missing"},
		"no token":               {"Bearer", "token_invalid"},
		"no token after a space": {"Bearer ", "token_invalid"},
		"no algorithm":           {"Bearer " + part(`{"alg":"none","typ":"at+jwt"}`) + "." + forged + ".", "token_invalid"},
		"other claims":           {"Bearer " + parts[0] + "." + forged + "." + parts[2], "token_invalid"},
		"a signature cut off":    {"Bearer " + parts[0] + "." + parts[1] + ".", "token_invalid"},
		"two tokens":             {"Bearer " + w.kpu.token + " " + w.kpu.token, "token_invalid"},
		"very many bytes":        {"Bearer " + strings.Repeat("a", 100_000), "token_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			c := get("/v1/officers")
			if tt.header != "" {
				c = c.under("Authorization", tt.header)
			}
			got := caller{server: w.server}.send(c).must(t, 401)
			same(t, "code", got.code(t), tt.code)
			same(t, "WWW-Authenticate", strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Bearer"), true)
		})
	}
	w.kpu.send(get("/v1/officers").under("Authorization", "bearer "+w.kpu.token)).must(t, 200) // RFC 9110: in any case
}

// TestAClientIsKeptByItsOwnAndThoseAbove.
func TestAClientIsKeptByItsOwnAndThoseAbove(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id, _ := w.client(t, "officers:read")
	for name, tt := range map[string]struct {
		by   caller
		sees bool
	}{
		"its own": {w.kpu, true}, "the body above": {w.nation, true}, "the administrator": {w.admin, true},
		"whoever pays": {w.government, false}, "the branch": {w.branch, false},
	} {
		listed := slices.Contains(names(tt.by.get("/v1/api-clients?limit=1000").must(t, 200).items(t)), id)
		read := tt.by.get("/v1/api-clients/" + id).StatusCode
		if listed != tt.sees || (read == 200) != tt.sees {
			t.Errorf("%s: listed %v, read %d", name, listed, read)
		}
	}
	w.nation.post("/v1/api-clients", object{"organisation_id": w.organisations["kpu"], "name": "x", "scopes": []string{"officers:read"}}).must(t, 201)
	w.admin.post("/v1/api-clients", object{"organisation_id": w.organisations["branch"], "name": "x", "scopes": scopes()}).must(t, 201)
}
