package api

import (
	"context"

	"github.com/google/uuid"

	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// CreditInvoice answers POST /v1/credit-notes.
func (s *Server) CreditInvoice(ctx context.Context, req wire.CreditInvoiceRequestObject) (wire.CreditInvoiceResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.CreditInvoiceResponseObject, error) {
		n, err := billing.CreditInvoice(tx, cover.Crediting{
			InvoiceID: req.Body.InvoiceID, Periods: req.Body.CoveragePeriodIds, Fine: or(req.Body.FineAmount), Reason: req.Body.Reason,
		})
		if err != nil {
			return nil, err
		}
		return wire.CreditInvoice201JSONResponse{
			Body:    toCreditNote(n),
			Headers: wire.CreditInvoice201ResponseHeaders{Location: "/v1/credit-notes/" + n.ID.String(), ETag: etag(n.Version)},
		}, nil
	})
}

// GetCreditNote answers GET /v1/credit-notes/{credit_note_id}.
func (s *Server) GetCreditNote(ctx context.Context, req wire.GetCreditNoteRequestObject) (wire.GetCreditNoteResponseObject, error) {
	n, err := s.reader(ctx).CreditNote(req.CreditNoteID)
	if err != nil {
		return nil, err
	}
	return wire.GetCreditNote200JSONResponse{
		Body: toCreditNote(n), Headers: wire.GetCreditNote200ResponseHeaders{ETag: etag(n.Version)},
	}, nil
}

// ListCreditNotes answers GET /v1/credit-notes.
func (s *Server) ListCreditNotes(ctx context.Context, req wire.ListCreditNotesRequestObject) (wire.ListCreditNotesResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := s.reader(ctx).CreditNotes(store.CreditNoteFilter{
		InvoiceID: or(in.InvoiceID), PayerID: or(in.PayerID), Unallocated: or(in.Unallocated),
	}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListCreditNotes200JSONResponse{
		Body:    wire.CreditNotePage{Items: each(listed.Items, toListedCreditNote), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListCreditNotes200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// AllocateCredit answers POST /v1/credit-notes/{credit_note_id}/allocate.
func (s *Server) AllocateCredit(ctx context.Context, req wire.AllocateCreditRequestObject) (wire.AllocateCreditResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AllocateCreditResponseObject, error) {
		n, err := billing.AllocateCredit(tx, req.CreditNoteID, version, each(req.Body.Allocations, fromAllocation))
		if err != nil {
			return nil, err
		}
		return wire.AllocateCredit200JSONResponse{
			Body: toCreditNote(n), Headers: wire.AllocateCredit200ResponseHeaders{ETag: etag(n.Version)},
		}, nil
	})
}

// toListedCreditNote leaves out which lines a note takes back: of a page of notes they
// would be millions.
func toListedCreditNote(n cover.CreditNote) wire.CreditNote {
	out := toCreditNote(n)
	out.CoveragePeriodIds = nil
	return out
}

func toCreditNote(n cover.CreditNote) wire.CreditNote {
	return wire.CreditNote{
		ID: n.ID, InvoiceID: n.InvoiceID, BranchID: n.BranchID, PayerID: idOrNil(n.PayerID), Number: n.Number, IssuedOn: n.IssuedOn,
		Reason: n.Reason, JKKAmount: n.JKK, JKMAmount: n.JKM, FineAmount: n.Fine, TotalAmount: n.Total(), AppliedAmount: n.Applied,
		Allocations: each(n.Allocations, toAllocation), UnallocatedAmount: n.Unallocated(),
		CoveragePeriodIds: append([]uuid.UUID{}, n.Periods...), Version: n.Version, CreatedAt: n.CreatedAt, UpdatedAt: n.UpdatedAt,
	}
}
