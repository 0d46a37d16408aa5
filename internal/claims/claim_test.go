package claims_test

import (
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// A death pays what the law says, on the base that cover froze.
func TestADeathPays(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	const work, ill = cover.SuddenDeath, cover.Illness
	for name, tt := range map[string]struct {
		segment   cover.Segment
		kind      cover.IncidentKind
		programme cover.Programme
		base      cover.Rupiah
		died      string
		paid      []string
		want      cover.Rupiah
	}{
		"JKK of a member of a PPS":       {cover.PU, work, cover.JKK, 1_300_000, "2024-02-15", nil, 84_400_000},
		"B01: JKK of a member of a KPPS": {cover.PU, work, cover.JKK, 1_100_000, "2024-02-15", nil, 74_800_000},
		"B02: JKK of the chair of one":   {cover.PU, work, cover.JKK, 1_200_000, "2024-02-15", nil, 79_600_000},
		"B14: JKM, BPU, one month":       {cover.BPU, ill, cover.JKM, 1_000_000, "2024-02-15", []string{"2024-02"}, 42_000_000},
		"B15: JKM, BPU, one month, since they wait": {
			cover.BPU, ill, cover.JKM, 1_000_000, "2025-03-15", []string{"2025-03"}, 10_000_000,
		},
		"B16: JKM, BPU, three months, since they wait": {
			cover.BPU, ill, cover.JKM, 1_000_000, "2025-06-15", []string{"2025-04", "2025-05", "2025-06"}, 42_000_000,
		},
		"a month that was left out breaks the row": {
			cover.BPU, ill, cover.JKM, 1_000_000, "2025-06-15", []string{"2025-03", "2025-04", "2025-06"}, 10_000_000,
		},
		"a month after the death does not count": {
			cover.BPU, ill, cover.JKM, 1_000_000, "2025-06-15", []string{"2025-05", "2025-06", "2025-07"}, 10_000_000,
		},
		"JKM of PU never waits": {cover.PU, ill, cover.JKM, 1_000_000, "2025-03-15", nil, 42_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = instant(tt.died + "T18:00:00+07:00")
			o := w.officer("2024-01-25", "2025-07-31")
			period := w.period(o, w.agree(tt.segment, w.kpu, w.branch), tt.base, "2024-01-25")
			for _, month := range tt.paid {
				w.paid(period, month, 2000)
			}
			c := w.claimOf(w.reported(told(o, tt.kind, cover.Died, tt.died+"T02:00:00+07:00")))
			if c.Programme != tt.programme || c.Amount != tt.want || c.Status != cover.ClaimDraft || c.WageBase != tt.base || c.CoveragePeriodID != period {
				t.Errorf("got %+v, want %d", c, tt.want)
			}
			explained(t, c)
		})
	}
}

// explained fails unless the items add up, and the last step says so.
func explained(t *testing.T, c cover.Claim) {
	t.Helper()
	var sum cover.Rupiah
	for _, item := range c.Items {
		sum += item.Amount
		if !slices.Contains(cover.BenefitKinds, item.Kind) {
			t.Errorf("a benefit of kind %q", item.Kind)
		}
	}
	if len(c.Steps) == 0 || sum != c.Amount || c.Steps[len(c.Steps)-1].Amount != c.Amount {
		t.Errorf("%d from items of %d, by %v", c.Amount, sum, c.Steps)
	}
}

func TestAClaimTellsHowItsAmountCameAbout(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	const law = "PP 82/2019, annex III"
	items := []cover.BenefitItem{
		{Kind: "death", Amount: 62_400_000}, {Kind: "funeral", Amount: 10_000_000}, {Kind: "periodic", Amount: 12_000_000},
	}
	times := func(n, each int64) cover.Params { return cover.Params{"times": n, "each": each} }
	steps := []cover.BenefitStep{
		{Rule: "death", Law: law, Certainty: "V2", Inputs: times(48, 1_300_000), Expression: "48 × 1300000", Amount: 62_400_000},
		{Rule: "funeral", Law: law, Certainty: "V2", Inputs: times(1, 10_000_000), Expression: "10000000", Amount: 10_000_000},
		{Rule: "periodic", Law: law, Certainty: "V2", Inputs: times(24, 500_000), Expression: "24 × 500000", Amount: 12_000_000},
		{Rule: "total", Law: law, Certainty: "V2", Inputs: cover.Params{"benefits": int64(3)}, Expression: "62400000 + 10000000 + 12000000", Amount: 84_400_000},
	}
	read, err := w.store.Read(t.Context(), w.branch).Claim(c.ID)
	w.must(err)
	if !reflect.DeepEqual(read.Items, items) || !reflect.DeepEqual(read.Steps, steps) {
		t.Errorf("got %v by %v", read.Items, read.Steps)
	}
}

