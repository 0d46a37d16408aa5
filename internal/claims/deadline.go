package claims

import (
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// subject is what a deadline is about: an incident, or a claim and its incident. Where
// there is a claim, one deadline of a rule runs for it; else one for the incident.
type subject struct{ incident, claim uuid.NullUUID }

func aboutIncident(id uuid.UUID) subject {
	return subject{incident: uuid.NullUUID{UUID: id, Valid: true}}
}

func aboutClaim(c cover.Claim) subject {
	s := aboutIncident(c.IncidentID)
	s.claim = uuid.NullUUID{UUID: c.ID, Valid: true}
	return s
}

// The functions below are for the verbs of this room, which hold the incident or claim
// that they name. Each is harmless when there is nothing for it to do: when the clock
// runs already, or there is none.

// start lets a clock run for whoever owes what it is for. The first one stays; only
// after it was cancelled another begins.
func start(
	tx *store.Tx, rates *tariff.Tariff, rule cover.DeadlineRule, about subject, owner uuid.UUID, at time.Time,
) error {
	before, err := tx.LockDeadlineOf(rule, about.incident, about.claim)
	if before != nil || err != nil {
		return err
	}
	return begin(tx, rates, &cover.Deadline{
		Rule: rule, OrganisationID: owner, IncidentID: about.incident, ClaimID: about.claim, StartedAt: at,
	})
}

// begin reckons when a new deadline runs out, and writes it.
func begin(tx *store.Tx, rates *tariff.Tariff, d *cover.Deadline) error {
	owner, err := tx.ZoneOf(d.OrganisationID)
	if err != nil {
		return err
	}
	d.TimeZone, d.Pauses, d.Version = owner.TimeZone, []cover.Pause{}, 1
	d.StartedAt = store.Instant(d.StartedAt)
	if d.Due, err = reckon(rates, *d, nil); err != nil {
		return err
	}
	if err := tx.InsertDeadline(d); err != nil {
		return err
	}
	return tx.Record(cover.Event{
		Type: cover.DeadlineWasStarted, ResourceID: d.ID, OrganisationID: d.OrganisationID, After: *d,
	})
}

// meet says when what a deadline was for was done, in time or late.
func meet(tx *store.Tx, rule cover.DeadlineRule, about subject, at time.Time) error {
	return turn(tx, rule, about, cover.DeadlineWasMet, func(d *cover.Deadline) (bool, error) {
		return d.Meet(store.Instant(at)), nil
	})
}

// owe lets a clock run on whose end does not count any more.
func owe(tx *store.Tx, rule cover.DeadlineRule, about subject) error {
	return turn(tx, rule, about, cover.DeadlineWasResumed, func(d *cover.Deadline) (bool, error) {
		return d.Owe(), nil
	})
}

// pause stops a clock that runs, because the next step is not its owner's.
func pause(tx *store.Tx, rule cover.DeadlineRule, about subject) error {
	return turn(tx, rule, about, cover.DeadlineWasPaused, func(d *cover.Deadline) (bool, error) {
		return d.Pause(tx.Now), nil
	})
}

// resume lets a paused clock run on: what was used before stays used.
func resume(tx *store.Tx, rates *tariff.Tariff, rule cover.DeadlineRule, about subject) error {
	return turn(tx, rule, about, cover.DeadlineWasResumed, func(d *cover.Deadline) (bool, error) {
		return d.Resume(tx.Now, func(pauses []cover.Pause) (cover.Due, error) { return reckon(rates, *d, pauses) })
	})
}

// cancel stops a clock for good. What was breached stays breached.
func cancel(tx *store.Tx, rule cover.DeadlineRule, about subject) error {
	return turn(tx, rule, about, cover.DeadlineWasCancelled, func(d *cover.Deadline) (bool, error) {
		return d.Cancel(tx.Now), nil
	})
}

// annul says of a clock that there was nothing to do in time.
func annul(tx *store.Tx, rule cover.DeadlineRule, about subject) error {
	return turn(tx, rule, about, cover.DeadlineWasCancelled, func(d *cover.Deadline) (bool, error) {
		return d.Annul(tx.Now), nil
	})
}

// turn puts the deadline of a rule, if there is one, to a change, and writes what came
// of it.
func turn(
	tx *store.Tx, rule cover.DeadlineRule, about subject, what cover.EventType, to func(*cover.Deadline) (bool, error),
) error {
	before, err := tx.LockDeadlineOf(rule, about.incident, about.claim)
	if before == nil || err != nil {
		return err
	}
	after := *before
	if changed, err := to(&after); !changed || err != nil {
		return err
	}
	return keep(tx, what, *before, &after)
}

func keep(tx *store.Tx, what cover.EventType, before cover.Deadline, after *cover.Deadline) error {
	if err := tx.UpdateDeadline(after); err != nil {
		return err
	}
	return tx.Record(cover.Event{
		Type: what, ResourceID: after.ID, OrganisationID: after.OrganisationID, Before: before, After: *after,
	})
}

// reckon says when a deadline runs out by a tariff, given the spans for which its clock
// stood still.
func reckon(rates *tariff.Tariff, d cover.Deadline, pauses []cover.Pause) (cover.Due, error) {
	due, err := rates.Due(string(d.Rule), d.StartedAt, d.Zone(), pauses...)
	due.DueAt, due.NearAt = store.Instant(due.DueAt), store.Instant(due.NearAt)
	return due, err
}

// startOfIncident starts the clocks of a work accident: of its first report, which the
// officer's side owes whoever else told of it, and of the claim for what was covered.
func startOfIncident(tx *store.Tx, rates *tariff.Tariff, i cover.Incident) error {
	if !i.AtWork() || !i.OrganisationID.Valid {
		return nil
	}
	about := aboutIncident(i.ID)
	if err := start(tx, rates, tariff.IncidentReport, about, i.OrganisationID.UUID, i.OccurredAt); err != nil {
		return err
	}
	if i.ConfirmedAt != nil {
		if err := meet(tx, tariff.IncidentReport, about, *i.ConfirmedAt); err != nil {
			return err
		}
	}
	if !i.Covered() {
		return nil
	}
	organiser, err := tx.OrganiserOf(i.CoveragePeriodID.UUID)
	if err != nil {
		return err
	}
	return start(tx, rates, tariff.JKKClaim, about, organiser, i.OccurredAt)
}

// startOfPayment starts the clock of a claim's payment, ends that of claiming, and
// returns the day by which the branch is to pay.
func startOfPayment(tx *store.Tx, rates *tariff.Tariff, c cover.Claim) (cover.Date, error) {
	if c.Programme == cover.JKK {
		if err := meet(tx, tariff.JKKClaim, aboutIncident(c.IncidentID), *c.SubmittedAt); err != nil {
			return cover.Date{}, err
		}
	}
	if err := start(tx, rates, cover.PaymentDue(c.Programme), aboutClaim(c), c.BranchID, tx.Now); err != nil {
		return cover.Date{}, err
	}
	return payDueOn(tx, c)
}

// endOfPayment ends the clock of the payment of a claim that does not stand any more. The
// five years to claim run on, unless another that was submitted stands.
func endOfPayment(tx *store.Tx, c cover.Claim) error {
	if err := cancel(tx, cover.PaymentDue(c.Programme), aboutClaim(c)); err != nil || c.Programme != cover.JKK || c.SubmittedAt == nil {
		return err
	}
	others, err := tx.ClaimsOf(c.IncidentID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != c.ID && o.Programme == cover.JKK && o.Stands() && o.SubmittedAt != nil {
			return nil
		}
	}
	return owe(tx, tariff.JKKClaim, aboutIncident(c.IncidentID))
}

// payDueOn is the day by which a claim is to be paid, by its deadline; none where none
// runs.
func payDueOn(tx *store.Tx, c cover.Claim) (cover.Date, error) {
	d, err := tx.LockDeadlineOf(cover.PaymentDue(c.Programme), uuid.NullUUID{}, aboutClaim(c).claim)
	if d == nil || err != nil {
		return cover.Date{}, err
	}
	return d.DueOn, nil
}

// meetPayment says that a claim was paid on a day: in the last instant of one that is
// over.
func meetPayment(tx *store.Tx, c cover.Claim, on cover.Date) error {
	at := on.End(tx.Actor().Zone())
	if at.After(tx.Now) {
		at = tx.Now
	}
	return meet(tx, cover.PaymentDue(c.Programme), aboutClaim(c), at)
}

// Start lets a clock run that is about something kept elsewhere. The actor's own
// organisation owes it. Refuses a clock that starts in the future (in_the_future) and
// one of a reference for which it was started before (deadline_taken).
func Start(tx *store.Tx, in cover.Starting) (cover.Deadline, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Deadline{}, err
	}
	if err := in.Check(tx.Now); err != nil {
		return cover.Deadline{}, err
	}
	d := cover.Deadline{
		Rule: in.Rule, OrganisationID: tx.Actor().OrganisationID, NoteReference: in.NoteReference, StartedAt: in.StartedAt,
	}
	return d, begin(tx, rates, &d)
}

// Meet says when what a deadline was for was done. Refuses one that follows its
// incident or claim (deadline_not_manual), one that is met already
// (deadline_wrong_status), and an instant before its start (before_start) or still to
// come (in_the_future).
func Meet(tx *store.Tx, id uuid.UUID, v store.Version, at time.Time) (cover.Deadline, error) {
	before, err := tx.LockDeadline(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := after.MeetByHand(store.Instant(at), tx.Now); err != nil {
		return before, err
	}
	return after, keep(tx, cover.DeadlineWasMet, before, &after)
}
