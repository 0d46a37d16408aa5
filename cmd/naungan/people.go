package main

import (
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
