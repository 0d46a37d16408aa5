package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"naungan/client"
)

// thorough is the size at which the same file is sent once more, and a CSV is
// imported too.
const thorough = 1_000_000

// imported is what imports of one kind took, and what the bare limit did.
type imported struct {
	rows int
	what string
	runs []run
	bare []time.Duration // before and after each run
	busy time.Duration   // processor time of the program in all runs
	peak int64           // of the program's memory, in bytes
}

// run is how long one import took, from the first byte sent to the last row
// committed.
type run struct{ receiving, staging, validating, committing, all time.Duration }

// sizes reads the numbers of rows to import.
func sizes(text string) (all []int, err error) {
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, ",", " ")) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-imports %s: %q is no number of rows", text, word)
		}
		all = append(all, n)
	}
	return all, nil
}

// measureImports imports files of some sizes, each into a database of its own.
func measureImports(ctx context.Context, dir string, sizes []int) (all []*imported, err error) {
	binary, err := build(ctx, dir)
	if err != nil {
		return nil, err
	}
	for _, rows := range sizes {
		t := &trial{binary: binary, dir: filepath.Join(dir, "imports-"+strconv.Itoa(rows)), roster: roster{rows: rows}}
		err := t.measure(ctx)
		if err := errors.Join(err, os.RemoveAll(t.dir)); err != nil {
			return nil, fmt.Errorf("imports of %d rows: %w", rows, err)
		}
		all = append(all, t.found...)
	}
	return all, nil
}

// trial measures imports of one size.
type trial struct {
	binary string
	dir    string
	roster roster
	client credentials
	found  []*imported

	// While the program runs:
	server  *process
	naungan *client.ClientWithResponses
	db      *pgx.Conn
}

func (t *trial) measure(ctx context.Context) error {
	if err := os.MkdirAll(t.dir, 0o711); err != nil {
		return err
	}
	if err := t.running(ctx, t.rehearse); err != nil {
		return err
	}
	for _, f := range []*format{ndjson, csv} {
		if f == csv && t.roster.rows != thorough {
			continue
		}
		t.roster.format = f
		if err := t.running(ctx, t.compare); err != nil {
			return err
		}
	}
	return nil
}

// running does something while a fresh process of the program runs.
func (t *trial) running(ctx context.Context, do func(context.Context) error) (err error) {
	if t.server, err = serve(ctx, t.binary, filepath.Join(t.dir, "data")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.server.stop()) }()
	if t.db, err = t.server.connect(ctx); err != nil {
		return err
	}
	defer func() { _ = t.db.Close(ctx) }()
	if t.client == (credentials{}) {
		if t.client, err = t.server.register(ctx); err != nil {
			return err
		}
	}
	if t.naungan, err = t.server.as(ctx, t.client); err != nil {
		return err
	}
	return do(ctx)
}

func (t *trial) copied() string { return filepath.Join(t.dir, "officers.copy") }

// rehearse imports without measuring. It makes the database allocate the log that it
// uses again and again from then on, and leaves the rows that the bare limit is
// measured with.
func (t *trial) rehearse(ctx context.Context) error {
	rows, err := t.db.Query(ctx, "select code from areas where level = 'village' order by code")
	if err != nil {
		return err
	}
	if t.roster.villages, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return err
	}
	t.roster.format = ndjson
	if _, err := t.send(ctx, "created"); err != nil {
		return err
	}
	file, err := os.Create(t.copied())
	if err != nil {
		return err
	}
	_, err = t.db.PgConn().CopyTo(ctx, file, "copy officers to stdout binary")
	return errors.Join(err, file.Close())
}

