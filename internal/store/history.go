package store

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// historyOf is a kind of resource that belongs to an officer: a query for the ids of
// one officer's, and which of them the actor sees.
type historyOf struct {
	kind cover.HistoryResource
	ids  string
	seen condition
}

// histories are what the history of an officer is made of; a kind of resource more is
// a line more.
func (r *Reader) histories() []historyOf {
	covered := r.seenCoverage("coverage_periods.agreement_id")
	of := " where incident_id in (select id from incidents where officer_id = ?)"
	return []historyOf{
		{"officer", "select id from officers where id = ?", r.seenOfficers()},
		{"coverage_period", "select id from coverage_periods where officer_id = ?", covered},
		{"enrolment", "select enrolment_id from coverage_periods where officer_id = ?", covered},
		{"incident", "select id from incidents where officer_id = ?", r.insideIncidents()},
		{"claim", "select id from claims where officer_id = ?", r.seenClaims()},
		{"heir", "select id from heirs" + of, r.seenHeirs()},
		{"document", "select id from documents" + of, r.seenDocuments()},
		{"deadline", "select id from deadlines" + of, r.seenDeadlines()},
		{"grant", "select id from ex_gratia_grants" + of, r.seenGrants()},
	}
}

// happenedAt is when an event happened: a breach with the last instant in time, though
// whoever watches the clocks tells of it later, perhaps after what was owed was done.
const happenedAt = "coalesce(d.due_at, e.occurred_at)"

// OfficerHistory lists what happened to an officer whom the actor sees, in the order in
// which it happened: the events of each resource are read by an index, and a person has
// few. Readings of personal data and of papers are told elsewhere, to whom they are owed.
func (r *Reader) OfficerHistory(officer uuid.UUID, p Page) (Listed[cover.HistoryEntry], error) {
	var out Listed[cover.HistoryEntry]
	if _, err := r.Officer(officer); err != nil {
		return out, err
	}
	var q joined
	for n, h := range r.histories() {
		if n > 0 {
			q.add(" union ")
		}
		q.add(fmt.Sprintf("select '%s' as kind, x.id from (%s and ", h.kind, h.ids), officer).with(h.seen).add(") x (id)")
	}
	from := joined{"from (" + q.sql + `) h join events e on e.resource_id = h.id
		left join deadlines d on d.id = e.resource_id and e.type = 'deadline_breached' where `, q.args}
	from.add("e.type not in ?", []cover.EventType{cover.PersonalDataRead, cover.DocumentRead})
	if p.Count != CountNot {
		total, err := r.countHistory(from)
		if err != nil {
			return out, err
		}
		out.Total = &total
	}
	than, direction := ">", "asc"
	if p.Desc {
		than, direction = "<", "desc"
	}
	if p.After != nil {
		from.add(" and ("+happenedAt+", e.id) "+than+" (?::timestamptz, ?::uuid)", p.After.Key, p.After.ID)
	}
	sql := fmt.Sprintf(`select e.id, e.type, h.kind as resource, e.resource_id, e.actor_id as organisation_id, %[4]s as occurred_at
		%[1]s order by %[4]s %[2]s, e.id %[2]s limit %[3]d`, from.sql, direction, p.Limit+1, happenedAt)
	err := r.db.Raw(sql, from.args...).Scan(&out.Items).Error
	if err != nil {
		return out, translate(err)
	}
	out.cut(p.Limit, func(e cover.HistoryEntry) Place {
		return Place{e.OccurredAt.Format(time.RFC3339Nano), e.ID.String()}
	})
	return out, nil
}

// countHistory counts exactly even where an estimate would do: of one person there is
// little to count.
func (r *Reader) countHistory(from joined) (total int64, err error) {
	err = r.db.Raw("select count(*) "+from.sql, from.args...).Scan(&total).Error
	return total, translate(err)
}
