package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"naungan/internal/config"
	"naungan/migrations"
)

func migrateCommand() *cobra.Command {
	return withSettings(&cobra.Command{
		Use:   "migrate",
		Short: "Bring a database to this version",
		Long: `Bring a database to this version; that of the data directory where no address is
given. Each step happens whole or not at all. A newer database is refused.`,
	}, migrate)
}

func migrate(ctx context.Context, c *config.Config) (err error) {
	slog.SetDefault(newLog(os.Stderr, c))
	if err := ensureDataDir(c.DataDir); err != nil {
		return err
	}
	p := &program{config: c, log: slog.Default()}
	defer func() { err = errors.Join(err, p.Close()) }()
	url, err := p.database(ctx)
	if err != nil {
		return err
	}
	before, err := migrations.Version(ctx, url)
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, url); err != nil {
		return err
	}
	slog.InfoContext(ctx, "migrated", "from", before, "to", migrations.Latest())
	return nil
}
