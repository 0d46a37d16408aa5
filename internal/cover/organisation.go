package cover

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// OrganisationKind says what an organisation is; it decides what it may see.
type OrganisationKind string

// The kinds of organisation.
const (
	KPU                OrganisationKind = "kpu"
	Bawaslu            OrganisationKind = "bawaslu"
	RegionalGovernment OrganisationKind = "regional_government"
	RegionalAgency     OrganisationKind = "regional_agency"
	VillageGovernment  OrganisationKind = "village_government"
	BPJSOffice         OrganisationKind = "bpjs_office"
	Ministry           OrganisationKind = "ministry"
	OtherOrganisation  OrganisationKind = "other"
)

// OrganisationKinds lists every kind.
var OrganisationKinds = []OrganisationKind{
	KPU, Bawaslu, RegionalGovernment, RegionalAgency, VillageGovernment, BPJSOffice, Ministry, OtherOrganisation,
}

// Elects reports whether bodies of this kind run or supervise elections: only
// they have officers, and only they see the bodies of their kind below them.
func (k OrganisationKind) Elects() bool { return k == KPU || k == Bawaslu }

// OrganisationLevel says how wide the area of an organisation is.
type OrganisationLevel string

// The levels of organisation.
const (
	National OrganisationLevel = "national"
	Overseas OrganisationLevel = "overseas"
)

// OrganisationLevels lists every level.
var OrganisationLevels = []OrganisationLevel{
	National, OrganisationLevel(Province), OrganisationLevel(Regency), OrganisationLevel(District), OrganisationLevel(Village), Overseas,
}

// TimeZones lists the zones of Indonesia; days are reckoned in an organisation's own.
var TimeZones = []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}

// Organisation is a body that takes part: an election body, a government, a BPJS
// office, a ministry.
type Organisation struct {
	ID           uuid.UUID
	Kind         OrganisationKind
	Level        OrganisationLevel
	AreaCode     string // empty for national and overseas bodies
	Name         string
	NPP          string // employer number at BPJS Ketenagakerjaan
	NPWP         string // tax number
	TimeZone     string
	ExternalID   string // key of whoever registered it
	RegisteredBy uuid.UUID
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Registration is what a caller says to register an organisation.
type Registration struct {
	Kind       OrganisationKind
	Level      OrganisationLevel
	AreaCode   string
	Name       string
	NPP        string
	NPWP       string
	TimeZone   string
	ExternalID string
}

// Register makes a new organisation. Refuses a blank name (blank), an area that
// nobody knows (area_unknown) and one that does not fit the level
// (area_level_wrong).
func Register(in Registration, ref *Reference) (Organisation, error) {
	o := Organisation{
		Kind: in.Kind, Level: in.Level, AreaCode: in.AreaCode, Name: strings.TrimSpace(in.Name),
		NPP: in.NPP, NPWP: in.NPWP, TimeZone: in.TimeZone, ExternalID: in.ExternalID, Version: 1,
	}
	var f Faults
	f.Check(o.Name != "", "/name", Blank, nil)
	switch level, known := ref.AreaLevel(in.AreaCode); {
	case in.Level == National || in.Level == Overseas:
		f.Check(in.AreaCode == "", "/area_code", AreaNotExpected, Params{"level": in.Level})
	case in.AreaCode == "":
		f.Add("/area_code", AreaMissing, Params{"level": in.Level})
	case !known:
		f.Add("/area_code", AreaUnknown, nil)
	case OrganisationLevel(level) != in.Level:
		f.Add("/area_code", AreaLevelWrong, Params{"level": in.Level, "actual": level})
	}
	return o, f.Err()
}

// Above reports whether o stands above p: a body of the same kind whose area
// holds p's.
func (o Organisation) Above(p Organisation) bool {
	return o.Kind == p.Kind && o.ID != p.ID &&
		(o.Level == National || o.AreaCode != "" && Inside(p.AreaCode, o.AreaCode))
}

// Zone returns the zone in which the organisation reckons its days.
func (o Organisation) Zone() *time.Location {
	zone, err := time.LoadLocation(o.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}
