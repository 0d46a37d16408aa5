package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/imports"
	"naungan/internal/store"
)

// commitScope is what it takes to commit an import, or to have it committed by
// itself.
const commitScope = "imports:commit"

// uploadsAtOnce is how many files are taken in at a time: each takes a megabyte of
// memory for as long as its sender likes.
const uploadsAtOnce = 64

// uploadsEach is how many of those places one organisation may have, so that nobody
// who sends slowly keeps all others from sending.
const uploadsEach = 16

// takeIn takes one of the organisation's places to send a file, and leave gives it
// back. Refuses to wait (service_unavailable).
func (s *Server) takeIn(who access.Actor) (leave func(), err error) {
	leaveOwn, err := s.sending.enter(who.OrganisationID)
	if err != nil {
		return nil, err
	}
	leaveAll, err := enter(s.uploads)
	if err != nil {
		leaveOwn()
		return nil, err
	}
	return func() { leaveAll(); leaveOwn() }, nil
}

// enter takes one of a few places, and leave gives it back. Refuses to wait
// (service_unavailable).
func enter(places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	default:
		return nil, cover.Refuse(cover.Unavailable, cover.ServiceUnavailable, nil)
	}
}

// ReceiveImport answers POST /v1/imports. The bytes are kept as they come; only when
// all are there is anything answered.
func (s *Server) ReceiveImport(ctx context.Context, req wire.ReceiveImportRequestObject) (wire.ReceiveImportResponseObject, error) {
	r, who := requestOf(ctx), access.Acting(ctx)
	terms, err := fromReceiveImport(req.Params, r)
	if err != nil {
		return nil, err
	}
	// A trial is written down like any other import, so that its rows can be read. It is never committed.
	r.dryRun = false
	if terms.CommitMode == cover.CommitAuto && !terms.DryRun && !who.Granted(commitScope) {
		return nil, cover.Refuse(cover.Forbidden, cover.ScopeMissing, cover.Params{"scope": commitScope})
	}
	leave, err := s.takeIn(who)
	if err != nil {
		return nil, err
	}
	defer leave()
	i, err := store.Do(ctx, s.store, who, func(tx *store.Tx) (cover.Import, error) { return imports.Open(tx, terms) })
	if err != nil {
		return nil, err
	}
	answer, kept, err := s.receive(ctx, req, i.ID)
	if !kept {
		err = errors.Join(err, s.discard(ctx, who, i.ID))
	}
	return answer, err
}

// receive takes the bytes of a new import in, and reports whether the import was
// acknowledged.
func (s *Server) receive(ctx context.Context, req wire.ReceiveImportRequestObject, id uuid.UUID) (_ wire.ReceiveImportResponseObject, kept bool, _ error) {
	r := requestOf(ctx)
	sum, end, err := imports.Keep(ctx, s.store, access.Acting(ctx), id, 0, req.Body)
	if err != nil {
		return nil, false, err
	}
	whole, digest := complete(req.Params.UploadComplete), sum.Sum(nil)
	r.fingerprint = r.fingerprintOf(append(slices.Clone(digest), strconv.FormatBool(whole)...))
	answer, err := write(ctx, s, func(tx *store.Tx) (wire.ReceiveImportResponseObject, error) {
		kept = true // else the answer is one that was given before, to another upload
		if !whole {
			i, err := tx.Import(id)
			return wire.ReceiveImport201JSONResponse{Body: s.view(tx.Reader).toImport(i, r.language), Headers: wire.ReceiveImport201ResponseHeaders{
				Location: hrefOfImport(id), ETag: etag(i.Version), UploadOffset: end,
			}}, err
		}
		i, err := imports.Finish(tx, id, digest, end)
		return wire.ReceiveImport202JSONResponse{Body: s.view(tx.Reader).toImport(i, r.language), Headers: wire.ReceiveImport202ResponseHeaders{
			Location: hrefOfImport(id), ETag: etag(i.Version),
		}}, err
	})
	return answer, kept && err == nil, err
}

