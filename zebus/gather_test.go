package zebus_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

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
