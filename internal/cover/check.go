package cover

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Extent says how far a programme covers.
type Extent string

// The extents.
const (
	CoveredFully  Extent = "full"
	CoveredPartly Extent = "partly"
	CoveredNot    Extent = "none"
)

// Extents lists every extent.
var Extents = []Extent{CoveredFully, CoveredPartly, CoveredNot}

// LinkKind names a link of the chain that cover hangs on.
type LinkKind string

// The links, in the order in which cover comes about.
const (
	DecreeLink    LinkKind = "decree"
	AgreementLink LinkKind = "agreement"
	ImportLink    LinkKind = "import"
	EnrolmentLink LinkKind = "enrolment"
	PeriodLink    LinkKind = "coverage_period"
	InvoiceLink   LinkKind = "invoice"
	PaymentLink   LinkKind = "payment"
	ArrearsLink   LinkKind = "arrears" // only where something is overdue
	RuleLink      LinkKind = "rule_version"
)

// LinkKinds lists every link.
var LinkKinds = []LinkKind{
	DecreeLink, AgreementLink, ImportLink, EnrolmentLink, PeriodLink, InvoiceLink, PaymentLink, ArrearsLink, RuleLink,
}

// Link is one step of how somebody came under cover, or the step that is missing.
type Link struct {
	Kind      LinkKind
	ID        uuid.NullUUID // none: missing, entered by itself, or not for this actor to see
	Reference string        // the number on the paper; never personal
	From, To  Date          // inclusive
	On        Date
	At        time.Time
	Holds     bool
	Reason    Code // why it does not hold, or holds and weakens
}

// ProgrammeCheck says how far one programme covered, and by which rule.
type ProgrammeCheck struct {
	Programme Programme
	Extent    Extent
	Reason    Code   // why not, or only partly
	Law       string // none where no text says it in so many words
}

// CoverageCheck answers whether somebody was covered at an instant, by what was known
// at another. Of the same two instants it is the same for ever, but for what a transaction
// was still writing at the later one.
type CoverageCheck struct {
	OfficerID  uuid.UUID
	At         time.Time
	KnownAt    time.Time
	Day        Date // At, in the zone of the officer's organisation
	Reason     Code // why there was no cover; nothing, if there was
	Programmes []ProgrammeCheck
	PeriodID   uuid.NullUUID // in force on the day, whether or not it was paid for
	WageBase   Rupiah
	Segment    Segment
	Chain      []Link
	Roads      []Road // where else to turn
}

// Covered reports whether there was any cover.
func (c CoverageCheck) Covered() bool { return c.Reason == "" }

// CheckFacts is what was known of an officer and a day.
type CheckFacts struct {
	Officer    KnownOfficer
	Agreements []KnownAgreement // of the cover; without cover those of the organiser whose days meet the day
	Invoices   []KnownInvoice   // issued and not void, that bill the cover
	PaidMonths []Month          // of the person, the latest first
}

// KnownOfficer is an officer as they were known, with the cover they had on a day.
type KnownOfficer struct {
	ID             uuid.UUID
	OrganisationID uuid.UUID
	Position       string
	DecreeNumber   string
	TermFrom       Date
	TermTo         Date
	EndedOn        Date
	ImportID       uuid.NullUUID
	ImportSeen     bool
	RecordedAt     time.Time
	Recorded       bool // known by then
	Day            Date
	Period         KnownPeriod `gorm:"embedded;embeddedPrefix:period_"`
}

// KnownPeriod is cover in force on a day as it was known; without an id there was
// none.
type KnownPeriod struct {
	ID          uuid.UUID
	PersonID    uuid.UUID
	AgreementID uuid.UUID
	EnrolmentID uuid.UUID
	EnrolledAt  time.Time
	FromOn      Date
	ToOn        Date
	ActivatedOn Date
	Segment     Segment
	WageBase    Rupiah
	Seen        bool
}

// Exists reports whether there was any.
func (p KnownPeriod) Exists() bool { return p.ID != uuid.Nil }

// ActiveOn reports whether cover was paid for by a day. Paying after the event buys
// nothing (Permenaker 1/2025, art. 3A).
func (p KnownPeriod) ActiveOn(day Date) bool {
	return p.Exists() && !p.ActivatedOn.Zero() && !p.ActivatedOn.After(day)
}

