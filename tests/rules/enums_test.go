package rules_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	published "naungan/api"
	"naungan/internal/cover"
	"naungan/internal/tariff"
)

// TestEnumsAgree holds the words of the contract against the words of the code,
// which share their types: neither may know one that the other does not.
func TestEnumsAgree(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(published.Contract)
	if err != nil {
		t.Fatal(err)
	}
	for name, words := range map[string][]string{
		"AgreementStatus":   words(cover.AgreementStatuses),
		"AreaLevel":         words(cover.AreaLevels),
		"BenefitKind":       words(cover.BenefitKinds),
		"ClaimStatus":       words(cover.ClaimStatuses),
		"ClientStatus":      words(cover.ClientStatuses),
		"CoverageStatus":    words(cover.CoverageStatuses),
		"DeathItemKind":     words(tariff.ItemKinds),
		"EndReason":         words(cover.EndReasons),
		"FundingSource":     words(cover.FundingSources),
		"IncidentKind":      words(cover.IncidentKinds),
		"IncidentOutcome":   words(cover.IncidentOutcomes),
		"InvoiceStatus":     words(cover.InvoiceStatuses),
		"OfficerStatus":     words(cover.OfficerStatuses),
		"OrganisationKind":  words(cover.OrganisationKinds),
		"OrganisationLevel": words(cover.OrganisationLevels),
		"PartyRole":         words(cover.PartyRoles),
		"Programme":         words(cover.Programmes),
		"Purpose":           words(cover.Purposes),
		"RejectionReason":   words(cover.RejectionReasons),
		"RiskClass":         words(cover.RiskClasses),
		"Role":              words(cover.Roles),
		"Sector":            words(tariff.Sectors),
		"Segment":           words(cover.Segments),
		"Sex":               words(cover.Sexes),
		"TimeZone":          cover.TimeZones,
		"Unit":              words(cover.Units),
		"WageBasePolicy":    words(cover.WageBasePolicies),
	} {
		schema := doc.Components.Schemas[name]
		if schema == nil {
			t.Errorf("%s: the contract has no such schema", name)
			continue
		}
		var listed []string
		for _, w := range schema.Value.Enum {
			listed = append(listed, fmt.Sprint(w))
		}
		if !slices.Equal(listed, words) {
			t.Errorf("%s: the contract says %v, the code says %v", name, listed, words)
		}
	}
}

func words[T ~string](in []T) (out []string) {
	for _, s := range in {
		out = append(out, string(s))
	}
	return out
}
