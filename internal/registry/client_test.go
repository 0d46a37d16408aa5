package registry_test

import (
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
)

func TestAPeerThatDecidesKeepsItsSecret(t *testing.T) {
	t.Parallel()
	w := given(t)
	scopes := []string{"clients:admin", "claims:decide"}
	w.admin.Scopes, w.branch.Scopes = scopes, scopes
	create := func() uuid.UUID {
		c, _, err := as(w, w.admin, func(tx *store.Tx) (cover.Client, error) {
			c, _, err := registry.CreateClient(tx, registry.NewClient{OrganisationID: w.branch.OrganisationID, Name: "Kantor", Scopes: scopes}, scopes)
			return c, err
		})
		w.must(err)
		return c.ID
	}
	rotate := func(who access.Actor, id uuid.UUID) error {
		_, _, err := as(w, who, func(tx *store.Tx) (cover.Client, error) {
			c, _, err := registry.RotateClient(tx, id, 0, 0)
			return c, err
		})
		return err
	}
	w.branch.ClientID = create()
	checker := create()
	secrets := func() []cover.Secret {
		c, err := w.st.Read(t.Context(), w.admin).Client(checker)
		w.must(err)
		return c.Secrets
	}
	before := secrets()
	if err := rotate(w.branch, checker); cover.KindOf(err) != cover.Forbidden {
		t.Errorf("a peer: %v", err)
	}
	if after := secrets(); len(after) != 1 || after[0].ID != before[0].ID {
		t.Errorf("%+v, was %+v", after, before)
	}
	w.must(rotate(w.branch, w.branch.ClientID))
	w.must(rotate(w.admin, checker))
}
