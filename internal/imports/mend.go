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
// as they were shown masked their first text. A row that was left as it was keeps
// the faults that nobody would find again; for everything else it is judged as any
// other, for it may be the register that was mended. A line that names no row to be
// mended, or one that another line mends, is a bad one (row_not_rejected).
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
		l.keep(sent.Faults)
	}
	return nil
}

// lasting are the faults of a row that show neither in its cells, as a file has them
// that is made from what was kept, nor in the register: how the row was written, and
// which other rows stood beside it.
var lasting = []cover.Code{
	cover.RowMalformed, cover.JSONInvalid, cover.UnknownField, cover.WrongType, cover.NullNotAllowed, cover.NULCharacter, cover.NotUTF8,
	cover.DuplicateInFile, cover.PersonTwiceInFile,
}

// keep adds those of the faults that last, each once: the file at hand may have some
// of them again.
func (l *line) keep(faults cover.Faults) {
	for _, f := range faults {
		again := slices.ContainsFunc(l.faults, func(has cover.Fault) bool { return has.Pointer == f.Pointer && has.Code == f.Code })
		if slices.Contains(lasting, f.Code) && !again {
			l.faults = append(l.faults, f)
		}
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
