package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// What the verbs of this room do with clocks, for its tests.
var (
	MeetPayment   = meetPayment
	PauseDeadline = func(tx *store.Tx, c cover.Claim) error {
		return pause(tx, cover.PaymentDue(c.Programme), aboutClaim(c))
	}
	CancelClock = func(tx *store.Tx, c cover.Claim) error {
		return cancel(tx, cover.PaymentDue(c.Programme), aboutClaim(c))
	}
	PayDueOn = payDueOn
	Batch    = batch
)

// StartPayment starts the clock of a claim's payment.
func StartPayment(tx *store.Tx, c cover.Claim) error {
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	return start(tx, rates, cover.PaymentDue(c.Programme), aboutClaim(c), c.BranchID, tx.Now)
}

// StartConclusion starts the clock of an incident's second report.
func StartConclusion(tx *store.Tx, incident, owner uuid.UUID) error {
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	return start(tx, rates, tariff.IncidentConclusion, aboutIncident(incident), owner, tx.Now)
}

// ResumeDeadline lets the clock of a claim's payment run on.
func ResumeDeadline(tx *store.Tx, c cover.Claim) error {
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	return resume(tx, rates, cover.PaymentDue(c.Programme), aboutClaim(c))
}
