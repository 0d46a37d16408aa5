package rules_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// The conventions of the contract. Callers learn them once; an operation that
// strays costs each of them a bug. Every rule is a method of review below, and
// testdata/broken.yaml breaks each of them once.

var (
	snake      = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	kebab      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	lowerCamel = regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)
	variable   = regexp.MustCompile(`^\{[a-z][a-z0-9_]*\}$`)
)

// Names that others gave, and that we may not change.
var foreignEnums = map[string]string{
	"TimeZone":       "names of the IANA time zone database",
	"UploadComplete": "booleans of HTTP structured fields (RFC 9651)",
}

// moneyMoves are the operations that a repeated request must never repeat. Others
// join them with "x-idempotency: required".
var moneyMoves = []string{"recordPayment", "issueInvoice", "payClaim"}

// worded are the schemas whose texts are in the language asked for. Problems and warnings
// are too, of every operation; what is told beside them, its answers have to announce.
var worded = []string{"BenefitStep", "Requirement", "ClaimReason", "RoadElsewhere", "ImportDamage", "RowFault"}

// personal reports whether a field of this name holds personal data under
// UU 27/2022.
func personal(field string) bool {
	return strings.HasPrefix(field, "bank_account") ||
		slices.Contains([]string{"nik", "full_name", "born_on", "phone", "email", "kpj", "narrative"}, field)
}

// review walks one contract and collects its faults.
type review struct {
	doc      *openapi3.T
	faults   []string
	personal []string        // Schema.property of every marked field
	asked    map[string]bool // schemas that requests reach
	answered map[string]bool // schemas that responses reach
	walked   map[*openapi3.Schema]bool
}

// reviewed returns the faults of a contract and its fields of personal data, both
// sorted.
func reviewed(doc *openapi3.T) (faults, personalFields []string) {
	r := &review{doc: doc, asked: map[string]bool{}, answered: map[string]bool{}, walked: map[*openapi3.Schema]bool{}}
	if doc.OpenAPI != "3.0.3" {
		r.fault("openapi", "is %s; the gateways we publish through read 3.0.3", doc.OpenAPI)
	}
	for path, item := range doc.Paths.Map() {
		r.path(path)
		for method, op := range item.Operations() {
			r.operation(method, path, item, op)
		}
	}
	for name, ref := range doc.Components.Schemas {
		r.schema(name, ref)
	}
	r.closure()
	slices.Sort(r.faults)
	slices.Sort(r.personal)
	return slices.Compact(r.faults), r.personal
}

func (r *review) fault(where, format string, args ...any) {
	r.faults = append(r.faults, where+": "+fmt.Sprintf(format, args...))
}

// path holds resources to plural kebab-case. What follows a variable may be a
// transition, which is a verb; documents outside /v1 have names others chose.
func (r *review) path(path string) {
	rest, ours := strings.CutPrefix(path, "/v1/")
	if !ours {
		return
	}
	segments := strings.Split(rest, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			if !variable.MatchString(segment) {
				r.fault(path, "the variable %s is not snake_case", segment)
			}
			continue
		}
		if !kebab.MatchString(segment) {
			r.fault(path, "the segment %s is not kebab-case", segment)
		}
		holdsItems := i+1 < len(segments) && strings.HasPrefix(segments[i+1], "{")
		if (i == 0 || holdsItems) && !strings.HasSuffix(segment, "s") {
			r.fault(path, "the resource %s is not plural", segment)
		}
	}
}

func (r *review) operation(method, path string, item *openapi3.PathItem, op *openapi3.Operation) {
	at := method + " " + path
	if !lowerCamel.MatchString(op.OperationID) {
		r.fault(at, "the operationId %q is not lowerCamel", op.OperationID)
	}
	switch {
	case len(op.Tags) != 1:
		r.fault(at, "has %d tags instead of one", len(op.Tags))
	case r.doc.Tags.Get(op.Tags[0]) == nil:
		r.fault(at, "the tag %s is not described", op.Tags[0])
	}
	r.security(at, op)
	parameters := r.parameters(at, item, op)
	r.writing(at, method, op, parameters)
	r.responses(at, op)
	r.language(at, op, parameters)
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		for mime, media := range op.RequestBody.Value.Content {
			r.named(at+" request "+mime, media.Schema)
			r.reach(r.asked, media.Schema)
		}
	}
}

// security must be said by every operation itself: what is inherited in silence
// is opened, or closed, by accident.
func (r *review) security(at string, op *openapi3.Operation) {
	if op.Security == nil {
		r.fault(at, "says nothing of security; name its scopes, or []")
		return
	}
	for _, requirement := range *op.Security {
		for scheme, scopes := range requirement {
			if len(scopes) == 0 {
				r.fault(at, "asks for %s without a scope", scheme)
			}
			for _, scope := range scopes {
				if !r.scope(scheme, scope) {
					r.fault(at, "the scope %s is not described", scope)
				}
			}
		}
	}
}

