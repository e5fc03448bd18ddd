package zebustest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// activity counts what is under way on a network: frames on the wire until they have been handed up, and messages in
// the hands of a bus until they are done. Whatever follows from something is counted before that is counted
// out, so the count reaches zero only when nothing is under way anywhere.
type activity struct {
	mu    sync.Mutex
	count int
	quiet chan struct{} // closed at zero; nil while nobody waits
}

func (a *activity) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
}

func (a *activity) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count--
	if a.count == 0 && a.quiet != nil {
		close(a.quiet)
		a.quiet = nil
	}
}

// atQuiet returns a channel that is closed when nothing is under way, nil when that is so now.
func (a *activity) atQuiet() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.count == 0 {
		return nil
	}
	if a.quiet == nil {
		a.quiet = make(chan struct{})
	}
	return a.quiet
}

// wait waits until nothing is under way, and says whether that came before ctx ended.
func (a *activity) wait(ctx context.Context) bool {
	quiet := a.atQuiet()
	if quiet == nil {
		return true
	}
	select {
	case <-quiet:
		return true
	case <-ctx.Done():
		return false
	}
}

func (a *activity) now() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// WaitQuiet waits until no message is under way anywhere: none on the wire, none in a queue, no handler at work, and
// everything that followed from them done too. Goroutines that a service starts by itself are not seen. A handler that
// waits is at work; in a bubble of testing/synctest the time that it waits for passes meanwhile. When it takes too long the
// test ends with a list of what is under way. A handler must not call it.
func (n *Network) WaitQuiet() {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), n.patience())
	defer cancel()
	if !n.activity.wait(ctx) {
		n.t.Fatalf("not quiet after %v:\n%s", n.patience(), n.busy())
	}
}

// busy lists what is under way, one line for each bus that has something in hand.
func (n *Network) busy() string {
	lines := []string{fmt.Sprintf("\t%d messages are under way", n.activity.now())}
	for _, bus := range n.buses() {
		if line := busyLine(bus.Stats()); line != "" {
			lines = append(lines, fmt.Sprintf("\t%s: %s", bus.ID(), line))
		}
	}
	return strings.Join(lines, "\n")
}

func busyLine(s zebus.Stats) string {
	var parts []string
	for _, q := range s.Dispatch.Queues {
		if q.Running != "" {
			parts = append(parts, fmt.Sprintf("%s runs on queue %s", q.Running, q.Name))
		}
		for _, name := range q.Lent {
			parts = append(parts, name+" waits for an answer")
		}
		if q.Length > 0 {
			parts = append(parts, fmt.Sprintf("%d wait in queue %s", q.Length, q.Name))
		}
	}
	if s.PendingCommands > 0 {
		parts = append(parts, commands(s.PendingCommands)+" without an answer")
	}
	return strings.Join(parts, ", ")
}

func commands(n int) string {
	if n == 1 {
		return "1 command"
	}
	return fmt.Sprintf("%d commands", n)
}

// within returns a context that outlives that of the test, for its end.
func within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
