package tariff

import "testing"

func TestClocksAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Clock){
		"without a unit":                     func(c *Clock) { c.Span = Span{} },
		"with two":                           func(c *Clock) { c.Days = 1 },
		"when nobody is told of their end":   func(c *Clock) { c.Near = Span{} },
		"when hours are told of by days":     func(c *Clock) { c.Near = Span{Days: 1} },
		"when people are told years before":  func(c *Clock) { c.Near = Span{Years: 1} },
		"when people are told in two units":  func(c *Clock) { c.Near.WorkingDays = 1 },
		"when days are told of by the clock": func(c *Clock) { c.Span = Span{Days: 30} },
	} {
		t.Run(name, func(t *testing.T) {
			all, err := Load()
			if err != nil {
				t.Fatal(err)
			}
			c, _ := all.Clock(IncidentReport, all.Clocks[0].From)
			if err := c.validate(); err != nil {
				t.Fatal(err)
			}
			spoil(&c)
			if c.validate() == nil {
				t.Error("accepted")
			}
		})
	}
}
