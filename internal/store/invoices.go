package store

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
)

// Invoice returns one that the actor sees.
func (r *Reader) Invoice(id uuid.UUID) (cover.Invoice, error) {
	var i cover.Invoice
	err := r.seenInvoices().on(r.db).Take(&i, "invoices.id = ?", id).Error
	return i, translate(err)
}

// InvoiceFilter narrows a list of invoices.
type InvoiceFilter struct {
	AgreementID uuid.UUID
	PayerID     uuid.UUID
	Statuses    []cover.InvoiceStatus
	Month       cover.Month
	AreaCode    string // where the organiser stands
	DueFrom     cover.Date
	DueTo       cover.Date // inclusive
}

// Invoices lists those that the actor sees, by id or by the day they are due.
func (r *Reader) Invoices(f InvoiceFilter, p Page) (Listed[cover.Invoice], error) {
	q := r.seenInvoices().and(r.invoicesWhere(f)).on(r.db)
	return list(r, q, p, func(i cover.Invoice) Place {
		if p.By == "due_on" {
			return Place{Key: i.DueOn.String(), ID: i.ID.String()}
		}
		return byID(i.ID)
	})
}

func (r *Reader) invoicesWhere(f InvoiceFilter) condition {
	where := condition{sql: "true"}
	if f.AgreementID != uuid.Nil {
		where = where.and(condition{"agreement_id = ?", []any{f.AgreementID}})
	}
	if f.PayerID != uuid.Nil {
		where = where.and(condition{"payer_id = ?", []any{f.PayerID}})
	}
	if len(f.Statuses) > 0 {
		where = where.and(r.invoiceStatuses(f.Statuses))
	}
	if !f.Month.Zero() {
		where = where.and(condition{"month = ?", []any{f.Month}})
	}
	if f.AreaCode != "" {
		here := inArea("g.area_code", f.AreaCode)
		where = where.and(condition{"exists (select from organisations g where g.id = invoices.organiser_id and " + here.sql + ")", here.args})
	}
	if !f.DueFrom.Zero() {
		where = where.and(condition{"due_on >= ?", []any{f.DueFrom}})
	}
	if !f.DueTo.Zero() {
		where = where.and(condition{"due_on <= ?", []any{f.DueTo}})
	}
	return where
}

// invoiceStatuses says in SQL, case by case, what cover.Invoice.StatusOn says in Go.
func (r *Reader) invoiceStatuses(statuses []cover.InvoiceStatus) condition {
	return condition{`case
		when voided_on is not null then 'void'
		when issued_on is null then 'draft'
		when paid >= jkk + jkm then 'paid'
		when due_on < ? then 'overdue'
		when paid > 0 then 'partially_paid'
		else 'issued' end in ?`, []any{r.Today(), statuses}}
}

// InvoiceLines lists the lines of an invoice that the actor sees, of some
// positions or, if none are named, of all.
func (r *Reader) InvoiceLines(invoice uuid.UUID, positions []string, p Page) (Listed[cover.InvoiceLine], error) {
	if _, err := r.Invoice(invoice); err != nil {
		return Listed[cover.InvoiceLine]{}, err
	}
	q := r.db.Where("invoice_id = ?", invoice)
	if len(positions) > 0 {
		q = q.Where("position in ?", positions)
	}
	return listBy(r, q, p, "coverage_period_id", func(l cover.InvoiceLine) Place { return byID(l.CoveragePeriodID) })
}

// StandingInvoice finds the invoice of an agreement and month that is not void;
// nil if there is none.
func (tx *Tx) StandingInvoice(agreement uuid.UUID, month cover.Month) (*uuid.UUID, error) {
	var found []uuid.UUID
	err := tx.db.Table("invoices").Where("agreement_id = ? and month = ? and voided_on is null", agreement, month).
		Pluck("id", &found).Error
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], nil
}

// InsertInvoice writes a new draft with a line for everybody whose cover touches
// its month, and the sums of these lines.
func (tx *Tx) InsertInvoice(i *cover.Invoice) error {
	i.ID, i.CreatedAt, i.UpdatedAt = newID(), tx.Now, tx.Now
	if err := tx.db.Create(i).Error; err != nil {
		return translate(err)
	}
	if err := tx.insertLines(*i); err != nil {
		return err
	}
	groups, err := tx.groups(i.ID)
	if err != nil {
		return err
	}
	i.Gather(groups)
	return tx.update(i)
}

// insertLines bills each person for the first period that touches the month,
// unless another invoice bills them for it; the index of people and months is the
// judge of that, and makes a draft that bills the same people at once wait. Both
// go through the people in one order, so that neither waits for the other. The
// periods are held, so that none is cancelled meanwhile.
func (tx *Tx) insertLines(i cover.Invoice) error {
	err := tx.db.Exec(`with periods as (
			select * from coverage_periods
			where agreement_id = ? and cancelled_on is null and from_on <= ? and to_on >= ?
			order by id for share)
		insert into invoice_lines (invoice_id, coverage_period_id, officer_id, person_id, month, position, role,
			wage_base, jkk, jkm, schedule)
		select distinct on (p.person_id) ?::uuid, p.id, p.officer_id, p.person_id, ?::date, o.position, o.role,
			p.wage_base, p.jkk, p.jkm, p.schedule
		from periods p join officers o on o.id = p.officer_id
		order by p.person_id, p.from_on
		on conflict (person_id, month) where not voided do nothing`,
		i.AgreementID, i.Month.Last(), i.Month.First(), i.ID, i.Month).Error
	return translate(err)
}

func (tx *Tx) groups(invoice uuid.UUID) ([]cover.InvoiceGroup, error) {
	groups := []cover.InvoiceGroup{}
	err := tx.db.Raw(`select position, role, wage_base, count(*) as officers, sum(jkk)::bigint as jkk, sum(jkm)::bigint as jkm
		from invoice_lines where invoice_id = ?
		group by position, role, wage_base order by position, role, wage_base`, invoice).Scan(&groups).Error
	return groups, translate(err)
}

// LockInvoice returns an invoice that the actor sees, locked, in the version asked
// for.
func (tx *Tx) LockInvoice(id uuid.UUID, v Version) (cover.Invoice, error) {
	return lock(tx, tx.seenInvoices(), id, v, func(i cover.Invoice) int64 { return i.Version })
}

// UpdateInvoice writes a locked invoice.
func (tx *Tx) UpdateInvoice(i *cover.Invoice) error {
	i.Version, i.UpdatedAt = i.Version+1, tx.Now
	return tx.update(i)
}

// NextInvoiceNumber takes the next number of a branch's year. Others wait for it
// until the transaction ends, and take it if it is undone: so there are no gaps.
func (tx *Tx) NextInvoiceNumber(branch uuid.UUID, year int) (n int64, err error) {
	err = tx.db.Raw(`insert into invoice_numbers as given (branch_id, year, last) values (?, ?, 1)
		on conflict (branch_id, year) do update set last = given.last + 1 returning last`, branch, year).Scan(&n).Error
	return n, translate(err)
}
