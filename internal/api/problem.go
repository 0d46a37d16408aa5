package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
)

// statusOf is the status of an error by its kind; a few codes have their own.
var statusOf = map[cover.Kind]int{
	cover.Internal: 500, cover.Malformed: 400, cover.Invalid: 422, cover.NotFound: 404, cover.Conflict: 409,
	cover.Stale: 412, cover.Forbidden: 403, cover.Unavailable: 503,
}

var statusOfCode = map[cover.Code]int{
	cover.TokenMissing: 401, cover.TokenInvalid: 401, cover.ClientUnknown: 401, cover.MethodNotAllowed: 405,
	cover.NotAcceptable: 406, cover.BodyTooLarge: 413, cover.UploadTooLarge: 413, cover.MediaTypeUnsupported: 415, cover.VersionMissing: 428,
	cover.DocumentIsWithdrawn: 410, cover.DocumentLinkOver: 410,
}

// hungUp is what the log calls a request whose caller did not wait.
const hungUp = 499

// refuse answers every failed request. All doors through which an error can
// leave the server lead here, so callers meet one shape.
func (s *Server) refuse(c *gin.Context, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.AbortWithStatus(hungUp) // there is nobody to answer
		return
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = &cover.Error{Kind: cover.Unavailable, Code: cover.ServiceUnavailable, Err: err}
	}
	r := requestOf(c.Request.Context())
	refused, ours := errors.AsType[*cover.Error](err)
	if !ours {
		refused = &cover.Error{Kind: cover.Internal, Code: cover.InternalFault}
	}
	status := statusOf[refused.Kind]
	if own, ok := statusOfCode[refused.Code]; ok {
		status = own
	}
	if status >= http.StatusInternalServerError {
		slog.ErrorContext(c.Request.Context(), "request failed", "request_id", r.id, "operation", r.operationID(), "err", redacted(err))
	}
	s.explain(c, refused, status)
	c.Header("Content-Type", "application/problem+json")
	c.Header("Cache-Control", "no-store")
	c.AbortWithStatusJSON(status, s.problem(c, r, refused, status)) //nolint:forbidigo // the one place that writes a refusal
}

// explain sets the headers that go with a refusal.
func (s *Server) explain(c *gin.Context, refused *cover.Error, status int) {
	switch {
	case status == http.StatusUnauthorized && refused.Code == cover.ClientUnknown:
		c.Header("WWW-Authenticate", `Basic realm="naungan"`)
	case status == http.StatusUnauthorized:
		c.Header("WWW-Authenticate", `Bearer realm="naungan"`)
	case refused.Code == cover.ScopeMissing:
		c.Header("WWW-Authenticate", fmt.Sprintf(`Bearer realm="naungan", error="insufficient_scope", scope=%q`, refused.Params["scope"]))
	case status == http.StatusServiceUnavailable, refused.Code == cover.RequestInProgress, refused.Code == cover.DocumentBeingScanned:
		c.Header("Retry-After", "1")
	case refused.Code == cover.UploadOffsetWrong:
		c.Header("Upload-Offset", fmt.Sprint(refused.Params["offset"]))
	case refused.Code == cover.VersionStale:
		c.Header("ETag", requestOf(c.Request.Context()).tagged(fmt.Sprintf(`"%v"`, refused.Params["version"])))
	}
}

func (s *Server) problem(c *gin.Context, r *request, refused *cover.Error, status int) wire.Problem {
	params := refused.Params
	if len(refused.Faults) > 0 {
		params = withCount(params, len(refused.Faults))
	}
	p := wire.Problem{
		Type: "/v1/problems/" + string(refused.Code), Title: s.catalogue.title(refused.Code, r.language), Status: int32(status),
		Code: refused.Code, RequestID: r.id, Errors: s.faults(refused.Faults, r.language),
	}
	if r.operation != nil && r.operationID() != "openDocumentLink" { // whose path is a secret
		instance := c.Request.URL.Path
		p.Instance = &instance
	}
	if detail := s.catalogue.detail(refused.Code, r.language, params); detail != "" {
		p.Detail = &detail
	}
	if r.operationID() == "requestToken" {
		oauth := oauthError(refused.Code)
		p.Error, p.ErrorDescription = &oauth, p.Detail
	}
	return p
}

func withCount(params cover.Params, n int) cover.Params {
	counted := cover.Params{"count": n}
	for k, v := range params {
		counted[k] = v
	}
	return counted
}

