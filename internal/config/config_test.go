package config

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// told is a config after these arguments and this environment.
func told(t *testing.T, args, environ []string) (*Config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	c := Flags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return c, c.load(environ)
}

func TestAFlagBeatsAVariableBeatsADefault(t *testing.T) {
	t.Parallel()
	environ := []string{"NAUNGAN_LISTEN=0.0.0.0:80", "NAUNGAN_DATA_DIR=/data", "NAUNGAN_LOG_LEVEL=WARN", "HOME=/root"}
	c, err := told(t, []string{"--listen", "127.0.0.1:0"}, environ)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:0" || c.DataDir != "/data" || c.LogLevel != slog.LevelWarn || c.LogFormat != "json" {
		t.Errorf("told %+v", c)
	}
}

func TestAnEmptyVariableSaysNothing(t *testing.T) {
	t.Parallel()
	c, err := told(t, nil, []string{"NAUNGAN_LISTEN=", "NAUNGAN_DATABASE_URL="})
	if err != nil || c.Listen != "127.0.0.1:8080" {
		t.Errorf("listens on %q, %v", c.Listen, err)
	}
}

func TestAMisspeltVariableIsRefusedWithTheRightName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"NAUNGAN_DATADIR":      "NAUNGAN_DATA_DIR",
		"NAUNGAN_DATABASE_URI": "NAUNGAN_DATABASE_URL",
		"NAUNGAN_SECRET":       "NAUNGAN_KEYSET",
		"NAUNGAN_CLIENTID":     "NAUNGAN_CLIENT_ID",
	} {
		_, err := told(t, nil, []string{name + "=x"})
		if said := fmt.Sprint(err); !strings.Contains(said, name) || !strings.Contains(said, "did you mean NAUNGAN_") {
			t.Errorf("%s: %v", name, err)
		} else if name != "NAUNGAN_SECRET" && !strings.Contains(said, want+"?") {
			t.Errorf("%s: %v, not %s", name, err, want)
		}
	}
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := told(t, []string{"--listen", "8080", "--metrics-listen", ":http"}, []string{
		"NAUNGAN_DATABASE_URL=mysql://root:hunter2@db/x", "NAUNGAN_LOG_FORMAT=xml", "NAUNGAN_LOG_LEVEL=loud", "NAUNGAN_PORT=1",
	})
	said := fmt.Sprint(err)
	for _, name := range []string{"LISTEN", "METRICS_LISTEN", "DATABASE_URL", "LOG_FORMAT", "LOG_LEVEL", "PORT"} {
		if !strings.Contains(said, "NAUNGAN_"+name) {
			t.Errorf("nothing is said of NAUNGAN_%s: %s", name, said)
		}
	}
	if strings.Contains(said, "hunter2") {
		t.Errorf("the password is repeated: %s", said)
	}
}

func TestAnObjectStoreIsAnAddressAndTwoSecrets(t *testing.T) {
	t.Parallel()
	both := []string{"NAUNGAN_DOCUMENTS_KEY_ID=id", "NAUNGAN_DOCUMENTS_SECRET_KEY=hunter2"}
	for address, right := range map[string]bool{
		"s3://berkas/naungan?endpoint=s3.example.go.id": true, "": true,
		"https://berkas": false, "s3://": false, "s3://id:hunter2@berkas": false, "berkas": false,
	} {
		c, err := told(t, nil, append([]string{"NAUNGAN_DOCUMENTS_URL=" + address}, both...))
		if (err == nil) != right || strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
		if c.DocumentsKeyID != "id" || c.DocumentsSecretKey != "hunter2" {
			t.Errorf("%q: the secrets are not there", address)
		}
	}
	for _, only := range both {
		if _, err := told(t, []string{"--documents-url", "s3://berkas"}, []string{only}); !strings.Contains(fmt.Sprint(err), "NAUNGAN_DOCUMENTS_KEY_ID and NAUNGAN_DOCUMENTS_SECRET_KEY") {
			t.Errorf("%s alone: %v", only[:25], err)
		}
	}
	c, err := told(t, nil, []string{"NAUNGAN_SCANNER=clamdscan --no-summary -"})
	if err != nil || c.Scanner != "clamdscan --no-summary -" {
		t.Errorf("the scanner is %q, %v", c.Scanner, err)
	}
}

func TestVariablesOfTheClientAndOfPostgresAreKnown(t *testing.T) {
	t.Parallel()
	environ := []string{"NAUNGAN_URL=http://x", "NAUNGAN_CLIENT_ID=i", "NAUNGAN_CLIENT_SECRET=s", "NAUNGAN_PG_BIN=/bin"}
	if _, err := told(t, nil, environ); err != nil {
		t.Error(err)
	}
	c, err := loadCaller(environ)
	if err != nil || c != (Caller{"http://x", "i", "s"}) {
		t.Errorf("caller %+v, %v", c, err)
	}
}

func TestACallerIsToldAllThatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := loadCaller([]string{"NAUNGAN_CLIENT_ID=i"})
	said := fmt.Sprint(err)
	if !strings.Contains(said, "NAUNGAN_URL") || !strings.Contains(said, "NAUNGAN_CLIENT_SECRET") || strings.Contains(said, "CLIENT_ID") {
		t.Error(said)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	c, err := told(t, nil, []string{"NAUNGAN_KEYSET=hunter2", "NAUNGAN_DATABASE_URL=postgres://u:hunter2@db/x", "NAUNGAN_DOCUMENTS_SECRET_KEY=hunter2"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Keyset != "hunter2" || c.DatabaseURL != "postgres://u:hunter2@db/x" {
		t.Fatal("the secrets are not there")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%v %+v %#v %s %q %x", *c, *c, *c, c.Keyset, c.Keyset, c.Keyset)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("json", "config", c, "keyset", c.Keyset)
	slog.New(slog.NewTextHandler(&b, nil)).Info("text", "config", c, "keyset", c.Keyset)
	if strings.Contains(b.String(), "hunter2") || strings.Contains(b.String(), fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("printed: %s", b.String())
	}
}

func TestHelpNamesEachVariableAndNoSecret(t *testing.T) {
	t.Parallel()
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	Flags(flags)
	help := flags.FlagUsages()
	if !strings.Contains(help, "[NAUNGAN_DATA_DIR]") || !strings.Contains(help, "[NAUNGAN_SCANNER]") || !strings.Contains(help, "./var") || strings.Contains(strings.ToLower(help), "keyset") || strings.Contains(strings.ToLower(help), "secret") {
		t.Error(help)
	}
}
