// Command bundle lays the parts of the contract end to end and writes the one
// document that is published.
//
// The parts are split by room, so that each can be read and changed on its own.
// bundle keeps the authors' order and comments, and refuses whatever is defined
// twice: a generator that quietly let the later part win would publish a
// contract nobody wrote.
package main

import (
	"bytes"
	"flag"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	parts := flag.String("parts", "api/parts", "folder of the parts, laid in the order of their names")
	out := flag.String("o", "api/openapi.yaml", "file to write")
	flag.Parse()
	if err := run(*parts, *out); err != nil {
		log.Fatal(err)
	}
}

// run leaves the published file alone when nothing changed, so that whatever is
// built from it stays fresh.
func run(parts, out string) error {
	whole, err := bundle(os.DirFS(parts))
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(out); err == nil && bytes.Equal(old, whole) {
		return nil
	}
	return os.WriteFile(out, whole, 0o644)
}
