package claims_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Each thing that a claim lacks is said alone, and all of them at once.
func TestAClaimIsSubmittedOnlyWhole(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	none := func(a *cover.Asked) { a.PayeeID = uuid.NullUUID{} }
	strip := func(w *world, i cover.Incident, kin func(*cover.Kin)) {
		w.do(w.kpu, func(tx *store.Tx) error {
			heirs, err := tx.Heirs(i.ID)
			if err != nil {
				return err
			}
			kin(&heirs[0].Kin)
			return tx.UpdateHeir(&heirs[0])
		})
	}
	for name, tt := range map[string]struct {
		lacks   func(*world, cover.Claim)
		pointer string
		want    cover.Code
	}{
		"nobody is to receive": {func(w *world, c cover.Claim) { w.must(errOf(w.amend(w.kpu, c, none))) }, "/payee_id", cover.PayeeMissing},
		"the incident is open": {func(w *world, c cover.Claim) {
			w.sql(`update incidents set concluded_at = null where id = $1`, c.IncidentID)
		}, "/incident_id", cover.IncidentNotConcluded},
		"the report was late": {func(w *world, c cover.Claim) {
			w.sql(`update incidents set report_due_at = confirmed_at - interval '1 second' where id = $1`, c.IncidentID)
		}, "/reimbursement", cover.ReportWasLate},
		"it is not known where to pay": {func(w *world, c cover.Claim) {
			strip(w, cover.Incident{ID: c.IncidentID}, func(k *cover.Kin) { k.Account.Bank = "" })
		}, "/payee_id", cover.AccountMissing},
		"a minor has no guardian": {func(w *world, c cover.Claim) {
			strip(w, cover.Incident{ID: c.IncidentID}, func(k *cover.Kin) { k.BornOn = day("2006-11-30") })
			w.prove(c)
		}, "/payee_id", cover.GuardianMissing},
		"somebody ranks before": {func(w *world, c cover.Claim) {
			w.sql(`update heirs set relation = 'sibling' where incident_id = $1`, c.IncidentID)
			w.named(cover.Incident{ID: c.IncidentID}, heir(cover.HeirParent))
			w.prove(c)
		}, "/payee_id", cover.HeirOutranked},
		"a paper is missing": {func(w *world, c cover.Claim) {
			w.sql(`delete from documents where incident_id = $1 and kind = 'heirs_letter'`, c.IncidentID)
		}, "/requirements", cover.RequirementUnmet},
		"a paper was rejected": {func(w *world, c cover.Claim) {
			w.sql(`update documents set status = 'rejected' where incident_id = $1 and kind = 'heirs_letter'`, c.IncidentID)
		}, "/requirements", cover.RequirementUnmet},
		"a paper is in quarantine": {func(w *world, c cover.Claim) {
			w.sql(`update documents set status = 'quarantined' where incident_id = $1 and kind = 'heirs_letter'`, c.IncidentID)
		}, "/requirements", cover.RequirementUnmet},
		"it is too late": {func(w *world, c cover.Claim) { w.now = instant("2029-11-29T00:00:00+07:00") }, "/incident_id", cover.ClaimExpired},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = instant("2024-11-29T02:00:00Z")
			c := w.ready(w.died())
			tt.lacks(w, c)
			_, err := w.submit(w.kpu, w.read(c))
			refused(t, err, cover.Invalid, tt.want, tt.pointer)
			if faults := faultsOf(err); len(faults) != 1 {
				t.Errorf("and of other things: %v", faults)
			}
			if got := w.read(c); got.Status != cover.ClaimDraft || got.SubmittedAt != nil {
				t.Errorf("half submitted: %+v", got)
			}
		})
	}
	t.Run("everything", func(t *testing.T) {
		w := w.in(t)
		w.now = instant("2024-11-29T02:00:00Z")
		c := w.claimOf(w.died())
		w.now = instant("2029-11-29T00:00:00+07:00")
		_, err := w.submit(w.kpu, c)
		refused(t, err, cover.Invalid, cover.ClaimExpired, "/incident_id")
		refused(t, err, cover.Invalid, cover.IncidentNotConcluded, "/incident_id")
		refused(t, err, cover.Invalid, cover.PayeeMissing, "/payee_id")
		mandatory := 0
		for _, r := range w.needed(c) {
			if r.Mandatory {
				mandatory++
			}
		}
		if got := len(faultsOf(err)); mandatory < 8 || got != mandatory+3 {
			t.Errorf("%d faults of %d papers: %v", got, mandatory, faultsOf(err))
		}
	})
}

