package cover

import (
	"testing"
	"time"
)

func TestNIK(t *testing.T) {
	t.Parallel()
	today := NewDate(2024, time.August, 26)
	for name, tt := range map[string]struct {
		nik   NIK
		valid bool
		born  string
		sex   Sex
	}{
		"a woman's day is raised by forty (N09)":      {"3507034508890002", true, "1989-08-05", Female},
		"a man's is not":                              {"3507030508890002", true, "1989-08-05", Male},
		"the younger of two possible ages is taken":   {"9906011502050001", true, "2005-02-15", Male},
		"somebody of 2010 would be too young":         {"9906011502300001", true, "1930-02-15", Male},
		"29 February of a leap year exists":           {"9906012902880001", true, "1988-02-29", Male},
		"29 February exists in the other century":     {"9906012902000001", true, "2000-02-29", Male},
		"29 February of no leap year does not":        {"9906012902890001", false, "", ""},
		"day 72 is no day (N10)":                      {"9906017208890001", false, "", ""},
		"month 13 is no month (N10)":                  {"9906010513890001", false, "", ""},
		"day 0 is no day":                             {"9906010008890001", false, "", ""},
		"day 40 is nobody's":                          {"9906014008890001", false, "", ""},
		"serials start at 0001":                       {"9906010508890000", false, "", ""},
		"a regency is not 00":                         {"9900010508890001", false, "", ""},
		"a district is not 00":                        {"9906000508890001", false, "", ""},
		"no province starts with 0":                   {"0906010508890001", false, "", ""},
		"fifteen digits are too few":                  {"350703450889000", false, "", ""},
		"seventeen digits are too many":               {"35070345088900021", false, "", ""},
		"what a spreadsheet makes of it is no NIK":    {"3.50703450889E+15", false, "", ""},
		"digits of other scripts are no digits to us": {"٣٥٠٧٠٣٤٥٠٨٨٩٠٠٠٢", false, "", ""},
		"nothing is no NIK":                           {"", false, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.nik.Valid(); got != tt.valid {
				t.Fatalf("valid: %v", got)
			}
			if !tt.valid {
				return
			}
			if got := tt.nik.BornOn(today).String(); got != tt.born {
				t.Errorf("born on %s, want %s", got, tt.born)
			}
			if got := tt.nik.Sex(); got != tt.sex {
				t.Errorf("%s, want %s", got, tt.sex)
			}
		})
	}
	if got := NIK("3507034508890002").Area(); got != "35.07.03" {
		t.Errorf("area %s", got)
	}
}

func TestMasksHideWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	p := Personal{NIK: "3507034508890002", Phone: "+6281234567890", Email: "rini@contoh.example", KPJ: "12345678901"}
	want := Personal{NIK: "350703******0002", Phone: "+6281******890", KPJ: "********901"}
	if got := p.Masked(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := NIK("1234").Masked(); got != "****************" {
		t.Errorf("what is no NIK is shown as %s", got)
	}
}

func FuzzNIK(f *testing.F) {
	for _, seed := range []string{"3507034508890002", "9906012902890001", "", "0000000000000000", "٣"} {
		f.Add(seed)
	}
	today := NewDate(2024, time.August, 26)
	f.Fuzz(func(t *testing.T, s string) {
		n := NIK(s)
		masked := n.Masked()
		if len(masked) != 16 {
			t.Errorf("%q is masked as %q", s, masked)
		}
		if !n.Valid() {
			return
		}
		if born := n.BornOn(today); !born.Zero() && !n.Agrees(born) {
			t.Errorf("%q tells %s and does not agree with it", s, born)
		}
		if masked[6:12] != "******" {
			t.Errorf("%q is masked as %q", s, masked)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2024-02-29", "2024-02-30", "", "0000-00-00", "2024-2-9", "9999-12-31"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if d.String() != s {
			t.Errorf("%q is printed as %q", s, d)
		}
		if !d.Month().First().After(d) && !d.Month().Last().Before(d) {
			return
		}
		t.Errorf("%s does not lie in its month", d)
	})
}

func FuzzMonth(f *testing.F) {
	for _, seed := range []string{"2024-02", "2024-13", "", "2024-2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMonth(s)
		if err != nil {
			return
		}
		if m.String() != s {
			t.Errorf("%q is printed as %q", s, m)
		}
		if got := m.Add(7).Add(-7); got != m {
			t.Errorf("seven months on and back from %s is %s", m, got)
		}
	})
}

func TestDays(t *testing.T) {
	t.Parallel()
	born := NewDate(1989, time.August, 5)
	for day, want := range map[Date]int{
		NewDate(2024, time.August, 4): 34, NewDate(2024, time.August, 5): 35, NewDate(2024, time.December, 31): 35,
	} {
		if got := born.YearsOn(day); got != want {
			t.Errorf("on %s: %d years, want %d", day, got, want)
		}
	}
	night := time.Date(2024, time.November, 27, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{"Asia/Jakarta": "2024-11-28", "Asia/Jayapura": "2024-11-28", "UTC": "2024-11-27"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := DateOf(night, loc).String(); got != want {
			t.Errorf("in %s it is %s, want %s", zone, got, want)
		}
	}
	through := NewMonth(2024, time.November).Through(NewMonth(2025, time.January))
	if len(through) != 3 || through[2].String() != "2025-01" {
		t.Errorf("November to January: %v", through)
	}
}

func TestShareRoundsHalfUp(t *testing.T) {
	t.Parallel()
	for amount, want := range map[Rupiah]Rupiah{1: 1, 2: 1, 3: 2, -1: -1, -3: -2, 0: 0} {
		if got := amount.Share(1, 2); got != want {
			t.Errorf("half of %d is %d, want %d", amount, got, want)
		}
	}
}
