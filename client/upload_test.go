package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// receiver is the other side of an upload, as the contract has it.
type receiver struct {
	mu        sync.Mutex
	imported  *Import
	kept      []byte
	opened    int
	announced http.Header
	offsets   []int64 // at which the parts began

	// mishaps meet the parts, one each; answers do so to those who ask how far it is.
	mishaps []func(w http.ResponseWriter, body io.Reader)
	answers []http.HandlerFunc
}

func (s *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/v1/imports":
		s.list(w, r)
	case r.Method == http.MethodPost && r.URL.Path == "/v1/imports":
		s.opened++
		s.announced = r.Header
		s.imported = &Import{ID: uuid.New(), Status: ImportStatusReceiving, Mode: ImportMode(r.URL.Query().Get("mode"))}
		s.tell(w, http.StatusCreated)
	case r.Method == http.MethodPost:
		s.append(w, r)
	case len(s.answers) > 0:
		answer := s.answers[0]
		s.answers = s.answers[1:]
		answer(w, r)
	default:
		s.tell(w, http.StatusOK)
	}
}

func (s *receiver) list(w http.ResponseWriter, r *http.Request) {
	page := ImportPage{Items: []Import{}}
	if s.imported != nil && *s.imported.ContentDigest == r.URL.Query().Get("content_digest") &&
		slices.Contains(strings.Split(r.URL.Query().Get("status"), ","), string(s.imported.Status)) {
		page.Items = append(page.Items, *s.imported)
	}
	answerJSON(w, http.StatusOK, page)
}

func (s *receiver) append(w http.ResponseWriter, r *http.Request) {
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	s.offsets = append(s.offsets, offset)
	if err != nil || offset != int64(len(s.kept)) {
		refuse(w, http.StatusConflict, "upload_offset_wrong")
		return
	}
	if len(s.mishaps) > 0 {
		mishap := s.mishaps[0]
		s.mishaps = s.mishaps[1:]
		mishap(w, io.TeeReader(r.Body, (*keeper)(s)))
		return
	}
	if _, err := io.Copy((*keeper)(s), r.Body); err == nil {
		s.imported.Status = ImportStatusReceived
		s.tell(w, http.StatusAccepted)
	}
}

// keeper keeps what arrives as it arrives.
type keeper receiver

func (k *keeper) Write(p []byte) (int, error) {
	k.kept = append(k.kept, p...)
	k.imported.ReceivedBytes = int64(len(k.kept))
	return len(p), nil
}

func (s *receiver) tell(w http.ResponseWriter, status int) { answerJSON(w, status, s.imported) }

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(Problem{Title: "Refused", Code: code, Status: int32(status)})
}

func cutAfter(bytes int64) func(http.ResponseWriter, io.Reader) {
	return func(_ http.ResponseWriter, body io.Reader) {
		_, _ = io.CopyN(io.Discard, body, bytes)
		panic(http.ErrAbortHandler)
	}
}

func refusing(status int, code string) func(http.ResponseWriter, io.Reader) {
	return func(w http.ResponseWriter, _ io.Reader) { refuse(w, status, code) }
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func restarting(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "<h1>503</h1>", http.StatusServiceUnavailable)
}

func connected(t *testing.T, s http.Handler) *ClientWithResponses {
	t.Helper()
	naungan, err := Connect(t.Context(), counterpart(t, s.ServeHTTP), "id", "nsk_a-_b")
	if err != nil {
		t.Fatal(err)
	}
	return naungan
}

func someBytes(n int) []byte {
	random := rand.NewChaCha8([32]byte{1})
	content := make([]byte, n)
	_, _ = random.Read(content)
	return content
}

func uploadOf(content []byte) Upload {
	return Upload{Content: bytes.NewReader(content), Size: int64(len(content)), MediaType: "text/csv"}
}

