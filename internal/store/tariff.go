package store

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

// tariffs keeps the last edition of the tariff that was read.
type tariffs struct {
	mu      sync.Mutex
	edition int64
	last    *tariff.Tariff
}

// of returns the tariff of an edition; nil if another was read last.
func (t *tariffs) of(edition int64) *tariff.Tariff {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.edition != edition {
		return nil
	}
	return t.last
}

// keep remembers the tariff of an edition. What a transaction reads of its own may yet
// be undone; its edition never comes again.
func (t *tariffs) keep(edition int64, read *tariff.Tariff) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.edition, t.last = edition, read
}

const tariffEdition = `select greatest((select max(edition) from tariff_rules), (select max(edition) from holidays))`

// Tariff is the tariff as it stands now, corrections included.
func (r *Reader) Tariff() (*tariff.Tariff, error) {
	kept := &r.store.tariffs
	var edition int64
	if err := r.db.Raw(tariffEdition).Scan(&edition).Error; err != nil {
		return nil, translate(err)
	}
	if last := kept.of(edition); last != nil {
		return last, nil
	}
	// Two may read it at once: whoever waited here for somebody else's connection, holding
	// one, would wait for each other.
	read, err := r.readTariff()
	if err != nil {
		return nil, err
	}
	read.Edition = edition
	kept.keep(edition, read)
	return read, nil
}

func (r *Reader) readTariff() (*tariff.Tariff, error) {
	rules, err := r.TariffRules()
	if err != nil {
		return nil, err
	}
	var days []cover.Date
	if err := r.db.Raw("select day from holidays where not works").Scan(&days).Error; err != nil {
		return nil, translate(err)
	}
	free := make(map[cover.Date]bool, len(days))
	for _, day := range days {
		free[day] = true
	}
	return tariff.From(rules, free)
}

// TariffRules lists every revision of every rule.
func (r *Reader) TariffRules() (rules []tariff.Rule, err error) {
	err = r.db.Raw("select kind, name, revision, body from tariff_rules order by kind, name, revision").Scan(&rules).Error
	return rules, translate(err)
}

// tariffLock is held by whoever changes the tariff, so that its editions are
// committed in their order.
const tariffLock = 8204

// InsertTariffRule writes a revision of a rule. Refuses one that is not the next
// (version_stale).
func (tx *Tx) InsertTariffRule(rule tariff.Rule) error {
	if err := tx.HoldTariff(); err != nil {
		return err
	}
	var last int64
	err := tx.db.Raw("select coalesce(max(revision), 0) from tariff_rules where kind = ? and name = ?", rule.Kind, rule.Name).Scan(&last).Error
	if err != nil {
		return translate(err)
	}
	if int64(rule.Revision) != last+1 {
		return cover.Refuse(cover.Stale, cover.VersionStale, cover.Params{"version": last})
	}
	return translate(tx.db.Exec("insert into tariff_rules (kind, name, revision, body, recorded_by, recorded_at) values (?, ?, ?, ?, ?, ?)",
		rule.Kind, rule.Name, rule.Revision, rule.Body, tx.who.OrganisationID, tx.Now).Error)
}

// HoldTariff makes those who change the tariff take turns until the transaction
// ends: what is read of it afterwards is what the change will be added to.
func (tx *Tx) HoldTariff() error {
	return translate(tx.db.Exec("select pg_advisory_xact_lock(?)", tariffLock).Error)
}

