package rules_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const contract = root + "/api/openapi.yaml"

// load reads a contract. The loader refuses references to other files: the
// gateway takes one definition.
func load(t *testing.T, file string) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	loader.Context = t.Context()
	doc, err := loader.LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Examples are checked too: the ones in the contract are what people copy.
func TestTheContractIsSoundOpenAPI(t *testing.T) {
	t.Parallel()
	err := load(t, contract).Validate(t.Context(), openapi3.EnableMultiError(), openapi3.EnableExamplesValidation())
	if err != nil {
		t.Error(err)
	}
}

func TestTheContractKeepsItsConventions(t *testing.T) {
	t.Parallel()
	faults, _ := reviewed(load(t, contract))
	for _, fault := range faults {
		t.Error(fault)
	}
}

// Each new field of personal data is a decision; this list is where it shows.
func TestPersonalDataIsPinned(t *testing.T) {
	t.Parallel()
	_, fields := reviewed(load(t, contract))
	golden(t, "personal.txt", fields)
}

// The first line keeps people from mending the copy instead of the part.
func TestThePublishedContractSaysThatItIsGenerated(t *testing.T) {
	t.Parallel()
	first, _, _ := strings.Cut(string(contents(t, "api/openapi.yaml")), "\n")
	if !strings.HasPrefix(first, "# Generated from api/parts") {
		t.Errorf("the first line is %q", first)
	}
}

// A convention that never fires protects nobody, so one contract breaks them all.
func TestEveryConventionFires(t *testing.T) {
	t.Parallel()
	faults, _ := reviewed(load(t, filepath.Join("testdata", "broken.yaml")))
	golden(t, "broken.golden", faults)
}

func TestReferencesToOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := openapi3.NewLoader().LoadFromFile(filepath.Join("testdata", "external.yaml")); err == nil {
		t.Error("accepted")
	}
}
