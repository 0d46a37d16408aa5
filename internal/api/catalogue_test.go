package api

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

func loadWords(t *testing.T) *catalogue {
	t.Helper()
	c, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// declaredCodes reads the codes out of the source, in its order, so that none can
// be forgotten.
func declaredCodes(t *testing.T) (codes []cover.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../cover/code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, s := range group.Specs {
			constant := s.(*ast.ValueSpec)
			if kind, ok := constant.Type.(*ast.Ident); !ok || kind.Name != "Code" {
				continue
			}
			for _, v := range constant.Values {
				code, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, cover.Code(code))
			}
		}
	}
	if len(codes) < 100 {
		t.Fatalf("found only %d codes", len(codes))
	}
	return codes
}

// A code without words leaves its reader with a riddle; words without a code are
// never read.
func TestTheCatalogueHasEveryCodeAndNoOther(t *testing.T) {
	t.Parallel()
	var told []cover.Code
	for _, p := range loadWords(t).all() {
		told = append(told, p.Code)
	}
	declared := declaredCodes(t)
	for _, code := range declared {
		if !slices.Contains(told, code) {
			t.Errorf("%s is not in the catalogue", code)
		}
	}
	for _, code := range told {
		if !slices.Contains(declared, code) {
			t.Errorf("%s is in the catalogue, but is no code", code)
		}
	}
	if !t.Failed() && !slices.Equal(told, declared) {
		t.Error("the catalogue has another order than code.go")
	}
}

func TestEveryTextIsToldInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, p := range loadWords(t).all() {
		for name, text := range map[string]bilingual{"title": p.Title, "detail": p.Detail, "cause": p.Cause, "remedy": p.Remedy} {
			if text.ID == "" || text.EN == "" || text.ID == text.EN {
				t.Errorf("%s: %s is missing in a language, or the same in both", p.Code, name)
			}
			for _, s := range []string{text.ID, text.EN} {
				if s != strings.TrimSpace(s) || strings.Contains(s, "  ") {
					t.Errorf("%s: stray spaces in %q", p.Code, s)
				}
				if ends := strings.HasSuffix(strings.TrimSuffix(s, "{{end}}"), "."); ends == (name == "title") {
					t.Errorf("%s: %s is to be a sentence, and a title none: %q", p.Code, name, s)
				}
			}
		}
		if p.Status != 0 && (p.Status < 400 || p.Status > 599) {
			t.Errorf("%s: status %d", p.Code, p.Status)
		}
	}
}

var sixteenDigits = regexp.MustCompile(`\b[0-9]{16}\b`)

func TestExamplesAreSoundAndNameNobody(t *testing.T) {
	t.Parallel()
	for _, p := range loadWords(t).all() {
		if p.Failing == p.Mended {
			t.Errorf("%s: the mended example is the failing one", p.Code)
		}
		for _, example := range []string{p.Failing, p.Mended} {
			_, body, _ := strings.Cut("\n\n"+example, "\n\n{")
			broken := p.Code == cover.JSONInvalid && example == p.Failing
			if body != "" && json.Valid([]byte("{"+body)) == broken {
				t.Errorf("%s: {%s is not the JSON it should be", p.Code, body)
			}
			for _, nik := range sixteenDigits.FindAllString(example, -1) {
				if nik != "6106014508890002" && !strings.HasPrefix(nik, "99") {
					t.Errorf("%s: %s might be somebody's NIK", p.Code, nik)
				}
			}
		}
	}
}