func TestAnUploadGoesOnAfterTheLastSafeByte(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for name, tt := range map[string]struct {
		mishaps []func(http.ResponseWriter, io.Reader)
		answers []http.HandlerFunc
		offsets []int64
	}{
		"nothing happens":                       {nil, nil, []int64{0}},
		"the connection is cut twice":           {[]func(http.ResponseWriter, io.Reader){cutAfter(300_000), cutAfter(200_000)}, nil, []int64{0, 300_000, 500_000}},
		"the last answer is lost":               {[]func(http.ResponseWriter, io.Reader){cutAfter(size)}, nil, []int64{0, size}},
		"an earlier part is still on its way":   {[]func(http.ResponseWriter, io.Reader){refusing(409, "upload_in_progress")}, nil, []int64{0, 0}},
		"the server restarts":                   {[]func(http.ResponseWriter, io.Reader){cutAfter(5)}, []http.HandlerFunc{hangUp, restarting}, []int64{0, 5}},
		"the server is at its end for a moment": {[]func(http.ResponseWriter, io.Reader){refusing(503, "overloaded")}, nil, []int64{0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, content := &receiver{mishaps: tt.mishaps, answers: tt.answers}, someBytes(size)
			var sent int64
			imported, err := connected(t, s).Upload(t.Context(), uploadOf(content), ReceiveImportParams{},
				Watch{Sent: func(n int64) { sent = n }})
			if err != nil {
				t.Fatal(err)
			}
			if imported.Status != ImportStatusReceived || !bytes.Equal(s.kept, content) || sent != size {
				t.Errorf("it is %s, with %d of %d bytes, and %d sent", imported.Status, len(s.kept), size, sent)
			}
			if s.opened != 1 || !slices.Equal(s.offsets, tt.offsets) {
				t.Errorf("opened %d times, the parts began at %d", s.opened, s.offsets)
			}
		})
	}
}

func TestAnUploadIsAnnounced(t *testing.T) {
	t.Parallel()
	s, content := &receiver{}, []byte("nik\n")
	gzip := ContentEncodingGzip
	if _, err := connected(t, s).Upload(t.Context(), uploadOf(content), ReceiveImportParams{ContentEncoding: &gzip}, Watch{}); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	for name, want := range map[string]string{
		"Upload-Complete":  "?0",
		"Content-Type":     "text/csv",
		"Content-Encoding": "gzip",
		"Content-Length":   "0",
		"Repr-Digest":      "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
	} {
		if got := s.announced.Get(name); got != want {
			t.Errorf("%s: %q, and must be %q", name, got, want)
		}
	}
	if s.announced.Get("Idempotency-Key") == "" {
		t.Error("an answer that is lost would open two imports")
	}
}

func TestAnEarlierUploadIsTakenUp(t *testing.T) {
	t.Parallel()
	content := someBytes(100_000)
	s := &receiver{imported: terms(content, ImportStatusReceiving), kept: content[:70_000]}
	s.imported.ReceivedBytes = 70_000
	if _, err := connected(t, s).Upload(t.Context(), uploadOf(content), ReceiveImportParams{}, Watch{}); err != nil {
		t.Fatal(err)
	}
	if s.opened != 0 || !slices.Equal(s.offsets, []int64{70_000}) || !bytes.Equal(s.kept, content) {
		t.Errorf("opened %d times, parts at %d, %d bytes", s.opened, s.offsets, len(s.kept))
	}
}

func TestAFileThatArrivedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	content := someBytes(10)
	s := &receiver{imported: terms(content, ImportStatusStaging)}
	imported, err := connected(t, s).Upload(t.Context(), uploadOf(content), ReceiveImportParams{}, Watch{})
	if err != nil || imported.ID != s.imported.ID || s.opened+len(s.offsets) > 0 {
		t.Errorf("%v, %v, %d, %d", imported, err, s.opened, s.offsets)
	}
}

// terms is an import of the content under the terms that hold unless others are
// asked for.
func terms(content []byte, status ImportStatus) *Import {
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	return &Import{
		ID: uuid.New(), Status: status, ContentDigest: &digest, MediaType: "text/csv", Kind: ImportKindOfficers,
		Mode: ImportModeUpsert, Commit: ImportCommitModeAuto, OnError: ImportErrorModeAcceptValid,
	}
}