// faults puts faults, or doubts, into words.
func (s *Server) faults(faults cover.Faults, l language) []wire.Fault {
	var told []wire.Fault
	for _, f := range faults {
		where := wire.FaultLocation(f.In)
		if where == "" {
			where = wire.Body
		}
		fault := wire.Fault{Pointer: f.Pointer, Location: where, Code: f.Code, Detail: s.catalogue.detail(f.Code, l, f.Params)}
		if f.Params != nil {
			fault.Params = &f.Params
		}
		told = append(told, fault)
	}
	return told
}

// redacted is an error without what a database or a parser repeats of values.
func redacted(err error) string {
	return quoted.ReplaceAllString(err.Error(), `"…"`)
}

var quoted = regexp.MustCompile(`"[^"]*"`)

func stack() string { return string(debug.Stack()) }

func errMethod(c *gin.Context) error {
	return &cover.Error{Kind: cover.Malformed, Code: cover.MethodNotAllowed, Params: cover.Params{
		"allowed": strings.Split(c.Writer.Header().Get("Allow"), ", "),
	}}
}

// codeOf names the keyword of a schema that a value breaks.
var codeOf = map[string]cover.Code{
	"required": cover.Required, "type": cover.WrongType, "enum": cover.NotListed, "pattern": cover.WrongFormat,
	"format": cover.WrongFormat, "minLength": cover.TooShort, "maxLength": cover.TooLong, "minimum": cover.TooSmall,
	"maximum": cover.TooLarge, "minItems": cover.TooFewItems, "maxItems": cover.TooManyItems,
	"uniqueItems": cover.RepeatedItem, "minProperties": cover.TooFewMembers, "nullable": cover.NullNotAllowed,
}

// contractFaults turns what kin-openapi found into faults.
func contractFaults(err error) (faults cover.Faults) {
	at := cover.Fault{}
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) { //nolint:errorlint // the tree is walked node by node
		case openapi3.MultiError:
			for _, e := range e {
				walk(e)
			}
		case *openapi3filter.RequestError:
			before := at
			if e.Parameter != nil {
				at = cover.Fault{In: e.Parameter.In, Pointer: e.Parameter.Name}
			}
			if _, unparsed := e.Err.(*openapi3filter.ParseError); unparsed && e.Parameter != nil { //nolint:errorlint // see above
				faults = append(faults, wrongType(at, e.Parameter.Schema.Value))
				at = before
				return
			}
			if e.Err == nil || errors.Is(e.Err, openapi3filter.ErrInvalidRequired) || errors.Is(e.Err, openapi3filter.ErrInvalidEmptyValue) {
				faults = append(faults, missing(at))
			} else {
				walk(e.Err)
			}
			at = before
		case *openapi3.SchemaError:
			faults = append(faults, schemaFault(at, e))
		case *openapi3filter.ParseError:
			f := at
			f.Code = cover.WrongType
			faults = append(faults, f)
		default:
			f := at
			f.Code = cover.ContractBroken
			faults = append(faults, f)
		}
	}
	walk(err)
	return faults
}

func missing(at cover.Fault) cover.Fault {
	at.Code, at.Params = cover.Required, cover.Params{"name": at.Pointer}
	return at
}

var unsupported = regexp.MustCompile(`^property "(.*)" is unsupported$`)

