package tariff

import "naungan/internal/cover"

// Checking asks what the rules say of one day of somebody's cover.
type Checking struct {
	Day     cover.Date
	Segment cover.Segment // none without cover
	Overdue cover.Month   // the oldest month that is owed; none if nothing is
	DueOn   cover.Date    // when it was due
}

// Check returns the versions that ruled a day, what arrears did to cover, and how long
// JKM makes wait.
func (t *Tariff) Check(q Checking) cover.CheckRules {
	rules := cover.CheckRules{
		JKK: t.benefitRule(cover.JKK, q.Day), JKM: t.benefitRule(cover.JKM, q.Day), Arrears: cover.ArrearsCovered,
	}
	if q.Segment == "" {
		return rules
	}
	if s, ok := t.schedule(q.Segment, q.Day.Month()); ok {
		rules.Contribution = cover.Rule{Version: s.Version(), Law: s.Law}
	}
	if !q.Overdue.Zero() {
		rules.Arrears, _, rules.ArrearsLaw = t.ArrearsOn(q.Segment, q.Overdue, q.DueOn, q.Day)
	}
	if rules.WaitMonths = t.WaitingMonths(q.Segment, q.Day); rules.WaitMonths > 0 {
		s, _ := t.benefitOn(cover.JKM, q.Day)
		rules.WaitLaw = s.Waiting.Law
	}
	return rules
}

func (t *Tariff) benefitRule(p cover.Programme, day cover.Date) cover.Rule {
	s, err := t.benefitOn(p, day)
	if err != nil {
		return cover.Rule{}
	}
	return cover.Rule{Version: s.Version(), Law: s.Law}
}
