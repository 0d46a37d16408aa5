package api

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"naungan/internal/api/wire"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// NameHeir answers POST /v1/incidents/{incident_id}/heirs.
func (s *Server) NameHeir(ctx context.Context, req wire.NameHeirRequestObject) (wire.NameHeirResponseObject, error) {
	return write(ctx, s, func(tx *store.Tx) (wire.NameHeirResponseObject, error) {
		h, err := claims.NameHeir(tx, req.IncidentID, fromHeirInput(*req.Body))
		if err != nil {
			return nil, err
		}
		body, err := s.shownHeir(tx, h)
		return wire.NameHeir201JSONResponse{
			Body: body,
			Headers: wire.NameHeir201ResponseHeaders{
				Location: "/v1/incidents/" + h.IncidentID.String() + "/heirs/" + h.ID.String(), ETag: etag(h.Version),
			},
		}, err
	})
}

// ListHeirs answers GET /v1/incidents/{incident_id}/heirs.
func (s *Server) ListHeirs(ctx context.Context, req wire.ListHeirsRequestObject) (wire.ListHeirsResponseObject, error) {
	r := s.reader(ctx)
	i, err := insideIncident(r, req.IncidentID)
	if err != nil {
		return nil, err
	}
	heirs, err := r.Heirs(i.ID)
	if err != nil {
		return nil, err
	}
	heirs = slices.DeleteFunc(heirs, func(h cover.Heir) bool { return h.StruckAt != nil })
	slices.SortStableFunc(heirs, func(a, b cover.Heir) int { return a.Relation.Rank() - b.Relation.Rank() })
	if r.Actor().SeesPersonalData() && len(heirs) > 0 {
		if err := r.RecordKinReading(i, heirs...); err != nil {
			return nil, err
		}
	}
	return wire.ListHeirs200JSONResponse{Items: each(heirs, s.view(r).toHeir)}, nil
}

// GetHeir answers GET /v1/incidents/{incident_id}/heirs/{heir_id}.
func (s *Server) GetHeir(ctx context.Context, req wire.GetHeirRequestObject) (wire.GetHeirResponseObject, error) {
	r := s.reader(ctx)
	i, err := insideIncident(r, req.IncidentID)
	if err != nil {
		return nil, err
	}
	h, err := r.Heir(i.ID, req.HeirID)
	if err != nil {
		return nil, err
	}
	if r.Actor().SeesPersonalData() {
		if err := r.RecordKinReading(i, h); err != nil {
			return nil, err
		}
	}
	return wire.GetHeir200JSONResponse{Body: s.view(r).toHeir(h), Headers: wire.GetHeir200ResponseHeaders{ETag: etag(h.Version)}}, nil
}

// AmendHeir answers PATCH /v1/incidents/{incident_id}/heirs/{heir_id}.
func (s *Server) AmendHeir(ctx context.Context, req wire.AmendHeirRequestObject) (wire.AmendHeirResponseObject, error) {
	version, err := ifMatch(&req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.AmendHeirResponseObject, error) {
		h, err := claims.AmendHeir(tx, req.IncidentID, req.HeirID, version, fromHeirPatch(*req.Body))
		if err != nil {
			return nil, err
		}
		body, err := s.shownHeir(tx, h)
		return wire.AmendHeir200JSONResponse{Body: body, Headers: wire.AmendHeir200ResponseHeaders{ETag: etag(h.Version)}}, err
	})
}

// StrikeHeir answers POST /v1/incidents/{incident_id}/heirs/{heir_id}/strike.
func (s *Server) StrikeHeir(ctx context.Context, req wire.StrikeHeirRequestObject) (wire.StrikeHeirResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(tx *store.Tx) (wire.StrikeHeirResponseObject, error) {
		h, err := claims.StrikeHeir(tx, req.IncidentID, req.HeirID, version)
		if err != nil {
			return nil, err
		}
		body, err := s.shownHeir(tx, h)
		return wire.StrikeHeir200JSONResponse{Body: body, Headers: wire.StrikeHeir200ResponseHeaders{ETag: etag(h.Version)}}, err
	})
}

// insideIncident is an incident that the actor sees from the inside; whoever merely
// reported it learns nothing of a family.
func insideIncident(r *store.Reader, id uuid.UUID) (cover.Incident, error) {
	i, err := r.Incident(id)
	if err == nil && !i.Inside {
		err = cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return i, err
}

// shownHeir is an heir as the answer to a write shows them. An unmasked one is recorded
// in the same transaction.
func (s *Server) shownHeir(tx *store.Tx, h cover.Heir) (wire.Heir, error) {
	body := s.view(tx.Reader).toHeir(h)
	if !tx.Actor().SeesPersonalData() {
		return body, nil
	}
	i, err := tx.Incident(h.IncidentID)
	if err != nil {
		return body, err
	}
	return body, tx.Record(cover.Event{Type: cover.PersonalDataRead, ResourceID: h.ID, OrganisationID: i.Owner()})
}

func fromHeirInput(in wire.HeirInput) cover.Heir {
	return cover.Heir{Relation: in.Relation, Kin: cover.Kin{
		FullName: in.FullName, NIK: cover.NIK(or(in.NIK)), BornOn: in.BornOn, Phone: or(in.Phone),
		Account:  cover.BankAccount{Number: or(in.BankAccountNumber), Name: or(in.BankAccountName), Bank: or(in.BankAccountBank)},
		Guardian: fromGuardian(in.Guardian),
	}}
}

func fromGuardian(in *wire.GuardianInput) *cover.Guardian {
	if in == nil {
		return nil
	}
	return &cover.Guardian{FullName: in.FullName, NIK: cover.NIK(in.NIK), Phone: in.Phone}
}

func fromHeirPatch(in wire.HeirPatch) func(*cover.Kin) {
	return func(k *cover.Kin) {
		set(&k.FullName, in.FullName)
		nik := string(k.NIK)
		setOrClear(&nik, in.NIK)
		k.NIK = cover.NIK(nik)
		set(&k.BornOn, in.BornOn)
		setOrClear(&k.Phone, in.Phone)
		setOrClear(&k.Account.Number, in.BankAccountNumber)
		setOrClear(&k.Account.Name, in.BankAccountName)
		setOrClear(&k.Account.Bank, in.BankAccountBank)
		if in.Guardian.IsSpecified() {
			k.Guardian = fromGuardian(orAbsent(in.Guardian))
		}
	}
}

func (v view) toHeir(h cover.Heir) wire.Heir {
	out := wire.Heir{
		ID: h.ID, IncidentID: h.IncidentID, Relation: h.Relation, Rank: int32(h.Relation.Rank()), Minor: h.Minor(v.today), //nolint:gosec // there are six
		HasGuardian: h.Kin.Guardian != nil, HasBankAccount: h.HasAccount(), PersonalData: wire.Masked, StruckAt: h.StruckAt,
		Version: h.Version, CreatedAt: h.CreatedAt, UpdatedAt: h.UpdatedAt,
	}
	if !v.who.SeesPersonalData() {
		return out
	}
	k := h.Kin
	out.PersonalData, out.FullName, out.NIK, out.BornOn, out.Phone = wire.Shown, &k.FullName, orNil(string(k.NIK)), &k.BornOn, orNil(k.Phone)
	out.BankAccountNumber, out.BankAccountName, out.BankAccountBank = orNil(k.Account.Number), orNil(k.Account.Name), orNil(k.Account.Bank)
	if g := k.Guardian; g != nil {
		out.Guardian = &wire.Guardian{FullName: g.FullName, NIK: string(g.NIK), Phone: g.Phone}
	}
	return out
}
