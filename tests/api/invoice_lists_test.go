package api_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// ledger is a nation of invoices in every state, written behind the door: of twelve
// KPU in two provinces, three governments that pay and two branches, over so many
// months. A part of them was fined, credited, paid by SP2D.
func ledger(t *testing.T, months int) *world {
	t.Helper()
	w := settle(t)
	w.at(time.Date(2024, 6, 20, 9, 0, 0, 0, wib))
	w.exec(`insert into organisations (id, kind, level, area_code, name, time_zone, registered_by, version, created_at, updated_at)
		select uuid_v7(now()), k.kind, 'regency', case when n <= 6 then '71.' else '72.' end || lpad(n::text, 2, '0'), k.kind || ' ' || n,
			'Asia/Jakarta', (select id from organisations limit 1), 1, now(), now()
		from (values ('kpu', 12), ('regional_government', 3), ('bpjs_office', 2)) k (kind, many), generate_series(1, k.many) n`)
	w.exec(`insert into agreements (id, title, positions, segment, risk_class, wage_base_policy, funding_source, starts_on, ends_on, legal_bases,
			organiser_id, payer_id, branch_id, version, created_at, updated_at)
		select uuid_v7(now()), 'PKS ' || n, '[]', 'pu', 'very_low', 'honorarium', (array['nphd', 'apbd', 'apbn'])[n % 3 + 1], '2015-01-01', '2030-12-31', '[]',
			o.id, p.id, b.id, 1, now(), now()
		from generate_series(1, 12) n
			join organisations o on o.name = 'kpu ' || n
			left join organisations p on p.name = 'regional_government ' || n % 4
			join organisations b on b.name = 'bpjs_office ' || n % 2 + 1`)
	w.exec(`insert into invoices (id, agreement_id, organiser_id, payer_id, branch_id, month, sequence, area_code, funding_source, number, payment_code,
			issued_on, due_on, officers, jkk, jkm, fine, paid, credited, groups, voided_on, void_reason, digest, budget_reference, disbursement,
			version, created_at, updated_at)
		select id, agreement_id, organiser_id, payer_id, branch_id, month, 0, area_code, funding_source,
			case when state > 0 then '2024/' || lpad(row_number() over (order by id)::text, 6, '0') else '' end,
			case when state > 1 then 'KI-' || lpad(row_number() over (order by id)::text, 8, '0') else '' end,
			case when state > 0 then (month + interval '1 month 1 day')::date end, (month + interval '1 month 14 days')::date, (n * 7) % 5 + 1,
			jkk, jkm, fine, case state when 3 then jkk when 4 then jkk + jkm + fine when 5 then jkk else 0 end, case state when 5 then jkm + fine else 0 end,
			jsonb_build_array(jsonb_build_object('position', 'pps', 'role', 'member', 'wage_base', 1300000, 'officers', (n * 7) % 5 + 1, 'jkk', jkk, 'jkm', jkm)),
			case when state = 6 then (month + interval '1 month 2 days')::date end, case when state = 6 then '=keliru; "salah"' else '' end, repeat('ab', 32),
			case when n % 4 = 0 then '{"skpd_name": "Kesbangpol", "stage": "nphd_2"}'::jsonb else '{}' end,
			case when state in (4, 5) then jsonb_build_object('sp2d_number', 'SP2D-' || n % 9, 'sp2d_on', '2024-06-10') else '{}' end, 1, now(), now()
		from (select uuid_v7(now()) as id, a.id as agreement_id, organiser_id, payer_id, branch_id, funding_source, o.area_code, n,
				('2020-01-01'::date + make_interval(months => m))::date as month, (n * 13 + m) % 7 as state,
				3120 * ((n * 7) % 5 + 1)::bigint as jkk, 3900 * ((n * 7) % 5 + 1)::bigint as jkm, case when n % 5 = 0 then 250 else 0 end as fine
			from (select *, row_number() over (order by id) as k from agreements where title like 'PKS %') a
				join organisations o on o.id = a.organiser_id, generate_series(0, $1 - 1) m, lateral (select (k * 1000 + m * 17)::bigint) x (n)) i`, months)
	w.exec(`insert into invoice_fines (invoice_id, late_id, from_month, to_month, rate, owed, amount)
		select id, id, 1, 2, 200, 6250, fine from invoices where fine > 0`)
	return w
}

