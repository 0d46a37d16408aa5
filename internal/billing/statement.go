package billing

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"naungan/internal/cover"
)

// The bounds of a bank's file.
const (
	MostStatementBytes = 4 << 20
	MostStatementLines = 10_000
)

// mostFaults is how many faults of a file are told at once.
const mostFaults = 100

// StatementLine is money that a bank's file says was received.
type StatementLine struct {
	Line        int // of the file, counted from 1
	PaidOn      cover.Date
	Amount      cover.Rupiah
	Reference   string
	Description string
}

// statementColumns are what a file may tell, by any of the names of its headers.
var statementColumns = map[string]string{
	"paid_on": "paid_on", "tanggal": "paid_on",
	"paid_amount": "paid_amount", "jumlah": "paid_amount",
	"reference": "reference", "referensi": "reference",
	"description": "description", "keterangan": "description",
}

// neededColumns are those that a file cannot do without.
var neededColumns = []string{"paid_on", "paid_amount", "reference"}

// ReadStatement reads a bank's file: CSV in UTF-8, with or without a byte order mark,
// separated by commas, semicolons or tabs. It returns the headers that it left alone,
// too. Refuses a file that is no such text or has no lines (statement_unreadable), that
// lacks a column (columns_missing) or has one twice (column_twice), or is too long
// (too_many_rows); and says of up to 100 cells at once what is wrong with them, on the
// lines of the file, of which the header is the first.
func ReadStatement(file []byte, today cover.Date) (lines []StatementLine, ignored []string, err error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0 {
		return nil, nil, unreadable("encoding")
	}
	rows := csv.NewReader(bytes.NewReader(file))
	rows.Comma, rows.FieldsPerRecord, rows.ReuseRecord = separatorOf(file), -1, true
	s := statement{today: today, first: map[string]int{}}
	header, err := rows.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil, unreadable("empty")
	case err != nil:
		s.malformed(err)
		return nil, nil, s.faults.Err()
	}
	s.width = len(header)
	if s.columns, ignored, err = columnsOf(header); err != nil {
		return nil, nil, err
	}
	if err := s.read(rows); err != nil {
		return nil, nil, err
	}
	if err := s.faults.Err(); err != nil {
		return nil, nil, err
	}
	if len(s.lines) == 0 {
		return nil, nil, unreadable("empty")
	}
	return s.lines, ignored, nil
}

func unreadable(reason string) error {
	return cover.Refuse(cover.Invalid, cover.StatementUnreadable, cover.Params{"reason": reason})
}

// separatorOf is the separator under which most of the first line's headers are known.
func separatorOf(file []byte) rune {
	first, _, _ := bytes.Cut(bytes.TrimLeft(file, "\r\n"), []byte("\n"))
	best, most := ',', 0
	for _, separator := range []rune{',', ';', '\t'} {
		known := 0
		for cell := range strings.SplitSeq(string(first), string(separator)) {
			if statementColumns[headerName(cell)] != "" {
				known++
			}
		}
		if known > most {
			best, most = separator, known
		}
	}
	return best
}

// headerName is a header as statementColumns spells it.
func headerName(cell string) string {
	return strings.ReplaceAll(strings.ToLower(strings.Trim(strings.TrimSpace(cell), `"`)), " ", "_")
}

// columnsOf finds the place of each column, and the headers that are none. Those that
// are empty, or begin with _, are left alone in silence.
// mostColumns is more than any bank's file has.
const mostColumns = 100

func columnsOf(header []string) (places map[string]int, ignored []string, err error) {
	places = map[string]int{}
	if len(header) > mostColumns {
		return nil, nil, cover.Refuse(cover.Invalid, cover.TooManyColumns, cover.Params{"columns": len(header), "most": mostColumns})
	}
	for n, cell := range header {
		column := statementColumns[headerName(cell)]
		if column == "" {
			if name := strings.TrimSpace(cell); name != "" && name[0] != '_' {
				ignored = append(ignored, name)
			}
			continue
		}
		if _, twice := places[column]; twice {
			var f cover.Faults
			f.Add("/lines/1", cover.ColumnTwice, cover.Params{"column": column})
			return nil, nil, f.Err()
		}
		places[column] = n
	}
	missing := slices.DeleteFunc(slices.Clone(neededColumns), func(c string) bool { _, there := places[c]; return there })
	if len(missing) > 0 {
		return nil, nil, cover.Refuse(cover.Invalid, cover.ColumnsMissing, cover.Params{"columns": missing})
	}
	return places, ignored, nil
}

// statement is a file that is being read.
type statement struct {
	today   cover.Date
	width   int
	columns map[string]int
	lines   []StatementLine
	first   map[string]int // the line of each reference
	faults  cover.Faults
}

