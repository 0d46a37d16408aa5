package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// decision is what a decision on a claim is taken from.
type decision struct {
	tx       *store.Tx
	rates    *tariff.Tariff
	incident cover.Incident
}

// assess computes the benefit of a claim anew, by the rules of its event's day as they
// stand. Refuses one whose cover gave way to another since (cover_replaced).
func (d decision) assess(c *cover.Claim) error {
	period, err := covering(d.tx, d.rates, &d.incident)
	if err != nil {
		return err
	}
	if period.ID != c.CoveragePeriodID {
		return cover.Refuse(cover.Conflict, cover.CoverReplaced, nil)
	}
	return assess(d.tx, d.rates, c, d.incident, period)
}

// deed is what is done to a claim: the event it makes, and the step that is kept of
// it, if it is one, with its reasons.
type deed struct {
	event   cover.EventType
	step    cover.ClaimDecision
	reasons []cover.ClaimReason
}

// decide locks a claim, after its incident, puts it to a rule, and writes what came of
// it. Of two who decide at once the second meets what the first made of it.
func decide(tx *store.Tx, id uuid.UUID, v store.Version, did deed, rule func(decision, *cover.Claim) error) (cover.Claim, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Claim{}, err
	}
	seen, err := tx.Claim(id)
	if err != nil {
		return seen, err
	}
	i, err := tx.LockIncident(seen.IncidentID, 0)
	if err != nil {
		return seen, err
	}
	before, err := tx.LockClaim(id, v)
	if err != nil {
		return before, err
	}
	after := before
	if err := rule(decision{tx, rates, i}, &after); err != nil {
		return before, err
	}
	if err := tx.UpdateClaim(&after); err != nil {
		return before, err
	}
	if did.step != "" {
		step := cover.ClaimStep{ClaimID: id, Decision: did.step, Reasons: did.reasons, Amount: after.Amount}
		if err := tx.InsertClaimStep(step); err != nil {
			return before, err
		}
	}
	return after, tx.Record(cover.Event{
		Type: did.event, ResourceID: id, OrganisationID: after.OrganiserID, Before: before, After: after,
	})
}

// Return sends a claim back as incomplete, with every reason. Its clock stands still.
// Refuses whoever is not the branch (party_role_required) and what is neither
// submitted nor verified (claim_wrong_status).
func Return(tx *store.Tx, id uuid.UUID, v store.Version, reasons []cover.ClaimReason) (cover.Claim, error) {
	if err := cover.CheckReasons(reasons); err != nil {
		return cover.Claim{}, err
	}
	did := deed{cover.ClaimReturned, cover.DecidedReturned, reasons}
	return decide(tx, id, v, did, func(d decision, c *cover.Claim) error {
		if err := c.Return(tx.Actor().Claimant()); err != nil {
			return err
		}
		return pause(tx, cover.PaymentDue(c.Programme), aboutClaim(*c))
	})
}

// Verify says that a claim is complete and true. Refuses what Return refuses, the client
// that submitted it (maker_is_checker), and what is no longer complete.
func Verify(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Claim, error) {
	did := deed{cover.ClaimWasVerified, cover.DecidedVerified, nil}
	return decide(tx, id, v, did, func(d decision, c *cover.Claim) error {
		if err := c.Verify(tx.Actor().Claimant()); err != nil {
			return err
		}
		if err := doubtSimilar(tx, d.incident, ""); err != nil {
			return err
		}
		return d.checkStanding(*c)
	})
}

// Approve grants what was claimed, computed once more. Refuses whoever is not the
// branch (party_role_required), what is not verified (claim_wrong_status), the clients
// that submitted, verified or once rejected it (maker_is_checker), a suspected accident
// of which it is not said yet whether the work caused it (guarantee_open), what is no
// longer complete, and cover that is found not to have held (not_covered).
func Approve(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Claim, error) {
	did := deed{cover.ClaimWasApproved, cover.DecidedApproved, nil}
	return decide(tx, id, v, did, func(d decision, c *cover.Claim) error {
		if err := c.Approve(tx.Actor().Claimant(), tx.Now); err != nil {
			return err
		}
		open := d.incident.Suspected && d.incident.Guarantee != cover.Guaranteed || d.incident.Guarantee == cover.GuaranteeProvisional
		if open && c.Programme == cover.JKK {
			return cover.Refuse(cover.Conflict, cover.GuaranteeOpen, nil)
		}
		if err := doubtSimilar(tx, d.incident, ""); err != nil {
			return err
		}
		if err := d.checkStanding(*c); err != nil {
			return err
		}
		return d.assess(c)
	})
}

