# Each target is what CI runs; CI has no shell of its own.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
FUZZTIME ?= 20s

# What generating must not change: the diff of known files and the list of new ones.
CHANGES = git diff --no-ext-diff; git ls-files --others --exclude-standard

.PHONY: help setup setup-run setup-bench run test generate check lint bench build migrate fuzz

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the tests need and is missing: Postgres, a C compiler
	@.ci/setup postgres compiler

setup-run:
	@.ci/setup postgres

setup-bench:
	@.ci/setup postgres pgbench

run: setup-run ## tell the whole story on real places, and stay up
	go run ./cmd/naungan demo

test: setup ## run every test; the race detector needs cgo and a C compiler
	CGO_ENABLED=1 go test -race -shuffle=on ./...

generate: ## make the generated files
	go generate ./...

check: ## refuse stale generated files, routes outside the contract and broken rules, then lint
	@before="$$($(CHANGES))"; $(MAKE) --no-print-directory generate; after="$$($(CHANGES))"; \
	if [[ "$$before" != "$$after" ]]; then \
		diff <(echo "$$before") <(echo "$$after") || true; \
		echo "generated files are stale: run make generate and commit what it changes" >&2; exit 1; \
	fi
	go test ./tests/rules
	go test -run NoRouteLivesOutsideTheContract ./internal/api
	@$(MAKE) --no-print-directory lint

lint: ## lint the code
	go tool -modfile=tools/go.mod golangci-lint run

bench: setup-bench ## measure, into docs/benchmarks.md
	go run ./internal/tools/bench

build: ## build bin/naungan
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/naungan ./cmd/naungan

migrate: setup-run ## bring a database to this version
	go run ./cmd/naungan migrate

fuzz: ## fuzz each parser for FUZZTIME (20s)
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sort | while IFS=: read -r file target; do \
		echo "$${target#func } in $$(dirname "$$file")"; \
		go test -run '^$$' -fuzz "^$${target#func }$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" </dev/null; \
	done
