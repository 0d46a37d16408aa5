package paper

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/google/uuid"

	"naungan/internal/cover"
)

// PDF is the media type of a letter.
const PDF = "application/pdf"

// Invoice is an invoice with all that its letter says.
type Invoice struct {
	cover.Invoice
	Organiser string   // names
	Payer     string   // empty when officers pay themselves
	Branch    string   //
	Agreement string   // its title
	Numbers   []string // that the parties gave it
	Late      map[uuid.UUID]cover.Invoice
	Position  func(code string) string // names a position in Indonesian
}

// QRText is what the code on the letter says: the version of the text, id, number,
// total in rupiah and digest of the lines. A draft has no number.
func (i Invoice) QRText() string {
	return fmt.Sprintf("naungan:1:%s:%s:%d:%s", i.ID, i.Number, i.Total(), i.Digest)
}

// WriteInvoice writes an invoice as the letter that a treasurer files, on A4, in
// Indonesian with English in small print. It says nothing that depends on the day
// on which it is written, so the same invoice gives the same bytes.
func WriteInvoice(w io.Writer, i Invoice) error {
	l := newLetter(i)
	l.head()
	l.parties()
	l.positions()
	l.fines()
	l.sums()
	l.treasury()
	l.foot()
	return l.Output(w)
}

// Measures in millimetres, sizes of type in points.
const (
	margin  = 17.0
	width   = 210 - 2*margin
	bottom  = 20.0
	qrSide  = 30.0
	body    = 9.0
	small   = 7.0
	rowHigh = 4.4
)

// letter is an invoice on its way onto pages.
type letter struct {
	*fpdf.Fpdf
	i Invoice
}

func newLetter(i Invoice) *letter {
	l := &letter{fpdf.New("P", "mm", "A4", ""), i}
	l.SetCatalogSort(true) // the order of fonts would else be that of a map
	l.SetCreationDate(i.CreatedAt.UTC())
	l.SetModificationDate(i.UpdatedAt.UTC())
	l.SetProducer("Naungan", false)
	l.SetTitle("Tagihan iuran "+cmp.Or(i.Number, "(draf)"), true)
	l.SetAuthor(i.Branch, true)
	l.SetLang("id-ID")
	l.SetMargins(margin, margin, margin)
	l.SetAutoPageBreak(true, bottom)
	l.SetCellMargin(0)
	l.AliasNbPages("{nb}")
	l.SetHeaderFunc(l.mark)
	l.SetFooterFunc(l.footer)
	l.AddPage()
	return l
}

// mark is written behind whatever is no invoice to pay.
func (l *letter) mark() {
	text := ""
	switch {
	case !l.i.VoidedOn.Zero():
		text = "BATAL"
	case l.i.IssuedOn.Zero():
		text = "DRAF"
	default:
		return
	}
	l.font("B", 110)
	l.SetTextColor(236, 236, 236)
	l.TransformBegin()
	l.TransformRotate(45, 105, 150)
	l.Text(105-l.GetStringWidth(text)/2, 165, text)
	l.TransformEnd()
	l.black()
	l.SetXY(margin, margin)
}

func (l *letter) footer() {
	l.SetY(-13)
	l.font("", small)
	l.grey()
	l.CellFormat(width/2, 4, encode("Tagihan "+cmp.Or(l.i.Number, "(draf) "+l.i.ID.String())), "", 0, "L", false, 0, "")
	l.SetX(margin + width - 24) // the number of pages is not known yet, so it cannot be pushed to the right
	l.CellFormat(24, 4, fmt.Sprintf("Halaman %d dari {nb}", l.PageNo()), "", 0, "L", false, 0, "")
	l.black()
}

