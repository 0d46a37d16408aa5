package registry

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Register enters an organisation. Refuses whoever neither administers nor stands
// above it (not_allowed), and a second body of a kind for an area
// (organisation_taken).
func Register(tx *store.Tx, in cover.Registration) (cover.Organisation, error) {
	o, err := cover.Register(in, tx.Reference())
	if err != nil {
		return o, err
	}
	self, err := tx.Self()
	if err != nil {
		return o, err
	}
	if !tx.Actor().Administers() && !(o.Kind.Elects() && self.Above(o)) {
		return o, cover.Refuse(cover.Forbidden, cover.NotAllowed, nil)
	}
	if err := tx.InsertOrganisation(&o); err != nil {
		return o, err
	}
	return o, tx.Record(cover.Event{Type: cover.OrganisationRegistered, ResourceID: o.ID, OrganisationID: o.ID, After: o})
}

// AmendOrganisation changes what may change: its name, numbers and zone.
func AmendOrganisation(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.Registration)) (cover.Organisation, error) {
	if _, err := tx.Organisation(id); err != nil {
		return cover.Organisation{}, err
	}
	before, err := tx.LockOrganisation(id, v)
	if cover.KindOf(err) == cover.NotFound { // it is seen, but not kept
		return before, cover.Refuse(cover.Forbidden, cover.NotAllowed, nil)
	}
	if err != nil {
		return before, err
	}
	in := cover.Registration{
		Kind: before.Kind, Level: before.Level, AreaCode: before.AreaCode, Name: before.Name,
		NPP: before.NPP, NPWP: before.NPWP, TimeZone: before.TimeZone, ExternalID: before.ExternalID,
	}
	amend(&in)
	amended, err := cover.Register(in, tx.Reference())
	if err != nil {
		return before, err
	}
	after := before
	after.Name, after.NPP, after.NPWP = amended.Name, amended.NPP, amended.NPWP
	after.TimeZone, after.ExternalID = amended.TimeZone, amended.ExternalID
	if err := tx.UpdateOrganisation(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.OrganisationAmended, ResourceID: id, OrganisationID: id, Before: before, After: after,
	})
}
