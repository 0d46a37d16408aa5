// Command bench measures how many reads a second Naungan answers, beside a plain
// program that asks Postgres the same questions, and beside Postgres alone; and how
// many rows a second it imports, beside a bare COPY of what is left of them.
//
// Reads: a private Postgres with the settings of `naungan serve` is filled with invented
// officers. Everything is measured in one run and in turns, round by round, so
// that what else the machine does meets all of them alike; the median of the
// rounds counts. The requests are made by a process of its own (load.go), so that
// its garbage is not collected at the expense of who is measured.
//
// Imports: files are sent to a running `naungan serve` while they are made, and the
// same server is then given the same rows with COPY, into a table with the same
// indexes (imports.go).
//
// Billing: a month of a nation is billed, and its largest invoice proven, beside the
// bare statement that writes the same lines (billing.go).
//
// Claims: papers are sent and read, cover is checked and officers are amended, each
// beside the least that does it: large objects, the same SQL, no trigger (claims.go).
//
// What it finds goes between the markers of docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"naungan/internal/localpg"
)

// options are what the command line says.
type options struct {
	only     string
	dir      string
	officers int
	rounds   int
	turn     time.Duration
	profiles string
	imports  string
	periods  int
	covered  int
	out      string
}

// progress is told on the terminal; the log itself is Naungan's, and goes nowhere.
var progress = log.New(os.Stderr, "", log.Ltime)

func main() {
	if len(os.Args) == 2 && os.Args[1] == loadArgument {
		if err := generateLoad(os.Stdin, os.Stdout); err != nil {
			progress.Fatal("load: ", err)
		}
		return
	}
	var o options
	flag.StringVar(&o.only, "only", "", "measure only the reads, the imports, the billing or the claims; all unless given")
	flag.StringVar(&o.dir, "dir", "", "keep the database of the reads in this folder, and use it again; a temporary one unless given")
	flag.IntVar(&o.officers, "officers", 1_000_000, "how many officers to read, rounded to whole batches")
	flag.IntVar(&o.rounds, "rounds", 5, "how many times each is measured")
	flag.DurationVar(&o.turn, "turn", 4*time.Second, "for how long, each time")
	flag.StringVar(&o.profiles, "profiles", "", "write CPU profiles of Naungan into this folder, taken after the last round")
	flag.StringVar(&o.imports, "imports", "10000,100000,1000000", "how many rows to import, one after the other")
	flag.IntVar(&o.periods, "periods", 1_000_000, "how many coverage periods to bill")
	flag.IntVar(&o.covered, "covered", 100_000, "how many covered officers to check")
	flag.StringVar(&o.out, "o", "docs/benchmarks.md", "the document whose marked parts are written anew; none if empty")
	flag.Parse()

	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	release()
	if err != nil {
		progress.Fatal("bench: ", err)
	}
}

func run(ctx context.Context, o options) (err error) {
	rows, err := sizes(o.imports)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "naungan-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	if err := passable(tmp); err != nil {
		return err
	}
	if o.only == "" || o.only == "reads" {
		dir := o.dir
		if dir == "" {
			dir = filepath.Join(tmp, "reads")
		}
		if err := runReads(ctx, o, dir); err != nil {
			return err
		}
	}
	if o.only == "" || o.only == "billing" {
		if err := runBilling(ctx, o, filepath.Join(tmp, "billing")); err != nil {
			return err
		}
	}
	if o.only == "" || o.only == "claims" {
		if err := runClaims(ctx, o, filepath.Join(tmp, "claims")); err != nil {
			return err
		}
	}
	if o.only != "" && o.only != "imports" {
		return nil
	}
	facts, found, err := measureImports(ctx, tmp, rows)
	if err != nil {
		return err
	}
	return publish(o.out, "imports", renderImports(facts, found))
}

// passable makes a folder that the user of Postgres may pass through, or the cluster
// would live elsewhere.
func passable(dir string) error {
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return err
	}
	return os.Chmod(dir, 0o711) //nolint:gosec // what is secret in it is closed itself
}

// garbagePercent is that of `naungan serve`; the plain program, which shares this
// process, has it too.
const garbagePercent = 100

func runReads(ctx context.Context, o options, dir string) (err error) {
	if _, said := os.LookupEnv("GOGC"); !said {
		debug.SetGCPercent(garbagePercent)
	}
	if err := passable(dir); err != nil {
		return err
	}
	postgres, err := localpg.Start(ctx, filepath.Join(dir, "postgres"), localpg.Options{})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, postgres.Stop())
		if o.dir == "" {
			err = errors.Join(err, os.RemoveAll(postgres.Dir()))
		}
	}()

	url := postgres.URL("naungan")
	w, err := prepare(ctx, dir, url, o.officers)
	if err != nil {
		return err
	}
	defer w.store.Close()
	naungan, err := serveNaungan(ctx, w)
	if err != nil {
		return err
	}
	defer naungan.close()
	plain, err := servePlain(ctx, url)
	if err != nil {
		return err
	}
	defer plain.close()

	cases := w.cases()
	if err := agree(ctx, cases, naungan, plain); err != nil {
		return err
	}
	found, err := measure(ctx, o, cases, []contestant{naungan, plain, findPgbench(url)})
	if err != nil {
		return err
	}
	db, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close(ctx) }()
	facts, err := factsOf(ctx, db)
	if err != nil {
		return err
	}
	return publish(o.out, "reads", renderReads(facts, w, o, cases, found))
}
