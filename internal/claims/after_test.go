package claims_test

import (
	"testing"

	"naungan/internal/cover"
)

// paidInjury is a claim for an accident that an officer survived, paid.
func (w *world) paidInjury(o cover.Officer) (cover.Incident, cover.Claim) {
	w.Helper()
	i, err := w.conclude(w.kpu, w.reported(accident(o, "2024-11-28T02:40:00+07:00")), cover.Recovered)
	w.must(err)
	c, err := w.open(w.kpu, i, cover.JKK, losses(cover.Loss{Kind: cover.BenefitMedicalCare, Cost: 3_000_000}))
	w.must(err)
	return i, w.settled(c)
}

// Who dies of what was paid for before is claimed by what it paid too little, with what was
// spent before; that death too is claimed once.
func TestADeathAfterAPaidInjury(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2024-12-15")
	i, injury := w.paidInjury(o)
	w.now = instant("2024-12-10T09:00:00+07:00")
	_, doubts, err := w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: cover.Died, StatedAt: w.now, DiedAt: &w.now})
	w.must(err)
	if !has(doubts, "/outcome", cover.ClaimTaken) {
		t.Errorf("warned of %v", doubts)
	}
	injury.Losses = nil // it names none
	rest, err := w.supplement(injury)
	w.must(err)
	if rest.Amount != 84_400_000 || len(rest.Losses) != 1 || !rest.Deceased.Valid {
		t.Errorf("%+v", rest)
	}
	again := w.again(o, "2024-12-11", "2025-01-27")
	w.now = instant("2024-12-20T09:00:00+07:00")
	second, doubts, err := w.report(w.kpu, told(again, cover.Illness, cover.Died, "2024-12-20T02:40:00+07:00"))
	w.must(err)
	if !has(doubts, "/outcome", cover.DeathTaken) || !second.Covered() {
		t.Errorf("warned of %v; %+v", doubts, second)
	}
}

// A claim that the body still has in hand pays for the death that came meanwhile.
func TestADraftFollowsADeath(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, err := w.conclude(w.kpu, w.reported(accident(w.covered(1_300_000, "2024-05-26", "2025-01-27"), "2024-11-28T02:40:00+07:00")), cover.Recovered)
	w.must(err)
	c, err := w.open(w.kpu, i, cover.JKK, losses(cover.Loss{Kind: cover.BenefitMedicalCare, Cost: 3_000_000}))
	w.must(err)
	w.now = instant("2024-12-10T09:00:00+07:00")
	_, doubts, err := w.concludeWith(w.kpu, i, cover.Conclusion{Outcome: cover.Died, StatedAt: w.now, DiedAt: &w.now})
	w.must(err)
	if got := w.read(c); has(doubts, "/outcome", cover.ClaimTaken) || got.Amount != 87_400_000 || !got.Deceased.Valid {
		t.Errorf("warned of %v; %+v", doubts, got)
	}
}

// Late payment is compensated for the days on which the claim lay with the office.
func TestWhatLiesWithTheClaimantIsNotLate(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	if want := day("2024-12-10"); c.PayDueOn != want {
		t.Fatalf("due on %s, want %s", c.PayDueOn, want)
	}
	w.now = instant("2024-12-12T09:00:00+07:00") // two days late
	c, err := w.returns(w.branch, c)
	w.must(err)
	w.now = instant("2025-02-14T09:00:00+07:00")
	c, err = w.submit(w.kpu, c)
	w.must(err)
	c = w.granted(c)
	w.now = instant("2025-02-15T09:00:00+07:00") // and one more
	c, err = w.pay(w.branch, c, "2025-02-15")
	w.must(err)
	if want := c.Amount * 3 / 100; c.Compensation != want {
		t.Errorf("%d for being late, want %d", c.Compensation, want)
	}
}

// A claim rests on the cover on which it was opened; on no other, with another base and
// another office.
func TestAClaimKeepsToItsCover(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.verified()
	officer := cover.Officer{ID: c.OfficerID}
	w.sql(`update coverage_periods set cancelled_on = from_on where id = $1`, c.CoveragePeriodID)
	w.must(w.db.QueryRow(t.Context(), `select term_from, term_to, organisation_id from officers where id = $1`, c.OfficerID).
		Scan(&officer.TermFrom, &officer.TermTo, &officer.OrganisationID))
	w.period(officer, w.agreement, 5_000_000, "2024-05-26")
	refused(t, errOf(w.approve(w.branch, c)), cover.Conflict, cover.CoverReplaced)
}

// Who could not work is paid until the doctor's letter of stage II.
func TestNoWagesAfterTheEnd(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.lamed(1_300_000, "2024-12-04T09:00:00+07:00")
	w.now = instant("2024-12-20T09:00:00+07:00")
	ask := func(to string) error {
		return errOf(w.open(w.kpu, i, cover.JKK, losses(cover.Loss{Kind: cover.BenefitIncapacity, From: day("2024-12-01"), To: day(to)})))
	}
	refused(t, ask("2024-12-05"), cover.Invalid, cover.AfterEnd, "/losses/0/to_on")
	w.must(ask("2024-12-04"))
}

// What was said of the work since a claim was rejected stays said when somebody appeals.
func TestAnAppealLeavesALaterGuaranteeAlone(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.lamed(1_300_000, "2024-11-29T09:00:00+07:00")
	c, err := w.open(w.kpu, i, cover.JKK, losses(cover.Loss{Kind: cover.BenefitMedicalCare, Cost: 3_000_000}))
	w.must(err)
	w.prove(c)
	c, err = w.submit(w.kpu, c)
	w.must(err)
	c, err = w.rejectFor(w.branch, c, cover.NotWorkRelated)
	w.must(err)
	i, err = w.guarantee(w.branch, i, cover.Guaranteed)
	w.must(err)
	w.must(errOf(w.appeal(w.kpu, c)))
	if got := w.incident(i.ID); got.Guarantee != cover.Guaranteed {
		t.Errorf("%+v", got)
	}
}

// A claim that is withdrawn has claimed nothing: the five years run on.
func TestWithdrawingLetsTheYearsRunOn(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	i := w.incident(c.IncidentID)
	if d := w.deadlineOf(i, "jkk_claim"); d.MetAt == nil {
		t.Errorf("%+v", d)
	}
	c, err := w.returns(w.branch, c)
	w.must(err)
	w.must(errOf(w.withdraw(w.kpu, c)))
	if d := w.deadlineOf(i, "jkk_claim"); d.StatusAt(w.now) != cover.DeadlineRunning {
		t.Errorf("%+v", d)
	}
}
