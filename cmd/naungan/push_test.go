package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/client"
)

// desk takes imports as the contract has it, and does nothing with them but what
// a test wrote down.
type desk struct {
	mu       sync.Mutex
	imported *client.Import
	terms    string // the query that it was opened with
	kept     []byte
	offsets  []string
	cutAfter int64         // bytes of the first part; 0 is never
	hold     chan struct{} // closed when the first part has come; it is not answered then

	// course is what those hear who ask how far it is, one after the other; the
	// last one stays. Nil is a server that restarts.
	course []*client.Import
}

// opened begins a desk, and says what a client's command is told about it.
func (d *desk) opened(t *testing.T) []string {
	t.Helper()
	return serves(t, d.ServeHTTP)
}

// seen is what came to a desk.
func (d *desk) seen() (id uuid.UUID, kept []byte, offsets []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.imported.ID, d.kept, d.offsets
}

// serves serves a fake Naungan.
func serves(t *testing.T, answer http.HandlerFunc) []string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, _ *http.Request) {
		answers(w, http.StatusOK, client.Token{AccessToken: "t", TokenType: "Bearer", ExpiresIn: 900})
	})
	mux.HandleFunc("/", answer)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return environ(clientCredentials{URL: s.URL, ClientID: uuid.New(), ClientSecret: "nsk_a-_b"})
}

func answers(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/v1/imports":
		d.terms, d.imported = r.URL.RawQuery, imported(client.ImportStatusReceiving)
		answers(w, http.StatusCreated, d.imported)
	case r.Method == http.MethodPost:
		d.take(w, r)
	case r.URL.Path == "/v1/imports":
		page := client.ImportPage{Items: []client.Import{}}
		if d.imported != nil {
			page.Items = append(page.Items, *d.imported)
		}
		answers(w, http.StatusOK, page)
	default:
		d.tell(w)
	}
}

func (d *desk) take(w http.ResponseWriter, r *http.Request) {
	d.offsets = append(d.offsets, r.Header.Get("Upload-Offset"))
	if d.hold != nil {
		_, _ = io.Copy(io.Discard, r.Body) // who does not read does not see the other hang up
		close(d.hold)
		d.hold = nil
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	limit := d.cutAfter
	if d.cutAfter = 0; limit == 0 {
		limit = 1 << 40
	}
	part, err := io.ReadAll(io.LimitReader(r.Body, limit))
	d.kept = append(d.kept, part...)
	d.imported.ReceivedBytes = int64(len(d.kept))
	if err != nil || int64(len(part)) == limit {
		panic(http.ErrAbortHandler)
	}
	d.imported.Status = client.ImportStatusReceived
	answers(w, http.StatusAccepted, d.imported)
}

func (d *desk) tell(w http.ResponseWriter) {
	if d.imported.Status == client.ImportStatusReceiving || len(d.course) == 0 {
		answers(w, http.StatusOK, d.imported)
		return
	}
	next := d.course[0]
	if len(d.course) > 1 {
		d.course = d.course[1:]
	}
	if next == nil {
		http.Error(w, "restarting", http.StatusServiceUnavailable)
		return
	}
	next.ID = d.imported.ID
	answers(w, http.StatusOK, next)
}

// imported is an import of four rows.
func imported(status client.ImportStatus, change ...func(*client.Import)) *client.Import {
	i := &client.Import{
		ID: uuid.New(), Status: status, Kind: "officers", Mode: "upsert", Commit: "auto", OnError: "accept_valid",
		MediaType: "text/csv", Counts: client.ImportCounts{Rows: 4, Created: 4}, Progress: client.ImportProgress{Phase: "resting"},
	}
	for _, c := range change {
		c(i)
	}
	return i
}

func manual(i *client.Import) { i.Commit = "manual" }

func dryRun(i *client.Import) { i.DryRun = true }

func rejected(rows int64) func(*client.Import) {
	return func(i *client.Import) { i.Counts.Created, i.Counts.Rejected = 4-rows, rows }
}

func cancelled(rows int64) func(*client.Import) {
	return func(i *client.Import) { i.Counts.Created, i.Counts.Cancelled = i.Counts.Created-rows, rows }
}

func ended(officers int64) func(*client.Import) {
	return func(i *client.Import) { i.Counts.Ended, i.Mode, i.PlanDigest = officers, "snapshot", new("2f7a") }
}

func spoilt(i *client.Import) {
	i.Damage = []client.ImportDamage{{Column: "nik", Rows: 3, Of: 4, Examples: []int64{2, 3, 4}, Detail: "Format it as text."}}
}

func refused(i *client.Import) {
	i.Errors = []client.Fault{{Pointer: "nik", Code: "column_missing", Detail: "There is no column nik."}}
}

// rosterOf writes a file to push.
func rosterOf(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pps.csv")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestThePushEndsWithAStatusForScripts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		last   *client.Import
		status int
		says   []string
	}{
		"all is in":      {imported("committed"), 0, []string{"status     committed", "created    4"}},
		"a row is wrong": {imported("partially_committed", rejected(1)), 3, []string{"rejected   1", "--outcome rejected --out", "pps-rejected.xlsx --amends"}},
		"the identifiers are spoilt": {imported("validated", spoilt), 1, []string{
			"- nik, in 3 of 4 rows (such as 2, 3, 4): Format it as text.",
		}},
		"the file was refused": {imported("rejected", refused), 1, []string{"- nik: There is no column nik. (column_missing)"}},
		"removals are to be confirmed": {imported("validated", ended(12)), 1, []string{
			`{"plan_digest":"2f7a","removals":12}`, "--removals 12",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &desk{course: []*client.Import{imported("staging"), tt.last}}
			status, stdout, stderr := ran(t, d.opened(t), "push", rosterOf(t, []byte("nik\n")))
			if status != tt.status {
				t.Errorf("status %d: %s", status, stderr)
			}
			id, _, _ := d.seen()
			for _, want := range append(tt.says, id.String()) {
				if !strings.Contains(stdout, want) {
					t.Errorf("it does not say %q: %s", want, stdout)
				}
			}
		})
	}
}

