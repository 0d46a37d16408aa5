package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

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

// run gives a file to a program that reads PDF, and returns what it prints.
func run(t *testing.T, file []byte, name string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s here", name)
	}
	path := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for n, arg := range args {
		if arg == "IN" {
			args[n] = path
		}
	}
	out, err := exec.CommandContext(t.Context(), program, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// words is a text with its blanks made alike.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// TestTheLetterSaysWhatTheInvoiceSays, in figures and in words.
func TestTheLetterSaysWhatTheInvoiceSays(t *testing.T) {
	t.Parallel()
	i := november(3)
	text := words(run(t, written(t, i), "pdftotext", "-layout", "IN", "-"))
	for _, want := range []string{
		"TAGIHAN IURAN JKK DAN JKM", "2024/000003", "November 2024", "2 Desember 2024", "16 Desember 2024", "24110000123",
		"KPU Kabupaten Kapuas Hulu", "Pemerintah Kabupaten Kapuas Hulu", "Kantor Cabang Perintis", "12/PKS/2024; PER/88/082024",
		"Panitia Pemilihan Kecamatan", "1.300.000", "1.759.680", "September 2024", "1 s.d. 2", "2%", "525.949",
		"Rp 12.403.795", "Rp 7.403.795", "Rp 5.000.000", i.Digest, "Halaman 1 dari",
		"5.1.02.02.01.0075", "900/12/NPHD/2024", "NPHD tahap 2", "SP2D-0912/2024", "10 Desember 2024", "Hibah daerah",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	raw := words(run(t, written(t, i), "pdftotext", "-raw", "IN", "-"))
	if !strings.Contains(raw, i.Total().Words()) {
		t.Errorf("no %q in %s", i.Total().Words(), raw)
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
		text := words(run(t, written(t, i), "pdftotext", "IN", "-"))
		if !strings.Contains(text, mark) || !strings.Contains(text, i.VoidReason) {
			t.Errorf("no %s in %s", mark, text)
		}
	}
}

// TestALongLetterHasAllItsRows, a head on every page, and their number.
func TestALongLetterHasAllItsRows(t *testing.T) {
	t.Parallel()
	i := november(60)
	text := run(t, written(t, i), "pdftotext", "-layout", "IN", "-")
	pages := strings.Count(text, "\f")
	if pages < 2 {
		t.Errorf("%d pages", pages)
	}
	for n := range pages {
		if mark := fmt.Sprintf("Halaman %d dari %d", n+1, pages); !strings.Contains(text, mark) {
			t.Errorf("no %q", mark)
		}
	}
	for n := range 60 {
		if want := fmt.Sprint(564 + n); !strings.Contains(text, " "+want+" ") {
			t.Errorf("no row of %s officers", want)
		}
	}
}

// TestTheCodeOnTheLetterIsRead by a camera, so to speak.
func TestTheCodeOnTheLetterIsRead(t *testing.T) {
	t.Parallel()
	i := november(2)
	want := "naungan:1:" + i.ID.String() + ":2024/000003:" + fmt.Sprint(int64(i.Total())) + ":" + i.Digest
	if got := i.QRText(); got != want {
		t.Errorf("the code says %s", got)
	}
	picture := run(t, written(t, i), "pdftoppm", "-r", "110", "-png", "-f", "1", "-l", "1", "IN")
	if got := strings.TrimSpace(run(t, []byte(picture), "zbarimg", "-q", "--raw", "IN")); got != want {
		t.Errorf("read %q, want %q", got, want)
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
	text := words(run(t, written(t, i), "pdftotext", "-raw", "IN", "-"))
	for _, want := range []string{"KPU “Kota” – Dürér ?ódz HaD é é €", "baris kedua dengan tab", "Petugas yang membayar sendiri", "???? ?mega"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	written(t, paper.Invoice{Position: func(string) string { return "" }})
}

func ExampleWriteInvoice() {
	if dir := os.Getenv("LETTERS"); dir != "" {
		for name, i := range map[string]paper.Invoice{"short": november(3), "long": november(60)} {
			var out bytes.Buffer
			_ = paper.WriteInvoice(&out, i)
			_ = os.WriteFile(filepath.Join(dir, name+".pdf"), out.Bytes(), 0o600)
		}
		d := november(2)
		d.Number, d.IssuedOn, d.PaymentCode = "", cover.Date{}, ""
		var out bytes.Buffer
		_ = paper.WriteInvoice(&out, d)
		_ = os.WriteFile(filepath.Join(dir, "draft.pdf"), out.Bytes(), 0o600)
	}
	// Output:
}
