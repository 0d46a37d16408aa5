// Package api is the HTTP door. Handlers translate; they do not decide.
//
// It owns what crosses the wire: tokens, the contract, paging, idempotency,
// problems and the words of both languages. It does not own rules (cover), verbs
// (registry, billing, claims) nor rows (store).
//
// A request meets, in this order: recovery and the log, the contract's route, the
// time it may take, authentication and scope, the contract's shape, and then its
// handler. Whatever goes wrong on the way leaves through refuse, unless the answer
// has begun: then it is broken off.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/portal"
	"naungan/internal/store"
)

// Server implements every operation of the contract.
type Server struct {
	TmpDir    string           // where workbooks are put together; empty for the system's own
	Documents documents.Keeper // in the database, and unscanned, unless told otherwise

	store        *store.Store
	contract     *contract
	catalogue    *catalogue
	explanations *explanations
	tokens       *tokens
	uploads      chan struct{} // holds one for each file that is being taken in
	workbooks    chan struct{} // and one for each workbook that is read at once
	sending      shares        // of files, so that nobody fills all places
	downloads    shares        // of files that are written from the database
	readings     shares        // of documents
	stopping     atomic.Bool
	stopped      chan struct{} // closed by Stop; whoever waits or follows ends then
}

var _ wire.StrictServerInterface = (*Server)(nil)

// patience is how long a request may take, unless it sends or is answered a file or
// a stream (silence); no other has reason to.
const patience = 30 * time.Second

// New builds the server of a store.
func New(st *store.Store) (*Server, error) {
	words, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	told, err := loadExplanations()
	if err != nil {
		return nil, err
	}
	published, err := loadContract()
	if err != nil {
		return nil, err
	}
	return &Server{
		store: st, contract: published, catalogue: words, explanations: told, tokens: newTokens(st), stopped: make(chan struct{}),
		uploads: make(chan struct{}, uploadsAtOnce), workbooks: make(chan struct{}, 1),
		sending:   shares{each: uploadsEach, taken: map[uuid.UUID]int{}},
		downloads: shares{each: downloadsEach, taken: map[uuid.UUID]int{}},
		readings:  shares{each: readingsEach, taken: map[uuid.UUID]int{}},
		Documents: documents.Keeper{Store: st},
	}, nil
}

// Stop makes /readyz say no, so that no new requests are sent here, and ends those
// that would wait for something to happen.
func (s *Server) Stop() {
	if !s.stopping.Swap(true) {
		close(s.stopped)
	}
}

// Handler is the server as net/http wants it.
func (s *Server) Handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed, r.RedirectTrailingSlash = true, false
	r.UseRawPath, r.UnescapePathValues = true, true
	r.Use(s.log, s.recover, s.route, s.bound, s.authenticate, s.obeyContract, conditional)
	r.NoRoute(func(c *gin.Context) { s.refuse(c, cover.Refuse(cover.NotFound, cover.RouteUnknown, nil)) })
	r.NoMethod(func(c *gin.Context) { s.refuse(c, errMethod(c)) })
	for _, path := range portal.Paths() {
		r.GET(path, gin.WrapH(portal.Handler()))
		r.HEAD(path, gin.WrapH(portal.Handler()))
	}
	strict := wire.NewStrictHandlerWithOptions(s, nil, wire.StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(c *gin.Context, err error) { s.refuse(c, unreadable(err)) },
		HandlerErrorFunc:         s.refuse,
		ResponseErrorHandlerFunc: s.breakOff,
	})
	wire.RegisterHandlersWithOptions(r, strict, wire.GinServerOptions{
		ErrorHandler: func(c *gin.Context, err error, _ int) { s.refuse(c, unreadable(err)) },
	})
	return r
}

// recover answers for a handler that panicked.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(v)
			}
			s.refuse(c, fmt.Errorf("panic: %v\n%s", v, stack()))
		}
	}()
	c.Next()
}

// log writes one line a request, also of one that is broken off. It names
// operations and ids: never a path as it was asked, a query or a body, which may
// hold personal data.
func (s *Server) log(c *gin.Context) {
	start := s.store.Now()
	r := &request{id: requestID(c.Request)}
	c.Header("X-Request-Id", r.id)
	c.Header("Cache-Control", "private, no-cache")
	c.Header("Vary", varying)
	ctx := context.WithValue(c.Request.Context(), requestKey{}, r)
	c.Request = c.Request.WithContext(ctx)
	defer func() {
		took := s.store.Now().Sub(start)
		observe(r.operationID(), c.Writer.Status(), took)
		if slog.Default().Enabled(ctx, slog.LevelInfo) {
			slog.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("request_id", r.id), slog.String("operation", r.operationID()),
				slog.String("client", r.client), slog.Int("status", c.Writer.Status()), slog.Duration("took", took))
		}
	}()
	c.Next()
}

// request is what the middlewares know of a request and handlers may ask.
type request struct {
	id        string
	client    string
	operation *operation // nil where the contract has none
	base      string     // the address under which it came, without a path
	method    string
	url       *url.URL
	path      string
	query     url.Values
	accept    string
	mediaType string // of the body, without parameters; one of those the operation consumes
	body      []byte // nil where the handler reads it
	language  language
	unmasked  bool // personal data is shown
	basic     credentials

	idempotencyKey string
	fingerprint    []byte // of method, path and canonical body; made only with a key, and by handlers that read the body
	dryRun         bool
}

// credentials are those of HTTP Basic.
type credentials struct{ id, secret string }

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	r, ok := ctx.Value(requestKey{}).(*request)
	if !ok {
		panic("api: no request")
	}
	return r
}

func (r *request) operationID() string {
	if r.operation == nil {
		return ""
	}
	return r.operation.id
}

// view is who looks, and on which day.
type view struct {
	server *Server
	who    access.Actor
	today  cover.Date

	language language
}

func (s *Server) view(r *store.Reader) view {
	return view{s, r.Actor(), r.Today(), requestOf(r.Context()).language}
}

// reader returns a Reader for whoever acts.
func (s *Server) reader(ctx context.Context) *store.Reader {
	return s.store.Read(ctx, access.Acting(ctx))
}

// unreadable is what the stubs could not bind although the contract let it pass.
func unreadable(err error) error {
	var ours *cover.Error
	if errors.As(err, &ours) {
		return err
	}
	return bindingFault(err)
}
