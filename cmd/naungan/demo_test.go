package main

import (
	"strings"
	"testing"
)

// It is what `make run` shows first, and what callers take their example from.
func TestTheStoryHolds(t *testing.T) {
	t.Parallel()
	status, told, said := ran(t, nil, "demo", "--exit", "--listen", "127.0.0.1:0")
	if status != 0 || !strings.HasSuffix(told, " numbers asserted, 0 wrong.\n") {
		t.Errorf("status %d: %s%s", status, told, said)
	}
}
