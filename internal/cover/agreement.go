package cover

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// PartyRole is what a party does in an agreement.
type PartyRole string

// The roles of parties.
const (
	Organiser PartyRole = "organiser" // the election body whose officers are covered
	Payer     PartyRole = "payer"     // who pays the contributions
	Branch    PartyRole = "branch"    // the BPJS office
	Witness   PartyRole = "witness"   // signs, but neither organises, pays nor insures
)

// PartyRoles lists every role.
var PartyRoles = []PartyRole{Organiser, Payer, Branch, Witness}

// Party is one side of an agreement: its own number of the paper, and who signs.
type Party struct {
	OrganisationID  uuid.UUID
	Role            PartyRole
	Number          string
	SignatoryName   string
	SignatoryOffice string
}

// AgreementPosition is a position with the head-count expected. One that is not
// included stands outside cover and is named so that the gap is seen.
type AgreementPosition struct {
	Position  string `json:"position"`
	Headcount int    `json:"headcount"`
	Included  bool   `json:"included"`
}

// AgreementStatus is a state in the life of an agreement.
type AgreementStatus string

// The states of an agreement, in the order of its life.
const (
	AgreementDraft      AgreementStatus = "draft"
	AgreementSigned     AgreementStatus = "signed" // its first day lies ahead
	AgreementActive     AgreementStatus = "active"
	AgreementExpired    AgreementStatus = "expired"
	AgreementTerminated AgreementStatus = "terminated"
)

// AgreementStatuses lists every status.
var AgreementStatuses = []AgreementStatus{
	AgreementDraft, AgreementSigned, AgreementActive, AgreementExpired, AgreementTerminated,
}

// AgreementTerms is what the parties agree on.
type AgreementTerms struct {
	Title          string
	Parties        []Party             `gorm:"-"`
	Positions      []AgreementPosition `gorm:"serializer:json"`
	ElectionCode   string
	Segment        Segment
	RiskClass      RiskClass
	WageBasePolicy WageBasePolicy
	DeclaredWage   Rupiah // for the policies minimum_wage and declared
	FundingSource  FundingSource
	StartsOn       Date
	EndsOn         Date     // inclusive
	LegalBases     []string `gorm:"serializer:json"`
	RenewsID       uuid.NullUUID
	MonthRule      MonthRule
	Contributions  int // owed for each officer's term; 0: as its months say
	Billing        BillingMode
}

