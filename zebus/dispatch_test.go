package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

func TestLocalObjects(t *testing.T) {
	for name, c := range map[string]struct {
		inline bool
		same   bool
	}{
		"A17 J17 a handler on a queue gets an equal copy": {inline: false, same: false},
		"J17 an inline handler gets the object itself":    {inline: true, same: true},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			var got *interop.Note
			h := zebus.HandleEvent(func(_ context.Context, n *interop.Note) error { got = n; return nil })
			if c.inline {
				h = h.Inline()
			}
			sent := &interop.Note{Text: "x", Number: 7}
			if err := town.peer("Self.0", h).Publish(t.Context(), sent); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if *got != *sent || (got == sent) != c.same {
				t.Errorf("got %p %+v, sent %p %+v", got, got, sent, sent)
			}
		})
	}
}

func TestQueues(t *testing.T) {
	inTown(t, "J10 a queue that is held up does not hold up another", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }).OnQueue("slow"),
			zebus.HandleRequest(echo).OnQueue("fast"))
		slow := svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		if err := svc.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Error(err)
		}
		if got := svc.Stats(); got.PendingCommands != 1 {
			t.Errorf("stats %+v", got)
		}
		close(release)
		if err := slow.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
	inTown(t, "J04 a command is done when the last of its handlers is", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { return nil }).OnQueue("a"),
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }).OnQueue("b"))
		p := svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		select {
		case <-p.Done():
			t.Error("done while a handler runs")
		default:
		}
		close(release)
		if err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
	inTown(t, "J09 J18 E12 what arrives during the start is handled after it", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		var order []string
		note := zebus.HandleEvent(func(context.Context, *interop.Note) error {
			order = append(order, "handled")
			return nil
		})
		svc, err := town.builder("Svc.0", note).WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		sender := town.peer("Sender.0")
		book.whileRegister = func(zebus.PeerSender) {
			if err := sender.PublishTo(t.Context(), &interop.Note{}, zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint()}); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			order = append(order, "registered")
		}
		if err := svc.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if want := []string{"registered", "handled"}; !slices.Equal(order, want) {
			t.Errorf("order %q, want %q", order, want)
		}
		if err := svc.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestPings(t *testing.T) {
	inTown(t, "X21 a ping is answered while the peer registers, before its handlers run", func(t *testing.T, town *town) {
		ping := zebus.HandleCommand(func(context.Context, *directory.PingPeerCommand) error { return nil })
		book := &phoneBook{town: town}
		svc, err := town.builder("Svc.0", ping).WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		sender := town.peer("Directory.0")
		answered := errors.New("not asked")
		book.whileRegister = func(zebus.PeerSender) {
			answered = sender.SendTo(t.Context(), &directory.PingPeerCommand{}, zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint()})
		}
		if err := errors.Join(svc.Start(t.Context()), svc.Stop(t.Context())); err != nil {
			t.Fatal(err)
		}
		if answered != nil {
			t.Errorf("the ping: %v", answered)
		}
	})
}

func TestUpdatesGoOneAfterTheOther(t *testing.T) {
	inTown(t, "I15 a subscription made while another ends waits for it, even if that fails", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		eu := s.to(prices("EU", "*"))
		s.want("subscribed", "PriceChanged: EU.*")
		s.book.holdUpdate = make(chan struct{})
		s.book.failUpdate = errors.New("directory is down")
		eu.Close()
		synctest.Wait()
		made := make(chan error, 1)
		go func() {
			_, err := s.Subscribe(t.Context(), prices("US", "*"))
			made <- err
		}()
		synctest.Wait()
		select {
		case err := <-made:
			t.Errorf("did not wait: %v", err)
		default:
		}
		close(s.book.holdUpdate)
		if err := <-made; err != nil {
			t.Error(err)
		}
		s.want("after both", "PriceChanged: US.*")
	})
}

// stepped is a transport that notes the calls that matter for the order of a start and a stop.
type stepped struct {
	zebus.Transport
	mu    sync.Mutex
	steps []string
	acked []zebus.MessageID
}

