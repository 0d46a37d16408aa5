package cover_test

import (
	"slices"
	"testing"
	"testing/quick"

	"naungan/internal/cover"
)

var (
	ppk       = cover.Seats{Unit: cover.UnitDistrict, PerUnit: 5}
	ppkOffice = cover.Seats{Unit: cover.UnitDistrict, PerUnit: 3}
	pps       = cover.Seats{Unit: cover.UnitVillage, PerUnit: 3}
	ppsOffice = cover.Seats{Unit: cover.UnitVillage, PerUnit: 3}
	kpps      = cover.Seats{Unit: cover.UnitPollingStation, PerUnit: 7}
	linmas    = cover.Seats{Unit: cover.UnitPollingStation, PerUnit: 2}
	ppln      = cover.Seats{Unit: cover.UnitOverseasPost}
)

func TestBodiesHaveAsManyOfficersAsTheirPlacesAskFor(t *testing.T) {
	malang := cover.Places{cover.UnitDistrict: 33, cover.UnitVillage: 390, cover.UnitPollingStation: 4_042}
	kapuasHulu := cover.Places{cover.UnitDistrict: 23, cover.UnitVillage: 282}
	boards := []cover.Seats{ppk, ppkOffice, pps, ppsOffice}
	nation := cover.Places{cover.UnitPollingStation: 820_161}
	for name, tt := range map[string]struct {
		places cover.Places
		bodies []cover.Seats
		want   int
	}{
		"N01: Malang, all bodies of KPU":            {malang, append(boards, kpps, linmas), 38_982},
		"N02: PPK of Kapuas Hulu, with secretariat": {kapuasHulu, []cover.Seats{ppk, ppkOffice}, 184},
		"N02: PPS of Kapuas Hulu, with secretariat": {kapuasHulu, []cover.Seats{pps, ppsOffice}, 1_692},
		"N02: both":                 {kapuasHulu, boards, 1_876},
		"N04: KPPS of the nation":   {nation, []cover.Seats{kpps}, 5_741_127},
		"N04: Linmas of the nation": {nation, []cover.Seats{linmas}, 1_640_322},
		"nobody in no place":        {nil, []cover.Seats{kpps}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cover.Headcount(tt.places, tt.bodies...); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

func TestAHeadcountIsHeldAgainstWholeUnits(t *testing.T) {
	for name, tt := range map[string]struct {
		seats           cover.Seats
		count           int
		whole           bool
		units, officers int
	}{
		"N03: 4,579 KPPS are one too many for 654 stations": {kpps, 4_579, false, 654, 4_578},
		"4,578 KPPS fill 654 stations":                      {kpps, 4_578, true, 654, 4_578},
		"4,581 KPPS are closer to 654 stations":             {kpps, 4_581, false, 654, 4_578},
		"4,582 KPPS are closer to 655 stations":             {kpps, 4_582, false, 655, 4_585},
		"one Linmas of two is as close to one station":      {linmas, 1, false, 1, 2},
		"nobody fills no station":                           {kpps, 0, true, 0, 0},
		"a body of no fixed size is never odd":              {ppln, 11, true, 0, 11},
	} {
		t.Run(name, func(t *testing.T) {
			units, officers := tt.seats.Nearest(tt.count)
			if tt.seats.Whole(tt.count) != tt.whole || units != tt.units || officers != tt.officers {
				t.Errorf("whole %v, %d units, %d officers; want %v, %d, %d",
					tt.seats.Whole(tt.count), units, officers, tt.whole, tt.units, tt.officers)
			}
		})
	}
}

func TestTheNearestCountIsWholeAndNear(t *testing.T) {
	near := func(count uint16, perUnit uint8) bool {
		s := cover.Seats{PerUnit: int(perUnit) + 1}
		_, officers := s.Nearest(int(count))
		off := officers - int(count)
		return s.Whole(officers) && 2*off <= s.PerUnit && -2*off <= s.PerUnit
	}
	if err := quick.Check(near, nil); err != nil {
		t.Error(err)
	}
}

func TestAHeadcountIsSharedOutOverTheSeats(t *testing.T) {
	seats := func(per int, roles ...cover.PositionRole) cover.Position {
		return cover.Position{Code: "body", Seats: cover.Seats{PerUnit: per}, Roles: roles}
	}
	chair, secretary := cover.PositionRole{Role: cover.RoleChair, Seats: 1}, cover.PositionRole{Role: cover.RoleSecretary, Seats: 1}
	members := func(n int) cover.PositionRole { return cover.PositionRole{Role: cover.RoleMember, Seats: n} }
	staff := func(n int) cover.PositionRole { return cover.PositionRole{Role: cover.RoleStaff, Seats: n} }
	station, office := seats(7, chair, members(6)), seats(3, secretary, staff(2))
	for name, tt := range map[string]struct {
		position cover.Position
		count    int64
		want     []cover.PositionRole
	}{
		"Sumatera Selatan has 13,185 stations": {station, 92_295, []cover.PositionRole{{Role: cover.RoleChair, Seats: 13_185}, members(79_110)}},
		"whoever is left over is a member":     {station, 4_579, []cover.PositionRole{{Role: cover.RoleChair, Seats: 654}, members(3_925)}},
		"six make no station":                  {station, 6, []cover.PositionRole{members(6)}},
		"an office has staff and no members":   {office, 69, []cover.PositionRole{{Role: cover.RoleSecretary, Seats: 23}, staff(46)}},
		"everybody is alike in a body of one":  {seats(1, members(1)), 12, []cover.PositionRole{members(12)}},
		"seats that are not fixed are plain":   {seats(0, chair, members(0)), 12, []cover.PositionRole{members(12)}},
		"a body of chairs has nobody else":     {seats(1, chair, members(0)), 2, []cover.PositionRole{{Role: cover.RoleChair, Seats: 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.position.Share(tt.count); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	whole := func(count uint32) bool {
		total := int64(0)
		for _, r := range station.Share(int64(count)) {
			total += int64(r.Seats)
		}
		return total == int64(count)
	}
	if err := quick.Check(whole, nil); err != nil {
		t.Error(err)
	}
}
