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
		"AgreementStatus":    words(cover.AgreementStatuses),
		"AppealReason":       cover.AppealReasons,
		"AreaLevel":          words(cover.AreaLevels),
		"BenefitKind":        words(cover.BenefitKinds),
		"BodySide":           words(cover.Sides),
		"ClaimDecision":      words(cover.ClaimDecisions),
		"ClaimProgramme":     words(cover.ClaimProgrammes),
		"ClaimStatus":        words(cover.ClaimStatuses),
		"ClientStatus":       words(cover.ClientStatuses),
		"CoverageStatus":     words(cover.CoverageStatuses),
		"DeadlineRule":       words(cover.DeadlineRules),
		"DeadlineStatus":     words(cover.DeadlineStatuses),
		"DeadlineUnit":       words(cover.DeadlineUnits),
		"DocumentFlaw":       words(cover.DocumentFlaws),
		"DocumentKind":       words(cover.DocumentKinds),
		"DocumentLinkStatus": words(cover.DocumentLinkStatuses),
		"DocumentStatus":     words(cover.DocumentStatuses),
		"EducationLevel":     words(cover.EducationLevels),
		"EndReason":          words(cover.EndReasons),
		"EventOutcome":       words(tariff.Outcomes),
		"Extent":             words(cover.Extents),
		"FundingSource":      words(cover.FundingSources),
		"GrantCancelReason":  words(cover.GrantCancelReasons),
		"GrantStatus":        words(cover.GrantStatuses),
		"GuaranteeStatus":    words(cover.Guarantees),
		"HeirRelation":       words(cover.HeirRelations),
		"HistoryResource":    words(cover.HistoryResources),
		"IncidentKind":       words(cover.IncidentKinds),
		"IncidentOutcome":    words(cover.IncidentOutcomes),
		"IncidentStatus":     words(cover.IncidentStatuses),
		"InvoiceStatus":      words(cover.InvoiceStatuses),
		"LinkKind":           words(cover.LinkKinds),
		"ManualDeadlineRule": words(cover.ManualDeadlineRules),
		"NotifierRelation":   words(cover.NotifierRelations),
		"OfficerStatus":      words(cover.OfficerStatuses),
		"OrganisationKind":   words(cover.OrganisationKinds),
		"OrganisationLevel":  words(cover.OrganisationLevels),
		"PartyRole":          words(cover.PartyRoles),
		"Programme":          words(cover.Programmes),
		"Purpose":            words(cover.Purposes),
		"RejectionReason":    words(cover.RejectionReasons),
		"ReopeningReason":    cover.ReopeningReasons,
		"RequirementCase":    words(tariff.Cases),
		"RequirementStatus":  words(cover.RequirementStatuses),
		"ReturnReason":       cover.ReturnReasons,
		"RiskClass":          words(cover.RiskClasses),
		"Road":               words(cover.AllRoads),
		"Role":               words(cover.Roles),
		"Sector":             words(tariff.Sectors),
		"Segment":            words(cover.Segments),
		"Sex":                words(cover.Sexes),
		"Stream":             words(cover.Streams),
		"TimeZone":           cover.TimeZones,
		"TransportMode":      words(cover.TransportModes),
		"Unit":               words(cover.Units),
		"WageBasePolicy":     words(cover.WageBasePolicies),
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
