package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// claimed is what was reached of what incidents and claims need: papers, checks, and
// amendments that let checks know what was known before.
type claimed struct {
	rounds int
	rows   []reached
	atRest int64 // the memory that the program held before all rows, in bytes

	server      *process
	db          *pgx.Conn
	world       *world
	kpu, branch cover.Organisation
	officers    []uuid.UUID
	incidents   int
}

// reached is how much of one thing was done in a second.
type reached struct {
	what, unit string
	rates      rates
	peak       int64 // of the program's memory meanwhile, in bytes; 0 where it has no part
}

// The contestants of each row.
const (
	ours   = "Naungan"
	limit  = "bare limit"
	inRows = "bare rows" // documents alone
)

func runClaims(ctx context.Context, o options, dir string) (err error) {
	if err := passable(dir); err != nil {
		return err
	}
	binary, err := build(ctx, dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	c := &claimed{rounds: o.rounds}
	if c.server, err = serve(ctx, binary, data); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.server.stop()) }()
	url, err := c.server.database()
	if err != nil {
		return err
	}
	st, err := openStore(ctx, data, url) // the program's own, with its keys
	if err != nil {
		return err
	}
	defer st.Close()
	c.world = &world{store: st}
	if c.db, err = pgx.Connect(ctx, url); err != nil {
		return err
	}
	defer func() { _ = c.db.Close(ctx) }()
	progress.Printf("claims: %d covered officers", o.covered)
	if err := c.settle(ctx, o.covered); err != nil {
		return err
	}
	if err := c.server.forgetPeak(); err != nil {
		return err
	}
	if c.atRest, err = c.server.peak(); err != nil {
		return err
	}
	// What takes least memory comes first: a program does not give it back at once.
	if err := c.checks(ctx, url, o.turn); err != nil {
		return err
	}
	if err := c.papers(ctx, url); err != nil {
		return err
	}
	if err := c.amendments(ctx); err != nil {
		return err
	}
	f, err := factsOf(ctx, c.db)
	if err != nil {
		return err
	}
	return publish(o.out, "claims", renderClaims(f, c))
}

// settle covers the officers of a regency, and has a month of it billed and paid.
func (c *claimed) settle(ctx context.Context, covered int) error {
	if err := insure(ctx, c.db, covered); err != nil {
		return err
	}
	if _, err := c.db.Exec(ctx, `update agreements set billing = 'automatic'`); err != nil {
		return err
	}
	st := c.world.store
	if _, err := billing.Run(ctx, st, cover.NewMonth(2024, time.January)); err != nil {
		return err
	}
	// Or the program would bill the other months meanwhile.
	if _, err := c.db.Exec(ctx, `update agreements set billing = 'manual'`); err != nil {
		return err
	}
	var invoice, kpu, branch uuid.UUID
	paid := cover.Payment{PaidOn: cover.NewDate(2024, time.January, 5), Reference: "bench"}
	err := c.db.QueryRow(ctx, `select id, total, organiser_id, payer_id, branch_id from invoices
		order by officers desc limit 1`).Scan(&invoice, &paid.Amount, &kpu, &paid.PayerID, &branch)
	if err != nil {
		return err
	}
	paid.Allocations = []cover.Allocation{{InvoiceID: invoice, Amount: paid.Amount}}
	if c.kpu, err = organisation(ctx, st, kpu); err != nil {
		return err
	}
	if c.branch, err = organisation(ctx, st, branch); err != nil {
		return err
	}
	if err := st.InTx(ctx, acting(c.branch), func(tx *store.Tx) error {
		_, err := billing.RecordPayment(tx, paid)
		return err
	}); err != nil {
		return err
	}
	rows, err := c.db.Query(ctx, `select id from officers where organisation_id = $1`, kpu)
	if err != nil {
		return err
	}
	if c.officers, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
		return err
	}
	_, err = c.db.Exec(ctx, `vacuum analyze`)
	return err
}

func organisation(ctx context.Context, st *store.Store, id uuid.UUID) (cover.Organisation, error) {
	return st.Read(ctx, access.Actor{OrganisationID: id}).Organisation(id)
}

func acting(o cover.Organisation) access.Actor {
	return access.Actor{
		ClientID: uuid.New(), OrganisationID: o.ID, Kind: o.Kind, Level: o.Level, AreaCode: o.AreaCode, TimeZone: o.TimeZone,
	}
}

// incident is a new one each time, for it has room for so many documents only; of
// somebody who is on no roster.
func (c *claimed) incident(ctx context.Context) (uuid.UUID, error) {
	c.incidents++
	i, err := store.Do(ctx, c.world.store, acting(c.kpu), func(tx *store.Tx) (cover.Incident, error) {
		return claims.Report(tx, cover.Report{
			Person: &cover.Person{FullName: "Slamet Contoh", NIK: "9901010101900001"},
			Body:   c.kpu.Kind, Position: "pps", AreaCode: c.kpu.AreaCode,
			Kind: cover.Accident, Outcome: cover.Injured, Place: "TPS 1",
			OccurredAt: time.Date(2024, time.May, 14, 19, c.incidents, 0, 0, time.UTC),
			Account:    cover.Account{Narrative: "Terjatuh.", NotifierName: "Wati Contoh", NotifierPhone: "081200000001"},
		})
	})
	return i.ID, err
}

// reaching is a contestant, and how much of a thing is done in a second.
type reaching struct {
	title string
	reach func() (float64, error)
}

