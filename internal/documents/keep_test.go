package documents_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/store"
)

const mebibyte = 1 << 20

func TestAPaperIsReadAsItWasSent(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		for name, size := range map[string]int{
			"a small one": 100, "one piece": mebibyte, "one piece and a byte": mebibyte + 1, "several pieces": 3*mebibyte + 5,
		} {
			content := paper(size)
			d, fresh := w.send(content)
			if !fresh || d.Status != cover.DocumentReceived || d.Scanned || d.Size != int64(size) || !bytes.Equal(d.SHA256, digest(content)) {
				w.Errorf("%s: %+v", name, d)
			}
			if got, err := w.read(d); err != nil || got != content {
				w.Errorf("%s: %d bytes came back, %v", name, len(got), err)
			}
			if want := (size + mebibyte - 1) / mebibyte; w.pieces(d.ID) != want {
				w.Errorf("%s: %d pieces, want %d", name, w.pieces(d.ID), want)
			}
			sealed, err := w.shelf.Get(w.Context(), d.ID, 0)
			w.must(err)
			if bytes.Contains(sealed, []byte("naungan")) || bytes.Contains(sealed, []byte("%PDF")) {
				w.Errorf("%s lies open on the shelf", name)
			}
		}
	})
}

// Whoever has the shelf in their hands, and not the keys, can destroy a paper, and
// nothing else.
func TestAShelfThatWasTamperedWithIsNoticed(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		content := paper(3*mebibyte - 5)
		other, _ := w.send(paper(3*mebibyte - 4))
		get := func(d cover.Document, number int) []byte {
			sealed, err := w.shelf.Get(w.Context(), d.ID, number)
			w.must(err)
			return sealed
		}
		for name, change := range map[string]func(pieces [][]byte) [][]byte{
			"two pieces change places":  func(p [][]byte) [][]byte { return [][]byte{p[1], p[0], p[2]} },
			"the last piece is missing": func(p [][]byte) [][]byte { return p[:2] },
			"all pieces are missing":    func([][]byte) [][]byte { return nil },
			"a piece comes twice":       func(p [][]byte) [][]byte { return [][]byte{p[0], p[0], p[2]} },
			"a piece is cut short":      func(p [][]byte) [][]byte { return [][]byte{p[0], p[1][:1000], p[2]} },
			"a bit is turned":           func(p [][]byte) [][]byte { p[2][100] ^= 1; return p },
			"another paper's piece":     func(p [][]byte) [][]byte { return [][]byte{p[0], get(other, 1), p[2]} },
		} {
			d, _ := w.send(content)
			pieces := change([][]byte{get(d, 0), get(d, 1), get(d, 2)})
			w.must(w.shelf.Drop(w.Context(), d.ID))
			for number, piece := range pieces {
				w.must(w.shelf.Put(w.Context(), d.ID, number, piece))
			}
			got, err := w.read(d)
			if err == nil || len(got) == len(content) || cover.KindOf(err) != cover.Internal {
				w.Errorf("%s: %d bytes were read, %v", name, len(got), err)
			}
			if !strings.HasPrefix(content, got) {
				w.Errorf("%s: other bytes were read", name)
			}
			w.sql(`update documents set status = 'withdrawn' where id = $1`, d.ID) // makes room for the next
		}
	})
}

// Sealed pieces that agree among themselves may still be those of an earlier paper.
func TestALastPieceThatDoesNotAgreeWithTheDigestIsKeptBack(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		d, _ := w.send(paper(mebibyte + 5))
		d.SHA256 = digest("another paper")
		if got, err := w.read(d); err == nil || len(got) != mebibyte {
			w.Errorf("%d bytes were read, %v", len(got), err)
		}
		d.Size = mebibyte
		if _, err := w.read(d); err == nil {
			w.Error("a paper was read without its end")
		}
	})
}

func TestTheSamePaperIsKeptOnce(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		content := paper(2 * mebibyte)
		first, fresh := w.send(content)
		again, more := w.send(content)
		if !fresh || more || again.ID != first.ID {
			w.Errorf("%v %s, then %v %s", fresh, first.ID, more, again.ID)
		}
		if rows, pieces := w.count(`select count(*) from documents`), w.count(`select count(*) from document_pieces`)+len(w.objects.names("")); rows != 1 || pieces != 2 {
			w.Errorf("%d rows, %d pieces", rows, pieces)
		}
		w.do(func(tx *store.Tx) error { _, err := documents.Withdraw(tx, first.ID, 0); return err })
		if later, fresh := w.send(content); !fresh || later.ID == first.ID {
			w.Error("a paper that was withdrawn keeps its successor away")
		}
	})
}

