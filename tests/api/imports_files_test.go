package api_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/imports"
)

// workbook is the media type of an XLSX.
const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// ratna is the nth of any number of officers who break no rule and raise no doubt.
func ratna(n int, changes ...object) object {
	return siti(n, append([]object{{
		"external_id": fmt.Sprintf("R-%06d", n), "full_name": fmt.Sprint("Ratna Contoh ", n),
		"nik":     fmt.Sprintf("990601%02d0890%04d", 45+n/9000, n%9000+1),
		"born_on": fmt.Sprintf("1990-08-%02d", 5+n/9000),
	}}, changes...)...)
}

// several are officers from one number up to another.
func several(from, to int, changes ...object) (all []object) {
	for n := from; n <= to; n++ {
		all = append(all, ratna(n, changes...))
	}
	return all
}

// extra is a cell beyond the header, and mends the row that another is to replace.
const (
	extra = "+"
	mends = "_row"
)

func headings() (names []string) {
	for _, c := range cover.Columns {
		names = append(names, c.String())
	}
	return append(names, mends)
}

func textsOf(o object) (texts []string) {
	for _, name := range headings() {
		text := ""
		if v, given := o[name]; given {
			text = fmt.Sprint(v)
		}
		texts = append(texts, text)
	}
	if v, given := o[extra]; given {
		texts = append(texts, fmt.Sprint(v))
	}
	return texts
}

// inCSV writes officers as a text with commas: the first is on line 2.
func inCSV(rows ...object) string {
	var text strings.Builder
	w := csv.NewWriter(&text)
	records := [][]string{headings()}
	for _, o := range rows {
		records = append(records, textsOf(o))
	}
	if err := w.WriteAll(records); err != nil {
		panic(err)
	}
	return text.String()
}

func inNDJSON(rows ...object) string {
	var text strings.Builder
	for _, o := range rows {
		line, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		text.Write(line)
		text.WriteByte('\n')
	}
	return text.String()
}

func inXLSX(t *testing.T, rows ...object) []byte {
	t.Helper()
	return sheetOf(t, append([][]string{headings()}, texts(rows)...))
}

func texts(rows []object) (all [][]string) {
	for _, o := range rows {
		all = append(all, textsOf(o))
	}
	return all
}

// upload sends a file of whatever kind it looks like.
func upload(query string, file any) call {
	media := "text/csv"
	switch f := file.(type) {
	case string:
		if strings.HasPrefix(f, "{") {
			media = "application/x-ndjson"
		}
	case []byte:
		if bytes.HasPrefix(f, []byte("PK")) {
			media = workbook
		}
	}
	return call{method: "POST", path: "/v1/imports" + query, body: file, header: map[string]string{"Content-Type": media}}
}

// brought is an import as it rests.
type brought struct {
	object
	by caller
}

func (b brought) id() string { return fmt.Sprint(b.object["id"]) }

// counts are those that are not 0: "3 rows: 2 created, 1 rejected".
func (b brought) counts() string {
	counts, _ := b.object["counts"].(object)
	var told []string
	for _, what := range []string{"created", "updated", "unchanged", "ended", "rejected", "amended", "cancelled"} {
		if counts[what] != 0.0 {
			told = append(told, fmt.Sprintf("%v %s", counts[what], what))
		}
	}
	return fmt.Sprintf("%v rows: %s", counts["rows"], strings.Join(told, ", "))
}

// faults are the codes of why the whole was rejected.
func (b brought) faults() string { return strings.Join(told(b.object["errors"]), ", ") }

// again reads it once more.
func (b brought) again() brought {
	b.by.t.Helper()
	b.object = b.by.get("/v1/imports/"+b.id()).must(b.by.t, 200).object(b.by.t)
	return b
}

// expect holds the status and the counts against what is wanted.
func (b brought) expect(status, counts string) brought {
	b.by.t.Helper()
	if b.object["status"] != status || b.counts() != counts {
		b.by.t.Errorf("%v, %s %q, want %s, %s", b.object["status"], b.counts(), b.faults(), status, counts)
	}
	return b
}

