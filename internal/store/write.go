package store

import (
	"encoding/json"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"naungan/internal/cover"
)

// Version is the version that a change is meant for; the zero Version is any.
type Version int64

// newID returns a UUIDv7: its order is the order of creation, and it is not to be
// guessed.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// plain is the transaction without GORM, for statements with arrays as arguments,
// which GORM would write out as lists.
func (tx *Tx) plain() gorm.ConnPool { return tx.db.Statement.ConnPool }

// lock returns one row that the actor sees and holds it until the transaction
// ends. Refuses another version than the one asked for (version_stale).
//
// Locks are taken in one order, so that nobody waits for somebody who waits for them:
//
//   - tariff;
//   - enrolment, agreement;
//   - roster, import (and then the one that it mends), officer;
//   - incident, and what is its own: claim, fund, grant, heir, document;
//   - payment or credit note, invoice, budget, the counter of a paper's numbers;
//   - coverage period.
//
// Deadlines have no place in it. One of an incident or a claim is turned by whoever holds
// the incident, before or after a claim or a period; who keeps time takes those that are
// free, after their claims, and waits for none. A document that arrives is held before its
// incident, while nobody else can name it. Organisations, clients and links to documents
// are held with nothing else.
func lock[T any](tx *Tx, seen condition, id uuid.UUID, v Version, version func(T) int64) (T, error) {
	return lockFor(tx, "UPDATE", seen, id, v, version)
}

// hold is lock for a row that others may refer to meanwhile, as documents do to an
// incident.
func hold[T any](tx *Tx, seen condition, id uuid.UUID, v Version, version func(T) int64) (T, error) {
	return lockFor(tx, "NO KEY UPDATE", seen, id, v, version)
}

func lockFor[T any](tx *Tx, strength string, seen condition, id uuid.UUID, v Version, version func(T) int64) (T, error) {
	var row T
	q := seen.on(tx.db.Clauses(clause.Locking{Strength: strength}))
	if err := q.Take(&row, "id = ?", id).Error; err != nil {
		return row, translate(err)
	}
	return row, v.is(version(row))
}

func (v Version) is(current int64) error {
	if v != 0 && int64(v) != current {
		return cover.Refuse(cover.Stale, cover.VersionStale, cover.Params{"version": current})
	}
	return nil
}

// update writes the whole of a locked row. Select("*") keeps GORM from leaving
// out what became zero, and UpdateColumns from putting its own time in the place
// of the transaction's.
func (tx *Tx) update(row any) error {
	return translate(tx.db.Model(row).Select("*").Omit("id", "created_at").UpdateColumns(row).Error)
}

// Record writes what happened, in the transaction of the change.
func (tx *Tx) Record(e cover.Event) error {
	if e.Type == cover.PersonalDataRead {
		tx.Shown = append(tx.Shown, e)
	}
	before, err := tx.digest(e.Before)
	if err != nil {
		return err
	}
	after, err := tx.digest(e.After)
	if err != nil {
		return err
	}
	return tx.db.Exec(`insert into events (id, type, resource_id, organisation_id, client_id, actor_id, request_id, purpose,
		before_digest, after_digest, occurred_at, link_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		newID(), e.Type, e.ResourceID, e.OrganisationID, tx.who.ClientID, tx.who.OrganisationID, tx.who.RequestID,
		tx.who.Purpose, before, after, tx.Now, e.LinkID).Error
}

// RecordAll is Record for many resources that came to be at once.
func (tx *Tx) RecordAll(events []cover.Event) error {
	n := len(events)
	ids, resources, owners := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n)
	types, digests := make([]string, n), make([]uuid.UUID, n)
	for i, e := range events {
		after, err := tx.digest(e.After)
		if err != nil {
			return err
		}
		ids[i], types[i], resources[i], owners[i], digests[i] = newID(), string(e.Type), e.ResourceID, e.OrganisationID, after.UUID
	}
	_, err := tx.pgx.Exec(tx.ctx, `insert into events (id, type, resource_id, organisation_id, client_id, actor_id, request_id,
			after_digest, occurred_at)
		select e.id, e.type, e.resource, e.owner, $6, $7, $8, e.digest, $9
		from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[]) as e (id, type, resource, owner, digest)`,
		ids, types, resources, owners, digests, tx.who.ClientID, tx.who.OrganisationID, tx.who.RequestID, tx.Now)
	return translate(err)
}

// digest tells two states of a resource apart without telling what they hold: it
// is keyed, because a plain digest of a few known fields could be guessed.
func (tx *Tx) digest(resource any) (uuid.NullUUID, error) {
	if resource == nil {
		return uuid.NullUUID{}, nil
	}
	if o, ok := resource.(cover.Officer); ok { // as the sets of an import reckon it
		return uuid.NullUUID{UUID: endedDigest(o, tx.store.officerDigest(o)), Valid: true}, nil
	}
	written, err := json.Marshal(resource)
	if err != nil {
		return uuid.NullUUID{}, err
	}
	return uuid.NullUUID{UUID: tx.store.keys.Index(string(written)), Valid: true}, nil
}

// Name is the keyed digest of a text: it names what the text says, and tells
// nobody what that is.
func (r *Reader) Name(text string) uuid.UUID { return r.store.keys.Index(text) }
