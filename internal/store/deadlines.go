package store

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/clause"

	"naungan/internal/cover"
)

// Deadline returns one that the actor sees.
func (r *Reader) Deadline(id uuid.UUID) (cover.Deadline, error) {
	var d cover.Deadline
	err := r.seenDeadlines().on(r.db).Take(&d, "deadlines.id = ?", id).Error
	return d, translate(err)
}

// DeadlineFilter narrows a list of deadlines. Bounds are inclusive; what is empty
// narrows nothing.
type DeadlineFilter struct {
	Rules          []cover.DeadlineRule
	Statuses       []cover.DeadlineStatus
	Now            time.Time // for which the statuses are
	OrganisationID uuid.UUID
	IncidentID     uuid.UUID
	ClaimID        uuid.UUID
	DueFrom        *time.Time
	DueTo          *time.Time
}

// Deadlines lists those that the actor sees, by id or by when they are due.
func (r *Reader) Deadlines(f DeadlineFilter, p Page) (Listed[cover.Deadline], error) {
	where := r.seenDeadlines()
	narrow := func(wanted bool, sql string, args ...any) {
		if wanted {
			where = where.and(condition{sql, args})
		}
	}
	narrow(len(f.Rules) > 0, "rule in ?", f.Rules)
	narrow(f.OrganisationID != uuid.Nil, "organisation_id = ?", f.OrganisationID)
	narrow(f.IncidentID != uuid.Nil, "incident_id = ?", f.IncidentID)
	narrow(f.ClaimID != uuid.Nil, "claim_id = ?", f.ClaimID)
	narrow(f.DueFrom != nil, "due_at >= ?", f.DueFrom)
	narrow(f.DueTo != nil, "due_at <= ?", f.DueTo)
	if len(f.Statuses) > 0 {
		where = where.and(deadlineStatuses(f.Statuses, f.Now))
	}
	return list(r, where.on(r.db), p, func(d cover.Deadline) Place {
		if p.By == "" {
			return byID(d.ID)
		}
		return Place{Key: d.DueAt.UTC().Format(time.RFC3339Nano), ID: d.ID.String()}
	})
}

// deadlineStatuses says in SQL, case by case, what cover.Deadline.StatusAt says in Go.
// What no case says of itself is said besides, so that an index can serve.
func deadlineStatuses(statuses []cover.DeadlineStatus, now time.Time) condition {
	asked := condition{`case
		when cancelled_at is not null then 'cancelled'
		when met_at is not null then 'met'
		when paused_at is not null then 'paused'
		when due_at < ? then 'breached'
		else 'running' end in ?`, []any{now, statuses}}
	if slices.Contains(statuses, cover.DeadlineMet) || slices.Contains(statuses, cover.DeadlineCancelled) {
		return asked
	}
	return condition{sql: "met_at is null and cancelled_at is null"}.and(asked)
}

// LockDeadline returns one that the actor sees, locked, in the version asked for.
func (tx *Tx) LockDeadline(id uuid.UUID, v Version) (cover.Deadline, error) {
	return lock(tx, tx.seenDeadlines(), id, v, func(d cover.Deadline) int64 { return d.Version })
}

// LockDeadlineOf returns the deadline of a rule for a claim or, where there is none,
// for an incident, locked; nil if there is none, or it was cancelled. It is asked of an incident or
// claim that the verb acts on, whoever owes the deadline.
func (tx *Tx) LockDeadlineOf(rule cover.DeadlineRule, incident, claim uuid.NullUUID) (*cover.Deadline, error) {
	var found []cover.Deadline
	about := incident
	if claim.Valid {
		about = claim
	}
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("rule = ? and coalesce(claim_id, incident_id) = ? and cancelled_at is null and note_reference = ''",
			rule, about).
		Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], nil
}

// InsertDeadline writes a new deadline. Refuses a second one of a rule about the same
// thing (deadline_taken).
func (tx *Tx) InsertDeadline(d *cover.Deadline) error {
	d.ID, d.CreatedAt, d.UpdatedAt = newID(), tx.Now, tx.Now
	return translate(tx.db.Create(d).Error)
}

// UpdateDeadline writes a locked deadline.
func (tx *Tx) UpdateDeadline(d *cover.Deadline) error {
	d.Version, d.UpdatedAt = d.Version+1, tx.Now
	return tx.update(d)
}

// ZoneOf is the zone in which an organisation reckons its days, which is no secret:
// whoever owes a deadline may be somebody that the actor does not see.
func (r *Reader) ZoneOf(organisation uuid.UUID) (o cover.Organisation, err error) {
	err = r.db.Select("id", "time_zone").Take(&o, "id = ?", organisation).Error
	return o, translate(err)
}

// OrganiserOf is who claims for those under a coverage period.
func (r *Reader) OrganiserOf(period uuid.UUID) (organiser uuid.UUID, err error) {
	err = r.db.Raw(`select a.organiser_id from coverage_periods c join agreements a on a.id = c.agreement_id
		where c.id = ?`, period).Row().Scan(&organiser)
	return organiser, translate(err)
}

