package conversation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// role is the part of one recorded process: what it does at each step of the recording, beside answering.
type role struct {
	recording string
	id        zebus.PeerID
	subject   string // where it received
	host      string // by which others know its machine
	handlers  []zebus.Handler
	silent    []string // directories that do not run
	steps     map[string]step
}

// step is something that a peer does.
type step func(ctx context.Context, p *player) error

// player is our peer in a role.
type player struct {
	bus  *zebus.Bus
	subs map[string]*zebus.ActiveSubscription
}

var (
	handleEcho = zebus.HandleRequest(func(ctx context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
		o, _ := zebus.OriginatorFrom(ctx)
		return &interop.EchoReply{Text: cmd.Text, Number: cmd.Number + 1, Sender: string(o.SenderID)}, nil
	})
	handleFail = zebus.HandleCommand(func(_ context.Context, cmd *interop.Fail) error {
		switch cmd.Code {
		case 0:
			return nil
		case 1:
			return errors.New(cmd.Text)
		default:
			return zebus.Fail(int(cmd.Code), "%s", cmd.Text)
		}
	})
	handleNote  = zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })
	handlePrice = zebus.HandleEvent(func(context.Context, *interop.PriceChanged) error { return nil })
)

func start(ctx context.Context, p *player) error { return p.bus.Start(ctx) }
func stop(ctx context.Context, p *player) error  { return p.bus.Stop(ctx) }

// refused starts and wants to hear that the id is taken.
func refused(ctx context.Context, p *player) error {
	if err := p.bus.Start(ctx); !errors.Is(err, directory.ErrAlreadyExists) {
		return fmt.Errorf("start of a twin: %w", err)
	}
	return nil
}

// inAndOut starts and stops.
func inAndOut(ctx context.Context, p *player) error {
	return errors.Join(start(ctx, p), stop(ctx, p))
}

func sendEcho(want *interop.EchoReply, cmd interop.Echo) step {
	return func(ctx context.Context, p *player) error {
		reply, err := zebus.Request(ctx, p.bus, &cmd)
		if err == nil && *reply != *want {
			err = fmt.Errorf("reply %+v, want %+v", reply, want)
		}
		return err
	}
}

func sendFail(code int32, text string, want *zebus.CommandError) step {
	return func(ctx context.Context, p *player) error {
		err := p.bus.Send(ctx, &interop.Fail{Code: code, Text: text})
		got, _ := errors.AsType[*zebus.CommandError](err)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			return errors.Join(fmt.Errorf("Fail(%d, %q), want %v", code, text, want), err) //nolint:errorlint // want is no cause
		}
		return nil
	}
}

func publish(events ...zebus.Event) step {
	return func(ctx context.Context, p *player) (err error) {
		for _, e := range events {
			err = errors.Join(err, p.bus.Publish(ctx, e))
		}
		return err
	}
}

func subscribe(name string, sub zebus.Subscription) step {
	return func(ctx context.Context, p *player) (err error) {
		p.subs[name], err = p.bus.Subscribe(ctx, sub)
		return err
	}
}

func unsubscribe(name string) step {
	return func(ctx context.Context, p *player) error { return p.subs[name].Stop(ctx) }
}

func prices(parts ...string) zebus.Subscription {
	return zebus.Subscription{Type: (*interop.PriceChanged)(nil).ZebusType().ID(), Key: zebus.Key(parts...)}
}

// decimal returns the amount of the recorded price.
func decimal(text string) wire.Decimal {
	d, err := wire.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return d
}

