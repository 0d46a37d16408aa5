package cover_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// checked is an officer of the PPS with cover that was paid for on 2 September, on 28
// November 2024.
func checked() cover.CheckFacts {
	invoice := cover.KnownInvoice{
		ID: uuid.New(), Number: "2024/000001", Month: cover.NewMonth(2024, time.August), IssuedOn: day("2024-09-01"), DueOn: day("2024-09-17"),
		Total: 21060, Seen: true,
		Settlements: []cover.Settlement{{ID: uuid.New(), Reference: "SP2D-1", On: day("2024-09-02"), Amount: 21060, Seen: true}},
	}
	agreement := pks("pps", "2024-08-26", "2025-01-27")
	return cover.CheckFacts{
		Officer: cover.KnownOfficer{
			ID: uuid.New(), Position: "pps", TermFrom: day("2024-05-26"), TermTo: day("2025-01-27"), Recorded: true, Day: day("2024-11-28"),
			Period: cover.KnownPeriod{
				ID: uuid.New(), AgreementID: agreement.ID, FromOn: day("2024-08-26"), ToOn: day("2025-01-27"), ActivatedOn: day("2024-09-02"),
				Segment: cover.PU, WageBase: 1_300_000, Seen: true,
			},
		},
		Agreements: []cover.KnownAgreement{agreement},
		Invoices:   []cover.KnownInvoice{invoice},
	}
}

// pks is a signed agreement for a position.
func pks(position, from, to string) cover.KnownAgreement {
	return cover.KnownAgreement{
		ID: uuid.New(), Reference: "12/PKS/2024", Positions: []cover.AgreementPosition{{Position: position, Included: true}},
		StartsOn: day(from), EndsOn: day(to), SignedOn: day(from), Seen: true,
	}
}

func drafted(a cover.KnownAgreement, budgeted bool) cover.KnownAgreement {
	a.SignedOn, a.Budgeted = cover.Date{}, budgeted
	return a
}

// unenrolled has no cover, and these agreements about.
func unenrolled(f *cover.CheckFacts, agreements ...cover.KnownAgreement) {
	f.Officer.Period, f.Invoices, f.Agreements = cover.KnownPeriod{}, nil, agreements
}

