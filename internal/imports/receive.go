package imports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// MostBytes is how large a file may be as it is sent.
const MostBytes = 1 << 30

// pieceSize is how much of a file is kept at a time: what a crash can cost, and
// what an upload takes of our memory.
const pieceSize = 1 << 20

// mostMoving is how many imports of one organisation may be received or worked on
// at a time: each may take a gigabyte.
const mostMoving = 20

// Drive is the work of taking an import on to where it rests.
type Drive struct {
	ImportID uuid.UUID `json:"import_id"`
}

// Kind names the work to the job queue.
func (Drive) Kind() string { return "import" }

// Open begins an import. Refuses whoever is no election body (not_allowed), says
// all that is wrong with its terms, and refuses more than an organisation may have
// at once (too_many_imports).
func Open(tx *store.Tx, terms cover.ImportTerms) (cover.Import, error) {
	i := cover.Import{
		ClientID: tx.Actor().ClientID, OrganisationID: tx.Actor().OrganisationID, RequestID: tx.Actor().RequestID, ImportTerms: terms,
		Status: cover.ImportReceiving, Phase: cover.PhaseReceiving, CommittedRow: store.BeforeAllRows,
		Header: cover.ImportHeader{Columns: []cover.ImportColumn{}}, Damage: []cover.Damage{}, Faults: cover.Faults{}, Doubts: cover.Faults{},
	}
	body, err := tx.Self()
	if err != nil {
		return i, err
	}
	if !body.Kind.Elects() {
		return i, cover.Refuse(cover.Forbidden, cover.NotAllowed, nil)
	}
	if err := cover.CheckImport(terms, body, tx.Reference()); err != nil {
		return i, err
	}
	if err := checkReferred(tx, terms); err != nil {
		return i, err
	}
	moving, err := tx.MovingImports()
	if err != nil {
		return i, err
	}
	if moving >= mostMoving {
		return i, cover.Refuse(cover.Conflict, cover.TooManyImports, cover.Params{"limit": mostMoving})
	}
	return i, tx.InsertImport(&i)
}

// checkReferred refuses what the terms name and the actor does not see.
func checkReferred(tx *store.Tx, terms cover.ImportTerms) error {
	if terms.AgreementID.Valid {
		if _, err := tx.Agreement(terms.AgreementID.UUID); err != nil {
			return inQuery(cover.Unseen(err, "agreement_id", cover.AgreementUnknown))
		}
	}
	if !terms.AmendsID.Valid {
		return nil
	}
	first, err := tx.Import(terms.AmendsID.UUID)
	if err == nil && first.OrganisationID != tx.Actor().OrganisationID {
		err = cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	if err != nil {
		return inQuery(cover.Unseen(err, "amends", cover.ImportUnknown))
	}
	return first.MayAmend()
}

// inQuery says of faults that they lie in the query.
func inQuery(err error) error {
	if e, ok := errors.AsType[*cover.Error](err); ok {
		for n := range e.Faults {
			e.Faults[n].In = "query"
		}
	}
	return err
}

// Keep reads a body to its end and keeps it, piece by piece, behind the bytes that
// are safe. What arrived before the body broke off is safe too. It returns the
// digest of what it kept, and where it ends. Refuses a file over MostBytes
// (upload_too_large).
func Keep(ctx context.Context, st *store.Store, who access.Actor, id uuid.UUID, begins int64, body io.Reader) (hash.Hash, int64, error) {
	sum := sha256.New()
	piece := make([]byte, pieceSize)
	for {
		n, end := fill(body, piece)
		if begins+int64(n) > MostBytes {
			return sum, begins, &cover.Error{Kind: cover.Malformed, Code: cover.UploadTooLarge, Params: cover.Params{"limit": MostBytes}}
		}
		if n > 0 {
			sum.Write(piece[:n])
			// Whoever hung up meanwhile still finds their bytes.
			keeping := context.WithoutCancel(ctx)
			if err := st.InTx(keeping, who, func(tx *store.Tx) error { return tx.KeepImportPart(id, begins, piece[:n]) }); err != nil {
				return sum, begins, err
			}
			begins += int64(n)
		}
		if errors.Is(end, io.EOF) {
			return sum, begins, nil
		}
		if end != nil {
			return sum, begins, end
		}
	}
}

// fill reads until the piece is full or the body ends. Unlike io.ReadFull it tells
// a body that is over (io.EOF) from one that was cut off.
func fill(body io.Reader, piece []byte) (n int, err error) {
	for n < len(piece) && err == nil {
		var more int
		more, err = body.Read(piece[n:])
		n += more
	}
	return n, err
}

// Digest reads what is kept of an upload again, up to where it should end, and
// returns the SHA-256 of it. It takes no transaction: a file of a gigabyte takes
// seconds, and whoever waits for a second connection with one in hand may wait for
// somebody who does the same. Refuses an upload that ends elsewhere by now
// (upload_offset_wrong), or is whole (import_received).
func Digest(ctx context.Context, st *store.Store, who access.Actor, id uuid.UUID, size int64) ([]byte, error) {
	upload := func() (cover.Import, error) {
		i, err := st.Read(ctx, who).Import(id)
		if err == nil {
			err = i.MayAppendAt(size)
		}
		return i, err
	}
	i, err := upload()
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err = io.Copy(sum, st.ImportContent(ctx, i)); err == nil {
		return sum.Sum(nil), nil
	}
	if _, refused := upload(); refused != nil {
		return nil, refused // somebody else finished it, or cancelled it, and its bytes are gone
	}
	return nil, err
}

// Finish declares an upload whole and sets the import going. digest and size are
// those of the whole file. Refuses an upload that ends elsewhere by now
// (upload_offset_wrong), bytes that are not those announced (digest_mismatch) and,
// where nobody is to be amended, a file that was committed before (import_repeated).
func Finish(tx *store.Tx, id uuid.UUID, digest []byte, size int64) (cover.Import, error) {
	i, err := tx.LockImport(id, 0)
	if err != nil {
		return i, err
	}
	if err := i.MayAppendAt(size); err != nil {
		return i, err
	}
	i.ContentDigest = digest
	if i.AnnouncedDigest != nil && !bytes.Equal(i.AnnouncedDigest, i.ContentDigest) {
		return i, cover.Refuse(cover.Invalid, cover.DigestMismatch, nil)
	}
	if i.Mode == cover.CreateOnly {
		before, err := tx.CommittedBefore(i)
		if err != nil {
			return i, err
		}
		if before.Valid {
			return i, cover.RefuseAt("", cover.ImportRepeated, cover.Params{"import_id": before.UUID})
		}
	}
	i.Status, i.ReceivedAt = cover.ImportReceived, &tx.Now
	if err := tx.UpdateImport(&i, cover.PhaseWaiting); err != nil {
		return i, err
	}
	if err := tx.Record(importEvent(cover.ImportReceivedWhole, i)); err != nil {
		return i, err
	}
	return i, tx.Enqueue(Drive{ImportID: i.ID})
}

// importEvent is something that happened to an import. What it holds is told by its
// digests alone.
func importEvent(what cover.EventType, i cover.Import) cover.Event {
	return cover.Event{Type: what, ResourceID: i.ID, OrganisationID: i.OrganisationID, After: i}
}
