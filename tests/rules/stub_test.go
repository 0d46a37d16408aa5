package rules_test

import (
	"regexp"
	"testing"
)

// TestStubsPassOnTheRequestContext fails if the stubs are regenerated without
// the rewrite that internal/api/wire/doc.go explains: gin takes its own context
// back while the database may still be waiting on it.
func TestStubsPassOnTheRequestContext(t *testing.T) {
	t.Parallel()
	src := contents(t, "internal/api/wire/wire.gen.go")
	if !regexp.MustCompile(`sh\.ssi\.\w+\(ctx\.Request\.Context\(\), `).Match(src) {
		t.Error("wire.gen.go calls no handler with the context of its request")
	}
	for _, bad := range regexp.MustCompile(`sh\.ssi\.\w+\(ctx,.*`).FindAll(src, -1) {
		t.Errorf("wire.gen.go hands *gin.Context to a handler: %s", bad)
	}
}
