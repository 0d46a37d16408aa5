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
		body, err := s.shownIncident(tx, i)
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
	body := s.view(r).toIncident(i)
	if r.Actor().SeesPersonalData() && i.Told() {
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
	r := s.reader(ctx)
	listed, err := r.Incidents(store.IncidentFilter{
		OfficerID: or(in.OfficerID), Covered: in.Covered, Kinds: in.Kind, Outcomes: in.Outcome, Statuses: in.Status,
		Guarantees: in.Guarantee, AreaCode: or(in.AreaCode), From: in.OccurredAtGte, To: in.OccurredAtLte,
	}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListIncidents200JSONResponse{
		Body:    wire.IncidentPage{Items: each(listed.Items, s.view(r).toIncident), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListIncidents200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// AmendIncident answers PATCH /v1/incidents/{incident_id}.
func (s *Server) AmendIncident(ctx context.Context, req wire.AmendIncidentRequestObject) (wire.AmendIncidentResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendIncidentResponseObject, error) {
		i, err := claims.AmendIncident(tx, req.IncidentID, version, fromIncidentPatch(*req.Body))
		if err != nil {
			return nil, err
		}
		body, err := s.shownIncident(tx, i)
		return wire.AmendIncident200JSONResponse{Body: body, Headers: wire.AmendIncident200ResponseHeaders{ETag: etag(i.Version)}}, err
	})
}

// ConfirmIncident answers POST /v1/incidents/{incident_id}/confirm.
func (s *Server) ConfirmIncident(ctx context.Context, req wire.ConfirmIncidentRequestObject) (wire.ConfirmIncidentResponseObject, error) {
	version, err := ifMatchRead(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.ConfirmIncidentResponseObject, error) {
		i, err := claims.Confirm(tx, req.IncidentID, version)
		if err != nil {
			return nil, err
		}
		body, err := s.shownIncident(tx, i)
		return wire.ConfirmIncident200JSONResponse{Body: body, Headers: wire.ConfirmIncident200ResponseHeaders{ETag: etag(i.Version)}}, err
	})
}

// DismissIncident answers POST /v1/incidents/{incident_id}/dismiss.
func (s *Server) DismissIncident(ctx context.Context, req wire.DismissIncidentRequestObject) (wire.DismissIncidentResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.DismissIncidentResponseObject, error) {
		i, err := claims.Dismiss(tx, req.IncidentID, version, req.Body.Reason)
		if err != nil {
			return nil, err
		}
		body, err := s.shownIncident(tx, i)
		return wire.DismissIncident200JSONResponse{Body: body, Headers: wire.DismissIncident200ResponseHeaders{ETag: etag(i.Version)}}, err
	})
}

// GuaranteeIncident answers POST /v1/incidents/{incident_id}/guarantee.
func (s *Server) GuaranteeIncident(ctx context.Context, req wire.GuaranteeIncidentRequestObject) (wire.GuaranteeIncidentResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.GuaranteeIncidentResponseObject, error) {
		i, err := claims.Guarantee(tx, req.IncidentID, version, cover.Guarantee(req.Body.Decision), or(req.Body.Reference))
		if err != nil {
			return nil, err
		}
		body, err := s.shownIncident(tx, i)
		return wire.GuaranteeIncident200JSONResponse{
			Body: body, Headers: wire.GuaranteeIncident200ResponseHeaders{ETag: etag(i.Version)},
		}, err
	})
}

// ConcludeIncident answers POST /v1/incidents/{incident_id}/conclude.
func (s *Server) ConcludeIncident(ctx context.Context, req wire.ConcludeIncidentRequestObject) (wire.ConcludeIncidentResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.ConcludeIncidentResponseObject, error) {
		i, err := claims.Conclude(tx, req.IncidentID, version, cover.Conclusion{
			Outcome: cover.IncidentOutcome(req.Body.Outcome), StatedAt: req.Body.StatedAt, DiedAt: req.Body.DiedAt,
		})
		if err != nil {
			return nil, err
		}
		body, err := s.shownIncident(tx, i)
		return wire.ConcludeIncident200JSONResponse{
			Body: body, Headers: wire.ConcludeIncident200ResponseHeaders{ETag: etag(i.Version)},
		}, err
	})
}

// shownIncident is an incident as the answer to a write shows it. An unmasked one
// is recorded in the same transaction.
func (s *Server) shownIncident(tx *store.Tx, i cover.Incident) (wire.Incident, error) {
	body := s.view(tx.Reader).toIncident(i)
	if !tx.Actor().SeesPersonalData() || !i.Told() {
		return body, nil
	}
	read := cover.Event{Type: cover.PersonalDataRead, ResourceID: i.ID, OrganisationID: i.Owner()}
	return unmasked(body, i.Account), tx.Record(read)
}

func fromIncidentInput(in wire.IncidentInput) cover.Report {
	out := cover.Report{
		OfficerID: or(in.OfficerID), Kind: in.Kind, Outcome: cover.IncidentOutcome(in.Outcome), OccurredAt: in.OccurredAt, Place: in.Place,
		Traffic: or(in.Traffic), Suspected: or(in.Suspected), Relation: or(in.NotifierRelation),
		Account: cover.Account{
			Narrative: in.Narrative, NotifierName: in.NotifierName, NotifierPhone: in.NotifierPhone,
			Witnesses: fromWitnesses(in.Witnesses), Care: fromCare(in.Care), Disease: fromDisease(in.Disease),
		},
	}
	if p := in.Person; p != nil {
		out.Person = &cover.Person{NIK: cover.NIK(p.NIK), FullName: p.FullName}
		out.Body, out.Position, out.AreaCode = cover.OrganisationKind(p.Body), p.Position, p.AreaCode
	}
	return out
}

