package paper

import (
	ink "image/color" //nolint:misspell // the standard library spells it so

	"github.com/boombuler/barcode/qr"
)

// qr draws the code of the invoice as a square of so many millimetres. It is drawn
// and not pasted as a picture, so that it stays sharp at any size.
func (l *letter) qr(x, y, side float64) {
	code, err := qr.Encode(l.i.QRText(), qr.M, qr.Auto)
	if err != nil {
		l.SetError(err)
		return
	}
	n := code.Bounds().Dx()
	module := side / float64(n)
	l.SetFillColor(0, 0, 0)
	for row := range n {
		for from := 0; from < n; from++ {
			to := from
			for to < n && code.At(to, row) == ink.Black {
				to++
			}
			if to > from { // one bar for neighbours, so that no light falls between them
				l.Rect(x+float64(from)*module, y+float64(row)*module, float64(to-from)*module, module, "F")
				from = to
			}
		}
	}
}
