package claims

import (
	"slices"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Open makes a draft of a claim for an incident, with its benefit. Refuses an incident
// that the actor does not see (incident_unknown), one that its body has not reported
// (incident_not_confirmed) or dismissed (incident_dismissed), one without cover
// (not_covered), one of another organiser (party_role_required), one that is claimed
// already (claim_taken), and a second death of one person (death_taken).
func Open(tx *store.Tx, in cover.Opening) (cover.Claim, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Claim{}, err
	}
	i, err := tx.LockIncident(in.IncidentID, 0)
	if err == nil && !i.Inside {
		err = cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	if err != nil {
		return cover.Claim{}, cover.Unseen(err, "/incident_id", cover.IncidentUnknown)
	}
	if err := i.CheckReported(); err != nil {
		return cover.Claim{}, err
	}
	if err := doubtSimilar(tx, i, "/incident_id"); err != nil {
		return cover.Claim{}, err
	}
	if in.Losses, err = spent(tx, in, i); err != nil {
		return cover.Claim{}, err
	}
	return open(tx, rates, in, i, func(a cover.Agreement) error {
		return cover.MayPerform(tx.Actor().OrganisationID, a.OrganiserID, cover.Organiser)
	})
}

// openForDeath opens the claim of somebody who died, for their body, if cover held, the
// time to claim is not over, and no other death of theirs is claimed, which goes to the
// transaction as a doubt.
func openForDeath(tx *store.Tx, rates *tariff.Tariff, i cover.Incident) error {
	if !i.Covered() {
		return nil
	}
	in := cover.Opening{IncidentID: i.ID, Programme: cover.JKK}
	if !i.AtWork() {
		in.Programme = cover.JKM
	}
	before, err := tx.ClaimsOf(i.ID)
	if err != nil {
		return err
	}
	for _, c := range before {
		if c.Programme != cover.Scholarship && c.Stands() {
			return followDeath(tx, c)
		}
	}
	day, err := dayOf(tx.Reader, i)
	if err != nil || in.Programme == cover.JKK && tx.Today().After(rates.ClaimExpiresOn(day)) {
		return err
	}
	claimed, err := tx.DeathClaimed(i.OfficerID.UUID)
	if err != nil {
		return err
	}
	if claimed {
		tx.Doubt(cover.Fault{Pointer: "/outcome", Code: cover.DeathTaken})
		return nil
	}
	_, err = open(tx, rates, in, i, func(cover.Agreement) error { return nil })
	if cover.KindOf(err) == cover.NotFound {
		return nil // cover of another office than the one that acts: the body opens its claim itself
	}
	return err
}

// followDeath has a claim that was opened before the officer died pay for the death, unless
// it is out of the body's hands or does not fit any more: then it is for the body to go on
// with it, or to claim the rest, and a doubt says so.
func followDeath(tx *store.Tx, c cover.Claim) error {
	if c.Deceased.Valid {
		return nil
	}
	if c.Status == cover.ClaimDraft || c.Status == cover.ClaimIncomplete {
		_, err := decide(tx, c.ID, 0, deed{event: cover.ClaimAmended}, func(d decision, c *cover.Claim) error { return d.assess(c) })
		if kind := cover.KindOf(err); kind != cover.Invalid && kind != cover.Conflict {
			return err
		}
	}
	tx.Doubt(cover.Fault{Pointer: "/outcome", Code: cover.ClaimTaken})
	return nil
}

// spent is what was lost before a death that a paid claim named: the claim of what it paid
// too little names it again, or it would be taken off what the death pays.
func spent(tx *store.Tx, in cover.Opening, i cover.Incident) ([]cover.Loss, error) {
	if !in.ReopensID.Valid || len(in.Losses) > 0 || i.Outcome != cover.Died {
		return in.Losses, nil
	}
	before, err := tx.Claim(in.ReopensID.UUID)
	if cover.KindOf(err) == cover.NotFound || err == nil && before.IncidentID != i.ID {
		return in.Losses, nil // and is refused
	}
	return slices.DeleteFunc(before.Losses, func(l cover.Loss) bool { return l.Kind == cover.BenefitDisability }), err
}

func open(tx *store.Tx, rates *tariff.Tariff, in cover.Opening, i cover.Incident, may func(cover.Agreement) error) (cover.Claim, error) {
	period, err := covering(tx, rates, &i)
	if err != nil {
		return cover.Claim{}, err
	}
	agreement, err := tx.Agreement(period.AgreementID)
	if err != nil {
		return cover.Claim{}, err
	}
	if err := may(agreement); err != nil {
		return cover.Claim{}, err
	}
	day, err := dayOf(tx.Reader, i)
	if err != nil {
		return cover.Claim{}, err
	}
	c, err := cover.Open(in, i, period, agreement, rates.ClaimExpiresOn(day), tx.Today())
	if err != nil {
		return c, err
	}
	if err := assess(tx, rates, &c, i, period); err != nil {
		return c, err
	}
	if c.Programme == cover.JKK && i.Late(tx.Now) && !c.Reimbursement {
		tx.Doubt(cover.Fault{Pointer: "/reimbursement", Code: cover.ReportWasLate})
	}
	if err := tx.InsertClaim(&c); err != nil {
		return c, err
	}
	return c, tx.Record(cover.Event{Type: cover.ClaimOpened, ResourceID: c.ID, OrganisationID: c.OrganiserID, After: c})
}

// covering finds the cover that held at the event, by what is known now: a payment may
// since have been recorded or taken back, a duty found to have ended before. The incident
// keeps what is found; where nothing is, the refusal leaves it as it was.
func covering(tx *store.Tx, rates *tariff.Tariff, i *cover.Incident) (cover.CoveragePeriod, error) {
	before := *i
	if err := judge(tx, i); err != nil {
		return cover.CoveragePeriod{}, err
	}
	if i.CoveragePeriodID != before.CoveragePeriodID || i.UncoveredReason != before.UncoveredReason {
		if err := keepIncident(tx, cover.IncidentAmended, before, i); err != nil {
			return cover.CoveragePeriod{}, err
		}
		if err := startOfIncident(tx, rates, *i); err != nil {
			return cover.CoveragePeriod{}, err
		}
	}
	if !i.Covered() {
		return cover.CoveragePeriod{}, notCovered(i.UncoveredReason, i.Kind)
	}
	day, err := dayOf(tx.Reader, *i)
	if err != nil {
		return cover.CoveragePeriod{}, err
	}
	period, err := tx.CoverOn(i.OfficerID.UUID, day) // which holds it
	if err == nil && (period == nil || period.ID != i.CoveragePeriodID.UUID) {
		err = notCovered(cover.UncoveredNotEnrolled, i.Kind)
	}
	if err != nil {
		return cover.CoveragePeriod{}, err
	}
	return *period, nil
}

func notCovered(reason cover.Code, kind cover.IncidentKind) error {
	return cover.RefuseAt("/incident_id", cover.NotCovered, cover.Params{"reason": reason, "roads": cover.Roads(reason, kind)})
}

// dayOf is the day, for the officer's organisation, by whose rules an incident pays:
// that of the accident or diagnosis, or of a death that the work did not cause.
func dayOf(r *store.Reader, i cover.Incident) (cover.Date, error) {
	owner, err := r.ZoneOf(i.Owner())
	return cover.DateOf(i.CoveredAt(), owner.Zone()), err
}

// AmendClaim changes what a claim asks for, and computes its benefit anew. It refuses
// what cover.Claim.Amend refuses.
func AmendClaim(tx *store.Tx, id uuid.UUID, v store.Version, amend func(*cover.Asked)) (cover.Claim, error) {
	return decide(tx, id, v, deed{event: cover.ClaimAmended}, func(d decision, c *cover.Claim) error {
		if err := c.Amend(tx.Actor().Claimant(), d.incident, amend); err != nil {
			return err
		}
		return d.assess(c)
	})
}
