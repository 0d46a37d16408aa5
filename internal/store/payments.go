package store

import (
	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"naungan/internal/cover"
)

// allocationRow is an allocation as stored, in the order the payment names them.
type allocationRow struct {
	PaymentID uuid.UUID
	Ordinal   int
	cover.Allocation
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
	InvoiceID uuid.UUID
	PayerID   uuid.UUID
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

// InsertPayment writes a new payment with its allocations.
func (tx *Tx) InsertPayment(p *cover.Payment) error {
	p.ID, p.CreatedAt, p.UpdatedAt = newID(), tx.Now, tx.Now
	if err := tx.db.Create(p).Error; err != nil {
		return translate(err)
	}
	rows := make([]allocationRow, len(p.Allocations))
	for i, a := range p.Allocations {
		rows[i] = allocationRow{p.ID, i, a}
	}
	return translate(tx.db.Create(&rows).Error)
}

// ActivateCover makes cover active that the invoices of a payment bill, if they
// are paid in full: from the day of the money that completed the first of them.
// Money may be recorded in another order than it came, so that day may move
// forward. Periods are locked in the order of their ids, as others lock them.
func (tx *Tx) ActivateCover(payment uuid.UUID) error {
	err := tx.db.Exec(`with settled as (
			select i.id, max(p.paid_on) as settled_on
			from invoices i join payment_allocations a on a.invoice_id = i.id join payments p on p.id = a.payment_id
			where i.id in (select invoice_id from payment_allocations where payment_id = ?) and i.paid >= i.jkk + i.jkm
			group by i.id),
		billed as (
			select l.coverage_period_id, min(s.settled_on) as settled_on
			from settled s join invoice_lines l on l.invoice_id = s.id
			group by l.coverage_period_id),
		due as (
			select c.id, b.settled_on from billed b join coverage_periods c on c.id = b.coverage_period_id
			where c.activated_on is null or c.activated_on > b.settled_on
			order by c.id for no key update of c)
		update coverage_periods c set activated_on = due.settled_on, version = c.version + 1, updated_at = ?
		from due where c.id = due.id`, payment, tx.Now).Error
	return translate(err)
}
