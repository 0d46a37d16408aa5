//go:build unix

package localpg

import (
	"bufio"
	"context"
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

	"github.com/jackc/pgx/v5"
)

// childEnv names the folder on which a copy of the test program runs a server.
const childEnv = "LOCALPG_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		beChild(dir)
	}
	status := m.Run()
	_ = os.RemoveAll(seedDir)
	os.Exit(status)
}

// beChild runs a server until it is killed.
func beChild(dir string) {
	if _, err := Start(context.Background(), dir, Options{Scratch: true}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	select {}
}

func TestDataSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	s := running(t, dir)
	execute(t, s, `create table kept (n int)`)
	execute(t, s, `insert into kept values (7)`)
	stopped(t, s)

	if got := query[int](t, running(t, dir), `select n from kept`); got != 7 {
		t.Errorf("kept %d, want 7", got)
	}
}

func TestStopMayBeCalledTwice(t *testing.T) {
	t.Parallel()
	s := running(t, seeded(t))
	stopped(t, s)
	stopped(t, s)
	<-s.Done()
}

func TestASecondStartIsRefused(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	running(t, dir)
	_, err := Start(t.Context(), dir, Options{Scratch: true})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v, want ErrInUse with the folder's name", err)
	}
}

func TestCommittedDataSurvivesAKilledPostgres(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	s := runningAs(t, dir, Options{})
	execute(t, s, `create table kept (n int)`)
	execute(t, s, `insert into kept values (7)`)
	if err := s.process.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if s.Stop() == nil {
		t.Error("Stop said nothing of it")
	}
	if got := query[int](t, runningAs(t, dir, Options{}), `select n from kept`); got != 7 {
		t.Errorf("kept %d, want 7", got)
	}
}

func TestStartAfterOurselvesWereKilled(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the child said %q", line)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	query[int](t, running(t, dir), `select 1`)
}

// Not every system stops a child with its parent, so the server may still run.
func TestAServerLeftBehindIsStopped(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	s := running(t, dir)
	stopped(t, s)
	orphan, err := spawn(s.home.user.command(t.Context(), programs(t, s)+"/postgres", settings(s.home, Options{})...))
	if err != nil {
		t.Fatal(err)
	}
	if err := ready(t.Context(), s.home, orphan); err != nil {
		t.Fatal(err)
	}

	query[int](t, running(t, dir), `select 1`)
	if !orphan.ended() {
		t.Error("the server left behind still runs")
	}
}

