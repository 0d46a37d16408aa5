package client

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"
)

// Upload is a file to send. It is read twice, and again where a part of it did
// not arrive, so it must not change meanwhile.
type Upload struct {
	Content   io.ReaderAt
	Size      int64
	MediaType string // text/csv, application/x-ndjson, or that of an XLSX workbook
}

// Watch is told how an import goes on. Any of its functions may be missing; they
// are called one at a time.
type Watch struct {
	// Import is told the import, whenever Naungan tells of it.
	Import func(Import)
	// Sent is told how much of the file is on its way. It goes back when a part did
	// not arrive.
	Sent func(bytes int64)
	// Trouble is told what stands in the way, before it is tried again.
	Trouble func(error)
}

func (w Watch) imported(i *Import) {
	if w.Import != nil {
		w.Import(*i)
	}
}

func (w Watch) sent(bytes int64) {
	if w.Sent != nil {
		w.Sent(bytes)
	}
}

// Upload sends a file, whatever happens on the way, and returns its import once
// every byte is safe; AwaitImport waits for the rest. The terms say what is to be
// done with the file; its digest is added to them.
//
// A connection that breaks, and a server that restarts, are waited for: the upload
// goes on from the last safe byte, and is given up after ten minutes without any
// progress. A file that is on its way already, under the same terms, is not sent
// again: its upload goes on, so that a program that was stopped is simply started
// again.
func (c *ClientWithResponses) Upload(ctx context.Context, u Upload, terms ReceiveImportParams, watch Watch) (*Import, error) {
	sum, err := u.digest()
	if err != nil {
		return nil, err
	}
	imported, err := c.underway(ctx, u, terms, sum, watch)
	if err == nil && imported == nil {
		imported, err = c.openUpload(ctx, u, terms, sum, watch)
	}
	if err != nil {
		return nil, err
	}
	watch.imported(imported)
	return c.sendRest(ctx, u, imported, watch)
}

