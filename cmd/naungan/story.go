package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"naungan/client"
)

// story tells what happened, or might have, in Kapuas Hulu in 2024, over HTTP as
// its callers would, and holds every number against what it must be.
type story struct {
	ctx   context.Context
	out   io.Writer
	url   string
	clock *storyClock

	keys   map[string]credentials // who acts, by name
	acting map[string]*client.ClientWithResponses

	organisations map[string]openapi_types.UUID
	districts     []client.Area
	villages      []client.Area
	agreement     openapi_types.UUID
	officer       client.Officer // the one whom it happens to
	invoice       client.Invoice
	incident      openapi_types.UUID
	claim         openapi_types.UUID
	heir          openapi_types.UUID

	asserted, failed int
}

type credentials struct{ id, secret string }

// storyClock is the clock of the demonstration: it runs as clocks do, and is put
// forward between chapters.
type storyClock struct{ ahead atomic.Int64 }

func (c *storyClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *storyClock) set(at time.Time) { c.ahead.Store(int64(time.Until(at))) }

var wib = time.FixedZone("WIB", 7*60*60)

// chapter is one day of the story.
type chapter struct {
	day   time.Time
	title string
	tell  func(*story) error
}

// chapters are told in order. The first day is the one on which the agreement of
// Kapuas Hulu was signed, before the clock of anything begins.
var chapters = []chapter{
	{time.Date(2024, 8, 26, 8, 0, 0, 0, wib), "The organisations, and who acts for them", (*story).organise},
	{time.Date(2024, 8, 26, 8, 30, 0, 0, wib), "The places, from the real administrative areas", (*story).explore},
	{time.Date(2024, 8, 26, 8, 45, 0, 0, wib), "What it would cost, before anybody signs", (*story).quote},
	{time.Date(2024, 8, 26, 9, 0, 0, 0, wib), "The agreement, with KPPS left outside", (*story).agree},
	{time.Date(2024, 8, 26, 10, 0, 0, 0, wib), "The roster: 1,876 officers in one file", (*story).appoint},
	{time.Date(2024, 8, 26, 11, 0, 0, 0, wib), "Enrolment for the months of the term", (*story).enrol},
	{time.Date(2024, 9, 2, 9, 0, 0, 0, wib), "The invoice for August", (*story).bill},
	{time.Date(2024, 9, 10, 9, 0, 0, 0, wib), "The payment, and cover becomes active", (*story).pay},
	{time.Date(2024, 11, 28, 9, 0, 0, 0, wib), "The night of the count: a death on duty", (*story).report},
	{time.Date(2024, 11, 29, 9, 0, 0, 0, wib), "The heirs, the papers, and the claim handed in", (*story).handIn},
	{time.Date(2024, 12, 2, 9, 0, 0, 0, wib), "The claim, decided by two", (*story).decide},
	{time.Date(2024, 12, 6, 9, 0, 0, 0, wib), "The claim, paid, and what KPU gives of its own", (*story).settle},
	{time.Date(2024, 12, 6, 10, 0, 0, 0, wib), "What a stranger sees, and the gap that remains", (*story).remain},
}

// tell tells the story from the first chapter to the last. It stops at the first
// call that fails, and reports every number that was not what it must be.
func (s *story) tell() error {
	for i, c := range chapters {
		s.clock.set(c.day)
		s.acting = map[string]*client.ClientWithResponses{} // tokens of another day are over
		s.say("\n%d. %s (%s)", i+1, c.title, c.day.Format("2 January 2006, 15:04 MST"))
		if err := c.tell(s); err != nil {
			return fmt.Errorf("chapter %d: %w", i+1, err)
		}
	}
	s.say("\n%d numbers asserted, %d wrong.", s.asserted, s.failed)
	if s.failed > 0 {
		return errors.New("the story does not hold")
	}
	return nil
}

// say prints a line. A story that cannot be printed is told all the same, for its
// exit status.
func (s *story) say(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }

// holds asserts one value of the story.
func holds[T comparable](s *story, what string, got, want T) {
	s.asserted++
	if got != want {
		s.failed++
		s.say("   ✗ %s: %v, and must be %v", what, got, want)
		return
	}
	s.say("   ✓ %s: %v", what, got)
}

