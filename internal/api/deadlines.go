package api

import (
	"context"
	"time"

	"naungan/internal/api/wire"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// StartDeadline answers POST /v1/deadlines.
func (s *Server) StartDeadline(ctx context.Context, req wire.StartDeadlineRequestObject) (wire.StartDeadlineResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.StartDeadlineResponseObject, error) {
		d, err := claims.Start(tx, cover.Starting{
			Rule: req.Body.Rule, StartedAt: req.Body.StartedAt, NoteReference: req.Body.NoteReference,
		})
		if err != nil {
			return nil, err
		}
		body, err := s.toDeadline(tx.Reader, d, tx.Now)
		return wire.StartDeadline201JSONResponse{
			Body:    body,
			Headers: wire.StartDeadline201ResponseHeaders{Location: "/v1/deadlines/" + d.ID.String(), ETag: etag(d.Version)},
		}, err
	})
}

// ListDeadlines answers GET /v1/deadlines.
func (s *Server) ListDeadlines(ctx context.Context, req wire.ListDeadlinesRequestObject) (wire.ListDeadlinesResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r, now := s.reader(ctx), s.instant()
	listed, err := r.Deadlines(store.DeadlineFilter{
		Rules: in.Rule, Statuses: in.Status, Now: now, OrganisationID: or(in.OrganisationID), IncidentID: or(in.IncidentID),
		ClaimID: or(in.ClaimID), DueFrom: in.DueAtGte, DueTo: in.DueAtLte,
	}, page)
	if err != nil {
		return nil, err
	}
	rates, err := r.Tariff()
	if err != nil {
		return nil, err
	}
	v, p := s.view(r), s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListDeadlines200JSONResponse{
		Body: wire.DeadlinePage{
			Items:      each(listed.Items, func(d cover.Deadline) wire.Deadline { return v.toDeadline(d, rates, now) }),
			NextCursor: p.cursor, Total: p.total,
		},
		Headers: wire.ListDeadlines200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// GetDeadline answers GET /v1/deadlines/{deadline_id}.
func (s *Server) GetDeadline(ctx context.Context, req wire.GetDeadlineRequestObject) (wire.GetDeadlineResponseObject, error) {
	r := s.reader(ctx)
	d, err := r.Deadline(req.DeadlineID)
	if err != nil {
		return nil, err
	}
	body, err := s.toDeadline(r, d, s.instant())
	return wire.GetDeadline200JSONResponse{Body: body, Headers: wire.GetDeadline200ResponseHeaders{ETag: etag(d.Version)}}, err
}

// MeetDeadline answers POST /v1/deadlines/{deadline_id}/meet.
func (s *Server) MeetDeadline(ctx context.Context, req wire.MeetDeadlineRequestObject) (wire.MeetDeadlineResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.MeetDeadlineResponseObject, error) {
		d, err := claims.Meet(tx, req.DeadlineID, version, req.Body.MetAt)
		if err != nil {
			return nil, err
		}
		body, err := s.toDeadline(tx.Reader, d, tx.Now)
		return wire.MeetDeadline200JSONResponse{Body: body, Headers: wire.MeetDeadline200ResponseHeaders{ETag: etag(d.Version)}}, err
	})
}

// instant is now as Postgres keeps it, so that a list shows what it was asked for.
func (s *Server) instant() time.Time { return s.store.Now().Truncate(time.Microsecond) }

func (s *Server) toDeadline(r *store.Reader, d cover.Deadline, now time.Time) (wire.Deadline, error) {
	rates, err := r.Tariff()
	if err != nil {
		return wire.Deadline{}, err
	}
	return s.view(r).toDeadline(d, rates, now), nil
}

// toDeadline tells instants in the zone in which the deadline's days are reckoned.
func (v view) toDeadline(d cover.Deadline, rates *tariff.Tariff, now time.Time) wire.Deadline {
	zone := d.Zone()
	local := func(at *time.Time) *time.Time {
		if at == nil {
			return nil
		}
		there := at.In(zone)
		return &there
	}
	out := wire.Deadline{
		ID: d.ID, Rule: d.Rule, Clock: d.Clock, Law: d.Law, OrganisationID: d.OrganisationID,
		NoteReference: orNil(d.NoteReference), StartedAt: d.StartedAt.In(zone), TimeZone: wire.TimeZone(d.TimeZone),
		Unit: d.Unit, DueOn: orNil(d.DueOn), DueAt: d.DueAt.In(zone), NearAt: d.NearAt.In(zone),
		Pauses: each(d.Pauses, func(p cover.Pause) wire.DeadlinePause {
			return wire.DeadlinePause{From: p.From.In(zone), To: p.To.In(zone)}
		}),
		PausedAt: local(d.PausedAt), MetAt: local(d.MetAt), BreachedAt: local(d.BreachedAt(now)),
		CancelledAt: local(d.CancelledAt),
		Status:      d.StatusAt(now), Actions: v.actions("/v1/deadlines/:deadline_id", d.ID.String(), d.Actions(now)),
		Version: d.Version, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
	if d.IncidentID.Valid {
		out.IncidentID = &d.IncidentID.UUID
	}
	if d.ClaimID.Valid {
		out.ClaimID = &d.ClaimID.UUID
	}
	switch out.Status {
	case cover.DeadlineMet:
		late := d.Late()
		out.Late = &late
	case cover.DeadlineRunning, cover.DeadlinePaused:
		left := int32(rates.Remaining(d, now))
		out.Remaining = &left
	default: // nothing is left of it
	}
	return out
}
