package cover

// DocumentKind says what a paper is.
type DocumentKind string

// The kinds of paper that a claim may ask for (Permenaker 5/2021, amended by
// Permenaker 1/2025), and whatever else helps.
const (
	IdentityCard        DocumentKind = "identity_card"
	FamilyCard          DocumentKind = "family_card"
	MembershipCard      DocumentKind = "membership_card"
	AppointmentDecree   DocumentKind = "appointment_decree"
	AssignmentLetter    DocumentKind = "assignment_letter"
	AttendanceList      DocumentKind = "attendance_list"
	Chronology          DocumentKind = "chronology"
	PoliceReport        DocumentKind = "police_report"
	RouteMap            DocumentKind = "route_map"
	WitnessStatement    DocumentKind = "witness_statement"
	WitnessIdentityCard DocumentKind = "witness_identity_card"
	MedicalReport       DocumentKind = "medical_report"
	CareReceipt         DocumentKind = "care_receipt"
	TransportReceipt    DocumentKind = "transport_receipt"
	StageOneForm        DocumentKind = "stage_one_form"
	StageTwoForm        DocumentKind = "stage_two_form"
	DeathCertificate    DocumentKind = "death_certificate"
	HeirsLetter         DocumentKind = "heirs_letter"
	NoHeirsStatement    DocumentKind = "no_heirs_statement"
	GuardianshipLetter  DocumentKind = "guardianship_letter"
	Testament           DocumentKind = "testament"
	MarriageCertificate DocumentKind = "marriage_certificate"
	BirthCertificate    DocumentKind = "birth_certificate"
	SchoolLetter        DocumentKind = "school_letter"
	BankAccountProof    DocumentKind = "bank_account_proof"
	JKMForm             DocumentKind = "jkm_form"
	FuneralReceipt      DocumentKind = "funeral_receipt"
	PaymentProof        DocumentKind = "payment_proof" // of a body that paid first
	OtherDocument       DocumentKind = "other"
)

// DocumentKinds lists every kind.
var DocumentKinds = []DocumentKind{
	IdentityCard, FamilyCard, MembershipCard, AppointmentDecree, AssignmentLetter, AttendanceList, Chronology, PoliceReport, RouteMap,
	WitnessStatement, WitnessIdentityCard, MedicalReport, CareReceipt, TransportReceipt, StageOneForm, StageTwoForm, DeathCertificate,
	HeirsLetter, NoHeirsStatement, GuardianshipLetter, Testament, MarriageCertificate, BirthCertificate, SchoolLetter, BankAccountProof,
	JKMForm, FuneralReceipt, PaymentProof, OtherDocument,
}
