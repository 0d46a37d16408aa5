package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"naungan/internal/jobs"
)

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.WriteString(w, text)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t *testing.T, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// TestAFileArrivesPackedOrPlain, and is the same file.
func TestAFileArrivesPackedOrPlain(t *testing.T) {
	t.Parallel()
	w := settle(t)
	text := inCSV(several(1, 20)...)
	for encoding, content := range map[string][]byte{"gzip": gzipped(t, text), "zstd": zstandard(t, text), "identity": []byte(text)} {
		c := call{method: "POST", path: "/v1/imports?dry_run=true", body: content, header: map[string]string{
			"Content-Type": "text/csv", "Content-Encoding": encoding, "Repr-Digest": "md5=:x:, " + digestOf(content),
		}}
		b := w.driven(w.kpu, w.kpu.send(c).must(t, 202)).expect("validated", "20 rows: 20 created")
		sum := sha256.Sum256(content)
		same(t, encoding, b.object["content_digest"], hex.EncodeToString(sum[:]))
		same(t, encoding, b.object["received_bytes"], float64(len(content)))
	}
	for name, c := range map[string]call{
		"another encoding": upload("", text).under("Content-Encoding", "br"), "a digest of nothing": upload("", text).under("Repr-Digest", "sha-256=::"),
		"a digest in hexadecimal": upload("", text).under("Repr-Digest", "sha-256="+strings.Repeat("0", 64)),
	} {
		same(t, name, w.kpu.send(c).must(t, 400).code(t), "malformed_request")
	}
	same(t, "a picture", w.kpu.send(upload("", text).under("Content-Type", "image/png")).must(t, 415).code(t), "media_type_unsupported")
}

// TestAFileThatArrivesOtherwiseIsRefused, and nothing of it is kept.
func TestAFileThatArrivesOtherwiseIsRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	c := upload("", inCSV(ratna(1))).under("Repr-Digest", digestOf([]byte("x")))
	same(t, "code", w.kpu.send(c).must(t, 422).code(t), "digest_mismatch")
	open := w.kpu.send(c.under("Upload-Complete", "?0")).must(t, 201).id(t)
	same(t, "in parts", w.part(open, len(inCSV(ratna(1))), "", true).must(t, 422).code(t), "digest_mismatch")
	same(t, "status", w.kpu.get("/v1/imports/" + open).object(t)["status"], "cancelled")
	same(t, "parts", one[int](w.server, `select count(*) from import_parts`), 0)
	same(t, "imports", one[int](w.server, `select count(*) from imports`), 1)
}

// part sends a part of a file.
func (w *world) part(id string, offset int, content string, last bool) answer {
	w.t.Helper()
	return w.kpu.send(part(id, offset, content, last))
}

func part(id string, offset int, content string, last bool) call {
	complete := "?0"
	if last {
		complete = "?1"
	}
	return call{method: "POST", path: "/v1/imports/" + id + "/content", body: content, header: map[string]string{
		"Content-Type": "application/octet-stream", "Upload-Offset": fmt.Sprint(offset), "Upload-Complete": complete,
	}}
}

// TestAFileArrivesInParts, each where the last one ended.
func TestAFileArrivesInParts(t *testing.T) {
	t.Parallel()
	w := settle(t)
	text := inCSV(several(1, 20)...)
	opened := w.kpu.send(upload("", text[:100]).under("Upload-Complete", "?0")).must(t, 201)
	id := opened.id(t)
	same(t, "offset", opened.Header.Get("Upload-Offset"), "100")
	same(t, "status", opened.object(t)["status"], "receiving")
	second := w.part(id, 100, text[100:500], false).must(t, 200)
	same(t, "offset", second.Header.Get("Upload-Offset"), "500")
	for _, offset := range []int{0, 100, 501} {
		wrong := w.part(id, offset, text[500:], true).must(t, 409)
		same(t, "code", wrong.code(t), "upload_offset_wrong")
		same(t, "offset", wrong.Header.Get("Upload-Offset"), "500")
	}
	same(t, "offset", w.kpu.get("/v1/imports/"+id).must(t, 200).Header.Get("Upload-Offset"), "500")
	w.part(id, 500, text[500:], false).must(t, 200)
	b := w.driven(w.kpu, w.part(id, len(text), "", true).must(t, 202)).expect("committed", "20 rows: 20 created")
	sum := sha256.Sum256([]byte(text))
	same(t, "digest", b.object["content_digest"], hex.EncodeToString(sum[:]))
	same(t, "afterwards", w.part(id, len(text), "", true).must(t, 409).code(t), "import_received")
}