// What is half paid is not contributed, and nobody's months count for another. A
// person's months on another duty do count.
func TestOnlyMonthsOfThePersonThatArePaidInFullCount(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	w.now = instant("2025-06-15T18:00:00+07:00")
	for name, tt := range map[string]struct {
		same bool // the person who was on duty in April
		paid cover.Rupiah
		want cover.Rupiah
	}{
		"paid on another duty":   {true, 2000, 42_000_000},
		"a rupiah too little":    {true, 1999, 10_000_000},
		"paid for somebody else": {false, 2000, 10_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			bpu := w.agree(cover.BPU, w.kpu, w.branch)
			before, o := w.officer("2025-01-01", "2025-04-30"), w.officer("2025-05-01", "2025-12-31")
			if tt.same {
				w.sql(`update officers set person_id = (select person_id from officers where id = $1) where id = $2`, o.ID, before.ID)
			}
			w.paid(w.period(before, bpu, 1_000_000, "2025-01-01"), "2025-04", tt.paid)
			period := w.period(o, bpu, 1_000_000, "2025-05-01")
			w.paid(period, "2025-05", 2000)
			w.paid(period, "2025-06", 2000)
			c := w.claimOf(w.reported(told(o, cover.Illness, cover.Died, "2025-06-15T02:00:00+07:00")))
			if c.Amount != tt.want {
				t.Errorf("%d, want %d, by %v", c.Amount, tt.want, c.Steps)
			}
		})
	}
}

func TestAnInjuryPaysWhatWasSpent(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i := w.reported(told(o, cover.CommutingAccident, cover.Injured, "2024-11-28T02:40:00+07:00"))
	c, err := w.open(w.kpu, i, cover.JKK, losses(
		cover.Loss{Kind: "transport", Mode: "land", Cost: 5_500_000}, cover.Loss{Kind: "medical_care", Cost: 4_250_000}))
	w.must(err)
	items := []cover.BenefitItem{{Kind: "medical_care", Amount: 4_250_000}, {Kind: "transport", Amount: 5_000_000}}
	if c.Amount != 9_250_000 || !reflect.DeepEqual(c.Items, items) || c.Schedule != "jkk-2019-12" {
		t.Errorf("got %+v", c)
	}
	explained(t, c)
}

