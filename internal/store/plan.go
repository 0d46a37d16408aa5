package store

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/cover"
)

// This file compares the rows of an import with each other and with the register,
// in sets. What it decides row by row is what registry.Appoint and AmendOfficer
// decide for one officer; a test holds the two to the same verdicts.

// bulkMemory is what one sort or hash of a plan may take in the database, before
// it goes to disk.
const bulkMemory = "256MB"

// longestStatement is many times what a statement of a plan takes for five million
// rows. One that takes longer is one that somebody made so.
const longestStatement = "10min"

// roomy lets the transaction's sorts and hashes stay in memory, and ends what would
// never end.
func (tx *Tx) roomy() error {
	return tx.each(
		statement{sql: `set local work_mem = '` + bulkMemory + `'`},
		statement{sql: `set local statement_timeout = '` + longestStatement + `'`},
	)
}

// withoutLoops keeps do from looking many rows up one by one. The planner knows
// nothing of rows that have just come, and may take them for a few. Where do fails,
// the transaction is undone, and the setting with it.
func (tx *Tx) withoutLoops(do func() error) error {
	if _, err := tx.pgx.Exec(tx.ctx, `set local enable_nestloop = off`); err != nil {
		return translate(err)
	}
	if err := do(); err != nil {
		return translate(err)
	}
	_, err := tx.pgx.Exec(tx.ctx, `set local enable_nestloop = on`)
	return translate(err)
}

// RosterChanges is how often the roster of an organisation was changed.
func (tx *Tx) RosterChanges(organisation uuid.UUID) (changes int64, err error) {
	err = tx.db.Raw(`select coalesce((select changes from rosters where organisation_id = ?), 0)`, organisation).Scan(&changes).Error
	return changes, translate(err)
}

// Judged is what each row of an import that is not committed yet does to the
// register as it is. It stands in temporary tables, so it is true until the rows are
// judged again, and goes with its transaction.
type Judged struct {
	tx    *Tx
	id    uuid.UUID
	owner uuid.UUID
	after int64 // the rows up to this one are committed
}

// Judge decides what each row of an import does, and changes nothing. It is true of
// a roster with i.RosterChanges, which it sets.
func (tx *Tx) Judge(i *cover.Import) (Judged, error) {
	j := Judged{tx, i.ID, i.OrganisationID, i.CommittedRow}
	return j, tx.judge(i)
}

// Plan writes down what was decided, in the place of what was planned before.
func (j Judged) Plan() error {
	return j.tx.each(
		statement{`delete from import_plan where import_id = $1 and row_no > $2`, []any{j.id, j.after}},
		statement{`insert into import_plan (import_id, row_no, outcome) select import_id, row_no, 'rejected' from import_rows
			where import_id = $1 and faults is not null and row_no > $2`, []any{j.id, j.after}},
		statement{`insert into import_plan (import_id, row_no, outcome, officer_id, officer_version, faults, doubts)
			select $1, row_no, outcome, officer_id, officer_version, faults, doubts from judged where row_no > $2
			order by row_no -- as it is read again, chunk by chunk`, []any{j.id, j.after}},
	)
}

// Compare holds the plan of an import against what it would be now. Rows that would
// do something else are rejected (changed_since_validation); officers who would
// have been ended, and were touched since, are left alone.
func (j Judged) Compare() error {
	return j.tx.withoutLoops(func() error {
		return j.tx.each(
			statement{
				`update import_plan p set outcome = 'rejected', officer_id = null, officer_version = null,
					faults = jsonb_build_array(jsonb_build_object('code', $3::text))
				from judged j where p.import_id = $1 and p.row_no > $2 and j.row_no = p.row_no and p.row_no > 0 and p.outcome <> 'rejected'
					and (j.outcome, j.officer_id, j.officer_version) is distinct from (p.outcome, p.officer_id, p.officer_version)`,
				[]any{j.id, j.after, cover.ChangedSinceValidation},
			},
			statement{`delete from import_plan p where p.import_id = $1 and p.row_no > $2 and p.row_no < 0 and not exists (
				select from officers o where o.id = p.officer_id and o.version = p.officer_version and o.ended_on is null)`, []any{j.id, j.after}},
		)
	})
}

type statement struct {
	sql  string
	args []any
}

func (tx *Tx) each(statements ...statement) error {
	for _, s := range statements {
		if _, err := tx.pgx.Exec(tx.ctx, s.sql, s.args...); err != nil {
			return translate(err)
		}
	}
	return nil
}

// duty is the last day of the officer o.
const duty = "least(%[1]s.term_to, coalesce(%[1]s.ended_on, %[1]s.term_to))"

