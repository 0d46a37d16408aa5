package imports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"naungan/internal/cover"
)

// spreadsheetProgram opens workbooks as somebody does who mends them, and saves
// them again, as workbooks or as CSV.
type spreadsheetProgram struct {
	name string
	csv  bool
	save func(t *testing.T, books map[string][]byte) map[string][]byte
}

// spreadsheetPrograms are those of this machine: always excelize, and LibreOffice
// where it is installed.
func spreadsheetPrograms() []spreadsheetProgram {
	programs := []spreadsheetProgram{{name: "excelize", save: excelizeSaves}}
	office, err := exec.LookPath("soffice")
	if err != nil {
		return programs
	}
	// Commas, double quotes, UTF-8, from the first line on.
	const asCSV = "csv:Text - txt - csv (StarCalc):44,34,76,1"
	return append(programs,
		spreadsheetProgram{name: "LibreOffice", save: libreOfficeSaves(office, "xlsx:Calc MS Excel 2007 XML")},
		spreadsheetProgram{name: "LibreOffice as CSV", csv: true, save: libreOfficeSaves(office, asCSV)},
	)
}

func excelizeSaves(t *testing.T, books map[string][]byte) map[string][]byte {
	saved := map[string][]byte{}
	for name, content := range books {
		file := opened(t, content)
		// A cell that is written makes it take the sheet apart and put it together.
		if err := file.SetCellStr(file.GetSheetName(0), "AA1", "x"); err != nil {
			t.Fatal(err)
		}
		again, err := file.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		saved[name] = again.Bytes()
	}
	return saved
}

func libreOfficeSaves(office, format string) func(*testing.T, map[string][]byte) map[string][]byte {
	return func(t *testing.T, books map[string][]byte) map[string][]byte {
		dir := t.TempDir()
		kept := filepath.Join(dir, "saved")
		args := []string{
			"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), // two that share one do not run at once
			"--headless", "--convert-to", format, "--outdir", kept,
		}
		for name, content := range books {
			sent := filepath.Join(dir, name+".xlsx")
			if err := os.WriteFile(sent, content, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, sent)
		}
		said, err := exec.CommandContext(t.Context(), office, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		saved := map[string][]byte{}
		for name := range books {
			left, err := filepath.Glob(filepath.Join(kept, name+".*"))
			if err != nil || len(left) != 1 {
				t.Fatalf("of %s it left %v, %v: %s", name, left, err, said)
			}
			if saved[name], err = os.ReadFile(left[0]); err != nil {
				t.Fatal(err)
			}
		}
		return saved
	}
}

func (p spreadsheetProgram) rows(t *testing.T, content []byte) [][]string {
	t.Helper()
	if !p.csv {
		return sheetOf(t, opened(t, content))
	}
	lines, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// people are rows that a spreadsheet spoils that takes them for numbers, days and
// formulas.
func people() []cover.ImportRow {
	rows := []cover.ImportRow{sari, budi(), missing()}
	for i := range 200 {
		r := sari
		r.Row = int64(i + 5)
		r.Cells[cover.ColExternalID] = fmt.Sprintf("SIAKBA-%06d", r.Row)
		r.Cells[cover.ColNIK] = fmt.Sprintf("990101%02d0889%04d", 41+i%31, 2*i+1)
		r.Cells[cover.ColPollingStation] = fmt.Sprintf("%03d", i+1)
		r.Cells[cover.ColPhone] = fmt.Sprintf("0812%08d", i)
		r.Cells[cover.ColKPJ] = fmt.Sprintf("%011d", 12345*i)
		rows = append(rows, r)
	}
	odd := sari
	odd.Cells[cover.ColExternalID], odd.Cells[cover.ColFullName] = "1E5", "=1+1"
	odd.Cells[cover.ColDecreeNumber], odd.Cells[cover.ColPhone] = "1/2/2024", "+6281200000001"
	odd.Cells[cover.ColEmail] = "@contoh"
	return append(rows, odd)
}

func TestSpreadsheetProgramsKeepEveryDigit(t *testing.T) {
	t.Parallel()
	rows := people()
	books := map[string][]byte{
		"rows": written(t, mediaXLSX, rows...),
		"sipp": sippOf(t, embeddedProfiles(t)["data_tk_lanjutan"], rows...),
	}
	for _, p := range spreadsheetPrograms() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			saved := p.save(t, books)
			sameRows(t, p.rows(t, saved["rows"]), rows)
			sameForSIPP(t, p.rows(t, saved["sipp"]), rows)
			if !p.csv {
				emptyCellsAreText(t, saved["rows"])
			}
		})
	}
}

func sameRows(t *testing.T, got [][]string, want []cover.ImportRow) {
	t.Helper()
	if len(got) != len(want)+1 || !slices.Equal(got[0][:len(headings())], headings()) {
		t.Fatalf("%d rows under %q", len(got), got[0])
	}
	for i, r := range want {
		cells := make([]string, len(headings()))
		copy(cells, got[i+1])
		for _, c := range cover.Columns {
			if cells[c] != r.Cells[c] {
				t.Errorf("row %d: %s is %q, want %q", i+2, c, cells[c], r.Cells[c])
			}
		}
	}
}

func sameForSIPP(t *testing.T, got [][]string, want []cover.ImportRow) {
	t.Helper()
	if len(got) != len(want)+1 {
		t.Fatalf("%d rows for SIPP", len(got))
	}
	for i, r := range want {
		cells := make([]string, 4)
		copy(cells, got[i+1])
		if cells[0] != r.Cells[cover.ColNIK] || cells[1] != r.Cells[cover.ColKPJ] || cells[3] != sippDay(r.Cells[cover.ColBornOn]) {
			t.Errorf("row %d for SIPP: got %q", i+2, got[i+1])
		}
	}
}

// What is typed where a value was missing, or below, is text as well: this is
// where people add a telephone or a NIK.
func emptyCellsAreText(t *testing.T, content []byte) {
	t.Helper()
	file := opened(t, content)
	for _, at := range []string{"B4", "N4", "P900"} {
		// LibreOffice numbers the formats anew and keeps what they are.
		style := styleAt(t, file, at)
		if named := style.CustomNumFmt; style.NumFmt != textFormat && (named == nil || *named != "@") {
			t.Errorf("%s is no text: %d", at, style.NumFmt)
		}
	}
	if lists, err := file.GetDataValidations("rows"); err != nil || len(lists) != 2 {
		t.Errorf("%d lists to choose from, %v", len(lists), err)
	}
}
