#!/usr/bin/env bash
# Generates the Go code of the .proto files that the project ships. It needs
# protoc (on Debian: protobuf-compiler), which is no Go program; so the result
# is committed and this is not part of go generate.
set -eu
cd "$(dirname "$0")/.."

go build -o .bin/ google.golang.org/protobuf/cmd/protoc-gen-go
protoc --plugin=.bin/protoc-gen-go --go_out=. --go_opt=module=github.com/zebus-go/zebus \
	zebus/bcl.proto zebus/words.proto zebus/options.proto
