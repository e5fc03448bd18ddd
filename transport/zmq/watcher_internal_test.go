//go:build cgo

package zmq

import (
	"errors"
	"syscall"
	"testing"

	"github.com/pebbe/zmq4"
)

const errNoneLeft = zmq4.Errno(syscall.EMFILE)

// libzmq has a socket left for one end of the events of a socket, and none for the other, as it is when the process has no
// file descriptor left.
func TestWatchWithoutASocketLeft(t *testing.T) {
	t.Parallel()
	context, err := zmq4.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	const bell, watched, oneEnd = 2, 1, 1
	if err := context.SetMaxSockets(bell + watched + oneEnd); err != nil {
		t.Fatal(err)
	}
	w, err := newWatcher(context)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openSocket(context, zmq4.PUSH)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.watch(s, zmq4.EVENT_ALL, nil); !errors.Is(err, errNoneLeft) {
		t.Errorf("watch = %v, want %v", err, errNoneLeft)
	}
	for _, free := range []func() error{func() error { return w.unwatch(s) }, s.Close, w.stop, context.Term} {
		if err := free(); err != nil {
			t.Error(err)
		}
	}
}
