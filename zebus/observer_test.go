package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// sightings is what an observer saw, in order.
type sightings struct {
	mu   sync.Mutex
	seen []string
	open int
}

func (s *sightings) notef(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, fmt.Sprintf(format, args...))
}

func (s *sightings) count(by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open += by
}

func (s *sightings) observer() zebus.Observer {
	return zebus.Observer{
		Sending: func(m zebus.Message, to []zebus.Peer) {
			var names []string
			for _, p := range to {
				names = append(names, string(p.ID))
			}
			s.notef("sending %s to [%s]", m.ZebusType().ID().Name(), strings.Join(names, " "))
		},
		Accepted: func(*zebus.TransportMessage) { s.count(1) },
		Handled: func(t *zebus.MessageType, _ *zebus.TransportMessage, reply zebus.Message, err error) {
			s.notef("handled %s: %t, %v", t.ID().Name(), reply != nil, err)
		},
		Finished: func(*zebus.TransportMessage) { s.count(-1) },
	}
}

func TestObserverSees(t *testing.T) {
	tests := map[string]struct {
		do   func(ctx context.Context, b *zebus.Bus) error
		want []string
	}{
		"an event to nobody":                 {publishing(&interop.PriceChanged{}), []string{"sending PriceChanged to []"}},
		"an event to itself and another":     {publishing(&interop.Note{}), []string{"sending Note to [A.0 B.0]", "handled Note: false, <nil>"}},
		"a command to itself, with a reply":  {sending(&interop.Echo{}), []string{"sending Echo to [A.0]", "handled Echo: true, <nil>"}},
		"a command to itself, with a code":   {sending(&interop.Fail{Code: 4, Text: "x"}), []string{"sending Fail to [A.0]", "handled Fail: false, x (code 4)"}},
		"a command to another":               {sending(&interop.Knock{}), []string{"sending Knock to [B.0]"}},
		"an event when the bus has stopped":  {afterStop(publishing(&interop.Note{})), nil},
		"a command when the bus has stopped": {afterStop(sending(&interop.Echo{})), nil},
	}
	for name, tc := range tests {
		inTown(t, "an observer sees "+name, func(t *testing.T, town *town) {
			var s sightings
			noted := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })
			a := town.start(town.builder("A.0", noted,
				zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) { return &interop.EchoReply{}, nil }),
				zebus.HandleCommand(func(ctx context.Context, cmd *interop.Fail) error { return zebus.Reply(ctx, int(cmd.Code), cmd.Text) }),
			).WithObserver(s.observer()))
			town.peer("B.0", noted, zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }))
			_ = tc.do(t.Context(), a)
			synctest.Wait()
			if !slices.Equal(s.seen, tc.want) {
				t.Errorf("saw %q, want %q", s.seen, tc.want)
			}
			if s.open != 0 {
				t.Errorf("%d messages began and did not end", s.open)
			}
		})
	}
}

func publishing(evt zebus.Event) func(context.Context, *zebus.Bus) error {
	return func(ctx context.Context, b *zebus.Bus) error { return b.Publish(ctx, evt) }
}

func sending(cmd zebus.Command) func(context.Context, *zebus.Bus) error {
	return func(ctx context.Context, b *zebus.Bus) error { return b.Send(ctx, cmd) }
}

func afterStop(do func(context.Context, *zebus.Bus) error) func(context.Context, *zebus.Bus) error {
	return func(ctx context.Context, b *zebus.Bus) error { return errors.Join(b.Stop(ctx), do(ctx, b)) }
}

func TestAnswered(t *testing.T) {
	ctx := t.Context()
	reason := errors.New("reason")
	cmd := &interop.Echo{}
	tests := map[string]struct {
		pending *zebus.Pending
		want    error
		text    string
	}{
		"with a reply":                 {zebus.Answered(cmd, &interop.EchoReply{Text: "x"}, nil), nil, "x"},
		"with an error":                {zebus.Answered(cmd, nil, reason), reason, ""},
		"with neither":                 {zebus.Answered(cmd, nil, nil), zebus.ErrUnexpectedReply, ""},
		"with a reply of another type": {zebus.Answered(cmd, &interop.Note{}, nil), zebus.ErrUnexpectedReply, ""},
	}
	for name, tc := range tests {
		t.Run("a command that was answered "+name, func(t *testing.T) {
			<-tc.pending.Done()
			var reply interop.EchoReply
			if err := tc.pending.Reply(ctx, &reply); !errors.Is(err, tc.want) || reply.Text != tc.text {
				t.Errorf("Reply = %q, %v; want %q, %v", reply.Text, err, tc.text, tc.want)
			}
		})
	}
}

func TestStats(t *testing.T) {
	inTown(t, "tells what waits and what runs", func(t *testing.T, town *town) {
		release := make(chan struct{})
		a := town.peer("A.0", zebus.HandleCommand(func(context.Context, *interop.Knock) error {
			<-release
			return nil
		}).Named("Door").OnQueue("doors"))
		first, second := a.SendAsync(t.Context(), &interop.Knock{}), a.SendAsync(t.Context(), &interop.Knock{})
		synctest.Wait()
		s := a.Stats()
		i := slices.IndexFunc(s.Dispatch.Queues, func(q dispatch.QueueStats) bool { return q.Name == "doors" })
		if q := s.Dispatch.Queues[i]; s.PendingCommands != 2 || q.Running != "Door" || q.Length != 1 {
			t.Errorf("Stats = %+v, want 2 commands, one at the Door and one that waits", s)
		}
		close(release)
		if err := errors.Join(first.Wait(t.Context()), second.Wait(t.Context())); err != nil {
			t.Error(err)
		}
		if s := a.Stats(); s.PendingCommands != 0 {
			t.Errorf("%d commands pending at the end", s.PendingCommands)
		}
	})
}
