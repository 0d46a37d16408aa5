package paper

import (
	"regexp"
	"strings"
)

// blanks are what spreadsheets and web pages leave around values and nobody sees.
const blanks = " \t\r\n\v\f\u00a0\u200b\ufeff"

// A text goes out between commas, but where commas are decimal a spreadsheet
// separates at semicolons, heeds no quotation mark inside what it then takes for a
// cell, and begins a row at each break of a line.
const (
	cellBegins = `([;\t\r\n])`
	formula    = `([ \v\f\x{a0}\x{200b}\x{feff}"]*[=+\-@])`
)

var (
	running = regexp.MustCompile(cellBegins + formula)
	halted  = regexp.MustCompile(cellBegins + "'" + formula)
)

// Neutral puts an apostrophe before what a spreadsheet would take for a formula
// and run, at the beginning of a text of CSV and wherever one may separate it.
// Blanks at its beginning go: some spreadsheets look behind them.
func Neutral(text string) string {
	bare := strings.TrimLeft(text, blanks)
	if strings.ContainsAny(bare, ";\t\r\n") {
		bare = running.ReplaceAllString(bare, "$1'$2")
	}
	if looksLikeFormula(bare) {
		return "'" + bare
	}
	return bare
}

// Restored takes the apostrophes off again that Neutral put, whoever put them.
func Restored(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.IndexByte("=+-@", text[1]) >= 0 {
		text = text[1:]
	}
	if strings.ContainsAny(text, ";\t\r\n") {
		text = halted.ReplaceAllString(text, "$1$2")
	}
	return text
}

// looksLikeFormula spares what is a sign and nothing but digits: a number, or a
// telephone. A first digit alone proves nothing, for +6+cmd|… has one.
func looksLikeFormula(text string) bool {
	if text == "" {
		return false
	}
	switch text[0] {
	case '=', '@':
		return true
	case '+', '-':
		return strings.Trim(text[1:], "0123456789") != ""
	default:
		return false
	}
}
