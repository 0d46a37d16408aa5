// Package reference brings the data that is the same for everybody into the
// database: administrative areas, positions, elections, holidays and the workbooks
// that SIPP takes.
//
// It owns the embedded data and when it is loaded, and when the rules that come
// with the program are. It does not own reading them back (store), nor the rules
// (tariff).
//
// A dataset's version is a digest of its files, so that data which changed is
// loaded again without anybody having to remember it. Areas, positions and
// elections are only ever added or renamed, because records refer to them; terms,
// roles and holidays are made to match the embedded data exactly. What people
// corrected stays as they left it.
package reference

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"

	"naungan/internal/store"
	"naungan/internal/tariff"
)

//go:embed data/*.csv.gz data/*.yaml
var data embed.FS

// dataset is a set of tables and the files they are made from. Its order in
// datasets matters: rows refer to those of an earlier one.
type dataset struct {
	name   string
	files  []string
	tables func() ([]store.ReferenceTable, error)
}

var datasets = []dataset{
	{"areas", []string{"provinces.csv.gz", "regencies.csv.gz", "districts.csv.gz", "villages.csv.gz"}, areaTables},
	{"positions", []string{"positions.yaml"}, positionTables},
	{"elections", []string{"elections.yaml"}, electionTables},
	{"holidays", []string{"holidays.yaml"}, holidayTables},
	{"sipp", []string{"sipp.yaml"}, sippTables},
}

// Load brings each dataset of the database to the embedded version, once: it does
// nothing where that version was loaded before, and may be called by several
// processes at the same time.
func Load(ctx context.Context, st *store.Store) error {
	for _, d := range datasets {
		version, err := d.version()
		if err != nil {
			return fmt.Errorf("reference %s: %w", d.name, err)
		}
		set := store.ReferenceSet{Dataset: d.name, Version: version, Tables: d.tables}
		if err := st.LoadReference(ctx, set); err != nil {
			return fmt.Errorf("reference %s: %w", d.name, err)
		}
	}
	rules, err := tariff.Embedded()
	if err != nil {
		return err
	}
	return st.LoadTariff(ctx, rules)
}

func (d dataset) version() (string, error) {
	digest := sha256.New()
	for _, name := range d.files {
		b, err := data.ReadFile("data/" + name)
		if err != nil {
			return "", err
		}
		digest.Write(b)
	}
	return hex.EncodeToString(digest.Sum(nil))[:16], nil
}
