//go:build unix

package localpg

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// oldest is the oldest major version of Postgres that runs our SQL.
const oldest = 15

// usualPlaces are where package managers put the programs.
var usualPlaces = []string{
	"/usr/lib/postgresql/*/bin",                               // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                        // Fedora, Red Hat
	"/usr/libexec/postgresql*",                                // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                      // macOS, Apple silicon
	"/usr/local/opt/postgresql@*/bin",                         // macOS, Intel
	"/Applications/Postgres.app/Contents/Versions/[0-9]*/bin", // macOS, Postgres.app
}

// findPrograms gives the folder with the postgres and initdb that run a home: of
// the version that made its cluster, if there is one.
func findPrograms(ctx context.Context, h home, log *slog.Logger) (string, error) {
	made, err := clusterVersion(h)
	if err != nil {
		return "", err
	}
	if bin := os.Getenv("NAUNGAN_PG_BIN"); bin != "" {
		return bin, h.user.tries(ctx, bin, made)
	}
	for _, bin := range installed() {
		if h.user.tries(ctx, bin, made) == nil {
			return bin, nil
		}
	}
	bin, err := fetched(ctx, made, log)
	if err == nil {
		err = h.user.tries(ctx, bin, made)
	}
	if err != nil {
		return "", fmt.Errorf("no Postgres to run: %s, or set NAUNGAN_PG_BIN or NAUNGAN_DATABASE_URL (%w)", remedy(made), err)
	}
	return bin, nil
}

func remedy(made int) string {
	if made != 0 {
		return fmt.Sprintf("install Postgres %d, which made this cluster", made)
	}
	return "run `apt-get install postgresql` or `brew install postgresql@17`"
}

// installed lists the folders that hold a postgres, in the order to try them.
func installed() []string {
	var found []string
	if program, err := exec.LookPath("postgres"); err == nil {
		found = append(found, filepath.Dir(program))
	}
	for _, place := range usualPlaces {
		bins, _ := filepath.Glob(place) // fails on a bad pattern only
		slices.Reverse(bins)            // the newest first
		found = append(found, bins...)
	}
	return found
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// tries runs the programs of a folder for their version, and so finds out too
// whether this user can reach them. Wants the version made, any if that is 0.
func (a account) tries(ctx context.Context, bin string, made int) error {
	for _, program := range []string{"/initdb", "/postgres"} {
		said, err := a.command(ctx, bin+program, "--version").Output()
		if err != nil {
			return fmt.Errorf("%s%s: %w", bin, program, err)
		}
		match := versionPattern.FindSubmatch(said)
		if match == nil {
			return fmt.Errorf("%s%s is not of Postgres", bin, program)
		}
		version, err := strconv.Atoi(string(match[1]))
		if err != nil {
			return err
		}
		if version < oldest || made != 0 && version != made {
			return fmt.Errorf("%s%s is of Postgres %d", bin, program, version)
		}
	}
	return nil
}
