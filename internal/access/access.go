// Package access says who is acting and what they were granted.
//
// It owns the actor, and how it travels with a request. It does not own what an
// actor may see, which the store decides, nor tokens (keys, api).
package access

import (
	"context"
	"slices"
	"time"
	_ "time/tzdata" // a bare machine has no zones of its own

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// Actor is whoever asks: a client of an organisation, with what it was granted.
type Actor struct {
	ClientID       uuid.UUID
	OrganisationID uuid.UUID
	Kind           cover.OrganisationKind
	Level          cover.OrganisationLevel
	AreaCode       string
	TimeZone       string // days are reckoned in it
	Scopes         []string
	RequestID      string
	Purpose        cover.Purpose // why personal data is asked for unmasked; empty if it is not
}

// Granted reports whether the actor holds a scope.
func (a Actor) Granted(scope string) bool { return slices.Contains(a.Scopes, scope) }

// Zone returns the zone in which the actor reckons days.
func (a Actor) Zone() *time.Location {
	if zone, ok := zones[a.TimeZone]; ok {
		return zone
	}
	return time.UTC
}

// zones are loaded once; there are three.
var zones = func() map[string]*time.Location {
	byName := map[string]*time.Location{}
	for _, name := range cover.TimeZones {
		if zone, err := time.LoadLocation(name); err == nil {
			byName[name] = zone
		}
	}
	return byName
}()

// Administers reports whether the actor keeps the register of organisations and
// clients for everybody: a national ministry.
func (a Actor) Administers() bool { return a.Kind == cover.Ministry && a.Level == cover.National }

// IsPeer reports whether a client is another one of the actor's own organisation, which
// is not to get its secret if it decides on money. The administrator has no peers.
func (a Actor) IsPeer(c cover.Client) bool {
	return c.OrganisationID == a.OrganisationID && c.ID != a.ClientID && !a.Administers()
}

// SeesPersonalData reports whether personal data is to be shown unmasked: the
// scope is held and a purpose is named.
func (a Actor) SeesPersonalData() bool {
	return a.Purpose != "" && a.Granted(PersonalScope)
}

// PersonalScope is the scope under which personal data is shown unmasked.
const PersonalScope = "officers.personal:read"

// Claimant is the actor as somebody who acts on a claim.
func (a Actor) Claimant() cover.Claimant {
	return cover.Claimant{Organisation: a.OrganisationID, Client: a.ClientID}
}

type key struct{}

// With returns a context in which a is acting.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// Acting returns who is acting. It panics if nobody is: a request that got past
// authentication without an actor is a mistake of ours, and must not go on with
// an actor who may see nothing, or worse, everything.
func Acting(ctx context.Context) Actor {
	a, ok := ctx.Value(key{}).(Actor)
	if !ok {
		panic("access: nobody is acting")
	}
	return a
}
