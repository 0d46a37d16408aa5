package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"naungan/client"
)

// insured is a server on which a KPU has two officers under cover since last month,
// whom nobody billed yet.
type insured struct {
	dir, url  string
	month     string // the one that is due to be billed
	branch    []string
	agreement uuid.UUID
}

func insure(t *testing.T) insured {
	t.Helper()
	dir := lived(t)
	s := serving(t, dir, nil)
	billedAtItsStart(t, dir)
	admin := administrator(t, dir)
	regency := "61.06"
	join := func(kind client.OrganisationKind, scopes ...client.Scope) (uuid.UUID, *client.ClientWithResponses, []string) {
		body, err := client.Check(admin.RegisterOrganisationWithResponse(t.Context(), nil, client.OrganisationInput{
			Kind: kind, Level: client.OrganisationLevelRegency, AreaCode: &regency, Name: string(kind), TimeZone: client.TimeZoneAsiaJakarta,
		}))
		if err != nil {
			t.Fatal(err)
		}
		made, err := client.Check(admin.CreateClientWithResponse(t.Context(), nil, client.ClientInput{
			OrganisationID: body.JSON201.ID, Name: "SIAKBA", Scopes: scopes,
		}))
		if err != nil {
			t.Fatal(err)
		}
		c := clientCredentials{URL: s.url, ClientID: made.JSON201.ClientID, ClientSecret: made.JSON201.ClientSecret}
		connected, err := client.Connect(t.Context(), c.URL, c.ClientID.String(), c.ClientSecret)
		if err != nil {
			t.Fatal(err)
		}
		return body.JSON201.ID, connected, environ(c)
	}
	kpuID, kpu, _ := join(client.OrganisationKindKpu, "officers:write", "agreements:write", "agreements:read")
	payerID, _, _ := join(client.OrganisationKindRegionalGovernment, "invoices:read")
	branchID, branch, environ := join(client.OrganisationKindBpjsOffice, "agreements:read", "agreements:write", "invoices:read", "reference:read")

	now := time.Now()
	first := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, time.UTC)
	from, to := openapi_types.Date{Time: first}, openapi_types.Date{Time: first.AddDate(0, 3, 0)}
	drafted, err := client.Check(kpu.DraftAgreementWithResponse(t.Context(), nil, client.AgreementInput{
		Title: "Pelindungan PPS", Parties: []client.Party{
			{OrganisationID: kpuID, Role: client.PartyRoleOrganiser},
			{OrganisationID: payerID, Role: client.PartyRolePayer},
			{OrganisationID: branchID, Role: client.PartyRoleBranch},
		},
		Positions: []client.AgreementPosition{{Position: "pps", Headcount: 3}}, Segment: client.SegmentPu,
		WageBasePolicy: client.WageBasePolicyHonorarium, FundingSource: client.FundingSourceNphd, StartsOn: from, EndsOn: to,
	}))
	if err != nil {
		t.Fatal(err)
	}
	agreement := drafted.JSON201.ID
	if _, err := client.Check(branch.SignAgreementWithResponse(t.Context(), agreement,
		&client.SignAgreementParams{IfMatch: drafted.Headers201.ETag}, client.SignatureInput{SignedOn: from})); err != nil {
		t.Fatal(err)
	}
	wage := client.Rupiah(1_300_000)
	for n := range 2 {
		if _, err := client.Check(kpu.AppointOfficerWithResponse(t.Context(), nil, client.OfficerInput{
			ExternalID: uuid.NewString(), NIK: nikOf(n), FullName: "Petugas Contoh", BornOn: openapi_types.Date{Time: bornOn(n)},
			Position: "pps", AreaCode: "61.06.01.1001", TermFrom: from, TermTo: to, MonthlyHonorariumAmount: &wage,
		})); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.Check(kpu.EnrolOfficersWithResponse(t.Context(), agreement, nil, client.EnrolmentInput{})); err != nil {
		t.Fatal(err)
	}
	return insured{dir, s.url, first.Format("2006-01"), environ, agreement}
}

