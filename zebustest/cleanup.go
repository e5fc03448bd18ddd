package zebustest

import (
	"context"
	"slices"

	"github.com/zebus-go/zebus/zebus"
)

// cleanUp ends the network at the end of its test, and fails the test for what is left over.
func (n *Network) cleanUp() {
	n.t.Helper()
	n.Heal()
	ctx, cancel := within(n.patience())
	defer cancel()
	quiet := n.activity.wait(ctx)
	if quiet {
		n.reportUnanswered()
	} else {
		n.t.Errorf("the test ended while something was under way; after %v more:\n%s", n.patience(), n.busy())
	}
	for _, bus := range slices.Backward(n.buses()) {
		if bus.IsRunning() {
			n.stop(bus, quiet)
		}
	}
	for _, p := range n.troubles.strict() {
		n.t.Errorf("nobody looked at this problem: %v", p)
	}
}

// reportUnanswered fails the test for commands that nobody will answer: nothing is under way any more.
func (n *Network) reportUnanswered() {
	n.t.Helper()
	for _, bus := range n.buses() {
		if pending := bus.PendingCommands(); pending > 0 {
			n.t.Errorf("%s still waits for the answers to %s", bus.ID(), commands(pending))
		}
	}
}

// stop stops a bus. Handlers that would not end have their contexts cancelled first.
func (n *Network) stop(bus *zebus.Bus, quiet bool) {
	n.t.Helper()
	if !quiet {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		if err := bus.Stop(ended); err == nil || !bus.IsRunning() {
			return
		}
	}
	ctx, cancel := within(n.patience())
	defer cancel()
	if err := bus.Stop(ctx); err != nil {
		n.t.Errorf("stop %s: %v", bus.ID(), err)
	}
}
