package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
)

// silence is how long whoever sends or takes a file or a stream may do nothing.
// As long as something moves, they may take any time.
const silence = time.Minute

// errCutOff is what reading a body fails with when its sender is gone, or silent
// for too long. The context of the request is done then. It is a cancellation, for
// there is nobody left to answer.
var errCutOff = fmt.Errorf("cut off: %w", context.Canceled)

// bound sets how long a request may take.
func (s *Server) bound(c *gin.Context) {
	if op := requestOf(c.Request.Context()).operation; op != nil && op.long {
		whileItMoves(c)
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), patience)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// whileItMoves replaces the deadlines of the HTTP server by some that every read
// of the body and every write of the answer push on.
func whileItMoves(c *gin.Context) {
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	line := &line{control: http.NewResponseController(c.Writer), hangUp: cancel}
	line.received.Store(c.Request.Body == nil || c.Request.Body == http.NoBody)
	c.Request = c.Request.WithContext(ctx)
	if !line.received.Load() {
		c.Request.Body = &upload{c.Request.Body, line}
	}
	answer := &download{c.Writer, line}
	c.Writer = answer
	c.Next()
	answer.WriteHeaderNow() // and net/http sends what is left
}

// line is the connection of one request.
type line struct {
	control  *http.ResponseController
	hangUp   context.CancelFunc
	received atomic.Bool // the body was read to its end
}

// The deadlines are those of the network, whose clock is the real one. A
// connection that cannot take one any more fails as soon as it is used.

func (l *line) awaitRead() {
	_ = l.control.SetReadDeadline(time.Now().Add(silence)) //nolint:forbidigo // see above
}

func (l *line) awaitWrite() {
	_ = l.control.SetWriteDeadline(time.Now().Add(silence)) //nolint:forbidigo // see above
}

// upload is a body that may take as long as it moves.
type upload struct {
	io.ReadCloser
	line *line
}

func (u *upload) Read(p []byte) (int, error) {
	if u.line.received.Load() {
		return 0, io.EOF // a deadline would now be one of net/http, which watches for a caller who hangs up
	}
	u.line.awaitRead()
	n, err := u.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		u.line.received.Store(true)
	case err != nil:
		u.line.hangUp()
		err = fmt.Errorf("%w: %w", errCutOff, err)
	}
	return n, err
}

// download is an answer that may take as long as it moves.
type download struct {
	gin.ResponseWriter
	line *line
}

// downloadPiece is how much of an answer has to be taken within a silence.
const downloadPiece = 64 << 10

func (d *download) Write(b []byte) (n int, err error) {
	d.WriteHeaderNow()
	for err == nil && n < len(b) {
		d.line.awaitWrite()
		var written int
		written, err = d.ResponseWriter.Write(b[n:min(n+downloadPiece, len(b))])
		n += written
	}
	return n, err
}

func (d *download) WriteString(s string) (int, error) { return d.Write([]byte(s)) }

func (d *download) WriteHeaderNow() {
	d.prepare()
	d.ResponseWriter.WriteHeaderNow()
}

func (d *download) Flush() { _ = d.FlushError() } // the next write fails too

// FlushError is how http.ResponseController flushes; unlike gin, it tells.
func (d *download) FlushError() error {
	d.prepare()
	d.ResponseWriter.WriteHeaderNow()
	return d.line.control.Flush()
}

// prepare gives what is about to be sent its time. An answer that comes before the
// body was read to its end is the last on its connection: net/http would wait for
// more of the body first, which may not come.
func (d *download) prepare() {
	d.line.awaitWrite()
	if !d.Written() && !d.line.received.Load() {
		d.Header().Set("Connection", "close")
	}
}

// downloadsEach is how many files an organisation may have written from the database at a
// time. Each keeps a connection for as long as its reader likes, and there are few of
// them: half is left to others.
const downloadsEach = 2

// longestDownload is how long one of them may be read from the database, which cannot
// tidy up behind it meanwhile. It is enough for millions of rows over a poor line.
const longestDownload = time.Hour

