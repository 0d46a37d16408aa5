//go:build unix

package localpg

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ensureCluster makes the cluster of a new home. It grows under another name and
// is renamed when complete, so that one cut short is never taken for a cluster.
func ensureCluster(ctx context.Context, h home, bin string, o Options) error {
	clearStubs(h)
	if exists(h.data()) {
		return nil
	}
	stub, err := os.MkdirTemp(h.dir, stubPrefix)
	if err != nil {
		return err
	}
	if err := os.Lchown(stub, h.user.uid, h.user.gid); err != nil {
		return err
	}
	if err := initdb(ctx, h.user, bin, stub, o); err != nil {
		return err
	}
	return os.Rename(stub, h.data())
}

const stubPrefix = "initdb-"

// clearStubs removes what an initdb that was cut short has left. What cannot be
// removed yet, because it still runs, waits for the next start.
func clearStubs(h home) {
	stubs, _ := filepath.Glob(h.path(stubPrefix + "*")) // fails on a bad pattern only
	for _, stub := range stubs {
		_ = os.RemoveAll(stub)
	}
}

// initdb makes a cluster. Names sort by bytes (locale C) on every machine, and
// whoever can enter the folder of the socket is trusted.
func initdb(ctx context.Context, user account, bin, dir string, o Options) error {
	args := []string{"-D", dir, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C"}
	if o.Scratch {
		args = append(args, "--no-sync")
	}
	var said bytes.Buffer
	cmd := user.command(ctx, bin+"/initdb", args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	p, err := spawn(cmd)
	if err != nil {
		return err
	}
	<-p.done
	if p.err != nil {
		return fmt.Errorf("initdb: %w: %s", p.err, strings.TrimSpace(said.String()))
	}
	return nil
}

// clusterVersion is the major version of Postgres that made a home's cluster, 0
// when there is none yet.
func clusterVersion(h home) (int, error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// settings are the arguments of postgres. They are given anew at each start, so
// that an older cluster has today's settings.
func settings(h home, o Options) []string {
	all := maps.Clone(everyday)
	if o.Scratch {
		maps.Copy(all, scratch)
	}
	all["unix_socket_directories"] = `"` + strings.ReplaceAll(h.socket, `"`, `""`) + `"`

	args := []string{"-D", h.data()}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}

var everyday = map[string]string{
	"listen_addresses":        "", // the socket only
	"port":                    "5432",
	"unix_socket_permissions": "0700",
	"max_connections":         "100",
	"timezone":                "UTC",

	// Sized for an import of a million rows on a small machine: the merge wants
	// work memory, the copy wants few checkpoints, and compiling plans for such
	// statements costs more than it saves.
	"shared_buffers":       "256MB",
	"max_wal_size":         "4GB",
	"work_mem":             "32MB",
	"maintenance_work_mem": "256MB",
	"jit":                  "off",

	// No personal data in the log. A statement, its parameters, the detail of a
	// violated constraint and even the message of a failed cast hold values of
	// rows. So errors of statements are not logged at all, since we hear of them
	// anyway, and what is logged is terse.
	"log_min_messages":                  "log", // above error, below fatal
	"log_min_error_statement":           "panic",
	"log_error_verbosity":               "terse",
	"log_statement":                     "none",
	"log_min_duration_statement":        "-1",
	"log_min_duration_sample":           "-1",
	"log_parameter_max_length":          "0",
	"log_parameter_max_length_on_error": "0",
	"log_timezone":                      "UTC",
}

var scratch = map[string]string{
	"fsync":              "off",
	"synchronous_commit": "off",
	"full_page_writes":   "off",
	"wal_level":          "minimal",
	"max_wal_senders":    "0",
	"max_connections":    "400", // parallel tests, each with a pool
}
