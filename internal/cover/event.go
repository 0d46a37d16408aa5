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
	IncidentAmended            EventType = "incident_amended"
	IncidentConfirmed          EventType = "incident_confirmed"
	IncidentGuaranteed         EventType = "incident_guarantee_decided"
	IncidentWasDismissed       EventType = "incident_dismissed"
	IncidentWasConcluded       EventType = "incident_concluded"
	HeirNamed                  EventType = "heir_named"
	HeirAmended                EventType = "heir_amended"
	HeirStruck                 EventType = "heir_struck"
	ClaimOpened                EventType = "claim_opened"
	ClaimAmended               EventType = "claim_amended"
	ClaimReturned              EventType = "claim_returned"
	ClaimWasVerified           EventType = "claim_verified"
	ClaimReopened              EventType = "claim_reopened"
	ClaimAppealed              EventType = "claim_appealed"
	ClaimWasWithdrawn          EventType = "claim_withdrawn"
	ClaimWasSubmitted          EventType = "claim_submitted"
	ClaimWasApproved           EventType = "claim_approved"
	ClaimWasRejected           EventType = "claim_rejected"
	ClaimWasPaid               EventType = "claim_paid"
	FundWasSet                 EventType = "ex_gratia_fund_set"
	FundAmended                EventType = "ex_gratia_fund_amended"
	GrantWasGranted            EventType = "ex_gratia_granted"
	GrantWasDisbursed          EventType = "ex_gratia_disbursed"
	GrantWasCancelled          EventType = "ex_gratia_cancelled"
	ClientCreated              EventType = "client_created"
	ClientRotated              EventType = "client_rotated"
	ClientWasRevoked           EventType = "client_revoked"
	PersonalDataRead           EventType = "personal_data_read"
	DeadlineWasStarted         EventType = "deadline_started"
	DeadlineWasPaused          EventType = "deadline_paused"
	DeadlineWasResumed         EventType = "deadline_resumed"
	DeadlineWasMoved           EventType = "deadline_moved" // by another edition of the tariff
	DeadlineWasMet             EventType = "deadline_met"
	DeadlineWasCancelled       EventType = "deadline_cancelled"
	DeadlineIsNear             EventType = "deadline_near"
	DeadlineWasBreached        EventType = "deadline_breached"
	DocumentUploaded           EventType = "document_uploaded"
	DocumentWasScanned         EventType = "document_scanned"
	DocumentWasQuarantined     EventType = "document_quarantined"
	DocumentWasAccepted        EventType = "document_accepted"
	DocumentWasRejected        EventType = "document_rejected"
	DocumentWasWithdrawn       EventType = "document_withdrawn"
	DocumentRead               EventType = "document_read" // by a token or, if the event names one, by a link
	DocumentLinked             EventType = "document_linked"
	DocumentLinkWasWithdrawn   EventType = "document_link_withdrawn"
)

// Event is something that happened to a resource. It names no person and holds
// no values: whoever needs them reads the resource.
type Event struct {
	Type           EventType
	ResourceID     uuid.UUID
	OrganisationID uuid.UUID     // whose resource it is
	Before, After  any           // the resource, for keyed digests; nil where there was none
	LinkID         uuid.NullUUID // by which a document was read
}
