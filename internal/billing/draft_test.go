package billing_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

func TestADraftAddsUpTheRoster(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.drafted(w.signed(), november)
	if i.Officers != 12 || i.JKK != 34_080 || i.JKM != 42_600 || i.Total() != 76_680 || i.Outstanding() != 76_680 {
		t.Errorf("%d officers, %d + %d = %d", i.Officers, i.JKK, i.JKM, i.Total())
	}
	if i.OrganiserID != w.kpu.OrganisationID || i.PayerID.UUID != w.payer.OrganisationID || i.BranchID != w.branch.OrganisationID {
		t.Error("the invoice is between others than the agreement")
	}
	if i.Version != 1 || i.StatusOn(today) != cover.InvoiceDraft || i.Number != "" {
		t.Errorf("version %d, %s, number %q", i.Version, i.StatusOn(today), i.Number)
	}
	if len(i.Groups) != len(roster) {
		t.Fatalf("%d groups", len(i.Groups))
	}
	for _, s := range roster {
		want := cover.InvoiceGroup{
			Position: s.position, Role: s.role, WageBase: s.wage, Officers: int64(s.headcount),
			JKK: s.jkk * cover.Rupiah(s.headcount), JKM: s.jkm * cover.Rupiah(s.headcount),
		}
		if !contains(i.Groups, want) {
			t.Errorf("no group %+v in %+v", want, i.Groups)
		}
	}
	read, err := w.st.Read(t.Context(), w.payer).Invoice(i.ID)
	w.must(err)
	if read.Total() != i.Total() || len(read.Groups) != len(i.Groups) || read.Version != i.Version || read.Month != november {
		t.Errorf("read back as %+v", read)
	}
}

func contains[T comparable](list []T, want T) bool {
	for _, v := range list {
		if v == want {
			return true
		}
	}
	return false
}

func TestLinesAddUpToTheInvoice(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.drafted(w.signed(), november)
	r := w.st.Read(t.Context(), w.payer)
	var sum cover.Rupiah
	var read int
	for page := (store.Page{Limit: 5}); ; {
		lines, err := r.InvoiceLines(i.ID, nil, page)
		w.must(err)
		for _, l := range lines.Items {
			sum, read = sum+l.Premium(), read+1
		}
		if page.After = lines.Next; page.After == nil {
			break
		}
	}
	if read != 12 || sum != i.Total() {
		t.Errorf("%d lines of %d rupiah", read, sum)
	}
	guards, err := r.InvoiceLines(i.ID, []string{"linmas"}, store.Page{Limit: 50, Count: store.CountExactly})
	w.must(err)
	if len(guards.Items) != 2 || *guards.Total != 2 || guards.Items[0].Premium() != 3_780 || guards.Items[0].Schedule != "pu-2015-07" {
		t.Errorf("guards: %+v", guards)
	}
}

func TestThePartiesMayDraft(t *testing.T) {
	t.Parallel()
	w := given(t)
	for _, who := range []access.Actor{w.kpu, w.payer, w.branch} {
		a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
		w.people(a, member)
		if _, err := w.draft(who, a, november); err != nil {
			t.Errorf("%s: %v", who.Kind, err)
		}
	}
}

func TestTheDueDay(t *testing.T) {
	t.Parallel()
	w := given(t)
	for name, tt := range map[string]struct {
		segment cover.Segment
		holiday cover.Date
		want    cover.Date
	}{
		"PU, a Sunday (C24)":      {cover.PU, cover.Date{}, cover.NewDate(2024, time.December, 16)},
		"PU, then a holiday":      {cover.PU, cover.NewDate(2024, time.December, 16), cover.NewDate(2024, time.December, 17)},
		"BPU, the month itself":   {cover.BPU, cover.Date{}, cover.NewDate(2024, time.November, 15)},
		"BPU, a holiday a Friday": {cover.BPU, cover.NewDate(2024, time.November, 15), cover.NewDate(2024, time.November, 18)},
	} {
		a := w.agreement(tt.segment, w.kpu, w.payer, w.branch)
		w.people(a, member)
		w.exec(`delete from holidays`)
		if !tt.holiday.Zero() {
			w.exec(`insert into holidays (day, name_id, name_en, certainty) values ($1, 'Libur', 'Holiday', 'D')`, tt.holiday)
		}
		i, err := w.draft(w.branch, a, november)
		w.must(err)
		if i.DueOn != tt.want {
			t.Errorf("%s: %s, want %s", name, i.DueOn, tt.want)
		}
	}
}

func TestDraftRefuses(t *testing.T) {
	t.Parallel()
	w := given(t)
	signed, empty := w.signed(), w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	unsigned := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	w.exec(`update agreements set signed_on = null where id = $1`, unsigned)
	terminated := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	w.exec(`update agreements set terminated_on = '2024-11-30' where id = $1`, terminated)
	for name, tt := range map[string]struct {
		who       access.Actor
		agreement uuid.UUID
		month     cover.Month
		pointer   string
		code      cover.Code
	}{
		"an agreement nobody knows": {w.branch, uuid.New(), november, "/agreement_id", cover.AgreementUnknown},
		"a stranger":                {w.elsewhere, signed, november, "/agreement_id", cover.AgreementUnknown},
		"another branch":            {w.otherBranch, signed, november, "/agreement_id", cover.AgreementUnknown},
		"a witness":                 {w.witness, signed, november, "", cover.PartyRoleRequired},
		"before it is signed":       {w.branch, unsigned, november, "", cover.AgreementNotInForce},
		"the month before":          {w.branch, signed, november.Add(-1), "/month", cover.OutsideAgreement},
		"the month after":           {w.branch, signed, november.Add(3), "/month", cover.OutsideAgreement},
		"after its early end":       {w.branch, terminated, december, "/month", cover.OutsideAgreement},
		"nobody covered":            {w.branch, empty, november, "", cover.InvoiceEmpty},
		"nobody covered any more":   {w.branch, signed, november.Add(2), "", cover.InvoiceEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.draft(tt.who, tt.agreement, tt.month)
			refused(t, err, tt.pointer, tt.code)
		})
	}
	if n := one[int](w, `select count(*) from invoices`); n != 0 {
		t.Errorf("%d invoices were left behind", n)
	}
}

