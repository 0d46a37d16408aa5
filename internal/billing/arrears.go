package billing

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// Arrears works out what is overdue under an agreement today, the fines for lateness
// that no invoice charged yet, and what both do to cover. Refuses a witness
// (party_role_required).
func Arrears(r *store.Reader, agreement uuid.UUID) (cover.Arrears, error) {
	a, err := r.Agreement(agreement)
	if err != nil {
		return cover.Arrears{}, err
	}
	if err := a.MayTellArrears(r.Actor().OrganisationID); err != nil {
		return cover.Arrears{}, err
	}
	rates, err := r.Tariff()
	if err != nil {
		return cover.Arrears{}, err
	}
	out := cover.Arrears{AgreementID: a.ID, AsOf: r.Today(), Effect: cover.ArrearsCovered}
	var oldest cover.Invoice
	if out.Invoices, out.Overdue, oldest, err = r.OverdueInvoices(a.ID, out.AsOf); err != nil {
		return out, err
	}
	_, _, out.Law = rates.ArrearsOn(a.Segment, out.AsOf.Month(), out.AsOf, out.AsOf)
	if out.Invoices > 0 {
		out.OldestDueOn = oldest.DueOn
		out.Effect, out.Months, out.Law = rates.ArrearsOn(a.Segment, oldest.Month, oldest.DueOn, out.AsOf)
	}
	fines, err := lateFines(r, rates, a, out.AsOf)
	for _, f := range fines {
		out.Fine += f.Amount
	}
	return out, err
}
