package api_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/registry"
)

// world is Kapuas Hulu in small: the bodies, an agreement, officers under cover,
// an invoice paid, a death claimed. Whoever needs less stops earlier.
type world struct {
	*server
	admin, nation, kpu, government, branch caller
	ids                                    map[string]string // of path parameters, "officer_id" and so on
	organisations                          map[string]string
	accidents                              int
	lines                                  []string // of the first invoice, by their periods
	place
}

// place is where a world is: a regency with its zone, a village in it, and what its
// agreement says besides.
type place struct {
	regency, village, zone string
	terms                  object
}

// homeland is where every world is, unless it says otherwise.
var homeland = place{"61.06", village, "Asia/Jakarta", nil}

// scopes are all there are.
func scopes() []string {
	var all []string
	for scope := range document().Components.SecuritySchemes["oauth2"].Value.Flows.ClientCredentials.Scopes {
		all = append(all, scope)
	}
	return all
}

// as is a caller of an organisation with some scopes, all of them unless named.
func (s *server) as(o object, some ...string) caller {
	s.t.Helper()
	if some == nil {
		some = scopes()
	}
	text := func(name string) string { v, _ := o[name].(string); return v }
	now := s.store.Now()
	token, err := s.store.Keys().Sign(keys.Claims{
		ID: uuid.New(), Subject: clientOf(text("id")), Organisation: uuid.MustParse(text("id")), Kind: text("kind"), Level: text("level"),
		Area: text("area_code"), TimeZone: text("time_zone"), Scopes: some, ExpiresAt: now.AddDate(10, 0, 0),
	}, now.AddDate(-1, 0, 0)) // for tests that go back in time
	if err != nil {
		s.t.Fatal(err)
	}
	return caller{server: s, token: token}
}

// clientOf is the same client for the same organisation.
func clientOf(organisation string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(organisation))
}

// another is the same organisation by another of its clients.
func (c caller) another() caller { c.t.Helper(); return c.by(uuid.New()) }

