package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The statements of a coverage check, copied from internal/store, as an office of BPJS
// sees what they show: $1 is who or what is asked for, $2 when it happened, $3 what was
// known, $4 the office.
const (
	checkedOfficer = `select officers.id, officers.organisation_id, officers.position, officers.import_id, officers.created_at as recorded_at,
			officers.created_at <= $3 as recorded, o.term_from, o.term_to, o.ended_on, o.decree_number, d.day, false as import_seen, c.*,
			exists (select from agreements a where a.id = c.period_agreement_id and (a.branch_id = $4 or false)) as period_seen
		from officers
		join organisations body on body.id = officers.organisation_id
		cross join lateral as_known(officers, officers.id, $3) o
		cross join lateral as_known(body, body.id, $3) b
		cross join lateral (select ($2::timestamptz at time zone b.time_zone)::date as day) d
		left join lateral (
			select p.id as period_id, p.person_id as period_person_id, p.agreement_id as period_agreement_id,
				p.enrolment_id as period_enrolment_id, e.created_at as period_enrolled_at, k.from_on as period_from_on,
				k.to_on as period_to_on, k.activated_on as period_activated_on, p.segment as period_segment, p.wage_base as period_wage_base
			from coverage_periods p join enrolments e on e.id = p.enrolment_id cross join lateral as_known(p, p.id, $3) k
			where p.officer_id = officers.id and p.created_at <= $3 and k.cancelled_on is null and d.day between k.from_on and k.to_on
			order by p.id limit 1) c on true
		where officers.id = $1 and exists (select from coverage_periods c join agreements a on a.id = c.agreement_id
			where c.officer_id = officers.id and a.branch_id = $4)`
	checkedAgreement = `select a.id, k.positions, k.starts_on, k.ends_on, k.terminated_on, k.signed_on,
			coalesce((select p.number from agreement_parties p where p.agreement_id = a.id and p.number <> '' and p.role in ('organiser', 'branch')
				order by p.role desc limit 1), '') as reference,
			exists (select from budgets x cross join lateral as_known(x, x.id, $2) b where x.created_at <= $2
				and x.organisation_id = coalesce(k.payer_id, a.organiser_id) and b.agreement_ids @> to_jsonb(a.id)) as budgeted,
			exists (select from agreement_parties p where p.agreement_id = a.id and (p.organisation_id = $3 or false)) as seen
		from agreements a cross join lateral as_known(a, a.id, $2) k where a.created_at <= $2 and a.id = $1 order by a.created_at, a.id`
	checkedInvoices = `select invoices.id, k.number, invoices.month, k.issued_on, k.due_on, k.jkk + k.jkm + k.fine as total, s.settlements,
			exists (select from credit_note_lines x join credit_notes n on n.id = x.credit_note_id
				where x.invoice_id = invoices.id and x.coverage_period_id = l.coverage_period_id and n.created_at <= $2) as credited,
			((invoices.payer_id = $3 or invoices.branch_id = $3) or false) as seen
		from invoice_lines l join invoices on invoices.id = l.invoice_id
		cross join lateral as_known(invoices, invoices.id, $2) k
		cross join lateral (
			select coalesce(jsonb_agg(jsonb_build_object('id', id, 'reference', reference, 'on', settled_on, 'amount', amount, 'seen', seen)
				order by settled_on, id, ordinal), '[]') as settlements
			from (
				select payments.id, x.ordinal, payments.reference, payments.paid_on as settled_on, x.amount,
					(payments.payer_id = $3 or payments.branch_id = $3) as seen
				from payment_allocations x join payments on payments.id = x.payment_id where x.invoice_id = invoices.id and x.allocated_at <= $2
				union all
				select credit_notes.id, x.ordinal, credit_notes.number, x.allocated_on, x.amount,
					((credit_notes.payer_id = $3 or credit_notes.branch_id = $3) or
						exists (select from invoices i where i.id = credit_notes.invoice_id and false))
				from credit_allocations x join credit_notes on credit_notes.id = x.credit_note_id
				where x.invoice_id = invoices.id and x.allocated_at <= $2
				union all
				select credit_notes.id, -1, credit_notes.number, least(k.issued_on, k.due_on), credit_notes.applied,
					((credit_notes.payer_id = $3 or credit_notes.branch_id = $3) or
						exists (select from invoices i where i.id = credit_notes.invoice_id and false))
				from credit_notes where credit_notes.invoice_id = invoices.id and credit_notes.applied > 0 and credit_notes.created_at <= $2
			) s) s
		where l.coverage_period_id in (select p.id from officers o join coverage_periods p on p.officer_id = o.id and p.person_id = o.person_id
				where o.person_id = $4 and p.agreement_id = $5)
			and (l.coverage_period_id = $1 or l.month between date_trunc('month', $6::date) and $7::date)
			and invoices.created_at <= $2 and k.issued_on is not null and k.voided_on is null
		order by invoices.month, invoices.sequence, invoices.id`
	knownEdition = `select max(edition) from tariff_rules where recorded_at <= $1
		or recorded_by is null and recorded_at = (select min(recorded_at) from tariff_rules where recorded_by is null)`
)

