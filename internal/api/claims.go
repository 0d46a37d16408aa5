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
		body, err := s.view(tx.Reader).wholeClaim(tx.Reader, c)
		return wire.OpenClaim201JSONResponse{
			Body: body, Headers: wire.OpenClaim201ResponseHeaders{Location: "/v1/claims/" + c.ID.String(), ETag: etag(c.Version)},
		}, err
	})
}

// GetClaim answers GET /v1/claims/{claim_id}.
func (s *Server) GetClaim(ctx context.Context, req wire.GetClaimRequestObject) (wire.GetClaimResponseObject, error) {
	r := s.reader(ctx)
	c, err := r.Claim(req.ClaimID)
	if err != nil {
		return nil, err
	}
	body, err := s.view(r).wholeClaim(r, c)
	return wire.GetClaim200JSONResponse{Body: body, Headers: wire.GetClaim200ResponseHeaders{ETag: etag(c.Version)}}, err
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

// AmendClaim answers PATCH /v1/claims/{claim_id}.
func (s *Server) AmendClaim(ctx context.Context, req wire.AmendClaimRequestObject) (wire.AmendClaimResponseObject, error) {
	return act(ctx, s, &req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.AmendClaim(tx, req.ClaimID, v, fromClaimPatch(*req.Body))
	}, func(body wire.Claim, tag string) wire.AmendClaimResponseObject {
		return wire.AmendClaim200JSONResponse{Body: body, Headers: wire.AmendClaim200ResponseHeaders{ETag: tag}}
	})
}

// SubmitClaim answers POST /v1/claims/{claim_id}/submit.
func (s *Server) SubmitClaim(ctx context.Context, req wire.SubmitClaimRequestObject) (wire.SubmitClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Submit(tx, req.ClaimID, v)
	}, func(body wire.Claim, tag string) wire.SubmitClaimResponseObject {
		return wire.SubmitClaim200JSONResponse{Body: body, Headers: wire.SubmitClaim200ResponseHeaders{ETag: tag}}
	})
}

// ReturnClaim answers POST /v1/claims/{claim_id}/return.
func (s *Server) ReturnClaim(ctx context.Context, req wire.ReturnClaimRequestObject) (wire.ReturnClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Return(tx, req.ClaimID, v, each(req.Body.Reasons, func(r wire.ReturnReasonInput) cover.ClaimReason {
			return cover.ClaimReason{Reason: string(r.Reason), DocumentKind: or(r.DocumentKind), Note: or(r.Note)}
		}))
	}, func(body wire.Claim, tag string) wire.ReturnClaimResponseObject {
		return wire.ReturnClaim200JSONResponse{Body: body, Headers: wire.ReturnClaim200ResponseHeaders{ETag: tag}}
	})
}

// VerifyClaim answers POST /v1/claims/{claim_id}/verify.
func (s *Server) VerifyClaim(ctx context.Context, req wire.VerifyClaimRequestObject) (wire.VerifyClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Verify(tx, req.ClaimID, v)
	}, func(body wire.Claim, tag string) wire.VerifyClaimResponseObject {
		return wire.VerifyClaim200JSONResponse{Body: body, Headers: wire.VerifyClaim200ResponseHeaders{ETag: tag}}
	})
}

// ApproveClaim answers POST /v1/claims/{claim_id}/approve.
func (s *Server) ApproveClaim(ctx context.Context, req wire.ApproveClaimRequestObject) (wire.ApproveClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Approve(tx, req.ClaimID, v)
	}, func(body wire.Claim, tag string) wire.ApproveClaimResponseObject {
		return wire.ApproveClaim200JSONResponse{Body: body, Headers: wire.ApproveClaim200ResponseHeaders{ETag: tag}}
	})
}

// RejectClaim answers POST /v1/claims/{claim_id}/reject.
func (s *Server) RejectClaim(ctx context.Context, req wire.RejectClaimRequestObject) (wire.RejectClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Reject(tx, req.ClaimID, v, req.Body.Reason, or(req.Body.Note))
	}, func(body wire.Claim, tag string) wire.RejectClaimResponseObject {
		return wire.RejectClaim200JSONResponse{Body: body, Headers: wire.RejectClaim200ResponseHeaders{ETag: tag}}
	})
}

// PayClaim answers POST /v1/claims/{claim_id}/pay.
func (s *Server) PayClaim(ctx context.Context, req wire.PayClaimRequestObject) (wire.PayClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Pay(tx, req.ClaimID, v, cover.Payout{
			PaidOn: req.Body.PaidOn, HandedOverOn: or(req.Body.HandedOverOn), Reference: req.Body.Reference,
		})
	}, func(body wire.Claim, tag string) wire.PayClaimResponseObject {
		return wire.PayClaim200JSONResponse{Body: body, Headers: wire.PayClaim200ResponseHeaders{ETag: tag}}
	})
}

