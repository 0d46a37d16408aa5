package paper

import "strings"

// blanks are what spreadsheets and web pages leave around values and nobody sees.
const blanks = " \t\r\n\v\f\u00a0\u200b\ufeff"

// Neutral puts an apostrophe before what a spreadsheet would take for a formula
// and run. Blanks before it go: some spreadsheets look behind them.
func Neutral(text string) string {
	bare := strings.TrimLeft(text, blanks)
	if looksLikeFormula(bare) {
		return "'" + bare
	}
	return bare
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
