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
