package paper_test

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"naungan/internal/cover"
	"naungan/internal/paper"
)

type item struct {
	Name   string `json:"name"`
	Amount int64  `json:"amount"`
}

var items = paper.List[item]{Name: "rows", Columns: []paper.Column[item]{
	{Name: "name", Text: func(i item) string { return i.Name }},
	{Name: "amount", Number: func(i item) int64 { return i.Amount }, Summed: true},
}}

var errBroken = errors.New("broken")

// several are n items, and then an error if there is one.
func several(n int, err error) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for range n {
			if !yield(item{"=1+1 <b>", 9_007_199_254}, nil) {
				return
			}
		}
		if err != nil {
			yield(item{}, err)
		}
	}
}

func TestAListIsWrittenInEveryForm(t *testing.T) {
	t.Parallel()
	for media, want := range map[string]string{
		paper.CSV:    "name,amount\r\n'=1+1 <b>,9007199254\r\n'=1+1 <b>,9007199254\r\n",
		paper.NDJSON: strings.Repeat(`{"name":"=1+1 <b>","amount":9007199254}`+"\n", 2),
	} {
		var out bytes.Buffer
		if err := items.Write(&out, media, several(2, nil)); err != nil || out.String() != want {
			t.Errorf("%s: %v %q", media, err, out.String())
		}
	}
	var out bytes.Buffer
	if err := items.Write(&out, paper.Workbook, several(2, nil)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for cell, want := range map[string]string{"A1": "name", "A2": "=1+1 <b>", "B3": "9007199254", "A4": "TOTAL", "B4": "18014398508"} {
		if got, err := f.GetCellValue("rows", cell, excelize.Options{RawCellValue: true}); err != nil || got != want {
			t.Errorf("%s: %q %v", cell, got, err)
		}
		if formula, err := f.GetCellFormula("rows", cell); err != nil || formula != "" {
			t.Errorf("%s is a formula: %q %v", cell, formula, err)
		}
	}
	if err := items.Write(&out, "text/plain", several(1, nil)); err == nil {
		t.Error("a form that is not known is written")
	}
}

// TestAListThatBreaksIsNotTakenForTheWhole: the error comes back, and as long as
// nothing was sent nothing is.
func TestAListThatBreaksIsNotTakenForTheWhole(t *testing.T) {
	t.Parallel()
	for _, media := range []string{paper.CSV, paper.NDJSON, paper.Workbook} {
		for n, sent := range map[int]bool{0: false, 3: media != paper.Workbook} {
			var out bytes.Buffer
			if err := items.Write(&out, media, several(n, errBroken)); !errors.Is(err, errBroken) || (out.Len() > 0) != sent {
				t.Errorf("%s after %d: %v, %d bytes", media, n, err, out.Len())
			}
		}
		if err := items.Write(full{}, media, several(100_000, nil)); !errors.Is(err, errBroken) {
			t.Errorf("%s to a full disk: %v", media, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errBroken }

// TestAWorkbookHoldsSoManyRows and refuses more, before anything is sent.
func TestAWorkbookHoldsSoManyRows(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := items.Write(&out, paper.Workbook, several(excelize.TotalRows-1, nil))
	refused, ours := errors.AsType[*cover.Error](err)
	if !ours || refused.Code != cover.TooManyRows || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

// TestAListTakesTheSameMemoryHoweverLong it is.
func TestAListTakesTheSameMemoryHoweverLong(t *testing.T) { //nolint:paralleltest // it measures memory
	inUse := func() uint64 {
		var now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&now)
		return now.HeapAlloc
	}
	for _, media := range []string{paper.CSV, paper.NDJSON, paper.Workbook} {
		var at []uint64
		watched := func(yield func(item, error) bool) {
			n := 0
			for i, err := range several(400_001, nil) {
				if n++; n%200_000 == 0 {
					at = append(at, inUse())
				}
				if !yield(i, err) {
					return
				}
			}
		}
		if err := items.Write(io.Discard, media, watched); err != nil {
			t.Fatal(err)
		}
		if at[1] > at[0]+(1<<20) {
			t.Errorf("%s: %d bytes in use after 200,000 items, %d after 400,000", media, at[0], at[1])
		}
	}
}
