// Package zebuspb has the options of zebus/options.proto, with which messages of .proto files become messages of Zebus.
// Code of protoc-gen-go imports it; nobody else needs to. scripts/protos.sh writes this package.
package zebuspb
