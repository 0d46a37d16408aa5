package billing_test

import (
	"testing"
	"time"

	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// knew is the version of what deaths pay, on a day of 2025, as it was known at an instant.
func (w *world) knew(at time.Time) string {
	w.t.Helper()
	rates, err := w.st.Read(w.t.Context(), w.branch).KnownTariff(at)
	w.must(err)
	return rates.Check(tariff.Checking{Day: cover.NewDate(2025, time.May, 1)}).JKM.Version
}

func (w *world) corrects(name, law string) {
	w.t.Helper()
	_, err := store.Do(w.t.Context(), w.st, w.ministry(), func(tx *store.Tx) (tariff.BenefitSchedule, error) {
		rates, err := tx.Tariff()
		if err != nil {
			return tariff.BenefitSchedule{}, err
		}
		s, _ := rates.BenefitSchedule(name, 0)
		s.Law = law
		return billing.CorrectBenefitSchedule(tx, name, store.Version(s.Revision), s)
	})
	w.must(err)
}

// TestTheTariffIsKnownAsItStood: what the program brought first was always known, a
// correction from the instant it was made, and what a newer program brings from when it
// was started.
func TestTheTariffIsKnownAsItStood(t *testing.T) {
	t.Parallel()
	w := given(t)
	began := w.now
	w.now = began.AddDate(0, 1, 0)
	w.corrects("jkm-2025-02", "PP 1/2025")
	corrected := w.now
	for at, want := range map[time.Time]string{
		began.AddDate(-9, 0, 0):           "jkm-2025-02",
		began:                             "jkm-2025-02",
		corrected.Add(-time.Microsecond):  "jkm-2025-02",
		corrected:                         "jkm-2025-02.2",
		corrected.AddDate(1, 0, 0):        "jkm-2025-02.2",
		corrected.Add(-time.Second).UTC(): "jkm-2025-02",
	} {
		if got := w.knew(at); got != want {
			t.Errorf("at %s %s was known, want %s", at, got, want)
		}
	}

	w.now = began.AddDate(1, 0, 0)
	rules, err := tariff.Embedded()
	w.must(err)
	for n, r := range rules {
		if r.Name != "jkk-2019-12" {
			continue
		}
		s, _ := w.tariff().BenefitSchedule(r.Name, 0)
		s.Law = "PP 2/2025"
		rules[n], err = tariff.NewRule(r.Kind, r.Name, 1, s)
		w.must(err)
	}
	w.must(w.st.LoadTariff(t.Context(), rules))
	law := func(at time.Time) string {
		rates, err := w.st.Read(t.Context(), w.branch).KnownTariff(at)
		w.must(err)
		return rates.Check(tariff.Checking{Day: cover.NewDate(2025, time.May, 1)}).JKK.Law
	}
	if got := law(w.now.Add(-time.Second)); got != "PP 82/2019, annex III" {
		t.Errorf("before the newer program: %s", got)
	}
	if got := law(w.now); got != "PP 2/2025" {
		t.Errorf("since: %s", got)
	}
}

// TestAChangeOfTheTariffIsKnownWithThoseBeforeIt, even if its own clock was behind: a tariff
// that never stood is never asked.
func TestAChangeOfTheTariffIsKnownWithThoseBeforeIt(t *testing.T) {
	t.Parallel()
	w := given(t)
	began := w.now
	w.now = began.AddDate(0, 2, 0)
	w.corrects("jkm-2025-02", "PP 1/2025")
	w.now = began.AddDate(0, 1, 0)
	w.corrects("jkm-2025-02", "PP 2/2025")
	if got := w.knew(began.AddDate(0, 0, 40)); got != "jkm-2025-02.3" {
		t.Errorf("%s, want the third revision with the second before it", got)
	}
}
