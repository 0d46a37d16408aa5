package paper

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// The media types of a list as a file.
const (
	CSV      = "text/csv"
	NDJSON   = "application/x-ndjson"
	Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// OutBuffer is how much of a text is gathered before it is handed on: enough to
// spare the connection, little enough to be felt as a stream.
const OutBuffer = 64 << 10

// Column is what a list says of each item: a text, or a whole number.
type Column[T any] struct {
	Name   string
	Text   func(T) string // empty: nothing is said
	Number func(T) int64  // set instead of Text
	Summed bool           // a number that the last row of a workbook adds up
}

// List is how a list of items is written.
type List[T any] struct {
	Name    string // of the sheet
	TmpDir  string // where a workbook is put together; empty for the system's own
	Columns []Column[T]
}

// Write writes the items as text/csv, application/x-ndjson or a workbook, by media
// type, as they come. CSV and workbook have the columns of the list, and the
// workbook a last row with the sums of those that are summed; a line of NDJSON is the whole
// item as JSON. An error of the items ends it and is returned; what a text had until
// then is written, and of a workbook nothing. A workbook refuses more than a sheet
// holds (too_many_rows).
func (l List[T]) Write(w io.Writer, media string, items iter.Seq2[T, error]) error {
	switch media {
	case CSV:
		return l.writeCSV(w, items)
	case NDJSON:
		return l.writeNDJSON(w, items)
	case Workbook:
		return l.writeWorkbook(w, items)
	default:
		return fmt.Errorf("a list as %q: no such format", media)
	}
}

func (l List[T]) headers() []string {
	names := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		names[i] = c.Name
	}
	return names
}

func (l List[T]) writeCSV(w io.Writer, items iter.Seq2[T, error]) error {
	out := csv.NewWriter(bufio.NewWriterSize(w, OutBuffer))
	out.UseCRLF = true // RFC 4180
	if err := out.Write(l.headers()); err != nil {
		return err
	}
	record := make([]string, len(l.Columns))
	begun := false
	for item, err := range items {
		if err != nil && !begun {
			return err // nothing was sent yet, so something better can be
		}
		if err != nil {
			out.Flush()
			return errors.Join(err, out.Error())
		}
		begun = true
		for i, c := range l.Columns {
			if c.Number != nil {
				record[i] = strconv.FormatInt(c.Number(item), 10)
			} else {
				record[i] = Neutral(c.Text(item))
			}
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (l List[T]) writeNDJSON(w io.Writer, items iter.Seq2[T, error]) error {
	out := bufio.NewWriterSize(w, OutBuffer)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false) // people read it too
	for item, err := range items {
		if err == nil {
			err = lines.Encode(item)
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
	return out.Flush()
}

func (l List[T]) writeWorkbook(w io.Writer, items iter.Seq2[T, error]) (err error) {
	s, err := newSheet(l.Name, l.TmpDir, l.headers())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	sums := make([]int64, len(l.Columns))
	for item, err := range items {
		if err != nil {
			return err
		}
		for i, c := range l.Columns {
			if c.Number == nil {
				s.put(i, textOrNothing(c.Text(item)), s.text)
				continue
			}
			n := c.Number(item)
			sums[i] += n
			s.put(i, n, s.number)
		}
		if err := s.end(); err != nil {
			return err
		}
	}
	if err := l.addUp(s, sums); err != nil {
		return err
	}
	return SaveWorkbook(w, s.file, s.stream)
}

// addUp writes the last row: values, so that whoever opens the workbook finds the
// sums that were sent, and may put formulas of their own beside them.
func (l List[T]) addUp(s *sheet, sums []int64) error {
	for i, c := range l.Columns {
		if c.Summed {
			s.put(i, sums[i], s.sumNumber)
		} else {
			s.put(i, nil, s.sumText)
		}
	}
	s.put(0, "TOTAL", s.sumText)
	return s.end()
}

func textOrNothing(text string) any {
	if text == "" {
		return nil
	}
	return text
}
