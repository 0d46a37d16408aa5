package store

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
)

// Organisation returns one that the actor sees.
func (r *Reader) Organisation(id uuid.UUID) (cover.Organisation, error) {
	var o cover.Organisation
	err := r.seenOrganisations().on(r.db).Take(&o, "organisations.id = ?", id).Error
	return o, translate(err)
}

// Self returns the actor's own organisation.
func (r *Reader) Self() (cover.Organisation, error) {
	var o cover.Organisation
	err := r.db.Take(&o, "id = ?", r.who.OrganisationID).Error
	return o, translate(err)
}

// OrganisationFilter narrows a list of organisations.
type OrganisationFilter struct {
	Kinds    []cover.OrganisationKind
	Levels   []cover.OrganisationLevel
	AreaCode string
}

// Organisations lists those that the actor sees.
func (r *Reader) Organisations(f OrganisationFilter, p Page) (Listed[cover.Organisation], error) {
	q := r.seenOrganisations().on(r.db)
	if len(f.Kinds) > 0 {
		q = q.Where("kind in ?", f.Kinds)
	}
	if len(f.Levels) > 0 {
		q = q.Where("level in ?", f.Levels)
	}
	if f.AreaCode != "" {
		q = inArea("area_code", f.AreaCode).on(q)
	}
	return list(r, q, p, func(o cover.Organisation) Place { return byID(o.ID) })
}

// OrganisationKinds tells the kinds of organisations that the actor sees; those it
// does not see are missing.
func (r *Reader) OrganisationKinds(ids []uuid.UUID) (map[uuid.UUID]cover.OrganisationKind, error) {
	var found []cover.Organisation
	err := r.seenOrganisations().on(r.db).Select("id", "kind").Find(&found, "organisations.id in ?", ids).Error
	kinds := make(map[uuid.UUID]cover.OrganisationKind, len(found))
	for _, o := range found {
		kinds[o.ID] = o.Kind
	}
	return kinds, translate(err)
}

// InsertOrganisation writes a new organisation.
func (tx *Tx) InsertOrganisation(o *cover.Organisation) error {
	o.ID, o.RegisteredBy = newID(), tx.who.OrganisationID
	o.CreatedAt, o.UpdatedAt = tx.Now, tx.Now
	return translate(tx.db.Create(o).Error)
}

// LockOrganisation returns an organisation that the actor keeps, locked, in the
// version asked for.
func (tx *Tx) LockOrganisation(id uuid.UUID, v Version) (cover.Organisation, error) {
	return lock(tx, tx.keptOrganisations("organisations.id"), id, v, func(o cover.Organisation) int64 { return o.Version })
}

// UpdateOrganisation writes a locked organisation.
func (tx *Tx) UpdateOrganisation(o *cover.Organisation) error {
	o.Version, o.UpdatedAt = o.Version+1, tx.Now
	return tx.update(o)
}
