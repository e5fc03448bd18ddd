package contender

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"

	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// framedTCP is connections of the standard library: what any transport stands on.
func framedTCP() Contender {
	return Contender{
		Name:      TCP,
		About:     "plain TCP from Go: frames as long as those of the bus behind their length, written 64 KiB at a time, nothing encoded",
		NewSink:   newTCPSink,
		NewSource: newTCPSource,
	}
}

// bufferBytes is how much is written and read at a time.
const bufferBytes = 64 << 10

// A tcpLink is a connection with buffers on both sides. One goroutine may read while another writes.
type tcpLink struct {
	conn    net.Conn
	in      *bufio.Reader
	out     *bufio.Writer
	length  [4]byte // of the frame that is written
	size    [4]byte // of the frame that is read
	scratch []byte  // for that frame
}

func newTCPLink(c net.Conn) *tcpLink {
	return &tcpLink{conn: c, in: bufio.NewReaderSize(c, bufferBytes), out: bufio.NewWriterSize(c, bufferBytes)}
}

func (l *tcpLink) write(frame []byte) error {
	binary.LittleEndian.PutUint32(l.length[:], uint32(len(frame)))
	if _, err := l.out.Write(l.length[:]); err != nil {
		return err
	}
	_, err := l.out.Write(frame)
	return err
}

// read returns the next frame, which is valid until the one after.
func (l *tcpLink) read() ([]byte, error) {
	if _, err := io.ReadFull(l.in, l.size[:]); err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint32(l.size[:]))
	if n > cap(l.scratch) {
		l.scratch = make([]byte, n)
	}
	_, err := io.ReadFull(l.in, l.scratch[:n])
	return l.scratch[:n], err
}

// A tcpSink listens, and has a goroutine for each connection.
type tcpSink struct {
	meter    *Meter
	listener net.Listener
	running  sync.WaitGroup
}

func newTCPSink(ctx context.Context, _ Setup, m *Meter) (Part, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &tcpSink{meter: m, listener: listener}
	s.running.Go(s.accept)
	return s, nil
}

func (s *tcpSink) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return // Close was called
		}
		s.running.Go(func() {
			s.serve(newTCPLink(c))
			_ = c.Close() // the source has closed it
		})
	}
}

// serve reads until the source closes the connection. Answers are written when nothing more is there to be read.
func (s *tcpSink) serve(l *tcpLink) {
	for {
		frame, err := l.read()
		if err != nil {
			return
		}
		switch h := readHeader(frame); h.kind {
		case frameEvent:
			s.meter.Count(h.body, h.sent)
		case frameAsk:
			if l.write(frame) != nil {
				return
			}
		}
		if l.in.Buffered() == 0 && l.out.Flush() != nil {
			return
		}
	}
}

// Address implements [Part].
func (s *tcpSink) Address() string { return s.listener.Addr().String() }

// Close implements [Part].
func (s *tcpSink) Close() error {
	err := s.listener.Close()
	s.running.Wait()
	return err
}

// A tcpSource has a connection to each sink.
type tcpSource struct {
	links  []*tcpLink
	frames frames
}

func newTCPSource(ctx context.Context, s Setup) (Source, error) {
	t := &tcpSource{frames: frames{}}
	for _, address := range s.Sinks {
		var dialer net.Dialer
		c, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, errors.Join(err, t.Close())
		}
		t.links = append(t.links, newTCPLink(c))
	}
	return t, nil
}

// Address implements [Part].
func (*tcpSource) Address() string { return "" }

// Publish implements [Source].
func (t *tcpSource) Publish(_ context.Context, evt zebus.Event) error {
	frame, err := t.frames.event(evt)
	if err != nil {
		return err
	}
	for _, l := range t.links {
		if err := l.write(frame); err != nil {
			return err
		}
	}
	return nil
}

// Flush implements [Source].
func (t *tcpSource) Flush(context.Context) (err error) {
	for _, l := range t.links {
		err = errors.Join(err, l.out.Flush())
	}
	return err
}

// Request implements [Source].
func (t *tcpSource) Request(_ context.Context, cmd *messages.Ask) error {
	l := t.links[0]
	if err := errors.Join(l.write(t.frames.of(frameAsk, cmd, len(cmd.Body))), l.out.Flush()); err != nil {
		return err
	}
	_, err := l.read()
	return err
}

// Ask implements [Source].
func (t *tcpSource) Ask(_ context.Context, cmd *messages.Ask, n, window int) error {
	l, frame := t.links[0], t.frames.of(frameAsk, cmd, len(cmd.Body))
	return overlap(n, window, func() error { return l.write(frame) }, l.out.Flush, func() error {
		_, err := l.read()
		return err
	})
}

// Close implements [Part].
func (t *tcpSource) Close() (err error) {
	for _, l := range t.links {
		err = errors.Join(err, l.conn.Close())
	}
	return err
}
