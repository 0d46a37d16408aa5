-- +goose Up

create table clients (
    id              uuid        not null,
    organisation_id uuid        not null,
    name            text        not null,
    scopes          jsonb       not null,
    revoked_at      timestamptz,
    version         bigint      not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint clients_id_key primary key (id),
    constraint clients_organisation_id_fkey foreign key (organisation_id) references organisations (id)
);
create index clients_organisation_index on clients (organisation_id, id);

-- Secrets are long and random, so a plain digest keeps them.
create table client_secrets (
    id           uuid        not null,
    client_id    uuid        not null,
    digest       bytea       not null,
    created_at   timestamptz not null,
    expires_at   timestamptz,
    last_used_at timestamptz,
    constraint client_secrets_id_key primary key (id),
    constraint client_secrets_client_id_fkey foreign key (client_id) references clients (id)
);
create index client_secrets_client_index on client_secrets (client_id, created_at);

-- What happened: one row for each change, and for each reading of personal data,
-- written in the transaction of the change. Rows have no foreign keys: they must
-- outlive what they tell of. They hold no personal data; the digests are keyed.
create table events (
    id              uuid        not null,
    type            text        not null,
    resource_id     uuid        not null,
    organisation_id uuid        not null,
    client_id       uuid        not null,
    actor_id        uuid        not null, -- the organisation that acted
    request_id      text        not null,
    purpose         text        not null default '',
    before_digest   uuid,
    after_digest    uuid,
    occurred_at     timestamptz not null,
    constraint events_id_key primary key (id)
);
create index events_resource_index on events (resource_id, id);

-- The answers to requests with an Idempotency-Key, kept in the transaction of
-- their effect. Answers may hold personal data, so they are sealed.
create table idempotency_keys (
    client_id   uuid        not null,
    key         text        not null,
    fingerprint bytea       not null,
    answer      bytea       not null,
    expires_at  timestamptz not null,
    constraint idempotency_keys_client_id_key_key primary key (client_id, key)
);
create index idempotency_keys_expires_index on idempotency_keys (expires_at);

-- What the whole database knows of itself, such as the name of the keys it was
-- written with.
create table settings (
    name  text not null,
    value text not null,
    constraint settings_name_key primary key (name)
);
