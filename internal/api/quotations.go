package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/billing"
	"naungan/internal/tariff"
)

// Quote answers POST /v1/quotations.
func (s *Server) Quote(ctx context.Context, req wire.QuoteRequestObject) (wire.QuoteResponseObject, error) {
	r := s.reader(ctx)
	q, err := billing.Quote(r, fromQuotationInput(*req.Body))
	if err != nil {
		return nil, err
	}
	return wire.Quote200JSONResponse(s.view(r).toQuotation(q)), nil
}

func fromQuotationInput(in wire.QuotationInput) billing.Quoting {
	return billing.Quoting{
		AgreementID: or(in.AgreementID), ElectionCode: or(in.ElectionCode), From: or(in.FromOn), To: or(in.ToOn),
		RiskClass: or(in.RiskClass), FundingSource: or(in.FundingSource), Sector: tariff.Sector(or(in.Sector)),
		MonthRule: or(in.MonthRule), Contributions: int(or(in.ContributionsPerTerm)),
		Positions: each(in.Positions, func(p wire.QuotedPosition) billing.QuotedPosition {
			return billing.QuotedPosition{
				Position: p.Position, Role: or(p.Role), Headcount: int64(p.Headcount), Wage: p.MonthlyWageAmount,
			}
		}),
	}
}

func (v view) toQuotation(q billing.Quotation) wire.Quotation {
	return wire.Quotation{
		Officers: q.Officers, Options: each(q.Options, v.toQuotedOption), Warnings: v.server.faults(q.Doubts, v.language),
	}
}

func (v view) toQuotedOption(o billing.QuotedOption) wire.QuotedOption {
	same := func(version string) string { return version }
	return wire.QuotedOption{
		Segment: o.Segment, WageBasePolicy: o.Policy, Schedules: each(o.Schedules, same), Reliefs: each(o.Reliefs, same),
		Lines: each(o.Lines, toQuotedLine), Months: each(o.Months, toQuotedMonth), Officers: o.Officers,
		MonthlyAmount: o.Monthly, TermAmount: o.Term,
		Warnings: append([]wire.Fault{}, v.server.faults(o.Doubts, v.language)...),
	}
}

func toQuotedLine(l billing.QuotedLine) wire.QuotedLine {
	return wire.QuotedLine{
		Position: l.Position, Role: l.Role, Officers: l.Officers, WageAmount: l.Wage, WageBaseAmount: l.Base,
		FromOn: l.From, ToOn: l.To, Contributions: int32(l.Contributions), JKKAmount: l.JKK, JKMAmount: l.JKM,
		MonthlyAmount: l.Monthly, TermAmount: l.Term,
		Benefits: wire.QuotedBenefits{
			JKKDeathAmount: l.JKKDeath, JKMDeathAmount: l.JKMDeath, JKMFullAfterMonths: int32(l.JKMFullAfter),
		},
	}
}

func toQuotedMonth(m billing.QuotedMonth) wire.QuotedMonth {
	return wire.QuotedMonth{Month: m.Month, DueOn: m.DueOn, Officers: m.Officers, MonthAmount: m.Amount}
}
