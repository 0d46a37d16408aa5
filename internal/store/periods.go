package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/cover"
)

// CoveragePeriod returns one that the actor sees.
func (r *Reader) CoveragePeriod(id uuid.UUID) (cover.CoveragePeriod, error) {
	var c cover.CoveragePeriod
	err := r.seenCoverage("coverage_periods.agreement_id").on(r.db).Take(&c, "coverage_periods.id = ?", id).Error
	return c, translate(err)
}

// CoverageFilter narrows a list of coverage periods.
type CoverageFilter struct {
	AgreementID uuid.UUID
	OfficerID   uuid.UUID
	Statuses    []cover.CoverageStatus
}

// CoveragePeriods lists those that the actor sees. Like officers they are read
// agreement by agreement, each in the order of an index.
func (r *Reader) CoveragePeriods(f CoverageFilter, p Page) (Listed[cover.CoveragePeriod], error) {
	agreements := r.coveringAgreements()
	if f.AgreementID != uuid.Nil {
		agreements = agreements.and(condition{"a.id = ?", []any{f.AgreementID}})
	}
	where := condition{sql: "true"}
	if f.OfficerID != uuid.Nil {
		where = where.and(condition{"c.officer_id = ?", []any{f.OfficerID}})
	}
	if len(f.Statuses) > 0 {
		where = where.and(r.coverageStatuses(f.Statuses))
	}
	var out Listed[cover.CoveragePeriod]
	if p.Count != CountNot {
		total, err := r.countPeriods(agreements.and(where), p.Count)
		if err != nil {
			return out, err
		}
		out.Total = &total
	}
	than, direction := ">", "asc"
	if p.Desc {
		than, direction = "<", "desc"
	}
	if p.After != nil {
		where = where.and(condition{"c.id " + than + " ?", []any{p.After.ID}})
	}
	order := fmt.Sprintf("order by c.id %s limit %d", direction, p.Limit+1)
	sql := fmt.Sprintf(`select c.* from (select a.id from agreements a where %s) a
		cross join lateral (select c.* from coverage_periods c where c.agreement_id = a.id and %s %s) c %s`,
		agreements.sql, where.sql, order, order)
	err := r.db.Raw(sql, append(append([]any{}, agreements.args...), where.args...)...).Scan(&out.Items).Error
	if err != nil {
		return out, translate(err)
	}
	out.cut(p.Limit, func(c cover.CoveragePeriod) Place { return byID(c.ID) })
	return out, nil
}

func (r *Reader) countPeriods(where condition, how Count) (total int64, err error) {
	from := " from coverage_periods c join agreements a on a.id = c.agreement_id where " + where.sql
	if how == CountEstimated {
		return r.estimate(numbered("select c.id"+from), where.args)
	}
	err = r.db.Raw("select count(*)"+from, where.args...).Scan(&total).Error
	return total, translate(err)
}

// coverageStatuses says in SQL what cover.CoveragePeriod.StatusOn says in Go.
func (r *Reader) coverageStatuses(statuses []cover.CoverageStatus) condition {
	today := r.Today()
	either := nothing
	const runs = "(c.cancelled_on is null and c.to_on >= ? and c.activated_on is "
	for _, s := range statuses {
		switch s {
		case cover.CoverageCancelled:
			either = either.or(condition{sql: "c.cancelled_on is not null"})
		case cover.CoverageEnded:
			either = either.or(condition{"(c.cancelled_on is null and c.to_on < ?)", []any{today}})
		case cover.CoveragePending:
			either = either.or(condition{runs + "null)", []any{today}})
		case cover.CoverageActive:
			either = either.or(condition{runs + "not null)", []any{today}})
		}
	}
	return either
}

// Billed reports which of some coverage periods an invoice bills that is not
// void, on a line that was not taken back.
func (r *Reader) Billed(periods ...uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := r.db.Raw(`select distinct l.coverage_period_id from invoice_lines l join invoices i on i.id = l.invoice_id
		where l.coverage_period_id in ? and i.voided_on is null and not l.credited`, periods).Scan(&ids).Error
	billed := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		billed[id] = true
	}
	return billed, translate(err)
}

// LockCoveragePeriod returns a coverage period that the actor sees, locked, in the
// version asked for.
func (tx *Tx) LockCoveragePeriod(id uuid.UUID, v Version) (cover.CoveragePeriod, error) {
	return lock(tx, tx.seenCoverage("coverage_periods.agreement_id"), id, v, func(c cover.CoveragePeriod) int64 { return c.Version })
}