func (r *review) scope(scheme, scope string) bool {
	ref := r.doc.Components.SecuritySchemes[scheme]
	if ref == nil || ref.Value == nil || ref.Value.Flows == nil || ref.Value.Flows.ClientCredentials == nil {
		return false
	}
	_, described := ref.Value.Flows.ClientCredentials.Scopes[scope]
	return described
}

func (r *review) parameters(at string, item *openapi3.PathItem, op *openapi3.Operation) openapi3.Parameters {
	all := slices.Concat(item.Parameters, op.Parameters)
	for _, ref := range all {
		p := ref.Value
		where := fmt.Sprintf("%s %s %s", at, p.In, p.Name)
		if p.In == openapi3.ParameterInHeader {
			continue
		}
		if !snake.MatchString(p.Name) {
			r.fault(where, "is not snake_case")
		}
		if personal(p.Name) || marked(p.Schema) {
			r.fault(where, "is personal data in a URL; search with POST")
		}
		if p.Schema == nil || p.Schema.Value == nil {
			continue
		}
		r.named(where, p.Schema)
		r.values(where, "", p.Schema.Value)
		if p.Style == openapi3.SerializationDeepObject {
			r.fault(where, "is a deepObject; filters are flat")
		}
		if p.Schema.Value.Type.Is("array") && (p.Explode == nil || *p.Explode) {
			r.fault(where, "repeats its name; lists are separated by commas (explode: false)")
		}
	}
	return all
}

// writing holds what changes something to the promises of every write: it can be
// repeated, guarded against a lost update, and tried without effect.
func (r *review) writing(at, method string, op *openapi3.Operation, all openapi3.Parameters) {
	key := all.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key")
	match := all.GetByInAndName(openapi3.ParameterInHeader, "If-Match")
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		if match == nil {
			r.fault(at, "declares no If-Match")
		}
	}
	if method == http.MethodPatch && (op.RequestBody == nil || op.RequestBody.Value.Content["application/merge-patch+json"] == nil) {
		r.fault(at, "is not application/merge-patch+json")
	}

	reason, exempt := op.Extensions["x-not-idempotent"]
	if text, _ := reason.(string); exempt && text == "" {
		r.fault(at, "x-not-idempotent gives no reason")
	}
	required := slices.Contains(moneyMoves, op.OperationID) || op.Extensions["x-idempotency"] == "required"
	switch {
	case required && (key == nil || !key.Required):
		r.fault(at, "moves money and does not require Idempotency-Key")
	case exempt && key != nil:
		r.fault(at, "is x-not-idempotent and takes Idempotency-Key")
	case !exempt && key == nil && method == http.MethodPost:
		r.fault(at, "declares no Idempotency-Key")
	}
	if !exempt && all.GetByInAndName(openapi3.ParameterInQuery, "dry_run") == nil {
		r.fault(at, "declares no dry_run")
	}
}

func (r *review) responses(at string, op *openapi3.Operation) {
	shown := false
	for status, ref := range op.Responses.Map() {
		where := at + " " + status
		for mime, media := range ref.Value.Content {
			r.named(where+" "+mime, media.Schema)
			r.reach(r.answered, media.Schema)
		}
		for name, header := range ref.Value.Headers {
			if header.Value.Schema != nil {
				r.named(where+" "+name, header.Value.Schema)
			}
		}
		switch {
		case status == "default":
			if ref.Value.Content["application/problem+json"] == nil {
				r.fault(where, "is not application/problem+json")
			}
		case status[0] == '4' || status[0] == '5':
			r.fault(where, "is a refusal of its own; default describes them all")
		case status[0] == '2' && (len(ref.Value.Content) == 0 || exemplified(ref.Value.Content)):
			shown = true
		}
	}
	if op.Responses.Default() == nil {
		r.fault(at, "has no default problem")
	}
	if !shown {
		r.fault(at, "has no success response with an example")
	}
}

// language wants it said where answers differ by it: they have an ETag each.
func (r *review) language(at string, op *openapi3.Operation, all openapi3.Parameters) {
	met := map[string]bool{}
	for status, ref := range op.Responses.Map() {
		for _, media := range ref.Value.Content {
			if status[0] == '2' {
				r.reach(met, media.Schema)
			}
		}
	}
	declared := all.GetByInAndName(openapi3.ParameterInHeader, "Accept-Language") != nil
	if !declared && slices.ContainsFunc(worded, func(name string) bool { return met[name] }) {
		r.fault(at, "answers in the language asked for and declares no Accept-Language")
	}
}

func exemplified(content openapi3.Content) bool {
	for _, media := range content {
		if media.Example != nil || len(media.Examples) > 0 || media.Schema != nil && media.Schema.Value.Example != nil {
			return true
		}
	}
	return false
}

// schema reviews one named schema and everything written inside it.
func (r *review) schema(name string, ref *openapi3.SchemaRef) {
	s := ref.Value
	if object(s) && s.Example == nil {
		r.fault(name, "has no example")
	}
	if name == "Rupiah" && (!s.Type.Is("integer") || s.Format != "int64") {
		r.fault(name, "is not an integer of int64")
	}
	r.inside(name, name, s)
}

