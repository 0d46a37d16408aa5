package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	published "naungan/api"
	"naungan/internal/api/wire"
	"naungan/internal/cover"
)

// keptShort lets the contract be kept for five minutes: it changes with releases,
// and whoever develops against it wants to see that.
const keptShort = "public, max-age=300"

// GetContract answers GET /openapi.yaml.
func (s *Server) GetContract(context.Context, wire.GetContractRequestObject) (wire.GetContractResponseObject, error) {
	return wire.GetContract200ApplicationYamlResponse{
		Body:          bytes.NewReader(published.Contract),
		ContentLength: int64(len(published.Contract)),
		Headers:       wire.GetContract200ResponseHeaders{ETag: s.contract.tag, CacheControl: keptShort},
	}, nil
}

// GetContractJSON answers GET /openapi.json.
func (s *Server) GetContractJSON(context.Context, wire.GetContractJSONRequestObject) (wire.GetContractJSONResponseObject, error) {
	return wire.GetContractJSON200JSONResponse{
		Body:    s.contract.json,
		Headers: wire.GetContractJSON200ResponseHeaders{ETag: s.contract.tag, CacheControl: keptShort},
	}, nil
}

// GetKeys answers GET /.well-known/jwks.json.
func (s *Server) GetKeys(context.Context, wire.GetKeysRequestObject) (wire.GetKeysResponseObject, error) {
	raw, err := s.store.Keys().JWKS()
	if err != nil {
		return nil, err
	}
	var keys wire.KeySet
	if err := json.Unmarshal(raw, &keys); err != nil {
		return nil, err
	}
	return wire.GetKeys200JSONResponse{Body: keys, Headers: wire.GetKeys200ResponseHeaders{CacheControl: keptShort}}, nil
}

// GetAuthorisationServer answers GET /.well-known/oauth-authorization-server.
func (s *Server) GetAuthorisationServer(ctx context.Context, _ wire.GetAuthorisationServerRequestObject) (wire.GetAuthorisationServerResponseObject, error) {
	base := requestOf(ctx).base
	return wire.GetAuthorisationServer200JSONResponse{
		Body: wire.AuthorisationServer{
			Issuer: base, TokenEndpoint: base + "/oauth/token", JwksURI: base + "/.well-known/jwks.json",
			GrantTypesSupported: []string{"client_credentials"}, ResponseTypesSupported: []string{},
			TokenEndpointAuthMethodsSupported: []string{"client_secret_basic"}, ScopesSupported: s.contract.scopes,
		},
		Headers: wire.GetAuthorisationServer200ResponseHeaders{CacheControl: "no-store"}, // it follows the address asked
	}, nil
}

// ListProblems answers GET /v1/problems.
func (s *Server) ListProblems(context.Context, wire.ListProblemsRequestObject) (wire.ListProblemsResponseObject, error) {
	return wire.ListProblems200JSONResponse{Items: each(s.catalogue.all(), toProblemType)}, nil
}

// GetProblem answers GET /v1/problems/{code}.
func (s *Server) GetProblem(_ context.Context, req wire.GetProblemRequestObject) (wire.GetProblemResponseObject, error) {
	p, known := s.catalogue.entry(req.Code)
	if !known {
		return nil, cover.Refuse(cover.NotFound, cover.ResourceUnknown, nil)
	}
	return wire.GetProblem200JSONResponse(toProblemType(p)), nil
}

// GetLiveness answers GET /livez.
func (s *Server) GetLiveness(context.Context, wire.GetLivenessRequestObject) (wire.GetLivenessResponseObject, error) {
	return wire.GetLiveness200JSONResponse{Status: "ok"}, nil
}

// GetReadiness answers GET /readyz.
func (s *Server) GetReadiness(ctx context.Context, _ wire.GetReadinessRequestObject) (wire.GetReadinessResponseObject, error) {
	if s.stopping.Load() {
		return nil, cover.Refuse(cover.Unavailable, cover.ServiceUnavailable, nil)
	}
	if err := s.store.Ready(ctx); err != nil {
		return nil, &cover.Error{Kind: cover.Unavailable, Code: cover.ServiceUnavailable, Err: err}
	}
	return wire.GetReadiness200JSONResponse{Status: "ok"}, nil
}

func toProblemType(p problemType) wire.ProblemType {
	return wire.ProblemType{
		Code: p.Code, Status: orNil(int32(p.Status)), Title: toBilingual(p.Title), Cause: toBilingual(p.Cause),
		Remedy: toBilingual(p.Remedy), Failing: orNil(p.Failing), Mended: orNil(p.Mended),
	}
}

func toBilingual(b bilingual) wire.Bilingual { return wire.Bilingual{ID: b.ID, En: b.EN} }

// contractJSON is the contract in JSON, its keys in the order of the authors.
func contractJSON(source []byte) (json.RawMessage, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(source, &doc); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := writeJSON(&out, doc.Content[0]); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeJSON(out *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				out.WriteByte(',')
			}
			name, err := json.Marshal(n.Content[i].Value)
			if err != nil {
				return err
			}
			out.Write(append(name, ':'))
			if err := writeJSON(out, n.Content[i+1]); err != nil {
				return err
			}
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeJSON(out, item); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	case yaml.ScalarNode:
		var value any = n.Value
		if n.Tag != "!!str" && !strings.HasPrefix(n.Tag, "!!timestamp") {
			if err := n.Decode(&value); err != nil {
				return err
			}
		}
		written, err := json.Marshal(value)
		if err != nil {
			return err
		}
		out.Write(written)
	default:
		return fmt.Errorf("contract: line %d: neither mapping, list nor value", n.Line)
	}
	return nil
}
