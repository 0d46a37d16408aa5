package paper_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	ink "image/color" //nolint:misspell // the standard library spells it so
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/google/uuid"
	"golang.org/x/text/encoding/charmap"

	"naungan/internal/cover"
	"naungan/internal/paper"
)

// november is the invoice of Kapuas Hulu, with as many groups as are asked for.
func november(groups int) paper.Invoice {
	late := cover.Invoice{ID: uuid.MustParse("0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f0b"), Number: "2024/000002", Month: cover.NewMonth(2024, 9)}
	i := paper.Invoice{
		Invoice: cover.Invoice{
			ID: uuid.MustParse("0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f09"), Month: cover.NewMonth(2024, 11), Funding: "nphd",
			Number: "2024/000003", PaymentCode: "24110000123", IssuedOn: cover.NewDate(2024, 12, 2), DueOn: cover.NewDate(2024, 12, 16),
			Digest:  strings.Repeat("9f86d081", 8),
			Fines:   []cover.InvoiceFine{{LateID: late.ID, FromMonth: 1, ToMonth: 2, Rate: 200, Owed: 13_148_730, Amount: 525_949}},
			Paid:    5_000_000,
			Version: 2, CreatedAt: time.Date(2024, 12, 2, 9, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2024, 12, 2, 9, 5, 0, 0, time.UTC),
			BudgetReference: cover.BudgetReference{
				GovernmentCode: "6106", SKPDCode: "8.01.0.00.0.00.01.0000", SKPDName: "Badan Kesatuan Bangsa dan Politik",
				AccountCode: "5.1.02.02.01.0075", NPHDNumber: "900/12/NPHD/2024", Stage: cover.StageNPHD2,
			},
			Disbursement: cover.Disbursement{SPPNumber: "SPP-0912/2024", SPMNumber: "SPM-0912/2024", SP2DNumber: "SP2D-0912/2024", SP2DOn: cover.NewDate(2024, 12, 10)},
		},
		Organiser: "KPU Kabupaten Kapuas Hulu", Payer: "Pemerintah Kabupaten Kapuas Hulu",
		Branch:    "BPJS Ketenagakerjaan Kantor Cabang Perintis Kapuas Hulu",
		Agreement: "Perjanjian kerja sama pelindungan jaminan sosial ketenagakerjaan bagi badan ad hoc Pemilihan Gubernur, Bupati dan Wali Kota tahun 2024",
		Numbers:   []string{"12/PKS/2024", "PER/88/082024"}, Late: map[uuid.UUID]cover.Invoice{late.ID: late},
		Position: func(code string) string {
			return map[string]string{"ppk": "Panitia Pemilihan Kecamatan", "pps": "Panitia Pemungutan Suara", "kpps": "Kelompok Penyelenggara Pemungutan Suara"}[code]
		},
	}
	var all []cover.InvoiceGroup
	for n := range groups {
		g := cover.InvoiceGroup{
			Position: []string{"ppk", "pps", "kpps"}[n%3], Role: cover.Roles[n%4], WageBase: cover.Rupiah(1_300_000 + n*50_000), Officers: int64(564 + n),
			JKK: cover.Rupiah(1_759_680 + n), JKM: cover.Rupiah(2_199_600 + n),
		}
		all = append(all, g)
	}
	i.Gather(all)
	return i
}

func written(t *testing.T, i paper.Invoice) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := paper.WriteInvoice(&out, i); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var (
	streams = regexp.MustCompile(`(?s)stream\n(.+?)\nendstream`)
	shown   = regexp.MustCompile(`(?s)\(((?:[^\\()]|\\.)*)\) ?Tj`)
	bars    = regexp.MustCompile(`([0-9.]+) ([0-9.]+) ([0-9.]+) -([0-9.]+) re f`)
)

// drawn is what a PDF tells a printer, page after page.
func drawn(t *testing.T, file []byte) (pages []string) {
	t.Helper()
	for _, stream := range streams.FindAllSubmatch(file, -1) {
		r, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, string(content))
	}
	return pages
}

