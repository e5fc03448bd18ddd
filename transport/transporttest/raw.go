package transporttest

import (
	"slices"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// rawCases send frames past any transport.
var rawCases = []testCase{
	{name: "a frame that is no message is dropped", needs: needsInject, run: badFrames},
	{name: "X11 an environment that differs only by case is another", needs: needsInject, run: environmentCase},
	{name: "X12 a frame with a zero id, or without type or sender, is dropped", needs: needsInject, run: incompleteFrames},
	{name: "a frame without environment or flag is taken", needs: needsInject, run: oldFrame},
}

// stranger is a peer without a transport that only sends.
func stranger() zebus.Peer { return nowhere("Stranger.0", "tcp://localhost:1") }

// injectThenGood sends raw frames and then a good message, which must be the only one that arrives.
func (s *scene) injectThenGood(frames ...[]byte) {
	s.t.Helper()
	p := s.start("A.0", Options{})
	for _, frame := range frames {
		s.features.Inject(s.t, p.Endpoint, frame)
	}
	s.inject(p.Peer, noteFrom(stranger(), zebus.NewMessageIDSource(nil), "good"))
	p.AwaitMessages(s.t, 1)
	if got := contents(p.Messages()); !slices.Equal(got, []string{"good"}) {
		s.t.Errorf("received %q", got)
	}
}

func badFrames(s *scene) {
	s.injectThenGood(
		[]byte("123456789"),
		[]byte{0},
		[]byte{0, 0, 0, 0, 0, 0},
		[]byte{0x1a, 0xff, 0xff, 0xff, 0x7f}, // a content of 268 MB
		frameOf(func(*zebus.TransportMessage) {}, environment)[:40],
	)
}

// frameOf returns the frame of a message that a case has changed.
func frameOf(change func(*zebus.TransportMessage), env string) []byte {
	m := noteFrom(stranger(), zebus.NewMessageIDSource(nil), "bad")
	change(m)
	return transport.AppendMessage(nil, m, transport.Overrides{Environment: &env})
}

func environmentCase(s *scene) {
	s.injectThenGood(frameOf(func(*zebus.TransportMessage) {}, "TEST"))
}

func incompleteFrames(s *scene) {
	s.injectThenGood(
		frameOf(func(m *zebus.TransportMessage) { m.ID = zebus.MessageID{} }, environment),
		frameOf(func(m *zebus.TransportMessage) { m.Type = "" }, environment),
		frameOf(func(m *zebus.TransportMessage) { m.Originator.SenderID = "" }, environment),
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
