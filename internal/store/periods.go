package store

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
)

// CoveragePeriod returns one that the actor sees.
func (r *Reader) CoveragePeriod(id uuid.UUID) (cover.CoveragePeriod, error) {
	var c cover.CoveragePeriod
	err := r.seenCoverage("coverage_periods.agreement_id").on(r.db).Take(&c, "coverage_periods.id = ?", id).Error
	return c, translate(err)
}

// Covered reports whether any cover rests, or rested, on an officer.
func (tx *Tx) Covered(officer uuid.UUID) (covered bool, err error) {
	err = tx.db.Raw("select exists (select from coverage_periods where officer_id = ? and cancelled_on is null)", officer).
		Scan(&covered).Error
	return covered, translate(err)
}

// ShortenCover ends the cover of an officer with a day. Cover that would only have
// begun after it is cancelled.
func (tx *Tx) ShortenCover(officer uuid.UUID, last cover.Date) error {
	err := tx.db.Exec(`update coverage_periods set
			to_on = case when from_on > ? then to_on else ? end,
			cancelled_on = case when from_on > ? then ?::date end,
			version = version + 1, updated_at = ?
		where officer_id = ? and cancelled_on is null and to_on > ?`,
		last, last, last, tx.Today(), tx.Now, officer, last).Error
	return translate(err)
}
