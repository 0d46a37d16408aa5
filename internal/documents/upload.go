package documents

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
)

// mostDocuments is how many documents one organisation may send of an incident: several
// times what the worst one needs.
const mostDocuments = 200

// mostWithNotice is the same for whoever only told of it: what a hospital has.
const mostWithNotice = 20

// uploadLife is how long a document may take to arrive: far longer than the slowest
// line that still moves needs for twenty mebibytes.
const uploadLife = 24 * time.Hour

// Scan is the work of having a document looked at.
type Scan struct {
	DocumentID uuid.UUID `json:"document_id"`
}

// Kind names the work to the job queue.
func (Scan) Kind() string { return "document_scan" }

// Queue is the queue of that work. Only processes with a scanner work it.
const Queue = "documents"

// Announce begins a document of an incident: its kind, heir and media type are
// known, its bytes are to come. Refuses an incident that the actor does not see
// (incident_unknown) or that is none (incident_dismissed), an heir who is none of it
// (heir_unknown), a statement of no heirs without its rank (rank_missing), a school's letter
// without its year (member_missing), and more than an organisation may send of one incident
// (too_many_documents).
func (k Keeper) Announce(tx *store.Tx, d cover.Document) (cover.Document, error) {
	i, err := tx.Incident(d.IncidentID)
	if err != nil {
		return d, inQuery(cover.Unseen(err, "incident_id", cover.IncidentUnknown))
	}
	if i.DismissedAt != nil {
		return d, cover.Refuse(cover.Conflict, cover.IncidentIsDismissed, nil)
	}
	d.OrganisationID = i.Owner()
	if err := checkOccasion(d); err != nil {
		return d, err
	}
	if d.HeirID.Valid {
		if _, err := tx.Heir(d.IncidentID, d.HeirID.UUID); err != nil {
			return d, inQuery(cover.Unseen(err, "heir_id", cover.HeirUnknown))
		}
	}
	if err := tx.HoldIncident(d.IncidentID); err != nil {
		return d, err
	}
	there, err := tx.CountDocuments(d.IncidentID)
	if err != nil {
		return d, err
	}
	if most := mostOf(i); there >= most {
		return d, cover.Refuse(cover.Conflict, cover.TooManyDocuments, cover.Params{"limit": most})
	}
	who := tx.Actor()
	d.UploadedBy, d.ClientID, d.RequestID = who.OrganisationID, who.ClientID, who.RequestID
	d.Status, d.Shelf = cover.DocumentArriving, k.newest()
	return d, tx.InsertDocument(&d)
}

// mostOf is how many documents an organisation may send of an incident.
func mostOf(i cover.Incident) int64 {
	if i.Inside {
		return mostDocuments
	}
	return mostWithNotice
}

