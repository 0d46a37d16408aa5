package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"naungan/internal/access"
	"naungan/internal/cover"
)

// incidentRow is an incident as stored: its account is sealed, and a person who was
// described is found again by the keyed index of the NIK.
type incidentRow struct {
	cover.Incident
	Account  []byte // hides the noun's own
	PersonID uuid.NullUUID
}

func (incidentRow) TableName() string { return "incidents" }

func (s *Store) sealAccount(i cover.Incident) (incidentRow, error) {
	sealed, err := s.sealJSON(i.Account, i.ID)
	row := incidentRow{Incident: i, Account: sealed}
	if p := i.Account.Person; p != nil { // also of an officer: a notice told again must not be taken as another
		row.PersonID = uuid.NullUUID{UUID: s.personOf(p.NIK), Valid: true}
	}
	return row, err
}

// sealJSON seals a value, bound to the id of its row.
func (s *Store) sealJSON(value any, id uuid.UUID) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return s.keys.Seal(plain, id[:])
}

// openJSON opens what sealJSON sealed.
func (s *Store) openJSON(sealed []byte, id uuid.UUID, value any) error {
	plain, err := s.keys.Open(sealed, id[:])
	if err != nil {
		return fmt.Errorf("open what is sealed of %s: %w", id, err)
	}
	return json.Unmarshal(plain, value)
}

// openAccount opens what is sealed in an incident's row.
func (s *Store) openAccount(row incidentRow) (cover.Incident, error) {
	i := row.Incident
	return i, s.openJSON(row.Account, i.ID, &i.Account)
}

// incidents is a query over those that the actor sees, each with whether it is from
// the inside. Only the columns asked for are read, and the account is none of them.
func (r *Reader) incidents(columns string) *gorm.DB {
	inside := r.insideIncidents()
	return r.seenIncidents().on(r.db.Table("incidents").Select(columns+", ("+inside.sql+") as inside", inside.args...))
}

// incidentColumns are all but what is sealed.
const incidentColumns = `id, officer_id, organisation_id, branch_id, reported_by, body, position, area_code, kind, outcome,
	occurred_at, died_at, place, traffic, suspected, in_care, notifier_relation, report_due_at, confirmed_at, guarantee,
	guarantee_reference, guarantee_decided_at, stated_at, concluded_at, dismissed_at, dismissal, coverage_period_id, uncovered_reason, version, created_at,
	updated_at`

// Incident returns one that the actor sees, with its account.
func (r *Reader) Incident(id uuid.UUID) (cover.Incident, error) {
	var row incidentRow
	if err := r.incidents("incidents.*").Take(&row, "id = ?", id).Error; err != nil {
		return cover.Incident{}, translate(err)
	}
	return r.store.openAccount(row)
}

// LockIncident returns an incident that the actor sees, with its account, locked, in
// the version asked for. Its officer is held before it, as a claim for it will hold them:
// whoever ends a duty locks in that order too.
func (tx *Tx) LockIncident(id uuid.UUID, v Version) (cover.Incident, error) {
	if err := tx.db.Exec("select from officers where id = (select officer_id from incidents where id = ?) for key share", id).Error; err != nil {
		return cover.Incident{}, translate(err)
	}
	_, err := hold(tx, tx.seenIncidents(), id, v, func(i incidentRow) int64 { return i.Version })
	if err != nil {
		return cover.Incident{}, err
	}
	return tx.Incident(id)
}

// IncidentFilter narrows a list of incidents.
type IncidentFilter struct {
	OfficerID  uuid.UUID
	Covered    *bool
	Kinds      []cover.IncidentKind
	Outcomes   []cover.IncidentOutcome
	Statuses   []cover.IncidentStatus
	Guarantees []cover.Guarantee
	AreaCode   string
	From, To   *time.Time // of the event, both inclusive
}

// incidentStatus says in SQL what Incident.Status says.
const incidentStatus = `case when dismissed_at is not null then 'dismissed' when guarantee = 'refused' then 'refused' when concluded_at is not null then 'concluded'
	when confirmed_at is null then 'notified' when in_care and outcome = 'injured' then 'under_care' else 'reported' end`

// incidentGuarantee says in SQL what Incident.Guaranteed says.
const incidentGuarantee = `case when guarantee <> '' then guarantee when coverage_period_id is null or kind = 'illness' then 'none'
	else 'waiting' end`

// Incidents lists those that the actor sees. Their accounts are not read. What is
// known of an officer alone narrows to those seen from the inside.
func (r *Reader) Incidents(f IncidentFilter, p Page) (Listed[cover.Incident], error) {
	q := r.incidents(incidentColumns)
	if f.OfficerID != uuid.Nil || f.Covered != nil || len(f.Guarantees) > 0 {
		q = r.insideIncidents().on(q)
	}
	if f.OfficerID != uuid.Nil {
		q = q.Where("officer_id = ?", f.OfficerID)
	}
	if f.Covered != nil {
		q = q.Where("(coverage_period_id is not null) = ? and (confirmed_at is not null or officer_id is not null) and dismissed_at is null", *f.Covered)
	}
	if len(f.Kinds) > 0 {
		q = q.Where("kind in ?", f.Kinds)
	}
	if len(f.Outcomes) > 0 {
		q = q.Where("outcome in ?", f.Outcomes)
	}
	if len(f.Statuses) > 0 {
		q = q.Where(incidentStatus+" in ?", f.Statuses)
	}
	if len(f.Guarantees) > 0 {
		q = q.Where(incidentGuarantee+" in ?", f.Guarantees)
	}
	if f.AreaCode != "" {
		q = inArea("area_code", f.AreaCode).on(q)
	}
	if f.From != nil {
		q = q.Where("occurred_at >= ?", *f.From)
	}
	if f.To != nil {
		q = q.Where("occurred_at <= ?", *f.To)
	}
	return list(r, q, p, func(i cover.Incident) Place { return byID(i.ID) })
}

