-- +goose Up

-- From the month of one day to that of another.
-- +goose StatementBegin
create function months_between(first date, last date) returns integer language sql immutable parallel safe as $$
    select ((extract(year from last) - extract(year from first)) * 12 + extract(month from last) - extract(month from first))::integer
$$;
-- +goose StatementEnd

-- How many monthly contributions a stretch of cover owes: one for each calendar
-- month it touches, or for each month begun since its first day, or as many as the
-- agreement says, if that is fewer than the months touched.
-- The one statement that planners can put in the place of the call.
-- +goose StatementBegin
create function contribution_months(rule text, agreed integer, first date, last date)
    returns integer language sql immutable parallel safe as $$
    select case
        when agreed > 0 then least(agreed, months_between(first, last) + 1)
        when rule = 'anniversary' and (first + make_interval(months => months_between(first, last)))::date > last
            then months_between(first, last)
        else months_between(first, last) + 1 end
$$;
-- +goose StatementEnd

alter table agreements
    add month_rule    text     not null default 'calendar',
    add contributions smallint not null default 0, -- for a term; 0: as the months say
    add billing       text     not null default 'automatic',
    add constraint agreements_month_rule_check check (month_rule in ('calendar', 'anniversary')),
    add constraint agreements_contributions_check check (contributions between 0 and 72),
    add constraint agreements_billing_check check (billing in ('automatic', 'manual'));
create index agreements_billing_index on agreements (starts_on) where billing = 'automatic' and signed_on is not null;

-- The months a period owes begin with that of its first day, and are reckoned anew
-- whenever its days change.
alter table coverage_periods
    add month_rule text     not null default 'calendar',
    add agreed     smallint not null default 0;
alter table coverage_periods
    add contributions smallint not null generated always as (contribution_months(month_rule, agreed, from_on, to_on)) stored,
    add owed_to       date     not null generated always as -- the first day of the last month owed
        ((date_trunc('month', from_on::timestamp)
            + make_interval(months => contribution_months(month_rule, agreed, from_on, to_on) - 1))::date) stored;

-- An enrolment of many goes on by itself after it was asked for.
alter table enrolments
    add positions    jsonb       not null default '[]',
    add asked_by     uuid,
    add completed_at timestamptz,
    add doubts       jsonb       not null default '[]', -- where cover is weaker than people think
    add failure      jsonb;
update enrolments set completed_at = created_at;

-- What a payer has set aside, by year and stage. What it is committed to is the sum
-- of the invoices that were issued on it.
create table budgets (
    id              uuid        not null,
    organisation_id uuid        not null,
    fiscal_year     integer     not null,
    stage           text        not null,
    funding_source  text        not null,
    reference       text        not null, -- of the NPHD or DPA
    ceiling         bigint      not null, -- rupiah
    agreement_ids   jsonb       not null, -- that it pays for
    version         bigint      not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint budgets_id_key primary key (id),
    constraint budgets_stage_key unique (organisation_id, fiscal_year, stage, reference),
    constraint budgets_fiscal_year_check check (fiscal_year between 2015 and 2100),
    constraint budgets_stage_check check (stage in ('nphd_1', 'nphd_2', 'apbd', 'apbd_change', 'btt', 'other')),
    constraint budgets_ceiling_check check (ceiling > 0),
    constraint budgets_organisation_id_fkey foreign key (organisation_id) references organisations (id)
);
create index budgets_organisation_index on budgets (organisation_id, id);

create table budget_agreements (
    budget_id    uuid not null,
    agreement_id uuid not null,
    constraint budget_agreements_budget_agreement_key primary key (budget_id, agreement_id),
    constraint budget_agreements_budget_id_fkey foreign key (budget_id) references budgets (id),
    constraint budget_agreements_agreement_id_fkey foreign key (agreement_id) references agreements (id)
);
create index budget_agreements_agreement_index on budget_agreements (agreement_id);

