package api

import (
	"context"
	"errors"

	"naungan/internal/api/wire"
)

var errPending = errors.New("pending")

func (s *Server) GetArrears(context.Context, wire.GetArrearsRequestObject) (wire.GetArrearsResponseObject, error) {
	return nil, errPending
}

func (s *Server) ListStatements(context.Context, wire.ListStatementsRequestObject) (wire.ListStatementsResponseObject, error) {
	return nil, errPending
}

func (s *Server) ReconcileStatement(context.Context, wire.ReconcileStatementRequestObject) (wire.ReconcileStatementResponseObject, error) {
	return nil, errPending
}

func (s *Server) GetStatement(context.Context, wire.GetStatementRequestObject) (wire.GetStatementResponseObject, error) {
	return nil, errPending
}

func (s *Server) ListBudgets(context.Context, wire.ListBudgetsRequestObject) (wire.ListBudgetsResponseObject, error) {
	return nil, errPending
}

func (s *Server) SetBudget(context.Context, wire.SetBudgetRequestObject) (wire.SetBudgetResponseObject, error) {
	return nil, errPending
}

func (s *Server) GetBudget(context.Context, wire.GetBudgetRequestObject) (wire.GetBudgetResponseObject, error) {
	return nil, errPending
}

func (s *Server) AmendBudget(context.Context, wire.AmendBudgetRequestObject) (wire.AmendBudgetResponseObject, error) {
	return nil, errPending
}

func (s *Server) ListSchedules(context.Context, wire.ListSchedulesRequestObject) (wire.ListSchedulesResponseObject, error) {
	return nil, errPending
}

func (s *Server) EnterSchedule(context.Context, wire.EnterScheduleRequestObject) (wire.EnterScheduleResponseObject, error) {
	return nil, errPending
}

func (s *Server) GetSchedule(context.Context, wire.GetScheduleRequestObject) (wire.GetScheduleResponseObject, error) {
	return nil, errPending
}

func (s *Server) CorrectSchedule(context.Context, wire.CorrectScheduleRequestObject) (wire.CorrectScheduleResponseObject, error) {
	return nil, errPending
}

func (s *Server) ListCreditNotes(context.Context, wire.ListCreditNotesRequestObject) (wire.ListCreditNotesResponseObject, error) {
	return nil, errPending
}

func (s *Server) CreditInvoice(context.Context, wire.CreditInvoiceRequestObject) (wire.CreditInvoiceResponseObject, error) {
	return nil, errPending
}

func (s *Server) GetCreditNote(context.Context, wire.GetCreditNoteRequestObject) (wire.GetCreditNoteResponseObject, error) {
	return nil, errPending
}

func (s *Server) AllocateCredit(context.Context, wire.AllocateCreditRequestObject) (wire.AllocateCreditResponseObject, error) {
	return nil, errPending
}

func (s *Server) ListHolidays(context.Context, wire.ListHolidaysRequestObject) (wire.ListHolidaysResponseObject, error) {
	return nil, errPending
}

func (s *Server) EnterHoliday(context.Context, wire.EnterHolidayRequestObject) (wire.EnterHolidayResponseObject, error) {
	return nil, errPending
}

func (s *Server) GetHoliday(context.Context, wire.GetHolidayRequestObject) (wire.GetHolidayResponseObject, error) {
	return nil, errPending
}

func (s *Server) CorrectHoliday(context.Context, wire.CorrectHolidayRequestObject) (wire.CorrectHolidayResponseObject, error) {
	return nil, errPending
}

func (s *Server) Quote(context.Context, wire.QuoteRequestObject) (wire.QuoteResponseObject, error) {
	return nil, errPending
}

func (s *Server) ListReliefs(context.Context, wire.ListReliefsRequestObject) (wire.ListReliefsResponseObject, error) {
	return nil, errPending
}

func (s *Server) EnterRelief(context.Context, wire.EnterReliefRequestObject) (wire.EnterReliefResponseObject, error) {
	return nil, errPending
}

func (s *Server) GetRelief(context.Context, wire.GetReliefRequestObject) (wire.GetReliefResponseObject, error) {
	return nil, errPending
}

func (s *Server) CorrectRelief(context.Context, wire.CorrectReliefRequestObject) (wire.CorrectReliefResponseObject, error) {
	return nil, errPending
}
