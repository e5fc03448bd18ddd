// Package codegen writes the code that turns annotated structs into messages and annotated functions into handlers.
//
// [Generate] works in three steps, each in files of its own. It parses: directives, struct tags and types are read
// from a package, and everything that is wrong with them is collected. It builds a model: plain structs in which every
// name, number and wire form is decided. It emits: one small function per block of generated code.
//
// The package being generated for usually does not compile yet, because it uses what is about to be written. So it is
// read with its last generated file emptied and without function bodies, and the type errors that are left matter only
// where they touch a message or a handler.
//
// The result depends on the source alone: the same package gives the same bytes, and a file that would not change is
// not written.
//
// [Check] compares the same model with a lock file that stands beside the messages, and tells which changes would break
// peers that run already.
//
// Every message is described in the words of protobuf as well. [WriteProtos] writes these descriptors as .proto files; the
// generated file holds them for package wire. Messages of protoc-gen-go have theirs, and get the rest.
//
// Generated code imports packages zebus and wire; this package knows them by their import paths only.
package codegen