func (r *review) inside(owner, at string, s *openapi3.Schema) {
	if r.walked[s] {
		return
	}
	r.walked[s] = true
	r.values(at, owner, s)
	for field, ref := range s.Properties {
		where := at + "." + field
		if !snake.MatchString(field) {
			r.fault(where, "is not snake_case")
		}
		r.named(where, ref)
		r.money(where, field, ref)
		switch {
		case marked(ref):
			r.personal = append(r.personal, where)
		case personal(field):
			r.fault(where, "is personal data without x-personal: true")
		}
		if ref.Ref == "" {
			r.inside(owner, where, ref.Value)
		}
	}
	for label, refs := range map[string]openapi3.SchemaRefs{
		"[]": {s.Items}, "{}": {s.AdditionalProperties.Schema}, "not": {s.Not}, "allOf": s.AllOf, "oneOf": s.OneOf, "anyOf": s.AnyOf,
	} {
		for _, ref := range refs {
			if ref == nil {
				continue
			}
			r.named(at+" "+label, ref)
			if ref.Ref == "" {
				r.inside(owner, at+" "+label, ref.Value)
			}
		}
	}
}

// values reviews numbers and enums, wherever they are written.
func (r *review) values(at, owner string, s *openapi3.Schema) {
	if s.Type.Includes("number") || s.Format == "float" || s.Format == "double" {
		r.fault(at, "is a floating-point number")
	}
	if s.Pattern != "" && s.Example == nil {
		r.fault(at, "has a pattern and no example, which is what its callers are shown")
	}
	if _, foreign := foreignEnums[owner]; foreign {
		return
	}
	for _, value := range s.Enum {
		word, ok := value.(string)
		// A sort order may begin with a minus: newest first.
		if ok && !snake.MatchString(strings.TrimPrefix(word, "-")) {
			r.fault(at, "the value %q is not lower_snake", word)
		}
	}
}

// money holds the name and the type of an amount to each other.
func (r *review) money(at, field string, ref *openapi3.SchemaRef) {
	const rupiah = "#/components/schemas/Rupiah"
	is := ref.Ref == rupiah || nullableRupiah(ref.Value)
	switch named := strings.HasSuffix(field, "_amount"); {
	case named && !is:
		r.fault(at, "is an amount and not Rupiah")
	case ref.Ref == rupiah && !named:
		r.fault(at, "is Rupiah and does not end in _amount")
	}
}

// nullableRupiah reports whether a schema is Rupiah or null. 3.0 ignores what
// stands beside a $ref, so such an amount, as patches have, is written out.
func nullableRupiah(s *openapi3.Schema) bool {
	if s == nil || !s.Nullable {
		return false
	}
	wrapped := len(s.AllOf) == 1 && strings.HasSuffix(s.AllOf[0].Ref, "/Rupiah")
	return wrapped || s.Type.Is("integer") && s.Format == "int64" && len(s.Enum) == 0
}

// named refuses objects that are described where they are used: a generator would
// have to make up a name for them.
func (r *review) named(at string, ref *openapi3.SchemaRef) {
	if ref != nil && ref.Ref == "" && ref.Value != nil && object(ref.Value) {
		r.fault(at, "is an object without a name")
	}
}

func object(s *openapi3.Schema) bool {
	return s.Type.Is("object") || len(s.Properties) > 0
}

func marked(ref *openapi3.SchemaRef) bool {
	if ref == nil {
		return false
	}
	return ref.Extensions["x-personal"] == true || ref.Value != nil && ref.Value.Extensions["x-personal"] == true
}

// reach records every named schema that can be met from here.
func (r *review) reach(met map[string]bool, ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		if met[name] {
			return
		}
		met[name] = true
	}
	s := ref.Value
	refs := slices.Concat(s.AllOf, s.OneOf, s.AnyOf, openapi3.SchemaRefs{s.Items, s.Not, s.AdditionalProperties.Schema})
	for _, child := range slices.AppendSeq(refs, maps.Values(s.Properties)) {
		r.reach(met, child)
	}
}

// closure holds what is sent to us closed, so that a misspelt field is refused
// instead of ignored, and what we send open, so that it may grow. An object that
// is both cannot be right.
func (r *review) closure() {
	for name, ref := range r.doc.Components.Schemas {
		s := ref.Value
		if !object(s) {
			continue
		}
		open := s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has
		typed := s.AdditionalProperties.Schema != nil // a map says what it takes
		switch {
		case r.asked[name] && r.answered[name] && !typed:
			r.fault(name, "is both asked for and answered; requests are closed and responses open, so each needs its own")
		case r.asked[name] && open && !typed:
			r.fault(name, "is part of a request and not closed (additionalProperties: false)")
		case r.answered[name] && !open:
			r.fault(name, "is part of a response and closed")
		}
	}
}
