package cover

import (
	"time"

	"github.com/google/uuid"
)

// ImportMode says what a file of officers is meant to be.
type ImportMode string

// The modes of an import.
const (
	Upsert     ImportMode = "upsert"      // appoint whom the register does not know, amend whom it does
	CreateOnly ImportMode = "create_only" // amend nobody
	Snapshot   ImportMode = "snapshot"    // the full roster of one position in one area: whoever is missing is ended
)

// ImportModes lists every mode.
var ImportModes = []ImportMode{Upsert, CreateOnly, Snapshot}

// CommitMode says who commits an import.
type CommitMode string

// The ways to commit.
const (
	CommitAuto   CommitMode = "auto"
	CommitManual CommitMode = "manual"
)

// CommitModes lists every way to commit.
var CommitModes = []CommitMode{CommitAuto, CommitManual}

// ErrorMode says what bad rows do to the good ones.
type ErrorMode string

// The ways to deal with bad rows.
const (
	AcceptValid ErrorMode = "accept_valid"
	RejectAll   ErrorMode = "reject_all"
)

// ErrorModes lists every way to deal with bad rows.
var ErrorModes = []ErrorMode{AcceptValid, RejectAll}

// ImportStatus is a state in the life of an import.
type ImportStatus string

// The states of an import.
const (
	ImportReceiving          ImportStatus = "receiving" // the rest of the file is to come
	ImportReceived           ImportStatus = "received"
	ImportStaging            ImportStatus = "staging"
	ImportValidated          ImportStatus = "validated"
	ImportCommitting         ImportStatus = "committing"
	ImportCommitted          ImportStatus = "committed"
	ImportPartiallyCommitted ImportStatus = "partially_committed"
	ImportRejected           ImportStatus = "rejected"
	ImportCancelled          ImportStatus = "cancelled"
	ImportReversing          ImportStatus = "reversing"
	ImportReversed           ImportStatus = "reversed"
)

// ImportStatuses lists every status.
var ImportStatuses = []ImportStatus{
	ImportReceiving, ImportReceived, ImportStaging, ImportValidated, ImportCommitting, ImportCommitted,
	ImportPartiallyCommitted, ImportRejected, ImportCancelled, ImportReversing, ImportReversed,
}

// Moves reports whether the import goes on by itself.
func (s ImportStatus) Moves() bool {
	switch s {
	case ImportReceived, ImportStaging, ImportCommitting, ImportReversing:
		return true
	default:
		return false
	}
}

// ImportPhase is what is being done to an import just now.
type ImportPhase string

// The phases of an import.
const (
	PhaseReceiving  ImportPhase = "receiving"
	PhaseWaiting    ImportPhase = "waiting" // for its turn
	PhaseStaging    ImportPhase = "staging"
	PhaseValidating ImportPhase = "validating"
	PhaseCommitting ImportPhase = "committing"
	PhaseReversing  ImportPhase = "reversing"
	PhaseResting    ImportPhase = "resting"
)

// ImportPhases lists every phase.
var ImportPhases = []ImportPhase{
	PhaseReceiving, PhaseWaiting, PhaseStaging, PhaseValidating, PhaseCommitting, PhaseReversing, PhaseResting,
}

// RowOutcome is what a row does to the register, or did.
type RowOutcome string

// The outcomes of a row.
const (
	RowCreated   RowOutcome = "created"
	RowUpdated   RowOutcome = "updated"
	RowUnchanged RowOutcome = "unchanged"
	RowEnded     RowOutcome = "ended" // an officer who is missing from a snapshot
	RowRejected  RowOutcome = "rejected"
	RowAmended   RowOutcome = "amended"   // rejected, and mended by a later import
	RowCancelled RowOutcome = "cancelled" // the import was stopped before it
)

// RowOutcomes lists every outcome.
var RowOutcomes = []RowOutcome{RowCreated, RowUpdated, RowUnchanged, RowEnded, RowRejected, RowAmended, RowCancelled}

// RowReversal is what taking an import back did to the officer of a row.
type RowReversal string

// The buckets of a reversal.
const (
	RowReversed RowReversal = "reversed"
	RowKept     RowReversal = "kept"    // touched since
	RowBlocked  RowReversal = "blocked" // something rests on it
)