// party is who acts for an organisation of a ledger.
func (w *world) party(name string) caller {
	w.t.Helper()
	return w.as(object{
		"id": one[string](w.server, `select id::text from organisations where name = $1`, name), "kind": strings.Fields(name)[0], "level": "regency",
		"area_code": one[string](w.server, `select area_code from organisations where name = $1`, name), "time_zone": "Asia/Jakarta",
	})
}

// readers of a ledger see different parts of it.
func (w *world) readers() map[string]caller {
	return map[string]caller{
		"nation": w.nation, "payer": w.party("regional_government 1"), "branch": w.party("bpjs_office 2"), "organiser": w.party("kpu 3"),
	}
}

// walked is a list read page by page.
func walked(t *testing.T, by caller, path string, query url.Values, limit int) (all []object) {
	t.Helper()
	for query = maps.Clone(query); ; {
		query.Set("limit", strconv.Itoa(limit))
		page := by.get(path+"?"+query.Encode()).must(t, 200).object(t)
		for _, item := range page["items"].([]any) {
			all = append(all, item.(object))
		}
		next, more := page["next_cursor"].(string)
		if !more {
			return all
		}
		query.Set("cursor", next)
	}
}

// summedMembers are what totals add up.
var summedMembers = []string{
	"officers", "jkk_amount", "jkm_amount", "fine_amount", "total_amount", "credited_amount", "paid_amount", "outstanding_amount",
}

// sumsOf adds up a list by hand.
func sumsOf(items []object) object {
	sums := object{"invoices": float64(len(items))}
	for _, name := range summedMembers {
		sum := 0.0
		for _, item := range items {
			sum += item[name].(float64)
		}
		sums[name] = sum
	}
	return sums
}

// narrowing says of each filter of invoices what it keeps, given what an invoice
// has in a member.
var narrowing = map[string]struct {
	member string
	keeps  func(has any, asked string) bool
}{
	"agreement_id":     {"agreement_id", equals},
	"organiser_id":     {"organiser_id", equals},
	"payer_id":         {"payer_id", equals},
	"status":           {"status", among},
	"month":            {"month", equals},
	"month_gte":        {"month", atLeast},
	"month_lte":        {"month", atMost},
	"fiscal_year":      {"fiscal_year", equals},
	"funding_source":   {"funding_source", among},
	"area_code":        {"area_code", func(has any, asked string) bool { return strings.HasPrefix(fmt.Sprint(has)+".", asked+".") }},
	"issued_on_gte":    {"issued_on", atLeast},
	"issued_on_lte":    {"issued_on", atMost},
	"due_on_gte":       {"due_on", atLeast},
	"due_on_lte":       {"due_on", atMost},
	"total_amount_gte": {"total_amount", atLeast},
	"total_amount_lte": {"total_amount", atMost},
	"number":           {"number", equals},
	"payment_code":     {"payment_code", equals},
	"sp2d_number":      {"disbursement.sp2d_number", equals},
}

func equals(has any, asked string) bool { return has != nil && plainly(has) == asked }
func among(has any, asked string) bool {
	return slices.Contains(strings.Split(asked, ","), plainly(has))
}
func atLeast(has any, asked string) bool { return has != nil && compared(has, asked) >= 0 }
func atMost(has any, asked string) bool  { return has != nil && compared(has, asked) <= 0 }

func compared(has any, asked string) int {
	if n, number := has.(float64); number {
		limit, err := strconv.ParseFloat(asked, 64)
		if err != nil {
			panic(err)
		}
		return int(n - limit)
	}
	return strings.Compare(fmt.Sprint(has), asked)
}

