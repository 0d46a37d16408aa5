package reference

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"naungan/internal/store"
)

// areaCount is roughly how many areas there are, to make room at once.
const areaCount = 92_000

func areaTables() ([]store.ReferenceTable, error) {
	areas := store.ReferenceTable{
		Name:   "areas",
		Key:    []string{"code"},
		Values: []string{"level", "name", "parent_code"},
		Rows:   make([][]any, 0, areaCount),
	}
	for _, level := range []struct{ name, file string }{
		{"province", "provinces"},
		{"regency", "regencies"},
		{"district", "districts"},
		{"village", "villages"},
	} {
		if err := readAreas(level.file, func(code, name string, parent any) {
			areas.Rows = append(areas.Rows, []any{code, level.name, name, parent})
		}); err != nil {
			return nil, fmt.Errorf("%s: %w", level.file, err)
		}
	}
	return []store.ReferenceTable{areas}, nil
}

// readAreas calls add for each line: code, then the parent's code unless it is a
// province, then name.
func readAreas(file string, add func(code, name string, parent any)) (err error) {
	f, err := data.Open("data/" + file + ".csv.gz")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	plain, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	lines := csv.NewReader(plain)
	if _, err := lines.Read(); err != nil { // the heading
		return err
	}
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var parent any
		if len(line) == 3 {
			parent = line[1]
		}
		add(line[0], line[len(line)-1], parent)
	}
}
