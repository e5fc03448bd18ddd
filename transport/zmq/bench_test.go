//go:build cgo

package zmq_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// A counter is a bus that counts.
type counter struct {
	messages atomic.Int64
	want     int64
	done     chan struct{}
}

func (c *counter) Receive(batch []zebus.TransportMessage) {
	if n := c.messages.Add(int64(len(batch))); n >= c.want && n-int64(len(batch)) < c.want {
		close(c.done)
	}
}

func (*counter) SendFailed(zebus.MessageID, zebus.PeerID, error) {}

func (*counter) SendUncertain(zebus.PeerID, int, error) {}

// BenchmarkOneWay sends messages of 100 bytes from one transport to another of this process, as fast as they are taken.
func BenchmarkOneWay(b *testing.B) {
	receiver := &counter{want: 1 << 62, done: make(chan struct{})}
	to := startBench(b, "Bench.Receiver.0", receiver)
	sender := startBench(b, "Bench.Sender.0", &counter{want: 1 << 62})
	ids := zebus.NewMessageIDSource(nil)
	m := &zebus.TransportMessage{
		Type: "Bench.Message", Content: make([]byte, 100),
		Originator: zebus.Originator{SenderID: "Bench.Sender.0", SenderEndpoint: sender.endpoint},
	}
	d := zebus.Delivery{Message: m, To: []zebus.Peer{{ID: "Bench.Receiver.0", Endpoint: to.endpoint}}}
	sent := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		m.ID = ids.Next()
		for err := sender.Send(d); err != nil; err = sender.Send(d) {
			if !errors.Is(err, zebus.ErrPeerBusy) {
				b.Fatal(err)
			}
			if err := sender.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		sent++
	}
	if err := sender.Stop(b.Context()); err != nil { // returns when everything was read
		b.Fatal(err)
	}
	if got := receiver.messages.Load(); got != sent {
		b.Errorf("received %d of %d", got, sent)
	}
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "msg/s")
}

// BenchmarkSend is what a message of 100 bytes costs its sender, to one peer and to ten, in bursts that libzmq takes at once.
func BenchmarkSend(b *testing.B) {
	const burst = 4096
	for _, tc := range []struct {
		name  string
		peers int
		event bool
	}{
		{"to one", 1, false}, {"to ten", 10, false}, {"an event to one", 1, true}, {"an event to ten", 10, true},
	} {
		b.Run(tc.name, func(b *testing.B) {
			sender := startBench(b, "Bench.Sender.0", &counter{want: 1 << 62})
			d := zebus.Delivery{MayWait: tc.event}
			var readers []*counter
			for i := range tc.peers {
				r, id := &counter{want: 1 << 62}, zebus.PeerID(fmt.Sprintf("Bench.Receiver.%d", i))
				d.To = append(d.To, zebus.Peer{ID: id, Endpoint: startBench(b, id, r).endpoint})
				readers = append(readers, r)
			}
			d.Message = &zebus.TransportMessage{
				ID: zebus.NewMessageIDSource(nil).Next(), Type: "Bench.Message", Content: make([]byte, 100),
				Originator: zebus.Originator{SenderID: "Bench.Sender.0", SenderEndpoint: sender.endpoint},
			}
			var sending time.Duration
			sent := int64(0)
			b.ReportAllocs()
			for b.Loop() {
				begin := time.Now()
				for range burst {
					if err := sender.Send(d); err != nil {
						b.Fatal(err)
					}
				}
				sending += time.Since(begin)
				sent += burst
				for _, r := range readers {
					for r.messages.Load() < sent {
						runtime.Gosched()
					}
				}
			}
			b.ReportMetric(0, "ns/op") // the waits included
			b.ReportMetric(float64(sending)/float64(sent), "ns/message")
		})
	}
}

type benchNode struct {
	*zmq.Transport
	endpoint string
}

func startBench(b *testing.B, id zebus.PeerID, in zebus.Inbound) benchNode {
	b.Helper()
	t, err := zmq.New(zmq.Config{InboundEndpoint: loopback, SendTimeout: patience})
	if err != nil {
		b.Fatal(err)
	}
	endpoint, err := t.Start(b.Context(), zebus.Self{ID: id, Environment: "Bench"}, in)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = t.Stop(context.Background()) })
	return benchNode{t, endpoint}
}
