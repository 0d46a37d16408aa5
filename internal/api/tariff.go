package api

import (
	"context"
	"slices"

	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// ListSchedules answers GET /v1/contribution-schedules.
func (s *Server) ListSchedules(ctx context.Context, req wire.ListSchedulesRequestObject) (wire.ListSchedulesResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	other := func(c tariff.ContributionSchedule) bool {
		return req.Params.Segment != nil && *req.Params.Segment != c.Segment ||
			req.Params.Month != nil && !c.Holds(req.Params.Month.First())
	}
	body := wire.ScheduleList{Items: each(slices.DeleteFunc(slices.Clone(rates.Contributions), other), toSchedule)}
	return wire.ListSchedules200JSONResponse{
		Body: body, Headers: wire.ListSchedules200ResponseHeaders{ETag: digestTag(body)},
	}, nil
}

// EnterSchedule answers POST /v1/contribution-schedules.
func (s *Server) EnterSchedule(ctx context.Context, req wire.EnterScheduleRequestObject) (wire.EnterScheduleResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.EnterScheduleResponseObject, error) {
		in := fromScheduleInput(req.Body.Schedule)
		in.Name, in.Segment = req.Body.Name, req.Body.Segment
		entered, err := billing.EnterSchedule(tx, in)
		return wire.EnterSchedule201JSONResponse{
			Body: toSchedule(entered),
			Headers: wire.EnterSchedule201ResponseHeaders{
				Location: "/v1/contribution-schedules/" + entered.Name, ETag: etag(int64(entered.Revision)),
			},
		}, err
	})
}

// GetSchedule answers GET /v1/contribution-schedules/{name}.
func (s *Server) GetSchedule(ctx context.Context, req wire.GetScheduleRequestObject) (wire.GetScheduleResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	found, known := rates.Schedule(req.Name, int(or(req.Params.Revision)))
	if !known {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return wire.GetSchedule200JSONResponse{
		Body: toSchedule(found), Headers: wire.GetSchedule200ResponseHeaders{ETag: etag(int64(found.Revision))},
	}, nil
}

// CorrectSchedule answers PUT /v1/contribution-schedules/{name}.
func (s *Server) CorrectSchedule(ctx context.Context, req wire.CorrectScheduleRequestObject) (wire.CorrectScheduleResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectScheduleResponseObject, error) {
		corrected, err := billing.CorrectSchedule(tx, req.Name, version, fromScheduleInput(*req.Body))
		return wire.CorrectSchedule200JSONResponse{
			Body: toSchedule(corrected), Headers: wire.CorrectSchedule200ResponseHeaders{ETag: etag(int64(corrected.Revision))},
		}, err
	})
}

// ListReliefs answers GET /v1/reliefs.
func (s *Server) ListReliefs(ctx context.Context, _ wire.ListReliefsRequestObject) (wire.ListReliefsResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	body := wire.ReliefList{Items: each(rates.Reliefs, toRelief)}
	return wire.ListReliefs200JSONResponse{Body: body, Headers: wire.ListReliefs200ResponseHeaders{ETag: digestTag(body)}}, nil
}

// EnterRelief answers POST /v1/reliefs.
func (s *Server) EnterRelief(ctx context.Context, req wire.EnterReliefRequestObject) (wire.EnterReliefResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.EnterReliefResponseObject, error) {
		in := fromReliefInput(req.Body.Relief)
		in.Name = req.Body.Name
		entered, err := billing.EnterRelief(tx, in)
		return wire.EnterRelief201JSONResponse{
			Body: toRelief(entered),
			Headers: wire.EnterRelief201ResponseHeaders{
				Location: "/v1/reliefs/" + entered.Name, ETag: etag(int64(entered.Revision)),
			},
		}, err
	})
}

