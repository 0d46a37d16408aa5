package cover_test

import (
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

func TestAnIncidentIsClaimedUnderOneProgramme(t *testing.T) {
	for _, kind := range cover.IncidentKinds {
		for _, outcome := range cover.IncidentOutcomes {
			i := cover.Incident{Kind: kind, Outcome: outcome}
			work := kind != cover.Illness
			if i.Under(cover.JKK) != work {
				t.Errorf("JKK for %s, %s", kind, outcome)
			}
			if i.Under(cover.JKM) != (!work && outcome == cover.Died) {
				t.Errorf("JKM for %s, %s", kind, outcome)
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
		want   map[string]bool
	}{
		"the organiser submits a draft":          {cover.ClaimDraft, organiser, map[string]bool{"submit": true}},
		"the branch waits for a draft":           {cover.ClaimDraft, branch, nil},
		"the branch decides what is submitted":   {cover.ClaimSubmitted, branch, map[string]bool{"approve": true, "reject": true}},
		"the organiser waits for the decision":   {cover.ClaimSubmitted, organiser, nil},
		"the branch pays what is approved":       {cover.ClaimApproved, branch, map[string]bool{"pay": true}},
		"nobody does anything to what is paid":   {cover.ClaimPaid, branch, nil},
		"nor to what is rejected":                {cover.ClaimRejected, branch, nil},
		"a stranger does nothing at any time":    {cover.ClaimSubmitted, stranger, nil},
		"a stranger does not pay what is others": {cover.ClaimApproved, stranger, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := cover.Claim{
				OrganiserID: organiser.Organisation, BranchID: branch.Organisation, Status: tt.status,
				SubmittedBy: uuid.NullUUID{UUID: organiser.Client, Valid: true},
			}
			for _, a := range c.Actions(tt.who) {
				if free := len(a.BlockedBy) == 0; free != tt.want[a.Name] {
					t.Errorf("%s: blocked by %v", a.Name, a.BlockedBy)
				}
			}
		})
	}
}
