// Package portal is the developer portal: the published contract, rendered to be
// read and tried out at /docs.
//
// It owns one page and the files that page needs. It does not own the contract:
// the page loads /openapi.json as any other client would. Everything is embedded
// and nothing is fetched from elsewhere, because the offices that run this often
// sit behind networks without a way out, and because a page on which people
// paste tokens must not run a stranger's code; the content security policy holds
// browsers to it.
package portal

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The renderer is Scalar's @scalar/api-reference 1.72.1, MIT licence, see
// assets/scalar.LICENSE. To renew it, take dist/browser/standalone.js from the
// npm package of that name, remove its last line (the address of a source map
// that is not served), and pack it with "gzip -9n" as assets/scalar.js.gz; then
// look at /docs with the browser's console open, which names whatever the policy
// below refused.
var (
	//go:embed assets/docs.html
	docsHTML []byte
	//go:embed assets/docs.js
	docsJS []byte
	//go:embed assets/docs.css
	docsCSS []byte
	//go:embed assets/favicon.svg
	favicon []byte
	//go:embed assets/scalar.js.gz
	scalarJS []byte
	//go:embed assets/scalar.LICENSE
	scalarLicence []byte
)

// policy lets the page reach its own origin alone. Styles may be inline because
// the renderer writes its own at run time; scripts may not.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// fresh is how long a browser may use a file without asking. The page itself is
// asked for every time, so a new release shows at the next visit.
const fresh = "public, max-age=3600"

var files = map[string]*file{
	"/docs":                       {mime: "text/html; charset=utf-8", cache: "no-cache", plain: docsHTML},
	"/docs/assets/docs.js":        {mime: "text/javascript; charset=utf-8", cache: fresh, plain: docsJS},
	"/docs/assets/docs.css":       {mime: "text/css; charset=utf-8", cache: fresh, plain: docsCSS},
	"/docs/assets/favicon.svg":    {mime: "image/svg+xml", cache: fresh, plain: favicon},
	"/docs/assets/scalar.js":      {mime: "text/javascript; charset=utf-8", cache: fresh, packed: scalarJS},
	"/docs/assets/scalar.LICENSE": {mime: "text/plain; charset=utf-8", cache: fresh, plain: scalarLicence},
}

// Paths lists every path that Handler answers, so that a router can leave all
// others to its own way of saying "not found".
func Paths() []string {
	paths := make([]string, 0, len(files))
	for path := range files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// Handler serves the page at /docs and its files below /docs/assets. It answers
// GET and HEAD on the paths of Paths, and 404 to anything else.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, known := files[r.URL.Path]
		switch {
		case !known:
			http.NotFound(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		default:
			f.serve(w, r)
		}
	})
}

// file is one embedded file: kept either as it is, or packed with gzip.
type file struct {
	mime, cache   string
	plain, packed []byte

	once              sync.Once
	plainTag, packTag string
	unpacked          error
}

// prepare inflates a packed file for the rare client that cannot, and names both
// forms. They differ byte for byte, so a strong ETag may not be shared.
func (f *file) prepare() error {
	f.once.Do(func() {
		if f.packed != nil {
			f.plain, f.unpacked = inflate(f.packed)
			f.packTag = tag(f.packed)
		}
		f.plainTag = tag(f.plain)
	})
	return f.unpacked
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	if err := f.prepare(); err != nil {
		panic(fmt.Errorf("portal: the embedded %s is damaged: %w", r.URL.Path, err))
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", f.cache)
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")

	body, name := f.plain, f.plainTag
	if f.packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body, name = f.packed, f.packTag
		}
	}
	h.Set("ETag", name)
	// ServeContent answers If-None-Match, ranges and HEAD. Embedded files have no
	// time of change; the zero time leaves Last-Modified out.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3). What names gzip
// decides; a star speaks for it only where it is not named.
func acceptsGzip(values []string) bool {
	star := false
	for _, offer := range strings.Split(strings.Join(values, ","), ",") {
		coding, params, _ := strings.Cut(strings.ToLower(offer), ";")
		quality, weighted := strings.CutPrefix(strings.TrimSpace(params), "q=")
		refused := false
		if weighted {
			q, err := strconv.ParseFloat(quality, 64)
			refused = err != nil || q == 0
		}
		switch strings.TrimSpace(coding) {
		case "gzip":
			return !refused
		case "*":
			star = !refused
		}
	}
	return star
}

func inflate(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func tag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}
