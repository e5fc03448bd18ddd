//go:build cgo

package zmq

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pebbe/zmq4"
)

// A watcher hears what libzmq says of connections: one goroutine for all sockets of a transport.
//
// libzmq writes the events of a socket to a pair of sockets inside the process, waiting when there is no room or no
// reader. So the reading end is there before the first event, has no limit, and is closed last, by the goroutine that
// reads it, after the event that says that there will be no more.
type watcher struct {
	context *zmq4.Context
	control *zmq4.Socket // read by the goroutine: look at mu
	wg      sync.WaitGroup

	mu struct {
		sync.Mutex
		bell    *zmq4.Socket // the other end of control
		added   []*watch
		closing bool
		names   int
	}
}

// A watch is the reading end of the events of one socket.
type watch struct {
	socket *zmq4.Socket
	handle func(event zmq4.Event, value int) // runs on the goroutine of the watcher; must not wait
}

const controlAddress = "inproc://watcher"

// newWatcher returns a running watcher. Every socket that it watches is unwatched before it is stopped.
func newWatcher(context *zmq4.Context) (*watcher, error) {
	w := &watcher{context: context}
	var err error
	if w.control, err = pairEnd(context, (*zmq4.Socket).Bind, controlAddress); err != nil {
		return nil, err
	}
	if w.mu.bell, err = pairEnd(context, (*zmq4.Socket).Connect, controlAddress); err != nil {
		return nil, errors.Join(err, w.control.Close())
	}
	w.wg.Go(w.run)
	return w, nil
}

// pairEnd returns one end of a pair of sockets inside the process.
func pairEnd(context *zmq4.Context, join func(*zmq4.Socket, string) error, address string) (*zmq4.Socket, error) {
	s, err := newPair(context)
	if err != nil {
		return nil, err
	}
	if err := join(s, address); err != nil {
		return nil, errors.Join(fmt.Errorf("socket for events: %w", err), s.Close())
	}
	return s, nil
}

// newPair returns a socket without limits that can become one end of a pair.
func newPair(context *zmq4.Context) (*zmq4.Socket, error) {
	s, err := context.NewSocket(zmq4.PAIR)
	if err != nil {
		return nil, fmt.Errorf("socket for events: %w", err)
	}
	if err := errors.Join(s.SetLinger(0), s.SetRcvhwm(0), s.SetSndhwm(0)); err != nil {
		return nil, errors.Join(fmt.Errorf("socket for events: %w", err), s.Close())
	}
	return s, nil
}

// watch makes handle hear of the events of a socket until unwatch. The caller owns the socket.
func (w *watcher) watch(s *zmq4.Socket, events zmq4.Event, handle func(zmq4.Event, int)) error {
	end, err := w.endFor(s, events)
	if err != nil {
		return fmt.Errorf("watch a socket: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mu.added = append(w.mu.added, &watch{socket: end, handle: handle})
	w.ringLocked()
	return nil
}

// endFor returns the reading end of the events of a socket. It is made before the writing end, so that the events have a reader
// even when there is only one socket left to be had: libzmq would wait for ever to tell nobody that there will be no more.
func (w *watcher) endFor(s *zmq4.Socket, events zmq4.Event) (*zmq4.Socket, error) {
	end, err := newPair(w.context)
	if err != nil {
		return nil, err
	}
	address := w.newAddress()
	err = s.Monitor(address, events|zmq4.EVENT_MONITOR_STOPPED)
	if err == nil {
		err = end.Connect(address)
	}
	if err != nil {
		return nil, errors.Join(err, end.Close())
	}
	return end, nil
}

// unwatch makes libzmq write the last event. The caller owns the socket.
func (*watcher) unwatch(s *zmq4.Socket) error { return s.Monitor("", 0) }

func (w *watcher) newAddress() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mu.names++
	return fmt.Sprintf("inproc://events-%d", w.mu.names)
}

// ringLocked wakes the goroutine. w.mu must be held.
func (w *watcher) ringLocked() {
	// An error would mean that the bell is closed, and then nobody waits for it.
	_, _ = w.mu.bell.SendBytes([]byte{0}, zmq4.DONTWAIT)
}

// stop returns when the last event of every socket has been handled.
func (w *watcher) stop() error {
	w.mu.Lock()
	w.mu.closing = true
	w.ringLocked()
	w.mu.Unlock()
	w.wg.Wait()
	return errors.Join(w.mu.bell.Close(), w.control.Close())
}

// patience bounds the wait for last events. They are written before the sockets are closed, so it is never needed.
const patience = 2 * time.Second

func (w *watcher) run() {
	heard := newAudience(w.control)
	defer heard.leave()
	for wait := time.Duration(-1); ; {
		ready, err := heard.poller.Poll(wait)
		if err != nil {
			return
		}
		for _, r := range ready {
			heard.serve(r.Socket)
		}
		// After the bell was read, never before: it may have rung for what is not in yet.
		added, closing := w.news()
		heard.join(added)
		if closing && (len(heard.watches) == 0 || len(ready) == 0) {
			return
		}
		if closing {
			wait = patience
		}
	}
}

// news returns what changed since the last call.
func (w *watcher) news() (added []*watch, closing bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	added, w.mu.added = w.mu.added, nil
	return added, w.mu.closing
}

// An audience is the reading ends that the goroutine of a watcher reads.
type audience struct {
	control *zmq4.Socket
	watches map[*zmq4.Socket]*watch
	poller  *zmq4.Poller
}

func newAudience(control *zmq4.Socket) *audience {
	a := &audience{control: control, watches: map[*zmq4.Socket]*watch{}, poller: zmq4.NewPoller()}
	a.poller.Add(control, zmq4.POLLIN)
	return a
}

func (a *audience) join(added []*watch) {
	for _, w := range added {
		a.watches[w.socket] = w
		a.poller.Add(w.socket, zmq4.POLLIN)
	}
}

// serve reads everything that a socket has.
func (a *audience) serve(s *zmq4.Socket) {
	if s == a.control {
		drain(s)
		return
	}
	for {
		event, _, value, err := s.RecvEvent(zmq4.DONTWAIT)
		if err != nil {
			return
		}
		if event == zmq4.EVENT_MONITOR_STOPPED {
			a.dismiss(s)
			return
		}
		a.watches[s].handle(event, value)
	}
}

func drain(s *zmq4.Socket) {
	for {
		if _, err := s.RecvBytes(zmq4.DONTWAIT); err != nil {
			return
		}
	}
}

// dismiss closes a reading end. Nothing can be lost in it.
func (a *audience) dismiss(s *zmq4.Socket) {
	delete(a.watches, s)
	_ = a.poller.RemoveBySocket(s)
	_ = s.Close()
}

func (a *audience) leave() {
	for s := range a.watches {
		a.dismiss(s)
	}
}
