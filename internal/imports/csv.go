package imports

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"naungan/internal/cover"
)

// csvRows reads a CSV.
type csvRows struct {
	layout
	reader *csv.Reader
	meter  *meter
	plain  *plain
	most   int
	begun  int64 // bytes before what reader was given
	lines  int64 // lines before what reader was given
	last   int64 // the line on which the last record ended
}

// readAhead is how much encoding/csv reads ahead. It makes a record of mostRow
// bytes fit whatever was left over before it.
const readAhead = 4096

func openCSV(most limits, ahead *bufio.Reader, p *plain, header *cover.ImportHeader) (*csvRows, error) {
	c := &csvRows{plain: p, most: most.row}
	if header.ByteOrderMark {
		c.begun = utf8BOMSize
	}
	line, err := c.headerLine(ahead, most)
	if err != nil {
		return nil, err
	}
	comma, told := toldSeparator(line)
	if told {
		c.skip(ahead, line)
		if _, err = c.headerLine(ahead, most); err != nil {
			return nil, err
		}
	} else {
		comma = separatorOf(string(line))
	}
	c.meter = &meter{r: ahead, most: most.row + 2*readAhead}
	c.reader = csv.NewReader(c.meter)
	c.reader.Comma, c.reader.FieldsPerRecord, c.reader.ReuseRecord = comma, -1, true
	c.last = c.lines
	header.Separator = string(comma)
	cells, row, err := c.record()
	switch {
	case errors.Is(err, io.EOF):
		return nil, refuse(cover.FileEmpty, nil)
	case row != 0 && err != nil:
		return nil, unreadable(c.begun+c.reader.InputOffset(), "header")
	case err != nil:
		return nil, err
	}
	c.layout, err = readHeader(cells, most.columns)
	header.Columns = c.columns
	return c, err
}

// headerLine looks at the first line that says something, after stepping over
// those that do not. Refuses what cannot be the line of a table.
func (c *csvRows) headerLine(ahead *bufio.Reader, most limits) ([]byte, error) {
	for {
		line, err := firstLine(ahead)
		switch {
		case c.plain.err != nil && err != nil:
			return nil, c.plain.err
		case len(line) == 0:
			return nil, refuse(cover.FileEmpty, nil)
		case len(bytes.Trim(line, blanks+`,;"`)) > 0:
			return line, c.checkHeaderLine(line, most)
		}
		c.skip(ahead, line)
	}
}

func (c *csvRows) skip(ahead *bufio.Reader, line []byte) {
	c.begun += int64(len(line))
	c.lines += int64(bytes.Count(line, []byte("\n")))
	_, _ = ahead.Discard(len(line)) // it was looked at, so it is there
}

// firstLine looks at a line with its end, without taking it: at as much of it as
// can be looked at.
func firstLine(ahead *bufio.Reader) ([]byte, error) {
	for n := readAhead; ; n *= 2 {
		n = min(n, ahead.Size())
		seen, err := ahead.Peek(n)
		if i := bytes.IndexByte(seen, '\n'); i >= 0 {
			return seen[:i+1], nil
		}
		if err != nil || n == ahead.Size() {
			return seen, err
		}
	}
}

func (c *csvRows) checkHeaderLine(line []byte, most limits) error {
	for _, comma := range separators {
		if len(splitHeader(string(line), comma)) > most.columns {
			return refuse(cover.TooManyColumns, cover.Params{"limit": most.columns})
		}
	}
	if len(line) > most.row {
		return rowTooLong(c.lines+1, most.row, c.begun+int64(most.row))
	}
	quoted := false
	text := bytes.TrimRight(line, "\r\n")
	for i, b := range text {
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\r' && !quoted:
			return unreadable(c.begun+int64(i), "line_ends") // as Macs wrote them until 2001
		case b < ' ' && b != '\t' && b != '\r':
			return unreadable(c.begun+int64(i), "binary")
		}
	}
	return nil
}

// separators are tried in this order.
var separators = []rune{',', ';', '\t'}

// separatorOf finds the separator that makes most sense of a header; of those
// that make none, the one that occurs most.
func separatorOf(line string) (best rune) {
	most := -1
	for _, comma := range separators {
		cells := splitHeader(line, comma)
		if sense := recognised(cells)*10*mostColumns + min(len(cells), mostColumns); sense > most {
			best, most = comma, sense
		}
	}
	return best
}

