package cover

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
)

// IncidentKind says what happened to an officer.
type IncidentKind string

// The kinds of incident. All but illness are work accidents (Permenaker 5/2021,
// amended by Permenaker 1/2025).
const (
	Accident            IncidentKind = "accident"
	CommutingAccident   IncidentKind = "commuting_accident"
	TravelAccident      IncidentKind = "travel_accident" // on official travel
	ErrandAccident      IncidentKind = "errand_accident" // important, and with leave
	OccupationalDisease IncidentKind = "occupational_disease"
	SuddenDeath         IncidentKind = "sudden_death"
	Violence            IncidentKind = "violence"
	Illness             IncidentKind = "illness"
)

// IncidentKinds lists every kind.
var IncidentKinds = []IncidentKind{
	Accident, CommutingAccident, TravelAccident, ErrandAccident, OccupationalDisease, SuddenDeath, Violence, Illness,
}

// IncidentOutcome says how it ended, as far as anybody knows.
type IncidentOutcome string

// The outcomes of an incident.
const (
	Injured   IncidentOutcome = "injured"
	Recovered IncidentOutcome = "recovered"
	Disabled  IncidentOutcome = "disabled"
	Died      IncidentOutcome = "died"
)

// IncidentOutcomes lists every outcome.
var IncidentOutcomes = []IncidentOutcome{Injured, Recovered, Disabled, Died}

// IncidentStatus is a state of an incident.
type IncidentStatus string

// The states of an incident, in the order of its life.
const (
	IncidentNotified  IncidentStatus = "notified" // by others; its body has not reported it
	IncidentIsReport  IncidentStatus = "reported"
	IncidentUnderCare IncidentStatus = "under_care"
	IncidentConcluded IncidentStatus = "concluded"
	IncidentRefused   IncidentStatus = "refused" // the work did not cause it
	IncidentDismissed IncidentStatus = "dismissed"
)

// IncidentStatuses lists every status.
var IncidentStatuses = []IncidentStatus{IncidentNotified, IncidentIsReport, IncidentUnderCare, IncidentConcluded, IncidentRefused, IncidentDismissed}

// Guarantee says whether BPJS Ketenagakerjaan guarantees the care of an incident.
type Guarantee string

// The states of a guarantee.
const (
	GuaranteeWaits       Guarantee = "waiting"
	GuaranteeProvisional Guarantee = "provisional" // a suspected accident, guaranteed until it is concluded
	Guaranteed           Guarantee = "guaranteed"
	GuaranteeRefused     Guarantee = "refused"
	GuaranteeNone        Guarantee = "none" // there is nothing to guarantee
)

// Guarantees lists every state.
var Guarantees = []Guarantee{GuaranteeWaits, GuaranteeProvisional, Guaranteed, GuaranteeRefused, GuaranteeNone}

// DismissalReason says why a notice is no incident.
type DismissalReason string

// DismissalReasons lists every reason.
var DismissalReasons = []DismissalReason{"untrue", "not_ours", "told_twice", "other"}

// NotifierRelation says who told of an incident.
type NotifierRelation string

// NotifierRelations lists who may tell (Permenaker 1/2025, arts 8A and 48A).
var NotifierRelations = []NotifierRelation{
	"organiser", "officer", "family", "union", "health_facility", "bpjs_office", "witness", "other",
}

// Person is somebody whom a reporter describes, because they cannot name the
// officer or there is none.
type Person struct {
	NIK      NIK    `json:"nik"`
	FullName string `json:"full_name"`
}

// Eyewitness saw what happened.
type Eyewitness struct {
	FullName string `json:"full_name"`
	Phone    string `json:"phone,omitempty"`
}

// Care is where somebody is treated.
type Care struct {
	Facility     string `json:"facility"`
	InNetwork    bool   `json:"in_network"` // of PLKK hospitals, which bill BPJS themselves
	AdmittedOn   Date   `json:"admitted_on,omitzero"`
	DischargedOn Date   `json:"discharged_on,omitzero"`
}

// Disease is what a notice of an occupational disease says beyond others
// (Permenaker 1/2025, art. 8A).
type Disease struct {
	Job          string `json:"job"`
	TenureMonths int    `json:"tenure_months"`
	Exposure     string `json:"exposure"`
	Diagnosis    string `json:"diagnosis"`
}

