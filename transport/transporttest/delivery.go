package transporttest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// deliveryCases are about messages that arrive.
var deliveryCases = []testCase{
	{name: "K02 two peers write to each other", run: bothWays},
	{name: "K03 a message of another environment is dropped", run: otherEnvironment},
	{name: "K04 a sender without environment is heard everywhere", run: noEnvironment},
	{name: "K15 messages arrive in the order of sending", run: inOrder},
	{name: "messages of concurrent senders arrive in the order of each", run: inOrderOfEach},
	{name: "K16 one send reaches all targets", run: manyTargets},
	{name: "K21 a long message and a short one arrive intact", run: longThenShort},
	{name: "K22 a message to oneself goes through the transport", run: toOneself},
	{name: "what the sender does with its message afterwards changes nothing", run: reusedMessage},
	{name: "what was received stays as it is", run: keptContents},
	{name: "a message to nobody is fine", run: toNobody},
	{name: "a message that is too large is an error and goes to nobody", run: tooLarge},
	{name: "a bus may send from within Receive", run: sendFromReceive},
	{name: "a flush with room everywhere returns at once", run: flushWithRoom},
}

func bothWays(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	a.transport.Registered()
	for from, to := range map[*peer]*peer{a: b, b: a} {
		id := from.send("from "+string(from.ID), to.Peer)
		got := to.AwaitMessage(s.t)
		if got.ID != id || got.Type != "Test.Note" || string(got.Content) != "from "+string(from.ID) {
			s.t.Errorf("%s received %+v", to.ID, got)
		}
		if o := got.Originator; o.SenderID != from.ID || o.SenderEndpoint != from.Endpoint || *o.InitiatorUserName != "user" {
			s.t.Errorf("%s received a message of %+v", to.ID, o)
		}
		if got.Environment == nil || *got.Environment != environment || got.WasPersisted == nil || *got.WasPersisted {
			s.t.Errorf("%s received environment %v, persisted %v", to.ID, got.Environment, got.WasPersisted)
		}
		to.transport.Ack(&got)
	}
}

func otherEnvironment(s *scene) {
	foreign, own := s.startAs(zebus.Self{ID: "A.0", Environment: "Prod"}, Options{}), s.start("B.0", Options{})
	receiver := s.start("C.0", Options{})
	foreign.send("dropped", receiver.Peer)
	own.send("fine", receiver.Peer)
	receiver.AwaitMessages(s.t, 1)
	receiver.stop(s.t.Context())

	receiver.Open()
	receiver.self.Environment = "Prod"
	receiver.start()
	foreign.PeerRestarted(receiver.Peer)
	foreign.send("after the move", receiver.Peer)
	receiver.AwaitMessages(s.t, 2)
	if got := contents(receiver.Messages()); !slices.Equal(got, []string{"fine", "after the move"}) {
		s.t.Errorf("received %q", got)
	}
}

func noEnvironment(s *scene) {
	a, b := s.startAs(zebus.Self{ID: "A.0"}, Options{}), s.start("B.0", Options{})
	a.send("x", b.Peer)
	if got := b.AwaitMessage(s.t); got.Environment != nil {
		s.t.Errorf("environment %q, want none", *got.Environment)
	}
}

func inOrder(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	want := numbered("", 1000)
	for _, content := range want {
		a.send(content, b.Peer)
	}
	if got := contents(b.AwaitMessages(s.t, len(want))); !slices.Equal(got, want) {
		s.t.Errorf("received %q", got)
	}
}

func inOrderOfEach(s *scene) {
	const senders, messages = 4, 250
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	other := s.start("C.0", Options{})
	var wg sync.WaitGroup
	for i := range senders {
		from := []*peer{a, other}[i%2]
		wg.Go(func() {
			for _, content := range numbered(fmt.Sprint(i, " "), messages) {
				_ = from.transport.Send(zebus.Delivery{Message: from.note(content), To: []zebus.Peer{b.Peer}})
			}
		})
	}
	wg.Wait()
	got := contents(b.AwaitMessages(s.t, senders*messages))
	for i := range senders {
		prefix := fmt.Sprint(i, " ")
		of := slices.DeleteFunc(slices.Clone(got), func(c string) bool { return !strings.HasPrefix(c, prefix) })
		if !slices.Equal(of, numbered(prefix, messages)) {
			s.t.Errorf("sender %d: received %q", i, of)
		}
	}
}

