package billing

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Quoting asks what cover costs: of the roster of an agreement, or of so many
// officers. What it says besides an agreement counts instead of the agreement's own
// word.
type Quoting struct {
	AgreementID   uuid.UUID // none: Positions say it
	ElectionCode  string    // whose terms and honoraria hold where Positions give none
	Positions     []QuotedPosition
	From, To      cover.Date // inclusive; none: as the term, or the agreement, says
	RiskClass     cover.RiskClass
	FundingSource cover.FundingSource
	Sector        tariff.Sector
	MonthRule     cover.MonthRule
	Contributions int // owed for each officer's term; 0: as its months say
}

// QuotedPosition is so many officers of one position.
type QuotedPosition struct {
	Position  string
	Role      cover.Role // none: they are shared out over the seats of their bodies
	Headcount int64
	Wage      *cover.Rupiah // a month; none: the honorarium of the election
}

// Quotation is what cover costs and pays, in each segment.
type Quotation struct {
	Officers int64
	Options  []QuotedOption // in the order of cover.Segments
	Doubts   cover.Faults
}

// QuotedOption is what cover costs and pays in one segment.
type QuotedOption struct {
	Segment   cover.Segment
	Policy    cover.WageBasePolicy
	Schedules []string // versions of the tariff that rate it
	Reliefs   []string // and that lower it
	Lines     []QuotedLine
	Months    []QuotedMonth
	Officers  int64
	Monthly   cover.Rupiah // what the first months of all lines cost together
	Term      cover.Rupiah
	Doubts    cover.Faults // where this cover is weaker than people think
}

// QuotedLine is what officers cost and get who earn the same and owe the same
// months. JKK and JKM are for one of them in the first month.
type QuotedLine struct {
	people
	Wage     cover.Rupiah // that the base comes from
	Base     cover.Rupiah
	JKK, JKM cover.Rupiah
	Monthly  cover.Rupiah // all of them, in the first month
	Term     cover.Rupiah // all of them, each month at its own rates

	JKKDeath     cover.Rupiah // what an accident on the last day pays
	JKMDeath     cover.Rupiah // what another death on the last day pays, with all months contributed
	JKMFullAfter int          // months in a row before JKM pays in full; 0: from the first
}

// QuotedMonth is what is owed for one month.
type QuotedMonth struct {
	Month    cover.Month
	DueOn    cover.Date
	Officers int64
	Amount   cover.Rupiah
}

// people are officers of one role who earn the same and owe the same months.
type people struct {
	Position      string
	Role          cover.Role
	Officers      int64
	From, To      cover.Date // of the cover, inclusive
	Contributions int        // months owed, from that of From on

	base   cover.Month                    // whose schedule settles the wage base
	income map[cover.Segment]cover.Rupiah // a month, that the wage base comes from
}

// terms are those of a quotation that all of its people share.
type terms struct {
	policy  map[cover.Segment]cover.WageBasePolicy
	risk    cover.RiskClass
	funding cover.FundingSource
	sector  tariff.Sector
}

// Quote works out what cover costs and pays, as a wage earner's on the honorarium and
// as everybody else's on the tiers, and stores nothing. Refuses a question that names
// neither an agreement nor positions (quotation_incomplete) or both
// (headcount_or_roster), an agreement that the actor does not see
// (agreement_unknown), or whose roster is not theirs to know (party_role_required), and
// positions whose term (no_term_known) or honorarium (no_honorarium_known) nobody
// knows.
func Quote(r *store.Reader, in Quoting) (Quotation, error) {
	if err := in.check(); err != nil {
		return Quotation{}, err
	}
	rates, err := r.Tariff()
	if err != nil {
		return Quotation{}, err
	}
	var who []people
	var doubts cover.Faults
	t := in.terms()
	if in.AgreementID != uuid.Nil {
		who, t, doubts, err = in.roster(r)
	} else {
		who, doubts, err = in.headcounts(r.Reference())
	}
	if err != nil {
		return Quotation{}, err
	}
	q := Quotation{Doubts: doubts}
	for _, p := range who {
		q.Officers += p.Officers
	}
	for _, segment := range cover.Segments {
		option, err := quoteOption(rates, segment, t, who)
		if err != nil {
			return Quotation{}, err
		}
		q.Options = append(q.Options, option)
	}
	return q, nil
}

// check refuses a question that nobody could answer.
func (in Quoting) check() error {
	var f cover.Faults
	byRoster := in.AgreementID != uuid.Nil
	f.Check(byRoster || len(in.Positions) > 0, "/positions", cover.QuotationIncomplete, nil)
	f.Check(!byRoster || len(in.Positions) == 0, "/positions", cover.HeadcountOrRoster, nil)
	f.Check(!byRoster || in.ElectionCode == "", "/election_code", cover.HeadcountOrRoster, nil)
	return f.Err()
}

// checkDays records what is wrong with days of cover that a caller gave, or that
// follow from what they gave.
func checkDays(f *cover.Faults, from, to cover.Date) bool {
	before := len(*f)
	f.Check(!to.Before(from), "/to_on", cover.EndsBeforeStart, nil)
	f.Check(to.Before(from.AddYears(6)), "/to_on", cover.PeriodTooLong, cover.Params{"years": 6})
	return len(*f) == before
}

// terms are those of a head-count. Public money earns no relief, so that nobody is
// promised one.
func (in Quoting) terms() terms {
	return terms{
		policy:  map[cover.Segment]cover.WageBasePolicy{cover.PU: cover.BaseHonorarium, cover.BPU: cover.BaseBPUTier},
		risk:    cmp.Or(in.RiskClass, cover.RiskClasses[0]),
		funding: cmp.Or(in.FundingSource, "apbd"), sector: in.Sector,
	}
}

