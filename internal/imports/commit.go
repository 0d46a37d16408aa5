package imports

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// chunkRows is how many rows one transaction usually commits: few enough that whoever
// wants to change one officer waits less than a second, and many enough that their
// number costs nothing.
const chunkRows = 20_000

// commit carries out the plan of an import. With accept_valid each chunk is a
// transaction of its own; with reject_all they are one.
func (d Driver) commit(ctx context.Context, who access.Actor, i cover.Import) error {
	for done := false; !done; {
		if err := d.catchUp(ctx, who, i.ID); err != nil {
			return err
		}
		if i.OnError == cover.RejectAll {
			return d.commitAll(ctx, who, i)
		}
		err := d.Store.InTx(ctx, who, func(tx *store.Tx) error {
			i, err := take(tx, i)
			if err != nil {
				return err
			}
			n, err := d.commitChunk(tx, &i)
			if err != nil {
				return err
			}
			if done = n == 0; done {
				return finish(tx, &i)
			}
			if err := tx.MayBeLost(); err != nil {
				return err
			}
			return tx.UpdateImport(&i, cover.PhaseCommitting)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// catchUp makes the plan true again where somebody changed the roster since. It
// does not hold the roster: whoever changes one officer need not wait until a
// million rows are compared.
func (d Driver) catchUp(ctx context.Context, who access.Actor, id uuid.UUID) error {
	return d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		i, err := tx.Import(id)
		if err != nil {
			return err
		}
		changes, err := tx.RosterChanges(i.OrganisationID)
		if err != nil || changes == i.RosterChanges {
			return err
		}
		judged, err := tx.Judge(&i)
		if err != nil {
			return err
		}
		// Locked at the end only, so that it can be cancelled while it is thought about.
		now, err := held(tx, id, cover.ImportCommitting)
		if err != nil {
			return err
		}
		i.Version = now.Version
		if err := replan(i, judged); err != nil {
			return err
		}
		return tx.UpdateImport(&i, cover.PhaseCommitting)
	})
}

// take holds the roster and then the import, the order that everybody keeps who
// needs both, and sees to it that the plan is true.
func take(tx *store.Tx, i cover.Import) (cover.Import, error) {
	changes, err := tx.HoldRoster(i.OrganisationID)
	if err != nil {
		return i, err
	}
	if i, err = held(tx, i.ID, cover.ImportCommitting); err != nil {
		return i, err
	}
	err = refresh(tx, &i, changes)
	return i, err
}

// refresh makes the plan true again where somebody was quicker than catchUp. The
// roster is held, and was changed so often.
func refresh(tx *store.Tx, i *cover.Import, changes int64) error {
	if changes == i.RosterChanges+1 {
		i.RosterChanges = changes
		return nil
	}
	judged, err := tx.Judge(i)
	if err != nil {
		return err
	}
	return replan(*i, judged)
}

// replan writes down what the rows that are not committed do to the roster as it
// is. A plan that nobody reviewed is simply made anew; of one that somebody did, rows
// that would now do something else are left out.
func replan(i cover.Import, judged store.Judged) error {
	if i.CommitMode == cover.CommitAuto && i.Mode != cover.Snapshot && i.OnError != cover.RejectAll {
		return judged.Plan()
	}
	return judged.Compare()
}

func (d Driver) commitChunk(tx *store.Tx, i *cover.Import) (rows int64, err error) {
	c, err := tx.NextChunk(*i, d.chunk())
	if err != nil || c.Rows == 0 {
		return 0, err
	}
	i.Processed += c.Rows
	return c.Rows, tx.Merge(i, c)
}

// finish ends a commit. Rows of earlier imports that it mended are marked there.
func finish(tx *store.Tx, i *cover.Import) error {
	if err := tx.CountPlan(i); err != nil {
		return err
	}
	i.Finish()
	for mended := i.AmendsID; mended.Valid; {
		var err error
		if mended, err = tx.MarkAmended(mended.UUID, i.ID); err != nil {
			return err
		}
	}
	return rest(tx, i, cover.ImportWasCommitted)
}

// errChanged says that the register changed under an import of which all rows are
// to be committed, or none.
var errChanged = errors.New("the register changed since the plan was made")

// commitAll carries out the whole plan in one transaction. Others see how far it is,
// because that is written beside it; the import itself is locked at the end only, so
// that it can be cancelled until then. The roster is held throughout.
func (d Driver) commitAll(ctx context.Context, who access.Actor, i cover.Import) error {
	err := d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		changes, err := tx.HoldRoster(i.OrganisationID)
		if err != nil {
			return err
		}
		i, err := tx.Import(i.ID)
		if err != nil {
			return err
		}
		i.Processed = 0 // what an earlier run told of was undone
		if err := refresh(tx, &i, changes); err != nil {
			return err
		}
		if err := tx.CountPlan(&i); err != nil {
			return err
		}
		if i.Counts.Rejected > 0 {
			return errChanged
		}
		for {
			n, err := d.commitChunk(tx, &i)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
			if err := d.Store.Progress(ctx, i.ID, cover.PhaseCommitting, i.Processed, i.Total); err != nil {
				return err
			}
		}
		now, err := held(tx, i.ID, cover.ImportCommitting)
		if err != nil {
			return err
		}
		i.Version = now.Version
		return finish(tx, &i)
	})
	if !errors.Is(err, errChanged) {
		return err
	}
	return d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		i, err := take(tx, i)
		if err != nil {
			return err
		}
		if err := tx.CountPlan(&i); err != nil {
			return err
		}
		i.Reject(cover.Fault{Code: cover.RowsRejected, Params: cover.Params{"rows": i.Counts.Rejected}})
		return rest(tx, &i, cover.ImportWasRejected)
	})
}
