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
	t.Parallel()
	for recording, subject := range map[string]string{
		"commands_and_events":   "Abc.Zebus.DirectoryService.0",
		"dynamic_subscriptions": "Abc.Zebus.DirectoryService.0",
		"failover":              "Abc.Zebus.DirectoryService.1",
		"persistence":           "Abc.Zebus.DirectoryService.0",
		"errors_published":      "Abc.Zebus.DirectoryService.0",
	} {
		t.Run("M04 M10 M17 X18 X20 "+recording, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, subject)
			bus := startDirectory(t, zebus.PeerID(subject))
			s.meet(bus.Endpoint())
			s.play(before(readRecording(t, recording), "the persistence stops"))
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

// before returns a recording up to a step, if that is in it: the directories of .NET have a part in the persistence, and take leave
// of it there.
func before(lines []line, step string) []line {
	for i, l := range lines {
		if l.Step == step {
			return lines[:i]
		}
	}
	return lines
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
