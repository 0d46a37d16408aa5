package imports

import (
	"strings"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// mending puts the rows of an amending file in the place of those they mend.
type mending struct {
	reader *store.Reader
	first  cover.Import
	open   map[int64]struct{} // rows that were rejected, and not mended yet
}

func mendable(r *store.Reader, first uuid.UUID) (*mending, error) {
	m := &mending{reader: r, open: map[int64]struct{}{}}
	var err error
	if m.first, err = r.Import(first); err != nil {
		return nil, err
	}
	return m, r.RejectedRows(first, func(row int64) { m.open[row] = struct{}{} })
}

// place gives a line the number of the row that it mends, and cells that are still
// as they were shown masked their first text. A line that names no row to be mended,
// or one that another line mends, is a bad one (row_not_rejected).
func (m *mending) place(l *line) error {
	if m == nil {
		return nil
	}
	if _, rejected := m.open[l.amends]; !rejected {
		var params cover.Params
		if l.amends != 0 {
			params = cover.Params{"row": l.amends}
		}
		l.faults.Add("", cover.RowNotRejected, params)
		l.no = store.StrayRow(l.no)
		return nil
	}
	delete(m.open, l.amends)
	l.no = l.amends
	if !masked(l.cells) {
		return nil
	}
	sent, err := m.reader.SentCells(m.first, l.no)
	l.cells = l.cells.Unmasked(sent)
	return err
}

// masked reports whether a personal cell may be as it was shown.
func masked(cells cover.Cells) bool {
	for _, c := range cover.Columns {
		if c.Personal() && strings.Contains(cells[c], "*") {
			return true
		}
	}
	return false
}
