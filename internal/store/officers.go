package store

import (
	"crypto/md5" //nolint:gosec // it tells apart, it hides nothing
	"fmt"
	"strconv"
	"strings"

	fastjson "github.com/goccy/go-json"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/clause"

	"naungan/internal/cover"
)

// officerRow is an officer as stored: what is personal is sealed, and the person
// is found by a keyed index of their NIK.
type officerRow struct {
	cover.Officer
	PersonID uuid.UUID
	Personal []byte    // hides the noun's own
	Digest   uuid.UUID // of all that a caller says
}

func (officerRow) TableName() string { return "officers" }

// PersonOf is the keyed index by which a person is found.
func (r *Reader) PersonOf(n cover.NIK) uuid.UUID { return r.store.personOf(n) }

func (s *Store) personOf(n cover.NIK) uuid.UUID { return s.keys.Index("nik:" + string(n)) }

// officerRowOf is an officer as stored. What is sealed opens only together with
// the same organisation and person, wherever its row came from.
func (s *Store) officerRowOf(o cover.Officer) (officerRow, error) {
	row := officerRow{Officer: o, PersonID: s.personOf(o.Personal.NIK), Digest: s.officerDigest(o)}
	plain, err := fastjson.Marshal(o.Personal)
	if err != nil {
		return row, err
	}
	row.Personal, err = s.keys.Seal(plain, bindOfficer(o.OrganisationID, row.PersonID))
	return row, err
}

func bindOfficer(organisation, person uuid.UUID) []byte {
	return append(organisation[:], person[:]...)
}

// openPersonal opens what is sealed in an officer's row.
func (s *Store) openPersonal(o *cover.Officer, person uuid.UUID, sealed []byte) error {
	plain, err := s.keys.Open(sealed, bindOfficer(o.OrganisationID, person))
	if err != nil {
		return fmt.Errorf("open officer %s: %w", o.ID, err)
	}
	return fastjson.Unmarshal(plain, &o.Personal)
}

// officerDigest is the same for two officers of whom a caller says the same, and
// tells nothing of what.
func (s *Store) officerDigest(o cover.Officer) uuid.UUID {
	said := make([]byte, 0, 256)
	for _, text := range o.Cells() {
		said = append(append(said, byte(len(text)>>8), byte(len(text))), text...)
	}
	return s.keys.Index(string(said))
}

// endedDigest tells an ended officer from themselves before.
func endedDigest(o cover.Officer, digest uuid.UUID) uuid.UUID {
	if o.EndedOn.Zero() {
		return digest
	}
	return uuid.UUID(md5.Sum([]byte(digest.String() + o.EndedOn.String() + string(o.EndReason)))) //nolint:gosec // it tells apart, it hides nothing
}

// officerColumns are read by scanOfficer in this order.
const officerColumns = `o.id, o.organisation_id, o.person_id, o.personal, o.external_id, o.full_name, o.born_on, o.sex, o.position, o.role,
	o.area_code, o.polling_station, o.decree_number, o.term_from, o.term_to, o.honorarium, o.ended_on, o.end_reason,
	o.version, o.created_at, o.updated_at`

func (r *Reader) scanOfficer(row pgx.CollectableRow) (o cover.Officer, err error) {
	var person uuid.UUID
	var sealed []byte
	err = row.Scan(&o.ID, &o.OrganisationID, &person, &sealed, &o.ExternalID, &o.FullName, &o.BornOn, &o.Sex, &o.Position, &o.Role,
		&o.AreaCode, &o.PollingStation, &o.DecreeNumber, &o.TermFrom, &o.TermTo, &o.Honorarium, &o.EndedOn, &o.EndReason,
		&o.Version, &o.CreatedAt, &o.UpdatedAt)
	if err != nil {
		return o, err
	}
	err = r.store.openPersonal(&o, person, sealed)
	return o, err
}

// Officer returns one that the actor sees. It is asked so often that it goes to
// pgx directly, and so past any transaction: inside one, LockOfficer is the way.
func (r *Reader) Officer(id uuid.UUID) (cover.Officer, error) {
	seen := r.seenOfficers()
	return r.oneOfficer(condition{"o.id = ?", []any{id}}.and(condition{strings.ReplaceAll(seen.sql, "officers.", "o."), seen.args}))
}

func (r *Reader) oneOfficer(where condition) (cover.Officer, error) {
	rows, err := r.store.pool.Query(r.ctx, numbered("select "+officerColumns+" from officers o where "+where.sql), where.args...)
	if err != nil {
		return cover.Officer{}, translate(err)
	}
	o, err := pgx.CollectExactlyOneRow(rows, r.scanOfficer)
	return o, translate(err)
}

