package imports

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v3"

	"naungan/internal/cover"
)

// embeddedProfiles are the profiles that the register begins with.
func embeddedProfiles(t *testing.T) map[string]cover.SIPPProfile {
	t.Helper()
	text, err := os.ReadFile("../reference/data/sipp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Code, Source, Certainty string
		Columns                 []cover.SIPPColumn
	}
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&all); err != nil {
		t.Fatal(err)
	}
	profiles := map[string]cover.SIPPProfile{}
	for _, p := range all {
		profiles[p.Code] = cover.SIPPProfile{Code: p.Code, Columns: p.Columns, Source: p.Source, Certainty: p.Certainty}
	}
	return profiles
}

func areaName(code string) string { return map[string]string{"61.06.01.1001": "Contoh Hilir"}[code] }

func sippOf(t *testing.T, p cover.SIPPProfile, rows ...cover.ImportRow) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WriteSIPP(&out, p, allOf(rows...), areaName); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// resigned is sari after her duty ended early.
func resigned() cover.ImportRow {
	r := sari
	r.EndedOn, r.EndReason = cover.NewDate(2024, 11, 30), cover.EndResigned
	return r
}

func TestEachProfileMakesItsWorkbook(t *testing.T) {
	t.Parallel()
	profiles := embeddedProfiles(t)
	if got := slices.Sorted(maps.Keys(profiles)); !slices.Equal(got, cover.SIPPProfiles) {
		t.Fatalf("the profiles are %v", got)
	}
	for code, want := range map[string][][]string{
		"data_tk_baru": {
			{
				"NIK", "NAMA LENGKAP", "TEMPAT LAHIR", "TANGGAL LAHIR", "JENIS KELAMIN", "STATUS KAWIN", "ALAMAT", "KODE POS",
				"NO HP", "EMAIL", "NAMA IBU KANDUNG", "STATUS PEGAWAI", "TGL MULAI BEKERJA", "UPAH", "LOKASI",
			},
			{
				"9901014508890001", "Sari Contoh", "", "05-08-1989", "P", "", "", "", "081200000001", "sari@contoh.example", "", "",
				"07-11-2024", "850000", "Contoh Hilir",
			},
		},
		"data_tk_lanjutan": {
			{"NIK", "NO KPJ", "NAMA LENGKAP", "TANGGAL LAHIR", "STATUS PEGAWAI", "TGL MULAI BEKERJA", "UPAH", "LOKASI"},
			{"9901014508890001", "00123456789", "Sari Contoh", "05-08-1989", "", "07-11-2024", "850000", "Contoh Hilir"},
		},
		"data_tk_na": {
			{"KPJ", "NAMA LENGKAP", "TANGGAL LAHIR", "SEBAB NA", "TANGGAL KEJADIAN", "KETERANGAN"},
			{"00123456789", "Sari Contoh", "05-08-1989", "Mengundurkan diri", "30-11-2024"},
		},
	} {
		file := opened(t, sippOf(t, profiles[code], resigned()))
		if sheets := file.GetSheetList(); !slices.Equal(sheets, []string{code}) {
			t.Errorf("%s: the sheets are %v", code, sheets)
		}
		got := sheetOf(t, file)
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
		for column := range want[0] {
			at, err := excelize.CoordinatesToCellName(column+1, 2)
			if err != nil {
				t.Fatal(err)
			}
			kind, err := file.GetCellType(code, at)
			if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeUnset {
				t.Errorf("%s: %s is of type %v, %v", code, at, kind, err)
			}
		}
	}
}

