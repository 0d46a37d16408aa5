package registry_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/reference"
	"naungan/internal/registry"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// The people and days of these tests.
const village = "61.06.01.1001"

var (
	signed = cover.NewDate(2024, time.August, 26)
	lasts  = cover.NewDate(2025, time.January, 27)
)

// world is Kapuas Hulu with its payer and BPJS office, and Bawaslu beside it.
type world struct {
	t   *testing.T
	st  *store.Store
	now time.Time

	admin, kpu, bawaslu, payer, branch access.Actor
}

var keyring = sync.OnceValue(func() *keys.Keys {
	doc, err := keys.Generate()
	if err != nil {
		panic(err)
	}
	k, err := keys.Load(doc)
	if err != nil {
		panic(err)
	}
	return k
})

func prepare(ctx context.Context, url string) error {
	st, err := store.Open(ctx, url, keyring(), time.Now)
	if err != nil {
		return err
	}
	defer st.Close()
	return reference.Load(ctx, st)
}

func given(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.now = time.Date(2024, time.August, 26, 9, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	var err error
	w.st, err = store.Open(t.Context(), pgtest.NewFrom(t, pgtest.Template{Key: "reference", Prepare: prepare}), keyring(), func() time.Time { return w.now })
	w.must(err)
	t.Cleanup(w.st.Close)
	w.must(w.st.Refresh(t.Context()))
	_, err = registry.First(t.Context(), w.st, []string{"clients:admin"}, func(id uuid.UUID, secret string) error {
		w.admin.ClientID = id
		return nil
	})
	w.must(err)
	_, ministry, err := w.st.ClientByID(t.Context(), w.admin.ClientID)
	w.must(err)
	w.admin = w.actor(ministry)
	w.kpu, w.bawaslu = w.register(cover.KPU), w.register(cover.Bawaslu)
	w.payer, w.branch = w.register(cover.RegionalGovernment), w.register(cover.BPJSOffice)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) actor(o cover.Organisation) access.Actor {
	return access.Actor{
		ClientID: uuid.New(), OrganisationID: o.ID, Kind: o.Kind, Level: o.Level, AreaCode: o.AreaCode, TimeZone: o.TimeZone,
	}
}

// as runs a verb for somebody and returns what it doubted as well.
func as[T any](w *world, who access.Actor, do func(*store.Tx) (T, error)) (out T, doubts cover.Faults, err error) {
	err = w.st.InTx(w.t.Context(), who, func(tx *store.Tx) error {
		out, err = do(tx)
		doubts = tx.Doubts
		return err
	})
	return out, doubts, err
}

func (w *world) register(kind cover.OrganisationKind) access.Actor {
	w.t.Helper()
	o, _, err := as(w, w.admin, func(tx *store.Tx) (cover.Organisation, error) {
		return registry.Register(tx, cover.Registration{
			Kind: kind, Level: "regency", AreaCode: "61.06", Name: string(kind), TimeZone: "Asia/Jakarta",
		})
	})
	w.must(err)
	return w.actor(o)
}

// agree makes a signed agreement of an election body for some positions.
func (w *world) agree(body access.Actor, change func(*cover.AgreementTerms), positions ...string) uuid.UUID {
	w.t.Helper()
	terms := cover.AgreementTerms{
		Title: "Pelindungan", Segment: cover.PU, WageBasePolicy: cover.BaseHonorarium, FundingSource: "nphd", StartsOn: signed, EndsOn: lasts,
		Parties: []cover.Party{
			{OrganisationID: body.OrganisationID, Role: cover.Organiser},
			{OrganisationID: w.payer.OrganisationID, Role: cover.Payer},
			{OrganisationID: w.branch.OrganisationID, Role: cover.Branch},
		},
	}
	for _, p := range positions {
		terms.Positions = append(terms.Positions, cover.AgreementPosition{Position: p, Headcount: 1, Included: true})
	}
	if change != nil {
		change(&terms)
	}
	a, _, err := as(w, body, func(tx *store.Tx) (cover.Agreement, error) { return registry.Draft(tx, terms) })
	w.must(err)
	_, _, err = as(w, w.branch, func(tx *store.Tx) (cover.Agreement, error) { return registry.Sign(tx, a.ID, 1, signed) })
	w.must(err)
	return a.ID
}

// appoint makes an officer; nik tells people apart.
func (w *world) appoint(body access.Actor, nik string, change func(*cover.Appointment)) cover.Officer {
	w.t.Helper()
	in := cover.Appointment{
		ExternalID: uuid.NewString(), Personal: cover.Personal{NIK: cover.NIK(nik)}, FullName: "Rini Contoh", BornOn: cover.NewDate(1989, 8, 5),
		Position: "pps", AreaCode: village, TermFrom: cover.NewDate(2024, 5, 26), TermTo: lasts,
	}
	if change != nil {
		change(&in)
	}
	o, _, err := as(w, body, func(tx *store.Tx) (cover.Officer, error) { return registry.Appoint(tx, in) })
	w.must(err)
	return o
}

func (w *world) enrol(body access.Actor, agreement uuid.UUID) (cover.Enrolment, cover.Faults) {
	w.t.Helper()
	e, doubts, err := as(w, body, func(tx *store.Tx) (cover.Enrolment, error) { return registry.Enrol(tx, agreement, nil, false) })
	w.must(err)
	return e, doubts
}

// came is what came of an enrolment: how many were enrolled, and why others were not.
func came(e cover.Enrolment) map[cover.Code]int64 {
	out := map[cover.Code]int64{"enrolled": e.Enrolled, "already": e.AlreadyEnrolled}
	for _, s := range e.Skipped {
		out[s.Reason] = s.Officers
	}
	return out
}

func (w *world) want(what string, e cover.Enrolment, want map[cover.Code]int64) {
	w.t.Helper()
	got := came(e)
	for reason, n := range want {
		if got[reason] != n {
			w.t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
		delete(got, reason)
	}
	for _, n := range got {
		if n != 0 {
			w.t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
	}
}

func TestEnrolmentCoversEverybodyOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.appoint(w.kpu, "9906014508890001", nil)
	w.appoint(w.kpu, "9906014508890002", func(a *cover.Appointment) { a.Role = cover.RoleChair })
	w.appoint(w.kpu, "9906014508890003", func(a *cover.Appointment) { a.TermTo = signed.Add(-1) })                  // over before
	w.appoint(w.kpu, "9906014508890004", func(a *cover.Appointment) { a.Position, a.AreaCode = "ppk", "61.06.01" }) // not included
	agreement := w.agree(w.kpu, nil, "pps")
	e, _ := w.enrol(w.kpu, agreement)
	w.want("first", e, map[cover.Code]int64{"enrolled": 2})
	if e.MonthlyPremium != 7_020+8_100 {
		t.Errorf("premium %d", e.MonthlyPremium)
	}
	again, _ := w.enrol(w.branch, agreement)
	w.want("again", again, map[cover.Code]int64{"already": 2})
}

// TestOneDutyThatCannotBeCoveredCostsNobodyTheOther: a person on two duties at
// once is covered for the first that can be.
func TestOneDutyThatCannotBeCoveredCostsNobodyTheOther(t *testing.T) {
	t.Parallel()
	w := given(t)
	const person = "9906014508890001"
	w.appoint(w.bawaslu, person, func(a *cover.Appointment) { a.Position, a.AreaCode = "panwascam", "61.06.01" }) // its honorarium is not known
	w.appoint(w.bawaslu, person, func(a *cover.Appointment) { a.Position, a.Honorarium = "pkd", 1_100_000 })
	e, _ := w.enrol(w.bawaslu, w.agree(w.bawaslu, nil, "panwascam", "pkd"))
	w.want("two duties", e, map[cover.Code]int64{"enrolled": 1, cover.SkippedNoWageBase: 1})
}

func TestASecondBodyIsToldNoMoreThanThatSomebodyIsCovered(t *testing.T) {
	t.Parallel()
	w := given(t)
	const person = "9906014508890001"
	w.appoint(w.kpu, person, nil)
	w.appoint(w.bawaslu, person, func(a *cover.Appointment) { a.Position, a.Honorarium = "pkd", 1_100_000 })
	first, _ := w.enrol(w.kpu, w.agree(w.kpu, nil, "pps"))
	w.want("KPU", first, map[cover.Code]int64{"enrolled": 1})
	second, _ := w.enrol(w.bawaslu, w.agree(w.bawaslu, nil, "pkd"))
	w.want("Bawaslu", second, map[cover.Code]int64{cover.SkippedCoveredElsewhere: 1})
}

// TestAgeIsCountedWhenCoverBegins: on the first day of each officer's own cover,
// not on that of the agreement.
func TestAgeIsCountedWhenCoverBegins(t *testing.T) {
	t.Parallel()
	w := given(t)
	begins := cover.NewDate(2024, 11, 7)
	late := func(born cover.Date) func(*cover.Appointment) {
		return func(a *cover.Appointment) { a.BornOn, a.TermFrom, a.Honorarium = born, begins, 1_300_000 }
	}
	w.appoint(w.kpu, "9906014711590001", late(cover.NewDate(1959, 11, 7))) // 65 on that day
	w.appoint(w.kpu, "9906014811590001", late(cover.NewDate(1959, 11, 8))) // a day younger
	agreement := w.agree(w.kpu, func(t *cover.AgreementTerms) {
		t.Segment, t.WageBasePolicy = cover.BPU, cover.BaseBPUTier
	}, "pps")
	e, _ := w.enrol(w.kpu, agreement)
	w.want("BPU", e, map[cover.Code]int64{"enrolled": 1, cover.SkippedTooOld: 1})
}

// TestATermIsNotMovedPastItsEnd: an officer who ended before their term began would
// make every enrolment of the body fail.
func TestATermIsNotMovedPastItsEnd(t *testing.T) {
	t.Parallel()
	w := given(t)
	o := w.appoint(w.kpu, "9906014508890001", nil)
	_, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Officer, error) {
		return registry.End(tx, o.ID, 0, cover.NewDate(2024, 9, 1), cover.EndResigned)
	})
	w.must(err)
	_, _, err = as(w, w.kpu, func(tx *store.Tx) (cover.Officer, error) {
		return registry.AmendOfficer(tx, o.ID, 0, func(a *cover.Appointment) { a.TermFrom = cover.NewDate(2024, 10, 1) })
	})
	if cover.KindOf(err) != cover.Invalid {
		t.Errorf("a term after its end: %v", err)
	}
	e, _ := w.enrol(w.kpu, w.agree(w.kpu, nil, "pps"))
	w.want("the ended officer, for the days of duty", e, map[cover.Code]int64{"enrolled": 1})
}