// TestThePartsOfAFileAreFinishedOnOneConnection, because whoever waits for a second
// one with one in hand may wait for somebody who does the same.
func TestThePartsOfAFileAreFinishedOnOneConnection(t *testing.T) {
	t.Parallel()
	w := settle(t)
	text := inCSV(several(1, 20)...)
	id := w.kpu.send(upload("", text[:100]).under("Upload-Complete", "?0")).must(t, 201).id(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for range w.store.Pool().Config().MaxConns - 1 {
		held, err := w.store.Pool().Acquire(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer held.Release()
	}
	i := w.kpu.do(w.kpu.request(part(id, 100, text[100:], true)).WithContext(ctx)).must(t, 202).object(t)
	sum := sha256.Sum256([]byte(text))
	same(t, "digest", i["content_digest"], hex.EncodeToString(sum[:]))
}

// torn is a body that breaks off.
type torn struct{ io.Reader }

func (b torn) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// TestABodyThatBreaksOff loses an upload that was not opened, and of one that was
// only what had not arrived.
func TestABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	w := settle(t)
	text := inCSV(several(1, 20)...)
	tear := func(c call, content string) answer {
		req := w.kpu.request(c)
		req.Body = io.NopCloser(torn{strings.NewReader(content)})
		return serve(w.handler, req) // nobody is there to be answered
	}
	tear(upload("", text), text[:1000])
	same(t, "imports", len(w.kpu.get("/v1/imports").must(t, 200).items(t)), 0)
	same(t, "parts", one[int](w.server, `select count(*) from import_parts`), 0)
	id := w.kpu.send(upload("", "").under("Upload-Complete", "?0")).must(t, 201).id(t)
	tear(part(id, 0, text, true), text[:1000])
	i := w.kpu.get("/v1/imports/"+id).must(t, 200)
	same(t, "status", i.object(t)["status"], "receiving")
	same(t, "offset", i.Header.Get("Upload-Offset"), "1000")
	w.driven(w.kpu, w.part(id, 1000, text[1000:], true).must(t, 202)).expect("committed", "20 rows: 20 created")
}

// TestAFileTooLargeIsRefusedBeforeItArrives.
func TestAFileTooLargeIsRefusedBeforeItArrives(t *testing.T) {
	t.Parallel()
	w := settle(t)
	req := w.kpu.request(upload("", inCSV(ratna(1))))
	req.ContentLength = 1<<30 + 1
	same(t, "code", w.kpu.do(req).must(t, 413).code(t), "upload_too_large")
	same(t, "imports", one[int](w.server, `select count(*) from imports`), 0)
}

// TestAnUploadUnderAKeyIsOneImport: the same bytes get the first answer, others are
// refused, and what was refused may be sent again.
func TestAnUploadUnderAKeyIsOneImport(t *testing.T) {
	t.Parallel()
	w := settle(t)
	do := upload("", inCSV(ratna(1))).under("Idempotency-Key", "k")
	first := w.kpu.send(do).must(t, 202)
	again := w.kpu.send(do).must(t, 202)
	same(t, "replayed", again.Header.Get("Idempotency-Replayed"), "true")
	same(t, "answer", string(again.raw), string(first.raw))
	for name, other := range map[string]call{
		"other bytes": upload("", inCSV(ratna(2))).under("Idempotency-Key", "k"), "another query": upload("?on_error=reject_all", inCSV(ratna(1))).under("Idempotency-Key", "k"),
		"an open end": do.under("Upload-Complete", "?0"),
	} {
		same(t, name, w.kpu.send(other).must(t, 422).code(t), "idempotency_key_reused")
	}
	same(t, "imports", one[int](w.server, `select count(*) from imports`), 1)
	same(t, "received", one[int](w.server, `select count(*) from events where type = 'import_received'`), 1)
	w.kpu.send(do.under("Idempotency-Key", "l").under("Repr-Digest", digestOf(nil))).must(t, 422)
	w.kpu.send(do.under("Idempotency-Key", "l")).must(t, 202)
	dry := do.dry().under("Idempotency-Key", "m")
	same(t, "a trial", w.kpu.send(dry).must(t, 202).id(t), w.kpu.send(dry).must(t, 202).id(t))
}

// TestMoreUploadsThanAnybodyNeedsAreRefused, until one is over.
func TestMoreUploadsThanAnybodyNeedsAreRefused(t *testing.T) {
	t.Parallel()
	w := settle(t)
	open := upload("", "").under("Upload-Complete", "?0")
	id := ""
	for range 20 {
		id = w.kpu.send(open).must(t, 201).id(t)
	}
	same(t, "the next", w.kpu.send(open).must(t, 409).code(t), "too_many_imports")
	w.kpu.post("/v1/imports/"+id+"/cancel", nil).must(t, 200)
	w.kpu.send(open).must(t, 201)
}

// TestAFileThatCannotBeReadSaysWhy, in both languages.
func TestAFileThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	w := settle(t)
	text := inCSV(ratna(1))
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	packed := gzipped(t, inCSV(several(1, 500)...))
	headers := strings.SplitN(text, "\n", 2)
	for name, tt := range map[string]struct {
		call call
		code string
	}{
		"text of two bytes a letter": {upload("", wide), "file_encoding"},
		"a PDF":                      {upload("", "%PDF-1.7 x"), "file_unreadable"},
		"a packed file that is cut":  {upload("", packed[:len(packed)/2]).under("Content-Encoding", "gzip"), "file_unreadable"},
		"nothing":                    {upload("", ""), "file_empty"},
		"nothing but headers":        {upload("", headers[0]), "file_empty"},
		"no column for the NIK":      {upload("", strings.Replace(text, "nik", "nomor", 1)), "columns_missing"},
		"a column twice":             {upload("", strings.Replace(text, "email", "nik", 1)), "column_twice"},
		"too many columns":           {upload("", headers[0]+strings.Repeat(",x", 200)+"\n"+headers[1]), "too_many_columns"},
		"a quote that is left open":  {upload("", headers[0]+"\n\""+strings.Repeat("x", 80_000)), "row_too_long"},
		"a workbook of 32 MiB":       {upload("", append([]byte("PK\x03\x04"), make([]byte, 32<<20)...)), "file_too_large"},
		"a text for a workbook":      {upload("", text).under("Content-Type", workbook), "file_unreadable"},
	} {
		b := w.driven(w.kpu, w.kpu.send(tt.call).must(t, 202))
		same(t, name, b.object["status"], "rejected")
		same(t, name, b.faults(), tt.code)
		words := map[string]any{}
		for _, language := range []string{"id", "en"} {
			o := w.kpu.send(get("/v1/imports/"+b.id()).under("Accept-Language", language)).must(t, 200).object(t)
			words[language] = o["errors"].([]any)[0].(object)["detail"]
		}
		if words["id"] == words["en"] {
			t.Errorf("%s: both languages say %v", name, words["id"])
		}
	}
	same(t, "parts", one[int](w.server, `select count(*) from import_parts`), 0)
	same(t, "officers", w.officers(), 0)
}

