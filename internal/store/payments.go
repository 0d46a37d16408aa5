package store

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"naungan/internal/cover"
)

// allocationRow is an allocation as stored, in the order the payment names them.
type allocationRow struct {
	PaymentID uuid.UUID
	Ordinal   int
	cover.Allocation
	AllocatedAt time.Time
}

func (allocationRow) TableName() string { return "payment_allocations" }

// Payment returns one that the actor sees.
func (r *Reader) Payment(id uuid.UUID) (cover.Payment, error) {
	var p cover.Payment
	if err := r.seenPayments().on(r.db).Take(&p, "payments.id = ?", id).Error; err != nil {
		return p, translate(err)
	}
	found := []cover.Payment{p}
	err := r.withAllocations(found)
	return found[0], err
}

// PaymentFilter narrows a list of payments.
type PaymentFilter struct {
	InvoiceID   uuid.UUID
	PayerID     uuid.UUID
	StatementID uuid.UUID
	Reference   string
	PaidFrom    cover.Date // inclusive
	PaidTo      cover.Date // inclusive
	Unallocated bool       // only those of which something settles nothing yet
}

// Payments lists those that the actor sees.
func (r *Reader) Payments(f PaymentFilter, p Page) (Listed[cover.Payment], error) {
	q := r.seenPayments().on(r.db)
	if f.InvoiceID != uuid.Nil {
		q = q.Where("payments.id in (select payment_id from payment_allocations where invoice_id = ?)", f.InvoiceID)
	}
	if f.PayerID != uuid.Nil {
		q = q.Where("payments.payer_id = ?", f.PayerID)
	}
	if f.StatementID != uuid.Nil {
		q = q.Where("payments.statement_id = ?", f.StatementID)
	}
	if f.Reference != "" {
		q = q.Where("payments.reference = ?", f.Reference)
	}
	if !f.PaidFrom.Zero() {
		q = q.Where("payments.paid_on >= ?", f.PaidFrom)
	}
	if !f.PaidTo.Zero() {
		q = q.Where("payments.paid_on <= ?", f.PaidTo)
	}
	if f.Unallocated {
		q = q.Where("payments.allocated < payments.amount")
	}
	listed, err := list(r, q, p, func(p cover.Payment) Place { return byID(p.ID) })
	if err != nil {
		return listed, err
	}
	return listed, r.withAllocations(listed.Items)
}

func (r *Reader) withAllocations(payments []cover.Payment) error {
	ids := make([]uuid.UUID, len(payments))
	place := make(map[uuid.UUID]*cover.Payment, len(payments))
	for i := range payments {
		ids[i] = payments[i].ID
		place[payments[i].ID] = &payments[i]
	}
	var rows []allocationRow
	if err := r.db.Where("payment_id in ?", ids).Order("payment_id, ordinal").Find(&rows).Error; err != nil {
		return translate(err)
	}
	for _, row := range rows {
		p := place[row.PaymentID]
		p.Allocations = append(p.Allocations, row.Allocation)
	}
	return nil
}

// LockOwnInvoices returns those of some invoices that the actor issues as their
// branch, locked in the order of their ids, so that payments of the same invoices
// take turns.
func (tx *Tx) LockOwnInvoices(ids []uuid.UUID) ([]cover.Invoice, error) {
	var found []cover.Invoice
	err := tx.ofSelf("branch_id").on(tx.db.Clauses(clause.Locking{Strength: "UPDATE"})).Where("id in ?", ids).
		Order("id").Find(&found).Error
	return found, translate(err)
}

// OwnPayment finds the payment that the actor recorded under a reference; nil if
// there is none.
func (tx *Tx) OwnPayment(reference string) (*uuid.UUID, error) {
	var found []uuid.UUID
	err := tx.ofSelf("branch_id").on(tx.db.Table("payments")).Where("reference = ?", reference).Pluck("id", &found).Error
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], nil
}

// PaymentsUnder finds the payments that the actor recorded under some references,
// without what they settle.
func (tx *Tx) PaymentsUnder(references []string) (map[string]cover.Payment, error) {
	var found []cover.Payment
	err := tx.db.Raw("select * from payments where branch_id = ? and reference in ?", tx.who.OrganisationID, references).Scan(&found).Error
	under := make(map[string]cover.Payment, len(found))
	for _, p := range found {
		under[p.Reference] = p
	}
	return under, translate(err)
}

// LockPayment returns a payment that the actor sees, with its allocations, and holds
// it.
func (tx *Tx) LockPayment(id uuid.UUID, v Version) (cover.Payment, error) {
	p, err := lock(tx, tx.seenPayments(), id, v, func(p cover.Payment) int64 { return p.Version })
	if err != nil {
		return p, err
	}
	found := []cover.Payment{p}
	err = tx.withAllocations(found)
	return found[0], err
}

// InsertPayment writes a new payment with its allocations.
func (tx *Tx) InsertPayment(p *cover.Payment) error {
	p.ID, p.CreatedAt, p.UpdatedAt = newID(), tx.Now, tx.Now
	if err := tx.db.Create(p).Error; err != nil {
		return translate(err)
	}
	return tx.insertAllocations(*p, 0)
}

// InsertAllocations writes the allocations of a locked payment from a place on, and
// what it settles now.
func (tx *Tx) InsertAllocations(p *cover.Payment, from int) error {
	p.Version, p.UpdatedAt = p.Version+1, tx.Now
	if err := tx.update(p); err != nil {
		return err
	}
	return tx.insertAllocations(*p, from)
}

func (tx *Tx) insertAllocations(p cover.Payment, from int) error {
	if len(p.Allocations) == from {
		return nil
	}
	rows := make([]allocationRow, len(p.Allocations)-from)
	for n := range rows {
		rows[n] = allocationRow{p.ID, from + n, p.Allocations[from+n], tx.Now}
	}
	return translate(tx.db.Create(&rows).Error)
}

// ActivateCover makes cover active that some invoices bill, on lines that were not
// taken back, if they are settled in full: from the day that completed the first of
// them. A person owes an agreement one line a month: it pays for all of their cover in
// that month.
// Money may be recorded in another order than it came, so that day may move
// forward. Periods are locked in the order of their ids, as others lock them.
func (tx *Tx) ActivateCover(invoices []uuid.UUID) error {
	err := tx.db.Exec(`with settled as (
			select i.id, i.agreement_id, coalesce(max(s.settled_on), i.issued_on) as settled_on
			from invoices i left join settlements s on s.invoice_id = i.id
			where i.id in ? and i.paid + i.credited >= i.total
			group by i.id, i.issued_on),
		billed as (
			select s.settled_on, s.agreement_id, l.coverage_period_id, l.person_id, l.month
			from settled s join invoice_lines l on l.invoice_id = s.id and not l.credited),
		paid as (
			select id, min(settled_on) as settled_on
			from (
				select coverage_period_id as id, settled_on from billed
				union all
				select c.id, b.settled_on from billed b join coverage_periods c on c.person_id = b.person_id and c.agreement_id = b.agreement_id
					and c.cancelled_on is null and daterange(c.from_on, c.to_on, '[]') && daterange(b.month, (b.month + interval '1 month')::date)) p
			group by id),
		due as (
			select c.id, p.settled_on from paid p join coverage_periods c on c.id = p.id
			where c.activated_on is null or c.activated_on > p.settled_on
			order by c.id for no key update of c)
		update coverage_periods c set activated_on = due.settled_on, version = c.version + 1, updated_at = ?
		from due where c.id = due.id`, invoices, tx.Now).Error
	return translate(err)
}