// cut is a body whose sender hangs up.
type cut struct{ io.Reader }

var errHungUp = errors.New("hung up")

func (c cut) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errHungUp
	}
	return n, err
}

func TestWhatBreaksOffLeavesNothing(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		for name, tt := range map[string]struct {
			body io.Reader
			code cover.Code
		}{
			"a sender who hangs up":        {cut{strings.NewReader(paper(2*mebibyte + 5))}, ""},
			"a page":                       {strings.NewReader("<html>"), cover.DocumentNotItsType},
			"an archive behind two pieces": {strings.NewReader(paper(2*mebibyte) + "PK\x05\x06" + strings.Repeat("\x00", 18)), cover.DocumentAmbiguous},
			"nothing at all":               {strings.NewReader(""), cover.DocumentNotItsType},
			"a byte too many":              {strings.NewReader(paper(documents.MostBytes + 1)), cover.UploadTooLarge},
		} {
			d := w.announce()
			if _, err := w.Keep(w.Context(), d, tt.body); err == nil || codeOf(err) != tt.code {
				w.Errorf("%s: %v, want %q", name, err, tt.code)
			}
			if _, err := w.store.Read(w.Context(), w.kpu).Document(d.ID); cover.KindOf(err) != cover.NotFound {
				w.Errorf("%s is seen: %v", name, err)
			}
			w.must(w.Discard(w.Context(), d.ID))
			if n := w.pieces(d.ID) + w.count(`select count(*) from documents`); n != 0 {
				w.Errorf("%s leaves %d things", name, n)
			}
			w.must(w.Discard(w.Context(), d.ID))
		}
		if d, _ := w.send(paper(documents.MostBytes)); d.Size != documents.MostBytes {
			w.Errorf("the largest one has %d bytes", d.Size)
		}
	})
}

// A process that dies leaves rows and pieces; they are found by their rows.
func TestWhatACrashLeavesIsSwept(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		kept, _ := w.send(paper(200))
		lost := w.announce()
		if _, err := w.Keep(w.Context(), lost, cut{strings.NewReader(paper(2*mebibyte + 5))}); !errors.Is(err, errHungUp) {
			w.Fatal(err)
		}
		gone, _ := w.send(paper(300))
		w.do(func(tx *store.Tx) error { _, err := documents.Withdraw(tx, gone.ID, 0); return err })

		w.now = w.now.Add(23 * time.Hour)
		w.must(w.Sweep(w.Context()))
		if w.pieces(lost.ID) != 2 || w.pieces(gone.ID) != 0 || w.pieces(kept.ID) != 1 {
			w.Errorf("after a while: %d, %d, %d pieces", w.pieces(lost.ID), w.pieces(gone.ID), w.pieces(kept.ID))
		}
		w.now = w.now.Add(2 * time.Hour)
		w.must(w.Sweep(w.Context()))
		if w.pieces(lost.ID) != 0 || w.pieces(kept.ID) != 1 {
			w.Errorf("after a day: %d, %d pieces", w.pieces(lost.ID), w.pieces(kept.ID))
		}
		if n := w.count(`select count(*) from documents where status = 'receiving'`); n != 0 {
			w.Errorf("%d rows are left", n)
		}
		if n := w.count(`select count(*) from documents where id = $1 and destroyed_at is not null`, gone.ID); n != 1 {
			w.Error("the row of what was destroyed does not say so")
		}
	})
}

// A commit whose answer was lost may come after its sender gave up: then there is no
// document, rather than one without its bytes.
func TestWhatIsLetGoOfCannotArriveAnyMore(t *testing.T) {
	t.Parallel()
	w := given(t)
	s := &shelved{w, documents.Keeper{Store: w.store, Objects: w.objects.open(t)}, nil}
	d := s.announce()
	kept, err := s.Keep(t.Context(), d, strings.NewReader(paper(200)))
	w.must(err)
	w.objects.breaks(true)
	if err := s.Discard(t.Context(), d.ID); codeOf(err) != cover.ServiceUnavailable {
		t.Errorf("discarded without the object store: %v", err)
	}
	err = w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error { _, _, err := s.Upload(tx, d, kept, nil); return err })
	if cover.KindOf(err) != cover.NotFound {
		t.Errorf("it arrived: %v", err)
	}
	if _, err := w.store.Read(t.Context(), w.kpu).Document(d.ID); cover.KindOf(err) != cover.NotFound {
		t.Errorf("it is seen: %v", err)
	}
	w.objects.breaks(false)
	w.must(s.Sweep(t.Context()))
	if n := w.pieces(d.ID) + w.count(`select count(*) from documents`); n != 0 {
		t.Errorf("%d things are left", n)
	}
}

