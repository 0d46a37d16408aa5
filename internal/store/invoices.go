package store

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"naungan/internal/cover"
)

// Invoice returns one that the actor sees.
func (r *Reader) Invoice(id uuid.UUID) (cover.Invoice, error) {
	var i cover.Invoice
	if err := r.seenInvoices().on(r.db).Take(&i, "invoices.id = ?", id).Error; err != nil {
		return i, translate(err)
	}
	found := []cover.Invoice{i}
	err := r.withFines(found)
	return found[0], err
}

// withFines fills in the fines of those invoices that have any.
func (r *Reader) withFines(invoices []cover.Invoice) error {
	place := map[uuid.UUID]*cover.Invoice{}
	for n := range invoices {
		if invoices[n].Fine > 0 {
			place[invoices[n].ID] = &invoices[n]
		}
	}
	if len(place) == 0 {
		return nil
	}
	var fines []cover.InvoiceFine
	err := r.db.Where("invoice_id in ?", slices.Collect(maps.Keys(place))).Order("invoice_id, late_id").Find(&fines).Error
	for _, f := range fines {
		place[f.InvoiceID].Fines = append(place[f.InvoiceID].Fines, f)
	}
	return translate(err)
}

// InvoiceFilter narrows a list of invoices. Bounds are inclusive; what is empty
// narrows nothing.
type InvoiceFilter struct {
	AgreementID uuid.UUID
	OrganiserID uuid.UUID
	PayerID     uuid.UUID
	BudgetID    uuid.UUID
	Statuses    []cover.InvoiceStatus
	Month       cover.Month
	MonthFrom   cover.Month
	MonthTo     cover.Month
	FiscalYear  int
	Funding     []cover.FundingSource
	AreaCode    string // where the organiser stands
	IssuedFrom  cover.Date
	IssuedTo    cover.Date
	DueFrom     cover.Date
	DueTo       cover.Date
	TotalFrom   *cover.Rupiah
	TotalTo     *cover.Rupiah
	Number      string
	PaymentCode string
	SP2D        string
}

// Invoices lists those that the actor sees, by id, due day, month or total.
func (r *Reader) Invoices(f InvoiceFilter, p Page) (Listed[cover.Invoice], error) {
	p.By = invoiceOrder(p.By)
	listed, err := list(r, r.invoices(f), p, func(i cover.Invoice) Place {
		switch p.By {
		case "due_on":
			return Place{Key: i.DueOn.String(), ID: i.ID.String()}
		case "month":
			return Place{Key: i.Month.First().String(), ID: i.ID.String()}
		case "total":
			return Place{Key: strconv.FormatInt(int64(i.Total()), 10), ID: i.ID.String()}
		default:
			return byID(i.ID)
		}
	})
	if err != nil {
		return listed, err
	}
	return listed, r.withFines(listed.Items)
}

func (r *Reader) invoices(f InvoiceFilter) *gorm.DB {
	return r.seenInvoices().and(r.invoicesWhere(f)).on(r.db)
}

// invoiceColumns are those that scanInvoice reads.
const invoiceColumns = `id, agreement_id, organiser_id, payer_id, branch_id, month, sequence, area_code, funding_source, budget_id,
	number, payment_code, issued_on, due_on, officers, jkk, jkm, fine, credited, paid, digest, groups, voided_on, void_reason,
	budget_reference, disbursement, version, created_at, updated_at`

// invoiceFines gathers the fines of an invoice as withFines does, under the names
// that cover gives them.
const invoiceFines = `case when fine > 0 then (select json_agg(json_build_object('InvoiceID', f.invoice_id, 'LateID', f.late_id,
	'FromMonth', f.from_month, 'ToMonth', f.to_month, 'Rate', f.rate, 'Owed', f.owed, 'Amount', f.amount) order by f.late_id)
	from invoice_fines f where f.invoice_id = invoices.id) end`

// EachInvoice reads all invoices of a list one after another, in the order of a
// page and all from one moment, as they are asked for.
func (r *Reader) EachInvoice(f InvoiceFilter, p Page) iter.Seq2[cover.Invoice, error] {
	direction := ""
	if p.Desc {
		direction = " desc"
	}
	q := r.invoices(f).Select(invoiceColumns + ", " + invoiceFines)
	if by := invoiceOrder(p.By); by != "" {
		q = q.Order(by + direction)
	}
	asked := q.Order("id" + direction).Session(&gorm.Session{DryRun: true}).Find(&[]cover.Invoice{}).Statement
	return stream(r, r.store.slow, asked.SQL.String(), asked.Vars, scanInvoice)
}

