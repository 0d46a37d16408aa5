package cover

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	today       = NewDate(2024, time.August, 26)
	kapuasHulu  = Organisation{ID: uuid.New(), Kind: KPU, Level: OrganisationLevel(Regency), AreaCode: "61.06", Name: "KPU"}
	knownThings = &Reference{
		Areas: map[string]AreaLevel{
			"61": Province, "61.06": Regency, "61.06.01": District, "61.06.01.2001": Village, "61.07.01.2001": Village,
		},
		Positions: []Position{
			{Code: "ppk", Organiser: KPU, Seats: Seats{UnitDistrict, 5}, MinAge: 17, Roles: []PositionRole{{RoleChair, 1}, {RoleMember, 4}}},
			{Code: "pps", Organiser: KPU, Seats: Seats{UnitVillage, 3}, MinAge: 17, Roles: []PositionRole{{RoleChair, 1}, {RoleMember, 2}}},
			{Code: "sek_pps", Organiser: KPU, Seats: Seats{UnitVillage, 3}, Roles: []PositionRole{{RoleSecretary, 1}, {RoleStaff, 2}}},
			{Code: "kpps", Organiser: KPU, Seats: Seats{UnitPollingStation, 7}, MinAge: 17, MaxAge: 55, Roles: []PositionRole{{RoleChair, 1}, {RoleMember, 6}}},
			{Code: "pkd", Organiser: Bawaslu, Seats: Seats{UnitVillage, 1}, Roles: []PositionRole{{RoleMember, 1}}},
		},
		Elections: []Election{
			{Code: "pemilu_2024", Terms: []Term{{Position: "pps", Role: RoleMember, From: NewDate(2023, 1, 17), To: NewDate(2024, 4, 4), Honorarium: 1_300_000}}},
			{Code: "pilkada_2024", Terms: []Term{
				{Position: "pps", Role: RoleMember, From: NewDate(2024, 5, 26), To: NewDate(2025, 1, 27), Honorarium: 1_300_000},
				{Position: "pps", Role: RoleChair, From: NewDate(2024, 5, 26), To: NewDate(2025, 1, 27), Honorarium: 1_500_000},
				{Position: "kpps", Role: RoleMember, From: NewDate(2024, 11, 7), To: NewDate(2024, 12, 8), Honorarium: 850_000},
			}},
		},
	}
)

// rini breaks no rule and raises no doubt.
func rini(changes ...func(*Appointment)) Appointment {
	a := Appointment{
		ExternalID: "S-1", Personal: Personal{NIK: "9906014508890002"}, FullName: "Rini Contoh", BornOn: NewDate(1989, 8, 5),
		Position: "pps", AreaCode: "61.06.01.2001", TermFrom: NewDate(2024, 5, 26), TermTo: NewDate(2025, 1, 27),
	}
	for _, change := range changes {
		change(&a)
	}
	return a
}

func TestAppoint(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Appointment)
		faults []string
		doubts []string
	}{
		"whoever breaks no rule is appointed":           {change: func(*Appointment) {}},
		"an external id is not blank":                   {change: func(a *Appointment) { a.ExternalID = " " }, faults: []string{"/external_id blank"}},
		"a name is not blank":                           {change: func(a *Appointment) { a.FullName = "\t " }, faults: []string{"/full_name blank"}},
		"a NIK has sixteen digits":                      {change: func(a *Appointment) { a.Personal.NIK = "990601" }, faults: []string{"/nik nik_invalid"}},
		"blanks around a NIK are nobody's fault":        {change: func(a *Appointment) { a.Personal.NIK = " 9906014508890002 " }},
		"a NIK that tells another day is doubted":       {change: func(a *Appointment) { a.BornOn = NewDate(1989, 8, 6) }, doubts: []string{"/born_on nik_birth_date_mismatch"}},
		"a NIK that tells another sex is doubted":       {change: func(a *Appointment) { a.Sex = Male }, doubts: []string{"/sex nik_sex_mismatch"}},
		"nobody of eight is on duty":                    {change: func(a *Appointment) { a.BornOn = NewDate(2016, 8, 5) }, faults: []string{"/born_on birth_date_implausible"}, doubts: []string{"/born_on age_outside_rule", "/born_on nik_birth_date_mismatch"}},
		"sixteen is too young for the rule, not for us": {change: func(a *Appointment) { a.BornOn, a.Personal.NIK = NewDate(2008, 1, 5), "9906014501080002" }, doubts: []string{"/born_on age_outside_rule"}},
		"a position is known":                           {change: func(a *Appointment) { a.Position = "wizard" }, faults: []string{"/position position_unknown"}},
		"KPU has no supervisors":                        {change: func(a *Appointment) { a.Position, a.Honorarium = "pkd", 1 }, faults: []string{"/position position_of_other_body"}, doubts: []string{"/term_from term_of_no_election"}},
		"a committee has no secretary":                  {change: func(a *Appointment) { a.Role, a.Honorarium = RoleSecretary, 1 }, faults: []string{"/role role_unknown"}, doubts: []string{"/term_from term_of_no_election"}},
		"an area is known":                              {change: func(a *Appointment) { a.AreaCode = "61.06.99.2001" }, faults: []string{"/area_code area_unknown"}},
		"PPS is formed in villages":                     {change: func(a *Appointment) { a.AreaCode = "61.06.01" }, faults: []string{"/area_code area_level_wrong"}},
		"another regency is another body's":             {change: func(a *Appointment) { a.AreaCode = "61.07.01.2001" }, faults: []string{"/area_code area_outside_organisation"}},
		"PPS has no polling station":                    {change: func(a *Appointment) { a.PollingStation = "1" }, faults: []string{"/polling_station polling_station_not_expected"}},
		"a term ends after it begins":                   {change: func(a *Appointment) { a.TermTo = NewDate(2024, 5, 25) }, faults: []string{"/term_to ends_before_start"}, doubts: []string{"/monthly_honorarium_amount honorarium_unknown", "/term_from term_of_no_election"}},
		"no term is four years long":                    {change: func(a *Appointment) { a.TermTo = NewDate(2028, 5, 26) }, faults: []string{"/term_to period_too_long"}, doubts: []string{"/term_from term_outside_election"}},
		"a longer term is doubted":                      {change: func(a *Appointment) { a.TermTo = NewDate(2025, 2, 28) }, doubts: []string{"/term_from term_outside_election"}},
		"a term of no election is doubted":              {change: func(a *Appointment) { a.TermFrom, a.TermTo = NewDate(2019, 1, 1), NewDate(2019, 6, 1) }, doubts: []string{"/monthly_honorarium_amount honorarium_unknown", "/term_from term_of_no_election"}},
		"another honorarium is doubted":                 {change: func(a *Appointment) { a.Honorarium = 1_200_000 }, doubts: []string{"/monthly_honorarium_amount honorarium_differs"}},
		"nobody owes to be paid":                        {change: func(a *Appointment) { a.Honorarium = -1 }, faults: []string{"/monthly_honorarium_amount amount_implausible"}, doubts: []string{"/monthly_honorarium_amount honorarium_differs"}},
		"a telephone is a mobile one":                   {change: func(a *Appointment) { a.Personal.Phone = "021-5551234" }, faults: []string{"/phone phone_invalid"}},
		"every fault is told at once": {
			change: func(a *Appointment) { a.Personal.NIK, a.FullName, a.AreaCode = "1", "", "99" },
			faults: []string{"/area_code area_unknown", "/full_name blank", "/nik nik_invalid"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, doubts, err := Appoint(rini(tt.change), kapuasHulu, knownThings, today)
			if got := told(faultsOf(err)); !slices.Equal(got, tt.faults) {
				t.Errorf("faults %v, want %v", got, tt.faults)
			}
			if got := told(doubts); !slices.Equal(got, tt.doubts) {
				t.Errorf("doubts %v, want %v", got, tt.doubts)
			}
		})
	}
}

