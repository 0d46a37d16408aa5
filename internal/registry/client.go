package registry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// secretPrefix lets scanners of leaked files recognise a secret.
const secretPrefix = "nsk_"

// NewClient is what is said to create a client.
type NewClient struct {
	OrganisationID uuid.UUID
	Name           string
	Scopes         []string
}

// CreateClient makes a client for an organisation that the actor keeps, and
// returns its secret, of which only a digest is kept. known lists every scope there is.
// Refuses to give clients of the actor's own organisation what two are to do
// (duties_not_separated).
func CreateClient(tx *store.Tx, in NewClient, known []string) (cover.Client, string, error) {
	c := cover.Client{OrganisationID: in.OrganisationID, Name: in.Name, Scopes: in.Scopes, Version: 1}
	if err := tx.RefuseRevoked(); err != nil {
		return c, "", err
	}
	if err := cover.MayGrant(in.Scopes, known, tx.Actor().Scopes); err != nil {
		return c, "", err
	}
	if err := cover.SeparateDuties(in.Scopes, tx.Actor().IsPeer(c)); err != nil {
		return c, "", err
	}
	kept, err := tx.KeepsOrganisation(in.OrganisationID)
	if err != nil {
		return c, "", err
	}
	if !kept {
		var f cover.Faults
		f.Add("/organisation_id", cover.OrganisationUnknown, nil)
		return c, "", f.Err()
	}
	if err := tx.InsertClient(&c); err != nil {
		return c, "", err
	}
	secret, err := giveSecret(tx, &c)
	if err != nil {
		return c, "", err
	}
	return c, secret, tx.Record(cover.Event{Type: cover.ClientCreated, ResourceID: c.ID, OrganisationID: c.OrganisationID, After: c})
}

// RotateClient gives a client a new secret; the newest it has goes on
// for the time of grace, others end. Whoever gets the secret can do what the client can, so they must hold
// all its scopes (scope_not_held), and be no peer of one that decides on money
// (duties_not_separated).
func RotateClient(tx *store.Tx, id uuid.UUID, v store.Version, grace time.Duration) (cover.Client, string, error) {
	before, err := lockClient(tx, id, v)
	if err != nil {
		return before, "", err
	}
	if err := before.MayRotate(tx.Actor().Scopes, tx.Actor().IsPeer(before)); err != nil {
		return before, "", err
	}
	after := before
	if err := tx.ExpireSecrets(id, tx.Now.Add(grace)); err != nil {
		return before, "", err
	}
	secret, err := giveSecret(tx, &after)
	if err != nil {
		return before, "", err
	}
	if err := tx.UpdateClient(&after); err != nil {
		return before, "", err
	}
	return after, secret, tx.Record(cover.Event{
		Type: cover.ClientRotated, ResourceID: id, OrganisationID: after.OrganisationID, Before: before, After: after,
	})
}

// RevokeClient ends a client: its secrets stop working with the commit.
func RevokeClient(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Client, error) {
	before, err := lockClient(tx, id, v)
	if err != nil {
		return before, err
	}
	if err := before.MayChange(); err != nil {
		return before, err
	}
	after := before
	after.RevokedAt = &tx.Now
	if err := tx.ExpireSecrets(id, tx.Now); err != nil {
		return before, err
	}
	if err := tx.UpdateClient(&after); err != nil {
		return before, err
	}
	if after.Secrets, err = tx.Secrets(id); err != nil {
		return before, err
	}
	return after, tx.Record(cover.Event{
		Type: cover.ClientWasRevoked, ResourceID: id, OrganisationID: after.OrganisationID, Before: before, After: after,
	})
}

// lockClient locks a client for somebody who was not revoked themselves: a token
// outlives its client for minutes, and must not make it a successor.
func lockClient(tx *store.Tx, id uuid.UUID, v store.Version) (cover.Client, error) {
	if err := tx.RefuseRevoked(); err != nil {
		return cover.Client{}, err
	}
	return tx.LockClient(id, v)
}

// Admit returns the client that knows a secret, and its organisation. Whatever is
// wrong, the refusal is the same (client_unknown).
func Admit(ctx context.Context, st *store.Store, id uuid.UUID, secret string) (cover.Client, cover.Organisation, error) {
	refused := cover.Refuse(cover.Malformed, cover.ClientUnknown, nil)
	c, o, err := st.ClientByID(ctx, id)
	if cover.KindOf(err) == cover.NotFound {
		return c, o, refused
	}
	if err != nil {
		return c, o, err
	}
	digest := digestOf(secret)
	for _, s := range c.Secrets {
		if s.Lives(st.Now()) && c.RevokedAt == nil && subtle.ConstantTimeCompare(s.Digest, digest) == 1 {
			return c, o, st.UsedSecret(ctx, s)
		}
	}
	return c, o, refused
}

func giveSecret(tx *store.Tx, c *cover.Client) (string, error) {
	secret := newSecret()
	s := cover.Secret{ClientID: c.ID, Digest: digestOf(secret)}
	if err := tx.InsertSecret(&s); err != nil {
		return "", err
	}
	secrets, err := tx.Secrets(c.ID)
	c.Secrets = secrets
	return secret, err
}

func newSecret() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails, says its documentation
	return secretPrefix + base64.RawURLEncoding.EncodeToString(random)
}

// digestOf is what is kept of a secret. It holds 256 random bits, so that a slow
// digest would protect nothing more.
func digestOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// First makes the administrator of a new database: a national ministry's client
// with every scope. It reports whether it did; a database with clients is left
// alone. keep is called just before the commit, so that the secret can be put
// where it survives a crash right after it; its error undoes everything.
func First(ctx context.Context, st *store.Store, scopes []string, keep func(id uuid.UUID, secret string) error) (made bool, err error) {
	secret := newSecret()
	ministry := cover.Organisation{
		Kind: cover.Ministry, Level: cover.National, Name: "Administrator", TimeZone: cover.TimeZones[0],
	}
	client := cover.Client{Name: "Administrator", Scopes: scopes}
	return st.FirstClient(ctx, ministry, client, digestOf(secret), func(id uuid.UUID) error { return keep(id, secret) })
}
