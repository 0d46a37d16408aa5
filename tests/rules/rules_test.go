// Package rules_test holds the rules of the house that a compiler cannot check:
// who may import whom, what a migration may say, what the contract promises, and
// what no source file may contain. It reads the tree and runs nothing of it.
package rules_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the repository, seen from here.
const root = "../.."

var update = flag.Bool("update", false, "rewrite the files in testdata; review them like code")

// outside are folders that hold no source of ours: what git, builds and running
// servers leave behind.
var outside = []string{".git", ".idea", ".vscode", "bin", "dist", "node_modules", "var"}

// sources lists the files of the repository whose names end in one of the
// suffixes, as paths from the root.
func sources(t *testing.T, suffixes ...string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(outside, d.Name()):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		if slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(path, s) }) {
			name, err := filepath.Rel(root, path)
			out = append(out, filepath.ToSlash(name))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func contents(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// golden holds got against a file of testdata, or rewrites it with -update.
func golden(t *testing.T, name string, got []string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) == text {
		return
	}
	want := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%s: gone: %s", path, line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("%s: new: %s", path, line)
		}
	}
	t.Errorf("%s differs; if that is meant, run go test ./tests/rules -update", path)
}
