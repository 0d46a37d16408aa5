package tariff_test

import (
	"testing"
	"testing/quick"
	"time"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

func holidays(days ...string) map[cover.Date]bool {
	free := map[cover.Date]bool{}
	for _, d := range days {
		free[day(d)] = true
	}
	return free
}

// with is a tariff whose only holidays are these.
func with(all *tariff.Tariff, free map[cover.Date]bool) *tariff.Tariff {
	other := *all
	other.Holidays = free
	return &other
}

func TestAContributionIsDue(t *testing.T) {
	all := rates(t)
	eid := holidays("2024-06-17", "2024-06-18")
	for name, tt := range map[string]struct {
		segment cover.Segment
		month   string
		holiday map[cover.Date]bool
		want    string
	}{
		"C23: BPU in the month itself":            {cover.BPU, "2024-02", nil, "2024-02-15"},
		"C24: PU a month later, after the Sunday": {cover.PU, "2024-11", nil, "2024-12-16"},
		"PU in January for December":              {cover.PU, "2024-12", nil, "2025-01-15"},
		"after a Saturday":                        {cover.BPU, "2024-06", nil, "2024-06-17"},
		"after a weekend and two holidays":        {cover.BPU, "2024-06", eid, "2024-06-19"},
		"after a holiday that is the 15th":        {cover.BPU, "2024-04", holidays("2024-04-15"), "2024-04-16"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := with(all, tt.holiday).DueOn(tt.segment, month(tt.month)); got.String() != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	if got := all.DueOn(cover.PU, month("2010-01")); !got.Zero() {
		t.Errorf("due on %s by no schedule", got)
	}
}

func TestADueDayIsAWorkingDay(t *testing.T) {
	all := rates(t)
	works := func(after uint16) bool {
		due := all.DueOn(cover.PU, month("2015-07").Add(int(after%600)))
		return due.Weekday() != time.Saturday && due.Weekday() != time.Sunday
	}
	if err := quick.Check(works, nil); err != nil {
		t.Error(err)
	}
}

// B26: an accident on 14 February 2024 at 23:30 in western Indonesia.
func TestAnIncidentIsReportedWithinTwiceTwentyFourHours(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	reckoned, err := rates(t).Due(tariff.IncidentReport, time.Date(2024, 2, 14, 23, 30, 0, 0, wib), wib)
	if err != nil {
		t.Fatal(err)
	}
	due := reckoned.DueAt
	for name, tt := range map[string]struct {
		report time.Time
		late   bool
	}{
		"B26: a minute before is in time":       {time.Date(2024, 2, 16, 23, 29, 0, 0, wib), false},
		"at the minute is in time":              {time.Date(2024, 2, 16, 23, 30, 0, 0, wib), false},
		"B26: a minute after is late":           {time.Date(2024, 2, 16, 23, 31, 0, 0, wib), true},
		"the zone of the report does not count": {time.Date(2024, 2, 16, 16, 29, 0, 0, time.UTC), false},
	} {
		t.Run(name, func(t *testing.T) {
			if late := tt.report.After(due); late != tt.late {
				t.Errorf("late is %v, want %v (due %s)", late, tt.late, due)
			}
		})
	}
}

func TestAClaimExpires(t *testing.T) {
	all := rates(t)
	for event, want := range map[string]string{
		"2024-02-14": "2029-02-14",
		"2024-02-29": "2029-03-01",
		"2019-12-02": "2024-12-02",
		"2019-12-01": "2021-12-01",
	} {
		if got := all.ClaimExpiresOn(day(event)); got.String() != want {
			t.Errorf("%s: expires on %s, want %s", event, got, want)
		}
	}
}

func TestAClaimIsToBePaid(t *testing.T) {
	all := rates(t)
	for name, tt := range map[string]struct {
		programme cover.Programme
		complete  string
		holiday   map[cover.Date]bool
		want      string
	}{
		"JKK after seven working days":     {cover.JKK, "2024-02-19", nil, "2024-02-28"},
		"JKM after three working days":     {cover.JKM, "2024-02-19", nil, "2024-02-22"},
		"JKM across a weekend":             {cover.JKM, "2024-02-22", nil, "2024-02-27"},
		"JKM from a Sunday":                {cover.JKM, "2024-02-25", nil, "2024-02-28"},
		"JKM across a holiday and weekend": {cover.JKM, "2024-09-12", holidays("2024-09-16"), "2024-09-18"},
	} {
		t.Run(name, func(t *testing.T) {
			due, err := with(all, tt.holiday).Due(string(cover.PaymentDue(tt.programme)), day(tt.complete).Start(time.UTC), time.UTC)
			if err != nil || due.DueOn.String() != tt.want {
				t.Errorf("%s, want %s (%v)", due.DueOn, tt.want, err)
			}
		})
	}
}
