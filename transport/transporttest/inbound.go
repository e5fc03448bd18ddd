package transporttest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// guard is how long a test waits for what must happen before it fails. Nothing waits for it to pass.
const guard = 20 * time.Second

// Inbound is a bus that writes down what its transport tells it, for tests to wait for.
type Inbound struct {
	mu        sync.Mutex
	changed   chan struct{} // closed at the next change; nil while nobody waits
	messages  []zebus.TransportMessage
	failures  []Failure
	uncertain []Uncertain
	closed    bool // nothing may come any more
	late      int  // what came all the same
}

// A Failure is a call of SendFailed.
type Failure struct {
	ID  zebus.MessageID
	To  zebus.PeerID
	Err error
}

// Uncertain is a call of SendUncertain.
type Uncertain struct {
	To  zebus.PeerID
	N   int
	Err error
}

var _ zebus.Inbound = (*Inbound)(nil)

// Receive implements [zebus.Inbound].
func (in *Inbound) Receive(batch []zebus.TransportMessage) {
	in.note(func() { in.messages = append(in.messages, batch...) })
}

// SendFailed implements [zebus.Inbound].
func (in *Inbound) SendFailed(id zebus.MessageID, to zebus.PeerID, err error) {
	in.note(func() { in.failures = append(in.failures, Failure{ID: id, To: to, Err: err}) })
}

// SendUncertain implements [zebus.Inbound].
func (in *Inbound) SendUncertain(to zebus.PeerID, n int, err error) {
	in.note(func() { in.uncertain = append(in.uncertain, Uncertain{To: to, N: n, Err: err}) })
}

// note makes a change and wakes those who wait for one.
func (in *Inbound) note(change func()) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		in.late++
	}
	change()
	if in.changed != nil {
		close(in.changed)
		in.changed = nil
	}
}

// Close says that nothing may come any more: what does is counted.
func (in *Inbound) Close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
}

// Late returns how many calls came after Close.
func (in *Inbound) Late() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.late
}

// Messages returns what was received so far, in order.
func (in *Inbound) Messages() []zebus.TransportMessage {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.messages)
}

// Failures returns what SendFailed was called with so far, in order.
func (in *Inbound) Failures() []Failure {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.failures)
}

// Uncertain returns what SendUncertain was called with so far, in order.
func (in *Inbound) Uncertain() []Uncertain {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.uncertain)
}

// AwaitMessages waits until n messages in all have been received and returns them.
func (in *Inbound) AwaitMessages(tb testing.TB, n int) []zebus.TransportMessage {
	tb.Helper()
	in.Await(tb, "messages received", func() bool { return len(in.Messages()) >= n })
	return in.Messages()
}

// AwaitMessage waits for a message and returns it. It fails where there are several.
func (in *Inbound) AwaitMessage(tb testing.TB) zebus.TransportMessage {
	tb.Helper()
	got := in.AwaitMessages(tb, 1)
	if len(got) != 1 {
		tb.Fatalf("%d messages received, want 1", len(got))
	}
	return got[0]
}

// AwaitFailures waits until n messages in all have been reported as failed and returns the reports.
func (in *Inbound) AwaitFailures(tb testing.TB, n int) []Failure {
	tb.Helper()
	in.Await(tb, "failures reported", func() bool { return len(in.Failures()) >= n })
	return in.Failures()
}

// Await waits until done, which is asked after each change. It fails the test when that takes too long.
func (in *Inbound) Await(tb testing.TB, what string, done func() bool) {
	tb.Helper()
	timeout := time.After(guard)
	for {
		changed := in.nextChange()
		if done() {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			tb.Fatalf("waited in vain: %s (%d messages, %d failures, %d uncertain)",
				what, len(in.Messages()), len(in.Failures()), len(in.Uncertain()))
		}
	}
}

func (in *Inbound) nextChange() <-chan struct{} {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.changed == nil {
		in.changed = make(chan struct{})
	}
	return in.changed
}
