package claims_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// fund is money that the KPU sets aside for 2024.
func (w *world) fund(ceiling cover.Rupiah) cover.Fund {
	w.Helper()
	f, err := w.setFund(w.kpu, 2024, ceiling)
	w.must(err)
	return f
}

func (w *world) setFund(who access.Actor, year int, ceiling cover.Rupiah) (cover.Fund, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Fund, error) {
		return claims.SetFund(tx, cover.Fund{FiscalYear: year, Ceiling: ceiling, Reference: " SK 59 "})
	})
}

func (w *world) readFund(f cover.Fund) cover.Fund {
	w.Helper()
	f, err := w.store.Read(w.Context(), w.kpu).Fund(f.ID)
	w.must(err)
	return f
}

func (w *world) grant(who access.Actor, in claims.Granting) (cover.Grant, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Grant, error) { return claims.Grant(tx, in) })
}

// bereaved asks for what a death gives.
func (w *world) bereaved(f cover.Fund) claims.Granting {
	w.Helper()
	i := w.died()
	return claims.Granting{FundID: f.ID, IncidentID: i.ID, PayeeID: uuid.NullUUID{UUID: w.named(i, heir(cover.HeirSpouse)).ID, Valid: true}}
}

func (w *world) disburse(who access.Actor, g cover.Grant, on string) (cover.Grant, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Grant, error) {
		return claims.Disburse(tx, g.ID, 0, day(on), "SP2D-1")
	})
}

func (w *world) cancelGrant(who access.Actor, g cover.Grant) (cover.Grant, error) {
	return store.Do(w.Context(), w.store, who, func(tx *store.Tx) (cover.Grant, error) {
		return claims.CancelGrant(tx, g.ID, 0, "mistake")
	})
}

// B24: a death gives 46 million beside whatever JKK pays, and takes nothing off it.
func TestADeathGivesFortySixMillionBesideJKK(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(100_000_000)
	in := w.bereaved(f)
	before := w.claimOf(cover.Incident{ID: in.IncidentID})
	g, err := w.grant(w.kpu, in)
	w.must(err)
	if g.Amount != 46_000_000 || g.Status != cover.GrantGranted || g.Steps[len(g.Steps)-1].Amount != g.Amount {
		t.Errorf("%+v", g)
	}
	if now := w.readFund(f); now.Granted != 46_000_000 || now.Disbursed != 0 || now.Remaining() != 54_000_000 {
		t.Errorf("%+v", now)
	}
	refused(t, errOf(w.grant(w.kpu, in)), cover.Conflict, cover.GrantTaken, "/incident_id")
	refused(t, errOf(w.disburse(w.kpu, g, "2024-11-29")), cover.Forbidden, cover.MakerIsChecker)
	refused(t, errOf(w.disburse(colleague(w.kpu), g, "2024-11-30")), cover.Invalid, cover.InTheFuture, "/disbursed_on")
	paid, err := w.disburse(colleague(w.kpu), g, "2024-11-29")
	w.must(err)
	if paid.Status != cover.GrantDisbursed || paid.Reference != "SP2D-1" || w.readFund(f).Disbursed != 46_000_000 {
		t.Errorf("%+v of %+v", paid, w.readFund(f))
	}
	refused(t, errOf(w.disburse(colleague(w.kpu), g, "2024-11-29")), cover.Conflict, cover.GrantWrongStatus)
	refused(t, errOf(w.cancelGrant(w.kpu, g)), cover.Conflict, cover.GrantWrongStatus)
	if after := w.read(before); after.Amount != before.Amount || after.Version != before.Version {
		t.Errorf("the claim changed: %+v", after)
	}
	w.happened(f.ID, cover.FundWasSet)
	w.happened(g.ID, cover.GrantWasGranted, cover.GrantWasDisbursed)
}