func TestAShortBPUCoverIsDoubted(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.appoint(w.kpu, "9906014508890001", func(a *cover.Appointment) {
		a.TermFrom, a.TermTo, a.Honorarium = cover.NewDate(2025, 3, 1), cover.NewDate(2025, 5, 1), 1_300_000
	})
	agreement := w.agree(w.kpu, func(t *cover.AgreementTerms) {
		t.Segment, t.WageBasePolicy = cover.BPU, cover.BaseBPUTier
		t.StartsOn, t.EndsOn = cover.NewDate(2025, 3, 1), cover.NewDate(2025, 4, 30)
	}, "pps")
	e, doubts := w.enrol(w.kpu, agreement)
	w.want("two months", e, map[cover.Code]int64{"enrolled": 1})
	if len(doubts) != 1 || doubts[0].Code != cover.JKMWaitingPeriod {
		t.Errorf("doubts %v", doubts)
	}
}

// The months that count are those of each officer's term, however long the agreement.
func TestAShortTermUnderALongBPUAgreementIsDoubted(t *testing.T) {
	t.Parallel()
	w := given(t)
	long := func(t *cover.AgreementTerms) {
		t.Segment, t.WageBasePolicy = cover.BPU, cover.BaseBPUTier
		t.StartsOn, t.EndsOn = cover.NewDate(2025, 5, 1), cover.NewDate(2025, 12, 31)
	}
	w.appoint(w.kpu, "9906014508890001", func(a *cover.Appointment) {
		a.TermFrom, a.TermTo, a.Honorarium = cover.NewDate(2025, 5, 1), cover.NewDate(2025, 12, 31), 1_300_000
	})
	agreement := w.agree(w.kpu, long, "pps")
	if _, doubts := w.enrol(w.kpu, agreement); len(doubts) != 0 {
		t.Errorf("eight months: doubts %v", doubts)
	}
	w.appoint(w.kpu, "9906014508890002", func(a *cover.Appointment) {
		a.TermFrom, a.TermTo, a.Honorarium = cover.NewDate(2025, 11, 7), cover.NewDate(2025, 12, 8), 1_300_000
	})
	_, doubts := w.enrol(w.kpu, agreement)
	if len(doubts) != 1 || doubts[0].Code != cover.JKMWaitingPeriod || doubts[0].Params["months"] != 2 {
		t.Errorf("two months: doubts %v", doubts)
	}
}

