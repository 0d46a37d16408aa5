package api_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// crowd puts several items into every list.
func (w *world) crowd() {
	w.t.Helper()
	for range 2 { // and there is one link already
		w.kpu.post(w.fill("/v1/documents/{document_id}/links"), object{"purpose": "audit"}).must(w.t, 201)
	}
	for range 3 {
		w.kpu.send(reading(w.ids["document_id"])).must(w.t, 200)
	}
	w.kpu.post("/v1/api-clients", object{"organisation_id": w.organisations["kpu"], "name": "third", "scopes": []string{"officers:read"}}).must(w.t, 201)
	for n := 40; n < 44; n++ {
		w.kpu.post("/v1/officers", siti(n, object{"area_code": fmt.Sprint("61.06.01.20", n-30+5)})).must(w.t, 201) // 2015 and on
	}
	for range 2 {
		w.kpu.post("/v1/agreements/"+w.ids["agreement_id"]+"/enrolments", object{"positions": []string{"pps"}}).must(w.t, 201)
	}
	w.branch.pay("/v1/invoices/"+w.ids["draft_invoice_id"]+"/issue", object{}).must(w.t, 200)
	for i, amount := range []int{1000, 2000, 3000} {
		w.branch.pay("/v1/payments", object{"paid_on": "2024-11-28", "paid_amount": amount, "reference": fmt.Sprint("R-", i), "allocations": []object{
			{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": amount},
		}}).must(w.t, 201)
	}
	for n, stage := range []string{"nphd_2", "apbd"} {
		w.government.post("/v1/budgets", w.budget(stage)).must(w.t, 201)
		w.branch.pay("/v1/credit-notes", w.credit(w.lines[n+1])).must(w.t, 201)
		w.reconcile(fmt.Sprintf("2024-09-02;7;TRX-%d;setoran", n+2)).must(w.t, 201)
	}
	w.branch.post("/v1/invoices/"+w.ids["wrong_invoice_id"]+"/void", object{"reason": "Keliru"}).must(w.t, 200)
	w.branch.post("/v1/coverage-periods/"+w.ids["wrong_period_id"]+"/cancel", nil).must(w.t, 200)
	w.kpu.post("/v1/incidents", w.death(w.ids["district_officer_id"])).must(w.t, 201) // without cover
	w.branch.post("/v1/claims/"+w.ids["untrue_claim_id"]+"/reject", object{"reason": "untrue"}).must(w.t, 200)
	w.kpu.post("/v1/api-clients/"+w.ids["leaving_client_id"]+"/revoke", nil).must(w.t, 200)
	for _, year := range []int{2025, 2026} {
		w.kpu.post("/v1/ex-gratia-funds", fund(year)).must(w.t, 201)
	}
	w.kpu.pay("/v1/ex-gratia-grants", w.gift(w.ids["gifted_incident_id"], 3)).must(w.t, 201)
}

// list is one of the contract as a populous world asks for it: who sees all of it,
// and the filter that keeps it short.
type list struct {
	operation
	by    caller
	path  string
	query url.Values
}

func (w *world) lists(t *testing.T) (all []list) {
	t.Helper()
	for _, o := range operations() {
		if o.Parameters.GetByInAndName("query", "cursor") == nil {
			continue
		}
		l := list{o, w.kpu, o.call(t, w.ids).path, url.Values{}}
		if o.OperationID == "listPayments" || o.OperationID == "listStatements" {
			l.by = w.branch
		}
		if o.OperationID == "listAreas" {
			l.query.Set("area_code", district)
		}
		all = append(all, l)
	}
	if len(all) < 10 {
		t.Fatalf("%d lists", len(all))
	}
	return all
}

// ask reads a page; pairs of names and values go into the query.
func (l list) ask(pairs ...string) answer {
	l.by.t.Helper()
	return l.by.get(l.address(pairs...))
}

func (l list) address(pairs ...string) string {
	query := url.Values{}
	for name, values := range l.query {
		query[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return l.path + "?" + query.Encode()
}

// orders are the sortings of a list; "" is the one it has unless asked.
func (l list) orders() []string {
	p := l.Parameters.GetByInAndName("query", "sort")
	if p == nil {
		return []string{""}
	}
	orders := []string{""}
	for _, v := range p.Schema.Value.Enum {
		orders = append(orders, fmt.Sprint(v))
	}
	return orders
}

// name tells one item from all others.
func name(item object) string {
	for _, key := range []string{"id", "code", "coverage_period_id"} {
		if v, ok := item[key].(string); ok {
			return v
		}
	}
	return fmt.Sprint(item)
}

func names(items []object) (out []string) {
	for _, item := range items {
		out = append(out, name(item))
	}
	return out
}

func (l list) in(order string, pairs ...string) []string {
	if order != "" {
		pairs = append(pairs, "sort", order)
	}
	return pairs
}

// TestPagesAddUpToTheList: of whatever size, in every order, by the cursor and by
// the link.
func TestPagesAddUpToTheList(t *testing.T) {
	t.Parallel()
	w := populous(t)
	for _, l := range w.lists(t) {
		t.Run(l.OperationID, func(t *testing.T) {
			for _, order := range l.orders() {
				whole := l.ask(l.in(order, "limit", "1000")...).must(t, 200)
				want := names(whole.items(t))
				if len(want) < 3 {
					t.Fatalf("%d items are no list to walk", len(want))
				}
				if whole.Header.Get("Link") != "" || whole.object(t)["next_cursor"] != nil {
					t.Errorf("the whole list goes on: %v", whole.Header)
				}
				if strings.HasPrefix(order, "-") {
					forward := names(l.ask("limit", "1000", "sort", order[1:]).items(t))
					slices.Reverse(forward)
					if !slices.Equal(forward, want) {
						t.Errorf("%s is not %s backwards", order, order[1:])
					}
				}
				for limit := 1; limit <= min(len(want)+1, 8); limit++ {
					if got := walk(t, l, order, limit, nil); !slices.Equal(got, want) {
						t.Errorf("order %q, %d at a time:\n%q\nwant\n%q", order, limit, got, want)
					}
				}
			}
		})
	}
}

// walk reads a list page by page, and does something between them.
func walk(t *testing.T, l list, order string, limit int, between func()) (got []string) {
	t.Helper()
	at := l.address(l.in(order, "limit", fmt.Sprint(limit))...)
	for range 1000 {
		page := l.by.get(at).must(t, 200)
		items := page.items(t)
		if len(items) > limit {
			t.Fatalf("%d items, asked for %d", len(items), limit)
		}
		got = append(got, names(items)...)
		link, next := page.Header.Get("Link"), page.object(t)["next_cursor"]
		if link == "" && next == nil {
			return got
		}
		address, _, _ := strings.Cut(strings.TrimPrefix(link, "<"), `>; rel="next"`)
		parsed, err := url.Parse(address)
		if err != nil || next == nil || parsed.Query().Get("cursor") != next {
			t.Fatalf("Link %s and cursor %v", link, next)
		}
		at = address
		if between != nil {
			between()
		}
	}
	t.Fatal("the list has no end")
	return nil
}

// TestWhoComesAndGoesWhileAListIsReadSkipsNobody and doubles nobody.
func TestWhoComesAndGoesWhileAListIsReadSkipsNobody(t *testing.T) {
	t.Parallel()
	w := settle(t)
	var there []string
	for n := range 9 {
		there = append(there, w.kpu.post("/v1/officers", siti(n+1)).must(t, 201).id(t))
	}
	officers := slices.IndexFunc(w.lists(t), func(l list) bool { return l.OperationID == "listOfficers" })
	l, n := w.lists(t)[officers], 100
	for _, order := range []string{"id", "-id"} {
		leaving := slices.Clone(there)
		got := walk(t, l, order, 2, func() {
			n++
			w.kpu.post("/v1/officers", siti(n)).must(t, 201)
			last := len(leaving) - 1
			w.kpu.post("/v1/officers/"+leaving[last]+"/end", object{"ended_on": "2024-08-01", "reason": "resigned"})
			w.kpu.patch("/v1/officers/"+leaving[0], "*", object{"decree_number": fmt.Sprint(n)}).must(t, 200)
			leaving = leaving[:last]
			if n > 120 {
				t.Fatal("the list grows as fast as it is read")
			}
		})
		seen := map[string]int{}
		for _, id := range got {
			seen[id]++
			if seen[id] > 1 {
				t.Errorf("%s: %s came twice", order, id)
			}
		}
		for _, id := range there {
			if seen[id] != 1 {
				t.Errorf("%s: %s came %d times", order, id, seen[id])
			}
		}
	}
}

// TestACursorIsGoodForItsOwnListAlone: changed, cut, or carried to another list or
// filter it is refused.
func TestACursorIsGoodForItsOwnListAlone(t *testing.T) {
	t.Parallel()
	w := populous(t)
	lists := w.lists(t)
	for i, l := range lists {
		cursor, ok := l.ask("limit", "1").must(t, 200).object(t)["next_cursor"].(string)
		if !ok {
			t.Errorf("%s has no next page", l.OperationID)
			continue
		}
		l.ask("limit", "7", "cursor", cursor).must(t, 200) // the size of a page is free
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil {
			t.Fatal(err)
		}
		for n := range raw {
			edited := slices.Clone(raw)
			edited[n] ^= 1
			refuseCursor(t, l, "edited", "cursor", base64.RawURLEncoding.EncodeToString(edited))
		}
		refuseCursor(t, l, "cut", "cursor", cursor[:len(cursor)-4])
		refuseCursor(t, l, "shortest", "cursor", "AAAA")
		refuseCursor(t, lists[(i+1)%len(lists)], "of "+l.OperationID, "cursor", cursor)
		for _, p := range l.Parameters {
			if v := filterValue(p.Value); p.Value.In == openapi3.ParameterInQuery && v != "" && l.query.Get(p.Value.Name) == "" {
				refuseCursor(t, l, "with another "+p.Value.Name, "cursor", cursor, p.Value.Name, v)
			}
		}
		if orders := l.orders(); len(orders) > 1 {
			refuseCursor(t, l, "of another order", "cursor", cursor, "sort", orders[len(orders)-1])
		}
	}
}

func refuseCursor(t *testing.T, l list, what string, pairs ...string) {
	t.Helper()
	got := l.ask(pairs...)
	if got.StatusCode != 400 || got.code(t) != "cursor_invalid" || !slices.Equal(got.places(t), []string{"query cursor cursor_invalid"}) {
		t.Errorf("%s: a cursor %s: %d %s", l.OperationID, what, got.StatusCode, got.raw)
	}
}

// filterValue is a value that a filter takes; none for what is no filter.
func filterValue(p *openapi3.Parameter) string {
	schema := p.Schema.Value
	if schema.Items != nil {
		schema = schema.Items.Value
	}
	switch {
	case slices.Contains([]string{"cursor", "limit", "sort"}, p.Name):
		return ""
	case len(schema.Enum) > 0:
		return fmt.Sprint(schema.Enum[0])
	case schema.Format == "uuid":
		return "01a1fc7c-060b-7c33-9f14-6648137d9cfb"
	case schema.Format == "date":
		return "2024-09-17"
	case schema.Type.Is("boolean"):
		return "true"
	case schema.Example != nil:
		return fmt.Sprint(schema.Example)
	default:
		return ""
	}
}

// TestTotalsAreToldToWhoeverAsks, and not otherwise.
func TestTotalsAreToldToWhoeverAsks(t *testing.T) {
	t.Parallel()
	w := populous(t)
	for _, l := range w.lists(t) {
		if !l.takes("Prefer") {
			continue
		}
		t.Run(l.OperationID, func(t *testing.T) {
			whole := float64(len(l.ask("limit", "1000").items(t)))
			for prefer, applied := range map[string]string{
				"": "", "count=exact": "count=exact", "count=estimated": "count=estimated",
				"wait=20, count=exact": "count=exact", "count=roughly": "", "count = exact": "count=exact",
			} {
				got := l.by.send(get(l.address("limit", "2")).under("Prefer", prefer)).must(t, 200)
				same(t, prefer+": applied", got.Header.Get("Preference-Applied"), applied)
				total, told := got.object(t)["total"].(float64)
				if told != (applied != "") {
					t.Errorf("%q: total %v", prefer, got.object(t)["total"])
				}
				if applied == "count=exact" {
					same(t, prefer, total, whole)
				}
			}
			second := l.by.send(get(l.address("limit", "1", "cursor", l.ask("limit", "1").object(t)["next_cursor"].(string))).under("Prefer", "count=exact"))
			same(t, "on the second page", second.object(t)["total"], any(whole))
		})
	}
}

// TestAFilterKeepsWhatItNames: for every filter named after a field, and every
// value that the list holds, exactly the items that show it.
func TestAFilterKeepsWhatItNames(t *testing.T) {
	t.Parallel()
	w := populous(t)
	tried := 0
	for _, l := range w.lists(t) {
		whole := l.ask("limit", "1000").items(t)
		for _, p := range l.Parameters {
			field := p.Value.Name
			if p.Value.In != openapi3.ParameterInQuery || field == "area_code" || filterValue(p.Value) == "" {
				continue
			}
			values := map[string][]string{}
			for _, item := range whole {
				if v, shown := item[field]; shown {
					values[fmt.Sprint(v)] = append(values[fmt.Sprint(v)], name(item))
				}
			}
			var all []string
			shown := 0
			for value, want := range values {
				tried++
				all, shown = append(all, value), shown+len(want)
				if got := names(l.ask(field, value, "limit", "1000").must(t, 200).items(t)); !slices.Equal(got, want) {
					t.Errorf("%s %s=%s: %d, want %d", l.OperationID, field, value, len(got), len(want))
				}
				if !l.takes("Prefer") {
					continue
				}
				exact := l.by.send(get(l.address(field, value, "limit", "1")).under("Prefer", "count=exact"))
				same(t, l.OperationID+" total of "+field+"="+value, exact.object(t)["total"], any(float64(len(want))))
			}
			if p.Value.Schema.Value.Items != nil && len(all) > 1 {
				if got := l.ask(field, strings.Join(all, ","), "limit", "1000").items(t); len(got) != shown {
					t.Errorf("%s of every %s: %d of %d", l.OperationID, field, len(got), shown)
				}
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d values of filters", tried)
	}
}

// TestFiltersThatAreNoFields: the rest of them, by hand.
func TestFiltersThatAreNoFields(t *testing.T) {
	t.Parallel()
	w := populous(t)
	count := func(by caller, path string) int { return len(by.get(path).must(t, 200).items(t)) }
	officers := count(w.kpu, "/v1/officers")
	invoices, areas := count(w.kpu, "/v1/invoices"), count(w.kpu, "/v1/areas?limit=1000&area_code="+district)
	for path, want := range map[string]int{
		"/v1/organisations?area_code=61":                                         3,
		"/v1/organisations?area_code=61.06":                                      3,
		"/v1/organisations?area_code=" + district:                                0,
		"/v1/officers?area_code=61":                                              officers,
		"/v1/officers?area_code=" + district:                                     officers,
		"/v1/officers?area_code=61.06.01.2015":                                   1,
		"/v1/officers?area_code=61.06.02":                                        0,
		"/v1/officers?area_code=62":                                              0,
		"/v1/invoices?area_code=61":                                              invoices,
		"/v1/invoices?area_code=61.06":                                           invoices,
		"/v1/invoices?area_code=61.07":                                           0,
		"/v1/invoices?due_on_gte=2024-10-15&due_on_lte=2024-10-15":               1, // of September
		"/v1/invoices?due_on_gte=2024-10-16":                                     2,
		"/v1/invoices?due_on_lte=2024-10-14":                                     1,
		"/v1/agreements?party_id=" + w.organisations["government"]:               count(w.kpu, "/v1/agreements"),
		"/v1/agreements?party_id=" + w.organisations["nation"]:                   0,
		"/v1/areas?parent_code=61.06&limit=1000":                                 23,
		"/v1/areas?level=village&limit=1000&area_code=" + district:               areas - 1,
		"/v1/incidents?covered=false":                                            1,
		"/v1/coverage-periods?officer_id=" + w.ids["district_officer_id"]:        1,
		"/v1/invoices/" + w.ids["draft_invoice_id"] + "/lines?position=ppk":      0,
		"/v1/invoices/" + w.ids["draft_invoice_id"] + "/lines?position=ppk,pps":  3,
		"/v1/api-clients?organisation_id=" + w.organisations["government"]:       0,
		"/v1/agreements/" + w.ids["agreement_id"] + "/enrolments?sort=-id":       3,
		"/v1/claims?incident_id=" + w.ids["incident_id"] + "&programme=jkm":      0,
		"/v1/claims?incident_id=" + w.ids["incident_id"] + "&programme=jkk,jkm":  1,
		"/v1/officers?organisation_id=" + w.organisations["branch"]:              0,
		"/v1/officers?position=ppk,pps&status=active&area_code=" + "61.06.01.20": -1,
	} {
		if want < 0 {
			w.kpu.get(path).must(t, 400)
			continue
		}
		if got := count(w.kpu, path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	same(t, "payments of an invoice", count(w.branch, "/v1/payments?invoice_id="+w.ids["open_invoice_id"]), 3)
	same(t, "payments that wait", count(w.branch, "/v1/payments?unallocated=true"), 3)
	same(t, "payments of a statement", count(w.branch, "/v1/payments?statement_id="+w.ids["statement_id"]), 1)
	same(t, "credit that waits", count(w.kpu, "/v1/credit-notes?unallocated=true&invoice_id="+w.ids["invoice_id"]), 3)
	same(t, "budgets of an agreement", count(w.kpu, "/v1/budgets?fiscal_year=2024&agreement_id="+w.ids["agreement_id"]), 3)
	same(t, "budgets of another", count(w.kpu, "/v1/budgets?agreement_id="+w.ids["ending_agreement_id"]), 0)
	same(t, "payments of another", count(w.branch, "/v1/payments?invoice_id="+w.ids["draft_invoice_id"]), 0)
	same(t, "officers of the branch", count(w.branch, "/v1/officers?organisation_id="+w.organisations["kpu"]) > 3, true)
	same(t, "officers below", count(w.nation, "/v1/officers?organisation_id="+w.organisations["kpu"]), officers)
}

// TestTheStatusAskedForIsTheStatusShown, on every day that changes one.
func TestTheStatusAskedForIsTheStatusShown(t *testing.T) {
	t.Parallel()
	w := populous(t)
	w.branch.post("/v1/agreements/"+w.ids["ending_agreement_id"]+"/terminate", object{"terminated_on": "2024-11-30", "reason": "Selesai"}).must(t, 200)
	w.kpu.post("/v1/officers/"+w.ids["leaving_officer_id"]+"/end", object{"ended_on": "2024-11-29", "reason": "resigned"}).must(t, 200)
	w.kpu.post("/v1/officers", siti(60, object{"term_from": "2024-12-01"})).must(t, 201)
	w.signed(w.agreement(object{"starts_on": "2024-12-01"}))
	w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-12"}).must(t, 201)
	w.sendEveryStatus()
	w.exec(`update deadlines set paused_at = '2024-11-28 02:00Z' where claim_id = $1`, w.ids["granted_claim_id"])
	w.judgePapers()
	w.endClaims()
	seen := map[string]bool{}
	for _, day := range []time.Time{
		time.Date(2024, 8, 25, 9, 0, 0, 0, wib), time.Date(2024, 11, 28, 9, 0, 0, 0, wib), time.Date(2024, 11, 29, 23, 59, 59, 0, wib),
		time.Date(2024, 11, 30, 0, 0, 0, 0, wib), time.Date(2024, 12, 1, 9, 0, 0, 0, wib), time.Date(2024, 12, 16, 9, 0, 0, 0, wib),
		time.Date(2024, 12, 17, 9, 0, 0, 0, wib), time.Date(2025, 1, 27, 9, 0, 0, 0, wib), time.Date(2025, 1, 28, 0, 0, 0, 0, wib),
	} {
		w.at(day)
		for _, l := range w.lists(t) {
			p := l.Parameters.GetByInAndName("query", "status")
			if p == nil {
				continue
			}
			whole := l.ask("limit", "1000").must(t, 200).items(t)
			for _, status := range p.Schema.Value.Items.Value.Enum {
				var want []string
				for _, item := range whole {
					if item["status"] == status {
						want = append(want, name(item))
						seen[fmt.Sprint(l.OperationID, " ", status)] = true
					}
				}
				if got := names(l.ask("status", fmt.Sprint(status), "limit", "1000").must(t, 200).items(t)); !slices.Equal(got, want) {
					t.Errorf("%s %s on %s: %d asked for, %d shown", l.OperationID, status, day.Format(time.DateOnly), len(got), len(want))
				}
			}
		}
	}
	for _, l := range w.lists(t) {
		if p := l.Parameters.GetByInAndName("query", "status"); p != nil {
			for _, status := range p.Schema.Value.Items.Value.Enum {
				if what := fmt.Sprint(l.OperationID, " ", status); !seen[what] {
					t.Errorf("%s was never shown", what)
				}
			}
		}
	}
}
