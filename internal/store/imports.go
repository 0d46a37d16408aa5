package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"naungan/internal/access"
	"naungan/internal/cover"
)

// ImportFilter narrows a list of imports.
type ImportFilter struct {
	Statuses       []cover.ImportStatus
	OrganisationID uuid.UUID
	ContentDigest  []byte // of the bytes sent, or announced
}

// Imports lists those that the actor sees.
func (r *Reader) Imports(f ImportFilter, p Page) (Listed[cover.Import], error) {
	q := r.ofBodies("imports.organisation_id").on(r.db)
	if len(f.Statuses) > 0 {
		q = q.Where("status in ?", f.Statuses)
	}
	if f.OrganisationID != uuid.Nil {
		q = q.Where("organisation_id = ?", f.OrganisationID)
	}
	if f.ContentDigest != nil {
		q = q.Where("(content_digest = ? or announced_digest = ?)", f.ContentDigest, f.ContentDigest)
	}
	return list(r, q, p, func(i cover.Import) Place { return byID(i.ID) })
}

// Import returns one that the actor sees.
func (r *Reader) Import(id uuid.UUID) (cover.Import, error) {
	var i cover.Import
	err := r.ofBodies("imports.organisation_id").on(r.db).Take(&i, "id = ?", id).Error
	return i, translate(err)
}

// ImportVersion returns the version of an import that the actor sees, and its
// status: what changes while it goes on.
func (r *Reader) ImportVersion(id uuid.UUID) (version int64, status cover.ImportStatus, err error) {
	seen := condition{"id = ?", []any{id}}.and(r.ofBodies("imports.organisation_id"))
	err = r.store.pool.QueryRow(r.ctx, numbered("select version, status from imports where "+seen.sql), seen.args...).Scan(&version, &status)
	return version, status, translate(err)
}

// CommittedBefore finds an import of the organisation, other than this one, that
// committed the same bytes or the same officers; nothing if there is none.
func (r *Reader) CommittedBefore(i cover.Import) (uuid.NullUUID, error) {
	var found []uuid.UUID
	err := r.db.Raw(`select id from imports where organisation_id = ? and id <> ? and status in ('committed', 'partially_committed')
			and (content_digest = ? or people_digest = ?) order by id desc limit 1`,
		i.OrganisationID, i.ID, i.ContentDigest, i.PeopleDigest).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return uuid.NullUUID{}, translate(err)
	}
	return uuid.NullUUID{UUID: found[0], Valid: true}, nil
}

// MovingImports counts the imports of the actor's own organisation that are being
// received or worked on.
func (r *Reader) MovingImports() (n int64, err error) {
	err = r.db.Raw(`select count(*) from imports where organisation_id = ?
		and status in ('receiving', 'received', 'staging', 'committing', 'reversing')`, r.who.OrganisationID).Scan(&n).Error
	return n, translate(err)
}

// InsertImport writes a new import.
func (tx *Tx) InsertImport(i *cover.Import) error {
	i.ID, i.Version = newID(), 1
	i.CreatedAt, i.UpdatedAt, i.PhaseSince = tx.Now, tx.Now, tx.Now
	return translate(tx.db.Create(i).Error)
}

// LockImport returns an import that the actor sees, locked, in the version asked
// for.
func (tx *Tx) LockImport(id uuid.UUID, v Version) (cover.Import, error) {
	return lock(tx, tx.ofBodies("imports.organisation_id"), id, v, func(i cover.Import) int64 { return i.Version })
}

// UpdateImport writes a locked import. A new phase begins now.
func (tx *Tx) UpdateImport(i *cover.Import, phase cover.ImportPhase) error {
	if i.Phase != phase {
		i.Phase, i.PhaseSince = phase, tx.Now
		if phase != cover.PhaseResting { // how far it came is told while it rests
			i.Processed = 0
		}
	}
	i.Version, i.UpdatedAt = i.Version+1, tx.Now
	return tx.update(i)
}

// Progress says how far a phase is, and how far it will probably go, in a
// transaction of its own. It never goes back: a phase that is begun again after a
// crash catches up first.
func (s *Store) Progress(ctx context.Context, id uuid.UUID, phase cover.ImportPhase, processed, total int64) error {
	_, err := s.pool.Exec(ctx, `update imports set processed = greatest(processed, $3), total = greatest($4, processed, $3),
		version = version + 1, updated_at = $5 where id = $1 and phase = $2`, id, phase, processed, total, s.now())
	return translate(err)
}

// Sender is who sent an import, as the work that is done for them needs to know
// it: they see what their organisation sees, and nobody unmasked.
func (s *Store) Sender(ctx context.Context, id uuid.UUID) (access.Actor, error) {
	var who access.Actor
	err := s.pool.QueryRow(ctx, `select i.client_id, i.request_id, o.id, o.kind, o.level, o.area_code, o.time_zone
			from imports i join organisations o on o.id = i.organisation_id where i.id = $1`, id).
		Scan(&who.ClientID, &who.RequestID, &who.OrganisationID, &who.Kind, &who.Level, &who.AreaCode, &who.TimeZone)
	return who, translate(err)
}

