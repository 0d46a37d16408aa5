package api

import (
	"context"
	"slices"

	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// EstimateBenefits answers POST /v1/benefit-estimates.
func (s *Server) EstimateBenefits(ctx context.Context, req wire.EstimateBenefitsRequestObject) (wire.EstimateBenefitsResponseObject, error) {
	r := s.reader(ctx)
	e, err := claims.Estimate(r, fromBenefitEstimateInput(*req.Body))
	if err != nil {
		return nil, err
	}
	return wire.EstimateBenefits200JSONResponse(s.view(r).toBenefitEstimate(e, req.Body.ExGratia)), nil
}

// ListBenefitSchedules answers GET /v1/benefit-schedules.
func (s *Server) ListBenefitSchedules(ctx context.Context, req wire.ListBenefitSchedulesRequestObject) (wire.ListBenefitSchedulesResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	other := func(b tariff.BenefitSchedule) bool {
		return req.Params.Programme != nil && *req.Params.Programme != b.Programme
	}
	body := wire.BenefitScheduleList{Items: each(slices.DeleteFunc(slices.Clone(rates.Benefits), other), toBenefitSchedule)}
	return wire.ListBenefitSchedules200JSONResponse{
		Body: body, Headers: wire.ListBenefitSchedules200ResponseHeaders{ETag: digestTag(body)},
	}, nil
}

// GetBenefitSchedule answers GET /v1/benefit-schedules/{name}.
func (s *Server) GetBenefitSchedule(ctx context.Context, req wire.GetBenefitScheduleRequestObject) (wire.GetBenefitScheduleResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	found, known := rates.BenefitSchedule(req.Name, int(or(req.Params.Revision)))
	if !known {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return wire.GetBenefitSchedule200JSONResponse{
		Body: toBenefitSchedule(found), Headers: wire.GetBenefitSchedule200ResponseHeaders{ETag: etag(int64(found.Revision))},
	}, nil
}

// CorrectBenefitSchedule answers PUT /v1/benefit-schedules/{name}.
func (s *Server) CorrectBenefitSchedule(ctx context.Context, req wire.CorrectBenefitScheduleRequestObject) (wire.CorrectBenefitScheduleResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectBenefitScheduleResponseObject, error) {
		corrected, err := billing.CorrectBenefitSchedule(tx, req.Name, version, fromBenefitScheduleInput(*req.Body))
		return wire.CorrectBenefitSchedule200JSONResponse{
			Body:    toBenefitSchedule(corrected),
			Headers: wire.CorrectBenefitSchedule200ResponseHeaders{ETag: etag(int64(corrected.Revision))},
		}, err
	})
}

// ListExGratiaSchedules answers GET /v1/ex-gratia-schedules.
func (s *Server) ListExGratiaSchedules(ctx context.Context, req wire.ListExGratiaSchedulesRequestObject) (wire.ListExGratiaSchedulesResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	other := func(e tariff.ExGratiaSchedule) bool { return req.Params.Body != nil && *req.Params.Body != e.Body }
	body := wire.ExGratiaScheduleList{Items: each(slices.DeleteFunc(slices.Clone(rates.ExGratias), other), toExGratiaSchedule)}
	return wire.ListExGratiaSchedules200JSONResponse{
		Body: body, Headers: wire.ListExGratiaSchedules200ResponseHeaders{ETag: digestTag(body)},
	}, nil
}

