package memory_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// always returns a judge that treats every frame with the text in it in one way.
func always(text string, fate memory.Fate) func(memory.Frame) memory.Fate {
	return func(f memory.Frame) memory.Fate {
		if strings.Contains(string(f.Bytes), text) {
			return fate
		}
		return memory.Fate{}
	}
}

func TestInterfere(t *testing.T) {
	tests := map[string]struct {
		fate     memory.Fate
		want     []string // of first, second, which the judge does not look at
		failures int
	}{
		"the zero fate is to arrive":                            {memory.Fate{}, []string{"first", "second"}, 0},
		"what is lost arrives nowhere and nobody hears of it":   {memory.Fate{Lost: true}, []string{"second"}, 0},
		"what is cut is reported":                               {memory.Fate{Cut: true}, []string{"second"}, 1},
		"copies arrive behind the frame, before what follows":   {memory.Fate{Copies: 2}, []string{"first", "first", "first", "second"}, 0},
		"what is sent behind a delayed frame stays behind it":   {memory.Fate{Delay: time.Hour}, []string{"first", "second"}, 0},
		"a negative delay and negative copies change nothing":   {memory.Fate{Delay: -1, Copies: -1}, []string{"first", "second"}, 0},
		"copies of a delayed frame are as late as the original": {memory.Fate{Delay: time.Hour, Copies: 1}, []string{"first", "first", "second"}, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := memory.NewNetwork()
				a, b := start(t, network, "A.0", memory.Config{}), start(t, network, "B.0", memory.Config{})
				network.Interfere(always("first", tc.fate))
				a.mustSend(t, "first", b)
				a.mustSend(t, "second", b)
				<-time.After(2 * time.Hour) // of the bubble
				if got := contents(b.Messages()); !slices.Equal(got, tc.want) {
					t.Errorf("received %q, want %q", got, tc.want)
				}
				if got := len(a.Failures()); got != tc.failures {
					t.Errorf("%d failures reported, want %d", got, tc.failures)
				}
			})
		})
	}
}

func TestInterfereEndsWithStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		a, b := start(t, network, "A.0", memory.Config{}), start(t, network, "B.0", memory.Config{})
		stop := network.Interfere(always("x", memory.Fate{Lost: true}))
		stopOther := network.Interfere(always("x", memory.Fate{Copies: 1}))
		a.mustSend(t, "x1", b)
		stop()
		a.mustSend(t, "x2", b)
		stopOther()
		a.mustSend(t, "x3", b)
		synctest.Wait()
		if got, want := contents(b.Messages()), []string{"x2", "x2", "x3"}; !slices.Equal(got, want) {
			t.Errorf("received %q, want %q", got, want)
		}
	})
}

func TestDelayedFrames(t *testing.T) {
	inBubble := func(name string, test func(t *testing.T, network *memory.Network, a, b *node)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := memory.NewNetwork()
				a := start(t, network, "A.0", memory.Config{SendQueueLimit: 300})
				b := start(t, network, "B.0", memory.Config{})
				network.Interfere(always("late", memory.Fate{Delay: time.Second}))
				test(t, network, a, b)
			})
		})
	}
	inBubble("arrive at their time and not before", func(t *testing.T, _ *memory.Network, a, b *node) {
		a.mustSend(t, "late", b)
		<-time.After(999 * time.Millisecond)
		synctest.Wait()
		if got := contents(b.Messages()); len(got) != 0 {
			t.Errorf("received %q after 999 ms, want nothing", got)
		}
		<-time.After(time.Millisecond)
		synctest.Wait()
		if got := contents(b.Messages()); !slices.Equal(got, []string{"late"}) {
			t.Errorf("received %q after 1 s, want the frame", got)
		}
	})
	inBubble("do not hold up those of other senders", func(t *testing.T, network *memory.Network, a, b *node) {
		c := start(t, network, "C.0", memory.Config{})
		a.mustSend(t, "late", b)
		c.mustSend(t, "other", b)
		synctest.Wait()
		if got := contents(b.Messages()); !slices.Equal(got, []string{"other"}) {
			t.Errorf("received %q at once, want that of the other sender", got)
		}
	})
	inBubble("count against the limit of the sender", func(t *testing.T, _ *memory.Network, a, b *node) {
		a.mustSend(t, "late", b)
		if _, err := a.send(strings.Repeat("x", 200), b); !errors.Is(err, zebus.ErrPeerBusy) {
			t.Errorf("send behind what is delayed = %v, want ErrPeerBusy", err)
		}
	})
	inBubble("are waited for by Stop", func(t *testing.T, _ *memory.Network, a, b *node) {
		a.mustSend(t, "late", b)
		if err := a.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := contents(b.Messages()); !slices.Equal(got, []string{"late"}) || len(a.Failures()) != 0 {
			t.Errorf("received %q, %d reported; want the frame and no report", got, len(a.Failures()))
		}
	})
	inBubble("are reported when the receiver stops first", func(t *testing.T, _ *memory.Network, a, b *node) {
		a.mustSend(t, "late", b)
		if err := b.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(b.Messages()) != 0 || len(a.Failures()) != 1 {
			t.Errorf("%d received, %d reported; want one report", len(b.Messages()), len(a.Failures()))
		}
	})
}

// TestAccountBalances wants every frame counted in to be counted out, whatever becomes of it.
func TestAccountBalances(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var open, total atomic.Int64
				network := memory.NewNetwork()
				network.Account(func() { open.Add(1); total.Add(1) }, func() { open.Add(-1) })
				random := rand.New(rand.NewPCG(seed, 2))
				a := start(t, network, "A.0", memory.Config{SendQueueLimit: 1000})
				b := start(t, network, "B.0", memory.Config{Endpoint: "tcp://b:1"})
				network.Interfere(func(memory.Frame) memory.Fate {
					return memory.Fate{
						Lost: random.IntN(5) == 0, Cut: random.IntN(5) == 0, Copies: random.IntN(2),
						Delay: time.Duration(random.IntN(3)) * time.Millisecond,
					}
				})
				for range 300 {
					_, _ = a.send("x", b) // may be refused
					tamper(t, network, b, random)
				}
				network.Resume(b.peer.Endpoint)
				if err := a.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				<-time.After(time.Hour) // of the bubble: copies have arrived
				if open.Load() != 0 || total.Load() < 300 {
					t.Errorf("%d of %d frames never ended", open.Load(), total.Load())
				}
			})
		})
	}
}

func tamper(t *testing.T, network *memory.Network, b *node, random *rand.Rand) {
	t.Helper()
	switch random.IntN(8) {
	case 0:
		network.Hang(b.peer.Endpoint)
	case 1:
		network.Resume(b.peer.Endpoint)
	case 2:
		_ = network.Inject(b.peer.Endpoint, []byte("garbage"))
	case 3:
		<-time.After(time.Millisecond)
	case 4:
		if err := b.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Start(t.Context(), zebus.Self{ID: b.peer.ID, Environment: "Test"}, b.Inbound); err != nil {
			t.Fatal(err)
		}
	default:
	}
}