func TestValuesForSIPP(t *testing.T) {
	t.Parallel()
	changed := func(c cover.Column, text string) cover.ImportRow {
		r := sari
		r.Cells[c] = text
		return r
	}
	ended := func(reason cover.EndReason) cover.ImportRow {
		r := sari
		r.EndReason = reason
		return r
	}
	for name, tt := range map[string]struct {
		value string
		row   cover.ImportRow
		want  string
	}{
		"a woman":                             {"sex", sari, "P"},
		"a man":                               {"sex", changed(cover.ColSex, "male"), "L"},
		"whose sex only the NIK tells":        {"sex", changed(cover.ColSex, ""), "P"},
		"a sex in other words stays":          {"sex", changed(cover.ColSex, "perempuan"), "perempuan"},
		"what is no day stays":                {"born_on", changed(cover.ColBornOn, "Agustus 1989"), "Agustus 1989"},
		"a day":                               {"term_to", sari, "08-12-2024"},
		"who serves on has no end":            {"ended_on", sari, ""},
		"nor a reason":                        {"end_reason", sari, ""},
		"removed by a full roster":            {"end_reason", ended(cover.EndRemoved), "Tidak lagi bertugas"},
		"an area without a name has none":     {"area_name", changed(cover.ColAreaCode, "99.99.99.9999"), ""},
		"a telephone keeps its zero":          {"phone", sari, "081200000001"},
		"a membership number keeps its zeros": {"kpj", sari, "00123456789"},
		"a key":                               {"external_id", sari, "SIAKBA-000001"},
		"a position":                          {"position", sari, "kpps"},
		"an area":                             {"area_code", sari, "61.06.01.1001"},
	} {
		if got := sippValues(areaName)[tt.value](tt.row); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	for _, reason := range cover.EndReasons {
		if sippReasons[reason] == "" {
			t.Errorf("%s has no word", reason)
		}
	}
}

// A value that the contract lets a ministry choose and that we do not know would
// break every workbook from then on.
func TestEveryValueOfTheContractIsKnown(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../api/parts/35-imports.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var contract struct {
		Components struct {
			Schemas map[string]struct{ Enum []string }
		}
	}
	if err := yaml.Unmarshal(text, &contract); err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(contract.Components.Schemas["SIPPValue"].Enum))
	if got := slices.Sorted(maps.Keys(sippValues(areaName))); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheSameTextStandsInEveryRow(t *testing.T) {
	t.Parallel()
	p := cover.SIPPProfile{Code: "data_tk_baru", Columns: []cover.SIPPColumn{{Header: "NIK", Value: "nik"}, {Header: "JKK", Text: "=Y"}}}
	got := sheetOf(t, opened(t, sippOf(t, p, sari, sari)))
	if want := []string{"9901014508890001", "=Y"}; !slices.Equal(got[1], want) || !slices.Equal(got[2], want) {
		t.Errorf("got %q", got)
	}
}

func TestAValueThatDoesNotExistMakesNoWorkbook(t *testing.T) {
	t.Parallel()
	p := cover.SIPPProfile{Code: "data_tk_baru", Columns: []cover.SIPPColumn{{Header: "X", Value: "shoe_size"}}}
	var out bytes.Buffer
	if err := WriteSIPP(&out, p, allOf(sari), areaName); err == nil || out.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, out.Len())
	}
}

func TestSIPPTakesTenThousandRows(t *testing.T) {
	t.Parallel()
	p := embeddedProfiles(t)["data_tk_lanjutan"]
	var out bytes.Buffer
	if err := WriteSIPP(&out, p, manyRows(cover.SIPPRows), areaName); err != nil {
		t.Fatal(err)
	}
	if got := len(sheetOf(t, opened(t, out.Bytes()))); got != cover.SIPPRows+1 {
		t.Errorf("%d rows", got)
	}
	out.Reset()
	err := WriteSIPP(&out, p, manyRows(cover.SIPPRows+1), areaName)
	if e, ours := errors.AsType[*cover.Error](err); !ours || e.Code != cover.TooManyRows || out.Len() > 0 {
		t.Errorf("one more: got %v and %d bytes", err, out.Len())
	}
}

func TestAnErrorOfTheRowsMakesNoWorkbookForSIPP(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database went away")
	var out bytes.Buffer
	err := WriteSIPP(&out, embeddedProfiles(t)["data_tk_na"], func(yield func(cover.ImportRow, error) bool) {
		if yield(sari, nil) {
			yield(sari, broken)
		}
	}, areaName)
	if !errors.Is(err, broken) || out.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, out.Len())
	}
}

