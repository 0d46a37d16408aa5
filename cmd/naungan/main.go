// Command naungan is the server, and the client's commands.
//
// It owns how the rooms are put together, and what is kept in the data directory.
// It does not own what any of them does.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"naungan/internal/config"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is the program without its exit. The first signal asks it to stop in order;
// the second is not caught, and ends it at once.
func run(args []string) int {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, release)
	defer release()

	root := rootCommand()
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "naungan:", err)
		return exitStatus(err)
	}
	return 0
}

// exitError is an error with an exit status of its own.
type exitError struct {
	status int
	error
}

// exitStatus is 1 unless the error says otherwise.
func exitStatus(err error) int {
	if own, ok := errors.AsType[exitError](err); ok {
		return own.status
	}
	return 1
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "naungan",
		Short:             "Work-accident and death cover for election officers",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.AddCommand(serveCommand(), migrateCommand(), demoCommand(), clientsCommand(), pushCommand(), rowsCommand(), billCommand(), verifyInvoiceCommand(),
		healthCommand(), versionCommand())
	return root
}

// withSettings gives a command the settings of the server, loaded before it runs.
func withSettings(cmd *cobra.Command, do func(context.Context, *config.Config) error) *cobra.Command {
	settings := config.Flags(cmd.Flags())
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := settings.Load(); err != nil {
			return err
		}
		return do(cmd.Context(), settings)
	}
	return cmd
}

// withAddress gives a command the address of the server that has the same
// settings.
func withAddress(cmd *cobra.Command, do func(ctx context.Context, url string) error) *cobra.Command {
	return withSettings(cmd, func(ctx context.Context, c *config.Config) error { return do(ctx, urlOf(c.Listen)) })
}
