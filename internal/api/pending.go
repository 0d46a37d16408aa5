package api

import (
	"context"
	"errors"

	"naungan/internal/api/wire"
)

var errPending = errors.New("pending")

func (s *Server) ListSchedules(context.Context, wire.ListSchedulesRequestObject) (wire.ListSchedulesResponseObject, error) { return nil, errPending }

func (s *Server) EnterSchedule(context.Context, wire.EnterScheduleRequestObject) (wire.EnterScheduleResponseObject, error) { return nil, errPending }

func (s *Server) GetSchedule(context.Context, wire.GetScheduleRequestObject) (wire.GetScheduleResponseObject, error) { return nil, errPending }

func (s *Server) CorrectSchedule(context.Context, wire.CorrectScheduleRequestObject) (wire.CorrectScheduleResponseObject, error) { return nil, errPending }

func (s *Server) ListHolidays(context.Context, wire.ListHolidaysRequestObject) (wire.ListHolidaysResponseObject, error) { return nil, errPending }

func (s *Server) EnterHoliday(context.Context, wire.EnterHolidayRequestObject) (wire.EnterHolidayResponseObject, error) { return nil, errPending }

func (s *Server) GetHoliday(context.Context, wire.GetHolidayRequestObject) (wire.GetHolidayResponseObject, error) { return nil, errPending }

func (s *Server) CorrectHoliday(context.Context, wire.CorrectHolidayRequestObject) (wire.CorrectHolidayResponseObject, error) { return nil, errPending }

func (s *Server) ProveInvoice(context.Context, wire.ProveInvoiceRequestObject) (wire.ProveInvoiceResponseObject, error) { return nil, errPending }

func (s *Server) Quote(context.Context, wire.QuoteRequestObject) (wire.QuoteResponseObject, error) { return nil, errPending }

func (s *Server) ListReliefs(context.Context, wire.ListReliefsRequestObject) (wire.ListReliefsResponseObject, error) { return nil, errPending }

func (s *Server) EnterRelief(context.Context, wire.EnterReliefRequestObject) (wire.EnterReliefResponseObject, error) { return nil, errPending }

func (s *Server) GetRelief(context.Context, wire.GetReliefRequestObject) (wire.GetReliefResponseObject, error) { return nil, errPending }

func (s *Server) CorrectRelief(context.Context, wire.CorrectReliefRequestObject) (wire.CorrectReliefResponseObject, error) { return nil, errPending }
