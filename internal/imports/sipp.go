package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// WriteSIPP writes officers as a workbook that SIPP takes: one sheet with the name
// of the profile, one row of headers, every cell text. Refuses more rows than SIPP
// takes (too_many_rows); of a workbook that is refused nothing is written.
func WriteSIPP(
	w io.Writer, p cover.SIPPProfile, rows iter.Seq2[cover.ImportRow, error], areaName func(code string) string,
) (err error) {
	values, err := sippColumns(p, areaName)
	if err != nil {
		return err
	}
	s, err := newTextSheet(p.Code, "", sippHeaders(p))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	texts, count := make([]string, len(values)), 0
	for r, err := range rows {
		if err != nil {
			return err
		}
		if count++; count > cover.SIPPRows {
			return refuse(cover.TooManyRows, cover.Params{"limit": cover.SIPPRows})
		}
		for i, value := range values {
			texts[i] = value(r)
		}
		if err := s.write(texts); err != nil {
			return err
		}
	}
	return s.save(w)
}

func sippHeaders(p cover.SIPPProfile) []string {
	headers := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		headers[i] = c.Header
	}
	return headers
}

// sippValue is what stands in a column for an officer.
type sippValue func(cover.ImportRow) string

func sippColumns(p cover.SIPPProfile, areaName func(code string) string) ([]sippValue, error) {
	known := sippValues(areaName)
	values := make([]sippValue, len(p.Columns))
	for i, c := range p.Columns {
		if c.Value == "" {
			values[i] = func(cover.ImportRow) string { return c.Text }
			continue
		}
		value, ok := known[c.Value]
		if !ok {
			return nil, fmt.Errorf("sipp profile %s: no value %q", p.Code, c.Value)
		}
		values[i] = value
	}
	return values, nil
}

// sippValues are the values that a profile may name, SIPPValue of the contract. A
// day is always DD-MM-YYYY, sex L or P and the reason of an end in Indonesian;
// everything else is as it stands in the row.
func sippValues(areaName func(code string) string) map[string]sippValue {
	return map[string]sippValue{
		"external_id":  sippCell(cover.ColExternalID),
		"nik":          sippCell(cover.ColNIK),
		"full_name":    sippCell(cover.ColFullName),
		"kpj":          sippCell(cover.ColKPJ),
		"phone":        sippCell(cover.ColPhone),
		"email":        sippCell(cover.ColEmail),
		"position":     sippCell(cover.ColPosition),
		"area_code":    sippCell(cover.ColAreaCode),
		"monthly_wage": sippCell(cover.ColHonorarium),
		"area_name":    func(r cover.ImportRow) string { return areaName(r.Cells[cover.ColAreaCode]) },
		"born_on":      func(r cover.ImportRow) string { return sippDay(r.Cells[cover.ColBornOn]) },
		"term_from":    func(r cover.ImportRow) string { return sippDay(r.Cells[cover.ColTermFrom]) },
		"term_to":      func(r cover.ImportRow) string { return sippDay(r.Cells[cover.ColTermTo]) },
		"sex":          func(r cover.ImportRow) string { return sippSex(r.Cells) },
		"ended_on":     func(r cover.ImportRow) string { return sippEnd(r.EndedOn) },
		"end_reason":   func(r cover.ImportRow) string { return sippReasons[r.EndReason] },
	}
}

func sippCell(c cover.Column) sippValue {
	return func(r cover.ImportRow) string { return r.Cells[c] }
}

// sippDay writes a day as SIPP does, and leaves alone what is none.
func sippDay(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return day.Format("02-01-2006")
}

func sippEnd(last cover.Date) string {
	if last.Zero() {
		return ""
	}
	return sippDay(last.String())
}

// sippSex is L for laki-laki, P for perempuan. The NIK says it of somebody whose
// row does not.
func sippSex(c cover.Cells) string {
	sex, nik := cover.Sex(c[cover.ColSex]), cover.NIK(c[cover.ColNIK])
	if sex == "" && nik.Valid() {
		sex = nik.Sex()
	}
	switch sex {
	case cover.Male:
		return "L"
	case cover.Female:
		return "P"
	default:
		return string(sex)
	}
}

var sippReasons = map[cover.EndReason]string{
	cover.EndTermOver:  "Masa tugas berakhir",
	cover.EndResigned:  "Mengundurkan diri",
	cover.EndReplaced:  "Diganti",
	cover.EndDismissed: "Diberhentikan",
	cover.EndDied:      "Meninggal dunia",
	cover.EndRemoved:   "Tidak lagi bertugas",
}

// SIPPRejection is a row that SIPP gave back with a reason.
type SIPPRejection struct {
	Row    int64 // of the sheet
	NIK    cover.NIK
	KPJ    string
	Reason string
}