func TestAClaimIsRefusedForWhatItAsks(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	spent := losses(cover.Loss{Kind: "medical_care", Cost: 4_250_000})
	lasting := losses(cover.Loss{Kind: "disability", Part: "one_eye"})
	for name, tt := range map[string]struct {
		kind      cover.IncidentKind
		outcome   cover.IncidentOutcome
		programme cover.Programme
		ask       []asked
		pointer   string
		want      cover.Code
	}{
		"JKM for a death at work":        {cover.SuddenDeath, cover.Died, cover.JKM, nil, "/programme", cover.ProgrammeOfOtherKind},
		"JKK for a death by illness":     {cover.Illness, cover.Died, cover.JKK, nil, "/programme", cover.ProgrammeOfOtherKind},
		"JKM for an illness survived":    {cover.Illness, cover.Injured, cover.JKM, nil, "/programme", cover.ProgrammeOfOtherKind},
		"JKK for an illness survived":    {cover.Illness, cover.Injured, cover.JKK, []asked{spent}, "/programme", cover.ProgrammeOfOtherKind},
		"JKM with losses":                {cover.Illness, cover.Died, cover.JKM, []asked{spent}, "/losses", cover.LossesNotExpected},
		"an injury without losses":       {cover.Accident, cover.Injured, cover.JKK, nil, "/losses", cover.LossesMissing},
		"what no doctor said is lasting": {cover.Accident, cover.Injured, cover.JKK, []asked{lasting}, "/losses/0/kind", cover.LossesNotExpected},
		"a loss that is no loss": {
			cover.Accident, cover.Injured, cover.JKK,
			[]asked{losses(cover.Loss{Kind: "death"})},
			"/losses/0/kind", cover.BenefitNotKnown,
		},
		"a cost of nothing": {
			cover.Accident, cover.Injured, cover.JKK,
			[]asked{losses(cover.Loss{Kind: "medical_care"})},
			"/losses/0/cost_amount", cover.MemberMissing,
		},
		"a cost beyond reason": {
			cover.Accident, cover.Injured, cover.JKK,
			[]asked{losses(cover.Loss{Kind: "medical_care", Cost: 1 << 62})},
			"/losses/0/cost_amount", cover.AmountImplausible,
		},
		"a payee of who survived": {cover.Accident, cover.Injured, cover.JKK, []asked{spent, func(in *cover.Opening) {
			in.PayeeID = uuid.NullUUID{UUID: uuid.New(), Valid: true}
		}}, "/payee_id", cover.PayeeNotExpected},
		"a JKM paid by the body first": {
			cover.Illness, cover.Died, cover.JKM,
			[]asked{func(in *cover.Opening) { in.Reimbursement = true }},
			"/reimbursement", cover.ProgrammeOfOtherKind,
		},
		"pupils of a JKK claim": {cover.Violence, cover.Died, cover.JKK, []asked{func(in *cover.Opening) {
			in.Pupils, in.SchoolYear = []cover.Pupil{{}}, 2024
		}}, "/pupils", cover.PupilsNotExpected},
		"a scholarship for nobody":      {cover.Violence, cover.Died, cover.Scholarship, nil, "/pupils", cover.PupilsMissing},
		"a scholarship of who was hurt": {cover.Accident, cover.Injured, cover.Scholarship, nil, "/programme", cover.ProgrammeOfOtherKind},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
			i := w.reported(told(o, tt.kind, tt.outcome, "2024-11-28T02:40:00+07:00"))
			_, err := w.open(w.kpu, i, tt.programme, tt.ask...)
			refused(t, err, cover.Invalid, tt.want, tt.pointer)
		})
	}
}

func TestAClaimIsOpenedByTheOrganiserForAnIncidentItSees(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	i := w.reported(accident(o, "2024-11-28T02:40:00+07:00"))
	spent := losses(cover.Loss{Kind: "medical_care", Cost: 4_250_000})
	above := w.organisation(cover.KPU, province, "35", "Asia/Jakarta")
	for _, who := range []access.Actor{w.branch, above} {
		_, err := w.open(who, i, cover.JKK, spent)
		refused(t, err, cover.Forbidden, cover.PartyRoleRequired)
	}
	_, err := w.open(w.payer, i, cover.JKK, spent)
	refused(t, err, cover.Invalid, cover.IncidentUnknown, "/incident_id")
	_, err = w.open(w.kpu, cover.Incident{ID: uuid.New()}, cover.JKK, spent)
	refused(t, err, cover.Invalid, cover.IncidentUnknown, "/incident_id")
	// Who reported it may see it, and still claims nothing.
	in := accident(o, "2024-11-28T03:40:00+07:00")
	in.OfficerID = uuid.Nil
	in.Person, in.Body, in.Position, in.AreaCode = &cover.Person{NIK: o.Personal.NIK, FullName: "Budi"}, cover.KPU, "pps", "35.15.01.2001"
	reported, _, err := w.report(w.payer, in)
	w.must(err)
	_, err = w.open(w.payer, reported, cover.JKK, spent)
	refused(t, err, cover.Invalid, cover.IncidentUnknown, "/incident_id")
}

// A duty that turns out to have ended before the event takes its cover with it.
func TestCoverThatNoLongerReachesTheEventIsNotClaimedUnder(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.verified()
	w.sql(`update coverage_periods set to_on = '2024-11-27' where officer_id = $1`, c.OfficerID)
	_, err := w.approve(w.branch, c)
	refused(t, err, cover.Conflict, cover.NotCovered)
	_, err = w.reject(w.branch, c)
	w.must(err)
	_, err = w.open(w.kpu, cover.Incident{ID: c.IncidentID}, cover.JKK)
	refused(t, err, cover.Conflict, cover.NotCovered)
}

