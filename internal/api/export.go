package api

import (
	"context"
	"io"
	"iter"
	"net/http"
	"time"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/paper"
)

// varying are the headers of a request on which an answer depends.
const varying = "Accept, Accept-Language, Authorization, Purpose"

// asFile answers with a whole list as one file. items reads it under the context that
// bounds the stream.
func asFile[T any](
	ctx context.Context, s *Server, name, media string, columns []paper.Column[T], items func(context.Context) iter.Seq2[T, error],
) wire.Answer {
	header := http.Header{"Content-Type": {media}, "Cache-Control": {"no-store"}, "Vary": {varying}}
	header.Set("Content-Disposition", `attachment; filename="`+name+extensions[media]+`"`)
	list := paper.List[T]{Name: "rows", TmpDir: s.TmpDir, Columns: columns}
	return wire.Answer{Status: http.StatusOK, Header: header, Stream: s.unhurried(ctx, func(ctx context.Context, w io.Writer) error {
		return list.Write(w, media, items(ctx))
	})}
}

// through hands items on as the wire has them.
func through[A, B any](items iter.Seq2[A, error], to func(A) B) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for item, err := range items {
			if err != nil {
				var none B
				yield(none, err)
				return
			}
			if !yield(to(item), nil) {
				return
			}
		}
	}
}

// The columns of files are the members of the contract's objects, under their
// names; what has members of its own is taken apart, with a dot.

var invoiceColumns = []paper.Column[wire.Invoice]{
	text("id", func(i wire.Invoice) string { return i.ID.String() }),
	text("number", func(i wire.Invoice) string { return or(i.Number) }),
	text("status", func(i wire.Invoice) string { return string(i.Status) }),
	text("month", func(i wire.Invoice) string { return i.Month.String() }),
	number("sequence", func(i wire.Invoice) int32 { return i.Sequence }),
	text("fiscal_year", func(i wire.Invoice) string { return i.Month.First().String()[:4] }), // a name, not an amount
	text("agreement_id", func(i wire.Invoice) string { return i.AgreementID.String() }),
	text("organiser_id", func(i wire.Invoice) string { return i.OrganiserID.String() }),
	text("payer_id", func(i wire.Invoice) string { return printed(i.PayerID) }),
	text("branch_id", func(i wire.Invoice) string { return i.BranchID.String() }),
	text("area_code", func(i wire.Invoice) string { return or(i.AreaCode) }),
	text("funding_source", func(i wire.Invoice) string { return string(i.FundingSource) }),
	text("budget_id", func(i wire.Invoice) string { return printed(i.BudgetID) }),
	text("payment_code", func(i wire.Invoice) string { return or(i.PaymentCode) }),
	text("issued_on", func(i wire.Invoice) string { return printed(i.IssuedOn) }),
	text("due_on", func(i wire.Invoice) string { return i.DueOn.String() }),
	summed("officers", func(i wire.Invoice) int64 { return i.Officers }),
	summed("jkk_amount", func(i wire.Invoice) cover.Rupiah { return i.JKKAmount }),
	summed("jkm_amount", func(i wire.Invoice) cover.Rupiah { return i.JKMAmount }),
	summed("fine_amount", func(i wire.Invoice) cover.Rupiah { return i.FineAmount }),
	summed("total_amount", func(i wire.Invoice) cover.Rupiah { return i.TotalAmount }),
	summed("credited_amount", func(i wire.Invoice) cover.Rupiah { return i.CreditedAmount }),
	summed("paid_amount", func(i wire.Invoice) cover.Rupiah { return i.PaidAmount }),
	summed("outstanding_amount", func(i wire.Invoice) cover.Rupiah { return i.OutstandingAmount }),
	text("total_in_words", func(i wire.Invoice) string { return i.TotalInWords }),
	text("digest", func(i wire.Invoice) string { return i.Digest }),
	text("void_reason", func(i wire.Invoice) string { return or(i.VoidReason) }),
	text("budget_reference.government_code", func(i wire.Invoice) string { return i.BudgetReference.GovernmentCode }),
	text("budget_reference.skpd_code", func(i wire.Invoice) string { return i.BudgetReference.SKPDCode }),
	text("budget_reference.skpd_name", func(i wire.Invoice) string { return i.BudgetReference.SKPDName }),
	text("budget_reference.programme_code", func(i wire.Invoice) string { return i.BudgetReference.ProgrammeCode }),
	text("budget_reference.activity_code", func(i wire.Invoice) string { return i.BudgetReference.ActivityCode }),
	text("budget_reference.sub_activity_code", func(i wire.Invoice) string { return i.BudgetReference.SubActivityCode }),
	text("budget_reference.account_code", func(i wire.Invoice) string { return i.BudgetReference.AccountCode }),
	text("budget_reference.dpa_number", func(i wire.Invoice) string { return i.BudgetReference.DPANumber }),
	text("budget_reference.nphd_number", func(i wire.Invoice) string { return i.BudgetReference.NPHDNumber }),
	text("budget_reference.stage", func(i wire.Invoice) string { return string(i.BudgetReference.Stage) }),
	text("disbursement.receipt_number", func(i wire.Invoice) string { return i.Disbursement.ReceiptNumber }),
	text("disbursement.spp_number", func(i wire.Invoice) string { return i.Disbursement.SPPNumber }),
	text("disbursement.spm_number", func(i wire.Invoice) string { return i.Disbursement.SPMNumber }),
	text("disbursement.sp2d_number", func(i wire.Invoice) string { return i.Disbursement.SP2DNumber }),
	text("disbursement.sp2d_on", func(i wire.Invoice) string { return printed(orNil(i.Disbursement.SP2DOn)) }),
	number("version", func(i wire.Invoice) int64 { return i.Version }),
	text("created_at", func(i wire.Invoice) string { return i.CreatedAt.Format(time.RFC3339Nano) }),
	text("updated_at", func(i wire.Invoice) string { return i.UpdatedAt.Format(time.RFC3339Nano) }),
}

