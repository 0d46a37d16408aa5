package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// loadArgument makes this program the load generator.
const loadArgument = "load"

// connections is how many requests are under way at any time.
const connections = 32

// load is what the generator is to do: keep some connections busy with requests
// picked at random, each sent when the one before it was answered.
type load struct {
	Address     string
	Header      string // lines that each request carries
	Targets     []string
	Bodies      []string // in JSON, of which each request sends one; without any it only asks
	Connections int
	For         time.Duration
}

// outcome is what came of it.
type outcome struct {
	Answers int64
	Bytes   int64
	Took    time.Duration
}

func (o outcome) perSecond() float64 { return float64(o.Answers) / o.Took.Seconds() }

// sendLoad runs a load in a process of its own.
func sendLoad(ctx context.Context, l load) (o outcome, err error) {
	self, err := os.Executable()
	if err != nil {
		return o, err
	}
	var in, out bytes.Buffer
	if err := gob.NewEncoder(&in).Encode(l); err != nil {
		return o, err
	}
	cmd := exec.CommandContext(ctx, self, loadArgument)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return o, fmt.Errorf("load: %w", err)
	}
	return o, gob.NewDecoder(&out).Decode(&o)
}

// generateLoad is the generator: it reads a load and writes its outcome. One
// thread is enough to keep two cores busy, and leaves most of them to who is
// measured.
func generateLoad(in io.Reader, out io.Writer) error {
	runtime.GOMAXPROCS(1)
	var l load
	if err := gob.NewDecoder(in).Decode(&l); err != nil {
		return err
	}
	start := time.Now()
	until := start.Add(l.For)
	type part struct {
		outcome
		err error
	}
	parts := make(chan part)
	for range l.Connections {
		go func() {
			o, err := l.keepBusy(until)
			parts <- part{o, err}
		}()
	}
	var total outcome
	var faults []error
	for range l.Connections {
		p := <-parts
		total.Answers, total.Bytes = total.Answers+p.Answers, total.Bytes+p.Bytes
		faults = append(faults, p.err)
	}
	total.Took = time.Since(start)
	if err := errors.Join(faults...); err != nil {
		return err
	}
	return gob.NewEncoder(out).Encode(total)
}

// keepBusy uses one connection until a time. It fails on the first answer that is
// not 200: what is refused quickly must not count as fast.
func (l load) keepBusy(until time.Time) (o outcome, err error) {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", l.Address)
	if err != nil {
		return o, err
	}
	defer func() { _ = conn.Close() }()
	answers := bufio.NewReaderSize(conn, 64<<10)
	var request []byte
	for time.Now().Before(until) {
		target := pick(l.Targets)
		if len(l.Bodies) == 0 {
			request = fmt.Appendf(request[:0], "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", target, l.Address, l.Header)
		} else {
			body := pick(l.Bodies)
			request = fmt.Appendf(request[:0], "POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
				target, l.Address, l.Header, len(body), body)
		}
		if _, err := conn.Write(request); err != nil {
			return o, err
		}
		res, err := http.ReadResponse(answers, nil)
		if err != nil {
			return o, err
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil {
			return o, err
		}
		if res.StatusCode != http.StatusOK {
			return o, fmt.Errorf("%s: %s", target, res.Status)
		}
		o.Answers++
		o.Bytes += n
	}
	return o, nil
}

func pick(any []string) string { return any[rand.IntN(len(any))] }
