package api

//go:generate go run ../tools/errordocs -catalogue problems.yaml -o ../../docs/errors.md

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
	xlanguage "golang.org/x/text/language"

	"naungan/internal/cover"
)

//go:embed problems.yaml
var problemsYAML []byte

// language is one of the two in which problems are told.
type language string

const (
	indonesian language = "id"
	english    language = "en"
)

// languages are in the order of spoken: the first is for those who ask for none
// of them.
var (
	languages = []language{indonesian, english}
	spoken    = xlanguage.NewMatcher([]xlanguage.Tag{xlanguage.Indonesian, xlanguage.English})
)

// languageOf chooses by an Accept-Language header.
func languageOf(acceptLanguage string) language {
	wanted, _, err := xlanguage.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return indonesian
	}
	_, i, _ := spoken.Match(wanted...)
	return languages[i]
}

// bilingual is a text in both languages.
type bilingual struct {
	ID string `yaml:"id"`
	EN string `yaml:"en"`
}

// in returns the text in a language; in Indonesian if there is no such language.
func (b bilingual) in(l language) string {
	if l == english {
		return b.EN
	}
	return b.ID
}

// problemType is what the catalogue says of one code.
type problemType struct {
	Code    cover.Code `yaml:"code"`
	Status  int        `yaml:"status"` // 0 for faults and doubts, which answer no request by themselves
	Title   bilingual  `yaml:"title"`
	Detail  bilingual  `yaml:"detail"` // templates over the code's params
	Cause   bilingual  `yaml:"cause"`
	Remedy  bilingual  `yaml:"remedy"`
	Failing string     `yaml:"failing"`
	Mended  string     `yaml:"mended"`

	details map[language]*template.Template
}

// catalogue holds the words for every code, in both languages.
type catalogue struct {
	entries []problemType
	byCode  map[cover.Code]problemType
}

// loadCatalogue reads the embedded catalogue. It refuses an unknown field, a code
// that stands twice, a text or an example that is missing, and a template that
// does not parse.
func loadCatalogue() (*catalogue, error) { return parseCatalogue(problemsYAML) }

func parseCatalogue(raw []byte) (*catalogue, error) {
	c := &catalogue{byCode: map[cover.Code]problemType{}}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&c.entries); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	var faults []error
	for i := range c.entries {
		p := &c.entries[i]
		if _, twice := c.byCode[p.Code]; twice {
			faults = append(faults, fmt.Errorf("catalogue: %s stands twice", p.Code))
		}
		if err := p.compile(); err != nil {
			faults = append(faults, fmt.Errorf("catalogue: entry %d, %s: %w", i+1, p.Code, err))
		}
		c.byCode[p.Code] = *p
	}
	return c, errors.Join(faults...)
}

func (p *problemType) compile() error {
	if p.Code == "" || p.Failing == "" || p.Mended == "" {
		return errors.New("without a code, or an example")
	}
	p.details = map[language]*template.Template{}
	for _, l := range languages {
		for _, text := range []bilingual{p.Title, p.Detail, p.Cause, p.Remedy} {
			if strings.TrimSpace(text.in(l)) == "" {
				return fmt.Errorf("without a text in %q", l)
			}
		}
		t, err := template.New(string(p.Code)).Option("missingkey=zero").Funcs(templateFunctions(l)).Parse(p.Detail.in(l))
		if err != nil {
			return err
		}
		p.details[l] = t
	}
	return nil
}

// title is the short name of a code; the code itself if it is unknown.
func (c *catalogue) title(code cover.Code, l language) string {
	p, known := c.byCode[code]
	if !known {
		return string(code)
	}
	return p.Title.in(l)
}

// detail says what is wrong and how to mend it. It falls back to the title where
// there is nothing better to say: a refusal is never lost for want of words.
func (c *catalogue) detail(code cover.Code, l language, params cover.Params) string {
	if l != english {
		l = indonesian
	}
	t := c.byCode[code].details[l]
	if t == nil {
		return c.title(code, l)
	}
	var text strings.Builder
	if err := t.Execute(&text, params); err != nil {
		return c.title(code, l)
	}
	return text.String()
}

// entry finds what the catalogue says of a code.
func (c *catalogue) entry(code cover.Code) (problemType, bool) {
	p, known := c.byCode[code]
	return p, known
}

// all lists the catalogue in its order.
func (c *catalogue) all() []problemType { return c.entries }

// templateFunctions are what the templates of details may call.
func templateFunctions(l language) template.FuncMap {
	separator := bilingual{".", ","}.in(l)
	return template.FuncMap{
		"join":   func(v any) string { return joined(v, func(v any) string { return fmt.Sprint(v) }) },
		"word":   func(v any) string { return joined(v, func(v any) string { return word(v, l) }) },
		"number": func(v any) string { return grouped(v, separator) },
	}
}

// joined prints a value, or the values of a list with commas between them.
func joined(v any, say func(any) string) string {
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice {
		return say(v)
	}
	parts := make([]string, list.Len())
	for i := range parts {
		parts[i] = say(list.Index(i).Interface())
	}
	return strings.Join(parts, ", ")
}