// splitHeader splits a line at separators that stand outside quotes, and leaves
// out empty cells.
func splitHeader(line string, comma rune) []string {
	quoted := false
	cells := strings.FieldsFunc(strings.TrimRight(line, "\r\n"), func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == comma && !quoted
	})
	for i, cell := range cells {
		cells[i] = tidy(strings.Trim(tidy(cell), `"`))
	}
	return cells
}

// toldSeparator reads the line "sep=;" by which spreadsheets tell each other.
func toldSeparator(line []byte) (rune, bool) {
	text := strings.Trim(string(line), "\r\n\"")
	for _, comma := range separators {
		if strings.EqualFold(text, "sep="+string(comma)) {
			return comma, true
		}
	}
	return 0, false
}

func (c *csvRows) next(l *line) error {
	for {
		cells, row, err := c.record()
		if err != nil && row == 0 {
			return err
		}
		l.no = row
		if err != nil {
			l.malformed(quoteFlaw(err))
			return nil
		}
		if c.fill(l, cells) {
			return nil
		}
		l.no = 0 // commas alone are a blank line too
	}
}

// record reads a record and says on which line it starts. With a line, an error
// is one of that record alone, after which reading goes on.
func (c *csvRows) record() (cells []string, row int64, err error) {
	c.meter.reset(c.meter.behind(c.reader.InputOffset()))
	cells, err = c.reader.Read()
	if c.plain.err != nil && err != nil {
		return nil, 0, c.plain.err
	}
	if c.meter.tripped {
		return nil, 0, rowTooLong(c.startOf(cells), c.most, c.offset())
	}
	if flaw, ok := errors.AsType[*csv.ParseError](err); ok {
		if flaw.Line > flaw.StartLine { // who knows how many rows a quote has swallowed that was not closed
			return nil, 0, unreadable(c.offset(), "quote")
		}
		c.last = c.lines + int64(flaw.Line)
		return nil, c.lines + int64(flaw.StartLine), err
	}
	if err != nil {
		return nil, 0, err
	}
	first, _ := c.reader.FieldPos(0)
	last, _ := c.reader.FieldPos(len(cells) - 1)
	row = c.lines + int64(first)
	c.last = c.lines + int64(last+strings.Count(cells[len(cells)-1], "\n"))
	size := 0
	for _, cell := range cells {
		size += len(cell)
	}
	if size > c.most {
		return nil, 0, rowTooLong(row, c.most, c.offset())
	}
	return cells, row, nil
}

// startOf is the line on which a record starts that was cut short. If not even
// its first cell was whole, it is the line after the last record.
func (c *csvRows) startOf(cells []string) int64 {
	if len(cells) == 0 {
		return c.last + 1
	}
	at, _ := c.reader.FieldPos(0)
	return c.lines + int64(at)
}

func (c *csvRows) offset() int64 { return c.begun + c.reader.InputOffset() }

func quoteFlaw(err error) string {
	if errors.Is(err, csv.ErrBareQuote) {
		return "bare_quote"
	}
	return "quote"
}

// meter lets only so many bytes through before it is reset, so that a quote that
// is never closed does not pull the rest of the file into memory. Line ends before
// a record begins do not count: encoding/csv steps over them without keeping them.
type meter struct {
	r       io.Reader
	most    int
	given   int
	passed  int64 // bytes in all
	solid   int64 // of these, up to the last that is no line end
	begun   bool  // the record has begun
	tripped bool
}

var errMeter = errors.New("the record is too long")

// behind reports whether a record begins in what was read ahead of a place.
func (m *meter) behind(place int64) bool { return m.solid > place }

func (m *meter) reset(begun bool) { m.given, m.begun = 0, begun }

func (m *meter) Read(p []byte) (int, error) {
	if m.given >= m.most {
		m.tripped = true
		return 0, errMeter
	}
	n, err := m.r.Read(p[:min(len(p), m.most-m.given)])
	if solid := len(bytes.TrimRight(p[:n], "\r\n")); solid > 0 {
		m.begun, m.solid = true, m.passed+int64(solid)
	}
	m.passed += int64(n)
	if m.begun {
		m.given += n
	}
	return n, err
}
