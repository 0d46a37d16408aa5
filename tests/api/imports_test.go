package api_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"
)

// defect is what is wrong with some rows of a file, and how it is told.
type defect struct {
	rows         int
	change       object
	column, code string
}

// defects are 137 in all. The first one, a cell too many, is not seen in the row that
// is given back.
var defects = []defect{
	{4, object{extra: "x"}, "", "row_malformed"},
	{7, object{"nik": "9.90601E+15"}, "nik", "nik_invalid"},
	{6, object{"area_code": "61.06.99.1001"}, "area_code", "area_unknown"},
	{6, object{"area_code": district}, "area_code", "area_level_wrong"},
	{6, object{"area_code": "61.07.01.2001"}, "area_code", "area_outside_organisation"},
	{6, object{"full_name": nil}, "full_name", "required"},
	{6, object{"nik": nil}, "nik", "required"},
	{6, object{"born_on": nil}, "born_on", "required"},
	{6, object{"term_to": nil}, "term_to", "required"},
	{6, object{"external_id": nil}, "external_id", "required"},
	{6, object{"nik": "99O6014508900001"}, "nik", "nik_invalid"},
	{6, object{"nik": "990601450890000"}, "nik", "nik_invalid"},
	{6, object{"nik": "9906013213900001"}, "nik", "nik_invalid"},
	{6, object{"nik": "9906014508900000"}, "nik", "nik_invalid"},
	{6, object{"phone": "021-555"}, "phone", "phone_invalid"},
	{6, object{"born_on": "05/08/1990"}, "born_on", "wrong_format"},
	{6, object{"term_to": "2024-05-25"}, "term_to", "ends_before_start"},
	{5, object{"position": "kapten"}, "position", "position_unknown"},
	{5, object{"position": "pkd"}, "position", "position_of_other_body"},
	{5, object{"position": "kpps"}, "polling_station", "polling_station_missing"},
	{5, object{"monthly_honorarium_amount": "1,3 juta"}, "monthly_honorarium_amount", "wrong_type"},
	{4, object{"kpj": "1234567890"}, "kpj", "wrong_format"},
	{4, object{"external_id": ratna(0)["external_id"]}, "external_id", "duplicate_in_file"},
	{4, object{"nik": ratna(0)["nik"]}, "nik", "person_twice_in_file"},
	{4, object{"full_name": "Ratna \xff"}, "full_name", "not_utf8"},
}

// planted are so many officers, some with defects; what is wrong with each row is
// told by its number, as the sender counts.
func planted(t *testing.T, rows int) (file []object, wrong map[int]string) {
	t.Helper()
	file, wrong = several(0, rows-1), map[int]string{}
	at := 10
	for n, left := 0, defects[0].rows; n < len(defects); at, left = at+71, left-1 {
		if left == 0 {
			if n++; n == len(defects) {
				break
			}
			left = defects[n].rows
		}
		d := defects[n]
		file[at] = ratna(at, d.change)
		wrong[at+2] = strings.TrimSpace(d.column + " " + d.code)
	}
	if len(wrong) != 137 {
		t.Fatalf("%d defects", len(wrong))
	}
	return file, wrong
}

// TestAFileOfTenThousandIsMended: each of its bad rows is told with its line, column
// and code; a hundred are mended in a workbook and sent back, and both imports say
// what is left.
func TestAFileOfTenThousandIsMended(t *testing.T) {
	t.Parallel()
	w := settle(t)
	file, wrong := planted(t, 10_000)
	first := w.bring(w.kpu, "", inCSV(file...)).expect("partially_committed", "10000 rows: 9863 created, 137 rejected")
	same(t, "damage", first.object["damage"], nil)
	same(t, "officers", w.officers(), 9863)
	told := map[int]string{}
	for _, row := range first.rows("&outcome=rejected") {
		n := int(row["row"].(float64))
		for _, f := range row["errors"].([]any) {
			o := f.(object)
			told[n] = strings.TrimSpace(fmt.Sprint(told[n], " ", strings.TrimSpace(fmt.Sprint(o["column"], " ", o["code"]))))
		}
	}
	for n := range file {
		if told[n+2] != wrong[n+2] {
			t.Errorf("line %d: %q, want %q", n+2, told[n+2], wrong[n+2])
		}
	}

	given := first.file(workbook, "?outcome=rejected", "verification")
	mended, left := mendInExcel(t, given.raw, wrong, 100)
	second := w.bring(w.kpu, "?amends="+first.id(), mended).expect("partially_committed", "137 rows: 100 created, 37 rejected")
	same(t, "officers", w.officers(), 9963)
	first = first.again().expect("partially_committed", "10000 rows: 9863 created, 37 rejected, 100 amended")
	same(t, "rows amended", len(first.rows("&outcome=amended")), 100)
	for _, row := range second.rows("&outcome=rejected") {
		if n := int(row["row"].(float64)); !slices.Contains(left, n) {
			t.Errorf("row %d is left", n)
		}
	}

	var rest []object
	for _, n := range left {
		rest = append(rest, ratna(n-2, object{mends: n, "decree_number": "45/2024"}))
	}
	w.bring(w.kpu, "?amends="+second.id(), inNDJSON(rest...)).expect("committed", "37 rows: 37 created")
	second.again().expect("committed", "137 rows: 100 created, 37 amended")
	first.again().expect("committed", "10000 rows: 9863 created, 137 amended")
	same(t, "officers", w.officers(), 10_000)
}

