package imports

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"

	"naungan/internal/cover"
)

var update = flag.Bool("update", false, "rewrite the files in testdata; review them like code")

var (
	pollingDays = cover.NewDate(2024, time.August, 26)
	kapuasHulu  = cover.Organisation{
		ID: uuid.MustParse("0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f02"), Kind: cover.KPU, Level: cover.OrganisationLevel(cover.Regency), AreaCode: "61.06",
	}
	knownThings = &cover.Reference{
		Areas: map[string]cover.AreaLevel{
			"61": cover.Province, "61.06": cover.Regency, "61.06.01": cover.District, "61.06.01.2001": cover.Village, "61.07.01.2001": cover.Village,
		},
		Positions: []cover.Position{
			{
				Code: "ppk", Organiser: cover.KPU, Seats: cover.Seats{Unit: cover.UnitDistrict, PerUnit: 5}, MinAge: 17,
				Roles: []cover.PositionRole{{Role: cover.RoleChair, Seats: 1}, {Role: cover.RoleMember, Seats: 4}},
			},
			{
				Code: "pps", Organiser: cover.KPU, Seats: cover.Seats{Unit: cover.UnitVillage, PerUnit: 3}, MinAge: 17,
				NameID: "Panitia Pemungutan Suara", NameEN: "Village Voting Committee",
				Roles: []cover.PositionRole{{Role: cover.RoleChair, Seats: 1}, {Role: cover.RoleMember, Seats: 2}},
			},
			{
				Code: "sek_pps", Organiser: cover.KPU, Seats: cover.Seats{Unit: cover.UnitVillage, PerUnit: 3},
				Roles: []cover.PositionRole{{Role: cover.RoleSecretary, Seats: 1}, {Role: cover.RoleStaff, Seats: 2}},
			},
			{
				Code: "kpps", Organiser: cover.KPU, Seats: cover.Seats{Unit: cover.UnitPollingStation, PerUnit: 7}, MinAge: 17, MaxAge: 55,
				Roles: []cover.PositionRole{{Role: cover.RoleChair, Seats: 1}, {Role: cover.RoleMember, Seats: 6}},
			},
			{
				Code: "pkd", Organiser: cover.Bawaslu, Seats: cover.Seats{Unit: cover.UnitVillage, PerUnit: 1},
				Roles: []cover.PositionRole{{Role: cover.RoleMember, Seats: 1}},
			},
		},
		Elections: []cover.Election{{Code: "pilkada_2024", Terms: []cover.Term{
			{Position: "pps", Role: cover.RoleMember, From: cover.NewDate(2024, 5, 26), To: cover.NewDate(2025, 1, 27), Honorarium: 1_300_000},
			{Position: "pps", Role: cover.RoleChair, From: cover.NewDate(2024, 5, 26), To: cover.NewDate(2025, 1, 27), Honorarium: 1_500_000},
			{Position: "kpps", Role: cover.RoleMember, From: cover.NewDate(2024, 11, 7), To: cover.NewDate(2024, 12, 8), Honorarium: 850_000},
		}}},
	}
)

// plainHeader names the required columns and nothing else.
const plainHeader = "external_id,nik,full_name,born_on,position,area_code,term_from,term_to\n"

// plainRow is a good row under plainHeader.
func plainRow(n int) string {
	return fmt.Sprintf("S-%d,99060145088900%02d,Rini Contoh,1989-08-05,pps,61.06.01.2001,2024-05-26,2025-01-27\n", n, n%90+1)
}

// read reads a file to its end.
func read(t testing.TB, content io.Reader, media, encoding string) (cover.ImportHeader, []line, error) {
	t.Helper()
	return readWithin(t, usualLimits, content, media, encoding)
}

func readWithin(t testing.TB, most limits, content io.Reader, media, encoding string) (cover.ImportHeader, []line, error) {
	t.Helper()
	tmp := t.TempDir()
	f, err := openWithin(most, content, media, encoding, tmp)
	if err != nil {
		isEmptyDir(t, tmp)
		return cover.ImportHeader{}, nil, err
	}
	var lines []line
	var l line
	for err = f.next(&l); err == nil; err = f.next(&l) {
		lines = append(lines, l)
	}
	if again := f.next(&l); !errors.Is(again, err) {
		t.Errorf("the end %v became %v", err, again)
	}
	if err := f.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	isEmptyDir(t, tmp)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return f.header, lines, err
}

