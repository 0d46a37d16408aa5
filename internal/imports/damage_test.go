package imports

import (
	"fmt"
	"slices"
	"testing"

	"naungan/internal/cover"
)

func TestSignsOfDamage(t *testing.T) {
	t.Parallel()
	const good = "9906014508890002"
	shifted := func(l *line) { l.put(cover.ColNIK, "Rini Contoh"); l.put(cover.ColFullName, good) }
	nik := func(text string) func(*line) { return func(l *line) { l.put(cover.ColNIK, text) } }
	for name, tt := range map[string]struct {
		spoil     func(*line)
		bad, good int
		want      []string
	}{
		"sound files show none":                       {nik(good), 100, 0, nil},
		"nothing shows nothing":                       {nik(good), 0, 0, nil},
		"a spreadsheet shortened numbers":             {nik("9.90601E+15"), 100, 0, []string{"scientific_notation 100/100"}},
		"with a comma, as here":                       {nik("9,90601e15"), 100, 0, []string{"scientific_notation 100/100"}},
		"with all its digits":                         {nik("9.9060145088900002E15"), 100, 0, []string{"scientific_notation 100/100"}},
		"a few among many are a sign":                 {nik("9.90601E+15"), 5, 95, []string{"scientific_notation 5/100"}},
		"four are slips":                              {nik("9.90601E+15"), 4, 0, nil},
		"five in a thousand are slips":                {nik("9.90601E+15"), 5, 995, nil},
		"a digit was lost":                            {nik("990601450889002"), 20, 20, []string{"digit_lost 20/40"}},
		"the last digit was rounded":                  {nik("9906014508890000"), 60, 40, []string{"last_digits_rounded 60/100"}},
		"six in ten serials are needed":               {nik("9906014508890010"), 59, 41, nil},
		"ten serials are needed":                      {nik("9906014508890010"), 9, 0, nil},
		"the columns are shifted":                     {shifted, 10, 10, []string{"columns_shifted 10/20"}},
		"an empty NIK beside one elsewhere, too":      {func(l *line) { l.put(cover.ColKPJ, good) }, 10, 10, []string{"columns_shifted 10/20"}},
		"a key that is the NIK is no shift":           {func(l *line) { l.put(cover.ColNIK, good); l.put(cover.ColExternalID, good) }, 10, 10, nil},
		"rows without a NIK do not count":             {func(*line) {}, 100, 0, nil},
		"what is no number is no sign":                {nik("9.90601E+"), 100, 0, nil},
		"a masked NIK is no sign":                     {nik("990601******0002"), 100, 0, nil},
		"a power without digits before it is no sign": {nik("9.E+15"), 100, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d damages
			for n := range tt.good + tt.bad {
				l := line{no: int64(n + 2)}
				if n < tt.bad {
					tt.spoil(&l)
				} else {
					l.put(cover.ColNIK, good)
				}
				d.watch(&l)
			}
			var got []string
			for _, s := range d.signs() {
				got = append(got, fmt.Sprintf("%s %d/%d", s.Kind, s.Rows, s.Of))
				if s.Column != "nik" || !slices.Equal(s.Examples, []int64{2, 3, 4, 5, 6}) {
					t.Errorf("%+v", s)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}
