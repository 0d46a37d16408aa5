package imports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"naungan/internal/cover"
	"naungan/internal/paper"
)

var reportMedia = []string{mediaCSV, mediaNDJSON, mediaXLSX}

// sari is an invented officer. Her NIK is above 2^53 and odd, so that whoever takes
// it for a number loses its last digit.
var sari = cover.ImportRow{
	Row: 2, Outcome: cover.RowCreated,
	Cells: cover.Cells{
		cover.ColExternalID: "SIAKBA-000001", cover.ColNIK: "9901014508890001", cover.ColFullName: "Sari Contoh",
		cover.ColBornOn: "1989-08-05", cover.ColSex: "female", cover.ColPosition: "kpps", cover.ColRole: "member",
		cover.ColAreaCode: "61.06.01.1001", cover.ColPollingStation: "001", cover.ColDecreeNumber: "007/KPPS/2024",
		cover.ColTermFrom: "2024-11-07", cover.ColTermTo: "2024-12-08", cover.ColHonorarium: "850000",
		cover.ColPhone: "081200000001", cover.ColEmail: "sari@contoh.example", cover.ColKPJ: "00123456789",
	},
}

// budi has faults, a doubt and suggestions.
func budi() cover.ImportRow {
	r := sari
	r.Row, r.Outcome = 3, cover.RowRejected
	r.Cells[cover.ColExternalID], r.Cells[cover.ColFullName] = "SIAKBA-000002", `Budi "Contoh", S.Pd`
	r.Cells[cover.ColNIK], r.Cells[cover.ColPhone], r.Cells[cover.ColTermTo] = "9901010508890003", "0812-0000", ""
	r.Cells[cover.ColHonorarium] = "850.000"
	r.Faults.Add("/term_to", cover.Required, nil)
	r.Faults.Add("/phone", cover.PhoneInvalid, nil)
	r.Faults.Add("", cover.DuplicateInFile, nil)
	r.Doubts.Add("/sex", cover.NIKSexMismatch, nil)
	r.Suggestions = map[string]string{"sex": "male", "phone": "+628120000"}
	return r
}

// missing is an officer who is not in a snapshot, and about whom there is a doubt.
func missing() cover.ImportRow {
	r := sari
	r.Row, r.Outcome = 0, cover.RowEnded
	r.Cells = cover.Cells{cover.ColExternalID: "SIAKBA-000003"}
	r.Doubts.Add("/sex", cover.NIKSexMismatch, nil)
	return r
}

func inWords(f cover.Fault) string { return "about " + string(f.Code) }