// rejectionBook is a workbook as somebody else's program writes it: shared strings,
// and numbers where they are numbers.
func rejectionBook(t *testing.T, sheet string, rows ...[]any) []byte {
	t.Helper()
	file := excelize.NewFile()
	if err := file.SetSheetName("Sheet1", sheet); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := file.SetSheetRow(sheet, at, &row); err != nil {
			t.Fatal(err)
		}
	}
	content, err := file.WriteToBuffer()
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}

func TestRejectionsAreReadBack(t *testing.T) {
	t.Parallel()
	profiles := embeddedProfiles(t)
	for name, tt := range map[string]struct {
		profile string
		rows    [][]any
		want    []SIPPRejection
	}{
		"as they went out, with one column more": {
			profile: "data_tk_lanjutan",
			rows: [][]any{
				{"NIK", "NO KPJ", "NAMA LENGKAP", "TANGGAL LAHIR", "STATUS PEGAWAI", "TGL MULAI BEKERJA", "UPAH", "LOKASI", "KETERANGAN"},
				{"9901014508890001", "00123456789", "Sari Contoh", "05-08-1989", "", "07-11-2024", "850000", "", "KPJ tidak aktif"},
			},
			want: []SIPPRejection{{Row: 2, NIK: "9901014508890001", KPJ: "00123456789", Reason: "KPJ tidak aktif"}},
		},
		"shuffled, under a title, in other capitals and spaces": {
			profile: "data_tk_lanjutan",
			rows: [][]any{
				{"Data Tidak Valid"},
				nil,
				{"Pesan Kesalahan", " no  kpj", "Nama  Lengkap", "nik "},
				{"NIK tidak ditemukan", "'00123456789", "Sari Contoh", " 9901014508890001 "},
				nil,
				{"  ", "00123456780", "Budi Contoh", "9901010508890003"},
				{"KPJ ganda", "00123456781", "Ani Contoh", "9901014508890005"},
			},
			want: []SIPPRejection{
				{Row: 4, NIK: "9901014508890001", KPJ: "00123456789", Reason: "NIK tidak ditemukan"},
				{Row: 7, NIK: "9901014508890005", KPJ: "00123456781", Reason: "KPJ ganda"},
			},
		},
		"a status beside its explanation": {
			profile: "data_tk_baru",
			rows: [][]any{
				{"NIK", "STATUS KAWIN", "Status", "Alasan Penolakan"},
				{"9901014508890001", "K", "Tidak Valid", "NIK tidak padan"},
			},
			want: []SIPPRejection{{Row: 2, NIK: "9901014508890001", Reason: "NIK tidak padan"}},
		},
		"a status is one of ours, and the reason has a header that nobody expects": {
			profile: "data_tk_baru",
			rows: [][]any{
				{"NIK", "STATUS KAWIN", "No", "Hasil"},
				{"9901014508890001", "K", nil, "NIK tidak padan"},
			},
			want: []SIPPRejection{{Row: 2, NIK: "9901014508890001", Reason: "NIK tidak padan"}},
		},
		"the reason has no header": {
			profile: "data_tk_na",
			rows:    [][]any{{"KPJ", "SEBAB NA"}, {"00123456789", "Diganti", "Tidak terdaftar"}},
			want:    []SIPPRejection{{Row: 2, KPJ: "00123456789", Reason: "Tidak terdaftar"}},
		},
		"our own keterangan, and theirs": {
			profile: "data_tk_na",
			rows:    [][]any{{"KPJ", "KETERANGAN", "KETERANGAN"}, {"00123456789", "surat menyusul", "KPJ tidak aktif"}},
			want:    []SIPPRejection{{Row: 2, KPJ: "00123456789", Reason: "KPJ tidak aktif"}},
		},
		"a membership number that became a number": {
			profile: "data_tk_na",
			rows:    [][]any{{"KPJ", "Alasan"}, {12345678901, "a"}, {"1.2345678901E10", "b"}, {"1.5E+30", "c"}},
			want: []SIPPRejection{
				{Row: 2, KPJ: "12345678901", Reason: "a"},
				{Row: 3, KPJ: "12345678901", Reason: "b"},
				{Row: 4, KPJ: "1.5E+30", Reason: "c"},
			},
		},
		"a NIK that became a number is not made up again": {
			profile: "data_tk_baru",
			rows:    [][]any{{"NIK", "Alasan"}, {"6.1060145088901E+15", "a"}},
			want:    []SIPPRejection{{Row: 2, NIK: "6.1060145088901E+15", Reason: "a"}},
		},
		"nobody was rejected": {
			profile: "data_tk_na",
			rows:    [][]any{{"KPJ", "Alasan"}, {"00123456789", ""}},
		},
	} {
		for _, sheet := range []string{tt.profile, "Lembar1"} {
			got, err := ReadSIPPRejections(bytes.NewReader(rejectionBook(t, sheet, tt.rows...)), profiles[tt.profile])
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s (%s): got %+v, %v", name, sheet, got, err)
			}
		}
	}
}

