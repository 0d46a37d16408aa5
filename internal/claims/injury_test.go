package claims_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/tariff"
)

// lamed is an accident at work that left somebody disabled.
func (w *world) lamed(base cover.Rupiah, stated string) cover.Incident {
	w.Helper()
	w.now = instant("2024-11-29T02:00:00Z")
	i := w.reported(accident(w.covered(base, "2024-05-26", "2025-01-27"), "2024-11-28T02:40:00+07:00"))
	w.now = instant(stated)
	i, err := w.conclude(w.kpu, i, cover.Disabled)
	w.must(err)
	return i
}

// Costs are paid up to their limits, all of a kind together; shares of what is lost are
// added; and the hand that somebody writes with counts as the right one.
func TestAnInjuryPaysForAllThatWasLost(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	for name, tt := range map[string]struct {
		base   cover.Rupiah
		left   bool
		losses []cover.Loss
		want   cover.Rupiah
	}{
		"B06: the right arm":                {1_500_000, false, []cover.Loss{{Kind: "disability", Part: "arm_from_shoulder", Side: "right"}}, 48_000_000},
		"B08: a left index finger":          {1_000_000, false, []cover.Loss{{Kind: "disability", Part: "index_finger", Side: "left"}}, 5_600_000},
		"of who writes with it":             {1_000_000, true, []cover.Loss{{Kind: "disability", Part: "index_finger", Side: "left"}}, 7_200_000},
		"B09: fourteen months unable":       {1_000_000, false, []cover.Loss{{Kind: "temporary_incapacity", From: day("2024-11-28"), To: day("2026-01-27")}}, 13_000_000},
		"B11: a flight":                     {1_000_000, false, []cover.Loss{{Kind: "transport", Mode: "air", Cost: 4_500_000}}, 4_500_000},
		"B12: care at home":                 {1_000_000, false, []cover.Loss{{Kind: "home_care", Months: 12, Cost: 25_000_000}}, 20_000_000},
		"two flights share one limit":       {1_000_000, false, []cover.Loss{{Kind: "transport", Mode: "air", Cost: 6_000_000}, {Kind: "transport", Mode: "air", Cost: 6_000_000}}, 10_000_000},
		"each mode has its own":             {1_000_000, false, []cover.Loss{{Kind: "transport", Mode: "air", Cost: 6_000_000}, {Kind: "transport", Mode: "sea", Cost: 6_000_000}}, 8_000_000},
		"no more than seventy percent":      {1_000_000, false, []cover.Loss{{Kind: "disability", Part: "both_eyes"}, {Kind: "disability", Part: "one_leg"}}, 56_000_000},
		"an eye, a flight and three months": {1_300_000, false, []cover.Loss{{Kind: "disability", Part: "one_eye"}, {Kind: "transport", Mode: "air", Cost: 11_000_000}, {Kind: "temporary_incapacity", From: day("2024-11-28"), To: day("2025-02-27")}}, 36_400_000 + 10_000_000 + 3_900_000},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			i := w.lamed(tt.base, "2026-02-01T02:00:00Z") // once it is over
			c, err := w.open(w.kpu, i, cover.JKK, losses(tt.losses...), func(in *cover.Opening) { in.LeftHanded = tt.left })
			w.must(err)
			if c.Amount != tt.want {
				t.Errorf("%d, want %d, by %v", c.Amount, tt.want, c.Steps)
			}
			explained(t, c)
			if kept := w.read(c); !reflect.DeepEqual(kept.Losses, c.Losses) || !reflect.DeepEqual(kept.Items, c.Items) {
				t.Errorf("kept %+v of %+v", kept.Losses, c.Losses)
			}
		})
	}
}

// An estimate may say how long; a claim says from when until when, and is told which of
// the two it left out.
func TestAClaimWantsTheDaysOfAnIncapacity(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.lamed(1_000_000, "2024-11-29T02:00:00Z")
	for name, tt := range map[string]struct {
		loss    cover.Loss
		missing []string
	}{
		"only how long": {cover.Loss{Kind: "temporary_incapacity", Months: 2}, []string{"/losses/0/from_on", "/losses/0/to_on"}},
		"no last day":   {cover.Loss{Kind: "temporary_incapacity", From: day("2024-11-28")}, []string{"/losses/0/to_on"}},
		"no first day":  {cover.Loss{Kind: "temporary_incapacity", To: day("2024-11-29")}, []string{"/losses/0/from_on"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := errOf(w.in(t).open(w.kpu, i, cover.JKK, losses(tt.loss)))
			refused(t, err, cover.Invalid, cover.MemberMissing, tt.missing...)
			if e, _ := errors.AsType[*cover.Error](err); len(e.Faults) != len(tt.missing) {
				t.Errorf("more is said: %v", e.Faults)
			}
		})
	}
}

// someLoss is any that can be.
func someLoss(r *rand.Rand) cover.Loss {
	cost := 1 + cover.Rupiah(r.Int64N(30_000_000))
	some := []cover.Loss{
		{Kind: "medical_care", Cost: cost},
		{Kind: "transport", Mode: cover.TransportModes[r.IntN(3)], Cost: cost},
		{Kind: "prosthesis", Cost: cost},
		{Kind: "denture", Cost: cost},
		{Kind: "hearing_aid", Cost: cost},
		{Kind: "spectacles", Cost: cost},
		{Kind: "home_care", Cost: cost, Months: 1 + r.Int64N(12)},
		{Kind: "temporary_incapacity", From: day("2024-11-28").Add(r.IntN(30)), To: day("2025-01-01").Add(r.IntN(700))},
		{Kind: "disability", Part: []string{"thumb", "big_toe", "hand_from_wrist"}[r.IntN(3)], Side: cover.Sides[r.IntN(2)], Percent: r.Int64N(101)},
		{Kind: "disability", Part: "scalp", Rate: 1000 + r.Int64N(2001)},
		{Kind: "disability", Part: "sight", Units: 1 + r.Int64N(9)},
		{Kind: "disability", Part: "one_eye"},
	}
	return some[r.IntN(len(some))]
}

