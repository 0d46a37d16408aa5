-- +goose Up

create table incidents (
    id                 uuid        not null,
    officer_id         uuid        not null,
    organisation_id    uuid        not null, -- the officer's
    reported_by        uuid        not null,
    branch_id          uuid, -- of the cover; null without
    kind               text        not null,
    outcome            text        not null,
    occurred_at        timestamptz not null,
    place              text        not null,
    account            bytea       not null, -- narrative and notifier, sealed
    report_due_at      timestamptz not null,
    coverage_period_id uuid, -- null without cover
    uncovered_reason   text        not null default '',
    version            bigint      not null,
    created_at         timestamptz not null, -- when it was reported
    updated_at         timestamptz not null,
    constraint incidents_id_key primary key (id),
    constraint incidents_cover_check check ((coverage_period_id is null) = (uncovered_reason <> '')),
    constraint incidents_officer_id_fkey foreign key (officer_id) references officers (id),
    constraint incidents_organisation_id_fkey foreign key (organisation_id) references organisations (id),
    constraint incidents_branch_id_fkey foreign key (branch_id) references organisations (id),
    constraint incidents_reported_by_fkey foreign key (reported_by) references organisations (id),
    constraint incidents_coverage_period_id_fkey foreign key (coverage_period_id) references coverage_periods (id)
);
-- One event of an officer is reported once, and nobody dies twice.
create unique index incidents_event_key on incidents (officer_id, occurred_at);
create unique index incidents_death_key on incidents (officer_id) where outcome = 'died';
create index incidents_officer_index on incidents (officer_id, id);
create index incidents_organisation_index on incidents (organisation_id, id);
create index incidents_branch_index on incidents (branch_id, id) where branch_id is not null;
create index incidents_reporter_index on incidents (reported_by, id);
create index incidents_period_index on incidents (coverage_period_id) where coverage_period_id is not null;

create table claims (
    id                 uuid        not null,
    incident_id        uuid        not null,
    officer_id         uuid        not null,
    agreement_id       uuid        not null,
    organiser_id       uuid        not null,
    branch_id          uuid        not null,
    coverage_period_id uuid        not null,
    programme          text        not null,
    status             text        not null,
    wage_base          bigint      not null, -- rupiah
    items              jsonb       not null,
    steps              jsonb       not null,
    amount             bigint      not null, -- rupiah
    submitted_by       uuid,
    submitted_at       timestamptz,
    pay_due_on         date,
    decided_at         timestamptz,
    rejection_reason   text        not null default '',
    rejection_note     text        not null default '',
    paid_on            date,
    payment_reference  text        not null default '',
    version            bigint      not null,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    constraint claims_id_key primary key (id),
    constraint claims_programme_check check (programme in ('jkk', 'jkm')),
    constraint claims_status_check check (status in ('draft', 'submitted', 'approved', 'rejected', 'paid')),
    constraint claims_amount_check check (amount >= 0),
    constraint claims_incident_id_fkey foreign key (incident_id) references incidents (id),
    constraint claims_officer_id_fkey foreign key (officer_id) references officers (id),
    constraint claims_agreement_id_fkey foreign key (agreement_id) references agreements (id),
    constraint claims_organiser_id_fkey foreign key (organiser_id) references organisations (id),
    constraint claims_branch_id_fkey foreign key (branch_id) references organisations (id),
    constraint claims_coverage_period_id_fkey foreign key (coverage_period_id) references coverage_periods (id)
);
-- One event is claimed once, as JKK or as JKM; a rejected claim makes room.
create unique index claims_incident_key on claims (incident_id) where status <> 'rejected';
create index claims_organiser_index on claims (organiser_id, id);
create index claims_branch_index on claims (branch_id, id);
create index claims_officer_index on claims (officer_id, id);
create index claims_incident_index on claims (incident_id, id);
