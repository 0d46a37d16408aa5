package documents

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

const (
	// longestScan is how long a scanner may take over one document.
	longestScan = 10 * time.Minute
	// infected is what a scanner exits with that found something, as clamdscan does; 0
	// is clean, and anything else says nothing of the document.
	infected = 1
)

// Scan has a document looked at, and releases it or puts it into quarantine. A
// scanner that could not say is an error: the work is done again. A document that
// waits for no scanner any more is left alone.
func (k Keeper) Scan(ctx context.Context, id uuid.UUID) error {
	d, sender, err := k.Store.Scanned(ctx, id)
	if d == nil || err != nil {
		return err
	}
	clean, err := k.ask(ctx, *d)
	if err != nil {
		return err
	}
	return k.Store.InTx(ctx, sender, func(tx *store.Tx) error {
		d, err := tx.LockScanned(id)
		if cover.KindOf(err) == cover.NotFound {
			return nil // withdrawn meanwhile
		}
		if err != nil {
			return err
		}
		if err := d.Scan(clean); err != nil {
			return err
		}
		if err := tx.UpdateDocument(&d); err != nil {
			return err
		}
		what := cover.DocumentWasScanned
		if !clean {
			what = cover.DocumentWasQuarantined
		}
		return tx.Record(happened(what, d))
	})
}

// ask gives the bytes of a document to the scanner. What the scanner says is not
// read: it may repeat what is in the document.
func (k Keeper) ask(ctx context.Context, d cover.Document) (clean bool, err error) {
	content, err := k.Open(ctx, d)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, longestScan)
	defer cancel()
	scanner := exec.CommandContext(ctx, k.Scanner[0], k.Scanner[1:]...) //nolint:gosec // the operator's own command
	scanner.Stdin, scanner.WaitDelay = content, 5*time.Second
	err = scanner.Run() // fails if not all could be read, even where the scanner is content
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == infected {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("scan document %s: %w", d.ID, err)
	}
	return true, nil
}
