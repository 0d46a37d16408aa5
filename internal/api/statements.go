package api

import (
	"context"
	"io"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// ReconcileStatement answers POST /v1/bank-statements.
func (s *Server) ReconcileStatement(ctx context.Context, req wire.ReconcileStatementRequestObject) (wire.ReconcileStatementResponseObject, error) {
	if err := billing.MayReconcile(access.Acting(ctx)); err != nil {
		return nil, err
	}
	leave, err := s.takeIn(access.Acting(ctx))
	if err != nil {
		return nil, err
	}
	defer leave()
	file, err := io.ReadAll(io.LimitReader(req.Body, billing.MostStatementBytes+1))
	if err != nil {
		return nil, err
	}
	if len(file) > billing.MostStatementBytes {
		return nil, &cover.Error{Kind: cover.Malformed, Code: cover.UploadTooLarge, Params: cover.Params{"limit": billing.MostStatementBytes}}
	}
	return write(ctx, s, func(tx *store.Tx) (wire.ReconcileStatementResponseObject, error) {
		b, err := billing.ReconcileStatement(tx, file)
		if err != nil {
			return nil, err
		}
		return wire.ReconcileStatement201JSONResponse{
			Body: toStatement(b), Headers: wire.ReconcileStatement201ResponseHeaders{Location: "/v1/bank-statements/" + b.ID.String()},
		}, nil
	})
}

// GetStatement answers GET /v1/bank-statements/{statement_id}.
func (s *Server) GetStatement(ctx context.Context, req wire.GetStatementRequestObject) (wire.GetStatementResponseObject, error) {
	b, err := s.reader(ctx).Statement(req.StatementID)
	if err != nil {
		return nil, err
	}
	return wire.GetStatement200JSONResponse(toStatement(b)), nil
}

// ListStatements answers GET /v1/bank-statements.
func (s *Server) ListStatements(ctx context.Context, req wire.ListStatementsRequestObject) (wire.ListStatementsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := s.reader(ctx).Statements(page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListStatements200JSONResponse{
		Body:    wire.BankStatementPage{Items: each(listed.Items, toStatement), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListStatements200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

func toStatement(b cover.BankStatement) wire.BankStatement {
	count := func(n int) int32 { return int32(n) } //nolint:gosec // ten thousand at most
	return wire.BankStatement{
		ID: b.ID, BranchID: b.BranchID, Sha256: b.SHA256, Lines: count(b.Lines), Matched: count(b.Matched),
		Unmatched: count(b.Unmatched), Known: count(b.Known), CreatedAt: b.CreatedAt,
	}
}
