package cover

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// InvoiceStatus is a state of an invoice.
type InvoiceStatus string

// The states of an invoice.
const (
	InvoiceDraft         InvoiceStatus = "draft"
	InvoiceIssued        InvoiceStatus = "issued"
	InvoiceOverdue       InvoiceStatus = "overdue"
	InvoicePartiallyPaid InvoiceStatus = "partially_paid"
	InvoicePaid          InvoiceStatus = "paid"
	InvoiceVoid          InvoiceStatus = "void"
)

// InvoiceStatuses lists every status.
var InvoiceStatuses = []InvoiceStatus{
	InvoiceDraft, InvoiceIssued, InvoiceOverdue, InvoicePartiallyPaid, InvoicePaid, InvoiceVoid,
}

// Invoice gathers the contributions of one agreement and month. What it says is
// frozen when it is issued.
type Invoice struct {
	ID          uuid.UUID
	AgreementID uuid.UUID
	OrganiserID uuid.UUID
	PayerID     uuid.NullUUID // none when officers pay themselves
	BranchID    uuid.UUID
	Month       Month
	Number      string // given when issued, without gaps for a branch and year
	PaymentCode string // kode iuran, as the BPJS office made it
	IssuedOn    Date
	DueOn       Date
	Officers    int64
	JKK         Rupiah
	JKM         Rupiah
	Paid        Rupiah
	Groups      []InvoiceGroup `gorm:"serializer:json"`
	VoidedOn    Date
	VoidReason  string
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// InvoiceGroup sums the lines of one position, role and wage base.
type InvoiceGroup struct {
	Position string `json:"position"`
	Role     Role   `json:"role"`
	WageBase Rupiah `json:"wage_base"`
	Officers int64  `json:"officers"`
	JKK      Rupiah `json:"jkk"`
	JKM      Rupiah `json:"jkm"`
}

// InvoiceLine is what one covered officer adds to an invoice.
type InvoiceLine struct {
	InvoiceID        uuid.UUID
	CoveragePeriodID uuid.UUID
	OfficerID        uuid.UUID
	Month            Month
	Position         string
	Role             Role
	WageBase         Rupiah
	JKK              Rupiah
	JKM              Rupiah
	Schedule         string
}

// Bill makes the draft of an agreement's invoice for a month, still without
// lines. Refuses whoever is neither organiser, payer nor branch
// (party_role_required), an agreement that is not signed
// (agreement_not_in_force), a month outside it (outside_agreement), and one for
// which no rate is known, so that nothing is due on any day
// (tariff_schedule_missing).
func Bill(a Agreement, actor uuid.UUID, month Month, dueOn Date) (Invoice, error) {
	if err := a.mayBill(actor); err != nil {
		return Invoice{}, err
	}
	var f Faults
	f.Check(!month.Last().Before(a.StartsOn) && !month.First().After(a.LastDay()), "/month", OutsideAgreement,
		Params{"from": a.StartsOn, "to": a.LastDay()})
	f.Check(!dueOn.Zero(), "/month", TariffScheduleMissing, Params{"segment": a.Segment, "month": month})
	return Invoice{
		AgreementID: a.ID, OrganiserID: a.OrganiserID, PayerID: a.PayerID, BranchID: a.BranchID,
		Month: month, DueOn: dueOn, Groups: []InvoiceGroup{}, Version: 1,
	}, f.Err()
}

func (a Agreement) mayBill(actor uuid.UUID) error {
	if !slices.Contains([]uuid.UUID{a.OrganiserID, a.PayerID.UUID, a.BranchID}, actor) {
		return Refuse(Forbidden, PartyRoleRequired, Params{"role": []PartyRole{Organiser, Payer, Branch}})
	}
	if a.SignedOn.Zero() {
		return Refuse(Conflict, AgreementNotInForce, Params{"status": AgreementDraft})
	}
	return nil
}

// Gather takes the sums of its lines over into an invoice.
func (i *Invoice) Gather(groups []InvoiceGroup) {
	i.Groups, i.Officers, i.JKK, i.JKM = groups, 0, 0, 0
	for _, g := range groups {
		i.Officers += g.Officers
		i.JKK += g.JKK
		i.JKM += g.JKM
	}
}

// Total is what the officers of a group cost together.
func (g InvoiceGroup) Total() Rupiah { return g.JKK + g.JKM }

// Premium is what one officer costs, both programmes together.
func (l InvoiceLine) Premium() Rupiah { return l.JKK + l.JKM }

// Total is what the invoice asks for.
func (i Invoice) Total() Rupiah { return i.JKK + i.JKM }

// Outstanding is what is still to be paid; nothing on a void invoice.
func (i Invoice) Outstanding() Rupiah {
	if !i.VoidedOn.Zero() {
		return 0
	}
	return i.Total() - i.Paid
}

// StatusOn follows from what happened and the day. Whoever has paid in part and
// is late is overdue.
func (i Invoice) StatusOn(today Date) InvoiceStatus {
	switch {
	case !i.VoidedOn.Zero():
		return InvoiceVoid
	case i.IssuedOn.Zero():
		return InvoiceDraft
	case i.Paid >= i.Total():
		return InvoicePaid
	case today.After(i.DueOn):
		return InvoiceOverdue
	case i.Paid > 0:
		return InvoicePartiallyPaid
	default:
		return InvoiceIssued
	}
}

// InvoiceNumber prints the n-th number of a branch's year.
func InvoiceNumber(year int, n int64) string { return fmt.Sprintf("%d/%06d", year, n) }

// MayIssue refuses to issue by anybody but the branch, what is no draft
// (invoice_not_draft), and what has no lines (invoice_empty).
func (i Invoice) MayIssue(actor uuid.UUID) error {
	if err := MayPerform(actor, i.BranchID, Branch); err != nil {
		return err
	}
	switch {
	case !i.VoidedOn.Zero() || !i.IssuedOn.Zero():
		return Refuse(Conflict, InvoiceNotDraft, nil)
	case i.Officers == 0:
		return Refuse(Conflict, InvoiceEmpty, nil)
	}
	return nil
}

// Void takes an invoice back. Refuses one that something is paid on
// (invoice_paid_on) and one that is void already (invoice_void).
func (i *Invoice) Void(actor uuid.UUID, reason string, today Date) error {
	if err := i.mayVoid(actor); err != nil {
		return err
	}
	var f Faults
	f.Check(strings.TrimSpace(reason) != "", "/reason", Blank, nil)
	i.VoidedOn, i.VoidReason = today, reason
	return f.Err()
}

func (i Invoice) mayVoid(actor uuid.UUID) error {
	if err := MayPerform(actor, i.BranchID, Branch); err != nil {
		return err
	}
	switch {
	case !i.VoidedOn.Zero():
		return Refuse(Conflict, InvoiceIsVoid, nil)
	case i.Paid > 0:
		return Refuse(Conflict, InvoicePaidOn, nil)
	}
	return nil
}

// Payable reports whether money may be put on the invoice: it is issued, and
// stands.
func (i Invoice) Payable() bool { return !i.IssuedOn.Zero() && i.VoidedOn.Zero() }

// Actions says what an organisation may do next with the invoice.
func (i Invoice) Actions(actor uuid.UUID) []Action {
	return []Action{
		action("issue", string(InvoiceIssued), i.MayIssue(actor)),
		action("void", string(InvoiceVoid), i.mayVoid(actor)),
	}
}

// Allocation is the part of a payment that settles one invoice.
type Allocation struct {
	InvoiceID uuid.UUID
	Amount    Rupiah
}

// Payment is money that a BPJS office received.
type Payment struct {
	ID          uuid.UUID
	BranchID    uuid.UUID
	PayerID     uuid.NullUUID
	PaidOn      Date
	Amount      Rupiah
	Reference   string       // the bank's own, unique for the branch
	Allocations []Allocation `gorm:"-"`
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Unallocated is what the payment settles nothing with.
func (p Payment) Unallocated() Rupiah {
	left := p.Amount
	for _, a := range p.Allocations {
		left -= a.Amount
	}
	return left
}

// mostPaid is more than all election officers of the nation cost in a year.
const mostPaid Rupiah = 10_000_000_000_000

// Check tidies a payment and says all that is wrong with it before any invoice is
// looked at.
func (p *Payment) Check(today Date) error {
	p.Reference = strings.TrimSpace(p.Reference)
	var f Faults
	f.Check(p.Reference != "", "/reference", Blank, nil)
	f.Check(!p.PaidOn.After(today), "/paid_on", InTheFuture, nil)
	f.Check(p.Amount > 0, "/paid_amount", AmountNotPositive, nil)
	f.Check(p.Amount <= mostPaid, "/paid_amount", AmountImplausible, Params{"min": 1, "max": int64(mostPaid)})
	seen, left := map[uuid.UUID]bool{}, p.Amount
	for i, a := range p.Allocations {
		at := fmt.Sprintf("/allocations/%d", i)
		f.Check(!seen[a.InvoiceID], at+"/invoice_id", InvoiceTwice, nil)
		seen[a.InvoiceID] = true
		f.Check(a.Amount > 0, at+"/allocated_amount", AmountNotPositive, nil)
		// Subtracting keeps clear of overflow, where a sum of huge parts would not.
		if a.Amount > left {
			f.Add(at+"/allocated_amount", AllocatedTooMuch, Params{"left": left})
			continue
		}
		left -= max(a.Amount, 0)
	}
	return f.Err()
}

// Doubts says where a payment is dated before the invoice it settles was issued:
// cover becomes active with that day.
func (p Payment) Doubts(invoices []Invoice) (doubts Faults) {
	for _, i := range invoices {
		if p.PaidOn.Before(i.IssuedOn) {
			doubts.Add("/paid_on", PaymentBackdated, Params{"issued_on": i.IssuedOn})
			return doubts // once is enough
		}
	}
	return nil
}

// Settle puts the allocations on the invoices they name, all of which one payer
// owes. Refuses an invoice that is not among them (invoice_unknown), another
// payer's (invoice_of_other_payer), more than is outstanding
// (outstanding_exceeded), and what is not issued, or void (invoice_not_payable).
func (p *Payment) Settle(invoices []Invoice) error {
	named := make(map[uuid.UUID]*Invoice, len(invoices))
	for i := range invoices {
		named[invoices[i].ID] = &invoices[i]
	}
	p.PayerID = p.payer(named)
	var f, unpayable Faults
	for i, a := range p.Allocations {
		at := fmt.Sprintf("/allocations/%d", i)
		invoice := named[a.InvoiceID]
		if invoice == nil {
			f.Add(at+"/invoice_id", InvoiceUnknown, nil)
			continue
		}
		f.Check(invoice.PayerID == p.PayerID, at+"/invoice_id", InvoiceOfOtherPayer, nil)
		if !invoice.Payable() {
			unpayable.Add(at+"/invoice_id", InvoiceNotPayable, nil)
			continue
		}
		f.Check(a.Amount <= invoice.Outstanding(), at+"/allocated_amount", OutstandingExceeded,
			Params{"outstanding": invoice.Outstanding()})
		invoice.Paid += a.Amount
	}
	if len(f) == 0 && len(unpayable) > 0 {
		return &Error{Kind: Conflict, Code: InvoiceNotPayable, Faults: unpayable}
	}
	return append(f, unpayable...).Err()
}

// payer is who owes the first invoice that is known.
func (p Payment) payer(named map[uuid.UUID]*Invoice) uuid.NullUUID {
	for _, a := range p.Allocations {
		if invoice := named[a.InvoiceID]; invoice != nil {
			return invoice.PayerID
		}
	}
	return uuid.NullUUID{}
}