// typical are params as the rules and the door give them, for every code whose
// words use any.
var typical = map[cover.Code]cover.Params{
	cover.MalformedRequest:          {"count": 1},
	cover.HeirOutranked:             {"rank": 3, "before": 1},
	cover.PupilIneligible:           {"age_below": 23, "rule": "scholarship_contributions", "paid_months": int64(12), "needed_months": int64(36)},
	cover.TooManyPupils:             {"limit": 2},
	cover.TooManyHeirs:              {"limit": 50},
	cover.TooManyNotices:            {"limit": 200},
	cover.IncidentSimilar:           {"incident_id": "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f10"},
	cover.DutiesNotSeparated:        {"scope": "claims:decide"},
	cover.SchoolYearOver:            {"from": 2023, "to": 2025},
	cover.RequirementUnmet:          {"document_kind": cover.NoHeirsStatement, "heir_id": uuid.Max, "rank": 1, "school_year": 2024, "status": cover.RequirementMissing},
	cover.AfterEnd:                  {"ended_on": cover.NewDate(2024, 12, 4)},
	cover.NothingMoreToPay:          {"paid": cover.Rupiah(84_400_000), "benefit": cover.Rupiah(84_400_000)},
	cover.FundGranted:               {"granted": cover.Rupiah(46_000_000)},
	cover.FundExceeded:              {"amount": cover.Rupiah(46_000_000), "remaining": cover.Rupiah(10_000_000)},
	cover.FundOfOtherYear:           {"fiscal_year": 2023},
	cover.GrantWrongStatus:          {"status": cover.GrantDisbursed},
	cover.DocumentNotItsType:        {"declared": "application/pdf", "found": "image/png"},
	cover.DocumentAmbiguous:         {"also": "archive"},
	cover.DocumentWrongStatus:       {"status": cover.DocumentAccepted},
	cover.TooManyDocuments:          {"limit": 200},
	cover.UploadTooLarge:            {"limit": int64(1 << 30)},
	cover.UploadOffsetWrong:         {"offset": int64(1 << 20)},
	cover.ImportIsReceived:          {"status": cover.ImportReceived},
	cover.ImportRepeated:            {"import_id": "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01"},
	cover.TooManyImports:            {"limit": 20},
	cover.ImportNotValidated:        {"status": cover.ImportStaging},
	cover.ImportNotCommitted:        {"status": cover.ImportReversed},
	cover.ImportNotAmendable:        {"status": cover.ImportCommitted},
	cover.ImportOver:                {"status": cover.ImportPartiallyCommitted},
	cover.RemovalsNotConfirmed:      {"expected": int64(1200)},
	cover.IdentifiersDamaged:        {"kinds": []cover.DamageKind{cover.DamageScientific, cover.DamageRounded}},
	cover.FileUnreadable:            {"byte": int64(1048577), "reason": "corrupt"},
	cover.FileEncoding:              {"encoding": "UTF-16"},
	cover.FileTooLarge:              {"limit": int64(1 << 31), "unpacked": true},
	cover.RowTooLong:                {"row": int64(1877), "limit": 65536, "byte": int64(236376)},
	cover.TooManyRows:               {"limit": 5_000_000},
	cover.TooManyColumns:            {"limit": 200},
	cover.ColumnsMissing:            {"columns": []string{"nik", "born_on"}},
	cover.ColumnTwice:               {"column": "full_name"},
	cover.RowsRejected:              {"rows": int64(37)},
	cover.RowMalformed:              {"reason": "quote"},
	cover.DuplicateInFile:           {"row": int64(17)},
	cover.PersonTwiceInFile:         {"row": int64(17)},
	cover.RowNotRejected:            {"row": int64(18)},
	cover.OfficerHasEnded:           {"ended_on": onDay(2024, 11, 30)},
	cover.UnitHeadcount:             {"position": "kpps", "area_code": "61.06.01.1001", "polling_station": "4", "expected": 7, "actual": 9},
	cover.CellsCleared:              {"columns": []string{"phone"}, "rows": int64(12)},
	cover.SnapshotUnsure:            {"rows": int64(3)},
	cover.ColumnIgnored:             {"header": "Catatan"},
	cover.RuleBroken:                {"count": 1200},
	cover.MethodNotAllowed:          {"allowed": []string{"GET", "PATCH"}},
	cover.NotAcceptable:             {"supported": []string{"application/json"}},
	cover.BodyTooLarge:              {"limit": 1 << 20},
	cover.MediaTypeUnsupported:      {"supported": []string{"application/json"}},
	cover.ScopeNotGranted:           {"scope": "claims:decide"},
	cover.ScopeMissing:              {"scope": "officers:write"},
	cover.VersionStale:              {"version": int64(2)},
	cover.PartyRoleRequired:         {"role": cover.Branch},
	cover.JSONInvalid:               {"offset": int64(17)},
	cover.Required:                  {"name": "nik"},
	cover.UnknownField:              {"name": "area", "nearest": "area_code"},
	cover.UnknownParameter:          {"name": "area", "nearest": "area_code"},
	cover.WrongType:                 {"expected": "integer"},
	cover.NotListed:                 {"allowed": []any{"chair", "member"}},
	cover.WrongFormat:               {"format": "date", "pattern": "^[0-9]{1,4}$", "example": "61.06"},
	cover.NIKInvalid:                {"reason": "serial"},
	cover.TooShort:                  {"min": uint64(1)},
	cover.TooLong:                   {"max": uint64(100)},
	cover.TooSmall:                  {"min": int64(0)},
	cover.TooLarge:                  {"max": int64(1000)},
	cover.TooFewItems:               {"min": uint64(2)},
	cover.TooManyItems:              {"max": uint64(1000)},
	cover.TooFewMembers:             {"min": uint64(1)},
	cover.PeriodTooLong:             {"years": 3},
	cover.AmountImplausible:         {"min": 0, "max": 100_000_000},
	cover.AreaMissing:               {"level": cover.OrganisationLevel("regency")},
	cover.AreaNotExpected:           {"level": cover.National},
	cover.AreaLevelWrong:            {"level": cover.Village, "actual": cover.District},
	cover.AreaOutsideOrganisation:   {"area_code": "61.06"},
	cover.PositionOfOtherBody:       {"organiser": cover.Bawaslu},
	cover.RoleUnknown:               {"position": "kpps"},
	cover.PollingStationNotExpected: {"position": "pps"},
	cover.BirthDateImplausible:      {"min": 15, "max": 100},
	cover.OutsideTerm:               {"from": onDay(2024, 5, 26), "to": onDay(2025, 1, 27)},
	cover.OfficerTaken:              {"officer_id": "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f07"},
	cover.OfficerEndedAlready:       {"ended_on": onDay(2024, 11, 30)},
	cover.RoleOfOtherKind:           {"role": cover.Branch, "kind": cover.RegionalGovernment},
	cover.RoleTakenTwice:            {"role": cover.Payer},
	cover.RoleMissing:               {"role": cover.Organiser},
	cover.WageMissing:               {"policy": cover.BaseMinimumWage},
	cover.WageNotExpected:           {"policy": cover.BaseHonorarium},
	cover.PolicyOfOtherSegment:      {"segment": cover.BPU},
	cover.TooManyValues:             {"max": 5000},
	cover.SupplementTooEarly:        {"invoice_id": "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f09"},
	cover.BudgetExceeded:            {"total": cover.Rupiah(13_148_730), "remaining": cover.Rupiah(0), "fiscal_year": 2024},
	cover.BudgetShort:               {"total": cover.Rupiah(13_148_730), "remaining": cover.Rupiah(0), "fiscal_year": 2024},
	cover.BudgetCommitted:           {"committed": cover.Rupiah(13_148_730)},
	cover.FineExceeded:              {"left": cover.Rupiah(0)},
	cover.StatementUnreadable:       {"reason": "empty"},
	cover.ReferenceTwice:            {"line": 2},
	cover.BeforeDecision:            {"decided_on": cover.NewDate(2024, 11, 29)},
	cover.PaymentBackdated:          {"issued_on": cover.NewDate(2024, 9, 2)},
	cover.AgreementNotInForce:       {"status": cover.AgreementDraft, "allowed": []cover.AgreementStatus{cover.AgreementSigned}},
	cover.OutsideAgreement:          {"from": onDay(2024, 8, 26), "to": onDay(2025, 1, 27)},
	cover.AllocatedTooMuch:          {"left": cover.Rupiah(0)},
	cover.OutstandingExceeded:       {"outstanding": cover.Rupiah(13_148_730)},
	cover.ClaimExpired:              {"expired_on": onDay(2024, 8, 26)},
	cover.ClaimWrongStatus:          {"status": cover.ClaimPaid, "allowed": []cover.ClaimStatus{cover.ClaimSubmitted, cover.ClaimVerified}},
	cover.ScopeUnknown:              {"scope": "officer:read"},
	cover.ScopeNotHeld:              {"scope": "claims:decide"},
	cover.TariffScheduleMissing:     {"segment": cover.PU, "month": cover.NewMonth(2004, time.August), "programme": cover.JKK, "day": onDay(2004, 8, 26)},
	cover.IncomeOutOfRange:          {"least": cover.Rupiah(1), "most": cover.Rupiah(1_000_000_000_000)},
	cover.AgeOutsideRule:            {"min": 17, "max": 55},
	cover.TermOutsideElection:       {"election": "pilkada_2024", "from": onDay(2024, 5, 26), "to": onDay(2025, 1, 27)},
	cover.HonorariumDiffers:         {"expected": cover.Rupiah(1_300_000), "election": "pilkada_2024"},
	cover.HeadcountImplausible:      {"per_unit": 7, "nearest": 4578, "units": 654},
	cover.JKMWaitingPeriod:          {"months": 1, "needed": 3},
	cover.WageBasesTooMany:          {"wage_bases": 2_001, "most": 2_000},
	cover.EnrolmentIsRunning:        {"enrolment_id": "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f06"},
	cover.SkippedTooOld:             {"max": 65},
	cover.MemberMissing:             {"name": "mode", "of": cover.BenefitTransport},
	cover.MemberNotExpected:         {"name": "mode", "of": cover.BenefitMedicalCare},
	cover.BenefitNotKnown:           {"kind": cover.BenefitHearingAid, "schedule": "jkk-2015-07"},
	cover.RateOutsideRange:          {"least": int64(1_000), "most": int64(3_000)},
	cover.CareTooLong:               {"most": 12},
	cover.BeforeEvent:               {"day": onDay(2024, 2, 15)},
	cover.PaymentDiffers:            {"payment_id": "0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f0a", "paid_on": onDay(2024, 12, 10), "paid_amount": cover.Rupiah(13_148_730)},
	cover.DeadlineWrongStatus:       {"status": cover.DeadlineMet, "allowed": []cover.DeadlineStatus{cover.DeadlineRunning, cover.DeadlineBreached}},
	cover.BeforeStart:               {"started_at": time.Date(2024, 11, 28, 8, 15, 0, 0, time.UTC)},
}

