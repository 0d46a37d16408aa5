package cover

import "github.com/google/uuid"

// EventType names something that happened: a noun and a past participle.
type EventType string

// What may happen.
const (
	OrganisationRegistered     EventType = "organisation_registered"
	OrganisationAmended        EventType = "organisation_amended"
	AgreementDrafted           EventType = "agreement_drafted"
	AgreementAmended           EventType = "agreement_amended"
	AgreementWasSigned         EventType = "agreement_signed"
	AgreementWasTerminated     EventType = "agreement_terminated"
	OfficerWasAppointed        EventType = "officer_appointed"
	OfficerAmended             EventType = "officer_amended"
	OfficerWasEnded            EventType = "officer_ended"
	OfficerWasWithdrawn        EventType = "officer_withdrawn" // taken back with the import that appointed them
	OfficersEnrolled           EventType = "officers_enrolled"
	ImportReceivedWhole        EventType = "import_received"
	ImportWasValidated         EventType = "import_validated"
	ImportCommitWasOrdered     EventType = "import_commit_ordered" // by whom, who may not have sent it
	ImportWasCommitted         EventType = "import_committed"
	ImportWasRejected          EventType = "import_rejected"
	ImportWasCancelled         EventType = "import_cancelled"
	ImportReversalWasOrdered   EventType = "import_reversal_ordered"
	ImportWasReversed          EventType = "import_reversed"
	SIPPProfileCorrected       EventType = "sipp_profile_corrected"
	CoveragePeriodWasCancelled EventType = "coverage_period_cancelled"
	InvoiceDrafted             EventType = "invoice_drafted"
	InvoiceWasIssued           EventType = "invoice_issued"
	InvoiceWasVoided           EventType = "invoice_voided"
	InvoiceAmended             EventType = "invoice_amended"
	InvoiceWasCredited         EventType = "invoice_credited"
	PaymentRecorded            EventType = "payment_recorded"
	PaymentAllocated           EventType = "payment_allocated"
	CreditAllocated            EventType = "credit_allocated"
	StatementReconciled        EventType = "statement_reconciled"
	BudgetWasSet               EventType = "budget_set"
	BudgetAmended              EventType = "budget_amended"
	TariffCorrected            EventType = "tariff_corrected"
	IncidentReported           EventType = "incident_reported"
	ClaimOpened                EventType = "claim_opened"
	ClaimWasSubmitted          EventType = "claim_submitted"
	ClaimWasApproved           EventType = "claim_approved"
	ClaimWasRejected           EventType = "claim_rejected"
	ClaimWasPaid               EventType = "claim_paid"
	ClientCreated              EventType = "client_created"
	ClientRotated              EventType = "client_rotated"
	ClientWasRevoked           EventType = "client_revoked"
	PersonalDataRead           EventType = "personal_data_read"
)

// Event is something that happened to a resource. It names no person and holds
// no values: whoever needs them reads the resource.
type Event struct {
	Type           EventType
	ResourceID     uuid.UUID
	OrganisationID uuid.UUID // whose resource it is
	Before, After  any       // the resource, for keyed digests; nil where there was none
}
