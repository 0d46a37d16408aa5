//go:build unix

package localpg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// systemDir holds what a root process keeps for the user it hands Postgres to:
// that user may not enter /root.
const systemDir = "/var/lib/naungan"

// socketName is the name Postgres gives its socket, by the default port.
const socketName = ".s.PGSQL.5432"

// socketLimit is the longest path of a socket, in bytes: 107 on Linux, 103 on
// macOS.
const socketLimit = 103

// home is where a cluster lives, and who runs it.
type home struct {
	dir    string
	socket string // the folder of the socket
	user   account
}

func (h home) path(name string) string { return filepath.Join(h.dir, name) }

// data is the folder of the cluster itself.
func (h home) data() string { return h.path("data") }

func (h home) hasPidFile() bool { return exists(pidFile(h)) }

// settle finds or makes the home for a folder.
func settle(ctx context.Context, dir string, log *slog.Logger) (home, error) {
	dir, err := resolve(dir)
	if err != nil {
		return home{}, err
	}
	h := home{dir: dir, user: account{uid: os.Geteuid(), gid: os.Getegid()}}
	if os.Geteuid() == 0 {
		if h, err = settleForRoot(ctx, dir); err != nil {
			return home{}, err
		}
	}
	if h.dir != dir {
		log.InfoContext(ctx, "the user of Postgres cannot reach the folder; the cluster lives elsewhere",
			"folder", dir, "cluster", h.dir)
	}
	// Others may pass through, to the folders inside that belong to the user.
	if err := ensureDir(h.dir, 0o711); err != nil {
		return home{}, err
	}
	h.socket, err = socketDir(h)
	return h, err
}

// settleForRoot chooses the user and the place. A cluster that exists decides
// both; otherwise its place must be one that the user can reach.
func settleForRoot(ctx context.Context, dir string) (home, error) {
	if owner, err := ownerOf(filepath.Join(dir, "data")); err == nil && owner.uid != 0 {
		h := home{dir: dir, user: owner}
		if !owner.reaches(ctx, dir) {
			const advice = "the cluster belongs to user %d, who cannot reach %s: open the path to it (chmod o+x)"
			return home{}, fmt.Errorf(advice, owner.uid, dir)
		}
		return h, nil
	}
	user, err := serviceAccount()
	if err != nil {
		return home{}, err
	}
	moved := filepath.Join(systemDir, short(dir))
	if !exists(filepath.Join(moved, "data")) && user.reaches(ctx, filepath.Dir(dir)) {
		return home{dir: dir, user: user}, nil
	}
	return home{dir: moved, user: user}, ensureDir(systemDir, 0o755)
}

// serviceAccount is the user to whom root hands a new cluster.
func serviceAccount() (account, error) {
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return newAccount(u)
		}
	}
	return account{}, errors.New(`root may not run Postgres, and there is neither a user "postgres" nor "nobody"`)
}

func newAccount(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, err
	}
	return accountOf(uint32(uid), uint32(gid)), nil
}

func accountOf(uid, gid uint32) account {
	return account{int(uid), int(gid), &syscall.Credential{Uid: uid, Gid: gid}}
}

func ownerOf(path string) (account, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return account{}, err
	}
	stat := info.Sys().(*syscall.Stat_t)
	return accountOf(stat.Uid, stat.Gid), nil
}

// reaches asks the system, as this user, whether a folder can be entered: modes
// alone do not tell (access lists, network folders).
func (a account) reaches(ctx context.Context, dir string) bool {
	return a.command(ctx, "/bin/sh", "-c", `test -x "$1"`, "sh", dir).Run() == nil
}

// socketDir makes the folder of the socket: in the home, or where that path is
// too long for a socket, in a folder for temporary files.
func socketDir(h home) (string, error) {
	places := []string{
		h.path("run"),
		filepath.Join(os.TempDir(), "naungan-"+short(h.dir)),
		"/tmp/naungan-" + short(h.dir),
	}
	for _, dir := range places {
		if len(filepath.Join(dir, socketName)) <= socketLimit {
			return dir, privateDir(dir, h.user)
		}
	}
	return "", errors.New("no path short enough for a socket")
}

// leave removes the folder of the socket when it is not in the home.
func (h home) leave() error {
	if h.socket == h.path("run") {
		return nil
	}
	return os.Remove(h.socket)
}

// privateDir makes a folder that only its user may enter. Refuses one that exists
// and belongs to someone else, for anyone may have put it there.
func privateDir(dir string, a account) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	uid := int(info.Sys().(*syscall.Stat_t).Uid)
	if !info.IsDir() || info.Mode().Perm() != 0o700 || uid != a.uid && uid != os.Geteuid() {
		return fmt.Errorf("%s is not a private folder of user %d: remove it", dir, a.uid)
	}
	return os.Lchown(dir, a.uid, a.gid)
}

// ensureDir makes a folder with this very mode, whatever the umask.
func ensureDir(dir string, mode fs.FileMode) error {
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	return os.Chmod(dir, mode)
}

// resolve makes a path absolute and free of symbolic links, and makes its parent,
// so that one folder has one name.
func resolve(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real, nil
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(dir))
	return filepath.Join(parent, filepath.Base(dir)), err
}

// short is a name for a path, in 12 characters.
func short(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
