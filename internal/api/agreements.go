package api

import (
	"context"

	"github.com/google/uuid"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
)

const agreementRoute = "/v1/agreements/:agreement_id"

// DraftAgreement answers POST /v1/agreements.
func (s *Server) DraftAgreement(ctx context.Context, req wire.DraftAgreementRequestObject) (wire.DraftAgreementResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.DraftAgreementResponseObject, error) {
		a, err := registry.Draft(tx, fromAgreementInput(*req.Body))
		if err != nil {
			return nil, err
		}
		return wire.DraftAgreement201JSONResponse{
			Body:    s.view(tx.Reader).toAgreement(a),
			Headers: wire.DraftAgreement201ResponseHeaders{Location: href(agreementRoute, a.ID.String()), ETag: etag(a.Version)},
		}, nil
	})
}

// GetAgreement answers GET /v1/agreements/{agreement_id}.
func (s *Server) GetAgreement(ctx context.Context, req wire.GetAgreementRequestObject) (wire.GetAgreementResponseObject, error) {
	r := s.reader(ctx)
	a, err := r.Agreement(req.AgreementID)
	if err != nil {
		return nil, err
	}
	return wire.GetAgreement200JSONResponse{
		Body: s.view(r).toAgreement(a), Headers: wire.GetAgreement200ResponseHeaders{ETag: etag(a.Version)},
	}, nil
}

// ListAgreements answers GET /v1/agreements.
func (s *Server) ListAgreements(ctx context.Context, req wire.ListAgreementsRequestObject) (wire.ListAgreementsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.Agreements(store.AgreementFilter{
		Statuses: in.Status, PartyID: or(in.PartyID), ElectionCode: or(in.ElectionCode),
	}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListAgreements200JSONResponse{
		Body:    wire.AgreementPage{Items: each(listed.Items, s.view(r).toAgreement), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListAgreements200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// AmendAgreement answers PATCH /v1/agreements/{agreement_id}.
func (s *Server) AmendAgreement(ctx context.Context, req wire.AmendAgreementRequestObject) (wire.AmendAgreementResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendAgreementResponseObject, error) {
		a, err := registry.AmendAgreement(tx, req.AgreementID, version, fromAgreementPatch(*req.Body))
		if err != nil {
			return nil, err
		}
		return wire.AmendAgreement200JSONResponse{
			Body: s.view(tx.Reader).toAgreement(a), Headers: wire.AmendAgreement200ResponseHeaders{ETag: etag(a.Version)},
		}, nil
	})
}

// SignAgreement answers POST /v1/agreements/{agreement_id}/sign.
func (s *Server) SignAgreement(ctx context.Context, req wire.SignAgreementRequestObject) (wire.SignAgreementResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.SignAgreementResponseObject, error) {
		a, err := registry.Sign(tx, req.AgreementID, version, req.Body.SignedOn)
		if err != nil {
			return nil, err
		}
		return wire.SignAgreement200JSONResponse{
			Body: s.view(tx.Reader).toAgreement(a), Headers: wire.SignAgreement200ResponseHeaders{ETag: etag(a.Version)},
		}, nil
	})
}

// TerminateAgreement answers POST /v1/agreements/{agreement_id}/terminate.
func (s *Server) TerminateAgreement(ctx context.Context, req wire.TerminateAgreementRequestObject) (wire.TerminateAgreementResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.TerminateAgreementResponseObject, error) {
		a, err := registry.Terminate(tx, req.AgreementID, version, req.Body.TerminatedOn, req.Body.Reason)
		if err != nil {
			return nil, err
		}
		return wire.TerminateAgreement200JSONResponse{
			Body: s.view(tx.Reader).toAgreement(a), Headers: wire.TerminateAgreement200ResponseHeaders{ETag: etag(a.Version)},
		}, nil
	})
}

