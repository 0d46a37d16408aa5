package claims

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Estimating asks what an event would pay. It names nobody.
type Estimating struct {
	Programmes        []cover.Programme // none: both for a death, JKK otherwise
	On                cover.Date        // the accident or diagnosis; under JKM the death
	Outcome           tariff.Outcome
	Segment           cover.Segment
	Base              cover.Rupiah // 0: Honorarium says it, or nothing asks for it
	Honorarium        *Honorarium
	ConsecutiveMonths int // up to the death
	ContributedMonths int // in all
	LeftHanded        bool
	Losses            []cover.Loss
	Children          []tariff.Child
	Whole             bool                  // every school year that may be paid
	ExGratia          *tariff.ExGratiaQuery // its body, and what it asks for; nil: none has a scheme
}

// Honorarium is that of an officer of an election, from which the monthly base follows.
type Honorarium struct {
	Election string
	Position string
	Role     cover.Role
}

// Estimated is what an event would pay. Each programme is an option, of which one pays.
type Estimated struct {
	Base     cover.Rupiah
	Options  []Option
	ExGratia *tariff.Benefit // beside whatever the programme pays
}

// Option is what one programme would pay.
type Option struct {
	Programme cover.Programme
	tariff.Benefit
	Together cover.Rupiah // with what the body gives of its own
}

// Estimate works out what an event would pay, by the same rules as a claim for it, and
// stores nothing. Refuses a day for which no rule is known (tariff_schedule_missing), and
// says all that is wrong with the question.
func Estimate(r *store.Reader, in Estimating) (Estimated, error) {
	rates, err := r.Tariff()
	if err != nil {
		return Estimated{}, err
	}
	if len(in.Programmes) == 0 {
		in.Programmes = []cover.Programme{cover.JKK}
		if in.Outcome == tariff.Died {
			in.Programmes = cover.Programmes
		}
	}
	var faults gathering
	e := Estimated{Base: in.base(rates, r.Reference(), &faults.Faults)}
	in.check(e.Base, &faults.Faults)
	var own cover.Rupiah
	if in.ExGratia != nil {
		query := *in.ExGratia
		query.On, query.Outcome = in.On, in.Outcome
		given, err := rates.ExGratia(query)
		faults.add("/ex_gratia", err)
		e.ExGratia, own = &given, given.Total
	}
	for _, programme := range in.Programmes {
		pays := in.pays(rates, programme, e.Base, &faults)
		e.Options = append(e.Options, Option{programme, pays, pays.Total + own})
	}
	return e, faults.err()
}

// gathering is all that is wrong with a question: faults of its members, each once, and
// an error that has none.
type gathering struct {
	cover.Faults
	other error
}

func (g *gathering) add(pointer string, err error) {
	refused, ours := errors.AsType[*cover.Error](err)
	if !ours || len(refused.Faults) == 0 {
		g.other = cmp.Or(g.other, err)
		return
	}
	for _, fault := range refused.Faults.Under(pointer) {
		same := func(o cover.Fault) bool { return o.Pointer == fault.Pointer && o.Code == fault.Code }
		if !slices.ContainsFunc(g.Faults, same) {
			g.Faults = append(g.Faults, fault)
		}
	}
}

// err is the faults; what follows from them, such as a base of nothing, goes unsaid.
func (g *gathering) err() error { return cmp.Or(g.Err(), g.other) }

// base is the monthly base: as given, or as cover would freeze it for an honorarium.
func (in Estimating) base(rates *tariff.Tariff, ref *cover.Reference, f *cover.Faults) cover.Rupiah {
	if in.Honorarium == nil {
		if in.Base != 0 {
			f.Check(in.Base > 0, "/wage_base_amount", cover.AmountNotPositive, nil)
			f.Check(in.Base <= cover.MostWage, "/wage_base_amount", cover.AmountImplausible, cover.Params{"min": 1, "max": int64(cover.MostWage)})
		}
		return in.Base
	}
	params := cover.Params{"name": "wage_base_amount", "of": "honorarium"}
	f.Check(in.Base == 0, "/wage_base_amount", cover.MemberNotExpected, params)
	wage, known := in.Honorarium.wage(ref, f)
	if !known || in.Segment == cover.PU {
		return wage
	}
	owed, err := rates.Contribution(tariff.ContributionQuery{
		Segment: in.Segment, Month: in.On.Month(), Income: wage, RiskClass: cover.RiskClasses[0], FundingSource: "apbd",
	})
	if err != nil {
		return 0 // no tiers are known on that day, nor benefits: the programmes say so
	}
	return owed.Base
}

