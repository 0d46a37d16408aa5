// Package api_test talks to the server the way a caller does: over HTTP, with a
// real database, holding every answer against the published contract.
package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/uuid"

	published "naungan/api"
	"naungan/internal/api"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/reference"
	"naungan/internal/store"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, nil)))
	for _, media := range []string{"application/yaml", "text/csv", "application/x-ndjson", workbook, "application/pdf", "image/jpeg", "image/png", "image/webp", "text/event-stream"} {
		openapi3filter.RegisterBodyDecoder(media, asText) // the contract calls them texts
	}
	code := pgtest.Main(m)
	if code == 0 {
		code = report()
	}
	os.Exit(code)
}

// logged passes on what goes wrong, and keeps every line that names a person: a log
// never does.
var logged logWatch

type logWatch struct {
	mu     sync.Mutex
	leaked []string
}

func (l *logWatch) Write(line []byte) (int, error) {
	if secret(line) || named(line) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.leaked = append(l.leaked, string(line))
	}
	if bytes.Contains(line, []byte("level=ERROR")) {
		return os.Stderr.Write(line)
	}
	return len(line), nil
}

func asText(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	raw, err := io.ReadAll(body)
	return string(raw), err
}

// keyset is one for all databases of a run: a template keeps the name of its keys.
var keyset = sync.OnceValue(func() *keys.Keys {
	doc, err := keys.Generate()
	if err != nil {
		panic(err)
	}
	k, err := keys.Load(doc)
	if err != nil {
		panic(err)
	}
	return k
})

// server is one running program with a database and a clock of its own.
type server struct {
	t        *testing.T
	store    *store.Store
	handler  http.Handler
	contract routers.Router
	clock    *atomic.Pointer[time.Time]
	door     *api.Server
	url      string // of the database, for tests that look behind the door
}

// wib is the zone of Kapuas Hulu.
var wib = time.FixedZone("WIB", 7*60*60)

// today is the day on which the agreement of Kapuas Hulu was signed.
var today = time.Date(2024, 8, 26, 9, 0, 0, 0, wib)

// start is a server on a database that holds what the law and the map say.
func start(t *testing.T) *server {
	t.Helper()
	return open(t, pgtest.NewFrom(t, lawAndMap))
}

// open is a server on a database. It is today.
func open(t *testing.T, url string) *server {
	t.Helper()
	s := &server{t: t, clock: &atomic.Pointer[time.Time]{}, contract: router(), url: url}
	s.at(today)
	var err error
	if s.store, err = store.Open(t.Context(), s.url, keyset(), func() time.Time { return *s.clock.Load() }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.store.Close)
	if err := s.store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.door, err = api.New(s.store); err != nil {
		t.Fatal(err)
	}
	s.handler = s.door.Handler()
	readCatalogue(s.handler)
	return s
}

// lawAndMap is a database with the reference data that comes with the program.
var lawAndMap = pgtest.Template{Key: "reference", Prepare: func(ctx context.Context, url string) error {
	st, err := store.Open(ctx, url, keyset(), time.Now)
	if err != nil {
		return err
	}
	defer st.Close()
	return reference.Load(ctx, st)
}}

// at puts the clock to an instant.
func (s *server) at(now time.Time) { s.clock.Store(&now) }

// tick lets a second pass, where it matters what came first.
func (s *server) tick() { s.at(s.clock.Load().Add(time.Second)) }

// document is the contract, read once.
var document = sync.OnceValue(func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(published.Contract)
	if err != nil {
		panic(err)
	}
	doc.Servers = nil
	return doc
})

var router = sync.OnceValue(func() routers.Router {
	r, err := gorillamux.NewRouter(document())
	if err != nil {
		panic(err)
	}
	return r
})

// caller is somebody with a token; the zero token is nobody.
type caller struct {
	*server
	token  string
	header http.Header // sent with every call
}