// mostTwins is up to how many rows of one person in one position are compared term
// by term; of more, only the first is taken.
const mostTwins = 100

// judge fills the temporary table judged with what each good row does to the
// register as it is. It goes with the transaction.
func (tx *Tx) judge(i *cover.Import) (err error) {
	if err := tx.roomy(); err != nil {
		return err
	}
	// Read before anything is compared: what changes after it makes the plan stale.
	if i.RosterChanges, err = tx.RosterChanges(i.OrganisationID); err != nil {
		return err
	}
	createOnly := i.Mode == cover.CreateOnly
	err = tx.each(
		statement{sql: `drop table if exists staged, repeated, twins, duties, judged`},
		statement{`create temporary table staged on commit drop as
			select row_no, officer_id, person_id, digest, external_id, full_name, born_on, position, area_code, polling_station, term_from, term_to,
				term_to as last, honorarium
			from import_rows where import_id = $1 and faults is null`, []any{i.ID}},
		statement{sql: `analyze staged`},
		// Whoever was ended stays so, whatever a row says of the term.
		statement{`update staged s set last = o.ended_on from officers o
			where o.organisation_id = $1 and o.external_id = s.external_id and o.ended_on < s.last`, []any{i.OrganisationID}},
		statement{sql: `create temporary table repeated on commit drop as
			select row_no, first from (
				select s.row_no, min(s.row_no) over (partition by external_id) as first
				from staged s join (select external_id from staged group by external_id having count(*) > 1) k using (external_id)
			) r where row_no > first`},
		statement{
			`create temporary table twins on commit drop as
			with several as (
				select person_id, position, count(*) as n, min(s.row_no) as first from staged s
				where not exists (select from repeated r where r.row_no = s.row_no) group by person_id, position having count(*) > 1
			)
			select s.row_no, min(e.row_no) as first
			from several p join staged s using (person_id, position) join staged e using (person_id, position)
			where p.n <= $1 and e.row_no < s.row_no and e.term_from <= s.last and e.last >= s.term_from
				and not exists (select from repeated r where r.row_no in (s.row_no, e.row_no))
			group by s.row_no
			union all
			select s.row_no, p.first from several p join staged s using (person_id, position) where p.n > $1 and s.row_no > p.first`,
			[]any{mostTwins},
		},
		statement{`create temporary table duties on commit drop as
			with known as (
				select s.* from staged s where exists (select from officers o where o.organisation_id = $1 and o.person_id = s.person_id
						and o.position = s.position and o.external_id <> s.external_id)
					and not exists (select from repeated r where r.row_no = s.row_no)
					and not exists (select from twins t where t.row_no = s.row_no)
			)
			select k.row_no, d.id from known k cross join lateral (
				select o.id from officers o where o.organisation_id = $1 and o.person_id = k.person_id and o.position = k.position
					and o.external_id <> k.external_id and o.term_from <= k.last and ` + fmt.Sprintf(duty, "o") + ` >= k.term_from
				order by o.id limit 1) d`, []any{i.OrganisationID}},
		statement{sql: `analyze repeated, twins, duties`},
		statement{judging, []any{i.OrganisationID, createOnly}},
		statement{sql: `analyze judged`},
	)
	if err != nil || i.Mode != cover.Snapshot {
		return err
	}
	return tx.judgeMissing(i)
}