-- Issued invoices are found by more than their agreement, and say more.
drop trigger invoices_issued on invoices;
drop index invoices_agreement_month_key;
alter table invoices
    drop constraint invoices_paid_check,
    drop constraint invoices_voided_on_check,
    add by_run         boolean          not null default false, -- drafted by a billing run, and so issued by one
    add sequence       smallint         not null default 0, -- 0 is the month's own; others bill who came later
    add area_code      text collate "C" not null default '', -- of the organiser
    add fiscal_year    integer          not null generated always as (extract(year from month)::integer) stored,
    add funding_source text             not null default '',
    add budget_id      uuid,
    add fine           bigint           not null default 0, -- rupiah, for what was paid late before
    add credited       bigint           not null default 0, -- rupiah, by credit notes
    add total          bigint           not null generated always as (jkk + jkm + fine) stored,
    add digest         text             not null default '', -- of its lines
    add budget_reference jsonb          not null default '{}',
    add disbursement   jsonb            not null default '{}',
    add constraint invoices_paid_check check (paid >= 0 and credited >= 0 and paid + credited <= jkk + jkm + fine),
    add constraint invoices_voided_on_check check (voided_on is null or paid = 0 and credited = 0),
    add constraint invoices_fine_check check (fine >= 0),
    add constraint invoices_sequence_check check (sequence >= 0),
    add constraint invoices_budget_id_fkey foreign key (budget_id) references budgets (id);
alter table invoices disable trigger invoices_voided;
update invoices i set area_code = o.area_code, funding_source = a.funding_source
    from agreements a join organisations o on o.id = a.organiser_id where a.id = i.agreement_id;
alter table invoices enable trigger invoices_voided;
create unique index invoices_agreement_month_key on invoices (agreement_id, month, sequence) where voided_on is null;
create unique index invoices_payment_code_key on invoices (branch_id, payment_code) where payment_code <> '' and voided_on is null;
create index invoices_area_index on invoices (area_code, id);
create index invoices_total_index on invoices (total, id);
create index invoices_fiscal_year_index on invoices (fiscal_year, funding_source, id);
create index invoices_budget_index on invoices (budget_id) where budget_id is not null;
create index invoices_issued_index on invoices (issued_on, id);
create index invoices_number_index on invoices (number);
create index invoices_payment_code_index on invoices (payment_code);
create index invoices_sp2d_index on invoices ((disbursement ->> 'sp2d_number'));
-- Those that somebody still has to see to, and those that were taken back: few, among
-- all that were paid.
create index invoices_open_index on invoices (due_on, id) where voided_on is null and (issued_on is null or paid + credited < total);
create index invoices_void_index on invoices (id) where voided_on is not null;

-- Payment, credit, treasury fields and voiding are still to come once it is issued.
create trigger invoices_issued before update on invoices for each row
    when (old.issued_on is not null and
        (old.id, old.agreement_id, old.organiser_id, old.payer_id, old.branch_id, old.month, old.sequence, old.number,
            old.payment_code, old.issued_on, old.due_on, old.officers, old.jkk, old.jkm, old.fine, old.groups, old.digest,
            old.area_code, old.funding_source, old.budget_id, old.created_at) is distinct from
        (new.id, new.agreement_id, new.organiser_id, new.payer_id, new.branch_id, new.month, new.sequence, new.number,
            new.payment_code, new.issued_on, new.due_on, new.officers, new.jkk, new.jkm, new.fine, new.groups, new.digest,
            new.area_code, new.funding_source, new.budget_id, new.created_at))
    execute function refuse_change();

drop trigger invoice_lines_frozen on invoice_lines;
drop index invoice_lines_person_month_key;
alter table invoice_lines
    add relief   text    not null default '',
    add credited boolean not null default false; -- taken back by a credit note
