package claims

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// assess fills in what a claim pays by the rules of the day of its event, on the wage
// base that cover froze.
func assess(tx *store.Tx, rates *tariff.Tariff, c *cover.Claim, i cover.Incident, period cover.CoveragePeriod) error {
	day, err := dayOf(tx.Reader, i)
	if err != nil {
		return err
	}
	paid, err := tx.PaidMonths(period.ID, day.Month())
	if err != nil {
		return err
	}
	owner, err := tx.ZoneOf(i.Owner())
	if err != nil {
		return err
	}
	asOf := cover.DateOf(tx.Now, owner.Zone())
	if c.SubmittedAt != nil && c.Status != cover.ClaimDraft && c.Status != cover.ClaimIncomplete {
		asOf = cover.DateOf(*c.SubmittedAt, owner.Zone()) // what was claimed in time does not lapse at the branch
	}
	a := assessment{tx, rates, i, period, day, asOf, paid}
	var b tariff.Benefit
	switch {
	case c.Programme == cover.Scholarship:
		b, err = a.scholarship(*c)
	case i.Outcome == cover.Died:
		b, err = a.death(*c)
	default:
		b, err = a.injury(*c)
	}
	if err != nil {
		return err
	}
	if c.ReopensID.Valid {
		if b, err = a.more(*c, b); err != nil {
			return err
		}
	}
	c.Items, c.Amount, c.Schedule, c.Steps = b.Items, b.Total, b.Schedule, b.Steps
	c.Deceased, err = a.deceased(*c)
	return err
}

// deceased is the person whose death a claim is for, whom one claim holds: of those of an
// incident the first.
func (a assessment) deceased(c cover.Claim) (none uuid.NullUUID, err error) {
	if a.incident.Outcome != cover.Died || c.Programme == cover.Scholarship {
		return none, nil
	}
	others, err := a.tx.ClaimsOf(c.IncidentID)
	if err != nil {
		return none, err
	}
	for _, o := range others {
		if o.ID != c.ID && o.Stands() && o.Deceased.Valid {
			return none, nil
		}
	}
	return a.tx.PersonServing(c.OfficerID)
}

// assessment is what a benefit is computed from.
type assessment struct {
	tx       *store.Tx
	rates    *tariff.Tariff
	incident cover.Incident
	period   cover.CoveragePeriod
	day      cover.Date    // by whose rules
	asOf     cover.Date    // on which it was claimed
	paid     []cover.Month // by the person, up to that day
}

// death is what a death pays, together with what was spent before it. Where nobody
// inherits, whoever arranged the funeral is paid its cost.
func (a assessment) death(c cover.Claim) (tariff.Benefit, error) {
	alone, err := toArranger(a.tx, c.IncidentID, c.PayeeID)
	if err != nil {
		return tariff.Benefit{}, err
	}
	b, err := a.rates.Death(tariff.DeathQuery{
		Programme: c.Programme, Segment: a.period.Segment, On: a.day, Base: a.period.WageBase,
		ConsecutiveMonths: cover.MonthsWithoutBreak(a.paid, a.day.Month()), NobodyInherits: alone,
	})
	if err != nil || len(c.Losses) == 0 {
		return b, err
	}
	spent, err := a.injury(c)
	return b.With(spent), err
}

// toArranger reports whether the payee of a death is whoever arranged the funeral.
func toArranger(tx *store.Tx, incident uuid.UUID, payee uuid.NullUUID) (bool, error) {
	if !payee.Valid {
		return false, nil
	}
	h, err := tx.Heir(incident, payee.UUID)
	return h.Relation.Rank() == cover.RankOfArranger, cover.Unseen(err, "/payee_id", cover.HeirUnknown)
}