// The limits of a workbook that comes back. SIPP is sent 10,000 rows at most, so
// that twice as many is no answer to them; such a workbook unpacks to some 40 MiB.
const (
	rejectionUnpacked = 64 << 20
	rejectionRows     = 20_000
	rejectionColumns  = 200
)

// ReadSIPPRejections reads the workbook that SIPP gives back: the rows that have a
// reason. Columns may stand anywhere, and a title above them. Refuses what is no
// workbook (file_unreadable), or too large a one (file_too_large, too_many_rows),
// and one without a column that tells whom a row is about, or why (columns_missing).
func ReadSIPPRejections(content io.Reader, p cover.SIPPProfile) ([]SIPPRejection, error) {
	rows, err := readRejectionSheet(content, p.Code)
	if err != nil {
		return nil, err
	}
	head, at := findRejectionHeader(rows, p)
	if missing := at.missing(p); len(missing) > 0 {
		return nil, refuse(cover.ColumnsMissing, cover.Params{"columns": missing})
	}
	var rejections []SIPPRejection
	for _, r := range rows[head+1:] {
		reason := r.text(at.reason)
		if reason == "" {
			continue
		}
		rejections = append(rejections, SIPPRejection{
			Row: r.no, NIK: cover.NIK(r.text(at.nik)), KPJ: wholeNumber(r.text(at.kpj)), Reason: reason,
		})
	}
	return rejections, nil
}

// rejectionRow is a row of a sheet that has text in it.
type rejectionRow struct {
	no    int64
	texts []string
}

// text is the text of a column, without space around it and the apostrophe that
// makes a number text in a spreadsheet; nothing where there is no such column.
func (r rejectionRow) text(column int) string {
	if column < 0 || column >= len(r.texts) {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSpace(r.texts[column]), "'")
}

func readRejectionSheet(content io.Reader, name string) (all []rejectionRow, err error) {
	packed, err := wholly(content, mostWorkbook)
	if err != nil {
		return nil, err
	}
	file, err := openRejections(packed)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sheets := file.GetSheetList()
	if len(sheets) == 0 {
		return nil, unreadable(0, "no_sheet")
	}
	if !slices.Contains(sheets, name) {
		name = sheets[0]
	}
	rows, err := file.Rows(name)
	if err != nil {
		return nil, unreadable(0, "no_sheet")
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	return readRejectionRows(rows)
}

// openRejections opens a workbook. What is plainly none is not even tried:
// excelize would take it for one that is encrypted.
func openRejections(content []byte) (*excelize.File, error) {
	if reason := disguise(content, mediaXLSX); reason != "" {
		return nil, unreadable(0, reason)
	}
	if err := survey(content, limits{unzipped: rejectionUnpacked, part: mostPart}); err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		UnzipSizeLimit: rejectionUnpacked,
		RawCellValue:   true, // a number as it is kept, not as it is shown
	})
	if err != nil {
		refused := unreadable(0, "corrupt")
		refused.Err = err
		return nil, refused
	}
	return file, nil
}

func readRejectionRows(rows *excelize.Rows) ([]rejectionRow, error) {
	var all []rejectionRow
	for no := int64(1); rows.Next() && no <= excelize.TotalRows; no++ {
		texts, err := rows.Columns()
		if err != nil {
			return nil, unreadable(0, "corrupt")
		}
		if len(texts) > rejectionColumns {
			texts = slices.Clone(texts[:rejectionColumns]) // the rest would be held with it
		}
		if !slices.ContainsFunc(texts, hasText) {
			continue
		}
		if len(all) > rejectionRows { // one of them is the header
			return nil, refuse(cover.TooManyRows, cover.Params{"limit": rejectionRows})
		}
		all = append(all, rejectionRow{no, texts})
	}
	return all, nil
}

func hasText(text string) bool { return strings.TrimSpace(text) != "" }

// rejectionPlaces says where in a row the columns stand; -1 is nowhere.
type rejectionPlaces struct{ nik, kpj, reason int }

// missing names the columns without which a workbook says nothing.
func (at rejectionPlaces) missing(p cover.SIPPProfile) []string {
	switch {
	case at.nik < 0 && at.kpj < 0:
		return identifying(p)
	case at.reason < 0:
		return []string{"KETERANGAN"}
	default:
		return nil
	}
}

// identifying lists the headers of a profile that tell who a row is about.
func identifying(p cover.SIPPProfile) (headers []string) {
	for _, c := range p.Columns {
		if c.Value == "nik" || c.Value == "kpj" {
			headers = append(headers, c.Header)
		}
	}
	if len(headers) == 0 {
		return []string{"NIK", "KPJ"}
	}
	return headers
}

// titleRows is how many rows of title may stand above the header.
const titleRows = 10