// answer is what came back.
type answer struct {
	*http.Response
	raw []byte
}

// call is one request of a caller.
type call struct {
	method, path string
	body         any // text and bytes are sent as they are, everything else as JSON
	header       map[string]string
}

// send makes one call and fails the test if the answer breaks the contract.
func (c caller) send(in call) answer {
	c.t.Helper()
	return c.do(c.request(in))
}

// do makes one request as it is.
func (c caller) do(req *http.Request) answer {
	c.t.Helper()
	a := serve(c.handler, req)
	c.check(req, a.Response, a.raw)
	return a
}

func serve(h http.Handler, req *http.Request) answer {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return answer{w.Result(), w.Body.Bytes()}
}

// together makes several calls at once.
func together(calls ...func() answer) []answer {
	answers := make([]answer, len(calls))
	var wait sync.WaitGroup
	begin := make(chan struct{})
	for i, call := range calls {
		wait.Go(func() {
			<-begin
			answers[i] = call()
		})
	}
	close(begin)
	wait.Wait()
	return answers
}

// atOnce makes the same call n times at once.
func (c caller) atOnce(n int, in call) []answer {
	c.t.Helper()
	requests := make([]*http.Request, n)
	calls := make([]func() answer, n)
	for i := range calls {
		requests[i] = c.request(in)
		calls[i] = func() answer { return serve(c.handler, requests[i]) }
	}
	answers := together(calls...)
	for i, a := range answers {
		c.check(requests[i], a.Response, a.raw)
	}
	return answers
}

func (c caller) request(in call) *http.Request {
	c.t.Helper()
	var body []byte
	switch b := in.body.(type) {
	case nil:
	case string:
		body = []byte(b)
	case []byte:
		body = b
	default:
		var err error
		if body, err = json.Marshal(b); err != nil {
			c.t.Fatal(err)
		}
	}
	req := httptest.NewRequestWithContext(c.t.Context(), in.method, in.path, bytes.NewReader(body))
	if in.body != nil {
		req.Header.Set("Content-Type", "application/json")
		if in.method == http.MethodPatch {
			req.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	for name, value := range in.header {
		req.Header.Set(name, value)
	}
	return req
}

// check holds an answer against the contract and remembers that it was seen.
func (c caller) check(req *http.Request, res *http.Response, raw []byte) {
	c.t.Helper()
	if res.Header.Get("X-Request-Id") == "" {
		c.t.Errorf("%s %s: no X-Request-Id", req.Method, req.URL.Path)
	}
	if res.StatusCode >= 400 && res.StatusCode != 499 {
		if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
			c.t.Errorf("%s %s: %d is %q, not a problem", req.Method, req.URL.Path, res.StatusCode, got)
		}
	}
	if res.StatusCode >= 500 && res.StatusCode != 503 {
		c.t.Errorf("%s %s: %d %s", req.Method, req.URL, res.StatusCode, raw)
	}
	c.checkCodes(req, res, raw)
	c.checkPrivacy(req, res, raw)
	route, params, err := c.contract.FindRoute(req)
	if err != nil {
		return // not an operation of the contract
	}
	seen(route.Operation.OperationID, res.StatusCode)
	if res.StatusCode == http.StatusNotModified {
		if len(raw) > 0 {
			c.t.Errorf("%s %s: 304 with a body", req.Method, req.URL.Path)
		}
		return
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(raw)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateResponse(c.t.Context(), out); err != nil {
		c.t.Errorf("%s %s: the answer breaks the contract: %v\n%s", req.Method, req.URL.Path, err, raw)
	}
}

func (c caller) get(path string) answer { c.t.Helper(); return c.send(call{method: "GET", path: path}) }

func (c caller) post(path string, body any) answer {
	c.t.Helper()
	return c.send(call{method: "POST", path: path, body: body})
}

// pay posts where money moves, under a key of its own.
func (c caller) pay(path string, body any) answer {
	c.t.Helper()
	return c.send(call{method: "POST", path: path, body: body, header: map[string]string{"Idempotency-Key": uuid.NewString()}})
}

func (c caller) patch(path, etag string, body any) answer {
	c.t.Helper()
	return c.send(call{method: "PATCH", path: path, body: body, header: map[string]string{"If-Match": etag}})
}

// must fails the test unless the status is the one wanted.
func (a answer) must(t *testing.T, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%d, want %d\n%s", a.StatusCode, status, a.raw)
	}
	return a
}

// object is a JSON object as it came.
type object = map[string]any

func (a answer) object(t *testing.T) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(a.raw, &o); err != nil {
		t.Fatalf("%v\n%s", err, a.raw)
	}
	return o
}