// LoadTariff brings the rules that come with the program into the database: new
// ones, and those that changed since, unless an administrator had a say. One that does
// not go together with what administrators entered is left out, and logged.
func (s *Store) LoadTariff(ctx context.Context, rules []tariff.Rule) error {
	now := s.now()
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", tariffLock); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "select kind, name, revision, body, recorded_by from tariff_rules")
		if err != nil {
			return err
		}
		kept, err := pgx.CollectRows(rows, pgx.RowToStructByPos[keptRule])
		if err != nil {
			return err
		}
		fitting, left := fit(kept, changed(kept, rules))
		for _, rule := range left {
			slog.WarnContext(ctx, "a rule of the tariff was left out", "kind", rule.Kind, "name", rule.Name)
		}
		for _, rule := range fitting {
			if _, err := tx.Exec(ctx, "insert into tariff_rules (kind, name, revision, body, recorded_at) values ($1, $2, $3, $4, $5)",
				rule.Kind, rule.Name, rule.Revision, rule.Body, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// keptRule is a revision of a rule as it is stored.
type keptRule struct {
	Kind       tariff.Kind
	Name       string
	Revision   int
	Body       json.RawMessage
	RecordedBy uuid.NullUUID // none: it came with the program
}

// changed are those of the program's rules that are new or differ from their last
// revision, numbered after it, but for those that an administrator entered.
func changed(kept []keptRule, rules []tariff.Rule) (news []tariff.Rule) {
	for _, rule := range rules {
		var last keptRule
		for _, k := range kept {
			if k.Kind == rule.Kind && k.Name == rule.Name && k.Revision > last.Revision {
				last = k
			}
		}
		if last.RecordedBy.Valid || sameJSON(last.Body, rule.Body) {
			continue
		}
		rule.Revision = last.Revision + 1
		news = append(news, rule)
	}
	return news
}

// fit finds as many rules as make one tariff with those that are kept: all of them
// or, if they do not go together, each that goes with those before it. One may make
// room for another, so they are tried until none fits any more.
func fit(kept []keptRule, news []tariff.Rule) (fitting, left []tariff.Rule) {
	stands := make([]tariff.Rule, len(kept))
	for i, k := range kept {
		stands[i] = tariff.Rule{Kind: k.Kind, Name: k.Name, Revision: k.Revision, Body: k.Body}
	}
	together := func(more ...tariff.Rule) bool {
		_, err := tariff.From(slices.Concat(stands, fitting, more), nil)
		return err == nil
	}
	if together(news...) {
		return news, nil
	}
	for left = news; ; {
		before := len(left)
		var rest []tariff.Rule
		for _, rule := range left {
			if together(rule) {
				fitting = append(fitting, rule)
			} else {
				rest = append(rest, rule)
			}
		}
		if left = rest; len(left) == before || len(left) == 0 {
			return fitting, left
		}
	}
}

// sameJSON compares what two texts say, in whatever order: Postgres has its own.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, errOne := json.Marshal(x)
	other, errOther := json.Marshal(y)
	return errOne == nil && errOther == nil && bytes.Equal(one, other)
}

// Holidays lists the holidays of a year in the order of their days; of all years
// for none.
func (r *Reader) Holidays(year int) (found []cover.Holiday, err error) {
	q := r.db.Where("not works")
	if year != 0 {
		q = q.Where("extract(year from day) = ?", year)
	}
	err = q.Order("day").Find(&found).Error
	return found, translate(err)
}

// Holiday returns what is known of a day, also that it is none after all.
func (r *Reader) Holiday(day cover.Date) (h cover.Holiday, err error) {
	err = r.db.Take(&h, "day = ?", day).Error
	return h, translate(err)
}

// PutHoliday writes what a day is, in the place of the version asked for.
func (tx *Tx) PutHoliday(h *cover.Holiday, v Version) error {
	if err := tx.HoldTariff(); err != nil {
		return err
	}
	before, err := tx.Holiday(h.Day)
	if err != nil && cover.KindOf(err) != cover.NotFound {
		return err
	}
	if err := v.is(before.Version); err != nil {
		return err
	}
	h.Version = before.Version + 1
	return translate(tx.db.Exec(`insert into holidays (day, name_id, name_en, certainty, works, version, recorded_by)
		values (?, ?, ?, ?, ?, ?, ?)
		on conflict (day) do update set name_id = excluded.name_id, name_en = excluded.name_en, certainty = excluded.certainty,
			works = excluded.works, version = excluded.version, recorded_by = excluded.recorded_by`,
		h.Day, h.NameID, h.NameEN, h.Certainty, h.Works, h.Version, tx.who.OrganisationID).Error)
}
