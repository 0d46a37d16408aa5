package registry

import (
	"slices"
	"strconv"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Enrol puts everybody an agreement covers under cover, in one statement, with
// wage base and contributions frozen. positions narrows it; none means all that
// are included. Whoever is covered already is left alone and counted.
func Enrol(tx *store.Tx, rates *tariff.Tariff, agreement uuid.UUID, positions []string) (cover.Enrolment, error) {
	a, err := tx.LockAgreement(agreement, 0)
	if err != nil {
		return cover.Enrolment{}, err
	}
	if err := a.MayEnrol(tx.Actor().OrganisationID, tx.Today()); err != nil {
		return cover.Enrolment{}, err
	}
	if positions, err = chosen(a, positions); err != nil {
		return cover.Enrolment{}, err
	}
	roster := store.Roster{
		Agreement: a, Positions: positions, From: a.StartsOn, To: a.LastDay(), AgeBelow: rates.AgeBelow(a.Segment, a.StartsOn),
	}
	wages, err := tx.Wages(roster)
	if err != nil {
		return cover.Enrolment{}, err
	}
	bases, err := Rated(rates, a, wages)
	if err != nil {
		return cover.Enrolment{}, err
	}
	e := cover.Enrolment{AgreementID: a.ID}
	if err := tx.Enrol(&e, roster, bases); err != nil {
		return e, err
	}
	if e.Enrolled > 0 {
		warnOf(tx, rates, a)
	}
	return e, tx.Record(cover.Event{Type: cover.OfficersEnrolled, ResourceID: e.ID, OrganisationID: a.OrganiserID, After: e})
}

// warnOf says where the law makes this cover weaker than people think.
func warnOf(tx *store.Tx, rates *tariff.Tariff, a cover.Agreement) {
	today := tx.Today()
	if a.StartsOn.Month().Before(today.Month()) {
		tx.Doubt(cover.Fault{Code: cover.CoverBackdated, Params: cover.Params{"from": a.StartsOn}})
	}
	months := len(a.StartsOn.Month().Through(a.LastDay().Month()))
	if wait := rates.WaitingMonths(a.Segment, a.StartsOn); months < wait {
		tx.Doubt(cover.Fault{Code: cover.JKMWaitingPeriod, Params: cover.Params{"months": months, "needed": wait}})
	}
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
// invoice bills.
func Cancel(tx *store.Tx, id uuid.UUID, v store.Version) (cover.CoveragePeriod, error) {
	before, err := tx.LockCoveragePeriod(id, v)
	if err != nil {
		return before, err
	}
	a, err := tx.Agreement(before.AgreementID)
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