// Of whom nobody inherits the funeral alone is paid, to whoever arranged it.
func TestWhoArrangedTheFuneralIsGivenItsAidAlone(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(100_000_000)
	i := w.died()
	arranger := w.named(i, heir(cover.HeirArranger))
	g, err := w.grant(w.kpu, claims.Granting{FundID: f.ID, IncidentID: i.ID, PayeeID: uuid.NullUUID{UUID: arranger.ID, Valid: true}})
	w.must(err)
	last := g.Steps[len(g.Steps)-1]
	if g.Amount != 10_000_000 || last.Amount != g.Amount || len(g.Items) != 1 || g.Items[0].Kind != cover.BenefitFuneral {
		t.Errorf("%+v", g)
	}
	w.named(i, heir(cover.HeirSibling))
	refused(t, errOf(w.disburse(colleague(w.kpu), g, "2024-11-29")), cover.Invalid, cover.HeirOutranked, "/payee_id")
}

// Nobody grants what is not there; what is cancelled is there again.
func TestAFundIsGrantedUpToItsCeiling(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(91_999_999)
	first, second := w.bereaved(f), w.bereaved(f)
	g, err := w.grant(w.kpu, first)
	w.must(err)
	if params := refused(t, errOf(w.grant(w.kpu, second)), cover.Conflict, cover.FundExceeded, "/fund_id"); params["remaining"] != cover.Rupiah(45_999_999) {
		t.Errorf("told %v", params)
	}
	w.must(errOf(w.cancelGrant(w.kpu, g)))
	w.must(errOf(w.grant(w.kpu, second)))
	refused(t, errOf(w.grant(w.kpu, first)), cover.Conflict, cover.FundExceeded, "/fund_id")
	ceiling := func(amount cover.Rupiah) error {
		return w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
			return errOf(claims.AmendFund(tx, f.ID, 0, func(f *cover.Fund) { f.Ceiling = amount }))
		})
	}
	refused(t, ceiling(45_999_999), cover.Invalid, cover.FundGranted, "/ceiling_amount")
	w.must(ceiling(92_000_000))
	w.must(errOf(w.grant(w.kpu, first)))
	w.happened(g.ID, cover.GrantWasGranted, cover.GrantWasCancelled)
	w.happened(f.ID, cover.FundWasSet, cover.FundAmended)
}

// Two reach for the last money at once: one has it.
func TestTheLastMoneyIsGrantedOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(46_000_000)
	var asked [6]claims.Granting
	for n := range asked {
		asked[n] = w.bereaved(f)
	}
	var errs [len(asked)]error
	var all sync.WaitGroup
	for n := range asked {
		all.Go(func() { errs[n] = errOf(w.grant(w.kpu, asked[n])) })
	}
	all.Wait()
	granted := 0
	for _, err := range errs {
		if err == nil {
			granted++
			continue
		}
		refused(t, err, cover.Conflict, cover.FundExceeded, "/fund_id")
	}
	if now := w.readFund(f); granted != 1 || now.Remaining() != 0 {
		t.Errorf("granted %d times, %d left", granted, now.Remaining())
	}
}

