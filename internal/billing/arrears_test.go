package billing_test

import (
	"testing"
	"time"

	"naungan/internal/billing"
	"naungan/internal/cover"
)

func TestArrearsAreWhatIsOverdue(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		segment cover.Segment
		due     cover.Month
		months  int
		effect  cover.ArrearsEffect
	}{
		"PU, not due yet":     {cover.PU, november, 0, cover.ArrearsCovered},
		"PU, a month":         {cover.PU, cover.NewMonth(2024, time.October), 1, cover.ArrearsCovered},
		"PU, the third month": {cover.PU, cover.NewMonth(2024, time.August), 3, cover.ArrearsCovered},
		"PU, beyond it":       {cover.PU, cover.NewMonth(2024, time.July), 4, cover.ArrearsEmployerPays},
		"BPU, a month":        {cover.BPU, november, 1, cover.ArrearsGrace},
		"BPU, beyond three":   {cover.BPU, cover.NewMonth(2024, time.August), 4, cover.ArrearsEnded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := given(t)
			a := w.agreement(tt.segment, w.kpu, w.payer, w.branch)
			w.exec(`update agreements set starts_on = '2024-01-01' where id = $1`, a)
			s := member
			w.covered(a, w.witness.OrganisationID, s, "2024-05-01", "2024-12-31")
			rates, err := w.st.Read(t.Context(), w.kpu).Tariff()
			w.must(err)
			d := w.drafted(a, tt.due)
			w.exec(`update invoices set due_on = $2 where id = $1`, d.ID, rates.DueOn(tt.segment, tt.due).String())
			i, err := w.issue(w.branch, d.ID)
			w.must(err)
			w.paid(i.ID, 1_000, "R", today)
			got, err := billing.Arrears(w.st.Read(t.Context(), w.payer), a)
			w.must(err)
			if got.Months != tt.months || got.Effect != tt.effect || got.AsOf != today {
				t.Errorf("arrears %+v", got)
			}
			owed, n := i.Total()-1_000, int64(1)
			if tt.months == 0 {
				owed, n = 0, 0
			}
			if got.Invoices != n || got.Overdue != owed || got.OldestDueOn.Zero() != (n == 0) || got.Fine != 0 {
				t.Errorf("arrears %+v", got)
			}
		})
	}
}

// An employer that is no state organ owes 2 % for each month begun, until an invoice
// charges it.
func TestArrearsTellFinesThatNobodyChargedYet(t *testing.T) {
	t.Parallel()
	w := given(t)
	private := w.organisation(cover.OtherOrganisation, "35.07")
	a := w.agreement(cover.PU, private, w.payer, w.branch)
	w.exec(`update agreements set starts_on = '2024-01-01' where id = $1`, a)
	s := roster[0]
	w.covered(a, w.kpu.OrganisationID, s, "2024-08-01", "2024-12-31")
	w.issued(a, cover.NewMonth(2024, time.September)) // due on 15 October: two months have begun
	arrears := func() cover.Arrears {
		got, err := billing.Arrears(w.st.Read(t.Context(), w.branch), a)
		w.must(err)
		return got
	}
	if got := arrears(); got.Fine != 540 || got.Overdue != 13_500 || got.Months != 2 {
		t.Errorf("arrears %+v, want a fine of 2 × 270", got)
	}
	w.drafted(a, november)
	if got := arrears(); got.Fine != 0 {
		t.Errorf("charged fines are told again: %+v", got)
	}
}

func TestArrearsAreNoBusinessOfAWitness(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	_, err := billing.Arrears(w.st.Read(t.Context(), w.witness), a)
	refused(t, err, "", cover.PartyRoleRequired)
	_, err = billing.Arrears(w.st.Read(t.Context(), w.elsewhere), a)
	refused(t, err, "", cover.ResourceUnknown)
	got, err := billing.Arrears(w.st.Read(t.Context(), w.kpu), a)
	w.must(err)
	if got.Invoices != 0 || got.Effect != cover.ArrearsCovered || got.Law == "" {
		t.Errorf("arrears %+v", got)
	}
}