// TestACorrectedWaitIsDoubtedAtOnce: three months are enough until the wait is four.
func TestACorrectedWaitIsDoubtedAtOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	duty := func(a *cover.Appointment) {
		a.TermFrom, a.TermTo, a.Honorarium = cover.NewDate(2025, 5, 1), cover.NewDate(2025, 7, 31), 1_300_000
	}
	agreement := w.agree(w.kpu, func(t *cover.AgreementTerms) {
		t.Segment, t.WageBasePolicy = cover.BPU, cover.BaseBPUTier
		t.StartsOn, t.EndsOn = cover.NewDate(2025, 5, 1), cover.NewDate(2025, 7, 31)
	}, "pps")
	w.appoint(w.kpu, "9906014508890001", duty)
	if _, doubts := w.enrol(w.kpu, agreement); len(doubts) != 0 {
		t.Errorf("of three months: doubts %v", doubts)
	}
	_, _, err := as(w, w.admin, func(tx *store.Tx) (tariff.BenefitSchedule, error) {
		rates, err := tx.Tariff()
		w.must(err)
		s, _ := rates.BenefitSchedule("jkm-2025-02", 0)
		wait := *s.Waiting
		wait.Months, s.Waiting = 4, &wait
		return billing.CorrectBenefitSchedule(tx, s.Name, 1, s)
	})
	w.must(err)
	w.appoint(w.kpu, "9906014508890002", duty)
	_, doubts := w.enrol(w.kpu, agreement)
	if len(doubts) != 1 || doubts[0].Code != cover.JKMWaitingPeriod || doubts[0].Params["months"] != 3 || doubts[0].Params["needed"] != 4 {
		t.Errorf("of four months: doubts %v", doubts)
	}
}