// Reject turns a claim down, which makes room for another. Refuses whoever is not the
// branch (party_role_required), what is neither submitted nor verified
// (claim_wrong_status), the clients that submitted, verified or once rejected it
// (maker_is_checker), and to find that the work did not cause what was paid before
// (guarantee_decided). A death that the work did not cause is claimed as JKM at once.
func Reject(tx *store.Tx, id uuid.UUID, v store.Version, reason cover.RejectionReason, note string) (cover.Claim, error) {
	if err := cover.CheckReason(string(reason), note); err != nil {
		return cover.Claim{}, err
	}
	did := deed{cover.ClaimWasRejected, cover.DecidedRejected, []cover.ClaimReason{{Reason: string(reason), Note: note}}}
	c, err := decide(tx, id, v, did, func(d decision, c *cover.Claim) error {
		if err := c.Reject(tx.Actor().Claimant(), reason, note, tx.Now); err != nil {
			return err
		}
		if reason == cover.NotWorkRelated && c.ReopensID.Valid {
			return cover.Refuse(cover.Conflict, cover.GuaranteeDecided, nil) // by what was paid
		}
		if reason == cover.NotWorkRelated { // what it was claimed as is over, and was claimed in time
			return cancel(tx, cover.PaymentDue(c.Programme), aboutClaim(*c))
		}
		return endOfPayment(tx, *c)
	})
	if err != nil || reason != cover.NotWorkRelated || c.Programme != cover.JKK {
		return c, err
	}
	return c, refuseWork(tx, c.IncidentID)
}

// refuseWork writes on an incident that the work did not cause it, and opens the claim
// that a death has then.
func refuseWork(tx *store.Tx, incident uuid.UUID) error {
	i, err := changeIncident(tx, incident, 0, cover.IncidentGuaranteed, func(i *cover.Incident) error {
		i.Refuse(tx.Now)
		if err := clockGuarantee(tx, *i); err != nil {
			return err
		}
		return judge(tx, i)
	})
	if err != nil {
		return err
	}
	return turnToJKM(tx, i)
}

// Reopen takes back a decision before it is paid. Refuses whoever is not the branch
// (party_role_required) and what is neither approved nor rejected (claim_wrong_status).
func Reopen(tx *store.Tx, id uuid.UUID, v store.Version, reason cover.ClaimReason) (cover.Claim, error) {
	if err := cover.CheckReason(reason.Reason, reason.Note); err != nil {
		return cover.Claim{}, err
	}
	did := deed{cover.ClaimReopened, cover.DecidedReopened, []cover.ClaimReason{reason}}
	return again(tx, id, v, did, (*cover.Claim).Reopen)
}

// Appeal has a rejection decided by somebody else. Refuses whoever is not the organiser
// (party_role_required) and what is not rejected (claim_wrong_status).
func Appeal(tx *store.Tx, id uuid.UUID, v store.Version, reason cover.ClaimReason) (cover.Claim, error) {
	if err := cover.CheckReason(reason.Reason, reason.Note); err != nil {
		return cover.Claim{}, err
	}
	did := deed{cover.ClaimAppealed, cover.DecidedAppealed, []cover.ClaimReason{reason}}
	return again(tx, id, v, did, (*cover.Claim).Appeal)
}

// again has a claim decided anew, on a clock of its own if the last one ended with the
// rejection. If that said that the work had not caused the event, it is open again
// whether it did; a claim of JKM that was opened for it stands in the way until it is
// withdrawn (claim_taken).
func again(tx *store.Tx, id uuid.UUID, v store.Version, did deed, rule func(*cover.Claim, cover.Claimant) error) (cover.Claim, error) {
	var undone bool
	c, err := decide(tx, id, v, did, func(d decision, c *cover.Claim) error {
		undone = c.RejectionReason == cover.NotWorkRelated && c.Programme == cover.JKK && d.incident.Guarantee == cover.GuaranteeRefused
		rejected := c.Status == cover.ClaimRejected
		if err := rule(c, tx.Actor().Claimant()); err != nil || !rejected || c.Status != cover.ClaimSubmitted {
			return err
		}
		return d.startClock(c)
	})
	if err != nil || !undone {
		return c, err
	}
	rates, err := tx.Tariff()
	if err != nil {
		return c, err
	}
	i, err := changeIncident(tx, c.IncidentID, 0, cover.IncidentGuaranteed, func(i *cover.Incident) error {
		i.Reconsider()
		return judge(tx, i)
	})
	if err != nil {
		return c, err
	}
	return c, startOfIncident(tx, rates, i)
}

// Withdraw takes a claim back, which makes room for another. Refuses whoever is not the
// organiser (party_role_required) and what is verified or decided (claim_wrong_status).
func Withdraw(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Claim, error) {
	did := deed{cover.ClaimWasWithdrawn, cover.DecidedWithdrawn, nil}
	return decide(tx, id, v, did, func(_ decision, c *cover.Claim) error {
		if err := c.Withdraw(tx.Actor().Claimant()); err != nil {
			return err
		}
		return endOfPayment(tx, *c)
	})
}
