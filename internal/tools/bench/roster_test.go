package main

import (
	"bytes"
	encoded "encoding/csv"
	"encoding/json"
	"testing"

	"naungan/internal/cover"
)

func TestARosterSaysTheSameInEachFormat(t *testing.T) {
	t.Parallel()
	r := roster{rows: 5_000, villages: []string{"61.06.01.2001", "61.06.01.2002"}}
	var table, lines bytes.Buffer
	for f, to := range map[*format]*bytes.Buffer{csv: &table, ndjson: &lines} {
		r.format = f
		if err := r.write(to); err != nil {
			t.Fatal(err)
		}
	}
	records, err := encoded.NewReader(&table).ReadAll()
	if err != nil || len(records) != 1+r.rows {
		t.Fatal(len(records), err)
	}
	people := map[string]bool{}
	for rows := json.NewDecoder(&lines); rows.More(); {
		var row map[string]any
		rows.UseNumber()
		if err := rows.Decode(&row); err != nil {
			t.Fatal(err)
		}
		record := records[1+len(people)]
		for i, name := range records[0] {
			if said, ok := row[name].(string); ok && said != record[i] || !ok && row[name] != json.Number(record[i]) {
				t.Fatalf("%s: %v and %q", name, row[name], record[i])
			}
		}
		nik := cover.NIK(row["nik"].(string))
		if flaw := nik.Flaw(); flaw != "" || people[string(nik)] {
			t.Fatal(nik, flaw)
		}
		people[string(nik)] = true
	}
	if len(people) != r.rows {
		t.Error(len(people), "lines")
	}
}
