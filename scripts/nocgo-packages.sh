#!/usr/bin/env bash
# Prints the packages whose code and tests work without cgo: all but
# transport/zmq and what is assembled from it.
set -eu
cd "$(dirname "$0")/.."

zmq="$(go list -m)/transport/zmq"
with_zmq=$(mktemp)
trap 'rm -f "$with_zmq"' EXIT

# One line per package or test variant that links the zmq transport. A variant
# is called "path.test", "path [path.test]" or "path_test [path.test]".
CGO_ENABLED=0 go list -test -f '{{$p := .ImportPath}}{{range .Deps}}{{if eq . "'"$zmq"'"}}{{$p}}{{"\n"}}{{end}}{{end}}' ./... |
	sed -e 's/ \[.*//' -e 's/\.test$//' -e 's/_test$//' | grep . | sort -u >"$with_zmq" || true
echo "$zmq" >>"$with_zmq"

CGO_ENABLED=0 go list ./... | grep -vxF -f "$with_zmq"