// id is the id of what the answer holds.
func (a answer) id(t *testing.T) string {
	t.Helper()
	id, ok := a.object(t)["id"].(string)
	if !ok {
		t.Fatalf("no id in %s", a.raw)
	}
	return id
}

func (a answer) code(t *testing.T) string {
	t.Helper()
	return fmt.Sprint(a.object(t)["code"])
}

// faults are the codes of an answer's errors with their places: "/nik nik_invalid".
func (a answer) faults(t *testing.T) []string { t.Helper(); return told(a.object(t)["errors"]) }

func (a answer) warnings(t *testing.T) []string { t.Helper(); return told(a.object(t)["warnings"]) }

func told(list any) []string {
	faults, _ := list.([]any)
	out := []string{}
	for _, f := range faults {
		o, _ := f.(object)
		out = append(out, strings.TrimSpace(fmt.Sprint(o["pointer"], " ", o["code"])))
	}
	slices.Sort(out)
	return out
}

func (a answer) items(t *testing.T) []object {
	t.Helper()
	list, _ := a.object(t)["items"].([]any)
	out := make([]object, len(list))
	for i, item := range list {
		out[i], _ = item.(object)
	}
	return out
}

var (
	exercised   = map[string]map[int]bool{}
	exercisedMu sync.Mutex
)

func seen(operation string, status int) {
	exercisedMu.Lock()
	defer exercisedMu.Unlock()
	if exercised[operation] == nil {
		exercised[operation] = map[int]bool{}
	}
	exercised[operation][status] = true
}

// neverExercised is how many pairs of operation and documented answer the tests
// may leave unseen. It only ever goes down.
const neverExercised = 0

// report says which answers that the contract documents no test has seen.
func report() int {
	var missing []string
	all := 0
	for path, item := range document().Paths.Map() {
		for method, o := range item.Operations() {
			for status := range o.Responses.Map() {
				all++
				if !wasSeen(o.OperationID, status) {
					missing = append(missing, fmt.Sprintf("%s %s (%s): %s", method, path, o.OperationID, status))
				}
			}
		}
	}
	slices.Sort(missing)
	fmt.Printf("answers of the contract seen by tests: %d of %d\n", all-len(missing), all)
	for _, m := range missing {
		fmt.Println("  never seen:", m)
	}
	if len(missing) > neverExercised && !partial() {
		fmt.Printf("FAIL: %d documented answers were never seen, %d may be\n", len(missing), neverExercised)
		return 1
	}
	if len(logged.leaked) > 0 {
		fmt.Printf("FAIL: %d lines of the log name a person, %q\n", len(logged.leaked), logged.leaked[0])
		return 1
	}
	return reportCodes()
}

// partial reports whether only some of the tests ran.
func partial() bool {
	for _, arg := range os.Args {
		if strings.HasPrefix(arg, "-test.run=") && arg != "-test.run=" || strings.HasPrefix(arg, "-test.fuzz=") {
			return true
		}
	}
	return false
}

func wasSeen(operation, status string) bool {
	for s := range exercised[operation] {
		if fmt.Sprint(s) == status || status == "default" && s >= 400 {
			return true
		}
	}
	return false
}
