package imports

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	published "naungan/api"
	"naungan/internal/cover"
)

// goodLine breaks no rule and raises no doubt.
func goodLine() *line {
	l := &line{no: 2}
	for c, text := range map[cover.Column]string{
		cover.ColExternalID: "S-1", cover.ColNIK: "9906014508890002", cover.ColFullName: "Rini Contoh", cover.ColBornOn: "1989-08-05",
		cover.ColPosition: "pps", cover.ColAreaCode: "61.06.01.2001", cover.ColTermFrom: "2024-05-26", cover.ColTermTo: "2025-01-27",
	} {
		l.put(c, text)
	}
	return l
}

func TestJudge(t *testing.T) {
	t.Parallel()
	drop := func(l *line, c cover.Column) { l.cells[c], l.given = "", l.given&^(1<<c) }
	for name, tt := range map[string]struct {
		change func(*line)
		faults []string
		doubts []string
	}{
		"a good row is taken":                      {change: func(*line) {}},
		"what is missing is told":                  {change: func(l *line) { drop(l, cover.ColNIK); drop(l, cover.ColTermTo) }, faults: []string{"/nik required", "/term_to required"}},
		"an empty text is there, and too short":    {change: func(l *line) { l.put(cover.ColFullName, "") }, faults: []string{"/full_name too_short"}},
		"an empty decree is too short":             {change: func(l *line) { l.put(cover.ColDecreeNumber, "") }, faults: []string{"/decree_number too_short"}},
		"an empty telephone is none":               {change: func(l *line) { l.put(cover.ColPhone, "") }},
		"a name of blanks is blank":                {change: func(l *line) { l.put(cover.ColFullName, " ") }, faults: []string{"/full_name blank"}},
		"lengths are counted in characters":        {change: func(l *line) { l.put(cover.ColFullName, strings.Repeat("é", 200)) }},
		"and are not exceeded":                     {change: func(l *line) { l.put(cover.ColFullName, strings.Repeat("é", 201)) }, faults: []string{"/full_name too_long"}},
		"an address may be wrong twice":            {change: func(l *line) { l.put(cover.ColEmail, strings.Repeat("@", 201)) }, faults: []string{"/email too_long", "/email wrong_format"}},
		"a day that does not exist is no day":      {change: func(l *line) { l.put(cover.ColBornOn, "1989-02-30") }, faults: []string{"/born_on wrong_format"}},
		"a year that nobody keeps is none":         {change: func(l *line) { l.put(cover.ColTermTo, "2200-01-01") }, faults: []string{"/term_to wrong_format"}},
		"without a term there is no age":           {change: func(l *line) { drop(l, cover.ColTermFrom); l.put(cover.ColBornOn, "2016-01-01") }, faults: []string{"/term_from required"}, doubts: []string{"/born_on nik_birth_date_mismatch"}},
		"without a first day there is no length":   {change: func(l *line) { l.put(cover.ColTermFrom, "x") }, faults: []string{"/term_from wrong_format"}},
		"without a position there is no level":     {change: func(l *line) { l.put(cover.ColPosition, "P"); l.put(cover.ColAreaCode, "61") }, faults: []string{"/position wrong_format", "/area_code area_outside_organisation"}},
		"but the place may be wrong anyway":        {change: func(l *line) { drop(l, cover.ColPosition); l.put(cover.ColAreaCode, "62") }, faults: []string{"/position required", "/area_code area_unknown"}},
		"an unknown position hides no place":       {change: func(l *line) { l.put(cover.ColPosition, "wizard"); l.put(cover.ColAreaCode, "61.07.01.2001") }, faults: []string{"/position position_unknown", "/area_code area_outside_organisation"}},
		"a place is told once":                     {change: func(l *line) { l.put(cover.ColPosition, "wizard"); l.put(cover.ColAreaCode, "desa") }, faults: []string{"/area_code wrong_format", "/position position_unknown"}},
		"a NIK too long is told once":              {change: func(l *line) { l.put(cover.ColNIK, strings.Repeat("9", 31)) }, faults: []string{"/nik too_long"}},
		"an honorarium is a number":                {change: func(l *line) { l.put(cover.ColHonorarium, "1,3 juta") }, faults: []string{"/monthly_honorarium_amount wrong_type"}},
		"an honorarium fits":                       {change: func(l *line) { l.put(cover.ColHonorarium, "9223372036854775808") }, faults: []string{"/monthly_honorarium_amount wrong_format"}},
		"nobody pays to serve":                     {change: func(l *line) { l.put(cover.ColHonorarium, "-1") }, faults: []string{"/monthly_honorarium_amount amount_implausible"}, doubts: []string{"/monthly_honorarium_amount honorarium_differs"}},
		"a doubt is no fault":                      {change: func(l *line) { l.put(cover.ColHonorarium, "5"); l.put(cover.ColSex, "male") }, doubts: []string{"/sex nik_sex_mismatch", "/monthly_honorarium_amount honorarium_differs"}},
		"a role that cannot be read has no table":  {change: func(l *line) { l.put(cover.ColRole, "x"); l.put(cover.ColHonorarium, "5") }, faults: []string{"/role not_listed"}},
		"what could not be read is told alone":     {change: func(l *line) { l.malformed("quote"); drop(l, cover.ColNIK) }, faults: []string{" row_malformed"}},
		"what reading found counts for its column": {change: func(l *line) { drop(l, cover.ColNIK); l.faults.Add("/nik", cover.NullNotAllowed, nil) }, faults: []string{"/nik null_not_allowed"}},
		"an unknown field rejects, and no more":    {change: func(l *line) { l.unknown("nick"); l.put(cover.ColSex, "x") }, faults: []string{"/nick unknown_field", "/sex not_listed"}},
		"all faults are told at once": {
			change: func(l *line) {
				l.put(cover.ColNIK, "1")
				l.put(cover.ColSex, "x")
				l.put(cover.ColPhone, "1")
				l.put(cover.ColKPJ, "1")
				l.put(cover.ColPollingStation, "1")
				l.put(cover.ColTermTo, "2024-05-25")
			},
			faults: []string{"/sex not_listed", "/kpj wrong_format", "/phone phone_invalid", "/nik nik_invalid", "/term_to ends_before_start", "/polling_station polling_station_not_expected"},
			doubts: []string{"/term_from term_of_no_election", "/monthly_honorarium_amount honorarium_unknown"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := goodLine()
			tt.change(l)
			v := judge(l, kapuasHulu, knownThings, pollingDays)
			var faults []string
			for _, f := range v.faults {
				faults = append(faults, f.Pointer+" "+string(f.Code))
			}
			if !slices.Equal(faults, tt.faults) {
				t.Errorf("faults %q, want %q", faults, tt.faults)
			}
			if got := faultsInWords(v.doubts); !slices.Equal(got, tt.doubts) {
				t.Errorf("doubts %q, want %q", got, tt.doubts)
			}
		})
	}
}

