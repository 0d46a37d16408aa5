package store

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"naungan/internal/cover"
)

// funds is a query over those that the actor sees, each with what was granted of it.
func (r *Reader) funds() *gorm.DB {
	return r.seenFunds().on(r.db.Table("ex_gratia_funds").Select(`ex_gratia_funds.*,
		(select coalesce(sum(g.amount), 0) from ex_gratia_grants g where g.fund_id = ex_gratia_funds.id and g.status <> 'cancelled') as granted,
		(select coalesce(sum(g.amount), 0) from ex_gratia_grants g where g.fund_id = ex_gratia_funds.id and g.status = 'disbursed') as disbursed`))
}

// Fund returns one that the actor sees.
func (r *Reader) Fund(id uuid.UUID) (f cover.Fund, err error) {
	err = r.funds().Take(&f, "id = ?", id).Error
	return f, translate(err)
}

// Funds lists those that the actor sees; of all years for none.
func (r *Reader) Funds(year int, p Page) (Listed[cover.Fund], error) {
	q := r.funds()
	if year != 0 {
		q = q.Where("fiscal_year = ?", year)
	}
	return list(r, q, p, func(f cover.Fund) Place { return byID(f.ID) })
}

// LockFund returns a fund that the actor sees, locked, in the version asked for. Whoever
// grants from it holds it, so that its sum stays as it was read.
func (tx *Tx) LockFund(id uuid.UUID, v Version) (cover.Fund, error) {
	if _, err := lock(tx, tx.seenFunds(), id, v, func(f cover.Fund) int64 { return f.Version }); err != nil {
		return cover.Fund{}, err
	}
	return tx.Fund(id)
}

// InsertFund writes a new fund. Refuses a second one of a year (fund_taken).
func (tx *Tx) InsertFund(f *cover.Fund) error {
	f.ID, f.CreatedAt, f.UpdatedAt = newID(), tx.Now, tx.Now
	return translate(tx.db.Create(f).Error)
}

// UpdateFund writes a locked fund.
func (tx *Tx) UpdateFund(f *cover.Fund) error {
	f.Version, f.UpdatedAt = f.Version+1, tx.Now
	return tx.update(f)
}

// Grant returns one that the actor sees.
func (r *Reader) Grant(id uuid.UUID) (g cover.Grant, err error) {
	err = r.seenGrants().on(r.db).Take(&g, "id = ?", id).Error
	return g, translate(err)
}

// GrantFilter narrows a list of grants.
type GrantFilter struct {
	IncidentID uuid.UUID
	FundID     uuid.UUID
	Statuses   []cover.GrantStatus
}

// Grants lists those that the actor sees.
func (r *Reader) Grants(f GrantFilter, p Page) (Listed[cover.Grant], error) {
	q := r.seenGrants().on(r.db)
	if f.IncidentID != uuid.Nil {
		q = q.Where("incident_id = ?", f.IncidentID)
	}
	if f.FundID != uuid.Nil {
		q = q.Where("fund_id = ?", f.FundID)
	}
	if len(f.Statuses) > 0 {
		q = q.Where("status in ?", f.Statuses)
	}
	return list(r, q, p, func(g cover.Grant) Place { return byID(g.ID) })
}

// GrantsOf lists what was granted for an incident and not cancelled, if the actor sees it.
func (r *Reader) GrantsOf(incident uuid.UUID) (found []cover.Grant, err error) {
	err = r.seenGrants().on(r.db).Where("incident_id = ? and status <> ?", incident, cover.GrantCancelled).Order("id").Find(&found).Error
	return found, translate(err)
}

// LockGrant returns a grant that the actor sees, locked, in the version asked for.
func (tx *Tx) LockGrant(id uuid.UUID, v Version) (cover.Grant, error) {
	return lock(tx, tx.seenGrants(), id, v, func(g cover.Grant) int64 { return g.Version })
}

// InsertGrant writes a new grant. Refuses a second one for an incident (grant_taken), and
// for the death of a person (death_taken).
func (tx *Tx) InsertGrant(g *cover.Grant) error {
	g.ID, g.CreatedAt, g.UpdatedAt = newID(), tx.Now, tx.Now
	listed(&g.Items)
	listed(&g.Steps)
	return translate(tx.db.Create(g).Error)
}

// UpdateGrant writes a locked grant.
func (tx *Tx) UpdateGrant(g *cover.Grant) error {
	g.Version, g.UpdatedAt = g.Version+1, tx.Now
	return tx.update(g)
}
