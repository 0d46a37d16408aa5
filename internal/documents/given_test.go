package documents_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
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
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/store"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// world is a KPU with an incident, and the two shelves on which its papers may lie.
type world struct {
	*testing.T
	store   *store.Store
	db      *pgx.Conn
	now     time.Time
	objects *objects

	kpu      access.Actor
	incident uuid.UUID
}

func given(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: time.Date(2024, 11, 29, 2, 0, 0, 0, time.UTC), objects: serveObjects(t)}
	document, err := keys.Generate()
	w.must(err)
	k, err := keys.Load(document)
	w.must(err)
	url := pgtest.New(t)
	w.store, err = store.Open(t.Context(), url, k, func() time.Time { return w.now })
	w.must(err)
	t.Cleanup(w.store.Close)
	w.db, err = pgx.Connect(t.Context(), url)
	w.must(err)
	t.Cleanup(func() { w.must(w.db.Close(context.Background())) })
	o := cover.Organisation{Kind: cover.KPU, Level: cover.National, Name: "KPU", TimeZone: "Asia/Jakarta", Version: 1}
	w.do(func(tx *store.Tx) error { return tx.InsertOrganisation(&o) })
	w.kpu = access.Actor{ClientID: uuid.New(), OrganisationID: o.ID, Kind: o.Kind, Level: o.Level, TimeZone: o.TimeZone, RequestID: "test"}
	w.incident = w.happens(o.ID)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(verb func(*store.Tx) error) {
	w.Helper()
	w.must(w.store.InTx(w.Context(), w.kpu, verb))
}

// happens is an incident of an officer of an organisation.
func (w *world) happens(organisation uuid.UUID) uuid.UUID {
	w.Helper()
	officer := cover.Officer{
		OrganisationID: organisation, ExternalID: "1", FullName: "Budi Contoh", BornOn: cover.NewDate(1989, 8, 5),
		Personal: cover.Personal{NIK: "9915010508890001"}, Sex: "male", Position: "pps", Role: cover.RoleMember,
		AreaCode: "35.15.01.2001", TermFrom: cover.NewDate(2024, 5, 26), TermTo: cover.NewDate(2025, 1, 27), Version: 1,
	}
	w.do(func(tx *store.Tx) error { return tx.InsertOfficer(&officer) })
	i := cover.Incident{
		Kind: cover.Accident, Outcome: cover.Injured, OccurredAt: w.now, Place: "TPS 3", NotifierRelation: "organiser",
		UncoveredReason: cover.UncoveredNotEnrolled, Version: 1,
	}
	i.Belong(officer, cover.KPU)
	w.do(func(tx *store.Tx) error { return tx.InsertIncident(&i) })
	return i.ID
}

// shelved is a world whose papers lie on one of the shelves.
type shelved struct {
	*world
	documents.Keeper
	shelf documents.Shelf
}

// onEachShelf runs a test once for each shelf.
func onEachShelf(t *testing.T, test func(*shelved)) {
	t.Helper()
	t.Run("in the database", func(t *testing.T) {
		t.Parallel()
		w := given(t)
		test(&shelved{w, documents.Keeper{Store: w.store}, w.store.Pieces()})
	})
	t.Run("in an object store", func(t *testing.T) {
		t.Parallel()
		w := given(t)
		shelf := w.objects.open(t)
		test(&shelved{w, documents.Keeper{Store: w.store, Objects: shelf}, shelf})
	})
}

// pieces counts what lies on the shelves of a document.
func (w *world) pieces(id uuid.UUID) int {
	w.Helper()
	return w.count(`select count(*) from document_pieces where document_id = $1`, id) + len(w.objects.names("bucket/some/where/"+id.String()+"/"))
}

func (w *world) count(sql string, args ...any) (n int) {
	w.Helper()
	w.must(w.db.QueryRow(w.Context(), sql, args...).Scan(&n))
	return n
}

func (w *shelved) announce() cover.Document {
	w.Helper()
	d, err := w.tryAnnounce(w.incident)
	w.must(err)
	return d
}

func (w *shelved) tryAnnounce(incident uuid.UUID) (cover.Document, error) {
	return store.Do(w.Context(), w.store, w.kpu, func(tx *store.Tx) (cover.Document, error) {
		return w.Announce(tx, cover.Document{IncidentID: incident, Kind: cover.Chronology, MediaType: "application/pdf"})
	})
}

// send sends a paper as the door does.
func (w *shelved) send(content string) (d cover.Document, fresh bool) {
	w.Helper()
	announced := w.announce()
	kept, err := w.Keep(w.Context(), announced, strings.NewReader(content))
	w.must(err)
	w.do(func(tx *store.Tx) error {
		d, fresh, err = w.Upload(tx, announced, kept, nil)
		return err
	})
	w.must(w.Discard(w.Context(), announced.ID))
	return d, fresh
}