var lineColumns = []paper.Column[wire.InvoiceLine]{
	text("coverage_period_id", func(l wire.InvoiceLine) string { return l.CoveragePeriodID.String() }),
	text("officer_id", func(l wire.InvoiceLine) string { return l.OfficerID.String() }),
	text("position", func(l wire.InvoiceLine) string { return l.Position }),
	text("role", func(l wire.InvoiceLine) string { return string(l.Role) }),
	number("wage_base_amount", func(l wire.InvoiceLine) cover.Rupiah { return l.WageBaseAmount }),
	summed("jkk_amount", func(l wire.InvoiceLine) cover.Rupiah { return l.JKKAmount }),
	summed("jkm_amount", func(l wire.InvoiceLine) cover.Rupiah { return l.JKMAmount }),
	summed("premium_amount", func(l wire.InvoiceLine) cover.Rupiah { return l.PremiumAmount }),
	text("schedule", func(l wire.InvoiceLine) string { return l.Schedule }),
	text("relief", func(l wire.InvoiceLine) string { return or(l.Relief) }),
}

func text[T any](name string, of func(T) string) paper.Column[T] {
	return paper.Column[T]{Name: name, Text: of}
}

func number[T any, N ~int32 | ~int64](name string, of func(T) N) paper.Column[T] {
	return paper.Column[T]{Name: name, Number: func(item T) int64 { return int64(of(item)) }}
}

// summed is a number that the last row of a workbook adds up.
func summed[T any, N ~int32 | ~int64](name string, of func(T) N) paper.Column[T] {
	c := number(name, of)
	c.Summed = true
	return c
}

// printed is the text of a value; none where it is absent.
func printed[T interface{ String() string }](v *T) string {
	if v == nil {
		return ""
	}
	return (*v).String()
}
