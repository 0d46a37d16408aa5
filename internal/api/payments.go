package api

import (
	"context"

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
			Body: toPayment(p), Headers: wire.RecordPayment201ResponseHeaders{Location: "/v1/payments/" + p.ID.String()},
		}, nil
	})
}

// GetPayment answers GET /v1/payments/{payment_id}.
func (s *Server) GetPayment(ctx context.Context, req wire.GetPaymentRequestObject) (wire.GetPaymentResponseObject, error) {
	p, err := s.reader(ctx).Payment(req.PaymentID)
	if err != nil {
		return nil, err
	}
	return wire.GetPayment200JSONResponse(toPayment(p)), nil
}

// ListPayments answers GET /v1/payments.
func (s *Server) ListPayments(ctx context.Context, req wire.ListPaymentsRequestObject) (wire.ListPaymentsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	filter := store.PaymentFilter{InvoiceID: or(in.InvoiceID), PayerID: or(in.PayerID)}
	listed, err := s.reader(ctx).Payments(filter, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListPayments200JSONResponse{
		Body:    wire.PaymentPage{Items: each(listed.Items, toPayment), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListPayments200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

func fromPaymentInput(in wire.PaymentInput) cover.Payment {
	return cover.Payment{
		PaidOn: in.PaidOn, Amount: in.PaidAmount, Reference: in.Reference,
		Allocations: each(in.Allocations, func(a wire.AllocationInput) cover.Allocation {
			return cover.Allocation{InvoiceID: a.InvoiceID, Amount: a.AllocatedAmount}
		}),
	}
}

func toPayment(p cover.Payment) wire.Payment {
	return wire.Payment{
		ID: p.ID, BranchID: p.BranchID, PayerID: orNil(p.PayerID.UUID), PaidOn: p.PaidOn, PaidAmount: p.Amount,
		Reference: p.Reference, UnallocatedAmount: p.Unallocated(),
		Allocations: each(p.Allocations, func(a cover.Allocation) wire.Allocation {
			return wire.Allocation{InvoiceID: a.InvoiceID, AllocatedAmount: a.Amount}
		}),
		Version: p.Version, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}