func TestDraftingTwiceNamesTheFirst(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	first := w.drafted(a, november)
	_, err := w.draft(w.kpu, a, november)
	if got := refused(t, err, "/month", cover.InvoiceTaken)["invoice_id"]; got != first.ID {
		t.Errorf("names %v", got)
	}
	w.drafted(a, december)
}

func TestDraftingAtOnceMakesOneInvoice(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	made := 0
	for _, err := range together(20, func(int) error { _, err := w.draft(w.branch, a, november); return err }) {
		if err == nil {
			made++
			continue
		}
		refused(t, err, "/month", cover.InvoiceTaken)
	}
	if made != 1 {
		t.Errorf("%d were made", made)
	}
}

func TestAVoidedMonthMayBeDraftedAgain(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	first := w.issued(a, november)
	voided, err := w.void(w.branch, first.ID)
	w.must(err)
	if voided.StatusOn(today) != cover.InvoiceVoid || voided.Number != "2024/000001" || voided.Outstanding() != 0 {
		t.Errorf("void: %+v", voided)
	}
	w.people(a, member)
	if again := w.issued(a, november); again.Officers != 18 || again.Number != "2024/000002" {
		t.Errorf("%d officers, number %s", again.Officers, again.Number)
	}
}

func TestAPersonIsBilledOnceAMonth(t *testing.T) {
	t.Parallel()
	w := given(t)
	person := uuid.New()
	a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	b := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
	w.covered(a, person, member, "2024-11-15", "2024-11-20") // entered before the earlier one
	early := w.covered(a, person, roster[3], "2024-11-07", "2024-11-14")
	w.covered(b, person, member, "2024-11-21", "2024-12-08")
	w.people(b, member)

	first := w.drafted(a, november)
	lines, err := w.st.Read(t.Context(), w.branch).InvoiceLines(first.ID, nil, store.Page{Limit: 50})
	w.must(err)
	if first.Total() != 6_480 || len(lines.Items) != 1 || lines.Items[0].CoveragePeriodID != early {
		t.Errorf("%d rupiah, lines %+v", first.Total(), lines.Items)
	}
	if second := w.drafted(b, november); second.Officers != 6 {
		t.Errorf("the other agreement bills %d, want 6", second.Officers)
	}
	if next := w.drafted(b, december); next.Officers != 7 {
		t.Errorf("the next month bills %d, want 7", next.Officers)
	}
	_, err = w.void(w.branch, first.ID)
	w.must(err)
	if n := one[int](w, `select count(*) from invoice_lines where person_id = $1 and month = '2024-11-01' and not voided`, person); n != 0 {
		t.Error("a void invoice still bills")
	}
}

// Two agreements that cover the same people one after the other within a month
// are drafted at once, again and again.
func TestAPersonIsBilledOnceHoweverManyDraftAtOnce(t *testing.T) {
	t.Parallel()
	w := given(t)
	const rivals, shared = 4, 15
	people := make([]uuid.UUID, shared)
	for i := range people {
		people[i] = uuid.New()
	}
	days := [rivals][2]string{{"2024-11-07", "2024-11-10"}, {"2024-11-11", "2024-11-15"}, {"2024-11-16", "2024-11-20"}, {"2024-11-21", "2024-11-30"}}
	agreements := make([]uuid.UUID, rivals)
	for n := range agreements {
		agreements[n] = w.agreement(cover.PU, w.kpu, w.payer, w.branch)
		for i := range people { // each in another order
			w.covered(agreements[n], people[(i*7+n*4)%shared], member, days[n][0], days[n][1])
		}
		w.people(agreements[n], roster[0])
	}
	for _, err := range together(rivals, func(n int) error { _, err := w.draft(w.branch, agreements[n], november); return err }) {
		w.must(err)
	}
	if n := one[int](w, `select count(*) from invoice_lines`); n != shared+rivals {
		t.Errorf("%d lines, want %d", n, shared+rivals)
	}
	if sum := one[int64](w, `select sum(officers)::bigint from invoices`); sum != shared+rivals {
		t.Errorf("the invoices count %d", sum)
	}
}

// Whoever cancels cover holds its agreement, as registry.Cancel does.
func TestCoverCancelledMeanwhileIsNotBilled(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	tx, err := w.db.Begin(t.Context())
	w.must(err)
	_, err = tx.Exec(t.Context(), `select from agreements where id = $1 for update`, a)
	w.must(err)
	_, err = tx.Exec(t.Context(), `update coverage_periods set cancelled_on = '2024-12-02'
		where id = (select id from coverage_periods where wage_base = 2500000 for update)`)
	w.must(err)
	ended := make(chan cover.Invoice)
	go func() { i, _ := w.draft(w.branch, a, november); ended <- i }()
	for waiting := 0; waiting == 0; {
		w.must(tx.QueryRow(t.Context(), `select count(*) from pg_locks where not granted`).Scan(&waiting))
	}
	w.must(tx.Commit(t.Context()))
	if i := <-ended; i.Officers != 11 || i.Total() != 76_680-13_500 {
		t.Errorf("%d officers, %d rupiah", i.Officers, i.Total())
	}
}
