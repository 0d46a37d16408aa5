package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"naungan/internal/config"
	"naungan/internal/keys"
	"naungan/internal/store"
)

// keysetFile is the key document in the data directory.
const keysetFile = "keyset.json"

// keyring is the keys of this installation, and where they are from.
type keyring struct {
	keys *keys.Keys
	from string // the variable, or the path of the file
	made bool   // just now
}

// loadKeyring takes the keys from NAUNGAN_KEYSET, or else from the data directory,
// where they are made when there are none.
func loadKeyring(c *config.Config, log *slog.Logger) (k keyring, err error) {
	document := []byte(c.Keyset)
	k.from = "NAUNGAN_KEYSET"
	if len(document) == 0 {
		k.from = filepath.Join(c.DataDir, keysetFile)
		if document, k.made, err = readOrMakeKeyset(k.from); err != nil {
			return k, err
		}
	}
	if k.keys, err = keys.Load(document); err != nil {
		return k, fmt.Errorf("%s: %w", k.from, err)
	}
	if k.made && c.DatabaseURL != "" {
		log.Warn("keys were made: back the file up, for without it what is sealed in the database is lost", "file", k.from)
	}
	return k, nil
}

// readOrMakeKeyset returns what is in the file. It never writes over one.
func readOrMakeKeyset(path string) (document []byte, made bool, err error) {
	document, err = os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return document, false, err
	}
	if document, err = keys.Generate(); err != nil {
		return nil, false, err
	}
	err = createFile(path, document)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		document, err = os.ReadFile(path)
		return document, false, err
	}
	return document, true, err
}

// explain says which keys a database was refused. Those that were made for it
// just now can have sealed nothing, and would only stand in the way of the right
// ones.
func (k keyring) explain(err error) error {
	if !errors.Is(err, store.ErrOtherKeys) {
		return err
	}
	if k.made {
		return errors.Join(fmt.Errorf("%s is missing: %w", k.from, err), os.Remove(k.from))
	}
	return fmt.Errorf("%s: %w", k.from, err)
}
