package cover

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// DocumentStatus is a state of a document.
type DocumentStatus string

// The states of a document, in the order of its life.
const (
	DocumentArriving    DocumentStatus = "receiving"   // its bytes are on their way; nobody sees it
	DocumentDiscarded   DocumentStatus = "discarded"   // it came to nothing, and its bytes are being let go of
	DocumentScanning    DocumentStatus = "scanning"    // the scanner has not answered yet
	DocumentReceived    DocumentStatus = "received"    // waits for the verdict of the branch
	DocumentQuarantined DocumentStatus = "quarantined" // the scanner found something
	DocumentAccepted    DocumentStatus = "accepted"
	DocumentRejected    DocumentStatus = "rejected"
	DocumentWithdrawn   DocumentStatus = "withdrawn" // its bytes are destroyed
)

// DocumentStatuses lists every state in which a document is seen.
var DocumentStatuses = []DocumentStatus{
	DocumentScanning, DocumentReceived, DocumentQuarantined, DocumentAccepted, DocumentRejected, DocumentWithdrawn,
}

// DocumentFlaw says why a paper was rejected.
type DocumentFlaw string

// The flaws of a paper.
const (
	FlawIllegible   DocumentFlaw = "illegible"
	FlawIncomplete  DocumentFlaw = "incomplete"
	FlawWrongKind   DocumentFlaw = "wrong_kind"
	FlawWrongPerson DocumentFlaw = "wrong_person"
	FlawExpired     DocumentFlaw = "expired"
	FlawForged      DocumentFlaw = "forged"
	FlawOther       DocumentFlaw = "other"
)

// DocumentFlaws lists every flaw.
var DocumentFlaws = []DocumentFlaw{FlawIllegible, FlawIncomplete, FlawWrongKind, FlawWrongPerson, FlawExpired, FlawForged, FlawOther}

