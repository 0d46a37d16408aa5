package claims

import (
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Report writes down what happened to an officer, with or without cover. By the
// officer's own body it is the report of stage I; by anybody else a notice. Says all
// that is wrong with it, and refuses an officer that the actor does not see
// (officer_unknown). That there was no cover, or that the report is late, goes to the
// transaction as a doubt.
func Report(tx *store.Tx, in cover.Report) (cover.Incident, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Incident{}, err
	}
	var faults gathering
	i, err := cover.Happen(in, tx.Reference(), tx.Now)
	faults.add("", err)
	// A death may end a duty; whoever changes officers holds their roster before them.
	if tx.Actor().Kind.Elects() && i.Outcome == cover.Died {
		if _, err := tx.HoldRoster(tx.Actor().OrganisationID); err != nil {
			return i, err
		}
	}
	faults.add("", find(tx, &i, in.OfficerID))
	if err := faults.err(); err != nil {
		return i, err
	}
	if err := clockReport(tx, rates, &i); err != nil {
		return i, err
	}
	own := i.OrganisationID.Valid && i.OrganisationID.UUID == tx.Actor().OrganisationID
	if own {
		i.ConfirmedAt = &tx.Now
	} else if err := countNotices(tx, i); err != nil {
		return i, err
	}
	if err := judge(tx, &i); err != nil {
		return i, err
	}
	if err := tx.InsertIncident(&i); err != nil {
		return i, err
	}
	if err := startOfIncident(tx, rates, i); err != nil {
		return i, err
	}
	if err := tx.Record(cover.Event{Type: cover.IncidentReported, ResourceID: i.ID, OrganisationID: i.Owner(), After: i}); err != nil {
		return i, err
	}
	if i, err = tx.Incident(i.ID); err != nil { // as the reporter sees it
		return i, err
	}
	if err := warn(tx, i); err != nil || !own {
		return i, err
	}
	return i, mourn(tx, rates, i)
}

// mostNotices is how many notices of one reporter a body may have before it: more than a
// hospital writes in the worst of nights, and fewer than bury those of others.
const mostNotices = 200

func countNotices(tx *store.Tx, i cover.Incident) error {
	waiting, err := tx.NoticesFor(i.OrganisationID)
	if err == nil && waiting >= mostNotices {
		err = cover.Refuse(cover.Conflict, cover.TooManyNotices, cover.Params{"limit": mostNotices})
	}
	return err
}

// clockReport says until when stage I is to be reported; an illness has none.
func clockReport(tx *store.Tx, rates *tariff.Tariff, i *cover.Incident) error {
	if i.ReportDueAt = nil; i.Kind == cover.Illness {
		return nil
	}
	zone, err := zoneOf(tx, i.OrganisationID)
	if err != nil {
		return err
	}
	due, err := rates.Due(tariff.IncidentReport, i.OccurredAt, zone)
	i.ReportDueAt = &due.DueAt
	return err
}

// find says whose incident it is: that of the body of an officer whom the actor sees, or
// of the nearest body to where a person served who was described. That body looks the
// person up on its own roster. Whoever else tells of one learns nothing, not even by how
// long it takes: the body looks the person up when it confirms.
func find(tx *store.Tx, i *cover.Incident, officer uuid.UUID) error {
	if officer != uuid.Nil {
		o, err := tx.LockOfficer(officer, 0)
		if err != nil {
			return cover.Unseen(err, "/officer_id", cover.OfficerUnknown)
		}
		body, err := tx.Organisation(o.OrganisationID)
		i.Belong(o, body.Kind)
		return err
	}
	if i.Account.Person == nil {
		return nil // which Happen found
	}
	var err error
	if i.OrganisationID, err = tx.BodyFor(i.Body, i.AreaCode); err != nil || i.OrganisationID.UUID != tx.Actor().OrganisationID {
		return err
	}
	return lookUp(tx, i)
}