// OfficerFilter narrows a list of officers.
type OfficerFilter struct {
	OrganisationID uuid.UUID
	Positions      []string
	Statuses       []cover.OfficerStatus
	AreaCode       string
	People         []cover.NIK // any of them,
	ExternalIDs    []string    // or any of these
}

// Officers lists those that the actor sees. Each body the actor sees gives the ids
// of its first officers after the page's place, in the order of an index, and the
// page is the first of those: the cost grows with the page and the number of
// bodies, never with the rosters, and only the page's own rows are read.
func (r *Reader) Officers(f OfficerFilter, p Page) (Listed[cover.Officer], error) {
	var out Listed[cover.Officer]
	where, bodies := r.officersWhere(f), r.rosters(f)
	if p.Count != CountNot {
		total, err := r.countOfficers(where, bodies, p.Count)
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
		where = where.and(condition{"o.id " + than + " ?", []any{p.After.ID}})
	}
	order := fmt.Sprintf("order by o.id %s limit %d", direction, p.Limit+1)
	sql := fmt.Sprintf(`select %[2]s
		from (select %[1]s o.id from (%[3]s) g cross join lateral (select %[1]s o.id from %[4]s and %[5]s %[6]s) o %[6]s) p
		join officers o on o.id = p.id order by o.id %[7]s`,
		bodies.distinct, officerColumns, bodies.from.sql, bodies.officers, where.sql, order, direction)
	rows, err := r.store.pool.Query(r.ctx, numbered(sql), append(append([]any{}, bodies.from.args...), where.args...)...)
	if err != nil {
		return out, translate(err)
	}
	usual := make([]cover.Officer, 0, min(p.Limit, 50)+1)
	if out.Items, err = pgx.AppendRows(usual, rows, r.scanOfficer); err != nil {
		return out, translate(err)
	}
	out.cut(p.Limit, func(o cover.Officer) Place { return byID(o.ID) })
	return out, nil
}

func (r *Reader) officersWhere(f OfficerFilter) condition {
	where := condition{sql: "true"}
	if f.OrganisationID != uuid.Nil {
		where = where.and(condition{"o.organisation_id = ?", []any{f.OrganisationID}})
	}
	if len(f.Positions) > 0 {
		where = where.and(condition{"o.position = any(?)", []any{f.Positions}})
	}
	if f.AreaCode != "" {
		where = where.and(inArea("o.area_code", f.AreaCode))
	}
	if len(f.People)+len(f.ExternalIDs) > 0 {
		people := make([]uuid.UUID, len(f.People))
		for i, n := range f.People {
			people[i] = r.PersonOf(n)
		}
		where = where.and(condition{"(o.person_id = any(?) or o.external_id = any(?))", []any{people, f.ExternalIDs}})
	}
	if len(f.Statuses) > 0 {
		where = where.and(r.officerStatuses(f.Statuses))
	}
	return where
}

// officerStatuses says in SQL what cover.Officer.StatusOn says in Go.
func (r *Reader) officerStatuses(statuses []cover.OfficerStatus) condition {
	today := r.Today()
	either := nothing
	for _, s := range statuses {
		last := "least(o.term_to, coalesce(o.ended_on, o.term_to))"
		switch s {
		case cover.OfficerEnded:
			either = either.or(condition{last + " < ?", []any{today}})
		case cover.OfficerAppointed:
			either = either.or(condition{"(" + last + " >= ? and o.term_from > ?)", []any{today, today}})
		case cover.OfficerActive:
			either = either.or(condition{"(" + last + " >= ? and o.term_from <= ?)", []any{today, today}})
		}
	}
	return either
}

func (r *Reader) countOfficers(where condition, b rosters, how Count) (total int64, err error) {
	from := fmt.Sprintf(" from (%s) g cross join lateral (select o.id from %s and %s) o", b.from.sql, b.officers, where.sql)
	args := append(append([]any{}, b.from.args...), where.args...)
	if how == CountEstimated {
		return r.estimate(numbered("select distinct o.id"+from), args)
	}
	err = r.store.pool.QueryRow(r.ctx, numbered("select count(distinct o.id)"+from), args...).Scan(&total)
	return total, translate(err)
}

