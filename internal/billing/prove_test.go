package billing_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/store"
)

func (w *world) proof(who access.Actor, id uuid.UUID) billing.Proof {
	w.t.Helper()
	p, err := billing.Prove(w.st.Read(w.t.Context(), who), id)
	w.must(err)
	return p
}

func TestAnInvoiceIsProvenByWhoeverSeesIt(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	for _, who := range []access.Actor{w.kpu, w.payer, w.branch} {
		p := w.proof(who, i.ID)
		if p.Differs != nil || p.Lines != 12 || p.Total != 76_680 || p.Digest != i.Digest || len(p.Digest) != 64 {
			t.Errorf("%s: %+v, %+v", who.Kind, p, p.Differs)
		}
	}
	_, err := billing.Prove(w.st.Read(t.Context(), w.elsewhere), i.ID)
	refused(t, err, "", cover.ResourceUnknown)
}

// Whoever holds the lines makes the same digest of them, by what the contract says.
func TestTheDigestIsThatOfTheLines(t *testing.T) {
	t.Parallel()
	w := given(t)
	i := w.issued(w.signed(), november)
	listed, err := w.st.Read(t.Context(), w.payer).InvoiceLines(i.ID, nil, store.Page{Limit: 100})
	w.must(err)
	all := sha256.New()
	for _, l := range listed.Items {
		one := sha256.Sum256([]byte(l.Text()))
		all.Write(one[:])
	}
	if got := hex.EncodeToString(all.Sum(nil)); got != i.Digest {
		t.Errorf("%s, want %s", got, i.Digest)
	}
}

func TestAProofNamesTheFirstLineThatDiffers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil string // $1 is the period
		field cover.ProvenField
		was   string
		is    string
	}{
		"a wage base changed by hand": {
			`update coverage_periods set wage_base = 1500000 where id = $1`, cover.ProvenWageBase, "1100000", "1500000",
		},
		"a contribution changed by hand": {
			`update invoice_lines set jkk = 2641 where coverage_period_id = $1`, cover.ProvenJKK, "2641", "2640",
		},
		"a death contribution changed by hand": {
			`update invoice_lines set jkm = 3299 where coverage_period_id = $1`, cover.ProvenJKM, "3299", "3300",
		},
		"a schedule that never was": {
			`update invoice_lines set schedule = 'pu-1999-01' where coverage_period_id = $1`, cover.ProvenSchedule, "pu-1999-01", "",
		},
		"cover that does not owe the month": {
			`update coverage_periods set to_on = '2024-10-31', from_on = '2024-10-01' where id = $1`, cover.ProvenCover, "2024-11", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := given(t)
			a := w.signed()
			i := w.issued(a, november)
			// The second of the members, in the order of periods, and another after it.
			periods := one[[]uuid.UUID](w, `select array_agg(coverage_period_id order by coverage_period_id) from invoice_lines where wage_base = 1100000`)
			w.exec(`alter table invoice_lines disable trigger user`)
			w.exec(tt.spoil, periods[1])
			w.exec(tt.spoil, periods[3])
			p := w.proof(w.payer, i.ID)
			if d := p.Differs; d == nil || d.CoveragePeriodID != periods[1] || d.Field != tt.field || d.Invoiced != tt.was || d.Recomputed != tt.is {
				t.Errorf("differs %+v, want %s of %s", d, tt.field, periods[1])
			}
		})
	}
}

func TestAProofNamesWhatIsWrongWithTheWhole(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil string
		field cover.ProvenField
	}{
		"a line taken away":      {`delete from invoice_lines where wage_base = 2500000`, cover.ProvenLine},
		"a line of other people": {`update invoice_lines set officer_id = gen_random_uuid() where wage_base = 2500000`, cover.ProvenDigest},
		"a total that is more":   {`update invoices set jkk = jkk + 1`, cover.ProvenTotal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := given(t)
			i := w.issued(w.signed(), november)
			w.exec(`alter table invoice_lines disable trigger user`)
			w.exec(`alter table invoices disable trigger user`)
			w.exec(tt.spoil)
			if d := w.proof(w.branch, i.ID).Differs; d == nil || d.Field != tt.field {
				t.Errorf("differs %+v, want %s", d, tt.field)
			}
		})
	}
}

// A correction of the tariff changes what is billed from now on, and no proof.
func TestAProofOutlivesTheTariff(t *testing.T) {
	t.Parallel()
	w := given(t)
	a := w.signed()
	before := w.issued(a, november)
	w.exec(`insert into tariff_rules (kind, name, revision, body)
		select kind, name, 2, jsonb_set(body, '{jkm_rate}', '60') from tariff_rules where name = 'pu-2015-07'`)
	after := w.issued(a, december)
	if after.JKM != 2*before.JKM || after.JKK != before.JKK {
		t.Errorf("JKM %d before, %d after", before.JKM, after.JKM)
	}
	for _, i := range []cover.Invoice{before, after} {
		if p := w.proof(w.payer, i.ID); p.Differs != nil {
			t.Errorf("%s: %+v", i.Month, p.Differs)
		}
	}
	if got := w.proof(w.payer, after.ID).Schedules; len(got) != 1 || got[0] != "pu-2015-07.2" {
		t.Errorf("rated with %v", got)
	}
}
