package cover

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Scholarship is claimed beside JKK or JKM, each school year anew, for children of
// who died or was disabled for good (PP 82/2019). It is no programme of cover.
const Scholarship Programme = "scholarship"

// ClaimProgrammes lists what may be claimed.
var ClaimProgrammes = []Programme{JKK, JKM, Scholarship}

// ClaimStatus is a state of a claim.
type ClaimStatus string

// The states of a claim, in the order of its life.
const (
	ClaimDraft      ClaimStatus = "draft"
	ClaimSubmitted  ClaimStatus = "submitted"
	ClaimIncomplete ClaimStatus = "incomplete"
	ClaimVerified   ClaimStatus = "verified"
	ClaimApproved   ClaimStatus = "approved"
	ClaimRejected   ClaimStatus = "rejected"
	ClaimPaid       ClaimStatus = "paid"
	ClaimWithdrawn  ClaimStatus = "withdrawn"
)

// ClaimStatuses lists every status.
var ClaimStatuses = []ClaimStatus{
	ClaimDraft, ClaimSubmitted, ClaimIncomplete, ClaimVerified, ClaimApproved, ClaimRejected, ClaimPaid, ClaimWithdrawn,
}

// RejectionReason says why a claim was rejected.
type RejectionReason string

// NotWorkRelated turns a death into a claim of JKM.
const NotWorkRelated RejectionReason = "not_work_related"

// RejectionReasons lists every reason.
var RejectionReasons = []RejectionReason{
	NotWorkRelated, "not_covered", "documents_incomplete", "untrue", "wrong_heir", "expired", "other",
}

// ReturnReasons lists why a claim may be returned as incomplete.
var ReturnReasons = []string{
	"document_missing", "document_illegible", "document_expired", "facts_unclear", "heir_unproven", "account_unclear", "other",
}

// ReopeningReasons lists why a decision may be taken back.
var ReopeningReasons = []string{"new_evidence", "mistake", "rule_corrected", "court_order", "other"}

// AppealReasons lists what an appeal may say.
var AppealReasons = []string{"new_evidence", "facts_disputed", "rule_disputed", "other"}

// ClaimDecision says what was done to a claim.
type ClaimDecision string

// What may be done to a claim.
const (
	DecidedSubmitted ClaimDecision = "submitted"
	DecidedReturned  ClaimDecision = "returned"
	DecidedVerified  ClaimDecision = "verified"
	DecidedApproved  ClaimDecision = "approved"
	DecidedRejected  ClaimDecision = "rejected"
	DecidedReopened  ClaimDecision = "reopened"
	DecidedAppealed  ClaimDecision = "appealed"
	DecidedPaid      ClaimDecision = "paid"
	DecidedWithdrawn ClaimDecision = "withdrawn"
)

// ClaimDecisions lists all of it.
var ClaimDecisions = []ClaimDecision{
	DecidedSubmitted, DecidedReturned, DecidedVerified, DecidedApproved, DecidedRejected, DecidedReopened, DecidedAppealed,
	DecidedPaid, DecidedWithdrawn,
}

// ClaimReason is one reason of a decision.
type ClaimReason struct {
	Reason       string       `json:"reason"`
	DocumentKind DocumentKind `json:"document_kind,omitempty"`
	Note         string       `json:"note,omitempty"`
}

// Code names the words of a reason, such as returned_document_missing.
func (r ClaimReason) Code(d ClaimDecision) Code { return Code(string(d) + "_" + r.Reason) }

// CheckReasons wants of each reason what its remedy speaks of: the document that is
// missing or wanting, and a note where no code says it.
func CheckReasons(reasons []ClaimReason) error {
	var f Faults
	for n, r := range reasons {
		at := fmt.Sprintf("/reasons/%d", n)
		paper := strings.HasPrefix(r.Reason, "document_")
		f.Check(!paper || r.DocumentKind != "", at+"/document_kind", MemberMissing, Params{"name": "document_kind", "of": r.Reason})
		f.Check(r.Reason != otherReason || strings.TrimSpace(r.Note) != "", at+"/note", MemberMissing, Params{"name": "note", "of": r.Reason})
	}
	return f.Err()
}

// CheckReason wants a note where no code says why.
func CheckReason(reason, note string) error {
	var f Faults
	f.Check(reason != otherReason || strings.TrimSpace(note) != "", "/note", MemberMissing, Params{"name": "note", "of": reason})
	return f.Err()
}

