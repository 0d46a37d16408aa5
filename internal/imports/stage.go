package imports

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// stage reads a file from its first byte to its last, judges each row, and keeps
// what came of it: all in one transaction, so that a run that was cut off left
// nothing.
func (d Driver) stage(ctx context.Context, who access.Actor, i cover.Import) error {
	err := d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		i, err := held(tx, i.ID, i.Status)
		if err != nil {
			return err
		}
		i.Status, i.Header, i.Damage, i.Doubts = cover.ImportStaging, cover.ImportHeader{}, []cover.Damage{}, cover.Faults{}
		return tx.UpdateImport(&i, cover.PhaseStaging)
	})
	if err != nil {
		return err
	}
	err = d.Store.InTx(ctx, who, func(tx *store.Tx) error { return d.stageRows(ctx, tx, i.ID) })
	refused, ours := errors.AsType[*cover.Error](err)
	if !ours || refused.Kind != cover.Invalid {
		return err
	}
	return d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		i, err := held(tx, i.ID, cover.ImportStaging)
		if err != nil {
			return err
		}
		return stop(tx, &i, cover.ImportRejected, cover.ImportWasRejected, cover.Fault{Code: refused.Code, Params: refused.Params})
	})
}

func (d Driver) stageRows(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	i, err := tx.Import(id)
	if err != nil {
		return err
	}
	content := &counted{Reader: d.Store.ImportContent(ctx, i)}
	f, err := open(content, i.MediaType, i.Encoding, d.TmpDir)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	s := &staging{driver: d, id: id, file: f, content: content, size: i.ReceivedBytes, encoder: d.Store.EncodeRows(i), ref: tx.Reference(), today: tx.Today()}
	if s.body, err = tx.Self(); err != nil {
		return err
	}
	if i.AmendsID.Valid {
		if s.mends, err = mendable(d.Store.Read(ctx, tx.Actor()), i.AmendsID.UUID); err != nil {
			return err
		}
	}
	if err := s.run(ctx, tx); err != nil {
		return err
	}
	if i, err = held(tx, id, cover.ImportStaging); err != nil {
		return err
	}
	i.Header, i.Damage, i.Total = f.header, append([]cover.Damage{}, s.damages.signs()...), 0
	i.PeopleDigest = uuid.NullUUID{UUID: s.people.sum.uuid(), Valid: true}
	for _, c := range f.header.Columns {
		if c.Column == "" {
			i.Doubts.Add("", cover.ColumnIgnored, cover.Params{"header": c.Header})
		}
	}
	if err := tx.DropImportParts(id); err != nil {
		return err
	}
	return tx.UpdateImport(&i, cover.PhaseValidating)
}

// staging reads a file on one goroutine, judges and encodes its rows on several,
// and writes them in their order.
type staging struct {
	driver  Driver
	id      uuid.UUID
	file    *file
	mends   *mending // nil unless the file amends another
	encoder *store.RowEncoder
	body    cover.Organisation
	ref     *cover.Reference
	today   cover.Date
	damages damages
	people  peopleDigest
	rows    int64 // written
	content *counted
	size    int64 // of the file, in bytes
}

