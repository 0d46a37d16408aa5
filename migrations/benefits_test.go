package migrations_test

import (
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"naungan/internal/pgtest"
)

// What a ministry corrected of deaths, and claims that are open, keep their meaning under
// the names that benefits have now; and rules cannot be changed afterwards either.
func TestWhatDeathsPaidIsWhatProgrammesPay(t *testing.T) {
	t.Parallel()
	address := pgtest.New(t)
	migration, err := os.ReadFile("0009_benefits.sql")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, address, `
		alter table tariff_rules drop constraint tariff_rules_kind_check;
		alter table tariff_rules add constraint tariff_rules_kind_check check (kind in ('contribution', 'relief', 'death', 'clock'));
		insert into tariff_rules (kind, name, revision, body) values
			('death', 'jkm-x', 1, '{"items": [{"kind": "lump_sum", "times": 1}], "waiting": {"pays": ["funeral", "lump_sum"]}}');
		set session_replication_role = replica;
		insert into claims (id, incident_id, officer_id, agreement_id, organiser_id, branch_id, coverage_period_id, programme, status,
			wage_base, items, steps, amount, version, created_at, updated_at)
		select id, id, id, id, id, id, id, 'jkk', 'draft', 1, '[]', '[{"rule": "jkk_death"}, {"rule": "jkk_total"}]', 1, 1, now(), now()
		from (select gen_random_uuid() as id) one`)
	execute(t, address, string(migration))
	db, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	var rule, steps string
	if err := db.QueryRow(t.Context(), `select kind || body::text from tariff_rules where name = 'jkm-x'`).Scan(&rule); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(rule, "lump_sum") || !strings.HasPrefix(rule, "benefit") || strings.Count(rule, `"death"`) != 2 {
		t.Errorf("the rule is %s", rule)
	}
	if err := db.QueryRow(t.Context(), `select steps::text from claims`).Scan(&steps); err != nil {
		t.Fatal(err)
	}
	if steps != `[{"rule": "death"}, {"rule": "total"}]` {
		t.Errorf("the steps are %s", steps)
	}
	if _, err := db.Exec(t.Context(), `update tariff_rules set name = 'jkm-y'`); err == nil {
		t.Error("a rule was changed")
	}
}
