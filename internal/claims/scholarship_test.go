package claims_test

import (
	"testing"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// school claims a school year of some children at a level.
func school(year int, level cover.EducationLevel, children ...cover.Heir) asked {
	return func(in *cover.Opening) {
		in.SchoolYear = year
		for _, h := range children {
			in.Pupils = append(in.Pupils, cover.Pupil{HeirID: h.ID, Level: level, Unmarried: true, NotWorking: true})
		}
	}
}

// orphaned is a death at work whose claim is approved, with children of 2015.
func (w *world) orphaned(children int) (cover.Incident, []cover.Heir) {
	w.Helper()
	w.now = instant("2024-11-29T02:00:00Z")
	c := w.granted(w.submitted())
	i := w.incident(c.IncidentID)
	var named []cover.Heir
	for range children {
		named = append(named, w.named(i, guarded(child("2015-01-01"))))
	}
	return i, named
}

// settled pays a claim of a scholarship.
func (w *world) settled(c cover.Claim) cover.Claim {
	w.Helper()
	w.prove(c)
	c, err := w.submit(w.kpu, c)
	w.must(err)
	c, err = w.pay(w.branch, w.granted(c), cover.DateOf(w.now, w.branch.Zone()).String())
	w.must(err)
	return c
}

// Two of three go to school for the fund, and the same two each year.
func TestTwoChildrenReceiveAndNoThird(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, of := w.orphaned(3)
	_, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", of...))
	refused(t, err, cover.Invalid, cover.TooManyPupils, "/pupils")
	c, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", of[:2]...))
	w.must(err)
	if c.Amount != 3_000_000 || len(c.Items) != 1 || c.Items[0].Kind != cover.BenefitScholarship {
		t.Errorf("%+v", c)
	}
	explained(t, c)
	refused(t, errOf(w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", of[0]))), cover.Invalid, cover.PupilTaken, "/pupils/0/heir_id")
	c = w.settled(c)
	if !c.PayDueOn.Zero() || c.Compensation != 0 {
		t.Errorf("a scholarship has a clock: %+v", c)
	}
	refused(t, w.strike(w.kpu, of[0]), cover.Conflict, cover.HeirClaimed)
	w.now = instant("2025-07-01T00:00:00+07:00")
	refused(t, errOf(w.open(w.kpu, i, cover.Scholarship, school(2025, "primary", of[1:]...))), cover.Invalid, cover.TooManyPupils, "/pupils")
	w.must(errOf(w.open(w.kpu, i, cover.Scholarship, school(2025, "primary", of[:2]...))))
}

// A school year is claimed from its first day, and for three years back; none before the
// officer died.
func TestASchoolYearIsClaimedInItsTime(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for name, tt := range map[string]struct {
		died, now string
		years     map[int]bool
	}{
		"in the year of the death": {"2024-11-28", "2024-11-29", map[int]bool{2023: false, 2024: true, 2025: false}},
		"who died in spring":       {"2024-05-28", "2024-05-29", map[int]bool{2022: false, 2023: true, 2024: false}},
		"on the last day of June":  {"2024-11-28", "2025-06-30", map[int]bool{2024: true, 2025: false}},
		"on the first of July":     {"2024-11-28", "2025-07-01", map[int]bool{2024: true, 2025: true, 2026: false}},
		"three years back":         {"2024-11-28", "2026-07-01", map[int]bool{2023: false, 2024: true, 2025: true, 2026: true}},
		"and no more than three":   {"2024-11-28", "2027-07-01", map[int]bool{2024: false, 2025: true, 2026: true, 2027: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = instant(tt.died + "T20:00:00+07:00")
			o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
			c, err := w.submit(w.kpu, w.ready(w.reported(told(o, cover.SuddenDeath, cover.Died, tt.died+"T02:40:00+07:00"))))
			w.must(err)
			w.granted(c)
			i := w.incident(c.IncidentID)
			of := w.named(i, child("2015-01-01"))
			w.now = instant(tt.now + "T00:00:00+07:00")
			for year, open := range tt.years {
				_, err := w.open(w.kpu, i, cover.Scholarship, school(year, "primary", of))
				if open {
					w.must(err)
					continue
				}
				refused(t, err, cover.Invalid, cover.SchoolYearOver, "/school_year")
			}
		})
	}
}

func TestWhoIsNoPupil(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, of := w.orphaned(1)
	now := instant("2024-11-29T02:00:00Z")
	grown, almost := w.named(i, child("2001-11-29")), w.named(i, child("2001-11-30"))
	spouse := w.named(i, heir(cover.HeirSpouse))
	struck := w.named(i, child("2015-01-01"))
	w.must(w.strike(w.kpu, struck))
	for name, tt := range map[string]struct {
		pupil   cover.Pupil
		pointer string
		want    cover.Code
	}{
		"23 today":   {cover.Pupil{HeirID: grown.ID, Level: "higher", Unmarried: true, NotWorking: true}, "/pupils/0/heir_id", cover.PupilIneligible},
		"married":    {cover.Pupil{HeirID: of[0].ID, Level: "primary", NotWorking: true}, "/pupils/0/unmarried", cover.PupilIneligible},
		"at work":    {cover.Pupil{HeirID: of[0].ID, Level: "primary", Unmarried: true}, "/pupils/0/not_working", cover.PupilIneligible},
		"no child":   {cover.Pupil{HeirID: spouse.ID, Level: "primary", Unmarried: true, NotWorking: true}, "/pupils/0/heir_id", cover.PupilIneligible},
		"struck out": {cover.Pupil{HeirID: struck.ID, Level: "primary", Unmarried: true, NotWorking: true}, "/pupils/0/heir_id", cover.HeirUnknown},
		"nobody":     {cover.Pupil{HeirID: uuid.New(), Level: "primary", Unmarried: true, NotWorking: true}, "/pupils/0/heir_id", cover.HeirUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = now
			_, err := w.open(w.kpu, i, cover.Scholarship, func(in *cover.Opening) { in.SchoolYear, in.Pupils = 2024, []cover.Pupil{tt.pupil} })
			refused(t, err, cover.Invalid, tt.want, tt.pointer)
		})
	}
	c, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "higher", almost))
	w.must(err)
	if c.Amount != 12_000_000 {
		t.Errorf("who is 23 tomorrow: %d", c.Amount)
	}
}

