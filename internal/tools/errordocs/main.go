// Command errordocs writes the catalogue of problems as a page to read.
//
// Groups and their order are those of the catalogue: the comment above an entry
// begins a group, and is its heading.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

func main() {
	log.SetFlags(0)
	catalogue := flag.String("catalogue", "internal/api/problems.yaml", "the catalogue to read")
	out := flag.String("o", "docs/errors.md", "file to write")
	flag.Parse()
	if err := run(*catalogue, *out); err != nil {
		log.Fatal(err)
	}
}

// run leaves the page alone when nothing changed.
func run(catalogue, out string) error {
	raw, err := os.ReadFile(catalogue)
	if err != nil {
		return err
	}
	written, err := page(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", catalogue, err)
	}
	if old, err := os.ReadFile(out); err == nil && bytes.Equal(old, written) {
		return nil
	}
	return os.WriteFile(out, written, 0o644)
}

type bilingual struct{ ID, EN string }

type problem struct {
	Code   string
	Status int
	Title  bilingual
	Remedy bilingual
}

const head = `<!-- Generated from internal/api/problems.yaml by make generate; edit that, never this file. -->

# Masalah / Problems

Setiap penolakan, kesalahan isian, dan peringatan mempunyai kode yang tetap. ` + "`GET /v1/problems/{code}`" + `
menjelaskan sebabnya, disertai contoh yang gagal dan yang sudah diperbaiki.

Every refusal, fault and warning has a stable code. ` + "`GET /v1/problems/{code}`" + ` explains its cause, with a
failing and a mended example.

Kode tanpa status menyertai jawaban lain: dalam ` + "`errors`, `warnings`" + `, atau isian dengan alasan.
A code without a status comes with another answer: in ` + "`errors`, `warnings`" + `, or a field that gives a reason.
`

// page renders the catalogue.
func page(raw []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 || doc.Content[0].Kind != yaml.SequenceNode {
		return nil, errors.New("a catalogue is a list of problems")
	}
	var out bytes.Buffer
	out.WriteString(head)
	for i, node := range doc.Content[0].Content {
		comment := node.HeadComment
		if i == 0 {
			comment = doc.HeadComment + "\n\n" + comment
		}
		if title := heading(comment); title != "" {
			fmt.Fprintf(&out, "\n## %s\n\n| kode / code | status | arti / meaning | perbaikan / remedy |\n|---|--:|---|---|\n", title)
		}
		var p problem
		if err := node.Decode(&p); err != nil {
			return nil, err
		}
		status := ""
		if p.Status != 0 {
			status = fmt.Sprint(p.Status)
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", p.Code, status, cell(p.Title), cell(p.Remedy))
	}
	return out.Bytes(), nil
}

// heading is the last paragraph of a comment; the ones before it are about the
// file.
func heading(comment string) string {
	paragraphs := strings.Split(strings.TrimSpace(comment), "\n\n")
	lines := strings.Split(paragraphs[len(paragraphs)-1], "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(line, "#"))
	}
	return strings.TrimSpace(strings.Join(lines, " "))
}

var plain = strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "\n", " ")

func cell(text bilingual) string {
	return plain.Replace(text.ID) + "<br>*" + plain.Replace(text.EN) + "*"
}
