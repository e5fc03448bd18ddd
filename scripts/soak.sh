#!/usr/bin/env bash
# Runs the tests of the packages that have long ones, those behind the build tag
# soak, under the race detector. SOAK_TIMEOUT bounds each package (2h when unset),
# SOAK narrows by name, SOAK_ROUNDS says how often a peer is killed (500 times).
set -eu
cd "$(dirname "$0")/.."

packages=$(git grep -lE --untracked '^//go:build .*\bsoak\b' -- '*_test.go' | xargs -r -n 1 dirname | sort -u | sed 's|^|./|')
[ -n "$packages" ] || { echo "soak: no test is tagged soak" >&2; exit 1; }
failed=0
# shellcheck disable=SC2086 # one word per package
go test -race -tags soak -v -count 1 -timeout "${SOAK_TIMEOUT:-2h}" -run "${SOAK:-.}" $packages || failed=1

# Those that compare times leave the race detector out, which slows one side only.
go test -tags soak -v -count 1 -run "${SOAK:-TakesNoLonger}" ./codegen || failed=1
exit "$failed"