// GetExGratiaSchedule answers GET /v1/ex-gratia-schedules/{name}.
func (s *Server) GetExGratiaSchedule(ctx context.Context, req wire.GetExGratiaScheduleRequestObject) (wire.GetExGratiaScheduleResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	found, known := rates.ExGratiaSchedule(req.Name, int(or(req.Params.Revision)))
	if !known {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return wire.GetExGratiaSchedule200JSONResponse{
		Body: toExGratiaSchedule(found), Headers: wire.GetExGratiaSchedule200ResponseHeaders{ETag: etag(int64(found.Revision))},
	}, nil
}

// CorrectExGratiaSchedule answers PUT /v1/ex-gratia-schedules/{name}.
func (s *Server) CorrectExGratiaSchedule(ctx context.Context, req wire.CorrectExGratiaScheduleRequestObject) (wire.CorrectExGratiaScheduleResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectExGratiaScheduleResponseObject, error) {
		corrected, err := billing.CorrectExGratiaSchedule(tx, req.Name, version, fromExGratiaScheduleInput(*req.Body))
		return wire.CorrectExGratiaSchedule200JSONResponse{
			Body:    toExGratiaSchedule(corrected),
			Headers: wire.CorrectExGratiaSchedule200ResponseHeaders{ETag: etag(int64(corrected.Revision))},
		}, err
	})
}

// ListDocumentRequirements answers GET /v1/document-requirements.
func (s *Server) ListDocumentRequirements(ctx context.Context, req wire.ListDocumentRequirementsRequestObject) (wire.ListDocumentRequirementsResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	other := func(l tariff.RequirementList) bool { return req.Params.Day != nil && !l.Holds(*req.Params.Day) }
	body := wire.DocumentRequirementsList{
		Items: each(slices.DeleteFunc(slices.Clone(rates.RequirementLists), other), toDocumentRequirements),
	}
	return wire.ListDocumentRequirements200JSONResponse{
		Body: body, Headers: wire.ListDocumentRequirements200ResponseHeaders{ETag: digestTag(body)},
	}, nil
}

// GetDocumentRequirements answers GET /v1/document-requirements/{name}.
func (s *Server) GetDocumentRequirements(ctx context.Context, req wire.GetDocumentRequirementsRequestObject) (wire.GetDocumentRequirementsResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	found, known := rates.RequirementList(req.Name, int(or(req.Params.Revision)))
	if !known {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return wire.GetDocumentRequirements200JSONResponse{
		Body: toDocumentRequirements(found), Headers: wire.GetDocumentRequirements200ResponseHeaders{ETag: etag(int64(found.Revision))},
	}, nil
}

// CorrectDocumentRequirements answers PUT /v1/document-requirements/{name}.
func (s *Server) CorrectDocumentRequirements(ctx context.Context, req wire.CorrectDocumentRequirementsRequestObject) (wire.CorrectDocumentRequirementsResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectDocumentRequirementsResponseObject, error) {
		corrected, err := billing.CorrectRequirements(tx, req.Name, version, fromDocumentRequirementsInput(*req.Body))
		return wire.CorrectDocumentRequirements200JSONResponse{
			Body:    toDocumentRequirements(corrected),
			Headers: wire.CorrectDocumentRequirements200ResponseHeaders{ETag: etag(int64(corrected.Revision))},
		}, err
	})
}

// ListClocks answers GET /v1/clocks.
func (s *Server) ListClocks(ctx context.Context, req wire.ListClocksRequestObject) (wire.ListClocksResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	other := func(c tariff.Clock) bool { return req.Params.Clock != nil && *req.Params.Clock != c.Name }
	body := wire.ClockList{Items: each(slices.DeleteFunc(slices.Clone(rates.Clocks), other), toClock)}
	return wire.ListClocks200JSONResponse{Body: body, Headers: wire.ListClocks200ResponseHeaders{ETag: digestTag(body)}}, nil
}

// GetClock answers GET /v1/clocks/{name}.
func (s *Server) GetClock(ctx context.Context, req wire.GetClockRequestObject) (wire.GetClockResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	found, known := rates.ClockVersion(req.Name, int(or(req.Params.Revision)))
	if !known {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return wire.GetClock200JSONResponse{
		Body: toClock(found), Headers: wire.GetClock200ResponseHeaders{ETag: etag(int64(found.Revision))},
	}, nil
}

// CorrectClock answers PUT /v1/clocks/{name}.
func (s *Server) CorrectClock(ctx context.Context, req wire.CorrectClockRequestObject) (wire.CorrectClockResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectClockResponseObject, error) {
		corrected, err := billing.CorrectClock(tx, req.Name, version, fromClockInput(*req.Body))
		return wire.CorrectClock200JSONResponse{
			Body: toClock(corrected), Headers: wire.CorrectClock200ResponseHeaders{ETag: etag(int64(corrected.Revision))},
		}, err
	})
}