// TestAnUploadEndsCommittedByItself, and whoever follows it sees it go on, and never
// back.
func TestAnUploadEndsCommittedByItself(t *testing.T) {
	t.Parallel()
	w := settle(t)
	w.working(t)
	id := w.kpu.send(upload("", inCSV(several(1, 25_000)...))).must(t, 202).id(t)
	followed := w.kpu.send(get("/v1/imports/"+id+"/progress").under("Accept-Language", "en")).must(t, 200)
	same(t, "type", followed.Header.Get("Content-Type"), "text/event-stream")
	w.checkProgress(t, followed)
	waited := w.kpu.send(get("/v1/imports/"+id).under("Prefer", "wait=20")).must(t, 200)
	same(t, "applied", waited.Header.Get("Preference-Applied"), "wait=20")
	brought{waited.object(t), w.kpu}.expect("committed", "25000 rows: 25000 created")
	second := w.kpu.send(upload("", inCSV(ratna(30_000)))).must(t, 202).id(t)
	brought{w.kpu.send(get("/v1/imports/"+second).under("Prefer", "wait=20")).object(t), w.kpu}.expect("committed", "1 rows: 1 created")
	same(t, "not waited", w.kpu.send(get("/v1/imports/"+second).under("Prefer", "respond-async")).Header.Get("Preference-Applied"), "")
	same(t, "officers", w.officers(), 25_001)
}