// GetRelief answers GET /v1/reliefs/{name}.
func (s *Server) GetRelief(ctx context.Context, req wire.GetReliefRequestObject) (wire.GetReliefResponseObject, error) {
	rates, err := s.reader(ctx).Tariff()
	if err != nil {
		return nil, err
	}
	found, known := rates.Relief(req.Name, int(or(req.Params.Revision)))
	if !known {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return wire.GetRelief200JSONResponse{
		Body: toRelief(found), Headers: wire.GetRelief200ResponseHeaders{ETag: etag(int64(found.Revision))},
	}, nil
}

// CorrectRelief answers PUT /v1/reliefs/{name}.
func (s *Server) CorrectRelief(ctx context.Context, req wire.CorrectReliefRequestObject) (wire.CorrectReliefResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectReliefResponseObject, error) {
		corrected, err := billing.CorrectRelief(tx, req.Name, version, fromReliefInput(*req.Body))
		return wire.CorrectRelief200JSONResponse{
			Body: toRelief(corrected), Headers: wire.CorrectRelief200ResponseHeaders{ETag: etag(int64(corrected.Revision))},
		}, err
	})
}

// ListHolidays answers GET /v1/holidays.
func (s *Server) ListHolidays(ctx context.Context, req wire.ListHolidaysRequestObject) (wire.ListHolidaysResponseObject, error) {
	found, err := s.reader(ctx).Holidays(int(or(req.Params.Year)))
	if err != nil {
		return nil, err
	}
	body := wire.HolidayList{Items: each(found, toHoliday)}
	return wire.ListHolidays200JSONResponse{Body: body, Headers: wire.ListHolidays200ResponseHeaders{ETag: digestTag(body)}}, nil
}

// EnterHoliday answers POST /v1/holidays.
func (s *Server) EnterHoliday(ctx context.Context, req wire.EnterHolidayRequestObject) (wire.EnterHolidayResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.EnterHolidayResponseObject, error) {
		h, err := billing.EnterHoliday(tx, cover.Holiday{
			Day: req.Body.Day, NameID: req.Body.NameID, NameEN: req.Body.NameEn, Certainty: string(fromCertainty(req.Body.Certainty)),
		})
		return wire.EnterHoliday201JSONResponse{
			Body:    toHoliday(h),
			Headers: wire.EnterHoliday201ResponseHeaders{Location: "/v1/holidays/" + h.Day.String(), ETag: etag(h.Version)},
		}, err
	})
}

// GetHoliday answers GET /v1/holidays/{day}.
func (s *Server) GetHoliday(ctx context.Context, req wire.GetHolidayRequestObject) (wire.GetHolidayResponseObject, error) {
	h, err := s.reader(ctx).Holiday(req.Day)
	if err != nil {
		return nil, err
	}
	return wire.GetHoliday200JSONResponse{Body: toHoliday(h), Headers: wire.GetHoliday200ResponseHeaders{ETag: etag(h.Version)}}, nil
}

// CorrectHoliday answers PUT /v1/holidays/{day}.
func (s *Server) CorrectHoliday(ctx context.Context, req wire.CorrectHolidayRequestObject) (wire.CorrectHolidayResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectHolidayResponseObject, error) {
		h, err := billing.CorrectHoliday(tx, cover.Holiday{
			Day: req.Day, NameID: req.Body.NameID, NameEN: req.Body.NameEn, Certainty: string(fromCertainty(req.Body.Certainty)),
			Works: or(req.Body.Works),
		}, version)
		return wire.CorrectHoliday200JSONResponse{
			Body: toHoliday(h), Headers: wire.CorrectHoliday200ResponseHeaders{ETag: etag(h.Version)},
		}, err
	})
}

// fromCertainty finds the mark of a degree of certainty.
func fromCertainty(c wire.Certainty) tariff.Certainty {
	for mark, spelled := range certainties {
		if spelled == c {
			return tariff.Certainty(mark)
		}
	}
	return "" // no degree: the rule is refused as broken
}