// lookUp finds a person who was described on the actor's own roster, on the day of the
// event.
func lookUp(tx *store.Tx, i *cover.Incident) error {
	if i.OfficerID.Valid || i.Account.Person == nil {
		return nil
	}
	zone, err := zoneOf(tx, i.OrganisationID)
	if err != nil {
		return err
	}
	o, err := tx.OnDuty(i.Account.Person.NIK, cover.DateOf(i.OccurredAt, zone))
	if o != nil {
		i.Belong(*o, i.Body)
	}
	return err
}

// zoneOf is the zone in which an organisation reckons days; the actor's, if it is not
// known.
func zoneOf(tx *store.Tx, organisation uuid.NullUUID) (*time.Location, error) {
	if !organisation.Valid {
		return tx.Actor().Zone(), nil
	}
	o, err := tx.ZoneOf(organisation.UUID)
	return o.Zone(), err
}

// judge says whether cover held when it must have. The office that covers stays known,
// also once its cover is found not to have held: it is the one to say so.
func judge(tx *store.Tx, i *cover.Incident) error {
	i.CoveragePeriodID, i.UncoveredReason = uuid.NullUUID{}, cover.UncoveredNotOnRoster
	if !i.OfficerID.Valid {
		if i.ConfirmedAt == nil {
			i.UncoveredReason = cover.UncoveredUnconfirmed
		}
		return nil
	}
	body, err := tx.BodyOf(i.OfficerID.UUID)
	if err != nil {
		return err
	}
	// Asked as the body, because whoever told of a person may not see them.
	c, err := Check(tx.As(body), i.OfficerID.UUID, i.CoveredAt(), tx.Now)
	if err != nil {
		return err
	}
	if i.UncoveredReason = c.Reason; c.Reason != "" {
		return nil
	}
	i.CoveragePeriodID = c.PeriodID
	i.BranchID, err = tx.BranchOf(c.PeriodID.UUID)
	return err
}

// warn tells the reporter what they may know and had better.
func warn(tx *store.Tx, i cover.Incident) error {
	if i.Inside && !i.Covered() {
		tx.Doubt(cover.Fault{Pointer: "/officer_id", Code: cover.OfficerNotCovered, Params: cover.Params{"reason": i.UncoveredReason}})
	}
	if i.Late(tx.Now) {
		tx.Doubt(cover.Fault{Pointer: "/occurred_at", Code: cover.ReportLate, Params: cover.Params{"due_at": i.ReportDueAt}})
	}
	if !i.Inside {
		return nil
	}
	return doubtSimilar(tx, i, "/occurred_at")
}

// alike is how far from each other two tellings of one event may lie.
const alike = 48 * time.Hour

// doubtSimilar names another event that the body reported of the officer about the same
// time: it may be the same one, told twice.
func doubtSimilar(tx *store.Tx, i cover.Incident, pointer string) error {
	other, err := tx.SimilarIncident(i, alike)
	if other.Valid {
		tx.Doubt(cover.Fault{Pointer: pointer, Code: cover.IncidentSimilar, Params: cover.Params{"incident_id": other.UUID}})
	}
	return err
}

// mourn ends the duty of an officer who died and opens the claim for it.
func mourn(tx *store.Tx, rates *tariff.Tariff, i cover.Incident) error {
	if i.Outcome != cover.Died || !i.OfficerID.Valid {
		return nil
	}
	zone, err := zoneOf(tx, i.OrganisationID)
	if err != nil {
		return err
	}
	if err := endDuty(tx, i.OfficerID.UUID, cover.DateOf(*i.DiedAt, zone)); err != nil {
		return err
	}
	return openForDeath(tx, rates, i)
}

// endDuty ends duty and cover of an officer on the day they died, unless both were
// over before.
func endDuty(tx *store.Tx, officer uuid.UUID, day cover.Date) error {
	before, err := tx.LockOfficer(officer, 0)
	if err != nil || before.MayEnd() != nil || day.Before(before.TermFrom) || day.After(before.TermTo) {
		return err
	}
	after := before
	if err := after.End(day, cover.EndDied); err != nil {
		return err
	}
	return tx.EndOfficer(before, &after)
}
