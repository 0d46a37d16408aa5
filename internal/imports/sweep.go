package imports

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

const (
	// uploadLife is how long an upload that nobody goes on with is kept.
	uploadLife = 24 * time.Hour
	// rowsLife is how long rows are kept, counted from when they were read: as long as
	// they can be committed, mended or taken back. They hold personal data.
	rowsLife = 90 * 24 * time.Hour
)

// Sweep cancels, for their senders, uploads that nobody went on with and imports
// that nobody committed, and forgets the rows of those that are over.
func (d Driver) Sweep(ctx context.Context) error {
	now := d.Store.Now()
	left, err := d.Store.Abandoned(ctx, now.Add(-uploadLife), now.Add(-rowsLife))
	if err != nil {
		return err
	}
	var faults []error
	for _, id := range left {
		faults = append(faults, d.drop(ctx, id, now))
	}
	return errors.Join(append(faults, d.Store.Forget(ctx, now.Add(-rowsLife)))...)
}

// drop cancels an import, unless somebody went on with it meanwhile.
func (d Driver) drop(ctx context.Context, id uuid.UUID, now time.Time) error {
	who, err := d.Store.Sender(ctx, id)
	if err != nil {
		return err
	}
	return d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		i, err := own(tx, id, 0)
		if err != nil {
			return err
		}
		if life, waits := lives[i.Status]; !waits || i.UpdatedAt.After(now.Add(-life)) {
			return nil
		}
		_, err = Cancel(tx, id, 0)
		return err
	})
}

// lives are how long an import may wait for somebody.
var lives = map[cover.ImportStatus]time.Duration{cover.ImportReceiving: uploadLife, cover.ImportValidated: rowsLife}
