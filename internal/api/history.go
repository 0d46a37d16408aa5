package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
)

// ListOfficerHistory answers GET /v1/officers/{officer_id}/history.
func (s *Server) ListOfficerHistory(ctx context.Context, req wire.ListOfficerHistoryRequestObject) (wire.ListOfficerHistoryResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := s.reader(ctx).OfficerHistory(req.OfficerID, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListOfficerHistory200JSONResponse{
		Body:    wire.HistoryPage{Items: each(listed.Items, toHistoryEntry), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListOfficerHistory200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

func toHistoryEntry(e cover.HistoryEntry) wire.HistoryEntry {
	return wire.HistoryEntry{
		ID: e.ID, Type: string(e.Type), Resource: e.Resource, ResourceID: e.ResourceID, OrganisationID: e.OrganisationID,
		OccurredAt: e.OccurredAt.UTC(),
	}
}
