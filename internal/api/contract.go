package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	published "naungan/api"
	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/imports"
)

// contract is the published contract as the server keeps it: what it says of each
// operation, found by method and route.
type contract struct {
	operations map[string]*operation // "GET /v1/officers/:officer_id"
	scopes     []string              // every scope there is
	json       json.RawMessage
	tag        string
}

// operation is what the contract says of one operation.
type operation struct {
	id       string
	public   bool     // needs no token
	scopes   []string // all of them are needed
	purpose  bool     // honours the Purpose header
	speaks   bool     // its answers hold words, in the language asked for
	queries  []string // the names of its query parameters
	consumes []string
	produces []string
	raw      bool  // its handler reads the body, which may be a file
	most     int64 // bytes of such a file
	long     bool  // it takes as long as it moves, and not patience at most
	keyed    bool  // takes an Idempotency-Key
	route    *routers.Route
}

// maxBody is the most bytes a request that is read whole may have.
const maxBody = 1 << 20

func init() {
	// These formats say what the patterns of kin-openapi let pass: a day that does
	// not exist, a year the database cannot hold.
	openapi3.DefineStringFormatValidator("date", openapi3.NewCallbackValidator(func(s string) error {
		d, err := cover.ParseDate(s)
		if err == nil && (d.Year() < 1900 || d.Year() > 2199) {
			err = errors.New("not between 1900 and 2199")
		}
		return err
	}))
	openapi3.DefineStringFormatValidator("date-time", openapi3.NewCallbackValidator(func(s string) error {
		t, err := time.Parse(time.RFC3339, s)
		if err == nil && (t.Year() < 1900 || t.Year() > 2199) {
			err = errors.New("not between 1900 and 2199")
		}
		return err
	}))
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(s string) error {
		if len(s) != 36 {
			return errors.New("not a UUID")
		}
		_, err := uuid.Parse(s)
		return err
	}))
	openapi3.DefineStringFormatValidator("email", openapi3.NewCallbackValidator(func(s string) error {
		a, err := mail.ParseAddress(s)
		if err == nil && a.Address != s {
			err = errors.New("not a bare address")
		}
		return err
	}))
}

// loadContract reads the contract, once, and refuses one with an operation of which it
// does not say who may call it.
var loadContract = sync.OnceValues(func() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(published.Contract)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	written, err := contractJSON(published.Contract)
	if err != nil {
		return nil, err
	}
	c := &contract{operations: map[string]*operation{}, json: written, tag: digestTag(written)}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			op, err := newOperation(doc, path, item, method, o)
			if err != nil {
				return nil, fmt.Errorf("contract: %s %s: %w", method, path, err)
			}
			c.operations[method+" "+routeOf(path)] = op
		}
	}
	for scope := range doc.Components.SecuritySchemes["oauth2"].Value.Flows.ClientCredentials.Scopes {
		c.scopes = append(c.scopes, scope)
	}
	slices.Sort(c.scopes)
	return c, nil
})

func newOperation(doc *openapi3.T, path string, item *openapi3.PathItem, method string, o *openapi3.Operation) (*operation, error) {
	if o.Security == nil {
		return nil, errors.New("neither security nor an explicit none")
	}
	op := &operation{id: o.OperationID, public: len(*o.Security) == 0}
	for _, requirement := range *o.Security {
		for _, scopes := range requirement {
			op.scopes = append(op.scopes, scopes...)
		}
	}
	if !op.public && len(op.scopes) == 0 {
		return nil, errors.New("security without a scope")
	}
	for _, parameters := range []openapi3.Parameters{item.Parameters, o.Parameters} {
		for _, p := range parameters {
			switch {
			case p.Value.In == openapi3.ParameterInQuery:
				op.queries = append(op.queries, p.Value.Name)
			case p.Value.Name == "Purpose":
				op.purpose = true
			case p.Value.Name == "Accept-Language":
				op.speaks = true
			case p.Value.Name == "Idempotency-Key":
				op.keyed = true
			}
		}
	}
	if o.RequestBody != nil {
		op.consumes = slices.Sorted(maps.Keys(o.RequestBody.Value.Content))
	}
	for _, r := range o.Responses.Map() {
		op.produces = append(op.produces, slices.Sorted(maps.Keys(r.Value.Content))...)
	}
	op.raw = marked(o, "x-raw-body")
	op.long = op.raw || marked(o, "x-stream")
	op.most = imports.MostBytes
	if most, said := o.Extensions["x-max-bytes"].(float64); said {
		op.most = int64(most)
	}
	checked := *o
	checked.Security = openapi3.NewSecurityRequirements() // asked before the body is read
	op.route = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: &checked}
	return op, nil
}