// discard lets go of an upload that came to nothing.
func (s *Server) discard(ctx context.Context, who access.Actor, id uuid.UUID) error {
	return s.store.InTx(context.WithoutCancel(ctx), who, func(tx *store.Tx) error { return tx.DiscardImport(id) })
}

func hrefOfImport(id uuid.UUID) string { return "/v1/imports/" + id.String() }

func complete(header *wire.UploadComplete) bool { return header == nil || *header != "?0" }

// AppendImport answers POST /v1/imports/{import_id}/content.
func (s *Server) AppendImport(ctx context.Context, req wire.AppendImportRequestObject) (wire.AppendImportResponseObject, error) {
	who, language := access.Acting(ctx), requestOf(ctx).language
	i, err := s.reader(ctx).Import(req.ImportID)
	if err != nil {
		return nil, err
	}
	if err := mayAppend(i, who, req.Params.UploadOffset); err != nil {
		return nil, err
	}
	leave, err := s.takeIn(who)
	if err != nil {
		return nil, err
	}
	defer leave()
	sum, end, err := imports.Keep(ctx, s.store, who, i.ID, req.Params.UploadOffset, req.Body)
	if err != nil {
		return nil, err
	}
	whole, digest := complete(req.Params.UploadComplete), sum.Sum(nil)
	if whole && req.Params.UploadOffset > 0 { // else that was all of it
		if digest, err = imports.Digest(ctx, s.store, who, i.ID, end); err != nil {
			return nil, err
		}
	}
	answer, err := write(ctx, s, func(tx *store.Tx) (wire.AppendImportResponseObject, error) {
		if !whole {
			i, err := tx.Import(req.ImportID)
			return wire.AppendImport200JSONResponse{Body: s.view(tx.Reader).toImport(i, language), Headers: wire.AppendImport200ResponseHeaders{
				ETag: etag(i.Version), UploadOffset: end,
			}}, err
		}
		i, err := imports.Finish(tx, req.ImportID, digest, end)
		return wire.AppendImport202JSONResponse{Body: s.view(tx.Reader).toImport(i, language), Headers: wire.AppendImport202ResponseHeaders{
			Location: hrefOfImport(i.ID), ETag: etag(i.Version),
		}}, err
	})
	if hopeless(err) {
		err = errors.Join(err, s.store.InTx(context.WithoutCancel(ctx), who, func(tx *store.Tx) error {
			_, gone := imports.Cancel(tx, req.ImportID, 0)
			return gone
		}))
	}
	return answer, err
}

func mayAppend(i cover.Import, who access.Actor, offset int64) error {
	if err := cover.MayPerform(who.OrganisationID, i.OrganisationID, cover.Organiser); err != nil {
		return err
	}
	return i.MayAppendAt(offset)
}

// hopeless reports whether an upload can never be finished, whatever is sent next.
func hopeless(err error) bool {
	refused, ours := errors.AsType[*cover.Error](err)
	return ours && (refused.Code == cover.DigestMismatch || refused.Code == cover.ImportRepeated)
}

// ListImports answers GET /v1/imports.
func (s *Server) ListImports(ctx context.Context, req wire.ListImportsRequestObject) (wire.ListImportsResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{in.Limit, in.Cursor, sortOf(in.Sort), in.Prefer})
	if err != nil {
		return nil, err
	}
	f := store.ImportFilter{Statuses: in.Status, OrganisationID: or(in.OrganisationID)}
	if in.ContentDigest != nil {
		if f.ContentDigest, err = hex.DecodeString(*in.ContentDigest); err != nil {
			return nil, err // the contract's pattern lets nothing else pass
		}
	}
	r := s.reader(ctx)
	listed, err := r.Imports(f, page)
	if err != nil {
		return nil, err
	}
	p, v, language := s.paging(ctx, listed.Next, listed.Total, page.Count), s.view(r), requestOf(ctx).language
	return wire.ListImports200JSONResponse{
		Body: wire.ImportPage{
			Items:      each(listed.Items, func(i cover.Import) wire.Import { return v.toImport(i, language) }),
			NextCursor: p.cursor, Total: p.total,
		},
		Headers: wire.ListImports200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied},
	}, nil
}

