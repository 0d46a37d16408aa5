package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/clause"

	"naungan/internal/access"
	"naungan/internal/cover"
)

// DocumentFilter narrows a list of documents.
type DocumentFilter struct {
	IncidentID uuid.UUID
	HeirID     uuid.UUID
	Kinds      []cover.DocumentKind
	Statuses   []cover.DocumentStatus
}

// Documents lists those that the actor sees.
func (r *Reader) Documents(f DocumentFilter, p Page) (Listed[cover.Document], error) {
	q := r.seenDocuments().on(r.db)
	if f.IncidentID != uuid.Nil {
		q = q.Where("incident_id = ?", f.IncidentID)
	}
	if f.HeirID != uuid.Nil {
		q = q.Where("heir_id = ?", f.HeirID)
	}
	if len(f.Kinds) > 0 {
		q = q.Where("kind in ?", f.Kinds)
	}
	if len(f.Statuses) > 0 {
		q = q.Where("status in ?", f.Statuses)
	}
	listed, err := list(r, q, p, func(d cover.Document) Place { return byID(d.ID) })
	if err != nil {
		return listed, err
	}
	return listed, r.tellUse(listed.Items)
}

// DocumentsOf returns all documents of an incident that the actor sees, the first
// one first.
func (r *Reader) DocumentsOf(incident uuid.UUID) (all []cover.Document, err error) {
	err = r.seenDocuments().on(r.db).Where("incident_id = ?", incident).Order("id").Find(&all).Error
	if err != nil {
		return nil, translate(err)
	}
	return all, r.tellUse(all)
}

// Document returns one that the actor sees.
func (r *Reader) Document(id uuid.UUID) (cover.Document, error) {
	found := make([]cover.Document, 1)
	if err := r.seenDocuments().on(r.db).Take(&found[0], "id = ?", id).Error; err != nil {
		return found[0], translate(err)
	}
	return found[0], r.tellUse(found)
}

// tellUse says of documents which office covers, as their incidents have it now, for
// cover may be found after a paper was sent; and whether a claim or a grant rests on them:
// one that was submitted, decided or granted after they were sent.
func (r *Reader) tellUse(documents []cover.Document) error {
	ids := make([]uuid.UUID, len(documents))
	for n, d := range documents {
		ids[n] = d.ID
	}
	if len(ids) == 0 {
		return nil
	}
	type use struct {
		ID       uuid.UUID
		BranchID uuid.NullUUID
		InClaim  bool
	}
	var known []use
	err := r.db.Raw(`select d.id, i.branch_id,
			exists (select from claims c where c.incident_id = d.incident_id
				and (c.status in ('submitted', 'verified') and c.submitted_at >= d.created_at
					or c.status in ('approved', 'paid') and c.decided_at >= d.created_at))
			or exists (select from ex_gratia_grants g where g.incident_id = d.incident_id
				and g.status <> 'cancelled' and g.created_at >= d.created_at) as in_claim
		from documents d join incidents i on i.id = d.incident_id where d.id in ?`, ids).Scan(&known).Error
	if err != nil {
		return translate(err)
	}
	uses := make(map[uuid.UUID]use, len(known))
	for _, k := range known {
		uses[k.ID] = k
	}
	for n := range documents {
		u := uses[documents[n].ID]
		documents[n].BranchID, documents[n].InClaim = u.BranchID, u.InClaim
	}
	return nil
}

// SeesIncident returns the organisation whose incident it is, or who reported it where
// that is not known, if the actor sees it.
func (r *Reader) SeesIncident(id uuid.UUID) (organisation uuid.UUID, err error) {
	var row struct{ OrganisationID uuid.UUID }
	err = r.seenIncidents().on(r.db).Table("incidents").Select("coalesce(organisation_id, reported_by) as organisation_id").Take(&row, "incidents.id = ?", id).Error
	return row.OrganisationID, translate(err)
}

// HoldIncident lets nobody else add documents to an incident until the transaction
// ends.
func (tx *Tx) HoldIncident(id uuid.UUID) error {
	return translate(tx.db.Exec("select from incidents where id = ? for no key update", id).Error)
}

