package store

import (
	"encoding/json"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// Statement returns a bank statement that the actor sees.
func (r *Reader) Statement(id uuid.UUID) (cover.BankStatement, error) {
	var s cover.BankStatement
	err := r.seenStatements().on(r.db).Take(&s, "bank_statements.id = ?", id).Error
	return s, translate(err)
}

// Statements lists the bank statements that the actor sees.
func (r *Reader) Statements(p Page) (Listed[cover.BankStatement], error) {
	return list(r, r.seenStatements().on(r.db), p, func(s cover.BankStatement) Place { return byID(s.ID) })
}

// LockCandidates returns the actor's issued invoices, as their branch, that have one of
// some payment codes or numbers, or on which just one of some amounts is outstanding.
// They are locked in the order of their ids.
func (tx *Tx) LockCandidates(codes, numbers []string, amounts []cover.Rupiah) (found []cover.Invoice, err error) {
	lists := make([]any, 3)
	for n, list := range []any{codes, numbers, amounts} {
		written, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		if lists[n] = string(written); lists[n] == "null" {
			lists[n] = "[]"
		}
	}
	err = tx.db.Raw(`select * from invoices where branch_id = ? and issued_on is not null and (
			payment_code in (select jsonb_array_elements_text(?::jsonb)) or number in (select jsonb_array_elements_text(?::jsonb))
			or voided_on is null and paid + credited < total
				and total - paid - credited in (select jsonb_array_elements_text(?::jsonb)::bigint))
		order by id for update`, append([]any{tx.who.OrganisationID}, lists...)...).Scan(&found).Error
	return found, translate(err)
}

// InsertStatement writes a new bank statement.
func (tx *Tx) InsertStatement(s *cover.BankStatement) error {
	s.ID, s.CreatedAt = newID(), tx.Now
	return translate(tx.db.Create(s).Error)
}

// InsertStatementPayments writes payments of a statement that settle nothing yet, but
// for those whose reference is known, and reports which were added. They are written in
// the order of their references, so that two statements with the same ones take turns.
func (tx *Tx) InsertStatementPayments(statement uuid.UUID, payments []cover.Payment) (added map[uuid.UUID]bool, err error) {
	n := len(payments)
	ids, days, amounts := make([]uuid.UUID, n), make([]string, n), make([]int64, n)
	references, descriptions := make([]string, n), make([]string, n)
	for i := range payments {
		p := &payments[i]
		p.ID, p.StatementID, p.CreatedAt, p.UpdatedAt = newID(), uuid.NullUUID{UUID: statement, Valid: true}, tx.Now, tx.Now
		ids[i], days[i], amounts[i], references[i], descriptions[i] = p.ID, p.PaidOn.String(), int64(p.Amount), p.Reference, p.Description
	}
	rows, err := tx.pgx.Query(tx.ctx, `insert into payments (id, branch_id, paid_on, amount, reference, description, statement_id, version,
			created_at, updated_at)
		select u.id, $6, u.paid_on::date, u.amount, u.reference, u.description, $7, 1, $8, $8
		from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[]) as u (id, paid_on, amount, reference, description)
		order by u.reference
		on conflict (branch_id, reference) do nothing returning id`,
		ids, days, amounts, references, descriptions, tx.who.OrganisationID, statement, tx.Now)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	added = make(map[uuid.UUID]bool, n)
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		added[id] = true
	}
	return added, translate(rows.Err())
}

// FinishStatement writes what the new payments of a statement settle, and what came of
// it all.
func (tx *Tx) FinishStatement(s *cover.BankStatement, payments []cover.Payment) error {
	var ids, paying, invoices []uuid.UUID
	var payers []uuid.NullUUID
	var allocated, parts []int64
	var matches []string
	for _, p := range payments {
		match, err := json.Marshal(p.Match)
		if err != nil {
			return err
		}
		ids, payers = append(ids, p.ID), append(payers, p.PayerID)
		allocated, matches = append(allocated, int64(p.Allocated)), append(matches, string(match))
		for _, a := range p.Allocations {
			paying, invoices, parts = append(paying, p.ID), append(invoices, a.InvoiceID), append(parts, int64(a.Amount))
		}
	}
	return tx.each(
		statement{
			`update payments p set payer_id = m.payer, allocated = m.allocated, match = m.match::jsonb
			from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) as m (id, payer, allocated, match) where p.id = m.id`,
			[]any{ids, payers, allocated, matches},
		},
		statement{
			`insert into payment_allocations (payment_id, ordinal, invoice_id, amount, allocated_at)
			select a.payment, 0, a.invoice, a.amount, $4 from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as a (payment, invoice, amount)`,
			[]any{paying, invoices, parts, tx.Now},
		},
		statement{
			`update bank_statements set matched = $2, unmatched = $3, known = $4 where id = $1`,
			[]any{s.ID, s.Matched, s.Unmatched, s.Known},
		},
	)
}
