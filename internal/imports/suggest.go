package imports

import (
	"fmt"
	"strings"
	"time"

	"naungan/internal/cover"
)

// suggest says what to write instead in the columns that have faults, by column
// name, but only where one repair is certain: a wrong guess that somebody accepts
// with a thousand others is worse than none.
func suggest(l *line, faults cover.Faults, in cover.Appointment, position cover.Position, ref *cover.Reference) map[string]string {
	var all map[string]string
	for _, f := range faults {
		if f.Pointer == "" {
			continue
		}
		c, known := cover.ColumnNamed(f.Pointer[1:])
		if !known || l.cells[c] == "" || len(l.cells[c]) > mostRepaired {
			continue
		}
		if repair := repaired(c, l.cells[c], in, position, ref); repair != "" && repair != l.cells[c] {
			if all == nil {
				all = map[string]string{}
			}
			all[c.String()] = repair
		}
	}
	return all
}

// mostRepaired is how long a cell is at most that is worth looking at.
const mostRepaired = 100

func repaired(c cover.Column, text string, in cover.Appointment, position cover.Position, ref *cover.Reference) string {
	text = strings.Trim(text, blanks)
	switch c {
	case cover.ColNIK:
		return repairedNIK(text)
	case cover.ColBornOn:
		nik := cover.NIK(strings.TrimSpace(string(in.Personal.NIK)))
		if !nik.Valid() {
			nik = cover.NIK(repairedNIK(string(nik)))
		}
		return repairedDay(text, nik)
	case cover.ColTermFrom, cover.ColTermTo:
		return repairedDay(text, "")
	case cover.ColSex:
		return string(sexWords[plainWords(text)])
	case cover.ColPosition:
		return repairedPosition(text, ref)
	case cover.ColRole:
		return repairedRole(text, position)
	case cover.ColAreaCode:
		return repairedArea(text, ref)
	case cover.ColPollingStation:
		return repairedStation(text)
	case cover.ColHonorarium:
		return repairedAmount(text)
	case cover.ColPhone:
		return repairedPhone(text)
	case cover.ColKPJ:
		return repairedMembership(text)
	default:
		return "" // a name or a key can be anything
	}
}

func repairedMembership(text string) string {
	if digits := joined(text); membershipNumber(digits) {
		return digits
	}
	return ""
}

// joints are what people write between groups of digits, and the apostrophe that
// makes a spreadsheet keep them.
var joints = strings.NewReplacer(" ", "", "\u00a0", "", "\u200b", "", "\t", "", ".", "", "-", "", "'", "", "\u2019", "", "`", "")

func joined(text string) string { return joints.Replace(text) }

func repairedNIK(text string) string {
	if nik := cover.NIK(joined(text)); nik.Valid() {
		return string(nik)
	}
	return ""
}

// repairedPhone mends what cover.Appoint does not: the 0 that stays behind +62,
// the 0 that a spreadsheet takes off, and 00 for +.
func repairedPhone(text string) string {
	phone := strings.NewReplacer("(", "", ")", "").Replace(joined(text))
	phone = strings.TrimPrefix(phone, "+")
	phone = strings.TrimPrefix(phone, "00")
	phone = strings.TrimPrefix(phone, "62")
	phone = strings.TrimPrefix(phone, "0")
	if len(phone) < 8 || len(phone) > 12 || phone[0] != '8' || !allDigits(phone) {
		return ""
	}
	return "+62" + phone
}

// repairedDay reads a day that is written in another way. Of two readings, such as
// of 05/08/1989, it takes the one that the NIK tells.
func repairedDay(text string, nik cover.NIK) string {
	var found []cover.Date
	for _, day := range readings(parts(withoutMidnight(text))) {
		if len(found) == 0 || found[0] != day {
			found = append(found, day)
		}
	}
	if len(found) == 2 && nik != "" && nik.Agrees(found[0]) != nik.Agrees(found[1]) {
		if nik.Agrees(found[1]) {
			return found[1].String()
		}
		return found[0].String()
	}
	if len(found) == 1 {
		return found[0].String()
	}
	return ""
}

// withoutMidnight takes off the hour that programs put behind a day.
func withoutMidnight(text string) string {
	for _, hour := range []string{"Z", ".000", ":00", " 00:00", "T00:00", " 0:00"} {
		text = strings.TrimSuffix(text, hour)
	}
	return text
}

// parts splits a day into its three parts; nothing, if it has not three.
func parts(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" /-.,\u00a0", r) })
	if len(all) != 3 {
		return nil
	}
	return all
}

// readings are the days that three parts may mean.
func readings(p []string) []cover.Date {
	if p == nil {
		return nil
	}
	switch first, second, third := p[0], p[1], p[2]; {
	case months[second] != 0 && len(first) == 4:
		return days(first, second, third)
	case months[second] != 0:
		return days(third, second, first)
	case months[first] != 0:
		return days(third, first, second)
	case len(first) == 4 && small(second) > 12:
		return days(first, third, second)
	case len(first) == 4:
		return days(first, second, third)
	default:
		return append(days(third, second, first), days(third, first, second)...)
	}
}

// days gives the one day of a year, a month and a day of the month, if there is
// one.
func days(year, month, day string) []cover.Date {
	m := months[month]
	if m == 0 {
		m = time.Month(small(month))
	}
	if len(year) != 4 || m < 1 || m > 12 {
		return nil
	}
	read, ok := readDay(fmt.Sprintf("%s-%02d-%02d", year, m, small(day)))
	if !ok {
		return nil
	}
	return []cover.Date{read}
}