// KnownAgreement is an agreement as it was known.
type KnownAgreement struct {
	ID           uuid.UUID
	Reference    string              // the organiser's number, or the branch's
	Positions    []AgreementPosition `gorm:"serializer:json"`
	StartsOn     Date
	EndsOn       Date
	TerminatedOn Date
	SignedOn     Date
	Budgeted     bool // a budget is attached to it
	Seen         bool
}

// includes reports whether the agreement covers a position.
func (a KnownAgreement) includes(position string) bool {
	return slices.ContainsFunc(a.Positions, func(p AgreementPosition) bool { return p.Position == position && p.Included })
}

// KnownInvoice is an invoice as it was known, with what settled it.
type KnownInvoice struct {
	ID          uuid.UUID
	Number      string
	Month       Month
	IssuedOn    Date
	DueOn       Date
	Total       Rupiah
	Seen        bool
	Credited    bool         // the line of this cover was taken back
	Settlements []Settlement `gorm:"serializer:json"` // in the order of their days
}

// Settlement is a part of an invoice that was paid, or taken back.
type Settlement struct {
	ID        uuid.UUID `json:"id"`
	Reference string    `json:"reference"`
	On        Date      `json:"on"`
	Amount    Rupiah    `json:"amount"`
	Seen      bool      `json:"seen"`
}

// settledBy is what was settled up to a day, inclusive.
func (i KnownInvoice) settledBy(day Date) (sum Rupiah) {
	for _, s := range i.Settlements {
		if !s.On.After(day) {
			sum += s.Amount
		}
	}
	return sum
}

// completed is the settlement that completed the invoice; false if it is not settled.
func (i KnownInvoice) completed() (last Settlement, ok bool) {
	var sum Rupiah
	for _, s := range i.Settlements {
		sum, last = sum+s.Amount, s
	}
	return last, sum >= i.Total && len(i.Settlements) > 0
}

// Overdue is the oldest invoice that still lacked something on the day; false if none
// did. What was settled later was owed on the day all the same.
func (f CheckFacts) Overdue() (oldest KnownInvoice, any bool) {
	day := f.Officer.Day
	for _, i := range f.Invoices {
		if i.Credited || i.IssuedOn.After(day) || !i.DueOn.Before(day) || i.settledBy(day) >= i.Total {
			continue
		}
		if !any || i.DueOn.Before(oldest.DueOn) {
			oldest, any = i, true
		}
	}
	return oldest, any
}

// Rule is a version of a rule, and where it stands.
type Rule struct {
	Version string
	Law     string
}

// CheckRules is what the tariff, as it was known, says of the day.
type CheckRules struct {
	Contribution Rule // without cover none
	JKK, JKM     Rule
	Arrears      ArrearsEffect // of what is overdue
	ArrearsLaw   string
	WaitMonths   int // to be contributed in a row before JKM pays in full
	WaitLaw      string
}

// Judge says whether somebody was covered, and shows each step.
func Judge(f CheckFacts, rules CheckRules, at, known time.Time) CoverageCheck {
	o, p := f.Officer, f.Officer.Period
	c := CoverageCheck{OfficerID: o.ID, At: at, KnownAt: known, Day: o.Day, Reason: f.reason(rules)}
	if p.Exists() && p.Seen { // cover of others is none of the asker's business
		c.WageBase, c.Segment, c.PeriodID = p.WageBase, p.Segment, uuid.NullUUID{UUID: p.ID, Valid: true}
	}
	c.Chain = f.chain(c.Reason, rules)
	jkk := ProgrammeCheck{JKK, CoveredFully, "", rules.JKK.Law}
	jkm := ProgrammeCheck{JKM, CoveredFully, "", rules.JKM.Law}
	switch {
	case !c.Covered():
		law := lawOf(c.Reason, rules)
		jkk, jkm = ProgrammeCheck{JKK, CoveredNot, c.Reason, law}, ProgrammeCheck{JKM, CoveredNot, c.Reason, law}
		c.Roads = Roads(c.Reason, "")
	case f.waits(rules):
		jkm = ProgrammeCheck{JKM, CoveredPartly, UncoveredWaitingPeriod, rules.WaitLaw}
		c.Roads = Roads(UncoveredWaitingPeriod, "")
	}
	c.Programmes = []ProgrammeCheck{jkk, jkm}
	return c
}