// A level is paid for so many years and no more; the next one begins anew.
func TestTheYearsOfALevelAreUsedUp(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, of := w.orphaned(1)
	for year := 2024; year <= 2025; year++ { // kindergarten has two
		w.now = instant("2024-11-29T02:00:00Z").AddDate(year-2024, 0, 0)
		c, err := w.open(w.kpu, i, cover.Scholarship, school(year, "kindergarten", of[0]))
		w.must(err)
		if c = w.settled(c); c.Amount != 1_500_000 {
			t.Errorf("in %d: %d", year, c.Amount)
		}
	}
	w.now = instant("2026-11-29T02:00:00Z")
	_, err := w.open(w.kpu, i, cover.Scholarship, school(2026, "kindergarten", of[0]))
	refused(t, err, cover.Invalid, cover.PupilIneligible, "/pupils")
	w.must(errOf(w.open(w.kpu, i, cover.Scholarship, school(2026, "primary", of[0]))))
	if b, err := w.open(w.kpu, i, cover.Scholarship, school(2026, "primary", of[0])); err == nil {
		t.Errorf("twice: %+v", b)
	}
}

// The right to it is earned: by a claim that was approved, for a death or a disability
// that is total.
func TestAScholarshipIsEarned(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.died()
	of := w.named(i, child("2015-01-01"))
	_, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", of))
	refused(t, err, cover.Conflict, cover.ScholarshipNotEarned, "/incident_id")
	for name, tt := range map[string]struct {
		loss   cover.Loss
		earned bool
	}{
		"total":   {cover.Loss{Kind: "disability", Total: true}, true},
		"partial": {cover.Loss{Kind: "disability", Part: "both_eyes"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			o := w.covered(1_100_000, "2024-05-26", "2025-01-27")
			i, err := w.conclude(w.kpu, w.reported(accident(o, "2024-11-28T02:40:00+07:00")), cover.Disabled)
			w.must(err)
			c, err := w.open(w.kpu, i, cover.JKK, losses(tt.loss))
			w.must(err)
			w.prove(c)
			c, err = w.submit(w.kpu, c)
			w.must(err)
			if c = w.granted(c); tt.earned && c.Amount != 73_600_000 { // B05
				t.Errorf("%d", c.Amount)
			}
			got, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", w.named(i, child("2015-01-01"))))
			if !tt.earned {
				refused(t, err, cover.Conflict, cover.ScholarshipNotEarned, "/incident_id")
				return
			}
			w.must(err)
			if got.Amount != 1_500_000 {
				t.Errorf("%d", got.Amount)
			}
		})
	}
}

