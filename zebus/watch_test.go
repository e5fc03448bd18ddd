package zebus_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestObserversStandSideBySide(t *testing.T) {
	first, second := map[string]int{}, map[string]int{}
	b := zebus.NewBuilder("A.0").WithObserver(counting(first)).WithObserver(zebus.Observer{}).WithObserver(counting(second))
	merged := zebus.ObserverOf(b)
	for i, f := range reflect.ValueOf(merged).Fields() {
		var args []reflect.Value
		for arg := range f.Type().Ins() {
			args = append(args, reflect.Zero(arg))
		}
		f.Call(args)
		if first[i.Name] != 1 || second[i.Name] != 1 {
			t.Errorf("%s was told %d and %d times, want once each", i.Name, first[i.Name], second[i.Name])
		}
	}
}

// counting returns an observer that counts the calls of each of its functions.
func counting(calls map[string]int) (o zebus.Observer) {
	for field, f := range reflect.ValueOf(&o).Elem().Fields() {
		f.Set(reflect.MakeFunc(f.Type(), func([]reflect.Value) []reflect.Value {
			calls[field.Name]++
			return nil
		}))
	}
	return o
}

// traffic notes what crosses the transport, and what becomes of it.
func (s *sightings) traffic() zebus.Observer {
	return zebus.Observer{
		Sent: func(t *zebus.MessageType, m *zebus.TransportMessage, to []zebus.Peer) {
			s.notef("sent %s, %d bytes, to %s", t.ID().Name(), len(m.Content), names(to))
		},
		SendFailed: func(to zebus.PeerID, _ zebus.MessageID, err error) {
			s.notef("not sent to %s: %t", to, errors.Is(err, zebus.ErrPeerBusy))
		},
		Received: func(t *zebus.MessageType, m *zebus.TransportMessage) {
			s.notef("received %s, known %t", m.Type.Name(), t != nil)
		},
		HandlerRan: func(r zebus.HandlerRun) {
			s.notef("%s ran %s %d for %v: %v", r.Handler, r.Type.ID().Name(), r.Messages, r.Duration, r.Err)
		},
		CommandEnded: func(c zebus.EndedCommand) {
			s.notef("%s to %q took %v: %v", c.Type.ID().Name(), c.To, c.Duration, errors.Unwrap(c.Err))
		},
	}
}

func names(peers []zebus.Peer) (ids []zebus.PeerID) {
	for _, p := range peers {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestObserverFollowsMessages(t *testing.T) {
	slow := func(f func()) zebus.Handler {
		return zebus.HandleCommand(func(context.Context, *interop.Knock) error {
			<-time.After(3 * time.Second)
			f()
			return nil
		}).Named("Door")
	}
	tests := map[string]struct {
		handler zebus.Handler
		want    []string
	}{
		"a command that succeeds": {slow(func() {}), []string{
			"sent Knock, 0 bytes, to [B.0]", "received Knock, known true", "Door ran Knock 1 for 3s: <nil>",
			"sent MessageExecutionCompleted, 28 bytes, to [A.0]", "received MessageExecutionCompleted, known true",
			`Knock to "B.0" took 3s: <nil>`,
		}},
		"a handler that panics": {slow(func() { panic("no") }), []string{
			"sent Knock, 0 bytes, to [B.0]", "received Knock, known true", "Door ran Knock 1 for 3s: zebus: handler did not return",
			"sent MessageExecutionCompleted, 28 bytes, to [A.0]", "received MessageExecutionCompleted, known true",
			`Knock to "B.0" took 3s: <nil>`,
		}},
		"a command to nobody": {zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }), []string{
			`Knock to "" took 0s: zebus: no peer handles the command`,
		}},
	}
	for name, tc := range tests {
		inTown(t, name, func(t *testing.T, town *town) {
			var s sightings
			a := town.start(town.builder("A.0").WithObserver(s.traffic()))
			town.start(town.builder("B.0", tc.handler).WithObserver(s.traffic()))
			_ = a.Send(t.Context(), &interop.Knock{})
			synctest.Wait()
			slices.Sort(s.seen) // who sent may note it after who received
			if want := slices.Sorted(slices.Values(tc.want)); !slices.Equal(s.seen, want) {
				t.Errorf("saw\n%q, want\n%q", s.seen, want)
			}
		})
	}
	inTown(t, "peers for which the transport had no room are not among those to which it was sent", func(t *testing.T, town *town) {
		var s sightings
		a := town.start(town.tightBuilder("A.0").WithObserver(zebus.Observer{Sent: s.traffic().Sent, SendFailed: s.traffic().SendFailed}))
		noted := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })
		town.peer("B.0", noted)
		hung := town.peer("C.0", noted)
		town.network.Hang(hung.Endpoint())
		note := &interop.Note{Text: string(make([]byte, 1500))}
		for range 2 {
			_ = a.Publish(t.Context(), note)
			synctest.Wait()
		}
		want := []string{"sent Note, 1503 bytes, to [B.0 C.0]", "sent Note, 1503 bytes, to [B.0]", "not sent to C.0: true"}
		if !slices.Equal(s.seen, want) {
			t.Errorf("saw %q, want %q", s.seen, want)
		}
		town.network.Resume(hung.Endpoint())
	})
	inTown(t, "a type that nobody here handles has no known type", func(t *testing.T, town *town) {
		var s sightings
		a := town.start(town.builder("A.0").WithObserver(zebus.Observer{Received: s.traffic().Received}))
		town.inject(a.Endpoint(), zebus.TransportMessage{
			ID: zebus.MessageID{1}, Type: "Some.Where.Strange", Environment: new("Test"),
			Originator: zebus.Originator{SenderID: "Else.0", SenderEndpoint: "tcp://else:1"},
		})
		synctest.Wait()
		if want := []string{"received Strange, known false"}; !slices.Equal(s.seen, want) {
			t.Errorf("saw %q, want %q", s.seen, want)
		}
	})
}

