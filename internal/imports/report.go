package imports

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"naungan/internal/cover"
	"naungan/internal/paper"
)

// notes head the columns that say what came of a row, in the files that go out to
// be mended.
var notes = []string{"_row", "_outcome", "_error_code", "_message", "_suggestion"}

// WriteRows writes rows so that they can be mended and sent back: as text/csv,
// application/x-ndjson or a workbook, by media type. It writes the cells as it gets
// them, masked or not. An error of the rows ends it and is returned; what a text
// had until then is written, and of a workbook nothing. Nothing at all is written
// before the first row is there, so that the error can still be answered instead.
//
// A workbook is put together in the folder tmp, empty for the system's own.
func WriteRows(w io.Writer, media, tmp string, rows iter.Seq2[cover.ImportRow, error], say func(cover.Fault) string) error {
	switch media {
	case mediaCSV:
		return writeCSV(w, rows, say)
	case mediaNDJSON:
		return writeNDJSON(w, rows, say)
	case mediaXLSX:
		return writeWorkbook(w, tmp, rows, say)
	default:
		return fmt.Errorf("rows as %q: no such format", media)
	}
}

func writeCSV(w io.Writer, rows iter.Seq2[cover.ImportRow, error], say func(cover.Fault) string) error {
	out := csv.NewWriter(bufio.NewWriterSize(w, paper.OutBuffer))
	out.UseCRLF = true // RFC 4180
	if err := out.Write(headings()); err != nil {
		return err
	}
	var record []string
	for r, err := range rows {
		if err != nil && record == nil {
			return err // the header is still held back
		}
		if err != nil {
			out.Flush()
			return errors.Join(err, out.Error())
		}
		record = appendTexts(record[:0], r, say)
		for i, text := range record {
			record[i] = paper.Neutral(text)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func headings() []string {
	var names []string
	for _, c := range cover.Columns {
		names = append(names, c.String())
	}
	return append(names, notes...)
}

// appendTexts adds the texts of a row, under headings.
func appendTexts(to []string, r cover.ImportRow, say func(cover.Fault) string) []string {
	number := ""
	if r.Row > 0 {
		number = strconv.FormatInt(r.Row, 10)
	}
	to = append(to, r.Cells[:]...)
	to = append(to, number, string(r.Outcome))
	return append(to, remarks(r, say)...)
}

// remarks are the codes, messages and suggestions of a row. Doubts are told only
// where nothing is wrong, so that nobody mends what need not be mended first.
func remarks(r cover.ImportRow, say func(cover.Fault) string) []string {
	told := r.Faults
	if len(told) == 0 {
		told = r.Doubts
	}
	if len(told) == 0 && len(r.Suggestions) == 0 {
		return []string{"", "", ""}
	}
	var codes, messages, suggestions []string
	for _, f := range told {
		code, message := string(f.Code), say(f)
		if name := faultColumn(f); name != "" {
			code, message = name+":"+code, name+": "+message
		}
		codes, messages = append(codes, code), append(messages, message)
	}
	for _, c := range cover.Columns {
		if s, ok := r.Suggestions[c.String()]; ok {
			suggestions = append(suggestions, c.String()+"="+s)
		}
	}
	return []string{strings.Join(codes, "; "), strings.Join(messages, " | "), strings.Join(suggestions, "; ")}
}

// faultColumn names the column of a fault; nothing, if it is about the whole row.
func faultColumn(f cover.Fault) string { return strings.TrimPrefix(f.Pointer, "/") }

// remark is a fault as NDJSON tells it.
type remark struct {
	Column     string     `json:"column,omitempty"`
	Code       cover.Code `json:"code"`
	Message    string     `json:"message"`
	Suggestion string     `json:"suggestion,omitempty"`
}

func writeNDJSON(w io.Writer, rows iter.Seq2[cover.ImportRow, error], say func(cover.Fault) string) error {
	out := bufio.NewWriterSize(w, paper.OutBuffer)
	o := newJSONLine()
	for r, err := range rows {
		if err == nil {
			err = o.fill(r, say)
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
		if _, err := out.Write(o.text.Bytes()); err != nil {
			return err
		}
	}
	return out.Flush()
}

// jsonLine is a line of NDJSON. It is written member by member to keep the order of
// the columns, which a map would lose.
type jsonLine struct {
	text   bytes.Buffer
	values *json.Encoder // into text
}

func newJSONLine() *jsonLine {
	o := new(jsonLine)
	o.values = json.NewEncoder(&o.text)
	o.values.SetEscapeHTML(false) // people read it too
	return o
}

func (o *jsonLine) fill(r cover.ImportRow, say func(cover.Fault) string) error {
	o.text.Reset()
	for c, text := range r.Cells {
		if text == "" {
			continue
		}
		if err := o.add(cover.Column(c).String(), jsonValue(cover.Column(c), text)); err != nil {
			return err
		}
	}
	if r.Row > 0 {
		if err := o.add(notes[0], r.Row); err != nil {
			return err
		}
	}
	err := errors.Join(
		o.add("_outcome", r.Outcome),
		o.add("_errors", remarksOn(r.Faults, r.Suggestions, say)),
		o.add("_warnings", remarksOn(r.Doubts, r.Suggestions, say)),
	)
	o.text.WriteString("}\n")
	return err
}

// add writes a member. Names are ours and need no escaping.
func (o *jsonLine) add(name string, value any) error {
	if o.text.Len() == 0 {
		o.text.WriteByte('{')
	} else {
		o.text.WriteByte(',')
	}
	o.text.WriteByte('"')
	o.text.WriteString(name)
	o.text.WriteString(`":`)
	if err := o.values.Encode(value); err != nil {
		return err
	}
	o.text.Truncate(o.text.Len() - 1) // the encoder ends every value with a line
	return nil
}

// jsonValue is the text of a cell, or its number where POST /v1/officers takes one.
func jsonValue(c cover.Column, text string) any {
	if c != cover.ColHonorarium {
		return text
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		return text
	}
	return n
}

func remarksOn(faults cover.Faults, suggestions map[string]string, say func(cover.Fault) string) []remark {
	told := make([]remark, len(faults))
	for i, f := range faults {
		name := faultColumn(f)
		told[i] = remark{Column: name, Code: f.Code, Message: say(f), Suggestion: suggestions[name]}
	}
	return told
}

func writeWorkbook(w io.Writer, tmp string, rows iter.Seq2[cover.ImportRow, error], say func(cover.Fault) string) (err error) {
	s, err := newTextSheet("rows", tmp, headings())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := errors.Join(
		s.offer(cover.ColSex, spelt(cover.Sexes)),
		s.offer(cover.ColRole, spelt(cover.Roles)),
	); err != nil {
		return err
	}
	var texts []string
	for r, err := range rows {
		if err != nil {
			return err
		}
		texts = appendTexts(texts[:0], r, say)
		s.paint(r.Doubts, s.doubt)
		s.paint(r.Faults, s.fault) // last, for a fault outweighs a doubt
		if err := s.write(texts); err != nil {
			return err
		}
	}
	return s.save(w)
}

func spelt[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return texts
}

// textSheet is a workbook of one sheet that is written row by row. It grows on disk,
// not in memory; close removes it there.
type textSheet struct {
	name   string
	file   *excelize.File
	stream *excelize.StreamWriter
	rows   int

	text, fault, doubt int              // styles
	cells              []*excelize.Cell // of the row being written, used again for each
	row                []any
}

// textFormat is the number format "@": what is typed into such a cell stays as it
// is typed.
const textFormat = 49

// newTextSheet begins a sheet with a row of headers. Every cell is text, also those
// that are still empty, for they are the ones that people fill in.
func newTextSheet(name, tmp string, headers []string) (s *textSheet, err error) {
	s = &textSheet{name: name, file: excelize.NewFile(excelize.Options{TmpDir: tmp})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := errors.Join(
		s.file.SetSheetName("Sheet1", name),
		s.file.SetDocProps(&excelize.DocProperties{Creator: "Naungan"}),
	); err != nil {
		return nil, err
	}
	bold, err := s.makeStyles()
	if err != nil {
		return nil, err
	}
	if s.stream, err = s.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	if err := s.layOut(headers); err != nil {
		return nil, err
	}
	for range headers {
		s.cells = append(s.cells, &excelize.Cell{StyleID: bold})
	}
	s.row = make([]any, len(headers))
	return s, s.write(headers)
}

func (s *textSheet) makeStyles() (bold int, err error) {
	styles := map[*int]excelize.Style{
		&bold:    {Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 11}},
		&s.text:  {},
		&s.fault: {Fill: filled("FFC7CE")},
		&s.doubt: {Fill: filled("FFEB9C")},
	}
	for id, style := range styles {
		style.NumFmt = textFormat
		if *id, err = s.file.NewStyle(&style); err != nil {
			return 0, err
		}
	}
	return bold, nil
}

func filled(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}} //nolint:misspell // excelize spells it so
}

func (s *textSheet) layOut(headers []string) error {
	if err := s.stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
	}); err != nil {
		return err
	}
	for i, header := range headers {
		if err := s.stream.SetColWidth(i+1, i+1, width(header)); err != nil {
			return err
		}
	}
	return s.stream.SetColStyle(1, len(headers), s.text)
}

