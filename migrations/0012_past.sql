-- +goose Up

-- What rows said before they were changed, as far as coverage checks ask: so that a
-- check about what was known at an instant answers the same for ever. Facts hold no
-- personal data. A row that never changed has nothing here, and inserting costs nothing.
create table past (
    id          uuid        not null, -- of the row, in whichever table
    place       bigint      not null generated always as identity,
    known_until timestamptz not null, -- exclusive: from then on the row said something else
    facts       jsonb       not null,
    constraint past_id_place_key primary key (id, place)
);
create trigger past_kept before update or delete on past for each row execute function refuse_change();

-- Keeps the columns named in the trigger of those rows in which any of them changed:
-- once for a statement, however many rows it touches. Instants are the program's,
-- whose clock is an argument; the database's is never asked.
-- +goose StatementBegin
create function keep_past() returns trigger language plpgsql as $$
declare
    facts text; was text; becomes text;
begin
    select string_agg(format('%L, was.%I', c, c), ', '), string_agg(format('was.%I', c), ', '), string_agg(format('becomes.%I', c), ', ')
        into facts, was, becomes from unnest(tg_argv) c;
    execute format('insert into past (id, known_until, facts)
        select was.id, becomes.updated_at, jsonb_build_object(%s) from was join becomes using (id)
        where (%s) is distinct from (%s)', facts, was, becomes);
    return null;
end $$;
-- +goose StatementEnd

-- A row as it was known at an instant: what was kept of it since, in the place of
-- what it says now.
-- +goose StatementBegin
create function as_known(says anyelement, row_id uuid, at timestamptz) returns anyelement language sql stable parallel safe as $$
    select jsonb_populate_record(says,
        (select p.facts from past p where p.id = row_id and p.known_until > at order by p.place limit 1))
$$;
-- +goose StatementEnd

create trigger organisations_past after update on organisations referencing old table as was new table as becomes
    for each statement execute function keep_past('time_zone');
create trigger agreements_past after update on agreements referencing old table as was new table as becomes
    for each statement execute function keep_past('positions', 'segment', 'starts_on', 'ends_on', 'signed_on', 'terminated_on', 'payer_id');
create trigger officers_past after update on officers referencing old table as was new table as becomes
    for each statement execute function keep_past('term_from', 'term_to', 'ended_on', 'decree_number');
create trigger coverage_periods_past after update on coverage_periods referencing old table as was new table as becomes
    for each statement execute function keep_past('from_on', 'to_on', 'activated_on', 'cancelled_on');
create trigger invoices_past after update on invoices referencing old table as was new table as becomes
    for each statement execute function keep_past('number', 'issued_on', 'due_on', 'jkk', 'jkm', 'fine', 'paid', 'credited', 'voided_on');
create trigger budgets_past after update on budgets referencing old table as was new table as becomes
    for each statement execute function keep_past('agreement_ids');

-- The file that brought an officer. Its rows are forgotten; this stays. Without a
-- foreign key: a million rows would each be held against one import.
alter table officers add import_id uuid;

-- When money was allocated is said by the program, as everything else.
alter table payment_allocations alter column allocated_at drop default;
alter table credit_allocations add allocated_at timestamptz;
alter table credit_allocations disable trigger credit_allocations_kept;
update credit_allocations c set allocated_at = greatest(n.created_at, c.allocated_on::timestamptz) from credit_notes n where n.id = c.credit_note_id;
alter table credit_allocations enable trigger credit_allocations_kept;
alter table credit_allocations alter column allocated_at set not null;
