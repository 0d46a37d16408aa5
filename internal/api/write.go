package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	fastjson "github.com/goccy/go-json"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// write runs a verb in one transaction and answers with what it returns. The
// answer is finished before the commit: with its warnings, kept under the
// request's Idempotency-Key together with the effect, and for a dry run without
// any effect at all.
func write[T any](ctx context.Context, s *Server, do func(*store.Tx) (T, error)) (T, error) {
	var none T
	r := requestOf(ctx)
	answer, err := store.Do(ctx, s.store, access.Acting(ctx), func(tx *store.Tx) (wire.Answer, error) {
		if kept, err := replay(tx, r); kept != nil || err != nil {
			return or(kept), err
		}
		response, err := do(tx)
		if err != nil {
			return wire.Answer{}, err
		}
		answer, err := s.finish(response, tx.Doubts, r)
		if err != nil {
			return wire.Answer{}, err
		}
		if r.dryRun {
			return wire.Answer{}, dryRun{answer}
		}
		return answer, remember(tx, r, answer)
	})
	if dry, ok := errors.AsType[dryRun](err); ok {
		answer, err = dry.answer, nil
	}
	if err != nil {
		return none, err
	}
	return any(answer).(T), nil
}

// dryRun undoes a transaction and carries its answer out.
type dryRun struct{ answer wire.Answer }

func (dryRun) Error() string { return "dry run" }

// kept is an answer as it is stored.
type kept struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
	// Shown are the readings of personal data that the answer is; to give it again is
	// to show them again.
	Shown []cover.Event `json:"shown,omitempty"`
}

// replay returns the answer that was given to the same request before; nil if
// there was none. Refuses the key of another request (idempotency_key_reused) and
// one whose request still runs (request_in_progress).
func replay(tx *store.Tx, r *request) (*wire.Answer, error) {
	if r.idempotencyKey == "" || r.dryRun {
		return nil, nil
	}
	before, err := tx.Recall(r.idempotencyKey)
	if before == nil || err != nil {
		return nil, err
	}
	if !bytes.Equal(before.Fingerprint, r.fingerprint) {
		return nil, cover.Refuse(cover.Invalid, cover.IdempotencyKeyReused, nil)
	}
	var k kept
	if err := json.Unmarshal(before.Answer, &k); err != nil {
		return nil, fmt.Errorf("stored answer: %w", err)
	}
	for _, reading := range k.Shown {
		if err := tx.Record(reading); err != nil {
			return nil, err
		}
	}
	k.Header.Set("Idempotency-Replayed", "true")
	return &wire.Answer{Status: k.Status, Header: k.Header, Body: k.Body}, nil
}

func remember(tx *store.Tx, r *request, a wire.Answer) error {
	if r.idempotencyKey == "" {
		return nil
	}
	written, err := json.Marshal(kept{a.Status, a.Header, a.Body, tx.Shown})
	if err != nil {
		return err
	}
	return tx.Remember(r.idempotencyKey, store.Remembered{Fingerprint: r.fingerprint, Answer: written})
}

// finish renders a response and adds to its object what every write may say: its
// warnings, and that it was a dry run.
func (s *Server) finish(response any, doubts cover.Faults, r *request) (wire.Answer, error) {
	answer, err := render(response)
	if err != nil {
		return answer, err
	}
	if tag := answer.Header.Get("ETag"); tag != "" {
		answer.Header.Set("ETag", r.tagged(tag))
	}
	if len(doubts) > 0 {
		told, err := json.Marshal(s.faults(doubts, r.language))
		if err != nil {
			return answer, err
		}
		answer.Body = append(trimObject(answer.Body), fmt.Sprintf(`,"warnings":%s}`, told)...)
	}
	if r.dryRun {
		answer.Body = sayDry(answer.Body)
	}
	return answer, nil
}

// sayDry adds to an object that it was a dry run. An import has a member of that
// name, and none may come twice.
func sayDry(body []byte) []byte {
	own := []byte(`"dry_run":false`)
	if bytes.Contains(body, own) { // no text holds quotes that are not escaped
		return bytes.Replace(body, own, []byte(`"dry_run":true`), 1)
	}
	return append(trimObject(body), `,"dry_run":true}`...)
}

