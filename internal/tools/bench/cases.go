package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"

	"github.com/google/uuid"
)

// question is one kind of request, asked by one actor, in the words of each
// contestant.
type question struct {
	name    string
	naungan load   // without an address
	plain   load   // without an address
	pgbench string // a script
}

// picked is how many different requests a load picks from.
const picked = 100_000

// pageOf is the length of a page.
const pageOf = 50

// cases are what is measured.
func (w *world) cases() []question {
	large := w.officers / cycle * cycleLarge
	all := func(n int) int { return n }
	return []question{
		w.byID("one officer, by a regency", "regency", large, largeOfficer),
		w.pages("page of 50, by a regency of "+thousands(float64(large)), "regency", large, largeOfficer),
		w.byID("one officer, by the nation", "nation", w.officers, all),
		w.pages("page of 50, by the nation of "+thousands(float64(w.officers)), "nation", w.officers, all),
	}
}

// byID asks for any of the n officers that an actor sees; number tells which they
// are among all.
func (w *world) byID(name, actor string, n int, number func(int) int) question {
	q := question{name: name, pgbench: w.script(actor, n, oneOfficer)}
	q.naungan.Header = "Authorization: Bearer " + w.tokens[actor] + "\r\n"
	for range picked {
		id := officerID(number(rand.IntN(n))).String()
		q.naungan.Targets = append(q.naungan.Targets, "/v1/officers/"+id)
		q.plain.Targets = append(q.plain.Targets, "/"+actor+"/officers/"+id)
	}
	return q
}

// pages begins anywhere in their list, but leaves a whole page after it.
func (w *world) pages(name, actor string, n int, number func(int) int) question {
	n -= 2 * pageOf
	q := question{name: name, pgbench: w.script(actor, n, pageOfOfficers)}
	q.naungan.Header = "Authorization: Bearer " + w.tokens[actor] + "\r\n"
	for range picked {
		id := officerID(number(rand.IntN(n)))
		q.naungan.Targets = append(q.naungan.Targets, "/v1/officers?cursor="+w.cursor(id))
		q.plain.Targets = append(q.plain.Targets, "/"+actor+"/officers?after="+id.String())
	}
	return q
}

// cursor is a next_cursor as internal/api makes it. To be given random ones by
// the server, one would have to walk through a million officers first.
func (w *world) cursor(id uuid.UUID) string {
	index := w.store.Keys().Index
	written, _ := json.Marshal(struct { // two strings
		ID   string `json:"i"`
		List string `json:"l"`
	}{id.String(), index("list:/v1/officers?").String()[:8]})
	mac := index("cursor:" + string(written))
	return base64.RawURLEncoding.EncodeToString(append(mac[:], written...))
}

// agree refuses to measure contestants who answer differently: the officers that
// Naungan and the plain program show must be the same, member by member.
func agree(ctx context.Context, cases []question, naungan, plain *server) error {
	for _, q := range cases {
		for i := range 20 {
			ours, err := naungan.reply(ctx, q.naungan.Targets[i], q.naungan.Header, "")
			if err != nil {
				return err
			}
			theirs, err := plain.reply(ctx, q.plain.Targets[i], "", "")
			if err != nil {
				return err
			}
			delete(ours, "next_cursor") // signed or not
			delete(theirs, "next_cursor")
			if !reflect.DeepEqual(ours, theirs) {
				return fmt.Errorf("%s: different answers\n%v\n%v", q.name, ours, theirs)
			}
		}
	}
	return nil
}

// reply is what a server answers to one request; with a body it is sent that.
func (s *server) reply(ctx context.Context, target, header, body string) (answer map[string]any, err error) {
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.address+target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if name, value, ok := strings.Cut(strings.TrimSpace(header), ": "); ok {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s %s", target, res.Status, raw)
	}
	return answer, json.Unmarshal(raw, &answer)
}