// AwaitImport waits until an import rests: it is finished, or waits for somebody.
// A server that restarts meanwhile is waited for, ten minutes at most.
func (c *ClientWithResponses) AwaitImport(ctx context.Context, id openapi_types.UUID, watch Watch) (*Import, error) {
	// Naungan answers when there is news, or after two seconds. Whatever stands
	// between may take that wish out, so we do not ask more often than this.
	pause := time.NewTicker(time.Second / 2)
	defer pause.Stop()
	for {
		imported, err := c.importOf(ctx, id, "wait=2", watch)
		if err != nil {
			return nil, err
		}
		watch.imported(imported)
		if !slices.Contains(working, imported.Status) {
			return imported, nil
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// working are the states in which an import goes on by itself.
var working = []ImportStatus{ImportStatusReceived, ImportStatusStaging, ImportStatusCommitting, ImportStatusReversing}

func (u Upload) from(offset int64) *io.SectionReader {
	return io.NewSectionReader(u.Content, offset, u.Size-offset)
}

func (u Upload) digest() ([]byte, error) {
	hash := sha256.New()
	if _, err := io.CopyN(hash, u.from(0), u.Size); err != nil {
		return nil, unreadable(err)
	}
	return hash.Sum(nil), nil
}

// unreadable says why a file was not read to its end.
func unreadable(err error) error {
	if errors.Is(err, io.EOF) {
		err = errors.New("it has become shorter")
	}
	return fmt.Errorf("read the file: %w", err)
}

// underway finds the newest import of the same file, under the same terms, that is
// not finished.
func (c *ClientWithResponses) underway(ctx context.Context, u Upload, terms ReceiveImportParams, sum []byte, watch Watch) (*Import, error) {
	digest, newest := hex.EncodeToString(sum), Sort("-id")
	return persistently(ctx, watch, func() (*Import, error) {
		res, err := Check(c.ListImportsWithResponse(ctx, &ListImportsParams{
			ContentDigest: &digest, Sort: &newest, Status: []ImportStatus{
				ImportStatusReceiving, ImportStatusReceived, ImportStatusStaging, ImportStatusValidated, ImportStatusCommitting,
			},
		}))
		if err != nil {
			return nil, err
		}
		if res.JSON200 == nil {
			return nil, stranger{res.StatusCode(), res.Status()}
		}
		for _, imported := range res.JSON200.Items {
			if imported.answers(u, terms) {
				return &imported, nil
			}
		}
		return nil, nil
	})
}

// answers reports whether an import does what the terms ask for.
func (i Import) answers(u Upload, terms ReceiveImportParams) bool {
	// It waits because the number of removals was not, or wrongly, confirmed. One
	// who says it now means another import.
	unconfirmed := i.Status == ImportStatusValidated && i.Commit == ImportCommitModeAuto && terms.Removals != nil
	return !unconfirmed && !i.foreign() && strings.HasPrefix(i.MediaType, u.MediaType) &&
		i.Kind == or(terms.Kind, ImportKindOfficers) &&
		i.Mode == or(terms.Mode, ImportModeUpsert) &&
		i.Commit == or(terms.Commit, ImportCommitModeAuto) &&
		i.OnError == or(terms.OnError, ImportErrorModeAcceptValid) &&
		i.DryRun == or(terms.DryRun, false) &&
		same(i.AgreementID, terms.AgreementID) && same(i.Amends, terms.Amends) &&
		same(i.Position, terms.Position) && same(i.AreaCode, terms.AreaCode)
}

// foreign reports whether an import belongs to another organisation. Those above
// it see it too.
func (i Import) foreign() bool {
	return slices.ContainsFunc(i.Actions, func(a Action) bool { return slices.Contains(a.BlockedBy, "party_role_required") })
}

func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// openUpload announces a file, and sends nothing of it yet.
func (c *ClientWithResponses) openUpload(ctx context.Context, u Upload, terms ReceiveImportParams, sum []byte, watch Watch) (*Import, error) {
	digest, incomplete := "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":", UploadComplete("?0")
	terms.ReprDigest, terms.UploadComplete = &digest, &incomplete
	if terms.IdempotencyKey == nil {
		key := uuid.NewString() // an answer that is lost opens no second import
		terms.IdempotencyKey = &key
	}
	return persistently(ctx, watch, func() (*Import, error) {
		res, err := Check(c.ReceiveImportWithBodyWithResponse(ctx, &terms, u.MediaType, http.NoBody))
		if err != nil {
			return nil, err
		}
		if res.JSON201 == nil {
			return nil, fmt.Errorf("the upload was not opened: %s", res.Status())
		}
		return res.JSON201, nil
	})
}

// sendRest sends what is not safe yet, as often as it takes.
func (c *ClientWithResponses) sendRest(ctx context.Context, u Upload, imported *Import, watch Watch) (*Import, error) {
	p := persist(watch)
	defer p.over.Stop()
	for imported.Status == ImportStatusReceiving {
		whole, err := c.send(ctx, u, imported, watch)
		if err == nil {
			watch.imported(whole)
			return whole, nil
		}
		if err := p.wait(ctx, err); err != nil {
			return nil, err
		}
		now, err := c.importOf(ctx, imported.ID, "", watch)
		if err != nil {
			return nil, err
		}
		if now.ReceivedBytes > imported.ReceivedBytes {
			p.progressed()
		}
		imported = now
	}
	return imported, nil
}

// send sends the file from its last safe byte to its end, once.
func (c *ClientWithResponses) send(ctx context.Context, u Upload, imported *Import, watch Watch) (*Import, error) {
	offset, complete := imported.ReceivedBytes, UploadComplete("?1")
	if offset > u.Size {
		return nil, fmt.Errorf("the file has %d bytes, and %d of it have arrived: it is another one", u.Size, offset)
	}
	sent := &part{content: u.from(offset), offset: offset, watch: watch}
	res, err := Check(c.AppendImportWithBodyWithResponse(Unhurried(ctx), imported.ID,
		&AppendImportParams{UploadOffset: offset, UploadComplete: &complete}, "application/octet-stream", sent, sent.announce))
	if fault := sent.end(); fault != nil {
		return nil, broken{fault}
	}
	if err != nil {
		return nil, err
	}
	if res.JSON202 == nil {
		return nil, broken{fmt.Errorf("the file is not whole: %s", res.Status())}
	}
	return res.JSON202, nil
}

// part is the rest of a file on its way.
type part struct {
	content *io.SectionReader
	offset  int64
	watch   Watch

	// What sends it may read on for a moment after the call has failed.
	mu    sync.Mutex
	ended bool
	fault error
}

// announce says how long the part is. And it asks to be refused before it is sent:
// a refusal that meets a body on its way may be lost with the connection.
func (p *part) announce(_ context.Context, req *http.Request) error {
	if req.ContentLength = p.content.Size(); req.ContentLength == 0 {
		req.Body = http.NoBody
		return nil
	}
	req.Header.Set("Expect", "100-continue")
	return nil
}

func (p *part) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return 0, io.ErrClosedPipe
	}
	n, err := p.content.Read(b)
	p.offset += int64(n)
	if n > 0 {
		p.watch.sent(p.offset)
	}
	if _, start, size := p.content.Outer(); err != nil && (!errors.Is(err, io.EOF) || p.offset < start+size) {
		p.fault = unreadable(err)
		return n, p.fault
	}
	return n, err
}

// end returns what was wrong with the file itself.
func (p *part) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	return p.fault
}