// trimObject takes the closing brace off a JSON object that has members.
func trimObject(body []byte) []byte { return bytes.TrimSuffix(bytes.TrimSpace(body), []byte("}")) }

// render has a response of the generated code written down. Each such type has
// one method, named after its operation.
func render(response any) (wire.Answer, error) {
	v := reflect.ValueOf(response)
	if v.NumMethod() != 1 {
		return wire.Answer{}, fmt.Errorf("%T is no response", response)
	}
	visit, ok := v.Method(0).Interface().(func(http.ResponseWriter) error)
	if !ok {
		return wire.Answer{}, fmt.Errorf("%T is no response", response)
	}
	var rec recorder
	if err := visit(&rec); err != nil {
		return wire.Answer{}, err
	}
	return wire.Answer{Status: rec.status, Header: rec.Header(), Body: rec.body.Bytes()}, nil
}

// quick writes down an answer that is asked for most: the stubs would make the
// same bytes, in twice the time.
func quick(body any, header http.Header) (wire.Answer, error) {
	var written bytes.Buffer
	if err := fastjson.NewEncoder(&written).Encode(body); err != nil {
		return wire.Answer{}, err
	}
	header.Set("Content-Type", "application/json")
	return wire.Answer{Status: http.StatusOK, Header: header, Body: written.Bytes()}, nil
}

// recorder keeps what is written to it.
type recorder struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header {
	if r.header == nil {
		r.header = http.Header{}
	}
	return r.header
}
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// ifMatch reads an If-Match header; the zero Version is any.
func ifMatch(header *string) (store.Version, error) {
	if header == nil || *header == "*" {
		return 0, nil
	}
	tag := *header
	if spoken, ok := strings.CutSuffix(tag, inEnglish); ok {
		tag = spoken + `"` // the version is the same in every language
	}
	version, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || version < 1 || tag != etag(version) {
		return 0, noETag()
	}
	return store.Version(version), nil
}

// ifMatchRead is ifMatch where only the version that was read will do, and not any.
func ifMatchRead(header string) (store.Version, error) {
	if header == "*" {
		return 0, noETag()
	}
	return ifMatch(&header)
}

func noETag() error {
	return &cover.Error{Kind: cover.Malformed, Code: cover.MalformedRequest, Faults: cover.Faults{
		{Pointer: "If-Match", In: "header", Code: cover.ETagInvalid},
	}}
}

// conditional gives what is read the tag of its language, and answers 304 to a reader
// that holds the version it would get. Who is to see personal data gets it in full: what
// they hold may be the masked answer, which has the same version.
func conditional(c *gin.Context) {
	w := &conditionalWriter{ResponseWriter: c.Writer, request: requestOf(c.Request.Context())}
	if !w.request.unmasked {
		w.held = c.GetHeader("If-None-Match")
	}
	if c.Request.Method == http.MethodGet && (w.held != "" || w.request.speaksEnglish()) {
		c.Writer = w
	}
}

type conditionalWriter struct {
	gin.ResponseWriter
	request   *request
	held      string // none: whatever there is, is sent
	unchanged bool
}

// Unwrap lets streams set the deadlines of the connection.
func (w *conditionalWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *conditionalWriter) WriteHeader(status int) {
	tag := w.request.tagged(w.Header().Get("ETag"))
	if tag != "" {
		w.Header().Set("ETag", tag)
	}
	if status == http.StatusOK && tag != "" && holds(w.held, tag) {
		w.unchanged = true
		w.Header().Del("Content-Type")
		w.Header().Del("Content-Length")
		status = http.StatusNotModified
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *conditionalWriter) Write(b []byte) (int, error) {
	if w.unchanged {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

func holds(held, tag string) bool {
	for h := range strings.SplitSeq(held, ",") {
		if h = strings.TrimPrefix(strings.TrimSpace(h), "W/"); h == tag || h == "*" {
			return true
		}
	}
	return false
}