// InsertIncident writes a new incident.
func (tx *Tx) InsertIncident(i *cover.Incident) (err error) {
	i.ID, i.ReportedBy, i.CreatedAt, i.UpdatedAt = newID(), tx.who.OrganisationID, tx.Now, tx.Now
	storeInstants(i)
	row, err := tx.store.sealAccount(*i)
	if err != nil {
		return err
	}
	return translate(tx.db.Omit("inside").Create(&row).Error)
}

// storeInstants leaves of the instants of an incident what Postgres keeps: an answer must
// equal what is read back.
func storeInstants(i *cover.Incident) {
	i.OccurredAt = Instant(i.OccurredAt)
	for _, at := range []**time.Time{&i.DiedAt, &i.ReportDueAt, &i.ConfirmedAt, &i.GuaranteeDecidedAt, &i.StatedAt, &i.ConcludedAt, &i.DismissedAt} {
		if *at != nil {
			kept := Instant(**at)
			*at = &kept
		}
	}
}

// UpdateIncident writes a locked incident.
func (tx *Tx) UpdateIncident(i *cover.Incident) error {
	i.Version, i.UpdatedAt = i.Version+1, tx.Now
	storeInstants(i)
	row, err := tx.store.sealAccount(*i)
	if err != nil {
		return err
	}
	return tx.update(&row)
}

// BranchOf is the BPJS office under whose agreement a coverage period stands.
func (tx *Tx) BranchOf(period uuid.UUID) (branch uuid.NullUUID, err error) {
	err = tx.plain().QueryRowContext(tx.ctx,
		"select a.branch_id from coverage_periods c join agreements a on a.id = c.agreement_id where c.id = $1", period).Scan(&branch)
	return branch, translate(err)
}

// BodyOf is the organisation of an officer as an actor, without a client.
func (tx *Tx) BodyOf(officer uuid.UUID) (access.Actor, error) {
	var o cover.Organisation
	err := tx.db.Raw("select g.* from officers o join organisations g on g.id = o.organisation_id where o.id = ?", officer).Take(&o).Error
	return access.Actor{
		OrganisationID: o.ID, Kind: o.Kind, Level: o.Level, AreaCode: o.AreaCode, TimeZone: o.TimeZone, RequestID: tx.who.RequestID,
	}, translate(err)
}

// OnDuty finds the duty of a person on a day on the actor's own roster; nil if there is
// none. The officer is held until the transaction ends, and comes without what is
// personal.
func (tx *Tx) OnDuty(nik cover.NIK, day cover.Date) (*cover.Officer, error) {
	var found []cover.Officer
	err := tx.db.Raw(`select o.* from officers o
		where o.person_id = ? and o.organisation_id = ? and ? between o.term_from and least(o.term_to, coalesce(o.ended_on, o.term_to))
		order by o.id limit 1 for update of o`, tx.PersonOf(nik), tx.who.OrganisationID, day).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], nil
}

// BodyFor finds the body of a kind that is nearest to an area: the lowest one whose
// own area it lies in. Invalid, if none is registered.
func (tx *Tx) BodyFor(body cover.OrganisationKind, area string) (found uuid.NullUUID, err error) {
	var ids []uuid.UUID
	err = tx.db.Raw(`select id from organisations where kind = ? and (level = 'national' or area_code <> '' and
			(area_code = ? or ? like area_code || '.%')) order by length(area_code) desc, id limit 1`, body, area, area).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return found, translate(err)
	}
	return uuid.NullUUID{UUID: ids[0], Valid: true}, nil
}

// NoticesFor counts what the actor told a body of, and the body has neither confirmed nor
// dismissed.
func (tx *Tx) NoticesFor(body uuid.NullUUID) (waiting int, err error) {
	err = tx.plain().QueryRowContext(tx.ctx, `select count(*) from incidents where reported_by = $1 and organisation_id is not distinct from $2
		and confirmed_at is null and dismissed_at is null`, tx.who.OrganisationID, body).Scan(&waiting)
	return waiting, translate(err)
}

// SimilarIncident finds another incident of the same officer that their body reported,
// at most so long before or after; none, if there is none.
func (tx *Tx) SimilarIncident(i cover.Incident, within time.Duration) (other uuid.NullUUID, err error) {
	var found []uuid.UUID
	err = tx.db.Raw(`select id from incidents where officer_id = ? and id <> ? and confirmed_at is not null and dismissed_at is null
			and occurred_at between ? and ? order by abs(extract(epoch from occurred_at - ?::timestamptz)), id limit 1`,
		i.OfficerID, i.ID, i.OccurredAt.Add(-within), i.OccurredAt.Add(within), i.OccurredAt).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return other, translate(err)
	}
	return uuid.NullUUID{UUID: found[0], Valid: true}, nil
}

// RecordAccountReading writes down that the actor reads the account of an
// incident. It is committed before the account leaves.
func (r *Reader) RecordAccountReading(i cover.Incident) error {
	return r.store.InTx(r.ctx, r.who, func(tx *Tx) error {
		return tx.Record(cover.Event{Type: cover.PersonalDataRead, ResourceID: i.ID, OrganisationID: i.Owner()})
	})
}
