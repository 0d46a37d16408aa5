package tariff_test

import (
	"fmt"
	"slices"
	"testing"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

func TestAClaimNeedsItsDocuments(t *testing.T) {
	all := rates(t)
	for name, tt := range map[string]struct {
		stream    cover.Stream
		cases     []tariff.Case
		mandatory []cover.DocumentKind
		absent    []cover.DocumentKind
	}{
		"JKM": {cover.StreamJKM, []tariff.Case{"death"}, []cover.DocumentKind{
			"jkm_form", "identity_card", "membership_card", "family_card", "death_certificate", "heirs_letter",
		}, []cover.DocumentKind{"stage_one_form", "police_report", "school_letter"}},
		"JKK after an injury in traffic": {cover.StreamJKK, []tariff.Case{"injury", "traffic"}, []cover.DocumentKind{
			"stage_one_form", "stage_two_form", "identity_card", "membership_card", "medical_report", "bank_account_proof", "chronology",
			"appointment_decree", "police_report",
		}, []cover.DocumentKind{"death_certificate", "heirs_letter"}},
		"KPU's own after a death": {cover.StreamExGratia, []tariff.Case{"death", "minor_heir"}, []cover.DocumentKind{
			"guardianship_letter", "identity_card", "family_card", "appointment_decree", "chronology", "bank_account_proof", "death_certificate", "heirs_letter",
		}, []cover.DocumentKind{"membership_card", "stage_one_form", "medical_report"}},
	} {
		t.Run(name, func(t *testing.T) {
			var mandatory, listed []cover.DocumentKind
			for _, r := range all.Requirements(tt.stream, day("2024-02-15"), tt.cases) {
				if r.Law == "" || r.Certainty == "" || slices.Contains(listed, r.Document) {
					t.Errorf("%s has no law, or is listed twice", r.Document)
				}
				listed = append(listed, r.Document)
				if r.Mandatory {
					mandatory = append(mandatory, r.Document)
				}
			}
			if !slices.Equal(mandatory, tt.mandatory) {
				t.Errorf("got  %v\nwant %v", mandatory, tt.mandatory)
			}
			for _, kind := range tt.absent {
				if slices.Contains(listed, kind) {
					t.Errorf("%s is asked for", kind)
				}
			}
		})
	}
	if got := all.Requirements(cover.StreamJKK, day("2015-06-30"), nil); len(got) != 0 {
		t.Errorf("before the law: %v", got)
	}
}

// TestWhatIsMandatoryInOneCaseIsMandatory, in whatever order cases are named.
func TestWhatIsMandatoryInOneCaseIsMandatory(t *testing.T) {
	all := rates(t)
	for _, cases := range [][]tariff.Case{{"heir", "minor_heir"}, {"minor_heir", "heir"}} {
		for _, r := range all.Requirements(cover.StreamJKM, day("2024-02-15"), cases) {
			if r.Document == "birth_certificate" && !r.Mandatory {
				t.Errorf("%v: %+v", cases, r)
			}
		}
	}
}

// An heir shows who they are, besides the officer.
func TestPapersOfAnHeirAreAskedForBesidesTheOfficers(t *testing.T) {
	cards, accounts := 0, 0
	for _, r := range rates(t).Requirements(cover.StreamJKM, day("2024-02-15"), []tariff.Case{"death", "heir"}) {
		switch {
		case r.Document == "identity_card" && r.Mandatory:
			cards++
		case r.Document == "bank_account_proof" && r.Mandatory && r.When.OfHeir():
			accounts++
		}
	}
	if cards != 2 || accounts != 1 {
		t.Errorf("%d cards and %d accounts", cards, accounts)
	}
}

// TestEveryRevisionCanBeFound by its name, and the one that stands by none.
func TestEveryRevisionCanBeFound(t *testing.T) {
	rules, err := tariff.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if r.Kind != tariff.OfContribution && r.Kind != tariff.OfRelief {
			r.Revision = 2
			rules = append(rules, r)
		}
	}
	all, err := tariff.From(rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	for want, find := range map[int]int{2: 0, 1: 1} {
		benefit, known := all.BenefitSchedule("jkk-2019-12", find)
		gift, gifted := all.ExGratiaSchedule("kpu-2023-02", find)
		list, listed := all.RequirementList("documents-2015-07", find)
		clock, ticks := all.ClockVersion("jkk_claim-2019-12", find)
		got := fmt.Sprint(benefit.Revision, gift.Revision, list.Revision, clock.Revision, known, gifted, listed, ticks)
		if got != fmt.Sprint(want, want, want, want, true, true, true, true) {
			t.Errorf("revision %d: %s", find, got)
		}
	}
	c, _ := all.ClockVersion("jkk_claim-2019-12", 0)
	if c.Version() != "jkk_claim-2019-12.2" || c.Name != tariff.JKKClaim {
		t.Errorf("%+v", c)
	}
}
