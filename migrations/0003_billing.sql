-- +goose Up

create table invoices (
    id           uuid        not null,
    agreement_id uuid        not null,
    organiser_id uuid        not null,
    payer_id     uuid,
    branch_id    uuid        not null,
    month        date        not null, -- its first day
    number       text        not null default '',
    payment_code text        not null default '',
    issued_on    date,
    due_on       date        not null,
    officers     bigint      not null,
    jkk          bigint      not null, -- rupiah
    jkm          bigint      not null, -- rupiah
    paid         bigint      not null default 0, -- rupiah
    groups       jsonb       not null,
    voided_on    date,
    void_reason  text        not null default '',
    version      bigint      not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    voided       boolean     not null generated always as (voided_on is not null) stored,
    constraint invoices_id_key primary key (id),
    constraint invoices_id_month_voided_key unique (id, month, voided), -- for its lines
    constraint invoices_month_check check (extract(day from month) = 1),
    constraint invoices_paid_check check (paid between 0 and jkk + jkm),
    constraint invoices_number_check check ((issued_on is null) = (number = '')),
    constraint invoices_voided_on_check check (voided_on is null or paid = 0),
    constraint invoices_agreement_id_fkey foreign key (agreement_id) references agreements (id),
    constraint invoices_organiser_id_fkey foreign key (organiser_id) references organisations (id),
    constraint invoices_payer_id_fkey foreign key (payer_id) references organisations (id),
    constraint invoices_branch_id_fkey foreign key (branch_id) references organisations (id)
);
-- One invoice for an agreement and month, however often it is asked for.
create unique index invoices_agreement_month_key on invoices (agreement_id, month) where voided_on is null;
create unique index invoices_number_key on invoices (branch_id, number) where number <> '';
create index invoices_agreement_index on invoices (agreement_id, id);
create index invoices_organiser_index on invoices (organiser_id, id);
create index invoices_payer_index on invoices (payer_id, id);
create index invoices_branch_index on invoices (branch_id, id);
create index invoices_month_index on invoices (month, id);
create index invoices_due_index on invoices (due_on, id);

-- A line's month, and whether it is void, are its invoice's: the foreign key holds
-- them to it, and hands on that an invoice was voided.
create table invoice_lines (
    invoice_id         uuid    not null,
    coverage_period_id uuid    not null,
    officer_id         uuid    not null,
    person_id          uuid    not null,
    month              date    not null,
    voided             boolean not null default false,
    position           text    not null,
    role               text    not null,
    wage_base          bigint  not null, -- rupiah
    jkk                bigint  not null, -- rupiah
    jkm                bigint  not null, -- rupiah
    schedule           text    not null,
    constraint invoice_lines_invoice_period_key primary key (invoice_id, coverage_period_id),
    constraint invoice_lines_invoice_fkey foreign key (invoice_id, month, voided)
        references invoices (id, month, voided) on update cascade,
    constraint invoice_lines_coverage_period_id_fkey foreign key (coverage_period_id) references coverage_periods (id)
);
-- A person is billed once a month, under whichever agreement.
create unique index invoice_lines_person_month_key on invoice_lines (person_id, month) where not voided;
create index invoice_lines_period_index on invoice_lines (coverage_period_id);

-- The last number a branch gave in a year; locked while the next is taken, so
-- that there are no gaps.
create table invoice_numbers (
    branch_id uuid    not null,
    year      integer not null,
    last      bigint  not null,
    constraint invoice_numbers_branch_id_year_key primary key (branch_id, year),
    constraint invoice_numbers_branch_id_fkey foreign key (branch_id) references organisations (id)
);

create table payments (
    id         uuid        not null,
    branch_id  uuid        not null,
    payer_id   uuid,
    paid_on    date        not null,
    amount     bigint      not null, -- rupiah
    reference  text        not null,
    version    bigint      not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint payments_id_key primary key (id),
    constraint payments_amount_check check (amount > 0),
    constraint payments_reference_key unique (branch_id, reference),
    constraint payments_branch_id_fkey foreign key (branch_id) references organisations (id),
    constraint payments_payer_id_fkey foreign key (payer_id) references organisations (id)
);
create index payments_branch_index on payments (branch_id, id);
create index payments_payer_index on payments (payer_id, id);

create table payment_allocations (
    payment_id uuid     not null,
    ordinal    smallint not null,
    invoice_id uuid     not null,
    amount     bigint   not null, -- rupiah
    constraint payment_allocations_payment_id_ordinal_key primary key (payment_id, ordinal),
    constraint payment_allocations_invoice_key unique (payment_id, invoice_id),
    constraint payment_allocations_amount_check check (amount > 0),
    constraint payment_allocations_payment_id_fkey foreign key (payment_id) references payments (id),
    constraint payment_allocations_invoice_id_fkey foreign key (invoice_id) references invoices (id)
);
create index payment_allocations_invoice_index on payment_allocations (invoice_id, payment_id);

-- What was billed and paid is evidence. Our own code never tries what follows;
-- these triggers hold for everybody else.

-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: it is frozen', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

-- An issued invoice keeps what it says; only payment and voiding are still to come.
create trigger invoices_issued before update on invoices for each row
    when (old.issued_on is not null and
        (old.id, old.agreement_id, old.organiser_id, old.payer_id, old.branch_id, old.month, old.number, old.payment_code,
            old.issued_on, old.due_on, old.officers, old.jkk, old.jkm, old.groups, old.created_at) is distinct from
        (new.id, new.agreement_id, new.organiser_id, new.payer_id, new.branch_id, new.month, new.number, new.payment_code,
            new.issued_on, new.due_on, new.officers, new.jkk, new.jkm, new.groups, new.created_at))
    execute function refuse_change();
create trigger invoices_voided before update on invoices for each row when (old.voided_on is not null)
    execute function refuse_change();
create trigger invoices_kept before delete on invoices for each row execute function refuse_change();

-- Lines are written with the draft of their invoice and never again.
create trigger invoice_lines_frozen before update on invoice_lines for each row
    when ((old.invoice_id, old.coverage_period_id, old.officer_id, old.person_id, old.month, old.position, old.role,
            old.wage_base, old.jkk, old.jkm, old.schedule) is distinct from
        (new.invoice_id, new.coverage_period_id, new.officer_id, new.person_id, new.month, new.position, new.role,
            new.wage_base, new.jkk, new.jkm, new.schedule))
    execute function refuse_change();
create trigger invoice_lines_kept before delete on invoice_lines for each row execute function refuse_change();

-- +goose StatementBegin
create function refuse_late_lines() returns trigger language plpgsql as $$
begin
    if exists (select from added join invoices i on i.id = added.invoice_id where i.issued_on is not null or i.voided) then
        raise exception 'insert of invoice_lines is refused: their invoice is frozen' using errcode = 'restrict_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd

create trigger invoice_lines_in_time after insert on invoice_lines referencing new table as added
    for each statement execute function refuse_late_lines();

-- Money that was received is never unwritten.
create trigger payments_kept before update or delete on payments for each row execute function refuse_change();
create trigger payment_allocations_kept before update or delete on payment_allocations for each row
    execute function refuse_change();
