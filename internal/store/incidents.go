package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"naungan/internal/cover"
)

// incidentRow is an incident as stored: its account is sealed.
type incidentRow struct {
	cover.Incident
	Account  []byte        // hides the noun's own
	BranchID uuid.NullUUID // of the cover, for whoever may see the incident
}

func (incidentRow) TableName() string { return "incidents" }

func (s *Store) sealAccount(i cover.Incident) (incidentRow, error) {
	plain, err := json.Marshal(i.Account)
	if err != nil {
		return incidentRow{}, err
	}
	sealed, err := s.keys.Seal(plain, i.ID[:])
	return incidentRow{Incident: i, Account: sealed}, err
}

// openAccount opens what is sealed in an incident's row.
func (s *Store) openAccount(row incidentRow) (cover.Incident, error) {
	i := row.Incident
	plain, err := s.keys.Open(row.Account, i.ID[:])
	if err != nil {
		return i, fmt.Errorf("open the account of incident %s: %w", i.ID, err)
	}
	err = json.Unmarshal(plain, &i.Account)
	return i, err
}

// Incident returns one that the actor sees, with its account.
func (r *Reader) Incident(id uuid.UUID) (cover.Incident, error) {
	var row incidentRow
	if err := r.seenIncidents().on(r.db).Take(&row, "incidents.id = ?", id).Error; err != nil {
		return cover.Incident{}, translate(err)
	}
	return r.store.openAccount(row)
}

// IncidentFilter narrows a list of incidents.
type IncidentFilter struct {
	OfficerID uuid.UUID
	Covered   *bool
	Outcomes  []cover.IncidentOutcome
}

// Incidents lists those that the actor sees. Their accounts are not read.
func (r *Reader) Incidents(f IncidentFilter, p Page) (Listed[cover.Incident], error) {
	// Only the noun's own columns are asked for, and the account is none of them.
	q := r.seenIncidents().on(r.db.Session(&gorm.Session{QueryFields: true}))
	if f.OfficerID != uuid.Nil {
		q = q.Where("officer_id = ?", f.OfficerID)
	}
	if f.Covered != nil {
		q = q.Where("(coverage_period_id is not null) = ?", *f.Covered)
	}
	if len(f.Outcomes) > 0 {
		q = q.Where("outcome in ?", f.Outcomes)
	}
	return list(r, q, p, func(i cover.Incident) Place { return byID(i.ID) })
}

// InsertIncident writes a new incident.
func (tx *Tx) InsertIncident(i *cover.Incident) error {
	i.ID, i.ReportedBy, i.CreatedAt, i.UpdatedAt = newID(), tx.who.OrganisationID, tx.Now, tx.Now
	// As Postgres keeps them; an answer must equal what is read back.
	i.OccurredAt = i.OccurredAt.UTC().Truncate(time.Microsecond)
	i.ReportDueAt = i.ReportDueAt.UTC().Truncate(time.Microsecond)
	row, err := tx.store.sealAccount(*i)
	if err != nil {
		return err
	}
	if row.BranchID, err = tx.branchOf(i.CoveragePeriodID); err != nil {
		return err
	}
	return translate(tx.db.Create(&row).Error)
}

// branchOf is the BPJS office under whose agreement a coverage period stands.
func (tx *Tx) branchOf(period uuid.NullUUID) (branch uuid.NullUUID, err error) {
	if !period.Valid {
		return branch, nil
	}
	err = tx.plain().QueryRowContext(tx.ctx,
		"select a.branch_id from coverage_periods c join agreements a on a.id = c.agreement_id where c.id = $1", period.UUID).Scan(&branch)
	return branch, translate(err)
}

// RecordAccountReading writes down that the actor reads the account of an
// incident. It is committed before the account leaves.
func (r *Reader) RecordAccountReading(i cover.Incident) error {
	return r.store.InTx(r.ctx, r.who, func(tx *Tx) error {
		return tx.Record(cover.Event{Type: cover.PersonalDataRead, ResourceID: i.ID, OrganisationID: i.OrganisationID})
	})
}
