# make help lists the targets. Everything that needs more than one line of shell
# is a script in scripts/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

# Tools are built from tools/go.mod into a folder of this checkout, once per change of their versions.
BIN := $(CURDIR)/.bin
LINTER := $(BIN)/golangci-lint

.PHONY: all
all: test lint

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "%-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: native ## run a directory, an echo service and a client; install libzmq if needed
	@scripts/demo.sh

.PHONY: test
test: native ## run all tests under the race detector, and without cgo; install what they need
	@scripts/test.sh

.PHONY: test-nocgo
test-nocgo: ## build everything and test all but transport/zmq without cgo
	@echo "CGO_ENABLED=0 go test"
	@CGO_ENABLED=0 go build ./...
	@packages=$$(scripts/nocgo-packages.sh) && CGO_ENABLED=0 go test -timeout 5m $$packages

# Everything runs, whatever fails before it, and the tests come last: their
# summary is what a reader looks for at the end.
.PHONY: ci
ci: ## run what continuous integration runs: lint, check-generate, build, budgets, test
	@$(MAKE) --no-print-directory --keep-going lint check-generate build budgets test

.PHONY: build
build: ## build everything; programs go to ./bin
	@scripts/native.sh --check
	go build ./...
	go build -o bin/ ./cmd/...

.PHONY: lint
lint: native $(LINTER) ## run the linters and check the formatting
	$(LINTER) run ./...
	cd bench && $(LINTER) run ./...

.PHONY: fmt
fmt: $(LINTER) ## format the code as the linters want it
	$(LINTER) fmt
	cd bench && $(LINTER) fmt

.PHONY: generate
generate: ## write all generated code again
	go generate ./...

.PHONY: check-generate
check-generate: native ## fail when generated code is not up to date
	scripts/check-generate.sh

.PHONY: fuzz
fuzz: native ## run every fuzz test for FUZZTIME (60s) each
	@scripts/fuzz.sh

.PHONY: budgets
budgets: ## fail when a hot path allocates more than it may, or less
	go test -count 1 -tags budgets ./internal/budgets

.PHONY: bench
bench: native ## measure the bus and its parts beside others: all scenarios, and generated code
	@scripts/bench.sh

.PHONY: bench-parts
bench-parts: native ## run the benchmarks of the packages; BENCH narrows by name, BENCHTIME sets their length
	@scripts/bench-parts.sh

.PHONY: bench-doc
bench-doc: ## put the results of the last make bench into docs/performance.md
	cd bench && go run . -out results -document ../docs/performance.md

.PHONY: soak
soak: native ## run the long tests (build tag soak)
	@scripts/soak.sh

.PHONY: clean
clean: ## remove what was built, tools included
	rm -rf bin .bin

# What the zmq transport is built with: a C compiler, pkg-config, libzmq.
.PHONY: native
native:
	@scripts/native.sh

$(LINTER): tools/go.mod tools/go.sum
	cd tools && CGO_ENABLED=0 go build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
