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
	type step = func(*tally)
	send := func(n int) step { return func(y *tally) { y.sent += n } }
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	heard := func(after time.Duration) step { return func(y *tally) { y.heard(start.Add(after)) } }
	answered := (*tally).answeredLast
	for name, tc := range map[string]struct {
		steps []step
		want  int
	}{
		"nothing was sent": {nil, 0},
		"a peer that is never heard of may have lost all":    {[]step{send(10), send(5)}, 15},
		"one sign of life proves nothing":                    {[]step{send(10), heard(settleTime)}, 10},
		"a second one proves what was sent before the first": {[]step{send(10), heard(settleTime), send(5), heard(2 * settleTime), send(1)}, 6},
		"two at once are one":                                {[]step{send(10), heard(settleTime), send(5), heard(settleTime + 1)}, 15},
		"each settles what the one before had seen":          {[]step{send(10), heard(settleTime), send(5), heard(2 * settleTime), send(3), heard(3 * settleTime)}, 3},
		"what is answered has arrived":                       {[]step{send(1), answered, send(1), answered}, 0},
		"what was sent before it may not have":               {[]step{send(10), answered, send(3)}, 12},
		"an answer after a sign of life counts too":          {[]step{send(10), heard(settleTime), answered}, 9},
		"what was answered before is settled once":           {[]step{send(1), answered, heard(settleTime), send(4), heard(2 * settleTime)}, 4},
		"and what was answered since":                        {[]step{send(1), heard(settleTime), send(4), answered, heard(2 * settleTime)}, 3},
		"an answer to what is settled settles nothing":       {[]step{send(10), heard(settleTime), heard(2 * settleTime), answered, send(1)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var y tally
			for _, s := range tc.steps {
				s(&y)
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