func (l *letter) head() {
	l.qr(210-margin-qrSide, margin, qrSide)
	left := width - qrSide - 6
	l.font("B", 15)
	l.CellFormat(left, 7, "TAGIHAN IURAN JKK DAN JKM", "", 2, "L", false, 0, "")
	l.font("", body)
	l.CellFormat(left, 4.5, "Jaminan Kecelakaan Kerja dan Jaminan Kematian", "", 2, "L", false, 0, "")
	l.font("I", small)
	l.grey()
	l.CellFormat(left, 4, "Invoice of contributions for work-accident and death cover", "", 2, "L", false, 0, "")
	l.black()
	l.Ln(2)
	if notice := l.notice(); notice != "" {
		l.font("B", body)
		l.MultiCell(left, rowHigh, encode(notice), "", "L", false)
		l.Ln(1)
	}
	i := l.i
	l.fact("Nomor", "Number", cmp.Or(i.Number, "-"), left)
	month := monthName(i.Month)
	if i.Sequence > 0 {
		month += fmt.Sprintf(" (susulan ke-%d)", i.Sequence)
	}
	l.fact("Bulan iuran", "Month", month, left)
	l.fact("Tanggal terbit", "Issued on", longDate(i.IssuedOn), left)
	l.fact("Jatuh tempo", "Due on", longDate(i.DueOn), left)
	l.fact("Kode iuran", "Payment code", cmp.Or(i.PaymentCode, "-"), left)
	l.SetY(max(l.GetY(), margin+qrSide+6) + 2)
}

// notice says why something is no invoice to pay.
func (l *letter) notice() string {
	switch {
	case !l.i.VoidedOn.Zero():
		return "BATAL / VOID: dibatalkan pada " + longDate(l.i.VoidedOn) + ". " + l.i.VoidReason
	case l.i.IssuedOn.Zero():
		return "DRAF / DRAFT: belum diterbitkan dan bukan dasar pembayaran."
	default:
		return ""
	}
}

func (l *letter) parties() {
	l.rule()
	l.fact("Dari", "From", l.i.Branch, width)
	l.fact("Kepada", "To", cmp.Or(l.i.Payer, "Petugas yang membayar sendiri, melalui "+l.i.Organiser), width)
	l.fact("Untuk petugas", "For officers of", l.i.Organiser, width)
	l.fact("Perjanjian", "Agreement", l.i.Agreement, width)
	if len(l.i.Numbers) > 0 {
		l.fact("Nomor perjanjian", "Its numbers", strings.Join(l.i.Numbers, "; "), width)
	}
	l.fact("Sumber dana", "Funding", fundingWords[l.i.Funding], width)
	l.Ln(3)
}

// fact writes a label and what it says, within a width.
func (l *letter) fact(label, english, value string, within float64) {
	if value == "" {
		return
	}
	l.font("", body)
	lines := l.SplitLines([]byte(encode(value)), within-labels)
	l.room(rowHigh * min(float64(len(lines)), 20))
	x := l.GetX()
	l.label(label, english)
	l.font("", body)
	for _, line := range lines {
		l.SetX(x + labels)
		l.CellFormat(within-labels, rowHigh, string(line), "", 1, "L", false, 0, "") // may begin a page
	}
	l.SetXY(x, l.GetY()+0.3)
}

// labels is how much room they have.
const labels = 44.0

// label writes what follows on the same line is called.
func (l *letter) label(label, english string) {
	x, y := l.GetXY()
	l.font("", body)
	l.translated(label, english, x, y+3.2)
	l.SetXY(x+labels, y)
}

// translated writes a text in the font of the letter, and what it means after it.
func (l *letter) translated(text, english string, x, y float64) {
	l.Text(x, y, text)
	x += l.GetStringWidth(text) + 1.2
	l.font("I", small)
	l.grey()
	l.Text(x, y, english)
	l.black()
}

// column is one of a table.
type column struct {
	label, english string
	wide           float64
	align          string
}

var positionColumns = []column{
	{"Jabatan", "Position", 48, "L"},
	{"Peran", "Role", 19, "L"},
	{"Dasar upah (Rp)", "Wage base", 25, "R"},
	{"Petugas", "Officers", 15, "R"},
	{"JKK (Rp)", "", 22, "R"},
	{"JKM (Rp)", "", 22, "R"},
	{"Jumlah (Rp)", "Total", 25, "R"},
}

