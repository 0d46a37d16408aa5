package store

import (
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

// This file reads what was known at an instant. A row was known from created_at on, and
// as_known puts what it said then in the place of what it says now. The day of a check
// is chosen from what was known as well, so nothing here depends on today.

// joined is a query put together of pieces that bring their own arguments.
type joined struct {
	sql  string
	args []any
}

func (j *joined) add(sql string, args ...any) *joined {
	j.sql, j.args = j.sql+sql, append(j.args, args...)
	return j
}

func (j *joined) with(c condition) *joined { return j.add(c.sql, c.args...) }

// CheckFacts reads what was known, at an instant, of an officer and of the day that
// another was for their organisation.
func (r *Reader) CheckFacts(officer uuid.UUID, at, known time.Time) (f cover.CheckFacts, err error) {
	if f.Officer, err = r.knownOfficer(officer, at, known); err != nil || !f.Officer.Recorded {
		return f, err
	}
	if f.Agreements, err = r.knownAgreements(f.Officer, known); err != nil || !f.Officer.Period.Exists() {
		return f, err
	}
	f.Invoices, err = r.knownInvoices(f.Officer.Period, known)
	return f, err
}

// knownOfficer finds an officer whom the actor may check, and the cover in force.
func (r *Reader) knownOfficer(id uuid.UUID, at, known time.Time) (o cover.KnownOfficer, err error) {
	var q joined
	q.add(`select officers.id, officers.organisation_id, officers.position, officers.import_id, officers.created_at as recorded_at,
			officers.created_at <= ? as recorded, o.term_from, o.term_to, o.ended_on, o.decree_number, d.day, `, known).
		with(r.ofBodies("officers.organisation_id")).
		add(` as import_seen, c.*, `).with(r.seenCoverage("c.period_agreement_id")).
		add(` as period_seen
		from officers
		join organisations body on body.id = officers.organisation_id
		cross join lateral as_known(officers, officers.id, ?) o
		cross join lateral as_known(body, body.id, ?) b
		cross join lateral (select (?::timestamptz at time zone b.time_zone)::date as day) d
		left join lateral (
			select p.id as period_id, p.person_id as period_person_id, p.agreement_id as period_agreement_id,
				p.enrolment_id as period_enrolment_id, e.created_at as period_enrolled_at, k.from_on as period_from_on,
				k.to_on as period_to_on, k.activated_on as period_activated_on, p.segment as period_segment, p.wage_base as period_wage_base
			from coverage_periods p join enrolments e on e.id = p.enrolment_id cross join lateral as_known(p, p.id, ?) k
			where p.officer_id = officers.id and p.created_at <= ? and k.cancelled_on is null and d.day between k.from_on and k.to_on
			order by p.id limit 1) c on true
		where officers.id = ? and `, known, known, at, known, known, id).with(r.checkedOfficers())
	return o, translate(r.db.Raw(q.sql, q.args...).Take(&o).Error)
}

// knownAgreements are the agreement of the cover or, without cover, those of the
// organiser whose days meet the day, in the order in which they were drafted.
func (r *Reader) knownAgreements(o cover.KnownOfficer, known time.Time) (found []cover.KnownAgreement, err error) {
	var q joined
	q.add(`select a.id, k.positions, k.starts_on, k.ends_on, k.terminated_on, k.signed_on,
			coalesce((select p.number from agreement_parties p where p.agreement_id = a.id and p.number <> '' and p.role in ('organiser', 'branch')
				order by p.role desc limit 1), '') as reference,
			exists (select from budgets x cross join lateral as_known(x, x.id, ?) b where x.created_at <= ?
				and x.organisation_id = coalesce(k.payer_id, a.organiser_id) and b.agreement_ids @> to_jsonb(a.id)) as budgeted, `, known, known).
		with(r.seenAgreements("a.id")).
		add(` as seen
		from agreements a cross join lateral as_known(a, a.id, ?) k where a.created_at <= ? and `, known, known)
	if o.Period.Exists() {
		q.add("a.id = ?", o.Period.AgreementID)
	} else {
		q.add("a.organiser_id = ? and ?::date between k.starts_on and least(k.ends_on, k.terminated_on)", o.OrganisationID, o.Day)
	}
	q.add(" order by a.created_at, a.id")
	return found, translate(r.db.Raw(q.sql, q.args...).Scan(&found).Error)
}

// knownInvoices are the issued invoices that bill a coverage period, or its person for
// another duty in one of its months, with what settled them. What was taken back was
// never owed: it counts from the day of issue, as in the view settlements.
func (r *Reader) knownInvoices(p cover.KnownPeriod, known time.Time) (found []cover.KnownInvoice, err error) {
	var q joined
	q.add(`select invoices.id, k.number, invoices.month, k.issued_on, k.due_on, k.jkk + k.jkm + k.fine as total, s.settlements,
			exists (select from credit_note_lines x join credit_notes n on n.id = x.credit_note_id
				where x.invoice_id = invoices.id and x.coverage_period_id = l.coverage_period_id and n.created_at <= ?) as credited, `, known).
		with(r.seenInvoices()).
		add(` as seen
		from invoice_lines l join invoices on invoices.id = l.invoice_id
		cross join lateral as_known(invoices, invoices.id, ?) k
		cross join lateral (
			select coalesce(jsonb_agg(jsonb_build_object('id', id, 'reference', reference, 'on', settled_on, 'amount', amount, 'seen', seen)
				order by settled_on, id, ordinal), '[]') as settlements
			from (
				select payments.id, x.ordinal, payments.reference, payments.paid_on as settled_on, x.amount, `, known).
		with(r.seenPayments()).
		add(` as seen from payment_allocations x join payments on payments.id = x.payment_id
				where x.invoice_id = invoices.id and x.allocated_at <= ?
				union all
				select credit_notes.id, x.ordinal, credit_notes.number, x.allocated_on, x.amount, `, known).
		with(r.seenCreditNotes()).
		add(` from credit_allocations x join credit_notes on credit_notes.id = x.credit_note_id
				where x.invoice_id = invoices.id and x.allocated_at <= ?
				union all
				select credit_notes.id, -1, credit_notes.number, least(k.issued_on, k.due_on), credit_notes.applied, `, known).
		with(r.seenCreditNotes()).
		add(` from credit_notes where credit_notes.invoice_id = invoices.id and credit_notes.applied > 0 and credit_notes.created_at <= ?
			) s) s
		where l.coverage_period_id in (select p.id from officers o join coverage_periods p on p.officer_id = o.id and p.person_id = o.person_id
				where o.person_id = ? and p.agreement_id = ?)
			and (l.coverage_period_id = ? or l.month between date_trunc('month', ?::date) and ?::date)
			and invoices.created_at <= ? and k.issued_on is not null and k.voided_on is null
		order by invoices.month, invoices.sequence, invoices.id`, known, p.PersonID, p.AgreementID, p.ID, p.FromOn, p.ToOn, known)
	return found, translate(r.db.Raw(q.sql, q.args...).Scan(&found).Error)
}

// KnownPaidMonths is PaidMonths as it was known: by the lines of all duties of the
// person, under whichever agreement.
func (r *Reader) KnownPaidMonths(person uuid.UUID, until cover.Month, known time.Time) ([]cover.Month, error) {
	var paid []struct{ Month cover.Month }
	err := r.db.Raw(`select l.month
		from officers o join coverage_periods p on p.officer_id = o.id and p.person_id = o.person_id
		join invoice_lines l on l.coverage_period_id = p.id
		join invoices i on i.id = l.invoice_id
		cross join lateral as_known(i, i.id, ?) k
		where o.person_id = ? and l.month <= ? and i.created_at <= ? and k.issued_on is not null and k.voided_on is null
			and (k.paid >= k.jkk + k.jkm or k.paid + k.credited >= k.jkk + k.jkm + k.fine)
			and not exists (select from credit_note_lines x join credit_notes n on n.id = x.credit_note_id
				where x.invoice_id = i.id and x.coverage_period_id = p.id and n.created_at <= ?)
		group by l.month order by l.month desc`, known, person, until, known, known).Scan(&paid).Error
	months := make([]cover.Month, len(paid))
	for n, p := range paid {
		months[n] = p.Month
	}
	return months, translate(err)
}

// knownEdition is the last change of the tariff that was known. What a program brought
// to a database that had no tariff yet counts as known always. A change is known with
// all before it, in whatever order their clocks ran: only so did they ever stand.
const knownEdition = `select max(edition) from tariff_rules where recorded_at <= ?
	or recorded_by is null and recorded_at = (select min(recorded_at) from tariff_rules where recorded_by is null)`

// KnownTariff is the tariff as it was known at an instant, without holidays.
func (r *Reader) KnownTariff(known time.Time) (*tariff.Tariff, error) {
	kept := &r.store.pastTariffs
	var edition int64
	if err := r.db.Raw(knownEdition, known).Scan(&edition).Error; err != nil {
		return nil, translate(err)
	}
	if last := kept.of(edition); last != nil {
		return last, nil
	}
	var rules []tariff.Rule
	err := r.db.Raw("select kind, name, revision, body from tariff_rules where edition <= ?", edition).Scan(&rules).Error
	if err != nil {
		return nil, translate(err)
	}
	read, err := tariff.From(rules, nil)
	if err != nil {
		return nil, err
	}
	kept.keep(edition, read)
	return read, nil
}