// reason is the first thing that cover failed for; nothing, if it did not.
func (f CheckFacts) reason(rules CheckRules) Code {
	o := f.Officer
	switch {
	case !o.Recorded:
		return UncoveredNotRecorded
	case o.Period.Exists():
		return f.unpaid(rules)
	case !o.onDuty():
		return UncoveredOutsideTerm
	default:
		_, reason := f.agreement()
		return reason
	}
}

// onDuty reports whether the day lies within the term.
func (o KnownOfficer) onDuty() bool { return !o.Day.Before(o.TermFrom) && !o.Day.After(o.lastDay()) }

func (o KnownOfficer) lastDay() Date { return Officer{TermTo: o.TermTo, EndedOn: o.EndedOn}.LastDay() }

func (f CheckFacts) unpaid(rules CheckRules) Code {
	switch {
	case !f.Officer.Period.ActiveOn(f.Officer.Day):
		return UncoveredUnpaid
	case rules.Arrears == ArrearsEnded:
		return UncoveredArrears
	default:
		return ""
	}
}

// agreement is the one that came closest to covering an officer without cover, and
// what it lacked: signed and theirs, it lacked only the enrolment; signed for others,
// the position; a draft, the signatures, and perhaps the money. Of several as close
// the first counts.
func (f CheckFacts) agreement() (a KnownAgreement, reason Code) {
	order := []Code{UncoveredNotEnrolled, UncoveredPositionExcluded, UncoveredNoAgreement, UncoveredNoBudget}
	best := len(order)
	for _, found := range f.Agreements {
		if at := slices.Index(order, found.lacks(f.Officer.Position)); at < best {
			a, best = found, at
		}
	}
	if best == len(order) {
		return a, UncoveredNoAgreement
	}
	return a, order[best]
}

// lacks says why an agreement whose days meet the day gave somebody in a position no
// cover.
func (a KnownAgreement) lacks(position string) Code {
	switch {
	case !a.SignedOn.Zero() && a.includes(position):
		return UncoveredNotEnrolled
	case !a.SignedOn.Zero():
		return UncoveredPositionExcluded
	case a.Budgeted:
		return UncoveredNoAgreement
	default:
		return UncoveredNoBudget
	}
}

// waits reports whether JKM would not have paid in full.
func (f CheckFacts) waits(rules CheckRules) bool {
	return MonthsWithoutBreak(f.PaidMonths, f.Officer.Day.Month()) < rules.WaitMonths
}

// lawOf is the text by which there was no cover for a reason.
func lawOf(reason Code, rules CheckRules) string {
	switch reason {
	case UncoveredNoAgreement, UncoveredPositionExcluded, UncoveredNoBudget, UncoveredNotEnrolled:
		return "UU 24/2011, art. 15(1)"
	case UncoveredUnpaid:
		return "Permenaker 1/2025, art. 3A"
	case UncoveredArrears:
		return rules.ArrearsLaw
	default:
		return ""
	}
}

// chain shows each step: those that were taken, and those that were not.
func (f CheckFacts) chain(reason Code, rules CheckRules) []Link {
	links := append([]Link{f.decree()}, f.contract(), f.file())
	links = append(links, f.cover(reason)...)
	links = append(links, f.money()...)
	if i, any := f.Overdue(); any && f.Officer.Period.Exists() {
		links = append(links, i.arrears(rules.Arrears))
	}
	for _, r := range []Rule{rules.Contribution, rules.JKK, rules.JKM} {
		if r.Version != "" {
			links = append(links, Link{Kind: RuleLink, Reference: r.Version, Holds: true})
		}
	}
	return links
}

func (f CheckFacts) decree() Link {
	o := f.Officer
	if !o.Recorded {
		return Link{Kind: DecreeLink, Reason: UncoveredNotRecorded}
	}
	l := Link{
		Kind: DecreeLink, ID: seen(o.ID, true), Reference: o.DecreeNumber, From: o.TermFrom, To: o.lastDay(),
		Holds: o.onDuty(),
	}
	if !l.Holds {
		l.Reason = UncoveredOutsideTerm
	}
	return l
}

