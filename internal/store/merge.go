package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/cover"
)

// This file carries out the plan of an import, and takes it back, a chunk of rows
// at a time. Each chunk changes officers and cover, records what happened, and
// says how far it came, in one transaction.

// BeforeAllRows is where an import stands of which nothing is committed: even rows
// below 0 come after it.
const BeforeAllRows = math.MinInt64 / 2

// Chunk is some rows of a plan that follow each other, by what they do.
type Chunk struct {
	Rows, Created, Updated, Ended int64
	Last                          int64 // the number of the last row
}

// MayBeLost lets the commit of the transaction return before it is on disk. A crash
// of the database may undo it, whole; so whatever it did must be found to be done
// again, and nobody be told that it is done.
func (tx *Tx) MayBeLost() error {
	_, err := tx.pgx.Exec(tx.ctx, `set local synchronous_commit = off`)
	return translate(err)
}

// NextChunk returns the next rows of a plan, at most so many of them; no rows where
// all are committed.
func (tx *Tx) NextChunk(i cover.Import, rows int) (c Chunk, err error) {
	err = tx.pgx.QueryRow(tx.ctx, `select count(*), count(*) filter (where outcome = 'created'),
			count(*) filter (where outcome = 'updated'), count(*) filter (where outcome = 'ended'), coalesce(max(row_no), 0)
		from (select row_no, outcome from import_plan where import_id = $1 and row_no > $2 order by row_no limit $3) c`,
		i.ID, i.CommittedRow, rows).Scan(&c.Rows, &c.Created, &c.Updated, &c.Ended, &c.Last)
	return c, translate(err)
}

// Merge carries out a chunk of the plan of an import. The roster is held, and is as
// the plan found it.
func (tx *Tx) Merge(i *cover.Import, c Chunk) error {
	chunk := []any{i.ID, i.CommittedRow, c.Last}
	var work []statement
	if c.Created > 0 {
		from := filed + ` and p.outcome = 'created'`
		if c.Created == c.Rows { // which is usual, and spares the database to compare
			from = ` from import_rows r where r.import_id = $1` + bounded
		}
		work = append(work,
			statement{appointing + from + ` order by r.row_no`, append(chunk, i.OrganisationID, tx.Now)},
			statement{recordingAppointed + from + ` order by r.row_no`, append(chunk, tx.Now, i.OrganisationID, tx.who.ClientID,
				tx.who.OrganisationID, tx.who.RequestID, beginsV7(tx.Now))})
	}
	if c.Updated+c.Ended > 0 {
		work = append(work, statement{keepingPrior, chunk})
	}
	if c.Updated > 0 {
		work = append(work, statement{amending, append(chunk, tx.Now)})
	}
	if c.Ended > 0 {
		work = append(work, statement{ending, append(chunk, tx.Today(), tx.Now)}, statement{shortening, append(chunk, tx.Today(), tx.Now)})
	}
	if c.Updated+c.Ended > 0 {
		work = append(work, statement{recordingChanged, append(chunk, tx.Now, i.OrganisationID, tx.who.ClientID, tx.who.OrganisationID, tx.who.RequestID)})
	}
	if err := tx.each(work...); err != nil {
		return err
	}
	i.CommittedRow = c.Last
	return nil
}