// GetImport answers GET /v1/imports/{import_id}.
func (s *Server) GetImport(ctx context.Context, req wire.GetImportRequestObject) (wire.GetImportResponseObject, error) {
	r := s.reader(ctx)
	i, err := r.Import(req.ImportID)
	if err != nil {
		return nil, err
	}
	headers := wire.GetImport200ResponseHeaders{}
	if wait := waitOf(req.Params.Prefer); wait > 0 {
		applied := "wait=" + strconv.Itoa(int(wait/time.Second))
		headers.PreferenceApplied = &applied
		if i, err = s.awaitRest(ctx, r, i, wait); err != nil {
			return nil, err
		}
	}
	headers.ETag = etag(i.Version)
	if i.Status == cover.ImportReceiving {
		headers.UploadOffset = &i.ReceivedBytes
	}
	return wire.GetImport200JSONResponse{Body: s.view(r).toImport(i, requestOf(ctx).language), Headers: headers}, nil
}

// longestWait keeps within what a request may take.
const longestWait = 25 * time.Second

var waiting = regexp.MustCompile(`(?:^|,)\s*wait\s*=\s*"?([0-9]{1,4})"?\s*(?:,|;|$)`)

// waitOf reads how long a caller would wait (RFC 7240).
func waitOf(prefer *string) time.Duration {
	if prefer == nil {
		return 0
	}
	found := waiting.FindStringSubmatch(*prefer)
	if found == nil {
		return 0
	}
	seconds, err := strconv.Atoi(found[1])
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, longestWait)
}

// glance is how often somebody who waits for an import looks at it.
const glance = 200 * time.Millisecond

// awaitRest returns an import as it is when it goes no further by itself, or when
// the time is over.
func (s *Server) awaitRest(ctx context.Context, r *store.Reader, i cover.Import, wait time.Duration) (cover.Import, error) {
	patient, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	nothing := func() error { return nil }
	if err := s.watch(patient, r, i.ID, nothing, nothing); err != nil {
		return i, err
	}
	return r.Import(i.ID)
}

// beat is after how many glances without a change a stream says that it is alive.
const beat = 75

// watch tells of each new version of an import until it rests, the context is done
// or the server stops, and every beat that nothing changed.
func (s *Server) watch(ctx context.Context, r *store.Reader, id uuid.UUID, changed, unchanged func() error) error {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for seen, quiet := int64(0), 0; ; quiet++ {
		version, status, err := r.ImportVersion(id)
		if err != nil {
			return err
		}
		switch {
		case version != seen:
			seen, quiet, err = version, 0, changed()
		case quiet >= beat:
			quiet, err = 0, unchanged()
		}
		if err != nil {
			return err
		}
		if !status.Moves() && status != cover.ImportReceiving {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		case <-s.stopped:
			return nil
		}
	}
}

// FollowImport answers GET /v1/imports/{import_id}/progress with server-sent events.
func (s *Server) FollowImport(ctx context.Context, req wire.FollowImportRequestObject) (wire.FollowImportResponseObject, error) {
	r, language := s.reader(ctx), requestOf(ctx).language
	if _, err := r.Import(req.ImportID); err != nil {
		return nil, err
	}
	return wire.Answer{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-store"}},
		Stream: func(w io.Writer) error {
			var told store.Version
			return s.watch(ctx, r, req.ImportID, func() error {
				i, err := r.Import(req.ImportID)
				if err != nil || store.Version(i.Version) == told { // by which it had moved on already
					return err
				}
				told = store.Version(i.Version)
				data, err := json.Marshal(s.view(r).toImport(i, language))
				if err != nil {
					return err
				}
				return tell(w, fmt.Sprintf("id: %d\nevent: progress\ndata: %s\n\n", i.Version, data))
			}, func() error { return tell(w, ": still here\n\n") })
		},
	}, nil
}

// tell sends a text at once.
func tell(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return flush(w)
}

