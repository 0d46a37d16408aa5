package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"naungan/internal/api/wire"
	"naungan/internal/cover"
)

// The questions that Naungan puts to Postgres, copied from internal/store: what an
// actor sees is part of the question. The plain program and pgbench ask the same.
const (
	officerColumns = `o.id, o.organisation_id, %[1]s, o.external_id, o.full_name, o.born_on, o.sex, o.position, o.role,
	o.area_code, o.polling_station, o.decree_number, o.term_from, o.term_to, o.honorarium, o.ended_on, o.end_reason,
	o.version, o.created_at, o.updated_at`
	oneOfficer = `select ` + officerColumns + ` from %[2]s o where (o.id = %[4]s
	and exists (select from organisations g where g.id = o.organisation_id and %[3]s))`
	pageOfOfficers = `select ` + officerColumns + ` from (select o.id from (select g.id from organisations g where %[3]s) g
	cross join lateral (select o.id from %[2]s o where o.organisation_id = g.id and (true and o.id > %[4]s) order by o.id asc limit 51) o
	order by o.id asc limit 51) p join %[2]s o on o.id = p.id order by o.id asc`
)

// actors are the conditions on g that say whose rosters an actor sees.
var actors = map[string]string{
	"nation":  `g.kind = 'kpu'`,
	"regency": `(g.kind = 'kpu' and g.area_code >= '` + largeArea + `' and g.area_code < '` + largeArea + `/')`,
}

// blocked is what keeps an actor from ending a duty of the large body.
var blocked = map[string][]cover.Code{"nation": {cover.PartyRoleRequired}, "regency": {}}

// plain is what is left of Naungan when everything is taken away that is not
// needed for its bytes: no token, no contract, nothing sealed, no log.
type plain struct{ pool *pgxpool.Pool }

// servePlain starts the plain program, with a pool as large as the store's.
func servePlain(ctx context.Context, url string) (*server, error) {
	pool, err := openPool(ctx, url)
	if err != nil {
		return nil, err
	}
	p := plain{pool}
	mux := http.NewServeMux()
	for actor, seen := range actors {
		one := fmt.Sprintf(oneOfficer, "o.nik, o.phone, o.kpj", "plain_officers", seen, "$1")
		page := fmt.Sprintf(pageOfOfficers, "o.nik, o.phone, o.kpj", "plain_officers", seen, "$1")
		mux.HandleFunc("GET /"+actor+"/officers/{id}", p.one(one, blocked[actor]))
		mux.HandleFunc("GET /"+actor+"/officers", p.page(page, blocked[actor]))
	}
	mux.HandleFunc("POST /{branch}/checks", p.check)
	h := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	address, err := listen(ctx, h)
	return &server{
		name: "plain pgx", address: address,
		load:  func(q question) load { return q.plain },
		close: func() { _ = h.Close(); pool.Close() },
	}, err
}

// poolSize is that of the store.
const poolSize = 16

func openPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MinConns, config.MaxConns = poolSize, poolSize
	return pgxpool.NewWithConfig(ctx, config)
}

func (p plain) one(sql string, blocked []cover.Code) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := uuid.Parse(r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		rows, err := p.pool.Query(r.Context(), sql, [16]byte(id))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		o, err := pgx.CollectExactlyOneRow(rows, scanPlain(blocked))
		answer(w, o, err)
	}
}

func (p plain) page(sql string, blocked []cover.Code) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		after, err := uuid.Parse(r.URL.Query().Get("after"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		rows, err := p.pool.Query(r.Context(), sql, [16]byte(after))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		items, err := pgx.CollectRows(rows, scanPlain(blocked))
		page := wire.OfficerPage{Items: items}
		if len(items) > pageOf {
			page.Items = items[:pageOf]
			next := page.Items[pageOf-1].ID.String()
			page.NextCursor = &next
		}
		answer(w, page, err)
	}
}

func answer(w http.ResponseWriter, body any, err error) {
	var written []byte
	if err == nil {
		written, err = json.Marshal(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(written) // to whoever still listens
}

func scanPlain(blocked []cover.Code) func(pgx.CollectableRow) (wire.Officer, error) {
	return func(row pgx.CollectableRow) (o wire.Officer, err error) {
		var bornOn, endedOn cover.Date
		var phone, kpj, station, decree, reason string
		var honorarium cover.Rupiah
		// As plain bytes, or each id would go through text.
		err = row.Scan((*[16]byte)(&o.ID), (*[16]byte)(&o.OrganisationID), &o.NIK, &phone, &kpj, &o.ExternalID, &o.FullName, &bornOn, &o.Sex, &o.Position, &o.Role,
			&o.AreaCode, &station, &decree, &o.TermFrom, &o.TermTo, &honorarium, &endedOn, &reason,
			&o.Version, &o.CreatedAt, &o.UpdatedAt)
		o.Phone, o.KPJ, o.PollingStation, o.DecreeNumber = orNil(phone), orNil(kpj), orNil(station), orNil(decree)
		o.MonthlyHonorariumAmount, o.EndedOn, o.EndReason = orNil(honorarium), orNil(endedOn), orNil(cover.EndReason(reason))
		o.PersonalData, o.Status = wire.Masked, cover.OfficerEnded
		o.Actions = []wire.Action{{
			Action: "end", Method: "POST", Href: "/v1/officers/" + o.ID.String() + "/end", ResultingStatus: "ended", BlockedBy: blocked,
		}}
		return o, err
	}
}

func orNil[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
