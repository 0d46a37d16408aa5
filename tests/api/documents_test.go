package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// aPDF is a paper that says something.
func aPDF(text string) string {
	return "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + text + "\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
}

const aPNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR … IEND\xaeB`\x82"

// paper sends a medical report of the world's incident.
func (w *world) paper(content string) call { return paperOf(w.ids["incident_id"], content) }

func paperOf(incident, content string) call {
	return call{
		method: "POST", path: "/v1/documents?kind=medical_report&incident_id=" + incident, body: content,
		header: map[string]string{"Content-Type": "application/pdf"},
	}
}

// of is the call for a paper of another kind.
func (c call) of(kind string) call {
	c.path = strings.Replace(c.path, "medical_report", kind, 1)
	return c
}

// sends has the KPU send a medical report.
func (w *world) sends(content string) answer {
	w.t.Helper()
	return w.kpu.send(w.paper(content))
}

// reading is a call for the bytes of a document.
func reading(id string) call {
	return get("/v1/documents/"+id+"/content").under("Purpose", "verification")
}

// readings counts the audit rows of a document.
func (w *world) readings(id string) int {
	w.t.Helper()
	return one[int](w.server, `select count(*) from events where type = 'document_read' and resource_id = $1`, id)
}

// linkTo has the branch make a link, and returns its address without the host.
func (w *world) linkTo(id string, terms object) (path string, link object) {
	w.t.Helper()
	terms["purpose"] = "benefit_payment"
	link = w.branch.post("/v1/documents/"+id+"/links", terms).must(w.t, 201).object(w.t)
	path = fmt.Sprint(link["url"])
	if !strings.HasPrefix(path, "/v1/document-links/") {
		w.t.Fatalf("the address of a link is %v", link["url"])
	}
	return path, link
}

func TestAPaperComesBackAsItWasSent(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	content := aPDF(strings.Repeat("x", 3<<20))
	sum := sha256.Sum256([]byte(content))
	heir := w.ids["heir_id"]
	sent := w.kpu.send(w.paper(content).asking("heir_id="+heir).under("Repr-Digest", digestOf([]byte(content)))).must(t, 201)
	d := sent.object(t)
	id := sent.id(t)
	same(t, "place", sent.Header.Get("Location"), "/v1/documents/"+id)
	for name, want := range map[string]any{
		"status": "received", "scanned": false, "kind": "medical_report", "media_type": "application/pdf", "size": float64(len(content)),
		"sha256": hex.EncodeToString(sum[:]), "incident_id": w.ids["incident_id"], "heir_id": heir, "uploaded_by": w.organisations["kpu"],
	} {
		same(t, name, d[name], want)
	}
	got := w.branch.send(reading(id)).must(t, 200)
	same(t, "bytes", bytes.Equal(got.raw, []byte(content)), true)
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Length": fmt.Sprint(len(content)), "X-Content-Type-Options": "nosniff",
		"Content-Disposition":     `attachment; filename="medical_report-` + id + `.pdf"`,
		"Content-Security-Policy": "default-src 'none'; sandbox", "Repr-Digest": digestOf([]byte(content)), "Accept-Ranges": "none",
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "ETag": "",
	} {
		same(t, name, got.Header.Get(name), want)
	}
	whole := w.branch.send(reading(id).under("Range", "bytes=0-9").under("If-None-Match", "*")).must(t, 200)
	same(t, "bytes where a range was asked for", len(whole.raw), len(content))

	got = w.kpu.get("/v1/documents/"+id).must(t, 200)
	w.kpu.send(get("/v1/documents/"+id).under("If-None-Match", got.Header.Get("ETag"))).must(t, 304)
	for query, want := range map[string]int{
		"": 1, "?incident_id=" + w.ids["incident_id"]: 1, "?incident_id=" + uuid.NewString(): 0, "?heir_id=" + heir: 1, "?heir_id=" + uuid.NewString(): 0,
		"?kind=medical_report,police_report": 1, "?kind=police_report": 0, "?status=received": 1, "?status=accepted,withdrawn": 0,
	} {
		same(t, query, len(w.kpu.get("/v1/documents"+query).must(t, 200).items(t)), want)
	}
	all := w.kpu.send(get("/v1/documents?limit=1").under("Prefer", "count=exact")).must(t, 200)
	same(t, "total", all.object(t)["total"], 1.0)
}

func TestTheSamePaperAgainIsTheFirstOne(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	first := w.sends(aPDF("a")).must(t, 201)
	again := w.kpu.another().send(w.paper(aPDF("a"))).must(t, 200)
	same(t, "id", again.id(t), first.id(t))
	if w.branch.send(w.paper(aPDF("a"))).must(t, 201).id(t) == first.id(t) {
		t.Error("whoever else sends it learns that it was sent before")
	}
	same(t, "version", again.Header.Get("ETag"), first.Header.Get("ETag"))
	for name, c := range map[string]call{
		"other bytes": w.paper(aPDF("b")), "the same for an heir": w.paper(aPDF("a")).asking("heir_id=" + w.ids["heir_id"]),
		"the same as another paper": call{
			method: "POST", path: "/v1/documents?kind=other&incident_id=" + w.ids["incident_id"], body: aPDF("a"),
		}.under("Content-Type", "application/pdf"),
	} {
		if w.kpu.send(c).must(t, 201).id(t) == first.id(t) {
			t.Errorf("%s is the first one", name)
		}
	}
	before := one[int](w.server, `select count(*) from documents`)
	var ids []string
	for _, a := range w.kpu.atOnce(10, w.paper(aPDF("at once"))) {
		if a.StatusCode != 200 && a.StatusCode != 201 {
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
		ids = append(ids, a.id(t))
	}
	same(t, "documents of ten at once", len(slices.Compact(ids)), 1)
	same(t, "rows", one[int](w.server, `select count(*) from documents`), before+1)
	same(t, "pieces", one[int](w.server, `select count(*) from document_pieces`), before+1)
}

func TestWhatIsNoPaperIsRefused(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	refuse := func(content, media string, status int, code string) func(*testing.T) {
		return func(t *testing.T) {
			for _, language := range []string{"id", "en"} {
				got := w.kpu.send(w.paper(content).under("Content-Type", media).under("Accept-Language", language)).must(t, status)
				same(t, "code", got.code(t), code)
			}
		}
	}
	for name, check := range map[string]func(*testing.T){
		"a page":                          refuse("<!doctype html><script>alert(1)</script>", "application/pdf", 422, "document_not_its_type"),
		"a drawing":                       refuse("<svg onload=alert(1)>", "image/png", 422, "document_not_its_type"),
		"a picture that is called PDF":    refuse(aPNG, "application/pdf", 422, "document_not_its_type"),
		"a PDF that is called photograph": refuse(aPDF("x"), "image/jpeg", 422, "document_not_its_type"),
		"nothing":                         refuse("", "application/pdf", 422, "document_not_its_type"),
		"a PDF that is a page":            refuse("%PDF-1.7\n<html>", "application/pdf", 422, "document_ambiguous"),
		"a photograph that is a PDF":      refuse("\xff\xd8\xff\xe0"+aPDF("x"), "image/jpeg", 422, "document_ambiguous"),
		"a picture that is an archive":    refuse(aPNG+"PK\x05\x06"+strings.Repeat("\x00", 18), "image/png", 422, "document_ambiguous"),
		"a page that says so":             refuse("<html>", "text/html", 415, "media_type_unsupported"),
		"a drawing that says so":          refuse("<svg/>", "image/svg+xml", 415, "media_type_unsupported"),
		"a text":                          refuse("Kronologi", "text/plain", 415, "media_type_unsupported"),
		"bytes":                           refuse(aPDF("x"), "application/octet-stream", 415, "media_type_unsupported"),
	} {
		t.Run(name, check)
	}
	same(t, "other bytes than announced", w.kpu.send(w.paper(aPDF("x")).under("Repr-Digest", digestOf([]byte("y")))).must(t, 422).code(t), "digest_mismatch")
	same(t, "no digest", w.kpu.send(w.paper(aPDF("x")).under("Repr-Digest", "md5=:x:")).must(t, 400).code(t), "malformed_request")
	w.ids["incident_id"] = uuid.NewString()
	got := w.sends(aPDF("x")).must(t, 422)
	same(t, "no incident", fmt.Sprint(got.places(t)), "[query incident_id incident_unknown]")
	same(t, "documents", one[int](w.server, `select count(*) from documents`), 0)
	same(t, "pieces", one[int](w.server, `select count(*) from document_pieces`), 0)
}

func TestAPaperThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	for name, length := range map[string]int64{"with its length told": 20<<20 + 1, "with its length not told": -1} {
		body := io.MultiReader(strings.NewReader("%PDF-1.4\n"), bytes.NewReader(make([]byte, 20<<20)))
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, w.paper("").path, body)
		req.ContentLength = length
		req.Header.Set("Content-Type", "application/pdf")
		req.Header.Set("Authorization", "Bearer "+w.kpu.token)
		got := w.kpu.do(req).must(t, 413)
		same(t, name, got.code(t), "upload_too_large")
		if detail := fmt.Sprint(got.object(t)["detail"]); !strings.Contains(detail, "20.971.520") {
			t.Errorf("%s: the limit is not named: %s", name, detail)
		}
	}
	same(t, "documents", one[int](w.server, `select count(*) from documents`), 0)
	same(t, "pieces", one[int](w.server, `select count(*) from document_pieces`), 0)
}

// halfway is a body whose sender hangs up.
type halfway struct {
	io.Reader
	hangUp func()
}

func (h halfway) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		h.hangUp()
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAPaperThatBreaksOffIsNotThere(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	ctx, hangUp := context.WithCancel(t.Context())
	content := aPDF(strings.Repeat("x", 3<<20))
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, w.paper("").path, halfway{strings.NewReader(content[:2<<20+5]), hangUp})
	req.Header.Set("Content-Type", "application/pdf")
	req.Header.Set("Authorization", "Bearer "+w.kpu.token)
	if got := serve(w.handler, req); got.StatusCode != 499 {
		t.Errorf("%d %s", got.StatusCode, got.raw)
	}
	same(t, "listed", len(w.kpu.get("/v1/documents").items(t)), 0)
	same(t, "documents", one[int](w.server, `select count(*) from documents`), 0)
	same(t, "pieces", one[int](w.server, `select count(*) from document_pieces`), 0)
	w.sends(content).must(t, 201)
}

// TestAPaperIsReadForAPurposeAlone: each paper names people.
func TestAPaperIsReadForAPurposeAlone(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	id := w.sends(aPDF("x")).must(t, 201).id(t)
	content := "/v1/documents/" + id + "/content"
	same(t, "without a purpose", w.branch.get(content).must(t, 403).code(t), "purpose_missing")
	same(t, "with one that is none", w.branch.send(reading(id).under("Purpose", "curiosity")).must(t, 400).code(t), "malformed_request")
	office := w.admin.get("/v1/organisations/" + w.organisations["branch"]).object(t)
	masked := w.as(office, "documents:read", "documents:write", "claims:decide")
	got := masked.send(reading(id)).must(t, 403)
	same(t, "without the scope", got.code(t), "scope_missing")
	same(t, "a link without the scope", masked.post("/v1/documents/"+id+"/links", object{"purpose": "audit"}).must(t, 403).code(t), "scope_missing")
	if challenge := got.Header.Get("WWW-Authenticate"); !strings.Contains(challenge, "officers.personal:read") {
		t.Errorf("the scope is not named: %s", challenge)
	}
	same(t, "a link for no purpose", w.branch.post("/v1/documents/"+id+"/links", object{}).must(t, 400).code(t), "malformed_request")
	same(t, "readings", w.readings(id), 0)
}

// TestAThousandReadingsAreAThousandAuditRows: by token and by link, one after the
// other and many at once, by readers who stay and readers who hang up.
func TestAThousandReadingsAreAThousandAuditRows(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	content := aPDF(strings.Repeat("x", 128<<10))
	id := w.sends(content).must(t, 201).id(t)
	read, refused := 0, 0
	for read < 600 {
		for _, a := range w.branch.atOnce(min(20, 600-read), reading(id)) {
			switch {
			case a.StatusCode == 200 && len(a.raw) == len(content):
				read++
			case a.StatusCode == 503 && a.Header.Get("Retry-After") != "":
				refused++
			default:
				t.Fatalf("%d %.300s", a.StatusCode, a.raw)
			}
		}
	}
	for range 100 {
		w.kpu.send(reading(id)).must(t, 200)
		read++
	}
	for range 14 {
		path, _ := w.linkTo(id, object{"uses": 20, "minutes": 60})
		opened := 0
		for opened < 20 {
			for _, a := range (caller{server: w.server}).atOnce(min(10, 20-opened), get(path)) {
				if a.must(t, 200); len(a.raw) == len(content) {
					opened++
				}
			}
		}
		read += opened
	}
	for range 20 {
		read += w.hangsUp(w.branch.request(reading(id)))
	}
	same(t, "read", read, 1000)
	same(t, "rows", w.readings(id), 1000)
	log := w.kpu.send(get("/v1/documents/"+id+"/access-log?limit=1000").under("Prefer", "count=exact")).must(t, 200)
	same(t, "in the log", len(log.items(t)), 1000)
	same(t, "in total", log.object(t)["total"], 1000.0)
	by := map[string]int{}
	for _, one := range log.items(t) {
		road := "token"
		if one["link_id"] != nil {
			road = "link"
		}
		by[fmt.Sprint(road, " ", one["organisation_id"] == w.organisations["kpu"], " ", one["purpose"])]++
	}
	same(t, "by whom", fmt.Sprint(by), "map[link false benefit_payment:280 token false verification:620 token true verification:100]")
	page := w.kpu.get("/v1/documents/"+id+"/access-log?limit=400&sort=-id").must(t, 200)
	next := w.kpu.get("/v1/documents/"+id+"/access-log?limit=1000&sort=-id&cursor="+fmt.Sprint(page.object(t)["next_cursor"])).must(t, 200)
	same(t, "on two pages", len(page.items(t))+len(next.items(t)), 1000)
	t.Logf("%d were asked to wait", refused)
}

// leaving is a reader who hangs up in the middle of an answer.
type leaving struct {
	*httptest.ResponseRecorder
	hangUp func()
}

func (l leaving) Write(p []byte) (int, error) {
	if l.Body.Len()+len(p) > 100_000 { // all but the first of what is sent at a time
		l.hangUp()
		return 0, io.ErrClosedPipe
	}
	return l.ResponseRecorder.Write(p)
}

// hangsUp makes a request whose caller leaves after some bytes, and returns 1 if there were any.
func (w *world) hangsUp(req *http.Request) int {
	w.t.Helper()
	ctx, hangUp := context.WithCancel(req.Context())
	defer hangUp()
	rec := leaving{httptest.NewRecorder(), hangUp}
	func() {
		defer func() {
			if v := recover(); v != http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
				w.t.Errorf("not broken off: %v", v)
			}
		}()
		w.handler.ServeHTTP(rec, req.WithContext(ctx))
	}()
	return min(rec.Body.Len(), 1)
}

func TestALinkOpensOnceUnlessItsMakerSaysOtherwise(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	id := w.sends(aPDF("x")).must(t, 201).id(t)
	nobody := caller{server: w.server}
	over := func(what, path string) {
		t.Helper()
		got := nobody.get(path).must(t, 410)
		same(t, what, got.code(t), "document_link_over")
		if strings.Contains(string(got.raw), "ndl_") {
			t.Errorf("%s: the refusal repeats the address", what)
		}
	}
	statusOf := func(link object) any {
		t.Helper()
		for _, l := range w.kpu.get("/v1/documents/"+id+"/links").must(t, 200).items(t) {
			if l["id"] == link["id"] {
				if l["url"] != nil {
					t.Error("an address is told again")
				}
				return fmt.Sprint(l["status"], " ", l["used"])
			}
		}
		return "none"
	}
	path, link := w.linkTo(id, object{})
	same(t, "a new one", statusOf(link), "active 0")
	got := nobody.get(path).must(t, 200)
	same(t, "bytes", string(got.raw), aPDF("x"))
	same(t, "nosniff", got.Header.Get("X-Content-Type-Options"), "nosniff")
	same(t, "cache", got.Header.Get("Cache-Control"), "no-store")
	over("opened twice", path)
	same(t, "a used one", statusOf(link), "used_up 1")

	path, _ = w.linkTo(id, object{"uses": 3, "minutes": 5})
	won := 0
	for _, a := range nobody.atOnce(10, get(path)) {
		if a.StatusCode == 200 {
			won++
		} else {
			same(t, "at once", a.must(t, 410).code(t), "document_link_over")
		}
	}
	same(t, "opened, of ten at once", won, 3)

	path, link = w.linkTo(id, object{"uses": 2, "minutes": 1})
	now := w.store.Now()
	w.at(now.Add(59 * time.Second))
	nobody.get(path).must(t, 200)
	w.at(now.Add(time.Minute))
	over("too late", path)
	same(t, "an old one", statusOf(link), "expired 1")

	path, link = w.linkTo(id, object{"uses": 2})
	withdraw := fmt.Sprint("/v1/documents/", id, "/links/", link["id"], "/withdraw")
	same(t, "by another organisation", w.kpu.post(withdraw, nil).must(t, 403).code(t), "uploader_required")
	same(t, "of another document", w.branch.post(fmt.Sprint("/v1/documents/", uuid.NewString(), "/links/", link["id"], "/withdraw"), nil).must(t, 404).code(t), "resource_unknown")
	same(t, "withdrawn", w.branch.post(withdraw, nil).must(t, 200).object(t)["status"], "withdrawn")
	over("withdrawn", path)
	same(t, "withdrawn again", w.branch.post(withdraw, nil).must(t, 410).code(t), "document_link_over")
	same(t, "of nobody", nobody.get("/v1/document-links/ndl_"+strings.Repeat("A", 43)).must(t, 404).code(t), "resource_unknown")
	same(t, "readings", w.readings(id), 1+3+1)
	same(t, "tokens that are kept", one[int](w.server, `select count(*) from document_links where document_links::text like '%ndl_%'`), 0)
	for _, terms := range []object{{"minutes": 0}, {"minutes": 61}, {"uses": 0}, {"uses": 21}} {
		terms["purpose"] = "audit"
		same(t, fmt.Sprint(terms), w.branch.post("/v1/documents/"+id+"/links", terms).must(t, 400).code(t), "malformed_request")
	}
}

// TestALinkShowsWhatItsMakerStillSees, and nothing that nobody may read.
func TestALinkShowsWhatItsMakerStillSees(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	id := w.sends(aPDF("x")).must(t, 201).id(t)
	path, link := w.linkTo(id, object{"uses": 5})
	nobody := caller{server: w.server}
	branch := w.organisations["branch"]
	w.exec(`update incidents set branch_id = null where branch_id = $1`, branch)
	w.exec(`update claims set branch_id = $1`, w.organisations["kpu"])
	same(t, "seen no more", nobody.get(path).must(t, 404).code(t), "resource_unknown")
	w.exec(`update incidents set branch_id = $1`, branch)
	w.exec(`update claims set branch_id = $1`, branch)
	w.exec(`update documents set status = 'quarantined'`)
	same(t, "in quarantine", nobody.get(path).must(t, 403).code(t), "document_quarantined")
	w.exec(`update documents set status = 'scanning'`)
	same(t, "being scanned", nobody.get(path).must(t, 409).code(t), "document_being_scanned")
	same(t, "a link to it", w.branch.post("/v1/documents/"+id+"/links", object{"purpose": "audit"}).must(t, 409).code(t), "document_being_scanned")
	w.exec(`update documents set status = 'received'`)
	w.kpu.post("/v1/documents/"+id+"/withdraw", nil).must(t, 200)
	same(t, "withdrawn", nobody.get(path).must(t, 410).code(t), "document_withdrawn")
	same(t, "readings", w.readings(id), 0)
	for _, l := range w.kpu.get("/v1/documents/"+id+"/links").must(t, 200).items(t) {
		same(t, "uses that were no readings", fmt.Sprint(l["id"] == link["id"], " ", l["used"]), "true 0")
	}
}

func TestABranchJudgesAPaper(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	id := w.sends(aPDF("x")).must(t, 201).id(t)
	at := "/v1/documents/" + id
	same(t, "accepted by who sent it", w.kpu.post(at+"/accept", nil).must(t, 403).code(t), "party_role_required")
	same(t, "rejected by who sent it", w.kpu.post(at+"/reject", object{"reason": "other"}).must(t, 403).code(t), "party_role_required")
	d := w.branch.post(at+"/reject", object{"reason": "wrong_person", "note": " Milik orang lain. "}).must(t, 200).object(t)
	same(t, "rejected", fmt.Sprint(d["status"], " ", d["rejection_reason"], " ", d["rejection_note"], " ", d["decided_at"] != nil), "rejected wrong_person Milik orang lain. true")
	same(t, "rejected twice", w.branch.post(at+"/reject", object{"reason": "other"}).must(t, 409).code(t), "document_wrong_status")
	d = w.branch.post(at+"/accept", nil).must(t, 200).object(t)
	same(t, "accepted after all", fmt.Sprint(d["status"], " ", d["rejection_reason"], " ", d["rejection_note"]), "accepted <nil> <nil>")
	same(t, "withdrawn once accepted", w.kpu.post(at+"/withdraw", nil).must(t, 409).code(t), "document_wrong_status")
	same(t, "withdrawn by the branch", w.branch.post(at+"/withdraw", nil).must(t, 403).code(t), "uploader_required")
	same(t, "a flaw that is none", w.branch.post(at+"/reject", object{"reason": "ugly"}).must(t, 400).code(t), "malformed_request")
	w.branch.send(reading(id)).must(t, 200)
	listed := w.kpu.get("/v1/documents?status=accepted").must(t, 200).items(t)
	same(t, "listed", len(listed), 1)
}

func TestAPaperThatIsWithdrawnIsDestroyed(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	id := w.sends(aPDF("x")).must(t, 201).id(t)
	at := "/v1/documents/" + id
	w.branch.send(reading(id)).must(t, 200)
	w.kpu.send(post(at+"/withdraw", nil).dry()).must(t, 200)
	same(t, "pieces after a dry run", one[int](w.server, `select count(*) from document_pieces`), 1)
	same(t, "status", w.kpu.post(at+"/withdraw", nil).must(t, 200).object(t)["status"], "withdrawn")
	same(t, "pieces", one[int](w.server, `select count(*) from document_pieces`), 0)
	same(t, "its bytes", w.branch.send(reading(id)).must(t, 410).code(t), "document_withdrawn")
	same(t, "its row", w.branch.get(at).must(t, 200).object(t)["status"], "withdrawn")
	same(t, "its readings", len(w.kpu.get(at+"/access-log").must(t, 200).items(t)), 1)
	same(t, "judged", w.branch.post(at+"/accept", nil).must(t, 409).code(t), "document_wrong_status")
	if again := w.sends(aPDF("x")).must(t, 201).id(t); again == id {
		t.Error("sent again, it is the one that was withdrawn")
	}
}

func TestAnIncidentIsNotFloodedWithPapers(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	w.sends(aPDF("x")).must(t, 201)
	w.exec(`insert into documents select uuid_v7(now()), incident_id, heir_id, organisation_id, uploaded_by, client_id, request_id, kind, media_type, size,
			sha256(n::text::bytea), shelf, status, scanned, flaw, flaw_note, decided_at, destroyed_at, version, created_at, updated_at
		from documents, generate_series(1, 199) n`)
	same(t, "one more", w.sends(aPDF("y")).must(t, 409).code(t), "too_many_documents")
}

// TestNoPaperIsGivenOutBeforeItIsClean: from the upload to the verdict of the
// scanner, by the queue.
func TestNoPaperIsGivenOutBeforeItIsClean(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	scanner := filepath.Join(t.TempDir(), "scanner")
	// As clamdscan does: 0 is clean, 1 is not. The virus is one by agreement, and put
	// together here, so that no scanner takes this file for it.
	if err := os.WriteFile(scanner, []byte(`if grep -q 'EICAR-STANDARD-ANTIVIRUS'; then exit 1; fi`), 0o600); err != nil {
		t.Fatal(err)
	}
	w.door.Documents.Scanner = []string{"/bin/sh", scanner}
	virus := `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + `STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`
	clean, infected := w.sends(aPDF("x")).must(t, 201), w.sends(aPDF(virus)).must(t, 201)
	for _, a := range []answer{clean, infected} {
		same(t, "at first", fmt.Sprint(a.object(t)["status"], " ", a.object(t)["scanned"]), "scanning false")
		got := w.branch.send(reading(a.id(t))).must(t, 409)
		same(t, "its bytes", got.code(t), "document_being_scanned")
		same(t, "wait", got.Header.Get("Retry-After"), "1")
	}
	w.exec(`delete from river_job where args->>'document_id' = $1`, clean.id(t)) // as a process leaves it that died with the work
	w.at(w.store.Now().Add(time.Second))
	w.working(t)
	for id, want := range map[string]string{clean.id(t): "received true", infected.id(t): "quarantined true"} {
		for d := w.kpu.get("/v1/documents/" + id).object(t); ; d = w.kpu.get("/v1/documents/" + id).object(t) {
			if d["status"] != "scanning" {
				same(t, "afterwards", fmt.Sprint(d["status"], " ", d["scanned"]), want)
				break
			}
		}
	}
	w.branch.send(reading(clean.id(t))).must(t, 200)
	same(t, "the virus", w.branch.send(reading(infected.id(t))).must(t, 403).code(t), "document_quarantined")
	same(t, "a link to it", w.branch.post("/v1/documents/"+infected.id(t)+"/links", object{"purpose": "audit"}).must(t, 403).code(t), "document_quarantined")
	same(t, "accepted", w.branch.post("/v1/documents/"+infected.id(t)+"/accept", nil).must(t, 409).code(t), "document_wrong_status")
	same(t, "readings", w.readings(infected.id(t)), 0)
	same(t, "the same again", w.sends(aPDF(virus)).must(t, 200).object(t)["status"], "quarantined")
	w.kpu.post("/v1/documents/"+infected.id(t)+"/withdraw", nil).must(t, 200)
}