func TestAnImportAnswersTheSameTermsOnly(t *testing.T) {
	t.Parallel()
	one, other, removals, yes := uuid.New(), uuid.New(), int64(12), true
	snapshot, pps, area := ImportModeSnapshot, "pps", "61.06"
	for name, tt := range map[string]struct {
		has   func(*Import)
		asked ReceiveImportParams
		want  bool
	}{
		"the defaults answer nothing in particular": {func(*Import) {}, ReceiveImportParams{}, true},
		"another mode":            {func(*Import) {}, ReceiveImportParams{Mode: &snapshot}, false},
		"the same agreement":      {func(i *Import) { i.AgreementID = &one }, ReceiveImportParams{AgreementID: new(one)}, true},
		"another agreement":       {func(i *Import) { i.AgreementID = &one }, ReceiveImportParams{AgreementID: &other}, false},
		"an agreement, and none":  {func(i *Import) { i.AgreementID = &one }, ReceiveImportParams{}, false},
		"it mends another import": {func(i *Import) { i.Amends = &one }, ReceiveImportParams{Amends: &other}, false},
		"another position":        {func(*Import) {}, ReceiveImportParams{Position: &pps}, false},
		"another area":            {func(*Import) {}, ReceiveImportParams{AreaCode: &area}, false},
		"a dry run, for good":     {func(i *Import) { i.DryRun = true }, ReceiveImportParams{}, false},
		"for good, as a dry run":  {func(*Import) {}, ReceiveImportParams{DryRun: &yes}, false},
		"somebody else sent the same file": {
			func(i *Import) { i.Actions = []Action{{Action: "append", BlockedBy: []Code{"party_role_required"}}} }, ReceiveImportParams{}, false,
		},
		"another kind of file": {func(i *Import) { i.MediaType = "application/x-ndjson" }, ReceiveImportParams{}, false},
		"the removals are confirmed, while it still goes on": {
			func(i *Import) { i.Status = ImportStatusStaging }, ReceiveImportParams{Removals: &removals}, true,
		},
		"the removals are confirmed, which it had waited for": {
			func(i *Import) { i.Status = ImportStatusValidated }, ReceiveImportParams{Removals: &removals}, false,
		},
		"it waits for a commit, as was meant": {
			func(i *Import) { i.Status, i.Commit = ImportStatusValidated, ImportCommitModeManual },
			ReceiveImportParams{Commit: new(ImportCommitModeManual), Removals: &removals},
			true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			imported := terms(nil, ImportStatusReceiving)
			tt.has(imported)
			if got := imported.answers(uploadOf(nil), tt.asked); got != tt.want {
				t.Errorf("%t", got)
			}
		})
	}
}

func TestARefusedUploadIsNotRepeated(t *testing.T) {
	t.Parallel()
	for name, mishap := range map[string]func(http.ResponseWriter, io.Reader){
		"by Naungan": refusing(http.StatusRequestEntityTooLarge, "import_too_large"),
		"by a proxy": func(w http.ResponseWriter, _ io.Reader) { http.Error(w, "413", http.StatusRequestEntityTooLarge) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &receiver{mishaps: []func(http.ResponseWriter, io.Reader){mishap}}
			_, err := connected(t, s).Upload(t.Context(), uploadOf(someBytes(4<<20)), ReceiveImportParams{}, Watch{})
			if err == nil || len(s.offsets) != 1 {
				t.Errorf("%v, after %d parts", err, len(s.offsets))
			}
		})
	}
}

func TestAFileThatBecameShorterIsNotSentForEver(t *testing.T) {
	t.Parallel()
	s, content := &receiver{imported: terms([]byte("abcdef"), ImportStatusReceiving)}, Upload{Size: 6, MediaType: "text/csv"}
	content.Content = io.NewSectionReader(shrinking{"abcdef", new(int)}, 0, 6)
	_, err := connected(t, s).Upload(t.Context(), content, ReceiveImportParams{}, Watch{})
	if err == nil || !strings.Contains(err.Error(), "shorter") {
		t.Error(err)
	}
}

