package store

import (
	"slices"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// committed sums what is charged to a budget: issued invoices, less what was
// credited.
const committed = `select coalesce(sum(total - credited), 0)::bigint from invoices
	where budget_id = ? and issued_on is not null and voided_on is null`

// LockBudgets returns the budgets that pay for an agreement in a year, with what
// they are committed to, in the order in which they are charged, and holds them.
func (tx *Tx) LockBudgets(agreement uuid.UUID, year int) ([]cover.Budget, error) {
	var budgets []cover.Budget
	err := tx.db.Raw(`select b.* from budgets b where b.fiscal_year = ?
			and exists (select from budget_agreements a where a.budget_id = b.id and a.agreement_id = ?)
		order by b.id for update`, year, agreement).Scan(&budgets).Error
	if err != nil {
		return nil, translate(err)
	}
	slices.SortStableFunc(budgets, func(a, b cover.Budget) int {
		return slices.Index(cover.BudgetStages, a.Stage) - slices.Index(cover.BudgetStages, b.Stage)
	})
	return budgets, tx.withCommitted(budgets)
}

func (r *Reader) withCommitted(budgets []cover.Budget) error {
	for n := range budgets {
		if err := r.db.Raw(committed, budgets[n].ID).Scan(&budgets[n].Committed).Error; err != nil {
			return translate(err)
		}
	}
	return nil
}
