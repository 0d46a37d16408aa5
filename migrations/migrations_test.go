package migrations_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"naungan/internal/pgtest"
	"naungan/migrations"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestAnEmptyDatabaseHasVersionZero(t *testing.T) {
	t.Parallel()
	address := empty(t)
	if got := version(t, address); got != 0 {
		t.Errorf("version %d", got)
	}
	execute(t, address, `create table goose_db_version (n int)`) // fails had the question left one
}

func TestMigratingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	address := pgtest.New(t)
	if err := migrations.Up(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if got := version(t, address); got != migrations.Latest() {
		t.Errorf("version %d, want %d", got, migrations.Latest())
	}
}

func TestTwoProcessesMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	address := empty(t)
	ended := make(chan error)
	for range 2 {
		go func() { ended <- migrations.Up(t.Context(), address) }()
	}
	if err := errors.Join(<-ended, <-ended); err != nil {
		t.Fatal(err)
	}
	if got := version(t, address); got != migrations.Latest() {
		t.Errorf("version %d, want %d", got, migrations.Latest())
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	address := pgtest.New(t)
	const newer = `insert into goose_db_version (version_id, is_applied) values (%d, true)`
	execute(t, address, fmt.Sprintf(newer, migrations.Latest()+1))
	if err := migrations.Up(t.Context(), address); !errors.Is(err, migrations.ErrNewer) {
		t.Errorf("got %v, want ErrNewer", err)
	}
}

// Settings of the pool are part of the server's address.
func TestAnAddressMayHoldSettingsOfThePool(t *testing.T) {
	t.Parallel()
	if err := migrations.Up(t.Context(), pgtest.New(t)+"&pool_max_conns=4"); err != nil {
		t.Error(err)
	}
}

var empties atomic.Int64

// empty makes a database without a schema beside one that pgtest gives. It goes
// with the server.
func empty(t *testing.T) string {
	t.Helper()
	beside := pgtest.New(t)
	name := fmt.Sprintf("empty_%d", empties.Add(1))
	execute(t, beside, `create database `+name+` template template0`)
	address, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/" + name
	return address.String()
}

func version(t *testing.T, address string) int64 {
	t.Helper()
	version, err := migrations.Version(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func execute(t *testing.T, address, statement string) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
