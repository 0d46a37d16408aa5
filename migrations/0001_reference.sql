-- +goose Up

-- Reference data: what is the same for everybody and comes with the program.
-- The certainty of a row says how it is known: V read in the law's own text, V2
-- reported by others, D worked out, K own knowledge and not verified.

create table reference_versions (
    dataset   text        not null,
    version   text        not null,
    loaded_at timestamptz not null default now(),
    constraint reference_versions_dataset_key primary key (dataset)
);

-- Codes collate "C" so that a prefix is a range of the index.
create table areas (
    code        text collate "C" not null,
    level       text collate "C" not null,
    name        text             not null,
    parent_code text collate "C",
    constraint areas_code_key primary key (code),
    constraint areas_level_check check (level = case length(code)
        when 2 then 'province' when 5 then 'regency' when 8 then 'district' when 13 then 'village' end),
    constraint areas_parent_code_check check (
        (parent_code is null) = (level = 'province') and starts_with(code, parent_code || '.')),
    constraint areas_parent_code_fkey foreign key (parent_code) references areas (code)
);
create index areas_parent_code_index on areas (parent_code, code);
create index areas_level_index on areas (level, code);

create table positions (
    code           text collate "C" not null,
    organiser      text             not null,
    unit           text             not null,
    per_unit       integer,          -- null: not fixed
    name_id        text             not null,
    name_en        text             not null,
    law            text             not null, -- empty: none known
    certainty      text             not null,
    min_age        integer,          -- in years, inclusive; null: no such limit is known
    max_age        integer,
    age_counted_on text,
    age_certainty  text,
    constraint positions_code_key primary key (code),
    constraint positions_organiser_check check (organiser in ('kpu', 'bawaslu')),
    constraint positions_unit_check check (unit in ('district', 'village', 'polling_station', 'overseas_post')),
    constraint positions_per_unit_check check (per_unit > 0),
    constraint positions_certainty_check check (certainty in ('V', 'V2', 'D', 'K')),
    constraint positions_min_age_check check (min_age between 0 and coalesce(max_age, 150)),
    constraint positions_age_counted_on_check check (age_counted_on in ('registration', 'voting_day')),
    constraint positions_age_certainty_check check (age_certainty in ('V', 'V2', 'D', 'K'))
);

create table position_roles (
    position text collate "C" not null,
    role     text             not null,
    seats    integer,          -- in each unit; null: not fixed
    constraint position_roles_position_role_key primary key (position, role),
    constraint position_roles_position_fkey foreign key (position) references positions (code),
    constraint position_roles_role_check check (role in ('chair', 'member', 'secretary', 'staff')),
    constraint position_roles_seats_check check (seats > 0)
);

create table elections (
    code      text collate "C" not null,
    name_id   text             not null,
    name_en   text             not null,
    voted_on  date             not null,
    certainty text             not null,
    constraint elections_code_key primary key (code),
    constraint elections_certainty_check check (certainty in ('V', 'V2', 'D', 'K'))
);

-- When officers serve in an election and what they earn a month. The certainty is
-- that of the least certain value.
create table election_terms (
    election_code     text collate "C" not null,
    position          text collate "C" not null,
    role              text             not null,
    term_from         date,             -- inclusive; null: no day is known
    term_to           date,             -- inclusive; null: no day is known
    honorarium_amount bigint           not null,
    law               text             not null,
    certainty         text             not null,
    constraint election_terms_election_code_position_role_key primary key (election_code, position, role),
    constraint election_terms_election_code_fkey foreign key (election_code) references elections (code),
    constraint election_terms_position_fkey foreign key (position) references positions (code),
    constraint election_terms_role_check check (role in ('chair', 'member', 'secretary', 'staff')),
    constraint election_terms_term_to_check check (term_from <= term_to),
    constraint election_terms_honorarium_amount_check check (honorarium_amount > 0),
    constraint election_terms_certainty_check check (certainty in ('V', 'V2', 'D', 'K'))
);

create table holidays (
    day       date not null,
    name_id   text not null,
    name_en   text not null,
    certainty text not null,
    constraint holidays_day_key primary key (day),
    constraint holidays_certainty_check check (certainty in ('V', 'V2', 'D', 'K'))
);