func fromBenefitEstimateInput(in wire.BenefitEstimateInput) claims.Estimating {
	e := claims.Estimating{
		Programmes: in.Programmes, On: in.OccurredOn, Outcome: tariff.Outcome(in.Outcome), Segment: in.Segment, Base: or(in.WageBaseAmount),
		ConsecutiveMonths: int(or(in.ConsecutiveMonths)), ContributedMonths: int(or(in.ConsecutiveMonths)),
		LeftHanded: or(in.LeftHanded), Losses: each(in.Losses, fromLoss), Whole: or(in.WholeSchooling),
		Children: each(in.Children, func(c wire.SchoolChild) tariff.Child {
			return tariff.Child{
				Level: c.Level, Age: int(or(c.AgeYears)), Years: int(or(c.SchoolYears)), PaidYears: int(or(c.PaidYears)),
			}
		}),
	}
	if in.ContributedMonths != nil {
		e.ContributedMonths = int(*in.ContributedMonths)
	}
	if h := in.Honorarium; h != nil {
		e.Honorarium = &claims.Honorarium{Election: h.ElectionCode, Position: h.Position, Role: h.Role}
	}
	if x := in.ExGratia; x != nil {
		e.ExGratia = &tariff.ExGratiaQuery{Body: x.Body, Percent: or(x.LossPercent), Days: int(or(x.InpatientDays))}
	}
	return e
}

func fromLoss(in wire.LossInput) cover.Loss {
	return cover.Loss{
		Kind: cover.BenefitKind(in.Kind), Cost: or(in.CostAmount), Mode: or(in.Mode), From: or(in.FromOn), To: or(in.ToOn),
		Months: or(in.Months), Days: or(in.Days), Part: or(in.Part), Side: or(in.Side), Rate: or(in.AssessedRate),
		Units: or(in.Units), Percent: or(in.LossPercent), Total: or(in.Total),
	}
}

func toLoss(l cover.Loss) wire.Loss {
	return wire.Loss{
		Kind: wire.LossKind(l.Kind), CostAmount: orNil(l.Cost), Mode: orNil(l.Mode), FromOn: orNil(l.From), ToOn: orNil(l.To),
		Months: orNil(l.Months), Days: orNil(l.Days), Part: orNil(l.Part), Side: orNil(l.Side), AssessedRate: orNil(l.Rate),
		Units: orNil(l.Units), LossPercent: orNil(l.Percent), Total: orNil(l.Total),
	}
}

func (v view) toBenefitEstimate(e claims.Estimated, asked *wire.ExGratiaInput) wire.BenefitEstimate {
	out := wire.BenefitEstimate{
		WageBaseAmount: orNil(e.Base),
		Options: each(e.Options, func(o claims.Option) wire.EstimatedOption {
			return wire.EstimatedOption{
				Programme: o.Programme, Schedule: o.Schedule, Items: each(o.Items, toBenefitItem), Steps: each(o.Steps, v.toBenefitStep),
				ProgrammeAmount: o.Total, TotalAmount: o.Together,
			}
		}),
	}
	if own := e.ExGratia; own != nil {
		out.ExGratia = &wire.EstimatedExGratia{
			Body: asked.Body, Schedule: own.Schedule, Items: each(own.Items, toBenefitItem), Steps: each(own.Steps, v.toBenefitStep),
			ExGratiaAmount: own.Total,
		}
	}
	return out
}

func toBenefitItem(i cover.BenefitItem) wire.BenefitItem {
	return wire.BenefitItem{Kind: i.Kind, BenefitAmount: i.Amount}
}

