package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"naungan/client"
	"naungan/internal/localpg"
)

// What a kill test may cost. On a slow machine it kills less often.
const (
	wantedKills = 100
	killBudget  = 30 * time.Second
	atOnce      = 4 // files on their way
)

// The files of the kill test have some rows or, a few of them, so many that they are
// kept in several pieces. One row in twenty is bad, unless all must be good.
const (
	someRows = 500
	manyRows = 16_000
	badRow   = 20

	firstPiece = 1 << 20 // bytes
)

// pushed is a file on its way, and what came of it.
type pushed struct {
	number   int
	rows     int
	strict   bool // reject_all, and no bad row
	imported *client.Import
	resumed  bool // the upload went on behind its first byte
	err      error
}

// TestImportsSurviveAnyKill kills the server, and by turns its Postgres, at a hundred
// moments while files arrive, are staged, judged and committed.
func TestImportsSurviveAnyKill(t *testing.T) {
	dir, chance := lived(t), rand.New(rand.NewPCG(6106, 3))
	address := unused(t)
	s := serving(t, dir, nil, "--listen", address)
	kpu := organised(t, administrator(t, dir), "61.06", "Kabupaten Kapuas Hulu")

	var files []*pushed
	done := make(chan *pushed, wantedKills)
	push := func() *pushed {
		p := &pushed{number: len(files), rows: someRows, strict: len(files)%3 == 2}
		if p.number%8 == 5 {
			p.rows = manyRows
		}
		files = append(files, p)
		go func() {
			p.send(context.WithoutCancel(t.Context()), kpu)
			done <- p
		}()
		return p
	}
	// How long one takes that nobody disturbs says where the moments lie.
	begun := time.Now()
	push()
	<-done
	undisturbed, underway := time.Since(begun), 0

	moments, kills := map[string]int{}, map[string]int{}
	for begun = time.Now(); kills["naungan"]+kills["postgres"] < wantedKills && time.Since(begun) < killBudget; {
		for underway < atOnce {
			push()
			underway++
		}
		database := connected(t, dir)
		time.Sleep(time.Duration(chance.Int64N(int64(undisturbed * 3 / 2))))
		for _, moment := range momentsIn(t, database) {
			moments[moment]++
		}
		if chance.IntN(2) == 0 {
			kills["naungan"]++
			s.end(t, syscall.SIGKILL)
		} else {
			kills["postgres"]++
			killPostgres(t, s, dir)
		}
		_ = database.Close(t.Context()) // nobody is there
		s = serving(t, dir, nil, "--listen", address)
		for more := true; more; {
			select {
			case <-done:
				underway--
			default:
				more = false
			}
		}
	}
	for ; underway > 0; underway-- {
		<-done
	}
	t.Logf("%d files, kills: %v in %v; one undisturbed took %v; imports at the moment of a kill: %v",
		len(files), kills, time.Since(begun).Round(time.Second), undisturbed.Round(time.Millisecond), moments)
	resumed := 0
	for _, p := range files {
		p.check(t)
		if p.resumed {
			resumed++
		}
	}
	t.Logf("%d uploads went on behind their first byte", resumed)
	// Few files are large enough; a slow machine may have sent one of them at most.
	if resumed == 0 && kills["naungan"]+kills["postgres"] >= wantedKills {
		t.Error("no upload was cut off behind its first byte")
	}
	for _, phase := range []client.ImportPhase{client.ImportPhaseStaging, client.ImportPhaseCommitting} {
		if moments[string(phase)] == 0 {
			t.Errorf("no kill met an import that was %s", phase)
		}
	}
	if status := s.stop(t); status != 0 {
		t.Errorf("status %d: %s", status, s.said())
	}
	checkLeft(t, dir, files)
}

// send pushes a file and waits for what comes of it.
func (p *pushed) send(ctx context.Context, kpu *client.ClientWithResponses) {
	content := peopleOf(p.number*manyRows, p.rows, !p.strict)
	upload := client.Upload{Content: slow{content, p.number%4 == 1}, Size: int64(content.Len()), MediaType: "application/x-ndjson"}
	var terms client.ReceiveImportParams
	if p.strict {
		all := client.ImportErrorModeRejectAll
		terms.OnError = &all
	}
	broken := false
	watch := client.Watch{
		Trouble: func(error) { broken = true },
		Sent: func(bytes int64) {
			p.resumed, broken = p.resumed || broken && bytes > firstPiece, false
		},
	}
	if p.imported, p.err = kpu.Upload(ctx, upload, terms, watch); p.err == nil {
		p.imported, p.err = kpu.AwaitImport(ctx, p.imported.ID, watch)
	}
}

func (p *pushed) created() int64 {
	if p.strict {
		return int64(p.rows)
	}
	return int64(p.rows - p.rows/badRow)
}

func (p *pushed) check(t *testing.T) {
	t.Helper()
	if p.err != nil {
		t.Errorf("file %d: %v", p.number, p.err)
		return
	}
	want := client.ImportStatusPartiallyCommitted
	if p.strict {
		want = client.ImportStatusCommitted
	}
	c := p.imported.Counts
	if p.imported.Status != want || c.Rows != int64(p.rows) || c.Created != p.created() || c.Rejected != c.Rows-p.created() {
		t.Errorf("file %d: import %s is %s, %+v", p.number, p.imported.ID, p.imported.Status, c)
	}
}