func TestTheVerdictOfAnImport(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		i      *client.Import
		status int
	}{
		"committed whole": {imported("committed"), 0},
		"sound, and waiting for a commit as was meant":  {imported("validated", manual), 0},
		"sound, with removals to be reviewed":           {imported("validated", manual, ended(12)), 0},
		"sound, as a dry run":                           {imported("validated", dryRun), 0},
		"committed in part":                             {imported("partially_committed", rejected(1)), 3},
		"to be committed in part":                       {imported("validated", manual, rejected(1)), 3},
		"wrong in part, as a dry run":                   {imported("validated", dryRun, rejected(1)), 3},
		"all or nothing, and one row is wrong":          {imported("rejected", rejected(1), refused), 3},
		"refused as a whole":                            {imported("rejected", refused), 1},
		"spoilt, whatever else is wrong":                {imported("validated", manual, spoilt, rejected(1)), 1},
		"removals that nobody confirmed":                {imported("validated", ended(12), rejected(1)), 1},
		"waiting for a commit that was to be automatic": {imported("validated"), 1},
		"cancelled by somebody":                         {imported("cancelled"), 1},
		"stopped in the middle":                         {imported("partially_committed", cancelled(2)), 1},
		"stopped in the middle, and wrong in part":      {imported("partially_committed", rejected(1), cancelled(2)), 1},
		"given up in the middle":                        {imported("rejected", refused, rejected(1), cancelled(3)), 1},
		"taken back by somebody":                        {imported("reversed"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, err := 0, verdict(tt.i)
			if err != nil {
				status = exitStatus(err)
			}
			if status != tt.status {
				t.Errorf("%d: %v", status, err)
			}
		})
	}
}