const otherReason = "other"

// ClaimStep is what was done to a claim, by whom and why.
type ClaimStep struct {
	ClaimID        uuid.UUID
	Decision       ClaimDecision
	Reasons        []ClaimReason `gorm:"serializer:json"`
	Amount         Rupiah        // of the claim, then
	OrganisationID uuid.UUID
	ClientID       uuid.UUID
	DecidedAt      time.Time
}

// DaysAway counts the days after one and up to another on which a claim lay with its
// claimant, as the clocks count them: from the day it was returned or rejected to that on
// which it came back.
func DaysAway(steps []ClaimStep, after, until Date, zone *time.Location) (days int) {
	var left Date
	for _, s := range steps {
		on := DateOf(s.DecidedAt, zone)
		switch s.Decision {
		case DecidedReturned, DecidedRejected:
			left = Later(on, after)
		case DecidedSubmitted, DecidedAppealed, DecidedReopened:
			if back := Earlier(on, until); !left.Zero() && back.After(left) {
				days += back.DaysSince(left)
			}
			left = Date{}
		case DecidedVerified, DecidedApproved, DecidedPaid, DecidedWithdrawn: // none of them moves it
		}
	}
	return days
}

// Pupil is a child for whom a scholarship is claimed.
type Pupil struct {
	HeirID     uuid.UUID      `json:"heir_id"`
	Level      EducationLevel `json:"level"`
	Unmarried  bool           `json:"unmarried"`
	NotWorking bool           `json:"not_working"`
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
	Asked            `gorm:"embedded"`
	ReopensID        uuid.NullUUID // the paid claim that paid too little
	SchoolYear       int           // of a scholarship
	Items            []BenefitItem `gorm:"serializer:json"`
	Steps            []BenefitStep `gorm:"serializer:json"`
	Schedule         string        // the version of the rules it was computed by
	Amount           Rupiah
	Compensation     Rupiah        // for late payment, on top
	SubmittedBy      uuid.NullUUID // the client
	VerifiedBy       uuid.NullUUID // likewise
	Rejecters        []uuid.UUID   `gorm:"serializer:json"` // clients, kept through appeals
	Deceased         uuid.NullUUID `json:"-"`               // who died, by the keyed index of their NIK: a person dies once
	SubmittedAt      *time.Time
	PayDueOn         Date // none while the clock stands still
	DecidedAt        *time.Time
	RejectionReason  RejectionReason
	RejectionNote    string
	PaidOn           Date
	HandedOverOn     Date
	PaymentReference string
	Version          int64
	CreatedAt        time.Time
	UpdatedAt        time.Time
}

// Asked is what a claim asks for, which its organiser may amend.
type Asked struct {
	Losses        []Loss `gorm:"serializer:json"` // after an injury, or spent before a death
	LeftHanded    bool
	PayeeID       uuid.NullUUID // the heir who receives, after a death
	Reimbursement bool          // the body paid first, because it reported late
	Pupils        []Pupil       `gorm:"serializer:json"`
}

// Opening is what a caller says to open a claim.
type Opening struct {
	IncidentID uuid.UUID
	Programme  Programme
	SchoolYear int
	ReopensID  uuid.NullUUID
	Asked
}

// Open makes a draft of a claim, its benefit still to be filled in, or says all
// that is wrong: a programme that the incident is not claimed under
// (programme_of_other_kind), a JKK claim after its last day (claim_expired), and
// what is asked for where it does not belong, or not where it does.
func Open(in Opening, i Incident, c CoveragePeriod, a Agreement, lastDay, today Date) (Claim, error) {
	claim := Claim{
		IncidentID: i.ID, OfficerID: i.OfficerID.UUID, AgreementID: a.ID, OrganiserID: a.OrganiserID, BranchID: a.BranchID,
		CoveragePeriodID: c.ID, Programme: in.Programme, Status: ClaimDraft, WageBase: c.WageBase, Asked: in.Asked,
		SchoolYear: in.SchoolYear, ReopensID: in.ReopensID, Version: 1,
	}
	var f Faults
	f.Check(i.Under(in.Programme), "/programme", ProgrammeOfOtherKind, nil)
	f.Check(in.Programme != JKK || !today.After(lastDay), "/incident_id", ClaimExpired, Params{"expired_on": lastDay})
	f.Check(in.Programme == Scholarship || in.SchoolYear == 0, "/school_year", PupilsNotExpected, nil)
	f.Check(in.Programme != Scholarship || in.SchoolYear != 0, "/school_year", PupilsMissing, nil)
	claim.checkAsked(i, &f)
	return claim, f.Err()
}

