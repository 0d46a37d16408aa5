// Package store keeps cover in Postgres. It is the only package that knows GORM.
//
// It owns rows: reading them within what an actor may see, writing them inside a
// transaction, what a violated constraint means, and what is sealed at rest. It
// does not own rules (cover) nor verbs (registry, billing, claims).
//
// One pool of connections serves GORM and the few questions that are asked so
// often that they are put to pgx directly.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/keys"
)

// ErrOtherKeys says that the database was written with other keys, so that this
// process could neither find nor open what is sealed in it.
var ErrOtherKeys = errors.New("the database was written with other keys")

// connections is how many the pool keeps; a database server gives about a
// hundred, and several processes may share it.
const connections = 16

// slowConnections is how many answers may be streamed from one moment of the
// database at a time. Each holds its connection until its reader has taken it all.
const slowConnections = 4

// Store is the door to the database.
type Store struct {
	pool *pgxpool.Pool
	slow *pgxpool.Pool // for answers that are read as slowly as their reader likes
	sql  *sql.DB       // the same connections, as GORM wants them
	db   *gorm.DB
	jobs *river.Client[pgx.Tx] // enqueues only; jobs works them
	keys *keys.Keys
	now  func() time.Time
	ref  atomic.Pointer[cover.Reference]

	tariffs     tariffs
	pastTariffs tariffs // as it was known once
}

// Open connects to a migrated database. Refuses one that was written with other
// keys (ErrOtherKeys); a new one remembers these.
func Open(ctx context.Context, url string, k *keys.Keys, now func() time.Time) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("address of the database: %w", err)
	}
	config.MinConns, config.MaxConns = 2, connections
	config.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		pgxuuid.Register(c.TypeMap()) // without it each id goes through text
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	few := config.Copy()
	few.MinConns, few.MaxConns = 0, slowConnections
	slow, err := pgxpool.NewWithConfig(ctx, few)
	if err != nil {
		pool.Close()
		return nil, err
	}
	s := &Store{pool: pool, slow: slow, sql: stdlib.OpenDBFromPool(pool), keys: k, now: now}
	s.ref.Store(&cover.Reference{})
	if err := s.prepare(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) (err error) {
	s.db, err = gorm.Open(postgres.New(postgres.Config{Conn: s.sql}), &gorm.Config{
		NowFunc: s.now, Logger: logger.Discard, DisableNestedTransaction: true, SkipDefaultTransaction: true,
	})
	if err != nil {
		return err
	}
	if s.jobs, err = river.NewClient(riverpgxv5.New(s.pool), &river.Config{}); err != nil {
		return err
	}
	return s.claimKeys(ctx)
}

// claimKeys lets the first keys that open a database be the only ones.
func (s *Store) claimKeys(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `insert into settings (name, value) values ('keys', $1) on conflict do nothing`, s.keys.Fingerprint())
	if err != nil {
		return err
	}
	var owner string
	if err := s.pool.QueryRow(ctx, `select value from settings where name = 'keys'`).Scan(&owner); err != nil {
		return err
	}
	if owner != s.keys.Fingerprint() {
		return fmt.Errorf("%w: it wants those named %s, these are %s", ErrOtherKeys, owner, s.keys.Fingerprint())
	}
	return nil
}

// Close gives the connections back.
func (s *Store) Close() {
	s.slow.Close()
	s.pool.Close()
}

// Ready asks the database for a sign of life.
func (s *Store) Ready(ctx context.Context) error { return s.pool.Ping(ctx) }

// Keys are what the store seals with.
func (s *Store) Keys() *keys.Keys { return s.keys }

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Reader answers questions within what its actor may see.
type Reader struct {
	ctx   context.Context
	store *Store
	db    *gorm.DB
	who   access.Actor
}