// plainly is a member as a query or a file has it.
func plainly(v any) string {
	if n, number := v.(float64); number {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// member finds one by its path: "disbursement.sp2d_number".
func member(o object, path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		inner, _ := o[name].(object)
		return member(inner, rest)
	}
	return o[name]
}

// TestTheTotalsAreTheSumsOfAllPages for filters as they come, in every order,
// for whoever asks; and every filter keeps what it says.
func TestTheTotalsAreTheSumsOfAllPages(t *testing.T) {
	t.Parallel()
	w := ledger(t, 20)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	filters := slices.Sorted(maps.Keys(narrowing))
	orders := []string{"id", "-id", "due_on", "-due_on", "month", "-month", "total_amount", "-total_amount"}
	found := 0
	for who, by := range w.readers() {
		whole := walked(t, by, "/v1/invoices", url.Values{}, 1000)
		if len(whole) < 10 {
			t.Fatalf("%s sees %d invoices", who, len(whole))
		}
		for n := range 60 {
			query, want := url.Values{}, slices.Clone(whole)
			sample := whole[random.IntN(len(whole))]
			for range n % 4 {
				name := filters[random.IntN(len(filters))]
				asked := plainly(member(sample, narrowing[name].member))
				if asked == "" || query.Has(name) {
					continue
				}
				if name == "area_code" && random.IntN(2) == 0 {
					asked = asked[:2]
				}
				if name == "status" {
					asked += ",overdue"
					if strings.HasPrefix(asked, "overdue,") {
						asked = "overdue"
					}
				}
				query.Set(name, asked)
				want = slices.DeleteFunc(want, func(o object) bool {
					return !narrowing[name].keeps(member(o, narrowing[name].member), asked)
				})
			}
			order := orders[random.IntN(len(orders))]
			query.Set("sort", order)
			inOrder(want, order)
			at := fmt.Sprint(who, " ", query.Encode())
			got := walked(t, by, "/v1/invoices", query, 1+random.IntN(60))
			if !slices.Equal(names(got), names(want)) {
				t.Errorf("%s: %d, want %d, or another order", at, len(got), len(want))
			}
			query.Set("totals", "true")
			query.Set("limit", "1")
			totals := by.get("/v1/invoices?"+query.Encode()).must(t, 200).object(t)["totals"]
			if want := sumsOf(got); !reflect.DeepEqual(totals, want) {
				t.Errorf("%s: totals %v, want %v", at, totals, want)
			}
			found += len(got)
		}
	}
	if found < 1000 {
		t.Errorf("only %d invoices were met", found)
	}
}

// inOrder puts invoices into an order, and equal ones into that of their ids.
func inOrder(items []object, order string) {
	by, down := strings.CutPrefix(order, "-")
	slices.SortFunc(items, func(a, b object) int {
		c := compared(a[by], plainly(b[by]))
		if c == 0 {
			c = strings.Compare(name(a), name(b))
		}
		if down {
			return -c
		}
		return c
	})
}

// readCSV returns the rows of a CSV under its header.
func readCSV(t *testing.T, raw []byte) (header []string, rows [][]string) {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

// readSheet returns the rows of a workbook under its header, without its last row,
// which holds the sums; values are as they are kept, not as they are shown.
func readSheet(t *testing.T, raw []byte) (header []string, rows [][]string, sums map[string]string) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := f.GetRows("rows", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	header, last, sums := all[0], all[len(all)-1], map[string]string{}
	for i, cell := range last {
		if cell != "" {
			sums[header[i]] = cell
			kept, err := f.GetCellType("rows", cellName(t, i, len(all)))
			if err != nil || (kept == excelize.CellTypeUnset || kept == excelize.CellTypeNumber) != (i > 0) {
				t.Errorf("the sum of %s is of type %d, %v", header[i], kept, err)
			}
		}
	}
	for _, row := range all[1 : len(all)-1] {
		rows = append(rows, append(row, make([]string, len(header)-len(row))...))
	}
	return header, rows, sums
}

func cellName(t *testing.T, column, row int) string {
	t.Helper()
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// asFiles asks for a list in every form, and holds all of them against its items.
func asFiles(t *testing.T, by caller, path string, query url.Values, items []object, summed []string) {
	t.Helper()
	ask := func(media string) answer {
		a := by.send(get(path+"?"+query.Encode()).under("Accept", media)).must(t, 200)
		same(t, "type", a.Header.Get("Content-Type"), media)
		same(t, "varies", strings.HasPrefix(a.Header.Get("Vary"), "Accept,"), true)
		same(t, "named", strings.Contains(a.Header.Get("Content-Disposition"), "filename="), true)
		return a
	}
	lines := bytes.SplitAfter(ask("application/x-ndjson").raw, []byte("\n"))
	if len(lines) != len(items)+1 {
		t.Fatalf("%d lines of %d items", len(lines)-1, len(items))
	}
	for n, item := range items {
		var line object
		if err := json.Unmarshal(lines[n], &line); err != nil || !reflect.DeepEqual(line, item) {
			t.Fatalf("line %d: %v %s, want %v", n, err, lines[n], item)
		}
	}
	header, rows := readCSV(t, ask("text/csv").raw)
	sheetHeader, sheetRows, sums := readSheet(t, ask(workbook).raw)
	if !slices.Equal(header, sheetHeader) || len(rows) != len(items) || len(sheetRows) != len(items) {
		t.Fatalf("%d items: CSV %d %v, workbook %d %v", len(items), len(rows), header, len(sheetRows), sheetHeader)
	}
	for n, item := range items {
		for i, name := range header {
			want := plainly(member(item, name))
			if strings.HasPrefix(want, "=") {
				want = "'" + want
			}
			if rows[n][i] != want || sheetRows[n][i] != strings.TrimPrefix(want, "'") {
				t.Fatalf("row %d, %s: CSV %q, workbook %q, want %q", n, name, rows[n][i], sheetRows[n][i], want)
			}
		}
	}
	same(t, "columns that are summed", len(sums), len(summed)+1)
	for _, name := range summed {
		sum := 0.0
		for _, item := range items {
			sum += item[name].(float64)
		}
		same(t, "sum of "+name, sums[name], plainly(sum))
	}
}

// TestAListOfInvoicesIsGivenAsAFile: all of it, filtered and in order, with sums that
// agree with the totals and with the database.
func TestAListOfInvoicesIsGivenAsAFile(t *testing.T) {
	t.Parallel()
	w := ledger(t, 20)
	for who, by := range w.readers() {
		for _, query := range []url.Values{
			{},
			{"status": {"overdue,draft"}, "sort": {"-total_amount"}},
			{"fiscal_year": {"2020"}, "sort": {"month"}, "limit": {"3"}},
			{"area_code": {"71"}, "funding_source": {"nphd"}, "sort": {"-due_on"}},
			{"number": {"none"}},
			{"sort": {"-id"}, "sp2d_number": {"SP2D-3"}},
		} {
			items := walked(t, by, "/v1/invoices", query, 100)
			if who == "nation" && !query.Has("number") && len(items) == 0 {
				t.Errorf("nothing under %v", query)
			}
			asFiles(t, by, "/v1/invoices", query, items, summedMembers)
		}
	}
	_, rows, sums := readSheet(t, w.nation.send(get("/v1/invoices").under("Accept", workbook)).must(t, 200).raw)
	same(t, "invoices", len(rows), one[int](w.server, `select count(*) from invoices`))
	same(t, "total", sums["total_amount"], one[string](w.server, `select sum(total)::text from invoices`))
	same(t, "outstanding", sums["outstanding_amount"], one[string](w.server, `select sum(total - paid - credited)::text from invoices where voided_on is null`))
	totals := w.nation.get("/v1/invoices?totals=true").object(t)["totals"].(object)
	for _, name := range summedMembers {
		same(t, name, sums[name], plainly(totals[name]))
	}
}

// TestAFileHasEveryMember of the contract that is one value.
func TestAFileHasEveryMember(t *testing.T) {
	t.Parallel()
	w := billed(t)
	for schema, path := range map[string]string{"Invoice": "/v1/invoices", "InvoiceLine": "/v1/invoices/" + w.ids["invoice_id"] + "/lines"} {
		header, _ := readCSV(t, w.branch.send(get(path).under("Accept", "text/csv")).must(t, 200).raw)
		var want []string
		for name, ref := range document().Components.Schemas[schema].Value.Properties {
			switch s := ref.Value; {
			case s.Type.Is("array") || name == "dry_run":
			case s.Type.Is("object"):
				for inner := range s.Properties {
					want = append(want, name+"."+inner)
				}
			default:
				want = append(want, name)
			}
		}
		slices.Sort(want)
		slices.Sort(header)
		if !slices.Equal(header, want) {
			t.Errorf("%s: %v, want %v", schema, header, want)
		}
	}
}

// TestTheLinesOfAnInvoiceAreGivenAsAFile in the order of the digest.
func TestTheLinesOfAnInvoiceAreGivenAsAFile(t *testing.T) {
	t.Parallel()
	w := billed(t)
	path := "/v1/invoices/" + w.ids["invoice_id"] + "/lines"
	for _, query := range []url.Values{{}, {"position": {"pps"}}, {"position": {"ppk"}}} {
		items := walked(t, w.government, path, query, 2)
		if !slices.IsSortedFunc(items, func(a, b object) int { return strings.Compare(name(a), name(b)) }) {
			t.Error("the lines are in another order")
		}
		asFiles(t, w.government, path, query, items, []string{"jkk_amount", "jkm_amount", "premium_amount"})
	}
	_, _, sums := readSheet(t, w.government.send(get(path).under("Accept", workbook)).raw)
	same(t, "total", sums["premium_amount"], plainly(w.government.get("/v1/invoices/" + w.ids["invoice_id"]).object(t)["total_amount"]))
	stranger := w.join(w.admin, "stranger", object{"kind": "bpjs_office", "level": "regency", "area_code": "61.06", "name": "BPJS lain"})
	same(t, "a stranger", stranger.send(get(path).under("Accept", "text/csv")).must(t, 404).code(t), "resource_unknown")
}

// meter counts what is written to it, and how much memory is in use meanwhile.
type meter struct {
	header        http.Header
	written, next int
	most          uint64
}

func (m *meter) Header() http.Header { return m.header }
func (m *meter) WriteHeader(int)     {}

func (m *meter) Write(b []byte) (int, error) {
	if m.written += len(b); m.written >= m.next {
		m.next += 1 << 20
		m.most = max(m.most, inUse())
	}
	return len(b), nil
}

func inUse() uint64 {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	return now.HeapAlloc
}

// TestAHundredThousandLinesTakeLittleMemory as a text.
func TestAHundredThousandLinesTakeLittleMemory(t *testing.T) { //nolint:paralleltest // it measures memory
	w := billed(t)
	w.exec(`set session_replication_role = replica;
		insert into invoice_lines (invoice_id, coverage_period_id, officer_id, person_id, month, position, role, wage_base, jkk, jkm, schedule)
		select id, uuid_v7(now()), uuid_v7(now()), uuid_v7(now()), month, 'kpps', 'member', 850000, 2040, 2550, 'pu-2015-07'
		from invoices, generate_series(1, 100000)`)
	for _, media := range []string{"text/csv", "application/x-ndjson"} {
		m := &meter{header: http.Header{}}
		before := inUse()
		w.handler.ServeHTTP(m, w.branch.request(get("/v1/invoices/"+w.ids["invoice_id"]+"/lines").under("Accept", media)))
		if m.written < 100_000*100 || m.most > before+(6<<20) {
			t.Errorf("%s: %d bytes were written, and %d bytes were in use", media, m.written, m.most-before)
		}
	}
}