// bring sends a file, and takes the import on to where it rests.
func (w *world) bring(c caller, query string, file any) brought {
	w.t.Helper()
	return w.driven(c, c.send(upload(query, file)).must(w.t, 202))
}

// driven takes the import of an answer on to where it rests.
func (w *world) driven(c caller, a answer) brought {
	w.t.Helper()
	b := brought{a.object(w.t), c}
	if err := w.driver().Run(w.t.Context(), uuid.MustParse(b.id())); err != nil {
		w.t.Fatal(err)
	}
	return b.again()
}

func (s *server) driver() imports.Driver {
	return imports.Driver{Store: s.store}
}

// take does a verb to an import, and takes it on to where it rests.
func (w *world) take(b brought, verb string) brought {
	w.t.Helper()
	return w.driven(b.by, b.by.post("/v1/imports/"+b.id()+"/"+verb, nil).must(w.t, 202))
}

// commit commits the plan that was reviewed.
func (w *world) commit(b brought, changes ...object) brought {
	w.t.Helper()
	return w.driven(b.by, b.by.pay("/v1/imports/"+b.id()+"/commit", b.plan(changes...)).must(w.t, 202))
}

func (b brought) plan(changes ...object) object {
	body := object{"plan_digest": b.object["plan_digest"]}
	for _, change := range changes {
		for name, value := range change {
			body[name] = value
		}
	}
	return body
}

// rows are all rows of an import.
func (b brought) rows(query string) (all []object) {
	b.by.t.Helper()
	path := "/v1/imports/" + b.id() + "/rows?limit=1000" + query
	for cursor := ""; ; {
		page := b.by.get(path+cursor).must(b.by.t, 200)
		all = append(all, page.items(b.by.t)...)
		next, more := page.object(b.by.t)["next_cursor"]
		if !more {
			return all
		}
		cursor = fmt.Sprint("&cursor=", next)
	}
}

// fates are what came of the rows, told shortly: "2 created", "3 rejected /nik
// nik_invalid".
func (b brought) fates() (all []string) {
	b.by.t.Helper()
	for _, row := range b.rows("") {
		all = append(all, fate(row))
	}
	return all
}

func fate(row object) string {
	words := []string{fmt.Sprint(row["outcome"])}
	if n, numbered := row["row"]; numbered {
		words = append([]string{fmt.Sprint(n)}, words...)
	}
	for _, list := range []string{"errors", "warnings"} {
		faults, _ := row[list].([]any)
		for _, f := range faults {
			o, _ := f.(object)
			words = append(words, strings.TrimSpace(fmt.Sprint(o["column"], " ", o["code"])))
		}
	}
	if code, told := row["reversal_code"]; told {
		words = append(words, fmt.Sprint(code))
	}
	return strings.Join(words, " ")
}

func alike(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%q\nwant\n%q", what, got, want)
	}
}

// file reads the rows of an import as a file.
func (b brought) file(media, query, purpose string) answer {
	b.by.t.Helper()
	c := get("/v1/imports/"+b.id()+"/rows"+query).under("Accept", media)
	if purpose != "" {
		c = c.under("Purpose", purpose)
	}
	a := b.by.send(c).must(b.by.t, 200)
	same(b.by.t, "media type", a.Header.Get("Content-Type"), media)
	return a
}

// officers counts those of the register.
func (s *server) officers() int { s.t.Helper(); return one[int](s, `select count(*) from officers`) }

// officer reads who has a key of the roster, in full.
func (w *world) officer(c caller, key string) object {
	w.t.Helper()
	found := c.send(post("/v1/officers/search", object{"external_ids": []string{key}}).under("Purpose", "verification")).must(w.t, 200).items(w.t)
	if len(found) != 1 {
		w.t.Fatalf("%d officers %s", len(found), key)
	}
	return found[0]
}
