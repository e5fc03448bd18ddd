package transporttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// environment is where the peers of the suite live unless a case says otherwise.
const environment = "Test"

// A scene is the peers of one case. They are stopped when it ends, all at once.
type scene struct {
	t            *testing.T
	features     Features
	newTransport func(testing.TB, Options) zebus.Transport
	peers        []*peer
}

func newScene(t *testing.T, f Features, newTransport func(testing.TB, Options) zebus.Transport) *scene {
	t.Helper()
	s := &scene{t: t, features: f, newTransport: newTransport}
	t.Cleanup(s.end)
	return s
}

// end stops what still runs. Peers that leave together answer each other. A case that failed shows what was reported.
func (s *scene) end() {
	if s.t.Failed() {
		for _, p := range s.peers {
			s.t.Logf("%s: messages %.500q, failures %v, uncertain %v", p.self.ID, contents(p.Messages()), p.Failures(), p.Uncertain())
		}
	}
	var wg sync.WaitGroup
	for _, p := range s.peers {
		wg.Go(func() {
			p.Release()
			p.stop(context.Background())
		})
	}
	wg.Wait()
	for _, p := range s.peers {
		p.check(s.t)
	}
}

// A peer is a transport with a bus that takes notes.
type peer struct {
	*Inbound
	zebus.Peer

	t         *testing.T
	transport zebus.Transport
	options   Options
	self      zebus.Self
	ids       *zebus.MessageIDSource
}

// start starts a peer in the environment of the suite.
func (s *scene) start(id zebus.PeerID, o Options) *peer {
	s.t.Helper()
	return s.startAs(zebus.Self{ID: id, Environment: environment}, o)
}

func (s *scene) startAs(self zebus.Self, o Options) *peer {
	s.t.Helper()
	p := s.make(self, o)
	p.start()
	return p
}

// startToLeave starts a peer that leaves while others send to it, or to whose endpoint somebody comes back.
func (s *scene) startToLeave(id zebus.PeerID) *peer {
	s.t.Helper()
	o := Options{}
	if s.features.Reserve != nil {
		o.Endpoint = s.features.Reserve(s.t)
	}
	return s.start(id, o)
}

// make returns a peer that is not started.
func (s *scene) make(self zebus.Self, o Options) *peer {
	s.t.Helper()
	o = o.withDefaults()
	p := &peer{
		Inbound: &Inbound{}, t: s.t, transport: s.newTransport(s.t, o), options: o, self: self,
		ids: zebus.NewMessageIDSource(nil),
	}
	s.peers = append(s.peers, p)
	return p
}

func (p *peer) start() {
	p.t.Helper()
	if err := p.tryStart(); err != nil {
		p.t.Fatalf("start %s: %v", p.self.ID, err)
	}
}

func (p *peer) tryStart() error {
	endpoint, err := p.transport.Start(p.t.Context(), p.self, p.Inbound)
	if err != nil {
		return err
	}
	p.Peer = zebus.Peer{ID: p.self.ID, Endpoint: endpoint, Up: true, Responding: true}
	return nil
}

// stop stops the transport. Nothing may come from it afterwards.
func (p *peer) stop(ctx context.Context) {
	p.t.Helper()
	if err := p.transport.Stop(ctx); err != nil {
		p.t.Errorf("stop %s: %v", p.self.ID, err)
	}
	p.Close()
}

// note returns a message of the peer.
func (p *peer) note(content string) *zebus.TransportMessage {
	return noteFrom(p.Peer, p.ids, content)
}

func noteFrom(from zebus.Peer, ids *zebus.MessageIDSource, content string) *zebus.TransportMessage {
	return &zebus.TransportMessage{
		ID: ids.Next(), Type: "Test.Note", Content: []byte(content),
		Originator: zebus.Originator{
			SenderID: from.ID, SenderEndpoint: from.Endpoint, MachineName: new("machine"), InitiatorUserName: new("user"),
		},
	}
}

// send sends a message that every peer must be able to take now.
func (p *peer) send(content string, to ...zebus.Peer) zebus.MessageID {
	p.t.Helper()
	id, refused := p.trySend(content, to...)
	for peer, err := range refused {
		p.t.Fatalf("send %q to %s: %v", content, peer, err)
	}
	return id
}

