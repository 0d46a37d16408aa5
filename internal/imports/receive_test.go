package imports_test

import (
	"testing"

	"naungan/internal/access"
	"naungan/internal/cover"
)

func TestNobodyElseLearnsHowFarAnImportIs(t *testing.T) {
	t.Parallel()
	w := given(t)
	id := w.send(terms(cover.Upsert), people(0, 1))
	version := func(who access.Actor) (int64, error) {
		version, _, err := w.st.Read(t.Context(), who).ImportVersion(id)
		return version, err
	}
	if got, err := version(w.kpu); err != nil || got != w.imported(id).Version {
		t.Errorf("whoever sent it sees version %d, %v", got, err)
	}
	for name, who := range map[string]access.Actor{"another body": w.bawaslu, "a branch": w.branch, "a ministry": w.admin} {
		if got, err := version(who); cover.KindOf(err) != cover.NotFound {
			t.Errorf("%s sees version %d, %v", name, got, err)
		}
	}
}
