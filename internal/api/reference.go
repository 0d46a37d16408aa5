package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// keptLong lets gateways keep reference data for an hour: it changes with
// releases.
const keptLong = "private, max-age=3600"

// ListAreas answers GET /v1/areas.
func (s *Server) ListAreas(ctx context.Context, req wire.ListAreasRequestObject) (wire.ListAreasResponseObject, error) {
	in := req.Params
	page, err := s.page(ctx, asked{limit: in.Limit, cursor: in.Cursor, sort: "id", prefer: in.Prefer})
	if err != nil {
		return nil, err
	}
	listed, err := s.reader(ctx).Areas(store.AreaFilter{Within: or(in.AreaCode), Parent: or(in.ParentCode), Levels: in.Level}, page)
	if err != nil {
		return nil, err
	}
	p := s.paging(ctx, listed.Next, listed.Total, page.Count)
	return wire.ListAreas200JSONResponse{
		Body:    wire.AreaPage{Items: each(listed.Items, toArea), NextCursor: p.cursor, Total: p.total},
		Headers: wire.ListAreas200ResponseHeaders{Link: p.link, PreferenceApplied: p.applied, CacheControl: keptLong},
	}, nil
}

// GetArea answers GET /v1/areas/{area_code}.
func (s *Server) GetArea(ctx context.Context, req wire.GetAreaRequestObject) (wire.GetAreaResponseObject, error) {
	a, err := s.reader(ctx).Area(req.AreaCode)
	if err != nil {
		return nil, err
	}
	body := toArea(a)
	return wire.GetArea200JSONResponse{
		Body: body, Headers: wire.GetArea200ResponseHeaders{ETag: digestTag(body), CacheControl: keptLong},
	}, nil
}

// ListPositions answers GET /v1/positions.
func (s *Server) ListPositions(ctx context.Context, _ wire.ListPositionsRequestObject) (wire.ListPositionsResponseObject, error) {
	body := wire.PositionList{Items: each(s.reader(ctx).Reference().Positions, toPosition)}
	return wire.ListPositions200JSONResponse{
		Body: body, Headers: wire.ListPositions200ResponseHeaders{ETag: digestTag(body), CacheControl: keptLong},
	}, nil
}

// ListElections answers GET /v1/elections.
func (s *Server) ListElections(ctx context.Context, _ wire.ListElectionsRequestObject) (wire.ListElectionsResponseObject, error) {
	body := wire.ElectionList{Items: each(s.reader(ctx).Reference().Elections, toElection)}
	return wire.ListElections200JSONResponse{
		Body: body, Headers: wire.ListElections200ResponseHeaders{ETag: digestTag(body), CacheControl: keptLong},
	}, nil
}

// digestTag is the entity tag of what has no version.
func digestTag(body any) string {
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(body); err != nil {
		panic(fmt.Sprintf("api: %T does not encode: %v", body, err))
	}
	return `"` + hex.EncodeToString(sum.Sum(nil))[:16] + `"`
}

func toArea(a cover.Area) wire.Area {
	return wire.Area{Code: a.Code, Level: a.Level, Name: a.Name, ParentCode: orNil(a.ParentCode)}
}

func toPosition(p cover.Position) wire.Position {
	return wire.Position{
		Code: p.Code, Organiser: wire.Organiser(p.Organiser), Unit: wire.Unit(p.Unit), PerUnit: orNil(int32(p.PerUnit)),
		NameID: p.NameID, NameEn: p.NameEN, MinAge: orNil(int32(p.MinAge)), MaxAge: orNil(int32(p.MaxAge)),
		Roles: each(p.Roles, func(r cover.PositionRole) wire.PositionRole {
			return wire.PositionRole{Role: r.Role, Seats: orNil(int32(r.Seats))}
		}),
	}
}

func toElection(e cover.Election) wire.Election {
	return wire.Election{
		Code: e.Code, NameID: e.NameID, NameEn: e.NameEN, VotedOn: e.VotedOn,
		Terms: each(e.Terms, func(t cover.Term) wire.ElectionTerm {
			return wire.ElectionTerm{
				Position: t.Position, Role: t.Role, TermFrom: orNil(t.From), TermTo: orNil(t.To),
				MonthlyHonorariumAmount: orNil(t.Honorarium), Law: t.Law, Certainty: certainties[t.Certainty],
			}
		}),
	}
}

// certainties spells out the marks under which facts were collected.
var certainties = map[string]wire.Certainty{
	"V": wire.Verified, "V2": wire.Secondary, "D": wire.Derived, "K": wire.Unconfirmed,
}
