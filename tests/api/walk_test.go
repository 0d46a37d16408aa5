package api_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
)

// operation is one of the contract, as the walks need it.
type operation struct {
	method, path string
	*openapi3.Operation
}

func operations() []operation {
	var all []operation
	for path, item := range document().Paths.Map() {
		for method, o := range item.Operations() {
			all = append(all, operation{method, path, o})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all
}

func (o operation) public() bool { return len(*o.Security) == 0 }

func (o operation) scopes() (needed []string) {
	for _, requirement := range *o.Security {
		for _, scopes := range requirement {
			needed = append(needed, scopes...)
		}
	}
	return needed
}

// call is a request that the contract allows: its own examples, and ids of a
// world, or of nothing.
func (o operation) call(t *testing.T, ids map[string]string) call {
	t.Helper()
	path := o.path
	for _, name := range parameters(path) {
		id := ids[name]
		switch {
		case id != "":
		case name == "code":
			id = "nik_invalid"
		case name == "area_code":
			id = "61.06"
		case name == "profile":
			id = "data_tk_na"
		case name == "name" && strings.HasPrefix(path, "/v1/reliefs"):
			id = "pp50-2025-other"
		case name == "name" && strings.HasPrefix(path, "/v1/benefit-schedules"):
			id = "jkm-2025-02"
		case name == "name" && strings.HasPrefix(path, "/v1/ex-gratia-schedules"):
			id = "kpu-2023-02"
		case name == "name" && strings.HasPrefix(path, "/v1/document-requirements"):
			id = "documents-2015-07"
		case name == "name" && strings.HasPrefix(path, "/v1/clocks"):
			id = "jkk_claim-2019-12"
		case name == "name":
			id = "pu-2015-07"
		case name == "day":
			id = "2024-12-25"
		default:
			id = uuid.NewString()
		}
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	c := call{method: o.method, path: path, header: map[string]string{}}
	for _, p := range o.Parameters {
		switch {
		case !p.Value.Required:
		case p.Value.In == openapi3.ParameterInQuery && p.Value.Schema.Value.Format == "uuid":
			c = c.asking(p.Value.Name + "=" + cmp.Or(ids[p.Value.Name], uuid.NewString()))
		case p.Value.In == openapi3.ParameterInQuery:
			c = c.asking(fmt.Sprint(p.Value.Name, "=", p.Value.Schema.Value.Enum[0]))
		case p.Value.Name == "If-Match" && o.OperationID == "confirmIncident": // as it was read
			c.header["If-Match"] = `"1"`
		case p.Value.Name == "If-Match":
			c.header["If-Match"] = "*"
		case p.Value.Name == "Idempotency-Key":
			c.header["Idempotency-Key"] = uuid.NewString()
		case p.Value.Name == "Upload-Offset":
			c.header["Upload-Offset"] = "0"
		}
	}
	if o.RequestBody != nil {
		for media, content := range o.RequestBody.Value.Content {
			c.header["Content-Type"] = media
			if media == "application/x-www-form-urlencoded" {
				c.body = "grant_type=client_credentials"
				continue
			}
			if file, ok := content.Schema.Value.Example.(string); ok {
				c.body = file
				continue
			}
			body, err := json.Marshal(content.Schema.Value.Example)
			if err != nil {
				t.Fatal(err)
			}
			c.body = string(body)
		}
	}
	return c
}

func parameters(path string) (names []string) {
	for _, segment := range strings.Split(path, "/") {
		if strings.HasPrefix(segment, "{") {
			names = append(names, strings.Trim(segment, "{}"))
		}
	}
	return names
}

// TestEveryOperationAsksWhoCalls: without a token 401, with a token that lacks the
// scope 403, both before anything else is looked at.
func TestEveryOperationAsksWhoCalls(t *testing.T) {
	t.Parallel()
	w := settle(t)
	nobody := caller{server: w.server}
	for _, o := range operations() {
		if o.public() {
			continue
		}
		c := o.call(t, w.ids)
		if got := nobody.send(c); got.StatusCode != http.StatusUnauthorized || got.code(t) != "token_missing" {
			t.Errorf("%s without a token: %d %s", o.OperationID, got.StatusCode, got.raw)
		}
		garbage := caller{server: w.server, token: "eyJhbGciOiJub25lIn0.e30."}
		if got := garbage.send(c); got.StatusCode != http.StatusUnauthorized || got.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s with garbage: %d %s", o.OperationID, got.StatusCode, got.raw)
		}
		var others []string
		for _, scope := range scopes() {
			if !slices.Contains(o.scopes(), scope) {
				others = append(others, scope)
			}
		}
		kpu := object{"id": w.organisations["kpu"], "kind": "kpu", "level": "regency", "area_code": "61.06", "time_zone": "Asia/Jakarta"}
		if got := w.as(kpu, others...).send(c); got.StatusCode != http.StatusForbidden || got.code(t) != "scope_missing" {
			t.Errorf("%s without its scope: %d %s", o.OperationID, got.StatusCode, got.raw)
		}
	}
}

// maySee says, for each thing of the world, who of those about it sees it.
// Whoever is not named gets 404; strangers always do.
var maySee = map[string][]string{
	"organisation_id":    {"nation", "kpu", "government", "branch"},
	"agreement_id":       {"nation", "kpu", "government", "branch"},
	"enrolment_id":       {"nation", "kpu", "government", "branch"},
	"officer_id":         {"nation", "kpu", "branch"},
	"coverage_period_id": {"nation", "kpu", "branch"},
	"invoice_id":         {"nation", "kpu", "government", "branch"},
	"payment_id":         {"government", "branch"},
	"budget_id":          {"nation", "kpu", "government", "branch"},
	"credit_note_id":     {"nation", "kpu", "government", "branch"},
	"statement_id":       {"branch"},
	"incident_id":        {"nation", "kpu", "branch"},
	"claim_id":           {"nation", "kpu", "branch"},
	"heir_id":            {"nation", "kpu", "branch"},
	"fund_id":            {"nation", "kpu"},
	"grant_id":           {"nation", "kpu"},
	"document_id":        {"nation", "kpu", "branch"},
	"link_id":            {"nation", "kpu", "branch"},
	"client_id":          {"nation", "kpu"},
	"import_id":          {"nation", "kpu"},
	"deadline_id":        {"nation", "kpu", "branch"},
}

// TestEveryOperationKeepsTenantsApart asks every operation about every thing as
// everybody: 404 for whoever may not know that it is there, whatever the scopes.
func TestEveryOperationKeepsTenantsApart(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	w.keepBooks()
	made := w.kpu.post("/v1/api-clients", object{
		"organisation_id": w.organisations["kpu"], "name": "SIAKBA", "scopes": []string{"officers:read"},
	}).must(t, 201).object(t)
	w.ids["client_id"], _ = made["client_id"].(string)
	w.ids["import_id"] = w.bring(w.kpu, "", inCSV(ratna(1))).id()

	w.ids["document_id"] = w.sends(aPDF("laporan")).must(t, 201).id(t)
	w.ids["link_id"] = w.kpu.post(w.fill("/v1/documents/{document_id}/links"), object{"purpose": "audit"}).must(t, 201).id(t)

	everybody := map[string]caller{"nation": w.nation, "kpu": w.kpu, "government": w.government, "branch": w.branch}
	strangers := map[string]object{
		"another KPU":        {"kind": "kpu", "level": "regency", "area_code": "61.07"},
		"the province below": {"kind": "kpu", "level": "province", "area_code": "62"},
		"Bawaslu":            {"kind": "bawaslu", "level": "regency", "area_code": "61.06"},
		"Bawaslu RI":         {"kind": "bawaslu", "level": "national"},
		"another government": {"kind": "regional_government", "level": "regency", "area_code": "61.07"},
		"another branch":     {"kind": "bpjs_office", "level": "regency", "area_code": "61.06"},
		"a village":          {"kind": "village_government", "level": "village", "area_code": village},
		"an agency":          {"kind": "regional_agency", "level": "regency", "area_code": "61.06"},
		"a ministry's arm":   {"kind": "ministry", "level": "province", "area_code": "61"},
	}
	for name, o := range strangers {
		o["name"] = name
		everybody["stranger: "+name] = w.join(w.admin, name, o)
	}
	for _, o := range operations() {
		for _, parameter := range parameters(o.path) {
			who, kept := maySee[parameter]
			if !kept {
				continue
			}
			if _, known := w.ids[parameter]; !known {
				t.Fatalf("%s: no %s in the world", o.OperationID, parameter)
			}
			for name, c := range everybody {
				got := c.send(o.call(t, w.ids))
				if sees := slices.Contains(who, name); sees == (got.StatusCode == http.StatusNotFound) {
					t.Errorf("%s as %s: %d %s", o.OperationID, name, got.StatusCode, got.raw)
				}
			}
		}
	}
	for name, c := range everybody {
		for _, list := range []string{"agreements", "officers", "coverage-periods", "invoices", "payments", "incidents", "claims", "imports", "budgets", "credit-notes", "bank-statements", "deadlines", "documents", "ex-gratia-funds", "ex-gratia-grants"} {
			items := c.get("/v1/"+list).must(t, 200).items(t)
			if strings.HasPrefix(name, "stranger") && len(items) > 0 {
				t.Errorf("%s lists %d %s", name, len(items), list)
			}
		}
	}
}

// TestEveryPathRefusesOtherMethods: a path of the contract answers its own methods
// and says 405, with Allow, to all others.
func TestEveryPathRefusesOtherMethods(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for path, item := range document().Paths.Map() {
		if path == "/v1/officers/search" {
			continue // to other methods it is an officer whose id is no id
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if item.GetOperation(method) != nil {
				continue
			}
			o := operation{method, path, &openapi3.Operation{}}
			got := w.kpu.send(o.call(t, w.ids))
			if got.StatusCode != http.StatusMethodNotAllowed || got.code(t) != "method_not_allowed" || got.Header.Get("Allow") == "" {
				t.Errorf("%s %s: %d %s", method, path, got.StatusCode, fmt.Sprint(got.Header))
			}
		}
	}
}
