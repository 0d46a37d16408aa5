package reference_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/reference"
	"naungan/internal/store"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// documentOnce is the key document of every database here, for a store refuses one
// that was written with other keys.
var documentOnce = sync.OnceValues(keys.Generate)

func openStore(ctx context.Context, url string) (*store.Store, error) {
	document, err := documentOnce()
	if err != nil {
		return nil, err
	}
	k, err := keys.Load(document)
	if err != nil {
		return nil, err
	}
	now := time.Date(2024, 2, 14, 8, 0, 0, 0, time.UTC)
	return store.Open(ctx, url, k, func() time.Time { return now })
}

// loaded returns the store of a database with all reference data and a connection
// of its own to look into it.
func loaded(t testing.TB) (*store.Store, *pgx.Conn) {
	t.Helper()
	return opened(t, pgtest.NewFrom(t, pgtest.Template{Key: "reference", Prepare: func(ctx context.Context, url string) error {
		st, err := openStore(ctx, url)
		if err != nil {
			return err
		}
		defer st.Close()
		return reference.Load(ctx, st)
	}}))
}

func opened(t testing.TB, url string) (*store.Store, *pgx.Conn) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	st, err := openStore(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	return st, conn
}

func load(t testing.TB, st *store.Store) {
	t.Helper()
	if err := reference.Load(t.Context(), st); err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, db *pgx.Conn, sql string) int {
	t.Helper()
	var n int
	if err := db.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func TestReferenceDataIsLoaded(t *testing.T) {
	t.Parallel()
	_, db := loaded(t)
	for name, tt := range map[string]struct {
		sql  string
		want int
	}{
		"provinces":                    {`select count(*) from areas where level = 'province'`, 38},
		"regencies and cities":         {`select count(*) from areas where level = 'regency'`, 514},
		"districts":                    {`select count(*) from areas where level = 'district'`, 7_285},
		"villages":                     {`select count(*) from areas where level = 'village'`, 83_762},
		"districts of Kapuas Hulu":     {`select count(*) from areas where parent_code = '61.06'`, 23},
		"villages of Kapuas Hulu":      {`select count(*) from areas where code like '61.06.%' and level = 'village'`, 282},
		"a name with a comma":          {`select count(*) from areas where name = 'Lubuk Pakam I,II'`, 1},
		"a name with a quotation mark": {`select count(*) from areas where name = 'Soka"an'`, 1},
		"bodies of KPU":                {`select count(*) from positions where organiser = 'kpu'`, 11},
		"bodies of Bawaslu":            {`select count(*) from positions where organiser = 'bawaslu'`, 5},
		"seats of a KPPS":              {`select sum(seats) from position_roles where position = 'kpps'`, 7},
		"the honorarium of a KPPS chair": {`select honorarium_amount from election_terms
			where (election_code, position, role) = ('pemilu_2024', 'kpps', 'chair')`, 1_200_000},
		"days of a KPPS of Pilkada": {`select term_to - term_from + 1 from election_terms
			where (election_code, position, role) = ('pilkada_2024', 'kpps', 'member')`, 32},
		"days of voting that were holidays": {`select count(*) from elections join holidays on day = voted_on`, 2},
		"bodies whose seats miss their size": {`select count(*) from positions
			where per_unit <> (select sum(seats) from position_roles where position = code)`, 0},
		"terms of roles that have no seat": {`select count(*) from election_terms t where not exists
			(select from position_roles r where (r.position, r.role) = (t.position, t.role))`, 0},
		"datasets": {`select count(*) from reference_versions`, 5},
	} {
		if got := count(t, db, tt.sql); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

func TestLoadingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	st, db := loaded(t)
	touched := `select coalesce(max(xmin::text::bigint), 0) from (
		select xmin from areas union all select xmin from positions union all select xmin from position_roles
		union all select xmin from elections union all select xmin from election_terms
		union all select xmin from holidays union all select xmin from reference_versions) as every_row`
	before := count(t, db, touched)
	load(t, st)
	if after := count(t, db, touched); after != before {
		t.Errorf("transaction %d wrote rows after %d", after, before)
	}
}

func TestTwoProcessesMayLoadAtOnce(t *testing.T) {
	t.Parallel()
	st, db := opened(t, pgtest.New(t))
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		both.Go(func() { errs[i] = reference.Load(t.Context(), st) })
	}
	both.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if got := count(t, db, `select count(*) from reference_versions`); got != 5 {
		t.Errorf("%d datasets, want 5", got)
	}
}

// A new version mends what changed and, where nothing refers to a row, removes
// what is gone; what records refer to stays.
func TestANewVersionMendsTheRows(t *testing.T) {
	t.Parallel()
	st, db := loaded(t)
	for _, sql := range []string{
		`update reference_versions set version = 'older'`,
		`update areas set name = 'Misspelt' where code = '61.06'`,
		`insert into areas values ('61.06.99', 'district', 'Merged', '61.06')`,
		`insert into holidays values ('2024-03-13', 'Pindah', 'Moved', 'K')`,
	} {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	load(t, st)
	for name, tt := range map[string]struct {
		sql  string
		want int
	}{
		"the name is mended":           {`select count(*) from areas where name = 'Kabupaten Kapuas Hulu'`, 1},
		"the merged district is there": {`select count(*) from areas where code = '61.06.99'`, 1},
		"the moved holiday is gone":    {`select count(*) from holidays where day = '2024-03-13'`, 0},
		"one row was written, not all": {`select count(*) from areas
			where xmin = (select xmin from areas where code = '61.06')`, 1},
		"the version in force is on record": {`select count(*) from reference_versions where dataset = 'areas' and version <> 'older'`, 1},
	} {
		if got := count(t, db, tt.sql); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

func TestHolidaysAreKnown(t *testing.T) {
	t.Parallel()
	st, _ := loaded(t)
	rates, err := st.Read(t.Context(), access.Actor{}).Tariff()
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{
		"2024-09-16": true, // Maulid
		"2024-11-27": true, // voting day
		"2024-12-16": false,
		"2024-12-15": false, // a Sunday, which is no holiday
	} {
		date, err := cover.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if rates.Holidays[date] != want {
			t.Errorf("%s: holiday is %v, want %v", day, !want, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		st, _ := opened(b, pgtest.New(b))
		b.StartTimer()
		load(b, st)
	}
}

func BenchmarkLoadAgain(b *testing.B) {
	st, _ := loaded(b)
	for b.Loop() {
		load(b, st)
	}
}