// samples are values that are right, wrong, or nearly one or the other.
var samples = [len(shapes)][]string{
	cover.ColExternalID:     {"S-1", " ", "", strings.Repeat("x", 100), strings.Repeat("x", 101), strings.Repeat("😀", 100)},
	cover.ColNIK:            {"9906014508890002", "9906010508890002", " 9906014508890002 ", "990601450889000", "", strings.Repeat("9", 31), "9906014508890000"},
	cover.ColFullName:       {"Rini Contoh", "", " ", strings.Repeat("é", 200), strings.Repeat("é", 201), "Rini\nContoh"},
	cover.ColBornOn:         {"1989-08-05", "1989-8-5", "2016-01-01", "1899-12-31", "1900-01-01", "2199-12-31", "2200-01-01", "1989-02-30", "05/08/1989", "1989-08-05T00:00:00Z", ""},
	cover.ColSex:            {"female", "male", "F", "", "perempuan"},
	cover.ColPosition:       {"pps", "kpps", "sek_pps", "ppk", "pkd", "wizard", "PPS", "p", "_p", "a_", strings.Repeat("p", 40), strings.Repeat("p", 41), "pps1", ""},
	cover.ColRole:           {"member", "chair", "secretary", "staff", "ketua", ""},
	cover.ColAreaCode:       {"61.06.01.2001", "61.06.01", "61.06", "61", "61.07.01.2001", "01", "6", "61.6", "61.06.01.200", "61.06.01.20011", "61-06", "6a", "61.06.01.2001\n", ""},
	cover.ColPollingStation: {"1", "007", "9999", "10000", "TPS 1", "", "1\n", "-1", "١"},
	cover.ColDecreeNumber:   {"45/2024", "", strings.Repeat("x", 101)},
	cover.ColTermFrom:       {"2024-05-26", "2024-11-07", "2019-01-01", "26/05/2024", ""},
	cover.ColTermTo:         {"2025-01-27", "2024-12-08", "2028-05-26", "2024-05-25", "x", ""},
	cover.ColHonorarium:     {"1300000", "0", "-1", "100000001", "9223372036854775807", "92233720368547758080", "1.5", "1300000.0", "1e6"},
	cover.ColPhone:          {"081234567890", "+6281234567890", "021-5551234", "", strings.Repeat("0", 31), "0812"},
	cover.ColEmail: {
		"rini@contoh.id", "r.i-n_i@contoh.co.id", "rini@localhost", ".rini@contoh.id", "ri..ni@contoh.id", "rini@contoh..id", "rini@.id", "rini+tag@contoh.id",
		"Rini <rini@contoh.id>", "rini@[127.0.0.1]", "\"a b\"@contoh.id", "rini@contoh.id ", "rini", "@", "", "é@contoh.id", "rini@contoh.id, a@b.c",
		strings.Repeat("a", 200) + "@b.c", "a@b@c", "-a@-b", "a_@b_",
	},
	cover.ColKPJ: {"12345678901", "1234567890", "123456789012", "1234567890a", ""},
}

