package cover_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

func TestMonthsWithoutBreak(t *testing.T) {
	june := cover.NewMonth(2025, time.June)
	back := func(months ...int) (paid []cover.Month) {
		for _, n := range months {
			paid = append(paid, june.Add(-n))
		}
		return paid
	}
	for name, tt := range map[string]struct {
		paid []cover.Month
		want int
	}{
		"nothing paid":                               {nil, 0},
		"the month itself":                           {back(0), 1},
		"three in a row":                             {back(0, 1, 2), 3},
		"a gap ends the row":                         {back(0, 1, 3, 4), 2},
		"the month itself may not be due yet":        {back(1, 2, 3), 3},
		"but the one before it is":                   {back(2, 3, 4), 0},
		"a row reaches across the turn of the year":  {back(0, 1, 2, 3, 4, 5, 6, 7), 8},
		"a gap right before the month itself counts": {back(0, 2, 3), 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cover.MonthsWithoutBreak(tt.paid, june); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

// JKK and JKM exclude each other, whatever happened and whatever was found of it.
func TestAnIncidentIsClaimedUnderOneProgramme(t *testing.T) {
	for _, kind := range cover.IncidentKinds {
		for _, outcome := range cover.IncidentOutcomes {
			for _, guarantee := range append(cover.Guarantees, "") {
				i := cover.Incident{Kind: kind, Outcome: outcome, Guarantee: guarantee}
				work := kind != cover.Illness && guarantee != cover.GuaranteeRefused
				died := outcome == cover.Died
				for programme, want := range map[cover.Programme]bool{
					cover.JKK: work, cover.JKM: !work && died, cover.Scholarship: died || work && outcome == cover.Disabled, "jht": false,
				} {
					if i.Under(programme) != want {
						t.Errorf("%s for %s, %s, %s", programme, kind, outcome, guarantee)
					}
				}
			}
		}
	}
}

// A claim knows who may act on it from its status and its parties alone.
func TestAClaimIsActedOnByWhoseTurnItIs(t *testing.T) {
	organiser := cover.Claimant{Organisation: uuid.New(), Client: uuid.New()}
	branch := cover.Claimant{Organisation: uuid.New(), Client: uuid.New()}
	stranger := cover.Claimant{Organisation: uuid.New(), Client: uuid.New()}
	for name, tt := range map[string]struct {
		status cover.ClaimStatus
		who    cover.Claimant
		want   []string
	}{
		"the organiser submits or withdraws a draft":    {cover.ClaimDraft, organiser, []string{"submit", "withdraw"}},
		"the branch waits for a draft":                  {cover.ClaimDraft, branch, nil},
		"the branch looks at what is submitted":         {cover.ClaimSubmitted, branch, []string{"return", "verify", "reject"}},
		"the organiser may still withdraw it":           {cover.ClaimSubmitted, organiser, []string{"withdraw"}},
		"what is incomplete is the organiser's again":   {cover.ClaimIncomplete, organiser, []string{"submit", "withdraw"}},
		"and the branch waits for it":                   {cover.ClaimIncomplete, branch, nil},
		"what is verified is decided, or returned":      {cover.ClaimVerified, branch, []string{"return", "approve", "reject"}},
		"and not withdrawn any more":                    {cover.ClaimVerified, organiser, nil},
		"the branch pays what is approved, or reopens":  {cover.ClaimApproved, branch, []string{"pay", "reopen"}},
		"nobody does anything to what is paid":          {cover.ClaimPaid, branch, nil},
		"nor its organiser":                             {cover.ClaimPaid, organiser, nil},
		"the branch reopens what it rejected":           {cover.ClaimRejected, branch, []string{"reopen"}},
		"the organiser appeals against it":              {cover.ClaimRejected, organiser, []string{"appeal"}},
		"nobody does anything to what is withdrawn":     {cover.ClaimWithdrawn, organiser, nil},
		"a stranger does nothing at any time":           {cover.ClaimSubmitted, stranger, nil},
		"a stranger does not pay what is others to pay": {cover.ClaimApproved, stranger, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := cover.Claim{
				OrganiserID: organiser.Organisation, BranchID: branch.Organisation, Status: tt.status,
				SubmittedBy: uuid.NullUUID{UUID: organiser.Client, Valid: true},
			}
			for _, a := range c.Actions(tt.who) {
				if free := len(a.BlockedBy) == 0; free != slices.Contains(tt.want, a.Name) {
					t.Errorf("%s: blocked by %v", a.Name, a.BlockedBy)
				}
			}
		})
	}
}

// Whoever made what is to be checked does not check it, also across an appeal.
func TestMakerAndCheckerDiffer(t *testing.T) {
	client := func() uuid.NullUUID { return uuid.NullUUID{UUID: uuid.New(), Valid: true} }
	submitted, verified, rejected := client(), client(), client()
	branch := uuid.New()
	now := time.Date(2024, 12, 2, 9, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		status cover.ClaimStatus
		do     func(*cover.Claim, cover.Claimant) error
		makers []uuid.NullUUID
	}{
		"verify":  {cover.ClaimSubmitted, (*cover.Claim).Verify, []uuid.NullUUID{submitted, rejected}},
		"approve": {cover.ClaimVerified, func(c *cover.Claim, who cover.Claimant) error { return c.Approve(who, now) }, []uuid.NullUUID{submitted, verified, rejected}},
		"reject": {cover.ClaimVerified, func(c *cover.Claim, who cover.Claimant) error {
			return c.Reject(who, "untrue", "", now)
		}, []uuid.NullUUID{submitted, verified, rejected}},
	} {
		t.Run(name, func(t *testing.T) {
			claim := func() *cover.Claim {
				return &cover.Claim{BranchID: branch, Status: tt.status, SubmittedBy: submitted, VerifiedBy: verified, Rejecters: []uuid.UUID{rejected.UUID}}
			}
			for _, maker := range tt.makers {
				if err := tt.do(claim(), cover.Claimant{Organisation: branch, Client: maker.UUID}); code(err) != cover.MakerIsChecker {
					t.Errorf("by a maker: %v", err)
				}
			}
			if err := tt.do(claim(), cover.Claimant{Organisation: branch, Client: uuid.New()}); err != nil {
				t.Errorf("by somebody else: %v", err)
			}
		})
	}
}

func code(err error) cover.Code {
	if e, ok := errors.AsType[*cover.Error](err); ok {
		return e.Code
	}
	return ""
}

// A rejection that is appealed leaves nothing behind but who rejected.
func TestAnAppealLeavesWhoRejectedAlone(t *testing.T) {
	organiser, branch := uuid.New(), uuid.New()
	rejecter := cover.Claimant{Organisation: branch, Client: uuid.New()}
	submitted := time.Date(2024, 12, 2, 9, 0, 0, 0, time.UTC)
	c := cover.Claim{OrganiserID: organiser, BranchID: branch, Status: cover.ClaimSubmitted, SubmittedAt: &submitted}
	if err := c.Reject(rejecter, "untrue", " Tidak benar. ", time.Now()); err != nil {
		t.Fatal(err)
	}
	if c.RejectionNote != "Tidak benar." {
		t.Errorf("note %q", c.RejectionNote)
	}
	if err := c.Appeal(cover.Claimant{Organisation: organiser}); err != nil {
		t.Fatal(err)
	}
	if c.Status != cover.ClaimSubmitted || c.RejectionReason != "" || c.DecidedAt != nil || !slices.Equal(c.Rejecters, []uuid.UUID{rejecter.Client}) {
		t.Errorf("%+v", c)
	}
}

// Everything that keeps a claim from being submitted is said at once.
func TestAClaimSaysAllThatItStillNeeds(t *testing.T) {
	now := time.Date(2024, 12, 2, 9, 0, 0, 0, time.UTC)
	today := cover.DateOf(now, time.UTC)
	late, inTime := now.Add(-time.Hour), now.Add(time.Hour)
	concluded := now
	spouse := cover.Heir{ID: uuid.New(), Relation: cover.HeirSpouse, Kin: cover.Kin{BornOn: date("1985-08-05"), Account: account}}
	done := cover.Incident{Kind: cover.Accident, Outcome: cover.Died, ReportDueAt: &inTime, ConfirmedAt: &late, ConcludedAt: &concluded}
	whole := cover.Claim{Programme: cover.JKK, Asked: cover.Asked{PayeeID: uuid.NullUUID{UUID: spouse.ID, Valid: true}}}
	paper := cover.Requirement{DocumentKind: "death_certificate", Mandatory: true, Status: cover.RequirementAttached}
	for name, tt := range map[string]struct {
		claim    func(*cover.Claim)
		incident func(*cover.Incident)
		paper    func(*cover.Requirement)
		lastDay  cover.Date
		want     string
	}{
		"nothing is missing":                     {},
		"a paper that is missing":                {paper: func(r *cover.Requirement) { r.Status = cover.RequirementMissing }, want: "/requirements requirement_unmet"},
		"a paper that was rejected":              {paper: func(r *cover.Requirement) { r.Status = cover.RequirementRejected }, want: "/requirements requirement_unmet"},
		"a paper that may be missing":            {paper: func(r *cover.Requirement) { r.Status, r.Mandatory = cover.RequirementMissing, false }},
		"nobody who receives":                    {claim: func(c *cover.Claim) { c.PayeeID = uuid.NullUUID{} }, want: "/payee_id payee_missing"},
		"the body paid first, and was in time":   {claim: func(c *cover.Claim) { c.Reimbursement = true }, want: "/reimbursement report_was_in_time"},
		"the report of stage II":                 {incident: func(i *cover.Incident) { i.ConcludedAt = nil }, want: "/incident_id incident_not_concluded"},
		"a late report":                          {incident: func(i *cover.Incident) { i.ReportDueAt, i.ConfirmedAt = &late, &now }, want: "/reimbursement report_was_late"},
		"a late report, and the body paid first": {incident: func(i *cover.Incident) { i.ReportDueAt, i.ConfirmedAt = &late, &now }, claim: func(c *cover.Claim) { c.Reimbursement = true }},
		"losses of who survived": {
			claim:    func(c *cover.Claim) { c.PayeeID = uuid.NullUUID{} },
			incident: func(i *cover.Incident) { i.Outcome = cover.Injured }, want: "/losses losses_missing",
		},
		"the day after the last": {lastDay: date("2024-12-01"), want: "/incident_id claim_expired"},
		"an illness has no stages and no last day": {
			claim: func(c *cover.Claim) { c.Programme = cover.JKM }, lastDay: date("2024-12-01"),
			incident: func(i *cover.Incident) { i.Kind, i.ReportDueAt, i.ConcludedAt = cover.Illness, nil, nil },
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, i, r := whole, done, paper
			if tt.claim != nil {
				tt.claim(&c)
			}
			if tt.incident != nil {
				tt.incident(&i)
			}
			if tt.paper != nil {
				tt.paper(&r)
			}
			last := tt.lastDay
			if last.Zero() {
				last = today
			}
			var f cover.Faults
			c.CheckTime(i, last, today, now, &f)
			c.CheckComplete(i, []cover.Heir{spouse}, []cover.Requirement{r}, today, &f)
			if got := told(f.Err()); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// Two children need a paper each, and so do two ranks: whose is missing has to be said.
func TestAMissingPaperSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	child := func(id uuid.UUID) cover.Requirement {
		return cover.Requirement{
			DocumentKind: "school_letter", Mandatory: true, Status: cover.RequirementMissing, HeirID: uuid.NullUUID{UUID: id, Valid: true},
		}
	}
	rank := cover.Requirement{DocumentKind: cover.NoHeirsStatement, Mandatory: true, Status: cover.RequirementMissing, Rank: 1}
	first, second := uuid.New(), uuid.New()
	var f cover.Faults
	(cover.Claim{Programme: cover.Scholarship}).CheckComplete(
		cover.Incident{}, nil, []cover.Requirement{child(first), child(second), rank}, date("2024-12-02"), &f,
	)
	if len(f) != 3 || f[0].Params["heir_id"] != first || f[1].Params["heir_id"] != second || f[2].Params["rank"] != 1 {
		t.Errorf("%v", f)
	}
	if _, said := f[2].Params["heir_id"]; said {
		t.Errorf("a statement that speaks of a whole rank is said to be of one heir: %v", f[2].Params)
	}
}

// told are the faults of an error, each with its place.
func told(err error) string {
	e, ok := errors.AsType[*cover.Error](err)
	if !ok {
		return ""
	}
	var all []string
	for _, f := range e.Faults {
		all = append(all, f.Pointer+" "+string(f.Code))
	}
	return strings.Join(all, ", ")
}

func date(s string) cover.Date {
	d, err := cover.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
