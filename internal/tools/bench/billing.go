package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/access"
	"naungan/internal/billing"
	"naungan/internal/cover"
	"naungan/internal/localpg"
	"naungan/internal/store"
)

// The nation that is billed: an agreement for each of its regencies, one of which
// has more people than all that are usual.
const (
	regencies  = 514
	largestHas = 100_000
)

// billed is what billing runs took, beside the bare statement.
type billed struct {
	periods   int
	run, bare []time.Duration // a month each, in turns
	proof     []time.Duration // of the largest invoice
	lines     int64
	sum       []time.Duration // of reading the same lines beside their cover
}

func runBilling(ctx context.Context, o options, dir string) (err error) {
	if err := passable(dir); err != nil {
		return err
	}
	postgres, err := localpg.Start(ctx, filepath.Join(dir, "postgres"), localpg.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, postgres.Stop()) }()
	url := postgres.URL("naungan")
	st, err := openStore(ctx, dir, url)
	if err != nil {
		return err
	}
	defer st.Close()
	db, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close(ctx) }()
	progress.Printf("billing: %d coverage periods under %d agreements", o.periods, regencies)
	if err := insure(ctx, db, o.periods); err != nil {
		return err
	}
	b := &billed{periods: o.periods}
	if err := b.measure(ctx, st, db); err != nil {
		return err
	}
	f, err := factsOf(ctx, db)
	if err != nil {
		return err
	}
	return publish(o.out, "billing", renderBilling(f, b))
}

