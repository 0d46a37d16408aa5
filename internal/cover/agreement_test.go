package cover

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
)

var (
	organiser, payer, branch = uuid.New(), uuid.New(), uuid.New()
	kinds                    = map[uuid.UUID]OrganisationKind{organiser: KPU, payer: RegionalGovernment, branch: BPJSOffice}
)

// terms are those of Kapuas Hulu, and break no rule.
func terms(changes ...func(*AgreementTerms)) AgreementTerms {
	t := AgreementTerms{
		Title:     "Pelindungan badan ad hoc",
		Parties:   []Party{{OrganisationID: organiser, Role: Organiser}, {OrganisationID: payer, Role: Payer}, {OrganisationID: branch, Role: Branch}},
		Positions: []AgreementPosition{{"pps", 846, true}, {"kpps", 4578, false}}, ElectionCode: "pilkada_2024", Segment: PU,
		WageBasePolicy: BaseHonorarium, FundingSource: "nphd", StartsOn: NewDate(2024, 8, 26), EndsOn: NewDate(2025, 1, 27),
	}
	for _, change := range changes {
		change(&t)
	}
	return t
}

func TestDraft(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*AgreementTerms)
		faults []string
		doubts []string
	}{
		"sound terms make a draft":               {change: func(*AgreementTerms) {}},
		"4,579 is no whole number of KPPS (N03)": {change: func(a *AgreementTerms) { a.Positions[1].Headcount = 4579 }, doubts: []string{"/positions/1/headcount headcount_implausible"}},
		"officers may pay themselves":            {change: func(a *AgreementTerms) { a.Parties = slices.Delete(a.Parties, 1, 2) }},
		"a witness may sign":                     {change: func(a *AgreementTerms) { a.Parties[1].Role = Witness }},
		"a title is not blank":                   {change: func(a *AgreementTerms) { a.Title = " " }, faults: []string{"/title blank"}},
		"it ends after it starts":                {change: func(a *AgreementTerms) { a.EndsOn = NewDate(2024, 8, 25) }, faults: []string{"/ends_on ends_before_start"}},
		"it lasts no six years":                  {change: func(a *AgreementTerms) { a.EndsOn = NewDate(2030, 8, 26) }, faults: []string{"/ends_on period_too_long"}},
		"an election is known":                   {change: func(a *AgreementTerms) { a.ElectionCode = "pemilu_1955" }, faults: []string{"/election_code election_unknown"}},
		"an agreement needs no election":         {change: func(a *AgreementTerms) { a.ElectionCode = "" }},
		"there is an organiser":                  {change: func(a *AgreementTerms) { a.Parties[0].Role = Witness }, faults: []string{"/parties role_missing"}},
		"there is a branch":                      {change: func(a *AgreementTerms) { a.Parties = a.Parties[:2] }, faults: []string{"/parties role_missing"}},
		"a government organises nothing":         {change: func(a *AgreementTerms) { a.Parties[0].OrganisationID, a.Parties[1].OrganisationID = payer, organiser }, faults: []string{"/parties/0/role role_of_other_kind"}},
		"a BPJS office does not pay itself":      {change: func(a *AgreementTerms) { a.Parties[1].OrganisationID, a.Parties[2].OrganisationID = branch, payer }, faults: []string{"/parties/1/role role_of_other_kind", "/parties/2/role role_of_other_kind"}},
		"nobody is two parties":                  {change: func(a *AgreementTerms) { a.Parties[1].OrganisationID = organiser }, faults: []string{"/parties/1/organisation_id party_twice"}},
		"a role is held once":                    {change: func(a *AgreementTerms) { a.Parties[1].Role = Organiser }, faults: []string{"/parties/1/role role_of_other_kind", "/parties/1/role role_taken_twice"}},
		"parties are organisations one sees":     {change: func(a *AgreementTerms) { a.Parties[1].OrganisationID = uuid.New() }, faults: []string{"/parties/1/organisation_id organisation_unknown"}},
		"a position is named once":               {change: func(a *AgreementTerms) { a.Positions[1] = AgreementPosition{"pps", 3, false} }, faults: []string{"/positions/1/position position_twice"}},
		"a position is known":                    {change: func(a *AgreementTerms) { a.Positions[1].Position = "wizard" }, faults: []string{"/positions/1/position position_unknown"}},
		"KPU covers no supervisors":              {change: func(a *AgreementTerms) { a.Positions[1].Position = "pkd" }, faults: []string{"/positions/1/position position_of_other_body"}},
		"somebody is covered":                    {change: func(a *AgreementTerms) { a.Positions[0].Included = false }, faults: []string{"/positions nothing_included"}},
		"a declared wage is declared":            {change: func(a *AgreementTerms) { a.WageBasePolicy = BaseDeclared }, faults: []string{"/declared_wage_amount wage_missing"}},
		"an honorarium needs no declaration":     {change: func(a *AgreementTerms) { a.DeclaredWage = 1_000_000 }, faults: []string{"/declared_wage_amount wage_not_expected"}},
		"tiers are for BPU":                      {change: func(a *AgreementTerms) { a.WageBasePolicy = BaseBPUTier }, faults: []string{"/wage_base_policy policy_of_other_segment"}},
		"BPU has tiers":                          {change: func(a *AgreementTerms) { a.Segment = BPU }, faults: []string{"/wage_base_policy policy_of_other_segment"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, doubts, err := Draft(terms(tt.change), kinds, knownThings)
			if got := told(faultsOf(err)); !slices.Equal(got, tt.faults) {
				t.Errorf("faults %v, want %v", got, tt.faults)
			}
			if got := told(doubts); !slices.Equal(got, tt.doubts) {
				t.Errorf("doubts %v, want %v", got, tt.doubts)
			}
		})
	}
}

