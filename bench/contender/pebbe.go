package contender

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/pebbe/zmq4"
	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// pebbe is libzmq through pebbe/zmq4 and nothing else: what a bus over libzmq can at best be as fast as.
func pebbe() Contender {
	return Contender{
		Name:      Raw,
		About:     "raw PUSH and PULL sockets, frames as long as those of the bus, nothing encoded; commands in flight go one way",
		OneWay:    true,
		NewSink:   newPebbeSink,
		NewSource: newPebbeSource,
	}
}

// highWaterMark is that of the transport of the bus. Sockets wait when it is reached; they drop nothing.
const highWaterMark = 20000

// A pebbeSink owns a PULL socket, and a PUSH socket for answers.
type pebbeSink struct {
	meter      *Meter
	push, pull *zmq4.Socket
	context    *zmq4.Context
	at         string
	received   sync.WaitGroup
	failed     error // of the receive loop; read after received
}

func newPebbeSink(_ context.Context, _ Setup, m *Meter) (Part, error) {
	s := &pebbeSink{meter: m}
	var err error
	if s.context, s.push, s.pull, s.at, err = openSockets(); err != nil {
		return nil, err
	}
	s.received.Go(func() { s.failed = s.receive() })
	return s, nil
}

// openSockets opens a PUSH socket and a PULL socket that is bound.
func openSockets() (c *zmq4.Context, push, pull *zmq4.Socket, at string, err error) {
	if c, err = zmq4.NewContext(); err != nil {
		return nil, nil, nil, "", err
	}
	if push, err = c.NewSocket(zmq4.PUSH); err != nil {
		return nil, nil, nil, "", err
	}
	if pull, err = c.NewSocket(zmq4.PULL); err != nil {
		return nil, nil, nil, "", err
	}
	err = errors.Join(push.SetLinger(0), pull.SetLinger(0), push.SetSndhwm(highWaterMark), pull.SetRcvhwm(highWaterMark), pull.Bind(anywhere))
	if err != nil {
		return nil, nil, nil, "", err
	}
	at, err = pull.GetLastEndpoint()
	return c, push, pull, at, err
}

// receive runs until the context of the sockets ends.
func (s *pebbeSink) receive() error {
	defer func() { _ = errors.Join(s.pull.Close(), s.push.Close()) }()
	for {
		frame, err := s.pull.RecvBytes(0)
		if errors.Is(err, zmq4.ETERM) {
			return nil
		}
		if err == nil {
			err = s.handle(frame)
		}
		if err != nil {
			return err
		}
	}
}

func (s *pebbeSink) handle(frame []byte) error {
	switch h := readHeader(frame); h.kind {
	case frameEvent:
		s.meter.Count(h.body, h.sent)
		return nil
	case frameAsk:
		_, err := s.push.SendBytes(frame, 0)
		return err
	case frameHello:
		return s.push.Connect(string(frame[headerBytes:]))
	default:
		return fmt.Errorf("%w: a frame of kind %d", ErrLost, h.kind)
	}
}

// Address implements [Part].
func (s *pebbeSink) Address() string { return s.at }

// Close implements [Part]. Ending the context wakes the receive loop, which closes the sockets.
func (s *pebbeSink) Close() error {
	err := s.context.Term()
	s.received.Wait()
	return errors.Join(err, s.failed)
}

// A pebbeSource owns a PUSH socket per sink, and a PULL socket for answers.
type pebbeSource struct {
	context *zmq4.Context
	push    []*zmq4.Socket
	pull    *zmq4.Socket
	frames  frames
}

func newPebbeSource(_ context.Context, s Setup) (Source, error) {
	c, first, pull, at, err := openSockets()
	if err != nil {
		return nil, err
	}
	p := &pebbeSource{context: c, push: []*zmq4.Socket{first}, pull: pull, frames: frames{}}
	for len(p.push) < len(s.Sinks) {
		more, err := c.NewSocket(zmq4.PUSH)
		if err != nil {
			return nil, err
		}
		p.push = append(p.push, more)
	}
	for i, push := range p.push {
		if err := errors.Join(push.SetLinger(0), push.SetSndhwm(highWaterMark), push.Connect(s.Sinks[i])); err != nil {
			return nil, err
		}
	}
	return p, p.send(append(header{kind: frameHello}.append(nil), at...))
}

// Address implements [Part].
func (*pebbeSource) Address() string { return "" }

// send sends a frame to every sink, and waits where a socket takes no more.
func (p *pebbeSource) send(frame []byte) error {
	for _, push := range p.push {
		if _, err := push.SendBytes(frame, 0); err != nil {
			return err
		}
	}
	return nil
}

// Publish implements [Source].
func (p *pebbeSource) Publish(_ context.Context, evt zebus.Event) error {
	frame, err := p.frames.event(evt)
	if err != nil {
		return err
	}
	return p.send(frame)
}

// Flush implements [Source]. libzmq keeps nothing back.
func (*pebbeSource) Flush(context.Context) error { return nil }

// Request implements [Source].
func (p *pebbeSource) Request(_ context.Context, cmd *messages.Ask) error {
	if err := p.send(p.frames.of(frameAsk, cmd, len(cmd.Body))); err != nil {
		return err
	}
	_, err := p.pull.RecvBytes(0)
	return err
}

// Ask implements [Source], one way: the sink counts the frames as if they were events.
func (p *pebbeSource) Ask(_ context.Context, cmd *messages.Ask, n, _ int) error {
	frame := p.frames.of(frameEvent, cmd, len(cmd.Body))
	for range n {
		if err := p.send(frame); err != nil {
			return err
		}
	}
	return nil
}

// Close implements [Part].
func (p *pebbeSource) Close() error {
	err := p.pull.Close()
	for _, push := range p.push {
		err = errors.Join(err, push.Close())
	}
	return errors.Join(err, p.context.Term())
}
