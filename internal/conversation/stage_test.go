package conversation_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zebus-go/zebus/zebus"
)

// patience bounds a wait for something that must come; nothing waits for it when all is well.
const patience = 10 * time.Second

// A stage is where a recording is played: sockets in the place of every process but the one that is ours.
//
// The recorded ports are replaced by free ones of the same length, so that frames can be changed without being understood.
type stage struct {
	t         *testing.T
	context   *zmq4.Context
	directory string                     // recorded name of the directory that runs
	subject   string                     // recorded name of the process that is ours
	ports     map[string]string          // recorded port → port of this run
	ears      map[string]*zmq4.Socket    // by recorded name: where our process sends to
	mouth     *zmq4.Socket               // to our process, one for everybody, so that frames keep their order
	ids       map[string]zebus.MessageID // recorded id of a command of ours → its id in this run
}

// newStage opens the sockets of everybody but subject. Those in silent get none: nobody listens there.
func newStage(t *testing.T, subject string, silent ...string) *stage {
	t.Helper()
	ctx, err := zmq4.NewContext()
	must(t, err)
	s := &stage{
		t: t, context: ctx, subject: subject,
		ports: map[string]string{}, ears: map[string]*zmq4.Socket{}, ids: map[string]zebus.MessageID{},
	}
	t.Cleanup(s.close)
	for name, port := range recordedPorts {
		switch {
		case name == subject:
		case slices.Contains(silent, name):
			s.ports[port] = portOf(nobody(t))
		default:
			ear := s.listen()
			endpoint, err := ear.GetLastEndpoint()
			must(t, err)
			s.ports[port], s.ears[name] = portOf(endpoint), ear
		}
	}
	return s
}

// nobody returns an address of this machine at which nobody listens. It is the nearer end of a connection that lasts as long
// as the test, so nobody else is given its port. (A socket of libzmq that is unbound still listens for a moment.)
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c, err := net.Dial("tcp", l.Addr().String())
	must(t, err)
	t.Cleanup(func() {
		must(t, c.Close())
		must(t, l.Close())
	})
	return c.LocalAddr().String()
}

func (s *stage) listen() *zmq4.Socket {
	s.t.Helper()
	ear, err := s.context.NewSocket(zmq4.PULL)
	must(s.t, err)
	must(s.t, ear.SetLinger(0))
	must(s.t, ear.SetRcvtimeo(patience))
	must(s.t, ear.Bind("tcp://127.0.0.1:*"))
	return ear
}

func (s *stage) close() {
	for _, ear := range s.ears {
		must(s.t, ear.Close())
	}
	if s.mouth != nil {
		must(s.t, s.mouth.Close())
	}
	must(s.t, s.context.Term())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func portOf(endpoint string) string {
	return endpoint[strings.LastIndexByte(endpoint, ':')+1:]
}

// endpoint is that of a process in this run.
func (s *stage) endpoint(name string) string {
	return "tcp://localhost:" + s.ports[recordedPorts[name]]
}

// meet connects to our process, whose endpoint is known now.
func (s *stage) meet(endpoint string) {
	s.t.Helper()
	s.ports[recordedPorts[s.subject]] = portOf(endpoint)
	if s.mouth != nil {
		must(s.t, s.mouth.Close())
	}
	mouth, err := s.context.NewSocket(zmq4.PUSH)
	must(s.t, err)
	must(s.t, mouth.SetLinger(0))
	must(s.t, mouth.Connect("tcp://127.0.0.1:"+portOf(endpoint)))
	s.mouth = mouth
}

// translate replaces the recorded ports and ids by those of this run.
func (s *stage) translate(frame []byte) []byte {
	s.t.Helper()
	for recorded, port := range s.ports {
		if len(port) != len(recorded) {
			s.t.Fatalf("port %s has not the length of %s", port, recorded)
		}
		frame = bytes.ReplaceAll(frame, []byte(":"+recorded), []byte(":"+port))
	}
	for recorded, id := range s.ids {
		frame = bytes.ReplaceAll(frame, []byte(recorded), layout(id))
	}
	return frame
}

// layout is an ID as it stands in a frame.
func layout(id zebus.MessageID) []byte {
	return id.ZebusAppend(nil)[2:]
}

// feed sends a recorded frame to our process.
func (s *stage) feed(frame []byte) {
	s.t.Helper()
	_, err := s.mouth.SendBytes(s.translate(frame), 0)
	must(s.t, err)
}

// expect waits for the next frame that our process sends to a destination, and compares it with the recorded one.
func (s *stage) expect(to string, recorded []byte) {
	s.t.Helper()
	want := parse(s.t, recorded)
	frame, err := s.ears[to].RecvBytes(0)
	if err != nil {
		s.t.Fatalf("waiting for %s to %s: %v", want.Type, to, err)
	}
	got := parse(s.t, frame)
	if s.mouth == nil {
		s.meet(got.Originator.SenderEndpoint)
	}
	s.ids[string(layout(want.ID))] = got.ID
	want = parse(s.t, s.translate(recorded))
	if got.Type != want.Type {
		s.t.Fatalf("to %s: got %s, want %s", to, got.Type, want.Type)
	}
	s.compare(to, got, want)
}

func (s *stage) compare(to string, got, want zebus.TransportMessage) {
	s.t.Helper()
	g, w := leveled(s.t, got), leveled(s.t, want)
	if !bytes.Equal(g, w) {
		s.t.Errorf("%s to %s:\n got %x\nwant %x", got.Type, to, g, w)
	}
	if got.Originator.SenderEndpoint != want.Originator.SenderEndpoint {
		s.t.Errorf("%s to %s: sender endpoint %s, want %s", got.Type, to, got.Originator.SenderEndpoint, want.Originator.SenderEndpoint)
	}
	if got.Originator.MachineName == nil || got.Originator.InitiatorUserName == nil {
		s.t.Errorf("%s to %s: originator without machine or user", got.Type, to)
	}
}

// quiet is how long nothing more comes when everything has.
const quiet = 50 * time.Millisecond

// silence checks that nothing is left to read: our process has sent what was recorded, and no more.
func (s *stage) silence() {
	s.t.Helper()
	for name, ear := range s.ears {
		must(s.t, ear.SetRcvtimeo(quiet))
		if frame, err := ear.RecvBytes(0); err == nil {
			s.t.Errorf("unexpected %s to %s", parse(s.t, frame).Type, name)
		}
	}
}

// actions runs what our process does, one after the other, beside the playing of the frames.
type actions struct {
	todo chan func(context.Context) error
	done chan error
}

func newActions(ctx context.Context) *actions {
	a := &actions{todo: make(chan func(context.Context) error, 64), done: make(chan error, 1)}
	go func() {
		var failed error
		for do := range a.todo {
			if failed == nil {
				failed = do(ctx)
			}
		}
		a.done <- failed
	}()
	return a
}

// finish waits for the last action and returns the first error.
func (a *actions) finish() error {
	close(a.todo)
	select {
	case err := <-a.done:
		return err
	case <-time.After(patience):
		return fmt.Errorf("an action does not end within %v", patience)
	}
}
