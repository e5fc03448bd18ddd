package memory

import (
	"slices"
	"sync"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A parcel is a frame and what must be known of it to report that it was lost.
type parcel struct {
	frame []byte
	id    zebus.MessageID
	link  *link     // nil for a frame that no transport waits for
	due   time.Time // it arrives then; zero means now
	end   func()    // counts it out; nil without an account
}

// A failure is a message that a transport had accepted and that will not arrive.
type failure struct {
	id  zebus.MessageID
	to  zebus.PeerID
	err error
	end func() // counts the parcel out; nil without an account
}

// finish counts the failure out.
func (f *failure) finish() {
	if f.end != nil {
		f.end()
	}
}

// An inbox is what the goroutine of a transport has before it: frames that arrived, and failures to report.
//
// Invariant: a parcel that was put is either taken, or withdrawn and reported by whoever withdrew it.
type inbox struct {
	mu       sync.Mutex
	wake     sync.Cond // something to take, or closed
	frames   []parcel
	failures []failure
	hung     bool // frames wait; failures do not
	delayed  bool // some of frames may have to wait for their time
	shut     bool // no more frames
	done     bool // nothing more at all
}

func newInbox() *inbox {
	b := &inbox{}
	b.wake.L = &b.mu
	return b
}

// put implements [receiver].
func (b *inbox) put(p parcel) outcome {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return nobodyThere
	}
	if p.link != nil && !p.link.reserve(len(p.frame)) {
		return queueFull
	}
	b.frames = append(b.frames, p)
	if !p.due.IsZero() {
		b.delayed = true
		time.AfterFunc(time.Until(p.due), b.ring)
	}
	b.wake.Signal()
	return delivered
}

// ring wakes the goroutine when the time of a delayed frame has come.
func (b *inbox) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wake.Signal()
}

// fail adds a failure to report.
func (b *inbox) fail(f failure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = append(b.failures, f)
	b.wake.Signal()
}

// hang implements [receiver].
func (b *inbox) hang(hung bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hung = hung
	b.wake.Signal()
}

// take waits until there is something and returns all of it, in exchange for emptied slices to fill next. It returns
// false when the inbox is closed and nothing is left.
func (b *inbox) take(frames []parcel, failures []failure) ([]parcel, []failure, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.readyLocked() && !b.done {
		b.wake.Wait()
	}
	ready := b.readyLocked()
	failures, b.failures = b.failures, failures
	switch {
	case b.hung:
	case b.delayed:
		frames = b.takeDueLocked(frames)
	default:
		frames, b.frames = b.frames, frames
	}
	return frames, failures, ready
}

// takeDueLocked appends the frames whose time has come to dst. b.mu must be held.
func (b *inbox) takeDueLocked(dst []parcel) []parcel {
	now := time.Now()
	var later []parcel
	for _, p := range b.frames {
		if p.due.After(now) {
			later = append(later, p)
		} else {
			dst = append(dst, p)
		}
	}
	b.frames, b.delayed = later, len(later) > 0
	return dst
}

// readyLocked says whether there is something to take. b.mu must be held.
func (b *inbox) readyLocked() bool {
	return len(b.failures) > 0 || !b.hung && b.anyDueLocked()
}

// anyDueLocked says whether a frame need not wait for its time. b.mu must be held.
func (b *inbox) anyDueLocked() bool {
	if !b.delayed {
		return len(b.frames) > 0
	}
	now := time.Now()
	return slices.ContainsFunc(b.frames, func(p parcel) bool { return !p.due.After(now) })
}

// shutDoor ends the taking of frames and returns those that nobody took.
func (b *inbox) shutDoor() []parcel {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut = true
	left := b.frames
	b.frames = nil
	return left
}

// finish ends the inbox once what failures it has are taken.
func (b *inbox) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = true
	b.wake.Signal()
}

// withdraw takes back what waits on a link: everything, or only what a peer that hangs keeps waiting.
func (b *inbox) withdraw(l *link, everything bool) []parcel {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !everything && !b.hung {
		return nil // it is on its way up
	}
	var taken, kept []parcel
	for _, p := range b.frames {
		if p.link == l {
			taken = append(taken, p)
		} else {
			kept = append(kept, p)
		}
	}
	b.frames = kept
	return taken
}