// compare measures Naungan and its limits in turns, none with what the others left to be
// written. The first round is not counted.
func (c *claimed) compare(ctx context.Context, what, unit string, all ...reaching) error {
	row := reached{what: what, unit: unit, rates: rates{}}
	if err := c.server.forgetPeak(); err != nil {
		return err
	}
	for round := range c.rounds + 1 {
		told := ""
		for turn := range all {
			one := all[(round+turn)%len(all)]
			if _, err := c.db.Exec(ctx, "checkpoint"); err != nil {
				return err
			}
			rate, err := one.reach()
			if err != nil {
				return fmt.Errorf("%s, %s: %w", one.title, what, err)
			}
			told += fmt.Sprintf(" %s %.0f%s", one.title, rate, unit)
			if round > 0 {
				row.rates[one.title] = append(row.rates[one.title], rate)
			}
		}
		progress.Printf("round %d, %s:%s", round, what, told)
	}
	var err error
	row.peak, err = c.server.peak()
	c.rows = append(c.rows, row)
	return err
}

// papers are sent and read by the officer's own body.
func (c *claimed) papers(ctx context.Context, url string) error {
	token, err := c.world.token(c.kpu, "documents:write", "documents:read", "officers.personal:read")
	if err != nil {
		return err
	}
	if _, err := c.db.Exec(ctx, `create table bare_pieces (like document_pieces including all)`); err != nil {
		return err
	}
	pool, err := openPool(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	p := &papers{naungan: c.server.url, token: token, incident: c.incident, pool: pool, content: noise(paperSize)}
	p.digest = sha256.Sum256(p.content)
	large, rows := &objects{}, &table{}
	for _, crowd := range []struct {
		how           string
		count, atOnce int
	}{{"one at a time", senders / 2, 1}, {fmt.Sprintf("%d at once", senders), senders, senders}} {
		n, atOnce := crowd.count, crowd.atOnce
		err := c.compare(ctx, "documents of 20 MiB sent, "+crowd.how, " MB",
			reaching{ours, func() (float64, error) { return p.send(ctx, n, atOnce) }},
			reaching{limit, func() (float64, error) { return p.keep(ctx, large, n, atOnce) }},
			reaching{inRows, func() (float64, error) { return p.keep(ctx, rows, n, atOnce) }})
		if err != nil {
			return err
		}
		err = c.compare(ctx, "the same read, "+crowd.how, " MB",
			reaching{ours, func() (float64, error) { return p.read(ctx, n, atOnce) }},
			reaching{limit, func() (float64, error) { return p.fetch(ctx, large, n, atOnce) }},
			reaching{inRows, func() (float64, error) { return p.fetch(ctx, rows, n, atOnce) }})
		if err != nil {
			return err
		}
	}
	return nil
}

// checks are asked for by the office that covers, of anybody it covers.
func (c *claimed) checks(ctx context.Context, url string, turn time.Duration) error {
	token, err := c.world.token(c.branch, "coverage:read")
	if err != nil {
		return err
	}
	naungan := &server{
		name: ours, address: strings.TrimPrefix(c.server.url, "http://"), load: func(q question) load { return q.naungan },
	}
	plain, err := servePlain(ctx, url)
	if err != nil {
		return err
	}
	defer plain.close()
	q := checks(token, c.branch.ID, c.officers)
	if err := agreeOnChecks(ctx, q, naungan, plain); err != nil {
		return err
	}
	asking := func(title string, whom *server) reaching {
		return reaching{title, func() (float64, error) { return whom.ask(ctx, q, turn) }}
	}
	what := "coverage checks, of " + thousands(float64(len(c.officers))) + " officers"
	return c.compare(ctx, what, "", asking(ours, naungan), asking(limit, plain))
}

// amendments change every officer in one statement, with the trigger that keeps what
// they said and without it. Nothing is kept of what no check asks for.
func (c *claimed) amendments(ctx context.Context) error {
	for _, change := range []struct{ what, column string }{
		{"officers amended: their decree", "decree_number"},
		{"officers amended: their polling station", "polling_station"},
	} {
		amending := func(title, trigger string) reaching {
			return reaching{title, func() (float64, error) {
				for _, sql := range []string{"vacuum officers", "alter table officers " + trigger + " trigger officers_past"} {
					if _, err := c.db.Exec(ctx, sql); err != nil {
						return 0, err
					}
				}
				var amended int64
				took, err := timed(func() error {
					done, err := c.db.Exec(ctx, `update officers set `+change.column+` = version::text,
						version = version + 1, updated_at = now()`)
					amended = done.RowsAffected()
					return err
				})
				return float64(amended) / took.Seconds(), err
			}}
		}
		if err := c.compare(ctx, change.what, "", amending(ours, "enable"), amending(limit, "disable")); err != nil {
			return err
		}
		c.rows[len(c.rows)-1].peak = 0 // it is Postgres alone
	}
	return nil
}

func renderClaims(f facts, c *claimed) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s The median of %d rounds, in turns. At rest the program held %d MiB.\n\n",
		f, c.rounds, c.atRest>>20)
	out.WriteString("| a second | Naungan | bare limit | bare rows | Naungan ÷ limit | Naungan ÷ rows | memory |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for _, r := range c.rows {
		fmt.Fprintf(&out, "| %s |", r.what)
		for _, title := range []string{ours, limit, inRows} {
			rate := thousands(r.rates.rate(title))
			if r.rates[title] != nil {
				rate += r.unit
			}
			fmt.Fprintf(&out, " %s |", rate)
		}
		memory := "–"
		if r.peak > 0 {
			memory = fmt.Sprintf("%d MiB", r.peak>>20)
		}
		fmt.Fprintf(&out, " %s | %s | %s |\n", fraction(r.rates.ratio(ours, limit)), fraction(r.rates.ratio(ours, inRows)), memory)
	}
	return out.String()
}
