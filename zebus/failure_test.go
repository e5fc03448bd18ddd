package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// newspaper handles every failure that is published.
func newspaper(got *[]*zebus.MessageProcessingFailed) zebus.Handler {
	return zebus.HandleEvent(func(_ context.Context, e *zebus.MessageProcessingFailed) error {
		*got = append(*got, e)
		return nil
	})
}

func TestErrorPublication(t *testing.T) {
	cases := map[string]struct {
		handle func(context.Context, *interop.Fail) error
		off    bool
		want   string // text of the failure; "" means that none is published
	}{
		"H08 H10 an error of a handler": {
			handle: func(context.Context, *interop.Fail) error { return errors.New("boom") }, want: "boom",
		},
		"H09 not when publication is off": {
			handle: func(context.Context, *interop.Fail) error { return errors.New("boom") }, off: true,
		},
		"H12 not an answer": {
			handle: func(context.Context, *interop.Fail) error { return zebus.Fail(5, "no") },
		},
		"H12 an answer that is marked": {
			handle: func(context.Context, *interop.Fail) error { return zebus.Published(zebus.Fail(5, "no")) }, want: "no (code 5)",
		},
	}
	for name, c := range cases {
		for _, where := range []string{"elsewhere", "here"} {
			inTown(t, name+", handled "+where, func(t *testing.T, town *town) {
				var got []*zebus.MessageProcessingFailed
				town.peer("News.0", newspaper(&got))
				sender := town.start(town.builder("Svc.0", zebus.HandleCommand(c.handle).Named("Svc.Fail")).WithErrorPublication(!c.off))
				if where == "elsewhere" {
					sender = town.peer("Client.0")
				}
				if err := sender.Send(t.Context(), &interop.Fail{Code: 1, Text: "boom"}); err == nil {
					t.Error("Send() succeeded")
				}
				synctest.Wait()
				checkPublished(t, got, c.want, sender.ID())
			})
		}
	}
}

func checkPublished(t *testing.T, got []*zebus.MessageProcessingFailed, want string, sender zebus.PeerID) {
	t.Helper()
	if want == "" {
		if len(got) != 0 {
			t.Errorf("published %+v", got[0])
		}
		return
	}
	if len(got) != 1 {
		t.Fatalf("published %d failures, want 1", len(got))
	}
	f := got[0]
	if f.ExceptionMessage != want || f.FailingMessageJSON != `{"Code":1,"Text":"boom"}` ||
		!slices.Equal(f.FailingHandlerNames, []string{"Svc.Fail"}) || f.FailingMessage.Originator.SenderID != sender {
		t.Errorf("published %+v", f)
	}
}

func TestUnreadableMessages(t *testing.T) {
	inTown(t, "H05 H07 the content is kept in a file, the world hears of it, and the sender gets no answer", func(t *testing.T, town *town) {
		folder := t.TempDir()
		var got []*zebus.MessageProcessingFailed
		town.peer("News.0", newspaper(&got))
		s := &stepped{Transport: town.transport()}
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(fail)).WithTransport(s).WithErrorPublication(true).WithDumpFolder(folder))
		client := town.peer("Client.0")
		broken, begin := []byte{0xff, 0x01, 0x02}, time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := client.SendTo(ctx, &brokenFail{content: broken}, zebus.Peer{ID: svc.ID(), Endpoint: svc.Endpoint(), Responding: true})
		wantError(t, err, context.DeadlineExceeded)
		synctest.Wait()
		files, _ := filepath.Glob(filepath.Join(folder, "zebus_deserialization_dumps_Svc.0", "*_Interop.Messages.Fail"))
		if len(files) != 1 {
			t.Fatalf("%d dumps, want 1", len(files))
		}
		if b, err := os.ReadFile(files[0]); err != nil || !slices.Equal(b, broken) {
			t.Errorf("dump holds %x, error %v; want %x", b, err, broken)
		}
		if len(got) != 1 || len(s.acked) != 1 {
			t.Fatalf("published %+v, acknowledged %v, want one each", got, s.acked)
		}
		f := got[0]
		if f.FailingMessageJSON != "" || f.FailingHandlerNames != nil || f.FailingMessage.ID != s.acked[0] || !slices.Equal(f.FailingMessage.Content, broken) ||
			!f.ExceptionTime.Equal(begin) {
			t.Errorf("published %+v", f)
		}
		for _, fact := range []string{files[0], s.acked[0].String(), "Interop.Messages.Fail", "Client.0", client.Endpoint()} {
			if !strings.Contains(f.ExceptionMessage, fact) {
				t.Errorf("the text %q does not say %q", f.ExceptionMessage, fact)
			}
		}
	})
	inTown(t, "H06 nothing is published when publication is off", func(t *testing.T, town *town) {
		var got []*zebus.MessageProcessingFailed
		town.peer("News.0", newspaper(&got))
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(fail)).WithDumpFolder(t.TempDir()))
		client := town.peer("Client.0")
		p := client.SendToAsync(t.Context(), &brokenFail{content: []byte{0xff}}, zebus.Peer{ID: svc.ID(), Endpoint: svc.Endpoint(), Responding: true})
		synctest.Wait()
		if len(got) != 0 {
			t.Errorf("published %+v", got[0])
		}
		select {
		case <-p.Done():
			t.Error("the command was answered")
		default:
		}
	})
}

