//go:build cgo

package zmq_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/transporttest"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// TestTransport runs the contract, whose cases are named where they are written: K01–K11, K13–K25, X11, X12, X15–X17, X28
// and X34.
func TestTransport(t *testing.T) {
	t.Parallel()
	injectors := injectors{peers: map[injector]*rawPeer{}}
	features := transporttest.Features{EndOfStream: true, SocketLimit: true, Reserve: reserved, Listen: listenFrames, Inject: injectors.inject}
	transporttest.Run(t, features, func(tb testing.TB, o transporttest.Options) zebus.Transport {
		tb.Helper()
		tr, err := zmq.New(zmq.Config{
			InboundEndpoint:           or(o.Endpoint, loopback),
			EndOfStreamAckTimeout:     o.EndOfStreamAckTimeout,
			SendHighWaterMark:         o.SendHighWaterMark,
			ReceiveHighWaterMark:      o.ReceiveHighWaterMark,
			SendQueueLimit:            o.SendQueueLimit,
			SendRetriesBeforeClosed:   o.SendRetriesBeforeClosed,
			ClosedAfterSendFailure:    o.ClosedAfterSendFailure,
			ClosedAfterConnectFailure: o.ClosedAfterConnectFailure,
			MaxSockets:                o.MaxSockets,
			MaxMessageSize:            o.MaxMessageSize,
			ReceiveTimeout:            20 * time.Millisecond,
		})
		if err != nil {
			tb.Fatal(err)
		}
		return tr
	})
}

func or[T comparable](v, whenZero T) T {
	var zero T
	if v == zero {
		return whenZero
	}
	return v
}

// listenFrames receives at an endpoint as libzmq would, from any number of connections.
func listenFrames(tb testing.TB, receive func(frame []byte)) string {
	tb.Helper()
	server := listenRaw(tb)
	var mu sync.Mutex
	var readers sync.WaitGroup
	var open []net.Conn
	readers.Go(func() {
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			readers.Go(func() { readFrames(tb, &rawPeer{conn}, &mu, receive) })
		}
	})
	tb.Cleanup(func() {
		_ = server.Close()
		mu.Lock()
		for _, conn := range open {
			_ = conn.Close()
		}
		mu.Unlock()
		readers.Wait()
	})
	return server.endpoint()
}

// readFrames calls receive with every frame of one connection, until that ends.
func readFrames(tb testing.TB, p *rawPeer, mu *sync.Mutex, receive func(frame []byte)) {
	tb.Helper()
	if err := p.tryShake(recorded(tb, "PULL"), recorded(tb, "PUSH")); err != nil {
		return // whoever called has gone again
	}
	_ = p.SetDeadline(time.Time{})
	for {
		_, body, err := p.tryReadFrame()
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrUnexpectedEOF) {
				tb.Logf("listening peer: %v", err)
			}
			return
		}
		mu.Lock()
		receive(body)
		mu.Unlock()
	}
}

// Injectors are the connections by which tests send frames to endpoints, one for each.
type injectors struct {
	mu    sync.Mutex
	peers map[injector]*rawPeer
}

type injector struct {
	tb       testing.TB
	endpoint string
}

func (i *injectors) inject(tb testing.TB, endpoint string, frame []byte) {
	tb.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	key := injector{tb, endpoint}
	p, ok := i.peers[key]
	if !ok {
		p = dialRaw(tb, endpoint)
		i.peers[key] = p
	}
	p.sendFrame(tb, frame, false)
}