// numbered gives the arguments of a query the numbers that pgx wants.
func numbered(sql string) string {
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(sql, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// HoldRoster lets nobody else change the officers of an organisation until the
// transaction ends, and counts the change. It returns the count. Whoever changes
// officers holds the roster before anything else.
func (tx *Tx) HoldRoster(organisation uuid.UUID) (changes int64, err error) {
	err = tx.db.Raw(`insert into rosters (organisation_id, changes) values (?, 1)
		on conflict (organisation_id) do update set changes = rosters.changes + 1 returning changes`, organisation).Scan(&changes).Error
	return changes, translate(err)
}

// OverlappingDuty finds another officer of the same organisation who is the same
// person in the same position at the same time; nil if there is none. It means
// something while the roster is held.
func (tx *Tx) OverlappingDuty(o cover.Officer) (id *uuid.UUID, err error) {
	person := tx.PersonOf(o.Personal.NIK)
	var found []uuid.UUID
	err = tx.db.Table("officers").Where(`person_id = ? and organisation_id = ? and position = ? and id <> ?
		and term_from <= ? and least(term_to, coalesce(ended_on, term_to)) >= ?`,
		person, o.OrganisationID, o.Position, o.ID, o.LastDay(), o.TermFrom).Limit(1).Pluck("id", &found).Error
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], nil
}

// ServesElsewhere reports whether the person of an officer serves another body at
// the same time, whoever may see that body.
func (tx *Tx) ServesElsewhere(o cover.Officer) (serves bool, err error) {
	err = tx.db.Raw(`select exists (select from officers x where x.person_id = ? and x.organisation_id <> ?
			and x.term_from <= ? and least(x.term_to, coalesce(x.ended_on, x.term_to)) >= ?)`,
		tx.PersonOf(o.Personal.NIK), o.OrganisationID, o.LastDay(), o.TermFrom).Scan(&serves).Error
	return serves, translate(err)
}

// InsertOfficer writes a new officer.
func (tx *Tx) InsertOfficer(o *cover.Officer) error {
	o.ID = newID()
	o.CreatedAt, o.UpdatedAt = tx.Now, tx.Now
	row, err := tx.store.officerRowOf(*o)
	if err != nil {
		return err
	}
	return translate(tx.db.Create(&row).Error)
}

// LockOfficer returns an officer that the actor sees, locked, in the version asked
// for.
func (tx *Tx) LockOfficer(id uuid.UUID, v Version) (cover.Officer, error) {
	var row officerRow
	q := tx.seenOfficers().on(tx.db.Clauses(clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: "officers"}}))
	if err := q.Take(&row, "officers.id = ?", id).Error; err != nil {
		return cover.Officer{}, translate(err)
	}
	if err := v.is(row.Version); err != nil {
		return cover.Officer{}, err
	}
	err := tx.store.openPersonal(&row.Officer, row.PersonID, row.Personal)
	return row.Officer, err
}

// UpdateOfficer writes a locked officer.
func (tx *Tx) UpdateOfficer(o *cover.Officer) error {
	o.Version, o.UpdatedAt = o.Version+1, tx.Now
	row, err := tx.store.officerRowOf(*o)
	if err != nil {
		return err
	}
	return tx.update(&row)
}

// EndOfficer writes a locked officer whose duty has ended, lets their cover end on the same
// day, and records it: cover outlives no duty, whoever ends it.
func (tx *Tx) EndOfficer(before cover.Officer, after *cover.Officer) error {
	if err := tx.UpdateOfficer(after); err != nil {
		return err
	}
	if err := tx.shorten("officer_id", after.ID, after.EndedOn); err != nil {
		return err
	}
	return tx.Record(cover.Event{
		Type: cover.OfficerWasEnded, ResourceID: after.ID, OrganisationID: after.OrganisationID, Before: before, After: *after,
	})
}

// RecordReading writes down that the actor reads personal data of these officers
// unmasked, one event each. It is committed before the data leaves.
func (r *Reader) RecordReading(officers []cover.Officer) error {
	var ids, read, owners []uuid.UUID
	for _, o := range officers {
		ids, read, owners = append(ids, newID()), append(read, o.ID), append(owners, o.OrganisationID)
	}
	_, err := r.store.pool.Exec(r.ctx, `insert into events
			(id, type, resource_id, organisation_id, client_id, actor_id, request_id, purpose, occurred_at)
		select e.id, $4, e.resource, e.owner, $5, $6, $7, $8, $9
		from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as e (id, resource, owner)`,
		ids, read, owners, cover.PersonalDataRead, r.who.ClientID, r.who.OrganisationID, r.who.RequestID, r.who.Purpose, r.store.now())
	return translate(err)
}
