package documents

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// MostBytes is how large a document may be: a photograph, or some forty pages as a
// scanner makes them. The contract says it too.
const MostBytes = 20 << 20

// pieceSize is how much of a document is in memory at a time.
const pieceSize = 1 << 20

// Shelf is where the sealed pieces of documents are kept.
type Shelf interface {
	// Put keeps a piece. It is safe when Put returns.
	Put(ctx context.Context, document uuid.UUID, number int, sealed []byte) error
	// Get returns a piece; an error if it is not there.
	Get(ctx context.Context, document uuid.UUID, number int) ([]byte, error)
	// Drop destroys all pieces of a document. That there are none is no error.
	Drop(ctx context.Context, document uuid.UUID) error
}

// The names of shelves, as documents remember them.
const (
	inDatabase = "database"
	inObjects  = "objects"
)

// Keeper keeps the bytes of documents.
type Keeper struct {
	Store   *store.Store
	Objects Shelf    // in an object store; without one, documents are kept in the database
	Scanner []string // a command that looks at documents; none if nobody does
}

// Scans reports whether documents are looked at before anybody reads them.
func (k Keeper) Scans() bool { return len(k.Scanner) > 0 }

// newest is the name of the shelf on which new documents are put. Those that came
// before the installation had an object store stay where they are.
func (k Keeper) newest() string {
	if k.Objects != nil {
		return inObjects
	}
	return inDatabase
}

func (k Keeper) shelf(name string) (Shelf, error) {
	switch {
	case name == inDatabase:
		return k.Store.Pieces(), nil
	case name == inObjects && k.Objects != nil:
		return k.Objects, nil
	default:
		return nil, cover.Refuse(cover.Unavailable, cover.ServiceUnavailable, nil) // the setting is missing
	}
}

// Kept is what was kept of a body.
type Kept struct {
	Size   int64
	SHA256 []byte
}

// Keep reads a body to its end and puts it on the shelf of an arriving document,
// piece by piece. Refuses what is not what it is said to be (document_not_its_type,
// document_ambiguous) and what is larger than MostBytes (upload_too_large).
func (k Keeper) Keep(ctx context.Context, d cover.Document, body io.Reader) (Kept, error) {
	shelf, err := k.shelf(d.Shelf)
	if err != nil {
		return Kept{}, err
	}
	sum, look := sha256.New(), inspector{declared: d.MediaType}
	piece, size := make([]byte, pieceSize), int64(0)
	for number := 0; ; number++ {
		n, err := io.ReadFull(body, piece)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return Kept{}, err
		}
		if size += int64(n); size > MostBytes {
			return Kept{}, &cover.Error{Kind: cover.Malformed, Code: cover.UploadTooLarge, Params: cover.Params{"limit": MostBytes}}
		}
		if n > 0 {
			sum.Write(piece[:n])
			if err := look.see(piece[:n]); err != nil {
				return Kept{}, err
			}
			sealed, err := k.Store.Keys().Seal(piece[:n], bind(d.ID, number))
			if err != nil {
				return Kept{}, err
			}
			if err := shelf.Put(ctx, d.ID, number, sealed); err != nil {
				return Kept{}, fmt.Errorf("keep piece %d of document %s: %w", number, d.ID, err)
			}
		}
		if ended {
			return Kept{Size: size, SHA256: sum.Sum(nil)}, look.end()
		}
	}
}

// bind names the place of a piece, so that it opens nowhere else.
func bind(id uuid.UUID, number int) []byte {
	return binary.BigEndian.AppendUint32(append([]byte("document piece "), id[:]...), uint32(number)) //nolint:gosec // there are twenty at most
}

// Content is the bytes of a document on their way to a reader. It holds one piece,
// and no connection, for as long as the reader likes.
type Content struct {
	ctx    context.Context
	keeper Keeper
	shelf  Shelf
	d      cover.Document
	next   int
	left   int64
	piece  []byte
	sum    hash.Hash
}

// Open fetches the first piece of a document. Pieces that are missing, cut short,
// in another order or another document's are an error of ours, and so are bytes
// that do not agree with the digest: the last piece is kept back then.
func (k Keeper) Open(ctx context.Context, d cover.Document) (*Content, error) {
	shelf, err := k.shelf(d.Shelf)
	if err != nil {
		return nil, err
	}
	c := &Content{ctx: ctx, keeper: k, shelf: shelf, d: d, left: d.Size, sum: sha256.New()}
	return c, c.fetch()
}

func (c *Content) Read(p []byte) (int, error) {
	if len(c.piece) == 0 {
		if c.left == 0 {
			return 0, io.EOF
		}
		if err := c.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.piece)
	c.piece = c.piece[n:]
	return n, nil
}

func (c *Content) fetch() error {
	sealed, err := c.shelf.Get(c.ctx, c.d.ID, c.next)
	if err != nil {
		return fmt.Errorf("piece %d of document %s: %w", c.next, c.d.ID, err)
	}
	piece, err := c.keeper.Store.Keys().Open(sealed, bind(c.d.ID, c.next))
	if err != nil {
		return fmt.Errorf("open piece %d of document %s: %w", c.next, c.d.ID, err)
	}
	if want := min(c.left, pieceSize); int64(len(piece)) != want {
		return fmt.Errorf("piece %d of document %s has %d bytes, not %d", c.next, c.d.ID, len(piece), want)
	}
	c.sum.Write(piece)
	c.next, c.left = c.next+1, c.left-int64(len(piece))
	if c.left == 0 && !bytes.Equal(c.sum.Sum(nil), c.d.SHA256) {
		return fmt.Errorf("document %s is not the bytes that came", c.d.ID)
	}
	c.piece = piece
	return nil
}
