//go:build unix

package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// tryLock takes the lock on a home, which is free again after unlock or once the
// process has ended, however it ended. Refuses a taken one with ErrInUse.
func tryLock(path string) (*os.File, error) {
	file, err := openPlain(path, os.O_RDWR)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("%s: %w", filepath.Dir(path), ErrInUse)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// unlock frees a lock. To close the file would not always do: a child that is just
// being started holds it too, until it becomes another program.
func unlock(file *os.File) error {
	return errors.Join(syscall.Flock(int(file.Fd()), syscall.LOCK_UN), file.Close())
}

// waitLock is tryLock for those who can wait.
func waitLock(ctx context.Context, path string) (*os.File, error) {
	for {
		file, err := tryLock(path)
		if !errors.Is(err, ErrInUse) {
			return file, err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// openPlain opens or creates a file for our eyes only. It follows no symbolic
// link: root must not be led astray in a folder that belongs to someone else.
func openPlain(path string, flags int) (*os.File, error) {
	return os.OpenFile(path, flags|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
}
