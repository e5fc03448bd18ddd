package zebustest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

func TestNetwork(t *testing.T) {
	both(t, "peers find each other without a directory", func(t *testing.T, network *zebustest.Network) {
		network.Start("Acme.Echo.0", zebus.HandleRequest(echo))
		client := network.Start("Acme.Client.0")
		reply, err := zebus.Request(t.Context(), client, &interop.Echo{Text: "hi", Number: 1})
		if err != nil || reply.Text != "hi" || reply.Number != 2 {
			t.Errorf("Request = %+v, %v; want hi and 2", reply, err)
		}
	})
	both(t, "peers find each other with a directory", func(t *testing.T, network *zebustest.Network) {
		network.StartDirectory()
		client := network.Start("Acme.Client.0")
		network.Start("Acme.Echo.0", zebus.HandleRequest(echo))
		network.WaitQuiet()
		if err := client.Send(t.Context(), &interop.Echo{Text: "hi"}); err != nil {
			t.Error(err)
		}
		zebustest.ExpectOnly(t, network, &interop.Echo{Text: "hi"}) // and nothing of the directory
	})
	both(t, "several directories are one", func(t *testing.T, network *zebustest.Network) {
		network.StartDirectory()
		network.StartDirectory()
		client := network.Start("Acme.Client.0")
		network.Start("Acme.Echo.0", zebus.HandleRequest(echo))
		network.WaitQuiet()
		if err := client.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Error(err)
		}
	})
	both(t, "who leaves is found no more, and who comes back is", func(t *testing.T, network *zebustest.Network) {
		service := network.Start("Acme.Echo.0", zebus.HandleRequest(echo))
		client := network.Start("Acme.Client.0")
		if err := service.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := client.Send(t.Context(), &interop.Echo{}); !errors.Is(err, zebus.ErrNoPeer) {
			t.Errorf("Send to who has left = %v, want ErrNoPeer", err)
		}
		if err := service.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := client.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Errorf("Send to who is back = %v", err)
		}
	})
	both(t, "subscriptions made later count at once", func(t *testing.T, network *zebustest.Network) {
		prices := make(chan string, 10) // more than are sent
		trader := network.Start("Acme.Trader.0", zebus.HandleEvent(func(_ context.Context, evt *interop.PriceChanged) error {
			prices <- evt.Market
			return nil
		}))
		market := network.Start("Acme.Market.0")
		sub, err := trader.Subscribe(t.Context(), zebus.Subscription{Type: zebustest.TypeID[*interop.PriceChanged](), Key: zebus.Key("Paris", "*")})
		if err != nil {
			t.Fatal(err)
		}
		send := func(name string) {
			if err := market.Publish(t.Context(), &interop.PriceChanged{Market: name, ID: 1}); err != nil {
				t.Fatal(err)
			}
		}
		send("London")
		send("Paris")
		network.WaitQuiet()
		if err := sub.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		send("Paris")
		network.WaitQuiet()
		if len(prices) != 1 || <-prices != "Paris" {
			t.Error("want one price, of Paris")
		}
	})
	both(t, "a builder takes what else a peer needs", func(t *testing.T, network *zebustest.Network) {
		var tries atomic.Int32
		network.Join(network.Builder("Acme.Echo.0").WithHandlers(
			zebus.HandleCommand(func(context.Context, *interop.Knock) error {
				if tries.Add(1) < 3 {
					return errors.New("not yet")
				}
				return nil
			}).Retry(zebus.RetryPolicy{Attempts: 5, First: time.Millisecond})))
		if err := network.Start("Acme.Client.0").Send(t.Context(), &interop.Knock{}); err != nil || tries.Load() != 3 {
			t.Errorf("Send = %v after %d tries, want nil after 3", err, tries.Load())
		}
	})
	t.Run("a command to a peer that left ends", func(t *testing.T) { zebustest.Run(t, leaveBeforeTheAnswer) })
	both(t, "who subscribes gets the snapshot, at the start and later", func(t *testing.T, network *zebustest.Network) {
		network.Join(network.Builder("Acme.Source.0").WithSnapshots(
			zebus.Snapshot[interop.Note](func(_ context.Context, to zebus.PeerID, _ zebus.BindingKey) ([]zebus.Event, error) {
				return []zebus.Event{&interop.Note{Text: "for " + string(to)}}, nil
			})))
		h, heard := hear()
		network.Start("Early.0", h)
		hl, heardLater := hear()
		late := network.Start("Late.0", hl.Mode(zebus.SubscribeManual))
		network.WaitQuiet()
		if got := heardLater(); !slices.Equal(heard(), []string{"for Early.0"}) || len(got) != 0 {
			t.Errorf("heard %q and %q, want only the early one's", heard(), got)
		}
		if _, err := late.Subscribe(t.Context(), zebus.SubscribeTo(zebustest.TypeID[*interop.Note]())); err != nil {
			t.Fatal(err)
		}
		network.WaitQuiet()
		if got := heardLater(); !slices.Equal(got, []string{"for Late.0"}) {
			t.Errorf("heard later %q, want its snapshot", got)
		}
	})
	both(t, "scripts play the others", func(t *testing.T, network *zebustest.Network) {
		network.Script("Acme.Other.0",
			zebustest.Reply(func(cmd *interop.Echo) (*interop.EchoReply, error) {
				return &interop.EchoReply{Text: cmd.Text + "!"}, nil
			}),
			zebustest.Accept(func(cmd *interop.Fail) error { return zebus.Fail(int(cmd.Code), "%s", cmd.Text) }))
		client := network.Start("Acme.Client.0")
		reply, err := zebus.Request(t.Context(), client, &interop.Echo{Text: "hi"})
		if err != nil || reply.Text != "hi!" {
			t.Errorf("Request = %+v, %v; want hi!", reply, err)
		}
		err = client.Send(t.Context(), &interop.Fail{Code: 7, Text: "no"})
		if failed, ok := errors.AsType[*zebus.CommandError](err); !ok || failed.Code != 7 {
			t.Errorf("Send(Fail) = %v, want code 7", err)
		}
	})
}

