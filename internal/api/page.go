package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// asked is what a caller says of the page they want.
type asked struct {
	limit  *int32
	cursor *string
	sort   string
	prefer *string
}

// cursor is what next_cursor holds, signed: where the page ended, and of which
// list. It may not be carried to another list, because its place means nothing
// there.
type cursor struct {
	Key  string `json:"k,omitempty"`
	ID   string `json:"i"`
	List string `json:"l"`
}

// page reads what was asked. Refuses a cursor that is not ours, or of another
// list (cursor_invalid).
func (s *Server) page(ctx context.Context, in asked) (store.Page, error) {
	p := store.Page{Limit: 50, Count: countOf(in.prefer)}
	if in.limit != nil {
		p.Limit = int(*in.limit)
	}
	by, desc := strings.CutPrefix(in.sort, "-")
	p.Desc = desc
	if by != "id" {
		p.By = by
	}
	if in.cursor == nil {
		return p, nil
	}
	c, ok := s.openCursor(*in.cursor)
	if !ok || c.List != s.listOf(ctx) {
		return p, &cover.Error{Kind: cover.Malformed, Code: cover.CursorInvalid, Faults: cover.Faults{
			{Pointer: "cursor", In: "query", Code: cover.CursorInvalid},
		}}
	}
	p.After = &store.Place{Key: c.Key, ID: c.ID}
	return p, nil
}

// listOf names the list a request asks for: its path and filters, without what
// may differ from page to page.
func (s *Server) listOf(ctx context.Context) string {
	r := requestOf(ctx)
	query := url.Values{}
	for name, values := range r.query {
		if name != "cursor" && name != "limit" {
			query[name] = values
		}
	}
	return s.store.Keys().Index("list:" + r.path + "?" + query.Encode()).String()[:8]
}

// signatureLength is that of a keyed index.
const signatureLength = 16

func (s *Server) sealCursor(c cursor) string {
	written, err := json.Marshal(c)
	if err != nil {
		panic(err) // three strings
	}
	mac := s.store.Keys().Index("cursor:" + string(written))
	return base64.RawURLEncoding.EncodeToString(append(mac[:signatureLength], written...))
}

func (s *Server) openCursor(sealed string) (c cursor, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < signatureLength {
		return c, false
	}
	mac := s.store.Keys().Index("cursor:" + string(raw[signatureLength:]))
	if string(mac[:]) != string(raw[:signatureLength]) {
		return c, false
	}
	return c, json.Unmarshal(raw[signatureLength:], &c) == nil
}

// paging is what a page says besides its items.
type paging struct {
	cursor  *string
	link    *string
	total   *int64
	applied *string
}

// paging tells the caller where the next page is, and the total if it was asked.
func (s *Server) paging(ctx context.Context, next *store.Place, total *int64, how store.Count) paging {
	var out paging
	if total != nil {
		applied := "count=" + string(how)
		out.total, out.applied = total, &applied
	}
	if next == nil {
		return out
	}
	r := requestOf(ctx)
	sealed := s.sealCursor(cursor{Key: next.Key, ID: next.ID, List: s.listOf(ctx)})
	query := url.Values{}
	for name, values := range r.query {
		query[name] = values
	}
	query.Set("cursor", sealed)
	link := "<" + r.path + "?" + query.Encode() + `>; rel="next"`
	out.cursor, out.link = &sealed, &link
	return out
}

// countOf reads the preference for a total; others are ignored (RFC 7240).
func countOf(prefer *string) store.Count {
	if prefer == nil {
		return store.CountNot
	}
	for p := range strings.SplitSeq(*prefer, ",") {
		switch strings.ReplaceAll(strings.TrimSpace(p), " ", "") {
		case "count=exact":
			return store.CountExactly
		case "count=estimated":
			return store.CountEstimated
		}
	}
	return store.CountNot
}

// prefers reports whether a preference was named (RFC 7240).
func prefers(prefer *string, wanted string) bool {
	if prefer == nil {
		return false
	}
	for p := range strings.SplitSeq(*prefer, ",") {
		if strings.EqualFold(strings.TrimSpace(p), wanted) {
			return true
		}
	}
	return false
}

// sortOf is the order asked for, as the contract spells it.
func sortOf[T ~string](s *T) string {
	if s == nil {
		return "id"
	}
	return string(*s)
}

// orNil makes an absent value of an empty one.
func orNil[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// or is the value, or the empty one where it is absent.
func or[T any](v *T) (out T) {
	if v != nil {
		out = *v
	}
	return out
}

// each maps a list; it is never nil, because the contract wants [] and not null.
func each[A, B any](in []A, to func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = to(v)
	}
	return out
}

// actions says what the viewer may do next, and what stands in the way: besides
// the rules, a scope that the token lacks.
func (v view) actions(path, id string, actions []cover.Action) []wire.Action {
	return each(actions, func(a cover.Action) wire.Action {
		last := cmp.Or(a.Path, a.Name)
		route := "POST " + path + "/" + last
		if op := v.server.contract.operations[route]; op != nil {
			for _, scope := range op.scopes {
				if !v.who.Granted(scope) {
					a.BlockedBy = append(a.BlockedBy, cover.ScopeMissing)
				}
			}
		}
		return wire.Action{
			Action: a.Name, Method: "POST", Href: href(path, id) + "/" + last, ResultingStatus: a.Resulting, BlockedBy: a.BlockedBy,
		}
	})
}

// href is the address of a resource of a route such as /v1/officers/:officer_id.
func href(path, id string) string { return path[:strings.LastIndex(path, "/")+1] + id }
