-- +goose Up

-- An incident may happen to somebody on no roster, is told by anybody, and goes
-- through two stages and a guarantee.
alter table incidents
    alter column officer_id drop not null,
    alter column organisation_id drop not null,
    alter column report_due_at drop not null,
    add person_id            uuid,                              -- of a person who was described: the keyed index of the NIK
    add body                 text        not null default '',
    add position             text        not null default '',
    add area_code            text collate "C" not null default '',
    add died_at              timestamptz,
    add traffic              boolean     not null default false,
    add suspected            boolean     not null default false,
    add in_care              boolean     not null default false,
    add notifier_relation    text        not null default 'other',
    add confirmed_at         timestamptz,                       -- stage I, by the officer's own body
    add guarantee            text        not null default '',   -- as decided
    add guarantee_reference  text        not null default '',
    add guarantee_decided_at timestamptz,
    add stated_at            timestamptz,
    add concluded_at         timestamptz,                       -- stage II
    add dismissed_at         timestamptz,                       -- by the body: it is none
    add dismissal            text        not null default '',
    add constraint incidents_guarantee_check check (guarantee in ('', 'provisional', 'guaranteed', 'refused')),
    add constraint incidents_person_check check (officer_id is not null or person_id is not null);

update incidents i set body = g.kind, position = o.position, area_code = o.area_code, confirmed_at = i.created_at,
    died_at = case when i.outcome = 'died' then i.occurred_at end
from officers o join organisations g on g.id = o.organisation_id where o.id = i.officer_id;

alter table incidents
    alter column body drop default,
    alter column position drop default,
    alter column area_code drop default;

-- One event of an officer is reported once; and nobody dies twice, by what their body
-- says: a notice of others that turns out to be wrong keeps nothing away.
drop index incidents_event_key;
drop index incidents_death_key;
create unique index incidents_event_key on incidents (officer_id, occurred_at) where confirmed_at is not null and dismissed_at is null;
create unique index incidents_death_key on incidents (officer_id)
    where outcome = 'died' and confirmed_at is not null and dismissed_at is null;
-- Whoever tells of it tells once; what others told keeps nobody away, and tells nobody.
create unique index incidents_notice_key on incidents (reported_by, coalesce(person_id, officer_id), occurred_at) where dismissed_at is null;
create index incidents_area_index on incidents (body, area_code, id);

-- Who may receive what is paid for an officer who died.
create table heirs (
    id          uuid        not null,
    incident_id uuid        not null,
    relation    text        not null,
    kin         bytea       not null, -- name, NIK, day of birth, account and guardian, sealed
    struck_at   timestamptz,
    version     bigint      not null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    constraint heirs_id_key primary key (id),
    constraint heirs_relation_check check (relation in ('spouse', 'child', 'parent', 'grandchild', 'grandparent', 'sibling',
        'parent_in_law', 'testament', 'funeral_arranger')),
    constraint heirs_incident_id_fkey foreign key (incident_id) references incidents (id)
);
create unique index heirs_incident_index on heirs (incident_id, id);

-- A paper may be an heir's, of the same incident, may show that a rank of heirs is
-- empty, and that a child goes to school in one year.
alter table documents
    add rank integer not null default 0,
    add school_year integer not null default 0,
    add outdated_at timestamptz,                                -- what it proves was changed
    add constraint documents_school_year_check check ((school_year > 0) = (kind = 'school_letter')),
    add constraint documents_rank_check check (rank = 0 or kind = 'no_heirs_statement' and rank between 1 and 5),
    add constraint documents_heir_id_fkey foreign key (incident_id, heir_id) references heirs (incident_id, id);
drop index documents_content_key;
create unique index documents_content_key
    on documents (incident_id, uploaded_by, kind, rank, school_year, coalesce(heir_id, '00000000-0000-0000-0000-000000000000'), sha256)
    where status not in ('receiving', 'discarded', 'withdrawn') and outdated_at is null;

alter table claims
    drop constraint claims_programme_check,
    drop constraint claims_status_check,
    add losses         jsonb   not null default '[]',
    add left_handed    boolean not null default false,
    add payee_id       uuid,
    add reimbursement  boolean not null default false,
    add school_year    integer not null default 0,
    add pupils         jsonb   not null default '[]',
    add reopens_id     uuid,
    add schedule       text    not null default '',
    add compensation   bigint  not null default 0, -- rupiah
    add verified_by    uuid,
    add rejecters      jsonb   not null default '[]', -- clients
    add handed_over_on date,
    add deceased       uuid,                          -- who died: the keyed index of the NIK
    add constraint claims_programme_check check (programme in ('jkk', 'jkm', 'scholarship')),
    add constraint claims_status_check check (status in ('draft', 'submitted', 'incomplete', 'verified', 'approved', 'rejected', 'paid',
        'withdrawn')),
    add constraint claims_school_year_check check ((programme = 'scholarship') = (school_year > 0)),
    add constraint claims_payee_id_fkey foreign key (payee_id) references heirs (id),
    add constraint claims_reopens_id_fkey foreign key (reopens_id) references claims (id);

-- Claims of injuries named amounts, and name what was lost now. A cost stays what it was;
-- of the rest the amount follows from what nobody was asked yet, and so from the claimant
-- before the claim is decided. What is paid stays as it was paid.
update claims c set losses = coalesce((
    select jsonb_agg(jsonb_build_object('kind', item -> 'kind') ||
        case when item ->> 'kind' in ('medical_care', 'transport', 'home_care') then jsonb_build_object('cost', item -> 'amount') else '{}' end
        order by n)
    from jsonb_array_elements(c.items) with ordinality as items (item, n)
    where item ->> 'kind' in ('medical_care', 'transport', 'home_care', 'prosthesis', 'temporary_incapacity', 'disability')), '[]')
from incidents i
where i.id = c.incident_id and i.outcome <> 'died' and c.programme = 'jkk' and c.status <> 'paid';

create index claims_payee_index on claims (payee_id) where payee_id is not null;

-- One event is claimed once, as JKK or as JKM; a rejected or withdrawn claim makes room, and so does one that was paid too little,
-- once.
drop index claims_incident_key;
create unique index claims_incident_key on claims (incident_id, reopens_id) nulls not distinct
    where programme <> 'scholarship' and status not in ('rejected', 'withdrawn');

-- Nobody dies twice, whatever duties they had, and whoever reported it.
update claims c set deceased = d.person_id from (
    select distinct on (o.person_id) c.id, o.person_id
    from claims c join incidents i on i.id = c.incident_id join officers o on o.id = c.officer_id
    where i.outcome = 'died' and c.status not in ('rejected', 'withdrawn')
    order by o.person_id, c.id
) d where d.id = c.id;
create unique index claims_deceased_key on claims (deceased) where status not in ('rejected', 'withdrawn');

-- What was done to a claim, by whom and why.
create table claim_steps (
    claim_id        uuid        not null,
    n               bigint      not null generated always as identity,
    decision        text        not null,
    reasons         jsonb       not null,
    amount          bigint      not null, -- rupiah
    organisation_id uuid        not null,
    client_id       uuid        not null,
    decided_at      timestamptz not null,
    constraint claim_steps_claim_id_n_key primary key (claim_id, n),
    constraint claim_steps_claim_id_fkey foreign key (claim_id) references claims (id)
);
create trigger claim_steps_kept before update or delete on claim_steps for each row execute function refuse_change();
