package imports

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// Driver takes imports on to where they rest.
type Driver struct {
	Store  *store.Store
	TmpDir string // where workbooks are unpacked; empty for the system's own

	ChunkRows int // how many rows one transaction commits; 0 for as many as usual
}

func (d Driver) chunk() int {
	if d.ChunkRows > 0 {
		return d.ChunkRows
	}
	return chunkRows
}

// Run takes an import through its stages until it rests: finished, or waiting for
// somebody. Each stage finds what the last run left, so that it may be run again
// after any crash; while another process runs it, it does nothing.
func (d Driver) Run(ctx context.Context, id uuid.UUID) error {
	_, err := d.Store.Alone(ctx, id, func() error { return d.stages(ctx, id) })
	return err
}

func (d Driver) stages(ctx context.Context, id uuid.UUID) error {
	who, err := d.Store.Sender(ctx, id)
	if err != nil {
		return err
	}
	for {
		i, err := d.Store.Read(ctx, who).Import(id)
		if err != nil {
			return err
		}
		switch {
		case !i.Status.Moves():
			return nil
		case i.Status == cover.ImportCommitting:
			if err = d.Store.AnalyseImport(ctx, i); err == nil {
				err = d.commit(ctx, who, i)
			}
		case i.Status == cover.ImportReversing:
			err = d.reverse(ctx, who, i)
		case i.Phase == cover.PhaseValidating:
			err = d.validate(ctx, who, id)
		default:
			err = d.stage(ctx, who, i)
		}
		if errors.Is(err, errCancelled) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// errCancelled says that somebody stopped the import meanwhile; nothing is left to
// do.
var errCancelled = errors.New("the import was cancelled")

// held locks an import that is still in the state in which it was taken up.
func held(tx *store.Tx, id uuid.UUID, status cover.ImportStatus) (cover.Import, error) {
	i, err := tx.LockImport(id, 0)
	if err == nil && i.Status != status {
		err = errCancelled
	}
	return i, err
}

// rest writes an import that goes no further by itself, with what happened.
func rest(tx *store.Tx, i *cover.Import, what cover.EventType) error {
	if i.Status != cover.ImportValidated {
		i.FinishedAt = &tx.Now
	}
	if err := tx.UpdateImport(i, cover.PhaseResting); err != nil {
		return err
	}
	return tx.Record(importEvent(what, *i))
}

// GiveUp ends an import that fails for a reason of ours, however often it is tried.
// What was committed stays.
func (d Driver) GiveUp(ctx context.Context, id uuid.UUID) error {
	who, err := d.Store.Sender(ctx, id)
	if err != nil {
		return err
	}
	return d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		i, err := tx.LockImport(id, 0)
		if err != nil || !i.Status.Moves() || i.Status == cover.ImportReversing {
			return err
		}
		return stop(tx, &i, cover.ImportRejected, cover.ImportWasRejected, cover.Fault{Code: cover.InternalFault})
	})
}

// Cancel stops an import. Before the commit nothing of it stays; in the middle of
// one the rows that are committed do. Refuses an import that is over (import_over),
// but for one that was cancelled already.
func Cancel(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Import, error) {
	i, err := own(tx, id, v)
	if err != nil || i.Status == cover.ImportCancelled {
		return i, err
	}
	if err := i.MayCancel(); err != nil {
		return i, err
	}
	return i, stop(tx, &i, cover.ImportCancelled, cover.ImportWasCancelled)
}

// stop ends an import where it stands.
func stop(tx *store.Tx, i *cover.Import, status cover.ImportStatus, what cover.EventType, why ...cover.Fault) error {
	if err := tx.DropImportParts(i.ID); err != nil {
		return err
	}
	i.Status, i.Faults = status, append(cover.Faults{}, why...)
	if i.CommittedRow > store.BeforeAllRows {
		if err := tx.CancelRest(*i); err != nil {
			return err
		}
		return finish(tx, i)
	}
	if i.PlanDigest.Valid { // what was planned is not done any more
		if err := tx.CancelRest(*i); err != nil {
			return err
		}
		if err := tx.CountPlan(i); err != nil {
			return err
		}
	}
	return rest(tx, i, what)
}

// own locks an import of the actor's own organisation: a body above may look on.
func own(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Import, error) {
	i, err := tx.LockImport(id, v)
	if err != nil {
		return i, err
	}
	return i, cover.MayPerform(tx.Actor().OrganisationID, i.OrganisationID, cover.Organiser)
}

// Commit sets an import going that waited for it, if the plan that was reviewed is
// still its plan.
func Commit(tx *store.Tx, id uuid.UUID, v store.Version, plan string, removals *int64) (cover.Import, error) {
	i, err := own(tx, id, v)
	if err != nil {
		return i, err
	}
	if err := i.Commit(plan, removals); err != nil {
		return i, err
	}
	return i, goOn(tx, &i, cover.PhaseCommitting, i.Counts.Rows+i.Counts.Ended, cover.ImportCommitWasOrdered)
}

// Reverse sets going to take a committed import back.
func Reverse(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Import, error) {
	i, err := own(tx, id, v)
	if err != nil {
		return i, err
	}
	if err := i.MayReverse(); err != nil {
		return i, err
	}
	i.Status = cover.ImportReversing
	return i, goOn(tx, &i, cover.PhaseReversing, i.Counts.Changes(), cover.ImportReversalWasOrdered)
}

// goOn sets an import going, and writes down who had it done: what the work does
// then is done in the name of its sender.
func goOn(tx *store.Tx, i *cover.Import, phase cover.ImportPhase, total int64, ordered cover.EventType) error {
	i.Total = total
	if err := tx.UpdateImport(i, phase); err != nil {
		return err
	}
	if err := tx.Record(importEvent(ordered, *i)); err != nil {
		return err
	}
	return tx.Enqueue(Drive{ImportID: i.ID})
}

// reverse takes an import back, chunk by chunk.
func (d Driver) reverse(ctx context.Context, who access.Actor, i cover.Import) error {
	for done := false; !done; {
		err := d.Store.InTx(ctx, who, func(tx *store.Tx) error {
			var err error
			if i, err = held(tx, i.ID, cover.ImportReversing); err != nil {
				return err
			}
			if _, err := tx.HoldRoster(i.OrganisationID); err != nil {
				return err
			}
			n, err := tx.Reverse(i, d.chunk())
			if err != nil {
				return err
			}
			if done = n == 0; !done {
				i.Processed += n
				return tx.UpdateImport(&i, cover.PhaseReversing)
			}
			if err := tx.CountReversal(&i); err != nil {
				return err
			}
			i.Status = cover.ImportReversed
			return rest(tx, &i, cover.ImportWasReversed)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