// invoiceOrder is the column by which a list is in order.
func invoiceOrder(by string) string {
	if by == "total_amount" {
		return "total"
	}
	return by
}

func scanInvoice(rows pgx.Rows) (i cover.Invoice, err error) {
	err = rows.Scan(&i.ID, &i.AgreementID, &i.OrganiserID, &i.PayerID, &i.BranchID, &i.Month, &i.Sequence, &i.AreaCode, &i.Funding, &i.BudgetID,
		&i.Number, &i.PaymentCode, &i.IssuedOn, &i.DueOn, &i.Officers, &i.JKK, &i.JKM, &i.Fine, &i.Credited, &i.Paid, &i.Digest, &i.Groups,
		&i.VoidedOn, &i.VoidReason, &i.BudgetReference, &i.Disbursement, &i.Version, &i.CreatedAt, &i.UpdatedAt, &i.Fines)
	return i, translate(err)
}

// InvoiceTotals are the sums of a list of invoices.
type InvoiceTotals struct {
	Invoices int64
	Officers int64
	JKK      cover.Rupiah
	JKM      cover.Rupiah
	Fine     cover.Rupiah
	Credited cover.Rupiah
	Paid     cover.Rupiah
	Open     cover.Rupiah // outstanding: nothing on void invoices
}

// Total is what the invoices ask for.
func (t InvoiceTotals) Total() cover.Rupiah { return t.JKK + t.JKM + t.Fine }

// InvoiceTotals adds up a whole list.
func (r *Reader) InvoiceTotals(f InvoiceFilter) (t InvoiceTotals, err error) {
	err = r.invoices(f).Table("invoices").Select(`count(*) as invoices, coalesce(sum(officers), 0)::bigint as officers,
		coalesce(sum(jkk), 0)::bigint as jkk, coalesce(sum(jkm), 0)::bigint as jkm, coalesce(sum(fine), 0)::bigint as fine,
		coalesce(sum(credited), 0)::bigint as credited, coalesce(sum(paid), 0)::bigint as paid,
		coalesce(sum(jkk + jkm + fine - credited - paid) filter (where voided_on is null), 0)::bigint as open`).Scan(&t).Error
	return t, translate(err)
}

func (r *Reader) invoicesWhere(f InvoiceFilter) condition {
	where := condition{sql: "true"}
	narrow := func(wanted bool, sql string, args ...any) {
		if wanted {
			where = where.and(condition{sql, args})
		}
	}
	narrow(f.AgreementID != uuid.Nil, "agreement_id = ?", f.AgreementID)
	narrow(f.OrganiserID != uuid.Nil, "organiser_id = ?", f.OrganiserID)
	narrow(f.PayerID != uuid.Nil, "payer_id = ?", f.PayerID)
	narrow(f.BudgetID != uuid.Nil, "budget_id = ?", f.BudgetID)
	narrow(!f.Month.Zero(), "month = ?", f.Month)
	narrow(!f.MonthFrom.Zero(), "month >= ?", f.MonthFrom)
	narrow(!f.MonthTo.Zero(), "month <= ?", f.MonthTo)
	narrow(f.FiscalYear != 0, "fiscal_year = ?", f.FiscalYear)
	narrow(len(f.Funding) > 0, "funding_source in ?", f.Funding)
	narrow(!f.IssuedFrom.Zero(), "issued_on >= ?", f.IssuedFrom)
	narrow(!f.IssuedTo.Zero(), "issued_on <= ?", f.IssuedTo)
	narrow(!f.DueFrom.Zero(), "due_on >= ?", f.DueFrom)
	narrow(!f.DueTo.Zero(), "due_on <= ?", f.DueTo)
	narrow(f.TotalFrom != nil, "total >= ?", f.TotalFrom)
	narrow(f.TotalTo != nil, "total <= ?", f.TotalTo)
	narrow(f.Number != "", "number = ?", f.Number)
	narrow(f.PaymentCode != "", "payment_code = ?", f.PaymentCode)
	narrow(f.SP2D != "", "disbursement->>'sp2d_number' = ?", f.SP2D)
	if len(f.Statuses) > 0 {
		where = where.and(r.invoiceStatuses(f.Statuses))
	}
	if f.AreaCode != "" {
		where = where.and(inArea("invoices.area_code", f.AreaCode))
	}
	return where
}

// openInvoices are all but those paid and void; an index holds them.
var openInvoices = condition{sql: "voided_on is null and (issued_on is null or paid + credited < total)"}

