package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// answering is a handler that replies with a text.
func answering(text string) zebus.Handler {
	return zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
		return &interop.EchoReply{Text: text}, nil
	})
}

func TestRoundRobin(t *testing.T) {
	peers := []zebus.Peer{{ID: "1"}, {ID: "2"}, {ID: "3"}}
	t.Run("F16 each in its turn, for each type, and again from the start when there are fewer", func(t *testing.T) {
		next := zebus.RoundRobin()
		var got []int
		for range 4 {
			got = append(got, next(&interop.Echo{}, peers))
		}
		got = append(got, next(&interop.Fail{}, peers), next(&interop.Echo{}, peers), next(&interop.Echo{}, peers[:2]))
		if want := []int{0, 1, 2, 0, 0, 1, 0}; !slices.Equal(got, want) {
			t.Errorf("chose %v, want %v", got, want)
		}
	})
	inTown(t, "F16 a bus with a selector sends what several peers handle", func(t *testing.T, town *town) {
		for i := range 3 {
			town.peer(zebus.PeerID(fmt.Sprintf("Svc.%d", i)), answering(strconv.Itoa(i)))
		}
		client := town.start(town.builder("Client.0").WithSelector(zebus.RoundRobin))
		var got []string
		for range 4 {
			reply, err := zebus.Request(t.Context(), client, &interop.Echo{})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, reply.Text)
		}
		if want := []string{"0", "1", "2", "0"}; !slices.Equal(got, want) {
			t.Errorf("answered by %v, want %v", got, want)
		}
	})
	inTown(t, "a selector that chooses nobody leaves the error", func(t *testing.T, town *town) {
		town.peer("Svc.0", answering("0"))
		town.peer("Svc.1", answering("1"))
		none := func() zebus.Selector { return func(zebus.Command, []zebus.Peer) int { return -1 } }
		client := town.start(town.builder("Client.0").WithSelector(none))
		wantError(t, client.Send(t.Context(), &interop.Echo{}), zebus.ErrManyPeers)
	})
}

func TestGather(t *testing.T) {
	inTown(t, "every peer is asked, and each answer comes when it is there", func(t *testing.T, town *town) {
		release := make(chan struct{})
		town.peer("Slow.0", zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
			<-release
			return &interop.EchoReply{Text: "slow"}, nil
		}))
		town.peer("Broken.0", zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
			return nil, zebus.Fail(9, "broken")
		}))
		self := town.peer("Self.0", answering("self"))
		var order []string
		for g := range zebus.Gather(t.Context(), self, &interop.Echo{}) {
			switch {
			case g.Err != nil:
				order = append(order, string(g.Peer)+" "+g.Err.Error())
			default:
				order = append(order, string(g.Peer)+" "+g.Reply.Text)
			}
			if len(order) == 2 {
				close(release)
			}
		}
		slices.Sort(order[:2])
		if want := []string{"Broken.0 broken (code 9)", "Self.0 self", "Slow.0 slow"}; !slices.Equal(order, want) {
			t.Errorf("gathered %q, want %q", order, want)
		}
	})
	inTown(t, "PeersFor names those who would be asked", func(t *testing.T, town *town) {
		town.peer("Other.0", answering("other"))
		self := town.peer("Self.0", answering("self"))
		peers, err := self.PeersFor(&interop.Echo{})
		ids := []string{string(peers[0].ID), string(peers[1].ID)}
		slices.Sort(ids)
		if err != nil || !slices.Equal(ids, []string{"Other.0", "Self.0"}) {
			t.Errorf("PeersFor = %q, %v", ids, err)
		}
		_, err = self.PeersFor(&interop.Knock{})
		wantError(t, err, zebus.ErrNoPeer)
		if err := self.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err = self.PeersFor(&interop.Echo{})
		wantError(t, err, zebus.ErrNotRunning)
	})
	inTown(t, "breaking off ends what has not been answered", func(t *testing.T, town *town) {
		town.peer("Never.0", zebus.HandleRequest(func(ctx context.Context, _ *interop.Echo) (*interop.EchoReply, error) {
			<-t.Context().Done()
			return nil, ctx.Err()
		}))
		self := town.peer("Self.0", answering("self"))
		for range zebus.Gather(t.Context(), self, &interop.Echo{}) {
			break
		}
		if n := self.PendingCommands(); n != 0 {
			t.Errorf("%d commands are left", n)
		}
	})
	inTown(t, "nobody to ask is an error, once", func(t *testing.T, town *town) {
		n := 0
		for g := range zebus.Gather(t.Context(), town.peer("Self.0"), &interop.Echo{}) {
			wantError(t, g.Err, zebus.ErrNoPeer)
			n++
		}
		if n != 1 {
			t.Errorf("yielded %d times", n)
		}
	})
	inTown(t, "a handler that gathers lends its queue, its own peer included", func(t *testing.T, town *town) {
		var self *zebus.Bus
		self = town.peer("Self.0", answering("self"), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			for g := range zebus.Gather(ctx, self, &interop.Echo{}) {
				if g.Err != nil {
					return g.Err
				}
			}
			return nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := self.Send(ctx, &interop.Fail{}); err != nil {
			t.Error(err)
		}
	})
}

