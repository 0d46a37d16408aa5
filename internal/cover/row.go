package cover

import (
	"regexp"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Column is a column of a file of officers; its name is the field that
// POST /v1/officers knows.
type Column int

// The columns, in the order in which files are given back.
const (
	ColExternalID Column = iota
	ColNIK
	ColFullName
	ColBornOn
	ColSex
	ColPosition
	ColRole
	ColAreaCode
	ColPollingStation
	ColDecreeNumber
	ColTermFrom
	ColTermTo
	ColHonorarium
	ColPhone
	ColEmail
	ColKPJ

	columnCount = iota
)

var columnNames = [columnCount]string{
	"external_id", "nik", "full_name", "born_on", "sex", "position", "role", "area_code", "polling_station", "decree_number",
	"term_from", "term_to", "monthly_honorarium_amount", "phone", "email", "kpj",
}

// Columns lists every column.
var Columns = func() (all []Column) {
	for c := range Column(columnCount) {
		all = append(all, c)
	}
	return all
}()

func (c Column) String() string { return columnNames[c] }

// Required reports whether a row without this column is no officer.
func (c Column) Required() bool {
	switch c {
	case ColExternalID, ColNIK, ColFullName, ColBornOn, ColPosition, ColAreaCode, ColTermFrom, ColTermTo:
		return true
	default:
		return false
	}
}

// Personal reports whether the column is masked for whoever has no purpose to see
// it.
func (c Column) Personal() bool {
	switch c {
	case ColNIK, ColBornOn, ColPhone, ColEmail, ColKPJ:
		return true
	default:
		return false
	}
}

// ColumnNamed finds a column by its name.
func ColumnNamed(name string) (Column, bool) {
	for c, n := range columnNames {
		if n == name {
			return Column(c), true
		}
	}
	return 0, false
}

// Cells are the texts of a row, by column; an empty one is absent.
type Cells [columnCount]string

// Masked hides what is personal. What it writes is no value of its column, so
// that a masked cell that comes back is recognised.
func (c Cells) Masked() Cells {
	m := c
	for _, col := range Columns {
		switch {
		case c[col] == "":
		case col.Personal():
			m[col] = maskedCell(col, c[col])
		default:
			m[col] = longNumber.ReplaceAllStringFunc(c[col], func(digits string) string { return maskMiddle(digits, 0, 2) })
		}
	}
	return m
}

// longNumber is what may be a NIK in a column where none belongs.
var longNumber = regexp.MustCompile(`[0-9]{15,}`)

// HoldsNIK reports whether a text may hold one.
func HoldsNIK(text string) bool { return longNumber.MatchString(text) }

func maskedCell(col Column, text string) string {
	switch col {
	case ColNIK:
		return NIK(text).Masked()
	case ColBornOn:
		return "****-**-**"
	case ColPhone:
		return maskMiddle(text, 5, 3)
	case ColEmail:
		return "****"
	default:
		return maskMiddle(text, 0, 3)
	}
}

// Unmasked puts back what was sent first where a cell is still as it was shown
// masked.
func (c Cells) Unmasked(sent Cells) Cells {
	shown := sent.Masked()
	for _, col := range Columns {
		if sent[col] != "" && c[col] == shown[col] {
			c[col] = sent[col]
		}
	}
	return c
}

// Cells writes an officer as the row of a file.
func (o Officer) Cells() Cells {
	c := Cells{
		ColExternalID: o.ExternalID, ColNIK: string(o.Personal.NIK), ColFullName: o.FullName, ColBornOn: o.BornOn.String(),
		ColSex: string(o.Sex), ColPosition: o.Position, ColRole: string(o.Role), ColAreaCode: o.AreaCode,
		ColPollingStation: o.PollingStation, ColDecreeNumber: o.DecreeNumber, ColTermFrom: o.TermFrom.String(),
		ColTermTo: o.TermTo.String(), ColPhone: o.Personal.Phone, ColEmail: o.Personal.Email, ColKPJ: o.Personal.KPJ,
	}
	if o.Honorarium > 0 {
		c[ColHonorarium] = strconv.FormatInt(int64(o.Honorarium), 10)
	}
	return c
}

// ImportRow is a row of an import with what came of it.
type ImportRow struct {
	Row          int64 // as the sender counts; 0 for an officer who is missing from a snapshot
	Outcome      RowOutcome
	Applied      bool
	OfficerID    uuid.NullUUID
	Cells        Cells
	Faults       Faults // pointers name columns: /nik
	Doubts       Faults
	Suggestions  map[string]string // what to write instead, by column name
	Reversal     RowReversal
	ReversalCode Code
	SIPPReason   string
	EndedOn      Date // of an officer whose duty has ended, with the reason
	EndReason    EndReason
}

// SIPPProfile is a workbook that SIPP takes: which columns, under which headers.
type SIPPProfile struct {
	Code      string
	Columns   []SIPPColumn `gorm:"serializer:json"`
	Source    string
	Certainty string
	Version   int64
	UpdatedAt time.Time
}

// SIPPColumn is a column of a workbook for SIPP: a value of the officer, or the
// same text in every row.
type SIPPColumn struct {
	Header string `json:"header" yaml:"header"`
	Value  string `json:"value,omitempty" yaml:"value"`
	Text   string `json:"text,omitempty" yaml:"text"`
}

// SIPPProfiles lists the codes of the workbooks.
var SIPPProfiles = []string{"data_tk_baru", "data_tk_lanjutan", "data_tk_na"}

// SIPPRows is the most rows that SIPP takes in one workbook.
const SIPPRows = 10_000
