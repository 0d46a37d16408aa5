package cover

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Month is a calendar month, the unit in which contributions are owed. The zero
// Month is no month.
type Month struct {
	year  int
	month time.Month
}

const monthLayout = "2006-01"

// NewMonth returns the month of a year.
func NewMonth(year int, month time.Month) Month { return Month{year, month} }

// ParseMonth reads YYYY-MM.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse(monthLayout, s)
	if err != nil {
		return Month{}, fmt.Errorf("month %q: want YYYY-MM", s)
	}
	return Month{t.Year(), t.Month()}, nil
}

func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.year, m.month) }

// Zero reports whether m is no month at all.
func (m Month) Zero() bool { return m == Month{} }

// Year returns the calendar year of m.
func (m Month) Year() int { return m.year }

// First returns the first day of m.
func (m Month) First() Date { return NewDate(m.year, m.month, 1) }

// Last returns the last day of m.
func (m Month) Last() Date { return NewDate(m.year, m.month+1, 0) }

// Day returns the n-th day of m, counted from 1.
func (m Month) Day(n int) Date { return NewDate(m.year, m.month, n) }

// Add returns the month n months later.
func (m Month) Add(n int) Month { return NewDate(m.year, m.month+time.Month(n), 1).Month() }

// Before reports whether m comes before o.
func (m Month) Before(o Month) bool {
	return m.year < o.year || m.year == o.year && m.month < o.month
}

// Since counts the months from another to m; it is negative before it.
func (m Month) Since(o Month) int { return (m.year-o.year)*12 + int(m.month) - int(o.month) }

// Through lists the months from m to last, both inclusive.
func (m Month) Through(last Month) []Month {
	var months []Month
	for ; !last.Before(m); m = m.Add(1) {
		months = append(months, m)
	}
	return months
}

// MarshalText writes YYYY-MM.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads YYYY-MM.
func (m *Month) UnmarshalText(b []byte) (err error) {
	*m, err = ParseMonth(string(b))
	return err
}

// Bind reads a parameter of a query, as Date's does.
func (m *Month) Bind(src string) error { return m.UnmarshalText([]byte(src)) }

// Value hands the database the first day of the month.
func (m Month) Value() (driver.Value, error) { return m.First().Value() }

// Scan takes the month of a day from the database.
func (m *Month) Scan(v any) error {
	var d Date
	if err := d.Scan(v); err != nil {
		return err
	}
	*m = d.Month()
	return nil
}
