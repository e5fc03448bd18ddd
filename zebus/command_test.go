package zebus_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

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