// roster finds the people of an agreement, and its terms. Whoever has no wage is left
// out, as enrolment does, and doubted.
func (in Quoting) roster(r *store.Reader) (who []people, t terms, doubts cover.Faults, err error) {
	a, err := r.Agreement(in.AgreementID)
	if err != nil {
		return nil, t, nil, cover.Unseen(err, "/agreement_id", cover.AgreementUnknown)
	}
	if err := a.MayTellGap(r.Actor().OrganisationID); err != nil {
		return nil, t, nil, err
	}
	a.RiskClass, a.FundingSource = cmp.Or(in.RiskClass, a.RiskClass), cmp.Or(in.FundingSource, a.FundingSource)
	a.MonthRule, a.Contributions = cmp.Or(in.MonthRule, a.MonthRule), cmp.Or(in.Contributions, a.Contributions)
	from, to := cmp.Or(in.From, a.StartsOn), cmp.Or(in.To, a.LastDay())
	var f cover.Faults
	if !checkDays(&f, from, to) {
		return nil, t, nil, f.Err()
	}
	in.RiskClass, in.FundingSource = a.RiskClass, a.FundingSource
	t = in.terms()
	if a.Segment == cover.PU {
		t.policy[cover.PU] = a.WageBasePolicy
	}
	groups, err := r.RosterGroups(store.Roster{Agreement: a, Positions: a.Included(), From: from, To: to})
	if err != nil {
		return nil, t, nil, err
	}
	for _, g := range groups {
		wage := cmp.Or(a.DeclaredWage, g.Honorarium)
		if wage == 0 {
			doubts.Add("/agreement_id", cover.HonorariumUnknown, cover.Params{"position": g.Position, "role": g.Role, "officers": g.Officers})
			continue
		}
		who = append(who, people{
			Position: g.Position, Role: g.Role, Officers: g.Officers, From: g.From, To: g.To, Contributions: g.Contributions,
			base: from.Month(), income: map[cover.Segment]cover.Rupiah{cover.PU: wage, cover.BPU: cmp.Or(g.Honorarium, wage)},
		})
	}
	return who, t, doubts, nil
}

// quoteOption rates everybody in one segment.
func quoteOption(rates *tariff.Tariff, segment cover.Segment, t terms, who []people) (QuotedOption, error) {
	o := QuotedOption{Segment: segment, Policy: t.policy[segment]}
	months := map[cover.Month]*QuotedMonth{}
	schedules, reliefs := map[string]bool{}, map[string]bool{}
	for _, p := range who {
		owed, err := contributions(rates, segment, t, p)
		if err != nil {
			return o, err
		}
		for n, c := range owed {
			month := p.From.Month().Add(n)
			if months[month] == nil {
				months[month] = &QuotedMonth{Month: month, DueOn: rates.DueOn(segment, month)}
			}
			months[month].Officers += p.Officers
			months[month].Amount += c.Total() * cover.Rupiah(p.Officers)
			schedules[c.Schedule] = true
			if c.Relief != "" {
				reliefs[c.Relief] = true
			}
		}
		line, err := quoteLine(rates, segment, p, owed)
		if err != nil {
			return o, err
		}
		o.add(line)
	}
	o.Schedules, o.Reliefs = slices.Sorted(maps.Keys(schedules)), slices.Sorted(maps.Keys(reliefs))
	for _, month := range slices.SortedFunc(maps.Keys(months), func(a, b cover.Month) int { return a.Since(b) }) {
		o.Months = append(o.Months, *months[month])
	}
	terms := make([]tariff.Owed, len(who))
	for n, p := range who {
		terms[n] = tariff.Owed{Months: p.Contributions, To: p.To}
	}
	o.Doubts = rates.WaitingDoubts(segment, terms)
	return o, nil
}

func (o *QuotedOption) add(l QuotedLine) {
	o.Lines = append(o.Lines, l)
	o.Officers += l.Officers
	o.Monthly += l.Monthly
	o.Term += l.Term
}

// contributions is what one of some people owes for each month, at the month's own
// rates, on the base that the month of their first cover settles.
func contributions(rates *tariff.Tariff, segment cover.Segment, t terms, p people) ([]tariff.Contribution, error) {
	query := tariff.ContributionQuery{
		Segment: segment, Month: p.base, Income: p.income[segment], RiskClass: t.risk, FundingSource: t.funding, Sector: t.sector,
	}
	settled, err := rates.Contribution(query)
	if err != nil {
		return nil, err
	}
	owed := make([]tariff.Contribution, p.Contributions)
	for n := range owed {
		query.Month = p.From.Month().Add(n)
		if owed[n], err = rates.ContributionOn(settled.Base, query); err != nil {
			return nil, err
		}
	}
	return owed, nil
}

// quoteLine adds up what some people owe, and what they get.
func quoteLine(rates *tariff.Tariff, segment cover.Segment, p people, owed []tariff.Contribution) (QuotedLine, error) {
	first, many := owed[0], cover.Rupiah(p.Officers)
	l := QuotedLine{
		people: p, Wage: p.income[segment], Base: first.Base, JKK: first.JKK, JKM: first.JKM, Monthly: first.Total() * many,
		JKMFullAfter: rates.WaitingMonths(segment, p.To),
	}
	for _, c := range owed {
		l.Term += c.Total() * many
	}
	for programme, pays := range map[cover.Programme]*cover.Rupiah{cover.JKK: &l.JKKDeath, cover.JKM: &l.JKMDeath} {
		death, err := rates.Death(tariff.DeathQuery{
			Programme: programme, Segment: segment, On: p.To, Base: first.Base, ConsecutiveMonths: p.Contributions,
		})
		if err != nil {
			return l, err
		}
		*pays = death.Total
	}
	return l, nil
}