// Account is what of an incident is kept encrypted.
type Account struct {
	Narrative     string       `json:"narrative"`
	NotifierName  string       `json:"notifier_name"`
	NotifierPhone string       `json:"notifier_phone"`
	Witnesses     []Eyewitness `json:"witnesses,omitempty"`
	Care          *Care        `json:"care,omitempty"`
	Disease       *Disease     `json:"disease,omitempty"`
	Person        *Person      `json:"person,omitempty"` // who was described; nil where an officer was named
}

// Report is what a caller says of an incident: of an officer of a roster, or of a
// person.
type Report struct {
	OfficerID  uuid.UUID
	Person     *Person
	Body       OrganisationKind // with Position and AreaCode of a person alone
	Position   string
	AreaCode   string
	Kind       IncidentKind
	Outcome    IncidentOutcome
	OccurredAt time.Time // of a disease its diagnosis, of a death by illness the death
	Place      string
	Traffic    bool
	Suspected  bool
	Relation   NotifierRelation
	Account    Account
}

// Incident is what happened to an officer, reported with or without cover.
type Incident struct {
	ID                 uuid.UUID
	OfficerID          uuid.NullUUID // none for somebody on no roster
	OrganisationID     uuid.NullUUID // the officer's body; none where none is registered
	BranchID           uuid.NullUUID // of the cover
	ReportedBy         uuid.UUID
	Body               OrganisationKind
	Position           string
	AreaCode           string
	Kind               IncidentKind
	Outcome            IncidentOutcome
	OccurredAt         time.Time
	DiedAt             *time.Time
	Place              string
	Traffic            bool
	Suspected          bool
	InCare             bool
	NotifierRelation   NotifierRelation
	Account            Account    `gorm:"-"`
	ReportDueAt        *time.Time // of stage I; nil for an illness, which is no work accident
	ConfirmedAt        *time.Time // when the officer's own body reported it: stage I
	Guarantee          Guarantee  // as decided; empty until then
	GuaranteeReference string
	GuaranteeDecidedAt *time.Time
	StatedAt           *time.Time // when a doctor's letter said how it ended
	ConcludedAt        *time.Time // when that was reported: stage II
	DismissedAt        *time.Time // when it was found to be none
	Dismissal          DismissalReason
	CoveragePeriodID   uuid.NullUUID
	UncoveredReason    Code
	Version            int64
	CreatedAt          time.Time // when we first heard of it
	UpdatedAt          time.Time

	// Inside tells a reader of the officer's side, or of the branch, from one who
	// merely reported it and learns nothing of the officer.
	Inside bool `gorm:"->"`
}

// Status follows from what happened.
func (i Incident) Status() IncidentStatus {
	switch {
	case i.DismissedAt != nil:
		return IncidentDismissed
	case i.Guarantee == GuaranteeRefused:
		return IncidentRefused
	case i.ConcludedAt != nil:
		return IncidentConcluded
	case i.ConfirmedAt == nil:
		return IncidentNotified
	case i.InCare && i.Outcome == Injured:
		return IncidentUnderCare
	default:
		return IncidentIsReport
	}
}

// Guaranteed says how the guarantee stands.
func (i Incident) Guaranteed() Guarantee {
	switch {
	case i.Guarantee != "":
		return i.Guarantee
	case !i.Covered() || i.Kind == Illness:
		return GuaranteeNone
	default:
		return GuaranteeWaits
	}
}

// Late reports whether the report of stage I came after its time, or has not come
// and it is over. JKK is then paid by the body first, which claims it back
// (Permenaker 1/2025, art. 8(2a) and (2b)).
func (i Incident) Late(now time.Time) bool {
	switch {
	case i.ReportDueAt == nil:
		return false
	case i.ConfirmedAt != nil:
		return i.ConfirmedAt.After(*i.ReportDueAt)
	default:
		return now.After(*i.ReportDueAt)
	}
}

// Owner is the organisation whose record it is: the officer's body, or whoever told
// of somebody whose body is not known.
func (i Incident) Owner() uuid.UUID {
	if i.OrganisationID.Valid {
		return i.OrganisationID.UUID
	}
	return i.ReportedBy
}