// The statements of a chunk: of import $1, the rows after $2 up to $3. The bounds
// stand there for both tables, or else one of them is read whole.
const (
	planned = ` from import_plan p where p.import_id = $1 and p.row_no > $2 and p.row_no <= $3`
	bounded = ` and r.row_no > $2 and r.row_no <= $3`
	filed   = ` from import_plan p join import_rows r on r.import_id = p.import_id and r.row_no = p.row_no
		where p.import_id = $1 and p.row_no > $2 and p.row_no <= $3` + bounded

	appointing = `insert into officers (id, organisation_id, person_id, personal, digest, external_id, full_name, born_on, sex,
			position, role, area_code, polling_station, decree_number, term_from, term_to, honorarium, version, created_at, updated_at,
			import_id)
		select r.officer_id, $4, r.person_id, r.personal, r.digest, r.external_id, r.full_name, r.born_on, r.sex,
			r.position, r.role, r.area_code, r.polling_station, r.decree_number, r.term_from, r.term_to, r.honorarium, 1, $5, $5,
			r.import_id`

	keepingPrior = `update import_plan p set prior = to_jsonb(o) || jsonb_build_object('cover', coalesce((
			select jsonb_agg(jsonb_build_object('id', c.id, 'to_on', c.to_on, 'version', c.version)) from coverage_periods c
			where p.outcome = 'ended' and c.officer_id = o.id and c.cancelled_on is null), '[]'))
		from officers o where o.id = p.officer_id and p.import_id = $1 and p.row_no > $2 and p.row_no <= $3
			and p.outcome in ('updated', 'ended')`

	amending = `update officers o set person_id = n.person_id, personal = n.personal, digest = n.digest, full_name = n.full_name,
			born_on = n.born_on, sex = n.sex, role = n.role, area_code = n.area_code, polling_station = n.polling_station,
			decree_number = n.decree_number, term_from = n.term_from, term_to = n.term_to, honorarium = n.honorarium,
			version = o.version + 1, updated_at = $4
		from (select p.officer_id as id, r.*` + filed + ` and p.outcome = 'updated') n where o.id = n.id`

	ending = `update officers o set ended_on = greatest(o.term_from, least(o.term_to, $4)), end_reason = 'removed',
			version = o.version + 1, updated_at = $5
		where o.id in (select p.officer_id` + planned + ` and p.outcome = 'ended')`

	shortening = `update coverage_periods c set to_on = case when c.from_on > o.ended_on then c.to_on else o.ended_on end,
			cancelled_on = case when c.from_on > o.ended_on then $4::date end, version = c.version + 1, updated_at = $5
		from officers o where o.id = c.officer_id and c.cancelled_on is null and c.to_on > o.ended_on
			and o.id in (select p.officer_id` + planned + ` and p.outcome = 'ended')`
)

const eventColumns = `id, type, resource_id, organisation_id, client_id, actor_id, request_id, before_digest, after_digest, occurred_at`

var (
	// The ids are versions 7 of which the beginning is given: to make it for each row
	// costs as much as to write the row.
	recordingAppointed = `insert into events (` + eventColumns + `)
		select ($9 || substr(gen_random_uuid()::text, 16))::uuid, '` + string(cover.OfficerWasAppointed) + `', r.officer_id,
			$5, $6, $7, $8, null, r.digest, $4`

	recordingChanged = `insert into events (` + eventColumns + `)
		select uuid_v7($4), case p.outcome when 'updated' then '` + string(cover.OfficerAmended) + `'
				else '` + string(cover.OfficerWasEnded) + `' end, p.officer_id, $5, $6, $7, $8,
			officer_digest((p.prior->>'digest')::uuid, (p.prior->>'ended_on')::date, p.prior->>'end_reason'),
			officer_digest(o.digest, o.ended_on, o.end_reason), $4
		from import_plan p join officers o on o.id = p.officer_id
		where p.import_id = $1 and p.row_no > $2 and p.row_no <= $3 and p.outcome in ('updated', 'ended')`
)

// beginsV7 is how the version 7 UUIDs of an instant begin, down to the version.
func beginsV7(at time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16|7<<12) //nolint:gosec // no instant of ours is before 1970
	return id.String()[:15]
}

// CancelRest marks the rows of an import that were not committed.
func (tx *Tx) CancelRest(i cover.Import) error {
	return tx.each(
		statement{`delete from import_plan where import_id = $1 and row_no > $2 and row_no < 0`, []any{i.ID, i.CommittedRow}},
		statement{`update import_plan set outcome = 'cancelled', officer_id = null, officer_version = null
			where import_id = $1 and row_no > $2 and outcome not in ('rejected', 'cancelled')`, []any{i.ID, i.CommittedRow}},
	)
}

// MarkAmended notes in an earlier import which of its rejected rows another one
// mended, and counts them. It returns the import that the earlier one mends itself.
func (tx *Tx) MarkAmended(earlier, by uuid.UUID) (uuid.NullUUID, error) {
	var next uuid.NullUUID
	var status cover.ImportStatus
	err := tx.pgx.QueryRow(tx.ctx, `select status, amends_id from imports where id = $1 for update`, earlier).Scan(&status, &next)
	if err != nil || status == cover.ImportReversing || status == cover.ImportReversed {
		return next, translate(err) // it was taken back meanwhile
	}
	var mended int64
	err = tx.withoutLoops(func() error {
		done, err := tx.pgx.Exec(tx.ctx, `update import_plan p set outcome = 'amended', officer_id = m.officer_id
			from import_plan m where p.import_id = $1 and p.outcome = 'rejected' and m.import_id = $2 and m.row_no = p.row_no
				and m.outcome in ('created', 'updated', 'unchanged')`, earlier, by)
		mended = done.RowsAffected()
		return err
	})
	if err != nil {
		return uuid.NullUUID{}, err
	}
	_, err = tx.pgx.Exec(tx.ctx, `update imports set version = version + 1, updated_at = $3, counts = counts || jsonb_build_object(
			'rejected', (counts->>'rejected')::bigint - $2, 'amended', (counts->>'amended')::bigint + $2),
			status = case when status in ('partially_committed', 'rejected') and (counts->>'rejected')::bigint = $2 and (counts->>'cancelled')::bigint = 0 then 'committed' else status end
		where id = $1`, earlier, mended, tx.Now)
	return next, translate(err)
}

