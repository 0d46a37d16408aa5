package cover

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// DeadlineRule names the clock of the law that a deadline runs by (tariff).
type DeadlineRule string

// DeadlineRules lists every clock.
var DeadlineRules = append([]DeadlineRule{
	"incident_report", "incident_conclusion", "guarantee_conclusion", "jkk_claim", "jkk_payment", "jkm_payment",
}, ManualDeadlineRules...)

// ManualDeadlineRules lists the clocks that are started and met by hand, because what
// they are about is kept elsewhere. The others go with incidents and claims.
var ManualDeadlineRules = []DeadlineRule{
	"personal_data_breach", "personal_data_access", "personal_data_correction", "data_change",
}

// PaymentDue is the clock by which a claim of a programme is to be paid.
func PaymentDue(p Programme) DeadlineRule { return DeadlineRule(p) + "_payment" }

// DeadlineUnit is what a deadline is counted in.
type DeadlineUnit string

// The units of deadlines. Years are counted out in days.
const (
	InHours       DeadlineUnit = "hours" // by the clock, day and night
	InDays        DeadlineUnit = "days"  // of the calendar
	InWorkingDays DeadlineUnit = "working_days"
)

// DeadlineUnits lists every unit.
var DeadlineUnits = []DeadlineUnit{InHours, InDays, InWorkingDays}

// DeadlineStatus is a state of a deadline.
type DeadlineStatus string

// The states of a deadline.
const (
	DeadlineRunning   DeadlineStatus = "running"
	DeadlinePaused    DeadlineStatus = "paused"
	DeadlineMet       DeadlineStatus = "met" // in time or late
	DeadlineBreached  DeadlineStatus = "breached"
	DeadlineCancelled DeadlineStatus = "cancelled"
)

// DeadlineStatuses lists every status.
var DeadlineStatuses = []DeadlineStatus{
	DeadlineRunning, DeadlinePaused, DeadlineMet, DeadlineBreached, DeadlineCancelled,
}

// Due is when a clock runs out, and by which version of its rule.
type Due struct {
	Clock   string // such as jkk_payment-2015-07
	Law     string
	Unit    DeadlineUnit
	DueOn   Date      // the last day; none where hours count
	DueAt   time.Time // the last instant in time, inclusive
	NearAt  time.Time // from when on it is told that the time runs out
	Edition int64     // of the tariff: a later one may know of other holidays
}

