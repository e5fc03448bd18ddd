package zmq

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

var errTest = errors.New("test")

func TestBreaker(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const period = 15 * time.Second

	t.Run("X27 the third failure in a row closes, for a period, and then one attempt is made", func(t *testing.T) {
		t.Parallel()
		b := breaker{retries: 2}
		for i, want := range []bool{false, false, true} {
			if got := b.failed(start, errTest, period); got != want {
				t.Errorf("failure %d closes: %t, want %t", i+1, got, want)
			}
		}
		if err := b.closed(start.Add(period - time.Second)); !errors.Is(err, errTest) || !strings.Contains(err.Error(), "in 1s") {
			t.Errorf("closed one second before the end = %v, want the reason and the time left", err)
		}
		if err := b.closed(start.Add(period)); err != nil {
			t.Errorf("closed at the end = %v", err)
		}
		if !b.failed(start.Add(period), errTest, period) {
			t.Error("the attempt after the period fails, and does not close again")
		}
	})
	t.Run("X27 a success clears the counter", func(t *testing.T) {
		t.Parallel()
		b := breaker{retries: 2}
		b.failed(start, errTest, period)
		b.failed(start, errTest, period)
		b.succeeded()
		if b.failed(start, errTest, period) {
			t.Error("one failure after a success closes")
		}
	})
	t.Run("without retries the first failure closes", func(t *testing.T) {
		t.Parallel()
		b := breaker{}
		if !b.failed(start, errTest, period) {
			t.Error("the first failure does not close")
		}
	})
	t.Run("what is opened is open at once", func(t *testing.T) {
		t.Parallel()
		b := breaker{}
		b.shut(start, errTest, period)
		b.open()
		if err := b.closed(start); err != nil {
			t.Errorf("closed = %v", err)
		}
	})
}

func TestTally(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	// Each step sends that many messages, and then hears from the peer, or not, so long after the start.
	type step struct {
		send  int
		heard time.Duration // 0 when not
	}
	for name, tc := range map[string]struct {
		steps []step
		want  int
	}{
		"nothing was sent": {nil, 0},
		"a peer that is never heard of may have lost all":    {[]step{{10, 0}, {5, 0}}, 15},
		"one sign of life proves nothing":                    {[]step{{10, settleTime}}, 10},
		"a second one proves what was sent before the first": {[]step{{10, settleTime}, {5, 2 * settleTime}, {1, 0}}, 6},
		"two at once are one":                                {[]step{{10, settleTime}, {5, settleTime + 1}}, 15},
		"each settles what the one before had seen":          {[]step{{10, settleTime}, {5, 2 * settleTime}, {3, 3 * settleTime}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var y tally
			for _, s := range tc.steps {
				y.sent += s.send
				if s.heard > 0 {
					y.heard(start.Add(s.heard))
				}
			}
			if got := y.uncertain(); got != tc.want {
				t.Errorf("uncertain = %d, want %d", got, tc.want)
			}
			y.settle()
			if got := y.uncertain(); got != 0 {
				t.Errorf("uncertain after everything arrived = %d", got)
			}
		})
	}
}

func TestStrangersAreMetOnce(t *testing.T) {
	t.Parallel()
	var s strangers
	if !s.meet("Test.A.0") || s.meet("Test.A.0") || !s.meet("Test.B.0") {
		t.Error("a stranger is not new exactly once")
	}
	for i := range 3 * maxStrangers {
		s.meet(zebus.PeerID(strconv.Itoa(i)))
	}
	if len(s) > maxStrangers {
		t.Errorf("%d are remembered, limit %d", len(s), maxStrangers)
	}
}