// insure fills the database: organisations, agreements for eight months, officers in
// the proportions of a village committee, and cover for all of them. They come in
// batches, as imports bring them.
func insure(ctx context.Context, db *pgx.Conn, periods int) error {
	for _, sql := range []string{
		`create temporary table regency as select n, gen_random_uuid() as kpu, gen_random_uuid() as payer, gen_random_uuid() as branch,
			gen_random_uuid() as agreement, gen_random_uuid() as enrolment, to_char(11 + n / 60, 'FM00') || '.' || to_char(1 + n % 60, 'FM00') as area
			from generate_series(0, ` + fmt.Sprint(regencies-1) + `) n`,
		`insert into organisations (id, kind, level, area_code, name, time_zone, registered_by, version, created_at, updated_at)
			select o.id, o.kind, 'regency', r.area, o.kind || ' ' || r.area, 'Asia/Jakarta', o.id, 1, now(), now() from regency r
			cross join lateral (values (r.kpu, 'kpu'), (r.payer, 'regional_government'), (r.branch, 'bpjs_office')) o (id, kind)
			on conflict do nothing`,
		`insert into agreements (id, title, positions, segment, risk_class, wage_base_policy, funding_source, starts_on, ends_on, legal_bases,
				organiser_id, payer_id, branch_id, signed_on, billing, version, created_at, updated_at)
			select agreement, 'PKS', '[]', 'pu', 'i', 'honorarium', 'nphd', '2024-01-01', '2024-08-31', '[]', kpu, payer, branch, '2024-01-01', 'manual', 1, now(), now()
			from regency`,
		`insert into agreement_parties (agreement_id, ordinal, organisation_id, role)
			select agreement, p.n, p.id, p.role from regency
			cross join lateral (values (0, kpu, 'organiser'), (1, payer, 'payer'), (2, branch, 'branch')) p (n, id, role)`,
		`insert into enrolments (id, agreement_id, enrolled, already_enrolled, skipped, monthly_premium, created_at)
			select enrolment, agreement, 0, 0, '[]', 0, now() from regency`,
		`create temporary table person as select i, uuid_v7(now() - interval '1 day' + i * interval '1 microsecond') as officer,
				gen_random_uuid() as person, uuid_v7(now() + i * interval '1 microsecond') as period,
				case when i <= ` + fmt.Sprint(largestHas) + ` then 0 else 1 + i / ` + fmt.Sprint(batch) + ` % ` + fmt.Sprint(regencies-1) + ` end as regency,
				case i % 3 when 0 then 'chair' else 'member' end as role, case i % 3 when 0 then 1500000 else 1300000 end as wage
			from generate_series(1, ` + fmt.Sprint(periods) + `) i`,
		`insert into officers (id, organisation_id, person_id, personal, digest, external_id, full_name, born_on, sex, position, role, area_code,
				term_from, term_to, honorarium, version, created_at, updated_at)
			select officer, kpu, person, '', person, i::text, 'Petugas Contoh', '1990-01-01', 'female', 'pps', role, area, '2024-01-01', '2024-08-31', wage,
				1, now(), now() from person join regency r on r.n = person.regency order by i`,
		`insert into coverage_periods (id, officer_id, person_id, agreement_id, enrolment_id, from_on, to_on, segment, wage_base, jkk, jkm, schedule,
				version, created_at, updated_at)
			select period, officer, person, agreement, enrolment, '2024-01-01', '2024-08-31', 'pu', wage, wage * 24 / 10000, wage * 30 / 10000,
				'pu-2015-07', 1, now(), now() from person join regency r on r.n = person.regency order by i`,
		`drop table person`, `vacuum analyze`,
	} {
		if _, err := db.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// bare is what billing a month comes down to: the lines, and their sums, with the
// contributions that cover was frozen with, in one transaction for all agreements.
const bare = `with made as (
		insert into invoices (id, agreement_id, organiser_id, payer_id, branch_id, month, due_on, officers, jkk, jkm, groups, version,
			created_at, updated_at)
		select gen_random_uuid(), a.id, a.organiser_id, a.payer_id, a.branch_id, $1::date, '2024-10-15', s.officers, s.jkk, s.jkm, '[]', 1, now(), now()
		from agreements a join (select agreement_id, count(*) as officers, sum(jkk) as jkk, sum(jkm) as jkm from coverage_periods
			where cancelled_on is null and from_on < $1::date + interval '1 month' and to_on >= $1::date group by agreement_id) s on s.agreement_id = a.id
		returning id, agreement_id)
	insert into invoice_lines (invoice_id, coverage_period_id, officer_id, person_id, month, position, role, wage_base, jkk, jkm, schedule)
	select m.id, c.id, c.officer_id, c.person_id, $1::date, o.position, o.role, c.wage_base, c.jkk, c.jkm, c.schedule
	from made m join coverage_periods c on c.agreement_id = m.agreement_id join officers o on o.id = c.officer_id
	where c.cancelled_on is null and c.from_on < $1::date + interval '1 month' and c.to_on >= $1::date`

// billingRounds is how often each is measured; the first is not counted.
const billingRounds = 4

func (b *billed) measure(ctx context.Context, st *store.Store, db *pgx.Conn) error {
	january := cover.NewMonth(2024, time.January)
	for round := range billingRounds {
		month := january.Add(2 * round)
		took, err := timed(func() error {
			_, err := db.Exec(ctx, bare, month.First().String())
			return err
		})
		if err != nil {
			return err
		}
		// A run bills what was billed by hand no more; so each month has its turn.
		if _, err := db.Exec(ctx, `update agreements set billing = 'automatic'`); err != nil {
			return err
		}
		month = month.Add(1)
		ran, err := timed(func() error {
			ran, err := billing.Run(ctx, st, month)
			if err == nil && (ran.Issued != regencies || ran.Officers != int64(b.periods)) {
				err = fmt.Errorf("billed %+v", ran)
			}
			return err
		})
		if err != nil {
			return err
		}
		progress.Printf("billing: round %d: bare %v, billing run %v", round, took, ran)
		if round > 0 {
			b.bare, b.run = append(b.bare, took), append(b.run, ran)
		}
		if err := b.prove(ctx, st, db, month); err != nil {
			return err
		}
	}
	return nil
}

// prove times the proof of the largest invoice of a month, and the bare reading of
// what it compares.
func (b *billed) prove(ctx context.Context, st *store.Store, db *pgx.Conn, month cover.Month) error {
	var id, payer uuid.UUID
	err := db.QueryRow(ctx, `select id, payer_id from invoices where month = $1 order by officers desc limit 1`, month.First().String()).Scan(&id, &payer)
	if err != nil {
		return err
	}
	r := st.Read(ctx, access.Actor{OrganisationID: payer, Kind: cover.RegionalGovernment})
	took, err := timed(func() error {
		p, err := billing.Prove(r, id)
		if err == nil && p.Differs != nil {
			err = fmt.Errorf("the proof does not hold: %+v", *p.Differs)
		}
		b.lines = p.Lines
		return err
	})
	if err != nil {
		return err
	}
	read, err := timed(func() error {
		rows, err := db.Query(ctx, `select l.*, c.wage_base, c.owed_to from invoice_lines l join coverage_periods c on c.id = l.coverage_period_id
			where l.invoice_id = $1 order by l.coverage_period_id`, id)
		if err != nil {
			return err
		}
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	b.proof, b.sum = append(b.proof, took), append(b.sum, read)
	return err
}

func timed(do func() error) (time.Duration, error) {
	begun := time.Now()
	err := do()
	return time.Since(begun), err
}

func middle(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

func renderBilling(f facts, b *billed) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s coverage periods under %d agreements; the median of %d rounds, in turns.\n\n", f, thousands(float64(b.periods)), regencies, len(b.run))
	out.WriteString("| | Naungan | bare SQL | Naungan ÷ bare |\n|---|--:|--:|--:|\n")
	row := func(what string, ours, bare []time.Duration) {
		fmt.Fprintf(&out, "| %s | %.1f s | %.1f s | %s |\n", what, middle(ours).Seconds(), middle(bare).Seconds(),
			fraction(middle(ours).Seconds()/middle(bare).Seconds()))
	}
	row(fmt.Sprintf("a billing run over one month: %d invoices drafted and issued, in as many transactions", regencies), b.run, b.bare)
	row(fmt.Sprintf("the proof of an invoice of %s lines", thousands(float64(b.lines))), b.proof, b.sum)
	return out.String()
}
