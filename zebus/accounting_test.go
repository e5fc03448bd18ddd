package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// ledger counts what becomes of messages: each that was accepted is handled, or reported to somebody, exactly once.
type ledger struct {
	accepted, handled, reported atomic.Int64
}

func (l *ledger) observer() zebus.Observer {
	return zebus.Observer{
		SendFailed:    func(zebus.PeerID, zebus.MessageID, error) { l.reported.Add(1) },
		SendUncertain: func(_ zebus.PeerID, n int, _ error) { l.reported.Add(int64(n)) },
		Dropped:       func(*zebus.TransportMessage, error) { l.reported.Add(1) },
	}
}

func (l *ledger) handler() zebus.Handler {
	return zebus.HandleEvent(func(context.Context, *interop.Note) error {
		l.handled.Add(1)
		return nil
	})
}

// TestNothingIsLostSilently hangs, cuts off, stops and restarts the receivers while two senders never pause.
func TestNothingIsLostSilently(t *testing.T) {
	for seed := range uint64(20) {
		inTown(t, fmt.Sprintf("X34 accepted = handled + reported, seed %d", seed), func(t *testing.T, town *town) {
			var l ledger
			random := rand.New(rand.NewPCG(seed, 0))
			var receivers []*zebus.Bus
			for i := range 4 {
				receivers = append(receivers, town.start(town.tightBuilder(zebus.PeerID(fmt.Sprintf("R.%d", i)), l.handler()).
					WithObserver(l.observer())))
			}
			sender := town.start(town.tightBuilder("S.0").WithObserver(l.observer()))
			for range 200 {
				town.disturb(random, receivers)
				town.burst(random, &l, sender, receivers)
			}
			for _, r := range receivers {
				town.network.Resume(r.Endpoint())
				town.network.Heal(r.Endpoint())
			}
			if err := sender.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, r := range receivers {
				if err := r.Stop(t.Context()); err != nil && !errors.Is(err, zebus.ErrNotRunning) {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			if a, h, r := l.accepted.Load(), l.handled.Load(), l.reported.Load(); a != h+r || h == 0 || r == 0 {
				t.Errorf("accepted %d, handled %d, reported %d: want accepted = handled + reported", a, h, r)
			}
		})
	}
}

// tightBuilder gives a transport whose queues fill up soon.
func (w *town) tightBuilder(id zebus.PeerID, handlers ...zebus.Handler) *zebus.Builder {
	w.t.Helper()
	transport, err := w.network.NewTransport(memory.Config{SendQueueLimit: 2000})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.builder(id, handlers...).WithTransport(transport)
}

// disturb does one bad or good thing to one receiver.
func (w *town) disturb(random *rand.Rand, receivers []*zebus.Bus) {
	w.t.Helper()
	r := receivers[random.IntN(len(receivers))]
	switch random.IntN(7) {
	case 0:
		w.network.Hang(r.Endpoint())
	case 1, 2:
		w.network.Resume(r.Endpoint())
	case 3:
		w.network.Partition(r.Endpoint())
	case 4, 5:
		w.network.Heal(r.Endpoint())
	case 6:
		w.restart(r)
	}
}

func (w *town) restart(r *zebus.Bus) {
	w.t.Helper()
	w.network.Resume(r.Endpoint())
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := errors.Join(r.Stop(ctx), r.Start(ctx)); err != nil {
		w.t.Fatal(err)
	}
}

// burst publishes to receivers one by one, so that each acceptance counts once.
func (w *town) burst(random *rand.Rand, l *ledger, sender *zebus.Bus, receivers []*zebus.Bus) {
	w.t.Helper()
	for range random.IntN(20) {
		to := receivers[random.IntN(len(receivers))]
		l.accepted.Add(1)
		err := sender.PublishTo(w.t.Context(), &interop.Note{}, zebus.Peer{ID: to.ID(), Endpoint: to.Endpoint()})
		if err != nil && !errors.Is(err, zebus.ErrPeerBusy) {
			w.t.Fatal(err)
		}
	}
}
