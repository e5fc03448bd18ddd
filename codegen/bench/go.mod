// The comparison of generated code with what others generate. It has a module of
// its own, so that nobody who imports Zebus for Go ever sees what it depends on.
module github.com/zebus-go/zebus/codegen/bench

go 1.26.0

replace github.com/zebus-go/zebus => ../..

require (
	github.com/planetscale/vtprotobuf v0.6.0
	github.com/zebus-go/zebus v0.0.0
	google.golang.org/protobuf v1.36.12
)

require (
	github.com/dave/jennifer v1.7.1 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/cobra v1.10.2 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
)

tool (
	github.com/planetscale/vtprotobuf/cmd/protoc-gen-go-vtproto
	github.com/zebus-go/zebus/cmd/zebusgen
	google.golang.org/protobuf/cmd/protoc-gen-go
)