// injury is what was spent and lost. In a claim the days without work are those between
// the event and the claim.
func (a assessment) injury(c cover.Claim) (tariff.Benefit, error) {
	var f cover.Faults
	over, err := a.over()
	if err != nil {
		return tariff.Benefit{}, err
	}
	for n, l := range c.Losses {
		if l.Kind != cover.BenefitIncapacity {
			continue
		}
		at := fmt.Sprintf("/losses/%d", n)
		f.Check(!l.From.Zero(), at+"/from_on", cover.MemberMissing, cover.Params{"name": "from_on", "of": l.Kind})
		f.Check(!l.To.Zero(), at+"/to_on", cover.MemberMissing, cover.Params{"name": "to_on", "of": l.Kind})
		f.Check(l.From.Zero() || !l.From.Before(a.day), at+"/from_on", cover.BeforeIncident, nil)
		f.Check(!l.To.After(a.asOf), at+"/to_on", cover.InTheFuture, nil)
		f.Check(over.Zero() || !l.To.After(over), at+"/to_on", cover.AfterEnd, cover.Params{"ended_on": over})
		taken, err := a.tx.DaysClaimed(c, l.From, l.To) // of no days, if one is missing
		if err != nil {
			return tariff.Benefit{}, err
		}
		f.Check(!taken, at+"/from_on", cover.DaysClaimed, nil)
	}
	if err := f.Err(); err != nil {
		return tariff.Benefit{}, err
	}
	return a.rates.Injury(tariff.InjuryQuery{On: a.day, Base: a.period.WageBase, LeftHanded: c.LeftHanded, Losses: c.Losses})
}

// over is the last day, inclusive, on which somebody could be unable to work for a while:
// that of their death, or of the doctor's letter of stage II; none before.
func (a assessment) over() (last cover.Date, err error) {
	ended := a.incident.StatedAt
	if a.incident.DiedAt != nil {
		ended = a.incident.DiedAt
	}
	if ended == nil {
		return last, nil
	}
	owner, err := a.tx.ZoneOf(a.incident.Owner())
	return cover.DateOf(*ended, owner.Zone()), err
}

// more is what a paid claim paid too little. Refuses a claim that is no paid one of
// this incident and programme (claim_not_reopened), and one that paid enough
// (nothing_more_to_pay).
func (a assessment) more(c cover.Claim, b tariff.Benefit) (tariff.Benefit, error) {
	before, err := a.tx.Claim(c.ReopensID.UUID)
	if cover.KindOf(err) == cover.NotFound || err == nil &&
		(before.Status != cover.ClaimPaid || before.IncidentID != c.IncidentID || before.Programme != c.Programme) {
		return b, cover.RefuseAt("/reopens_id", cover.ClaimNotReopened, nil)
	}
	if err != nil {
		return b, err
	}
	already, err := a.paidBefore(before)
	if err != nil {
		return b, err
	}
	if b.Total <= already {
		return b, cover.RefuseAt("/reopens_id", cover.NothingMoreToPay, cover.Params{"paid": already, "benefit": b.Total})
	}
	return b.Less(already), nil
}

// paidBefore adds up what a claim and those it reopened paid.
func (a assessment) paidBefore(c cover.Claim) (sum cover.Rupiah, err error) {
	for {
		sum += c.Amount
		if !c.ReopensID.Valid {
			return sum, nil
		}
		if c, err = a.tx.Claim(c.ReopensID.UUID); err != nil {
			return sum, err
		}
	}
}

// schoolStarts is the month in which school years begin.
const schoolStarts = time.July

// scholarship is what a school year of the officer's children pays. Refuses what is not
// earned by a claim that was approved (scholarship_not_earned), a school year to come or
// too long ago (school_year_over), more children than the law pays for
// (too_many_pupils), and a child who may not receive (pupil_ineligible).
func (a assessment) scholarship(c cover.Claim) (tariff.Benefit, error) {
	others, err := a.tx.ClaimsOf(c.IncidentID)
	if err != nil {
		return tariff.Benefit{}, err
	}
	programme, earned := earnedBy(others, a.incident)
	if !earned {
		return tariff.Benefit{}, cover.RefuseAt("/incident_id", cover.ScholarshipNotEarned, nil)
	}
	rule, known := a.rates.ScholarshipOn(programme, a.day)
	if !known {
		return tariff.Benefit{}, cover.RefuseAt("/incident_id", cover.ScholarshipNotEarned, nil)
	}
	var f cover.Faults
	a.checkYear(c.SchoolYear, rule.AtOnce, &f)
	children, err := a.children(c, others, rule, &f)
	if err != nil {
		return tariff.Benefit{}, err
	}
	if err := f.Err(); err != nil {
		return tariff.Benefit{}, err
	}
	b, err := a.rates.Scholarship(tariff.ScholarshipQuery{
		Programme: programme, On: a.day, ContributedMonths: len(a.paid), Children: children,
	})
	if err == nil && b.Total == 0 {
		f.Add("/pupils", cover.PupilIneligible, unpaid(b.Steps[0]))
		err = f.Err()
	}
	return b, err
}

