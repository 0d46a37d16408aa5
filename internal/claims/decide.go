package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Approve grants what was claimed. Refuses whoever is not the branch
// (party_role_required), what is not submitted (claim_wrong_status) and the
// client that submitted it (maker_is_checker).
func Approve(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Claim, error) {
	return change(tx, id, v, cover.ClaimWasApproved, func(c *cover.Claim) error {
		return c.Approve(tx.Actor().Claimant(), tx.Now)
	})
}

// Reject turns a claim down, which makes room for another. It refuses what Approve
// refuses.
func Reject(tx *store.Tx, id uuid.UUID, v store.Version, reason cover.RejectionReason, note string) (cover.Claim, error) {
	return change(tx, id, v, cover.ClaimWasRejected, func(c *cover.Claim) error {
		return c.Reject(tx.Actor().Claimant(), reason, note, tx.Now)
	})
}
