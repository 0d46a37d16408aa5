package api_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"
)

// TestSIPPProfilesAreCorrectedByAMinistry, in the version it has read, and workbooks
// have the new headers from then on.
func TestSIPPProfilesAreCorrectedByAMinistry(t *testing.T) {
	t.Parallel()
	w := settle(t)
	listed := w.kpu.get("/v1/sipp-profiles").must(t, 200).items(t)
	same(t, "profiles", len(listed), 3)
	for _, p := range listed {
		if len(p["columns"].([]any)) < 5 || p["source"] == "" || p["version"] != 1.0 {
			t.Errorf("%v", p)
		}
	}
	put := func(c caller, body any, match string) answer {
		do := call{method: "PUT", path: "/v1/sipp-profiles/data_tk_baru", body: body, header: map[string]string{}}
		if match != "" {
			do = do.under("If-Match", match)
		}
		return c.send(do)
	}
	columns := object{"source": "Template SIPP 2026", "columns": []object{
		{"header": "NIK", "value": "nik"}, {"header": "Nama", "value": "full_name"}, {"header": "Status", "text": "Kontrak"}, {"header": "Kosong"},
	}}
	same(t, "without a version", put(w.admin, columns, "").must(t, 428).code(t), "version_missing")
	same(t, "in another version", put(w.admin, columns, `"9"`).must(t, 412).code(t), "version_stale")
	for name, c := range map[string]caller{"a body": w.kpu, "who pays": w.government, "a branch": w.branch} {
		same(t, name, put(c, columns, "*").must(t, 403).code(t), "not_allowed")
	}
	put(w.admin, object{"source": "x", "columns": []object{{"header": "NIK", "value": "mother"}}}, "*").must(t, 400)
	done := put(w.admin, columns, `"1"`).must(t, 200)
	same(t, "version", done.Header.Get("ETag"), `"2"`)
	b := w.bring(w.kpu, "", inCSV(several(1, 2)...))
	sheet := w.sipp(b, "data_tk_baru", "")
	alike(t, "workbook", sheet, []string{
		"NIK|Nama|Status|Kosong", "9906014508900002|Ratna Contoh 1|Kontrak|", "9906014508900003|Ratna Contoh 2|Kontrak|",
	})
}