// UpdateCoveragePeriod writes what may change of a locked coverage period.
func (tx *Tx) UpdateCoveragePeriod(c *cover.CoveragePeriod) error {
	c.Version, c.UpdatedAt = c.Version+1, tx.Now
	return tx.update(c)
}

// Covered reports whether any cover rests, or rested, on an officer.
func (tx *Tx) Covered(officer uuid.UUID) (covered bool, err error) {
	err = tx.db.Raw("select exists (select from coverage_periods where officer_id = ? and cancelled_on is null)", officer).
		Scan(&covered).Error
	return covered, translate(err)
}

// shorten ends cover with a day. Cover that would only have begun after it is
// cancelled.
func (tx *Tx) shorten(column string, id uuid.UUID, last cover.Date) error {
	err := tx.db.Exec(`update coverage_periods set
			to_on = case when from_on > ? then to_on else ? end,
			cancelled_on = case when from_on > ? then ?::date end,
			version = version + 1, updated_at = ?
		where `+column+` = ? and cancelled_on is null and to_on > ?`,
		last, last, last, tx.Today(), tx.Now, id, last).Error
	return translate(err)
}

// Base is a wage base with what a month of it costs.
type Base struct {
	Wage     cover.Rupiah // what officers earn, or what was declared
	Base     cover.Rupiah // what contributions and benefits are computed from
	JKK      cover.Rupiah
	JKM      cover.Rupiah
	Schedule string
	Relief   string
}

// Roster is the officers whom one enrolment is about: those of the organiser in
// some positions whose term meets the agreement's period.
type Roster struct {
	Agreement cover.Agreement
	Positions []string
	From, To  cover.Date // of the cover, inclusive
	AgeBelow  int        // in years on the first day of cover, exclusive; 0 is no limit
}

func (r Roster) condition() condition {
	return condition{
		`o.organisation_id = ? and o.position = any(?) and o.term_from <= ?
		and least(o.term_to, coalesce(o.ended_on, o.term_to)) >= greatest(o.term_from, ?::date)`,
		[]any{r.Agreement.OrganiserID, r.Positions, r.To, r.From},
	}
}

// wage is the column, or the amount, that the wage base of an officer comes from.
func (r Roster) wage() (sql string, args []any) {
	if r.Agreement.DeclaredWage > 0 {
		return "?::bigint", []any{r.Agreement.DeclaredWage}
	}
	return "o.honorarium", nil
}

// Wages lists the different wages on a roster; each is rated once.
func (tx *Tx) Wages(r Roster) ([]cover.Rupiah, error) {
	wage, args := r.wage()
	where := r.condition()
	rows, err := tx.plain().QueryContext(tx.ctx, numbered("select distinct "+wage+" from officers o where "+where.sql+" order by 1"),
		append(args, where.args...)...)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var wages []cover.Rupiah
	for rows.Next() {
		var w cover.Rupiah
		if err := rows.Scan(&w); err != nil {
			return nil, err
		}
		wages = append(wages, w)
	}
	return wages, rows.Err()
}

// RosterGroup counts duties on a roster that earn the same and owe the same months.
type RosterGroup struct {
	Position      string
	Role          cover.Role
	Honorarium    cover.Rupiah
	From, To      cover.Date // the earliest and the latest, within the roster's days
	Contributions int        // months owed, from that of From on
	Officers      int64
}

// RosterGroups adds up a roster, however large it is, in the order of positions and
// roles. Somebody with two duties counts twice: enrolment covers the first.
func (r *Reader) RosterGroups(of Roster) ([]RosterGroup, error) {
	sql, args := of.groups()
	return rosterGroups(r.store.pool.Query(r.ctx, sql, args...))
}

// RosterGroups is the Reader's, in the transaction: who holds a connection waits for no
// other.
func (tx *Tx) RosterGroups(of Roster) ([]RosterGroup, error) {
	sql, args := of.groups()
	return rosterGroups(tx.pgx.Query(tx.ctx, sql, args...))
}

func rosterGroups(rows pgx.Rows, err error) ([]RosterGroup, error) {
	if err != nil {
		return nil, translate(err)
	}
	groups, err := pgx.CollectRows(rows, pgx.RowToStructByPos[RosterGroup])
	return groups, translate(err)
}