// as returns the client that acts for somebody, with a token of today.
func (s *story) as(who string) (*client.ClientWithResponses, error) {
	if c, ok := s.acting[who]; ok {
		return c, nil
	}
	key, known := s.keys[who]
	if !known {
		return nil, fmt.Errorf("nobody acts for %s", who)
	}
	c, err := client.Connect(s.ctx, s.url, key.id, key.secret, inEnglish)
	if err == nil {
		s.acting[who] = c
	}
	return c, err
}

// organise registers the bodies and gives each a client with the scopes it needs.
func (s *story) organise() error {
	regency := "61.06"
	other := "61.07"
	bodies := []struct {
		name, by string
		in       client.OrganisationInput
	}{
		{"kpu", "administrator", client.OrganisationInput{Kind: "kpu", Level: "national", Name: "Komisi Pemilihan Umum Republik Indonesia"}},
		{"kapuas hulu", "kpu", client.OrganisationInput{Kind: "kpu", Level: "regency", AreaCode: &regency, Name: "KPU Kabupaten Kapuas Hulu"}},
		{"stranger", "kpu", client.OrganisationInput{Kind: "kpu", Level: "regency", AreaCode: &other, Name: "KPU Kabupaten Bengkayang"}},
		{"government", "administrator", client.OrganisationInput{Kind: "regional_government", Level: "regency", AreaCode: &regency, Name: "Pemerintah Kabupaten Kapuas Hulu"}},
		{"branch", "administrator", client.OrganisationInput{Kind: "bpjs_office", Level: "regency", AreaCode: &regency, Name: "BPJS Ketenagakerjaan Kantor Kapuas Hulu"}},
	}
	for _, b := range bodies {
		acting, err := s.as(b.by)
		if err != nil {
			return err
		}
		b.in.TimeZone = "Asia/Jakarta"
		made, err := client.Check(acting.RegisterOrganisationWithResponse(s.ctx, nil, b.in))
		if err != nil {
			return err
		}
		s.organisations[b.name] = made.JSON201.ID
		s.say("   %s", b.in.Name)
		if err := s.enlist(b.name, b.name); err != nil {
			return err
		}
	}
	for name, body := range map[string]string{"verifier": "branch", "decider": "branch", "treasurer": "kapuas hulu"} {
		if err := s.enlist(name, body); err != nil { // maker and checker differ, also as programs
			return err
		}
	}
	return nil
}

// enlist gives an organisation a client.
func (s *story) enlist(who, organisation string) error {
	scopes := map[string][]string{
		"kpu":         {"organisations:read", "organisations:write", "officers:read", "agreements:read", "coverage:read"},
		"kapuas hulu": organiserScopes,
		"stranger":    organiserScopes,
		"government":  {"agreements:read", "invoices:read", "payments:read"},
		"branch": {
			"agreements:read", "agreements:write", "officers:read", "coverage:read", "invoices:read", "invoices:write",
			"invoices:issue", "payments:read", "payments:write", "incidents:read", "incidents:write", "claims:read",
		},
		"verifier":  {"claims:read", "claims:decide"},
		"decider":   {"claims:read", "claims:decide"},
		"treasurer": {"ex_gratia:read", "ex_gratia:write"},
	}[who]
	admin, err := s.as("administrator")
	if err != nil {
		return err
	}
	made, err := client.Check(admin.CreateClientWithResponse(s.ctx, nil, client.ClientInput{
		OrganisationID: s.organisations[organisation], Name: who, Scopes: scopes,
	}))
	if err != nil {
		return err
	}
	s.keys[who] = credentials{made.JSON201.ClientID.String(), made.JSON201.ClientSecret}
	return nil
}

var organiserScopes = []string{
	"reference:read", "organisations:read", "agreements:read", "agreements:write", "officers:read", "officers:write",
	"imports:read", "imports:write", "imports:commit", "coverage:read", "invoices:read", "incidents:read", "incidents:write", "claims:read", "claims:write",
	"documents:read", "documents:write", "deadlines:read", "ex_gratia:read", "ex_gratia:write",
}

