// Package wirepb has the messages of zebus/bcl.proto and zebus/words.proto as protoc-gen-go generates them: for .proto
// files that hold values of .NET or words of Zebus, and for the descriptors that package wire refers to.
//
// Structs annotated for zebusgen use the types of packages wire and zebus instead. scripts/protos.sh writes this package.
package wirepb
