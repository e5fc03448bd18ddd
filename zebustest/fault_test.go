package zebustest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

func TestFaults(t *testing.T) {
	note := zebustest.TypeID[*interop.Note]()
	tests := map[string]struct {
		fault func(n *zebustest.Network) (stop func())
		want  []string // at B.0 and C.0, of a and b by A.0
		after []string // of c, when the fault has stopped
		lost  int      // problems reported
	}{
		"dropped for one peer": {
			func(n *zebustest.Network) func() { return n.Drop(zebustest.Traffic{To: "B.0"}) }, []string{"C a", "C b"}, []string{"B c", "C c"}, 0,
		},
		"dropped once": {
			func(n *zebustest.Network) func() { return n.Drop(zebustest.Traffic{To: "B.0", Type: note, First: 1}) },
			[]string{"B b", "C a", "C b"},
			[]string{"B c", "C c"},
			0,
		},
		"of another type than that which is dropped": {
			func(n *zebustest.Network) func() {
				return n.Drop(zebustest.Traffic{Type: zebustest.TypeID[*interop.Echo]()})
			},
			[]string{"B a", "B b", "C a", "C b"},
			[]string{"B c", "C c"},
			0,
		},
		"of another peer than the one that is cut off": {
			func(n *zebustest.Network) func() { return n.Cut(zebustest.Traffic{From: "B.0"}) },
			[]string{"B a", "B b", "C a", "C b"},
			[]string{"B c", "C c"},
			0,
		},
		"cut, which is reported": {
			func(n *zebustest.Network) func() { return n.Cut(zebustest.Traffic{From: "A.0", To: "C.0"}) }, []string{"B a", "B b"}, []string{"B c", "C c"}, 2,
		},
		"between the parts of a partition": {
			func(n *zebustest.Network) func() { return n.Partition("C.0", "A.0") }, []string{"B a", "B b"}, []string{"B c", "C c"}, 2,
		},
		"doubled": {
			func(n *zebustest.Network) func() { return n.Duplicate(zebustest.Traffic{To: "C.0"}) },
			[]string{"B a", "B b", "C a", "C a", "C b", "C b"},
			[]string{"B c", "C c"},
			0,
		},
		"delayed, in their order": {
			func(n *zebustest.Network) func() {
				return n.Delay(zebustest.Traffic{To: "C.0", First: 1}, 10*time.Millisecond)
			},
			[]string{"B a", "B b", "C a", "C b"},
			[]string{"B c", "C c"},
			0,
		},
	}
	for name, tc := range tests {
		both(t, "messages "+name, func(t *testing.T, network *zebustest.Network) {
			hb, atB := hear()
			hc, atC := hear()
			network.Start("B.0", hb)
			network.Start("C.0", hc)
			a := network.Start("A.0")
			heard := func() []string {
				return append(prefixed("B ", atB()), prefixed("C ", atC())...)
			}
			stop := tc.fault(network)
			publish(t, a, "a")
			publish(t, a, "b")
			network.WaitQuiet()
			if got := heard(); !slices.Equal(got, tc.want) {
				t.Errorf("heard %q, want %q", got, tc.want)
			}
			stop()
			publish(t, a, "c")
			network.WaitQuiet()
			after := slices.DeleteFunc(heard(), func(s string) bool { return !strings.HasSuffix(s, "c") })
			if !slices.Equal(after, tc.after) {
				t.Errorf("after the fault heard %q, want %q", after, tc.after)
			}
			if got := len(network.Problems()); got != tc.lost {
				t.Errorf("%d losses reported, want %d", got, tc.lost)
			}
		})
	}
}

func prefixed(prefix string, texts []string) []string {
	for i := range texts {
		texts[i] = prefix + texts[i]
	}
	return texts
}

func TestDelayTakesItsTime(t *testing.T) {
	zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
		network.Start("B.0", zebus.HandleRequest(echo))
		a := network.Start("A.0")
		network.Delay(zebustest.Traffic{From: "A.0"}, 20*time.Minute)
		network.Delay(zebustest.Traffic{To: "A.0"}, 22*time.Minute)
		began := time.Now()
		if err := a.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 42*time.Minute {
			t.Errorf("there and back in %v, want 42m", took)
		}
	})
}

func TestADroppedAnswerEndsWithTheContext(t *testing.T) {
	zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
		network.Start("B.0", zebus.HandleRequest(echo))
		a := network.Start("A.0")
		network.Drop(zebustest.Traffic{Type: zebustest.TypeID[*zebus.MessageExecutionCompleted](), First: 1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := a.Send(ctx, &interop.Echo{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Send = %v, want the deadline", err)
		}
		if err := a.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Errorf("the second Send = %v", err)
		}
	})
}

func TestHealUndoesEverything(t *testing.T) {
	network := zebustest.NewNetwork(t)
	h, heard := hear()
	network.Hang("B.0")
	network.Start("B.0", h)
	a := network.Start("A.0")
	network.Drop(zebustest.Traffic{})
	network.Partition("A.0", "B.0")
	publish(t, a, "lost")
	network.Heal()
	network.Hang("B.0")
	publish(t, a, "late")
	network.Heal()
	network.WaitQuiet()
	if got := heard(); !slices.Equal(got, []string{"late"}) {
		t.Errorf("heard %q, want what came after the fault", got)
	}
}

func TestEnvelope(t *testing.T) {
	both(t, "delivers as if its sender had sent it", func(t *testing.T, network *zebustest.Network) {
		var from zebus.Originator
		network.Start("B.0", zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
			from, _ = zebus.OriginatorFrom(ctx)
			return nil
		}))
		network.Deliver("B.0", zebustest.Envelope("Nobody.0", &interop.Note{Text: "x"}))
		network.WaitQuiet()
		if from.SenderID != "Nobody.0" {
			t.Errorf("sender %q, want Nobody.0", from.SenderID)
		}
	})
	both(t, "can be changed, and garbage changes nothing", func(t *testing.T, network *zebustest.Network) {
		h, heard := hear()
		network.Start("B.0", h)
		other := "Other"
		foreign := zebustest.Envelope("A.0", &interop.Note{Text: "foreign"})
		foreign.Environment = &other
		network.Deliver("B.0", foreign)
		network.DeliverFrame("B.0", []byte("garbage"))
		network.Deliver("B.0", zebustest.Envelope("A.0", &interop.Note{Text: "good"}))
		network.WaitQuiet()
		if got := heard(); !slices.Equal(got, []string{"good"}) {
			t.Errorf("heard %q, want only what is good", got)
		}
	})
	t.Run("has an ID of its own", func(t *testing.T) {
		one, other := zebustest.Envelope("A.0", &interop.Note{}), zebustest.Envelope("A.0", &interop.Note{})
		if one.ID == other.ID {
			t.Error("two envelopes have the same ID")
		}
	})
}
