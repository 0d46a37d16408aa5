package cover

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// OfficerStatus is a state in an officer's duty.
type OfficerStatus string

// The states of an officer: before, during and after the term.
const (
	OfficerAppointed OfficerStatus = "appointed"
	OfficerActive    OfficerStatus = "active"
	OfficerEnded     OfficerStatus = "ended"
)

// OfficerStatuses lists every status.
var OfficerStatuses = []OfficerStatus{OfficerAppointed, OfficerActive, OfficerEnded}

// EndReason says why a duty ended before its term.
type EndReason string

// The reasons for an end.
const (
	EndTermOver  EndReason = "term_over"
	EndResigned  EndReason = "resigned"
	EndReplaced  EndReason = "replaced"
	EndDismissed EndReason = "dismissed"
	EndDied      EndReason = "died"
	EndRemoved   EndReason = "removed" // missing from a full roster
)

// EndReasons lists every reason.
var EndReasons = []EndReason{EndTermOver, EndResigned, EndReplaced, EndDismissed, EndDied, EndRemoved}

// Personal is what of an officer is kept encrypted.
type Personal struct {
	NIK   NIK    `json:"nik"`
	Phone string `json:"phone,omitempty"` // E.164
	Email string `json:"email,omitempty"`
	KPJ   string `json:"kpj,omitempty"` // membership number at BPJS Ketenagakerjaan
}

// Masked returns what may be shown to whoever has no purpose to see more.
func (p Personal) Masked() Personal {
	m := Personal{NIK: NIK(p.NIK.Masked())}
	if p.Phone != "" {
		m.Phone = maskMiddle(p.Phone, 5, 3)
	}
	if p.KPJ != "" {
		m.KPJ = maskMiddle(p.KPJ, 0, 3)
	}
	return m
}

func maskMiddle(s string, head, tail int) string {
	if len(s) <= head+tail {
		return strings.Repeat("*", len(s))
	}
	return s[:head] + strings.Repeat("*", len(s)-head-tail) + s[len(s)-tail:]
}

// Appointment is what a caller says of an officer.
type Appointment struct {
	ExternalID     string // the caller's own key, unique within the organisation
	Personal       Personal
	FullName       string
	BornOn         Date
	Sex            Sex
	Position       string
	Role           Role
	AreaCode       string
	PollingStation string
	DecreeNumber   string
	TermFrom       Date
	TermTo         Date // inclusive
	Honorarium     Rupiah
}

// Officer is one person on one duty: a position in an area for a term.
type Officer struct {
	ID             uuid.UUID
	OrganisationID uuid.UUID
	ExternalID     string
	Personal       Personal `gorm:"-"`
	FullName       string
	BornOn         Date
	Sex            Sex
	Position       string
	Role           Role
	AreaCode       string
	PollingStation string
	DecreeNumber   string
	TermFrom       Date
	TermTo         Date   // inclusive
	Honorarium     Rupiah // a month; 0 is unknown
	EndedOn        Date   // the last day of duty, if it ended before its term
	EndReason      EndReason
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// StatusOn follows from the term, what happened and the day.
func (o Officer) StatusOn(today Date) OfficerStatus {
	switch {
	case today.After(o.LastDay()):
		return OfficerEnded
	case today.Before(o.TermFrom):
		return OfficerAppointed
	default:
		return OfficerActive
	}
}

// LastDay is the last day of duty.
func (o Officer) LastDay() Date {
	if o.EndedOn.Zero() {
		return o.TermTo
	}
	return Earlier(o.EndedOn, o.TermTo)
}

// Appointment returns what a caller would say to appoint this officer; amending
// is saying it again with changes.
func (o Officer) Appointment() Appointment {
	return Appointment{
		ExternalID: o.ExternalID, Personal: o.Personal, FullName: o.FullName, BornOn: o.BornOn, Sex: o.Sex,
		Position: o.Position, Role: o.Role, AreaCode: o.AreaCode, PollingStation: o.PollingStation,
		DecreeNumber: o.DecreeNumber, TermFrom: o.TermFrom, TermTo: o.TermTo, Honorarium: o.Honorarium,
	}
}

// Appoint makes an officer of an election body, or says all that is wrong. What
// is merely doubtful (an age outside the rule, a NIK that tells another day of
// birth) comes back as doubts: a doubt never costs anybody their cover.
func Appoint(in Appointment, body Organisation, ref *Reference, today Date) (o Officer, doubts Faults, err error) {
	var f Faults
	in.clean(&f)
	in.checkPerson(today, &f, &doubts)
	in.checkDuty(body, ref, &f, &doubts)
	return Officer{
		OrganisationID: body.ID, ExternalID: in.ExternalID, Personal: in.Personal, FullName: in.FullName, BornOn: in.BornOn,
		Sex: in.Sex, Position: in.Position, Role: in.Role, AreaCode: in.AreaCode, PollingStation: in.PollingStation,
		DecreeNumber: in.DecreeNumber, TermFrom: in.TermFrom, TermTo: in.TermTo, Honorarium: in.Honorarium, Version: 1,
	}, doubts, f.Err()
}

var phoneNoise = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "")

