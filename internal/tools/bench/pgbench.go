package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// pgbench asks Postgres itself, without a program in between and without HTTP: no
// server can be faster.
type pgbench struct {
	path string
	args []string
}

// findPgbench returns nil where pgbench is not installed.
func findPgbench(address string) contestant {
	path, err := exec.LookPath("pgbench")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // fails on a bad pattern only
		if len(found) == 0 {
			return nil
		}
		path = found[len(found)-1]
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return pgbench{path, []string{
		"--no-vacuum", "--protocol=prepared", "--client=" + strconv.Itoa(poolSize), "--jobs=2", "--host=" + u.Query().Get("host"),
		"--username=" + u.User.Username(), strings.TrimPrefix(u.Path, "/"),
	}}
}

func (pgbench) title() string { return "pgbench" }

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

func (p pgbench) ask(ctx context.Context, q question, long time.Duration) (float64, error) {
	script, err := os.CreateTemp("", "naungan-bench-*.sql")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(script.Name()) }()
	if _, err := script.WriteString(q.pgbench); err != nil {
		return 0, err
	}
	if err := script.Close(); err != nil {
		return 0, err
	}
	args := append([]string{"--file=" + script.Name(), "--time=" + strconv.Itoa(max(1, int(long.Seconds())))}, p.args...)
	said, err := exec.CommandContext(ctx, p.path, args...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, said)
	}
	found := tps.FindSubmatch(said)
	if found == nil {
		return 0, fmt.Errorf("pgbench: no tps in %s", said)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// script asks a question of a random officer among the first n that the actor
// sees. The id is made from the number: see officerID and largeOfficer.
func (w *world) script(actor string, n int, sql string) string {
	number := ":i"
	if actor == "regency" {
		number = fmt.Sprintf("((:i / %d) / %d * %d + (:i / %d) %% %d) * %d + :i %% %d", batch, cycleLarge, cycle, batch, cycleLarge, batch, batch)
	}
	id := `(select (lpad(to_hex(:at::bigint), 12, '0') || '70008000000000000000')::uuid)`
	return fmt.Sprintf("\\set i random(0, %d)\n\\set at %d + %s\n%s\n", n-1, firstAt, number,
		strings.ReplaceAll(fmt.Sprintf(sql, "o.person_id, o.personal", "officers", actors[actor], id), "\n", " ")+";")
}
