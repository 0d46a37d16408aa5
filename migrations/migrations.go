// Package migrations carries the schema inside the binary and brings databases
// to it.
//
// It owns the SQL files beside it, which only ever go forward, and the table in
// which a database remembers those it has had. It does not own the rows of
// reference data (reference), nor when a database is migrated (the commands).
//
// The version of a database is the number of the last file it has had, 0 for an
// empty one; the version of this binary is the number of its last file.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// FS holds the migrations, NNNN_purpose.sql.
//
//go:embed *.sql
var FS embed.FS

// ErrNewer says that a newer binary has migrated the database, so that this one
// does not know what it means.
var ErrNewer = errors.New("the database is newer than this program")

// versionTable is where a database remembers its migrations.
const versionTable = "goose_db_version"

// lockWait bounds how long one process waits for the migrations of another, in
// seconds. It asks each second: to wait inside the database would hold a
// snapshot, and so block a migration that builds an index concurrently.
const lockWait = 600

// Up brings the database at url, a postgres address, to the version of this
// binary; several processes may do so at once. Each migration is a transaction:
// one that fails leaves the database at the one before. Refuses a newer database
// (ErrNewer).
func Up(ctx context.Context, url string) error {
	db, err := open(url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()

	if err := refuseNewer(ctx, db); err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockWait))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, FS,
		goose.WithSessionLocker(locker), goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return jobsUp(ctx, url)
}

// jobsLock keeps two processes from bringing River's tables up at once.
const jobsLock = 8203

// jobsUp brings the tables of the job queue to what its library expects. They are
// River's, with versions of their own.
func jobsUp(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, jobsLock); err != nil {
		return err
	}
	// The lock ends with its connection, whatever happens to this process.
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, jobsLock) }()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}

// Version is the version of the database at url. It changes nothing there.
func Version(ctx context.Context, url string) (int64, error) {
	db, err := open(url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	return version(ctx, db)
}

// Latest is the version of this binary.
func Latest() int64 {
	names, err := fs.Glob(FS, "*.sql")
	if err != nil || len(names) == 0 {
		panic("no migrations in this binary")
	}
	last := names[len(names)-1] // embedded files are sorted
	number, _, _ := strings.Cut(last, "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		panic("a migration without a number: " + last)
	}
	return version
}

func refuseNewer(ctx context.Context, db *sql.DB) error {
	has, err := version(ctx, db)
	if err != nil {
		return err
	}
	if has > Latest() {
		return fmt.Errorf("%w: it has version %d, the program %d", ErrNewer, has, Latest())
	}
	return nil
}

func version(ctx context.Context, db *sql.DB) (int64, error) {
	var migrated bool
	if err := db.QueryRowContext(ctx, `select to_regclass($1) is not null`, versionTable).Scan(&migrated); err != nil {
		return 0, fmt.Errorf("version of the database: %w", err)
	}
	if !migrated {
		return 0, nil
	}
	var version int64
	const query = `select coalesce(max(version_id), 0) from ` + versionTable
	if err := db.QueryRowContext(ctx, query).Scan(&version); err != nil {
		return 0, fmt.Errorf("version of the database: %w", err)
	}
	return version, nil
}

// open takes the same addresses as the pool of the server, whose settings are no
// settings of a single connection.
func open(url string) (*sql.DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("address of the database: %w", err)
	}
	return stdlib.OpenDB(*config.ConnConfig), nil
}
