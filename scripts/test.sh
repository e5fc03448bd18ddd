#!/usr/bin/env bash
# Runs every test: first without cgo where that must work, then all of them
# under the race detector. Both always run; the exit code is 1 when either fails.
set -u
cd "$(dirname "$0")/.."

failed=0
make --no-print-directory test-nocgo || failed=1
echo "go test -race ./..."
go test -race -timeout "${TEST_TIMEOUT:-9m}" ./... || failed=1
exit "$failed"
