// Command bench measures how many reads a second Naungan answers, beside a plain
// program that asks Postgres the same questions, and beside Postgres alone.
//
// A private Postgres with the settings of `naungan serve` is filled with invented
// officers. Everything is measured in one run and in turns, round by round, so
// that what else the machine does meets all of them alike; the median of the
// rounds counts. The requests are made by a process of its own (load.go), so that
// its garbage is not collected at the expense of who is measured.
//
// What it finds goes between the markers of docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"time"

	"naungan/internal/localpg"
)

// options are what the command line says.
type options struct {
	dir      string
	officers int
	rounds   int
	turn     time.Duration
	profiles string
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
	flag.StringVar(&o.dir, "dir", "", "keep the database in this folder, and use it again; a temporary one unless given")
	flag.IntVar(&o.officers, "officers", 1_000_000, "how many officers to invent, rounded to whole batches")
	flag.IntVar(&o.rounds, "rounds", 5, "how many times each is measured")
	flag.DurationVar(&o.turn, "turn", 4*time.Second, "for how long, each time")
	flag.StringVar(&o.profiles, "profiles", "", "write CPU profiles of Naungan into this folder, taken after the last round")
	flag.StringVar(&o.out, "o", "docs/benchmarks.md", "the document whose marked part is written anew; none if empty")
	flag.Parse()

	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	release()
	if err != nil {
		progress.Fatal("bench: ", err)
	}
}

// garbagePercent is that of `naungan serve`; the plain program, which shares this
// process, has it too.
const garbagePercent = 400

func run(ctx context.Context, o options) (err error) {
	debug.SetGCPercent(garbagePercent)
	dir := o.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "naungan-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	} else if err := os.MkdirAll(dir, 0o711); err != nil {
		return err
	}
	// The user of Postgres may pass through, or the cluster would live elsewhere.
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // what is secret in it is closed itself
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
	facts, err := factsOf(ctx, url, w, o)
	if err != nil {
		return err
	}
	report := render(facts, cases, found)
	fmt.Println(report)
	if o.out == "" {
		return nil
	}
	return writeBetweenMarkers(o.out, report)
}