// counted is a file of which it is known how much was read.
type counted struct {
	io.Reader
	read atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// expected is how many rows the file will probably have, by its bytes.
func (s *staging) expected() int64 {
	read := max(s.content.read.Load(), 1)
	return s.rows * s.size / read
}

// batch is some lines on their way to the database. Batches are used again, so
// that what a file takes of the memory does not grow with it.
type batch struct {
	lines []line
	block []byte
	done  chan error // receives once, when the block is ready
}

// batchRows is how many lines travel together: enough that handing them on costs
// nothing.
const batchRows = 256

// said is after how many rows it is told again how far the staging is.
const said = 20_000

func (s *staging) run(ctx context.Context, tx *store.Tx) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	group, inner := errgroup.WithContext(inner)
	workers := max(runtime.GOMAXPROCS(0), 2)
	line := newBelt(2 * workers)
	group.Go(func() error {
		defer close(line.work)
		defer close(line.ordered)
		return s.read(inner, line)
	})
	for range workers {
		group.Go(func() error {
			for b := range line.work {
				err := s.encode(b)
				b.done <- err
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	// The transaction belongs to this goroutine, and so the writing.
	_, failed := tx.StageRows(s.write(ctx, inner, line))
	cancel()
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err // the database was only told that there is no more
	}
	return failed
}

// belt carries batches round: free ones to the reader, full ones to the workers,
// and all of them, in their order, to the writer.
type belt struct{ free, work, ordered chan *batch }

func newBelt(batches int) belt {
	b := belt{make(chan *batch, batches), make(chan *batch, batches), make(chan *batch, batches)}
	for range batches {
		b.free <- &batch{lines: make([]line, batchRows), done: make(chan error, 1)}
	}
	return b
}

// read fills batches with the lines of the file. No channel is ever full: there are
// only as many batches as each of them holds.
func (s *staging) read(ctx context.Context, on belt) error {
	for {
		var b *batch
		select {
		case b = <-on.free:
		case <-ctx.Done():
			return ctx.Err()
		}
		err := s.fill(b)
		if len(b.lines) > 0 {
			on.ordered <- b
			on.work <- b
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *staging) fill(b *batch) error {
	b.lines = b.lines[:batchRows]
	for n := range b.lines {
		l := &b.lines[n]
		err := s.file.next(l)
		if err == nil {
			err = s.mends.place(l)
		}
		if err != nil {
			b.lines = b.lines[:n]
			return err
		}
		s.damages.watch(l)
	}
	return nil
}

// encode judges the lines of a batch and writes them as the database wants them.
func (s *staging) encode(b *batch) (err error) {
	var people digestSum
	b.block = b.block[:0]
	for n := range b.lines {
		l := &b.lines[n]
		v := judge(l, s.body, s.ref, s.today)
		row := store.StagedRow{
			No: l.no, Officer: v.officer, Faults: v.faults, Doubts: v.doubts, Cells: l.cells, Suggestions: v.suggestions,
		}
		var digest uuid.UUID
		if b.block, digest, err = s.encoder.Append(b.block, &row); err != nil {
			return err
		}
		people.add(digest)
	}
	s.people.merge(people)
	return nil
}

// write gives the database block after block. A batch is free again when the next
// one is asked for.
func (s *staging) write(ctx, inner context.Context, on belt) func() ([]byte, error) {
	var last *batch
	return func() ([]byte, error) {
		if last != nil {
			before := s.rows
			s.rows += int64(len(last.lines))
			if s.rows/said > before/said {
				if err := s.driver.Store.Progress(ctx, s.id, cover.PhaseStaging, s.rows, s.expected()); err != nil {
					return nil, err
				}
			}
			on.free <- last
			last = nil
		}
		b, more := <-on.ordered
		if !more {
			if inner.Err() != nil {
				return nil, inner.Err() // the reader, or a worker, has failed
			}
			return nil, io.EOF
		}
		select {
		case err := <-b.done:
			last = b
			return b.block, err
		case <-inner.Done():
			return nil, inner.Err()
		}
	}
}

// digestSum adds digests up, so that their order does not matter.
type digestSum struct{ high, low uint64 }

func (d *digestSum) add(digest uuid.UUID) {
	var carry uint64
	d.low, carry = bits.Add64(d.low, binary.BigEndian.Uint64(digest[8:]), 0)
	d.high, _ = bits.Add64(d.high, binary.BigEndian.Uint64(digest[:8]), carry)
}

// peopleDigest names the officers of a file, in whatever order and format.
type peopleDigest struct {
	mu  sync.Mutex
	sum digestSum
}

func (p *peopleDigest) merge(part digestSum) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sum.add(part.uuid())
}

func (d digestSum) uuid() (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], d.high)
	binary.BigEndian.PutUint64(id[8:], d.low)
	return id
}