// brokenFail is a Fail with a content of the test's choice.
type brokenFail struct {
	interop.Fail
	content []byte
}

func (f *brokenFail) ZebusSize() int              { return len(f.content) }
func (f *brokenFail) ZebusAppend(b []byte) []byte { return append(b, f.content...) }

func TestRetries(t *testing.T) {
	policy := zebus.RetryPolicy{Attempts: 3, First: time.Second, Factor: 2, Most: 3 * time.Second}
	cases := map[string]struct {
		fails []error // of each try
		tries int
		took  time.Duration
		dead  bool
	}{
		"a handler that recovers":           {[]error{errors.New("a"), errors.New("b"), nil}, 3, 3 * time.Second, false},
		"one that never does":               {[]error{errors.New("a"), errors.New("b"), errors.New("c"), errors.New("d")}, 4, 6 * time.Second, true},
		"a permanent error":                 {[]error{zebus.Permanent(errors.New("a"))}, 1, 0, true},
		"an answer is no failure to repair": {[]error{zebus.Fail(7, "no")}, 1, 0, false},
	}
	for name, c := range cases {
		inTown(t, name, func(t *testing.T, town *town) {
			tries := 0
			var dead []zebus.DeadLetter
			handler := zebus.HandleCommand(func(context.Context, *interop.Fail) error {
				tries++
				return c.fails[tries-1]
			}).Retry(policy).Named("Svc.Fail")
			svc := town.start(town.builder("Svc.0", handler).WithDeadLetters(func(_ context.Context, l zebus.DeadLetter) { dead = append(dead, l) }))
			begin := time.Now()
			err := svc.Send(t.Context(), &interop.Fail{})
			synctest.Wait()
			if took := time.Since(begin); tries != c.tries || took != c.took {
				t.Errorf("%d tries in %v, want %d in %v", tries, took, c.tries, c.took)
			}
			if succeeds := c.fails[c.tries-1] == nil; succeeds != (err == nil) {
				t.Errorf("Send() = %v", err)
			}
			if (len(dead) == 1) != c.dead || c.dead && dead[0].Handler != "Svc.Fail" {
				t.Errorf("dead letters %+v", dead)
			}
		})
	}
	inTown(t, "observers hear of each try that another follows", func(t *testing.T, town *town) {
		var seen []string
		observer := zebus.Observer{TryFailed: func(f zebus.FailedTry) {
			seen = append(seen, fmt.Sprintf("%s %s %d: try %d, %v, wait %v", f.Handler, f.Messages[0].Type.Name(), len(f.Messages), f.Try, f.Err, f.Wait))
		}}
		outcomes := []error{errors.New("a"), errors.New("b"), nil, zebus.Fail(7, "no"), zebus.Permanent(errors.New("p")), errors.New("c")}
		handler := zebus.HandleCommand(func(context.Context, *interop.Fail) (err error) {
			err, outcomes = outcomes[0], outcomes[1:]
			if len(outcomes) == 0 {
				<-time.After(time.Hour) // nobody waits for another try then
			}
			return err
		}).Retry(policy).Named("Svc.Fail")
		svc := town.start(town.builder("Svc.0", handler).WithObserver(observer))
		for range 3 {
			_ = svc.Send(t.Context(), &interop.Fail{})
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_ = svc.Send(impatient, &interop.Fail{})
		<-time.After(2 * time.Hour)
		if want := []string{"Svc.Fail Fail 1: try 1, a, wait 1s", "Svc.Fail Fail 1: try 2, b, wait 2s"}; !slices.Equal(seen, want) {
			t.Errorf("heard %q, want %q", seen, want)
		}
		if len(outcomes) > 0 {
			t.Errorf("%d outcomes are left", len(outcomes))
		}
	})
	inTown(t, "the queue waits with the message, so that order is kept", func(t *testing.T, town *town) {
		var got []int32
		failed := false
		all := make(chan struct{})
		svc := town.peer("Svc.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			if n.Number == 0 && !failed {
				failed = true
				return errors.New("not yet")
			}
			if got = append(got, n.Number); len(got) == 3 {
				close(all)
			}
			return nil
		}).Retry(policy))
		for i := range int32(3) {
			if err := svc.Publish(t.Context(), &interop.Note{Number: i}); err != nil {
				t.Fatal(err)
			}
		}
		<-all
		if !slices.Equal(got, []int32{0, 1, 2}) {
			t.Errorf("handled %v", got)
		}
	})
	inTown(t, "a stop that gives up waiting ends the retries", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			return errors.New("always")
		}).Retry(zebus.RetryPolicy{Attempts: 1000000, First: time.Hour, Most: time.Hour}))
		p := svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, svc.Stop(ctx), context.DeadlineExceeded)
		if err := svc.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		wantCommandError(t, p.Wait(t.Context()), untold)
	})
}

