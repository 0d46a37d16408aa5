package store

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"naungan/internal/cover"
)

// turn is how long somebody waits for one of a few connections.
const turn = 10 * time.Second

// acquire waits its turn. Refuses to wait for long (service_unavailable).
func (r *Reader) acquire(pool *pgxpool.Pool) (*pgxpool.Conn, error) {
	ctx, cancel := context.WithTimeout(r.ctx, turn)
	defer cancel()
	conn, err := pool.Acquire(ctx)
	if err != nil && r.ctx.Err() == nil {
		return nil, &cover.Error{Kind: cover.Unavailable, Code: cover.ServiceUnavailable, Err: err}
	}
	return conn, err
}

// stream puts one question to a connection of a pool and hands the rows on as they are
// asked for, all from one moment, however long that takes.
func stream[T any](r *Reader, pool *pgxpool.Pool, sql string, args []any, scan func(pgx.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		conn, err := r.acquire(pool)
		if err != nil {
			yield(none, err)
			return
		}
		defer conn.Release()
		rows, err := conn.Query(r.ctx, sql, args...)
		if err != nil {
			yield(none, translate(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row, err := scan(rows)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, translate(err))
		}
	}
}