// meant is the officer that a line should have been, naming it.
func meant(line int) object { return ratna(line-2, object{mends: line}) }

// mendInExcel puts right so many rows of a workbook of rejected ones, and returns it
// with the numbers of those that are left.
func mendInExcel(t *testing.T, raw []byte, wrong map[int]string, mend int) (out []byte, left []int) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("rows")
	if err != nil || len(rows) != len(wrong)+1 {
		t.Fatal(len(rows), err)
	}
	column := slices.Index(rows[0], mends)
	for i, cells := range rows[1:] {
		var n int
		if _, err := fmt.Sscan(cells[column], &n); err != nil {
			t.Fatal(err)
		}
		if mend > 0 && i%5 != 0 && wrong[n] != "row_malformed" {
			mend--
			for c, text := range textsOf(meant(n)) {
				if c == column {
					break
				}
				cell, _ := excelize.CoordinatesToCellName(c+1, i+2)
				if err := f.SetCellStr("rows", cell, text); err != nil {
					t.Fatal(err)
				}
			}
			continue
		}
		left = append(left, n)
	}
	var buffer bytes.Buffer
	if _, err := f.WriteTo(&buffer); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes(), left
}

// slow is a reader who takes nothing until it is let go on.
type slow struct {
	*httptest.ResponseRecorder
	asked, letGo chan struct{}
}

func (s slow) Write(p []byte) (int, error) {
	select {
	case s.asked <- struct{}{}:
	case <-s.letGo:
	}
	<-s.letGo
	return s.ResponseRecorder.Write(p)
}

// TestSlowReadersLeaveDownloadsToOthers: of their organisation all further ones are
// refused until one is through, and nobody is told to have read what was refused.
func TestSlowReadersLeaveDownloadsToOthers(t *testing.T) {
	t.Parallel()
	w := settle(t)
	b := w.bring(w.kpu, "", inCSV(several(1, 20)...))
	rows := get("/v1/imports/"+b.id()+"/rows").under("Accept", "text/csv")
	asked, letGo := make(chan struct{}), make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		s := slow{httptest.NewRecorder(), asked, letGo}
		readers.Go(func() { w.handler.ServeHTTP(s, w.kpu.request(rows)) })
		<-asked
	}
	for _, media := range []string{"text/csv", "application/x-ndjson", workbook} {
		third := w.kpu.another().send(rows.under("Accept", media).under("Purpose", "verification")).must(t, 503)
		same(t, media, third.code(t), "service_unavailable")
		same(t, media, third.Header.Get("Retry-After"), "1")
	}
	same(t, "readings", one[int](w.server, `select count(*) from events where type = 'personal_data_read'`), 0)
	w.nation.send(rows).must(t, 200)
	w.kpu.get("/v1/imports/"+b.id()+"/rows").must(t, 200)
	close(letGo)
	readers.Wait()
	w.kpu.send(rows).must(t, 200)
}

// TestARowIsMendedByWhoeverMayNotSeeIt: a masked cell that comes back stands for what
// was sent, right or wrong.
func TestARowIsMendedByWhoeverMayNotSeeIt(t *testing.T) {
	t.Parallel()
	w := settle(t)
	first := w.bring(w.kpu, "", inCSV(
		ratna(1, object{"area_code": "61.06.99.1001", "kpj": "12345678901"}),
		ratna(2, object{"area_code": "61.06.99.1001", "born_on": "05/08/1990"}),
		ratna(3, object{"area_code": "61.06.99.1001", "phone": "021-555"}),
		ratna(4),
	)).expect("partially_committed", "4 rows: 1 created, 3 rejected")
	for media, file := range map[string]answer{
		"text/csv": first.file("text/csv", "?outcome=rejected", ""), "application/x-ndjson": first.file("application/x-ndjson", "?outcome=rejected", ""),
	} {
		for _, secret := range []string{"9906014508900002", "1990-08-05", "05/08/1990", "12345678901", "siti@contoh.example", "021-555"} {
			if strings.Contains(string(file.raw), secret) {
				t.Errorf("%s shows %s", media, secret)
			}
		}
		if !strings.Contains(string(file.raw), "990601******0002") {
			t.Errorf("%s does not show which NIK it was:\n%s", media, file.raw)
		}
	}
	file := string(first.file("text/csv", "?outcome=rejected", "").raw)
	second := w.bring(w.kpu, "?amends="+first.id(), strings.ReplaceAll(file, "61.06.99.1001", village))
	alike(t, "rows", second.fates(), []string{"2 created", "3 rejected born_on wrong_format", "4 rejected phone phone_invalid"})
	o := w.officer(w.kpu, "R-000001")
	for field, want := range map[string]any{
		"nik": "9906014508900002", "born_on": "1990-08-05", "phone": "+6281234567890", "email": "siti@contoh.example", "kpj": "12345678901", "area_code": village,
	} {
		same(t, field, o[field], want)
	}
	first.again().expect("partially_committed", "4 rows: 1 created, 2 rejected, 1 amended")
}

