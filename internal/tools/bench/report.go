package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Between these lines of the document stands what was measured; the rest is kept
// by hand.
const (
	markBegin = "<!-- measured: written by make bench -->"
	markEnd   = "<!-- end of what was measured -->"
)

// facts are what the numbers depend on.
type facts struct {
	cpu, memory, system, postgres string
	officers, rounds              int
	turn                          string
}

func factsOf(ctx context.Context, url string, w *world, o options) (f facts, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return f, err
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := conn.QueryRow(ctx, "show server_version").Scan(&f.postgres); err != nil {
		return f, err
	}
	f.officers, f.rounds, f.turn = w.officers, o.rounds, o.turn.String()
	f.cpu = grasp("/proc/cpuinfo", `(?m)^model name\s*: (.*)$`)
	f.system = grasp("/etc/os-release", `(?m)^PRETTY_NAME="?([^"\n]*)`)
	if kib, err := strconv.Atoi(grasp("/proc/meminfo", `(?m)^MemTotal:\s*([0-9]+)`)); err == nil {
		f.memory = fmt.Sprintf("%d GiB", kib>>20)
	}
	return f, nil
}

// grasp takes the first match out of a file that need not be there.
func grasp(path, pattern string) string {
	text, _ := os.ReadFile(path)
	found := regexp.MustCompile(pattern).FindSubmatch(text)
	if found == nil {
		return "unknown"
	}
	return string(found[1])
}

func render(f facts, cases []question, found map[string]rates) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d × %s, %s of memory, %s, %s, PostgreSQL %s. %s officers; %d rounds of %s each, in turns.\n\n",
		runtime.NumCPU(), f.cpu, f.memory, f.system, runtime.Version(), f.postgres, thousands(float64(f.officers)), f.rounds, f.turn)
	out.WriteString("| requests a second, median | Naungan | plain pgx | pgbench | Naungan ÷ plain pgx | Naungan ÷ pgbench |\n|---|--:|--:|--:|--:|--:|\n")
	for _, q := range cases {
		r := found[q.name]
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s |\n", q.name, thousands(r.rate("Naungan")), thousands(r.rate("plain pgx")),
			thousands(r.rate("pgbench")), fraction(r.ratio("Naungan", "plain pgx")), fraction(r.ratio("Naungan", "pgbench")))
	}
	out.WriteString("\nA ratio is the median of the rounds' own ratios, and so not quite that of the medians.\n")
	if found[cases[0].name]["pgbench"] == nil {
		out.WriteString("\npgbench is not installed here, so that nothing can be said of it; `.ci/setup pgbench` installs it.\n")
	}
	return out.String()
}

func fraction(v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", v)
}

// thousands writes a number with commas; nothing at all as a dash.
func thousands(v float64) string {
	if v == 0 {
		return "–"
	}
	s := strconv.Itoa(int(v + 0.5))
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// writeBetweenMarkers puts a report into its place in a document.
func writeBetweenMarkers(path, report string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begun := bytes.Cut(text, []byte(markBegin))
	_, after, ended := bytes.Cut(rest, []byte(markEnd))
	if !begun || !ended {
		return fmt.Errorf("%s: the markers are missing", path)
	}
	written := string(before) + markBegin + "\n\n" + report + "\n" + markEnd + string(after)
	return os.WriteFile(path, []byte(written), 0o644) //nolint:gosec // a document for everybody
}
