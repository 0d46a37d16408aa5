package api

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
)

// The tests of time run in a bubble of testing/synctest, with the limits and the
// server timeouts of the real program: a minute costs them nothing.

func TestAnUploadMayTakeAsLongAsItMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := openDoor(t, longOperation, func(c *gin.Context) {
			got, err := io.ReadAll(c.Request.Body)
			if err != nil {
				t.Errorf("after %d bytes: %v", len(got), err)
			}
			_, _ = c.Writer.Write(got)
		})
		body, sender := io.Pipe()
		go func() {
			for range 10 {
				time.Sleep(silence - time.Second)
				_, _ = io.WriteString(sender, "row\n")
			}
			_ = sender.Close()
		}()
		answer, err := d.client.Post(d.url, "text/csv", body)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, answer); got != strings.Repeat("row\n", 10) {
			t.Errorf("got %q", got)
		}
		if answer.Close {
			t.Error("the connection was closed although the whole body was read")
		}
	})
}

func TestAnUploadThatStallsIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var failed error
		var gone bool
		d := openDoor(t, longOperation, func(c *gin.Context) {
			_, failed = io.Copy(io.Discard, c.Request.Body)
			gone = c.Request.Context().Err() != nil
			newRefuser(t).refuse(c, failed)
		})
		body, sender := io.Pipe()
		go func() { _, _ = io.WriteString(sender, "row\n") }()
		start := time.Now()
		answer, err := d.client.Post(d.url, "text/csv", body)
		if err != nil {
			t.Fatal(err)
		}
		_ = sender.Close()
		read(t, answer)
		if took := time.Since(start); took != silence {
			t.Errorf("it took %v", took)
		}
		if answer.StatusCode != hungUp || !answer.Close {
			t.Errorf("%d, connection closed: %t", answer.StatusCode, answer.Close)
		}
		if !errors.Is(failed, errCutOff) || !gone {
			t.Errorf("the handler got %v; its context is done: %t", failed, gone)
		}
	})
}

func TestAStreamMayTakeAsLongAsItMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const pause = silence - time.Second
		d := openDoor(t, longOperation, streaming(func(w io.Writer) error {
			for range 10 {
				time.Sleep(pause)
				if _, err := io.WriteString(w, "event\n"); err != nil {
					return err
				}
				if err := flush(w); err != nil {
					return err
				}
			}
			return nil
		}))
		start := time.Now()
		answer, err := d.client.Get(d.url)
		if err != nil {
			t.Fatal(err)
		}
		events := bufio.NewScanner(answer.Body)
		for n := time.Duration(1); events.Scan(); n++ {
			if came := time.Since(start); came != n*pause {
				t.Errorf("event %d came after %v", n, came)
			}
		}
		if err := events.Err(); err != nil || time.Since(start) != 10*pause {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestWhoeverTakesNothingOfAStreamIsHungUpOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failed := make(chan error, 1)
		d := openDoor(t, longOperation, streaming(func(w io.Writer) error {
			_, err := w.Write(make([]byte, 10*downloadPiece))
			failed <- err
			return err
		}))
		start := time.Now()
		answer, err := d.client.Get(d.url)
		if err != nil {
			t.Fatal(err)
		}
		if err := <-failed; err == nil || time.Since(start) != silence {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the reader got %v", err)
		}
	})
}

func TestWhoeverTakesAStreamSlowlyGetsItWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := openDoor(t, longOperation, streaming(func(w io.Writer) error {
			_, err := w.Write(make([]byte, 10*downloadPiece))
			return err
		}))
		answer, err := d.client.Get(d.url)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if _, err := io.CopyN(io.Discard, answer.Body, downloadPiece); err != nil {
				t.Fatal(err)
			}
			time.Sleep(silence / 2)
		}
		if rest := read(t, answer); rest != "" {
			t.Errorf("%d bytes more", len(rest))
		}
	})
}

func TestAFileIsReadFromTheDatabaseForAnHourAtMost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Server{downloads: shares{each: downloadsEach, taken: map[uuid.UUID]int{}}}
		start := time.Now()
		err := s.unhurried(access.With(t.Context(), access.Actor{OrganisationID: uuid.New()}), func(ctx context.Context, _ io.Writer) error {
			<-ctx.Done()
			return ctx.Err()
		})(io.Discard)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != time.Hour {
			t.Errorf("after %v: %v", took, err)
		}
		if len(s.downloads.taken) != 0 {
			t.Errorf("places are taken still: %v", s.downloads.taken)
		}
	})
}

func TestAnyOtherRequestMayTakeHalfAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := openDoor(t, &operation{}, func(c *gin.Context) {
			<-c.Request.Context().Done()
			if err := c.Request.Context().Err(); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
		start := time.Now()
		answer, err := d.client.Get(d.url)
		if err != nil {
			t.Fatal(err)
		}
		if read(t, answer); time.Since(start) != patience {
			t.Errorf("it took %v", time.Since(start))
		}
	})
}

