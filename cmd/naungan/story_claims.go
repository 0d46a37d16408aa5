package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	"naungan/client"
)

// report tells of a member of a voting committee who died during the count: the body's
// report ends the duty and opens the claim.
func (s *story) report() error {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	village := s.villages[140].Code
	found, err := client.Check(kpu.ListOfficersWithResponse(s.ctx, &client.ListOfficersParams{
		Position: []client.PositionCode{"pps"}, AreaCode: &village,
	}))
	if err != nil {
		return err
	}
	for _, o := range found.JSON200.Items {
		if o.Role == client.RoleMember {
			s.officer = o
		}
	}
	that := time.Date(2024, 11, 28, 2, 40, 0, 0, wib)
	checked, err := client.Check(kpu.CheckCoverageWithResponse(s.ctx, nil, client.CoverageCheckInput{OfficerID: s.officer.ID, At: that}))
	if err != nil {
		return err
	}
	for _, link := range checked.JSON200.Chain {
		s.say("     %-16s holds: %v", link.Link, link.Holds)
	}
	holds(s, "covered at that minute", checked.JSON200.Covered, true)
	relation := client.NotifierRelationOrganiser
	incident, err := client.Check(kpu.ReportIncidentWithResponse(s.ctx, nil, client.IncidentInput{
		OfficerID: &s.officer.ID, Kind: client.IncidentKindSuddenDeath, Outcome: client.ReportedOutcomeDied, OccurredAt: that, Place: "Balai desa",
		Narrative:    "Pingsan saat rekapitulasi suara, meninggal dalam perjalanan ke puskesmas.",
		NotifierName: "Sekretaris PPS", NotifierPhone: "081200000001", NotifierRelation: &relation,
	}))
	if err != nil {
		return err
	}
	s.incident = incident.JSON201.ID
	holds(s, "reported late", incident.JSON201.ReportedLate, false)
	holds(s, "the report was due at", incident.JSON201.ReportDueAt.In(wib).Format("2 January 15:04 MST"), "30 November 02:40 WIB")
	ended, err := client.Check(kpu.GetOfficerWithResponse(s.ctx, s.officer.ID, nil))
	if err != nil {
		return err
	}
	holds(s, "the duty ended", ended.JSON200.EndedOn.String(), "2024-11-28")
	return s.clocks(kpu)
}

// clocks shows what runs by itself.
func (s *story) clocks(kpu *client.ClientWithResponses) error {
	running, err := client.Check(kpu.ListDeadlinesWithResponse(s.ctx, &client.ListDeadlinesParams{IncidentID: &s.incident}))
	if err != nil {
		return err
	}
	told := map[client.DeadlineRule]string{}
	for _, d := range running.JSON200.Items {
		told[d.Rule] = string(d.Status)
		s.say("     %-16s %-8s until %s (%s)", d.Rule, d.Status, d.DueAt.In(wib).Format("2 January 2006, 15:04 MST"), d.Law)
	}
	holds(s, "the clock of the first report is", told["incident_report"], "met")
	holds(s, "the clock of claiming is", told["jkk_claim"], "running")
	return nil
}

// handIn reports stage II, names the heirs, attaches the papers that the claim asks for,
// and submits it.
func (s *story) handIn() error {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	stated := time.Date(2024, 11, 28, 15, 0, 0, 0, wib)
	_, err = client.Check(kpu.ConcludeIncidentWithResponse(s.ctx, s.incident, nil, client.ConclusionInput{
		Outcome: client.ConcludedOutcomeDied, StatedAt: stated,
	}))
	if err != nil {
		return err
	}
	opened, err := client.Check(kpu.ListClaimsWithResponse(s.ctx, &client.ListClaimsParams{IncidentID: &s.incident}))
	if err != nil {
		return err
	}
	claim := opened.JSON200.Items[0]
	s.claim = claim.ID
	for _, step := range claim.Steps {
		s.say("     %s (%s)", step.Explanation, step.Law)
	}
	// 48 × 1,300,000 + 12,000,000 + 10,000,000
	holds(s, "the claim that the report opened, rupiah", claim.ClaimAmount, 84_400_000)
	if err := s.nameHeirs(kpu); err != nil {
		return err
	}
	if err := s.attach(kpu); err != nil {
		return err
	}
	submitted, err := client.Check(kpu.SubmitClaimWithResponse(s.ctx, s.claim, nil))
	if err != nil {
		return err
	}
	holds(s, "to be paid by, seven working days", submitted.JSON200.PayDueOn.String(), "2024-12-10")
	return nil
}

