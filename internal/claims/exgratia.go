package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// SetFund sets money of the actor aside for its own scheme, in one year. Refuses whoever
// is no election body (not_allowed), a second fund of the year (fund_taken), and what
// cover.Fund.Check refuses.
func SetFund(tx *store.Tx, f cover.Fund) (cover.Fund, error) {
	if !tx.Actor().Kind.Elects() {
		return f, cover.Refuse(cover.Forbidden, cover.NotAllowed, nil)
	}
	f.OrganisationID, f.Version = tx.Actor().OrganisationID, 1
	if err := f.Check(); err != nil {
		return f, err
	}
	if err := tx.InsertFund(&f); err != nil {
		return f, err
	}
	return f, tx.Record(cover.Event{Type: cover.FundWasSet, ResourceID: f.ID, OrganisationID: f.OrganisationID, After: f})
}

// AmendFund changes a fund's ceiling or paper. Refuses anybody but whoever set it
// (party_role_required), and what cover.Fund.Check refuses.
func AmendFund(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.Fund)) (cover.Fund, error) {
	before, err := tx.LockFund(id, v)
	if err != nil {
		return before, err
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, before.OrganisationID, cover.Organiser); err != nil {
		return before, err
	}
	after := before
	amend(&after)
	if err := after.Check(); err != nil {
		return before, err
	}
	if err := tx.UpdateFund(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.FundAmended, ResourceID: id, OrganisationID: after.OrganisationID, Before: before, After: after,
	})
}

// Granting is what a caller says to grant something.
type Granting struct {
	FundID        uuid.UUID
	IncidentID    uuid.UUID
	LostPercent   int64
	InpatientDays int
	PayeeID       uuid.NullUUID
}