func faultsOf(err error) cover.Faults {
	if e, ours := errors.AsType[*cover.Error](err); ours {
		return e.Faults
	}
	return nil
}

// A paper counts for the best of those that were sent of its kind.
func TestHowAPaperStands(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	const (
		missing, attached  = cover.RequirementMissing, cover.RequirementAttached
		accepted, rejected = cover.RequirementAccepted, cover.RequirementRejected
	)
	for name, tt := range map[string]struct {
		sent []cover.DocumentStatus
		want cover.RequirementStatus
		ids  int
	}{
		"nothing":                          {nil, missing, 0},
		"one that waits":                   {[]cover.DocumentStatus{cover.DocumentReceived}, attached, 1},
		"one at the scanner":               {[]cover.DocumentStatus{cover.DocumentScanning}, attached, 1},
		"one in quarantine":                {[]cover.DocumentStatus{cover.DocumentQuarantined}, missing, 0},
		"one on its way":                   {[]cover.DocumentStatus{cover.DocumentArriving}, missing, 0},
		"one that was withdrawn":           {[]cover.DocumentStatus{cover.DocumentWithdrawn}, missing, 0},
		"one that was rejected":            {[]cover.DocumentStatus{cover.DocumentRejected}, rejected, 1},
		"another after that":               {[]cover.DocumentStatus{cover.DocumentRejected, cover.DocumentReceived}, attached, 2},
		"one that was accepted, among all": {[]cover.DocumentStatus{cover.DocumentAccepted, cover.DocumentRejected, cover.DocumentReceived}, accepted, 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			c := w.claimOf(w.died())
			for _, status := range tt.sent {
				w.paper(c.IncidentID, cover.Requirement{DocumentKind: cover.DeathCertificate}, status)
			}
			at := slices.IndexFunc(w.needed(c), func(r cover.Requirement) bool { return r.DocumentKind == cover.DeathCertificate })
			if r := w.needed(c)[at]; r.Status != tt.want || len(r.DocumentIDs) != tt.ids {
				t.Errorf("%s with %d papers, want %s", r.Status, len(r.DocumentIDs), tt.want)
			}
		})
	}
}

// While a claim is back at its organiser the branch's clock stands still, and runs on
// from where it stood: to the day.
func TestAReturnedClaimDoesNotUseUpTheBranchsTime(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted() // Friday, 29 November; the seventh working day is 10 December
	if c.PayDueOn != day("2024-12-10") {
		t.Fatalf("to be paid on %s", c.PayDueOn)
	}
	w.now = instant("2024-12-03T10:00:00+07:00") // Tuesday: Monday and Tuesday are used
	back, err := w.returns(w.branch, c)
	w.must(err)
	if back.Status != cover.ClaimIncomplete || !back.PayDueOn.Zero() {
		t.Errorf("%+v", back)
	}
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-10T23:59:59.999999+07:00", cover.DeadlinePaused)
	refused(t, errOf(w.verify(colleague(w.branch), back)), cover.Conflict, cover.ClaimWrongStatus)
	w.now = instant("2024-12-16T10:00:00+07:00")
	again, err := w.submit(w.kpu, back)
	w.must(err)
	if again.Status != cover.ClaimSubmitted || again.PayDueOn != day("2024-12-23") {
		t.Errorf("to be paid on %s", again.PayDueOn)
	}
	w.is(w.deadline(w.branch, "jkk_payment"), w.branch, "2024-12-23T23:59:59.999999+07:00", cover.DeadlineRunning)
	paid, err := w.pay(w.branch, w.granted(again), "2024-12-16")
	w.must(err)
	steps, err := w.store.Read(t.Context(), w.kpu).ClaimSteps(c.ID)
	w.must(err)
	var did []cover.ClaimDecision
	for _, s := range steps {
		did = append(did, s.Decision)
	}
	want := []cover.ClaimDecision{
		cover.DecidedSubmitted, cover.DecidedReturned, cover.DecidedSubmitted, cover.DecidedVerified, cover.DecidedApproved, cover.DecidedPaid,
	}
	if !slices.Equal(did, want) || steps[1].Reasons[0].Note != "Buram." || steps[1].OrganisationID != w.branch.OrganisationID {
		t.Errorf("did %v: %+v", did, steps[1])
	}
	w.happened(paid.ID, cover.ClaimOpened, cover.ClaimAmended, cover.ClaimWasSubmitted, cover.ClaimReturned, cover.ClaimWasSubmitted,
		cover.ClaimWasVerified, cover.ClaimWasApproved, cover.ClaimWasPaid)
}