// compare imports, with the bare limit before and after. What is over in a moment
// is done more often.
func (t *trial) compare(ctx context.Context) error {
	fresh := &imported{rows: t.roster.rows, what: t.roster.format.name}
	t.found = append(t.found, fresh)
	for range max(1, min(5, 500_000/t.roster.rows)) {
		if err := t.forget(ctx); err != nil {
			return err
		}
		if err := t.limit(ctx, fresh); err != nil {
			return err
		}
		if err := t.count(ctx, fresh, "created"); err != nil {
			return err
		}
		if err := t.limit(ctx, fresh); err != nil {
			return err
		}
	}
	if t.roster.rows != thorough || t.roster.format != ndjson {
		return nil
	}
	again := &imported{rows: t.roster.rows, what: t.roster.format.name + ", nothing new in it"}
	t.found = append(t.found, again)
	return t.count(ctx, again, "unchanged")
}

// forget empties what imports fill, so that the database knows nothing of earlier
// ones, not even by its statistics.
func (t *trial) forget(ctx context.Context) error {
	const filled = "officers, rosters, events, imports, import_parts, import_rows, import_plan"
	for _, sql := range []string{
		"truncate " + filled + " cascade",
		"delete from pg_statistic where starelid = any(string_to_array('" + filled + "', ', ')::regclass[])",
		"checkpoint",
	} {
		if _, err := t.db.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// limit does the least that keeps the same rows with the same indexes.
func (t *trial) limit(ctx context.Context, in *imported) (err error) {
	file, err := os.Open(t.copied())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = t.db.Exec(ctx, `create table bare (like officers including defaults including indexes including constraints);
		alter table bare add foreign key (organisation_id) references organisations (id)`)
	if err != nil {
		return err
	}
	begun := time.Now()
	done, err := t.db.PgConn().CopyFrom(ctx, file, "copy bare from stdin binary")
	if err != nil {
		return err
	}
	in.bare = append(in.bare, time.Since(begun))
	if done.RowsAffected() != int64(in.rows) {
		return fmt.Errorf("%d rows were copied", done.RowsAffected())
	}
	_, err = t.db.Exec(ctx, "drop table bare; checkpoint")
	return err
}

// count imports, and notes what it took.
func (t *trial) count(ctx context.Context, in *imported, outcome string) error {
	before, err := t.server.busy()
	if err != nil {
		return err
	}
	r, err := t.send(ctx, outcome)
	if err != nil {
		return err
	}
	in.runs = append(in.runs, r)
	after, err := t.server.busy()
	if err != nil {
		return err
	}
	in.busy += after - before
	if in.peak, err = t.server.peak(); err != nil {
		return err
	}
	_, err = t.db.Exec(ctx, "checkpoint")
	progress.Printf("%s rows of %s: %s a second; receiving %v, staging %v, validating %v, committing %v; %d MiB",
		thousands(float64(in.rows)), in.what, thousands(in.perSecond()), r.receiving, r.staging, r.validating, r.committing, in.peak>>20)
	return err
}

// glance is how often it is looked how far an import is.
const glance = 10 * time.Millisecond

// send imports the file, and fails unless each of its rows has this outcome.
func (t *trial) send(ctx context.Context, outcome string) (r run, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begun := time.Now()
	sent := make(chan error, 1)
	go func() { sent <- t.upload(ctx) }()
	spent := map[string]*time.Duration{
		"receiving": &r.receiving, "waiting": &r.staging, "staging": &r.staging, "validating": &r.validating, "committing": &r.committing,
	}
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for last := begun; ; {
		select {
		case err := <-sent:
			if err != nil {
				return r, err
			}
		case <-tick.C:
		case <-ctx.Done():
			return r, ctx.Err()
		}
		var phase, status, counts, faults string
		err := t.db.QueryRow(ctx, `select phase, status, counts::text, faults::text || damage::text, coalesce((counts->>$2)::bigint, 0) = $3
			from imports where created_at >= $1 order by created_at desc limit 1`, begun, outcome, t.roster.rows).
			Scan(&phase, &status, &counts, &faults)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return r, err
		}
		now := time.Now()
		if phase == "resting" {
		}
		_ = spent
		last = now
		_ = last
	}
}
