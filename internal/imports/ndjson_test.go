package imports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"naungan/internal/cover"
)

func TestObjectsOfAList(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lines string
		want  []string
	}{
		"an object is known by its line":        {"{\"nik\":\"1\"}\n{\"nik\":\"2\"}\n", []string{"1 -|1", "2 -|2"}},
		"the last line needs no end":            {`{"nik":"1"}`, []string{"1 -|1"}},
		"Windows ends lines with two signs":     {"{\"nik\":\"1\"}\r\n{\"nik\":\"2\"}\r\n", []string{"1 -|1", "2 -|2"}},
		"blank lines count":                     {"\ufeff\n  \n{\"nik\":\"1\"}\n", []string{"3 -|1"}},
		"nothing is trimmed":                    {`{"nik":" 1 "}`, []string{"1 -| 1 "}},
		"an apostrophe is meant":                {`{"nik":"'+1"}`, []string{"1 -|'+1"}},
		"an empty text is there":                {`{"nik":""}`, []string{"1 -|"}},
		"no value is told":                      {`{"nik":null}`, []string{"1 -|- [/nik null_not_allowed]"}},
		"a number is no NIK":                    {`{"nik":9906014508890002}`, []string{"1 -|9906014508890002 [/nik wrong_type expected=string]"}},
		"an object is no NIK":                   {`{"nik":{"a":[1]}}`, []string{`1 -|{"a":[1]} [/nik wrong_type expected=string]`}},
		"true is no sex":                        {`{"sex":true}`, []string{"1 -|- [/sex not_listed allowed=[female male]]"}},
		"money is a number":                     {`{"monthly_honorarium_amount":"1300000"}`, []string{"1 -|- [/monthly_honorarium_amount wrong_type expected=integer]"}},
		"money is whole":                        {`{"monthly_honorarium_amount":13.5}`, []string{"1 -|- [/monthly_honorarium_amount wrong_type expected=integer]"}},
		"money has no exponent":                 {`{"monthly_honorarium_amount":1e6}`, []string{"1 -|- [/monthly_honorarium_amount wrong_type expected=integer]"}},
		"money fits":                            {`{"monthly_honorarium_amount":99999999999999999999}`, []string{"1 -|- [/monthly_honorarium_amount wrong_format format=int64]"}},
		"a key that nobody knows is told":       {`{"nik":"1","nick":"2"}`, []string{"1 -|1 [/nick unknown_field name=nick nearest=nik]"}},
		"keys are exact":                        {`{"NIK":"1"}`, []string{"1 -|- [/NIK unknown_field name=NIK]"}},
		"a key that holds a person is not":      {`{"9906014508890002":"2"}`, []string{"1 -|- [/? unknown_field name=?]"}},
		"a key that is long is cut":             {`{"` + strings.Repeat("x", 99) + `":1}`, []string{"1 -|- [/" + strings.Repeat("x", 40) + " unknown_field name=" + strings.Repeat("x", 40) + "]"}},
		"a key may be written with escapes":     {`{"n\u0069k":"\u0031"}`, []string{"1 -|1"}},
		"notes are left alone":                  {`{"nik":"1","_message":{}}`, []string{"1 -|1"}},
		"a row says which one it mends":         {"{\"_row\":17}\n{\"_row\":\"18\"}\n{\"_row\":1.5}", []string{"1 -|- mends 17", "2 -|- mends 18", "3 -|-"}},
		"a key that is there twice counts last": {`{"nik":1,"nik":"2","nik":"3"}`, []string{"1 -|3"}},
		"and may be worse":                      {`{"nik":"1","nik":2}`, []string{"1 -|2 [/nik wrong_type expected=string]"}},
		"what is no JSON is told":               {`{"nik":"1",}`, []string{"1 -|- [ json_invalid offset=12]"}},
		"half an object is told":                {"{\"nik\":\"1\n{\"nik\":\"2\"}", []string{"1 -|- [ json_invalid offset=9]", "2 -|2"}},
		"two objects are none":                  {`{"nik":"1"}{"nik":"2"}`, []string{"1 -|- [ json_invalid offset=12]"}},
		"a text is no object":                   {"{}\n\"nik\"\n3\nnull\n[{}]", []string{"1 -|-", "2 -|- [ json_invalid offset=1]", "3 -|- [ json_invalid offset=1]", "4 -|- [ json_invalid offset=1]", "5 -|- [ json_invalid offset=1]"}},
		"what is no UTF-8 is told":              {"{\"nik\":\"1\xff\"}", []string{"1 -|1\ufffd [/nik not_utf8]"}},
		"a NUL is told":                         {`{"nik":"1\u0000"}`, []string{"1 -|1\ufffd [/nik nul_character]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, lines, err := read(t, strings.NewReader(tt.lines), mediaNDJSON, "")
			if err != nil {
				t.Fatal(refused(err))
			}
			var got []string
			for _, l := range lines {
				got = append(got, inShort(&l))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestTheColumnsOfAListAreThoseOfItsFirstObject(t *testing.T) {
	t.Parallel()
	header, _, err := read(t, strings.NewReader(`{"nik":"1","_row":1,"x":2,"sex":"male"}`+"\n"+`{"phone":""}`), mediaNDJSON, "")
	want := []cover.ImportColumn{{Header: "nik", Column: "nik"}, {Header: "sex", Column: "sex"}}
	if err != nil || !slices.Equal(header.Columns, want) {
		t.Errorf("%v, %v", header, err)
	}
}

// TestNobodyIsToldAThousandFaults: a row of invented keys is one mistake.
func TestNobodyIsToldAThousandFaults(t *testing.T) {
	t.Parallel()
	_, lines, err := read(t, strings.NewReader("{"+strings.Repeat(`"x":1,`, 5000)+`"nik":"1"}`), mediaNDJSON, "")
	if err != nil || len(lines[0].faults) != mostFaults {
		t.Errorf("%d faults, %v", len(lines[0].faults), err)
	}
}

// TestALineOfTheGreatestLength is read; one byte more is not.
func TestALineOfTheGreatestLength(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{mostRow: "taken", mostRow + 1: "row_too_long byte=65539 limit=65536 row=2", mostRow + 10: "row_too_long byte=65539 limit=65536 row=2"} {
		content := "{}\n" + `{"nik":"` + strings.Repeat("9", n-10) + "\"}\r\n{}\n"
		if _, _, err := read(t, strings.NewReader(content), mediaNDJSON, ""); refused(err) != want {
			t.Errorf("%d: %s", n, refused(err))
		}
	}
}

func FuzzNDJSON(f *testing.F) {
	for _, s := range []string{objectOf(1), "{}\n{\n", `{"nik":1,"nik":"\ud800","x":null}`, "\ufeff{}", "[", "{\"a\":\"\x00\xff\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) { soundReading(t, content, mediaNDJSON, "") })
}

func objectOf(n int) string {
	return fmt.Sprintf(`{"external_id":"S-%d","nik":"99060145088900%02d","full_name":"Rini Contoh","born_on":"1989-08-05","sex":"female",`+
		`"position":"pps","role":"member","area_code":"61.06.01.2001","decree_number":"45/2024","term_from":"2024-05-26",`+
		`"term_to":"2025-01-27","monthly_honorarium_amount":1300000,"phone":"081234567890"}`+"\n", n, n%90+1)
}

func BenchmarkNDJSON(b *testing.B) { benchmarkReading(b, mediaNDJSON, objectOf, "") }
