package rules_test

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^(\d{4})_[a-z0-9]+(_[a-z0-9]+)*\.sql$`)
	for i, file := range migrations(t) {
		number := fmt.Sprintf("%04d", i+1)
		switch match := name.FindStringSubmatch(path.Base(file)); {
		case match == nil:
			t.Errorf("%s is not named NNNN_words.sql", file)
		case match[1] != number:
			t.Errorf("%s should be number %s", file, number)
		}
	}
}

// A release that has to go back is followed by another migration; a down section
// is code that nobody runs until the day it loses data.
func TestMigrationsOnlyGoForward(t *testing.T) {
	t.Parallel()
	down := regexp.MustCompile(`(?i)--\s*\+goose\s+down`)
	for _, file := range migrations(t) {
		if down.Match(contents(t, file)) {
			t.Errorf("%s has a down section", file)
		}
	}
}

// The store tells callers what a broken constraint means by its name, so a name
// that Postgres made up, or cut off, is a refusal nobody can explain.
func TestEveryConstraintAndIndexIsNamed(t *testing.T) {
	t.Parallel()
	for _, file := range migrations(t) {
		for _, fault := range anonymous(string(contents(t, file))) {
			t.Errorf("%s: %s", file, fault)
		}
	}
}

func TestAnonymousConstraintsAreFound(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sql    string
		faults int
	}{
		"a named check":               {"a text constraint t_a_check check (a <> '')", 0},
		"a check":                     {"a text check (a <> '')", 1},
		"a named unique":              {"constraint t_a_key unique (a)", 0},
		"a unique column":             {"a text not null unique", 1},
		"a named reference":           {"a uuid constraint t_a_fkey references b", 0},
		"a reference":                 {"a uuid not null references b (id)", 1},
		"a named foreign key":         {"constraint t_a_fkey foreign key (a, b) references c (a, b)", 0},
		"a foreign key":               {"foreign key (a, b) references c (a, b)", 1},
		"a named exclusion":           {"constraint t_p_excl exclude using gist (a with =)", 0},
		"an exclusion":                {"exclude using gist (a with =)", 1},
		"a primary key":               {"id uuid primary key, primary key (a, b)", 0},
		"a named index":               {"create unique index t_a_key on t (a); create index concurrently if not exists t_b_idx on t (b)", 0},
		"an index":                    {"create index on t (a)", 1},
		"a unique index":              {"create unique index concurrently on t (a)", 1},
		"a word in a comment":         {"-- unique, check (this)\n/* references b */ a text", 0},
		"a word in a string":          {"comment on column t.a is 'unique; check (this)'", 0},
		"a word in a function":        {"create function f() returns void as $body$ select 1 check (unique) $body$ language sql", 0},
		"a policy":                    {"create policy p on t with check (true)", 0},
		"a name that would be cut":    {"constraint " + strings.Repeat("x", 64) + " unique (a)", 1},
		"a constraint that is let go": {"alter table t drop constraint t_a_key", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if faults := anonymous(tt.sql); len(faults) != tt.faults {
				t.Errorf("found %q", faults)
			}
		})
	}
}

var (
	prose      = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\w*\$|'(?:[^']|'')*'`)
	constraint = regexp.MustCompile(`\b(unique|check\s*\(|references|foreign\s+key|exclude\s+using)`)
	named      = regexp.MustCompile(`\bconstraint\s+"?\w+"?\s+$`)
	spokenFor  = regexp.MustCompile(`(\bcreate\s+|\bwith\s+|\bforeign\s+key\s*\([^)]*\)\s*)$`)
	index      = regexp.MustCompile(`\bindex\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?on\b`)
	long       = regexp.MustCompile(`\b(?:constraint|index)\s+(\w{64,})`)
)

// anonymous finds constraints and indexes that Postgres would have to name, and
// names that it would cut off after 63 bytes. It reads words, not grammar: enough
// for migrations, which are reviewed besides.
func anonymous(sql string) (faults []string) {
	sql = strings.ToLower(prose.ReplaceAllString(sql, "''"))
	for _, at := range constraint.FindAllStringIndex(sql, -1) {
		if before := sql[:at[0]]; !named.MatchString(before) && !spokenFor.MatchString(before) {
			faults = append(faults, "a constraint without a name: "+excerpt(sql, at[0]))
		}
	}
	for _, at := range index.FindAllStringIndex(sql, -1) {
		faults = append(faults, "an index without a name: "+excerpt(sql, at[0]))
	}
	for _, match := range long.FindAllStringSubmatch(sql, -1) {
		faults = append(faults, "a name of more than 63 bytes: "+match[1])
	}
	return faults
}

// excerpt shows what stands around a place, on one line.
func excerpt(text string, at int) string {
	return strings.Join(strings.Fields(text[max(0, at-40):min(len(text), at+40)]), " ")
}

func migrations(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "migrations", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no migrations: %v", err)
	}
	slices.Sort(files)
	for i, file := range files {
		files[i] = "migrations/" + filepath.Base(file)
	}
	return files
}