// TestRowsThatNameNoneToMendAreRefused: a row that was never rejected, is mended
// already, or none at all; and an import with nothing to mend.
func TestRowsThatNameNoneToMendAreRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	first := w.bring(w.kpu, "", inCSV(ratna(1), ratna(2, object{"nik": "1"}), ratna(3, object{"nik": "1"})))
	second := w.bring(w.kpu, "?amends="+first.id(), inCSV(
		ratna(1, object{mends: 2}), ratna(2, object{mends: 3}), ratna(2, object{mends: 3}), ratna(5), ratna(6, object{mends: "x"}),
	))
	alike(t, "rows", second.fates(), []string{
		"3 created", "2 rejected row_not_rejected", "4 rejected row_not_rejected", "5 rejected row_not_rejected", "6 rejected row_not_rejected",
	})
	first.again().expect("partially_committed", "3 rows: 1 created, 1 rejected, 1 amended")
	whole := w.bring(w.kpu, "", inCSV(ratna(7)))
	for name, tt := range map[string]struct{ query, code, fault string }{
		"an import with nothing to mend": {"?amends=" + whole.id(), "import_not_amendable", ""},
		"an import of nobody":            {"?amends=" + uuid.NewString(), "rule_broken", "amends import_unknown"},
		"a snapshot":                     {"?mode=snapshot&position=pps&area_code=" + village + "&amends=" + first.id(), "rule_broken", "amends snapshot_amends"},
	} {
		got := w.kpu.send(upload(tt.query, inCSV(ratna(1))))
		same(t, name, got.code(t), tt.code)
		same(t, name, strings.Join(got.faults(t), ", "), tt.fault)
	}
}

// TestWhatIsLeftInAMendingFileStaysRejected, whatever was wrong with it.
func TestWhatIsLeftInAMendingFileStaysRejected(t *testing.T) {
	t.Parallel()
	w := settle(t)
	first := w.bring(w.kpu, "", inCSV(
		ratna(1), ratna(2, object{"external_id": "R-000001"}), ratna(3, object{"full_name": "Ratna \xff"}), ratna(4, object{"nik": ratna(1)["nik"]}),
		ratna(5, object{extra: "x"}), ratna(6, object{"full_name": "Ratna \x00"}), ratna(7, object{"area_code": "61.06.99.1001"}),
	)).expect("partially_committed", "7 rows: 1 created, 6 rejected")
	for _, media := range []string{"text/csv", "application/x-ndjson", workbook} {
		file := first.file(media, "?outcome=rejected", "verification")
		body := any(string(file.raw))
		if media == workbook {
			body = file.raw
		}
		w.bring(w.kpu, "?amends="+first.id(), body).expect("rejected", "6 rows: 6 rejected")
	}
	null := ratna(9)
	null["phone"] = nil
	listed := w.bring(w.kpu, "", inNDJSON(ratna(8, object{"decree_number": 7}), null, ratna(10, object{"mother": "Ibu"}))).expect("rejected", "3 rows: 3 rejected")
	w.bring(w.kpu, "?amends="+listed.id(), string(listed.file("text/csv", "", "").raw)).expect("rejected", "3 rows: 3 rejected")
	same(t, "name", w.officer(w.kpu, "R-000001")["full_name"], "Ratna Contoh 1")
	same(t, "officers", w.officers(), 1)
}