// marked reports whether the contract says a word of our own of an operation.
func marked(o *openapi3.Operation, word string) bool { return o.Extensions[word] == true }

var pathParameter = regexp.MustCompile(`\{([a-z_]+)\}`)

// routeOf spells a path of the contract as gin does.
func routeOf(path string) string { return pathParameter.ReplaceAllString(path, ":$1") }

// route finds the operation of a request.
func (s *Server) route(c *gin.Context) {
	r := requestOf(c.Request.Context())
	r.language = languageOf(c.GetHeader("Accept-Language"))
	r.operation = s.contract.operations[c.Request.Method+" "+c.FullPath()]
	r.method, r.url, r.accept = c.Request.Method, c.Request.URL, c.GetHeader("Accept")
	r.path, r.query, r.base = c.Request.URL.Path, c.Request.URL.Query(), baseOf(c.Request)
	if r.dryRun = dry(r.query); r.operation != nil && r.operation.keyed {
		r.idempotencyKey = c.GetHeader("Idempotency-Key")
	}
	r.basic.id, r.basic.secret, _ = c.Request.BasicAuth()
}

// dry reports whether a dry run is asked for. The contract's check takes all of
// Go's spellings of a boolean, and no value for its default; whatever is not
// plainly no means yes, for a write cannot be taken back.
func dry(query url.Values) bool {
	asked, err := strconv.ParseBool(query.Get("dry_run"))
	return query.Has("dry_run") && (asked || err != nil)
}

// baseOf is the address under which a caller reached the server, a gateway's if it
// says so.
func baseOf(req *http.Request) string {
	if req.TLS != nil || req.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + req.Host
	}
	return "http://" + req.Host
}

// obeyContract refuses requests that the contract does not allow, with all
// faults at once. Whatever passes has the shape that handlers rely on.
func (s *Server) obeyContract(c *gin.Context) {
	r := requestOf(c.Request.Context())
	if r.operation == nil {
		return // gin answers unknown routes, and the portal its own
	}
	if err := s.check(c, r); err != nil {
		s.refuse(c, err)
	}
}

func (s *Server) check(c *gin.Context, r *request) error {
	op := r.operation
	if !acceptable(r.accept, op.produces) {
		return &cover.Error{Kind: cover.Malformed, Code: cover.NotAcceptable, Params: cover.Params{"supported": op.produces}}
	}
	if err := r.readBody(c); err != nil {
		return err
	}
	faults := queryFaults(r.query, op)
	if _, err := url.ParseQuery(c.Request.URL.RawQuery); err != nil { // else net/url leaves out what it cannot read
		faults = append(faults, cover.Fault{
			In: openapi3.ParameterInQuery, Code: cover.WrongFormat, Params: cover.Params{"format": "name=value&name=value"},
		})
	}
	if !utf8.ValidString(r.idempotencyKey) { // a header may hold any byte; the database keeps text
		faults = append(faults, cover.Fault{
			Pointer: "Idempotency-Key", In: openapi3.ParameterInHeader, Code: cover.WrongFormat, Params: cover.Params{"format": "UTF-8"},
		})
	}
	params := make(map[string]string, len(c.Params))
	for _, p := range c.Params {
		params[p.Key] = p.Value
	}
	err := openapi3filter.ValidateRequest(c.Request.Context(), &openapi3filter.RequestValidationInput{
		Request: c.Request, PathParams: params, QueryParams: r.query, Route: op.route,
		Options: &openapi3filter.Options{
			MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeRequestBody: op.raw,
		},
	})
	if err != nil {
		faults = append(faults, withoutEchoes(contractFaults(err), faults)...)
	}
	if err := refusalOf(faults); err != nil {
		return err
	}
	if r.idempotencyKey != "" && !op.raw {
		r.fingerprint = r.fingerprintOf(canonical(r.body))
	}
	return nil
}