// width makes room for a NIK in every column, and for a sentence in those that
// have one.
func width(header string) float64 {
	switch header {
	case "full_name", "_error_code", "_suggestion":
		return 36
	case "_message":
		return 80
	default:
		return float64(max(18, len(header)+2))
	}
}

// offer lets a column be filled in from a list. What is not in it is taken all the
// same: the reader knows more words than these.
func (s *textSheet) offer(c cover.Column, choices []string) error {
	list := excelize.NewDataValidation(true)
	column, err := excelize.ColumnNumberToName(int(c) + 1)
	if err != nil {
		return err
	}
	list.SetSqref(column + "2:" + column + strconv.Itoa(excelize.TotalRows))
	list.ShowErrorMessage = false
	if err := list.SetDropList(choices); err != nil {
		return err
	}
	return s.file.AddDataValidation(s.name, list)
}

// paint marks the cells of faults in the row that is written next.
func (s *textSheet) paint(faults cover.Faults, style int) {
	for _, f := range faults {
		if c, ok := cover.ColumnNamed(faultColumn(f)); ok {
			s.cells[c].StyleID = style
		}
	}
}

// write adds a row. Refuses more than a sheet holds (too_many_rows).
func (s *textSheet) write(texts []string) error {
	if s.rows == excelize.TotalRows {
		return refuse(cover.TooManyRows, cover.Params{"limit": excelize.TotalRows - 1})
	}
	s.rows++
	for i, text := range texts {
		c := s.cells[i]
		c.Value, s.row[i] = text, c
		if text == "" {
			c.Value = nil
			if c.StyleID == s.text {
				s.row[i] = nil // the column has that style already
			}
		}
	}
	err := s.stream.SetRow("A"+strconv.Itoa(s.rows), s.row)
	for _, c := range s.cells {
		c.StyleID = s.text
	}
	return err
}

func (s *textSheet) save(w io.Writer) error { return paper.SaveWorkbook(w, s.file, s.stream) }

func (s *textSheet) close() error { return s.file.Close() }
