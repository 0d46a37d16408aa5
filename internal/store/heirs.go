package store

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
)

// heirRow is an heir as stored: all that is personal is sealed.
type heirRow struct {
	cover.Heir
	Kin []byte // hides the noun's own
}

func (heirRow) TableName() string { return "heirs" }

func (s *Store) sealKin(h cover.Heir) (heirRow, error) {
	sealed, err := s.sealJSON(h.Kin, h.ID)
	return heirRow{Heir: h, Kin: sealed}, err
}

func (s *Store) openKin(row heirRow) (cover.Heir, error) {
	h := row.Heir
	return h, s.openJSON(row.Kin, h.ID, &h.Kin)
}

// Heirs lists the heirs of an incident that the actor sees, as they were named,
// those struck included.
func (r *Reader) Heirs(incident uuid.UUID) ([]cover.Heir, error) {
	var rows []heirRow
	if err := r.seenHeirs().on(r.db).Where("incident_id = ?", incident).Order("id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	heirs := make([]cover.Heir, len(rows))
	for n, row := range rows {
		var err error
		if heirs[n], err = r.store.openKin(row); err != nil {
			return nil, err
		}
	}
	return heirs, nil
}

// Heir returns one of an incident that the actor sees.
func (r *Reader) Heir(incident, id uuid.UUID) (cover.Heir, error) {
	var row heirRow
	if err := r.seenHeirs().on(r.db).Take(&row, "incident_id = ? and id = ?", incident, id).Error; err != nil {
		return cover.Heir{}, translate(err)
	}
	return r.store.openKin(row)
}

// LockHeir returns an heir of an incident that the actor sees, locked, in the
// version asked for.
func (tx *Tx) LockHeir(incident, id uuid.UUID, v Version) (cover.Heir, error) {
	if _, err := lock(tx, tx.seenHeirs(), id, v, func(h heirRow) int64 { return h.Version }); err != nil {
		return cover.Heir{}, err
	}
	return tx.Heir(incident, id)
}

// HeirClaimed reports whether a claim in one of some states names an heir, as payee or as
// pupil, or a grant in one of some states.
func (tx *Tx) HeirClaimed(h cover.Heir, states []cover.ClaimStatus, grants []cover.GrantStatus) (claimed bool, err error) {
	err = tx.db.Raw(`select exists (select from claims where incident_id = ? and status in ?
			and (payee_id = ? or pupils @> jsonb_build_array(jsonb_build_object('heir_id', ?::text))))
		or exists (select from ex_gratia_grants where payee_id = ? and status in ?)`,
		h.IncidentID, states, h.ID, h.ID, h.ID, grants).Scan(&claimed).Error
	return claimed, translate(err)
}

// HeirProved reports whether a paper of an heir was accepted.
func (tx *Tx) HeirProved(h cover.Heir) (proved bool, err error) {
	err = tx.db.Raw("select exists (select from documents where incident_id = ? and heir_id = ? and status = ?)",
		h.IncidentID, h.ID, cover.DocumentAccepted).Scan(&proved).Error
	return proved, translate(err)
}

// OutdatePapers says of papers of an heir, also of those on their way, that what they prove
// was changed. It is said with the incident held.
func (tx *Tx) OutdatePapers(h cover.Heir, kinds []cover.DocumentKind) error {
	if len(kinds) == 0 {
		return nil
	}
	return translate(tx.db.Exec(`update documents set outdated_at = ?, updated_at = ?, version = version + 1
		where incident_id = ? and heir_id = ? and kind in ? and outdated_at is null`, tx.Now, tx.Now, h.IncidentID, h.ID, kinds).Error)
}

// InsertHeir writes a new heir.
func (tx *Tx) InsertHeir(h *cover.Heir) error {
	h.ID, h.CreatedAt, h.UpdatedAt = newID(), tx.Now, tx.Now
	row, err := tx.store.sealKin(*h)
	if err != nil {
		return err
	}
	return translate(tx.db.Create(&row).Error)
}

// UpdateHeir writes a locked heir.
func (tx *Tx) UpdateHeir(h *cover.Heir) error {
	h.Version, h.UpdatedAt = h.Version+1, tx.Now
	row, err := tx.store.sealKin(*h)
	if err != nil {
		return err
	}
	return tx.update(&row)
}

// RecordKinReading writes down that the actor reads what is personal of the heirs of
// an incident. It is committed before it leaves.
func (r *Reader) RecordKinReading(i cover.Incident, heirs ...cover.Heir) error {
	return r.store.InTx(r.ctx, r.who, func(tx *Tx) error {
		for _, h := range heirs {
			if err := tx.Record(cover.Event{Type: cover.PersonalDataRead, ResourceID: h.ID, OrganisationID: i.Owner()}); err != nil {
				return err
			}
		}
		return nil
	})
}
