//go:build cgo && !onereceiver

package zmq

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/pebbe/zmq4"
)

// A crew is the goroutines that take turns at receiving. One of them waits for the socket, and another stands by in the
// same wait. Whoever is woken reads what is there and hands it up. Where that leaves it with handlers to run, it lets
// the other one wait for the socket first: so nobody has to be woken to run them. Waking a thread takes a good part of
// an idle round trip, and both cores are busy with libzmq's own threads at that moment.
//
// For the same reason somebody who has nothing to do but wait for an answer waits for the socket in place of the crew.
type crew struct {
	in        *inbound
	residents ear // where the crew waits
	guest     ear // where somebody waits who helps

	goroutines sync.WaitGroup // of the crew, but for those that run handlers
	closing    atomic.Bool
	helping    sync.Mutex  // held by whoever helps
	nudgeable  atomic.Bool // whoever helps waits, or is about to

	mu struct { // held by whoever receives
		sync.Mutex

		listening *ear // which the socket wakes
		standby   int  // goroutines of the crew that do not run handlers
	}
}

// maxStandby is how many goroutines of the crew there are when no handler runs.
const maxStandby = 2

func (c *crew) open(_ *zmq4.Context, in *inbound) error {
	c.in = in
	descriptor, err := in.socket.GetFd()
	if err != nil {
		return fmt.Errorf("descriptor of the socket to receive: %w", err)
	}
	return errors.Join(c.residents.open(descriptor), c.guest.open(descriptor))
}

func (c *crew) close() error { return errors.Join(c.residents.close(), c.guest.close()) }

func (c *crew) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hire()
	c.listenAt(&c.residents)
}

// stop returns when nobody receives any more, or ever will.
func (c *crew) stop() {
	c.closing.Store(true)
	c.mu.Lock()   // who hires from now on sees it
	c.mu.Unlock() //nolint:staticcheck // there is nothing to do inside
	c.residents.call()
	c.guest.call()
	c.goroutines.Wait()
	c.helping.Lock() // nobody will help any more
}

// hire adds a goroutine to those that stand by. c.mu must be held.
func (c *crew) hire() {
	c.mu.standby++
	c.goroutines.Add(1)
	go c.member()
}

// member is a goroutine of the crew.
func (c *crew) member() {
	ended := false
	defer func() {
		if !ended { // by a handler that runs inline, with [runtime.Goexit]
			go c.member()
		}
	}()
	for !c.closing.Load() {
		_, err := c.residents.wait(c.in.Config.ReceiveTimeout)
		c.check(err)
		handlers := c.turn()
		if handlers == nil {
			runtime.Gosched() // whoever was woken goes first: a wait in the kernel keeps the processor from them for a while
			continue
		}
		ended = true // whatever becomes of the goroutine in the handlers, the crew can do without it
		c.goroutines.Done()
		handlers()
		if !c.rejoin() {
			return
		}
		ended = false
	}
	ended = true
	c.residents.call() // for the next to end
	c.goroutines.Done()
}

// turn receives what is there. When that leaves the caller with handlers to run, somebody else stands by.
func (c *crew) turn() (handlers func()) {
	c.mu.Lock()
	defer c.endTurn()
	handlers = c.receive()
	if handlers != nil {
		c.mu.standby--
	}
	if c.mu.standby == 0 && !c.closing.Load() {
		c.hire()
	}
	return handlers
}

// endTurn lets the next one wait for the socket.
func (c *crew) endTurn() {
	c.listenAt(c.mu.listening)
	c.mu.Unlock()
}

// rejoin takes back a goroutine that has run handlers, if there is need of it.
func (c *crew) rejoin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.standby == maxStandby || c.closing.Load() {
		return false
	}
	c.mu.standby++
	c.goroutines.Add(1)
	return true
}

// receive hands up what is there. It returns handlers that are left to run, when there is nothing more. c.mu must be
// held.
func (c *crew) receive() (handlers func()) {
	for !c.closing.Load() {
		n := c.in.round(zmq4.DONTWAIT)
		if n > 0 && handlers != nil {
			go handlers() // there is more to receive
			handlers = nil
		}
		if run := c.in.deliver(); run != nil {
			handlers = run
		}
		if n < fewFrames && !c.in.receiver.more() {
			break
		}
	}
	return handlers
}

// fewFrames is how many frames make it likely that more have come while they were read.
const fewFrames = 8

// listenAt makes the socket wake those who wait at e. c.mu must be held.
func (c *crew) listenAt(e *ear) {
	c.mu.listening = e
	c.check(e.listen())
}

func (c *crew) check(err error) {
	if err != nil {
		c.in.Config.Logger.Error("waiting for messages", "error", err)
	}
}

// help is [zebus.Helper.Help]. It waits once, for one batch: who gets something else has found that there is more to
// do here than to wait for an answer.
func (c *crew) help(ctx context.Context, done <-chan struct{}) {
	if !c.helping.TryLock() {
		return
	}
	defer c.helping.Unlock()
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, c.guest.call)()
	}
	c.beGuest()
	heard := c.wait(done)
	if handlers := c.guestTurn(heard); handlers != nil {
		go handlers()
	}
}

// beGuest makes the socket wake the one who helps instead of the crew.
func (c *crew) beGuest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.check(c.residents.ignore())
	c.listenAt(&c.guest)
}

// wait waits as guest, and reports whether the socket has something.
func (c *crew) wait(done <-chan struct{}) (heard bool) {
	c.nudgeable.Store(true) // before the look at done: see nudge
	defer c.nudgeable.Store(false)
	select {
	case <-done:
		return false
	default:
	}
	heard, err := c.guest.wait(c.in.Config.ReceiveTimeout)
	c.check(err)
	return heard
}

// guestTurn is the turn of the one who helps, and makes the socket wake the crew again.
func (c *crew) guestTurn(heard bool) (handlers func()) {
	c.mu.Lock()
	defer c.endTurn()
	c.mu.listening = &c.residents
	if !heard {
		c.check(c.guest.ignore())
	}
	return c.receive()
}

// nudge is [zebus.Helper.Nudge].
func (c *crew) nudge() {
	if c.nudgeable.Load() { // after done was closed: either this sees the guest, or the guest sees done
		c.guest.call()
	}
}