func TestAWorkAccidentIsClaimedForFiveYears(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for name, tt := range map[string]struct {
		kind      cover.IncidentKind
		programme cover.Programme
		died, now string
		expired   bool
	}{
		"on the last day":                      {cover.Accident, cover.JKK, "2020-03-02", "2025-03-02T23:59:00+07:00", false},
		"a day later":                          {cover.Accident, cover.JKK, "2020-03-02", "2025-03-03T00:00:00+07:00", true},
		"two years for what happened in 2018":  {cover.Accident, cover.JKK, "2018-03-02", "2020-03-03T00:00:00+07:00", true},
		"JKM has no last day that we know of":  {cover.Illness, cover.JKM, "2016-03-02", "2025-03-03T00:00:00+07:00", false},
		"the zone of the organisation decides": {cover.Accident, cover.JKK, "2020-03-02", "2025-03-02T17:30:00Z", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.now = instant(tt.now)
			o := w.covered(1_300_000, "2015-07-01", "2024-12-31")
			i := w.reported(told(o, tt.kind, cover.Died, tt.died+"T08:00:00+07:00"))
			if !tt.expired {
				if c := w.claimOf(i); c.Programme != tt.programme {
					t.Errorf("opened %+v", c)
				}
				return
			}
			_, err := w.open(w.kpu, i, tt.programme)
			if params := refused(t, err, cover.Invalid, cover.ClaimExpired, "/incident_id"); params["expired_on"] == nil {
				t.Errorf("not told when: %v", params)
			}
		})
	}
}

func TestAnIncidentHasOneLiveClaim(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	i := cover.Incident{ID: c.IncidentID}
	_, err := w.open(w.kpu, i, cover.JKK)
	refused(t, err, cover.Conflict, cover.ClaimTaken, "/incident_id")
	for _, makeRoom := range []func() (cover.Claim, error){
		func() (cover.Claim, error) { return w.reject(w.branch, c) },
		func() (cover.Claim, error) { return w.withdraw(w.kpu, c) },
	} {
		before := c
		_, err = makeRoom()
		w.must(err)
		c, err = w.open(w.kpu, i, cover.JKK)
		w.must(err)
		if c.ID == before.ID || c.Status != cover.ClaimDraft {
			t.Errorf("got %+v", c)
		}
	}
}

func TestAClaimIsSubmittedApprovedAndPaid(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.ready(w.died())
	w.now = instant("2024-12-20T16:59:00Z") // 23:59 on a Friday; the 25th and 26th are holidays
	c, err := w.submit(w.kpu, c)
	w.must(err)
	if c.Status != cover.ClaimSubmitted || c.SubmittedBy.UUID != w.kpu.ClientID || !c.SubmittedAt.Equal(w.now) {
		t.Errorf("submitted %+v", c)
	}
	if want := day("2025-01-03"); c.PayDueOn != want {
		t.Errorf("to be paid on %s, want %s", c.PayDueOn, want)
	}
	c, err = w.approve(w.branch, w.checked(c))
	w.must(err)
	if c.Status != cover.ClaimApproved || c.DecidedAt == nil || !c.VerifiedBy.Valid {
		t.Errorf("approved %+v", c)
	}
	_, err = w.pay(w.branch, c, "2024-12-21")
	refused(t, err, cover.Invalid, cover.InTheFuture, "/paid_on")
	c, err = w.pay(w.branch, c, "2024-12-20")
	w.must(err)
	read, err := w.store.Read(t.Context(), w.kpu).Claim(c.ID)
	w.must(err)
	if read.Status != cover.ClaimPaid || read.PaidOn != day("2024-12-20") || read.PaymentReference != "TRF-20241206-77" || read.Version != 6 {
		t.Errorf("paid %+v", read)
	}
	w.happened(c.ID, cover.ClaimOpened, cover.ClaimAmended, cover.ClaimWasSubmitted, cover.ClaimWasVerified, cover.ClaimWasApproved,
		cover.ClaimWasPaid)
	w.happened(c.IncidentID, cover.IncidentReported, cover.IncidentWasConcluded)
}

