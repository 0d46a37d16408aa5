package billing_test

import (
	"testing"

	"naungan/internal/billing"
	"naungan/internal/cover"
)

// TestARosterIsAddedUpByWhatItOwes: people of one role and wage who serve other days
// are another line only if they owe other months.
func TestARosterIsAddedUpByWhatItOwes(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	w.exec(`update agreements set positions = '[{"position": "kpps", "headcount": 7, "included": true}, {"position": "ppk", "headcount": 5, "included": false}]' where id = $1`, a)
	w.exec(`update officers set ended_on = '2024-12-01' where id = (select id from officers where position = 'kpps' and role = 'member' limit 1)`)
	w.exec(`update officers set ended_on = '2024-11-20' where id = (select id from officers where position = 'kpps' and ended_on is null and role = 'member' limit 1)`)
	q, err := billing.Quote(w.st.Read(t.Context(), w.payer), billing.Quoting{AgreementID: a})
	w.must(err)
	pu := q.Options[0]
	if q.Officers != 7 || len(pu.Lines) != 3 || pu.Monthly != 42_120 || pu.Term != 2*42_120-5_940 {
		t.Errorf("%d officers, %d lines, %d a month, %d for the term", q.Officers, len(pu.Lines), pu.Monthly, pu.Term)
	}
	for _, l := range pu.Lines {
		if l.Role == cover.RoleMember && l.Contributions == 2 && (l.Officers != 5 || l.From.String() != "2024-11-07" || l.To.String() != "2024-12-08") {
			t.Errorf("%+v", l)
		}
	}
	if len(pu.Months) != 2 || pu.Months[0].Officers != 7 || pu.Months[1].Officers != 6 || pu.Months[1].Amount != 42_120-5_940 {
		t.Errorf("%+v", pu.Months)
	}
	if bpu := q.Options[1]; bpu.Monthly != 7*18_800 || bpu.Segment != cover.BPU {
		t.Errorf("%+v", bpu)
	}
}

// TestWhatIsQuotedIsBilled for the same people, month by month.
func TestWhatIsQuotedIsBilled(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	w.exec(`update agreements set positions = (select jsonb_agg(jsonb_build_object('position', position, 'headcount', 1, 'included', true))
		from (select distinct position from officers) p) where id = $1`, a)
	q, err := billing.Quote(w.st.Read(t.Context(), w.kpu), billing.Quoting{AgreementID: a})
	w.must(err)
	for n, month := range []cover.Month{november, december} {
		i, quoted := w.drafted(a, month), q.Options[0].Months[n]
		if quoted.Month != month || quoted.Amount != i.Total() || quoted.Officers != i.Officers || quoted.DueOn != i.DueOn {
			t.Errorf("quoted %+v, billed %d officers, %d rupiah, due on %s", quoted, i.Officers, i.Total(), i.DueOn)
		}
	}
}