var roles = map[string]role{
	"K02 K15 the service of commands_and_events": {
		recording: "commands_and_events", id: "Net.A.0", subject: "Net.A.0", host: "localhost",
		handlers: []zebus.Handler{handleEcho, handleFail, handleNote},
		steps: map[string]step{
			"A registers: handles Echo, Fail, Note": start,
			"A stops":                               stop,
		},
	},
	"L01 F01 the client of commands_and_events": {
		recording: "commands_and_events", id: "Net.B.0", subject: "Net.B.0", host: "localhost",
		handlers: []zebus.Handler{handleNote},
		steps: map[string]step{
			"B registers: handles Note":                  start,
			"B sends Echo to A":                          sendEcho(&interop.EchoReply{Text: "hello", Number: 42, Sender: "Net.B.0"}, interop.Echo{Text: "hello", Number: 41}),
			"B sends Fail: code 1001 with a text":        sendFail(1001, "no such order", &zebus.CommandError{Code: 1001, Message: "no such order"}),
			"B sends Fail: the handler throws":           sendFail(1, "boom", &zebus.CommandError{Code: 1}),
			"B sends Fail: code 0 (success)":             sendFail(0, "", nil),
			"B publishes Note: A and B itself handle it": publish(&interop.Note{Text: "note", Number: 7}),
			"B stops": stop,
			"B sends Fail: the handler throws a MessageProcessingException with code -7": sendFail(-7, "domain",
				&zebus.CommandError{Code: -7, Message: "domain"}),
		},
	},
	"L05 I12 the subscriber of dynamic_subscriptions": {
		recording: "dynamic_subscriptions", id: "Net.A.0", subject: "Net.A.0", host: "localhost",
		handlers: []zebus.Handler{handleNote.Mode(zebus.SubscribeManual), handlePrice},
		steps: map[string]step{
			"A registers: handles nothing":              start,
			"A subscribes to PriceChanged EU.*":         subscribe("EU", prices("EU", "*")),
			"A subscribes to PriceChanged US.7 as well": subscribe("US", prices("US", "7")),
			"A subscribes to Note":                      subscribe("Note", zebus.SubscribeTo((*interop.Note)(nil).ZebusType().ID())),
			"A drops EU.*":                              unsubscribe("EU"),
			"A drops Note":                              unsubscribe("Note"),
			"all stop":                                  stop,
		},
	},
	"L25 C14 the publisher of dynamic_subscriptions": {
		recording: "dynamic_subscriptions", id: "Net.B.0", subject: "Net.B.0", host: "localhost",
		steps: map[string]step{
			"B registers: handles nothing": start,
			"B publishes PriceChanged EU.12 (reaches A), then US.12 (reaches nobody)": publish(
				&interop.PriceChanged{
					Market: "EU", ID: 12, Price: 101.25, Amount: decimal("12.50"),
					At: time.Date(2024, 3, 15, 13, 45, 30, 123_456_700, time.UTC),
				},
				&interop.PriceChanged{Market: "US", ID: 12}),
			"B publishes EU.12 (reaches nobody) and US.7 (reaches A)": publish(
				&interop.PriceChanged{Market: "EU", ID: 12}, &interop.PriceChanged{Market: "US", ID: 7}),
			"all stop": stop,
		},
	},
	"L21 the service of failover": {
		recording: "failover", id: "Net.A.0", subject: "Net.A.0", host: "localhost",
		handlers: []zebus.Handler{handleEcho}, silent: []string{"Abc.Zebus.DirectoryService.0"},
		steps: map[string]step{
			"A registers: the first is silent, it goes to the second": start,
			"all stop": stop,
		},
	},
	"L21 the client of failover": {
		recording: "failover", id: "Net.B.0", subject: "Net.B.0", host: "localhost",
		silent: []string{"Abc.Zebus.DirectoryService.0"},
		steps: map[string]step{
			"B registers":       start,
			"B sends Echo to A": sendEcho(&interop.EchoReply{Text: "x", Number: 2, Sender: "Net.B.0"}, interop.Echo{Text: "x", Number: 1}),
			"B stops: its directory entry is the one of the twin by now, gone already": stop,
		},
	},
	"L04 the twin of failover on another host": {
		recording: "failover", id: "Net.B.0", subject: "Net.C.0", host: "127.0.0.1",
		silent: []string{"Abc.Zebus.DirectoryService.0"},
		steps:  map[string]step{"a twin of B from another host: refused with 1001": refused},
	},
	"M09 the twin of failover on the same host": {
		recording: "failover", id: "Net.B.0", subject: "Net.C.0", host: "localhost",
		silent: []string{"Abc.Zebus.DirectoryService.0"},
		steps: map[string]step{
			"a twin of B registers under the same id from another endpoint while B is up: accepted on the same machine": inAndOut,
		},
	},
}