func TestCoverIsJudgedByTheFirstThingThatIsMissing(t *testing.T) {
	t.Parallel()
	const from, to = "2024-08-26", "2025-01-27"
	for name, tt := range map[string]struct {
		change func(*cover.CheckFacts, *cover.CheckRules)
		reason cover.Code
		jkm    cover.Extent
	}{
		"whoever was paid for is covered": {func(*cover.CheckFacts, *cover.CheckRules) {}, "", cover.CoveredFully},
		"who was not in the register was not known": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f)
			f.Officer.Recorded = false
		}, cover.UncoveredNotRecorded, cover.CoveredNot},
		"a duty that had ended comes before everything an agreement lacks": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f)
			f.Officer.EndedOn = day("2024-11-27")
		}, cover.UncoveredOutsideTerm, cover.CoveredNot},
		"the last day of duty is one": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f)
			f.Officer.EndedOn = day("2024-11-28")
		}, cover.UncoveredNoAgreement, cover.CoveredNot},
		"a term to come is none yet": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f)
			f.Officer.TermFrom = day("2024-11-29")
		}, cover.UncoveredOutsideTerm, cover.CoveredNot},
		"without any agreement": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f)
		}, cover.UncoveredNoAgreement, cover.CoveredNot},
		"a draft that nobody pays for": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f, drafted(pks("pps", from, to), false))
		}, cover.UncoveredNoBudget, cover.CoveredNot},
		"a draft that somebody pays for": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f, drafted(pks("pps", from, to), true))
		}, cover.UncoveredNoAgreement, cover.CoveredNot},
		"money for one draft is enough": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f, drafted(pks("pps", from, to), false), drafted(pks("ppk", from, to), true))
		}, cover.UncoveredNoAgreement, cover.CoveredNot},
		"signed, and the position left out": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f, drafted(pks("pps", from, to), true), pks("ppk", from, to))
		}, cover.UncoveredPositionExcluded, cover.CoveredNot},
		"signed, and not enrolled": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			unenrolled(f, pks("ppk", from, to), pks("pps", from, to))
		}, cover.UncoveredNotEnrolled, cover.CoveredNot},
		"paid a day later is paid too late": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			f.Officer.Period.ActivatedOn = day("2024-11-29")
		}, cover.UncoveredUnpaid, cover.CoveredNot},
		"paid on the day is in time": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			f.Officer.Period.ActivatedOn = day("2024-11-28")
		}, "", cover.CoveredFully},
		"never paid": {func(f *cover.CheckFacts, _ *cover.CheckRules) {
			f.Officer.Period.ActivatedOn = cover.Date{}
		}, cover.UncoveredUnpaid, cover.CoveredNot},
		"arrears that end protection": {func(_ *cover.CheckFacts, r *cover.CheckRules) {
			r.Arrears = cover.ArrearsEnded
		}, cover.UncoveredArrears, cover.CoveredNot},
		"arrears that the employer bears": {func(_ *cover.CheckFacts, r *cover.CheckRules) {
			r.Arrears = cover.ArrearsEmployerPays
		}, "", cover.CoveredFully},
		"a wait that is not over": {func(_ *cover.CheckFacts, r *cover.CheckRules) {
			r.WaitMonths = 3
		}, "", cover.CoveredPartly},
		"a wait that is": {func(f *cover.CheckFacts, r *cover.CheckRules) {
			november := cover.NewMonth(2024, time.November)
			f.PaidMonths, r.WaitMonths = []cover.Month{november, november.Add(-1), november.Add(-2)}, 3
		}, "", cover.CoveredFully},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, rules := checked(), cover.CheckRules{Arrears: cover.ArrearsCovered}
			tt.change(&f, &rules)
			c := cover.Judge(f, rules, time.Time{}, time.Time{})
			if c.Reason != tt.reason || c.Covered() != (tt.reason == "") {
				t.Errorf("%q, want %q", c.Reason, tt.reason)
			}
			jkk := cover.CoveredFully
			if tt.reason != "" {
				jkk = cover.CoveredNot
			}
			if c.Programmes[0].Extent != jkk || c.Programmes[1].Extent != tt.jkm {
				t.Errorf("JKK %s, JKM %s; want %s, %s", c.Programmes[0].Extent, c.Programmes[1].Extent, jkk, tt.jkm)
			}
			if whole := jkk == cover.CoveredFully && tt.jkm == cover.CoveredFully; whole != (len(c.Roads) == 0) {
				t.Errorf("roads: %v", c.Roads)
			}
		})
	}
}

// Who refuses or pays can show every step: each that is missing says why.
func TestEveryLinkHoldsOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	without := checked()
	unenrolled(&without)
	unknown := checked()
	unknown.Officer.Recorded = false
	unenrolled(&unknown)
	for name, f := range map[string]cover.CheckFacts{"with cover": checked(), "without": without, "not known": unknown} {
		chain := cover.Judge(f, cover.CheckRules{JKK: cover.Rule{Version: "jkk-2019-12"}}, time.Time{}, time.Time{}).Chain
		at := -1
		for _, l := range chain {
			if l.Holds == (l.Reason != "") {
				t.Errorf("%s: %s holds is %v because of %q", name, l.Kind, l.Holds, l.Reason)
			}
			next := slices.Index(cover.LinkKinds, l.Kind)
			if next <= at {
				t.Errorf("%s: %s is out of order", name, l.Kind)
			}
			at = next
		}
		if len(chain) != 8 {
			t.Errorf("%s: %d links, want all but the arrears", name, len(chain))
		}
	}
}