// TestWhatTheRegisterHadAgainstARowIsAskedAgain: the row is right as it is, and what
// was in its way is mended in the register.
func TestWhatTheRegisterHadAgainstARowIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := settle(t)
	other := w.kpu.post("/v1/officers", ratna(2, object{"external_id": "R-other"})).must(t, 201).id(t)
	w.bring(w.kpu, "", inCSV(ratna(3)))
	first := w.bring(w.kpu, "?commit=manual", inCSV(ratna(1), ratna(2), ratna(3, object{"decree_number": "45/2024"}), ratna(4, object{"nik": "1"})))
	w.kpu.patch("/v1/officers/"+fmt.Sprint(w.officer(w.kpu, "R-000003")["id"]), "*", object{"decree_number": "46/2024"}).must(t, 200)
	first = w.commit(first).expect("partially_committed", "4 rows: 1 created, 3 rejected")
	alike(t, "rows", first.fates(), []string{"2 created", "3 rejected nik officer_taken", "4 rejected changed_since_validation", "5 rejected nik nik_invalid"})
	left := first.file("text/csv", "?outcome=rejected", "").raw
	second := w.bring(w.kpu, "?amends="+first.id(), string(left))
	alike(t, "rows again", second.fates(), []string{"3 rejected nik officer_taken", "4 updated", "5 rejected nik nik_invalid"})
	same(t, "decree", w.officer(w.kpu, "R-000003")["decree_number"], "45/2024")
	w.kpu.patch("/v1/officers/"+other, "*", object{"nik": ratna(5)["nik"]}).must(t, 200)
	third := w.bring(w.kpu, "?amends="+second.id(), string(second.file("text/csv", "?outcome=rejected", "").raw))
	alike(t, "rows at last", third.fates(), []string{"3 created", "5 rejected nik nik_invalid"})
	first.again().expect("partially_committed", "4 rows: 1 created, 1 rejected, 2 amended")
}

// TestWhatIsLeftInAMendingFileIsJudgedByTheRegisterOfItsDay: where somebody changed
// the register so that a row is right by now, there is nothing in the row to mend.
func TestWhatIsLeftInAMendingFileIsJudgedByTheRegisterOfItsDay(t *testing.T) {
	t.Parallel()
	for _, media := range []string{"text/csv", "application/x-ndjson", workbook} {
		t.Run(media, func(t *testing.T) {
			t.Parallel()
			w := settle(t)
			w.bring(w.kpu, "", inCSV(several(1, 3)...))
			serves := w.kpu.post("/v1/officers", ratna(9, object{"external_id": "OLD-9"})).must(t, 201).id(t)
			waiting := w.bring(w.kpu, "?commit=manual", inCSV(
				ratna(1, object{"full_name": "Ratna Baru"}), ratna(2, object{"area_code": "61.06.99.1001"}), ratna(5), ratna(9, object{"term_from": "2024-09-01"}),
				ratna(7), ratna(7, object{"full_name": "Ratna Kembar"}),
			))
			w.kpu.patch("/v1/officers/"+fmt.Sprint(w.officer(w.kpu, "R-000001")["id"]), "*", object{"decree_number": "1"}).must(t, 200)
			w.kpu.post("/v1/officers", ratna(5)).must(t, 201)
			first := w.commit(waiting)
			alike(t, "at first", first.fates(), []string{
				"2 rejected changed_since_validation", "3 rejected area_code area_unknown", "4 rejected changed_since_validation",
				"5 rejected nik officer_taken", "6 created", "7 rejected external_id duplicate_in_file",
			})
			w.kpu.send(post("/v1/officers/"+serves+"/end", object{"ended_on": "2024-08-26", "reason": "resigned"}).under("If-Match", "*")).must(t, 200)
			file := first.file(media, "?outcome=rejected", "")
			body := any(string(file.raw))
			if media == workbook {
				body = file.raw
			}
			second := w.bring(w.kpu, "?amends="+first.id(), body)
			alike(t, "left as they were", second.fates(), []string{
				"2 updated", "3 rejected area_code area_unknown", "4 unchanged", "5 created", "7 rejected external_id duplicate_in_file",
			})
			same(t, "name", w.officer(w.kpu, "R-000001")["full_name"], "Ratna Baru")
			same(t, "name", w.officer(w.kpu, "R-000007")["full_name"], "Ratna Contoh 7")
		})
	}
}

