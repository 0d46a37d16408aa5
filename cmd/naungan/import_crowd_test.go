package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"naungan/client"
)

// The tests of this file are not run beside others, because they measure.

// A crowd is so many organisations that send a file of so many rows at once, while
// so many others read.
const (
	crowd     = 20
	crowdRows = 6_000
	onlookers = 4
)

// mostPatience is how long an onlooker waits for two answers at the very most: many
// times what they take without a crowd, on a machine that is busy with other tests.
const mostPatience = 5 * time.Second

// waits are how long onlookers waited.
type waits struct {
	mu      sync.Mutex
	reads   int
	slowest time.Duration
}

func (w *waits) add(took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads, w.slowest = w.reads+1, max(w.slowest, took)
}

func TestACrowdIsServed(t *testing.T) {
	dir := lived(t)
	s := serving(t, dir, nil)
	admin := administrator(t, dir)
	villages := villagesOf(t, admin)
	bodies := make([]*client.ClientWithResponses, crowd)
	files := make([]*strings.Reader, crowd)
	for n := range crowd {
		village := villages[n]
		bodies[n] = organised(t, admin, village[:5], village[:5])
		var b strings.Builder
		for row := range crowdRows {
			person := n*crowdRows + row
			writeRow(&b, person, nikOf(person), village)
		}
		files[n] = strings.NewReader(b.String())
	}

	begun, over := time.Now(), make(chan struct{})
	var readers, senders sync.WaitGroup
	var waited waits
	for n := range onlookers {
		readers.Go(func() {
			for turn := n; ; turn++ {
				select {
				case <-over:
					return
				default:
				}
				at := time.Now()
				look(t, bodies[turn%crowd])
				waited.add(time.Since(at))
			}
		})
	}
	for n := range crowd {
		senders.Go(func() {
			i, err := bodies[n].Upload(t.Context(), client.Upload{
				Content: files[n], Size: int64(files[n].Len()), MediaType: "application/x-ndjson",
			}, client.ReceiveImportParams{}, client.Watch{Trouble: func(err error) { t.Errorf("file %d: %v", n, err) }})
			if err == nil {
				i, err = bodies[n].AwaitImport(t.Context(), i.ID, client.Watch{Trouble: func(err error) { t.Errorf("import %d: %v", n, err) }})
			}
			if err != nil || i.Status != client.ImportStatusCommitted || i.Counts.Created != crowdRows {
				t.Errorf("file %d: %+v, %v", n, i, err)
			}
		})
	}
	senders.Wait()
	took := time.Since(begun)
	close(over)
	readers.Wait()
	t.Logf("%d files of %d rows in %v; %d reads meanwhile, the slowest took %v", crowd, crowdRows, took.Round(time.Millisecond),
		waited.reads, waited.slowest.Round(time.Millisecond))
	if waited.reads == 0 || waited.slowest > mostPatience {
		t.Errorf("of %d reads meanwhile the slowest took %v", waited.reads, waited.slowest)
	}
	for n, body := range bodies {
		exactly, few := client.Prefer("count=exact"), client.Limit(1)
		listed, err := client.Check(body.ListOfficersWithResponse(t.Context(), &client.ListOfficersParams{Prefer: &exactly, Limit: &few}))
		if err != nil || *listed.JSON200.Total != crowdRows {
			t.Errorf("organisation %d: %v, %v", n, listed, err)
		}
	}
	if said := s.said(); strings.Contains(said, `"level":"ERROR"`) {
		t.Errorf("the log: %s", said)
	}
}

// look lists officers, and opens one of them.
func look(t *testing.T, body *client.ClientWithResponses) {
	limit := client.Limit(100)
	listed, err := client.Check(body.ListOfficersWithResponse(t.Context(), &client.ListOfficersParams{Limit: &limit}))
	if err != nil {
		t.Error(err)
		return
	}
	if items := listed.JSON200.Items; len(items) > 0 {
		if _, err := client.Check(body.GetOfficerWithResponse(t.Context(), items[len(items)/2].ID, nil)); err != nil {
			t.Error(err)
		}
	}
}

// villagesOf is a village in each of many regencies.
func villagesOf(t *testing.T, admin *client.ClientWithResponses) (codes []string) {
	t.Helper()
	for _, province := range []string{"61", "33"} {
		regencies, err := client.Check(admin.ListAreasWithResponse(t.Context(), &client.ListAreasParams{ParentCode: &province}))
		if err != nil {
			t.Fatal(err)
		}
		for _, regency := range regencies.JSON200.Items {
			limit := client.Limit(1)
			villages, err := client.Check(admin.ListAreasWithResponse(t.Context(), &client.ListAreasParams{
				AreaCode: &regency.Code, Level: []client.AreaLevel{client.AreaLevelVillage}, Limit: &limit,
			}))
			if err != nil || len(villages.JSON200.Items) == 0 {
				t.Fatalf("no village in %s: %v", regency.Code, err)
			}
			codes = append(codes, villages.JSON200.Items[0].Code)
		}
	}
	return codes
}

// mostMemory is what a server may ever have taken, whatever was sent to it.
const mostMemory = 200 << 20

