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
// whichever agreement and on whichever duty. The latest comes first.
func (tx *Tx) PaidMonths(period uuid.UUID, until cover.Month) ([]cover.Month, error) {
	var paid []struct{ Month cover.Month }
	err := tx.db.Raw(`select l.month
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

// LockClaim returns a claim that the actor sees, locked, in the version asked for.
func (tx *Tx) LockClaim(id uuid.UUID, v Version) (cover.Claim, error) {
	return lock(tx, tx.seenClaims(), id, v, func(c cover.Claim) int64 { return c.Version })
}

// InsertClaim writes a new claim. Refuses a second one of an incident, unless all
// before it were rejected (claim_taken).
func (tx *Tx) InsertClaim(c *cover.Claim) error {
	c.ID, c.CreatedAt, c.UpdatedAt = newID(), tx.Now, tx.Now
	return translate(tx.db.Create(c).Error)
}

// UpdateClaim writes a locked claim.
func (tx *Tx) UpdateClaim(c *cover.Claim) error {
	c.Version, c.UpdatedAt = c.Version+1, tx.Now
	return tx.update(c)
}