// CommitImport answers POST /v1/imports/{import_id}/commit.
func (s *Server) CommitImport(ctx context.Context, req wire.CommitImportRequestObject) (wire.CommitImportResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CommitImportResponseObject, error) {
		i, err := imports.Commit(tx, req.ImportID, version, req.Body.PlanDigest, req.Body.Removals)
		return wire.CommitImport202JSONResponse{
			Body:    s.view(tx.Reader).toImport(i, requestOf(ctx).language),
			Headers: wire.CommitImport202ResponseHeaders{Location: hrefOfImport(i.ID), ETag: etag(i.Version)},
		}, err
	})
}

// CancelImport answers POST /v1/imports/{import_id}/cancel.
func (s *Server) CancelImport(ctx context.Context, req wire.CancelImportRequestObject) (wire.CancelImportResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CancelImportResponseObject, error) {
		i, err := imports.Cancel(tx, req.ImportID, version)
		return wire.CancelImport200JSONResponse{
			Body: s.view(tx.Reader).toImport(i, requestOf(ctx).language), Headers: wire.CancelImport200ResponseHeaders{ETag: etag(i.Version)},
		}, err
	})
}

// ReverseImport answers POST /v1/imports/{import_id}/reversal.
func (s *Server) ReverseImport(ctx context.Context, req wire.ReverseImportRequestObject) (wire.ReverseImportResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.ReverseImportResponseObject, error) {
		i, err := imports.Reverse(tx, req.ImportID, version)
		return wire.ReverseImport202JSONResponse{
			Body:    s.view(tx.Reader).toImport(i, requestOf(ctx).language),
			Headers: wire.ReverseImport202ResponseHeaders{Location: hrefOfImport(i.ID), ETag: etag(i.Version)},
		}, err
	})
}