// checkAsked wants losses of who survived, pupils for a scholarship, and a payee after
// a death alone. Who died may have been treated before; what is lost for good is claimed
// once a doctor said so, in the report of stage II.
func (c Claim) checkAsked(i Incident, f *Faults) {
	f.Check(c.Programme == JKK || len(c.Losses) == 0, "/losses", LossesNotExpected, nil)
	c.checkLost(i, f)
	f.Check(c.Programme == Scholarship || len(c.Pupils) == 0, "/pupils", PupilsNotExpected, nil)
	f.Check(c.Programme != Scholarship || len(c.Pupils) > 0, "/pupils", PupilsMissing, nil)
	for n, p := range c.Pupils {
		twice := slices.ContainsFunc(c.Pupils[:n], func(o Pupil) bool { return o.HeirID == p.HeirID })
		f.Check(!twice, fmt.Sprintf("/pupils/%d/heir_id", n), RepeatedItem, nil)
	}
	f.Check(c.Programme != Scholarship || !c.ReopensID.Valid, "/reopens_id", ClaimNotReopened, nil)
	f.Check(c.bereaved(i) || !c.PayeeID.Valid, "/payee_id", PayeeNotExpected, nil)
	f.Check(!c.Reimbursement || c.Programme == JKK, "/reimbursement", ProgrammeOfOtherKind, nil)
}

// checkLost wants losses of who survived, for without them a claim pays nothing, and no
// lasting ones of anybody whom no doctor has called disabled.
func (c Claim) checkLost(i Incident, f *Faults) {
	f.Check(c.Programme != JKK || i.Outcome == Died || len(c.Losses) > 0, "/losses", LossesMissing, nil)
	for n, l := range c.Losses {
		lasting := l.Kind == BenefitDisability && i.Outcome != Disabled
		f.Check(!lasting, fmt.Sprintf("/losses/%d/kind", n), LossesNotExpected, nil)
	}
}

// bereaved reports whether heirs receive.
func (c Claim) bereaved(i Incident) bool { return c.Programme != Scholarship && i.Outcome == Died }

// Amend changes what a claim asks for. Refuses whoever is not the organiser
// (party_role_required), and a claim that the branch has in hand
// (claim_wrong_status).
func (c *Claim) Amend(who Claimant, i Incident, change func(*Asked)) error {
	if err := c.mayAmend(who); err != nil {
		return err
	}
	change(&c.Asked)
	var f Faults
	c.checkAsked(i, &f)
	return f.Err()
}

