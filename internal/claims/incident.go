package claims

import (
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// AmendIncident changes what was said of an incident. It refuses what
// cover.Incident.Amend refuses. Where a notice had the kind, the outcome or the minute
// wrong, cover is judged and the clock started anew. What changes nothing leaves the
// version as it is: whoever told of it must not outrun the body that confirms it.
func AmendIncident(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.Incident)) (cover.Incident, error) {
	before, err := tx.LockIncident(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := after.Amend(tx.Actor().OrganisationID, tx.Now, amend); err != nil || after.SaysSame(before) {
		return before, err
	}
	if !after.SameFacts(before) {
		if err := reckonAnew(tx, &after); err != nil {
			return before, err
		}
	}
	return after, keepIncident(tx, cover.IncidentAmended, before, &after)
}

// reckonAnew judges an incident and starts its clocks by facts that changed.
func reckonAnew(tx *store.Tx, i *cover.Incident) error {
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	if err := stopClocks(tx, *i, annul); err != nil {
		return err
	}
	if err := clockReport(tx, rates, i); err != nil {
		return err
	}
	if err := judge(tx, i); err != nil {
		return err
	}
	return startOfIncident(tx, rates, *i)
}

// incidentClocks are the clocks that start with an incident.
var incidentClocks = []cover.DeadlineRule{tariff.IncidentReport, tariff.JKKClaim, tariff.GuaranteeConclusion}

// stopClocks ends the clocks of an incident in some way: cancel, where it goes on without
// them, or annul, where it was none or another.
func stopClocks(tx *store.Tx, i cover.Incident, end func(*store.Tx, cover.DeadlineRule, subject) error) error {
	for _, rule := range incidentClocks {
		if err := end(tx, rule, aboutIncident(i.ID)); err != nil {
			return err
		}
	}
	return nil
}

// Confirm makes a notice of others the report of stage I by the officer's own body.
// It refuses what cover.Incident.Confirm refuses. A death ends duty and cover, and
// opens the claim.
func Confirm(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Incident, error) {
	rates, err := holdDuty(tx, id)
	if err != nil {
		return cover.Incident{}, err
	}
	i, err := changeIncident(tx, id, v, cover.IncidentConfirmed, func(i *cover.Incident) error {
		i.Adopt(tx.Actor().OrganisationID, tx.Actor().Kind)
		if err := i.Confirm(tx.Actor().OrganisationID, tx.Now); err != nil {
			return err
		}
		if err := lookUp(tx, i); err != nil {
			return err
		}
		if err := judge(tx, i); err != nil {
			return err
		}
		if err := startOfIncident(tx, rates, *i); err != nil {
			return err
		}
		return meet(tx, tariff.IncidentReport, aboutIncident(i.ID), tx.Now)
	})
	if err != nil {
		return i, err
	}
	if err := warn(tx, i); err != nil {
		return i, err
	}
	return i, mourn(tx, rates, i)
}

// Dismiss says that a notice of others is no incident. It refuses what
// cover.Incident.Dismiss refuses.
func Dismiss(tx *store.Tx, id uuid.UUID, v store.Version, reason cover.DismissalReason) (cover.Incident, error) {
	return changeIncident(tx, id, v, cover.IncidentWasDismissed, func(i *cover.Incident) error {
		i.Adopt(tx.Actor().OrganisationID, tx.Actor().Kind)
		if err := i.Dismiss(tx.Actor().OrganisationID, reason, tx.Now); err != nil {
			return err
		}
		return stopClocks(tx, *i, annul)
	})
}

// Guarantee says whether the care is guaranteed. It refuses what cover.Incident.Guard
// refuses, and to turn round what a claim was verified or approved on
// (guarantee_decided). What is refused was no work accident: claims of JKK that are on
// their way are rejected with it, and a death is claimed as JKM. A refusal that is taken
// back starts the clocks again.
func Guarantee(tx *store.Tx, id uuid.UUID, v store.Version, decision cover.Guarantee, reference string) (cover.Incident, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Incident{}, err
	}
	i, err := changeIncident(tx, id, v, cover.IncidentGuaranteed, func(i *cover.Incident) error {
		if err := i.Guard(tx.Actor().OrganisationID, decision, reference, tx.Now); err != nil {
			return err
		}
		if err := refuseIfDecided(tx, i.ID, decision); err != nil {
			return err
		}
		if err := clockGuarantee(tx, *i); err != nil {
			return err
		}
		if err := judge(tx, i); err != nil {
			return err
		}
		return startOfIncident(tx, rates, *i)
	})
	if err != nil || decision != cover.GuaranteeRefused {
		return i, err
	}
	if err := voidClaims(tx, i); err != nil {
		return i, err
	}
	return i, turnToJKM(tx, i)
}

// refuseIfDecided leaves what two people decided of a claim to two people: whether the work
// caused it is then turned by rejecting or reopening the claim.
func refuseIfDecided(tx *store.Tx, incident uuid.UUID, decision cover.Guarantee) error {
	found, err := tx.ClaimsOf(incident)
	if err != nil {
		return err
	}
	for _, c := range found {
		decided := c.Status == cover.ClaimVerified || c.Status == cover.ClaimApproved || c.Status == cover.ClaimPaid
		jkk := c.Programme == cover.JKK && decision == cover.GuaranteeRefused && decided
		jkm := c.Programme == cover.JKM && decision == cover.Guaranteed && c.Stands()
		if jkk || jkm {
			return cover.Refuse(cover.Conflict, cover.GuaranteeDecided, nil)
		}
	}
	return nil
}

