package cover

import (
	"slices"

	"github.com/google/uuid"
)

// RequirementStatus says how a paper that a claim needs stands.
type RequirementStatus string

// The states of a requirement.
const (
	RequirementMissing  RequirementStatus = "missing"
	RequirementAttached RequirementStatus = "attached"
	RequirementAccepted RequirementStatus = "accepted"
	RequirementRejected RequirementStatus = "rejected"
)

// RequirementStatuses lists every state.
var RequirementStatuses = []RequirementStatus{
	RequirementMissing, RequirementAttached, RequirementAccepted, RequirementRejected,
}

// Requirement is a paper that a claim needs, and how it stands.
type Requirement struct {
	DocumentKind DocumentKind
	Mandatory    bool
	HeirID       uuid.NullUUID // whose paper it is; no heir's, if none
	Rank         int           // the rank of heirs that it says is empty; 0 for other papers
	SchoolYear   int           // of a letter of a school; 0 for other papers
	Law          string
	Status       RequirementStatus
	DocumentIDs  []uuid.UUID
}

// Meet finds the papers that a requirement asks for, and how they stand.
func (r *Requirement) Meet(papers []Document) {
	r.Status, r.DocumentIDs = RequirementMissing, []uuid.UUID{}
	order := []RequirementStatus{RequirementMissing, RequirementRejected, RequirementAttached, RequirementAccepted}
	for _, d := range papers {
		stands := d.stands()
		if !r.asksFor(d) || stands == RequirementMissing {
			continue
		}
		r.DocumentIDs = append(r.DocumentIDs, d.ID)
		if slices.Index(order, stands) > slices.Index(order, r.Status) {
			r.Status = stands
		}
	}
}

// asksFor reports whether a paper is the one. An heir's card is not the officer's: one paper
// meets one requirement. What proves an account that was changed proves nothing.
func (r Requirement) asksFor(d Document) bool {
	return d.OutdatedAt == nil && d.Kind == r.DocumentKind && d.Rank == r.Rank && d.SchoolYear == r.SchoolYear && d.HeirID == r.HeirID
}

// stands says what a paper is worth to a requirement.
func (d Document) stands() RequirementStatus {
	switch d.Status {
	case DocumentScanning, DocumentReceived:
		return RequirementAttached
	case DocumentAccepted:
		return RequirementAccepted
	case DocumentRejected:
		return RequirementRejected
	default:
		return RequirementMissing
	}
}
