package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"naungan/internal/api"
	"naungan/internal/config"
	"naungan/internal/documents"
	"naungan/internal/imports"
	"naungan/internal/jobs"
	"naungan/internal/localpg"
	"naungan/internal/reference"
	"naungan/internal/store"
	"naungan/migrations"
)

// program is the server with all it needs, running. It can be closed at any point
// of its making.
type program struct {
	url      string // where it serves
	config   *config.Config
	log      *slog.Logger
	beside   bool            // works on the private Postgres of another naungan, if one runs
	postgres *localpg.Server // nil for a database of somebody else's
	store    *store.Store
	api      *api.Server
	workers  *jobs.Workers
	servers  []*http.Server
	failed   chan error // of a server that ended by itself
}

// world is what the story and tests put in the place of the real one; the zero
// value is the real one.
type world struct {
	now      func() time.Time
	listener net.Listener // instead of one on config.Listen; taken over
}

// open starts the program and returns when it serves. The context bounds the
// start only.
//
// The addresses are taken first, because that fails at once where they are in
// use. Whoever connects before the program is ready waits until it is.
func open(ctx context.Context, c *config.Config, w world) (*program, error) {
	if w.now == nil {
		w.now = time.Now
	}
	p := &program{config: c, log: slog.Default(), failed: make(chan error, 2)}
	if err := p.start(ctx, w); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	p.log.InfoContext(ctx, "ready", "address", p.url)
	return p, nil
}

func (p *program) start(ctx context.Context, w world) error {
	doors, err := p.listen(ctx, w.listener)
	if err != nil {
		return err
	}
	if err := p.openStore(ctx, w.now); err != nil {
		doors.close()
		return err
	}
	if p.api, err = api.New(p.store); err == nil {
		err = ensureAdministrator(ctx, p.store, p.config.DataDir, p.url)
	}
	if err == nil {
		err = p.work(ctx)
	}
	if err != nil {
		doors.close()
		return err
	}
	p.serve(doors.public, p.api.Handler())
	if doors.metrics != nil {
		p.serve(doors.metrics, api.Metrics())
	}
	return nil
}

// doors are the addresses that are taken.
type doors struct{ public, metrics net.Listener }

func (d doors) close() {
	for _, l := range []net.Listener{d.public, d.metrics} {
		if l != nil {
			_ = l.Close() // nobody has come in yet
		}
	}
}

func (p *program) listen(ctx context.Context, given net.Listener) (d doors, err error) {
	var network net.ListenConfig
	if d.public = given; given == nil {
		if d.public, err = network.Listen(ctx, "tcp", p.config.Listen); err != nil {
			return d, err
		}
	}
	p.url = urlOf(d.public.Addr().String())
	if p.config.MetricsListen != "" {
		if d.metrics, err = network.Listen(ctx, "tcp", p.config.MetricsListen); err != nil {
			d.close()
			return d, err
		}
	}
	return d, nil
}

// urlOf is where to call whoever listens on an address of this machine.
func urlOf(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip.IsUnspecified()) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + address
}

// openStore opens a database that is migrated, and holds the reference data.
func (p *program) openStore(ctx context.Context, now func() time.Time) error {
	if err := ensureDataDir(p.config.DataDir); err != nil {
		return err
	}
	url, err := p.database(ctx)
	if err != nil {
		return err
	}
	k, err := loadKeyring(p.config, p.log)
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, url); err != nil {
		return err
	}
	if p.store, err = store.Open(ctx, url, k.keys, now); err != nil {
		return k.explain(err)
	}
	if err := reference.Load(ctx, p.store); err != nil {
		return err
	}
	return p.store.Refresh(ctx)
}

// work starts the workers of the job queue. Workbooks are unpacked in a folder of
// our own, so that what a crash leaves there is gone with the next start.
func (p *program) work(ctx context.Context) error {
	tmp := filepath.Join(p.config.DataDir, "tmp")
	if err := errors.Join(os.RemoveAll(tmp), os.MkdirAll(tmp, 0o700)); err != nil {
		return err
	}
	keeper, err := p.keeper()
	if err != nil {
		return err
	}
	p.api.TmpDir, p.api.Documents = tmp, keeper
	p.workers, err = jobs.Start(ctx, imports.Driver{Store: p.store, TmpDir: tmp}, keeper, p.log)
	return err
}

// keeper keeps documents where the settings say.
func (p *program) keeper() (k documents.Keeper, err error) {
	k = documents.Keeper{Store: p.store, Scanner: strings.Fields(p.config.Scanner)}
	if p.config.DocumentsURL != "" {
		k.Objects, err = documents.OpenObjects(p.config.DocumentsURL, string(p.config.DocumentsKeyID), string(p.config.DocumentsSecretKey))
	}
	return k, err
}

// database is the address of the database; where none was given, that of a
// private one, which is started.
func (p *program) database(ctx context.Context) (string, error) {
	if p.config.DatabaseURL != "" {
		return string(p.config.DatabaseURL), nil
	}
	dir := filepath.Join(p.config.DataDir, "postgres")
	var err error
	p.postgres, err = localpg.Start(ctx, dir, localpg.Options{Log: p.log})
	switch {
	case errors.Is(err, localpg.ErrInUse) && p.beside:
		return localpg.Running(ctx, dir, "naungan")
	case errors.Is(err, localpg.ErrInUse):
		return "", fmt.Errorf("the data directory %s is in use by another naungan", p.config.DataDir)
	case err != nil:
		return "", err
	}
	return p.postgres.URL("naungan"), nil
}

// ensureDataDir makes the data directory. Others may pass through it, because the
// private Postgres of root belongs to another user; what is secret in it is
// closed itself.
func ensureDataDir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return err
	}
	return os.Chmod(dir, 0o711) //nolint:gosec // whatever the umask
}

// serve answers on a listener until Close. An answer may take 30 s (api), so that
// whoever is slower than twice that is hung up on. Uploads and streams set their
// own deadlines, which move as they do.
func (p *program) serve(l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
	p.servers = append(p.servers, server)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.failed <- err
		}
	}()
}

// Wait returns when the context is done, or with the reason why the program
// cannot go on.
func (p *program) Wait(ctx context.Context) error {
	var gone <-chan struct{}
	if p.postgres != nil {
		gone = p.postgres.Done()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-p.failed:
		return err
	case <-gone:
		return fmt.Errorf("the private Postgres ended by itself; its log is in %s", p.postgres.Dir())
	}
}

// bereft reports whether the private Postgres is gone. Then the job queue is not
// stopped: it would try for many seconds to write down what it did, while nobody is
// served, and it is made to be cut off.
func (p *program) bereft() bool {
	if p.postgres == nil {
		return false
	}
	select {
	case <-p.postgres.Done():
		return true
	default:
		return false
	}
}

// grace is how long requests that run may go on after the program was told to
// stop; as long as any of them may take. Streams that would go on for ever end when
// they are told (api.Server.Stop); a file that takes longer is cut off.
const grace = 30 * time.Second

// Close takes no more requests, lets those that run finish, and stops what open
// has started, in reverse.
func (p *program) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if p.api != nil {
		p.api.Stop()
	}
	var faults []error
	for _, server := range p.servers {
		if err := server.Shutdown(ctx); err != nil {
			faults = append(faults, fmt.Errorf("requests were cut off: %w", err), server.Close())
		}
	}
	if p.workers != nil && !p.bereft() {
		faults = append(faults, p.workers.Stop(ctx))
	}
	if p.store != nil {
		p.store.Close()
	}
	if p.postgres != nil {
		faults = append(faults, p.postgres.Stop())
	}
	return errors.Join(faults...)
}
