package api

import (
	"context"
	"time"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// CreateClient answers POST /v1/api-clients.
func (s *Server) CreateClient(ctx context.Context, req wire.CreateClientRequestObject) (wire.CreateClientResponseObject, error) {
	in := registry.NewClient{OrganisationID: req.Body.OrganisationID, Name: req.Body.Name, Scopes: req.Body.Scopes}
	return write(ctx, s, func(tx *store.Tx) (wire.CreateClientResponseObject, error) {
		c, secret, err := registry.CreateClient(tx, in, s.contract.scopes)
		if err != nil {
			return nil, err
		}
		return wire.CreateClient201JSONResponse{
			Body:    wire.ClientWithSecret{Client: s.view(tx.Reader).toClient(c), ClientID: c.ID, ClientSecret: secret},
			Headers: wire.CreateClient201ResponseHeaders{Location: "/v1/api-clients/" + c.ID.String(), ETag: etag(c.Version)},
		}, nil
	})
}

// GetClient answers GET /v1/api-clients/{client_id}.
func (s *Server) GetClient(ctx context.Context, req wire.GetClientRequestObject) (wire.GetClientResponseObject, error) {
	r := s.reader(ctx)
	c, err := r.Client(req.ClientID)
	if err != nil {
		return nil, err
	}
	return wire.GetClient200JSONResponse{
		Body: s.view(r).toClient(c), Headers: wire.GetClient200ResponseHeaders{ETag: etag(c.Version)},
	}, nil
}

// ListClients answers GET /v1/api-clients.
func (s *Server) ListClients(ctx context.Context, req wire.ListClientsRequestObject) (wire.ListClientsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	listed, err := r.Clients(store.ClientFilter{OrganisationID: or(in.OrganisationID), Statuses: in.Status}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListClients200JSONResponse{
		Body:    wire.ClientPage{Items: each(listed.Items, s.view(r).toClient), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListClients200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// defaultGrace is how long an old secret goes on when nobody says.
const defaultGrace = 24

// RotateClient answers POST /v1/api-clients/{client_id}/rotate.
func (s *Server) RotateClient(ctx context.Context, req wire.RotateClientRequestObject) (wire.RotateClientResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	grace := int32(defaultGrace)
	set(&grace, req.Body.GraceHours)
	return write(ctx, s, func(tx *store.Tx) (wire.RotateClientResponseObject, error) {
		c, secret, err := registry.RotateClient(tx, req.ClientID, version, time.Duration(grace)*time.Hour)
		if err != nil {
			return nil, err
		}
		return wire.RotateClient200JSONResponse{
			Body:    wire.ClientWithSecret{Client: s.view(tx.Reader).toClient(c), ClientID: c.ID, ClientSecret: secret},
			Headers: wire.RotateClient200ResponseHeaders{ETag: etag(c.Version)},
		}, nil
	})
}

// RevokeClient answers POST /v1/api-clients/{client_id}/revoke.
func (s *Server) RevokeClient(ctx context.Context, req wire.RevokeClientRequestObject) (wire.RevokeClientResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.RevokeClientResponseObject, error) {
		c, err := registry.RevokeClient(tx, req.ClientID, version)
		if err != nil {
			return nil, err
		}
		return wire.RevokeClient200JSONResponse{
			Body: s.view(tx.Reader).toClient(c), Headers: wire.RevokeClient200ResponseHeaders{ETag: etag(c.Version)},
		}, nil
	})
}

func (v view) toClient(c cover.Client) wire.Client {
	return wire.Client{
		ID: c.ID, OrganisationID: c.OrganisationID, Name: c.Name, Scopes: c.Scopes, Status: c.Status(),
		Secrets: each(c.Secrets, func(s cover.Secret) wire.ClientSecret {
			return wire.ClientSecret{CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, LastUsedAt: s.LastUsedAt}
		}),
		Actions: v.actions("/v1/api-clients/:client_id", c.ID.String(), c.Actions(v.who.Scopes, v.who.IsPeer(c))),
		Version: c.Version, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}
