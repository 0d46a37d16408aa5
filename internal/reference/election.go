package reference

import (
	"bytes"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// words are a name in Indonesian and English.
type words struct {
	ID string `yaml:"id"`
	EN string `yaml:"en"`
}

type position struct {
	Code      string
	Organiser string
	Unit      cover.Unit
	PerUnit   *int `yaml:"per_unit"`
	Name      words
	Law       string
	Certainty string
	Age       struct {
		Min       *int
		Max       *int
		CountedOn *string `yaml:"counted_on"`
		Certainty *string
	}
	Roles map[cover.Role]*int // seats in each unit
}

type election struct {
	Code      string
	Name      words
	VotedOn   cover.Date `yaml:"voted_on"`
	Certainty string
	Terms     []term
}

type term struct {
	Position   string
	From       cover.Date
	To         cover.Date
	Law        string
	Certainty  string
	Honorarium map[cover.Role]cover.Rupiah // a month
}

type holiday struct {
	Day       cover.Date
	Name      words
	Certainty string
}

func positionTables() ([]store.ReferenceTable, error) {
	positions := store.ReferenceTable{Name: "positions", Key: []string{"code"}, Values: []string{
		"organiser", "unit", "per_unit", "name_id", "name_en", "law", "certainty",
		"min_age", "max_age", "age_counted_on", "age_certainty",
	}}
	roles := store.ReferenceTable{
		Name: "position_roles", Key: []string{"position", "role"},
		Values: []string{"seats"}, Replace: true,
	}
	all, err := list[position]("positions")
	for _, p := range all {
		positions.Rows = append(positions.Rows, []any{
			p.Code, p.Organiser, p.Unit, p.PerUnit, p.Name.ID, p.Name.EN, p.Law, p.Certainty,
			p.Age.Min, p.Age.Max, p.Age.CountedOn, p.Age.Certainty,
		})
		for _, role := range slices.Sorted(maps.Keys(p.Roles)) {
			roles.Rows = append(roles.Rows, []any{p.Code, role, p.Roles[role]})
		}
	}
	return []store.ReferenceTable{positions, roles}, err
}

func electionTables() ([]store.ReferenceTable, error) {
	elections := store.ReferenceTable{
		Name: "elections", Key: []string{"code"},
		Values: []string{"name_id", "name_en", "voted_on", "certainty"},
	}
	terms := store.ReferenceTable{
		Name: "election_terms", Key: []string{"election_code", "position", "role"},
		Values: []string{"term_from", "term_to", "honorarium_amount", "law", "certainty"}, Replace: true,
	}
	all, err := list[election]("elections")
	for _, e := range all {
		elections.Rows = append(elections.Rows, []any{e.Code, e.Name.ID, e.Name.EN, e.VotedOn, e.Certainty})
		for _, t := range e.Terms {
			for _, role := range slices.Sorted(maps.Keys(t.Honorarium)) {
				terms.Rows = append(terms.Rows, []any{
					e.Code, t.Position, role, t.From, t.To, int64(t.Honorarium[role]), t.Law, t.Certainty,
				})
			}
		}
	}
	return []store.ReferenceTable{elections, terms}, err
}

func holidayTables() ([]store.ReferenceTable, error) {
	holidays := store.ReferenceTable{
		Name: "holidays", Key: []string{"day"},
		Values: []string{"name_id", "name_en", "certainty"}, Replace: true, Keep: "present.recorded_by is not null",
	}
	all, err := list[holiday]("holidays")
	for _, h := range all {
		holidays.Rows = append(holidays.Rows, []any{h.Day, h.Name.ID, h.Name.EN, h.Certainty})
	}
	return []store.ReferenceTable{holidays}, err
}

// list reads the entries of an embedded YAML file and refuses fields it does not
// know.
func list[T any](name string) (entries []T, err error) {
	b, err := data.ReadFile("data/" + name + ".yaml")
	if err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	err = d.Decode(&entries)
	return entries, err
}
