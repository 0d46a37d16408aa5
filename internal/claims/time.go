package claims

import (
	"context"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// Kept counts what a round of keeping time did.
type Kept struct {
	Moved    int // to another instant, by another edition of the tariff
	Near     int
	Breached int
}

// batch is how many deadlines one transaction of KeepTime takes on.
const batch = 500

// KeepTime moves the deadlines that run to where a corrected tariff puts them, and then
// tells of those that run out soon, and of those that were breached: of each once.
//
// What is done, and that it was told, is one transaction. So a round may stop anywhere
// and be begun again, also by two processes at once.
func KeepTime(ctx context.Context, st *store.Store) (done Kept, err error) {
	who := access.Actor{RequestID: "deadlines"} // nobody asked: the time came
	for after, more := uuid.Nil, true; more; more = after != uuid.Nil {
		err = st.InTx(ctx, who, func(tx *store.Tx) error {
			moved, last, err := moveStale(tx, after)
			done.Moved, after = done.Moved+moved, last
			return err
		})
		if err != nil {
			return done, err
		}
	}
	for _, round := range []struct {
		told *int
		what cover.EventType
		take func(*store.Tx, int) ([]cover.Deadline, error)
	}{
		{&done.Near, cover.DeadlineIsNear, (*store.Tx).TakeNear},
		{&done.Breached, cover.DeadlineWasBreached, (*store.Tx).TakeBreached},
	} {
		for more := true; more; {
			told, err := store.Do(ctx, st, who, func(tx *store.Tx) (int, error) {
				taken, err := round.take(tx, batch)
				if err != nil {
					return 0, err
				}
				return len(taken), tell(tx, round.what, taken)
			})
			if err != nil {
				return done, err
			}
			*round.told += told
			more = told == batch
		}
	}
	return done, nil
}

// moveStale reckons deadlines after an id anew that another edition of the tariff
// reckoned, and says up to where it came.
func moveStale(tx *store.Tx, after uuid.UUID) (int, uuid.UUID, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return 0, uuid.Nil, err
	}
	found, last, err := tx.StaleDeadlines(rates.Edition, after, batch)
	if err != nil || len(found) == 0 {
		return 0, last, err
	}
	var moved []cover.Deadline
	for n := range found {
		due, err := reckon(rates, found[n], found[n].Pauses)
		if err != nil {
			return 0, uuid.Nil, err
		}
		if found[n].Move(due, tx.Now) {
			moved = append(moved, found[n])
		}
	}
	if err := tx.KeepDue(found); err != nil {
		return 0, uuid.Nil, err
	}
	return len(moved), last, tell(tx, cover.DeadlineWasMoved, moved)
}

func tell(tx *store.Tx, what cover.EventType, deadlines []cover.Deadline) error {
	if len(deadlines) == 0 {
		return nil
	}
	events := make([]cover.Event, len(deadlines))
	for n, d := range deadlines {
		events[n] = cover.Event{Type: what, ResourceID: d.ID, OrganisationID: d.OrganisationID, After: d}
	}
	return tx.RecordAll(events)
}
