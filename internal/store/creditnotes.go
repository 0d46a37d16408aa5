package store

import (
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// creditRow is an allocation of credit as stored, in the order it was named.
type creditRow struct {
	CreditNoteID uuid.UUID
	Ordinal      int
	cover.Allocation
	AllocatedOn cover.Date
	AllocatedAt time.Time
}

func (creditRow) TableName() string { return "credit_allocations" }

// creditLineRow is a line that a credit note takes back.
type creditLineRow struct {
	CreditNoteID     uuid.UUID
	InvoiceID        uuid.UUID
	CoveragePeriodID uuid.UUID
}

func (creditLineRow) TableName() string { return "credit_note_lines" }

// CreditNote returns one that the actor sees.
func (r *Reader) CreditNote(id uuid.UUID) (cover.CreditNote, error) {
	var n cover.CreditNote
	if err := r.seenCreditNotes().on(r.db).Take(&n, "credit_notes.id = ?", id).Error; err != nil {
		return n, translate(err)
	}
	found := []cover.CreditNote{n}
	if err := r.withCreditedLines(found); err != nil {
		return n, err
	}
	err := r.withCreditAllocations(found)
	return found[0], err
}

// CreditNoteFilter narrows a list of credit notes; what is empty narrows nothing.
type CreditNoteFilter struct {
	InvoiceID   uuid.UUID
	PayerID     uuid.UUID
	Unallocated bool // only those of which something settles nothing yet
}

// CreditNotes lists those that the actor sees, without what they take back.
func (r *Reader) CreditNotes(f CreditNoteFilter, p Page) (Listed[cover.CreditNote], error) {
	q := r.seenCreditNotes().on(r.db)
	if f.InvoiceID != uuid.Nil {
		q = q.Where("credit_notes.invoice_id = ?", f.InvoiceID)
	}
	if f.PayerID != uuid.Nil {
		q = q.Where("credit_notes.payer_id = ?", f.PayerID)
	}
	if f.Unallocated {
		q = q.Where("credit_notes.applied + credit_notes.allocated < credit_notes.jkk + credit_notes.jkm + credit_notes.fine")
	}
	listed, err := list(r, q, p, func(n cover.CreditNote) Place { return byID(n.ID) })
	if err != nil {
		return listed, err
	}
	return listed, r.withCreditAllocations(listed.Items)
}

// placesOf are credit notes by their ids.
func placesOf(notes []cover.CreditNote) (ids []uuid.UUID, place map[uuid.UUID]*cover.CreditNote) {
	place = make(map[uuid.UUID]*cover.CreditNote, len(notes))
	for i := range notes {
		ids = append(ids, notes[i].ID)
		place[notes[i].ID] = &notes[i]
	}
	return ids, place
}

// withCreditedLines fills in which lines credit notes take back.
func (r *Reader) withCreditedLines(notes []cover.CreditNote) error {
	ids, place := placesOf(notes)
	for _, n := range place {
		n.Periods = []uuid.UUID{}
	}
	var lines []creditLineRow
	if err := r.db.Where("credit_note_id in ?", ids).Order("credit_note_id, coverage_period_id").Find(&lines).Error; err != nil {
		return translate(err)
	}
	for _, l := range lines {
		n := place[l.CreditNoteID]
		n.Periods = append(n.Periods, l.CoveragePeriodID)
	}
	return nil
}

// withCreditAllocations fills in what credit notes settle.
func (r *Reader) withCreditAllocations(notes []cover.CreditNote) error {
	ids, place := placesOf(notes)
	var rows []creditRow
	if err := r.db.Where("credit_note_id in ?", ids).Order("credit_note_id, ordinal").Find(&rows).Error; err != nil {
		return translate(err)
	}
	for _, row := range rows {
		n := place[row.CreditNoteID]
		n.Allocations = append(n.Allocations, row.Allocation)
	}
	return nil
}

// BilledLines returns those lines of an invoice that bill some coverage periods.
func (r *Reader) BilledLines(invoice uuid.UUID, periods []uuid.UUID) (lines []cover.BilledLine, err error) {
	if len(periods) == 0 {
		return nil, nil
	}
	err = r.db.Raw(`select coverage_period_id, jkk, jkm, credited from invoice_lines
		where invoice_id = ? and coverage_period_id in ?`, invoice, periods).Scan(&lines).Error
	return lines, translate(err)
}

// FineLeft is what of the fines of an invoice was not taken back.
func (r *Reader) FineLeft(i cover.Invoice) (cover.Rupiah, error) {
	var taken cover.Rupiah
	err := r.db.Raw("select coalesce(sum(fine), 0)::bigint from credit_notes where invoice_id = ?", i.ID).Scan(&taken).Error
	return i.Fine - taken, translate(err)
}

// InsertCreditNote writes a new credit note, and marks the lines it takes back: their
// people may be billed again.
func (tx *Tx) InsertCreditNote(n *cover.CreditNote) error {
	n.ID, n.CreatedAt, n.UpdatedAt = newID(), tx.Now, tx.Now
	if err := tx.db.Create(n).Error; err != nil {
		return translate(err)
	}
	_, err := tx.pgx.Exec(tx.ctx, `with taken as (
			update invoice_lines set credited = true where invoice_id = $2 and coverage_period_id = any($3)
			returning coverage_period_id)
		insert into credit_note_lines (credit_note_id, invoice_id, coverage_period_id)
		select $1, $2, coverage_period_id from taken`, n.ID, n.InvoiceID, n.Periods)
	return translate(err)
}

// NextCreditNumber takes the next number of a branch's year, as NextInvoiceNumber
// does.
func (tx *Tx) NextCreditNumber(branch uuid.UUID, year int) (int64, error) {
	return tx.nextNumber("credit_numbers", branch, year)
}

// LockCreditNote returns a credit note that the actor sees, with what it settles, and
// holds it.
func (tx *Tx) LockCreditNote(id uuid.UUID, v Version) (cover.CreditNote, error) {
	n, err := lock(tx, tx.seenCreditNotes(), id, v, func(n cover.CreditNote) int64 { return n.Version })
	if err != nil {
		return n, err
	}
	found := []cover.CreditNote{n}
	if err := tx.withCreditedLines(found); err != nil {
		return n, err
	}
	err = tx.withCreditAllocations(found)
	return found[0], err
}

// InsertCreditAllocations writes the allocations of a locked credit note from a place
// on, and what it settles now.
func (tx *Tx) InsertCreditAllocations(n *cover.CreditNote, from int) error {
	n.Version, n.UpdatedAt = n.Version+1, tx.Now
	if err := tx.update(n); err != nil {
		return err
	}
	rows := make([]creditRow, len(n.Allocations)-from)
	for i := range rows {
		rows[i] = creditRow{n.ID, from + i, n.Allocations[from+i], tx.Today(), tx.Now}
	}
	return translate(tx.db.Create(&rows).Error)
}