// TestAnUploadLeftForADayIsDroppedByAServerThatHasJustStarted: one that is restarted
// every night never lives for long.
func TestAnUploadLeftForADayIsDroppedByAServerThatHasJustStarted(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id := w.kpu.send(upload("", inCSV(ratna(1))).under("Upload-Complete", "?0")).must(t, 201).id(t)
	w.at(today.Add(25 * time.Hour))
	w.working(t)
	waited := w.kpu.send(get("/v1/imports/"+id).under("Prefer", "wait=20")).must(t, 200)
	same(t, "status", waited.object(t)["status"], "cancelled")
	same(t, "parts", one[int](w.server, `select count(*) from import_parts`), 0)
}

// working works the job queue until the test is over.
func (w *world) working(t *testing.T) {
	t.Helper()
	workers, err := jobs.Start(t.Context(), w.driver(), w.door.Documents, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := workers.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

func (w *world) checkProgress(t *testing.T, stream answer) {
	t.Helper()
	phases, last, version, status := []string{}, 0.0, 0.0, ""
	for event := range strings.SplitSeq(strings.TrimSpace(string(stream.raw)), "\n\n") {
		_, data, found := strings.Cut(event, "data: ")
		var o object
		if err := json.Unmarshal([]byte(data), &o); !found || err != nil {
			t.Fatalf("%q: %v", event, err)
		}
		if !strings.HasPrefix(event, fmt.Sprintf("id: %v\nevent: progress\n", o["version"])) || o["version"].(float64) <= version {
			t.Errorf("%.80q after version %v", event, version)
		}
		version, status = o["version"].(float64), fmt.Sprint(o["status"])
		progress := o["progress"].(object)
		phase, processed := fmt.Sprint(progress["phase"]), progress["processed"].(float64)
		if len(phases) == 0 || phases[len(phases)-1] != phase {
			phases, last = append(phases, phase), 0
		}
		if total, known := progress["total"].(float64); processed < last || known && processed > total {
			t.Errorf("%s: %v of %v after %v", phase, processed, total, last)
		}
		last = processed
	}
	same(t, "status at the end", status, "committed")
	same(t, "phase at the end", phases[len(phases)-1], "resting")
	if len(phases) < 2 {
		t.Errorf("only %q were seen", phases)
	}
}

// TestWhoeverWaitsIsAnsweredWhenTheServerStops, and so is whoever follows.
func TestWhoeverWaitsIsAnsweredWhenTheServerStops(t *testing.T) {
	t.Parallel()
	w := settle(t)
	id := w.kpu.send(upload("", inCSV(ratna(1)))).must(t, 202).id(t) // and nobody works
	w.door.Stop()
	same(t, "status", w.kpu.send(get("/v1/imports/"+id).under("Prefer", "wait=20")).must(t, 200).object(t)["status"], "received")
	w.kpu.get("/v1/imports/"+id+"/progress").must(t, 200)
	w.kpu.send(get("/v1/imports/"+uuid.NewString()).under("Prefer", "wait=20")).must(t, 404)
}
