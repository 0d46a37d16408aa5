package keys

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/jwt"
)

// ErrToken says that a token is not one of ours, or no longer is. ErrExpired is
// the one reason that a caller can mend, by asking for a new token.
var (
	ErrToken   = errors.New("token refused")
	ErrExpired = fmt.Errorf("%w: expired", ErrToken)
)

// The names that our tokens carry and must carry.
var (
	issuer    = "naungan"
	audience  = "naungan"
	tokenType = "at+jwt" // RFC 9068: an access token and nothing else
)

// clockSkew is how far the clocks of two of our processes may be apart.
const clockSkew = 10 * time.Second

// Claims are what a token says of the client that carries it.
type Claims struct {
	ID           uuid.UUID // of the token
	Subject      uuid.UUID // the client
	Organisation uuid.UUID // that the client acts for
	Kind         string    // of the organisation
	Level        string    // of the organisation
	Area         string    // that the client is kept to; empty for the nation
	TimeZone     string    // in which the organisation reckons its days
	Scopes       []string
	ExpiresAt    time.Time // whole seconds
}

// Sign makes an ES256 token with these claims, issued now.
func (k *Keys) Sign(c Claims, now time.Time) (string, error) {
	id, subject := c.ID.String(), c.Subject.String()
	raw, err := jwt.NewRawJWT(&jwt.RawJWTOptions{
		TypeHeader: &tokenType,
		Issuer:     &issuer,
		Audience:   &audience,
		JWTID:      &id,
		Subject:    &subject,
		IssuedAt:   &now,
		ExpiresAt:  &c.ExpiresAt,
		CustomClaims: map[string]any{
			"client_id":    subject, // RFC 9068 asks for it beside the subject
			"organisation": c.Organisation.String(),
			"kind":         c.Kind,
			"level":        c.Level,
			"area":         c.Area,
			"time_zone":    c.TimeZone,
			"scope":        strings.Join(c.Scopes, " "),
		},
	})
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return k.signer.SignAndEncode(raw)
}

// Verify returns the claims of a token that we signed, for us, and that has not
// expired by now. It refuses every other with ErrToken, an expired one with
// ErrExpired.
func (k *Keys) Verify(token string, now time.Time) (Claims, error) {
	validator, err := jwt.NewValidator(&jwt.ValidatorOpts{
		ExpectedTypeHeader:    &tokenType,
		ExpectedIssuer:        &issuer,
		ExpectedAudience:      &audience,
		ExpectIssuedInThePast: true,
		ClockSkew:             clockSkew,
		FixedNow:              now,
	})
	if err != nil {
		return Claims{}, fmt.Errorf("verify token: %w", err)
	}
	verified, err := k.verifier.VerifyAndDecode(token, validator)
	if jwt.IsExpirationErr(err) {
		return Claims{}, ErrExpired
	}
	if err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return claimsOf(verified)
}

func claimsOf(v *jwt.VerifiedJWT) (Claims, error) {
	var faults []error
	text := func(s string, err error) string {
		faults = append(faults, err)
		return s
	}
	id := func(s string, err error) uuid.UUID {
		parsed, parseErr := uuid.Parse(text(s, err))
		faults = append(faults, parseErr)
		return parsed
	}
	expires, err := v.ExpiresAt()
	faults = append(faults, err)

	c := Claims{
		ID:           id(v.JWTID()),
		Subject:      id(v.Subject()),
		Organisation: id(v.StringClaim("organisation")),
		Kind:         text(v.StringClaim("kind")),
		Level:        text(v.StringClaim("level")),
		Area:         text(v.StringClaim("area")),
		TimeZone:     text(v.StringClaim("time_zone")),
		Scopes:       strings.Fields(text(v.StringClaim("scope"))),
		ExpiresAt:    expires.UTC(),
	}
	if err := errors.Join(faults...); err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return c, nil
}

// JWKS returns the public half of the token keys as a JSON Web Key Set (RFC
// 7517), for those who verify our tokens themselves.
func (k *Keys) JWKS() ([]byte, error) {
	return bytes.Clone(k.jwks), nil
}
