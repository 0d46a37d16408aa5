package api

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v3"

	"naungan/internal/api/wire"
	"naungan/internal/claims"
	"naungan/internal/cover"
)

// CheckCoverage answers POST /v1/coverage-checks.
func (s *Server) CheckCoverage(ctx context.Context, req wire.CheckCoverageRequestObject) (wire.CheckCoverageResponseObject, error) {
	r := s.reader(ctx)
	known := r.Now()
	if req.Body.KnownAt != nil {
		known = *req.Body.KnownAt
	}
	c, err := claims.Check(r, req.Body.OfficerID, req.Body.At, known)
	if err != nil {
		return nil, err
	}
	return wire.CheckCoverage200JSONResponse(s.view(r).toCoverageCheck(c)), nil
}

func (v view) toCoverageCheck(c cover.CoverageCheck) wire.CoverageCheck {
	out := wire.CoverageCheck{
		OfficerID: c.OfficerID, At: c.At, KnownAt: c.KnownAt, Day: c.Day, Covered: c.Covered(), Reason: orNil(c.Reason),
		Programmes: each(c.Programmes, toProgrammeCheck), Segment: orNil(c.Segment), WageBaseAmount: orNil(c.WageBase),
		Chain: each(c.Chain, toChainLink), Roads: each(c.Roads, v.toRoad),
	}
	if c.PeriodID.Valid {
		out.CoveragePeriodID = &c.PeriodID.UUID
	}
	return out
}

func toProgrammeCheck(p cover.ProgrammeCheck) wire.ProgrammeCheck {
	return wire.ProgrammeCheck{Programme: p.Programme, Covered: p.Extent, Reason: orNil(p.Reason), Law: orNil(p.Law)}
}

func toChainLink(l cover.Link) wire.ChainLink {
	out := wire.ChainLink{
		Link: l.Kind, Reference: orNil(l.Reference), From: orNil(l.From), To: orNil(l.To), On: orNil(l.On),
		Holds: l.Holds, Reason: orNil(l.Reason),
	}
	if l.ID.Valid {
		out.ID = &l.ID.UUID
	}
	if !l.At.IsZero() {
		at := l.At.UTC()
		out.At = &at
	}
	return out
}

// toRoad tells where else to turn, in the caller's language.
func (v view) toRoad(r cover.Road) wire.RoadElsewhere {
	words := roadWords[r]
	return wire.RoadElsewhere{Road: r, Title: words.Title.in(v.language), Detail: words.Detail.in(v.language)}
}

// wording is what a road is called and what to do there.
type wording struct {
	Title  bilingual `yaml:"title"`
	Detail bilingual `yaml:"detail"`
}

//go:embed roads.yaml
var roadsYAML []byte

var roadWords = mustReadRoads(roadsYAML)

// mustReadRoads reads the words that come with the program; a test holds that none is
// missing.
func mustReadRoads(raw []byte) map[cover.Road]wording {
	words := map[cover.Road]wording{}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&words); err != nil {
		panic(fmt.Errorf("roads.yaml: %w", err))
	}
	return words
}
