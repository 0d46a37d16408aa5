package imports

import "naungan/internal/cover"

// damages watches a whole file for what spreadsheets do to a NIK. One bad number
// is a slip of the pen; the same flaw in row after row is a program that
// took a NIK for a quantity, and then the rows that look sound are not to be
// trusted either.
type damages struct {
	rows       int64 // that have a NIK, or have it elsewhere
	scientific sign
	digitLost  sign
	rounded    sign
	shifted    sign
}

// sign counts the rows that show a kind of damage.
type sign struct {
	rows     int64
	examples []int64
}

const mostExamples = 5

func (s *sign) see(row int64) {
	s.rows++
	if len(s.examples) < mostExamples {
		s.examples = append(s.examples, row)
	}
}

// watch looks at one row.
func (d *damages) watch(l *line) {
	nik := l.cells[cover.ColNIK]
	digits := allDigits(nik)
	switch {
	case digits && len(nik) == 16:
		if nik[15] == '0' {
			d.rounded.see(l.no)
		}
	case digits && len(nik) == 15:
		d.digitLost.see(l.no)
	case scientific(nik):
		d.scientific.see(l.no)
	case elsewhere(l):
		d.shifted.see(l.no)
	case nik == "":
		return
	}
	d.rows++
}

// scientific recognises a number as spreadsheets shorten it: 3.50703E+15.
func scientific(text string) bool {
	if len(text) < 5 || !allDigits(text[:1]) || text[1] != '.' && text[1] != ',' {
		return false
	}
	rest := text[2:]
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n == 0 || n == len(rest) || rest[n]|0x20 != 'e' {
		return false
	}
	power := rest[n+1:]
	if power != "" && power[0] == '+' {
		power = power[1:]
	}
	return power != "" && allDigits(power)
}

// elsewhere reports whether another cell holds what only a NIK is made of.
func elsewhere(l *line) bool {
	for c, text := range l.cells {
		if c != int(cover.ColNIK) && len(text) == 16 && allDigits(text) {
			return true
		}
	}
	return false
}

// signs says of what kinds of damage the file shows enough to stop it. One serial
// in ten ends in 0 by itself, so roundness takes more to be a sign.
func (d *damages) signs() []cover.Damage {
	var found []cover.Damage
	for _, kind := range []struct {
		cover.DamageKind
		sign
		least, percent int64
	}{
		{cover.DamageScientific, d.scientific, 5, 5},
		{cover.DamageDigitLost, d.digitLost, 5, 5},
		{cover.DamageRounded, d.rounded, 10, 60},
		{cover.DamageShifted, d.shifted, 5, 5},
	} {
		if kind.rows >= kind.least && kind.rows*100 >= kind.percent*d.rows {
			found = append(found, cover.Damage{
				Kind: kind.DamageKind, Column: cover.ColNIK.String(), Rows: kind.rows, Of: d.rows, Examples: kind.examples,
			})
		}
	}
	return found
}
