package api

import (
	"context"
	"net/http"
	"strings"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// AppointOfficer answers POST /v1/officers.
func (s *Server) AppointOfficer(ctx context.Context, req wire.AppointOfficerRequestObject) (wire.AppointOfficerResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.AppointOfficerResponseObject, error) {
		o, err := registry.Appoint(tx, fromOfficerInput(*req.Body))
		if err != nil {
			return nil, err
		}
		body, err := s.shownOfficer(tx, o)
		return wire.AppointOfficer201JSONResponse{
			Body:    body,
			Headers: wire.AppointOfficer201ResponseHeaders{Location: "/v1/officers/" + o.ID.String(), ETag: etag(o.Version)},
		}, err
	})
}

// GetOfficer answers GET /v1/officers/{officer_id}.
func (s *Server) GetOfficer(ctx context.Context, req wire.GetOfficerRequestObject) (wire.GetOfficerResponseObject, error) {
	r := s.reader(ctx)
	o, err := r.Officer(req.OfficerID)
	if err != nil {
		return nil, err
	}
	if err := recordReading(r, o); err != nil {
		return nil, err
	}
	return quick(s.view(r).toOfficer(o), http.Header{"Etag": {etag(o.Version)}})
}

// ListOfficers answers GET /v1/officers.
func (s *Server) ListOfficers(ctx context.Context, req wire.ListOfficersRequestObject) (wire.ListOfficersResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.Officers(store.OfficerFilter{
		OrganisationID: or(in.OrganisationID), Positions: in.Position, Statuses: in.Status, AreaCode: or(in.AreaCode),
	}, page)
	if err != nil {
		return nil, err
	}
	if err := recordReading(r, listed.Items...); err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	header := http.Header{}
	if p.link != nil {
		header.Set("Link", *p.link)
	}
	if p.applied != nil {
		header.Set("Preference-Applied", *p.applied)
	}
	return quick(wire.OfficerPage{Items: each(listed.Items, s.view(r).toOfficer), NextCursor: p.cursor, Total: p.total}, header)
}

// mostFound bounds a search: people times duties of one request.
const mostFound = 10_000

// SearchOfficers answers POST /v1/officers/search.
func (s *Server) SearchOfficers(ctx context.Context, req wire.SearchOfficersRequestObject) (wire.SearchOfficersResponseObject, error) {
	r := s.reader(ctx)
	if err := maySearch(r.Actor(), req.Body.Niks); err != nil {
		return nil, err
	}
	listed, err := r.Officers(store.OfficerFilter{
		People:      each(req.Body.Niks, func(n string) cover.NIK { return cover.NIK(strings.TrimSpace(n)) }),
		ExternalIDs: req.Body.ExternalIds,
	}, store.Page{Limit: mostFound})
	if err != nil {
		return nil, err
	}
	if err := recordReading(r, listed.Items...); err != nil {
		return nil, err
	}
	return wire.SearchOfficers200JSONResponse{Items: each(listed.Items, s.view(r).toOfficer)}, nil
}

// maySearch lets only who may see personal data search by NIK: a masked NIK and a
// few guesses would tell the rest.
func maySearch(who access.Actor, niks []string) error {
	switch {
	case len(niks) == 0 || who.SeesPersonalData():
		return nil
	case who.Purpose == "":
		return cover.Refuse(cover.Forbidden, cover.PurposeMissing, nil)
	default:
		return cover.Refuse(cover.Forbidden, cover.ScopeMissing, cover.Params{"scope": access.PersonalScope})
	}
}

// AmendOfficer answers PATCH /v1/officers/{officer_id}.
func (s *Server) AmendOfficer(ctx context.Context, req wire.AmendOfficerRequestObject) (wire.AmendOfficerResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendOfficerResponseObject, error) {
		o, err := registry.AmendOfficer(tx, req.OfficerID, version, fromOfficerPatch(*req.Body))
		if err != nil {
			return nil, err
		}
		body, err := s.shownOfficer(tx, o)
		return wire.AmendOfficer200JSONResponse{
			Body: body, Headers: wire.AmendOfficer200ResponseHeaders{ETag: etag(o.Version)},
		}, err
	})
}

