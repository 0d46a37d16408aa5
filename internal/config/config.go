// Package config reads what the program is told: by flags, and by variables of
// the environment that begin with NAUNGAN_.
//
// It owns the names of settings, their defaults, and what may be said of each. It
// does not own what they mean (cmd/naungan). Each setting of the server is a flag
// and a variable, --data-dir and NAUNGAN_DATA_DIR; the flag counts for more. The
// secret ones are variables only, because every user of a machine may read the
// arguments of a process.
//
// A misspelt name would be a setting that nobody notices is not there, so an
// unknown NAUNGAN_ variable is an error.
package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/pflag"
)

// Config is what the server is told.
type Config struct {
	Listen        string // where it serves, HOST:PORT
	MetricsListen string // where it serves its counters; empty for nowhere
	DataDir       string // what it keeps beside the database
	DatabaseURL   Secret // may hold a password; empty for a private Postgres
	DocumentsURL  string // the object store for documents, s3://...; empty for the database
	Scanner       string // the command that looks at documents; empty for none
	LogFormat     string // json or text
	LogLevel      slog.Level
	Keyset        Secret // the key document; empty for the one in DataDir

	// The credentials of the object store.
	DocumentsKeyID     Secret
	DocumentsSecretKey Secret

	flags *pflag.FlagSet
}

// Caller is what a client's command is told.
type Caller struct {
	URL          string
	ClientID     string
	ClientSecret Secret
}

// Secret is text that is never printed, whatever prints it.
type Secret string

// Format writes a placeholder, for every verb.
func (Secret) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[secret]") }

// MarshalText gives a placeholder, to JSON and to the log.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// prefix is that of every variable of ours.
const prefix = "NAUNGAN_"

// Variables that are no flags.
const (
	keyset       = prefix + "KEYSET"
	objectKeyID  = prefix + "DOCUMENTS_KEY_ID"
	objectSecret = prefix + "DOCUMENTS_SECRET_KEY"
	callerURL    = prefix + "URL"
	callerID     = prefix + "CLIENT_ID"
	callerSecret = prefix + "CLIENT_SECRET"
	postgresBin  = prefix + "PG_BIN" // read by localpg
)

// Flags adds the settings of the server to a command's flags. What is told is
// there after Load.
func Flags(to *pflag.FlagSet) *Config {
	c := &Config{flags: pflag.NewFlagSet("", pflag.ContinueOnError)}
	c.flags.StringVar(&c.Listen, "listen", "127.0.0.1:8080", "where to serve, HOST:PORT")
	c.flags.StringVar(&c.MetricsListen, "metrics-listen", "", "where to serve counters for Prometheus, HOST:PORT; empty for nowhere")
	c.flags.StringVar(&c.DataDir, "data-dir", "./var", "folder for keys, the administrator's client and the private Postgres")
	c.flags.StringVar((*string)(&c.DatabaseURL), "database-url", "", "address of a database, postgres://...; empty for a private Postgres")
	c.flags.StringVar(&c.DocumentsURL, "documents-url", "", "where to keep documents, s3://BUCKET/PREFIX?endpoint=...&region=...; empty for the database")
	c.flags.StringVar(&c.Scanner, "scanner", "", "command that looks at each document on its input and exits with 0 if it is clean and 1 if not; empty for none")
	c.flags.StringVar(&c.LogFormat, "log-format", "json", "json or text")
	c.flags.TextVar(&c.LogLevel, "log-level", slog.LevelInfo, "debug, info, warn or error")
	c.flags.VisitAll(func(f *pflag.Flag) { f.Usage += " [" + variable(f.Name) + "]" })
	to.AddFlagSet(c.flags)
	return c
}

// Load takes what the environment says where no flag does, and reports every
// fault at once.
func (c *Config) Load() error { return c.load(os.Environ()) }

func (c *Config) load(environ []string) error {
	said := variables(environ)
	faults := []error{unknown(said)}
	c.flags.VisitAll(func(f *pflag.Flag) {
		value := said[variable(f.Name)]
		if value == "" || f.Changed {
			return
		}
		if f.Value.Set(value) != nil { // its error repeats the value
			faults = append(faults, fmt.Errorf("%s is not %s", variable(f.Name), f.Usage))
		}
	})
	c.Keyset = Secret(said[keyset])
	c.DocumentsKeyID, c.DocumentsSecretKey = Secret(said[objectKeyID]), Secret(said[objectSecret])
	return errors.Join(append(faults, c.Validate())...)
}

// Validate reports every fault at once. It names settings as variables.
func (c *Config) Validate() error {
	return errors.Join(
		fault(address(c.Listen), "listen", "is not HOST:PORT"),
		fault(c.MetricsListen == "" || address(c.MetricsListen), "metrics-listen", "is neither HOST:PORT nor empty"),
		fault(c.MetricsListen != c.Listen, "metrics-listen", "is where the API is served; it belongs on a port of its own"),
		fault(c.DataDir != "", "data-dir", "is empty"),
		fault(c.DatabaseURL == "" || database(string(c.DatabaseURL)), "database-url", "is no postgres:// address"),
		fault(c.DocumentsURL == "" || bucket(c.DocumentsURL), "documents-url", "is no s3:// address, or holds credentials, which belong into "+objectKeyID+" and "+objectSecret),
		fault(c.DocumentsURL == "" || c.DocumentsKeyID != "" && c.DocumentsSecretKey != "", "documents-url", "needs "+objectKeyID+" and "+objectSecret),
		fault(slices.Contains([]string{"json", "text"}, c.LogFormat), "log-format", "is neither json nor text"),
	)
}

func fault(right bool, flag, wrong string) error {
	if right {
		return nil
	}
	return fmt.Errorf("%s (--%s) %s", variable(flag), flag, wrong)
}

func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func database(s string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains([]string{"postgres", "postgresql"}, u.Scheme)
}

func bucket(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "s3" && u.Host != "" && u.User == nil
}

// LoadCaller reads what a client's command is told. Refuses an environment in
// which some of it is missing.
func LoadCaller() (Caller, error) { return loadCaller(os.Environ()) }

func loadCaller(environ []string) (Caller, error) {
	said := variables(environ)
	faults := []error{unknown(said)}
	for _, name := range []string{callerURL, callerID, callerSecret} {
		if said[name] == "" {
			faults = append(faults, fmt.Errorf("%s is not set", name))
		}
	}
	return Caller{said[callerURL], said[callerID], Secret(said[callerSecret])}, errors.Join(faults...)
}

// variables are those of ours.
func variables(environ []string) map[string]string {
	said := map[string]string{}
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, prefix) {
			said[name] = value
		}
	}
	return said
}

// variable is the name of a flag's variable.
func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// unknown refuses names that mean nothing, and guesses what was meant.
func unknown(said map[string]string) error {
	known := []string{keyset, objectKeyID, objectSecret, callerURL, callerID, callerSecret, postgresBin}
	Flags(pflag.NewFlagSet("", pflag.ContinueOnError)).flags.VisitAll(func(f *pflag.Flag) {
		known = append(known, variable(f.Name))
	})
	var faults []error
	for name := range said {
		if !slices.Contains(known, name) {
			faults = append(faults, fmt.Errorf("%s is no setting; did you mean %s?", name, nearest(name, known)))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int {
		return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
	})
}
