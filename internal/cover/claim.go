package cover

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// IncidentKind says what happened to an officer.
type IncidentKind string

// The kinds of incident. All but illness are work accidents (Permenaker 5/2021,
// amended by Permenaker 1/2025).
const (
	Accident            IncidentKind = "accident"
	CommutingAccident   IncidentKind = "commuting_accident"
	OccupationalDisease IncidentKind = "occupational_disease"
	SuddenDeath         IncidentKind = "sudden_death"
	Violence            IncidentKind = "violence"
	Illness             IncidentKind = "illness"
)

// IncidentKinds lists every kind.
var IncidentKinds = []IncidentKind{Accident, CommutingAccident, OccupationalDisease, SuddenDeath, Violence, Illness}

// IncidentOutcome says how it ended.
type IncidentOutcome string

// The outcomes of an incident.
const (
	Injured IncidentOutcome = "injured"
	Died    IncidentOutcome = "died"
)

// IncidentOutcomes lists every outcome.
var IncidentOutcomes = []IncidentOutcome{Injured, Died}

// Account is what of an incident is kept encrypted.
type Account struct {
	Narrative     string `json:"narrative"`
	NotifierName  string `json:"notifier_name"`
	NotifierPhone string `json:"notifier_phone"`
}

// Report is what a caller says of an incident.
type Report struct {
	OfficerID  uuid.UUID
	Kind       IncidentKind
	Outcome    IncidentOutcome
	OccurredAt time.Time
	Place      string
	Account    Account
}

// Incident is what happened to an officer, reported with or without cover.
type Incident struct {
	ID               uuid.UUID
	OfficerID        uuid.UUID
	OrganisationID   uuid.UUID
	Kind             IncidentKind
	Outcome          IncidentOutcome
	OccurredAt       time.Time
	Place            string
	Account          Account `gorm:"-"`
	ReportDueAt      time.Time
	CoveragePeriodID uuid.NullUUID // none without cover
	UncoveredReason  Code
	Version          int64
	CreatedAt        time.Time // when it was reported
	UpdatedAt        time.Time
}

// Late reports whether the first report came after its clock ran out.
func (i Incident) Late() bool { return i.CreatedAt.After(i.ReportDueAt) }

// Happen makes an incident of a report. cover is the officer's period on that
// day, nil if there is none.
func Happen(in Report, o Officer, day Date, cover *CoveragePeriod, dueAt, now time.Time) (Incident, error) {
	var f Faults
	f.Check(!in.OccurredAt.After(now), "/occurred_at", InTheFuture, nil)
	f.Check(strings.TrimSpace(in.Place) != "", "/place", Blank, nil)
	f.Check(strings.TrimSpace(in.Account.Narrative) != "", "/narrative", Blank, nil)
	f.Check(strings.TrimSpace(in.Account.NotifierName) != "", "/notifier_name", Blank, nil)
	f.Check(strings.TrimSpace(in.Account.NotifierPhone) != "", "/notifier_phone", Blank, nil)
	f.Check(in.Kind != SuddenDeath || in.Outcome == Died, "/outcome", OutcomeOfOtherKind, nil)
	i := Incident{
		OfficerID: o.ID, OrganisationID: o.OrganisationID, Kind: in.Kind, Outcome: in.Outcome, OccurredAt: in.OccurredAt,
		Place: strings.TrimSpace(in.Place), Account: in.Account, ReportDueAt: dueAt, Version: 1,
	}
	switch {
	case cover == nil && (day.After(o.LastDay()) || day.Before(o.TermFrom)):
		i.UncoveredReason = UncoveredOutsideTerm
	case cover == nil:
		i.UncoveredReason = UncoveredNotEnrolled
	case cover.ActivatedOn.Zero():
		i.UncoveredReason = UncoveredUnpaid
	default:
		i.CoveragePeriodID = uuid.NullUUID{UUID: cover.ID, Valid: true}
	}
	return i, f.Err()
}

// ClaimStatus is a state of a claim.
type ClaimStatus string

// The states of a claim, in the order of its life.
const (
	ClaimDraft     ClaimStatus = "draft"
	ClaimSubmitted ClaimStatus = "submitted"
	ClaimApproved  ClaimStatus = "approved"
	ClaimRejected  ClaimStatus = "rejected"
	ClaimPaid      ClaimStatus = "paid"
)

// ClaimStatuses lists every status.
var ClaimStatuses = []ClaimStatus{ClaimDraft, ClaimSubmitted, ClaimApproved, ClaimRejected, ClaimPaid}

// BenefitKind names a benefit.
type BenefitKind string

// The benefits.
const (
	BenefitDeath    BenefitKind = "death"
	BenefitFuneral  BenefitKind = "funeral"
	BenefitPeriodic BenefitKind = "periodic"
)