// Tx is a Reader that may also write. It lives for one call to InTx.
type Tx struct {
	*Reader
	pgx    pgx.Tx        // the same transaction, for what GORM has no words for
	Now    time.Time     // one instant for every row the transaction touches
	Doubts cover.Faults  // what the caller is warned of when the write succeeds
	Shown  []cover.Event // the readings of personal data that were recorded
}

// Read returns a Reader for an actor.
func (s *Store) Read(ctx context.Context, who access.Actor) *Reader {
	return &Reader{ctx: ctx, store: s, db: s.db.WithContext(ctx), who: who}
}

// InTx runs do in one transaction: committed if do returns nil, else undone.
func (s *Store) InTx(ctx context.Context, who access.Actor, do func(*Tx) error) error {
	conn, err := s.sql.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = conn.Close() }() // gives it back; broken ones are thrown away there
	tx, err := begin(ctx, conn)
	if err != nil {
		return translate(err)
	}
	// Also when do panics. After a commit it does nothing. It is asked through conn,
	// which knows whether the connection broke and belongs to somebody else by now.
	defer func() {
		_ = conn.Raw(func(any) error { return tx.Rollback(context.WithoutCancel(ctx)) })
	}()
	db := s.db.Session(&gorm.Session{NewDB: true, Context: ctx})
	db.Statement.ConnPool = conn
	now := Instant(s.now())
	if err := do(&Tx{Reader: &Reader{ctx: ctx, store: s, db: db, who: who}, pgx: tx, Now: now}); err != nil {
		return translate(err)
	}
	return translate(tx.Commit(ctx))
}

// Instant is an instant as Postgres keeps it, in microseconds: an answer must equal what
// is read back.
func Instant(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// begin starts a transaction that GORM, pgx and the job queue share: pgx begins
// it on the connection that GORM is then given.
func begin(ctx context.Context, conn *sql.Conn) (tx pgx.Tx, err error) {
	raw := conn.Raw(func(driver any) error {
		tx, err = driver.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	return tx, raw
}

// Enqueue gives work to the job queue: it is done once the transaction is
// committed, and never otherwise.
func (tx *Tx) Enqueue(work river.JobArgs) error { return tx.EnqueueIn(river.QueueDefault, work) }

// EnqueueIn gives work to a queue of its own.
func (tx *Tx) EnqueueIn(queue string, work river.JobArgs) error {
	_, err := tx.store.jobs.InsertTx(tx.ctx, tx.pgx, work, &river.InsertOpts{Queue: queue})
	return err
}

// Pool is where the workers of the job queue get their connections.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Do is InTx for the common case of a transaction that yields a value.
func Do[T any](ctx context.Context, s *Store, who access.Actor, do func(*Tx) (T, error)) (out T, err error) {
	err = s.InTx(ctx, who, func(tx *Tx) error {
		out, err = do(tx)
		return err
	})
	return out, err
}

// As is the same transaction for another actor: what must be known of somebody whom the
// actor does not see is asked as whoever does, and nothing of it is shown.
func (tx *Tx) As(who access.Actor) *Reader {
	r := *tx.Reader
	r.who = who
	return &r
}

// Context bounds whatever the Reader asks.
func (r *Reader) Context() context.Context { return r.ctx }

// Actor is who asks.
func (r *Reader) Actor() access.Actor { return r.who }

// Now is the store's clock.
func (r *Reader) Now() time.Time { return r.store.now() }

// Reference is the data that rules look things up in.
func (r *Reader) Reference() *cover.Reference { return r.store.ref.Load() }

// Today is the day it is for the actor, in their zone.
func (r *Reader) Today() cover.Date { return cover.DateOf(r.store.now(), r.who.Zone()) }

// Today is the day of the transaction's instant, in the actor's zone.
func (tx *Tx) Today() cover.Date { return cover.DateOf(tx.Now, tx.who.Zone()) }

// Doubt records something to warn the caller of.
func (tx *Tx) Doubt(doubts ...cover.Fault) { tx.Doubts = append(tx.Doubts, doubts...) }