// TestTheSamePeopleAgainAreNobodyNew: the same bytes, another order, another format.
func TestTheSamePeopleAgainAreNobodyNew(t *testing.T) {
	t.Parallel()
	w := settle(t)
	people := several(1, 50)
	other := slices.Clone(people)
	slices.Reverse(other)
	first := w.bring(w.kpu, "", inCSV(people...)).expect("committed", "50 rows: 50 created")
	same(t, "repeats", first.object["repeats"], nil)
	before := w.contents()["officers"]
	for name, file := range map[string]any{
		"the same file": inCSV(people...), "in another order": inCSV(other...), "as NDJSON": inNDJSON(people...), "as a workbook": inXLSX(t, people...),
	} {
		again := w.bring(w.kpu, "", file)
		same(t, name, again.counts(), "50 rows: 50 unchanged")
		same(t, name+" repeats one", again.object["repeats"] != nil, true)
	}
	same(t, "officers", w.contents()["officers"], before)

	repeated := w.kpu.send(upload("?mode=create_only", inCSV(people...))).must(t, 409)
	same(t, "code", repeated.code(t), "import_repeated")
	earlier := fmt.Sprint(repeated.object(t)["errors"].([]any)[0].(object)["params"].(object)["import_id"])
	w.kpu.get("/v1/imports/"+earlier).must(t, 200)
	slices.SortFunc(other, func(a, b object) int { return strings.Compare(fmt.Sprint(a["nik"])[15:], fmt.Sprint(b["nik"])[15:]) })
	reordered := w.bring(w.kpu, "?mode=create_only", inCSV(other...))
	same(t, "status", reordered.object["status"], "rejected")
	same(t, "why", reordered.faults(), "import_repeated")
	params := reordered.object["errors"].([]any)[0].(object)["params"].(object)
	same(t, "names the one it repeats", params["import_id"], reordered.object["repeats"])
	listed := w.kpu.get("/v1/imports?content_digest="+fmt.Sprint(first.object["content_digest"])).must(t, 200).items(t)
	same(t, "sent before", len(listed), 2)
}

// TestAnUpsertAmendsWhoeverChanged, and create_only does not.
func TestAnUpsertAmendsWhoeverChanged(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.bring(w.kpu, "", inCSV(several(1, 4)...))
	file := inCSV(ratna(1), ratna(2, object{"full_name": "Ratna Baru"}), ratna(3, object{"position": "sek_pps", "role": "staff"}), ratna(5))
	w.bring(w.kpu, "?mode=create_only", file).expect("partially_committed", "4 rows: 1 created, 1 unchanged, 2 rejected")
	same(t, "name", w.officer(w.kpu, "R-000002")["full_name"], "Ratna Contoh 2")
	second := w.bring(w.kpu, "", file)
	alike(t, "rows", second.fates(), []string{"2 unchanged", "3 updated", "4 rejected external_id external_id_taken", "5 unchanged"})
	o := w.officer(w.kpu, "R-000002")
	same(t, "name", o["full_name"], "Ratna Baru")
	same(t, "version", o["version"], 2.0)
	same(t, "another's version", w.officer(w.kpu, "R-000001")["version"], 1.0)
	same(t, "effects", fmt.Sprint(second.object["effects"]), "map[amended:1 appointed:0 conflicts:0 ended:0]")
}

// TestASnapshotEndsWhoeverIsMissing, once their number is confirmed; a row that is
// rejected still keeps its officer, and who is elsewhere is left alone.
func TestASnapshotEndsWhoeverIsMissing(t *testing.T) {
	t.Parallel()
	w := settle(t)
	elsewhere := []object{
		ratna(20, object{"area_code": "61.06.02.2001"}), ratna(21, object{"position": "sek_pps", "role": "staff"}),
	}
	w.bring(w.kpu, "", inCSV(append(several(1, 10), elsewhere...)...)).expect("committed", "12 rows: 12 created")
	file := inCSV(append(several(1, 6), ratna(7, object{"full_name": "Ratna Baru"}), ratna(8, object{"phone": "021-555"}), ratna(11))...)
	snapshot := "?mode=snapshot&position=pps&area_code=" + village
	planned := w.bring(w.kpu, snapshot, file).expect("validated", "9 rows: 1 created, 1 updated, 6 unchanged, 2 ended, 1 rejected")
	same(t, "officers", w.officers(), 12)
	missing := planned.rows("&outcome=ended")
	var keys []string
	for _, row := range missing {
		keys = append(keys, fmt.Sprint(row["row"], " ", row["cells"].(object)["external_id"], " ", row["applied"]))
	}
	alike(t, "missing", keys, []string{"<nil> R-000010 false", "<nil> R-000009 false"})
	for name, change := range map[string]object{"no number": nil, "a wrong number": {"removals": 3}} {
		refused := w.kpu.pay("/v1/imports/"+planned.id()+"/commit", planned.plan(change)).must(t, 409)
		same(t, name, strings.Join(refused.faults(t), ", "), "/removals removals_not_confirmed")
	}
	w.commit(planned, object{"removals": 2}).expect("partially_committed", "9 rows: 1 created, 1 updated, 6 unchanged, 2 ended, 1 rejected")
	for key, ended := range map[string]any{
		"R-000009": "2024-08-26", "R-000010": "2024-08-26", "R-000008": nil, "R-000020": nil, "R-000021": nil, "R-000007": nil,
	} {
		same(t, key, w.officer(w.kpu, key)["ended_on"], ended)
	}
	same(t, "reason", w.officer(w.kpu, "R-000009")["end_reason"], "removed")

	fewer := inCSV(append(several(1, 6), ratna(11))...)
	w.bring(w.kpu, snapshot+"&removals=1", fewer).expect("validated", "7 rows: 7 unchanged, 2 ended")
	w.bring(w.kpu, snapshot+"&removals=2", fewer).expect("committed", "7 rows: 7 unchanged, 2 ended")
}