// refusalOf makes one refusal of all faults. A version or a key that is missing
// has an answer of its own, if nothing else is wrong.
func refusalOf(faults cover.Faults) error {
	if len(faults) == 0 {
		return nil
	}
	faults = faults[:min(len(faults), mostFaults)]
	if len(faults) == 1 && faults[0].In == openapi3.ParameterInHeader && faults[0].Code == cover.Required {
		switch faults[0].Pointer {
		case "If-Match":
			return &cover.Error{Kind: cover.Stale, Code: cover.VersionMissing, Faults: faults}
		case "Idempotency-Key":
			return &cover.Error{Kind: cover.Malformed, Code: cover.IdempotencyKeyMissing, Faults: faults}
		}
	}
	return &cover.Error{Kind: cover.Malformed, Code: cover.MalformedRequest, Faults: faults}
}

// withoutEchoes leaves out what kin-openapi says once more, and less well, of
// parameters that were refused already.
func withoutEchoes(found, told cover.Faults) cover.Faults {
	return slices.DeleteFunc(found, func(f cover.Fault) bool {
		return slices.ContainsFunc(told, func(t cover.Fault) bool {
			return t.In == f.In && t.Pointer == f.Pointer || t.In == openapi3.ParameterInQuery && f.In == "" && f.Pointer == ""
		})
	})
}

// mostFaults is how many faults are told at once; nobody mends more in one go.
const mostFaults = 100

// readBody reads the body of a request whole, within maxBody, and refuses what
// is no JSON where JSON is due. A body that its handler reads is left alone.
func (r *request) readBody(c *gin.Context) error {
	if len(r.operation.consumes) == 0 {
		return nil
	}
	media, params, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	r.mediaType = media
	if !slices.Contains(r.operation.consumes, r.mediaType) {
		return &cover.Error{Kind: cover.Malformed, Code: cover.MediaTypeUnsupported, Params: cover.Params{"supported": r.operation.consumes}}
	}
	if r.operation.raw {
		if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
			return &cover.Error{Kind: cover.Malformed, Code: cover.MediaTypeUnsupported, Params: cover.Params{"supported": r.operation.consumes}}
		}
		if c.Request.ContentLength > r.operation.most {
			return &cover.Error{Kind: cover.Malformed, Code: cover.UploadTooLarge, Params: cover.Params{"limit": r.operation.most}}
		}
		return nil
	}
	tooLarge := &cover.Error{Kind: cover.Malformed, Code: cover.BodyTooLarge, Params: cover.Params{"limit": maxBody}}
	if c.Request.ContentLength > maxBody {
		return tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if err != nil {
		if _, over := errors.AsType[*http.MaxBytesError](err); over {
			return tooLarge
		}
		return jsonFault(cover.JSONInvalid, nil)
	}
	r.body = body
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	if strings.HasSuffix(r.mediaType, "json") {
		return checkJSON(body)
	}
	return nil
}