func (l *letter) positions() {
	l.tableHead(positionColumns)
	for _, g := range l.i.Groups {
		l.row(positionColumns, "", l.i.Position(g.Position), roleWords[g.Role], figures(int64(g.WageBase)), figures(g.Officers),
			figures(int64(g.JKK)), figures(int64(g.JKM)), figures(int64(g.Total())))
	}
	l.row(positionColumns, "B", "Jumlah iuran", "", "", figures(l.i.Officers), figures(int64(l.i.JKK)), figures(int64(l.i.JKM)),
		figures(int64(l.i.JKK+l.i.JKM)))
	l.Ln(3)
}

var fineColumns = []column{
	{"Denda atas tagihan", "Fine for the late invoice", 61, "L"},
	{"Bulan terlambat", "Months late", 27, "R"},
	{"Tarif per bulan", "Rate a month", 27, "R"},
	{"Terutang (Rp)", "Owed", 31, "R"},
	{"Denda (Rp)", "Fine", 30, "R"},
}

func (l *letter) fines() {
	if len(l.i.Fines) == 0 {
		return
	}
	l.tableHead(fineColumns)
	for _, f := range l.i.Fines {
		months := strconv.Itoa(f.FromMonth)
		if f.ToMonth > f.FromMonth {
			months += " s.d. " + strconv.Itoa(f.ToMonth)
		}
		late := l.i.Late[f.LateID]
		l.row(fineColumns, "", late.Number+" ("+monthName(late.Month)+")", months, percent(f.Rate), figures(int64(f.Owed)), figures(int64(f.Amount)))
	}
	l.row(fineColumns, "B", "Jumlah denda", "", "", "", figures(int64(l.i.Fine)))
	l.Ln(3)
}

func (l *letter) tableHead(columns []column) {
	l.SetCellMargin(1)
	defer l.SetCellMargin(0)
	l.room(9 + 2*rowHigh)
	l.SetFillColor(238, 241, 245)
	x, y := l.GetXY()
	l.Rect(x, y, width, 8.4, "F")
	for _, c := range columns {
		l.SetXY(x, y+0.4)
		l.font("B", 8)
		l.CellFormat(c.wide, 4.2, c.label, "", 0, c.align, false, 0, "")
		l.SetXY(x, y+4.2)
		l.font("I", 6.5)
		l.grey()
		l.CellFormat(c.wide, 3.6, c.english, "", 0, c.align, false, 0, "")
		l.black()
		x += c.wide
	}
	l.SetXY(margin, y+9)
}

// row writes a row of a table, as high as its longest text, and the head again
// where a new page begins.
func (l *letter) row(columns []column, style string, texts ...string) {
	l.SetCellMargin(1)
	defer l.SetCellMargin(0)
	l.font(style, 8.5)
	cells := make([][][]byte, len(columns))
	lines := 1
	for n, text := range texts {
		switch {
		case text == "":
		case columns[n].align == "R": // a number stays whole
			cells[n] = [][]byte{[]byte(text)}
		default:
			cells[n] = l.SplitLines([]byte(encode(text)), columns[n].wide)
		}
		lines = max(lines, len(cells[n]))
	}
	high := rowHigh * float64(lines)
	if l.room(high + 1) {
		l.tableHead(columns)
		l.SetCellMargin(1)
		l.font(style, 8.5)
	}
	x, y := l.GetXY()
	if style == "B" {
		l.line(y)
	}
	for n, c := range columns {
		for m, line := range cells[n] {
			l.SetXY(x, y+0.3+rowHigh*float64(m))
			l.CellFormat(c.wide, rowHigh, string(line), "", 0, c.align, false, 0, "")
		}
		x += c.wide
	}
	l.SetXY(margin, y+high+0.5)
}

func (l *letter) sums() {
	l.room(45)
	i := l.i
	l.sum("Iuran JKK", "Work accident", i.JKK, "")
	l.sum("Iuran JKM", "Death", i.JKM, "")
	if i.Fine > 0 {
		l.sum("Denda", "Fines", i.Fine, "")
	}
	l.sum("TOTAL TAGIHAN", "Total", i.Total(), "B")
	if i.Credited > 0 {
		l.sum("Dikurangi nota kredit", "Credited", i.Credited, "")
	}
	l.sum("Sudah dibayar", "Paid", i.Paid, "")
	l.sum("Sisa yang harus dibayar", "Outstanding", i.Outstanding(), "B")
	l.Ln(2)
	l.label("Terbilang", "Total in words")
	l.font("BI", body)
	l.MultiCell(width-labels, rowHigh, encode(i.Total().Words()), "", "L", false)
	l.SetX(margin)
	l.Ln(3)
}

