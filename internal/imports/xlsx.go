package imports

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"naungan/internal/cover"
)

// workbook reads the first sheet of a workbook.
type workbook struct {
	layout
	most    limits
	book    *excelize.File
	sheet   *excelize.Rows
	row     int64
	size    int64 // bytes of the workbook
	from    epoch
	scratch string
}

// openXLSX takes a workbook into memory, as it is sent, and unpacks it into a
// directory of its own below tmp.
func openXLSX(most limits, ahead io.Reader, tmp string, header *cover.ImportHeader) (*workbook, error) {
	packed, err := wholly(ahead, most.workbook)
	if err != nil {
		return nil, err
	}
	w := &workbook{most: most, size: int64(len(packed))}
	if err := survey(packed, most); err != nil {
		return w, err
	}
	if w.scratch, err = os.MkdirTemp(tmp, "workbook-"); err != nil {
		return w, fmt.Errorf("unpack a workbook: %w", err)
	}
	if err := w.guarded(func() error { return w.open(packed, header) }); err != nil {
		return w, err
	}
	return w, w.readHeader(header)
}

func (w *workbook) close() error {
	var all []error
	if w.sheet != nil {
		all = append(all, w.sheet.Close())
	}
	if w.book != nil {
		all = append(all, w.book.Close())
	}
	if w.scratch != "" {
		all = append(all, os.RemoveAll(w.scratch))
	}
	w.sheet, w.book, w.scratch = nil, nil, ""
	return errors.Join(all...)
}

// guarded calls excelize, which panics on some workbooks that are well-formed and
// yet make no sense, such as one that names a shared text before the first.
func (w *workbook) guarded(call func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = w.corrupt()
		}
	}()
	return call()
}

func (w *workbook) corrupt() error { return unreadable(w.size, "corrupt") }

func (w *workbook) open(packed []byte, header *cover.ImportHeader) error {
	book, err := excelize.OpenReader(bytes.NewReader(packed), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: w.most.unzipped, UnzipXMLSizeLimit: w.most.part, TmpDir: w.scratch,
	})
	if err != nil {
		return w.corrupt()
	}
	w.book = book
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return unreadable(w.size, "no_sheet")
	}
	if w.sheet, err = book.Rows(sheets[0]); err != nil {
		return unreadable(w.size, "no_sheet")
	}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		w.from = mac
	}
	header.Sheet = shown(sheets[0])
	return nil
}

func (w *workbook) readHeader(header *cover.ImportHeader) error {
	for {
		cells, err := w.cells()
		if errors.Is(err, io.EOF) {
			return refuse(cover.FileEmpty, nil)
		}
		if err != nil {
			return err
		}
		if blank(cells) {
			continue
		}
		w.layout, err = readHeader(cells, w.most.columns)
		header.Columns = w.columns
		return err
	}
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if tidy(cell) != "" {
			return false
		}
	}
	return true
}

func (w *workbook) next(l *line) error {
	for {
		cells, err := w.cells()
		if err != nil {
			return err
		}
		if w.fill(l, cells) {
			l.no = w.row
			w.readDays(l)
			return nil
		}
	}
}

// cells reads the next row of the sheet; an empty one has none.
func (w *workbook) cells() (cells []string, err error) {
	err = w.guarded(func() error {
		if !w.sheet.Next() {
			return io.EOF
		}
		w.row++
		var err error
		if cells, err = w.sheet.Columns(); err != nil {
			return w.corrupt()
		}
		return nil
	})
	size := 0
	for _, cell := range cells {
		size += len(cell)
	}
	if size > w.most.row {
		return nil, rowTooLong(w.row, w.most.row, w.size)
	}
	return cells, err
}

// dayColumns are those in which a number is a day as spreadsheets count them.
var dayColumns = []cover.Column{cover.ColBornOn, cover.ColTermFrom, cover.ColTermTo}

func (w *workbook) readDays(l *line) {
	for _, c := range dayColumns {
		if day, ok := w.from.day(l.cells[c]); ok {
			l.cells[c] = day
		} else if day := withoutMidnight(l.cells[c]); len(day) < len(l.cells[c]) {
			if _, ok := readDay(day); ok {
				l.cells[c] = day // a cell that holds a day in ISO 8601
			}
		}
	}
}

// epoch is the day from which a workbook counts.
type epoch int

const (
	windows epoch = iota // 1 is 1 January 1900
	mac                  // 0 is 1 January 1904
)

// day reads a serial number: whole days between 1900 and 2200. A number that looks
// like a year is left alone: read as a day it would be one of 1905, and nobody
// meant that.
func (e epoch) day(text string) (string, bool) {
	if len(text) == 0 || len(text) > 6 || !allDigits(text) {
		return "", false
	}
	n := int(rowNumber(text))
	if n == 0 || n >= 1900 && n < 2200 {
		return "", false
	}
	first := cover.NewDate(1899, time.December, 30)
	switch {
	case e == mac:
		first = cover.NewDate(1904, time.January, 1)
	case n < 60:
		first = first.Add(1) // the 29th of February 1900, which never was, has the number 60
	case n == 60:
		return "", false
	}
	day := first.Add(n)
	return day.String(), day.Year() >= 1900 && day.Year() < 2200
}

// What a workbook may be made of. Excel itself has no more rows than this.
const (
	mostSheetRows = 1 << 20
	mostParts     = 2_000
	mostXMLToken  = 512 << 10 // bytes of one text or tag; a cell holds 32,767 characters
	mostXMLRow    = 1 << 20   // bytes of a row as XML
	mostXMLDepth  = 100       // elements within one another; each takes memory until it ends
	mostDirectory = 1 << 20   // bytes of a part that says where others are
)

