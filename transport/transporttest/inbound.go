package transporttest

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// guard is how long a test waits for what must happen before it fails. Nothing waits for it to pass.
const guard = 20 * time.Second

// Inbound is a bus that writes down what its transport tells it, for tests to wait for, and notices when the transport
// breaks the rules of [zebus.Inbound]. The zero Inbound is ready.
type Inbound struct {
	// OnReceive and OnFailed are called as the bus would react: within Receive and SendFailed, after the note is taken.
	// Set them before the transport starts.
	OnReceive func(zebus.TransportMessage)
	OnFailed  func(Failure)

	receiving atomic.Bool

	mu        sync.Mutex
	changed   chan struct{} // closed at the next change; nil while nobody waits
	messages  []zebus.TransportMessage
	failures  []Failure
	uncertain []Uncertain
	rejected  []zebus.RejectedFrame
	broken    []string      // rules that the transport broke
	closed    bool          // nothing may come any more
	hang      chan struct{} // Receive waits for it; nil when the bus does not hang
	stuck     bool          // Receive is waiting for it
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

var (
	_ zebus.Inbound           = (*Inbound)(nil)
	_ zebus.RejectionListener = (*Inbound)(nil)
)

// Receive implements [zebus.Inbound]. It empties the slice, which belongs to the transport.
func (in *Inbound) Receive(batch []zebus.TransportMessage) {
	if in.receiving.Swap(true) {
		in.blame("Receive is called while it runs")
	}
	defer in.receiving.Store(false)
	in.awaitRelease()
	received := slices.Clone(batch)
	clear(batch)
	in.note(func() { in.messages = append(in.messages, received...) })
	if in.OnReceive != nil {
		for _, m := range received {
			in.OnReceive(m)
		}
	}
}

// SendFailed implements [zebus.Inbound].
func (in *Inbound) SendFailed(id zebus.MessageID, to zebus.PeerID, err error) {
	if withinSend() {
		in.blame("SendFailed is called within Send")
	}
	f := Failure{ID: id, To: to, Err: err}
	in.note(func() { in.failures = append(in.failures, f) })
	if in.OnFailed != nil {
		in.OnFailed(f)
	}
}

// SendUncertain implements [zebus.Inbound].
func (in *Inbound) SendUncertain(to zebus.PeerID, n int, err error) {
	in.note(func() { in.uncertain = append(in.uncertain, Uncertain{To: to, N: n, Err: err}) })
}

// FrameRejected implements [zebus.RejectionListener].
func (in *Inbound) FrameRejected(f zebus.RejectedFrame) {
	in.note(func() { in.rejected = append(in.rejected, f) })
}

// withinSend says whether the Send of a transport is on the stack of the caller.
func withinSend() bool {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "Transport).Send") {
			return true
		}
		if !more {
			return false
		}
	}
}

// note makes a change and wakes those who wait for one.
func (in *Inbound) note(change func()) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		in.broken = append(in.broken, "something comes after Stop has returned")
	}
	change()
	if in.changed != nil {
		close(in.changed)
		in.changed = nil
	}
}

func (in *Inbound) blame(rule string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.broken = append(in.broken, rule)
}

// Hang makes Receive wait until Release, as the bus of a process that hangs.
func (in *Inbound) Hang() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.hang == nil {
		in.hang = make(chan struct{})
	}
}

// Release ends Hang.
func (in *Inbound) Release() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.hang != nil {
		close(in.hang)
		in.hang = nil
	}
}

func (in *Inbound) awaitRelease() {
	in.mu.Lock()
	hang := in.hang
	in.mu.Unlock()
	if hang == nil {
		return
	}
	in.note(func() { in.stuck = true })
	<-hang
	in.note(func() { in.stuck = false })
}

// AwaitHanging waits until Receive hangs: what comes now stays with the transport.
func (in *Inbound) AwaitHanging(tb testing.TB) {
	tb.Helper()
	in.Await(tb, "the bus to hang", func() bool {
		in.mu.Lock()
		defer in.mu.Unlock()
		return in.stuck
	})
}

// Close says that the transport has stopped: nothing may come any more.
func (in *Inbound) Close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
}

// Open says that the transport is started again.
func (in *Inbound) Open() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = false
}

// check fails the test for every rule that the transport broke.
func (in *Inbound) check(tb testing.TB) {
	tb.Helper()
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, rule := range slices.Compact(in.broken) {
		tb.Errorf("the transport breaks the contract: %s", rule)
	}
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

// Rejected returns what FrameRejected was called with so far, in order.
func (in *Inbound) Rejected() []zebus.RejectedFrame {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.rejected)
}

type counts struct{ messages, failures, uncertain int }

func (in *Inbound) counts() counts {
	in.mu.Lock()
	defer in.mu.Unlock()
	return counts{len(in.messages), len(in.failures), len(in.uncertain)}
}

// AwaitMessages waits until n messages in all have been received and returns them.
func (in *Inbound) AwaitMessages(tb testing.TB, n int) []zebus.TransportMessage {
	tb.Helper()
	in.Await(tb, "messages", func() bool { return in.counts().messages >= n })
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
	in.Await(tb, "failures", func() bool { return in.counts().failures >= n })
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
			tb.Fatalf("waited in vain for %s: there are %+v", what, in.counts())
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