func TestAStalePidThatIsSomeoneElsesDoesNotBlock(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	s := running(t, dir)
	kept, err := os.ReadFile(pidFile(s.home))
	if err != nil {
		t.Fatal(err)
	}
	stopped(t, s)

	someone, err := spawn(s.home.user.command(t.Context(), "/bin/sleep", "60"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(kept), "\n")
	stale := fmt.Sprintf("%d\n%s", someone.cmd.Process.Pid, rest)
	for _, file := range []string{pidFile(s.home), filepath.Join(s.home.socket, socketName+".lock")} {
		if err := os.WriteFile(file, []byte(stale), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(file, s.home.user.uid, s.home.user.gid); err != nil {
			t.Fatal(err)
		}
	}

	query[int](t, running(t, dir), `select 1`)
	if someone.ended() {
		t.Error("the other process was ended")
	}
}

func TestAnEmptyPidFileDoesNotBlock(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	s := running(t, dir)
	stopped(t, s)
	if err := os.WriteFile(pidFile(s.home), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	running(t, dir)
}

func TestAnInitdbCutShortIsForgotten(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	stub := filepath.Join(dir, stubPrefix+"cut")
	if err := os.MkdirAll(filepath.Join(stub, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	running(t, dir)
	if exists(stub) {
		t.Error("its folder is still there")
	}
}

func TestALongPathHasItsSocketElsewhere(t *testing.T) {
	t.Parallel()
	s := running(t, filepath.Join(folder(t), strings.Repeat("long", 25)))
	query[int](t, s, `select 1`)
	stopped(t, s)
	if exists(s.home.socket) {
		t.Errorf("%s is still there", s.home.socket)
	}
}

// Root hands Postgres to a user who may not enter a folder like /root.
func TestAFolderBelowAClosedOneIsReplaced(t *testing.T) {
	t.Parallel()
	closed := folder(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "postgres")
	s := running(t, dir)
	if os.Geteuid() != 0 {
		if s.Dir() != dir {
			t.Errorf("the cluster is in %s, want %s", s.Dir(), dir)
		}
		return
	}
	t.Cleanup(func() { stopped(t, s); _ = os.RemoveAll(s.Dir()) })
	if filepath.Dir(s.Dir()) != systemDir {
		t.Errorf("the cluster is in %s, want one in %s", s.Dir(), systemDir)
	}
	// The place stays the same, even when the way is open later.
	stopped(t, s)
	if err := os.Chmod(closed, 0o755); err != nil {
		t.Fatal(err)
	}
	if again := running(t, dir); again.Dir() != s.Dir() {
		t.Errorf("then the cluster is in %s, before it was in %s", again.Dir(), s.Dir())
	}
}

func TestTheLogHoldsNoValuesOfRows(t *testing.T) {
	t.Parallel()
	s := running(t, seeded(t))
	execute(t, s, `create table people (nik text primary key)`)
	execute(t, s, `insert into people values ('secret-1')`)
	conn := connect(t, s)
	for _, statement := range []string{
		`insert into people values ('secret-1')`,
		`select 'secret-2'::bigint`,
		`do $$ begin raise warning 'secret-3'; end $$`,
	} {
		_, _ = conn.Exec(t.Context(), statement)
	}
	_, _ = conn.Exec(t.Context(), `select $1::text::date`, "secret-4")
	killBackendDuring(t, s, conn, `select pg_sleep(60), 'secret-5'`)
	_ = s.Stop() // may fail while the server recovers from that

	log, err := os.ReadFile(s.home.path("postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	// The second is there to show that this is the log.
	if strings.Contains(string(log), "secret") || !strings.Contains(string(log), "was terminated by signal 9") {
		t.Errorf("the log says:\n%s", log)
	}
}

// killBackendDuring has a backend die amid a statement, which Postgres logs.
func killBackendDuring(t *testing.T, s *Server, conn *pgx.Conn, statement string) {
	t.Helper()
	pid := int(conn.PgConn().PID())
	failed := make(chan error)
	go func() {
		_, err := conn.Exec(context.Background(), statement)
		failed <- err
	}()
	const busy = `select exists (select from pg_stat_activity where pid = %d and state = 'active')`
	for !query[bool](t, s, fmt.Sprintf(busy, pid)) {
		time.Sleep(5 * time.Millisecond)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if <-failed == nil {
		t.Fatal("the statement went on")
	}
}

func TestNamedProgramsAreFinal(t *testing.T) {
	t.Setenv("NAUNGAN_PG_BIN", "/nowhere")
	_, err := Start(t.Context(), folder(t), Options{Scratch: true})
	if err == nil || !strings.Contains(err.Error(), "/nowhere/initdb") {
		t.Errorf("got %v, want an error naming the folder", err)
	}
}

func TestTheClusterOfAMissingVersionIsRefused(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	s := running(t, dir)
	stopped(t, s)
	if err := os.WriteFile(filepath.Join(s.home.data(), "PG_VERSION"), []byte("14\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), dir, Options{Scratch: true})
	if err == nil || !strings.Contains(err.Error(), "install Postgres 14") {
		t.Errorf("got %v, want advice to install that version", err)
	}
}

// folder makes a folder below one that everybody may enter, unlike t.TempDir's.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// seeded makes a folder with a copy of a cluster made once: initdb takes longer
// than all else here.
func seeded(t *testing.T) string {
	t.Helper()
	from, err := seed()
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	if said, err := exec.Command("cp", "-a", from, filepath.Join(dir, "data")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return dir
}

var seedDir string

var seed = sync.OnceValues(func() (cluster string, err error) {
	if seedDir, err = os.MkdirTemp("", "localpg-seed-"); err != nil {
		return "", err
	}
	s, err := Start(context.Background(), seedDir, Options{Scratch: true})
	if err != nil {
		return "", err
	}
	return s.home.data(), s.Stop()
})

func running(t *testing.T, dir string) *Server {
	t.Helper()
	return runningAs(t, dir, Options{Scratch: true})
}

func runningAs(t *testing.T, dir string, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	return s
}

func stopped(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

func programs(t *testing.T, s *Server) string {
	t.Helper()
	return filepath.Dir(s.process.cmd.Path)
}

func connect(t *testing.T, s *Server) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("naungan"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, s *Server, statement string) {
	t.Helper()
	if _, err := connect(t, s).Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func query[T any](t *testing.T, s *Server, statement string) (answer T) {
	t.Helper()
	conn := connect(t, s)
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.QueryRow(t.Context(), statement).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}