// someLosses are up to five, of which no part is lost twice, nor a day.
func someLosses(r *rand.Rand) (lost []cover.Loss) {
	for range 1 + r.IntN(5) {
		l := someLoss(r)
		twice := func(o cover.Loss) bool {
			return o.Kind == l.Kind && o.Part == l.Part && (l.Kind == cover.BenefitDisability || l.Kind == cover.BenefitIncapacity)
		}
		if !slices.ContainsFunc(lost, twice) {
			lost = append(lost, l)
		}
	}
	return lost
}

// Whatever was lost, a claim pays what was estimated for the same event, and what the
// tariff says; so does its approval.
func TestAClaimPaysWhatWasEstimated(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	seed := [2]uint64{rand.Uint64(), rand.Uint64()}
	r := rand.New(rand.NewPCG(seed[0], seed[1]))
	rates, err := w.store.Read(t.Context(), w.kpu).Tariff()
	w.must(err)
	for n := range 40 {
		base := 1_000_000 + cover.Rupiah(r.Int64N(4_000_000))
		lost := someLosses(r)
		left, died := r.IntN(2) == 0, n%4 == 0
		asks := claims.Estimating{
			Programmes: []cover.Programme{cover.JKK}, On: day("2024-11-28"), Outcome: tariff.Disabled, Segment: cover.PU, Base: base,
			LeftHanded: left, Losses: lost,
		}
		var c cover.Claim
		if died {
			for n := range lost { // who died at once lost nothing else
				if lost[n].Kind == cover.BenefitDisability || lost[n].Kind == cover.BenefitIncapacity {
					lost[n] = cover.Loss{Kind: "medical_care", Cost: 1 + cover.Rupiah(r.Int64N(30_000_000))}
				}
			}
			asks.Outcome = tariff.Died
			w.now = instant("2024-11-29T02:00:00Z")
			i := w.reported(told(w.covered(base, "2024-05-26", "2025-01-27"), cover.SuddenDeath, cover.Died, "2024-11-28T02:40:00+07:00"))
			w.now = instant("2027-01-01T02:00:00Z") // once all of it is over
			c, err = w.amend(w.kpu, w.claimOf(i), func(a *cover.Asked) { a.Losses, a.LeftHanded = lost, left })
		} else {
			i := w.lamed(base, "2027-01-01T02:00:00Z")
			c, err = w.open(w.kpu, i, cover.JKK, losses(lost...), func(in *cover.Opening) { in.LeftHanded = left })
		}
		w.must(err)
		e, err := claims.Estimate(w.store.Read(t.Context(), w.kpu), asks)
		w.must(err)
		if pays := e.Options[0]; c.Amount != pays.Total || !reflect.DeepEqual(c.Items, pays.Items) || len(c.Steps) != len(pays.Steps) {
			t.Fatalf("seed %v: claimed %d, estimated %d for %+v", seed, c.Amount, pays.Total, lost)
		}
		if !died {
			b, err := rates.Injury(tariff.InjuryQuery{On: day("2024-11-28"), Base: base, LeftHanded: left, Losses: lost})
			if w.must(err); b.Total != c.Amount {
				t.Fatalf("seed %v: claimed %d, the tariff says %d for %+v", seed, c.Amount, b.Total, lost)
			}
		}
		explained(t, c)
		if n%10 == 1 {
			w.prove(c)
			submitted, err := w.submit(w.kpu, c)
			w.must(err)
			if got := w.granted(submitted); got.Amount != c.Amount {
				t.Fatalf("seed %v: opened for %d, approved for %d", seed, c.Amount, got.Amount)
			}
		}
	}
}

// Nobody is paid twice for a day on which they could not work, for whatever reasons they
// could not.
func TestADayWithoutWorkIsPaidForOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	o := w.covered(1_000_000, "2024-05-26", "2025-01-27")
	claim := func(at, from, to string) (cover.Claim, error) {
		i, err := w.conclude(w.kpu, w.reported(accident(o, at)), cover.Recovered)
		w.must(err)
		return w.open(w.kpu, i, cover.JKK, losses(cover.Loss{Kind: cover.BenefitIncapacity, From: day(from), To: day(to)}))
	}
	first, err := claim("2024-11-18T10:00:00+07:00", "2024-11-18", "2024-11-22")
	w.must(err)
	w.must(errOf(w.amend(w.kpu, first, func(a *cover.Asked) { a.LeftHanded = true }))) // it is no other
	refused(t, errOf(claim("2024-11-18T10:00:01+07:00", "2024-11-22", "2024-11-27")), cover.Invalid, cover.DaysClaimed, "/losses/0/from_on")
	w.must(errOf(claim("2024-11-18T10:00:02+07:00", "2024-11-23", "2024-11-27")))
	w.must(errOf(w.withdraw(w.kpu, first)))
	w.must(errOf(claim("2024-11-18T10:00:03+07:00", "2024-11-18", "2024-11-22")))
}