// RowReversals lists every bucket.
var RowReversals = []RowReversal{RowReversed, RowKept, RowBlocked}

// DamageKind is a way in which spreadsheets spoil identifiers.
type DamageKind string

// The kinds of damage.
const (
	DamageScientific DamageKind = "scientific_notation" // 6.1E+15
	DamageDigitLost  DamageKind = "digit_lost"          // fifteen digits
	DamageRounded    DamageKind = "last_digits_rounded" // a number holds fifteen digits; the sixteenth became 0
	DamageShifted    DamageKind = "columns_shifted"     // the NIK stands in another column
)

// DamageKinds lists every kind of damage.
var DamageKinds = []DamageKind{DamageScientific, DamageDigitLost, DamageRounded, DamageShifted}

// Damage is a sign that identifiers of the whole file were spoilt, with rows that
// show it.
type Damage struct {
	Kind     DamageKind `json:"kind"`
	Column   string     `json:"column"`
	Rows     int64      `json:"rows"`
	Of       int64      `json:"of"`
	Examples []int64    `json:"examples"` // row numbers
}

// ImportCounts are the rows of an import by outcome.
type ImportCounts struct {
	Rows      int64 `json:"rows"`
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Ended     int64 `json:"ended"` // officers who are not in the file, so not among Rows
	Rejected  int64 `json:"rejected"`
	Amended   int64 `json:"amended"`
	Cancelled int64 `json:"cancelled"`
	Warned    int64 `json:"warned"`
}

// Changes is how many officers a commit changes.
func (c ImportCounts) Changes() int64 { return c.Created + c.Updated + c.Ended }

// CancelAll counts the rows as cancelled that were not rejected.
func (c *ImportCounts) CancelAll() {
	*c = ImportCounts{Rows: c.Rows, Rejected: c.Rejected, Cancelled: c.Rows - c.Rejected, Warned: c.Warned}
}

// ImportEffects are what a commit does to the register and to a premium.
type ImportEffects struct {
	Conflicts int64  `json:"conflicts"` // people who serve in another body at the same time
	Ended     int64  `json:"ended"`     // rows of officers whose duty is over, and stays so
	Added     Rupiah `json:"added"`     // to the monthly premium of the agreement
	Removed   Rupiah `json:"removed"`   // from it
}

// ImportColumn is a column of a file and what it was read as.
type ImportColumn struct {
	Header string `json:"header"`
	Column string `json:"column,omitempty"` // empty: left alone
}

// ImportHeader says how a file was read.
type ImportHeader struct {
	Separator     string         `json:"separator,omitempty"` // of a CSV
	ByteOrderMark bool           `json:"byte_order_mark,omitempty"`
	Sheet         string         `json:"sheet,omitempty"` // of a workbook
	Columns       []ImportColumn `json:"columns"`
}

// ImportReversal counts the buckets of a reversal.
type ImportReversal struct {
	Reversed int64 `json:"reversed"`
	Kept     int64 `json:"kept"`
	Blocked  int64 `json:"blocked"`
}

// ImportTerms are what a caller says of a file besides its bytes.
type ImportTerms struct {
	Mode            ImportMode
	CommitMode      CommitMode
	OnError         ErrorMode
	DryRun          bool // judged, never committed
	AgreementID     uuid.NullUUID
	AmendsID        uuid.NullUUID
	Position        string // with Snapshot
	AreaCode        string // with Snapshot
	Removals        *int64 // how many officers are confirmed to be ended
	MediaType       string
	Encoding        string // gzip or zstd; empty for none
	AnnouncedDigest []byte // SHA-256 that the bytes must have; nil if none was announced
}

