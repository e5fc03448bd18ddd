//go:build cgo

package zmq

import (
	"strings"
	"sync"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// Delays forget peers some time after they left: their last words and our answers are still on the way.
//
// A delay is for one peer at one endpoint. An ID alone would not do: a twin that was refused by the directory says
// EndOfStream too, and the rightful owner of the ID must not lose its socket for it.
type delays struct {
	mu      sync.Mutex
	timers  map[place]*time.Timer
	running sync.WaitGroup // timers that have not been stopped
	stopped bool
}

// A place is a peer at an endpoint, in one case.
type place struct {
	id       zebus.PeerID
	endpoint string
}

// after runs forget after the delay, unless one is under way for that place.
func (d *delays) after(delay time.Duration, id zebus.PeerID, endpoint string, forget func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := place{id: id, endpoint: strings.ToLower(endpoint)}
	if _, ok := d.timers[at]; ok || d.stopped {
		return
	}
	if d.timers == nil {
		d.timers = map[place]*time.Timer{}
	}
	d.running.Add(1)
	d.timers[at] = time.AfterFunc(delay, func() {
		defer d.running.Done()
		if d.done(at) {
			forget()
		}
	})
}

// done removes a delay that is over, and says whether it still stands.
func (d *delays) done(at place) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.timers[at]
	delete(d.timers, at)
	return ok
}

// cancel ends the delays of a peer that is back.
func (d *delays) cancel(id zebus.PeerID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for at := range d.timers {
		if at.id == id {
			d.stopLocked(at)
		}
	}
}

// stop ends all delays and returns when none is running. None is taken afterwards.
func (d *delays) stop() {
	d.mu.Lock()
	d.stopped = true
	for at := range d.timers {
		d.stopLocked(at)
	}
	d.mu.Unlock()
	d.running.Wait()
}

// stopLocked ends a delay. d.mu must be held.
func (d *delays) stopLocked(at place) {
	if d.timers[at].Stop() {
		d.running.Done()
	}
	delete(d.timers, at)
}