// wage finds the honorarium in the election's data.
func (h Honorarium) wage(ref *cover.Reference, f *cover.Faults) (cover.Rupiah, bool) {
	election, known := ref.Election(h.Election)
	f.Check(known, "/honorarium/election_code", cover.ElectionUnknown, nil)
	position, held := ref.Position(h.Position)
	f.Check(held, "/honorarium/position", cover.PositionUnknown, nil)
	f.Check(!held || position.Has(h.Role), "/honorarium/role", cover.RoleUnknown, cover.Params{"position": h.Position})
	if !known || !held || !position.Has(h.Role) {
		return 0, false
	}
	for _, t := range election.Terms {
		if t.Position == h.Position && t.Role == h.Role && t.Honorarium > 0 {
			return t.Honorarium, true
		}
	}
	f.Add("/honorarium", cover.NoHonorariumKnown, nil)
	return 0, false
}

// check says what is asked for that no programme pays for such an outcome.
func (in Estimating) check(base cover.Rupiah, f *cover.Faults) {
	injury := in.injury(base)
	for n, programme := range in.Programmes {
		f.Check(programme == cover.JKK || in.Outcome == tariff.Died, fmt.Sprintf("/programmes/%d", n), cover.ProgrammeOfOtherKind, nil)
		if programme != cover.JKK {
			continue
		}
		given := base != 0 || in.Honorarium != nil
		needed := in.Outcome == tariff.Died || injury.NeedsBase()
		f.Check(given || !needed, "/wage_base_amount", cover.MemberMissing, cover.Params{"name": "wage_base_amount", "of": programme})
		f.Check(in.Outcome == tariff.Died || len(in.Losses) > 0, "/losses", cover.MemberMissing,
			cover.Params{"name": "losses", "of": in.Outcome})
	}
	for n, loss := range in.Losses {
		lasting := loss.Kind == cover.BenefitDisability && in.Outcome != tariff.Disabled
		f.Check(!lasting, fmt.Sprintf("/losses/%d/kind", n), cover.MemberNotExpected, cover.Params{"name": loss.Kind, "of": in.Outcome})
	}
	schooling := in.Outcome == tariff.Died || injury.Totally()
	f.Check(schooling || len(in.Children) == 0, "/children", cover.MemberNotExpected, cover.Params{"name": "children", "of": in.Outcome})
}

func (in Estimating) injury(base cover.Rupiah) tariff.InjuryQuery {
	return tariff.InjuryQuery{On: in.On, Base: base, LeftHanded: in.LeftHanded, Losses: in.Losses}
}

// pays is what one programme pays: for the death, for what was lost, for the schooling
// of children.
func (in Estimating) pays(rates *tariff.Tariff, programme cover.Programme, base cover.Rupiah, faults *gathering) (all tariff.Benefit) {
	add := func(part tariff.Benefit, err error) {
		faults.add("", err)
		all = all.With(part)
	}
	if in.Outcome == tariff.Died {
		add(rates.Death(tariff.DeathQuery{
			Programme: programme, Segment: in.Segment, On: in.On, Base: base, ConsecutiveMonths: in.ConsecutiveMonths,
		}))
	}
	if programme == cover.JKK && len(in.Losses) > 0 {
		add(rates.Injury(in.injury(base)))
	}
	if len(in.Children) > 0 {
		add(rates.Scholarship(tariff.ScholarshipQuery{
			Programme: programme, On: in.On, ContributedMonths: in.ContributedMonths, Children: in.Children, Whole: in.Whole,
		}))
	}
	return all
}
