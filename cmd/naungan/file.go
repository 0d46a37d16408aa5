package main

import (
	"errors"
	"os"
	"path/filepath"
)

// Secrets are written beside their place and then moved there, all on the disk at
// each step, so that whatever happens a file is either whole or not there. Only
// the owner may read them.

// createFile writes a new file. Refuses one that exists (fs.ErrExist), where a
// rename would write over it.
func createFile(path string, content []byte) error {
	return place(path, content, func(draft string) error { return errors.Join(os.Link(draft, path), os.Remove(draft)) })
}

// replaceFile writes a file, in the place of any before it.
func replaceFile(path string, content []byte) error {
	return place(path, content, func(draft string) error { return os.Rename(draft, path) })
}

func place(path string, content []byte, move func(draft string) error) error {
	draft, err := writeDraft(path, content)
	if err != nil {
		return err
	}
	if err := move(draft); err != nil {
		_ = os.Remove(draft) // it may be gone already
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeDraft(path string, content []byte) (string, error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// syncDir puts the names in a folder on the disk.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
