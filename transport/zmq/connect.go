//go:build cgo

package zmq

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zebus-go/zebus/zebus"
)

// open makes a new link, whose connection comes later. libzmq is given addresses only: it would look names up on the
// one thread that moves the bytes of all peers. So a link to a name starts with its writer, which asks for the address
// first. p.mu must be held.
func (p *peer) open(endpoint string) error {
	if p.out.over.Load() {
		return zebus.ErrNotRunning
	}
	e, err := dialable(endpoint)
	if err != nil {
		err = fmt.Errorf("%w: %w", err, zebus.ErrPeerUnreachable)
		p.out.log.Warn("peer is unreachable", "peer", p.id, "error", err)
		p.breaker.shut(time.Now(), err, p.out.cfg.ClosedAfterConnectFailure)
		return err
	}
	if err := p.out.reserve(); err != nil {
		return p.out.short(p.id, err)
	}
	l := &link{endpoint: endpoint}
	if !isAddress(e.Host) {
		p.link = l
		p.startWriter(l)
		return nil
	}
	if err := p.connect(l, e); err != nil {
		p.out.sockets.Add(-1)
		return p.out.short(p.id, err)
	}
	p.link = l
	return nil
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// dialable returns an endpoint that came from another peer, which may name anything.
func dialable(endpoint string) (Endpoint, error) {
	e, err := ParseEndpoint(endpoint)
	if err != nil {
		return Endpoint{}, err
	}
	return e, e.reachable()
}

// resolved connects a link whose host is a name, and returns whether the goroutine is still the writer.
func (p *peer) resolved(l *link) bool {
	if !p.isResolving(l) {
		return true
	}
	e, _ := dialable(l.endpoint) // checked by open
	address, err := p.out.lookUp(e.Host)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && p.mayWrite(l) {
		err = p.connect(l, Endpoint{Host: address, Port: e.Port})
	}
	if err == nil && p.mayWrite(l) {
		return true
	}
	p.stopWriting(l)
	if !l.dropped {
		p.unreached(l, notConnected(l.endpoint, err))
	}
	return false
}

func (p *peer) isResolving(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.socket == nil
}

// resolveTimeout bounds one look-up of a name.
const resolveTimeout = 10 * time.Second

// resolve returns the first IPv4 address of a host.
func resolve(ctx context.Context, host string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil {
		return "", err
	}
	return found[0].Unmap().String(), nil
}

// connect gives the link its socket. p.mu must be held.
func (p *peer) connect(l *link, e Endpoint) error {
	s, err := openSocket(p.out.context, zmq4.PUSH)
	if err != nil {
		return notConnected(e.String(), err)
	}
	err = errors.Join(pushOptions(s, &p.out.cfg, p.out.slice), p.out.watcher.watch(s, zmq4.EVENT_ALL, p.events(l)))
	if err == nil {
		err = s.Connect(e.String())
	}
	if err == nil {
		l.sender, err = newSender(s)
	}
	if err != nil {
		return errors.Join(notConnected(e.String(), err), p.out.watcher.unwatch(s), s.Close())
	}
	l.socket = s
	return nil
}

// noReconnect is so long that libzmq does not connect again by itself: a second connection would make it unknown
// which messages the first one took along. It must be positive for libzmq to say that a connect failed.
const noReconnect = math.MaxInt32 / 4 * time.Millisecond

// pushOptions sets what every outgoing socket has. ZMQ_IMMEDIATE stays 0: the socket takes messages before it is connected.
func pushOptions(s *zmq4.Socket, cfg *Config, slice time.Duration) error {
	return errors.Join(
		s.SetLinger(0),
		s.SetReconnectIvl(noReconnect),
		s.SetSndhwm(cfg.SendHighWaterMark),
		s.SetSndtimeo(slice),
		keepAliveOptions(s, cfg.KeepAlive),
	)
}

func keepAliveOptions(s *zmq4.Socket, k KeepAlive) error {
	if k.Off {
		return s.SetTcpKeepalive(0)
	}
	err := s.SetTcpKeepalive(1)
	if k.Idle > 0 {
		err = errors.Join(err, s.SetTcpKeepaliveIdle(int(k.Idle/time.Second)))
	}
	if k.Interval > 0 {
		err = errors.Join(err, s.SetTcpKeepaliveIntvl(int(k.Interval/time.Second)))
	}
	return err
}

// notConnected is why a peer is unreachable to which no connection could be made.
func notConnected(endpoint string, cause error) error {
	return fmt.Errorf("connect to %s: %w: %w", endpoint, cause, zebus.ErrPeerUnreachable)
}

// Reasons why a connection ended, or did not come about.
var (
	errRefused   = errors.New("refused, or no way to get there")
	errHandshake = errors.New("it does not speak the protocol, or not now")
	errClosed    = errors.New("closed by the peer or the network")
)

// events returns what to do with the events of the link's socket.
func (p *peer) events(l *link) func(zmq4.Event, int) {
	standing := false
	return func(event zmq4.Event, _ int) {
		switch event {
		case connectionStands:
			standing = true
			p.established(l)
		case zmq4.EVENT_CONNECT_RETRIED:
			p.ended(l, errRefused)
		case zmq4.EVENT_DISCONNECTED:
			if standing {
				p.ended(l, errClosed)
			} else {
				p.ended(l, errHandshake)
			}
		default:
		}
	}
}

// connectionStands is the event from which on messages leave. Before 4.3 libzmq did not say when the handshake was
// over.
var connectionStands = firstPositive(zmq4.EVENT_HANDSHAKE_SUCCEEDED, zmq4.EVENT_CONNECTED)

func firstPositive(events ...zmq4.Event) zmq4.Event {
	for _, e := range events {
		if e > 0 {
			return e
		}
	}
	return 0
}