func manyTargets(s *scene) {
	a := s.start("A.0", Options{})
	all, to := make([]*peer, 0, manyPeers), make([]zebus.Peer, 0, manyPeers)
	for i := range manyPeers {
		p := s.start(zebus.PeerID(fmt.Sprintf("T.%d", i)), Options{})
		all, to = append(all, p), append(to, p.Peer)
	}
	id := a.send("x", to...)
	for _, p := range all {
		if got := p.AwaitMessage(s.t); got.ID != id {
			s.t.Errorf("%s received %s, want %s", p.ID, got.ID, id)
		}
	}
}

func longThenShort(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	want := []string{strings.Repeat("long ", 1000), "s", strings.Repeat("longer", 100_000), ""}
	for _, content := range want {
		a.send(content, b.Peer)
	}
	if got := contents(b.AwaitMessages(s.t, len(want))); !slices.Equal(got, want) {
		s.t.Errorf("received %.100q", got)
	}
}

func toOneself(s *scene) {
	a := s.start("A.0", Options{})
	a.PeerRestarted(a.Peer) // news about oneself mean nothing
	id := a.send("x", a.Peer)
	if got := a.AwaitMessage(s.t); got.ID != id || got.Environment == nil {
		s.t.Errorf("received %+v", got)
	}
}

// reusedMessage overwrites a message as soon as Send has returned, while it waits for a peer that is slow.
func reusedMessage(s *scene) {
	a, b := s.start("A.0", Options{SendHighWaterMark: 1}), s.start("B.0", Options{ReceiveHighWaterMark: 1})
	b.Hang()
	want := numbered("message ", 100)
	m := a.note("")
	targets := []zebus.Peer{b.Peer}
	for _, content := range want {
		m.ID = a.ids.Next()
		m.Content = append(m.Content[:0], content...)
		if refused := a.deliver(zebus.Delivery{Message: m, To: targets}); len(refused) > 0 {
			s.t.Fatalf("refused: %v", refused)
		}
		for i := range m.Content {
			m.Content[i] = '?'
		}
	}
	targets[0] = zebus.Peer{}
	b.Release()
	if got := contents(b.AwaitMessages(s.t, len(want))); !slices.Equal(got, want) {
		s.t.Errorf("received %q", got)
	}
}

func keptContents(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	const rounds = 50
	for i := range rounds {
		a.send(strings.Repeat(strconv.Itoa(i%10), 500), b.Peer)
		b.AwaitMessages(s.t, i+1)
	}
	for i, m := range b.Messages() {
		if !bytes.Equal(m.Content, bytes.Repeat([]byte(strconv.Itoa(i%10)), 500)) {
			s.t.Fatalf("message %d is now %.20q…", i, m.Content)
		}
		if string(m.Originator.SenderID) != "A.0" || string(m.Type) != "Test.Note" {
			s.t.Fatalf("message %d is now %+v", i, m)
		}
	}
}

func toNobody(s *scene) {
	a := s.start("A.0", Options{})
	wantErr(s.t, "Send", a.transport.Send(zebus.Delivery{Message: a.note("x")}), nil)
}

func tooLarge(s *scene) {
	a, b := s.start("A.0", Options{MaxMessageSize: 10_000}), s.start("B.0", Options{})
	d := zebus.Delivery{Message: a.note(strings.Repeat("x", 10_000)), To: []zebus.Peer{b.Peer}}
	wantErr(s.t, "Send", a.transport.Send(d), zebus.ErrTooLarge)
	a.send("small", b.Peer)
	if got := b.AwaitMessage(s.t); string(got.Content) != "small" {
		s.t.Errorf("received %d bytes", len(got.Content))
	}
	if n := len(a.Failures()); n != 0 {
		s.t.Errorf("%d failures reported beside the error", n)
	}
}

// sendFromReceive lets two buses answer each other. A transport that calls up with a lock in its hands stands still.
func sendFromReceive(s *scene) {
	const rounds = 100
	a := s.start("A.0", Options{})
	b := s.make(zebus.Self{ID: "B.0", Environment: environment}, Options{})
	b.OnReceive = func(m zebus.TransportMessage) {
		_ = b.transport.Send(zebus.Delivery{Message: b.note(string(m.Content)), To: []zebus.Peer{m.Originator.Sender()}})
	}
	b.start()
	want := numbered("ping ", rounds)
	for _, content := range want {
		a.send(content, b.Peer)
	}
	if got := contents(a.AwaitMessages(s.t, rounds)); !slices.Equal(got, want) {
		s.t.Errorf("answers %q", got)
	}
}

func flushWithRoom(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	wantErr(s.t, "Flush before anything was sent", a.transport.Flush(s.t.Context()), nil)
	a.send("x", b.Peer)
	ctx, cancel := context.WithTimeout(s.t.Context(), guard)
	defer cancel()
	wantErr(s.t, "Flush", a.transport.Flush(ctx), nil)
	b.AwaitMessage(s.t)
}