func TestDeadlineOfTheSender(t *testing.T) {
	inTown(t, "the context of a handler ends when the sender stops waiting", func(t *testing.T, town *town) {
		for _, where := range []zebus.PeerID{"Svc.0", "Client.0"} {
			left := make(chan time.Duration, 1)
			ended := make(chan error, 1)
			svc := town.peer(where, zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
				until, _ := ctx.Deadline()
				left <- time.Until(until)
				<-ctx.Done()
				ended <- ctx.Err()
				return ctx.Err()
			}))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := svc.Send(ctx, &interop.Fail{}); err == nil { // both give up at the same moment, and either may be first
				t.Error("Send() succeeded")
			}
			if got := <-left; got != time.Minute {
				t.Errorf("time left %v, want 1m", got)
			}
			wantError(t, <-ended, context.DeadlineExceeded)
			if err := svc.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	inTown(t, "with the deadline the context ends when the handler returns; what outlives it takes one that does not", func(t *testing.T, town *town) {
		var svc *zebus.Bus
		returned, sent := make(chan struct{}), make(chan error, 2)
		svc = town.peer("Svc.0", zebus.HandleRequest(echo), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			go func() {
				<-returned
				sent <- svc.Send(ctx, &interop.Echo{})
				sent <- svc.Send(context.WithoutCancel(ctx), &interop.Echo{})
			}()
			return nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := svc.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		close(returned)
		wantError(t, <-sent, context.Canceled)
		if err := <-sent; err != nil {
			t.Errorf("with a context of its own: %v", err)
		}
	})
	inTown(t, "a sender without a deadline sets none", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			if until, ok := ctx.Deadline(); ok {
				return fmt.Errorf("deadline %v", until)
			}
			return nil
		}))
		if err := svc.Send(context.WithoutCancel(t.Context()), &interop.Fail{}); err != nil {
			t.Error(err)
		}
	})
}

func TestLocalDispatchScope(t *testing.T) {
	inTown(t, "F15 J28 a context turns local dispatch off for what is sent with it, and for nothing else", func(t *testing.T, town *town) {
		frames := make(chan memory.Frame, 10)
		town.network.Tap(func(f memory.Frame) { frames <- f })
		var self *zebus.Bus
		self = town.peer("Self.0", answering("self"), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			return self.Send(ctx, &interop.Echo{}) // a context of its own: not turned off
		}))
		if err := self.Send(zebus.WithoutLocalDispatch(t.Context()), &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(frames); n != 2 {
			t.Errorf("%d frames, want the command and its answer", n)
		}
	})
}

func TestSendErrorsSayWhatHappened(t *testing.T) {
	inTown(t, "F06 a peer that is down is sent to all the same, and its absence comes back", func(t *testing.T, town *town) {
		err := town.peer("Client.0").SendTo(t.Context(), &interop.Echo{}, zebus.Peer{ID: "Gone.0", Endpoint: "tcp://nowhere:1", Responding: true})
		wantError(t, err, zebus.ErrPeerUnreachable, "Gone.0", "Interop.Messages.Echo")
		if e, ok := errors.AsType[*zebus.SendError](err); !ok || e.To != "Gone.0" {
			t.Errorf("%v is no SendError to Gone.0", err)
		}
	})
	inTown(t, "F11 an event to peers of the caller's choice reaches these alone", func(t *testing.T, town *town) {
		heard := map[zebus.PeerID]int{}
		note := func(id zebus.PeerID) zebus.Handler {
			return zebus.HandleEvent(func(context.Context, *interop.Note) error { heard[id]++; return nil })
		}
		a := town.peer("A.0", note("A.0"))
		town.peer("B.0", note("B.0"))
		self := town.peer("Self.0")
		if err := self.PublishTo(t.Context(), &interop.Note{}, zebus.Peer{ID: "A.0", Endpoint: a.Endpoint()}); err != nil {
			t.Fatal(err)
		}
		if err := self.PublishTo(t.Context(), &interop.Note{}); err != nil {
			t.Errorf("to nobody: %v", err)
		}
		synctest.Wait()
		if heard["A.0"] != 1 || heard["B.0"] != 0 {
			t.Errorf("heard %v", heard)
		}
	})
}

func TestSendingWhatCannotBeEncoded(t *testing.T) {
	for _, where := range []string{"elsewhere", "here"} {
		inTown(t, "a panic goes on to the sender, and no command is left that nobody ends: "+where, func(t *testing.T, town *town) {
			sender := town.peer("Svc.0", zebus.HandleCommand(fail))
			if where == "elsewhere" {
				sender = town.peer("Client.0")
			}
			defer func() {
				if recover() == nil {
					t.Error("a nil pointer was sent")
				}
				if n := sender.PendingCommands(); n != 0 {
					t.Errorf("%d commands wait", n)
				}
			}()
			_ = sender.Send(t.Context(), (*interop.Fail)(nil))
		})
	}
}