// Told reports whether the account is what the reader may read: from the inside or, until
// the body reported it and may have added to it, by whoever told it.
func (i Incident) Told() bool { return i.Inside || i.ConfirmedAt == nil }

// Covered reports whether the officer had cover when it happened.
func (i Incident) Covered() bool { return i.CoveragePeriodID.Valid }

// AtWork reports whether it counts as a work accident.
func (i Incident) AtWork() bool { return i.Kind != Illness && i.Guarantee != GuaranteeRefused }

// Under reports whether the incident is claimed under a programme: a work
// accident under JKK, a death that the work did not cause under JKM, and an illness
// that is survived under none. A scholarship goes with either, for children of who
// died or was disabled for good.
func (i Incident) Under(p Programme) bool {
	if i.DismissedAt != nil {
		return false
	}
	switch p {
	case JKK:
		return i.AtWork()
	case JKM:
		return !i.AtWork() && i.Outcome == Died
	case Scholarship:
		return i.Outcome == Died || i.AtWork() && i.Outcome == Disabled
	default:
		return false
	}
}

// CoveredAt is the instant at which cover must have held: that of the accident or
// diagnosis for JKK, that of the death for JKM.
func (i Incident) CoveredAt() time.Time {
	if !i.AtWork() && i.DiedAt != nil {
		return *i.DiedAt
	}
	return i.OccurredAt
}

// Happen makes an incident of a report, or says all that is wrong with it. Whose it
// is and whether cover held is filled in by who knows.
func Happen(in Report, ref *Reference, now time.Time) (i Incident, err error) {
	var f Faults
	in.clean(&f)
	f.Check(!in.OccurredAt.After(now), "/occurred_at", InTheFuture, nil)
	f.Check(in.Kind != SuddenDeath || in.Outcome == Died, "/outcome", OutcomeOfOtherKind, nil)
	f.Check((in.OfficerID == uuid.Nil) != (in.Person == nil), "/officer_id", OfficerOrPerson, nil)
	in.checkPerson(ref, &f)
	in.Account.check(in.Kind, DateOf(now.Add(mostAhead), time.UTC), &f)
	i = Incident{
		Body: in.Body, Position: in.Position, AreaCode: in.AreaCode, Kind: in.Kind, Outcome: in.Outcome, OccurredAt: in.OccurredAt,
		Place: in.Place, Traffic: in.Traffic, Suspected: in.Suspected && in.Kind != Illness, InCare: in.Account.Care != nil,
		NotifierRelation: in.Relation, Account: in.Account, Version: 1,
	}
	i.Account.Person = in.Person
	if in.Outcome == Died {
		died := in.OccurredAt
		i.DiedAt = &died
	}
	return i, f.Err()
}

// mostAhead is how much earlier a day begins in the easternmost zone than in UTC.
const mostAhead = 9 * time.Hour

// clean trims what people leave around words, and records where nothing is left.
func (in *Report) clean(f *Faults) {
	if in.Relation == "" {
		in.Relation = "other"
	}
	in.Place = strings.TrimSpace(in.Place)
	f.Check(in.Place != "", "/place", Blank, nil)
	in.Account.clean(f)
	if in.Person != nil {
		in.Person.FullName = singleSpaced(in.Person.FullName)
		in.Person.NIK = NIK(strings.TrimSpace(string(in.Person.NIK)))
	}
}

func (a *Account) clean(f *Faults) {
	if len(a.Witnesses) == 0 {
		a.Witnesses = nil
	}
	type field struct {
		pointer string
		text    *string
	}
	fields := []field{{"/narrative", &a.Narrative}, {"/notifier_name", &a.NotifierName}, {"/notifier_phone", &a.NotifierPhone}}
	for n := range a.Witnesses {
		fields = append(fields, field{fmt.Sprintf("/witnesses/%d/full_name", n), &a.Witnesses[n].FullName})
	}
	if a.Care != nil {
		fields = append(fields, field{"/care/facility", &a.Care.Facility})
	}
	if d := a.Disease; d != nil {
		fields = append(fields, field{"/disease/job", &d.Job}, field{"/disease/exposure", &d.Exposure}, field{"/disease/diagnosis", &d.Diagnosis})
	}
	for _, at := range fields {
		*at.text = strings.TrimSpace(*at.text)
		f.Check(*at.text != "", at.pointer, Blank, nil)
	}
}