// billedAtItsStart waits for the run that a server begins with, so that it is not that
// which bills what follows.
func billedAtItsStart(t *testing.T, dir string) {
	t.Helper()
	database := connected(t, dir)
	defer func() { _ = database.Close(context.Background()) }()
	for done := false; !done; time.Sleep(20 * time.Millisecond) {
		if err := database.QueryRow(t.Context(), `select exists (select from river_job where kind = 'billing' and state = 'completed'
			and created_at > (select pg_postmaster_start_time()))`).Scan(&done); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBillingBesideAServerThatRuns: on its own database, once however often, and
// anybody can verify what came of it.
func TestBillingBesideAServerThatRuns(t *testing.T) {
	t.Parallel()
	w := insure(t)
	for _, want := range []string{"1 invoices issued for 2 officers; 0 stay drafts, 0 could not be billed\n", "0 invoices issued for 0 officers; 0 stay drafts, 0 could not be billed\n"} {
		status, stdout, stderr := ran(t, nil, "bill", "--data-dir", w.dir)
		if status != 0 || stdout != want {
			t.Fatalf("status %d: %q, want %q\n%s", status, stdout, want, stderr)
		}
	}
	database := connected(t, w.dir)
	var id uuid.UUID
	var month string
	if err := database.QueryRow(t.Context(), `select id, to_char(month, 'YYYY-MM') from invoices`).Scan(&id, &month); err != nil {
		t.Fatal(err)
	}
	if month != w.month {
		t.Errorf("billed %s, want %s", month, w.month)
	}
	status, stdout, stderr := ran(t, w.branch, "verify-invoice", id.String())
	if status != 0 || !strings.Contains(stdout, "2 lines rated anew: 14040 rupiah") || !strings.Contains(stdout, "proof holds") {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	var period uuid.UUID
	if err := database.QueryRow(t.Context(), `update coverage_periods set wage_base = 1500000
		where id = (select max(id::text)::uuid from coverage_periods) returning id`).Scan(&period); err != nil {
		t.Fatal(err)
	}
	status, _, stderr = ran(t, w.branch, "verify-invoice", id.String())
	if status != 1 || !strings.Contains(stderr, "wage_base_amount of coverage period "+period.String()+" is 1300000") {
		t.Errorf("after a wage base was changed by hand: status %d: %s", status, stderr)
	}
	if _, err := database.Exec(t.Context(), `alter table invoice_lines disable trigger user; update invoice_lines set jkk = jkk - 1`); err != nil {
		t.Fatal(err)
	}
	status, _, stderr = ran(t, w.branch, "verify-invoice", id.String())
	if status != 1 || !strings.Contains(stderr, "makes JKK 3120 and JKM 3900 of 1300000, the line says 3119 and 3900") {
		t.Errorf("after lines were changed by hand: status %d: %s", status, stderr)
	}
}

// TestAKillInTheMiddleOfBillingLosesAndDoublesNothing: the next run goes on where the
// last one was.
func TestAKillInTheMiddleOfBillingLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	w := insure(t)
	database := connected(t, w.dir)
	// So many months that a run takes a while: the agreement has run for five years.
	if _, err := database.Exec(t.Context(), `update agreements set starts_on = starts_on - interval '5 years';
		update coverage_periods set from_on = from_on - interval '5 years'`); err != nil {
		t.Fatal(err)
	}
	kills, past := 0, []int{0}
	for kills < 12 {
		run := command(t.Context(), nil, "bill", "--data-dir", w.dir)
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		before := past[len(past)-1]
		for issued := before; issued < before+3 && issued < 61; time.Sleep(2 * time.Millisecond) {
			if err := database.QueryRow(t.Context(), `select count(*) from invoices where issued_on is not null`).Scan(&issued); err != nil {
				t.Fatal(err)
			}
			past = append(past, issued)
		}
		_ = run.Process.Kill()
		_ = run.Wait()
		kills++
	}
	if slices.Max(past) == 61 {
		t.Fatal("the runs were over before they were killed")
	}
	if status, _, stderr := ran(t, nil, "bill", "--data-dir", w.dir); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var invoices, months, lines, gaps int
	if err := database.QueryRow(t.Context(), `select count(*), count(distinct month), (select count(*) from invoice_lines),
		max(substr(number, 6)::int) - count(*) from invoices where issued_on is not null`).Scan(&invoices, &months, &lines, &gaps); err != nil {
		t.Fatal(err)
	}
	if invoices != 61 || months != 61 || lines != 122 || gaps != 0 {
		t.Errorf("%d invoices of %d months with %d lines, %d numbers missing; want 61, 61, 122 and 0", invoices, months, lines, gaps)
	}
}
