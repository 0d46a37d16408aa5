package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"naungan/client"
	"naungan/internal/pgtest"
)

// binary is the program as people run it: what these tests measure, and how often
// they can kill it, is not to depend on the race detector. That watches the same code
// where it is called without a process between (tests/api).
var binary string

func TestMain(m *testing.M) {
	tmp, err := os.MkdirTemp("", "naungan-program-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(tmp, "naungan")
	if said, err := exec.CommandContext(context.Background(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, said))
	}
	status := pgtest.Main(m)
	_ = os.RemoveAll(seeds)
	_ = os.RemoveAll(tmp)
	os.Exit(status)
}

// command prepares the program, with nothing of ours in its environment but this.
func command(ctx context.Context, environ []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "NAUNGAN_") || strings.HasPrefix(entry, "NAUNGAN_PG_BIN=") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, environ...)
	return cmd
}

// ran runs the program to its end.
func ran(t *testing.T, environ []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	cmd := command(t.Context(), environ, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), said.String()
}

// server is a running `naungan serve`.
type server struct {
	cmd   *exec.Cmd
	url   string        // known once it is ready
	ready chan struct{} // closed when it says so
	took  time.Duration // until it was
	ended chan struct{} // closed when it has ended
	mu    sync.Mutex
	log   bytes.Buffer
}

// start starts the server on a data directory and any port, without waiting.
func start(t *testing.T, dir string, environ []string, args ...string) *server {
	t.Helper()
	args = append([]string{"serve", "--data-dir", dir, "--listen", "127.0.0.1:0"}, args...)
	s := &server{
		cmd:   command(context.Background(), environ, args...), // ended below, in order
		ready: make(chan struct{}), ended: make(chan struct{}),
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.follow(bufio.NewScanner(stderr))
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (s *server) follow(lines *bufio.Scanner) {
	for lines.Scan() {
		s.mu.Lock()
		s.log.Write(append(lines.Bytes(), '\n'))
		s.mu.Unlock()
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
			s.url = line.Address
			close(s.ready)
		}
	}
	_ = s.cmd.Wait()
	close(s.ended)
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// patience is longer than any start and stop takes, even the first while all
// other tests make clusters too.
const patience = 2 * time.Minute

// serving is start, and waits until the server is ready.
func serving(t *testing.T, dir string, environ []string, args ...string) *server {
	t.Helper()
	begun := time.Now()
	s := start(t, dir, environ, args...)
	select {
	case <-s.ready:
		s.took = time.Since(begun).Round(time.Millisecond)
		t.Logf("ready after %v", s.took)
	case <-s.ended:
		t.Fatalf("it ended: %s", s.said())
	case <-time.After(patience):
		t.Fatalf("not ready after %v: %s", patience, s.said())
	}
	return s
}

// stop asks the server to stop and returns its exit status.
func (s *server) stop(t *testing.T) int {
	t.Helper()
	return s.end(t, syscall.SIGTERM)
}

func (s *server) end(t *testing.T, signal syscall.Signal) int {
	t.Helper()
	_ = s.cmd.Process.Signal(signal) // it may have ended already
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.cmd.Process.Kill()
		t.Fatalf("it does not stop: %s", s.said())
	}
	return s.cmd.ProcessState.ExitCode()
}

// administrator connects with what is in the data directory.
func administrator(t *testing.T, dir string) *client.ClientWithResponses {
	t.Helper()
	c := administratorOf(t, dir)
	naungan, err := client.Connect(t.Context(), c.URL, c.ClientID.String(), c.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	return naungan
}

func administratorOf(t *testing.T, dir string) clientCredentials {
	t.Helper()
	c, err := readCredentials(filepath.Join(dir, adminFile))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// environ is what a client's command of the administrator is told.
func environ(c clientCredentials) []string {
	return []string{"NAUNGAN_URL=" + c.URL, "NAUNGAN_CLIENT_ID=" + c.ClientID.String(), "NAUNGAN_CLIENT_SECRET=" + c.ClientSecret}
}

// fresh is a data directory that is not there yet, below folders that the user of
// Postgres may enter.
func fresh(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "var")
}

// lived is a data directory on which a server ran before. The first start takes
// longer than all else here, so each is a copy of the same.
func lived(t *testing.T) string {
	t.Helper()
	once.Do(func() { seed(t) })
	dir := fresh(t)
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", filepath.Join(seeds, "var"), dir).CombinedOutput(); err != nil {
		t.Fatalf("copy the data directory: %v: %s", err, out)
	}
	return dir
}

var (
	once  sync.Once
	seeds string
)

func seed(t *testing.T) {
	t.Helper()
	var err error
	if seeds, err = os.MkdirTemp("", "naungan-seed-"); err != nil { //nolint:usetesting // it outlives the test
		t.Fatal(err)
	}
	if err := os.Chmod(seeds, 0o755); err != nil {
		t.Fatal(err)
	}
	s := serving(t, filepath.Join(seeds, "var"), nil)
	if status := s.stop(t); status != 0 {
		t.Fatalf("the first start: status %d: %s", status, s.said())
	}
}
