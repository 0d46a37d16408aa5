package api

import (
	"context"

	"github.com/google/uuid"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// GetCoveragePeriod answers GET /v1/coverage-periods/{coverage_period_id}.
func (s *Server) GetCoveragePeriod(ctx context.Context, req wire.GetCoveragePeriodRequestObject) (wire.GetCoveragePeriodResponseObject, error) {
	r := s.reader(ctx)
	c, err := r.CoveragePeriod(req.CoveragePeriodID)
	if err != nil {
		return nil, err
	}
	to, err := s.view(r).coverage(r, c)
	if err != nil {
		return nil, err
	}
	return wire.GetCoveragePeriod200JSONResponse{
		Body: to(c), Headers: wire.GetCoveragePeriod200ResponseHeaders{ETag: etag(c.Version)},
	}, nil
}

// ListCoveragePeriods answers GET /v1/coverage-periods.
func (s *Server) ListCoveragePeriods(ctx context.Context, req wire.ListCoveragePeriodsRequestObject) (wire.ListCoveragePeriodsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.CoveragePeriods(store.CoverageFilter{
		AgreementID: or(in.AgreementID), OfficerID: or(in.OfficerID), Statuses: in.Status,
	}, page)
	if err != nil {
		return nil, err
	}
	to, err := s.view(r).coverage(r, listed.Items...)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListCoveragePeriods200JSONResponse{
		Body:    wire.CoveragePeriodPage{Items: each(listed.Items, to), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListCoveragePeriods200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// CancelCoveragePeriod answers POST /v1/coverage-periods/{coverage_period_id}/cancel.
func (s *Server) CancelCoveragePeriod(ctx context.Context, req wire.CancelCoveragePeriodRequestObject) (wire.CancelCoveragePeriodResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CancelCoveragePeriodResponseObject, error) {
		c, err := registry.Cancel(tx, req.CoveragePeriodID, version)
		if err != nil {
			return nil, err
		}
		to, err := s.view(tx.Reader).coverage(tx.Reader, c)
		if err != nil {
			return nil, err
		}
		return wire.CancelCoveragePeriod200JSONResponse{
			Body: to(c), Headers: wire.CancelCoveragePeriod200ResponseHeaders{ETag: etag(c.Version)},
		}, nil
	})
}

// coverage returns how coverage periods are shown: what may be done with them
// depends on their agreements, and on whether an invoice bills them.
func (v view) coverage(r *store.Reader, periods ...cover.CoveragePeriod) (func(cover.CoveragePeriod) wire.CoveragePeriod, error) {
	agreements := map[uuid.UUID]cover.Agreement{}
	ids := make([]uuid.UUID, len(periods))
	for i, c := range periods {
		ids[i] = c.ID
		if _, known := agreements[c.AgreementID]; known {
			continue
		}
		a, err := r.Agreement(c.AgreementID)
		if err != nil {
			return nil, err
		}
		agreements[c.AgreementID] = a
	}
	billed, err := r.Billed(ids...)
	return func(c cover.CoveragePeriod) wire.CoveragePeriod {
		return v.toCoveragePeriod(c, agreements[c.AgreementID], billed[c.ID])
	}, err
}

func (v view) toCoveragePeriod(c cover.CoveragePeriod, a cover.Agreement, billed bool) wire.CoveragePeriod {
	return wire.CoveragePeriod{
		ID: c.ID, OfficerID: c.OfficerID, AgreementID: c.AgreementID, EnrolmentID: c.EnrolmentID, FromOn: c.FromOn, ToOn: c.ToOn,
		Contributions: int32(c.Contributions), Segment: c.Segment, WageBaseAmount: c.WageBase, JKKAmount: c.JKK, JKMAmount: c.JKM, PremiumAmount: c.Premium(),
		Schedule: c.Schedule, Status: c.StatusOn(v.today), ActivatedOn: orNil(c.ActivatedOn),
		Actions: v.actions("/v1/coverage-periods/:coverage_period_id", c.ID.String(), c.Actions(v.who.OrganisationID, a, billed)),
		Version: c.Version, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}
