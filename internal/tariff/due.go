package tariff

import (
	"time"

	"naungan/internal/cover"
)

// Due says when a clock that starts at an instant runs out for somebody in a zone,
// given the spans for which it stood still, in their order. The version that is in
// force on the first day holds. Refuses a clock that nobody knows
// (tariff_schedule_missing).
//
// Hours are clock hours, whatever the zone. Of days, the one on which the clock
// starts or goes on does not count, and the one on which it stops does; so a clock
// that is stopped and goes on at once is where it was. The last day is whole.
func (t *Tariff) Due(rule string, start time.Time, zone *time.Location, pauses ...cover.Pause) (cover.Due, error) {
	c, ok := t.Clock(rule, cover.DateOf(start, zone))
	if !ok {
		return cover.Due{}, missing(cover.Params{"rule": rule})
	}
	due := cover.Due{Clock: Version(c.ruleName(), c.Revision), Law: c.Law, Edition: t.Edition}
	if c.Hours > 0 {
		due.Unit, due.DueAt = cover.InHours, start.Add(time.Duration(c.Hours)*time.Hour)
		for _, p := range pauses {
			due.DueAt = due.DueAt.Add(p.To.Sub(p.From))
		}
		due.NearAt = due.DueAt.Add(-time.Duration(c.Near.Hours) * time.Hour)
		return due, nil
	}
	if c.WorkingDays > 0 {
		due.Unit, due.DueOn = cover.InWorkingDays, t.lastWorkingDay(c.WorkingDays, start, zone, pauses)
	} else {
		due.Unit, due.DueOn = cover.InDays, cover.DateOf(start, zone).AddYears(c.Years).Add(c.Days)
		for _, p := range pauses {
			due.DueOn = due.DueOn.Add(cover.DateOf(p.To, zone).DaysSince(cover.DateOf(p.From, zone)))
		}
	}
	near := due.DueOn.Add(-c.Near.Days)
	for range c.Near.WorkingDays {
		near = t.workingDayBefore(near)
	}
	due.DueAt, due.NearAt = due.DueOn.End(zone), near.Start(zone)
	return due, nil
}

// lastWorkingDay counts working days from the day of an instant. Those that were used
// before a pause stay used.
func (t *Tariff) lastWorkingDay(days int, start time.Time, zone *time.Location, pauses []cover.Pause) cover.Date {
	from := cover.DateOf(start, zone)
	for _, p := range pauses {
		days = max(0, days-t.workingDays(from, cover.DateOf(p.From, zone)))
		from = cover.DateOf(p.To, zone)
	}
	return t.addWorkingDays(from, days)
}

// Remaining counts what is left of a deadline at an instant, or was left when its
// clock was stopped, in whole units of its own: none in the last hour and on the last
// day.
func (t *Tariff) Remaining(d cover.Deadline, now time.Time) int {
	if d.PausedAt != nil {
		now = *d.PausedAt
	}
	today := cover.DateOf(now, d.Zone())
	switch d.Unit {
	case cover.InHours:
		return max(0, int(d.DueAt.Sub(now)/time.Hour))
	case cover.InWorkingDays:
		return t.workingDays(today, d.DueOn)
	default:
		return max(0, d.DueOn.DaysSince(today))
	}
}

// addWorkingDays returns the working day that comes so many working days after a day;
// for none the day itself, or the first working day after it.
func (t *Tariff) addWorkingDays(day cover.Date, n int) cover.Date {
	for range n {
		day = t.workingDay(day.Add(1))
	}
	return t.workingDay(day)
}

// workingDays counts those after one day up to another, inclusive.
func (t *Tariff) workingDays(after, until cover.Date) (n int) {
	for day := t.workingDay(after.Add(1)); !day.After(until); day = t.workingDay(day.Add(1)) {
		n++
	}
	return n
}

// workingDayBefore returns the last working day before a day.
func (t *Tariff) workingDayBefore(day cover.Date) cover.Date {
	for day = day.Add(-1); t.workingDay(day) != day; {
		day = day.Add(-1)
	}
	return day
}
