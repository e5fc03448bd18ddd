package zebustest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// printer shows in an example what the test t of a reader would do: func TestX(t *testing.T).
type printer struct{ cleanups []func() }

func (p *printer) Helper()                  {}
func (p *printer) Context() context.Context { return context.Background() }
func (p *printer) Cleanup(f func())         { p.cleanups = append(p.cleanups, f) }

func (p *printer) Errorf(format string, args ...any) {
	fmt.Println("FAIL: " + fmt.Sprintf(format, args...))
}

func (p *printer) Fatalf(format string, args ...any) {
	p.Errorf(format, args...)
	os.Exit(1)
}

// test runs f as a test.
func test(f func(t zebustest.TB)) {
	p := &printer{}
	f(p)
	for _, cleanup := range slices.Backward(p.cleanups) {
		cleanup()
	}
}

// A service and its client talk over a network in memory, and the test looks at what they said.
func ExampleNetwork() {
	test(func(t zebustest.TB) { // in your code: func TestEcho(t *testing.T) {
		network := zebustest.NewNetwork(t)
		network.Start("Acme.Echo.0", zebus.HandleRequest(func(_ context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
			return &interop.EchoReply{Text: cmd.Text, Number: cmd.Number + 1}, nil
		}))
		client := network.Start("Acme.Client.0")

		reply, err := zebus.Request(t.Context(), client, &interop.Echo{Text: "hello"})
		fmt.Println(reply.Text, reply.Number, err)

		for _, record := range network.Records() {
			fmt.Println(record)
		}
	})
	// Output:
	// hello 1 <nil>
	// Acme.Client.0 sent Echo{Text: "hello"} to Acme.Echo.0
	// Acme.Echo.0 replied EchoReply{Text: "hello", Number: 1} to Echo
}

// WaitQuiet returns when everything that follows from what was sent is done.
func ExampleNetwork_WaitQuiet() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		var service *zebus.Bus
		service = network.Start("Acme.Prices.0", zebus.HandleEvent(func(ctx context.Context, evt *interop.PriceChanged) error {
			return service.Publish(ctx, &interop.Note{Text: evt.Market + " moved"})
		}).Startup(func(zebus.PeerID) []zebus.BindingKey { return []zebus.BindingKey{zebus.Key("Paris", "*")} }))
		market := network.Start("Acme.Market.0")

		_ = market.Publish(t.Context(), &interop.PriceChanged{Market: "Paris", ID: 7})
		_ = market.Publish(t.Context(), &interop.PriceChanged{Market: "London", ID: 8})
		network.WaitQuiet()

		for _, note := range zebustest.Published[*interop.Note](network) {
			fmt.Println(note.Text)
		}
	})
	// Output: Paris moved
}

// A script plays a peer that the service under test talks to.
func ExampleNetwork_Script() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.Script("Acme.Stock.0", zebustest.Reply(func(cmd *interop.Echo) (*interop.EchoReply, error) {
			if cmd.Text == "unicorn" {
				return nil, zebus.Fail(404, "no %s here", cmd.Text)
			}
			return &interop.EchoReply{Number: 3}, nil
		}))
		client := network.Start("Acme.Client.0")

		reply, _ := zebus.Request(t.Context(), client, &interop.Echo{Text: "tea"})
		fmt.Println("tea:", reply.Number)
		_, err := zebus.Request(t.Context(), client, &interop.Echo{Text: "unicorn"})
		fmt.Println("unicorn:", err)
	})
	// Output:
	// tea: 3
	// unicorn: no unicorn here (code 404)
}

// With a directory server peers register over the wire, and hear of each other by messages.
func ExampleNetwork_StartDirectory() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.StartDirectory()
		network.Script("Acme.Stock.0", zebustest.Accept(func(*interop.Knock) error { return nil }))
		client := network.Start("Acme.Client.0")
		network.WaitQuiet() // until everybody knows everybody

		fmt.Println(client.Send(t.Context(), &interop.Knock{}))
	})
	// Output: <nil>
}

// What had no caller to be returned to is a problem, which a test looks at, or fails for where it said so.
func ExampleNetwork_FailOnProblems() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.FailOnProblems()
		network.Start("Acme.Press.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			return errors.New("out of paper")
		}).Named("Press.Print"))
		shop := network.Start("Acme.Shop.0")
		_ = shop.Publish(t.Context(), &interop.Note{Text: "tea"})
		network.WaitQuiet()
	})
	// Output: FAIL: nobody looked at this problem: Acme.Press.0: handler Press.Print failed on Interop.Messages.Note: out of paper
}

