package store

import (
	"github.com/google/uuid"

	"naungan/internal/cover"
)

// partyRow is a party as stored, in the order the agreement names them.
type partyRow struct {
	AgreementID uuid.UUID
	Ordinal     int
	cover.Party
}

func (partyRow) TableName() string { return "agreement_parties" }

// Agreement returns one that the actor sees.
func (r *Reader) Agreement(id uuid.UUID) (cover.Agreement, error) {
	var a cover.Agreement
	if err := r.seenAgreements("agreements.id").on(r.db).Take(&a, "agreements.id = ?", id).Error; err != nil {
		return a, translate(err)
	}
	found := []cover.Agreement{a}
	err := r.withParties(found)
	return found[0], err
}

// AgreementFilter narrows a list of agreements.
type AgreementFilter struct {
	Statuses     []cover.AgreementStatus
	PartyID      uuid.UUID
	ElectionCode string
}

// Agreements lists those that the actor sees.
func (r *Reader) Agreements(f AgreementFilter, p Page) (Listed[cover.Agreement], error) {
	q := r.seenAgreements("agreements.id").on(r.db)
	if len(f.Statuses) > 0 {
		q = r.agreementStatuses(f.Statuses).on(q)
	}
	if f.PartyID != uuid.Nil {
		q = q.Where("agreements.id in (select agreement_id from agreement_parties where organisation_id = ?)", f.PartyID)
	}
	if f.ElectionCode != "" {
		q = q.Where("agreements.election_code = ?", f.ElectionCode)
	}
	listed, err := list(r, q, p, func(a cover.Agreement) Place { return byID(a.ID) })
	if err != nil {
		return listed, err
	}
	return listed, r.withParties(listed.Items)
}

// agreementStatuses says in SQL what cover.Agreement.StatusOn says in Go.
func (r *Reader) agreementStatuses(statuses []cover.AgreementStatus) condition {
	today := r.Today()
	either := nothing
	const inForce = "signed_on is not null and (terminated_on is null or terminated_on >= ?)"
	for _, s := range statuses {
		switch s {
		case cover.AgreementDraft:
			either = either.or(condition{sql: "signed_on is null"})
		case cover.AgreementTerminated:
			either = either.or(condition{"(signed_on is not null and terminated_on < ?)", []any{today}})
		case cover.AgreementSigned:
			either = either.or(condition{"(" + inForce + " and starts_on > ?)", []any{today, today}})
		case cover.AgreementActive:
			either = either.or(condition{"(" + inForce + " and starts_on <= ? and ends_on >= ?)", []any{today, today, today}})
		case cover.AgreementExpired:
			either = either.or(condition{"(" + inForce + " and starts_on <= ? and ends_on < ?)", []any{today, today, today}})
		}
	}
	return either
}

func (r *Reader) withParties(agreements []cover.Agreement) error {
	ids := make([]uuid.UUID, len(agreements))
	place := make(map[uuid.UUID]*cover.Agreement, len(agreements))
	for i := range agreements {
		ids[i] = agreements[i].ID
		place[agreements[i].ID] = &agreements[i]
	}
	var rows []partyRow
	if err := r.db.Where("agreement_id in ?", ids).Order("agreement_id, ordinal").Find(&rows).Error; err != nil {
		return translate(err)
	}
	for _, row := range rows {
		a := place[row.AgreementID]
		a.Parties = append(a.Parties, row.Party)
	}
	return nil
}

// InsertAgreement writes a new agreement with its parties.
func (tx *Tx) InsertAgreement(a *cover.Agreement) error {
	a.ID, a.CreatedAt, a.UpdatedAt = newID(), tx.Now, tx.Now
	if err := tx.db.Create(a).Error; err != nil {
		return translate(err)
	}
	return tx.insertParties(*a)
}

func (tx *Tx) insertParties(a cover.Agreement) error {
	rows := make([]partyRow, len(a.Parties))
	for i, p := range a.Parties {
		rows[i] = partyRow{a.ID, i, p}
	}
	return translate(tx.db.Create(&rows).Error)
}

// LockAgreement returns an agreement that the actor sees, locked, in the version
// asked for.
func (tx *Tx) LockAgreement(id uuid.UUID, v Version) (cover.Agreement, error) {
	a, err := lock(tx, tx.seenAgreements("agreements.id"), id, v, func(a cover.Agreement) int64 { return a.Version })
	if err != nil {
		return a, err
	}
	locked := []cover.Agreement{a}
	err = tx.withParties(locked)
	return locked[0], err
}

// UpdateAgreement writes a locked agreement with its parties.
func (tx *Tx) UpdateAgreement(a *cover.Agreement) error {
	a.Version, a.UpdatedAt = a.Version+1, tx.Now
	if err := tx.update(a); err != nil {
		return err
	}
	if err := tx.db.Where("agreement_id = ?", a.ID).Delete(&partyRow{}).Error; err != nil {
		return translate(err)
	}
	return tx.insertParties(*a)
}

// EndCoverUnder ends all cover under an agreement with a day.
func (tx *Tx) EndCoverUnder(agreement uuid.UUID, last cover.Date) error {
	return tx.shorten("agreement_id", agreement, last)
}

// Gaps compares, for each position of an agreement, who is expected with who is on
// the organiser's roster and who is covered on a day.
func (r *Reader) Gaps(a cover.Agreement, day cover.Date) ([]cover.Gap, error) {
	codes := make([]string, len(a.Positions))
	for i, p := range a.Positions {
		codes[i] = p.Position
	}
	var counts []struct {
		Position string
		OnRoster int64
		Covered  int64
	}
	err := r.db.Raw(`select o.position, count(*) as on_roster, count(c.officer_id) as covered
		from officers o
		left join (select distinct officer_id from coverage_periods
			where agreement_id = ? and cancelled_on is null and activated_on is not null and from_on <= ? and to_on >= ?) c
			on c.officer_id = o.id
		where o.organisation_id = ? and o.position in ? and o.term_from <= ?
			and least(o.term_to, coalesce(o.ended_on, o.term_to)) >= ?
		group by o.position`, a.ID, day, day, a.OrganiserID, codes, a.EndsOn, a.StartsOn).Scan(&counts).Error
	if err != nil {
		return nil, translate(err)
	}
	gaps := make([]cover.Gap, len(a.Positions))
	for i, p := range a.Positions {
		gaps[i] = cover.Gap{Position: p.Position, Included: p.Included, Expected: int64(p.Headcount)}
		for _, c := range counts {
			if c.Position == p.Position {
				gaps[i].OnRoster, gaps[i].Covered = c.OnRoster, c.Covered
			}
		}
	}
	return gaps, nil
}

// Enrolment returns one of an agreement that the actor sees.
func (r *Reader) Enrolment(id uuid.UUID) (cover.Enrolment, error) {
	var e cover.Enrolment
	err := r.seenAgreements("enrolments.agreement_id").on(r.db).Take(&e, "enrolments.id = ?", id).Error
	return e, translate(err)
}

// Enrolments lists those made under an agreement.
func (r *Reader) Enrolments(agreement uuid.UUID, p Page) (Listed[cover.Enrolment], error) {
	q := r.seenAgreements("enrolments.agreement_id").on(r.db).Where("enrolments.agreement_id = ?", agreement)
	return list(r, q, p, func(e cover.Enrolment) Place { return byID(e.ID) })
}
