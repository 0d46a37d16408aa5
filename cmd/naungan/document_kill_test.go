package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"naungan/client"
)

// officeKeys are the credentials of a KPU, which outlive the server they came from.
type officeKeys struct{ id, secret string }

// connect calls a server that runs on a data directory as the KPU.
func (k officeKeys) connect(t *testing.T, s *server) *client.ClientWithResponses {
	t.Helper()
	kpu, err := client.Connect(t.Context(), s.url, k.id, k.secret)
	if err != nil {
		t.Fatal(err)
	}
	return kpu
}

// checked is an answer that must have come.
func checked[T client.Response](t *testing.T, answer T, err error) T {
	t.Helper()
	if _, err := client.Check(answer, err); err != nil {
		t.Fatal(err)
	}
	return answer
}

// mourning registers a KPU with an incident.
func mourning(t *testing.T, s *server, dir string) (officeKeys, uuid.UUID) {
	t.Helper()
	admin, area := administrator(t, dir), "61.06"
	body, err := admin.RegisterOrganisationWithResponse(t.Context(), nil, client.OrganisationInput{
		Kind: client.OrganisationKindKpu, Level: client.OrganisationLevelRegency, AreaCode: &area, Name: "KPU Kabupaten Kapuas Hulu",
		TimeZone: client.TimeZoneAsiaJakarta,
	})
	kpu := checked(t, body, err).JSON201
	made, err := admin.CreateClientWithResponse(t.Context(), nil, client.ClientInput{
		OrganisationID: kpu.ID, Name: "SIAKBA", Scopes: []client.Scope{
			"officers:read", "officers:write", "officers.personal:read", "incidents:write", "documents:read", "documents:write",
		},
	})
	credentials := checked(t, made, err).JSON201
	keys := officeKeys{credentials.ClientID.String(), credentials.ClientSecret}
	office := keys.connect(t, s)
	day := func(s string) openapi_types.Date {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return openapi_types.Date{Time: at}
	}
	officer, err := office.AppointOfficerWithResponse(t.Context(), nil, client.OfficerInput{
		ExternalID: "S-1", NIK: "9906014508890001", FullName: "Siti Contoh", BornOn: day("1989-08-05"), Position: "pps",
		AreaCode: "61.06.01.1001", TermFrom: day("2024-05-26"), TermTo: day("2025-01-27"),
	})
	appointed := checked(t, officer, err).JSON201
	incident, err := office.ReportIncidentWithResponse(t.Context(), nil, client.IncidentInput{
		OfficerID: &appointed.ID, Kind: client.IncidentKindAccident, Outcome: client.ReportedOutcomeInjured, Place: "TPS 3",
		OccurredAt: time.Date(2024, time.November, 27, 3, 0, 0, 0, time.UTC), Narrative: "Terjatuh.", NotifierName: "Wati Contoh", NotifierPhone: "081200000001",
	})
	return keys, checked(t, incident, err).JSON201.ID
}

// TestDocumentsSurviveAnyKill kills the server while papers arrive and are looked
// at: what was acknowledged is there, whole, and comes to its verdict.
func TestDocumentsSurviveAnyKill(t *testing.T) {
	dir := lived(t)
	scanner := filepath.Join(filepath.Dir(dir), "scanner")
	// It takes its time, so that it is killed at its work.
	if err := os.WriteFile(scanner, []byte(`sleep 0.2; ! grep -q 'bukan virus'`), 0o600); err != nil {
		t.Fatal(err)
	}
	scans := []string{"NAUNGAN_SCANNER=/bin/sh " + scanner}
	s := serving(t, dir, scans)
	keys, incident := mourning(t, s, dir)
	sent := map[uuid.UUID][]byte{}
	for round := range 3 {
		done := make(chan map[uuid.UUID][]byte)
		go func(office *client.ClientWithResponses) { done <- sendUntilGone(t, office, incident, round) }(keys.connect(t, s))
		time.Sleep(time.Duration(400+round*150) * time.Millisecond)
		s.end(t, syscall.SIGKILL)
		for id, content := range <-done {
			sent[id] = content
		}
		s = serving(t, dir, scans)
	}
	t.Logf("%d papers acknowledged", len(sent))
	if len(sent) == 0 {
		t.Fatal("nothing was sent")
	}
	office, purpose := keys.connect(t, s), client.PurposeAudit
	for id, content := range sent {
		want := client.DocumentStatusReceived
		if bytes.Contains(content, []byte("bukan virus")) {
			want = client.DocumentStatusQuarantined
		}
		if got := comesToRest(t, office, id); got.Status != want || !got.Scanned {
			t.Errorf("%s is %s, want %s", id, got.Status, want)
			continue
		}
		res, err := office.DownloadDocumentWithResponse(t.Context(), id, &client.DownloadDocumentParams{Purpose: &purpose})
		if err != nil {
			t.Fatal(err)
		}
		if served := want == client.DocumentStatusReceived; served != bytes.Equal(res.Body, content) {
			t.Errorf("%s, %s: %d, %d bytes of %d", id, want, res.StatusCode(), len(res.Body), len(content))
		}
	}
	if status := s.stop(t); status != 0 {
		t.Errorf("status %d: %s", status, s.said())
	}
}

// sendUntilGone sends papers until nobody answers, and returns those that were
// acknowledged.
func sendUntilGone(t *testing.T, office *client.ClientWithResponses, incident uuid.UUID, round int) map[uuid.UUID][]byte {
	acknowledged := map[uuid.UUID][]byte{}
	for n := 0; ; n++ {
		text := fmt.Sprint("surat ", round, " ", n)
		if n%3 == 1 {
			text += " bukan virus"
		}
		content := []byte("%PDF-1.4\n% " + text + "\n" + strings.Repeat("naungan\n", n*20_000) + "%%EOF\n")
		res, err := office.UploadDocumentWithBodyWithResponse(t.Context(), &client.UploadDocumentParams{
			IncidentID: incident, Kind: client.DocumentKindOther,
		}, "application/pdf", bytes.NewReader(content))
		if err != nil {
			return acknowledged
		}
		if res.JSON201 == nil {
			t.Errorf("refused: %s", res.Body)
			return acknowledged
		}
		acknowledged[res.JSON201.ID] = content
	}
}

// comesToRest waits until somebody has looked at a document.
func comesToRest(t *testing.T, office *client.ClientWithResponses, id uuid.UUID) *client.Document {
	t.Helper()
	for late := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		res, err := office.GetDocumentWithResponse(t.Context(), id, nil)
		if d := checked(t, res, err).JSON200; d.Status != client.DocumentStatusScanning || time.Now().After(late) {
			return d
		}
	}
}