func TestStatsOfWhatIsLate(t *testing.T) {
	inTown(t, "the age of the oldest command and of the oldest message in a queue", func(t *testing.T, town *town) {
		var bus *zebus.Bus
		release := make(chan struct{})
		town.start(town.builder("A.0", zebus.HandleCommand(func(context.Context, *interop.Knock) error {
			<-release
			return nil
		})).WithObserver(zebus.Observer{Built: func(b *zebus.Bus) { bus = b }}))
		first := bus.SendAsync(t.Context(), &interop.Knock{})
		<-time.After(time.Minute)
		second := bus.SendAsync(t.Context(), &interop.Knock{})
		<-time.After(time.Second)
		s := bus.Stats()
		if got := s.OldestCommand.Round(time.Microsecond); got != 61*time.Second {
			t.Errorf("the oldest command has waited for %v, want 1m1s", got)
		}
		if got := s.Dispatch.Queues[0].Oldest; got != time.Second {
			t.Errorf("the oldest message has waited for %v, want 1s", got)
		}
		if s.ConnectedPeers != 0 {
			t.Errorf("%d peers connected, want 0", s.ConnectedPeers)
		}
		close(release)
		if err := errors.Join(first.Wait(t.Context()), second.Wait(t.Context())); err != nil {
			t.Error(err)
		}
		if s := bus.Stats(); s.OldestCommand != 0 {
			t.Errorf("with no command the oldest has waited for %v", s.OldestCommand)
		}
	})
}

// tracer is a zebus.Tracing that numbers what is sent, and notes what it is asked.
type tracer struct {
	sightings

	mu   sync.Mutex
	last int
}

type tracerKey struct{}

func (c *tracer) Send(ctx context.Context, m zebus.Outgoing, e *zebus.Extensions) func(error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	number := c.last
	e.TraceParent = strconv.Itoa(number)
	c.notef("%d: %s from %s to %s because of %v", number, m.Type.ID().Name(), m.From, names(m.To), ctx.Value(tracerKey{}))
	return func(err error) { c.notef("%d: ended, failed %t", number, err != nil) }
}

func (c *tracer) Handle(ctx context.Context, h zebus.Handling) (context.Context, func(error)) {
	var causes []string
	for _, m := range h.Messages {
		causes = append(causes, m.Extensions.TraceParent)
	}
	c.notef("%s at %s handles %s", h.Handler, h.Self, causes)
	return context.WithValue(ctx, tracerKey{}, causes), func(err error) { c.notef("%s returned, failed %t", h.Handler, err != nil) }
}