// Faults are set between peers by name, ahead of what they are for.
func ExampleNetwork_Drop() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.Script("Acme.Echo.0", zebustest.Reply(func(*interop.Echo) (*interop.EchoReply, error) { return &interop.EchoReply{}, nil }))
		client := network.Start("Acme.Client.0")

		// The first answer gets lost.
		network.Drop(zebustest.Traffic{From: "Acme.Echo.0", To: "Acme.Client.0", First: 1})

		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		err := client.Send(ctx, &interop.Echo{})
		fmt.Println("first:", errors.Is(err, context.DeadlineExceeded))
		fmt.Println("second:", client.Send(t.Context(), &interop.Echo{}))
	})
	// Output:
	// first: true
	// second: <nil>
}

// A partition is something that senders hear of.
func ExampleNetwork_Partition() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.Script("Acme.Echo.0", zebustest.Reply(func(*interop.Echo) (*interop.EchoReply, error) { return &interop.EchoReply{}, nil }))
		client := network.Start("Acme.Client.0")

		heal := network.Partition("Acme.Client.0", "Acme.Echo.0")
		err := client.Send(t.Context(), &interop.Echo{})
		fmt.Println(errors.Is(err, zebus.ErrPeerUnreachable))
		heal()
		fmt.Println(client.Send(t.Context(), &interop.Echo{}))
	})
	// Output:
	// true
	// <nil>
}

// A recorder takes the place of a bus where code only sends.
func ExampleRecorder() {
	// greet is the code under test.
	greet := func(ctx context.Context, bus zebus.PeerSender, name string) error {
		reply, err := zebus.Request(ctx, bus, &interop.Echo{Text: "hello " + name})
		if err != nil {
			return err
		}
		return bus.Publish(ctx, &interop.Note{Text: reply.Text})
	}

	test(func(t zebustest.TB) {
		rec := zebustest.NewRecorder(zebustest.Reply(func(cmd *interop.Echo) (*interop.EchoReply, error) {
			return &interop.EchoReply{Text: cmd.Text + "!"}, nil
		}))
		fmt.Println(greet(t.Context(), rec, "Ada"))
		zebustest.ExpectOnly(t, rec, &interop.Echo{Text: "hello Ada"}, &interop.Note{Text: "hello Ada!"})
	})
	// Output: <nil>
}

// Peers of a recorder answer what is gathered, each by its own script.
func ExampleRecorder_At() {
	// inStock is the code under test.
	inStock := func(ctx context.Context, bus zebus.Gatherer, item string) (total int32) {
		for answer := range zebus.Gather(ctx, bus, &interop.Echo{Text: item}) {
			if answer.Err == nil {
				total += answer.Reply.Number
			}
		}
		return total
	}

	rec := zebustest.NewRecorder()
	for i, peer := range []zebus.PeerID{"Acme.Stock.0", "Acme.Stock.1"} {
		rec.At(peer, zebustest.Reply(func(*interop.Echo) (*interop.EchoReply, error) {
			return &interop.EchoReply{Number: int32(i) + 1}, nil
		}))
	}
	fmt.Println(inStock(context.Background(), rec, "tea"))
	// Output: 3
}

// What a failed expectation says.
func ExampleExpectPublished() {
	test(func(t zebustest.TB) {
		rec := zebustest.NewRecorder()
		_ = rec.Publish(t.Context(), &interop.Note{Text: "tea is ready", Number: 3})
		zebustest.ExpectPublished(t, rec, &interop.Note{Text: "tea is ready", Number: 4})
	})
	// Output:
	// FAIL: no such Note was published
	// 	want: Note{Text: "tea is ready", Number: 4}
	// 	nearest:
	// 		Number: want 4, got 3
	// 	recorded:
	// 		1. published Note{Text: "tea is ready", Number: 3}
}

// Messages that no well-behaved peer would send.
func ExampleNetwork_Deliver() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.Start("Acme.Notes.0", zebus.HandleEvent(func(_ context.Context, evt *interop.Note) error {
			fmt.Println("heard", evt.Text)
			return nil
		}))

		msg := zebustest.Envelope("Acme.Elsewhere.0", &interop.Note{Text: "from the wrong side"})
		test := "Test of somebody else"
		msg.Environment = &test
		network.Deliver("Acme.Notes.0", msg)
		network.Deliver("Acme.Notes.0", zebustest.Envelope("Acme.Elsewhere.0", &interop.Note{Text: "you"}))
		network.WaitQuiet()
	})
	// Output: heard you
}