func allOf(rows ...cover.ImportRow) iter.Seq2[cover.ImportRow, error] {
	return func(yield func(cover.ImportRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func written(t *testing.T, media string, rows ...cover.ImportRow) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WriteRows(&out, media, "", allOf(rows...), inWords); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return file
}

func sheetOf(t *testing.T, file *excelize.File) [][]string {
	t.Helper()
	rows, err := file.GetRows(file.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRowsGoOutAsCSV(t *testing.T) {
	t.Parallel()
	want := strings.Join([]string{
		"external_id,nik,full_name,born_on,sex,position,role,area_code,polling_station,decree_number,term_from,term_to," +
			"monthly_honorarium_amount,phone,email,kpj,_row,_outcome,_error_code,_message,_suggestion",
		"SIAKBA-000001,9901014508890001,Sari Contoh,1989-08-05,female,kpps,member,61.06.01.1001,001,007/KPPS/2024," +
			"2024-11-07,2024-12-08,850000,081200000001,sari@contoh.example,00123456789,2,created,,,",
		`SIAKBA-000002,9901010508890003,"Budi ""Contoh"", S.Pd",1989-08-05,female,kpps,member,61.06.01.1001,001,` +
			"007/KPPS/2024,2024-11-07,,850.000,0812-0000,sari@contoh.example,00123456789,3,rejected," +
			"term_to:required; phone:phone_invalid; duplicate_in_file," +
			"term_to: about required | phone: about phone_invalid | about duplicate_in_file,sex=male; phone=+628120000",
		"SIAKBA-000003,,,,,,,,,,,,,,,,,ended,sex:nik_sex_mismatch,sex: about nik_sex_mismatch,",
		"",
	}, "\r\n")
	if got := string(written(t, mediaCSV, sari, budi(), missing())); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRowsGoOutAsNDJSON(t *testing.T) {
	t.Parallel()
	want := `{"external_id":"SIAKBA-000001","nik":"9901014508890001","full_name":"Sari Contoh","born_on":"1989-08-05",` +
		`"sex":"female","position":"kpps","role":"member","area_code":"61.06.01.1001","polling_station":"001",` +
		`"decree_number":"007/KPPS/2024","term_from":"2024-11-07","term_to":"2024-12-08",` +
		`"monthly_honorarium_amount":850000,"phone":"081200000001","email":"sari@contoh.example","kpj":"00123456789",` +
		`"_row":2,"_outcome":"created","_errors":[],"_warnings":[]}
{"external_id":"SIAKBA-000002","nik":"9901010508890003","full_name":"Budi \"Contoh\", S.Pd","born_on":"1989-08-05",` +
		`"sex":"female","position":"kpps","role":"member","area_code":"61.06.01.1001","polling_station":"001",` +
		`"decree_number":"007/KPPS/2024","term_from":"2024-11-07",` +
		`"monthly_honorarium_amount":"850.000","phone":"0812-0000","email":"sari@contoh.example","kpj":"00123456789",` +
		`"_row":3,"_outcome":"rejected","_errors":[` +
		`{"column":"term_to","code":"required","message":"about required"},` +
		`{"column":"phone","code":"phone_invalid","message":"about phone_invalid","suggestion":"+628120000"},` +
		`{"code":"duplicate_in_file","message":"about duplicate_in_file"}],"_warnings":[` +
		`{"column":"sex","code":"nik_sex_mismatch","message":"about nik_sex_mismatch","suggestion":"male"}]}
{"external_id":"SIAKBA-000003","_outcome":"ended","_errors":[],"_warnings":[` +
		`{"column":"sex","code":"nik_sex_mismatch","message":"about nik_sex_mismatch"}]}
`
	if got := string(written(t, mediaNDJSON, sari, budi(), missing())); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What goes out to be mended is read again as it was, and names the row it mends.
func TestRowsComeBackAsTheyWentOut(t *testing.T) {
	t.Parallel()
	sent := people()
	for _, media := range reportMedia {
		in, err := open(bytes.NewReader(written(t, media, sent...)), media, "", t.TempDir())
		if err != nil {
			t.Fatalf("%s: %v", media, err)
		}
		for _, want := range sent {
			var got line
			if err := in.next(&got); err != nil {
				t.Fatalf("%s: %v", media, err)
			}
			if got.cells != want.Cells || got.amends != want.Row || media != mediaNDJSON && len(got.faults) > 0 {
				t.Errorf("%s: got %q for %d, %v, want %q", media, got.cells, got.amends, got.faults, want.Cells)
			}
		}
		var more line
		if err := in.next(&more); !errors.Is(err, io.EOF) {
			t.Errorf("%s: one more row, %v", media, err)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyAWholeNumberIsANumberInJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"850000": int64(850000), "-1": int64(-1), "0": int64(0), "0850": "0850", "+5": "+5", "8.5e5": "8.5e5", "850 000": "850 000",
		"99999999999999999999": "99999999999999999999",
	} {
		if got := jsonValue(cover.ColHonorarium, text); got != want {
			t.Errorf("%s: got %#v, want %#v", text, got, want)
		}
	}
	if got := jsonValue(cover.ColKPJ, "123"); got != "123" {
		t.Errorf("a membership number is the number %v", got)
	}
}

func TestAWorkbookSaysWhatTheCSVSays(t *testing.T) {
	t.Parallel()
	rows := []cover.ImportRow{sari, budi(), missing()}
	want, err := csv.NewReader(bytes.NewReader(written(t, mediaCSV, rows...))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := sheetOf(t, opened(t, written(t, mediaXLSX, rows...)))
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		whole := make([]string, len(want[i])) // excelize leaves out what is empty at the end
		copy(whole, got[i])
		if !slices.Equal(whole, want[i]) {
			t.Errorf("row %d: got %q, want %q", i+1, whole, want[i])
		}
	}
}

// A cell of a workbook that is no text, or becomes none when somebody types into
// it, spoils the next NIK.
func TestEveryCellOfAWorkbookIsText(t *testing.T) {
	t.Parallel()
	file := opened(t, written(t, mediaXLSX, sari, budi(), missing()))
	for row := range 4 {
		for column := range headings() {
			at, err := excelize.CoordinatesToCellName(column+1, row+1)
			if err != nil {
				t.Fatal(err)
			}
			kind, err := file.GetCellType("rows", at)
			if err != nil {
				t.Fatal(err)
			}
			if kind != excelize.CellTypeInlineString && kind != excelize.CellTypeUnset {
				t.Errorf("%s is of type %v", at, kind)
			}
			if style := styleAt(t, file, at); style.NumFmt != textFormat {
				t.Errorf("%s has the number format %d", at, style.NumFmt)
			}
		}
	}
	if style := styleAt(t, file, "B900"); style.NumFmt != textFormat {
		t.Errorf("a NIK that is added below is no text: %d", style.NumFmt)
	}
}

func styleAt(t *testing.T, file *excelize.File, at string) *excelize.Style {
	t.Helper()
	id, err := file.GetCellStyle("rows", at)
	if err != nil {
		t.Fatal(err)
	}
	style, err := file.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return style
}

func TestAWorkbookShowsWhatToMend(t *testing.T) {
	t.Parallel()
	file := opened(t, written(t, mediaXLSX, sari, budi(), missing()))
	for at, want := range map[string][]string{
		"N2": nil, "N3": {"FFC7CE"}, "L3": {"FFC7CE"}, "E3": {"FFEB9C"}, "B3": nil, "N4": nil, "E4": {"FFEB9C"},
	} {
		if got := styleAt(t, file, at).Fill.Color; !slices.Equal(got, want) { //nolint:misspell // excelize spells it so
			t.Errorf("%s is painted %v, want %v", at, got, want)
		}
	}
	if font := styleAt(t, file, "A1").Font; font == nil || !font.Bold {
		t.Error("the header is not bold")
	}
	panes, err := file.GetPanes("rows")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the header is not frozen: %+v, %v", panes, err)
	}
	lists, err := file.GetDataValidations("rows")
	if err != nil {
		t.Fatal(err)
	}
	offered := map[string]string{}
	for _, l := range lists {
		offered[l.Sqref] = l.Formula1
	}
	for column, want := range map[string]string{
		"E2:E1048576": `"female,male"`, "G2:G1048576": `"chair,member,secretary,staff"`,
	} {
		if offered[column] != want {
			t.Errorf("%s offers %s, want %s", column, offered[column], want)
		}
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "",
		"Sari":                    "Sari",
		"=1+1":                    "'=1+1",
		"@SUM(A1)":                "'@SUM(A1)",
		"+cmd|' /C calc'!A0":      "'+cmd|' /C calc'!A0",
		"+6+cmd|' /C calc'!A0":    "'+6+cmd|' /C calc'!A0",
		"-cmd":                    "'-cmd",
		"+6281200000001":          "+6281200000001",
		"+6281*****001":           "'+6281*****001", // masked
		"+62 812":                 "'+62 812",
		"-5":                      "-5",
		"-":                       "-",
		"'Aisyah":                 "'Aisyah",
		"081200000001":            "081200000001",
		"O'Brien":                 "O'Brien",
		"a=b":                     "a=b",
		"https://contoh.example/": "https://contoh.example/",
		"Dinas;=1+1":              "Dinas;'=1+1",
		"Dinas; =1;\"@x":          "Dinas;' =1;'\"@x",
		"Dinas\t+62\n=1":          "Dinas\t'+62\n'=1",
		"=1;=1":                   "'=1;'=1",
		"Dinas; Kantor":           "Dinas; Kantor",
	} {
		if got := paper.Neutral(text); got != want {
			t.Errorf("%q goes out as %q, want %q", text, got, want)
		}
		if got := tidy(want); got != text {
			t.Errorf("%q comes back as %q, want %q", want, got, text)
		}
	}
	for _, text := range []string{"\t=1", "\r=1", "\n@x", "  =1", "\u00a0+x"} {
		if got, bare := paper.Neutral(text), strings.TrimLeft(text, blanks); got != "'"+bare {
			t.Errorf("%q goes out as %q", text, got)
		}
	}
	r := sari
	r.Cells[cover.ColFullName] = "=HYPERLINK(1)"
	lines, err := csv.NewReader(bytes.NewReader(written(t, mediaCSV, r))).ReadAll()
	if err != nil || lines[1][cover.ColFullName] != "'=HYPERLINK(1)" {
		t.Errorf("the CSV has %q, %v", lines, err)
	}
	file := opened(t, written(t, mediaXLSX, r))
	formula, err := file.GetCellFormula("rows", "C2")
	if err != nil || formula != "" || sheetOf(t, file)[1][2] != "=HYPERLINK(1)" {
		t.Errorf("the workbook has the formula %q, %v", formula, err)
	}
}

// What the reader reads, it reads again; but for a text that began with an
// apostrophe and a formula already, which means the same to it as one that we wrote.
func FuzzWhatIsMadeNeutralIsRestored(f *testing.F) {
	for _, text := range []string{"", "=1", "''", "' +1", "-x", "'Aini", "+62-812", "a;=1", ";\"\n=1", "a;''=1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = tidy(text)
		if text != tidy(text) {
			return
		}
		if got := tidy(paper.Neutral(text)); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	})
}

func TestAnErrorOfTheRowsEndsWriting(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database went away")
	for _, media := range reportMedia {
		asked := 0
		err := WriteRows(io.Discard, media, "", func(yield func(cover.ImportRow, error) bool) {
			for asked = 1; asked < 5; asked++ {
				var err error
				if asked == 3 {
					err = broken
				}
				if !yield(sari, err) {
					return
				}
			}
		}, inWords)
		if !errors.Is(err, broken) || asked != 3 {
			t.Errorf("%s: got %v after %d rows", media, err, asked)
		}
	}
}

// Whoever gets the first byte is answered 200, although all there is to say may be
// that it cannot be done just now.
func TestAnErrorBeforeTheFirstRowLeavesNothingWritten(t *testing.T) {
	t.Parallel()
	busy := errors.New("the database is busy")
	for _, media := range reportMedia {
		var out countedBytes
		err := WriteRows(&out, media, "", func(yield func(cover.ImportRow, error) bool) { yield(cover.ImportRow{}, busy) }, inWords)
		if !errors.Is(err, busy) || out != 0 {
			t.Errorf("%s: got %v after %d bytes", media, err, out)
		}
	}
}

var errHungUp = errors.New("hung up")

// hungUp is a caller who went away.
type hungUp struct{}

func (hungUp) Write([]byte) (int, error) { return 0, errHungUp }

func TestACallerWhoHangsUpIsWrittenNoMore(t *testing.T) {
	t.Parallel()
	for _, media := range reportMedia {
		if err := WriteRows(hungUp{}, media, "", manyRows(5000), inWords); !errors.Is(err, errHungUp) {
			t.Errorf("%s: got %v", media, err)
		}
	}
}

func TestAFormatThatDoesNotExistIsRefused(t *testing.T) {
	t.Parallel()
	if err := WriteRows(io.Discard, "text/html", "", allOf(), inWords); err == nil {
		t.Error("rows were written as HTML")
	}
}

func TestAWorkbookWithoutRowsHasItsHeader(t *testing.T) {
	t.Parallel()
	if got := sheetOf(t, opened(t, written(t, mediaXLSX))); len(got) != 1 || !slices.Equal(got[0], headings()) {
		t.Errorf("got %q", got)
	}
}

// countedBytes counts what was written to it.
type countedBytes int64

func (c *countedBytes) Write(p []byte) (int, error) {
	*c += countedBytes(len(p))
	return len(p), nil
}

// A text that waits for its last row is a text in memory.
func TestTextsAreHandedOnAsTheyGo(t *testing.T) {
	t.Parallel()
	for _, media := range []string{mediaCSV, mediaNDJSON} {
		one := int64(len(written(t, media, sari)))
		var out countedBytes
		n := int64(0)
		err := WriteRows(&out, media, "", func(yield func(cover.ImportRow, error) bool) {
			for range 10_000 {
				if n++; !yield(sari, nil) {
					return
				}
				// The header of the one file is the slack of the other.
				if held := n*(one-300) - int64(out); held > 2*paper.OutBuffer+n*300 {
					t.Errorf("%s: %d bytes are held after %d rows", media, held, n)
					return
				}
			}
		}, inWords)
		if err != nil {
			t.Error(err)
		}
	}
}

// What a workbook needs on disk while it grows must not stay there: it is personal.
func TestAWorkbookLeavesNothingOnDisk(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	broken := errors.New("the database went away")
	for name, end := range map[string]error{"whole": nil, "broken off": broken} {
		grew := false
		err := WriteRows(io.Discard, mediaXLSX, dir, func(yield func(cover.ImportRow, error) bool) {
			for r, err := range manyRows(15_000) {
				if !yield(r, err) {
					return
				}
			}
			grew = len(entries(t, dir)) > 0
			if end != nil {
				yield(cover.ImportRow{}, end)
			}
		}, inWords)
		if !errors.Is(err, end) {
			t.Errorf("%s: %v", name, err)
		}
		if left := entries(t, dir); !grew || len(left) > 0 {
			t.Errorf("%s: it grew on disk: %t; it left %v", name, grew, left)
		}
	}
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

// manyRows are rows as a bad file has them: every tenth is rejected.
func manyRows(n int) iter.Seq2[cover.ImportRow, error] {
	return func(yield func(cover.ImportRow, error) bool) {
		good, bad := sari, budi()
		for i := range n {
			r := good
			if i%10 == 0 {
				r = bad
			}
			r.Row = int64(i + 2)
			if !yield(r, nil) {
				return
			}
		}
	}
}

func BenchmarkWriteRows(b *testing.B) {
	for _, media := range reportMedia {
		for _, n := range []int{10_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", media, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := WriteRows(io.Discard, media, "", manyRows(n), inWords); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
