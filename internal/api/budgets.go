package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

const budgetRoute = "/v1/budgets/:budget_id"

// SetBudget answers POST /v1/budgets.
func (s *Server) SetBudget(ctx context.Context, req wire.SetBudgetRequestObject) (wire.SetBudgetResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.SetBudgetResponseObject, error) {
		b, err := billing.SetBudget(tx, fromBudgetInput(*req.Body))
		if err != nil {
			return nil, err
		}
		return wire.SetBudget201JSONResponse{
			Body: toBudget(b), Headers: wire.SetBudget201ResponseHeaders{Location: href(budgetRoute, b.ID.String()), ETag: etag(b.Version)},
		}, nil
	})
}

// GetBudget answers GET /v1/budgets/{budget_id}.
func (s *Server) GetBudget(ctx context.Context, req wire.GetBudgetRequestObject) (wire.GetBudgetResponseObject, error) {
	b, err := s.reader(ctx).Budget(req.BudgetID)
	if err != nil {
		return nil, err
	}
	return wire.GetBudget200JSONResponse{Body: toBudget(b), Headers: wire.GetBudget200ResponseHeaders{ETag: etag(b.Version)}}, nil
}

// ListBudgets answers GET /v1/budgets.
func (s *Server) ListBudgets(ctx context.Context, req wire.ListBudgetsRequestObject) (wire.ListBudgetsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := s.reader(ctx).Budgets(store.BudgetFilter{
		OrganisationID: or(in.OrganisationID), AgreementID: or(in.AgreementID), FiscalYear: int(or(in.FiscalYear)), Stage: or(in.Stage),
	}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListBudgets200JSONResponse{
		Body:    wire.BudgetPage{Items: each(listed.Items, toBudget), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListBudgets200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// AmendBudget answers PATCH /v1/budgets/{budget_id}.
func (s *Server) AmendBudget(ctx context.Context, req wire.AmendBudgetRequestObject) (wire.AmendBudgetResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendBudgetResponseObject, error) {
		b, err := billing.AmendBudget(tx, req.BudgetID, version, func(b *cover.Budget) {
			set(&b.Reference, req.Body.Reference)
			set(&b.Ceiling, req.Body.CeilingAmount)
			if req.Body.AgreementIds != nil {
				b.AgreementIDs = req.Body.AgreementIds
			}
		})
		if err != nil {
			return nil, err
		}
		return wire.AmendBudget200JSONResponse{Body: toBudget(b), Headers: wire.AmendBudget200ResponseHeaders{ETag: etag(b.Version)}}, nil
	})
}

func fromBudgetInput(in wire.BudgetInput) cover.Budget {
	return cover.Budget{
		FiscalYear: int(in.FiscalYear), Stage: in.Stage, FundingSource: in.FundingSource, Reference: in.Reference,
		Ceiling: in.CeilingAmount, AgreementIDs: in.AgreementIds,
	}
}

func toBudget(b cover.Budget) wire.Budget {
	return wire.Budget{
		ID: b.ID, OrganisationID: b.OrganisationID, FiscalYear: int32(b.FiscalYear), Stage: b.Stage, //nolint:gosec // a year
		FundingSource: b.FundingSource, Reference: b.Reference, CeilingAmount: b.Ceiling, CommittedAmount: b.Committed,
		RemainingAmount: b.Remaining(), AgreementIds: b.AgreementIDs, Version: b.Version, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
	}
}
