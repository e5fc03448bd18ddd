//go:build cgo && (!linux || onereceiver)

package zmq

import (
	"errors"
	"fmt"
	"sync"

	"github.com/pebbe/zmq4"
)

// A bell wakes the receive loop, by an empty frame from inside the process. Empty frames mean nothing.
type bell struct {
	mu     sync.Mutex
	socket *zmq4.Socket
}

const bellAddress = "inproc://bell"

// open connects to the receiving socket, which is bound to bellAddress.
func (b *bell) open(context *zmq4.Context) (err error) {
	if b.socket, err = openSocket(context, zmq4.PUSH); err != nil {
		return err
	}
	if err := errors.Join(b.socket.SetLinger(0), b.socket.Connect(bellAddress)); err != nil {
		return fmt.Errorf("socket to wake the receive loop: %w", err)
	}
	return nil
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	// When it fails, which it has no reason to, the loop wakes after ReceiveTimeout.
	_, _ = b.socket.SendBytes(nil, zmq4.DONTWAIT)
}

func (b *bell) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.socket == nil {
		return nil
	}
	return b.socket.Close()
}
