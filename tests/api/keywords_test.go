package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
)

var update = flag.Bool("update", false, "rewrite the files in testdata; review them like code")

// golden holds a text against a file of testdata, or rewrites it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run go test ./tests/api -run %s -update\n%s", path, t.Name(), got)
	}
}

// violation is a value that breaks one keyword of a schema.
type violation struct {
	keyword string
	value   any
}

// huge is a number that JSON holds and int64 does not.
const huge = json.Number("100000000000000000000")

// violations lists a value for every keyword that a schema uses.
func violations(s *openapi3.Schema) (all []violation) {
	if len(s.AllOf) == 1 { // how a reference is made nullable
		inner := *s.AllOf[0].Value
		inner.Nullable = s.Nullable
		s = &inner
	}
	add := func(keyword string, value any) { all = append(all, violation{keyword: keyword, value: value}) }
	kind := "none"
	if s.Type != nil {
		kind = s.Type.Slice()[0]
	}
	wrong := map[string]any{"string": 12, "integer": "x", "boolean": "x", "array": "x", "object": "x"}
	add("type "+kind, wrong[kind])
	if !s.Nullable && s.Default == nil { // null stands for a default, says kin-openapi
		add("nullable", nil)
	}
	switch {
	case s.Format == "int64":
		add("format int64", huge)
	case s.Format == "int32":
		add("format int32", -3_000_000_000)
	case s.Format != "":
		add("format "+s.Format, "x")
	}
	if s.Pattern != "" {
		add("pattern", "?")
	}
	if len(s.Enum) > 0 {
		add("enum", "?")
	}
	if s.MinLength > 0 {
		add("minLength", "")
	}
	if s.MaxLength != nil {
		add("maxLength", strings.Repeat("a", int(*s.MaxLength)+1))
	}
	if s.Min != nil {
		add("minimum", *s.Min-1)
	}
	if s.Max != nil {
		add("maximum", *s.Max+1)
	}
	if s.MinItems > 0 {
		add("minItems", []any{})
	}
	if s.MaxItems != nil {
		add("maxItems", slices.Repeat([]any{"a_b"}, int(*s.MaxItems)+1))
	}
	if s.UniqueItems {
		item := s.Items.Value.Example
		if len(s.Items.Value.Enum) > 0 {
			item = s.Items.Value.Enum[0]
		}
		add("uniqueItems", []any{item, item})
	}
	if s.MinProps > 0 {
		add("minProperties", object{})
	}
	return all
}

// TestEveryKeywordOfTheContractHasItsWords breaks each keyword that a request of
// the contract uses, where it is used first, and pins what callers are told.
func TestEveryKeywordOfTheContractHasItsWords(t *testing.T) {
	t.Parallel()
	w := settle(t)
	told := map[string]string{}
	try := func(at, keyword, pointer string, c call) {
		if _, known := told[keyword]; known {
			return
		}
		var words []string
		code, place := "", ""
		for _, language := range []string{"id", "en"} {
			got := w.kpu.send(c.under("Accept-Language", language))
			fault := faultAt(t, got, pointer)
			if got.StatusCode != 400 || fault == nil {
				t.Errorf("%s %s %s: %d %s", keyword, at, pointer, got.StatusCode, got.raw)
				return
			}
			code, place = fmt.Sprint(fault["code"]), strings.TrimSpace(fmt.Sprint(fault["location"], " ", pointer))
			words = append(words, fmt.Sprintf("  %s: %s", language, fault["detail"]))
		}
		told[keyword] = fmt.Sprintf("%s\n  %s at %s of %s\n%s\n", keyword, code, place, at, strings.Join(words, "\n"))
	}
	for _, o := range operations() {
		if o.public() {
			continue
		}
		for _, p := range o.Parameters {
			breakParameter(t, o, p.Value, w.ids, try)
		}
		if o.RequestBody != nil {
			breakBody(t, o, try)
		}
	}
	var lines []string
	for _, keyword := range slices.Sorted(maps.Keys(told)) {
		lines = append(lines, told[keyword])
	}
	if len(lines) < 20 {
		t.Errorf("only %d keywords; does this test still look in the right place?", len(lines))
	}
	golden(t, "keywords.golden", strings.Join(lines, "\n"))
}

