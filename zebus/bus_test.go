package zebus_test

import (
	"context"
	"errors"
	"fmt"
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

func echo(_ context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
	return &interop.EchoReply{Text: cmd.Text, Number: cmd.Number + 1}, nil
}

func fail(ctx context.Context, cmd *interop.Fail) error {
	switch cmd.Code {
	case 0:
		return nil
	case 1:
		return errors.New(cmd.Text)
	case 2:
		panic(cmd.Text)
	case 3:
		return zebus.Reply(ctx, 456, cmd.Text)
	default:
		return zebus.Fail(int(cmd.Code), "%s", cmd.Text)
	}
}

func TestCommands(t *testing.T) {
	inTown(t, "F01 G01 G07 J37 a command reaches its peer and the reply comes back", func(t *testing.T, town *town) {
		town.peer("Svc.0", zebus.HandleRequest(echo))
		client := town.peer("Client.0")
		reply, err := zebus.Request(t.Context(), client, &interop.Echo{Text: "hello", Number: 41})
		if err != nil {
			t.Fatal(err)
		}
		if reply.Text != "hello" || reply.Number != 42 {
			t.Errorf("reply = %+v, want hello 42", reply)
		}
	})
	for how, subscribed := range map[string]func(zebus.PeerID) []zebus.BindingKey{
		"to the whole type": nil,
		"by keys, of which only the directory knows what they match": func(zebus.PeerID) []zebus.BindingKey {
			return []zebus.BindingKey{zebus.Key(zebus.Sharp)}
		},
	} {
		inTown(t, "F05 a command for this peer too is handled here, whoever else handles it: subscribed "+how, func(t *testing.T, town *town) {
			town.peer("Other.0", zebus.HandleRequest(echo).Startup(subscribed))
			self := town.peer("Self.0", zebus.HandleRequest(
				func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
					return &interop.EchoReply{Text: "mine"}, nil
				}).Startup(subscribed))
			town.network.Tap(func(memory.Frame) { t.Error("a frame was sent") })
			reply, err := zebus.Request(t.Context(), self, &interop.Echo{})
			if err != nil || reply.Text != "mine" {
				t.Errorf("reply %+v, error %v", reply, err)
			}
		})
	}
	inTown(t, "F04 nobody handles it", func(t *testing.T, town *town) {
		err := town.peer("Client.0").Send(t.Context(), &interop.Echo{})
		wantError(t, err, zebus.ErrNoPeer, "Interop.Messages.Echo")
	})
	inTown(t, "F03 X26 two peers handle it: an error that names them, no round robin", func(t *testing.T, town *town) {
		town.peer("Svc.0", zebus.HandleRequest(echo))
		town.peer("Svc.1", zebus.HandleRequest(echo))
		err := town.peer("Client.0").Send(t.Context(), &interop.Echo{})
		wantError(t, err, zebus.ErrManyPeers, "Svc.0", "Svc.1")
	})
	inTown(t, "F02 a bus that does not run sends nothing", func(t *testing.T, town *town) {
		bus, err := town.builder("Client.0").Build()
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, bus.Send(t.Context(), &interop.Echo{}), zebus.ErrNotRunning)
		wantError(t, bus.Publish(t.Context(), &interop.Note{}), zebus.ErrNotRunning)
	})
	inTown(t, "F07 F08 F09 a peer that does not respond gets persistent commands and pings alone", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleRequest(echo))
		silent := zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint(), Up: true}
		client := town.peer("Client.0")
		if err := client.SendTo(t.Context(), &interop.Echo{}, silent); err != nil {
			t.Errorf("persistent command: %v", err)
		}
		wantError(t, client.SendTo(t.Context(), &interop.Knock{}, silent), zebus.ErrPeerNotResponding, "Svc.0")
	})
	inTown(t, "a reply of another type is unexpected", func(t *testing.T, town *town) {
		town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Echo) error { return nil }))
		_, err := zebus.Request(t.Context(), town.peer("Client.0"), &interop.Echo{})
		wantError(t, err, zebus.ErrUnexpectedReply, "Interop.Messages.EchoReply")
	})
	inTown(t, "thousands of commands are under way without a goroutine each", func(t *testing.T, town *town) {
		town.peer("Svc.0", zebus.HandleRequest(echo))
		client := town.peer("Client.0")
		var pending []*zebus.Pending
		for i := range 5000 {
			pending = append(pending, client.SendAsync(t.Context(), &interop.Echo{Number: int32(i)}))
		}
		for i, p := range pending {
			var reply interop.EchoReply
			if err := p.Reply(t.Context(), &reply); err != nil || reply.Number != int32(i+1) {
				t.Fatalf("command %d: reply %+v, error %v", i, reply, err)
			}
		}
		if n := client.PendingCommands(); n != 0 {
			t.Errorf("%d commands are left in the table", n)
		}
	})
}

