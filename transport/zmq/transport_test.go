//go:build cgo

package zmq_test

import (
	"strconv"
	"testing"
)

func TestMessagesCross(t *testing.T) {
	t.Parallel()
	a, b := startNode(t, "Test.A.0", quick()), startNode(t, "Test.B.0", quick())
	for i := range 10 {
		a.send(t, strconv.Itoa(i), b.peer())
	}
	b.send(t, "back", a.peer())
	for i, m := range b.received(t, 10) {
		if got := string(m.Content); got != strconv.Itoa(i) {
			t.Errorf("message %d is %q", i, got)
		}
	}
	a.received(t, 1)
}
