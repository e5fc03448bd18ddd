package zebus_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

func TestLimits(t *testing.T) {
	inTown(t, "a peer that hangs makes Publish fail for it alone, and the observer hears of it", func(t *testing.T, town *town) {
		heard := 0
		hung := town.peer("Hung.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }))
		town.peer("Fine.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			heard++
			return nil
		}))
		var missed []zebus.PeerID
		self := town.start(town.tightBuilder("Self.0").WithObserver(zebus.Observer{
			SendFailed: func(to zebus.PeerID, _ zebus.MessageID, _ error) { missed = append(missed, to) },
		}))
		town.network.Hang(hung.Endpoint())
		defer town.network.Resume(hung.Endpoint())
		var busy error
		sent := 0
		for ; busy == nil; sent++ {
			busy = self.Publish(t.Context(), &interop.Note{Text: "a text of some length"})
			synctest.Wait()
		}
		wantError(t, busy, zebus.ErrPeerBusy, "Hung.0")
		if heard != sent || !slices.Equal(missed, []zebus.PeerID{"Hung.0"}) {
			t.Errorf("the other heard %d of %d; missed %v", heard, sent, missed)
		}
	})
	inTown(t, "a command that finds its queue full is answered, not kept waiting", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.builder("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			return nil
		}))
		svc.WithDispatch(dispatch.Config{Queues: map[string]dispatch.QueueConfig{dispatch.DefaultQueue: {MaxMessages: 2}}})
		town.start(svc)
		client := town.peer("Client.0")
		var all []*zebus.Pending
		for range 5 {
			all = append(all, client.SendAsync(t.Context(), &interop.Fail{}))
			synctest.Wait()
		}
		err := all[4].Wait(t.Context())
		if ce, _ := errors.AsType[*zebus.CommandError](err); ce == nil || !strings.Contains(ce.Message, "Svc.0") {
			t.Errorf("the command too many: %v, want a CommandError that names the peer", err)
		}
		close(release)
		for i, p := range all[:3] {
			if err := p.Wait(t.Context()); err != nil {
				t.Errorf("command %d: %v", i, err)
			}
		}
	})
	inTown(t, "a message that is too large is not sent", func(t *testing.T, town *town) {
		town.peer("Svc.0", zebus.HandleRequest(echo))
		transport, err := town.network.NewTransport(memory.Config{MaxMessageSize: 1000})
		if err != nil {
			t.Fatal(err)
		}
		client := town.start(town.builder("Client.0").WithTransport(transport))
		wantError(t, client.Send(t.Context(), &interop.Echo{Text: strings.Repeat("x", 1000)}), zebus.ErrTooLarge)
	})
}

func TestPurgeAndLimits(t *testing.T) {
	inTown(t, "J22 a purge drops what waits: commands are answered, events told, and the counts are seen", func(t *testing.T, town *town) {
		release := make(chan struct{})
		var dropped []error
		s := &stepped{Transport: town.transport()}
		svc := town.start(town.builder("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }).OnQueue("slow"),
			zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }).OnQueue("slow"),
		).WithTransport(s).
			WithDispatch(dispatch.Config{MemoryLimit: 1 << 20, Queues: map[string]dispatch.QueueConfig{"SLOW": {MaxMessages: 7}}, Ages: true}).
			WithObserver(zebus.Observer{Dropped: func(_ *zebus.TransportMessage, err error) { dropped = append(dropped, err) }}))
		client := town.peer("Client.0")
		first, second := client.SendAsync(t.Context(), &interop.Fail{}), client.SendAsync(t.Context(), &interop.Fail{})
		if err := client.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		<-time.After(3 * time.Second)
		stats := svc.Stats().Dispatch
		slow := stats.Queues[slices.IndexFunc(stats.Queues, func(q dispatch.QueueStats) bool { return q.Name == "slow" })]
		if slow.Length != 2 || slow.Oldest != 3*time.Second || slow.Limits.MaxMessages != 7 || stats.Limit != 1<<20 {
			t.Errorf("stats %+v of %+v", slow, stats)
		}
		if n := svc.Purge(); n != 2 {
			t.Errorf("Purge() = %d, want 2", n)
		}
		if e, _ := errors.AsType[*zebus.CommandError](second.Wait(t.Context())); e == nil || !strings.Contains(e.Message, "purged") {
			t.Errorf("the command that was purged: %v", second.Wait(t.Context()))
		}
		close(release)
		if err := first.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(dropped) != 2 || !errors.Is(dropped[1], dispatch.ErrPurged) {
			t.Errorf("dropped %v", dropped)
		}
		if len(s.acked) != 2 {
			t.Errorf("%d messages were acknowledged, want the two commands: an event that was not handled may come again", len(s.acked))
		}
	})
}
