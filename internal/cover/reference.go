package cover

import "strings"

// AreaLevel is the level of an administrative area.
type AreaLevel string

// The levels of area.
const (
	Province AreaLevel = "province"
	Regency  AreaLevel = "regency"
	District AreaLevel = "district"
	Village  AreaLevel = "village"
)

// AreaLevels lists every level, widest first.
var AreaLevels = []AreaLevel{Province, Regency, District, Village}

// Area is an administrative area with its code of the Ministry of Home Affairs.
type Area struct {
	Code       string
	Level      AreaLevel
	Name       string
	ParentCode string
}

// Inside reports whether an area lies in another, or is it.
func Inside(area, of string) bool { return area == of || strings.HasPrefix(area, of+".") }

// Position is a seat in an ad-hoc body: who organises it, for which unit, and
// how many there are in one.
type Position struct {
	Code      string
	Organiser OrganisationKind
	Seats
	NameID string
	NameEN string
	MinAge int // years, inclusive; 0 is no rule
	MaxAge int // years, inclusive; 0 is no rule
	Roles  []PositionRole
}

// PositionRole is the number of seats a role has in one body.
type PositionRole struct {
	Role  Role
	Seats int
}

// Has reports whether the position knows the role.
func (p Position) Has(role Role) bool {
	for _, r := range p.Roles {
		if r.Role == role {
			return true
		}
	}
	return false
}

// PlainRole is the role of whoever is given none: member where there are
// members, else the only one.
func (p Position) PlainRole() Role {
	if len(p.Roles) > 0 && !p.Has(RoleMember) {
		return p.Roles[len(p.Roles)-1].Role
	}
	return RoleMember
}

// AreaLevel is the level of area an officer of this position is posted to; empty
// for posts abroad.
func (p Position) AreaLevel() AreaLevel {
	switch p.Unit {
	case UnitDistrict:
		return District
	case UnitVillage, UnitPollingStation:
		return Village
	default:
		return ""
	}
}

// Election is an election with the terms of its ad-hoc officers.
type Election struct {
	Code    string
	NameID  string
	NameEN  string
	VotedOn Date
	Terms   []Term
}

// Term says from when to when, and for how much a month, a role is held in an
// election; the law it rests on, and how certain that is.
type Term struct {
	Position   string
	Role       Role
	From       Date // none if no day is known
	To         Date // inclusive; none if no day is known
	Honorarium Rupiah
	Law        string
	Certainty  string
}

// Reference is the data that rules look things up in: areas, positions and
// elections as they are known now.
type Reference struct {
	Areas     map[string]AreaLevel
	Positions []Position
	Elections []Election
}

// AreaLevel returns the level of a known area.
func (r *Reference) AreaLevel(code string) (AreaLevel, bool) {
	level, known := r.Areas[code]
	return level, known
}

// Position finds a position by its code.
func (r *Reference) Position(code string) (Position, bool) {
	for _, p := range r.Positions {
		if p.Code == code {
			return p, true
		}
	}
	return Position{}, false
}

// Election finds an election by its code.
func (r *Reference) Election(code string) (Election, bool) {
	for _, e := range r.Elections {
		if e.Code == code {
			return e, true
		}
	}
	return Election{}, false
}

// Term finds the term of a position and role that meets a period best: the one
// of the election in which most of the period lies.
func (r *Reference) Term(position string, role Role, from, to Date) (best Term, election string, found bool) {
	most := 0
	for _, e := range r.Elections {
		for _, t := range e.Terms {
			if t.Position != position || t.Role != role || t.From.Zero() || t.To.Zero() {
				continue
			}
			if shared := days(Later(t.From, from), Earlier(t.To, to)); shared > most {
				best, election, found, most = t, e.Code, true, shared
			}
		}
	}
	return best, election, found
}

// days counts the days from one to another, both inclusive.
func days(from, to Date) int { return to.DaysSince(from) + 1 }

// Holiday is a day on which nobody works: a national holiday, collective leave or
// a day of voting. One that was taken back says that people work on it.
type Holiday struct {
	Day       Date `gorm:"primaryKey"`
	NameID    string
	NameEN    string
	Certainty string
	Works     bool
	Version   int64
}

// Check says what is wrong with the names of a holiday.
func (h Holiday) Check() error {
	var f Faults
	f.Check(strings.TrimSpace(h.NameID) != "", "/name_id", Blank, nil)
	f.Check(strings.TrimSpace(h.NameEN) != "", "/name_en", Blank, nil)
	return f.Err()
}
