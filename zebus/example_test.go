package zebus_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// stage is the test of an example: func TestX(t *testing.T) in your code.
type stage struct{ cleanups []func() }

func (s *stage) Helper()                  {}
func (s *stage) Context() context.Context { return context.Background() }
func (s *stage) Cleanup(f func())         { s.cleanups = append(s.cleanups, f) }

func (s *stage) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func (s *stage) Fatalf(format string, args ...any) {
	s.Errorf(format, args...)
	os.Exit(1)
}

// onNetwork plays an example among peers of one process. With package host they would be programs of their own.
func onNetwork(f func(ctx context.Context, network *zebustest.Network)) {
	s := &stage{}
	f(s.Context(), zebustest.NewNetwork(s))
	for _, cleanup := range slices.Backward(s.cleanups) {
		cleanup()
	}
}

// echoes replies with what it hears.
func echoes(_ context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
	return &interop.EchoReply{Text: cmd.Text}, nil
}

// A bus is built from a transport, a directory and handlers, and lives from Start to Stop. It may be started again.
func ExampleBuilder() {
	wire, _ := memory.NewNetwork().NewTransport(memory.Config{}) // zmq.New in a program, or host.NewBuilder for all of it
	server, _ := directory.NewServer(directory.ServerConfig{Store: directory.NewMemoryStore()})
	bus, err := zebus.NewBuilder("Abc.Zebus.DirectoryService.0").
		WithEnvironment("Demo").
		WithTransport(wire).
		WithDirectory(server).
		WithHandlers(zebus.HandleRequest(echoes)).
		Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for range 2 {
		fmt.Println("start:", bus.Start(ctx))
		done := bus.Done()
		fmt.Println("stop:", bus.Stop(ctx))
		<-done
	}
	fmt.Println(bus.Send(ctx, &interop.Echo{}))
	// Output:
	// start: <nil>
	// stop: <nil>
	// start: <nil>
	// stop: <nil>
	// Interop.Messages.Echo: Abc.Zebus.DirectoryService.0: zebus: bus is not running
}

func ExampleBuilder_WithHooks() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		bus := network.Join(network.Builder("Acme.Shop.0").WithHooks(zebus.Hooks{
			Starting: func(context.Context) error { fmt.Println("open the shop"); return nil },
			Started:  func(context.Context) { fmt.Println("let them in") },
			Stopping: func(context.Context) error { fmt.Println("last round"); return nil },
			Stopped:  func(context.Context) { fmt.Println("lights off") },
		}))
		_ = bus.Stop(ctx)
	})
	// Output:
	// open the shop
	// let them in
	// last round
	// lights off
}

// A stop that is too short names what it waits for, and the next one goes on from there.
func ExampleBus_Stop() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		running, finish := make(chan struct{}), make(chan struct{})
		shop := network.Start("Acme.Shop.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			close(running)
			<-finish
			return nil
		}).Named("Shop.Bake"))
		shop.SendAsync(ctx, &interop.Fail{})
		<-running

		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		err := shop.Stop(short)
		fmt.Println(errors.Is(err, context.DeadlineExceeded), err)
		close(finish)
		fmt.Println(shop.Stop(ctx))
	})
	// Output:
	// true stop Acme.Shop.0: context deadline exceeded
	// dispatch: still running: Shop.Bake on DefaultQueue; 0 messages wait
	// <nil>
}

func ExampleRequest() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Echo.0", zebus.HandleRequest(echoes))
		client := network.Start("Acme.Client.0")
		reply, err := zebus.Request(ctx, client, &interop.Echo{Text: "hello"}) // a *interop.EchoReply
		fmt.Println(reply.Text, err)
	})
	// Output: hello <nil>
}

// What can go wrong is told apart by errors.Is and errors.As; the texts have the facts.
func ExampleBus_Send() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Shop.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			return zebus.Fail(17, "out of %s", "tea")
		}))
		client := network.Start("Acme.Client.0")

		err := client.Send(ctx, &interop.Fail{})
		if failed, ok := errors.AsType[*zebus.CommandError](err); ok {
			fmt.Println(failed.Code, failed.Message)
		}
		err = client.Send(ctx, &interop.Echo{})
		fmt.Println(errors.Is(err, zebus.ErrNoPeer), err)
	})
	// Output:
	// 17 out of tea
	// true Interop.Messages.Echo: zebus: no peer handles the command
}

// The time that a sender has left is that of the handler: the deadline travels with the command.
func ExampleBus_Send_deadline() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Shop.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			until, ok := ctx.Deadline()
			fmt.Println(ok, time.Until(until).Round(time.Minute))
			return nil
		}))
		client := network.Start("Acme.Client.0")
		ctx, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		fmt.Println(client.Send(ctx, &interop.Fail{}))
	})
	// Output:
	// true 1h0m0s
	// <nil>
}

// Thousands of commands can be under way, without a goroutine each.
func ExampleBus_SendAsync() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Echo.0", zebus.HandleRequest(echoes))
		client := network.Start("Acme.Client.0")
		var pending []*zebus.Pending
		for i := range 3 {
			pending = append(pending, client.SendAsync(ctx, &interop.Echo{Text: strconv.Itoa(i)}))
		}
		for _, p := range pending {
			var reply interop.EchoReply
			err := p.Reply(ctx, &reply)
			fmt.Println(reply.Text, err)
		}
	})
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 2 <nil>
}

