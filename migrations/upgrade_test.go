package migrations_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"naungan/internal/tariff"
	"naungan/migrations"
)

// The rules of the program before it spoke of benefits, and what an administrator
// corrected of them, still make one tariff: coverage checks read it as it was known once.
// What was corrected keeps its numbers, and pays what schedules had no words for.
func TestTheTariffOfEarlierVersionsIsOneStill(t *testing.T) {
	t.Parallel()
	address := upTo(t, "0008")
	earlier, err := os.ReadFile("testdata/tariff_0008.json")
	if err != nil {
		t.Fatal(err)
	}
	db := connect(t, address)
	for _, statement := range []string{
		`set session_replication_role = replica`, // which asks for no area
		`insert into tariff_rules (kind, name, revision, body)
			select kind, name, 1, body from jsonb_to_recordset($1) as rules (kind text, name text, body jsonb)`,
		`insert into organisations (id, registered_by, name, kind, level, time_zone, version, created_at, updated_at)
			values (gen_random_uuid(), gen_random_uuid(), 'Kementerian', 'ministry', 'national', 'Asia/Jakarta', 1, now(), now())`,
		`insert into tariff_rules (kind, name, revision, body, recorded_by)
			select rules.kind, rules.name, 2, jsonb_set(body, '{items,0,minimum}', '21000000'), o.id
			from jsonb_to_recordset($1) as rules (kind text, name text, body jsonb), organisations o where rules.kind = 'death'`,
	} {
		args := []any{earlier}[:strings.Count(statement, "$1")]
		if _, err := db.Exec(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	later(t, address, "0008")

	read, err := tariff.From(rules(t, address), nil)
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := tariff.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range read.Clocks {
		now, _ := embedded.ClockVersion(c.Rule, 0)
		if now.Revision = c.Revision; c != now {
			t.Errorf("%s is %+v, and comes with the program as %+v", c.Rule, c, now)
		}
	}
	for _, s := range read.Benefits {
		now, _ := embedded.BenefitSchedule(s.Name, 0)
		if s.Items[0].Minimum != 21_000_000 {
			t.Errorf("%s lost what was corrected: %+v", s.Name, s.Items[0])
		}
		now.Items, now.Revision = s.Items, s.Revision
		if got, want := text(t, s), text(t, now); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", s.Name, got, want)
		}
	}
	if _, err := connect(t, address).Exec(t.Context(), `update tariff_rules set name = name`); err == nil {
		t.Error("a rule was changed")
	}
}

// What claims of injuries asked for as amounts before losses had words is asked for
// still; what was paid is left alone.
func TestClaimsOfInjuriesKeepWhatTheyAskedFor(t *testing.T) {
	t.Parallel()
	const care = `[{"kind": "medical_care", "amount": 4250000}]`
	for name, tt := range map[string]struct {
		programme, status, outcome, items, losses string
	}{
		"costs are what they were": {
			"jkk", "submitted", "injured",
			`[{"kind": "medical_care", "amount": 4250000}, {"kind": "transport", "amount": 500000}]`,
			`[{"cost": 4250000, "kind": "medical_care"}, {"cost": 500000, "kind": "transport"}]`,
		},
		"of what is computed now the kind is known": {
			"jkk", "draft", "injured",
			`[{"kind": "temporary_incapacity", "amount": 1}, {"kind": "disability", "amount": 2}, {"kind": "prosthesis", "amount": 3}]`,
			`[{"kind": "temporary_incapacity"}, {"kind": "disability"}, {"kind": "prosthesis"}]`,
		},
		"what follows from a disability is no loss":      {"jkk", "draft", "injured", `[{"kind": "periodic", "amount": 4800000}]`, `[]`},
		"what is approved may yet be reopened":           {"jkk", "approved", "injured", care, `[{"cost": 4250000, "kind": "medical_care"}]`},
		"what is paid stays":                             {"jkk", "paid", "injured", care, `[]`},
		"what a death pays was computed, and is no loss": {"jkk", "draft", "died", `[{"kind": "funeral", "amount": 10000000}]`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := upTo(t, "0012")
			db := connect(t, address)
			for _, statement := range []string{
				`set session_replication_role = replica`,
				`insert into incidents (id, officer_id, organisation_id, reported_by, kind, outcome, occurred_at, place, account, report_due_at,
					uncovered_reason, version, created_at, updated_at)
				values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'accident', $1, now(), 'TPS 1', '', now(),
					'uncovered_unpaid', 1, now(), now())`,
				`insert into claims (id, incident_id, officer_id, agreement_id, organiser_id, branch_id, coverage_period_id, programme, status,
					wage_base, items, steps, amount, version, created_at, updated_at)
				select id, id, officer_id, officer_id, officer_id, officer_id, officer_id, $1, $2, 1, $3, '[]', 1, 1, now(), now() from incidents`,
			} {
				args := []any{tt.programme, tt.status, tt.items}
				if strings.Count(statement, "$") == 1 {
					args = []any{tt.outcome}
				} else if !strings.Contains(statement, "$") {
					args = nil
				}
				if _, err := db.Exec(t.Context(), statement, args...); err != nil {
					t.Fatal(err)
				}
			}
			later(t, address, "0012")
			var losses string
			if err := db.QueryRow(t.Context(), `select losses::text from claims`).Scan(&losses); err != nil {
				t.Fatal(err)
			}
			if losses != tt.losses {
				t.Errorf("losses are %s, want %s", losses, tt.losses)
			}
		})
	}
}

// upTo makes a database as it was after a migration; later brings it on from there.
func upTo(t *testing.T, number string) string {
	t.Helper()
	address := empty(t)
	for _, name := range files(t) {
		if name[:len(number)] <= number {
			execute(t, address, file(t, name))
		}
	}
	return address
}

func later(t *testing.T, address, number string) {
	t.Helper()
	for _, name := range files(t) {
		if name[:len(number)] > number {
			execute(t, address, file(t, name))
		}
	}
}

func files(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func file(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(migrations.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	db, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	return db
}

func rules(t *testing.T, address string) []tariff.Rule {
	t.Helper()
	rows, err := connect(t, address).Query(t.Context(), `select kind, name, revision, body from tariff_rules`)
	if err != nil {
		t.Fatal(err)
	}
	read, err := pgx.CollectRows(rows, pgx.RowToStructByPos[tariff.Rule])
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
