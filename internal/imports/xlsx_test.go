package imports

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"naungan/internal/cover"
)

func TestRowsOfASheet(t *testing.T) {
	t.Parallel()
	file := excelize.NewFile()
	if err := file.SetSheetName("Sheet1", "Daftar"); err != nil {
		t.Fatal(err)
	}
	if _, err := file.NewSheet("Lain"); err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{
		"B3": "External ID", "C3": "No. KTP", "D3": "Nama", "E3": "Tanggal Lahir", "F3": "Jabatan", "G3": "Kode Desa", "H3": "TMT", "I3": "Selesai", "J3": "Upah", "K3": "_row",
		"B4": "S-1", "C4": "9906014508890002", "D4": "\u00a0Rini Contoh ", "H4": "2024-05-26", "J4": 1300000, "K4": 17,
		"B7": "S-2", "C7": 9906014508890002.0, "E7": time.Date(1989, 8, 5, 0, 0, 0, 0, time.UTC), "G7": "61.06.01.2001",
		"B8": "S-3", "M8": "tumpah",
		"B9": " ", "C10": "\u200b",
		"A1": nil, "B11": "S-4",
	} {
		if err := file.SetCellValue("Daftar", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	b, err := file.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	header, lines, err := read(t, b, mediaXLSX, "")
	if err != nil || header.Sheet != "Daftar" || len(header.Columns) != 9 {
		t.Fatalf("%v, %s", header, refused(err))
	}
	var got []string
	for _, l := range lines {
		got = append(got, inShort(&l))
	}
	want := []string{"4 S-1|9906014508890002 mends 17", "7 S-2|9906014508890002", "8 S-3|- [ row_malformed reason=too_many_cells]", "11 S-4|-"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if c := lines[0].cells; c[cover.ColFullName] != "Rini Contoh" || c[cover.ColHonorarium] != "1300000" || c[cover.ColTermFrom] != "2024-05-26" {
		t.Errorf("%q", c)
	}
	if born := lines[1].cells[cover.ColBornOn]; born != "1989-08-05" {
		t.Errorf("born on %s", born)
	}
}

// TestDaysOfASheet: spreadsheets count days, from two different first ones.
func TestDaysOfASheet(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		epoch
		serial, want string
	}{
		"the day of Pilkada 2024":                     {windows, "45623", "2024-11-27"},
		"the same on an old Mac":                      {mac, "44161", "2024-11-27"},
		"the first day of all":                        {windows, "1", "1900-01-01"},
		"the day before the day that never was":       {windows, "59", "1900-02-28"},
		"the day that never was":                      {windows, "60", ""},
		"the day after it":                            {windows, "61", "1900-03-01"},
		"the last day that the database is asked for": {windows, "109574", "2199-12-31"},
		"the day after it is too late":                {windows, "109575", ""},
		"a year is no serial number":                  {windows, "1989", ""},
		"an hour is no day":                           {windows, "45623.5", ""},
		"less than nothing is no day":                 {windows, "-1", ""},
		"nothing is no day":                           {windows, "", ""},
		"a NIK is no day":                             {windows, "9906014508890002", ""},
	} {
		if got, ok := tt.day(tt.serial); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, from1904 := range []bool{false, true} {
		file := excelize.NewFile()
		if err := file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
			t.Fatal(err)
		}
		row := tableRow(1)
		row[3], row[6] = time.Date(1989, 8, 5, 0, 0, 0, 0, time.UTC), time.Date(2024, 5, 26, 0, 0, 0, 0, time.UTC)
		_, lines, err := read(t, bytes.NewReader(bookOf(t, file, tableHeader, row)), mediaXLSX, "")
		if err != nil || lines[0].cells[cover.ColBornOn] != "1989-08-05" || lines[0].cells[cover.ColTermFrom] != "2024-05-26" {
			t.Errorf("1904 %v: %v %s", from1904, lines, refused(err))
		}
	}
}

// TestNumbersStayAsTheyAreWritten, so that what a spreadsheet did to a NIK is seen.
func TestNumbersStayAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	content := repacked(t, book(t, tableHeader, tableRow(1)), func(name string, part []byte) []byte {
		if name != "xl/worksheets/sheet1.xml" {
			return part
		}
		row := `<row r="3"><c r="A3" t="str"><v>S-2</v></c><c r="B3"><v>9.9060145088900002E15</v></c><c r="D3" t="d"><v>1989-08-05T00:00:00</v></c></row>`
		return bytes.Replace(part, []byte("</sheetData>"), []byte(row+"</sheetData>"), 1)
	})
	_, lines, err := read(t, bytes.NewReader(content), mediaXLSX, "")
	if err != nil || len(lines) != 2 {
		t.Fatalf("%v %s", lines, refused(err))
	}
	if c := lines[1].cells; c[cover.ColNIK] != "9.9060145088900002E15" || c[cover.ColBornOn] != "1989-08-05" {
		t.Errorf("%q", c)
	}
}

// TestSpoiltWorkbooks: excelize would read most of these as fewer rows, or others.
func TestSpoiltWorkbooks(t *testing.T) {
	t.Parallel()
	good := book(t, tableHeader, tableRow(1), tableRow(2), tableRow(3))
	sheet := func(old, text string) []byte {
		return repacked(t, good, func(name string, part []byte) []byte {
			if name != "xl/worksheets/sheet1.xml" {
				return part
			}
			changed := bytes.Replace(part, []byte(old), []byte(text), 1)
			if bytes.Equal(changed, part) {
				t.Fatalf("the sheet has no %s", old)
			}
			return changed
		})
	}
	other := func(wanted, text string) []byte {
		return repacked(t, good, func(name string, part []byte) []byte {
			if name == wanted {
				return []byte(text)
			}
			return part
		})
	}
	tipped := bytes.Clone(good)
	tipped[bytes.Index(tipped, []byte("xl/worksheets/sheet1.xml"))+200] ^= 0xff
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"a sheet that breaks off":             {sheet(`<row r="3"`, `<row r="3`), "file_unreadable reason=corrupt"},
		"a sheet with a bit tipped over":      {tipped, "file_unreadable reason=corrupt"},
		"a row that claims to be the last":    {sheet(`<row r="3"`, `<row r="999999999999"`), "file_unreadable reason=corrupt"},
		"a row that claims to be no number":   {sheet(`<row r="3"`, `<row r="x"`), "file_unreadable reason=corrupt"},
		"rows in no order":                    {sheet(`<row r="4"`, `<row r="2"`), "file_unreadable reason=corrupt"},
		"cells in no order":                   {sheet(`r="C3"`, `r="A3"`), "file_unreadable reason=corrupt"},
		"a cell that is nowhere":              {sheet(`r="C3"`, `r="3"`), "file_unreadable reason=corrupt"},
		"a cell beyond the last column":       {sheet(`r="H3"`, `r="XFE3"`), "file_unreadable reason=corrupt"},
		"a text before the first":             {sheet(`<v>8</v>`, `<v>-8</v>`), "file_unreadable reason=corrupt"},
		"a directory that is no XML":          {other("xl/workbook.xml", "<"), "file_unreadable reason=corrupt"},
		"a directory without sheets":          {other("xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>`), "file_unreadable reason=no_sheet"},
		"a cell of a megabyte":                {sheet(`<v>8</v>`, `<v>`+strings.Repeat("8", 1<<20)+`</v>`), "row_too_long limit=65536 row=2"},
		"a row of a megabyte":                 {sheet(`<row r="3"`, `<row r="3">`+strings.Repeat(`<c/>`, 300_000)+`</row><row r="4"`), "file_unreadable reason=corrupt"},
		"a row of long cells":                 {sheet(`<v>8</v>`, `<v>`+strings.Repeat("8", mostRow)+`</v>`), "row_too_long limit=65536 row=2"},
		"a thousand things in one another":    {sheet(`<row r="3"`, strings.Repeat(`<a>`, 1000)+strings.Repeat(`</a>`, 1000)+`<row r="3"`), "file_unreadable reason=corrupt"},
		"a directory of two megabytes":        {other("xl/_rels/workbook.xml.rels", strings.Repeat(" ", 2<<20)), "file_too_large limit=1048576"},
		"a letter instead of a workbook":      {stuffed(t, map[string]string{"word/document.xml": "<w/>"}), "file_unreadable reason=corrupt"},
		"an archive of nothing":               {stuffed(t, nil), "file_unreadable reason=corrupt"},
		"a picture of seventeen megabytes":    {other("docProps/app.xml", strings.Repeat(" ", 17<<20)), "file_too_large limit=16777216"},
		"a picture as large as the free disk": {claiming(t, good), "file_too_large limit=2147483648"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(t, bytes.NewReader(tt.content), mediaXLSX, "")
			if got := withoutByte(refused(err)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func stuffed(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claiming adds a part that says of itself that it is huge.
func claiming(t testing.TB, content []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range from.File {
		if err := z.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet9.xml", UncompressedSize64: 1 << 40}); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestALargeWorkbookIsUnpackedWhereItIsToldTo, and gone when it is closed.
func TestALargeWorkbookIsUnpackedWhereItIsToldTo(t *testing.T) {
	t.Parallel()
	rows := [][]any{tableHeader}
	for n := range 500 {
		rows = append(rows, tableRow(n))
	}
	content := book(t, rows...)
	most := usualLimits
	most.part = 10_000 // bytes, so that a small file does
	tmp := t.TempDir()
	f, err := openWithin(most, bytes.NewReader(content), mediaXLSX, "", tmp)
	if err != nil {
		t.Fatal(refused(err))
	}
	if files, err := filepath.Glob(filepath.Join(tmp, "*", "*")); err != nil || len(files) == 0 {
		t.Errorf("nothing was unpacked, %v", err)
	}
	n := 0
	var l line
	for err = f.next(&l); err == nil; err = f.next(&l) {
		if n++; l.cells[cover.ColExternalID] != fmt.Sprintf("S-%d", n-1) {
			t.Fatalf("row %d is %q", n, l.cells)
		}
	}
	if !errors.Is(err, io.EOF) || n != 500 {
		t.Errorf("%d rows, %s", n, refused(err))
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	isEmptyDir(t, tmp)
}

func TestAWorkbookIsNoLongerThanItsLimit(t *testing.T) {
	t.Parallel()
	content := book(t, tableHeader, tableRow(1))
	most := usualLimits
	most.workbook = int64(len(content)) - 1
	if _, _, err := readWithin(t, most, bytes.NewReader(content), mediaXLSX, ""); refused(err) != fmt.Sprintf("file_too_large limit=%d", most.workbook) {
		t.Error(refused(err))
	}
}

func FuzzXLSX(f *testing.F) {
	f.Add(book(f, tableHeader, tableRow(1)))
	f.Add(stuffed(f, nil))
	f.Fuzz(func(t *testing.T, content []byte) { soundReading(t, content, mediaXLSX, "") })
}

// FuzzSheet changes the parts that the checksums of the archive guard.
func FuzzSheet(f *testing.F) {
	good := book(f, tableHeader, tableRow(1))
	f.Add(`<row r="2"><c r="A2" t="s"><v>99</v></c></row>`, `<si><t>x</t></si>`)
	f.Add(`<row><c t="inlineStr"><is><t>x</t></is></c></row>`, `<si><r><t>x</t></r></si>`)
	f.Add(`<row r="7"><c r="H7" t="d"><v>2024-01-01</v></c><c t="e"><f>1</f></c></row>`, ``)
	f.Fuzz(func(t *testing.T, row, text string) {
		soundReading(t, repacked(t, good, func(name string, part []byte) []byte {
			switch name {
			case "xl/worksheets/sheet1.xml":
				return bytes.Replace(part, []byte("</sheetData>"), []byte(row+"</sheetData>"), 1)
			case "xl/sharedStrings.xml":
				return bytes.Replace(part, []byte("</sst>"), []byte(text+"</sst>"), 1)
			}
			return part
		}), mediaXLSX, "")
	})
}

func BenchmarkXLSX(b *testing.B) {
	rows := [][]any{tableHeader}
	for n := range 10_000 {
		rows = append(rows, tableRow(n))
	}
	content := book(b, rows...)
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		f, err := open(bytes.NewReader(content), mediaXLSX, "", b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		var l line
		for ; done < b.N; done++ {
			if err := f.next(&l); err != nil {
				break
			}
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
