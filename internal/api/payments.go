package api

import (
	"context"

	"github.com/google/uuid"

	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// RecordPayment answers POST /v1/payments.
func (s *Server) RecordPayment(ctx context.Context, req wire.RecordPaymentRequestObject) (wire.RecordPaymentResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.RecordPaymentResponseObject, error) {
		p, err := billing.RecordPayment(tx, fromPaymentInput(*req.Body))
		if err != nil {
			return nil, err
		}
		return wire.RecordPayment201JSONResponse{
			Body: s.view(tx.Reader).toPayment(p),
			Headers: wire.RecordPayment201ResponseHeaders{
				Location: "/v1/payments/" + p.ID.String(), ETag: etag(p.Version),
			},
		}, nil
	})
}

// AllocatePayment answers POST /v1/payments/{payment_id}/allocate.
func (s *Server) AllocatePayment(ctx context.Context, req wire.AllocatePaymentRequestObject) (wire.AllocatePaymentResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AllocatePaymentResponseObject, error) {
		p, err := billing.AllocatePayment(tx, req.PaymentID, version, each(req.Body.Allocations, fromAllocation))
		if err != nil {
			return nil, err
		}
		return wire.AllocatePayment200JSONResponse{
			Body: s.view(tx.Reader).toPayment(p), Headers: wire.AllocatePayment200ResponseHeaders{ETag: etag(p.Version)},
		}, nil
	})
}

// GetPayment answers GET /v1/payments/{payment_id}.
func (s *Server) GetPayment(ctx context.Context, req wire.GetPaymentRequestObject) (wire.GetPaymentResponseObject, error) {
	r := s.reader(ctx)
	p, err := r.Payment(req.PaymentID)
	if err != nil {
		return nil, err
	}
	return wire.GetPayment200JSONResponse{
		Body: s.view(r).toPayment(p), Headers: wire.GetPayment200ResponseHeaders{ETag: etag(p.Version)},
	}, nil
}

// ListPayments answers GET /v1/payments.
func (s *Server) ListPayments(ctx context.Context, req wire.ListPaymentsRequestObject) (wire.ListPaymentsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	filter := store.PaymentFilter{
		InvoiceID: or(in.InvoiceID), PayerID: or(in.PayerID), StatementID: or(in.StatementID), Reference: or(in.Reference),
		PaidFrom: or(in.PaidOnGte), PaidTo: or(in.PaidOnLte), Unallocated: or(in.Unallocated),
	}
	r := s.reader(ctx)
	listed, err := r.Payments(filter, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListPayments200JSONResponse{
		Body:    wire.PaymentPage{Items: each(listed.Items, s.view(r).toPayment), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListPayments200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

func fromPaymentInput(in wire.PaymentInput) cover.Payment {
	return cover.Payment{
		PaidOn: in.PaidOn, Amount: in.PaidAmount, Reference: in.Reference, Description: or(in.Description),
		PayerID: uuid.NullUUID{UUID: or(in.PayerID), Valid: in.PayerID != nil}, Allocations: each(in.Allocations, fromAllocation),
	}
}

func fromAllocation(a wire.AllocationInput) cover.Allocation {
	return cover.Allocation{InvoiceID: a.InvoiceID, Amount: a.AllocatedAmount}
}

func toAllocation(a cover.Allocation) wire.Allocation {
	return wire.Allocation{InvoiceID: a.InvoiceID, AllocatedAmount: a.Amount}
}

func (v view) toPayment(p cover.Payment) wire.Payment {
	out := wire.Payment{
		ID: p.ID, BranchID: p.BranchID, PayerID: orNil(p.PayerID.UUID), PaidOn: p.PaidOn, PaidAmount: p.Amount,
		Reference: p.Reference, Description: orNil(p.Description), StatementID: idOrNil(p.StatementID),
		UnallocatedAmount: p.Unallocated(), Allocations: each(p.Allocations, toAllocation),
		Actions: v.actions("/v1/payments/:payment_id", p.ID.String(), p.Actions(v.who.OrganisationID)),
		Version: p.Version, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
	if p.Match.Reason != "" && p.BranchID == v.who.OrganisationID { // it may name invoices of others
		out.Match = &wire.PaymentMatch{Reason: p.Match.Reason, Candidates: append([]uuid.UUID{}, p.Match.Candidates...)}
	}
	return out
}
