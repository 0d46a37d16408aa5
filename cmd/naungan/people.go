package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"naungan/client"
)

// The people of the demonstration are invented: common names put together by
// number, and NIKs under province code 99, which does not exist.
var (
	womensNames = []string{"Ani", "Dewi", "Fitri", "Lestari", "Mawar", "Nurul", "Rina", "Sari", "Tuti", "Wati", "Yuli"}
	mensNames   = []string{"Agus", "Bambang", "Dedi", "Eko", "Hendra", "Joko", "Rahmat", "Slamet", "Toni", "Udin", "Yanto"}
	familyNames = []string{"Contoh", "Umpama", "Misal", "Ibarat", "Teladan", "Peraga", "Simulasi"}
)

// seat is one seat of a body: which role, and what it earns.
type seat struct {
	position string
	role     client.Role
}

// Bodies of a district and of a village, with their secretariats (PKPU 8/2022).
var (
	districtSeats = []seat{
		{"ppk", client.RoleChair},
		{"ppk", client.RoleMember},
		{"ppk", client.RoleMember},
		{"ppk", client.RoleMember},
		{"ppk", client.RoleMember},
		{"sek_ppk", client.RoleSecretary},
		{"sek_ppk", client.RoleStaff},
		{"sek_ppk", client.RoleStaff},
	}
	villageSeats = []seat{
		{"pps", client.RoleChair},
		{"pps", client.RoleMember},
		{"pps", client.RoleMember},
		{"sek_pps", client.RoleSecretary},
		{"sek_pps", client.RoleStaff},
		{"sek_pps", client.RoleStaff},
	}
)

// rosterColumns are the columns of a roster as a secretariat would head them: what
// each is to Naungan, and what it says of an officer.
var rosterColumns = []struct {
	header, name string
	of           func(client.OfficerInput) string
}{
	{"ID Petugas", "external_id", func(o client.OfficerInput) string { return o.ExternalID }},
	{"NIK", "nik", func(o client.OfficerInput) string { return o.NIK }},
	{"Nama Lengkap", "full_name", func(o client.OfficerInput) string { return o.FullName }},
	{"Tanggal Lahir", "born_on", func(o client.OfficerInput) string { return o.BornOn.String() }},
	{"Jenis Kelamin", "sex", func(o client.OfficerInput) string { return string(*o.Sex) }},
	{"Jabatan", "position", func(o client.OfficerInput) string { return o.Position }},
	{"Peran", "role", func(o client.OfficerInput) string { return string(*o.Role) }},
	{"Kode Wilayah", "area_code", func(o client.OfficerInput) string { return o.AreaCode }},
	{"Mulai Tugas", "term_from", func(o client.OfficerInput) string { return o.TermFrom.String() }},
	{"Selesai Tugas", "term_to", func(o client.OfficerInput) string { return o.TermTo.String() }},
	{"No HP", "phone", func(o client.OfficerInput) string { return *o.Phone }},
}

// cellOf is what stands in a column of an officer's row.
func cellOf(o client.OfficerInput, column string) string {
	for _, c := range rosterColumns {
		if c.name == column {
			return c.of(o)
		}
	}
	return ""
}

// slip is a mistake in one cell of a roster, of the kind that people make.
type slip struct {
	column string
	spoil  func(cell, above string) string
	code   string // by which Naungan names it
}

// slips are those of the file that is sent first, by the line on which they stand.
var slips = map[int]slip{
	18:   {"nik", func(cell, _ string) string { return cell[:15] }, "nik_invalid"},
	205:  {"area_code", func(cell, _ string) string { return cell[:9] + "9999" }, "area_unknown"},
	411:  {"phone", func(cell, _ string) string { return cell[:7] }, "phone_invalid"},
	873:  {"term_from", func(cell, _ string) string { return cell[8:] + "/" + cell[5:7] + "/" + cell[:4] }, "wrong_format"},
	1204: {"external_id", func(_, above string) string { return above }, "duplicate_in_file"},
	1650: {"full_name", func(string, string) string { return "" }, "required"},
}

// firstLine is that of the first officer in a file; the headers stand above.
const firstLine = 2

// rosterCSV writes officers as a file, with slips on some of its lines.
func rosterCSV(officers []client.OfficerInput, slips map[int]slip) []byte {
	var file bytes.Buffer
	out := csv.NewWriter(&file)
	record := make([]string, len(rosterColumns))
	for i, c := range rosterColumns {
		record[i] = c.header
	}
	_ = out.Write(record) // into memory, which fails never
	for n, o := range officers {
		slip, slipped := slips[n+firstLine]
		for i, c := range rosterColumns {
			record[i] = c.of(o)
			if slipped && slip.column == c.name {
				record[i] = slip.spoil(c.of(o), c.of(officers[n-1]))
			}
		}
		_ = out.Write(record)
	}
	out.Flush()
	return file.Bytes()
}

// officerOf invents the n-th officer, for a seat in an area.
func officerOf(n int, s seat, area string, from, to openapi_types.Date) client.OfficerInput {
	woman := n%2 == 0
	born := time.Date(1966+n%36, time.Month(1+n%12), 1+n%28, 0, 0, 0, 0, time.UTC)
	day, name, sex := born.Day(), mensNames[n%len(mensNames)], client.SexMale
	if woman {
		day, name, sex = day+40, womensNames[n%len(womensNames)], client.SexFemale
	}
	role, phone := s.role, fmt.Sprintf("0812%08d", n)
	return client.OfficerInput{
		ExternalID: fmt.Sprintf("SIAKBA-6106-%05d", n),
		NIK:        fmt.Sprintf("9906%02d%02d%02d%02d%04d", 1+n%89, day, born.Month(), born.Year()%100, 1+n%9999),
		FullName:   name + " " + familyNames[n%len(familyNames)] + " " + familyNames[n/7%len(familyNames)],
		BornOn:     openapi_types.Date{Time: born}, Sex: &sex, Position: s.position, Role: &role, AreaCode: area,
		TermFrom: from, TermTo: to, Phone: &phone,
	}
}
