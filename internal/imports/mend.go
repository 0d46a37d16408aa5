package imports

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// mending puts the rows of an amending file in the place of those they mend.
type mending struct {
	reader *store.Reader
	first  cover.Import
	open   map[int64]cover.RowOutcome // rows that were rejected, and those that were mended already
}

func mendable(r *store.Reader, first uuid.UUID) (*mending, error) {
	m := &mending{reader: r, open: map[int64]cover.RowOutcome{}}
	var err error
	if m.first, err = r.Import(first); err != nil {
		return nil, err
	}
	return m, r.RowsToMend(first, func(row int64, outcome cover.RowOutcome) { m.open[row] = outcome })
}

// place gives a line the number of the row that it mends, and cells that are still
// as they were shown masked their first text. A row that was left as it was is bad
// for what it was bad for: some of that cannot be seen in the row alone, such as a
// key that another row had. But what the register had against it may be mended
// there, and is asked again. A row that was mended already is judged like any other.
// A line that names no row to be mended, or one that another line mends, is a bad
// one (row_not_rejected).
func (m *mending) place(l *line) error {
	if m == nil {
		return nil
	}
	outcome, known := m.open[l.amends]
	if !known {
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
	sent, err := m.reader.SentRow(m.first, l.no)
	if err != nil {
		return err
	}
	l.cells = l.cells.Unmasked(sent.Cells)
	if outcome == cover.RowRejected && l.cells == shownTexts(sent.Cells) {
		l.faults = slices.DeleteFunc(slices.Clone(sent.Faults), ofRegister)
	}
	return nil
}

// ofRegister reports whether a fault was found by comparing a row with the register,
// so that it is found again if it still holds.
func ofRegister(f cover.Fault) bool {
	switch f.Code {
	case cover.OfficerTaken, cover.ExternalIDTaken, cover.PersonReplaced, cover.OutsideTerm, cover.NIKFrozen, cover.ChangedSinceValidation:
		return true
	default:
		return false
	}
}

// shownTexts are cells as a file can show them: what is no text comes out as
// replacement characters, and spaces around do not come back.
func shownTexts(cells cover.Cells) cover.Cells {
	for _, c := range cover.Columns {
		cells[c] = tidy(strings.ToValidUTF8(cells[c], "\uFFFD"))
	}
	return cells
}
