package tariff

import (
	"fmt"

	"naungan/internal/cover"
)

// Late is what whoever pays late owes besides: a rate of it, in ten-thousandths, for
// each calendar day after the last on which it was to be paid.
type Late struct {
	Rate  int64 `yaml:"rate" json:"rate"`
	Basis `yaml:",inline"`
}

// LateQuery asks what is owed because a benefit was paid late.
type LateQuery struct {
	Programme cover.Programme
	Amount    cover.Rupiah // that was paid late
	DueOn     cover.Date   // the last day in time
	PaidOn    cover.Date
	Away      int // days between them on which the next step was the claimant's
}

const (
	// mostLateDays is longer than any claim can wait: a century.
	mostLateDays = 36_525
	// mostPaid is more than any claim can pay: costs up to maxIncome in all, whatever is
	// added to them, and shares of what election officers earn. At the whole of it for each
	// day of a century it is far from overflow.
	mostPaid = 100 * maxIncome
)

// Compensation returns what is owed to whoever was paid late, by the schedule of the
// due day: one in a hundred for each day (PP 44/2015, arts 37 and 40). Nothing is owed
// for what was paid in time. It refuses a day without a known schedule
// (tariff_schedule_missing), one that knows of no compensation (benefit_not_known), an
// amount that is negative or beyond reason (amount_implausible), and a wait of more
// than a century (period_too_long).
func (t *Tariff) Compensation(q LateQuery) (Benefit, error) {
	s, err := t.benefitOn(q.Programme, q.DueOn)
	if err != nil {
		return Benefit{}, err
	}
	var f cover.Faults
	days := int64(max(q.PaidOn.DaysSince(q.DueOn)-q.Away, 0))
	f.Check(s.Late != nil, "", cover.BenefitNotKnown, cover.Params{"kind": cover.BenefitCompensation, "schedule": s.Version()})
	f.Check(q.Amount >= 0 && q.Amount <= mostPaid, "/amount", cover.AmountImplausible, cover.Params{"min": 0, "max": int64(mostPaid)})
	f.Check(days <= mostLateDays, "/paid_on", cover.PeriodTooLong, cover.Params{"years": 100})
	if err := f.Err(); err != nil {
		return Benefit{}, err
	}
	a := open(s.Version(), s.Validity)
	if days > 0 {
		amount := portion(q.Amount, days*s.Late.Rate, 10_000)
		a.explain(string(cover.BenefitCompensation), s.Late.Basis, cover.Params{"days": days, "rate": s.Late.Rate, "late": int64(q.Amount)},
			fmt.Sprintf("%d × %s × %d", days, percentage(s.Late.Rate*100), q.Amount), amount)
		a.pay(cover.BenefitCompensation, amount)
	}
	return a.close(), nil
}