// checkOccasion wants the rank of a statement that one is empty, and the year of a school's
// letter, and neither of anything else.
func checkOccasion(d cover.Document) error {
	var f cover.Faults
	letter, of := d.Kind == cover.SchoolLetter, cover.Params{"name": "school_year", "of": d.Kind}
	f.Check(letter || d.SchoolYear == 0, "school_year", cover.MemberNotExpected, of)
	f.Check(!letter || d.SchoolYear > 0, "school_year", cover.MemberMissing, of)
	f.Check(d.Kind == cover.NoHeirsStatement || d.Rank == 0, "rank", cover.RankNotExpected, nil)
	f.Check(d.Kind != cover.NoHeirsStatement || d.Rank > 0, "rank", cover.RankMissing, nil)
	return inQuery(f.Err())
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

// Upload declares an announced document whole, and has it looked at if somebody
// does. What is there already with the same bytes, as the same kind of paper, is
// returned in its place, and is not new. Refuses bytes that are not those announced
// (digest_mismatch).
func (k Keeper) Upload(tx *store.Tx, arriving cover.Document, kept Kept, announced []byte) (d cover.Document, fresh bool, err error) {
	if announced != nil && !bytes.Equal(announced, kept.SHA256) {
		return d, false, cover.Refuse(cover.Invalid, cover.DigestMismatch, nil)
	}
	if err := tx.HoldIncident(arriving.IncidentID); err != nil { // before its papers, as whoever amends an heir
		return d, false, err
	}
	if d, err = tx.LockArriving(arriving.ID); err != nil {
		return d, false, err
	}
	d.Size, d.SHA256 = kept.Size, kept.SHA256
	same, err := tx.SameDocument(d)
	if err != nil {
		return d, false, err
	}
	if same != nil {
		return *same, false, nil
	}
	if d.Status = cover.DocumentReceived; k.Scans() {
		d.Status = cover.DocumentScanning
		if err := tx.EnqueueIn(Queue, Scan{DocumentID: d.ID}); err != nil {
			return d, false, err
		}
	}
	if err := tx.UpdateDocument(&d); err != nil {
		return d, false, err
	}
	if err := tx.Record(happened(cover.DocumentUploaded, d)); err != nil {
		return d, false, err
	}
	d, err = tx.Document(d.ID)
	return d, true, err
}

// happened is something that happened to a document. What it holds is told by its
// digest alone.
func happened(what cover.EventType, d cover.Document) cover.Event {
	return cover.Event{Type: what, ResourceID: d.ID, OrganisationID: d.OrganisationID, After: d}
}

// Discard lets go of a document that came to nothing: first it is kept from
// arriving, by a commit whose answer was lost, say; then its pieces go, and last its
// row, without which nobody would find them. One that has arrived is left alone.
func (k Keeper) Discard(ctx context.Context, id uuid.UUID) error {
	name, err := k.Store.DiscardDocument(ctx, id)
	if err != nil || name == "" {
		return err
	}
	if err := k.drop(ctx, name, id); err != nil {
		return err
	}
	return k.Store.ForgetDocument(ctx, id)
}

func (k Keeper) drop(ctx context.Context, name string, id uuid.UUID) error {
	shelf, err := k.shelf(name)
	if err != nil {
		return err
	}
	return shelf.Drop(ctx, id)
}

// Destroy destroys the bytes of a document that was withdrawn. It may be done again,
// and does nothing to any other.
func (k Keeper) Destroy(ctx context.Context, id uuid.UUID) error {
	name, err := k.Store.CondemnedAt(ctx, id)
	if err != nil || name == "" {
		return err
	}
	if err := k.drop(ctx, name, id); err != nil {
		return err
	}
	return k.Store.Destroyed(ctx, id)
}

// DiscardSoon is Discard for whoever need not know: what cannot be let go of now is
// left to Sweep.
func (k Keeper) DiscardSoon(ctx context.Context, id uuid.UUID) { soon(ctx, id, k.Discard) }

// DestroySoon is Destroy, likewise.
func (k Keeper) DestroySoon(ctx context.Context, id uuid.UUID) { soon(ctx, id, k.Destroy) }

// haste is how long somebody is kept waiting for what Sweep does as well.
const haste = 20 * time.Second

func soon(ctx context.Context, id uuid.UUID, do func(context.Context, uuid.UUID) error) {
	ctx, cancel := context.WithTimeout(ctx, haste)
	defer cancel()
	if err := do(ctx, id); err != nil {
		slog.WarnContext(ctx, "left to the sweeper", "document", id, "error", err)
	}
}

// sweeping is how long a round of Sweep may take: other work waits for it.
const sweeping = time.Minute

// Sweep lets go of documents that nobody sends any more, and destroys what was
// withdrawn when that could not be done at once. What a round does not come to is left to
// the next.
func (k Keeper) Sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweeping)
	defer cancel()
	lost, err := k.Store.LostDocuments(ctx, k.Store.Now().Add(-uploadLife))
	if err != nil {
		return err
	}
	condemned, err := k.Store.CondemnedDocuments(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, id := range lost {
		faults = append(faults, k.Discard(ctx, id))
	}
	for _, id := range condemned {
		faults = append(faults, k.Destroy(ctx, id))
	}
	return errors.Join(faults...)
}
