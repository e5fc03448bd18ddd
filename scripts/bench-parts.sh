#!/usr/bin/env bash
# Runs the benchmarks of every package that has some: BENCH narrows by name,
# BENCHTIME sets their length.
set -eu
cd "$(dirname "$0")/.."

packages=$(git grep -lE --untracked '^func Benchmark' -- '*_test.go' ':!codegen/bench' ':!bench' | xargs -r -n 1 dirname | sort -u | sed 's|^|./|')
# shellcheck disable=SC2086 # one word per package
go test -run '^$' -bench "${BENCH:-.}" -benchtime "${BENCHTIME:-1s}" -benchmem $packages
