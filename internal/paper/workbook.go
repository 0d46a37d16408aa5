package paper

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"naungan/internal/cover"
)

// SaveWorkbook writes a workbook whose sheet was streamed straight to w; excelize
// by itself would first put all of it in memory.
func SaveWorkbook(w io.Writer, file *excelize.File, sheet *excelize.StreamWriter) error {
	if err := sheet.Flush(); err != nil {
		return err
	}
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter {
		out := zip.NewWriter(w)
		out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
			return flate.NewWriter(w, flate.BestSpeed) // sheets shrink to a twentieth anyhow
		})
		return out
	})
	_, err := file.WriteToBuffer()
	return err
}

// sheet is a workbook of one sheet that is written row by row. It grows on disk,
// not in memory; close removes it there.
type sheet struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	rows   int

	head, text, number, sumText, sumNumber int // styles

	cells []*excelize.Cell // of the row being written, used again for each
	row   []any
}

// The number formats that every spreadsheet has by heart.
const (
	asText    = 49 // "@": taken as it stands
	asInteger = 3  // "#,##0"
)

// newSheet begins a sheet with a row of headers.
func newSheet(name, tmp string, headers []string) (s *sheet, err error) {
	s = &sheet{file: excelize.NewFile(excelize.Options{TmpDir: tmp})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := errors.Join(
		s.file.SetSheetName("Sheet1", name),
		s.file.SetDocProps(&excelize.DocProperties{Creator: "Naungan"}),
		s.makeStyles(),
	); err != nil {
		return nil, err
	}
	if s.stream, err = s.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	if err := s.layOut(headers); err != nil {
		return nil, err
	}
	for range headers {
		c := &excelize.Cell{}
		s.cells, s.row = append(s.cells, c), append(s.row, c)
	}
	for i, header := range headers {
		s.put(i, header, s.head)
	}
	return s, s.end()
}

func (s *sheet) makeStyles() (err error) {
	bold := &excelize.Font{Bold: true, Family: "Calibri", Size: 11}
	rule := []excelize.Border{{Type: "top", Style: 1, Color: "000000"}} //nolint:misspell // excelize spells it so
	for _, style := range []struct {
		id *int
		is excelize.Style
	}{
		{&s.head, excelize.Style{Font: bold, NumFmt: asText}},
		{&s.text, excelize.Style{NumFmt: asText}},
		{&s.number, excelize.Style{NumFmt: asInteger}},
		{&s.sumText, excelize.Style{Font: bold, NumFmt: asText, Border: rule}},
		{&s.sumNumber, excelize.Style{Font: bold, NumFmt: asInteger, Border: rule}},
	} {
		if *style.id, err = s.file.NewStyle(&style.is); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheet) layOut(headers []string) error {
	if err := s.stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
	}); err != nil {
		return err
	}
	for i, header := range headers {
		if err := s.stream.SetColWidth(i+1, i+1, float64(max(18, len(header)+2))); err != nil {
			return err
		}
	}
	return nil
}

// put fills a cell of the row being written; nil leaves it empty.
func (s *sheet) put(i int, value any, style int) { s.cells[i].Value, s.cells[i].StyleID = value, style }

// end adds the row. Refuses more than a sheet holds (too_many_rows).
func (s *sheet) end() error {
	if s.rows == excelize.TotalRows {
		return cover.Refuse(cover.Invalid, cover.TooManyRows, cover.Params{"limit": excelize.TotalRows - 2})
	}
	s.rows++
	return s.stream.SetRow("A"+strconv.Itoa(s.rows), s.row)
}

func (s *sheet) close() error { return s.file.Close() }
