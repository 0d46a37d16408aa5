package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

const catalogue = `# About the file.

# Satu / One

- code: a
  status: 409
  title: {id: A | B, en: C < D}
  remedy: {id: E, en: F}

# Dua / Two

- code: b
  title: {id: G, en: H}
  remedy: {id: I, en: J}
`

func TestPageKeepsGroupsAndOrder(t *testing.T) {
	t.Parallel()
	got, err := page([]byte(catalogue))
	if err != nil {
		t.Fatal(err)
	}
	const table = "\n\n| kode / code | status | arti / meaning | perbaikan / remedy |\n|---|--:|---|---|\n"
	want := head + "\n## Satu / One" + table + "| `a` | 409 | A \\| B<br>*C &lt; D* | E<br>*F* |\n" +
		"\n## Dua / Two" + table + "| `b` |  | G<br>*H* | I<br>*J* |\n"
	if string(got) != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestPageRefusesWhatIsNoCatalogue(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "a: b", "- [x]", "\t"} {
		if _, err := page([]byte(raw)); err == nil {
			t.Errorf("%q is accepted", raw)
		}
	}
}

func TestThePublishedPageIsThatOfTheCatalogue(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../api/problems.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := page(raw)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("docs/errors.md is out of date; make generate")
	}
	groups := regexp.MustCompile(`(?m)^# .+ / .+$`).FindAll(raw, -1)
	if len(groups) < 8 || strings.Count(string(want), "\n## ") != len(groups) {
		t.Errorf("the catalogue has %d groups", len(groups))
	}
}