// happened fails unless exactly these events are written of a resource.
func (w *world) happened(resource uuid.UUID, want ...cover.EventType) {
	w.Helper()
	var got []cover.EventType
	w.must(w.db.QueryRow(w.Context(), `select array_agg(type order by id) from events where resource_id = $1`, resource).Scan(&got))
	if !slices.Equal(got, want) {
		w.Errorf("events %v, want %v", got, want)
	}
}

func TestJKMIsPaidWithinThreeWorkingDays(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	c, err := w.submit(w.kpu, w.ready(w.reported(told(o, cover.Illness, cover.Died, "2024-11-28T02:40:00+07:00"))))
	w.must(err)
	if want := day("2024-12-04"); c.PayDueOn != want { // from Friday 29 November
		t.Errorf("to be paid on %s, want %s", c.PayDueOn, want)
	}
}

// The row of the claim lets one decision in; the other finds it made.
func TestOfTwoDecidersAtOnceOneDecides(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.verified()
	w.once(func(n int) error {
		if n%2 == 1 {
			return errOf(w.reject(colleague(w.branch), c))
		}
		return errOf(w.approve(colleague(w.branch), c))
	})
	steps, err := w.store.Read(t.Context(), w.branch).ClaimSteps(c.ID)
	if w.must(err); len(steps) != 3 {
		t.Errorf("%d steps: %+v", len(steps), steps)
	}
}

// once fails unless exactly one of eight who do the same at once does it, and the others
// find it done.
func (w *world) once(do func(n int) error) {
	w.Helper()
	var errs [8]error
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() { errs[n] = do(n) })
	}
	all.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
			continue
		}
		refused(w.T, err, cover.Conflict, cover.ClaimWrongStatus)
	}
	if done != 1 {
		w.Errorf("done %d times", done)
	}
}

func TestAClaimIsPaidOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.granted(w.submitted())
	w.once(func(int) error { return errOf(w.pay(colleague(w.branch), c, "2024-11-29")) })
	_, err := w.pay(colleague(w.branch), c, "2024-11-29")
	refused(t, err, cover.Conflict, cover.ClaimWrongStatus)
	w.happened(c.ID, cover.ClaimOpened, cover.ClaimAmended, cover.ClaimWasSubmitted, cover.ClaimWasVerified, cover.ClaimWasApproved,
		cover.ClaimWasPaid)
}

func TestNoStageIsSkipped(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	draft := w.ready(w.died())
	for name, verb := range map[string]func(access.Actor, cover.Claim) (cover.Claim, error){
		"return": w.returns, "verify": w.verify, "approve": w.approve, "reject": w.reject, "reopen": w.reopen,
		"pay": func(who access.Actor, c cover.Claim) (cover.Claim, error) { return w.pay(who, c, "2024-11-29") },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verb(w.branch, draft)
			refused(t, err, cover.Conflict, cover.ClaimWrongStatus)
			_, err = verb(w.kpu, draft)
			refused(t, err, cover.Forbidden, cover.PartyRoleRequired)
		})
	}
	_, err := w.appeal(w.kpu, draft)
	refused(t, err, cover.Conflict, cover.ClaimWrongStatus)
	for _, verb := range []func(access.Actor, cover.Claim) (cover.Claim, error){w.submit, w.appeal, w.withdraw} {
		_, err := verb(w.branch, draft)
		refused(t, err, cover.Forbidden, cover.PartyRoleRequired)
	}
	submitted, err := w.submit(w.kpu, draft)
	w.must(err)
	_, err = w.submit(w.kpu, draft)
	refused(t, err, cover.Stale, cover.VersionStale)
	_, err = w.submit(w.kpu, submitted)
	refused(t, err, cover.Conflict, cover.ClaimWrongStatus)
	_, err = w.amend(w.kpu, submitted, func(*cover.Asked) {})
	refused(t, err, cover.Conflict, cover.ClaimWrongStatus)
	_, err = w.approve(w.branch, submitted)
	refused(t, err, cover.Conflict, cover.ClaimWrongStatus)
}

