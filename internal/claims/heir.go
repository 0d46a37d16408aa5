package claims

import (
	"reflect"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// NameHeir writes down who may receive what is paid for an officer who died, or whose
// child goes to school. Refuses whoever is not the officer's body (party_role_required),
// an incident that the body has not reported (incident_not_confirmed) or dismissed
// (incident_dismissed), a person who is named already (heir_taken), more than an incident
// may have (too_many_heirs), and says all that is wrong with the heir.
func NameHeir(tx *store.Tx, incident uuid.UUID, h cover.Heir) (cover.Heir, error) {
	i, err := bereavement(tx, incident)
	if err != nil {
		return h, err
	}
	h.IncidentID, h.Version = incident, 1
	if err := h.Check(i, tx.Today()); err != nil {
		return h, err
	}
	others, err := tx.Heirs(incident)
	if err != nil {
		return h, err
	}
	if err := cover.CheckAnother(h, others); err != nil {
		return h, err
	}
	if err := tx.InsertHeir(&h); err != nil {
		return h, err
	}
	return h, tx.Record(cover.Event{Type: cover.HeirNamed, ResourceID: h.ID, OrganisationID: i.Owner(), After: h})
}

// AmendHeir changes what was said of an heir. It refuses what NameHeir refuses, and to
// change one whom a claim names that the branch has in hand, or a grant that is not
// disbursed, or to put another person in the place of one for whom a claim was submitted,
// or of whom a paper was accepted (heir_claimed). Papers that prove what was changed prove
// nothing any more.
func AmendHeir(tx *store.Tx, incident, id uuid.UUID, v store.Version, amend func(*cover.Kin)) (cover.Heir, error) {
	return changeHeir(tx, incident, id, v, cover.HeirAmended, func(h *cover.Heir, i cover.Incident) error {
		before := h.Kin
		if before.Guardian != nil { // what amend changes is not what it was
			guardian := *before.Guardian
			before.Guardian = &guardian
		}
		amend(&h.Kin)
		if err := h.Check(i, tx.Today()); err != nil {
			return err
		}
		others, err := tx.Heirs(incident)
		if err != nil {
			return err
		}
		if err := cover.CheckAnother(*h, others); err != nil {
			return err
		}
		if reflect.DeepEqual(before, h.Kin) {
			return nil
		}
		if err := refuseIfInHand(tx, *h, before); err != nil {
			return err
		}
		return tx.OutdatePapers(*h, h.Kin.Outdates(before))
	})
}

// refuseIfInHand keeps the person of an heir whom a claim names that was ever submitted, and
// where they are paid while the branch has that claim in hand: it must be returned first.
// Who was shown to the branch is nobody else afterwards, or somebody else's papers would
// pay them.
func refuseIfInHand(tx *store.Tx, h cover.Heir, before cover.Kin) error {
	states, grants := []cover.ClaimStatus{cover.ClaimSubmitted, cover.ClaimVerified, cover.ClaimApproved}, []cover.GrantStatus{cover.GrantGranted}
	if h.Kin.IsOther(before) {
		states, grants = append(states, cover.ClaimIncomplete, cover.ClaimPaid), append(grants, cover.GrantDisbursed)
		proved, err := tx.HeirProved(h)
		if err != nil {
			return err
		}
		if proved {
			return cover.Refuse(cover.Conflict, cover.HeirClaimed, nil)
		}
	}
	return refuseIfClaimed(tx, h, states, grants)
}

// StrikeHeir takes somebody out who is no heir. Refuses what NameHeir refuses, and one
// whom a claim names that was not rejected or withdrawn (heir_claimed).
func StrikeHeir(tx *store.Tx, incident, id uuid.UUID, v store.Version) (cover.Heir, error) {
	return changeHeir(tx, incident, id, v, cover.HeirStruck, func(h *cover.Heir, _ cover.Incident) error {
		h.StruckAt = &tx.Now
		return refuseIfClaimed(tx, *h,
			[]cover.ClaimStatus{
				cover.ClaimDraft, cover.ClaimIncomplete, cover.ClaimSubmitted, cover.ClaimVerified, cover.ClaimApproved, cover.ClaimPaid,
			},
			[]cover.GrantStatus{cover.GrantGranted, cover.GrantDisbursed})
	})
}

func refuseIfClaimed(tx *store.Tx, h cover.Heir, states []cover.ClaimStatus, grants []cover.GrantStatus) error {
	claimed, err := tx.HeirClaimed(h, states, grants)
	if err == nil && claimed {
		err = cover.Refuse(cover.Conflict, cover.HeirClaimed, nil)
	}
	return err
}

func changeHeir(
	tx *store.Tx, incident, id uuid.UUID, v store.Version, what cover.EventType, rule func(*cover.Heir, cover.Incident) error,
) (cover.Heir, error) {
	i, err := bereavement(tx, incident)
	if err != nil {
		return cover.Heir{}, err
	}
	before, err := tx.LockHeir(incident, id, v)
	if err != nil {
		return before, err
	}
	after := before
	if before.StruckAt != nil {
		return before, cover.Refuse(cover.Conflict, cover.HeirIsStruck, nil)
	}
	if err := rule(&after, i); err != nil {
		return before, err
	}
	if err := tx.UpdateHeir(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{Type: what, ResourceID: id, OrganisationID: i.Owner(), Before: before, After: after})
}

// bereavement locks the incident whose heirs are written, for those who may.
func bereavement(tx *store.Tx, incident uuid.UUID) (cover.Incident, error) {
	i, err := tx.LockIncident(incident, 0)
	if err != nil {
		return i, err
	}
	return i, i.MayNameHeirs(tx.Actor().OrganisationID)
}