func (v view) toBenefitStep(s cover.BenefitStep) wire.BenefitStep {
	return wire.BenefitStep{
		Rule: s.Rule, Law: s.Law, Certainty: certainties[s.Certainty], Inputs: s.Inputs, Expression: s.Expression,
		Explanation: v.server.explanations.of(s, v.language), StepAmount: s.Amount,
	}
}

func fromValidity(from cover.Date, to *cover.Date, law string, c wire.Certainty) tariff.Validity {
	return tariff.Validity{From: from, To: or(to), Law: law, Certainty: fromCertainty(c)}
}

func fromBasis(law *string, c *wire.Certainty) tariff.Basis {
	return tariff.Basis{Law: or(law), Certainty: fromCertainty(or(c))}
}

// certaintyOrNil spells a degree out where there is one.
func certaintyOrNil(c tariff.Certainty) *wire.Certainty { return orNil(certainties[string(c)]) }

func fromBenefitScheduleInput(in wire.BenefitScheduleInput) tariff.BenefitSchedule {
	s := tariff.BenefitSchedule{
		Validity: fromValidity(in.From, in.To, in.Law, in.Certainty), Items: each(in.Items, fromBenefitScheduleItem),
		Costs: each(in.Costs, func(c wire.CostRuleInput) tariff.Cost {
			return tariff.Cost{
				Kind: cover.BenefitKind(c.Kind), Mode: or(c.Mode), Most: or(c.MostAmount), Months: int(or(c.Months)),
				Markup: or(c.MarkupPercent), Basis: fromBasis(c.Law, c.Certainty),
			}
		}),
	}
	if w := in.Waiting; w != nil {
		s.Waiting = &tariff.Waiting{Segments: w.Segments, Months: int(w.Months), Pays: w.Pays, Law: w.Law, Certainty: fromCertainty(w.Certainty)}
	}
	if i := in.Incapacity; i != nil {
		s.Incapacity = &tariff.Incapacity{
			Divisor: i.DaysInMonth, DivisorCertainty: fromCertainty(or(i.DaysCertainty)), Basis: fromBasis(i.Law, i.Certainty),
			Tiers: each(i.Tiers, func(t wire.IncapacityTierInput) tariff.IncapacityTier {
				return tariff.IncapacityTier{Months: or(t.Months), Percent: t.Percent}
			}),
		}
	}
	if d := in.Disability; d != nil {
		s.Disability = &tariff.Disability{
			Multiple: d.Multiple, Most: d.MostRate, Total: each(d.Total, fromBenefitScheduleItem), Basis: fromBasis(d.Law, d.Certainty),
			Parts: each(d.Parts, func(p wire.DisabilityPartInput) tariff.DisabilityPart {
				return tariff.DisabilityPart{
					Part: p.Part, Rate: or(p.Rate), Right: or(p.RightRate), Left: or(p.LeftRate), Most: or(p.MostRate), Per: or(p.Per),
					Count: or(p.Count),
				}
			}),
		}
	}
	if p := in.Scholarship; p != nil {
		s.Scholarship = &tariff.Scholarship{
			Children: int(p.Children), AgeBelow: int(p.AgeBelow), Months: int(or(p.Months)), AtOnce: int(p.YearsAtOnce),
			Basis: fromBasis(p.Law, p.Certainty),
			Levels: each(p.Levels, func(l wire.ScholarshipLevelInput) tariff.ScholarshipLevel {
				return tariff.ScholarshipLevel{Level: l.Level, Amount: l.YearAmount, Years: int(l.Years)}
			}),
		}
	}
	if l := in.LatePayment; l != nil {
		s.Late = &tariff.Late{Rate: l.DayRate, Basis: fromBasis(l.Law, l.Certainty)}
	}
	return s
}

func fromBenefitScheduleItem(i wire.BenefitScheduleItemInput) tariff.BenefitItem {
	return tariff.BenefitItem{
		Kind: i.Kind, Times: i.Times, Amount: or(i.EachAmount), OfBase: or(i.OfBase), Minimum: or(i.MinimumAmount),
		MinimumCertainty: fromCertainty(or(i.MinimumCertainty)),
	}
}

