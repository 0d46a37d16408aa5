package tariff_test

import (
	"slices"
	"testing"
	"testing/quick"
	"time"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

func instant(s string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return at
}

// zones are where officers serve.
var zones = map[string]*time.Location{
	"WIB": time.FixedZone("WIB", 7*60*60), "WITA": time.FixedZone("WITA", 8*60*60), "WIT": time.FixedZone("WIT", 9*60*60),
}

// december is the end of 2024 as the holidays have it: Wednesday and Thursday are
// Christmas and collective leave, and Wednesday the first of January is free.
var december = holidays("2024-12-25", "2024-12-26", "2025-01-01")

func TestEveryDeadlineHasAClockAndEveryClockADeadline(t *testing.T) {
	all := rates(t)
	for _, rule := range cover.DeadlineRules {
		if _, ok := all.Clock(string(rule), day("2024-11-28")); !ok {
			t.Errorf("%s has no clock", rule)
		}
	}
	for _, c := range all.Clocks {
		if !slices.Contains(cover.DeadlineRules, cover.DeadlineRule(c.Name)) {
			t.Errorf("nobody owes anything by %s", c.Name)
		}
	}
	for _, p := range cover.Programmes {
		if !slices.Contains(cover.DeadlineRules, cover.PaymentDue(p)) {
			t.Errorf("nobody owes the payment of %s", p)
		}
	}
	if _, err := all.Due("flowers", instant("2024-11-28T02:40:00+07:00"), time.UTC); err == nil {
		t.Error("flowers are due")
	}
}

func TestEveryClockRunsOutToTheMinute(t *testing.T) {
	all := with(rates(t), december)
	for name, tt := range map[string]struct {
		rule, start, zone string
		due, near, clock  string
	}{
		"B26: the first report, 48 hours by the clock": {
			tariff.IncidentReport, "2024-02-14T23:30:00+07:00", "WIB",
			"2024-02-16T23:30:00+07:00", "2024-02-16T11:30:00+07:00", "incident_report-2015-07",
		},
		"the first report in central Indonesia": {
			tariff.IncidentReport, "2024-02-14T23:30:00+08:00", "WITA",
			"2024-02-16T23:30:00+08:00", "2024-02-16T11:30:00+08:00", "incident_report-2015-07",
		},
		"the first report in eastern Indonesia": {
			tariff.IncidentReport, "2024-02-14T23:30:00+09:00", "WIT",
			"2024-02-16T23:30:00+09:00", "2024-02-16T11:30:00+09:00", "incident_report-2015-07",
		},
		"hours run over a weekend, whatever the zone of their owner": {
			tariff.IncidentReport, "2024-12-27T18:00:00+07:00", "WIT",
			"2024-12-29T18:00:00+07:00", "2024-12-29T06:00:00+07:00", "incident_report-2015-07",
		},
		"the second report, from the doctor's letter": {
			tariff.IncidentConclusion, "2024-12-30T10:15:00+08:00", "WITA",
			"2025-01-01T10:15:00+08:00", "2024-12-31T22:15:00+08:00", "incident_conclusion-2015-07",
		},
		"the conclusion of a guarantee, 30 days of the calendar, told on the working day before": {
			tariff.GuaranteeConclusion, "2024-11-28T09:00:00+07:00", "WIB",
			"2024-12-28T23:59:59.999999+07:00", "2024-12-27T00:00:00+07:00", "guarantee_conclusion-2023-10",
		},
		"told before Christmas where the last day is the Friday after it": {
			tariff.GuaranteeConclusion, "2024-11-27T09:00:00+09:00", "WIT",
			"2024-12-27T23:59:59.999999+09:00", "2024-12-24T00:00:00+09:00", "guarantee_conclusion-2023-10",
		},
		"a claim within five years": {
			tariff.JKKClaim, "2024-11-28T02:40:00+07:00", "WIB",
			"2029-11-28T23:59:59.999999+07:00", "2029-08-30T00:00:00+07:00", "jkk_claim-2019-12",
		},
		"a claim within two, for the last day of the old rule": {
			tariff.JKKClaim, "2019-12-01T23:59:00+07:00", "WIB",
			"2021-12-01T23:59:59.999999+07:00", "2021-09-02T00:00:00+07:00", "jkk_claim-2015-07",
		},
		"a minute later it is another day, and five": {
			tariff.JKKClaim, "2019-12-01T23:59:00+07:00", "WITA", // 2 December, 00:59
			"2024-12-02T23:59:59.999999+08:00", "2024-09-03T00:00:00+08:00", "jkk_claim-2019-12",
		},
		"the leap day": {
			tariff.JKKClaim, "2024-02-29T12:00:00+07:00", "WIB",
			"2029-03-01T23:59:59.999999+07:00", "2028-12-01T00:00:00+07:00", "jkk_claim-2019-12",
		},
		"the payment of JKK over a weekend": {
			tariff.JKKPayment, "2024-11-28T09:00:00+07:00", "WIB",
			"2024-12-09T23:59:59.999999+07:00", "2024-12-06T00:00:00+07:00", "jkk_payment-2015-07",
		},
		"the payment of JKK over Christmas and New Year": {
			tariff.JKKPayment, "2024-12-20T16:00:00+09:00", "WIT",
			"2025-01-03T23:59:59.999999+09:00", "2025-01-02T00:00:00+09:00", "jkk_payment-2015-07",
		},
		"the payment of JKM over Christmas": {
			tariff.JKMPayment, "2024-12-23T09:00:00+08:00", "WITA",
			"2024-12-30T23:59:59.999999+08:00", "2024-12-27T00:00:00+08:00", "jkm_payment-2015-07",
		},
		"requirements met before midnight in the west are met the day after in the east": {
			tariff.JKMPayment, "2024-12-02T23:30:00+07:00", "WIT",
			"2024-12-06T23:59:59.999999+09:00", "2024-12-05T00:00:00+09:00", "jkm_payment-2015-07",
		},
		"and the same evening in the west": {
			tariff.JKMPayment, "2024-12-02T23:30:00+07:00", "WIB",
			"2024-12-05T23:59:59.999999+07:00", "2024-12-04T00:00:00+07:00", "jkm_payment-2015-07",
		},
		"a failure to protect personal data, 3 × 24 hours": {
			tariff.PersonalDataBreach, "2024-12-31T22:10:00+07:00", "WIB",
			"2025-01-03T22:10:00+07:00", "2025-01-03T10:10:00+07:00", "personal_data_breach-2022-10",
		},
		"access to personal data": {
			tariff.PersonalDataAccess, "2024-12-06T22:10:00+08:00", "WITA",
			"2024-12-09T22:10:00+08:00", "2024-12-09T10:10:00+08:00", "personal_data_access-2022-10",
		},
		"correction of personal data": {
			tariff.PersonalDataCorrection, "2024-12-06T22:10:00+09:00", "WIT",
			"2024-12-09T22:10:00+09:00", "2024-12-09T10:10:00+09:00", "personal_data_correction-2022-10",
		},
		"a change of data, seven working days": {
			tariff.DataChange, "2024-11-28T09:00:00+07:00", "WIB",
			"2024-12-09T23:59:59.999999+07:00", "2024-12-06T00:00:00+07:00", "data_change-2015-07",
		},
	} {
		t.Run(name, func(t *testing.T) {
			due, err := all.Due(tt.rule, instant(tt.start), zones[tt.zone])
			if err != nil {
				t.Fatal(err)
			}
			if !due.DueAt.Equal(instant(tt.due)) || !due.NearAt.Equal(instant(tt.near)) || due.Clock != tt.clock || due.Law == "" {
				t.Errorf("%s, near from %s, by %s (%s)\nwant %s, near from %s, by %s",
					due.DueAt, due.NearAt, due.Clock, due.Law, tt.due, tt.near, tt.clock)
			}
			hours := due.Unit == cover.InHours
			if hours != due.DueOn.Zero() || !hours && due.DueOn != cover.DateOf(due.DueAt, zones[tt.zone]) {
				t.Errorf("in %s, on %s", due.Unit, due.DueOn)
			}
		})
	}
}

func TestAPausedClockRunsOnWhereItStood(t *testing.T) {
	all := with(rates(t), december)
	wib := zones["WIB"]
	for name, tt := range map[string]struct {
		rule   string
		pauses [][2]string
		want   string
	}{
		"never paused":                         {tariff.JKKPayment, nil, "2024-12-09"},
		"paused for an hour":                   {tariff.JKKPayment, [][2]string{{"2024-12-02T09:00:00+07:00", "2024-12-02T10:00:00+07:00"}}, "2024-12-09"},
		"on the day it began, for two days":    {tariff.JKKPayment, [][2]string{{"2024-11-28T10:00:00+07:00", "2024-12-02T09:00:00+07:00"}}, "2024-12-11"},
		"after two days, which stay used":      {tariff.JKKPayment, [][2]string{{"2024-12-02T10:00:00+07:00", "2024-12-10T09:00:00+07:00"}}, "2024-12-17"},
		"over a weekend alone":                 {tariff.JKKPayment, [][2]string{{"2024-11-30T10:00:00+07:00", "2024-12-01T09:00:00+07:00"}}, "2024-12-09"},
		"on its last day, which is then due":   {tariff.JKKPayment, [][2]string{{"2024-12-09T10:00:00+07:00", "2024-12-12T09:00:00+07:00"}}, "2024-12-12"},
		"on its last day, until a Saturday":    {tariff.JKKPayment, [][2]string{{"2024-12-09T10:00:00+07:00", "2024-12-14T09:00:00+07:00"}}, "2024-12-16"},
		"on its last day, until Christmas":     {tariff.JKKPayment, [][2]string{{"2024-12-09T10:00:00+07:00", "2024-12-25T09:00:00+07:00"}}, "2024-12-27"},
		"over the end of the year":             {tariff.JKKPayment, [][2]string{{"2024-12-06T10:00:00+07:00", "2024-12-31T09:00:00+07:00"}}, "2025-01-02"},
		"twice":                                {tariff.JKKPayment, [][2]string{{"2024-11-29T10:00:00+07:00", "2024-12-02T09:00:00+07:00"}, {"2024-12-04T09:00:00+07:00", "2024-12-06T09:00:00+07:00"}}, "2024-12-12"},
		"JKM, over Christmas":                  {tariff.JKMPayment, [][2]string{{"2024-12-02T10:00:00+07:00", "2024-12-24T09:00:00+07:00"}}, "2024-12-27"},
		"a clock of calendar days":             {tariff.GuaranteeConclusion, [][2]string{{"2024-12-02T10:00:00+07:00", "2024-12-05T09:00:00+07:00"}}, "2024-12-31"},
		"a clock of years":                     {tariff.JKKClaim, [][2]string{{"2024-12-02T10:00:00+07:00", "2024-12-05T09:00:00+07:00"}}, "2029-12-01"},
		"days begin at midnight of their zone": {tariff.GuaranteeConclusion, [][2]string{{"2024-12-02T16:59:00Z", "2024-12-02T17:01:00Z"}}, "2024-12-29"},
	} {
		t.Run(name, func(t *testing.T) {
			due, err := all.Due(tt.rule, instant("2024-11-28T09:00:00+07:00"), wib, spans(tt.pauses)...)
			if err != nil || due.DueOn.String() != tt.want {
				t.Errorf("%s, want %s (%v)", due.DueOn, tt.want, err)
			}
		})
	}
	due, err := all.Due(tariff.IncidentReport, instant("2024-11-28T09:00:00+07:00"), wib, spans([][2]string{
		{"2024-11-28T10:00:00+07:00", "2024-11-28T10:30:00+07:00"}, {"2024-11-29T10:00:00+07:00", "2024-11-29T12:00:00+07:00"},
	})...)
	if want := instant("2024-11-30T11:30:00+07:00"); err != nil || !due.DueAt.Equal(want) {
		t.Errorf("hours: %s, want %s (%v)", due.DueAt, want, err)
	}
}

func spans(in [][2]string) (pauses []cover.Pause) {
	for _, p := range in {
		pauses = append(pauses, cover.Pause{From: instant(p[0]), To: instant(p[1])})
	}
	return pauses
}

// drawn is a clock that starts at some instant, is paused after some minutes, and goes
// on after others.
type drawn struct {
	Start, Pause, Length, Longer uint32
	Rule                         uint8
}

func (d drawn) rule() string {
	return []string{tariff.JKKPayment, tariff.JKMPayment, tariff.DataChange}[int(d.Rule)%3]
}

func (d drawn) start() time.Time {
	return instant("2024-06-01T00:00:00+07:00").Add(time.Duration(d.Start%(400*24*60)) * time.Minute)
}

// pause falls while the clock runs.
func (d drawn) pause(due cover.Due) cover.Pause {
	at := d.start().Add(time.Duration(d.Pause%100_000) * time.Minute % due.DueAt.Sub(d.start()))
	return cover.Pause{From: at, To: at}
}

// TestPausesKeepTheirPromises holds whatever is paused, and for however long, against
// what everybody counts on.
func TestPausesKeepTheirPromises(t *testing.T) {
	all := with(rates(t), december)
	zone := zones["WITA"]
	due := func(d drawn, pauses ...cover.Pause) cover.Due {
		out, err := all.Due(d.rule(), d.start(), zone, pauses...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	works := func(day cover.Date) bool {
		return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !december[day]
	}
	for name, holds := range map[string]func(drawn) bool{
		"a pause that ends at once changes nothing": func(d drawn) bool {
			whole := due(d)
			return due(d, d.pause(whole)) == whole
		},
		"a longer pause never ends earlier": func(d drawn) bool {
			one := d.pause(due(d))
			one.To = one.To.Add(time.Duration(d.Length%(60*24*60)) * time.Minute)
			longer := one
			longer.To = longer.To.Add(time.Duration(d.Longer%(60*24*60)) * time.Minute)
			return !due(d, longer).DueAt.Before(due(d, one).DueAt) && !due(d, one).DueAt.Before(due(d).DueAt)
		},
		"the last day is a working day, and comes no earlier than the clock goes on": func(d drawn) bool {
			one := d.pause(due(d))
			one.To = one.To.Add(time.Duration(d.Length%(60*24*60)) * time.Minute)
			last := due(d, one)
			return works(last.DueOn) && !last.DueAt.Before(one.To) && last.DueAt.Equal(last.DueOn.End(zone))
		},
		"what was used and what is left are the whole": func(d drawn) bool {
			whole := due(d)
			one := d.pause(whole)
			limit := map[string]int{tariff.JKKPayment: 7, tariff.JKMPayment: 3, tariff.DataChange: 7}[d.rule()]
			left := all.Remaining(cover.Deadline{Due: whole, TimeZone: "Asia/Makassar"}, one.From)
			used := limit - left
			one.To = one.To.Add(time.Duration(d.Length%(60*24*60)) * time.Minute)
			after := all.Remaining(cover.Deadline{Due: due(d, one), TimeZone: "Asia/Makassar"}, one.To)
			// On the last day nothing is left; if the clock goes on on a free day, the first
			// working day after it is still to come.
			return used >= 0 && used <= limit && (after == left || left == 0 && after == 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := quick.Check(holds, &quick.Config{MaxCount: 3000}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsLeftIsCountedInWholeUnits(t *testing.T) {
	all := with(rates(t), december)
	for name, tt := range map[string]struct {
		rule, now string
		paused    string
		want      int
	}{
		"hours at the start":           {tariff.IncidentReport, "2024-11-28T09:00:00+07:00", "", 48},
		"hours a minute later":         {tariff.IncidentReport, "2024-11-28T09:01:00+07:00", "", 47},
		"hours at the end":             {tariff.IncidentReport, "2024-11-30T08:59:00+07:00", "", 0},
		"hours long after":             {tariff.IncidentReport, "2024-12-30T08:59:00+07:00", "", 0},
		"working days at the start":    {tariff.JKKPayment, "2024-11-28T09:00:00+07:00", "", 7},
		"working days on a Sunday":     {tariff.JKKPayment, "2024-12-01T09:00:00+07:00", "", 6},
		"working days at the end":      {tariff.JKKPayment, "2024-12-09T23:59:00+07:00", "", 0},
		"working days while paused":    {tariff.JKKPayment, "2024-12-20T09:00:00+07:00", "2024-12-03T09:00:00+07:00", 4},
		"days of the calendar":         {tariff.GuaranteeConclusion, "2024-12-01T09:00:00+07:00", "", 27},
		"days of the calendar, passed": {tariff.GuaranteeConclusion, "2025-12-01T09:00:00+07:00", "", 0},
		"years, in days":               {tariff.JKKClaim, "2024-11-28T09:00:00+07:00", "", 1826},
	} {
		t.Run(name, func(t *testing.T) {
			due, err := all.Due(tt.rule, instant("2024-11-28T09:00:00+07:00"), zones["WIB"])
			if err != nil {
				t.Fatal(err)
			}
			d := cover.Deadline{Due: due, TimeZone: "Asia/Jakarta"}
			if tt.paused != "" {
				at := instant(tt.paused)
				d.PausedAt = &at
			}
			if got := all.Remaining(d, instant(tt.now)); got != tt.want {
				t.Errorf("%d left, want %d", got, tt.want)
			}
		})
	}
}
