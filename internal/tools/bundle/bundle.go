package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// order is the reading order of the published document: what it is, who may
// call it, what can be asked, and only then the words used to say so.
var order = []string{"openapi", "info", "servers", "tags", "security", "paths", "components"}

// shared are the mappings that several parts may add to. Everything else has one
// owner.
func shared(path []string) bool {
	switch len(path) {
	case 1:
		return path[0] == "paths" || path[0] == "components"
	case 2:
		return path[0] == "components"
	default:
		return false
	}
}

// bundle merges the parts found in dir. Every key defined twice is reported, with
// the file and line of both.
func bundle(dir fs.FS) ([]byte, error) {
	files, err := fs.Glob(dir, "*.yaml") // sorted by name
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("there are no parts to bundle")
	}
	b := bundler{whole: &yaml.Node{Kind: yaml.MappingNode}, owner: map[string]string{}}
	for _, file := range files {
		raw, err := fs.ReadFile(dir, file)
		if err != nil {
			return nil, err
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(raw, &doc); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if doc.Kind == 0 || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) == 0 {
			return nil, fmt.Errorf("%s: a part is a mapping of sections such as paths and components", file)
		}
		top := doc.Content[0]
		top.Content[0].HeadComment = join(doc.HeadComment, join(top.HeadComment, top.Content[0].HeadComment))
		top.HeadComment = ""
		b.file = file
		if b.once(top, nil) {
			b.add(b.whole, top, nil)
		}
	}
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	arrange(b.whole)
	inline(b.whole)

	var out bytes.Buffer
	out.WriteString("# Generated from api/parts by make generate; edit the parts, never this file.\n\n")
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(b.whole); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

type bundler struct {
	whole  *yaml.Node
	owner  map[string]string // path of a key -> where it was defined
	file   string            // the part being added
	faults []error
}

// add lays the keys of part under whole. It owns every node it is given: nodes
// move into the document, they are not copied.
func (b *bundler) add(whole, part *yaml.Node, path []string) {
	for i := 0; i < len(part.Content); i += 2 {
		key, value := part.Content[i], part.Content[i+1]
		at := append(slices.Clone(path), key.Value)
		old := find(whole, key.Value)
		switch {
		case old == nil && shared(at) && value.Kind == yaml.MappingNode:
			// Laid key by key, so that each has its own owner, and never on one line,
			// even if the first part only wrote "paths: {}".
			b.owner[strings.Join(at, "/")] = b.place(key)
			section := *value
			section.Style, section.Content = 0, nil
			whole.Content = append(whole.Content, key, &section)
			b.add(&section, value, at)
		case old != nil && shared(at) && value.Kind == yaml.MappingNode && old.Kind == yaml.MappingNode:
			if len(value.Content) > 0 {
				first := value.Content[0]
				first.HeadComment = join(key.HeadComment, first.HeadComment)
			}
			b.add(old, value, at)
		case old != nil:
			b.twice(at, b.owner[strings.Join(at, "/")], b.place(key))
		default:
			b.owner[strings.Join(at, "/")] = b.place(key)
			whole.Content = append(whole.Content, key, value)
		}
	}
}

// once reports whether every key of one part stands only once in its mapping. The
// parser lets duplicates pass as long as nothing is decoded into Go values.
func (b *bundler) once(n *yaml.Node, path []string) bool {
	sound := true
	if n.Kind != yaml.MappingNode {
		for _, child := range n.Content {
			sound = b.once(child, path) && sound
		}
		return sound
	}
	seen := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		at := append(slices.Clone(path), key.Value)
		if first := seen[key.Value]; first != nil {
			b.twice(at, b.place(first), b.place(key))
			sound = false
		}
		seen[key.Value] = key
		sound = b.once(n.Content[i+1], at) && sound
	}
	return sound
}

func (b *bundler) twice(path []string, first, second string) {
	b.faults = append(b.faults, fmt.Errorf("%s is defined twice: %s and %s", strings.Join(path, "/"), first, second))
}

func (b *bundler) place(n *yaml.Node) string { return fmt.Sprintf("%s:%d", b.file, n.Line) }

// arrange puts the sections into reading order, unknown ones last.
func arrange(whole *yaml.Node) {
	rank := func(key string) int {
		if i := slices.Index(order, key); i >= 0 {
			return i
		}
		return len(order)
	}
	pairs := slices.Collect(slices.Chunk(whole.Content, 2))
	slices.SortStableFunc(pairs, func(a, b []*yaml.Node) int { return cmp.Compare(rank(a[0].Value), rank(b[0].Value)) })
	whole.Content = slices.Concat(pairs...)
}

func find(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

// inline writes out what the parts say once and refer to (&name, *name): plainer
// readers of the contract do not follow such references.
func inline(n *yaml.Node) {
	for i, child := range n.Content {
		if child.Kind == yaml.AliasNode {
			n.Content[i] = clone(child.Alias)
		}
		inline(n.Content[i])
	}
	n.Anchor = ""
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}