// judging compares each row with the officer that has its key, and with the duty
// that its person has already. The order of the refusals is that of the verbs.
var judging = `create temporary table judged on commit drop as
	with compared as (
		select s.*, e.id as known, e.version as known_version, e.ended_on, e.digest is not distinct from s.digest as same,
			r.first as repeats, t.first as twin, d.id as duty,
			case
				when r.first is not null then '` + string(cover.DuplicateInFile) + `'
				when t.first is not null then '` + string(cover.PersonTwiceInFile) + `'
				when e.digest = s.digest then ''
				when e.id is not null and (e.position <> s.position or $2) then '` + string(cover.ExternalIDTaken) + `'
				when e.person_id <> s.person_id and lower(e.full_name) <> lower(s.full_name) then '` + string(cover.PersonReplaced) + `'
				when e.ended_on not between s.term_from and s.term_to then '` + string(cover.OutsideTerm) + `'
				when e.person_id <> s.person_id and exists (
					select from coverage_periods c where c.officer_id = e.id and c.cancelled_on is null) then '` + string(cover.NIKFrozen) + `'
				when d.id is not null then '` + string(cover.OfficerTaken) + `'
				else '' end as refused
		from staged s
		left join officers e on e.organisation_id = $1 and e.external_id = s.external_id
		left join repeated r on r.row_no = s.row_no
		left join twins t on t.row_no = s.row_no
		left join duties d on d.row_no = s.row_no
	), elsewhere as (
		select distinct s.row_no from staged s join officers x on x.person_id = s.person_id
		where x.organisation_id <> $1 and x.term_from <= s.last and ` + fmt.Sprintf(duty, "x") + ` >= s.term_from
	)
	select c.row_no,
		case when refused <> '' then 'rejected' when known is null then 'created' when same then 'unchanged' else 'updated' end as outcome,
		case when refused = '' then coalesce(known, c.officer_id) end as officer_id,
		case when refused = '' then known_version end as officer_version,
		case when refused <> '' then jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
			'pointer', case refused
				when '` + string(cover.DuplicateInFile) + `' then '/external_id' when '` + string(cover.ExternalIDTaken) + `' then '/external_id'
				when '` + string(cover.PersonReplaced) + `' then '/external_id'
				when '` + string(cover.OutsideTerm) + `' then '/term_from' else '/nik' end,
			'code', refused,
			'params', case refused
				when '` + string(cover.DuplicateInFile) + `' then jsonb_build_object('row', repeats)
				when '` + string(cover.PersonTwiceInFile) + `' then jsonb_build_object('row', twin)
				when '` + string(cover.OfficerTaken) + `' then jsonb_build_object('officer_id', duty)
				when '` + string(cover.OutsideTerm) + `' then jsonb_build_object('ended_on', ended_on) end))) end as faults,
		case when refused = '' and (x.row_no is not null or ended_on is not null) then
			case when x.row_no is not null then jsonb_build_array(jsonb_build_object(
				'pointer', '/nik', 'code', '` + string(cover.ServesElsewhere) + `')) else '[]' end
			|| case when ended_on is not null then jsonb_build_array(jsonb_build_object('pointer', '/external_id',
				'code', '` + string(cover.OfficerHasEnded) + `', 'params', jsonb_build_object('ended_on', ended_on))) else '[]' end
		end as doubts
	from compared c left join elsewhere x on x.row_no = c.row_no`

// judgeMissing adds the officers whom a snapshot leaves out. A row that was
// rejected still keeps the officer whose key it has, and the one whose duty it would
// repeat under another key; while there is one of which it cannot be told whose it
// is, nobody is missing for certain (snapshot_unsure).
func (tx *Tx) judgeMissing(i *cover.Import) error {
	var unsure int64
	err := tx.pgx.QueryRow(tx.ctx, `select count(*) from import_rows where import_id = $1 and faults is not null
		and (coalesce(external_id, '') = '' or faults @> $2)`, i.ID, `[{"code": "`+string(cover.RowMalformed)+`"}]`).Scan(&unsure)
	if err != nil {
		return translate(err)
	}
	if unsure > 0 && slices.ContainsFunc(i.Doubts, func(f cover.Fault) bool { return f.Code == cover.SnapshotUnsure }) {
		return nil // said already
	}
	if unsure > 0 {
		i.Doubts.Add("", cover.SnapshotUnsure, cover.Params{"rows": unsure})
		return nil
	}
	area := inArea("o.area_code", i.AreaCode)
	sql := `insert into judged (row_no, outcome, officer_id, officer_version)
		select -row_number() over (order by o.id), 'ended', o.id, o.version from officers o
		where o.organisation_id = ? and o.position = ? and o.ended_on is null and o.term_to >= ? and ` + area.sql + `
			and not exists (select from import_rows r where r.import_id = ? and r.external_id = o.external_id)
			and not exists (select from duties d where d.id = o.id)`
	args := append([]any{i.OrganisationID, i.Position, tx.Today()}, area.args...)
	return tx.each(statement{numbered(sql), append(args, i.ID)})
}