// unhurried bounds a stream that is read as slowly as its reader likes. Refuses more
// than an organisation may have at once (service_unavailable).
func (s *Server) unhurried(ctx context.Context, stream func(context.Context, io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		leave, err := s.downloads.enter(access.Acting(ctx).OrganisationID)
		if err != nil {
			return err
		}
		defer leave()
		bounded, cancel := context.WithTimeout(ctx, longestDownload)
		defer cancel()
		return stream(bounded, w)
	}
}

// shares are places of which each organisation has a few.
type shares struct {
	each  int
	mu    sync.Mutex
	taken map[uuid.UUID]int
}

// enter takes a place of an organisation, and leave gives it back. Refuses to wait
// (service_unavailable).
func (p *shares) enter(organisation uuid.UUID) (leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[organisation] >= p.each {
		return nil, cover.Refuse(cover.Unavailable, cover.ServiceUnavailable, nil)
	}
	p.taken[organisation]++
	return func() { p.leave(organisation) }, nil
}

func (p *shares) leave(organisation uuid.UUID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[organisation]--; p.taken[organisation] == 0 {
		delete(p.taken, organisation)
	}
}

// breakOff answers for a response that could not be written. What has begun to be
// sent is cut short, so that nobody takes it for the whole.
func (s *Server) breakOff(c *gin.Context, err error) {
	if !c.Writer.Written() {
		s.refuse(c, err)
		return
	}
	if ctx := c.Request.Context(); !errors.Is(ctx.Err(), context.Canceled) { // else the caller is gone
		r := requestOf(ctx)
		slog.ErrorContext(ctx, "answer broken off", "request_id", r.id, "operation", r.operationID(), "err", redacted(err))
	}
	panic(http.ErrAbortHandler)
}

// flush sends what was written to the writer of a wire.Answer's Stream so far.
func flush(w io.Writer) error {
	f, ok := w.(interface{ Flush() error })
	if !ok {
		return fmt.Errorf("%T does not flush", w)
	}
	return f.Flush()
}

// negotiate picks of the media types on offer the one that an Accept header
// prefers, the first of equals; none ("") if it takes none of them.
func negotiate(accept string, offered []string) (best string) {
	var most float64
	asked := preferencesOf(accept)
	for _, media := range offered {
		if weight := asked.weight(media); weight > most {
			best, most = media, weight
		}
	}
	return best
}

// acceptable reports whether an Accept header allows one of the media types. A
// refusal comes as a problem whatever was asked for.
func acceptable(accept string, produces []string) bool {
	if accept == "" || len(produces) == 0 {
		return true
	}
	asked := preferencesOf(accept)
	for _, media := range produces {
		if media != "application/problem+json" && asked.weight(media) > 0 {
			return true
		}
	}
	return false
}

// preferences are the entries of an Accept header that can be read.
type preferences []preference

type preference struct {
	media  string // or a range such as text/*
	weight float64
}

func preferencesOf(accept string) (all preferences) {
	if accept == "" {
		return preferences{{"*/*", 1}}
	}
	for entry := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(strings.TrimSpace(entry))
		if err != nil {
			continue
		}
		weight, err := strconv.ParseFloat(params["q"], 64)
		if err != nil {
			weight = 1 // none, or none that can be read
		}
		all = append(all, preference{media, weight})
	}
	return all
}

// weight is that of the entry that says most exactly what it means (RFC 9110,
// section 12.5.1).
func (all preferences) weight(media string) (weight float64) {
	exactness := 0
	for _, p := range all {
		if e := p.exactness(media); e > exactness || e > 0 && e == exactness && p.weight > weight {
			weight, exactness = p.weight, e
		}
	}
	return weight
}

// exactness is 0 where the entry does not mean the media type at all.
func (p preference) exactness(media string) int {
	group, _, _ := strings.Cut(media, "/")
	switch p.media {
	case media:
		return 3
	case group + "/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}