// unpaid says by which rule nothing is paid, and of contributions how many are lacking.
func unpaid(s cover.BenefitStep) cover.Params {
	params := cover.Params{"rule": s.Rule}
	if s.Rule == tariff.RuleScholarshipContributions {
		params["paid_months"], params["needed_months"] = s.Inputs["months"], s.Inputs["needed"]
	}
	return params
}

// earnedBy finds the claim that gives the right to scholarships: for a death, or for a
// disability that is total.
func earnedBy(claims []cover.Claim, i cover.Incident) (cover.Programme, bool) {
	for _, c := range claims {
		granted := c.Status == cover.ClaimApproved || c.Status == cover.ClaimPaid
		enough := i.Outcome == cover.Died || slices.ContainsFunc(c.Losses, func(l cover.Loss) bool { return l.Total })
		if granted && enough && c.Programme != cover.Scholarship {
			return c.Programme, true
		}
	}
	return "", false
}

func (a assessment) checkYear(year, atOnce int, f *cover.Faults) {
	now := schoolYearOf(a.asOf)
	first := max(now-atOnce+1, schoolYearOf(a.day))
	f.Check(year >= first && year <= now, "/school_year", cover.SchoolYearOver, cover.Params{"from": first, "to": now})
}

// schoolYearOf is the calendar year in which the school year of a day began.
func schoolYearOf(day cover.Date) int {
	if day.Before(cover.NewDate(day.Year(), schoolStarts, 1)) {
		return day.Year() - 1
	}
	return day.Year()
}

// children are the pupils of a claim as the tariff asks for them.
func (a assessment) children(c cover.Claim, others []cover.Claim, rule tariff.Scholarship, f *cover.Faults) ([]tariff.Child, error) {
	heirs, err := a.tx.Heirs(c.IncidentID)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]cover.Heir{}
	for _, h := range heirs {
		if h.StruckAt == nil {
			byID[h.ID] = h
		}
	}
	paidYears, received := schooled(c, others)
	thisYear := schoolingIn(c, others)
	var children []tariff.Child
	for n, p := range c.Pupils {
		at := fmt.Sprintf("/pupils/%d", n)
		h, known := byID[p.HeirID]
		if !known {
			f.Add(at+"/heir_id", cover.HeirUnknown, nil)
			continue
		}
		age := h.Kin.BornOn.YearsOn(a.asOf)
		if h.Relation != cover.HeirChild {
			f.Add(at+"/heir_id", cover.PupilIneligible, nil)
		} else {
			f.Check(age < rule.AgeBelow, at+"/heir_id", cover.PupilIneligible, cover.Params{"age_below": rule.AgeBelow})
		}
		f.Check(!thisYear[p.HeirID], at+"/heir_id", cover.PupilTaken, nil)
		f.Check(p.Unmarried, at+"/unmarried", cover.PupilIneligible, nil)
		f.Check(p.NotWorking, at+"/not_working", cover.PupilIneligible, nil)
		received[p.HeirID] = true
		children = append(children, tariff.Child{Level: p.Level, Age: age, Years: 1, PaidYears: paidYears[schooling{p.HeirID, p.Level}]})
	}
	f.Check(len(received) <= rule.Children, "/pupils", cover.TooManyPupils, cover.Params{"limit": rule.Children})
	return children, nil
}

// schooling is a child at a level.
type schooling struct {
	child uuid.UUID
	level cover.EducationLevel
}

// schooled counts the school years that other claims pay for each child, and names the
// children.
func schooled(c cover.Claim, others []cover.Claim) (years map[schooling]int, received map[uuid.UUID]bool) {
	years, received = map[schooling]int{}, map[uuid.UUID]bool{}
	for _, o := range others {
		if o.Programme != cover.Scholarship || !o.Stands() || o.ID == c.ID {
			continue
		}
		for _, p := range o.Pupils {
			years[schooling{p.HeirID, p.Level}]++
			received[p.HeirID] = true
		}
	}
	return years, received
}

// schoolingIn names the children for whom another claim of the same school year stands.
func schoolingIn(c cover.Claim, others []cover.Claim) map[uuid.UUID]bool {
	named := map[uuid.UUID]bool{}
	for _, o := range others {
		if o.Programme != cover.Scholarship || !o.Stands() || o.ID == c.ID || o.SchoolYear != c.SchoolYear {
			continue
		}
		for _, p := range o.Pupils {
			named[p.HeirID] = true
		}
	}
	return named
}