func (r Roster) groups() (sql string, args []any) {
	where := r.condition()
	sql = `select position, role, honorarium, min(from_on), max(to_on), months, count(*) from (
			select *, contribution_months(?::text, ?::integer, from_on, to_on) as months from (
				select o.position, o.role, o.honorarium, greatest(o.term_from, ?::date) as from_on,
					least(o.term_to, coalesce(o.ended_on, o.term_to), ?::date) as to_on
				from officers o where ` + where.sql + `) duties) duties
		group by position, role, honorarium, date_trunc('month', from_on::timestamp), months
		order by position, role, honorarium desc, min(from_on), months`
	args = append([]any{r.Agreement.MonthRule, r.Agreement.Contributions, r.From, r.To}, where.args...)
	return numbered(sql), args
}

// enrolment is the statement that puts a roster under cover. Whoever is covered in
// those days is left alone; of several duties of one person that overlap, the
// first that can be covered is.
func (r Roster) enrolment(e cover.Enrolment, bases []Base, now time.Time) (sql string, args []any) {
	wage, wageArgs := r.wage()
	where := r.condition()
	args = append(wageArgs, r.From, r.To)
	args = append(args, where.args...)
	args = append(args, r.Agreement.ID, r.AgeBelow, r.AgeBelow)
	args = append(args, columns(bases)...)
	args = append(args, now, r.Agreement.ID, e.ID, r.Agreement.MonthRule, r.Agreement.Contributions, r.Agreement.Segment, r.Agreement.ID, now, now)
	return numbered(`with roster as materialized (
			select o.id, o.person_id, o.born_on, ` + wage + ` as wage,
				greatest(o.term_from, ?::date) as from_on, least(o.term_to, coalesce(o.ended_on, o.term_to), ?::date) as to_on
			from officers o where ` + where.sql + enrolRoster), args
}

// enrolRoster goes on where the roster is chosen.
const enrolRoster = `
		), covered as materialized (
			select r.id, bool_or(c.officer_id = r.id and c.agreement_id = ?) as here
			from roster r join coverage_periods c on c.person_id = r.person_id and c.cancelled_on is null
				and daterange(c.from_on, c.to_on, '[]') && daterange(r.from_on, r.to_on, '[]')
			group by r.id
		), judged as materialized (
			select r.*, b.base, b.jkk, b.jkm, b.schedule, case
				when c.here then 'already'
				when c.id is not null then 'elsewhere'
				when ? > 0 and (r.born_on + make_interval(years => ?))::date <= r.from_on then 'too_old'
				when b.base is null then 'no_wage'
				else 'eligible' end as outcome
			from roster r
			left join covered c on c.id = r.id
			left join unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[])
				as b (wage, base, jkk, jkm, schedule, relief) on b.wage = r.wage
		), placed as materialized (
			select j.*, j.outcome = 'eligible' and exists (
				select from judged s where s.person_id = j.person_id and s.id < j.id and s.outcome = 'eligible'
					and daterange(s.from_on, s.to_on, '[]') && daterange(j.from_on, j.to_on, '[]')) as second
			from judged j
		), made as (
			insert into coverage_periods (id, officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, month_rule, agreed,
				segment, wage_base, jkk, jkm, schedule, activated_on, version, created_at, updated_at)
			select uuid_v7(?), p.id, p.person_id, ?, ?, p.from_on, p.to_on, ?, ?,
				?, p.base, p.jkk, p.jkm, p.schedule, (
					-- A month that was paid for an earlier duty is paid.
					select min(coalesce((select max(s.settled_on) from settlements s where s.invoice_id = i.id), i.issued_on))
					from invoice_lines l join invoices i on i.id = l.invoice_id
					where l.person_id = p.person_id and not l.voided and not l.credited and i.agreement_id = ? and i.issued_on is not null
						and i.paid + i.credited >= i.total and l.month between date_trunc('month', p.from_on) and p.to_on), 1, ?, ?
			from placed p where p.outcome = 'eligible' and not p.second order by p.id
			returning jkk + jkm as premium
		)
		select (select count(*) from made), (select coalesce(sum(premium), 0)::bigint from made),
			count(*) filter (where outcome = 'already'), count(*) filter (where outcome = 'elsewhere' or second),
			count(*) filter (where outcome = 'too_old'), count(*) filter (where outcome = 'no_wage')
		from placed`

// columns turns bases on their side, for unnest.
func columns(bases []Base) []any {
	var wages, base, jkk, jkm []int64
	var schedules, reliefs []string
	for _, b := range bases {
		wages, base = append(wages, int64(b.Wage)), append(base, int64(b.Base))
		jkk, jkm, schedules = append(jkk, int64(b.JKK)), append(jkm, int64(b.JKM)), append(schedules, b.Schedule)
		reliefs = append(reliefs, b.Relief)
	}
	return []any{wages, base, jkk, jkm, schedules, reliefs}
}

