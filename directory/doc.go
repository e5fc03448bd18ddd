// Package directory knows who is on the bus: it is how peers find each other.
//
// Some peers are directories. Every other peer tells one of them, when it starts, where it receives and what it
// subscribes to; the directory answers with all peers there are, and from then on tells everybody what changes. So each
// peer holds the whole state of the bus in memory, and no message passes through a directory on its way.
//
// [Client] is the [zebus.Directory] of an ordinary peer: it registers, fails over from one directory to the next,
// follows what directories publish, and registers again when the directories have lost it. [Server] is the
// [zebus.Directory] of a directory peer: it keeps what peers say in a [Store], publishes the changes, and pings the peers.
// Directories that share a store are one directory to their peers.
//
// Directory peers are named Abc.Zebus.DirectoryService.0, .1 and so on, in the order in which every peer lists their
// endpoints: see [PeerID].
//
//zebus:package namespace=Abc.Zebus.Directory
package directory

//go:generate go run github.com/zebus-go/zebus/cmd/zebusgen