// check wants what Permenaker 1/2025, art. 8A, asks of an occupational disease, and
// days of care that can be.
func (a Account) check(kind IncidentKind, latest Date, f *Faults) {
	f.Check(kind != OccupationalDisease || a.Disease != nil, "/disease", DiseaseMissing, nil)
	f.Check(kind == OccupationalDisease || a.Disease == nil, "/disease", DiseaseNotExpected, nil)
	if a.Care == nil {
		return
	}
	f.Check(!a.Care.AdmittedOn.After(latest), "/care/admitted_on", InTheFuture, nil)
	f.Check(!a.Care.DischargedOn.After(latest), "/care/discharged_on", InTheFuture, nil)
	f.Check(a.Care.DischargedOn.Zero() || !a.Care.DischargedOn.Before(a.Care.AdmittedOn), "/care/discharged_on", EndsBeforeStart, nil)
}

func (in Report) checkPerson(ref *Reference, f *Faults) {
	p := in.Person
	if p == nil {
		return
	}
	if flaw := p.NIK.Flaw(); flaw != "" {
		f.Add("/person/nik", NIKInvalid, Params{"reason": flaw})
	}
	f.Check(p.FullName != "", "/person/full_name", Blank, nil)
	if position, known := ref.Position(in.Position); !known {
		f.Add("/person/position", PositionUnknown, nil)
	} else if position.Organiser != in.Body {
		f.Add("/person/position", PositionOfOtherBody, Params{"organiser": position.Organiser})
	}
	_, known := ref.AreaLevel(in.AreaCode)
	f.Check(known, "/person/area_code", AreaUnknown, nil)
}

// Belong says that the incident happened to an officer of a roster. What was told of a
// person stays as it was told: from anything else the reporter would learn that they
// are on one.
func (i *Incident) Belong(o Officer, body OrganisationKind) {
	i.OfficerID = uuid.NullUUID{UUID: o.ID, Valid: true}
	i.OrganisationID = uuid.NullUUID{UUID: o.OrganisationID, Valid: true}
	i.Body = body
	if i.Account.Person == nil {
		i.Position, i.AreaCode = o.Position, o.AreaCode
	}
}

// ofBody lets the officer's own body act.
func (i Incident) ofBody(actor uuid.UUID) error {
	if i.OrganisationID.Valid && i.OrganisationID.UUID == actor {
		return nil
	}
	return Refuse(Forbidden, PartyRoleRequired, Params{"role": Organiser})
}

// Amend changes what was said of an incident. Refuses anybody but the officer's body and,
// until it has reported it, whoever told of it alone (party_role_required,
// incident_not_confirmed), one that is concluded (incident_concluded) or dismissed
// (incident_dismissed), and to change what happened, how it ended or when, once its body
// reported it (incident_facts_confirmed): what follows from that has followed.
func (i *Incident) Amend(actor uuid.UUID, now time.Time, change func(*Incident)) error {
	if err := i.mayAmend(actor); err != nil {
		return err
	}
	before := *i
	change(i)
	i.Place, i.InCare = strings.TrimSpace(i.Place), i.Account.Care != nil
	if !i.SameFacts(before) {
		if i.ConfirmedAt != nil {
			return before.factsConfirmed(*i)
		}
		i.Suspected = i.Suspected && i.Kind != Illness
		if i.DiedAt = nil; i.Outcome == Died {
			i.DiedAt = &i.OccurredAt
		}
	}
	var f Faults
	f.Check(!i.OccurredAt.After(now), "/occurred_at", InTheFuture, nil)
	f.Check(i.Kind != SuddenDeath || i.Outcome == Died, "/outcome", OutcomeOfOtherKind, nil)
	f.Check(i.Place != "", "/place", Blank, nil)
	i.Account.clean(&f)
	i.Account.check(i.Kind, DateOf(now.Add(mostAhead), time.UTC), &f)
	return f.Err()
}

// SaysSame reports whether an amendment left all that may be amended as it was.
func (i Incident) SaysSame(before Incident) bool {
	return i.SameFacts(before) && i.Place == before.Place && i.Traffic == before.Traffic && reflect.DeepEqual(i.Account, before.Account)
}

// SameFacts reports whether what happened, how it ended and when are as they were.
func (i Incident) SameFacts(before Incident) bool {
	return i.Kind == before.Kind && i.Outcome == before.Outcome && i.OccurredAt.Equal(before.OccurredAt)
}