// anyLine picks values at random, mostly right ones.
func anyLine(r *rand.Rand) *line {
	l := &line{no: 2}
	for c, values := range samples {
		switch n := r.IntN(12); {
		case n == 0:
			l.put(cover.Column(c), values[r.IntN(len(values))])
		case n > 1 && (cover.Column(c).Required() || r.IntN(2) == 0) && cover.Column(c) != cover.ColPollingStation:
			l.put(cover.Column(c), values[0])
		}
	}
	return l
}

// TestTheShapeIsTheContracts holds judge against the published schema itself, with
// every code and its parameters.
func TestTheShapeIsTheContracts(t *testing.T) {
	t.Parallel()
	schema := officerSchema(t)
	r := rand.New(rand.NewPCG(1, 2))
	refusals := 0
	for range 4_000 {
		l := anyLine(r)
		want := contractSays(t, schema, bodyOf(l))
		v := judge(l, kapuasHulu, knownThings, pollingDays)
		got := shapeFaults(v.faults)
		if !slices.Equal(got, want) {
			t.Fatalf("%q:\njudge says  %q\ncontract says %q", l.cells, got, want)
		}
		if len(want) > 0 {
			refusals++
		}
	}
	if refusals < 500 || refusals > 3_500 {
		t.Errorf("%d refusals prove little", refusals)
	}
}

// TestEveryValueIsJudgedAsTheContractDoes, one column at a time.
func TestEveryValueIsJudgedAsTheContractDoes(t *testing.T) {
	t.Parallel()
	schema := officerSchema(t)
	for c, values := range samples {
		for _, value := range values {
			l := goodLine()
			l.put(cover.Column(c), value)
			want := contractSays(t, schema, bodyOf(l))
			if got := shapeFaults(judge(l, kapuasHulu, knownThings, pollingDays).faults); !slices.Equal(got, want) {
				t.Errorf("%s %q: judge says %q, the contract %q", cover.Column(c), value, got, want)
			}
		}
	}
}

// TestWrongTypesAreToldAsTheContractDoes: a list is read like a body.
func TestWrongTypesAreToldAsTheContractDoes(t *testing.T) {
	t.Parallel()
	schema := officerSchema(t)
	for _, c := range cover.Columns {
		for _, value := range []string{`null`, `1`, `1.5`, `true`, `"x"`, `{}`, `[]`, `-1`} {
			var members []string
			for _, other := range cover.Columns {
				if text := goodLine().cells[other]; text != "" && other != c {
					members = append(members, fmt.Sprintf("%q:%q", other, text))
				}
			}
			object := fmt.Sprintf(`{%s,"%s":%s}`, strings.Join(members, ","), c, value)
			_, lines, err := read(t, strings.NewReader(object), mediaNDJSON, "")
			if err != nil {
				t.Fatal(err)
			}
			want := contractSays(t, schema, []byte(object))
			if got := shapeFaults(judge(&lines[0], kapuasHulu, knownThings, pollingDays).faults); !slices.Equal(got, want) {
				t.Errorf("%s %s: read as %q, the contract says %q", c, value, got, want)
			}
		}
	}
}

func officerSchema(t *testing.T) *openapi3.Schema {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(published.Contract)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas["OfficerInput"].Value
}