// explore reads the districts and villages of the regency.
func (s *story) explore() (err error) {
	if s.districts, err = s.areas(client.AreaLevelDistrict); err != nil {
		return err
	}
	if s.villages, err = s.areas(client.AreaLevelVillage); err != nil {
		return err
	}
	holds(s, "districts of Kapuas Hulu (61.06)", len(s.districts), 23)
	holds(s, "villages of Kapuas Hulu", len(s.villages), 282)
	holds(s, "PPK with secretariats, 23 × 8", len(s.districts)*len(districtSeats), 184)
	holds(s, "PPS with secretariats, 282 × 6", len(s.villages)*len(villageSeats), 1692)
	return nil
}

func (s *story) areas(level client.AreaLevel) ([]client.Area, error) {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return nil, err
	}
	regency, limit := "61.06", client.Limit(1000)
	page, err := client.Check(kpu.ListAreasWithResponse(s.ctx, &client.ListAreasParams{
		AreaCode: &regency, Level: []client.AreaLevel{level}, Limit: &limit,
	}))
	if err != nil {
		return nil, err
	}
	return page.JSON200.Items, nil
}

// quote asks what it would cost to cover everybody but the polling stations, by
// head-count, in both segments.
func (s *story) quote() error {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	election, from, to := "pilkada_2024", day(2024, 8, 26), day(2025, 1, 27)
	asked, err := client.Check(kpu.QuoteWithResponse(s.ctx, client.QuotationInput{
		ElectionCode: &election, FromOn: &from, ToOn: &to, Positions: []client.QuotedPosition{
			{Position: "ppk", Headcount: 23 * 5},
			{Position: "sek_ppk", Headcount: 23 * 3},
			{Position: "pps", Headcount: 282 * 3},
			{Position: "sek_pps", Headcount: 282 * 3},
		},
	}))
	if err != nil {
		return err
	}
	holds(s, "officers quoted", asked.JSON200.Officers, 1876)
	for _, o := range asked.JSON200.Options {
		switch o.Segment {
		case client.SegmentPu:
			holds(s, "PU on the honorarium, rupiah a month", o.MonthlyAmount, 13_148_730)
			holds(s, "PU for the term, rupiah", o.TermAmount, 78_892_380)
		case client.SegmentBpu:
			// 23 × (32,800 + 4 × 28,800 + 24,800 + 2 × 20,800) + 282 × (22,800 + 2 × 20,800 + 18,800 + 2 × 16,800)
			holds(s, "BPU by tiers, rupiah a month", o.MonthlyAmount, 37_868_800)
		}
	}
	return nil
}

// agree drafts the agreement and has the branch sign it.
func (s *story) agree() error {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	election, left := "pilkada_2024", false
	drafted, err := client.Check(kpu.DraftAgreementWithResponse(s.ctx, nil, client.AgreementInput{
		Title: "Pelindungan badan ad hoc Pilkada 2024 Kabupaten Kapuas Hulu",
		Parties: []client.Party{
			{OrganisationID: s.organisations["kapuas hulu"], Role: client.PartyRoleOrganiser},
			{OrganisationID: s.organisations["government"], Role: client.PartyRolePayer},
			{OrganisationID: s.organisations["branch"], Role: client.PartyRoleBranch},
		},
		Positions: []client.AgreementPosition{
			{Position: "ppk", Headcount: 23 * 5},
			{Position: "sek_ppk", Headcount: 23 * 3},
			{Position: "pps", Headcount: 282 * 3},
			{Position: "sek_pps", Headcount: 282 * 3},
			{Position: "kpps", Headcount: 4579, Included: &left},
		},
		ElectionCode: &election, Segment: client.SegmentPu, WageBasePolicy: client.WageBasePolicyHonorarium,
		FundingSource: client.FundingSourceNphd, StartsOn: day(2024, 8, 26), EndsOn: day(2025, 1, 27),
		LegalBases: []string{"Inpres 2/2021", "Inpres 4/2022"},
	}))
	if err != nil {
		return err
	}
	s.agreement = drafted.JSON201.ID
	holds(s, "warnings on the draft", len(drafted.JSON201.Warnings), 1)
	for _, w := range drafted.JSON201.Warnings {
		s.say("     %s: %s", w.Code, w.Detail)
		holds(s, "nearest whole number of KPPS", fmt.Sprint((*w.Params)["nearest"]), "4578")
	}
	branch, err := s.as("branch")
	if err != nil {
		return err
	}
	signed, err := client.Check(branch.SignAgreementWithResponse(s.ctx, s.agreement,
		&client.SignAgreementParams{IfMatch: drafted.Headers201.ETag}, client.SignatureInput{SignedOn: day(2024, 8, 26)}))
	if err != nil {
		return err
	}
	holds(s, "the agreement is", string(signed.JSON200.Status), "active")
	return nil
}

