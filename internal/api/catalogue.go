package api

//go:generate go run ../tools/errordocs -catalogue problems.yaml -o ../../docs/errors.md

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"text/template"
	"time"

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

// loadCatalogue reads the embedded catalogue, once. It refuses an unknown field, a code
// that stands twice, a text or an example that is missing, and a template that
// does not parse.
var loadCatalogue = sync.OnceValues(func() (*catalogue, error) { return parseCatalogue(problemsYAML) })

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
		"join":    func(v any) string { return joined(v, func(v any) string { return fmt.Sprint(v) }) },
		"word":    func(v any) string { return joined(v, func(v any) string { return word(v, l) }) },
		"either":  func(v any) string { return alternatives(v, l) },
		"number":  func(v any) string { return grouped(v, separator) },
		"instant": instant,
	}
}

// instant prints a time as it would be written, and anything else as it is.
func instant(v any) string {
	if at, ok := v.(time.Time); ok {
		return at.Format(time.RFC3339)
	}
	return fmt.Sprint(v)
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

// alternatives puts the values of a list into words, of which one holds.
func alternatives(v any, l language) string {
	said := joined(v, func(v any) string { return word(v, l) })
	last := strings.LastIndex(said, ", ")
	if last < 0 {
		return said
	}
	return said[:last] + bilingual{" atau ", " or "}.in(l) + said[last+len(", "):]
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

	"draft":      {"draf", "a draft"},
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

	"running":              {"sedang berjalan", "running"},
	"paused":               {"dihentikan sementara", "paused"},
	"met":                  {"sudah dipenuhi", "met"},
	"breached":             {"terlampaui", "breached"},
	"scanning":             {"sedang diperiksa pemindai", "being scanned"},
	"quarantined":          {"dikarantina", "in quarantine"},
	"accepted":             {"sudah diterima sebagai bukti", "accepted"},
	"withdrawn":            {"sudah ditarik", "withdrawn"},
	"death":                {"kematian", "death"},
	"funeral":              {"pemakaman", "a funeral"},
	"periodic":             {"santunan berkala", "periodic support"},
	"medical_care":         {"pengobatan", "treatment"},
	"transport":            {"pengangkutan", "transport"},
	"temporary_incapacity": {"sementara tidak mampu bekerja", "being unable to work"},
	"disability":           {"cacat", "disability"},
	"prosthesis":           {"alat bantu atau alat ganti", "a prosthesis"},
	"denture":              {"gigi tiruan", "dentures"},
	"hearing_aid":          {"alat bantu dengar", "a hearing aid"},
	"spectacles":           {"kacamata", "spectacles"},
	"home_care":            {"perawatan di rumah", "care at home"},
	"scholarship":          {"beasiswa", "a scholarship"},
	"compensation":         {"ganti rugi keterlambatan", "compensation"},
	"ex_gratia":            {"santunan penyelenggara", "what a body gives of its own"},
	"died":                 {"kematian", "a death"},
	"disabled":             {"cacat tetap", "a disability for good"},
	"injured":              {"luka atau sakit", "an injury"},
	"recovered":            {"kesembuhan", "a recovery"},

	"identity_card":         {"kartu tanda penduduk (KTP)", "identity card"},
	"family_card":           {"kartu keluarga (KK)", "family card"},
	"membership_card":       {"kartu peserta BPJS Ketenagakerjaan (KPJ)", "membership card of BPJS Ketenagakerjaan"},
	"appointment_decree":    {"surat keputusan (SK) pengangkatan", "decree of appointment"},
	"assignment_letter":     {"surat tugas", "letter of assignment"},
	"attendance_list":       {"daftar hadir atau daftar piket", "attendance or duty list"},
	"chronology":            {"kronologi kejadian", "chronology of the incident"},
	"police_report":         {"laporan polisi", "police report"},
	"route_map":             {"peta rute perjalanan", "map of the route"},
	"witness_statement":     {"keterangan saksi", "statement of a witness"},
	"witness_identity_card": {"KTP saksi", "identity card of a witness"},
	"medical_report":        {"surat keterangan dokter", "doctor's letter"},
	"care_receipt":          {"kuitansi perawatan", "receipt for care"},
	"transport_receipt":     {"kuitansi pengangkutan", "receipt for transport"},
	"stage_one_form":        {"formulir laporan tahap I (KK1)", "form of the report of stage I (KK1)"},
	"stage_two_form":        {"formulir laporan tahap II (KK2)", "form of the report of stage II (KK2)"},
	"death_certificate":     {"akta atau surat keterangan kematian", "death certificate"},
	"heirs_letter":          {"surat keterangan ahli waris", "letter on heirs"},
	"no_heirs_statement":    {"surat pernyataan tidak ada ahli waris", "statement that there are no heirs"},
	"guardianship_letter":   {"surat keterangan perwalian", "letter of guardianship"},
	"testament":             {"surat wasiat", "will"},
	"marriage_certificate":  {"buku nikah atau akta perkawinan", "marriage certificate"},
	"birth_certificate":     {"akta kelahiran", "birth certificate"},
	"school_letter":         {"surat keterangan sekolah atau perguruan tinggi", "letter of the school or university"},
	"bank_account_proof":    {"bukti rekening bank", "proof of a bank account"},
	"jkm_form":              {"formulir klaim JKM (formulir 4)", "form of a JKM claim (form 4)"},
	"funeral_receipt":       {"kuitansi biaya pemakaman", "receipt for the funeral"},
	"payment_proof":         {"bukti pembayaran santunan oleh badan penyelenggara", "proof that the election body paid"},

	"incomplete": {"dikembalikan untuk dilengkapi", "incomplete"},
	"verified":   {"sudah diverifikasi", "verified"},

	"missing":  {"belum ada", "missing"},
	"attached": {"sudah dilampirkan", "attached"},

	"jkn":                  {"JKN (BPJS Kesehatan)", "JKN (BPJS Kesehatan)"},
	"jasa_raharja":         {"Jasa Raharja", "Jasa Raharja"},
	"election_body_scheme": {"santunan badan penyelenggara pemilu", "the election body's own compensation"},
	"employer_liability":   {"tanggung jawab pemberi kerja", "the organiser's liability"},
	"labour_office":        {"pengawas ketenagakerjaan", "labour inspectorate"},
	"bpjs_branch":          {"kantor BPJS Ketenagakerjaan", "BPJS office"},
	"social_assistance":    {"bantuan sosial", "social assistance"},

	"granted":   {"sudah diberikan", "granted"},
	"disbursed": {"sudah dibayarkan", "disbursed"},
}
