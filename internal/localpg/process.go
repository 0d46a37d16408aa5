//go:build unix

package localpg

import (
	"context"
	"os/exec"
	"runtime"
	"syscall"
)

// account is the user that Postgres runs as.
type account struct {
	uid, gid   int
	credential *syscall.Credential // nil: our own user
}

// command prepares a program to run as this user, away from our folder, our
// environment and our terminal: Ctrl-C is for us, and we stop Postgres in order.
func (a account) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = attributes(a.credential)
	return cmd
}

// process is a started program.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // how it ended; read after done
}

// spawn starts a program. The kernel signals a child when the thread that started
// it ends, not the process, so that thread is kept for as long as the child lives.
func spawn(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	return p, <-started
}
