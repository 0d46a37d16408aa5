package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

const (
	fundRoute  = "/v1/ex-gratia-funds/:fund_id"
	grantRoute = "/v1/ex-gratia-grants/:grant_id"
)

// SetFund answers POST /v1/ex-gratia-funds.
func (s *Server) SetFund(ctx context.Context, req wire.SetFundRequestObject) (wire.SetFundResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.SetFundResponseObject, error) {
		f, err := claims.SetFund(tx, cover.Fund{
			FiscalYear: int(req.Body.FiscalYear), Ceiling: req.Body.CeilingAmount, Reference: req.Body.Reference,
		})
		return wire.SetFund201JSONResponse{
			Body: toFund(f), Headers: wire.SetFund201ResponseHeaders{Location: href(fundRoute, f.ID.String()), ETag: etag(f.Version)},
		}, err
	})
}

// GetFund answers GET /v1/ex-gratia-funds/{fund_id}.
func (s *Server) GetFund(ctx context.Context, req wire.GetFundRequestObject) (wire.GetFundResponseObject, error) {
	f, err := s.reader(ctx).Fund(req.FundID)
	if err != nil {
		return nil, err
	}
	return wire.GetFund200JSONResponse{Body: toFund(f), Headers: wire.GetFund200ResponseHeaders{ETag: etag(f.Version)}}, nil
}

// ListFunds answers GET /v1/ex-gratia-funds.
func (s *Server) ListFunds(ctx context.Context, req wire.ListFundsRequestObject) (wire.ListFundsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := s.reader(ctx).Funds(int(or(in.FiscalYear)), page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListFunds200JSONResponse{
		Body:    wire.FundPage{Items: each(listed.Items, toFund), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListFunds200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// AmendFund answers PATCH /v1/ex-gratia-funds/{fund_id}.
func (s *Server) AmendFund(ctx context.Context, req wire.AmendFundRequestObject) (wire.AmendFundResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendFundResponseObject, error) {
		f, err := claims.AmendFund(tx, req.FundID, version, func(f *cover.Fund) {
			set(&f.Ceiling, req.Body.CeilingAmount)
			set(&f.Reference, req.Body.Reference)
		})
		return wire.AmendFund200JSONResponse{Body: toFund(f), Headers: wire.AmendFund200ResponseHeaders{ETag: etag(f.Version)}}, err
	})
}

// Grant answers POST /v1/ex-gratia-grants.
func (s *Server) Grant(ctx context.Context, req wire.GrantRequestObject) (wire.GrantResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.GrantResponseObject, error) {
		g, err := claims.Grant(tx, claims.Granting{
			FundID: req.Body.FundID, IncidentID: req.Body.IncidentID, LostPercent: or(req.Body.LossPercent),
			InpatientDays: int(or(req.Body.InpatientDays)), PayeeID: orNull(req.Body.PayeeID),
		})
		if err != nil {
			return nil, err
		}
		return wire.Grant201JSONResponse{
			Body:    s.view(tx.Reader).toGrant(g),
			Headers: wire.Grant201ResponseHeaders{Location: href(grantRoute, g.ID.String()), ETag: etag(g.Version)},
		}, nil
	})
}

// GetGrant answers GET /v1/ex-gratia-grants/{grant_id}.
func (s *Server) GetGrant(ctx context.Context, req wire.GetGrantRequestObject) (wire.GetGrantResponseObject, error) {
	r := s.reader(ctx)
	g, err := r.Grant(req.GrantID)
	if err != nil {
		return nil, err
	}
	return wire.GetGrant200JSONResponse{Body: s.view(r).toGrant(g), Headers: wire.GetGrant200ResponseHeaders{ETag: etag(g.Version)}}, nil
}

// ListGrants answers GET /v1/ex-gratia-grants.
func (s *Server) ListGrants(ctx context.Context, req wire.ListGrantsRequestObject) (wire.ListGrantsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.Grants(store.GrantFilter{IncidentID: or(in.IncidentID), FundID: or(in.FundID), Statuses: in.Status}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListGrants200JSONResponse{
		Body:    wire.GrantPage{Items: each(listed.Items, s.view(r).toGrant), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListGrants200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// DisburseGrant answers POST /v1/ex-gratia-grants/{grant_id}/disburse.
func (s *Server) DisburseGrant(ctx context.Context, req wire.DisburseGrantRequestObject) (wire.DisburseGrantResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.DisburseGrantResponseObject, error) {
		g, err := claims.Disburse(tx, req.GrantID, version, req.Body.DisbursedOn, req.Body.Reference)
		if err != nil {
			return nil, err
		}
		return wire.DisburseGrant200JSONResponse{
			Body: s.view(tx.Reader).toGrant(g), Headers: wire.DisburseGrant200ResponseHeaders{ETag: etag(g.Version)},
		}, nil
	})
}

// CancelGrant answers POST /v1/ex-gratia-grants/{grant_id}/cancel.
func (s *Server) CancelGrant(ctx context.Context, req wire.CancelGrantRequestObject) (wire.CancelGrantResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CancelGrantResponseObject, error) {
		g, err := claims.CancelGrant(tx, req.GrantID, version, req.Body.Reason)
		if err != nil {
			return nil, err
		}
		return wire.CancelGrant200JSONResponse{
			Body: s.view(tx.Reader).toGrant(g), Headers: wire.CancelGrant200ResponseHeaders{ETag: etag(g.Version)},
		}, nil
	})
}

func toFund(f cover.Fund) wire.Fund {
	return wire.Fund{
		ID: f.ID, OrganisationID: f.OrganisationID, FiscalYear: int32(f.FiscalYear), CeilingAmount: f.Ceiling, Reference: f.Reference, //nolint:gosec // the contract bounds years
		GrantedAmount: f.Granted, DisbursedAmount: f.Disbursed, RemainingAmount: f.Remaining(),
		Version: f.Version, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt,
	}
}

func (v view) toGrant(g cover.Grant) wire.Grant {
	return wire.Grant{
		ID: g.ID, FundID: g.FundID, IncidentID: g.IncidentID, OrganisationID: g.OrganisationID, PayeeID: idOrNil(g.PayeeID),
		Status: g.Status, Items: each(g.Items, toBenefitItem), Steps: each(g.Steps, v.toBenefitStep), Schedule: g.Schedule, GrantAmount: g.Amount,
		DisbursedOn: orNil(g.DisbursedOn), DisbursementReference: orNil(g.Reference), CancelReason: orNil(g.CancelReason),
		Actions: v.actions(grantRoute, g.ID.String(), g.Actions(v.who.Claimant())),
		Version: g.Version, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
	}
}
