package store

import (
	"os"
	"testing"
	"time"

	"naungan/internal/keys"
	"naungan/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// TestRefusalsNameRealConstraints guards against a constraint being renamed in a
// migration while refusals keeps the old name, which would turn a conflict that
// the caller can mend into an internal error.
func TestRefusalsNameRealConstraints(t *testing.T) {
	t.Parallel()
	s := openTest(t)
	for name := range refusals {
		var n int
		err := s.pool.QueryRow(t.Context(), `select count(*) from (
			select conname from pg_constraint union select indexrelid::regclass::name from pg_index where indisunique
		) as guarantees (name) where name = $1`, name).Scan(&n)
		if err != nil || n != 1 {
			t.Errorf("%s: %d constraints, %v", name, n, err)
		}
	}
}

// TestADatabaseKnowsItsKeys: whoever opens it with other keys could find nobody,
// and would write people whom nobody finds.
func TestADatabaseKnowsItsKeys(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	for _, want := range []error{nil, ErrOtherKeys} {
		s, err := Open(t.Context(), url, newKeys(t), time.Now)
		if want == nil && err != nil || want != nil && err == nil {
			t.Fatalf("%v, want %v", err, want)
		}
		if s != nil {
			s.Close()
		}
	}
}

func openTest(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), pgtest.New(t), newKeys(t), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func newKeys(t *testing.T) *keys.Keys {
	t.Helper()
	doc, err := keys.Generate()
	if err != nil {
		t.Fatal(err)
	}
	k, err := keys.Load(doc)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
