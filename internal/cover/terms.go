package cover

// Segment says which tariff holds for an agreement.
type Segment string

// The segments of PP 44/2015: wage earners and everybody else.
const (
	PU  Segment = "pu"
	BPU Segment = "bpu"
)

// Segments lists every segment.
var Segments = []Segment{PU, BPU}

// Programme is a kind of cover.
type Programme string

// The programmes that officers are put under: work accident and death.
const (
	JKK Programme = "jkk"
	JKM Programme = "jkm"
)

// Programmes lists every programme.
var Programmes = []Programme{JKK, JKM}

// RiskClass is the class of work-accident risk of a PU employer, I to V. Election
// bodies are government services: class I (PP 44/2015, annex I, group I, 11).
type RiskClass string

// RiskClasses lists every class, lowest risk first.
var RiskClasses = []RiskClass{"i", "ii", "iii", "iv", "v"}

// WageBasePolicy says what contributions and benefits are computed from.
type WageBasePolicy string

// The wage-base policies that agreements were seen to use.
const (
	BaseHonorarium  WageBasePolicy = "honorarium"
	BaseMinimumWage WageBasePolicy = "minimum_wage"
	BaseDeclared    WageBasePolicy = "declared"
	BaseBPUTier     WageBasePolicy = "bpu_tier"
)

// WageBasePolicies lists every policy.
var WageBasePolicies = []WageBasePolicy{BaseHonorarium, BaseMinimumWage, BaseDeclared, BaseBPUTier}

// MonthRule says how many contributions a stretch of cover owes. No text of law
// settles it, so an agreement does.
type MonthRule string

// The month rules.
const (
	MonthsByCalendar    MonthRule = "calendar"    // one for each calendar month touched
	MonthsByAnniversary MonthRule = "anniversary" // one for each month begun since the first day
)

// MonthRules lists every rule.
var MonthRules = []MonthRule{MonthsByCalendar, MonthsByAnniversary}

// Months counts the contributions that cover from one day to another, inclusive,
// owes by a rule. Where so many are agreed for a term it owes those, but never
// more than there are months. They begin with the month of the first day.
func (r MonthRule) Months(agreed int, from, to Date) int {
	touched := to.Month().Since(from.Month()) + 1
	if agreed > 0 {
		return min(agreed, touched)
	}
	if r == MonthsByAnniversary && from.AddMonths(touched-1).After(to) {
		return touched - 1
	}
	return touched
}

// BillingMode says who starts the bill of a month.
type BillingMode string

// The billing modes.
const (
	BilledAutomatically BillingMode = "automatic"
	BilledManually      BillingMode = "manual"
)

// BillingModes lists every mode.
var BillingModes = []BillingMode{BilledAutomatically, BilledManually}

// FundingSource is where the money of a contribution comes from.
type FundingSource string

// FundingSources lists every source.
var FundingSources = []FundingSource{"apbn", "apbd", "dau", "dbhcht", "apbdes", "nphd", "btt", "csr", "self"}

// Role is the seat an officer holds within a body.
type Role string

// The roles within a body.
const (
	RoleChair     Role = "chair"
	RoleMember    Role = "member"
	RoleSecretary Role = "secretary"
	RoleStaff     Role = "staff"
)

// Roles lists every role.
var Roles = []Role{RoleChair, RoleMember, RoleSecretary, RoleStaff}