func TestAPushSaysHowManyRowsAStopLeftOut(t *testing.T) {
	t.Parallel()
	for want, i := range map[string]*client.Import{
		"it was stopped: 2 of 4 rows were not committed": imported("partially_committed", rejected(1), cancelled(2)),
		"1 of 4 rows were rejected":                      imported("partially_committed", rejected(1)),
		"the import is reversed":                         imported("reversed", cancelled(2)),
	} {
		if got := verdict(i).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAPushSaysItsTerms(t *testing.T) {
	t.Parallel()
	d := &desk{course: []*client.Import{imported("validated", manual)}}
	status, stdout, stderr := ran(t, d.opened(t), "push", rosterOf(t, []byte("nik\n")), "--mode", "snapshot", "--commit", "manual",
		"--on-error", "reject_all", "--position", "pps", "--area", "61.06", "--removals", "0", "--dry-run", "--json",
		"--agreement", "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01", "--amends", "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f02")
	if status != 0 {
		t.Fatal(stderr)
	}
	id, _, _ := d.seen()
	terms := strings.Split(d.terms, "&")
	slices.Sort(terms)
	want := []string{
		"agreement_id=0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01", "amends=0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f02", "area_code=61.06",
		"commit=manual", "dry_run=true", "mode=snapshot", "on_error=reject_all", "position=pps", "removals=0",
	}
	if !slices.Equal(terms, want) {
		t.Errorf("%s", terms)
	}
	var printed client.Import
	if err := json.Unmarshal([]byte(stdout), &printed); err != nil || printed.ID != id {
		t.Errorf("%v: %s", err, stdout)
	}
}

func TestAPushGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("nik,full_name\n"), 50_000)
	d := &desk{cutAfter: 300_000, course: []*client.Import{imported("committed")}}
	status, _, stderr := ran(t, d.opened(t), "push", rosterOf(t, content))
	_, kept, offsets := d.seen()
	if status != 0 || !bytes.Equal(kept, content) || !slices.Equal(offsets, []string{"0", "300000"}) {
		t.Errorf("status %d, %d of %d bytes, parts at %s: %s", status, len(kept), len(content), offsets, stderr)
	}
	if !strings.Contains(stderr, "trying again: ") {
		t.Errorf("it keeps the trouble for itself: %s", stderr)
	}
}

func TestAPushTakesUpAnEarlierOne(t *testing.T) {
	t.Parallel()
	d := &desk{imported: imported("receiving"), kept: []byte("ni"), course: []*client.Import{imported("committed")}}
	d.imported.ReceivedBytes = 2
	status, _, stderr := ran(t, d.opened(t), "push", rosterOf(t, []byte("nik\n")))
	_, kept, offsets := d.seen()
	if status != 0 || string(kept) != "nik\n" || !slices.Equal(offsets, []string{"2"}) {
		t.Errorf("status %d, kept %q, parts at %s: %s", status, kept, offsets, stderr)
	}
	if !strings.Contains(stderr, "goes on: 2 B of 4 B have arrived") {
		t.Error(stderr)
	}
}

func TestAPushWaitsForAServerThatRestarts(t *testing.T) {
	t.Parallel()
	d := &desk{course: []*client.Import{imported("staging"), nil, nil, nil, imported("committed")}}
	status, stdout, stderr := ran(t, d.opened(t), "push", rosterOf(t, []byte("nik\n")))
	if status != 0 || !strings.Contains(stdout, "committed") || strings.Count(stderr, "trying again: ") != 1 {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
}

func TestAPushThatIsStoppedGoesOnLater(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	d := &desk{hold: held, course: []*client.Import{imported("committed")}}
	told, path := d.opened(t), rosterOf(t, []byte("nik\n"))
	cmd := command(t.Context(), told, "push", path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-held
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "the same command goes on") {
		t.Errorf("%v: %s", err, stderr.String())
	}
	status, _, said := ran(t, told, "push", path)
	if _, kept, _ := d.seen(); status != 0 || string(kept) != "nik\n" {
		t.Errorf("status %d, kept %q: %s", status, kept, said)
	}
}

func TestWhatCannotBePushedIsToldBeforeAnybodyIsCalled(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"a file of another kind":    {[]string{"push", "pps.pdf"}, "must end in .csv"},
		"a file that is not there":  {[]string{"push", "/nowhere/pps.csv"}, "no such file"},
		"a mode that there is not":  {[]string{"push", "pps.csv", "--mode", "replace"}, `--mode: there is no "replace"`},
		"an id that is none":        {[]string{"push", "pps.csv", "--amends", "7"}, "--amends: an id is a UUID"},
		"rows into a strange file":  {[]string{"rows", uuid.NewString(), "--out", "rows.pdf"}, "must end in .xlsx"},
		"rows with another outcome": {[]string{"rows", uuid.NewString(), "--outcome", "bad"}, `there is no "bad"`},
		"rows of something":         {[]string{"rows", "7"}, "an id is a UUID"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, stderr := ran(t, nil, tt.args...)
			if status != 1 || !strings.Contains(stderr, tt.says) {
				t.Errorf("status %d: %s", status, stderr)
			}
		})
	}
}