// What was settled later was owed on the day all the same, and what was not issued yet,
// not due yet or taken back was not.
func TestArrearsAreThoseOfTheDay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*cover.KnownInvoice)
		want   bool
	}{
		"paid in time":                 {func(*cover.KnownInvoice) {}, false},
		"paid after the day":           {func(i *cover.KnownInvoice) { i.Settlements[0].On = day("2024-11-29") }, true},
		"paid on the day":              {func(i *cover.KnownInvoice) { i.Settlements[0].On = day("2024-11-28") }, false},
		"paid in part":                 {func(i *cover.KnownInvoice) { i.Settlements[0].Amount-- }, true},
		"unpaid, and due on the day":   {func(i *cover.KnownInvoice) { i.Settlements, i.DueOn = nil, day("2024-11-28") }, false},
		"unpaid, and due a day before": {func(i *cover.KnownInvoice) { i.Settlements, i.DueOn = nil, day("2024-11-27") }, true},
		"unpaid, and issued too late":  {func(i *cover.KnownInvoice) { i.Settlements, i.IssuedOn = nil, day("2024-11-29") }, false},
		"unpaid, and taken back":       {func(i *cover.KnownInvoice) { i.Settlements, i.Credited = nil, true }, false},
	} {
		f := checked()
		tt.change(&f.Invoices[0])
		if _, any := f.Overdue(); any != tt.want {
			t.Errorf("%s: overdue is %v", name, any)
		}
	}
}

// Ids and numbers are for whoever sees what they name.
func TestAChainHidesWhatTheAskerDoesNotSee(t *testing.T) {
	t.Parallel()
	f := checked()
	f.Agreements[0].Seen, f.Invoices[0].Seen, f.Invoices[0].Settlements[0].Seen, f.Officer.Period.Seen = false, false, false, false
	c := cover.Judge(f, cover.CheckRules{}, time.Time{}, time.Time{})
	if c.PeriodID.Valid {
		t.Error("the period is named")
	}
	for _, l := range c.Chain[1:] {
		if l.ID.Valid || l.Reference != "" {
			t.Errorf("%s is named", l.Kind)
		}
	}
}

func TestThereIsARoadForEveryReason(t *testing.T) {
	t.Parallel()
	for _, reason := range []cover.Code{
		cover.UncoveredOutsideTerm, cover.UncoveredNotRecorded, cover.UncoveredNoAgreement, cover.UncoveredPositionExcluded,
		cover.UncoveredNoBudget, cover.UncoveredNotEnrolled, cover.UncoveredUnpaid, cover.UncoveredArrears, cover.UncoveredWaitingPeriod,
		"any_other",
	} {
		roads := cover.Roads(reason, "")
		last := -1
		for _, r := range roads {
			at := slices.Index(cover.AllRoads, r)
			if at <= last {
				t.Errorf("%s: %s is out of order", reason, r)
			}
			last = at
		}
		if !slices.Contains(roads, cover.RoadSocialAssistance) {
			t.Errorf("%s leads to %v", reason, roads)
		}
	}
	if roads := cover.Roads("", cover.Accident); roads != nil {
		t.Errorf("cover leads to %v", roads)
	}
	for name, tt := range map[string]struct {
		kind   cover.IncidentKind
		road   cover.Road
		leads  bool
		reason cover.Code
	}{
		"traffic on the way":                    {cover.CommutingAccident, cover.RoadJasaRaharja, true, cover.UncoveredUnpaid},
		"no traffic in an illness":              {cover.Illness, cover.RoadJasaRaharja, false, cover.UncoveredUnpaid},
		"no inspectorate for an illness":        {cover.Illness, cover.RoadLabourOffice, false, cover.UncoveredUnpaid},
		"the inspectorate looks at violence":    {cover.Violence, cover.RoadLabourOffice, true, cover.UncoveredUnpaid},
		"nobody employs who is off duty":        {cover.Accident, cover.RoadEmployer, false, cover.UncoveredOutsideTerm},
		"the organiser bears what it left open": {cover.Accident, cover.RoadEmployer, true, cover.UncoveredPositionExcluded},
	} {
		if got := slices.Contains(cover.Roads(tt.reason, tt.kind), tt.road); got != tt.leads {
			t.Errorf("%s: %v", name, got)
		}
	}
}