// leaveBeforeTheAnswer lets a peer leave whose answer gets lost: only its leaving can end the command.
func leaveBeforeTheAnswer(t *testing.T, network *zebustest.Network) {
	t.Helper()
	asleep := make(chan struct{})
	service := network.Start("Acme.Sleep.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
		close(asleep)
		<-ctx.Done()
		return nil
	}))
	pending := network.Start("Acme.Client.0").SendAsync(t.Context(), &interop.Knock{})
	<-asleep
	network.Drop(zebustest.Traffic{From: "Acme.Sleep.0"}) // it dies before it answers
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_ = service.Stop(ended) // cancels the handler
	if service.IsRunning() {
		if err := service.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := pending.Wait(t.Context()); !errors.Is(err, zebus.ErrPeerGone) {
		t.Errorf("Wait = %v, want ErrPeerGone", err)
	}
}

func TestWaitQuiet(t *testing.T) {
	both(t, "waits for everything that follows", func(t *testing.T, network *zebustest.Network) {
		var hops atomic.Int32
		buses := map[zebus.PeerID]*zebus.Bus{}
		relay := func(self, other zebus.PeerID) zebus.Handler { // hands a Note on until its number is used up
			return zebus.HandleCommand(func(ctx context.Context, cmd *interop.Fail) error {
				if hops.Add(1); cmd.Code == 0 {
					return nil
				}
				to, _ := network.Peer(other)
				buses[self].SendToAsync(ctx, &interop.Fail{Code: cmd.Code - 1}, to)
				return nil
			})
		}
		buses["A.0"] = network.Start("A.0", relay("A.0", "B.0"))
		buses["B.0"] = network.Start("B.0", relay("B.0", "A.0"))
		to, _ := network.Peer("B.0")
		buses["A.0"].SendToAsync(t.Context(), &interop.Fail{Code: 99}, to)
		network.WaitQuiet()
		if hops.Load() != 100 {
			t.Errorf("quiet after %d of 100 hops", hops.Load())
		}
	})
	both(t, "waits for what a peer sends to itself", func(t *testing.T, network *zebustest.Network) {
		h, heard := hear()
		bus := network.Start("A.0", h)
		for range 100 {
			publish(t, bus, "x")
		}
		network.WaitQuiet()
		if got := len(heard()); got != 100 {
			t.Errorf("quiet with %d of 100 events handled", got)
		}
	})
	t.Run("lets the time pass that a handler waits for", func(t *testing.T) {
		zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
			var done atomic.Bool
			bus := network.Start("A.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
				<-time.After(10 * time.Minute)
				done.Store(true)
				return nil
			}))
			publish(t, bus, "x")
			network.WaitQuiet()
			if !done.Load() {
				t.Error("quiet while a handler waits")
			}
		})
	})
	t.Run("returns at once where nothing happened", func(t *testing.T) { zebustest.NewNetwork(t).WaitQuiet() })
	t.Run("names what is under way when it takes too long", func(t *testing.T) {
		release := make(chan struct{})
		wantFailure(t, try(func(t zebustest.TB) {
			network := zebustest.NewNetwork(t)
			bus := network.Start("A.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
				<-release
				return nil
			}).Named("Sleeper"))
			_ = bus.Publish(t.Context(), &interop.Note{})
			_ = bus.Publish(t.Context(), &interop.Note{})
			network.SetPatience(10 * time.Millisecond)
			defer network.SetPatience(10 * time.Second)
			defer close(release)
			network.WaitQuiet()
		}), "not quiet after 10ms", "2 messages are under way", "A.0: Sleeper runs on queue", "1 wait in queue")
	})
	t.Run("waits for a hung peer to go on", func(t *testing.T) {
		zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
			h, heard := hear()
			network.Start("B.0", h)
			a := network.Start("A.0")
			resume := network.Hang("B.0")
			publish(t, a, "x")
			time.AfterFunc(time.Minute, resume)
			network.WaitQuiet()
			if !slices.Equal(heard(), []string{"x"}) {
				t.Error("quiet before the peer went on")
			}
		})
	})
}