// survey reads a workbook from end to end before it is trusted. excelize takes
// what it can get: it reads a part that breaks off as a shorter one and so would
// lose rows without a word, counts up to whatever number a row claims to have, adds
// up the cells of rows that stand in no order, and holds every other part in
// memory.
func survey(packed []byte, most limits) error {
	size := int64(len(packed))
	archive, err := zip.NewReader(bytes.NewReader(packed), size)
	if err != nil {
		return unreadable(size, "truncated") // the directory stands at the end
	}
	if len(archive.File) > mostParts {
		return unreadable(0, "corrupt")
	}
	var sum, held uint64
	for _, part := range archive.File {
		sum += part.UncompressedSize64
		if !unpackedToFile(part.Name) {
			if held += part.UncompressedSize64; held > mostHeld {
				return tooLarge(mostHeld)
			}
		}
		if part.UncompressedSize64 > uint64(most.unzipped) || sum > uint64(most.unzipped) {
			return tooLarge(most.unzipped)
		}
		if limit := mostOfPart(part.Name, most); part.UncompressedSize64 > uint64(limit) {
			return tooLarge(limit)
		}
	}
	for _, part := range archive.File {
		if err := surveyPart(part); err != nil {
			if _, told := errors.AsType[*cover.Error](err); told {
				return err
			}
			at, _ := part.DataOffset()
			return unreadable(at, "corrupt")
		}
	}
	return nil
}

// mostHeld is how large the parts may be together that excelize holds in memory.
const mostHeld = 48 << 20

func unpackedToFile(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	return name == "xl/sharedstrings.xml" || strings.HasPrefix(name, "xl/worksheets/sheet")
}

// mostOfPart is how large a part may be. excelize unpacks sheets and shared texts
// to files when they are large, holds all else in memory, and walks through the
// directories once a row.
func mostOfPart(name string, most limits) int64 {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	switch {
	case name == "xl/sharedstrings.xml", strings.HasPrefix(name, "xl/worksheets/sheet"):
		return most.unzipped
	case path.Ext(name) == ".rels", name == "[content_types].xml", name == "xl/workbook.xml":
		return mostDirectory
	default:
		return most.part
	}
}

// surveyPart reads a part to its end, where its checksum is. An XML part must be
// well-formed.
func surveyPart(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // it reads from memory
	switch path.Ext(strings.ToLower(part.Name)) {
	case ".xml", ".rels":
		if err := surveyXML(r); err != nil {
			return err
		}
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

func surveyXML(r io.Reader) error {
	m := &meter{r: bufio.NewReader(r), most: mostXMLToken}
	d := xml.NewDecoder(m)
	t := sheetTally{}
	for {
		m.reset(true) // in XML line ends are kept like any text
		token, err := d.Token()
		switch {
		case m.tripped:
			return rowTooLong(t.row, mostRow, d.InputOffset())
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := t.see(token, d.InputOffset()); err != nil {
			return err
		}
	}
}

// sheetTally checks the order in a sheet while it passes.
type sheetTally struct {
	sheet       bool  // the part is one
	row, column int64 // as counted or claimed
	begun       int64 // where the row begins
	depth       int
}

var errDisorder = errors.New("the XML stands in no order")

func (t *sheetTally) see(token xml.Token, at int64) error {
	switch e := token.(type) {
	case xml.StartElement:
		t.depth++
		switch {
		case t.depth > mostXMLDepth:
			return errDisorder
		case t.depth == 1:
			t.sheet = e.Name.Local == "worksheet"
		case e.Name.Local == "row" && t.sheet:
			t.begun, t.column = at, 0
			return climb(&t.row, rowOf(e), mostSheetRows)
		case e.Name.Local == "c" && t.sheet:
			return climb(&t.column, columnOfCell(e), excelize.MaxColumns)
		case e.Name.Local == "si":
			t.begun = at
		}
	case xml.EndElement:
		t.depth--
		if name := e.Name.Local; (name == "row" && t.sheet || name == "si") && at-t.begun > mostXMLRow {
			return rowTooLong(t.row, mostRow, at)
		}
	}
	return nil
}

// climb moves on to the number that a row or a cell claims, which must be higher;
// without a claim, 0, to the next.
func climb(at *int64, claimed, most int64) error {
	n := claimed
	if n == 0 {
		n = *at + 1
	}
	if n <= *at || n > most {
		return errDisorder
	}
	*at = n
	return nil
}

// rowOf is the number that a row claims: 0 for none, -1 for nonsense.
func rowOf(e xml.StartElement) int64 {
	claim := reference(e)
	if n := rowNumber(claim); n > 0 || claim == "" {
		return n
	}
	return -1
}

// columnOfCell is the column that a cell claims, such as 28 for AB12.
func columnOfCell(e xml.StartElement) (n int64) {
	claim := reference(e)
	for i := range len(claim) {
		switch b := claim[i]; {
		case b >= 'A' && b <= 'Z' && n <= excelize.MaxColumns:
			n = n*26 + int64(b-'A') + 1
		case i > 0 && b >= '1' && b <= '9' && allDigits(claim[i:]):
			return n
		default:
			return -1
		}
	}
	return -int64(min(len(claim), 1)) // letters alone name no cell
}

func reference(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "r" {
			return a.Value
		}
	}
	return ""
}
