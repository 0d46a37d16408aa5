package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// patience is how long a call may take, its answer read to the end: twice what
// the server grants itself. A transfer may take as long as it likes, and be silent
// for this long (Unhurried).
const patience = time.Minute

// Connect returns a client that acts as an API client of Naungan. It asks for a
// token at once, so that wrong credentials are told here; later ones are asked
// for as they are needed. The context bounds the first token only.
//
// Nothing is repeated behind the caller's back: send an Idempotency-Key and
// repeat a write that was not answered.
func Connect(ctx context.Context, url, clientID, clientSecret string, opts ...ClientOption) (*ClientWithResponses, error) {
	plain := &http.Client{Timeout: patience, CheckRedirect: stay}
	credentials := clientcredentials.Config{
		ClientID: clientID, ClientSecret: clientSecret,
		TokenURL: strings.TrimRight(url, "/") + "/oauth/token", AuthStyle: oauth2.AuthStyleInHeader,
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, plain)
	token, err := credentials.Token(ctx)
	if err != nil {
		return nil, refusal(err)
	}
	later := credentials.TokenSource(context.WithoutCancel(ctx))
	road := &oauth2.Transport{Source: oauth2.ReuseTokenSource(token, later)}
	acting := pace{
		hurried:   &http.Client{Timeout: patience, CheckRedirect: stay, Transport: road},
		unhurried: &http.Client{CheckRedirect: stay, Transport: road},
	}
	return NewClientWithResponses(url, append([]ClientOption{WithHTTPClient(acting)}, opts...)...)
}

// Unhurried is for files and streams. A call with the context that it returns may
// take as long as something moves: it ends with the context, or after a minute in
// which nothing was sent or answered. Every other call of a client of Connect ends
// after a minute in all.
func Unhurried(ctx context.Context) context.Context { return context.WithValue(ctx, unhurried{}, true) }

type unhurried struct{}

// pace lets each call take the time that its context grants it.
type pace struct{ hurried, unhurried *http.Client }

func (p pace) Do(req *http.Request) (*http.Response, error) {
	if req.Context().Value(unhurried{}) == nil {
		return p.hurried.Do(req)
	}
	ctx, end := context.WithCancelCause(req.Context())
	silence := time.AfterFunc(patience, func() { end(errSilence) })
	req = req.WithContext(ctx)
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = moving{req.Body, func() { silence.Reset(patience) }, func() {}}
		req.GetBody = nil // a copy of the body would move unseen
	}
	res, err := p.unhurried.Do(req)
	if err != nil {
		silence.Stop()
		end(nil)
		return nil, err
	}
	silence.Reset(patience)
	res.Body = moving{res.Body, func() { silence.Reset(patience) }, func() {
		silence.Stop()
		end(nil)
	}}
	return res, nil
}

var errSilence = fmt.Errorf("nothing moved for %v", patience)

// moving is a body that tells of every piece that is read of it, and of its end.
type moving struct {
	io.ReadCloser
	moved, closed func()
}

func (m moving) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.moved()
	return n, err
}

func (m moving) Close() error {
	defer m.closed()
	return m.ReadCloser.Close()
}

// stay follows no redirect: Naungan has none, and a token must not travel to
// wherever somebody else points.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// refusal takes a refused token out of its wrapping, which repeats the whole
// answer.
func refusal(err error) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return err
	}
	if refused.ErrorCode == "" {
		return unauthorised{refused.Response.StatusCode, refused.Response.Status}
	}
	return unauthorised{refused.Response.StatusCode, refused.ErrorCode + ": " + refused.ErrorDescription}
}

// unauthorised says why there is no token.
type unauthorised struct {
	code int
	why  string
}

func (u unauthorised) Error() string { return "get a token: " + u.why }

// Response is an answer of any operation.
type Response interface {
	Status() string
	StatusCode() int
	ContentType() string
	GetApplicationProblemJSONDefault() *Problem
}

// Check returns the answer of a call if it is a success (2xx, or 304 for what one
// holds already), and its Problem as the error if it is not:
//
//	res, err := client.Check(naungan.GetOfficerWithResponse(ctx, id, nil))
func Check[R Response](res R, err error) (R, error) {
	if err != nil {
		return res, err
	}
	success := res.StatusCode()/100 == 2 || res.StatusCode() == http.StatusNotModified
	if success && !strings.HasPrefix(res.ContentType(), "text/html") {
		return res, nil
	}
	if problem := res.GetApplicationProblemJSONDefault(); problem != nil && problem.Code != "" {
		return res, *problem
	}
	return res, stranger{res.StatusCode(), res.Status()}
}

// stranger is the answer of somebody else: a proxy, or a portal that wants a
// password.
type stranger struct {
	code   int
	status string
}

func (s stranger) Error() string { return "somebody else answered: " + s.status }

// Error says what was refused, and where; programs look at Code.
func (p Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", p.Title, p.Code)
	if p.Detail != nil {
		fmt.Fprintf(&b, ": %s", strings.TrimSuffix(*p.Detail, "."))
	}
	for _, f := range p.Errors {
		fmt.Fprintf(&b, "; %s: %s (%s)", f.Pointer, strings.TrimSuffix(f.Detail, "."), f.Code)
	}
	return b.String()
}
