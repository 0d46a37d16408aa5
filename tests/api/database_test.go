package api_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// behind runs do on a connection of its own to the database behind the door.
func (s *server) behind(do func(context.Context, *pgx.Conn) error) {
	s.t.Helper()
	ctx := s.t.Context()
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := do(ctx, conn); err != nil {
		s.t.Fatal(err)
	}
}

// one asks the database for one value.
func one[T any](s *server, sql string, args ...any) (out T) {
	s.t.Helper()
	s.behind(func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, sql, args...).Scan(&out)
	})
	return out
}

// exec changes something behind the door.
func (s *server) exec(sql string, args ...any) {
	s.t.Helper()
	s.behind(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql, args...)
		return err
	})
}

// events counts those of a type about a resource.
func (s *server) events(what, resource string) int {
	s.t.Helper()
	return one[int](s, `select count(*) from events where type = $1 and resource_id = $2`, what, resource)
}

// contents is a digest of every table, so that any change of any row shows.
func (s *server) contents() map[string]string {
	s.t.Helper()
	digests := map[string]string{}
	s.behind(func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `select table_name from information_schema.tables
			where table_schema = 'public' and table_name <> 'areas'`)
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, table := range tables {
			var digest string
			err := conn.QueryRow(ctx, fmt.Sprintf(`select count(*) || ' ' || coalesce(md5(string_agg(t::text, e'\n' order by t::text)), '') from %s t`,
				pgx.Identifier{table}.Sanitize())).Scan(&digest)
			if err != nil {
				return err
			}
			digests[table] = digest
		}
		return nil
	})
	return digests
}

// changed names the tables that differ between two contents.
func changed(before, after map[string]string) (tables []string) {
	for _, table := range slices.Sorted(maps.Keys(after)) {
		if before[table] != after[table] {
			tables = append(tables, table)
		}
	}
	return tables
}
