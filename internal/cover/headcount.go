package cover

// Unit is the kind of place that an election body is formed in.
type Unit string

// The units of election bodies.
const (
	UnitDistrict       Unit = "district"
	UnitVillage        Unit = "village"
	UnitPollingStation Unit = "polling_station"
	UnitOverseasPost   Unit = "overseas_post"
)

// Units lists every unit.
var Units = []Unit{UnitDistrict, UnitVillage, UnitPollingStation, UnitOverseasPost}

// Places counts the units of an area.
type Places map[Unit]int

// Seats says how many officers a body has in each unit of a kind; nothing PerUnit
// means that the number is not fixed.
type Seats struct {
	Unit    Unit
	PerUnit int
}

// Headcount returns how many officers the bodies have together in these places,
// each unit counted in full (PKPU 8/2022, arts 5-6, and what organisers report).
func Headcount(places Places, bodies ...Seats) int {
	total := 0
	for _, s := range bodies {
		total += s.PerUnit * places[s.Unit]
	}
	return total
}

// Whole reports whether a head-count fills a whole number of units. A count that
// does not is worth a warning and never a refusal: seats do fall vacant. Every
// count is whole where the number of seats is not fixed.
func (s Seats) Whole(count int) bool { return s.PerUnit <= 0 || count%s.PerUnit == 0 }

// Nearest returns the number of whole units that is closest to a head-count, the
// larger of two equally close, and how many officers they have. Where the number
// of seats is not fixed it returns no units and the count itself.
func (s Seats) Nearest(count int) (units, officers int) {
	if s.PerUnit <= 0 {
		return 0, count
	}
	units = (count + s.PerUnit/2) / s.PerUnit
	return units, units * s.PerUnit
}

// Share shares the officers of a position out over the roles of its bodies: in each
// whole body the seats that are fixed, such as the chair's, and everybody else in
// the plain role. A role that gets nobody is left out.
func (p Position) Share(count int64) (roles []PositionRole) {
	var bodies int64
	if p.PerUnit > 0 {
		bodies = count / int64(p.PerUnit)
	}
	plain, left := p.PlainRole(), count
	for _, r := range p.Roles {
		if seats := bodies * int64(r.Seats); r.Role != plain && seats > 0 {
			roles, left = append(roles, PositionRole{Role: r.Role, Seats: int(seats)}), left-seats
		}
	}
	if left > 0 {
		roles = append(roles, PositionRole{Role: plain, Seats: int(left)})
	}
	return roles
}
