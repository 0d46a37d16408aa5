package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

const (
	// paperSize is the most that a document may have.
	paperSize = 20 << 20
	// pieceSize is that of internal/documents.
	pieceSize = 1 << 20
	// senders is how many documents an organisation may have on their way at once.
	senders = 16
)

// papers are documents on their way in and out: through Naungan, and to bare shelves.
type papers struct {
	naungan  string // its address
	token    string
	incident func(context.Context) (uuid.UUID, error)
	pool     *pgxpool.Pool
	content  []byte
	digest   [sha256.Size]byte

	sent []uuid.UUID // the latest through Naungan
}

// noise is what does not compress, as photographs do not; the same each time.
func noise(size int) []byte {
	noise := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise) // it does not fail
	return noise
}

// opening makes each document of an incident another.
func opening(n int) []byte { return fmt.Appendf(nil, "%%PDF-1.7\n%06d\n", n) }

// send uploads documents of a new incident.
func (p *papers) send(ctx context.Context, count, atOnce int) (float64, error) {
	incident, err := p.incident(ctx)
	if err != nil {
		return 0, err
	}
	p.sent = make([]uuid.UUID, count)
	return moved(count, atOnce, func(n int) error {
		begins := opening(n)
		body := io.MultiReader(bytes.NewReader(begins), bytes.NewReader(p.content[len(begins):]))
		res, err := p.ask(ctx, http.MethodPost, "/v1/documents?kind=medical_report&incident_id="+incident.String(), body)
		if err != nil {
			return err
		}
		var made struct{ ID uuid.UUID }
		err = json.NewDecoder(res.Body).Decode(&made)
		p.sent[n] = made.ID
		return errors.Join(err, res.Body.Close())
	})
}

// read downloads what was sent last.
func (p *papers) read(ctx context.Context, count, atOnce int) (float64, error) {
	return moved(count, atOnce, func(n int) error {
		res, err := p.ask(ctx, http.MethodGet, "/v1/documents/"+p.sent[n].String()+"/content", nil)
		if err != nil {
			return err
		}
		read, err := io.Copy(io.Discard, res.Body)
		if err == nil && read != paperSize {
			err = fmt.Errorf("document %s has %d bytes", p.sent[n], read)
		}
		return errors.Join(err, res.Body.Close())
	})
}

func (p *papers) ask(ctx context.Context, method, target string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.naungan+target, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Purpose", "verification")
	want := http.StatusOK
	if body != nil {
		want = http.StatusCreated // or it was there already
		req.Header.Set("Content-Type", "application/pdf")
		req.ContentLength = paperSize
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != want {
		said, _ := io.ReadAll(res.Body)
		return nil, errors.Join(fmt.Errorf("%s: %s %s", target, res.Status, said), res.Body.Close())
	}
	return res, nil
}

// keep is the least that keeps documents: they are digested on their way to a shelf.
func (p *papers) keep(ctx context.Context, on shelf, count, atOnce int) (float64, error) {
	return moved(count, atOnce, func(n int) error {
		return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
			to, err := on.begin(ctx, tx, n)
			if err != nil {
				return err
			}
			sum := sha256.New()
			for piece := range slices.Chunk(p.content, pieceSize) {
				sum.Write(piece)
				if _, err := to.Write(piece); err != nil {
					return err
				}
			}
			return p.agree(sum)
		})
	})
}

// fetch is the least that gives them back.
func (p *papers) fetch(ctx context.Context, from shelf, count, atOnce int) (float64, error) {
	return moved(count, atOnce, func(n int) error {
		return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
			content, err := from.open(ctx, tx, n)
			if err != nil {
				return err
			}
			sum := sha256.New()
			if _, err := io.CopyBuffer(sum, content, make([]byte, pieceSize)); err != nil {
				return err
			}
			return p.agree(sum)
		})
	})
}

func (p *papers) agree(sum hash.Hash) error {
	if !bytes.Equal(sum.Sum(nil), p.digest[:]) {
		return errors.New("other bytes")
	}
	return nil
}

// shelf is a bare one: it knows the latest document under each number, which is whole
// when the transaction is committed.
type shelf interface {
	begin(ctx context.Context, tx pgx.Tx, n int) (io.Writer, error)
	open(ctx context.Context, tx pgx.Tx, n int) (io.Reader, error)
}

// objects are large ones.
type objects [senders]uint32

func (o *objects) begin(ctx context.Context, tx pgx.Tx, n int) (_ io.Writer, err error) {
	all := tx.LargeObjects()
	if o[n], err = all.Create(ctx, 0); err != nil {
		return nil, err
	}
	return all.Open(ctx, o[n], pgx.LargeObjectModeWrite)
}

func (o *objects) open(ctx context.Context, tx pgx.Tx, n int) (io.Reader, error) {
	all := tx.LargeObjects()
	return all.Open(ctx, o[n], pgx.LargeObjectModeRead)
}

// table has rows like those in which Naungan keeps pieces.
type table [senders]uuid.UUID

func (t *table) begin(ctx context.Context, tx pgx.Tx, n int) (io.Writer, error) {
	t[n] = uuid.New()
	return &pieces{ctx: ctx, tx: tx, document: t[n]}, nil
}

func (t *table) open(ctx context.Context, tx pgx.Tx, n int) (io.Reader, error) {
	return &pieces{ctx: ctx, tx: tx, document: t[n]}, nil
}

// pieces are those of one document, one after the other.
type pieces struct {
	ctx      context.Context
	tx       pgx.Tx
	document [16]byte
	next     int
}

func (p *pieces) Write(piece []byte) (int, error) {
	_, err := p.tx.Exec(p.ctx, `insert into bare_pieces (document_id, number, sealed) values ($1, $2, $3)`, p.document, p.next, piece)
	p.next++
	return len(piece), err
}

// Read wants room for a whole piece.
func (p *pieces) Read(into []byte) (int, error) {
	var piece []byte
	err := p.tx.QueryRow(p.ctx, `select sealed from bare_pieces where document_id = $1 and number = $2`, p.document, p.next).Scan(&piece)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, io.EOF
	}
	p.next++
	return copy(into, piece), err
}

// moved moves documents, some at once, and returns how many million bytes a second.
func moved(count, atOnce int, move func(n int) error) (float64, error) {
	begun := time.Now()
	var all errgroup.Group
	all.SetLimit(atOnce)
	for n := range count {
		all.Go(func() error { return move(n) })
	}
	err := all.Wait()
	return float64(count) * paperSize / 1e6 / time.Since(begun).Seconds(), err
}