func TestOutcomes(t *testing.T) {
	cases := map[string]struct {
		cmd  interop.Fail
		want *zebus.CommandError
	}{
		"G04 J06 an ordinary error is code 1 without its text": {interop.Fail{Code: 1, Text: "secret"}, &zebus.CommandError{Code: 1}},
		"J06 a panic is code 1 without its text":               {interop.Fail{Code: 2, Text: "secret"}, &zebus.CommandError{Code: 1}},
		"G05 an error with a code has both":                    {interop.Fail{Code: 5000, Text: "no"}, &zebus.CommandError{Code: 5000, Message: "no"}},
		"X09 a negative code":                                  {interop.Fail{Code: -1, Text: "neg"}, &zebus.CommandError{Code: -1, Message: "neg"}},
		"G06 J08 a code and a text set by Reply":               {interop.Fail{Code: 3, Text: "Test"}, &zebus.CommandError{Code: 456, Message: "Test"}},
		"success":                                              {interop.Fail{}, nil},
	}
	for name, c := range cases {
		for _, where := range []string{"elsewhere", "here"} {
			inTown(t, name+", handled "+where, func(t *testing.T, town *town) {
				sender := town.peer("Svc.0", zebus.HandleCommand(fail))
				if where == "elsewhere" {
					sender = town.peer("Client.0")
				}
				err := sender.Send(t.Context(), &c.cmd)
				got, _ := errors.AsType[*zebus.CommandError](err)
				if (got == nil) != (c.want == nil) || got != nil && *got != *c.want || got == nil && err != nil {
					t.Errorf("Send() = %v, want %v", err, c.want)
				}
			})
		}
	}
	t.Run("G13 code 0 would say success and becomes 1", func(t *testing.T) {
		if e, _ := errors.AsType[*zebus.CommandError](zebus.Fail(0, "x")); e.Code != zebus.CodeUnknown {
			t.Errorf("code %d", e.Code)
		}
	})
}

func TestEvents(t *testing.T) {
	inTown(t, "F10 F13 F14 G02 every subscriber gets an event once, this peer too", func(t *testing.T, town *town) {
		got := make(chan string, 10)
		note := func(who string) zebus.Handler {
			return zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
				got <- who + " " + n.Text
				return nil
			})
		}
		town.peer("A.0", note("A"))
		town.peer("B.0", note("B"))
		town.peer("C.0")
		self := town.peer("Self.0", note("Self"))
		if err := self.Publish(t.Context(), &interop.Note{Text: "hi"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		close(got)
		var heard []string
		for s := range got {
			heard = append(heard, s)
		}
		slices.Sort(heard)
		if want := []string{"A hi", "B hi", "Self hi"}; !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
	})
	inTown(t, "K15 events of one sender are handled in order", func(t *testing.T, town *town) {
		var got []int32
		town.peer("A.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			got = append(got, n.Number)
			return nil
		}))
		self := town.peer("Self.0")
		for i := range 1000 {
			if err := self.Publish(t.Context(), &interop.Note{Number: int32(i)}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if len(got) != 1000 || !slices.IsSorted(got) {
			t.Errorf("%d events, sorted %t", len(got), slices.IsSorted(got))
		}
	})
	inTown(t, "a batch handler gets what waits, in order and with the context of the first", func(t *testing.T, town *town) {
		release := make(chan struct{})
		var sizes []int
		var numbers []int32
		town.peer("A.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }),
			zebus.HandleEvents(func(_ context.Context, batch []*interop.Note) error {
				sizes = append(sizes, len(batch))
				for _, n := range batch {
					numbers = append(numbers, n.Number)
				}
				return nil
			}).Batch(4))
		self := town.peer("Self.0")
		blocked := self.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait() // the queue is busy now
		for i := range 10 {
			if err := self.Publish(t.Context(), &interop.Note{Number: int32(i)}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		close(release)
		if err := blocked.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !slices.Equal(sizes, []int{4, 4, 2}) || !slices.IsSorted(numbers) {
			t.Errorf("batches of %v with %v", sizes, numbers)
		}
	})
	for name, c := range map[string]struct{ size, want int }{
		"a batch handler that names no number gets what the bus allows": {200, 200},
		"or what it allows where nothing is said":                       {0, 100},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			release := make(chan struct{})
			most := 0
			svc := town.start(town.builder("Svc.0",
				zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }),
				zebus.HandleEvents(func(_ context.Context, batch []*interop.Note) error { most = max(most, len(batch)); return nil }),
			).WithDispatch(dispatch.Config{BatchSize: c.size}))
			blocked := svc.SendAsync(t.Context(), &interop.Fail{})
			for range 1000 {
				if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
					t.Fatal(err)
				}
			}
			close(release)
			if err := blocked.Wait(t.Context()); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if most != c.want {
				t.Errorf("%d at once, want %d", most, c.want)
			}
		})
	}
	inTown(t, "F15 without local dispatch an event for this peer takes the wire", func(t *testing.T, town *town) {
		got := make(chan struct{}, 1)
		self := town.start(town.builder("Self.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			got <- struct{}{}
			return nil
		})).WithoutLocalDispatch())
		frames := 0
		town.network.Tap(func(memory.Frame) { frames++ })
		if err := self.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		<-got
		if frames != 1 {
			t.Errorf("%d frames, want 1", frames)
		}
	})
}

