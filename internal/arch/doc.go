// Package arch holds no code. Its tests keep the shape of the project: which package may import which, which may use
// which module, and that native code stays at the edge. The reasons are in docs/architecture.md.
//
// A new package needs a row in mayImport, in the commit that adds it.
package arch
