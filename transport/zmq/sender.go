//go:build cgo

package zmq

/*
#cgo !windows pkg-config: libzmq
#cgo noescape zebus_send
#cgo nocallback zebus_send
#cgo noescape zebus_send_all
#cgo nocallback zebus_send_all
#include <errno.h>
#include <stdint.h>
#include <zmq.h>

// Writes one message. Returns an error number, or 0.
static int zebus_send(uintptr_t socket, const char *frame, size_t size, int flags) {
	while (zmq_send((void *)socket, frame, size, flags) < 0) {
		int error = zmq_errno();
		if (error != EINTR)
			return error;
	}
	return 0;
}

// Writes messages that stand one behind the other, as long as there is room. Returns how many it wrote, and above that the
// error number, or 0.
static int64_t zebus_send_all(uintptr_t socket, const char *frames, const size_t *sizes, int count) {
	for (int i = 0; i < count; i++) {
		int error = zebus_send(socket, frames, sizes[i], ZMQ_DONTWAIT);
		if (error != 0)
			return (int64_t)error << 32 | i;
		frames += sizes[i];
	}
	return count;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/pebbe/zmq4"
)

// A sender writes to a socket, which stays that of whoever handed it in. It takes its arguments as cgo has least to look at
// them: a number for what is libzmq's, a pointer to bytes for what is Go's. It is used by one goroutine at a time.
type sender struct {
	socket C.uintptr_t // void * of libzmq; 0 while there is none, which libzmq refuses
}

// newSender returns a sender to a socket, which is closed after it.
func newSender(s *zmq4.Socket) (sender, error) {
	handle, err := handleOf(s)
	return sender{C.uintptr_t(uintptr(handle))}, err
}

// send writes a frame. With DONTWAIT it returns [errFull] at once where there is no room, else after
// the timeout of the socket.
func (s sender) send(frame []byte, flags zmq4.Flag) error {
	code := C.zebus_send(s.socket, (*C.char)(unsafe.Pointer(unsafe.SliceData(frame))), C.size_t(len(frame)), C.int(flags))
	if code == 0 {
		return nil
	}
	return sendError(zmq4.Errno(code))
}

// frameSize is how libzmq has the length of a frame.
type frameSize = C.size_t

// sendAll writes frames of these sizes that stand one behind the other, until there is no room, and returns how many it has
// written. There is at least one.
func (s sender) sendAll(frames []byte, sizes []frameSize) (written int, err error) {
	result := int64(C.zebus_send_all(s.socket, (*C.char)(unsafe.Pointer(unsafe.SliceData(frames))), unsafe.SliceData(sizes), C.int(len(sizes))))
	if code := result >> 32; code != 0 {
		err = sendError(zmq4.Errno(code))
	}
	return int(int32(result)), err
}

func sendError(code zmq4.Errno) error {
	if code == errAgain {
		return errFull
	}
	return fmt.Errorf("send: %w", code)
}

// handleOf returns what libzmq knows a socket by.
func handleOf(s *zmq4.Socket) (unsafe.Pointer, error) {
	field, ok := reflect.TypeFor[zmq4.Socket]().FieldByName("soc")
	if !ok || field.Type.Kind() != reflect.UnsafePointer {
		return nil, errors.New("this version of github.com/pebbe/zmq4 keeps its sockets elsewhere: use v1.4.0")
	}
	return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(s), field.Offset)), nil
}
