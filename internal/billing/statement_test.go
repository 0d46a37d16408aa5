package billing_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"naungan/internal/billing"
	"naungan/internal/cover"
)

func TestAStatementIsReadHoweverTheBankWritesIt(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"commas":          "paid_on,paid_amount,reference,description\n2024-11-28,13148730,TRX-1,Iuran November\n",
		"semicolons":      "tanggal;jumlah;referensi;keterangan\r\n28/11/2024;13.148.730,00;TRX-1;Iuran November\r\n",
		"tabs and a mark": "\ufeffTanggal\tJUMLAH\tReferensi\tKeterangan\n28/11/2024\t13.148.730\tTRX-1\tIuran November",
		"quotes":          "\"paid_on\",\"paid_amount\",\"reference\",\"description\"\n\"2024-11-28\",\"13.148.730,00\",\"TRX-1\",\"Iuran November\"\n",
		"another order":   "keterangan;referensi;jumlah;tanggal\n  Iuran November ; TRX-1 ; 13148730,0 ; 28/11/2024 ;;\n;;;\n",
		"English points":  "Paid on,Paid amount,Reference,Description\n2024-11-28,13148730.00,TRX-1,Iuran November",
	} {
		t.Run(name, func(t *testing.T) {
			lines, ignored, err := billing.ReadStatement([]byte(file), today)
			if err != nil {
				t.Fatal(err)
			}
			want := billing.StatementLine{
				Line: 2, PaidOn: today.Add(-4), Amount: 13_148_730, Reference: "TRX-1", Description: "Iuran November",
			}
			if len(lines) != 1 || lines[0] != want || len(ignored) != 0 {
				t.Errorf("%+v %q", lines, ignored)
			}
		})
	}
	lines, ignored, err := billing.ReadStatement([]byte("saldo,tanggal,jumlah,referensi,_catatan\n1,2024-11-28,5,\"A\nB\",x\n2,2024-11-28,6,C\n"), today)
	if err != nil || len(lines) != 2 || lines[1].Line != 4 || !slices.Equal(ignored, []string{"saldo"}) {
		t.Errorf("%+v %q %v", lines, ignored, err)
	}
}

func TestAmountsAreWholeRupiah(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"1": 1, "1.300": 1_300, "13.148.730": 13_148_730, "13.148.730,00": 13_148_730, "13148730": 13_148_730, "13148730,0": 13_148_730,
		"13148730.00": 13_148_730, "007": 7, "10000000000000": 10_000_000_000_000,
		"": cover.AmountMissing, " ": cover.AmountMissing,
		"0": cover.AmountNotPositive, "-5": cover.AmountNotPositive, "-13.148.730,00": cover.AmountNotPositive,
		"10000000000001": cover.AmountImplausible, strings.Repeat("9", 30): cover.AmountImplausible,
		"1,50": cover.WrongFormat, "13.148.730,01": cover.WrongFormat, "13,148,730": cover.WrongFormat, "13.148,730": cover.WrongFormat,
		"1314.730": cover.WrongFormat, "13.14.730": cover.WrongFormat, "1.5": cover.WrongFormat, "13148730.50": cover.WrongFormat,
		"1e6": cover.WrongFormat, "Rp 5": cover.WrongFormat, "13 148 730": cover.WrongFormat, "1.300.": cover.WrongFormat, "٣": cover.WrongFormat,
		"5,000": cover.WrongFormat, "5.000.00": cover.WrongFormat, "--5": cover.WrongFormat, "NaN": cover.WrongFormat,
	} {
		lines, _, err := billing.ReadStatement([]byte("tanggal;jumlah;referensi\n2024-11-28;"+text+";R\n"), today)
		switch want := want.(type) {
		case int:
			if err != nil || lines[0].Amount != cover.Rupiah(want) {
				t.Errorf("%q: %v %v", text, lines, err)
			}
		case cover.Code:
			refused(t, err, "/lines/2/paid_amount", want)
		}
	}
}

