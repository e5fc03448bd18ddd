#!/usr/bin/env bash
# Runs the benchmarks of every package that has some (BENCH narrows by name,
# BENCHTIME sets their length), then generated code beside that of others, which
# fails when it misses its targets, then the round trip between two processes,
# which fails when it takes more than 1.5 times the raw ping-pong of the same run.
set -eu
cd "$(dirname "$0")/.."

packages=$(git grep -lE --untracked '^func Benchmark' -- '*_test.go' ':!codegen/bench' | xargs -r -n 1 dirname | sort -u | sed 's|^|./|')
if [ -n "$packages" ]; then
	# shellcheck disable=SC2086 # one word per package
	go test -run '^$' -bench "${BENCH:-.}" -benchtime "${BENCHTIME:-1s}" -benchmem $packages
fi
# Both run, whatever the first one says.
failed=0
(cd codegen/bench && go run .) || failed=1 # a module of its own
go run ./internal/bench/roundtrip || failed=1
(cd bench && go run .) || failed=1 # a module of its own
exit "$failed"