// checkJSON refuses what is not one JSON value, and text that no database holds.
func checkJSON(body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		var params cover.Params
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			params = cover.Params{"offset": syntax.Offset}
		}
		return jsonFault(cover.JSONInvalid, params)
	}
	if holdsZero(value) {
		return jsonFault(cover.NULCharacter, nil)
	}
	if n := values(value); n > mostValues {
		return jsonFault(cover.TooManyValues, cover.Params{"max": mostValues})
	}
	return nil
}

// mostValues is how many values a body may be made of. Checking and explaining one
// costs far more than sending it; no request of the contract needs nearly as many.
const mostValues = 5_000

func values(value any) int {
	n := 1
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			n += values(item)
		}
	case map[string]any:
		for _, member := range v {
			n += values(member)
		}
	}
	return n
}

// holdsZero reports whether a JSON value holds the character U+0000 anywhere. Its
// escape alone says nothing: behind another backslash it is six characters.
func holdsZero(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case []any:
		return slices.ContainsFunc(v, holdsZero)
	case map[string]any:
		for name, member := range v {
			if holdsZero(name) || holdsZero(member) {
				return true
			}
		}
	}
	return false
}

func jsonFault(code cover.Code, params cover.Params) error {
	var faults cover.Faults
	faults.Add("", code, params)
	return &cover.Error{Kind: cover.Malformed, Code: cover.MalformedRequest, Faults: faults}
}

// fingerprintOf tells requests apart: method, path, query, whether people are
// shown unmasked, and content, which is the body or, where the handler reads that,
// what the handler says stands for it. An answer that shows a person is not given
// again to whoever may not see it.
func (r *request) fingerprintOf(content []byte) []byte {
	sum := sha256.New()
	sum.Write([]byte(r.method + " " + r.url.EscapedPath() + "?" + r.url.Query().Encode() + "\n" + strconv.FormatBool(r.unmasked) + "\n"))
	sum.Write(content)
	return sum.Sum(nil)
}

// canonical is a body with its keys in order, if it is JSON.
func canonical(body []byte) []byte {
	var value any
	if json.Unmarshal(body, &value) == nil {
		if ordered, err := json.Marshal(value); err == nil {
			return ordered
		}
	}
	return body
}

// queryFaults says which parameters the contract does not know, and which are
// empty or stand there twice.
func queryFaults(query url.Values, op *operation) (faults cover.Faults) {
	add := func(name string, code cover.Code, params cover.Params) {
		faults = append(faults, cover.Fault{Pointer: printable(name), In: openapi3.ParameterInQuery, Code: code, Params: params})
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch values := query[name]; {
		case len(faults) == mostFaults:
			return faults
		case !slices.Contains(op.queries, name):
			params := cover.Params{"name": printable(name)}
			if near := nearest(name, op.queries); near != "" {
				params["nearest"] = near
			}
			add(name, cover.UnknownParameter, params)
		case len(values) > 1:
			add(name, cover.RepeatedParameter, nil)
		case values[0] == "":
			add(name, cover.EmptyParameter, nil)
		}
	}
	return faults
}

// authenticate finds out who acts and whether they hold the operation's scopes.
func (s *Server) authenticate(c *gin.Context) {
	r := requestOf(c.Request.Context())
	if r.operation == nil || r.operation.public {
		return
	}
	who, err := s.tokens.actor(c.GetHeader("Authorization"))
	if err != nil {
		s.refuse(c, err)
		return
	}
	who.RequestID = r.id
	if r.operation.purpose && !r.dryRun { // a dry run keeps no record, and so shows nobody
		who.Purpose = cover.Purpose(c.GetHeader("Purpose"))
	}
	r.client, r.unmasked = who.ClientID.String(), who.SeesPersonalData()
	for _, scope := range r.operation.scopes {
		if !who.Granted(scope) {
			s.refuse(c, cover.Refuse(cover.Forbidden, cover.ScopeMissing, cover.Params{"scope": scope}))
			return
		}
	}
	c.Request = c.Request.WithContext(access.With(c.Request.Context(), who))
}
