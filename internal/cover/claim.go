package cover

import (
	"fmt"
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
	OrganisationID   uuid.UUID // the officer's
	ReportedBy       uuid.UUID
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

// Covered reports whether the officer had cover when it happened.
func (i Incident) Covered() bool { return i.CoveragePeriodID.Valid }

// Under reports whether the incident is claimed under a programme: a work
// accident under JKK, a death by illness under JKM, and an illness that is
// survived under none.
func (i Incident) Under(p Programme) bool {
	if i.Kind == Illness {
		return p == JKM && i.Outcome == Died
	}
	return p == JKK
}

// Happen makes an incident of a report, or says all that is wrong. cover is the
// officer's period on that day, nil if there is none. That nobody covered the
// officer, and that the report is late, are doubts: nobody harmed goes unrecorded.
func Happen(in Report, o Officer, day Date, cover *CoveragePeriod, dueAt, now time.Time) (i Incident, doubts Faults, err error) {
	var f Faults
	in.clean(&f)
	f.Check(!in.OccurredAt.After(now), "/occurred_at", InTheFuture, nil)
	f.Check(in.Kind != SuddenDeath || in.Outcome == Died, "/outcome", OutcomeOfOtherKind, nil)
	i = Incident{
		OfficerID: o.ID, OrganisationID: o.OrganisationID, Kind: in.Kind, Outcome: in.Outcome, OccurredAt: in.OccurredAt,
		Place: in.Place, Account: in.Account, ReportDueAt: dueAt, UncoveredReason: uncovered(o, day, cover), Version: 1,
	}
	if i.UncoveredReason == "" {
		i.CoveragePeriodID = uuid.NullUUID{UUID: cover.ID, Valid: true}
	}
	doubts.Check(i.Covered(), "/officer_id", OfficerNotCovered, Params{"reason": i.UncoveredReason})
	doubts.Check(!now.After(dueAt), "/occurred_at", ReportLate, Params{"due_at": dueAt})
	return i, doubts, f.Err()
}

// clean trims what people leave around words, and records where nothing is left.
func (in *Report) clean(f *Faults) {
	for _, field := range []struct {
		pointer string
		text    *string
	}{
		{"/place", &in.Place},
		{"/narrative", &in.Account.Narrative},
		{"/notifier_name", &in.Account.NotifierName},
		{"/notifier_phone", &in.Account.NotifierPhone},
	} {
		*field.text = strings.TrimSpace(*field.text)
		f.Check(*field.text != "", field.pointer, Blank, nil)
	}
}

// uncovered says why an officer had no cover on a day; nothing, if they had. Cover
// is active from the day its first contribution was paid (Permenaker 1/2025, art.
// 3A): paying after the event buys nothing.
func uncovered(o Officer, day Date, cover *CoveragePeriod) Code {
	switch {
	case cover == nil && (day.Before(o.TermFrom) || day.After(o.LastDay())):
		return UncoveredOutsideTerm
	case cover == nil:
		return UncoveredNotEnrolled
	case cover.ActivatedOn.Zero() || cover.ActivatedOn.After(day):
		return UncoveredUnpaid
	default:
		return ""
	}
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

// Opening is what a caller says to open a claim.
type Opening struct {
	IncidentID uuid.UUID
	Programme  Programme
	Items      []BenefitItem // what was spent or is claimed after an injury
}

// Open makes a draft of a claim, its benefit still to be filled in, or says all
// that is wrong: a programme that the incident is not claimed under
// (programme_of_other_kind), a JKK claim after its last day (claim_expired), and
// items where none belong, or none where they do.
func Open(in Opening, i Incident, c CoveragePeriod, a Agreement, lastDay, today Date) (Claim, error) {
	var f Faults
	f.Check(i.Under(in.Programme), "/programme", ProgrammeOfOtherKind, nil)
	f.Check(in.Programme != JKK || !today.After(lastDay), "/incident_id", ClaimExpired, Params{"expired_on": lastDay})
	in.checkItems(i.Outcome, &f)
	return Claim{
		IncidentID: i.ID, OfficerID: i.OfficerID, AgreementID: a.ID, OrganiserID: a.OrganiserID, BranchID: a.BranchID,
		CoveragePeriodID: c.ID, Programme: in.Programme, Status: ClaimDraft, WageBase: c.WageBase, Version: 1,
	}, f.Err()
}

// mostOfAnItem keeps sums far from overflow; the law sets no limit to care.
const mostOfAnItem Rupiah = 1_000_000_000_000

// checkItems wants items of an injury alone. What a death pays is computed, and
// so no injury is claimed as one.
func (in Opening) checkItems(outcome IncidentOutcome, f *Faults) {
	if outcome == Died {
		f.Check(len(in.Items) == 0, "/items", ItemsNotExpected, nil)
		return
	}
	f.Check(len(in.Items) > 0, "/items", ItemsMissing, nil)
	for n, item := range in.Items {
		at := fmt.Sprintf("/items/%d", n)
		f.Check(item.Kind != BenefitDeath && item.Kind != BenefitFuneral, at+"/kind", ItemsNotExpected, nil)
		f.Check(item.Amount > 0, at+"/benefit_amount", AmountNotPositive, nil)
		f.Check(item.Amount <= mostOfAnItem, at+"/benefit_amount", AmountImplausible, Params{"min": 1, "max": mostOfAnItem})
	}
}

// MonthsWithoutBreak counts how many of the months somebody contributed for, the
// latest first, follow each other up to a month, or up to the one before it: the
// contribution of the month itself may not be due yet.
func MonthsWithoutBreak(paid []Month, until Month) int {
	if len(paid) > 0 && paid[0] == until.Add(-1) {
		until = paid[0]
	}
	for n, month := range paid {
		if month != until.Add(-n) {
			return n
		}
	}
	return len(paid)
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
	c.Status, c.DecidedAt, c.RejectionReason, c.RejectionNote = ClaimRejected, &now, reason, strings.TrimSpace(note)
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

// Pay records that an approved claim was paid, on the day of its decision or later.
// decided is that day.
func (c *Claim) Pay(who Claimant, on Date, reference string, decided, today Date) error {
	if err := c.mayPay(who); err != nil {
		return err
	}
	var f Faults
	reference = strings.TrimSpace(reference)
	f.Check(!on.After(today), "/paid_on", InTheFuture, nil)
	f.Check(!on.Before(decided), "/paid_on", BeforeDecision, Params{"decided_on": decided})
	f.Check(reference != "", "/reference", Blank, nil)
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