// Whoever is answered half a file must not take it for the whole.
func TestAStreamThatFailsIsBrokenOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := openDoor(t, longOperation, streaming(func(w io.Writer) error {
			if _, err := io.WriteString(w, "row\n"); err != nil {
				return err
			}
			return errors.Join(flush(w), errors.New("the database is gone"))
		}))
		answer, err := d.client.Get(d.url)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(answer.Body); string(got) != "row\n" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestAStreamThatFailsBeforeItBeginsIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := openDoor(t, longOperation, streaming(func(io.Writer) error { return errors.New("the database is gone") }))
		answer, err := d.client.Get(d.url)
		if err != nil {
			t.Fatal(err)
		}
		read(t, answer)
		if media := answer.Header.Get("Content-Type"); answer.StatusCode != 500 || media != "application/problem+json" {
			t.Errorf("%d, %s", answer.StatusCode, media)
		}
		if name := answer.Header.Get("Content-Disposition"); name != "" {
			t.Errorf("the problem is called %s", name)
		}
	})
}

// net/http would wait for a quarter of a megabyte before it lets a refusal out.
func TestARefusalReachesWhoeverHasNotSentItAll(t *testing.T) {
	t.Parallel()
	tooLarge := &cover.Error{Kind: cover.Malformed, Code: cover.BodyTooLarge}
	for name, tt := range map[string]struct{ read int64 }{
		"who was refused at once":      {read: 0},
		"who was refused on the way":   {read: 4},
		"who was refused after a part": {read: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := openDoor(t, longOperation, func(c *gin.Context) {
					if _, err := io.CopyN(io.Discard, c.Request.Body, tt.read); err != nil {
						t.Error(err)
					}
					newRefuser(t).refuse(c, tooLarge)
				})
				body, sender := io.Pipe()
				go func() { _, _ = sender.Write(make([]byte, max(tt.read, 4))) }() // and then nothing more
				start := time.Now()
				answer, err := d.client.Post(d.url, "text/csv", body)
				if err != nil {
					t.Fatal(err)
				}
				_ = sender.Close()
				read(t, answer)
				if took := time.Since(start); answer.StatusCode != http.StatusRequestEntityTooLarge || !answer.Close || took > time.Second {
					t.Errorf("%d after %v, connection closed: %t", answer.StatusCode, took, answer.Close)
				}
			})
		})
	}
}

// A real network resets a connection on which nobody reads.
func TestARefusalReachesWhoeverIsStillSending(t *testing.T) {
	t.Parallel()
	refuser := newRefuser(t)
	server := httptest.NewServer(engine(longOperation, func(c *gin.Context) {
		refuser.refuse(c, &cover.Error{Kind: cover.Malformed, Code: cover.BodyTooLarge})
	}))
	t.Cleanup(server.Close)
	for name, length := range map[string]int64{"without a length": -1, "with a length": 100 << 20} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, io.LimitReader(endless{}, 100<<20))
			if err != nil {
				t.Fatal(err)
			}
			req.ContentLength = length
			answer, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if body := read(t, answer); answer.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(body, "body_too_large") {
				t.Errorf("%d: %s", answer.StatusCode, body)
			}
		})
	}
}

func TestTheCheckOfAnUploadLeavesItsBodyAlone(t *testing.T) {
	t.Parallel()
	published, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{contract: published}
	for name, tt := range map[string]struct {
		media, query string
		refused      cover.Code
	}{
		"a file that fits":             {media: "text/csv; charset=utf-8", query: "?mode=create_only"},
		"a file of another kind":       {media: "application/pdf", refused: cover.MediaTypeUnsupported},
		"a parameter that is unknown":  {media: "text/csv", query: "?modus=upsert", refused: cover.MalformedRequest},
		"a parameter without its list": {media: "text/csv", query: "?mode=erase", refused: cover.MalformedRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := gin.CreateTestContext(httptest.NewRecorder())
			r := &request{operation: published.operations["POST /v1/imports"]}
			c.Request = httptest.NewRequestWithContext(
				context.WithValue(t.Context(), requestKey{}, r), http.MethodPost, "/v1/imports"+tt.query, untouched{t},
			)
			c.Request.Header.Set("Content-Type", tt.media)
			c.Request.Header.Set("Idempotency-Key", "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01")
			r.method, r.url, r.query = c.Request.Method, c.Request.URL, c.Request.URL.Query()
			r.idempotencyKey = c.GetHeader("Idempotency-Key")
			err := s.check(c, r)
			if refused, _ := errors.AsType[*cover.Error](err); tt.refused == "" && err != nil || tt.refused != "" && (refused == nil || refused.Code != tt.refused) {
				t.Errorf("refused with %v", err)
			}
			if r.fingerprint != nil {
				t.Error("a fingerprint was made without the body")
			}
			if tt.refused == "" && r.mediaType != "text/csv" {
				t.Errorf("media type %q", r.mediaType)
			}
		})
	}
}