// formats are those that internal/api defines.
var formats = []openapi3.SchemaValidationOption{
	openapi3.MultiErrors(),
	openapi3.WithStringFormatValidator("date", openapi3.NewCallbackValidator(func(s string) error {
		d, err := cover.ParseDate(s)
		if err == nil && (d.Year() < 1900 || d.Year() > 2199) {
			err = errors.New("not between 1900 and 2199")
		}
		return err
	})),
	openapi3.WithStringFormatValidator("email", openapi3.NewCallbackValidator(func(s string) error {
		a, err := mail.ParseAddress(s)
		if err == nil && a.Address != s {
			err = errors.New("not a bare address")
		}
		return err
	})),
}

// bodyOf is the body that says of an officer what a line says.
func bodyOf(l *line) []byte {
	body := map[string]any{}
	for _, c := range cover.Columns {
		if !l.has(c) {
			continue
		}
		body[c.String()] = l.cells[c]
		if c == cover.ColHonorarium {
			body[c.String()] = json.Number(l.cells[c])
		}
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return b
}

// contractSays lists what the schema, and then reading into the type of the field,
// find wrong with a body: pointer, code and parameters, in order.
func contractSays(t *testing.T, schema *openapi3.Schema, body []byte) (said []string) {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatal(err)
	}
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) { //nolint:errorlint // the tree is walked node by node
		case openapi3.MultiError:
			for _, e := range e {
				walk(e)
			}
		case *openapi3.SchemaError:
			said = append(said, schemaSays(e))
		default:
			t.Fatalf("%T %v", err, err)
		}
	}
	if err := schema.VisitJSON(value, formats...); err != nil {
		walk(err)
	}
	var read struct {
		Amount *json.Number `json:"monthly_honorarium_amount"`
	}
	if json.Unmarshal(body, &read) == nil && read.Amount != nil && !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "/monthly") }) {
		if _, err := strconv.ParseInt(read.Amount.String(), 10, 64); err != nil {
			said = append(said, "/monthly_honorarium_amount wrong_type expected=integer")
		}
	}
	slices.Sort(said)
	return said
}

func schemaSays(e *openapi3.SchemaError) string {
	pointer := "/" + strings.Join(e.JSONPointer(), "/")
	code, params := cover.WrongType, cover.Params{}
	switch s := e.Schema; e.SchemaField {
	case "required":
		code, params = cover.Required, cover.Params{"name": pointer[1:]}
	case "nullable":
		code = cover.NullNotAllowed
	case "type":
		params["expected"] = s.Type.Slice()[0]
	case "enum":
		code, params = cover.NotListed, cover.Params{"allowed": s.Enum}
	case "minLength":
		code, params = cover.TooShort, cover.Params{"min": s.MinLength}
	case "maxLength":
		code, params = cover.TooLong, cover.Params{"max": *s.MaxLength}
	case "pattern", "format":
		code = cover.WrongFormat
		if s.Format != "" {
			params["format"] = s.Format
		} else if params["pattern"] = s.Pattern; s.Example != nil {
			params["example"] = s.Example
		}
	default:
		code = cover.ContractBroken
	}
	if e.Value == nil && (code == cover.WrongType || code == cover.NotListed) {
		code, params = cover.NullNotAllowed, nil
	}
	return strings.TrimSpace(pointer + " " + string(code) + " " + paramsInWords(params))
}

// contractCodes are the codes of faults against the contract.
var contractCodes = []cover.Code{
	cover.Required, cover.WrongType, cover.NotListed, cover.WrongFormat, cover.TooShort, cover.TooLong, cover.NullNotAllowed, cover.UnknownField,
}

func shapeFaults(faults cover.Faults) (said []string) {
	for _, f := range faults {
		if slices.Contains(contractCodes, f.Code) {
			said = append(said, strings.TrimSpace(f.Pointer+" "+string(f.Code)+" "+paramsInWords(f.Params)))
		}
	}
	slices.Sort(said)
	return said
}