// mobilePhone recognises +628 and seven to eleven digits.
func mobilePhone(text string) bool {
	digits, found := strings.CutPrefix(text, "+628")
	return found && len(digits) >= 7 && len(digits) <= 11 && allDigits(digits)
}

// singleSpaced leaves one space between words and none around them. Most texts have
// it so, and cost nothing.
func singleSpaced(text string) string {
	after := byte(' ')
	for i := range len(text) {
		b := text[i]
		if b < ' ' || b > '~' || b == ' ' && after == ' ' {
			return strings.Join(strings.Fields(text), " ")
		}
		after = b
	}
	return strings.TrimSuffix(text, " ")
}

// clean trims what people leave around values and brings telephone numbers to
// E.164.
func (in *Appointment) clean(f *Faults) {
	in.FullName = singleSpaced(in.FullName)
	in.Personal.NIK = NIK(strings.TrimSpace(string(in.Personal.NIK)))
	in.Personal.Email = strings.TrimSpace(in.Personal.Email)
	in.Personal.KPJ = strings.TrimSpace(in.Personal.KPJ)
	f.Check(in.FullName != "", "/full_name", Blank, nil)
	f.Check(strings.TrimSpace(in.ExternalID) != "", "/external_id", Blank, nil)
	if in.Personal.Phone == "" {
		return
	}
	phone := phoneNoise.Replace(in.Personal.Phone)
	switch {
	case strings.HasPrefix(phone, "0"):
		phone = "+62" + phone[1:]
	case strings.HasPrefix(phone, "62"):
		phone = "+" + phone
	}
	f.Check(mobilePhone(phone), "/phone", PhoneInvalid, nil)
	in.Personal.Phone = phone
}

// Nobody is insured for election duty younger or older than this, whatever the
// position's own rule; such a day of birth is a slip of the pen.
const (
	youngest = 15
	oldest   = 100
)

func (in *Appointment) checkPerson(today Date, f, doubts *Faults) {
	nik := in.Personal.NIK
	age := in.BornOn.YearsOn(Earlier(in.TermFrom, today))
	if age < youngest || age > oldest {
		f.Add("/born_on", BirthDateImplausible, Params{"min": youngest, "max": oldest})
	}
	if flaw := nik.Flaw(); flaw != "" {
		f.Add("/nik", NIKInvalid, Params{"reason": flaw})
		return
	}
	if !nik.Agrees(in.BornOn) {
		doubts.Add("/born_on", NIKBirthDateMismatch, nil)
	}
	if in.Sex == "" {
		in.Sex = nik.Sex()
	} else if in.Sex != nik.Sex() {
		doubts.Add("/sex", NIKSexMismatch, nil)
	}
}

// MostWage is more a month than any election officer earns, here or abroad.
const MostWage Rupiah = 100_000_000

func (in *Appointment) checkDuty(body Organisation, ref *Reference, f, doubts *Faults) {
	f.Check(!in.TermTo.Before(in.TermFrom), "/term_to", EndsBeforeStart, nil)
	if !in.TermTo.Before(in.TermFrom.AddYears(3)) {
		f.Add("/term_to", PeriodTooLong, Params{"years": 3})
	}
	if in.Honorarium < 0 || in.Honorarium > MostWage {
		f.Add("/monthly_honorarium_amount", AmountImplausible, Params{"min": 0, "max": int64(MostWage)})
	}
	position, known := ref.Position(in.Position)
	if !known {
		f.Add("/position", PositionUnknown, nil)
		return
	}
	if position.Organiser != body.Kind {
		f.Add("/position", PositionOfOtherBody, Params{"organiser": position.Organiser})
	}
	if in.Role == "" {
		in.Role = position.PlainRole()
	}
	if !position.Has(in.Role) {
		f.Add("/role", RoleUnknown, Params{"position": position.Code})
	}
	in.checkPlace(body, position, ref, f)
	in.checkTerm(ref, doubts)
	age := in.BornOn.YearsOn(in.TermFrom)
	if position.MinAge > 0 && age < position.MinAge || position.MaxAge > 0 && age > position.MaxAge {
		doubts.Add("/born_on", AgeOutsideRule, Params{"min": position.MinAge, "max": position.MaxAge})
	}
}

