package conversation_test

import (
	"context"
	"testing"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// TestDirectory puts our directory server in the place of the recorded one.
func TestDirectory(t *testing.T) {
	for recording, subject := range map[string]string{
		"commands_and_events":   "Abc.Zebus.DirectoryService.0",
		"dynamic_subscriptions": "Abc.Zebus.DirectoryService.0",
		"failover":              "Abc.Zebus.DirectoryService.1",
	} {
		t.Run("M04 M17 X18 X20 "+recording, func(t *testing.T) {
			s := newStage(t, subject)
			bus := startDirectory(t, zebus.PeerID(subject))
			s.meet(bus.Endpoint())
			s.play(readRecording(t, recording))
			s.silence()
		})
	}
}

func startDirectory(t *testing.T, id zebus.PeerID) *zebus.Bus {
	t.Helper()
	carrier, err := zmq.New(zmq.Config{InboundEndpoint: "tcp://localhost:*"})
	must(t, err)
	server, err := directory.NewServer(directory.ServerConfig{})
	must(t, err)
	bus, err := zebus.NewBuilder(id).WithEnvironment("Demo").WithTransport(carrier).WithDirectory(server).Build()
	must(t, err)
	must(t, bus.Start(t.Context()))
	t.Cleanup(func() { must(t, bus.Stop(context.Background())) }) // the test's context has ended by then
	return bus
}

// play feeds our directory what it received, and expects what it sent.
func (s *stage) play(lines []line) {
	s.t.Helper()
	skip := skipped(s.t, lines)
	for i, l := range lines {
		switch {
		case l.Step != "":
			s.t.Log(l.Step)
		case skip[i]:
		case l.To == s.subject:
			s.feed(l.bytes(s.t))
		case l.Sender == s.subject:
			s.expect(l.To, l.bytes(s.t))
		}
	}
}