// Enrol gives everybody on a roster who has no cover in those days a coverage
// period, at the bases given, all in one statement, and writes down what came of
// it.
func (tx *Tx) Enrol(e *cover.Enrolment, r Roster, bases []Base) error {
	// The officers stay until their cover is written, and plans that were made before
	// are looked at again: whom cover rests on may not become somebody else.
	if _, err := tx.HoldRoster(r.Agreement.OrganiserID); err != nil {
		return err
	}
	// Two enrolments of one roster would trip over each other in the middle; the
	// second waits here, and then finds everybody enrolled.
	if err := tx.db.Exec("select pg_advisory_xact_lock(hashtextextended(?, 2))", r.Agreement.OrganiserID.String()).Error; err != nil {
		return err
	}
	sql, args := r.enrolment(*e, bases, tx.Now)
	var elsewhere, old, noWage int64
	err := tx.plain().QueryRowContext(tx.ctx, sql, args...).
		Scan(&e.Enrolled, &e.MonthlyPremium, &e.AlreadyEnrolled, &elsewhere, &old, &noWage)
	if err != nil {
		return translate(err)
	}
	e.LeaveOut(cover.SkippedCoveredElsewhere, elsewhere)
	e.LeaveOut(cover.SkippedTooOld, old)
	e.LeaveOut(cover.SkippedNoWageBase, noWage)
	return nil
}

// RunningEnrolment finds the enrolment of an agreement that goes on in the job queue;
// nil if there is none. Whoever asks holds the agreement.
func (tx *Tx) RunningEnrolment(agreement uuid.UUID) (*uuid.UUID, error) {
	var found []uuid.UUID
	err := tx.db.Table("enrolments").Where("agreement_id = ? and completed_at is null", agreement).Pluck("id", &found).Error
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], nil
}

// EndEnrolment writes what came of an enrolment.
func (tx *Tx) EndEnrolment(e *cover.Enrolment) error {
	e.CompletedAt = &tx.Now
	return tx.update(e)
}

// InsertEnrolment writes down that an enrolment was asked for.
func (tx *Tx) InsertEnrolment(e *cover.Enrolment) error {
	e.ID, e.CreatedAt, e.Skipped, e.Doubts = newID(), tx.Now, []cover.Skip{}, cover.Faults{}
	e.AskedBy = uuid.NullUUID{UUID: tx.who.OrganisationID, Valid: true}
	return translate(tx.db.Create(e).Error)
}

// FailEnrolment writes down why an enrolment came to nothing.
func (tx *Tx) FailEnrolment(e *cover.Enrolment, why cover.Fault) error {
	e.Failure = &why
	return tx.EndEnrolment(e)
}

// LockEnrolment returns an enrolment, whoever asked for it, and holds it.
func (tx *Tx) LockEnrolment(id uuid.UUID) (cover.Enrolment, error) {
	return lock(tx, condition{sql: "true"}, id, 0, func(cover.Enrolment) int64 { return 0 })
}

// StalledEnrolments lists enrolments that were asked for before an instant, are not
// over, and whose turn is not to come anyway.
func (s *Store) StalledEnrolments(ctx context.Context, before time.Time) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `select id from enrolments e
		where completed_at is null and created_at < $1 and asked_by is not null
			and not exists (select from river_job j where j.kind = 'enrolling' and j.args->>'enrolment_id' = e.id::text
				and j.state in ('available', 'retryable', 'scheduled'))
		order by created_at`, before)
	if err != nil {
		return nil, translate(err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Asker is who asked for an enrolment, as the work that is done for them needs to
// know it.
func (s *Store) Asker(ctx context.Context, enrolment uuid.UUID) (access.Actor, error) {
	who := access.Actor{RequestID: "enrolment"}
	err := s.pool.QueryRow(ctx, `select o.id, o.kind, o.level, o.area_code, o.time_zone
			from enrolments e join organisations o on o.id = e.asked_by where e.id = $1`, enrolment).
		Scan(&who.OrganisationID, &who.Kind, &who.Level, &who.AreaCode, &who.TimeZone)
	return who, translate(err)
}

// RosterSize counts the officers on a roster, up to one more than a number.
func (tx *Tx) RosterSize(r Roster, most int64) (n int64, err error) {
	where := r.condition()
	err = tx.plain().QueryRowContext(tx.ctx, numbered("select count(*) from (select from officers o where "+where.sql+" limit ?) few"),
		append(where.args, most+1)...).Scan(&n)
	return n, translate(err)
}
