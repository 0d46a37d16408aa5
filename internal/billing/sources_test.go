package billing_test

import (
	"testing"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// crowd covers everybody on some seats, however many they are, from 7 November to 8
// December.
func (w *world) crowd(agreement uuid.UUID, seats ...seat) {
	w.t.Helper()
	for _, s := range seats {
		w.exec(`with person as (select gen_random_uuid() as officer, gen_random_uuid() as person, gen_random_uuid() as period from generate_series(1, $1::int)),
			appointed as (
				insert into officers (id, organisation_id, person_id, personal, digest, external_id, full_name, born_on, sex, position, role,
					area_code, term_from, term_to, honorarium, version, created_at, updated_at)
				select p.officer, a.organiser_id, p.person, '', p.person, p.officer::text, 'Petugas Contoh', '1990-01-01', 'female', $2, $3,
					'35.07.03.2001', '2024-11-07', '2024-12-08', $4, 1, now(), now()
				from person p, agreements a where a.id = $7)
			insert into coverage_periods (id, officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, segment, wage_base,
				jkk, jkm, schedule, version, created_at, updated_at)
			select p.period, p.officer, p.person, a.id, e.id, '2024-11-07', '2024-12-08', a.segment, $4, $5, $6, 'pu-2015-07', 1, now(), now()
			from person p, agreements a join enrolments e on e.agreement_id = a.id where a.id = $7`,
			s.headcount, s.position, s.role, s.wage, s.jkk, s.jkm, agreement)
	}
}

// The head-counts that the press and the organisers told of, at the honoraria of the
// Pilkada of 2024.
func TestTheHeadCountsOfTheSourcesAreInvoicedExactly(t *testing.T) {
	t.Parallel()
	w := given(t)
	for name, tt := range map[string]struct {
		seats    []seat
		officers int64
		total    cover.Rupiah
	}{
		"Malang: 33 districts, 390 villages, 4,042 polling stations": {[]seat{
			{"ppk", cover.RoleChair, 2_500_000, 6_000, 7_500, 33},
			{"ppk", cover.RoleMember, 2_200_000, 5_280, 6_600, 132},
			{"sek_ppk", cover.RoleSecretary, 1_850_000, 4_440, 5_550, 33},
			{"sek_ppk", cover.RoleStaff, 1_300_000, 3_120, 3_900, 66},
			{"pps", cover.RoleChair, 1_500_000, 3_600, 4_500, 390},
			{"pps", cover.RoleMember, 1_300_000, 3_120, 3_900, 780},
			{"sek_pps", cover.RoleSecretary, 1_150_000, 2_760, 3_450, 390},
			{"sek_pps", cover.RoleStaff, 1_050_000, 2_520, 3_150, 780},
			{"kpps", cover.RoleChair, 900_000, 2_160, 2_700, 4_042},
			{"kpps", cover.RoleMember, 850_000, 2_040, 2_550, 24_252},
			{"linmas", cover.RoleMember, 650_000, 1_560, 1_950, 8_084},
		}, 38_982, 177_621_390},
		"Kapuas Hulu: 23 districts, 282 villages": {[]seat{
			{"ppk", cover.RoleChair, 2_500_000, 6_000, 7_500, 23},
			{"ppk", cover.RoleMember, 2_200_000, 5_280, 6_600, 92},
			{"sek_ppk", cover.RoleSecretary, 1_850_000, 4_440, 5_550, 23},
			{"sek_ppk", cover.RoleStaff, 1_300_000, 3_120, 3_900, 46},
			{"pps", cover.RoleChair, 1_500_000, 3_600, 4_500, 282},
			{"pps", cover.RoleMember, 1_300_000, 3_120, 3_900, 564},
			{"sek_pps", cover.RoleSecretary, 1_150_000, 2_760, 3_450, 282},
			{"sek_pps", cover.RoleStaff, 1_050_000, 2_520, 3_150, 564},
		}, 1_876, 13_148_730},
		"Sumatera Selatan: 13,185 polling stations": {[]seat{
			{"kpps", cover.RoleChair, 900_000, 2_160, 2_700, 13_185}, {"kpps", cover.RoleMember, 850_000, 2_040, 2_550, 79_110},
		}, 92_295, 427_194_000},
	} {
		a := w.agreement(cover.PU, w.kpu, w.payer, w.branch)
		w.crowd(a, tt.seats...)
		i := w.issued(a, november)
		if i.Officers != tt.officers || i.Total() != tt.total || len(i.Groups) != len(tt.seats) {
			t.Errorf("%s: %d officers, %d rupiah in %d groups; want %d and %d", name, i.Officers, i.Total(), len(i.Groups), tt.officers, tt.total)
		}
		if p := w.proof(w.payer, i.ID); p.Differs != nil || p.Lines != tt.officers {
			t.Errorf("%s: proven %d lines, %+v", name, p.Lines, p.Differs)
		}
	}
}
