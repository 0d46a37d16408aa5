package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/keys"
	"naungan/internal/reference"
	"naungan/internal/store"
	"naungan/migrations"
)

// The world that is measured: the national KPU, one regency with a large roster
// and a few hundred with small ones.
const (
	largeArea   = "35.07"
	smallBodies = 300
)

// Officers came in batches, as imports bring them. Two batches of five are the
// large body's. The n-th officer's id follows from n, so that pgbench can make
// one up without looking it up; beside that the ids are what UUIDv7 makes them,
// in the order of time.
const (
	batch      = 200
	cycle      = 5
	cycleLarge = 2
	firstAt    = 1_724_600_000_000 // of the ids, in milliseconds since 1970
)

func officerID(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("%012x70008000000000000000", firstAt+n))
}

// largeOfficer is the number, among all officers, of the n-th of the large body.
func largeOfficer(n int) int {
	b := n / batch
	return (b/cycleLarge*cycle+b%cycleLarge)*batch + n%batch
}

// world is the filled database, and who acts in it.
type world struct {
	store         *store.Store
	officers      int
	nation, large cover.Organisation
	tokens        map[string]string // of actors
}

// openStore opens the database of a folder, with its reference data.
func openStore(ctx context.Context, dir, url string) (*store.Store, error) {
	k, err := openKeys(filepath.Join(dir, "keyset.json"))
	if err != nil {
		return nil, err
	}
	if err := migrations.Up(ctx, url); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, url, k, time.Now)
	if err != nil {
		return nil, err
	}
	if err := reference.Load(ctx, st); err != nil {
		return nil, err
	}
	return st, st.Refresh(ctx)
}

// prepare opens the database of a folder, filled.
func prepare(ctx context.Context, dir, url string, officers int) (w *world, err error) {
	st, err := openStore(ctx, dir, url)
	if err != nil {
		return nil, err
	}
	w = &world{store: st, officers: officers / (batch * cycle) * (batch * cycle)}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := w.settle(ctx, conn); err != nil {
		return nil, err
	}
	nation, err := w.token(w.nation, "officers:read", "officers:write")
	if err != nil {
		return nil, err
	}
	regency, err := w.token(w.large, "officers:read", "officers:write")
	w.tokens = map[string]string{"nation": nation, "regency": regency}
	return w, err
}

func openKeys(path string) (*keys.Keys, error) {
	document, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if document, err = keys.Generate(); err == nil {
			err = os.WriteFile(path, document, 0o600)
		}
	}
	if err != nil {
		return nil, err
	}
	return keys.Load(document)
}

// settle fills the database, unless it is full already.
func (w *world) settle(ctx context.Context, conn *pgx.Conn) error {
	bodies, err := w.bodies(ctx, conn)
	if err != nil {
		return err
	}
	w.nation, w.large = bodies[0], bodies[1]
	var full bool
	if err := conn.QueryRow(ctx, "select to_regclass('plain_officers') is not null").Scan(&full); err != nil {
		return err
	}
	if full {
		var n int
		if err := conn.QueryRow(ctx, "select count(*) from officers").Scan(&n); err != nil || n == w.officers {
			return err
		}
		return fmt.Errorf("the folder holds %d officers, not %d", n, w.officers)
	}
	start := time.Now()
	if err := w.fill(ctx, conn, bodies[1:]); err != nil {
		return err
	}
	progress.Printf("%d officers of %d bodies in %.0f s", w.officers, len(bodies), time.Since(start).Seconds())
	return nil
}

