-- +goose Up

-- The papers that prove an incident. A row is written before the first byte is
-- kept, so that whatever is kept anywhere has a row that knows of it.
create table documents (
    id              uuid        not null,
    incident_id     uuid        not null,
    heir_id         uuid, -- whose paper it is, if it is an heir's
    organisation_id uuid        not null, -- the officer's, as of the incident
    uploaded_by     uuid        not null,
    client_id       uuid        not null,
    request_id      text        not null,
    kind            text        not null,
    media_type      text        not null,
    size            bigint      not null, -- in bytes, as sent
    sha256          bytea, -- null until it is whole
    shelf           text        not null, -- where its pieces are kept
    status          text        not null,
    scanned         boolean     not null,
    flaw            text        not null default '',
    flaw_note       text        not null default '',
    decided_at      timestamptz,
    destroyed_at    timestamptz, -- when its pieces were gone
    version         bigint      not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint documents_id_key primary key (id),
    constraint documents_whole_check check (status in ('receiving', 'discarded') or sha256 is not null),
    constraint documents_destroyed_check check (destroyed_at is null or status = 'withdrawn'),
    constraint documents_incident_id_fkey foreign key (incident_id) references incidents (id),
    constraint documents_organisation_id_fkey foreign key (organisation_id) references organisations (id),
    constraint documents_uploaded_by_fkey foreign key (uploaded_by) references organisations (id)
);
create index documents_incident_index on documents (incident_id, id);
create index documents_heir_index on documents (heir_id, id) where heir_id is not null;
create index documents_restless_index on documents (updated_at) where status in ('receiving', 'discarded', 'scanning');
create index documents_condemned_index on documents (updated_at) where status = 'withdrawn' and destroyed_at is null;
-- The same paper is kept once; receivers hold the incident, and this holds them to it.
create unique index documents_content_key on documents (incident_id, kind, coalesce(heir_id, '00000000-0000-0000-0000-000000000000'), sha256)
    where status not in ('receiving', 'discarded', 'withdrawn');

-- The sealed pieces of those that are kept in the database. They have no foreign
-- key: pieces are put on a shelf, and shelves know of no documents.
create table document_pieces (
    document_id uuid    not null,
    number      integer not null,
    sealed      bytea   not null,
    constraint document_pieces_document_id_number_key primary key (document_id, number)
);
alter table document_pieces alter column sealed set storage external; -- what is sealed does not compress

-- Links for whoever has no token. The token is known by its keyed digest alone.
create table document_links (
    id           uuid        not null,
    document_id  uuid        not null,
    token_digest uuid        not null,
    made_by      uuid        not null,
    client_id    uuid        not null,
    request_id   text        not null,
    purpose      text        not null,
    uses         integer     not null,
    used         integer     not null,
    expires_at   timestamptz not null,
    withdrawn_at timestamptz,
    version      bigint      not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    constraint document_links_id_key primary key (id),
    constraint document_links_token_key unique (token_digest),
    constraint document_links_used_check check (used between 0 and uses),
    constraint document_links_document_id_fkey foreign key (document_id) references documents (id),
    constraint document_links_made_by_fkey foreign key (made_by) references organisations (id)
);
create index document_links_document_index on document_links (document_id, id);

-- The link by which a document was read; null for a token.
alter table events add column link_id uuid;
