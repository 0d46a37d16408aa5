package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	fastjson "github.com/goccy/go-json"
	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"naungan/internal/cover"
)

// mostPart is what a piece of a file may grow to when it is unpacked; receivers
// keep pieces of a fraction of it.
const mostPart = 8 << 20

// packing is a little worse for a small window, and takes a tenth of the memory.
const packingWindow = 256 << 10

var (
	packer, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithWindowSize(packingWindow), zstd.WithLowerEncoderMem(true))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(mostPart))
)

// KeepImportPart keeps a piece of a file, compressed and sealed, behind those that
// are safe already. Refuses a piece that begins elsewhere (upload_offset_wrong), or
// that comes when the file is whole (import_received).
func (tx *Tx) KeepImportPart(id uuid.UUID, begins int64, piece []byte) error {
	var safe int64
	var status cover.ImportStatus
	err := tx.pgx.QueryRow(tx.ctx, `select received_bytes, status from imports where id = $1 for update`, id).Scan(&safe, &status)
	if err != nil {
		return translate(err)
	}
	if err := (cover.Import{Status: status, ReceivedBytes: safe}).MayAppendAt(begins); err != nil {
		return err
	}
	sealed, err := tx.store.keys.Seal(packer.EncodeAll(piece, make([]byte, 0, len(piece)/4)), bindPart(id, begins))
	if err != nil {
		return err
	}
	return tx.each(
		statement{`insert into import_parts (import_id, begins_at, length, sealed) values ($1, $2, $3, $4)`, []any{id, begins, len(piece), sealed}},
		statement{
			`update imports set received_bytes = $2, processed = $2, version = version + 1, updated_at = $3 where id = $1`,
			[]any{id, begins + int64(len(piece)), tx.Now},
		},
	)
}

// DiscardImport takes an upload out of the world that was never acknowledged.
func (tx *Tx) DiscardImport(id uuid.UUID) error {
	return tx.each(
		statement{`delete from import_parts where import_id in (
			select id from imports where id = $1 and status = 'receiving' for update)`, []any{id}},
		statement{`delete from imports where id = $1 and status = 'receiving'`, []any{id}},
	)
}

func bindPart(id uuid.UUID, begins int64) []byte {
	return binary.BigEndian.AppendUint64(id[:], uint64(begins))
} //nolint:gosec // a place in a file is not negative

// ImportContent reads the bytes of a file, piece by piece.
func (s *Store) ImportContent(ctx context.Context, i cover.Import) io.Reader {
	return &content{ctx: ctx, store: s, id: i.ID, size: i.ReceivedBytes}
}

type content struct {
	ctx   context.Context
	store *Store
	id    uuid.UUID
	size  int64
	next  int64 // where the next piece begins
	piece []byte
}

func (c *content) Read(p []byte) (int, error) {
	if len(c.piece) == 0 {
		if err := c.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.piece)
	c.piece = c.piece[n:]
	return n, nil
}

func (c *content) fetch() error {
	if c.next == c.size {
		return io.EOF
	}
	var sealed []byte
	err := c.store.pool.QueryRow(c.ctx, `select sealed from import_parts where import_id = $1 and begins_at = $2`, c.id, c.next).Scan(&sealed)
	if err != nil {
		return fmt.Errorf("piece of import %s at %d: %w", c.id, c.next, err)
	}
	packed, err := c.store.keys.Open(sealed, bindPart(c.id, c.next))
	if err != nil {
		return fmt.Errorf("open a piece of import %s: %w", c.id, err)
	}
	if c.piece, err = unpacker.DecodeAll(packed, nil); err != nil {
		return fmt.Errorf("unpack a piece of import %s: %w", c.id, err)
	}
	c.next += int64(len(c.piece))
	return nil
}

// DropImportParts lets go of the bytes of a file.
func (tx *Tx) DropImportParts(id uuid.UUID) error {
	_, err := tx.pgx.Exec(tx.ctx, `delete from import_parts where import_id = $1`, id)
	return translate(err)
}

// StagedRow is a judged row of a file. A row with faults keeps what was sent.
type StagedRow struct {
	No          int64
	Officer     cover.Officer
	Faults      cover.Faults
	Doubts      cover.Faults
	Cells       cover.Cells
	Suggestions map[string]string
}

// sent is what is kept of a bad row.
type sent struct {
	Cells       cover.Cells       `json:"cells"`
	Suggestions map[string]string `json:"suggestions,omitempty"`
}

// RowEncoder writes staged rows as COPY wants them. One encoder serves one import
// and several goroutines.
type RowEncoder struct {
	store        *Store
	importID     uuid.UUID
	organisation uuid.UUID
}

// EncodeRows returns an encoder for the rows of an import.
func (s *Store) EncodeRows(i cover.Import) *RowEncoder { return &RowEncoder{s, i.ID, i.OrganisationID} }

// stagedColumns are written by Append in this order.
const stagedColumns = `import_id, row_no, officer_id, person_id, digest, personal, external_id, full_name, born_on, sex, position, role,
	area_code, polling_station, decree_number, term_from, term_to, honorarium, sent, faults, doubts`

const stagedCount = 21