func TestTracing(t *testing.T) {
	forward := func(bus **zebus.Bus, fails bool) zebus.Handler {
		return zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
			err := (*bus).Publish(ctx, &interop.Note{})
			if fails {
				return errors.New("no")
			}
			return err
		}).Named("Forward")
	}
	noted := zebus.HandleEvents(func(context.Context, []*interop.Note) error { return nil }).Named("Notes")
	tests := map[string]struct {
		fails bool
		want  []string
	}{
		"what a handler sends belongs to what it handles": {false, []string{
			"1: Knock from A.0 to [B.0] because of <nil>",
			"Forward at B.0 handles [1]",
			"2: Note from B.0 to [B.0] because of [1]",
			"2: ended, failed false",
			"Forward returned, failed false",
			"Notes at B.0 handles [2]",
			"Notes returned, failed false",
			"1: ended, failed false",
		}},
		"errors end on both sides": {true, []string{
			"1: Knock from A.0 to [B.0] because of <nil>",
			"Forward at B.0 handles [1]",
			"2: Note from B.0 to [B.0] because of [1]",
			"2: ended, failed false",
			"Forward returned, failed true",
			"Notes at B.0 handles [2]",
			"Notes returned, failed false",
			"1: ended, failed true",
		}},
	}
	for name, tc := range tests {
		inTown(t, name, func(t *testing.T, town *town) {
			var c tracer
			var b *zebus.Bus
			a := town.start(town.builder("A.0").WithTracing(&c))
			b = town.start(town.builder("B.0", forward(&b, tc.fails).OnQueue("q"), noted.OnQueue("q")).WithTracing(&c))
			_ = a.Send(t.Context(), &interop.Knock{})
			synctest.Wait()
			slices.Sort(c.seen)
			want := slices.Sorted(slices.Values(tc.want))
			if !slices.Equal(c.seen, want) {
				t.Errorf("saw\n%q, want\n%q", c.seen, want)
			}
		})
	}
	inTown(t, "a command that goes nowhere is traced, an event that nobody wants is not", func(t *testing.T, town *town) {
		var c tracer
		a := town.start(town.builder("A.0").WithTracing(&c))
		_ = errors.Join(a.Send(t.Context(), &interop.Knock{}), a.Publish(t.Context(), &interop.Note{}))
		want := []string{"1: Knock from A.0 to [] because of <nil>", "1: ended, failed true"}
		if !slices.Equal(c.seen, want) {
			t.Errorf("saw %q, want %q", c.seen, want)
		}
	})
	inTown(t, "a batch is handled because of all its messages", func(t *testing.T, town *town) {
		var c tracer
		hold := make(chan struct{})
		held := zebus.HandleCommand(func(context.Context, *interop.Knock) error { <-hold; return nil })
		a := town.start(town.builder("A.0", held, noted).WithTracing(&c))
		door := a.SendAsync(t.Context(), &interop.Knock{})
		synctest.Wait()
		for range 3 {
			if err := a.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
		}
		close(hold)
		if err := door.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if want := "Notes at A.0 handles [2 3 4]"; !slices.Contains(c.seen, want) {
			t.Errorf("saw %q, want %q", c.seen, want)
		}
	})
}

func TestLogOfDrops(t *testing.T) {
	inTown(t, "a flood of dropped messages is one line a minute for each type", func(t *testing.T, town *town) {
		var lines strings.Builder
		drop := slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == "message" || a.Key == "more" {
				return a
			}
			return slog.Attr{}
		}}
		a := town.start(town.builder("A.0").WithLogger(slog.New(slog.NewTextHandler(&lines, &drop))))
		for _, wait := range []time.Duration{0, time.Second, time.Second, time.Minute} {
			<-time.After(wait)
			for _, name := range []zebus.MessageTypeID{"Strange.One", "Strange.Two"} {
				town.inject(a.Endpoint(), zebus.TransportMessage{
					ID: zebus.MessageID{1}, Type: name, Environment: new("Test"),
					Originator: zebus.Originator{SenderID: "Else.0", SenderEndpoint: "tcp://else:1"},
				})
			}
			synctest.Wait()
		}
		want := "message=Strange.One more=0\nmessage=Strange.Two more=0\nmessage=Strange.One more=2\nmessage=Strange.Two more=2\n"
		if lines.String() != want {
			t.Errorf("the log says\n%swant\n%s", lines.String(), want)
		}
	})
}