// invoiceStatuses says in SQL, case by case, what cover.Invoice.StatusOn says in Go.
// What no case says of itself is said besides, so that an index can serve.
func (r *Reader) invoiceStatuses(statuses []cover.InvoiceStatus) condition {
	asked := condition{`case
		when voided_on is not null then 'void'
		when issued_on is null then 'draft'
		when paid + credited >= total then 'paid'
		when due_on < ? then 'overdue'
		when paid > 0 then 'partially_paid'
		else 'issued' end in ?`, []any{r.Today(), statuses}}
	switch {
	case !slices.Contains(statuses, cover.InvoicePaid) && !slices.Contains(statuses, cover.InvoiceVoid):
		return openInvoices.and(asked)
	case len(statuses) == 1 && statuses[0] == cover.InvoiceVoid:
		return condition{sql: "voided_on is not null"}
	default:
		return asked
	}
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

// EachInvoiceLine reads all lines of an invoice that the actor sees, of some positions
// or, if none are named, of all: one after another, in the order in which their
// digest is made, and all from one moment, as they are asked for.
func (r *Reader) EachInvoiceLine(invoice uuid.UUID, positions []string) iter.Seq2[cover.InvoiceLine, error] {
	where := condition{"invoice_id = ?", []any{invoice}}
	if len(positions) > 0 {
		where = where.and(condition{"position = any(?)", []any{positions}})
	}
	sql := numbered(`select invoice_id, coverage_period_id, officer_id, position, role, wage_base, jkk, jkm, schedule, relief
		from invoice_lines where ` + where.sql + ` order by coverage_period_id`)
	return stream(r, r.store.slow, sql, where.args, func(rows pgx.Rows) (l cover.InvoiceLine, err error) {
		err = rows.Scan(&l.InvoiceID, &l.CoveragePeriodID, &l.OfficerID, &l.Position, &l.Role, &l.WageBase, &l.JKK, &l.JKM, &l.Schedule, &l.Relief)
		return l, translate(err)
	})
}

// Letterhead is what the letter of an invoice says of others.
type Letterhead struct {
	Organiser string
	Payer     string // empty when officers pay themselves
	Branch    string
	Agreement string   // its title
	Numbers   []string // that its parties gave it, in their order
	Late      map[uuid.UUID]cover.Invoice
}

// Letterhead looks up what the letter of an invoice that the actor sees says of
// others. Whoever may read the invoice may read its letter.
func (r *Reader) Letterhead(i cover.Invoice) (h Letterhead, err error) {
	err = r.store.pool.QueryRow(r.ctx, `select o.name, coalesce(p.name, ''), b.name, a.title,
			(select coalesce(array_agg(number order by ordinal), '{}') from agreement_parties where agreement_id = a.id and number <> '')
		from agreements a join organisations o on o.id = $2 join organisations b on b.id = $3 left join organisations p on p.id = $4
		where a.id = $1`, i.AgreementID, i.OrganiserID, i.BranchID, i.PayerID).Scan(&h.Organiser, &h.Payer, &h.Branch, &h.Agreement, &h.Numbers)
	if err != nil || len(i.Fines) == 0 {
		return h, translate(err)
	}
	ids := make([]uuid.UUID, len(i.Fines))
	for n, f := range i.Fines {
		ids[n] = f.LateID
	}
	var late []cover.Invoice
	err = r.db.Where("id in ?", ids).Find(&late).Error
	h.Late = make(map[uuid.UUID]cover.Invoice, len(late))
	for _, l := range late {
		h.Late[l.ID] = l
	}
	return h, translate(err)
}

// StandingInvoices lists the invoices of an agreement and month that are not void,
// in their sequence.
func (tx *Tx) StandingInvoices(agreement uuid.UUID, month cover.Month) (found []cover.Invoice, err error) {
	err = tx.db.Where("agreement_id = ? and month = ? and voided_on is null", agreement, month).Order("sequence").Find(&found).Error
	return found, translate(err)
}

// FillInvoice takes over what an invoice says of its organiser.
func (tx *Tx) FillInvoice(i *cover.Invoice) error {
	return translate(tx.db.Raw("select area_code from organisations where id = ?", i.OrganiserID).Scan(&i.AreaCode).Error)
}

// LateInvoice is an issued invoice of an agreement whose due day is over, or that
// was paid after it.
type LateInvoice struct {
	ID        uuid.UUID
	Month     cover.Month
	DueOn     cover.Date
	Owed      cover.Rupiah // of contributions that were not taken back, when its due day was over
	Charged   int          // months of lateness that are charged already
	SettledOn cover.Date   // none while it is not
}

// LateInvoices lists those of an agreement, as of a day.
func (r *Reader) LateInvoices(agreement uuid.UUID, today cover.Date) (late []LateInvoice, err error) {
	err = r.db.Raw(`select i.id, i.month, i.due_on, greatest(0, least(i.jkk + i.jkm - coalesce(n.back, 0), i.total - coalesce(s.in_time, 0))) as owed,
			coalesce(f.charged, 0) as charged, case when i.paid + i.credited >= i.total then s.last end as settled_on
		from invoices i
		left join lateral (select sum(amount) filter (where settled_on <= i.due_on) as in_time, max(settled_on) as last
			from settlements where invoice_id = i.id) s on true
		left join lateral (select sum(jkk + jkm) as back from credit_notes where invoice_id = i.id) n on true
		left join lateral (select max(to_month) as charged from invoice_fines where late_id = i.id and not voided) f on true
		where i.agreement_id = ? and i.issued_on is not null and i.voided_on is null and i.due_on < ?
			and i.total > coalesce(s.in_time, 0)
		order by i.month, i.sequence`, agreement, today).Scan(&late).Error
	return late, translate(err)
}

// DraftStands reports whether all cover that a draft bills still owes its month.
func (tx *Tx) DraftStands(draft uuid.UUID) (stands bool, err error) {
	err = tx.db.Raw(`select not exists (select from invoice_lines l join coverage_periods c on c.id = l.coverage_period_id
		where l.invoice_id = ? and (c.cancelled_on is not null or c.owed_to < l.month or c.from_on >= l.month + interval '1 month'))`, draft).
		Scan(&stands).Error
	return stands, translate(err)
}

// VoidFines lets the fines of a void invoice be charged again.
func (tx *Tx) VoidFines(invoice uuid.UUID) error {
	return translate(tx.db.Exec("update invoice_fines set voided = true where invoice_id = ?", invoice).Error)
}

// WageBases lists the different wage bases of the cover that owes a month under an
// agreement; each is rated once.
func (tx *Tx) WageBases(agreement uuid.UUID, month cover.Month) (bases []cover.Rupiah, err error) {
	err = tx.db.Raw(`select distinct wage_base from coverage_periods
		where agreement_id = ? and cancelled_on is null and from_on <= ? and owed_to >= ? order by 1`,
		agreement, month.Last(), month).Scan(&bases).Error
	return bases, translate(err)
}

// InsertInvoice writes a new draft with a line for everybody whose cover owes its
// month, at the rates given for each wage base, with its fines, and the sums and
// the digest of it all. rebill bills those too whose line was taken back.
func (tx *Tx) InsertInvoice(i *cover.Invoice, rates []Base, rebill bool) error {
	i.ID, i.CreatedAt, i.UpdatedAt = newID(), tx.Now, tx.Now
	if err := tx.db.Create(i).Error; err != nil {
		return translate(err)
	}
	groups, digest, err := tx.insertLines(*i, rates, rebill)
	if err != nil {
		return err
	}
	for n := range i.Fines {
		i.Fines[n].InvoiceID = i.ID
	}
	if len(i.Fines) > 0 {
		if err := tx.db.Create(&i.Fines).Error; err != nil {
			return translate(err)
		}
	}
	i.Gather(groups)
	i.Digest = digest
	return tx.update(i)
}

// insertLines bills each person for the first period that owes the month, unless
// another invoice bills them for it; the index of people and months is the judge of
// that, and makes a draft that bills the same people at once wait. Both go through
// the people in one order, so that neither waits for the other. A period whose line
// was credited is billed again only if the draft says so. Whoever cancels cover
// holds its agreement, as whoever bills it does.
//
// It returns what was written: the lines as groups, and their digest, of which
// billing.Prove says in Go what is said here in SQL. To read the lines again for that
// would take as long as to write them.
func (tx *Tx) insertLines(i cover.Invoice, rates []Base, rebill bool) (groups []cover.InvoiceGroup, digest string, err error) {
	args := []any{i.AgreementID, i.Month.Last(), i.Month, rebill, i.Month, i.ID, i.Month}
	// Every officer is found by their id. Planners would rather read all officers of
	// the nation for each agreement.
	if err := tx.db.Exec("set local enable_hashjoin = off; set local enable_mergejoin = off").Error; err != nil {
		return nil, "", translate(err)
	}
	var grouped []byte
	if err := tx.plain().QueryRowContext(tx.ctx, insertingLines, append(args, columns(rates)...)...).Scan(&grouped, &digest); err != nil {
		return nil, "", translate(err)
	}
	if err := json.Unmarshal(grouped, &groups); err != nil {
		return nil, "", fmt.Errorf("groups of invoice %s: %w", i.ID, err)
	}
	return groups, digest, translate(tx.db.Exec("set local enable_hashjoin = on; set local enable_mergejoin = on").Error)
}

var insertingLines = numbered(`with periods as (
		select * from coverage_periods
		where agreement_id = ? and cancelled_on is null and from_on <= ? and owed_to >= ?
			and (? or not exists (select from invoice_lines l where l.coverage_period_id = coverage_periods.id and l.month = ? and l.credited))
	), made as (
		insert into invoice_lines (invoice_id, coverage_period_id, officer_id, person_id, month, position, role,
			wage_base, jkk, jkm, schedule, relief)
		select distinct on (p.person_id) ?::uuid, p.id, p.officer_id, p.person_id, ?::date, o.position, o.role,
			p.wage_base, r.jkk, r.jkm, r.schedule, r.relief
		from periods p join officers o on o.id = p.officer_id
			join unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[])
				as r (wage, base, jkk, jkm, schedule, relief) on r.base = p.wage_base
		order by p.person_id, p.from_on
		on conflict (person_id, month) where not voided and not credited do nothing
		returning coverage_period_id, officer_id, month, position, role, wage_base, jkk, jkm, schedule, relief
	), grouped as (
		select position, role, wage_base, count(*) as officers, sum(jkk)::bigint as jkk, sum(jkm)::bigint as jkm
		from made group by position, role, wage_base
	)
	select (select coalesce(jsonb_agg(to_jsonb(g) order by position, role, wage_base), '[]') from grouped g),
		(select encode(sha256(coalesce(string_agg(sha256(convert_to(concat_ws('|', coverage_period_id, officer_id,
			to_char(month, 'YYYY-MM'), position, role, wage_base, jkk, jkm, schedule, relief), 'UTF8')), ''::bytea
			order by coverage_period_id), ''::bytea)), 'hex') from made)`)

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

// SettleInvoices writes what is paid on, and was taken back of, locked invoices.
func (tx *Tx) SettleInvoices(invoices []cover.Invoice) error {
	ids, paid, credited := make([]uuid.UUID, len(invoices)), make([]int64, len(invoices)), make([]int64, len(invoices))
	for n := range invoices {
		i := &invoices[n]
		i.Version, i.UpdatedAt = i.Version+1, tx.Now
		ids[n], paid[n], credited[n] = i.ID, int64(i.Paid), int64(i.Credited)
	}
	_, err := tx.pgx.Exec(tx.ctx, `update invoices i
		set paid = s.paid, credited = s.credited, version = i.version + 1, updated_at = $4
		from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as s (id, paid, credited) where i.id = s.id`,
		ids, paid, credited, tx.Now)
	return translate(err)
}

// OverdueInvoices counts the invoices of an agreement that are overdue on a day, and
// adds up what is outstanding on them. The oldest is that which was due first, for the
// earliest month.
func (r *Reader) OverdueInvoices(agreement uuid.UUID, today cover.Date) (n int64, owed cover.Rupiah, oldest cover.Invoice, err error) {
	var overdue []cover.Invoice
	err = condition{"agreement_id = ? and issued_on is not null", []any{agreement}}.
		and(condition{"voided_on is null and paid + credited < total and due_on < ?", []any{today}}).
		on(r.db).Order("due_on, month, id").Find(&overdue).Error
	if err != nil || len(overdue) == 0 {
		return 0, 0, oldest, translate(err)
	}
	for _, i := range overdue {
		owed += i.Outstanding()
	}
	return int64(len(overdue)), owed, overdue[0], nil
}

// NextInvoiceNumber takes the next number of a branch's year. Others wait for it
// until the transaction ends, and take it if it is undone: so there are no gaps.
func (tx *Tx) NextInvoiceNumber(branch uuid.UUID, year int) (int64, error) {
	return tx.nextNumber("invoice_numbers", branch, year)
}

func (tx *Tx) nextNumber(series string, branch uuid.UUID, year int) (n int64, err error) {
	err = tx.db.Raw(`insert into ? as given (branch_id, year, last) values (?, ?, 1)
		on conflict (branch_id, year) do update set last = given.last + 1 returning last`,
		clause.Table{Name: series}, branch, year).Scan(&n).Error
	return n, translate(err)
}