// shrinking is whole when it is read first, and shorter afterwards.
type shrinking struct {
	whole string
	times *int
}

func (s shrinking) ReadAt(p []byte, off int64) (int, error) {
	if *s.times++; *s.times > 1 {
		return strings.NewReader(s.whole[:2]).ReadAt(p, min(off, 2))
	}
	return strings.NewReader(s.whole).ReadAt(p, off)
}

func TestAnImportIsAwaitedThroughARestart(t *testing.T) {
	t.Parallel()
	s := &receiver{imported: terms(nil, ImportStatusCommitting)}
	s.answers = []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) { s.tell(w, http.StatusOK) }, restarting, hangUp, restarting,
		func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Prefer") != "wait=2" {
				t.Error("it does not wait for news")
			}
			s.imported.Status = ImportStatusCommitted
			s.tell(w, http.StatusOK)
		},
	}
	var told []ImportStatus
	var trouble int
	imported, err := connected(t, s).AwaitImport(t.Context(), s.imported.ID, Watch{
		Import:  func(i Import) { told = append(told, i.Status) },
		Trouble: func(error) { trouble++ },
	})
	if err != nil || imported.Status != ImportStatusCommitted {
		t.Fatal(imported, err)
	}
	if !slices.Equal(told, []ImportStatus{ImportStatusCommitting, ImportStatusCommitted}) || trouble < 2 { // a connection that was lost between two calls is no trouble
		t.Errorf("told %s, and of %d troubles", told, trouble)
	}
}

func TestWhatIsStoppedStopsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	s := &receiver{imported: terms(nil, ImportStatusCommitting), answers: slices.Repeat([]http.HandlerFunc{restarting}, 100)}
	_, err := connected(t, s).AwaitImport(ctx, s.imported.ID, Watch{Trouble: func(error) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWithoutProgressItIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		_, err := persistently(t.Context(), Watch{}, func() (int, error) { return 0, io.ErrUnexpectedEOF })
		if took := time.Since(begun); !errors.Is(err, io.ErrUnexpectedEOF) || took != perseverance {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// road carries a request without a network: it reads the whole body, and answers.
type road struct{ answer io.Reader }

func (r road) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return nil, err
	}
	if err := context.Cause(req.Context()); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(slow{r.answer, req.Context(), 50 * time.Second})}, nil
}

// slow reads a byte at a time, with a pause before each.
type slow struct {
	io.Reader
	ctx   context.Context
	pause time.Duration
}

func (s slow) Read(p []byte) (int, error) {
	select {
	case <-time.After(s.pause):
		return s.Reader.Read(p[:1])
	case <-s.ctx.Done():
		return 0, context.Cause(s.ctx)
	}
}

func TestATransferMayBeSlowButNotSilent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ctx   func(context.Context) context.Context
		pause time.Duration
		want  bool
	}{
		"a transfer that moves, for minutes": {Unhurried, 50 * time.Second, true},
		"a transfer that falls silent":       {Unhurried, 70 * time.Second, false},
		"a call that takes minutes":          {func(ctx context.Context) context.Context { return ctx }, 50 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				body := slow{strings.NewReader("abc"), t.Context(), tt.pause}
				req, err := http.NewRequestWithContext(tt.ctx(t.Context()), http.MethodPost, "http://naungan", body)
				if err != nil {
					t.Fatal(err)
				}
				carried := road{strings.NewReader("def")}
				res, err := pace{&http.Client{Timeout: patience, Transport: carried}, &http.Client{Transport: carried}}.Do(req)
				if err == nil {
					_, err = io.ReadAll(res.Body)
					_ = res.Body.Close()
				}
				if (err == nil) != tt.want {
					t.Error(err)
				}
			})
		})
	}
}