func fromScheduleInput(in wire.ScheduleInput) tariff.ContributionSchedule {
	s := tariff.ContributionSchedule{
		Validity: tariff.Validity{From: in.From, To: or(in.To), Law: in.Law, Certainty: fromCertainty(in.Certainty)},
		JKKRates: map[cover.RiskClass]int64{}, JKMRate: or(in.JKMRate), JKMFlat: or(in.JKMFlatAmount),
		Due: tariff.Due{Day: int(in.DueDay), MonthsAfter: int(in.DueMonthsAfter)}, AgeBelow: int(or(in.AgeBelow)),
	}
	for _, t := range in.Tiers {
		s.Tiers = append(s.Tiers, tariff.Tier{FromIncome: t.FromIncomeAmount, Base: t.BaseAmount})
	}
	for _, r := range in.JKKRates {
		class := cover.RiskClass(r.RiskClass)
		if _, twice := s.JKKRates[class]; twice {
			r.Rate = 0 // a class with two rates has none, and is refused
		}
		s.JKKRates[class] = r.Rate
	}
	if f := in.Fine; f != nil {
		s.Fine = tariff.Fine{Rate: f.Rate, Exempt: f.Exempt, Law: f.Law, Certainty: fromCertainty(f.Certainty)}
	}
	if a := in.Arrears; a != nil {
		s.Arrears = tariff.Arrears{
			Months: int(a.Months), Within: a.Within, Beyond: a.Beyond, Law: a.Law, Certainty: fromCertainty(a.Certainty),
		}
	}
	return s
}

func toSchedule(s tariff.ContributionSchedule) wire.Schedule {
	out := wire.Schedule{
		Name: s.Name, Revision: int32(s.Revision), VersionName: s.Version(), Segment: s.Segment,
		From: s.From, To: orNil(s.To), Law: s.Law, Certainty: certainties[string(s.Certainty)],
		JKKRates: toJKKRates(s), JKMRate: orNil(s.JKMRate), JKMFlatAmount: orNil(s.JKMFlat),
		DueDay: int32(s.Due.Day), DueMonthsAfter: int32(s.Due.MonthsAfter), AgeBelow: orNil(int32(s.AgeBelow)),
	}
	for _, t := range s.Tiers {
		out.Tiers = append(out.Tiers, wire.TariffTier{FromIncomeAmount: t.FromIncome, BaseAmount: t.Base})
	}
	if f := s.Fine; f.Rate != 0 {
		out.Fine = &wire.LateFine{
			Rate: f.Rate, Exempt: append([]cover.OrganisationKind{}, f.Exempt...), Law: f.Law, Certainty: certainties[string(f.Certainty)],
		}
	}
	if a := s.Arrears; a.Months != 0 {
		out.Arrears = &wire.ArrearsRule{
			Months: int32(a.Months), Within: a.Within, Beyond: a.Beyond, Law: a.Law, Certainty: certainties[string(a.Certainty)],
		}
	}
	return out
}

// toJKKRates lists rates in the order of the classes, the one for any of them last.
func toJKKRates(s tariff.ContributionSchedule) []wire.JKKRate {
	rates := []wire.JKKRate{}
	for _, class := range append(slices.Clone(cover.RiskClasses), tariff.AnyClass) {
		if rate, ok := s.JKKRates[class]; ok {
			rates = append(rates, wire.JKKRate{RiskClass: wire.RatedClass(class), Rate: rate})
		}
	}
	return rates
}

func fromReliefInput(in wire.ReliefInput) tariff.Relief {
	return tariff.Relief{
		Segment: in.Segment, Sector: tariff.Sector(in.Sector),
		Validity: tariff.Validity{From: in.From, To: in.To, Law: in.Law, Certainty: fromCertainty(in.Certainty)},
		Percent:  in.Percent, ExcludedFunding: in.ExcludedFunding,
	}
}

func toRelief(r tariff.Relief) wire.Relief {
	return wire.Relief{
		Name: r.Name, Revision: int32(r.Revision), VersionName: r.Version(), Segment: r.Segment, Sector: wire.Sector(r.Sector),
		From: r.From, To: r.To, Law: r.Law, Certainty: certainties[string(r.Certainty)], Percent: r.Percent,
		ExcludedFunding: r.ExcludedFunding,
	}
}

func toHoliday(h cover.Holiday) wire.Holiday {
	return wire.Holiday{
		Day: h.Day, NameID: h.NameID, NameEn: h.NameEN, Certainty: certainties[h.Certainty], Works: h.Works, Version: h.Version,
	}
}