// Stalled lists imports that should go on by themselves, of which nothing was heard
// since an instant, and whose turn is not to come anyway.
func (s *Store) Stalled(ctx context.Context, before time.Time) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `select id from imports i
		where status in ('received', 'staging', 'committing', 'reversing') and updated_at < $1
			and not exists (select from river_job j where j.kind = 'import' and j.args->>'import_id' = i.id::text
				and j.state in ('available', 'retryable', 'scheduled'))
		order by updated_at`, before)
	if err != nil {
		return nil, translate(err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Abandoned lists uploads that nobody went on with since an instant, and imports
// that nobody committed since another.
func (s *Store) Abandoned(ctx context.Context, silentSince, waitingSince time.Time) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `select id from imports where status = 'receiving' and updated_at < $1
		or status = 'validated' and updated_at < $2 order by updated_at`, silentSince, waitingSince)
	if err != nil {
		return nil, translate(err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Forget deletes the rows of imports that are over and whose rows were all read
// before an instant. What is being taken back is left until it is.
func (s *Store) Forget(ctx context.Context, before time.Time) error {
	_, err := s.pool.Exec(ctx, `with old as (
			update imports set forgotten_at = $2
			where finished_at is not null and coalesce(validated_at, finished_at) < $1 and forgotten_at is null
				and status not in ('committing', 'reversing') returning id
		), plans as (
			delete from import_plan p using old where p.import_id = old.id
		) delete from import_rows r using old where r.import_id = old.id`, before, s.now())
	return translate(err)
}

// importAnalysed is from how many rows on an import is worth telling the planner of
// the database about. It knows nothing of rows that have just come, and would look
// each of many up one by one.
const importAnalysed = 2_000

// AnalyseImport tells the planner about the rows of an import, or about its plan.
func (s *Store) AnalyseImport(ctx context.Context, i cover.Import) error {
	if i.Counts.Rows < importAnalysed {
		return nil
	}
	_, err := s.pool.Exec(ctx, `analyze import_rows, import_plan`)
	return translate(err)
}

// Turn is the turn of whoever works on an import. It is over with its connection,
// whatever happens to this process.
type Turn struct {
	ctx  context.Context
	conn *pgxpool.Conn
}

// Alone runs do while no other process does so for the same import, and reports
// whether it could.
func (s *Store) Alone(ctx context.Context, id uuid.UUID, do func(Turn) error) (ran bool, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Release()
	turn := Turn{ctx, conn}
	if ran, err = turn.lock(id, 4); err != nil || !ran {
		return false, err
	}
	defer func() {
		if _, gone := conn.Exec(ctx, `select pg_advisory_unlock_all()`); gone != nil {
			_ = conn.Conn().Close(ctx) // and with it the locks
		}
	}()
	return true, do(turn)
}

// WithRoster reports whether, until the turn is over, nobody else changes officers
// of the organisation by an import. Two who did so by turns would each find the
// roster changed by the other, and plan anew for every chunk.
func (t Turn) WithRoster(organisation uuid.UUID) (free bool, err error) {
	return t.lock(organisation, 5)
}

// lock takes a lock that lasts as long as the turn, if it is free. The seed keeps
// what is locked for different reasons apart.
func (t Turn) lock(id uuid.UUID, seed int) (free bool, err error) {
	err = t.conn.QueryRow(t.ctx, `select pg_try_advisory_lock(hashtextextended($1, $2))`, id.String(), seed).Scan(&free)
	return free, translate(err)
}

// sippProfiles is named, because gorm takes the IP in it for that of the Internet.
const sippProfiles = "sipp_profiles"

// SIPPProfiles lists the workbooks that SIPP takes.
func (r *Reader) SIPPProfiles() (profiles []cover.SIPPProfile, err error) {
	err = r.db.Table(sippProfiles).Order("code").Find(&profiles).Error
	return profiles, translate(err)
}

// SIPPProfile returns one of them.
func (r *Reader) SIPPProfile(code string) (p cover.SIPPProfile, err error) {
	err = r.db.Table(sippProfiles).Take(&p, "code = ?", code).Error
	return p, translate(err)
}

// CorrectSIPPProfile writes a profile in the place of the one in the version asked
// for.
func (tx *Tx) CorrectSIPPProfile(p *cover.SIPPProfile, v Version) error {
	columns, err := json.Marshal(p.Columns)
	if err != nil {
		return err
	}
	var current int64
	err = tx.pgx.QueryRow(tx.ctx, `select version from sipp_profiles where code = $1 for update`, p.Code).Scan(&current)
	if err != nil {
		return translate(err)
	}
	if err := v.is(current); err != nil {
		return err
	}
	p.Version, p.UpdatedAt = current+1, tx.Now
	_, err = tx.pgx.Exec(tx.ctx, `update sipp_profiles set columns = $2, source = $3, certainty = $4, version = $5, updated_at = $6
		where code = $1`, p.Code, columns, p.Source, p.Certainty, p.Version, p.UpdatedAt)
	return translate(err)
}
