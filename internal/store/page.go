package store

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Count says whether, and how, the whole of a list is counted.
type Count string

// The ways to count.
const (
	CountNot       Count = ""
	CountExactly   Count = "exact"
	CountEstimated Count = "estimated" // as the planner of the database expects it
)

// Page asks for one page of a list: so many items, in an order, after a place.
type Page struct {
	Limit int
	Desc  bool
	By    string // the column of order before the id; empty for the id alone
	After *Place
	Count Count
}

// Place is where a page ended: the last item's key and id.
type Place struct {
	Key string
	ID  string
}

// Listed is one page of a list.
type Listed[T any] struct {
	Items []T
	Next  *Place // nil on the last page
	Total *int64 // nil unless counted
}

// list reads a page of a query whose rows have an id, in the page's order. place
// tells where an item stands.
func list[T any](r *Reader, q *gorm.DB, p Page, place func(T) Place) (Listed[T], error) {
	return listBy(r, q, p, "id", place)
}

func listBy[T any](r *Reader, q *gorm.DB, p Page, id string, place func(T) Place) (Listed[T], error) {
	var out Listed[T]
	var err error
	if out.Total, err = count[T](r, q, p.Count); err != nil {
		return out, err
	}
	q = p.in(q.Session(&gorm.Session{}), id)
	if err := q.Find(&out.Items).Error; err != nil {
		return out, translate(err)
	}
	out.cut(p.Limit, place)
	return out, nil
}

// in puts a query into the page's order, after its place, with one item more than
// asked for, which tells whether there is a next page.
func (p Page) in(q *gorm.DB, id string) *gorm.DB {
	than, direction := ">", " asc"
	if p.Desc {
		than, direction = "<", " desc"
	}
	switch {
	case p.After != nil && p.By != "":
		q = q.Where(fmt.Sprintf("(%s, %s) %s (?, ?)", p.By, id, than), p.After.Key, p.After.ID)
	case p.After != nil:
		q = q.Where(fmt.Sprintf("%s %s ?", id, than), p.After.ID)
	}
	if p.By != "" {
		q = q.Order(p.By + direction)
	}
	return q.Order(id + direction).Limit(p.Limit + 1)
}

// cut takes the item too many off and remembers where to go on.
func (l *Listed[T]) cut(limit int, place func(T) Place) {
	if len(l.Items) <= limit {
		return
	}
	l.Items = l.Items[:limit]
	next := place(l.Items[limit-1])
	l.Next = &next
}

// count counts a query's rows, or asks the planner how many it expects.
func count[T any](r *Reader, q *gorm.DB, how Count) (*int64, error) {
	var total int64
	switch how {
	case CountExactly:
		err := q.Session(&gorm.Session{}).Model(new(T)).Count(&total).Error
		return &total, translate(err)
	case CountEstimated:
		statement := q.Session(&gorm.Session{DryRun: true}).Find(&[]T{}).Statement
		total, err := r.estimate(statement.SQL.String(), statement.Vars)
		return &total, err
	default:
		return nil, nil
	}
}

// countedExactly is how far an estimate counts for itself. What the planner expects
// of short lists is worth nothing, and would tell of rows that the actor may not
// see.
const countedExactly = 10_000

func (r *Reader) estimate(sql string, args []any) (total int64, err error) {
	few := fmt.Sprintf("select count(*) from (%s limit %d) few", sql, countedExactly+1)
	if err := r.store.pool.QueryRow(r.ctx, few, args...).Scan(&total); err != nil || total <= countedExactly {
		return total, err
	}
	var plan []byte
	if err := r.store.pool.QueryRow(r.ctx, "explain (format json) "+sql, args...).Scan(&plan); err != nil {
		return 0, err
	}
	var explained []struct {
		Plan struct {
			Rows int64 `json:"Plan Rows"`
		} `json:"Plan"`
	}
	if err := json.Unmarshal(plan, &explained); err != nil {
		return 0, fmt.Errorf("plan of a query: %w", err)
	}
	if len(explained) == 0 {
		return total, nil
	}
	return max(explained[0].Plan.Rows, total), nil
}

// byID is the place of an item in the order of ids.
func byID(id uuid.UUID) Place { return Place{ID: id.String()} }
