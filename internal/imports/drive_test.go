package imports_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/imports"
	"naungan/internal/jobs"
	"naungan/internal/store"
)

// patience is how long these tests wait for what should come at once.
const patience = 30 * time.Second

// running takes an import on beside the test.
func (w *world) running(ctx context.Context, id uuid.UUID) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- w.driver.Run(ctx, id) }()
	return ended
}

// ended waits for what came of it.
func (w *world) ended(run <-chan error) error {
	w.t.Helper()
	select {
	case err := <-run:
		return err
	case <-time.After(patience):
		w.t.Fatal("it does not end")
		return nil
	}
}

// until waits for something that is about to be.
func (w *world) until(what string, so func() bool) {
	w.t.Helper()
	for begun := time.Now(); !so(); time.Sleep(time.Millisecond) {
		if time.Since(begun) > patience {
			w.t.Fatalf("it is never so: %s", what)
		}
	}
}

// waiting reports whether somebody waits for a lock of the database.
func (w *world) waiting() bool {
	return w.number(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) > 0
}

// beside begins a transaction of its own. What it holds is let go of when the test
// fails.
func (w *world) beside() pgx.Tx {
	w.t.Helper()
	tx, err := w.st.Pool().Begin(w.t.Context())
	w.must(err)
	w.t.Cleanup(func() { _ = tx.Rollback(context.WithoutCancel(w.t.Context())) })
	return tx
}

func (w *world) in(tx pgx.Tx, sql string, args ...any) {
	w.t.Helper()
	_, err := tx.Exec(w.t.Context(), sql, args...)
	w.must(err)
}

// holdingRoster keeps everybody else from changing officers of the KPU.
func (w *world) holdingRoster() pgx.Tx {
	w.t.Helper()
	tx := w.beside()
	w.in(tx, `insert into rosters (organisation_id, changes) values ($1, 1)
		on conflict (organisation_id) do update set changes = rosters.changes`, w.kpu.OrganisationID)
	return tx
}

// reviewed is an import of these rows that is about to be committed.
func (w *world) reviewed(in cover.ImportTerms, rows []cover.Appointment) cover.Import {
	w.t.Helper()
	in.CommitMode = cover.CommitManual
	i := w.run(w.send(in, rows))
	w.commit(i, nil)
	return i
}

func (w *world) cancel(id uuid.UUID) error {
	ctx, cut := context.WithTimeout(w.t.Context(), patience)
	defer cut()
	return w.st.InTx(ctx, w.kpu, func(tx *store.Tx) error {
		_, err := imports.Cancel(tx, id, 0)
		return err
	})
}

func (w *world) takeBack(id uuid.UUID) {
	w.t.Helper()
	_, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Import, error) { return imports.Reverse(tx, id, 0) })
	w.must(err)
}

// TestImportsOfOneOrganisationAreCommittedInTurn: two that changed one roster by turns
// would each plan anew for every chunk. Nor does whoever waits for the roster keep an
// import that somebody with the roster needs.
func TestImportsOfOneOrganisationAreCommittedInTurn(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.driver.ChunkRows = 2
	first, second := w.reviewed(terms(cover.Upsert), people(0, 10)), w.reviewed(terms(cover.Upsert), people(10, 20))
	for _, status := range []cover.ImportStatus{cover.ImportCommitted, cover.ImportReversed} {
		roster := w.holdingRoster()
		run := w.running(t.Context(), first.ID)
		w.until("somebody waits for the roster", w.waiting)
		w.in(roster, `select from imports where id = $1 for update nowait`, first.ID)
		for name, id := range map[string]uuid.UUID{"the same": first.ID, "another": second.ID} {
			ctx, cut := context.WithTimeout(t.Context(), patience)
			if err := w.driver.Run(ctx, id); !errors.Is(err, imports.ErrBusy) {
				t.Errorf("%s: %v", name, err)
			}
			cut()
		}
		w.must(roster.Commit(t.Context()))
		w.must(w.ended(run))
		w.must(w.driver.Run(t.Context(), first.ID)) // it rests
		if got := w.imported(first.ID).Status; got != status {
			t.Errorf("the first is %s, want %s", got, status)
		}
		if status == cover.ImportCommitted {
			w.takeBack(first.ID)
		}
	}
	if i := w.run(second.ID); i.Status != cover.ImportCommitted || i.Counts.Created != 10 || len(w.officers()) != 10 {
		t.Errorf("the second is %s %+v", i.Status, i.Counts)
	}
}

