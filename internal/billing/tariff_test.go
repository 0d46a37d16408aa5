package billing_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// ministry is who may correct the tariff.
func (w *world) ministry() access.Actor {
	w.t.Helper()
	who := w.organisation(cover.Ministry, "31.71")
	who.Level, who.AreaCode = cover.National, ""
	return who
}

func (w *world) tariff() *tariff.Tariff {
	w.t.Helper()
	rates, err := w.st.Read(w.t.Context(), w.kpu).Tariff()
	w.must(err)
	return rates
}

func (w *world) schedule(name string) tariff.ContributionSchedule {
	w.t.Helper()
	s, known := w.tariff().Schedule(name, 0)
	if !known {
		w.t.Fatalf("no schedule %s", name)
	}
	return s
}

func (w *world) correct(who access.Actor, v store.Version, s tariff.ContributionSchedule) (tariff.ContributionSchedule, error) {
	return store.Do(w.t.Context(), w.st, who, func(tx *store.Tx) (tariff.ContributionSchedule, error) {
		return billing.CorrectSchedule(tx, s.Name, v, s)
	})
}

func (w *world) billed(invoice uuid.UUID) []cover.InvoiceLine {
	w.t.Helper()
	lines, err := w.st.Read(w.t.Context(), w.branch).InvoiceLines(invoice, nil, store.Page{Limit: 50})
	w.must(err)
	return lines.Items
}

// TestACorrectionChangesTheNextInvoiceAndNoOther: what was issued stays, and the
// revision that it names can still be found.
func TestACorrectionChangesTheNextInvoiceAndNoOther(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	first := w.issued(a, november)
	s := w.schedule("pu-2015-07")
	s.JKMRate = 60
	s, err := w.correct(w.ministry(), 1, s)
	w.must(err)
	if s.Revision != 2 || s.Version() != "pu-2015-07.2" {
		t.Errorf("revision %d, %s", s.Revision, s.Version())
	}
	next := w.drafted(a, december)
	if next.JKK != 34_080 || next.JKM != 85_200 {
		t.Errorf("next: %d + %d", next.JKK, next.JKM)
	}
	read, err := w.st.Read(t.Context(), w.branch).Invoice(first.ID)
	w.must(err)
	if read.JKM != 42_600 || read.Digest != first.Digest || read.Version != first.Version {
		t.Errorf("issued: %+v", read)
	}
	for _, l := range w.billed(next.ID) {
		if l.Schedule != "pu-2015-07.2" {
			t.Errorf("next was rated with %s", l.Schedule)
		}
	}
	for _, l := range w.billed(first.ID) {
		settled, known := w.tariff().Revision(l.Schedule)
		if !known || l.Schedule != "pu-2015-07" || l.WageBase.Share(settled.JKMRate, 10_000) != l.JKM {
			t.Errorf("issued was rated with %s: %+v", l.Schedule, settled)
		}
	}
	if n := one[int](w, `select count(*) from events where type = 'tariff_corrected'`); n != 1 {
		t.Errorf("%d events", n)
	}
}

// TestOfManyWhoCorrectAtOnceOneDoes: one revision comes after the one they read.
func TestOfManyWhoCorrectAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	w := given(t)
	ministry, s := w.ministry(), w.schedule("bpu-2015-07")
	done := 0
	for _, err := range together(10, func(n int) error {
		mine := s
		mine.AgeBelow = 60 + n
		_, err := w.correct(ministry, store.Version(s.Revision), mine)
		return err
	}) {
		if err == nil {
			done++
			continue
		}
		if params := refused(t, err, "", cover.VersionStale); params["version"] != int64(2) {
			t.Errorf("told %v", params)
		}
	}
	if got := w.schedule("bpu-2015-07"); done != 1 || got.Revision != 2 {
		t.Errorf("%d did, revision %d", done, got.Revision)
	}
}

// TestANewScheduleRatesItsOwnMonths: a term across its first day owes each month by
// the schedule of the month, on the base that was frozen.
func TestANewScheduleRatesItsOwnMonths(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	s := w.schedule("pu-2015-07")
	s.Name, s.JKMRate, s.From = "pu-2024-12", 60, december.First()
	_, err := store.Do(t.Context(), w.st, w.ministry(), func(tx *store.Tx) (tariff.ContributionSchedule, error) {
		return billing.EnterSchedule(tx, s)
	})
	w.must(err)
	if old := w.schedule("pu-2015-07"); old.To != november.Last() || old.Revision != 2 {
		t.Errorf("the old one ends on %s in revision %d", old.To, old.Revision)
	}
	nov, dec := w.drafted(a, november), w.drafted(a, december)
	if nov.JKM != 42_600 || dec.JKM != 85_200 || nov.JKK != dec.JKK {
		t.Errorf("November %d + %d, December %d + %d", nov.JKK, nov.JKM, dec.JKK, dec.JKM)
	}
	if n, d := w.billed(nov.ID)[0].Schedule, w.billed(dec.ID)[0].Schedule; n != "pu-2015-07.2" || d != "pu-2024-12" {
		t.Errorf("rated with %s and %s", n, d)
	}
}