func (l *letter) sum(label, english string, amount cover.Rupiah, style string) {
	const wide = 96.0
	x, y := margin+width-wide, l.GetY()
	if style == "B" {
		l.SetDrawColor(120, 120, 120)
		l.Line(x, y, x+wide, y)
	}
	l.font(style, body)
	l.translated(label, english, x, y+3.6)
	l.font(style, body)
	l.SetXY(x+wide-45, y+0.3)
	l.CellFormat(45, rowHigh, "Rp "+figures(int64(amount)), "", 0, "R", false, 0, "")
	l.SetXY(margin, y+rowHigh+0.7)
}

// treasury writes what the payer filled in, if anything.
func (l *letter) treasury() {
	b, d := l.i.BudgetReference, l.i.Disbursement
	l.section("Anggaran pembayar", "The payer's budget", b != cover.BudgetReference{}, [][3]string{
		{"Kode pemda", "Government", b.GovernmentCode},
		{"SKPD", "Agency", strings.TrimSpace(b.SKPDCode + "  " + b.SKPDName)},
		{"Program", "Programme", b.ProgrammeCode},
		{"Kegiatan", "Activity", b.ActivityCode},
		{"Sub kegiatan", "Sub-activity", b.SubActivityCode},
		{"Kode rekening", "Account", b.AccountCode},
		{"Nomor DPA", "", b.DPANumber},
		{"Nomor NPHD", "", b.NPHDNumber},
		{"Tahap", "Stage", stageWords[b.Stage]},
	})
	paidOn := ""
	if !d.SP2DOn.Zero() {
		paidOn = longDate(d.SP2DOn)
	}
	l.section("Pencairan", "Disbursement", d != cover.Disbursement{}, [][3]string{
		{"Kuitansi atau BAST", "Receipt", d.ReceiptNumber},
		{"Nomor SPP", "", d.SPPNumber},
		{"Nomor SPM", "", d.SPMNumber},
		{"Nomor SP2D", "", d.SP2DNumber},
		{"Tanggal SP2D", "Dated", paidOn},
	})
}

func (l *letter) section(title, english string, filled bool, facts [][3]string) {
	if !filled {
		return
	}
	l.room(6 + 3*rowHigh)
	l.font("B", body)
	x, y := l.GetXY()
	l.translated(title, english, x, y+3.4)
	l.SetXY(x, y+5.4)
	for _, f := range facts {
		l.fact(f[0], f[1], f[2], width)
	}
	l.Ln(2.5)
}

func (l *letter) foot() {
	l.room(16)
	l.rule()
	l.label("Sidik rincian", "SHA-256")
	l.SetFont("Courier", "", 8)
	l.CellFormat(0, rowHigh, l.i.Digest, "", 1, "L", false, 0, "")
	l.Ln(1)
	l.font("", small)
	l.grey()
	l.MultiCell(width, 3.4, encode("Kode QR memuat nomor, total, dan sidik rincian tagihan ini. Rinciannya dapat diperiksa pada /v1/invoices/"+
		l.i.ID.String()+"/proof."), "", "L", false)
	l.black()
}

// room begins a new page unless so much of this one is left, and reports whether
// it did.
func (l *letter) room(high float64) bool {
	if l.GetY()+high <= 297-bottom {
		return false
	}
	l.AddPage()
	return true
}

func (l *letter) rule() {
	l.line(l.GetY())
	l.Ln(2)
}

func (l *letter) line(y float64) {
	l.SetDrawColor(120, 120, 120)
	l.SetLineWidth(0.2)
	l.Line(margin, y, margin+width, y)
}

func (l *letter) font(style string, size float64) { l.SetFont("Helvetica", style, size) }
func (l *letter) grey()                           { l.SetTextColor(110, 110, 110) }
func (l *letter) black()                          { l.SetTextColor(0, 0, 0) }
