// Package jobs works what transactions have put into the job queue, and what is due
// by the clock.
//
// It owns the workers, how many there are, and when work that stopped moving is
// taken up again. It does not own the work itself (imports, registry, billing,
// claims, documents), nor putting it into the queue, which is done in the transaction
// that wants it (store).
//
// The queue is River's, in the same database. A process that dies takes nothing
// with it: what it was doing is found by the next one, because an import, and an
// enrolment, says itself that it has not come to rest; a month without an invoice
// says so too.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"naungan/internal/billing"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/imports"
	"naungan/internal/registry"
	"naungan/internal/store"
)

const (
	// importsAtOnce is how many imports one process works on: each keeps a backend of
	// the database busy.
	importsAtOnce = 2
	// attempts is how often an import is tried that fails for a reason of ours.
	attempts = 6
	// busy is after how long an import is tried again that somebody else keeps.
	busy = time.Second
	// silence is after how long an import that should move, and says nothing, is taken
	// up again: somebody may have died with it.
	silence = 30 * time.Second
	// watching is how often such imports are looked for.
	watching = 10 * time.Second
)

// Workers work the queue.
type Workers struct {
	client *river.Client[pgx.Tx]
	cancel context.CancelFunc
}

// Start begins to work, and takes up what a process left that died.
func Start(ctx context.Context, d imports.Driver, k documents.Keeper, log *slog.Logger) (*Workers, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &importWorker{driver: d})
	river.AddWorker(workers, &watcher{driver: d, keeper: k})
	river.AddWorker(workers, &sweeper{driver: d, keeper: k})
	river.AddWorker(workers, &enroller{store: d.Store})
	river.AddWorker(workers, &biller{store: d.Store})
	river.AddWorker(workers, &timekeeper{store: d.Store})
	queues := map[string]river.QueueConfig{
		river.QueueDefault: {MaxWorkers: importsAtOnce},
		housekeeping:       {MaxWorkers: 1},
		billingQueue:       {MaxWorkers: 1},
		registry.Queue:     {MaxWorkers: 1},
	}
	if k.Scans() { // else what waits for a scanner waits for a process that has one
		river.AddWorker(workers, &scanner{keeper: k})
		queues[documents.Queue] = river.QueueConfig{MaxWorkers: scansAtOnce}
	}
	client, err := river.NewClient(riverpgxv5.New(d.Store.Pool()), &river.Config{
		Logger:     slog.New(warnings{log.Handler()}),
		Workers:    workers,
		JobTimeout: -1, // an import takes as long as it takes
		Queues:     queues,
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(watching), func() (river.JobArgs, *river.InsertOpts) { return watch{}, once }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return sweep{}, once },
				&river.PeriodicJobOpts{RunOnStart: true}), // or a server that never lives for an hour never sweeps
			river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
				return bill{}, &river.InsertOpts{Queue: billingQueue, MaxAttempts: 1}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(time.Minute), func() (river.JobArgs, *river.InsertOpts) { return keepTime{}, once },
				&river.PeriodicJobOpts{RunOnStart: true}),
		},
	})
	if err != nil {
		return nil, err
	}
	now := d.Store.Now()
	err = errors.Join(takeUp(ctx, client, d.Store, now), takeUpEnrolments(ctx, client, d.Store, now), takeUpScans(ctx, client, k, now))
	if err != nil {
		return nil, err
	}
	// The start is bounded by ctx; the work is not.
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if err := client.Start(running); err != nil {
		cancel()
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return &Workers{client, cancel}, nil
}

// Stop lets running jobs finish until the context is done, and cuts the rest off:
// they are taken up again by the next process.
func (w *Workers) Stop(ctx context.Context) error {
	defer w.cancel()
	err := w.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return w.client.StopAndCancel(last)
	}
	return err
}

// takeUp puts imports back into the queue that should move and have said nothing
// since an instant.
func takeUp(ctx context.Context, client *river.Client[pgx.Tx], st *store.Store, since time.Time) error {
	stalled, err := st.Stalled(ctx, since)
	if err != nil || len(stalled) == 0 {
		return err
	}
	again := make([]river.InsertManyParams, len(stalled))
	for n, id := range stalled {
		again[n].Args = imports.Drive{ImportID: id}
	}
	_, err = client.InsertMany(ctx, again)
	return err
}

// takeUpEnrolments does the same for enrolments that were asked for before an instant.
// One that somebody works on is left alone by whoever comes second.
func takeUpEnrolments(ctx context.Context, client *river.Client[pgx.Tx], st *store.Store, before time.Time) error {
	stalled, err := st.StalledEnrolments(ctx, before)
	if err != nil || len(stalled) == 0 {
		return err
	}
	again := make([]river.InsertManyParams, len(stalled))
	for n, id := range stalled {
		again[n] = river.InsertManyParams{Args: registry.Enrolling{EnrolmentID: id}, InsertOpts: &river.InsertOpts{Queue: registry.Queue}}
	}
	_, err = client.InsertMany(ctx, again)
	return err
}

// takeUpScans does the same for documents that wait for the scanner.
func takeUpScans(ctx context.Context, client *river.Client[pgx.Tx], k documents.Keeper, before time.Time) error {
	if !k.Scans() {
		return nil
	}
	waiting, err := k.Store.UnscannedDocuments(ctx, before)
	if err != nil || len(waiting) == 0 {
		return err
	}
	again := make([]river.InsertManyParams, len(waiting))
	for n, id := range waiting {
		again[n] = river.InsertManyParams{Args: documents.Scan{DocumentID: id}, InsertOpts: &river.InsertOpts{Queue: documents.Queue}}
	}
	_, err = client.InsertMany(ctx, again)
	return err
}

