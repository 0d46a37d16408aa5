package imports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/tidwall/gjson"

	"naungan/internal/cover"
)

// ndjsonRows reads objects, one a line. They are what POST /v1/officers takes, so
// names are exact, types count and nothing is trimmed.
type ndjsonRows struct {
	ahead   *bufio.Reader
	plain   *plain
	most    int
	begun   int64 // bytes before the next line
	lines   int64
	first   *line                 // read in advance, to learn the columns
	columns *[]cover.ImportColumn // where to list those of the first object; nil afterwards
}

func openNDJSON(most limits, ahead *bufio.Reader, p *plain, header *cover.ImportHeader) (*ndjsonRows, error) {
	n := &ndjsonRows{ahead: ahead, plain: p, most: most.row, columns: &header.Columns}
	if header.ByteOrderMark {
		n.begun = utf8BOMSize
	}
	first := &line{}
	err := n.next(first)
	if errors.Is(err, io.EOF) {
		return nil, refuse(cover.FileEmpty, nil)
	}
	n.first, n.columns = first, nil
	return n, err
}

func (n *ndjsonRows) next(l *line) error {
	if n.first != nil {
		*l, n.first = *n.first, nil
		return nil
	}
	for {
		text, err := n.line()
		if err != nil {
			return err
		}
		if text = bytes.Trim(text, " \t\r\n"); len(text) > 0 {
			l.no = n.lines
			n.read(l, text)
			return nil
		}
	}
}

// line reads the next line.
func (n *ndjsonRows) line() ([]byte, error) {
	text, err := n.ahead.ReadSlice('\n')
	if n.plain.err != nil && err != nil {
		return nil, n.plain.err
	}
	if len(text) == 0 {
		return nil, err
	}
	n.lines++
	if errors.Is(err, bufio.ErrBufferFull) || len(bytes.TrimRight(text, "\r\n")) > n.most {
		return nil, rowTooLong(n.lines, n.most, n.begun+int64(n.most))
	}
	n.begun += int64(len(text))
	return text, nil
}

// read reads an object. A key that is there twice counts as it stands last, which
// is how the rest of the contract is read.
func (n *ndjsonRows) read(l *line, text []byte) {
	if !gjson.ValidBytes(text) || text[0] != '{' {
		l.faults.Add("", cover.JSONInvalid, jsonFlaw(text))
		return
	}
	gjson.ParseBytes(text).ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		if column, known := cover.ColumnNamed(name); known {
			l.putJSON(column, value)
			n.list(name)
		} else if name == rowNote {
			l.amends = rowNumber(value.String())
		} else if !strings.HasPrefix(name, "_") {
			l.unknown(name)
		}
		return len(l.faults) < mostFaults
	})
}

func (n *ndjsonRows) list(name string) {
	if n.columns != nil {
		*n.columns = append(*n.columns, cover.ImportColumn{Header: name, Column: name})
	}
}

// mostFaults is how many faults of a row are told; nobody mends more in one go.
const mostFaults = 100

// jsonFlaw says where a text stops being an object.
func jsonFlaw(text []byte) cover.Params {
	if !json.Valid(text) {
		var value any
		if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &value)); ok {
			return cover.Params{"offset": syntax.Offset}
		}
	}
	return cover.Params{"offset": int64(1)}
}

// putJSON puts a value in place of one that stood there before.
func (l *line) putJSON(c cover.Column, value gjson.Result) {
	l.forget(c)
	switch {
	case value.Type == gjson.Null:
		l.faults.Add("/"+c.String(), cover.NullNotAllowed, nil)
	case c == cover.ColHonorarium:
		l.put(c, value.Raw)
		if value.Type != gjson.Number {
			l.putText(c, value.String())
			l.faults.Add("/"+c.String(), cover.WrongType, wantInteger)
		} else if code, params := integerFlaw(value.Raw); code != "" {
			l.faults.Add("/"+c.String(), code, params)
		}
	case value.Type == gjson.String:
		l.putText(c, value.Str)
	default:
		l.putText(c, value.Raw)
		if listed := listedFor(c); listed != nil { // the contract looks at the list first
			l.faults.Add("/"+c.String(), cover.NotListed, listed)
		} else {
			l.faults.Add("/"+c.String(), cover.WrongType, wantText)
		}
	}
}

func (l *line) forget(c cover.Column) {
	if len(l.faults) > 0 {
		l.faults = slices.DeleteFunc(l.faults, func(f cover.Fault) bool { return f.Pointer == "/"+c.String() })
	}
	l.cells[c], l.given = "", l.given&^(1<<c)
}

// unknown is a key that the contract does not know. It might hold anything, and
// is told back.
func (l *line) unknown(key string) {
	name := nameable(key)
	params := cover.Params{"name": name}
	if near := nearest(name); near != "" {
		params["nearest"] = near
	}
	l.faults.Add("/"+name, cover.UnknownField, params)
}

// nameable keeps of a key only what the name of a field may be made of.
func nameable(key string) string {
	for i := range len(key) {
		if b := key[i] | 0x20; (b < 'a' || b > 'z') && strings.IndexByte("_.-", key[i]) < 0 {
			return "?"
		}
	}
	return key[:min(len(key), 40)]
}

// nearest finds the column that was probably meant; none if nothing is near.
func nearest(name string) (best string) {
	least := max(len(name)/2, 2)
	for _, c := range cover.Columns {
		if d := levenshtein.ComputeDistance(name, c.String()); name != "?" && d <= least && (best == "" || d < least) {
			best, least = c.String(), d
		}
	}
	return best
}