func ExampleBus_SendTo() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		for _, id := range []zebus.PeerID{"Acme.Echo.0", "Acme.Echo.1"} {
			network.Start(id, zebus.HandleCommand(func(context.Context, *interop.Knock) error {
				fmt.Println("at", id)
				return nil
			}))
		}
		client := network.Start("Acme.Client.0")
		fmt.Println(client.Send(ctx, &interop.Knock{}))
		second, _ := network.Peer("Acme.Echo.1")
		fmt.Println(client.SendTo(ctx, &interop.Knock{}, second))
	})
	// Output:
	// Interop.Messages.Knock: zebus: several peers handle the command: Acme.Echo.0, Acme.Echo.1
	// at Acme.Echo.1
	// <nil>
}

// Of the peers that handle a command, the caller chooses one, and asks it for its reply.
func ExampleRequestTo() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		for number, id := range []zebus.PeerID{"Acme.Stock.0", "Acme.Stock.1"} {
			network.Script(id, zebustest.Reply(func(*interop.Echo) (*interop.EchoReply, error) {
				return &interop.EchoReply{Text: strconv.Itoa(number)}, nil
			}))
		}
		client := network.Start("Acme.Client.0")
		peers, err := client.PeersFor(&interop.Echo{Text: "tea"})
		if err != nil {
			fmt.Println(err)
			return
		}
		last := slices.MaxFunc(peers, func(a, b zebus.Peer) int { return cmp.Compare(a.ID, b.ID) })
		reply, err := zebus.RequestTo(ctx, client, &interop.Echo{Text: "tea"}, last)
		fmt.Println(last.ID, "says", reply.Text, err)
	})
	// Output: Acme.Stock.1 says 1 <nil>
}

func ExampleBus_Publish() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Press.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			fmt.Println("heard", n.Text)
			return nil
		}))
		shop := network.Start("Acme.Shop.0")
		fmt.Println(shop.Publish(ctx, &interop.Note{Text: "tea is here"}))
		network.WaitQuiet()
	})
	// Unordered output:
	// <nil>
	// heard tea is here
}

// Every peer that handles the command is asked, and each reply comes when it is there.
func ExampleGather() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		for i := range 3 {
			network.Start(zebus.PeerID(fmt.Sprintf("Acme.Stock.%d", i)), zebus.HandleRequest(
				func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
					return &interop.EchoReply{Number: int32(i)}, nil
				}))
		}
		client := network.Start("Acme.Client.0")
		var stock int32
		for answer := range zebus.Gather(ctx, client, &interop.Echo{Text: "tea"}) {
			if answer.Err != nil {
				fmt.Println(answer.Peer, answer.Err)
				continue
			}
			stock += answer.Reply.Number
		}
		fmt.Println(stock)
	})
	// Output: 3
}

// Peers that scale out take turns.
func ExampleBuilder_WithSelector() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		for _, id := range []zebus.PeerID{"Acme.Echo.0", "Acme.Echo.1"} {
			network.Start(id, zebus.HandleCommand(func(context.Context, *interop.Knock) error {
				fmt.Println(id)
				return nil
			}))
		}
		client := network.Join(network.Builder("Acme.Client.0").WithSelector(zebus.RoundRobin))
		for range 3 {
			_ = client.Send(ctx, &interop.Knock{})
		}
	})
	// Output:
	// Acme.Echo.0
	// Acme.Echo.1
	// Acme.Echo.0
}

// A selector of one's own keeps what belongs together at one peer.
func ExampleSelector() {
	byText := func() zebus.Selector {
		return func(cmd zebus.Command, candidates []zebus.Peer) int {
			if echo, ok := cmd.(*interop.Echo); ok {
				return len(echo.Text) % len(candidates)
			}
			return 0
		}
	}
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		for _, id := range []zebus.PeerID{"Acme.Echo.0", "Acme.Echo.1"} {
			network.Start(id, answering(string(id)))
		}
		client := network.Join(network.Builder("Acme.Client.0").WithSelector(byText))
		for _, text := range []string{"a", "bb", "c"} {
			reply, err := zebus.Request(ctx, client, &interop.Echo{Text: text})
			fmt.Println(reply.Text, err)
		}
	})
	// Output:
	// Acme.Echo.1 <nil>
	// Acme.Echo.0 <nil>
	// Acme.Echo.1 <nil>
}

// The user at the beginning of a chain of messages goes with all of them.
func ExampleWithInitiator() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Audit.0", zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
			from, _ := zebus.OriginatorFrom(ctx)
			fmt.Println(from.SenderID, *from.InitiatorUserName)
			return nil
		}))
		var shop *zebus.Bus
		shop = network.Start("Acme.Shop.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
			return shop.Publish(ctx, &interop.Note{})
		}))
		client := network.Start("Acme.Client.0")
		_ = client.Send(zebus.WithInitiator(ctx, "ann"), &interop.Knock{})
		network.WaitQuiet()
	})
	// Output: Acme.Shop.0 ann
}

// Messages to oneself do not take the wire, unless they are asked to.
func ExampleWithoutLocalDispatch() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		shop := network.Start("Acme.Shop.0", zebus.HandleRequest(echoes))
		network.Drop(zebustest.Traffic{From: "Acme.Shop.0", To: "Acme.Shop.0"})
		fmt.Println(shop.Send(ctx, &interop.Echo{}))

		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		err := shop.Send(zebus.WithoutLocalDispatch(short), &interop.Echo{})
		fmt.Println(errors.Is(err, context.DeadlineExceeded))
	})
	// Output:
	// <nil>
	// true
}
