package store

import (
	"encoding/json"
	"iter"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/cover"
)

// strayRow is added to the line of an amending file that names no row it may
// mend, to keep it apart from the rows that are mended.
const strayRow = int64(1) << 40

// StrayRow is the number under which such a row is kept.
func StrayRow(line int64) int64 { return strayRow + line }

// Stray reports whether a row is kept under such a number.
func Stray(row int64) bool { return row > strayRow }

// RowFilter narrows the rows of an import.
type RowFilter struct {
	Outcomes []cover.RowOutcome
	After    *Place
	Limit    int    // 0: all
	SIPP     string // the code of the workbook that they belong into
}

const importRowColumns = `p.row_no, p.outcome, p.row_no <= i.committed_row, p.officer_id, p.faults, p.doubts, p.reversal, p.reversal_code,
	r.sent, r.faults, r.doubts, coalesce(s.reason, ''), o.ended_on, coalesce(o.end_reason, ''),
	coalesce(r.person_id, o.person_id), coalesce(r.personal, o.personal), coalesce(r.external_id, o.external_id, ''),
	coalesce(r.full_name, o.full_name, ''), coalesce(r.born_on, o.born_on), coalesce(r.sex, o.sex, ''),
	coalesce(r.position, o.position, ''), coalesce(r.role, o.role, ''), coalesce(r.area_code, o.area_code, ''),
	coalesce(r.polling_station, o.polling_station, ''), coalesce(r.decree_number, o.decree_number, ''),
	coalesce(r.term_from, o.term_from), coalesce(r.term_to, o.term_to), coalesce(r.honorarium, o.honorarium, 0)`

// query is that of the rows of an import. An officer who is missing from a snapshot
// has no row in the file; what the register knows of them stands in.
// What else the register knows is asked only where it is wanted.
func (f RowFilter) query(i cover.Import) (sql string, args []any) {
	officers := `left join officers o on o.id = p.officer_id and p.row_no < 0`
	where := condition{"p.import_id = ?", []any{i.ID}}
	if len(f.Outcomes) > 0 {
		where = where.and(condition{"p.outcome = any(?)", []any{f.Outcomes}})
	}
	if f.After != nil {
		where = where.and(condition{"p.row_no > ?::bigint", []any{f.After.ID}})
	}
	if f.SIPP != "" {
		officers = `join officers o on o.id = p.officer_id`
		where = where.and(condition{sql: sippRows[f.SIPP]})
	}
	sql = `select ` + importRowColumns + ` from import_plan p join imports i on i.id = p.import_id
		left join import_rows r on r.import_id = p.import_id and r.row_no = p.row_no ` + officers + `
		left join sipp_rejections s on s.import_id = p.import_id and s.officer_id = p.officer_id
		where ` + where.sql + ` order by p.row_no`
	if f.Limit > 0 {
		sql += ` limit ` + strconv.Itoa(f.Limit)
	}
	return numbered(sql), where.args
}

// sippRows holds of the committed rows that belong into each workbook. The
// membership number is sealed, so who has one is told apart afterwards.
var sippRows = map[string]string{
	"data_tk_baru":     "p.outcome = 'created' and p.row_no <= i.committed_row and p.reversal <> 'reversed'",
	"data_tk_lanjutan": "p.outcome = 'created' and p.row_no <= i.committed_row and p.reversal <> 'reversed'",
	"data_tk_na":       "p.outcome = 'ended' and p.row_no <= i.committed_row and p.reversal <> 'reversed' and o.end_reason <> 'died'",
}

// ImportRows returns a page of the rows of an import that the actor sees.
func (r *Reader) ImportRows(i cover.Import, f RowFilter) (out Listed[cover.ImportRow], err error) {
	limit := f.Limit
	f.Limit++
	for row, err := range r.EachImportRow(i, f) {
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, row)
	}
	out.cut(limit, func(row cover.ImportRow) Place { return Place{ID: strconv.FormatInt(row.Row, 10)} })
	return out, nil
}

// EachImportRow reads the rows of an import that the actor sees one after another,
// all from one moment, as they are asked for. The numbers of rows are as the plan
// has them; Shown says what a caller is told.
func (r *Reader) EachImportRow(i cover.Import, f RowFilter) iter.Seq2[cover.ImportRow, error] {
	sql, args := f.query(i)
	pool := r.store.pool
	if f.Limit == 0 {
		pool = r.store.slow
	}
	return stream(r, pool, sql, args, func(rows pgx.Rows) (cover.ImportRow, error) { return r.scanImportRow(i, rows) })
}