// appoint sends the roster as one file. There are slips in it, as there always are:
// what is good is committed, and what is not is mended and sent after it.
func (s *story) appoint() error {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	officers := s.roster()
	first, err := s.push(kpu, rosterCSV(officers, slips), client.ReceiveImportParams{AgreementID: &s.agreement, Commit: &waiting})
	if err != nil {
		return err
	}
	holds(s, "rows in the file", first.Counts.Rows, 1876)
	holds(s, "officers it would appoint", first.Effects.Appointed, 1870)
	holds(s, "rows that are rejected", first.Counts.Rejected, 6)
	// All of what enrol reckons but for the six: 13,500 + 7,020 + 6,210 + 6,210 + 5,670 + 8,100.
	holds(s, "premium they would add a month, rupiah", *first.Effects.MonthlyPremiumAddedAmount, 13_102_020)
	if first, err = s.commit(kpu, first); err != nil {
		return err
	}
	holds(s, "the import is", string(first.Status), "partially_committed")
	second, err := s.mend(kpu, first, officers)
	if err != nil {
		return err
	}
	holds(s, "rows that are still rejected", second.Counts.Rejected, 0)
	holds(s, "bodies with an odd head-count", len(second.Warnings), 0)
	holds(s, "premium of all before the last commit, rupiah a month",
		*first.Effects.MonthlyPremiumAddedAmount+*second.Effects.MonthlyPremiumAddedAmount, 13_148_730)
	if second, err = s.commit(kpu, second); err != nil {
		return err
	}
	holds(s, "appointed by the rows that were mended", second.Counts.Created, 6)
	return s.repeat(kpu, first.ID, officers)
}

// repeat sends the whole roster once more, without slips.
func (s *story) repeat(kpu *client.ClientWithResponses, first openapi_types.UUID, officers []client.OfficerInput) error {
	mended, err := client.Check(kpu.GetImportWithResponse(s.ctx, first, nil))
	if err != nil {
		return err
	}
	holds(s, "the first import is", string(mended.JSON200.Status), "committed")
	again, err := s.push(kpu, rosterCSV(officers, nil), client.ReceiveImportParams{})
	if err != nil {
		return err
	}
	holds(s, "new when the whole file is sent again", again.Counts.Created, 0)
	holds(s, "there already, and the same", again.Counts.Unchanged, 1876)
	holds(s, "warnings", again.Counts.Warned, 0)
	return s.muster(kpu)
}

// waiting lets an import wait for a commit.
var waiting = client.ImportCommitModeManual

// roster is everybody who is appointed, district by district and village by village.
func (s *story) roster() (officers []client.OfficerInput) {
	for _, a := range s.districts {
		for _, seat := range districtSeats {
			officers = append(officers, officerOf(len(officers), seat, a.Code, day(2024, 5, 16), day(2025, 1, 27)))
		}
	}
	for _, a := range s.villages {
		for _, seat := range villageSeats {
			officers = append(officers, officerOf(len(officers), seat, a.Code, day(2024, 5, 26), day(2025, 1, 27)))
		}
	}
	return officers
}

