package imports

import (
	"testing"

	"naungan/internal/cover"
)

func TestSuggestions(t *testing.T) {
	t.Parallel()
	for column, cases := range map[cover.Column]map[string]string{
		cover.ColNIK: {
			"9906 0145 0889 0002": "9906014508890002", "99.06.01.450889.0002": "9906014508890002", "'9906014508890002": "9906014508890002",
			"9906-0145-0889-0002": "9906014508890002", "99\u00a006014508890002": "9906014508890002",
			"9906014508890000": "", "990601450889000": "", "9.90601E+15": "", "9906014508890002 (ktp)": "", "99O6014508890002": "",
		},
		cover.ColTermFrom: {
			"26/05/2024": "2024-05-26", "26-5-2024": "2024-05-26", "26.05.2024": "2024-05-26", "2024/05/26": "2024-05-26", "2024/5/6": "2024-05-06",
			"05/26/2024": "2024-05-26", "2024/26/05": "2024-05-26", "26 Mei 2024": "2024-05-26", "26 may 2024": "2024-05-26", "Mei 26, 2024": "2024-05-26",
			"5 Agustus 2024": "2024-08-05", "5 Agt 2024": "2024-08-05", "2024 Agustus 5": "2024-08-05", "05/05/2024": "2024-05-05",
			"2024-05-26 00:00:00": "2024-05-26", "2024-05-26T00:00:00Z": "2024-05-26", "26/05/2024 0:00:00": "2024-05-26",
			"05/06/2024": "", "31/02/2024": "", "30/02/2024": "", "26/05/24": "", "26/05": "", "26/05/2024 07:00": "", "26052024": "", "lusa": "",
			"2024-00-26": "", "2024": "", "26 Smarch 2024": "", "99/99/9999": "", "26/05/1024": "", "2024-05-26-1": "",
		},
		cover.ColBornOn: { // the NIK says 5 August 1989
			"05/08/1989": "1989-08-05", "08/05/1989": "1989-08-05", "13/08/1989": "1989-08-13", "06/07/1989": "",
		},
		cover.ColSex: {
			"L": "male", "P": "female", "l": "male", "Laki-Laki": "male", "LAKI LAKI": "male", "perempuan": "female", "Pria": "male", "wanita": "female",
			"Male": "male", "FEMALE": "female", "1": "", "L/P": "", "x": "",
		},
		cover.ColRole: {"Ketua": "chair", "KETUA": "chair", "anggota": "member", "Member": "member", "Sekretaris": "", "bendahara": ""},
		cover.ColPosition: {
			"PPS": "pps", "Pps ": "pps", "sek pps": "sek_pps", "Sekretariat PPS": "sek_pps", "SEK-PPS": "sek_pps", "Panitia Pemungutan Suara": "pps",
			"village voting committee": "pps", "P P S": "", "pp": "", "-": "",
		},
		cover.ColAreaCode: {
			"6106012001": "61.06.01.2001", "61-06-01-2001": "61.06.01.2001", "61.06.012001": "61.06.01.2001", "61 06 01": "61.06.01", "6106": "61.06",
			"61/06/01/2001": "61.06.01.2001", "6106019999": "", "610601200": "", "Kapuas": "", "3204": "",
		},
		cover.ColPollingStation: {
			"TPS 007": "007", "TPS-7": "7", "No. 12": "12", "TPS No. 3": "3", "tps7": "7", "7.0": "7", "# 7": "7",
			"TPS 007 Desa": "", "12345": "", "tujuh": "", "7.5": "", "TPS": "", "1 dan 2": "",
		},
		cover.ColHonorarium: {
			"Rp 1.300.000": "1300000", "Rp1.300.000,-": "1300000", "1.300.000,00": "1300000", "1300000.0": "1300000", "1,300,000": "1300000",
			"1,300,000.00": "1300000", "IDR 850.000": "850000", "Rp. 1.300.000": "1300000", "850.000": "850000", "Rp 5000": "5000",
			"1.300": "", "1.3": "", "1.300.00": "", "1.30.000": "", "1.3E+06": "", "satu juta": "", "-1.300.000": "", "999.999.999": "", "1300000.5": "",
			"Rp": "", "0": "", "1.300,000.000": "", "99999999999999999999": "",
		},
		cover.ColPhone: {
			"+62 0812-3456-7890": "+6281234567890", "81234567890": "+6281234567890", "0062 812 3456 7890": "+6281234567890",
			"(+62) 0812.3456.7890": "+6281234567890", "'081234567890": "+6281234567890", "021-5551234": "", "0812": "", "081234567890/081234567891": "",
			"8.12E+10": "", "+1 812 345 6789": "", "08123456789o": "",
		},
		cover.ColKPJ:        {"1234-5678-901": "12345678901", "12 345 678 901": "12345678901", "1234567890": "", "KPJ 12345678901": ""},
		cover.ColEmail:      {"rini@": "", "rini at contoh.id": ""},
		cover.ColExternalID: {" ": ""},
	} {
		for text, want := range cases {
			l := goodLine()
			l.put(column, text)
			v := judge(l, kapuasHulu, knownThings, pollingDays)
			if got := v.suggestions[column.String()]; got != want {
				t.Errorf("%s %q: write %q, want %q", column, text, got, want)
			}
			if len(v.suggestions) > 1 {
				t.Errorf("%s %q: %v", column, text, v.suggestions)
			}
		}
	}
}

// TestADayIsReadByANIKThatNeedsRepairItself: the digits are certain.
func TestADayIsReadByANIKThatNeedsRepairItself(t *testing.T) {
	t.Parallel()
	l := goodLine()
	l.put(cover.ColNIK, "99.06.01.450889.0002")
	l.put(cover.ColBornOn, "05/08/1989")
	v := judge(l, kapuasHulu, knownThings, pollingDays)
	if v.suggestions["born_on"] != "1989-08-05" || v.suggestions["nik"] != "9906014508890002" {
		t.Errorf("%v", v.suggestions)
	}
}

// TestWhatIsRightIsLeftAlone: a suggestion needs a fault.
func TestWhatIsRightIsLeftAlone(t *testing.T) {
	t.Parallel()
	l := goodLine()
	l.put(cover.ColPhone, "0812 3456 7890")
	l.put(cover.ColAreaCode, "61.07.01.2001") // known, but another body's
	v := judge(l, kapuasHulu, knownThings, pollingDays)
	if len(v.faults) != 1 || v.suggestions != nil {
		t.Errorf("%v %v", v.faults, v.suggestions)
	}
}