// UnmarkAmended undoes MarkAmended for the rows whose officers the later import no
// longer stands for, because it was taken back. A row that yet another import mended
// too stays so. It returns the import that the earlier one mends itself.
func (tx *Tx) UnmarkAmended(earlier, by uuid.UUID) (next uuid.NullUUID, err error) {
	if err := tx.pgx.QueryRow(tx.ctx, `select amends_id from imports where id = $1 for update`, earlier).Scan(&next); err != nil {
		return next, translate(err)
	}
	rows, err := tx.pgx.Query(tx.ctx, `with recursive later as (
			select id from imports where amends_id = $1 union all select i.id from imports i join later l on i.amends_id = l.id
		) select id from later where id <> $2`, earlier, by)
	if err != nil {
		return next, translate(err)
	}
	others, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return next, translate(err)
	}
	var open int64
	err = tx.withoutLoops(func() error {
		done, err := tx.pgx.Exec(tx.ctx, `update import_plan p set outcome = 'rejected', officer_id = null
			from import_plan m where p.import_id = $1 and p.outcome = 'amended' and m.import_id = $2 and m.row_no = p.row_no
				and m.officer_id = p.officer_id and m.reversal = 'reversed' and not exists (
					select from import_plan k join imports i on i.id = k.import_id where k.import_id = any($3) and k.row_no = p.row_no
						and k.officer_id = p.officer_id and k.outcome in ('created', 'updated', 'unchanged') and k.row_no <= i.committed_row
						and k.reversal <> 'reversed')`, earlier, by, others)
		open = done.RowsAffected()
		return err
	})
	if err != nil || open == 0 {
		return next, err
	}
	_, err = tx.pgx.Exec(tx.ctx, `update imports set version = version + 1, updated_at = $3, counts = counts || jsonb_build_object(
			'rejected', (counts->>'rejected')::bigint + $2, 'amended', (counts->>'amended')::bigint - $2),
			status = case when status <> 'committed' then status when committed_row > $4 then 'partially_committed' else 'rejected' end
		where id = $1`, earlier, open, tx.Now, int64(BeforeAllRows))
	return next, translate(err)
}

// restores are the columns of an officer that an import changes.
const restores = `person_id, personal, digest, full_name, born_on, sex, role, area_code, polling_station, decree_number, term_from,
	term_to, honorarium, ended_on, end_reason`