// CountDocuments counts the documents that the actor's organisation sent of an incident,
// with those on their way: others fill no places of theirs.
func (tx *Tx) CountDocuments(incident uuid.UUID) (n int64, err error) {
	err = tx.db.Model(&cover.Document{}).Where("incident_id = ? and uploaded_by = ?", incident, tx.who.OrganisationID).
		Where("status not in ?", []cover.DocumentStatus{cover.DocumentDiscarded, cover.DocumentWithdrawn}).Count(&n).Error
	return n, translate(err)
}

// InsertDocument writes a new document.
func (tx *Tx) InsertDocument(d *cover.Document) error {
	d.ID, d.Version, d.CreatedAt, d.UpdatedAt = newID(), 1, tx.Now, tx.Now
	return translate(tx.db.Create(d).Error)
}

// LockDocument returns a document that the actor sees, locked, in the version asked
// for.
func (tx *Tx) LockDocument(id uuid.UUID, v Version) (cover.Document, error) {
	d, err := lock(tx, tx.seenDocuments(), id, v, func(d cover.Document) int64 { return d.Version })
	if err != nil {
		return d, err
	}
	told := []cover.Document{d}
	err = tx.tellUse(told)
	return told[0], err
}

// LockArriving returns a document that is on its way, locked. Refuses one that was
// given up meanwhile (resource_unknown).
func (tx *Tx) LockArriving(id uuid.UUID) (cover.Document, error) {
	arriving := condition{"status = ? and uploaded_by = ?", []any{cover.DocumentArriving, tx.who.OrganisationID}}
	return lock(tx, arriving, id, 0, func(d cover.Document) int64 { return d.Version })
}

// UpdateDocument writes a locked document.
func (tx *Tx) UpdateDocument(d *cover.Document) error {
	d.Version, d.UpdatedAt = d.Version+1, tx.Now
	return tx.update(d)
}

// SameDocument finds the document of an incident that is there already with these
// bytes, as the same kind of paper of the same heir; nil if there is none. It is
// asked with the incident held.
func (tx *Tx) SameDocument(d cover.Document) (*cover.Document, error) {
	var found []cover.Document
	q := tx.db.Where("incident_id = ? and kind = ? and sha256 = ?", d.IncidentID, d.Kind, d.SHA256).
		Where("uploaded_by = ? and heir_id is not distinct from ? and rank = ? and school_year = ?", d.UploadedBy, d.HeirID, d.Rank, d.SchoolYear).
		Where("status not in ? and outdated_at is null", []cover.DocumentStatus{cover.DocumentArriving, cover.DocumentDiscarded, cover.DocumentWithdrawn})
	if err := q.Limit(1).Find(&found).Error; err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	return &found[0], tx.tellUse(found)
}

// DiscardDocument says of a document on its way that it comes to nothing, so that it
// cannot arrive any more, and returns on which shelf its pieces are; nothing if it
// has arrived, or is gone.
func (s *Store) DiscardDocument(ctx context.Context, id uuid.UUID) (shelf string, err error) {
	return s.shelfOf(ctx, `update documents set status = 'discarded' where id = $1 and status in ('receiving', 'discarded') returning shelf`, id)
}

// ForgetDocument deletes the row of a discarded document, whose pieces are gone.
func (s *Store) ForgetDocument(ctx context.Context, id uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `delete from documents where id = $1 and status = 'discarded'`, id)
	return translate(err)
}

// CondemnedAt is on which shelf the bytes of a withdrawn document lie that are not
// destroyed yet; nothing if there are none.
func (s *Store) CondemnedAt(ctx context.Context, id uuid.UUID) (shelf string, err error) {
	return s.shelfOf(ctx, `select shelf from documents where id = $1 and status = 'withdrawn' and destroyed_at is null`, id)
}

