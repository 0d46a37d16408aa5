package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Pay records that the branch paid an approved claim. Refuses whoever is not the
// branch (party_role_required), what is not approved or is paid already
// (claim_wrong_status), a day that lies ahead (in_the_future) and one before the
// decision (before_decision).
func Pay(tx *store.Tx, id uuid.UUID, v store.Version, on cover.Date, reference string) (cover.Claim, error) {
	return change(tx, id, v, cover.ClaimWasPaid, func(c *cover.Claim) error {
		decided := tx.Today()
		if c.DecidedAt != nil {
			decided = cover.DateOf(*c.DecidedAt, tx.Actor().Zone())
		}
		return c.Pay(tx.Actor().Claimant(), on, reference, decided, tx.Today())
	})
}
