package imports

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// mostOddUnits is how many units with an odd head-count are named; the rest are
// counted.
const mostOddUnits = 5

// validate makes the plan of a staged import, and decides whether it goes on by
// itself.
func (d Driver) validate(ctx context.Context, who access.Actor, id uuid.UUID) error {
	return d.Store.InTx(ctx, who, func(tx *store.Tx) error {
		// Locked at the end only, so that it can be cancelled while it is thought about.
		i, err := tx.Import(id)
		if err != nil {
			return err
		}
		if err := d.plan(tx, &i); err != nil {
			return err
		}
		now, err := held(tx, id, cover.ImportStaging)
		if err != nil {
			return err
		}
		i.Version = now.Version
		i.ValidatedAt, i.Total = &tx.Now, i.Counts.Rows+i.Counts.Ended
		i.Processed = i.Total
		i.Validate()
		if i.Mode == cover.CreateOnly && i.RepeatsID.Valid && i.Status != cover.ImportRejected {
			i.Reject(cover.Fault{Code: cover.ImportRepeated, Params: cover.Params{"import_id": i.RepeatsID.UUID}})
		}
		switch i.Status {
		case cover.ImportRejected:
			return rest(tx, &i, cover.ImportWasRejected)
		case cover.ImportCommitting:
			return tx.UpdateImport(&i, cover.PhaseCommitting)
		default:
			return rest(tx, &i, cover.ImportWasValidated)
		}
	})
}

// plan decides what each row does, and says what all of them do together.
func (d Driver) plan(tx *store.Tx, i *cover.Import) (err error) {
	judged, err := tx.Judge(i)
	if err != nil {
		return err
	}
	if err := judged.Plan(); err != nil {
		return err
	}
	if err := tx.CountPlan(i); err != nil {
		return err
	}
	if i.RepeatsID, err = tx.CommittedBefore(*i); err != nil {
		return err
	}
	if !i.AmendsID.Valid { // a few rows of a unit say nothing of the unit
		if err := doubtUnits(judged, i); err != nil {
			return err
		}
	}
	doubtCleared(i)
	if i.Effects.Ended > 0 {
		i.Doubts.Add("", cover.OfficerHasEnded, cover.Params{"rows": i.Effects.Ended})
	}
	if i.AgreementID.Valid {
		if err := d.premium(tx, judged, i); err != nil {
			return err
		}
	}
	i.PlanDigest = uuid.NullUUID{Valid: true, UUID: tx.Name(fmt.Sprintf("plan:%s %s %d %+v", i.ID, i.PeopleDigest.UUID, i.RosterChanges, i.Counts))}
	return nil
}

// doubtCleared warns of values that the file has no column for, and that are cleared
// therefore.
func doubtCleared(i *cover.Import) {
	var absent []string
	for _, c := range []cover.Column{cover.ColDecreeNumber, cover.ColHonorarium, cover.ColPhone, cover.ColEmail, cover.ColKPJ} {
		if !slices.ContainsFunc(i.Header.Columns, func(h cover.ImportColumn) bool { return h.Column == c.String() }) {
			absent = append(absent, c.String())
		}
	}
	if i.Counts.Updated > 0 && len(absent) > 0 {
		i.Doubts.Add("", cover.CellsCleared, cover.Params{"columns": absent, "rows": i.Counts.Updated})
	}
}

// doubtUnits warns of districts, villages and polling stations that would have too
// many officers, or too few.
func doubtUnits(judged store.Judged, i *cover.Import) error {
	units, all, err := judged.OddUnits(mostOddUnits)
	if err != nil {
		return err
	}
	for n, u := range units {
		params := cover.Params{"position": u.Position, "area_code": u.AreaCode, "expected": u.Expected, "actual": u.Actual}
		if u.PollingStation != "" {
			params["polling_station"] = u.PollingStation
		}
		if n == 0 {
			params["units"] = all
		}
		i.Doubts.Add("", cover.UnitHeadcount, params)
	}
	return nil
}

// premium says what the officers who would be appointed cost a month under the
// agreement, and what those who would be ended save.
func (d Driver) premium(tx *store.Tx, judged store.Judged, i *cover.Import) error {
	a, err := tx.Agreement(i.AgreementID.UUID)
	if err != nil {
		return err
	}
	rates, err := tx.Tariff()
	if err != nil {
		return err
	}
	heads, err := judged.NewWages(store.Roster{
		Agreement: a, Positions: a.Included(), From: a.StartsOn, To: a.LastDay(), AgeBelow: rates.AgeBelow(a.Segment, a.StartsOn),
	})
	if err != nil {
		return err
	}
	if i.Effects.Added, err = cost(rates, a, heads); err != nil {
		return err
	}
	i.Effects.Removed, err = judged.RemovedPremium(a.ID)
	return err
}

func cost(rates *tariff.Tariff, a cover.Agreement, heads map[cover.Rupiah]int64) (total cover.Rupiah, err error) {
	paid := map[cover.Rupiah]int64{}
	for honorarium, n := range heads {
		if a.DeclaredWage > 0 {
			honorarium = a.DeclaredWage
		}
		paid[honorarium] += n
	}
	wages := make([]cover.Rupiah, 0, len(paid))
	for wage := range paid {
		wages = append(wages, wage)
	}
	bases, err := registry.Rated(rates, a, wages)
	if err != nil {
		return 0, err
	}
	for _, b := range bases {
		total += (b.JKK + b.JKM) * cover.Rupiah(paid[b.Wage])
	}
	return total, nil
}