// Append adds a row to b, and returns the digest of its officer: nothing for a bad
// row.
func (e *RowEncoder) Append(b []byte, r *StagedRow) (_ []byte, digest uuid.UUID, err error) {
	b = binary.BigEndian.AppendUint16(b, stagedCount)
	b = appendBytes(b, e.importID[:])
	b = appendInt(b, r.No)
	if len(r.Faults) > 0 {
		b, err = e.appendBad(b, r)
	} else {
		b, digest, err = e.appendGood(b, &r.Officer)
	}
	if err != nil {
		return b, digest, err
	}
	if b, err = appendJSON(b, r.Faults); err != nil {
		return b, digest, err
	}
	b, err = appendJSON(b, r.Doubts)
	return b, digest, err
}

func (e *RowEncoder) appendGood(b []byte, o *cover.Officer) ([]byte, uuid.UUID, error) {
	o.ID, o.OrganisationID = newID(), e.organisation
	row, err := e.store.officerRowOf(*o)
	if err != nil {
		return b, uuid.Nil, err
	}
	b = appendBytes(b, row.ID[:])
	b = appendBytes(b, row.PersonID[:])
	b = appendBytes(b, row.Digest[:])
	b = appendBytes(b, row.Personal)
	b = appendBytes(b, o.ExternalID)
	b = appendBytes(b, o.FullName)
	b = appendDate(b, o.BornOn)
	b = appendBytes(b, o.Sex)
	b = appendBytes(b, o.Position)
	b = appendBytes(b, o.Role)
	b = appendBytes(b, o.AreaCode)
	b = appendBytes(b, o.PollingStation)
	b = appendBytes(b, o.DecreeNumber)
	b = appendDate(b, o.TermFrom)
	b = appendDate(b, o.TermTo)
	b = appendInt(b, int64(o.Honorarium))
	return appendNull(b), row.Digest, nil
}

// appendBad keeps the cells of a row that is no officer, sealed.
func (e *RowEncoder) appendBad(b []byte, r *StagedRow) ([]byte, error) {
	plain, err := fastjson.Marshal(sent{r.Cells, r.Suggestions})
	if err != nil {
		return b, err
	}
	sealed, err := e.store.keys.Seal(plain, bindPart(e.importID, r.No))
	for _, column := range strings.Split(stagedColumns, ",")[2 : stagedCount-3] {
		// The key is no secret, and keeps the officer it names on a snapshot's roster.
		if key := r.Cells[cover.ColExternalID]; strings.TrimSpace(column) == "external_id" && utf8.ValidString(key) && !cover.HoldsNIK(key) {
			b = appendBytes(b, strings.ReplaceAll(key, "\x00", ""))
			continue
		}
		b = appendNull(b)
	}
	return appendBytes(b, sealed), err
}

// openSent opens what was kept of a bad row.
func (s *Store) openSent(importID uuid.UUID, row int64, sealed []byte) (out sent, err error) {
	plain, err := s.keys.Open(sealed, bindPart(importID, row))
	if err != nil {
		return out, fmt.Errorf("open row %d of import %s: %w", row, importID, err)
	}
	return out, fastjson.Unmarshal(plain, &out)
}

// The binary format of COPY: each value is its length in four bytes and its bytes.

// copyHeader begins it: a signature, no flags, no extension.
var copyHeader = append([]byte("PGCOPY\n\xff\r\n\x00"), 0, 0, 0, 0, 0, 0, 0, 0)

// copyTrailer ends it.
var copyTrailer = []byte{0xff, 0xff}

func appendNull(b []byte) []byte { return append(b, 0xff, 0xff, 0xff, 0xff) }

func appendBytes[T ~string | ~[]byte](b []byte, value T) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(value))) //nolint:gosec // rows are bounded
	return append(b, value...)
}

func appendInt(b []byte, value int64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(value)) //nolint:gosec // two's complement is what is wanted
}

// postgresEpoch is the day from which Postgres counts.
var postgresEpoch = cover.NewDate(2000, time.January, 1)

func appendDate(b []byte, day cover.Date) []byte {
	if day.Zero() {
		return appendNull(b)
	}
	b = binary.BigEndian.AppendUint32(b, 4)
	return binary.BigEndian.AppendUint32(b, uint32(int32(day.DaysSince(postgresEpoch)))) //nolint:gosec // days of this era
}

func appendJSON(b []byte, faults cover.Faults) ([]byte, error) {
	if len(faults) == 0 {
		return appendNull(b), nil
	}
	written, err := fastjson.Marshal(faults)
	if err != nil {
		return b, err
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(written)+1)) //nolint:gosec // rows are bounded
	return append(append(b, 1), written...), nil                 // 1 is the version of jsonb
}

// StageRows writes encoded rows with COPY, in the transaction. blocks gives them
// in their order; io.EOF ends them, and any other error undoes all.
func (tx *Tx) StageRows(blocks func() ([]byte, error)) (rows int64, err error) {
	done, err := tx.pgx.Conn().PgConn().CopyFrom(tx.ctx, &copyReader{blocks: blocks, block: copyHeader},
		"copy import_rows ("+stagedColumns+") from stdin binary")
	return done.RowsAffected(), translate(err)
}

// copyReader puts blocks between the header and the trailer.
type copyReader struct {
	blocks func() ([]byte, error)
	block  []byte
	ended  bool
}

func (c *copyReader) Read(p []byte) (int, error) {
	for len(c.block) == 0 {
		if c.ended {
			return 0, io.EOF
		}
		block, err := c.blocks()
		switch {
		case errors.Is(err, io.EOF):
			c.block, c.ended = copyTrailer, true
		case err != nil:
			return 0, err
		default:
			c.block = block
		}
	}
	n := copy(p, c.block)
	c.block = c.block[n:]
	return n, nil
}