// Reverse takes back the next rows of an import, at most so many, and returns how
// many it looked at: none when all are done. The roster is held.
func (tx *Tx) Reverse(i cover.Import, rows int) (n int64, err error) {
	err = tx.each(
		statement{sql: `drop table if exists undone`},
		statement{`create temporary table undone on commit drop as
			select p.row_no, p.outcome, p.officer_id, p.prior, case
				when o.id is null or o.version <> coalesce(p.officer_version + 1, 1) then '` + string(cover.TouchedSince) + `'
				when exists (select from coverage_periods c join invoice_lines l on l.coverage_period_id = c.id where c.officer_id = o.id)
					then '` + string(cover.CoverBilled) + `'
				when exists (select from incidents x where x.officer_id = o.id) then '` + string(cover.IncidentRests) + `'
				when p.outcome = 'updated' and exists (select from coverage_periods c where c.officer_id = o.id and c.cancelled_on is null)
					then '` + string(cover.TouchedSince) + `'
				when p.outcome <> 'created' and exists (select from officers x where x.organisation_id = o.organisation_id and x.id <> o.id
					and x.person_id = (p.prior->>'person_id')::uuid and x.position = o.position
					and x.term_from <= least((p.prior->>'term_to')::date, (p.prior->>'ended_on')::date) and ` + fmt.Sprintf(duty, "x") + ` >= (p.prior->>'term_from')::date)
					then '` + string(cover.OfficerTaken) + `'
				when p.outcome = 'ended' and exists (select from jsonb_to_recordset(p.prior->'cover') as was (id uuid, to_on date, version bigint)
					join coverage_periods c on c.id = was.id and c.version = was.version + 1
					join coverage_periods x on x.person_id = c.person_id and x.id <> c.id and x.cancelled_on is null
						and daterange(x.from_on, x.to_on, '[]') && daterange(c.from_on, was.to_on, '[]'))
					then '` + string(cover.CoverOverlaps) + `'
				else '' end as code
			from import_plan p left join officers o on o.id = p.officer_id
			where p.import_id = $1 and p.row_no <= $2 and p.reversal = '' and p.outcome in ('created', 'updated', 'ended')
			order by p.row_no limit $3`, []any{i.ID, i.CommittedRow, rows}},
	)
	if err != nil {
		return 0, err
	}
	done, err := tx.pgx.Exec(tx.ctx, `update import_plan p set reversal_code = u.code, reversal = case u.code when '' then 'reversed'
			when '`+string(cover.TouchedSince)+`' then 'kept' when '`+string(cover.OfficerTaken)+`' then 'kept'
			when '`+string(cover.CoverOverlaps)+`' then 'kept' else 'blocked' end
		from undone u where p.import_id = $1 and p.row_no = u.row_no`, i.ID)
	if err != nil || done.RowsAffected() == 0 {
		return 0, translate(err)
	}
	return done.RowsAffected(), tx.restore(i)
}

// restore puts the officers of undone back as they were. What happened is recorded
// first, while the digests are there.
func (tx *Tx) restore(i cover.Import) error {
	const created = `(select officer_id from undone where code = '' and outcome = 'created')`
	return tx.each(
		statement{
			`insert into events (id, type, resource_id, organisation_id, client_id, actor_id, request_id,
				before_digest, after_digest, occurred_at)
			select uuid_v7($1), case u.outcome when 'created' then '` + string(cover.OfficerWasWithdrawn) + `'
					else '` + string(cover.OfficerAmended) + `' end, o.id, $2, $3, $4, $5,
				officer_digest(o.digest, o.ended_on, o.end_reason),
				officer_digest((u.prior->>'digest')::uuid, (u.prior->>'ended_on')::date, u.prior->>'end_reason'), $1
			from undone u join officers o on o.id = u.officer_id where u.code = '' order by u.row_no`,
			[]any{tx.Now, i.OrganisationID, tx.who.ClientID, tx.who.OrganisationID, tx.who.RequestID},
		},
		statement{sql: `delete from sipp_rejections where officer_id in ` + created},
		statement{sql: `delete from coverage_periods where officer_id in ` + created},
		statement{sql: `delete from officers where id in ` + created},
		statement{`update officers o set (` + restores + `) = (select ` + restores + ` from jsonb_populate_record(null::officers, u.prior)),
				version = o.version + 1, updated_at = $1
			from undone u where u.code = '' and u.outcome <> 'created' and o.id = u.officer_id`, []any{tx.Now}},
		statement{`update coverage_periods c set to_on = (k.was->>'to_on')::date, cancelled_on = null, version = c.version + 1, updated_at = $1
			from (select jsonb_array_elements(u.prior->'cover') as was from undone u where u.code = '' and u.outcome = 'ended') k
			where c.id = (k.was->>'id')::uuid and c.version = (k.was->>'version')::bigint + 1`, []any{tx.Now}},
	)
}

// CountReversal counts what became of the officers whom an import had touched.
func (tx *Tx) CountReversal(i *cover.Import) error {
	err := tx.pgx.QueryRow(tx.ctx, `select count(*) filter (where reversal = 'reversed'), count(*) filter (where reversal = 'kept'),
			count(*) filter (where reversal = 'blocked') from import_plan where import_id = $1`, i.ID).
		Scan(&i.Reversal.Reversed, &i.Reversal.Kept, &i.Reversal.Blocked)
	return translate(err)
}

// BlockRest marks the officers of an import who were not looked at when it was taken
// back.
func (tx *Tx) BlockRest(i cover.Import) error {
	_, err := tx.pgx.Exec(tx.ctx, `update import_plan set reversal = 'blocked', reversal_code = $3
		where import_id = $1 and row_no <= $2 and reversal = '' and outcome in ('created', 'updated', 'ended')`,
		i.ID, i.CommittedRow, cover.InternalFault)
	return translate(err)
}
