package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	openapi_types "github.com/oapi-codegen/runtime/types"
	"github.com/spf13/cobra"

	"naungan/client"
	"naungan/internal/config"
)

func demoCommand() *cobra.Command {
	var exit bool
	cmd := withSettings(&cobra.Command{
		Use:   "demo",
		Short: "Tell the story of Kapuas Hulu, 2024, and stay up",
		Long: `Serve on a database of its own, tell the story of Kapuas Hulu in 2024 step by step
over HTTP, assert every number, and stay up with /docs until told to stop.

The clock of the server is that of the story. Nothing is kept: the data directory
is a temporary one, and no other database is touched.`,
	}, func(ctx context.Context, c *config.Config) error { return demo(ctx, c, exit) })
	cmd.Flags().BoolVar(&exit, "exit", false, "end after the story, with status 0 if every number holds and 1 if not")
	return cmd
}

// demo tells the story on a database of its own.
func demo(ctx context.Context, c *config.Config, exit bool) (err error) {
	c.LogLevel = max(c.LogLevel, slog.LevelWarn) // the story is what there is to read
	slog.SetDefault(newLog(os.Stderr, c))
	tuneMemory()
	dir, err := os.MkdirTemp("", "naungan-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	own := *c
	own.DataDir, own.DatabaseURL, own.Keyset = filepath.Join(dir, "data"), "", ""
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // the private Postgres of root belongs to another user
		return err
	}

	fmt.Println("Starting a private Postgres, migrating, and loading 91,599 areas …")
	clock := &storyClock{}
	clock.set(chapters[0].day)
	p, err := open(ctx, &own, world{now: clock.now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	admin, err := readCredentials(filepath.Join(own.DataDir, adminFile))
	if err != nil {
		return err
	}
	s := &story{
		ctx: ctx, out: os.Stdout, url: p.url, clock: clock,
		keys:          map[string]credentials{"administrator": {admin.ClientID.String(), admin.ClientSecret}},
		acting:        map[string]*client.ClientWithResponses{},
		organisations: map[string]openapi_types.UUID{},
	}
	if err := s.tell(); err != nil || exit {
		return err
	}
	fmt.Printf("\nStill serving: %s/docs\nThe administrator's client is in %s\nCtrl-C ends it.\n",
		p.url, filepath.Join(own.DataDir, adminFile))
	return p.Wait(ctx)
}