// by is the same organisation by one client.
func (c caller) by(client uuid.UUID) caller {
	claims, err := c.store.Keys().Verify(c.token, c.store.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	claims.Subject = client
	token, err := c.store.Keys().Sign(claims, c.store.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	return caller{server: c.server, token: token}
}

// stage is a world as many tests need it at their start. It is made once, of the one
// before it, and copied for each test.
type stage struct {
	name    string
	from    *stage
	happens func(*world)
	made    *world
	at      time.Time // its clock, when it had been made
}

var (
	settling  = stage{name: "settled", happens: (*world).settle}
	enrolling = stage{name: "enrolled", from: &settling, happens: (*world).enrolOfficers}
	billing   = stage{name: "billed", from: &enrolling, happens: (*world).billFirst}
	mourning  = stage{name: "bereaved", from: &billing, happens: (*world).mourn}
	working   = stage{name: "busy", from: &mourning, happens: (*world).work}
	crowding  = stage{name: "populous", from: &working, happens: (*world).crowd}
)

// settle is a world with its bodies and who acts for them.
func settle(t *testing.T) *world { t.Helper(); return settling.begin(t) }

// enrolled is a world with an agreement signed and three officers under cover.
func enrolled(t *testing.T) *world { t.Helper(); return enrolling.begin(t) }

// billed is a world whose first invoice is paid.
func billed(t *testing.T) *world { t.Helper(); return billing.begin(t) }

// bereaved is a world in which the last officer died on duty, and a claim is open, by
// the report of it. The widower is named, the KPU has set money aside and granted some.
func bereaved(t *testing.T) *world { t.Helper(); return mourning.begin(t) }

// busy is a world in which something waits for every verb.
func busy(t *testing.T) *world { t.Helper(); return working.begin(t) }

// populous is a busy world in which every list has several items.
func populous(t *testing.T) *world { t.Helper(); return crowding.begin(t) }

// begin gives a test its copy.
func (s *stage) begin(t *testing.T) *world {
	t.Helper()
	return s.copy(open(t, pgtest.NewFrom(t, s.template(t))))
}

func (s *stage) template(t *testing.T) pgtest.Template {
	before := lawAndMap
	if s.from != nil {
		before = s.from.template(t)
	}
	return pgtest.Template{Key: s.name, From: &before, Prepare: func(_ context.Context, url string) error {
		on := open(t, url)
		defer on.store.Close()
		if s.from == nil {
			s.made = newWorld(on, homeland)
		} else {
			s.made = s.from.copy(on)
		}
		var happened bool
		done := make(chan struct{})
		go func() { // a test that fails ends what runs it, which has yet to say so
			defer close(done)
			s.happens(s.made)
			happened = true
		}()
		if <-done; !happened {
			return fmt.Errorf("the world is not %s", s.name)
		}
		s.at = *on.clock.Load()
		return nil
	}}
}

// copy is the world on a copy of its database.
func (s *stage) copy(on *server) *world {
	w := *s.made
	w.server, w.ids, w.organisations, w.lines = on, maps.Clone(w.ids), maps.Clone(w.organisations), slices.Clone(w.lines)
	for _, who := range []*caller{&w.admin, &w.nation, &w.kpu, &w.government, &w.branch} {
		who.server = on
	}
	w.at(s.at)
	return &w
}

// in is the same, anew, in another place.
func (s *stage) in(t *testing.T, there place) *world {
	t.Helper()
	var w *world
	if s.from == nil {
		w = newWorld(start(t), there)
	} else {
		w = s.from.in(t, there)
	}
	s.happens(w)
	return w
}

func newWorld(on *server, there place) *world {
	return &world{server: on, ids: map[string]string{}, organisations: map[string]string{}, place: there}
}

// settle makes the bodies and who acts for them.
func (w *world) settle() {
	w.t.Helper()
	var id uuid.UUID
	var secret string
	made, err := registry.First(w.t.Context(), w.store, scopes(), func(i uuid.UUID, s string) error { id, secret = i, s; return nil })
	if err != nil || !made {
		w.t.Fatal(made, err)
	}
	_, ministry, err := registry.Admit(w.t.Context(), w.store, id, secret)
	if err != nil {
		w.t.Fatal(err)
	}
	w.admin = w.as(object{"id": ministry.ID.String(), "kind": "ministry", "level": "national", "time_zone": "Asia/Jakarta"})
	w.nation = w.join(w.admin, "nation", object{"kind": "kpu", "level": "national", "name": "KPU Republik Indonesia"})
	w.kpu = w.join(w.nation, "kpu", object{"kind": "kpu", "level": "regency", "area_code": w.regency, "name": "KPU Kapuas Hulu"})
	w.government = w.join(w.admin, "government", object{"kind": "regional_government", "level": "regency", "area_code": w.regency, "name": "Pemkab Kapuas Hulu"})
	w.branch = w.join(w.admin, "branch", object{"kind": "bpjs_office", "level": "regency", "area_code": w.regency, "name": "BPJS Kapuas Hulu"})
	w.ids["organisation_id"] = w.organisations["kpu"]
}

// join registers an organisation and returns who acts for it with every scope.
func (w *world) join(by caller, name string, o object) caller {
	w.t.Helper()
	if o["time_zone"] == nil {
		o["time_zone"] = w.zone
	}
	made := by.post("/v1/organisations", o).must(w.t, 201).object(w.t)
	w.organisations[name], _ = made["id"].(string)
	return w.as(made)
}

// village is a real one in Kapuas Hulu.
const village = "61.06.01.1001"

// siti is an officer who breaks no rule.
func siti(n int, changes ...object) object {
	o := object{
		"external_id": fmt.Sprintf("S-%04d", n), "nik": fmt.Sprintf("990601450889%04d", n), "full_name": "Siti Contoh",
		"born_on": "1989-08-05", "position": "pps", "role": "member", "area_code": village,
		"term_from": "2024-05-26", "term_to": "2025-01-27", "phone": "0812-3456-7890", "email": "siti@contoh.example",
	}
	return altered(o, changes...)
}

// agreement is the one of 26 August 2024.
func (w *world) agreement(changes ...object) object {
	o := object{
		"title": "Pelindungan badan ad hoc",
		"parties": []object{
			{"organisation_id": w.organisations["kpu"], "role": "organiser", "number": "12/PKS/2024"},
			{"organisation_id": w.organisations["government"], "role": "payer"},
			{"organisation_id": w.organisations["branch"], "role": "branch", "number": "PER/88/082024"},
		},
		"positions":     []object{{"position": "ppk", "headcount": 5}, {"position": "pps", "headcount": 3}, {"position": "kpps", "headcount": 4579, "included": false}},
		"election_code": "pilkada_2024", "segment": "pu", "wage_base_policy": "honorarium", "funding_source": "nphd",
		"starts_on": "2024-08-26", "ends_on": "2025-01-27", "legal_bases": []string{"Inpres 2/2021"},
	}
	return altered(o, changes...)
}

// signs records that an agreement was signed.
func (w *world) signs(agreement, on string) {
	w.t.Helper()
	w.branch.send(post("/v1/agreements/"+agreement+"/sign", object{"signed_on": on}).under("If-Match", "*")).must(w.t, 200)
}

func (w *world) enrolOfficers() {
	w.t.Helper()
	w.ids["agreement_id"] = w.kpu.post("/v1/agreements", w.agreement(w.terms)).must(w.t, 201).id(w.t)
	w.signs(w.ids["agreement_id"], "2024-08-26")
	for n := 1; n <= 3; n++ {
		role := "member"
		if n == 3 {
			role = "chair"
		}
		w.ids["officer_id"] = w.kpu.post("/v1/officers", siti(n, object{"role": role, "area_code": w.village})).must(w.t, 201).id(w.t)
	}
	w.ids["enrolment_id"] = w.kpu.post("/v1/agreements/"+w.ids["agreement_id"]+"/enrolments", object{}).must(w.t, 201).id(w.t)
	periods := w.branch.get("/v1/coverage-periods?officer_id="+w.ids["officer_id"]).must(w.t, 200).items(w.t)
	if len(periods) != 1 {
		w.t.Fatalf("%d periods of one officer", len(periods))
	}
	w.ids["coverage_period_id"], _ = periods[0]["id"].(string)
}

func (w *world) billFirst() {
	w.t.Helper()
	w.at(time.Date(2024, 9, 2, 9, 0, 0, 0, wib))
	w.ids["invoice_id"], w.ids["payment_id"] = w.bills("2024-08", "SP2D-1")
}

// bills has the branch issue the invoice of a month, which is paid the same day.
func (w *world) bills(month, reference string) (invoice, payment string) {
	w.t.Helper()
	invoice = w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": month}).must(w.t, 201).id(w.t)
	issued := w.branch.pay("/v1/invoices/"+invoice+"/issue", object{"payment_code": month[2:4] + month[5:] + "0000001"}).must(w.t, 200).object(w.t)
	payment = w.branch.pay("/v1/payments", object{
		"paid_on": w.store.Now().Format(time.DateOnly), "paid_amount": issued["total_amount"], "reference": reference,
		"allocations": []object{{"invoice_id": invoice, "allocated_amount": issued["total_amount"]}},
	}).must(w.t, 201).id(w.t)
	return invoice, payment
}

func (w *world) mourn() {
	w.t.Helper()
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	w.ids["incident_id"] = w.kpu.post("/v1/incidents", w.death(w.ids["officer_id"])).must(w.t, 201).id(w.t)
	w.ids["claim_id"] = name(w.claimOf(w.kpu, w.ids["incident_id"]))
	w.ids["heir_id"] = w.names(w.kpu, w.ids["incident_id"], budi())
	w.ids["fund_id"] = w.kpu.post("/v1/ex-gratia-funds", fund(2024)).must(w.t, 201).id(w.t)
	w.ids["grant_id"] = w.kpu.another().pay("/v1/ex-gratia-grants", object{
		"fund_id": w.ids["fund_id"], "incident_id": w.ids["incident_id"], "payee_id": w.ids["heir_id"],
	}).must(w.t, 201).id(w.t)
	w.ids["deadline_id"] = fmt.Sprint(w.deadline(w.kpu, "incident_id="+w.ids["incident_id"]+"&rule=jkk_claim")["id"])
	w.tick()
}

// keepBooks gives a billed world a budget, a credit note and a statement, of which money
// is left.
func (w *world) keepBooks() {
	w.t.Helper()
	w.ids["budget_id"] = w.government.post("/v1/budgets", w.budget("nphd_1")).must(w.t, 201).id(w.t)
	for _, line := range w.branch.get("/v1/invoices/"+w.ids["invoice_id"]+"/lines").must(w.t, 200).items(w.t) {
		w.lines = append(w.lines, fmt.Sprint(line["coverage_period_id"]))
	}
	// Cover without a line may be cancelled; that of the world stays.
	own := w.ids["coverage_period_id"]
	w.lines = append(slices.DeleteFunc(w.lines, func(id string) bool { return id == own }), own)
	w.ids["credit_note_id"] = w.branch.pay("/v1/credit-notes", w.credit(w.lines[0])).must(w.t, 201).id(w.t)
	w.ids["statement_id"] = w.reconcile("2024-09-02;5.000;TRX-1;setoran").must(w.t, 201).id(w.t)
	w.ids["waiting_payment_id"] = w.branch.get("/v1/payments?unallocated=true").must(w.t, 200).items(w.t)[0]["id"].(string)
}

func (w *world) budget(stage string) object {
	return object{
		"fiscal_year": 2024, "stage": stage, "funding_source": "nphd", "reference": "900/12/NPHD/2024", "ceiling_amount": 100_000_000,
		"agreement_ids": []string{w.ids["agreement_id"]},
	}
}

// credit takes some lines of the first invoice back.
func (w *world) credit(lines ...string) object {
	return object{"invoice_id": w.ids["invoice_id"], "coverage_period_ids": lines, "reason": "Keliru"}
}

// reconcile sends lines of a bank's file.
func (w *world) reconcile(lines ...string) answer {
	w.t.Helper()
	file := "tanggal;jumlah;referensi;keterangan\n" + strings.Join(lines, "\n") + "\n"
	return w.branch.send(post("/v1/bank-statements", file).under("Content-Type", "text/csv"))
}

func (w *world) death(officer string) object {
	return object{
		"officer_id": officer, "kind": "sudden_death", "outcome": "died", "occurred_at": "2024-11-28T02:40:00+07:00", "place": "Balai desa",
		"narrative": "Pingsan saat rekapitulasi.", "notifier_name": "Wati Contoh", "notifier_phone": "081200000001",
		"witnesses": []object{{"full_name": "Joko Contoh", "phone": "081200000002"}},
	}
}

// fund is what the KPU sets aside for its own scheme in a year.
func fund(year int) object {
	return object{"fiscal_year": year, "ceiling_amount": 460_000_000, "reference": fmt.Sprint("DIPA-076.01/", year)}
}