// Grant sets aside what the actor's scheme gives for an incident, covered or not. Refuses
// an incident that the actor does not see (incident_unknown), one of another body
// (party_role_required), one that the body has not reported (incident_not_confirmed) or
// dismissed (incident_dismissed), one outside the term (uncovered_outside_term) or of
// nobody on its roster (uncovered_not_on_roster), a fund of another year
// (fund_of_other_year) or with too little left (fund_exceeded), a second grant
// (grant_taken), one for a death that was given for already, under whichever duty
// (death_taken), and a payee who is not to receive. Who was given something for an injury
// and died of it is given the difference, once the first is disbursed.
func Grant(tx *store.Tx, in Granting) (cover.Grant, error) {
	g := cover.Grant{
		FundID: in.FundID, IncidentID: in.IncidentID, OrganisationID: tx.Actor().OrganisationID, PayeeID: in.PayeeID,
		Status: cover.GrantGranted, GrantedBy: tx.Actor().ClientID, Version: 1,
	}
	i, err := tx.LockIncident(in.IncidentID, 0)
	if err == nil && !i.Inside {
		err = cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	if err != nil {
		return g, cover.Unseen(err, "/incident_id", cover.IncidentUnknown)
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, i.Owner(), cover.Organiser); err != nil {
		return g, err
	}
	if err := i.CheckReported(); err != nil {
		return g, err
	}
	var faults cover.Faults
	ofNobody := i.UncoveredReason == cover.UncoveredOutsideTerm || i.UncoveredReason == cover.UncoveredNotOnRoster
	faults.Check(!ofNobody, "/incident_id", i.UncoveredReason, nil)
	if err := faults.Err(); err != nil {
		return g, err
	}
	f, err := tx.LockFund(in.FundID, 0)
	if err != nil {
		return g, cover.Unseen(err, "/fund_id", cover.FundUnknown)
	}
	if err := grantable(tx, in, i, f); err != nil {
		return g, err
	}
	if err := fill(tx, &g, in, i); err != nil {
		return g, err
	}
	if g.Amount > f.Remaining() {
		return g, cover.RefuseAt("/fund_id", cover.FundExceeded, cover.Params{"remaining": f.Remaining(), "amount": g.Amount})
	}
	if err := tx.InsertGrant(&g); err != nil {
		return g, err
	}
	return g, tx.Record(cover.Event{Type: cover.GrantWasGranted, ResourceID: g.ID, OrganisationID: g.OrganisationID, After: g})
}

// grantable says all that is wrong with what a grant names.
func grantable(tx *store.Tx, in Granting, i cover.Incident, f cover.Fund) error {
	var faults cover.Faults
	faults.Check(f.OrganisationID == tx.Actor().OrganisationID, "/fund_id", cover.PartyRoleRequired, cover.Params{"role": cover.Organiser})
	faults.Check(f.FiscalYear == tx.Today().Year(), "/fund_id", cover.FundOfOtherYear, cover.Params{"fiscal_year": f.FiscalYear})
	died := i.Outcome == cover.Died
	faults.Check(died || !in.PayeeID.Valid, "/payee_id", cover.PayeeNotExpected, nil)
	faults.Check(!died || in.PayeeID.Valid, "/payee_id", cover.PayeeMissing, nil)
	if died && in.PayeeID.Valid {
		heirs, err := tx.Heirs(i.ID)
		if err != nil {
			return err
		}
		cover.CheckPayee(in.PayeeID.UUID, heirs, tx.Today(), &faults)
	}
	return faults.Err()
}

// fill works out what a grant gives, by the schedule of the day of the event.
func fill(tx *store.Tx, g *cover.Grant, in Granting, i cover.Incident) error {
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	owner, err := tx.ZoneOf(i.Owner())
	if err != nil {
		return err
	}
	before, err := tx.GrantsOf(i.ID)
	if err != nil {
		return err
	}
	outcome := map[cover.IncidentOutcome]tariff.Outcome{
		cover.Injured: tariff.Injured, cover.Recovered: tariff.Injured, cover.Disabled: tariff.Disabled, cover.Died: tariff.Died,
	}[i.Outcome]
	alone, err := toArranger(tx, i.ID, in.PayeeID)
	if err != nil {
		return err
	}
	b, err := rates.ExGratia(tariff.ExGratiaQuery{
		Body: i.Body, On: cover.DateOf(i.OccurredAt, owner.Zone()), Outcome: outcome, Percent: in.LostPercent, Days: in.InpatientDays,
		NobodyInherits: alone,
	})
	if err != nil {
		return err
	}
	if b, err = further(before, b, i); err != nil {
		return err
	}
	if i.Outcome == cover.Died {
		if g.Deceased, err = tx.PersonServing(i.OfficerID.UUID); err != nil {
			return err
		}
	}
	g.Outcome, g.Items, g.Steps, g.Schedule, g.Amount = i.Outcome, b.Items, b.Steps, b.Schedule, b.Total
	return nil
}

// further takes off what was given before. Refuses a second grant, unless the first was
// disbursed for an injury of which the officer died since (grant_taken), and one that gave
// as much already (nothing_more_to_pay).
func further(before []cover.Grant, b tariff.Benefit, i cover.Incident) (tariff.Benefit, error) {
	var given cover.Rupiah
	for _, o := range before {
		if i.Outcome != cover.Died || o.Outcome == cover.Died || o.Status != cover.GrantDisbursed {
			return b, cover.RefuseAt("/incident_id", cover.GrantTaken, nil)
		}
		given += o.Amount
	}
	switch {
	case given == 0:
		return b, nil
	case given >= b.Total:
		return b, cover.RefuseAt("/incident_id", cover.NothingMoreToPay, cover.Params{"paid": given, "benefit": b.Total})
	default:
		return b.Less(given), nil
	}
}

// Disburse records that a grant was paid. It refuses what cover.Grant.Disburse refuses, and
// a payee who is no longer to receive.
func Disburse(tx *store.Tx, id uuid.UUID, v store.Version, on cover.Date, reference string) (cover.Grant, error) {
	return changeGrant(tx, id, v, cover.GrantWasDisbursed, func(g *cover.Grant) error {
		granted := cover.DateOf(g.CreatedAt, tx.Actor().Zone())
		if err := g.Disburse(tx.Actor().Claimant(), on, reference, granted, tx.Today()); err != nil || !g.PayeeID.Valid {
			return err
		}
		heirs, err := tx.Heirs(g.IncidentID)
		if err != nil {
			return err
		}
		var f cover.Faults // a nearer heir may have been named since
		cover.CheckPayee(g.PayeeID.UUID, heirs, tx.Today(), &f)
		return f.Err()
	})
}

// CancelGrant takes back a grant that was not paid. It refuses what cover.Grant.Cancel
// refuses.
func CancelGrant(tx *store.Tx, id uuid.UUID, v store.Version, reason cover.GrantCancelReason) (cover.Grant, error) {
	return changeGrant(tx, id, v, cover.GrantWasCancelled, func(g *cover.Grant) error {
		return g.Cancel(tx.Actor().Claimant(), reason)
	})
}

func changeGrant(tx *store.Tx, id uuid.UUID, v store.Version, what cover.EventType, rule func(*cover.Grant) error) (cover.Grant, error) {
	seen, err := tx.Grant(id)
	if err != nil {
		return seen, err
	}
	if _, err := tx.LockIncident(seen.IncidentID, 0); err != nil { // whoever names an heir waits
		return seen, err
	}
	before, err := tx.LockGrant(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := rule(&after); err != nil {
		return before, err
	}
	if err := tx.UpdateGrant(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{Type: what, ResourceID: id, OrganisationID: after.OrganisationID, Before: before, After: after})
}
