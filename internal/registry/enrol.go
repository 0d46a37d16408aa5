package registry

import (
	"slices"
	"strconv"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// enrolledAtOnce is how many officers are enrolled before the answer; more take
// longer than a caller waits.
const enrolledAtOnce = 20_000

// Enrolling is the work of an enrolment that was asked for.
type Enrolling struct {
	EnrolmentID uuid.UUID `json:"enrolment_id"`
}

// Kind names the work in the job queue.
func (Enrolling) Kind() string { return "enrolling" }

// Queue is where enrolments wait, so that they keep nobody's roster waiting.
const Queue = "enrolments"

// Enrol puts everybody an agreement covers under cover, in one statement, with
// their wage base settled once and the first month's contributions beside it.
// positions narrows it; none means all that are included. Whoever is covered already
// is left alone and counted. A roster of more than 20,000, or any if later is set, is
// left to the job queue. Refuses to begin while one that was left there goes on
// (enrolment_running).
func Enrol(tx *store.Tx, agreement uuid.UUID, positions []string, later bool) (cover.Enrolment, error) {
	e := cover.Enrolment{AgreementID: agreement}
	r, err := rosterOf(tx, agreement, positions)
	if err != nil {
		return e, err
	}
	e.Positions = r.Positions
	running, err := tx.RunningEnrolment(agreement)
	if err != nil {
		return e, err
	}
	if running != nil {
		return e, cover.Refuse(cover.Conflict, cover.EnrolmentIsRunning, cover.Params{"enrolment_id": *running})
	}
	if err := tx.InsertEnrolment(&e); err != nil {
		return e, err
	}
	if !later {
		size, err := tx.RosterSize(r, enrolledAtOnce)
		if err != nil {
			return e, err
		}
		later = size > enrolledAtOnce
	}
	if later {
		return e, tx.EnqueueIn(Queue, Enrolling{e.ID})
	}
	return e, enrol(tx, &e, r)
}

// CompleteEnrolment does what an enrolment was asked for, once: it leaves one that
// is over as it is. Refuses what Enrol refuses, such as an agreement that is no longer
// in force by then.
func CompleteEnrolment(tx *store.Tx, id uuid.UUID) error {
	e, err := tx.LockEnrolment(id)
	if err != nil || e.Status() != cover.EnrolmentRunning {
		return err
	}
	r, err := rosterOf(tx, e.AgreementID, e.Positions)
	if err != nil {
		return err
	}
	return enrol(tx, &e, r)
}

// FailEnrolment writes down why an enrolment came to nothing, unless it is over.
func FailEnrolment(tx *store.Tx, id uuid.UUID, why *cover.Error) error {
	e, err := tx.LockEnrolment(id)
	if err != nil || e.Status() != cover.EnrolmentRunning {
		return err
	}
	return tx.FailEnrolment(&e, cover.Fault{Code: why.Code, Params: why.Params})
}

// rosterOf is the roster that an enrolment is about. It refuses whoever may not
// enrol (party_role_required, agreement_not_in_force), and positions that are not
// included.
func rosterOf(tx *store.Tx, agreement uuid.UUID, positions []string) (store.Roster, error) {
	a, err := tx.LockAgreement(agreement, 0)
	if err != nil {
		return store.Roster{}, err
	}
	if err := a.MayEnrol(tx.Actor().OrganisationID, tx.Today()); err != nil {
		return store.Roster{}, err
	}
	if positions, err = chosen(a, positions); err != nil {
		return store.Roster{}, err
	}
	rates, err := tx.Tariff()
	return store.Roster{
		Agreement: a, Positions: positions, From: a.StartsOn, To: a.LastDay(), AgeBelow: rates.AgeBelow(a.Segment, a.StartsOn),
	}, err
}

func enrol(tx *store.Tx, e *cover.Enrolment, r store.Roster) error {
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	wages, err := tx.Wages(r)
	if err != nil {
		return err
	}
	bases, err := Rated(rates, r.Agreement, wages)
	if err != nil {
		return err
	}
	if err := tx.Enrol(e, r, bases); err != nil {
		return err
	}
	if e.Enrolled > 0 {
		if e.Doubts, err = doubtsOf(tx, rates, r); err != nil {
			return err
		}
		tx.Doubt(e.Doubts...)
	}
	if err := tx.EndEnrolment(e); err != nil {
		return err
	}
	return tx.Record(cover.Event{Type: cover.OfficersEnrolled, ResourceID: e.ID, OrganisationID: r.Agreement.OrganiserID, After: *e})
}

// doubtsOf says where the law makes this cover weaker than people think.
func doubtsOf(tx *store.Tx, rates *tariff.Tariff, r store.Roster) (cover.Faults, error) {
	a, doubts := r.Agreement, cover.Faults{}
	today := tx.Today()
	if a.StartsOn.Month().Before(today.Month()) {
		doubts.Add("", cover.CoverBackdated, cover.Params{"from": a.StartsOn})
	}
	groups, err := tx.RosterGroups(r)
	if err != nil {
		return nil, err
	}
	terms := make([]tariff.Owed, len(groups))
	for n, g := range groups {
		terms[n] = tariff.Owed{Months: g.Contributions, To: g.To}
	}
	return append(doubts, rates.WaitingDoubts(a.Segment, terms)...), nil
}

func chosen(a cover.Agreement, positions []string) ([]string, error) {
	included := a.Included()
	if len(positions) == 0 {
		return included, nil
	}
	var f cover.Faults
	for i, p := range positions {
		f.Check(slices.Contains(included, p), "/positions/"+strconv.Itoa(i), cover.PositionNotIncluded, nil)
	}
	return positions, f.Err()
}

// Rated finds what each wage costs. Contributions are rated with the schedule of
// the first month; a wage of nothing is left out, and its officers are skipped.
func Rated(rates *tariff.Tariff, a cover.Agreement, wages []cover.Rupiah) ([]store.Base, error) {
	var bases []store.Base
	for _, wage := range wages {
		if wage == 0 {
			continue
		}
		c, err := rates.Contribution(tariff.ContributionQuery{
			Segment: a.Segment, Month: a.StartsOn.Month(), Income: wage, RiskClass: a.RiskClass, FundingSource: a.FundingSource,
		})
		if err != nil {
			return nil, err
		}
		bases = append(bases, store.Base{Wage: wage, Base: c.Base, JKK: c.JKK, JKM: c.JKM, Schedule: c.Schedule})
	}
	return bases, nil
}

// Cancel takes back a coverage period that was entered by mistake and that no
// invoice bills. It holds the agreement, so that none is drafted meanwhile.
func Cancel(tx *store.Tx, id uuid.UUID, v store.Version) (cover.CoveragePeriod, error) {
	of, err := tx.CoveragePeriod(id)
	if err != nil {
		return of, err
	}
	a, err := tx.LockAgreement(of.AgreementID, 0)
	if err != nil {
		return of, err
	}
	before, err := tx.LockCoveragePeriod(id, v)
	if err != nil {
		return before, err
	}
	billed, err := tx.Billed(id)
	if err != nil {
		return before, err
	}
	after := before
	if err := after.Cancel(tx.Actor().OrganisationID, a, billed[id], tx.Today()); err != nil {
		return before, err
	}
	if err := tx.UpdateCoveragePeriod(&after); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.CoveragePeriodWasCancelled, ResourceID: id, OrganisationID: a.OrganiserID, Before: before, After: after,
	})
}
