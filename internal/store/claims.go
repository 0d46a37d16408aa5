package store

import (
	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"naungan/internal/cover"
)

// CoverOn returns what covers an officer on a day, paid for or not; nil if nothing
// does. It is asked of an officer that the actor sees, and finds cover under
// agreements that the actor does not see as well.
//
// The period is held as it is until the transaction ends.
func (tx *Tx) CoverOn(officer uuid.UUID, day cover.Date) (*cover.CoveragePeriod, error) {
	var found []cover.CoveragePeriod
	err := tx.db.Clauses(clause.Locking{Strength: "SHARE"}).Where("officer_id = ? and cancelled_on is null and ?::date between from_on and to_on", officer, day).
		Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], nil
}

// PaidMonths lists the months, up to one, for which the contribution of the person
// of a coverage period is paid, with the whole invoice it stands on, under
// whichever agreement and on whichever duties, each once. The latest comes first.
func (tx *Tx) PaidMonths(period uuid.UUID, until cover.Month) ([]cover.Month, error) {
	var paid []struct{ Month cover.Month }
	err := tx.db.Raw(`select distinct l.month
		from coverage_periods p
		join invoice_lines l on l.person_id = p.person_id and not l.voided and not l.credited
		join invoices i on i.id = l.invoice_id
		where p.id = ? and l.month <= ? and i.issued_on is not null
			and (i.paid >= i.jkk + i.jkm or i.paid + i.credited >= i.total)
		order by l.month desc`, period, until).Scan(&paid).Error
	months := make([]cover.Month, len(paid))
	for n, p := range paid {
		months[n] = p.Month
	}
	return months, translate(err)
}

// Claim returns one that the actor sees.
func (r *Reader) Claim(id uuid.UUID) (cover.Claim, error) {
	var c cover.Claim
	err := r.seenClaims().on(r.db).Take(&c, "claims.id = ?", id).Error
	return c, translate(err)
}

// ClaimFilter narrows a list of claims.
type ClaimFilter struct {
	OfficerID  uuid.UUID
	IncidentID uuid.UUID
	Programmes []cover.Programme
	Statuses   []cover.ClaimStatus
}

// Claims lists those that the actor sees.
func (r *Reader) Claims(f ClaimFilter, p Page) (Listed[cover.Claim], error) {
	q := r.seenClaims().on(r.db)
	if f.OfficerID != uuid.Nil {
		q = q.Where("officer_id = ?", f.OfficerID)
	}
	if f.IncidentID != uuid.Nil {
		q = q.Where("incident_id = ?", f.IncidentID)
	}
	if len(f.Programmes) > 0 {
		q = q.Where("programme in ?", f.Programmes)
	}
	if len(f.Statuses) > 0 {
		q = q.Where("status in ?", f.Statuses)
	}
	return list(r, q, p, func(c cover.Claim) Place { return byID(c.ID) })
}

// PersonServing is the person who serves as an officer, by the keyed index of their NIK.
func (tx *Tx) PersonServing(officer uuid.UUID) (person uuid.NullUUID, err error) {
	err = tx.plain().QueryRowContext(tx.ctx, "select person_id from officers where id = $1", officer).Scan(&person)
	return person, translate(err)
}

// DeathClaimed reports whether a death of the person who serves as an officer is claimed,
// by whomever, and the claim stands.
func (tx *Tx) DeathClaimed(officer uuid.UUID) (claimed bool, err error) {
	err = tx.plain().QueryRowContext(tx.ctx, `select exists (select from claims c join officers o on o.person_id = c.deceased
		where o.id = $1 and c.status not in ('rejected', 'withdrawn'))`, officer).Scan(&claimed)
	return claimed, translate(err)
}

// DaysClaimed reports whether a claim for another event of the same person asks for days
// without work from one day to another, both inclusive, and stands. Whoever else asks for
// days of that person waits until the transaction ends.
func (tx *Tx) DaysClaimed(c cover.Claim, from, to cover.Date) (claimed bool, err error) {
	err = tx.db.Exec("select pg_advisory_xact_lock(hashtextextended(person_id::text, 3)) from officers where id = ?", c.OfficerID).Error
	if err != nil {
		return false, translate(err)
	}
	err = tx.db.Raw(`select exists (select from claims c join officers o on o.id = c.officer_id
			cross join jsonb_to_recordset(c.losses) as l (kind text, "from" date, "to" date)
		where o.person_id = (select person_id from officers where id = ?) and c.incident_id <> ? and c.status not in ('rejected', 'withdrawn')
			and l.kind = ? and l."from" <= ?::date and l."to" >= ?::date)`,
		c.OfficerID, c.IncidentID, cover.BenefitIncapacity, to, from).Scan(&claimed).Error
	return claimed, translate(err)
}

// LockClaim returns a claim that the actor sees, locked, in the version asked for.
func (tx *Tx) LockClaim(id uuid.UUID, v Version) (cover.Claim, error) {
	return lock(tx, tx.seenClaims(), id, v, func(c cover.Claim) int64 { return c.Version })
}

// ClaimsOf lists the claims of an incident that the actor sees, the oldest first.
func (r *Reader) ClaimsOf(incident uuid.UUID) (found []cover.Claim, err error) {
	err = r.seenClaims().on(r.db).Where("incident_id = ?", incident).Order("id").Find(&found).Error
	return found, translate(err)
}

// ClaimSteps lists what was done to a claim, in order.
func (r *Reader) ClaimSteps(claim uuid.UUID) (steps []cover.ClaimStep, err error) {
	err = r.db.Where("claim_id = ?", claim).Order("n").Find(&steps).Error
	return steps, translate(err)
}

// InsertClaimStep writes down what was done to a claim.
func (tx *Tx) InsertClaimStep(step cover.ClaimStep) error {
	listed(&step.Reasons)
	step.OrganisationID, step.ClientID, step.DecidedAt = tx.who.OrganisationID, tx.who.ClientID, tx.Now
	return translate(tx.db.Create(&step).Error)
}

// InsertClaim writes a new claim. Refuses a second one of an incident, unless
// those before it were rejected or withdrawn, or it pays more of one (claim_taken).
func (tx *Tx) InsertClaim(c *cover.Claim) error {
	c.ID, c.CreatedAt, c.UpdatedAt = newID(), tx.Now, tx.Now
	keepLists(c)
	return translate(tx.db.Create(c).Error)
}

// UpdateClaim writes a locked claim.
func (tx *Tx) UpdateClaim(c *cover.Claim) error {
	c.Version, c.UpdatedAt = c.Version+1, tx.Now
	keepLists(c)
	return tx.update(c)
}

// keepLists makes lists of what of a claim is none.
func keepLists(c *cover.Claim) {
	listed(&c.Rejecters)
	listed(&c.Losses)
	listed(&c.Pupils)
	listed(&c.Items)
	listed(&c.Steps)
}

// listed makes a list of what would be written as null: lists of nothing are lists.
func listed[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}