// factsConfirmed refuses to change what happened, at each member that would.
func (i Incident) factsConfirmed(changed Incident) error {
	f := Faults{}
	f.Check(i.Kind == changed.Kind, "/kind", IncidentFactsConfirmed, nil)
	f.Check(i.Outcome == changed.Outcome, "/outcome", IncidentFactsConfirmed, nil)
	f.Check(i.OccurredAt.Equal(changed.OccurredAt), "/occurred_at", IncidentFactsConfirmed, nil)
	return f.Err()
}

// mayAmend lets the body amend what it reported, and until then whoever told of it: who
// told may read what was written until then.
func (i Incident) mayAmend(actor uuid.UUID) error {
	if i.ReportedBy == actor && i.ConfirmedAt == nil {
		return i.open()
	}
	if err := i.ofBody(actor); err != nil {
		return err
	}
	if i.ConfirmedAt == nil && i.DismissedAt == nil {
		return Refuse(Conflict, IncidentNotConfirmed, nil)
	}
	return i.open()
}

func (i Incident) open() error {
	switch {
	case i.DismissedAt != nil:
		return Refuse(Conflict, IncidentIsDismissed, nil)
	case i.ConcludedAt != nil:
		return Refuse(Conflict, IncidentIsConcluded, nil)
	default:
		return nil
	}
}

// Dismiss says that a notice of others is no incident. Refuses whoever neither told of it
// nor is the officer's body (party_role_required), and what the body reported
// (incident_confirmed) or dismissed before (incident_dismissed).
func (i *Incident) Dismiss(actor uuid.UUID, reason DismissalReason, now time.Time) error {
	if err := i.mayDismiss(actor); err != nil {
		return err
	}
	i.DismissedAt, i.Dismissal = &now, reason
	return nil
}

func (i Incident) mayDismiss(actor uuid.UUID) error {
	if i.ReportedBy != actor || i.ConfirmedAt != nil {
		if err := i.ofBody(actor); err != nil {
			return err
		}
	}
	if i.ConfirmedAt != nil {
		return Refuse(Conflict, IncidentIsConfirmed, nil)
	}
	return i.open()
}

// CheckReported refuses to hang anything on what the officer's body has not reported
// (incident_not_confirmed), or on what is none (incident_dismissed).
func (i Incident) CheckReported() error {
	switch {
	case i.DismissedAt != nil:
		return Refuse(Conflict, IncidentIsDismissed, nil)
	case i.ConfirmedAt == nil:
		return Refuse(Conflict, IncidentNotConfirmed, nil)
	default:
		return nil
	}
}

// Adopt makes an incident of somebody on no roster, whose body was not registered, that
// of a body of its kind that sees it.
func (i *Incident) Adopt(actor uuid.UUID, kind OrganisationKind) {
	if !i.OrganisationID.Valid && i.Inside && kind == i.Body {
		i.OrganisationID = uuid.NullUUID{UUID: actor, Valid: true}
	}
}

// Confirm makes a notice of others the report of the officer's own body. Refuses
// anybody else (party_role_required), and a second time (incident_confirmed).
func (i *Incident) Confirm(actor uuid.UUID, now time.Time) error {
	if err := i.mayConfirm(actor); err != nil {
		return err
	}
	i.ConfirmedAt = &now
	return nil
}

func (i Incident) mayConfirm(actor uuid.UUID) error {
	if err := i.ofBody(actor); err != nil {
		return err
	}
	if i.ConfirmedAt != nil {
		return Refuse(Conflict, IncidentIsConfirmed, nil)
	}
	return i.open()
}

// Guard says whether care is guaranteed. Refuses whoever is not the branch of the
// cover (party_role_required), what CheckReported refuses, what there is nothing to guarantee of
// (guarantee_not_expected), and to decide again what is guaranteed (guarantee_decided). A
// provisional guarantee awaits another decision, and a refusal may be taken back.
func (i *Incident) Guard(actor uuid.UUID, decision Guarantee, reference string, now time.Time) error {
	if err := i.mayGuard(actor); err != nil {
		return err
	}
	again := decision == i.Guarantee || decision == GuaranteeProvisional && i.Guarantee == GuaranteeRefused
	if again {
		return Refuse(Conflict, GuaranteeDecided, nil)
	}
	i.Guarantee, i.GuaranteeReference, i.GuaranteeDecidedAt = decision, strings.TrimSpace(reference), &now
	return nil
}

