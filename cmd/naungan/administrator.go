package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/registry"
	"naungan/internal/store"
)

// clientCredentials are what a client needs to call, as admin-client.json holds them
// and as the commands print them.
type clientCredentials struct {
	URL          string    `json:"url"`
	ClientID     uuid.UUID `json:"client_id"`
	ClientSecret string    `json:"client_secret"`
}

// The administrator's credentials. They are pending from just before the client
// is committed until they are where people look for them, because the database
// keeps no more than a digest.
const (
	adminFile   = "admin-client.json"
	pendingFile = adminFile + ".pending"
)

// ensureAdministrator makes the first client of a database and writes down its
// credentials. It finishes what an earlier start could not, and keeps the address
// in the file true.
func ensureAdministrator(ctx context.Context, st *store.Store, dir, url string) error {
	path, pending := filepath.Join(dir, adminFile), filepath.Join(dir, pendingFile)
	if err := finishPending(ctx, st, path, pending); err != nil {
		return fmt.Errorf("the administrator's client: %w", err)
	}
	made, err := makeAdministrator(ctx, st, path, pending, url)
	if err == nil && !made {
		err = moveAdministrator(path, url)
	}
	if err != nil {
		return fmt.Errorf("the administrator's client: %w", err)
	}
	return nil
}

// finishPending takes pending credentials to their place if they open the
// database: then only the process that made them ended too soon. Others were
// never committed.
func finishPending(ctx context.Context, st *store.Store, path, pending string) error {
	c, err := readCredentials(pending)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, _, err = registry.Admit(ctx, st, c.ClientID, c.ClientSecret)
	if refused, ok := errors.AsType[*cover.Error](err); ok && refused.Code == cover.ClientUnknown {
		return os.Remove(pending)
	}
	if err != nil {
		return err
	}
	return settle(path, pending, c)
}

func makeAdministrator(ctx context.Context, st *store.Store, path, pending, url string) (made bool, err error) {
	scopes, err := everyScope()
	if err != nil {
		return false, err
	}
	c := clientCredentials{URL: url}
	made, err = registry.First(ctx, st, scopes, func(id uuid.UUID, secret string) error {
		c.ClientID, c.ClientSecret = id, secret
		return writeCredentials(pending, c)
	})
	if err != nil || !made {
		return false, err // what is pending now may yet have been committed
	}
	return true, settle(path, pending, c)
}

// settle writes credentials where people look for them. Those of another database
// may be there, whose secret is nowhere else.
func settle(path, pending string, c clientCredentials) error {
	before, err := readCredentials(path)
	if err == nil && before.ClientID != c.ClientID {
		err = os.Rename(path, path+".old")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeCredentials(path, c); err != nil {
		return err
	}
	return os.Remove(pending)
}

// moveAdministrator writes another address into the file, if there still is one.
func moveAdministrator(path, url string) error {
	c, err := readCredentials(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && c.URL == url {
		return nil
	}
	if err != nil {
		return err
	}
	c.URL = url
	return writeCredentials(path, c)
}

func readCredentials(path string) (c clientCredentials, err error) {
	written, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if json.Unmarshal(written, &c) != nil { // its error repeats values
		return c, fmt.Errorf("%s is damaged; move it away", path)
	}
	return c, nil
}

func writeCredentials(path string, c clientCredentials) error {
	written, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(path, append(written, '\n'))
}