// push sends a file and waits for what comes of it.
func (s *story) push(kpu *client.ClientWithResponses, file []byte, terms client.ReceiveImportParams) (*client.Import, error) {
	begun := time.Now()
	sent, err := kpu.Upload(s.ctx, client.Upload{
		Content: bytes.NewReader(file), Size: int64(len(file)), MediaType: mediaTypes[".csv"],
	}, terms, client.Watch{})
	if err != nil {
		return nil, err
	}
	rested, err := kpu.AwaitImport(s.ctx, sent.ID, client.Watch{})
	if err != nil {
		return nil, err
	}
	s.say("   %s sent; %d rows read, judged and %s within %v", inBytes(int64(len(file))), rested.Counts.Rows, rested.Status,
		time.Since(begun).Round(10*time.Millisecond))
	return rested, nil
}

// commit has the plan of an import carried out that was looked at.
func (s *story) commit(kpu *client.ClientWithResponses, i *client.Import) (*client.Import, error) {
	_, err := client.Check(kpu.CommitImportWithResponse(s.ctx, i.ID, &client.CommitImportParams{IdempotencyKey: "commit-" + *i.PlanDigest},
		client.ImportCommit{PlanDigest: *i.PlanDigest}))
	if err != nil {
		return nil, err
	}
	return kpu.AwaitImport(s.ctx, i.ID, client.Watch{})
}

// mend gets the rejected rows of an import, rights the cell that is wrong in each,
// and sends them back. The other personal cells go back masked, as they came.
func (s *story) mend(kpu *client.ClientWithResponses, first *client.Import, officers []client.OfficerInput) (*client.Import, error) {
	rows, err := s.rejected(kpu, first)
	if err != nil {
		return nil, err
	}
	masked := 0
	for _, row := range rows.records {
		line, err := strconv.Atoi(rows.cell(row, "_row"))
		if err != nil {
			return nil, err
		}
		wrong := slips[line]
		holds(s, fmt.Sprintf("row %d", line), rows.cell(row, "_error_code"), wrong.column+":"+wrong.code)
		s.say("     %s", rows.cell(row, "_message"))
		right, suggested := strings.CutPrefix(rows.cell(row, "_suggestion"), wrong.column+"=")
		if suggested {
			s.say("     suggested: %s", right)
		} else {
			right = cellOf(officers[line-firstLine], wrong.column)
		}
		row[slices.Index(rows.header, wrong.column)] = right
		masked += min(strings.Count(rows.cell(row, "nik"), "*"), 1)
	}
	holds(s, "rows mended without their NIK being seen", masked, 5)
	return s.push(kpu, rows.file(), client.ReceiveImportParams{Amends: &first.ID, AgreementID: &s.agreement, Commit: &waiting})
}

// sheet is a file of rows that came back.
type sheet struct {
	header  []string
	records [][]string
}

func (t sheet) cell(row []string, column string) string { return row[slices.Index(t.header, column)] }

func (t sheet) file() []byte {
	var file bytes.Buffer
	_ = csv.NewWriter(&file).WriteAll(append([][]string{t.header}, t.records...)) // into memory, which fails never
	return file.Bytes()
}

// rejected gets the rows of an import that were rejected, as a file.
func (s *story) rejected(kpu *client.ClientWithResponses, i *client.Import) (t sheet, err error) {
	rows, err := openRows(s.ctx, caller{kpu, s.url}, wantedRows{
		of: i.ID, params: client.ListImportRowsParams{Outcome: []client.RowOutcome{client.RowOutcomeRejected}}, mediaType: mediaTypes[".csv"],
	})
	if err != nil {
		return t, err
	}
	all, err := csv.NewReader(rows).ReadAll()
	if err = errors.Join(err, rows.Close()); err != nil {
		return t, err
	}
	return sheet{all[0], all[1:]}, nil
}