// CountPlan counts the rows of an import by what they do.
func (tx *Tx) CountPlan(i *cover.Import) error {
	var c cover.ImportCounts
	err := tx.pgx.QueryRow(tx.ctx, `select count(*) filter (where row_no > 0), count(*) filter (where outcome = 'created'),
			count(*) filter (where outcome = 'updated'), count(*) filter (where outcome = 'unchanged'),
			count(*) filter (where outcome = 'ended'), count(*) filter (where outcome = 'rejected'),
			count(*) filter (where outcome = 'amended'), count(*) filter (where outcome = 'cancelled' and row_no > 0)
		from import_plan where import_id = $1`, i.ID).
		Scan(&c.Rows, &c.Created, &c.Updated, &c.Unchanged, &c.Ended, &c.Rejected, &c.Amended, &c.Cancelled)
	if err != nil {
		return translate(err)
	}
	// In sets, which need no idea of how many rows there are.
	err = tx.pgx.QueryRow(tx.ctx, `select
			(select count(*) from (
				(select row_no from import_rows where import_id = $1 and doubts is not null
				union select row_no from import_plan where import_id = $1 and doubts is not null)
				except select row_no from import_plan where import_id = $1 and outcome = 'rejected') w),
			(select count(*) from import_plan where import_id = $1 and doubts @> $2),
			(select count(*) from import_plan where import_id = $1 and doubts @> $3)`,
		i.ID, doubtOf(cover.ServesElsewhere), doubtOf(cover.OfficerHasEnded)).Scan(&c.Warned, &i.Effects.Conflicts, &i.Effects.Ended)
	i.Counts = c
	return translate(err)
}

// doubtOf finds rows with a doubt of a code.
func doubtOf(code cover.Code) string { return `[{"code": "` + string(code) + `"}]` }

// NewWages counts the officers that the import would appoint and an enrolment of the
// roster then cover, by honorarium.
func (j Judged) NewWages(r Roster) (map[cover.Rupiah]int64, error) {
	wages := map[cover.Rupiah]int64{}
	return wages, j.tx.withoutLoops(func() error {
		rows, err := j.tx.pgx.Query(j.tx.ctx, `select s.honorarium, count(*) from judged j join staged s using (row_no)
			where j.outcome = 'created' and s.position = any($1) and s.term_from <= $3::date and s.term_to >= $2::date
				and ($4::int = 0 or (s.born_on + make_interval(years => $4::int))::date > greatest(s.term_from, $2))
				and not exists (select from coverage_periods c where c.person_id = s.person_id and c.cancelled_on is null
					and c.from_on <= least(s.term_to, $3) and c.to_on >= greatest(s.term_from, $2))
			group by s.honorarium`, r.Positions, r.From, r.To, r.AgeBelow)
		if err != nil {
			return err
		}
		var wage cover.Rupiah
		var n int64
		_, err = pgx.ForEachRow(rows, []any{&wage, &n}, func() error {
			wages[wage] = n
			return nil
		})
		return err
	})
}

// RemovedPremium is what the cover of the officers whom the import would end costs
// a month under an agreement.
func (j Judged) RemovedPremium(agreement uuid.UUID) (premium cover.Rupiah, err error) {
	err = j.tx.pgx.QueryRow(j.tx.ctx, `select coalesce(sum(c.jkk + c.jkm), 0)::bigint from judged j
		join coverage_periods c on c.officer_id = j.officer_id and c.agreement_id = $1 and c.cancelled_on is null and c.to_on >= $2
		where j.outcome = 'ended'`, agreement, j.tx.Today()).Scan(&premium)
	return premium, translate(err)
}

// UnitCount is how many officers a unit would have, and how many it should.
type UnitCount struct {
	Position       string
	AreaCode       string
	PollingStation string
	Expected       int64
	Actual         int64
}

// OddUnits lists units that the import touches and that would not have as many
// officers as they should, at most so many of them, and how many there are.
func (j Judged) OddUnits(most int) (units []UnitCount, all int64, err error) {
	err = j.tx.withoutLoops(func() error {
		rows, err := j.tx.pgx.Query(j.tx.ctx, oddUnits, j.owner, j.tx.Today(), most)
		if err != nil {
			return err
		}
		units, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (u UnitCount, err error) {
			return u, row.Scan(&u.Position, &u.AreaCode, &u.PollingStation, &u.Expected, &u.Actual, &all)
		})
		return err
	})
	return units, all, err
}

var oddUnits = `with filed as (
		select s.position, s.area_code, s.polling_station from judged j join staged s using (row_no) where j.outcome <> 'rejected'
	), touched as (
		select distinct position, area_code, polling_station from filed
	), seats as (
		select * from filed
		union all
		select o.position, o.area_code, o.polling_station from officers o join touched using (position, area_code, polling_station)
		where o.organisation_id = $1 and ` + fmt.Sprintf(duty, "o") + ` >= $2
			and not exists (select from judged j where j.officer_id = o.id)
	)
	select s.position, s.area_code, s.polling_station, p.per_unit, count(*), count(*) over ()
	from seats s join positions p on p.code = s.position where p.per_unit is not null
	group by s.position, s.area_code, s.polling_station, p.per_unit having count(*) <> p.per_unit
	order by s.position, s.area_code, s.polling_station limit $3`