// TestTheTermsOfASnapshotAreChecked before a byte of it is kept.
func TestTheTermsOfASnapshotAreChecked(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for query, faults := range map[string][]string{
		"?mode=snapshot": {"area_code required", "position required"},
		"?mode=snapshot&position=kapten&area_code=61.06.99.1001": {"area_code area_unknown", "position position_unknown"},
		"?mode=snapshot&position=pkd&area_code=61.07":            {"area_code area_outside_organisation", "position position_of_other_body"},
		"?position=pps&area_code=61.06&removals=1":               {"area_code snapshot_only", "position snapshot_only", "removals snapshot_only"},
		"?agreement_id=" + uuid.NewString():                      {"agreement_id agreement_unknown"},
	} {
		got := w.kpu.send(upload(query, inCSV(ratna(1)))).must(t, 422)
		alike(t, query, got.faults(t), faults)
	}
	same(t, "imports", one[int](w.server, `select count(*) from imports`), 0)
}

// TestAllOrNothing: with reject_all one bad row keeps all others out, and so does a
// row that somebody changed meanwhile.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	w := settle(t)
	bad := w.bring(w.kpu, "?on_error=reject_all", inCSV(ratna(1), ratna(2), ratna(3, object{"nik": "1"})))
	bad.expect("rejected", "3 rows: 2 created, 1 rejected")
	same(t, "why", bad.faults(), "rows_rejected")
	same(t, "officers", w.officers(), 0)
	w.bring(w.kpu, "?on_error=reject_all", inCSV(several(1, 3)...)).expect("committed", "3 rows: 3 created")
	waiting := w.bring(w.kpu, "?on_error=reject_all&commit=manual", inCSV(ratna(1, object{"full_name": "Ratna Baru"}), ratna(4)))
	w.kpu.patch("/v1/officers/"+fmt.Sprint(w.officer(w.kpu, "R-000001")["id"]), "*", object{"decree_number": "1"}).must(t, 200)
	late := w.commit(waiting)
	same(t, "status", late.object["status"], "rejected")
	same(t, "why", late.faults(), "rows_rejected")
	alike(t, "rows", late.fates(), []string{"2 rejected changed_since_validation", "3 created"})
	same(t, "officers", w.officers(), 3)
}

// TestACommitCarriesOutThePlanThatWasReviewed, and no other.
func TestACommitCarriesOutThePlanThatWasReviewed(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.bring(w.kpu, "", inCSV(several(1, 3)...))
	waiting := w.bring(w.kpu, "?commit=manual", inCSV(
		ratna(1, object{"full_name": "Ratna Baru"}), ratna(2, object{"full_name": "Ratna Lain"}), ratna(4), ratna(5),
	)).expect("validated", "4 rows: 2 created, 2 updated")
	same(t, "officers", w.officers(), 3)
	stale := w.kpu.pay("/v1/imports/"+waiting.id()+"/commit", object{"plan_digest": strings.Repeat("0", 32)}).must(t, 409)
	same(t, "another plan", stale.code(t), "plan_stale")
	w.kpu.patch("/v1/officers/"+fmt.Sprint(w.officer(w.kpu, "R-000001")["id"]), "*", object{"decree_number": "1"}).must(t, 200)
	w.kpu.post("/v1/officers", ratna(5)).must(t, 201)
	done := w.commit(waiting).expect("partially_committed", "4 rows: 1 created, 1 updated, 2 rejected")
	alike(t, "rows", done.fates(), []string{"2 rejected changed_since_validation", "3 updated", "4 created", "5 rejected changed_since_validation"})
	same(t, "name", w.officer(w.kpu, "R-000001")["full_name"], "Ratna Contoh 1")
	same(t, "twice", w.kpu.pay("/v1/imports/"+waiting.id()+"/commit", waiting.plan()).must(t, 409).code(t), "import_not_validated")
	same(t, "who ordered it", w.events("import_commit_ordered", waiting.id()), 1)
}

