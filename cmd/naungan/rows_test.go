package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"naungan/client"
)

// table answers with rows, in the media type that was asked for.
type table struct {
	content string
	cut     bool // the connection is lost before the end

	mu    sync.Mutex
	asked *http.Request
}

// was is what the table was asked.
func (s *table) was() (path string, query url.Values, header http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked.URL.Path, s.asked.URL.Query(), s.asked.Header
}

func (s *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = r
	w.Header().Set("Content-Type", r.Header.Get("Accept")+"; charset=utf-8")
	_, _ = w.Write([]byte(s.content))
	if s.cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func TestRowsAreWrittenAsTheNameOfTheFileSays(t *testing.T) {
	t.Parallel()
	for name, mediaType := range map[string]string{
		"rejected.csv": "text/csv", "rejected.ndjson": "application/x-ndjson", "rejected.XLSX": mediaTypes[".xlsx"],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, id, out := &table{content: "nik\n6106\n"}, uuid.NewString(), filepath.Join(t.TempDir(), name)
			status, stdout, stderr := ran(t, serves(t, s.ServeHTTP), "rows", id, "--out", out, "--purpose", "verification")
			if status != 0 || stdout+stderr != "" {
				t.Fatalf("status %d: %s%s", status, stdout, stderr)
			}
			path, query, header := s.was()
			if path != "/v1/imports/"+id+"/rows" || query.Get("outcome") != "rejected" ||
				header.Get("Accept") != mediaType || header.Get("Purpose") != "verification" {
				t.Errorf("asked for %s?%s with %v", path, query.Encode(), header)
			}
			holdsOnly(t, out, "nik\n6106\n")
		})
	}
}

// holdsOnly asserts that a folder holds one file, which only its owner may read.
func holdsOnly(t *testing.T, path, content string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("%q, %v", got, err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestRowsGoToStdoutAsCSV(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		said string
		want []string
	}{
		"some outcomes": {"created,updated", []string{"created,updated"}},
		"every outcome": {"all", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &table{content: "nik\n6106\n"}
			status, stdout, stderr := ran(t, serves(t, s.ServeHTTP), "rows", uuid.NewString(), "--outcome", tt.said)
			if status != 0 || stdout != s.content || stderr != "" {
				t.Errorf("status %d: %s%s", status, stdout, stderr)
			}
			_, query, header := s.was()
			if header.Get("Accept") != "text/csv" || !slices.Equal(query["outcome"], tt.want) || header.Get("Purpose") != "" {
				t.Errorf("asked for %s with %v", query.Encode(), header)
			}
		})
	}
}

func TestRowsThatDoNotAllArriveLeaveWhatWasThere(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"the connection is lost": (&table{content: strings.Repeat("6106\n", 100_000), cut: true}).ServeHTTP,
		"Naungan refuses": func(w http.ResponseWriter, _ *http.Request) {
			answers(w, http.StatusForbidden, client.Problem{Title: "Not yours", Code: "forbidden"})
		},
		"something else answers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<h1>Log in</h1>"))
		},
		"it answers with pages": func(w http.ResponseWriter, _ *http.Request) { answers(w, http.StatusOK, client.ImportRowPage{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "rejected.csv")
			if err := os.WriteFile(out, []byte("mended by hand"), 0o600); err != nil {
				t.Fatal(err)
			}
			status, stdout, stderr := ran(t, serves(t, answer), "rows", uuid.NewString(), "--out", out)
			if status != 1 || stdout != "" || strings.Contains(stderr, "6106") {
				t.Errorf("status %d: %s%s", status, stdout, stderr)
			}
			holdsOnly(t, out, "mended by hand")
			t.Log(stderr)
		})
	}
}

func TestRowsCutOffOnStdoutAreAnError(t *testing.T) {
	t.Parallel()
	s := &table{content: "nik\n6106\n", cut: true}
	if status, _, stderr := ran(t, serves(t, s.ServeHTTP), "rows", uuid.NewString()); status != 1 || stderr == "" {
		t.Errorf("status %d: %s", status, stderr)
	}
}
