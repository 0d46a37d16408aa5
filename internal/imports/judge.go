package imports

import (
	"net/mail"
	"strconv"
	"strings"
	"unicode/utf8"

	"naungan/internal/cover"
)

// judge says of a row what POST /v1/officers would say of the same values: first
// whether they have the contract's shape, then whether they keep the rules. All
// faults are told at once, but none that only follows from another.
func judge(l *line, body cover.Organisation, ref *cover.Reference, today cover.Date) verdict {
	j := judgement{line: l, faults: l.faults[:len(l.faults):len(l.faults)]}
	for _, f := range l.faults {
		if f.Pointer == "" {
			return verdict{faults: j.faults} // nothing in this row can be relied on
		}
		if c, known := cover.ColumnNamed(f.Pointer[1:]); known {
			j.unread |= 1 << c
		}
	}
	if l.table {
		l.translate(ref)
	}
	j.read()
	o, doubts, err := cover.Appoint(j.in, body, ref, today)
	v := verdict{officer: o, faults: j.faults, doubts: j.own(doubts)}
	if err != nil {
		v.faults = append(v.faults, j.own(faultsOf(err))...)
	}
	if len(v.faults) == 0 {
		return v
	}
	position, known := ref.Position(j.in.Position)
	if !known {
		j.placeFaults(&v.faults, body, ref)
	}
	v.suggestions = suggest(l, v.faults, j.in, position, ref)
	return v
}

// translate puts the codes of the contract in the place of the words that people
// use for sex, role and position: L and P, ketua and anggota, PPS. What it does not
// know stays as it is, and is refused.
func (l *line) translate(ref *cover.Reference) {
	if code, known := sexWords[plainWords(l.cells[cover.ColSex])]; known {
		l.cells[cover.ColSex] = string(code)
	}
	if code, known := roleWords[plainWords(l.cells[cover.ColRole])]; known {
		l.cells[cover.ColRole] = string(code)
	}
	if _, known := ref.Position(l.cells[cover.ColPosition]); !known && l.cells[cover.ColPosition] != "" {
		if code := repairedPosition(l.cells[cover.ColPosition], ref); code != "" {
			l.cells[cover.ColPosition] = code
		}
	}
}

// faultsOf takes the faults out of what Appoint refused.
func faultsOf(err error) cover.Faults {
	refused, ok := err.(*cover.Error) //nolint:errorlint // Appoint returns nothing else, and this runs a million times
	if !ok {
		return nil
	}
	return refused.Faults
}

// judgement is one row on its way to a verdict.
type judgement struct {
	line   *line
	in     cover.Appointment
	faults cover.Faults
	unread uint32 // a bit for each column whose value has not the shape it needs
}

func (j *judgement) fault(c cover.Column, code cover.Code, params cover.Params) {
	j.faults.Add("/"+c.String(), code, params)
	j.unread |= 1 << c
}

// value gives the text of a column that is there and of which nothing bad is
// known yet. A required one that is not there is a fault.
func (j *judgement) value(c cover.Column) (string, bool) {
	if j.unread&(1<<c) != 0 {
		return "", false
	}
	if j.line.has(c) {
		return j.line.cells[c], true
	}
	if c.Required() {
		j.fault(c, cover.Required, cover.Params{"name": c.String()})
	}
	return "", false
}

// shape is what the contract's schema OfficerInput says of one field.
type shape struct {
	min, max int // in characters; 0 is no limit
	fits     func(text string) bool
	want     cover.Params // what wrong_format says
	listed   []string
}

var shapes = [...]shape{
	cover.ColExternalID:     {min: 1, max: 100},
	cover.ColNIK:            {max: 30},
	cover.ColFullName:       {min: 1, max: 200},
	cover.ColBornOn:         {}, // days are read by day
	cover.ColSex:            {listed: texts(cover.Sexes)},
	cover.ColPosition:       {fits: positionCode, want: cover.Params{"pattern": "^[a-z][a-z_]{1,39}$", "example": "pps"}},
	cover.ColRole:           {listed: texts(cover.Roles)},
	cover.ColAreaCode:       {fits: areaCode, want: cover.Params{"pattern": `^[1-9][0-9](\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$`, "example": "61.06"}},
	cover.ColPollingStation: {fits: stationNumber, want: cover.Params{"pattern": "^[0-9]{1,4}$", "example": "4"}},
	cover.ColDecreeNumber:   {min: 1, max: 100},
	cover.ColTermFrom:       {},
	cover.ColTermTo:         {},
	cover.ColHonorarium:     {}, // read by amount
	cover.ColPhone:          {max: 30},
	cover.ColEmail:          {max: 200, fits: emailAddress, want: cover.Params{"format": "email"}},
	cover.ColKPJ:            {fits: membershipNumber, want: cover.Params{"pattern": "^[0-9]{11}$", "example": "24012345678"}},
}

