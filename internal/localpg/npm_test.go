//go:build unix

package localpg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A package as npm delivers it: no links, but a list of them.
var delivered = map[string]string{
	"package/package.json":             "{}",
	"package/native/bin/postgres":      "a program",
	"package/native/lib/libpq.so.5.18": "a library",
	"package/native/pg-symlinks.json":  `[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]`,
}

func TestAPackageIsUnpackedWithItsLinks(t *testing.T) {
	t.Parallel()
	desk := t.TempDir()
	if err := open(t.Context(), desk, deliver(t, desk, delivered)); err != nil {
		t.Fatal(err)
	}
	library, err := os.ReadFile(filepath.Join(desk, "native/lib/libpq.so.5"))
	if err != nil || string(library) != "a library" {
		t.Errorf("the link leads to %q, %v", library, err)
	}
	program, err := os.Stat(filepath.Join(desk, "native/bin/postgres"))
	if err != nil || program.Mode().Perm()&0o555 != 0o555 {
		t.Errorf("the program has mode %v, %v", program.Mode(), err)
	}
	if exists(filepath.Join(desk, "package.json")) {
		t.Error("other files were unpacked too")
	}
}

func TestAPackageWithAnotherChecksumIsRefused(t *testing.T) {
	t.Parallel()
	desk := t.TempDir()
	deliver(t, desk, delivered)
	if err := open(t.Context(), desk, "pinned"); err == nil || !strings.Contains(err.Error(), "SHA-512") {
		t.Errorf("got %v", err)
	}
	if exists(filepath.Join(desk, "native")) {
		t.Error("it was unpacked all the same")
	}
}

func TestAPackageCannotWriteElsewhere(t *testing.T) {
	t.Parallel()
	desk := filepath.Join(t.TempDir(), "desk")
	if err := os.Mkdir(desk, 0o700); err != nil {
		t.Fatal(err)
	}
	sum := deliver(t, desk, map[string]string{"package/native/../../escaped": "x"})
	if err := open(t.Context(), desk, sum); err == nil || exists(filepath.Join(desk, "../escaped")) {
		t.Errorf("got %v", err)
	}
}

// deliver puts an archive on the desk and gives its SHA-512.
func deliver(t *testing.T, desk string, files map[string]string) string {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	w := tar.NewWriter(zipped)
	for name, content := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o700, Size: int64(len(content))}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(desk, "delivered.tgz"), archive.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(archive.Bytes())
	return base64.StdEncoding.EncodeToString(sum[:])
}