// schemaFault says which keyword a value breaks, with what the keyword asks for
// and never with the value.
func schemaFault(at cover.Fault, e *openapi3.SchemaError) cover.Fault {
	pointer := ""
	for _, step := range e.JSONPointer() {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
	}
	if at.In == "" {
		at.Pointer = pointer
	} else {
		at.Pointer += pointer
	}
	code, known := codeOf[e.SchemaField]
	at.Code = code
	if !known {
		at.Code = cover.ContractBroken
	}
	schema := e.Schema
	switch {
	case unsupported.MatchString(e.Reason):
		name := printable(unsupported.FindStringSubmatch(e.Reason)[1])
		at.Code, at.Pointer, at.Params = cover.UnknownField, at.Pointer+"/"+name, cover.Params{"name": name}
		if near := nearest(name, slices.Sorted(propertyNames(schema))); near != "" {
			at.Params["nearest"] = near
		}
	case at.Code == cover.Required:
		at.Params = cover.Params{"name": lastOf(at.Pointer)}
	case e.Value == nil && (at.Code == cover.WrongType || at.Code == cover.NotListed):
		at.Code = cover.NullNotAllowed
	case at.Code == cover.WrongType && schema.Type != nil:
		at = wrongType(at, schema)
	case at.Code == cover.NotListed:
		at.Params = cover.Params{"allowed": schema.Enum}
	case at.Code == cover.WrongFormat:
		at.Params = formatParams(schema)
	case at.Code == cover.TooShort:
		at.Params = cover.Params{"min": schema.MinLength}
	case at.Code == cover.TooLong && schema.MaxLength != nil:
		at.Params = cover.Params{"max": *schema.MaxLength}
	case at.Code == cover.TooSmall && schema.Min != nil:
		at.Params = cover.Params{"min": int64(*schema.Min)}
	case at.Code == cover.TooLarge && schema.Max != nil:
		at.Params = cover.Params{"max": int64(*schema.Max)}
	case at.Code == cover.TooFewItems:
		at.Params = cover.Params{"min": schema.MinItems}
	case at.Code == cover.TooManyItems && schema.MaxItems != nil:
		at.Params = cover.Params{"max": *schema.MaxItems}
	case at.Code == cover.TooFewMembers:
		at.Params = cover.Params{"min": schema.MinProps}
	}
	return at
}

func wrongType(at cover.Fault, schema *openapi3.Schema) cover.Fault {
	at.Code, at.Params = cover.WrongType, cover.Params{"expected": strings.Join(schema.Type.Slice(), ", ")}
	return at
}

func formatParams(schema *openapi3.Schema) cover.Params {
	if schema.Format != "" {
		return cover.Params{"format": schema.Format}
	}
	params := cover.Params{"pattern": schema.Pattern}
	if schema.Example != nil {
		params["example"] = schema.Example
	}
	return params
}

func propertyNames(schema *openapi3.Schema) func(func(string) bool) {
	return func(yield func(string) bool) {
		if schema == nil {
			return
		}
		for name := range schema.Properties {
			if !yield(name) {
				return
			}
		}
	}
}

// bindingFault is a value that has the contract's shape and yet does not fit the
// code, such as a number too large for it.
func bindingFault(err error) error {
	var faults cover.Faults
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		faults.Add("/"+strings.ReplaceAll(wrong.Field, ".", "/"), cover.WrongType, cover.Params{"expected": wrong.Type.Kind().String()})
	} else {
		faults.Add("", cover.ContractBroken, nil)
	}
	return &cover.Error{Kind: cover.Malformed, Code: cover.MalformedRequest, Faults: faults, Err: err}
}

// nearest finds the name that was probably meant; none if nothing is near.
func nearest(name string, known []string) (best string) {
	if !plainName.MatchString(name) {
		return ""
	}
	least := max(len(name)/2, 2)
	for _, k := range known {
		if d := levenshtein.ComputeDistance(name, k); d <= least && (best == "" || d < least) {
			best, least = k, d
		}
	}
	return best
}

// printable keeps of a name that a caller invented only what a name may be made
// of: it might hold anything, and is told back.
func printable(name string) string {
	if !plainName.MatchString(name) {
		return "?"
	}
	return name
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z_.\-\[\]]{0,59}$`)

func lastOf(pointer string) string { return pointer[strings.LastIndex(pointer, "/")+1:] }

var requestIDs = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// requestID is the caller's own, if it is one, so that logs on both sides agree.
// One without a letter might be a number of somebody.
func requestID(req *http.Request) string {
	if id := req.Header.Get("X-Request-Id"); requestIDs.MatchString(id) && strings.ContainsFunc(id, unicode.IsLetter) {
		return id
	}
	return uuid.Must(uuid.NewV7()).String()
}

// etag prints a version as a strong entity tag.
func etag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// inEnglish ends the tags of answers whose words are English. A strong tag stands for the
// bytes of an answer, and in the other language those of a version differ.
const inEnglish = `-en"`

// speaksEnglish reports whether the answer holds words, and English ones.
func (r *request) speaksEnglish() bool {
	return r.operation != nil && r.operation.speaks && r.language == english
}

// tagged is an entity tag as it stands for the answer to the request.
func (r *request) tagged(tag string) string {
	if tag == "" || !r.speaksEnglish() {
		return tag
	}
	return strings.TrimSuffix(tag, `"`) + inEnglish
}
