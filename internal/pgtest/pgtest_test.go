package pgtest_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"naungan/internal/pgtest"
	"naungan/migrations"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			url := pgtest.New(t)
			if err := makeTable(t.Context(), url); err != nil { // fails where it exists
				t.Error(err)
			}
		})
	}
}

func TestADatabaseIsMigrated(t *testing.T) {
	t.Parallel()
	version, err := migrations.Version(t.Context(), pgtest.New(t))
	if err != nil || version != migrations.Latest() {
		t.Errorf("version %d, %v; want %d", version, err, migrations.Latest())
	}
}

func TestAPreparationRunsOnce(t *testing.T) {
	t.Parallel()
	var runs atomic.Int64
	prepare := func(ctx context.Context, url string) error {
		runs.Add(1)
		return makeTable(ctx, url)
	}
	key := fmt.Sprintf("a table, for %p", &runs) // anew when the test is repeated
	table := pgtest.Template{Key: key, Prepare: prepare}
	row := pgtest.Template{Key: key + ", with a row", From: &table, Prepare: useTable}
	for range 3 {
		if err := useTable(t.Context(), pgtest.NewFrom(t, table)); err != nil {
			t.Error(err)
		}
		if err := run(t.Context(), pgtest.NewFrom(t, row), `select 1 / (select count(*) from prepared)`); err != nil {
			t.Error(err)
		}
	}
	if runs.Load() != 1 {
		t.Errorf("it ran %d times", runs.Load())
	}
}

func TestADatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("user", func(t *testing.T) { url = pgtest.New(t) })
	if err := makeTable(t.Context(), url); err == nil {
		t.Error("it is still there")
	}
}

func BenchmarkNew(b *testing.B) {
	pgtest.New(b)
	for b.Loop() {
		pgtest.New(b)
	}
}

func makeTable(ctx context.Context, url string) error {
	return run(ctx, url, `create table prepared (n int)`)
}

func useTable(ctx context.Context, url string) error {
	return run(ctx, url, `insert into prepared values (1)`)
}

func run(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement)
	return err
}
