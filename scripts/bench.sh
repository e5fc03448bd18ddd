#!/usr/bin/env bash
# Measures the bus beside its references, which fails when the idle round trip
# takes more than 1.5 times the raw ping-pong of the same run, and generated code
# beside that of others, which fails when it misses its targets. Results are in
# bench/results; BENCHFLAGS goes to the first program (see: cd bench && go run . -help).
set -eu
cd "$(dirname "$0")/.."

# Both run, whatever the first one says. Each is a module of its own.
failed=0
# shellcheck disable=SC2086 # several flags are several words
(cd bench && go run . -out results ${BENCHFLAGS:-}) || failed=1
(cd codegen/bench && go run .) || failed=1
exit "$failed"
