package cover

import (
	"time"

	"github.com/google/uuid"
)

// HistoryResource is a kind of thing that happens to an officer.
type HistoryResource string

// HistoryResources lists every kind.
var HistoryResources = []HistoryResource{"officer", "coverage_period", "enrolment", "incident", "claim", "heir", "document", "deadline", "grant"}

// HistoryEntry is something that happened to an officer, or to what hangs on them. It
// holds no personal data.
type HistoryEntry struct {
	ID             uuid.UUID
	Type           EventType
	Resource       HistoryResource
	ResourceID     uuid.UUID
	OrganisationID uuid.UUID // who did it
	OccurredAt     time.Time
}
