package imports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"naungan/internal/cover"
)

// TestRowsOfATable: each row becomes "line nik|name" or its faults.
func TestRowsOfATable(t *testing.T) {
	t.Parallel()
	const header = "external_id,nik,full_name,born_on,position,area_code,term_from,term_to,phone,_row,lain\n"
	for name, tt := range map[string]struct {
		rows string
		want []string
	}{
		"a row is known by its line":                   {"a,1\nb,2\n", []string{"2 a|1", "3 b|2"}},
		"the last line needs no end":                   {"a,1\nb,2", []string{"2 a|1", "3 b|2"}},
		"Windows ends lines with two signs":            {"a,1\r\nb,2\r\n", []string{"2 a|1", "3 b|2"}},
		"blank lines count as lines, not as rows":      {"\n\na,1\n\r\n , ,\t\n,,,,,\nb,2\n\n", []string{"4 a|1", "8 b|2"}},
		"a cell may have several lines":                {"a,\"1\n2\n3\"\nb,2\n", []string{"2 a|1\n2\n3", "5 b|2"}},
		"a cell may hold separators and quotes":        {"a,\"1,\"\"2\"\"\"\nb,2\n", []string{"2 a|1,\"2\"", "3 b|2"}},
		"cells are trimmed, whatever blank it is":      {" a ,\u00a01\u200b\n\"\tb \",\ufeff2 \n", []string{"2 a|1", "3 b|2"}},
		"our apostrophe is taken off":                  {"'=a,'+1\n'b,'-2\n'@c,'\n", []string{"2 =a|+1", "3 'b|-2", "4 @c|'"}},
		"missing cells are absent":                     {"a\n", []string{"2 a|-"}},
		"an empty cell is absent":                      {"a,\"\"\n", []string{"2 a|-"}},
		"a cell too many spoils its row":               {"a,1,,,,,,,,,x,y\nb,2\n", []string{"2 a|1 [ row_malformed reason=too_many_cells]", "3 b|2"}},
		"empty cells too many spoil nothing":           {"a,1,,,,,,,,,,,,\n", []string{"2 a|1"}},
		"a quote in the middle spoils its row":         {"a,1\"2\nb,2\n", []string{"2 -|- [ row_malformed reason=bare_quote]", "3 b|2"}},
		"a quote closed too early spoils its row":      {"a,\"1\"2\nb,2\n", []string{"2 -|- [ row_malformed reason=quote]", "3 b|2"}},
		"what is no UTF-8 is told by column":           {"a,1\xff2\nb\xc3,2\n", []string{"2 a|1\ufffd2 [/nik not_utf8]", "3 b\ufffd|2 [/external_id not_utf8]"}},
		"a NUL is told by column":                      {"a,1\x002\n", []string{"2 a|1\ufffd2 [/nik nul_character]"}},
		"a column that is left alone may hold rubbish": {"a,1,,,,,,,,,\xff\x00\n", []string{"2 a|1"}},
		"a row says which one it mends":                {"a,1,,,,,,,,17\nb,2,,,,,,,,x\nc,3,,,,,,,,-1\n", []string{"2 a|1 mends 17", "3 b|2", "4 c|3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, lines, err := read(t, strings.NewReader(header+tt.rows), mediaCSV, "")
			if err != nil {
				t.Fatal(refused(err))
			}
			var got []string
			for _, l := range lines {
				got = append(got, inShort(&l))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// inShort is a line by its number, its key and its NIK.
func inShort(l *line) string {
	text := func(c cover.Column) string {
		if !l.has(c) {
			return "-"
		}
		return l.cells[c]
	}
	short := fmt.Sprintf("%d %s|%s", l.no, text(cover.ColExternalID), text(cover.ColNIK))
	if l.amends > 0 {
		short += fmt.Sprintf(" mends %d", l.amends)
	}
	if len(l.faults) > 0 {
		var all []string
		for _, f := range l.faults {
			all = append(all, strings.TrimRight(f.Pointer+" "+string(f.Code)+" "+paramsInWords(f.Params), " "))
		}
		short += fmt.Sprintf(" %v", all)
	}
	return short
}

func TestSeparators(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content, separator string
		row                int64
	}{
		"commas":                     {plainHeader + plainRow(1), ",", 2},
		"semicolons":                 {strings.ReplaceAll(plainHeader+plainRow(1), ",", ";"), ";", 2},
		"tabs":                       {strings.ReplaceAll(plainHeader+plainRow(1), ",", "\t"), "\t", 2},
		"semicolons beside commas":   {strings.ReplaceAll(plainHeader, ",", ";") + "a;1;Rini, S.Pd., M.Pd., M.Si.;x;x;x;x;x\n", ";", 2},
		"commas within quotes":       {strings.ReplaceAll(strings.TrimSpace(plainHeader), ",", ";") + ";\"a,b,c,d,e,f,g,h,i,j\"\n" + strings.ReplaceAll(plainRow(1), ",", ";"), ";", 2},
		"names in quotes":            {`"` + strings.ReplaceAll(strings.TrimSpace(plainHeader), ",", `","`) + "\"\n" + plainRow(1), ",", 2},
		"a byte order mark":          {"\ufeff" + plainHeader + plainRow(1), ",", 2},
		"a name of two lines":        {"\"external\nid\"" + strings.TrimPrefix(plainHeader, "external_id") + plainRow(1), ",", 3},
		"blank lines before":         {"\r\n,,,\n" + plainHeader + plainRow(1), ",", 4},
		"a separator told by Excel":  {"sep=;\r\n" + strings.ReplaceAll(plainHeader+plainRow(1), ",", ";"), ";", 3},
		"a separator told in quotes": {"\"sep=\t\"\n" + strings.ReplaceAll(plainHeader+plainRow(1), ",", "\t"), "\t", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header, lines, err := read(t, strings.NewReader(tt.content), mediaCSV, "")
			if err != nil || header.Separator != tt.separator || len(lines) != 1 || lines[0].no != tt.row {
				t.Errorf("%q, %v, %v", header.Separator, lines, refused(err))
			}
			if header.ByteOrderMark != strings.HasPrefix(tt.content, "\ufeff") {
				t.Errorf("byte order mark: %v", header.ByteOrderMark)
			}
		})
	}
}

// TestARowOfTheGreatestLength is read; one byte more is not.
func TestARowOfTheGreatestLength(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{mostRow - 1: "taken", mostRow: "row_too_long limit=65536 row=3"} {
		content := plainHeader + plainRow(1) + "S,\"" + strings.Repeat("9", n) + "\"\n" + plainRow(2)
		if _, _, err := read(t, strings.NewReader(content), mediaCSV, ""); withoutByte(refused(err)) != want {
			t.Errorf("%d: %s", n, refused(err))
		}
	}
}

// TestManyBlankLinesAreNoLongRow: spreadsheets leave thousands behind.
func TestManyBlankLinesAreNoLongRow(t *testing.T) {
	t.Parallel()
	content := plainHeader + plainRow(1) + strings.Repeat("\r\n", 200_000) + plainRow(2)
	_, lines, err := read(t, strings.NewReader(content), mediaCSV, "")
	if err != nil || len(lines) != 2 || lines[1].no != 200_003 {
		t.Errorf("%v %s", lines, refused(err))
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{plainHeader + plainRow(1), "\ufeffnik;nama\r\n1;2", "sep=;\nnik", "a\"b", "\x1f\x8b", plainHeader + "\"a\nb\",\"1\"x\n,\n\x00,\xff\n"} {
		f.Add([]byte(s), "")
	}
	f.Add(zipped(f, []byte(plainHeader+plainRow(1))), "gzip")
	f.Add(zstandard(f, []byte(plainHeader+plainRow(1))), "zstd")
	f.Fuzz(func(t *testing.T, content []byte, encoding string) {
		switch encoding {
		case "", "gzip", "zstd":
			soundReading(t, content, mediaCSV, encoding)
			if encoding == "" {
				soundReading(t, append([]byte(plainHeader), content...), mediaCSV, "")
			}
		}
	})
}

// soundReading reads a file within small limits, and holds what comes out to what
// must be true of any file.
func soundReading(t *testing.T, content []byte, media, encoding string) {
	t.Helper()
	most := limits{content: 1 << 20, workbook: 1 << 20, unzipped: 4 << 20, part: 1 << 20, row: 4096, columns: 50, rows: 1000}
	f, err := openWithin(most, bytes.NewReader(content), media, encoding, t.TempDir())
	if err == nil {
		var l line
		last := int64(0)
		for err = f.next(&l); err == nil; err = f.next(&l) {
			if l.no <= last {
				t.Fatalf("row %d follows row %d", l.no, last)
			}
			last = l.no
			soundLine(t, &l)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if !errors.Is(err, io.EOF) && cover.KindOf(err) != cover.Invalid {
		t.Errorf("the file is ours to mend: %v", err)
	}
}

func soundLine(t *testing.T, l *line) {
	t.Helper()
	size := 0
	for c, text := range l.cells {
		size += len(text)
		if strings.ContainsRune(text, 0) || strings.ToValidUTF8(text, "") != text {
			t.Errorf("%s cannot be kept: %q", cover.Column(c), text)
		}
		if text != "" && !l.has(cover.Column(c)) {
			t.Errorf("%s is not given and yet there", cover.Column(c))
		}
	}
	if size > 4*4096 { // a byte that is no UTF-8 becomes three
		t.Errorf("a row of %d bytes", size)
	}
	v := judge(l, kapuasHulu, knownThings, pollingDays)
	for column, repair := range v.suggestions {
		c, _ := cover.ColumnNamed(column)
		mended := *l
		mended.faults = nil
		mended.put(c, repair)
		for _, f := range judge(&mended, kapuasHulu, knownThings, pollingDays).faults {
			if shapeCodes[f.Code] && f.Pointer == "/"+column {
				t.Errorf("%s as %q is no better: %s", column, repair, f.Code)
			}
		}
	}
}

// shapeCodes are the faults that no suggestion may have.
var shapeCodes = map[cover.Code]bool{
	cover.WrongFormat: true, cover.WrongType: true, cover.NotListed: true, cover.TooLong: true, cover.TooShort: true,
	cover.NIKInvalid: true, cover.PhoneInvalid: true, cover.PositionUnknown: true, cover.AreaUnknown: true,
}

func BenchmarkCSV(b *testing.B) {
	benchmarkReading(b, mediaCSV, func(n int) string {
		return fmt.Sprintf("S-%d,99060145088900%02d,Rini Contoh,1989-08-05,female,pps,member,61.06.01.2001,,45/2024,2024-05-26,2025-01-27,1300000,081234567890,,\n", n, n%90+1)
	}, strings.Join(texts(columnTexts()), ",")+"\n")
}

type columnText string

func columnTexts() (all []columnText) {
	for _, c := range cover.Columns {
		all = append(all, columnText(c.String()))
	}
	return all
}

func benchmarkReading(b *testing.B, media string, row func(int) string, header string) {
	b.Helper()
	var content strings.Builder
	content.WriteString(header)
	const rows = 10_000
	for n := range rows {
		content.WriteString(row(n))
	}
	b.SetBytes(int64(content.Len()) / rows)
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		f, err := open(strings.NewReader(content.String()), media, "", b.TempDir())
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

// A quote that is not closed where it was opened may have swallowed any number of
// rows, whose people would be missing without a word.
func TestAQuoteThatSwallowsRowsEndsTheFile(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]string{
		"to the end of the file": "a,1\nb,\"2\nc,3\n",
		"to the next quote":      "\"a\nb\",\"1\"x\nb,2\n",
	} {
		_, _, err := read(t, strings.NewReader(plainHeader+rows), mediaCSV, "")
		e, ours := errors.AsType[*cover.Error](err)
		if !ours || e.Code != cover.FileUnreadable || e.Params["reason"] != "quote" {
			t.Errorf("%s: got %v, want file_unreadable for a quote", name, err)
		}
	}
}