func (c Claim) mayAmend(who Claimant) error {
	if err := MayPerform(who.Organisation, c.OrganiserID, Organiser); err != nil {
		return err
	}
	return inStatus(ClaimWrongStatus, c.Status, ClaimDraft, ClaimIncomplete)
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

// Submit hands a claim to the branch.
func (c *Claim) Submit(who Claimant, now time.Time) error {
	if err := c.mayAmend(who); err != nil {
		return err
	}
	c.Status, c.SubmittedBy, c.SubmittedAt = ClaimSubmitted, uuid.NullUUID{UUID: who.Client, Valid: true}, &now
	return nil
}

// CheckTime says what keeps a claim from being submitted by what was reported, and when:
// its last day, stage II, and a late report of stage I.
func (c Claim) CheckTime(i Incident, lastDay, today Date, now time.Time, f *Faults) {
	f.Check(c.Programme != JKK || !today.After(lastDay), "/incident_id", ClaimExpired, Params{"expired_on": lastDay})
	f.Check(c.Programme != JKK || i.ConcludedAt != nil, "/incident_id", IncidentNotConcluded, nil)
	f.Check(c.Programme != JKK || !i.Late(now) || c.Reimbursement, "/reimbursement", ReportWasLate, nil)
	f.Check(!c.Reimbursement || i.Late(now), "/reimbursement", ReportWasInTime, nil)
}

// CheckComplete says whether there is something to pay and somebody may receive it, and
// which papers are missing.
func (c Claim) CheckComplete(i Incident, heirs []Heir, needed []Requirement, today Date, f *Faults) {
	c.checkLost(i, f)
	for n, p := range c.Pupils {
		checkReceiver(p.HeirID, heirs, today, fmt.Sprintf("/pupils/%d/heir_id", n), f)
	}
	if c.bereaved(i) {
		if c.PayeeID.Valid {
			CheckPayee(c.PayeeID.UUID, heirs, today, f)
		} else {
			f.Add("/payee_id", PayeeMissing, nil)
		}
	}
	for _, r := range needed {
		if r.Mandatory && (r.Status == RequirementMissing || r.Status == RequirementRejected) {
			params := Params{"document_kind": r.DocumentKind, "status": r.Status}
			if r.HeirID.Valid {
				params["heir_id"] = r.HeirID.UUID
			}
			if r.Rank > 0 {
				params["rank"] = r.Rank
			}
			if r.SchoolYear > 0 {
				params["school_year"] = r.SchoolYear
			}
			f.Add("/requirements", RequirementUnmet, params)
		}
	}
}

// Return sends a claim back as incomplete.
func (c *Claim) Return(who Claimant) error {
	if err := c.mayReturn(who); err != nil {
		return err
	}
	c.Status, c.PayDueOn, c.VerifiedBy = ClaimIncomplete, Date{}, uuid.NullUUID{}
	return nil
}

func (c Claim) mayReturn(who Claimant) error { return c.branchMay(who, ClaimSubmitted, ClaimVerified) }

// branchMay lets the branch act on a claim in some of its states.
func (c Claim) branchMay(who Claimant, states ...ClaimStatus) error {
	if err := MayPerform(who.Organisation, c.BranchID, Branch); err != nil {
		return err
	}
	return inStatus(ClaimWrongStatus, c.Status, states...)
}

// Verify says that a claim is complete and true.
func (c *Claim) Verify(who Claimant) error {
	if err := c.mayVerify(who); err != nil {
		return err
	}
	c.Status, c.VerifiedBy = ClaimVerified, uuid.NullUUID{UUID: who.Client, Valid: true}
	return nil
}

func (c Claim) mayVerify(who Claimant) error {
	if err := c.branchMay(who, ClaimSubmitted); err != nil {
		return err
	}
	return c.another(who, c.SubmittedBy)
}

// another refuses who made what they would now check, or once rejected it: maker and
// checker differ.
func (c Claim) another(who Claimant, makers ...uuid.NullUUID) error {
	if slices.Contains(makers, uuid.NullUUID{UUID: who.Client, Valid: true}) || slices.Contains(c.Rejecters, who.Client) {
		return Refuse(Forbidden, MakerIsChecker, nil)
	}
	return nil
}

// Approve grants what was claimed.
func (c *Claim) Approve(who Claimant, now time.Time) error {
	if err := c.mayApprove(who); err != nil {
		return err
	}
	c.Status, c.DecidedAt = ClaimApproved, &now
	return nil
}

func (c Claim) mayApprove(who Claimant) error {
	if err := c.branchMay(who, ClaimVerified); err != nil {
		return err
	}
	return c.another(who, c.SubmittedBy, c.VerifiedBy)
}

// Reject turns a claim down, with a coded reason.
func (c *Claim) Reject(who Claimant, reason RejectionReason, note string, now time.Time) error {
	if err := c.mayReject(who); err != nil {
		return err
	}
	c.Status, c.DecidedAt, c.RejectionReason, c.RejectionNote = ClaimRejected, &now, reason, strings.TrimSpace(note)
	c.Rejecters, c.PayDueOn = append(slices.Clone(c.Rejecters), who.Client), Date{}
	return nil
}

func (c Claim) mayReject(who Claimant) error {
	if err := c.branchMay(who, ClaimSubmitted, ClaimVerified); err != nil {
		return err
	}
	return c.another(who, c.SubmittedBy, c.VerifiedBy)
}

// Void rejects a claim that has lost its ground, whatever its state: the care of
// its incident was refused.
func (c *Claim) Void(who Claimant, reason RejectionReason, now time.Time) {
	c.Status, c.DecidedAt, c.RejectionReason, c.PayDueOn = ClaimRejected, &now, reason, Date{}
	c.Rejecters = append(slices.Clone(c.Rejecters), who.Client)
}

// Stands reports whether a claim was neither rejected nor withdrawn.
func (c Claim) Stands() bool { return c.Status != ClaimRejected && c.Status != ClaimWithdrawn }

// Reopen takes back a decision that was not paid yet.
func (c *Claim) Reopen(who Claimant) error {
	if err := c.mayReopen(who); err != nil {
		return err
	}
	c.await()
	return nil
}

func (c Claim) mayReopen(who Claimant) error { return c.branchMay(who, ClaimApproved, ClaimRejected) }

// await lets a claim be decided anew; one that was never submitted is a draft again.
func (c *Claim) await() {
	c.DecidedAt, c.VerifiedBy, c.RejectionReason, c.RejectionNote = nil, uuid.NullUUID{}, "", ""
	c.Status = c.awaited()
}

// awaited is the state in which a claim waits to be decided anew.
func (c Claim) awaited() ClaimStatus {
	if c.SubmittedAt == nil {
		return ClaimDraft
	}
	return ClaimSubmitted
}

// Appeal has a rejection decided anew, by somebody else.
func (c *Claim) Appeal(who Claimant) error {
	if err := c.mayAppeal(who); err != nil {
		return err
	}
	c.await()
	return nil
}

func (c Claim) mayAppeal(who Claimant) error {
	if err := MayPerform(who.Organisation, c.OrganiserID, Organiser); err != nil {
		return err
	}
	return inStatus(ClaimWrongStatus, c.Status, ClaimRejected)
}

// Withdraw takes a claim back before it is decided.
func (c *Claim) Withdraw(who Claimant) error {
	if err := c.mayWithdraw(who); err != nil {
		return err
	}
	c.Status, c.PayDueOn = ClaimWithdrawn, Date{}
	return nil
}

func (c Claim) mayWithdraw(who Claimant) error {
	if err := MayPerform(who.Organisation, c.OrganiserID, Organiser); err != nil {
		return err
	}
	return inStatus(ClaimWrongStatus, c.Status, ClaimDraft, ClaimSubmitted, ClaimIncomplete)
}

// Payout is what a caller says of a claim that was paid.
type Payout struct {
	PaidOn       Date
	HandedOverOn Date
	Reference    string
}

// Pay records that an approved claim was paid, on the day of its decision or later.
// decided is that day.
func (c *Claim) Pay(who Claimant, in Payout, decided, today Date) error {
	if err := c.mayPay(who); err != nil {
		return err
	}
	var f Faults
	in.Reference = strings.TrimSpace(in.Reference)
	f.Check(!in.PaidOn.After(today), "/paid_on", InTheFuture, nil)
	f.Check(!in.PaidOn.Before(decided), "/paid_on", BeforeDecision, Params{"decided_on": decided})
	f.Check(!in.HandedOverOn.After(today), "/handed_over_on", InTheFuture, nil)
	f.Check(in.Reference != "", "/reference", Blank, nil)
	c.Status, c.PaidOn, c.HandedOverOn, c.PaymentReference = ClaimPaid, in.PaidOn, in.HandedOverOn, in.Reference
	return f.Err()
}

func (c Claim) mayPay(who Claimant) error { return c.branchMay(who, ClaimApproved) }

// Actions says what somebody may do next with the claim.
func (c Claim) Actions(who Claimant) []Action {
	return []Action{
		action("submit", string(ClaimSubmitted), c.mayAmend(who)),
		action("return", string(ClaimIncomplete), c.mayReturn(who)),
		action("verify", string(ClaimVerified), c.mayVerify(who)),
		action("approve", string(ClaimApproved), c.mayApprove(who)),
		action("reject", string(ClaimRejected), c.mayReject(who)),
		action("pay", string(ClaimPaid), c.mayPay(who)),
		action("reopen", string(c.awaited()), c.mayReopen(who)),
		action("appeal", string(c.awaited()), c.mayAppeal(who)),
		action("withdraw", string(ClaimWithdrawn), c.mayWithdraw(who)),
	}
}

// Paid is what was paid, with what its lateness added.
func (c Claim) Paid() Rupiah {
	if c.Status != ClaimPaid {
		return 0
	}
	return c.Amount + c.Compensation
}
