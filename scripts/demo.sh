#!/usr/bin/env bash
# The echo demo: a directory, a service and a client as three processes over
# TCP. Prints the echoed text and the round-trip time, stops everything, and
# leaves neither a process nor a file behind. Every port is a free one.
#
#   scripts/demo.sh ["some text"]
set -eu
cd "$(dirname "$0")/.."

text=${1:-"hello, zebus"}
patience=300 # tenths of a second that any one step may take
work=$(mktemp -d)
directory='' service='' client=''

# stop ends one process: politely, and by force when it does not listen. It
# returns the exit code of the process.
stop() {
	kill -TERM "$1" 2>/dev/null || true
	for _ in $(seq "$patience"); do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null
}

clean_up() {
	for pid in $client $service $directory; do
		stop "$pid" || true
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# fail says what went wrong and shows what the processes said.
fail() {
	echo "demo: $1" >&2
	for log in "$work"/*.log; do
		[ -s "$log" ] && { echo "--- $(basename "$log")" >&2; cat "$log" >&2; }
	done
	exit 1
}

# await waits until the log of a process shows a line, or the process is gone.
await() { # name pid pattern
	for _ in $(seq "$patience"); do
		grep -qs -- "$3" "$work/$1.log" && return 0 # which the background job may have yet to make
		kill -0 "$2" 2>/dev/null || fail "the $1 ended before it was ready"
		sleep 0.1
	done
	fail "the $1 was not ready after $((patience / 10)) seconds"
}

go build -o "$work/" ./cmd/zebus-directory ./examples/echo/service ./examples/echo/client

# 127.0.0.1 is what the three tell each other: the name of this machine may
# mean nothing to its own resolver, as in many containers.
export ZEBUS_ENVIRONMENT=Demo
"$work/zebus-directory" --endpoint 'tcp://127.0.0.1:*' --environment Demo 2>"$work/directory.log" &
directory=$!
await directory "$directory" 'directory ready'
endpoint=$(sed -n 's/.*directory ready.*endpoint="\{0,1\}\(tcp:[^ "]*\).*/\1/p' "$work/directory.log" | head -n 1)
[ -n "$endpoint" ] || fail "the directory did not say where it listens"
echo "directory  $endpoint"

export ZEBUS_DIRECTORY_ENDPOINTS="$endpoint" ZEBUS_INBOUND_ENDPOINT='tcp://127.0.0.1:*'
"$work/service" --bus configs/bus.toml --zmq configs/zmq.toml 2>"$work/service.log" &
service=$!
await service "$service" 'peer ready'
echo "service    ready"

"$work/client" --bus configs/bus.toml --zmq configs/zmq.toml "$text" >"$work/client.out" 2>"$work/client.log" &
client=$!
for _ in $(seq "$patience"); do
	kill -0 "$client" 2>/dev/null || break
	sleep 0.1
done
kill -0 "$client" 2>/dev/null && fail "the client had no answer after $((patience / 10)) seconds"
wait "$client" || fail "the client exited with code $?"
client=''
grep -qxF -- "$text" "$work/client.out" || fail "the client did not print the text it sent"
cat "$work/client.out" "$work/client.log" | sed 's/^/client     /'

stop "$service" || fail "the service did not stop cleanly"
service=''
stop "$directory" || fail "the directory did not stop cleanly"
directory=''
