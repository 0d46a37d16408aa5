package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"naungan/client"
)

// process is a running `naungan serve` with its own Postgres.
type process struct {
	cmd *exec.Cmd
	dir string
	url string
}

// build makes the program from the tree.
func build(ctx context.Context, dir string) (binary string, err error) {
	binary = filepath.Join(dir, "naungan")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./cmd/naungan")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build naungan: %w: %s", err, said)
	}
	return binary, nil
}

// serve starts the program on a data directory, and returns when it is ready. Of
// the environment it is told what is meant for Go and for its Postgres.
func serve(ctx context.Context, binary, dir string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, binary, "serve", "--data-dir", dir, "--listen", "127.0.0.1:0"), dir: dir}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "NAUNGAN_") || strings.HasPrefix(entry, "NAUNGAN_PG_BIN=") {
			p.cmd.Env = append(p.cmd.Env, entry)
		}
	}
	log, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	said := ""
	for lines := bufio.NewScanner(log); lines.Scan(); {
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
			p.url = line.Address
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return p, nil
		}
		said += lines.Text() + "\n"
	}
	return nil, errors.Join(fmt.Errorf("naungan serve: %s", said), p.cmd.Wait())
}

// stop ends the program and its Postgres.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// database is where the program's own Postgres is: the fifth line of its pid file says
// where the socket is.
func (p *process) database() (string, error) {
	pid, err := os.ReadFile(filepath.Join(p.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(pid), "\n")
	if len(lines) < 5 {
		return "", fmt.Errorf("no socket in %q", pid)
	}
	return "postgres://naungan@/naungan?host=" + url.QueryEscape(lines[4]), nil
}

func (p *process) connect(ctx context.Context) (*pgx.Conn, error) {
	address, err := p.database()
	if err != nil {
		return nil, err
	}
	return pgx.Connect(ctx, address)
}

// credentials are those of a client.
type credentials struct {
	ID     uuid.UUID `json:"client_id"`
	Secret string    `json:"client_secret"`
}

func (p *process) as(ctx context.Context, c credentials) (*client.ClientWithResponses, error) {
	return client.Connect(ctx, p.url, c.ID.String(), c.Secret)
}

// register makes the national election body, and a client of it.
func (p *process) register(ctx context.Context) (kpu credentials, err error) {
	written, err := os.ReadFile(filepath.Join(p.dir, "admin-client.json"))
	if err != nil {
		return kpu, err
	}
	var admin credentials
	if err := json.Unmarshal(written, &admin); err != nil {
		return kpu, err
	}
	naungan, err := p.as(ctx, admin)
	if err != nil {
		return kpu, err
	}
	body, err := client.Check(naungan.RegisterOrganisationWithResponse(ctx, nil, client.OrganisationInput{
		Kind: "kpu", Level: "national", Name: "KPU", TimeZone: "Asia/Jakarta",
	}))
	if err != nil {
		return kpu, err
	}
	made, err := client.Check(naungan.CreateClientWithResponse(ctx, nil, client.ClientInput{
		OrganisationID: body.JSON201.ID, Name: "bench", Scopes: []client.Scope{"imports:write", "imports:commit"},
	}))
	if err != nil {
		return kpu, err
	}
	return credentials{made.JSON201.ClientID, made.JSON201.ClientSecret}, nil
}

// peak is the most memory that the program has taken, in bytes, since its start or since
// it was forgotten; its Postgres is not counted.
func (p *process) peak() (int64, error) {
	kib, err := strconv.ParseInt(grasp(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), `(?m)^VmHWM:\s*([0-9]+) kB`), 10, 64)
	return kib << 10, err
}

// forgetPeak has peak begin anew, with what the program holds now.
func (p *process) forgetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0)
}

// busy is how long the program has kept a processor busy.
func (p *process) busy() (time.Duration, error) {
	const ticks = `\) \S(?: -?[0-9]+){10} ([0-9]+ [0-9]+) ` // behind the name, in hundredths of a second
	spent := grasp(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid), ticks)
	var user, system int64
	_, err := fmt.Sscan(spent, &user, &system)
	return time.Duration(user+system) * 10 * time.Millisecond, err
}
