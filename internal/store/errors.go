package store

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"naungan/internal/cover"
)

// refusal is what a violated constraint means to a caller.
type refusal struct {
	code    cover.Code
	pointer string // of the fault; empty if the whole request is refused
}

// refusals is keyed by the names of constraints, which are therefore part of the
// contract of errors; a test holds each against the schema.
var refusals = map[string]refusal{
	"organisations_kind_area_key":   {cover.OrganisationTaken, "/area_code"},
	"organisations_external_id_key": {cover.ExternalIDTaken, "/external_id"},
	"officers_external_id_key":      {cover.ExternalIDTaken, "/external_id"},
	"officers_person_key":           {cover.OfficerTaken, "/nik"},
	"coverage_periods_person_excl":  {cover.CoverOverlaps, ""},
	"invoices_agreement_month_key":  {cover.InvoiceTaken, ""},
	"invoices_payment_code_key":     {cover.PaymentCodeTaken, "/payment_code"},
	"budgets_stage_key":             {cover.BudgetTaken, "/reference"},
	"holidays_day_key":              {cover.HolidayTaken, "/day"},
	"payments_reference_key":        {cover.PaymentReferenceTaken, "/reference"},
	"incidents_event_key":           {cover.IncidentTaken, "/occurred_at"},
	"incidents_death_key":           {cover.IncidentTaken, "/outcome"},
	"claims_incident_key":           {cover.ClaimTaken, "/incident_id"},
	"claims_deceased_key":           {cover.DeathTaken, "/incident_id"},
	"incidents_notice_key":          {cover.IncidentTaken, "/occurred_at"},
	"ex_gratia_funds_year_key":      {cover.FundTaken, "/fiscal_year"},
	"ex_gratia_grants_incident_key": {cover.GrantTaken, "/incident_id"},
	"ex_gratia_grants_deceased_key": {cover.DeathTaken, "/incident_id"},
	"deadlines_subject_key":         {cover.DeadlineTaken, ""},
	"deadlines_reference_key":       {cover.DeadlineTaken, "/note_reference"},
}

// translate turns what the database says into what a caller can use. Everything
// it does not know stays as it is, and is ours to mend.
func translate(err error) error {
	if _, ours := errors.AsType[*cover.Error](err); ours || err == nil {
		return err
	}
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, pgx.ErrNoRows) {
		return &cover.Error{Kind: cover.NotFound, Code: cover.ResourceUnknown, Err: err}
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	if r, ok := refusals[pg.ConstraintName]; ok {
		refused := &cover.Error{Kind: cover.Conflict, Code: r.code, Err: err}
		if r.pointer != "" {
			refused.Faults.Add(r.pointer, r.code, nil)
		}
		return refused
	}
	switch pg.Code {
	case "40001", "40P01", "55P03": // serialisation failure, deadlock, lock not available
		return &cover.Error{Kind: cover.Unavailable, Code: cover.ServiceUnavailable, Err: err}
	}
	return err
}
