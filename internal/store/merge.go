package store

import (
	"fmt"
	"math"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// This file carries out the plan of an import, and takes it back, a chunk of rows
// at a time. Each chunk changes officers and cover, records what happened, and
// says how far it came, in one transaction.

// BeforeAllRows is where an import stands of which nothing is committed: even rows
// below 0 come after it.
const BeforeAllRows = math.MinInt64 / 2

// NextChunk returns the last of the next rows of a plan, at most so many of them;
// none where all are committed.
func (tx *Tx) NextChunk(i cover.Import, rows int) (last int64, n int64, err error) {
	err = tx.pgx.QueryRow(tx.ctx, `select coalesce(max(row_no), 0), count(*) from (
			select row_no from import_plan where import_id = $1 and row_no > $2 order by row_no limit $3) c`,
		i.ID, i.CommittedRow, rows).Scan(&last, &n)
	return last, n, translate(err)
}

// Merge carries out the plan of an import for the rows up to last. The roster is
// held, and is as the plan found it.
func (tx *Tx) Merge(i *cover.Import, last int64) error {
	chunk := []any{i.ID, i.CommittedRow, last}
	const rows = ` from import_plan p join import_rows r on r.import_id = p.import_id and r.row_no = p.row_no
		where p.import_id = $1 and p.row_no > $2 and p.row_no <= $3`
	const planned = ` from import_plan p where p.import_id = $1 and p.row_no > $2 and p.row_no <= $3`
	err := tx.each(
		statement{`insert into officers (id, organisation_id, person_id, personal, digest, external_id, full_name, born_on, sex, position,
				role, area_code, polling_station, decree_number, term_from, term_to, honorarium, version, created_at, updated_at)
			select r.officer_id, $4, r.person_id, r.personal, r.digest, r.external_id, r.full_name, r.born_on, r.sex, r.position,
				r.role, r.area_code, r.polling_station, r.decree_number, r.term_from, r.term_to, r.honorarium, 1, $5, $5` + rows + `
				and p.outcome = 'created' order by p.row_no`, append(chunk, i.OrganisationID, tx.Now)},
		statement{`update import_plan p set prior = to_jsonb(o) || jsonb_build_object('cover', coalesce((
				select jsonb_agg(jsonb_build_object('id', c.id, 'to_on', c.to_on, 'version', c.version)) from coverage_periods c
				where p.outcome = 'ended' and c.officer_id = o.id and c.cancelled_on is null), '[]'))
			from officers o where o.id = p.officer_id and p.import_id = $1 and p.row_no > $2 and p.row_no <= $3
				and p.outcome in ('updated', 'ended')`, chunk},
		statement{`update officers o set person_id = n.person_id, personal = n.personal, digest = n.digest, full_name = n.full_name,
				born_on = n.born_on, sex = n.sex, role = n.role, area_code = n.area_code, polling_station = n.polling_station,
				decree_number = n.decree_number, term_from = n.term_from, term_to = n.term_to, honorarium = n.honorarium,
				version = o.version + 1, updated_at = $4
			from (select p.officer_id as id, r.*` + rows + ` and p.outcome = 'updated') n where o.id = n.id`, append(chunk, tx.Now)},
		statement{`update officers o set ended_on = greatest(o.term_from, least(o.term_to, $4)), end_reason = 'removed',
				version = o.version + 1, updated_at = $5
			where o.id in (select p.officer_id` + planned + ` and p.outcome = 'ended')`, append(chunk, tx.Today(), tx.Now)},
		statement{`update coverage_periods c set to_on = case when c.from_on > o.ended_on then c.to_on else o.ended_on end,
				cancelled_on = case when c.from_on > o.ended_on then $4::date end, version = c.version + 1, updated_at = $5
			from officers o where o.id = c.officer_id and c.cancelled_on is null and c.to_on > o.ended_on
				and o.id in (select p.officer_id` + planned + ` and p.outcome = 'ended')`, append(chunk, tx.Today(), tx.Now)},
		statement{`insert into events (id, type, resource_id, organisation_id, client_id, actor_id, request_id,
				before_digest, after_digest, occurred_at)
			select uuid_v7($4), case p.outcome when 'created' then '` + string(cover.OfficerWasAppointed) + `'
					when 'updated' then '` + string(cover.OfficerAmended) + `' else '` + string(cover.OfficerWasEnded) + `' end,
				p.officer_id, $5, $6, $7, $8,
				officer_digest((p.prior->>'digest')::uuid, (p.prior->>'ended_on')::date, p.prior->>'end_reason'),
				case p.outcome
					when 'created' then r.digest
					when 'updated' then officer_digest(r.digest, (p.prior->>'ended_on')::date, p.prior->>'end_reason')
					else (select officer_digest(o.digest, o.ended_on, o.end_reason) from officers o where o.id = p.officer_id) end,
				$4
			from import_plan p left join import_rows r on r.import_id = p.import_id and r.row_no = p.row_no
			where p.import_id = $1 and p.row_no > $2 and p.row_no <= $3 and p.outcome in ('created', 'updated', 'ended')
			order by p.row_no`, append(chunk, tx.Now, i.OrganisationID, tx.who.ClientID, tx.who.OrganisationID, tx.who.RequestID)},
	)
	if err == nil {
		i.CommittedRow = last
	}
	return err
}

// CancelRest marks the rows of an import that were not committed.
func (tx *Tx) CancelRest(i cover.Import) error {
	return tx.each(
		statement{`delete from import_plan where import_id = $1 and row_no > $2 and row_no < 0`, []any{i.ID, i.CommittedRow}},
		statement{`update import_plan set outcome = 'cancelled', officer_id = null, officer_version = null
			where import_id = $1 and row_no > $2 and outcome <> 'rejected'`, []any{i.ID, i.CommittedRow}},
	)
}

// MarkAmended notes in an earlier import which of its rejected rows another one
// mended, and counts them. It returns the import that the earlier one mends itself.
func (tx *Tx) MarkAmended(earlier, by uuid.UUID) (uuid.NullUUID, error) {
	done, err := tx.pgx.Exec(tx.ctx, `update import_plan p set outcome = 'amended', officer_id = m.officer_id
		from import_plan m where p.import_id = $1 and p.outcome = 'rejected' and m.import_id = $2 and m.row_no = p.row_no
			and m.outcome in ('created', 'updated', 'unchanged')`, earlier, by)
	if err != nil {
		return uuid.NullUUID{}, translate(err)
	}
	var next uuid.NullUUID
	err = tx.pgx.QueryRow(tx.ctx, `update imports set version = version + 1, updated_at = $3, counts = counts || jsonb_build_object(
			'rejected', (counts->>'rejected')::bigint - $2, 'amended', (counts->>'amended')::bigint + $2),
			status = case when (counts->>'rejected')::bigint = $2 and (counts->>'cancelled')::bigint = 0 then 'committed' else status end
		where id = $1 returning amends_id`, earlier, done.RowsAffected(), tx.Now).Scan(&next)
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
				when p.outcome <> 'created' and exists (select from officers x where x.organisation_id = o.organisation_id and x.id <> o.id
					and x.person_id = (p.prior->>'person_id')::uuid and x.position = o.position
					and x.term_from <= (p.prior->>'term_to')::date and ` + fmt.Sprintf(duty, "x") + ` >= (p.prior->>'term_from')::date)
					then '` + string(cover.OfficerTaken) + `'
				else '' end as code
			from import_plan p left join officers o on o.id = p.officer_id
			where p.import_id = $1 and p.row_no <= $2 and p.reversal = '' and p.outcome in ('created', 'updated', 'ended')
			order by p.row_no limit $3`, []any{i.ID, i.CommittedRow, rows}},
	)
	if err != nil {
		return 0, err
	}
	done, err := tx.pgx.Exec(tx.ctx, `update import_plan p set reversal_code = u.code, reversal = case u.code when '' then 'reversed'
			when '`+string(cover.TouchedSince)+`' then 'kept' when '`+string(cover.OfficerTaken)+`' then 'kept' else 'blocked' end
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
		statement{`insert into events (id, type, resource_id, organisation_id, client_id, actor_id, request_id,
				before_digest, after_digest, occurred_at)
			select uuid_v7($1), case u.outcome when 'created' then '` + string(cover.OfficerWasWithdrawn) + `'
					else '` + string(cover.OfficerAmended) + `' end, o.id, $2, $3, $4, $5,
				officer_digest(o.digest, o.ended_on, o.end_reason),
				officer_digest((u.prior->>'digest')::uuid, (u.prior->>'ended_on')::date, u.prior->>'end_reason'), $1
			from undone u join officers o on o.id = u.officer_id where u.code = '' order by u.row_no`,
			[]any{tx.Now, i.OrganisationID, tx.who.ClientID, tx.who.OrganisationID, tx.who.RequestID}},
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
