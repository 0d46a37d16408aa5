package imports_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/imports"
	"naungan/internal/keys"
	"naungan/internal/pgtest"
	"naungan/internal/reference"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// The days of these tests.
var (
	today  = time.Date(2024, time.August, 26, 9, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	begins = cover.NewDate(2024, time.May, 26)
	lasts  = cover.NewDate(2025, time.January, 27)
)

// world is Kapuas Hulu with its payer and BPJS office, and Bawaslu beside it.
type world struct {
	t      *testing.T
	st     *store.Store
	driver imports.Driver

	admin, kpu, bawaslu, payer, branch access.Actor
}

var keyring = sync.OnceValue(func() *keys.Keys {
	doc, err := keys.Generate()
	if err != nil {
		panic(err)
	}
	k, err := keys.Load(doc)
	if err != nil {
		panic(err)
	}
	return k
})

func prepare(ctx context.Context, url string) error {
	st, err := store.Open(ctx, url, keyring(), time.Now)
	if err != nil {
		return err
	}
	defer st.Close()
	return reference.Load(ctx, st)
}

func given(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	var err error
	w.st, err = store.Open(t.Context(), pgtest.NewFrom(t, pgtest.Template{Key: "reference", Prepare: prepare}), keyring(), func() time.Time { return today })
	w.must(err)
	t.Cleanup(w.st.Close)
	w.must(w.st.Refresh(t.Context()))
	w.driver = imports.Driver{Store: w.st, TmpDir: t.TempDir()}
	_, err = registry.First(t.Context(), w.st, []string{"clients:admin"}, func(id uuid.UUID, _ string) error {
		w.admin.ClientID = id
		return nil
	})
	w.must(err)
	_, ministry, err := w.st.ClientByID(t.Context(), w.admin.ClientID)
	w.must(err)
	w.admin = actor(ministry)
	w.kpu, w.bawaslu = w.register(cover.KPU), w.register(cover.Bawaslu)
	w.payer, w.branch = w.register(cover.RegionalGovernment), w.register(cover.BPJSOffice)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func actor(o cover.Organisation) access.Actor {
	return access.Actor{
		ClientID: uuid.New(), RequestID: "r-" + string(o.Kind),
		OrganisationID: o.ID, Kind: o.Kind, Level: o.Level, AreaCode: o.AreaCode, TimeZone: o.TimeZone,
	}
}

// as runs a verb for somebody and returns what it doubted as well.
func as[T any](w *world, who access.Actor, do func(*store.Tx) (T, error)) (out T, doubts cover.Faults, err error) {
	err = w.st.InTx(w.t.Context(), who, func(tx *store.Tx) error {
		out, err = do(tx)
		doubts = tx.Doubts
		return err
	})
	return out, doubts, err
}

func (w *world) register(kind cover.OrganisationKind) access.Actor {
	w.t.Helper()
	o, _, err := as(w, w.admin, func(tx *store.Tx) (cover.Organisation, error) {
		return registry.Register(tx, cover.Registration{
			Kind: kind, Level: "regency", AreaCode: "61.06", Name: string(kind), TimeZone: "Asia/Jakarta",
		})
	})
	w.must(err)
	return actor(o)
}

// agree makes a signed agreement of the KPU for some positions.
func (w *world) agree(positions ...string) uuid.UUID {
	w.t.Helper()
	terms := cover.AgreementTerms{
		Title: "Pelindungan", Segment: cover.PU, WageBasePolicy: cover.BaseHonorarium, FundingSource: "nphd",
		StartsOn: cover.DateOf(today, today.Location()), EndsOn: lasts,
		Parties: []cover.Party{
			{OrganisationID: w.kpu.OrganisationID, Role: cover.Organiser},
			{OrganisationID: w.payer.OrganisationID, Role: cover.Payer},
			{OrganisationID: w.branch.OrganisationID, Role: cover.Branch},
		},
	}
	for _, p := range positions {
		terms.Positions = append(terms.Positions, cover.AgreementPosition{Position: p, Headcount: 1, Included: true})
	}
	a, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Agreement, error) { return registry.Draft(tx, terms) })
	w.must(err)
	_, _, err = as(w, w.branch, func(tx *store.Tx) (cover.Agreement, error) { return registry.Sign(tx, a.ID, 1, terms.StartsOn) })
	w.must(err)
	return a.ID
}

func (w *world) enrol(agreement uuid.UUID) {
	w.t.Helper()
	_, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Enrolment, error) {
		return registry.Enrol(tx, agreement, nil, false)
	})
	w.must(err)
}

func (w *world) appoint(who access.Actor, in cover.Appointment) (cover.Officer, cover.Faults, error) {
	return as(w, who, func(tx *store.Tx) (cover.Officer, error) { return registry.Appoint(tx, in) })
}

func (w *world) amend(id uuid.UUID, amend func(*cover.Appointment)) (cover.Officer, cover.Faults, error) {
	return as(w, w.kpu, func(tx *store.Tx) (cover.Officer, error) { return registry.AmendOfficer(tx, id, 0, amend) })
}

