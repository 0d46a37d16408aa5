package api

import (
	"testing"

	"github.com/gin-gonic/gin"

	"naungan/internal/portal"
)

// TestNoRouteLivesOutsideTheContract: whatever answers is published, but for the
// pages for people.
func TestNoRouteLivesOutsideTheContract(t *testing.T) {
	t.Parallel()
	published, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]bool{}
	for _, path := range portal.Paths() {
		pages[path] = true
	}
	s := &Server{contract: published}
	routes := s.Handler().(*gin.Engine).Routes()
	for _, r := range routes {
		if published.operations[r.Method+" "+r.Path] == nil && !pages[r.Path] {
			t.Errorf("%s %s is not in the contract", r.Method, r.Path)
		}
	}
	if got, want := len(routes), len(published.operations)+2*len(pages); got != want {
		t.Errorf("%d routes, want %d", got, want)
	}
}