// GetCoverageGap answers GET /v1/agreements/{agreement_id}/coverage-gap.
func (s *Server) GetCoverageGap(ctx context.Context, req wire.GetCoverageGapRequestObject) (wire.GetCoverageGapResponseObject, error) {
	r := s.reader(ctx)
	a, err := r.Agreement(req.AgreementID)
	if err != nil {
		return nil, err
	}
	if err := a.MayTellGap(r.Actor().OrganisationID); err != nil {
		return nil, err
	}
	gaps, err := r.Gaps(a, r.Today())
	if err != nil {
		return nil, err
	}
	return wire.GetCoverageGap200JSONResponse(toCoverageGap(r.Today(), gaps)), nil
}

// EnrolOfficers answers POST /v1/agreements/{agreement_id}/enrolments.
func (s *Server) EnrolOfficers(ctx context.Context, req wire.EnrolOfficersRequestObject) (wire.EnrolOfficersResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.EnrolOfficersResponseObject, error) {
		later := prefers(req.Params.Prefer, "respond-async")
		e, err := registry.Enrol(tx, req.AgreementID, req.Body.Positions, later)
		if err != nil {
			return nil, err
		}
		body, location := s.view(tx.Reader).toEnrolment(e), "/v1/enrolments/"+e.ID.String()
		if e.Status() != cover.EnrolmentRunning {
			return wire.EnrolOfficers201JSONResponse{Body: body, Headers: wire.EnrolOfficers201ResponseHeaders{Location: location}}, nil
		}
		var applied *string
		if later {
			applied = orNil("respond-async")
		}
		return wire.EnrolOfficers202JSONResponse{
			Body: body, Headers: wire.EnrolOfficers202ResponseHeaders{Location: location, PreferenceApplied: applied},
		}, nil
	})
}