func (s *stepped) note(step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, step)
}

func (s *stepped) Start(ctx context.Context, self zebus.Self, in zebus.Inbound) (string, error) {
	s.note("transport started as " + string(self.ID) + " in " + self.Environment)
	return s.Transport.Start(ctx, self, in)
}

func (s *stepped) Registered() { s.note("told of the registration"); s.Transport.Registered() }

func (s *stepped) PeerChanged(c zebus.PeerChange) {
	s.note("told that " + string(c.Peer.ID) + " " + c.Kind.String())
	s.Transport.PeerChanged(c)
}

func (s *stepped) Ack(m *zebus.TransportMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked = append(s.acked, m.ID)
}

func (s *stepped) Stop(ctx context.Context) error {
	s.note("transport stopped")
	return s.Transport.Stop(ctx)
}

func TestOrderOfStartAndStop(t *testing.T) {
	inTown(t, "E01 E02 E10 E14 transport, directory, word of it; unregister, handlers, transport", func(t *testing.T, town *town) {
		s := &stepped{Transport: town.transport()}
		book := &phoneBook{town: town, whileRegister: func(zebus.PeerSender) { s.note("registering") }}
		release := make(chan struct{})
		bus, err := town.builder("A.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			s.note("handler done")
			return nil
		})).WithTransport(s).WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := town.peer("B.0")
		book.watch(zebus.PeerChange{Kind: zebus.PeerUpdatedChange, Peer: zebus.Peer{ID: "B.0"}})
		_ = other.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		stop := make(chan error, 1)
		go func() { stop <- bus.Stop(t.Context()) }()
		synctest.Wait()
		close(release)
		if err := <-stop; err != nil {
			t.Fatal(err)
		}
		want := []string{
			"transport started as A.0 in Test", "registering", "told of the registration", "told that B.0 started", "told that B.0 updated", "handler done",
			"transport stopped",
		}
		if !slices.Equal(s.steps, want) {
			t.Errorf("steps %q,\n want %q", s.steps, want)
		}
	})
	inTown(t, "E11 an unregistration that fails does not keep the bus from stopping", func(t *testing.T, town *town) {
		bus, err := town.builder("A.0").WithDirectory(stuckDirectory{&phoneBook{town: town}}).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(bus.Start(t.Context()), bus.Stop(t.Context())); err != nil {
			t.Error(err)
		}
		if bus.IsRunning() {
			t.Error("still runs")
		}
	})
}

// stuckDirectory cannot unregister.
type stuckDirectory struct{ *phoneBook }

func (d stuckDirectory) Unregister(ctx context.Context) error {
	return errors.Join(errors.New("directory is down"), d.phoneBook.Unregister(ctx))
}

func heard(context.Context, *interop.Note) error { return nil }

// ackFree is a transport that has no use for acknowledgements, and counts them all the same.
type ackFree struct {
	zebus.Transport

	acked int
}

func (a *ackFree) IgnoresAcks() zebus.Transport { return a }
func (a *ackFree) Ack(*zebus.TransportMessage)  { a.acked++ }

// ackCounter wraps it, and wants to know.
type ackCounter struct {
	*ackFree

	acked int
}

func (a *ackCounter) Ack(*zebus.TransportMessage) { a.acked++ }