// Under JKM after three years of contributions.
func TestJKMPaysScholarshipsAfterThreeYearsOfContributions(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for name, tt := range map[string]struct {
		months int
		earned bool
	}{
		"36 months": {36, true},
		"35 months": {35, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = instant("2024-11-29T02:00:00Z")
			o := w.officer("2021-01-01", "2024-12-31")
			period := w.period(o, w.agree(cover.PU, w.kpu, w.branch), 1_300_000, "2021-01-01")
			last := day("2024-11-01")
			for n := range tt.months {
				w.paid(period, last.AddMonths(-n).String()[:7], 2000)
			}
			c, err := w.submit(w.kpu, w.ready(w.reported(told(o, cover.Illness, cover.Died, "2024-11-28T02:40:00+07:00"))))
			w.must(err)
			w.granted(c)
			i := w.incident(c.IncidentID)
			got, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", w.named(i, child("2015-01-01"))))
			if !tt.earned {
				params := refused(t, err, cover.Invalid, cover.PupilIneligible, "/pupils")
				if params["paid_months"] != int64(tt.months) || params["needed_months"] != int64(36) {
					t.Errorf("%v", params)
				}
				return
			}
			w.must(err)
			if got.Amount != 1_500_000 {
				t.Errorf("%d by %v", got.Amount, got.Steps)
			}
		})
	}
}

// Each year has a letter of the school of its own.
func TestALetterProvesOneSchoolYear(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, of := w.orphaned(1)
	c, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", of[0]))
	w.must(err)
	w.settled(c)
	w.now = instant("2025-07-01T00:00:00+07:00")
	c, err = w.open(w.kpu, i, cover.Scholarship, school(2025, "primary", of[0]))
	w.must(err)
	_, err = w.submit(w.kpu, c)
	if params := refused(t, err, cover.Invalid, cover.RequirementUnmet, "/requirements"); params["document_kind"] != cover.SchoolLetter || params["school_year"] != 2025 {
		t.Errorf("told of %v", params)
	}
	w.settled(c)
}

// A right to scholarships that was taken back pays no more of them.
func TestAScholarshipFallsWithWhatEarnedIt(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	death := w.granted(w.submitted())
	i := w.incident(death.IncidentID)
	c, err := w.open(w.kpu, i, cover.Scholarship, school(2024, "primary", w.named(i, guarded(child("2015-01-01")))))
	w.must(err)
	w.prove(c)
	c, err = w.submit(w.kpu, c)
	w.must(err)
	c = w.granted(c)
	w.must(errOf(w.reopen(w.branch, death)))
	refused(t, errOf(w.pay(w.branch, c, "2024-11-29")), cover.Invalid, cover.ScholarshipNotEarned, "/incident_id")
}
