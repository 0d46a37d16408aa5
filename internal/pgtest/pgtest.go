// Package pgtest gives each test a Postgres database of its own.
//
// It owns one private server per test process, the templates on it and the
// databases cloned from them. It does not own the schema (migrations), nor what a
// test puts into its database.
//
// A template is a database that is prepared once and never used; a test gets a
// clone. So tests may run in parallel, in any order, and need not tidy up.
//
// A package that uses it has one function for it:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"naungan/internal/localpg"
	"naungan/migrations"
)

// New gives the address of a fresh, migrated database, which is dropped when the
// test ends. Fails the test, never skips it, when there is no server to be had.
func New(t testing.TB) string {
	t.Helper()
	return clone(t, migrated)
}

// Template is a migrated database that is prepared once per key and test process.
type Template struct {
	Key     string                                      // stands for all that Prepare does
	From    *Template                                   // what it begins as, if that is more than migrated
	Prepare func(ctx context.Context, url string) error // closes again whatever it connects
}

// NewFrom gives the address of a fresh clone of a template, dropped when the test ends.
func NewFrom(t testing.TB, template Template) string {
	t.Helper()
	return clone(t, template.source)
}

func (t Template) source(ctx context.Context, c *cluster) (string, error) {
	from := migrated
	if t.From != nil {
		from = t.From.source
	}
	return c.template(ctx, "data "+t.Key, from, t.Prepare)
}

// Main runs the tests of a package and then stops the server and removes its
// folder. Returns the status to exit with.
func Main(m *testing.M) int {
	status := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return max(status, 1)
	}
	return status
}

// cluster is the server of this process.
type cluster struct {
	server *localpg.Server
	dir    string
	admin  *pgxpool.Pool
	clones atomic.Int64

	mu        sync.Mutex
	templates map[string]func() (string, error)
}

// started is whether there is a server to stop.
var started atomic.Bool

var shared = sync.OnceValues(func() (*cluster, error) {
	started.Store(true)
	sweep()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	return start(ctx)
})

// startLimit bounds the start, which on a bare machine includes a download.
const startLimit = 3 * time.Minute

const dirPattern = "naungan-pgtest-"

func start(ctx context.Context) (*cluster, error) {
	dir, err := os.MkdirTemp("", dirPattern)
	if err != nil {
		return nil, err
	}
	server, err := localpg.Start(ctx, dir, localpg.Options{Scratch: true})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	c := &cluster{server: server, dir: dir, templates: map[string]func() (string, error){}}
	if c.admin, err = pgxpool.New(ctx, server.URL("postgres")); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// stop ends the server if any test has asked for one.
func stop() error {
	if !started.Load() {
		return nil
	}
	c, err := shared()
	if err != nil {
		return nil // the tests have said so
	}
	return c.close()
}

func (c *cluster) close() error {
	if c.admin != nil {
		c.admin.Close()
	}
	return errors.Join(c.server.Stop(), os.RemoveAll(c.server.Dir()), os.RemoveAll(c.dir))
}

// sweep removes the folders of test processes that were killed. A day is longer
// than any of them runs.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPattern+"*")) // fails on a bad pattern only
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(dir)
		}
	}
}

// source makes a template, unless it is there, and gives its name.
type source func(context.Context, *cluster) (string, error)

// migrated is the template of all others.
func migrated(ctx context.Context, c *cluster) (string, error) {
	return c.template(ctx, "schema", pristine, migrations.Up)
}

// pristine is the empty database that comes with Postgres.
func pristine(context.Context, *cluster) (string, error) { return "template0", nil }

// template prepares a database once per key and gives its name.
func (c *cluster) template(ctx context.Context, key string, from source, prepare preparation) (string, error) {
	c.mu.Lock()
	once, found := c.templates[key]
	if !found {
		name := fmt.Sprintf("template_%d", len(c.templates)+2) // Postgres has two of its own
		once = sync.OnceValues(func() (string, error) { return name, c.build(ctx, name, from, prepare) })
		c.templates[key] = once
	}
	c.mu.Unlock()
	return once()
}

// preparation fills the database at an address.
type preparation = func(ctx context.Context, url string) error

func (c *cluster) build(ctx context.Context, name string, from source, prepare preparation) error {
	base, err := from(ctx, c)
	if err != nil {
		return err
	}
	if err := c.create(ctx, name, base); err != nil {
		return err
	}
	return prepare(ctx, c.server.URL(name))
}

// create clones a database. To copy its files is three times as fast as the other
// strategy, to send them through the log, when nothing waits for the disk.
func (c *cluster) create(ctx context.Context, name, from string) error {
	_, err := c.admin.Exec(ctx, fmt.Sprintf(`create database %s template %s strategy file_copy`, name, from))
	return err
}

func clone(t testing.TB, from source) string {
	t.Helper()
	ctx := context.Background() // templates outlive the test that needs them first
	c, err := shared()
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	template, err := from(ctx, c)
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	name := fmt.Sprintf("test_%d", c.clones.Add(1))
	if err := c.create(ctx, name, template); err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec(ctx, `drop database `+name+` with (force)`); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
	})
	return c.server.URL(name)
}
