package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"naungan/internal/api"
)

// server is a contestant who answers over HTTP.
type server struct {
	name    string
	address string
	load    func(question) load
	close   func()
}

func (s *server) title() string { return s.name }

func (s *server) ask(ctx context.Context, q question, long time.Duration) (float64, error) {
	l := s.load(q)
	l.Address, l.Connections, l.For = s.address, connections, long
	o, err := sendLoad(ctx, l)
	return o.perSecond(), err
}

// listen serves a handler on a free port of this machine.
func listen(ctx context.Context, s *http.Server) (address string, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("serve", "err", err)
		}
	}()
	return l.Addr().String(), nil
}

// serveNaungan starts the whole of Naungan, as `naungan serve` does by default:
// with an access log, in JSON, of which each line is really written, to nowhere.
func serveNaungan(ctx context.Context, w *world) (*server, error) {
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(nowhere, nil)))
	door, err := api.New(w.store)
	if err != nil {
		return nil, err
	}
	h := &http.Server{
		Handler: door.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	address, err := listen(ctx, h)
	return &server{
		name: "Naungan", address: address,
		load:  func(q question) load { return q.naungan },
		close: func() { _, _ = h.Close(), nowhere.Close() },
	}, err
}
