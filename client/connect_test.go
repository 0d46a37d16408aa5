package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// counterpart answers like Naungan, and otherwise with what a test wants.
func counterpart(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if id, secret, _ := r.BasicAuth(); id != "id" || secret != "nsk_a-_b" {
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"title": "Unknown client", "code": "client_unknown", "error": "invalid_client", "error_description": "Look again.",
			})
			return
		}
		_ = json.NewEncoder(w).Encode(Token{AccessToken: "t", TokenType: "Bearer", ExpiresIn: 900})
	})
	mux.HandleFunc("/", answer)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestACallCarriesTheToken(t *testing.T) {
	t.Parallel()
	url := counterpart(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(Health{Status: r.Header.Get("Authorization")})
	})
	naungan, err := Connect(t.Context(), url+"/", "id", "nsk_a-_b")
	if err != nil {
		t.Fatal(err)
	}
	res, err := Check(naungan.GetReadinessWithResponse(t.Context()))
	if err != nil || res.JSON200.Status != "Bearer t" {
		t.Errorf("%s, %v", res.Body, err)
	}
}

func TestWrongCredentialsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Connect(t.Context(), counterpart(t, http.NotFound), "id", "wrong")
	if err == nil || err.Error() != "get a token: invalid_client: Look again." {
		t.Error(err)
	}
}

func TestARefusalIsAProblem(t *testing.T) {
	t.Parallel()
	detail := "1 place must be mended."
	sent := Problem{
		Title: "The request breaks a rule", Code: "rule_broken", Status: 422, Detail: &detail,
		Errors: []Fault{{Pointer: "/nik", Code: "nik_invalid", Detail: "This is not a NIK."}},
	}
	url := counterpart(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(sent)
	})
	naungan, err := Connect(t.Context(), url, "id", "nsk_a-_b")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Check(naungan.GetReadinessWithResponse(t.Context()))
	problem, ok := errors.AsType[Problem](err)
	if !ok || problem.Code != "rule_broken" || problem.Errors[0].Pointer != "/nik" {
		t.Fatal(err)
	}
	const want = "The request breaks a rule (rule_broken): 1 place must be mended; /nik: This is not a NIK (nik_invalid)"
	if problem.Error() != want {
		t.Error(problem)
	}
}

func TestAnAnswerOfSomebodyElseIsNoSuccess(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"a portal": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<h1>Log in</h1>"))
		},
		"a proxy": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "upstream", http.StatusBadGateway) },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				t.Error("the token went elsewhere")
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			naungan, err := Connect(t.Context(), counterpart(t, answer), "id", "nsk_a-_b")
			if err != nil {
				t.Fatal(err)
			}
			_, err = Check(naungan.GetReadinessWithResponse(t.Context()))
			if err == nil || !strings.Contains(err.Error(), "somebody else answered") {
				t.Error(err)
			}
		})
	}
}