create index invoice_lines_credited_index on invoice_lines (coverage_period_id, month) where credited;
create unique index invoice_lines_person_month_key on invoice_lines (person_id, month) where not voided and not credited;
create trigger invoice_lines_frozen before update on invoice_lines for each row
    when ((old.invoice_id, old.coverage_period_id, old.officer_id, old.person_id, old.month, old.position, old.role,
            old.wage_base, old.jkk, old.jkm, old.schedule, old.relief) is distinct from
        (new.invoice_id, new.coverage_period_id, new.officer_id, new.person_id, new.month, new.position, new.role,
            new.wage_base, new.jkk, new.jkm, new.schedule, new.relief))
    execute function refuse_change();

-- What an invoice adds for one that was paid late. The months of a late invoice are
-- charged once, on whichever invoice comes first.
create table invoice_fines (
    invoice_id uuid     not null,
    late_id    uuid     not null,
    from_month smallint not null, -- of lateness, counted from 1, inclusive
    to_month   smallint not null, -- inclusive
    rate       integer  not null, -- in ten-thousandths a month
    owed       bigint   not null, -- rupiah, what was late
    amount     bigint   not null, -- rupiah
    voided     boolean  not null default false,
    constraint invoice_fines_invoice_late_key primary key (invoice_id, late_id),
    constraint invoice_fines_months_check check (1 <= from_month and from_month <= to_month),
    constraint invoice_fines_amount_check check (amount > 0),
    constraint invoice_fines_invoice_id_fkey foreign key (invoice_id) references invoices (id),
    constraint invoice_fines_late_id_fkey foreign key (late_id) references invoices (id),
    constraint invoice_fines_months_excl exclude using gist
        (late_id with =, int4range(from_month, to_month, '[]') with &&) where (not voided)
);

-- Paper that takes back a part of what was issued. What the invoice does not need
-- any more, because it is paid, is credit, and may settle other invoices.
create table credit_notes (
    id         uuid        not null,
    invoice_id uuid        not null,
    branch_id  uuid        not null,
    payer_id   uuid,
    number     text        not null,
    issued_on  date        not null,
    reason     text        not null,
    jkk        bigint      not null, -- rupiah
    jkm        bigint      not null, -- rupiah
    fine       bigint      not null, -- rupiah
    applied    bigint      not null, -- rupiah, that the invoice itself is lowered by
    allocated  bigint      not null default 0, -- rupiah, that settles other invoices
    version    bigint      not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint credit_notes_id_key primary key (id),
    constraint credit_notes_number_key unique (branch_id, number),
    constraint credit_notes_amount_check check (jkk >= 0 and jkm >= 0 and fine >= 0 and jkk + jkm + fine > 0
        and applied >= 0 and allocated >= 0 and applied + allocated <= jkk + jkm + fine),
    constraint credit_notes_invoice_id_fkey foreign key (invoice_id) references invoices (id),
    constraint credit_notes_branch_id_fkey foreign key (branch_id) references organisations (id),
    constraint credit_notes_payer_id_fkey foreign key (payer_id) references organisations (id)
);
create index credit_notes_invoice_index on credit_notes (invoice_id, id);
create index credit_notes_branch_index on credit_notes (branch_id, id);
create index credit_notes_payer_index on credit_notes (payer_id, id);
create index credit_notes_unallocated_index on credit_notes (branch_id, id) where applied + allocated < jkk + jkm + fine;

-- The lines that a credit note takes back, each once.
create table credit_note_lines (
    credit_note_id     uuid not null,
    invoice_id         uuid not null,
    coverage_period_id uuid not null,
    constraint credit_note_lines_line_key primary key (invoice_id, coverage_period_id),
    constraint credit_note_lines_credit_note_id_fkey foreign key (credit_note_id) references credit_notes (id),
    constraint credit_note_lines_line_fkey foreign key (invoice_id, coverage_period_id)
        references invoice_lines (invoice_id, coverage_period_id)
);
create index credit_note_lines_note_index on credit_note_lines (credit_note_id);

create table credit_numbers (
    branch_id uuid    not null,
    year      integer not null,
    last      bigint  not null,
    constraint credit_numbers_branch_id_year_key primary key (branch_id, year),
    constraint credit_numbers_branch_id_fkey foreign key (branch_id) references organisations (id)
);

