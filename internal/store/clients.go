package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"naungan/internal/cover"
)

// secretRow is a client's secret as stored.
type secretRow struct{ cover.Secret }

func (secretRow) TableName() string { return "client_secrets" }

// KeepsOrganisation reports whether the actor creates clients for an
// organisation.
func (r *Reader) KeepsOrganisation(id uuid.UUID) (bool, error) {
	var n int64
	err := r.keptOrganisations("organisations.id").on(r.db.Table("organisations")).Where("organisations.id = ?", id).Count(&n).Error
	return n == 1, translate(err)
}

// Client returns one of an organisation that the actor keeps.
func (r *Reader) Client(id uuid.UUID) (cover.Client, error) {
	var c cover.Client
	if err := r.keptOrganisations("clients.organisation_id").on(r.db).Take(&c, "clients.id = ?", id).Error; err != nil {
		return c, translate(err)
	}
	secrets, err := r.Secrets(id)
	c.Secrets = secrets
	return c, err
}

// ClientFilter narrows a list of clients.
type ClientFilter struct {
	OrganisationID uuid.UUID
	Statuses       []cover.ClientStatus
}

// Clients lists those of organisations that the actor keeps.
func (r *Reader) Clients(f ClientFilter, p Page) (Listed[cover.Client], error) {
	q := r.keptOrganisations("clients.organisation_id").on(r.db)
	if f.OrganisationID != uuid.Nil {
		q = q.Where("clients.organisation_id = ?", f.OrganisationID)
	}
	if len(f.Statuses) == 1 {
		q = q.Where("(clients.revoked_at is not null) = ?", f.Statuses[0] == cover.ClientRevoked)
	}
	listed, err := list(r, q, p, func(c cover.Client) Place { return byID(c.ID) })
	if err != nil {
		return listed, err
	}
	return listed, r.withSecrets(listed.Items)
}

func (r *Reader) withSecrets(clients []cover.Client) error {
	ids := make([]uuid.UUID, len(clients))
	for i, c := range clients {
		ids[i] = c.ID
	}
	secrets, err := r.Secrets(ids...)
	for i := range clients {
		for _, s := range secrets {
			if s.ClientID == clients[i].ID {
				clients[i].Secrets = append(clients[i].Secrets, s)
			}
		}
	}
	return err
}

// Secrets lists what is kept of the secrets of some clients that have not expired,
// the oldest first.
func (r *Reader) Secrets(clients ...uuid.UUID) ([]cover.Secret, error) {
	var rows []secretRow
	err := r.db.Where("client_id in ? and (expires_at is null or expires_at > ?)", clients, r.store.now()).
		Order("created_at, id").Find(&rows).Error
	secrets := make([]cover.Secret, len(rows))
	for i, row := range rows {
		secrets[i] = row.Secret
	}
	return secrets, translate(err)
}

// InsertClient writes a new client.
func (tx *Tx) InsertClient(c *cover.Client) error {
	c.ID, c.CreatedAt, c.UpdatedAt = newID(), tx.Now, tx.Now
	return translate(tx.db.Create(c).Error)
}

// LockClient returns a client of an organisation that the actor keeps, locked, in
// the version asked for.
func (tx *Tx) LockClient(id uuid.UUID, v Version) (cover.Client, error) {
	c, err := lock(tx, tx.keptOrganisations("clients.organisation_id"), id, v, func(c cover.Client) int64 { return c.Version })
	if err != nil {
		return c, err
	}
	c.Secrets, err = tx.Secrets(id)
	return c, err
}

// RefuseRevoked refuses an actor whose client was revoked since its token was
// given (token_invalid), and keeps it from being revoked until the transaction
// ends.
func (tx *Tx) RefuseRevoked() error {
	var revoked []bool
	err := tx.db.Raw("select revoked_at is not null from clients where id = ? for share", tx.who.ClientID).Scan(&revoked).Error
	if err == nil && len(revoked) == 1 && revoked[0] {
		err = cover.Refuse(cover.Malformed, cover.TokenInvalid, nil)
	}
	return translate(err)
}

// UpdateClient writes a locked client.
func (tx *Tx) UpdateClient(c *cover.Client) error {
	c.Version, c.UpdatedAt = c.Version+1, tx.Now
	return tx.update(c)
}

// InsertSecret writes a new secret.
func (tx *Tx) InsertSecret(s *cover.Secret) error {
	s.ID, s.CreatedAt = newID(), tx.Now
	return translate(tx.db.Create(&secretRow{*s}).Error)
}

// ExpireSecrets lets a client's newest secret go on until an instant, if it would
// have gone on longer, and ends all others now: two live at most.
func (tx *Tx) ExpireSecrets(client uuid.UUID, until time.Time) error {
	const newest = `(select id from client_secrets where client_id = ? order by created_at desc, id desc limit 1)`
	err := tx.db.Exec(`update client_secrets set expires_at = case when id = `+newest+` then least(expires_at, ?) else least(expires_at, ?) end
		where client_id = ?`, client, until, tx.Now, client).Error
	return translate(err)
}

// ClientByID finds a client and its organisation before anybody acts: it is the
// only question that is not asked within what somebody may see.
func (s *Store) ClientByID(ctx context.Context, id uuid.UUID) (c cover.Client, o cover.Organisation, err error) {
	r := &Reader{ctx: ctx, store: s, db: s.db.WithContext(ctx)}
	if err := r.db.Take(&c, "id = ?", id).Error; err != nil {
		return c, o, translate(err)
	}
	if err := r.db.Take(&o, "id = ?", c.OrganisationID).Error; err != nil {
		return c, o, translate(err)
	}
	c.Secrets, err = r.Secrets(id)
	return c, o, err
}

// UsedSecret notes when a secret was last used, to the minute.
func (s *Store) UsedSecret(ctx context.Context, secret cover.Secret) error {
	now := s.now()
	if secret.LastUsedAt != nil && now.Sub(*secret.LastUsedAt) < time.Minute {
		return nil
	}
	return s.db.WithContext(ctx).Exec(`update client_secrets set last_used_at = ? where id = ?`, now, secret.ID).Error
}

// FirstClient makes the administrator's organisation and client in a database
// that has no client yet, with the digest of its secret. It reports whether it
// did; of two processes that ask at once, one does. keep is the last step before
// the commit.
func (s *Store) FirstClient(
	ctx context.Context, o cover.Organisation, c cover.Client, digest []byte, keep func(id uuid.UUID) error,
) (made bool, err error) {
	err = s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		if err := db.Exec(`select pg_advisory_xact_lock(hashtextextended('first client', 0))`).Error; err != nil {
			return err
		}
		var clients int64
		if err := db.Table("clients").Count(&clients).Error; err != nil || clients > 0 {
			return err
		}
		now := Instant(s.now())
		o.ID, o.Version, o.CreatedAt, o.UpdatedAt = newID(), 1, now, now
		o.RegisteredBy = o.ID
		if err := db.Create(&o).Error; err != nil {
			return err
		}
		c.ID, c.OrganisationID, c.Version, c.CreatedAt, c.UpdatedAt = newID(), o.ID, 1, now, now
		if err := db.Create(&c).Error; err != nil {
			return err
		}
		secret := cover.Secret{ID: newID(), ClientID: c.ID, Digest: digest, CreatedAt: now}
		if err := db.Create(&secretRow{secret}).Error; err != nil {
			return err
		}
		made = true
		return keep(c.ID)
	})
	return made && err == nil, err
}
