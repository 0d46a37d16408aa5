-- +goose Up

-- The tariff says everything that events pay, and which documents claims need. What a
-- death pays is part of what a programme pays, under the names that claims use; rules
-- are never changed, so the trigger that sees to it rests meanwhile.
alter table tariff_rules
    disable trigger tariff_rules_kept,
    drop constraint tariff_rules_kind_check;
update tariff_rules set kind = 'benefit', body = replace(body::text, '"lump_sum"', '"death"')::jsonb where kind = 'death';

-- A schedule that an administrator corrected is theirs, so that the program's own does
-- not follow it. It keeps its numbers, and gains what schedules had no words for: else
-- an injury of its days could not be claimed, nor a death be paid late.
with parts as (
    select jsonb '[
        {"part": "arm_from_shoulder", "right": 4000, "left": 3500},
        {"part": "arm_from_elbow", "right": 3500, "left": 3000},
        {"part": "hand_from_wrist", "right": 3200, "left": 2800}, {"part": "thumb", "right": 1500, "left": 1200},
        {"part": "index_finger", "right": 900, "left": 700},
        {"part": "other_finger", "right": 400, "left": 300, "count": 3},
        {"part": "index_finger_phalanx", "right": 450, "left": 350, "count": 3},
        {"part": "other_finger_phalanx", "right": 200, "left": 150, "count": 9},
        {"part": "big_toe", "right": 500, "left": 500}, {"part": "second_toe", "rate": 300, "count": 2},
        {"part": "other_toe", "rate": 200, "count": 6}, {"part": "both_legs", "rate": 7000},
        {"part": "one_leg", "rate": 3500}, {"part": "both_feet", "rate": 5000}, {"part": "one_foot", "rate": 2500},
        {"part": "leg_shorter_by_less_than_5_cm", "rate": 1000}, {"part": "leg_shorter_by_5_to_7_5_cm", "rate": 2000},
        {"part": "leg_shorter_by_7_5_cm_or_more", "rate": 3000}, {"part": "both_eyes", "rate": 7000},
        {"part": "one_eye", "rate": 3500}, {"part": "sight", "rate": 700, "per": "10_percent"},
        {"part": "field_of_view", "rate": 700, "per": "10_percent"}, {"part": "colour_vision", "rate": 1000},
        {"part": "hearing_of_both_ears", "rate": 4000}, {"part": "hearing_of_one_ear", "rate": 2000},
        {"part": "hearing_loss_of_both_ears", "rate": 600, "per": "10_db"},
        {"part": "hearing_loss_of_one_ear", "rate": 300, "per": "10_db"}, {"part": "one_ear_lobe", "rate": 500},
        {"part": "both_ear_lobes", "rate": 1000}, {"part": "nose", "rate": 3000},
        {"part": "nasal_septum", "rate": 1500}, {"part": "smell", "rate": 1000},
        {"part": "scalp", "rate": 1000, "most": 3000}, {"part": "potency", "rate": 3000},
        {"part": "mind", "rate": 7000}, {"part": "work_capacity_51_to_70_percent", "rate": 4000},
        {"part": "work_capacity_26_to_50_percent", "rate": 2000},
        {"part": "work_capacity_10_to_25_percent", "rate": 500}
    ]' as parts
), schooling as (
    select jsonb '{"law": "PP 82/2019; Permenaker 5/2021", "children": 2, "age_below": 23, "years_at_once": 3, "levels": [
        {"level": "kindergarten", "amount": 1500000, "years": 2}, {"level": "primary", "amount": 1500000, "years": 6},
        {"level": "junior_secondary", "amount": 2000000, "years": 3}, {"level": "senior_secondary", "amount": 3000000, "years": 3},
        {"level": "higher", "amount": 12000000, "years": 5}]}' as jkk
), late as (
    select jsonb '{"rate": 100, "law": "PP 44/2015, art. 37", "certainty": "V"}' as jkk,
        jsonb '{"rate": 100, "law": "PP 44/2015, art. 40", "certainty": "V"}' as jkm
), gained (name, members) as (
    select 'jkk-2015-07', jsonb_build_object('late', late.jkk,
        'costs', jsonb '[{"kind": "medical_care", "law": "PP 44/2015, art. 25(2)a", "certainty": "V2"},
            {"kind": "transport", "mode": "land", "most": 1000000}, {"kind": "transport", "mode": "sea", "most": 1500000},
            {"kind": "transport", "mode": "air", "most": 2500000}, {"kind": "prosthesis", "markup": 40}, {"kind": "denture", "most": 3000000}]',
        'incapacity', jsonb '{"divisor": 30, "tiers": [{"months": 6, "percent": 100}, {"months": 6, "percent": 75}, {"percent": 50}]}',
        'disability', jsonb_build_object('multiple', 80, 'most', 7000, 'parts', parts, 'total',
            jsonb '[{"kind": "disability", "times": 56, "of_base": true}, {"kind": "periodic", "times": 24, "amount": 200000}]'))
    from parts, late
    union all
    select 'jkk-2019-12', jsonb_build_object('late', late.jkk, 'scholarship', schooling.jkk,
        'costs', jsonb '[{"kind": "medical_care", "law": "PP 44/2015, art. 25(2)a"},
            {"kind": "transport", "mode": "land", "most": 5000000, "certainty": "V"}, {"kind": "transport", "mode": "sea", "most": 2000000, "certainty": "V"},
            {"kind": "transport", "mode": "air", "most": 10000000, "certainty": "V"}, {"kind": "prosthesis", "markup": 40},
            {"kind": "denture", "most": 5000000}, {"kind": "hearing_aid", "most": 2500000}, {"kind": "spectacles", "most": 1000000},
            {"kind": "home_care", "most": 20000000, "months": 12, "certainty": "V"}]',
        'incapacity', jsonb '{"divisor": 30, "divisor_certainty": "K", "tiers": [{"months": 12, "percent": 100}, {"percent": 50}]}',
        'disability', jsonb_build_object('multiple', 80, 'most', 7000, 'certainty', 'K', 'parts', parts, 'total',
            jsonb '[{"kind": "disability", "times": 56, "of_base": true}, {"kind": "periodic", "times": 24, "amount": 500000}]'))
    from parts, schooling, late
    union all
    select 'jkm-2015-07', jsonb_build_object('late', late.jkm) from late
    union all
    select name, jsonb_build_object('late', late.jkm, 'scholarship', schooling.jkk || '{"months": 36}')
    from schooling, late, (values ('jkm-2019-12'), ('jkm-2025-02')) as schedules (name)
)
update tariff_rules r set body = g.members || r.body from gained g
where r.kind = 'benefit' and r.name = g.name and r.recorded_by is not null;

alter table tariff_rules
    enable trigger tariff_rules_kept,
    add constraint tariff_rules_kind_check
        check (kind in ('contribution', 'relief', 'benefit', 'ex_gratia', 'requirement', 'clock'));

-- A step of a claim names its rule alone: its programme stands on the claim.
update claims set steps = regexp_replace(steps::text, '"rule": "(jkk|jkm)_', '"rule": "', 'g')::jsonb;