// EndOfficer answers POST /v1/officers/{officer_id}/end.
func (s *Server) EndOfficer(ctx context.Context, req wire.EndOfficerRequestObject) (wire.EndOfficerResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.EndOfficerResponseObject, error) {
		o, err := registry.End(tx, req.OfficerID, version, req.Body.EndedOn, req.Body.Reason)
		if err != nil {
			return nil, err
		}
		body, err := s.shownOfficer(tx, o)
		return wire.EndOfficer200JSONResponse{
			Body: body, Headers: wire.EndOfficer200ResponseHeaders{ETag: etag(o.Version)},
		}, err
	})
}

// shownOfficer is an officer as the answer to a write shows it. An unmasked one is
// recorded in the same transaction.
func (s *Server) shownOfficer(tx *store.Tx, o cover.Officer) (wire.Officer, error) {
	v := s.view(tx.Reader)
	if v.who.SeesPersonalData() {
		err := tx.Record(cover.Event{Type: cover.PersonalDataRead, ResourceID: o.ID, OrganisationID: o.OrganisationID})
		if err != nil {
			return wire.Officer{}, err
		}
	}
	return v.toOfficer(o), nil
}

// recordReading writes down that personal data is about to be shown unmasked.
func recordReading(r *store.Reader, officers ...cover.Officer) error {
	if !r.Actor().SeesPersonalData() || len(officers) == 0 {
		return nil
	}
	return r.RecordReading(officers)
}

func fromOfficerInput(in wire.OfficerInput) cover.Appointment {
	return cover.Appointment{
		ExternalID:     in.ExternalID,
		Personal:       cover.Personal{NIK: cover.NIK(in.NIK), Phone: or(in.Phone), Email: or(in.Email), KPJ: or(in.KPJ)},
		FullName:       in.FullName,
		BornOn:         in.BornOn,
		Sex:            or(in.Sex),
		Position:       in.Position,
		Role:           or(in.Role),
		AreaCode:       in.AreaCode,
		PollingStation: or(in.PollingStation),
		DecreeNumber:   or(in.DecreeNumber),
		TermFrom:       in.TermFrom,
		TermTo:         in.TermTo,
		Honorarium:     or(in.MonthlyHonorariumAmount),
	}
}

func fromOfficerPatch(in wire.OfficerPatch) func(*cover.Appointment) {
	return func(a *cover.Appointment) {
		set(&a.ExternalID, in.ExternalID)
		if in.NIK != nil {
			a.Personal.NIK = cover.NIK(*in.NIK)
		}
		set(&a.FullName, in.FullName)
		set(&a.BornOn, in.BornOn)
		set(&a.Sex, in.Sex)
		set(&a.Role, in.Role)
		set(&a.AreaCode, in.AreaCode)
		setOrClear(&a.PollingStation, in.PollingStation)
		setOrClear(&a.DecreeNumber, in.DecreeNumber)
		set(&a.TermFrom, in.TermFrom)
		set(&a.TermTo, in.TermTo)
		setOrClearAmount(&a.Honorarium, in.MonthlyHonorariumAmount)
		setOrClear(&a.Personal.Phone, in.Phone)
		setOrClear(&a.Personal.Email, in.Email)
		setOrClear(&a.Personal.KPJ, in.KPJ)
	}
}

func (v view) toOfficer(o cover.Officer) wire.Officer {
	out := wire.Officer{
		ID: o.ID, OrganisationID: o.OrganisationID, ExternalID: o.ExternalID, FullName: o.FullName, Sex: o.Sex,
		Position: o.Position, Role: o.Role, AreaCode: o.AreaCode, PollingStation: orNil(o.PollingStation),
		DecreeNumber: orNil(o.DecreeNumber), TermFrom: o.TermFrom, TermTo: o.TermTo,
		MonthlyHonorariumAmount: orNil(o.Honorarium), Status: o.StatusOn(v.today), EndedOn: orNil(o.EndedOn),
		EndReason: orNil(o.EndReason), PersonalData: wire.Masked, Version: o.Version, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
		Actions: v.actions("/v1/officers/:officer_id", o.ID.String(), o.Actions(v.who.OrganisationID)),
	}
	personal := o.Personal.Masked()
	if v.who.SeesPersonalData() {
		personal, out.PersonalData, out.BornOn = o.Personal, wire.Shown, &o.BornOn
	}
	out.NIK, out.Phone, out.Email, out.KPJ = string(personal.NIK), orNil(personal.Phone), orNil(personal.Email), orNil(personal.KPJ)
	return out
}