// Document is a paper that proves something of an incident. Its bytes are kept
// elsewhere, sealed; what is told of it here names nobody.
type Document struct {
	ID             uuid.UUID
	IncidentID     uuid.UUID
	HeirID         uuid.NullUUID // whose paper it is, if it is an heir's
	Rank           int           // of heirs, that it says is empty; 0 for other papers
	SchoolYear     int           // of a letter of a school: the calendar year in which it began
	InClaim        bool          `gorm:"-"` // a claim or grant rests on it
	OrganisationID uuid.UUID     // the officer's, as of the incident
	BranchID       uuid.NullUUID `gorm:"-"` // the office that covers, as the incident has it now
	UploadedBy     uuid.UUID
	ClientID       uuid.UUID // who sent it
	RequestID      string
	Kind           DocumentKind
	MediaType      string
	Size           int64
	SHA256         []byte `gorm:"column:sha256"`
	Shelf          string // where its bytes are
	Status         DocumentStatus
	Scanned        bool // a scanner has looked at it
	Flaw           DocumentFlaw
	FlawNote       string
	DecidedAt      *time.Time
	OutdatedAt     *time.Time // when what it proves was changed
	DestroyedAt    *time.Time // when its bytes were gone
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// MayBeRead refuses to give the bytes of a document that the scanner has not
// cleared (document_being_scanned, document_quarantined), or that has none any more
// (document_withdrawn).
func (d Document) MayBeRead() error {
	switch d.Status {
	case DocumentReceived, DocumentAccepted, DocumentRejected:
		return nil
	case DocumentQuarantined:
		return Refuse(Forbidden, DocumentInQuarantine, nil)
	case DocumentWithdrawn:
		return Refuse(NotFound, DocumentIsWithdrawn, nil)
	default:
		return Refuse(Conflict, DocumentBeingScanned, nil)
	}
}

// Scan notes what the scanner said. Refuses a document that waits for no scanner
// (document_wrong_status).
func (d *Document) Scan(clean bool) error {
	if err := inStatus(DocumentWrongStatus, d.Status, DocumentScanning); err != nil {
		return err
	}
	if d.Status, d.Scanned = DocumentReceived, true; !clean {
		d.Status = DocumentQuarantined
	}
	return nil
}

// Accept notes that the branch takes the paper for proof; also one that it rejected
// before. Refuses anybody else (party_role_required) and what is not there to be
// judged (document_wrong_status).
func (d *Document) Accept(actor uuid.UUID, now time.Time) error {
	if err := d.mayDecide(actor, DocumentReceived, DocumentRejected); err != nil {
		return err
	}
	d.Status, d.Flaw, d.FlawNote, d.DecidedAt = DocumentAccepted, "", "", &now
	return nil
}

// Reject notes why the branch does not take the paper for proof; also one that it
// accepted before. It refuses what Accept refuses.
func (d *Document) Reject(actor uuid.UUID, flaw DocumentFlaw, note string, now time.Time) error {
	if err := d.mayDecide(actor, DocumentReceived, DocumentAccepted); err != nil {
		return err
	}
	d.Status, d.Flaw, d.FlawNote, d.DecidedAt = DocumentRejected, flaw, strings.TrimSpace(note), &now
	return nil
}

func (d Document) mayDecide(actor uuid.UUID, from ...DocumentStatus) error {
	if err := MayPerform(actor, d.BranchID.UUID, Branch); err != nil {
		return err
	}
	return inStatus(DocumentWrongStatus, d.Status, from...)
}

// Withdraw takes the paper back. Refuses anybody but who sent it (uploader_required), what
// was accepted or is withdrawn already (document_wrong_status), and what a claim or grant
// rests on (document_in_claim): its bytes would be destroyed.
func (d *Document) Withdraw(actor uuid.UUID) error {
	if err := d.mayWithdraw(actor); err != nil {
		return err
	}
	d.Status = DocumentWithdrawn
	return nil
}

func (d Document) mayWithdraw(actor uuid.UUID) error {
	if actor != d.UploadedBy {
		return Refuse(Forbidden, UploaderRequired, nil)
	}
	if err := inStatus(DocumentWrongStatus, d.Status, DocumentScanning, DocumentReceived, DocumentQuarantined, DocumentRejected); err != nil {
		return err
	}
	if d.InClaim && d.stands() == RequirementAttached {
		return Refuse(Conflict, DocumentInClaim, nil)
	}
	return nil
}

// Actions says what an organisation may do next.
func (d Document) Actions(actor uuid.UUID) []Action {
	return []Action{
		action("accept", string(DocumentAccepted), d.mayDecide(actor, DocumentReceived, DocumentRejected)),
		action("reject", string(DocumentRejected), d.mayDecide(actor, DocumentReceived, DocumentAccepted)),
		action("withdraw", string(DocumentWithdrawn), d.mayWithdraw(actor)),
	}
}

// DocumentLinkStatus is a state of a link.
type DocumentLinkStatus string

// The states of a link.
const (
	LinkActive    DocumentLinkStatus = "active"
	LinkUsedUp    DocumentLinkStatus = "used_up"
	LinkExpired   DocumentLinkStatus = "expired"
	LinkWithdrawn DocumentLinkStatus = "withdrawn"
)

// DocumentLinkStatuses lists every state.
var DocumentLinkStatuses = []DocumentLinkStatus{LinkActive, LinkUsedUp, LinkExpired, LinkWithdrawn}

// How long a link lives and how often it may be opened, unless its maker says
// otherwise. Whoever opens it after somebody else is told that it is used up: so a
// link that went astray is noticed.
const (
	LinkMinutes = 10
	LinkUses    = 1
)

// DocumentLink lets whoever knows its token read a document for a while.
type DocumentLink struct {
	ID          uuid.UUID
	DocumentID  uuid.UUID
	TokenDigest uuid.UUID // keyed; the token itself is kept nowhere
	MadeBy      uuid.UUID
	ClientID    uuid.UUID
	RequestID   string
	Purpose     Purpose
	Uses        int32
	Used        int32
	ExpiresAt   time.Time
	WithdrawnAt *time.Time
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// StatusAt is the state of a link at an instant.
func (l DocumentLink) StatusAt(now time.Time) DocumentLinkStatus {
	switch {
	case l.WithdrawnAt != nil:
		return LinkWithdrawn
	case l.Used >= l.Uses:
		return LinkUsedUp
	case !now.Before(l.ExpiresAt):
		return LinkExpired
	default:
		return LinkActive
	}
}

// Use opens the link once more. Refuses one that is over (document_link_over).
func (l *DocumentLink) Use(now time.Time) error {
	if l.StatusAt(now) != LinkActive {
		return Refuse(NotFound, DocumentLinkOver, nil)
	}
	l.Used++
	return nil
}

// Withdraw ends the link. Refuses anybody but the organisation that made it
// (uploader_required), and one that is over (document_link_over).
func (l *DocumentLink) Withdraw(actor uuid.UUID, now time.Time) error {
	if err := l.mayWithdraw(actor, now); err != nil {
		return err
	}
	l.WithdrawnAt = &now
	return nil
}

func (l DocumentLink) mayWithdraw(actor uuid.UUID, now time.Time) error {
	if actor != l.MadeBy {
		return Refuse(Forbidden, UploaderRequired, nil)
	}
	if l.StatusAt(now) != LinkActive {
		return Refuse(NotFound, DocumentLinkOver, nil)
	}
	return nil
}

// Actions says what an organisation may do next.
func (l DocumentLink) Actions(actor uuid.UUID, now time.Time) []Action {
	return []Action{action("withdraw", string(LinkWithdrawn), l.mayWithdraw(actor, now))}
}

// DocumentReading is that somebody read a document.
type DocumentReading struct {
	ID             uuid.UUID
	OrganisationID uuid.UUID
	ClientID       uuid.UUID
	Purpose        Purpose
	LinkID         uuid.NullUUID // none for a token
	ReadAt         time.Time
}
