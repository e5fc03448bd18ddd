//go:build cgo

package zmq

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pebbe/zmq4"
)

// twoSockets returns a sender to one socket, and the socket that it is connected to. They hold few messages.
func twoSockets(t *testing.T) (sender, *zmq4.Socket) {
	t.Helper()
	context, err := zmq4.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	from, errFrom := openSocket(context, zmq4.PUSH)
	to, errTo := openSocket(context, zmq4.PULL)
	if err := errors.Join(errFrom, errTo); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(from.SetLinger(0), from.Close(), to.Close(), context.Term()); err != nil {
			t.Error(err)
		}
	})
	const address = "inproc://test"
	err = errors.Join(from.SetSndhwm(2), from.SetSndtimeo(time.Millisecond), to.SetRcvhwm(2), to.SetRcvtimeo(time.Minute), to.Bind(address), from.Connect(address))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSender(from)
	if err != nil {
		t.Fatal(err)
	}
	return s, to
}

// wantFrame wants one frame, whole.
func wantFrame(t *testing.T, s *zmq4.Socket, want []byte) {
	t.Helper()
	got, err := s.RecvBytes(0)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("received %d bytes, %v, want %d", len(got), err, len(want))
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	s, to := twoSockets(t)
	for name, frame := range map[string][]byte{
		"nothing": nil, "an empty frame": {}, "a byte": {7}, "eight megabytes": bytes.Repeat([]byte{1, 2, 3, 4}, 2<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if err := s.send(frame, zmq4.DONTWAIT); err != nil {
				t.Fatal(err)
			}
			wantFrame(t, to, frame)
		})
	}
}

// What there is no room for is told, and not sent.
func TestSendToFullSocket(t *testing.T) {
	t.Parallel()
	s, to := twoSockets(t)
	frames, sizes := []byte("abbccc"), []frameSize{1, 2, 3, 0}
	var sent int
	for {
		n, err := s.sendAll(frames, sizes)
		if sent += n; errors.Is(err, errFull) {
			break
		}
		if err != nil || n != len(sizes) {
			t.Fatalf("sendAll = %d, %v, want %d", n, err, len(sizes))
		}
	}
	for _, flags := range []zmq4.Flag{0, zmq4.DONTWAIT} {
		if err := s.send([]byte("late"), flags); !errors.Is(err, errFull) {
			t.Errorf("send = %v, want errFull", err)
		}
	}
	for _, want := range slices.Repeat([]string{"a", "bb", "ccc", ""}, sent)[:sent] {
		wantFrame(t, to, []byte(want))
	}
	if err := s.send([]byte("last"), 0); err != nil {
		t.Fatal(err)
	}
	wantFrame(t, to, []byte("last"))
}

func TestSendToNoSocket(t *testing.T) {
	t.Parallel()
	var s sender
	if err := s.send([]byte("x"), zmq4.DONTWAIT); err == nil || errors.Is(err, errFull) {
		t.Errorf("send = %v, want an error of libzmq", err)
	}
	if n, err := s.sendAll([]byte("x"), []frameSize{1}); n != 0 || err == nil || errors.Is(err, errFull) {
		t.Errorf("sendAll = %d, %v, want an error of libzmq", n, err)
	}
}