func TestAppointFillsInWhatIsKnown(t *testing.T) {
	t.Parallel()
	o, _, err := Appoint(rini(func(a *Appointment) { a.FullName, a.Personal.Phone = "  Rini   Contoh ", "0812-3456 7890" }), kapuasHulu, knownThings, today)
	if err != nil {
		t.Fatal(err)
	}
	if o.Role != RoleMember || o.Honorarium != 1_300_000 || o.Sex != Female || o.FullName != "Rini Contoh" || o.Personal.Phone != "+6281234567890" {
		t.Errorf("%+v", o)
	}
	clerk, _, err := Appoint(rini(func(a *Appointment) { a.Position = "sek_pps" }), kapuasHulu, knownThings, today)
	if err != nil || clerk.Role != RoleStaff {
		t.Errorf("a secretariat without members has %s, %v", clerk.Role, err)
	}
}

// TestAmendingWithNothingChangesNothing: saying of an officer again what is known
// of them makes the same officer.
func TestAmendingWithNothingChangesNothing(t *testing.T) {
	t.Parallel()
	o, _, err := Appoint(rini(func(a *Appointment) { a.Personal.Phone = "081234567890" }), kapuasHulu, knownThings, today)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := Appoint(o.Appointment(), kapuasHulu, knownThings, today)
	if err != nil || again != o {
		t.Errorf("%+v, want %+v (%v)", again, o, err)
	}
}

func TestAnOfficersDays(t *testing.T) {
	t.Parallel()
	o := Officer{TermFrom: NewDate(2024, 5, 26), TermTo: NewDate(2025, 1, 27)}
	for day, want := range map[Date]OfficerStatus{
		NewDate(2024, 5, 25): OfficerAppointed, NewDate(2024, 5, 26): OfficerActive,
		NewDate(2025, 1, 27): OfficerActive, NewDate(2025, 1, 28): OfficerEnded,
	} {
		if got := o.StatusOn(day); got != want {
			t.Errorf("on %s %s, want %s", day, got, want)
		}
	}
	if err := o.End(NewDate(2025, 1, 28), EndResigned); told(faultsOf(err))[0] != "/ended_on outside_term" {
		t.Errorf("ended after the term: %v", err)
	}
	o = Officer{TermFrom: o.TermFrom, TermTo: o.TermTo}
	if err := o.End(NewDate(2024, 11, 28), EndDied); err != nil || o.StatusOn(NewDate(2024, 11, 29)) != OfficerEnded {
		t.Errorf("%v, %s", err, o.StatusOn(NewDate(2024, 11, 29)))
	}
	if err := o.End(NewDate(2024, 11, 29), EndDied); KindOf(err) != Conflict {
		t.Errorf("ended twice: %v", err)
	}
}

func faultsOf(err error) Faults {
	if e, ok := err.(*Error); ok { //nolint:errorlint // rules never wrap
		return e.Faults
	}
	return nil
}

// told spells faults out, in order: "/nik nik_invalid".
func told(faults Faults) (out []string) {
	for _, f := range faults {
		out = append(out, strings.TrimSpace(f.Pointer+" "+string(f.Code)))
	}
	slices.Sort(out)
	return out
}