// ReopenClaim answers POST /v1/claims/{claim_id}/reopen.
func (s *Server) ReopenClaim(ctx context.Context, req wire.ReopenClaimRequestObject) (wire.ReopenClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Reopen(tx, req.ClaimID, v, cover.ClaimReason{Reason: string(req.Body.Reason), Note: or(req.Body.Note)})
	}, func(body wire.Claim, tag string) wire.ReopenClaimResponseObject {
		return wire.ReopenClaim200JSONResponse{Body: body, Headers: wire.ReopenClaim200ResponseHeaders{ETag: tag}}
	})
}

// AppealClaim answers POST /v1/claims/{claim_id}/appeal.
func (s *Server) AppealClaim(ctx context.Context, req wire.AppealClaimRequestObject) (wire.AppealClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Appeal(tx, req.ClaimID, v, cover.ClaimReason{Reason: string(req.Body.Reason), Note: or(req.Body.Note)})
	}, func(body wire.Claim, tag string) wire.AppealClaimResponseObject {
		return wire.AppealClaim200JSONResponse{Body: body, Headers: wire.AppealClaim200ResponseHeaders{ETag: tag}}
	})
}

// WithdrawClaim answers POST /v1/claims/{claim_id}/withdraw.
func (s *Server) WithdrawClaim(ctx context.Context, req wire.WithdrawClaimRequestObject) (wire.WithdrawClaimResponseObject, error) {
	return act(ctx, s, req.Params.IfMatch, func(tx *store.Tx, v store.Version) (cover.Claim, error) {
		return claims.Withdraw(tx, req.ClaimID, v)
	}, func(body wire.Claim, tag string) wire.WithdrawClaimResponseObject {
		return wire.WithdrawClaim200JSONResponse{Body: body, Headers: wire.WithdrawClaim200ResponseHeaders{ETag: tag}}
	})
}

// act runs a verb on a claim in the version asked for, and answers with the claim.
func act[T any](
	ctx context.Context, s *Server, match *string, verb func(*store.Tx, store.Version) (cover.Claim, error), answer func(wire.Claim, string) T,
) (none T, err error) {
	version, err := ifMatch(match)
	if err != nil {
		return none, err
	}
	return write(ctx, s, func(tx *store.Tx) (T, error) {
		c, err := verb(tx, version)
		if err != nil {
			return none, err
		}
		body, err := s.view(tx.Reader).wholeClaim(tx.Reader, c)
		return answer(body, etag(c.Version)), err
	})
}

func fromClaimInput(in wire.ClaimInput) cover.Opening {
	out := cover.Opening{
		IncidentID: in.IncidentID, Programme: in.Programme, SchoolYear: int(or(in.SchoolYear)),
		Asked: cover.Asked{
			Losses: each(in.Losses, fromLoss), LeftHanded: or(in.LeftHanded), Reimbursement: or(in.Reimbursement), Pupils: each(in.Pupils, fromPupil),
		},
	}
	out.PayeeID, out.ReopensID = orNull(in.PayeeID), orNull(in.ReopensID)
	return out
}

func fromPupil(in wire.PupilInput) cover.Pupil {
	return cover.Pupil{HeirID: in.HeirID, Level: in.Level, Unmarried: in.Unmarried, NotWorking: in.NotWorking}
}

func fromClaimPatch(in wire.ClaimPatch) func(*cover.Asked) {
	return func(a *cover.Asked) {
		if in.Losses != nil {
			a.Losses = each(in.Losses, fromLoss)
		}
		set(&a.LeftHanded, in.LeftHanded)
		if in.PayeeID.IsSpecified() {
			a.PayeeID = orNull(orAbsent(in.PayeeID))
		}
		set(&a.Reimbursement, in.Reimbursement)
		if in.Pupils != nil {
			a.Pupils = each(in.Pupils, fromPupil)
		}
	}
}

// wholeClaim is a claim with what it needs and what was done to it.
func (v view) wholeClaim(r *store.Reader, c cover.Claim) (wire.Claim, error) {
	out := v.toClaim(c)
	needed, err := claims.RequirementsOf(r, c)
	if err != nil {
		return out, err
	}
	steps, err := r.ClaimSteps(c.ID)
	out.Requirements, out.History = each(needed, v.toRequirement), each(steps, v.toClaimStep)
	return out, err
}

