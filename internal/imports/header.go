package imports

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"naungan/internal/cover"
	"naungan/internal/paper"
)

// target is what the cells of a column are taken for: a cover.Column, or one of
// these.
type target int

const (
	targetNone target = -1 // left alone
	targetRow  target = -2 // the row that this one mends
)

// layout is how the columns of a table are read.
type layout struct {
	targets []target
	columns []cover.ImportColumn
}

// rowNote is the column in which rows that we gave back name themselves.
const rowNote = "_row"

// names are how people head each column, besides the name of the field itself.
var names = map[cover.Column][]string{
	cover.ColExternalID: {"id eksternal", "kode petugas", "id petugas", "nomor petugas", "no petugas"},
	cover.ColNIK: {
		"no ktp", "nomor ktp", "no nik", "nomor nik", "nik ktp", "no induk kependudukan", "nomor induk kependudukan",
	},
	cover.ColFullName:       {"nama", "nama lengkap", "nama petugas", "nama sesuai ktp", "nama lengkap sesuai ktp", "name"},
	cover.ColBornOn:         {"tgl lahir", "tanggal lahir", "date of birth", "birth date", "dob"},
	cover.ColSex:            {"jenis kelamin", "jk", "kelamin", "gender", "l/p"},
	cover.ColPosition:       {"jabatan", "posisi", "kode jabatan", "badan ad hoc"},
	cover.ColRole:           {"peran", "kedudukan"},
	cover.ColAreaCode:       {"kode wilayah", "kode desa", "kode kelurahan", "kode desa/kelurahan", "kode kecamatan", "kode area"},
	cover.ColPollingStation: {"no tps", "nomor tps", "tps"},
	cover.ColDecreeNumber:   {"no sk", "nomor sk", "sk", "nomor surat keputusan", "no surat keputusan"},
	cover.ColTermFrom: {
		"mulai", "tgl mulai", "tanggal mulai", "mulai tugas", "tanggal mulai tugas", "masa kerja mulai", "masa kerja dari", "awal masa kerja", "tmt",
		"terhitung mulai tanggal", "start date",
	},
	cover.ColTermTo: {
		"selesai", "tgl selesai", "tanggal selesai", "selesai tugas", "tanggal selesai tugas", "masa kerja selesai", "masa kerja sampai",
		"akhir masa kerja", "tgl akhir", "tanggal akhir", "berakhir", "tanggal berakhir", "sampai", "tst", "end date",
	},
	cover.ColHonorarium: {
		"honor", "honor bulanan", "honor per bulan", "jumlah honor", //nolint:misspell // it is Indonesian
		"honorarium", "honorarium bulanan", "honorarium per bulan", "upah", "upah bulanan", "upah per bulan",
	},
	cover.ColPhone: {
		"no hp", "hp", "nomor hp", "telepon", "no telepon", "nomor telepon", "telp", "no telp", "handphone", "no handphone", "nomor handphone", "no wa",
	},
	cover.ColEmail: {"surel", "e-mail", "alamat email", "alamat surel"},
	cover.ColKPJ:   {"no kpj", "nomor kpj", "nomor peserta", "no peserta"},
}

// vague are headers that name the caller's key only where nothing better does: a
// column "kode" may be any code.
var vague = []string{"id", "kode", "kode unik"}

var columnOf = func() map[string]cover.Column {
	known := map[string]cover.Column{}
	for _, c := range cover.Columns {
		known[squashed(c.String())] = c
		for _, name := range names[c] {
			known[squashed(name)] = c
		}
	}
	return known
}()

var vaguely = func() (all []string) {
	for _, name := range vague {
		all = append(all, squashed(name))
	}
	return all
}()

