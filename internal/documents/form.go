package documents

import (
	"bytes"
	"encoding/binary"

	"naungan/internal/cover"
)

// form is a type of file that is taken: one that every branch can look at, and that
// begins in a way no other file does.
type form struct {
	media   string
	begins  func(head []byte) bool
	extends string
}

var forms = []form{
	{"application/pdf", func(h []byte) bool { return bytes.HasPrefix(h, []byte("%PDF-")) }, ".pdf"},
	{"image/jpeg", func(h []byte) bool { return bytes.HasPrefix(h, []byte("\xff\xd8\xff")) }, ".jpg"},
	{"image/png", func(h []byte) bool { return bytes.HasPrefix(h, []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")) }, ".png"},
	{"image/webp", func(h []byte) bool {
		return len(h) >= 16 && bytes.HasPrefix(h, []byte("RIFF")) && bytes.HasPrefix(h[8:], []byte("WEBPVP8"))
	}, ".webp"},
}

// sniff is the media type of what begins like this; empty if it is none that is
// taken.
func sniff(head []byte) string {
	for _, f := range forms {
		if f.begins(head) {
			return f.media
		}
	}
	return ""
}

// Extension is what the name of a file of a media type ends in.
func Extension(media string) string {
	for _, f := range forms {
		if f.media == media {
			return f.extends
		}
	}
	return ""
}

const (
	// guessed is how much of a file programs look at that guess what it is: browsers
	// for a page, readers of PDF for the header of one.
	guessed = 1 << 10
	// archiveEnd is the length of what ends a ZIP archive, before its comment, of which
	// longestComment is the most.
	archiveEnd, longestComment = 22, 1<<16 - 1
)

// inspector looks at a file as it passes, and refuses what is another type than was
// said (document_not_its_type), or one more type besides (document_ambiguous).
type inspector struct {
	declared string
	begun    bool
	tail     []byte
}

// see looks at the next piece. The first one must be longer than what is guessed by,
// if the file is.
func (i *inspector) see(piece []byte) error {
	if !i.begun {
		i.begun = true
		if err := i.begin(piece); err != nil {
			return err
		}
	}
	i.tail = append(i.tail, piece...)
	if most := archiveEnd + longestComment; len(i.tail) > most {
		i.tail = append(i.tail[:0], i.tail[len(i.tail)-most:]...)
	}
	return nil
}

func (i *inspector) begin(piece []byte) error {
	if found := sniff(piece); found != i.declared {
		return cover.Refuse(cover.Invalid, cover.DocumentNotItsType, cover.Params{"declared": i.declared, "found": found})
	}
	head := bytes.ToLower(piece[:min(len(piece), guessed)])
	for _, mark := range marks {
		if bytes.Contains(head, mark) {
			return ambiguous("page")
		}
	}
	if bytes.Contains(head[1:], []byte("%pdf-")) {
		return ambiguous("document")
	}
	return nil
}

// marks are by what a page is known, however early it begins.
var marks = [][]byte{
	[]byte("<!doctype html"), []byte("<html"), []byte("<head"), []byte("<body"), []byte("<script"), []byte("<iframe"), []byte("<svg"),
}

// end looks at how the file ended. An archive is known by its end, and may have a
// picture before it.
func (i *inspector) end() error {
	if !i.begun {
		return cover.Refuse(cover.Invalid, cover.DocumentNotItsType, cover.Params{"declared": i.declared, "found": ""})
	}
	for at := len(i.tail) - archiveEnd; at >= 0; at-- {
		record := i.tail[at:]
		if bytes.HasPrefix(record, []byte("PK\x05\x06")) && int(binary.LittleEndian.Uint16(record[20:])) == len(record)-archiveEnd {
			return ambiguous("archive")
		}
	}
	return nil
}

func ambiguous(also string) error {
	return cover.Refuse(cover.Invalid, cover.DocumentAmbiguous, cover.Params{"also": also})
}