func (v view) toRequirement(r cover.Requirement) wire.Requirement {
	return wire.Requirement{
		DocumentKind: r.DocumentKind, Title: word(r.DocumentKind, v.language), Mandatory: r.Mandatory, Status: r.Status,
		HeirID: idOrNil(r.HeirID), Rank: orNil(int32(r.Rank)), SchoolYear: orNil(int32(r.SchoolYear)), DocumentIds: r.DocumentIDs, Law: r.Law, //nolint:gosec // there are six ranks
	}
}

func (v view) toClaimStep(s cover.ClaimStep) wire.ClaimStep {
	return wire.ClaimStep{
		Decision: s.Decision, At: s.DecidedAt, OrganisationID: s.OrganisationID, ClientID: s.ClientID, ClaimAmount: &s.Amount,
		Reasons: each(s.Reasons, func(r cover.ClaimReason) wire.ClaimReason {
			words, _ := v.server.catalogue.entry(r.Code(s.Decision))
			return wire.ClaimReason{
				Reason: r.Reason, Code: r.Code(s.Decision), Title: words.Title.in(v.language), Remedy: words.Remedy.in(v.language),
				DocumentKind: orNil(r.DocumentKind), Note: orNil(r.Note),
			}
		}),
	}
}

func (v view) toClaim(c cover.Claim) wire.Claim {
	return wire.Claim{
		ID: c.ID, IncidentID: c.IncidentID, OfficerID: c.OfficerID, AgreementID: c.AgreementID, BranchID: c.BranchID,
		CoveragePeriodID: c.CoveragePeriodID, Programme: c.Programme, Status: c.Status, WageBaseAmount: c.WageBase,
		Losses: each(c.Losses, toLoss), LeftHanded: c.LeftHanded, PayeeID: idOrNil(c.PayeeID), Reimbursement: c.Reimbursement,
		SchoolYear: orNil(int32(c.SchoolYear)), ReopensID: idOrNil(c.ReopensID), //nolint:gosec // the contract bounds years
		Pupils: each(c.Pupils, func(p cover.Pupil) wire.Pupil {
			return wire.Pupil{HeirID: p.HeirID, Level: p.Level, Unmarried: p.Unmarried, NotWorking: p.NotWorking}
		}),
		Items: each(c.Items, toBenefitItem), Steps: each(c.Steps, v.toBenefitStep), Schedule: orNil(c.Schedule), ClaimAmount: c.Amount,
		CompensationAmount: orNil(c.Compensation), Requirements: []wire.Requirement{}, History: []wire.ClaimStep{},
		SubmittedAt: c.SubmittedAt, PayDueOn: orNil(c.PayDueOn), DecidedAt: c.DecidedAt,
		RejectionReason: orNil(c.RejectionReason), RejectionNote: orNil(c.RejectionNote), PaidOn: orNil(c.PaidOn),
		HandedOverOn: orNil(c.HandedOverOn), PaymentReference: orNil(c.PaymentReference),
		Actions: v.actions("/v1/claims/:claim_id", c.ID.String(), c.Actions(v.who.Claimant())),
		Version: c.Version, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

// GetBenefits answers GET /v1/incidents/{incident_id}/benefits.
func (s *Server) GetBenefits(ctx context.Context, req wire.GetBenefitsRequestObject) (wire.GetBenefitsResponseObject, error) {
	r := s.reader(ctx)
	i, err := insideIncident(r, req.IncidentID)
	if err != nil {
		return nil, err
	}
	found, err := r.ClaimsOf(i.ID)
	if err != nil {
		return nil, err
	}
	granted, err := r.GrantsOf(i.ID)
	if err != nil {
		return nil, err
	}
	b := cover.Benefits(found, granted)
	out := wire.GetBenefits200JSONResponse{
		IncidentID: i.ID, InsuranceAmount: b.Insurance, PaidAmount: b.Paid,
		Claims: each(b.Claims, func(c cover.Claim) wire.BenefitClaim {
			return wire.BenefitClaim{ClaimID: c.ID, Programme: c.Programme, Status: c.Status, ClaimAmount: c.Amount, PaidAmount: c.Paid()}
		}),
	}
	if r.SeesGrants() {
		together := b.Total()
		out.ExGratiaAmount, out.TotalAmount = &b.ExGratia, &together
		out.Grants = each(b.Grants, func(g cover.Grant) wire.BenefitGrant {
			return wire.BenefitGrant{GrantID: g.ID, Status: g.Status, GrantAmount: g.Amount, PaidAmount: g.Paid()}
		})
	}
	return out, nil
}