// TestManyImportsOfOneOrganisationAllEnd, whoever works on which.
func TestManyImportsOfOneOrganisationAllEnd(t *testing.T) {
	t.Parallel()
	const files, rows = 6, 400
	w := given(t)
	w.driver.ChunkRows = 50
	var runs []<-chan error
	var sent []uuid.UUID
	for n := range files {
		id, ended := w.send(terms(cover.Upsert), people(n*rows/2, n*rows/2+rows)), make(chan error, 1) // half of each is in the next
		go func() {
			err := imports.ErrBusy
			for errors.Is(err, imports.ErrBusy) {
				err = w.driver.Run(t.Context(), id)
				time.Sleep(time.Millisecond)
			}
			ended <- err
		}()
		runs, sent = append(runs, ended), append(sent, id)
	}
	var created int64
	for n, run := range runs {
		w.must(w.ended(run))
		i := w.imported(sent[n])
		created += i.Counts.Created
		if c := i.Counts; i.Status != cover.ImportCommitted || c.Created+c.Unchanged != rows {
			t.Errorf("file %d is %s %+v", n, i.Status, c)
		}
	}
	if want := int64((files + 1) * rows / 2); created != want || w.number(`select count(*) from officers`) != want {
		t.Errorf("%d were created, want %d", created, want)
	}
}

// TestWhoeverAppointsOneDoesNotWaitForAPlan: what takes long, to compare all rows with
// a roster that somebody changed, is done before the roster is held.
func TestWhoeverAppointsOneDoesNotWaitForAPlan(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.reviewed(terms(cover.Upsert), people(0, 10))
	_, _, err := w.appoint(w.kpu, anyone(100))
	w.must(err)
	rows := w.beside()
	w.in(rows, `lock table import_rows in access exclusive mode`)
	run := w.running(t.Context(), i.ID)
	w.until("the rows are asked for", w.waiting)
	appointed := make(chan error, 1)
	go func() {
		_, _, err := w.appoint(w.kpu, anyone(101))
		appointed <- err
	}()
	w.must(w.ended(appointed))
	w.must(rows.Commit(t.Context()))
	w.must(w.ended(run))
	if i := w.imported(i.ID); i.Status != cover.ImportCommitted || i.Counts.Created != 10 || len(w.officers()) != 12 {
		t.Errorf("%s %+v", i.Status, i.Counts)
	}
}

// TestAllOrNothingIsCancelledInTheMiddle: whoever cancels does not wait for whoever
// commits, who looks at the import between the chunks.
func TestAllOrNothingIsCancelledInTheMiddle(t *testing.T) {
	t.Parallel()
	const rows = 800
	w := given(t)
	file := people(0, rows)
	w.run(w.send(terms(cover.Upsert), file))
	for n := range file {
		file[n].DecreeNumber = "46/2024"
	}
	w.driver.ChunkRows = 4
	id := w.send(terms(cover.Upsert, func(in *cover.ImportTerms) { in.OnError = cover.RejectAll }), file)
	run := w.running(t.Context(), id)
	w.until("some rows are carried out", func() bool {
		i := w.imported(id)
		return i.Phase == cover.PhaseCommitting && i.Processed > 0
	})
	w.must(w.cancel(id))
	if i := w.imported(id); i.Status != cover.ImportCancelled || i.Counts.Cancelled != rows || i.Counts.Updated != 0 {
		t.Errorf("at once it is %s %+v", i.Status, i.Counts)
	}
	w.must(w.ended(run))
	i := w.run(id) // the job that cancelling asked for
	if i.Status != cover.ImportCancelled || i.Counts.Cancelled != rows || i.Counts.Updated != 0 {
		t.Errorf("it is %s %+v", i.Status, i.Counts)
	}
	for no, row := range w.rows(i) {
		if row.Outcome != cover.RowCancelled {
			t.Errorf("row %d is %s", no, row.Outcome)
		}
	}
	if n := w.number(`select count(*) from officers where decree_number <> '' or version <> 1`); n > 0 {
		t.Errorf("%d officers are amended", n)
	}
}