func toBenefitSchedule(s tariff.BenefitSchedule) wire.BenefitSchedule {
	out := wire.BenefitSchedule{
		Name: s.Name, Revision: int32(s.Revision), VersionName: s.Version(), Programme: s.Programme,
		From: s.From, To: orNil(s.To), Law: s.Law, Certainty: certainties[string(s.Certainty)], Items: each(s.Items, toBenefitScheduleItem),
		Costs: each(s.Costs, func(c tariff.Cost) wire.CostRule {
			return wire.CostRule{
				Kind: wire.CostKind(c.Kind), Mode: orNil(c.Mode), MostAmount: orNil(c.Most), Months: orNil(int32(c.Months)),
				MarkupPercent: orNil(c.Markup), Law: orNil(c.Law), Certainty: certaintyOrNil(c.Certainty),
			}
		}),
	}
	if w := s.Waiting; w != nil {
		out.Waiting = &wire.WaitingRule{
			Segments: w.Segments, Months: int32(w.Months), Pays: w.Pays, Law: w.Law, Certainty: certainties[string(w.Certainty)],
		}
	}
	if i := s.Incapacity; i != nil {
		out.Incapacity = &wire.IncapacityRule{
			DaysInMonth: i.Divisor, DaysCertainty: certaintyOrNil(i.DivisorCertainty), Law: orNil(i.Law), Certainty: certaintyOrNil(i.Certainty),
			Tiers: each(i.Tiers, func(t tariff.IncapacityTier) wire.IncapacityTier {
				return wire.IncapacityTier{Months: orNil(t.Months), Percent: t.Percent}
			}),
		}
	}
	if d := s.Disability; d != nil {
		out.Disability = toDisabilityRule(*d)
	}
	if p := s.Scholarship; p != nil {
		out.Scholarship = &wire.ScholarshipRule{
			Children: int32(p.Children), AgeBelow: int32(p.AgeBelow), Months: orNil(int32(p.Months)), YearsAtOnce: int32(p.AtOnce),
			Law: orNil(p.Law), Certainty: certaintyOrNil(p.Certainty),
			Levels: each(p.Levels, func(l tariff.ScholarshipLevel) wire.ScholarshipLevel {
				return wire.ScholarshipLevel{Level: l.Level, YearAmount: l.Amount, Years: int32(l.Years)}
			}),
		}
	}
	if l := s.Late; l != nil {
		out.LatePayment = &wire.LatePaymentRule{DayRate: l.Rate, Law: orNil(l.Law), Certainty: certaintyOrNil(l.Certainty)}
	}
	return out
}

func toBenefitScheduleItem(i tariff.BenefitItem) wire.BenefitScheduleItem {
	return wire.BenefitScheduleItem{
		Kind: i.Kind, Times: i.Times, EachAmount: orNil(i.Amount), OfBase: i.OfBase, MinimumAmount: orNil(i.Minimum),
		MinimumCertainty: certaintyOrNil(i.MinimumCertainty),
	}
}

func toDisabilityRule(d tariff.Disability) *wire.DisabilityRule {
	return &wire.DisabilityRule{
		Multiple: d.Multiple, MostRate: d.Most, Total: each(d.Total, toBenefitScheduleItem), Law: orNil(d.Law),
		Certainty: certaintyOrNil(d.Certainty),
		Parts: each(d.Parts, func(p tariff.DisabilityPart) wire.DisabilityPart {
			return wire.DisabilityPart{
				Part: p.Part, Rate: orNil(p.Rate), RightRate: orNil(p.Right), LeftRate: orNil(p.Left), MostRate: orNil(p.Most), Per: orNil(p.Per),
				Count: orNil(p.Count),
			}
		}),
	}
}