// findRejectionHeader finds the first row that heads a NIK or a membership number, and what
// its columns are.
func findRejectionHeader(rows []rejectionRow, p cover.SIPPProfile) (head int, at rejectionPlaces) {
	for i, r := range rows[:min(titleRows, len(rows))] {
		at, others := placeColumns(r.texts, p)
		if at.nik >= 0 || at.kpj >= 0 {
			at.reason = reasonColumn(r, rows[i+1:], others)
			return i, at
		}
	}
	return 0, rejectionPlaces{-1, -1, -1}
}

// placeColumns finds the columns of the profile, each once, and lists what is none
// of them. All of them count, for some of ours are called status or keterangan too.
func placeColumns(headers []string, p cover.SIPPProfile) (at rejectionPlaces, others []int) {
	at = rejectionPlaces{-1, -1, -1}
	names := make([]string, len(headers))
	for i, h := range headers {
		names[i] = unspaced(h)
	}
	ours := make([]bool, rejectionColumns)
	for _, c := range p.Columns {
		i := slices.Index(names, unspaced(c.Header))
		if i < 0 {
			continue
		}
		names[i], ours[i] = "", true
		switch c.Value {
		case "nik":
			at.nik = i
		case "kpj":
			at.kpj = i
		}
	}
	for i, our := range ours {
		if !our {
			others = append(others, i)
		}
	}
	return at, others
}

// unspaced is a header without its spaces and capitals.
func unspaced(header string) string {
	return strings.ToLower(strings.Join(strings.Fields(header), ""))
}

// reasonWords head the column with the reason, the surest first: where there is a
// status besides an explanation, it only says that the row was rejected.
var reasonWords = []string{"alasan", "keterangan", "reason", "pesan", "error", "status"}

// reasonColumn is the column of others whose header says that it has the reason,
// or else the first one with text below the header.
func reasonColumn(header rejectionRow, rows []rejectionRow, others []int) int {
	for _, word := range reasonWords {
		for _, i := range others {
			if strings.Contains(unspaced(header.text(i)), word) {
				return i
			}
		}
	}
	for _, i := range others {
		if slices.ContainsFunc(rows, func(r rejectionRow) bool { return r.text(i) != "" }) {
			return i
		}
	}
	return -1
}

var powerOfTen = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?[eE]\+?[0-9]{1,2}$`)

// wholeNumber writes out a membership number that was kept as a number: 1.2E+10.
// Its eleven digits come through whole. The sixteen of a NIK might not, and a NIK
// that is nearly right is somebody else's, so NIKs stay as they stand.
func wholeNumber(text string) string {
	if !powerOfTen.MatchString(text) {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n >= 1e15 {
		return text
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// KeepSIPPRejections finds the officers of an import whom SIPP rejected, and keeps
// its reasons. It returns how many were found, and the rows of the workbook that
// belong to nobody.
func KeepSIPPRejections(
	ctx context.Context, st *store.Store, who access.Actor, i cover.Import, rejections []SIPPRejection,
) (matched int64, unmatched []int64, err error) {
	byNIK, byKPJ := map[cover.NIK]uuid.UUID{}, map[string]uuid.UUID{}
	for _, r := range rejections {
		byNIK[r.NIK], byKPJ[r.KPJ] = uuid.Nil, uuid.Nil
	}
	err = st.Read(ctx, who).SIPPPeople(i, func(officer uuid.UUID, nik cover.NIK, kpj string) {
		if _, asked := byNIK[nik]; asked && nik != "" {
			byNIK[nik] = officer
		}
		if _, asked := byKPJ[kpj]; asked && kpj != "" {
			byKPJ[kpj] = officer
		}
	})
	if err != nil {
		return 0, nil, err
	}
	reasons, unmatched := map[uuid.UUID]string{}, []int64{}
	for _, r := range rejections {
		officer := byNIK[r.NIK]
		if officer == uuid.Nil {
			officer = byKPJ[r.KPJ]
		}
		if officer == uuid.Nil {
			unmatched = append(unmatched, r.Row)
			continue
		}
		matched++
		reasons[officer] = r.Reason
	}
	return matched, unmatched, st.InTx(ctx, who, func(tx *store.Tx) error { return tx.KeepSIPPReasons(i, reasons) })
}

// CorrectSIPPProfile writes the headers of a workbook anew. Refuses whoever is no
// national ministry (not_allowed).
func CorrectSIPPProfile(tx *store.Tx, p *cover.SIPPProfile, v store.Version) error {
	if !tx.Actor().Administers() {
		return cover.Refuse(cover.Forbidden, cover.NotAllowed, nil)
	}
	if err := tx.CorrectSIPPProfile(p, v); err != nil {
		return err
	}
	return tx.Record(cover.Event{Type: cover.SIPPProfileCorrected, ResourceID: tx.Name("sipp:" + p.Code), OrganisationID: tx.Actor().OrganisationID})
}
