package cover_test

import (
	"testing"
	"testing/quick"

	"naungan/internal/cover"
)

func day(s string) cover.Date {
	d, err := cover.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestATermOwesContributions(t *testing.T) {
	for name, tt := range map[string]struct {
		rule     cover.MonthRule
		agreed   int
		from, to string
		want     int
	}{
		"C25: KPPS of Pilkada touches two calendar months":      {cover.MonthsByCalendar, 0, "2024-11-07", "2024-12-08", 2},
		"C25: and begins a second month on 7 December":          {cover.MonthsByAnniversary, 0, "2024-11-07", "2024-12-08", 2},
		"C25: but owes one if that was agreed":                  {cover.MonthsByCalendar, 1, "2024-11-07", "2024-12-08", 1},
		"C25: and one if that was agreed, by either rule":       {cover.MonthsByAnniversary, 1, "2024-11-07", "2024-12-08", 1},
		"a month to the day is one by anniversary":              {cover.MonthsByAnniversary, 0, "2024-11-07", "2024-12-06", 1},
		"and two by calendar":                                   {cover.MonthsByCalendar, 0, "2024-11-07", "2024-12-06", 2},
		"a second month begins with its first day":              {cover.MonthsByAnniversary, 0, "2024-11-07", "2024-12-07", 2},
		"one day is one month":                                  {cover.MonthsByCalendar, 0, "2024-11-30", "2024-11-30", 1},
		"two days in two months are two by calendar":            {cover.MonthsByCalendar, 0, "2024-11-30", "2024-12-01", 2},
		"and one by anniversary":                                {cover.MonthsByAnniversary, 0, "2024-11-30", "2024-12-01", 1},
		"from the 31st a month begins on the last day there is": {cover.MonthsByAnniversary, 0, "2024-01-31", "2024-02-29", 2},
		"and the day before has not begun it":                   {cover.MonthsByAnniversary, 0, "2024-01-31", "2024-02-28", 1},
		"Kapuas Hulu owes six":                                  {cover.MonthsByCalendar, 0, "2024-08-26", "2025-01-27", 6},
		"more were agreed than there are months":                {cover.MonthsByCalendar, 12, "2024-11-07", "2024-12-08", 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.rule.Months(tt.agreed, day(tt.from), day(tt.to)); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

// An anniversary is never owed more than the months it touches, and at most one less.
func TestAnniversariesOweTheMonthsTouchedOrOneLess(t *testing.T) {
	first := day("2015-07-01")
	near := func(after, days uint16) bool {
		from := first.Add(int(after) % 4000)
		to := from.Add(int(days) % 2000)
		touched := cover.MonthsByCalendar.Months(0, from, to)
		begun := cover.MonthsByAnniversary.Months(0, from, to)
		return begun >= 1 && begun <= touched && begun >= touched-1 && touched == len(from.Month().Through(to.Month()))
	}
	if err := quick.Check(near, nil); err != nil {
		t.Error(err)
	}
}
