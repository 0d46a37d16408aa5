package imports

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	registers "naungan/internal/reference"
	"naungan/internal/store"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// BenchmarkStage takes rows from the bytes of a file to what the database is given,
// on one goroutine: what of the staging is ours.
func BenchmarkStage(b *testing.B) {
	s := stagingOf(b)
	content := membersOfPollingStations(10_000, s.ref)
	work := &batch{lines: make([]line, batchRows)}
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		var err error
		if s.file, err = open(strings.NewReader(content), mediaNDJSON, "", b.TempDir()); err != nil {
			b.Fatal(err)
		}
		for end := error(nil); end == nil && done < b.N; done += len(work.lines) {
			if end = s.fill(work); end != nil && !errors.Is(end, io.EOF) {
				b.Fatal(end)
			}
			if err := s.encode(work); err != nil {
				b.Fatal(err)
			}
			if v := judge(&work.lines[0], s.body, s.ref, s.today); len(v.faults)+len(v.doubts) > 0 {
				b.Fatal(v.faults, v.doubts)
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// stagingOf knows all areas and terms there are.
func stagingOf(b *testing.B) *staging {
	b.Helper()
	document, err := keys.Generate()
	if err != nil {
		b.Fatal(err)
	}
	k, err := keys.Load(document)
	if err != nil {
		b.Fatal(err)
	}
	st, err := store.Open(b.Context(), pgtest.New(b), k, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(st.Close)
	if err := registers.Load(b.Context(), st); err != nil {
		b.Fatal(err)
	}
	if err := st.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	return &staging{
		encoder: st.EncodeRows(cover.Import{}), body: cover.Organisation{Kind: cover.KPU, Level: cover.National}, ref: st.Read(b.Context(), access.Actor{}).Reference(), today: pollingDays,
	}
}

// membersOfPollingStations are good rows, in villages all over the country.
func membersOfPollingStations(n int, ref *cover.Reference) string {
	var villages []string
	for code, level := range ref.Areas {
		if level == cover.Village {
			villages = append(villages, code)
		}
	}
	slices.Sort(villages)
	var content strings.Builder
	for i := range n {
		born := time.Date(1970, 1, 1+i, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(&content, `{"external_id":"S-%09d","nik":"990601%s%04d","full_name":"Petugas Contoh %d","born_on":"%s","sex":"male",`+
			`"position":"kpps","role":"member","area_code":"%s","polling_station":"%03d","decree_number":"12/2024","term_from":"2024-11-07",`+
			`"term_to":"2024-12-08","monthly_honorarium_amount":850000,"phone":"0812%08d"}`+"\n",
			i, born.Format("020106"), i%9999+1, i, born.Format(time.DateOnly), villages[i/7*53%len(villages)], i/7%999+1, i)
	}
	return content.String()
}
