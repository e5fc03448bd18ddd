package zebus_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// byText is the key of a note.
func byText(m zebus.Message) string { return m.(*interop.Note).Text }

func TestConcurrency(t *testing.T) {
	inTown(t, "messages of different keys run side by side, those of one key in order", func(t *testing.T, town *town) {
		var mu sync.Mutex
		got := map[string][]int32{}
		running, most := 0, 0
		gate := make(chan struct{})
		svc := town.peer("Svc.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			<-gate
			mu.Lock()
			defer mu.Unlock()
			running--
			got[n.Text] = append(got[n.Text], n.Number)
			return nil
		}).Concurrency(4, byText).Named("Svc.Note"))
		const keys, each = 20, 50
		for i := range int32(each) {
			for k := range keys {
				if err := svc.Publish(t.Context(), &interop.Note{Text: strconv.Itoa(k), Number: i}); err != nil {
					t.Fatal(err)
				}
			}
		}
		synctest.Wait()
		if most < 2 || most > 4 {
			t.Errorf("%d handlers at a time, want 2 to 4", most)
		}
		close(gate)
		synctest.Wait()
		for k := range keys {
			if numbers := got[strconv.Itoa(k)]; len(numbers) != each || !slices.IsSorted(numbers) {
				t.Errorf("key %d: %v", k, numbers)
			}
		}
	})
	inTown(t, "a command is answered when its lane has done it, and a stop waits for it", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0", zebus.HandleRequest(func(_ context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
			<-release
			return &interop.EchoReply{Text: cmd.Text}, nil
		}).Concurrency(2, func(m zebus.Message) string { return m.(*interop.Echo).Text }).Named("Svc.Echo"))
		client := town.peer("Client.0")
		a, b := client.SendAsync(t.Context(), &interop.Echo{Text: "a"}), client.SendAsync(t.Context(), &interop.Echo{Text: "b"})
		synctest.Wait()
		stop := make(chan error, 1)
		go func() { stop <- svc.Stop(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-stop:
			t.Errorf("Stop() returned %v while handlers run", err)
		default:
		}
		close(release)
		for want, p := range map[string]*zebus.Pending{"a": a, "b": b} {
			var reply interop.EchoReply
			if err := p.Reply(t.Context(), &reply); err != nil || reply.Text != want {
				t.Errorf("reply %q, error %v, want %q", reply.Text, err, want)
			}
		}
		if err := <-stop; err != nil {
			t.Error(err)
		}
	})
	inTown(t, "messages of one key are handled in order by whichever handler of the queue", func(t *testing.T, town *town) {
		var mu sync.Mutex
		var got []string
		running, most := 0, 0
		handled := func(what string) error {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			<-time.After(time.Second)
			mu.Lock()
			defer mu.Unlock()
			running--
			got = append(got, what)
			return nil
		}
		svc := town.peer("Svc.0",
			zebus.HandleEvent(func(_ context.Context, n *interop.Note) error { return handled("note") }).
				OnQueue("orders").Concurrency(4, byText),
			zebus.HandleCommand(func(_ context.Context, f *interop.Fail) error { return handled("fail") }).
				OnQueue("ORDERS").Concurrency(4, func(m zebus.Message) string { return m.(*interop.Fail).Text }))
		var want []string
		for range 5 {
			if err := svc.Publish(t.Context(), &interop.Note{Text: "one key"}); err != nil {
				t.Fatal(err)
			}
			svc.SendAsync(t.Context(), &interop.Fail{Text: "one key"})
			want = append(want, "note", "fail")
		}
		<-time.After(time.Minute)
		synctest.Wait()
		if !slices.Equal(got, want) || most != 1 {
			t.Errorf("handled %q, %d at a time; want %q, one at a time", got, most, want)
		}
	})
	inTown(t, "as many keys as may be at a time do not wait for each other", func(t *testing.T, town *town) {
		const n = 8
		var all sync.WaitGroup
		svc := town.peer("Svc.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			all.Done()
			all.Wait() // for ever, if one of them waits behind another
			return nil
		}).Concurrency(n, byText))
		for range 100 {
			all.Add(n)
			for i := range n {
				if err := svc.Publish(t.Context(), &interop.Note{Text: strconv.Itoa(i)}); err != nil {
					t.Fatal(err)
				}
			}
			all.Wait()
			synctest.Wait()
		}
	})
	inTown(t, "two handlers of one name see each message once", func(t *testing.T, town *town) {
		var one, two atomic.Int32
		counting := func(n *atomic.Int32) zebus.Handler {
			return zebus.HandleEvent(func(context.Context, *interop.Note) error { n.Add(1); return nil }).Concurrency(2, byText).Named("Svc.Note")
		}
		svc := town.peer("Svc.0", counting(&one), counting(&two))
		if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if one.Load() != 1 || two.Load() != 1 {
			t.Errorf("handled %d and %d times, want once each", one.Load(), two.Load())
		}
	})
	inTown(t, "a lane has its part of the limits of the queue", func(t *testing.T, town *town) {
		release := make(chan struct{})
		dropped := 0
		svc := town.start(town.builder("Svc.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			<-release
			return nil
		}).Concurrency(2, byText).OnQueue("notes").Named("Svc.Note")).
			WithDispatch(dispatch.Config{Queues: map[string]dispatch.QueueConfig{"Notes": {MaxMessages: 4}}}).
			WithObserver(zebus.Observer{Dropped: func(*zebus.TransportMessage, error) { dropped++ }}))
		for range 10 {
			if err := svc.Publish(t.Context(), &interop.Note{Text: "one key"}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if dropped != 7 { // one runs, two wait in the lane
			t.Errorf("dropped %d, want 7", dropped)
		}
		close(release)
	})
	inTown(t, "a message whose key panics fails alone, and all are finished", func(t *testing.T, town *town) {
		var s sightings
		var got []string
		var failed []error
		entered, release := make(chan struct{}), make(chan struct{})
		svc := town.start(town.builder("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Knock) error {
				close(entered)
				<-release
				return nil
			}),
			zebus.HandleEvents(func(_ context.Context, notes []*interop.Note) error {
				for _, n := range notes {
					got = append(got, n.Text)
				}
				return nil
			}).Concurrency(1, func(m zebus.Message) string {
				if byText(m) == "bad" {
					panic("no key")
				}
				return byText(m)
			})).WithObserver(s.observer()).
			WithObserver(zebus.Observer{HandlerFailed: func(_ string, _ *zebus.TransportMessage, err error) { failed = append(failed, err) }}))
		knock := svc.SendAsync(t.Context(), &interop.Knock{})
		<-entered
		for _, text := range []string{"a", "bad", "c"} {
			if err := svc.Publish(t.Context(), &interop.Note{Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		close(release) // they are a batch now
		if err := knock.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if strings.Join(got, " ") != "a c" || len(failed) != 1 {
			t.Errorf("handled %q, failed on %v", got, failed)
		}
		if s.open != 0 {
			t.Errorf("%d messages are not finished", s.open)
		}
	})
}
