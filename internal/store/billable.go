package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/cover"
)

// Billing says up to which month contributions of each segment are due to be
// billed, inclusive.
type Billing struct {
	Only    cover.Month // this month alone; the zero Month narrows nothing
	PU, BPU cover.Month
}

// Billable is a month of an agreement that is due to be billed, and the office that
// does it.
type Billable struct {
	AgreementID   uuid.UUID
	Month         cover.Month
	Supplementary bool
	DraftID       uuid.UUID // the draft that waits to be issued; none if there is none
	Branch        access.Actor
}

// Billable lists what is due to be billed, the oldest month first. Of a month that
// was issued, only cover made since is looked at.
func (s *Store) Billable(ctx context.Context, b Billing) ([]Billable, error) {
	rows, err := s.pool.Query(ctx, `with months as materialized (
			select a.id as agreement_id, a.branch_id, m.month::date as month
			from agreements a cross join lateral generate_series(
				date_trunc('month', a.starts_on::timestamp),
				least(a.ends_on::timestamp, case a.segment when 'pu' then $1::date else $2::date end::timestamp),
				interval '1 month') m (month)
			where a.billing = 'automatic' and a.signed_on is not null and ($3::date is null or m.month::date = $3)
		), due as (
			select m.agreement_id, m.branch_id, m.month, false as supplementary, d.id as draft_id
			from months m left join lateral (select id, issued_on, by_run from invoices i
				where i.agreement_id = m.agreement_id and i.month = m.month and i.voided_on is null
				order by sequence desc limit 1) d on true
			where case when d.id is null
				then not exists (select from invoices i where i.agreement_id = m.agreement_id and i.month = m.month)
					and exists (select from coverage_periods c where c.agreement_id = m.agreement_id and c.cancelled_on is null
						and c.from_on < m.month + interval '1 month' and c.owed_to >= m.month)
				else d.issued_on is null and d.by_run end
			union all
			select m.agreement_id, m.branch_id, m.month, true, null
			from months m join lateral (select max(created_at) as billed_at from invoices i where i.agreement_id = m.agreement_id
				and i.month = m.month and i.issued_on is not null and i.voided_on is null) last on last.billed_at is not null
			where not exists (select from invoices i where i.agreement_id = m.agreement_id and i.month = m.month
					and (i.voided_on is not null or i.issued_on is null))
				and (exists (select from enrolments e join coverage_periods c on c.enrolment_id = e.id
					-- An enrolment may have waited for the bill that was made meanwhile.
					where e.agreement_id = m.agreement_id and e.completed_at > last.billed_at - interval '1 day'
						and c.cancelled_on is null and c.from_on < m.month + interval '1 month' and c.owed_to >= m.month
						and not exists (select from invoice_lines l where l.person_id = c.person_id and l.month = m.month
							and not l.voided and (not l.credited or l.coverage_period_id = c.id)))
				-- Whoever was removed by a file is covered again when that is taken back.
				or exists (select from agreements a join imports u on u.organisation_id = a.organiser_id join coverage_periods c on c.agreement_id = a.id
					where a.id = m.agreement_id and u.status = 'reversed' and u.finished_at > last.billed_at - interval '1 day'
						and c.cancelled_on is null and c.from_on < m.month + interval '1 month' and c.owed_to >= m.month
						and not exists (select from invoice_lines l where l.person_id = c.person_id and l.month = m.month
							and not l.voided and (not l.credited or l.coverage_period_id = c.id))))
		)
		select d.agreement_id, d.month, d.supplementary, coalesce(d.draft_id, '00000000-0000-0000-0000-000000000000'),
			o.id, o.kind, o.level, o.area_code, o.time_zone
		from due d join organisations o on o.id = d.branch_id order by d.month, d.agreement_id`, b.PU, b.BPU, orNullMonth(b.Only))
	if err != nil {
		return nil, translate(err)
	}
	due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Billable, err error) {
		who := &d.Branch
		who.RequestID = "billing"
		return d, row.Scan(&d.AgreementID, &d.Month, &d.Supplementary, &d.DraftID,
			&who.OrganisationID, &who.Kind, &who.Level, &who.AreaCode, &who.TimeZone)
	})
	return due, translate(err)
}

func orNullMonth(m cover.Month) any {
	if m.Zero() {
		return nil
	}
	return m
}
