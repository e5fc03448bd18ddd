package memory_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/transport/transporttest"
	"github.com/zebus-go/zebus/zebus"
)

// A node is a transport with a bus that takes notes.
type node struct {
	*memory.Transport
	*transporttest.Inbound
	peer zebus.Peer
	ids  *zebus.MessageIDSource
}

func start(tb testing.TB, network *memory.Network, id zebus.PeerID, c memory.Config) *node {
	tb.Helper()
	n := &node{Inbound: &transporttest.Inbound{}, ids: zebus.NewMessageIDSource(nil)}
	var err error
	if n.Transport, err = network.NewTransport(c); err != nil {
		tb.Fatal(err)
	}
	endpoint, err := n.Start(tb.Context(), zebus.Self{ID: id, Environment: "Test"}, n.Inbound)
	if err != nil {
		tb.Fatal(err)
	}
	n.peer = zebus.Peer{ID: id, Endpoint: endpoint, Up: true, Responding: true}
	tb.Cleanup(func() { _ = n.Stop(context.Background()) })
	return n
}

// message returns a message of the node.
func (n *node) message(content string) *zebus.TransportMessage {
	return &zebus.TransportMessage{
		ID: n.ids.Next(), Type: "Test.Note", Content: []byte(content),
		Originator: zebus.Originator{SenderID: n.peer.ID, SenderEndpoint: n.peer.Endpoint},
	}
}

// send sends a message to some nodes and returns its id.
func (n *node) send(content string, to ...*node) (zebus.MessageID, error) {
	m := n.message(content)
	d := zebus.Delivery{Message: m}
	for _, other := range to {
		d.To = append(d.To, other.peer)
	}
	return m.ID, n.Send(d)
}

func (n *node) mustSend(tb testing.TB, content string, to ...*node) zebus.MessageID {
	tb.Helper()
	id, err := n.send(content, to...)
	if err != nil {
		tb.Fatalf("Send(%s) = %v", content, err)
	}
	return id
}

// contents returns what messages say.
func contents(messages []zebus.TransportMessage) []string {
	texts := make([]string, 0, len(messages))
	for _, m := range messages {
		texts = append(texts, string(m.Content))
	}
	return texts
}

func TestHungPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		a := start(t, network, "A.0", memory.Config{SendQueueLimit: 1000})
		hung, live := start(t, network, "B.0", memory.Config{}), start(t, network, "C.0", memory.Config{})
		network.Hang(hung.peer.Endpoint)

		accepted := 0
		var refused error
		for {
			_, refused = a.send("x", hung, live)
			live.AwaitMessages(t, accepted+1) // whatever becomes of the other
			if refused != nil {
				break
			}
			accepted++
		}
		if to, ok := errors.AsType[*zebus.SendError](refused); !ok || to.To != "B.0" || !errors.Is(refused, zebus.ErrPeerBusy) {
			t.Fatalf("Send to a full queue = %v, want ErrPeerBusy for B.0", refused)
		}
		flushed := make(chan error)
		go func() { flushed <- a.Flush(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-flushed:
			t.Fatalf("Flush = %v while a queue is full", err)
		default:
		}
		network.Resume(hung.peer.Endpoint)
		if err := <-flushed; err != nil {
			t.Errorf("Flush = %v", err)
		}
		if got := hung.AwaitMessages(t, accepted); len(got) != accepted {
			t.Errorf("%d messages arrived, %d were accepted", len(got), accepted)
		}
	})
}

func TestFlushEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		a := start(t, network, "A.0", memory.Config{SendQueueLimit: 1})
		b := start(t, network, "B.0", memory.Config{})
		network.Hang(b.peer.Endpoint)
		a.mustSend(t, "x", b)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := a.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush = %v, want the end of its context", err)
		}
	})
}

func TestPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		a, b := start(t, network, "A.0", memory.Config{}), start(t, network, "B.0", memory.Config{})
		network.Partition(b.peer.Endpoint)
		to, from := a.mustSend(t, "to b", b), b.mustSend(t, "from b", a)
		for n, id := range map[*node]zebus.MessageID{a: to, b: from} {
			f := n.AwaitFailures(t, 1)[0]
			if f.ID != id || !errors.Is(f.Err, zebus.ErrPeerUnreachable) {
				t.Errorf("%s: reported %+v, want ErrPeerUnreachable for %s", n.peer.ID, f, id)
			}
		}
		network.Heal(b.peer.Endpoint)
		a.mustSend(t, "healed", b)
		if got := contents(b.AwaitMessages(t, 1)); !slices.Equal(got, []string{"healed"}) {
			t.Errorf("received %q", got)
		}
	})
}

func TestStopReportsWhatAHungPeerDidNotTake(t *testing.T) {
	tests := map[string]struct {
		patience time.Duration
		want     error
	}{
		"after the stop timeout":            {time.Hour, nil},
		"at the end of the context of Stop": {time.Second, context.DeadlineExceeded},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := memory.NewNetwork()
				a := start(t, network, "A.0", memory.Config{StopTimeout: time.Minute})
				b := start(t, network, "B.0", memory.Config{})
				network.Hang(b.peer.Endpoint)
				id := a.mustSend(t, "x", b)
				ctx, cancel := context.WithTimeout(t.Context(), tc.patience)
				defer cancel()
				if err := a.Stop(ctx); !errors.Is(err, tc.want) {
					t.Errorf("Stop = %v, want %v", err, tc.want)
				}
				if got := a.Failures(); len(got) != 1 || got[0].ID != id {
					t.Errorf("reported %v, want %s", got, id)
				}
				network.Resume(b.peer.Endpoint)
				synctest.Wait()
				if got := b.Messages(); len(got) != 0 {
					t.Errorf("what was reported as lost arrived: %q", contents(got))
				}
			})
		})
	}
}

