package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// patience is how long a call may take, its answer read to the end: twice what
// the server grants itself.
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
	acting := &http.Client{
		Timeout: patience, CheckRedirect: stay, Transport: &oauth2.Transport{Source: oauth2.ReuseTokenSource(token, later)},
	}
	return NewClientWithResponses(url, append([]ClientOption{WithHTTPClient(acting)}, opts...)...)
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
		return fmt.Errorf("get a token: %s", refused.Response.Status)
	}
	return fmt.Errorf("get a token: %s: %s", refused.ErrorCode, refused.ErrorDescription)
}

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
	return res, fmt.Errorf("somebody else answered: %s", res.Status()) // a proxy, or a portal that wants a password
}

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