// sipp reads a workbook, row by row.
func (w *world) sipp(b brought, profile, more string) (rows []string) {
	w.t.Helper()
	a := w.kpu.send(get("/v1/imports/"+b.id()+"/sipp?profile="+profile+more).under("Purpose", "registration")).must(w.t, 200)
	same(w.t, "media type", a.Header.Get("Content-Type"), workbook)
	f, err := excelize.OpenReader(bytes.NewReader(a.raw))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := f.GetRows(profile)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, cells := range all {
		for len(cells) < len(all[0]) {
			cells = append(cells, "")
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

// TestWhoIsNewAndWhoHasLeftIsToldToSIPP, each in the workbook they belong into, and
// what SIPP rejects is kept with its row.
func TestWhoIsNewAndWhoHasLeftIsToldToSIPP(t *testing.T) {
	t.Parallel()
	w := settle(t)
	first := w.bring(w.kpu, "", inCSV(append(several(1, 3), ratna(4, object{"kpj": "12345678901"}), ratna(5, object{"nik": "1"}))...))
	baru := w.sipp(first, "data_tk_baru", "")
	same(t, "new", len(baru), 4)
	same(t, "the first", baru[1], "9906014508900002|Ratna Contoh 1||05-08-1990|P||||+6281234567890|siti@contoh.example|||26-05-2024|1300000|Putussibau Kota")
	known := w.sipp(first, "data_tk_lanjutan", "")
	same(t, "known", len(known), 2)
	same(t, "with number", strings.HasPrefix(known[1], "9906014508900005|12345678901|Ratna Contoh 4|"), true)
	same(t, "left", len(w.sipp(first, "data_tk_na", "")), 1)
	snapshot := w.bring(w.kpu, "?mode=snapshot&position=pps&area_code="+village+"&removals=1", inCSV(several(1, 3)...))
	alike(t, "left", w.sipp(snapshot, "data_tk_na", "")[1:], []string{"12345678901|Ratna Contoh 4|05-08-1990|Tidak lagi bertugas|26-08-2024|"})
	path := "/v1/imports/" + first.id() + "/sipp?profile=data_tk_baru"
	same(t, "without a purpose", w.kpu.get(path).must(t, 403).code(t), "purpose_missing")
	same(t, "a part too many", w.kpu.send(get(path+"&part=2").under("Purpose", "registration")).must(t, 404).code(t), "resource_unknown")
	readings := one[int](w.server, `select count(*) from events where type = 'personal_data_read'`)
	w.sipp(first, "data_tk_baru", "")
	same(t, "readings", one[int](w.server, `select count(*) from events where type = 'personal_data_read'`)-readings, 4)

	book := sheetOf(t, [][]string{
		{"NIK", "NAMA LENGKAP", "KETERANGAN"},
		{"9906014508900002", "Ratna Contoh 1", "NIK tidak cocok"},
		{"9906014508900003", "Ratna Contoh 2", ""},
		{"9906014508909999", "Orang lain", "Sudah terdaftar"},
	})
	rejections := call{
		method: "POST", path: "/v1/imports/" + first.id() + "/sipp-rejections?profile=data_tk_baru", body: book,
		header: map[string]string{"Content-Type": workbook},
	}
	for range 2 {
		same(t, "read back", fmt.Sprint(w.kpu.send(rejections).must(t, 200).object(t)), "map[matched:1 rows:2 unmatched:[4]]")
	}
	rows := first.rows("")
	same(t, "reason", rows[0]["sipp_reason"], "NIK tidak cocok")
	same(t, "another's", rows[1]["sipp_reason"], nil)
	rejections.body = sheetOf(t, append([][]string{{"NIK", "KETERANGAN"}}, slices.Repeat([][]string{{"1"}}, 20_001)...))
	same(t, "more than SIPP is sent", w.kpu.send(rejections).must(t, 422).code(t), "too_many_rows")
	rejections.body = make([]byte, 32<<20+1)
	same(t, "more than a workbook may have", w.kpu.send(rejections).must(t, 422).code(t), "file_too_large")
	rejections.body = "x"
	same(t, "no workbook", w.kpu.send(rejections).must(t, 422).code(t), "file_unreadable")
}

// TestMoreThanOneWorkbookForSIPP: each has as many rows as SIPP takes, and names the
// next one until there is none.
func TestMoreThanOneWorkbookForSIPP(t *testing.T) {
	t.Parallel()
	w := settle(t)
	b := w.bring(w.kpu, "", inCSV(ratna(1), ratna(2, object{"kpj": "12345678901"})))
	// Thousands of rows, all of the first officer: who they are makes no difference.
	w.exec(`with more as (
			insert into import_plan (import_id, row_no, outcome, officer_id)
			select p.import_id, n, p.outcome, p.officer_id from import_plan p, generate_series(4, 10003) n where p.import_id = $1 and p.row_no = 2
		) update imports set committed_row = 10003 where id = $1`, b.id())
	path := "/v1/imports/" + b.id() + "/sipp?profile="
	link := func(query string) string {
		return w.kpu.send(get(path+query).under("Purpose", "registration")).must(t, 200).Header.Get("Link")
	}
	same(t, "rows of the first", len(w.sipp(b, "data_tk_baru", ""))-1, 10_000)
	same(t, "the first names the next", link("data_tk_baru"), "<"+path+`data_tk_baru&part=2>; rel="next"`)
	same(t, "rows of the last", len(w.sipp(b, "data_tk_baru", "&part=2"))-1, 1)
	same(t, "the last names none", link("data_tk_baru&part=2"), "")
	same(t, "those with a number are one", link("data_tk_lanjutan"), "")
}

// sheetOf is a workbook of one sheet.
func sheetOf(t *testing.T, rows [][]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, cells := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// drawn are some officers with what may be wrong with them, in every combination that
// comes up.
func drawn(r *rand.Rand) (file []object) {
	pick := func(values ...any) any { return values[r.IntN(len(values))] }
	for range 1 + r.IntN(6) {
		n := r.IntN(12)
		o := ratna(n)
		if r.IntN(2) == 0 {
			o = ratna(n, object{"full_name": fmt.Sprint("Ratna ", r.IntN(3))})
		}
		for range r.IntN(3) {
			switch r.IntN(8) {
			case 0:
				o["nik"] = ratna(r.IntN(12))["nik"]
			case 1:
				o["external_id"] = ratna(r.IntN(12))["external_id"]
			case 2:
				o["area_code"] = pick("61.06.99.1001", district, village, "61.06.01.2004")
			case 3:
				o["position"] = pick("pps", "sek_pps", "kpps", "kapten")
			case 4:
				o["term_from"] = pick("2024-05-26", "2024-08-01", "2025-01-28")
			case 5:
				o["term_to"] = pick("2025-01-27", "2024-07-31", "2025-06-30")
			case 6:
				o["phone"] = pick("021-555", nil, "081234567891")
			default:
				o["role"] = pick("chair", "member", "staff", nil)
			}
		}
		for name, v := range o {
			if v == nil {
				delete(o, name)
			}
		}
		file = append(file, o)
	}
	return file
}

// TestATrialForetellsTheCommit of some hundred files, each on the register that the
// ones before it left: every row does what it was said to do.
func TestATrialForetellsTheCommit(t *testing.T) {
	t.Parallel()
	const worlds, files = 4, 100 // a thousand agree as well, and take minutes with the race detector
	for world := range worlds {
		t.Run(fmt.Sprint(world), func(t *testing.T) {
			t.Parallel()
			w := settle(t)
			r := rand.New(rand.NewPCG(2024, uint64(world))) //nolint:gosec // to be drawn again
			for n := range files {
				file, format := drawn(r), inCSV
				if n%2 == 1 {
					format = inNDJSON
				}
				query := []string{"", "&mode=create_only", "&on_error=reject_all", "&mode=snapshot&position=pps&area_code=" + village}[r.IntN(4)]
				trial := w.judged("?dry_run=true"+query, format(file...))
				if strings.Contains(query, "snapshot") {
					query += fmt.Sprint("&removals=", trial.ended)
				}
				done := w.judged("?commit=auto"+query, format(file...))
				if trial.outcomes != done.outcomes {
					t.Fatalf("file %d %s\n%s\nforetold\n%s\nbecame\n%s", n, query, format(file...), trial.outcomes, done.outcomes)
				}
			}
			for _, outcome := range []string{"created", "updated", "unchanged", "ended", "rejected"} {
				if one[int](w.server, `select count(*) from import_plan where outcome = $1`, outcome) < 20 {
					t.Errorf("hardly anything was %s", outcome)
				}
			}
		})
	}
}

// judgedFile is what came of the rows of a file, in words.
type judgedFile struct {
	outcomes string
	ended    int
}

// judged sends a file, and reads behind the door what came of its rows.
func (w *world) judged(query, file string) (j judgedFile) {
	w.t.Helper()
	a := serve(w.handler, w.kpu.request(upload(query, file)))
	if a.StatusCode == http.StatusConflict { // create_only, and the very same bytes were committed
		return judgedFile{outcomes: a.code(w.t)}
	}
	id := a.must(w.t, 202).id(w.t)
	if err := w.driver().Run(w.t.Context(), uuid.MustParse(id)); err != nil {
		w.t.Fatal(err)
	}
	err := w.store.Pool().QueryRow(w.t.Context(), `select count(*) filter (where p.outcome = 'ended'), coalesce(string_agg(concat_ws(' ',
			case when p.row_no > 0 then p.row_no end, p.outcome, case when p.outcome in ('updated', 'unchanged', 'ended') then p.officer_id end,
			p.faults, r.faults, p.doubts, r.doubts), e'\n' order by p.row_no), '')
		from import_plan p left join import_rows r using (import_id, row_no) where p.import_id = $1`, id).Scan(&j.ended, &j.outcomes)
	if err != nil {
		w.t.Fatal(err)
	}
	return j
}
