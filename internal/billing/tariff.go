package billing

import (
	"errors"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// EnterSchedule adds a schedule to the tariff. The one of its segment that had no
// end ends on the day before, by a revision of its own. Refuses whoever is no
// national ministry (not_allowed), a name that is in use (schedule_taken), what
// Faults says, and a tariff that would have days with two schedules, or none
// from the first day that has one (schedule_not_seamless).
func EnterSchedule(tx *store.Tx, s tariff.ContributionSchedule) (tariff.ContributionSchedule, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return s, err
	}
	if _, taken := rates.Schedule(s.Name, 0); taken {
		return s, cover.RefuseAt("/name", cover.ScheduleTaken, nil)
	}
	if err := s.Faults().Under("/schedule").Err(); err != nil {
		return s, err
	}
	// One that begins no earlier cannot make room; the two overlap.
	if open, ok := rates.OpenSchedule(s.Segment); ok && open.From.Before(s.From) {
		open.Revision, open.To = open.Revision+1, s.From.Add(-1)
		if err := keepRule(tx, tariff.OfContribution, open.Name, open.Revision, open); err != nil {
			return s, err
		}
	}
	s.Revision = 1
	if err := keepRule(tx, tariff.OfContribution, s.Name, s.Revision, s); err != nil {
		return s, err
	}
	if err := staysWhole(tx, "/schedule", rates, ofSegment(s.Segment)); err != nil {
		return s, err
	}
	return s, recordTariff(tx, s.Name, nil, s)
}

// CorrectSchedule writes a further revision of a schedule, of the same segment; what
// was settled by those before stays as it is. Refuses whoever is no national
// ministry (not_allowed), a revision that is not the last (version_stale), what
// Faults says, and a tariff that would no longer be seamless
// (schedule_not_seamless).
func CorrectSchedule(tx *store.Tx, name string, v store.Version, s tariff.ContributionSchedule) (tariff.ContributionSchedule, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return s, err
	}
	before, known := rates.Schedule(name, 0)
	if !known {
		return s, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	s.Name, s.Segment, s.Revision = name, before.Segment, next(before.Revision, v)
	return s, keepCorrection(tx, tariff.OfContribution, name, s.Revision, s, before, rates, ofSegment(s.Segment))
}

// CorrectBenefitSchedule writes a further revision of what a programme pays. Claims that
// are opened from now on, also of events that are past, pay by it; what was settled stays
// as it is. Refuses what CorrectSchedule refuses.
func CorrectBenefitSchedule(tx *store.Tx, name string, v store.Version, s tariff.BenefitSchedule) (tariff.BenefitSchedule, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return s, err
	}
	before, known := rates.BenefitSchedule(name, 0)
	if !known {
		return s, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	s.Name, s.Programme, s.Revision = name, before.Programme, next(before.Revision, v)
	return s, keepCorrection(tx, tariff.OfBenefit, name, s.Revision, s, before, rates, ofProgramme(s.Programme))
}

// CorrectExGratiaSchedule writes a further revision of what a body gives of its own.
// Refuses what CorrectSchedule refuses.
func CorrectExGratiaSchedule(tx *store.Tx, name string, v store.Version, s tariff.ExGratiaSchedule) (tariff.ExGratiaSchedule, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return s, err
	}
	before, known := rates.ExGratiaSchedule(name, 0)
	if !known {
		return s, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	s.Name, s.Body, s.Revision = name, before.Body, next(before.Revision, v)
	return s, keepCorrection(tx, tariff.OfExGratia, name, s.Revision, s, before, rates, ofBody(s.Body))
}

// CorrectRequirements writes a further revision of a list of the documents that claims
// need. Refuses what CorrectSchedule refuses.
func CorrectRequirements(tx *store.Tx, name string, v store.Version, l tariff.RequirementList) (tariff.RequirementList, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return l, err
	}
	before, known := rates.RequirementList(name, 0)
	if !known {
		return l, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	l.Name, l.Revision = name, next(before.Revision, v)
	return l, keepCorrection(tx, tariff.OfRequirement, name, l.Revision, l, before, rates, (*tariff.Tariff).RequirementDays)
}

// CorrectClock writes a further revision of a version of a time limit. Refuses what
// CorrectSchedule refuses.
func CorrectClock(tx *store.Tx, name string, v store.Version, c tariff.Clock) (tariff.Clock, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return c, err
	}
	before, known := rates.ClockVersion(name, 0)
	if !known {
		return c, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	c.Rule, c.Name, c.Revision = name, before.Name, next(before.Revision, v)
	return c, keepCorrection(tx, tariff.OfClock, name, c.Revision, c, before, rates, ofClock(c.Name))
}

// EnterRelief adds a relief to the tariff. Refuses whoever is no national ministry
// (not_allowed), a name that is in use (schedule_taken), what Faults says, and days
// on which another relief holds for the sector (schedule_not_seamless).
func EnterRelief(tx *store.Tx, r tariff.Relief) (tariff.Relief, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return r, err
	}
	if _, taken := rates.Relief(r.Name, 0); taken {
		return r, cover.RefuseAt("/name", cover.ScheduleTaken, nil)
	}
	if err := r.Faults().Under("/relief").Err(); err != nil {
		return r, err
	}
	r.Revision = 1
	if err := keepRule(tx, tariff.OfRelief, r.Name, r.Revision, r); err != nil {
		return r, err
	}
	if err := staysSeamless(tx, "/relief/from"); err != nil {
		return r, err
	}
	return r, recordTariff(tx, r.Name, nil, r)
}

