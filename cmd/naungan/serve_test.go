package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/client"
	"naungan/internal/config"
	"naungan/internal/pgtest"
)

func TestTheFirstStartMakesAnAdministrator(t *testing.T) {
	t.Parallel()
	dir := fresh(t)
	s := serving(t, dir, nil)
	c := administratorOf(t, dir)
	if c.URL != s.url {
		t.Errorf("the file says %s, and it serves on %s", c.URL, s.url)
	}
	res, err := client.Check(administrator(t, dir).ListClientsWithResponse(t.Context(), nil))
	if err != nil || len(res.JSON200.Items) != 1 || res.JSON200.Items[0].ID != c.ClientID {
		t.Errorf("the clients are %s, %v", res.Body, err)
	}
	for name, mode := range map[string]fs.FileMode{".": 0o711, adminFile: 0o600, keysetFile: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if status := s.stop(t); status != 0 {
		t.Errorf("status %d", status)
	}
	keyset, err := os.ReadFile(filepath.Join(dir, keysetFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secretsOf(t, keyset, c.ClientSecret) {
		if strings.Contains(s.said(), secret) {
			t.Errorf("the log holds a secret: %s", s.said())
		}
	}
}

// secretsOf are a client's secret and every key of a keyset.
func secretsOf(t *testing.T, keyset []byte, secret string) []string {
	t.Helper()
	var document map[string]struct {
		Key []struct{ KeyData struct{ Value string } }
	}
	if err := json.Unmarshal(keyset, &document); err != nil {
		t.Fatal(err)
	}
	secrets := []string{secret}
	for _, set := range document {
		secrets = append(secrets, set.Key[0].KeyData.Value)
	}
	if len(secrets) != 4 || len(secrets[3]) < 20 {
		t.Fatalf("%d secrets found", len(secrets))
	}
	return secrets
}

func TestTheNextStartKeepsTheSecretAndTellsTheNewAddress(t *testing.T) {
	t.Parallel()
	dir := lived(t)
	before := administratorOf(t, dir)
	s := serving(t, dir, nil)
	after := administratorOf(t, dir)
	if after.URL != s.url || after.URL == before.URL {
		t.Errorf("the file said %s and says %s; it serves on %s", before.URL, after.URL, s.url)
	}
	if after.ClientSecret != before.ClientSecret || after.ClientID != before.ClientID {
		t.Error("another client")
	}
	administrator(t, dir)
}

func TestADataDirectoryInUseIsRefused(t *testing.T) {
	t.Parallel()
	dir := lived(t)
	s := serving(t, dir, nil)
	status, _, said := ran(t, nil, "serve", "--data-dir", dir, "--listen", "127.0.0.1:0")
	if status != 1 || said != "naungan: the data directory "+dir+" is in use by another naungan\n" {
		t.Errorf("status %d: %s", status, said)
	}
	if administratorOf(t, dir).URL != s.url {
		t.Error("the one refused has changed the address")
	}
}

func TestATakenPortIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	for _, flag := range []string{"--listen", "--metrics-listen"} {
		status, _, said := ran(t, nil, "serve", "--data-dir", fresh(t), "--listen", "127.0.0.1:0", flag, l.Addr().String())
		if status != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, l.Addr().String()+": bind: address already in use") {
			t.Errorf("%s: status %d: %s", flag, status, said)
		}
	}
}

func TestTheHealthCommandTellsWhetherItIsReady(t *testing.T) {
	t.Parallel()
	s := serving(t, lived(t), nil)
	address := strings.TrimPrefix(s.url, "http://")
	if status, _, said := ran(t, []string{"NAUNGAN_LISTEN=" + address}, "health"); status != 0 {
		t.Errorf("while it serves: status %d: %s", status, said)
	}
	s.stop(t)
	if status, _, said := ran(t, nil, "health", "--listen", address); status != 1 || !strings.Contains(said, "refused") {
		t.Errorf("after it stopped: status %d: %s", status, said)
	}
}

// Without its database the program is of no use, and whoever runs it should start
// it again.
func TestTheProgramEndsWithItsPostgres(t *testing.T) {
	t.Parallel()
	dir := lived(t)
	s := serving(t, dir, nil)
	written, err := os.ReadFile(filepath.Join(dir, "postgres/data/postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(written), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	if status := s.cmd.ProcessState.ExitCode(); status != 1 || !strings.Contains(s.said(), "the private Postgres ended by itself") {
		t.Errorf("status %d: %s", status, s.said())
	}
	serving(t, dir, nil)
}

func TestTheCommandsOfClients(t *testing.T) {
	t.Parallel()
	dir := lived(t)
	serving(t, dir, nil)
	admin := administratorOf(t, dir)
	_, listed, _ := ran(t, environ(admin), "clients", "list")
	var first client.APIClient
	if err := json.Unmarshal([]byte(listed), &first); err != nil {
		t.Fatalf("%v: %s", err, listed)
	}

	made := printed(t, environ(admin), "clients", "create",
		"--organisation", first.OrganisationID.String(), "--name", "SIAKBA", "--scopes", "clients:admin,officers:read")
	rotated := printed(t, environ(admin), "clients", "rotate", made.ClientID.String(), "--grace-hours", "0")
	if made.ClientID != rotated.ClientID || made.ClientSecret == rotated.ClientSecret || made.URL != admin.URL {
		t.Error("rotated is not another secret of what was made")
	}
	if status, _, said := ran(t, environ(made), "clients", "list"); status != 1 || !strings.Contains(said, "invalid_client") {
		t.Errorf("with the old secret: status %d: %s", status, said)
	}
	if _, listed, said := ran(t, environ(rotated), "clients", "list"); strings.Count(listed, "\n") != 2 {
		t.Errorf("with the new secret: %s%s", listed, said)
	}
	if status, out, said := ran(t, environ(admin), "clients", "revoke", made.ClientID.String()); status != 0 || !strings.Contains(out, `"revoked"`) {
		t.Errorf("revoke: status %d: %s%s", status, out, said)
	}
	if status, _, said := ran(t, environ(admin), "clients", "rotate", made.ClientID.String()); status != 1 || !strings.Contains(said, "client_revoked") {
		t.Errorf("rotate what is revoked: status %d: %s", status, said)
	}
}

func printed(t *testing.T, environ []string, args ...string) (c clientCredentials) {
	t.Helper()
	status, out, said := ran(t, environ, args...)
	if err := json.Unmarshal([]byte(out), &c); err != nil || status != 0 || c.ClientSecret == "" || c.ClientID == uuid.Nil {
		t.Fatalf("status %d, %v: %s", status, err, said)
	}
	if strings.Contains(said, c.ClientSecret) {
		t.Error("the secret is on stderr too")
	}
	return c
}

// What is sealed with one keyset can only be opened with it, so a server with
// another must not begin to write.
func TestADatabaseIsOpenedWithItsOwnKeysOnly(t *testing.T) {
	t.Parallel()
	url, dir := pgtest.New(t), fresh(t)
	s := serving(t, dir, nil, "--database-url", url)
	if !strings.Contains(s.said(), "back the file up") {
		t.Errorf("nobody is told to back the keys up: %s", s.said())
	}
	s.stop(t)

	elsewhere := fresh(t)
	status, _, said := ran(t, nil, "serve", "--data-dir", elsewhere, "--listen", "127.0.0.1:0", "--database-url", url)
	if status != 1 || !strings.Contains(said, "keyset.json is missing: the database was written with other keys") {
		t.Errorf("without the keys: status %d: %s", status, said)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, keysetFile)); err == nil {
		t.Error("keys that open nothing were left")
	}

	keyset, err := os.ReadFile(filepath.Join(dir, keysetFile))
	if err != nil {
		t.Fatal(err)
	}
	s = serving(t, elsewhere, []string{"NAUNGAN_KEYSET=" + string(keyset), "NAUNGAN_DATABASE_URL=" + url})
	if entries, err := os.ReadDir(elsewhere); err != nil || len(entries) != 1 || entries[0].Name() != "tmp" {
		t.Errorf("with the keys in a variable it kept %v, %v", entries, err)
	}
	for _, secret := range secretsOf(t, keyset, administratorOf(t, dir).ClientSecret) {
		if strings.Contains(s.said(), secret) {
			t.Error("the log holds a key")
		}
	}
}

func TestMetricsHaveAPortOfTheirOwn(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close() // somebody may take it now, but hardly does
	serving(t, lived(t), nil, "--metrics-listen", address)
	res, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if counters, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(counters), "go_goroutines") {
		t.Errorf("status %s, %v: %s", res.Status, err, counters)
	}
}