// TestWhatACommitSaysOfItsProgressIsUndoneWithIt: one of all or nothing that is cut
// off begins again.
func TestWhatACommitSaysOfItsProgressIsUndoneWithIt(t *testing.T) {
	t.Parallel()
	const rows = 800
	w := given(t)
	w.driver.ChunkRows = 4
	id := w.send(terms(cover.Upsert, func(in *cover.ImportTerms) { in.OnError = cover.RejectAll }), people(0, rows))
	ctx, cut := context.WithCancel(t.Context())
	run := w.running(ctx, id)
	w.until("some rows are carried out", func() bool {
		i := w.imported(id)
		return i.Phase == cover.PhaseCommitting && i.Processed > 0
	})
	cut()
	if err := w.ended(run); err == nil {
		t.Fatal("it was not cut off")
	}
	w.until("the lock is free", func() bool { return !errors.Is(w.driver.Run(t.Context(), id), imports.ErrBusy) })
	if i := w.imported(id); i.Status != cover.ImportCommitted || i.Processed != rows || i.Total != rows {
		t.Errorf("%s, %d of %d", i.Status, i.Processed, i.Total)
	}
}

// TestAFileThatIsCancelledWhileItIsReadFailsNobody: its bytes are gone, and whoever
// reads them has no reason to try again.
func TestAFileThatIsCancelledWhileItIsReadFailsNobody(t *testing.T) {
	t.Parallel()
	w := given(t)
	id := w.send(terms(cover.Upsert), people(0, 10))
	cancelled := w.beside()
	w.in(cancelled, `lock table import_parts in access exclusive mode`)
	run := w.running(t.Context(), id)
	w.until("the bytes are asked for", w.waiting)
	// What Cancel does, which would wait for the lock in the middle of it.
	w.in(cancelled, `delete from import_parts where import_id = $1`, id)
	w.in(cancelled, `update imports set status = 'cancelled', phase = 'resting', version = version + 1 where id = $1`, id)
	w.must(cancelled.Commit(t.Context()))
	w.must(w.ended(run))
	if i := w.imported(id); i.Status != cover.ImportCancelled {
		t.Error(i.Status)
	}
}

// TestAReversalThatFailsForEverIsGivenUp: whom it did not come to are blocked, and it
// is over.
func TestAReversalThatFailsForEverIsGivenUp(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.run(w.send(terms(cover.Upsert), people(0, 4)))
	w.takeBack(i.ID)
	w.must(w.driver.GiveUp(t.Context(), i.ID))
	i = w.run(i.ID)
	if i.Status != cover.ImportReversed || i.Reversal != (cover.ImportReversal{Blocked: 4}) || len(i.Faults) != 1 || i.FinishedAt == nil {
		t.Errorf("%s %+v %v", i.Status, i.Reversal, i.Faults)
	}
	for no, row := range w.rows(i) {
		if row.Reversal != cover.RowBlocked || row.ReversalCode != cover.InternalFault {
			t.Errorf("row %d is %s, %s", no, row.Reversal, row.ReversalCode)
		}
	}
	if len(w.officers()) != 4 {
		t.Error("somebody is gone")
	}
}

// TestAJobComesBackForAnImportThatSomebodyKeeps: who keeps it may be about to let it
// go, with work left that was ordered meanwhile.
func TestAJobComesBackForAnImportThatSomebodyKeeps(t *testing.T) {
	t.Parallel()
	w := given(t)
	id := w.send(terms(cover.Upsert), people(0, 4))
	release, kept := make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := w.st.Alone(t.Context(), id, func(store.Turn) error {
			<-release
			return nil
		})
		kept <- err
	}()
	w.until("it is kept", func() bool {
		return w.number(`select count(*) from pg_locks l join pg_database d on d.oid = l.database
			where l.locktype = 'advisory' and d.datname = current_database()`) > 0
	})
	workers, err := jobs.Start(t.Context(), w.driver, documents.Keeper{Store: w.st}, slog.New(slog.DiscardHandler))
	w.must(err)
	defer func() { w.must(workers.Stop(context.WithoutCancel(t.Context()))) }()
	w.until("a job came for it", func() bool {
		return w.number(`select count(*) from river_job where kind = 'import' and (state = 'completed' or metadata ? 'snoozes')`) > 0
	})
	close(release)
	w.must(w.ended(kept))
	w.until("it is committed", func() bool { return w.imported(id).Status == cover.ImportCommitted })
}
