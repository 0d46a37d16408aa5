package store

import (
	"slices"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// Budget returns one that the actor sees.
func (r *Reader) Budget(id uuid.UUID) (cover.Budget, error) {
	var b cover.Budget
	if err := r.seenBudgets().on(r.db).Take(&b, "budgets.id = ?", id).Error; err != nil {
		return b, translate(err)
	}
	found := []cover.Budget{b}
	if err := r.withSeenAgreements(found); err != nil {
		return b, err
	}
	err := r.withCommitted(found)
	return found[0], err
}

// withSeenAgreements leaves of the agreements that others' budgets pay for those of
// which the actor is told.
func (r *Reader) withSeenAgreements(budgets []cover.Budget) error {
	ids := []uuid.UUID{}
	for _, b := range budgets {
		if b.OrganisationID != r.who.OrganisationID {
			ids = append(ids, b.AgreementIDs...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var seen []uuid.UUID
	if err := r.toldOfBudgets("agreements.id").on(r.db.Table("agreements")).Where("agreements.id in ?", ids).
		Pluck("agreements.id", &seen).Error; err != nil {
		return translate(err)
	}
	for n := range budgets {
		if b := &budgets[n]; b.OrganisationID != r.who.OrganisationID {
			b.AgreementIDs = slices.DeleteFunc(b.AgreementIDs, func(id uuid.UUID) bool { return !slices.Contains(seen, id) })
		}
	}
	return nil
}

// BudgetFilter narrows a list of budgets; what is empty narrows nothing.
type BudgetFilter struct {
	OrganisationID uuid.UUID
	AgreementID    uuid.UUID
	FiscalYear     int
	Stage          cover.BudgetStage
}

// Budgets lists those that the actor sees.
func (r *Reader) Budgets(f BudgetFilter, p Page) (Listed[cover.Budget], error) {
	q := r.seenBudgets().on(r.db)
	if f.OrganisationID != uuid.Nil {
		q = q.Where("budgets.organisation_id = ?", f.OrganisationID)
	}
	if f.AgreementID != uuid.Nil {
		told := r.toldOfBudgets("x.agreement_id").or(r.ofSelf("budgets.organisation_id"))
		q = condition{
			"exists (select from budget_agreements x where x.budget_id = budgets.id and x.agreement_id = ? and " + told.sql + ")",
			append([]any{f.AgreementID}, told.args...),
		}.on(q)
	}
	if f.FiscalYear != 0 {
		q = q.Where("budgets.fiscal_year = ?", f.FiscalYear)
	}
	if f.Stage != "" {
		q = q.Where("budgets.stage = ?", f.Stage)
	}
	listed, err := list(r, q, p, func(b cover.Budget) Place { return byID(b.ID) })
	if err != nil {
		return listed, err
	}
	if err := r.withSeenAgreements(listed.Items); err != nil {
		return listed, err
	}
	return listed, r.withCommitted(listed.Items)
}

// BudgetsFor returns the budgets that pay for an agreement in a year, with what they
// are committed to, in the order in which they are charged.
func (r *Reader) BudgetsFor(agreement uuid.UUID, year int) ([]cover.Budget, error) {
	return r.budgetsFor(agreement, year, "")
}

// LockBudgets is BudgetsFor, and holds the budgets.
func (tx *Tx) LockBudgets(agreement uuid.UUID, year int) ([]cover.Budget, error) {
	return tx.budgetsFor(agreement, year, "for update")
}

func (r *Reader) budgetsFor(agreement uuid.UUID, year int, lock string) ([]cover.Budget, error) {
	var budgets []cover.Budget
	err := r.db.Raw(`select b.* from budgets b where b.fiscal_year = ?
			and exists (select from budget_agreements x join agreements a on a.id = x.agreement_id
				where x.budget_id = b.id and x.agreement_id = ? and b.organisation_id = coalesce(a.payer_id, a.organiser_id))
		order by b.id `+lock, year, agreement).Scan(&budgets).Error
	if err != nil {
		return nil, translate(err)
	}
	// Whoever waited for the lock reads the row anew, but not what it was found by.
	budgets = slices.DeleteFunc(budgets, func(b cover.Budget) bool { return !slices.Contains(b.AgreementIDs, agreement) })
	slices.SortStableFunc(budgets, func(a, b cover.Budget) int {
		return slices.Index(cover.BudgetStages, a.Stage) - slices.Index(cover.BudgetStages, b.Stage)
	})
	return budgets, r.withCommitted(budgets)
}

// withCommitted sums what is charged to budgets: issued invoices, less all that was
// taken back of them, for credit that settles another invoice is charged with that.
func (r *Reader) withCommitted(budgets []cover.Budget) error {
	if len(budgets) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(budgets))
	for n, b := range budgets {
		ids[n] = b.ID
	}
	var sums []struct {
		BudgetID  uuid.UUID
		Committed cover.Rupiah
	}
	err := r.db.Raw(`select i.budget_id, (sum(i.total) - coalesce(sum(n.taken), 0))::bigint as committed
		from invoices i
		left join lateral (select sum(jkk + jkm + fine) as taken from credit_notes where invoice_id = i.id) n on true
		where i.budget_id in ? and i.issued_on is not null and i.voided_on is null
		group by i.budget_id`, ids).Scan(&sums).Error
	for _, s := range sums {
		budgets[slices.Index(ids, s.BudgetID)].Committed = s.Committed
	}
	return translate(err)
}

// ChargedAgreements lists those of which invoices are charged to a budget.
func (r *Reader) ChargedAgreements(budget uuid.UUID) (ids []uuid.UUID, err error) {
	err = r.db.Raw("select distinct agreement_id from invoices where budget_id = ? and voided_on is null", budget).Scan(&ids).Error
	return ids, translate(err)
}

// SeenAgreements returns those of some agreements that the actor sees, without their
// parties.
func (r *Reader) SeenAgreements(ids []uuid.UUID) (found []cover.Agreement, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = r.seenAgreements("agreements.id").on(r.db).Where("agreements.id in ?", ids).Find(&found).Error
	return found, translate(err)
}

// LockBudget returns a budget that the actor sees, with what it is committed to, and
// holds it.
func (tx *Tx) LockBudget(id uuid.UUID, v Version) (cover.Budget, error) {
	b, err := lock(tx, tx.seenBudgets(), id, v, func(b cover.Budget) int64 { return b.Version })
	if err != nil {
		return b, err
	}
	found := []cover.Budget{b}
	err = tx.withCommitted(found)
	return found[0], err
}

// InsertBudget writes a new budget.
func (tx *Tx) InsertBudget(b *cover.Budget) error {
	b.ID, b.CreatedAt, b.UpdatedAt = newID(), tx.Now, tx.Now
	if err := tx.db.Create(b).Error; err != nil {
		return translate(err)
	}
	return tx.insertBudgetAgreements(*b)
}

// HoldAgreements keeps some agreements as they are named until the transaction ends,
// in the order of their ids, so that rows may name them. Those that do not exist are
// left out.
func (tx *Tx) HoldAgreements(ids []uuid.UUID) error {
	_, err := tx.pgx.Exec(tx.ctx, "select from agreements where id = any($1) order by id for key share", ids)
	return translate(err)
}

// UpdateBudget writes a locked budget, with the agreements it pays for. Of those it
// touches none that stay: whoever bills one holds it, and then asks for its budgets.
func (tx *Tx) UpdateBudget(b *cover.Budget) error {
	b.Version, b.UpdatedAt = b.Version+1, tx.Now
	if err := tx.update(b); err != nil {
		return err
	}
	if _, err := tx.pgx.Exec(tx.ctx, "delete from budget_agreements where budget_id = $1 and agreement_id <> all($2::uuid[])",
		b.ID, b.AgreementIDs); err != nil {
		return translate(err)
	}
	return tx.insertBudgetAgreements(*b)
}

func (tx *Tx) insertBudgetAgreements(b cover.Budget) error {
	_, err := tx.pgx.Exec(tx.ctx, "insert into budget_agreements select $1, unnest($2::uuid[]) on conflict do nothing", b.ID, b.AgreementIDs)
	return translate(err)
}
