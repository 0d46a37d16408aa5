package claims

import (
	"strconv"
	"strings"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Open makes a draft of a claim for an incident, with its benefit: computed after
// a death, added up after an injury. Refuses an incident that the actor does not
// see (incident_unknown), one without cover (not_covered), one of another
// organiser (party_role_required) and one that is claimed already (claim_taken).
func Open(tx *store.Tx, in cover.Opening) (cover.Claim, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Claim{}, err
	}
	e, err := findEvent(tx, in)
	if err != nil {
		return cover.Claim{}, err
	}
	agreement, err := tx.Agreement(e.period.AgreementID)
	if err != nil {
		return cover.Claim{}, err
	}
	if err := cover.MayPerform(tx.Actor().OrganisationID, agreement.OrganiserID, cover.Organiser); err != nil {
		return cover.Claim{}, err
	}
	c, err := cover.Open(in, e.incident, e.period, agreement, rates.ClaimExpiresOn(e.day), tx.Today())
	if err != nil {
		return c, err
	}
	if e.incident.Outcome == cover.Died {
		err = payDeath(tx, rates, &c, e)
	} else {
		payInjury(&c, in.Items)
	}
	if err != nil {
		return c, err
	}
	if err := tx.InsertClaim(&c); err != nil {
		return c, err
	}
	return c, tx.Record(cover.Event{Type: cover.ClaimOpened, ResourceID: c.ID, OrganisationID: c.OrganiserID, After: c})
}

// event is an incident with the cover that held on its day.
type event struct {
	incident cover.Incident
	period   cover.CoveragePeriod
	day      cover.Date
}

// findEvent finds what is claimed for. Cover that held when the incident was
// reported must hold still: a duty may since have been found to have ended before.
func findEvent(tx *store.Tx, in cover.Opening) (e event, err error) {
	if e.incident, err = tx.Incident(in.IncidentID); err != nil {
		return e, cover.Unseen(err, "/incident_id", cover.IncidentUnknown)
	}
	if !e.incident.Covered() {
		return e, notCovered(e.incident.UncoveredReason)
	}
	if e.day, err = dayOf(tx, e.incident.OrganisationID, e.incident.OccurredAt); err != nil {
		return e, err
	}
	period, err := tx.CoverOn(e.incident.OfficerID, e.day)
	if err != nil {
		return e, err
	}
	if period == nil || period.ID != e.incident.CoveragePeriodID.UUID {
		return e, notCovered(cover.UncoveredNotEnrolled)
	}
	e.period = *period
	return e, nil
}

func notCovered(reason cover.Code) error {
	return cover.RefuseAt("/incident_id", cover.NotCovered, cover.Params{"reason": reason})
}

// payDeath fills in what a death pays by the rates of its day, on the wage base
// that cover froze.
func payDeath(tx *store.Tx, rates *tariff.Tariff, c *cover.Claim, e event) error {
	paid, err := tx.PaidMonths(e.period.ID, e.day.Month())
	if err != nil {
		return err
	}
	benefit, err := rates.Death(tariff.DeathQuery{
		Programme: c.Programme, Segment: e.period.Segment, On: e.day, Base: e.period.WageBase,
		ConsecutiveMonths: cover.MonthsWithoutBreak(paid, e.day.Month()),
	})
	if err != nil {
		return err
	}
	for _, item := range benefit.Items {
		c.Items = append(c.Items, cover.BenefitItem{Kind: benefitKinds[item.Kind], Amount: item.Amount})
	}
	for _, step := range benefit.Steps {
		c.Steps = append(c.Steps, cover.BenefitStep{
			Rule: ruleOf(c.Programme, step.Rule), Law: step.Law, Expression: step.Expression, Amount: step.Amount,
		})
	}
	c.Amount = benefit.Total
	return nil
}

// benefitKinds names the parts of what a death pays as claims do.
var benefitKinds = map[tariff.ItemKind]cover.BenefitKind{
	tariff.LumpSum: cover.BenefitDeath, tariff.Periodic: cover.BenefitPeriodic, tariff.Funeral: cover.BenefitFuneral,
}

// ruleOf names a step, such as jkk_death.
func ruleOf(p cover.Programme, rule string) string {
	if kind, part := benefitKinds[tariff.ItemKind(rule)]; part {
		rule = string(kind)
	}
	return string(p) + "_" + rule
}

// injuryLaw says what is paid after an injury.
const injuryLaw = "PP 44/2015, art. 25"

// payInjury fills in what was spent or is claimed, added up.
func payInjury(c *cover.Claim, items []cover.BenefitItem) {
	amounts := make([]string, len(items))
	for n, item := range items {
		amounts[n] = strconv.FormatInt(int64(item.Amount), 10)
		c.Amount += item.Amount
	}
	c.Items = items
	c.Steps = []cover.BenefitStep{{
		Rule: ruleOf(c.Programme, tariff.RuleTotal), Law: injuryLaw, Expression: strings.Join(amounts, " + "), Amount: c.Amount,
	}}
}