// Whoever made a step never checks it, though they be of the organisation whose part
// it is. An organisation that is both organiser and branch cannot be registered so; the
// rule holds even if it were.
func TestMakerAndCheckerDiffer(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.officer("2024-05-26", "2025-01-27")
	w.period(o, w.agree(cover.PU, w.kpu, w.kpu), 1_300_000, "2024-05-26")
	maker, verifier, decider, other := w.kpu, colleague(w.kpu), colleague(w.kpu), colleague(w.kpu)
	c, err := w.submit(maker, w.ready(w.reported(told(o, cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00"))))
	w.must(err)
	refused(t, errOf(w.verify(maker, c)), cover.Forbidden, cover.MakerIsChecker)
	refused(t, errOf(w.reject(maker, c)), cover.Forbidden, cover.MakerIsChecker)
	w.must(errOf(w.verify(verifier, c)))
	for _, who := range []access.Actor{maker, verifier} {
		refused(t, errOf(w.approve(who, c)), cover.Forbidden, cover.MakerIsChecker)
		refused(t, errOf(w.reject(who, c)), cover.Forbidden, cover.MakerIsChecker)
	}
	w.must(errOf(w.reject(decider, c)))
	w.must(errOf(w.appeal(maker, c)))
	w.must(errOf(w.verify(verifier, c)))
	refused(t, errOf(w.approve(decider, c)), cover.Forbidden, cover.MakerIsChecker)
	refused(t, errOf(w.reject(decider, c)), cover.Forbidden, cover.MakerIsChecker)
	w.must(errOf(w.approve(other, c)))
}

func TestWhoSeesAnIncidentAndItsClaim(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.submitted()
	i := cover.Incident{ID: c.IncidentID}
	const zone = "Asia/Jakarta"
	for name, tt := range map[string]struct {
		who  access.Actor
		want bool
	}{
		"the KPU":                     {w.kpu, true},
		"the KPU above it":            {w.organisation(cover.KPU, province, "35", zone), true},
		"the branch":                  {w.branch, true},
		"another KPU":                 {w.organisation(cover.KPU, regency, "35.16", zone), false},
		"the KPU of another province": {w.organisation(cover.KPU, province, "33", zone), false},
		"Bawaslu of the same regency": {w.organisation(cover.Bawaslu, regency, "35.15", zone), false},
		"another branch":              {w.organisation(cover.BPJSOffice, regency, "35.16", zone), false},
		"the payer":                   {w.payer, false},
		"a ministry":                  {w.organisation(cover.Ministry, cover.National, "", zone), false},
		"nobody":                      {access.Actor{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.sees(tt.who, i, tt.want)
			w.seesClaim(tt.who, c, tt.want)
		})
	}
}

// seesClaim fails unless an actor can, or cannot, read, list and lock a claim.
func (w *world) seesClaim(who access.Actor, c cover.Claim, want bool) {
	w.Helper()
	r := w.store.Read(w.Context(), who)
	_, err := r.Claim(c.ID)
	listed, listErr := r.Claims(store.ClaimFilter{IncidentID: c.IncidentID}, store.Page{Limit: 50})
	w.must(listErr)
	if (err == nil) != want || (len(listed.Items) > 0) != want {
		w.Errorf("reads it: %v, and lists %d", err, len(listed.Items))
	}
	if _, err := w.approve(who, c); !want && cover.KindOf(err) != cover.NotFound {
		w.Errorf("approves it: %v", err)
	}
}

func TestClaimsAreListed(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	one, other := w.submitted(), w.submitted()
	_, err := w.reject(w.branch, other)
	w.must(err)
	for name, tt := range map[string]struct {
		filter store.ClaimFilter
		want   []uuid.UUID
	}{
		"all":               {store.ClaimFilter{}, []uuid.UUID{one.ID, other.ID}},
		"of one officer":    {store.ClaimFilter{OfficerID: one.OfficerID}, []uuid.UUID{one.ID}},
		"of one incident":   {store.ClaimFilter{IncidentID: other.IncidentID}, []uuid.UUID{other.ID}},
		"by their status":   {store.ClaimFilter{Statuses: []cover.ClaimStatus{cover.ClaimRejected}}, []uuid.UUID{other.ID}},
		"by one programme":  {store.ClaimFilter{Programmes: []cover.Programme{cover.JKK}}, []uuid.UUID{one.ID, other.ID}},
		"by the other none": {store.ClaimFilter{Programmes: []cover.Programme{cover.JKM}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			listed, err := w.store.Read(t.Context(), w.branch).Claims(tt.filter, store.Page{Limit: 50})
			w.must(err)
			var got []uuid.UUID
			for _, c := range listed.Items {
				got = append(got, c.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