// known is what those statements find, as text.
type known struct {
	Officer    row   `json:"officer"`
	Agreements []row `json:"agreements"`
	Invoices   []row `json:"invoices"`
	Editions   []row `json:"editions"`
}

type row map[string]any

// check asks what Naungan asks, over one connection, and answers with what came: no
// rule is looked up and nothing is judged.
func (p plain) check(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Officer uuid.UUID `json:"officer_id"`
		At      time.Time `json:"at"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	branch, err := uuid.Parse(r.PathValue("branch"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var found known
	err = p.pool.AcquireFunc(r.Context(), func(c *pgxpool.Conn) (err error) {
		found, err = findKnown(r.Context(), c.Conn(), in.Officer, branch, in.At)
		return err
	})
	answer(w, found, err)
}

func findKnown(ctx context.Context, c *pgx.Conn, officer, branch [16]byte, at time.Time) (k known, err error) {
	now := time.Now()
	officers, err := texts(ctx, c, checkedOfficer, officer, at, now, branch)
	if err != nil {
		return k, err
	}
	if len(officers) != 1 {
		return k, pgx.ErrNoRows
	}
	k.Officer = officers[0]
	if k.Agreements, err = texts(ctx, c, checkedAgreement, k.Officer["period_agreement_id"], now, branch); err != nil {
		return k, err
	}
	if k.Invoices, err = texts(ctx, c, checkedInvoices, k.Officer["period_id"], now, branch,
		k.Officer["period_person_id"], k.Officer["period_agreement_id"], k.Officer["period_from_on"], k.Officer["period_to_on"]); err != nil {
		return k, err
	}
	k.Editions, err = texts(ctx, c, knownEdition, now)
	return k, err
}

// texts takes rows as Postgres writes them.
func texts(ctx context.Context, c *pgx.Conn, sql string, args ...any) ([]row, error) {
	rows, err := c.Query(ctx, sql, append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(from pgx.CollectableRow) (row, error) {
		read, values := row{}, from.RawValues()
		for n, column := range from.FieldDescriptions() {
			if values[n] != nil {
				read[column.Name] = string(values[n])
			}
		}
		return read, nil
	})
}

// checks asks an office's question of its officers: whether they were covered on a day
// in their term.
func checks(token string, branch uuid.UUID, officers []uuid.UUID) question {
	q := question{name: "coverage checks"}
	q.naungan = load{Header: "Authorization: Bearer " + token + "\r\n", Targets: []string{"/v1/coverage-checks"}}
	q.plain = load{Targets: []string{"/" + branch.String() + "/checks"}}
	for _, id := range officers {
		q.naungan.Bodies = append(q.naungan.Bodies, fmt.Sprintf(`{"officer_id":%q,"at":"2024-05-15T02:40:00+07:00"}`, id))
	}
	q.plain.Bodies = q.naungan.Bodies
	return q
}

// agreeOnChecks refuses to measure contestants who found different cover, or an
// uncovered officer: most of the chain would be missing.
func agreeOnChecks(ctx context.Context, q question, naungan, plain *server) error {
	for i := range min(20, len(q.plain.Bodies)) {
		body := q.plain.Bodies[i]
		ours, err := naungan.reply(ctx, q.naungan.Targets[0], q.naungan.Header, body)
		if err != nil {
			return err
		}
		theirs, err := plain.reply(ctx, q.plain.Targets[0], "", body)
		if err != nil {
			return err
		}
		officer, _ := theirs["officer"].(map[string]any)
		invoices, _ := theirs["invoices"].([]any)
		if ours["covered"] != true || ours["coverage_period_id"] != officer["period_id"] || len(invoices) != 1 {
			return fmt.Errorf("%s: different answers\n%v\n%v", body, ours, theirs)
		}
	}
	return nil
}