// textOf is all text of some pages, in the order in which it was written.
func textOf(t *testing.T, pages ...string) string {
	t.Helper()
	var parts []string
	for _, page := range pages {
		for _, found := range shown.FindAllStringSubmatch(page, -1) {
			text, err := charmap.Windows1252.NewDecoder().String(strings.NewReplacer(`\(`, "(", `\)`, ")", `\\`, `\`).Replace(found[1]))
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, text)
		}
	}
	return words(strings.Join(parts, " "))
}

// words is a text with its blanks made alike.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// TestTheLetterSaysWhatTheInvoiceSays, in figures and in words.
func TestTheLetterSaysWhatTheInvoiceSays(t *testing.T) {
	t.Parallel()
	i := november(3)
	text := textOf(t, drawn(t, written(t, i))...)
	for _, want := range []string{
		"TAGIHAN IURAN JKK DAN JKM", "2024/000003", "November 2024", "2 Desember 2024", "16 Desember 2024", "24110000123",
		"KPU Kabupaten Kapuas Hulu", "Pemerintah Kabupaten Kapuas Hulu", "Kantor Cabang Perintis", "12/PKS/2024; PER/88/082024",
		"Panitia Pemilihan Kecamatan", "1.300.000", "1.759.680", "September 2024", "1 s.d. 2", "2%", "525.949",
		"Rp 12.403.795", "Rp 7.403.795", "Rp 5.000.000", i.Digest, "Halaman 1 dari 1", i.Total().Words(),
		"5.1.02.02.01.0075", "900/12/NPHD/2024", "NPHD tahap 2", "SP2D-0912/2024", "10 Desember 2024", "Hibah daerah",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	for _, mark := range []string{"BATAL", "DRAF"} {
		if strings.Contains(text, mark) {
			t.Errorf("an issued invoice is marked %s", mark)
		}
	}
}

// TestTheLetterMarksWhatIsNoInvoice: a draft, and one that is void.
func TestTheLetterMarksWhatIsNoInvoice(t *testing.T) {
	t.Parallel()
	draft, void := november(2), november(2)
	draft.Number, draft.IssuedOn, draft.PaymentCode = "", cover.Date{}, ""
	void.VoidedOn, void.VoidReason, void.Paid = cover.NewDate(2024, 12, 3), "Daftar petugas belum lengkap", 0
	for mark, i := range map[string]paper.Invoice{"DRAF": draft, "BATAL": void} {
		text := textOf(t, drawn(t, written(t, i))...)
		if !strings.Contains(text, mark) || !strings.Contains(text, i.VoidReason) {
			t.Errorf("no %s in %s", mark, text)
		}
	}
}

// TestALongLetterHasAllItsRows, a head on every page, and their number.
func TestALongLetterHasAllItsRows(t *testing.T) {
	t.Parallel()
	i := november(60)
	pages := drawn(t, written(t, i))
	if len(pages) < 3 {
		t.Errorf("%d pages", len(pages))
	}
	for n, page := range pages {
		text := textOf(t, page)
		if mark := fmt.Sprintf("Halaman %d dari %d", n+1, len(pages)); !strings.Contains(text, mark) {
			t.Errorf("no %q", mark)
		}
		if strings.Contains(text, "Ketua") != strings.Contains(text, "Jabatan") {
			t.Errorf("rows without a head on page %d", n+1)
		}
	}
	text := textOf(t, pages...)
	for n := range 60 {
		if want := fmt.Sprint(564 + n); !strings.Contains(text, " "+want+" ") {
			t.Errorf("no row of %s officers", want)
		}
	}
}

// TestTheCodeOnTheLetterIsRead: the bars on the page are those of its text.
func TestTheCodeOnTheLetterIsRead(t *testing.T) {
	t.Parallel()
	i := november(2)
	want := "naungan:1:" + i.ID.String() + ":2024/000003:" + fmt.Sprint(int64(i.Total())) + ":" + i.Digest
	if got := i.QRText(); got != want {
		t.Errorf("the code says %s", got)
	}
	code, err := qr.Encode(want, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	n := code.Bounds().Dx()
	const points = 72 / 25.4
	module, left, top := 30*points/float64(n), (210-17-30)*points, (297-17)*points
	dark := map[[2]int]bool{}
	for _, bar := range bars.FindAllStringSubmatch(drawn(t, written(t, i))[0], -1) {
		var at [4]float64
		for k := range at {
			if at[k], err = strconv.ParseFloat(bar[k+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		if math.Abs(at[3]-module) > 0.02 {
			continue // no bar of the code
		}
		row, from, many := math.Round((top-at[1])/module), math.Round((at[0]-left)/module), math.Round(at[2]/module)
		for column := int(from); column < int(from+many); column++ {
			dark[[2]int{column, int(row)}] = true
		}
	}
	for row := range n {
		for column := range n {
			if black := code.At(column, row) == ink.Black; black != dark[[2]int{column, row}] {
				t.Fatalf("row %d, column %d of %d: dark %v", row, column, n, !black)
			}
		}
	}
}

// TestTheSameInvoiceGivesTheSameBytes, and another one others.
func TestTheSameInvoiceGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	first := written(t, november(40))
	for range 20 {
		if !bytes.Equal(written(t, november(40)), first) {
			t.Fatal("the bytes differ")
		}
	}
	other := november(40)
	other.Paid++
	if bytes.Equal(written(t, other), first) {
		t.Error("another invoice has the same bytes")
	}
}

// TestALetterTakesAnyText: long, empty, of many lines, in other scripts.
func TestALetterTakesAnyText(t *testing.T) {
	t.Parallel()
	i := november(1)
	i.Branch = strings.Repeat("Kantor", 100)
	i.Agreement = strings.Repeat("Perjanjian kerja sama ", 200) + "\nbaris kedua\tdengan tab"
	i.Payer, i.Numbers, i.Digest, i.Groups = "", nil, "", nil
	i.Organiser = "KPU “Kota” – Dürér Łódź ḤaḌ é é €"
	i.BudgetReference.SKPDName = "مكتب \u200b Ωmega"
	i.VoidedOn, i.VoidReason = cover.NewDate(2024, 12, 3), strings.Repeat("alasan\n", 140)
	text := textOf(t, drawn(t, written(t, i))...)
	for _, want := range []string{"KPU “Kota” – Dürér ?ódz HaD é é €", "baris kedua dengan tab", "Petugas yang membayar sendiri", "???? ?mega"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	written(t, paper.Invoice{Position: func(string) string { return "" }})
}
