-- +goose Up

-- What cover costs and pays. A rule is corrected by a further revision, so that
-- what was settled by an older one can always be worked out again.
create sequence tariff_edition;

create table tariff_rules (
    kind        text        not null,
    name        text        not null,
    revision    integer     not null,
    body        jsonb       not null,
    edition     bigint      not null default nextval('tariff_edition'), -- grows with each change of the tariff
    recorded_by uuid,                                                   -- null: it came with the program
    recorded_at timestamptz not null default now(),
    constraint tariff_rules_kind_name_revision_key primary key (kind, name, revision),
    constraint tariff_rules_edition_key unique (edition),
    constraint tariff_rules_kind_check check (kind in ('contribution', 'relief', 'death', 'clock')),
    constraint tariff_rules_revision_check check (revision > 0),
    constraint tariff_rules_recorded_by_fkey foreign key (recorded_by) references organisations (id)
);

create trigger tariff_rules_kept before update or delete on tariff_rules for each row execute function refuse_change();

-- A holiday that an administrator entered or took back stays as it was left.
alter table holidays
    add works       boolean     not null default false, -- people work on it after all
    add edition     bigint      not null default nextval('tariff_edition'),
    add version     bigint      not null default 1,
    add recorded_by uuid,
    add constraint holidays_recorded_by_fkey foreign key (recorded_by) references organisations (id);

-- +goose StatementBegin
create function next_tariff_edition() returns trigger language plpgsql as $$
begin
    new.edition := nextval('tariff_edition');
    return new;
end $$;
-- +goose StatementEnd

create trigger holidays_edition before update on holidays for each row execute function next_tariff_edition();