// ListEnrolments answers GET /v1/agreements/{agreement_id}/enrolments.
func (s *Server) ListEnrolments(ctx context.Context, req wire.ListEnrolmentsRequestObject) (wire.ListEnrolmentsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	if _, err := r.Agreement(req.AgreementID); err != nil {
		return nil, err
	}
	listed, err := r.Enrolments(req.AgreementID, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListEnrolments200JSONResponse{
		Body:    wire.EnrolmentPage{Items: each(listed.Items, s.view(r).toEnrolment), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListEnrolments200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// GetEnrolment answers GET /v1/enrolments/{enrolment_id}.
func (s *Server) GetEnrolment(ctx context.Context, req wire.GetEnrolmentRequestObject) (wire.GetEnrolmentResponseObject, error) {
	r := s.reader(ctx)
	e, err := r.Enrolment(req.EnrolmentID)
	if err != nil {
		return nil, err
	}
	body := s.view(r).toEnrolment(e)
	body.Warnings = s.faults(e.Doubts, requestOf(ctx).language) // a write says them by itself
	return wire.GetEnrolment200JSONResponse(body), nil
}

func fromAgreementInput(in wire.AgreementInput) cover.AgreementTerms {
	terms := cover.AgreementTerms{
		Title: in.Title, Parties: each(in.Parties, fromParty), Positions: each(in.Positions, fromAgreementPosition),
		ElectionCode: or(in.ElectionCode), Segment: in.Segment, RiskClass: or(in.RiskClass), WageBasePolicy: in.WageBasePolicy,
		DeclaredWage: or(in.DeclaredWageAmount), FundingSource: in.FundingSource, StartsOn: in.StartsOn, EndsOn: in.EndsOn,
		LegalBases: in.LegalBases, RenewsID: orNull(in.RenewsID),
		MonthRule: or(in.MonthRule), Contributions: int(or(in.ContributionsPerTerm)), Billing: or(in.Billing),
	}
	return terms
}

func fromAgreementPatch(in wire.AgreementPatch) func(*cover.AgreementTerms) {
	return func(t *cover.AgreementTerms) {
		set(&t.Title, in.Title)
		if in.Parties != nil {
			t.Parties = each(in.Parties, fromParty)
		}
		if in.Positions != nil {
			t.Positions = each(in.Positions, fromAgreementPosition)
		}
		setOrClear(&t.ElectionCode, in.ElectionCode)
		set(&t.Segment, in.Segment)
		set(&t.RiskClass, in.RiskClass)
		set(&t.WageBasePolicy, in.WageBasePolicy)
		setOrClearAmount(&t.DeclaredWage, in.DeclaredWageAmount)
		set(&t.FundingSource, in.FundingSource)
		set(&t.StartsOn, in.StartsOn)
		set(&t.EndsOn, in.EndsOn)
		set(&t.MonthRule, in.MonthRule)
		setOrClearCount(&t.Contributions, in.ContributionsPerTerm)
		set(&t.Billing, in.Billing)
		if in.LegalBases != nil {
			t.LegalBases = in.LegalBases
		}
	}
}

func fromParty(p wire.Party) cover.Party {
	return cover.Party{
		OrganisationID: p.OrganisationID, Role: p.Role, Number: or(p.Number),
		SignatoryName: or(p.SignatoryName), SignatoryOffice: or(p.SignatoryOffice),
	}
}

func fromAgreementPosition(p wire.AgreementPosition) cover.AgreementPosition {
	return cover.AgreementPosition{
		Position: p.Position, Headcount: int(p.Headcount), Included: p.Included == nil || *p.Included,
	}
}

func (v view) toAgreement(a cover.Agreement) wire.Agreement {
	out := wire.Agreement{
		ID: a.ID, Title: a.Title, Programmes: cover.Programmes, ElectionCode: orNil(a.ElectionCode), Segment: a.Segment,
		RiskClass: a.RiskClass, WageBasePolicy: a.WageBasePolicy, DeclaredWageAmount: orNil(a.DeclaredWage),
		FundingSource: a.FundingSource, StartsOn: a.StartsOn, EndsOn: a.EndsOn, LegalBases: a.LegalBases,
		RenewsID: idOrNil(a.RenewsID), MonthRule: a.MonthRule, ContributionsPerTerm: orNil(int32(a.Contributions)), Billing: a.Billing,
		Status: a.StatusOn(v.today), SignedOn: orNil(a.SignedOn),
		TerminatedOn: orNil(a.TerminatedOn), TerminationReason: orNil(a.TerminationReason),
		Version: a.Version, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
		Actions: v.actions(agreementRoute, a.ID.String(), a.Actions(v.who.OrganisationID, v.today)),
	}
	out.Parties = each(a.Parties, func(p cover.Party) wire.AgreementParty {
		return wire.AgreementParty{
			OrganisationID: p.OrganisationID, Role: p.Role, Number: orNil(p.Number),
			SignatoryName: orNil(p.SignatoryName), SignatoryOffice: orNil(p.SignatoryOffice),
		}
	})
	out.Positions = each(a.Positions, func(p cover.AgreementPosition) wire.CoveredPosition {
		return wire.CoveredPosition{Position: p.Position, Headcount: int32(p.Headcount), Included: p.Included}
	})
	return out
}

func toCoverageGap(day cover.Date, gaps []cover.Gap) wire.CoverageGap {
	out := wire.CoverageGap{AsOf: day}
	out.Positions = each(gaps, func(g cover.Gap) wire.GapPosition {
		out.Expected += g.Expected
		out.OnRoster += g.OnRoster
		out.Covered += g.Covered
		out.Uncovered += g.Uncovered()
		return wire.GapPosition{
			Position: g.Position, Included: g.Included, Expected: g.Expected, OnRoster: g.OnRoster,
			Covered: g.Covered, Uncovered: g.Uncovered(),
		}
	})
	return out
}

func (v view) toEnrolment(e cover.Enrolment) wire.Enrolment {
	out := wire.Enrolment{
		ID: e.ID, AgreementID: e.AgreementID, Status: e.Status(), CompletedAt: e.CompletedAt, Enrolled: e.Enrolled, AlreadyEnrolled: e.AlreadyEnrolled,
		Skipped: each(e.Skipped, func(s cover.Skip) wire.EnrolmentSkip {
			return wire.EnrolmentSkip{Reason: s.Reason, Officers: s.Officers}
		}),
		MonthlyPremiumAmount: e.MonthlyPremium, CreatedAt: e.CreatedAt,
	}
	if e.Failure != nil {
		out.Failure = &v.server.faults(cover.Faults{*e.Failure}, v.language)[0]
	}
	return out
}

// idOrNil makes an absent value of no id.
func idOrNil(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}
