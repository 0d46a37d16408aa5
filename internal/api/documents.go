package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/store"
)

// readingsEach is how many documents an organisation may have on their way out at a
// time, by tokens and by its links. Each holds a piece or two in memory, and no
// connection, for as long as its reader likes.
const readingsEach = 16

// UploadDocument answers POST /v1/documents. The bytes are kept as they come; only
// when all are there is anything answered.
func (s *Server) UploadDocument(ctx context.Context, req wire.UploadDocumentRequestObject) (wire.UploadDocumentResponseObject, error) {
	r, who := requestOf(ctx), access.Acting(ctx)
	announced, err := announcedDigest(req.Params.ReprDigest)
	if err != nil {
		return nil, err
	}
	leave, err := s.takeIn(who)
	if err != nil {
		return nil, err
	}
	defer leave()
	d, err := store.Do(ctx, s.store, who, func(tx *store.Tx) (cover.Document, error) {
		return s.Documents.Announce(tx, cover.Document{
			IncidentID: req.Params.IncidentID, HeirID: orNull(req.Params.HeirID), Rank: int(or(req.Params.Rank)), SchoolYear: int(or(req.Params.SchoolYear)), Kind: req.Params.Kind,
			MediaType: r.mediaType,
		})
	})
	if err != nil {
		return nil, err
	}
	// Whatever became a document is left alone: what was refused, was there already,
	// was answered before or was a trial is let go of.
	defer s.Documents.DiscardSoon(context.WithoutCancel(ctx), d.ID)
	kept, err := s.Documents.Keep(ctx, d, req.Body)
	if err != nil {
		return nil, err
	}
	r.fingerprint = r.fingerprintOf(append(slices.Clone(kept.SHA256), r.mediaType...))
	return write(ctx, s, func(tx *store.Tx) (wire.UploadDocumentResponseObject, error) {
		d, fresh, err := s.Documents.Upload(tx, d, kept, announced)
		if err != nil {
			return nil, err
		}
		body := s.view(tx.Reader).toDocument(d)
		if !fresh {
			return wire.UploadDocument200JSONResponse{Body: body, Headers: wire.UploadDocument200ResponseHeaders{ETag: etag(d.Version)}}, nil
		}
		return wire.UploadDocument201JSONResponse{Body: body, Headers: wire.UploadDocument201ResponseHeaders{
			Location: "/v1/documents/" + d.ID.String(), ETag: etag(d.Version),
		}}, nil
	})
}

