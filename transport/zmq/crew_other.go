//go:build cgo && (!linux || onereceiver)

package zmq

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/pebbe/zmq4"
)

// A crew is the goroutine that receives, where there is no way to let several take turns. The build tag onereceiver
// brings it to Linux, for its tests.
type crew struct {
	in        *inbound
	bell      bell // wakes the goroutine
	goroutine sync.WaitGroup
	closing   atomic.Bool
}

func (c *crew) open(context *zmq4.Context, in *inbound) error {
	c.in = in
	if err := in.socket.Bind(bellAddress); err != nil {
		return err
	}
	return c.bell.open(context)
}

func (c *crew) close() error { return c.bell.close() }

func (c *crew) start() { c.goroutine.Go(c.run) }

// stop returns when the goroutine has ended.
func (c *crew) stop() {
	c.closing.Store(true)
	c.bell.ring()
	c.goroutine.Wait()
}

func (c *crew) run() {
	ended := false
	defer func() {
		if !ended { // by a handler that runs inline, with [runtime.Goexit]
			c.goroutine.Go(c.run)
		}
	}()
	for !c.closing.Load() {
		c.in.round(0)
		if handlers := c.in.deliver(); handlers != nil {
			go handlers()
			// They run here and now. Otherwise they wait until another thread has been woken to take them over from this
			// one, which is about to wait in libzmq.
			runtime.Gosched()
		}
	}
	ended = true
}

// help leaves it to the goroutine to receive.
func (*crew) help(context.Context, <-chan struct{}) {}

func (*crew) nudge() {}
