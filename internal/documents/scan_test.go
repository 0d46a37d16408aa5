package documents_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/documents"
	"naungan/internal/store"
)

func TestAScannerReleasesOrQuarantines(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		w.Scanner = script(w.T, finder)
		for name, tt := range map[string]struct {
			content string
			status  cover.DocumentStatus
			code    cover.Code
			event   cover.EventType
		}{
			"a clean paper":                 {paper(2*mebibyte + 5), cover.DocumentReceived, "", cover.DocumentWasScanned},
			"a virus behind the last piece": {paper(2*mebibyte) + eicar + "\n", cover.DocumentQuarantined, cover.DocumentInQuarantine, cover.DocumentWasQuarantined},
		} {
			d, _ := w.send(tt.content)
			if d.Status != cover.DocumentScanning || codeOf(d.MayBeRead()) != cover.DocumentBeingScanned {
				w.Errorf("%s is %s before anybody looked", name, d.Status)
			}
			if n := w.count(`select count(*) from river_job where kind = 'document_scan' and queue = $1 and args->>'document_id' = $2::text`, documents.Queue, d.ID.String()); n != 1 {
				w.Errorf("%s: %d jobs", name, n)
			}
			for range 2 { // the second time nothing is left to do
				w.must(w.Scan(w.Context(), d.ID))
			}
			d = w.document(d.ID)
			if d.Status != tt.status || !d.Scanned || codeOf(d.MayBeRead()) != tt.code {
				w.Errorf("%s is %s, scanned %v", name, d.Status, d.Scanned)
			}
			if n := w.count(`select count(*) from events where resource_id = $1 and type = $2 and actor_id = $3`, d.ID, tt.event, w.kpu.OrganisationID); n != 1 {
				w.Errorf("%s: %d events", name, n)
			}
		}
	})
}

// Nobody reads what no scanner has cleared, whatever is wrong with the scanner.
func TestAScannerThatCannotSayReleasesNothing(t *testing.T) {
	t.Parallel()
	w := given(t)
	for name, scanner := range map[string][]string{
		"it fails":         script(t, `cat >/dev/null; exit 2`),
		"it is not there":  {filepath.Join(t.TempDir(), "clamdscan")},
		"it is killed":     script(t, `kill -9 $$`),
		"it is no program": {os.DevNull},
	} {
		s := &shelved{w, documents.Keeper{Store: w.store, Scanner: scanner}, nil}
		d, _ := s.send(paper(1000 + len(name)))
		if err := s.Scan(t.Context(), d.ID); err == nil || cover.KindOf(err) != cover.Internal {
			t.Errorf("%s: %v", name, err)
		}
		if got := s.document(d.ID); got.Status != cover.DocumentScanning || got.Scanned {
			t.Errorf("%s: the paper is %s", name, got.Status)
		}
		s.Scanner = script(t, finder)
		w.must(s.Scan(t.Context(), d.ID))
		if got := s.document(d.ID); got.Status != cover.DocumentReceived {
			t.Errorf("once it works again: the paper is %s", got.Status)
		}
	}
}

// A scanner that is content with half a paper, because the rest could not be
// fetched, has not seen the paper.
func TestAScannerSeesTheWholePaper(t *testing.T) {
	t.Parallel()
	onEachShelf(t, func(w *shelved) {
		w.Scanner = script(w.T, `cat >/dev/null; exit 0`)
		d, _ := w.send(paper(2*mebibyte + 5))
		last, err := w.shelf.Get(w.Context(), d.ID, 2)
		w.must(err)
		first, err := w.shelf.Get(w.Context(), d.ID, 0)
		w.must(err)
		second, err := w.shelf.Get(w.Context(), d.ID, 1)
		w.must(err)
		w.must(w.shelf.Drop(w.Context(), d.ID))
		w.must(w.shelf.Put(w.Context(), d.ID, 0, first))
		w.must(w.shelf.Put(w.Context(), d.ID, 1, second))
		if err := w.Scan(w.Context(), d.ID); err == nil {
			w.Error("a paper without its end was cleared")
		}
		w.must(w.shelf.Put(w.Context(), d.ID, 2, last))
		w.must(w.Scan(w.Context(), d.ID))
		if got := w.document(d.ID); got.Status != cover.DocumentReceived {
			w.Errorf("the paper is %s", got.Status)
		}
	})
}

func TestWhatWasWithdrawnMeanwhileIsNotReleased(t *testing.T) {
	t.Parallel()
	w := given(t)
	s := &shelved{w, documents.Keeper{Store: w.store}, nil}
	flag := filepath.Join(t.TempDir(), "looking")
	s.Scanner = script(t, `cat >/dev/null; touch `+flag+`.begun; while [ ! -e `+flag+` ]; do sleep 0.01; done; exit 0`)
	d, _ := s.send(paper(200))
	done := make(chan error)
	go func() { done <- s.Scan(t.Context(), d.ID) }()
	for _, err := os.Stat(flag + ".begun"); err != nil; _, err = os.Stat(flag + ".begun") {
	}
	w.do(func(tx *store.Tx) error { _, err := documents.Withdraw(tx, d.ID, 0); return err })
	w.must(os.WriteFile(flag, nil, 0o600))
	w.must(<-done)
	if got := s.document(d.ID); got.Status != cover.DocumentWithdrawn || got.Scanned {
		t.Errorf("the paper is %s", got.Status)
	}
	w.must(s.Scan(t.Context(), d.ID))
	w.must(s.Scan(t.Context(), uuid.New()))
}

// What waits for a scanner without a turn in the queue is found again.
func TestWhatNobodyIsToScanIsFound(t *testing.T) {
	t.Parallel()
	w := given(t)
	s := &shelved{w, documents.Keeper{Store: w.store, Scanner: script(t, finder)}, nil}
	d, _ := s.send(paper(200))
	found := func() string {
		ids, err := w.store.UnscannedDocuments(t.Context(), w.now.Add(time.Second))
		w.must(err)
		var all []string
		for _, id := range ids {
			all = append(all, id.String())
		}
		return strings.Join(all, " ")
	}
	if got := found(); got != "" {
		t.Errorf("%s is in the queue, and found", got)
	}
	w.sql(`delete from river_job`) // as after a process that died with the work
	if got := found(); got != d.ID.String() {
		t.Errorf("found %q", got)
	}
	w.must(s.Scan(t.Context(), d.ID))
	if got := found(); got != "" {
		t.Errorf("%s is scanned, and found", got)
	}
}
