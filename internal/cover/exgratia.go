package cover

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// Fund is what an election body sets aside in a year for its own scheme (santunan,
// Keputusan KPU 59/2023), which stands beside JKK and JKM and is never netted with them.
type Fund struct {
	ID             uuid.UUID
	OrganisationID uuid.UUID
	FiscalYear     int
	Ceiling        Rupiah
	Reference      string
	Granted        Rupiah `gorm:"->"` // of grants that were not cancelled
	Disbursed      Rupiah `gorm:"->"`
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// TableName is where funds are kept.
func (Fund) TableName() string { return "ex_gratia_funds" }

// Remaining is what may still be granted.
func (f Fund) Remaining() Rupiah { return f.Ceiling - f.Granted }

// Check tidies a fund, or says all that is wrong: a ceiling that is none
// (amount_not_positive), or below what is granted (fund_granted).
func (f *Fund) Check() error {
	f.Reference = strings.TrimSpace(f.Reference)
	var faults Faults
	faults.Check(f.Reference != "", "/reference", Blank, nil)
	faults.Check(f.Ceiling > 0, "/ceiling_amount", AmountNotPositive, nil)
	faults.Check(f.Ceiling <= MostPaid, "/ceiling_amount", AmountImplausible, Params{"min": 1, "max": int64(MostPaid)})
	faults.Check(f.Ceiling >= f.Granted, "/ceiling_amount", FundGranted, Params{"granted": f.Granted})
	return faults.Err()
}

// GrantStatus is a state of a grant.
type GrantStatus string

// The states of a grant.
const (
	GrantGranted   GrantStatus = "granted"
	GrantDisbursed GrantStatus = "disbursed"
	GrantCancelled GrantStatus = "cancelled"
)

// GrantStatuses lists every status.
var GrantStatuses = []GrantStatus{GrantGranted, GrantDisbursed, GrantCancelled}

// GrantCancelReason says why a grant was cancelled.
type GrantCancelReason string

// GrantCancelReasons lists every reason.
var GrantCancelReasons = []GrantCancelReason{"untrue", "not_on_duty", "own_fault", "mistake", "other"}

// Grant is what an election body gives of its own for one incident.
type Grant struct {
	ID             uuid.UUID
	FundID         uuid.UUID
	IncidentID     uuid.UUID
	OrganisationID uuid.UUID
	PayeeID        uuid.NullUUID // the heir who receives, after a death
	Status         GrantStatus
	Outcome        IncidentOutcome // for which it was given
	Deceased       uuid.NullUUID   `json:"-"` // who died, by the keyed index of their NIK: a person dies once
	Items          []BenefitItem   `gorm:"serializer:json"`
	Steps          []BenefitStep   `gorm:"serializer:json"`
	Schedule       string
	Amount         Rupiah
	GrantedBy      uuid.UUID // the client
	DisbursedOn    Date
	Reference      string
	CancelReason   GrantCancelReason
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// TableName is where grants are kept.
func (Grant) TableName() string { return "ex_gratia_grants" }

// Disburse records that a grant was paid. Refuses whoever did not grant it
// (party_role_required), the client that did (maker_is_checker), what is paid or
// cancelled (grant_wrong_status), a day to come (in_the_future), and one before it was
// granted (before_decision).
func (g *Grant) Disburse(who Claimant, on Date, reference string, granted, today Date) error {
	if err := g.mayDisburse(who); err != nil {
		return err
	}
	reference = strings.TrimSpace(reference)
	var f Faults
	f.Check(!on.After(today), "/disbursed_on", InTheFuture, nil)
	f.Check(!on.Before(granted), "/disbursed_on", BeforeDecision, Params{"decided_on": granted})
	f.Check(reference != "", "/reference", Blank, nil)
	g.Status, g.DisbursedOn, g.Reference = GrantDisbursed, on, reference
	return f.Err()
}

func (g Grant) mayDisburse(who Claimant) error {
	if err := g.mayCancel(who); err != nil {
		return err
	}
	if g.GrantedBy == who.Client {
		return Refuse(Forbidden, MakerIsChecker, nil)
	}
	return nil
}

// Cancel takes back a grant that was not paid. Refuses whoever did not grant it
// (party_role_required) and what is paid or cancelled (grant_wrong_status).
func (g *Grant) Cancel(who Claimant, reason GrantCancelReason) error {
	if err := g.mayCancel(who); err != nil {
		return err
	}
	g.Status, g.CancelReason = GrantCancelled, reason
	return nil
}

func (g Grant) mayCancel(who Claimant) error {
	if err := MayPerform(who.Organisation, g.OrganisationID, Organiser); err != nil {
		return err
	}
	return inStatus(GrantWrongStatus, g.Status, GrantGranted)
}

// Actions says what somebody may do next with the grant.
func (g Grant) Actions(who Claimant) []Action {
	return []Action{
		action("disburse", string(GrantDisbursed), g.mayDisburse(who)),
		action("cancel", string(GrantCancelled), g.mayCancel(who)),
	}
}
