//go:build unix

package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftover stops the server that a killed process has left on a home, and
// clears what it left. The caller holds the lock, so nobody else cares for it.
func stopLeftover(ctx context.Context, h home) error {
	pid, rest, err := readPidFile(h)
	if err != nil || pid == 0 {
		return err
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if !serves(pid, h) {
			break
		}
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the server left behind (process %d): %w", pid, err)
		}
		if err := waitGone(ctx, pid, h); err != nil {
			return err
		}
	}
	if serves(pid, h) {
		return fmt.Errorf("the server left behind (process %d) does not stop", pid)
	}
	return disown(h, rest)
}

func waitGone(ctx context.Context, pid int, h home) error {
	for end := time.Now().Add(patience); serves(pid, h) && time.Now().Before(end); {
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// serves says whether a process is the postgres of this home: the number in a
// stale file may long belong to someone else.
func serves(pid int, h home) bool {
	line := commandLine(pid)
	return strings.Contains(line, "postgres") && strings.Contains(line, h.data())
}

// disown puts our own number into a postmaster.pid that was left behind. Postgres
// refuses to start while the process named there lives, whatever it is, unless it
// is its own parent. Removing the file would do as well, but then Postgres could
// no longer find, by the rest of it, backends that still use the cluster. The
// file that guards the socket has no such rest.
func disown(h home, rest string) error {
	guard := filepath.Join(h.socket, socketName+".lock")
	if err := os.Remove(guard); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(pidFile(h), os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it stopped in order
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%d\n%s", os.Getpid(), rest)
	return errors.Join(err, file.Close())
}

// readPidFile gives the process and the other lines of postmaster.pid, 0 when
// there is no such file or it was never written.
func readPidFile(h home) (pid int, rest string, err error) {
	text, err := os.ReadFile(pidFile(h))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", err
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 0 {
		return 0, "", os.Remove(pidFile(h)) // cut short: Postgres refuses an empty one
	}
	return pid, rest, nil
}

func pidFile(h home) string { return filepath.Join(h.data(), "postmaster.pid") }
