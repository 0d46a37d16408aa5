package claims

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Submit hands a claim to the branch, which starts the clock of its payment, or lets it
// run on. Refuses whoever is not the organiser (party_role_required), what is neither a
// draft nor incomplete (claim_wrong_status), and says all that it still needs.
func Submit(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Claim, error) {
	did := deed{cover.ClaimWasSubmitted, cover.DecidedSubmitted, nil}
	return decide(tx, id, v, did, func(d decision, c *cover.Claim) error {
		again := c.SubmittedAt != nil
		if err := c.Submit(tx.Actor().Claimant(), tx.Now); err != nil {
			return err
		}
		if err := d.checkComplete(*c, again); err != nil {
			return err
		}
		if err := d.assess(c); err != nil {
			return err
		}
		return d.startClock(c)
	})
}

// checkComplete says all that keeps a claim from being submitted. One that was submitted
// in time and returned does not expire.
func (d decision) checkComplete(c cover.Claim, again bool) error {
	day, err := dayOf(d.tx.Reader, d.incident)
	if err != nil {
		return err
	}
	lastDay := d.rates.ClaimExpiresOn(day)
	if again {
		lastDay = d.tx.Today()
	}
	var f cover.Faults
	c.CheckTime(d.incident, lastDay, d.tx.Today(), d.tx.Now, &f)
	return d.check(c, &f)
}

// checkStanding says what has become of who receives and of the papers since a claim was
// submitted: a nearer heir may have been named, a paper found wanting, and the decision
// taken back that gave children a right to scholarships.
func (d decision) checkStanding(c cover.Claim) error {
	var f cover.Faults
	if c.Programme == cover.Scholarship {
		others, err := d.tx.ClaimsOf(c.IncidentID)
		if err != nil {
			return err
		}
		_, earned := earnedBy(others, d.incident)
		f.Check(earned, "/incident_id", cover.ScholarshipNotEarned, nil)
	}
	return d.check(c, &f)
}

func (d decision) check(c cover.Claim, f *cover.Faults) error {
	heirs, err := d.tx.Heirs(c.IncidentID)
	if err != nil {
		return err
	}
	needed, err := Requirements(d.tx.Reader, d.rates, c, d.incident, heirs)
	if err != nil {
		return err
	}
	c.CheckComplete(d.incident, heirs, needed, d.tx.Today(), f)
	return f.Err()
}

// startClock starts the clock of a claim's payment, lets it run on after it stood still,
// and writes on the claim when it ends. A scholarship has none.
func (d decision) startClock(c *cover.Claim) (err error) {
	if c.Programme == cover.Scholarship {
		return nil
	}
	if err := resume(d.tx, d.rates, cover.PaymentDue(c.Programme), aboutClaim(*c)); err != nil {
		return err
	}
	c.PayDueOn, err = startOfPayment(d.tx, d.rates, *c)
	return err
}
