-- +goose Up

-- Every clock of the law that runs for somebody. A row is told what happened; whether
-- it is met, or breached, follows from that and the instant.
create table deadlines (
    id              uuid        not null,
    rule            text        not null,
    organisation_id uuid        not null, -- that owes it
    incident_id     uuid,
    claim_id        uuid,
    note_reference  text        not null default '', -- of the owner, if it was started by hand
    started_at      timestamptz not null,
    time_zone       text        not null, -- of the owner, in which days are reckoned
    clock           text        not null, -- the version of the rule, such as jkk_payment-2015-07
    law             text        not null,
    unit            text        not null,
    due_on          date, -- null where hours count
    due_at          timestamptz not null, -- the last instant in time, inclusive
    near_at         timestamptz not null,
    edition         bigint      not null, -- of the tariff
    pauses          jsonb       not null, -- spans that are over
    paused_at       timestamptz,
    met_at          timestamptz,
    cancelled_at    timestamptz,
    near_told_at    timestamptz, -- when the event was recorded
    breach_told_at  timestamptz, -- likewise
    version         bigint      not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint deadlines_id_key primary key (id),
    constraint deadlines_unit_check check (unit in ('hours', 'days', 'working_days') and (unit = 'hours') = (due_on is null)),
    -- It is about something of ours, or about what its owner keeps elsewhere.
    constraint deadlines_subject_check check ((incident_id is null and claim_id is null) = (note_reference <> '')),
    constraint deadlines_organisation_id_fkey foreign key (organisation_id) references organisations (id),
    constraint deadlines_incident_id_fkey foreign key (incident_id) references incidents (id),
    constraint deadlines_claim_id_fkey foreign key (claim_id) references claims (id)
);
-- One clock of a rule runs for one thing; a cancelled one makes room.
create unique index deadlines_subject_key on deadlines (coalesce(claim_id, incident_id), rule)
    where cancelled_at is null and note_reference = '';
create unique index deadlines_reference_key on deadlines (organisation_id, rule, note_reference)
    where cancelled_at is null and note_reference <> '';
create index deadlines_organisation_index on deadlines (organisation_id, id);
create index deadlines_organisation_due_index on deadlines (organisation_id, due_at, id);
create index deadlines_incident_index on deadlines (incident_id, id) where incident_id is not null;
create index deadlines_claim_index on deadlines (claim_id, id) where claim_id is not null;
create index deadlines_due_index on deadlines (due_at, id);
-- Those that are open, which are few among all that were met: for lists, and for
-- whoever keeps time.
create index deadlines_open_index on deadlines (due_at, id) where met_at is null and cancelled_at is null;
create index deadlines_near_index on deadlines (near_at) where near_told_at is null and met_at is null
    and cancelled_at is null and paused_at is null;
create index deadlines_breach_index on deadlines (due_at) where breach_told_at is null and cancelled_at is null
    and paused_at is null and (met_at is null or met_at > due_at);
create index deadlines_edition_index on deadlines (edition) where met_at is null and cancelled_at is null
    and paused_at is null and unit <> 'hours';

-- Clocks say how long before their end it is told that the time runs out. Those that
-- are here know nothing of it yet; what was known once is read by what they say.
alter table tariff_rules disable trigger tariff_rules_kept;
update tariff_rules set body = body || jsonb_build_object('near', case
    when body ? 'hours' then jsonb '{"hours": 12}'
    when body ? 'years' then jsonb '{"days": 90}'
    else jsonb '{"working_days": 1}' end)
where kind = 'clock' and not body ? 'near';
alter table tariff_rules enable trigger tariff_rules_kept;
