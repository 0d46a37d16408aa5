package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/client"
)

// moments are when a first start is killed: some time after a file appears. Each
// start gets further than the one before.
var moments = []struct {
	file  string
	after time.Duration
}{
	{file: "."},
	{file: "postgres/initdb-*"},
	{file: "postgres/initdb-*", after: 300 * time.Millisecond},
	{file: "postgres/data"},
	{file: keysetFile},
	{file: keysetFile, after: 50 * time.Millisecond},
	{file: keysetFile, after: 400 * time.Millisecond},
	{file: pendingFile},
	{file: adminFile},
}

func TestAFirstStartThatIsKilledIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	dir := fresh(t)
	for _, m := range moments {
		s := start(t, dir, nil)
		appeared(t, s, filepath.Join(dir, m.file))
		time.Sleep(m.after)
		s.end(t, syscall.SIGKILL)
	}
	s := serving(t, dir, nil)
	administrator(t, dir)
	if _, err := os.Stat(filepath.Join(dir, pendingFile)); err == nil {
		t.Error("something is still pending")
	}
	if status := s.stop(t); status != 0 {
		t.Errorf("status %d: %s", status, s.said())
	}
}

// appeared waits until there is such a file, or until the server is ready, if it
// was too quick for us.
func appeared(t *testing.T, s *server, pattern string) {
	t.Helper()
	for {
		if found, _ := filepath.Glob(pattern); len(found) > 0 { // fails on a bad pattern only
			return
		}
		select {
		case <-s.ready:
			return
		case <-s.ended:
			t.Fatalf("it ended by itself: %s", s.said())
		case <-time.After(200 * time.Microsecond):
		}
	}
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	t.Parallel()
	dir := lived(t)
	var written []uuid.UUID
	for round := range 3 {
		s := serving(t, dir, nil)
		done := make(chan []uuid.UUID)
		go func() { done <- registerUntilGone(t, administrator(t, dir), round) }()
		time.Sleep(time.Duration(150+round*100) * time.Millisecond)
		s.end(t, syscall.SIGKILL)
		written = append(written, <-done...)
	}
	t.Logf("%d writes acknowledged", len(written))
	if len(written) == 0 {
		t.Fatal("nothing was written")
	}

	s := serving(t, dir, nil)
	naungan := administrator(t, dir)
	for _, id := range written {
		if _, err := client.Check(naungan.GetOrganisationWithResponse(t.Context(), id, nil)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if status := s.stop(t); status != 0 {
		t.Errorf("status %d: %s", status, s.said())
	}
}

// registerUntilGone registers organisations until nobody answers, and returns
// those that were acknowledged.
func registerUntilGone(t *testing.T, naungan *client.ClientWithResponses, round int) (acknowledged []uuid.UUID) {
	for n := 0; ; n++ {
		res, err := naungan.RegisterOrganisationWithResponse(t.Context(), nil, client.OrganisationInput{
			Kind: client.OrganisationKindOther, Level: client.OrganisationLevelNational,
			Name: fmt.Sprintf("Lembaga %d-%d", round, n), TimeZone: client.TimeZoneAsiaJakarta,
		})
		if err != nil {
			return acknowledged
		}
		if res.JSON201 == nil {
			t.Errorf("refused: %s", res.Body)
			return acknowledged
		}
		acknowledged = append(acknowledged, res.JSON201.ID)
	}
}