// read is what a reader gets of a document before it ends, or breaks off.
func (w *shelved) read(d cover.Document) (string, error) {
	content, err := w.Open(w.Context(), d)
	if err != nil {
		return "", err
	}
	got, err := io.ReadAll(content)
	return string(got), err
}

func (w *shelved) document(id uuid.UUID) cover.Document {
	w.Helper()
	d, err := w.store.Read(w.Context(), w.kpu).Document(id)
	w.must(err)
	return d
}

// paper is a PDF of a size.
func paper(size int) string {
	const head, tail = "%PDF-1.7\n", "\n%%EOF\n"
	return head + strings.Repeat("naungan ", size/8+1)[:size-len(head)-len(tail)] + tail
}

func digest(content string) []byte {
	sum := sha256.Sum256([]byte(content))
	return sum[:]
}

// eicar is what every scanner calls a virus, and is none. It is put together here,
// so that no scanner takes this file for one.
var eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}` + `$EICAR-STANDARD-` + `ANTIVIRUS-TEST-FILE!$H+H*`

// script is a scanner that does what a shell script says. A program that is written
// while another one is forked cannot be run, so the shell reads it.
func script(t *testing.T, lines string) []string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "scanner")
	if err := os.WriteFile(name, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"/bin/sh", name}
}

// finder is a scanner as clamdscan is one.
const finder = `if grep -q 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE'; then exit 1; else exit 0; fi`

// objects is an object store that speaks as much of S3 as is asked of it.
type objects struct {
	*httptest.Server
	mu     sync.Mutex
	kept   map[string][]byte
	broken bool // it answers nothing but that it is busy
}

func serveObjects(t *testing.T) *objects {
	t.Helper()
	o := &objects{kept: map[string][]byte{}}
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

func (o *objects) open(t *testing.T) *documents.Objects {
	t.Helper()
	shelf, err := documents.OpenObjects("s3://bucket/some/where?insecure=true&endpoint="+strings.TrimPrefix(o.URL, "http://"), "id", "secret")
	if err != nil {
		t.Fatal(err)
	}
	return shelf
}

func (o *objects) names(prefix string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.kept)), func(name string) bool { return !strings.HasPrefix(name, prefix) })
}

func (o *objects) breaks(broken bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = broken
}

func (o *objects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2" {
		o.list(w, strings.TrimSuffix(name, "/"), r.URL.Query().Get("prefix"))
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	content, known := o.kept[name]
	switch {
	case !strings.Contains(r.Header.Get("Authorization"), "Credential=id/"):
		fail(w, http.StatusForbidden, "AccessDenied")
	case o.broken:
		fail(w, http.StatusServiceUnavailable, "SlowDown")
	case r.Method == http.MethodPut:
		body, err := sent(r)
		if err != nil {
			fail(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
		o.kept[name] = body
		w.Header().Set("ETag", `"`+strconv.Itoa(len(body))+`"`)
	case r.Method == http.MethodDelete:
		delete(o.kept, name)
		w.WriteHeader(http.StatusNoContent)
	case !known:
		fail(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
		_, _ = w.Write(content)
	}
}

// sent is the body of a request, without the signatures that may stand between its
// chunks.
func sent(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var out []byte
	for body := bufio.NewReader(r.Body); ; {
		line, err := body.ReadString('\n')
		if err != nil {
			return nil, err
		}
		length, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(length, 16, 64)
		if err != nil || n == 0 {
			return out, err
		}
		chunk := make([]byte, n+2) // and the end of its line
		if _, err := io.ReadFull(body, chunk); err != nil {
			return nil, err
		}
		out = append(out, chunk[:n]...)
	}
}

func (o *objects) list(w http.ResponseWriter, bucket, prefix string) {
	type item struct{ Key string }
	listed := struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		Name        string
		IsTruncated bool
		Contents    []item
	}{Name: bucket}
	for _, name := range o.names(bucket + "/" + prefix) {
		listed.Contents = append(listed.Contents, item{strings.TrimPrefix(name, bucket+"/")})
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(listed)
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}

// codeOf is the code of a refusal; nothing for none, and for an error of ours.
func codeOf(err error) cover.Code {
	if refused, ours := errors.AsType[*cover.Error](err); ours {
		return refused.Code
	}
	return ""
}

func (w *world) sql(statement string, args ...any) {
	w.Helper()
	_, err := w.db.Exec(w.Context(), statement, args...)
	w.must(err)
}
