package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ReferenceSet is reference data that is loaded together: one version of one
// dataset.
type ReferenceSet struct {
	Dataset string
	Version string
	Tables  func() ([]ReferenceTable, error) // asked only when the version is new here
}

// ReferenceTable is what a table should hold. Rows have a value for each column,
// the key's columns first.
type ReferenceTable struct {
	Name    string
	Key     []string
	Values  []string // the other columns
	Rows    [][]any
	Replace bool   // rows that are missing here are deleted; nothing may refer to them
	Keep    string // holds of present rows that people corrected, which stay as they are; empty: there are none
}

// LoadReference brings the tables of a set to its version, unless that was done
// before. All of it happens or nothing; of two processes that load at once, one
// waits and then finds nothing to do.
func (s *Store) LoadReference(ctx context.Context, set ReferenceSet) error {
	done, err := referenceLoaded(ctx, s.pool, set)
	if done || err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		return loadReference(ctx, tx, set)
	})
}

func loadReference(ctx context.Context, tx pgx.Tx, set ReferenceSet) error {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('reference', 0))`); err != nil {
		return err
	}
	done, err := referenceLoaded(ctx, tx, set) // while we waited
	if done || err != nil {
		return err
	}
	tables, err := set.Tables()
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.load(ctx, tx); err != nil {
			return fmt.Errorf("load %s: %w", t.Name, err)
		}
	}
	_, err = tx.Exec(ctx, `insert into reference_versions (dataset, version) values ($1, $2)
		on conflict (dataset) do update set version = excluded.version, loaded_at = now()`, set.Dataset, set.Version)
	return err
}

// asker is a pool or a transaction.
type asker interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func referenceLoaded(ctx context.Context, db asker, set ReferenceSet) (done bool, err error) {
	err = db.QueryRow(ctx,
		`select exists (select from reference_versions where dataset = $1 and version = $2)`,
		set.Dataset, set.Version).Scan(&done)
	return done, err
}

// load copies the rows beside the table and merges them in single statements, so
// that rows may refer to each other in any order.
func (t ReferenceTable) load(ctx context.Context, tx pgx.Tx) error {
	incoming, columns := "incoming_"+t.Name, append(t.Key[:len(t.Key):len(t.Key)], t.Values...)
	_, err := tx.Exec(ctx, fmt.Sprintf(`create temporary table %s (like %s including defaults) on commit drop`, incoming, t.Name))
	if err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{incoming}, columns, pgx.CopyFromRows(t.Rows)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, t.upsert(incoming, columns)); err != nil {
		return err
	}
	if t.Replace {
		if _, err := tx.Exec(ctx, t.deleteMissing(incoming)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `analyze `+t.Name) // a fresh table has no statistics, and the first questions come at once
	return err
}

func (t ReferenceTable) upsert(incoming string, columns []string) string {
	set := make([]string, len(t.Values))
	for i, v := range t.Values {
		set[i] = v + " = excluded." + v
	}
	kept := ""
	if t.Keep != "" {
		kept = " and not (" + t.Keep + ")"
	}
	return fmt.Sprintf(`insert into %[1]s as present (%[2]s) select %[2]s from %[3]s order by %[4]s
		on conflict (%[4]s) do update set %[5]s where (%[6]s) is distinct from (%[7]s)%[8]s`,
		t.Name, strings.Join(columns, ", "), incoming, strings.Join(t.Key, ", "), strings.Join(set, ", "),
		prefixed("present.", t.Values), prefixed("excluded.", t.Values), kept)
}

func (t ReferenceTable) deleteMissing(incoming string) string {
	kept := ""
	if t.Keep != "" {
		kept = " and not (" + t.Keep + ")"
	}
	return fmt.Sprintf(`delete from %s as present where not exists (select from %s as incoming where (%s) = (%s))%s`,
		t.Name, incoming, prefixed("present.", t.Key), prefixed("incoming.", t.Key), kept)
}

func prefixed(prefix string, columns []string) string {
	return prefix + strings.Join(columns, ", "+prefix)
}

// AreaNames are the names of some areas by their codes.
func (r *Reader) AreaNames(codes []string) (map[string]string, error) {
	rows, err := r.store.pool.Query(r.ctx, `select code, name from areas where code = any($1)`, codes)
	if err != nil {
		return nil, translate(err)
	}
	names := map[string]string{}
	var code, name string
	_, err = pgx.ForEachRow(rows, []any{&code, &name}, func() error {
		names[code] = name
		return nil
	})
	return names, translate(err)
}