// TestWhatWasRefusedLeavesTheTariffAsItWas, also for those who read it meanwhile.
func TestWhatWasRefusedLeavesTheTariffAsItWas(t *testing.T) {
	t.Parallel()
	w := given(t)
	ministry, s := w.ministry(), w.schedule("pu-2015-07")
	late := s
	late.Name, late.From = "pu-2015-06", cover.NewDate(2015, time.June, 1)
	_, err := store.Do(t.Context(), w.st, ministry, func(tx *store.Tx) (tariff.ContributionSchedule, error) {
		return billing.EnterSchedule(tx, late)
	})
	refused(t, err, "/schedule/from", cover.ScheduleNotSeamless)
	s.JKMRate = 60
	undone := errors.New("undone")
	err = w.st.InTx(t.Context(), ministry, func(tx *store.Tx) error {
		if _, err := billing.CorrectSchedule(tx, s.Name, 0, s); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if got := w.schedule("pu-2015-07"); got.Revision != 1 || got.JKMRate != 30 {
		t.Errorf("%+v", got)
	}
	for who, by := range map[string]access.Actor{"a branch": w.branch, "a KPU": w.kpu} {
		if _, err := w.correct(by, 0, s); cover.KindOf(err) != cover.Forbidden {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// TestADayIsKeptWithItsVersions: entered, taken back, and known ever after.
func TestADayIsKeptWithItsVersions(t *testing.T) {
	t.Parallel()
	w := given(t)
	ministry := w.ministry()
	h := cover.Holiday{Day: cover.NewDate(2024, time.December, 16), NameID: "Libur", NameEN: "Holiday", Certainty: "V"}
	enter := func() (cover.Holiday, error) {
		return store.Do(t.Context(), w.st, ministry, func(tx *store.Tx) (cover.Holiday, error) { return billing.EnterHoliday(tx, h) })
	}
	correct := func(v store.Version) (cover.Holiday, error) {
		return store.Do(t.Context(), w.st, ministry, func(tx *store.Tx) (cover.Holiday, error) { return billing.CorrectHoliday(tx, h, v) })
	}
	_, err := correct(1)
	if cover.KindOf(err) != cover.NotFound {
		t.Errorf("corrected before it was known: %v", err)
	}
	made, err := enter()
	w.must(err)
	if due := w.tariff().DueOn(cover.PU, november); made.Version != 1 || due.String() != "2024-12-17" {
		t.Errorf("version %d, due on %s", made.Version, due)
	}
	h.Works = true
	back, err := correct(1)
	w.must(err)
	if due := w.tariff().DueOn(cover.PU, november); back.Version != 2 || due.String() != "2024-12-16" {
		t.Errorf("version %d, due on %s", back.Version, due)
	}
	_, err = correct(1)
	refused(t, err, "", cover.VersionStale)
	_, err = enter()
	refused(t, err, "/day", cover.HolidayTaken)
}

// TestMonthsAreCountedAlike in Go and in the database, whose function planners and
// cover use.
func TestMonthsAreCountedAlike(t *testing.T) {
	t.Parallel()
	w := given(t)
	random := rand.New(rand.NewPCG(20, 24)) // the same every time
	first := cover.NewDate(2023, time.January, 1)
	var rules []string
	var agreed []int
	var from, to []string
	var want []int
	for range 5_000 {
		rule := cover.MonthRules[random.IntN(len(cover.MonthRules))]
		begins := first.Add(random.IntN(1_500))
		ends, n := begins.Add(random.IntN(500)), max(random.IntN(30)-20, 0)
		rules, agreed = append(rules, string(rule)), append(agreed, n)
		from, to = append(from, begins.String()), append(to, ends.String())
		want = append(want, rule.Months(n, begins, ends))
	}
	rows, err := w.db.Query(t.Context(), `select contribution_months(rule, agreed, from_on::date, to_on::date)
		from unnest($1::text[], $2::integer[], $3::text[], $4::text[]) with ordinality as t (rule, agreed, from_on, to_on, n) order by n`,
		rules, agreed, from, to)
	w.must(err)
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var got int
		w.must(rows.Scan(&got))
		if got != want[n] {
			t.Errorf("%s, %d agreed, %s to %s: %d in the database, %d in Go", rules[n], agreed[n], from[n], to[n], got, want[n])
		}
	}
	w.must(rows.Err())
	if n != len(want) {
		t.Errorf("%d answers", n)
	}
}

// TestARuleOfTheProgramThatDoesNotFitIsLeftOut: an administrator ended a schedule on
// another day than the program now does; what else is new comes in.
func TestARuleOfTheProgramThatDoesNotFitIsLeftOut(t *testing.T) {
	t.Parallel()
	w := given(t)
	s := w.schedule("pu-2015-07")
	s.Name, s.From = "pu-2027-01", cover.NewDate(2027, time.January, 1)
	_, err := store.Do(t.Context(), w.st, w.ministry(), func(tx *store.Tx) (tariff.ContributionSchedule, error) {
		return billing.EnterSchedule(tx, s)
	})
	w.must(err)
	rules, err := tariff.Embedded()
	w.must(err)
	s.Name, s.From = "pu-2026-07", cover.NewDate(2026, time.July, 1)
	overlaps, err := tariff.NewRule(tariff.OfContribution, s.Name, 1, s)
	w.must(err)
	relief := tariff.Relief{
		Name: "pp1-2030", Segment: cover.BPU, Sector: tariff.SectorOther, Percent: 10, ExcludedFunding: []cover.FundingSource{"apbn", "apbd"},
		Validity: tariff.Validity{From: cover.NewDate(2030, time.January, 1), To: cover.NewDate(2030, time.June, 30), Law: "PP 1/2030", Certainty: tariff.Read},
	}
	fits, err := tariff.NewRule(tariff.OfRelief, relief.Name, 1, relief)
	w.must(err)
	w.must(w.st.LoadTariff(t.Context(), append(rules, overlaps, fits)))
	if _, known := w.tariff().Schedule("pu-2026-07", 0); known {
		t.Error("a schedule that overlaps was brought in")
	}
	if _, known := w.tariff().Relief("pp1-2030", 0); !known {
		t.Error("a relief that fits was left out")
	}
}
