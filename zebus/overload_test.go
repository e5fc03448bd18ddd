package zebus_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestOverload(t *testing.T) {
	for name, c := range map[string]struct {
		policy dispatch.Policy
		all    bool
	}{
		"a queue that rejects: what is accepted is handled, the rest is told, and memory stays bounded": {dispatch.Reject, false},
		"a queue that grows takes all": {dispatch.Grow, true},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			const sent, limit = 5000, 256 << 10
			var handled, dropped atomic.Int64
			svc := town.start(town.builder("Svc.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
				handled.Add(1)
				<-time.After(time.Millisecond)
				return nil
			}).OnQueue("notes").Concurrency(4, func(m zebus.Message) string { return m.(*interop.Note).Text })).
				WithDispatch(dispatch.Config{
					MemoryLimit: limit,
					Queues:      map[string]dispatch.QueueConfig{"notes": {Policy: c.policy}},
				}).
				WithObserver(zebus.Observer{Dropped: func(_ *zebus.TransportMessage, err error) {
					wantError(t, err, dispatch.ErrQueueFull)
					dropped.Add(1)
				}}))
			sender := town.peer("Client.0")
			for i := range sent {
				if err := sender.Publish(t.Context(), &interop.Note{Text: string(rune('a' + i%26))}); err != nil {
					t.Fatal(err)
				}
				if used := svc.Stats().Dispatch.Memory; !c.all && used > limit {
					t.Fatalf("%d bytes are used, the limit is %d", used, limit)
				}
			}
			<-time.After(time.Minute)
			if h, d := handled.Load(), dropped.Load(); h+d != sent || h == 0 || c.all != (d == 0) {
				t.Errorf("%d handled, %d dropped, of %d", h, d, sent)
			}
			if used := svc.Stats().Dispatch.Memory; used != 0 {
				t.Errorf("%d bytes are still counted", used)
			}
		})
	}
}

func TestSubscriptionWhileItsDirectoryHangs(t *testing.T) {
	inTown(t, "gives up with its context, and says what it waited for", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		s.book.holdUpdate = make(chan struct{})
		first := make(chan error, 1)
		go func() {
			_, err := s.Subscribe(t.Context(), prices("EU", "*"))
			first <- err
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		<-time.After(time.Millisecond)
		_, err := s.Subscribe(ctx, prices("US", "*"))
		wantError(t, err, context.DeadlineExceeded, "A.0", "under way")
		close(s.book.holdUpdate)
		if err := <-first; err != nil {
			t.Error(err)
		}
		s.want("only one was made", "PriceChanged: EU.*")
	})
}