// TestATrialIsNeverCommitted: it is judged and reported on, and that is all.
func TestATrialIsNeverCommitted(t *testing.T) {
	t.Parallel()
	w := settle(t)
	trial := w.bring(w.kpu, "?dry_run=true", inCSV(ratna(1), ratna(2, object{"nik": "1"}))).expect("validated", "2 rows: 1 created, 1 rejected")
	same(t, "says so", trial.object["dry_run"], true)
	same(t, "commit", w.kpu.pay("/v1/imports/"+trial.id()+"/commit", trial.plan()).must(t, 409).code(t), "import_is_dry_run")
	same(t, "officers", w.officers(), 0)
	writer := w.as(w.kpu.get("/v1/organisations/"+w.organisations["kpu"]).object(t), "imports:write", "imports:read")
	w.bring(writer, "?dry_run=true", inCSV(ratna(1))).expect("validated", "1 rows: 1 created")
}

// TestAnImportIsCancelledUntilItIsOver, and nothing of it stays.
func TestAnImportIsCancelledUntilItIsOver(t *testing.T) {
	t.Parallel()
	w := settle(t)
	file := inCSV(several(1, 3)...)
	cancel := func(id string) answer { return w.kpu.post("/v1/imports/"+id+"/cancel", nil) }
	staging := w.kpu.send(upload("", file)).must(t, 202).id(t)
	w.exec(`update imports set status = 'staging', phase = 'staging' where id = $1`, staging)
	committing := w.bring(w.kpu, "?commit=manual", file)
	w.kpu.pay("/v1/imports/"+committing.id()+"/commit", committing.plan()).must(t, 202)
	for status, id := range map[string]string{
		"receiving":  w.kpu.send(upload("", file).under("Upload-Complete", "?0")).must(t, 201).id(t),
		"received":   w.kpu.send(upload("", file)).must(t, 202).id(t),
		"staging":    staging,
		"validated":  w.bring(w.kpu, "?commit=manual", file).id(),
		"committing": committing.id(),
	} {
		same(t, status, w.kpu.get("/v1/imports/" + id).object(t)["status"], status)
		same(t, status+" cancelled", cancel(id).must(t, 200).object(t)["status"], "cancelled")
		same(t, status+" cancelled twice", cancel(id).must(t, 200).object(t)["status"], "cancelled")
		if err := w.driver().Run(t.Context(), uuid.MustParse(id)); err != nil {
			t.Error(err)
		}
		same(t, status+" and driven", w.kpu.get("/v1/imports/" + id).object(t)["status"], "cancelled")
	}
	same(t, "officers", w.officers(), 0)
	same(t, "bytes", one[int](w.server, `select count(*) from import_parts`), 0)
	done := w.bring(w.kpu, "", file)
	same(t, "committed", cancel(done.id()).must(t, 409).code(t), "import_over")
	w.kpu.post("/v1/imports/"+done.id()+"/reversal", nil).must(t, 202)
	same(t, "reversing", cancel(done.id()).must(t, 409).code(t), "import_over")
	same(t, "rejected", cancel(w.bring(w.kpu, "", "x").id()).must(t, 409).code(t), "import_over")
}

// TestACommitThatDiesGoesOnWhereItStopped, and what of it is done stays when it is
// cancelled instead. The second chunk fails.
func TestACommitThatDiesGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.exec(`create function refuse() returns trigger language plpgsql as $$ begin raise 'cut off'; end $$`)
	w.exec(`create trigger refuse before insert on officers for each row when (new.external_id in ('R-020500', 'R-050500')) execute function refuse()`)
	dies := func(from int) brought {
		a := w.kpu.send(upload("", inCSV(several(from, from+20_999)...))).must(t, 202)
		if err := w.driver().Run(t.Context(), uuid.MustParse(a.id(t))); err == nil {
			t.Fatal("it did not die")
		}
		return brought{a.object(t), w.kpu}.again()
	}
	first := dies(1)
	same(t, "status", first.object["status"], "committing")
	same(t, "officers", w.officers(), 20_000)
	stopped := w.kpu.post("/v1/imports/"+first.id()+"/cancel", nil).must(t, 200)
	brought{stopped.object(t), w.kpu}.expect("partially_committed", "21000 rows: 20000 created, 1000 cancelled")
	same(t, "cancelled rows", len(first.rows("&outcome=cancelled")), 1000)

	second := dies(30_001)
	same(t, "officers", w.officers(), 40_000)
	w.exec(`drop trigger refuse on officers`)
	if err := w.driver().Run(t.Context(), uuid.MustParse(second.id())); err != nil {
		t.Fatal(err)
	}
	second.again().expect("committed", "21000 rows: 21000 created")
	same(t, "officers", w.officers(), 41_000)
	same(t, "appointed", one[int](w.server, `select count(*) from events where type = 'officer_appointed'`), 41_000)
}