func TestUploadsAndStreamsAreKnownFromTheContract(t *testing.T) {
	t.Parallel()
	published, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	for route, want := range map[string]struct{ raw, long bool }{
		"POST /v1/imports":                    {raw: true, long: true},
		"GET /v1/imports/:import_id/progress": {long: true},
		"GET /v1/imports/:import_id":          {},
		"POST /v1/officers":                   {},
	} {
		op := published.operations[route]
		if op == nil || op.raw != want.raw || op.long != want.long {
			t.Errorf("%s: %+v", route, op)
		}
	}
}

func TestNegotiation(t *testing.T) {
	t.Parallel()
	const json, csv, ndjson = "application/json", "text/csv", "application/x-ndjson"
	for name, tt := range map[string]struct{ accept, want string }{
		"who asks for nothing gets the first":              {accept: "", want: json},
		"who takes anything gets the first":                {accept: "*/*", want: json},
		"who names one gets it":                            {accept: "text/csv", want: csv},
		"who names two alike gets the first on offer":      {accept: "text/csv, application/json", want: json},
		"who prefers one gets it":                          {accept: "application/json;q=0.5, text/csv;q=0.9", want: csv},
		"a name weighs more than a range":                  {accept: "*/*;q=0.1, application/x-ndjson", want: ndjson},
		"a group is taken for its members":                 {accept: "text/*", want: csv},
		"what is excluded is not had through a range":      {accept: "*/*, application/json;q=0", want: csv},
		"nought may be written out":                        {accept: "*/*, application/json;q=0.000", want: csv},
		"a browser gets the first":                         {accept: "text/html,application/xhtml+xml,*/*;q=0.8", want: json},
		"names are read in any case":                       {accept: "TEXT/CSV", want: csv},
		"parameters say nothing":                           {accept: "text/csv; header=present", want: csv},
		"what cannot be read is left out":                  {accept: "???, text/csv", want: csv},
		"a weight that cannot be read is full":             {accept: "application/json;q=0.9, text/csv;q=much", want: csv},
		"who takes nothing on offer gets none":             {accept: "application/pdf", want: ""},
		"who excludes everything gets none":                {accept: "*/*;q=0", want: ""},
		"who wants a problem only gets none":               {accept: "application/problem+json", want: ""},
		"an entry that is repeated counts with its higher": {accept: "text/csv;q=0, text/csv;q=1", want: csv},
	} {
		if got := negotiate(tt.accept, []string{json, csv, ndjson}); got != tt.want {
			t.Errorf("%s: got %q", name, got)
		}
		if ok := acceptable(tt.accept, []string{json, csv, ndjson, "application/problem+json"}); ok != (tt.want != "") {
			t.Errorf("%s: acceptable: %t", name, ok)
		}
	}
}

func TestAServerMayBeStoppedTwice(t *testing.T) {
	t.Parallel()
	s := &Server{stopped: make(chan struct{})}
	s.Stop()
	s.Stop()
	select {
	case <-s.stopped:
	default:
		t.Error("whoever waits is not told")
	}
}

var longOperation = &operation{id: "receiveImport", long: true}

// door is a server on a network of pipes, with the timeouts of the program, and a
// client of it.
type door struct {
	url    string
	client *http.Client
}

func openDoor(t *testing.T, op *operation, handle gin.HandlerFunc) door {
	t.Helper()
	l := &pipes{calls: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{
		Handler: engine(op, handle), ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Hour,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	transport := &http.Transport{DialContext: l.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return door{"http://naungan.test/", &http.Client{Transport: transport}}
}

// engine handles every request as one of the operation.
func engine(op *operation, handle gin.HandlerFunc) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	s, e := &Server{}, gin.New()
	e.Use(func(c *gin.Context) {
		r := &request{id: "test-request", operation: op}
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestKey{}, r))
	}, s.recover, s.bound)
	e.NoRoute(func(c *gin.Context) {
		c.Status(http.StatusOK) // gin says 404 before it asks
		handle(c)
	})
	return e
}

// streaming answers as the stubs do.
func streaming(stream func(io.Writer) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		words, err := loadCatalogue()
		if err != nil {
			panic(err)
		}
		answer := wire.Answer{
			Status: http.StatusOK, Header: http.Header{"Content-Disposition": {"attachment"}}, Stream: stream,
		}
		if err := answer.VisitFollowImportResponse(c.Writer); err != nil {
			(&Server{catalogue: words}).breakOff(c, err)
		}
	}
}

func newRefuser(t *testing.T) *Server {
	t.Helper()
	words, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return &Server{catalogue: words}
}

func read(t *testing.T, answer *http.Response) string {
	t.Helper()
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Errorf("after %d bytes: %v", len(body), err)
	}
	return string(body)
}

// pipes are a network whose time is that of the bubble.
type pipes struct {
	calls  chan net.Conn
	closed chan struct{}
}

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.calls <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// untouched is a body that nobody may read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