// Pause is a span for which a clock stood still.
type Pause struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Deadline is one clock of the law: what somebody owes, and until when. Its status
// follows from what happened and the instant; a row is only ever told what happened.
type Deadline struct {
	ID             uuid.UUID
	Rule           DeadlineRule
	OrganisationID uuid.UUID     // that owes it
	IncidentID     uuid.NullUUID // what it is about
	ClaimID        uuid.NullUUID // likewise
	NoteReference  string        // where its owner keeps what it is about, if it was started by hand
	StartedAt      time.Time
	TimeZone       string // of who owes it; days are reckoned in it
	Due
	Pauses       []Pause `gorm:"serializer:json"` // those that are over
	PausedAt     *time.Time
	MetAt        *time.Time
	CancelledAt  *time.Time
	NearToldAt   *time.Time
	BreachToldAt *time.Time
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Zone is the one in which the days of the deadline are reckoned.
func (d Deadline) Zone() *time.Location { return Organisation{TimeZone: d.TimeZone}.Zone() }

// StatusAt follows from what happened and the instant. The last instant is in time.
func (d Deadline) StatusAt(now time.Time) DeadlineStatus {
	switch {
	case d.CancelledAt != nil:
		return DeadlineCancelled
	case d.MetAt != nil:
		return DeadlineMet
	case d.PausedAt != nil:
		return DeadlinePaused
	case now.After(d.DueAt):
		return DeadlineBreached
	default:
		return DeadlineRunning
	}
}

// Late reports whether the deadline was met after its last instant. What was done
// while the clock stood still was done in time.
func (d Deadline) Late() bool {
	return d.MetAt != nil && d.PausedAt == nil && d.MetAt.After(d.DueAt)
}

// BreachedAt is the last instant in time, once it has passed and nothing had been
// done; nil otherwise. Doing it late does not undo the breach.
func (d Deadline) BreachedAt(now time.Time) *time.Time {
	if d.StatusAt(now) == DeadlineBreached || d.StatusAt(now) == DeadlineMet && d.Late() {
		return &d.DueAt
	}
	return nil
}

// The methods below say whether they changed anything: what does not fit the status,
// such as a pause of what is met, changes nothing. A breach stays: only doing at last
// what was owed follows it.

// Meet writes down when what was owed was done.
func (d *Deadline) Meet(at time.Time) bool {
	if d.MetAt != nil || d.CancelledAt != nil {
		return false
	}
	d.MetAt = &at
	return true
}

// Owe says that what was done does not count any more, and is owed by the same instant.
func (d *Deadline) Owe() bool {
	if d.MetAt == nil || d.CancelledAt != nil {
		return false
	}
	d.MetAt = nil
	return true
}

// Pause stops the clock, because the next step is somebody else's.
func (d *Deadline) Pause(at time.Time) bool {
	if d.StatusAt(at) != DeadlineRunning {
		return false
	}
	d.PausedAt = &at
	return true
}

// Resume lets a paused clock run on. due reckons when it runs out, given the spans
// for which it stood still.
func (d *Deadline) Resume(at time.Time, due func(pauses []Pause) (Due, error)) (bool, error) {
	if d.StatusAt(at) != DeadlinePaused {
		return false, nil
	}
	pauses := append(d.Pauses[:len(d.Pauses):len(d.Pauses)], Pause{*d.PausedAt, at})
	next, err := due(pauses)
	if err != nil {
		return false, err
	}
	d.Pauses, d.PausedAt = pauses, nil
	d.take(next)
	return true, nil
}

// Cancel stops the clock for good: nothing is owed any more.
func (d *Deadline) Cancel(at time.Time) bool {
	if s := d.StatusAt(at); s != DeadlineRunning && s != DeadlinePaused {
		return false
	}
	d.CancelledAt = &at
	return true
}

// Annul says that nothing was ever owed, and so that nothing was breached either. What was
// done stays done.
func (d *Deadline) Annul(at time.Time) bool {
	if d.MetAt != nil || d.CancelledAt != nil {
		return false
	}
	d.CancelledAt = &at
	return true
}

// Move takes over when a running clock runs out by a later edition of the tariff, and
// reports whether that is another instant. It is never moved into the past: nobody has
// broken what was not owed yet.
func (d *Deadline) Move(due Due, now time.Time) bool {
	if d.StatusAt(now) != DeadlineRunning {
		return false
	}
	if due.DueAt.Before(now) {
		d.Edition = due.Edition
		return false
	}
	moved := !due.DueAt.Equal(d.DueAt)
	d.take(due)
	return moved
}

// take takes over when the clock runs out. That the time runs out is told again only
// if it runs out at another instant.
func (d *Deadline) take(due Due) {
	if !due.DueAt.Equal(d.DueAt) {
		d.NearToldAt = nil
	}
	d.Due = due
}

// Starting is what a caller says to start a clock by hand.
type Starting struct {
	Rule          DeadlineRule
	StartedAt     time.Time
	NoteReference string
}

// Check refuses a clock that starts in the future (in_the_future) and a reference of
// nothing (blank).
func (in *Starting) Check(now time.Time) error {
	var f Faults
	in.NoteReference = strings.TrimSpace(in.NoteReference)
	f.Check(in.NoteReference != "", "/note_reference", Blank, nil)
	f.Check(!in.StartedAt.After(now), "/started_at", InTheFuture, nil)
	return f.Err()
}

// MeetByHand says when what was owed was done, also days later. Refuses a clock that
// follows its incident or claim (deadline_not_manual), one that is met already
// (deadline_wrong_status), and an instant before its start (before_start) or still to
// come (in_the_future).
func (d *Deadline) MeetByHand(at, now time.Time) error {
	if err := d.mayMeet(now); err != nil {
		return err
	}
	var f Faults
	f.Check(!at.Before(d.StartedAt), "/met_at", BeforeStart, Params{"started_at": d.StartedAt.In(d.Zone())})
	f.Check(!at.After(now), "/met_at", InTheFuture, nil)
	d.Meet(at)
	return f.Err()
}

func (d Deadline) mayMeet(now time.Time) error {
	if d.NoteReference == "" {
		return Refuse(Conflict, DeadlineNotManual, nil)
	}
	return inStatus(DeadlineWrongStatus, d.StatusAt(now), DeadlineRunning, DeadlinePaused, DeadlineBreached)
}

// Actions says what may be done next with the deadline by whoever owes it.
func (d Deadline) Actions(now time.Time) []Action {
	return []Action{action("meet", string(DeadlineMet), d.mayMeet(now))}
}
