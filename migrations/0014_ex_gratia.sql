-- +goose Up

-- What an election body gives of its own, beside JKK and JKM: a ledger for each year,
-- with a ceiling, and what was granted from it.
create table ex_gratia_funds (
    id              uuid        not null,
    organisation_id uuid        not null,
    fiscal_year     integer     not null,
    ceiling         bigint      not null, -- rupiah
    reference       text        not null,
    version         bigint      not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint ex_gratia_funds_id_key primary key (id),
    constraint ex_gratia_funds_year_key unique (organisation_id, fiscal_year),
    constraint ex_gratia_funds_ceiling_check check (ceiling > 0),
    constraint ex_gratia_funds_organisation_id_fkey foreign key (organisation_id) references organisations (id)
);
create index ex_gratia_funds_organisation_index on ex_gratia_funds (organisation_id, id);

create table ex_gratia_grants (
    id              uuid        not null,
    fund_id         uuid        not null,
    incident_id     uuid        not null,
    organisation_id uuid        not null,
    payee_id        uuid,
    status          text        not null,
    outcome         text        not null, -- for which it was given
    deceased        uuid,                 -- who died: the keyed index of the NIK
    items           jsonb       not null,
    steps           jsonb       not null,
    schedule        text        not null,
    amount          bigint      not null, -- rupiah
    granted_by      uuid        not null, -- the client
    disbursed_on    date,
    reference       text        not null default '',
    cancel_reason   text        not null default '',
    version         bigint      not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint ex_gratia_grants_id_key primary key (id),
    constraint ex_gratia_grants_status_check check (status in ('granted', 'disbursed', 'cancelled')),
    constraint ex_gratia_grants_amount_check check (amount > 0),
    constraint ex_gratia_grants_fund_id_fkey foreign key (fund_id) references ex_gratia_funds (id),
    constraint ex_gratia_grants_incident_id_fkey foreign key (incident_id) references incidents (id),
    constraint ex_gratia_grants_organisation_id_fkey foreign key (organisation_id) references organisations (id),
    constraint ex_gratia_grants_payee_id_fkey foreign key (payee_id) references heirs (id)
);
-- Once for each incident, and once more for a death of it; one that was cancelled makes room.
create unique index ex_gratia_grants_incident_key on ex_gratia_grants (incident_id, (outcome = 'died')) where status <> 'cancelled';
-- Nobody dies twice for one body, whatever duties they had.
create unique index ex_gratia_grants_deceased_key on ex_gratia_grants (deceased, organisation_id) where status <> 'cancelled';
create index ex_gratia_grants_fund_index on ex_gratia_grants (fund_id, id);
create index ex_gratia_grants_incident_index on ex_gratia_grants (incident_id, id);
create index ex_gratia_grants_organisation_index on ex_gratia_grants (organisation_id, id);