func TestTheLifeOfAnAgreement(t *testing.T) {
	t.Parallel()
	a, _, err := Draft(terms(), kinds, knownThings)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Sign(organiser, today, today); KindOf(err) != Forbidden {
		t.Errorf("signed by the organiser: %v", err)
	}
	future := a
	if got := told(faultsOf(future.Sign(branch, today.Add(1), today))); !slices.Equal(got, []string{"/signed_on in_the_future"}) {
		t.Errorf("signed tomorrow: %v", got)
	}
	if err := a.MayCover(today); KindOf(err) != Conflict {
		t.Errorf("a draft covers: %v", err)
	}
	if err := a.Sign(branch, today, today); err != nil {
		t.Fatal(err)
	}
	if err := a.Sign(branch, today, today); KindOf(err) != Conflict {
		t.Errorf("signed twice: %v", err)
	}
	for day, want := range map[Date]AgreementStatus{
		a.StartsOn.Add(-1): AgreementSigned, a.StartsOn: AgreementActive, a.EndsOn: AgreementActive, a.EndsOn.Add(1): AgreementExpired,
	} {
		if got := a.StatusOn(day); got != want {
			t.Errorf("on %s %s, want %s", day, got, want)
		}
	}
	last := NewDate(2024, 12, 31)
	if err := a.Terminate(payer, last, "lebih awal", today); KindOf(err) != Forbidden {
		t.Errorf("terminated by the payer: %v", err)
	}
	late := a
	if got := told(faultsOf(late.Terminate(organiser, a.EndsOn, " ", today))); !slices.Equal(got, []string{"/reason blank", "/terminated_on outside_agreement"}) {
		t.Errorf("terminated on its last day for no reason: %v", got)
	}
	if err := a.Terminate(organiser, last, "lebih awal", today); err != nil {
		t.Fatal(err)
	}
	if a.StatusOn(last) != AgreementActive || a.StatusOn(last.Add(1)) != AgreementTerminated || a.LastDay() != last {
		t.Errorf("%s, %s, %s", a.StatusOn(last), a.StatusOn(last.Add(1)), a.LastDay())
	}
	if err := a.Terminate(branch, last, "lagi", today); KindOf(err) != Conflict {
		t.Errorf("terminated twice: %v", err)
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in     Registration
		faults []string
	}{
		"a regency's body stands in a regency": {Registration{Kind: KPU, Level: "regency", AreaCode: "61.06", Name: "KPU"}, nil},
		"a national body stands nowhere":       {Registration{Kind: KPU, Level: National, Name: "KPU RI"}, nil},
		"and has no area":                      {Registration{Kind: KPU, Level: National, AreaCode: "61", Name: "KPU"}, []string{"/area_code area_not_expected"}},
		"a province's body stands in one":      {Registration{Kind: KPU, Level: "province", Name: "KPU"}, []string{"/area_code area_missing"}},
		"an area is known":                     {Registration{Kind: KPU, Level: "province", AreaCode: "99", Name: "KPU"}, []string{"/area_code area_unknown"}},
		"an area fits the level":               {Registration{Kind: KPU, Level: "province", AreaCode: "61.06", Name: " "}, []string{"/area_code area_level_wrong", "/name blank"}},
	} {
		_, err := Register(tt.in, knownThings)
		if got := told(faultsOf(err)); !slices.Equal(got, tt.faults) {
			t.Errorf("%s: %v, want %v", name, got, tt.faults)
		}
	}
	nation := Organisation{ID: uuid.New(), Kind: KPU, Level: National}
	province := Organisation{ID: uuid.New(), Kind: KPU, Level: "province", AreaCode: "61"}
	other := Organisation{ID: uuid.New(), Kind: Bawaslu, Level: "regency", AreaCode: "61.06"}
	if !nation.Above(kapuasHulu) || !province.Above(kapuasHulu) || kapuasHulu.Above(province) || province.Above(other) || nation.Above(nation) {
		t.Error("who stands above whom is wrong")
	}
}

