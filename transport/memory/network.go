package memory

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

var (
	// ErrEndpointInUse means that somebody receives at the endpoint already.
	ErrEndpointInUse = errors.New("memory: endpoint is in use")
	// ErrNobodyThere means that nobody receives at the endpoint.
	ErrNobodyThere = errors.New("memory: nobody listens at the endpoint")
)

// A Network connects transports and whoever listens. It is safe for concurrent use.
type Network struct {
	mu     sync.RWMutex
	places map[string]*place // by endpoint in lower case
	ports  int               // given out for the port *
	taps   []func(Frame)
	judges []*func(Frame) Fate // replaced, not changed
	begin  func()              // of the account, nil without one
	end    func()
}

// A place is an endpoint that somebody listens at, or that has been tampered with.
type place struct {
	receiver receiver // nil while nobody is there
	cut      bool
	hung     bool
}

// A receiver takes the frames that reach an endpoint.
type receiver interface {
	// put takes a frame, unless the receiver has gone or the queue of the parcel's sender is full.
	put(p parcel) outcome
	// hang says whether frames stay where they are for now.
	hang(hung bool)
}

// An outcome is what became of a frame at the end of the wire.
type outcome uint8

const (
	delivered outcome = iota
	queueFull
	nobodyThere
)

// NewNetwork returns a network without anybody on it.
func NewNetwork() *Network {
	return &Network{places: map[string]*place{}}
}

// NewTransport returns a transport on the network, not started. The error tells everything that is wrong with the
// Config.
func (n *Network) NewTransport(c Config) (*Transport, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Transport{network: n, config: c}, nil
}

// A Frame is one message on its way. Its bytes belong to the receiver: whoever watches must neither change nor keep
// them.
type Frame struct {
	From, To string // endpoints
	Bytes    []byte
}

// Tap calls watch for every frame that a transport sends to an endpoint where somebody is, in the order in which each
// transport sends, before the frame arrives. It is called within Send: watch takes a note, and neither waits nor sends.
// A tap lasts as long as the network.
func (n *Network) Tap(watch func(Frame)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.taps = append(n.taps, watch)
}

// Listen calls receive with each frame that is sent to endpoint, one at a time, until stop is called. The bytes belong
// to receive, which is called within the Send of the peer: it may call [Network.Inject], and neither waits nor sends
// otherwise. The error wraps [ErrEndpointInUse] where somebody is there already.
func (n *Network) Listen(endpoint string, receive func(frame []byte)) (stop func(), err error) {
	l := &listener{receive: receive}
	if err := n.occupy(endpoint, l); err != nil {
		return nil, err
	}
	return func() { n.leave(endpoint, l) }, nil
}

// Inject puts a frame on the wire to endpoint, whatever is in it; it belongs to the receiver from then on. The error
// wraps [ErrNobodyThere].
func (n *Network) Inject(endpoint string, frame []byte) error {
	w := n.find("", endpoint)
	if w.receiver != nil {
		p := parcel{frame: frame, end: w.open()}
		if w.receiver.put(p) == delivered {
			return nil
		}
		p.finish()
	}
	return fmt.Errorf("%w: %s", ErrNobodyThere, endpoint)
}

// Hang makes the peer at endpoint take no frames until [Network.Resume]: they wait, up to the limit of each sender.
// It also works ahead of the peer's start.
func (n *Network) Hang(endpoint string) { n.setHung(endpoint, true) }

// Resume lets the peer at endpoint go on after [Network.Hang].
func (n *Network) Resume(endpoint string) { n.setHung(endpoint, false) }

func (n *Network) setHung(endpoint string, hung bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.placeLocked(endpoint)
	p.hung = hung
	if p.receiver != nil {
		p.receiver.hang(hung)
	}
}

// Partition cuts endpoint off until [Network.Heal]: what is sent to it, and what the peer there sends, reaches nobody
// and is reported. What had arrived stays.
func (n *Network) Partition(endpoint string) { n.setCut(endpoint, true) }

// Heal ends a [Network.Partition].
func (n *Network) Heal(endpoint string) { n.setCut(endpoint, false) }

func (n *Network) setCut(endpoint string, cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.placeLocked(endpoint).cut = cut
}

// placeLocked returns the place at endpoint, made where there is none. n.mu must be held.
func (n *Network) placeLocked(endpoint string) *place {
	key := strings.ToLower(endpoint)
	p := n.places[key]
	if p == nil {
		p = &place{}
		n.places[key] = p
	}
	return p
}

// choose returns the endpoint with a free port in the place of *.
func (n *Network) choose(endpoint string) string {
	host, anyPort := strings.CutSuffix(endpoint, ":*")
	if !anyPort {
		return endpoint
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for {
		n.ports++
		endpoint = host + ":" + strconv.Itoa(n.ports)
		if n.placeLocked(endpoint).receiver == nil {
			return endpoint
		}
	}
}

// occupy makes r the receiver at endpoint.
func (n *Network) occupy(endpoint string, r receiver) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.placeLocked(endpoint)
	if p.receiver != nil {
		return fmt.Errorf("%w: %s", ErrEndpointInUse, endpoint)
	}
	p.receiver = r
	r.hang(p.hung)
	return nil
}

// leave ends what occupy began.
func (n *Network) leave(endpoint string, r receiver) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.placeLocked(endpoint); p.receiver == r {
		p.receiver = nil
	}
}

// find returns the way between two endpoints.
func (n *Network) find(from, to string) way {
	n.mu.RLock()
	defer n.mu.RUnlock()
	here, there := n.places[strings.ToLower(from)], n.places[strings.ToLower(to)]
	w := way{taps: n.taps, judges: n.judges, begin: n.begin, end: n.end}
	if there != nil && !there.cut && (here == nil || !here.cut) {
		w.receiver = there.receiver
	}
	return w
}

// A listener is a function that receives frames, one at a time.
type listener struct {
	mu      sync.Mutex
	receive func(frame []byte)
}

func (l *listener) put(p parcel) outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.receive(p.frame)
	p.finish()
	return delivered
}

// hang does nothing: whoever wrote the function decides what it does.
func (l *listener) hang(bool) {}