// What is wanting may be seen only when it is to be approved.
func TestWhatIsVerifiedIsReturnedAndVerifiedAnew(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	back, err := w.returns(w.branch, w.verified())
	w.must(err)
	if back.Status != cover.ClaimIncomplete || back.VerifiedBy.Valid {
		t.Errorf("%+v", back)
	}
	again, err := w.submit(w.kpu, back)
	w.must(err)
	refused(t, errOf(w.approve(w.branch, again)), cover.Conflict, cover.ClaimWrongStatus)
	w.granted(again)
}

// One in a hundred for each day after the last in time, on top of what was granted.
func TestWhatIsPaidLateIsCompensated(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for paid, want := range map[string]cover.Rupiah{"2024-12-10": 0, "2024-12-11": 844_000, "2024-12-20": 8_440_000} {
		t.Run(paid, func(t *testing.T) {
			w := w.in(t)
			w.now = instant("2024-11-29T02:00:00Z")
			c := w.granted(w.submitted())
			w.now = instant("2024-12-31T09:00:00+07:00")
			c, err := w.pay(w.branch, c, paid)
			w.must(err)
			if c.Amount != 84_400_000 || c.Compensation != want || c.Paid() != c.Amount+want {
				t.Errorf("%d and %d for its lateness, want %d", c.Amount, c.Compensation, want)
			}
			if d := w.deadlineOf(cover.Incident{ID: c.IncidentID}, "jkk_payment"); d.Late() != (want > 0) {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestAClaimIsPaidFromTheDayOfItsDecision(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.granted(w.submitted())
	refused(t, errOf(w.pay(w.branch, c, "2024-11-28")), cover.Invalid, cover.BeforeDecision, "/paid_on")
	refused(t, errOf(w.pay(w.branch, c, "2024-11-30")), cover.Invalid, cover.InTheFuture, "/paid_on")
	if got := w.read(c); got.Status != cover.ClaimApproved || got.PaymentReference != "" {
		t.Errorf("half paid: %+v", got)
	}
}

// correct has a schedule corrected by a ministry.
func (w *world) correct(name string, change func(*tariff.BenefitSchedule)) {
	w.Helper()
	if w.ministry.OrganisationID == uuid.Nil {
		w.ministry = w.organisation(cover.Ministry, cover.National, "", "Asia/Jakarta")
	}
	w.do(w.ministry, func(tx *store.Tx) error {
		rates, err := tx.Tariff()
		if err != nil {
			return err
		}
		s, known := rates.BenefitSchedule(name, 0)
		if !known {
			return fmt.Errorf("no schedule %s", name)
		}
		s.Items = slices.Clone(s.Items)
		change(&s)
		return errOf(billing.CorrectBenefitSchedule(tx, name, store.Version(s.Revision), s))
	})
}

func fundFuneral(amount cover.Rupiah) func(*tariff.BenefitSchedule) {
	return func(s *tariff.BenefitSchedule) { s.Items[1].Amount = amount }
}

// Between the estimate and the decision somebody corrects the tariff. The rule of the
// day of the event decides, as it stands when it is decided; that of other days nothing.
func TestAClaimIsDecidedByTheRuleOfItsDayAsItStands(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.died()
	estimate := func() cover.Rupiah {
		e, err := claims.Estimate(w.store.Read(t.Context(), w.kpu), claims.Estimating{
			Programmes: []cover.Programme{cover.JKK}, On: day("2024-11-28"), Outcome: tariff.Died, Segment: cover.PU, Base: 1_300_000,
		})
		w.must(err)
		return e.Options[0].Total
	}
	if estimate() != 84_400_000 || w.claimOf(i).Amount != 84_400_000 {
		t.Errorf("estimated %d, claimed %d", estimate(), w.claimOf(i).Amount)
	}
	c, err := w.submit(w.kpu, w.ready(i))
	w.must(err)
	c = w.checked(c)
	w.correct("jkk-2015-07", fundFuneral(9_000_000)) // of other days
	w.correct("jkm-2019-12", fundFuneral(9_000_000)) // of another programme
	w.correct("jkk-2019-12", fundFuneral(11_000_000))
	if got := w.read(c).Amount; got != 84_400_000 {
		t.Errorf("a correction changed a claim by itself: %d", got)
	}
	c, err = w.approve(w.branch, c)
	w.must(err)
	if c.Amount != 85_400_000 || c.Schedule != tariff.Version("jkk-2019-12", 2) || estimate() != 85_400_000 {
		t.Errorf("%d by %s, estimated %d", c.Amount, c.Schedule, estimate())
	}
	explained(t, c)
	w.correct("jkk-2019-12", fundFuneral(12_000_000))
	c, err = w.pay(w.branch, c, "2024-11-29")
	w.must(err)
	if c.Amount != 85_400_000 {
		t.Errorf("what was approved is %d", c.Amount)
	}
	// What was paid too little is claimed once more, and only that.
	more, err := w.supplement(c)
	w.must(err)
	if more.Amount != 1_000_000 || !more.ReopensID.Valid {
		t.Errorf("%+v", more)
	}
	explained(t, more)
	refused(t, errOf(w.supplement(c)), cover.Conflict, cover.ClaimTaken, "/incident_id")
	more, err = w.submit(w.kpu, w.paidTo(more, cover.Heir{ID: c.PayeeID.UUID}))
	w.must(err)
	more, err = w.pay(w.branch, w.granted(more), "2024-11-29")
	w.must(err)
	refused(t, errOf(w.supplement(c)), cover.Conflict, cover.ClaimTaken, "/incident_id")
	refused(t, errOf(w.supplement(more)), cover.Conflict, cover.NothingMoreToPay, "/reopens_id")
	w.correct("jkk-2019-12", fundFuneral(12_500_000))
	third, err := w.supplement(more)
	w.must(err)
	if third.Amount != 500_000 {
		t.Errorf("%+v", third)
	}
}

// supplement claims what a paid claim paid too little.
func (w *world) supplement(paid cover.Claim) (cover.Claim, error) {
	return w.open(w.kpu, cover.Incident{ID: paid.IncidentID}, paid.Programme, func(in *cover.Opening) {
		in.ReopensID = uuid.NullUUID{UUID: paid.ID, Valid: true}
		in.Losses, in.Pupils, in.SchoolYear = paid.Losses, paid.Pupils, paid.SchoolYear
	})
}

func TestOnlyAPaidClaimOfTheIncidentIsReopenedByAnother(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.granted(w.submitted())
	refused(t, errOf(w.supplement(c)), cover.Conflict, cover.ClaimNotReopened, "/reopens_id")
	paid, err := w.pay(w.branch, c, "2024-11-29")
	w.must(err)
	refused(t, errOf(w.supplement(paid)), cover.Conflict, cover.NothingMoreToPay, "/reopens_id")
	other := w.died()
	refused(t, errOf(w.supplement(cover.Claim{ID: paid.ID, IncidentID: other.ID, Programme: cover.JKK})), cover.Conflict, cover.ClaimNotReopened, "/reopens_id")
	refused(t, errOf(w.supplement(cover.Claim{ID: uuid.New(), IncidentID: other.ID, Programme: cover.JKK})), cover.Conflict, cover.ClaimNotReopened, "/reopens_id")
}

func TestADecisionIsTakenBackBeforeItIsPaid(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.granted(w.submitted())
	w.now = instant("2024-12-02T09:00:00+07:00")
	refused(t, errOf(w.reopen(w.kpu, c)), cover.Forbidden, cover.PartyRoleRequired)
	c, err := w.reopen(w.branch, c)
	w.must(err)
	if c.Status != cover.ClaimSubmitted || c.DecidedAt != nil || c.VerifiedBy.Valid || c.PayDueOn != day("2024-12-10") {
		t.Errorf("%+v", c) // the clock never stood
	}
	c, err = w.pay(w.branch, w.granted(c), "2024-12-02")
	w.must(err)
	refused(t, errOf(w.reopen(w.branch, c)), cover.Conflict, cover.ClaimWrongStatus)
	w.happened(c.ID, cover.ClaimOpened, cover.ClaimAmended, cover.ClaimWasSubmitted, cover.ClaimWasVerified, cover.ClaimWasApproved,
		cover.ClaimReopened, cover.ClaimWasVerified, cover.ClaimWasApproved, cover.ClaimWasPaid)
}

// A rejection ends the clock; an appeal starts another, and somebody else decides.
func TestAnAppealIsDecidedBySomebodyElseOnATimeOfItsOwn(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c, err := w.reject(w.branch, w.verified())
	w.must(err)
	if c.RejectionReason != "documents_incomplete" || !c.PayDueOn.Zero() || c.DecidedAt == nil {
		t.Errorf("%+v", c)
	}
	w.now = instant("2024-12-02T09:00:00+07:00")
	refused(t, errOf(w.appeal(w.branch, c)), cover.Forbidden, cover.PartyRoleRequired)
	c, err = w.appeal(w.kpu, c)
	w.must(err)
	if c.Status != cover.ClaimSubmitted || c.RejectionReason != "" || c.PayDueOn != day("2024-12-11") {
		t.Errorf("%+v", c)
	}
	c = w.checked(c)
	refused(t, errOf(w.approve(w.branch, c)), cover.Forbidden, cover.MakerIsChecker)
	refused(t, errOf(w.reject(w.branch, c)), cover.Forbidden, cover.MakerIsChecker)
	w.must(errOf(w.approve(colleague(w.branch), c)))
	if got := w.incident(c.IncidentID); got.Guaranteed() != cover.GuaranteeWaits {
		t.Errorf("%s", got.Guaranteed())
	}
}

// Rejected as no work accident, a death is JKM at once. An appeal goes back to JKK, once
// the organiser lets go of the other: one event is never claimed as both.
func TestAnAppealAgainstNotWorkRelatedGivesUpJKM(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.verified()
	w.must(errOf(w.guarantee(w.branch, cover.Incident{ID: c.IncidentID}, cover.GuaranteeProvisional)))
	c, err := w.rejectFor(w.branch, c, cover.NotWorkRelated)
	w.must(err)
	i := w.incident(c.IncidentID)
	jkm := w.claimOf(i)
	if i.Status() != cover.IncidentRefused || jkm.Programme != cover.JKM || jkm.Amount != 42_000_000 {
		t.Errorf("%+v claims %+v", i, jkm)
	}
	if d := w.deadlineOf(i, "guarantee_conclusion"); d.MetAt == nil {
		t.Errorf("%+v", d)
	}
	refused(t, errOf(w.appeal(w.kpu, c)), cover.Conflict, cover.ClaimTaken, "/incident_id")
	if d := w.deadlineOf(i, "jkk_claim"); d.MetAt == nil { // it was claimed in time, whatever came of it
		t.Errorf("%+v", d)
	}
	w.must(errOf(w.withdraw(w.kpu, jkm)))
	c, err = w.appeal(w.kpu, c)
	w.must(err)
	if i := w.incident(c.IncidentID); c.Status != cover.ClaimSubmitted || !i.AtWork() || i.Guaranteed() != cover.GuaranteeWaits {
		t.Errorf("%+v of %+v", c, i)
	}
	c, err = w.approve(colleague(w.branch), w.checked(c))
	w.must(err)
	if c.Amount != 84_400_000 {
		t.Errorf("%d", c.Amount)
	}
	w.happened(c.IncidentID, cover.IncidentReported, cover.IncidentWasConcluded, cover.IncidentGuaranteed, cover.IncidentGuaranteed,
		cover.IncidentGuaranteed)
}

// Once JKM is paid there is no way back to JKK.
func TestOneEventIsPaidAsJKKOrAsJKMAndNeverAsBoth(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c, err := w.rejectFor(w.branch, w.verified(), cover.NotWorkRelated)
	w.must(err)
	jkm := w.paidTo(w.claimOf(cover.Incident{ID: c.IncidentID}), cover.Heir{ID: c.PayeeID.UUID})
	w.prove(jkm)
	jkm, err = w.submit(w.kpu, jkm)
	w.must(err)
	w.must(errOf(w.pay(w.branch, w.granted(jkm), "2024-11-29")))
	refused(t, errOf(w.appeal(w.kpu, c)), cover.Conflict, cover.ClaimTaken, "/incident_id")
	refused(t, errOf(w.reopen(w.branch, c)), cover.Conflict, cover.ClaimTaken, "/incident_id")
	refused(t, errOf(w.open(w.kpu, cover.Incident{ID: c.IncidentID}, cover.JKK)), cover.Invalid, cover.ProgrammeOfOtherKind, "/programme")
	if got := w.read(c); got.Status != cover.ClaimRejected || !w.incident(c.IncidentID).Covered() || w.incident(c.IncidentID).AtWork() {
		t.Errorf("half appealed: %+v", got)
	}
}

// JKM is not about the work: that reason on it leaves the incident alone.
func TestAnAppealForJKMLeavesTheIncidentAlone(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, err := w.guarantee(w.branch, w.died(), cover.GuaranteeRefused)
	w.must(err)
	c, err := w.submit(w.kpu, w.ready(i))
	w.must(err)
	c, err = w.rejectFor(w.branch, c, cover.NotWorkRelated)
	w.must(err)
	c, err = w.appeal(w.kpu, c)
	w.must(err)
	c, err = w.approve(colleague(w.branch), w.checked(c))
	w.must(err)
	if got := w.incident(i.ID); got.AtWork() || c.Programme != cover.JKM || c.Amount != 42_000_000 {
		t.Errorf("%+v of %+v", c, got)
	}
}

// A draft that was voided is a draft again when it is appealed: it was never shown
// that it is whole.
func TestAVoidedDraftIsADraftAgain(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.died()
	c := w.claimOf(i)
	w.must(errOf(w.guarantee(w.branch, i, cover.GuaranteeRefused)))
	if d := w.deadlineOf(i, "jkk_claim"); d.StatusAt(w.now) != cover.DeadlineCancelled {
		t.Errorf("the clock of claiming is %s", d.StatusAt(w.now))
	}
	w.must(errOf(w.withdraw(w.kpu, w.claimOf(i))))
	c, err := w.appeal(w.kpu, c)
	w.must(err)
	if d := w.deadlines(w.kpu, "jkk_claim"); len(d) != 2 || d[1].StatusAt(w.now) != cover.DeadlineRunning || !d[1].DueAt.Equal(d[0].DueAt) {
		t.Errorf("it runs anew: %+v", d)
	}
	if c.Status != cover.ClaimDraft || !c.PayDueOn.Zero() || len(w.deadlines(w.kpu, "jkk_payment")) > 0 {
		t.Errorf("%+v", c)
	}
}

// Whoever reported late paid first, and claims it back.
func TestALateReportIsClaimedBack(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	w.now = instant("2024-11-30T02:40:01+07:00")
	i := w.reported(told(o, cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00"))
	i, err := w.conclude(w.kpu, i, cover.Died)
	w.must(err)
	c := w.paidTo(w.claimOf(i), w.named(i, heir(cover.HeirSpouse))) // whom the body paid
	w.prove(c)
	_, err = w.submit(w.kpu, c)
	refused(t, err, cover.Invalid, cover.ReportWasLate, "/reimbursement")
	c, err = w.amend(w.kpu, c, func(a *cover.Asked) { a.Reimbursement = true })
	w.must(err)
	_, err = w.submit(w.kpu, c)
	if params := refused(t, err, cover.Invalid, cover.RequirementUnmet, "/requirements"); params["document_kind"] != cover.PaymentProof {
		t.Errorf("told of %v", params)
	}
	w.prove(c)
	c, err = w.submit(w.kpu, c)
	w.must(err)
	if c = w.granted(c); c.Amount != 84_400_000 || !c.Reimbursement {
		t.Errorf("%+v", c)
	}
}

// What was whole when it was submitted is looked at again when it is verified and when
// it is approved.
func TestAClaimThatIsNoLongerWholeIsNotGranted(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for name, tt := range map[string]struct {
		becomes func(*world, cover.Claim)
		pointer string
		want    cover.Code
	}{
		"a nearer heir is named": {func(w *world, c cover.Claim) {
			w.sql(`update heirs set relation = 'parent' where id = $1`, c.PayeeID)
			w.named(cover.Incident{ID: c.IncidentID}, child("2015-01-01"))
		}, "/payee_id", cover.HeirOutranked},
		"a paper is rejected": {func(w *world, c cover.Claim) {
			w.sql(`update documents set status = 'rejected' where incident_id = $1 and kind = 'heirs_letter'`, c.IncidentID)
		}, "/requirements", cover.RequirementUnmet},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			submitted, verified := w.submitted(), w.verified()
			tt.becomes(w, submitted)
			tt.becomes(w, verified)
			refused(t, errOf(w.verify(colleague(w.branch), submitted)), cover.Invalid, tt.want, tt.pointer)
			refused(t, errOf(w.approve(w.branch, verified)), cover.Invalid, tt.want, tt.pointer)
			w.must(errOf(w.returns(w.branch, submitted)))
			w.must(errOf(w.reject(w.branch, verified)))
		})
	}
}

// Of a suspected accident nothing is granted until the branch has said that it was one.
func TestASuspectedAccidentIsGrantedOnceItIsGuaranteed(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	in := told(w.covered(1_300_000, "2024-05-26", "2025-01-27"), cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00")
	in.Suspected = true
	c, err := w.submit(w.kpu, w.ready(w.reported(in)))
	w.must(err)
	c = w.checked(c)
	refused(t, errOf(w.approve(w.branch, c)), cover.Conflict, cover.GuaranteeOpen)
	w.must(errOf(w.guarantee(w.branch, cover.Incident{ID: c.IncidentID}, cover.GuaranteeProvisional)))
	refused(t, errOf(w.approve(w.branch, c)), cover.Conflict, cover.GuaranteeOpen)
	w.must(errOf(w.guarantee(w.branch, cover.Incident{ID: c.IncidentID}, cover.Guaranteed)))
	w.must(errOf(w.approve(w.branch, c)))
}

// A withdrawn claim makes room, and its clock ends.
func TestAClaimIsWithdrawnBeforeItIsVerified(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	c, err := w.withdraw(w.kpu, c)
	w.must(err)
	if d := w.deadlines(w.kpu, "jkk_payment"); c.Status != cover.ClaimWithdrawn || len(d) != 1 || d[0].CancelledAt == nil {
		t.Errorf("%+v with %+v", c, d)
	}
	refused(t, errOf(w.withdraw(w.kpu, w.verified())), cover.Conflict, cover.ClaimWrongStatus)
}

// The organiser claims, its own branch decides, and another one does not know of it.
func TestTheBranchAloneDecides(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	other := w.organisation(cover.BPJSOffice, regency, "35.16", "Asia/Jakarta")
	for _, verb := range []func(access.Actor, cover.Claim) (cover.Claim, error){w.returns, w.verify, w.approve, w.reject, w.reopen} {
		refused(t, errOf(verb(w.kpu, c)), cover.Forbidden, cover.PartyRoleRequired)
		refused(t, errOf(verb(other, c)), cover.NotFound, cover.ResourceUnknown)
	}
}

// What is to be paid is looked at once more: to whom, and by what right.
func TestWhatNoLongerStandsIsNotPaid(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, err := w.conclude(w.kpu, w.died(), cover.Died)
	w.must(err)
	c := w.paidTo(w.claimOf(i), w.named(i, heir(cover.HeirSibling)))
	w.prove(c)
	c, err = w.submit(w.kpu, c)
	w.must(err)
	c = w.granted(c)
	w.named(i, heir(cover.HeirSpouse))
	refused(t, errOf(w.pay(w.branch, c, "2024-11-29")), cover.Invalid, cover.HeirOutranked, "/payee_id")
	if got := w.read(c); got.Status != cover.ClaimApproved {
		t.Errorf("%+v", got)
	}
}

// A claim that was handed in on its last day, and came back, may still be mended.
func TestWhatWasClaimedInTimeDoesNotExpire(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.ready(w.died())
	w.now = instant("2029-11-28T10:00:00+07:00")
	c, err := w.submit(w.kpu, c)
	w.must(err)
	back, err := w.returns(w.branch, c)
	w.must(err)
	w.now = instant("2029-12-03T10:00:00+07:00")
	w.must(errOf(w.submit(w.kpu, back)))
	late := w.ready(w.reported(told(w.covered(1_300_000, "2024-05-26", "2030-01-27"), cover.SuddenDeath, cover.Died, "2029-11-28T02:40:00+07:00")))
	w.now = instant("2034-11-29T00:00:00+07:00")
	refused(t, errOf(w.submit(w.kpu, late)), cover.Invalid, cover.ClaimExpired, "/incident_id")
}

// The day on which somebody claims is that of their organisation, wherever the branch is.
func TestTheDayOfAClaimIsThatOfTheBody(t *testing.T) {
	w := given(t, "Asia/Jayapura")
	branch := w.organisation(cover.BPJSOffice, regency, "35.16", "Asia/Jakarta")
	o := w.officer("2024-05-26", "2025-01-27")
	w.period(o, w.agree(cover.PU, w.kpu, branch), 1_000_000, "2024-05-26")
	i := w.reported(accident(o, "2024-11-28T02:40:00+09:00"))
	w.now = instant("2024-12-03T00:30:00+09:00") // 2 December at the branch
	i, err := w.conclude(w.kpu, i, cover.Recovered)
	w.must(err)
	c, err := w.open(w.kpu, i, cover.JKK, losses(cover.Loss{Kind: cover.BenefitIncapacity, From: day("2024-11-28"), To: day("2024-12-03")}))
	w.must(err)
	w.prove(c)
	c, err = w.submit(w.kpu, c)
	w.must(err)
	c, err = w.verify(colleague(branch), c)
	w.must(err)
	got, err := w.approve(branch, c)
	w.must(err)
	if got.Amount != c.Amount || got.Amount != 200_000 {
		t.Errorf("claimed %d, granted %d", c.Amount, got.Amount)
	}
}

// What the work caused when it was paid, it caused when more of it is claimed.
func TestMoreOfAPaidClaimIsNotRejectedForTheWork(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	paid, err := w.pay(w.branch, w.granted(w.submitted()), "2024-11-29")
	w.must(err)
	w.correct("jkk-2019-12", fundFuneral(11_000_000))
	more, err := w.supplement(paid)
	w.must(err)
	more, err = w.submit(w.kpu, w.paidTo(more, cover.Heir{ID: paid.PayeeID.UUID}))
	w.must(err)
	refused(t, errOf(w.rejectFor(colleague(w.branch), more, cover.NotWorkRelated)), cover.Conflict, cover.GuaranteeDecided)
	w.must(errOf(w.rejectFor(colleague(w.branch), more, "untrue")))
	if i := w.incident(paid.IncidentID); !i.AtWork() {
		t.Errorf("%+v", i)
	}
}

// What the guarantee said is not said by a claim that is rejected after it.
func TestARejectionLeavesNoReferenceOfTheGuarantee(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	w.must(errOf(w.guarantee(w.branch, cover.Incident{ID: c.IncidentID}, cover.GuaranteeProvisional)))
	w.must(errOf(w.rejectFor(w.branch, c, cover.NotWorkRelated)))
	if i := w.incident(c.IncidentID); i.Guarantee != cover.GuaranteeRefused || i.GuaranteeReference != "" {
		t.Errorf("%s by %q", i.Guarantee, i.GuaranteeReference)
	}
}
