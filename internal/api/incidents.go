package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// ReportIncident answers POST /v1/incidents.
func (s *Server) ReportIncident(ctx context.Context, req wire.ReportIncidentRequestObject) (wire.ReportIncidentResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.ReportIncidentResponseObject, error) {
		i, err := claims.Report(tx, fromIncidentInput(*req.Body))
		if err != nil {
			return nil, err
		}
		body, err := shownIncident(tx, i)
		return wire.ReportIncident201JSONResponse{
			Body:    body,
			Headers: wire.ReportIncident201ResponseHeaders{Location: "/v1/incidents/" + i.ID.String(), ETag: etag(i.Version)},
		}, err
	})
}

// GetIncident answers GET /v1/incidents/{incident_id}.
func (s *Server) GetIncident(ctx context.Context, req wire.GetIncidentRequestObject) (wire.GetIncidentResponseObject, error) {
	r := s.reader(ctx)
	i, err := r.Incident(req.IncidentID)
	if err != nil {
		return nil, err
	}
	body := toIncident(i)
	if r.Actor().SeesPersonalData() {
		if err := r.RecordAccountReading(i); err != nil {
			return nil, err
		}
		body = unmasked(body, i.Account)
	}
	return wire.GetIncident200JSONResponse{Body: body, Headers: wire.GetIncident200ResponseHeaders{ETag: etag(i.Version)}}, nil
}

// ListIncidents answers GET /v1/incidents.
func (s *Server) ListIncidents(ctx context.Context, req wire.ListIncidentsRequestObject) (wire.ListIncidentsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	filter := store.IncidentFilter{OfficerID: or(in.OfficerID), Covered: in.Covered, Outcomes: in.Outcome}
	listed, err := s.reader(ctx).Incidents(filter, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListIncidents200JSONResponse{
		Body:    wire.IncidentPage{Items: each(listed.Items, toIncident), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListIncidents200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// shownIncident is an incident as the answer to a write shows it. An unmasked one
// is recorded in the same transaction.
func shownIncident(tx *store.Tx, i cover.Incident) (wire.Incident, error) {
	body := toIncident(i)
	if !tx.Actor().SeesPersonalData() {
		return body, nil
	}
	read := cover.Event{Type: cover.PersonalDataRead, ResourceID: i.ID, OrganisationID: i.OrganisationID}
	return unmasked(body, i.Account), tx.Record(read)
}

func fromIncidentInput(in wire.IncidentInput) cover.Report {
	return cover.Report{
		OfficerID: in.OfficerID, Kind: in.Kind, Outcome: in.Outcome, OccurredAt: in.OccurredAt, Place: in.Place,
		Account: cover.Account{Narrative: in.Narrative, NotifierName: in.NotifierName, NotifierPhone: in.NotifierPhone},
	}
}

// toIncident leaves the account out.
func toIncident(i cover.Incident) wire.Incident {
	out := wire.Incident{
		ID: i.ID, OfficerID: i.OfficerID, OrganisationID: i.OrganisationID, Kind: i.Kind, Outcome: i.Outcome,
		OccurredAt: i.OccurredAt, Place: i.Place, ReportedAt: i.CreatedAt, ReportDueAt: i.ReportDueAt, ReportedLate: i.Late(),
		Covered: i.Covered(), UncoveredReason: orNil(i.UncoveredReason), PersonalData: wire.Masked,
		Version: i.Version, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	if i.Covered() {
		out.CoveragePeriodID = &i.CoveragePeriodID.UUID
	}
	return out
}

func unmasked(out wire.Incident, a cover.Account) wire.Incident {
	out.PersonalData = wire.Shown
	out.Narrative, out.NotifierName, out.NotifierPhone = &a.Narrative, &a.NotifierName, &a.NotifierPhone
	return out
}
