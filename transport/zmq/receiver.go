//go:build cgo

package zmq

/*
#cgo !windows pkg-config: libzmq
#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#define ZEBUS_BATCH 256

// A batch is what one call received. The messages stay open until the next one: what is to last is copied out of them, and
// the address behind one is asked for only when it is no good.
typedef struct {
	int count;
	int more; // may be there
	zmq_msg_t messages[ZEBUS_BATCH];
	void *data[ZEBUS_BATCH];
	size_t size[ZEBUS_BATCH];
} zebus_batch;

static void zebus_release(zebus_batch *b) {
	for (int i = 0; i < b->count; i++)
		zmq_msg_close(&b->messages[i]);
	b->count = 0;
}

// Takes the messages that are there, until that is about so many bytes. The flags are for the first one: with 0 it is
// waited for, as long as ZMQ_RCVTIMEO says. Returns an error number, or 0.
static int zebus_receive(void *socket, zebus_batch *b, size_t bytes, int flags) {
	size_t taken = 0;
	zebus_release(b);
	b->more = 1;
	while (b->count < ZEBUS_BATCH && taken < bytes) {
		zmq_msg_t *m = &b->messages[b->count];
		zmq_msg_init(m);
		if (zmq_msg_recv(m, socket, b->count == 0 ? flags : ZMQ_DONTWAIT) < 0) {
			int error = zmq_errno();
			zmq_msg_close(m);
			if (error == EINTR)
				continue;
			b->more = 0;
			return error == EAGAIN ? 0 : error;
		}
		b->data[b->count] = zmq_msg_data(m);
		b->size[b->count] = zmq_msg_size(m);
		taken += b->size[b->count];
		b->count++;
	}
	return 0;
}

static const char *zebus_remote(zebus_batch *b, int i) {
#if ZMQ_VERSION >= ZMQ_MAKE_VERSION(4, 1, 0)
	return zmq_msg_gets(&b->messages[i], "Peer-Address");
#else
	return NULL;
#endif
}
*/
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/pebbe/zmq4"
)

// A receiver reads a socket with one call into libzmq per batch, where one call per step of each message costs more
// than everything else on the way to the bus. It is used by one goroutine at a time.
type receiver struct {
	socket unsafe.Pointer // void * of libzmq; the socket stays that of whoever handed it in
	batch  *C.zebus_batch
}

// A frame is what one ZMQ message, or one part of one, holds. Its bytes are libzmq's.
type frame struct {
	bytes []byte
	index int // in the batch
}

// batchBytes is about how much one batch holds.
const batchBytes = 1 << 20

// newReceiver returns a receiver of a socket, which is closed after it.
func newReceiver(s *zmq4.Socket) (*receiver, error) {
	socket, err := handleOf(s)
	if err != nil {
		return nil, err
	}
	batch := (*C.zebus_batch)(C.calloc(1, C.sizeof_zebus_batch))
	return &receiver{socket: socket, batch: batch}, nil
}

// close frees the memory of the receiver.
func (r *receiver) close() {
	C.zebus_release(r.batch)
	C.free(unsafe.Pointer(r.batch))
	r.batch = nil
}

// receive takes the frames that are there, and returns how many. For the first it waits, if that is what flags say, as
// long as the socket says.
func (r *receiver) receive(flags zmq4.Flag) (count int, err error) {
	if code := C.zebus_receive(r.socket, r.batch, batchBytes, C.int(flags)); code != 0 {
		err = fmt.Errorf("receive: %w", zmq4.Errno(code))
	}
	return int(r.batch.count), err
}

// frame returns a frame of the newest batch. Its bytes are good until the next call of receive.
func (r *receiver) frame(i int) frame {
	return frame{unsafe.Slice((*byte)(r.batch.data[i]), int(r.batch.size[i])), i}
}

// more says that the newest batch may not be all that is there.
func (r *receiver) more() bool { return r.batch.more != 0 }

// remote returns the address that a frame of the newest batch came from, as far as libzmq knows it.
func (r *receiver) remote(f frame) string {
	return C.GoString(C.zebus_remote(r.batch, C.int(f.index)))
}