// bodies registers the organisations, or finds them again: the national one, the
// large one, the others.
func (w *world) bodies(ctx context.Context, conn *pgx.Conn) ([]cover.Organisation, error) {
	rows, err := conn.Query(ctx, `select code, name from areas where level = 'regency' order by code <> $1, code limit $2`,
		largeArea, 1+smallBodies)
	if err != nil {
		return nil, err
	}
	in := []cover.Registration{{Kind: cover.KPU, Level: cover.National, Name: "KPU", TimeZone: "Asia/Jakarta"}}
	var code, name string
	if _, err := pgx.ForEachRow(rows, []any{&code, &name}, func() error {
		in = append(in, cover.Registration{
			Kind: cover.KPU, Level: cover.OrganisationLevel(cover.Regency), AreaCode: code, Name: "KPU " + name, TimeZone: "Asia/Jakarta",
		})
		return nil
	}); err != nil {
		return nil, err
	}
	who := access.Actor{ClientID: uuid.New(), OrganisationID: uuid.New(), Kind: cover.Ministry, Level: cover.National}
	known, err := w.store.Read(ctx, who).Organisations(store.OrganisationFilter{Kinds: []cover.OrganisationKind{cover.KPU}}, store.Page{Limit: len(in)})
	if err != nil || len(known.Items) == len(in) {
		return known.Items, err
	}
	return store.Do(ctx, w.store, who, func(tx *store.Tx) ([]cover.Organisation, error) {
		made := make([]cover.Organisation, len(in))
		for i, r := range in {
			var err error
			if made[i], err = cover.Register(r, tx.Reference()); err != nil {
				return nil, err
			}
			if err := tx.InsertOrganisation(&made[i]); err != nil {
				return nil, err
			}
		}
		return made, nil
	})
}

// token is what a client of an organisation would be given, for a day.
func (w *world) token(o cover.Organisation, scopes ...string) (string, error) {
	now := time.Now()
	return w.store.Keys().Sign(keys.Claims{
		ID: uuid.New(), Subject: uuid.New(), Organisation: o.ID, Kind: string(o.Kind), Level: string(o.Level), Area: o.AreaCode,
		TimeZone: o.TimeZone, Scopes: scopes, ExpiresAt: now.Add(24 * time.Hour),
	}, now)
}

// copied are the columns that fill writes, of each of the two tables.
var (
	copied = []string{
		"id", "organisation_id", "external_id", "full_name", "born_on", "sex", "position", "role", "area_code", "decree_number",
		"term_from", "term_to", "honorarium", "version", "created_at", "updated_at",
	}
	sealedColumns = append([]string{"person_id", "digest", "personal"}, copied...)
	plainColumns  = append([]string{"nik", "phone", "kpj"}, copied...)
)

// fill writes the officers twice: sealed, as Naungan keeps them, and for the plain
// program in a table of its own, where what is personal lies open, already masked.
func (w *world) fill(ctx context.Context, conn *pgx.Conn, bodies []cover.Organisation) error {
	villages, err := villagesOf(ctx, conn)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `drop table if exists plain_officers_draft;
		truncate officers cascade;
		create table plain_officers_draft (like officers including defaults, nik text not null, phone text not null, kpj text not null);
		alter table plain_officers_draft drop column person_id, drop column digest, drop column personal`)
	if err != nil {
		return err
	}
	for _, into := range []struct {
		table   string
		columns []string
		own     func(cover.Officer) ([]any, error)
	}{
		{"officers", sealedColumns, w.sealed},
		{"plain_officers_draft", plainColumns, masked},
	} {
		_, err := conn.CopyFrom(ctx, pgx.Identifier{into.table}, into.columns, pgx.CopyFromSlice(w.officers, func(n int) ([]any, error) {
			o := invent(n, bodies, villages)
			own, err := into.own(o)
			return append(own, [16]byte(o.ID), [16]byte(o.OrganisationID), o.ExternalID, o.FullName, o.BornOn.String(), string(o.Sex),
				o.Position, string(o.Role), o.AreaCode, o.DecreeNumber, o.TermFrom.String(), o.TermTo.String(), int64(o.Honorarium),
				o.Version, o.CreatedAt, o.UpdatedAt), err
		}))
		if err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, `alter table plain_officers_draft add primary key (id);
		create index on plain_officers_draft (organisation_id, id);
		alter table plain_officers_draft rename to plain_officers`)
	if err != nil {
		return err
	}
	for _, last := range []string{"vacuum (analyze)", "checkpoint"} {
		if _, err := conn.Exec(ctx, last); err != nil {
			return err
		}
	}
	return nil
}

