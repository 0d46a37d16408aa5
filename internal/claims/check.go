package claims

import (
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Check says whether an officer was covered at an instant, by what was known at another.
// Of the same two instants the answer is the same for ever, but for what a transaction was
// still writing at the later one: everything it looks at, the tariff included, is read as
// it was known. Refuses to know the future (in_the_future).
func Check(r *store.Reader, officer uuid.UUID, at, knownAt time.Time) (cover.CoverageCheck, error) {
	at, knownAt = store.Instant(at), store.Instant(knownAt)
	var f cover.Faults
	f.Check(!knownAt.After(r.Now()), "/known_at", cover.InTheFuture, nil)
	if err := f.Err(); err != nil {
		return cover.CoverageCheck{}, err
	}
	facts, err := r.CheckFacts(officer, at, knownAt)
	if err != nil {
		return cover.CoverageCheck{}, err
	}
	rates, err := r.KnownTariff(knownAt)
	if err != nil {
		return cover.CoverageCheck{}, err
	}
	o := facts.Officer
	asked := tariff.Checking{Day: o.Day, Segment: o.Period.Segment}
	if overdue, any := facts.Overdue(); any {
		asked.Overdue, asked.DueOn = overdue.Month, overdue.DueOn
	}
	rules := rates.Check(asked)
	if rules.WaitMonths > 0 {
		if facts.PaidMonths, err = r.KnownPaidMonths(o.Period.PersonID, o.Day.Month(), knownAt); err != nil {
			return cover.CoverageCheck{}, err
		}
	}
	return cover.Judge(facts, rules, at, knownAt), nil
}
