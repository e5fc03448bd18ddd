//go:build cgo

package zmq_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// patience bounds every wait of these tests. It is never reached by one that passes.
const patience = 20 * time.Second

// loopback listens on this machine alone, on a free port.
const loopback = "tcp://127.0.0.1:*"

// quick is a configuration whose times are short.
func quick() zmq.Config {
	return zmq.Config{
		InboundEndpoint:       loopback,
		EndOfStreamAckTimeout: time.Second,
		ReceiveTimeout:        20 * time.Millisecond,
	}
}

// A failure is one report of a message that will not arrive.
type failure struct {
	id  zebus.MessageID
	to  zebus.PeerID
	err error
}

// An uncertainty is one report of messages that may not arrive.
type uncertainty struct {
	to  zebus.PeerID
	n   int
	err error
}

// A recorder is a bus that remembers what it is told.
type recorder struct {
	mu        sync.Mutex
	changed   *sync.Cond
	messages  []zebus.TransportMessage
	failures  []failure
	uncertain []uncertainty
	parted    []zebus.PeerID
	rejected  []zebus.RejectedFrame
	onReceive func([]zebus.TransportMessage)
}

func newRecorder() *recorder {
	r := &recorder{}
	r.changed = sync.NewCond(&r.mu)
	return r
}

func (r *recorder) Receive(batch []zebus.TransportMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, batch...)
	r.changed.Broadcast()
	if r.onReceive != nil {
		r.onReceive(batch)
	}
}

func (r *recorder) SendFailed(id zebus.MessageID, to zebus.PeerID, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, failure{id, to, err})
	r.changed.Broadcast()
}

func (r *recorder) SendUncertain(to zebus.PeerID, n int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.uncertain = append(r.uncertain, uncertainty{to, n, err})
	r.changed.Broadcast()
}

func (r *recorder) PeerParted(id zebus.PeerID, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parted = append(r.parted, id)
	r.changed.Broadcast()
}

func (r *recorder) FrameRejected(f zebus.RejectedFrame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rejected = append(r.rejected, f)
	r.changed.Broadcast()
}

// refused waits for n frames that are rejected and returns the last one.
func (r *recorder) refused(t *testing.T, n int) zebus.RejectedFrame {
	t.Helper()
	r.await(t, "rejected frames", func() bool { return len(r.rejected) >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rejected[len(r.rejected)-1]
}

// await waits until what was recorded satisfies enough, which runs with the mutex held.
func (r *recorder) await(t *testing.T, what string, enough func() bool) {
	t.Helper()
	var late bool
	timer := time.AfterFunc(patience, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		late = true
		r.changed.Broadcast()
	})
	defer timer.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !enough() {
		if late {
			t.Fatalf("%s: not within %v; %d messages, failures %v, uncertain %v", what, patience, len(r.messages), r.failures, r.uncertain)
		}
		r.changed.Wait()
	}
}

// received waits for n messages and returns all there are.
func (r *recorder) received(t *testing.T, n int) []zebus.TransportMessage {
	t.Helper()
	r.await(t, "messages", func() bool { return len(r.messages) >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.messages
}

func (r *recorder) failed(t *testing.T, n int) []failure {
	t.Helper()
	r.await(t, "failures", func() bool { return len(r.failures) >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failures
}

// A node is a started transport with what it is told.
type node struct {
	*zmq.Transport
	*recorder
	self     zebus.Self
	endpoint string
	ids      *zebus.MessageIDSource
}

// startNode starts a transport, and stops it when the test ends.
func startNode(t *testing.T, id zebus.PeerID, cfg zmq.Config) *node {
	t.Helper()
	n := newNode(t, id, cfg)
	n.start(t)
	return n
}

// startInConvoys is startNode for one whose events wait for each other.
func startInConvoys(t *testing.T, id zebus.PeerID, cfg zmq.Config) *node {
	t.Helper()
	n := startNode(t, id, cfg)
	n.InConvoys()
	return n
}

func newNode(t *testing.T, id zebus.PeerID, cfg zmq.Config) *node {
	t.Helper()
	tr, err := zmq.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &node{
		Transport: tr, recorder: newRecorder(), ids: zebus.NewMessageIDSource(nil),
		self: zebus.Self{ID: id, Environment: "Test"},
	}
}

func (n *node) start(t *testing.T) {
	t.Helper()
	endpoint, err := n.Start(t.Context(), n.self, n.recorder)
	if err != nil {
		t.Fatalf("Start = %v", err)
	}
	n.endpoint = endpoint
	t.Cleanup(func() { n.stop(t) })
}

func (n *node) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := n.Stop(ctx); err != nil {
		t.Errorf("Stop = %v", err)
	}
}

// answer completes a command when all that was sent with it is there.
func (n *node) answer(t *testing.T, command *zebus.TransportMessage, to zebus.Peer) {
	t.Helper()
	n.await(t, "the command", func() bool { return len(n.messages) > 0 && n.messages[len(n.messages)-1].ID == command.ID })
	completed := &zebus.MessageExecutionCompleted{SourceCommandID: command.ID}
	m := n.message(string(completed.ZebusAppend(nil)))
	m.Type = completed.ZebusType().ID()
	if err := n.Send(zebus.Delivery{Message: m, To: []zebus.Peer{to}}); err != nil {
		t.Fatalf("Send(answer) = %v", err)
	}
}

// peer returns the node as others see it.
func (n *node) peer() zebus.Peer {
	return zebus.Peer{ID: n.self.ID, Endpoint: n.endpoint, Up: true, Responding: true}
}

// message returns a new message of the node.
func (n *node) message(content string) *zebus.TransportMessage {
	return &zebus.TransportMessage{
		ID: n.ids.Next(), Type: "Test.Message", Content: []byte(content),
		Originator: zebus.Originator{SenderID: n.self.ID, SenderEndpoint: n.endpoint},
	}
}

// send sends a new message and wants no error.
func (n *node) send(t *testing.T, content string, to ...zebus.Peer) *zebus.TransportMessage {
	t.Helper()
	m := n.message(content)
	if err := n.Send(zebus.Delivery{Message: m, To: to}); err != nil {
		t.Fatalf("Send(%s) = %v", content, err)
	}
	return m
}
