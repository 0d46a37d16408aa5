package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Proof says whether an invoice can be worked out again from the cover it bills and
// the versions of the tariff it names.
type Proof struct {
	Invoice   cover.Invoice
	Lines     int64
	Digest    string       // of the lines, made anew
	Total     cover.Rupiah // worked out anew, with the fines
	Schedules []string     // that the lines were rated with
	Differs   *Difference  // the first line that differs; nil if the proof holds
}

// Difference is what of an invoice cannot be worked out again.
type Difference struct {
	CoveragePeriodID uuid.UUID // none where the invoice as a whole differs
	OfficerID        uuid.UUID
	Field            cover.ProvenField
	Invoiced         string
	Recomputed       string
}

// Prove works every line of an invoice out again: that its cover owes the month,
// on which wage base, and what the version of the tariff that it names makes of
// that. Then it adds them up, and makes their digest anew. It names the first line,
// in the order of coverage periods, that differs; refuses an invoice that the actor
// does not see (resource_unknown).
func Prove(r *store.Reader, id uuid.UUID) (Proof, error) {
	i, err := r.Invoice(id)
	if err != nil {
		return Proof{}, err
	}
	a, err := r.BilledAgreement(i)
	if err != nil {
		return Proof{}, err
	}
	rates, err := r.Tariff()
	if err != nil {
		return Proof{}, err
	}
	p := prover{rates: rates, agreement: a, rated: map[rating]tariff.Contribution{}, lines: sha256.New()}
	for line, err := range r.ProvenLines(i) {
		if err != nil {
			return Proof{}, err
		}
		p.line(line)
	}
	return p.conclude(i), nil
}

// prover adds lines up as they come.
type prover struct {
	rates     *tariff.Tariff
	agreement cover.Agreement
	rated     map[rating]tariff.Contribution // a line is like thousands of others
	lines     hash.Hash
	n         int64
	total     cover.Rupiah
	schedules []string
	differs   *Difference
}

// rating is what the price of a line follows from.
type rating struct {
	schedule, relief string
	base             cover.Rupiah
}

func (p *prover) line(l store.ProvenLine) {
	digest := sha256.Sum256([]byte(l.Text()))
	p.lines.Write(digest[:])
	p.n++
	c, known := p.rate(rating{l.Schedule, l.Relief, l.WageNow}, l.Month)
	p.total += c.Total()
	differ := func(field cover.ProvenField, invoiced, recomputed any) {
		if p.differs == nil {
			p.differs = &Difference{l.CoveragePeriodID, l.OfficerID, field, fmt.Sprint(invoiced), fmt.Sprint(recomputed)}
		}
	}
	switch {
	case !l.Owes:
		differ(cover.ProvenCover, l.Month, "")
	case l.WageBase != l.WageNow:
		differ(cover.ProvenWageBase, int64(l.WageBase), int64(l.WageNow))
	case !known && p.rates.Has(l.Schedule, l.Month):
		differ(cover.ProvenRelief, l.Relief, "")
	case !known:
		differ(cover.ProvenSchedule, l.Schedule, "")
	case l.JKK != c.JKK:
		differ(cover.ProvenJKK, int64(l.JKK), int64(c.JKK))
	case l.JKM != c.JKM:
		differ(cover.ProvenJKM, int64(l.JKM), int64(c.JKM))
	}
}

// rate is what a version of the tariff makes of a wage base; false if there is no
// such version for the month.
func (p *prover) rate(by rating, month cover.Month) (tariff.Contribution, bool) {
	if c, done := p.rated[by]; done {
		return c, true
	}
	c, known := p.rates.ContributionBy(by.schedule, by.relief, by.base, p.agreement.RiskClass, month)
	if known {
		p.rated[by] = c
		if !slices.Contains(p.schedules, by.schedule) {
			p.schedules = append(p.schedules, by.schedule)
		}
	}
	return c, known
}

func (p *prover) conclude(i cover.Invoice) Proof {
	proof := Proof{
		Invoice: i, Lines: p.n, Digest: hex.EncodeToString(p.lines.Sum(nil)), Total: p.total + i.Fine,
		Schedules: append([]string{}, p.schedules...), Differs: p.differs,
	}
	whole := func(field cover.ProvenField, invoiced, recomputed any) {
		if proof.Differs == nil {
			proof.Differs = &Difference{Field: field, Invoiced: fmt.Sprint(invoiced), Recomputed: fmt.Sprint(recomputed)}
		}
	}
	var fines cover.Rupiah
	for _, f := range i.Fines {
		fines += f.Amount
	}
	switch {
	case i.Officers != p.n:
		whole(cover.ProvenLine, i.Officers, p.n)
	case i.Digest != proof.Digest:
		whole(cover.ProvenDigest, i.Digest, proof.Digest)
	case i.Total() != proof.Total || i.Fine != fines:
		whole(cover.ProvenTotal, int64(i.Total()), int64(p.total+fines))
	}
	return proof
}