// The statements below are those of whoever keeps time for all. Rows that somebody
// works on are left to the next round, so that several may keep time at once.

// StaleDeadlines lists up to so many deadlines that run, and were reckoned by another
// edition of the tariff than this one, locked together with their claims: claims
// first, as everybody locks them. The last id that was looked at comes besides; none
// when there are no more after it.
func (tx *Tx) StaleDeadlines(edition int64, after uuid.UUID, limit int) (
	found []cover.Deadline, last uuid.UUID, err error,
) {
	var stale []cover.Deadline
	err = tx.db.Select("id", "claim_id").Where(`edition <> ? and id > ? and unit <> 'hours'
		and met_at is null and cancelled_at is null and paused_at is null and due_at >= ?`, edition, after, tx.Now).
		Order("id").Limit(limit).Find(&stale).Error
	if err != nil || len(stale) == 0 {
		return nil, uuid.Nil, translate(err)
	}
	ids, claims := make([]uuid.UUID, 0, len(stale)), make([]uuid.UUID, 0, len(stale))
	for _, d := range stale {
		ids = append(ids, d.ID)
		if d.ClaimID.Valid {
			claims = append(claims, d.ClaimID.UUID)
		}
	}
	rows, err := tx.pgx.Query(tx.ctx, "select id from claims where id = any($1) for update skip locked", claims)
	if err != nil {
		return nil, uuid.Nil, translate(err)
	}
	if claims, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
		return nil, uuid.Nil, translate(err)
	}
	err = tx.db.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).
		Where("id in ? and edition <> ? and (claim_id is null or claim_id in ?)", ids, edition, append(claims, uuid.Nil)).
		Order("id").Find(&found).Error
	return found, stale[len(stale)-1].ID, translate(err)
}

// KeepDue writes when deadlines run out that were reckoned anew; those that moved are
// new versions, and the days by which their claims are to be paid move with them.
func (tx *Tx) KeepDue(deadlines []cover.Deadline) error {
	n := len(deadlines)
	ids, clocks, laws, days := make([]uuid.UUID, n), make([]string, n), make([]string, n), make([]string, n)
	at, near, editions := make([]time.Time, n), make([]time.Time, n), make([]int64, n)
	for i, d := range deadlines {
		ids[i], clocks[i], laws[i], days[i] = d.ID, d.Clock, d.Law, d.DueOn.String()
		at[i], near[i], editions[i] = d.DueAt, d.NearAt, d.Edition
	}
	_, err := tx.pgx.Exec(tx.ctx, `with reckoned as (
			select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]::date[], $5::timestamptz[],
				$6::timestamptz[], $7::bigint[]) as r (id, clock, law, due_on, due_at, near_at, edition)
		), moved as (
			update deadlines d set clock = r.clock, law = r.law, due_on = r.due_on, due_at = r.due_at,
				near_at = r.near_at, edition = r.edition,
				near_told_at = case when r.due_at = d.due_at then d.near_told_at end,
				version = d.version + (r.due_at <> d.due_at or r.clock <> d.clock)::int,
				updated_at = case when r.due_at = d.due_at and r.clock = d.clock then d.updated_at else $8 end
			from reckoned r where d.id = r.id
			returning d.rule, d.claim_id, d.due_on
		)
		update claims c set pay_due_on = m.due_on, version = c.version + 1, updated_at = $8
		from moved m where c.id = m.claim_id and m.rule = c.programme || '_payment' and c.pay_due_on <> m.due_on`,
		ids, clocks, laws, days, at, near, editions, tx.Now)
	return translate(err)
}

// TakeNear marks up to so many deadlines as told that run out soon, and returns them.
// What was breached meanwhile is told as that alone.
func (tx *Tx) TakeNear(limit int) ([]cover.Deadline, error) {
	return tx.takeUntold(`with near as (
			select id from deadlines where near_told_at is null and met_at is null and cancelled_at is null and paused_at is null
				and near_at <= @now and due_at >= @now
			order by near_at limit @limit for update skip locked
		) update deadlines d set near_told_at = @now from near where d.id = near.id returning d.*`, limit)
}

// TakeBreached marks up to so many deadlines as told that were breached, also those
// that were met late, and returns them.
func (tx *Tx) TakeBreached(limit int) ([]cover.Deadline, error) {
	return tx.takeUntold(`with breached as (
			select id from deadlines where breach_told_at is null and cancelled_at is null and paused_at is null
				and (met_at is null or met_at > due_at) and due_at < @now
			order by due_at limit @limit for update skip locked
		) update deadlines d set breach_told_at = @now from breached where d.id = breached.id returning d.*`, limit)
}

func (tx *Tx) takeUntold(sql string, limit int) (taken []cover.Deadline, err error) {
	err = tx.db.Raw(sql, map[string]any{"now": tx.Now, "limit": limit}).Scan(&taken).Error
	return taken, translate(err)
}