func TestWhatAStoppingPeerDidNotTakeIsReportedToItsSenders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		a, b := start(t, network, "A.0", memory.Config{}), start(t, network, "B.0", memory.Config{})
		network.Hang(b.peer.Endpoint)
		id := a.mustSend(t, "x", b)
		if err := b.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f := a.AwaitFailures(t, 1)[0]; f.ID != id || f.To != "B.0" || !errors.Is(f.Err, zebus.ErrPeerUnreachable) {
			t.Errorf("reported %+v", f)
		}
	})
}

func TestPeerChanges(t *testing.T) {
	tests := map[string]struct {
		kind zebus.PeerChangeKind
		want error // nil: nothing is reported
	}{
		"a peer that started again has lost what waited":  {zebus.PeerStartedChange, zebus.ErrPeerRestarted},
		"a peer that is gone for good takes nothing more": {zebus.PeerDecommissionedChange, zebus.ErrPeerGone},
		"a peer that stopped will be back":                {zebus.PeerStoppedChange, nil},
		"an update changes nothing":                       {zebus.PeerUpdatedChange, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := memory.NewNetwork()
				a, b := start(t, network, "A.0", memory.Config{}), start(t, network, "B.0", memory.Config{})
				network.Hang(b.peer.Endpoint)
				a.mustSend(t, "before", b)
				a.PeerChanged(zebus.PeerChange{Kind: tc.kind, Peer: b.peer})
				a.mustSend(t, "after", b)
				network.Resume(b.peer.Endpoint)
				synctest.Wait()
				want := []string{"before", "after"}
				if tc.want != nil {
					want = want[1:]
					if got := a.Failures(); len(got) != 1 || !errors.Is(got[0].Err, tc.want) {
						t.Errorf("reported %v, want one %v", got, tc.want)
					}
				}
				if got := contents(b.Messages()); !slices.Equal(got, want) {
					t.Errorf("received %q, want %q", got, want)
				}
			})
		})
	}
}

func TestTapSeesTheFramesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		var seen []string
		network.Tap(func(f memory.Frame) {
			m, err := transport.ReadMessage(bytes.Clone(f.Bytes))
			seen = append(seen, fmt.Sprintf("%s > %s: %s %v", f.From, f.To, m.Content, err))
		})
		a := start(t, network, "A.0", memory.Config{Endpoint: "tcp://localhost:1"})
		b := start(t, network, "B.0", memory.Config{Endpoint: "tcp://localhost:2"})
		a.mustSend(t, "one", b)
		a.mustSend(t, "two", a, b)
		synctest.Wait()
		want := []string{
			"tcp://localhost:1 > tcp://localhost:2: one <nil>",
			"tcp://localhost:1 > tcp://localhost:1: two <nil>",
			"tcp://localhost:1 > tcp://localhost:2: two <nil>",
		}
		if !slices.Equal(seen, want) {
			t.Errorf("tap saw\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestListenAndInject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		a := start(t, network, "A.0", memory.Config{})
		var heard []string
		stop, err := network.Listen("tcp://LOCALHOST:41002", func(frame []byte) {
			m, err := transport.ReadMessage(frame)
			heard = append(heard, fmt.Sprintf("%s %v", m.Content, err))
			if err := network.Inject(a.peer.Endpoint, frame); err != nil {
				t.Error(err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		raw := &node{peer: zebus.Peer{ID: "Raw.0", Endpoint: "tcp://localhost:41002"}}
		a.mustSend(t, "there and back", raw)
		a.AwaitMessage(t)
		if want := []string{"there and back <nil>"}; !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
		stop()
		a.mustSend(t, "nobody there", raw)
		a.AwaitFailures(t, 1)
		if err := network.Inject("tcp://localhost:41002", nil); !errors.Is(err, memory.ErrNobodyThere) {
			t.Errorf("Inject = %v, want ErrNobodyThere", err)
		}
	})
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	network := memory.NewNetwork()
	a := start(t, network, "A.0", memory.Config{Endpoint: "tcp://some.name:*"})
	if a.peer.Endpoint != "tcp://some.name:1" || a.Endpoint() != a.peer.Endpoint {
		t.Errorf("receives at %q, says %q", a.peer.Endpoint, a.Endpoint())
	}
	second, err := network.NewTransport(memory.Config{Endpoint: "tcp://SOME.name:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Start(t.Context(), zebus.Self{ID: "B.0"}, &transporttest.Inbound{}); !errors.Is(err, memory.ErrEndpointInUse) {
		t.Errorf("Start = %v, want ErrEndpointInUse", err)
	}
	if err := a.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Start(t.Context(), zebus.Self{ID: "B.0"}, &transporttest.Inbound{}); err != nil {
		t.Errorf("Start at an endpoint that is free again = %v", err)
	}
	if err := second.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestConfigReportsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := memory.NewNetwork().NewTransport(memory.Config{
		Endpoint: "localhost", MaxMessageSize: -1, SendQueueLimit: -1, StopTimeout: -1,
	})
	for _, what := range []string{`endpoint "localhost"`, "max message size", "send queue limit", "stop timeout"} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("error %q does not name the %s", err, what)
		}
	}
}
