package cover

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// ClientStatus is a state of an API client.
type ClientStatus string

// The states of a client.
const (
	ClientActive  ClientStatus = "active"
	ClientRevoked ClientStatus = "revoked"
)

// ClientStatuses lists every status.
var ClientStatuses = []ClientStatus{ClientActive, ClientRevoked}

// Purpose is a reason for reading personal data unmasked (UU 27/2022, articles
// 16 and 20).
type Purpose string

// Purposes lists every purpose.
var Purposes = []Purpose{"registration", "verification", "benefit_payment", "audit", "data_subject_request"}

// Client is a program that acts for an organisation.
type Client struct {
	ID             uuid.UUID
	OrganisationID uuid.UUID
	Name           string
	Scopes         []string `gorm:"serializer:json"`
	RevokedAt      *time.Time
	Secrets        []Secret `gorm:"-"`
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Secret is a client's secret, of which only a digest is kept.
type Secret struct {
	ID         uuid.UUID
	ClientID   uuid.UUID
	Digest     []byte
	CreatedAt  time.Time
	ExpiresAt  *time.Time
	LastUsedAt *time.Time
}

// Status follows from what happened.
func (c Client) Status() ClientStatus {
	if c.RevokedAt != nil {
		return ClientRevoked
	}
	return ClientActive
}

// MayChange refuses to change a client that was revoked (client_revoked).
func (c Client) MayChange() error {
	if c.RevokedAt != nil {
		return Refuse(Conflict, ClientIsRevoked, nil)
	}
	return nil
}

// MayRotate refuses to hand out a secret that opens more than its receiver holds
// (scope_not_held), to hand a peer what two are to do (duties_not_separated), and to
// change what was revoked.
func (c Client) MayRotate(held []string, peer bool) error {
	if err := c.MayChange(); err != nil {
		return err
	}
	if err := SeparateDuties(c.Scopes, peer); err != nil {
		return err
	}
	for _, s := range c.Scopes {
		if !slices.Contains(held, s) {
			return Refuse(Forbidden, ScopeNotHeld, Params{"scope": s})
		}
	}
	return nil
}

// Lives reports whether the secret still opens the door.
func (s Secret) Lives(now time.Time) bool { return s.ExpiresAt == nil || now.Before(*s.ExpiresAt) }

// Actions says what somebody who holds some scopes, and may be a peer of it, may do next
// with the client.
func (c Client) Actions(held []string, peer bool) []Action {
	return []Action{
		action("rotate", string(ClientActive), c.MayRotate(held, peer)),
		action("revoke", string(ClientRevoked), c.MayChange()),
	}
}

// MayGrant refuses scopes that nobody knows (scope_unknown) and those that the
// giver lacks (scope_not_held).
func MayGrant(scopes, known, held []string) error {
	var f Faults
	for _, s := range scopes {
		switch {
		case !slices.Contains(known, s):
			f.Add("/scopes", ScopeUnknown, Params{"scope": s})
		case !slices.Contains(held, s):
			f.Add("/scopes", ScopeNotHeld, Params{"scope": s})
		}
	}
	return f.Err()
}

// separated are the scopes by which money is decided on: whoever holds one could be maker
// and checker with a second client whose secret they got themselves.
var separated = []string{"claims:decide", "ex_gratia:write"}

// SeparateDuties refuses to give a peer's secret with a scope by which money is decided on
// (duties_not_separated); the body above or the administrator does.
func SeparateDuties(scopes []string, peer bool) error {
	for _, scope := range separated {
		if peer && slices.Contains(scopes, scope) {
			return Refuse(Forbidden, DutiesNotSeparated, Params{"scope": scope})
		}
	}
	return nil
}