func onDay(year int, month time.Month, d int) cover.Date { return cover.NewDate(year, month, d) }

// Words must hold with all params, with none, and with each one missing: a rule
// that learns to say more, or forgets to, must not answer with a hole.
func TestDetailsRenderWhateverParamsThereAre(t *testing.T) {
	t.Parallel()
	c := loadWords(t)
	for _, p := range c.all() {
		cases := []cover.Params{typical[p.Code], nil, {}}
		for without := range typical[p.Code] {
			fewer := cover.Params{}
			for k, v := range typical[p.Code] {
				if k != without {
					fewer[k] = v
				}
			}
			cases = append(cases, fewer)
		}
		for _, l := range languages {
			for _, params := range cases {
				var text strings.Builder
				if err := p.details[l].Execute(&text, params); err != nil {
					t.Errorf("%s in %s with %v: %v", p.Code, l, params, err)
					continue
				}
				got := c.detail(p.Code, l, params)
				if got != text.String() {
					t.Errorf("%s in %s: detail gives %q", p.Code, l, got)
				}
				for _, hole := range []string{"<no value>", "<nil>", "%!", "{{", "  ", " .", " ,", ",.", ".."} {
					if strings.Contains(got, hole) {
						t.Errorf("%s in %s with %v: %q in %q", p.Code, l, params, hole, got)
					}
				}
				if raw := rawParam.FindString(got); raw != "" {
					t.Errorf("%s in %s: %q in %q", p.Code, l, raw, got)
				}
				if small := newSentence.FindString(got); small != "" {
					t.Errorf("%s in %s with %v: a sentence begins small: %q", p.Code, l, params, got)
				}
				if n := strings.Count(got+" ", ". "); n < 1 || n > 2 || !strings.HasSuffix(got, ".") {
					t.Errorf("%s in %s with %v: %d sentences: %q", p.Code, l, params, n, got)
				}
			}
		}
	}
}

