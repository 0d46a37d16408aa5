package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func parts(files ...string) fstest.MapFS {
	dir := fstest.MapFS{}
	for i, content := range files {
		dir[string(rune('a'+i))+".yaml"] = &fstest.MapFile{Data: []byte(content)}
	}
	return dir
}

const common = `# What every part relies on.
components:
  schemas:
    # Zebra comes first because its author says so.
    Zebra: {type: object, description: "quoted: as written"}
openapi: 3.0.3
tags:
  - {name: officers}
paths: {}
info:
  title: Test
  description: |
    Two lines
    of prose.
`

const officers = `# Officers are enrolled one by one.
paths:
  # The list.
  /v1/officers:
    get: {operationId: listOfficers} # read often
components:
  schemas:
    Officer:
      type: object
`

// What is published is exactly this; a change of the parser's or printer's habits
// shows here before it shows in a diff of the contract.
func TestPartsAreLaidEndToEndWithOrderAndCommentsKept(t *testing.T) {
	t.Parallel()
	got, err := bundle(parts(common, officers))
	if err != nil {
		t.Fatal(err)
	}
	want := `# Generated from api/parts by make generate; edit the parts, never this file.

openapi: 3.0.3
info:
  title: Test
  description: |
    Two lines
    of prose.
tags:
  - {name: officers}
paths:
  # Officers are enrolled one by one.

  # The list.
  /v1/officers:
    get: {operationId: listOfficers} # read often
# What every part relies on.
components:
  schemas:
    # Zebra comes first because its author says so.
    Zebra: {type: object, description: "quoted: as written"}
    Officer:
      type: object
`
	if string(got) != want {
		t.Errorf("got:\n%s", got)
	}
}

func TestWhatIsDefinedTwiceIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		second string
		want   string
	}{
		"a path of two parts":             {"paths: {/v1/officers: {post: {}}}", "paths//v1/officers is defined twice: b.yaml:4 and c.yaml:1"},
		"a schema of two parts":           {"components: {schemas: {Zebra: {}}}", "components/schemas/Zebra is defined twice: a.yaml:5 and c.yaml:1"},
		"a section that has one owner":    {"info: {title: Other}", "info is defined twice: a.yaml:10 and c.yaml:1"},
		"a list that another part began":  {"tags: [{name: claims}]", "tags is defined twice: a.yaml:7 and c.yaml:1"},
		"a method of one path":            {"paths:\n  /v1/claims:\n    get: {}\n    get: {}", "paths//v1/claims/get is defined twice: c.yaml:3 and c.yaml:4"},
		"a property of one schema":        {"components: {schemas: {Claim: {properties: {a: {}, a: {}}}}}", "a is defined twice"},
		"a schema standing twice in one":  {"components:\n  schemas:\n    Claim: {}\n    Claim: {}", "components/schemas/Claim is defined twice: c.yaml:3 and c.yaml:4"},
		"a section of one part":           {"paths: {}\npaths: {}", "paths is defined twice: c.yaml:1 and c.yaml:2"},
		"a section where a value belongs": {"paths: 7", "paths is defined twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := bundle(parts(common, officers, tt.second))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestEveryDuplicateIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := bundle(parts(common, officers, common, officers))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"openapi", "info", "tags", "paths//v1/officers", "components/schemas/Zebra", "components/schemas/Officer"} {
		if !strings.Contains(err.Error(), want+" is defined twice") {
			t.Errorf("no word of %s in %q", want, err)
		}
	}
}

func TestWhatIsNoPartIsRefused(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]fstest.MapFS{
		"no parts at all": parts(),
		"a list":          parts("- a"),
		"an empty file":   parts(""),
		"an empty map":    parts("{}", common),
		"no YAML":         parts("a: [b"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := bundle(dir); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestAnUnchangedContractIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "openapi.yaml")
	if err := os.Mkdir(filepath.Join(dir, "parts"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "parts", "a.yaml"), []byte(common), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(filepath.Join(dir, "parts"), out); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(out, 0o400); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(filepath.Join(dir, "parts"), out); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(out); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("written again: %v", err)
	}
}
