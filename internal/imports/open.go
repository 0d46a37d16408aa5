package imports

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"naungan/internal/cover"
)

// The media types of files.
const (
	mediaCSV    = "text/csv"
	mediaNDJSON = "application/x-ndjson"
	mediaXLSX   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// What a file may be at most. A village has tens of officers, the country fewer
// than eight million; whatever is beyond these is a mistake or an attack.
const (
	mostContent  = 4 << 30  // bytes, when unpacked
	mostRow      = 64 << 10 // bytes; an officer takes some 300
	mostRows     = 5_000_000
	mostColumns  = 200
	mostWorkbook = 32 << 20 // bytes of a workbook as it is sent, for it is held in memory
	mostUnzipped = 2 << 30  // bytes of a workbook's parts together
	mostPart     = 16 << 20 // bytes of a part of a workbook that is held in memory
)

// limits are what a file may be at most. They are a parameter only so that tests
// need no files of gigabytes.
type limits struct {
	content, workbook, unzipped, part int64
	row, columns                      int
	rows                              int64
}

var usualLimits = limits{
	content: mostContent, workbook: mostWorkbook, unzipped: mostUnzipped, part: mostPart,
	row: mostRow, columns: mostColumns, rows: mostRows,
}

// file is a file of officers that is being read, row by row.
type file struct {
	header cover.ImportHeader
	rows   rows
	read   int64
	most   int64
	closed []func() error // run in turn
	failed error          // what stopped the reading; it stays
}

// rows is what the formats have in common.
type rows interface {
	// next reads a row into an empty line, or says io.EOF.
	next(l *line) error
}

// open reads the head of a file of officers and says how the rest is read. A file
// that cannot be read is an error of kind Invalid, here or from next; tmp is where
// large parts of a workbook are unpacked until Close.
func open(content io.Reader, media, encoding, tmp string) (*file, error) {
	return openWithin(usualLimits, content, media, encoding, tmp)
}

func openWithin(most limits, content io.Reader, media, encoding, tmp string) (*file, error) {
	f := &file{most: most.rows}
	err := f.open(most, content, media, encoding, tmp)
	if err != nil {
		_ = f.Close() // what is wrong with the file is told already
		return nil, err
	}
	return f, nil
}

func (f *file) open(most limits, content io.Reader, media, encoding, tmp string) error {
	plain, err := f.unpack(most, content, encoding)
	if err != nil {
		return err
	}
	// A header of mostColumns columns and one row must fit into what can be looked
	// at in advance.
	ahead := bufio.NewReaderSize(plain, most.row+utf8BOMSize+2)
	if err := f.sniff(ahead, plain, media); err != nil {
		return err
	}
	switch media {
	case mediaCSV:
		f.rows, err = openCSV(most, ahead, plain, &f.header)
	case mediaNDJSON:
		f.rows, err = openNDJSON(most, ahead, plain, &f.header)
	case mediaXLSX:
		var book *workbook
		if book, err = openXLSX(most, ahead, tmp, &f.header); book != nil {
			f.rows = book
			f.closed = append([]func() error{book.close}, f.closed...)
		}
	default:
		err = fmt.Errorf("open a file of officers: no reader for %s", media)
	}
	return err
}

// next reads the next row into l, or says io.EOF. A file without a single row is
// refused (file_empty): one of two would end everybody it leaves out.
func (f *file) next(l *line) error {
	if f.failed != nil {
		return f.failed
	}
	*l = line{}
	err := f.rows.next(l)
	switch {
	case errors.Is(err, io.EOF) && f.read == 0:
		err = refuse(cover.FileEmpty, nil)
	case err == nil && f.read == f.most:
		err = refuse(cover.TooManyRows, cover.Params{"limit": f.most})
	}
	if err != nil {
		f.failed = err
		return err
	}
	f.read++
	return nil
}

// Close gives back what reading took. The content is the caller's to close.
func (f *file) Close() error {
	var all []error
	for _, done := range f.closed {
		all = append(all, done())
	}
	f.closed = nil
	if f.failed == nil {
		f.failed = io.ErrClosedPipe
	}
	return errors.Join(all...)
}

// unpack undoes the encoding and watches over what comes out.
func (f *file) unpack(most limits, content io.Reader, encoding string) (*plain, error) {
	src := &source{r: content}
	p := &plain{r: src, src: src, limit: most.content}
	head := bufio.NewReader(src)
	if encoding != "" {
		if _, err := head.Peek(1); errors.Is(err, io.EOF) {
			return nil, refuse(cover.FileEmpty, nil)
		} else if err != nil {
			return nil, src.blame(err, err)
		}
	}
	switch encoding {
	case "":
	case "gzip":
		z, err := gzip.NewReader(head)
		if err != nil {
			return nil, src.blame(err, unreadable(0, packingFlaw(err)))
		}
		p.r = z
	case "zstd":
		z, err := zstd.NewReader(head, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(mostWindow))
		if err != nil {
			return nil, src.blame(err, unreadable(0, packingFlaw(err)))
		}
		f.closed = append(f.closed, func() error { z.Close(); return nil })
		p.r = z
	default:
		return nil, fmt.Errorf("open a file of officers: no decoder for %s", encoding)
	}
	return p, nil
}

// mostWindow is how far back a zstd stream may refer: what RFC 8878 recommends to
// support, and all that the levels up to 19 use. It bounds the decoder's memory.
const mostWindow = 8 << 20

// source tells a content that could not be fetched, which is ours to mend, from
// one that makes no sense.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// blame says why reading failed: because of the source, or else as given.
func (s *source) blame(err error, otherwise error) error {
	if s.err != nil {
		return fmt.Errorf("read the content: %w", err)
	}
	return otherwise
}

// plain is the unpacked content. It counts, and stops at the limit whatever a
// small body unfolds to. Its errors are those that callers of next see, and stay.
type plain struct {
	r     io.Reader
	src   *source
	n     int64
	limit int64
	err   error
}

func (p *plain) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	if room := p.limit + 1 - p.n; int64(len(b)) > room {
		b = b[:room]
	}
	n, err := p.r.Read(b)
	p.n += int64(n)
	switch {
	case p.n > p.limit:
		p.err = tooLarge(p.limit)
		return 0, p.err
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	}
	p.err = p.src.blame(err, unreadable(p.n, packingFlaw(err)))
	return n, p.err
}

