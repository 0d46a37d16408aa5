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
    constraint invoices_id_key primary key (id),
    constraint invoices_month_check check (extract(day from month) = 1),
    constraint invoices_paid_check check (paid between 0 and jkk + jkm),
    constraint invoices_agreement_id_fkey foreign key (agreement_id) references agreements (id),
    constraint invoices_organiser_id_fkey foreign key (organiser_id) references organisations (id),
    constraint invoices_payer_id_fkey foreign key (payer_id) references organisations (id),
    constraint invoices_branch_id_fkey foreign key (branch_id) references organisations (id)
);
-- One invoice for an agreement and month, however often it is asked for.
create unique index invoices_agreement_month_key on invoices (agreement_id, month) where voided_on is null;
create unique index invoices_number_key on invoices (branch_id, number) where number <> '';
create index invoices_agreement_index on invoices (agreement_id, id);
create index invoices_payer_index on invoices (payer_id, id);
create index invoices_month_index on invoices (month, id);
create index invoices_due_index on invoices (due_on, id);

create table invoice_lines (
    invoice_id         uuid   not null,
    coverage_period_id uuid   not null,
    officer_id         uuid   not null,
    month              date   not null,
    position           text   not null,
    role               text   not null,
    wage_base          bigint not null, -- rupiah
    jkk                bigint not null, -- rupiah
    jkm                bigint not null, -- rupiah
    schedule           text   not null,
    constraint invoice_lines_invoice_period_key primary key (invoice_id, coverage_period_id),
    constraint invoice_lines_invoice_id_fkey foreign key (invoice_id) references invoices (id),
    constraint invoice_lines_coverage_period_id_fkey foreign key (coverage_period_id) references coverage_periods (id)
);
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