func TestInitiator(t *testing.T) {
	inTown(t, "E15 E16 the user at the start of a chain goes with every message of it", func(t *testing.T, town *town) {
		users := make(chan string, 2)
		note := func(ctx context.Context, _ *interop.Note) error {
			o, _ := zebus.OriginatorFrom(ctx)
			users <- *o.InitiatorUserName
			return nil
		}
		var relay *zebus.Bus
		relay = town.peer("Relay.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			return relay.Publish(ctx, &interop.Note{})
		}))
		town.peer("End.0", zebus.HandleEvent(note))
		client := town.peer("Client.0")
		ctx := zebus.WithInitiator(t.Context(), "ann")
		if err := client.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		if got := <-users; got != "ann" {
			t.Errorf("user = %q, want ann", got)
		}
	})
}

func wantError(t *testing.T, err, want error, texts ...string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error = %v, want %v", err, want)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
}

// wantCommandError wants err to be what a handler reported, and nothing else.
func wantCommandError(t *testing.T, err error, want zebus.CommandError) {
	t.Helper()
	if got, ok := errors.AsType[*zebus.CommandError](err); !ok || *got != want {
		t.Errorf("got %v, want %+v", err, want)
	}
}

// untold is what the sender of a command learns of an error that the handler gave no code, and of a panic.
var untold = zebus.CommandError{Code: zebus.CodeUnknown}

func TestHandlersThatWait(t *testing.T) {
	const patience = time.Hour // fake: a deadlock ends the test at once
	inTown(t, "J11 a handler sends a command to its own peer and awaits the reply, on one queue", func(t *testing.T, town *town) {
		var self *zebus.Bus
		self = town.peer("Self.0", zebus.HandleRequest(echo), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			_, err := zebus.Request(ctx, self, &interop.Echo{})
			return err
		}))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := self.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
	})
	inTown(t, "A asks B, which asks A, all on default queues", func(t *testing.T, town *town) {
		var b *zebus.Bus
		a := town.peer("A.0", zebus.HandleRequest(echo))
		b = town.peer("B.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			_, err := zebus.Request(ctx, b, &interop.Echo{})
			return err
		}))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := a.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
	})
	inTown(t, "a handler publishes what it handles itself", func(t *testing.T, town *town) {
		var self *zebus.Bus
		seen := 0
		self = town.peer("Self.0", zebus.HandleEvent(func(ctx context.Context, n *interop.Note) error {
			seen++
			if n.Number == 0 {
				return nil
			}
			return self.Publish(ctx, &interop.Note{Number: n.Number - 1})
		}))
		if err := self.Publish(t.Context(), &interop.Note{Number: 9}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if seen != 10 {
			t.Errorf("handled %d times, want 10", seen)
		}
	})
	inTown(t, "a wait in an inline handler is refused", func(t *testing.T, town *town) {
		var self *zebus.Bus
		result := make(chan error, 1)
		self = town.peer("Self.0", zebus.HandleRequest(echo), zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
			result <- self.Send(ctx, &interop.Echo{})
			return nil
		}).Inline())
		if err := self.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		wantError(t, <-result, zebus.ErrInlineWait)
	})
	inTown(t, "a serial handler keeps its queue: a cycle ends by its context", func(t *testing.T, town *town) {
		var self *zebus.Bus
		self = town.peer("Self.0", zebus.HandleRequest(echo), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			err := self.Send(ctx, &interop.Echo{})
			if !errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("got %w", err)
			}
			return zebus.Fail(7, "as expected")
		}).Serial())
		err := self.Send(t.Context(), &interop.Fail{})
		if ce, _ := errors.AsType[*zebus.CommandError](err); ce == nil || ce.Code != 7 {
			t.Errorf("Send() = %v, want code 7", err)
		}
	})
}

