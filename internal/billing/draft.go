package billing

import (
	"slices"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Drafting says which invoice to draft.
type Drafting struct {
	AgreementID     uuid.UUID
	Month           cover.Month
	Supplementary   bool // bills those who came under cover after the month was issued
	RebillCredited  bool // bills also those whose line for the month was taken back
	BudgetReference cover.BudgetReference
	ByRun           bool // of bills, which issues its own drafts and nobody else's
}

// Draft makes the invoice of an agreement for a month: one line for everybody
// whose cover owes it, at the rates of the month on the wage base that their cover
// froze, and the fines for what was paid late before. Refuses an agreement that
// the actor does not see (agreement_unknown), a second invoice for the month
// (invoice_taken), a supplementary one before the first was issued
// (supplement_too_early), one that bills nobody (invoice_empty), and what
// cover.Bill refuses.
func Draft(tx *store.Tx, in Drafting) (cover.Invoice, error) {
	rates, err := tx.Tariff()
	if err != nil {
		return cover.Invoice{}, err
	}
	a, err := lockAgreement(tx, in.AgreementID)
	if err != nil {
		return cover.Invoice{}, err
	}
	i, err := cover.Bill(a, tx.Actor().OrganisationID, in.Month, rates.DueOn(a.Segment, in.Month))
	if err != nil {
		return i, err
	}
	if i.Sequence, err = sequence(tx, in); err != nil {
		return i, err
	}
	i.ByRun = in.ByRun
	if err := in.fill(tx, &i); err != nil {
		return i, err
	}
	lines, err := rated(tx, rates, a, in.Month)
	if err != nil {
		return i, err
	}
	if err := tx.FillInvoice(&i); err != nil {
		return i, err
	}
	if i.Sequence == 0 {
		if i.Fines, err = lateFines(tx.Reader, rates, a, tx.Today()); err != nil {
			return i, err
		}
	}
	if err := tx.InsertInvoice(&i, lines, in.RebillCredited); err != nil {
		return i, err
	}
	if i.Officers == 0 {
		return i, cover.Refuse(cover.Conflict, cover.InvoiceEmpty, nil)
	}
	if err := doubtRoom(tx, i); err != nil {
		return i, err
	}
	return i, tx.Record(cover.Event{Type: cover.InvoiceDrafted, ResourceID: i.ID, OrganisationID: i.OrganiserID, After: i})
}

// doubtRoom warns of a draft that no budget has room for, as things stand.
func doubtRoom(tx *store.Tx, i cover.Invoice) error {
	budgets, err := tx.BudgetsFor(i.AgreementID, i.Month.Year())
	if err != nil {
		return err
	}
	if _, most, short := cover.Room(budgets, i.Total()); short {
		tx.Doubt(cover.Fault{Pointer: "/agreement_id", Code: cover.BudgetShort, Params: shortage(i, most)})
	}
	return nil
}

// fill takes over what not everybody may say: treasury fields are whoever pays', and
// only the branch, which took lines back, bills them again.
func (in Drafting) fill(tx *store.Tx, i *cover.Invoice) error {
	who := tx.Actor().OrganisationID
	if in.BudgetReference != (cover.BudgetReference{}) {
		if err := i.MayAmend(who); err != nil {
			return err
		}
		i.BudgetReference = in.BudgetReference
	}
	if !in.RebillCredited {
		return nil
	}
	return cover.MayPerform(who, i.BranchID, cover.Branch)
}

// lockAgreement makes drafts and enrolments under one agreement take turns.
func lockAgreement(tx *store.Tx, id uuid.UUID) (cover.Agreement, error) {
	a, err := tx.LockAgreement(id, 0)
	return a, cover.Unseen(err, "/agreement_id", cover.AgreementUnknown)
}

// sequence is the place of a new invoice among those of its month.
func sequence(tx *store.Tx, in Drafting) (int, error) {
	standing, err := tx.StandingInvoices(in.AgreementID, in.Month)
	if err != nil {
		return 0, err
	}
	pending := slices.IndexFunc(standing, func(i cover.Invoice) bool { return i.IssuedOn.Zero() })
	switch {
	case !in.Supplementary && len(standing) > 0:
		return 0, cover.RefuseAt("/month", cover.InvoiceTaken, cover.Params{"invoice_id": standing[0].ID})
	case !in.Supplementary:
		return 0, nil
	case len(standing) == 0:
		return 0, cover.RefuseAt("/supplementary", cover.SupplementTooEarly, nil)
	case pending >= 0:
		return 0, cover.RefuseAt("/supplementary", cover.SupplementTooEarly, cover.Params{"invoice_id": standing[pending].ID})
	}
	return standing[len(standing)-1].Sequence + 1, nil
}

// mostBases is more different wages than any body pays. Each is a group of the invoice,
// which everybody who reads it reads.
const mostBases = 2_000

// rated finds what a month costs on each wage base that owes it.
func rated(tx *store.Tx, rates *tariff.Tariff, a cover.Agreement, month cover.Month) ([]store.Base, error) {
	bases, err := tx.WageBases(a.ID, month)
	if err != nil {
		return nil, err
	}
	if len(bases) > mostBases {
		return nil, cover.Refuse(cover.Conflict, cover.WageBasesTooMany, cover.Params{"wage_bases": len(bases), "most": mostBases})
	}
	lines := make([]store.Base, len(bases))
	for n, base := range bases {
		c, err := rates.ContributionOn(base, tariff.ContributionQuery{
			Segment: a.Segment, Month: month, RiskClass: a.RiskClass, FundingSource: a.FundingSource,
		})
		if err != nil {
			return nil, err
		}
		lines[n] = store.Base{Wage: base, Base: base, JKK: c.JKK, JKM: c.JKM, Schedule: c.Schedule, Relief: c.Relief}
	}
	return lines, nil
}

// lateFines charges, for every invoice of the agreement that is or was paid late,
// the months of lateness that were not charged yet: for as much as was owed when its
// due day was over, whatever was paid of it later. Employers of exempt kinds owe none.
func lateFines(r *store.Reader, rates *tariff.Tariff, a cover.Agreement, today cover.Date) ([]cover.InvoiceFine, error) {
	organiser, err := r.Organisation(a.OrganiserID)
	if err != nil {
		return nil, err
	}
	late, err := r.LateInvoices(a.ID, today)
	if err != nil {
		return nil, err
	}
	var fines []cover.InvoiceFine
	for _, l := range late {
		on := today
		if !l.SettledOn.Zero() {
			on = l.SettledOn
		}
		fine, rate, months := rates.FineFor(a.Segment, l.Month, organiser.Kind, l.Owed, l.DueOn, l.Charged, on)
		if fine > 0 {
			fines = append(fines, cover.InvoiceFine{
				LateID: l.ID, FromMonth: l.Charged + 1, ToMonth: months, Rate: rate, Owed: l.Owed, Amount: fine,
			})
		}
	}
	return fines, nil
}
