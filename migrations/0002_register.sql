-- +goose Up

-- Exclusion constraints compare people by = and days by && in one index.
create extension if not exists btree_gist;

-- A version 7 UUID of an instant (RFC 9562), for rows that are made in sets.
-- +goose StatementBegin
create function uuid_v7(at timestamptz) returns uuid language sql volatile parallel safe as $$
    select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;
-- +goose StatementEnd

-- The register: organisations, agreements, officers and who is covered. An
-- absent text is '', so that no question needs three answers. States that follow
-- from a day (active, expired, ended) are not stored: they are what happened, and
-- today.

create table organisations (
    id            uuid             not null,
    kind          text             not null,
    level         text             not null,
    area_code     text collate "C" not null default '', -- '' for national and overseas bodies
    name          text             not null,
    npp           text             not null default '',
    npwp          text             not null default '',
    time_zone     text             not null,
    external_id   text             not null default '',
    registered_by uuid             not null,
    version       bigint           not null,
    created_at    timestamptz      not null,
    updated_at    timestamptz      not null,
    constraint organisations_id_key primary key (id),
    constraint organisations_kind_check check (kind in ('kpu', 'bawaslu', 'regional_government', 'regional_agency',
        'village_government', 'bpjs_office', 'ministry', 'other')),
    constraint organisations_level_check check (level in ('national', 'province', 'regency', 'district', 'village', 'overseas'))
);
-- One election body of a kind, and one government, stands for one area.
create unique index organisations_kind_area_key on organisations (kind, level, area_code)
    where kind in ('kpu', 'bawaslu', 'regional_government', 'village_government') and level <> 'overseas';
create unique index organisations_external_id_key on organisations (registered_by, external_id) where external_id <> '';
create index organisations_kind_area_index on organisations (kind, area_code, id);
create index organisations_area_index on organisations (area_code, id);

create table agreements (
    id                 uuid        not null,
    title              text        not null,
    positions          jsonb       not null,
    election_code      text        not null default '',
    segment            text        not null,
    risk_class         text        not null,
    wage_base_policy   text        not null,
    declared_wage      bigint      not null default 0, -- rupiah
    funding_source     text        not null,
    starts_on          date        not null,
    ends_on            date        not null, -- inclusive
    legal_bases        jsonb       not null,
    renews_id          uuid,
    organiser_id       uuid        not null,
    payer_id           uuid,
    branch_id          uuid        not null,
    signed_on          date,
    terminated_on      date, -- the last day of cover
    termination_reason text        not null default '',
    version            bigint      not null,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    constraint agreements_id_key primary key (id),
    constraint agreements_segment_check check (segment in ('pu', 'bpu')),
    constraint agreements_ends_on_check check (starts_on <= ends_on),
    constraint agreements_declared_wage_check check (declared_wage >= 0),
    constraint agreements_renews_id_fkey foreign key (renews_id) references agreements (id),
    constraint agreements_organiser_id_fkey foreign key (organiser_id) references organisations (id),
    constraint agreements_payer_id_fkey foreign key (payer_id) references organisations (id),
    constraint agreements_branch_id_fkey foreign key (branch_id) references organisations (id)
);
create index agreements_election_index on agreements (election_code, id);
create index agreements_organiser_index on agreements (organiser_id, id);
create index agreements_branch_index on agreements (branch_id, id);

create table agreement_parties (
    agreement_id     uuid     not null,
    ordinal          smallint not null,
    organisation_id  uuid     not null,
    role             text     not null,
    number           text     not null default '',
    signatory_name   text     not null default '',
    signatory_office text     not null default '',
    constraint agreement_parties_agreement_id_ordinal_key primary key (agreement_id, ordinal),
    constraint agreement_parties_organisation_key unique (agreement_id, organisation_id),
    constraint agreement_parties_role_check check (role in ('organiser', 'payer', 'branch', 'witness')),
    constraint agreement_parties_agreement_id_fkey foreign key (agreement_id) references agreements (id),
    constraint agreement_parties_organisation_id_fkey foreign key (organisation_id) references organisations (id)
);
create index agreement_parties_organisation_index on agreement_parties (organisation_id, agreement_id);

