#!/usr/bin/env bash
# Runs every test: first without cgo where that must work, then all of them
# under the race detector, then those of the zmq transport as it is where there is
# no epoll, then those of the benchmark. All always run; the exit code is 1 when any
# fails.
set -u
cd "$(dirname "$0")/.."

failed=0
make --no-print-directory test-nocgo || failed=1
echo "go test -race ./..."
go test -race -timeout "${TEST_TIMEOUT:-9m}" ./... || failed=1
echo "go test -tags onereceiver ./transport/zmq"
go test -tags onereceiver ./transport/zmq || failed=1
echo "go test ./... (in bench)"
(cd bench && go test ./...) || failed=1 # a module of its own; it measures, so not under the race detector
exit "$failed"