// clockGuarantee gives the branch 30 days from the report of stage I to conclude what it
// guaranteed provisionally (PP 49/2023, art. 25A).
func clockGuarantee(tx *store.Tx, i cover.Incident) error {
	about := aboutIncident(i.ID)
	if i.Guarantee != cover.GuaranteeProvisional {
		return meet(tx, tariff.GuaranteeConclusion, about, tx.Now)
	}
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	from := i.CreatedAt
	if i.ConfirmedAt != nil {
		from = *i.ConfirmedAt
	}
	return start(tx, rates, tariff.GuaranteeConclusion, about, i.BranchID.UUID, from)
}

// voidClaims rejects what is on its way of an incident that the work did not cause.
func voidClaims(tx *store.Tx, i cover.Incident) error {
	found, err := tx.ClaimsOf(i.ID)
	if err != nil {
		return err
	}
	for _, c := range found {
		if c.Programme != cover.JKK || !c.Stands() || c.Status == cover.ClaimPaid {
			continue
		}
		did := deed{cover.ClaimWasRejected, cover.DecidedRejected, []cover.ClaimReason{{Reason: string(cover.NotWorkRelated)}}}
		_, err := decide(tx, c.ID, 0, did, func(_ decision, c *cover.Claim) error {
			c.Void(tx.Actor().Claimant(), cover.NotWorkRelated, tx.Now)
			return cancel(tx, cover.PaymentDue(c.Programme), aboutClaim(*c))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// turnToJKM stops the clocks of a work accident for what the work did not cause, and opens
// the claim of a death.
func turnToJKM(tx *store.Tx, i cover.Incident) error {
	if err := stopClocks(tx, i, cancel); err != nil || i.Outcome != cover.Died {
		return err
	}
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	return openForDeath(tx, rates, i)
}

// Conclude records how an incident ended: the report of stage II. It refuses what
// cover.Incident.Conclude refuses, and to move a reported death to another day
// (officer_ended). That it is late goes to the transaction as a doubt.
// A death ends duty and cover, and opens the claim.
func Conclude(tx *store.Tx, id uuid.UUID, v store.Version, in cover.Conclusion) (cover.Incident, error) {
	rates, err := holdDuty(tx, id)
	if err != nil {
		return cover.Incident{}, err
	}
	i, err := changeIncident(tx, id, v, cover.IncidentWasConcluded, func(i *cover.Incident) error {
		before := i.DiedAt
		if err := i.Conclude(tx.Actor().OrganisationID, in, tx.Now); err != nil {
			return err
		}
		if err := staysDead(tx, *i, before); err != nil {
			return err
		}
		if err := clockConclusion(tx, rates, *i); err != nil {
			return err
		}
		if err := judge(tx, i); err != nil {
			return err
		}
		return startOfIncident(tx, rates, *i)
	})
	if err != nil {
		return i, err
	}
	return i, mourn(tx, rates, i)
}

// staysDead refuses another day for a death that has ended duty and cover already
// (officer_ended): by it nothing would be covered on the new one.
func staysDead(tx *store.Tx, i cover.Incident, before *time.Time) error {
	if before == nil || !i.OfficerID.Valid {
		return nil
	}
	zone, err := zoneOf(tx, i.OrganisationID)
	if err != nil {
		return err
	}
	ended := cover.DateOf(*before, zone)
	if cover.DateOf(*i.DiedAt, zone) == ended {
		return nil
	}
	return cover.RefuseAt("/died_at", cover.OfficerEndedAlready, cover.Params{"ended_on": ended})
}

// clockConclusion notes that stage II was reported, and how long after the doctor's
// letter (Permenaker 1/2025, art. 19). An illness has no stages.
func clockConclusion(tx *store.Tx, rates *tariff.Tariff, i cover.Incident) error {
	if !i.AtWork() {
		return nil
	}
	about := aboutIncident(i.ID)
	if err := start(tx, rates, tariff.IncidentConclusion, about, i.OrganisationID.UUID, *i.StatedAt); err != nil {
		return err
	}
	d, err := tx.LockDeadlineOf(tariff.IncidentConclusion, about.incident, about.claim)
	if err != nil {
		return err
	}
	if d != nil && tx.Now.After(d.DueAt) {
		tx.Doubt(cover.Fault{Pointer: "/stated_at", Code: cover.ReportLate, Params: cover.Params{"due_at": d.DueAt}})
	}
	return meet(tx, tariff.IncidentConclusion, about, tx.Now)
}

// holdDuty locks the roster and the officer of an incident that may end a duty, before
// the incident is locked: so do all who change officers.
func holdDuty(tx *store.Tx, id uuid.UUID) (*tariff.Tariff, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return nil, err
	}
	i, err := tx.Incident(id)
	if err != nil || !tx.Actor().Kind.Elects() {
		return rates, err
	}
	if _, err := tx.HoldRoster(tx.Actor().OrganisationID); err != nil {
		return nil, err
	}
	switch own := i.OrganisationID.UUID == tx.Actor().OrganisationID; {
	case own && i.OfficerID.Valid:
		_, err = tx.LockOfficer(i.OfficerID.UUID, 0)
	case i.ConfirmedAt == nil:
		err = lookUp(tx, &i) // which holds whoever it is
	}
	return rates, err
}

// changeIncident locks an incident, puts it to a rule, and writes what came of it.
func changeIncident(tx *store.Tx, id uuid.UUID, v store.Version, what cover.EventType, rule func(*cover.Incident) error) (cover.Incident, error) {
	before, err := tx.LockIncident(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := rule(&after); err != nil {
		return before, err
	}
	return after, keepIncident(tx, what, before, &after)
}

func keepIncident(tx *store.Tx, what cover.EventType, before cover.Incident, after *cover.Incident) error {
	if err := tx.UpdateIncident(after); err != nil {
		return err
	}
	return tx.Record(cover.Event{Type: what, ResourceID: after.ID, OrganisationID: after.Owner(), Before: before, After: *after})
}