// BenefitKinds lists every benefit.
var BenefitKinds = []BenefitKind{
	BenefitDeath, BenefitFuneral, BenefitPeriodic,
	"medical_care", "transport", "temporary_incapacity", "disability", "prosthesis", "home_care",
}

// RejectionReason says why a claim was rejected.
type RejectionReason string

// RejectionReasons lists every reason.
var RejectionReasons = []RejectionReason{"not_work_related", "not_covered", "documents_incomplete", "untrue", "other"}

// BenefitItem is one benefit of a claim.
type BenefitItem struct {
	Kind   BenefitKind `json:"kind"`
	Amount Rupiah      `json:"amount"`
}

// BenefitStep is one step of how an amount came about.
type BenefitStep struct {
	Rule       string `json:"rule"`
	Law        string `json:"law"`
	Expression string `json:"expression"`
	Amount     Rupiah `json:"amount"`
}

// Claim asks for the benefits of one incident under one programme.
type Claim struct {
	ID               uuid.UUID
	IncidentID       uuid.UUID
	OfficerID        uuid.UUID
	AgreementID      uuid.UUID
	OrganiserID      uuid.UUID
	BranchID         uuid.UUID
	CoveragePeriodID uuid.UUID
	Programme        Programme
	Status           ClaimStatus
	WageBase         Rupiah
	Items            []BenefitItem `gorm:"serializer:json"`
	Steps            []BenefitStep `gorm:"serializer:json"`
	Amount           Rupiah
	SubmittedBy      uuid.NullUUID // the client
	SubmittedAt      *time.Time
	PayDueOn         Date
	DecidedAt        *time.Time
	RejectionReason  RejectionReason
	RejectionNote    string
	PaidOn           Date
	PaymentReference string
	Version          int64
	CreatedAt        time.Time
	UpdatedAt        time.Time
}

// Claimant is who acts on a claim: an organisation, by one of its clients.
type Claimant struct {
	Organisation uuid.UUID
	Client       uuid.UUID
}

// Submit hands a draft to the branch and starts its clock.
func (c *Claim) Submit(who Claimant, now time.Time, payDue Date) error {
	if err := c.maySubmit(who); err != nil {
		return err
	}
	c.Status, c.SubmittedBy, c.SubmittedAt, c.PayDueOn = ClaimSubmitted, uuid.NullUUID{UUID: who.Client, Valid: true}, &now, payDue
	return nil
}

func (c Claim) maySubmit(who Claimant) error {
	if err := MayPerform(who.Organisation, c.OrganiserID, Organiser); err != nil {
		return err
	}
	return inStatus(ClaimWrongStatus, c.Status, ClaimDraft)
}

// Approve grants what was claimed.
func (c *Claim) Approve(who Claimant, now time.Time) error {
	if err := c.mayDecide(who); err != nil {
		return err
	}
	c.Status, c.DecidedAt = ClaimApproved, &now
	return nil
}

// Reject turns a claim down, with a coded reason.
func (c *Claim) Reject(who Claimant, reason RejectionReason, note string, now time.Time) error {
	if err := c.mayDecide(who); err != nil {
		return err
	}
	c.Status, c.DecidedAt, c.RejectionReason, c.RejectionNote = ClaimRejected, &now, reason, note
	return nil
}

// mayDecide lets the branch decide what somebody else submitted: maker and
// checker differ.
func (c Claim) mayDecide(who Claimant) error {
	if err := MayPerform(who.Organisation, c.BranchID, Branch); err != nil {
		return err
	}
	if err := inStatus(ClaimWrongStatus, c.Status, ClaimSubmitted); err != nil {
		return err
	}
	if c.SubmittedBy.UUID == who.Client {
		return Refuse(Forbidden, MakerIsChecker, nil)
	}
	return nil
}

// Pay records that an approved claim was paid.
func (c *Claim) Pay(who Claimant, on Date, reference string, today Date) error {
	if err := c.mayPay(who); err != nil {
		return err
	}
	var f Faults
	f.Check(!on.After(today), "/paid_on", InTheFuture, nil)
	f.Check(strings.TrimSpace(reference) != "", "/reference", Blank, nil)
	c.Status, c.PaidOn, c.PaymentReference = ClaimPaid, on, reference
	return f.Err()
}

func (c Claim) mayPay(who Claimant) error {
	if err := MayPerform(who.Organisation, c.BranchID, Branch); err != nil {
		return err
	}
	return inStatus(ClaimWrongStatus, c.Status, ClaimApproved)
}

// Actions says what somebody may do next with the claim.
func (c Claim) Actions(who Claimant) []Action {
	return []Action{
		action("submit", string(ClaimSubmitted), c.maySubmit(who)),
		action("approve", string(ClaimApproved), c.mayDecide(who)),
		action("reject", string(ClaimRejected), c.mayDecide(who)),
		action("pay", string(ClaimPaid), c.mayPay(who)),
	}
}