// faultAt finds the fault of an answer at a pointer.
func faultAt(t *testing.T, a answer, pointer string) object {
	t.Helper()
	list, _ := a.object(t)["errors"].([]any)
	for _, f := range list {
		if o, _ := f.(object); o["pointer"] == pointer {
			return o
		}
	}
	return nil
}

type trial = func(at, keyword, pointer string, c call)

func breakParameter(t *testing.T, o operation, p *openapi3.Parameter, ids map[string]string, try trial) {
	t.Helper()
	for _, v := range violations(p.Schema.Value) {
		text := fmt.Sprint(v.value)
		if list, ok := v.value.([]any); ok {
			var texts []string
			for _, item := range list {
				texts = append(texts, fmt.Sprint(item))
			}
			text = strings.Join(texts, ",")
		}
		if slices.Contains([]string{"type string", "type array", "nullable", "minLength"}, v.keyword) || p.In == openapi3.ParameterInPath {
			continue // no text is of another type, null or, in a header, empty
		}
		c := o.call(t, ids)
		if p.In == openapi3.ParameterInHeader {
			c = c.under(p.Name, text)
		} else {
			if p.Required {
				c.path, _, _ = strings.Cut(c.path, "?")
			}
			c = c.asking(p.Name + "=" + text)
		}
		try(o.method+" "+o.path, v.keyword+" in "+p.In, p.Name, c)
	}
}

// breakBody breaks the members of a body one by one.
func breakBody(t *testing.T, o operation, try trial) {
	t.Helper()
	for media, content := range o.RequestBody.Value.Content {
		schema := content.Schema.Value
		if schema.Format == "binary" {
			continue // a file is judged after it was taken
		}
		send := func(body any) call {
			c := o.call(t, nil)
			raw, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			c.body, c.header["Content-Type"] = string(raw), media
			return c
		}
		at := o.method + " " + o.path
		for _, v := range violations(schema) {
			try(at, v.keyword, "", send(v.value))
		}
		try(at, "additionalProperties", "/something", send(with(schema, "something", 1)))
		for _, name := range schema.Required {
			without := with(schema, name, nil)
			delete(without, name)
			try(at, "required", "/"+name, send(without))
		}
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			property := schema.Properties[name].Value
			for _, v := range violations(property) {
				try(at, v.keyword, "/"+name, send(with(schema, name, v.value)))
			}
			if property.Items != nil && property.Items.Value.Type.Is("object") {
				try(at, "type object in a list", "/"+name+"/0", send(with(schema, name, []any{"x", "x"})))
			}
		}
	}
}

// with is the example of a schema with one member put in.
func with(schema *openapi3.Schema, name string, value any) object {
	body := object{}
	if example, ok := schema.Example.(object); ok {
		maps.Copy(body, example)
	}
	body[name] = value
	return body
}

// TestAContractOfManyHandsRefusesNonsenseEverywhere throws every violation at every
// place of every operation: each is refused as a fault at its place.
func TestAContractOfManyHandsRefusesNonsenseEverywhere(t *testing.T) {
	t.Parallel()
	w := settle(t)
	tried := 0
	try := func(at, keyword, pointer string, c call) {
		tried++
		if got := w.kpu.send(c); got.StatusCode != 400 || faultAt(t, got, pointer) == nil {
			t.Errorf("%s %s %s: %d %s", keyword, at, pointer, got.StatusCode, got.raw)
		}
	}
	for _, o := range operations() {
		if o.public() {
			continue
		}
		for _, p := range o.Parameters {
			breakParameter(t, o, p.Value, map[string]string{"organisation_id": uuid.NewString()}, try)
		}
		if o.RequestBody != nil {
			breakBody(t, o, try)
		}
	}
	if tried < 300 {
		t.Errorf("only %d violations were tried", tried)
	}
}