func (w *world) end(id uuid.UUID, last cover.Date) {
	w.t.Helper()
	_, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Officer, error) {
		return registry.End(tx, id, 0, last, cover.EndResigned)
	})
	w.must(err)
}

// anyone is the n-th of many different people, a member of a village's committee.
func anyone(n int) cover.Appointment {
	born := time.Date(1970, 1, 1+n%9000, 0, 0, 0, 0, time.UTC)
	return cover.Appointment{
		ExternalID: "S-" + strconv.Itoa(n), FullName: "Petugas Contoh " + strconv.Itoa(n), BornOn: cover.NewDate(born.Year(), born.Month(), born.Day()),
		Personal: cover.Personal{NIK: cover.NIK("990601" + born.Format("020106") + strconv.Itoa(1001+n/9000))},
		Position: "pps", AreaCode: "61.06.01.1001", TermFrom: begins, TermTo: lasts,
	}
}

func people(from, to int) (all []cover.Appointment) {
	for n := from; n < to; n++ {
		all = append(all, anyone(n))
	}
	return all
}

// ndjson writes rows as a file.
func ndjson(rows []cover.Appointment) string {
	var b strings.Builder
	for _, in := range rows {
		said := map[string]any{}
		for c, text := range (cover.Officer{
			ExternalID: in.ExternalID, Personal: in.Personal, FullName: in.FullName, BornOn: in.BornOn, Sex: in.Sex, Position: in.Position,
			Role: in.Role, AreaCode: in.AreaCode, PollingStation: in.PollingStation, DecreeNumber: in.DecreeNumber,
			TermFrom: in.TermFrom, TermTo: in.TermTo,
		}).Cells() {
			if text != "" {
				said[cover.Column(c).String()] = text
			}
		}
		if in.Honorarium != 0 {
			said[cover.ColHonorarium.String()] = in.Honorarium
		}
		line, err := json.Marshal(said)
		if err != nil {
			panic(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// terms are those of an import of the KPU, committed by itself unless said
// otherwise.
func terms(mode cover.ImportMode, change ...func(*cover.ImportTerms)) cover.ImportTerms {
	in := cover.ImportTerms{Mode: mode, CommitMode: cover.CommitAuto, OnError: cover.AcceptValid, MediaType: "application/x-ndjson"}
	for _, c := range change {
		c(&in)
	}
	return in
}

// send receives a file of the KPU; nothing is done with it yet.
func (w *world) send(in cover.ImportTerms, rows []cover.Appointment) uuid.UUID {
	w.t.Helper()
	ctx := w.t.Context()
	i, _, err := as(w, w.kpu, func(tx *store.Tx) (cover.Import, error) { return imports.Open(tx, in) })
	w.must(err)
	sum, size, err := imports.Keep(ctx, w.st, w.kpu, i.ID, 0, strings.NewReader(ndjson(rows)))
	w.must(err)
	_, _, err = as(w, w.kpu, func(tx *store.Tx) (cover.Import, error) { return imports.Finish(tx, i.ID, sum.Sum(nil), size) })
	w.must(err)
	return i.ID
}

// run takes an import on to where it rests.
func (w *world) run(id uuid.UUID) cover.Import {
	w.t.Helper()
	w.must(w.driver.Run(w.t.Context(), id))
	return w.imported(id)
}

func (w *world) imported(id uuid.UUID) cover.Import {
	w.t.Helper()
	i, err := w.st.Read(w.t.Context(), w.kpu).Import(id)
	w.must(err)
	return i
}

// rows are what came of the rows of an import, by number.
func (w *world) rows(i cover.Import) map[int64]cover.ImportRow {
	w.t.Helper()
	all := map[int64]cover.ImportRow{}
	for row, err := range w.st.Read(w.t.Context(), w.kpu).EachImportRow(i, store.RowFilter{}) {
		w.must(err)
		all[row.Row] = row
	}
	return all
}

// officers are those of the KPU, by their key.
func (w *world) officers() map[string]cover.Officer {
	w.t.Helper()
	all := map[string]cover.Officer{}
	page := store.Page{Limit: 1000}
	for {
		listed, err := w.st.Read(w.t.Context(), w.kpu).Officers(store.OfficerFilter{OrganisationID: w.kpu.OrganisationID}, page)
		w.must(err)
		for _, o := range listed.Items {
			all[o.ExternalID] = o
		}
		if page.After = listed.Next; page.After == nil {
			return all
		}
	}
}

// texts reads one column of texts.
func (w *world) texts(sql string, args ...any) (all []string) {
	w.t.Helper()
	rows, err := w.st.Pool().Query(w.t.Context(), sql, args...)
	w.must(err)
	defer rows.Close()
	for rows.Next() {
		var text string
		w.must(rows.Scan(&text))
		all = append(all, text)
	}
	w.must(rows.Err())
	return all
}

// number reads one number.
func (w *world) number(sql string, args ...any) (n int64) {
	w.t.Helper()
	w.must(w.st.Pool().QueryRow(w.t.Context(), sql, args...).Scan(&n))
	return n
}
