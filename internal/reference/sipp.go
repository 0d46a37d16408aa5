package reference

import (
	"encoding/json"

	"naungan/internal/cover"
	"naungan/internal/store"
)

type sippProfile struct {
	Code      string             `yaml:"code"`
	Columns   []cover.SIPPColumn `yaml:"columns"`
	Source    string             `yaml:"source"`
	Certainty string             `yaml:"certainty"`
}

func sippTables() ([]store.ReferenceTable, error) {
	profiles := store.ReferenceTable{
		Name: "sipp_profiles", Key: []string{"code"},
		Values: []string{"columns", "source", "certainty", "version"}, Keep: "present.version > 1",
	}
	all, err := list[sippProfile]("sipp")
	for _, p := range all {
		columns, err := json.Marshal(p.Columns)
		if err != nil {
			return nil, err
		}
		profiles.Rows = append(profiles.Rows, []any{p.Code, columns, p.Source, p.Certainty, int64(1)})
	}
	return []store.ReferenceTable{profiles}, err
}
