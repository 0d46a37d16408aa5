package documents

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// tokenPrefix tells people, and programs that look for secrets in the wrong places,
// what a token is.
const tokenPrefix = "ndl_"

// LinkTerms are what a caller says of a link.
type LinkTerms struct {
	Purpose cover.Purpose
	Life    time.Duration
	Uses    int32
}

// Link makes a link to a document, and the token that opens it, which is told once.
// Refuses a document that nobody may read (document_being_scanned and others).
func Link(tx *store.Tx, document uuid.UUID, terms LinkTerms) (l cover.DocumentLink, token string, err error) {
	d, err := tx.Document(document)
	if err != nil {
		return l, "", err
	}
	if err := d.MayBeRead(); err != nil {
		return l, "", err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return l, "", err
	}
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(secret)
	who := tx.Actor()
	l = cover.DocumentLink{
		DocumentID: d.ID, TokenDigest: tx.LinkDigest(token), MadeBy: who.OrganisationID, ClientID: who.ClientID, RequestID: who.RequestID,
		Purpose: terms.Purpose, Uses: terms.Uses, ExpiresAt: tx.Now.Add(terms.Life),
	}
	if err := tx.InsertDocumentLink(&l); err != nil {
		return l, "", err
	}
	return l, token, tx.Record(linkEvent(cover.DocumentLinked, l, d))
}

// WithdrawLink ends a link before its time. Refuses anybody but the organisation
// that made it (uploader_required), and one that is over (document_link_over).
func WithdrawLink(tx *store.Tx, document, id uuid.UUID, v store.Version) (cover.DocumentLink, error) {
	l, err := tx.LockDocumentLink(document, id, v)
	if err != nil {
		return l, err
	}
	d, err := tx.Document(document)
	if err != nil {
		return l, err
	}
	if err := l.Withdraw(tx.Actor().OrganisationID, tx.Now); err != nil {
		return l, err
	}
	if err := tx.UpdateDocumentLink(&l); err != nil {
		return l, err
	}
	return l, tx.Record(linkEvent(cover.DocumentLinkWasWithdrawn, l, d))
}

func linkEvent(what cover.EventType, l cover.DocumentLink, d cover.Document) cover.Event {
	return cover.Event{Type: what, ResourceID: l.ID, OrganisationID: d.OrganisationID, After: l}
}

// Read opens a document for whoever acts, and records it once the first piece is at
// hand. Refuses who names no purpose (purpose_missing), and a document that nobody
// may read.
func (k Keeper) Read(r *store.Reader, id uuid.UUID) (cover.Document, *Content, error) {
	d, err := r.Document(id)
	if err != nil {
		return d, nil, err
	}
	if r.Actor().Purpose == "" {
		return d, nil, cover.Refuse(cover.Forbidden, cover.PurposeMissing, nil)
	}
	if err := d.MayBeRead(); err != nil {
		return d, nil, err
	}
	content, err := k.Open(r.Context(), d)
	if err != nil {
		return d, nil, err
	}
	return d, content, r.RecordDocumentReading(d)
}

// ReadByLink opens the document of a link for who made it, and records it under
// them. Refuses a link that is over (document_link_over) and a document that nobody
// may read, or that the maker sees no more.
func (k Keeper) ReadByLink(ctx context.Context, id uuid.UUID, maker access.Actor) (d cover.Document, content *Content, err error) {
	use := func(tx *store.Tx) (l cover.DocumentLink, err error) {
		if l, d, err = tx.OpenLink(id); err == nil {
			err = l.Use(tx.Now)
		}
		if err == nil {
			err = d.MayBeRead()
		}
		return l, err
	}
	// The link is looked at twice: the first piece is fetched in between, outside any
	// transaction, so that what cannot be fetched costs no use.
	if _, err := store.Do(ctx, k.Store, maker, use); err != nil {
		return d, nil, err
	}
	if content, err = k.Open(ctx, d); err != nil {
		return d, nil, err
	}
	return d, content, k.Store.InTx(ctx, maker, func(tx *store.Tx) error {
		l, err := use(tx)
		if err != nil {
			return err
		}
		return tx.CountUse(l, d)
	})
}
