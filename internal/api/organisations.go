package api

import (
	"context"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// RegisterOrganisation answers POST /v1/organisations.
func (s *Server) RegisterOrganisation(ctx context.Context, req wire.RegisterOrganisationRequestObject) (wire.RegisterOrganisationResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.RegisterOrganisationResponseObject, error) {
		o, err := registry.Register(tx, fromOrganisationInput(*req.Body))
		if err != nil {
			return nil, err
		}
		return wire.RegisterOrganisation201JSONResponse{
			Body:    toOrganisation(o),
			Headers: wire.RegisterOrganisation201ResponseHeaders{Location: "/v1/organisations/" + o.ID.String(), ETag: etag(o.Version)},
		}, nil
	})
}

// GetOrganisation answers GET /v1/organisations/{organisation_id}.
func (s *Server) GetOrganisation(ctx context.Context, req wire.GetOrganisationRequestObject) (wire.GetOrganisationResponseObject, error) {
	o, err := s.reader(ctx).Organisation(req.OrganisationID)
	if err != nil {
		return nil, err
	}
	return wire.GetOrganisation200JSONResponse{
		Body: toOrganisation(o), Headers: wire.GetOrganisation200ResponseHeaders{ETag: etag(o.Version)},
	}, nil
}

// ListOrganisations answers GET /v1/organisations.
func (s *Server) ListOrganisations(ctx context.Context, req wire.ListOrganisationsRequestObject) (wire.ListOrganisationsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	filter := store.OrganisationFilter{Kinds: in.Kind, Levels: in.Level, AreaCode: or(in.AreaCode)}
	listed, err := s.reader(ctx).Organisations(filter, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListOrganisations200JSONResponse{
		Body:    wire.OrganisationPage{Items: each(listed.Items, toOrganisation), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListOrganisations200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// AmendOrganisation answers PATCH /v1/organisations/{organisation_id}.
func (s *Server) AmendOrganisation(ctx context.Context, req wire.AmendOrganisationRequestObject) (wire.AmendOrganisationResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendOrganisationResponseObject, error) {
		o, err := registry.AmendOrganisation(tx, req.OrganisationID, version, fromOrganisationPatch(*req.Body))
		if err != nil {
			return nil, err
		}
		return wire.AmendOrganisation200JSONResponse{
			Body: toOrganisation(o), Headers: wire.AmendOrganisation200ResponseHeaders{ETag: etag(o.Version)},
		}, nil
	})
}

func fromOrganisationInput(in wire.OrganisationInput) cover.Registration {
	return cover.Registration{
		Kind: in.Kind, Level: in.Level, AreaCode: or(in.AreaCode), Name: in.Name, NPP: or(in.NPP), NPWP: or(in.NPWP),
		TimeZone: string(in.TimeZone), ExternalID: or(in.ExternalID),
	}
}

func fromOrganisationPatch(in wire.OrganisationPatch) func(*cover.Registration) {
	return func(r *cover.Registration) {
		set(&r.Name, in.Name)
		setOrClear(&r.NPP, in.NPP)
		setOrClear(&r.NPWP, in.NPWP)
		if in.TimeZone != nil {
			r.TimeZone = string(*in.TimeZone)
		}
		setOrClear(&r.ExternalID, in.ExternalID)
	}
}

func toOrganisation(o cover.Organisation) wire.Organisation {
	return wire.Organisation{
		ID: o.ID, Kind: o.Kind, Level: o.Level, AreaCode: orNil(o.AreaCode), Name: o.Name, NPP: orNil(o.NPP), NPWP: orNil(o.NPWP),
		TimeZone: wire.TimeZone(o.TimeZone), ExternalID: orNil(o.ExternalID), Version: o.Version,
		CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
	}
}
