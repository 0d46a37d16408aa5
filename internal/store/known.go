package store

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"naungan/internal/cover"
)

// Refresh reads the reference data that rules look things up in. It changes only
// with the program, which loads its own at the start.
func (s *Store) Refresh(ctx context.Context) error {
	ref := &cover.Reference{Areas: map[string]cover.AreaLevel{}}
	rows, err := s.pool.Query(ctx, `select string_agg(code, ' '), level from areas group by level`) // ninety thousand rows take far longer
	if err != nil {
		return err
	}
	var codes string
	var level cover.AreaLevel
	if _, err := pgx.ForEachRow(rows, []any{&codes, &level}, func() error {
		for code := range strings.FieldsSeq(codes) {
			ref.Areas[code] = level
		}
		return nil
	}); err != nil {
		return err
	}
	if ref.Positions, err = s.positions(ctx); err != nil {
		return err
	}
	if ref.Elections, err = s.elections(ctx); err != nil {
		return err
	}
	s.ref.Store(ref)
	return nil
}

func (s *Store) positions(ctx context.Context) ([]cover.Position, error) {
	rows, err := s.pool.Query(ctx, `select p.code, organiser, unit, coalesce(per_unit, 0), name_id, name_en, coalesce(min_age, 0),
			coalesce(max_age, 0), array_agg(r.role order by r.role), array_agg(coalesce(r.seats, 0) order by r.role)
		from positions p join position_roles r on r.position = p.code
		group by p.code order by organiser desc, unit, p.code`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p cover.Position, err error) {
		var roles []cover.Role
		var seats []int
		err = row.Scan(&p.Code, &p.Organiser, &p.Unit, &p.PerUnit, &p.NameID, &p.NameEN, &p.MinAge, &p.MaxAge, &roles, &seats)
		for i, role := range roles {
			p.Roles = append(p.Roles, cover.PositionRole{Role: role, Seats: seats[i]})
		}
		return p, err
	})
}

func (s *Store) elections(ctx context.Context) ([]cover.Election, error) {
	rows, err := s.pool.Query(ctx, `select code, name_id, name_en, voted_on from elections order by voted_on`)
	if err != nil {
		return nil, err
	}
	elections, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e cover.Election, err error) {
		return e, row.Scan(&e.Code, &e.NameID, &e.NameEN, &e.VotedOn)
	})
	if err != nil {
		return nil, err
	}
	for i, e := range elections {
		rows, err := s.pool.Query(ctx, `select position, role, term_from, term_to, coalesce(honorarium_amount, 0), law, certainty
			from election_terms where election_code = $1 order by position, role`, e.Code)
		if err != nil {
			return nil, err
		}
		elections[i].Terms, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t cover.Term, err error) {
			return t, row.Scan(&t.Position, &t.Role, &t.From, &t.To, &t.Honorarium, &t.Law, &t.Certainty)
		})
		if err != nil {
			return nil, err
		}
	}
	return elections, nil
}

// AreaFilter narrows a list of areas.
type AreaFilter struct {
	Within string // this area and all below it
	Parent string
	Levels []cover.AreaLevel
}

// Areas lists areas in the order of their codes. Everybody sees them.
func (r *Reader) Areas(f AreaFilter, p Page) (Listed[cover.Area], error) {
	q := r.db.Table("areas").Select("code, level, name, coalesce(parent_code, '') as parent_code")
	if f.Within != "" {
		q = inArea("code", f.Within).on(q)
	}
	if f.Parent != "" {
		q = q.Where("parent_code = ?", f.Parent)
	}
	if len(f.Levels) > 0 {
		q = q.Where("level in ?", f.Levels)
	}
	return listBy(r, q, p, "code", func(a cover.Area) Place { return Place{ID: a.Code} })
}

// Area returns one area.
func (r *Reader) Area(code string) (cover.Area, error) {
	var a cover.Area
	err := r.db.Table("areas").Select("code, level, name, coalesce(parent_code, '') as parent_code").Take(&a, "code = ?", code).Error
	return a, translate(err)
}
