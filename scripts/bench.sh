#!/usr/bin/env bash
# Measures the parts of the bus beside a hand-over between goroutines; the bus beside
# its references, which fails when the idle round trip takes more than 1.5 times the
# raw ping-pong of the same run; and generated code beside that of others, which fails
# when it misses its targets. Results of the second are in bench/results; BENCHFLAGS
# goes to it (see: cd bench && go run . -help).
set -eu
cd "$(dirname "$0")/.."

# All run, whatever the one before says. The last two are modules of their own.
failed=0
go test -run '^$' -bench . -benchmem ./zebus ./dispatch || failed=1
# shellcheck disable=SC2086 # several flags are several words
(cd bench && go run . -out results ${BENCHFLAGS:-}) || failed=1
(cd codegen/bench && go run .) || failed=1
exit "$failed"