var (
	rawParam    = regexp.MustCompile(`(^|[^/]){[a-z_]+}| [+-]\d{4} UTC`) // a path may name what belongs there
	newSentence = regexp.MustCompile(`\. [a-z]`)

	templateActions = regexp.MustCompile(`\{\{[^}]*\}\}`)
	templateFields  = regexp.MustCompile(`\.([a-z_]+)`)
)

func paramsOf(text string) (names []string) {
	for _, action := range templateActions.FindAllString(text, -1) {
		for _, field := range templateFields.FindAllStringSubmatch(action, -1) {
			names = append(names, field[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// One language must not know what the other does not, nor either a param that
// nothing gives.
func TestBothLanguagesUseTheSameParams(t *testing.T) {
	t.Parallel()
	for _, p := range loadWords(t).all() {
		used := paramsOf(p.Detail.ID)
		if other := paramsOf(p.Detail.EN); !slices.Equal(used, other) {
			t.Errorf("%s: id uses %v, en %v", p.Code, used, other)
		}
		for _, name := range used {
			if _, given := typical[p.Code][name]; !given {
				t.Errorf("%s: nothing gives %s", p.Code, name)
			}
		}
	}
}

func TestDetailPutsParamsIntoWords(t *testing.T) {
	t.Parallel()
	c := loadWords(t)
	for _, tt := range []struct {
		code cover.Code
		l    language
		want string
	}{
		{cover.NIKInvalid, indonesian, "Ini bukan NIK: nomor urut di akhirnya tidak mungkin 0000. Tulis 16 angka seperti pada KTP."},
		{cover.RuleBroken, english, "1,200 places must be mended; see errors."},
		{cover.RuleBroken, indonesian, "Ada 1.200 bagian yang harus diperbaiki; lihat errors."},
		{cover.MalformedRequest, english, "This request breaks the contract of the API. Mend the 1 place named in errors."},
		{cover.NotListed, indonesian, "Nilai ini tidak ada dalam daftar pilihan. Pilih salah satu dari chair, member."},
		{cover.AreaLevelWrong, indonesian, "Kode wilayah ini setingkat kecamatan. Tulis kode tingkat desa/kelurahan."},
		{cover.PartyRoleRequired, indonesian, "Tindakan ini hanya boleh dilakukan oleh kantor BPJS Ketenagakerjaan. Mintalah lembaga itu melakukannya."},
		{cover.TooSmall, english, "This value is too small. Write at least 0."},
		{cover.HeadcountImplausible, english, "The head-count is not a multiple of the 7 officers in one body. Check it; the nearest is 4,578, for 654 bodies."},
		{cover.OutsideTerm, indonesian, "Tanggal ini di luar masa tugas. Pilih tanggal dari 2024-05-26 sampai 2025-01-27."},
		{cover.ClaimWrongStatus, english, "This claim is paid. This is done to a claim that is submitted or verified; what it paid too little is claimed as another, which names it in reopens_id."},
		{cover.ClaimWrongStatus, indonesian, "Klaim ini berstatus sudah dibayar. Tindakan ini hanya untuk klaim berstatus sudah diajukan atau sudah diverifikasi; yang kurang dibayar ditagih dengan klaim baru yang menyebut klaim ini dalam reopens_id."},
		{"never_heard_of", english, "never_heard_of"},
	} {
		if got := c.detail(tt.code, tt.l, typical[tt.code]); got != tt.want {
			t.Errorf("%s in %s: %q, want %q", tt.code, tt.l, got, tt.want)
		}
	}
	if got := c.title(cover.NIKInvalid, ""); got != "NIK tidak sah" {
		t.Errorf("without a language: %q", got)
	}
	if got := c.detail(cover.NIKInvalid, "", nil); got != "Ini bukan NIK. Tulis 16 angka seperti pada KTP." {
		t.Errorf("without a language: %q", got)
	}
	if p, known := c.entry(cover.VersionStale); !known || p.Status != 412 {
		t.Errorf("version_stale: %v %d", known, p.Status)
	}
	if _, known := c.entry("never_heard_of"); known {
		t.Error("an unknown code is known")
	}
}

func TestABrokenCatalogueIsRefused(t *testing.T) {
	t.Parallel()
	const sound = `
- code: a
  title: {id: A, en: B}
  detail: {id: A, en: B}
  cause: {id: A, en: B}
  remedy: {id: A, en: B}
  failing: a
  mended: b
`
	if _, err := parseCatalogue([]byte(sound)); err != nil {
		t.Fatalf("a sound one: %v", err)
	}
	for name, broken := range map[string]string{
		"a code that stands twice":             sound + sound[1:],
		"a missing translation":                strings.Replace(sound, "cause: {id: A, en: B}", "cause: {id: A}", 1),
		"a template that does not parse":       strings.Replace(sound, "detail: {id: A", "detail: {id: 'A {{if .x}}'", 1),
		"a function that does not exist":       strings.Replace(sound, "detail: {id: A", "detail: {id: 'A {{shout .x}}'", 1),
		"an unknown field":                     sound + "  remark: x\n",
		"a missing example":                    strings.Replace(sound, "  mended: b\n", "", 1),
		"an entry without a code":              strings.Replace(sound, "code: a", "code: ''", 1),
		"a language that is not one of theirs": strings.Replace(sound, "title: {", "title: {ms: C, ", 1),
	} {
		if _, err := parseCatalogue([]byte(broken)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]language{
		"":                            indonesian,
		"id":                          indonesian,
		"id-ID,id;q=0.9,en;q=0.8":     indonesian,
		"in":                          indonesian, // its old name, which old Java still sends
		"en":                          english,
		"en-GB":                       english,
		"en-US,en;q=0.9,id;q=0.8":     english,
		"fr, en;q=0.5":                english,
		"fr":                          indonesian,
		"*":                           indonesian,
		"en;q=0.2, id;q=0.7":          indonesian,
		"en;q=0, id":                  indonesian,
		"jv-ID":                       indonesian,
		"no language at all; q=never": indonesian,
	} {
		if got := languageOf(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