func TestTheNameOfAFileSaysWhatItIs(t *testing.T) {
	t.Parallel()
	const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	for path, want := range map[string]struct{ mediaType, encoding string }{
		"pps.csv":            {"text/csv", ""},
		"dir.v2/PPS.CSV":     {"text/csv", ""},
		"pps.csv.gz":         {"text/csv", "gzip"},
		"pps.2024.csv.zst":   {"text/csv", "zstd"},
		"pps.ndjson":         {"application/x-ndjson", ""},
		"pps.jsonl.GZ":       {"application/x-ndjson", "gzip"},
		"pps.xlsx":           {workbook, ""},
		"pps.xlsx.gz":        {},
		"pps.gz":             {},
		"pps":                {},
		"pps.xls":            {},
		"pps.csv.gz.gz":      {},
		"a folder.csv/names": {},
	} {
		mediaType, encoding, err := contentOf(path)
		said := ""
		if encoding != nil {
			said = string(*encoding)
		}
		if err != nil {
			mediaType, said = "", ""
		}
		if mediaType != want.mediaType || said != want.encoding || (err != nil) != (want.mediaType == "") {
			t.Errorf("%s: %s, %s, %v", path, mediaType, said, err)
		}
	}
}

func TestALogIsNotFloodedWithProgress(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	now := time.Date(2024, 8, 26, 10, 0, 0, 0, wib)
	l := &lines{out: &out, now: func() time.Time { return now }}
	total, left := int64(5_000_000), int64(75)
	for i := range 41 { // four seconds
		l.show(step{phase: "sending", done: int64(i) * 100_000, total: &total, inBytes: true})
		now = now.Add(100 * time.Millisecond)
	}
	l.show(step{phase: "staging", done: 0})
	l.show(step{phase: "staging", done: 1})
	now = now.Add(betweenLines)
	l.show(step{phase: "staging", done: 900, total: &total, left: &left})
	const want = `sending: 0 B of 5.0 MB
sending: 2.0 MB of 5.0 MB
sending: 4.0 MB of 5.0 MB
staging
staging: 900 of 5000000 rows, 1m15s left
`
	if out.String() != want {
		t.Error(out.String())
	}
}

// A bar cannot go back, and has one phase: another one is drawn for each.
func TestABarIsDrawnForEachPhase(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b, total := &bar{out: &out}, int64(100)
	b.show(step{phase: "sending", done: 60, total: &total, inBytes: true})
	b.note("trying again")
	b.show(step{phase: "sending", done: 40, total: &total, inBytes: true})
	b.show(step{phase: "sending", done: 100, total: &total, inBytes: true})
	b.show(step{phase: "staging", done: 7})
	b.show(step{phase: "staging", done: 50, total: &total})
	b.end()
	for _, want := range []string{"sending", "\ntrying again\n", "staging (7/-)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not show %q: %q", want, out.String())
		}
	}
}

func TestAFileNameSurvivesTheShell(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"pps.csv":              "pps-rejected.xlsx",
		"in/pps.csv.gz":        "in/pps-rejected.xlsx",
		"Data PPS (baru).xlsx": "'Data PPS (baru)-rejected.xlsx'",
		"it's.csv":             `'it'\''s-rejected.xlsx'`,
	} {
		if got := mendedName(file); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
}

func TestAnErrorMayHaveAStatusOfItsOwn(t *testing.T) {
	t.Parallel()
	own := exitError{exitRejected, errors.New("1 of 4 rows were rejected")}
	for status, err := range map[int]error{1: errors.New("else"), exitRejected: errors.Join(nil, own)} {
		if got := exitStatus(err); got != status {
			t.Error(strconv.Itoa(got), err)
		}
	}
}