// Import is a file of officers on its way into the register.
type Import struct {
	ID             uuid.UUID
	OrganisationID uuid.UUID
	ClientID       uuid.UUID
	RequestID      string
	ImportTerms    `gorm:"embedded"`
	Status         ImportStatus
	Phase          ImportPhase
	ReceivedBytes  int64
	ContentDigest  []byte // SHA-256 of the bytes; nil until all are there
	Processed      int64
	Total          int64 // 0 while it is not known
	PhaseSince     time.Time
	Header         ImportHeader   `gorm:"serializer:json"`
	Counts         ImportCounts   `gorm:"serializer:json"`
	Effects        ImportEffects  `gorm:"serializer:json"`
	Damage         []Damage       `gorm:"serializer:json"`
	Faults         Faults         `gorm:"serializer:json"` // why the whole was rejected
	Doubts         Faults         `gorm:"serializer:json"`
	Reversal       ImportReversal `gorm:"serializer:json"`
	PeopleDigest   uuid.NullUUID  // of the officers in the file, in whatever order
	PlanDigest     uuid.NullUUID  // names what was validated
	RepeatsID      uuid.NullUUID  // an earlier import of the same officers
	RosterChanges  int64          // the state of the roster that the plan was made against
	CommittedRow   int64          // rows up to this one are committed
	ReceivedAt     *time.Time
	ValidatedAt    *time.Time
	FinishedAt     *time.Time
	ForgottenAt    *time.Time // its rows are gone
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// CheckImport says what is wrong with the terms of an import.
func CheckImport(in ImportTerms, body Organisation, ref *Reference) error {
	var f Faults
	at := func(name string, code Code, params Params) {
		f = append(f, Fault{Pointer: name, In: "query", Code: code, Params: params})
	}
	if in.Mode != Snapshot {
		for name, given := range map[string]bool{"position": in.Position != "", "area_code": in.AreaCode != "", "removals": in.Removals != nil} {
			if given {
				at(name, SnapshotOnly, nil)
			}
		}
		return f.Err()
	}
	if in.AmendsID.Valid {
		at("amends", SnapshotAmends, nil)
	}
	if in.Position == "" {
		at("position", Required, nil)
	} else if p, known := ref.Position(in.Position); !known {
		at("position", PositionUnknown, nil)
	} else if p.Organiser != body.Kind {
		at("position", PositionOfOtherBody, Params{"organiser": p.Organiser})
	}
	if in.AreaCode == "" {
		at("area_code", Required, nil)
	} else if _, known := ref.AreaLevel(in.AreaCode); !known {
		at("area_code", AreaUnknown, nil)
	} else if body.AreaCode != "" && !Inside(in.AreaCode, body.AreaCode) {
		at("area_code", AreaOutsideOrganisation, Params{"area_code": body.AreaCode})
	}
	return f.Err()
}

// MayAppend refuses another part of a file that is whole (import_received).
func (i Import) MayAppend() error {
	if i.Status != ImportReceiving {
		return Refuse(Conflict, ImportIsReceived, Params{"status": i.Status})
	}
	return nil
}

// MayAppendAt also refuses a part that does not begin where the last one ended
// (upload_offset_wrong).
func (i Import) MayAppendAt(offset int64) error {
	if err := i.MayAppend(); err != nil {
		return err
	}
	if offset != i.ReceivedBytes {
		return Refuse(Conflict, UploadOffsetWrong, Params{"offset": i.ReceivedBytes})
	}
	return nil
}

// MayCommit refuses an import that is not waiting for it (import_not_validated), a
// trial (import_is_dry_run) and one whose identifiers are spoilt
// (identifiers_damaged).
func (i Import) MayCommit() error {
	switch {
	case i.Status != ImportValidated:
		return Refuse(Conflict, ImportNotValidated, Params{"status": i.Status})
	case i.DryRun:
		return Refuse(Conflict, ImportIsDryRun, nil)
	case len(i.Damage) > 0:
		return Refuse(Conflict, IdentifiersDamaged, Params{"kinds": i.damageKinds()})
	default:
		return nil
	}
}

func (i Import) damageKinds() []DamageKind {
	kinds := make([]DamageKind, len(i.Damage))
	for n, d := range i.Damage {
		kinds[n] = d.Kind
	}
	return kinds
}

// Commit sets an import going whose plan was reviewed. Refuses another plan
// (plan_stale) and removals that were not confirmed by their number
// (removals_not_confirmed).
func (i *Import) Commit(plan string, removals *int64) error {
	if err := i.MayCommit(); err != nil {
		return err
	}
	if !i.PlanDigest.Valid || plan != PlanName(i.PlanDigest.UUID) {
		return RefuseAt("/plan_digest", PlanStale, nil)
	}
	if removals != nil {
		i.Removals = removals
	}
	if !i.RemovalsConfirmed() {
		return RefuseAt("/removals", RemovalsNotConfirmed, Params{"expected": i.Counts.Ended})
	}
	i.Status = ImportCommitting
	return nil
}

// PlanName spells the digest of a plan.
func PlanName(digest uuid.UUID) string {
	const hex = "0123456789abcdef"
	name := make([]byte, 0, 32)
	for _, b := range digest {
		name = append(name, hex[b>>4], hex[b&15])
	}
	return string(name)
}

// Validate says what becomes of an import whose plan was made: nothing at all may
// be good in it, or not enough (rows_rejected); it may wait for somebody; or it is
// committed.
func (i *Import) Validate() {
	i.Status = ImportValidated
	bad := i.Counts.Rejected
	switch {
	case i.Counts.Rows == 0:
		i.Reject(Fault{Code: FileEmpty})
	case bad == i.Counts.Rows || bad > 0 && i.OnError == RejectAll:
		i.Reject(Fault{Code: RowsRejected, Params: Params{"rows": bad}})
	case i.CommitMode == CommitAuto && i.MayCommit() == nil && i.RemovalsConfirmed():
		i.Status = ImportCommitting
	}
}

// Reject ends an import that is not, or not yet, committed.
func (i *Import) Reject(why ...Fault) {
	i.Status, i.Faults = ImportRejected, append(Faults{}, why...)
}

// Finish ends a commit: in part where rows were rejected or left out.
func (i *Import) Finish() {
	i.Status = ImportCommitted
	if i.Counts.Rejected+i.Counts.Cancelled > 0 {
		i.Status = ImportPartiallyCommitted
	}
}

// RemovalsConfirmed reports whether the number of officers who would be ended is
// the one that was confirmed. Nobody to end needs no word.
func (i Import) RemovalsConfirmed() bool {
	if i.Removals == nil {
		return i.Counts.Ended == 0
	}
	return *i.Removals == i.Counts.Ended
}

// MayCancel refuses an import that is over (import_over).
func (i Import) MayCancel() error {
	switch i.Status {
	case ImportReceiving, ImportReceived, ImportStaging, ImportValidated, ImportCommitting:
		return nil
	default:
		return Refuse(Conflict, ImportOver, Params{"status": i.Status})
	}
}

// MayReverse refuses an import of which nothing was committed
// (import_not_committed), or whose rows are gone (import_forgotten).
func (i Import) MayReverse() error {
	switch {
	case i.Status != ImportCommitted && i.Status != ImportPartiallyCommitted:
		return Refuse(Conflict, ImportNotCommitted, Params{"status": i.Status})
	case i.ForgottenAt != nil:
		return Refuse(Conflict, ImportForgotten, Params{"finished_at": i.FinishedAt})
	default:
		return nil
	}
}

// MayAmend refuses to mend rows of an import that has none to mend, or of which good
// rows are not committed and would be left behind
// (import_not_amendable), or whose rows are gone (import_forgotten).
func (i Import) MayAmend() error {
	committed := i.Status == ImportCommitted || i.Status == ImportPartiallyCommitted
	allBad := i.Status == ImportRejected && i.Counts.Rejected+i.Counts.Amended == i.Counts.Rows
	switch {
	case !committed && !allBad || i.Counts.Rejected == 0:
		return Refuse(Conflict, ImportNotAmendable, Params{"status": i.Status})
	case i.ForgottenAt != nil:
		return Refuse(Conflict, ImportForgotten, Params{"finished_at": i.FinishedAt})
	default:
		return nil
	}
}

// Actions says what the organisation that sent the import may do next.
func (i Import) Actions(actor uuid.UUID) []Action {
	own := MayPerform(actor, i.OrganisationID, Organiser)
	more := action("append", string(ImportReceived), own, i.MayAppend())
	more.Path = "content"
	back := action("reverse", string(ImportReversed), own, i.MayReverse())
	back.Path = "reversal"
	return []Action{
		more, action("commit", string(ImportCommitting), own, i.MayCommit()), action("cancel", string(ImportCancelled), own, i.MayCancel()), back,
	}
}