func TestTheDaysOfCover(t *testing.T) {
	t.Parallel()
	c := CoveragePeriod{FromOn: NewDate(2024, 8, 26), ToOn: NewDate(2025, 1, 27), JKK: 3120, JKM: 3900}
	if c.StatusOn(today) != CoveragePending || c.Premium() != 7020 {
		t.Errorf("%s, %d", c.StatusOn(today), c.Premium())
	}
	c.ActivatedOn = NewDate(2024, 9, 10)
	if c.StatusOn(c.ToOn) != CoverageActive || c.StatusOn(c.ToOn.Add(1)) != CoverageEnded {
		t.Errorf("%s, %s", c.StatusOn(c.ToOn), c.StatusOn(c.ToOn.Add(1)))
	}
	a := Agreement{OrganiserID: organiser, BranchID: branch}
	if err := c.Cancel(payer, a, false, today); KindOf(err) != Forbidden {
		t.Errorf("cancelled by the payer: %v", err)
	}
	if err := c.Cancel(branch, a, true, today); KindOf(err) != Conflict {
		t.Errorf("cancelled though billed: %v", err)
	}
	if err := c.Cancel(branch, a, false, today); err != nil || c.StatusOn(today) != CoverageCancelled {
		t.Errorf("%v, %s", err, c.StatusOn(today))
	}
	if err := c.Cancel(branch, a, false, today); KindOf(err) != Conflict {
		t.Errorf("cancelled twice: %v", err)
	}
}

func TestScopesAreGivenByWhoeverHoldsThem(t *testing.T) {
	t.Parallel()
	known, held := []string{"a:read", "b:read"}, []string{"a:read"}
	for scope, want := range map[string][]string{
		"a:read": nil, "b:read": {"/scopes scope_not_held"}, "c:read": {"/scopes scope_unknown"},
	} {
		if got := told(faultsOf(MayGrant([]string{scope}, known, held))); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", scope, got, want)
		}
	}
}

func TestNobodyMakesTheirOwnChecker(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		scopes []string
		own    bool
		want   bool
	}{
		"a clerk of one's own":                {[]string{"claims:write", "officers:read"}, true, true},
		"a second decider of one's own":       {[]string{"claims:write", "claims:decide"}, true, false},
		"a second giver of one's own":         {[]string{"ex_gratia:write"}, true, false},
		"a decider for an organisation below": {[]string{"claims:decide", "ex_gratia:write"}, false, true},
	} {
		err := SeparateDuties(tt.scopes, tt.own)
		if refusal, ok := errors.AsType[*Error](err); ok != !tt.want || ok && refusal.Code != DutiesNotSeparated {
			t.Errorf("%s: %v", name, err)
		}
	}
}
