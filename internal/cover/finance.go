package cover

import (
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
	ProvenDigest   ProvenField = "digest"
	ProvenTotal    ProvenField = "total"
)

// ProvenFields lists every field.
var ProvenFields = []ProvenField{
	ProvenCover, ProvenLine, ProvenWageBase, ProvenJKK, ProvenJKM, ProvenSchedule, ProvenDigest, ProvenTotal,
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

// CreditNote is paper that takes back a part of an issued invoice.
type CreditNote struct {
	ID          uuid.UUID
	InvoiceID   uuid.UUID
	BranchID    uuid.UUID
	PayerID     uuid.NullUUID
	Number      string // without gaps for a branch and year
	IssuedOn    Date
	Reason      string
	JKK         Rupiah
	JKM         Rupiah
	Fine        Rupiah
	Applied     Rupiah       // by which its own invoice was lowered
	Allocations []Allocation `gorm:"-"`
	Periods     []uuid.UUID  `gorm:"-"` // whose lines it takes back
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Total is what the note takes back.
func (n CreditNote) Total() Rupiah { return n.JKK + n.JKM + n.Fine }

// Unallocated is the credit that settles nothing yet.
func (n CreditNote) Unallocated() Rupiah {
	left := n.Total() - n.Applied
	for _, a := range n.Allocations {
		left -= a.Amount
	}
	return left
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
