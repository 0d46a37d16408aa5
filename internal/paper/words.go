package paper

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"naungan/internal/cover"
)

var monthNames = [...]string{
	"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
}

// longDate says a day as letters do: 2 Desember 2024. No day is a dash.
func longDate(d cover.Date) string {
	if d.Zero() {
		return "-"
	}
	return strconv.Itoa(d.DaysSince(d.Month().First())+1) + " " + monthName(d.Month())
}

func monthName(m cover.Month) string {
	if m.Zero() {
		return "-"
	}
	return monthNames[m.Since(cover.NewMonth(m.Year(), 1))] + " " + strconv.Itoa(m.Year())
}

// figures prints a whole number with a dot after every third digit.
func figures(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// percent prints a rate in ten-thousandths, with a decimal comma.
func percent(rate int64) string {
	whole, part := strconv.FormatInt(rate/100, 10), rate%100
	if part == 0 {
		return whole + "%"
	}
	return whole + "," + strings.TrimRight(strconv.FormatInt(100+part, 10)[1:], "0") + "%"
}

var roleWords = map[cover.Role]string{
	cover.RoleChair: "Ketua", cover.RoleMember: "Anggota", cover.RoleSecretary: "Sekretaris", cover.RoleStaff: "Staf",
}

var stageWords = map[cover.BudgetStage]string{
	cover.StageNPHD1: "NPHD tahap 1", cover.StageNPHD2: "NPHD tahap 2", cover.StageAPBD: "APBD",
	cover.StageAPBDChange: "Perubahan APBD", cover.StageBTT: "Belanja tidak terduga", cover.StageOther: "Lainnya",
}

var fundingWords = map[cover.FundingSource]string{
	"apbn": "APBN", "apbd": "APBD", "dau": "Dana alokasi umum (DAU)", "dbhcht": "Dana bagi hasil cukai hasil tembakau (DBH CHT)",
	"apbdes": "APB Desa", "nphd": "Hibah daerah (NPHD)", "btt": "Belanja tidak terduga (BTT)", "csr": "Tanggung jawab sosial perusahaan (CSR)",
	"self": "Iuran petugas sendiri",
}

// encode puts a text into Windows-1252, which the fonts that every reader has know,
// and with it every language of the archipelago in Latin letters. A letter that it
// lacks loses its marks; what is left is shown as a question mark.
func encode(text string) string {
	out := make([]byte, 0, len(text))
	for _, r := range norm.NFC.String(text) {
		switch b, ok := charmap.Windows1252.EncodeRune(r); {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			out = append(out, ' ')
		case ok:
			out = append(out, b)
		default:
			out = append(out, bare(r)...)
		}
	}
	return string(out)
}

// bare is a letter without its marks.
func bare(r rune) (out []byte) {
	for _, part := range norm.NFKD.String(string(r)) {
		if b, ok := charmap.Windows1252.EncodeRune(part); ok && !unicode.Is(unicode.Mn, part) {
			out = append(out, b)
		}
	}
	if len(out) == 0 && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Cf, r) {
		return []byte{'?'}
	}
	return out
}