// What we sent and SIPP only added a column to is the likeliest answer of all.
func TestOurOwnWorkbookComesBackWithReasons(t *testing.T) {
	t.Parallel()
	for code, p := range embeddedProfiles(t) {
		file := opened(t, sippOf(t, p, sari))
		for at, text := range map[string]string{"Z1": "Keterangan Gagal", "Z2": "Sudah terdaftar"} {
			if err := file.SetCellStr(code, at, text); err != nil {
				t.Fatal(err)
			}
		}
		content, err := file.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadSIPPRejections(content, p)
		if err != nil || len(got) != 1 || got[0].Reason != "Sudah terdaftar" || got[0].NIK == "" && got[0].KPJ == "" {
			t.Errorf("%s: got %+v, %v", code, got, err)
		}
	}
}

func TestAWorkbookThatIsNoAnswerIsRefused(t *testing.T) {
	t.Parallel()
	profiles := embeddedProfiles(t)
	whole := rejectionBook(t, "data_tk_na", []any{"KPJ", "Alasan"}, []any{"1", "a"})
	many := make([][]any, rejectionRows+2)
	many[0] = []any{"KPJ", "Alasan"}
	for i := range many[1:] {
		many[i+1] = []any{"00123456789", "a"}
	}
	for name, tt := range map[string]struct {
		content []byte
		code    cover.Code
		param   string
		want    any
	}{
		"nothing":         {nil, cover.FileUnreadable, "reason", "not_a_workbook"},
		"a text":          {[]byte("KPJ,Alasan\n1,a\n"), cover.FileUnreadable, "reason", "not_a_workbook"},
		"an old workbook": {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), cover.FileUnreadable, "reason", "old_workbook"},
		"half a workbook": {whole[:len(whole)/2], cover.FileUnreadable, "reason", "truncated"},
		"another zip":     {[]byte("PK\x03\x04 and nothing else"), cover.FileUnreadable, "reason", "truncated"},
		"too large":       {make([]byte, mostWorkbook+1), cover.FileTooLarge, "limit", int64(mostWorkbook)},
		"too many rows":   {rejectionBook(t, "data_tk_na", many...), cover.TooManyRows, "limit", rejectionRows},
		"an empty sheet":  {rejectionBook(t, "data_tk_na"), cover.ColumnsMissing, "columns", "KPJ"},
		"nobody is named": {rejectionBook(t, "x", []any{"Nama", "Alasan"}, []any{"Sari", "a"}), cover.ColumnsMissing, "columns", "KPJ"},
		"no reason":       {rejectionBook(t, "x", []any{"KPJ", "Nama Lengkap", "x"}, []any{"1", "a"}), cover.ColumnsMissing, "columns", "KETERANGAN"},
	} {
		_, err := ReadSIPPRejections(bytes.NewReader(tt.content), profiles["data_tk_na"])
		e, ours := errors.AsType[*cover.Error](err)
		if !ours || e.Kind != cover.Invalid || e.Code != tt.code {
			t.Errorf("%s: got %v, want %s", name, err, tt.code)
			continue
		}
		got := e.Params[tt.param]
		if columns, several := got.([]string); several {
			got = strings.Join(columns, " ")
		}
		if got != tt.want {
			t.Errorf("%s: got %#v, want %#v", name, e.Params, tt.want)
		}
	}
}