func (s *statement) read(rows *csv.Reader) error {
	for count := 0; len(s.faults) < mostFaults; {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			s.malformed(err)
			continue
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if count++; count > MostStatementLines {
			return cover.Refuse(cover.Invalid, cover.TooManyRows, cover.Params{"limit": MostStatementLines})
		}
		line, _ := rows.FieldPos(0)
		s.take(line, cells)
	}
	s.faults = s.faults[:mostFaults]
	return nil
}

// malformed says on which line quotation marks are amiss. One that nothing closes
// reaches to the end of the file.
func (s *statement) malformed(err error) {
	reason, line := "quote", 1
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		line = parse.StartLine
		if errors.Is(parse.Err, csv.ErrBareQuote) {
			reason = "bare_quote"
		}
	}
	s.faults.Add(fmt.Sprintf("/lines/%d", line), cover.RowMalformed, cover.Params{"reason": reason})
}

func (s *statement) take(line int, cells []string) {
	for len(cells) > s.width && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > s.width {
		s.faults.Add(fmt.Sprintf("/lines/%d", line), cover.RowMalformed, cover.Params{"reason": "too_many_cells"})
		return
	}
	l := StatementLine{Line: line, Reference: s.cell(cells, "reference"), Description: s.cell(cells, "description")}
	at := func(column string) string { return fmt.Sprintf("/lines/%d/%s", line, column) }
	l.PaidOn = s.day(at("paid_on"), s.cell(cells, "paid_on"))
	l.Amount = s.amount(at("paid_amount"), s.cell(cells, "paid_amount"))
	s.faults.Check(l.Reference != "", at("reference"), cover.Blank, nil)
	s.faults.Check(utf8.RuneCountInString(l.Reference) <= 100, at("reference"), cover.TooLong, cover.Params{"max": 100})
	s.faults.Check(utf8.RuneCountInString(l.Description) <= 1000, at("description"), cover.TooLong, cover.Params{"max": 1000})
	if first, twice := s.first[l.Reference]; twice && l.Reference != "" {
		s.faults.Add(at("reference"), cover.ReferenceTwice, cover.Params{"line": first})
	} else {
		s.first[l.Reference] = line
	}
	s.lines = append(s.lines, l)
}

// cell is what a line says in a column; nothing, if it is cut short.
func (s *statement) cell(cells []string, column string) string {
	n, there := s.columns[column]
	if !there || n >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[n])
}

func (s *statement) day(at, text string) cover.Date {
	if text == "" {
		s.faults.Add(at, cover.Blank, nil)
		return cover.Date{}
	}
	day, ok := parseDay(text)
	switch {
	case !ok:
		s.faults.Add(at, cover.WrongFormat, cover.Params{"format": "date", "example": "2024-12-10"})
	case day.After(s.today):
		s.faults.Add(at, cover.InTheFuture, nil)
	}
	return day
}

// parseDay reads YYYY-MM-DD and DD/MM/YYYY, of the years that the contract knows.
func parseDay(text string) (cover.Date, bool) {
	day, err := cover.ParseDate(text)
	if err != nil {
		t, err := time.Parse("02/01/2006", text)
		if err != nil {
			return cover.Date{}, false
		}
		day = cover.NewDate(t.Year(), t.Month(), t.Day())
	}
	return day, 1900 <= day.Year() && day.Year() <= 2199
}

func (s *statement) amount(at, text string) cover.Rupiah {
	if text == "" {
		s.faults.Add(at, cover.AmountMissing, nil)
		return 0
	}
	amount, ok := parseRupiah(text)
	switch {
	case !ok:
		s.faults.Add(at, cover.WrongFormat, cover.Params{"format": "rupiah", "example": "13.148.730"})
	case amount <= 0:
		s.faults.Add(at, cover.AmountNotPositive, nil)
	case amount > cover.MostPaid:
		s.faults.Add(at, cover.AmountImplausible, cover.Params{"min": 1, "max": int64(cover.MostPaid)})
	}
	return amount
}

// rupiahText is an amount as banks write it: plain, or in thousands with points, with
// nothing behind the comma; or plain with nothing behind a point.
var rupiahText = regexp.MustCompile(`^(-?)(?:([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,0{1,2})?|([0-9]+)\.0{1,2})$`)

// parseRupiah reads whole rupiah; an amount beyond all bounds is as good as the greatest.
func parseRupiah(text string) (cover.Rupiah, bool) {
	parts := rupiahText.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(parts[2]+parts[3], ".", ""), 10, 64)
	if err != nil {
		n = int64(cover.MostPaid) + 1
	}
	if parts[1] != "" {
		n = -n
	}
	return cover.Rupiah(n), true
}
