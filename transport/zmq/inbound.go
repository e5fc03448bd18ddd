//go:build cgo

package zmq

import (
	"bytes"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// An inbound is everything that receives: the PULL socket and the crew that reads it, which never waits for anything
// else.
type inbound struct {
	inboundParams

	socket *zmq4.Socket // of whoever receives, once the crew has started
	bound  string       // the endpoint that libzmq bound
	crew   crew
	here   zebus.InboundHere // Up, if it is one
	refuse refusals

	// Of whoever receives.
	receiver  *receiver
	reader    transport.Reader
	batch     []zebus.TransportMessage
	last      zebus.PeerID    // the sender of the frame before, in this round
	answer    zebus.MessageID // the command that last has answered last, zero where there is none
	strangers strangers
}

type inboundParams struct {
	Config      Config
	Environment string
	Up          zebus.Inbound
	// Control takes the messages that are the transport's own. It must not wait.
	Control func(*zebus.TransportMessage)
	// Heard is called for everybody who sent something. It must not wait.
	Heard func(zebus.PeerID, time.Time)
	// Answered is called with the last command that somebody answered, of those whose answers are read together. It must not
	// wait.
	Answered func(zebus.PeerID, zebus.MessageID)
}

// openInbound returns a bound socket that nobody reads yet.
func openInbound(context *zmq4.Context, p inboundParams) (*inbound, error) {
	in := &inbound{inboundParams: p}
	in.here, _ = p.Up.(zebus.InboundHere)
	in.refuse = refusalsTo(p.Up)
	if err := in.open(context); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

func (in *inbound) open(context *zmq4.Context) (err error) {
	if in.socket, err = openSocket(context, zmq4.PULL); err != nil {
		return err
	}
	if in.receiver, err = newReceiver(in.socket); err != nil {
		return err
	}
	if err := pullOptions(in.socket, &in.Config); err != nil {
		return fmt.Errorf("socket to receive: %w", err)
	}
	if err := in.bind(); err != nil {
		return err
	}
	return in.crew.open(context, in)
}

func openSocket(context *zmq4.Context, kind zmq4.Type) (*zmq4.Socket, error) {
	s, err := context.NewSocket(kind)
	if err != nil {
		return nil, fmt.Errorf("new %v socket: %w", kind, err)
	}
	return s, nil
}

func pullOptions(s *zmq4.Socket, cfg *Config) error {
	return errors.Join(
		s.SetLinger(0),
		s.SetRcvhwm(cfg.ReceiveHighWaterMark),
		s.SetRcvtimeo(cfg.ReceiveTimeout),
		s.SetMaxmsgsize(int64(cfg.MaxMessageSize)),
	)
}

func (in *inbound) bind() (err error) {
	endpoint, err := ParseEndpoint(in.Config.InboundEndpoint)
	if err != nil {
		return err
	}
	address := Endpoint{Host: in.Config.BindAddress, Port: endpoint.Port}.String()
	if err := in.socket.Bind(address); err != nil {
		return fmt.Errorf("listen on %s: %w; %s", address, err, bindRemedy(err))
	}
	in.bound, err = in.socket.GetLastEndpoint()
	return err
}

// bindRemedy says what to do about a bind that failed.
func bindRemedy(err error) string {
	switch zmq4.AsErrno(err) {
	case zmq4.EADDRINUSE:
		return "stop what listens there, or choose another port, or * for a free one"
	case zmq4.EADDRNOTAVAIL, zmq4.Errno(syscall.ENODEV):
		return "no interface of this machine has the address that BindAddress names"
	case zmq4.Errno(syscall.EACCES):
		return "choose a port above 1023, or get the right to listen there"
	default:
		return "see InboundEndpoint and BindAddress"
	}
}

// start begins to receive.
func (in *inbound) start() { in.crew.start() }

// stop ends receiving: what is on its way is read, and not handed up. It returns when nobody receives any more; handlers
// may still run.
func (in *inbound) stop() {
	in.crew.stop()
	in.drain()
}

// close closes what is open. Nobody receives any more.
func (in *inbound) close() error {
	err := in.crew.close()
	if in.receiver != nil {
		in.receiver.close()
	}
	if in.socket != nil {
		err = errors.Join(err, in.socket.Close())
	}
	return err
}

// deliver hands the batch up, and returns handlers that are left to run.
func (in *inbound) deliver() (handlers func()) {
	if len(in.batch) == 0 {
		return nil
	}
	defer in.forgetContents()
	if in.here != nil {
		return in.here.ReceiveHere(in.batch)
	}
	for i := range in.batch {
		in.batch[i].Content = bytes.Clone(in.batch[i].Content) // of the bus from now on
	}
	in.Up.Receive(in.batch)
	return nil
}

// forgetContents ends the use of what is libzmq's, and only for now.
func (in *inbound) forgetContents() {
	for i := range in.batch {
		in.batch[i].Content = nil
	}
}

// drainQuiet is how long nothing has arrived when everything has; drainLimit bounds the wait for that.
const (
	drainQuiet = 100 * time.Millisecond
	drainLimit = time.Second
)

// drain reads what still arrives, and leaves it: those who take leave get their answer.
func (in *inbound) drain() {
	quiet := min(in.Config.ReceiveTimeout, drainQuiet)
	if err := errors.Join(in.socket.Unbind(in.bound), in.socket.SetRcvtimeo(quiet)); err != nil {
		in.Config.Logger.Warn("stop listening", "endpoint", in.bound, "error", err)
	}
	for end := time.Now().Add(drainLimit); in.round(0) > 0 && time.Now().Before(end); {
		continue
	}
}

// round reads the frames that are there, and makes the messages for the bus the batch. With flags 0 it waits for the
// first one. It returns how many there were.
func (in *inbound) round(flags zmq4.Flag) int {
	in.batch, in.last = in.batch[:0], ""
	count, err := in.receiver.receive(flags)
	if err != nil {
		in.Config.Logger.Error("messages cannot be read", "error", err)
	}
	if count == 0 {
		return 0
	}
	now := time.Now()
	for i := range count {
		in.read(in.receiver.frame(i), now)
	}
	in.tellAnswer()
	return count
}

// read adds the message in a frame to the batch, or deals with it.
func (in *inbound) read(f frame, now time.Time) {
	if len(f.bytes) == 0 {
		return // means nothing, by agreement
	}
	n := len(in.batch)
	if n == cap(in.batch) {
		in.batch = append(in.batch, zebus.TransportMessage{})
	}
	in.batch = in.batch[:n+1] // where there was a message before, most of which says what the new one does
	if !in.accept(&in.batch[n], f, now) {
		in.batch[n].Content = nil
		in.batch = in.batch[:n]
	}
}

// accept reads a frame into m, and returns whether that is for the bus.
func (in *inbound) accept(m *zebus.TransportMessage, f frame, now time.Time) bool {
	err := in.reader.Read(m, f.bytes)
	if err == nil {
		err = transport.Check(m, in.Environment)
	}
	if err != nil {
		in.reject(f, m.Originator.SenderID, err)
		return false
	}
	in.note(m, now)
	if m.Type == transport.EndOfStream || m.Type == transport.EndOfStreamAck {
		in.Control(m)
		return false
	}
	return true
}

// note takes a message for what it says of its sender: that it lives, and what it has read.
func (in *inbound) note(m *zebus.TransportMessage, now time.Time) {
	if sender := m.Originator.SenderID; sender != in.last {
		in.tellAnswer()
		in.last = sender
		in.Heard(sender, now)
	}
	if command, ok := transport.Answered(m); ok {
		in.answer = command
	}
}

// tellAnswer tells of the last answer of the sender of the frames so far, if there was one.
func (in *inbound) tellAnswer() {
	if in.answer.IsZero() {
		return
	}
	in.Answered(in.last, in.answer)
	in.answer = zebus.MessageID{}
}

// reject reports and logs a frame that is not for the bus. Senders of another environment send many, and are logged
// once.
func (in *inbound) reject(f frame, sender zebus.PeerID, err error) {
	if len(sender) > transport.MaxNameLength {
		sender = "" // nobody's name
	}
	rejected := zebus.RejectedFrame{Sender: sender, Remote: in.receiver.remote(f), Bytes: len(f.bytes), Err: err}
	in.refuse(rejected)
	if errors.Is(err, transport.ErrOtherEnvironment) {
		if in.strangers.meet(sender) {
			in.Config.Logger.Warn("ignoring a peer of another environment", "peer", sender, "remote", rejected.Remote, "error", err)
		}
		return
	}
	in.Config.Logger.Error("frame rejected", "peer", sender, "remote", rejected.Remote, "bytes", rejected.Bytes,
		"start", transport.Dump(f.bytes, dumpBytes), "error", err)
}

// dumpBytes is how much of a bad frame is worth a look.
const dumpBytes = 64