// grouped prints a whole number with a separator between its thousands, and
// anything else as it is.
func grouped(v any, separator string) string {
	digits := fmt.Sprint(v)
	if strings.Trim(digits, "0123456789") != "" {
		return digits
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
}

// word puts a value of an enum, a type or a format into words. A value that has
// none stays as it is, which is what the caller would have to write.
func word(v any, l language) string {
	names := strings.Split(fmt.Sprint(v), ", ")
	for i, name := range names {
		if w, known := glossary[name]; known {
			names[i] = w.in(l)
		}
	}
	return strings.Join(names, ", ")
}

// glossary has no words that mean two things in different enums.
var glossary = map[string]bilingual{
	"organiser": {"penyelenggara", "organiser"},
	"payer":     {"pembayar iuran", "payer"},
	"branch":    {"kantor BPJS Ketenagakerjaan", "BPJS office"},
	"witness":   {"saksi", "witness"},

	"kpu":                 {"KPU", "KPU"},
	"bawaslu":             {"Bawaslu", "Bawaslu"},
	"regional_government": {"pemerintah daerah", "regional government"},
	"regional_agency":     {"perangkat daerah", "regional agency"},
	"village_government":  {"pemerintah desa", "village government"},
	"bpjs_office":         {"kantor BPJS Ketenagakerjaan", "BPJS office"},
	"ministry":            {"kementerian", "ministry"},
	"other":               {"lainnya", "other"},

	"national": {"pusat", "national"},
	"province": {"provinsi", "province"},
	"regency":  {"kabupaten/kota", "regency"},
	"district": {"kecamatan", "district"},
	"village":  {"desa/kelurahan", "village"},
	"overseas": {"luar negeri", "overseas"},

	"pu":           {"PU (penerima upah)", "PU (wage earners)"},
	"bpu":          {"BPU (bukan penerima upah)", "BPU (other than wage earners)"},
	"jkk":          {"JKK", "JKK"},
	"jkm":          {"JKM", "JKM"},
	"honorarium":   {"honorarium", "honorarium"},
	"minimum_wage": {"upah minimum", "minimum wage"},
	"declared":     {"upah yang disepakati", "declared wage"},
	"bpu_tier":     {"kelompok penghasilan BPU", "BPU band of income"},

	"draft":      {"rancangan", "a draft"},
	"signed":     {"sudah ditandatangani", "signed"},
	"active":     {"berlaku", "active"},
	"expired":    {"sudah berakhir", "expired"},
	"terminated": {"diakhiri lebih awal", "terminated"},
	"submitted":  {"sudah diajukan", "submitted"},
	"approved":   {"disetujui", "approved"},
	"rejected":   {"ditolak", "rejected"},
	"paid":       {"sudah dibayar", "paid"},

	"receiving":           {"sedang diterima", "being received"},
	"received":            {"sudah diterima utuh", "received whole"},
	"staging":             {"sedang dibaca", "being read"},
	"validated":           {"sudah diperiksa", "validated"},
	"committing":          {"sedang diterapkan", "being committed"},
	"committed":           {"sudah diterapkan", "committed"},
	"partially_committed": {"diterapkan sebagian", "partially committed"},
	"cancelled":           {"dibatalkan", "cancelled"},
	"reversing":           {"sedang ditarik kembali", "being taken back"},
	"reversed":            {"sudah ditarik kembali", "taken back"},

	"upsert":      {"menambah dan mengubah", "adding and amending"},
	"create_only": {"hanya menambah", "only adding"},
	"snapshot":    {"daftar lengkap", "full roster"},
	"removed":     {"tidak ada dalam daftar lengkap", "missing from a full roster"},

	"scientific_notation": {"tertulis sebagai notasi ilmiah", "in scientific notation"},
	"digit_lost":          {"kehilangan satu angka", "a digit short"},
	"last_digits_rounded": {"angka terakhirnya dibulatkan", "last digits rounded"},
	"columns_shifted":     {"kolomnya bergeser", "columns shifted"},

	"string":    {"teks", "text"},
	"integer":   {"bilangan bulat", "a whole number"},
	"int32":     {"bilangan bulat", "a whole number"},
	"int64":     {"bilangan bulat", "a whole number"},
	"number":    {"angka", "a number"},
	"boolean":   {"true atau false", "true or false"},
	"bool":      {"true atau false", "true or false"},
	"array":     {"daftar", "a list"},
	"slice":     {"daftar", "a list"},
	"object":    {"objek", "an object"},
	"struct":    {"objek", "an object"},
	"date":      {"tanggal yang ada dalam kalender, berbentuk YYYY-MM-DD", "a day of the calendar, as YYYY-MM-DD"},
	"date-time": {"waktu RFC 3339 dengan zonanya, misalnya 2024-11-28T02:40:00+07:00", "an RFC 3339 instant with its offset, such as 2024-11-28T02:40:00+07:00"},
	"uuid":      {"UUID", "a UUID"},
	"email":     {"alamat surel", "an e-mail address"},
}
