package claims

import (
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Report writes down what happened to an officer, with or without cover. Refuses
// an officer that the actor does not see (officer_unknown). That there was no
// cover, or that the report is late, goes to the transaction as a doubt.
func Report(tx *store.Tx, in cover.Report) (cover.Incident, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Incident{}, err
	}
	// Locked, so that neither the officer's term nor their cover changes meanwhile.
	o, err := tx.LockOfficer(in.OfficerID, 0)
	if err != nil {
		return cover.Incident{}, cover.Unseen(err, "/officer_id", cover.OfficerUnknown)
	}
	day, err := dayOf(tx, o.OrganisationID, in.OccurredAt)
	if err != nil {
		return cover.Incident{}, err
	}
	period, err := tx.CoverOn(o.ID, day)
	if err != nil {
		return cover.Incident{}, err
	}
	i, doubts, err := cover.Happen(in, o, day, period, rates.ReportDueAt(in.OccurredAt), tx.Now)
	if err != nil {
		return i, err
	}
	tx.Doubt(doubts...)
	if err := tx.InsertIncident(&i); err != nil {
		return i, err
	}
	return i, tx.Record(cover.Event{Type: cover.IncidentReported, ResourceID: i.ID, OrganisationID: i.OrganisationID, After: i})
}

// dayOf is the day it was for an organisation at an instant.
func dayOf(tx *store.Tx, organisation uuid.UUID, at time.Time) (cover.Date, error) {
	o, err := tx.Organisation(organisation)
	return cover.DateOf(at, o.Zone()), err
}
