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
	if i.OnError == cover.RejectAll {
		return d.commitAll(ctx, who, i.ID)
	}
	for done := false; !done; {
		err := d.Store.InTx(ctx, who, func(tx *store.Tx) error {
			i, err := held(tx, i.ID, cover.ImportCommitting)
			if err != nil {
				return err
			}
			if err := d.refresh(tx, &i); err != nil {
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

// refresh holds the roster, and where somebody changed it since the plan was made,
// sees to it that the plan is true again. A plan that nobody reviewed is simply made
// anew; of one that somebody did, rows that would now do something else are left
// out.
func (d Driver) refresh(tx *store.Tx, i *cover.Import) error {
	changes, err := tx.HoldRoster(i.OrganisationID)
	if err != nil {
		return err
	}
	switch {
	case changes == i.RosterChanges+1:
	case i.CommitMode == cover.CommitAuto && i.Mode != cover.Snapshot && i.OnError != cover.RejectAll:
		err = tx.Plan(i)
	default:
		_, err = tx.PlanAgain(i)
	}
	i.RosterChanges = changes
	return err
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
// that it can be cancelled until then.
func (d Driver) commitAll(ctx context.Context, who access.Actor, id uuid.UUID) error {
	err := d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		i, err := tx.Import(id)
		if err != nil {
			return err
		}
		if err := d.refresh(tx, &i); err != nil {
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
			if err := d.Store.Progress(ctx, id, cover.PhaseCommitting, i.Processed, i.Total); err != nil {
				return err
			}
		}
		now, err := held(tx, id, cover.ImportCommitting)
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
		i, err := held(tx, id, cover.ImportCommitting)
		if err != nil {
			return err
		}
		if err := d.refresh(tx, &i); err != nil {
			return err
		}
		if err := tx.CountPlan(&i); err != nil {
			return err
		}
		i.Reject(cover.Fault{Code: cover.RowsRejected, Params: cover.Params{"rows": i.Counts.Rejected}})
		return rest(tx, &i, cover.ImportWasRejected)
	})
}
