package api

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"time"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/paper"
	"naungan/internal/store"
)

// DraftInvoice answers POST /v1/invoices.
func (s *Server) DraftInvoice(ctx context.Context, req wire.DraftInvoiceRequestObject) (wire.DraftInvoiceResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.DraftInvoiceResponseObject, error) {
		i, err := billing.Draft(tx, billing.Drafting{
			AgreementID: req.Body.AgreementID, Month: req.Body.Month, Supplementary: or(req.Body.Supplementary),
			RebillCredited:  or(req.Body.RebillCredited),
			BudgetReference: or(req.Body.BudgetReference),
		})
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
	if negotiate(requestOf(ctx).accept, invoiceMedia) == paper.PDF {
		return letterOf(r, i)
	}
	return wire.GetInvoice200JSONResponse{
		Body: s.view(r).toInvoice(i), Headers: wire.GetInvoice200ResponseHeaders{ETag: etag(i.Version)},
	}, nil
}

// invoiceMedia are the forms in which an invoice is given, the usual one first.
var invoiceMedia = []string{"application/json", paper.PDF}

// letterOf answers with an invoice as a letter. Its tag is its own: the names of the
// parties may change where the invoice does not.
func letterOf(r *store.Reader, i cover.Invoice) (wire.GetInvoiceResponseObject, error) {
	head, err := r.Letterhead(i)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if err := paper.WriteInvoice(&file, toLetter(i, head, r.Reference())); err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {paper.PDF}, "Vary": {varying}, "Etag": {digestTag(file.Bytes())}}
	header.Set("Content-Disposition", `inline; filename="invoice-`+i.ID.String()+`.pdf"`)
	return wire.Answer{Status: http.StatusOK, Header: header, Body: file.Bytes()}, nil
}