// TestWhatHasTheShapeIsLeftToTheRules: judge and cover.Appoint agree on every row
// that the contract lets pass.
func TestWhatHasTheShapeIsLeftToTheRules(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	taken, refused := 0, 0
	for range 10_000 {
		l := anyLine(r)
		v := judge(l, kapuasHulu, knownThings, pollingDays)
		if len(shapeFaults(v.faults)) > 0 {
			continue
		}
		o, doubts, err := cover.Appoint(appointmentOf(l), kapuasHulu, knownThings, pollingDays)
		if (err == nil) != (len(v.faults) == 0) || !reflect.DeepEqual(doubts, v.doubts) {
			t.Fatalf("%q: judge says %v %v, the rules %v %v", l.cells, v.faults, v.doubts, err, doubts)
		}
		if err == nil {
			taken++
			if o != v.officer {
				t.Fatalf("%+v became %+v", o, v.officer)
			}
			continue
		}
		refused++
		// Of an area judge may know more: Appoint does not look at it before it knows
		// the position.
		for n, f := range faultsOf(err) {
			if n >= len(v.faults) || v.faults[n].Code != f.Code || v.faults[n].Pointer != f.Pointer {
				t.Fatalf("%q: judge says %v, the rules %v", l.cells, v.faults, err)
			}
		}
	}
	if taken < 500 || refused < 500 {
		t.Errorf("%d taken and %d refused prove little", taken, refused)
	}
}

func appointmentOf(l *line) cover.Appointment {
	day := func(c cover.Column) cover.Date {
		d, err := cover.ParseDate(l.cells[c])
		if err != nil {
			return cover.Date{}
		}
		return d
	}
	amount, _ := strconv.ParseInt(l.cells[cover.ColHonorarium], 10, 64)
	c := l.cells
	return cover.Appointment{
		ExternalID: c[cover.ColExternalID], FullName: c[cover.ColFullName], BornOn: day(cover.ColBornOn), Sex: cover.Sex(c[cover.ColSex]),
		Personal: cover.Personal{NIK: cover.NIK(c[cover.ColNIK]), Phone: c[cover.ColPhone], Email: c[cover.ColEmail], KPJ: c[cover.ColKPJ]},
		Position: c[cover.ColPosition], Role: cover.Role(c[cover.ColRole]), AreaCode: c[cover.ColAreaCode], PollingStation: c[cover.ColPollingStation],
		DecreeNumber: c[cover.ColDecreeNumber], TermFrom: day(cover.ColTermFrom), TermTo: day(cover.ColTermTo), Honorarium: cover.Rupiah(amount),
	}
}

// TestAFaultOfOneColumnLeavesTheRestAsItIs: spoiling a column adds its own faults
// and takes away only those that rest on it.
func TestAFaultOfOneColumnLeavesTheRestAsItIs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 5_000 {
		l := anyLine(r)
		before := judge(l, kapuasHulu, knownThings, pollingDays)
		c := cover.Columns[r.IntN(len(cover.Columns))]
		spoilt := *l
		spoilt.faults.Add("/"+c.String(), cover.NotUTF8, nil)
		for _, f := range judge(&spoilt, kapuasHulu, knownThings, pollingDays).faults[1:] {
			placeOnly := c == cover.ColPosition && f.Pointer == "/area_code"
			if f.Pointer == "/"+c.String() || !placeOnly && !slices.ContainsFunc(before.faults, func(b cover.Fault) bool { return reflect.DeepEqual(b, f) }) {
				t.Fatalf("%q without %s: %v appeared beside %v", l.cells, c, f, before.faults)
			}
		}
	}
}

// TestALineMayBeUsedAgain: what was judged keeps its faults.
func TestALineMayBeUsedAgain(t *testing.T) {
	t.Parallel()
	l := goodLine()
	l.faults = make(cover.Faults, 0, 8)
	l.unknown("nick")
	l.put(cover.ColSex, "x")
	v := judge(l, kapuasHulu, knownThings, pollingDays)
	l.faults.Add("", cover.RowMalformed, nil)
	if got := faultsInWords(v.faults); !slices.Equal(got, []string{"/nick unknown_field", "/sex not_listed"}) {
		t.Errorf("%q", got)
	}
}

func BenchmarkJudge(b *testing.B) {
	b.ReportAllocs()
	l := goodLine()
	for c, text := range map[cover.Column]string{
		cover.ColSex: "female", cover.ColRole: "member", cover.ColDecreeNumber: "45/2024", cover.ColHonorarium: "1300000",
		cover.ColPhone: "081234567890", cover.ColEmail: "rini@contoh.id",
	} {
		l.put(c, text)
	}
	for b.Loop() {
		if v := judge(l, kapuasHulu, knownThings, pollingDays); len(v.faults)+len(v.doubts) > 0 {
			b.Fatal(v.faults, v.doubts)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkJudgeBad(b *testing.B) {
	b.ReportAllocs()
	l := goodLine()
	l.put(cover.ColPhone, "8123")
	l.put(cover.ColBornOn, "05/08/1989")
	for b.Loop() {
		judge(l, kapuasHulu, knownThings, pollingDays)
	}
}
