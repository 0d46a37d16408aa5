package store

import (
	"time"

	"naungan/internal/cover"
)

// keyLife is how long an answer is given again.
const keyLife = 7 * 24 * time.Hour

// Remembered is a request that was answered, and its answer.
type Remembered struct {
	Fingerprint []byte
	Answer      []byte
}

// Recall finds the answer that the actor's client was given under an idempotency
// key; nil if there was none. It holds the key until the transaction ends, and
// refuses one that another transaction holds (request_in_progress).
func (tx *Tx) Recall(key string) (*Remembered, error) {
	name := tx.keyName(key)
	var free bool
	err := tx.db.Raw("select pg_try_advisory_xact_lock(hashtextextended(?, 1))", name).Scan(&free).Error
	if err != nil {
		return nil, err
	}
	if !free {
		return nil, cover.Refuse(cover.Conflict, cover.RequestInProgress, nil)
	}
	// Asked after the lock is held, so that what its last holder wrote is seen.
	var found []Remembered
	err = tx.db.Raw("select fingerprint, answer from idempotency_keys where client_id = ? and key = ? and expires_at > ?",
		tx.who.ClientID, key, tx.Now).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	found[0].Answer, err = tx.store.keys.Open(found[0].Answer, []byte(name))
	return &found[0], err
}

// Remember keeps an answer under an idempotency key, in the transaction of its
// effect. It is sealed: it may hold what only the caller may know. A few answers
// that are past their time go with it.
func (tx *Tx) Remember(key string, r Remembered) error {
	sealed, err := tx.store.keys.Seal(r.Answer, []byte(tx.keyName(key)))
	if err != nil {
		return err
	}
	err = tx.db.Exec(`delete from idempotency_keys where (client_id, key) in (
		select client_id, key from idempotency_keys where expires_at <= ? order by expires_at limit 10 for update skip locked)`, tx.Now).Error
	if err != nil {
		return err
	}
	return tx.db.Exec(`insert into idempotency_keys (client_id, key, fingerprint, answer, expires_at) values (?, ?, ?, ?, ?)
		on conflict (client_id, key) do update set fingerprint = excluded.fingerprint, answer = excluded.answer, expires_at = excluded.expires_at`,
		tx.who.ClientID, key, r.Fingerprint, sealed, tx.Now.Add(keyLife)).Error
}

func (tx *Tx) keyName(key string) string { return tx.who.ClientID.String() + ":" + key }