// TestPeer puts our peer in the place of a recorded one.
func TestPeer(t *testing.T) {
	for name, r := range roles {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, r.subject, r.silent...)
			p := &player{bus: newPeer(t, s, r), subs: map[string]*zebus.ActiveSubscription{}}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			a := newActions(ctx)
			s.perform(r, p, a, readRecording(t, r.recording))
			if err := a.finish(); err != nil {
				t.Error(err)
			}
			s.silence()
		})
	}
}

func newPeer(t *testing.T, s *stage, r role) *zebus.Bus {
	t.Helper()
	carrier, err := zmq.New(zmq.Config{InboundEndpoint: "tcp://" + r.host + ":*"})
	must(t, err)
	endpoints := []string{s.endpoint("Abc.Zebus.DirectoryService.0")}
	s.directory = "Abc.Zebus.DirectoryService.0"
	if r.recording == "failover" {
		s.directory = "Abc.Zebus.DirectoryService.1"
		endpoints = append(endpoints, s.endpoint(s.directory))
	}
	client, err := directory.NewClient(directory.ClientConfig{Endpoints: endpoints})
	must(t, err)
	bus, err := zebus.NewBuilder(r.id).WithEnvironment("Demo").WithTransport(carrier).WithDirectory(client).
		WithHandlers(r.handlers...).Build()
	must(t, err)
	return bus
}

// perform lets our peer do what its role says at each step, feeds it what it received, and expects what it sent.
func (s *stage) perform(r role, p *player, a *actions, lines []line) {
	s.t.Helper()
	skip := skipped(s.t, lines)
	for i, l := range lines {
		switch {
		case l.Step != "":
			if do := r.steps[l.Step]; do != nil {
				s.t.Log(l.Step)
				s.catchUp(p)
				a.todo <- func(ctx context.Context) error { return do(ctx, p) }
			}
		case skip[i] || !s.plays(r, l, lines[:i]):
		case l.To == s.subject:
			s.feed(l.bytes(s.t))
		case l.Sender == string(r.id) && strings.HasSuffix(l.SenderEndpoint, ":"+recordedPorts[s.subject]):
			s.expect(l.To, l.bytes(s.t))
		}
	}
}

// catchUp waits until our peer has read everything that was fed to it, as the recorded one had before each step: it
// pings, and the answer comes after what was fed before.
func (s *stage) catchUp(p *player) {
	s.t.Helper()
	if s.mouth == nil || !p.bus.IsRunning() {
		return
	}
	directoryName := s.directory
	ping := zebus.TransportMessage{
		ID: zebus.NewMessageIDSource(nil).Next(), Type: (*directory.PingPeerCommand)(nil).ZebusType().ID(), Content: []byte{},
		Originator: zebus.Originator{SenderID: zebus.PeerID(directoryName), SenderEndpoint: s.endpoint(directoryName)},
	}
	s.feed(transport.AppendMessage(nil, &ping, transport.Overrides{}))
	frame, err := s.ears[directoryName].RecvBytes(0)
	must(s.t, err)
	if got := completedOf(s.t, parse(s.t, frame)); got.SourceCommandID != ping.ID {
		s.t.Fatalf("got an answer to %s, want one to the ping %s", got.SourceCommandID, ping.ID)
	}
}

// plays says whether a frame belongs to the role. Two twins of failover received at one endpoint, one after the other:
// of that recording a role plays the steps it has something to do in.
func (s *stage) plays(r role, _ line, before []line) bool {
	if s.subject != "Net.C.0" {
		return true
	}
	for _, l := range slices.Backward(before) {
		if l.Step != "" {
			return r.steps[l.Step] != nil
		}
	}
	return false
}
