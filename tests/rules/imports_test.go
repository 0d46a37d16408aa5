package rules_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "naungan/"

// mayImport lists, room by room, the other rooms each may import. A room that is
// missing here, or an import that is missing there, fails the test. It is the
// architecture in one table: nouns at the top, doors at the bottom.
var mayImport = map[string][]string{
	"internal/cover":     {},
	"internal/tariff":    {"internal/cover"},
	"internal/keys":      {},
	"internal/access":    {"internal/cover"},
	"internal/store":     {"internal/cover", "internal/tariff", "internal/access", "internal/keys", "migrations"},
	"internal/registry":  {"internal/cover", "internal/tariff", "internal/access", "internal/store"},
	"internal/billing":   {"internal/cover", "internal/tariff", "internal/access", "internal/store"},
	"internal/claims":    {"internal/cover", "internal/tariff", "internal/access", "internal/store"},
	"internal/documents": {"internal/cover", "internal/access", "internal/store"},
	"internal/reference": {"internal/cover", "internal/tariff", "internal/store"},
	"internal/paper":     {"internal/cover"},
	"internal/imports":   {"internal/cover", "internal/tariff", "internal/access", "internal/store", "internal/registry", "internal/paper"},
	"internal/jobs":      {"internal/cover", "internal/store", "internal/registry", "internal/billing", "internal/claims", "internal/imports", "internal/documents"},
	"internal/portal":    {},
	"internal/config":    {},
	"internal/localpg":   {},
	"internal/pgtest":    {"internal/localpg", "migrations"},
	"internal/api/wire":  {"internal/cover"},
	"internal/api": {
		"api", "internal/api/wire", "internal/cover", "internal/access", "internal/keys", "internal/tariff", "internal/store",
		"internal/registry", "internal/imports", "internal/billing", "internal/claims", "internal/portal",
		"internal/paper", "internal/documents",
	},
	"api":        {},
	"client":     {},
	"migrations": {},
}

// free are the places that may import every room: the one that puts the rooms
// together, and the tools and tests that look at them from outside.
var free = []string{"cmd", "internal/tools", "tests"}

// only lists outside packages that belong to a few rooms alone. A folder stands
// for everything below it.
var only = map[string][]string{
	"gorm.io":                              {"internal/store"},
	"github.com/jackc/pgx":                 {"internal/tools/bench", "internal/store", "internal/jobs", "internal/pgtest", "internal/localpg", "migrations"},
	"github.com/vgarvardt/pgx-google-uuid": {"internal/store"},
	"github.com/gin-gonic/gin":             {"internal/api"},
	"github.com/getkin/kin-openapi":        {"internal/api"},
	"github.com/tink-crypto":               {"internal/keys"},
	"github.com/xuri/excelize":             {"internal/imports", "internal/paper"},
	"codeberg.org/go-pdf/fpdf":             {"internal/paper"},
	"github.com/boombuler/barcode":         {"internal/paper"},
	"github.com/minio/minio-go":            {"internal/documents"},
	"os/exec":                              {"internal/documents", "internal/localpg", "internal/tools"},
	"net/http":                             {"internal/api", "internal/portal", "cmd", "client", "internal/tools"},
}

// clientVerbs are the commands of a client. They show others how our own client
// is used, so they use nothing else.
var clientVerbs = []string{"clients.go", "push.go", "rows.go", "story.go", "story_claims.go", "people.go", "health.go", "verify_invoice.go"}

func TestRoomsImportOnlyTheirNeighbours(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		if below(room, free) {
			continue
		}
		allowed, known := mayImport[room]
		if !known {
			t.Errorf("%s is an unknown room; add it to mayImport and to docs/ARCHITECTURE.md", room)
			continue
		}
		for _, imported := range p.Imports {
			if other, ours := strings.CutPrefix(imported, module); ours && !slices.Contains(allowed, other) {
				t.Errorf("%s imports %s", room, other)
			}
		}
	}
}

// Imports of test files are not held to this: a test of the store may well set
// up its own server.
func TestOutsidePackagesStayInTheirRooms(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		if below(room, []string{"tests"}) {
			continue
		}
		for _, imported := range p.Imports {
			for outside, rooms := range only {
				if below(imported, []string{outside}) && !below(room, rooms) {
					t.Errorf("%s imports %s, which belongs to %s", room, imported, strings.Join(rooms, ", "))
				}
			}
		}
	}
}

func TestClientVerbsUseTheClientAlone(t *testing.T) {
	t.Parallel()
	for _, name := range clientVerbs {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "cmd/naungan", name), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			other, ours := strings.CutPrefix(imported, module)
			if ours && other != "client" {
				t.Errorf("cmd/naungan/%s imports %s; a client's verb uses client alone", name, other)
			}
		}
	}
}

// below reports whether name is one of the folders or lies in one of them.
func below(name string, folders []string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return name == folder || strings.HasPrefix(name, folder+"/")
	})
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) (out []pkg) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	for dec := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		t.Fatal("go list names no package")
	}
	return out
}