// TestHostileFilesTakeLittleMemory sends what would fill the memory of a careless
// reader.
func TestHostileFilesTakeLittleMemory(t *testing.T) {
	dir := lived(t)
	s := serving(t, dir, nil)
	kpu := organised(t, administrator(t, dir), "61.06", "Kabupaten Kapuas Hulu")
	header := "external_id,nik,full_name,born_on,position,area_code,term_from,term_to\n"
	begun := header + strings.Repeat("S-1,1,Rini Contoh\n", 100) // further than anybody looks to tell what a file is
	whole := compressed(func(w io.Writer) {
		_, _ = io.WriteString(w, header+strings.Repeat("S-1,9906014508890001,Rini,1989-08-05\n", 50_000))
	})
	gzipped := client.ContentEncodingGzip
	for _, file := range []struct {
		name, media string
		encoding    *client.ContentEncoding
		content     io.Reader
		code        client.Code
	}{
		{"a line of a gigabyte", "application/x-ndjson", &gzipped, bytes.NewReader(compressed(func(w io.Writer) {
			_, _ = io.WriteString(w, `{"external_id":"`)
			repeat(w, 'a', 1<<30)
		})), "row_too_long"},
		{"a cell of a gigabyte", "text/csv", &gzipped, bytes.NewReader(compressed(func(w io.Writer) {
			_, _ = io.WriteString(w, header+`S-1,"`)
			repeat(w, '\n', 1<<30)
		})), "row_too_long"},
		{"a header of a gigabyte", "text/csv", &gzipped, bytes.NewReader(compressed(func(w io.Writer) { repeat(w, 'a', 1<<30) })), "row_too_long"},
		{"nothing but commas", "text/csv", &gzipped, bytes.NewReader(compressed(func(w io.Writer) { repeat(w, ',', 64<<20) })), "file_empty"},
		{"nothing but line ends", "application/x-ndjson", &gzipped, bytes.NewReader(compressed(func(w io.Writer) { repeat(w, '\n', 64<<20) })), "file_empty"},
		{"ten thousand columns", "text/csv", nil, strings.NewReader(strings.Repeat("nama,", 10_000) + "\n"), "too_many_columns"},
		{"nothing but NULs", "text/csv", nil, io.LimitReader(zeros{}, 64<<20), "file_encoding"},
		{"NULs behind a header", "text/csv", nil, io.MultiReader(strings.NewReader(begun+"S-1,"), io.LimitReader(zeros{}, 64<<20)), "row_too_long"},
		{"NULs in every row", "text/csv", nil, strings.NewReader(begun + strings.Repeat("\x00,\x00,\x00,\x00,\x00,\x00,\x00,\x00\n", 50_000)), "rows_rejected"},
		{"a workbook of line ends", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", nil, bytes.NewReader(workbookOf('\n', 256<<20)), "row_too_long"},
		{"a gzip that breaks off", "text/csv", &gzipped, bytes.NewReader(whole[:len(whole)/2]), "file_unreadable"},
		{"a gzip that is none", "text/csv", &gzipped, strings.NewReader(header), "file_unreadable"},
	} {
		at := time.Now()
		imported := hostile(t, kpu, file.media, file.encoding, file.content)
		if imported.Status != client.ImportStatusRejected || len(imported.Errors) != 1 || imported.Errors[0].Code != file.code {
			t.Errorf("%s: %s, %+v", file.name, imported.Status, imported.Errors)
		}
		t.Logf("%s: %v, at most %d MiB", file.name, time.Since(at).Round(time.Millisecond), peak(t, s)>>20)
	}
	if most := peak(t, s); most > mostMemory {
		t.Errorf("the server took %d MiB", most>>20)
	}
}

// hostile sends a file as nobody's client would, and waits for what comes of it.
func hostile(t *testing.T, kpu *client.ClientWithResponses, media string, encoding *client.ContentEncoding, content io.Reader) *client.Import {
	t.Helper()
	res, err := client.Check(kpu.ReceiveImportWithBodyWithResponse(client.Unhurried(t.Context()),
		&client.ReceiveImportParams{ContentEncoding: encoding}, media, content))
	if err != nil || res.HTTPResponse.StatusCode != http.StatusAccepted {
		t.Fatalf("%v, %v", res, err)
	}
	imported, err := kpu.AwaitImport(t.Context(), res.JSON202.ID, client.Watch{})
	if err != nil {
		t.Fatal(err)
	}
	return imported
}

// compressed is what is written, as a gzip.
func compressed(write func(io.Writer)) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // fails on a bad level only
	write(w)
	_ = w.Close()
	return b.Bytes()
}

// workbookOf is a workbook whose sheet is one byte again and again.
func workbookOf(b byte, times int) []byte {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	sheet, _ := w.Create("xl/worksheets/sheet1.xml") // nothing fails in memory
	_, _ = io.WriteString(sheet, "<worksheet>")
	repeat(sheet, b, times)
	_ = w.Close()
	return packed.Bytes()
}

func repeat(w io.Writer, b byte, times int) {
	block := bytes.Repeat([]byte{b}, 1<<20)
	for ; times > 0; times -= len(block) {
		_, _ = w.Write(block)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// peak is how much memory the server ever had.
func peak(t *testing.T, s *server) (bytes int64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Log("its memory is not told here: ", err) // no Linux
		return 0
	}
	lines := strings.Split(string(status), "\n")
	n := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "VmHWM:") })
	kilobytes, err := strconv.ParseInt(strings.Fields(lines[n])[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