var (
	wantDate    = cover.Params{"format": "date"}
	wantText    = cover.Params{"expected": "string"}
	wantInteger = cover.Params{"expected": "integer"}
)

func texts[T ~string](in []T) (out []string) {
	for _, s := range in {
		out = append(out, string(s))
	}
	return out
}

// listedFor is what not_listed says of a column; nil if it has no list.
func listedFor(c cover.Column) cover.Params {
	if shapes[c].listed == nil {
		return nil
	}
	return cover.Params{"allowed": shapes[c].listed}
}

func (j *judgement) read() {
	j.in.ExternalID = j.text(cover.ColExternalID)
	j.in.Personal.NIK = cover.NIK(j.text(cover.ColNIK))
	j.in.FullName = j.text(cover.ColFullName)
	j.in.BornOn = j.day(cover.ColBornOn)
	j.in.Sex = cover.Sex(j.text(cover.ColSex))
	j.in.Position = j.text(cover.ColPosition)
	j.in.Role = cover.Role(j.text(cover.ColRole))
	j.in.AreaCode = j.text(cover.ColAreaCode)
	j.in.PollingStation = j.text(cover.ColPollingStation)
	j.in.DecreeNumber = j.text(cover.ColDecreeNumber)
	j.in.TermFrom = j.day(cover.ColTermFrom)
	j.in.TermTo = j.day(cover.ColTermTo)
	j.in.Honorarium = j.amount(cover.ColHonorarium)
	j.in.Personal.Phone = j.text(cover.ColPhone)
	j.in.Personal.Email = j.text(cover.ColEmail)
	j.in.Personal.KPJ = j.text(cover.ColKPJ)
}

// text reads a text; nothing, if it has not the shape of its field.
func (j *judgement) text(c cover.Column) string {
	text, given := j.value(c)
	if !given {
		return ""
	}
	s := &shapes[c]
	if s.listed != nil && !listed(s.listed, text) {
		j.fault(c, cover.NotListed, listedFor(c))
	}
	if len(text) < s.min {
		j.fault(c, cover.TooShort, cover.Params{"min": s.min})
	}
	if s.max > 0 && len(text) > s.max && utf8.RuneCountInString(text) > s.max {
		j.fault(c, cover.TooLong, cover.Params{"max": s.max})
	}
	if s.fits != nil && !s.fits(text) {
		j.fault(c, cover.WrongFormat, s.want)
	}
	if j.unread&(1<<c) != 0 {
		return ""
	}
	return text
}

func listed(all []string, text string) bool {
	for _, s := range all {
		if s == text {
			return true
		}
	}
	return false
}

func (j *judgement) day(c cover.Column) cover.Date {
	text, given := j.value(c)
	if !given {
		return cover.Date{}
	}
	day, ok := readDay(text)
	if !ok {
		j.fault(c, cover.WrongFormat, wantDate)
	}
	return day
}

// readDay reads a day as the contract writes it, of a year that the database
// holds.
func readDay(text string) (cover.Date, bool) {
	day, err := cover.ParseDate(text)
	if err != nil || day.Year() < 1900 || day.Year() > 2199 {
		return cover.Date{}, false
	}
	return day, true
}

func (j *judgement) amount(c cover.Column) cover.Rupiah {
	text, given := j.value(c)
	if !given {
		return 0
	}
	if code, params := integerFlaw(text); code != "" {
		j.fault(c, code, params)
		return 0
	}
	n, _ := strconv.ParseInt(text, 10, 64)
	return cover.Rupiah(n)
}