// checkLeft looks at what is in the database after all.
func checkLeft(t *testing.T, dir string, files []*pushed) {
	t.Helper()
	postgres, err := localpg.Start(t.Context(), filepath.Join(dir, "postgres"), localpg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := postgres.Stop(); err != nil {
			t.Error(err)
		}
	}()
	database, err := pgx.Connect(t.Context(), postgres.URL("naungan"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = database.Close(t.Context()) }()
	var want, rows int64
	for _, p := range files {
		want, rows = want+p.created(), rows+int64(p.rows)
	}
	for sql, want := range map[string]int64{
		`select count(*) from officers`:                                                                want,
		`select count(distinct person_id) from officers`:                                               want,
		`select count(*) from events where type = 'officer_appointed'`:                                 want,
		`select count(distinct resource_id) from events where type = 'officer_appointed'`:              want,
		`select count(*) from import_plan where outcome = 'created'`:                                   want,
		`select count(*) from import_rows`:                                                             rows,
		`select count(*) from events where type = 'import_committed'`:                                  int64(len(files)),
		`select count(*) from imports where status in ('committed', 'partially_committed')`:            int64(len(files)),
		`select count(*) from imports where status in ('received', 'staging', 'committing')`:           0,
		`select count(*) from imports where status in ('rejected', 'cancelled')`:                       0,
		`select count(*) from imports where status = 'receiving' and received_bytes > 0`:               0,
		`select count(*) from import_parts`:                                                            0,
		`select count(*) from river_job where kind = 'import' and state in ('available', 'discarded')`: 0,
	} {
		var got int64
		if err := database.QueryRow(t.Context(), sql).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, want %d (%v)", sql, got, want, err)
		}
	}
	var orphans, running int64
	err = database.QueryRow(t.Context(), `select (select count(*) from imports where status = 'receiving'),
		(select count(*) from river_job where kind = 'import' and state not in ('completed', 'cancelled'))`).Scan(&orphans, &running)
	t.Logf("%d uploads were opened that nobody was told of, %d jobs of processes that died (%v)", orphans, running, err)
}

// unused is an address that stays the same when the server is started again.
func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }() // somebody may take it now, but hardly does
	return l.Addr().String()
}

// organised registers the KPU of a regency, and connects as it.
func organised(t *testing.T, admin *client.ClientWithResponses, area, name string) *client.ClientWithResponses {
	t.Helper()
	body, err := client.Check(admin.RegisterOrganisationWithResponse(t.Context(), nil, client.OrganisationInput{
		Kind: client.OrganisationKindKpu, Level: client.OrganisationLevelRegency, AreaCode: &area, Name: "KPU " + name,
		TimeZone: client.TimeZoneAsiaJakarta,
	}))
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.Check(admin.CreateClientWithResponse(t.Context(), nil, client.ClientInput{
		OrganisationID: body.JSON201.ID, Name: "SIAKBA", Scopes: []client.Scope{
			"officers:read", "officers:write", "imports:read", "imports:write", "imports:commit",
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	base := admin.ClientInterface.(*client.Client).Server
	kpu, err := client.Connect(t.Context(), base, made.JSON201.ClientID.String(), made.JSON201.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	return kpu
}

// peopleOf writes the rows of a file: so many people from the first on.
func peopleOf(first, rows int, bad bool) *strings.Reader {
	var b strings.Builder
	for n := range rows {
		person := first + n
		nik := nikOf(person)
		if bad && n%badRow == badRow-1 {
			nik = "9900" + nik[4:] // no such area
		}
		writeRow(&b, person, nik, "61.06.01.1001")
	}
	return strings.NewReader(b.String())
}

func bornOn(person int) time.Time { return time.Date(1970, 1, 1+person%9000, 0, 0, 0, 0, time.UTC) }

func nikOf(person int) string {
	return "990601" + bornOn(person).Format("020106") + fmt.Sprintf("%04d", 1+10*(person/9000))
}

func writeRow(b *strings.Builder, person int, nik, area string) {
	fmt.Fprintf(b, `{"external_id":"S-%d","nik":"%s","full_name":"Petugas Contoh %d","born_on":"%s","position":"pps","area_code":"%s",`+
		`"term_from":"2024-05-26","term_to":"2025-01-27"}`+"\n", person, nik, person, bornOn(person).Format(time.DateOnly), area)
}

// slow is a file on a slow line, if it is.
type slow struct {
	*strings.Reader
	slow bool
}

func (s slow) ReadAt(b []byte, at int64) (int, error) {
	if s.slow {
		time.Sleep(time.Duration(len(b)) * time.Microsecond / 8) // eight megabytes a second
	}
	return s.Reader.ReadAt(b, at)
}

// postmaster is what the private Postgres says of itself.
func postmaster(t *testing.T, dir string) (pid int, socket string) {
	t.Helper()
	written, err := os.ReadFile(filepath.Join(dir, "postgres/data/postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Split(string(written), "\n")
	if pid, err = strconv.Atoi(said[0]); err != nil || len(said) < 5 {
		t.Fatalf("postmaster.pid: %v: %s", err, written)
	}
	return pid, said[4]
}

func killPostgres(t *testing.T, s *server, dir string) {
	t.Helper()
	pid, _ := postmaster(t, dir)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	select {
	case <-s.ended: // whoever runs it starts it again
	case <-time.After(recovery):
		t.Fatalf("it goes on without its Postgres: %s", s.said())
	}
}

// connected is a connection past the server, to see what it is doing.
func connected(t *testing.T, dir string) *pgx.Conn {
	t.Helper()
	_, socket := postmaster(t, dir)
	database, err := pgx.Connect(t.Context(), "user=naungan dbname=naungan host="+socket)
	if err != nil {
		t.Fatal(err)
	}
	return database
}

// momentsIn is what the imports are at that do not rest.
func momentsIn(t *testing.T, database *pgx.Conn) []string {
	t.Helper()
	rows, err := database.Query(t.Context(), `select phase from imports where phase <> 'resting'`)
	if err != nil {
		t.Fatal(err)
	}
	phases, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(phases) == 0 {
		return []string{"none"}
	}
	return phases
}