// ListDocuments answers GET /v1/documents.
func (s *Server) ListDocuments(ctx context.Context, req wire.ListDocumentsRequestObject) (wire.ListDocumentsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.Documents(store.DocumentFilter{
		IncidentID: or(in.IncidentID), HeirID: or(in.HeirID), Kinds: in.Kind, Statuses: in.Status,
	}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListDocuments200JSONResponse{
		Body:    wire.DocumentPage{Items: each(listed.Items, s.view(r).toDocument), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListDocuments200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// GetDocument answers GET /v1/documents/{document_id}.
func (s *Server) GetDocument(ctx context.Context, req wire.GetDocumentRequestObject) (wire.GetDocumentResponseObject, error) {
	r := s.reader(ctx)
	d, err := r.Document(req.DocumentID)
	if err != nil {
		return nil, err
	}
	return wire.GetDocument200JSONResponse{
		Body: s.view(r).toDocument(d), Headers: wire.GetDocument200ResponseHeaders{ETag: etag(d.Version)},
	}, nil
}

// DownloadDocument answers GET /v1/documents/{document_id}/content.
func (s *Server) DownloadDocument(ctx context.Context, req wire.DownloadDocumentRequestObject) (wire.DownloadDocumentResponseObject, error) {
	ctx, end, err := s.beginReading(ctx, access.Acting(ctx).OrganisationID)
	if err != nil {
		return nil, err
	}
	d, content, err := s.Documents.Read(s.reader(ctx), req.DocumentID)
	if err != nil {
		end()
		return nil, err
	}
	return paperOf(d, content, end), nil
}

// OpenDocumentLink answers GET /v1/document-links/{token}.
func (s *Server) OpenDocumentLink(ctx context.Context, req wire.OpenDocumentLinkRequestObject) (wire.OpenDocumentLinkResponseObject, error) {
	link, maker, err := s.store.LinkMaker(ctx, req.Token)
	if err != nil {
		return nil, err
	}
	ctx, end, err := s.beginReading(ctx, maker.OrganisationID)
	if err != nil {
		return nil, err
	}
	d, content, err := s.Documents.ReadByLink(ctx, link, maker)
	if err != nil {
		end()
		return nil, err
	}
	return paperOf(d, content, end), nil
}

// beginReading takes one of the places of an organisation until end is called, and
// not for longer than the request lasts. It bounds what is read in it. Refuses to
// wait (service_unavailable).
func (s *Server) beginReading(ctx context.Context, organisation uuid.UUID) (bounded context.Context, end func(), err error) {
	leave, err := s.readings.enter(organisation)
	if err != nil {
		return ctx, nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, longestDownload)
	end = sync.OnceFunc(func() { cancel(); leave() })
	context.AfterFunc(ctx, end)
	return bounded, end, nil
}

// paperOf gives the bytes of a document, as a file that no browser takes for anything
// else. Its name tells no more than the address did.
func paperOf(d cover.Document, content io.Reader, end func()) wire.Answer {
	name := string(d.Kind) + "-" + d.ID.String() + documents.Extension(d.MediaType)
	return wire.Answer{
		Status: http.StatusOK,
		Header: http.Header{
			"Content-Type":                 {d.MediaType},
			"Content-Length":               {strconv.FormatInt(d.Size, 10)},
			"Content-Disposition":          {`attachment; filename="` + name + `"`},
			"Content-Security-Policy":      {"default-src 'none'; sandbox"},
			"Cross-Origin-Resource-Policy": {"same-origin"},
			"X-Content-Type-Options":       {"nosniff"},
			"Referrer-Policy":              {"no-referrer"},
			"Accept-Ranges":                {"none"},
			"Cache-Control":                {"no-store"},
			"Repr-Digest":                  {"sha-256=:" + base64.StdEncoding.EncodeToString(d.SHA256) + ":"},
		},
		Stream: func(w io.Writer) error {
			defer end()
			_, err := io.Copy(w, content)
			return err
		},
	}
}

// ListDocumentReadings answers GET /v1/documents/{document_id}/access-log.
func (s *Server) ListDocumentReadings(
	ctx context.Context, req wire.ListDocumentReadingsRequestObject,
) (wire.ListDocumentReadingsResponseObject, error) {
	in, r := req.Params, s.reader(ctx)
	d, err := r.Document(req.DocumentID)
	if err != nil {
		return nil, err
	}
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := r.DocumentReadings(d, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListDocumentReadings200JSONResponse{
		Body:    wire.DocumentReadingPage{Items: each(listed.Items, toDocumentReading), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListDocumentReadings200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// AcceptDocument answers POST /v1/documents/{document_id}/accept.
func (s *Server) AcceptDocument(ctx context.Context, req wire.AcceptDocumentRequestObject) (wire.AcceptDocumentResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AcceptDocumentResponseObject, error) {
		d, err := documents.Accept(tx, req.DocumentID, version)
		return wire.AcceptDocument200JSONResponse{
			Body: s.view(tx.Reader).toDocument(d), Headers: wire.AcceptDocument200ResponseHeaders{ETag: etag(d.Version)},
		}, err
	})
}

// RejectDocument answers POST /v1/documents/{document_id}/reject.
func (s *Server) RejectDocument(ctx context.Context, req wire.RejectDocumentRequestObject) (wire.RejectDocumentResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.RejectDocumentResponseObject, error) {
		d, err := documents.Reject(tx, req.DocumentID, version, req.Body.Reason, or(req.Body.Note))
		return wire.RejectDocument200JSONResponse{
			Body: s.view(tx.Reader).toDocument(d), Headers: wire.RejectDocument200ResponseHeaders{ETag: etag(d.Version)},
		}, err
	})
}

// WithdrawDocument answers POST /v1/documents/{document_id}/withdraw.
func (s *Server) WithdrawDocument(ctx context.Context, req wire.WithdrawDocumentRequestObject) (wire.WithdrawDocumentResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	answer, err := write(ctx, s, func(tx *store.Tx) (wire.WithdrawDocumentResponseObject, error) {
		d, err := documents.Withdraw(tx, req.DocumentID, version)
		return wire.WithdrawDocument200JSONResponse{
			Body: s.view(tx.Reader).toDocument(d), Headers: wire.WithdrawDocument200ResponseHeaders{ETag: etag(d.Version)},
		}, err
	})
	if err == nil { // it is withdrawn; what cannot be destroyed at once is swept
		s.Documents.DestroySoon(context.WithoutCancel(ctx), req.DocumentID)
	}
	return answer, err
}

// LinkDocument answers POST /v1/documents/{document_id}/links.
func (s *Server) LinkDocument(ctx context.Context, req wire.LinkDocumentRequestObject) (wire.LinkDocumentResponseObject, error) {
	terms := documents.LinkTerms{Purpose: req.Body.Purpose, Life: cover.LinkMinutes * time.Minute, Uses: cover.LinkUses}
	if req.Body.Minutes != nil {
		terms.Life = time.Duration(*req.Body.Minutes) * time.Minute
	}
	if req.Body.Uses != nil {
		terms.Uses = *req.Body.Uses
	}
	return write(ctx, s, func(tx *store.Tx) (wire.LinkDocumentResponseObject, error) {
		l, token, err := documents.Link(tx, req.DocumentID, terms)
		if err != nil {
			return nil, err
		}
		body, url := s.view(tx.Reader).toDocumentLink(l), "/v1/document-links/"+token
		body.URL = &url
		return wire.LinkDocument201JSONResponse{Body: body, Headers: wire.LinkDocument201ResponseHeaders{ETag: etag(l.Version)}}, nil
	})
}

// ListDocumentLinks answers GET /v1/documents/{document_id}/links.
func (s *Server) ListDocumentLinks(ctx context.Context, req wire.ListDocumentLinksRequestObject) (wire.ListDocumentLinksResponseObject, error) {
	in, r := req.Params, s.reader(ctx)
	d, err := r.Document(req.DocumentID)
	if err != nil {
		return nil, err
	}
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := r.DocumentLinks(d, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListDocumentLinks200JSONResponse{
		Body:    wire.DocumentLinkPage{Items: each(listed.Items, s.view(r).toDocumentLink), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListDocumentLinks200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// WithdrawDocumentLink answers POST /v1/documents/{document_id}/links/{link_id}/withdraw.
func (s *Server) WithdrawDocumentLink(
	ctx context.Context, req wire.WithdrawDocumentLinkRequestObject,
) (wire.WithdrawDocumentLinkResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.WithdrawDocumentLinkResponseObject, error) {
		l, err := documents.WithdrawLink(tx, req.DocumentID, req.LinkID, version)
		return wire.WithdrawDocumentLink200JSONResponse{
			Body: s.view(tx.Reader).toDocumentLink(l), Headers: wire.WithdrawDocumentLink200ResponseHeaders{ETag: etag(l.Version)},
		}, err
	})
}

func (v view) toDocument(d cover.Document) wire.Document {
	return wire.Document{
		ID: d.ID, IncidentID: d.IncidentID, HeirID: idOrNil(d.HeirID), Rank: orNil(int32(d.Rank)), SchoolYear: orNil(int32(d.SchoolYear)), Kind: d.Kind, MediaType: d.MediaType, Size: d.Size,
		Sha256: hex.EncodeToString(d.SHA256), Status: d.Status, Scanned: d.Scanned, UploadedBy: d.UploadedBy,
		DecidedAt: d.DecidedAt, OutdatedAt: d.OutdatedAt, RejectionReason: orNil(d.Flaw), RejectionNote: orNil(d.FlawNote),
		Actions: v.actions("/v1/documents/:document_id", d.ID.String(), d.Actions(v.who.OrganisationID)),
		Version: d.Version, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

func (v view) toDocumentLink(l cover.DocumentLink) wire.DocumentLink {
	now := v.server.store.Now()
	out := wire.DocumentLink{
		ID: l.ID, DocumentID: l.DocumentID, MadeBy: l.MadeBy, Purpose: l.Purpose, Status: l.StatusAt(now), Uses: l.Uses, Used: l.Used,
		ExpiresAt: l.ExpiresAt, Version: l.Version, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt,
		Actions: v.actions("/v1/documents/:document_id/links/:link_id", l.ID.String(), l.Actions(v.who.OrganisationID, now)),
	}
	for n := range out.Actions {
		out.Actions[n].Href = strings.Replace(out.Actions[n].Href, ":document_id", l.DocumentID.String(), 1)
	}
	return out
}

func toDocumentReading(one cover.DocumentReading) wire.DocumentReading {
	return wire.DocumentReading{
		ID: one.ID, OrganisationID: one.OrganisationID, ClientID: one.ClientID, Purpose: one.Purpose, LinkID: idOrNil(one.LinkID),
		ReadAt: one.ReadAt,
	}
}