// importWorker takes an import on.
type importWorker struct {
	river.WorkerDefaults[imports.Drive]
	driver imports.Driver
}

func (w *importWorker) Work(ctx context.Context, job *river.Job[imports.Drive]) error {
	err := w.driver.Run(ctx, job.Args.ImportID)
	if errors.Is(err, imports.ErrBusy) {
		return river.JobSnooze(busy) // which is no attempt
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	slog.ErrorContext(ctx, "import failed", "import", job.Args.ImportID, "attempt", job.Attempt, "error", err)
	if job.Attempt < attempts {
		return err
	}
	return river.JobCancel(errors.Join(err, w.driver.GiveUp(ctx, job.Args.ImportID)))
}

// NextRetry is sooner than River's own, because somebody is waiting: 1, 2, 4 … s.
func (w *importWorker) NextRetry(job *river.Job[imports.Drive]) time.Time {
	return time.Now().Add(time.Second << max(job.Attempt-1, 0)) //nolint:forbidigo // the queue runs on the machine's clock
}

// housekeeping is the queue of what is due by the clock.
const housekeeping = "housekeeping"

// once is how periodic work is tried: the next round comes anyway. It is not unique,
// because a round that died with its process would keep all others away.
var once = &river.InsertOpts{Queue: housekeeping, MaxAttempts: 1}

// watch is the work of finding imports that stopped moving.
type watch struct{}

func (watch) Kind() string { return "import_watch" }

type watcher struct {
	river.WorkerDefaults[watch]
	driver imports.Driver
	keeper documents.Keeper
}

func (w *watcher) Work(ctx context.Context, _ *river.Job[watch]) error {
	st := w.driver.Store
	client, since := river.ClientFromContext[pgx.Tx](ctx), st.Now().Add(-silence)
	return errors.Join(takeUp(ctx, client, st, since), takeUpEnrolments(ctx, client, st, since), takeUpScans(ctx, client, w.keeper, since))
}

// sweep is the work of forgetting what is over.
type sweep struct{}

func (sweep) Kind() string { return "import_sweep" }

type sweeper struct {
	river.WorkerDefaults[sweep]
	driver imports.Driver
	keeper documents.Keeper
}

func (w *sweeper) Work(ctx context.Context, _ *river.Job[sweep]) error {
	return errors.Join(w.driver.Sweep(ctx), w.keeper.Sweep(ctx))
}

// scansAtOnce is how many documents one process has looked at: a scanner keeps a
// processor busy.
const scansAtOnce = 2

// longestPause is after how long a scan is tried again, at most. A scanner that is
// being put in order is waited for.
const longestPause = 5 * time.Minute

// scanner has documents looked at.
type scanner struct {
	river.WorkerDefaults[documents.Scan]
	keeper documents.Keeper
}

func (w *scanner) Work(ctx context.Context, job *river.Job[documents.Scan]) error {
	id := job.Args.DocumentID
	_, err := w.keeper.Store.Alone(ctx, id, func(store.Turn) error { return w.keeper.Scan(ctx, id) })
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "scan failed", "document", id, "attempt", job.Attempt, "error", err)
	}
	return err
}

// NextRetry is after 1, 2, 4 … s. When the queue gives the work up, watch puts it
// back.
func (w *scanner) NextRetry(job *river.Job[documents.Scan]) time.Time {
	pause := min(time.Second<<min(max(job.Attempt-1, 0), 10), longestPause)
	return time.Now().Add(pause) //nolint:forbidigo // the queue runs on the machine's clock
}

// enroller completes enrolments that were asked for.
type enroller struct {
	river.WorkerDefaults[registry.Enrolling]
	store *store.Store
}

func (w *enroller) Work(ctx context.Context, job *river.Job[registry.Enrolling]) error {
	who, err := w.store.Asker(ctx, job.Args.EnrolmentID)
	if err != nil {
		return err
	}
	id := job.Args.EnrolmentID
	_, err = w.store.Alone(ctx, id, func(store.Turn) error {
		return w.store.InTx(ctx, who, func(tx *store.Tx) error { return registry.CompleteEnrolment(tx, id) })
	})
	why, refused := errors.AsType[*cover.Error](err)
	if !refused || why.Kind == cover.Unavailable || why.Kind == cover.Internal {
		return err
	}
	return w.store.InTx(ctx, who, func(tx *store.Tx) error { return registry.FailEnrolment(tx, id, why) })
}

// billingQueue is the queue of billing runs: one at a time in a process.
const billingQueue = "billing"

// bill is the work of billing what is due now.
type bill struct{}

func (bill) Kind() string { return "billing" }

// biller runs the bills. Another process may do so at the same time.
type biller struct {
	river.WorkerDefaults[bill]
	store *store.Store
}

func (w *biller) Work(ctx context.Context, _ *river.Job[bill]) error {
	ran, err := billing.Run(ctx, w.store, cover.Month{})
	if ran != (billing.Ran{}) {
		slog.InfoContext(ctx, "billed", "issued", ran.Issued, "drafted", ran.Drafted, "officers", ran.Officers, "failed", ran.Failed)
	}
	return err
}

// keepTime is the work of telling of deadlines as their time comes.
type keepTime struct{}

func (keepTime) Kind() string { return "deadlines" }

// timekeeper keeps time for all. Another process may do so at the same time.
type timekeeper struct {
	river.WorkerDefaults[keepTime]
	store *store.Store
}

func (w *timekeeper) Work(ctx context.Context, _ *river.Job[keepTime]) error {
	done, err := claims.KeepTime(ctx, w.store)
	if done != (claims.Kept{}) {
		slog.InfoContext(ctx, "kept time", "moved", done.Moved, "near", done.Near, "breached", done.Breached)
	}
	return err
}

// warnings is a log without what the queue tells of its everyday life.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}
