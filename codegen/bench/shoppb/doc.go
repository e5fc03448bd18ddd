// Package shoppb has the messages of package shop as protoc-gen-go and protoc-gen-go-vtproto generate them.
//
// The generated files are committed, because protoc is no Go program. To write them again, install protoc (any version;
// on Debian the package protobuf-compiler) and run go generate here.
package shoppb

//go:generate go build -o ../.bin/ google.golang.org/protobuf/cmd/protoc-gen-go github.com/planetscale/vtprotobuf/cmd/protoc-gen-go-vtproto
//go:generate protoc --plugin=../.bin/protoc-gen-go --plugin=../.bin/protoc-gen-go-vtproto --go_out=. --go_opt=paths=source_relative --go-vtproto_out=. --go-vtproto_opt=paths=source_relative,features=marshal+unmarshal+size shop.proto