// TestAnEnrolmentMayBeLeftToTheQueue: it is the same enrolment, done once, and says
// what was doubtful.
func TestAnEnrolmentMayBeLeftToTheQueue(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.appoint(w.kpu, "9906014508890001", nil)
	agreement := w.agree(w.kpu, nil, "pps")
	e, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Enrolment, error) { return registry.Enrol(tx, agreement, nil, true) })
	w.must(err)
	if e.Status() != cover.EnrolmentRunning || e.Enrolled != 0 {
		t.Fatalf("%s, %d enrolled", e.Status(), e.Enrolled)
	}
	who, err := w.st.Asker(t.Context(), e.ID)
	w.must(err)
	for range 2 { // the queue may try again what it does not know to be done
		w.must(w.st.InTx(t.Context(), who, func(tx *store.Tx) error { return registry.CompleteEnrolment(tx, e.ID) }))
		done, err := w.st.Read(t.Context(), w.kpu).Enrolment(e.ID)
		w.must(err)
		w.want(string(done.Status()), done, map[cover.Code]int64{"enrolled": 1})
		if done.Status() != cover.EnrolmentCompleted || len(done.Positions) != 1 {
			t.Errorf("%s, %v", done.Status(), done.Positions)
		}
	}
}

// TestOneEnrolmentOfAnAgreementWaitsAtATime: whoever asks again is told which.
func TestOneEnrolmentOfAnAgreementWaitsAtATime(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.appoint(w.kpu, "9906014508890001", nil)
	agreement := w.agree(w.kpu, nil, "pps")
	enrol := func(later bool) (cover.Enrolment, error) {
		e, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Enrolment, error) { return registry.Enrol(tx, agreement, nil, later) })
		return e, err
	}
	first, err := enrol(true)
	w.must(err)
	for _, later := range []bool{true, false} {
		_, err := enrol(later)
		if e, refused := errors.AsType[*cover.Error](err); !refused || e.Code != cover.EnrolmentIsRunning || e.Params["enrolment_id"] != first.ID {
			t.Errorf("again: %v", err)
		}
	}
	w.must(w.st.InTx(t.Context(), w.kpu, func(tx *store.Tx) error { return registry.CompleteEnrolment(tx, first.ID) }))
	again, err := enrol(false)
	w.must(err)
	w.want("after it", again, map[cover.Code]int64{"already": 1})
}