func (in *Appointment) checkPlace(body Organisation, position Position, ref *Reference, f *Faults) {
	level, known := ref.AreaLevel(in.AreaCode)
	want := position.AreaLevel()
	switch {
	case !known:
		f.Add("/area_code", AreaUnknown, nil)
	case want != "" && level != want:
		f.Add("/area_code", AreaLevelWrong, Params{"level": want, "actual": level})
	case body.AreaCode != "" && !Inside(in.AreaCode, body.AreaCode):
		f.Add("/area_code", AreaOutsideOrganisation, Params{"area_code": body.AreaCode})
	}
	atStation := position.Unit == UnitPollingStation
	f.Check(!atStation || in.PollingStation != "", "/polling_station", PollingStationMissing, nil)
	if !atStation && in.PollingStation != "" {
		f.Add("/polling_station", PollingStationNotExpected, Params{"position": position.Code})
	}
}

// checkTerm holds term and honorarium against the election's table, and takes
// the honorarium from it when none is given.
func (in *Appointment) checkTerm(ref *Reference, doubts *Faults) {
	term, election, found := ref.Term(in.Position, in.Role, in.TermFrom, in.TermTo)
	if !found {
		doubts.Add("/term_from", TermOfNoElection, nil)
		if in.Honorarium == 0 {
			doubts.Add("/monthly_honorarium_amount", HonorariumUnknown, nil)
		}
		return
	}
	if in.TermFrom.Before(term.From) || in.TermTo.After(term.To) {
		doubts.Add("/term_from", TermOutsideElection, Params{"election": election, "from": term.From, "to": term.To})
	}
	if in.Honorarium == 0 {
		in.Honorarium = term.Honorarium
	} else if term.Honorarium > 0 && in.Honorarium != term.Honorarium {
		doubts.Add("/monthly_honorarium_amount", HonorariumDiffers, Params{"expected": term.Honorarium, "election": election})
	}
}

// End records the last day of duty. Refuses an officer whose duty has ended
// already (officer_ended) and a day outside the term (outside_term).
func (o *Officer) End(last Date, reason EndReason) error {
	if err := o.MayEnd(); err != nil {
		return err
	}
	var f Faults
	f.Check(!last.Before(o.TermFrom) && !last.After(o.TermTo), "/ended_on", OutsideTerm,
		Params{"from": o.TermFrom, "to": o.TermTo})
	o.EndedOn, o.EndReason = last, reason
	return f.Err()
}

// CheckEnd refuses a term that leaves out the day on which the duty ended
// (outside_term).
func (o Officer) CheckEnd() error {
	var f Faults
	f.Check(o.EndedOn.Zero() || !o.EndedOn.Before(o.TermFrom) && !o.EndedOn.After(o.TermTo), "/term_from", OutsideTerm,
		Params{"ended_on": o.EndedOn})
	return f.Err()
}

// Replaces reports whether this is another person than before: with another NIK and
// another name. A slip in one of them is mended; with both, somebody would be lost.
func (o Officer) Replaces(before Officer) bool {
	return o.Personal.NIK != before.Personal.NIK && !strings.EqualFold(o.FullName, before.FullName)
}

// MayEnd refuses to end a duty twice (officer_ended).
func (o Officer) MayEnd() error {
	if o.EndedOn.Zero() {
		return nil
	}
	return Refuse(Conflict, OfficerEndedAlready, Params{"ended_on": o.EndedOn})
}

// Actions says what the officer's own organisation may do next.
func (o Officer) Actions(actor uuid.UUID) []Action {
	return []Action{action("end", string(OfficerEnded), MayPerform(actor, o.OrganisationID, Organiser), o.MayEnd())}
}