func TestMiddleware(t *testing.T) {
	inTown(t, "J33 J35 the highest priority is outermost, and each gets its handler once", func(t *testing.T, town *town) {
		var calls []string
		ware := func(name string) zebus.Middleware {
			return func(next zebus.Handler) zebus.Handler {
				return next.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
					calls = append(calls, "before "+name)
					reply, err := invoke(ctx, batch)
					calls = append(calls, "after "+name)
					return reply, err
				})
			}
		}
		svc := town.start(town.builder("Svc.0", zebus.HandleRequest(echo)).
			WithMiddleware(1, ware("1")).WithMiddleware(100, ware("100")).WithMiddleware(50, ware("50")))
		if err := svc.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Fatal(err)
		}
		want := []string{"before 100", "before 50", "before 1", "after 1", "after 50", "after 100"}
		if !slices.Equal(calls, want) {
			t.Errorf("calls %q, want %q", calls, want)
		}
	})
	inTown(t, "J34 it sees the error of the handler", func(t *testing.T, town *town) {
		var seen error
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(fail)).WithMiddleware(0, func(next zebus.Handler) zebus.Handler {
			return next.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
				reply, err := invoke(ctx, batch)
				seen = err
				return reply, err
			})
		}))
		_ = svc.Send(t.Context(), &interop.Fail{Code: 1, Text: "boom"})
		synctest.Wait()
		if seen == nil || seen.Error() != "boom" {
			t.Errorf("saw %v", seen)
		}
	})
}

func TestHooks(t *testing.T) {
	hooked := func(calls *[]string, startErr, stopErr *error) zebus.Hooks {
		return zebus.Hooks{
			Starting: func(context.Context) error { *calls = append(*calls, "starting"); return *startErr },
			Started:  func(context.Context) { *calls = append(*calls, "started") },
			Stopping: func(context.Context) error { *calls = append(*calls, "stopping"); return *stopErr },
			Stopped:  func(context.Context) { *calls = append(*calls, "stopped") },
		}
	}
	inTown(t, "E07 E08 E09 each is called once and in order, and an error ends what it precedes", func(t *testing.T, town *town) {
		var calls []string
		startErr, stopErr := errors.New("not today"), errors.New("not yet")
		bus, err := town.builder("Svc.0").WithHooks(hooked(&calls, &startErr, &stopErr)).Build()
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, bus.Start(t.Context()), startErr)
		if bus.IsRunning() {
			t.Error("runs after a refused start")
		}
		startErr = nil
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantError(t, bus.Stop(t.Context()), stopErr)
		if !bus.IsRunning() {
			t.Error("does not run after a refused stop")
		}
		done := bus.Done()
		stopErr = nil
		if err := bus.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-done
		<-bus.Done()
		want := []string{"starting", "starting", "started", "stopping", "stopping", "stopped"}
		if !slices.Equal(calls, want) {
			t.Errorf("calls %q, want %q", calls, want)
		}
	})
}

func TestLocalReplyBesideAnError(t *testing.T) {
	inTown(t, "G11 G12 a reply of this peer is kept beside its error", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
			return &interop.EchoReply{Text: "half"}, zebus.Fail(3, "the rest is missing")
		}))
		var reply interop.EchoReply
		err := svc.SendAsync(t.Context(), &interop.Echo{}).Reply(t.Context(), &reply)
		if err == nil || reply.Text != "half" {
			t.Errorf("reply %+v, error %v", reply, err)
		}
	})
}
