package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// DraftInvoice answers POST /v1/invoices.
func (s *Server) DraftInvoice(ctx context.Context, req wire.DraftInvoiceRequestObject) (wire.DraftInvoiceResponseObject, error) {
	holiday, err := s.store.Holidays(ctx)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.DraftInvoiceResponseObject, error) {
		i, err := billing.Draft(tx, s.tariff, holiday, req.Body.AgreementID, req.Body.Month)
		if err != nil {
			return nil, err
		}
		return wire.DraftInvoice201JSONResponse{
			Body:    s.view(tx.Reader).toInvoice(i),
			Headers: wire.DraftInvoice201ResponseHeaders{Location: "/v1/invoices/" + i.ID.String(), ETag: etag(i.Version)},
		}, nil
	})
}

// GetInvoice answers GET /v1/invoices/{invoice_id}.
func (s *Server) GetInvoice(ctx context.Context, req wire.GetInvoiceRequestObject) (wire.GetInvoiceResponseObject, error) {
	r := s.reader(ctx)
	i, err := r.Invoice(req.InvoiceID)
	if err != nil {
		return nil, err
	}
	return wire.GetInvoice200JSONResponse{
		Body: s.view(r).toInvoice(i), Headers: wire.GetInvoice200ResponseHeaders{ETag: etag(i.Version)},
	}, nil
}

// ListInvoices answers GET /v1/invoices.
func (s *Server) ListInvoices(ctx context.Context, req wire.ListInvoicesRequestObject) (wire.ListInvoicesResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.Invoices(store.InvoiceFilter{
		AgreementID: or(in.AgreementID), PayerID: or(in.PayerID), Statuses: in.Status, Month: or(in.Month),
		AreaCode: or(in.AreaCode), DueFrom: or(in.DueOnGte), DueTo: or(in.DueOnLte),
	}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListInvoices200JSONResponse{
		Body:    wire.InvoicePage{Items: each(listed.Items, s.view(r).toInvoice), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListInvoices200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// ListInvoiceLines answers GET /v1/invoices/{invoice_id}/lines.
func (s *Server) ListInvoiceLines(ctx context.Context, req wire.ListInvoiceLinesRequestObject) (wire.ListInvoiceLinesResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, "id", in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := s.reader(ctx).InvoiceLines(req.InvoiceID, in.Position, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListInvoiceLines200JSONResponse{
		Body:    wire.InvoiceLinePage{Items: each(listed.Items, toInvoiceLine), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListInvoiceLines200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// IssueInvoice answers POST /v1/invoices/{invoice_id}/issue.
func (s *Server) IssueInvoice(ctx context.Context, req wire.IssueInvoiceRequestObject) (wire.IssueInvoiceResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.IssueInvoiceResponseObject, error) {
		i, err := billing.Issue(tx, req.InvoiceID, version, or(req.Body.PaymentCode))
		if err != nil {
			return nil, err
		}
		return wire.IssueInvoice200JSONResponse{
			Body: s.view(tx.Reader).toInvoice(i), Headers: wire.IssueInvoice200ResponseHeaders{ETag: etag(i.Version)},
		}, nil
	})
}

// VoidInvoice answers POST /v1/invoices/{invoice_id}/void.
func (s *Server) VoidInvoice(ctx context.Context, req wire.VoidInvoiceRequestObject) (wire.VoidInvoiceResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.VoidInvoiceResponseObject, error) {
		i, err := billing.Void(tx, req.InvoiceID, version, req.Body.Reason)
		if err != nil {
			return nil, err
		}
		return wire.VoidInvoice200JSONResponse{
			Body: s.view(tx.Reader).toInvoice(i), Headers: wire.VoidInvoice200ResponseHeaders{ETag: etag(i.Version)},
		}, nil
	})
}

func (v view) toInvoice(i cover.Invoice) wire.Invoice {
	return wire.Invoice{
		ID: i.ID, AgreementID: i.AgreementID, OrganiserID: i.OrganiserID, PayerID: orNil(i.PayerID.UUID), BranchID: i.BranchID,
		Month: i.Month, Number: orNil(i.Number), PaymentCode: orNil(i.PaymentCode), Status: i.StatusOn(v.today),
		IssuedOn: orNil(i.IssuedOn), DueOn: i.DueOn, Officers: i.Officers, JKKAmount: i.JKK, JKMAmount: i.JKM,
		TotalAmount: i.Total(), PaidAmount: i.Paid, OutstandingAmount: i.Outstanding(),
		Positions: each(i.Groups, toInvoicePosition), VoidReason: orNil(i.VoidReason),
		Actions: v.actions("/v1/invoices/:invoice_id", i.ID.String(), i.Actions(v.who.OrganisationID)),
		Version: i.Version, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
}

func toInvoicePosition(g cover.InvoiceGroup) wire.InvoicePosition {
	return wire.InvoicePosition{
		Position: g.Position, Role: g.Role, WageBaseAmount: g.WageBase, Officers: g.Officers,
		JKKAmount: g.JKK, JKMAmount: g.JKM, TotalAmount: g.Total(),
	}
}

func toInvoiceLine(l cover.InvoiceLine) wire.InvoiceLine {
	return wire.InvoiceLine{
		CoveragePeriodID: l.CoveragePeriodID, OfficerID: l.OfficerID, Position: l.Position, Role: l.Role,
		WageBaseAmount: l.WageBase, JKKAmount: l.JKK, JKMAmount: l.JKM, PremiumAmount: l.Premium(), Schedule: l.Schedule,
	}
}