func (s *Store) shelfOf(ctx context.Context, sql string, id uuid.UUID) (string, error) {
	rows, err := s.pool.Query(ctx, sql, id)
	if err != nil {
		return "", translate(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(found) == 0 {
		return "", translate(err)
	}
	return found[0], nil
}

// Destroyed notes that the bytes of a withdrawn document are gone.
func (s *Store) Destroyed(ctx context.Context, id uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `update documents set destroyed_at = $2 where id = $1 and status = 'withdrawn' and destroyed_at is null`, id, s.now())
	return translate(err)
}

// LostDocuments lists those that came to nothing and are not gone, and those that have
// been on their way since before an instant, so that nobody sends them any more.
func (s *Store) LostDocuments(ctx context.Context, before time.Time) ([]uuid.UUID, error) {
	return s.ids(ctx, `select id from documents where status = 'discarded' or status = 'receiving' and updated_at < $1
		order by updated_at`, before)
}

// CondemnedDocuments lists those that were withdrawn and whose bytes are not
// destroyed yet.
func (s *Store) CondemnedDocuments(ctx context.Context) ([]uuid.UUID, error) {
	return s.ids(ctx, `select id from documents where status = 'withdrawn' and destroyed_at is null order by updated_at`)
}

// UnscannedDocuments lists those that have waited for the scanner since before an
// instant, and whose turn is not to come anyway.
func (s *Store) UnscannedDocuments(ctx context.Context, before time.Time) ([]uuid.UUID, error) {
	return s.ids(ctx, `select id from documents d where status = 'scanning' and updated_at < $1
		and not exists (select from river_job j where j.kind = 'document_scan' and j.args->>'document_id' = d.id::text
			and j.state in ('available', 'retryable', 'scheduled'))
		order by updated_at`, before)
}

func (s *Store) ids(ctx context.Context, sql string, args ...any) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, translate(err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Scanned returns a document that waits for the scanner, with who sent it, as the
// work that is done for them needs to know it; nil if it waits no more.
func (s *Store) Scanned(ctx context.Context, id uuid.UUID) (*cover.Document, access.Actor, error) {
	var d cover.Document
	var who access.Actor
	err := s.pool.QueryRow(ctx, `select d.id, d.size, d.sha256, d.shelf, d.client_id, d.request_id, o.id, o.kind, o.level, o.area_code, o.time_zone
			from documents d join organisations o on o.id = d.uploaded_by where d.id = $1 and d.status = 'scanning'`, id).
		Scan(&d.ID, &d.Size, &d.SHA256, &d.Shelf, &who.ClientID, &who.RequestID, &who.OrganisationID, &who.Kind, &who.Level, &who.AreaCode, &who.TimeZone)
	if err = translate(err); cover.KindOf(err) == cover.NotFound {
		return nil, who, nil
	}
	return &d, who, err
}

// LockScanned returns a document that waits for the scanner, locked, whoever sees
// it. Refuses one that does not (resource_unknown).
func (tx *Tx) LockScanned(id uuid.UUID) (cover.Document, error) {
	return lock(tx, condition{"status = ?", []any{cover.DocumentScanning}}, id, 0, func(d cover.Document) int64 { return d.Version })
}

// RecordDocumentReading writes down that the actor reads a document. It is
// committed before the first byte leaves.
func (r *Reader) RecordDocumentReading(d cover.Document) error {
	return r.store.InTx(r.ctx, r.who, func(tx *Tx) error { return tx.Record(readingOf(d)) })
}

func readingOf(d cover.Document) cover.Event {
	return cover.Event{Type: cover.DocumentRead, ResourceID: d.ID, OrganisationID: d.OrganisationID}
}

// DocumentReadings lists who read a document that the actor sees.
func (r *Reader) DocumentReadings(d cover.Document, p Page) (Listed[cover.DocumentReading], error) {
	q := r.db.Table("events").Select("id, actor_id as organisation_id, client_id, purpose, link_id, occurred_at as read_at").
		Where("resource_id = ? and type = ?", d.ID, cover.DocumentRead)
	return list(r, q, p, func(one cover.DocumentReading) Place { return byID(one.ID) })
}

// InsertDocumentLink writes a new link.
func (tx *Tx) InsertDocumentLink(l *cover.DocumentLink) error {
	l.ID, l.Version, l.CreatedAt, l.UpdatedAt = newID(), 1, tx.Now, tx.Now
	return translate(tx.db.Create(l).Error)
}

// DocumentLinks lists the links of a document that the actor sees.
func (r *Reader) DocumentLinks(d cover.Document, p Page) (Listed[cover.DocumentLink], error) {
	return list(r, r.db.Where("document_id = ?", d.ID), p, func(l cover.DocumentLink) Place { return byID(l.ID) })
}

// LockDocumentLink returns a link of a document that the actor sees, locked, in the
// version asked for.
func (tx *Tx) LockDocumentLink(document, id uuid.UUID, v Version) (cover.DocumentLink, error) {
	if _, err := tx.Document(document); err != nil {
		return cover.DocumentLink{}, err
	}
	ofDocument := condition{"document_id = ?", []any{document}}
	return lock(tx, ofDocument, id, v, func(l cover.DocumentLink) int64 { return l.Version })
}

// UpdateDocumentLink writes a locked link.
func (tx *Tx) UpdateDocumentLink(l *cover.DocumentLink) error {
	l.Version, l.UpdatedAt = l.Version+1, tx.Now
	return tx.update(l)
}

// LinkMaker returns the link that a token opens, and who made it, as whoever opens
// it acts: they see what the maker's organisation sees now. Refuses a token that no
// link has (resource_unknown).
func (s *Store) LinkMaker(ctx context.Context, token string) (link uuid.UUID, who access.Actor, err error) {
	err = s.pool.QueryRow(ctx, `select l.id, l.client_id, l.request_id, l.purpose, o.id, o.kind, o.level, o.area_code, o.time_zone
			from document_links l join organisations o on o.id = l.made_by where l.token_digest = $1`, s.LinkDigest(token)).
		Scan(&link, &who.ClientID, &who.RequestID, &who.Purpose, &who.OrganisationID, &who.Kind, &who.Level, &who.AreaCode, &who.TimeZone)
	return link, who, translate(err)
}

// LinkDigest is by what a link's token is known.
func (s *Store) LinkDigest(token string) uuid.UUID { return s.keys.Index("document link:" + token) }

// LinkDigest is by what a link's token is known.
func (r *Reader) LinkDigest(token string) uuid.UUID { return r.store.LinkDigest(token) }

// OpenLink returns a link, locked, with the document it shows to its maker, who
// acts.
func (tx *Tx) OpenLink(id uuid.UUID) (l cover.DocumentLink, d cover.Document, err error) {
	if err = tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&l, "id = ?", id).Error; err != nil {
		return l, d, translate(err)
	}
	d, err = tx.Document(l.DocumentID)
	return l, d, err
}

// CountUse writes that a link was used once more, and who made it: the reading is
// theirs. It is no change of the link that anybody waits for, so it keeps its
// version.
func (tx *Tx) CountUse(l cover.DocumentLink, d cover.Document) error {
	if err := tx.db.Exec("update document_links set used = ? where id = ?", l.Used, l.ID).Error; err != nil {
		return translate(err)
	}
	read := readingOf(d)
	read.LinkID = uuid.NullUUID{UUID: l.ID, Valid: true}
	return tx.Record(read)
}

// Pieces are the shelf in the database.
type Pieces struct{ store *Store }

// Pieces returns the shelf in the database.
func (s *Store) Pieces() Pieces { return Pieces{s} }

// Put keeps a sealed piece of a document.
func (p Pieces) Put(ctx context.Context, document uuid.UUID, number int, sealed []byte) error {
	_, err := p.store.pool.Exec(ctx, `insert into document_pieces (document_id, number, sealed) values ($1, $2, $3)`, document, number, sealed)
	return translate(err)
}

// Get returns a sealed piece of a document.
func (p Pieces) Get(ctx context.Context, document uuid.UUID, number int) (sealed []byte, err error) {
	err = p.store.pool.QueryRow(ctx, `select sealed from document_pieces where document_id = $1 and number = $2`, document, number).Scan(&sealed)
	return sealed, err
}

// Drop destroys all pieces of a document.
func (p Pieces) Drop(ctx context.Context, document uuid.UUID) error {
	_, err := p.store.pool.Exec(ctx, `delete from document_pieces where document_id = $1`, document)
	return translate(err)
}