// TestSpoiltIdentifiersStopTheWholeFile: what a spreadsheet did to some of the NIKs
// it may have done to all.
func TestSpoiltIdentifiersStopTheWholeFile(t *testing.T) {
	t.Parallel()
	w := settle(t)
	spoilt := func(n int, nik func(n int) string) (file []object) {
		for i := 1; i <= 20; i++ {
			change := object{}
			if i <= n {
				change["nik"] = nik(i)
			}
			file = append(file, ratna(i, change))
		}
		return file
	}
	scientific := func(int) string { return "9,90601E+15" }
	all := w.bring(w.kpu, "", inCSV(spoilt(20, scientific)...)).expect("rejected", "20 rows: 20 rejected")
	same(t, "why", all.faults(), "rows_rejected")
	for name, tt := range map[string]struct {
		file   []object
		kind   string
		rows   float64
		counts string
	}{
		"in scientific notation": {spoilt(6, scientific), "scientific_notation", 6, "20 rows: 14 created, 6 rejected"},
		"of fifteen digits": {
			spoilt(6, func(n int) string { return fmt.Sprintf("9906014508900%02d", n) }), "digit_lost", 6, "20 rows: 14 created, 6 rejected",
		},
		"rounded": {spoilt(20, func(n int) string { return fmt.Sprintf("990601450890%03d0", n) }), "last_digits_rounded", 20, "20 rows: 20 created"},
	} {
		b := w.bring(w.kpu, "", inCSV(tt.file...)).expect("validated", tt.counts)
		found := b.object["damage"].([]any)[0].(object)
		same(t, name, found["kind"], tt.kind)
		same(t, name, found["rows"], tt.rows)
		same(t, name, fmt.Sprint(found["examples"]), "[2 3 4 5 6]")
		refused := w.kpu.pay("/v1/imports/"+b.id()+"/commit", b.plan()).must(t, 409)
		same(t, name, refused.code(t), "identifiers_damaged")
	}
	damage := all.object["damage"].([]any)[0].(object)
	same(t, "all of them", fmt.Sprint(damage["kind"], damage["rows"], damage["of"], damage["examples"]), "scientific_notation20 20 [2 3 4 5 6]")
	same(t, "officers", w.officers(), 0)
}

// TestWhatAFileLeavesOpenIsWarnedOf: head-counts, and columns that nobody reads.
func TestWhatAFileLeavesOpenIsWarnedOf(t *testing.T) {
	t.Parallel()
	w := settle(t)
	file := strings.Replace(inCSV(ratna(1)), mends, "Catatan", 1)
	b := w.bring(w.kpu, "", file).expect("committed", "1 rows: 1 created")
	alike(t, "warnings", told(b.object["warnings"]), []string{"column_ignored", "unit_headcount_implausible"})
}

// TestAnEndedOfficerIsNotBroughtBack, and it is said.
func TestAnEndedOfficerIsNotBroughtBack(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.bring(w.kpu, "", inCSV(several(1, 2)...))
	w.kpu.post("/v1/officers/"+fmt.Sprint(w.officer(w.kpu, "R-000001")["id"])+"/end", object{"ended_on": "2024-08-01", "reason": "resigned"}).must(t, 200)
	again := w.bring(w.kpu, "", inCSV(ratna(1), ratna(2, object{"nik": ratna(1)["nik"]})))
	alike(t, "rows", again.fates(), []string{"2 unchanged external_id officer_has_ended", "3 rejected nik person_twice_in_file"})
	same(t, "ended", w.officer(w.kpu, "R-000001")["ended_on"], "2024-08-01")
	late := w.bring(w.kpu, "", inCSV(ratna(1, object{"term_from": "2024-08-02"})))
	alike(t, "rows", late.fates(), []string{"2 rejected term_from outside_term"})
}

// TestNobodyIsReplacedBehindAKey, nor ended because of a row of which it cannot be
// told whose it is, nor loses a value unheard.
func TestNobodyIsReplacedBehindAKey(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.bring(w.kpu, "", inCSV(several(1, 3)...))
	other := w.bring(w.kpu, "", inCSV(ratna(1, object{"nik": ratna(9)["nik"], "full_name": "Dewi Contoh"}), ratna(2)))
	alike(t, "rows", other.fates(), []string{"2 rejected external_id person_replaced", "3 unchanged"})
	unsure := w.bring(w.kpu, "?mode=snapshot&position=pps&area_code="+village, inCSV(ratna(1), ratna(2, object{"external_id": nil})))
	unsure.expect("partially_committed", "2 rows: 1 unchanged, 1 rejected")
	same(t, "unsure", slices.Contains(told(unsure.object["warnings"]), "snapshot_unsure"), true)
	cleared := w.bring(w.kpu, "", strings.Replace(inCSV(ratna(1)), "email", "_email", 1))
	cleared.expect("committed", "1 rows: 1 updated")
	same(t, "cleared", slices.Contains(told(cleared.object["warnings"]), "cells_cleared"), true)
	same(t, "e-mail", w.officer(w.kpu, "R-000001")["email"], nil)
}