func (f CheckFacts) contract() Link {
	if !f.Officer.Recorded {
		return Link{Kind: AgreementLink, Reason: UncoveredNotRecorded}
	}
	a, reason := f.agreement()
	if a.ID == uuid.Nil {
		return Link{Kind: AgreementLink, Reason: UncoveredNoAgreement}
	}
	if f.Officer.Period.Exists() {
		reason = ""
	}
	l := Link{Kind: AgreementLink, ID: seen(a.ID, a.Seen), From: a.StartsOn, To: a.lastDay()}
	if a.Seen && !a.SignedOn.Zero() {
		l.Reference, l.On = a.Reference, a.SignedOn
	}
	l.Holds = reason == "" || reason == UncoveredNotEnrolled
	if !l.Holds {
		l.Reason = reason
	}
	return l
}

func (a KnownAgreement) lastDay() Date {
	return Agreement{AgreementTerms: AgreementTerms{EndsOn: a.EndsOn}, TerminatedOn: a.TerminatedOn}.LastDay()
}

// file is what brought the officer into the register; whoever was entered by
// themselves came in no import.
func (f CheckFacts) file() Link {
	o := f.Officer
	if !o.Recorded {
		return Link{Kind: ImportLink, Reason: UncoveredNotRecorded}
	}
	id := seen(o.ImportID.UUID, o.ImportID.Valid && o.ImportSeen)
	return Link{Kind: ImportLink, ID: id, At: o.RecordedAt, Holds: true}
}

func (f CheckFacts) cover(reason Code) []Link {
	p := f.Officer.Period
	if !p.Exists() {
		return []Link{{Kind: EnrolmentLink, Reason: reason}, {Kind: PeriodLink, Reason: reason}}
	}
	return []Link{
		{Kind: EnrolmentLink, ID: seen(p.EnrolmentID, p.Seen), At: p.EnrolledAt, Holds: true},
		{Kind: PeriodLink, ID: seen(p.ID, p.Seen), From: p.FromOn, To: p.ToOn, Holds: true},
	}
}

// money is the invoice that made the cover active and the payment that completed it;
// of cover that was never active the first invoice, and what was paid of it.
func (f CheckFacts) money() []Link {
	p := f.Officer.Period
	invoice, found := f.first()
	if !p.Exists() || !found {
		return []Link{{Kind: InvoiceLink, Reason: UncoveredUnpaid}, {Kind: PaymentLink, Reason: UncoveredUnpaid}}
	}
	bill := Link{Kind: InvoiceLink, ID: seen(invoice.ID, invoice.Seen), On: invoice.IssuedOn, Holds: true}
	if invoice.Seen {
		bill.Reference = invoice.Number
	}
	paid := Link{Kind: PaymentLink, Holds: p.ActiveOn(f.Officer.Day)}
	if last, _ := invoice.completed(); last.ID != uuid.Nil {
		paid.ID, paid.On = seen(last.ID, last.Seen), last.On
		if last.Seen {
			paid.Reference = last.Reference
		}
	}
	if !paid.Holds {
		paid.Reason = UncoveredUnpaid
	}
	return []Link{bill, paid}
}

// first is the invoice that made cover active, or else the first that bills it.
func (f CheckFacts) first() (invoice KnownInvoice, found bool) {
	for _, i := range f.Invoices {
		last, settled := i.completed()
		if settled && last.On == f.Officer.Period.ActivatedOn {
			return i, true
		}
		if !found && !i.Credited {
			invoice, found = i, true
		}
	}
	return invoice, found
}

// arrears is what an overdue invoice did to cover. Beyond the limit BPU ends; of PU
// the employer pays first and is reimbursed, which is worth knowing.
func (i KnownInvoice) arrears(effect ArrearsEffect) Link {
	l := Link{Kind: ArrearsLink, ID: seen(i.ID, i.Seen), On: i.DueOn, Holds: effect != ArrearsEnded}
	if i.Seen {
		l.Reference = i.Number
	}
	l.Reason = map[ArrearsEffect]Code{ArrearsEnded: UncoveredArrears, ArrearsEmployerPays: EmployerPaysFirst}[effect]
	return l
}

// seen is an id for whoever may see what it names.
func seen(id uuid.UUID, may bool) uuid.NullUUID {
	if !may {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: id, Valid: true}
}