-- Only what it settles besides is still to come.
create trigger credit_notes_kept before delete on credit_notes for each row execute function refuse_change();
create trigger credit_notes_frozen before update on credit_notes for each row
    when (new.allocated < old.allocated or (old.id, old.invoice_id, old.branch_id, old.payer_id, old.number, old.issued_on,
            old.reason, old.jkk, old.jkm, old.fine, old.applied, old.created_at) is distinct from
        (new.id, new.invoice_id, new.branch_id, new.payer_id, new.number, new.issued_on,
            new.reason, new.jkk, new.jkm, new.fine, new.applied, new.created_at))
    execute function refuse_change();
create trigger credit_note_lines_kept before update or delete on credit_note_lines for each row
    execute function refuse_change();

-- Money that comes from a bank's file may not say yet what it is for. It is
-- allocated later, also what was paid too much.
create table bank_statements (
    id         uuid        not null,
    branch_id  uuid        not null,
    sha256     text        not null,
    lines      integer     not null,
    matched    integer     not null,
    unmatched  integer     not null,
    known      integer     not null, -- recorded before, under the same reference
    created_at timestamptz not null,
    constraint bank_statements_id_key primary key (id),
    constraint bank_statements_branch_id_fkey foreign key (branch_id) references organisations (id)
);
create index bank_statements_branch_index on bank_statements (branch_id, id);

drop trigger payments_kept on payments;
alter table payments
    add description  text   not null default '',
    add statement_id uuid,
    add match        jsonb  not null default '{}', -- why it settles what it settles, or nothing
    add allocated    bigint not null default 0,    -- rupiah
    add constraint payments_allocated_check check (allocated between 0 and amount),
    add constraint payments_statement_id_fkey foreign key (statement_id) references bank_statements (id);
update payments p set allocated = coalesce((select sum(amount) from payment_allocations a where a.payment_id = p.id), 0);
create index payments_unallocated_index on payments (branch_id, id) where allocated < amount;
create index payments_statement_index on payments (statement_id, id) where statement_id is not null;
create trigger payments_kept before delete on payments for each row execute function refuse_change();
create trigger payments_frozen before update on payments for each row
    when (new.allocated < old.allocated or old.payer_id is not null and new.payer_id is distinct from old.payer_id
        or (old.id, old.branch_id, old.paid_on, old.amount, old.reference, old.description, old.statement_id, old.created_at)
        is distinct from (new.id, new.branch_id, new.paid_on, new.amount, new.reference, new.description, new.statement_id, new.created_at))
    execute function refuse_change();

alter table payment_allocations
    drop constraint payment_allocations_invoice_key,
    add allocated_at timestamptz not null default now();

-- Credit that settles another invoice.
create table credit_allocations (
    credit_note_id uuid        not null,
    ordinal        smallint    not null,
    invoice_id     uuid        not null,
    amount         bigint      not null, -- rupiah
    allocated_on   date        not null,
    constraint credit_allocations_note_ordinal_key primary key (credit_note_id, ordinal),
    constraint credit_allocations_amount_check check (amount > 0),
    constraint credit_allocations_credit_note_id_fkey foreign key (credit_note_id) references credit_notes (id),
    constraint credit_allocations_invoice_id_fkey foreign key (invoice_id) references invoices (id)
);
create index credit_allocations_invoice_index on credit_allocations (invoice_id);
create trigger credit_allocations_kept before update or delete on credit_allocations for each row
    execute function refuse_change();

-- When, and how much of, an invoice was settled. What was taken back was never owed:
-- it counts as settled from the day of issue.
create view settlements as
    select a.invoice_id, p.paid_on as settled_on, a.amount from payment_allocations a join payments p on p.id = a.payment_id
    union all
    select invoice_id, allocated_on, amount from credit_allocations
    union all
    select n.invoice_id, least(i.issued_on, i.due_on), n.applied from credit_notes n join invoices i on i.id = n.invoice_id where n.applied > 0;
