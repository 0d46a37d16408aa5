package registry

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Appoint enters an officer in the register of the actor's own organisation.
// Refuses whoever is no election body (not_allowed), a caller's key used before
// (external_id_taken), and the same person in the same position at the same time
// (officer_taken). Doubts go to the transaction.
func Appoint(tx *store.Tx, in cover.Appointment) (cover.Officer, error) {
	body, err := tx.Self()
	if err != nil {
		return cover.Officer{}, err
	}
	if !body.Kind.Elects() {
		return cover.Officer{}, cover.Refuse(cover.Forbidden, cover.NotAllowed, nil)
	}
	o, doubts, err := cover.Appoint(in, body, tx.Reference(), tx.Today())
	tx.Doubt(doubts...)
	if err != nil {
		return o, err
	}
	if _, err := tx.HoldRoster(o.OrganisationID); err != nil {
		return o, err
	}
	if err := refuseSecondDuty(tx, o); err != nil {
		return o, err
	}
	if err := warnOfOtherBody(tx, o); err != nil {
		return o, err
	}
	if err := tx.InsertOfficer(&o); err != nil {
		return o, err
	}
	return o, tx.Record(cover.Event{Type: cover.OfficerWasAppointed, ResourceID: o.ID, OrganisationID: o.OrganisationID, After: o})
}

// AmendOfficer corrects what was written of an officer of the actor's own
// organisation. The position stays: another position is another duty. Refuses to
// change the NIK of somebody whom cover rests on (nik_frozen), and to put another
// person in the place of one (person_replaced).
func AmendOfficer(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.Appointment)) (cover.Officer, error) {
	before, body, err := ownOfficer(tx, id, v)
	if err != nil {
		return before, err
	}
	in := before.Appointment()
	amend(&in)
	after, doubts, err := cover.Appoint(in, body, tx.Reference(), tx.Today())
	tx.Doubt(doubts...)
	if err != nil {
		return before, err
	}
	after.ID, after.Version, after.CreatedAt = before.ID, before.Version, before.CreatedAt
	after.EndedOn, after.EndReason = before.EndedOn, before.EndReason
	if after.Replaces(before) {
		return before, cover.RefuseAt("/external_id", cover.PersonReplaced, nil)
	}
	if err := after.CheckEnd(); err != nil {
		return before, err
	}
	if after.Personal.NIK != before.Personal.NIK {
		if err := refuseIfCovered(tx, id); err != nil {
			return before, err
		}
	}
	if err := refuseSecondDuty(tx, after); err != nil {
		return before, err
	}
	if err := warnOfOtherBody(tx, after); err != nil {
		return before, err
	}
	if err := tx.UpdateOfficer(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.OfficerAmended, ResourceID: id, OrganisationID: after.OrganisationID, Before: before, After: after,
	})
}

// End records the last day of an officer's duty; cover ends with the same day.
func End(tx *store.Tx, id uuid.UUID, v store.Version, last cover.Date, reason cover.EndReason) (cover.Officer, error) {
	before, _, err := ownOfficer(tx, id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := after.End(last, reason); err != nil {
		return before, err
	}
	return after, tx.EndOfficer(before, &after)
}

// ownOfficer locks an officer that the actor sees, and refuses one of another
// organisation: the body above may look, but its rosters are not its to write.
func ownOfficer(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Officer, cover.Organisation, error) {
	if _, err := tx.HoldRoster(tx.Actor().OrganisationID); err != nil {
		return cover.Officer{}, cover.Organisation{}, err
	}
	o, err := tx.LockOfficer(id, v)
	if err != nil {
		return o, cover.Organisation{}, err
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, o.OrganisationID, cover.Organiser); err != nil {
		return o, cover.Organisation{}, err
	}
	body, err := tx.Self()
	return o, body, err
}

func refuseSecondDuty(tx *store.Tx, o cover.Officer) error {
	other, err := tx.OverlappingDuty(o)
	if err != nil || other == nil {
		return err
	}
	return cover.RefuseAt("/nik", cover.OfficerTaken, cover.Params{"officer_id": *other})
}

// warnOfOtherBody doubts, and no more: whoever serves two bodies is covered once.
// Which the other is stays its own business.
func warnOfOtherBody(tx *store.Tx, o cover.Officer) error {
	serves, err := tx.ServesElsewhere(o)
	if serves {
		tx.Doubt(cover.Fault{Pointer: "/nik", Code: cover.ServesElsewhere})
	}
	return err
}

func refuseIfCovered(tx *store.Tx, officer uuid.UUID) error {
	covered, err := tx.Covered(officer)
	if err != nil || !covered {
		return err
	}
	return cover.RefuseAt("/nik", cover.NIKFrozen, nil)
}