func TestReceiving(t *testing.T) {
	inTown(t, "H01 H02 X22 what is handled is acknowledged once, and so is what nobody handles", func(t *testing.T, town *town) {
		s := &stepped{Transport: town.transport()}
		seen := 0
		svc := town.start(town.builder("Svc.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			seen++
			return nil
		})).WithTransport(s))
		client := town.peer("Client.0")
		to := zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint(), Responding: true}
		for _, e := range []zebus.Event{&interop.Note{Text: "x"}, &interop.Note{}, &interop.PriceChanged{}} {
			if err := client.PublishTo(t.Context(), e, to); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		distinct := slices.Compact(slices.Clone(s.acked))
		if seen != 2 || len(s.acked) != 3 || len(distinct) != 3 {
			t.Errorf("handled %d, acknowledged %v", seen, s.acked)
		}
	})
	inTown(t, "a transport that has no use for acknowledgements gets none, but who wraps it does", func(t *testing.T, town *town) {
		for wrapped := range 2 {
			inner := &ackFree{Transport: town.transport()}
			outer := &ackCounter{ackFree: inner}
			svc := []zebus.Transport{inner, outer}[wrapped]
			b := town.start(town.builder(zebus.PeerID(fmt.Sprint("Free.", wrapped)), zebus.HandleEvent(heard)).WithTransport(svc))
			err := town.peer(zebus.PeerID(fmt.Sprint("Client.", wrapped))).PublishTo(t.Context(), &interop.Note{},
				zebus.Peer{ID: b.ID(), Endpoint: b.Endpoint(), Responding: true})
			synctest.Wait()
			town.inject(b.Endpoint(), zebus.TransportMessage{
				ID: zebus.MessageID{1}, Type: "Test.Unknown", Originator: zebus.Originator{SenderID: "X.0", SenderEndpoint: "tcp://x:1"},
			})
			synctest.Wait()
			if err != nil || inner.acked != 0 || outer.acked != 2*wrapped {
				t.Errorf("error %v, %d acknowledged to the transport, %d to who wraps it", err, inner.acked, outer.acked)
			}
		}
	})
	inTown(t, "X22 a command of an unknown type is not answered", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0")
		p := town.peer("Client.0").SendToAsync(t.Context(), &interop.Echo{}, zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint(), Responding: true})
		synctest.Wait()
		select {
		case <-p.Done():
			t.Errorf("answered: %v", p.Wait(t.Context()))
		default:
		}
	})
	inTown(t, "H03 a message replayed is neither answered nor acknowledged", func(t *testing.T, town *town) {
		s := &stepped{Transport: town.transport()}
		svc := town.start(town.builder("Svc.0", zebus.HandleRequest(echo)).WithTransport(s))
		client := town.peer("Client.0")
		again := &interop.Echo{}
		replay := &zebus.ReplayMessageCommand{MessageToReplay: zebus.TransportMessage{
			ID: zebus.MessageID{7}, Type: again.ZebusType().ID(), Originator: zebus.Originator{SenderID: client.ID(), SenderEndpoint: client.Endpoint()},
		}}
		answers := 0
		town.network.Tap(func(f memory.Frame) {
			if f.From == svc.Endpoint() {
				answers++
			}
		})
		if err := client.SendTo(t.Context(), replay, zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint(), Responding: true}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if answers != 1 {
			t.Errorf("%d answers, want that to the replay command alone", answers)
		}
		if slices.Contains(s.acked, zebus.MessageID{7}) || len(s.acked) != 1 {
			t.Errorf("acknowledged %v, want the replay command alone", s.acked)
		}
	})
	inTown(t, "G08 G09 G10 a completion ends its command, with code and text, and a foreign one nothing", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			return zebus.Fail(1, "text")
		}))
		client := town.peer("Client.0")
		p := client.SendAsync(t.Context(), &interop.Fail{})
		foreign := &zebus.MessageExecutionCompleted{SourceCommandID: zebus.MessageID{9}, ErrorCode: 5}
		frame := zebus.TransportMessage{
			ID: zebus.MessageID{8}, Type: foreign.ZebusType().ID(), Content: foreign.ZebusAppend(nil),
			Originator: zebus.Originator{SenderID: "Svc.0", SenderEndpoint: svc.Endpoint()},
		}
		town.inject(client.Endpoint(), frame)
		synctest.Wait()
		select {
		case <-p.Done():
			t.Error("ended by a foreign completion")
		default:
		}
		close(release)
		if e, _ := errors.AsType[*zebus.CommandError](p.Wait(t.Context())); e == nil || *e != (zebus.CommandError{Code: 1, Message: "text"}) {
			t.Errorf("Wait() = %v", p.Wait(t.Context()))
		}
	})
}