func isEmptyDir(t testing.TB, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// refused is an error in one line: its code and its parameters, in order.
func refused(err error) string {
	if err == nil {
		return "taken"
	}
	e, ok := errors.AsType[*cover.Error](err)
	if !ok || e.Kind != cover.Invalid {
		return "failed: " + err.Error()
	}
	return strings.TrimSpace(string(e.Code) + " " + paramsInWords(e.Params))
}

func paramsInWords(params cover.Params) string {
	var words []string
	for k, v := range params {
		words = append(words, fmt.Sprintf("%s=%v", k, v))
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// faultsInWords lists faults, in the order in which they are told.
func faultsInWords(faults cover.Faults) []string {
	var words []string
	for _, f := range faults {
		words = append(words, strings.TrimSpace(f.Pointer+" "+string(f.Code)))
	}
	return words
}

func zipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t testing.TB, content []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(content, nil)
}

// book makes a workbook of rows; a cell is whatever excelize takes.
func book(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	return bookOf(t, excelize.NewFile(), rows...)
}

func bookOf(t testing.TB, f *excelize.File, rows ...[]any) []byte {
	t.Helper()
	for n, cells := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", n+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repacked changes the parts of a workbook.
func repacked(t testing.TB, content []byte, change func(name string, part []byte) []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, part := range from.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w, err := to.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(change(part.Name, text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var tableHeader = []any{"external_id", "nik", "full_name", "born_on", "position", "area_code", "term_from", "term_to"}

func tableRow(n int) []any {
	var cells []any
	for cell := range strings.SplitSeq(strings.TrimSpace(plainRow(n)), ",") {
		cells = append(cells, cell)
	}
	return cells
}

// endless is a stream that never ends.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		n += copy(p[n:], e.text)
	}
	return len(p), nil
}

func TestFilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	good := plainHeader + plainRow(1)
	for name, tt := range map[string]struct {
		content, media, encoding, want string
	}{
		"a table of one row is taken":                    {good, mediaCSV, "", "taken"},
		"a table in gzip is taken":                       {string(zipped(t, []byte(good))), mediaCSV, "gzip", "taken"},
		"a table in zstd is taken":                       {string(zstandard(t, []byte(good))), mediaCSV, "zstd", "taken"},
		"nothing is no table":                            {"", mediaCSV, "", "file_empty"},
		"nothing in gzip is no table":                    {"", mediaCSV, "gzip", "file_empty"},
		"gzip of nothing is no table":                    {string(zipped(t, nil)), mediaCSV, "gzip", "file_empty"},
		"nothing in zstd is no table":                    {"", mediaCSV, "zstd", "file_empty"},
		"a byte order mark is no table":                  {"\ufeff", mediaCSV, "", "file_empty"},
		"blank lines are no table":                       {"\r\n \n;;;\n", mediaCSV, "", "file_empty"},
		"a header is no table":                           {plainHeader, mediaCSV, "", "file_empty"},
		"nothing is no list":                             {"", mediaNDJSON, "", "file_empty"},
		"blank lines are no list":                        {"\n\n \n", mediaNDJSON, "", "file_empty"},
		"nothing is no workbook":                         {"", mediaXLSX, "", "file_empty"},
		"UTF-16 is told by its mark":                     {"\xff\xfen\x00i\x00k\x00", mediaCSV, "", "file_encoding encoding=UTF-16"},
		"UTF-16 the other way round, too":                {"\xfe\xff\x00n\x00i\x00k", mediaNDJSON, "", "file_encoding encoding=UTF-16"},
		"UTF-16 is told by its zeros":                    {"n\x00i\x00k\x00,\x00n\x00a\x00m\x00a\x00", mediaCSV, "", "file_encoding encoding=UTF-16"},
		"a workbook is no CSV":                           {string(book(t, tableHeader, tableRow(1))), mediaCSV, "", "file_unreadable byte=0 reason=workbook"},
		"a workbook is no list":                          {string(book(t, tableHeader, tableRow(1))), mediaNDJSON, "", "file_unreadable byte=0 reason=workbook"},
		"a CSV is no workbook":                           {good, mediaXLSX, "", "file_unreadable byte=0 reason=not_a_workbook"},
		"an old workbook cannot be read":                 {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", mediaXLSX, "", "file_unreadable byte=0 reason=old_workbook"},
		"a scan is no table":                             {"%PDF-1.7\n", mediaCSV, "", "file_unreadable byte=0 reason=pdf"},
		"gzip must be said":                              {string(zipped(t, []byte(good))), mediaCSV, "", "file_unreadable byte=0 reason=compressed"},
		"zstd must be said":                              {string(zstandard(t, []byte(good))), mediaNDJSON, "", "file_unreadable byte=0 reason=compressed"},
		"gzip must be true":                              {good, mediaCSV, "gzip", "file_unreadable byte=0 reason=not_gzip"},
		"zstd must be true":                              {good, mediaCSV, "zstd", "file_unreadable byte=0 reason=not_zstd"},
		"half a head of gzip is a stump":                 {"\x1f\x8b", mediaCSV, "gzip", "file_unreadable byte=0 reason=truncated"},
		"JSON is no CSV":                                 {`{"nik":"1"}`, mediaCSV, "", "file_unreadable byte=0 reason=json"},
		"an array is no list of lines":                   {"\n[{}]", mediaNDJSON, "", "file_unreadable byte=0 reason=json_array"},
		"line ends of old Macs are told":                 {strings.ReplaceAll(good, "\n", "\r"), mediaCSV, "", "file_unreadable byte=70 reason=line_ends"},
		"bytes that no text has are told":                {"nik\x01,nama\n1,2\n", mediaCSV, "", "file_unreadable byte=3 reason=binary"},
		"a header with an open quote is told":            {`"nik,full_name` + "\n", mediaCSV, "", "file_unreadable byte=15 reason=header"},
		"columns that are needed are named":              {"nik;nama\n1;2\n", mediaCSV, "", "columns_missing columns=[external_id born_on position area_code term_from term_to]"},
		"a column stands there once":                     {"no_ktp," + good, mediaCSV, "", "column_twice column=nik"},
		"ten thousand columns are too many":              {strings.Repeat("kolom,", 10_000) + "\n", mediaCSV, "", "too_many_columns limit=200"},
		"ten thousand separators are none":               {strings.TrimSpace(plainHeader) + strings.Repeat(",", 10_000) + "\n" + plainRow(1), mediaCSV, "", "taken"},
		"a header of a megabyte is too long":             {strings.Repeat("k", 1<<20), mediaCSV, "", "row_too_long byte=65536 limit=65536 row=1"},
		"a workbook in pieces is told":                   {string(book(t, tableHeader, tableRow(1))[:3000]), mediaXLSX, "", "file_unreadable byte=3000 reason=truncated"},
		"a workbook with two NIKs is refused like a CSV": {string(book(t, append(slices.Clone(tableHeader), "No KTP"), tableRow(1))), mediaXLSX, "", "column_twice column=nik"},
		"a workbook with a header alone is empty":        {string(book(t, tableHeader)), mediaXLSX, "", "file_empty"},
		"a workbook with nothing is empty":               {string(book(t)), mediaXLSX, "", "file_empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(t, strings.NewReader(tt.content), tt.media, tt.encoding)
			if got := refused(err); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestFilesThatBreakOff(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString(plainHeader)
	for n := range 20_000 {
		table.WriteString(plainRow(n))
	}
	whole := []byte(table.String())
	spoilt := zipped(t, whole)
	spoilt[len(spoilt)/2] ^= 0xff
	for name, tt := range map[string]struct {
		content          []byte
		encoding, reason string
	}{
		"gzip is cut in half":        {zipped(t, whole)[:10_000], "gzip", "truncated"},
		"gzip lost its checksum":     {zipped(t, whole)[:len(zipped(t, whole))-4], "gzip", "truncated"},
		"a bit of gzip tipped over":  {spoilt, "gzip", "corrupt"},
		"zstd is cut in half":        {zstandard(t, whole)[:10_000], "zstd", "truncated"},
		"something follows the gzip": {append(zipped(t, whole), "and so on and on"...), "gzip", "not_gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, lines, err := read(t, bytes.NewReader(tt.content), mediaCSV, tt.encoding)
			e, ok := errors.AsType[*cover.Error](err)
			if !ok || e.Code != cover.FileUnreadable || e.Params["reason"] != tt.reason {
				t.Fatalf("%v", refused(err))
			}
			if at, ok := e.Params["byte"].(int64); !ok || at > int64(len(whole)) || at < int64(len(lines))*50 {
				t.Errorf("stopped at byte %v after %d rows", e.Params["byte"], len(lines))
			}
		})
	}
}

// TestAFailingSourceIsNobodysFault: the sender cannot mend a database that hung up.
func TestAFailingSourceIsNobodysFault(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection reset")
	packed := zipped(t, []byte(plainHeader+strings.Repeat(plainRow(1), 50_000)))
	for name, tt := range map[string]struct{ content, media, encoding string }{
		"at once":                {"", mediaCSV, ""},
		"at once, before a list": {"", mediaNDJSON, ""},
		"at once, before a book": {"", mediaXLSX, ""},
		"at once, before gzip":   {"", mediaCSV, "gzip"},
		"at once, before zstd":   {"", mediaCSV, "zstd"},
		"within a table":         {plainHeader + strings.Repeat(plainRow(1), 5_000), mediaCSV, ""},
		"within a list":          {strings.Repeat("{}\n", 50_000), mediaNDJSON, ""},
		"within a book":          {string(book(t, tableHeader, tableRow(1))[:2000]), mediaXLSX, ""},
		"within gzip":            {string(packed[:len(packed)/2]), mediaCSV, "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := io.MultiReader(strings.NewReader(tt.content), failing{cut})
			_, _, err := read(t, content, tt.media, tt.encoding)
			if !errors.Is(err, cut) || cover.KindOf(err) != cover.Internal {
				t.Errorf("%v", err)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestALittleThatUnfoldsToMuch: a bomb is small when it is sent.
func TestALittleThatUnfoldsToMuch(t *testing.T) {
	t.Parallel()
	most := usualLimits
	most.content = 1 << 20
	bomb := []byte(plainHeader + strings.Repeat(plainRow(1), 50_000))
	for encoding, packed := range map[string][]byte{"gzip": zipped(t, bomb), "zstd": zstandard(t, bomb), "": bomb} {
		_, lines, err := readWithin(t, most, bytes.NewReader(packed), mediaCSV, encoding)
		if got := refused(err); got != "file_too_large limit=1048576" {
			t.Errorf("%q of %d bytes: %s", encoding, len(packed), got)
		}
		if len(lines) > 1<<20/len(plainRow(1)) {
			t.Errorf("%d rows were read first", len(lines))
		}
	}
	if _, _, err := readWithin(t, most, io.LimitReader(endless{"\n"}, 10<<20), mediaNDJSON, ""); refused(err) != "file_too_large limit=1048576" {
		t.Error(refused(err))
	}
}

// TestAHugeLineTakesLittleMemory: what never ends must not be collected.
func TestAHugeLineTakesLittleMemory(t *testing.T) { //nolint:paralleltest // it measures memory
	for name, tt := range map[string]struct{ head, endless, media, want string }{
		"one line":                       {"", "kolom", mediaCSV, "row_too_long byte=65536 limit=65536 row=1"},
		"a line among others":            {plainHeader + plainRow(1), "x", mediaCSV, "row_too_long limit=65536 row=3"},
		"a quote that is never closed":   {plainHeader + plainRow(1) + plainRow(2) + `S-3,"`, plainRow(3), mediaCSV, "row_too_long limit=65536 row=4"},
		"a quote at the very start":      {plainHeader + plainRow(1) + plainRow(2) + `"`, plainRow(3), mediaCSV, "row_too_long limit=65536 row=4"},
		"a quote where none belongs":     {plainHeader + plainRow(1) + `S-1,9"`, "x", mediaCSV, "row_too_long limit=65536 row=3"},
		"an object":                      {"{}\n{\"nik\":\"", "9", mediaNDJSON, "row_too_long limit=65536 row=2"},
		"line ends alone are no record":  {plainHeader, "\r\n", mediaCSV, "file_empty"},
		"line ends alone are no objects": {"", "\r\n", mediaNDJSON, "file_empty"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			size := int64(100 << 20)
			if strings.TrimSpace(tt.endless) == "" {
				size = 8 << 20 // it is read to its end
			}
			content := io.MultiReader(strings.NewReader(tt.head), io.LimitReader(endless{tt.endless}, size))
			_, _, err := read(t, content, tt.media, "")
			runtime.ReadMemStats(&after)
			got := refused(err)
			if tt.head != "" {
				got = withoutByte(got)
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
		})
	}
}

func withoutByte(told string) string {
	var words []string
	for word := range strings.FieldsSeq(told) {
		if !strings.HasPrefix(word, "byte=") {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func TestRowsAreCounted(t *testing.T) {
	t.Parallel()
	most := usualLimits
	most.rows = 3
	for n, want := range map[int]string{3: "taken", 4: "too_many_rows limit=3"} {
		content := strings.NewReader(plainHeader + strings.Repeat(plainRow(1)+"\n,,\n", n))
		if _, lines, err := readWithin(t, most, content, mediaCSV, ""); refused(err) != want || len(lines) != 3 {
			t.Errorf("%d rows: %s", n, refused(err))
		}
	}
}

// TestTheSameRowsAreTheSameLines whatever they are written in.
func TestTheSameRowsAreTheSameLines(t *testing.T) {
	t.Parallel()
	var names []any
	for _, c := range cover.Columns {
		names = append(names, c.String())
	}
	rows := [][]any{names}
	var list strings.Builder
	for n := range 50 {
		cells := cover.Cells{
			fmt.Sprintf("S-%d", n), fmt.Sprintf("99060145088900%02d", n+1), "Rini \"Contoh\", S.Pd", "1989-08-05", "female", "kpps", "member",
			"61.06.01.2001", fmt.Sprintf("%03d", n), "45/2024", "2024-11-07", "2024-12-08", "850000", "+6281234567890", "rini@contoh.id", "12345678901",
		}
		var row []any
		for c, cell := range cells {
			row = append(row, cell)
			quote := `"`
			if cover.Column(c) == cover.ColHonorarium {
				quote = ""
			}
			sep := ","
			if c == 0 {
				sep = "{"
			}
			fmt.Fprintf(&list, `%s"%s":%s%s%s`, sep, cover.Column(c), quote, strings.ReplaceAll(cell, `"`, `\"`), quote)
		}
		rows = append(rows, row)
		list.WriteString("}\n")
	}
	var table strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				table.WriteByte(';')
			}
			fmt.Fprintf(&table, `"%s"`, strings.ReplaceAll(cell.(string), `"`, `""`))
		}
		table.WriteByte('\n')
	}
	var want []line
	for media, content := range map[string]string{mediaCSV: table.String(), mediaNDJSON: list.String(), mediaXLSX: string(book(t, rows...))} {
		header, got, err := read(t, strings.NewReader(content), media, "")
		if err != nil || len(got) != 50 || len(header.Columns) != len(cover.Columns) {
			t.Fatalf("%s: %d rows, %v, %v", media, len(got), header, err)
		}
		for i := range got {
			if first := int64(i) + 2; got[i].no != first && (media != mediaNDJSON || got[i].no != first-1) {
				t.Errorf("%s: row %d has the number %d", media, i, got[i].no)
			}
			got[i].no = 0
		}
		if want == nil {
			want = got
		}
		if !slices.EqualFunc(got, want, func(a, b line) bool {
			return a.cells == b.cells && a.given == b.given && len(a.faults)+len(b.faults) == 0
		}) {
			t.Errorf("%s says something else", media)
		}
	}
	for _, l := range want {
		if v := judge(&l, kapuasHulu, knownThings, pollingDays); len(v.faults)+len(v.doubts) > 0 {
			t.Fatalf("%v %v", v.faults, v.doubts)
		}
	}
}

// TestMixed reads a file as people make them, and tells row by row what is wrong.
func TestMixed(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join("testdata", "mixed.csv"))
	if err != nil {
		t.Fatal(err)
	}
	header, lines, err := read(t, bytes.NewReader(content), mediaCSV, "")
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	fmt.Fprintf(&told, "separated by %s, byte order mark %v\n", header.Separator, header.ByteOrderMark)
	for _, c := range header.Columns {
		fmt.Fprintf(&told, "%s: %s\n", c.Header, c.Column)
	}
	for _, l := range lines {
		tell(&told, &l)
	}
	golden(t, "mixed.golden", told.String())
}

func tell(told *strings.Builder, l *line) {
	v := judge(l, kapuasHulu, knownThings, pollingDays)
	fmt.Fprintf(told, "row %d\n", l.no)
	for _, f := range v.faults {
		fmt.Fprintf(told, "  reject; %s %s %s\n", f.Pointer, f.Code, paramsInWords(f.Params))
	}
	for _, f := range v.doubts {
		fmt.Fprintf(told, "  doubt; %s %s %s\n", f.Pointer, f.Code, paramsInWords(f.Params))
	}
	for _, c := range cover.Columns {
		if s := v.suggestions[c.String()]; s != "" {
			fmt.Fprintf(told, "  write %s as %s\n", c, s)
		}
	}
	if len(v.faults) == 0 {
		fmt.Fprintf(told, "  %s\n", strings.Join(nonEmpty(v.officer.Cells()), ", "))
	}
}

func nonEmpty(cells cover.Cells) (all []string) {
	for _, cell := range cells {
		if cell != "" {
			all = append(all, cell)
		}
	}
	return all
}

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // a name that the test wrote itself
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s says otherwise:\n%s", file, got)
	}
}
