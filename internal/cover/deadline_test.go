package cover_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"naungan/internal/cover"
)

// noon is when the deadlines of these tests run out.
var noon = time.Date(2024, 11, 28, 12, 0, 0, 0, time.UTC)

func at(offset time.Duration) *time.Time {
	t := noon.Add(offset)
	return &t
}

func TestTheStatusOfADeadlineFollowsFromWhatHappenedAndTheInstant(t *testing.T) {
	due := cover.Due{DueAt: noon}
	const soon, late = -time.Hour, time.Hour
	for name, tt := range map[string]struct {
		deadline cover.Deadline
		now      time.Duration
		want     cover.DeadlineStatus
		late     bool
		breached bool
	}{
		"before its end":                {cover.Deadline{Due: due}, soon, cover.DeadlineRunning, false, false},
		"at its last instant":           {cover.Deadline{Due: due}, 0, cover.DeadlineRunning, false, false},
		"a microsecond later":           {cover.Deadline{Due: due}, time.Microsecond, cover.DeadlineBreached, false, true},
		"paused":                        {cover.Deadline{Due: due, PausedAt: at(soon)}, soon, cover.DeadlinePaused, false, false},
		"paused, long after":            {cover.Deadline{Due: due, PausedAt: at(soon)}, late, cover.DeadlinePaused, false, false},
		"met":                           {cover.Deadline{Due: due, MetAt: at(soon)}, soon, cover.DeadlineMet, false, false},
		"met in time, long ago":         {cover.Deadline{Due: due, MetAt: at(soon)}, late, cover.DeadlineMet, false, false},
		"met at the last instant":       {cover.Deadline{Due: due, MetAt: at(0)}, late, cover.DeadlineMet, false, false},
		"met late":                      {cover.Deadline{Due: due, MetAt: at(time.Microsecond)}, late, cover.DeadlineMet, true, true},
		"met while the clock stood":     {cover.Deadline{Due: due, PausedAt: at(soon), MetAt: at(late)}, late, cover.DeadlineMet, false, false},
		"cancelled":                     {cover.Deadline{Due: due, CancelledAt: at(soon)}, late, cover.DeadlineCancelled, false, false},
		"cancelled while it was paused": {cover.Deadline{Due: due, PausedAt: at(soon), CancelledAt: at(soon)}, late, cover.DeadlineCancelled, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			now := noon.Add(tt.now)
			d := tt.deadline
			if d.StatusAt(now) != tt.want || d.Late() != tt.late || (d.BreachedAt(now) != nil) != tt.breached {
				t.Errorf("%s, late %v, breached at %v", d.StatusAt(now), d.Late(), d.BreachedAt(now))
			}
			if b := d.BreachedAt(now); b != nil && !b.Equal(noon) {
				t.Errorf("breached at %s", b)
			}
		})
	}
}

// What is over stays as it is, but for doing at last what was owed.
func TestWhatDoesNotFitTheStatusChangesNothing(t *testing.T) {
	due := cover.Due{DueAt: noon}
	later := cover.Due{DueAt: noon.Add(24 * time.Hour), Edition: 2}
	now := *at(-time.Minute)
	verbs := map[string]func(*cover.Deadline, time.Time) bool{
		"meet":   func(d *cover.Deadline, now time.Time) bool { return d.Meet(now) },
		"pause":  func(d *cover.Deadline, now time.Time) bool { return d.Pause(now) },
		"cancel": func(d *cover.Deadline, now time.Time) bool { return d.Cancel(now) },
		"move":   func(d *cover.Deadline, now time.Time) bool { return d.Move(later, now) },
		"resume": func(d *cover.Deadline, now time.Time) bool {
			changed, err := d.Resume(now, func([]cover.Pause) (cover.Due, error) { return later, nil })
			return changed && err == nil
		},
	}
	for name, tt := range map[string]struct {
		deadline cover.Deadline
		now      time.Time
		may      string
	}{
		"running":   {cover.Deadline{Due: due}, now, "meet pause cancel move"},
		"paused":    {cover.Deadline{Due: due, PausedAt: &now}, now, "meet cancel resume"},
		"breached":  {cover.Deadline{Due: due}, *at(time.Minute), "meet"},
		"met":       {cover.Deadline{Due: due, MetAt: &now}, now, ""},
		"cancelled": {cover.Deadline{Due: due, CancelledAt: &now}, now, ""},
	} {
		for verb, do := range verbs {
			d := tt.deadline
			if may := slices.Contains(strings.Fields(tt.may), verb); do(&d, tt.now) != may {
				t.Errorf("%s what is %s: changed %v", verb, name, !may)
			} else if !may && d.StatusAt(tt.now) != tt.deadline.StatusAt(tt.now) {
				t.Errorf("%s what is %s: it is %s now", verb, name, d.StatusAt(tt.now))
			}
		}
	}
}

func TestTheEndIsToldAgainOnlyIfItMoved(t *testing.T) {
	now := *at(-time.Minute)
	for name, tt := range map[string]struct {
		due  time.Time
		told bool
	}{
		"where it was":          {noon, true},
		"later":                 {noon.Add(time.Hour), false},
		"earlier":               {noon.Add(-time.Second), false},
		"not before the moment": {noon.Add(-time.Hour), true},
	} {
		t.Run(name, func(t *testing.T) {
			d := cover.Deadline{Due: cover.Due{DueAt: noon, Edition: 1}, NearToldAt: &now}
			moved := d.Move(cover.Due{DueAt: tt.due, Edition: 2}, now)
			if moved == tt.told || (d.NearToldAt != nil) != tt.told || d.Edition != 2 || d.DueAt.Before(now) {
				t.Errorf("moved %v: %+v", moved, d)
			}
		})
	}
}