// As the story starts it.
func TestTheProgramRunsByAnotherClock(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	night := time.Date(2024, 11, 28, 2, 40, 0, 0, time.UTC)
	c := &config.Config{DataDir: lived(t)}
	p, err := open(t.Context(), c, world{now: func() time.Time { return night }, listener: listener})
	if err != nil {
		t.Fatal(err)
	}
	if p.url != "http://"+listener.Addr().String() {
		t.Errorf("it serves on %s", p.url)
	}
	res, err := client.Check(administrator(t, c.DataDir).ListClientsWithResponse(t.Context(), nil))
	if err != nil || !res.JSON200.Items[0].Secrets[0].LastUsedAt.Equal(night) {
		t.Errorf("%s, %v", res.Body, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := errors.Join(p.Wait(ctx), p.Close()); err != nil {
		t.Error(err)
	}
}

func TestASignalEndsAStartThatIsNotReady(t *testing.T) {
	t.Parallel()
	dir := fresh(t)
	s := start(t, dir, nil)
	appeared(t, s, dir)
	if status := s.stop(t); status != 0 || strings.Contains(s.said(), `"ready"`) {
		t.Errorf("status %d: %s", status, s.said())
	}
}

func TestExitStatuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		environ, args []string
		status        int
		said          string // on either stream
	}{
		"help is no failure":            {args: []string{"serve", "--help"}, said: "[NAUNGAN_DATA_DIR]"},
		"neither is the version":        {args: []string{"version"}, said: "contract "},
		"an unknown command":            {args: []string{"sreve"}, status: 1, said: "serve"},
		"an unknown flag":               {args: []string{"serve", "--port", "1"}, status: 1, said: "--port"},
		"an argument too many":          {args: []string{"serve", "now"}, status: 1, said: "now"},
		"an unknown variable":           {environ: []string{"NAUNGAN_DATADIR=x"}, args: []string{"serve"}, status: 1, said: "NAUNGAN_DATA_DIR?"},
		"the same before a migration":   {environ: []string{"NAUNGAN_DB=x"}, args: []string{"migrate"}, status: 1, said: "NAUNGAN_DB is no setting"},
		"and in a client's command":     {environ: []string{"NAUNGAN_URI=x"}, args: []string{"clients", "list"}, status: 1, said: "NAUNGAN_URL?"},
		"a client that is told nothing": {args: []string{"clients", "list"}, status: 1, said: "NAUNGAN_CLIENT_SECRET is not set"},
		"a database that is not there": {
			args:   []string{"migrate", "--data-dir", "/tmp", "--database-url", "postgres://u:hunter2@127.0.0.1:1/x"},
			status: 1, said: "127.0.0.1:1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, said := ran(t, tt.environ, tt.args...)
			if status != tt.status || !strings.Contains(out+said, tt.said) {
				t.Errorf("status %d: %s%s", status, out, said)
			}
			if strings.Contains(out+said, "hunter2") {
				t.Error("a password is printed")
			}
		})
	}
}

func TestMigrateBringsADatabaseToThisVersion(t *testing.T) {
	t.Parallel()
	dir := fresh(t)
	if status, _, said := ran(t, nil, "migrate", "--data-dir", dir); status != 0 || !strings.Contains(said, `"from":0`) {
		t.Errorf("the first: status %d: %s", status, said)
	}
	if status, _, said := ran(t, nil, "migrate", "--data-dir", dir); status != 0 || strings.Contains(said, `"from":0`) {
		t.Errorf("the second: status %d: %s", status, said)
	}
}