// Whoever mends a file wants to hear all of it at once.
func TestAllFaultsOfAFileAreToldAtOnce(t *testing.T) {
	t.Parallel()
	file := strings.Join([]string{
		"tanggal;jumlah;referensi;keterangan",
		"28/11/2024;1.000;R-1;",
		"2024-02-30;x;;",
		"03/12/2024;;R-1;",
		"28/11/24;1;R-3",
		"28/11/2024;1;R-4;;lebih",
		`28/11/2024;1;R-5;5" pipa`,
		`28/11/2024;1;` + strings.Repeat("R", 101) + ";" + strings.Repeat("k", 1001),
		`1028-11-20;1;R-6;"`,
	}, "\n")
	_, _, err := billing.ReadStatement([]byte(file), today)
	e, ok := errors.AsType[*cover.Error](err)
	if !ok {
		t.Fatal(err)
	}
	var got []string
	for _, f := range e.Faults {
		got = append(got, f.Pointer+" "+string(f.Code))
	}
	want := []string{
		"/lines/3/paid_on wrong_format", "/lines/3/paid_amount wrong_format", "/lines/3/reference blank",
		"/lines/4/paid_on in_the_future", "/lines/4/paid_amount amount_missing", "/lines/4/reference reference_twice",
		"/lines/5/paid_on wrong_format", "/lines/6 row_malformed", "/lines/7 row_malformed",
		"/lines/8/reference too_long", "/lines/8/description too_long", "/lines/9 row_malformed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	_, _, err = billing.ReadStatement([]byte("tanggal;jumlah;referensi\n"+strings.Repeat("x;y;\n", 500)), today)
	if e, ok := errors.AsType[*cover.Error](err); !ok || len(e.Faults) != 100 {
		t.Errorf("%v", err)
	}
}

func TestAFileThatIsNoStatementIsRefused(t *testing.T) {
	t.Parallel()
	long := "tanggal;jumlah;referensi\n"
	var b strings.Builder
	b.WriteString(long)
	for n := range billing.MostStatementLines + 1 {
		fmt.Fprintf(&b, "28/11/2024;1;R-%d\n", n)
	}
	for name, tt := range map[string]struct {
		file string
		code cover.Code
	}{
		"nothing":         {"", cover.StatementUnreadable},
		"a mark alone":    {"\ufeff", cover.StatementUnreadable},
		"headers alone":   {long, cover.StatementUnreadable},
		"a workbook":      {"PK\x03\x04\x00", cover.StatementUnreadable},
		"an old encoding": {"tanggal;jumlah;referensi\n28/11/2024;1;\xe9", cover.StatementUnreadable},
		"no headers":      {"28/11/2024;1;R-1\n", cover.ColumnsMissing},
		"no amount":       {"tanggal;referensi\n28/11/2024;R-1\n", cover.ColumnsMissing},
		"too many lines":  {b.String(), cover.TooManyRows},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := billing.ReadStatement([]byte(tt.file), today)
			refused(t, err, "", tt.code)
		})
	}
	if _, _, err := billing.ReadStatement([]byte(strings.TrimSuffix(b.String(), fmt.Sprintf("28/11/2024;1;R-%d\n", billing.MostStatementLines))), today); err != nil {
		t.Errorf("just as many: %v", err)
	}
	_, _, err := billing.ReadStatement([]byte(`tang"gal;jumlah;referensi`), today)
	refused(t, err, "/lines/1", cover.RowMalformed)
	_, _, err = billing.ReadStatement([]byte("tanggal;paid_on;jumlah;referensi\n"), today)
	refused(t, err, "/lines/1", cover.ColumnTwice)
}

// Whatever the bytes: an answer, never a panic, and nothing that the rules forbid.
func FuzzReadStatement(f *testing.F) {
	for _, seed := range []string{
		"", "\ufeff", "paid_on,paid_amount,reference\n2024-11-28,1,R\n", "tanggal;jumlah;referensi;keterangan\n28/11/2024;13.148.730,00;R;\"a\nb\"\n",
		"tanggal\tjumlah\treferensi\n28/11/2024\t-1\tR\n", "tanggal;jumlah;referensi\n;;\n\"", "\"\"\"", "\xff\xfe", ";;;\n;;;",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		lines, _, err := billing.ReadStatement(file, today)
		if err != nil {
			if e, ok := errors.AsType[*cover.Error](err); !ok || e.Kind != cover.Invalid || len(e.Faults) > 100 {
				t.Errorf("%v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, l := range lines {
			if l.Amount <= 0 || l.Amount > cover.MostPaid || l.PaidOn.Zero() || l.PaidOn.After(today) || l.Reference == "" || seen[l.Reference] || l.Line < 2 {
				t.Errorf("%+v", l)
			}
			seen[l.Reference] = true
		}
		if len(lines) == 0 || len(lines) > billing.MostStatementLines {
			t.Errorf("%d lines", len(lines))
		}
	})
}
