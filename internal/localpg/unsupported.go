//go:build !unix

package localpg

import (
	"context"
	"errors"
	"log/slog"
)

// Options say how a private server is run.
type Options struct {
	Scratch bool
	Log     *slog.Logger
}

// Server is a running private Postgres; there is none on this system.
type Server struct{}

// Start always fails here: Postgres is run privately on Unix systems only.
func Start(context.Context, string, Options) (*Server, error) {
	return nil, errors.New("no private Postgres on this system: set NAUNGAN_DATABASE_URL")
}

// Running refuses.
func Running(context.Context, string, string) (string, error) { return "", errUnsupported }

// Running always fails here.
func Running(context.Context, string, string) (string, error) {
	return "", errors.New("no private Postgres on this system: set NAUNGAN_DATABASE_URL")
}

// URL is empty.
func (*Server) URL(string) string { return "" }

// Dir is empty.
func (*Server) Dir() string { return "" }

// Stop does nothing.
func (*Server) Stop() error { return nil }

// Done is never closed.
func (*Server) Done() <-chan struct{} { return nil }
