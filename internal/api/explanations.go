package api

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"text/template"

	"go.yaml.in/yaml/v3"

	"naungan/internal/cover"
)

//go:embed explanations.yaml
var explanationsYAML []byte

// explanations hold the words for the steps by which a benefit came about.
type explanations struct {
	rules map[string]map[language]*template.Template
}

// loadExplanations reads the embedded words, once. It refuses an unknown field, a text
// that is missing and a template that does not parse.
var loadExplanations = sync.OnceValues(func() (*explanations, error) { return parseExplanations(explanationsYAML) })

func parseExplanations(raw []byte) (*explanations, error) {
	var said struct {
		Rules map[string]bilingual `yaml:"rules"` // by rule, templates over the inputs of its steps
		Words map[string]bilingual `yaml:"words"` // by code of an input
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&said); err != nil {
		return nil, fmt.Errorf("explanations: %w", err)
	}
	e := &explanations{rules: map[string]map[language]*template.Template{}}
	var faults []error
	for code, word := range said.Words {
		if word.ID == "" || word.EN == "" {
			faults = append(faults, fmt.Errorf("explanations: %s has no word in a language", code))
		}
	}
	for rule, text := range said.Rules {
		e.rules[rule] = map[language]*template.Template{}
		for _, l := range languages {
			if strings.TrimSpace(text.in(l)) == "" {
				faults = append(faults, fmt.Errorf("explanations: %s has no text in %q", rule, l))
			}
			functions := stepFunctions(l, said.Words)
			t, err := template.New(rule).Option("missingkey=error").Funcs(functions).Parse(text.in(l))
			if err != nil {
				faults = append(faults, fmt.Errorf("explanations: %w", err))
			}
			e.rules[rule][l] = t
		}
	}
	return e, errors.Join(faults...)
}

// stepFunctions are what the templates may call besides those of details: rupiah of an
// amount, percent of a share in ten-thousandths, share of one in millionths, and word
// of a code.
func stepFunctions(l language, words map[string]bilingual) template.FuncMap {
	point := bilingual{",", "."}.in(l)
	percent := func(millionths int64) string {
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d%s%04d", millionths/10_000, point, millionths%10_000), "0"), point) + "%"
	}
	functions := templateFunctions(l)
	maps.Copy(functions, template.FuncMap{
		"rupiah":  func(v any) string { return "Rp" + grouped(v, bilingual{".", ","}.in(l)) },
		"percent": func(v int64) string { return percent(v * 100) },
		"share":   percent,
		"word": func(code string) string {
			if w, known := words[code]; known {
				return w.in(l)
			}
			return word(code, l)
		},
	})
	return functions
}

// of tells a step in words. One that has none, because it was written down before there
// were inputs, is told by its sum.
func (e *explanations) of(s cover.BenefitStep, l language) string {
	if l != english {
		l = indonesian
	}
	text, err := e.tell(s, l)
	if err != nil {
		return s.Expression
	}
	return text
}

func (e *explanations) tell(s cover.BenefitStep, l language) (string, error) {
	t := e.rules[s.Rule][l]
	if t == nil {
		return "", fmt.Errorf("the rule %s has no words", s.Rule)
	}
	given := cover.Params{"amount": int64(s.Amount)}
	maps.Copy(given, s.Inputs)
	var text strings.Builder
	err := t.Execute(&text, given)
	return text.String(), err
}
