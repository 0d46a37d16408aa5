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
	ByRun       bool // drafted by a billing run, and so issued by one
	Sequence    int  // 0 is the month's own; others bill who came under cover later
	AreaCode    string
	Funding     FundingSource `gorm:"column:funding_source"`
	BudgetID    uuid.NullUUID // that it was charged to
	Number      string        // given when issued, without gaps for a branch and year
	PaymentCode string        // kode iuran
	IssuedOn    Date
	DueOn       Date
	Officers    int64
	JKK         Rupiah
	JKM         Rupiah
	Fine        Rupiah // for what was paid late before
	Credited    Rupiah // by credit notes
	Paid        Rupiah
	Digest      string         // of its lines, in hexadecimal
	Groups      []InvoiceGroup `gorm:"serializer:json"`
	VoidedOn    Date
	VoidReason  string

	BudgetReference BudgetReference `gorm:"serializer:json"`
	Disbursement    Disbursement    `gorm:"serializer:json"`
	Fines           []InvoiceFine   `gorm:"-"`

	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// BudgetReference is what the payer's budget calls an invoice, for the order with
// which the treasury pays it (LS).
type BudgetReference struct {
	GovernmentCode  string      `json:"government_code,omitempty"`
	SKPDCode        string      `json:"skpd_code,omitempty"`
	SKPDName        string      `json:"skpd_name,omitempty"`
	ProgrammeCode   string      `json:"programme_code,omitempty"`
	ActivityCode    string      `json:"activity_code,omitempty"`
	SubActivityCode string      `json:"sub_activity_code,omitempty"`
	AccountCode     string      `json:"account_code,omitempty"`
	DPANumber       string      `json:"dpa_number,omitempty"`
	NPHDNumber      string      `json:"nphd_number,omitempty"`
	Stage           BudgetStage `json:"stage,omitempty"`
}

// Disbursement names the papers with which the treasury paid.
type Disbursement struct {
	ReceiptNumber string `json:"receipt_number,omitempty"`
	SPPNumber     string `json:"spp_number,omitempty"`
	SPMNumber     string `json:"spm_number,omitempty"`
	SP2DNumber    string `json:"sp2d_number,omitempty"`
	SP2DOn        Date   `json:"sp2d_on,omitzero"`
}

// InvoiceFine is what an invoice adds for one that was paid late: a rate, in
// ten-thousandths a month, of what was owed. The months of lateness are counted
// from 1 and are charged once.
type InvoiceFine struct {
	InvoiceID uuid.UUID
	LateID    uuid.UUID
	FromMonth int
	ToMonth   int // inclusive
	Rate      int64
	Owed      Rupiah
	Amount    Rupiah
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
	Relief           string
}

