package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// OpenClaim answers POST /v1/claims.
func (s *Server) OpenClaim(ctx context.Context, req wire.OpenClaimRequestObject) (wire.OpenClaimResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.OpenClaimResponseObject, error) {
		c, err := claims.Open(tx, fromClaimInput(*req.Body))
		if err != nil {
			return nil, err
		}
		return wire.OpenClaim201JSONResponse{
			Body:    s.view(tx.Reader).toClaim(c),
			Headers: wire.OpenClaim201ResponseHeaders{Location: "/v1/claims/" + c.ID.String(), ETag: etag(c.Version)},
		}, nil
	})
}

// GetClaim answers GET /v1/claims/{claim_id}.
func (s *Server) GetClaim(ctx context.Context, req wire.GetClaimRequestObject) (wire.GetClaimResponseObject, error) {
	r := s.reader(ctx)
	c, err := r.Claim(req.ClaimID)
	if err != nil {
		return nil, err
	}
	return wire.GetClaim200JSONResponse{
		Body: s.view(r).toClaim(c), Headers: wire.GetClaim200ResponseHeaders{ETag: etag(c.Version)},
	}, nil
}

// ListClaims answers GET /v1/claims.
func (s *Server) ListClaims(ctx context.Context, req wire.ListClaimsRequestObject) (wire.ListClaimsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.Claims(store.ClaimFilter{
		OfficerID: or(in.OfficerID), IncidentID: or(in.IncidentID), Programmes: in.Programme, Statuses: in.Status,
	}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListClaims200JSONResponse{
		Body:    wire.ClaimPage{Items: each(listed.Items, s.view(r).toClaim), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListClaims200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// SubmitClaim answers POST /v1/claims/{claim_id}/submit.
func (s *Server) SubmitClaim(ctx context.Context, req wire.SubmitClaimRequestObject) (wire.SubmitClaimResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.SubmitClaimResponseObject, error) {
		c, err := claims.Submit(tx, req.ClaimID, version)
		if err != nil {
			return nil, err
		}
		return wire.SubmitClaim200JSONResponse{
			Body: s.view(tx.Reader).toClaim(c), Headers: wire.SubmitClaim200ResponseHeaders{ETag: etag(c.Version)},
		}, nil
	})
}

// ApproveClaim answers POST /v1/claims/{claim_id}/approve.
func (s *Server) ApproveClaim(ctx context.Context, req wire.ApproveClaimRequestObject) (wire.ApproveClaimResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.ApproveClaimResponseObject, error) {
		c, err := claims.Approve(tx, req.ClaimID, version)
		if err != nil {
			return nil, err
		}
		return wire.ApproveClaim200JSONResponse{
			Body: s.view(tx.Reader).toClaim(c), Headers: wire.ApproveClaim200ResponseHeaders{ETag: etag(c.Version)},
		}, nil
	})
}

// RejectClaim answers POST /v1/claims/{claim_id}/reject.
func (s *Server) RejectClaim(ctx context.Context, req wire.RejectClaimRequestObject) (wire.RejectClaimResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.RejectClaimResponseObject, error) {
		c, err := claims.Reject(tx, req.ClaimID, version, req.Body.Reason, or(req.Body.Note))
		if err != nil {
			return nil, err
		}
		return wire.RejectClaim200JSONResponse{
			Body: s.view(tx.Reader).toClaim(c), Headers: wire.RejectClaim200ResponseHeaders{ETag: etag(c.Version)},
		}, nil
	})
}

// PayClaim answers POST /v1/claims/{claim_id}/pay.
func (s *Server) PayClaim(ctx context.Context, req wire.PayClaimRequestObject) (wire.PayClaimResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.PayClaimResponseObject, error) {
		c, err := claims.Pay(tx, req.ClaimID, version, req.Body.PaidOn, req.Body.Reference)
		if err != nil {
			return nil, err
		}
		return wire.PayClaim200JSONResponse{
			Body: s.view(tx.Reader).toClaim(c), Headers: wire.PayClaim200ResponseHeaders{ETag: etag(c.Version)},
		}, nil
	})
}

func fromClaimInput(in wire.ClaimInput) cover.Opening {
	return cover.Opening{
		IncidentID: in.IncidentID, Programme: in.Programme,
		Items: each(in.Items, func(i wire.BenefitItemInput) cover.BenefitItem {
			return cover.BenefitItem{Kind: i.Kind, Amount: i.BenefitAmount}
		}),
	}
}

func (v view) toClaim(c cover.Claim) wire.Claim {
	return wire.Claim{
		ID: c.ID, IncidentID: c.IncidentID, OfficerID: c.OfficerID, AgreementID: c.AgreementID, BranchID: c.BranchID,
		CoveragePeriodID: c.CoveragePeriodID, Programme: c.Programme, Status: c.Status, WageBaseAmount: c.WageBase,
		Items: each(c.Items, func(i cover.BenefitItem) wire.BenefitItem {
			return wire.BenefitItem{Kind: i.Kind, BenefitAmount: i.Amount}
		}),
		Steps: each(c.Steps, func(s cover.BenefitStep) wire.BenefitStep {
			return wire.BenefitStep{Rule: s.Rule, Law: s.Law, Expression: s.Expression, StepAmount: s.Amount}
		}),
		ClaimAmount: c.Amount, SubmittedAt: c.SubmittedAt, PayDueOn: orNil(c.PayDueOn), DecidedAt: c.DecidedAt,
		RejectionReason: orNil(c.RejectionReason), RejectionNote: orNil(c.RejectionNote), PaidOn: orNil(c.PaidOn),
		PaymentReference: orNil(c.PaymentReference),
		Actions:          v.actions("/v1/claims/:claim_id", c.ID.String(), c.Actions(v.who.Claimant())),
		Version:          c.Version, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}
