package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"naungan/internal/billing"
	"naungan/internal/config"
	"naungan/internal/cover"
)

func billCommand() *cobra.Command {
	var month string
	cmd := &cobra.Command{
		Use:   "bill",
		Short: "Draft and issue what is due now",
		Long: `Draft and issue the invoices that are due now under agreements that are billed
automatically, months that were missed included. serve does the same every hour; to run
it again, or at the same time, bills nothing twice.

A month is due to be billed from the month on in which it is to be paid. One whose invoice was
voided waits for somebody, and an invoice that no budget has room for stays a draft.`,
	}
	cmd.Flags().StringVar(&month, "month", "", "only this contribution month, YYYY-MM")
	return withSettings(cmd, func(ctx context.Context, c *config.Config) error { return bill(ctx, c, month) })
}

func bill(ctx context.Context, c *config.Config, month string) (err error) {
	var only cover.Month
	if month != "" {
		if only, err = cover.ParseMonth(month); err != nil {
			return fmt.Errorf("--month: %w", err)
		}
	}
	slog.SetDefault(newLog(os.Stderr, c))
	p := &program{config: c, log: slog.Default(), beside: true}
	defer func() { err = errors.Join(err, p.Close()) }()
	if err := p.openStore(ctx, time.Now); err != nil {
		return err
	}
	ran, err := billing.Run(ctx, p.store, only)
	if err != nil {
		return err
	}
	fmt.Printf("%d invoices issued for %d officers; %d stay drafts, %d could not be billed\n",
		ran.Issued, ran.Officers, ran.Drafted, ran.Failed)
	if ran.Failed > 0 {
		return errors.New("not every month could be billed; the log says why")
	}
	return nil
}