// Text is what the digest of an invoice takes of a line.
func (l InvoiceLine) Text() string {
	return fmt.Sprintf("%s|%s|%s|%s|%s|%d|%d|%d|%s|%s", l.CoveragePeriodID, l.OfficerID, l.Month, l.Position, l.Role,
		l.WageBase, l.JKK, l.JKM, l.Schedule, l.Relief)
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
		Funding: a.FundingSource, Month: month, DueOn: dueOn, Groups: []InvoiceGroup{}, Version: 1,
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

// Gather takes the sums of its lines and fines over into an invoice.
func (i *Invoice) Gather(groups []InvoiceGroup) {
	i.Groups, i.Officers, i.JKK, i.JKM, i.Fine = groups, 0, 0, 0, 0
	for _, f := range i.Fines {
		i.Fine += f.Amount
	}
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
func (i Invoice) Total() Rupiah { return i.JKK + i.JKM + i.Fine }

// Outstanding is what is still to be paid; nothing on a void invoice.
func (i Invoice) Outstanding() Rupiah {
	if !i.VoidedOn.Zero() {
		return 0
	}
	return i.Total() - i.Credited - i.Paid
}

// StatusOn follows from what happened and the day. Whoever has paid in part and
// is late is overdue.
func (i Invoice) StatusOn(today Date) InvoiceStatus {
	switch {
	case !i.VoidedOn.Zero():
		return InvoiceVoid
	case i.IssuedOn.Zero():
		return InvoiceDraft
	case i.Outstanding() == 0:
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

// Void takes an invoice back. Refuses one that something is paid on, or was taken back
// of already (invoice_paid_on), and one that is void already (invoice_void).
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
	case i.Paid > 0 || i.Credited > 0:
		return Refuse(Conflict, InvoicePaidOn, nil)
	}
	return nil
}

// MayAmend refuses to fill in treasury fields by anybody but the payer, or the
// organiser where officers pay themselves, and of a void invoice (invoice_void).
func (i Invoice) MayAmend(actor uuid.UUID) error {
	holder, role := i.holder()
	if err := MayPerform(actor, holder, role); err != nil {
		return err
	}
	if !i.VoidedOn.Zero() {
		return Refuse(Conflict, InvoiceIsVoid, nil)
	}
	return nil
}

// holder is who sees to the payment of the invoice: its payer, or the organiser where
// officers pay themselves.
func (i Invoice) holder() (uuid.UUID, PartyRole) {
	if i.PayerID.Valid {
		return i.PayerID.UUID, Payer
	}
	return i.OrganiserID, Organiser
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
	Reference   string // the bank's own, unique for the branch
	Description string // what the bank says of it
	StatementID uuid.NullUUID
	Match       PaymentMatch `gorm:"serializer:json"`
	Allocated   Rupiah
	Allocations []Allocation `gorm:"-"`
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Unallocated is what the payment settles nothing with.
func (p Payment) Unallocated() Rupiah { return p.Amount - p.Allocated }

// MostPaid is more than all election officers of the nation cost in a year.
const MostPaid Rupiah = 10_000_000_000_000

// Check tidies a payment and says all that is wrong with it before any invoice is
// looked at.
func (p *Payment) Check(today Date) error {
	p.Reference = strings.TrimSpace(p.Reference)
	var f Faults
	f.Check(p.Reference != "", "/reference", Blank, nil)
	f.Check(!p.PaidOn.After(today), "/paid_on", InTheFuture, nil)
	f.Check(p.Amount > 0, "/paid_amount", AmountNotPositive, nil)
	f.Check(p.Amount <= MostPaid, "/paid_amount", AmountImplausible, Params{"min": 1, "max": int64(MostPaid)})
	checkAllocations(&f, p.Allocations, p.Amount)
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

// Settle puts the payment's allocations on the invoices they name, all of which one
// payer owes. Refuses an invoice that is not among them (invoice_unknown), another
// payer's (invoice_of_other_payer), more than is outstanding
// (outstanding_exceeded), and what is not issued, or void (invoice_not_payable).
func (p *Payment) Settle(invoices []Invoice) error {
	if err := settle(p.Allocations, invoices, p.payable(p.Allocations, invoices)); err != nil {
		return err
	}
	p.allocate(p.Allocations, invoices)
	return nil
}

// Allocate settles invoices with what is left of the payment. Refuses more than
// that (allocated_too_much) and what Settle refuses.
func (p *Payment) Allocate(to []Allocation, invoices []Invoice) error {
	if err := fit(to, p.Unallocated()); err != nil {
		return err
	}
	if err := settle(to, invoices, p.payable(to, invoices)); err != nil {
		return err
	}
	p.Allocations = append(p.Allocations[:len(p.Allocations):len(p.Allocations)], to...)
	p.allocate(to, invoices)
	return nil
}

// payable says which invoices the payment may settle. Once it settles any it is known
// whose money it is: officers' own, if there is no payer.
func (p Payment) payable(to []Allocation, invoices []Invoice) func(Invoice) bool {
	if p.PayerID.Valid || p.Allocated > 0 {
		return func(i Invoice) bool { return i.PayerID == p.PayerID }
	}
	return ofOnePayer(to, invoices)
}

// allocate enters what was put on invoices, and who owed them.
func (p *Payment) allocate(to []Allocation, invoices []Invoice) {
	p.Allocated += sum(to)
	if first := owing(to, invoices); first != nil {
		p.PayerID = first.PayerID
	}
}

// MayAllocate refuses to allocate by anybody but the branch, and what settles
// everything already (nothing_unallocated).
func (p Payment) MayAllocate(actor uuid.UUID) error {
	if err := MayPerform(actor, p.BranchID, Branch); err != nil {
		return err
	}
	if p.Unallocated() == 0 {
		return Refuse(Conflict, NothingUnallocated, nil)
	}
	return nil
}

// Actions says what an organisation may do next with the payment.
func (p Payment) Actions(actor uuid.UUID) []Action {
	return []Action{action("allocate", "allocated", p.MayAllocate(actor))}
}

func sum(allocations []Allocation) (total Rupiah) {
	for _, a := range allocations {
		total += a.Amount
	}
	return total
}

// fit says what is wrong with allocations of so much money before any invoice is
// looked at.
func fit(to []Allocation, left Rupiah) error {
	var f Faults
	checkAllocations(&f, to, left)
	return f.Err()
}

func checkAllocations(f *Faults, to []Allocation, left Rupiah) {
	seen := map[uuid.UUID]bool{}
	for i, a := range to {
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
}

// settle puts allocations on the invoices they name, all of which the money has to
// belong to.
func settle(to []Allocation, invoices []Invoice, belongs func(Invoice) bool) error {
	var f, unpayable Faults
	for i, a := range to {
		at := fmt.Sprintf("/allocations/%d", i)
		invoice := find(a.InvoiceID, invoices)
		if invoice == nil {
			f.Add(at+"/invoice_id", InvoiceUnknown, nil)
			continue
		}
		f.Check(belongs(*invoice), at+"/invoice_id", InvoiceOfOtherPayer, nil)
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

func find(id uuid.UUID, invoices []Invoice) *Invoice {
	if n := slices.IndexFunc(invoices, func(i Invoice) bool { return i.ID == id }); n >= 0 {
		return &invoices[n]
	}
	return nil
}

// owing is the first invoice that is known; nil if none is.
func owing(to []Allocation, invoices []Invoice) *Invoice {
	for _, a := range to {
		if invoice := find(a.InvoiceID, invoices); invoice != nil {
			return invoice
		}
	}
	return nil
}

// ofOnePayer holds of invoices that are owed by whoever owes the first.
func ofOnePayer(to []Allocation, invoices []Invoice) func(Invoice) bool {
	first := owing(to, invoices)
	return func(i Invoice) bool { return i.PayerID == first.PayerID } // asked only of what is known
}
