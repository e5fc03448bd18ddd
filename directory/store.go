package directory

import (
	"context"
	"errors"

	"github.com/zebus-go/zebus/zebus"
)

// A Store keeps the records of the peers for a [Server], and for every other server that shares it. It decides nothing:
// the rules are those of [Record]. Its methods may be called from many goroutines. Records are not changed once they
// are handed over, by neither side.
type Store interface {
	// Update replaces the record of a peer by what change makes of it, and lets nobody come in between. change gets nil
	// for a peer that has no record; it returns nil to remove the record, and what it got to leave all as it is. It may
	// be called several times, so it does nothing else. When Update returns without an error every function given to
	// Watch here has been told.
	Update(ctx context.Context, id zebus.PeerID, change func(*Record) *Record) error

	// Watch tells f of every record there is, and from then on of every change, whoever made it, until stop is called.
	// A record that is gone is told as nil. f is called by one goroutine at a time, in the order of the changes of each
	// peer; it must not wait, nor call the store.
	Watch(ctx context.Context, f func(id zebus.PeerID, r *Record)) (stop func(), err error)
}

// ErrNoPeerID means that a record was to be kept under the empty ID.
var ErrNoPeerID = errors.New("directory: peer ID is empty")
