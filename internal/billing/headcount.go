package billing

import (
	"cmp"
	"fmt"
	"slices"

	"naungan/internal/cover"
)

// mostQuoted is more than all election officers of the nation.
const mostQuoted = 10_000_000

// headcounts finds the people that head-counts are about: their roles, the days of
// their term and what they earn. A head-count that is no whole number of bodies is a
// doubt, and never a fault.
func (in Quoting) headcounts(ref *cover.Reference) (who []people, doubts cover.Faults, err error) {
	var f cover.Faults
	election, known := ref.Election(in.ElectionCode)
	f.Check(known || in.ElectionCode == "", "/election_code", cover.ElectionUnknown, nil)
	left := int64(mostQuoted)
	for i, p := range in.Positions {
		at := fmt.Sprintf("/positions/%d", i)
		f.Check(p.Headcount <= left, at+"/headcount", cover.TooLarge, cover.Params{"max": max(left, 0)})
		left -= p.Headcount
		position, known := ref.Position(p.Position)
		if !known {
			f.Add(at+"/position", cover.PositionUnknown, nil)
			continue
		}
		if p.Role != "" && !position.Has(p.Role) {
			f.Add(at+"/role", cover.RoleUnknown, cover.Params{"position": p.Position})
			continue
		}
		roles := []cover.PositionRole{{Role: p.Role, Seats: int(p.Headcount)}}
		if p.Role == "" {
			roles = position.Share(p.Headcount)
			doubts = append(doubts, doubtWhole(position, p.Headcount, at)...)
		}
		if p.Wage != nil {
			f.Check(*p.Wage > 0 && *p.Wage <= cover.MostWage, at+"/monthly_wage_amount", cover.AmountImplausible,
				cover.Params{"min": 1, "max": int64(cover.MostWage)})
		}
		for _, r := range roles {
			if one, ok := in.people(&f, at, p, r, election); ok {
				who = append(who, one)
			}
		}
	}
	return who, doubts, oncePerPlace(f).Err()
}

func doubtWhole(p cover.Position, count int64, at string) (doubts cover.Faults) {
	if p.Whole(int(count)) {
		return nil
	}
	units, nearest := p.Nearest(int(count))
	doubts.Add(at+"/headcount", cover.HeadcountImplausible, cover.Params{"per_unit": p.PerUnit, "nearest": nearest, "units": units})
	return doubts
}

// people are those of one role. False means that what is missing was recorded.
func (in Quoting) people(f *cover.Faults, at string, p QuotedPosition, r cover.PositionRole, election cover.Election) (people, bool) {
	before := len(*f)
	term := termOf(election, p.Position, r.Role)
	from, to := cmp.Or(in.From, term.From), cmp.Or(in.To, term.To)
	f.Check(!from.Zero() && !to.Zero(), at+"/position", cover.NoTermKnown, nil)
	if !from.Zero() && !to.Zero() {
		checkDays(f, from, to)
	}
	wage := term.Honorarium
	if p.Wage != nil {
		wage = *p.Wage
	}
	f.Check(wage > 0 || p.Wage != nil, at+"/monthly_wage_amount", cover.NoHonorariumKnown, nil)
	if len(*f) > before {
		return people{}, false
	}
	return people{
		Position: p.Position, Role: r.Role, Officers: int64(r.Seats), From: from, To: to,
		Contributions: cmp.Or(in.MonthRule, cover.MonthsByCalendar).Months(in.Contributions, from, to),
		base:          from.Month(), income: map[cover.Segment]cover.Rupiah{cover.PU: wage, cover.BPU: wage},
	}, true
}

// termOf is the term of a role in an election; the empty one if none is known.
func termOf(e cover.Election, position string, role cover.Role) cover.Term {
	i := slices.IndexFunc(e.Terms, func(t cover.Term) bool { return t.Position == position && t.Role == role })
	if i < 0 {
		return cover.Term{}
	}
	return e.Terms[i]
}

// oncePerPlace leaves out what several roles have in common.
func oncePerPlace(faults cover.Faults) (once cover.Faults) {
	for _, f := range faults {
		same := func(o cover.Fault) bool { return o.Pointer == f.Pointer && o.Code == f.Code }
		if !slices.ContainsFunc(once, same) {
			once = append(once, f)
		}
	}
	return once
}