func TestPendingCommandsEnd(t *testing.T) {
	inTown(t, "with its context", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, client.Send(ctx, &interop.Fail{}), context.DeadlineExceeded, "Interop.Messages.Fail")
		p := client.SendAsync(ctx, &interop.Fail{})
		<-p.Done()
		wantError(t, p.Wait(t.Context()), context.DeadlineExceeded)
	})
	inTown(t, "with the context of SendAsync, when nobody waits", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		ctx, cancel := context.WithCancel(t.Context())
		p := client.SendAsync(ctx, &interop.Fail{})
		synctest.Wait()
		cancel()
		<-p.Done()
		if n := client.PendingCommands(); n != 0 {
			t.Errorf("%d commands are left in the table", n)
		}
	})
	inTown(t, "after the default command timeout, where the context has no deadline", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.start(town.builder("Client.0").WithDefaultCommandTimeout(time.Second))
		begin := time.Now()
		wantError(t, client.Send(t.Context(), &interop.Fail{}), zebus.ErrCommandTimeout)
		if took := time.Since(begin); took != time.Second {
			t.Errorf("took %v, want 1s", took)
		}
	})
	inTown(t, "when its peer leaves", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = svc.Stop(ctx)                                             // its handler never ends; the directory has been told already
		wantError(t, p.Wait(t.Context()), zebus.ErrPeerGone, "Svc.0") // after some seconds, of the bubble
	})
	inTown(t, "but not before a peer that stops has had the time to answer", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-time.After(time.Second)
			return nil
		}))
		client := town.peer("Client.0")
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		if err := svc.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(t.Context()); err != nil {
			t.Errorf("Wait() = %v", err)
		}
	})
	inTown(t, "E10 when the bus stops", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		if err := client.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantError(t, p.Wait(t.Context()), zebus.ErrNotRunning)
	})
}

// stubborn handles a command until the test ends, whatever its context says.
func stubborn(t *testing.T) zebus.Handler {
	t.Helper()
	return zebus.HandleCommand(func(context.Context, *interop.Fail) error {
		<-t.Context().Done() // before the cleanup, which stops the bus
		return nil
	})
}

