package directory

import (
	"slices"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

func TestChoiceHears(t *testing.T) {
	now := time.Now()
	c := newChoice([]string{"tcp://alias:1", "tcp://other:1"}, false, time.Minute)
	want := func(what string, want ...string) {
		t.Helper()
		order := c.order(now)
		got := make([]string, len(order))
		for i, d := range order {
			got[i] = d.Endpoint
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: order %q, want %q", what, got, want)
		}
	}
	c.hear(PeerID(0), "tcp://true:1")
	want("a directory that pinged is asked where it says it is", "tcp://true:1", "tcp://alias:1", "tcp://other:1")
	c.hear(PeerID(0), "tcp://ALIAS:1")
	want("case makes no other place", "tcp://alias:1", "tcp://other:1")
	c.hear(zebus.PeerID("Stranger.0"), "tcp://stranger:1")
	if len(c.heard) != 1 {
		t.Errorf("a stranger is remembered: %v", c.heard)
	}
	c.hear(PeerID(0), "tcp://true:1")
	c.fail(zebus.Peer{ID: PeerID(0), Endpoint: "tcp://true:1"}, now)
	want("a place that failed is forgotten", "tcp://alias:1", "tcp://other:1")
	c.hear(PeerID(0), "tcp://true:1")
	c.forgetHeard()
	want("a new registration goes by the configuration", "tcp://alias:1", "tcp://other:1")
}
