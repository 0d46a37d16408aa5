package cover

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a calendar day without a clock or a zone. Cover begins and ends on
// days, never at instants, so no time.Time may stand in for one. The zero Date
// is no day.
type Date struct{ t time.Time }

// NewDate returns the day of a year and month; it normalises as time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	return Date{time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

// ParseDate reads YYYY-MM-DD and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: want YYYY-MM-DD", s)
	}
	return Date{t}, nil
}

// DateOf returns the day it is at t in the given zone.
func DateOf(t time.Time, zone *time.Location) Date {
	t = t.In(zone)
	return NewDate(t.Year(), t.Month(), t.Day())
}

func (d Date) String() string { return d.t.Format(time.DateOnly) }

// Zero reports whether d is no day at all.
func (d Date) Zero() bool { return d.t.IsZero() }

// Before reports whether d comes before o.
func (d Date) Before(o Date) bool { return d.t.Before(o.t) }

// After reports whether d comes after o.
func (d Date) After(o Date) bool { return d.t.After(o.t) }

// Add returns the day n days later.
func (d Date) Add(days int) Date { return Date{d.t.AddDate(0, 0, days)} }

// AddYears returns the same day n years later; 29 February becomes 1 March.
func (d Date) AddYears(n int) Date { return Date{d.t.AddDate(n, 0, 0)} }

// AddMonths returns the same day n months later, or the last one where that month
// is too short for it.
func (d Date) AddMonths(n int) Date {
	month := d.Month().Add(n)
	return Earlier(month.Day(d.t.Day()), month.Last())
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.t.Weekday() }

// Month returns the contribution month that d lies in.
func (d Date) Month() Month { return Month{d.t.Year(), d.t.Month()} }

// Year returns the calendar year of d.
func (d Date) Year() int { return d.t.Year() }

// YearsOn returns the age in whole years, on a day, of somebody born on d.
func (d Date) YearsOn(day Date) int {
	years := day.t.Year() - d.t.Year()
	if day.t.Month() < d.t.Month() || day.t.Month() == d.t.Month() && day.t.Day() < d.t.Day() {
		years--
	}
	return years
}

// DaysSince counts the days from another day to d; it is negative before it.
func (d Date) DaysSince(from Date) int { return int(d.t.Sub(from.t) / (24 * time.Hour)) }

// Start returns the first instant of d in a zone.
func (d Date) Start(zone *time.Location) time.Time {
	return time.Date(d.t.Year(), d.t.Month(), d.t.Day(), 0, 0, 0, 0, zone)
}

// End returns the last instant of d in a zone, to the microsecond that Postgres keeps.
func (d Date) End(zone *time.Location) time.Time {
	return d.Add(1).Start(zone).Add(-time.Microsecond)
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

// Bind reads a parameter of a query. The generated code asks for it by this name,
// and leaves a struct without it empty, saying nothing.
func (d *Date) Bind(src string) error { return d.UnmarshalText([]byte(src)) }

// Value hands the day to the database; no day is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.Zero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan takes a day from the database; NULL is no day.
func (d *Date) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = NewDate(v.Year(), v.Month(), v.Day())
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("date: cannot scan %T", v)
}

// Earlier returns the earlier of two days.
func Earlier(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

// Later returns the later of two days.
func Later(a, b Date) Date {
	if b.After(a) {
		return b
	}
	return a
}