// importOf asks how far an import is, until it is answered.
func (c *ClientWithResponses) importOf(ctx context.Context, id openapi_types.UUID, prefer string, watch Watch) (*Import, error) {
	var params GetImportParams
	if prefer != "" {
		params.Prefer = &prefer
	}
	return persistently(ctx, watch, func() (*Import, error) {
		res, err := Check(c.GetImportWithResponse(ctx, id, &params))
		if err != nil {
			return nil, err
		}
		if res.JSON200 == nil {
			return nil, stranger{res.StatusCode(), res.Status()}
		}
		return res.JSON200, nil
	})
}

// The first pause before another attempt, the longest one, and how long it goes on
// without any progress: longer than a server takes to be put in place of another.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 5 * time.Second
	perseverance = 10 * time.Minute
)

// persistence tries again for as long as what stands in the way may pass.
type persistence struct {
	watch Watch
	pause time.Duration
	over  *time.Timer
}

func persist(watch Watch) *persistence {
	return &persistence{watch, firstPause, time.NewTimer(perseverance)}
}

// persistently makes a call until it is answered.
func persistently[T any](ctx context.Context, watch Watch, call func() (T, error)) (T, error) {
	p := persist(watch)
	defer p.over.Stop()
	for {
		answer, err := call()
		if err == nil {
			return answer, nil
		}
		if err := p.wait(ctx, err); err != nil {
			return answer, err
		}
	}
}

func (p *persistence) progressed() {
	p.pause = firstPause
	p.over.Reset(perseverance)
}

// wait waits before another attempt. It returns an error where that would be in
// vain.
func (p *persistence) wait(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = refusal(err)
	if !passing(err) {
		return err
	}
	if p.watch.Trouble != nil {
		p.watch.Trouble(err)
	}
	pause := time.NewTimer(p.pause/2 + rand.N(p.pause/2)) // many may have lost the same server
	defer pause.Stop()
	p.pause = min(2*p.pause, longestPause)
	select {
	case <-pause.C:
		return nil
	case <-p.over.C:
		return fmt.Errorf("no progress for %v: %w", perseverance, err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// broken is an error that no other attempt mends.
type broken struct{ error }

func (b broken) Unwrap() error { return b.error }

// clearing are the codes of refusals that pass by themselves, or with the offset
// that is asked for next.
var clearing = []Code{"upload_in_progress", "upload_offset_wrong", "request_in_progress"}

// passing reports whether an error is one of the way, or of a moment.
func passing(err error) bool {
	if _, ok := errors.AsType[broken](err); ok {
		return false
	}
	if p, ok := errors.AsType[Problem](err); ok {
		return momentary(int(p.Status)) || slices.Contains(clearing, p.Code)
	}
	if s, ok := errors.AsType[stranger](err); ok {
		return momentary(s.code)
	}
	if r, ok := errors.AsType[unauthorised](err); ok {
		return momentary(r.code)
	}
	return true // there was no answer
}

// momentary reports whether the same request may be answered otherwise in a while.
// A portal answers 2xx and 3xx until somebody logs in.
func momentary(status int) bool {
	return status/100 != 4 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}