// sealed is what of an officer is kept as the store keeps it.
func (w *world) sealed(o cover.Officer) ([]any, error) {
	plain, err := json.Marshal(o.Personal)
	if err != nil {
		return nil, err
	}
	person := w.store.Keys().Index("nik:" + string(o.Personal.NIK))
	sealed, err := w.store.Keys().Seal(plain, append(o.OrganisationID[:], person[:]...))
	return []any{[16]byte(person), [16]byte(person), sealed}, err // the digest is any: only imports read it
}

func masked(o cover.Officer) ([]any, error) {
	m := o.Personal.Masked()
	return []any{string(m.NIK), m.Phone, m.KPJ}, nil
}

func villagesOf(ctx context.Context, conn *pgx.Conn) (map[string][]string, error) {
	rows, err := conn.Query(ctx, `select code from areas where level = 'village'`)
	if err != nil {
		return nil, err
	}
	byRegency := map[string][]string{}
	var code string
	_, err = pgx.ForEachRow(rows, []any{&code}, func() error {
		byRegency[code[:len(largeArea)]] = append(byRegency[code[:len(largeArea)]], code)
		return nil
	})
	return byRegency, err
}

var (
	givenNames  = []string{"Ani", "Bambang", "Dewi", "Eko", "Fitri", "Hendra", "Lestari", "Nurul", "Rahmat", "Slamet", "Tuti", "Yanto"}
	familyNames = []string{"Contoh", "Umpama", "Misal", "Ibarat", "Teladan", "Peraga", "Simulasi"}
	seats       = []struct {
		position string
		role     cover.Role
	}{{"pps", cover.RoleChair}, {"pps", cover.RoleMember}, {"pps", cover.RoleMember}, {"sek_pps", cover.RoleSecretary}, {"sek_pps", cover.RoleStaff}}
)

// invent makes up the n-th officer. Their NIK is under province code 99, which
// does not exist.
func invent(n int, bodies []cover.Organisation, villages map[string][]string) cover.Officer {
	dice := rand.New(rand.NewPCG(uint64(n), 0))
	body := bodies[0]
	if b := n / batch; b%cycle >= cycleLarge {
		body = bodies[1+b%(len(bodies)-1)]
	}
	places := villages[body.AreaCode]
	seat := seats[n%len(seats)]
	born := cover.NewDate(1960+dice.IntN(45), time.Month(1+dice.IntN(12)), 1+dice.IntN(28))
	day := born.String()
	o := cover.Officer{
		ID: officerID(n), OrganisationID: body.ID, ExternalID: fmt.Sprintf("SIAKBA-%07d", n),
		Personal: cover.Personal{
			NIK:   cover.NIK(fmt.Sprintf("99%04d%s%s%s%04d", 101+n/9999%9000, day[8:10], day[5:7], day[2:4], 1+n%9999)),
			Phone: fmt.Sprintf("+62812%08d", dice.IntN(100_000_000)), Email: fmt.Sprintf("petugas%07d@contoh.example", n),
			KPJ: fmt.Sprintf("%011d", n),
		},
		FullName: givenNames[dice.IntN(len(givenNames))] + " " + givenNames[dice.IntN(len(givenNames))] + " " + familyNames[dice.IntN(len(familyNames))],
		BornOn:   born, Sex: cover.Male, Position: seat.position, Role: seat.role, AreaCode: places[dice.IntN(len(places))],
		DecreeNumber: fmt.Sprintf("%d/PP.04.1-Kpt/2024", 1+n/batch), TermFrom: cover.NewDate(2024, 5, 26), TermTo: cover.NewDate(2025, 1, 27),
		Honorarium: 1_300_000, Version: 1, CreatedAt: time.UnixMilli(int64(firstAt + n)),
	}
	o.UpdatedAt = o.CreatedAt
	return o
}