func fromWitnesses(in []wire.WitnessInput) []cover.Eyewitness {
	return each(in, func(w wire.WitnessInput) cover.Eyewitness {
		return cover.Eyewitness{FullName: w.FullName, Phone: or(w.Phone)}
	})
}

func fromCare(in *wire.CareInput) *cover.Care {
	if in == nil {
		return nil
	}
	return &cover.Care{
		Facility: in.Facility, InNetwork: in.InNetwork, AdmittedOn: or(in.AdmittedOn), DischargedOn: or(in.DischargedOn),
	}
}

func fromDisease(in *wire.DiseaseInput) *cover.Disease {
	if in == nil {
		return nil
	}
	return &cover.Disease{Job: in.Job, TenureMonths: int(in.TenureMonths), Exposure: in.Exposure, Diagnosis: in.Diagnosis}
}

func fromIncidentPatch(in wire.IncidentPatch) func(*cover.Incident) {
	return func(i *cover.Incident) {
		set(&i.Kind, in.Kind)
		if in.Outcome != nil {
			i.Outcome = cover.IncidentOutcome(*in.Outcome)
		}
		set(&i.OccurredAt, in.OccurredAt)
		set(&i.Place, in.Place)
		set(&i.Traffic, in.Traffic)
		set(&i.Account.Narrative, in.Narrative)
		if in.Witnesses != nil {
			i.Account.Witnesses = fromWitnesses(in.Witnesses)
		}
		if in.Care.IsSpecified() {
			i.Account.Care = fromCare(orAbsent(in.Care))
		}
		if in.Disease.IsSpecified() {
			i.Account.Disease = fromDisease(orAbsent(in.Disease))
		}
	}
}

// toIncident leaves the account out, and for whoever merely reported it all that would
// tell of the officer.
func (v view) toIncident(i cover.Incident) wire.Incident {
	out := wire.Incident{
		ID: i.ID, ReportedBy: &i.ReportedBy, Body: wire.ElectionBody(i.Body), Position: i.Position, AreaCode: i.AreaCode, Kind: i.Kind,
		Outcome: i.Outcome, OccurredAt: i.OccurredAt, DiedAt: i.DiedAt, Place: i.Place, Traffic: i.Traffic, Suspected: i.Suspected,
		NotifierRelation: i.NotifierRelation, Status: i.Status(), ReportedAt: i.CreatedAt, ConfirmedAt: i.ConfirmedAt,
		ReportDueAt: i.ReportDueAt, ReportedLate: i.Late(v.server.store.Now()), ConcludedAt: i.ConcludedAt, StatedAt: i.StatedAt,
		DismissedAt: i.DismissedAt, DismissalReason: orNil(i.Dismissal),
		PersonalData: wire.Masked, Actions: v.actions("/v1/incidents/:incident_id", i.ID.String(), i.Actions(v.who.OrganisationID, v.who.Kind)),
		Version: i.Version, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	guarantee, covered, reported := i.Guaranteed(), i.Covered(), i.CheckReported() == nil
	if i.Inside || reported && i.Guarantee != "" { // whoever treats somebody must know who pays
		out.Guarantee, out.GuaranteeReference, out.GuaranteeDecidedAt = &guarantee, orNil(i.GuaranteeReference), i.GuaranteeDecidedAt
	}
	if !i.Inside {
		return out
	}
	out.UncoveredReason = orNil(i.UncoveredReason)
	out.OfficerID, out.OrganisationID = idOrNil(i.OfficerID), idOrNil(i.OrganisationID)
	out.CoveragePeriodID = idOrNil(i.CoveragePeriodID)
	if reported || i.OfficerID.Valid && i.DismissedAt == nil { // else nobody has looked
		out.Covered, out.Roads = &covered, each(i.Roads(), v.toRoad)
	}
	return out
}

func unmasked(out wire.Incident, a cover.Account) wire.Incident {
	out.PersonalData = wire.Shown
	out.Narrative, out.NotifierName, out.NotifierPhone = &a.Narrative, &a.NotifierName, &a.NotifierPhone
	out.Witnesses = each(a.Witnesses, func(w cover.Eyewitness) wire.Witness {
		return wire.Witness{FullName: w.FullName, Phone: orNil(w.Phone)}
	})
	if c := a.Care; c != nil {
		out.Care = &wire.Care{
			Facility: c.Facility, InNetwork: c.InNetwork, AdmittedOn: orNil(c.AdmittedOn), DischargedOn: orNil(c.DischargedOn),
		}
	}
	if d := a.Disease; d != nil {
		out.Disease = &wire.Disease{Job: d.Job, TenureMonths: int32(d.TenureMonths), Exposure: d.Exposure, Diagnosis: d.Diagnosis} //nolint:gosec // the contract bounds it
	}
	if p := a.Person; p != nil {
		out.Person = &wire.Person{NIK: orNil(string(p.NIK)), FullName: &p.FullName, Body: out.Body, Position: out.Position, AreaCode: out.AreaCode}
	}
	return out
}
