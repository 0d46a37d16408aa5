package cover

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// BudgetStage is the stage in which money is granted or budgeted.
type BudgetStage string

// The stages, in the order in which invoices are charged to them.
const (
	StageNPHD1      BudgetStage = "nphd_1"
	StageNPHD2      BudgetStage = "nphd_2"
	StageAPBD       BudgetStage = "apbd"
	StageAPBDChange BudgetStage = "apbd_change"
	StageBTT        BudgetStage = "btt"
	StageOther      BudgetStage = "other"
)

// BudgetStages lists every stage.
var BudgetStages = []BudgetStage{StageNPHD1, StageNPHD2, StageAPBD, StageAPBDChange, StageBTT, StageOther}

// Budget is what a payer has set aside for one year and stage.
type Budget struct {
	ID             uuid.UUID
	OrganisationID uuid.UUID
	FiscalYear     int
	Stage          BudgetStage
	FundingSource  FundingSource
	Reference      string // number of the NPHD or DPA
	Ceiling        Rupiah
	AgreementIDs   []uuid.UUID `gorm:"column:agreement_ids;serializer:json"` // that it pays for
	Committed      Rupiah      `gorm:"-"`                                    // of issued invoices, less what was credited
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Remaining is what may still be charged to the budget.
func (b Budget) Remaining() Rupiah { return b.Ceiling - b.Committed }

// Check tidies a budget of an organisation and says all that is wrong with it, given
// the agreements that the organisation sees. Refuses an agreement that is not among
// them (agreement_unknown), or that somebody else pays for (party_role_required).
func (b *Budget) Check(seen []Agreement) error {
	b.Reference, b.AgreementIDs = strings.TrimSpace(b.Reference), append([]uuid.UUID{}, b.AgreementIDs...)
	var f Faults
	f.Check(b.Reference != "", "/reference", Blank, nil)
	f.Check(b.Ceiling > 0, "/ceiling_amount", AmountNotPositive, nil)
	f.Check(b.Ceiling <= MostPaid, "/ceiling_amount", AmountImplausible, Params{"min": 1, "max": int64(MostPaid)})
	for n, id := range b.AgreementIDs {
		at := fmt.Sprintf("/agreement_ids/%d", n)
		i := slices.IndexFunc(seen, func(a Agreement) bool { return a.ID == id })
		if i < 0 {
			f.Add(at, AgreementUnknown, nil)
			continue
		}
		f.Check(seen[i].paidBy(b.OrganisationID), at, PartyRoleRequired, Params{"role": []PartyRole{Payer, Organiser}})
	}
	return f.Err()
}

// paidBy reports whether an organisation pays: as payer, or as organiser where
// officers pay themselves.
func (a Agreement) paidBy(organisation uuid.UUID) bool {
	if a.PayerID.Valid {
		return a.PayerID.UUID == organisation
	}
	return a.OrganiserID == organisation
}

// MayBecome refuses what would leave a budget short of what is committed: a lower
// ceiling, or without an agreement of which invoices are charged to it
// (budget_committed).
func (b Budget) MayBecome(after Budget, charged []uuid.UUID) error {
	var f Faults
	f.Check(after.Ceiling >= b.Committed, "/ceiling_amount", BudgetCommitted, Params{"committed": b.Committed})
	left := slices.ContainsFunc(charged, func(id uuid.UUID) bool { return !slices.Contains(after.AgreementIDs, id) })
	f.Check(!left, "/agreement_ids", BudgetCommitted, Params{"committed": b.Committed})
	return f.Err()
}

// Room finds the first of some budgets to which an invoice may be charged. If there
// are budgets and none has room, it says how much the roomiest still has.
func Room(budgets []Budget, total Rupiah) (id uuid.NullUUID, most Rupiah, short bool) {
	for n, b := range budgets {
		if b.Remaining() >= total {
			return uuid.NullUUID{UUID: b.ID, Valid: true}, 0, false
		}
		if most = max(most, b.Remaining()); n == 0 {
			most = b.Remaining()
		}
	}
	return uuid.NullUUID{}, most, len(budgets) > 0
}

// MatchReason says why money of a bank statement settles what it settles, or
// nothing.
type MatchReason string

// The reasons.
const (
	MatchedPaymentCode   MatchReason = "payment_code"   // stands in what the bank says
	MatchedInvoiceNumber MatchReason = "invoice_number" // stands in what the bank says
	MatchedAmount        MatchReason = "amount"         // fits one open invoice alone
	MatchAmbiguous       MatchReason = "ambiguous"      // fits several
	MatchClosed          MatchReason = "closed"         // names one that is paid or void
	MatchNone            MatchReason = "none"
)

// MatchReasons lists every reason.
var MatchReasons = []MatchReason{
	MatchedPaymentCode, MatchedInvoiceNumber, MatchedAmount, MatchAmbiguous, MatchClosed, MatchNone,
}

// PaymentMatch is how a line of a bank statement was matched. It is empty for a
// payment that was recorded by hand.
type PaymentMatch struct {
	Reason     MatchReason `json:"reason,omitempty"`
	Candidates []uuid.UUID `json:"candidates,omitempty"`
}

// ProvenField is what of an invoice a proof compares.
type ProvenField string

// The fields.
const (
	ProvenCover    ProvenField = "cover" // the period owes the month
	ProvenLine     ProvenField = "line"  // the lines are those issued, no more and no fewer
	ProvenWageBase ProvenField = "wage_base_amount"
	ProvenJKK      ProvenField = "jkk_amount"
	ProvenJKM      ProvenField = "jkm_amount"
	ProvenSchedule ProvenField = "schedule"
	ProvenRelief   ProvenField = "relief"
	ProvenDigest   ProvenField = "digest"
	ProvenTotal    ProvenField = "total"
)

// ProvenFields lists every field.
var ProvenFields = []ProvenField{
	ProvenCover, ProvenLine, ProvenWageBase, ProvenJKK, ProvenJKM, ProvenSchedule, ProvenRelief, ProvenDigest, ProvenTotal,
}

// ArrearsEffect is what unpaid contributions do to cover.
type ArrearsEffect string

// The effects.
const (
	ArrearsCovered      ArrearsEffect = "covered"             // BPJS pays, the employer settles
	ArrearsGrace        ArrearsEffect = "grace"               // still a member
	ArrearsEmployerPays ArrearsEffect = "employer_pays_first" // and is reimbursed once arrears and fines are settled
	ArrearsEnded        ArrearsEffect = "protection_ended"    // until membership begins anew
)

// ArrearsEffects lists every effect.
var ArrearsEffects = []ArrearsEffect{ArrearsCovered, ArrearsGrace, ArrearsEmployerPays, ArrearsEnded}

// Arrears are the contributions of an agreement that are overdue on a day, and what
// that does to cover.
type Arrears struct {
	AgreementID uuid.UUID
	AsOf        Date
	Invoices    int64
	Months      int  // begun since the oldest was due
	OldestDueOn Date // none if nothing is overdue
	Overdue     Rupiah
	Fine        Rupiah // begun, and not charged yet
	Effect      ArrearsEffect
	Law         string
}

// MayTellArrears refuses to tell a witness of an agreement who owes what.
func (a Agreement) MayTellArrears(actor uuid.UUID) error {
	for _, p := range a.Parties {
		if p.OrganisationID == actor && p.Role == Witness {
			return Refuse(Forbidden, PartyRoleRequired, Params{"role": []PartyRole{Organiser, Payer, Branch}})
		}
	}
	return nil
}

// CreditNote is paper that takes back a part of an issued invoice.
type CreditNote struct {
	ID          uuid.UUID
	InvoiceID   uuid.UUID
	BranchID    uuid.UUID
	PayerID     uuid.NullUUID
	Number      string // without gaps for a branch and year
	IssuedOn    Date
	Reason      string
	JKK         Rupiah `gorm:"column:jkk"`
	JKM         Rupiah `gorm:"column:jkm"`
	Fine        Rupiah
	Applied     Rupiah       // by which its own invoice was lowered
	Allocated   Rupiah       // that settles other invoices
	Allocations []Allocation `gorm:"-"`
	Periods     []uuid.UUID  `gorm:"-"` // whose lines it takes back
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Total is what the note takes back.
func (n CreditNote) Total() Rupiah { return n.JKK + n.JKM + n.Fine }

// Unallocated is the credit that settles nothing yet.
func (n CreditNote) Unallocated() Rupiah { return n.Total() - n.Applied - n.Allocated }

// CreditNumber prints the n-th number of a branch's year.
func CreditNumber(year int, n int64) string { return "K" + InvoiceNumber(year, n) }

// Crediting asks to take a part of an invoice back.
type Crediting struct {
	InvoiceID uuid.UUID
	Periods   []uuid.UUID // whose lines
	Fine      Rupiah
	Reason    string
}

// BilledLine is a line of an invoice as a credit note looks at it.
type BilledLine struct {
	CoveragePeriodID uuid.UUID
	JKK              Rupiah
	JKM              Rupiah
	Credited         bool // taken back already
}

// MayCredit refuses to take anything back by anybody but the branch, and of an
// invoice that is not issued, or void (invoice_not_payable).
func (i Invoice) MayCredit(actor uuid.UUID) error {
	if err := MayPerform(actor, i.BranchID, Branch); err != nil {
		return err
	}
	if !i.Payable() {
		return Refuse(Conflict, InvoiceNotPayable, nil)
	}
	return nil
}

// Credit takes a part of the invoice back. It lowers what the invoice still lacks;
// the rest is credit. lines are those of its lines that are asked for, fineLeft what
// of its fines was not taken back before. Refuses a line that is not among them
// (line_unknown), or was taken back before (line_credited), more than the fines that are
// left (fine_exceeded), and to take nothing back at all (nothing_credited).
func (i *Invoice) Credit(in Crediting, lines []BilledLine, fineLeft Rupiah, today Date) (CreditNote, error) {
	n := CreditNote{
		InvoiceID: i.ID, BranchID: i.BranchID, PayerID: i.PayerID, IssuedOn: today, Reason: strings.TrimSpace(in.Reason),
		Fine: in.Fine, Periods: in.Periods, Version: 1,
	}
	var f Faults
	f.Check(n.Reason != "", "/reason", Blank, nil)
	seen := map[uuid.UUID]bool{} // one id may be spelt in more than one way
	for at, id := range in.Periods {
		pointer := fmt.Sprintf("/coverage_period_ids/%d", at)
		if seen[id] {
			f.Add(pointer, LineCredited, nil)
			continue
		}
		seen[id] = true
		place := slices.IndexFunc(lines, func(l BilledLine) bool { return l.CoveragePeriodID == id })
		if place < 0 {
			f.Add(pointer, LineUnknown, nil)
			continue
		}
		f.Check(!lines[place].Credited, pointer, LineCredited, nil)
		n.JKK += lines[place].JKK
		n.JKM += lines[place].JKM
	}
	f.Check(in.Fine >= 0, "/fine_amount", AmountNotPositive, nil)
	f.Check(in.Fine <= fineLeft, "/fine_amount", FineExceeded, Params{"left": fineLeft})
	f.Check(len(f) > 0 || n.Total() > 0, "/coverage_period_ids", NothingCredited, nil)
	if err := f.Err(); err != nil {
		return n, err
	}
	n.Applied = min(n.Total(), i.Outstanding())
	i.Credited += n.Applied
	return n, nil
}

// MayAllocate refuses to allocate by anybody but the branch, and what settles
// everything already (nothing_unallocated).
func (n CreditNote) MayAllocate(actor uuid.UUID) error {
	if err := MayPerform(actor, n.BranchID, Branch); err != nil {
		return err
	}
	if n.Unallocated() == 0 {
		return Refuse(Conflict, NothingUnallocated, nil)
	}
	return nil
}

// Allocate settles invoices with the credit that is left, all of them of whoever
// owed the invoice it was taken back from. Refuses more than that
// (allocated_too_much), another payer's (invoice_of_other_payer), and what a payment
// could not settle either.
func (n *CreditNote) Allocate(to []Allocation, invoices []Invoice, from Invoice) error {
	if err := fit(to, n.Unallocated()); err != nil {
		return err
	}
	whose, _ := from.holder()
	if err := settle(to, invoices, func(i Invoice) bool {
		other, _ := i.holder()
		return other == whose && i.PayerID == from.PayerID
	}); err != nil {
		return err
	}
	n.Allocations = append(n.Allocations[:len(n.Allocations):len(n.Allocations)], to...)
	n.Allocated += sum(to)
	return nil
}

// BankStatement is a file of a bank that was reconciled, and what came of it.
type BankStatement struct {
	ID        uuid.UUID
	BranchID  uuid.UUID
	SHA256    string `gorm:"column:sha256"`
	Lines     int
	Matched   int
	Unmatched int
	Known     int // recorded before, under the same reference
	CreatedAt time.Time
}