// trySend sends a message and returns which peers could not take it.
func (p *peer) trySend(content string, to ...zebus.Peer) (zebus.MessageID, map[zebus.PeerID]error) {
	p.t.Helper()
	m := p.note(content)
	return m.ID, p.deliver(zebus.Delivery{Message: m, To: to})
}

// deliver sends and returns which peers could not take the message. Any other error ends the test.
func (p *peer) deliver(d zebus.Delivery) map[zebus.PeerID]error {
	p.t.Helper()
	refused, err := refusals(p.transport.Send(d))
	if err != nil {
		p.t.Fatalf("Send = %v, want nothing but a SendError per peer", err)
	}
	return refused
}

// refusals takes the error of Send apart. It returns an error of its own when that is not made of SendErrors.
func refusals(err error) (map[zebus.PeerID]error, error) {
	refused := map[zebus.PeerID]error{}
	parts := []error{err}
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		switch e := part.(type) { //nolint:errorlint // it walks the tree that errors.Is would search
		case nil:
		case *zebus.SendError:
			refused[e.To] = e.Err
		case interface{ Unwrap() []error }:
			parts = append(parts, e.Unwrap()...)
		default:
			return nil, part
		}
	}
	return refused, nil
}

// listen returns a peer without a transport: its bus notes the messages in the frames that arrive.
func (s *scene) listen(id zebus.PeerID) *peer {
	s.t.Helper()
	p := &peer{Inbound: &Inbound{}, t: s.t, ids: zebus.NewMessageIDSource(nil)}
	endpoint := s.features.Listen(s.t, func(frame []byte) {
		m, err := transport.ReadMessage(bytes.Clone(frame))
		if err != nil {
			s.t.Errorf("%s was sent %s: %v", id, transport.Dump(frame, 200), err)
		}
		p.Receive([]zebus.TransportMessage{m})
	})
	p.Peer = zebus.Peer{ID: id, Endpoint: endpoint, Up: true, Responding: true}
	return p
}

// inject sends a message to a peer as somebody without a transport.
func (s *scene) inject(to zebus.Peer, m *zebus.TransportMessage) {
	s.t.Helper()
	o := transport.Overrides{Environment: new(environment), WasPersisted: new(false)}
	s.features.Inject(s.t, to.Endpoint, transport.AppendMessage(nil, m, o))
}

// nowhere is a peer at an endpoint where nobody can be.
func nowhere(id zebus.PeerID, endpoint string) zebus.Peer {
	return zebus.Peer{ID: id, Endpoint: endpoint, Up: true, Responding: true}
}

// contents returns what messages say.
func contents(messages []zebus.TransportMessage) []string {
	texts := make([]string, len(messages))
	for i, m := range messages {
		texts[i] = string(m.Content)
	}
	return texts
}

// numbered returns n texts.
func numbered(prefix string, n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprint(prefix, i)
	}
	return texts
}

// An account is what became of the messages to one peer.
type account struct {
	to      zebus.PeerID
	sent    int
	refused int
}

// add counts one message.
func (a *account) add(refused map[zebus.PeerID]error) {
	a.sent++
	if refused[a.to] != nil {
		a.refused++
	}
}

// awaitReported waits until every message for a peer that takes none has been refused or reported.
func (a *account) awaitReported(sender *peer) {
	sender.t.Helper()
	sender.Await(sender.t, fmt.Sprintf("reports of what %s could not get", a.to), func() bool {
		return a.refused+sender.reported(a.to) >= a.sent
	})
}

// reported returns how many messages to a peer are known to be lost, or may be.
func (p *peer) reported(to zebus.PeerID) int {
	n := 0
	for _, f := range p.Failures() {
		if f.To == to {
			n++
		}
	}
	for _, u := range p.Uncertain() {
		if u.To == to {
			n += u.N
		}
	}
	return n
}

// wantErr fails the test when err is not the one wanted.
func wantErr(t *testing.T, call string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s = %v, want %v", call, err, want)
	}
}
