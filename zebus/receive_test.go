package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// ackFree is a transport that has no use for acknowledgements, and counts them all the same.
type ackFree struct {
	zebus.Transport

	acked int
}

func (a *ackFree) IgnoresAcks() zebus.Transport { return a }

func (a *ackFree) Ack(*zebus.TransportMessage) { a.acked++ }

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