// ListInvoices answers GET /v1/invoices.
func (s *Server) ListInvoices(ctx context.Context, req wire.ListInvoicesRequestObject) (wire.ListInvoicesResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r, filter := s.reader(ctx), fromInvoiceFilter(in)
	if media := negotiate(requestOf(ctx).accept, rowMedia); media != rowMedia[0] {
		return asFile(ctx, s, "invoices", media, invoiceColumns, func(ctx context.Context) iter.Seq2[wire.Invoice, error] {
			return through(s.reader(ctx).EachInvoice(filter, page), s.view(r).toInvoice)
		}), nil
	}
	listed, err := r.Invoices(filter, page)
	if err != nil {
		return nil, err
	}
	var totals *wire.InvoiceTotals
	if or(in.Totals) {
		sums, err := r.InvoiceTotals(filter)
		if err != nil {
			return nil, err
		}
		totals = toInvoiceTotals(sums)
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListInvoices200JSONResponse{
		Body:    wire.InvoicePage{Items: each(listed.Items, s.view(r).toInvoice), NextCursor: p.cursor, Total: p.total, Totals: totals},
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
	r := s.reader(ctx)
	if media := negotiate(requestOf(ctx).accept, rowMedia); media != rowMedia[0] {
		if _, err := r.Invoice(req.InvoiceID); err != nil {
			return nil, err
		}
		return asFile(ctx, s, "lines-"+req.InvoiceID.String(), media, lineColumns, func(ctx context.Context) iter.Seq2[wire.InvoiceLine, error] {
			return through(s.reader(ctx).EachInvoiceLine(req.InvoiceID, in.Position), toInvoiceLine)
		}), nil
	}
	listed, err := r.InvoiceLines(req.InvoiceID, in.Position, page)
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

// longestProof is enough for an invoice of many millions of lines.
const longestProof = 10 * time.Minute

// ProveInvoice answers GET /v1/invoices/{invoice_id}/proof.
func (s *Server) ProveInvoice(ctx context.Context, req wire.ProveInvoiceRequestObject) (wire.ProveInvoiceResponseObject, error) {
	// It reads as many rows as a file has, and may not take what files are read over.
	leave, err := s.downloads.enter(access.Acting(ctx).OrganisationID)
	if err != nil {
		return nil, err
	}
	defer leave()
	bounded, cancel := context.WithTimeout(ctx, longestProof)
	defer cancel()
	proof, err := billing.Prove(s.reader(bounded), req.InvoiceID)
	if err != nil {
		return nil, err
	}
	return wire.ProveInvoice200JSONResponse(toProof(proof)), nil
}

func toProof(p billing.Proof) wire.InvoiceProof {
	out := wire.InvoiceProof{
		InvoiceID: p.Invoice.ID, Number: orNil(p.Invoice.Number), Holds: p.Differs == nil, Lines: p.Lines,
		Digest: p.Invoice.Digest, RecomputedDigest: p.Digest, TotalAmount: p.Invoice.Total(), RecomputedAmount: p.Total,
		Schedules: p.Schedules,
	}
	if d := p.Differs; d != nil {
		out.Differs = &wire.InvoiceDifference{
			CoveragePeriodID: orNil(d.CoveragePeriodID), OfficerID: orNil(d.OfficerID), Field: d.Field,
			Invoiced: d.Invoiced, Recomputed: d.Recomputed,
		}
	}
	return out
}

// AmendInvoice answers PATCH /v1/invoices/{invoice_id}.
func (s *Server) AmendInvoice(ctx context.Context, req wire.AmendInvoiceRequestObject) (wire.AmendInvoiceResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendInvoiceResponseObject, error) {
		i, err := billing.Amend(tx, req.InvoiceID, version, func(i *cover.Invoice) {
			setOrClear(&i.BudgetReference, req.Body.BudgetReference)
			setOrClear(&i.Disbursement, req.Body.Disbursement)
		})
		if err != nil {
			return nil, err
		}
		return wire.AmendInvoice200JSONResponse{
			Body: s.view(tx.Reader).toInvoice(i), Headers: wire.AmendInvoice200ResponseHeaders{ETag: etag(i.Version)},
		}, nil
	})
}

func (v view) toInvoice(i cover.Invoice) wire.Invoice {
	return wire.Invoice{
		ID: i.ID, AgreementID: i.AgreementID, OrganiserID: i.OrganiserID, PayerID: orNil(i.PayerID.UUID), BranchID: i.BranchID,
		Month: i.Month, Sequence: int32(i.Sequence), FiscalYear: int32(i.Month.Year()), AreaCode: orNil(i.AreaCode), //nolint:gosec // small
		FundingSource: i.Funding, BudgetID: idOrNil(i.BudgetID),
		Number: orNil(i.Number), PaymentCode: orNil(i.PaymentCode), Status: i.StatusOn(v.today),
		IssuedOn: orNil(i.IssuedOn), DueOn: i.DueOn, Officers: i.Officers, JKKAmount: i.JKK, JKMAmount: i.JKM, FineAmount: i.Fine,
		TotalAmount: i.Total(), TotalInWords: i.Total().Words(), CreditedAmount: i.Credited, PaidAmount: i.Paid,
		OutstandingAmount: i.Outstanding(), Digest: i.Digest,
		Positions: each(i.Groups, toInvoicePosition), Fines: each(i.Fines, toInvoiceFine), VoidReason: orNil(i.VoidReason),
		BudgetReference: i.BudgetReference, Disbursement: i.Disbursement,
		Actions: v.actions("/v1/invoices/:invoice_id", i.ID.String(), i.Actions(v.who.OrganisationID)),
		Version: i.Version, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
}

func toLetter(i cover.Invoice, head store.Letterhead, ref *cover.Reference) paper.Invoice {
	return paper.Invoice{
		Invoice: i, Organiser: head.Organiser, Payer: head.Payer, Branch: head.Branch,
		Agreement: head.Agreement, Numbers: head.Numbers, Late: head.Late,
		Position: func(code string) string {
			if p, known := ref.Position(code); known {
				return p.NameID
			}
			return code
		},
	}
}

func fromInvoiceFilter(in wire.ListInvoicesParams) store.InvoiceFilter {
	return store.InvoiceFilter{
		AgreementID: or(in.AgreementID), OrganiserID: or(in.OrganiserID), PayerID: or(in.PayerID), BudgetID: or(in.BudgetID),
		Statuses: in.Status, Month: or(in.Month), MonthFrom: or(in.MonthGte), MonthTo: or(in.MonthLte),
		FiscalYear: int(or(in.FiscalYear)), Funding: in.FundingSource, AreaCode: or(in.AreaCode),
		IssuedFrom: or(in.IssuedOnGte), IssuedTo: or(in.IssuedOnLte), DueFrom: or(in.DueOnGte), DueTo: or(in.DueOnLte),
		TotalFrom: rupiahOf(in.TotalAmountGte), TotalTo: rupiahOf(in.TotalAmountLte),
		Number: or(in.Number), PaymentCode: or(in.PaymentCode), SP2D: or(in.Sp2DNumber),
	}
}

func rupiahOf(amount *int64) *cover.Rupiah { return (*cover.Rupiah)(amount) }

func toInvoiceFine(f cover.InvoiceFine) wire.InvoiceFine {
	return wire.InvoiceFine{
		LateInvoiceID: f.LateID, FromMonth: int32(f.FromMonth), ToMonth: int32(f.ToMonth), Rate: f.Rate, //nolint:gosec // months
		OwedAmount: f.Owed, FineAmount: f.Amount,
	}
}

func toInvoiceTotals(t store.InvoiceTotals) *wire.InvoiceTotals {
	return &wire.InvoiceTotals{
		Invoices: t.Invoices, Officers: t.Officers, JKKAmount: t.JKK, JKMAmount: t.JKM, FineAmount: t.Fine, TotalAmount: t.Total(),
		CreditedAmount: t.Credited, PaidAmount: t.Paid, OutstandingAmount: t.Open,
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
		Relief: orNil(l.Relief),
	}
}

// GetArrears answers GET /v1/agreements/{agreement_id}/arrears.
func (s *Server) GetArrears(ctx context.Context, req wire.GetArrearsRequestObject) (wire.GetArrearsResponseObject, error) {
	a, err := billing.Arrears(s.reader(ctx), req.AgreementID)
	if err != nil {
		return nil, err
	}
	return wire.GetArrears200JSONResponse{
		AgreementID: a.AgreementID, AsOf: a.AsOf, Invoices: a.Invoices, Months: int32(a.Months), OldestDueOn: orNil(a.OldestDueOn), //nolint:gosec // months
		OverdueAmount: a.Overdue, FineAmount: a.Fine, Effect: a.Effect, Law: a.Law,
	}, nil
}