// squashed is a header without what people write differently: case, spaces, signs
// and what stands in brackets, as in "Tanggal Lahir (YYYY-MM-DD)*".
func squashed(header string) string {
	header, _, _ = strings.Cut(header, "(")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// readHeader decides how columns are read. Refuses too many of them
// (too_many_columns), two for the same field (column_twice) and a table that lacks
// what an officer needs (columns_missing).
func readHeader(cells []string, most int) (layout, error) {
	headers := make([]string, len(cells))
	for i, cell := range cells {
		headers[i] = tidy(cell)
	}
	for len(headers) > 0 && headers[len(headers)-1] == "" {
		headers = headers[:len(headers)-1]
	}
	if len(headers) > most {
		return layout{}, refuse(cover.TooManyColumns, cover.Params{"limit": most})
	}
	y := layout{targets: targetsOf(headers)}
	for i, header := range headers {
		if header == "" || strings.HasPrefix(header, "_") {
			continue
		}
		column := cover.ImportColumn{Header: shown(header)}
		if t := y.targets[i]; t >= 0 {
			column.Column = cover.Column(t).String()
		}
		y.columns = append(y.columns, column)
	}
	return y, y.check()
}

func targetsOf(headers []string) []target {
	targets := make([]target, len(headers))
	for i, header := range headers {
		targets[i] = targetNone
		if header == rowNote {
			targets[i] = targetRow
		} else if c, known := columnOf[squashed(header)]; known && !strings.HasPrefix(header, "_") {
			targets[i] = target(c)
		}
	}
	if slices.Contains(targets, target(cover.ColExternalID)) {
		return targets
	}
	for _, name := range vaguely {
		for i, header := range headers {
			if targets[i] == targetNone && squashed(header) == name && !strings.HasPrefix(header, "_") {
				targets[i] = target(cover.ColExternalID)
				return targets
			}
		}
	}
	return targets
}

func (y layout) check() error {
	var missing []string
	for _, c := range cover.Columns {
		first := slices.Index(y.targets, target(c))
		if first < 0 && c.Required() {
			missing = append(missing, c.String())
		}
		if first >= 0 && slices.Contains(y.targets[first+1:], target(c)) {
			return refuse(cover.ColumnTwice, cover.Params{"column": c.String()})
		}
	}
	if missing != nil {
		return refuse(cover.ColumnsMissing, cover.Params{"columns": missing})
	}
	return nil
}

// recognised counts the columns that a header names.
func recognised(cells []string) (n int) {
	for _, t := range targetsOf(cells) {
		if t != targetNone {
			n++
		}
	}
	return n
}

// shown is a header as it is told back: readable, and no longer than a header is.
func shown(header string) string {
	header = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return '?'
	}, header)
	if runes := []rune(header); len(runes) > 100 {
		return string(runes[:100])
	}
	return header
}

// fill puts the cells of a row into a line, and reports whether there were any. A
// cell beyond the header makes the whole row unreliable: a separator too many
// moves every value behind it.
func (y layout) fill(l *line, cells []string) (any bool) {
	beyond := false
	l.table = true
	for i, cell := range cells {
		text := tidy(cell)
		if text == "" {
			continue
		}
		any = true
		switch {
		case i >= len(y.targets):
			beyond = true
		case y.targets[i] == targetRow:
			l.amends = rowNumber(text)
		case y.targets[i] != targetNone:
			l.putText(cover.Column(y.targets[i]), text)
		}
	}
	if beyond {
		l.malformed("too_many_cells")
	}
	return any
}

// malformed says of a row as a whole that it cannot be relied on.
func (l *line) malformed(reason string) {
	l.faults.Add("", cover.RowMalformed, cover.Params{"reason": reason})
}

// putText puts a text that nobody has vouched for: what is no text that the
// database holds is a fault, and replaced so that the row can still be shown.
func (l *line) putText(c cover.Column, text string) {
	if strings.IndexByte(text, 0) >= 0 {
		l.faults.Add("/"+c.String(), cover.NULCharacter, nil)
		text = strings.ReplaceAll(text, "\x00", "\uFFFD")
	}
	if !utf8.ValidString(text) {
		l.faults.Add("/"+c.String(), cover.NotUTF8, nil)
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	l.put(c, text)
}

// rowNumber reads the number of a row; 0 if it is none.
func rowNumber(text string) (n int64) {
	if len(text) > 15 {
		return 0
	}
	for _, r := range []byte(text) {
		if r < '0' || r > '9' {
			return 0
		}
		n = n*10 + int64(r-'0')
	}
	return n
}

// blanks are what spreadsheets and web pages leave around values and nobody sees.
const blanks = " \t\r\n\v\f\u00a0\u200b\ufeff"

// tidy takes off a cell what its writer did not mean: blanks around it, and the
// apostrophes that keep a spreadsheet from taking it for a formula.
func tidy(cell string) string {
	if cell == "" {
		return cell
	}
	if first, last := cell[0], cell[len(cell)-1]; !plainEdge(first) || !plainEdge(last) {
		cell = strings.Trim(cell, blanks)
	}
	return paper.Restored(cell)
}

func plainEdge(b byte) bool { return b > ' ' && b < utf8.RuneSelf }