// small reads a number of one or two digits; 0 if it is none.
func small(text string) int {
	if text == "" || len(text) > 2 || !allDigits(text) {
		return 0
	}
	return int(rowNumber(text))
}

var months = func() map[string]time.Month {
	all := map[string]time.Month{}
	for i, words := range []string{
		"januari january jan", "februari february feb pebruari peb", "maret march mar mrt", "april apr", "mei may", "juni june jun",
		"juli july jul", "agustus august aug agu ags agt", "september sep sept", "oktober october okt oct", "november nov nopember nop",
		"desember december des dec",
	} {
		for word := range strings.FieldsSeq(words) {
			all[word] = time.Month(i + 1)
		}
	}
	return all
}()

// plainWords are words in lower case with single spaces between them, whatever
// stood there.
func plainWords(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(" _-.\u00a0\t", r)
	}), " ")
}

var sexWords = map[string]cover.Sex{
	"l": cover.Male, "lk": cover.Male, "laki laki": cover.Male, "laki": cover.Male, "lelaki": cover.Male, "pria": cover.Male, "male": cover.Male,
	"p": cover.Female, "pr": cover.Female, "perempuan": cover.Female, "wanita": cover.Female, "female": cover.Female,
}

var roleWords = map[string]cover.Role{
	"ketua": cover.RoleChair, "chair": cover.RoleChair, "chairman": cover.RoleChair, "ketua merangkap anggota": cover.RoleChair,
	"anggota": cover.RoleMember, "member": cover.RoleMember,
	"sekretaris": cover.RoleSecretary, "secretary": cover.RoleSecretary,
	"staf": cover.RoleStaff, "staff": cover.RoleStaff, "staf sekretariat": cover.RoleStaff,
}

func repairedRole(text string, position cover.Position) string {
	role := roleWords[plainWords(text)]
	if position.Code != "" && !position.Has(role) {
		return ""
	}
	return string(role)
}

// repairedPosition finds a position by its code in another spelling, or by its
// name.
func repairedPosition(text string, ref *cover.Reference) string {
	words := plainWords(text)
	code := strings.ReplaceAll(words, " ", "_")
	if rest, found := strings.CutPrefix(code, "sekretariat_"); found {
		code = "sek_" + rest
	}
	for _, p := range ref.Positions {
		if p.Code == code || words != "" && (plainWords(p.NameID) == words || plainWords(p.NameEN) == words) {
			return p.Code
		}
	}
	return ""
}

var areaJoints = strings.NewReplacer("/", "", ",", "", "_", "")

func repairedArea(text string, ref *cover.Reference) string {
	digits := areaJoints.Replace(joined(text))
	if !allDigits(digits) {
		return ""
	}
	var code string
	switch len(digits) {
	case 2:
		code = digits
	case 4:
		code = digits[:2] + "." + digits[2:]
	case 6:
		code = digits[:2] + "." + digits[2:4] + "." + digits[4:]
	case 10:
		code = digits[:2] + "." + digits[2:4] + "." + digits[4:6] + "." + digits[6:]
	}
	if _, known := ref.AreaLevel(code); !known {
		return ""
	}
	return code
}

// repairedStation finds the number in "TPS 007" and in "7.0", which programs make
// of a number where others are missing.
func repairedStation(text string) string {
	number := strings.ToLower(text)
	for _, word := range []string{"nomor", "no", "tps", "nomor", "no"} {
		number = strings.TrimLeft(strings.TrimPrefix(number, word), " _-.:#'\u00a0")
	}
	number = strings.TrimSuffix(number, ".0")
	if !stationNumber(number) {
		return ""
	}
	return number
}

// repairedAmount reads an amount as people and spreadsheets write money: in groups
// of three digits, with a currency, with a fraction that is nothing.
func repairedAmount(text string) string {
	text = strings.ToLower(joinedSpaces.Replace(text))
	for _, currency := range []string{"rp", "idr", "."} {
		text = strings.TrimPrefix(text, currency)
	}
	for _, nothing := range []string{",-", ".-", ",00", ".00", ",0", ".0"} {
		if rest, found := strings.CutSuffix(text, nothing); found {
			text = rest
			break
		}
	}
	digits, ok := ungrouped(text)
	if !ok || len(digits) > 9 {
		return ""
	}
	digits = strings.TrimLeft(digits, "0")
	if n := rowNumber(digits); n == 0 || n > mostSuggested || digits != text && n < leastGrouped {
		return ""
	}
	return digits
}

const (
	mostSuggested = 100_000_000 // more than anybody earns a month, so something else was meant
	leastGrouped  = 10_000      // below, 1.300 might as well be a number of millions
)

var joinedSpaces = strings.NewReplacer(" ", "", "\u00a0", "", "'", "", "\u2019", "")

// ungrouped joins groups of three digits that one kind of sign separates.
func ungrouped(text string) (string, bool) {
	if allDigits(text) {
		return text, text != ""
	}
	sign := "."
	if strings.Contains(text, ",") {
		sign = ","
	}
	groups := strings.Split(text, sign)
	for i, group := range groups {
		if !allDigits(group) || len(group) == 0 || len(group) > 3 || i > 0 && len(group) != 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