func TestAnEnrolmentUnderAnAgreementThatEndedMeanwhileFails(t *testing.T) {
	t.Parallel()
	w := given(t)
	w.appoint(w.kpu, "9906014508890001", nil)
	agreement := w.agree(w.kpu, nil, "pps")
	e, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Enrolment, error) { return registry.Enrol(tx, agreement, nil, true) })
	w.must(err)
	w.now = w.now.AddDate(2, 0, 0)
	err = w.st.InTx(t.Context(), w.kpu, func(tx *store.Tx) error { return registry.CompleteEnrolment(tx, e.ID) })
	why, refused := errors.AsType[*cover.Error](err)
	if !refused {
		t.Fatal(err)
	}
	w.must(w.st.InTx(t.Context(), w.kpu, func(tx *store.Tx) error { return registry.FailEnrolment(tx, e.ID, why) }))
	done, err := w.st.Read(t.Context(), w.kpu).Enrolment(e.ID)
	w.must(err)
	if done.Status() != cover.EnrolmentFailed || done.Failure.Code != cover.AgreementNotInForce || done.Enrolled != 0 {
		t.Errorf("%s: %+v", done.Status(), done.Failure)
	}
}

func TestCoverOwesAsManyMonthsAsItsAgreementSays(t *testing.T) {
	t.Parallel()
	w := given(t)
	from, to := cover.NewDate(2024, 11, 16), cover.NewDate(2025, 1, 15)
	n := 0
	for name, tt := range map[string]struct {
		rule   cover.MonthRule
		agreed int
		want   int
	}{
		"each calendar month touched":            {cover.MonthsByCalendar, 0, 3},
		"each month begun since the first day":   {cover.MonthsByAnniversary, 0, 2},
		"as many as were agreed":                 {cover.MonthsByCalendar, 1, 1},
		"never more than there are":              {cover.MonthsByCalendar, 9, 3},
		"what was agreed, whatever the rule is":  {cover.MonthsByAnniversary, 3, 3},
		"the first months, and none of the rest": {cover.MonthsByAnniversary, 2, 2},
	} {
		n++
		o := w.appoint(w.kpu, fmt.Sprintf("99060145088900%02d", n), func(a *cover.Appointment) { a.TermFrom, a.TermTo = from, to })
		agreement := w.agree(w.kpu, func(t *cover.AgreementTerms) { t.MonthRule, t.Contributions = tt.rule, tt.agreed }, "pps")
		w.enrol(w.kpu, agreement)
		listed, err := w.st.Read(t.Context(), w.kpu).CoveragePeriods(store.CoverageFilter{OfficerID: o.ID}, store.Page{Limit: 9})
		w.must(err)
		if len(listed.Items) != 1 || listed.Items[0].Contributions != tt.want {
			t.Errorf("%s: %+v, want %d", name, listed.Items, tt.want)
		}
		if got := tt.rule.Months(tt.agreed, from, to); got != tt.want {
			t.Errorf("%s: %d by the rule, want %d", name, got, tt.want)
		}
	}
}
