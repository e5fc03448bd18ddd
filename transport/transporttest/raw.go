package transporttest

import (
	"errors"
	"slices"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// rawCases send frames past any transport.
var rawCases = []testCase{
	{name: "a frame that is no message is dropped, and told", needs: needsInject, run: badFrames},
	{name: "X11 an environment that differs only by case is another", needs: needsInject, run: environmentCase},
	{name: "X12 a frame with a zero id, or without type or sender, is dropped, and told", needs: needsInject, run: incompleteFrames},
	{name: "a frame without environment or flag is taken", needs: needsInject, run: oldFrame},
}

// stranger is a peer without a transport that only sends.
func stranger() zebus.Peer { return nowhere("Stranger.0", "tcp://localhost:1") }

// A badFrame is one that is not handed up, and why.
type badFrame struct {
	bytes []byte
	from  zebus.PeerID
	err   error
}

// injectThenGood sends raw frames and then a good message, which must be the only one that arrives. The bus must hear of each
// of the others, in order.
func (s *scene) injectThenGood(frames ...badFrame) {
	s.t.Helper()
	p := s.start("A.0", Options{})
	for _, frame := range frames {
		s.features.Inject(s.t, p.Endpoint, slices.Clone(frame.bytes))
	}
	s.inject(p.Peer, noteFrom(stranger(), zebus.NewMessageIDSource(nil), "good"))
	p.AwaitMessages(s.t, 1)
	if got := contents(p.Messages()); !slices.Equal(got, []string{"good"}) {
		s.t.Errorf("received %q", got)
	}
	s.wantRejected(p, frames)
}

// wantRejected checks what the bus has heard of frames that were not handed up.
func (s *scene) wantRejected(p *peer, frames []badFrame) {
	s.t.Helper()
	rejected := p.Rejected()
	if len(rejected) != len(frames) {
		s.t.Fatalf("the bus heard of %+v, want %d rejected frames", rejected, len(frames))
	}
	for i, got := range rejected {
		want := frames[i]
		if !errors.Is(got.Err, want.err) || got.Sender != want.from || got.Bytes != len(want.bytes) {
			s.t.Errorf("frame %d is rejected as %+v; want %d bytes of %q, %v", i+1, got, len(want.bytes), want.from, want.err)
		}
	}
}

func badFrames(s *scene) {
	cut := frameOf(func(*zebus.TransportMessage) {}, environment)[:39]
	s.injectThenGood(
		badFrame{[]byte("123456789"), "", transport.ErrFrame},
		badFrame{[]byte{0}, "", transport.ErrFrame},
		badFrame{[]byte{0, 0, 0, 0, 0, 0}, "", transport.ErrFrame},
		badFrame{[]byte{0x1a, 0xff, 0xff, 0xff, 0x7f}, "", transport.ErrFrame}, // a content of 268 MB
		badFrame{cut, "", transport.ErrFrame},
	)
}

// frameOf returns the frame of a message that a case has changed.
func frameOf(change func(*zebus.TransportMessage), env string) []byte {
	m := noteFrom(stranger(), zebus.NewMessageIDSource(nil), "bad")
	change(m)
	return transport.AppendMessage(nil, m, transport.Overrides{Environment: &env})
}

func environmentCase(s *scene) {
	s.injectThenGood(badFrame{frameOf(func(*zebus.TransportMessage) {}, "TEST"), stranger().ID, transport.ErrOtherEnvironment})
}

func incompleteFrames(s *scene) {
	s.injectThenGood(
		badFrame{frameOf(func(m *zebus.TransportMessage) { m.ID = zebus.MessageID{} }, environment), stranger().ID, transport.ErrZeroID},
		badFrame{frameOf(func(m *zebus.TransportMessage) { m.Type = "" }, environment), stranger().ID, transport.ErrNoType},
		badFrame{frameOf(func(m *zebus.TransportMessage) { m.Originator.SenderID = "" }, environment), "", transport.ErrNoSender},
	)
}

func oldFrame(s *scene) {
	p := s.start("A.0", Options{})
	m := noteFrom(stranger(), zebus.NewMessageIDSource(nil), "old")
	s.features.Inject(s.t, p.Endpoint, transport.AppendMessage(nil, m, transport.Overrides{}))
	if got := p.AwaitMessage(s.t); got.Environment != nil || got.WasPersisted != nil {
		s.t.Errorf("received %+v", got)
	}
}
