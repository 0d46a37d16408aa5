package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"naungan/internal/config"
)

func serveCommand() *cobra.Command {
	return withSettings(&cobra.Command{
		Use:   "serve",
		Short: "Migrate and serve",
		Long: `Migrate the database and serve the API, until told to stop.

Without a database address a private Postgres is run in the data directory. On the
first start the administrator's client is made; its secret is put into
admin-client.json in the data directory and shown nowhere else.

NAUNGAN_KEYSET may hold the key document, instead of keyset.json in the data
directory; it has no flag, because it is secret. Neither have NAUNGAN_DOCUMENTS_KEY_ID
and NAUNGAN_DOCUMENTS_SECRET_KEY, the credentials of the object store.`,
	}, serve)
}

// serve runs until the context is done, or until it cannot go on.
func serve(ctx context.Context, c *config.Config) error {
	slog.SetDefault(newLog(os.Stderr, c))
	tuneMemory()
	p, err := open(ctx, c, world{})
	if ctx.Err() != nil && err != nil {
		slog.Info("stopped before it was ready")
		return nil
	}
	if err != nil {
		return err
	}
	failure := p.Wait(ctx)
	slog.Info("stopping")
	return errors.Join(failure, p.Close())
}

func newLog(w io.Writer, c *config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// memoryLimit is where collections become frequent. What is held is some tens of
// megabytes, and an import of any size adds little: collections as Go makes them by
// itself keep the whole below 128 MiB.
const memoryLimit = 1 << 30

// tuneMemory leaves alone what the environment says to Go itself.
func tuneMemory() {
	if _, said := os.LookupEnv("GOMEMLIMIT"); !said {
		debug.SetMemoryLimit(memoryLimit)
	}
}
