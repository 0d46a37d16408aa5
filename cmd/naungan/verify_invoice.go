package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"naungan/client"
)

func verifyInvoiceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify-invoice INVOICE",
		Short: "Work an invoice out again, line by line",
		Long: `Work an invoice out again, by its id, trusting nobody: fetch its lines, rate each anew with
the published version of the tariff that it names, add them up and make their digest. Then
ask the server for its own proof, which compares the lines with the roster as well.

NAUNGAN_URL, NAUNGAN_CLIENT_ID and NAUNGAN_CLIENT_SECRET say where to ask, and as whom: a
client with invoices:read, agreements:read and reference:read. Ends with status 0 if
everything agrees; otherwise it names the first line that differs and ends with 1.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := idOf(args[0])
			if err != nil {
				return err
			}
			return withCaller(func(cmd *cobra.Command, c caller, _ []string) error {
				return verifyInvoice(cmd, c, id)
			})(cmd, args)
		},
	}
}

func verifyInvoice(cmd *cobra.Command, c caller, id uuid.UUID) error {
	ctx := client.Unhurried(cmd.Context())
	invoice, err := client.Check(c.GetInvoiceWithResponse(ctx, id, nil))
	if err != nil {
		return err
	}
	i := *invoice.JSON200
	agreement, err := client.Check(c.GetAgreementWithResponse(ctx, i.AgreementID, nil))
	if err != nil {
		return err
	}
	v := verifier{caller: c, month: i.Month, class: string(agreement.JSON200.RiskClass), digest: sha256.New(), versions: map[string]rater{}}
	if err := v.lines(ctx, id); err != nil {
		return err
	}
	if err := v.compare(i); err != nil {
		return err
	}
	proof, err := client.Check(c.ProveInvoiceWithResponse(ctx, id))
	if err != nil {
		return err
	}
	if d := proof.JSON200.Differs; d != nil {
		return fmt.Errorf("the server's proof: %s of coverage period %s is %s on the invoice and %s when worked out again",
			d.Field, said(d.CoveragePeriodID), d.Invoiced, d.Recomputed)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d lines rated anew: %d rupiah, as invoiced\ndigest %s, as issued\n"+
		"the server's proof holds: the roster says the same\n", v.n, v.total, i.Digest)
	return err
}

// verifier adds up the lines of an invoice as they come.
type verifier struct {
	caller
	month, class string
	digest       hash.Hash
	versions     map[string]rater // the published versions of the tariff, by name
	n, total     int64
}

// rater works out what a base costs a month for both programmes.
type rater func(base int64) (jkk, jkm int64)

func (v *verifier) lines(ctx context.Context, id uuid.UUID) error {
	limit := int32(1000)
	params := client.ListInvoiceLinesParams{Limit: &limit}
	for {
		page, err := client.Check(v.ListInvoiceLinesWithResponse(ctx, id, &params))
		if err != nil {
			return err
		}
		for _, l := range page.JSON200.Items {
			if err := v.line(ctx, l); err != nil {
				return err
			}
		}
		if params.Cursor = page.JSON200.NextCursor; params.Cursor == nil {
			return nil
		}
	}
}

func (v *verifier) line(ctx context.Context, l client.InvoiceLine) error {
	relief := ""
	if l.Relief != nil {
		relief = *l.Relief
	}
	text := fmt.Sprintf("%s|%s|%s|%s|%s|%d|%d|%d|%s|%s", l.CoveragePeriodID, l.OfficerID, v.month, l.Position, l.Role,
		l.WageBaseAmount, l.JKKAmount, l.JKMAmount, l.Schedule, relief)
	sum := sha256.Sum256([]byte(text))
	v.digest.Write(sum[:])
	v.n++
	v.total += l.PremiumAmount
	rate, err := v.rater(ctx, l.Schedule, relief)
	if err != nil {
		return err
	}
	if jkk, jkm := rate(l.WageBaseAmount); jkk != l.JKKAmount || jkm != l.JKMAmount || jkk+jkm != l.PremiumAmount {
		return fmt.Errorf("coverage period %s: %s makes JKK %d and JKM %d of %d, the line says %d and %d, together %d",
			l.CoveragePeriodID, l.Schedule, jkk, jkm, l.WageBaseAmount, l.JKKAmount, l.JKMAmount, l.PremiumAmount)
	}
	return nil
}

func (v *verifier) compare(i client.Invoice) error {
	var faults []error
	check := func(what string, invoiced, recomputed any) {
		if invoiced != recomputed {
			faults = append(faults, fmt.Errorf("%s: %v on the invoice, %v from its lines", what, invoiced, recomputed))
		}
	}
	check("officers", i.Officers, v.n)
	check("contributions", i.JKKAmount+i.JKMAmount, v.total)
	check("digest", i.Digest, hex.EncodeToString(v.digest.Sum(nil)))
	var fines int64
	for _, f := range i.Fines {
		fines += f.FineAmount
	}
	check("fines", i.FineAmount, fines)
	check("total", i.TotalAmount, v.total+fines)
	return errors.Join(faults...)
}

// rater fetches a version of the tariff, once.
func (v *verifier) rater(ctx context.Context, schedule, relief string) (rater, error) {
	key := schedule + " " + relief
	if known, ok := v.versions[key]; ok {
		return known, nil
	}
	name, revision := versionOf(schedule)
	published, err := client.Check(v.GetScheduleWithResponse(ctx, name, &client.GetScheduleParams{Revision: &revision}))
	if err != nil {
		return nil, fmt.Errorf("schedule %s: %w", schedule, err)
	}
	less := int64(0)
	if relief != "" {
		name, revision := versionOf(relief)
		published, err := client.Check(v.GetReliefWithResponse(ctx, name, &client.GetReliefParams{Revision: &revision}))
		if err != nil {
			return nil, fmt.Errorf("relief %s: %w", relief, err)
		}
		less = published.JSON200.Percent
	}
	rate, err := raterOf(*published.JSON200, v.class, less)
	v.versions[key] = rate
	return rate, err
}

func raterOf(s client.Schedule, class string, less int64) (rater, error) {
	for _, r := range s.JKKRates {
		if c := string(r.RiskClass); c != class && c != "any" {
			continue
		}
		return func(base int64) (jkk, jkm int64) {
			jkk = share(base, r.Rate, 10_000)
			if s.JKMRate != nil {
				jkm = share(base, *s.JKMRate, 10_000)
			}
			if s.JKMFlatAmount != nil {
				jkm += *s.JKMFlatAmount
			}
			return share(jkk, 100-less, 100), share(jkm, 100-less, 100)
		}, nil
	}
	return nil, fmt.Errorf("schedule %s has no rate for class %s", s.VersionName, class)
}

// share is a part of an amount in whole rupiah, a half rounded up.
func share(amount, numerator, denominator int64) int64 {
	return (amount*numerator + denominator/2) / denominator
}

// versionOf parts the name of a version into that of the rule and its revision.
func versionOf(version string) (name string, revision int32) {
	name, number, corrected := strings.Cut(version, ".")
	if !corrected {
		return name, 1
	}
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil {
		return version, 1
	}
	return name, int32(n)
}

func said(id *uuid.UUID) string {
	if id == nil {
		return "none"
	}
	return id.String()
}