// It needs no cover, but a term of office, money of the year and somebody to receive.
func TestWhatIsGrantedToWhom(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(1_000_000_000)
	other := w.organisation(cover.KPU, regency, "35.16", "Asia/Jakarta")
	theirs, err := w.setFund(other, 2024, 1_000_000_000)
	w.must(err)
	last, err := w.setFund(w.kpu, 2023, 1_000_000_000)
	w.must(err)
	above := w.organisation(cover.KPU, province, "35", "Asia/Jakarta")
	bare := w.officer("2024-05-26", "2025-01-27")
	hurt := w.reported(accident(bare, "2024-11-28T02:40:00+07:00"))
	outside := w.reported(accident(w.officer("2024-05-26", "2024-11-27"), "2024-11-28T02:40:00+07:00"))
	unknown, _, err := w.report(w.kpu, described(nobody, cover.KPU, "pps", village, cover.Injured, "2024-11-28T02:40:00+07:00"))
	w.must(err)
	death := w.bereaved(f)
	for name, tt := range map[string]struct {
		who     access.Actor
		in      claims.Granting
		kind    cover.Kind
		want    cover.Code
		pointer []string
	}{
		"outside the term":        {w.kpu, claims.Granting{FundID: f.ID, IncidentID: outside.ID}, cover.Invalid, cover.UncoveredOutsideTerm, []string{"/incident_id"}},
		"on no roster":            {w.kpu, claims.Granting{FundID: f.ID, IncidentID: unknown.ID}, cover.Invalid, cover.UncoveredNotOnRoster, []string{"/incident_id"}},
		"by those above":          {above, claims.Granting{FundID: f.ID, IncidentID: hurt.ID}, cover.Forbidden, cover.PartyRoleRequired, nil},
		"by another body":         {other, claims.Granting{FundID: theirs.ID, IncidentID: hurt.ID}, cover.Invalid, cover.IncidentUnknown, []string{"/incident_id"}},
		"from another's fund":     {w.kpu, claims.Granting{FundID: theirs.ID, IncidentID: hurt.ID}, cover.Invalid, cover.FundUnknown, []string{"/fund_id"}},
		"from another year's":     {w.kpu, claims.Granting{FundID: last.ID, IncidentID: hurt.ID}, cover.Invalid, cover.FundOfOtherYear, []string{"/fund_id"}},
		"to nobody":               {w.kpu, claims.Granting{FundID: f.ID, IncidentID: death.IncidentID}, cover.Invalid, cover.PayeeMissing, []string{"/payee_id"}},
		"to an heir of who lives": {w.kpu, claims.Granting{FundID: f.ID, IncidentID: hurt.ID, PayeeID: death.PayeeID}, cover.Invalid, cover.PayeeNotExpected, []string{"/payee_id"}},
		"for what is not lost":    {w.kpu, claims.Granting{FundID: f.ID, IncidentID: hurt.ID, LostPercent: 50}, cover.Invalid, cover.MemberNotExpected, []string{"/loss_percent"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.in(t).grant(tt.who, tt.in)
			refused(t, err, tt.kind, tt.want, tt.pointer...)
		})
	}
	g, err := w.grant(w.kpu, claims.Granting{FundID: f.ID, IncidentID: hurt.ID, InpatientDays: 11})
	w.must(err)
	if g.Amount != 16_500_000 || hurt.Covered() {
		t.Errorf("%+v", g)
	}
}

// A fund is one body's own business.
func TestAFundIsSetOnceAYearByAnElectionBody(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(1)
	refused(t, errOf(w.setFund(w.kpu, 2024, 1)), cover.Conflict, cover.FundTaken, "/fiscal_year")
	refused(t, errOf(w.setFund(w.branch, 2024, 1)), cover.Forbidden, cover.NotAllowed)
	refused(t, errOf(w.setFund(w.kpu, 2025, 0)), cover.Invalid, cover.AmountNotPositive, "/ceiling_amount")
	refused(t, errOf(w.setFund(w.kpu, 2025, 1<<60)), cover.Invalid, cover.AmountImplausible, "/ceiling_amount")
	above := w.organisation(cover.KPU, province, "35", "Asia/Jakarta")
	for _, who := range []access.Actor{w.branch, w.payer, w.organisation(cover.Bawaslu, regency, "35.15", "Asia/Jakarta")} {
		if _, err := w.store.Read(t.Context(), who).Fund(f.ID); cover.KindOf(err) != cover.NotFound {
			t.Errorf("%s reads it: %v", who.Kind, err)
		}
	}
	err := w.store.InTx(t.Context(), above, func(tx *store.Tx) error {
		return errOf(claims.AmendFund(tx, f.ID, 0, func(f *cover.Fund) { f.Ceiling = 2 }))
	})
	refused(t, err, cover.Forbidden, cover.PartyRoleRequired)
	if f.Reference != "SK 59" {
		t.Errorf("kept %q", f.Reference)
	}
}