// rowMedia are the forms in which rows are given, the usual one first.
var rowMedia = []string{
	"application/json", "text/csv", "application/x-ndjson", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// ListImportRows answers GET /v1/imports/{import_id}/rows.
func (s *Server) ListImportRows(ctx context.Context, req wire.ListImportRowsRequestObject) (wire.ListImportRowsResponseObject, error) {
	r := s.reader(ctx)
	i, err := r.Import(req.ImportID)
	if err != nil {
		return nil, err
	}
	f := store.RowFilter{Outcomes: req.Params.Outcome}
	if media := negotiate(requestOf(ctx).accept, rowMedia); media != rowMedia[0] {
		return s.streamRows(ctx, r, i, f, media)
	}
	page, err := s.page(ctx, asked{limit: req.Params.Limit, cursor: req.Params.Cursor, sort: "id"})
	if err != nil {
		return nil, err
	}
	f.Limit, f.After = page.Limit, page.After
	listed, err := r.ImportRows(i, f)
	if err != nil {
		return nil, err
	}
	if r.Actor().SeesPersonalData() {
		if err := r.RecordRows(i, officersOf(listed.Items)); err != nil {
			return nil, err
		}
	}
	p, v, language := s.paging(ctx, listed.Next, nil, store.CountNot), s.view(r), requestOf(ctx).language
	return wire.ListImportRows200JSONResponse{
		Body: wire.ImportRowPage{
			Items:      each(listed.Items, func(row cover.ImportRow) wire.ImportRow { return v.toImportRow(row, language) }),
			NextCursor: p.cursor,
		},
		Headers: wire.ListImportRows200ResponseHeaders{Link: p.link},
	}, nil
}

func officersOf(rows []cover.ImportRow) (ids []uuid.UUID) {
	for _, row := range rows {
		if row.OfficerID.Valid {
			ids = append(ids, row.OfficerID.UUID)
		}
	}
	return ids
}

// streamRows gives all rows as one file.
func (s *Server) streamRows(ctx context.Context, r *store.Reader, i cover.Import, f store.RowFilter, media string) (wire.Answer, error) {
	v, language := s.view(r), requestOf(ctx).language
	say := func(fault cover.Fault) string { return s.catalogue.detail(fault.Code, language, fault.Params) }
	header := http.Header{"Content-Type": {media}, "Cache-Control": {"no-store"}, "Vary": {varying}}
	header.Set("Content-Disposition", `attachment; filename="rows-`+i.ID.String()+extensions[media]+`"`)
	return wire.Answer{Status: http.StatusOK, Header: header, Stream: s.unhurried(ctx, func(ctx context.Context, w io.Writer) error {
		r := s.reader(ctx)
		if r.Actor().SeesPersonalData() {
			if err := r.RecordAllRows(i, f); err != nil {
				return err
			}
		}
		return imports.WriteRows(w, media, s.TmpDir, v.shown(r.EachImportRow(i, f)), say)
	})}, nil
}

var extensions = map[string]string{rowMedia[1]: ".csv", rowMedia[2]: ".ndjson", rowMedia[3]: ".xlsx"}

// shown are rows as the viewer may see them.
func (v view) shown(rows iter.Seq2[cover.ImportRow, error]) iter.Seq2[cover.ImportRow, error] {
	return func(yield func(cover.ImportRow, error) bool) {
		for row, err := range rows {
			stray := store.Stray(row.Row)
			row = v.shownRow(row)
			if stray { // it mends no row that could be named in the next file
				row.Row = 0
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// shownRow is a row as the viewer may see it. What to write in a personal cell is as
// personal as the cell.
func (v view) shownRow(row cover.ImportRow) cover.ImportRow {
	row.Row = store.ShownRow(row.Row)
	if v.who.SeesPersonalData() {
		return row
	}
	row.Cells = row.Cells.Masked()
	for _, c := range cover.Columns {
		if c.Personal() {
			delete(row.Suggestions, c.String())
		}
	}
	return row
}

// ExportSIPP answers GET /v1/imports/{import_id}/sipp.
func (s *Server) ExportSIPP(ctx context.Context, req wire.ExportSIPPRequestObject) (wire.ExportSIPPResponseObject, error) {
	r := s.reader(ctx)
	i, err := r.Import(req.ImportID)
	if err != nil {
		return nil, err
	}
	if r.Actor().Purpose == "" {
		return nil, cover.Refuse(cover.Forbidden, cover.PurposeMissing, nil)
	}
	profile, err := r.SIPPProfile(req.Params.Profile)
	if err != nil {
		return nil, err
	}
	part := int(max(or(req.Params.Part), 1))
	rows, more, err := sippRows(r, i, profile.Code, part)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && part > 1 {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	names, err := r.AreaNames(each(rows, func(row cover.ImportRow) string { return row.Cells[cover.ColAreaCode] }))
	if err != nil {
		return nil, err
	}
	if err := r.RecordRows(i, officersOf(rows)); err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {rowMedia[3]}, "Cache-Control": {"no-store"}}
	header.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%d.xlsx"`, profile.Code, part))
	if more {
		header.Set("Link", fmt.Sprintf(`<%s/sipp?profile=%s&part=%d>; rel="next"`, hrefOfImport(i.ID), profile.Code, part+1))
	}
	return wire.Answer{Status: http.StatusOK, Header: header, Stream: func(w io.Writer) error {
		return imports.WriteSIPP(w, profile, given(rows), func(code string) string { return names[code] })
	}}, nil
}

// given hands on rows that are at hand.
func given(rows []cover.ImportRow) iter.Seq2[cover.ImportRow, error] {
	return func(yield func(cover.ImportRow, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// sippRows are those of one workbook, and whether there is a further one. Whoever
// has a membership number is known only once it is opened.
func sippRows(r *store.Reader, i cover.Import, profile string, part int) (rows []cover.ImportRow, more bool, err error) {
	skip := (part - 1) * cover.SIPPRows
	for row, err := range r.EachImportRow(i, store.RowFilter{SIPP: profile}) {
		if err != nil {
			return nil, false, err
		}
		member := row.Cells[cover.ColKPJ] != ""
		if profile == "data_tk_baru" && member || profile == "data_tk_lanjutan" && !member {
			continue
		}
		switch {
		case skip > 0:
			skip--
		case len(rows) == cover.SIPPRows:
			return rows, true, nil
		default:
			rows = append(rows, row)
		}
	}
	return rows, false, nil
}

// ReadSIPPRejections answers POST /v1/imports/{import_id}/sipp-rejections.
func (s *Server) ReadSIPPRejections(ctx context.Context, req wire.ReadSIPPRejectionsRequestObject) (wire.ReadSIPPRejectionsResponseObject, error) {
	r := s.reader(ctx)
	i, err := r.Import(req.ImportID)
	if err != nil {
		return nil, err
	}
	if err := cover.MayPerform(r.Actor().OrganisationID, i.OrganisationID, cover.Organiser); err != nil {
		return nil, err
	}
	profile, err := r.SIPPProfile(req.Params.Profile)
	if err != nil {
		return nil, err
	}
	leave, err := enter(s.workbooks)
	if err != nil {
		return nil, err
	}
	defer leave()
	rejections, err := imports.ReadSIPPRejections(req.Body, profile)
	if err != nil {
		return nil, err
	}
	matched, unmatched, err := imports.KeepSIPPRejections(ctx, s.store, access.Acting(ctx), i, rejections)
	return wire.ReadSIPPRejections200JSONResponse{Rows: int64(len(rejections)), Matched: matched, Unmatched: unmatched}, err
}

// ListSIPPProfiles answers GET /v1/sipp-profiles.
func (s *Server) ListSIPPProfiles(ctx context.Context, _ wire.ListSIPPProfilesRequestObject) (wire.ListSIPPProfilesResponseObject, error) {
	profiles, err := s.reader(ctx).SIPPProfiles()
	return wire.ListSIPPProfiles200JSONResponse{Items: each(profiles, toSIPPProfile)}, err
}

// CorrectSIPPProfile answers PUT /v1/sipp-profiles/{profile}.
func (s *Server) CorrectSIPPProfile(ctx context.Context, req wire.CorrectSIPPProfileRequestObject) (wire.CorrectSIPPProfileResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.CorrectSIPPProfileResponseObject, error) {
		p := cover.SIPPProfile{
			Code: req.Profile, Source: req.Body.Source, Certainty: "V",
			Columns: each(req.Body.Columns, func(c wire.SIPPColumnInput) cover.SIPPColumn {
				return cover.SIPPColumn{Header: c.Header, Value: or(c.Value), Text: or(c.Text)}
			}),
		}
		err := imports.CorrectSIPPProfile(tx, &p, version)
		return wire.CorrectSIPPProfile200JSONResponse{
			Body: toSIPPProfile(p), Headers: wire.CorrectSIPPProfile200ResponseHeaders{ETag: etag(p.Version)},
		}, err
	})
}

func toSIPPProfile(p cover.SIPPProfile) wire.SIPPProfile {
	return wire.SIPPProfile{
		Code: p.Code, Source: p.Source, Certainty: certainties[p.Certainty], Version: p.Version, UpdatedAt: p.UpdatedAt,
		Columns: each(p.Columns, func(c cover.SIPPColumn) wire.SIPPColumn {
			return wire.SIPPColumn{Header: c.Header, Value: orNil(c.Value), Text: orNil(c.Text)}
		}),
	}
}

func fromReceiveImport(in wire.ReceiveImportParams, r *request) (cover.ImportTerms, error) {
	terms := cover.ImportTerms{
		Mode: or(in.Mode), CommitMode: or(in.Commit), OnError: or(in.OnError), DryRun: r.dryRun,
		AgreementID: orNull(in.AgreementID), AmendsID: orNull(in.Amends), Position: or(in.Position), AreaCode: or(in.AreaCode),
		Removals: in.Removals, MediaType: r.mediaType, Encoding: string(or(in.ContentEncoding)),
	}
	if terms.Encoding == "identity" {
		terms.Encoding = ""
	}
	var err error
	terms.AnnouncedDigest, err = announcedDigest(in.ReprDigest)
	return terms, err
}

// announcedDigest is the SHA-256 that a Repr-Digest header announces; nil without
// one. Refuses a header that announces none.
func announcedDigest(header *string) ([]byte, error) {
	if header == nil {
		return nil, nil
	}
	digest, ok := sha256Of(*header)
	if !ok {
		return nil, &cover.Error{Kind: cover.Malformed, Code: cover.MalformedRequest, Faults: cover.Faults{
			{Pointer: "Repr-Digest", In: "header", Code: cover.WrongFormat, Params: cover.Params{"format": "sha-256=:base64:"}},
		}}
	}
	return digest, nil
}

// sha256Of finds the SHA-256 among the digests of a Repr-Digest header (RFC 9530).
func sha256Of(header string) ([]byte, bool) {
	for entry := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(entry), "=")
		encoded, opens := strings.CutPrefix(value, ":")
		encoded, closes := strings.CutSuffix(encoded, ":")
		if name != "sha-256" || !opens || !closes {
			continue
		}
		digest, err := base64.StdEncoding.DecodeString(encoded)
		return digest, err == nil && len(digest) == 32
	}
	return nil, false
}

func orNull(id *uuid.UUID) uuid.NullUUID {
	if id == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: *id, Valid: true}
}

func (v view) toImport(i cover.Import, l language) wire.Import {
	out := wire.Import{
		ID: i.ID, OrganisationID: i.OrganisationID, Kind: wire.Officers, Mode: i.Mode, Commit: i.CommitMode, OnError: i.OnError,
		DryRun: i.DryRun, AgreementID: idOrNil(i.AgreementID), Amends: idOrNil(i.AmendsID), Position: orNil(i.Position),
		AreaCode: orNil(i.AreaCode), MediaType: i.MediaType, Status: i.Status, Progress: toImportProgress(i),
		ReceivedBytes: i.ReceivedBytes, Counts: toImportCounts(i.Counts), Repeats: idOrNil(i.RepeatsID),
		Damage: each(i.Damage, func(d cover.Damage) wire.ImportDamage { return toImportDamage(d, l) }),
		Errors: v.server.faults(i.Faults, l), Warnings: each(v.server.faults(i.Doubts, l), same),
		ReceivedAt: i.ReceivedAt, ValidatedAt: i.ValidatedAt, FinishedAt: i.FinishedAt,
		Actions: v.actions("/v1/imports/:import_id", i.ID.String(), i.Actions(v.who.OrganisationID)),
		Version: i.Version, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	digest := i.ContentDigest
	if digest == nil {
		digest = i.AnnouncedDigest
	}
	out.ContentDigest = orNil(hex.EncodeToString(digest))
	if len(i.Header.Columns) > 0 {
		out.Header = &wire.ImportHeader{
			Separator: orNil(i.Header.Separator), ByteOrderMark: orNil(i.Header.ByteOrderMark), Sheet: orNil(i.Header.Sheet),
			Columns: each(i.Header.Columns, func(c cover.ImportColumn) wire.ImportColumn {
				return wire.ImportColumn{Header: c.Header, Column: orNil(c.Column)}
			}),
		}
	}
	if i.ValidatedAt != nil {
		out.Effects = toImportEffects(i)
	}
	if i.PlanDigest.Valid {
		out.PlanDigest = orNil(cover.PlanName(i.PlanDigest.UUID))
	}
	if i.Status == cover.ImportReversed {
		out.Reversal = &wire.ImportReversal{Reversed: i.Reversal.Reversed, Kept: i.Reversal.Kept, Blocked: i.Reversal.Blocked}
	}
	return out
}

func same(f wire.Fault) wire.Fault { return f }

func toImportCounts(c cover.ImportCounts) wire.ImportCounts {
	return wire.ImportCounts{
		Rows: c.Rows, Created: c.Created, Updated: c.Updated, Unchanged: c.Unchanged, Ended: c.Ended, Rejected: c.Rejected,
		Amended: c.Amended, Cancelled: c.Cancelled, Warned: c.Warned,
	}
}

func toImportProgress(i cover.Import) wire.ImportProgress {
	p := wire.ImportProgress{Phase: i.Phase, Processed: i.Processed, Total: orNil(i.Total)}
	took := i.UpdatedAt.Sub(i.PhaseSince)
	if i.Phase == cover.PhaseResting || took < time.Second || i.Processed == 0 {
		return p
	}
	rate := i.Processed * int64(time.Second) / int64(took)
	p.Rate = &rate
	if left := i.Total - i.Processed; i.Total > 0 && left >= 0 && rate > 0 {
		eta := left / rate
		p.EtaSeconds = &eta
	}
	return p
}

func toImportEffects(i cover.Import) *wire.ImportEffects {
	out := &wire.ImportEffects{
		Appointed: i.Counts.Created, Amended: i.Counts.Updated, Ended: i.Counts.Ended, Conflicts: i.Effects.Conflicts,
	}
	if i.AgreementID.Valid {
		out.MonthlyPremiumAddedAmount, out.MonthlyPremiumRemovedAmount = &i.Effects.Added, &i.Effects.Removed
	}
	return out
}

func (v view) toImportRow(row cover.ImportRow, l language) wire.ImportRow {
	row = v.shownRow(row)
	out := wire.ImportRow{
		Row: orNil(row.Row), Outcome: row.Outcome, Applied: row.Applied, OfficerID: idOrNil(row.OfficerID), Cells: wire.ImportCells{},
		PersonalData: wire.Masked, Errors: v.toRowFaults(row, row.Faults, l), Warnings: v.toRowFaults(row, row.Doubts, l),
		Reversal: orNil(row.Reversal), ReversalCode: orNil(row.ReversalCode), SIPPReason: orNil(row.SIPPReason),
	}
	if v.who.SeesPersonalData() {
		out.PersonalData = wire.Shown
	}
	for _, c := range cover.Columns {
		if row.Cells[c] != "" {
			out.Cells[c.String()] = row.Cells[c]
		}
	}
	return out
}

func (v view) toRowFaults(row cover.ImportRow, faults cover.Faults, l language) []wire.RowFault {
	return each(faults, func(f cover.Fault) wire.RowFault {
		column := strings.TrimPrefix(f.Pointer, "/")
		out := wire.RowFault{Column: column, Code: f.Code, Detail: v.server.catalogue.detail(f.Code, l, f.Params)}
		if f.Params != nil {
			out.Params = &f.Params
		}
		out.Suggestion = orNil(row.Suggestions[column])
		return out
	})
}

func toImportDamage(d cover.Damage, l language) wire.ImportDamage {
	return wire.ImportDamage{Kind: d.Kind, Column: d.Column, Rows: d.Rows, Of: d.Of, Examples: d.Examples, Detail: damageWords[d.Kind][l]}
}

// damageWords say what a spreadsheet did, and how to have it not do so.
var damageWords = map[cover.DamageKind]map[language]string{
	cover.DamageScientific: {
		indonesian: "Lembar kerja menulis nilai kolom ini sebagai notasi ilmiah, misalnya 6,1E+15, sehingga angka-angkanya hilang. Jadikan kolom ini teks sebelum diisi, lalu ekspor kembali dari sumbernya.",
		english:    "A spreadsheet wrote this column in scientific notation, such as 6.1E+15, so its digits are lost. Format the column as text before the values are entered, and export again from the source.",
	},
	cover.DamageDigitLost: {
		indonesian: "Nilai kolom ini hanya 15 angka, padahal NIK 16 angka, jadi satu angka hilang di perjalanan. Ambil kembali dari sumbernya dengan kolom ini sebagai teks, lalu ekspor lagi.",
		english:    "The values of this column have fifteen digits where a NIK has sixteen, so one was lost on the way. Take them from the source again with the column as text, and export once more.",
	},
	cover.DamageRounded: {
		indonesian: "Lembar kerja menyimpan NIK sebagai bilangan, yang hanya memuat 15 angka, sehingga angka terakhirnya menjadi 0. Jadikan kolom ini teks, isi kembali dari sumbernya, lalu ekspor lagi.",
		english:    "A spreadsheet kept the NIKs as numbers, which hold only fifteen digits, so the last one became 0. Format the column as text, fill it again from the source, and export once more.",
	},
	cover.DamageShifted: {
		indonesian: "NIK berada di kolom lain, jadi isi kolom-kolomnya bergeser terhadap judulnya. Luruskan setiap kolom dengan judulnya di sumbernya, lalu ekspor kembali.",
		english:    "The NIKs stand in another column, so the cells have shifted against their headers. Put each column under its own header at the source, and export again.",
	},
}
