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

// The tests of this file are not run beside others, because they measure.

// recovery is how soon a server must be ready again, whatever happened to it.
const recovery = 10 * time.Second

// recovered is a server that runs again after it was killed.
func recovered(t *testing.T, dir string) *server {
	t.Helper()
	s := serving(t, dir, nil)
	if s.took > recovery {
		t.Errorf("it took %v to recover", s.took)
	}
	return s
}

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
	dir := fresh(t)
	for _, m := range moments {
		s := start(t, dir, nil)
		appeared(t, s, filepath.Join(dir, m.file))
		time.Sleep(m.after)
		s.end(t, syscall.SIGKILL)
	}
	s := recovered(t, dir)
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
	dir := lived(t)
	var written []uuid.UUID
	for round := range 3 {
		s := recovered(t, dir)
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

	s := recovered(t, dir)
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
