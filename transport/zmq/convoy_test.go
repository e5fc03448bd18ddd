//go:build cgo

package zmq_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/zebus"
)

// publish sends numbered messages that may wait for each other, but for every n-th one where n is not 0.
func publish(t *testing.T, from *node, count, n, size int, to ...zebus.Peer) {
	t.Helper()
	for i := range count {
		content := strconv.Itoa(i) + " " + strings.Repeat("x", size)
		d := zebus.Delivery{Message: from.message(content), To: to, MayWait: n == 0 || i%n > 0}
		if err := from.Send(d); err != nil {
			t.Fatal(err)
		}
	}
}

// wantInOrder waits for numbered messages.
func wantInOrder(t *testing.T, at *node, count int) {
	t.Helper()
	for i, m := range at.received(t, count) {
		if number, _, _ := strings.Cut(string(m.Content), " "); number != strconv.Itoa(i) {
			t.Fatalf("%s: message %d has number %s", at.self.ID, i, number)
		}
	}
}

func TestConvoy(t *testing.T) {
	t.Parallel()
	const count = 10_000
	tests := map[string]struct{ every, size int }{
		"the last events arrive, with nothing behind them": {0, 10},
		"what must not wait stays in its place":            {7, 10},
		"commands in a row stay in their places":           {2, 10},
		"frames that fill a convoy before it is complete":  {0, 1500},
		"frames too long for a convoy":                     {0, 5000},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startInConvoys(t, "Test.Publisher.0", quick())
			b, c := startNode(t, "Test.Reader.0", quick()), startNode(t, "Test.Reader.1", quick())
			publish(t, a, count, tc.every, tc.size, b.peer(), c.peer())
			wantInOrder(t, b, count)
			wantInOrder(t, c, count)
		})
	}
	t.Run("a stop sends what waits", func(t *testing.T) {
		t.Parallel()
		a, b := startInConvoys(t, "Test.Publisher.0", quick()), startNode(t, "Test.Reader.0", quick())
		publish(t, a, count, 0, 10, b.peer())
		a.stop(t)
		wantInOrder(t, b, count)
		if len(a.failures)+len(a.uncertain) > 0 {
			t.Errorf("failures %v, uncertain %v", a.failures, a.uncertain)
		}
	})
	t.Run("events before the connection stands, and what libzmq does not take, stay in order", func(t *testing.T) {
		t.Parallel()
		cfg := quick()
		cfg.SendHighWaterMark = 100
		cfg.SendTimeout = patience
		a, b := startInConvoys(t, "Test.Publisher.0", cfg), startNode(t, "Test.Reader.0", quick())
		publish(t, a, count, 5, 10, b.peer())
		wantInOrder(t, b, count)
	})
}
