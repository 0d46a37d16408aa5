package cover

import (
	"time"

	"github.com/google/uuid"
)

// CoverageStatus is a state of a coverage period.
type CoverageStatus string

// The states of a coverage period, in the order of its life.
const (
	CoveragePending   CoverageStatus = "pending_payment"
	CoverageActive    CoverageStatus = "active"
	CoverageEnded     CoverageStatus = "ended"
	CoverageCancelled CoverageStatus = "cancelled"
)

// CoverageStatuses lists every status.
var CoverageStatuses = []CoverageStatus{CoveragePending, CoverageActive, CoverageEnded, CoverageCancelled}

// CoveragePeriod says that an officer is covered under an agreement from one day
// to another. The wage base is frozen when it is made: benefits and invoices are
// computed from it and not from the officer. So is what its first month costs;
// later months cost what their own rates say.
type CoveragePeriod struct {
	ID          uuid.UUID
	OfficerID   uuid.UUID
	AgreementID uuid.UUID
	EnrolmentID uuid.UUID
	FromOn      Date
	ToOn        Date // inclusive
	// Contributions counts the months owed, from that of FromOn on.
	Contributions int `gorm:"->"`
	Segment       Segment
	WageBase      Rupiah
	JKK           Rupiah // a month
	JKM           Rupiah // a month
	Schedule      string // the version of the tariff
	ActivatedOn   Date   // when the first invoice that bills it was paid
	CancelledOn   Date
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Premium is what a month costs, both programmes together.
func (c CoveragePeriod) Premium() Rupiah { return c.JKK + c.JKM }

// StatusOn follows from what happened and the day.
func (c CoveragePeriod) StatusOn(today Date) CoverageStatus {
	switch {
	case !c.CancelledOn.Zero():
		return CoverageCancelled
	case today.After(c.ToOn):
		return CoverageEnded
	case c.ActivatedOn.Zero():
		return CoveragePending
	default:
		return CoverageActive
	}
}

// Cancel takes back cover entered by mistake. Refuses cover that an invoice
// bills (cover_billed) and cover cancelled already (cover_cancelled).
func (c *CoveragePeriod) Cancel(actor uuid.UUID, a Agreement, billed bool, today Date) error {
	if err := c.mayCancel(actor, a, billed); err != nil {
		return err
	}
	c.CancelledOn = today
	return nil
}

func (c CoveragePeriod) mayCancel(actor uuid.UUID, a Agreement, billed bool) error {
	if err := a.runs(actor); err != nil {
		return err
	}
	switch {
	case !c.CancelledOn.Zero():
		return Refuse(Conflict, CoverCancelled, nil)
	case billed:
		return Refuse(Conflict, CoverBilled, nil)
	}
	return nil
}

// Actions says what an organisation may do next with the period.
func (c CoveragePeriod) Actions(actor uuid.UUID, a Agreement, billed bool) []Action {
	return []Action{action("cancel", string(CoverageCancelled), c.mayCancel(actor, a, billed))}
}

// EnrolmentStatus is a state of an enrolment.
type EnrolmentStatus string

// The states of an enrolment.
const (
	EnrolmentRunning   EnrolmentStatus = "running"
	EnrolmentCompleted EnrolmentStatus = "completed"
	EnrolmentFailed    EnrolmentStatus = "failed"
)

// EnrolmentStatuses lists every status.
var EnrolmentStatuses = []EnrolmentStatus{EnrolmentRunning, EnrolmentCompleted, EnrolmentFailed}

// Enrolment is one round of putting officers under cover, and what came of it.
type Enrolment struct {
	ID              uuid.UUID
	AgreementID     uuid.UUID
	Positions       []string `gorm:"serializer:json"` // that it is about
	AskedBy         uuid.NullUUID
	CompletedAt     *time.Time
	Doubts          Faults `gorm:"serializer:json"` // where cover is weaker than people think
	Failure         *Fault `gorm:"serializer:json"` // why it failed
	Enrolled        int64
	AlreadyEnrolled int64
	Skipped         []Skip `gorm:"serializer:json"`
	MonthlyPremium  Rupiah
	CreatedAt       time.Time
}

// Status follows from what happened.
func (e Enrolment) Status() EnrolmentStatus {
	switch {
	case e.Failure != nil:
		return EnrolmentFailed
	case e.CompletedAt != nil:
		return EnrolmentCompleted
	default:
		return EnrolmentRunning
	}
}

// Skip counts officers who were not enrolled for one reason.
type Skip struct {
	Reason   Code  `json:"reason"`
	Officers int64 `json:"officers"`
}

// LeaveOut counts officers who were not enrolled for a reason, if there are any.
func (e *Enrolment) LeaveOut(reason Code, officers int64) {
	if officers > 0 {
		e.Skipped = append(e.Skipped, Skip{reason, officers})
	}
}

// Gap compares, for one position of an agreement, the officers expected with
// those on the roster and those covered.
type Gap struct {
	Position string
	Included bool
	Expected int64
	OnRoster int64
	Covered  int64
}

// Uncovered counts who has no cover: of those expected or those on the roster,
// whichever are more.
func (g Gap) Uncovered() int64 { return max(g.Expected, g.OnRoster) - g.Covered }