// nameHeirs writes down the widower and a child, and who of them receives.
func (s *story) nameHeirs(kpu *client.ClientWithResponses) error {
	text := func(t string) *string { return &t }
	widower, err := client.Check(kpu.NameHeirWithResponse(s.ctx, s.incident, nil, client.HeirInput{
		Relation: client.HeirRelationSpouse, FullName: "Budi Contoh", NIK: text("9906010508850013"), BornOn: day(1985, 8, 5),
		BankAccountNumber: text("1234567890"), BankAccountName: text("Budi Contoh"), BankAccountBank: text("Bank Contoh"),
	}))
	if err != nil {
		return err
	}
	s.heir = widower.JSON201.ID
	child, err := client.Check(kpu.NameHeirWithResponse(s.ctx, s.incident, nil, client.HeirInput{
		Relation: client.HeirRelationChild, FullName: "Ani Contoh", BornOn: day(2015, 3, 1),
	}))
	if err != nil {
		return err
	}
	holds(s, "rank of the widower and of the child", fmt.Sprint(widower.JSON201.Rank, child.JSON201.Rank), "1 1")
	_, err = client.Check(kpu.AmendClaimWithApplicationMergePatchPlusJSONBodyWithResponse(s.ctx, s.claim, &client.AmendClaimParams{IfMatch: "*"}, client.ClaimPatch{
		PayeeID: nullable.NewNullableWithValue(s.heir),
	}))
	return err
}

// attach sends every paper that the claim says is missing.
func (s *story) attach(kpu *client.ClientWithResponses) error {
	early, err := kpu.SubmitClaimWithResponse(s.ctx, s.claim, nil)
	if err != nil {
		return err
	}
	holds(s, "handed in without its papers", early.StatusCode(), 422)
	claim, err := client.Check(kpu.GetClaimWithResponse(s.ctx, s.claim, nil))
	if err != nil {
		return err
	}
	sent := 0
	for _, r := range claim.JSON200.Requirements {
		if !r.Mandatory {
			continue
		}
		s.say("     %s (%s)", r.Title, r.Law)
		paper := fmt.Sprintf("%%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%% %s\ntrailer\n<< /Root 1 0 R >>\n%%%%EOF\n", r.DocumentKind)
		_, err := client.Check(kpu.UploadDocumentWithBodyWithResponse(s.ctx, &client.UploadDocumentParams{
			IncidentID: s.incident, Kind: r.DocumentKind, HeirID: r.HeirID, Rank: r.Rank,
		}, "application/pdf", strings.NewReader(paper)))
		if err != nil {
			return err
		}
		sent++
	}
	holds(s, "papers that were missing, and are attached", sent, 12)
	return nil
}

// decide has the claim verified by one and approved by another.
func (s *story) decide() error {
	verifier, err := s.as("verifier")
	if err != nil {
		return err
	}
	if _, err := client.Check(verifier.VerifyClaimWithResponse(s.ctx, s.claim, nil)); err != nil {
		return err
	}
	alone, err := verifier.ApproveClaimWithResponse(s.ctx, s.claim, nil)
	if err != nil {
		return err
	}
	holds(s, "who verified approves as well", alone.StatusCode(), 403)
	decider, err := s.as("decider")
	if err != nil {
		return err
	}
	approved, err := client.Check(decider.ApproveClaimWithResponse(s.ctx, s.claim, nil))
	if err != nil {
		return err
	}
	holds(s, "the claim is", string(approved.JSON200.Status), "approved")
	return nil
}

// settle pays the claim, and KPU's own santunan beside it.
func (s *story) settle() error {
	decider, err := s.as("decider")
	if err != nil {
		return err
	}
	paid, err := client.Check(decider.PayClaimWithResponse(s.ctx, s.claim, &client.PayClaimParams{IdempotencyKey: "trf-77"},
		client.ClaimPaymentInput{PaidOn: day(2024, 12, 6), Reference: "TRF-20241206-77"}))
	if err != nil {
		return err
	}
	holds(s, "the claim is", string(paid.JSON200.Status), "paid")
	holds(s, "before its day", paid.JSON200.PaidOn.Before(paid.JSON200.PayDueOn.Time), true)
	return s.giveOwn()
}

// giveOwn grants what the election body's own scheme gives, which is never netted.
func (s *story) giveOwn() error {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	fund, err := client.Check(kpu.SetFundWithResponse(s.ctx, nil, client.FundInput{
		FiscalYear: 2024, CeilingAmount: 460_000_000, Reference: "DIPA-076.01/2024",
	}))
	if err != nil {
		return err
	}
	granted, err := client.Check(kpu.GrantWithResponse(s.ctx, &client.GrantParams{IdempotencyKey: "santunan-1"}, client.GrantInput{
		FundID: fund.JSON201.ID, IncidentID: s.incident, PayeeID: &s.heir,
	}))
	if err != nil {
		return err
	}
	holds(s, "KPU gives of its own, rupiah", granted.JSON201.GrantAmount, 46_000_000)
	treasurer, err := s.as("treasurer")
	if err != nil {
		return err
	}
	_, err = client.Check(treasurer.DisburseGrantWithResponse(s.ctx, granted.JSON201.ID, &client.DisburseGrantParams{IdempotencyKey: "santunan-1"},
		client.DisbursementOfGrant{DisbursedOn: day(2024, 12, 6), Reference: "SP2D-0988/2024"}))
	if err != nil {
		return err
	}
	both, err := client.Check(kpu.GetBenefitsWithResponse(s.ctx, s.incident))
	if err != nil {
		return err
	}
	if both.JSON200.TotalAmount == nil {
		return errors.New("the KPU does not see its own grants")
	}
	holds(s, "both schemes together, rupiah", *both.JSON200.TotalAmount, 130_400_000)
	holds(s, "and all of it is paid", both.JSON200.PaidAmount, *both.JSON200.TotalAmount)
	return nil
}