// muster counts the officers.
func (s *story) muster(kpu *client.ClientWithResponses) error {
	exact, one := "count=exact", client.Limit(1)
	var counted []int64
	for _, positions := range [][]client.PositionCode{{"ppk", "sek_ppk"}, {"pps", "sek_pps"}, nil} {
		listed, err := client.Check(kpu.ListOfficersWithResponse(s.ctx, &client.ListOfficersParams{Position: positions, Prefer: &exact, Limit: &one}))
		if err != nil {
			return err
		}
		if counted = append(counted, *listed.JSON200.Total); positions == nil {
			holds(s, "a NIK as it is shown", strings.Count(listed.JSON200.Items[0].NIK, "*"), 6)
		}
	}
	holds(s, "officers of districts", counted[0], 184)
	holds(s, "officers of villages", counted[1], 1692)
	holds(s, "officers on the roster", counted[2], 1876)
	return nil
}

// enrol puts everybody under cover in one call.
func (s *story) enrol() error {
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	for _, want := range []struct{ enrolled, already int64 }{{1876, 0}, {0, 1876}} {
		made, err := client.Check(kpu.EnrolOfficersWithResponse(s.ctx, s.agreement, nil, client.EnrolmentInput{}))
		if err != nil {
			return err
		}
		holds(s, "enrolled", made.JSON201.Enrolled, want.enrolled)
		holds(s, "already enrolled", made.JSON201.AlreadyEnrolled, want.already)
		if want.enrolled > 0 {
			// 23 × (13,500 + 4 × 11,880 + 9,990 + 2 × 7,020) + 282 × (8,100 + 2 × 7,020 + 6,210 + 2 × 5,670)
			holds(s, "premium a month, rupiah", made.JSON201.MonthlyPremiumAmount, 13_148_730)
		}
	}
	total, err := s.contributions(kpu)
	holds(s, "premium for the term, August to January, rupiah", total, 78_892_380)
	return err
}

// contributions adds up what every coverage period costs for all its months.
func (s *story) contributions(kpu *client.ClientWithResponses) (total int64, err error) {
	most := client.Limit(1000)
	for in := (client.ListCoveragePeriodsParams{AgreementID: &s.agreement, Limit: &most}); ; {
		page, err := client.Check(kpu.ListCoveragePeriodsWithResponse(s.ctx, &in))
		if err != nil {
			return 0, err
		}
		for _, c := range page.JSON200.Items {
			months := 12*(c.ToOn.Year()-c.FromOn.Year()) + int(c.ToOn.Month()-c.FromOn.Month()) + 1
			total += int64(months) * c.PremiumAmount
		}
		if in.Cursor = page.JSON200.NextCursor; in.Cursor == nil {
			return total, nil
		}
	}
}

// bill drafts and issues the first invoice.
func (s *story) bill() error {
	branch, err := s.as("branch")
	if err != nil {
		return err
	}
	drafted, err := client.Check(branch.DraftInvoiceWithResponse(s.ctx, nil, client.InvoiceInput{AgreementID: s.agreement, Month: "2024-08"}))
	if err != nil {
		return err
	}
	issued, err := client.Check(branch.IssueInvoiceWithResponse(s.ctx, drafted.JSON201.ID,
		&client.IssueInvoiceParams{IdempotencyKey: "issue-2024-08"}, client.IssueInput{}))
	if err != nil {
		return err
	}
	s.invoice = *issued.JSON200
	holds(s, "invoice number", *s.invoice.Number, "2024/000001")
	holds(s, "officers on it", s.invoice.Officers, 1876)
	holds(s, "JKK, rupiah", s.invoice.JKKAmount, 5_843_880)
	holds(s, "JKM, rupiah", s.invoice.JKMAmount, 7_304_850)
	holds(s, "total, rupiah", s.invoice.TotalAmount, 13_148_730)
	// 15 September was a Sunday and 16 September the birthday of the Prophet.
	holds(s, "due on", s.invoice.DueOn.String(), "2024-09-17")
	return s.defend()
}

