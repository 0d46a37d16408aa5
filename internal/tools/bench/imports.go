package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	rows   int
	what   string
	passes []pass
	bare   []time.Duration // before and after each pass
	busy   time.Duration   // processor time of the program in all passes
	peak   int64           // of the program's memory, in bytes
}

// pass is how long one import took, from the first byte sent to the last row
// committed.
type pass struct{ receiving, staging, validating, committing, all time.Duration }

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
func measureImports(ctx context.Context, dir string, sizes []int) (f facts, all []*imported, err error) {
	binary, err := build(ctx, dir)
	if err != nil {
		return f, nil, err
	}
	for _, rows := range sizes {
		t := &trial{binary: binary, dir: filepath.Join(dir, "imports-"+strconv.Itoa(rows)), roster: roster{rows: rows}}
		err := t.measure(ctx)
		if err := errors.Join(err, os.RemoveAll(t.dir)); err != nil {
			return f, nil, fmt.Errorf("imports of %d rows: %w", rows, err)
		}
		f, all = t.facts, append(all, t.found...)
	}
	return f, all, nil
}

// trial measures imports of one size.
type trial struct {
	binary string
	dir    string
	roster roster
	client credentials
	found  []*imported
	facts  facts

	// While the program runs:
	server  *process
	naungan *client.ClientWithResponses
	db      *pgx.Conn
}

func (t *trial) measure(ctx context.Context) error {
	if err := passable(t.dir); err != nil {
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
	var err error
	if t.facts, err = factsOf(ctx, t.db); err != nil {
		return err
	}
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
	progress.Printf("%s rows of COPY: %.1f s", thousands(float64(in.rows)), time.Since(begun).Seconds())
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
	p, err := t.send(ctx, outcome)
	if err != nil {
		return err
	}
	in.passes = append(in.passes, p)
	after, err := t.server.busy()
	if err != nil {
		return err
	}
	in.busy += after - before
	if in.peak, err = t.server.peak(); err != nil {
		return err
	}
	_, err = t.db.Exec(ctx, "checkpoint")
	progress.Printf("%s rows of %s: %.1f s (receiving %.1f, staging %.1f, validating %.1f, committing %.1f); processor %.1f s, memory %d MiB",
		thousands(float64(in.rows)), in.what, p.all.Seconds(), p.receiving.Seconds(), p.staging.Seconds(), p.validating.Seconds(),
		p.committing.Seconds(), (after - before).Seconds(), in.peak>>20)
	return err
}

// glance is how often it is looked how far an import is.
const glance = 10 * time.Millisecond

// send imports the file, and fails unless each of its rows has this outcome: what is
// refused quickly must not count as fast.
func (t *trial) send(ctx context.Context, outcome string) (p pass, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begun := time.Now()
	sent := make(chan error, 1)
	go func() { sent <- t.upload(ctx) }()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	phase, status, told, rows := "receiving", "", "", 0
	for last := begun; phase != "resting"; {
		select {
		case err := <-sent:
			if err != nil {
				return p, err
			}
			sent = nil
		case <-tick.C:
		}
		now := time.Now()
		*p.phase(phase) += now.Sub(last)
		last = now
		err := t.db.QueryRow(ctx, `select phase, status, coalesce((counts->>$2)::bigint, 0), counts::text || faults || damage
			from imports where created_at >= $1 order by created_at desc limit 1`, begun, outcome).Scan(&phase, &status, &rows, &told)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) { // it is not even opened yet
			return p, err
		}
	}
	p.all = time.Since(begun)
	if rows != t.roster.rows {
		return p, fmt.Errorf("the import is %s: %s", status, told)
	}
	return p, nil
}

// upload sends the file while it is made.
func (t *trial) upload(ctx context.Context) error {
	out, in := io.Pipe()
	go func() { in.CloseWithError(t.roster.write(in)) }()
	_, err := client.Check(t.naungan.ReceiveImportWithBodyWithResponse(client.Unhurried(ctx), nil, t.roster.format.media, out))
	return errors.Join(err, out.Close()) // or who writes would wait for ever
}

// phase is the part of a pass that a phase of an import belongs to.
func (p *pass) phase(name string) *time.Duration {
	switch name {
	case "receiving":
		return &p.receiving
	case "waiting", "staging":
		return &p.staging
	case "validating":
		return &p.validating
	default:
		return &p.committing
	}
}

func (i *imported) perSecond() float64 {
	var all []float64
	for _, p := range i.passes {
		all = append(all, float64(i.rows)/p.all.Seconds())
	}
	return median(all)
}

// barePerSecond is that of the mean time; 0 without any.
func (i *imported) barePerSecond() float64 {
	var all time.Duration
	for _, took := range i.bare {
		all += took
	}
	if all == 0 {
		return 0
	}
	return float64(i.rows*len(i.bare)) / all.Seconds()
}

// ratio is what imports reached of the bare limit; 0 where that does not apply.
func (i *imported) ratio() float64 {
	if bare := i.barePerSecond(); bare > 0 {
		return i.perSecond() / bare
	}
	return 0
}

// seconds is the mean of a part of all passes.
func (i *imported) seconds(part func(pass) time.Duration) float64 {
	var all time.Duration
	for _, p := range i.passes {
		all += part(p)
	}
	return all.Seconds() / float64(len(i.passes))
}
