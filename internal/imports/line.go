package imports

import "naungan/internal/cover"

// line is one row of a file as it stands there.
type line struct {
	no     int64        // as the sender counts: the line of a text, the row of a sheet
	amends int64        // the row that it mends, from the column _row; 0 if it says none
	cells  cover.Cells  // an empty cell is absent, unless given says otherwise
	given  uint32       // a bit for each column that is there; only NDJSON tells an empty text from none
	table  bool         // people filled it in, so that sex, role and position may stand there in their words
	faults cover.Faults // what already reading it found: no UTF-8, a text where a number belongs, an unknown key
}

func (l *line) has(c cover.Column) bool { return l.given&(1<<c) != 0 }

func (l *line) put(c cover.Column, text string) {
	l.cells[c], l.given = text, l.given|1<<c
}

// verdict is what the rules say of one row.
type verdict struct {
	officer     cover.Officer // whole only without faults
	faults      cover.Faults
	doubts      cover.Faults
	suggestions map[string]string // by column name
}