// Who was given something for an injury and died of it: the family is given the rest, once
// the first was handed over, and no more.
func TestADeathGivesWhatTheInjuryDidNot(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(1_000_000_000)
	i := w.reported(accident(w.covered(1_300_000, "2024-05-26", "2025-01-27"), "2024-11-28T02:40:00+07:00"))
	hurt, err := w.grant(w.kpu, claims.Granting{FundID: f.ID, IncidentID: i.ID, InpatientDays: 11})
	w.must(err)
	i, err = w.conclude(w.kpu, i, cover.Died)
	w.must(err)
	death := claims.Granting{FundID: f.ID, IncidentID: i.ID, PayeeID: uuid.NullUUID{UUID: w.named(i, heir(cover.HeirSpouse)).ID, Valid: true}}
	refused(t, errOf(w.grant(w.kpu, death)), cover.Conflict, cover.GrantTaken, "/incident_id")
	refused(t, errOf(w.disburse(colleague(w.kpu), hurt, "2024-11-28")), cover.Invalid, cover.BeforeDecision, "/disbursed_on")
	w.must(errOf(w.disburse(colleague(w.kpu), hurt, "2024-11-29")))
	rest, err := w.grant(w.kpu, death)
	w.must(err)
	if rest.Amount != 46_000_000-hurt.Amount || rest.Steps[len(rest.Steps)-1].Amount != rest.Amount {
		t.Errorf("%d after %d, by %+v", rest.Amount, hurt.Amount, rest.Steps)
	}
	refused(t, errOf(w.grant(w.kpu, death)), cover.Conflict, cover.GrantTaken, "/incident_id")
}

// One body gives once for a death, under whichever duty it is reported, also to two who ask
// at once; what was cancelled makes room.
func TestADeathIsGivenForOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	f := w.fund(1_000_000_000)
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	other := o
	other.ExternalID, other.Position = uuid.NewString(), "kpps"
	w.do(w.kpu, func(tx *store.Tx) error { return tx.InsertOfficer(&other) })
	ask := func(o cover.Officer) claims.Granting {
		i := w.reported(told(o, cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00"))
		return claims.Granting{FundID: f.ID, IncidentID: i.ID, PayeeID: uuid.NullUUID{UUID: w.named(i, heir(cover.HeirSpouse)).ID, Valid: true}}
	}
	asked := [2]claims.Granting{ask(o), ask(other)}
	var granted [len(asked)]cover.Grant
	var errs [len(asked)]error
	var all sync.WaitGroup
	for n := range asked {
		all.Go(func() { granted[n], errs[n] = w.grant(w.kpu, asked[n]) })
	}
	all.Wait()
	won := 0
	if errs[0] != nil {
		won = 1
	}
	w.must(errs[won])
	refused(t, errs[1-won], cover.Conflict, cover.DeathTaken, "/incident_id")
	w.must(errOf(w.cancelGrant(w.kpu, granted[won])))
	w.must(errOf(w.grant(w.kpu, asked[1-won])))
	refused(t, errOf(w.grant(w.kpu, asked[won])), cover.Conflict, cover.DeathTaken, "/incident_id")
}

// Where somebody is paid may be mended once what was granted is handed over; who they are
// may not.
func TestAnHeirWhoWasGivenSomethingStays(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	in := w.bereaved(w.fund(1_000_000_000))
	g, err := w.grant(w.kpu, in)
	w.must(err)
	amend := func(change func(*cover.Kin)) error {
		return w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
			return errOf(claims.AmendHeir(tx, in.IncidentID, in.PayeeID.UUID, 0, change))
		})
	}
	account, person := func(k *cover.Kin) { k.Account.Number += "0" }, func(k *cover.Kin) { k.FullName += " Putri" }
	refused(t, amend(account), cover.Conflict, cover.HeirClaimed)
	w.must(errOf(w.disburse(colleague(w.kpu), g, "2024-11-29")))
	w.must(amend(account))
	refused(t, amend(person), cover.Conflict, cover.HeirClaimed)
	refused(t, w.strike(w.kpu, cover.Heir{ID: in.PayeeID.UUID, IncidentID: in.IncidentID}), cover.Conflict, cover.HeirClaimed)
}
