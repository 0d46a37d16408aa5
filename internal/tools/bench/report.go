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
	"time"

	"github.com/jackc/pgx/v5"
)

// Between two such lines of the document stands what was measured of a subject; the
// rest is kept by hand.
const (
	markBegin = "<!-- %s, measured: written by make bench -->"
	markEnd   = "<!-- end of %s, measured -->"
)

// facts are what the numbers depend on.
type facts struct{ cpu, memory, system, postgres string }

func factsOf(ctx context.Context, db *pgx.Conn) (f facts, err error) {
	if err := db.QueryRow(ctx, "show server_version").Scan(&f.postgres); err != nil {
		return f, err
	}
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

func (f facts) String() string {
	return fmt.Sprintf("%d × %s, %s of memory, %s, %s, PostgreSQL %s.", runtime.NumCPU(), f.cpu, f.memory, f.system, runtime.Version(), f.postgres)
}

func renderReads(f facts, w *world, o options, cases []question, found map[string]rates) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s officers; %d rounds of %s each, in turns.\n\n", f, thousands(float64(w.officers)), o.rounds, o.turn)
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

func renderImports(f facts, found []*imported) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n\n", f)
	out.WriteString("| rows | | rows a second | bare COPY | Naungan ÷ COPY | receiving | staging | validating | committing | processor | memory |\n" +
		"|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, i := range found {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %.1f s | %.1f s | %.1f s | %.1f s | %.1f µs | %d MiB |\n",
			thousands(float64(i.rows)), i.what, thousands(i.perSecond()), thousands(i.barePerSecond()), fraction(i.ratio()),
			i.seconds(func(p pass) time.Duration { return p.receiving }), i.seconds(func(p pass) time.Duration { return p.staging }),
			i.seconds(func(p pass) time.Duration { return p.validating }), i.seconds(func(p pass) time.Duration { return p.committing }),
			i.busy.Seconds()/float64(i.rows*len(i.passes))*1e6, i.peak>>20)
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

// publish shows what was measured of a subject, and puts it into its place in the
// document.
func publish(path, subject, report string) error {
	fmt.Println(report)
	if path == "" {
		return nil
	}
	begin, end := fmt.Sprintf(markBegin, subject), fmt.Sprintf(markEnd, subject)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begun := bytes.Cut(text, []byte(begin))
	_, after, ended := bytes.Cut(rest, []byte(end))
	if !begun || !ended {
		return fmt.Errorf("%s: the markers of %s are missing", path, subject)
	}
	written := string(before) + begin + "\n\n" + report + "\n" + end + string(after)
	return os.WriteFile(path, []byte(written), 0o644) //nolint:gosec // a document for everybody
}