func TestTheEndOfATestFails(t *testing.T) {
	t.Run("not when everything is done, even if it is only just done", func(t *testing.T) {
		h, heard := hear()
		failures := try(func(t zebustest.TB) {
			network := zebustest.NewNetwork(t)
			network.Start("B.0", h)
			a := network.Start("A.0")
			for range 10 {
				_ = a.Publish(t.Context(), &interop.Note{})
			}
		})
		wantFailure(t, failures)
		if len(heard()) != 10 {
			t.Errorf("%d of 10 events were handled before the end", len(heard()))
		}
	})
	t.Run("for a command that nobody will answer", func(t *testing.T) {
		wantFailure(t, try(func(t zebustest.TB) {
			network := zebustest.NewNetwork(t)
			network.Start("B.0", zebus.HandleRequest(echo))
			a := network.Start("A.0")
			network.Drop(zebustest.Traffic{To: "B.0"})
			a.SendAsync(t.Context(), &interop.Echo{})
		}), "A.0 still waits for the answers to 1 command")
	})
	t.Run("for a handler that does not end, whose context is cancelled then", func(t *testing.T) {
		wantFailure(t, try(func(t zebustest.TB) {
			network := zebustest.NewNetwork(t)
			network.SetPatience(20 * time.Millisecond)
			a := network.Start("A.0", zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
				<-ctx.Done()
				network.SetPatience(10 * time.Second) // the rest is quick
				return nil
			}).Named("Endless"))
			_ = a.Publish(t.Context(), &interop.Note{})
		}), "the test ended while something was under way", "Endless runs")
	})
	t.Run("not for problems, unless it asks for that", func(t *testing.T) {
		trouble := func(t zebustest.TB) *zebustest.Network {
			network := zebustest.NewNetwork(t)
			a := network.Start("A.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return errors.New("spilt") }).Named("Pour"))
			_ = a.Publish(t.Context(), &interop.Note{})
			network.WaitQuiet()
			return network
		}
		wantFailure(t, try(func(t zebustest.TB) { trouble(t) }))
		wantFailure(t, try(func(t zebustest.TB) { trouble(t).FailOnProblems() }),
			"A.0: handler Pour failed on Interop.Messages.Note: spilt")
		wantFailure(t, try(func(t zebustest.TB) {
			network := trouble(t)
			network.FailOnProblems()
			if got := network.Problems(); len(got) != 1 {
				t.Errorf("%d problems, want 1", len(got))
			}
		}))
	})
}

func TestProblems(t *testing.T) {
	network := zebustest.NewNetwork(t)
	network.Start("B.0", zebus.HandleCommand(func(_ context.Context, cmd *interop.Fail) error { return zebus.Fail(int(cmd.Code), "no") }))
	a := network.Start("A.0")
	_ = a.Send(t.Context(), &interop.Fail{Code: 3}) // an answer is no problem
	if err := a.PublishTo(t.Context(), &interop.Note{}, zebus.Peer{ID: "Gone.0", Endpoint: "tcp://gone:1"}); err != nil {
		t.Fatal(err)
	}
	network.Deliver("B.0", zebustest.Envelope("A.0", &interop.Note{})) // which it does not handle
	network.WaitQuiet()
	got := make([]string, 0, 2)
	for _, p := range network.Problems() {
		got = append(got, fmt.Sprintf("%s: %s", p.Peer, p.What))
	}
	slices.Sort(got)
	want := []string{"A.0: a message did not reach Gone.0", "B.0: Interop.Messages.Note was dropped"}
	if !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
}

func TestFatal(t *testing.T) {
	tests := map[string]struct {
		f    func(t zebustest.TB, network *zebustest.Network)
		want string
	}{
		"two peers with one name": {func(_ zebustest.TB, n *zebustest.Network) { n.Start("A.0"); n.Start("A.0") }, "start A.0"},
		"a peer without a name":   {func(_ zebustest.TB, n *zebustest.Network) { n.Start("") }, "transport of"},
		"a delivery to nobody": {func(_ zebustest.TB, n *zebustest.Network) {
			n.Deliver("A.0", zebustest.Envelope("B.0", &interop.Note{}))
		}, "deliver to A.0"},
	}
	for name, tc := range tests {
		t.Run(name+" ends the test", func(t *testing.T) {
			ended := true
			wantFailure(t, try(func(t zebustest.TB) {
				tc.f(t, zebustest.NewNetwork(t))
				ended = false
			}), tc.want)
			if !ended {
				t.Error("the test went on")
			}
		})
	}
}