func fromExGratiaScheduleInput(in wire.ExGratiaScheduleInput) tariff.ExGratiaSchedule {
	return tariff.ExGratiaSchedule{
		Validity: fromValidity(in.From, in.To, in.Law, in.Certainty), Items: each(in.Items, fromBenefitScheduleItem),
		Disability: tariff.ExGratiaDisability{Most: in.Disability.MostAmount, Basis: fromBasis(in.Disability.Law, in.Disability.Certainty)},
		Grades: each(in.Grades, func(g wire.CareGradeInput) tariff.CareGrade {
			return tariff.CareGrade{
				Grade: string(g.Grade), Days: int(g.InpatientDays), Percent: g.Percent, Most: g.MostAmount, Basis: fromBasis(g.Law, g.Certainty),
			}
		}),
	}
}

func toExGratiaSchedule(s tariff.ExGratiaSchedule) wire.ExGratiaSchedule {
	return wire.ExGratiaSchedule{
		Name: s.Name, Revision: int32(s.Revision), VersionName: s.Version(), Body: s.Body,
		From: s.From, To: orNil(s.To), Law: s.Law, Certainty: certainties[string(s.Certainty)], Items: each(s.Items, toBenefitScheduleItem),
		Disability: wire.ExGratiaDisability{
			MostAmount: s.Disability.Most, Law: orNil(s.Disability.Law), Certainty: certaintyOrNil(s.Disability.Certainty),
		},
		Grades: each(s.Grades, func(g tariff.CareGrade) wire.CareGrade {
			return wire.CareGrade{
				Grade: wire.CareGradeName(g.Grade), InpatientDays: int32(g.Days), Percent: g.Percent, MostAmount: g.Most,
				Law: orNil(g.Law), Certainty: certaintyOrNil(g.Certainty),
			}
		}),
	}
}

func fromDocumentRequirementsInput(in wire.DocumentRequirementsInput) tariff.RequirementList {
	return tariff.RequirementList{
		Validity: fromValidity(in.From, in.To, in.Law, in.Certainty),
		Entries: each(in.Entries, func(r wire.DocumentRequirementInput) tariff.Requirement {
			return tariff.Requirement{
				Document: r.Document, Streams: r.Streams, When: tariff.Case(r.When), Mandatory: r.Mandatory, Basis: fromBasis(r.Law, r.Certainty),
			}
		}),
	}
}

func toDocumentRequirements(l tariff.RequirementList) wire.DocumentRequirements {
	return wire.DocumentRequirements{
		Name: l.Name, Revision: int32(l.Revision), VersionName: l.Version(),
		From: l.From, To: orNil(l.To), Law: l.Law, Certainty: certainties[string(l.Certainty)],
		Entries: each(l.Entries, func(r tariff.Requirement) wire.DocumentRequirement {
			return wire.DocumentRequirement{
				Document: r.Document, Streams: r.Streams, When: wire.RequirementCase(r.When), Mandatory: r.Mandatory,
				Law: orNil(r.Law), Certainty: certaintyOrNil(r.Certainty),
			}
		}),
	}
}

func fromClockInput(in wire.ClockInput) tariff.Clock {
	return tariff.Clock{
		Validity: fromValidity(in.From, in.To, in.Law, in.Certainty),
		Span: tariff.Span{
			Hours: int(or(in.Hours)), Days: int(or(in.Days)), WorkingDays: int(or(in.WorkingDays)), Years: int(or(in.Years)),
		},
		Near: tariff.Span{Hours: int(or(in.Near.Hours)), Days: int(or(in.Near.Days)), WorkingDays: int(or(in.Near.WorkingDays))},
	}
}

func toClock(c tariff.Clock) wire.Clock {
	return wire.Clock{
		Name: c.Rule, Revision: int32(c.Revision), VersionName: c.Version(), Clock: c.Name,
		From: c.From, To: orNil(c.To), Law: c.Law, Certainty: certainties[string(c.Certainty)],
		Hours: orNil(int32(c.Hours)), Days: orNil(int32(c.Days)), WorkingDays: orNil(int32(c.WorkingDays)), Years: orNil(int32(c.Years)),
		Near: wire.ClockNear{
			Hours: orNil(int32(c.Near.Hours)), Days: orNil(int32(c.Near.Days)), WorkingDays: orNil(int32(c.Near.WorkingDays)),
		},
	}
}
