package memory

import (
	"bytes"
	"slices"
	"time"
)

// A Fate is what becomes of a frame on its way. The zero Fate is to arrive, once and at once.
type Fate struct {
	// Lost makes the frame vanish, and nobody hears of it: not even its sender. It is the one way in which a message that
	// was accepted is neither handled nor reported.
	Lost bool
	// Cut makes the frame meet what it meets in a [Network.Partition]: it reaches nobody and is reported.
	Cut bool
	// Delay is how much later the frame arrives. What the sender sends to the same peer afterwards stays behind it. While
	// it waits it counts as waiting for the peer, as if the peer hung: against the limit of the sender, for Flush, and
	// for Stop, which waits for it or reports it. Functions that [Network.Listen] get it at once.
	Delay time.Duration
	// Copies is how often the frame arrives in addition, right behind itself. Copies count against no limit and are
	// never reported: handled + reported = accepted + copies.
	Copies int
}

// and adds what another judge says.
func (f Fate) and(other Fate) Fate {
	return Fate{
		Lost: f.Lost || other.Lost, Cut: f.Cut || other.Cut,
		Delay: f.Delay + max(0, other.Delay), Copies: f.Copies + max(0, other.Copies),
	}
}

// Interfere lets judge decide the fate of every frame that a transport sends from now on to an endpoint where somebody
// is, until stop is called. It is called within Send, from several goroutines: it must neither wait nor send. Of
// several judges, each adds what it says.
func (n *Network) Interfere(judge func(Frame) Fate) (stop func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	entry := &judge
	n.judges = append(slices.Clone(n.judges), entry)
	return func() { n.remove(entry) }
}

func (n *Network) remove(entry *func(Frame) Fate) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.judges = slices.DeleteFunc(slices.Clone(n.judges), func(e *func(Frame) Fate) bool { return e == entry })
}

// Account calls begin for every frame that is put on the wire from now on, before it can arrive, and end when nothing
// is left to do about it: it was handed up, or was dropped, or was lost and its sender has been told. Both may be called
// from many goroutines and with locks held: they count, and do nothing else. There is one account; it lasts as long as
// the network.
func (n *Network) Account(begin, end func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.begin, n.end = begin, end
}

// A way is what a frame meets between two endpoints.
type way struct {
	receiver receiver // nil where nobody is, or the way is cut
	taps     []func(Frame)
	judges   []*func(Frame) Fate
	begin    func() // nil without an account
	end      func()
}

// open counts a frame, and returns what counts it out.
func (w *way) open() (end func()) {
	if w.begin == nil {
		return nil
	}
	w.begin()
	return w.end
}

func (w *way) judge(f Frame) Fate {
	var fate Fate
	for _, judge := range w.judges {
		fate = fate.and((*judge)(f))
	}
	return fate
}

// finish counts the parcel out.
func (p *parcel) finish() {
	if p.end != nil {
		p.end()
	}
}

// delay makes the parcel arrive later by d, and not before what was sent on the link earlier.
func (p *parcel) delay(l *link, d time.Duration) {
	if d <= 0 && l.due.IsZero() {
		return
	}
	now := time.Now()
	due := now.Add(max(0, d))
	if due.Before(l.due) {
		due = l.due
	}
	l.due = due
	if !due.After(now) {
		l.due = time.Time{} // the line is empty again
		return
	}
	p.due = due
}

// copies returns copies of a parcel that nobody has yet: its bytes belong to the receiver once it is put.
func (p *parcel) copies(n int) []parcel {
	copies := make([]parcel, n)
	for i := range copies {
		copies[i] = parcel{frame: bytes.Clone(p.frame), due: p.due}
	}
	return copies
}

// putCopies lets copies of a delivered parcel arrive behind it.
func (w *way) putCopies(copies []parcel) {
	for _, c := range copies {
		c.end = w.open()
		if w.receiver.put(c) != delivered {
			c.finish()
		}
	}
}
