package cover

// Stream is one of the sources that pay after an event. JKK or JKM pays, never both
// of one event; what an election body gives of its own (santunan) stands beside
// them and is never netted with them.
type Stream string

// The streams.
const (
	StreamJKK      Stream = "jkk"
	StreamJKM      Stream = "jkm"
	StreamExGratia Stream = "ex_gratia"
)

// Streams lists every stream.
var Streams = []Stream{StreamJKK, StreamJKM, StreamExGratia}

// BenefitKind names a benefit.
type BenefitKind string

// The benefits.
const (
	BenefitDeath        BenefitKind = "death"    // santunan kematian, the lump sum
	BenefitFuneral      BenefitKind = "funeral"  // biaya pemakaman
	BenefitPeriodic     BenefitKind = "periodic" // santunan berkala, paid at once
	BenefitMedicalCare  BenefitKind = "medical_care"
	BenefitTransport    BenefitKind = "transport"
	BenefitIncapacity   BenefitKind = "temporary_incapacity" // STMB
	BenefitDisability   BenefitKind = "disability"           // permanent
	BenefitProsthesis   BenefitKind = "prosthesis"           // and orthosis
	BenefitDenture      BenefitKind = "denture"
	BenefitHearingAid   BenefitKind = "hearing_aid"
	BenefitSpectacles   BenefitKind = "spectacles"
	BenefitHomeCare     BenefitKind = "home_care"
	BenefitScholarship  BenefitKind = "scholarship"
	BenefitInjury       BenefitKind = "injury"       // of the election body's own scheme, by days in hospital
	BenefitCompensation BenefitKind = "compensation" // for what is paid late
)

// BenefitKinds lists every benefit.
var BenefitKinds = []BenefitKind{
	BenefitDeath, BenefitFuneral, BenefitPeriodic, BenefitMedicalCare, BenefitTransport, BenefitIncapacity, BenefitDisability,
	BenefitProsthesis, BenefitDenture, BenefitHearingAid, BenefitSpectacles, BenefitHomeCare, BenefitScholarship, BenefitInjury,
	BenefitCompensation,
}

// BenefitItem is one benefit of a claim.
type BenefitItem struct {
	Kind   BenefitKind `json:"kind"`
	Amount Rupiah      `json:"amount"`
}

// BenefitStep is one step of how an amount came about: a rule, where it stands, how
// sure of it we are, what went in, the sum as it was done ("48 × 1300000") and what
// it gave. Inputs are whole numbers and codes, from which the step is put into words
// in any language; they never hold personal data.
type BenefitStep struct {
	Rule       string `json:"rule"`
	Law        string `json:"law"`
	Certainty  string `json:"certainty"`
	Inputs     Params `json:"inputs"`
	Expression string `json:"expression"`
	Amount     Rupiah `json:"amount"`
}

// EducationLevel is where a child goes to school.
type EducationLevel string

// EducationLevels lists every level, in the order in which children pass them.
var EducationLevels = []EducationLevel{"kindergarten", "primary", "junior_secondary", "senior_secondary", "higher"}

// TransportMode is how somebody was carried.
type TransportMode string

// TransportModes lists every mode; land takes in rivers and lakes.
var TransportModes = []TransportMode{"land", "sea", "air"}

// Side is a side of the body.
type Side string

// The sides.
const (
	Right Side = "right"
	Left  Side = "left"
)

// Sides lists both.
var Sides = []Side{Right, Left}

// Loss is what an injury cost or took. Each kind asks for members of its own.
type Loss struct {
	Kind    BenefitKind   `json:"kind"`
	Cost    Rupiah        `json:"cost,omitempty"`    // what was spent; for a prosthesis the price of the government's rehabilitation centre
	Mode    TransportMode `json:"mode,omitempty"`    // transport
	From    Date          `json:"from,omitzero"`     // incapacity, with To, both inclusive; or Months and Days
	To      Date          `json:"to,omitzero"`       //
	Months  int64         `json:"months,omitempty"`  // incapacity; home care, for how long
	Days    int64         `json:"days,omitempty"`    //
	Part    string        `json:"part,omitempty"`    // disability
	Side    Side          `json:"side,omitempty"`    //
	Rate    int64         `json:"rate,omitempty"`    // as assessed, in ten-thousandths
	Units   int64         `json:"units,omitempty"`   //
	Percent int64         `json:"percent,omitempty"` // of the part's use that is lost; 0 is all of it
	Total   bool          `json:"total,omitempty"`   // permanent and total disability
}
