//go:build unix

package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The database made by Start, and the superuser who owns everything.
const (
	mainDatabase = "naungan"
	superuser    = "naungan"
)

// patience is how long a fast shutdown may take before an immediate one follows,
// which loses nothing but makes the next start replay the log.
const patience = 60 * time.Second

// Options say how a private server is run.
type Options struct {
	// Scratch gives up durability (fsync, synchronous_commit, full_page_writes)
	// for speed, and allows more connections. For tests.
	Scratch bool
	// Log hears of installations and relocations. Nil is silent.
	Log *slog.Logger
}

// Server is a running private Postgres. Its methods may be called concurrently.
type Server struct {
	home    home
	process *process
	stop    func() error
}

// Start runs a private Postgres on dir and returns when it takes connections. A
// missing dir, cluster or "naungan" database is created; a server left behind by
// a process that was killed is stopped first. The context bounds the start only.
// Refuses a dir that another Start holds, with ErrInUse.
func Start(ctx context.Context, dir string, o Options) (*Server, error) {
	s, err := start(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("private Postgres in %s: %w", dir, err)
	}
	return s, nil
}

// Running is the address of a database on the private Postgres that another process
// runs on dir, for work that goes on beside it. Whether it answers shows when it is
// asked.
func Running(ctx context.Context, dir, database string) (string, error) {
	h, err := settle(ctx, dir, slog.New(slog.DiscardHandler))
	return h.url(database), err
}

func start(ctx context.Context, dir string, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h, err := settle(ctx, dir, o.Log)
	if err != nil {
		return nil, err
	}
	lock, err := tryLock(h.path("lock"))
	if err != nil {
		return nil, err
	}
	p, err := launch(ctx, h, o)
	if err != nil {
		return nil, errors.Join(err, unlock(lock))
	}
	s := &Server{home: h, process: p}
	s.stop = sync.OnceValue(func() error { return errors.Join(p.shutdown(), h.leave(), unlock(lock)) })
	return s, nil
}

// launch brings up the cluster of a home whose lock is held.
func launch(ctx context.Context, h home, o Options) (*process, error) {
	bin, err := findPrograms(ctx, h, o.Log)
	if err != nil {
		return nil, err
	}
	if err := stopLeftover(ctx, h); err != nil {
		return nil, err
	}
	if err := ensureCluster(ctx, h, bin, o); err != nil {
		return nil, err
	}
	p, err := run(ctx, h, bin, o)
	if err != nil {
		return nil, err
	}
	if err := ensureDatabase(ctx, h); err != nil {
		return nil, errors.Join(err, p.shutdown())
	}
	return p, nil
}

// run starts postgres and waits until it takes connections. After a kill -9 the
// backends of the dead server may live for another moment; the new one finds them
// by the old postmaster.pid, refuses, and leaves that file where it was, so try
// again for some seconds.
func run(ctx context.Context, h home, bin string, o Options) (p *process, err error) {
	for range 50 {
		if p, err = runOnce(ctx, h, bin, o); err == nil {
			return p, nil
		}
		if !h.hasPidFile() || pause(ctx, 200*time.Millisecond) != nil {
			break
		}
	}
	return nil, err
}

func runOnce(ctx context.Context, h home, bin string, o Options) (*process, error) {
	log, err := openLog(h.path("postgres.log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()

	cmd := h.user.command(context.Background(), bin+"/postgres", settings(h, o)...)
	cmd.Stdout, cmd.Stderr = log.File, log.File
	p, err := spawn(cmd)
	if err != nil {
		return nil, err
	}
	if err := ready(ctx, h, p); err != nil {
		_ = p.shutdown() // how it ended says less than why
		return nil, fmt.Errorf("%w; its last words: %s", err, log.lastWords())
	}
	return p, nil
}

// ready waits until the server takes connections. There is no limit of its own:
// replaying the log after a crash may take minutes, and is progress.
func ready(ctx context.Context, h home, p *process) error {
	for !p.ended() {
		conn, err := pgx.Connect(ctx, h.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		var refusal *pgconn.PgError
		if errors.As(err, &refusal) && refusal.Code != cannotConnectNow {
			return err
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("postgres ended while starting")
}

// cannotConnectNow is what Postgres answers while it starts or stops.
const cannotConnectNow = "57P03"

func ensureDatabase(ctx context.Context, h home) error {
	conn, err := pgx.Connect(ctx, h.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()

	var exists bool
	const query = `select exists (select from pg_database where datname = $1)`
	if err := conn.QueryRow(ctx, query, mainDatabase).Scan(&exists); err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, `create database `+mainDatabase)
	return err
}

// URL is the address of a database on this server, over its unix socket.
func (s *Server) URL(database string) string { return s.home.url(database) }

func (h home) url(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(superuser),
		Path:     "/" + database,
		RawQuery: url.Values{"host": {h.socket}}.Encode(),
	}
	return u.String()
}

// Dir is the folder that really holds the cluster; see the package comment for
// when it is not the one given to Start.
func (s *Server) Dir() string { return s.home.dir }

// Stop shuts the server down and waits for it: running transactions are rolled
// back, committed ones are safe. Reports a server that had ended by itself. Safe
// to call twice.
func (s *Server) Stop() error { return s.stop() }

// Done is closed when postgres has ended, be it by Stop or by itself.
func (s *Server) Done() <-chan struct{} { return s.process.done }

// shutdown ends the server: politely, then firmly.
func (p *process) shutdown() error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		_ = p.cmd.Process.Signal(signal) // fails only when there is nobody left to hear it
		select {
		case <-p.done:
			return p.err
		case <-time.After(patience):
		}
	}
	return fmt.Errorf("postgres (process %d) does not stop", p.cmd.Process.Pid)
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