func TestOnlyWhatWasWithdrawnIsDestroyed(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		d, _ := w.send(paper(200))
		w.must(w.Destroy(w.Context(), d.ID))
		w.must(w.Discard(w.Context(), d.ID))
		if got, err := w.read(d); err != nil || got != paper(200) {
			w.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

func TestAnIncidentHasSoManyDocuments(t *testing.T) {
	t.Parallel()
	w := given(t)
	s := &shelved{w, documents.Keeper{Store: w.store}, w.store.Pieces()}
	d, _ := s.send(paper(200))
	w.sql(`insert into documents select (uuid_v7(now())), incident_id, heir_id, organisation_id, uploaded_by, client_id, request_id, kind, media_type, size,
			sha256(n::text::bytea), shelf, status, scanned, flaw, flaw_note, decided_at, destroyed_at, version, created_at, updated_at
		from documents, generate_series(1, 199) n where id = $1`, d.ID)
	if _, err := s.tryAnnounce(w.incident); codeOf(err) != cover.TooManyDocuments {
		t.Errorf("one more: %v", err)
	}
	w.do(func(tx *store.Tx) error { _, err := documents.Withdraw(tx, d.ID, 0); return err })
	if _, err := s.tryAnnounce(w.incident); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if _, err := s.tryAnnounce(uuid.New()); codeOf(err) != cover.RuleBroken {
		t.Errorf("for no incident: %v", err)
	}
}

// An installation that gets an object store keeps what it had where it is; one that
// loses the setting says so, and loses nothing.
func TestAPaperStaysOnItsShelf(t *testing.T) {
	t.Parallel()
	w := given(t)
	without := &shelved{w, documents.Keeper{Store: w.store}, w.store.Pieces()}
	with := &shelved{w, documents.Keeper{Store: w.store, Objects: w.objects.open(t)}, nil}
	old, _ := without.send(paper(200))
	young, _ := with.send(paper(300))
	for name, tt := range map[string]struct {
		of   *shelved
		d    cover.Document
		code cover.Code
	}{
		"an old one, with the object store":     {with, old, ""},
		"an old one, without it":                {without, old, ""},
		"a young one, with the object store":    {with, young, ""},
		"a young one, without the object store": {without, young, cover.ServiceUnavailable},
	} {
		if got, err := tt.of.read(tt.d); codeOf(err) != tt.code || (err == nil) != (got != "") {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	w.do(func(tx *store.Tx) error { _, err := documents.Withdraw(tx, young.ID, 0); return err })
	if err := without.Destroy(t.Context(), young.ID); codeOf(err) != cover.ServiceUnavailable || w.pieces(young.ID) != 1 {
		t.Errorf("destroyed without the object store: %v, %d pieces", err, w.pieces(young.ID))
	}
	w.must(with.Sweep(t.Context()))
	if w.pieces(young.ID) != 0 {
		t.Error("what was left is not destroyed")
	}
}

func TestAnObjectStoreThatFailsIsUnavailable(t *testing.T) {
	t.Parallel()
	w := given(t)
	s := &shelved{w, documents.Keeper{Store: w.store, Objects: w.objects.open(t)}, nil}
	d, _ := s.send(paper(200))
	arriving := s.announce()
	w.objects.breaks(true)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for name, do := range map[string]func() error{
		"to keep": func() error { _, err := s.Keep(ctx, arriving, strings.NewReader(paper(200))); return err },
		"to read": func() error { _, err := s.Open(ctx, d); return err },
	} {
		if err := do(); codeOf(err) != cover.ServiceUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.objects.breaks(false)
	if got, err := s.read(d); err != nil || got != paper(200) {
		t.Errorf("afterwards: %d bytes, %v", len(got), err)
	}
}

func TestAnAddressOfAnObjectStoreIsReadWhole(t *testing.T) {
	t.Parallel()
	for address, right := range map[string]bool{
		"s3://bucket": true, "s3://bucket/a/b?endpoint=s3.example.go.id&region=id-jkt-1": true, "s3://bucket?insecure=true&endpoint=minio:9000": true,
		"": false, "https://bucket": false, "s3:///prefix": false, "s3://bucket?insecure=perhaps": false, "s3://bucket?acl=public": false,
		"s3://bucket?endpoint=http://minio:9000/x": false, "s3://%zz": false,
	} {
		if _, err := documents.OpenObjects(address, "id", "hunter2"); (err == nil) != right || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
