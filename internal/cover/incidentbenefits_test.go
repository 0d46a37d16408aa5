package cover_test

import (
	"testing"

	"naungan/internal/cover"
)

// What stands counts, what was handed over is paid, and an election body's own scheme is
// never netted with what is insured.
func TestWhatAnIncidentPaysIsTheSumOfBothStreams(t *testing.T) {
	claim := func(s cover.ClaimStatus, amount, late cover.Rupiah) cover.Claim {
		return cover.Claim{Status: s, Amount: amount, Compensation: late}
	}
	grant := func(s cover.GrantStatus, amount cover.Rupiah) cover.Grant {
		return cover.Grant{Status: s, Amount: amount}
	}
	for name, tt := range map[string]struct {
		claims                    []cover.Claim
		grants                    []cover.Grant
		insurance, exGratia, paid cover.Rupiah
	}{
		"nothing is asked for":         {},
		"a draft is not paid yet":      {claims: []cover.Claim{claim(cover.ClaimDraft, 42_000_000, 0)}, insurance: 42_000_000},
		"a paid claim, with lateness":  {claims: []cover.Claim{claim(cover.ClaimPaid, 42_000_000, 420_000)}, insurance: 42_420_000, paid: 42_420_000},
		"what was rejected is nothing": {claims: []cover.Claim{claim(cover.ClaimRejected, 90_000_000, 0), claim(cover.ClaimWithdrawn, 1, 0), claim(cover.ClaimApproved, 42_000_000, 0)}, insurance: 42_000_000},
		"a claim and what it reopens":  {claims: []cover.Claim{claim(cover.ClaimPaid, 40_000_000, 0), claim(cover.ClaimApproved, 2_000_000, 0)}, insurance: 42_000_000, paid: 40_000_000},
		"a grant alone":                {grants: []cover.Grant{grant(cover.GrantGranted, 46_000_000)}, exGratia: 46_000_000},
		"the rest after who was hurt died": {
			grants: []cover.Grant{grant(cover.GrantDisbursed, 16_500_000), grant(cover.GrantGranted, 29_500_000)}, exGratia: 46_000_000, paid: 16_500_000,
		},
		"a grant that was cancelled": {grants: []cover.Grant{grant(cover.GrantCancelled, 46_000_000)}},
		"both streams, both paid": {
			claims: []cover.Claim{claim(cover.ClaimPaid, 42_000_000, 0)}, grants: []cover.Grant{grant(cover.GrantDisbursed, 46_000_000)},
			insurance: 42_000_000, exGratia: 46_000_000, paid: 88_000_000,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := cover.Benefits(tt.claims, tt.grants)
			if b.Insurance != tt.insurance || b.ExGratia != tt.exGratia || b.Paid != tt.paid || b.Total() != tt.insurance+tt.exGratia {
				t.Errorf("%+v, want %d and %d, of which %d paid", b, tt.insurance, tt.exGratia, tt.paid)
			}
		})
	}
}