// TestASlowReaderOfAPaperKeepsNobodyWaiting: it holds a place of its organisation, a
// piece, and no connection.
func TestASlowReaderOfAPaperKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	content := aPDF(strings.Repeat("x", 18<<20)) // more than the network takes in by itself
	id := w.sends(content).must(t, 201).id(t)
	open := httptest.NewServer(w.handler)
	defer open.Close()
	ask := func(c caller) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, open.URL+reading(id).path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+c.token)
		req.Header.Set("Purpose", "audit")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	var slow []*http.Response
	for range 16 {
		slow = append(slow, ask(w.branch))
	}
	full := ask(w.branch)
	same(t, "one more of the same", full.StatusCode, 503)
	_ = full.Body.Close()
	other := ask(w.kpu)
	same(t, "somebody else", other.StatusCode, 200)
	_ = other.Body.Close()
	if used := w.store.Pool().Stat().AcquiredConns(); used > 4 {
		t.Errorf("%d connections are held", used)
	}
	for n, res := range slow {
		if n > 0 {
			_ = res.Body.Close() // as most of them do
			continue
		}
		got, err := io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil || string(got) != content {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	same(t, "readings", w.readings(id), 17)
}

// TestAPaperThatIsLostIsNotReadInPart: its answer is broken off, or an error.
func TestAPaperThatIsLostIsNotReadInPart(t *testing.T) {
	t.Parallel()
	w := bereaved(t)
	id := w.sends(aPDF(strings.Repeat("x", 1<<20))).must(t, 201).id(t)
	w.exec(`delete from document_pieces where number = 1`)
	open := httptest.NewServer(w.handler)
	defer open.Close()
	req := w.branch.request(reading(id))
	req.RequestURI = ""
	var err error
	if req.URL, err = req.URL.Parse(open.URL + req.URL.Path); err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if got, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("%d bytes came, and seemed whole", len(got))
	}
}