create table officers (
    id              uuid             not null,
    organisation_id uuid             not null,
    person_id       uuid             not null, -- keyed index of the NIK: finds it, and tells nobody what it is
    personal        bytea            not null, -- NIK, telephone, e-mail and membership number, sealed
    digest          uuid             not null, -- keyed digest of all that a caller says: equal rows say the same
    external_id     text             not null,
    full_name       text             not null,
    born_on         date             not null,
    sex             text             not null,
    position        text             not null,
    role            text             not null,
    area_code       text collate "C" not null,
    polling_station text             not null default '',
    decree_number   text             not null default '',
    term_from       date             not null,
    term_to         date             not null, -- inclusive
    honorarium      bigint           not null, -- rupiah a month; 0 is unknown
    ended_on        date,
    end_reason      text             not null default '',
    version         bigint           not null,
    created_at      timestamptz      not null,
    updated_at      timestamptz      not null,
    constraint officers_id_key primary key (id),
    constraint officers_sex_check check (sex in ('female', 'male')),
    constraint officers_role_check check (role in ('chair', 'member', 'secretary', 'staff')),
    constraint officers_term_to_check check (term_from <= term_to),
    constraint officers_ended_on_check check (ended_on between term_from and term_to),
    constraint officers_honorarium_check check (honorarium >= 0),
    constraint officers_organisation_id_fkey foreign key (organisation_id) references organisations (id),
    constraint officers_external_id_key unique (external_id, organisation_id), -- in this order it also serves searches
    constraint officers_person_key unique (person_id, organisation_id, position, term_from)
);
create index officers_organisation_index on officers (organisation_id, id);
create index officers_area_index on officers (organisation_id, area_code, id);

-- Whoever changes the officers of an organisation holds its roster, so that what
-- was compared with it stays true until the change is made; the number tells
-- whether anybody changed anything since.
create table rosters (
    organisation_id uuid   not null,
    changes         bigint not null,
    constraint rosters_organisation_id_key primary key (organisation_id),
    constraint rosters_organisation_id_fkey foreign key (organisation_id) references organisations (id)
);

create table enrolments (
    id               uuid        not null,
    agreement_id     uuid        not null,
    enrolled         bigint      not null,
    already_enrolled bigint      not null,
    skipped          jsonb       not null,
    monthly_premium  bigint      not null, -- rupiah
    created_at       timestamptz not null,
    constraint enrolments_id_key primary key (id),
    constraint enrolments_agreement_id_fkey foreign key (agreement_id) references agreements (id)
);
create index enrolments_agreement_index on enrolments (agreement_id, id);

create table coverage_periods (
    id           uuid        not null,
    officer_id   uuid        not null,
    person_id    uuid        not null,
    agreement_id uuid        not null,
    enrolment_id uuid        not null,
    from_on      date        not null,
    to_on        date        not null, -- inclusive
    segment      text        not null,
    wage_base    bigint      not null, -- rupiah
    jkk          bigint      not null, -- rupiah a month
    jkm          bigint      not null, -- rupiah a month
    schedule     text        not null,
    activated_on date,
    cancelled_on date,
    version      bigint      not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    constraint coverage_periods_id_key primary key (id),
    constraint coverage_periods_to_on_check check (from_on <= to_on),
    constraint coverage_periods_premium_check check (wage_base > 0 and jkk >= 0 and jkm >= 0),
    constraint coverage_periods_officer_id_fkey foreign key (officer_id) references officers (id),
    constraint coverage_periods_agreement_id_fkey foreign key (agreement_id) references agreements (id),
    constraint coverage_periods_enrolment_id_fkey foreign key (enrolment_id) references enrolments (id),
    -- Nobody is covered twice on one day. Both programmes are always taken
    -- together, so the person alone is compared.
    constraint coverage_periods_person_excl exclude using gist
        (person_id with =, daterange(from_on, to_on, '[]') with &&) where (cancelled_on is null)
);
create index coverage_periods_agreement_index on coverage_periods (agreement_id, id);
create index coverage_periods_agreement_officer_index on coverage_periods (agreement_id, officer_id);
create index coverage_periods_officer_index on coverage_periods (officer_id, id);