func (i Incident) mayGuard(actor uuid.UUID) error {
	if !i.BranchID.Valid || i.BranchID.UUID != actor {
		return Refuse(Forbidden, PartyRoleRequired, Params{"role": Branch})
	}
	if err := i.CheckReported(); err != nil {
		return err
	}
	switch i.Guaranteed() {
	case GuaranteeNone:
		return Refuse(Conflict, GuaranteeNotExpected, nil)
	case Guaranteed:
		return Refuse(Conflict, GuaranteeDecided, nil)
	default:
		return nil
	}
}

// Refuse says that the work did not cause the event, where a claim was rejected for
// that.
func (i *Incident) Refuse(now time.Time) {
	i.Guarantee, i.GuaranteeReference, i.GuaranteeDecidedAt = GuaranteeRefused, "", &now
}

// Reconsider leaves it open again whether the work caused the event.
func (i *Incident) Reconsider() {
	i.Guarantee, i.GuaranteeReference, i.GuaranteeDecidedAt = "", "", nil
}

// Conclusion is what the report of stage II says.
type Conclusion struct {
	Outcome  IncidentOutcome
	StatedAt time.Time
	DiedAt   *time.Time
}

// Conclude records how an incident ended. Refuses whoever is not the officer's
// body (party_role_required), one that the body has not reported yet
// (incident_not_confirmed), a second time unless the officer died since
// (incident_concluded), and says all that is wrong with the conclusion.
func (i *Incident) Conclude(actor uuid.UUID, in Conclusion, now time.Time) error {
	if err := i.mayConclude(actor); err != nil {
		return err
	}
	if i.ConcludedAt != nil && in.Outcome != Died {
		return Refuse(Conflict, IncidentIsConcluded, nil)
	}
	var f Faults
	f.Check(i.Outcome != Died || in.Outcome == Died, "/outcome", OutcomeOfOtherKind, nil)
	f.Check(in.Outcome != Died || i.DiedAt != nil || in.DiedAt != nil, "/died_at", MemberMissing,
		Params{"name": "died_at", "of": in.Outcome})
	f.Check(!in.StatedAt.After(now), "/stated_at", InTheFuture, nil)
	f.Check(!in.StatedAt.Before(i.OccurredAt), "/stated_at", BeforeIncident, Params{"occurred_at": i.OccurredAt})
	if at := in.DiedAt; at != nil {
		f.Check(in.Outcome == Died, "/died_at", MemberNotExpected, Params{"name": "died_at", "of": in.Outcome})
		f.Check(!at.Before(i.OccurredAt), "/died_at", BeforeIncident, Params{"occurred_at": i.OccurredAt})
		f.Check(!at.After(in.StatedAt), "/died_at", AfterStatement, Params{"stated_at": in.StatedAt})
	}
	if in.Outcome == Died && in.DiedAt != nil {
		i.DiedAt = in.DiedAt
	}
	i.Outcome, i.StatedAt, i.ConcludedAt = in.Outcome, &in.StatedAt, &now
	return f.Err()
}

// mayConclude lets the body conclude, and once more where the officer dies of it later.
func (i Incident) mayConclude(actor uuid.UUID) error {
	if err := i.ofBody(actor); err != nil {
		return err
	}
	if i.Outcome == Died || i.DismissedAt != nil {
		if err := i.open(); err != nil {
			return err
		}
	}
	if i.ConfirmedAt == nil {
		return Refuse(Conflict, IncidentNotConfirmed, nil)
	}
	return nil
}

// Actions says what an organisation of a kind may do next with the incident.
func (i Incident) Actions(actor uuid.UUID, kind OrganisationKind) []Action {
	i.Adopt(actor, kind)
	return []Action{
		action("confirm", string(IncidentIsReport), i.mayConfirm(actor)),
		action("guarantee", string(i.Status()), i.mayGuard(actor)),
		action("conclude", string(IncidentConcluded), i.mayConclude(actor)),
		action("dismiss", string(IncidentDismissed), i.mayDismiss(actor)),
	}
}
