package store

import (
	"iter"

	"github.com/jackc/pgx/v5"

	"naungan/internal/cover"
)

// ProvenLine is a line of an invoice beside the cover that it bills, as it stands
// now.
type ProvenLine struct {
	cover.InvoiceLine
	WageNow cover.Rupiah // what cover says of the wage base
	Owes    bool         // cover stands, and owes the month
}

// BilledAgreement is the agreement of an invoice that the actor sees.
func (r *Reader) BilledAgreement(i cover.Invoice) (a cover.Agreement, err error) {
	return a, translate(r.db.Take(&a, "id = ?", i.AgreementID).Error)
}

// ProvenLines reads the lines of an invoice that the actor sees one after another,
// in the order of their periods, all from one moment.
func (r *Reader) ProvenLines(i cover.Invoice) iter.Seq2[ProvenLine, error] {
	return stream(r, r.store.slow, `select l.invoice_id, l.coverage_period_id, l.officer_id, l.month, l.position, l.role,
			l.wage_base, l.jkk, l.jkm, l.schedule, l.relief, c.wage_base,
			l.credited or c.cancelled_on is null and c.from_on < l.month + interval '1 month' and c.owed_to >= l.month
		from invoice_lines l join coverage_periods c on c.id = l.coverage_period_id
		where l.invoice_id = $1 order by l.coverage_period_id`, []any{i.ID},
		func(rows pgx.Rows) (l ProvenLine, err error) {
			return l, rows.Scan(&l.InvoiceID, &l.CoveragePeriodID, &l.OfficerID, &l.Month, &l.Position, &l.Role,
				&l.WageBase, &l.JKK, &l.JKM, &l.Schedule, &l.Relief, &l.WageNow, &l.Owes)
		})
}