func (r *Reader) scanImportRow(i cover.Import, rows pgx.Rows) (row cover.ImportRow, err error) {
	var planFaults, planDoubts, rowFaults, rowDoubts, sealedCells, personal []byte
	var person uuid.NullUUID
	o := cover.Officer{OrganisationID: i.OrganisationID}
	err = rows.Scan(&row.Row, &row.Outcome, &row.Applied, &row.OfficerID, &planFaults, &planDoubts, &row.Reversal, &row.ReversalCode,
		&sealedCells, &rowFaults, &rowDoubts, &row.SIPPReason, &row.EndedOn, &row.EndReason,
		&person, &personal, &o.ExternalID, &o.FullName, &o.BornOn, &o.Sex, &o.Position, &o.Role, &o.AreaCode, &o.PollingStation,
		&o.DecreeNumber, &o.TermFrom, &o.TermTo, &o.Honorarium)
	if err != nil {
		return row, translate(err)
	}
	if row.Faults, err = faultsIn(rowFaults, planFaults); err != nil {
		return row, err
	}
	if row.Doubts, err = faultsIn(rowDoubts, planDoubts); err != nil {
		return row, err
	}
	if sealedCells != nil {
		kept, err := r.store.openSent(i.ID, row.Row, sealedCells)
		row.Cells, row.Suggestions = kept.Cells, kept.Suggestions
		return row, err
	}
	if personal != nil {
		if err := r.store.openPersonal(&o, person.UUID, personal); err != nil {
			return row, err
		}
		row.Cells = o.Cells()
	}
	return row, nil
}

func faultsIn(written ...[]byte) (all cover.Faults, err error) {
	for _, w := range written {
		var faults cover.Faults
		if w == nil {
			continue
		}
		if err := json.Unmarshal(w, &faults); err != nil {
			return nil, err
		}
		all = append(all, faults...)
	}
	return all, nil
}

// ShownRow is the number of a row as its sender counts; 0 for an officer who is not
// in the file.
func ShownRow(row int64) int64 {
	switch {
	case row < 0:
		return 0
	case Stray(row):
		return row - strayRow
	default:
		return row
	}
}

// RowsToMend lists the numbers of the rows that an import rejected, and of those
// that were mended since.
func (r *Reader) RowsToMend(id uuid.UUID, each func(row int64, outcome cover.RowOutcome)) error {
	rows, err := r.store.pool.Query(r.ctx, `select row_no, outcome from import_plan
		where import_id = $1 and outcome in ('rejected', 'amended') and row_no < $2`, id, strayRow)
	if err != nil {
		return translate(err)
	}
	var row int64
	var outcome cover.RowOutcome
	_, err = pgx.ForEachRow(rows, []any{&row, &outcome}, func() error {
		each(row, outcome)
		return nil
	})
	return translate(err)
}

// SentRow returns a row of an import as it was sent, and what came of it.
func (r *Reader) SentRow(i cover.Import, row int64) (cover.ImportRow, error) {
	before := Place{ID: strconv.FormatInt(row-1, 10)}
	for found, err := range r.EachImportRow(i, RowFilter{After: &before, Limit: 1}) {
		if err == nil && found.Row != row {
			break
		}
		return found, err
	}
	return cover.ImportRow{}, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
}

// RecordRows writes down that the actor reads rows of an import unmasked: one
// event for each officer among them, and one for the import, of which rows may be
// no officers. It is committed before the data leaves.
func (r *Reader) RecordRows(i cover.Import, officers []uuid.UUID) error {
	read := []cover.Officer{{ID: i.ID, OrganisationID: i.OrganisationID}}
	for _, id := range officers {
		read = append(read, cover.Officer{ID: id, OrganisationID: i.OrganisationID})
	}
	return r.RecordReading(read)
}

// RecordAllRows is RecordRows for all rows at once.
func (r *Reader) RecordAllRows(i cover.Import, f RowFilter) error {
	outcomes := f.Outcomes
	if len(outcomes) == 0 {
		outcomes = cover.RowOutcomes
	}
	_, err := r.store.pool.Exec(r.ctx, `insert into events
			(id, type, resource_id, organisation_id, client_id, actor_id, request_id, purpose, occurred_at)
		select uuid_v7($9), $4, e.resource, $3, $5, $6, $7, $8, $9
		from (select $1::uuid as resource union all
			select p.officer_id from import_plan p where p.import_id = $1 and p.outcome = any($2) and p.officer_id is not null) e`,
		i.ID, outcomes, i.OrganisationID, cover.PersonalDataRead, r.who.ClientID, r.who.OrganisationID, r.who.RequestID, r.who.Purpose,
		r.store.now())
	return translate(err)
}

// SIPPPeople tells of each officer of an import what SIPP knows them by.
func (r *Reader) SIPPPeople(i cover.Import, each func(officer uuid.UUID, nik cover.NIK, kpj string)) error {
	for row, err := range r.EachImportRow(i, RowFilter{Outcomes: []cover.RowOutcome{cover.RowCreated, cover.RowUpdated, cover.RowEnded}}) {
		if err != nil {
			return err
		}
		if row.OfficerID.Valid {
			each(row.OfficerID.UUID, cover.NIK(row.Cells[cover.ColNIK]), row.Cells[cover.ColKPJ])
		}
	}
	return nil
}

// KeepSIPPReasons writes down why SIPP rejected officers of an import.
func (tx *Tx) KeepSIPPReasons(i cover.Import, reasons map[uuid.UUID]string) error {
	var officers []uuid.UUID
	var texts []string
	for officer, reason := range reasons {
		officers, texts = append(officers, officer), append(texts, reason)
	}
	_, err := tx.pgx.Exec(tx.ctx, `insert into sipp_rejections (import_id, officer_id, reason, read_at)
		select $1, r.officer, r.reason, $4 from unnest($2::uuid[], $3::text[]) as r (officer, reason)
		on conflict (import_id, officer_id) do update set reason = excluded.reason, read_at = excluded.read_at`,
		i.ID, officers, texts, tx.Now)
	return translate(err)
}