func TestLife(t *testing.T) {
	inTown(t, "E05 E06 E07 started twice, stopped twice, and again", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleRequest(echo))
		wantError(t, svc.Start(t.Context()), zebus.ErrAlreadyRunning)
		client := town.peer("Client.0")
		for range 3 {
			if err := svc.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantError(t, svc.Stop(t.Context()), zebus.ErrNotRunning)
			wantError(t, client.Send(t.Context(), &interop.Echo{}), zebus.ErrNoPeer)
			if err := svc.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := client.Send(t.Context(), &interop.Echo{}); err != nil {
				t.Error(err)
			}
		}
	})
	inTown(t, "E03 E04 a registration that fails undoes the start", func(t *testing.T, town *town) {
		refused := errors.New("refused")
		book := &phoneBook{town: town, failNext: refused}
		running := false
		bus, err := town.builder("Svc.0").WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		book.whileRegister = func(zebus.PeerSender) { running = bus.IsRunning() }
		wantError(t, bus.Start(t.Context()), refused, "Svc.0")
		if !running || bus.IsRunning() {
			t.Errorf("running while registering %t, afterwards %t", running, bus.IsRunning())
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatalf("second start: %v", err)
		}
		if err := bus.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	inTown(t, "a stop during a start interrupts it", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		registering := make(chan struct{})
		bus, err := town.builder("Svc.0").WithDirectory(waitingDirectory{book, registering}).Build()
		if err != nil {
			t.Fatal(err)
		}
		started := make(chan error, 1)
		go func() { started <- bus.Start(t.Context()) }()
		<-registering
		if err := bus.Stop(t.Context()); err != nil {
			t.Errorf("Stop() = %v", err)
		}
		wantError(t, <-started, context.Canceled)
		if bus.IsRunning() {
			t.Error("still running")
		}
	})
	inTown(t, "E13 J13 a handler that runs while the bus stops may still publish, and is waited for", func(t *testing.T, town *town) {
		heard := make(chan struct{}, 1)
		town.peer("Ear.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			heard <- struct{}{}
			return nil
		}))
		var svc *zebus.Bus
		release := make(chan struct{})
		svc = town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			<-release
			return svc.Publish(ctx, &interop.Note{})
		}))
		p := svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		stop := make(chan error, 1)
		go func() { stop <- svc.Stop(t.Context()) }()
		synctest.Wait()
		close(release)
		if err := <-stop; err != nil {
			t.Fatal(err)
		}
		<-heard
		if err := p.Wait(t.Context()); err != nil {
			t.Errorf("the command that was under way: %v", err)
		}
	})
	inTown(t, "a stop that is too short names the handlers that run, and the next one goes on", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			return nil
		}).Named("Svc.Sleepy"))
		_ = svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, svc.Stop(ctx), context.DeadlineExceeded, "Svc.Sleepy")
		close(release)
		if err := svc.Stop(t.Context()); err != nil {
			t.Errorf("second Stop() = %v", err)
		}
	})
	t.Run("E01 a builder reports everything that is missing", func(t *testing.T) {
		_, err := zebus.NewBuilder("").Build()
		for _, part := range []string{"peer ID", "transport", "directory"} {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("error %v does not mention the %s", err, part)
			}
		}
		bus, err := zebus.NewBuilder("A.0").WithEnvironment("Test").
			WithTransport((&town{t: t, network: memory.NewNetwork()}).transport()).WithDirectory(&phoneBook{}).Build()
		if err != nil || bus.ID() != "A.0" || bus.Environment() != "Test" {
			t.Errorf("bus %v, error %v", bus, err)
		}
	})
}

// waitingDirectory registers for as long as the context lasts.
type waitingDirectory struct {
	*phoneBook
	registering chan struct{}
}

func (d waitingDirectory) Register(ctx context.Context, _ zebus.PeerSender, _ zebus.PeerDescriptor) error {
	close(d.registering)
	<-ctx.Done()
	return ctx.Err()
}

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

func TestPeerThatRestarts(t *testing.T) {
	inTown(t, "a command that waits for it ends, for nobody will answer", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		town.peer("Svc.0", stubborn(t))
		client := town.start(town.builder("Client.0").WithDirectory(book))
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		svc, _ := book.Peer("Svc.0")
		book.watch(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: svc})
		wantError(t, p.Wait(t.Context()), zebus.ErrPeerRestarted, "Svc.0")
	})
	inTown(t, "one that waits for another peer goes on", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		release := make(chan struct{})
		town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			return nil
		}))
		client := town.start(town.builder("Client.0").WithDirectory(book))
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		book.watch(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: zebus.Peer{ID: "Other.0"}})
		close(release)
		if err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestReplay(t *testing.T) {
	for name, c := range map[string]struct {
		handlers []string
		want     []string
	}{
		"H14 J05 one handler by name":   {[]string{"first"}, []string{"first"}},
		"H14 all handlers when no name": {nil, []string{"first", "second"}},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			var ran []string
			note := func(name string) zebus.Handler {
				return zebus.HandleEvent(func(context.Context, *interop.Note) error {
					ran = append(ran, name)
					return nil
				}).Named(name)
			}
			svc := town.peer("Svc.0", note("first"), note("second"))
			client := town.peer("Client.0")
			note1 := &interop.Note{Text: "again"}
			err := client.SendTo(t.Context(), &zebus.ReplayMessageCommand{
				MessageToReplay: zebus.TransportMessage{ID: zebus.MessageID{1}, Type: note1.ZebusType().ID(), Content: note1.ZebusAppend(nil)},
				HandlerTypes:    c.handlers,
			}, zebus.Peer{ID: svc.ID(), Endpoint: svc.Endpoint(), Responding: true})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if !slices.Equal(ran, c.want) {
				t.Errorf("ran %q, want %q", ran, c.want)
			}
		})
	}
}
