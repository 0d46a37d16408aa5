package imports

import (
	"strings"
	"testing"

	"naungan/internal/cover"
)

func TestHeadersInManyWords(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]cover.Column{
		"external_id": cover.ColExternalID, "ID Eksternal": cover.ColExternalID, "Kode": cover.ColExternalID, "id": cover.ColExternalID,
		"nik": cover.ColNIK, "N.I.K.": cover.ColNIK, "No KTP": cover.ColNIK, "no_ktp": cover.ColNIK, "NOMOR INDUK KEPENDUDUKAN": cover.ColNIK,
		"Nama": cover.ColFullName, "nama_lengkap": cover.ColFullName, "Full Name": cover.ColFullName, "Nama Lengkap (sesuai KTP)": cover.ColFullName,
		"tgl_lahir": cover.ColBornOn, "Tanggal Lahir (YYYY-MM-DD) *": cover.ColBornOn, "Tgl. Lahir": cover.ColBornOn,
		"JK": cover.ColSex, "Jenis Kelamin": cover.ColSex, "L/P": cover.ColSex,
		"Jabatan": cover.ColPosition, "posisi": cover.ColPosition, "Peran": cover.ColRole,
		"kode_wilayah": cover.ColAreaCode, "Kode Desa": cover.ColAreaCode, "kode_kelurahan": cover.ColAreaCode, "Kode Desa/Kelurahan": cover.ColAreaCode,
		"No. TPS": cover.ColPollingStation, "tps": cover.ColPollingStation, "no_sk": cover.ColDecreeNumber, "Nomor SK": cover.ColDecreeNumber,
		"mulai": cover.ColTermFrom, "tanggal_mulai": cover.ColTermFrom, "masa_kerja_mulai": cover.ColTermFrom, "TMT": cover.ColTermFrom,
		"selesai": cover.ColTermTo, "Tanggal Selesai": cover.ColTermTo, "Honorarium per Bulan": cover.ColHonorarium, "upah": cover.ColHonorarium,
		"Honor": cover.ColHonorarium, //nolint:misspell // it is Indonesian

		"No. HP": cover.ColPhone, "telepon": cover.ColPhone, "nomor_hp": cover.ColPhone, "Surel": cover.ColEmail, "E-mail": cover.ColEmail,
		"No KPJ": cover.ColKPJ, "monthly honorarium amount": cover.ColHonorarium, "TERM TO": cover.ColTermTo,
	} {
		if got := targetsOf([]string{header})[0]; got != target(want) {
			t.Errorf("%s is read as %d, want %s", header, got, want)
		}
	}
	for _, header := range []string{"", "no", "keterangan", "_message", "_nik", "tempat lahir", "kecamatan", "()"} {
		if got := targetsOf([]string{header})[0]; got != targetNone {
			t.Errorf("%s is read as %d", header, got)
		}
	}
}

// TestAVagueHeaderGivesWay: where a column says that it is the key, "kode" is
// something else.
func TestAVagueHeaderGivesWay(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"kode,external_id": "none external_id", "id,kode": "external_id none", "kode": "external_id", "_id,kode": "none external_id",
	} {
		var got []string
		for _, target := range targetsOf(strings.Split(header, ",")) {
			if target == targetNone {
				got = append(got, "none")
			} else {
				got = append(got, cover.Column(target).String())
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", header, got)
		}
	}
}

// TestNoHeaderNamesTwoColumns: a map would keep one of them, and another each day.
func TestNoHeaderNamesTwoColumns(t *testing.T) {
	t.Parallel()
	seen := map[string]cover.Column{}
	for _, c := range cover.Columns {
		for _, name := range append(names[c], c.String()) {
			if other, twice := seen[squashed(name)]; twice && other != c {
				t.Errorf("%s is %s and %s", name, other, c)
			}
			seen[squashed(name)] = c
		}
	}
}

func TestAStrangeHeaderIsToldBackReadably(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 300)
	for header, want := range map[string]string{"caf\xe9": "caf?", "a\x00b\nc": "a?b?c", long: long[:200], "Catatan": "Catatan"} {
		if got := shown(header); got != want {
			t.Errorf("%q is told as %q", header, got)
		}
	}
}
