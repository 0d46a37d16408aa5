package api

import (
	"context"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/keys"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// tokenLife is how long an access token opens the door. It is also how long a
// revoked client goes on at most, because tokens are not looked up.
const tokenLife = 15 * time.Minute

// tokensKept is how many verified tokens are remembered: checking a signature
// costs more than most requests.
const tokensKept = 4096

// tokens knows who a bearer token stands for.
type tokens struct {
	store    *store.Store
	verified *lru.Cache[string, bearer]
}

type bearer struct {
	who     access.Actor
	expires time.Time
}

func newTokens(st *store.Store) *tokens {
	verified, err := lru.New[string, bearer](tokensKept)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return &tokens{st, verified}
}

// actor returns who acts with an Authorization header.
func (t *tokens) actor(header string) (access.Actor, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if header == "" || !strings.EqualFold(scheme, "Bearer") {
		return access.Actor{}, cover.Refuse(cover.Malformed, cover.TokenMissing, nil)
	}
	now := t.store.Now()
	if b, known := t.verified.Get(token); known && now.Before(b.expires) {
		return b.who, nil
	}
	c, err := t.store.Keys().Verify(token, now)
	if err != nil {
		return access.Actor{}, &cover.Error{Kind: cover.Malformed, Code: cover.TokenInvalid, Err: err}
	}
	who := access.Actor{
		ClientID: c.Subject, OrganisationID: c.Organisation, Kind: cover.OrganisationKind(c.Kind),
		Level: cover.OrganisationLevel(c.Level), AreaCode: c.Area, TimeZone: c.TimeZone, Scopes: c.Scopes,
	}
	t.verified.Add(token, bearer{who, c.ExpiresAt})
	return who, nil
}

// RequestToken gives a token to a client that knows its secret.
func (s *Server) RequestToken(ctx context.Context, req wire.RequestTokenRequestObject) (wire.RequestTokenResponseObject, error) {
	if req.Body.GrantType != "client_credentials" {
		return nil, cover.Refuse(cover.Malformed, cover.GrantUnsupported, nil)
	}
	basic := requestOf(ctx).basic
	id, err := uuid.Parse(basic.id)
	if err != nil {
		return nil, cover.Refuse(cover.Malformed, cover.ClientUnknown, nil)
	}
	client, organisation, err := registry.Admit(ctx, s.store, id, basic.secret)
	if err != nil {
		return nil, err
	}
	scopes := client.Scopes
	if req.Body.Scope != nil && strings.TrimSpace(*req.Body.Scope) != "" {
		if scopes, err = narrowed(scopes, strings.Fields(*req.Body.Scope)); err != nil {
			return nil, err
		}
	}
	now := s.store.Now()
	token, err := s.store.Keys().Sign(keys.Claims{
		ID: uuid.Must(uuid.NewV7()), Subject: client.ID, Organisation: organisation.ID, Kind: string(organisation.Kind),
		Level: string(organisation.Level), Area: organisation.AreaCode, TimeZone: organisation.TimeZone, Scopes: scopes,
		ExpiresAt: now.Add(tokenLife).Truncate(time.Second),
	}, now)
	if err != nil {
		return nil, err
	}
	return wire.RequestToken200JSONResponse{
		Body: wire.Token{
			AccessToken: token, TokenType: "Bearer", ExpiresIn: int32(tokenLife.Seconds()), Scope: strings.Join(scopes, " "),
		},
		Headers: wire.RequestToken200ResponseHeaders{CacheControl: "no-store"},
	}, nil
}

// narrowed returns the scopes asked for, all of which must be held.
func narrowed(held, asked []string) ([]string, error) {
	who := access.Actor{Scopes: held}
	for _, scope := range asked {
		if !who.Granted(scope) {
			return nil, cover.Refuse(cover.Malformed, cover.ScopeNotGranted, nil)
		}
	}
	return asked, nil
}

// oauthError is the code of RFC 6749 for one of ours.
func oauthError(code cover.Code) string {
	switch code {
	case cover.ClientUnknown:
		return "invalid_client"
	case cover.GrantUnsupported:
		return "unsupported_grant_type"
	case cover.ScopeNotGranted:
		return "invalid_scope"
	case cover.InternalFault, cover.ServiceUnavailable:
		return "server_error"
	default:
		return "invalid_request"
	}
}
