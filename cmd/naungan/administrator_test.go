package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/registry"
	"naungan/internal/store"
)

const home = "http://127.0.0.1:8080"

func TestCredentialsThatWereCommittedReachTheirPlace(t *testing.T) {
	t.Parallel()
	st, dir := opened(t), t.TempDir()
	pending := killedAfterCommit(t, st, dir)
	ensure(t, st, dir, home)
	if got := administratorOf(t, dir); got != pending {
		t.Error("the credentials that open the database were lost")
	}
	nothingPending(t, dir)
}

func TestCredentialsThatWereNeverCommittedAreDiscarded(t *testing.T) {
	t.Parallel()
	st, dir := opened(t), t.TempDir()
	lost := clientCredentials{home, uuid.New(), "nsk_lost"}
	if err := writeCredentials(filepath.Join(dir, pendingFile), lost); err != nil {
		t.Fatal(err)
	}
	ensure(t, st, dir, home)
	made := administratorOf(t, dir)
	if made.ClientID == lost.ClientID {
		t.Error("credentials that open nothing were kept")
	}
	if _, _, err := registry.Admit(t.Context(), st, made.ClientID, made.ClientSecret); err != nil {
		t.Error(err)
	}
	nothingPending(t, dir)
}

// Between the last two steps both files are there.
func TestCredentialsInBothPlacesAreFinished(t *testing.T) {
	t.Parallel()
	st, dir := opened(t), t.TempDir()
	pending := killedAfterCommit(t, st, dir)
	if err := writeCredentials(filepath.Join(dir, adminFile), pending); err != nil {
		t.Fatal(err)
	}
	ensure(t, st, dir, home)
	if administratorOf(t, dir) != pending {
		t.Error("other credentials")
	}
	if _, err := os.Stat(filepath.Join(dir, adminFile+".old")); err == nil {
		t.Error("they were taken for those of another database")
	}
	nothingPending(t, dir)
}

func TestCredentialsOfAnotherDatabaseAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ensure(t, opened(t), dir, home)
	first := administratorOf(t, dir)
	ensure(t, opened(t), dir, home)
	if administratorOf(t, dir).ClientID == first.ClientID {
		t.Error("the second database has no credentials")
	}
	if kept, err := readCredentials(filepath.Join(dir, adminFile+".old")); err != nil || kept != first {
		t.Errorf("those of the first are lost: %v", err)
	}
}

func TestAFileThatWasTakenAwayStaysAway(t *testing.T) {
	t.Parallel()
	st, dir := opened(t), t.TempDir()
	ensure(t, st, dir, home)
	if err := os.Remove(filepath.Join(dir, adminFile)); err != nil {
		t.Fatal(err)
	}
	ensure(t, st, dir, "http://127.0.0.1:9090")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("there is %v, %v", entries, err)
	}
}

func TestAFileIsCreatedOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), keysetFile)
	if err := createFile(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := createFile(path, []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "first" {
		t.Errorf("it holds %q, %v", content, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// killedAfterCommit does what a start does up to the commit of the client.
func killedAfterCommit(t *testing.T, st *store.Store, dir string) (c clientCredentials) {
	t.Helper()
	made, err := registry.First(t.Context(), st, []string{"clients:admin"}, func(id uuid.UUID, secret string) error {
		c = clientCredentials{home, id, secret}
		return writeCredentials(filepath.Join(dir, pendingFile), c)
	})
	if err != nil || !made {
		t.Fatal(made, err)
	}
	return c
}

func ensure(t *testing.T, st *store.Store, dir, url string) {
	t.Helper()
	if err := ensureAdministrator(t.Context(), st, dir, url); err != nil {
		t.Fatal(err)
	}
}

func nothingPending(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, pendingFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is pending: %v", err)
	}
}

// opened is the store of a database in which nobody acts yet.
func opened(t *testing.T) *store.Store {
	t.Helper()
	document, err := keys.Generate()
	if err != nil {
		t.Fatal(err)
	}
	k, err := keys.Load(document)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), pgtest.New(t), k, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	return st
}