// Agreement (PKS) is the contract under which officers are covered.
type Agreement struct {
	ID             uuid.UUID
	AgreementTerms `gorm:"embedded"`
	// The parties that rules ask for, copied out of Parties.
	OrganiserID uuid.UUID
	PayerID     uuid.NullUUID // none when officers pay themselves
	BranchID    uuid.UUID

	SignedOn          Date
	TerminatedOn      Date // the last day of cover
	TerminationReason string
	Version           int64
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// StatusOn follows from what happened and the day.
func (a Agreement) StatusOn(today Date) AgreementStatus {
	switch {
	case a.SignedOn.Zero():
		return AgreementDraft
	case !a.TerminatedOn.Zero() && today.After(a.TerminatedOn):
		return AgreementTerminated
	case today.Before(a.StartsOn):
		return AgreementSigned
	case today.After(a.EndsOn):
		return AgreementExpired
	default:
		return AgreementActive
	}
}

// LastDay is the last day on which the agreement covers anybody.
func (a Agreement) LastDay() Date {
	if a.TerminatedOn.Zero() {
		return a.EndsOn
	}
	return Earlier(a.TerminatedOn, a.EndsOn)
}

// Included lists the positions that the agreement covers.
func (a Agreement) Included() []string {
	var codes []string
	for _, p := range a.Positions {
		if p.Included {
			codes = append(codes, p.Position)
		}
	}
	return codes
}

// Draft makes a new agreement, or says all that is wrong with its terms. kinds
// tells the kind of each party that the caller may see. A head-count that is not
// a whole number of bodies is a doubt, not a fault.
func Draft(in AgreementTerms, kinds map[uuid.UUID]OrganisationKind, ref *Reference) (a Agreement, doubts Faults, err error) {
	if in.RiskClass == "" {
		in.RiskClass = RiskClasses[0]
	}
	if in.LegalBases == nil {
		in.LegalBases = []string{}
	}
	in.MonthRule, in.Billing = cmp.Or(in.MonthRule, MonthsByCalendar), cmp.Or(in.Billing, BilledAutomatically)
	a = Agreement{AgreementTerms: in, Version: 1}
	var f Faults
	f.Check(strings.TrimSpace(in.Title) != "", "/title", Blank, nil)
	f.Check(!in.EndsOn.Before(in.StartsOn), "/ends_on", EndsBeforeStart, nil)
	f.Check(in.EndsOn.Before(in.StartsOn.AddYears(6)), "/ends_on", PeriodTooLong, Params{"years": 6})
	if in.ElectionCode != "" {
		_, known := ref.Election(in.ElectionCode)
		f.Check(known, "/election_code", ElectionUnknown, nil)
	}
	needsWage := in.WageBasePolicy == BaseMinimumWage || in.WageBasePolicy == BaseDeclared
	f.Check(!needsWage || in.DeclaredWage > 0, "/declared_wage_amount", WageMissing, Params{"policy": in.WageBasePolicy})
	f.Check(in.DeclaredWage >= 0 && in.DeclaredWage <= MostWage, "/declared_wage_amount", AmountImplausible,
		Params{"min": 0, "max": int64(MostWage)})
	f.Check(needsWage || in.DeclaredWage == 0, "/declared_wage_amount", WageNotExpected, Params{"policy": in.WageBasePolicy})
	f.Check((in.WageBasePolicy == BaseBPUTier) == (in.Segment == BPU), "/wage_base_policy", PolicyOfOtherSegment,
		Params{"segment": in.Segment})
	a.seat(kinds, &f)
	a.checkPositions(kinds[a.OrganiserID], ref, &f, &doubts)
	return a, doubts, f.Err()
}

// seat copies the organiser, payer and branch out of the parties and records
// what is wrong with them.
func (a *Agreement) seat(kinds map[uuid.UUID]OrganisationKind, f *Faults) {
	a.OrganiserID, a.PayerID, a.BranchID = uuid.Nil, uuid.NullUUID{}, uuid.Nil
	seen := map[uuid.UUID]bool{}
	for i, p := range a.Parties {
		at := fmt.Sprintf("/parties/%d", i)
		kind, known := kinds[p.OrganisationID]
		f.Check(known, at+"/organisation_id", OrganisationUnknown, nil)
		f.Check(!seen[p.OrganisationID], at+"/organisation_id", PartyTwice, nil)
		seen[p.OrganisationID] = true
		var seat *uuid.UUID
		switch p.Role {
		case Organiser:
			seat = &a.OrganiserID
			f.Check(!known || kind.Elects(), at+"/role", RoleOfOtherKind, Params{"role": p.Role, "kind": kind})
		case Branch:
			seat = &a.BranchID
			f.Check(!known || kind == BPJSOffice, at+"/role", RoleOfOtherKind, Params{"role": p.Role, "kind": kind})
		case Payer:
			a.PayerID.Valid = true
			seat = &a.PayerID.UUID
			f.Check(!known || kind != BPJSOffice, at+"/role", RoleOfOtherKind, Params{"role": p.Role, "kind": kind})
		default:
			continue
		}
		f.Check(*seat == uuid.Nil, at+"/role", RoleTakenTwice, Params{"role": p.Role})
		*seat = p.OrganisationID
	}
	f.Check(a.OrganiserID != uuid.Nil, "/parties", RoleMissing, Params{"role": Organiser})
	f.Check(a.BranchID != uuid.Nil, "/parties", RoleMissing, Params{"role": Branch})
}

func (a *Agreement) checkPositions(organiser OrganisationKind, ref *Reference, f, doubts *Faults) {
	seen := map[string]bool{}
	for i, p := range a.Positions {
		at := fmt.Sprintf("/positions/%d", i)
		position, known := ref.Position(p.Position)
		f.Check(!seen[p.Position], at+"/position", PositionTwice, nil)
		seen[p.Position] = true
		switch {
		case !known:
			f.Add(at+"/position", PositionUnknown, nil)
		case organiser.Elects() && position.Organiser != organiser:
			f.Add(at+"/position", PositionOfOtherBody, Params{"organiser": position.Organiser})
		case !position.Whole(p.Headcount):
			units, nearest := position.Nearest(p.Headcount)
			doubts.Add(at+"/headcount", HeadcountImplausible,
				Params{"per_unit": position.PerUnit, "nearest": nearest, "units": units})
		}
	}
	f.Check(len(a.Included()) > 0, "/positions", NothingIncluded, nil)
}

// Sign records that the parties signed. Only the branch does, and only a draft
// (agreement_not_draft); a paper signed in the future is refused
// (in_the_future).
func (a *Agreement) Sign(actor uuid.UUID, on, today Date) error {
	if err := a.maySign(actor); err != nil {
		return err
	}
	var f Faults
	f.Check(!on.After(today), "/signed_on", InTheFuture, nil)
	a.SignedOn = on
	return f.Err()
}

// Terminate ends a signed agreement before its time, with a last day within it and
// not in the past: what was covered stays covered.
func (a *Agreement) Terminate(actor uuid.UUID, last Date, reason string, today Date) error {
	if err := a.mayTerminate(actor, today); err != nil {
		return err
	}
	var f Faults
	f.Check(!last.Before(a.StartsOn) && last.Before(a.EndsOn), "/terminated_on", OutsideAgreement,
		Params{"from": a.StartsOn, "to": a.EndsOn})
	f.Check(!last.Before(today), "/terminated_on", InThePast, nil)
	f.Check(strings.TrimSpace(reason) != "", "/reason", Blank, nil)
	a.TerminatedOn, a.TerminationReason = last, reason
	return f.Err()
}

// MayAmend refuses to change what is signed (agreement_not_draft).
func (a Agreement) MayAmend() error {
	if a.SignedOn.Zero() {
		return nil
	}
	return Refuse(Conflict, AgreementNotDraft, nil)
}

// MayCover refuses cover under an agreement that is not signed, or over
// (agreement_not_in_force).
func (a Agreement) MayCover(today Date) error {
	return inStatus(AgreementNotInForce, a.StatusOn(today), AgreementSigned, AgreementActive)
}

func (a Agreement) maySign(actor uuid.UUID) error {
	if err := MayPerform(actor, a.BranchID, Branch); err != nil {
		return err
	}
	return a.MayAmend()
}

func (a Agreement) mayTerminate(actor uuid.UUID, today Date) error {
	if err := a.runs(actor); err != nil {
		return err
	}
	if !a.TerminatedOn.Zero() {
		return Refuse(Conflict, AgreementNotInForce, Params{"status": AgreementTerminated})
	}
	return a.MayCover(today)
}

// Actions says what an organisation may do next with the agreement.
func (a Agreement) Actions(actor uuid.UUID, today Date) []Action {
	enrol := action("enrol", string(a.StatusOn(today)), a.MayEnrol(actor, today))
	enrol.Path = "enrolments"
	return []Action{
		action("sign", string(AgreementSigned), a.maySign(actor)),
		action("terminate", string(AgreementTerminated), a.mayTerminate(actor, today)),
		enrol,
	}
}

// MayTellGap refuses to tell of a draft how many officers the organiser has: only
// a signed agreement gives the other parties a reason to know.
func (a Agreement) MayTellGap(actor uuid.UUID) error {
	if a.SignedOn.Zero() {
		return MayPerform(actor, a.OrganiserID, Organiser)
	}
	return nil
}

// MayEnrol refuses enrolment by anybody but the organiser and the branch, and
// under an agreement that is not in force.
func (a Agreement) MayEnrol(actor uuid.UUID, today Date) error {
	if err := a.runs(actor); err != nil {
		return err
	}
	return a.MayCover(today)
}