// integerFlaw says what keeps a text from being an integer of the contract:
// digits, perhaps behind a minus, that fit 64 bits.
func integerFlaw(text string) (cover.Code, cover.Params) {
	if digits := strings.TrimPrefix(text, "-"); digits == "" || !allDigits(digits) {
		return cover.WrongType, wantInteger
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		return cover.WrongFormat, cover.Params{"format": "int64"}
	}
	return "", nil
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

func positionCode(text string) bool {
	if len(text) < 2 || len(text) > 40 || text[0] == '_' {
		return false
	}
	for i := range len(text) {
		if b := text[i]; (b < 'a' || b > 'z') && b != '_' {
			return false
		}
	}
	return true
}

// areaCode recognises PP, PP.KK, PP.KK.CC and PP.KK.CC.DDDD.
func areaCode(text string) bool {
	switch len(text) {
	case 2, 5, 8, 13:
	default:
		return false
	}
	for i := range len(text) {
		if i == 2 || i == 5 || i == 8 {
			if text[i] != '.' {
				return false
			}
		} else if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text[0] != '0'
}

func stationNumber(text string) bool { return text != "" && len(text) <= 4 && allDigits(text) }

func membershipNumber(text string) bool { return len(text) == 11 && allDigits(text) }

// emailAddress recognises a bare address: most at a glance, the odd ones as the
// contract's check does.
func emailAddress(text string) bool {
	local, domain, _ := strings.Cut(text, "@")
	if dotted(local) && dotted(domain) {
		return true
	}
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text
}

// dotted recognises words of letters and digits with single dots between them.
func dotted(text string) bool {
	after := byte('.')
	for i := range len(text) {
		b := text[i]
		switch {
		case b == '.' && after == '.':
			return false
		case b == '.', b == '_', b == '-', b >= '0' && b <= '9', b|0x20 >= 'a' && b|0x20 <= 'z':
		default:
			return false
		}
		after = b
	}
	return after != '.'
}

// own keeps the faults that would be there whatever stood in the columns that
// could not be read.
func (j *judgement) own(faults cover.Faults) cover.Faults {
	if j.unread == 0 {
		return faults
	}
	var kept cover.Faults
	for _, f := range faults {
		c, known := cover.ColumnNamed(f.Pointer[1:])
		if known && (1<<c|restsOn[f.Code])&j.unread == 0 {
			kept = append(kept, f)
		}
	}
	return kept
}

const (
	onTerm  = 1<<cover.ColTermFrom | 1<<cover.ColTermTo
	onTable = onTerm | 1<<cover.ColPosition | 1<<cover.ColRole // what the table of an election is asked for
)

// restsOn names the columns that cover.Appoint needs, besides the one it points
// at, to find a fault or raise a doubt.
var restsOn = map[cover.Code]uint32{
	cover.BirthDateImplausible:      1 << cover.ColTermFrom,
	cover.AgeOutsideRule:            1<<cover.ColTermFrom | 1<<cover.ColPosition,
	cover.NIKBirthDateMismatch:      1 << cover.ColNIK,
	cover.NIKSexMismatch:            1 << cover.ColNIK,
	cover.EndsBeforeStart:           onTerm,
	cover.PeriodTooLong:             onTerm,
	cover.RoleUnknown:               1 << cover.ColPosition,
	cover.AreaLevelWrong:            1 << cover.ColPosition,
	cover.PollingStationMissing:     1 << cover.ColPosition,
	cover.PollingStationNotExpected: 1 << cover.ColPosition,
	cover.TermOfNoElection:          onTable,
	cover.TermOutsideElection:       onTable,
	cover.HonorariumUnknown:         onTable,
	cover.HonorariumDiffers:         onTable,
}

// placeFaults says what is wrong with an area whatever the position, which Appoint
// asks about only when it knows the position.
func (j *judgement) placeFaults(faults *cover.Faults, body cover.Organisation, ref *cover.Reference) {
	if j.unread&(1<<cover.ColAreaCode) != 0 {
		return
	}
	if _, known := ref.AreaLevel(j.in.AreaCode); !known {
		faults.Add("/area_code", cover.AreaUnknown, nil)
	} else if body.AreaCode != "" && !cover.Inside(j.in.AreaCode, body.AreaCode) {
		faults.Add("/area_code", cover.AreaOutsideOrganisation, cover.Params{"area_code": body.AreaCode})
	}
}