// packingFlaw says in a word why a stream could not be unpacked.
func packingFlaw(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "truncated"
	case errors.Is(err, gzip.ErrHeader):
		return "not_gzip"
	case errors.Is(err, zstd.ErrMagicMismatch):
		return "not_zstd"
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return "window_too_large"
	default:
		return "corrupt"
	}
}

const utf8BOMSize = 3

var (
	utf8BOM   = []byte("\xef\xbb\xbf")
	zipMagic  = []byte("PK\x03\x04")
	gzipMagic = []byte("\x1f\x8b")
	zstdMagic = []byte("\x28\xb5\x2f\xfd")
	oleMagic  = []byte("\xd0\xcf\x11\xe0") // the workbooks of before 2007, and those with a password
	pdfMagic  = []byte("%PDF")
)

// sniff refuses a file that is plainly not what it is said to be, and steps over
// a byte order mark.
func (f *file) sniff(ahead *bufio.Reader, p *plain, media string) error {
	head, err := ahead.Peek(sniffed)
	if p.err != nil && len(head) == 0 {
		return p.err
	}
	if err != nil && len(head) == 0 {
		return refuse(cover.FileEmpty, nil)
	}
	if reason := disguise(head, media); reason != "" {
		return unreadable(0, reason)
	}
	if media == mediaXLSX {
		return nil
	}
	if utf16(head) {
		return refuse(cover.FileEncoding, cover.Params{"encoding": "UTF-16"})
	}
	if bytes.HasPrefix(head, utf8BOM) {
		f.header.ByteOrderMark = true
		_, err = ahead.Discard(utf8BOMSize)
		return err
	}
	return nil
}

// sniffed is how many bytes are looked at to tell what a file is.
const sniffed = 1024

// disguise says in a word what else a file is than its media type.
func disguise(head []byte, media string) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, gzipMagic), bytes.HasPrefix(head, zstdMagic):
		return "compressed"
	case bytes.HasPrefix(head, oleMagic):
		return "old_workbook"
	case bytes.HasPrefix(head, pdfMagic):
		return "pdf"
	case media == mediaXLSX && !bytes.HasPrefix(head, []byte("PK")):
		return "not_a_workbook"
	case media != mediaXLSX && bytes.HasPrefix(head, zipMagic):
		return "workbook"
	case media == mediaCSV && bytes.HasPrefix(text, []byte("{")):
		return "json"
	case media == mediaNDJSON && bytes.HasPrefix(text, []byte("[")):
		return "json_array"
	default:
		return ""
	}
}

// utf16 recognises text of two bytes a character by its mark, or by the zeros that
// every Latin letter then brings.
func utf16(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true
	}
	return len(head) >= 4 && bytes.Count(head, []byte{0}) >= len(head)/3
}

// refuse makes the error of a file that cannot be taken.
func refuse(code cover.Code, params cover.Params) *cover.Error {
	return cover.Refuse(cover.Invalid, code, params)
}

func unreadable(at int64, reason string) *cover.Error {
	return refuse(cover.FileUnreadable, cover.Params{"byte": at, "reason": reason})
}

// wholly reads what has to be held in memory as a whole. Refuses more than so many
// bytes (file_too_large).
func wholly(content io.Reader, most int64) ([]byte, error) {
	all, err := io.ReadAll(io.LimitReader(content, most+1))
	if err == nil && int64(len(all)) > most {
		err = tooLarge(most)
	}
	return all, err
}

func tooLarge(limit int64) *cover.Error {
	return refuse(cover.FileTooLarge, cover.Params{"limit": limit})
}

func rowTooLong(row int64, most int, at int64) *cover.Error {
	return refuse(cover.RowTooLong, cover.Params{"row": row, "limit": most, "byte": at})
}