// defend is what the treasury does with an invoice: it looks at the positions, has
// every line worked out again, and files the letter.
func (s *story) defend() error {
	government, err := s.as("government")
	if err != nil {
		return err
	}
	seen, err := client.Check(government.GetInvoiceWithResponse(s.ctx, s.invoice.ID, nil))
	if err != nil {
		return err
	}
	for _, p := range seen.JSON200.Positions {
		s.say("     %-8s %-9s %5d × %6d = %9d", p.Position, p.Role, p.Officers, p.TotalAmount/p.Officers, p.TotalAmount)
	}
	holds(s, "in words", seen.JSON200.TotalInWords, "tiga belas juta seratus empat puluh delapan ribu tujuh ratus tiga puluh rupiah")
	proof, err := client.Check(government.ProveInvoiceWithResponse(s.ctx, s.invoice.ID))
	if err != nil {
		return err
	}
	holds(s, "lines worked out again", proof.JSON200.Lines, 1876)
	holds(s, "and every one of them holds", proof.JSON200.Holds, true)
	letter, err := government.GetInvoice(s.ctx, s.invoice.ID, nil, func(_ context.Context, req *http.Request) error {
		req.Header.Set("Accept", "application/pdf")
		return nil
	})
	if err != nil {
		return err
	}
	defer func() { _ = letter.Body.Close() }()
	holds(s, "the letter to file is", letter.Header.Get("Content-Type"), "application/pdf")
	return nil
}

// pay records the treasury's transfer, twice, as nervous treasuries do.
func (s *story) pay() error {
	branch, err := s.as("branch")
	if err != nil {
		return err
	}
	var first openapi_types.UUID
	for range 2 {
		paid, err := client.Check(branch.RecordPaymentWithResponse(s.ctx, &client.RecordPaymentParams{IdempotencyKey: "sp2d-0912"},
			client.PaymentInput{
				PaidOn: day(2024, 9, 10), PaidAmount: 13_148_730, Reference: "SP2D-0912/2024",
				Allocations: []client.AllocationInput{{InvoiceID: s.invoice.ID, AllocatedAmount: 13_148_730}},
			}))
		if err != nil {
			return err
		}
		if first == (openapi_types.UUID{}) {
			first = paid.JSON201.ID
		}
		holds(s, "the same payment", paid.JSON201.ID, first)
	}
	invoice, err := client.Check(branch.GetInvoiceWithResponse(s.ctx, s.invoice.ID, nil))
	if err != nil {
		return err
	}
	holds(s, "the invoice is", string(invoice.JSON200.Status), "paid")
	exact, one := "count=exact", client.Limit(1)
	active, err := client.Check(branch.ListCoveragePeriodsWithResponse(s.ctx, &client.ListCoveragePeriodsParams{
		Status: []client.CoverageStatus{client.CoverageStatusActive}, AgreementID: &s.agreement, Prefer: &exact, Limit: &one,
	}))
	if err != nil {
		return err
	}
	holds(s, "officers with active cover", *active.JSON200.Total, 1876)
	return nil
}

// remain shows that strangers see nothing, and who is still without cover.
func (s *story) remain() error {
	stranger, err := s.as("stranger")
	if err != nil {
		return err
	}
	unseen, err := stranger.GetOfficerWithResponse(s.ctx, s.officer.ID, nil)
	if err != nil {
		return err
	}
	holds(s, "another regency asks for the officer", unseen.StatusCode(), http.StatusNotFound)
	hidden, err := client.Check(stranger.ListImportsWithResponse(s.ctx, nil))
	if err != nil {
		return err
	}
	holds(s, "imports it sees", len(hidden.JSON200.Items), 0)
	kpu, err := s.as("kapuas hulu")
	if err != nil {
		return err
	}
	gap, err := client.Check(kpu.GetCoverageGapWithResponse(s.ctx, s.agreement))
	if err != nil {
		return err
	}
	for _, p := range gap.JSON200.Positions {
		s.say("     %-8s expected %5d, on the roster %5d, covered %5d, uncovered %5d", p.Position, p.Expected, p.OnRoster, p.Covered, p.Uncovered)
		if p.Position == "kpps" {
			holds(s, "KPPS without cover", p.Uncovered, 4579)
		}
	}
	holds(s, "covered today, one having died", gap.JSON200.Covered, 1875)
	return nil
}

func day(year int, month time.Month, d int) openapi_types.Date {
	return openapi_types.Date{Time: time.Date(year, month, d, 0, 0, 0, 0, time.UTC)}
}
