package billing

import (
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

var (
	invoiceNumber = regexp.MustCompile(`\b[0-9]{4}/[0-9]{6,}\b`)
	words         = regexp.MustCompile(`[0-9A-Za-z-]+`)
)

// numbersIn are what of a text may be numbers of invoices.
func numbersIn(text string) []string { return invoiceNumber.FindAllString(text, -1) }

// codesIn are the words of a text that may be payment codes: whole ones, and their
// parts between hyphens.
func codesIn(text string) (codes []string) {
	for _, word := range words.FindAllString(text, -1) {
		for _, code := range append(strings.Split(word, "-"), strings.Trim(word, "-")) {
			if len(code) >= 6 && len(code) <= 40 && strings.ContainsAny(code, "0123456789") && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// mostCandidates is how many invoices are named that money might be for.
const mostCandidates = 10

// ledger is the issued invoices that money of a statement may be for, found by what a
// bank may say of them.
type ledger struct {
	invoices []cover.Invoice
	codes    map[string][]int
	numbers  map[string][]int
	amounts  map[cover.Rupiah][]int // what is, or was, outstanding on them
	settled  map[int]bool
}

func newLedger(invoices []cover.Invoice) *ledger {
	l := &ledger{
		invoices: invoices, codes: map[string][]int{}, numbers: map[string][]int{}, amounts: map[cover.Rupiah][]int{}, settled: map[int]bool{},
	}
	for n, i := range invoices {
		l.codes[i.PaymentCode] = append(l.codes[i.PaymentCode], n)
		l.numbers[i.Number] = append(l.numbers[i.Number], n)
		l.amounts[i.Outstanding()] = append(l.amounts[i.Outstanding()], n)
	}
	return l
}

// match finds the invoice that a line settles, and why; -1 if it settles none. What
// the bank says of it goes before its amount, and the payment code before the number.
func (l *ledger) match(line StatementLine) (cover.PaymentMatch, int) {
	text := line.Reference + " " + line.Description
	codes, numbers := found(l.codes, codesIn(text)), found(l.numbers, numbersIn(text))
	for _, by := range []struct {
		reason cover.MatchReason
		places []int
	}{{cover.MatchedPaymentCode, codes}, {cover.MatchedInvoiceNumber, numbers}} {
		if open := l.open(by.places); len(open) > 0 {
			return l.decide(by.reason, open)
		}
	}
	if closed := append(codes, numbers...); len(closed) > 0 {
		return cover.PaymentMatch{Reason: cover.MatchClosed, Candidates: l.ids(closed)}, -1
	}
	fitting := slices.DeleteFunc(l.open(l.amounts[line.Amount]), func(n int) bool { return l.invoices[n].Outstanding() != line.Amount })
	if len(fitting) == 0 {
		return cover.PaymentMatch{Reason: cover.MatchNone}, -1
	}
	return l.decide(cover.MatchedAmount, fitting)
}

// decide takes the only one of some open invoices.
func (l *ledger) decide(reason cover.MatchReason, open []int) (cover.PaymentMatch, int) {
	if len(open) > 1 {
		return cover.PaymentMatch{Reason: cover.MatchAmbiguous, Candidates: l.ids(open)}, -1
	}
	return cover.PaymentMatch{Reason: reason, Candidates: l.ids(open)}, open[0]
}

func found(by map[string][]int, names []string) (places []int) {
	for _, name := range names {
		for _, n := range by[name] {
			if !slices.Contains(places, n) {
				places = append(places, n)
			}
		}
	}
	return places
}

func (l *ledger) open(places []int) (open []int) {
	for _, n := range places {
		if l.invoices[n].Outstanding() > 0 {
			open = append(open, n)
		}
	}
	return open
}

// ids names invoices, those first that were due first.
func (l *ledger) ids(places []int) []uuid.UUID {
	sorted := slices.SortedStableFunc(slices.Values(places), func(a, b int) int {
		return l.invoices[a].DueOn.DaysSince(l.invoices[b].DueOn)
	})
	var ids []uuid.UUID
	for _, n := range sorted[:min(len(sorted), mostCandidates)] {
		if id := l.invoices[n].ID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// settle puts as much of an amount on an invoice as it lacks.
func (l *ledger) settle(n int, amount cover.Rupiah) cover.Allocation {
	i := &l.invoices[n]
	part := min(amount, i.Outstanding())
	i.Paid += part
	l.settled[n] = true
	l.amounts[i.Outstanding()] = append(l.amounts[i.Outstanding()], n)
	return cover.Allocation{InvoiceID: i.ID, Amount: part}
}

// touched are the invoices on which something was put.
func (l *ledger) touched() (invoices []cover.Invoice) {
	for n, i := range l.invoices {
		if l.settled[n] {
			invoices = append(invoices, i)
		}
	}
	return invoices
}