// CorrectRelief writes a further revision of a relief. Refuses what CorrectSchedule
// refuses.
func CorrectRelief(tx *store.Tx, name string, v store.Version, r tariff.Relief) (tariff.Relief, error) {
	rates, err := mayCorrect(tx)
	if err != nil {
		return r, err
	}
	before, known := rates.Relief(name, 0)
	if !known {
		return r, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	r.Name, r.Revision = name, next(before.Revision, v)
	if err := r.Faults().Err(); err != nil {
		return r, err
	}
	if err := keepRule(tx, tariff.OfRelief, name, r.Revision, r); err != nil {
		return r, err
	}
	if err := staysSeamless(tx, "/from"); err != nil {
		return r, err
	}
	return r, recordTariff(tx, name, before, r)
}

// EnterHoliday adds a day on which nobody works. Refuses whoever is no national
// ministry (not_allowed), and a day that is known (holiday_taken), even as one on
// which people work after all: it is corrected.
func EnterHoliday(tx *store.Tx, h cover.Holiday) (cover.Holiday, error) {
	if _, err := mayCorrect(tx); err != nil {
		return h, err
	}
	_, err := tx.Holiday(h.Day)
	if err == nil {
		return h, cover.RefuseAt("/day", cover.HolidayTaken, nil)
	}
	if cover.KindOf(err) != cover.NotFound {
		return h, err
	}
	if err := keepHoliday(tx, &h, 0); err != nil {
		return h, err
	}
	return h, recordTariff(tx, h.Day.String(), nil, h)
}

// CorrectHoliday names a holiday anew, or says that people work on it after all.
// Refuses whoever is no national ministry (not_allowed), and a version that is not
// the last (version_stale). Days on which issued invoices are due stay.
func CorrectHoliday(tx *store.Tx, h cover.Holiday, v store.Version) (cover.Holiday, error) {
	if _, err := mayCorrect(tx); err != nil {
		return h, err
	}
	before, err := tx.Holiday(h.Day)
	if err != nil {
		return h, err
	}
	if err := keepHoliday(tx, &h, v); err != nil {
		return h, err
	}
	return h, recordTariff(tx, h.Day.String(), before, h)
}

func keepHoliday(tx *store.Tx, h *cover.Holiday, v store.Version) error {
	if err := h.Check(); err != nil {
		return err
	}
	return tx.PutHoliday(h, v)
}

// mayCorrect lets a national ministry change the tariff, alone, and returns it as it
// stands.
func mayCorrect(tx *store.Tx) (*tariff.Tariff, error) {
	if !tx.Actor().Administers() {
		return nil, cover.Refuse(cover.Forbidden, cover.NotAllowed, nil)
	}
	if err := tx.HoldTariff(); err != nil {
		return nil, err
	}
	return tx.Tariff()
}

// next is the revision that follows the one a correction is meant for.
func next(last int, v store.Version) int {
	if v == 0 {
		return last + 1
	}
	return int(v) + 1
}

func keepRule(tx *store.Tx, kind tariff.Kind, name string, revision int, entry any) error {
	rule, err := tariff.NewRule(kind, name, revision, entry)
	if err != nil {
		return err
	}
	return tx.InsertTariffRule(rule)
}

// rule is one that an administrator enters.
type rule interface{ Faults() cover.Faults }

// keepCorrection writes a revision of one of a series, if it is sound and the series
// stays whole.
func keepCorrection(
	tx *store.Tx, kind tariff.Kind, name string, revision int, after, before rule, rates *tariff.Tariff, days series,
) error {
	if err := after.Faults().Err(); err != nil {
		return err
	}
	if err := keepRule(tx, kind, name, revision, after); err != nil {
		return err
	}
	if err := staysWhole(tx, "", rates, days); err != nil {
		return err
	}
	return recordTariff(tx, name, before, after)
}

// staysSeamless holds the whole tariff, with what was changed, together.
func staysSeamless(tx *store.Tx, pointer string) error {
	_, err := tx.Tariff()
	if !errors.Is(err, tariff.ErrNotSeamless) {
		return err
	}
	var f cover.Faults
	f.Add(pointer, cover.ScheduleNotSeamless, nil)
	return f.Err()
}

// series lists the days of schedules that follow each other.
type series func(*tariff.Tariff) []tariff.Validity

func ofSegment(segment cover.Segment) series {
	return func(t *tariff.Tariff) []tariff.Validity { return t.ScheduleDays(segment) }
}

func ofProgramme(programme cover.Programme) series {
	return func(t *tariff.Tariff) []tariff.Validity { return t.BenefitDays(programme) }
}

func ofBody(body cover.OrganisationKind) series {
	return func(t *tariff.Tariff) []tariff.Validity { return t.ExGratiaDays(body) }
}

func ofClock(name string) series {
	return func(t *tariff.Tariff) []tariff.Validity { return t.ClockDays(name) }
}

// staysWhole holds the whole tariff together, and the schedules of a series to the
// days that they rated before and to all that are to come: neither cover nor a death
// could be rated on others.
func staysWhole(tx *store.Tx, pointer string, before *tariff.Tariff, days series) error {
	if err := staysSeamless(tx, pointer+"/from"); err != nil {
		return err
	}
	after, err := tx.Tariff()
	if err != nil {
		return err
	}
	was, is := days(before), days(after)
	var f cover.Faults
	f.Check(is[len(is)-1].To.Zero(), pointer+"/to", cover.ScheduleNotSeamless, nil)
	f.Check(len(was) == 0 || !is[0].From.After(was[0].From), pointer+"/from", cover.ScheduleNotSeamless, nil)
	return f.Err()
}

func recordTariff(tx *store.Tx, name string, before, after any) error {
	return tx.Record(cover.Event{
		Type: cover.TariffCorrected, ResourceID: tx.Name("tariff:" + name), OrganisationID: tx.Actor().OrganisationID,
		Before: before, After: after,
	})
}
