-- +goose Up

-- Files of officers on their way into the register. What was received is kept as
-- it came, sealed, until it is staged; the rows until they are forgotten.
create table imports (
    id               uuid             not null,
    organisation_id  uuid             not null,
    client_id        uuid             not null,
    request_id       text             not null,
    mode             text             not null,
    commit_mode      text             not null,
    on_error         text             not null,
    dry_run          boolean          not null,
    agreement_id     uuid,
    amends_id        uuid,
    position         text             not null default '',
    area_code        text collate "C" not null default '',
    removals         bigint, -- confirmed; null: nobody said
    media_type       text             not null,
    encoding         text             not null default '',
    announced_digest bytea, -- SHA-256
    status           text             not null,
    phase            text             not null,
    received_bytes   bigint           not null,
    content_digest   bytea, -- SHA-256; null until all is there
    processed        bigint           not null,
    total            bigint           not null, -- 0 while it is not known
    phase_since      timestamptz      not null,
    header           jsonb            not null,
    counts           jsonb            not null,
    effects          jsonb            not null,
    damage           jsonb            not null,
    faults           jsonb            not null,
    doubts           jsonb            not null,
    reversal         jsonb            not null,
    people_digest    uuid, -- of the officers in the file, in whatever order
    plan_digest      uuid,
    repeats_id       uuid,
    roster_changes   bigint           not null, -- rosters.changes that the plan was made against
    committed_row    bigint           not null, -- rows up to this one are committed
    received_at      timestamptz,
    validated_at     timestamptz,
    finished_at      timestamptz,
    forgotten_at     timestamptz, -- its rows are gone
    version          bigint           not null,
    created_at       timestamptz      not null,
    updated_at       timestamptz      not null,
    constraint imports_id_key primary key (id),
    constraint imports_mode_check check (mode in ('upsert', 'create_only', 'snapshot')),
    constraint imports_commit_mode_check check (commit_mode in ('auto', 'manual')),
    constraint imports_on_error_check check (on_error in ('accept_valid', 'reject_all')),
    constraint imports_status_check check (status in ('receiving', 'received', 'staging', 'validated', 'committing', 'committed',
        'partially_committed', 'rejected', 'cancelled', 'reversing', 'reversed')),
    constraint imports_organisation_id_fkey foreign key (organisation_id) references organisations (id),
    constraint imports_agreement_id_fkey foreign key (agreement_id) references agreements (id),
    constraint imports_amends_id_fkey foreign key (amends_id) references imports (id),
    constraint imports_repeats_id_fkey foreign key (repeats_id) references imports (id)
);
create index imports_organisation_index on imports (organisation_id, id);
create index imports_content_index on imports (content_digest, organisation_id) where content_digest is not null;
create index imports_announced_index on imports (announced_digest, organisation_id) where announced_digest is not null;
create index imports_people_index on imports (people_digest, organisation_id) where people_digest is not null;
create index imports_moving_index on imports (status, updated_at)
    where status in ('receiving', 'received', 'staging', 'validated', 'committing', 'reversing');
create index imports_finished_index on imports (finished_at) where forgotten_at is null;

-- The bytes of a file in pieces, each compressed and sealed. They are gone once
-- the file is staged.
create table import_parts (
    import_id uuid   not null,
    begins_at bigint not null, -- the place of its first byte in the file
    length    bigint not null, -- in bytes of the file
    sealed    bytea  not null,
    constraint import_parts_import_id_begins_at_key primary key (import_id, begins_at),
    constraint import_parts_import_id_fkey foreign key (import_id) references imports (id)
);
alter table import_parts alter column sealed set storage external; -- compressed already

-- The rows of a file. A good row is an officer as they would be written; of a bad
-- one the cells are kept as they came. Nothing is changed here after staging.
create table import_rows (
    import_id       uuid   not null,
    row_no          bigint not null, -- as the sender counts; of an amending file, as the first file did
    officer_id      uuid,
    person_id       uuid,
    digest          uuid,
    personal        bytea,
    external_id     text,
    full_name       text,
    born_on         date,
    sex             text,
    position        text,
    role            text,
    area_code       text collate "C",
    polling_station text,
    decree_number   text,
    term_from       date,
    term_to         date,
    honorarium      bigint,
    sent            bytea, -- of a bad row: its cells and what to write instead, sealed
    faults          jsonb, -- null: a good row
    doubts          jsonb,
    constraint import_rows_import_id_row_no_key primary key (import_id, row_no)
);

-- What each row does to the register, and did, up to imports.committed_row. An
-- officer who is missing from a snapshot has a row below 0.
create table import_plan (
    import_id       uuid   not null,
    row_no          bigint not null,
    outcome         text   not null,
    officer_id      uuid,   -- null: rejected
    officer_version bigint, -- that the plan was made against; null: the officer is new
    prior           jsonb,  -- the officer as they were before the change
    faults          jsonb,  -- besides those of the row
    doubts          jsonb,
    reversal        text   not null default '',
    reversal_code   text   not null default '',
    constraint import_plan_import_id_row_no_key primary key (import_id, row_no),
    constraint import_plan_outcome_check check (outcome in ('created', 'updated', 'unchanged', 'ended', 'rejected', 'amended', 'cancelled'))
);
-- Rejected rows are few, and asked for most.
create index import_plan_rejected_index on import_plan (import_id, row_no) where outcome = 'rejected';

-- What SIPP said of officers that were sent to it.
create table sipp_rejections (
    import_id  uuid        not null,
    officer_id uuid        not null,
    reason     text        not null,
    read_at    timestamptz not null,
    constraint sipp_rejections_import_id_officer_id_key primary key (import_id, officer_id),
    constraint sipp_rejections_import_id_fkey foreign key (import_id) references imports (id)
);

-- The workbooks that SIPP takes. Their headers are data: no primary source is
-- known.
create table sipp_profiles (
    code       text        not null,
    columns    jsonb       not null,
    source     text        not null,
    certainty  text        not null,
    version    bigint      not null, -- above 1: corrected by people
    updated_at timestamptz not null default now(),
    constraint sipp_profiles_code_key primary key (code),
    constraint sipp_profiles_code_check check (code in ('data_tk_baru', 'data_tk_lanjutan', 'data_tk_na')),
    constraint sipp_profiles_certainty_check check (certainty in ('V', 'V2', 'D', 'K'))
);

-- What tells two states of an officer apart in events, as the program reckons it.
-- +goose StatementBegin
create function officer_digest(digest uuid, ended_on date, end_reason text) returns uuid language sql stable parallel safe as $$
    select case when ended_on is null then digest else md5(digest::text || ended_on::text || end_reason)::uuid end
$$;
-- +goose StatementEnd
